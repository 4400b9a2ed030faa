#include "taeda/nn/norm.h"

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/norm.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/views.h"

namespace taeda::nn::layer {

namespace {

void fill_with(Tensor& t, double value) {
  NoGradGuard raw;
  if (t.defined()) t.fill_(value);
}
[[noreturn]] void fail_dim(const char* want, const Tensor& x) {
  fail<ValueError>("expected ", want, " input (got ", x.dim(), "D input)");
}

template <class L> void set_up(L& l) {
  const auto& o = l.options;
  Dims size{o.num_features};
  l.weight = o.affine ? new_parameter(size, o.dtype, o.device) : Tensor();
  l.bias = o.affine && o.bias ? new_parameter(size, o.dtype, o.device) : Tensor();
  l.running_mean = l.running_var = l.num_batches_tracked = Tensor();
  if (!o.track_running_stats) return;
  TensorOptions like{.dtype = o.dtype, .device = o.device};
  l.running_mean = zeros(size, like);
  l.running_var = ones(size, like);
  l.num_batches_tracked = zeros({}, {.dtype = DType::int64, .device = o.device});
}
template <class L> std::string norm_text(const L& l) {
  const auto& o = l.options;
  return show(o.num_features) + ", eps=" + show(o.eps) + ", momentum=" + show(o.momentum) +
         ", affine=" + show(o.affine) + ", bias=" + show(l.bias.defined()) +
         ", track_running_stats=" + show(o.track_running_stats);
}

}  // namespace

void NormBase::check_input(const Tensor&) const {
  fail<NotImplementedError>(type_name(), " does not say which inputs it is for: use ", type_name(),
                            "1d, 2d or 3d, or override _check_input_dim (check_input in C++)");
}
void NormBase::reset_running_stats() {
  fill_with(running_mean, 0);
  fill_with(running_var, 1);
  fill_with(num_batches_tracked, 0);
}
void NormBase::reset_parameters() {
  reset_running_stats();
  fill_with(weight, 1);
  fill_with(bias, 0);
}

void BatchNormNd::setup() { set_up(*this); }
Tensor BatchNormNd::forward(const Tensor& input) {
  check_input(input);
  return normalize(input);
}
Tensor BatchNormNd::normalize(const Tensor& input) {
  const Options& o = options;
  double momentum = o.momentum ? o.momentum->to<double>() : 0;
  if (training && o.track_running_stats && num_batches_tracked.defined()) {
    NoGradGuard raw;
    num_batches_tracked.add_(1);
    if (!o.momentum) momentum = 1 / num_batches_tracked.item<double>();
  }
  bool by_batch = training || (!running_mean.defined() && !running_var.defined());
  if (by_batch) {
    int64_t values = input.size(0);
    for (int64_t d = 2; d < input.dim(); d++) values *= input.size(d);
    if (values == 1)
      fail<ValueError>(
          "Expected more than 1 value per channel when training, got input size torch.Size(",
          text(input.sizes()), ")");
  }
  bool use_running = !training || o.track_running_stats;
  return batch_norm(input, use_running ? running_mean : Tensor(),
                    use_running ? running_var : Tensor(), weight, bias,
                    {.training = by_batch, .momentum = momentum, .eps = o.eps.to<double>()});
}
std::string BatchNormNd::extra_repr() const { return norm_text(*this); }
void BatchNorm1d::check_input(const Tensor& x) const {
  if (x.dim() != 2 && x.dim() != 3) fail_dim("2D or 3D", x);
}
void BatchNorm2d::check_input(const Tensor& x) const {
  if (x.dim() != 4) fail_dim("4D", x);
}
void BatchNorm3d::check_input(const Tensor& x) const {
  if (x.dim() != 5) fail_dim("5D", x);
}

void InstanceNormNd::setup() { set_up(*this); }
Tensor InstanceNormNd::forward(const Tensor& input) {
  check_input(input);
  return normalize(input);
}
Tensor InstanceNormNd::normalize(const Tensor& input) {
  const Options& o = options;
  int64_t n = axes_of_sample();
  bool single = n > 0 && input.dim() == n;
  Tensor x = single ? input.unsqueeze(0) : input;
  int64_t axis = single ? 0 : 1;
  if (n > 0 && input.size(axis) != o.num_features) {
    if (o.affine)
      fail<ValueError>("expected input's size at dim=", axis, " to match num_features (",
                       o.num_features, "), but got: ", input.size(axis), ".");
    warn("input's size at dim=" + std::to_string(axis) +
         " does not match num_features. You can silence this warning by not passing in "
         "num_features, which is not used because affine=False");
  }
  Tensor out = instance_norm(x, running_mean, running_var, weight, bias,
                             {.use_input_stats = training || !o.track_running_stats,
                              .momentum = o.momentum ? o.momentum->to<double>() : 0,
                              .eps = o.eps.to<double>()});
  return single ? out.squeeze(0) : out;
}
std::string InstanceNormNd::extra_repr() const { return norm_text(*this); }
void InstanceNorm1d::check_input(const Tensor& x) const {
  if (x.dim() != 2 && x.dim() != 3) fail_dim("2D or 3D", x);
}
void InstanceNorm2d::check_input(const Tensor& x) const {
  if (x.dim() != 3 && x.dim() != 4) fail_dim("3D or 4D", x);
}
void InstanceNorm3d::check_input(const Tensor& x) const {
  if (x.dim() != 4 && x.dim() != 5) fail_dim("4D or 5D", x);
}

Tensor LocalResponseNorm::forward(const Tensor& input) {
  const Options& o = options;
  return local_response_norm(input,
                             {o.size, o.alpha.to<double>(), o.beta.to<double>(), o.k.to<double>()});
}
std::string LocalResponseNorm::extra_repr() const {
  const Options& o = options;
  return show(o.size) + ", alpha=" + show(o.alpha) + ", beta=" + show(o.beta) + ", k=" + show(o.k);
}

void LayerNorm::setup() {
  Options& o = options;
  o.normalized_shape = Sizes(o.normalized_shape.values);
  const Dims& size = o.normalized_shape.values;
  weight = o.elementwise_affine ? new_parameter(size, o.dtype, o.device) : Tensor();
  bias = o.elementwise_affine && o.bias ? new_parameter(size, o.dtype, o.device) : Tensor();
}
void LayerNorm::reset_parameters() {
  fill_with(weight, 1);
  fill_with(bias, 0);
}
Tensor LayerNorm::forward(const Tensor& input) {
  return layer_norm(
      input, weight, bias,
      {.normalized_shape = options.normalized_shape.values, .eps = options.eps.to<double>()});
}
std::string LayerNorm::extra_repr() const {
  const Options& o = options;
  return show(o.normalized_shape) + ", eps=" + show(o.eps) +
         ", elementwise_affine=" + show(o.elementwise_affine) + ", bias=" + show(bias.defined());
}

void RMSNorm::setup() {
  Options& o = options;
  o.normalized_shape = Sizes(o.normalized_shape.values);
  weight =
      o.elementwise_affine ? new_parameter(o.normalized_shape.values, o.dtype, o.device) : Tensor();
}
void RMSNorm::reset_parameters() { fill_with(weight, 1); }
Tensor RMSNorm::forward(const Tensor& input) {
  std::optional<double> eps;
  if (options.eps) eps = options.eps->to<double>();
  return rms_norm(input, weight, {.normalized_shape = options.normalized_shape.values, .eps = eps});
}
std::string RMSNorm::extra_repr() const {
  return show(options.normalized_shape) + ", eps=" + show(options.eps) +
         ", elementwise_affine=" + show(options.elementwise_affine);
}

void GroupNorm::setup() {
  const Options& o = options;
  if (o.num_groups <= 0) fail<ValueError>("num_groups must be positive, got ", o.num_groups);
  if (o.num_channels % o.num_groups)
    fail<ValueError>("num_channels (", o.num_channels, ") must be divisible by num_groups (",
                     o.num_groups, ")");
  weight = o.affine ? new_parameter({o.num_channels}, o.dtype, o.device) : Tensor();
  bias = o.affine && o.bias ? new_parameter({o.num_channels}, o.dtype, o.device) : Tensor();
}
void GroupNorm::reset_parameters() {
  fill_with(weight, 1);
  fill_with(bias, 0);
}
Tensor GroupNorm::forward(const Tensor& input) {
  return group_norm(input, weight, bias,
                    {.num_groups = options.num_groups, .eps = options.eps.to<double>()});
}
std::string GroupNorm::extra_repr() const {
  const Options& o = options;
  return show(o.num_groups) + ", " + show(o.num_channels) + ", eps=" + show(o.eps) +
         ", affine=" + show(o.affine) + ", bias=" + show(bias.defined());
}

}  // namespace taeda::nn::layer
