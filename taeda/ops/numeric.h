// Numeric functions that are composed of other ops: powers, products of vectors, integrals,
// moments, counts.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/extreme.h"

#define TAEDA_FAMILY Numeric
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Numeric;

struct FloatPower {
  static constexpr Def def{.inputs = {"input#", "exponent#"},
                           .doc = "input ** exponent in float64, or complex128.",
                           .types = Types::own,
                           .inplace = true};
  static Tensor forward(const Tensor& x, const Tensor& n);
};
TAEDA_OP(float_power, FloatPower)

struct Ldexp {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "input * 2 ** other.",
                           .types = Types::own,
                           .inplace = true,
                           .backward_name = "LdexpBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& n);
};
TAEDA_OP(ldexp, Ldexp)

struct Logaddexp2 {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "log2(2 ** input + 2 ** other), without overflow.",
                           .types = Types::own,
                           .backward_name = "Logaddexp2Backward0"};
  static Tensor forward(const Tensor& x, const Tensor& y);
};
TAEDA_OP(logaddexp2, Logaddexp2)

struct Frexp {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "mantissa in (-1, -0.5], 0 or [0.5, 1) and exponent with input = "
                               "mantissa * 2 ** exponent.",
                           .types = Types::own};
  struct Result {
    Tensor mantissa, exponent;
    TAEDA_FIELDS(mantissa, exponent)
  };
  static std::array<Meta, 2> infer(Args in);
  static void cpu(Args in, Outs out, const NoFields& a);
  static Tensor backward(Grads g, Out<1> exponent);
};
TAEDA_OP(frexp, Frexp)

struct Cross {
  static constexpr Def def{
      .inputs = {"input", "other"},
      .doc = "The cross products of vectors of 3 along dim; without dim the first axis of size 3.",
      .types = Types::own,
      .backward_name = "LinalgCrossBackward0"};
  struct Attrs {
    std::optional<int64_t> dim;
    TAEDA_FIELDS(dim)
  };
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(cross, Cross)

struct Kron {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "The Kronecker product.",
                           .types = Types::own,
                           .backward_name = "UnsafeViewBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& y);
};
TAEDA_OP(kron, Kron)

struct Dist {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "The norm of order p of input - other.",
                           .types = Types::own,
                           .backward_name = "DistBackward0"};
  struct Attrs {
    double p = 2;
    TAEDA_FIELDS(p)
  };
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(dist, Dist)

struct Cdist {
  static constexpr Def def{.inputs = {"x1", "x2"},
                           .doc =
                               "The norms of order p of the differences of all rows of x1 (.., n, "
                               "k) and of x2 (.., m, k).",
                           .types = Types::own,
                           .scope = in_torch,
                           .backward_name = "CdistBackward0"};
  struct Attrs {
    double p = 2;
    std::string compute_mode = "use_mm_for_euclid_dist_if_necessary";  // accepted
    TAEDA_FIELDS(p, compute_mode)
  };
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(cdist, Cdist)

// ---- integrals ----

struct Spacing {
  double dx = 1;
  int64_t dim = -1;
  TAEDA_FIELDS(dx, dim)
};
struct AxisOnly {
  int64_t dim = -1;
  TAEDA_FIELDS(dim)
};
#define TAEDA_INTEGRAL(word, Op, At, text)                                   \
  struct Op##At {                                                            \
    static constexpr Def def{.inputs = {"y", "x"},                           \
                             .doc = text,                                    \
                             .types = Types::own,                            \
                             .keyword_only = 1,                              \
                             .scope = in_torch};                             \
    using Attrs = AxisOnly;                                                  \
    static Tensor forward(const Tensor& y, const Tensor& x, const Attrs& a); \
  };                                                                         \
  TAEDA_OP(word, Op##At)
#define TAEDA_EVENLY(word, Op, text)                                                              \
  struct Op {                                                                                     \
    static constexpr Def def{                                                                     \
        .inputs = {"y"}, .doc = text, .types = Types::own, .keyword_only = 2, .scope = in_torch}; \
    using Attrs = Spacing;                                                                        \
    static Tensor forward(const Tensor& y, const Attrs& a);                                       \
  };                                                                                              \
  TAEDA_OP(word, Op)
TAEDA_INTEGRAL(trapezoid, Trapezoid, At,
               "The integral of y along dim by the trapezoidal rule, at x.")
TAEDA_EVENLY(trapezoid, Trapezoid, "The integral of y along dim by the trapezoidal rule, dx apart.")
TAEDA_INTEGRAL(cumulative_trapezoid, CumulativeTrapezoid, At,
               "The integrals of y along dim up to each point, by the trapezoidal rule, at x.")
TAEDA_EVENLY(cumulative_trapezoid, CumulativeTrapezoid,
             "The integrals of y along dim up to each point, by the trapezoidal rule, dx apart.")
#undef TAEDA_INTEGRAL
#undef TAEDA_EVENLY

// ---- counting and sorting ----

struct Mode {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "The most frequent element along dim, the smallest of equally "
                               "frequent ones, and where it is last.",
                           .types = Types::own};
  struct Attrs {
    int64_t dim = -1;
    bool keepdim = false;
    TAEDA_FIELDS(dim, keepdim)
  };
  using Result = ValuesIndices;
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a);
};
TAEDA_OP(mode, Mode)

