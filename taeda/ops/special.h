// Special functions, item by item. Their formulas are in special_math.h, their gradients in
// special.cpp.
#pragma once
#include "taeda/base/half.h"
#include "taeda/op/op.h"
#include "taeda/ops/functor.h"
#include "taeda/ops/special_math.h"

#define TAEDA_FAMILY Special
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Special;

#define TAEDA_SPECIAL(Op, word, where, text, expression, kept)   \
  struct Op {                                                    \
    static constexpr Def def{.inputs = {"input"},                \
                             .doc = text,                        \
                             .types = Types::floating,           \
                             .accepts = accepts_real,            \
                             .no_inplace = !((where)&in_tensor), \
                             .scope = where};                    \
    static constexpr bool by_item = true;                        \
    template <class T> static T apply(T v) {                     \
      double x = double(v);                                      \
      return T(expression);                                      \
    }                                                            \
    static Tensor backward(Grad g, kept);                        \
  };                                                             \
  TAEDA_OP(word, Op)

// clang-format off
TAEDA_SPECIAL(Lgamma, lgamma, everywhere, "The logarithm of |gamma(input)|.", special::lgamma(x), In<0> x)
TAEDA_SPECIAL(Digamma, digamma, everywhere | in_special, "The derivative of lgamma.", special::digamma(x), In<0> x)
TAEDA_SPECIAL(Erfinv, erfinv, everywhere | in_special, "The inverse of erf, on (-1, 1).", special::erfinv(x), Out<0> y)
TAEDA_SPECIAL(I0, i0, everywhere | in_special, "The modified Bessel function of the first kind, order 0.", special::bessel_i(0, x), In<0> x)
TAEDA_SPECIAL(I0e, i0e, in_special, "exp(-|input|) i0(input).", special::scaled_i(0, x), In<0> x)
TAEDA_SPECIAL(I1, i1, in_special, "The modified Bessel function of the first kind, order 1.", special::bessel_i(1, x), In<0> x)
TAEDA_SPECIAL(I1e, i1e, in_special, "exp(-|input|) i1(input).", special::scaled_i(1, x), In<0> x)
TAEDA_SPECIAL(Ndtri, ndtri, in_special, "The quantile of the normal distribution with area input below it.", special::ndtri(x), Out<0> y)
TAEDA_SPECIAL(Erfcx, erfcx, in_special, "exp(input^2) erfc(input).", special::erfcx(x), In<0> x)
TAEDA_SPECIAL(Entr, entr, in_special, "-input log(input); 0 at 0 and minus infinity below.", x != x ? x : x > 0 ? -x * std::log(x) : x == 0 ? 0 : -special::kInf, In<0> x)
TAEDA_SPECIAL(BesselJ0, bessel_j0, in_special, "The Bessel function of the first kind, order 0.", special::at_finite(::j0, x), In<0> x)
TAEDA_SPECIAL(BesselJ1, bessel_j1, in_special, "The Bessel function of the first kind, order 1.", special::at_finite(::j1, x), In<0> x)
TAEDA_SPECIAL(BesselY0, bessel_y0, in_special, "The Bessel function of the second kind, order 0.", special::at_finite(::y0, x), In<0> x)
TAEDA_SPECIAL(BesselY1, bessel_y1, in_special, "The Bessel function of the second kind, order 1.", special::at_finite(::y1, x), In<0> x)
TAEDA_SPECIAL(ModifiedI0, modified_bessel_i0, in_special, "The modified Bessel function of the first kind, order 0.", special::bessel_i(0, x), In<0> x)
TAEDA_SPECIAL(ModifiedI1, modified_bessel_i1, in_special, "The modified Bessel function of the first kind, order 1.", special::bessel_i(1, x), In<0> x)
TAEDA_SPECIAL(ModifiedK0, modified_bessel_k0, in_special, "The modified Bessel function of the second kind, order 0.", special::bessel_k(0, x), In<0> x)
TAEDA_SPECIAL(ModifiedK1, modified_bessel_k1, in_special, "The modified Bessel function of the second kind, order 1.", special::bessel_k(1, x), In<0> x)
TAEDA_SPECIAL(ScaledK0, scaled_modified_bessel_k0, in_special, "exp(input) times the modified Bessel function of the second kind, order 0.", special::scaled_k(0, x), In<0> x)
TAEDA_SPECIAL(ScaledK1, scaled_modified_bessel_k1, in_special, "exp(input) times the modified Bessel function of the second kind, order 1.", special::scaled_k(1, x), In<0> x)
TAEDA_SPECIAL(SphericalJ0, spherical_bessel_j0, in_special, "sin(input) / input.", special::spherical_j0(x), In<0> x)
TAEDA_SPECIAL(AiryAi, airy_ai, in_special, "The Airy function Ai.", special::airy_ai(x), In<0> x)
// clang-format on
#undef TAEDA_SPECIAL

