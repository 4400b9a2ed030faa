// Joining tensors: cat and stack.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/views.h"

#define TAEDA_FAMILY Join
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Join;

struct Cat {
  static constexpr Def def{.inputs = {"tensors*"},
                           .doc = "The tensors one after another along dim."};
  using Attrs = Dim;
  static void check(Args in);
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static TensorList backward(Grad g, const Shapes& s, const Attrs& a);
};
TAEDA_OP(cat, Cat)

struct Stack {
  static constexpr Def def{.inputs = {"tensors*"},
                           .doc = "The tensors side by side along a new axis.",
                           .backward_name = "StackBackward0"};
  using Attrs = Dim;
  static Tensor forward(Args in, const Attrs& a);
};
TAEDA_OP(stack, Stack)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
