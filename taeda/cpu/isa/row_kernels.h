// Reductions and row kernels. S is the type in memory, C = Compute<S> that of sums and statistics.
// Sums run over 256 bytes of virtual lanes whatever the vector width, folded in halves: the tree
// depends on n only, so AVX2 and AVX-512, and any number of threads, agree.
#pragma once
#include "taeda/cpu/isa/math_double.h"
#include "taeda/cpu/isa/vec_memory.h"
#include "taeda/cpu/kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

template <class C> inline constexpr int kLanes = 256 / int(sizeof(C));  // virtual lanes
template <class C> inline constexpr int kGroup = kLanes<C> / lanes<C>;  // vectors that hold them

struct AddFn {
  template <class V> TAEDA_INLINE V operator()(V a, V b) const { return a + b; }
};
template <bool smallest> struct ExtremeFn {
  template <class V> TAEDA_INLINE V operator()(V a, V b) const {
    if constexpr (smallest) return min(a, b);
    else return max(a, b);
  }
  // The same where NaN wins.
  template <class V> TAEDA_INLINE static V keep_nan(V a, V b) {
    return select((smallest ? b < a : b > a) | (b != b), b, a);
  }
};

// Combines map(i, k) for i = 0, N, 2 N, ... < n over the virtual lanes; map gives neutral lanes
// from k on.
template <class C, class Combine, class Map>
TAEDA_INLINE C reduce_lanes(int64_t n, C neutral, Combine combine, Map map) {
  constexpr int N = lanes<C>, G = kGroup<C>;
  Vec<C> acc[G];
#pragma GCC unroll 16
  for (int g = 0; g < G; ++g) acc[g] = Vec<C>(neutral);
  int64_t i = 0;
  for (; i + kLanes<C> <= n; i += kLanes<C>) {
#pragma GCC unroll 16
    for (int g = 0; g < G; ++g) acc[g] = combine(acc[g], map(i + g * N, N));
  }
#pragma GCC unroll 16  // a run-time index into acc would put all of it in memory
  for (int g = 0; g < G; ++g) {
    const int64_t at = i + g * N;
    if (at < n) acc[g] = combine(acc[g], map(at, n - at < N ? int(n - at) : N));
  }
#pragma GCC unroll 16
  for (int half = G / 2; half > 0; half /= 2)
    for (int g = 0; g < half; ++g) acc[g] = combine(acc[g], acc[g + half]);
  return fold(acc[0], combine);
}

// f(i, k) for i = 0, N, 2 N, ... < n with k = min(N, n - i).
template <class C, class F> TAEDA_INLINE void each_vector(int64_t n, F f) {
  constexpr int N = lanes<C>;
  int64_t i = 0;
  for (; i + N <= n; i += N) f(i, N);
  if (i < n) f(i, int(n - i));
}

// v with `neutral` in the lanes from k on.
template <class C> TAEDA_INLINE Vec<C> keep(Vec<C> v, int k, C neutral) {
  constexpr int N = lanes<C>;
  if (k == N) return v;
  Vec<Int<C>> iota;
  for (int i = 0; i < N; ++i) iota.v[i] = i;
  return select(Mask<C, N>{iota.v < Int<C>(k)}, v, Vec<C>(neutral));
}

// What lies a page ahead is asked for: the hardware's own foresight ends with the page.
inline constexpr int64_t kPage = 4096;
template <class S> Compute<S> block_sum(const S* x, int64_t n) {
  return reduce_lanes<Compute<S>>(n, 0, AddFn{}, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    __builtin_prefetch(reinterpret_cast<const char*>(x + i) + kPage);
    return load(x + i, k);
  });
}

template <class S, bool smallest> Compute<S> block_extreme(const S* x, int64_t n) {
  using C = Compute<S>;
  const C first = smallest ? C(__builtin_inf()) : C(-__builtin_inf());
  Mask<C, lanes<C>> nan{};
  const C m =
      reduce_lanes<C>(n, first, ExtremeFn<smallest>{}, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
        Vec<C> v = keep<C>(load(x + i, k), k, first);
        nan = nan | (v != v);
        return v;
      });
  return any(nan) ? C(__builtin_nan("")) : m;
}

