// Normalisation over the batch, over trailing axes, or over groups of channels.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// What BatchNorm and InstanceNorm have in common: an affine map and running statistics of channels.
struct TAEDA_API NormBase : Module {
  static constexpr std::string_view init_only[] = {"bias"};
  static constexpr int64_t version = 2;  // of its state dict: 2 brought num_batches_tracked
  TAEDA_PARAMETER(weight, Tensor());
  TAEDA_PARAMETER(bias, Tensor());
  TAEDA_BUFFER(running_mean, Tensor());
  TAEDA_BUFFER(running_var, Tensor());
  TAEDA_BUFFER(num_batches_tracked, Tensor());

  void reset_running_stats();
  void reset_parameters();
  // Throws ValueError unless the input has a number of axes the layer is for.
  virtual void check_input(const Tensor& input) const;
};

// (input - mean) / sqrt(var + eps) * weight + bias, channel by channel, axis 1 being the channels.
// Mean and variance are those of the batch in training, or without running statistics, else the
// running ones. momentum: running = (1 - momentum) * running + momentum * batch; None: the plain
// average of all batches.
struct TAEDA_API BatchNormNd : NormBase {
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
  Options options;

  void setup();
  Tensor forward(const Tensor& input) override;
  Tensor normalize(const Tensor& input);  // forward without check_input
  std::string extra_repr() const override;
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

// BatchNorm of each channel of each sample alone (Ulyanov et al. 2016); running statistics only if
// asked for. input (N, C, *) or (C, *).
struct TAEDA_API InstanceNormNd : NormBase {
  struct Options {
    int64_t num_features = 0;
    Scalar eps = 1e-5;
    std::optional<Scalar> momentum = Scalar(0.1);
    bool affine = false, track_running_stats = false;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    bool bias = true;
    TAEDA_FIELDS(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "instance_norm";
  Options options;

  void setup();
  Tensor forward(const Tensor& input) override;
  Tensor normalize(const Tensor& input);  // forward without check_input
  std::string extra_repr() const override;
  virtual int64_t axes_of_sample() const { return -1; }  // of an input without N
};
struct TAEDA_API InstanceNorm1d : InstanceNormNd {
  void check_input(const Tensor& input) const override;
  int64_t axes_of_sample() const override { return 2; }
};
struct TAEDA_API InstanceNorm2d : InstanceNormNd {
  void check_input(const Tensor& input) const override;
  int64_t axes_of_sample() const override { return 3; }
};
struct TAEDA_API InstanceNorm3d : InstanceNormNd {
  void check_input(const Tensor& input) const override;
  int64_t axes_of_sample() const override { return 4; }
};

// input / (k + alpha * mean of the squares of `size` neighbouring channels)^beta (Krizhevsky et al.
// 2012); input (N, C, *).
struct TAEDA_API LocalResponseNorm : Module {
  struct Options {
    int64_t size = 0;
    Scalar alpha = 1e-4, beta = 0.75, k = 1.0;
    TAEDA_FIELDS(size, alpha, beta, k)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "local_response_norm";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
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
using InstanceNorm1d = Handle<layer::InstanceNorm1d>;
using InstanceNorm2d = Handle<layer::InstanceNorm2d>;
using InstanceNorm3d = Handle<layer::InstanceNorm3d>;
using LocalResponseNorm = Handle<layer::LocalResponseNorm>;
using LayerNorm = Handle<layer::LayerNorm>;
using RMSNorm = Handle<layer::RMSNorm>;
using GroupNorm = Handle<layer::GroupNorm>;

}  // namespace taeda::nn
