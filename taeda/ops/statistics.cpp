// Results and gradients of variances, products and norms.
#include "taeda/ops/statistics.h"

#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/scan.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

Dims axes_of(const Tensor& x, const std::optional<Dims>& dim) {
  return reduced_axes(dim, x.sizes().size());
}
int64_t count_over(const Tensor& x, const Dims& axes) {
  int64_t n = 1;
  for (int64_t d : axes) n *= x.sizes()[size_t(d)];
  return n;
}

Meta spread_meta(const Tensor& x, const Correction& a, const char* word) {
  if (!can_have_gradient(x.dtype()))
    fail("std and var only support floating point and complex dtypes");
  Dims axes = axes_of(x, a.dim);
  if (double(count_over(x, axes)) <= a.correction.value_or(1) && x.numel())
    warn(std::string(word) +
         "(): degrees of freedom is <= 0. Correction should be strictly less than the reduction "
         "factor (input numel divided by output numel).");
  return {reduced_sizes(x.sizes(), axes, a.keepdim), real_of(x.dtype())};
}
Tensor var_backward(const Tensor& g, const Tensor& x, const Correction& a) {
  Dims axes = axes_of(x, a.dim);
  double n = double(count_over(x, axes)) - a.correction.value_or(1);
  Tensor mean = x.mean({.dim = axes, .keepdim = true});
  return beside_input(g, x.sizes(), axes) * (x - mean) * (2 / n);
}
Tensor std_backward(const Tensor& g, const Tensor& x, const Tensor& y, const Correction& a) {
  return var_backward(where(y == 0, 0, g / (y * 2)), x, a);
}
Tensor mean_backward(const Tensor& g, const Tensor& x, const Correction& a) {
  Dims axes = axes_of(x, a.dim);
  Tensor each = beside_input(g, x.sizes(), axes) / double(count_over(x, axes));
  return each.expand({x.sizes()}).to(x.dtype());
}
Tensor add_defined(const Tensor& a, const Tensor& b) {
  return !a.defined() ? b : !b.defined() ? a : a + b;
}

}  // namespace

Meta Var::infer(Args in, const Attrs& a) { return spread_meta(in[0], a, "var"); }
Tensor Var::backward(Grad g, In<0> x, Out<0>, const Attrs& a) { return var_backward(g, x, a); }
Meta Std::infer(Args in, const Attrs& a) { return spread_meta(in[0], a, "std"); }
Tensor Std::backward(Grad g, In<0> x, Out<0> y, const Attrs& a) { return std_backward(g, x, y, a); }
std::array<Meta, 2> VarMean::infer(Args in, const Attrs& a) {
  Meta m = spread_meta(in[0], a, "var_mean");
  return {m, Meta{m.sizes, in[0].dtype()}};
}
Tensor VarMean::backward(Grads g, In<0> x, Out<0>, const Attrs& a) {
  return add_defined(g[0].defined() ? var_backward(g[0], x, a) : Tensor(),
                     g[1].defined() ? mean_backward(g[1], x, a) : Tensor());
}
std::array<Meta, 2> StdMean::infer(Args in, const Attrs& a) {
  Meta m = spread_meta(in[0], a, "std_mean");
  return {m, Meta{m.sizes, in[0].dtype()}};
}
Tensor StdMean::backward(Grads g, In<0> x, Out<0> y, const Attrs& a) {
  return add_defined(g[0].defined() ? std_backward(g[0], x, y, a) : Tensor(),
                     g[1].defined() ? mean_backward(g[1], x, a) : Tensor());
}

Tensor VarAll::forward(const Tensor& x, const Attrs& a) { return detail::run<Var>(a.now(), x); }
Tensor StdAll::forward(const Tensor& x, const Attrs& a) { return detail::run<Std>(a.now(), x); }
VarMeanAll::Result VarMeanAll::forward(const Tensor& x, const Attrs& a) {
  return detail::run<VarMean>(a.now(), x);
}
StdMeanAll::Result StdMeanAll::forward(const Tensor& x, const Attrs& a) {
  return detail::run<StdMean>(a.now(), x);
}
Tensor VarDims::forward(const Tensor& x, const Attrs& a) { return detail::run<Var>(a.now(), x); }
Tensor StdDims::forward(const Tensor& x, const Attrs& a) { return detail::run<Std>(a.now(), x); }
VarMeanDims::Result VarMeanDims::forward(const Tensor& x, const Attrs& a) {
  return detail::run<VarMean>(a.now(), x);
}
StdMeanDims::Result StdMeanDims::forward(const Tensor& x, const Attrs& a) {
  return detail::run<StdMean>(a.now(), x);
}