template <class S> int64_t index_of(const S* x, int64_t n, Compute<S> value) {
  using C = Compute<S>;
  constexpr int N = lanes<C>;
  const bool nan = value != value;
  for (int64_t i = 0; i < n; i += N) {
    const int k = n - i < N ? int(n - i) : N;
    Vec<C> v = load(x + i, k);
    auto hit = nan ? v != v : v == Vec<C>(value);
    if (!any(hit)) continue;
    for (int j = 0; j < k; ++j)
      if (hit.v[j]) return i + j;
  }
  return -1;
}

template <class S, class Combine>
TAEDA_INLINE void combine_rows(Compute<S>* acc, const S* x, int64_t rows, int64_t stride, int64_t n,
                               Combine combine) {
  using C = Compute<S>;
  constexpr int N = lanes<C>;
  int64_t j = 0;
  auto columns = [&]<int G>(int k) TAEDA_INLINE_LAMBDA {
    Vec<C> a[G];
#pragma GCC unroll 16
    for (int g = 0; g < G; ++g) a[g] = load(acc + j + g * N, k);
    for (int64_t r = 0; r < rows; ++r) {
#pragma GCC unroll 16
      for (int g = 0; g < G; ++g) a[g] = combine(a[g], load(x + r * stride + j + g * N, k));
    }
#pragma GCC unroll 16
    for (int g = 0; g < G; ++g) store(acc + j + g * N, a[g], k);
    j += G * N;
  };
  while (j + 8 * N <= n) columns.template operator()<8>(N);
  while (j + N <= n) columns.template operator()<1>(N);
  if (j < n) columns.template operator()<1>(int(n - j));
}
template <class S>
void add_rows(Compute<S>* acc, const S* x, int64_t rows, int64_t stride, int64_t n) {
  combine_rows(acc, x, rows, stride, n, AddFn{});
}
template <class S, bool smallest>
void extreme_rows(Compute<S>* acc, const S* x, int64_t rows, int64_t stride, int64_t n) {
  combine_rows(acc, x, rows, stride, n, [](auto a, auto b) TAEDA_INLINE_LAMBDA {
    return ExtremeFn<smallest>::keep_nan(a, b);
  });
}

template <class S> void softmax_row(S* y, const S* x, int64_t n, bool log_form) {
  using C = Compute<S>;
  using V = Vec<C>;
  const V m(block_extreme<S, false>(x, n));
  auto power = [&](int64_t i, int k) TAEDA_INLINE_LAMBDA { return exp(load(x + i, k) - m); };
  if (log_form) {
    const C sum = reduce_lanes<C>(n, 0, AddFn{}, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
      return keep<C>(power(i, k), k, 0);
    });
    const V shift = log(V(sum));  // taken off second: m + shift would lose digits of shift
    each_vector<C>(n, [&](int64_t i, int k)
                          TAEDA_INLINE_LAMBDA { store(y + i, (load(x + i, k) - m) - shift, k); });
  } else if constexpr (sizeof(S) == sizeof(C)) {
    const C sum = reduce_lanes<C>(n, 0, AddFn{}, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
      V e = power(i, k);
      store(y + i, e, k);
      return keep<C>(e, k, 0);
    });
    const V scale = V(1) / V(sum);
    each_vector<C>(
        n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA { store(y + i, load(y + i, k) * scale, k); });
  } else {  // powers kept in 16 bits would be rounded twice
    const C sum = reduce_lanes<C>(n, 0, AddFn{}, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
      return keep<C>(power(i, k), k, 0);
    });
    const V scale = V(1) / V(sum);
    each_vector<C>(
        n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA { store(y + i, power(i, k) * scale, k); });
  }
}

template <class S>
void layer_norm_row(S* y, const S* x, const S* w, const S* b, int64_t n, double eps,
                    Compute<S>* mean_out, Compute<S>* rstd_out) {
  using C = Compute<S>;
  using V = Vec<C>;
  const C mean = block_sum(x, n) / C(n);
  const V mu(mean);
  const C var = reduce_lanes<C>(n, 0, AddFn{},
                                [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
                                  V d = keep<C>(load(x + i, k) - mu, k, 0);
                                  return d * d;
                                }) /
                C(n);
  const V scale = V(1) / sqrt(V(var + C(eps)));
  each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    V v = (load(x + i, k) - mu) * scale;
    if (w) v = v * load(w + i, k);
    if (b) v = v + load(b + i, k);
    store(y + i, v, k);
  });
  *mean_out = mean;
  *rstd_out = scale.v[0];
}

