// Functions of Vec<double, N>: vector code for exp, log, expm1, log1p, sin, cos, tanh and sigmoid
// (largest errors in ULP: 1.0, 0.9, 1.6, 1.6, 0.8, 0.8, 1.1, 2.3); the rest calls libm lane by
// lane.
#pragma once
#include "taeda/cpu/isa/math_float.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

namespace detail {
inline constexpr double kMagic = 0x1.8p52;
template <int N> struct Ln2SplitD {
  Vec<double, N> r;
  Vec<int64_t, N> n;
};
template <int N> TAEDA_INLINE Ln2SplitD<N> split_ln2(Vec<double, N> x) {
  using V = Vec<double, N>;
  V t = x * V(1.4426950408889634) + V(kMagic);
  V n = t - V(kMagic);
  V r = fma(n, V(-1.90821492927058770002e-10), fma(n, V(-6.93147180369123816490e-01), x));
  return {r, Vec<int64_t, N>(bits_as<int64_t>(t).v - 0x4338000000000000)};
}
template <int N> TAEDA_INLINE Vec<double, N> exp_poly(Vec<double, N> r) {  // (e^r - 1 - r) / r^2
  return poly(r, 0.50000000000000144, 0.16666666666666685, 0.04166666666650061,
              0.008333333333315639, 0.0013888888951076091, 0.00019841269899934915,
              2.4801485566458998e-05, 2.7557231255241657e-06, 2.7632897534786111e-07,
              2.5113307170417768e-08);
}
template <int N> TAEDA_INLINE Vec<double, N> pow2(Vec<int64_t, N> n) {
  return bits_as<double>(Vec<int64_t, N>((n.v + 1023) << 52));
}
// floor(n / 2) without a 64-bit arithmetic shift; |n| < 2^20
template <int N> TAEDA_INLINE Vec<int64_t, N> half(Vec<int64_t, N> n) {
  auto u = (typename Vec<uint64_t, N>::raw)(n.v + (1 << 20));
  return Vec<int64_t, N>((typename Vec<int64_t, N>::raw)(u >> 1) - (1 << 19));
}
}  // namespace detail

template <int N> TAEDA_INLINE Vec<double, N> exp(Vec<double, N> x) {
  using V = Vec<double, N>;
  x = min(V(710.), max(V(-746.), x));
  auto s = detail::split_ln2(x);
  auto h = detail::half(s.n);
  return (fma(s.r * s.r, detail::exp_poly(s.r), s.r) + V(1)) * detail::pow2(h) *
         detail::pow2(Vec<int64_t, N>(s.n.v - h.v));
}

namespace detail {
// e^x - 1 = hi + lo
template <int N> struct Pair { Vec<double, N> hi, lo; };
template <int N> TAEDA_INLINE Pair<N> expm1_pair(Vec<double, N> x) {
  using V = Vec<double, N>;
  auto s = split_ln2(min(V(710.), max(V(-40.), x)));
  // 2 (2^(n-1) (p + lo) + (2^(n-1) - 1/2)): 2^1024 would overflow
  V c = s.r * s.r * exp_poly(s.r), p = s.r + c, lo = c - (p - s.r);
  V h = pow2(Vec<int64_t, N>(s.n.v - 1)), base = h - V(0.5), hp = h * p;
  V sum = base + hp, b1 = sum - hp;
  V rest = ((base - b1) + (hp - (sum - b1))) + h * lo;
  V hi = sum + rest;
  V tail = (sum - hi) + rest;
  return {hi + hi, tail + tail};
}
}  // namespace detail

template <int N> TAEDA_INLINE Vec<double, N> expm1(Vec<double, N> x) {
  return select(abs(x) < Vec<double, N>(1e-17), x, detail::expm1_pair(x).hi);
}

template <int N> TAEDA_INLINE Vec<double, N> log(Vec<double, N> x) {
  using V = Vec<double, N>;
  using U = typename Vec<uint64_t, N>::raw;
  auto tiny = x < V(0x1p-1022);
  V y = select(tiny, x * V(0x1p52), x);
  auto ix = bits_as<int64_t>(y).v;
  auto biased =
      (typename Vec<int64_t, N>::raw)(U(ix + (0x4000000000000000 - 0x3fe8000000000000)) >> 52);
  V f = bits_as<double>(Vec<int64_t, N>(ix - ((biased - 1024) << 52))) - V(1);
  V n = bits_as<double>(Vec<int64_t, N>(biased + 0x4338000000000000)) - V(detail::kMagic + 1024);
  n = n - select(tiny, V(52), V(0));
  // log(1 + f) = f - f^2/2 + s (f^2/2 + s^2 R), s = f / (2 + f): the large terms are exact
  V s = f / (V(2) + f), z = s * s;
  V r = z * poly(z, 0.66666666666666596, 0.40000000000056668, 0.28571428555829559,
                 0.22222224296516227, 0.18181665859844565, 0.15391112895803089, 0.1317357638500592,
                 0.13843239005476299);
  V hfsq = V(0.5) * f * f;
  V lo = n * V(1.90821492927058770002e-10);
  V out = fma(n, V(6.93147180369123816490e-01), f - (hfsq - (s * (hfsq + r) + lo)));
  out = select(x < V(__builtin_inf()), out, x);
  out = select(x == V(0), V(-__builtin_inf()), out);
  return select(x < V(0), V(__builtin_nan("")), out);
}

