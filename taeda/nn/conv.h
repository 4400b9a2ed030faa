// Convolutions over 1, 2 or 3 spatial axes, and their transposes.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// What convolutions have in common. After setup() the sizes in `options` are tuples of n.
struct TAEDA_API ConvNd : Module {
  static constexpr std::string_view init_only[] = {"bias"};
  TAEDA_PARAMETER(weight, Tensor());
  TAEDA_PARAMETER(bias, Tensor());
  void reset_parameters();  // uniform within +-1 / sqrt(fan_in)
};

// input (N, in_channels, *) or (in_channels, *), cross-correlated with weight
// (out_channels, in_channels / groups, *kernel_size). Output size along an axis:
// floor((size + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1.
template <int n> struct TAEDA_API Conv : ConvNd {
  struct Options {
    int64_t in_channels = 0, out_channels = 0;
    Sizes kernel_size = {};
    Sizes stride = 1;
    Padding padding = 0;
    Sizes dilation = 1;
    int64_t groups = 1;
    bool bias = true;
    std::string padding_mode = "zeros";
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias,
                 padding_mode, device, dtype)
  };
  static constexpr int required = 3;
  static constexpr const char* op = n == 1 ? "conv1d" : n == 2 ? "conv2d" : "conv3d";
  Options options;

  std::string type_name() const override { return "Conv" + std::to_string(n) + "d"; }
  void setup();
  Tensor forward(const Tensor& input) override { return conv_forward(input, weight, bias); }
  // What forward does, with any weight and bias.
  virtual Tensor conv_forward(const Tensor& input, const Tensor& weight, const Tensor& bias);
  std::string extra_repr() const override;
};
using Conv1d = Conv<1>;
using Conv2d = Conv<2>;
using Conv3d = Conv<3>;

// The gradient of Conv with respect to its input; weight (in_channels, out_channels / groups,
// *kernel_size). Output size along an axis: (size - 1) * stride - 2 * padding + dilation *
// (kernel_size - 1) + output_padding + 1.
template <int n> struct TAEDA_API ConvTranspose : ConvNd {
  struct Options {
    int64_t in_channels = 0, out_channels = 0;
    Sizes kernel_size = {};
    Sizes stride = 1, padding = 0, output_padding = 0;
    int64_t groups = 1;
    bool bias = true;
    Sizes dilation = 1;
    std::string padding_mode = "zeros";
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(in_channels, out_channels, kernel_size, stride, padding, output_padding, groups,
                 bias, dilation, padding_mode, device, dtype)
  };
  static constexpr int required = 3;
  static constexpr const char* op = n == 1   ? "conv_transpose1d"
                                    : n == 2 ? "conv_transpose2d"
                                             : "conv_transpose3d";
  Options options;

  std::string type_name() const override { return "ConvTranspose" + std::to_string(n) + "d"; }
  void setup();
  Tensor forward(const Tensor& input) override;
  // output_size: the wanted spatial sizes, which decide the output padding.
  Tensor forward_to(const Tensor& input, const Dims& output_size);
  std::string extra_repr() const override;
};
using ConvTranspose1d = ConvTranspose<1>;
using ConvTranspose2d = ConvTranspose<2>;
using ConvTranspose3d = ConvTranspose<3>;

extern template struct Conv<1>;
extern template struct Conv<2>;
extern template struct Conv<3>;
extern template struct ConvTranspose<1>;
extern template struct ConvTranspose<2>;
extern template struct ConvTranspose<3>;

}  // namespace layer

using Conv1d = Handle<layer::Conv1d>;
using Conv2d = Handle<layer::Conv2d>;
using Conv3d = Handle<layer::Conv3d>;
using ConvTranspose1d = Handle<layer::ConvTranspose1d>;
using ConvTranspose2d = Handle<layer::ConvTranspose2d>;
using ConvTranspose3d = Handle<layer::ConvTranspose3d>;

}  // namespace taeda::nn
