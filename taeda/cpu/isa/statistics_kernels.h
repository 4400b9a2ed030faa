// Variances, products, normalisations by channel and softmax along other axes than the last. S is
// the type in memory, C = Compute<S> that of sums. Trees depend on n alone.
#pragma once
#include "taeda/cpu/isa/row_kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

struct TimesFn {
  template <class V> TAEDA_INLINE V operator()(V a, V b) const { return a * b; }
};

// Two sums at once: a(i, k) and b(i, k) give neutral lanes from k on.
template <class C, class Map> TAEDA_INLINE void two_sums(int64_t n, C out[2], Map map) {
  constexpr int N = lanes<C>, G = kGroup<C>;
  Vec<C> p[G], q[G];
#pragma GCC unroll 16
  for (int g = 0; g < G; ++g) p[g] = q[g] = Vec<C>(C(0));
  int64_t i = 0;
  for (; i + kLanes<C> <= n; i += kLanes<C>) {
#pragma GCC unroll 16
    for (int g = 0; g < G; ++g) map(i + g * N, N, p[g], q[g]);
  }
#pragma GCC unroll 16
  for (int g = 0; g < G; ++g) {
    const int64_t at = i + g * N;
    if (at < n) map(at, n - at < N ? int(n - at) : N, p[g], q[g]);
  }
#pragma GCC unroll 16
  for (int half = G / 2; half > 0; half /= 2)
    for (int g = 0; g < half; ++g) p[g] = p[g] + p[g + half], q[g] = q[g] + q[g + half];
  out[0] = fold(p[0], AddFn{}), out[1] = fold(q[0], AddFn{});
}

template <class S> void spread(const S* x, int64_t n, Compute<S> centre, Compute<S>* out) {
  using C = Compute<S>;
  using V = Vec<C>;
  two_sums<C>(n, out, [&](int64_t i, int k, V& p, V& q) TAEDA_INLINE_LAMBDA {
    V d = keep<C>(load(x + i, k) - V(centre), k, 0);
    p = p + d;
    q = fma(d, d, q);
  });
}
template <class S>
void sum_and_dot(const S* g, const S* x, int64_t n, Compute<S> centre, Compute<S>* out) {
  using C = Compute<S>;
  using V = Vec<C>;
  two_sums<C>(n, out, [&](int64_t i, int k, V& p, V& q) TAEDA_INLINE_LAMBDA {
    V d = load(g + i, k);  // zeros from k on
    p = p + d;
    q = fma(d, keep<C>(load(x + i, k) - V(centre), k, 0), q);
  });
}
template <class S> Compute<S> block_product(const S* x, int64_t n) {
  using C = Compute<S>;
  return reduce_lanes<C>(n, 1, TimesFn{}, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    return keep<C>(load(x + i, k), k, 1);
  });
}

// f(j, k) for the columns j, j + N, ...; two vectors of sums each.
template <class C, class Map>
TAEDA_INLINE void two_column_sums(C* a, C* b, int64_t rows, int64_t n, Map map) {
  each_vector<C>(n, [&](int64_t j, int k) TAEDA_INLINE_LAMBDA {
    Vec<C> p = load(a + j, k), q = load(b + j, k);
    for (int64_t r = 0; r < rows; ++r) map(r, j, k, p, q);
    store(a + j, p, k);
    store(b + j, q, k);
  });
}
template <class S>
void spread_rows(Compute<S>* a, Compute<S>* b, const S* x, const Compute<S>* centre, int64_t rows,
                 int64_t stride, int64_t n) {
  using C = Compute<S>;
  using V = Vec<C>;
  two_column_sums(a, b, rows, n, [&](int64_t r, int64_t j, int k, V& p, V& q) TAEDA_INLINE_LAMBDA {
    V d = load(x + r * stride + j, k) - load(centre + j, k);
    p = p + d;
    q = fma(d, d, q);
  });
}
template <class S>
void sum_and_dot_rows(Compute<S>* a, Compute<S>* b, const S* g, const S* x,
                      const Compute<S>* centre, int64_t rows, int64_t stride, int64_t n) {
  using C = Compute<S>;
  using V = Vec<C>;
  two_column_sums(a, b, rows, n, [&](int64_t r, int64_t j, int k, V& p, V& q) TAEDA_INLINE_LAMBDA {
    V d = load(g + r * stride + j, k);
    p = p + d;
    q = fma(d, load(x + r * stride + j, k) - load(centre + j, k), q);
  });
}
template <class S>
void times_rows(Compute<S>* acc, const S* x, int64_t rows, int64_t stride, int64_t n) {
  combine_rows(acc, x, rows, stride, n, TimesFn{});
}

// y = (x - centre) scale + shift; the parameters are one number each, or one a column.
template <class S>
void affine(S* y, const S* x, int64_t n, const Compute<S>* centre, const Compute<S>* scale,
            const Compute<S>* shift, bool columns) {
  using C = Compute<S>;
  using V = Vec<C>;
  if (columns) {
    each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
      V v = (load(x + i, k) - load(centre + i, k)) * load(scale + i, k);
      store(y + i, v + load(shift + i, k), k);
    });
    return;
  }
  const V c(*centre), s(*scale), t(*shift);
  each_vector<C>(n, [&](int64_t i, int k)
                        TAEDA_INLINE_LAMBDA { store(y + i, (load(x + i, k) - c) * s + t, k); });
}
// dx = g scale - (x - centre) slope - average
template <class S>
void affine_back(S* dx, const S* g, const S* x, int64_t n, const Compute<S>* average,
                 const Compute<S>* centre, const Compute<S>* slope, const Compute<S>* scale,
                 bool columns) {
  using C = Compute<S>;
  using V = Vec<C>;
  if (columns) {
    each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
      V v = load(g + i, k) * load(scale + i, k) -
            (load(x + i, k) - load(centre + i, k)) * load(slope + i, k);
      store(dx + i, v - load(average + i, k), k);
    });
    return;
  }
  const V a(*average), c(*centre), l(*slope), s(*scale);
  each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    store(dx + i, load(g + i, k) * s - (load(x + i, k) - c) * l - a, k);
  });
}

