// Layers that change only the shape.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// The axes start_dim to end_dim become one.
struct TAEDA_API Flatten : Module {
  struct Options {
    int64_t start_dim = 1, end_dim = -1;
    TAEDA_FIELDS(start_dim, end_dim)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "flatten";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// The axis dim becomes the axes unflattened_size, of which one may be -1.
struct TAEDA_API Unflatten : Module {
  struct Options {
    int64_t dim = 0;
    Sizes unflattened_size = {};
    TAEDA_FIELDS(dim, unflattened_size)
  };
  static constexpr int required = 2;
  static constexpr const char* op = "unflatten";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// The windows of images (N, C, H, W) as columns (N, C * elements of a window, windows).
struct TAEDA_API Unfold : Module {
  struct Options {
    Sizes kernel_size = {}, dilation = 1, padding = 0, stride = 1;
    TAEDA_FIELDS(kernel_size, dilation, padding, stride)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "unfold";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show_options(options); }
};

// Images (N, C, *output_size) of such columns: each element is the sum of its places in them.
struct TAEDA_API Fold : Module {
  struct Options {
    Sizes output_size = {}, kernel_size = {}, dilation = 1, padding = 0, stride = 1;
    TAEDA_FIELDS(output_size, kernel_size, dilation, padding, stride)
  };
  static constexpr int required = 2;
  static constexpr const char* op = "fold";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show_options(options); }
};

}  // namespace layer

using Flatten = Handle<layer::Flatten>;
using Unflatten = Handle<layer::Unflatten>;
using Unfold = Handle<layer::Unfold>;
using Fold = Handle<layer::Fold>;

}  // namespace taeda::nn