// ---- products ----

Meta Prod::infer(Args in, const Attrs& a) {
  DType d = a.dtype ? *a.dtype : can_have_gradient(in[0].dtype()) ? in[0].dtype() : DType::int64;
  const Dims& s = in[0].sizes();
  if (!a.dim) return {Dims(), d};
  return {reduced_dim(s, wrap_dim(*a.dim, in[0].dim()), a.keepdim), d};
}

namespace {

// For the last axis: the product of all other elements, at each.
Tensor product_of_others(const Tensor& x, const Tensor& y) {
  bool zeros = (x == 0).any().item<bool>();
  if (!zeros) return y / x;
  int64_t n = x.size(-1);
  if (!grad_enabled()) {
    Tensor one = ones_like(x.slice({.dim = -1, .start = 0, .end = 1}));
    Tensor before = one, after = one;
    if (n > 1) {
      Tensor head = x.slice({.dim = -1, .start = 0, .end = n - 1});
      Tensor tail = x.slice({.dim = -1, .start = 1, .end = n}).flip({Dims(-1)});
      before = cat({one, head.cumprod({.dim = -1})}, {-1});
      after = cat({one, tail.cumprod({.dim = -1})}, {-1}).flip({Dims(-1)});
    }
    return before * after;
  }
  Tensor self = eye(n, {.dtype = DType::boolean});  // differentiable once more: in n * n
  return where(self, 1, x.unsqueeze(-2)).prod({.dim = -1});
}

}  // namespace

Tensor Prod::backward(Grad g, In<0> given, Out<0> y, Type<0> t, const Attrs& a) {
  Tensor x = given.to(y.dtype());
  Tensor out;
  if (x.dim() == 0) return g.to(t.dtype);
  if (x.numel() == 0) return zeros(x.sizes(), {.dtype = t.dtype});
  if (!a.dim) {
    Tensor flat = x.reshape({Dims(-1)});
    out = (g * product_of_others(flat, y).conj()).reshape({x.sizes()});
  } else {
    int64_t d = wrap_dim(*a.dim, x.dim());
    Dims axis(d);
    Tensor last = x.transpose({d, -1}), ys = beside_input(y, x.sizes(), axis).transpose({d, -1});
    Tensor gs = beside_input(g, x.sizes(), axis).transpose({d, -1});
    out = (gs * product_of_others(last, ys).conj()).transpose({d, -1});
  }
  return out.to(t.dtype);
}

// ---- truth ----

namespace {
DType truth_dtype(const Tensor& x) {
  return x.dtype() == DType::uint8 ? DType::uint8 : DType::boolean;
}
}  // namespace

Meta All::infer(Args in) { return {Dims(), truth_dtype(in[0])}; }
Meta Any::infer(Args in) { return {Dims(), truth_dtype(in[0])}; }
Meta AllDim::infer(Args in, const Attrs& a) {
  return {reduced_sizes(in[0].sizes(), axes_of(in[0], a.dim), a.keepdim), truth_dtype(in[0])};
}
Meta AnyDim::infer(Args in, const Attrs& a) {
  return {reduced_sizes(in[0].sizes(), axes_of(in[0], a.dim), a.keepdim), truth_dtype(in[0])};
}
Tensor CountNonzero::forward(const Tensor& x, const Attrs& a) {
  return (x != 0).sum({.dim = a.dim});
}

// ---- norms ----

