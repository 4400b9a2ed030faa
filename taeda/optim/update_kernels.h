// The loops of rules for one instruction set, TAEDA_ISA: included by update_base.cpp and its like,
// which say what the compiler may use. Every function made here has the instruction set in its
// name.
#pragma once
#include "taeda/cpu/isa/vec_memory.h"
#include "taeda/optim/update.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

// What formulas need beyond the operators.
template <class T, int N> TAEDA_INLINE Vec<T, N> pick(Mask<T, N> m, Vec<T, N> a, Vec<T, N> b) {
  return select(m, a, b);
}
template <class T, int N> TAEDA_INLINE Vec<T, N> larger(Vec<T, N> a, Vec<T, N> b) {
  return select((a > b) | isnan(a), a, b);
}
template <class T, int N> TAEDA_INLINE Vec<T, N> magnitude(Vec<T, N> x) { return abs(x); }
template <class T, int N> TAEDA_INLINE Vec<T, N> root(Vec<T, N> x) {
  using R [[maybe_unused]] = typename Vec<T, N>::raw;
#if defined(__AVX2__)
  if constexpr (sizeof(x) == 32 && sizeof(T) == 8) return R(_mm256_sqrt_pd(__m256d(x.v)));
#elif defined(__SSE2__)
  if constexpr (sizeof(T) == 4) return R(_mm_sqrt_ps(__m128(x.v)));
  if constexpr (sizeof(T) == 8) return R(_mm_sqrt_pd(__m128d(x.v)));
#endif
  return sqrt(x);
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu

namespace taeda::optim {
inline namespace TAEDA_ISA {

template <class Rule, class T>
void update(void* p_data, const void* g_data, void* const* s_data, int64_t n, const void* step) {
  using C = Compute<T>;
  using V = cpu::Vec<C>;
  constexpr size_t states = state_count<Rule> - Rule::scalars;
  const auto c = *static_cast<const typename Rule::template Step<C>*>(step);
  T* p = static_cast<T*>(p_data);
  const T* g = static_cast<const T*>(g_data);
  T* s[states];
  for (size_t j = 0; j < states; j++) s[j] = static_cast<T*>(s_data[j]);

  V v[states] = {};
  auto some = [&](int64_t i, int m) __attribute__((always_inline)) {
    for (size_t j = 0; j < states; j++)
      if (s[j]) v[j] = cpu::load(s[j] + i, m);
    V x = cpu::load(p + i, m);
    Rule::update(x, cpu::load(g + i, m), v, c);
    cpu::store(p + i, x, m);
    for (size_t j = 0; j < states; j++)
      if (s[j]) cpu::store(s[j] + i, v[j], m);
  };
  int64_t i = 0;
  for (; i + V::size <= n; i += V::size) some(i, V::size);
  if (i < n) some(i, int(n - i));
}

}  // namespace TAEDA_ISA

#define TAEDA_X(R)                                                            \
  {&update<rule::R, float>, &update<rule::R, double>, &update<rule::R, Half>, \
   &update<rule::R, BFloat16>},
constinit const UpdateTable TAEDA_ISA_TABLE(update_table) = {{TAEDA_RULES(TAEDA_X)}};
#undef TAEDA_X

}  // namespace taeda::optim
