#include "taeda/cpu/isa/vec_memory.h"
#include "taeda/cpu/key_kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

void float_keys(uint32_t* to, const float* x, int64_t n) {
  using V = Vec<float>;
  using I = Vec<int32_t>;
  constexpr int N = lanes<float>;
  for (int64_t i = 0; i < n; i += N) {
    const int k = n - i < N ? int(n - i) : N;
    const V v = load(x + i, k);
    const I bits = bits_as<int32_t>(v);
    // Positive numbers above the negative ones, which count down.
    I key((bits.v ^ ((bits.v >> 31) | int32_t(0x80000000u))));
    key = I((v == V(0.f)).v ? I(int32_t(0x80000000u)).v : key.v);
    key = I((v != v).v ? I(-1).v : key.v);
    store(reinterpret_cast<int32_t*>(to) + i, key, k);
  }
}

int64_t below(uint32_t* at, const uint32_t* keys, int64_t n, uint32_t limit) {
  using K = Vec<uint32_t>;
  constexpr int N = lanes<uint32_t>;
  const K l(limit);
  int64_t found = 0, i = 0;
  for (; i + N <= n; i += N) {
    const K k(detail::load_raw<typename K::raw>(keys + i));
#if defined(__AVX512F__)
    for (unsigned m = _mm512_cmplt_epu32_mask((__m512i)k.v, (__m512i)l.v); m; m &= m - 1)
      at[found++] = uint32_t(i) + uint32_t(__builtin_ctz(m));
#else
    if (!any(k < l)) continue;
    for (int j = 0; j < N; ++j) {
      at[found] = uint32_t(i + j);
      found += keys[i + j] < limit;
    }
#endif
  }
  for (; i < n; ++i) {
    if (keys[i] < limit) at[found++] = uint32_t(i);
  }
  return found;
}

uint64_t sum_int64(const int64_t* x, int64_t n) {
  using V = Vec<uint64_t>;
  constexpr int N = lanes<uint64_t>;
  V a(0), b(0);
  int64_t i = 0;
  for (; i + 2 * N <= n; i += 2 * N) {
    __builtin_prefetch(reinterpret_cast<const char*>(x + i) + 4096);  // beyond the page
    a = a + V(detail::load_raw<V::raw>(x + i));
    b = b + V(detail::load_raw<V::raw>(x + i + N));
  }
  a = a + b;
  uint64_t sum = 0;
  for (int j = 0; j < N; ++j) sum += a.v[j];
  for (; i < n; ++i) sum += uint64_t(x[i]);
  return sum;
}

}  // namespace TAEDA_ISA

constinit const KeyTable TAEDA_ISA_TABLE(key_table) = {&float_keys, &below, &sum_int64};

}  // namespace taeda::cpu
