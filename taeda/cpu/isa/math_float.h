// Functions of Vec<float, N>. Polynomials are relative least-squares fits on Chebyshev nodes.
// Explicit fma only (the objects are compiled with -ffp-contract=off), so AVX2 and AVX-512 give the
// same bits. Largest errors in ULP: exp 1.0, log 0.9, log1p 1.5, expm1 1.4, tanh 1.3, sigmoid 2.3,
// erf 1.0, sin and cos 1.6, pow 0.5.
#pragma once
#include "taeda/cpu/isa/vec.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

// c[0] + c[1] x + ... by Horner's rule.
template <class T, int N> TAEDA_INLINE Vec<T, N> poly(Vec<T, N>, T c) { return Vec<T, N>(c); }
template <class T, int N, class... C> TAEDA_INLINE Vec<T, N> poly(Vec<T, N> x, T c, C... rest) {
  return fma(poly(x, rest...), x, Vec<T, N>(c));
}

inline constexpr float kInf = __builtin_inff();
inline constexpr float kLn2Hi = 0.693359375f,
                       kLn2Lo = -2.12194440e-4f;  // n * kLn2Hi is exact for |n| < 2^15

namespace detail {

// p * 2^n, rounded once; n (also given as float nf) in [-252, 254].
template <int N>
TAEDA_INLINE Vec<float, N> scale(Vec<float, N> p, [[maybe_unused]] Vec<float, N> nf,
                                 Vec<int32_t, N> n) {
#if defined(__AVX512F__)
  if constexpr (N == 16)
    return (typename Vec<float, N>::raw)_mm512_scalef_ps((__m512)p.v, (__m512)nf.v);
#endif
  auto h = n.v >> 1;
  auto a = bits_as<float>(Vec<int32_t, N>((h + 127) << 23));
  auto b = bits_as<float>(Vec<int32_t, N>((n.v - h + 127) << 23));
  return p * a * b;
}

// x = n ln2 + r with |r| <= ln2 / 2.
template <int N> struct Ln2Split {
  Vec<float, N> r, nf;
  Vec<int32_t, N> n;
};
template <int N> TAEDA_INLINE Ln2Split<N> split_ln2(Vec<float, N> x) {
  using V = Vec<float, N>;
  const float magic = 0x1.8p23f;
  V t = fma(x, V(1.44269504f), V(magic));
  V nf = t - V(magic);
  Vec<int32_t, N> n(bits_as<int32_t>(t).v - 0x4b400000);
  return {fma(nf, V(-kLn2Lo), fma(nf, V(-kLn2Hi), x)), nf, n};
}

template <int N> struct Halves { Vec<float, N / 2> lo, hi; };
template <int N> TAEDA_INLINE Halves<N> halves(Vec<float, N> x) {
  Halves<N> h;
  __builtin_memcpy(&h, &x, sizeof x);
  return h;
}
template <int N> TAEDA_INLINE Vec<float, 2 * N> join(Vec<float, N> lo, Vec<float, N> hi) {
  Halves<2 * N> h{lo, hi};
  Vec<float, 2 * N> r;
  __builtin_memcpy(&r, &h, sizeof r);
  return r;
}
}  // namespace detail

template <int N> TAEDA_INLINE Vec<float, N> exp(Vec<float, N> x) {
  using V = Vec<float, N>;
  x = min(V(89.f), max(V(-104.5f), x));
  auto s = detail::split_ln2(x);
  V q = poly(s.r, 0.5f, 0.166665092f, 0.0416664481f, 0.00836993195f, 0.00139366009f);
  return detail::scale(fma(s.r * s.r, q, s.r) + V(1), s.nf, s.n);
}

template <int N> TAEDA_INLINE Vec<float, N> exp2(Vec<float, N> x) {
  using V = Vec<float, N>;
  x = min(V(129.f), max(V(-151.f), x));
  const float magic = 0x1.8p23f;
  V t = x + V(magic);
  V nf = t - V(magic), r = (x - nf) * V(0.693147181f);
  Vec<int32_t, N> n(bits_as<int32_t>(t).v - 0x4b400000);
  V q = poly(r, 0.5f, 0.166665092f, 0.0416664481f, 0.00836993195f, 0.00139366009f);
  return detail::scale(fma(r * r, q, r) + V(1), nf, n);
}

