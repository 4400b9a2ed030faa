// Whether writing to a tensor is safe: overlap within it, and with another.
#pragma once
#include "taeda/tensor/tensor.h"

namespace taeda {

// True if an axis of x repeats the same elements (stride 0), as expand makes them.
TAEDA_API bool overlaps_itself(const Tensor& x);
// True if x's elements fill a stretch of memory without holes or repeats, in whatever order of
// axes.
TAEDA_API bool is_dense(const Tensor& x);
// Fails if `out` shares elements with `in` other than place by place.
TAEDA_API void check_overlap(const Tensor& out, const Tensor& in);

}  // namespace taeda
