// Copies in another arrangement: repeated, flipped, rolled, cut to a triangle.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/create.h"
#include "taeda/ops/views.h"

#define TAEDA_FAMILY Arranging
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Arranging;

struct Repeat {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "Axis i repeated repeats[i] times; more repeats than axes give new "
                               "axes in front.",
                           .types = Types::own,
                           .required = 1,
                           .varargs = true,
                           .scope = in_tensor};
  struct Attrs {
    Dims repeats = {};
    TAEDA_FIELDS(repeats)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s, const Attrs& a);
};
TAEDA_OP(repeat, Repeat)

struct Tile {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "repeat, where fewer dims than axes repeat the last axes only.",
                           .required = 1,
                           .varargs = true};
  using Attrs = DimsAttr;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(tile, Tile)

struct RepeatInterleave {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "Every element `repeats` times in a row along dim, or of the flattened input.",
      .required = 1,
      .keyword_only = 1};
  struct Attrs {
    int64_t repeats = 1;
    std::optional<int64_t> dim = {};
    std::optional<int64_t> output_size = {};
    TAEDA_FIELDS(repeats, dim, output_size)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(repeat_interleave, RepeatInterleave)

struct RepeatInterleaveEach {
  static constexpr Def def{.inputs = {"input", "repeats!"},
                           .doc = "Element i repeats[i] times in a row along dim.",
                           .keyword_only = 1};
  struct Attrs {
    std::optional<int64_t> dim = {};
    std::optional<int64_t> output_size = {};
    TAEDA_FIELDS(dim, output_size)
  };
  static Tensor forward(const Tensor& x, const Tensor& repeats, const Attrs& a);
};
TAEDA_OP(repeat_interleave, RepeatInterleaveEach)

struct RepeatInterleaveIndex {
  static constexpr Def def{.inputs = {"repeats!"},
                           .doc = "Index i repeats[i] times in a row; int64.",
                           .differentiable = false,
                           .keyword_only = 1,
                           .scope = in_torch};
  struct Attrs {
    std::optional<int64_t> output_size = {};
    TAEDA_FIELDS(output_size)
  };
  static Tensor forward(const Tensor& repeats, const Attrs& a);
};
TAEDA_OP(repeat_interleave, RepeatInterleaveIndex)

struct Flip {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The elements in reverse order along the axes in dims.",
                           .types = Types::own,
                           .required = 1,
                           .varargs = true};
  using Attrs = DimsAttr;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(flip, Flip)

struct Fliplr {
  static constexpr Def def{.inputs = {"input"}, .doc = "flip of axis 1."};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(fliplr, Fliplr)
struct Flipud {
  static constexpr Def def{.inputs = {"input"}, .doc = "flip of axis 0."};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(flipud, Flipud)

struct Rot90 {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "k quarter turns from the first axis of dims to the second.",
                           .backward_name = "Rot90Backward0"};
  struct Attrs {
    int64_t k = 1;
    Dims dims = {0, 1};
    TAEDA_FIELDS(k, dims)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(rot90, Rot90)

struct Roll {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "Element i moved to i + shifts along dims, the last ones to the front; without dims, of "
          "the flattened input.",
      .types = Types::own,
      .required = 1};
  struct Attrs {
    Dims shifts = {}, dims = {};
    TAEDA_FIELDS(shifts, dims)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(roll, Roll)

struct DiagonalAttr {
  int64_t diagonal = 0;
  TAEDA_FIELDS(diagonal)
};
#define TAEDA_TRIANGLE(word, Op, text)                                           \
  struct Op {                                                                    \
    static constexpr Def def{                                                    \
        .inputs = {"input"}, .doc = text, .types = Types::own, .inplace = true}; \
    using Attrs = DiagonalAttr;                                                  \
    static Meta infer(Args in, const Attrs& a);                                  \
    static void cpu(Args in, Outs out, const Attrs& a);                          \
    static Tensor backward(Grad g, const Attrs& a);                              \
  };                                                                             \
  TAEDA_OP(word, Op)
TAEDA_TRIANGLE(tril, Tril, "Matrices (*, n, m) with zeros above the diagonal of this number.")
TAEDA_TRIANGLE(triu, Triu, "Matrices (*, n, m) with zeros below the diagonal of this number.")
#undef TAEDA_TRIANGLE

struct Diag {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "A vector as the diagonal of a matrix of zeros; or a copy of a matrix's diagonal."};
  using Attrs = DiagonalAttr;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(diag, Diag)

struct DiagEmbed {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The last axis as diagonals of matrices of zeros, which lie in axes dim1 and dim2.",
      .backward_name = "DiagEmbedBackward0"};
  struct Attrs {
    int64_t offset = 0, dim1 = -2, dim2 = -1;
    TAEDA_FIELDS(offset, dim1, dim2)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(diag_embed, DiagEmbed)

struct Diagflat {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The flattened input as the diagonal of a matrix of zeros."};
  struct Attrs {
    int64_t offset = 0;
    TAEDA_FIELDS(offset)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(diagflat, Diagflat)

struct Trace {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The sum of a matrix's diagonal.",
                           .backward_name = "TraceBackward0"};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(trace, Trace)

#define TAEDA_TRIANGLE(word, Op)                                                  \
  struct Op {                                                                     \
    static constexpr Def def{                                                     \
        .doc = "The places (2, n) in the triangle of a row x col matrix; int64.", \
        .required = 2,                                                            \
        .keyword_only = 4,                                                        \
        .scope = in_torch};                                                       \
    struct Attrs {                                                                \
      int64_t row = 0, col = 0, offset = 0;                                       \
      TensorOptions options = {};                                                 \
      TAEDA_FIELDS(row, col, offset, options)                                     \
    };                                                                            \
    static Tensor forward(const Attrs& a);                                        \
  };                                                                              \
  TAEDA_OP_WITHOUT_FUNCTIONS(word, Op)
TAEDA_TRIANGLE(tril_indices, TrilIndices)
TAEDA_TRIANGLE(triu_indices, TriuIndices)
#undef TAEDA_TRIANGLE

// ---- lists ----

#define TAEDA_LIST(word, Op, text)                                                    \
  struct Op {                                                                         \
    static constexpr Def def{                                                         \
        .inputs = {"tensors*"}, .doc = text, .types = Types::own, .scope = in_torch}; \
    static Tensor forward(Args in, const NoFields&);                                  \
  };                                                                                  \
  TAEDA_OP(word, Op)
TAEDA_LIST(hstack, Hstack, "Tensors side by side: along axis 1, or 0 for vectors.")
TAEDA_LIST(vstack, Vstack, "Tensors one below another: along axis 0; vectors become rows.")
TAEDA_LIST(dstack, Dstack, "Tensors one behind another: along axis 2.")
TAEDA_LIST(column_stack, ColumnStack, "Tensors along axis 1; vectors become columns.")
#undef TAEDA_LIST

struct MeshgridWords {
  static constexpr std::string_view words[] = {"ij", "xy"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct Meshgrid {
  static constexpr Def def{.inputs = {"tensors*"},
                           .doc =
                               "Vectors as coordinates of a grid; with indexing 'xy' the first two "
                               "axes are swapped.",
                           .types = Types::own,
                           .keyword_only = 1,
                           .scope = in_torch};
  struct Attrs {
    Choice<MeshgridWords> indexing = {"ij"};
    TAEDA_FIELDS(indexing)
  };
  using Result = TensorList;
  static TensorList forward(Args in, const Attrs& a);
};
TAEDA_OP(meshgrid, Meshgrid)

struct BroadcastTensors {
  static constexpr Def def{.inputs = {"tensors*"},
                           .doc = "The tensors expanded to their common shape.",
                           .types = Types::own,
                           .scope = in_torch};
  using Result = TensorList;
  static TensorList forward(Args in, const NoFields&);
};
TAEDA_OP(broadcast_tensors, BroadcastTensors)

#define TAEDA_AT_LEAST(word, Op, text)                                             \
  struct Op {                                                                      \
    static constexpr Def def{.inputs = {"input"}, .doc = text, .scope = in_torch}; \
    static Tensor forward(const Tensor& x);                                        \
  };                                                                               \
  TAEDA_OP(word, Op)
TAEDA_AT_LEAST(atleast_1d, Atleast1d, "input with at least one axis.")
TAEDA_AT_LEAST(atleast_2d, Atleast2d, "input with at least two axes; a vector becomes a row.")
TAEDA_AT_LEAST(atleast_3d, Atleast3d, "input with at least three axes.")
#undef TAEDA_AT_LEAST

struct OneHot {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "Classes (*) of int64 as rows of 0 and 1: (*, num_classes); -1: one more than the "
          "largest class.",
      .differentiable = false,
      .scope = in_functional};
  struct Attrs {
    int64_t num_classes = -1;
    TAEDA_FIELDS(num_classes)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(one_hot, OneHot)

}  // namespace taeda::ops

namespace taeda {
TAEDA_API Tensor tril_indices(int64_t row, int64_t col, int64_t offset = 0, TensorOptions o = {});
TAEDA_API Tensor triu_indices(int64_t row, int64_t col, int64_t offset = 0, TensorOptions o = {});
}  // namespace taeda

#pragma GCC visibility pop
#undef TAEDA_FAMILY