template <int N> TAEDA_INLINE Vec<float, N> expm1(Vec<float, N> x) {
  using V = Vec<float, N>;
  V c = min(V(89.f), max(V(-20.f), x));
  auto s = detail::split_ln2(c);
  V q =
      poly(s.r, 0.5f, 0.166666672f, 0.0416664705f, 0.00833319314f, 0.00139345718f, 0.00019957374f);
  V p = fma(s.r * s.r, q, s.r);
  // 2 (2^(n-1) p + (2^(n-1) - 1/2)): 2^128 would overflow
  V h = bits_as<float>(Vec<int32_t, N>((s.n.v + 126) << 23));
  V r = fma(h, p, h - V(0.5f));
  return select(abs(x) < V(1e-8f), x, r + r);
}

template <int N> TAEDA_INLINE Vec<float, N> log(Vec<float, N> x) {
  using V = Vec<float, N>;
  auto tiny = x < V(0x1p-126f);
  V y = select(tiny, x * V(0x1p23f), x);
  auto ix = bits_as<int32_t>(y).v;
  auto e = (ix - 0x3f400000) >> 23;  // mantissa in [0.75, 1.5)
  V f = bits_as<float>(Vec<int32_t, N>(ix - (e << 23))) - V(1);
  V n = convert<float>(Vec<int32_t, N>(e)) - select(tiny, V(23), V(0));
  V q = poly(f, 0.333334565f, -0.250001252f, 0.199906126f, -0.166459993f, 0.144789875f,
             -0.131741643f, 0.1048792f, -0.0452225097f);
  V z = f * f;
  V r = fma(n, V(kLn2Lo), f * z * q);
  r = fma(V(-0.5f), z, r) + f;
  r = fma(n, V(kLn2Hi), r);
  r = select(x < V(kInf), r, x);  // inf and NaN
  r = select(x == V(0), V(-kInf), r);
  return select(x < V(0), V(__builtin_nanf("")), r);
}

template <int N> TAEDA_INLINE Vec<float, N> log1p(Vec<float, N> x) {
  using V = Vec<float, N>;
  V u = x + V(1);
  // x + 1 = u + c exactly; log(u + c) ~ log(u) + c / u
  V c = select(x < V(1), x - (u - V(1)), V(1) - (u - x));
  V r = log(u) + c / u;
  r = select(u < V(kInf), r, u);
  r = select(u == V(0), V(-kInf), r);
  return select(abs(x) < V(1e-8f), x, r);
}

template <int N> TAEDA_INLINE Vec<float, N> tanh(Vec<float, N> x) {
  using V = Vec<float, N>;
  V a = abs(x), z = x * x;
  V p = poly(z, -0.333332807f, 0.133314192f, -0.0537382923f, 0.0206354298f, -0.00570163503f);
  V small = fma(x * z, p, x);
  V big = V(1) - V(2) / (exp(a + a) + V(1));
  return copysign(select(a < V(0.625f), small, big), x);  // -0 too
}

// exp(-|x|) stays in (0, 1]: no overflow, denormal results are right.
template <int N> TAEDA_INLINE Vec<float, N> sigmoid(Vec<float, N> x) {
  using V = Vec<float, N>;
  V e = exp(-abs(x));
  return select(x < V(0), e, V(1)) / (V(1) + e);
}

template <int N> TAEDA_INLINE Vec<float, N> erf(Vec<float, N> x) {
  using V = Vec<float, N>;
  V a = abs(x), z = x * x;
  V p = poly(z, 0.128379166f, -0.376126289f, 0.112836182f, -0.0268551242f, 0.0051907259f,
             -0.000803065428f, 7.91990169e-05f);
  V t = min(V(3.95f), a);
  V q = poly(t, -0.000189300932f, 0.129584104f, 0.633209169f, 0.108429566f, -0.025214849f,
             0.00420687534f, -0.000441775774f, 2.17216602e-05f);
  V big = V(1) - exp(-(t + q));
  return copysign(select(a < V(1), fma(x, p, x), big), x);
}

