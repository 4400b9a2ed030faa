// Copies between tensors of any layout, for kernels that need one.
#pragma once
#include "taeda/tensor/tensor.h"

namespace taeda::cpu {

// out = x, cast to out's dtype; x is broadcast to out. The two must not overlap.
void copy_elements(const Tensor& out, const Tensor& x);

}  // namespace taeda::cpu
