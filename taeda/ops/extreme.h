// The largest and smallest elements, and where they lie. NaN wins.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/reduce.h"

#define TAEDA_FAMILY Extreme
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Extreme;

struct KeptDim {  // one axis, reduced
  int64_t dim = 0;
  bool keepdim = false;
  TAEDA_FIELDS(dim, keepdim)
};
struct ValuesIndices {
  Tensor values, indices;
  TAEDA_FIELDS(values, indices)
};
struct DimsKept {  // the axes in dim, or all of them
  Dims dim = {};
  bool keepdim = false;
  TAEDA_FIELDS(dim, keepdim)
};

#define TAEDA_EXTREME(word, Op, largest_or_smallest)                                  \
  struct Op {                                                                         \
    static constexpr Def def{                                                         \
        .inputs = {"input"},                                                          \
        .doc = "The " largest_or_smallest " element. Equal ones share the gradient.", \
        .types = Types::own,                                                          \
        .backward_name = #Op "Backward1"};                                            \
    static Meta infer(Args in);                                                       \
    static void cpu(Args in, Outs out, const NoFields& a);                            \
    static Tensor backward(Grad g, In<0> x, Out<0> y);                                \
  };                                                                                  \
  TAEDA_OP(word, Op)
TAEDA_EXTREME(max, Max, "largest")
TAEDA_EXTREME(min, Min, "smallest")
#undef TAEDA_EXTREME

// Before the forms with dim: Python would take an integer tensor as an axis.
struct MaxOther {
  static constexpr Def def{.inputs = {"input", "other"}, .doc = "maximum(input, other)."};
  static Tensor forward(const Tensor& x, const Tensor& y);
};
TAEDA_OP(max, MaxOther)
struct MinOther {
  static constexpr Def def{.inputs = {"input", "other"}, .doc = "minimum(input, other)."};
  static Tensor forward(const Tensor& x, const Tensor& y);
};
TAEDA_OP(min, MinOther)

#define TAEDA_EXTREME(word, Op, largest_or_smallest)                                           \
  struct Op##Dim {                                                                             \
    static constexpr Def def{.inputs = {"input"},                                              \
                             .doc = "The " largest_or_smallest                                 \
                                    " elements along dim and their indices, int64; the first " \
                                    "of equal ones.",                                          \
                             .types = Types::own,                                              \
                             .required = 1,                                                    \
                             .backward_name = #Op "Backward0"};                                \
    using Attrs = KeptDim;                                                                     \
    using Result = ValuesIndices;                                                              \
    static std::array<Meta, 2> infer(Args in, const Attrs& a);                                 \
    static void cpu(Args in, Outs out, const Attrs& a);                                        \
    static Tensor backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a);                 \
  };                                                                                           \
  TAEDA_OP(word, Op##Dim)
TAEDA_EXTREME(max, Max, "largest")
TAEDA_EXTREME(min, Min, "smallest")
#undef TAEDA_EXTREME

#define TAEDA_EXTREME(word, Op, largest_or_smallest)                                          \
  struct Op {                                                                                 \
    static constexpr Def def{.inputs = {"input"},                                             \
                             .doc = "The " largest_or_smallest                                \
                                    " element over the axes in dim, or over all. Equal ones " \
                                    "share the gradient.",                                    \
                             .types = Types::own};                                            \
    using Attrs = DimsKept;                                                                   \
    static Meta infer(Args in, const Attrs& a);                                               \
    static void cpu(Args in, Outs out, const Attrs& a);                                       \
    static Tensor backward(Grad g, In<0> x, Out<0> y, const Attrs& a);                        \
  };                                                                                          \
  TAEDA_OP(word, Op)
TAEDA_EXTREME(amax, Amax, "largest")
TAEDA_EXTREME(amin, Amin, "smallest")
#undef TAEDA_EXTREME

#define TAEDA_EXTREME(word, Op, largest_or_smallest)                                 \
  struct Op {                                                                        \
    static constexpr Def def{.inputs = {"input"},                                    \
                             .doc = "The index of the first " largest_or_smallest    \
                                    " element along dim, or among all in row-major " \
                                    "order; int64.",                                 \
                             .types = Types::own,                                    \
                             .differentiable = false};                               \
    struct Attrs {                                                                   \
      std::optional<int64_t> dim = {};                                               \
      bool keepdim = false;                                                          \
      TAEDA_FIELDS(dim, keepdim)                                                     \
    };                                                                               \
    static Meta infer(Args in, const Attrs& a);                                      \
    static void cpu(Args in, Outs out, const Attrs& a);                              \
  };                                                                                 \
  TAEDA_OP(word, Op)
TAEDA_EXTREME(argmax, Argmax, "largest")
TAEDA_EXTREME(argmin, Argmin, "smallest")
#undef TAEDA_EXTREME

struct Aminmax {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The smallest and largest elements along dim, or of all.",
                           .types = Types::own,
                           .keyword_only = 2,
                           .backward_name = "AminmaxBackward0"};
  struct Attrs {
    std::optional<int64_t> dim = {};
    bool keepdim = false;
    TAEDA_FIELDS(dim, keepdim)
  };
  struct Result {
    Tensor min, max;
    TAEDA_FIELDS(min, max)
  };
  static Result forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(aminmax, Aminmax)

// The gradient of picking along dim: g where index says, zeros elsewhere.
TAEDA_API Tensor picked_backward(const Tensor& g, const Tensor& index, const Dims& sizes,
                                 int64_t dim, bool keepdim);
TAEDA_API Dims reduced_dim(const Dims& sizes, int64_t dim, bool keepdim);

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
