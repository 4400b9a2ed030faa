// Running sums, products and extremes along an axis.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/views.h"

#define TAEDA_FAMILY Scans
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Scans;

struct ScanAttrs {
  int64_t dim = 0;
  std::optional<DType> dtype = {};
  TAEDA_FIELDS(dim, dtype)
};

struct Cumsum {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "out[i] = input[0] + .. + input[i] along dim. Bools and integers are "
          "summed in int64.",
      .types = Types::own,
      .inplace = true,
      .required = 1,
      .keyword_only = 1};
  using Attrs = ScanAttrs;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Type<0> t, const Attrs& a);
};
TAEDA_OP(cumsum, Cumsum)

struct Cumprod {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "out[i] = input[0] * .. * input[i] along dim. Bools and integers are "
          "multiplied in int64.",
      .types = Types::own,
      .inplace = true,
      .required = 1,
      .keyword_only = 1};
  using Attrs = ScanAttrs;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, In<0> x, Out<0> y, Type<0> t, const Attrs& a);
};
TAEDA_OP(cumprod, Cumprod)

struct Logcumsumexp {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The logarithm of cumsum(exp(input)), without overflow.",
                           .types = Types::own,
                           .required = 1};
  using Attrs = Dim;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, In<0> x, Out<0> y, const Attrs& a);
};
TAEDA_OP(logcumsumexp, Logcumsumexp)

#define TAEDA_RUNNING(word, Op, largest)                                                    \
  struct Op {                                                                               \
    static constexpr Def def{.inputs = {"input"},                                           \
                             .doc = "The " largest                                          \
                                    " element so far along dim and its index; the last of " \
                                    "equal ones.",                                          \
                             .types = Types::own,                                           \
                             .required = 1};                                                \
    using Attrs = Dim;                                                                      \
    using Result = ValuesIndices;                                                           \
    static std::array<Meta, 2> infer(Args in, const Attrs& a);                              \
    static void cpu(Args in, Outs out, const Attrs& a);                                     \
    static Tensor backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a);              \
  };                                                                                        \
  TAEDA_OP(word, Op)
TAEDA_RUNNING(cummax, Cummax, "largest")
TAEDA_RUNNING(cummin, Cummin, "smallest")
#undef TAEDA_RUNNING

struct Diff {
  static constexpr Def def{
      .inputs = {"input", "prepend?", "append?"},
      .doc = "The differences of neighbours along dim, n times; between prepend and append.",
      .early = 2};
  struct Attrs {
    int64_t n = 1, dim = -1;
    TAEDA_FIELDS(n, dim)
  };
  static Tensor forward(const Tensor& x, const Tensor& prepend, const Tensor& append,
                        const Attrs& a);
};
TAEDA_OP(diff, Diff)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
