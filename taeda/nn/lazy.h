// Layers that take the number of their input features from the first input. Until then they have no
// parameters; afterwards they are what the name says without "Lazy", and print as that.
#pragma once
#include "taeda/base/class_name.h"
#include "taeda/nn/conv.h"
#include "taeda/nn/linear.h"
#include "taeda/nn/norm.h"

namespace taeda::nn {

namespace layer {

// L: the layer; Own: its options without that number, and `fill(Options of L&)`, which copies them;
// axis: where an input has the features, negative counted from the end; features: the option.
template <class L, class Own, int axis, int64_t L::Options::*features> struct Lazy : L {
  using Options = Own;
  static constexpr int required = Own::required;
  Options options;

  // Both sets of options go to copies.
  void setup() {
    options.fill(L::options);
    this->fresh = [](const Module& m) -> Module* {
      auto& from = static_cast<const Lazy&>(m);
      auto* made = new Lazy;
      made->options = from.options;
      made->L::options = from.L::options;
      made->fresh = from.fresh;
      return made;
    };
  }
  bool known() const { return L::options.*features != 0; }
  void reset_parameters() {
    if (known()) L::reset_parameters();
  }
  Tensor forward(const Tensor& input) override {
    if (!known()) {
      L::options.*features = input.size(axis);
      L::setup();
      L::reset_parameters();
    }
    return L::forward(input);
  }
  std::string type_name() const override {
    std::string name;
    if constexpr (std::derived_from<L, ConvNd>) name = L::type_name();
    else name = class_name(typeid(L));
    return known() ? name : "Lazy" + name;
  }
};

struct LazyLinearOptions {
  int64_t out_features = 0;
  bool bias = true;
  std::optional<Device> device = {};
  std::optional<DType> dtype = {};
  TAEDA_FIELDS(out_features, bias, device, dtype)
  static constexpr int required = 1;
  void fill(Linear::Options& o) const { o = {0, out_features, bias, device, dtype}; }
};
struct LazyConvOptions {
  int64_t out_channels = 0;
  Sizes kernel_size = {}, stride = 1;
  Padding padding = 0;
  Sizes dilation = 1;
  int64_t groups = 1;
  bool bias = true;
  std::string padding_mode = "zeros";
  std::optional<Device> device = {};
  std::optional<DType> dtype = {};
  TAEDA_FIELDS(out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
               device, dtype)
  static constexpr int required = 2;
  void fill(auto& o) const {
    o = {0,      out_channels, kernel_size,  stride, padding, dilation,
         groups, bias,         padding_mode, device, dtype};
  }
};
struct LazyConvTransposeOptions {
  int64_t out_channels = 0;
  Sizes kernel_size = {}, stride = 1, padding = 0, output_padding = 0;
  int64_t groups = 1;
  bool bias = true;
  Sizes dilation = 1;
  std::string padding_mode = "zeros";
  std::optional<Device> device = {};
  std::optional<DType> dtype = {};
  TAEDA_FIELDS(out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation,
               padding_mode, device, dtype)
  static constexpr int required = 2;
  void fill(auto& o) const {
    o = {0,      out_channels, kernel_size, stride,       padding, output_padding,
         groups, bias,         dilation,    padding_mode, device,  dtype};
  }
};
struct LazyNormOptions {
  Scalar eps = 1e-5;
  std::optional<Scalar> momentum = Scalar(0.1);
  bool affine = true, track_running_stats = true;
  std::optional<Device> device = {};
  std::optional<DType> dtype = {};
  bool bias = true;
  TAEDA_FIELDS(eps, momentum, affine, track_running_stats, device, dtype, bias)
  static constexpr int required = 0;
  void fill(auto& o) const {
    o = {0, eps, momentum, affine, track_running_stats, device, dtype, bias};
  }
};

using LazyLinear = Lazy<Linear, LazyLinearOptions, -1, &Linear::Options::in_features>;
template <int n>
using LazyConv = Lazy<Conv<n>, LazyConvOptions, -n - 1, &Conv<n>::Options::in_channels>;
template <int n>
using LazyConvTranspose = Lazy<ConvTranspose<n>, LazyConvTransposeOptions, -n - 1,
                               &ConvTranspose<n>::Options::in_channels>;
template <class L> using LazyNorm = Lazy<L, LazyNormOptions, 1, &L::Options::num_features>;

}  // namespace layer

using LazyLinear = Handle<layer::LazyLinear>;
using LazyConv1d = Handle<layer::LazyConv<1>>;
using LazyConv2d = Handle<layer::LazyConv<2>>;
using LazyConv3d = Handle<layer::LazyConv<3>>;
using LazyConvTranspose1d = Handle<layer::LazyConvTranspose<1>>;
using LazyConvTranspose2d = Handle<layer::LazyConvTranspose<2>>;
using LazyConvTranspose3d = Handle<layer::LazyConvTranspose<3>>;
using LazyBatchNorm1d = Handle<layer::LazyNorm<layer::BatchNorm1d>>;
using LazyBatchNorm2d = Handle<layer::LazyNorm<layer::BatchNorm2d>>;
using LazyBatchNorm3d = Handle<layer::LazyNorm<layer::BatchNorm3d>>;
using LazyInstanceNorm1d = Handle<layer::LazyNorm<layer::InstanceNorm1d>>;
using LazyInstanceNorm2d = Handle<layer::LazyNorm<layer::InstanceNorm2d>>;
using LazyInstanceNorm3d = Handle<layer::LazyNorm<layer::InstanceNorm3d>>;

}  // namespace taeda::nn
