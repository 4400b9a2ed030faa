// Pooling: the largest or the mean element of windows over the last one, two or three axes.
#pragma once
#include "taeda/op/op.h"

#pragma GCC visibility push(default)  // ops name exported templates

#define TAEDA_FAMILY Pooling

namespace taeda::ops {
struct Pooling;

// ---- kernels: pooled axes are the last out.size() ones ----

// The window of output o along axis i starts at o stride[i] - padding[i] and has kernel[i] elements
// dilation[i] apart. Without kernel, the windows are adaptive: from floor(o n / out) to
// ceil((o + 1) n / out).
struct Windows {
  Dims out = {}, kernel = {}, stride = {}, padding = {}, dilation = {};
  bool count_include_pad = true;                 // means: the padding counts as zeros
  std::optional<int64_t> divisor_override = {};  // means: divides by this number instead
  TAEDA_FIELDS(out, kernel, stride, padding, dilation, count_include_pad, divisor_override)
};
struct WindowsOf {
  Dims size = {};  // of the whole input
  Windows at;
  TAEDA_FIELDS(size, at)
};
struct MaxResult {
  Tensor output, indices;
  TAEDA_FIELDS(output, indices)
};

struct MaxPool {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "The largest element of each window and its flat place among the "
                               "pooled axes; NaN wins.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0,
                           .backward_name = "MaxPool2DWithIndicesBackward0"};
  using Attrs = Windows;
  using Result = MaxResult;
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<1> indices, Shape<0> s, const Attrs& a);
};
TAEDA_OP(max_pool, MaxPool)

struct MaxUnpool {  // the gradient of max_pool
  static constexpr Def def{.inputs = {"grad", "indices!"},
                           .doc = "Zeros of shape size with grad added at indices.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0,
                           .backward_name = "MaxPool2DWithIndicesBackwardBackward0"};
  struct Attrs {
    Dims size = {};
    int64_t axes = 1;  // how many were pooled
    TAEDA_FIELDS(size, axes)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<1> indices, const Attrs& a);
};
TAEDA_OP(pooled_places_add, MaxUnpool)

struct MeanPool {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The mean of each window.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0,
                           .backward_name = "AvgPool2DBackward0"};
  using Attrs = Windows;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s, const Attrs& a);
};
TAEDA_OP(mean_pool, MeanPool)

