// Normalisation over the batch, over trailing axes, or over groups of channels.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// (input - mean) / sqrt(var + eps) * weight + bias, channel by channel, axis 1 being the channels.
// Mean and variance are those of the batch in training, or without running statistics, else the
// running ones. momentum: running = (1 - momentum) * running + momentum * batch; None: the plain
// average of all batches.
struct TAEDA_API BatchNormNd : Module {
  struct Options {
    int64_t num_features = 0;
    Scalar eps = 1e-5;
    std::optional<Scalar> momentum = Scalar(0.1);
    bool affine = true, track_running_stats = true;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    bool bias = true;
    TAEDA_FIELDS(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "batch_norm";
  static constexpr std::string_view init_only[] = {"bias"};
  static constexpr int64_t version = 2;  // of its state dict: 2 brought num_batches_tracked
  Options options;
  TAEDA_PARAMETER(weight, Tensor());
  TAEDA_PARAMETER(bias, Tensor());
  TAEDA_BUFFER(running_mean, Tensor());
  TAEDA_BUFFER(running_var, Tensor());
  TAEDA_BUFFER(num_batches_tracked, Tensor());

  void setup();
  void reset_running_stats();
  void reset_parameters();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
  // Throws ValueError unless the input has a number of axes the layer is for.
  virtual void check_input(const Tensor& input) const = 0;
};
struct TAEDA_API BatchNorm1d : BatchNormNd {
  void check_input(const Tensor& input) const override;
};
struct TAEDA_API BatchNorm2d : BatchNormNd {
  void check_input(const Tensor& input) const override;
};
struct TAEDA_API BatchNorm3d : BatchNormNd {
  void check_input(const Tensor& input) const override;
};

// (input - mean) / sqrt(var + eps) * weight + bias over the last axes, whose sizes are
// normalized_shape (Ba et al. 2016).
struct TAEDA_API LayerNorm : Module {
  struct Options {
    Sizes normalized_shape = {};
    Scalar eps = 1e-5;
    bool elementwise_affine = true, bias = true;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(normalized_shape, eps, elementwise_affine, bias, device, dtype)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "layer_norm";
  static constexpr std::string_view init_only[] = {"bias"};
  Options options;
  TAEDA_PARAMETER(weight, Tensor());
  TAEDA_PARAMETER(bias, Tensor());

  void setup();
  void reset_parameters();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input / sqrt(mean(input^2) + eps) * weight over the last axes (Zhang and Sennrich 2019). eps
// None: the dtype's epsilon.
struct TAEDA_API RMSNorm : Module {
  struct Options {
    Sizes normalized_shape = {};
    std::optional<Scalar> eps = {};
    bool elementwise_affine = true;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(normalized_shape, eps, elementwise_affine, device, dtype)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "rms_norm";
  Options options;
  TAEDA_PARAMETER(weight, Tensor());

  void setup();
  void reset_parameters();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// LayerNorm within each of num_groups groups of channels (Wu and He 2018).
struct TAEDA_API GroupNorm : Module {
  struct Options {
    int64_t num_groups = 0, num_channels = 0;
    Scalar eps = 1e-5;
    bool affine = true;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    bool bias = true;
    TAEDA_FIELDS(num_groups, num_channels, eps, affine, device, dtype, bias)
  };
  static constexpr int required = 2;
  static constexpr const char* op = "group_norm";
  static constexpr std::string_view init_only[] = {"bias"};
  Options options;
  TAEDA_PARAMETER(weight, Tensor());
  TAEDA_PARAMETER(bias, Tensor());

  void setup();
  void reset_parameters();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

}  // namespace layer

using BatchNorm1d = Handle<layer::BatchNorm1d>;
using BatchNorm2d = Handle<layer::BatchNorm2d>;
using BatchNorm3d = Handle<layer::BatchNorm3d>;
using LayerNorm = Handle<layer::LayerNorm>;
using RMSNorm = Handle<layer::RMSNorm>;
using GroupNorm = Handle<layer::GroupNorm>;

}  // namespace taeda::nn
