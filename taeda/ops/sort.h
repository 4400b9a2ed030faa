// Orders: sorting, the largest, medians, sets. NaN is greater than any number.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/views.h"

#define TAEDA_FAMILY Sorting
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Sorting;

struct Sort {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "The elements in ascending order along dim, and where each was; "
                               "equal ones keep their order.",
                           .types = Types::own,
                           .keyword_only = 1};
  struct Attrs {
    int64_t dim = -1;
    bool descending = false, stable = false;
    TAEDA_FIELDS(dim, descending, stable)
  };
  using Result = ValuesIndices;
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a);
};
TAEDA_OP(sort, Sort)

struct Argsort {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The indices that sort input along dim.",
                           .types = Types::own,
                           .differentiable = false,
                           .keyword_only = 1};
  using Attrs = Sort::Attrs;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(argsort, Argsort)

struct Topk {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "The k largest (or smallest) elements along dim, sorted, and their "
                               "indices.",
                           .types = Types::own,
                           .required = 1};
  struct Attrs {
    int64_t k = 1, dim = -1;
    bool largest = true, sorted = true;
    TAEDA_FIELDS(k, dim, largest, sorted)
  };
  using Result = ValuesIndices;
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a);
};
TAEDA_OP(topk, Topk)

struct Kthvalue {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The k-th smallest element along dim, counted from 1.",
                           .types = Types::own,
                           .required = 1};
  struct Attrs {
    int64_t k = 1, dim = -1;
    bool keepdim = false;
    TAEDA_FIELDS(k, dim, keepdim)
  };
  using Result = ValuesIndices;
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a);
};
TAEDA_OP(kthvalue, Kthvalue)

#define TAEDA_MEDIAN(word, Op, text)                                                 \
  struct Op {                                                                        \
    static constexpr Def def{.inputs = {"input"}, .doc = text, .types = Types::own}; \
    static Meta infer(Args in);                                                      \
    static void cpu(Args in, Outs out, const NoFields& a);                           \
    static Tensor backward(Grad g, In<0> x, Out<0> y);                               \
  };                                                                                 \
  TAEDA_OP(word, Op)
TAEDA_MEDIAN(median, Median, "The lower median of all elements; NaN if there is one.")
TAEDA_MEDIAN(nanmedian, Nanmedian, "The lower median of what is not NaN.")
#undef TAEDA_MEDIAN
#define TAEDA_MEDIAN(word, Op, text)                                           \
  struct Op {                                                                  \
    static constexpr Def def{                                                  \
        .inputs = {"input"}, .doc = text, .types = Types::own, .required = 1}; \
    using Attrs = KeptDim;                                                     \
    using Result = ValuesIndices;                                              \
    static std::array<Meta, 2> infer(Args in, const Attrs& a);                 \
    static void cpu(Args in, Outs out, const Attrs& a);                        \
    static Tensor backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a); \
    static int overload(const Attrs&) { return 1; }                            \
  };                                                                           \
  TAEDA_OP(word, Op)
TAEDA_MEDIAN(median, MedianDim, "The lower median along dim, and where it lies.")
TAEDA_MEDIAN(nanmedian, NanmedianDim, "The lower median of what is not NaN along dim.")
#undef TAEDA_MEDIAN

// ---- sets ----

struct Distinct {
  Tensor output, inverse_indices, counts;
  TAEDA_FIELDS(output, inverse_indices, counts)
};
struct Unique {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "The distinct elements in ascending order, or the distinct slices along dim; with "
          "return_inverse where each element went, with return_counts how many there were (else "
          "these two are empty).",
      .types = Types::own,
      .differentiable = false};
  struct Attrs {
    bool sorted = true, return_inverse = false, return_counts = false;
    std::optional<int64_t> dim = {};
    TAEDA_FIELDS(sorted, return_inverse, return_counts, dim)
  };
  using Result = Distinct;
  static Result forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(unique, Unique)

struct UniqueConsecutive {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "unique, where only equal elements that follow each other become one.",
      .types = Types::own,
      .differentiable = false};
  struct Attrs {
    bool return_inverse = false, return_counts = false;
    std::optional<int64_t> dim = {};
    TAEDA_FIELDS(return_inverse, return_counts, dim)
  };
  using Result = Distinct;
  static Result forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(unique_consecutive, UniqueConsecutive)

struct Bincount {
  static constexpr Def def{.inputs = {"input", "weights?"},
                           .doc =
                               "How often each number 0, 1, .. occurs in the vector input, or the "
                               "sums of its weights.",
                           .types = Types::own,
                           .differentiable = false};
  struct Attrs {
    int64_t minlength = 0;
    TAEDA_FIELDS(minlength)
  };
  static Tensor forward(const Tensor& x, const Tensor& weights, const Attrs& a);
};
TAEDA_OP(bincount, Bincount)

struct Side {
  static constexpr std::string_view words[] = {"unset", "left", "right"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct Searchsorted {
  static constexpr Def def{
      .inputs = {"sorted_sequence", "input#", "sorter?!"},
      .doc =
          "For each value of input the place in sorted_sequence (last axis) where it would be "
          "inserted: the first not below it, or with right the first above it.",
      .types = Types::own,
      .differentiable = false,
      .keyword_only = 3,
      .scope = in_torch};
  struct Attrs {
    bool out_int32 = false, right = false;
    Choice<Side> side = {};
    TAEDA_FIELDS(out_int32, right, side)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(searchsorted, Searchsorted)

struct Bucketize {
  static constexpr Def def{.inputs = {"input#", "boundaries"},
                           .doc = "searchsorted(boundaries, input) for a vector of boundaries.",
                           .types = Types::own,
                           .differentiable = false,
                           .keyword_only = 2,
                           .scope = in_torch};
  struct Attrs {
    bool out_int32 = false, right = false;
    TAEDA_FIELDS(out_int32, right)
  };
  static Tensor forward(const Tensor& x, const Tensor& boundaries, const Attrs& a);
};
TAEDA_OP(bucketize, Bucketize)

// Rows of x[n, m] that are distinct, in ascending order or, with `consecutive`, as they follow each
// other: the number of a row of each kind, and for every row which kind it is.
struct DistinctRows {
  Tensor first, kind, count;
};
TAEDA_API DistinctRows distinct_rows(const Tensor& x, bool consecutive, bool kinds, bool counts);

// The least and the greatest of bool or integers of up to 64 bits with sign; 0 and -1 of none.
struct IntegerRange {
  int64_t low, high;
};
TAEDA_API IntegerRange integer_range(const Tensor& x);
// How often each of 0, ..., n - 1 is among the int64 of x, contiguous, which are below n.
TAEDA_API Tensor counts_of(const Tensor& x, int64_t n);
// How many of x, contiguous floats, fall into each of `bins` equal parts of [low, high], in x's
// dtype.
TAEDA_API Tensor histogram_counts(const Tensor& x, int64_t bins, double low, double high);

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
