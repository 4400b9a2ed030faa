// Vec<T, N>: N lanes of T, over the GCC/Clang vector extension.
// Included only by the sources of this folder, which are compiled once per instruction set with
// -DTAEDA_ISA=base|avx2|avx512. Every name lives in an inline namespace of that tag, so code for
// wide instructions never merges with code of another object. Invariant: lane i of a result depends
// on lane i of the arguments only, so full and partial vectors agree.
#pragma once
#include <cstddef>
#include <cstdint>
#if defined(__GNUC__) && !defined(__clang__)
// GCC's own headers write "__m512 y = y" for undefined lanes (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#ifndef TAEDA_ISA
#error "vec.h belongs to the sources compiled per instruction set"
#endif

#include "taeda/base/half.h"

#define TAEDA_INLINE inline __attribute__((always_inline))
#define TAEDA_INLINE_LAMBDA __attribute__((always_inline))

// The name of this object's table: TAEDA_ISA_TABLE(row_table) is row_table_avx2 in the avx2 object.
#define TAEDA_ISA_JOIN_(name, isa) name##_##isa
#define TAEDA_ISA_JOIN(name, isa) TAEDA_ISA_JOIN_(name, isa)
#define TAEDA_ISA_TABLE(name) TAEDA_ISA_JOIN(name, TAEDA_ISA)

