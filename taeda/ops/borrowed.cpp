// The ops that the gradient graph itself needs, under the names it knows.
#include "taeda/autograd/borrowed.h"

#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/views.h"

namespace taeda::borrowed {

Tensor add(const Tensor& a, const Tensor& b) { return a.add(b); }
void add_(const Tensor& a, const Tensor& b) { a.add_(b); }
Tensor ones_like(const Tensor& x) { return taeda::ones_like(x); }
Tensor zeros(const Dims& sizes, DType dtype, Device device) {
  return taeda::zeros(sizes, {.dtype = dtype, .device = device});
}
Tensor clone(const Tensor& x) { return x.clone(); }
void copy_(const Tensor& into, const Tensor& from) { into.copy_(from); }
void zero_(const Tensor& x) { x.zero_(); }
Tensor cast(const Tensor& x, DType dtype) { return taeda::cast(x, {.dtype = dtype}); }
Tensor expand(const Tensor& x, const Dims& sizes) { return x.expand({sizes}); }
Tensor sum_to(const Tensor& g, const Dims& sizes) { return ops::sum_to(g, sizes); }
bool has_nan(const Tensor& x) {
  NoGradGuard raw;
  return isnan(x).sum().item<int64_t>() > 0;
}

}  // namespace taeda::borrowed
