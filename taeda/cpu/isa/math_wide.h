// Functions of Vec<float, N> computed in double, two halves of the lanes at a time: exact but for
// the last rounding (0.5 to 0.6 ULP), and still several times faster than libm lane by lane.
#pragma once
#include "taeda/cpu/isa/math_double.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

namespace detail {
// f over the lanes as doubles.
template <int N, class F> TAEDA_INLINE Vec<float, N> in_double(Vec<float, N> x, F f) {
  if constexpr (N * sizeof(double) > kBytes) {
    auto h = halves(x);
    return join(in_double(h.lo, f), in_double(h.hi, f));
  } else {
    return convert<float>(f(convert<double>(x)));
  }
}
template <int N, class F>
TAEDA_INLINE Vec<float, N> in_double(Vec<float, N> x, Vec<float, N> y, F f) {
  if constexpr (N * sizeof(double) > kBytes) {
    auto a = halves(x), b = halves(y);
    return join(in_double(a.lo, b.lo, f), in_double(a.hi, b.hi, f));
  } else {
    return convert<float>(f(convert<double>(x), convert<double>(y)));
  }
}

// atan2 to 2^-33
template <int N> TAEDA_INLINE Vec<double, N> atan2_short(Vec<double, N> y, Vec<double, N> x) {
  using V = Vec<double, N>;
  V ax = abs(x), ay = abs(y);
  auto steep = ay > ax;
  V low = select(steep, ax, ay), high = select(steep, ay, ax);
  V a = low / high;
  a = select(low == high, select(high == V(0), V(0), V(1)), a);  // 0 / 0, inf / inf
  V r = a * poly(a * a, 0.99999999993901201, -0.33333331518197906, 0.19999909957010253,
                 -0.14283948421103956, 0.11092984786588801, -0.089790510454286473,
                 0.072422841340850391, -0.054215308324082251, 0.03413342296679945,
                 -0.016055160696422054, 0.0048272278246965063, -0.00068049728633951412);
  r = select(steep, V(1.5707963267948966) - r, r);
  r = select(signbit(x), V(3.1415926535897931) - r, r);
  return select((x != x) | (y != y), x + y, copysign(r, y));
}
}  // namespace detail

template <int N> TAEDA_INLINE Vec<float, N> log2(Vec<float, N> x) {
  return detail::in_double(
      x, [](auto d) TAEDA_INLINE_LAMBDA { return log(d) * decltype(d)(1.4426950408889634); });
}
template <int N> TAEDA_INLINE Vec<float, N> log10(Vec<float, N> x) {
  return detail::in_double(
      x, [](auto d) TAEDA_INLINE_LAMBDA { return log(d) * decltype(d)(0.43429448190325182); });
}

template <int N> TAEDA_INLINE Vec<float, N> sinh(Vec<float, N> x) {
  return detail::in_double(x, [](auto d) TAEDA_INLINE_LAMBDA {
    using V = decltype(d);
    V e = expm1(abs(d));
    return copysign(V(0.5) * (e + select(e < V(1e300), e / (e + V(1)), V(1))), d);
  });
}
template <int N> TAEDA_INLINE Vec<float, N> cosh(Vec<float, N> x) {
  return detail::in_double(x, [](auto d) TAEDA_INLINE_LAMBDA {
    using V = decltype(d);
    V e = exp(abs(d));
    return V(0.5) * (e + V(1) / e);
  });
}
template <int N> TAEDA_INLINE Vec<float, N> asinh(Vec<float, N> x) {
  return detail::in_double(x, [](auto d) TAEDA_INLINE_LAMBDA {
    using V = decltype(d);
    V a = abs(d), z = a * a;
    V r = select(a < V(1e-3), a - a * z * V(1 / 6.), log(a + sqrt(z + V(1))));
    return copysign(r, d);
  });
}
template <int N> TAEDA_INLINE Vec<float, N> acosh(Vec<float, N> x) {
  return detail::in_double(x, [](auto d) TAEDA_INLINE_LAMBDA {
    using V = decltype(d);
    // A separate factor for x < 1, where (x - 1)(x + 1) turns positive again below -1.
    V root = sqrt(select(d < V(1), V(-1), (d - V(1)) * (d + V(1))));
    return log(d + root);
  });
}
template <int N> TAEDA_INLINE Vec<float, N> atanh(Vec<float, N> x) {
  return detail::in_double(x, [](auto d) TAEDA_INLINE_LAMBDA {
    using V = decltype(d);
    V a = abs(d);
    V r = select(a < V(1e-3), a + a * a * a * V(1 / 3.), V(0.5) * log((V(1) + a) / (V(1) - a)));
    return copysign(r, d);
  });
}