template <int N> TAEDA_INLINE Vec<double, N> tanh(Vec<double, N> x) {
  using V = Vec<double, N>;
  V a = abs(x);
  auto t = detail::expm1_pair(min(V(40.), a + a));
  // t / (t + 2), the quotient corrected once
  V d = t.hi + V(2), d_lo = (t.hi - (d - V(2))) + t.lo;
  V q = t.hi / d;
  V r = q + (fma(-q, d, t.hi) + (t.lo - q * d_lo)) / d;
  return copysign(select(a < V(1e-8), a, r), x);
}

template <int N> TAEDA_INLINE Vec<double, N> sigmoid(Vec<double, N> x) {
  using V = Vec<double, N>;
  V e = exp(-abs(x));
  return select(x < V(0), e, V(1)) / (V(1) + e);
}

template <int N> TAEDA_INLINE Vec<double, N> log1p(Vec<double, N> x) {
  using V = Vec<double, N>;
  V u = x + V(1);
  // x + 1 = u + c exactly; log(u + c) ~ log(u) + c / u
  V c = select(x < V(1), x - (u - V(1)), V(1) - (u - x));
  V r = log(u) + c / u;
  r = select(u < V(__builtin_inf()), r, u);
  r = select(u == V(0), V(-__builtin_inf()), r);
  return select(abs(x) < V(1e-17), x, r);
}

namespace detail {
// sin(x + shift pi/2). The reduction needs fma to be exact; without it, and from 2^20 on, libm does
// the lane.
template <int N> TAEDA_INLINE Vec<double, N> sin_shifted(Vec<double, N> x, int shift) {
  using V = Vec<double, N>;
#if defined(__FMA__)
  using I = Vec<int64_t, N>;
  V t = x * V(0.63661977236758134) + V(kMagic);
  V n = t - V(kMagic);
  // pi/2 in three parts; the first difference is exact, lo is what the second one rounds off
  V r1 = fma(n, V(-0x1.921fb54442d18p0), x);
  V r = fma(n, V(-0x1.1a62633145c07p-54), r1);
  V lo = fma(n, V(-0x1.1a62633145c07p-54), r1 - r);
  lo = fma(n, V(0x1.f1976b7ed8fbcp-110), lo);
  I q((bits_as<int64_t>(t).v - 0x4338000000000000) + shift);
  V z = r * r;
  V s = poly(z, -0.16666666666666627, 0.0083333333333211364, -0.00019841269828774081,
             2.755731332799228e-06, -2.5050700243724358e-08, 1.5893389759682302e-10);
  s = r + fma(r * z, s, lo);
  V c = poly(z, 0.041666666666666588, -0.0013888888888872158, 2.4801587288254125e-05,
             -2.7557313995896176e-07, 2.0875674488426491e-09, -1.1357101814847948e-11);
  V h = V(0.5) * z, w = V(1) - h;
  c = w + (((V(1) - w) - h) + (z * z * c - r * lo));
  Mask<double, N> odd{(typename Mask<double, N>::raw)((q.v & 1) != 0)};
  V y = select(odd, c, s);
  y = bits_as<double>(I(bits_as<int64_t>(y).v ^ ((q.v & 2) << 62)));
  auto big = !(abs(x) < V(0x1p20));
  if (!__builtin_expect(any(big), 0)) return y;
#else
  V y(0);
  auto big = y == y;
#endif
  for (int i = 0; i < N; ++i)
    if (big.v[i]) y.v[i] = shift ? __builtin_cos(x.v[i]) : __builtin_sin(x.v[i]);
  return y;
}
}  // namespace detail

template <int N> TAEDA_INLINE Vec<double, N> sin(Vec<double, N> x) {
  return select(abs(x) < Vec<double, N>(1e-9), x, detail::sin_shifted(x, 0));
}
template <int N> TAEDA_INLINE Vec<double, N> cos(Vec<double, N> x) {
  return detail::sin_shifted(x, 1);
}

#define TAEDA_LIBM1(name)                                               \
  template <int N> TAEDA_INLINE Vec<double, N> name(Vec<double, N> x) { \
    Vec<double, N> r;                                                   \
    for (int i = 0; i < N; ++i) r.v[i] = __builtin_##name(x.v[i]);      \
    return r;                                                           \
  }
#define TAEDA_LIBM2(name)                                                                 \
  template <int N> TAEDA_INLINE Vec<double, N> name(Vec<double, N> x, Vec<double, N> y) { \
    Vec<double, N> r;                                                                     \
    for (int i = 0; i < N; ++i) r.v[i] = __builtin_##name(x.v[i], y.v[i]);                \
    return r;                                                                             \
  }
TAEDA_LIBM1(exp2)
TAEDA_LIBM1(log2)
TAEDA_LIBM1(log10)
TAEDA_LIBM1(tan)
TAEDA_LIBM1(asin)
TAEDA_LIBM1(acos)
TAEDA_LIBM1(atan)
TAEDA_LIBM1(sinh)
TAEDA_LIBM1(cosh)
TAEDA_LIBM1(asinh)
TAEDA_LIBM1(acosh)
TAEDA_LIBM1(atanh)
TAEDA_LIBM1(erf)
TAEDA_LIBM1(erfc)
TAEDA_LIBM1(lgamma)
TAEDA_LIBM2(pow)
TAEDA_LIBM2(atan2)
TAEDA_LIBM2(hypot)
#undef TAEDA_LIBM1
#undef TAEDA_LIBM2

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
