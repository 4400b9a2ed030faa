// Reductions.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Reduce
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Reduce;

struct SumAttrs {
  OptionalDims dim = {};
  bool keepdim = false;
  std::optional<DType> dtype = {};
  TAEDA_FIELDS(dim, keepdim, dtype)
  static int overload_of(const SumAttrs& a) { return a.dim ? 1 : 0; }
};
struct Sum {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "The sum over the axes in dim, or over all of them. Bools and integers "
          "are summed in int64.",
      .types = Types::own,
      .keyword_only = 1};
  using Attrs = SumAttrs;
  static int overload(const Attrs& a) { return SumAttrs::overload_of(a); }
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s, Type<0> t, const Attrs& a);
};
TAEDA_OP(sum, Sum)

struct Mean {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The mean over the axes in dim, or over all of them.",
                           .types = Types::own,
                           .keyword_only = 1};
  using Attrs = SumAttrs;
  static int overload(const Attrs& a) { return SumAttrs::overload_of(a); }
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s, Type<0> t, const Attrs& a);
};
TAEDA_OP(mean, Mean)

// Which of `rank` axes `dim` names (all where there are none), each once; sorted.
TAEDA_API Dims reduced_axes(const std::optional<Dims>& dim, size_t rank);
TAEDA_API Dims reduced_sizes(const Dims& sizes, const Dims& axes, bool keepdim);
// A reduction's result as it stands beside the input: with axes of size 1 where it was reduced.
TAEDA_API Tensor beside_input(const Tensor& g, const Dims& sizes, const Dims& axes);

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
