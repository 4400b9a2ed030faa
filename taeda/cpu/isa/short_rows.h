// Rows of few items, as many at a time as a vector has lanes: turned so that every item of a row
// lies in a vector of its own.
#pragma once
#include "taeda/cpu/isa/row_kernels.h"
#include "taeda/cpu/isa/transpose.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

// v[j] = item j of the rows [0, count) from x on, zeros in the lanes behind; `left` items may be
// read. Vectors from cols on hold anything.
template <class S, int W>
TAEDA_INLINE void turn_rows(Vec<Compute<S>> (&v)[W], const S* x, int64_t cols, int count,
                            int64_t left) {
  using C = Compute<S>;
  constexpr int N = lanes<C>, B = W < N ? W : N;
#pragma GCC unroll 16
  for (int block = 0; block < W; block += B) {
    Vec<C> r[N];
    if ((N - 1) * cols + block + N <= left) {
#pragma GCC unroll 16
      for (int i = 0; i < N; ++i) r[i] = load(x + i * cols + block);
    } else {
#pragma GCC unroll 16
      for (int i = 0; i < N; ++i) {
        const int64_t at = i * cols + block, have = i < count ? left - at : 0;
        if (have <= 0) r[i] = Vec<C>(C(0));
        else r[i] = load(x + at, have < N ? int(have) : N);
      }
    }
    transpose(r);
#pragma GCC unroll 16
    for (int i = 0; i < B; ++i) v[block + i] = r[i];
  }
}

// f(v, r, count) for the rows [r, r + count) of x, turned into v; of the least power of two
// vectors that hold cols <= kShortRow items.
template <class S, class F>
TAEDA_INLINE void each_turned(const S* x, int64_t rows, int64_t cols, F f) {
  static_assert(kShortRow == 32);
  constexpr int N = lanes<Compute<S>>;
  auto run = [&]<int W>(std::integral_constant<int, W>) TAEDA_INLINE_LAMBDA {
    for (int64_t r = 0; r < rows; r += N) {
      const int count = rows - r < N ? int(rows - r) : N;
      Vec<Compute<S>> v[W];
      turn_rows<S, W>(v, x + r * cols, cols, count, (rows - r) * cols);
      f(v, r, count);
    }
  };
  if (cols <= 4) run(std::integral_constant<int, 4>{});
  else if (cols <= 8) run(std::integral_constant<int, 8>{});
  else if (cols <= 16) run(std::integral_constant<int, 16>{});
  else run(std::integral_constant<int, 32>{});
}

// The tree of block_sum: lanes that hold no item add zeros, which changes nothing.
template <class S> void sum_short_rows(Compute<S>* y, const S* x, int64_t rows, int64_t cols) {
  using V = Vec<Compute<S>>;
  each_turned<S>(x, rows, cols, [&]<int W>(V(&v)[W], int64_t r, int count) TAEDA_INLINE_LAMBDA {
    const V zero(Compute<S>(0));
#pragma GCC unroll 32
    for (int j = 0; j < W; ++j) v[j] = j < cols ? zero + v[j] : zero;
#pragma GCC unroll 5
    for (int half = W / 2; half > 0; half /= 2) {
#pragma GCC unroll 16
      for (int j = 0; j < half; ++j) v[j] = v[j] + v[j + half];
    }
    store(y + r, v[0], count);
  });
}

template <class S, bool smallest>
void extreme_short_rows(S* y, int64_t* index, const S* x, int64_t rows, int64_t cols) {
  using C = Compute<S>;
  using V = Vec<C>;
  using I = Vec<Int<C>>;
  each_turned<S>(x, rows, cols, [&]<int W>(V(&v)[W], int64_t r, int count) TAEDA_INLINE_LAMBDA {
    V top = v[0];
    I best(0);
#pragma GCC unroll 32
    for (int j = 1; j < W; ++j) {
      if (j >= cols) break;
      const auto takes = ((smallest ? v[j] < top : v[j] > top) | (v[j] != v[j])) & (top == top);
      top = select(takes, v[j], top);
      best = I(takes.v ? I(j).v : best.v);
    }
    if (y) store(y + r, top, count);
    if (index) {
      Int<C> at[lanes<C>];
      __builtin_memcpy(at, &best, sizeof at);
      for (int i = 0; i < count; ++i) index[r + i] = at[i];
    }
  });
}

// Most vectors reach no new extreme: they are passed over whole.
template <class S, bool smallest>
void running_extreme(S* y, int64_t* index, const S* x, int64_t n) {
  using C = Compute<S>;
  using V = Vec<C>;
  constexpr int N = lanes<C>;
  if (n == 0) return;
  C top = load(x, 1).v[0];
  int64_t best = 0;
  for (int64_t i = 0; i < n; i += N) {
    const int k = n - i < N ? int(n - i) : N;
    const V v = load(x + i, k), t(top);
    auto takes = v != v;
    if (top == top) takes = takes | (smallest ? v <= t : v >= t);
    if (k == N && !any(takes)) {
      store(y + i, t);
      for (int j = 0; j < N; ++j) index[i + j] = best;
      continue;
    }
    C values[N];
    __builtin_memcpy(values, &v, sizeof values);
    V tops;
    for (int j = 0; j < k; ++j) {
      const C c = values[j];
      const bool takes_it = c != c || (top == top && (smallest ? c <= top : c >= top));
      top = takes_it ? c : top;
      best = takes_it ? i + j : best;
      values[j] = top;
      index[i + j] = best;
    }
    __builtin_memcpy(&tops, values, sizeof values);
    store(y + i, tops, k);
  }
}

// to[i] = from[n - 1 - i]
template <class T> void reverse_items(void* to, const void* from, int64_t n) {
  T* d = static_cast<T*>(to);
  const T* s = static_cast<const T*>(from) + n;
  int64_t i = 0;
  if constexpr (sizeof(T) <= 8) {
    constexpr int N = lanes<T>;
    for (; i + N <= n; i += N) {
      const Vec<T> v(detail::load_raw<typename Vec<T>::raw>(s - i - N));
      detail::store_raw(d + i, reverse(v).v);
    }
  }
  for (; i < n; ++i) __builtin_memcpy(d + i, s - 1 - i, sizeof(T));
}
struct alignas(1) Item16 {
  char bytes[16];
};

template <class T> void range_of(const void* x, int64_t n, int64_t* low, int64_t* high) {
  const T* p = static_cast<const T*>(x);
  T a = p[0], b = p[0];
  for (int64_t i = 1; i < n; ++i) {
    a = p[i] < a ? p[i] : a;
    b = p[i] > b ? p[i] : b;
  }
  *low = a, *high = b;
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
