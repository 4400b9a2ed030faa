// Comparisons, logic, bits and choice. The few gradients are in compare.cpp.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/functor.h"

#define TAEDA_FAMILY Compare
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Compare;

#define TAEDA_COMPARISON(Op, word, sign, mask)                                   \
  struct Op {                                                                    \
    static constexpr Def def{.inputs = {"input", "other#"},                      \
                             .doc = "Whether input " #sign " other.",            \
                             .accepts = mask,                                    \
                             .kernel = #word "_cpu",                             \
                             .differentiable = false};                           \
    template <class V> TAEDA_HD static auto apply(V x, V y) { return x sign y; } \
  };                                                                             \
  TAEDA_OP(word, Op)
TAEDA_COMPARISON(Eq, eq, ==, accepts_any)
TAEDA_COMPARISON(Ne, ne, !=, accepts_any)
TAEDA_COMPARISON(Lt, lt, <, accepts_real)
TAEDA_COMPARISON(Le, le, <=, accepts_real)
TAEDA_COMPARISON(Gt, gt, >, accepts_real)
TAEDA_COMPARISON(Ge, ge, >=, accepts_real)
#undef TAEDA_COMPARISON

#define TAEDA_LOGICAL(Op, word, expression)                                       \
  struct Op {                                                                     \
    static constexpr Def def{.inputs = {"input", "other"},                        \
                             .doc = "The logical " #word " of what is not zero.", \
                             .differentiable = false};                            \
    template <class V> TAEDA_HD static auto apply(V x, V y) {                     \
      auto a = x != V(0), b = y != V(0);                                          \
      return decltype(a)(expression);                                             \
    }                                                                             \
  };                                                                              \
  TAEDA_OP(word, Op)
TAEDA_LOGICAL(LogicalAnd, logical_and, a& b)
TAEDA_LOGICAL(LogicalOr, logical_or, a | b)
TAEDA_LOGICAL(LogicalXor, logical_xor, (a | b) & !(a & b))
#undef TAEDA_LOGICAL

#define TAEDA_BITWISE(Op, word, sign)                                            \
  struct Op {                                                                    \
    static constexpr Def def{.inputs = {"input#", "other#"},                     \
                             .doc = "input " #sign " other, bit by bit.",        \
                             .accepts = accepts_whole,                           \
                             .kernel = #word "_cpu",                             \
                             .differentiable = false};                           \
    template <class V> TAEDA_HD static V apply(V x, V y) { return V(x sign y); } \
  };                                                                             \
  TAEDA_OP(word, Op)
TAEDA_BITWISE(BitwiseAnd, bitwise_and, &)
TAEDA_BITWISE(BitwiseOr, bitwise_or, |)
TAEDA_BITWISE(BitwiseXor, bitwise_xor, ^)
#undef TAEDA_BITWISE

struct BitwiseLeftShift {
  static constexpr Def def{.inputs = {"input#", "other#"},
                           .doc = "input * 2 ** other, in the integer type of input.",
                           .accepts = accepts_integers,
                           .kernel = "lshift_cpu",
                           .differentiable = false};
  template <class V> TAEDA_HD static V apply(V x, V y) {
    constexpr int bits = int(sizeof(V)) * 8;
    return y < V(0) || y >= V(bits) ? V(0) : V(uint64_t(x) << int(y));
  }
};
TAEDA_OP(bitwise_left_shift, BitwiseLeftShift)

struct BitwiseRightShift {
  static constexpr Def def{.inputs = {"input#", "other#"},
                           .doc = "input shifted right by other bits, the sign kept.",
                           .accepts = accepts_integers,
                           .kernel = "rshift_cpu",
                           .differentiable = false};
  template <class V> TAEDA_HD static V apply(V x, V y) {
    constexpr int bits = int(sizeof(V)) * 8;
    if (y < V(0) || y >= V(bits)) return x < V(0) ? V(-1) : V(0);
    return V(x >> int(y));
  }
};
TAEDA_OP(bitwise_right_shift, BitwiseRightShift)

struct Closeness {
  double rtol = 1e-5, atol = 1e-8;
  bool equal_nan = false;
  TAEDA_FIELDS(rtol, atol, equal_nan)
};
struct Isclose {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "Whether |input - other| <= atol + rtol * |other|."};
  using Attrs = Closeness;
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(isclose, Isclose)

struct Where {
  static constexpr Def def{.inputs = {"condition!", "input#", "other#"},
                           .doc = "input where condition holds, other elsewhere.",
                           .no_inplace = true};
  static void check(Args in);
  template <class M, class V> TAEDA_HD static V apply(M mask, V x, V y) {
    return select(mask, x, y);
  }
  static GradsOf<3> backward(Grad g, In<0> mask, Needs need);
};
TAEDA_OP(where, Where)

struct MaskedFill {
  static constexpr Def def{
      .inputs = {"input", "mask!", "value#"},
      .doc =
          "value where mask holds, input elsewhere. value is a number or a 0-dim "
          "tensor.",
      .inplace = true,
      .backward_name = "MaskedFillBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& mask, const Tensor& value);
  static const char* node_name(const Call& c, const NoFields&) {
    return c.in[2]->marks & TensorImpl::number ? nullptr : "MaskedFillBackward1";
  }
};
TAEDA_OP(masked_fill, MaskedFill)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
