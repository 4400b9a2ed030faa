// Helpers of reductions over any axes.
#pragma once
#include "taeda/tensor/tensor.h"

namespace taeda::cpu {

// The input as [outer, reduced, inner], contiguous; copied only if its axes do not lie so. `axes`
// sorted.
struct Folded {
  Tensor x;
  int64_t outer = 1, reduced = 1, inner = 1;
};
Folded fold_axes(const Tensor& x, const Dims& axes);

// The sums of x over its axes, times scale, in out's dtype.
void sum_into(const Tensor& out, const Tensor& x, const Dims& axes, double scale);

}  // namespace taeda::cpu
