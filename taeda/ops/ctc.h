// Connectionist temporal classification (Graves et al. 2006): the probability of a sequence of
// labels, summed over its alignments with a longer sequence of inputs.
#pragma once
#include "taeda/ops/loss.h"

#define TAEDA_FAMILY Ctc
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Ctc;

struct CtcResult {
  Tensor neg_log_likelihood, log_alpha;  // (N), and (N, T, 2 S + 1) of the forward recursion
  TAEDA_FIELDS(neg_log_likelihood, log_alpha)
};
struct CtcBlank {
  int64_t blank = 0;
  bool zero_infinity = false;
  TAEDA_FIELDS(blank, zero_infinity)
};
struct CtcForward {
  static constexpr Def def{
      .inputs = {"log_probs", "targets!", "input_lengths!", "target_lengths!"},
      .doc = "-log of the probability of each target, and what its gradient needs.",
      .types = Types::own,
      .scope = 0,
      .backward_name = "CtcLossBackward0"};
  using Attrs = CtcBlank;
  using Result = CtcResult;
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<4> backward(Grads g, In<0> x, In<1> targets, In<2> input_lengths,
                             In<3> target_lengths, Out<0> nll, Out<1> log_alpha, const Attrs& a);
};
TAEDA_OP(ctc_forward, CtcForward)

struct CtcGrad {
  static constexpr Def def{
      .inputs = {"grad", "log_probs", "targets!", "input_lengths!", "target_lengths!",
                 "neg_log_likelihood", "log_alpha"},
      .doc =
          "The gradient of ctc_forward with respect to scores whose log_softmax is log_probs; "
          "log_softmax passes it on unchanged.",
      .types = Types::own,
      .differentiable = false,
      .scope = 0};
  using Attrs = CtcBlank;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(ctc_grad, CtcGrad)

struct CtcLoss {
  static constexpr Def def{
      .inputs = {"log_probs", "targets!", "input_lengths!", "target_lengths!"},
      .doc =
          "-log of the probability of each target. log_probs: (T, N, C) or (T, C), logarithms of "
          "probabilities; targets: (N, S) or all behind each other, without blanks; lengths: (N) "
          "or (). The mean divides each loss by its target's length first. zero_infinity: a target "
          "that does not fit counts nothing.",
      .types = Types::own,
      .scope = in_functional};
  struct Attrs {
    int64_t blank = 0;
    Reduction reduction = {"mean"};
    bool zero_infinity = false;
    TAEDA_FIELDS(blank, reduction, zero_infinity)
  };
  static Tensor forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                        const Tensor& target_lengths, const Attrs& a);
};
TAEDA_OP(ctc_loss, CtcLoss)

// The lengths and targets of a batch, checked; both kernels read them so.
struct CtcBatch {
  int64_t time, batch, classes, longest;  // longest: of the targets
  std::vector<int64_t> input_lengths, target_lengths;
  std::vector<int64_t> labels, starts;  // sample i's labels begin at labels[starts[i]]
  CtcBatch(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
           const Tensor& target_lengths, int64_t blank);
  // The labels with blanks between them and around: 2 length + 1.
  int64_t label(int64_t sample, int64_t at, int64_t blank) const {
    return at % 2 ? labels[size_t(starts[size_t(sample)] + at / 2)] : blank;
  }
};

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
