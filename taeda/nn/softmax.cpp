// Softmax layers, and the activations that need more than a functor.
#include "taeda/ops/softmax.h"

#include "taeda/autograd/grad_mode.h"
#include "taeda/base/hint.h"
#include "taeda/nn/activation.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/gate.h"
#include "taeda/ops/operators.h"

namespace taeda::nn::layer {

Tensor GLU::forward(const Tensor& input) {
  const Options& o = options;
  return glu(input, {o.dim});
}
std::string GLU::extra_repr() const { return show_options(options); }

Tensor Softshrink::forward(const Tensor& input) {
  const Options& o = options;
  return softshrink(input, {o.lambd.to<double>()});
}
std::string Softshrink::extra_repr() const { return show(options.lambd); }

Tensor Hardshrink::forward(const Tensor& input) {
  const Options& o = options;
  return hardshrink(input, {o.lambd.to<double>()});
}
std::string Hardshrink::extra_repr() const { return show(options.lambd); }

void PReLU::setup() {
  weight = new_parameter({options.num_parameters}, options.dtype, options.device);
}
void PReLU::reset_parameters() {
  NoGradGuard raw;
  weight.fill_(options.init);
}
Tensor PReLU::forward(const Tensor& input) { return prelu(input, weight); }
std::string PReLU::extra_repr() const { return "num_parameters=" + show(options.num_parameters); }

static int64_t implicit_dim(std::optional<int64_t> dim, const Tensor& x, const char* name) {
  if (dim) return *dim;
  int64_t chosen = x.dim() == 0 || x.dim() == 1 || x.dim() == 3 ? 0 : 1;
  hint(std::string(name) + " without dim",
       std::string("Implicit dimension choice for ") + name +
           " has been deprecated. Change the call to include dim=X as an argument (here dim=" +
           std::to_string(chosen) + ").");
  return chosen;
}
Tensor Softmax::forward(const Tensor& input) {
  return softmax(input, implicit_dim(options.dim, input, "softmax"));
}
std::string Softmax::extra_repr() const { return show_options(options); }
Tensor LogSoftmax::forward(const Tensor& input) {
  return log_softmax(input, implicit_dim(options.dim, input, "log_softmax"));
}
std::string LogSoftmax::extra_repr() const { return show_options(options); }
Tensor Softmin::forward(const Tensor& input) {
  return softmax(-input, implicit_dim(options.dim, input, "softmin"));
}
std::string Softmin::extra_repr() const { return show_options(options); }
Tensor Softmax2d::forward(const Tensor& input) {
  if (input.dim() != 3 && input.dim() != 4)
    fail<ValueError>("Softmax2d: expected input to be 3D or 4D, got ", input.dim(), "D instead");
  return softmax(input, -3);
}

}  // namespace taeda::nn::layer
