// Activation layers.
#include "module_layers.h"

namespace taeda::python {

void make_activation_layers(const LayerMaker& make) {
  using namespace nn::layer;
  constexpr const char *module = "Module", *where = "activation";
  make.add<ReLU>("ReLU", module, where, "max(input, 0).");
  make.add<ReLU6>("ReLU6", module, where, "input limited to [0, 6].");
  make.add<LeakyReLU>("LeakyReLU", module, where,
                      "input where positive, negative_slope * input elsewhere.");
  make.add<ELU>("ELU", module, where, "input where positive, alpha * (exp(input) - 1) elsewhere.");
  make.add<SELU>("SELU", module, where,
                 "ELU scaled so that mean 0 and variance 1 are a fixed point.");
  make.add<CELU>("CELU", module, where,
                 "max(0, input) + min(0, alpha * (exp(input / alpha) - 1)).");
  make.add<SiLU>("SiLU", module, where, "input * sigmoid(input).");
  make.add<Mish>("Mish", module, where, "input * tanh(softplus(input)).");
  make.add<Hardtanh>("Hardtanh", module, where, "input limited to [min_val, max_val].");
  make.add<Hardsigmoid>("Hardsigmoid", module, where, "relu6(input + 3) / 6.");
  make.add<Hardswish>("Hardswish", module, where, "input * relu6(input + 3) / 6.");
  make.add<Threshold>("Threshold", module, where,
                      "input where it is above threshold, value elsewhere.");
  make.add<Sigmoid>("Sigmoid", module, where, "1 / (1 + exp(-input)).");
  make.add<Tanh>("Tanh", module, where, "The hyperbolic tangent.");
  make.add<LogSigmoid>("LogSigmoid", module, where, "log(sigmoid(input)).");
  make.add<Softsign>("Softsign", module, where, "input / (1 + abs(input)).");
  make.add<Tanhshrink>("Tanhshrink", module, where, "input - tanh(input).");
  make.add<GELU>("GELU", module, where, "input * Phi(input), or its approximation by tanh.");
  make.add<Softplus>("Softplus", module, where,
                     "log(1 + exp(beta * input)) / beta; the identity above threshold.");
  make.add<Softshrink>("Softshrink", module, where, "input moved towards 0 by lambd.");
  make.add<Hardshrink>("Hardshrink", module, where, "input outside [-lambd, lambd], 0 within.");
  make.add<GLU>("GLU", module, where, "The first half along dim times sigmoid of the second.");
  make.add<PReLU>("PReLU", module, where, "input where positive, weight * input elsewhere.");
  make.add<Softmax>("Softmax", module, where, "exp(input) over its sum along dim.");
  make.add<LogSoftmax>("LogSoftmax", module, where, "The logarithm of Softmax.");
  make.add<Softmin>("Softmin", module, where, "Softmax of -input.");
  make.add<RReLU>("RReLU", module, where,
                  "input where positive, else input times a slope, random in training.");
  make.add<Softmax2d>("Softmax2d", module, where, "Softmax over channels.");
}

}  // namespace taeda::python
