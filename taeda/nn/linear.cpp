#include "taeda/nn/linear.h"

#include <cmath>

#include "taeda/nn/init.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/views.h"

namespace taeda::nn::layer {

void Linear::setup() {
  const Options& o = options;
  weight = new_parameter({o.out_features, o.in_features}, o.dtype, o.device);
  bias = o.bias ? new_parameter({o.out_features}, o.dtype, o.device) : Tensor();
}
void Linear::reset_parameters() {
  init::kaiming_uniform_(weight, {.a = std::sqrt(5.0)});
  if (!bias.defined()) return;
  int64_t fan_in = init::fans(weight).in;
  double bound = fan_in > 0 ? 1 / std::sqrt(double(fan_in)) : 0;
  init::uniform_(bias, -bound, bound);
}
Tensor Linear::forward(const Tensor& input) { return linear(input, weight, bias); }
std::string Linear::extra_repr() const {
  return "in_features=" + show(options.in_features) +
         ", out_features=" + show(options.out_features) + ", bias=" + show(bias.defined());
}

void Bilinear::setup() {
  const Options& o = options;
  if (o.in1_features <= 0) fail<ValueError>("in1_features must be > 0, but got ", o.in1_features);
  weight = new_parameter({o.out_features, o.in1_features, o.in2_features}, o.dtype, o.device);
  bias = o.bias ? new_parameter({o.out_features}, o.dtype, o.device) : Tensor();
}
void Bilinear::reset_parameters() {
  double bound = 1 / std::sqrt(double(options.in1_features));
  init::uniform_(weight, -bound, bound);
  if (bias.defined()) init::uniform_(bias, -bound, bound);
}
Tensor Bilinear::forward(const Tensor& input1, const Tensor& input2) {
  return bilinear(input1, input2, weight, bias);
}
std::string Bilinear::extra_repr() const {
  return "in1_features=" + show(options.in1_features) +
         ", in2_features=" + show(options.in2_features) +
         ", out_features=" + show(options.out_features) + ", bias=" + show(bias.defined());
}

}  // namespace taeda::nn::layer
