#include "taeda/ops/scan.h"

#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"

namespace taeda::ops {

namespace {

Meta scan_meta(const Tensor& x, const ScanAttrs& a) {
  wrap_dim(a.dim, x.dim());
  DType d = a.dtype ? *a.dtype : can_have_gradient(x.dtype()) ? x.dtype() : DType::int64;
  return {x.sizes(), d};
}
Tensor backwards_sum(const Tensor& g, int64_t dim) {
  if (g.dim() == 0) return g;
  return g.flip({Dims(dim)}).cumsum({.dim = dim}).flip({Dims(dim)});
}

}  // namespace

Meta Cumsum::infer(Args in, const Attrs& a) { return scan_meta(in[0], a); }
Tensor Cumsum::backward(Grad g, Type<0> t, const Attrs& a) {
  return backwards_sum(g, a.dim).to(t.dtype);
}

Meta Cumprod::infer(Args in, const Attrs& a) { return scan_meta(in[0], a); }
Tensor Cumprod::backward(Grad g, In<0> given, Out<0> y, Type<0> t, const Attrs& a) {
  if (given.dim() == 0 || given.numel() == 0) return g.to(t.dtype);
  Tensor x = given.to(y.dtype());
  if (!(x == 0).any().item<bool>())
    return (backwards_sum(g * y.conj(), a.dim) / x.conj()).to(t.dtype);
  // Row k of [.., n, n] holds the running products without x[k]; they count from k on.
  int64_t n = x.size(a.dim);
  Tensor self = eye(n, {.dtype = DType::boolean});
  Tensor without = where(self, 1, x.transpose({a.dim, -1}).unsqueeze(-2)).cumprod({.dim = -1});
  Tensor each = g.transpose({a.dim, -1}).unsqueeze(-2) * without.conj().triu();
  return each.sum({.dim = Dims(-1)}).transpose({a.dim, -1}).to(t.dtype);
}

Meta Logcumsumexp::infer(Args in, const Attrs& a) {
  wrap_dim(a.dim, in[0].dim());
  if (!can_have_gradient(in[0].dtype()))
    fail<NotImplementedError>("\"logcumsumexp_out_cpu\" not implemented for '",
                              word_of(in[0].dtype()), "'");
  return {in[0].sizes(), in[0].dtype()};
}
Tensor Logcumsumexp::backward(Grad g, In<0> x, Out<0> y, const Attrs& a) {
  if (x.dim() == 0) return g;
  // sum over j >= i of g[j] exp(x[i] - y[j]), the positive and negative g apart, in logarithms.
  if (is_complex(x.dtype()))  // conj(exp(x[i])) sum over j >= i of g[j] conj(exp(-y[j]))
    return backwards_sum(g * exp(-y).conj(), a.dim) * exp(x).conj();
  Tensor finite = where(y == -HUGE_VAL, 0, y);  // where y is, only x of minus infinity count
  auto part = [&](const Tensor& size) {
    Tensor logs = where(size > 0, log(where(size > 0, size, 1)), -HUGE_VAL) - finite;
    Tensor back = logs.flip({Dims(a.dim)}).logcumsumexp({a.dim}).flip({Dims(a.dim)});
    return exp(back + x);
  };
  return part(g) - part(-g);
}

namespace {
std::array<Meta, 2> running_meta(const Tensor& x, const Dim& a, const char* kernel) {
  wrap_dim(a.dim, x.dim());
  if (is_barebones(x.dtype()) || is_complex(x.dtype()))
    fail<NotImplementedError>("\"", kernel, "\" not implemented for '", word_of(x.dtype()), "'");
  return {Meta{x.sizes(), x.dtype()}, Meta{x.sizes(), DType::int64}};
}
Tensor running_backward(const Tensor& g, const Tensor& index, const Dims& s, int64_t dim) {
  if (!g.defined() || s.empty()) return g;
  return zeros(s, {.dtype = g.dtype()}).scatter_add(index, g, {dim});
}
}  // namespace

std::array<Meta, 2> Cummax::infer(Args in, const Attrs& a) {
  return running_meta(in[0], a, "cummax_cpu");
}
std::array<Meta, 2> Cummin::infer(Args in, const Attrs& a) {
  return running_meta(in[0], a, "cummin_cpu");
}
Tensor Cummax::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return running_backward(g[0], index, s, a.dim);
}
Tensor Cummin::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return running_backward(g[0], index, s, a.dim);
}

Tensor Diff::forward(const Tensor& x, const Tensor& prepend, const Tensor& append, const Attrs& a) {
  if (x.dim() < 1) fail("diff expects input to be at least one-dimensional");
  if (a.n < 0) fail("order must be non-negative but got ", a.n);
  int64_t dim = wrap_dim(a.dim, x.dim());
  if (a.n == 0) return x.clone();
  TensorList parts;
  for (const Tensor* t : {&prepend, &x, &append}) {
    if (!t->defined()) continue;
    if (t->dim() != x.dim())
      fail("diff expects prepend or append to be the same dimension as input");
    parts.push_back(*t);
  }
  Tensor out = parts.size() == 1 ? x : cat(parts, {dim});
  for (int64_t i = 0; i < a.n && (out.size(dim) > 0 || i == 0); i++) {
    int64_t n = std::max<int64_t>(out.size(dim), 1);
    Tensor next = out.slice({.dim = dim, .start = 1});
    Tensor last = out.slice({.dim = dim, .start = 0, .end = n - 1});
    out = out.dtype() == DType::boolean ? next ^ last : next - last;
  }
  return out;
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Scans)