namespace taeda::cpu {
inline namespace TAEDA_ISA {

#if defined(__AVX512F__)
inline constexpr int kBytes = 64;
#elif defined(__AVX2__)
inline constexpr int kBytes = 32;
#else
inline constexpr int kBytes = 16;
#endif

template <int Size> struct IntOf;
template <> struct IntOf<1> { using type = int8_t; };
template <> struct IntOf<2> { using type = int16_t; };
template <> struct IntOf<4> { using type = int32_t; };
template <> struct IntOf<8> { using type = int64_t; };
template <class T> using Int = typename IntOf<sizeof(T)>::type;

// Lanes of a vector that computes in T.
template <class T> inline constexpr int lanes = kBytes / int(sizeof(T));

template <class T, int N> struct Mask {
  typedef Int<T> raw __attribute__((vector_size(N * sizeof(T))));
  raw v;  // each lane is 0 or -1
  friend TAEDA_INLINE Mask operator&(Mask a, Mask b) { return {a.v & b.v}; }
  friend TAEDA_INLINE Mask operator|(Mask a, Mask b) { return {a.v | b.v}; }
  friend TAEDA_INLINE Mask operator^(Mask a, Mask b) { return {a.v ^ b.v}; }
  friend TAEDA_INLINE Mask operator!(Mask a) { return {~a.v}; }
  friend TAEDA_INLINE Mask operator==(Mask a, Mask b) { return {~(a.v ^ b.v)}; }
  friend TAEDA_INLINE Mask operator!=(Mask a, Mask b) { return {a.v ^ b.v}; }
};

template <class T, int N = lanes<T>> struct Vec {
  using Scalar = T;
  using M = Mask<T, N>;
  static constexpr int size = N;
  typedef T raw __attribute__((vector_size(N * sizeof(T))));
  raw v;

  Vec() = default;
  TAEDA_INLINE Vec(raw r) : v(r) {}
  template <class S>
  requires(requires(S s) { T(s); } && !__is_class(S) && sizeof(S) <= 8) TAEDA_INLINE Vec(S s)
      : v(T(s) - raw{}) {}  // s - 0, not s + 0: keeps -0

  friend TAEDA_INLINE Vec operator+(Vec a, Vec b) { return a.v + b.v; }
  friend TAEDA_INLINE Vec operator-(Vec a, Vec b) { return a.v - b.v; }
  friend TAEDA_INLINE Vec operator*(Vec a, Vec b) { return a.v * b.v; }
  friend TAEDA_INLINE Vec operator/(Vec a, Vec b) { return a.v / b.v; }
  friend TAEDA_INLINE Vec operator-(Vec a) { return -a.v; }
  friend TAEDA_INLINE M operator<(Vec a, Vec b) { return {(typename M::raw)(a.v < b.v)}; }
  friend TAEDA_INLINE M operator<=(Vec a, Vec b) { return {(typename M::raw)(a.v <= b.v)}; }
  friend TAEDA_INLINE M operator>(Vec a, Vec b) { return {(typename M::raw)(a.v > b.v)}; }
  friend TAEDA_INLINE M operator>=(Vec a, Vec b) { return {(typename M::raw)(a.v >= b.v)}; }
  friend TAEDA_INLINE M operator==(Vec a, Vec b) { return {(typename M::raw)(a.v == b.v)}; }
  friend TAEDA_INLINE M operator!=(Vec a, Vec b) { return {(typename M::raw)(a.v != b.v)}; }
};

template <class T, int N> TAEDA_INLINE Vec<T, N> select(Mask<T, N> m, Vec<T, N> a, Vec<T, N> b) {
  return m.v ? a.v : b.v;
}
template <class T, int N> TAEDA_INLINE Vec<T, N> select(Mask<T, N> m, Vec<T, N> a, double b) {
  return select(m, a, Vec<T, N>(b));
}
template <class T, int N> TAEDA_INLINE Vec<T, N> select(Mask<T, N> m, double a, Vec<T, N> b) {
  return select(m, Vec<T, N>(a), b);
}

// Value and bit conversions.
template <class U, class T, int N> TAEDA_INLINE Vec<U, N> convert(Vec<T, N> a) {
  return __builtin_convertvector(a.v, typename Vec<U, N>::raw);
}
template <class U, class T, int N> TAEDA_INLINE auto bits_as(Vec<T, N> a) {
  constexpr int M = N * int(sizeof(T)) / int(sizeof(U));
  return Vec<U, M>((typename Vec<U, M>::raw)a.v);
}

template <class T, int N> TAEDA_INLINE bool any(Mask<T, N> m) {
#if defined(__AVX512F__)
  if constexpr (sizeof(m) == 64) return _mm512_test_epi32_mask((__m512i)m.v, (__m512i)m.v) != 0;
#endif
#if defined(__AVX2__)
  if constexpr (sizeof(m) == 32) return _mm256_movemask_epi8((__m256i)m.v) != 0;
#endif
  Int<T> acc = 0;
  for (int i = 0; i < N; ++i) acc |= m.v[i];
  return acc != 0;
}

// fma(a, b, c) = a * b + c, rounded once where the hardware can; the base object rounds twice.
template <int N> TAEDA_INLINE Vec<float, N> fma(Vec<float, N> a, Vec<float, N> b, Vec<float, N> c) {
#if defined(__AVX512F__)
  if constexpr (N == 16)
    return (typename Vec<float, N>::raw)_mm512_fmadd_ps((__m512)a.v, (__m512)b.v, (__m512)c.v);
#endif
#if defined(__FMA__)
  if constexpr (N == 8)
    return (typename Vec<float, N>::raw)_mm256_fmadd_ps((__m256)a.v, (__m256)b.v, (__m256)c.v);
  if constexpr (N == 4)
    return (typename Vec<float, N>::raw)_mm_fmadd_ps((__m128)a.v, (__m128)b.v, (__m128)c.v);
#endif
  return a.v * b.v + c.v;
}
template <int N>
TAEDA_INLINE Vec<double, N> fma(Vec<double, N> a, Vec<double, N> b, Vec<double, N> c) {
#if defined(__AVX512F__)
  if constexpr (N == 8)
    return (typename Vec<double, N>::raw)_mm512_fmadd_pd((__m512d)a.v, (__m512d)b.v, (__m512d)c.v);
#endif
#if defined(__FMA__)
  if constexpr (N == 4)
    return (typename Vec<double, N>::raw)_mm256_fmadd_pd((__m256d)a.v, (__m256d)b.v, (__m256d)c.v);
  if constexpr (N == 2)
    return (typename Vec<double, N>::raw)_mm_fmadd_pd((__m128d)a.v, (__m128d)b.v, (__m128d)c.v);
#endif
  return a.v * b.v + c.v;
}

// max(a, b) and min(a, b) return b where either is NaN, as the x86 instruction does.
template <class T, int N> TAEDA_INLINE Vec<T, N> max(Vec<T, N> a, Vec<T, N> b) {
#if defined(__AVX512F__)
  if constexpr (sizeof(a) == 64 && sizeof(T) == 4 && T(0.5) != 0)
    return (typename Vec<T, N>::raw)_mm512_max_ps((__m512)a.v, (__m512)b.v);
#endif
  return a.v > b.v ? a.v : b.v;
}
template <class T, int N> TAEDA_INLINE Vec<T, N> min(Vec<T, N> a, Vec<T, N> b) {
#if defined(__AVX512F__)
  if constexpr (sizeof(a) == 64 && sizeof(T) == 4 && T(0.5) != 0)
    return (typename Vec<T, N>::raw)_mm512_min_ps((__m512)a.v, (__m512)b.v);
#endif
  return a.v < b.v ? a.v : b.v;
}

template <class T, int N> TAEDA_INLINE Vec<T, N> abs(Vec<T, N> a) {
  if constexpr (T(0.5) != 0) {
    using I = Int<T>;
    return bits_as<T>(Vec<I, N>(bits_as<I>(a).v & I(~(I(1) << (8 * sizeof(T) - 1)))));
  } else {
    return a.v < 0 ? -a.v : a.v;
  }
}
// |m| with the sign of s.
template <class T, int N> TAEDA_INLINE Vec<T, N> copysign(Vec<T, N> m, Vec<T, N> s) {
  using I = Int<T>;
  const I sign = I(I(1) << (8 * sizeof(T) - 1));
  return bits_as<T>(Vec<I, N>((bits_as<I>(m).v & I(~sign)) | (bits_as<I>(s).v & sign)));
}
template <int N> TAEDA_INLINE Vec<float, N> sqrt(Vec<float, N> a) {
#if defined(__AVX512F__)
  if constexpr (N == 16) return (typename Vec<float, N>::raw)_mm512_sqrt_ps((__m512)a.v);
#endif
#if defined(__AVX2__)
  if constexpr (N == 8) return (typename Vec<float, N>::raw)_mm256_sqrt_ps((__m256)a.v);
#endif
  Vec<float, N> r;
  for (int i = 0; i < N; ++i) r.v[i] = __builtin_sqrtf(a.v[i]);
  return r;
}
template <int N> TAEDA_INLINE Vec<double, N> sqrt(Vec<double, N> a) {
#if defined(__AVX512F__)
  if constexpr (N == 8) return (typename Vec<double, N>::raw)_mm512_sqrt_pd((__m512d)a.v);
#endif
  Vec<double, N> r;
  for (int i = 0; i < N; ++i) r.v[i] = __builtin_sqrt(a.v[i]);
  return r;
}
template <int N> TAEDA_INLINE Mask<float, N> isnan(Vec<float, N> a) { return a != a; }
template <int N> TAEDA_INLINE Mask<double, N> isnan(Vec<double, N> a) { return a != a; }
template <class T, int N> TAEDA_INLINE Mask<T, N> isinf(Vec<T, N> a) {
  return abs(a) == Vec<T, N>(__builtin_inf());
}
template <class T, int N> TAEDA_INLINE Mask<T, N> isfinite(Vec<T, N> a) {
  return abs(a) < Vec<T, N>(__builtin_inf());
}
template <class T, int N> TAEDA_INLINE Mask<T, N> signbit(Vec<T, N> a) {
  return {bits_as<Int<T>>(a).v < 0};
}

// Roundings to whole numbers; -0, infinities and NaN pass.
#if defined(__AVX512F__)
#define TAEDA_ROUND_512(mode)                                                \
  if constexpr (sizeof(a) == 64 && sizeof(T) == 4)                           \
    return (typename Vec<T, N>::raw)_mm512_roundscale_ps((__m512)a.v, mode); \
  if constexpr (sizeof(a) == 64 && sizeof(T) == 8)                           \
    return (typename Vec<T, N>::raw)_mm512_roundscale_pd((__m512d)a.v, mode);
#else
#define TAEDA_ROUND_512(mode)
#endif
#if defined(__AVX2__)
#define TAEDA_ROUND_256(mode)                                                               \
  if constexpr (sizeof(a) == 32 && sizeof(T) == 4)                                          \
    return (typename Vec<T, N>::raw)_mm256_round_ps((__m256)a.v, mode | _MM_FROUND_NO_EXC); \
  if constexpr (sizeof(a) == 32 && sizeof(T) == 8)                                          \
    return (typename Vec<T, N>::raw)_mm256_round_pd((__m256d)a.v, mode | _MM_FROUND_NO_EXC);
#else
#define TAEDA_ROUND_256(mode)
#endif
#define TAEDA_ROUNDING(name, builtin, mode)                              \
  template <class T, int N> TAEDA_INLINE Vec<T, N> name(Vec<T, N> a) {   \
    TAEDA_ROUND_512(mode)                                                \
    TAEDA_ROUND_256(mode)                                                \
    Vec<T, N> r;                                                         \
    for (int i = 0; i < N; ++i)                                          \
      r.v[i] = sizeof(T) == 4 ? T(__builtin_##builtin##f(float(a.v[i]))) \
                              : T(__builtin_##builtin(double(a.v[i])));  \
    return r;                                                            \
  }
TAEDA_ROUNDING(floor, floor, 1)
TAEDA_ROUNDING(ceil, ceil, 2)
TAEDA_ROUNDING(trunc, trunc, 3)
TAEDA_ROUNDING(round, rint, 0)  // halves to even
#undef TAEDA_ROUNDING
#undef TAEDA_ROUND_256
#undef TAEDA_ROUND_512

template <class T, int N> TAEDA_INLINE Vec<T, N> rsqrt(Vec<T, N> a) {
  return Vec<T, N>(1) / sqrt(a);
}

// Folds the lanes in halves: lane i with lane i + N/2, and so on. The order is part of the
// contract.
template <class T, int N, class F> TAEDA_INLINE T fold(Vec<T, N> a, F f) {
  if constexpr (N == 1) {
    return a.v[0];
  } else {
    constexpr int H = N / 2;
    Vec<T, H> lo, hi;
    __builtin_memcpy(&lo, &a, sizeof lo);
    __builtin_memcpy(&hi, reinterpret_cast<const char*>(&a) + sizeof lo, sizeof hi);
    return fold<T, H>(f(lo, hi), f);
  }
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
