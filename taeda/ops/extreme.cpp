#include "taeda/ops/extreme.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

// uint16, uint32, uint64 and complex numbers have no order here.
void check_ordered(const Tensor& x, const char* kernel) {
  if (is_barebones(x.dtype()) || is_complex(x.dtype()))
    fail<NotImplementedError>("\"", kernel, "\" not implemented for '", word_of(x.dtype()), "'");
}

Meta all_meta(const Tensor& x, const char* word, const char* kernel) {
  if (x.numel() == 0)
    fail(word,
         "(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction "
         "dim with the 'dim' argument.");
  check_ordered(x, kernel);
  return {Dims(), x.dtype()};
}
void check_not_empty(const Tensor& x, const char* word, int64_t dim) {
  if (x.dim() && x.sizes()[size_t(dim)] == 0)
    fail<IndexError>(word, "(): Expected reduction dim ", dim, " to have non-zero size.");
}
std::array<Meta, 2> dim_meta(const Tensor& x, const KeptDim& a, const char* word,
                             const char* kernel) {
  int64_t dim = wrap_dim(a.dim, x.dim());
  if (is_complex(x.dtype())) fail(word, "(): does not support complex input");
  check_ordered(x, kernel);
  check_not_empty(x, word, dim);
  Dims sizes = reduced_dim(x.sizes(), dim, a.keepdim);
  return {Meta{sizes, x.dtype()}, Meta{sizes, DType::int64}};
}
Meta dims_meta(const Tensor& x, const DimsKept& a, const char* word, const char* kernel) {
  Dims axes = reduced_axes(a.dim, x.sizes().size());
  if (x.numel() == 0) {
    if (a.dim.empty())
      fail(word,
           "(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
           "reduction dim with the 'dim' argument.");
    for (int64_t d : axes) check_not_empty(x, word, d);
  }
  check_ordered(x, kernel);
  return {reduced_sizes(x.sizes(), axes, a.keepdim), x.dtype()};
}
template <class Attrs>
Meta arg_meta(const Tensor& x, const Attrs& a, const char* word, const char* kernel) {
  if (is_complex(x.dtype())) fail(word, "(): does not support complex input");
  if (x.dtype() == DType::boolean) fail(word, "(): does not support bool input");
  if (!a.dim) {
    if (x.numel() == 0)
      fail<IndexError>(word, "(): Expected reduction dim to be specified for input.numel() == 0.");
    check_ordered(x, kernel);
    return {a.keepdim ? Dims(x.sizes().size(), 1) : Dims(), DType::int64};
  }
  int64_t dim = wrap_dim(*a.dim, x.dim());
  check_not_empty(x, word, dim);
  check_ordered(x, kernel);
  return {reduced_dim(x.sizes(), dim, a.keepdim), DType::int64};
}

// Where x equals the extreme y; NaN equals NaN.
Tensor equals(const Tensor& x, const Tensor& y) {
  Tensor same = x == y;
  return is_floating(x.dtype()) ? same | (isnan(x) & isnan(y)) : same;
}
Tensor shared_backward(const Tensor& g, const Tensor& x, const Tensor& y, const Dims& axes) {
  Tensor at = equals(x, beside_input(y, x.sizes(), axes)).to(g.dtype());
  Tensor count = at.sum({.dim = axes, .keepdim = true});
  return beside_input(g, x.sizes(), axes) / count * at;
}
Dims all_axes(const Tensor& x) { return reduced_axes({}, x.sizes().size()); }

}  // namespace

Dims reduced_dim(const Dims& sizes, int64_t dim, bool keepdim) {
  if (sizes.empty()) return sizes;
  Dims out = sizes;
  if (keepdim) out[size_t(dim)] = 1;
  else out.erase(size_t(dim));
  return out;
}
Tensor picked_backward(const Tensor& g, const Tensor& index, const Dims& sizes, int64_t dim,
                       bool keepdim) {
  if (sizes.empty()) return g;
  int64_t d = wrap_dim(dim, int64_t(sizes.size()));
  Tensor zero = zeros(sizes, {.dtype = g.dtype()});
  if (keepdim) return zero.scatter_add(index, g, {d});
  return zero.scatter_add(index.unsqueeze(d), g.unsqueeze(d), {d});
}

Meta Max::infer(Args in) { return all_meta(in[0], "max", "max_all"); }
Meta Min::infer(Args in) { return all_meta(in[0], "min", "min_all"); }
Tensor Max::backward(Grad g, In<0> x, Out<0> y) { return shared_backward(g, x, y, all_axes(x)); }
Tensor Min::backward(Grad g, In<0> x, Out<0> y) { return shared_backward(g, x, y, all_axes(x)); }

std::array<Meta, 2> MaxDim::infer(Args in, const Attrs& a) {
  return dim_meta(in[0], a, "max", "max_cpu");
}
std::array<Meta, 2> MinDim::infer(Args in, const Attrs& a) {
  return dim_meta(in[0], a, "min", "min_cpu");
}
Tensor MaxDim::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return g[0].defined() ? picked_backward(g[0], index, s, a.dim, a.keepdim) : Tensor();
}
Tensor MinDim::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return g[0].defined() ? picked_backward(g[0], index, s, a.dim, a.keepdim) : Tensor();
}

Tensor MaxOther::forward(const Tensor& x, const Tensor& y) { return maximum(x, y); }
Tensor MinOther::forward(const Tensor& x, const Tensor& y) { return minimum(x, y); }

Meta Amax::infer(Args in, const Attrs& a) { return dims_meta(in[0], a, "amax", "max_values_cpu"); }
Meta Amin::infer(Args in, const Attrs& a) { return dims_meta(in[0], a, "amin", "min_values_cpu"); }
Tensor Amax::backward(Grad g, In<0> x, Out<0> y, const Attrs& a) {
  return shared_backward(g, x, y, reduced_axes(a.dim, x.sizes().size()));
}
Tensor Amin::backward(Grad g, In<0> x, Out<0> y, const Attrs& a) {
  return shared_backward(g, x, y, reduced_axes(a.dim, x.sizes().size()));
}

Meta Argmax::infer(Args in, const Attrs& a) { return arg_meta(in[0], a, "argmax", "argmax_cpu"); }
Meta Argmin::infer(Args in, const Attrs& a) { return arg_meta(in[0], a, "argmin", "argmin_cpu"); }

Aminmax::Result Aminmax::forward(const Tensor& x, const Attrs& a) {
  if (!a.dim) {
    if (x.numel() == 0)
      fail(
          "aminmax(): cannot compute aminmax over an empty dimension as the operation has no "
          "identity.");
    DimsKept all{Dims(), a.keepdim};
    return {x.amin(all), x.amax(all)};
  }
  if (x.dim() && x.size(*a.dim) == 0)
    fail<IndexError>("aminmax(): Expected reduction dim ", wrap_dim(*a.dim, x.dim()),
                     " to have non-zero size.");
  DimsKept one{Dims(wrap_dim(*a.dim, x.dim())), a.keepdim};
  if (x.dim() == 0) one.dim = Dims();
  return {x.amin(one), x.amax(one)};
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Extreme)
