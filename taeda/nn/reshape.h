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

}  // namespace layer

using Flatten = Handle<layer::Flatten>;
using Unflatten = Handle<layer::Unflatten>;

}  // namespace taeda::nn
