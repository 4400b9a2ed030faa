// Sliding windows of images as columns, and back.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Folding
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Folding;

struct SlidingWindows {
  Dims kernel_size, dilation = {1}, padding = {0},
                    stride = {1};  // one number, or one for each axis
  TAEDA_FIELDS(kernel_size, dilation, padding, stride)
};
struct Im2col {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "The windows of images (N, C, H, W) as columns (N, C * kernel "
                               "elements, windows), or both "
                               "without N.",
                           .types = Types::own,
                           .required = 1,
                           .scope = in_functional,
                           .backward_name = "Im2ColBackward0"};
  using Attrs = SlidingWindows;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(im2col, Im2col)

struct Col2im {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "Images (N, C, *output_size), each element the sum of its places in the columns of "
          "im2col; or both without N.",
      .types = Types::own,
      .required = 2,
      .scope = in_functional,
      .backward_name = "Col2ImBackward0"};
  struct Attrs {
    Dims output_size, kernel_size, dilation = {1}, padding = {0}, stride = {1};
    TAEDA_FIELDS(output_size, kernel_size, dilation, padding, stride)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(col2im, Col2im)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