struct LogNdtr {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The logarithm of the normal distribution function.",
                           .types = Types::floating,
                           .accepts = accepts_real,
                           .no_inplace = true,
                           .scope = in_special};
  static constexpr bool by_item = true;
  template <class T> static T apply(T x) { return T(special::log_ndtr(double(x))); }
  static Tensor backward(Grad g, In<0> x, Out<0> y);
};
TAEDA_OP(log_ndtr, LogNdtr)

struct Sinc {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "sin(pi input) / (pi input); 1 at 0.",
                           .types = Types::floating,
                           .scope = everywhere | in_special};
  static constexpr bool by_item = true;
  template <class T> static T apply(T x) {
    using D = std::conditional_t<is_complex_v<T>, std::complex<double>, double>;
    D t = D(x) * special::kPi;
    return T(x == T(0) ? D(1) : D(std::sin(t) / t));
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(sinc, Sinc)

struct Polygamma {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The n-th derivative of digamma.",
                           .types = Types::floating,
                           .accepts = accepts_real,
                           .required = 1,
                           .scope = in_tensor};
  struct Attrs {
    int64_t n = 0;
    TAEDA_FIELDS(n)
  };
  static constexpr bool by_item = true;
  static void check_attributes(DType, const Attrs& a) {
    if (a.n < 0) fail("polygamma(n, x) does not support negative n.");
  }
  template <class T> static T apply(T x, const Attrs& a) {
    return T(special::polygamma(a.n, double(x)));
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(polygamma, Polygamma)

struct Mvlgamma {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The logarithm of the multivariate gamma function of dimension p.",
      .inplace = true,
      .required = 1,
      .backward_name = "MvlgammaBackward0"};
  struct Attrs {
    int64_t p = 1;
    TAEDA_FIELDS(p)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(mvlgamma, Mvlgamma)

struct Logit {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "log(input / (1 - input)); with eps input is limited to [eps, 1 - eps] first.",
      .types = Types::floating,
      .accepts = accepts_real,
      .scope = everywhere | in_special};
  struct Attrs {
    std::optional<double> eps;
    TAEDA_FIELDS(eps)
  };
  static constexpr bool by_item = true;
  template <class T> static T apply(T v, const Attrs& a) {
    double x = double(v);
    if (a.eps) x = x < *a.eps ? *a.eps : x > 1 - *a.eps ? 1 - *a.eps : x;
    return T(std::log(x / (1 - x)));
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(logit, Logit)

struct Ndtr {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "The normal distribution function.", .scope = in_special};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(ndtr, Ndtr)

struct NanToNum {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "NaN and infinities replaced: by 0 and the largest and smallest numbers of the dtype, "
          "unless others are given."};
  struct Attrs {
    std::optional<double> nan, posinf, neginf;
    TAEDA_FIELDS(nan, posinf, neginf)
  };
  static bool nothing_to_do(const Tensor& x) { return !can_have_gradient(x.dtype()); }
  static constexpr bool by_item = true;
  static constexpr bool narrow = true;  // the largest number is the dtype's
  template <class T> static double largest() {
    if constexpr (std::is_same_v<T, Half>) return 65504;
    else if constexpr (std::is_same_v<T, BFloat16>) return 0x1.fep127;
    else return double(std::numeric_limits<T>::max());
  }
  template <class T> static T apply(T x, const Attrs& a) {
    if constexpr (is_complex_type<T>) {
      return T(apply(x.real(), a), apply(x.imag(), a));
    } else if constexpr (std::is_integral_v<T>) {
      return x;
    } else {
      using C = Compute<T>;
      C v = C(x);
      if (v != v) return T(C(a.nan.value_or(0)));
      if (v - v == 0) return x;
      return v > 0 ? T(C(a.posinf.value_or(largest<T>()))) : T(C(a.neginf.value_or(-largest<T>())));
    }
  }
  static Tensor backward(Grad g, In<0> x);
};
TAEDA_OP(nan_to_num, NanToNum)

// ---- of two ----

#define TAEDA_SPECIAL(Op, word, where, first, second, text, expression) \
  struct Op {                                                           \
    static constexpr Def def{.inputs = {first, second},                 \
                             .doc = text,                               \
                             .types = Types::floating,                  \
                             .accepts = accepts_real,                   \
                             .no_inplace = !((where)&in_tensor),        \
                             .scope = where};                           \
    static constexpr bool by_item = true;                               \
    template <class T> static T apply(T v, T w) {                       \
      double x = double(v), y = double(w);                              \
      return T(expression);                                             \
    }                                                                   \
    static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need);   \
  };                                                                    \
  TAEDA_OP(word, Op)
// clang-format off
TAEDA_SPECIAL(Igamma, igamma, everywhere, "input", "other", "The regularised lower incomplete gamma function P(input, other).", special::incomplete_gamma(x, y, false))
TAEDA_SPECIAL(Igammac, igammac, everywhere, "input", "other", "The regularised upper incomplete gamma function Q(input, other).", special::incomplete_gamma(x, y, true))
TAEDA_SPECIAL(Xlog1py, xlog1py, in_special, "input#", "other#", "input * log1p(other); 0 where input is 0 and other is a number.", y != y ? y : x == 0 ? 0 : x * std::log1p(y))
TAEDA_SPECIAL(Zeta, zeta, in_special, "input#", "other#", "The Hurwitz zeta function: the sum of (k + other) ** -input over k = 0, 1, ..", special::zeta(x, y))
TAEDA_SPECIAL(ChebyshevT, chebyshev_polynomial_t, in_special, "input#", "n#", "The Chebyshev polynomial of the first kind, of degree n.", special::polynomial(special::Family::chebyshev_t, x, y))
TAEDA_SPECIAL(ChebyshevU, chebyshev_polynomial_u, in_special, "input#", "n#", "The Chebyshev polynomial of the second kind, of degree n.", special::polynomial(special::Family::chebyshev_u, x, y))
TAEDA_SPECIAL(ChebyshevV, chebyshev_polynomial_v, in_special, "input#", "n#", "The Chebyshev polynomial of the third kind, of degree n.", special::polynomial(special::Family::chebyshev_v, x, y))
TAEDA_SPECIAL(ChebyshevW, chebyshev_polynomial_w, in_special, "input#", "n#", "The Chebyshev polynomial of the fourth kind, of degree n.", special::polynomial(special::Family::chebyshev_w, x, y))
TAEDA_SPECIAL(ShiftedChebyshevT, shifted_chebyshev_polynomial_t, in_special, "input#", "n#", "The Chebyshev polynomial of the first kind at 2 input - 1.", special::polynomial(special::Family::chebyshev_t, 2 * x - 1, y))
TAEDA_SPECIAL(ShiftedChebyshevU, shifted_chebyshev_polynomial_u, in_special, "input#", "n#", "The Chebyshev polynomial of the second kind at 2 input - 1.", special::polynomial(special::Family::chebyshev_u, 2 * x - 1, y))
TAEDA_SPECIAL(ShiftedChebyshevV, shifted_chebyshev_polynomial_v, in_special, "input#", "n#", "The Chebyshev polynomial of the third kind at 2 input - 1.", special::polynomial(special::Family::chebyshev_v, 2 * x - 1, y))
TAEDA_SPECIAL(ShiftedChebyshevW, shifted_chebyshev_polynomial_w, in_special, "input#", "n#", "The Chebyshev polynomial of the fourth kind at 2 input - 1.", special::polynomial(special::Family::chebyshev_w, 2 * x - 1, y))
TAEDA_SPECIAL(HermiteH, hermite_polynomial_h, in_special, "input#", "n#", "The physicist's Hermite polynomial of degree n.", special::polynomial(special::Family::hermite_h, x, y))
TAEDA_SPECIAL(HermiteHe, hermite_polynomial_he, in_special, "input#", "n#", "The probabilist's Hermite polynomial of degree n.", special::polynomial(special::Family::hermite_he, x, y))
TAEDA_SPECIAL(LaguerreL, laguerre_polynomial_l, in_special, "input#", "n#", "The Laguerre polynomial of degree n.", special::polynomial(special::Family::laguerre, x, y))
TAEDA_SPECIAL(LegendreP, legendre_polynomial_p, in_special, "input#", "n#", "The Legendre polynomial of degree n.", special::polynomial(special::Family::legendre, x, y))
// clang-format on
#undef TAEDA_SPECIAL

// ---- of integers and bits ----

#define TAEDA_WHOLE(Op, word, text, expression)                        \
  struct Op {                                                          \
    static constexpr Def def{.inputs = {"input", "other"},             \
                             .doc = text,                              \
                             .accepts = accepts_integers,              \
                             .differentiable = false};                 \
    static constexpr bool by_item = true;                              \
    template <class T> static T apply(T x, T y) { return expression; } \
  };                                                                   \
  TAEDA_OP(word, Op)
template <class T> T common_divisor(T x, T y) {  // in unsigned: the smallest number has no negative
  using U = std::make_unsigned_t<T>;
  U a = x < T(0) ? U(0) - U(x) : U(x), b = y < T(0) ? U(0) - U(y) : U(y);
  while (b) {
    U r = U(a % b);
    a = b, b = r;
  }
  return T(a);
}
TAEDA_WHOLE(Gcd, gcd, "The greatest common divisor.", common_divisor(x, y))
TAEDA_WHOLE(Lcm, lcm, "The least common multiple.",
            common_divisor(x, y) == 0 ? T(0) : abs(T(x / common_divisor(x, y) * y)))
#undef TAEDA_WHOLE

struct Nextafter {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "The next number of the dtype after input in other's direction.",
                           .accepts = accepts_floats};
  static constexpr bool by_item = true;
  static constexpr bool narrow = true;  // 16-bit numbers are taken as they are
  template <class T> static T apply(T x, T y) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::nextafter(x, y);
    } else {
      float a = float(x), b = float(y);
      if (!(a == a && b == b)) return T(a + b);
      if (a == b) return y;
      if (a == 0) x.bits = uint16_t((b < 0 ? 0x8000 : 0) | 1);
      else x.bits = uint16_t((b > a) == (a > 0) ? x.bits + 1 : x.bits - 1);
      return x;
    }
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need);
};
TAEDA_OP(nextafter, Nextafter)

struct Heaviside {
  static constexpr Def def{.inputs = {"input", "values"},
                           .doc = "0 where input is negative, 1 where positive, values where 0.",
                           .accepts = accepts_real,
                           .differentiable = false};
  static constexpr bool by_item = true;
  static void check(Args in);
  template <class T> static T apply(T x, T y) { return x == T(0) ? y : T(x > T(0)); }
};
TAEDA_OP(heaviside, Heaviside)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
