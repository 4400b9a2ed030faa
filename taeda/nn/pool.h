// Pooling over 1, 2 or 3 spatial axes: input (N, C, *) or (C, *). Output size along an axis:
// (size + 2 * padding - dilation * (kernel_size - 1) - 1) / stride + 1, rounded down, or up with
// ceil_mode.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// stride: kernel_size unless given.
template <int n> struct TAEDA_API MaxPool : Module {
  struct Options {
    Sizes kernel_size = {}, stride = {};
    Sizes padding = 0, dilation = 1;
    bool return_indices = false, ceil_mode = false;
    TAEDA_FIELDS(kernel_size, stride, padding, dilation, return_indices, ceil_mode)
  };
  static constexpr int required = 1;
  static constexpr const char* op = n == 1 ? "max_pool1d" : n == 2 ? "max_pool2d" : "max_pool3d";
  Options options;

  std::string type_name() const override { return "MaxPool" + std::to_string(n) + "d"; }
  void setup();
  Tensor forward(const Tensor& input) override;
  // Values and, for each, its place among the spatial elements of its channel.
  std::pair<Tensor, Tensor> forward_with_indices(const Tensor& input);
  std::string extra_repr() const override;
};
using MaxPool1d = MaxPool<1>;
using MaxPool2d = MaxPool<2>;
using MaxPool3d = MaxPool<3>;

