// Variances, products, norms and truth over axes.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/reduce.h"

#define TAEDA_FAMILY Statistics
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Statistics;

// ---- variance ----

struct Correction {
  OptionalDims dim = {};
  std::optional<double> correction = {};  // Bessel's: 1
  bool keepdim = false;
  TAEDA_FIELDS(dim, correction, keepdim)
};
struct Unbiased {  // the older form: correction 1 or 0
  OptionalDims dim = {};
  bool unbiased = true, keepdim = false;
  TAEDA_FIELDS(dim, unbiased, keepdim)
  Correction now() const { return {dim, unbiased ? 1.0 : 0.0, keepdim}; }
};
struct UnbiasedAll {
  bool unbiased = true;
  TAEDA_FIELDS(unbiased)
  Correction now() const { return {std::nullopt, unbiased ? 1.0 : 0.0, false}; }
};

#define TAEDA_SPREAD(word, Op, text)                                               \
  struct Op {                                                                      \
    static constexpr Def def{                                                      \
        .inputs = {"input"}, .doc = text, .types = Types::own, .keyword_only = 2}; \
    using Attrs = Correction;                                                      \
    static Meta infer(Args in, const Attrs& a);                                    \
    static void cpu(Args in, Outs out, const Attrs& a);                            \
    static Tensor backward(Grad g, In<0> x, Out<0> y, const Attrs& a);             \
  };                                                                               \
  TAEDA_OP(word, Op)
TAEDA_SPREAD(var, Var,
             "The variance over the axes in dim, or over all: the sum of squared distances from "
             "the mean over n - correction.")
TAEDA_SPREAD(std, Std, "The square root of var.")
#undef TAEDA_SPREAD

#define TAEDA_SPREAD(word, Op, first, text)                             \
  struct Op {                                                           \
    static constexpr Def def{.inputs = {"input"},                       \
                             .doc = text,                               \
                             .types = Types::own,                       \
                             .keyword_only = 2,                         \
                             .scope = in_torch};                        \
    using Attrs = Correction;                                           \
    struct Result {                                                     \
      Tensor first, mean;                                               \
      TAEDA_FIELDS(first, mean)                                         \
    };                                                                  \
    static std::array<Meta, 2> infer(Args in, const Attrs& a);          \
    static void cpu(Args in, Outs out, const Attrs& a);                 \
    static Tensor backward(Grads g, In<0> x, Out<0> y, const Attrs& a); \
  };                                                                    \
  TAEDA_OP(word, Op)
TAEDA_SPREAD(var_mean, VarMean, var, "The variance and the mean over the axes in dim, or over all.")
TAEDA_SPREAD(std_mean, StdMean, std,
             "The standard deviation and the mean over the axes in dim, or over all.")
#undef TAEDA_SPREAD

#define TAEDA_OLDER(word, Op, where)                                                          \
  struct Op##All {                                                                            \
    static constexpr Def def{.inputs = {"input"},                                             \
                             .doc = "The older form of " #word ": unbiased is correction 1.", \
                             .types = Types::own,                                             \
                             .required = 1,                                                   \
                             .scope = where};                                                 \
    using Attrs = UnbiasedAll;                                                                \
    using Result = ResultOf<Op>;                                                              \
    static constexpr bool named_only = true;                                                  \
    static Result forward(const Tensor& x, const Attrs& a);                                   \
  };                                                                                          \
  TAEDA_OP(word, Op##All)
TAEDA_OLDER(var, Var, everywhere)
TAEDA_OLDER(std, Std, everywhere)
TAEDA_OLDER(var_mean, VarMean, in_torch)
TAEDA_OLDER(std_mean, StdMean, in_torch)
#undef TAEDA_OLDER

#define TAEDA_OLDER(word, Op, where)                                                          \
  struct Op##Dims {                                                                           \
    static constexpr Def def{.inputs = {"input"},                                             \
                             .doc = "The older form of " #word ": unbiased is correction 1.", \
                             .types = Types::own,                                             \
                             .required = 1,                                                   \
                             .scope = where};                                                 \
    using Attrs = Unbiased;                                                                   \
    using Result = ResultOf<Op>;                                                              \
    static constexpr bool named_only = true;                                                  \
    static Result forward(const Tensor& x, const Attrs& a);                                   \
  };                                                                                          \
  TAEDA_OP(word, Op##Dims)
TAEDA_OLDER(var, Var, everywhere)
TAEDA_OLDER(std, Std, everywhere)
TAEDA_OLDER(var_mean, VarMean, in_torch)
TAEDA_OLDER(std_mean, StdMean, in_torch)
#undef TAEDA_OLDER

// ---- products ----

struct Prod {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "The product along dim, or of all elements. Bools and integers are "
                               "multiplied in int64.",
                           .types = Types::own,
                           .keyword_only = 1};
  struct Attrs {
    std::optional<int64_t> dim = {};
    bool keepdim = false;
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(dim, keepdim, dtype)
  };
  static int overload(const Attrs& a) { return a.dim ? 1 : 0; }
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, In<0> x, Out<0> y, Type<0> t, const Attrs& a);
};
TAEDA_OP(prod, Prod)

