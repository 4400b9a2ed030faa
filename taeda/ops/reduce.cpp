#include "taeda/ops/reduce.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

Dims reduced_axes(const std::optional<Dims>& dim, size_t rank) {
  Dims axes;
  if (dim)
    for (int64_t d : *dim) {
      int64_t axis = wrap_dim(d, int64_t(rank));
      if (axes.contains(axis)) fail("dim ", axis, " appears multiple times in the list of dims");
      axes.push_back(axis);
    }
  if (rank == 0) return {};
  if (axes.empty())
    for (size_t i = 0; i < rank; i++) axes.push_back(int64_t(i));
  if (rank == 0) return {};  // a scalar's axis 0 is none
  std::sort(axes.begin(), axes.end());
  return axes;
}
Dims reduced_sizes(const Dims& sizes, const Dims& axes, bool keepdim) {
  Dims out;
  for (size_t i = 0; i < sizes.size(); i++) {
    if (!axes.contains(int64_t(i))) out.push_back(sizes[i]);
    else if (keepdim) out.push_back(1);
  }
  return out;
}
Tensor beside_input(const Tensor& g, const Dims& sizes, const Dims& axes) {
  if (g.sizes().size() == sizes.size()) return g;
  return g.reshape({reduced_sizes(sizes, axes, true)});
}

Meta Sum::infer(Args in, const Attrs& a) {
  DType d = a.dtype ? *a.dtype : can_have_gradient(in[0].dtype()) ? in[0].dtype() : DType::int64;
  const Dims& s = in[0].sizes();
  return {reduced_sizes(s, reduced_axes(a.dim, s.size()), a.keepdim), d};
}
Tensor Sum::backward(Grad g, Shape<0> s, Type<0> t, const Attrs& a) {
  return beside_input(g, s, reduced_axes(a.dim, s.size())).expand({s}).to(t.dtype);
}

Meta Mean::infer(Args in, const Attrs& a) {
  DType d = a.dtype.value_or(in[0].dtype());
  if (!can_have_gradient(d))
    fail("mean(): could not infer output dtype. ",
         a.dtype ? "Optional dtype must be either a floating point or complex dtype. Got: "
                 : "Input dtype must be either a floating point or complex dtype. Got: ",
         word_of(d));
  const Dims& s = in[0].sizes();
  return {reduced_sizes(s, reduced_axes(a.dim, s.size()), a.keepdim), d};
}
Tensor Mean::backward(Grad g, Shape<0> s, Type<0> t, const Attrs& a) {
  Dims axes = reduced_axes(a.dim, s.size());
  int64_t n = 1;
  for (int64_t d : axes) n *= s[size_t(d)];
  return (beside_input(g, s, axes).expand({s}) / n).to(t.dtype);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Reduce)
