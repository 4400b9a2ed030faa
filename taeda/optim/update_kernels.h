// The loops of rules for one instruction set: included by update_base.cpp and its like, which name
// it (TAEDA_ISA), say how wide its registers are (TAEDA_BYTES), and what the compiler may use.
// Every function made here has the instruction set in its name, so that the linker cannot mix them
// up.
#pragma once
#include <cstring>
#include <utility>
#if defined(__SSE2__)
#if !defined(__clang__)
// GCC's own headers write "__m512 y = y" for undefined lanes (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#endif

#include "taeda/optim/update.h"

#define TAEDA_INLINE inline __attribute__((always_inline))

namespace taeda::optim {
inline namespace TAEDA_ISA {

// The lanes of one register. Lane i of a result depends on lane i of the arguments alone and is
// rounded as a number is: results depend neither on where an element lies nor on the instruction
// set.
template <class T> struct Pack {
  static constexpr int lanes = TAEDA_BYTES / sizeof(T);
  using Int = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  typedef T Raw __attribute__((vector_size(lanes * sizeof(T))));
  typedef Int Mask __attribute__((vector_size(lanes * sizeof(T))));
  Raw raw;

  Pack() = default;
  TAEDA_INLINE Pack(Raw r) : raw(r) {}
  template <class S>
  requires std::is_arithmetic_v<S> TAEDA_INLINE Pack(S x)
      : raw(T(x) - Raw{}) {}  // x - 0 keeps the sign of zero, x + 0 would not

  static TAEDA_INLINE Mask first(int m) {  // the first m lanes
    Mask index;
    for (int i = 0; i < lanes; i++) index[i] = i;
    return index < m;
  }

  friend TAEDA_INLINE Pack operator+(Pack a, Pack b) { return a.raw + b.raw; }
  friend TAEDA_INLINE Pack operator-(Pack a, Pack b) { return a.raw - b.raw; }
  friend TAEDA_INLINE Pack operator*(Pack a, Pack b) { return a.raw * b.raw; }
  friend TAEDA_INLINE Pack operator/(Pack a, Pack b) { return a.raw / b.raw; }
  friend TAEDA_INLINE Pack operator-(Pack a) { return -a.raw; }
  friend TAEDA_INLINE Mask operator>(Pack a, Pack b) { return a.raw > b.raw; }
  friend TAEDA_INLINE Mask operator<(Pack a, Pack b) { return a.raw < b.raw; }

  friend TAEDA_INLINE Pack pick(Mask m, Pack a, Pack b) {
    return Raw((m & Mask(a.raw)) | (~m & Mask(b.raw)));
  }
  friend TAEDA_INLINE Pack larger(Pack a, Pack b) {  // NaN wins
    return pick((a > b) | (a.raw != a.raw), a, b);
  }
  friend TAEDA_INLINE Pack magnitude(Pack x) { return pick(x < Pack(0), -x, x); }
  friend TAEDA_INLINE Pack root(Pack x) {
#if defined(__x86_64__)
#if TAEDA_BYTES == 64
    if constexpr (sizeof(T) == 4) return Raw(_mm512_sqrt_ps(__m512(x.raw)));
    else return Raw(_mm512_sqrt_pd(__m512d(x.raw)));
#elif TAEDA_BYTES == 32
    if constexpr (sizeof(T) == 4) return Raw(_mm256_sqrt_ps(__m256(x.raw)));
    else return Raw(_mm256_sqrt_pd(__m256d(x.raw)));
#else
    if constexpr (sizeof(T) == 4) return Raw(_mm_sqrt_ps(__m128(x.raw)));
    else return Raw(_mm_sqrt_pd(__m128d(x.raw)));
#endif
#else
    for (int i = 0; i < lanes; i++)
      x.raw[i] = T(sizeof(T) == 4 ? __builtin_sqrtf(float(x.raw[i])) : __builtin_sqrt(x.raw[i]));
    return x;
#endif
  }
};

// m < lanes elements; the other lanes of a load are 0.
template <class T> TAEDA_INLINE Pack<T> load_part(const T* p, int m) {
  using Raw = typename Pack<T>::Raw;
#if TAEDA_BYTES == 64
  if constexpr (sizeof(T) == 4) return Raw(_mm512_maskz_loadu_ps(__mmask16((1u << m) - 1), p));
  else return Raw(_mm512_maskz_loadu_pd(__mmask8((1u << m) - 1), p));
#elif TAEDA_BYTES == 32
  if constexpr (sizeof(T) == 4) return Raw(_mm256_maskload_ps(p, __m256i(Pack<T>::first(m))));
  else return Raw(_mm256_maskload_pd(p, __m256i(Pack<T>::first(m))));
#else
  Raw raw{};
  for (int i = 0; i < m; i++) raw[i] = p[i];
  return raw;
#endif
}
template <class T> TAEDA_INLINE void store_part(T* p, Pack<T> x, int m) {
#if TAEDA_BYTES == 64
  if constexpr (sizeof(T) == 4) _mm512_mask_storeu_ps(p, __mmask16((1u << m) - 1), __m512(x.raw));
  else _mm512_mask_storeu_pd(p, __mmask8((1u << m) - 1), __m512d(x.raw));
#elif TAEDA_BYTES == 32
  if constexpr (sizeof(T) == 4) _mm256_maskstore_ps(p, __m256i(Pack<T>::first(m)), __m256(x.raw));
  else _mm256_maskstore_pd(p, __m256i(Pack<T>::first(m)), __m256d(x.raw));
#else
  for (int i = 0; i < m; i++) p[i] = x.raw[i];
#endif
}

// The first m lanes in memory, where elements may be 16-bit floats.
template <class S> TAEDA_INLINE Pack<Compute<S>> load(const S* p, int m) {
  using V = Pack<Compute<S>>;
  V x(0);
  if constexpr (sizeof(S) == 2)
    for (int i = 0; i < m; i++) x.raw[i] = float(p[i]);
  else if (m == V::lanes) memcpy(&x.raw, p, sizeof x.raw);
  else x = load_part(p, m);
  return x;
}
template <class S> TAEDA_INLINE void store(S* p, Pack<Compute<S>> x, int m) {
  if constexpr (sizeof(S) == 2)
    for (int i = 0; i < m; i++) p[i] = S(x.raw[i]);
  else if (m == Pack<S>::lanes) memcpy(p, &x.raw, sizeof x.raw);
  else store_part(p, x, m);
}

template <class Rule, class S, size_t... j>
TAEDA_INLINE void update_loop(S* p, const S* g, void* const* data, int64_t n,
                              const typename Rule::template Step<Compute<S>>& c,
                              std::index_sequence<j...>) {
  using V = Pack<Compute<S>>;
  S* const s[] = {static_cast<S*>(data[j])...};
  V v[] = {(void(j), V(0))...};
  auto some = [&](int64_t i, int m) __attribute__((always_inline)) {
    ((s[j] ? void(v[j] = load(s[j] + i, m)) : void()), ...);
    V x = load(p + i, m);
    Rule::update(x, load(g + i, m), v, c);
    store(p + i, x, m);
    ((s[j] ? store(s[j] + i, v[j], m) : void()), ...);
  };
  int64_t i = 0;
  for (; i + V::lanes <= n; i += V::lanes) some(i, V::lanes);
  if (i < n) some(i, int(n - i));
}

template <class Rule, class S>
void update(void* p, const void* g, void* const* s, int64_t n, const void* step) {
  const auto c = *static_cast<const typename Rule::template Step<Compute<S>>*>(step);
  update_loop<Rule>(static_cast<S*>(p), static_cast<const S*>(g), s, n, c,
                    std::make_index_sequence<state_count<Rule> - Rule::scalars>{});
}

}  // namespace TAEDA_ISA

#define TAEDA_JOIN_(name, isa) name##_##isa
#define TAEDA_JOIN(name, isa) TAEDA_JOIN_(name, isa)
#define TAEDA_X(R)                                                            \
  {&update<rule::R, float>, &update<rule::R, double>, &update<rule::R, Half>, \
   &update<rule::R, BFloat16>},
constinit const UpdateTable TAEDA_JOIN(update_table, TAEDA_ISA) = {{TAEDA_RULES(TAEDA_X)}};
#undef TAEDA_X

}  // namespace taeda::optim
