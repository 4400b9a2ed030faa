#include "taeda/nn/margin_loss.h"

#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/ctc.h"
#include "taeda/ops/margin_loss.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/views.h"

namespace taeda::nn {

TensorLike::TensorLike(double number) : value(full({}, number)) {}
TensorLike::TensorLike(std::initializer_list<int64_t> numbers)
    : value(empty({int64_t(numbers.size())}, DType::int64)) {
  std::copy(numbers.begin(), numbers.end(), value.data<int64_t>());
}

namespace layer {

namespace {

template <class Options> void take_old_words(Options& o) {
  o.reduction = reduction_of(o.size_average, o.reduce, o.reduction);
}
double number(const Scalar& s) { return s.to<double>(); }
std::string_view word(const std::string& s) { return s; }
void check_margin(const char* layer, const Scalar& margin) {
  if (number(margin) <= 0)
    fail<ValueError>(layer, ": expected margin to be greater than 0, got ", text(margin),
                     " instead");
}

}  // namespace

Tensor PairwiseDistance::forward(const Tensor& x, const Tensor& y) {
  return pairwise_distance(
      x, y, {.p = number(options.p), .eps = number(options.eps), .keepdim = options.keepdim});
}
Tensor CosineSimilarity::forward(const Tensor& x, const Tensor& y) {
  return cosine_similarity(x, y, {.dim = options.dim, .eps = number(options.eps)});
}

void HingeEmbeddingLoss::setup() { take_old_words(options); }
Tensor HingeEmbeddingLoss::forward(const Tensor& x, const Tensor& target) {
  return hinge_embedding_loss(
      x, target, {.margin = number(options.margin), .reduction = word(options.reduction)});
}
void MarginRankingLoss::setup() { take_old_words(options); }
Tensor MarginRankingLoss::forward(const Tensor& x, const Tensor& y, const Tensor& target) {
  return margin_ranking_loss(
      x, y, target, {.margin = number(options.margin), .reduction = word(options.reduction)});
}
void CosineEmbeddingLoss::setup() { take_old_words(options); }
Tensor CosineEmbeddingLoss::forward(const Tensor& x, const Tensor& y, const Tensor& target) {
  return cosine_embedding_loss(
      x, y, target, {.margin = number(options.margin), .reduction = word(options.reduction)});
}

void TripletMarginLoss::setup() {
  take_old_words(options);
  check_margin("TripletMarginLoss", options.margin);
}
Tensor TripletMarginLoss::forward(const Tensor& anchor, const Tensor& positive,
                                  const Tensor& negative) {
  const Options& o = options;
  return triplet_margin_loss(anchor, positive, negative,
                             {.margin = number(o.margin),
                              .p = number(o.p),
                              .eps = number(o.eps),
                              .swap = o.swap,
                              .reduction = word(o.reduction)});
}

void TripletMarginWithDistanceLoss::setup() {
  check_margin("TripletMarginWithDistanceLoss", options.margin);
  if (!options.distance_function.function) set_child("distance_function", nn::PairwiseDistance());
}
Tensor TripletMarginWithDistanceLoss::forward(const Tensor& anchor, const Tensor& positive,
                                              const Tensor& negative) {
  const Options& o = options;
  if (anchor.dim() != positive.dim() || anchor.dim() != negative.dim())
    fail(
        "The anchor, positive, and negative tensors are expected to have the same number of "
        "dimensions, but got: anchor ",
        anchor.dim(), "D, positive ", positive.dim(), "D, and negative ", negative.dim(),
        "D inputs");
  auto distance = [&](const Tensor& x, const Tensor& y) {
    return o.distance_function.function ? o.distance_function.function(x, y)
                                        : pairwise_distance(x, y);
  };
  Tensor near = distance(anchor, positive), far = distance(anchor, negative);
  if (o.swap) far = minimum(far, distance(positive, negative));
  return ops::reduce_loss(clamp_min(o.margin + near - far, 0), word(o.reduction));
}

void MultiMarginLoss::setup() {
  Options& o = options;
  take_old_words(o);
  if (o.p != 1 && o.p != 2) fail<ValueError>("only p == 1 and p == 2 supported");
  if (o.weight.defined() && o.weight.dim() != 1)
    fail<ValueError>("MultiMarginLoss: expected weight to be None or 1D tensor, got ",
                     o.weight.dim(), "D instead");
  weight = std::move(o.weight);
}
Tensor MultiMarginLoss::forward(const Tensor& x, const Tensor& target) {
  const Options& o = options;
  return multi_margin_loss(x, target, weight,
                           {.p = o.p, .margin = number(o.margin), .reduction = word(o.reduction)});
}
void MultiLabelMarginLoss::setup() { take_old_words(options); }
Tensor MultiLabelMarginLoss::forward(const Tensor& x, const Tensor& target) {
  return multilabel_margin_loss(x, target, {.reduction = word(options.reduction)});
}
void MultiLabelSoftMarginLoss::setup() {
  take_old_words(options);
  weight = std::move(options.weight);
}
Tensor MultiLabelSoftMarginLoss::forward(const Tensor& x, const Tensor& target) {
  return multilabel_soft_margin_loss(x, target, weight, {.reduction = word(options.reduction)});
}

void PoissonNLLLoss::setup() { take_old_words(options); }
Tensor PoissonNLLLoss::forward(const Tensor& x, const Tensor& target) {
  const Options& o = options;
  return poisson_nll_loss(x, target,
                          {.log_input = o.log_input,
                           .full = o.full,
                           .eps = number(o.eps),
                           .reduction = word(o.reduction)});
}
Tensor GaussianNLLLoss::forward(const Arguments& a) {
  Tensor var = a.var.value;
  if (var.dim() == 0 && a.input.dim() > 0) var = var.to(a.input.dtype()).expand({a.input.sizes()});
  return gaussian_nll_loss(
      a.input, a.target, var,
      {.full = options.full, .eps = number(options.eps), .reduction = word(options.reduction)});
}
Tensor CTCLoss::forward(const Arguments& a) {
  const Tensor* in[] = {&a.log_probs, &a.targets, &a.input_lengths.value, &a.target_lengths.value};
  return call<ops::CtcLoss>({in, 4}, {.blank = options.blank,
                                      .reduction = word(options.reduction),
                                      .zero_infinity = options.zero_infinity});
}

}  // namespace layer

}  // namespace taeda::nn
