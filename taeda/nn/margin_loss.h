// Losses of margins, distances, likelihoods and alignments. reduction: "none", "mean" or "sum".
#pragma once
#include <functional>

#include "taeda/nn/loss.h"

namespace taeda::nn {

// A tensor, or the numbers of one.
struct TensorLike {
  Tensor value;
  TensorLike() = default;
  TensorLike(const Tensor& t) : value(t) {}
  TAEDA_API TensorLike(double number);
  TAEDA_API TensorLike(std::initializer_list<int64_t> numbers);
  TensorLike(std::integral auto number) : TensorLike(double(number)) {}
};

// A function of two tensors; Python's callables are one.
struct Distance {
  std::function<Tensor(const Tensor&, const Tensor&)> function;
  std::shared_ptr<void> python;  // the callable, for whoever asks for the attribute
  Distance() = default;
  template <class F>
  requires std::is_invocable_r_v<Tensor, F, const Tensor&, const Tensor&> Distance(F f)
      : function(std::move(f)) {}
};

namespace layer {

// The p-norm of x1 - x2 + eps along the last axis.
struct TAEDA_API PairwiseDistance : Module {
  struct Options {
    Scalar p = 2.0, eps = 1e-6;
    bool keepdim = false;
    TAEDA_FIELDS(p, eps, keepdim)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "pairwise_distance";
  static constexpr const char* inputs[] = {"x1", "x2"};
  Options options;
  using Module::forward;
  Tensor forward(const Tensor& x1, const Tensor& x2);
};

// The scalar product along dim over the product of the norms, each not below eps.
struct TAEDA_API CosineSimilarity : Module {
  struct Options {
    int64_t dim = 1;
    Scalar eps = 1e-8;
    TAEDA_FIELDS(dim, eps)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "cosine_similarity";
  static constexpr const char* inputs[] = {"x1", "x2"};
  Options options;
  using Module::forward;
  Tensor forward(const Tensor& x1, const Tensor& x2);
};

// input where target is 1, max(0, margin - input) where it is -1.
struct TAEDA_API HingeEmbeddingLoss : Loss {
  struct Options {
    Scalar margin = 1.0;
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(margin, size_average, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "hinge_embedding_loss";
  static constexpr std::string_view init_only[] = {"size_average", "reduce"};
  Options options;
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// max(0, margin - target * (input1 - input2)): target 1 wants input1 larger.
struct TAEDA_API MarginRankingLoss : Module {
  struct Options {
    Scalar margin = 0.0;
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(margin, size_average, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "margin_ranking_loss";
  static constexpr const char* inputs[] = {"input1", "input2", "target"};
  static constexpr std::string_view init_only[] = {"size_average", "reduce"};
  Options options;
  void setup();
  using Module::forward;
  Tensor forward(const Tensor& input1, const Tensor& input2, const Tensor& target);
};

// 1 - cosine where target is 1, max(0, cosine - margin) where it is -1.
struct TAEDA_API CosineEmbeddingLoss : Module {
  struct Options {
    Scalar margin = 0.0;
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(margin, size_average, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "cosine_embedding_loss";
  static constexpr const char* inputs[] = {"input1", "input2", "target"};
  static constexpr std::string_view init_only[] = {"size_average", "reduce"};
  Options options;
  void setup();
  using Module::forward;
  Tensor forward(const Tensor& input1, const Tensor& input2, const Tensor& target);
};

// max(0, margin + d(anchor, positive) - d(anchor, negative)), d the p-norm of the difference; swap:
// the smaller of d(anchor, negative) and d(positive, negative) (Balntas et al. 2016).
struct TAEDA_API TripletMarginLoss : Module {
  struct Options {
    Scalar margin = 1.0, p = 2.0, eps = 1e-6;
    bool swap = false;
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(margin, p, eps, swap, size_average, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "triplet_margin_loss";
  static constexpr const char* inputs[] = {"anchor", "positive", "negative"};
  static constexpr std::string_view init_only[] = {"size_average", "reduce"};
  Options options;
  void setup();
  using Module::forward;
  Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative);
};

// TripletMarginLoss with any function of two tensors as the distance.
struct TAEDA_API TripletMarginWithDistanceLoss : Module {
  struct Options {
    Distance distance_function = {};
    Scalar margin = 1.0;
    bool swap = false;
    std::string reduction = "mean";
    TAEDA_FIELDS(distance_function, margin, swap, reduction)
  };
  static constexpr int required = 0;
  static constexpr bool keyword_only = true;
  static constexpr const char* op = "triplet_margin_with_distance_loss";
  static constexpr const char* inputs[] = {"anchor", "positive", "negative"};
  Options options;
  void setup();
  using Module::forward;
  Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative);
};

// The mean over the wrong classes i of weight[target] * max(0, margin - input[target] +
// input[i])^p.
struct TAEDA_API MultiMarginLoss : Loss {
  struct Options {
    int64_t p = 1;
    Scalar margin = 1.0;
    Tensor weight = {};
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(p, margin, weight, size_average, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "multi_margin_loss";
  static constexpr std::string_view init_only[] = {"weight", "size_average", "reduce"};
  Options options;
  TAEDA_BUFFER(weight, Tensor());
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// The margins between all right and all wrong classes; target: the right ones, then -1.
struct TAEDA_API MultiLabelMarginLoss : Loss {
  struct Options {
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(size_average, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "multilabel_margin_loss";
  static constexpr std::string_view init_only[] = {"size_average", "reduce"};
  Options options;
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// The mean over the classes of BCEWithLogitsLoss.
struct TAEDA_API MultiLabelSoftMarginLoss : Loss {
  struct Options {
    Tensor weight = {};
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(weight, size_average, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "multilabel_soft_margin_loss";
  static constexpr std::string_view init_only[] = {"weight", "size_average", "reduce"};
  Options options;
  TAEDA_BUFFER(weight, Tensor());
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// -log of the Poisson probability of target, whose rate is exp(log_input), or the input itself.
struct TAEDA_API PoissonNLLLoss : Loss {
  struct Options {
    bool log_input = true, full = false;
    std::optional<bool> size_average = {};
    Scalar eps = 1e-8;
    std::optional<bool> reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(log_input, full, size_average, eps, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "poisson_nll_loss";
  static constexpr const char* inputs[] = {"log_input", "target"};
  static constexpr std::string_view init_only[] = {"size_average", "reduce"};
  Options options;
  void setup();
  Tensor forward(const Tensor& log_input, const Tensor& target) override;
};

// -log of the normal density of target, of mean input and variance var, which is not below eps.
struct TAEDA_API GaussianNLLLoss : Module {
  struct Options {
    bool full = false;
    Scalar eps = 1e-6;
    std::string reduction = "mean";
    TAEDA_FIELDS(full, eps, reduction)
  };
  static constexpr int required = 0;
  static constexpr bool keyword_only = true;
  struct Arguments {
    Tensor input, target;
    TensorLike var;  // a number: the same everywhere
    TAEDA_FIELDS(input, target, var)
  };
  static constexpr int required_arguments = 3;
  Options options;
  using Module::forward;
  Tensor forward(const Arguments& a);
};

// Connectionist temporal classification: see ops/ctc.h.
struct TAEDA_API CTCLoss : Module {
  struct Options {
    int64_t blank = 0;
    std::string reduction = "mean";
    bool zero_infinity = false;
    TAEDA_FIELDS(blank, reduction, zero_infinity)
  };
  static constexpr int required = 0;
  struct Arguments {
    Tensor log_probs, targets;
    TensorLike input_lengths, target_lengths;
    TAEDA_FIELDS(log_probs, targets, input_lengths, target_lengths)
  };
  static constexpr int required_arguments = 4;
  Options options;
  using Module::forward;
  Tensor forward(const Arguments& a);
};

}  // namespace layer

using PairwiseDistance = Handle<layer::PairwiseDistance>;
using CosineSimilarity = Handle<layer::CosineSimilarity>;
using HingeEmbeddingLoss = Handle<layer::HingeEmbeddingLoss>;
using MarginRankingLoss = Handle<layer::MarginRankingLoss>;
using CosineEmbeddingLoss = Handle<layer::CosineEmbeddingLoss>;
using TripletMarginLoss = Handle<layer::TripletMarginLoss>;
using TripletMarginWithDistanceLoss = Handle<layer::TripletMarginWithDistanceLoss>;
using MultiMarginLoss = Handle<layer::MultiMarginLoss>;
using MultiLabelMarginLoss = Handle<layer::MultiLabelMarginLoss>;
using MultiLabelSoftMarginLoss = Handle<layer::MultiLabelSoftMarginLoss>;
using PoissonNLLLoss = Handle<layer::PoissonNLLLoss>;
using GaussianNLLLoss = Handle<layer::GaussianNLLLoss>;
using CTCLoss = Handle<layer::CTCLoss>;

}  // namespace taeda::nn
