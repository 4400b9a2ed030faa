// Initial values of parameters. Each function fills its tensor in place, outside the graph, and
// returns it.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "taeda/random/generator.h"
#include "taeda/tensor/tensor.h"

namespace taeda::nn::init {

using Source = std::shared_ptr<Generator>;  // null: the default generator

// Numbers of inputs and outputs of one unit of a weight (out, in, *kernel). Throws ValueError below
// 2 axes.
struct Fans {
  int64_t in, out;
};
TAEDA_API Fans fans(const Tensor& weight);
// The recommended factor for a nonlinearity: "relu", "leaky_relu", "tanh", ...; `param` is the
// slope of leaky_relu.
TAEDA_API double calculate_gain(const std::string& nonlinearity, std::optional<double> param = {});

TAEDA_API const Tensor& uniform_(const Tensor& t, double a = 0, double b = 1, const Source& g = {});
TAEDA_API const Tensor& normal_(const Tensor& t, double mean = 0, double std = 1,
                                const Source& g = {});
// A normal distribution cut off at a and b.
TAEDA_API const Tensor& trunc_normal_(const Tensor& t, double mean = 0, double std = 1,
                                      double a = -2, double b = 2, const Source& g = {});
TAEDA_API const Tensor& constant_(const Tensor& t, Scalar value);
TAEDA_API const Tensor& ones_(const Tensor& t);
TAEDA_API const Tensor& zeros_(const Tensor& t);
TAEDA_API const Tensor& eye_(const Tensor& t);  // 2 axes
// A convolution weight (3 to 5 axes) that passes its input on, group by group.
TAEDA_API const Tensor& dirac_(const Tensor& t, int64_t groups = 1);

// Uniform within +-gain * sqrt(6 / (in + out)), and normal of the same variance (Glorot and Bengio
// 2010).
TAEDA_API const Tensor& xavier_uniform_(const Tensor& t, double gain = 1, const Source& g = {});
TAEDA_API const Tensor& xavier_normal_(const Tensor& t, double gain = 1, const Source& g = {});
// Variance gain^2 / fan, gain that of the nonlinearity (He et al. 2015). mode: "fan_in" or
// "fan_out".
struct KaimingOptions {
  double a = 0;
  std::string mode = "fan_in", nonlinearity = "leaky_relu";
  Source generator = {};
};
TAEDA_API const Tensor& kaiming_uniform_(const Tensor& t, const KaimingOptions& o);
TAEDA_API const Tensor& kaiming_normal_(const Tensor& t, const KaimingOptions& o);

}  // namespace taeda::nn::init
