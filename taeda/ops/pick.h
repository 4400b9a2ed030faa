// More selecting and writing by index or mask; the basic ones are in index.h.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/index.h"

#define TAEDA_FAMILY Picking
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Picking;

struct MaskedSelect {
  static constexpr Def def{.inputs = {"input", "mask!"},
                           .doc = "The elements of input where mask holds, as a vector.",
                           .types = Types::own,
                           .backward_name = "MaskedSelectBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& mask);
};
TAEDA_OP(masked_select, MaskedSelect)

struct MaskedScatter {
  static constexpr Def def{
      .inputs = {"input", "mask!", "source"},
      .doc = "The elements of source, in order, where mask holds, and input elsewhere.",
      .types = Types::own,
      .inplace = true,
      .scope = in_tensor | in_torch,
      .backward_name = "MaskedScatterBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& mask, const Tensor& source);
};
TAEDA_OP(masked_scatter, MaskedScatter)

struct ScatterWords {
  static constexpr std::string_view words[] = {"none", "add", "multiply"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct Scatter {
  static constexpr Def def{
      .inputs = {"input", "index!", "src"},
      .doc =
          "out = input; out[index[i][j]][j] = src[i][j] for dim 0, and so on; += or *= with "
          "reduce.",
      .types = Types::own,
      .inplace = true,
      .required = 1,
      .keyword_only = 1,
      .early = 1,
      .dim_first = true};
  struct Attrs {
    int64_t dim = 0;
    Choice<ScatterWords> reduce = {};
    TAEDA_FIELDS(dim, reduce)
  };
  static Meta infer(Args in, const Attrs& a);
  static void update(const Tensor& to, Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, In<1> index, Needs need, const Attrs& a);
};
TAEDA_OP(scatter, Scatter)

struct ScatterValue {
  static constexpr Def def{
      .inputs = {"input", "index!"},
      .doc = "out = input; out[index[i][j]][j] = value for dim 0, and so on; += or *= with reduce.",
      .types = Types::own,
      .inplace = true,
      .required = 2,
      .keyword_only = 1,
      .early = 1,
      .backward_name = "ScatterBackward1"};
  struct Attrs {
    int64_t dim = 0;
    Scalar value = {};
    Choice<ScatterWords> reduce = {};
    TAEDA_FIELDS(dim, value, reduce)
  };
  static Meta infer(Args in, const Attrs& a);
  static void update(const Tensor& to, Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<1> index, const Attrs& a);
};
TAEDA_OP(scatter, ScatterValue)

struct ScatterReduceWords {
  static constexpr std::string_view words[] = {"sum", "prod", "mean", "amax", "amin"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct ScatterReduce {
  static constexpr Def def{
      .inputs = {"input", "index!", "src"},
      .doc =
          "The elements of src that index sends to one place, reduced; with those of input, "
          "unless include_self is false.",
      .types = Types::own,
      .inplace = true,
      .required = 2,
      .keyword_only = 1,
      .early = 1};
  struct Attrs {
    int64_t dim = 0;
    Choice<ScatterReduceWords> reduce = {};
    bool include_self = true;
    TAEDA_FIELDS(dim, reduce, include_self)
  };
  static Meta infer(Args in, const Attrs& a);
  static void update(const Tensor& to, Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, In<0> x, In<1> index, In<2> src, Out<0> y, Needs need,
                             const Attrs& a);
};
TAEDA_OP(scatter_reduce, ScatterReduce)

struct IndexFill {
  static constexpr Def def{.inputs = {"input", "index!"},
                           .doc = "out = input; the slices index[i] of out along dim become value.",
                           .types = Types::own,
                           .inplace = true,
                           .required = 2,
                           .early = 1,
                           .backward_name = "IndexFillBackward0"};
  struct Attrs {
    int64_t dim = 0;
    Scalar value = {};
    TAEDA_FIELDS(dim, value)
  };
  static Tensor forward(const Tensor& x, const Tensor& index, const Attrs& a);
};
TAEDA_OP(index_fill, IndexFill)

struct IndexFillTensor {
  static constexpr Def def{.inputs = {"input", "index!", "value"},
                           .doc = "index_fill with a 0-dim tensor.",
                           .types = Types::own,
                           .inplace = true,
                           .required = 1,
                           .early = 1};
  using Attrs = Dim;
  static Tensor forward(const Tensor& x, const Tensor& index, const Tensor& value, const Attrs& a);
};
TAEDA_OP(index_fill, IndexFillTensor)

struct IndexCopy {
  static constexpr Def def{
      .inputs = {"input", "index!", "source"},
      .doc = "out = input; the slice index[i] of out along dim becomes slice i of source.",
      .types = Types::own,
      .inplace = true,
      .required = 1,
      .early = 1,
      .dim_first = true,
      .backward_name = "IndexCopyBackward0"};
  using Attrs = Dim;
  static Tensor forward(const Tensor& x, const Tensor& index, const Tensor& source, const Attrs& a);
};
TAEDA_OP(index_copy, IndexCopy)

struct Take {
  static constexpr Def def{.inputs = {"input", "index!"},
                           .doc = "The elements that index names in the flattened input.",
                           .types = Types::own,
                           .backward_name = "TakeBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& index);
};
TAEDA_OP(take, Take)

struct TakeAlongDim {
  static constexpr Def def{
      .inputs = {"input", "indices!"},
      .doc = "gather with input and indices broadcast; of the flattened input without dim.",
      .types = Types::own};
  struct Attrs {
    std::optional<int64_t> dim = {};
    TAEDA_FIELDS(dim)
  };
  static Tensor forward(const Tensor& x, const Tensor& indices, const Attrs& a);
};
TAEDA_OP(take_along_dim, TakeAlongDim)

struct Argwhere {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Where input is not zero: a row of indices for each element.",
                           .types = Types::own,
                           .differentiable = false};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(argwhere, Argwhere)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
