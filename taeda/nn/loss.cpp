#include "taeda/nn/loss.h"

#include "taeda/base/hint.h"
#include "taeda/ops/loss.h"
#include "taeda/ops/views.h"

namespace taeda::nn::layer {

std::string reduction_of(std::optional<bool> size_average, std::optional<bool> reduce,
                         const std::string& reduction) {
  if (!size_average && !reduce) return reduction;
  std::string now = !reduce.value_or(true) ? "none" : size_average.value_or(true) ? "mean" : "sum";
  hint("reduction='" + now + "'",
       "size_average and reduce args will be deprecated, please use reduction='" + now +
           "' instead.");
  return now;
}

Tensor MSELoss::forward(const Tensor& x, const Tensor& y) {
  return mse_loss(x, y, {.reduction = std::string_view(options.reduction)});
}
Tensor L1Loss::forward(const Tensor& x, const Tensor& y) {
  return l1_loss(x, y, {.reduction = std::string_view(options.reduction)});
}
Tensor SoftMarginLoss::forward(const Tensor& x, const Tensor& y) {
  return soft_margin_loss(x, y, {.reduction = std::string_view(options.reduction)});
}

void CrossEntropyLoss::setup() {
  Options& o = options;
  o.reduction = reduction_of(o.size_average, o.reduce, o.reduction);
  weight = std::move(o.weight);
}
Tensor CrossEntropyLoss::forward(const Tensor& x, const Tensor& y) {
  const Options& o = options;
  return cross_entropy(x, y, weight,
                       {.ignore_index = o.ignore_index,
                        .reduction = std::string_view(o.reduction),
                        .label_smoothing = o.label_smoothing.to<double>()});
}

void LinearCrossEntropyLoss::setup() {
  Options& o = options;
  if (o.weight.defined() && !(o.weight.sizes() == Dims(o.num_classes)))
    fail("expected weight shape to be (", o.num_classes, ",), got ", show(o.weight.sizes()));
  double smoothing = o.label_smoothing.to<double>();
  if (smoothing < 0 || smoothing > 1)
    fail("expected label_smoothing to be in range [0, 1], got ", show(smoothing));
  weight = std::move(o.weight);
  linear = nn::Linear({.in_features = o.in_features,
                       .out_features = o.num_classes * o.out_features.product(),
                       .bias = o.bias,
                       .device = o.device,
                       .dtype = o.dtype});
}
Tensor LinearCrossEntropyLoss::forward(const Tensor& x, const Tensor& y) {
  const Options& o = options;
  Dims scores = o.out_features, matrix;
  scores.insert(0, o.num_classes);
  matrix = scores, matrix.push_back(o.in_features);
  Tensor bias = linear->bias.defined() ? linear->bias.reshape({scores}) : Tensor();
  return linear_cross_entropy(x, linear->weight.reshape({matrix}), y, bias, weight,
                              {.reduction = std::string_view(o.reduction),
                               .ignore_index = o.ignore_index,
                               .label_smoothing = o.label_smoothing.to<double>()});
}
std::string LinearCrossEntropyLoss::extra_repr() const {
  const Options& o = options;
  return "in_features=" + show(o.in_features) + ", num_classes=" + show(o.num_classes) +
         ", out_features=" + show(o.out_features) + ", bias=" + show(o.bias) +
         ", reduction=" + o.reduction + ", ignore_index=" + show(o.ignore_index) +
         ", label_smoothing=" + show(o.label_smoothing);
}

void NLLLoss::setup() {
  Options& o = options;
  o.reduction = reduction_of(o.size_average, o.reduce, o.reduction);
  weight = std::move(o.weight);
}
Tensor NLLLoss::forward(const Tensor& x, const Tensor& y) {
  return nll_loss(
      x, y, weight,
      {.ignore_index = options.ignore_index, .reduction = std::string_view(options.reduction)});
}

void BCELoss::setup() {
  Options& o = options;
  o.reduction = reduction_of(o.size_average, o.reduce, o.reduction);
  weight = std::move(o.weight);
}
Tensor BCELoss::forward(const Tensor& x, const Tensor& y) {
  return binary_cross_entropy(x, y, weight, {.reduction = std::string_view(options.reduction)});
}

void BCEWithLogitsLoss::setup() {
  Options& o = options;
  o.reduction = reduction_of(o.size_average, o.reduce, o.reduction);
  weight = std::move(o.weight);
  pos_weight = std::move(o.pos_weight);
}
Tensor BCEWithLogitsLoss::forward(const Tensor& x, const Tensor& y) {
  return binary_cross_entropy_with_logits(x, y, weight, pos_weight,
                                          {.reduction = std::string_view(options.reduction)});
}

void SmoothL1Loss::setup() {
  options.reduction = reduction_of(options.size_average, options.reduce, options.reduction);
}
Tensor SmoothL1Loss::forward(const Tensor& x, const Tensor& y) {
  return smooth_l1_loss(
      x, y, {.reduction = std::string_view(options.reduction), .beta = options.beta.to<double>()});
}
Tensor HuberLoss::forward(const Tensor& x, const Tensor& y) {
  return huber_loss(
      x, y,
      {.reduction = std::string_view(options.reduction), .delta = options.delta.to<double>()});
}

void KLDivLoss::setup() {
  options.reduction = reduction_of(options.size_average, options.reduce, options.reduction);
}
Tensor KLDivLoss::forward(const Tensor& x, const Tensor& y) {
  return kl_div(
      x, y, {.reduction = std::string_view(options.reduction), .log_target = options.log_target});
}

}  // namespace taeda::nn::layer
