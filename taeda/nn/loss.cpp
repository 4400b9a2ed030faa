#include "taeda/nn/loss.h"

#include "taeda/base/hint.h"
#include "taeda/ops/loss.h"

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
