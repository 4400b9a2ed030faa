// More elements at the ends of axes, or fewer.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Padding
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Padding;

struct ConstantPadNd {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "value at the ends of the last axes; pad: (left, right) of the last "
                               "axis, then of the one before. Negative numbers cut off.",
                           .types = Types::own,
                           .required = 1,
                           .scope = in_torch};
  struct Attrs {
    Dims pad = {};
    Scalar value = 0;
    TAEDA_FIELDS(pad, value)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(constant_pad_nd, ConstantPadNd)

struct PadMode {
  static constexpr std::string_view words[] = {"constant", "reflect", "replicate", "circular"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct Pad {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "constant_pad_nd, or the elements mirrored at the edge (reflect), the edge's repeated "
          "(replicate), or those of the other end (circular). The last three are for axes behind "
          "the channels.",
      .required = 1,
      .scope = in_functional};
  struct Attrs {
    Dims pad = {};
    Choice<PadMode> mode = {};
    std::optional<Scalar> value = {};
    TAEDA_FIELDS(pad, mode, value)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(pad, Pad)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