struct TAEDA_API AvgPool1d : Module {
  struct Options {
    Sizes kernel_size = {}, stride = {};
    Sizes padding = 0;
    bool ceil_mode = false, count_include_pad = true;
    TAEDA_FIELDS(kernel_size, stride, padding, ceil_mode, count_include_pad)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "avg_pool1d";
  Options options;
  void setup();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// divisor_override: divide by it instead of by the number of elements.
template <int n> struct TAEDA_API AvgPool : Module {
  struct Options {
    Sizes kernel_size = {}, stride = {};
    Sizes padding = 0;
    bool ceil_mode = false, count_include_pad = true;
    std::optional<int64_t> divisor_override = {};
    TAEDA_FIELDS(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
  };
  static constexpr int required = 1;
  static constexpr const char* op = n == 2 ? "avg_pool2d" : "avg_pool3d";
  Options options;

  std::string type_name() const override { return "AvgPool" + std::to_string(n) + "d"; }
  void setup();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};
using AvgPool2d = AvgPool<2>;
using AvgPool3d = AvgPool<3>;

// Means over windows that give exactly output_size; None keeps the input's size.
template <int n> struct TAEDA_API AdaptiveAvgPool : Module {
  struct Options {
    Sizes output_size = {};
    TAEDA_FIELDS(output_size)
  };
  static constexpr int required = 1;
  static constexpr const char* op = n == 1   ? "adaptive_avg_pool1d"
                                    : n == 2 ? "adaptive_avg_pool2d"
                                             : "adaptive_avg_pool3d";
  Options options;

  std::string type_name() const override { return "AdaptiveAvgPool" + std::to_string(n) + "d"; }
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};
using AdaptiveAvgPool1d = AdaptiveAvgPool<1>;
using AdaptiveAvgPool2d = AdaptiveAvgPool<2>;
using AdaptiveAvgPool3d = AdaptiveAvgPool<3>;

// Maxima over windows that give exactly output_size; None keeps the input's size.
template <int n> struct TAEDA_API AdaptiveMaxPool : Module {
  struct Options {
    Sizes output_size = {};
    bool return_indices = false;
    TAEDA_FIELDS(output_size, return_indices)
  };
  static constexpr int required = 1;
  static constexpr const char* op = n == 1   ? "adaptive_max_pool1d"
                                    : n == 2 ? "adaptive_max_pool2d"
                                             : "adaptive_max_pool3d";
  Options options;

  std::string type_name() const override { return "AdaptiveMaxPool" + std::to_string(n) + "d"; }
  Tensor forward(const Tensor& input) override;
  std::pair<Tensor, Tensor> forward_with_indices(const Tensor& input);
  std::string extra_repr() const override;
};
using AdaptiveMaxPool1d = AdaptiveMaxPool<1>;
using AdaptiveMaxPool2d = AdaptiveMaxPool<2>;
using AdaptiveMaxPool3d = AdaptiveMaxPool<3>;

// The norms of order norm_type of windows: (sum of x^norm_type)^(1 / norm_type).
template <int n> struct TAEDA_API LPPool : Module {
  struct Options {
    Scalar norm_type = 2.0;
    Sizes kernel_size = {}, stride = {};
    bool ceil_mode = false;
    TAEDA_FIELDS(norm_type, kernel_size, stride, ceil_mode)
  };
  static constexpr int required = 2;
  static constexpr const char* op = n == 1 ? "lp_pool1d" : n == 2 ? "lp_pool2d" : "lp_pool3d";
  Options options;

  std::string type_name() const override { return "LPPool" + std::to_string(n) + "d"; }
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show_options(options); }
};
using LPPool1d = LPPool<1>;
using LPPool2d = LPPool<2>;
using LPPool3d = LPPool<3>;

// Zeros with the input's elements at the places, `indices`, that MaxPool found them at.
// output_size: of the result, where several inputs of MaxPool give the same size.
template <int n> struct TAEDA_API MaxUnpool : Module {
  struct Options {
    Sizes kernel_size = {}, stride = {};
    Sizes padding = 0;
    TAEDA_FIELDS(kernel_size, stride, padding)
  };
  static constexpr int required = 1;
  struct Arguments {
    Tensor input, indices;
    Sizes output_size = {};
    TAEDA_FIELDS(input, indices, output_size)
  };
  static constexpr int required_arguments = 2;
  Options options;

  std::string type_name() const override { return "MaxUnpool" + std::to_string(n) + "d"; }
  void setup();
  using Module::forward;
  Tensor forward(const Arguments& a);
  std::string extra_repr() const override { return show_options(options); }
};
using MaxUnpool1d = MaxUnpool<1>;
using MaxUnpool2d = MaxUnpool<2>;
using MaxUnpool3d = MaxUnpool<3>;

// Maxima of windows of kernel_size that lie at random so that output_size of them cover the input,
// or output_ratio times its size (Graham 2014). _random_samples (N, C, n), from [0, 1), place them;
// drawn at each call if not given.
template <int n> struct TAEDA_API FractionalMaxPool : Module {
  struct Options {
    Sizes kernel_size = {}, output_size = {};
    Factors output_ratio = {};
    bool return_indices = false;
    Tensor _random_samples = {};
    TAEDA_FIELDS(kernel_size, output_size, output_ratio, return_indices, _random_samples)
  };
  static constexpr int required = 1;
  static constexpr const char* op = n == 2 ? "fractional_max_pool2d" : "fractional_max_pool3d";
  static constexpr std::string_view init_only[] = {"_random_samples"};
  Options options;
  TAEDA_BUFFER(_random_samples, Tensor());

  std::string type_name() const override { return "FractionalMaxPool" + std::to_string(n) + "d"; }
  void setup();
  Tensor forward(const Tensor& input) override { return forward_with_indices(input).first; }
  std::pair<Tensor, Tensor> forward_with_indices(const Tensor& input);
};
using FractionalMaxPool2d = FractionalMaxPool<2>;
using FractionalMaxPool3d = FractionalMaxPool<3>;

extern template struct LPPool<1>;
extern template struct LPPool<2>;
extern template struct LPPool<3>;
extern template struct MaxUnpool<1>;
extern template struct MaxUnpool<2>;
extern template struct MaxUnpool<3>;
extern template struct FractionalMaxPool<2>;
extern template struct FractionalMaxPool<3>;
extern template struct MaxPool<1>;
extern template struct MaxPool<2>;
extern template struct MaxPool<3>;
extern template struct AvgPool<2>;
extern template struct AvgPool<3>;
extern template struct AdaptiveAvgPool<1>;
extern template struct AdaptiveAvgPool<2>;
extern template struct AdaptiveAvgPool<3>;
extern template struct AdaptiveMaxPool<1>;
extern template struct AdaptiveMaxPool<2>;
extern template struct AdaptiveMaxPool<3>;

// The values and places of a fractional pooling; for functional.fractional_max_pool2d and 3d.
TAEDA_API std::pair<Tensor, Tensor> fractional_max_pool(const Tensor& input, size_t n,
                                                        const Sizes& kernel_size,
                                                        const Sizes& output_size,
                                                        const Factors& output_ratio,
                                                        const Tensor& random_samples);

// The sizes with None replaced by the input's own.
Dims adaptive_sizes(const Sizes& s, const Tensor& input, size_t n);

}  // namespace layer

using MaxPool1d = Handle<layer::MaxPool1d>;
using MaxPool2d = Handle<layer::MaxPool2d>;
using MaxPool3d = Handle<layer::MaxPool3d>;
using AvgPool1d = Handle<layer::AvgPool1d>;
using AvgPool2d = Handle<layer::AvgPool2d>;
using AvgPool3d = Handle<layer::AvgPool3d>;
using AdaptiveAvgPool1d = Handle<layer::AdaptiveAvgPool1d>;
using AdaptiveAvgPool2d = Handle<layer::AdaptiveAvgPool2d>;
using AdaptiveAvgPool3d = Handle<layer::AdaptiveAvgPool3d>;
using AdaptiveMaxPool1d = Handle<layer::AdaptiveMaxPool1d>;
using AdaptiveMaxPool2d = Handle<layer::AdaptiveMaxPool2d>;
using AdaptiveMaxPool3d = Handle<layer::AdaptiveMaxPool3d>;
using LPPool1d = Handle<layer::LPPool1d>;
using LPPool2d = Handle<layer::LPPool2d>;
using LPPool3d = Handle<layer::LPPool3d>;
using MaxUnpool1d = Handle<layer::MaxUnpool1d>;
using MaxUnpool2d = Handle<layer::MaxUnpool2d>;
using MaxUnpool3d = Handle<layer::MaxUnpool3d>;
using FractionalMaxPool2d = Handle<layer::FractionalMaxPool2d>;
using FractionalMaxPool3d = Handle<layer::FractionalMaxPool3d>;

}  // namespace taeda::nn
