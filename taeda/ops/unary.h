// Pointwise functions of one tensor: forward functors. Their gradients are in unary.cpp.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/functor.h"

#define TAEDA_FAMILY Unary
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Unary;

// A function of floats and complex numbers whose gradient needs its input.
#define TAEDA_FUNCTION(Op, word, mask, text, expression, kept)                        \
  struct Op {                                                                         \
    static constexpr Def def{                                                         \
        .inputs = {"input"}, .doc = text, .types = Types::floating, .accepts = mask}; \
    template <class V> TAEDA_HD static V apply(V x) { return expression; }            \
    static Tensor backward(Grad g, kept);                                             \
  };                                                                                  \
  TAEDA_OP(word, Op)
#define TAEDA_ANALYTIC (accepts_any)
#define TAEDA_REAL (accepts_real)

// clang-format off
TAEDA_FUNCTION(Exp, exp, TAEDA_ANALYTIC, "e to the power of input.", exp(x), Out<0> y)
TAEDA_FUNCTION(Exp2, exp2, TAEDA_ANALYTIC, "2 to the power of input.", exp2(x), Out<0> y)
TAEDA_FUNCTION(Expm1, expm1, TAEDA_ANALYTIC, "exp(input) - 1, exact near 0.", expm1(x), Out<0> y)
TAEDA_FUNCTION(Log, log, TAEDA_ANALYTIC, "The natural logarithm.", log(x), In<0> x)
TAEDA_FUNCTION(Log2, log2, TAEDA_ANALYTIC, "The logarithm to base 2.", log2(x), In<0> x)
TAEDA_FUNCTION(Log10, log10, TAEDA_ANALYTIC, "The logarithm to base 10.", log10(x), In<0> x)
TAEDA_FUNCTION(Log1p, log1p, TAEDA_ANALYTIC, "log(1 + input), exact near 0.", log1p(x), In<0> x)
TAEDA_FUNCTION(Sqrt, sqrt, TAEDA_ANALYTIC, "The square root.", sqrt(x), Out<0> y)
TAEDA_FUNCTION(Rsqrt, rsqrt, TAEDA_ANALYTIC, "1 / sqrt(input).", rsqrt(x), Out<0> y)
TAEDA_FUNCTION(Sin, sin, TAEDA_ANALYTIC, "The sine of input in radians.", sin(x), In<0> x)
TAEDA_FUNCTION(Cos, cos, TAEDA_ANALYTIC, "The cosine of input in radians.", cos(x), In<0> x)
TAEDA_FUNCTION(Tan, tan, TAEDA_ANALYTIC, "The tangent of input in radians.", tan(x), Out<0> y)
TAEDA_FUNCTION(Asin, asin, TAEDA_ANALYTIC, "The inverse sine, in radians.", asin(x), In<0> x)
TAEDA_FUNCTION(Acos, acos, TAEDA_ANALYTIC, "The inverse cosine, in radians.", acos(x), In<0> x)
TAEDA_FUNCTION(Atan, atan, TAEDA_ANALYTIC, "The inverse tangent, in radians.", atan(x), In<0> x)
TAEDA_FUNCTION(Sinh, sinh, TAEDA_ANALYTIC, "The hyperbolic sine.", sinh(x), In<0> x)
TAEDA_FUNCTION(Cosh, cosh, TAEDA_ANALYTIC, "The hyperbolic cosine.", cosh(x), In<0> x)
TAEDA_FUNCTION(Tanh, tanh, TAEDA_ANALYTIC, "The hyperbolic tangent.", tanh(x), Out<0> y)
TAEDA_FUNCTION(Asinh, asinh, TAEDA_ANALYTIC, "The inverse hyperbolic sine.", asinh(x), In<0> x)
TAEDA_FUNCTION(Acosh, acosh, TAEDA_ANALYTIC, "The inverse hyperbolic cosine.", acosh(x), In<0> x)
TAEDA_FUNCTION(Atanh, atanh, TAEDA_ANALYTIC, "The inverse hyperbolic tangent.", atanh(x), In<0> x)
TAEDA_FUNCTION(Erf, erf, TAEDA_REAL, "The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to input.", erf(x), In<0> x)
TAEDA_FUNCTION(Erfc, erfc, TAEDA_REAL, "1 - erf(input), exact for large input.", erfc(x), In<0> x)
TAEDA_FUNCTION(Sigmoid, sigmoid, TAEDA_ANALYTIC, "1 / (1 + exp(-input)).", sigmoid(x), Out<0> y)
TAEDA_FUNCTION(Reciprocal, reciprocal, TAEDA_ANALYTIC, "1 / input.", V(1) / x, Out<0> y)
TAEDA_FUNCTION(Deg2rad, deg2rad, TAEDA_REAL, "Degrees to radians.", x * V(0.017453292519943295), Type<0>)
TAEDA_FUNCTION(Rad2deg, rad2deg, TAEDA_REAL, "Radians to degrees.", x * V(57.29577951308232), Type<0>)
// clang-format on
#undef TAEDA_FUNCTION

