// Loads and stores of Vec: whole or the first n lanes, with conversion between storage and compute
// type. A partial load fills the other lanes with zero; a partial store leaves memory behind n
// untouched.
#pragma once
#include "taeda/cpu/isa/vec.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

namespace detail {
template <class V> struct __attribute__((packed, may_alias)) Unaligned { V v; };

template <class Raw> TAEDA_INLINE Raw load_raw(const void* p) {
  return static_cast<const Unaligned<Raw>*>(p)->v;
}
template <class Raw> TAEDA_INLINE void store_raw(void* p, Raw v) {
  static_cast<Unaligned<Raw>*>(p)->v = v;
}

#if defined(__AVX2__)
// The first n dwords (or qwords) of a 32-byte vector.
inline constexpr int32_t kFirst[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
template <int Size> TAEDA_INLINE __m256i first(int n) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kFirst + 8 - n * Size / 4));
}
#endif

template <class T, int N> TAEDA_INLINE typename Vec<T, N>::raw load_part(const void* p, int n) {
  using R = typename Vec<T, N>::raw;
#if defined(__AVX512F__)
  if constexpr (sizeof(R) == 64 && sizeof(T) == 4)
    return (R)_mm512_maskz_loadu_epi32(__mmask16((1u << n) - 1), p);
  if constexpr (sizeof(R) == 64 && sizeof(T) == 8)
    return (R)_mm512_maskz_loadu_epi64(__mmask8((1u << n) - 1), p);
  if constexpr (sizeof(R) == 32 && sizeof(T) == 2)
    return (R)_mm256_maskz_loadu_epi16(__mmask16((1u << n) - 1), p);
  if constexpr (sizeof(R) == 16 && sizeof(T) == 1)
    return (R)_mm_maskz_loadu_epi8(__mmask16((1u << n) - 1), p);
#endif
#if defined(__AVX2__)
  if constexpr (sizeof(R) == 32 && sizeof(T) == 4)
    return (R)_mm256_maskload_epi32(static_cast<const int*>(p), first<4>(n));
  if constexpr (sizeof(R) == 32 && sizeof(T) == 8)
    return (R)_mm256_maskload_epi64(static_cast<const long long*>(p), first<8>(n));
#endif
  R r{};
  const T* s = static_cast<const T*>(p);
  T* d = reinterpret_cast<T*>(&r);
  for (int i = 0; i < n; ++i) __builtin_memcpy(d + i, s + i, sizeof(T));
  return r;
}
template <class T, int N> TAEDA_INLINE void store_part(void* p, typename Vec<T, N>::raw v, int n) {
  using R [[maybe_unused]] = decltype(v);
#if defined(__AVX512F__)
  if constexpr (sizeof(R) == 64 && sizeof(T) == 4)
    return _mm512_mask_storeu_epi32(p, __mmask16((1u << n) - 1), (__m512i)v);
  if constexpr (sizeof(R) == 64 && sizeof(T) == 8)
    return _mm512_mask_storeu_epi64(p, __mmask8((1u << n) - 1), (__m512i)v);
  if constexpr (sizeof(R) == 32 && sizeof(T) == 2)
    return _mm256_mask_storeu_epi16(p, __mmask16((1u << n) - 1), (__m256i)v);
  if constexpr (sizeof(R) == 16 && sizeof(T) == 1)
    return _mm_mask_storeu_epi8(p, __mmask16((1u << n) - 1), (__m128i)v);
#endif
#if defined(__AVX2__)
  if constexpr (sizeof(R) == 32 && sizeof(T) == 4)
    return _mm256_maskstore_epi32(static_cast<int*>(p), first<4>(n), (__m256i)v);
  if constexpr (sizeof(R) == 32 && sizeof(T) == 8)
    return _mm256_maskstore_epi64(static_cast<long long*>(p), first<8>(n), (__m256i)v);
#endif
  const T* s = reinterpret_cast<const T*>(&v);
  T* d = static_cast<T*>(p);
  for (int i = 0; i < n; ++i) __builtin_memcpy(d + i, s + i, sizeof(T));
}
}  // namespace detail

// bfloat16: the upper half of a float; rounding to nearest even; NaN stays NaN (quiet).
template <int N> TAEDA_INLINE Vec<float, N> from_bf16(Vec<uint16_t, N> h) {
  return bits_as<float>(Vec<int32_t, N>(convert<int32_t>(h).v << 16));
}
template <int N> TAEDA_INLINE Vec<uint16_t, N> to_bf16(Vec<float, N> x) {
  auto u = bits_as<uint32_t>(x);
  auto r = (u.v + 0x7fffu + ((u.v >> 16) & 1u)) >> 16;
  auto nan = (u.v >> 16) | 0x40u;
  return convert<uint16_t>(Vec<uint32_t, N>((x.v != x.v) ? nan : r));
}

