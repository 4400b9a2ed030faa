// Normalisations: to zero mean and unit variance over some axes, then scaled and shifted.
#pragma once
#include "taeda/op/op.h"

#pragma GCC visibility push(default)  // ops name exported templates

#define TAEDA_FAMILY Norms

namespace taeda::ops {
struct Norms;

// ---- batches: statistics over every axis but the second (Ioffe and Szegedy 2015) ----

struct BatchStats {
  bool training = false;  // of the input itself; else the running ones
  double eps = 1e-5;
  TAEDA_FIELDS(training, eps)
};
struct BatchNormResult {
  Tensor output, mean, var;  // var: biased
  TAEDA_FIELDS(output, mean, var)
};
struct NativeBatchNorm {
  static constexpr Def def{
      .inputs = {"input", "weight?", "bias?", "running_mean?", "running_var?"},
      .doc =
          "(input - mean) / sqrt(var + eps) * weight + bias for each channel, with the mean and "
          "variance used; the running statistics are not changed.",
      .types = Types::own,
      .scope = 0,
      .backward_name = "NativeBatchNormBackward0"};
  using Attrs = BatchStats;
  using Result = BatchNormResult;
  static std::array<Meta, 3> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<5> backward(Grads g, In<0> x, In<1> w, Out<1> mean, Out<2> var, Needs need,
                             const Attrs& a);
};
TAEDA_OP(normalize_channels, NativeBatchNorm)

struct NormGrads {
  Tensor input, weight, bias;
  TAEDA_FIELDS(input, weight, bias)
};
struct BatchNormGrad {
  static constexpr Def def{.inputs = {"grad", "input", "weight?", "mean", "var"},
                           .doc = "The gradients of normalize_channels, at once.",
                           .types = Types::own,
                           .differentiable = false,
                           .scope = 0};
  using Attrs = BatchStats;
  using Result = NormGrads;
  static std::array<Meta, 3> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(normalize_channels_grad, BatchNormGrad)

struct BatchNorm {
  static constexpr Def def{
      .inputs = {"input", "running_mean?", "running_var?", "weight?", "bias?"},
      .doc =
          "Normalises each channel of input [n, c, ...]: in training by the batch's own mean and "
          "biased variance, which move the running ones by momentum (the variance unbiased); else "
          "by the running ones.",
      .scope = in_functional};
  struct Attrs {
    bool training = false;
    double momentum = 0.1, eps = 1e-5;
    TAEDA_FIELDS(training, momentum, eps)
  };
  static Tensor forward(Args in, const Attrs& a);
};
TAEDA_OP(batch_norm, BatchNorm)

struct InstanceNorm {
  static constexpr Def def{.inputs = {"input", "running_mean?", "running_var?", "weight?", "bias?"},
                           .doc = "batch_norm of each sample alone.",
                           .scope = in_functional};
  struct Attrs {
    bool use_input_stats = true;
    double momentum = 0.1, eps = 1e-5;
    TAEDA_FIELDS(use_input_stats, momentum, eps)
  };
  static Tensor forward(Args in, const Attrs& a);
};
TAEDA_OP(instance_norm, InstanceNorm)

// ---- layers: statistics over the last axes of each sample (Ba et al. 2016) ----

struct LayerNormAttrs {
  Dims normalized_shape = {};
  double eps = 1e-5;
  TAEDA_FIELDS(normalized_shape, eps)
};
struct LayerNormResult {
  Tensor output, mean, rstd;
  TAEDA_FIELDS(output, mean, rstd)
};
struct NormalizeRows {
  static constexpr Def def{.inputs = {"input", "weight?", "bias?"},
                           .doc =
                               "layer_norm, with the means and the reciprocal standard deviations "
                               "that were used: float32 beside a 16-bit input.",
                           .types = Types::own,
                           .required = 1,
                           .early = 1,
                           .scope = 0,
                           .backward_name = "NativeLayerNormBackward0"};
  using Attrs = LayerNormAttrs;
  using Result = LayerNormResult;
  static std::array<Meta, 3> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grads g, In<0> x, In<1> w, Out<1> mean, Out<2> rstd, Needs need,
                             const Attrs& a);
};
TAEDA_OP(normalize_rows, NormalizeRows)

struct LayerNormGrad {
  static constexpr Def def{.inputs = {"grad", "input", "weight?", "mean", "rstd"},
                           .doc = "The gradients of normalize_rows, at once.",
                           .types = Types::own,
                           .differentiable = false,
                           .required = 1,
                           .scope = 0};
  struct Attrs {
    Dims normalized_shape = {};
    double eps = 1e-5;
    bool affine = true;  // else those of weight and bias are empty
    TAEDA_FIELDS(normalized_shape, eps, affine)
  };
  using Result = NormGrads;
  static std::array<Meta, 3> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(normalize_rows_grad, LayerNormGrad)

struct LayerNorm {
  static constexpr Def def{
      .inputs = {"input", "weight?", "bias?"},
      .doc =
          "Normalises over the last axes, of sizes normalized_shape; weight and bias have that "
          "shape.",
      .required = 1,
      .early = 1,
      .scope = in_torch | in_functional};
  using Attrs = LayerNormAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(layer_norm, LayerNorm)

struct NativeLayerNorm {
  static constexpr Def def{.inputs = {"input", "weight?", "bias?"},
                           .doc =
                               "layer_norm, with the means and the reciprocal standard deviations "
                               "that were used, which have no gradient.",
                           .types = Types::own,
                           .required = 1,
                           .early = 1,
                           .scope = in_torch};
  using Attrs = LayerNormAttrs;
  using Result = LayerNormResult;
  static LayerNormResult forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(native_layer_norm, NativeLayerNorm)

// ---- groups: statistics over some channels of each sample (Wu and He 2018) ----

struct GroupNormAttrs {
  int64_t num_groups = 1;
  double eps = 1e-5;
  TAEDA_FIELDS(num_groups, eps)
};
struct NormalizeGroups {
  static constexpr Def def{.inputs = {"input", "weight?", "bias?"},
                           .doc =
                               "group_norm, with the means and the reciprocal standard deviations "
                               "that were used, [n, num_groups]: float32 beside a 16-bit input.",
                           .types = Types::own,
                           .required = 1,
                           .early = 1,
                           .scope = 0,
                           .backward_name = "NativeGroupNormBackward0"};
  using Attrs = GroupNormAttrs;
  using Result = LayerNormResult;
  static std::array<Meta, 3> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grads g, In<0> x, In<1> w, Out<1> mean, Out<2> rstd, Needs need,
                             const Attrs& a);
};
TAEDA_OP(normalize_groups, NormalizeGroups)

struct GroupNormGrad {
  static constexpr Def def{.inputs = {"grad", "input", "weight?", "mean", "rstd"},
                           .doc = "The gradients of normalize_groups, at once.",
                           .types = Types::own,
                           .differentiable = false,
                           .required = 1,
                           .scope = 0};
  using Attrs = GroupNormAttrs;
  using Result = NormGrads;
  static std::array<Meta, 3> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(normalize_groups_grad, GroupNormGrad)

struct GroupNorm {
  static constexpr Def def{
      .inputs = {"input", "weight?", "bias?"},
      .doc =
          "Normalises num_groups groups of channels of each sample of input [n, c, ...]; weight "
          "and bias are one for each channel.",
      .required = 1,
      .early = 1,
      .scope = in_torch | in_functional,
      .backward_name = "NativeGroupNormBackward0"};
  using Attrs = GroupNormAttrs;
  static Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a);
};
TAEDA_OP(group_norm, GroupNorm)

struct RmsNorm {
  static constexpr Def def{
      .inputs = {"input", "weight?"},
      .doc =
          "input / sqrt(mean(input^2) + eps) * weight over the last axes, of sizes "
          "normalized_shape; eps is the dtype's if not given (Zhang and Sennrich 2019).",
      .required = 1,
      .early = 1,
      .scope = in_torch | in_functional};
  struct Attrs {
    Dims normalized_shape = {};
    std::optional<double> eps = {};
    TAEDA_FIELDS(normalized_shape, eps)
  };
  static Tensor forward(const Tensor& x, const Tensor& w, const Attrs& a);
};
TAEDA_OP(rms_norm, RmsNorm)

struct LocalResponseNorm {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "input / (k + alpha * mean of the squares of `size` neighbouring channels) ^ beta "
          "(Krizhevsky et al. 2012).",
      .types = Types::own,
      .required = 1,
      .scope = in_functional};
  struct Attrs {
    int64_t size = 1;
    double alpha = 1e-4, beta = 0.75, k = 1;
    TAEDA_FIELDS(size, alpha, beta, k)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(local_response_norm, LocalResponseNorm)

}  // namespace taeda::ops

#undef TAEDA_FAMILY
#pragma GCC visibility pop
