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
// dx = (g - average - (x - centre) slope) scale
template <class S>
void affine_back(S* dx, const S* g, const S* x, int64_t n, const Compute<S>* average,
                 const Compute<S>* centre, const Compute<S>* slope, const Compute<S>* scale,
                 bool columns) {
  using C = Compute<S>;
  using V = Vec<C>;
  if (columns) {
    each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
      V v = load(g + i, k) - load(average + i, k) -
            (load(x + i, k) - load(centre + i, k)) * load(slope + i, k);
      store(dx + i, v * load(scale + i, k), k);
    });
    return;
  }
  const V a(*average), c(*centre), l(*slope), s(*scale);
  each_vector<C>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    store(dx + i, (load(g + i, k) - a - (load(x + i, k) - c) * l) * s, k);
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

// Along the rows of x[n, cols], for every column; rows are `stride` apart.
template <class S>
void softmax_columns(S* y, const S* x, int64_t n, int64_t stride, int64_t cols, bool log_form) {
  using C = Compute<S>;
  using V = Vec<C>;
  each_vector<C>(cols, [&](int64_t j, int k) TAEDA_INLINE_LAMBDA {
    V top = load(x + j, k), sum(C(0));
    for (int64_t r = 1; r < n; ++r)
      top = ExtremeFn<false>::keep_nan(top, load(x + r * stride + j, k));
    for (int64_t r = 0; r < n; ++r) {
      V e = exp(load(x + r * stride + j, k) - top);
      sum = sum + e;
      if (sizeof(S) == sizeof(C) && !log_form) store(y + r * stride + j, e, k);
    }
    if (log_form) {
      const V shift = log(sum);
      for (int64_t r = 0; r < n; ++r)
        store(y + r * stride + j, (load(x + r * stride + j, k) - top) - shift, k);
      return;
    }
    const V scale = V(C(1)) / sum;
    for (int64_t r = 0; r < n; ++r) {
      V e;
      if constexpr (sizeof(S) == sizeof(C)) e = load(y + r * stride + j, k);
      else e = exp(load(x + r * stride + j, k) - top);  // in 16 bits it would be rounded twice
      store(y + r * stride + j, e * scale, k);
    }
  });
}
template <class S>
void softmax_back_columns(S* dx, const S* dy, const S* y, int64_t n, int64_t stride, int64_t cols,
                          bool log_form) {
  using C = Compute<S>;
  using V = Vec<C>;
  each_vector<C>(cols, [&](int64_t j, int k) TAEDA_INLINE_LAMBDA {
    V sum(C(0));
    for (int64_t r = 0; r < n; ++r) {
      const int64_t at = r * stride + j;
      sum = log_form ? sum + load(dy + at, k) : fma(load(dy + at, k), load(y + at, k), sum);
    }
    for (int64_t r = 0; r < n; ++r) {
      const int64_t at = r * stride + j;
      V g = load(dy + at, k), v = load(y + at, k);
      store(dx + at, log_form ? g - exp(v) * sum : v * (g - sum), k);
    }
  });
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
