// Losses. reduction: "none", "mean" or "sum"; size_average and reduce are its old spelling.
#pragma once
#include "taeda/nn/linear.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// A module of two inputs.
struct TAEDA_API Loss : Module {
  static constexpr const char* inputs[] = {"input", "target"};
  using Module::forward;
  virtual Tensor forward(const Tensor& input, const Tensor& target) = 0;
};
// The reduction that the old arguments mean, with a hint.
TAEDA_API std::string reduction_of(std::optional<bool> size_average, std::optional<bool> reduce,
                                   const std::string& reduction);

#define TAEDA_SIMPLE_LOSS(Name, word)                                                            \
  struct TAEDA_API Name : Loss {                                                                 \
    struct Options {                                                                             \
      std::optional<bool> size_average = {}, reduce = {};                                        \
      std::string reduction = "mean";                                                            \
      TAEDA_FIELDS(size_average, reduce, reduction)                                              \
    };                                                                                           \
    static constexpr int required = 0;                                                           \
    static constexpr const char* op = word;                                                      \
    static constexpr std::string_view init_only[] = {"size_average", "reduce"};                  \
    Options options;                                                                             \
    void setup() {                                                                               \
      options.reduction = reduction_of(options.size_average, options.reduce, options.reduction); \
    }                                                                                            \
    Tensor forward(const Tensor& input, const Tensor& target) override;                          \
  };
TAEDA_SIMPLE_LOSS(MSELoss, "mse_loss")                 // (input - target)^2
TAEDA_SIMPLE_LOSS(L1Loss, "l1_loss")                   // |input - target|
TAEDA_SIMPLE_LOSS(SoftMarginLoss, "soft_margin_loss")  // log(1 + exp(-target * input))
#undef TAEDA_SIMPLE_LOSS

// -log of the probability of the class target; input: scores (N, C, *) or (C); target: classes (N,
// *), or probabilities like input. Classes equal to ignore_index count nothing; weight (C): of each
// class.
struct TAEDA_API CrossEntropyLoss : Loss {
  struct Options {
    Tensor weight = {};
    std::optional<bool> size_average = {};
    int64_t ignore_index = -100;
    std::optional<bool> reduce = {};
    std::string reduction = "mean";
    Scalar label_smoothing = 0.0;
    TAEDA_FIELDS(weight, size_average, ignore_index, reduce, reduction, label_smoothing)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "cross_entropy_loss";
  static constexpr std::string_view init_only[] = {"weight", "size_average", "reduce"};
  Options options;
  TAEDA_BUFFER(weight, Tensor());
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// CrossEntropyLoss of the scores that the child `linear` makes of input: (N, in_features) or
// (in_features) to (N, num_classes, *out_features). ignore_index: only beside targets of classes.
struct TAEDA_API LinearCrossEntropyLoss : Loss {
  struct Options {
    int64_t in_features = 0, num_classes = 0;
    Dims out_features = {};
    bool bias = false;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    std::string reduction = "mean";
    Tensor weight = {};
    std::optional<int64_t> ignore_index = {};
    Scalar label_smoothing = 0.0;
    TAEDA_FIELDS(in_features, num_classes, out_features, bias, device, dtype, reduction, weight,
                 ignore_index, label_smoothing)
  };
  static constexpr int required = 2;
  Options options;
  TAEDA_BUFFER(weight, Tensor());
  TAEDA_CHILD(linear, nn::Linear(nullptr));
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
  std::string extra_repr() const override;
};

// -input at the class target; input: logarithms of probabilities.
struct TAEDA_API NLLLoss : Loss {
  struct Options {
    Tensor weight = {};
    std::optional<bool> size_average = {};
    int64_t ignore_index = -100;
    std::optional<bool> reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(weight, size_average, ignore_index, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "nll_loss";
  static constexpr std::string_view init_only[] = {"weight", "size_average", "reduce"};
  Options options;
  TAEDA_BUFFER(weight, Tensor());
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// -(target * log(input) + (1 - target) * log(1 - input)); input: probabilities. The logarithms are
// not below -100.
struct TAEDA_API BCELoss : Loss {
  struct Options {
    Tensor weight = {};
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    TAEDA_FIELDS(weight, size_average, reduce, reduction)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "binary_cross_entropy";
  static constexpr std::string_view init_only[] = {"weight", "size_average", "reduce"};
  Options options;
  TAEDA_BUFFER(weight, Tensor());
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// BCELoss of sigmoid(input), without overflow; pos_weight: of the positive examples.
struct TAEDA_API BCEWithLogitsLoss : Loss {
  struct Options {
    Tensor weight = {};
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    Tensor pos_weight = {};
    TAEDA_FIELDS(weight, size_average, reduce, reduction, pos_weight)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "binary_cross_entropy_with_logits";
  static constexpr std::string_view init_only[] = {"weight", "size_average", "reduce",
                                                   "pos_weight"};
  Options options;
  TAEDA_BUFFER(weight, Tensor());
  TAEDA_BUFFER(pos_weight, Tensor());
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// Quadratic below beta, linear above.
struct TAEDA_API SmoothL1Loss : Loss {
  struct Options {
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    Scalar beta = 1.0;
    TAEDA_FIELDS(size_average, reduce, reduction, beta)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "smooth_l1_loss";
  static constexpr std::string_view init_only[] = {"size_average", "reduce"};
  Options options;
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// delta times SmoothL1Loss with beta = delta.
struct TAEDA_API HuberLoss : Loss {
  struct Options {
    std::string reduction = "mean";
    Scalar delta = 1.0;
    TAEDA_FIELDS(reduction, delta)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "huber_loss";
  Options options;
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

// target * (log(target) - input); log_target: target holds logarithms.
struct TAEDA_API KLDivLoss : Loss {
  struct Options {
    std::optional<bool> size_average = {}, reduce = {};
    std::string reduction = "mean";
    bool log_target = false;
    TAEDA_FIELDS(size_average, reduce, reduction, log_target)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "kl_div";
  static constexpr std::string_view init_only[] = {"size_average", "reduce"};
  Options options;
  void setup();
  Tensor forward(const Tensor& input, const Tensor& target) override;
};

}  // namespace layer

using MSELoss = Handle<layer::MSELoss>;
using L1Loss = Handle<layer::L1Loss>;
using SoftMarginLoss = Handle<layer::SoftMarginLoss>;
using CrossEntropyLoss = Handle<layer::CrossEntropyLoss>;
using LinearCrossEntropyLoss = Handle<layer::LinearCrossEntropyLoss>;
using NLLLoss = Handle<layer::NLLLoss>;
using BCELoss = Handle<layer::BCELoss>;
using BCEWithLogitsLoss = Handle<layer::BCEWithLogitsLoss>;
using SmoothL1Loss = Handle<layer::SmoothL1Loss>;
using HuberLoss = Handle<layer::HuberLoss>;
using KLDivLoss = Handle<layer::KLDivLoss>;

}  // namespace taeda::nn
