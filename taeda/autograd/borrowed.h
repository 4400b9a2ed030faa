// The few ops the graph itself needs. Declared here, below the ops, and defined among them
// (ops/borrowed.cpp).
#pragma once
#include "taeda/autograd/node.h"

namespace taeda::borrowed {

Tensor add(const Tensor& a, const Tensor& b);
void add_(const Tensor& a, const Tensor& b);
Tensor ones_like(const Tensor& x);
Tensor zeros(const Dims& sizes, DType dtype, Device device);
Tensor clone(const Tensor& x);
void copy_(const Tensor& into, const Tensor& from);
void zero_(const Tensor& x);
Tensor cast(const Tensor& x, DType dtype);
Tensor expand(const Tensor& x, const Dims& sizes);
Tensor sum_to(const Tensor& g, const Dims& sizes);
bool has_nan(const Tensor& x);
// The node that reads a view from its base; the view may show parts of complex numbers, or pairs.
Ref<Node> as_strided_node(const Tensor& base, const Tensor& view);

}  // namespace taeda::borrowed
