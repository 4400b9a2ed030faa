// Losses that ask for a margin between scores or distances, the distances themselves, and
// likelihoods of distributions.
#pragma once
#include "taeda/ops/loss.h"

#define TAEDA_FAMILY Margins
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Margins;

// ---- distances ----

struct PairwiseDistance {
  static constexpr Def def{.inputs = {"x1", "x2"},
                           .doc = "The p-norm of x1 - x2 + eps along the last axis.",
                           .types = Types::own,
                           .scope = in_torch | in_functional,
                           .backward_name = "NormBackward1"};
  struct Attrs {
    double p = 2, eps = 1e-6;
    bool keepdim = false;
    TAEDA_FIELDS(p, eps, keepdim)
  };
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(pairwise_distance, PairwiseDistance)

struct CosineSimilarity {
  static constexpr Def def{
      .inputs = {"x1", "x2"},
      .doc = "The scalar product along dim over the product of the norms, each not below eps.",
      .types = Types::own,
      .scope = in_torch | in_functional};
  struct Attrs {
    int64_t dim = 1;
    double eps = 1e-8;
    TAEDA_FIELDS(dim, eps)
  };
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(cosine_similarity, CosineSimilarity)

// ---- margins ----

struct Margin {
  double margin = 1;
  Reduction reduction = {"mean"};
  TAEDA_FIELDS(margin, reduction)
};
struct NoMargin {
  double margin = 0;
  Reduction reduction = {"mean"};
  TAEDA_FIELDS(margin, reduction)
};

struct HingeEmbeddingLoss {
  static constexpr Def def{
      .inputs = {"input", "target"},
      .doc = "input where target is 1, max(0, margin - input) where it is -1, else both.",
      .types = Types::own,
      .scope = in_torch | in_functional};
  using Attrs = Margin;
  static Tensor forward(const Tensor& x, const Tensor& target, const Attrs& a);
};
TAEDA_OP(hinge_embedding_loss, HingeEmbeddingLoss)

struct MarginRankingLoss {
  static constexpr Def def{
      .inputs = {"input1", "input2", "target"},
      .doc = "max(0, margin - target * (input1 - input2)): target 1 wants input1 larger.",
      .types = Types::own,
      .scope = in_torch | in_functional};
  using Attrs = NoMargin;
  static Tensor forward(const Tensor& x, const Tensor& y, const Tensor& target, const Attrs& a);
};
TAEDA_OP(margin_ranking_loss, MarginRankingLoss)

struct CosineEmbeddingLoss {
  static constexpr Def def{.inputs = {"input1", "input2", "target"},
                           .doc =
                               "1 - cosine where target is 1, max(0, cosine - margin) where it is "
                               "-1. Inputs (N, D) with target (N), or (D) with ().",
                           .types = Types::own,
                           .scope = in_torch | in_functional};
  using Attrs = NoMargin;
  static Tensor forward(const Tensor& x, const Tensor& y, const Tensor& target, const Attrs& a);
};
TAEDA_OP(cosine_embedding_loss, CosineEmbeddingLoss)

struct TripletMarginLoss {
  static constexpr Def def{
      .inputs = {"anchor", "positive", "negative"},
      .doc =
          "max(0, margin + d(anchor, positive) - d(anchor, negative)), d being pairwise_distance; "
          "swap: the smaller of d(anchor, negative) and d(positive, negative) (Balntas et al. "
          "2016).",
      .types = Types::own,
      .scope = in_torch | in_functional};
  struct Attrs {
    double margin = 1, p = 2, eps = 1e-6;
    bool swap = false;
    Reduction reduction = {"mean"};
    TAEDA_FIELDS(margin, p, eps, swap, reduction)
  };
  static Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                        const Attrs& a);
};
TAEDA_OP(triplet_margin_loss, TripletMarginLoss)

struct MultiMarginLoss {
  static constexpr Def def{
      .inputs = {"input", "target!", "weight?"},
      .doc =
          "The mean over the wrong classes i of weight[target] * max(0, margin - input[target] + "
          "input[i]) ** p. input: (N, C) or (C); p: 1 or 2.",
      .types = Types::own,
      .scope = in_functional,
      .backward_name = "MultiMarginLossBackward0"};
  struct Attrs {
    int64_t p = 1;
    double margin = 1;
    Reduction reduction = {"mean"};
    TAEDA_FIELDS(p, margin, reduction)
  };
  static Tensor forward(const Tensor& x, const Tensor& target, const Tensor& weight,
                        const Attrs& a);
};
TAEDA_OP(multi_margin_loss, MultiMarginLoss)

struct MultilabelMarginLoss {
  static constexpr Def def{
      .inputs = {"input", "target!"},
      .doc =
          "The sum over right classes j and wrong ones i of max(0, 1 - input[j] + input[i]) / C. "
          "input: (N, C) or (C); target, of the same size: the right classes, then -1.",
      .types = Types::own,
      .scope = in_functional,
      .backward_name = "MultilabelMarginLossBackward0"};
  using Attrs = Reduced;
  static Tensor forward(const Tensor& x, const Tensor& target, const Attrs& a);
};
TAEDA_OP(multilabel_margin_loss, MultilabelMarginLoss)

struct MultilabelSoftMarginLoss {
  static constexpr Def def{
      .inputs = {"input", "target", "weight?"},
      .doc = "The mean over the last axis of weight * binary_cross_entropy_with_logits.",
      .types = Types::own,
      .scope = in_functional};
  using Attrs = Reduced;
  static Tensor forward(const Tensor& x, const Tensor& target, const Tensor& weight,
                        const Attrs& a);
};
TAEDA_OP(multilabel_soft_margin_loss, MultilabelSoftMarginLoss)

// ---- likelihoods ----

struct PoissonNllLoss {
  static constexpr Def def{
      .inputs = {"input", "target"},
      .doc =
          "exp(input) - target * input, or input - target * log(input + eps) without log_input; "
          "full adds Stirling's approximation of log(target!) where target > 1.",
      .types = Types::own,
      .scope = in_torch | in_functional};
  struct Attrs {
    bool log_input = true, full = false;
    double eps = 1e-8;
    Reduction reduction = {"mean"};
    TAEDA_FIELDS(log_input, full, eps, reduction)
  };
  static Tensor forward(const Tensor& x, const Tensor& target, const Attrs& a);
};
TAEDA_OP(poisson_nll_loss, PoissonNllLoss)

struct GaussianNllLoss {
  static constexpr Def def{
      .inputs = {"input", "target", "var"},
      .doc =
          "(log(var) + (input - target) ** 2 / var) / 2 with var not below eps; full adds "
          "log(2 pi) / 2. var: of input's size, or with one axis of size 1, or without the last.",
      .types = Types::own,
      .scope = in_functional};
  struct Attrs {
    bool full = false;
    double eps = 1e-6;
    Reduction reduction = {"mean"};
    TAEDA_FIELDS(full, eps, reduction)
  };
  static Tensor forward(const Tensor& x, const Tensor& target, const Tensor& var, const Attrs& a);
};
TAEDA_OP(gaussian_nll_loss, GaussianNllLoss)

}  // namespace taeda::ops

namespace taeda {

// Without weights.
inline Tensor multi_margin_loss(const Tensor& input, const Tensor& target,
                                const ops::MultiMarginLoss::Attrs& a = {}) {
  return multi_margin_loss(input, target, Tensor(), a);
}
inline Tensor multilabel_soft_margin_loss(const Tensor& input, const Tensor& target,
                                          const ops::Reduced& a = {}) {
  return multilabel_soft_margin_loss(input, target, Tensor(), a);
}

}  // namespace taeda

#pragma GCC visibility pop
#undef TAEDA_FAMILY
