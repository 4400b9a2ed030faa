// Dropout: elements or channels become 0 with probability p (Srivastava et al. 2014); and the
// randomized leaky ReLU.
#pragma once
#include "taeda/ops/random.h"

#define TAEDA_FAMILY Dropping
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Dropping;

struct DropoutAttrs {
  double p = 0.5;
  bool train = true;
  TAEDA_FIELDS(p, train)
};
#define TAEDA_DROPOUT(word, Op, text)                                          \
  struct Op {                                                                  \
    static constexpr Def def{                                                  \
        .inputs = {"input"}, .doc = text, .inplace = true, .scope = in_torch}; \
    using Attrs = DropoutAttrs;                                                \
    static Tensor forward(const Tensor& x, const Attrs& a);                    \
  };                                                                           \
  TAEDA_OP(word, Op)
TAEDA_DROPOUT(dropout, Dropout,
              "In training, elements become 0 with probability p and the others are divided by "
              "1 - p; else input itself.")
TAEDA_DROPOUT(feature_dropout, FeatureDropout, "dropout of whole channels of (N, C, *).")
TAEDA_DROPOUT(alpha_dropout, AlphaDropout,
              "dropout to SELU's negative limit that keeps mean and variance (Klambauer et al. "
              "2017).")
TAEDA_DROPOUT(feature_alpha_dropout, FeatureAlphaDropout,
              "alpha_dropout of whole channels of (N, C, *).")
#undef TAEDA_DROPOUT

struct RreluSlope {
  double lower = 1.0 / 8, upper = 1.0 / 3;
  GeneratorPtr generator;
  TAEDA_FIELDS(lower, upper, generator)
};
struct RreluNoise {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "1 where input is positive, else a slope from [lower, upper), drawn "
                               "in row-major order.",
                           .types = Types::own,
                           .differentiable = false,
                           .scope = 0};
  using Attrs = RreluSlope;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(rrelu_noise, RreluNoise)

struct Rrelu {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "input where positive, else input times a slope: random from "
                               "[lower, upper) in training, their middle otherwise (Xu et al. "
                               "2015).",
                           .types = Types::own,
                           .scope = in_torch};
  struct Attrs {
    double lower = 1.0 / 8, upper = 1.0 / 3;
    bool training = false;
    GeneratorPtr generator;
    TAEDA_FIELDS(lower, upper, training, generator)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(rrelu, Rrelu)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
