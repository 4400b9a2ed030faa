// Activation layers. `inplace`: the input's memory takes the result.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// max(input, 0).
struct TAEDA_API ReLU : Module {
  struct Options {
    bool inplace = false;
    TAEDA_FIELDS(inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "relu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input limited to [0, 6].
struct TAEDA_API ReLU6 : Module {
  struct Options {
    bool inplace = false;
    TAEDA_FIELDS(inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "relu6";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input where positive, negative_slope * input elsewhere.
struct TAEDA_API LeakyReLU : Module {
  struct Options {
    Scalar negative_slope = 0.01;
    bool inplace = false;
    TAEDA_FIELDS(negative_slope, inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "leaky_relu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input where positive, alpha * (exp(input) - 1) elsewhere.
struct TAEDA_API ELU : Module {
  struct Options {
    Scalar alpha = 1.0;
    bool inplace = false;
    TAEDA_FIELDS(alpha, inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "elu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// ELU scaled so that mean 0 and variance 1 are a fixed point (Klambauer et al. 2017).
struct TAEDA_API SELU : Module {
  struct Options {
    bool inplace = false;
    TAEDA_FIELDS(inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "selu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// max(0, input) + min(0, alpha * (exp(input / alpha) - 1)).
struct TAEDA_API CELU : Module {
  struct Options {
    Scalar alpha = 1.0;
    bool inplace = false;
    TAEDA_FIELDS(alpha, inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "celu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input * sigmoid(input).
struct TAEDA_API SiLU : Module {
  struct Options {
    bool inplace = false;
    TAEDA_FIELDS(inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "silu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input * tanh(softplus(input)).
struct TAEDA_API Mish : Module {
  struct Options {
    bool inplace = false;
    TAEDA_FIELDS(inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "mish";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input limited to [min_val, max_val].
struct TAEDA_API Hardtanh : Module {
  struct Options {
    Scalar min_val = -1.0;
    Scalar max_val = 1.0;
    bool inplace = false;
    TAEDA_FIELDS(min_val, max_val, inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "hardtanh";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// relu6(input + 3) / 6.
struct TAEDA_API Hardsigmoid : Module {
  struct Options {
    bool inplace = false;
    TAEDA_FIELDS(inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "hardsigmoid";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input * relu6(input + 3) / 6.
struct TAEDA_API Hardswish : Module {
  struct Options {
    bool inplace = false;
    TAEDA_FIELDS(inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "hardswish";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input where it is above threshold, value elsewhere.
struct TAEDA_API Threshold : Module {
  struct Options {
    Scalar threshold = 0;
    Scalar value = 0;
    bool inplace = false;
    TAEDA_FIELDS(threshold, value, inplace)
  };
  static constexpr int required = 2;
  static constexpr const char* op = "threshold";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// 1 / (1 + exp(-input)).
struct TAEDA_API Sigmoid : Module {
  static constexpr const char* op = "sigmoid";
  Tensor forward(const Tensor& input) override;
};

// The hyperbolic tangent.
struct TAEDA_API Tanh : Module {
  static constexpr const char* op = "tanh";
  Tensor forward(const Tensor& input) override;
};

// log(sigmoid(input)).
struct TAEDA_API LogSigmoid : Module {
  static constexpr const char* op = "logsigmoid";
  Tensor forward(const Tensor& input) override;
};

// input / (1 + |input|).
struct TAEDA_API Softsign : Module {
  static constexpr const char* op = "softsign";
  Tensor forward(const Tensor& input) override;
};

// input - tanh(input).
struct TAEDA_API Tanhshrink : Module {
  static constexpr const char* op = "tanhshrink";
  Tensor forward(const Tensor& input) override;
};

// input * Phi(input); approximate "tanh" for the approximation.
struct TAEDA_API GELU : Module {
  struct Options {
    std::string approximate = "none";
    TAEDA_FIELDS(approximate)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "gelu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// log(1 + exp(beta * input)) / beta; the identity where beta * input > threshold.
struct TAEDA_API Softplus : Module {
  struct Options {
    Scalar beta = 1.0;
    Scalar threshold = 20.0;
    TAEDA_FIELDS(beta, threshold)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "softplus";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input moved towards 0 by lambd, 0 within.
struct TAEDA_API Softshrink : Module {
  struct Options {
    Scalar lambd = 0.5;
    TAEDA_FIELDS(lambd)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "softshrink";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input outside [-lambd, lambd], 0 within.
struct TAEDA_API Hardshrink : Module {
  struct Options {
    Scalar lambd = 0.5;
    TAEDA_FIELDS(lambd)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "hardshrink";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// The first half along dim times sigmoid of the second.
struct TAEDA_API GLU : Module {
  struct Options {
    int64_t dim = -1;
    TAEDA_FIELDS(dim)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "glu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// input where positive, weight * input elsewhere; weight (num_parameters), one slope or one a
// channel.
struct TAEDA_API PReLU : Module {
  struct Options {
    int64_t num_parameters = 1;
    Scalar init = 0.25;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(num_parameters, init, device, dtype)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "prelu";
  Options options;
  TAEDA_PARAMETER(weight, Tensor());

  void setup();
  void reset_parameters();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// exp(input) over its sum along dim. Without dim an old rule picks one: 0 for 0, 1 or 3 axes,
// else 1.
struct TAEDA_API Softmax : Module {
  struct Options {
    std::optional<int64_t> dim = {};
    TAEDA_FIELDS(dim)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "softmax";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// The logarithm of Softmax.
struct TAEDA_API LogSoftmax : Module {
  using Options = Softmax::Options;
  static constexpr int required = 0;
  static constexpr const char* op = "log_softmax";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// Softmax of -input.
struct TAEDA_API Softmin : Module {
  using Options = Softmax::Options;
  static constexpr int required = 0;
  static constexpr const char* op = "softmin";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// Softmax over the channels of (N, C, H, W) or (C, H, W).
struct TAEDA_API Softmax2d : Module {
  static constexpr const char* op = "softmax";
  Tensor forward(const Tensor& input) override;
};

// input where positive, else input times a slope: random from [lower, upper) in training, their
// middle otherwise (Xu et al. 2015).
struct TAEDA_API RReLU : Module {
  struct Options {
    Scalar lower = 1.0 / 8, upper = 1.0 / 3;
    bool inplace = false;
    TAEDA_FIELDS(lower, upper, inplace)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "rrelu";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show_options(options); }
};

}  // namespace layer

using ReLU = Handle<layer::ReLU>;
using ReLU6 = Handle<layer::ReLU6>;
using LeakyReLU = Handle<layer::LeakyReLU>;
using ELU = Handle<layer::ELU>;
using SELU = Handle<layer::SELU>;
using CELU = Handle<layer::CELU>;
using SiLU = Handle<layer::SiLU>;
using Mish = Handle<layer::Mish>;
using Hardtanh = Handle<layer::Hardtanh>;
using Hardsigmoid = Handle<layer::Hardsigmoid>;
using Hardswish = Handle<layer::Hardswish>;
using Threshold = Handle<layer::Threshold>;
using Sigmoid = Handle<layer::Sigmoid>;
using Tanh = Handle<layer::Tanh>;
using LogSigmoid = Handle<layer::LogSigmoid>;
using Softsign = Handle<layer::Softsign>;
using Tanhshrink = Handle<layer::Tanhshrink>;
using GELU = Handle<layer::GELU>;
using Softplus = Handle<layer::Softplus>;
using Softshrink = Handle<layer::Softshrink>;
using Hardshrink = Handle<layer::Hardshrink>;
using GLU = Handle<layer::GLU>;
using PReLU = Handle<layer::PReLU>;
using Softmax = Handle<layer::Softmax>;
using LogSoftmax = Handle<layer::LogSoftmax>;
using Softmin = Handle<layer::Softmin>;
using Softmax2d = Handle<layer::Softmax2d>;
using RReLU = Handle<layer::RReLU>;

}  // namespace taeda::nn
