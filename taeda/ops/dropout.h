// Dropout: elements or channels become 0 with probability p (Srivastava et al. 2014).
#pragma once
#include "taeda/op/op.h"

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

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
