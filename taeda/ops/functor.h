// What pointwise functors are written in: one text for scalars, SIMD vectors and CUDA. A vector
// type brings its own functions, found by argument-dependent lookup; here are those of scalars. A
// comparison yields a mask (bool for scalars): choose with select(), never with ?: or if.
#pragma once
#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>

#include "taeda/base/dtype.h"
#include "taeda/base/host_device.h"

namespace taeda::ops {

template <class T> TAEDA_HD T select(bool mask, T yes, T no) { return mask ? yes : no; }
template <class V> struct ElementOf {  // a vector type says its own
  using type = V;
};
template <class V>
requires requires { typename V::Scalar; }
struct ElementOf<V> {
  using type = typename V::Scalar;
};
template <class V> using Element = typename ElementOf<V>::type;
template <class V> inline constexpr bool is_whole = std::is_integral_v<Element<V>>;
template <class V> inline constexpr bool is_complex_v = is_complex_type<Element<V>>;

// clang-format off
#define TAEDA_F(name)                                   \
  TAEDA_HD float name(float x) { return ::name##f(x); } \
  TAEDA_HD double name(double x) { return ::name(x); }
TAEDA_F(exp) TAEDA_F(exp2) TAEDA_F(expm1) TAEDA_F(log) TAEDA_F(log2) TAEDA_F(log10) TAEDA_F(log1p)
TAEDA_F(sqrt) TAEDA_F(sin) TAEDA_F(cos) TAEDA_F(tan) TAEDA_F(asin) TAEDA_F(acos) TAEDA_F(atan)
TAEDA_F(sinh) TAEDA_F(cosh) TAEDA_F(tanh) TAEDA_F(asinh) TAEDA_F(acosh) TAEDA_F(atanh) TAEDA_F(erf)
TAEDA_F(erfc) TAEDA_F(floor) TAEDA_F(ceil) TAEDA_F(trunc)
#undef TAEDA_F
TAEDA_HD float round(float x) { return ::rintf(x); }  // ties to even
TAEDA_HD double round(double x) { return ::rint(x); }
#define TAEDA_F(name)                                                         \
  TAEDA_HD float name(float x, float y) { return ::name##f(x, y); }           \
  TAEDA_HD double name(double x, double y) { return ::name(x, y); }
TAEDA_F(pow) TAEDA_F(atan2) TAEDA_F(fmod) TAEDA_F(hypot) TAEDA_F(copysign)
#undef TAEDA_F
    // clang-format on
    TAEDA_HD float fma(float a, float b, float c) {
  return ::fmaf(a, b, c);
}
TAEDA_HD double fma(double a, double b, double c) { return ::fma(a, b, c); }
TAEDA_HD bool isnan(float x) { return x != x; }
TAEDA_HD bool isnan(double x) { return x != x; }
template <class T> TAEDA_HD bool isinf(T x) { return x - x != x - x && x == x; }
template <class T> TAEDA_HD bool isfinite(T x) { return x - x == x - x; }

template <class T>
requires std::is_arithmetic_v<T> TAEDA_HD T abs(T x) {
  if constexpr (std::is_unsigned_v<T>) return x;
  else if constexpr (std::is_floating_point_v<T>) return ::fabs(x);
  else return T(x < 0 ? -x : x);
}
template <class T>
requires std::is_floating_point_v<T> TAEDA_HD T rsqrt(T x) { return T(1) / sqrt(x); }
template <class T>
requires std::is_floating_point_v<T> TAEDA_HD T
sigmoid(T x) {  // exp of a negative number never overflows
  T e = exp(-abs(x));
  return (x < T(0) ? e : T(1)) / (T(1) + e);
}

// ---- complex ----

// exp, log, sqrt, sin, .. of std::complex are found in std by argument-dependent lookup.
template <class T> std::complex<T> log2(std::complex<T> z) { return std::log(z) / std::log(T(2)); }
template <class T> std::complex<T> log1p(std::complex<T> z) {
  T x = z.real(), y = z.imag();
  T half_log = std::abs(z) < T(0.5) ? T(0.5) * std::log1p(x * (2 + x) + y * y)
                                    : std::log(std::abs(z + T(1)));
  return {half_log, std::atan2(y, x + 1)};
}
template <class T> std::complex<T> expm1(std::complex<T> z) {
  T x = z.real(), y = z.imag(), s = std::sin(y / 2);
  T a = std::expm1(x);
  return {a * std::cos(y) - 2 * s * s, std::exp(x) * std::sin(y)};
}
template <class T> std::complex<T> exp2(std::complex<T> z) { return std::exp(z * std::log(T(2))); }
template <class T> std::complex<T> rsqrt(std::complex<T> z) { return T(1) / std::sqrt(z); }
template <class T> std::complex<T> sigmoid(std::complex<T> z) {
  return T(1) / (T(1) + std::exp(-z));
}
template <class T> std::complex<T> power(std::complex<T> x, std::complex<T> y) {
  if (y == T(0)) return T(1);
  if (y == T(2)) return x * x;
  if (x == T(0) && y.real() > 0) return T(0);
  return std::pow(x, y);
}
// The part with the larger real one leads; of two with equal ones the larger imaginary part, as the
// logarithm is continuous there.
template <class T> std::complex<T> logaddexp(std::complex<T> x, std::complex<T> y) {
  if (std::isnan(x.real()) || std::isnan(x.imag())) return x;
  if (std::isnan(y.real()) || std::isnan(y.imag())) return y;
  bool first = x.real() > y.real() || (x.real() == y.real() && x.imag() >= y.imag());
  std::complex<T> high = first ? x : y, low = first ? y : x;
  if (std::isinf(high.real()) && high.real() == low.real()) {
    if (high.real() < 0) return low;  // both are logarithms of 0
    return std::log(std::exp(low) + std::exp(high));
  }
  return high + log1p(std::exp(low - high));
}
template <class T> bool isnan(std::complex<T> z) { return isnan(z.real()) || isnan(z.imag()); }
template <class T> bool isinf(std::complex<T> z) { return isinf(z.real()) || isinf(z.imag()); }
template <class T> bool isfinite(std::complex<T> z) {
  return isfinite(z.real()) && isfinite(z.imag());
}

// ---- integers ----

// Quotient and remainder that do not trap: division by zero is refused before the loop runs.
template <class T> TAEDA_HD T quotient(T x, T y) {
  if constexpr (std::is_signed_v<T>)
    if (y == T(-1)) return T(T(0) - x);
  return y == T(0) ? T(0) : T(x / y);
}
template <class T>
requires std::is_integral_v<T> TAEDA_HD T
power(T x, T n) {  // by squaring; a negative exponent gives 0, 1 or -1
  if constexpr (std::is_signed_v<T>)
    if (n < 0) return x == T(1) ? T(1) : x == T(-1) ? (n % 2 ? T(-1) : T(1)) : T(0);
  T out = 1;
  for (; n != 0; n = T(n / 2), x = T(x * x))
    if (n % 2) out = T(out * x);
  return out;
}

}  // namespace taeda::ops
