// Convolutions (cross-correlations, as deep learning has them) over 1 and 2 axes, and composed of
// those, 3.
#pragma once
#include "taeda/op/op.h"

#pragma GCC visibility push(default)  // ops name exported templates

#define TAEDA_FAMILY Convolutions

namespace taeda::ops {
struct Convolutions;

// How the taps of a kernel meet the input; one number for each spatial axis.
struct Taps {
  Dims stride = {1}, padding = {0}, dilation = {1};
  bool transposed = false;
  Dims output_padding = {0};  // of a transposed convolution: added to one end of the output
  int64_t groups = 1;
  TAEDA_FIELDS(stride, padding, dilation, transposed, output_padding, groups)
};

// Every convolution, and with the weight's gradient closed under differentiation: the input's
// gradient of a convolution is a transposed one and the other way round.
struct Convolution {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc =
          "input [n, c, ...] with weight [out, c / groups, ...], or transposed with weight "
          "[c, out / groups, ...]; 1 or 2 spatial axes; plus bias [out].",
      .types = Types::own,
      .required = 6,
      .scope = in_torch};
  using Attrs = Taps;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, In<0, 1> x, In<1, 0> w, Shape<0> s, Shape<1> t, Needs need,
                             const Attrs& a);
};
TAEDA_OP(convolution, Convolution)

struct ConvolutionWeight {
  static constexpr Def def{
      .inputs = {"grad", "input"},
      .doc =
          "The gradient of the weight, of shape [size], of the convolution of input whose output "
          "has the gradient grad.",
      .types = Types::own,
      .required = 1,
      .scope = 0,
      .backward_name = "ConvolutionBackwardBackward0"};
  struct Attrs {
    Dims size = {};
    Taps taps = {};  // not transposed
    TAEDA_FIELDS(size, taps)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<0, 1> y, In<1, 0> x, Shape<1> s, Needs need,
                             const Attrs& a);
};
TAEDA_OP(convolution_weight, ConvolutionWeight)

struct ConvAttrs {
  Dims stride = {1}, padding = {0}, dilation = {1};
  int64_t groups = 1;
  TAEDA_FIELDS(stride, padding, dilation, groups)
};
struct PaddingMode {
  static constexpr std::string_view words[] = {"valid", "same"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct PaddedConvAttrs {
  Dims stride = {1};
  Choice<PaddingMode> padding = {};
  Dims dilation = {1};
  int64_t groups = 1;
  TAEDA_FIELDS(stride, padding, dilation, groups)
};
struct ConvTransposeAttrs {
  Dims stride = {1}, padding = {0}, output_padding = {0};
  int64_t groups = 1;
  Dims dilation = {1};
  TAEDA_FIELDS(stride, padding, output_padding, groups, dilation)
};

struct Conv1d {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc = "Convolves input [n, c, l] or [c, l] with weight [out, c / groups, k].",
      .scope = in_torch | in_functional};
  using Attrs = ConvAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(conv1d, Conv1d)
struct Conv1dPadded {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc = "conv1d with padding 'valid': none; or 'same': the output has the input's length.",
      .scope = in_torch | in_functional};
  using Attrs = PaddedConvAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(conv1d, Conv1dPadded)

struct Conv2d {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc = "Convolves input [n, c, h, w] or [c, h, w] with weight [out, c / groups, kh, kw].",
      .scope = in_torch | in_functional};
  using Attrs = ConvAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(conv2d, Conv2d)
struct Conv2dPadded {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc = "conv2d with padding 'valid': none; or 'same': the output has the input's size.",
      .scope = in_torch | in_functional};
  using Attrs = PaddedConvAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(conv2d, Conv2dPadded)

struct Conv3d {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc =
          "Convolves input [n, c, d, h, w] or [c, d, h, w] with weight [out, c / groups, kd, kh, "
          "kw].",
      .scope = in_torch | in_functional,
      .backward_name = "ConvolutionBackward0"};
  using Attrs = ConvAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(conv3d, Conv3d)
struct Conv3dPadded {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc = "conv3d with padding 'valid': none; or 'same': the output has the input's size.",
      .scope = in_torch | in_functional,
      .backward_name = "ConvolutionBackward0"};
  using Attrs = PaddedConvAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(conv3d, Conv3dPadded)

struct ConvTranspose1d {
  static constexpr Def def{.inputs = {"input", "weight", "bias?"},
                           .doc = "The gradient of conv1d as a layer: weight [c, out / groups, k].",
                           .scope = in_torch | in_functional};
  using Attrs = ConvTransposeAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(conv_transpose1d, ConvTranspose1d)
struct ConvTranspose2d {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc = "The gradient of conv2d as a layer: weight [c, out / groups, kh, kw].",
      .scope = in_torch | in_functional};
  using Attrs = ConvTransposeAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(conv_transpose2d, ConvTranspose2d)
struct ConvTranspose3d {
  static constexpr Def def{
      .inputs = {"input", "weight", "bias?"},
      .doc = "The gradient of conv3d as a layer: weight [c, out / groups, kd, kh, kw].",
      .scope = in_torch | in_functional,
      .backward_name = "ConvolutionBackward0"};
  using Attrs = ConvTransposeAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(conv_transpose3d, ConvTranspose3d)

}  // namespace taeda::ops

namespace taeda {

// Convolutions with padding "same" or "valid" over the 1, 2 or 3 axes that the weight has.
TAEDA_API Tensor conv_padded(const Tensor& input, const Tensor& weight, const Tensor& bias,
                             const ops::PaddedConvAttrs& a);

}  // namespace taeda

#undef TAEDA_FAMILY
#pragma GCC visibility pop
