#include "taeda/nn/activation.h"

#include "taeda/ops/activation.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/dropout.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/unary.h"

namespace taeda::nn::layer {

namespace {

template <class Op> Tensor activate(const Tensor& x, bool inplace, const AttrsOf<Op>& a) {
  const Tensor* in[] = {&x};
  if (!inplace) return call<Op>({in, 1}, a);
  call_inplace<Op>({in, 1}, a);
  return x;
}

}  // namespace

Tensor ReLU::forward(const Tensor& input) {
  return activate<ops::Relu>(input, options.inplace, {});
}
std::string ReLU::extra_repr() const { return show_options(options); }

Tensor ReLU6::forward(const Tensor& input) {
  return activate<ops::Relu6>(input, options.inplace, {});
}
std::string ReLU6::extra_repr() const { return show_options(options); }

Tensor LeakyReLU::forward(const Tensor& input) {
  const Options& o = options;
  return activate<ops::LeakyRelu>(input, o.inplace, {o.negative_slope.to<double>()});
}
std::string LeakyReLU::extra_repr() const { return show_options(options); }

Tensor ELU::forward(const Tensor& input) {
  const Options& o = options;
  return activate<ops::Elu>(input, o.inplace, {o.alpha.to<double>()});
}
std::string ELU::extra_repr() const { return show_options(options); }

Tensor SELU::forward(const Tensor& input) {
  return activate<ops::Selu>(input, options.inplace, {});
}
std::string SELU::extra_repr() const { return show_options(options); }

Tensor CELU::forward(const Tensor& input) {
  const Options& o = options;
  return activate<ops::Celu>(input, o.inplace, {o.alpha.to<double>()});
}
std::string CELU::extra_repr() const { return show_options(options); }

Tensor SiLU::forward(const Tensor& input) {
  return activate<ops::Silu>(input, options.inplace, {});
}
std::string SiLU::extra_repr() const { return show_options(options); }

Tensor Mish::forward(const Tensor& input) {
  return activate<ops::Mish>(input, options.inplace, {});
}
std::string Mish::extra_repr() const { return show_options(options); }

Tensor Hardtanh::forward(const Tensor& input) {
  const Options& o = options;
  return activate<ops::Hardtanh>(input, o.inplace,
                                 {o.min_val.to<double>(), o.max_val.to<double>()});
}
std::string Hardtanh::extra_repr() const { return show_options(options); }

Tensor Hardsigmoid::forward(const Tensor& input) {
  return activate<ops::Hardsigmoid>(input, options.inplace, {});
}
std::string Hardsigmoid::extra_repr() const { return {}; }

Tensor Hardswish::forward(const Tensor& input) {
  return activate<ops::Hardswish>(input, options.inplace, {});
}
std::string Hardswish::extra_repr() const { return {}; }

Tensor Threshold::forward(const Tensor& input) {
  const Options& o = options;
  return activate<ops::Threshold>(input, o.inplace, {o.threshold, o.value});
}
std::string Threshold::extra_repr() const { return show_options(options); }

Tensor Sigmoid::forward(const Tensor& input) { return sigmoid(input); }

Tensor Tanh::forward(const Tensor& input) { return tanh(input); }

Tensor LogSigmoid::forward(const Tensor& input) { return logsigmoid(input); }

Tensor Softsign::forward(const Tensor& input) { return softsign(input); }

Tensor Tanhshrink::forward(const Tensor& input) { return input - tanh(input); }

Tensor GELU::forward(const Tensor& input) {
  const Options& o = options;
  return gelu(input, {.approximate = std::string_view(o.approximate)});
}
std::string GELU::extra_repr() const { return show_options(options); }

Tensor Softplus::forward(const Tensor& input) {
  const Options& o = options;
  return softplus(input, {.beta = o.beta.to<double>(), .threshold = o.threshold.to<double>()});
}
std::string Softplus::extra_repr() const { return show_options(options); }

Tensor RReLU::forward(const Tensor& x) {
  Tensor y = rrelu(x, {options.lower.to<double>(), options.upper.to<double>(), training, {}});
  return options.inplace ? x.copy_(y) : y;
}

}  // namespace taeda::nn::layer