Meta VectorNorm::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  if (!can_have_gradient(x.dtype()))
    fail("linalg.vector_norm: Expected a floating point or complex tensor as input. Got ",
         word_of(x.dtype()));
  DType d = a.dtype.value_or(x.dtype());
  if (!can_have_gradient(d))
    fail("linalg.vector_norm: dtype should be floating point or complex. Got ", word_of(d));
  if (is_complex(d) != is_complex(x.dtype()))
    fail("linalg.vector_norm: dtype should be ", is_complex(x.dtype()) ? "complex" : "real",
         " for ", is_complex(x.dtype()) ? "complex" : "real", " inputs, but got ", word_of(d));
  if (promote(d, x.dtype()) != d)
    fail("linalg.vector_norm: the dtype of the input (", word_of(x.dtype()),
         ") should be convertible without narrowing to the specified dtype (", word_of(d), ")");
  Dims axes = axes_of(x, a.dim);
  if (count_over(x, axes) == 0 && (a.ord < 0 || std::isinf(a.ord)))
    fail("linalg.vector_norm cannot compute the ", short_text(a.ord),
         " norm on an empty tensor because the operation does not have an identity");
  return {reduced_sizes(x.sizes(), axes, a.keepdim), real_of(d)};
}
Tensor VectorNorm::backward(Grad given, In<0> input, Out<0> out, Type<0> t, const Attrs& a) {
  DType d = a.dtype.value_or(t.dtype);
  Tensor x = input.to(d);
  Dims axes = axes_of(x, a.dim);
  Tensor g = beside_input(given, x.sizes(), axes), y = beside_input(out, x.sizes(), axes);
  double p = a.ord;
  Tensor dx;
  if (p == 0) {
    dx = zeros_like(x);
  } else if (p == 1) {
    dx = x.sgn() * g;
  } else if (p == 2) {
    dx = x * where(y == 0, 0, g / y);
  } else if (std::isinf(p)) {
    Tensor size = x.abs();
    Tensor at = ((size == y) | (isnan(size) & isnan(y))).to(y.dtype());
    dx = x.sgn() * (g / at.sum({.dim = axes, .keepdim = true}) * at);
  } else {
    Tensor size = x.abs();
    if (p < 2) {
      Tensor slope = where(size == 0, 0, size.pow(p - 1));
      dx = x.sgn() * (slope * where(y == 0, 0, g * y.pow(1 - p)));
    } else {
      dx = x * (size.pow(p - 2) * where(y == 0, 0, g / y.pow(p - 1)));
    }
  }
  return dx.to(t.dtype);
}

Tensor Norm::forward(const Tensor& x, const Attrs& a) {
  Tensor in = a.dtype ? x.to(*a.dtype) : x;
  return vector_norm(in, {.ord = a.p.value_or(2), .dim = a.dim, .keepdim = a.keepdim});
}
Tensor NormWord::forward(const Tensor& x, const Attrs& a) {
  if (a.p == "inf" || a.p == "-inf")
    return detail::run<Norm>({a.p[0] == '-' ? -HUGE_VAL : HUGE_VAL, a.dim, a.keepdim, a.dtype}, x);
  if (a.p == "nuc") fail<NotImplementedError>("norm(): the nuclear norm is in linalg.matrix_norm");
  if (a.p != "fro") fail("unsupported argument: p='", a.p, "'; only 'fro' and numbers are norms");
  return detail::run<Norm>({2.0, a.dim, a.keepdim, a.dtype}, x);
}

Tensor Renorm::forward(const Tensor& x, const Attrs& a) {
  if (a.p <= 0) fail("renorm: non-positive-norm not supported");
  if (a.maxnorm < 0) fail("renorm: expected maxnorm to be >= 0 but got ", short_text(a.maxnorm));
  if (x.dim() < 2) fail("renorm: input needs at least 2 dimensions, got ", x.dim(), " dimensions");
  int64_t dim = wrap_dim(a.dim, x.dim());
  Dims others;
  for (int64_t d = 0; d < x.dim(); d++)
    if (d != dim) others.push_back(d);
  Tensor norm = vector_norm(x, {.ord = a.p, .dim = others, .keepdim = true});
  return x * where(norm > a.maxnorm, a.maxnorm / (norm + 1e-7), 1);
}

Tensor Nansum::forward(const Tensor& x, const Attrs& a) {
  if (is_complex(x.dtype())) fail("nansum on CPU does not support complex inputs");
  return detail::run<Sum>(a, is_floating(x.dtype()) ? where(isnan(x), 0, x) : x);
}
Tensor Nanmean::forward(const Tensor& x, const Attrs& a) {
  if (!can_have_gradient(x.dtype()))
    fail("nanmean(): expected input to have floating point or complex dtype but got ",
         word_of(x.dtype()));
  Tensor count = logical_not(isnan(x)).sum({.dim = a.dim, .keepdim = a.keepdim});
  return detail::run<Nansum>(a, x) / count;
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Statistics)