// dw and db may both be null. The next row is asked for: one is about a page, where the hardware's
// own foresight ends.
template <class S>
void layer_norm_back_row(S* dx, const S* dy, const S* x, const S* w, int64_t n, Compute<S> mean,
                         Compute<S> rstd, Compute<S>* dw, Compute<S>* db) {
  using C = Compute<S>;
  using V = Vec<C>;
  constexpr int N = lanes<C>, G = kGroup<C>;
  const V mu(mean), r(rstd);
  // One pass: sum(g), sum(g xhat) with g = dy w, and the column sums. Each on its own virtual
  // lanes.
  V a1[G], a2[G];
#pragma GCC unroll 16
  for (int q = 0; q < G; ++q) a1[q] = a2[q] = V(0);
  auto add = [&](int q, int64_t i, int k) TAEDA_INLINE_LAMBDA {
    V d = load(dy + i, k), hat = keep<C>((load(x + i, k) - mu) * r, k, 0);
    V g = w ? d * load(w + i, k) : d;
    a1[q] = a1[q] + g;
    a2[q] = fma(g, hat, a2[q]);
    __builtin_prefetch(x + i + n), __builtin_prefetch(dy + i + n);
    if (!dw) return;
    store(dw + i, fma(d, hat, load(dw + i, k)), k);
    store(db + i, load(db + i, k) + d, k);
  };
  int64_t at = 0;
  for (; at + kLanes<C> <= n; at += kLanes<C>) {
#pragma GCC unroll 16
    for (int q = 0; q < G; ++q) add(q, at + q * N, N);
  }
#pragma GCC unroll 16
  for (int q = 0; q < G; ++q) {
    const int64_t i = at + q * N;
    if (i < n) add(q, i, n - i < N ? int(n - i) : N);
  }
#pragma GCC unroll 16
  for (int half = G / 2; half > 0; half /= 2)
    for (int q = 0; q < half; ++q) a1[q] = a1[q] + a1[q + half], a2[q] = a2[q] + a2[q + half];
  const C s1 = fold(a1[0], AddFn{}), s2 = fold(a2[0], AddFn{});
  const V a(s1 / C(n)), c(s2 / C(n));
  each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    V hat = (load(x + i, k) - mu) * r;
    V g = w ? load(dy + i, k) * load(w + i, k) : load(dy + i, k);
    store(dx + i, (g - a - hat * c) * r, k);
  });
}

template <class S> void widen_row(float* to, const uint16_t* from, int64_t n) {
  const S* x = reinterpret_cast<const S*>(from);
  each_vector<float>(
      n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA { store(to + i, load(x + i, k), k); });
}
template <class S> void narrow_row(uint16_t* to, const float* from, int64_t n) {
  S* y = reinterpret_cast<S*>(to);
  each_vector<float>(
      n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA { store(y + i, load(from + i, k), k); });
}

// A copy that leaves the caches alone.
inline void stream_copy(void* to, const void* from, int64_t bytes) {
  char* d = static_cast<char*>(to);
  const char* s = static_cast<const char*>(from);
#if defined(__SSE2__)
  int64_t head = (64 - (reinterpret_cast<uintptr_t>(d) & 63)) & 63;
  if (head > bytes) head = bytes;
  __builtin_memcpy(d, s, size_t(head));
  d += head, s += head, bytes -= head;
  using B = Vec<uint8_t>;
  for (; bytes >= 64; bytes -= 64, d += 64, s += 64) {
    for (int i = 0; i < 64; i += kBytes) {
      auto v = detail::load_raw<typename B::raw>(s + i);
#if defined(__AVX512F__)
      _mm512_stream_si512(reinterpret_cast<__m512i*>(d + i), (__m512i)v);
#elif defined(__AVX2__)
      _mm256_stream_si256(reinterpret_cast<__m256i*>(d + i), (__m256i)v);
#else
      _mm_stream_si128(reinterpret_cast<__m128i*>(d + i), (__m128i)v);
#endif
    }
  }
#endif
  __builtin_memcpy(d, s, size_t(bytes));
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