template <int N> TAEDA_INLINE Vec<float, N> from_half(Vec<uint16_t, N> h) {
  using R [[maybe_unused]] = typename Vec<float, N>::raw;
#if defined(__AVX512F__)
  if constexpr (N == 16) return (R)_mm512_cvtph_ps((__m256i)h.v);
#endif
#if defined(__F16C__)
  if constexpr (N == 8) return (R)_mm256_cvtph_ps((__m128i)h.v);
#endif
  // Exponent and mantissa moved into place, then scaled by 2^112: exact for denormals too.
  auto w = convert<uint32_t>(h);
  auto body = bits_as<float>(Vec<uint32_t, N>((w.v & 0x7fffu) << 13));
  auto scaled = body * Vec<float, N>(0x1p112f);
  auto top =
      bits_as<uint32_t>(scaled).v | ((scaled.v >= 65536.0f) ? (w.v & 0) + 0x7f800000u : (w.v & 0));
  return bits_as<float>(Vec<uint32_t, N>(top | ((w.v & 0x8000u) << 16)));
}
template <int N> TAEDA_INLINE Vec<uint16_t, N> to_half(Vec<float, N> x) {
  using R [[maybe_unused]] = typename Vec<uint16_t, N>::raw;
#if defined(__AVX512F__)
  if constexpr (N == 16) return (R)_mm512_cvtps_ph((__m512)x.v, _MM_FROUND_TO_NEAREST_INT);
#endif
#if defined(__F16C__)
  if constexpr (N == 8) return (R)_mm256_cvtps_ph((__m256)x.v, _MM_FROUND_TO_NEAREST_INT);
#endif
  // Adding 2^(e+13) rounds the mantissa to half's grid in the current (nearest even) mode.
  auto a = abs(x);
  auto u = bits_as<uint32_t>(a);
  auto e = (u.v & 0x7f800000u) < 0x38800000u ? (u.v & 0) + 0x38800000u : (u.v & 0x7f800000u);
  auto magic = bits_as<float>(Vec<uint32_t, N>(e + (13u << 23)));
  auto sum = a + magic;
  auto q = bits_as<uint32_t>(sum).v & 0x7fffffu;
  auto r = ((e - 0x38800000u) >> 13) + q;
  r = (a.v >= 65520.0f) ? (r & 0) + 0x7c00u : r;
  r = (a.v != a.v) ? (u.v >> 13 & 0x3ffu) | 0x7e00u : r;
  return convert<uint16_t>(Vec<uint32_t, N>(r | ((bits_as<uint32_t>(x).v >> 16) & 0x8000u)));
}

template <class X, class A, class B> struct IfMask { using type = B; };
template <class T, int N, class A, class B> struct IfMask<Mask<T, N>, A, B> { using type = A; };

// load(p, n): n == N loads all lanes. The compiler removes the branch where n is the constant N.
template <class S, int N = lanes<Compute<S>>>
TAEDA_INLINE Vec<Compute<S>, N> load(const S* p, int n = N) {
  auto get = [&]<class W>(W) TAEDA_INLINE_LAMBDA {
    using R = typename Vec<W, N>::raw;
    return Vec<W, N>(n == N ? detail::load_raw<R>(p) : detail::load_part<W, N>(p, n));
  };
  if constexpr (__is_same(S, BFloat16)) return from_bf16<N>(get(uint16_t{}));
  else if constexpr (__is_same(S, Half)) return from_half<N>(get(uint16_t{}));
  else return get(Compute<S>{});
}

template <class S, int N> TAEDA_INLINE void store(S* p, Vec<Compute<S>, N> v, int n = N) {
  auto put = [&]<class W>(Vec<W, N> w) TAEDA_INLINE_LAMBDA {
    if (n == N) detail::store_raw(p, w.v);
    else detail::store_part<W, N>(p, w.v, n);
  };
  if constexpr (__is_same(S, BFloat16)) put(to_bf16(v));
  else if constexpr (__is_same(S, Half)) put(to_half(v));
  else put(v);
}

// Comparisons store bool, one byte a lane.
template <class T, int N> TAEDA_INLINE void store(bool* p, Mask<T, N> m, int n = N) {
  Vec<int8_t, N> bytes;
  if constexpr (sizeof(T) == 1) bytes = Vec<int8_t, N>(m.v);
  else bytes = convert<int8_t>(Vec<Int<T>, N>(m.v));
  bytes = Vec<int8_t, N>(bytes.v & 1);
  if (n == N) detail::store_raw(p, bytes.v);
  else detail::store_part<int8_t, N>(p, bytes.v, n);
}
template <class T, int N> TAEDA_INLINE Mask<T, N> load_mask(const bool* p, int n = N) {
  using R = typename Vec<int8_t, N>::raw;
  Vec<int8_t, N> b(n == N ? detail::load_raw<R>(p) : detail::load_part<int8_t, N>(p, n));
  return {(typename Mask<T, N>::raw)(convert<Int<T>>(b).v != 0)};
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
