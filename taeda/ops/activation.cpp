// Gradients of the activation functions.
#include "taeda/ops/activation.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/unary.h"

namespace taeda::ops {

void Relu::check(Args in) {
  if (in[0].dtype() == DType::boolean) fail("Boolean inputs not supported for relu");
  if (is_complex(in[0].dtype()))
    fail<NotImplementedError>("clamp is not supported for complex types");
}
Tensor Relu::backward(Grad g, Out<0> y) {
  if (!grad_enabled()) return relu_grad(g, y);
  return where(y <= 0, 0, g);
}
Tensor LeakyRelu::backward(Grad g, In<0> x, const Attrs& a) {
  return where(x > 0, g, g * a.negative_slope);
}
// The exponentials below are not wanted where x is positive, and would overflow there.
Tensor Elu::backward(Grad g, In<0> x, const Attrs& a) {
  return where(x <= 0, g * exp(clamp_max(x, 0)) * a.alpha, g);
}
Tensor Selu::backward(Grad g, In<0> x) {
  return where(x <= 0, g * exp(clamp_max(x, 0)) * (alpha * scale), g * scale);
}
Tensor Celu::backward(Grad g, In<0> x, const Attrs& a) {
  return where(x <= 0, g * exp(clamp_max(x, 0) / a.alpha), g);
}

void Approximation::fail(std::string_view) {
  taeda::fail("approximate argument must be either none or tanh.");
}
Tensor Gelu::forward(const Tensor& x, const Attrs& a) {
  return a.by_tanh() ? gelu_tanh(x) : gelu_erf(x);
}
Tensor GeluErf::backward(Grad g, In<0> x) {
  if (!grad_enabled()) return gelu_erf_grad(g, x);
  Tensor cdf = 0.5 * (1 + erf(x * 0.70710678118654752440));
  return g * (cdf + x * exp(-0.5 * x * x) * 0.39894228040143267794);
}
Tensor GeluTanh::backward(Grad g, In<0> x) {
  if (!grad_enabled()) return gelu_tanh_grad(g, x);
  constexpr double beta = 0.79788456080286535588;
  Tensor t = tanh(beta * (x + 0.044715 * x * x * x));
  return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (beta * (1 + 3 * 0.044715 * x * x)));
}
Tensor Silu::backward(Grad g, In<0> x) {
  if (!grad_enabled() && !is_complex(x.dtype())) return silu_grad(g, x);
  Tensor s = sigmoid(x);
  return g * (s * (1 + x * (1 - s))).conj();
}
Tensor Mish::backward(Grad g, In<0> x) {
  Tensor t = tanh(softplus(x)), s = sigmoid(x);
  return g * (t + x * s * (1 - t * t));
}
Tensor Softplus::backward(Grad g, In<0> x, const Attrs& a) {
  Tensor z = x * a.beta;
  return where(z > a.threshold, g, g * sigmoid(z));
}
Tensor Softsign::backward(Grad g, In<0> x) { return g / (1 + abs(x)).pow(2); }
Tensor Logsigmoid::backward(Grad g, In<0> x) { return g * sigmoid(-x); }
Tensor Hardtanh::backward(Grad g, In<0> x, const Attrs& a) {
  return where(logical_or(x <= a.min_val, x >= a.max_val), 0, g);
}
Tensor Relu6::backward(Grad g, In<0> x) { return where(logical_or(x <= 0, x >= 6), 0, g); }
Tensor Hardsigmoid::backward(Grad g, In<0> x) {
  return where(logical_and(x > -3, x < 3), g / 6, 0);
}
Tensor Hardswish::backward(Grad g, In<0> x) {
  return where(x < -3, 0, where(x <= 3, g * (x / 3 + 0.5), g));
}
Tensor Threshold::backward(Grad g, In<0> x, const Attrs& a) {
  return where(x <= a.threshold, 0, g);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Activation)
