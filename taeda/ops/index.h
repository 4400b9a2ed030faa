// Selecting and writing elements by index.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/views.h"

#define TAEDA_FAMILY Indexing
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Indexing;

struct Gather {  // gather and scatter_add are each other's gradient
  static constexpr Def def{.inputs = {"input", "index!"},
                           .doc = "out[i][j] = input[index[i][j]][j] for dim 0, and so on.",
                           .types = Types::own,
                           .required = 1,
                           .early = 1,
                           .dim_first = true};
  using Attrs = Dim;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<1> index, Shape<0> s, const Attrs& a);
};
TAEDA_OP(gather, Gather)

struct ScatterAdd {
  static constexpr Def def{
      .inputs = {"input", "index!", "src"},
      .doc = "out = input; out[index[i][j]][j] += src[i][j] for dim 0, and so on.",
      .types = Types::own,
      .inplace = true,
      .required = 1,
      .early = 1,
      .dim_first = true};
  using Attrs = Dim;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, In<1> index, Needs need, const Attrs& a);
};
TAEDA_OP(scatter_add, ScatterAdd)

struct IndexSelect {
  static constexpr Def def{.inputs = {"input", "index!"},
                           .doc = "The slices of input along dim that the vector index names.",
                           .types = Types::own,
                           .required = 1,
                           .early = 1,
                           .dim_first = true};
  using Attrs = Dim;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<1> index, Shape<0> s, const Attrs& a);
};
TAEDA_OP(index_select, IndexSelect)

struct IndexAdd {
  static constexpr Def def{.inputs = {"input", "index!", "source"},
                           .doc =
                               "out = input; the slice index[i] of out along dim gains alpha times "
                               "slice i of source.",
                           .types = Types::own,
                           .inplace = true,
                           .required = 1,
                           .keyword_only = 1,
                           .early = 1,
                           .dim_first = true};
  struct Attrs {
    int64_t dim = 0;
    Scalar alpha = 1;
    TAEDA_FIELDS(dim, alpha)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, In<1> index, Needs need, const Attrs& a);
};
TAEDA_OP(index_add, IndexAdd)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
