// Losses. reduction: "none" gives one loss per element (or per sample), "mean" and "sum" a number.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Loss
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Loss;

struct ReductionWords {
  static constexpr std::string_view words[] = {"none", "mean", "sum"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
using Reduction = Choice<ReductionWords>;
struct Reduced {
  Reduction reduction = {"mean"};
  TAEDA_FIELDS(reduction)
};

// ---- classes ----

struct ClassLoss {
  int64_t ignore_index = -100;
  Reduction reduction = {"mean"};
  TAEDA_FIELDS(ignore_index, reduction)
};
struct NllLoss {
  static constexpr Def def{
      .inputs = {"input", "target!", "weight?"},
      .doc =
          "-weight[target] * input[target]. input: log-probabilities (C), (N, C) or (N, C, *); "
          "target: classes (), (N) or (N, *), int64 or uint8; weight: (C). The mean is weighted. "
          "Targets equal to ignore_index count nothing.",
      .types = Types::own,
      .scope = in_functional};
  using Attrs = ClassLoss;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, In<1> target, In<2> weight, Shape<0> s, const Attrs& a);
  static const char* node_name(const Call& c, const Attrs& a) {
    int64_t rank = c.in[0].dim();
    if (rank <= 2) return nullptr;
    return rank != 4 && a.reduction.is("none") ? "ViewBackward0" : "NllLoss2DBackward0";
  }
};
TAEDA_OP(nll_loss, NllLoss)

struct NllLossBackward {  // the gradient of nll_loss, and nll_loss is its gradient
  static constexpr Def def{.inputs = {"grad", "target!", "weight?"},
                           .doc = "The gradient of nll_loss with respect to an input of this size.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0};
  struct Attrs {
    Dims size = {};
    ClassLoss loss;
    TAEDA_FIELDS(size, loss)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad h, In<1> target, In<2> weight, const Attrs& a);
};
TAEDA_OP(nll_loss_backward, NllLossBackward)

struct CrossEntropy {
  static constexpr Def def{
      .inputs = {"input", "target!", "weight?"},
      .doc =
          "nll_loss of log_softmax(input) over the classes. input: scores (C), (N, C) or (N, C, "
          "*); target: classes, or probabilities of input's size. label_smoothing mixes the target "
          "with the uniform distribution (Szegedy et al. 2016).",
      .types = Types::own,
      .scope = in_functional};
  struct Attrs {
    int64_t ignore_index = -100;
    Reduction reduction = {"mean"};
    double label_smoothing = 0;
    TAEDA_FIELDS(ignore_index, reduction, label_smoothing)
  };
  static Tensor forward(const Tensor& x, const Tensor& target, const Tensor& weight,
                        const Attrs& a);
};
TAEDA_OP(cross_entropy, CrossEntropy)

struct LinearCrossEntropy {
  static constexpr Def def{
      .inputs = {"input", "linear_weight", "target!", "linear_bias?", "weight?"},
      .doc =
          "cross_entropy of linear(input, linear_weight, linear_bias). input: (N, F) or (F); "
          "linear_weight: (C, F), or (C, d1, .., F) for scores (N, C, d1, ..); linear_bias: "
          "linear_weight's sizes without F. ignore_index: only beside classes.",
      .types = Types::own,
      .scope = in_functional};
  struct Attrs {
    Reduction reduction = {"mean"};
    std::optional<int64_t> ignore_index = {};
    double label_smoothing = 0;
    TAEDA_FIELDS(reduction, ignore_index, label_smoothing)
  };
  static Tensor forward(Args in, const Attrs& a);
};
TAEDA_OP(linear_cross_entropy, LinearCrossEntropy)

// ---- differences ----

struct MseLoss {
  static constexpr Def def{.inputs = {"input", "target"},
                           .doc = "(input - target) ** 2.",
                           .accepts = accepts_floats,
                           .kernel = "mse_cpu",
                           .scope = in_functional};
  using Attrs = Reduced;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need, const Attrs& a);
};
TAEDA_OP(mse_loss, MseLoss)

// The gradients of differences, at once: clamp((input - target) / divisor, -bound, bound) times the
// share of the loss's gradient.
struct DifferenceGrad {
  static constexpr Def def{.inputs = {"grad", "input", "target"},
                           .doc =
                               "The gradient with respect to input of mse_loss, smooth_l1_loss or "
                               "huber_loss; input and target have one size.",
                           .types = Types::own,
                           .differentiable = false,
                           .scope = 0};
  struct Attrs {
    double divisor = 1, bound = 1;
    Reduction reduction = {"mean"};
    TAEDA_FIELDS(divisor, bound, reduction)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(difference_grad, DifferenceGrad)

struct L1Loss {
  static constexpr Def def{
      .inputs = {"input", "target"}, .doc = "|input - target|.", .scope = in_functional};
  using Attrs = Reduced;
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(l1_loss, L1Loss)

struct SmoothL1Loss {
  static constexpr Def def{
      .inputs = {"input", "target"},
      .doc =
          "d ** 2 / (2 beta) where d = |input - target| is below beta, else d - beta / 2 "
          "(Girshick 2015).",
      .accepts = accepts_floats,
      .kernel = "smooth_l1_cpu",
      .scope = in_functional};
  struct Attrs {
    Reduction reduction = {"mean"};
    double beta = 1;
    TAEDA_FIELDS(reduction, beta)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need, const Attrs& a);
};
TAEDA_OP(smooth_l1_loss, SmoothL1Loss)

struct HuberLoss {
  static constexpr Def def{
      .inputs = {"input", "target"},
      .doc =
          "d ** 2 / 2 where d = |input - target| is at most delta, else delta * (d - delta / 2) "
          "(Huber 1964).",
      .accepts = accepts_floats,
      .kernel = "huber_cpu",
      .scope = in_functional};
  struct Attrs {
    Reduction reduction = {"mean"};
    double delta = 1;
    TAEDA_FIELDS(reduction, delta)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need, const Attrs& a);
};
TAEDA_OP(huber_loss, HuberLoss)

struct SoftMarginLoss {
  static constexpr Def def{.inputs = {"input", "target"},
                           .doc = "log(1 + exp(-target * input)).",
                           .scope = in_functional,
                           .backward_name = "SoftMarginLossBackward0"};
  using Attrs = Reduced;
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(soft_margin_loss, SoftMarginLoss)

// ---- probabilities ----

struct BinaryCrossEntropy {
  static constexpr Def def{
      .inputs = {"input", "target", "weight?"},
      .doc =
          "-weight * (target * log(input) + (1 - target) * log(1 - input)), the logarithms not "
          "below -100.",
      .types = Types::own,
      .scope = in_functional};
  using Attrs = Reduced;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, In<0> x, In<1> y, In<2> weight, Needs need, const Attrs& a);
};
TAEDA_OP(binary_cross_entropy, BinaryCrossEntropy)

struct BinaryCrossEntropyWithLogits {
  static constexpr Def def{
      .inputs = {"input", "target", "weight?", "pos_weight?"},
      .doc =
          "binary_cross_entropy of sigmoid(input), without overflow; pos_weight multiplies the "
          "part of target.",
      .types = Types::own,
      .scope = in_functional,
      .backward_name = "BinaryCrossEntropyWithLogitsBackward0"};
  using Attrs = Reduced;
  static Tensor forward(const Tensor& x, const Tensor& y, const Tensor& weight,
                        const Tensor& pos_weight, const Attrs& a);
};
TAEDA_OP(binary_cross_entropy_with_logits, BinaryCrossEntropyWithLogits)

struct KlReductionWords {
  static constexpr std::string_view words[] = {"none", "mean", "sum", "batchmean"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct KlDiv {
  static constexpr Def def{
      .inputs = {"input", "target"},
      .doc =
          "target * (log(target) - input); with log_target, exp(target) * (target - input). "
          "\"batchmean\" divides the sum by the first size.",
      .scope = in_functional};
  struct Attrs {
    Choice<KlReductionWords> reduction = {"mean"};
    bool log_target = false;
    TAEDA_FIELDS(reduction, log_target)
  };
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(kl_div, KlDiv)

// Losses of single elements, reduced.
TAEDA_API Tensor reduce_loss(const Tensor& each, const Reduction& r);

}  // namespace taeda::ops

namespace taeda {

// Without weights.
inline Tensor nll_loss(const Tensor& input, const Tensor& target, const ops::ClassLoss& a = {}) {
  return nll_loss(input, target, Tensor(), a);
}
inline Tensor cross_entropy(const Tensor& input, const Tensor& target,
                            const ops::CrossEntropy::Attrs& a = {}) {
  return cross_entropy(input, target, Tensor(), a);
}
inline Tensor linear_cross_entropy(const Tensor& input, const Tensor& linear_weight,
                                   const Tensor& target,
                                   const ops::LinearCrossEntropy::Attrs& a = {}) {
  return linear_cross_entropy(input, linear_weight, target, Tensor(), Tensor(), a);
}
inline Tensor binary_cross_entropy(const Tensor& input, const Tensor& target,
                                   const ops::Reduced& a = {}) {
  return binary_cross_entropy(input, target, Tensor(), a);
}
inline Tensor binary_cross_entropy_with_logits(const Tensor& input, const Tensor& target,
                                               const ops::Reduced& a = {}) {
  return binary_cross_entropy_with_logits(input, target, Tensor(), Tensor(), a);
}

}  // namespace taeda

#pragma GCC visibility pop
#undef TAEDA_FAMILY
