// Activation functions: forward functors. Their gradients are in activation.cpp.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/functor.h"

#define TAEDA_FAMILY Activation
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Activation;

struct Relu {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "max(input, 0); NaN stays NaN. The gradient at 0 is 0.",
                           .accepts = accepts_ordered,
                           .scope = everywhere};
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x) { return select(x <= V(0), V(0), x); }
  static Tensor backward(Grad g, Out<0> y);
};
TAEDA_OP(relu, Relu)

struct LeakyRelu {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input where positive, negative_slope * input elsewhere.",
                           .accepts = accepts_floats,
                           .scope = in_functional};
  struct Attrs {
    double negative_slope = 0.01;
    TAEDA_FIELDS(negative_slope)
  };
  template <class V> TAEDA_HD static V apply(V x, const Attrs& a) {
    return select(x > V(0), x, x * V(a.negative_slope));
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(leaky_relu, LeakyRelu)

struct Elu {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "input where positive, alpha * (exp(input) - 1) elsewhere "
                               "(Clevert et al. 2016).",
                           .accepts = accepts_floats,
                           .scope = in_functional};
  struct Attrs {
    double alpha = 1;
    TAEDA_FIELDS(alpha)
  };
  template <class V> TAEDA_HD static V apply(V x, const Attrs& a) {
    return select(x > V(0), x, expm1(x) * V(a.alpha));
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(elu, Elu)

struct Selu {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "scale * elu(input, alpha) with the constants of Klambauer et al. 2017.",
      .accepts = accepts_floats,
      .scope = in_torch | in_functional,
      .backward_name = "EluBackward0"};
  static constexpr double alpha = 1.6732632423543772848170429916717;
  static constexpr double scale = 1.0507009873554804934193349852946;
  template <class V> TAEDA_HD static V apply(V x) {
    return select(x > V(0), x, expm1(x) * V(alpha)) * V(scale);
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(selu, Selu)

struct Celu {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "max(0, input) + min(0, alpha * (exp(input / alpha) - 1)).",
                           .accepts = accepts_floats,
                           .scope = in_torch | in_functional};
  struct Attrs {
    double alpha = 1;
    TAEDA_FIELDS(alpha)
  };
  template <class V> TAEDA_HD static V apply(V x, const Attrs& a) {
    return select(x > V(0), x, expm1(x / V(a.alpha)) * V(a.alpha));
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(celu, Celu)

struct Approximation {
  static constexpr std::string_view words[] = {"none", "tanh"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct Gelu {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "input * Phi(input), Phi being the normal distribution's; or its "
                               "approximation by tanh (Hendrycks and Gimpel 2016).",
                           .accepts = accepts_floats,
                           .keyword_only = 1,
                           .scope = in_functional};
  struct Attrs {
    Choice<Approximation> approximate = {};
    TAEDA_FIELDS(approximate)
    bool by_tanh() const { return approximate.is("tanh"); }
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(gelu, Gelu)

struct GeluErf {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "gelu by the error function.",
                           .accepts = accepts_floats,
                           .kernel = "GeluKernelImpl",
                           .scope = 0,
                           .backward_name = "GeluBackward0"};
  template <class V> TAEDA_HD static V apply(V x) {
    return V(0.5) * x * (V(1) + erf(x * V(0.70710678118654752440)));
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(gelu_erf, GeluErf)

struct GeluTanh {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "gelu by tanh.",
                           .accepts = accepts_floats,
                           .kernel = "GeluKernelImpl",
                           .scope = 0,
                           .backward_name = "GeluBackward0"};
  template <class V> TAEDA_HD static V apply(V x) {
    V u = V(0.79788456080286535588) * (x + V(0.044715) * x * x * x);
    return V(0.5) * x * (V(1) + tanh(u));
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(gelu_tanh, GeluTanh)

// Gradients at once, where no graph of them is wanted.
struct ReluGrad {
  static constexpr Def def{.inputs = {"grad", "result"},
                           .doc = "The gradient of relu.",
                           .accepts = accepts_floats,
                           .differentiable = false,
                           .scope = 0};
  template <class V> TAEDA_HD static V apply(V g, V y) { return select(y <= V(0), V(0), g); }
};
TAEDA_OP(relu_grad, ReluGrad)

struct GeluErfGrad {
  static constexpr Def def{.inputs = {"grad", "input"},
                           .doc = "The gradient of gelu by the error function.",
                           .accepts = accepts_floats,
                           .differentiable = false,
                           .scope = 0};
  template <class V> TAEDA_HD static V apply(V g, V x) {
    V cdf = V(0.5) * (V(1) + erf(x * V(0.70710678118654752440)));
    return g * (cdf + x * exp(V(-0.5) * x * x) * V(0.39894228040143267794));
  }
};
TAEDA_OP(gelu_erf_grad, GeluErfGrad)

struct GeluTanhGrad {
  static constexpr Def def{.inputs = {"grad", "input"},
                           .doc = "The gradient of gelu by tanh.",
                           .accepts = accepts_floats,
                           .differentiable = false,
                           .scope = 0};
  template <class V> TAEDA_HD static V apply(V g, V x) {
    const V beta(0.79788456080286535588), cubic(0.044715);
    V t = tanh(beta * (x + cubic * x * x * x));
    V slope = V(0.5) * x * (V(1) - t * t) * (beta * (V(1) + V(3) * cubic * x * x));
    return g * (V(0.5) * (V(1) + t) + slope);
  }
};
TAEDA_OP(gelu_tanh_grad, GeluTanhGrad)

struct SiluGrad {
  static constexpr Def def{.inputs = {"grad", "input"},
                           .doc = "The gradient of silu.",
                           .accepts = accepts_floats,
                           .differentiable = false,
                           .scope = 0};
  template <class V> TAEDA_HD static V apply(V g, V x) {
    V s = sigmoid(x);
    return g * (s * (V(1) + x * (V(1) - s)));
  }
};
TAEDA_OP(silu_grad, SiluGrad)

struct Silu {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input * sigmoid(input).",
                           .accepts = accepts_floats | accepts_complex,
                           .scope = in_functional};
  template <class V> TAEDA_HD static V apply(V x) { return x * sigmoid(x); }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(silu, Silu)

struct Mish {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input * tanh(softplus(input)) (Misra 2019).",
                           .accepts = accepts_floats,
                           .scope = in_functional};
  template <class V> TAEDA_HD static V apply(V x) {
    return x * tanh(select(x > V(20), x, log1p(exp(x))));
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(mish, Mish)

struct Softplus {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "log(1 + exp(beta * input)) / beta; the identity where beta * input > threshold.",
      .accepts = accepts_floats,
      .scope = in_functional};
  struct Attrs {
    double beta = 1, threshold = 20;
    TAEDA_FIELDS(beta, threshold)
  };
  template <class V> TAEDA_HD static V apply(V x, const Attrs& a) {
    V z = x * V(a.beta);
    return select(z > V(a.threshold), x, log1p(exp(z)) / V(a.beta));
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(softplus, Softplus)

struct Softsign {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input / (1 + |input|).",
                           .types = Types::floating,
                           .accepts = accepts_real,
                           .scope = in_functional};
  template <class V> TAEDA_HD static V apply(V x) { return x / (V(1) + abs(x)); }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(softsign, Softsign)

struct Logsigmoid {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "log(1 / (1 + exp(-input))), without overflow.",
                           .accepts = accepts_floats,
                           .scope = in_functional,
                           .backward_name = "LogSigmoidBackward0"};
  template <class V> TAEDA_HD static V apply(V x) {
    return select(x < V(0), x, V(0)) - log1p(exp(-abs(x)));
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(logsigmoid, Logsigmoid)

struct Hardtanh {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input limited to [min_val, max_val].",
                           .accepts = accepts_ordered,
                           .scope = in_functional};
  struct Attrs {
    double min_val = -1, max_val = 1;
    TAEDA_FIELDS(min_val, max_val)
  };
  template <class V> TAEDA_HD static V apply(V x, const Attrs& a) {
    V y = select(x < V(a.min_val), V(a.min_val), x);
    return select(y > V(a.max_val), V(a.max_val), y);
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(hardtanh, Hardtanh)

struct Relu6 {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input limited to [0, 6].",
                           .accepts = accepts_ordered,
                           .scope = in_functional,
                           .backward_name = "HardtanhBackward0"};
  template <class V> TAEDA_HD static V apply(V x) {
    V y = select(x < V(0), V(0), x);
    return select(y > V(6), V(6), y);
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(relu6, Relu6)

struct Hardsigmoid {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "relu6(input + 3) / 6.",
                           .accepts = accepts_floats,
                           .scope = in_functional};
  template <class V> TAEDA_HD static V apply(V x) { return Relu6::apply(x + V(3)) / V(6); }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(hardsigmoid, Hardsigmoid)

struct Hardswish {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input * relu6(input + 3) / 6 (Howard et al. 2019).",
                           .accepts = accepts_floats,
                           .scope = in_functional};
  template <class V> TAEDA_HD static V apply(V x) { return x * Relu6::apply(x + V(3)) / V(6); }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(hardswish, Hardswish)

struct Threshold {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input where it is above threshold, value elsewhere.",
                           .accepts = accepts_ordered,
                           .required = 2,
                           .scope = in_torch | in_functional};
  struct Attrs {
    Scalar threshold = {}, value = {};
    TAEDA_FIELDS(threshold, value)
  };
  template <class V> TAEDA_HD static V apply(V x, const Attrs& a) {
    return select(x <= V(a.threshold.to<Element<V>>()), V(a.value.to<Element<V>>()), x);
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(threshold, Threshold)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