struct Neg {
  static constexpr Def def{.inputs = {"input"}, .doc = "-input.", .accepts = accepts_numbers};
  static void check(Args in);  // a clear word on bools
  template <class V> TAEDA_HD static V apply(V x) { return V(-x); }
  static Tensor backward(Grad g);
};
TAEDA_OP(neg, Neg)

struct Positive {
  static constexpr Def def{.inputs = {"input"}, .doc = "input itself.", .scope = everywhere};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(positive, Positive)

struct Abs {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The absolute value; of a complex number its modulus, a real number.",
      .accepts = accepts_numbers,
      .kernel = "abs_cpu"};
  template <class V> TAEDA_HD static auto apply(V x) { return abs(x); }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(abs, Abs)

struct Angle {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The angle of a complex number, in (-pi, pi]; of a real one 0, or pi where negative.",
      .types = Types::floating,
      .no_inplace = true};
  template <class V> TAEDA_HD static auto apply(V x) {
    if constexpr (is_complex_v<V>) return std::arg(x);
    else return select(x < V(0), V(3.14159265358979323846), select(x != x, x, V(0)));
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(angle, Angle)

struct Sgn {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The sign: -1, 0 or 1; of a complex number input / |input|, or 0."};
  template <class V> TAEDA_HD static V apply(V x) {
    if constexpr (is_complex_v<V>) return x == V(0) ? x : V(x / abs(x));
    else if constexpr (std::is_same_v<V, bool>) return x;
    else if constexpr (std::is_unsigned_v<Element<V>>) return select(x > V(0), V(1), V(0));
    else return select(x > V(0), V(1), select(x < V(0), V(-1), V(0)));
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(sgn, Sgn)

struct Sign {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "-1, 0 or 1: the sign of input; 0 for NaN.",
                           .accepts = accepts_real};
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x) { return Sgn::apply(x); }
  static Tensor backward(Grad g);
};
TAEDA_OP(sign, Sign)

struct Square {
  static constexpr Def def{.inputs = {"input"}, .doc = "input * input.", .inplace = true};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(square, Square)

// Rounding. Integers stay as they are.
struct Floor {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The largest integer not above input.",
                           .accepts = accepts_ordered};
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x) {
    if constexpr (is_whole<V>) return x;
    else return floor(x);
  }
  static Tensor backward(Grad g);
};
TAEDA_OP(floor, Floor)

struct Ceil {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The smallest integer not below input.",
                           .accepts = accepts_ordered};
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x) {
    if constexpr (is_whole<V>) return x;
    else return ceil(x);
  }
  static Tensor backward(Grad g);
};
TAEDA_OP(ceil, Ceil)

struct Trunc {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "The integer part of input.", .accepts = accepts_ordered};
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x) {
    if constexpr (is_whole<V>) return x;
    else return trunc(x);
  }
  static Tensor backward(Grad g);
};
TAEDA_OP(trunc, Trunc)