// ---- softmax ----

template <class S> void softmax_back_row(S* dx, const S* dy, const S* y, int64_t n, bool log_form) {
  using C = Compute<S>;
  using V = Vec<C>;
  if (log_form) {
    const V sum(block_sum(dy, n));
    each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
      store(dx + i, load(dy + i, k) - exp(load(y + i, k)) * sum, k);
    });
    return;
  }
  const V sum(reduce_lanes<C>(n, 0, AddFn{}, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    return load(dy + i, k) * load(y + i, k);
  }));
  each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    store(dx + i, load(y + i, k) * (load(dy + i, k) - sum), k);
  });
}

// f.operator()<G>(j, k) for groups of G vectors of columns: four while there are, which reads whole
// stretches of each row, then one.
template <class C, class F> TAEDA_INLINE void each_vectors(int64_t n, F f) {
  constexpr int N = lanes<C>;
  int64_t j = 0;
  for (; j + 4 * N <= n; j += 4 * N) f.template operator()<4>(j, N);
  for (; j + N <= n; j += N) f.template operator()<1>(j, N);
  if (j < n) f.template operator()<1>(j, int(n - j));
}

// Along the rows of x[n, cols], for every column; rows are `stride` apart.
template <class S>
void softmax_columns(S* y, const S* x, int64_t n, int64_t stride, int64_t cols, bool log_form) {
  using C = Compute<S>;
  using V = Vec<C>;
  each_vectors<C>(cols, [&]<int G>(int64_t j, int k) TAEDA_INLINE_LAMBDA {
    constexpr int N = lanes<C>;
    auto read = [&](int64_t r, int g)
                    TAEDA_INLINE_LAMBDA { return load(x + r * stride + j + g * N, k); };
    auto write = [&](int64_t r, int g, V v)
                     TAEDA_INLINE_LAMBDA { store(y + r * stride + j + g * N, v, k); };
    V top[G], sum[G];
#pragma GCC unroll 4
    for (int g = 0; g < G; ++g) top[g] = read(0, g), sum[g] = V(C(0));
    for (int64_t r = 1; r < n; ++r) {
#pragma GCC unroll 4
      for (int g = 0; g < G; ++g) top[g] = ExtremeFn<false>::keep_nan(top[g], read(r, g));
    }
    for (int64_t r = 0; r < n; ++r) {
#pragma GCC unroll 4
      for (int g = 0; g < G; ++g) {
        V e = exp(read(r, g) - top[g]);
        sum[g] = sum[g] + e;
        if (sizeof(S) == sizeof(C) && !log_form) write(r, g, e);
      }
    }
    if (log_form) {
#pragma GCC unroll 4
      for (int g = 0; g < G; ++g) sum[g] = log(sum[g]);
      for (int64_t r = 0; r < n; ++r) {
#pragma GCC unroll 4
        for (int g = 0; g < G; ++g) write(r, g, (read(r, g) - top[g]) - sum[g]);
      }
      return;
    }
#pragma GCC unroll 4
    for (int g = 0; g < G; ++g) sum[g] = V(C(1)) / sum[g];
    for (int64_t r = 0; r < n; ++r) {
#pragma GCC unroll 4
      for (int g = 0; g < G; ++g) {
        if constexpr (sizeof(S) == sizeof(C))
          write(r, g, load(y + r * stride + j + g * N, k) * sum[g]);
        else  // in 16 bits the power would be rounded twice
          write(r, g, exp(read(r, g) - top[g]) * sum[g]);
      }
    }
  });
}
template <class S>
void softmax_back_columns(S* dx, const S* dy, const S* y, int64_t n, int64_t stride, int64_t cols,
                          bool log_form) {
  using C = Compute<S>;
  using V = Vec<C>;
  each_vectors<C>(cols, [&]<int G>(int64_t j, int k) TAEDA_INLINE_LAMBDA {
    constexpr int N = lanes<C>;
    V sum[G];
#pragma GCC unroll 4
    for (int g = 0; g < G; ++g) sum[g] = V(C(0));
    for (int64_t r = 0; r < n; ++r) {
#pragma GCC unroll 4
      for (int g = 0; g < G; ++g) {
        const int64_t at = r * stride + j + g * N;
        if (log_form) sum[g] = sum[g] + load(dy + at, k);
        else sum[g] = fma(load(dy + at, k), load(y + at, k), sum[g]);
      }
    }
    for (int64_t r = 0; r < n; ++r) {
#pragma GCC unroll 4
      for (int g = 0; g < G; ++g) {
        const int64_t at = r * stride + j + g * N;
        V d = load(dy + at, k), v = load(y + at, k);
        store(dx + at, log_form ? d - exp(v) * sum[g] : v * (d - sum[g]), k);
      }
    }
  });
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
