#include "taeda/nn/norm.h"

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/norm.h"
#include "taeda/ops/operators.h"

namespace taeda::nn::layer {

namespace {

void fill_with(Tensor& t, double value) {
  NoGradGuard raw;
  if (t.defined()) t.fill_(value);
}
[[noreturn]] void fail_dim(const char* want, const Tensor& x) {
  fail<ValueError>("expected ", want, " input (got ", x.dim(), "D input)");
}

}  // namespace

void BatchNormNd::setup() {
  const Options& o = options;
  Dims size{o.num_features};
  weight = o.affine ? new_parameter(size, o.dtype, o.device) : Tensor();
  bias = o.affine && o.bias ? new_parameter(size, o.dtype, o.device) : Tensor();
  running_mean = running_var = num_batches_tracked = Tensor();
  if (!o.track_running_stats) return;
  TensorOptions like{.dtype = o.dtype, .device = o.device};
  running_mean = zeros(size, like);
  running_var = ones(size, like);
  num_batches_tracked = zeros({}, {.dtype = DType::int64, .device = o.device});
}
void BatchNormNd::reset_running_stats() {
  fill_with(running_mean, 0);
  fill_with(running_var, 1);
  fill_with(num_batches_tracked, 0);
}
void BatchNormNd::reset_parameters() {
  reset_running_stats();
  fill_with(weight, 1);
  fill_with(bias, 0);
}
Tensor BatchNormNd::forward(const Tensor& input) {
  check_input(input);
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
std::string BatchNormNd::extra_repr() const {
  const Options& o = options;
  return show(o.num_features) + ", eps=" + show(o.eps) + ", momentum=" + show(o.momentum) +
         ", affine=" + show(o.affine) + ", bias=" + show(bias.defined()) +
         ", track_running_stats=" + show(o.track_running_stats);
}
void BatchNorm1d::check_input(const Tensor& x) const {
  if (x.dim() != 2 && x.dim() != 3) fail_dim("2D or 3D", x);
}
void BatchNorm2d::check_input(const Tensor& x) const {
  if (x.dim() != 4) fail_dim("4D", x);
}
void BatchNorm3d::check_input(const Tensor& x) const {
  if (x.dim() != 5) fail_dim("5D", x);
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
