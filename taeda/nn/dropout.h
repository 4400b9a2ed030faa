// Dropout: in training, elements or channels become 0 with probability p, the others are divided by
// 1 - p.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

struct TAEDA_API DropoutNd : Module {
  struct Options {
    Scalar p = 0.5;
    bool inplace = false;
    TAEDA_FIELDS(p, inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "dropout";
  Options options;
  void setup();
  std::string extra_repr() const override;
};
// Single elements.
struct TAEDA_API Dropout : DropoutNd {
  Tensor forward(const Tensor& input) override;
};
// Whole channels of (N, C, L) or (C, L).
struct TAEDA_API Dropout1d : DropoutNd {
  Tensor forward(const Tensor& input) override;
};
// Whole channels of (N, C, H, W).
struct TAEDA_API Dropout2d : DropoutNd {
  Tensor forward(const Tensor& input) override;
};
// Whole channels of (N, C, D, H, W) or (C, D, H, W).
struct TAEDA_API Dropout3d : DropoutNd {
  Tensor forward(const Tensor& input) override;
};
// Dropped elements take SELU's negative limit; scaled and shifted so that mean and variance stay.
struct TAEDA_API AlphaDropout : DropoutNd {
  Tensor forward(const Tensor& input) override;
};
// AlphaDropout of whole channels of (N, C, *).
struct TAEDA_API FeatureAlphaDropout : DropoutNd {
  Tensor forward(const Tensor& input) override;
};

}  // namespace layer

using Dropout = Handle<layer::Dropout>;
using Dropout1d = Handle<layer::Dropout1d>;
using Dropout2d = Handle<layer::Dropout2d>;
using FeatureAlphaDropout = Handle<layer::FeatureAlphaDropout>;
using Dropout3d = Handle<layer::Dropout3d>;
using AlphaDropout = Handle<layer::AlphaDropout>;

}  // namespace taeda::nn