// ---- truth ----

#define TAEDA_TRUTH(word, Op, text)                                                      \
  struct Op {                                                                            \
    static constexpr Def def{                                                            \
        .inputs = {"input"}, .doc = text, .types = Types::own, .differentiable = false}; \
    static Meta infer(Args in);                                                          \
    static void cpu(Args in, Outs out, const NoFields& a);                               \
  };                                                                                     \
  TAEDA_OP(word, Op)
TAEDA_TRUTH(all, All, "Whether no element is zero; uint8 for uint8, else bool.")
TAEDA_TRUTH(any, Any, "Whether an element is not zero; uint8 for uint8, else bool.")
#undef TAEDA_TRUTH
#define TAEDA_TRUTH(word, Op, text)                     \
  struct Op {                                           \
    static constexpr Def def{.inputs = {"input"},       \
                             .doc = text,               \
                             .types = Types::own,       \
                             .differentiable = false,   \
                             .required = 1};            \
    struct Attrs {                                      \
      OptionalDims dim = {};                            \
      bool keepdim = false;                             \
      TAEDA_FIELDS(dim, keepdim)                        \
    };                                                  \
    static Meta infer(Args in, const Attrs& a);         \
    static void cpu(Args in, Outs out, const Attrs& a); \
  };                                                    \
  TAEDA_OP(word, Op)
TAEDA_TRUTH(all, AllDim, "Whether no element is zero, over the axes in dim.")
TAEDA_TRUTH(any, AnyDim, "Whether an element is not zero, over the axes in dim.")
#undef TAEDA_TRUTH

struct CountNonzero {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "How many elements are not zero, over the axes in dim; int64.",
                           .types = Types::own,
                           .differentiable = false};
  struct Attrs {
    OptionalDims dim = {};
    TAEDA_FIELDS(dim)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(count_nonzero, CountNonzero)

// ---- norms ----

struct VectorNorm {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "sum(|input| ** ord) ** (1 / ord) over the axes in dim, or over all; inf and -inf give "
          "the largest and smallest |input|, 0 the number of elements that are not zero.",
      .types = Types::own,
      .scope = 0,
      .backward_name = "LinalgVectorNormBackward0"};
  struct Attrs {
    double ord = 2;
    OptionalDims dim = {};
    bool keepdim = false;
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(ord, dim, keepdim, dtype)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, In<0> x, Out<0> y, Type<0> t, const Attrs& a);
};
TAEDA_OP(vector_norm, VectorNorm)

struct Norm {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The vector norm of order p over the axes in dim, or over all.",
                           .types = Types::own};
  struct Attrs {
    std::optional<double> p = 2.0;
    OptionalDims dim = {};
    bool keepdim = false;
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(p, dim, keepdim, dtype)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(norm, Norm)

struct NormWord {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The Frobenius norm, p='fro', over the axes in dim, or over all.",
                           .types = Types::own,
                           .required = 1};
  struct Attrs {
    std::string p = "fro";
    OptionalDims dim = {};
    bool keepdim = false;
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(p, dim, keepdim, dtype)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(norm, NormWord)

struct Renorm {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "input with every slice along dim scaled so that its norm of order "
                               "p does not exceed maxnorm.",
                           .types = Types::own,
                           .inplace = true,
                           .required = 3,
                           .backward_name = "RenormBackward0"};
  struct Attrs {
    double p = 2;
    int64_t dim = 0;
    double maxnorm = 1;
    TAEDA_FIELDS(p, dim, maxnorm)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(renorm, Renorm)

// ---- without NaN ----

struct Nansum {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The sum of what is not NaN.",
                           .types = Types::own,
                           .keyword_only = 1,
                           .backward_name = "NansumBackward0"};
  using Attrs = SumAttrs;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(nansum, Nansum)

struct Nanmean {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The mean of what is not NaN.",
                           .types = Types::own,
                           .keyword_only = 1};
  using Attrs = SumAttrs;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(nanmean, Nanmean)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
