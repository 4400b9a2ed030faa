// Selecting and writing elements by index.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/views.h"

namespace taeda {

// The inputs of a list op from number `from` on, kept for backward.
template <int from> struct InputsFrom : TensorList {};
template <int from> struct Kept<InputsFrom<from>> {
  std::vector<Saved> saved;
  void keep(const Call& c, const auto&) {
    saved.resize(c.in.size() - size_t(from));
    for (size_t i = 0; i < saved.size(); i++)
      if (c.in[i + from].defined()) saved[i].keep_input(c.in[i + from]);
  }
  InputsFrom<from> get(Node& n, std::span<Tensor>) {
    InputsFrom<from> out;
    for (Saved& s : saved) out.push_back(s.unpack(n));
    return out;
  }
  void reset() {
    for (Saved& s : saved) s.reset();
  }
};

}  // namespace taeda

#define TAEDA_FAMILY Indexing
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Indexing;

// Of an option that asks for a sparse gradient: says once that it will be a dense one.
TAEDA_API void hint_dense_gradient(const char* option);

struct GatherAttrs {
  int64_t dim = 0;
  bool sparse_grad = false;
  TAEDA_FIELDS(dim, sparse_grad)
};
struct Gather {  // gather and scatter_add are each other's gradient
  static constexpr Def def{.inputs = {"input", "index!"},
                           .doc =
                               "out[i][j] = input[index[i][j]][j] for dim 0, and so on. "
                               "sparse_grad: the gradient is dense, and a warning says so.",
                           .types = Types::own,
                           .required = 1,
                           .keyword_only = 1,
                           .early = 1,
                           .dim_first = true};
  using Attrs = GatherAttrs;
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
  static void update(const Tensor& to, Args in, const Attrs& a);
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
  static void update(const Tensor& to, Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, In<1> index, Needs need, const Attrs& a);
};
TAEDA_OP(index_add, IndexAdd)

// Index tensors are int64, contiguous and of one shape; index_key.h makes them so.
struct IndexTensors {
  static constexpr Def def{
      .inputs = {"input", "indices?*"},
      .doc =
          "The elements that index tensors name, one per axis; an undefined one takes the axis "
          "whole. Their shape stands where they stand, or first if they are apart.",
      .types = Types::own,
      .scope = 0};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields& a);
  static TensorList backward(Grad g, const InputsFrom<1>& at, Shape<0> s);
};
TAEDA_OP(index, IndexTensors)

struct IndexPut {
  static constexpr Def def{.inputs = {"input", "values", "indices?*"},
                           .doc =
                               "out = input; out[indices] = values, or += with accumulate. Of "
                               "values for one place the last stays.",
                           .types = Types::own,
                           .scope = 0};
  struct Attrs {
    bool accumulate = false;
    TAEDA_FIELDS(accumulate)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static TensorList backward(Grad g, const InputsFrom<2>& at, Needs need, Shape<1> s,
                             const Attrs& a);
  static void write(const Tensor& to, Args in, const Attrs& a);  // to[indices] = values
};
TAEDA_OP(index_put, IndexPut)

struct Nonzero {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "Where input is not zero: a row of int64 indices (n, dim) for each element.",
      .types = Types::own,
      .differentiable = false};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields& a);
};
TAEDA_OP(nonzero, Nonzero)

// How index tensors pick elements of sizes and strides: out[p, b, q] lies at pre[p] + at[b] +
// post[q].
struct IndexPlan {
  std::vector<int64_t> pre, at, post;
  bool post_contiguous = true;
};
// The sizes of the result; where the shape of the index tensors stands in it goes into `place`.
TAEDA_API Dims indexed_sizes(const Dims& sizes, std::span<const Tensor* const> indices,
                             size_t* place = nullptr);
TAEDA_API IndexPlan plan_index(const Tensor& x, std::span<const Tensor* const> indices);
// The places of a mask that hold, one vector of int64 for each of its axes.
TAEDA_API TensorList mask_places(const Tensor& mask);

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