struct MeanSpread {  // the gradient of mean_pool, and mean_pool is its gradient
  static constexpr Def def{.inputs = {"grad"},
                           .doc = "Every element's share of the means it went into.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0,
                           .backward_name = "AvgPool2DBackwardBackward0"};
  using Attrs = WindowsOf;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(mean_spread, MeanSpread)

// ---- by rank: input [n, c, ...] or [c, ...] ----

struct MaxPoolAttrs {
  Dims kernel_size = {};
  OptionalDims stride = {};  // kernel_size, if not given
  Dims padding = {0}, dilation = {1};
  bool ceil_mode = false;  // windows that begin inside may end outside
  TAEDA_FIELDS(kernel_size, stride, padding, dilation, ceil_mode)
};
struct AvgPool1dAttrs {
  Dims kernel_size = {};
  OptionalDims stride = {};
  Dims padding = {0};
  bool ceil_mode = false, count_include_pad = true;
  TAEDA_FIELDS(kernel_size, stride, padding, ceil_mode, count_include_pad)
};
struct AvgPoolAttrs {
  Dims kernel_size = {};
  OptionalDims stride = {};
  Dims padding = {0};
  bool ceil_mode = false, count_include_pad = true;
  std::optional<int64_t> divisor_override = {};
  TAEDA_FIELDS(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
};
struct OutputSize {
  Dims output_size = {};
  TAEDA_FIELDS(output_size)
};

#define TAEDA_POOL(Op, A, R, where, text)                                                      \
  struct Op {                                                                                  \
    static constexpr Def def{.inputs = {"input"}, .doc = text, .required = 1, .scope = where}; \
    using Attrs = A;                                                                           \
    using Result = R;                                                                          \
    static R forward(const Tensor& x, const A& a);                                             \
  };
TAEDA_POOL(MaxPool1d, MaxPoolAttrs, Tensor, in_torch | in_functional,
           "The largest element of windows of the last axis; padding never wins.")
TAEDA_OP(max_pool1d, MaxPool1d)
TAEDA_POOL(MaxPool2d, MaxPoolAttrs, Tensor, in_torch | in_functional,
           "The largest element of windows of the last two axes; padding never wins.")
TAEDA_OP(max_pool2d, MaxPool2d)
TAEDA_POOL(MaxPool3d, MaxPoolAttrs, Tensor, in_torch | in_functional,
           "The largest element of windows of the last three axes; padding never wins.")
TAEDA_OP(max_pool3d, MaxPool3d)
TAEDA_POOL(MaxPool1dIndices, MaxPoolAttrs, MaxResult, in_torch | in_functional,
           "max_pool1d and where along the axis each element was found.")
TAEDA_OP(max_pool1d_with_indices, MaxPool1dIndices)
TAEDA_POOL(MaxPool2dIndices, MaxPoolAttrs, MaxResult, in_functional,
           "max_pool2d and where in the flat plane each element was found.")
TAEDA_OP(max_pool2d_with_indices, MaxPool2dIndices)
TAEDA_POOL(MaxPool3dIndices, MaxPoolAttrs, MaxResult, in_functional,
           "max_pool3d and where in the flat volume each element was found.")
TAEDA_OP(max_pool3d_with_indices, MaxPool3dIndices)
TAEDA_POOL(AvgPool1d, AvgPool1dAttrs, Tensor, in_torch | in_functional,
           "The mean of windows of the last axis.")
TAEDA_OP(avg_pool1d, AvgPool1d)
TAEDA_POOL(AvgPool2d, AvgPoolAttrs, Tensor, in_functional,
           "The mean of windows of the last two axes.")
TAEDA_OP(avg_pool2d, AvgPool2d)
TAEDA_POOL(AvgPool3d, AvgPoolAttrs, Tensor, in_functional,
           "The mean of windows of the last three axes.")
TAEDA_OP(avg_pool3d, AvgPool3d)
TAEDA_POOL(AdaptiveAvgPool1d, OutputSize, Tensor, in_torch | in_functional,
           "The means of output_size windows that cover the last axis.")
TAEDA_OP(adaptive_avg_pool1d, AdaptiveAvgPool1d)
TAEDA_POOL(AdaptiveAvgPool2d, OutputSize, Tensor, in_functional,
           "The means of output_size windows that cover the last two axes; -2 keeps a size.")
TAEDA_OP(adaptive_avg_pool2d, AdaptiveAvgPool2d)
TAEDA_POOL(AdaptiveAvgPool3d, OutputSize, Tensor, in_functional,
           "The means of output_size windows that cover the last three axes; -2 keeps a size.")
TAEDA_OP(adaptive_avg_pool3d, AdaptiveAvgPool3d)
TAEDA_POOL(AdaptiveMaxPool1d, OutputSize, Tensor, in_functional,
           "The largest elements of output_size windows that cover the last axis.")
TAEDA_OP(adaptive_max_pool1d, AdaptiveMaxPool1d)
TAEDA_POOL(AdaptiveMaxPool2d, OutputSize, Tensor, in_functional,
           "The largest elements of output_size windows that cover the last two axes.")
TAEDA_OP(adaptive_max_pool2d, AdaptiveMaxPool2d)
TAEDA_POOL(AdaptiveMaxPool3d, OutputSize, Tensor, in_functional,
           "The largest elements of output_size windows that cover the last three axes.")
TAEDA_OP(adaptive_max_pool3d, AdaptiveMaxPool3d)
TAEDA_POOL(AdaptiveMaxPool1dIndices, OutputSize, MaxResult, in_functional,
           "adaptive_max_pool1d and where along the axis each element was found.")
TAEDA_OP(adaptive_max_pool1d_with_indices, AdaptiveMaxPool1dIndices)
TAEDA_POOL(AdaptiveMaxPool2dIndices, OutputSize, MaxResult, in_functional,
           "adaptive_max_pool2d and where in the flat plane each element was found.")
TAEDA_OP(adaptive_max_pool2d_with_indices, AdaptiveMaxPool2dIndices)
TAEDA_POOL(AdaptiveMaxPool3dIndices, OutputSize, MaxResult, in_functional,
           "adaptive_max_pool3d and where in the flat volume each element was found.")
TAEDA_OP(adaptive_max_pool3d_with_indices, AdaptiveMaxPool3dIndices)
#undef TAEDA_POOL

// ---- norms of windows, the way back, and windows at random ----

struct LpPoolAttrs {
  Scalar norm_type = 2;
  Dims kernel_size = {};
  OptionalDims stride = {};
  bool ceil_mode = false;
  TAEDA_FIELDS(norm_type, kernel_size, stride, ceil_mode)
};
struct MaxUnpoolAttrs {
  Dims kernel_size = {};
  OptionalDims stride = {};
  Dims padding = {0};
  OptionalDims output_size = {};
  TAEDA_FIELDS(kernel_size, stride, padding, output_size)
};
struct FractionalAttrs {
  Dims kernel_size = {}, output_size = {};
  TAEDA_FIELDS(kernel_size, output_size)
};
#define TAEDA_POOL(Op, A, R, names, count, where, text)                                        \
  struct Op {                                                                                  \
    static constexpr Def def{                                                                  \
        .inputs = names, .doc = text, .types = Types::own, .required = count, .scope = where}; \
    using Attrs = A;                                                                           \
    using Result = R;                                                                          \
    static R forward(Args in, const A& a);                                                     \
  };
#define TAEDA_ONE \
  { "input" }
#define TAEDA_PLACES \
  { "input", "indices!" }
#define TAEDA_SAMPLES \
  { "input", "samples!" }
TAEDA_POOL(LpPool1d, LpPoolAttrs, Tensor, TAEDA_ONE, 2, in_functional,
           "The norms of order norm_type of windows of the last axis.")
TAEDA_OP(lp_pool1d, LpPool1d)
TAEDA_POOL(LpPool2d, LpPoolAttrs, Tensor, TAEDA_ONE, 2, in_functional,
           "The norms of order norm_type of windows of the last two axes.")
TAEDA_OP(lp_pool2d, LpPool2d)
TAEDA_POOL(LpPool3d, LpPoolAttrs, Tensor, TAEDA_ONE, 2, in_functional,
           "The norms of order norm_type of windows of the last three axes.")
TAEDA_OP(lp_pool3d, LpPool3d)
TAEDA_POOL(MaxUnpool1d, MaxUnpoolAttrs, Tensor, TAEDA_PLACES, 1, in_functional,
           "Zeros with input's elements where max_pool1d took them from.")
TAEDA_OP(max_unpool1d, MaxUnpool1d)
TAEDA_POOL(MaxUnpool2d, MaxUnpoolAttrs, Tensor, TAEDA_PLACES, 1, in_functional,
           "Zeros with input's elements where max_pool2d took them from.")
TAEDA_OP(max_unpool2d, MaxUnpool2d)
TAEDA_POOL(MaxUnpool3d, MaxUnpoolAttrs, Tensor, TAEDA_PLACES, 1, in_functional,
           "Zeros with input's elements where max_pool3d took them from.")
TAEDA_OP(max_unpool3d, MaxUnpool3d)
TAEDA_POOL(FractionalMaxPool2d, FractionalAttrs, MaxResult, TAEDA_SAMPLES, 2, 0,
           "The largest elements of windows that samples (N, C, 2), from [0, 1), place along the "
           "last axis and the one before (Graham 2014), and where each was found.")
TAEDA_OP(_fractional_max_pool2d, FractionalMaxPool2d)
TAEDA_POOL(FractionalMaxPool3d, FractionalAttrs, MaxResult, TAEDA_SAMPLES, 2, 0,
           "The largest elements of windows that samples (N, C, 3), from [0, 1), place along the "
           "last three axes (Graham 2014), and where each was found.")
TAEDA_OP(_fractional_max_pool3d, FractionalMaxPool3d)
#undef TAEDA_POOL
#undef TAEDA_ONE
#undef TAEDA_PLACES
#undef TAEDA_SAMPLES

// A size that an adaptive pooling keeps: Python's None.
inline constexpr int64_t kKeepSize = -2;

}  // namespace taeda::ops

#undef TAEDA_FAMILY
#pragma GCC visibility pop