namespace detail {
// x mod pi/2 for any finite |x| >= 2^19: 24-bit mantissa times a 96-bit window of 2/pi.
struct Reduced {
  double r;
  int64_t q;
};
inline Reduced reduce_large(float x) {
  static constexpr uint32_t bits[] = {
      0,          0,          0xa2f9836e, 0x4e441529, 0xfc2757d1,
      0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};  // two zero words, then the fraction of 2/pi
  uint32_t u;
  __builtin_memcpy(&u, &x, 4);
  const int e =
      int((u >> 23) & 0xff) - 150 + 64 - 2;  // |x| = m 2^(e - 62); bit e of the table weighs 2
  const uint64_t m = (u & 0x7fffff) | 0x800000;
  const int word = e >> 5, shift = e & 31;
  auto window = [&](int i) -> uint64_t {
    uint64_t two = uint64_t(bits[word + i]) << 32 | bits[word + i + 1];
    return uint32_t(two >> (32 - shift));
  };
  uint64_t w0 = window(0), w1 = window(1), w2 = window(2);
  uint64_t p = (m * w0 << 32) + m * w1 + (m * w2 >> 32);
  // p = |x| 2/pi modulo 4 in units of 2^-62
  int64_t q = int64_t(p >> 62);
  double r = double(int64_t(p << 2)) * (1.5707963267948966 * 0x1p-64);
  if (int64_t(p << 2) < 0) q += 1;
  if (u >> 31) {
    r = -r;
    q = -q;
  }
  return {r, q};
}

// x = q pi/2 + r; r and q in double, exact enough for a float result near every multiple of pi/2.
template <int N> struct Quadrant {
  Vec<double, N> r;
  Vec<int64_t, N> q;
};
template <int N> TAEDA_INLINE Quadrant<N> quadrant(Vec<float, N> x) {
  using D = Vec<double, N>;
  const double magic = 0x1.8p52, hi = 0x1.921fb544p0, lo = 0x1.0b4611a626331p-34;  // hi + lo = pi/2
  D d = convert<double>(x);
  D t = d * D(0.63661977236758134) + D(magic);
  D n = t - D(magic);
  Quadrant<N> k{(d - n * D(hi)) - n * D(lo),
                Vec<int64_t, N>(bits_as<int64_t>(t).v - 0x4338000000000000)};
  auto big = abs(x) >= Vec<float, N>(0x1p19f);
  if (__builtin_expect(any(big), 0)) {
    for (int i = 0; i < N; ++i) {
      if (!big.v[i]) continue;
      Reduced s = reduce_large(x.v[i]);
      const bool finite = x.v[i] - x.v[i] == 0;
      k.r.v[i] = finite ? s.r : __builtin_nan("");
      k.q.v[i] = s.q;
    }
  }
  return k;
}

// sin(x + shift pi/2)
template <int N> TAEDA_INLINE Vec<float, N> sin_shifted(Vec<float, N> x, int shift) {
  using V = Vec<float, N>;
  using I = Vec<int32_t, N>;
  V r;
  I q;
  if constexpr (N * sizeof(double) > kBytes) {
    auto h = halves(x);
    auto a = quadrant(h.lo), b = quadrant(h.hi);
    r = join(convert<float>(a.r), convert<float>(b.r));
    auto ql = convert<int32_t>(a.q), qh = convert<int32_t>(b.q);
    q = bits_as<int32_t>(join(bits_as<float>(ql), bits_as<float>(qh)));
  } else {
    auto a = quadrant(x);
    r = convert<float>(a.r);
    q = convert<int32_t>(a.q);
  }
  q = I(q.v + shift);
  V z = r * r;
  V s = fma(r * z, poly(z, -0.166666672f, 0.00833337195f, -0.000198498383f, 2.79909159e-06f), r);
  V c =
      fma(z * z, poly(z, 0.0416666456f, -0.00138873025f, 2.44308812e-05f), fma(V(-0.5f), z, V(1)));
  Mask<float, N> odd{(typename Mask<float, N>::raw)((q.v & 1) != 0)};
  V y = select(odd, c, s);
  return bits_as<float>(I(bits_as<int32_t>(y).v ^ ((q.v & 2) << 30)));
}

// |x|^y in double, good to 2^-39; x = 0 gives log2 = -inf.
template <int N> TAEDA_INLINE Vec<double, N> pow_abs(Vec<double, N> a, Vec<double, N> y) {
  using D = Vec<double, N>;
  const double magic = 0x1.8p52;
  auto ia = bits_as<int64_t>(a).v;
  auto biased = (typename Vec<int64_t, N>::raw)(
      ((typename Vec<uint64_t, N>::raw)(ia + (0x4000000000000000 - 0x3fe8000000000000))) >> 52);
  D m = bits_as<double>(Vec<int64_t, N>(ia - ((biased - 1024) << 52)));
  D e = bits_as<double>(Vec<int64_t, N>(biased + 0x4338000000000000)) - D(magic + 1024);
  D s = (m - D(1)) / (m + D(1));
  D l = s * poly(s * s, 2.8853900817779312, 0.96179669391511335, 0.57707802068487624,
                 0.4121979379239748, 0.32064454665770936, 0.2606589570040444, 0.25112355676288833) +
        e;
  l = select(a == D(0), D(-__builtin_inf()), select(a < D(__builtin_inf()), l, a));
  D t = min(D(1000.), max(D(-1000.), y * l));
  D b = t + D(magic);
  D f = t - (b - D(magic));
  D p = poly(f, 1.0000000000000149, 0.69314718054476843, 0.24022650695618064, 0.055504109458170865,
             0.009618129199238025, 0.0013333446186926897, 0.0001540342982748304,
             1.5311235792477892e-05, 1.3260533549053165e-06);
  return p * bits_as<double>(
                 Vec<int64_t, N>((bits_as<int64_t>(b).v - 0x4338000000000000 + 1023) << 52));
}
}  // namespace detail