template <int N> TAEDA_INLINE Vec<float, N> tan(Vec<float, N> x) {
  using V = Vec<float, N>;
  auto part = [](auto f) TAEDA_INLINE_LAMBDA {
    auto k = detail::quadrant(f);
    using D = decltype(k.r);
    D z = k.r * k.r;
    D s = k.r + k.r * z *
                    poly(z, -0.16666666666666627, 0.0083333333333211364, -0.00019841269828774081,
                         2.755731332799228e-06, -2.5050700243724358e-08);
    D c = (D(1) - D(0.5) * z) + z * z *
                                    poly(z, 0.041666666666666588, -0.0013888888888872158,
                                         2.4801587288254125e-05, -2.7557313995896176e-07);
    Mask<double, D::size> odd{(typename Mask<double, D::size>::raw)((k.q.v & 1) != 0)};
    return convert<float>(select(odd, -c, s) / select(odd, s, c));
  };
  V y;
  if constexpr (N * sizeof(double) > kBytes) {
    auto h = detail::halves(x);
    y = detail::join(part(h.lo), part(h.hi));
  } else {
    y = part(x);
  }
  return select(abs(x) < V(1e-4f), x, y);
}

template <int N> TAEDA_INLINE Vec<float, N> atan2(Vec<float, N> y, Vec<float, N> x) {
  return detail::in_double(
      y, x, [](auto a, auto b) TAEDA_INLINE_LAMBDA { return detail::atan2_short(a, b); });
}
template <int N> TAEDA_INLINE Vec<float, N> atan(Vec<float, N> x) {
  return detail::in_double(
      x, [](auto d) TAEDA_INLINE_LAMBDA { return detail::atan2_short(d, decltype(d)(1)); });
}
template <int N> TAEDA_INLINE Vec<float, N> asin(Vec<float, N> x) {
  return detail::in_double(x, [](auto d) TAEDA_INLINE_LAMBDA {
    using V = decltype(d);
    return detail::atan2_short(d, sqrt((V(1) - d) * (V(1) + d)));
  });
}
template <int N> TAEDA_INLINE Vec<float, N> acos(Vec<float, N> x) {
  return detail::in_double(x, [](auto d) TAEDA_INLINE_LAMBDA {
    using V = decltype(d);
    return detail::atan2_short(sqrt((V(1) - d) * (V(1) + d)), d);
  });
}

template <int N> TAEDA_INLINE Vec<float, N> erfc(Vec<float, N> x) {
  return detail::in_double(x, [](auto d) TAEDA_INLINE_LAMBDA {
    using V = decltype(d);
    // exp(a^2) erfc(a) as a polynomial in 2 / (2 + a); beyond 10.1 the float is 0
    V a = min(V(12), abs(d)), t = V(2) / (V(2) + a);
    V p = poly(t, -6.2987092290863042e-07, 0.28211830500303026, 0.28170218123737883,
               0.25071097992916147, 0.15106830740304805, 0.19775521434948992, -0.37025698276321389,
               0.77976990223034093, -1.3903337313172963, 1.4101078889993155, -0.814697809860081,
               0.2567935696490079, -0.034737195069933391);
    V y = p * exp(-(a * a));
    return select(d < V(0), V(2) - y, y);
  });
}

template <int N> TAEDA_INLINE Vec<float, N> hypot(Vec<float, N> x, Vec<float, N> y) {
  using V = Vec<float, N>;
  V r = detail::in_double(x, y,
                          [](auto a, auto b) TAEDA_INLINE_LAMBDA { return sqrt(a * a + b * b); });
  return select(isinf(x) | isinf(y), V(kInf), r);
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