struct Frac {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "input - trunc(input).", .accepts = accepts_floats};
  template <class V> TAEDA_HD static V apply(V x) { return x - trunc(x); }
  static Tensor backward(Grad g);
};
TAEDA_OP(frac, Frac)

struct Round {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "The nearest integer, halves to even; or the nearest multiple of "
                               "10 ** -decimals.",
                           .accepts = accepts_ordered,
                           .keyword_only = 1};
  struct Attrs {
    int64_t decimals = 0;
    TAEDA_FIELDS(decimals)
  };
  template <class V> TAEDA_HD static V apply(V x, const Attrs& a) {
    if constexpr (is_whole<V>) {
      return x;
    } else {
      if (a.decimals == 0) return round(x);
      double scale = 1;
      for (int64_t i = a.decimals < 0 ? -a.decimals : a.decimals; i > 0; i--) scale *= 10;
      if (a.decimals < 0) return round(x / V(scale)) * V(scale);
      return round(x * V(scale)) / V(scale);
    }
  }
  static Tensor backward(Grad g);
  static int overload(const Attrs& a) { return a.decimals ? 1 : 0; }
};
TAEDA_OP(round, Round)

#define TAEDA_TEST(Op, word, text, expression)                                          \
  struct Op {                                                                           \
    static constexpr Def def{                                                           \
        .inputs = {"input"}, .doc = text, .differentiable = false, .no_inplace = true}; \
    template <class V> TAEDA_HD static auto apply(V x) {                                \
      if constexpr (is_whole<V>) return x != x;                                         \
      else return expression;                                                           \
    }                                                                                   \
  };                                                                                    \
  TAEDA_OP(word, Op)
TAEDA_TEST(Isnan, isnan, "Whether an element is not a number.", isnan(x))
TAEDA_TEST(Isinf, isinf, "Whether an element is infinite.", isinf(x))
#undef TAEDA_TEST

struct Isfinite {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Whether an element is neither infinite nor NaN.",
                           .differentiable = false,
                           .no_inplace = true};
  template <class V> TAEDA_HD static auto apply(V x) {
    if constexpr (is_whole<V>) return x == x;
    else return isfinite(x);
  }
};
TAEDA_OP(isfinite, Isfinite)

struct Signbit {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Whether the sign bit is set, also of -0.",
                           .accepts = accepts_real,
                           .differentiable = false,
                           .no_inplace = true};
  template <class V> TAEDA_HD static auto apply(V x) {
    if constexpr (std::is_same_v<V, bool>) return false;
    else if constexpr (is_whole<V>) return x < V(0);
    else return copysign(V(1), x) < V(0);
  }
};
TAEDA_OP(signbit, Signbit)

struct LogicalNot {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "True where input is zero.", .differentiable = false};
  template <class V> TAEDA_HD static auto apply(V x) { return x == V(0); }
};
TAEDA_OP(logical_not, LogicalNot)

struct BitwiseNot {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Every bit inverted; of bools, not.",
                           .accepts = accepts_whole,
                           .kernel = "bitwise_not_cpu",
                           .differentiable = false};
  template <class V> TAEDA_HD static V apply(V x) {
    if constexpr (std::is_same_v<V, bool>) return !x;
    else return V(~x);
  }
};
TAEDA_OP(bitwise_not, BitwiseNot)

struct ConjPhysical {
  static constexpr Def def{.inputs = {"input"}, .doc = "The complex conjugate, computed at once."};
  static bool nothing_to_do(const Tensor& x) { return !is_complex(x.dtype()); }
  template <class V> TAEDA_HD static V apply(V x) {
    if constexpr (is_complex_v<V>) return V(x.real(), -x.imag());
    else return x;
  }
  static Tensor backward(Grad g);
};
TAEDA_OP(conj_physical, ConjPhysical)

struct Conj {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The complex conjugate; a real tensor is returned itself."};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(conj, Conj)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