template <int N> TAEDA_INLINE Vec<float, N> sin(Vec<float, N> x) {
  return select(abs(x) < Vec<float, N>(1e-4f), x, detail::sin_shifted(x, 0));
}
template <int N> TAEDA_INLINE Vec<float, N> cos(Vec<float, N> x) {
  return detail::sin_shifted(x, 1);
}

template <int N> TAEDA_INLINE Vec<float, N> pow(Vec<float, N> x, Vec<float, N> y) {
  using V = Vec<float, N>;
  V a = abs(x), r;
  if constexpr (N * sizeof(double) > kBytes) {
    auto ha = detail::halves(a), hy = detail::halves(y);
    r = detail::join(
        convert<float>(detail::pow_abs(convert<double>(ha.lo), convert<double>(hy.lo))),
        convert<float>(detail::pow_abs(convert<double>(ha.hi), convert<double>(hy.hi))));
  } else {
    r = convert<float>(detail::pow_abs(convert<double>(a), convert<double>(y)));
  }
  V half = y * V(0.5f);
  auto whole = trunc(y) == y;
  auto odd = whole & (trunc(half) != half);
  Mask<float, N> negative{bits_as<int32_t>(x).v < 0};
  r = select(negative & odd, -r, r);
  r = select(negative & !whole & (a > V(0)) & (a < V(kInf)), V(__builtin_nanf("")), r);
  auto one = (x == V(1)) | (y == V(0)) | ((x == V(-1)) & (abs(y) == V(kInf)));
  return select(one, V(1), select((x != x) | (y != y), x + y, r));
}

// Exact. A quotient below 2^(digits - 1) leaves one step to correct; others call libm lane by lane.
template <class T, int N> TAEDA_INLINE Vec<T, N> fmod(Vec<T, N> x, Vec<T, N> y) {
  using V = Vec<T, N>;
  V r;
#if defined(__FMA__)
  V a = abs(x), b = abs(y);
  V q = trunc(a / b);
  r = fma(-q, b, a);
  r = copysign(select(r < V(0), r + b, r), x);
  auto easy = (q < V(sizeof(T) == 4 ? 0x1p23 : 0x1p52)) & (b < V(__builtin_inf()));
  if (__builtin_expect(!any(!easy), 1)) return r;
#else
  Mask<T, N> easy{};
#endif
  for (int i = 0; i < N; ++i)
    if (!easy.v[i])
      r.v[i] = T(sizeof(T) == 4 ? __builtin_fmodf(x.v[i], y.v[i]) : __builtin_fmod(x.v[i], y.v[i]));
  return r;
}

// These call libm lane by lane; the others are in math_wide.h.
#define TAEDA_LIBM1(name)                                             \
  template <int N> TAEDA_INLINE Vec<float, N> name(Vec<float, N> x) { \
    Vec<float, N> r;                                                  \
    for (int i = 0; i < N; ++i) r.v[i] = __builtin_##name##f(x.v[i]); \
    return r;                                                         \
  }
TAEDA_LIBM1(lgamma)
#undef TAEDA_LIBM1

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
