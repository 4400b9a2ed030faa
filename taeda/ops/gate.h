// Activations that are composed of other ops: gates and shrinking.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Gates
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Gates;

struct Glu {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "The first half along dim times sigmoid of the second "
                               "(Dauphin et al. 2017).",
                           .scope = in_functional,
                           .backward_name = "GluBackward0"};
  struct Attrs {
    int64_t dim = -1;
    TAEDA_FIELDS(dim)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(glu, Glu)

struct Prelu {
  static constexpr Def def{
      .inputs = {"input", "weight"},
      .doc =
          "input where positive, weight * input elsewhere; weight: one number, or "
          "one for each element of axis 1 (He et al. 2015).",
      .scope = everywhere | in_functional,
      .backward_name = "PreluKernelBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& weight);
};
TAEDA_OP(prelu, Prelu)

struct Lambda {
  double lambd = 0.5;
  TAEDA_FIELDS(lambd)
};
struct Softshrink {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input moved towards 0 by lambd; 0 within [-lambd, lambd].",
                           .scope = in_functional,
                           .backward_name = "SoftshrinkBackward0"};
  using Attrs = Lambda;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(softshrink, Softshrink)

struct Hardshrink {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input outside [-lambd, lambd]; 0 within.",
                           .scope = everywhere | in_functional,
                           .backward_name = "HardshrinkBackward0"};
  using Attrs = Lambda;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(hardshrink, Hardshrink)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