struct Msort {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "input sorted along axis 0.", .types = Types::own};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(msort, Msort)

struct Isin {
  static constexpr Def def{.inputs = {"elements#", "test_elements#"},
                           .doc = "Whether each of elements is among test_elements.",
                           .types = Types::own,
                           .differentiable = false,
                           .keyword_only = 2,
                           .scope = in_torch};
  struct Attrs {
    bool assume_unique = false, invert = false;
    TAEDA_FIELDS(assume_unique, invert)
  };
  static Tensor forward(const Tensor& x, const Tensor& among, const Attrs& a);
};
TAEDA_OP(isin, Isin)

struct Histc {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "How many elements lie in each of bins equal intervals from min to "
                               "max; from the smallest to the largest element if those are equal.",
                           .types = Types::own,
                           .differentiable = false};
  struct Attrs {
    int64_t bins = 100;
    double min = 0, max = 0;
    TAEDA_FIELDS(bins, min, max)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(histc, Histc)

// ---- moments ----

struct Cov {
  static constexpr Def def{
      .inputs = {"input", "fweights?!", "aweights?!"},
      .doc =
          "The covariance matrix of variables in rows; columns may have integer frequencies and "
          "real weights.",
      .types = Types::own,
      .keyword_only = 3,
      .early = 1};
  struct Attrs {
    int64_t correction = 1;
    TAEDA_FIELDS(correction)
  };
  static Tensor forward(const Tensor& x, const Tensor& frequencies, const Tensor& weights,
                        const Attrs& a);
};
TAEDA_OP(cov, Cov)

struct Corrcoef {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The correlation coefficients of variables in rows.",
                           .types = Types::own};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(corrcoef, Corrcoef)

struct Vander {
  static constexpr Def def{
      .inputs = {"x"},
      .doc = "The matrix of powers x[i] ** (N - 1 - j), or x[i] ** j if increasing.",
      .types = Types::own,
      .scope = in_torch};
  struct Attrs {
    std::optional<int64_t> N;
    bool increasing = false;
    TAEDA_FIELDS(N, increasing)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(vander, Vander)

struct Combinations {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "All choices of r elements of a vector, as rows.",
                           .types = Types::own,
                           .backward_name = "StackBackward0"};
  struct Attrs {
    int64_t r = 2;
    bool with_replacement = false;
    TAEDA_FIELDS(r, with_replacement)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(combinations, Combinations)

// ---- a part of a copy replaced ----

struct SelectScatter {
  static constexpr Def def{.inputs = {"input", "src"},
                           .doc = "A copy of input whose slice at index along dim is src.",
                           .types = Types::own,
                           .required = 2,
                           .backward_name = "SelectScatterBackward0"};
  struct Attrs {
    int64_t dim = 0, index = 0;
    TAEDA_FIELDS(dim, index)
  };
  static Tensor forward(const Tensor& x, const Tensor& src, const Attrs& a);
};
TAEDA_OP(select_scatter, SelectScatter)

struct SliceScatter {
  static constexpr Def def{.inputs = {"input", "src"},
                           .doc = "A copy of input whose part start:end:step along dim is src.",
                           .types = Types::own,
                           .backward_name = "SliceScatterBackward0"};
  struct Attrs {
    int64_t dim = 0;
    std::optional<int64_t> start, end;
    int64_t step = 1;
    TAEDA_FIELDS(dim, start, end, step)
  };
  static Tensor forward(const Tensor& x, const Tensor& src, const Attrs& a);
};
TAEDA_OP(slice_scatter, SliceScatter)

struct DiagonalScatter {
  static constexpr Def def{.inputs = {"input", "src"},
                           .doc = "A copy of input whose diagonal is src.",
                           .types = Types::own,
                           .backward_name = "DiagonalScatterBackward0"};
  struct Attrs {
    int64_t offset = 0, dim1 = 0, dim2 = 1;
    TAEDA_FIELDS(offset, dim1, dim2)
  };
  static Tensor forward(const Tensor& x, const Tensor& src, const Attrs& a);
};
TAEDA_OP(diagonal_scatter, DiagonalScatter)

struct AsStridedScatter {
  static constexpr Def def{.inputs = {"input", "src"},
                           .doc = "A copy of input whose as_strided view is src.",
                           .types = Types::own,
                           .required = 2,
                           .backward_name = "AsStridedScatterBackward0"};
  struct Attrs {
    Dims size, stride;
    std::optional<int64_t> storage_offset;
    TAEDA_FIELDS(size, stride, storage_offset)
  };
  static Tensor forward(const Tensor& x, const Tensor& src, const Attrs& a);
};
TAEDA_OP(as_strided_scatter, AsStridedScatter)

struct FillDiagonal {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The main diagonal becomes fill_value; repeated below it if wrap.",
      .types = Types::own,
      .inplace_only = true,
      .required = 1,
      .scope = in_tensor};
  struct Attrs {
    Scalar fill_value;
    bool wrap = false;
    TAEDA_FIELDS(fill_value, wrap)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
  static void inplace(Args in, const Attrs& a);
};
TAEDA_OP(fill_diagonal, FillDiagonal)

struct Put {
  static constexpr Def def{.inputs = {"input", "index!", "source"},
                           .doc =
                               "input with the elements that index names in its flattened form "
                               "replaced by source's, or increased by them with accumulate.",
                           .types = Types::own,
                           .inplace = true,
                           .backward_name = "PutBackward0"};
  struct Attrs {
    bool accumulate = false;
    TAEDA_FIELDS(accumulate)
  };
  static Tensor forward(const Tensor& x, const Tensor& index, const Tensor& source, const Attrs& a);
};
TAEDA_OP(put, Put)

struct IndexReduceWords {
  static constexpr std::string_view words[] = {"unset", "prod", "mean", "amax", "amin"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct IndexReduce {
  static constexpr Def def{
      .inputs = {"input", "index!", "source"},
      .doc =
          "The slices of source that index sends to one slice of input along dim, reduced; with "
          "that of input unless include_self is false.",
      .types = Types::own,
      .inplace = true,
      .required = 2,
      .keyword_only = 1,
      .early = 1};
  struct Attrs {
    int64_t dim = 0;
    Choice<IndexReduceWords> reduce;
    bool include_self = true;
    TAEDA_FIELDS(dim, reduce, include_self)
  };
  static Tensor forward(const Tensor& x, const Tensor& index, const Tensor& source, const Attrs& a);
};
TAEDA_OP(index_reduce, IndexReduce)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
