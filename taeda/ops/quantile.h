// Quantiles.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Quantiles
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Quantiles;

struct InterpolationWords {
  static constexpr std::string_view words[] = {"linear", "lower", "higher", "midpoint", "nearest"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct QuantilesAttrs {
  std::optional<int64_t> dim = {};
  bool keepdim = false;
  Choice<InterpolationWords> interpolation = {};
  TAEDA_FIELDS(dim, keepdim, interpolation)
};
struct QuantileAttrs {
  double q = 0.5;
  std::optional<int64_t> dim = {};
  bool keepdim = false;
  Choice<InterpolationWords> interpolation = {};
  TAEDA_FIELDS(q, dim, keepdim, interpolation)
  QuantilesAttrs rest() const { return {dim, keepdim, interpolation}; }
};

#define TAEDA_QUANTILE(word, Op, text)                                                    \
  struct Op##Tensor {                                                                     \
    static constexpr Def def{.inputs = {"input", "q"},                                    \
                             .doc = text " For a vector q the results lie along axis 0.", \
                             .types = Types::own,                                         \
                             .keyword_only = 1};                                          \
    using Attrs = QuantilesAttrs;                                                         \
    static Tensor forward(const Tensor& x, const Tensor& q, const Attrs& a);              \
  };                                                                                      \
  TAEDA_OP(word, Op##Tensor)
TAEDA_QUANTILE(quantile, Quantile, "What a share q of the elements does not exceed, along dim.")
TAEDA_QUANTILE(nanquantile, Nanquantile, "quantile of what is not NaN.")
#undef TAEDA_QUANTILE
#define TAEDA_QUANTILE(word, Op, text)                                                            \
  struct Op {                                                                                     \
    static constexpr Def def{                                                                     \
        .inputs = {"input"}, .doc = text, .types = Types::own, .required = 1, .keyword_only = 1}; \
    using Attrs = QuantileAttrs;                                                                  \
    static Tensor forward(const Tensor& x, const Attrs& a);                                       \
  };                                                                                              \
  TAEDA_OP(word, Op)
TAEDA_QUANTILE(quantile, Quantile, "What a share q of the elements does not exceed, along dim.")
TAEDA_QUANTILE(nanquantile, Nanquantile, "quantile of what is not NaN.")
#undef TAEDA_QUANTILE

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
