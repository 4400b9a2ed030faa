// The micro-kernel of matrix products and convolutions, and its packers.
// AVX-512: 14 x 32 floats (28 accumulators of 32 registers); AVX2 and baseline: 6 x 2 vectors (12
// of 16).
#pragma once
#include "taeda/cpu/engine.h"
#include "taeda/cpu/isa/transpose.h"
#include "taeda/cpu/kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

#if defined(__AVX512F__)
inline constexpr int kTileM = 14;
#else
inline constexpr int kTileM = 6;
#endif

template <class T, int MR, int NV, bool Full> void tile(const TileArgs<T>& t) {
  using V = Vec<T>;
  constexpr int N = V::size;
  const int tail = Full ? N : t.n - (NV - 1) * N;
  V acc[MR][NV];
#pragma GCC unroll 16
  for (int i = 0; i < MR; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < NV; ++j) acc[i][j] = V(T(0));

  // Row i sits at p[i / 5] + (i % 5) * rs: x86 addressing reaches 5 rows from one pointer with rs
  // and 3 rs.
  const int64_t rs = t.a_rs * int64_t(sizeof(T)), rs3 = 3 * rs, cs = t.a_cs * int64_t(sizeof(T));
  for (int64_t s = 0; s < t.segments; ++s) {
    const char* p0 = reinterpret_cast<const char*>(t.a + (t.a_off ? t.a_off[s] : 0));
    const char* p1 = MR > 5 ? p0 + 5 * rs : p0;
    const char* p2 = MR > 10 ? p0 + 10 * rs : p0;
    const T* b = t.b + (t.b_off ? t.b_off[s] : 0);
    for (int64_t k = t.kc; k > 0; --k) {
      V bv[NV];
#pragma GCC unroll 2
      for (int j = 0; j < NV; ++j)
        bv[j] = Full || j < NV - 1 ? load(b + j * N) : load(b + j * N, tail);
      b += t.b_ks;
      auto at = [&](int i) TAEDA_INLINE_LAMBDA {
        const char* p = i < 5 ? p0 : i < 10 ? p1 : p2;
        const int r = i % 5;
        return V(*reinterpret_cast<const T*>(r == 3 ? p + rs3 : p + r * rs));
      };
#pragma GCC unroll 16
      for (int i = 0; i < MR; ++i) {
        V av = at(i);
#pragma GCC unroll 2
        for (int j = 0; j < NV; ++j) acc[i][j] = fma(av, bv[j], acc[i][j]);
      }
      p0 += cs;
      if (MR > 5) p1 += cs;
      if (MR > 10) p2 += cs;
      // Keeps the three pointers apart, or the compiler recomputes them from p0 with spilled
      // offsets.
      asm("" : "+r"(p0), "+r"(p1), "+r"(p2));
    }
  }

  auto write = [&](auto&& value) TAEDA_INLINE_LAMBDA {
#pragma GCC unroll 16
    for (int i = 0; i < MR; ++i)
#pragma GCC unroll 2
      for (int j = 0; j < NV; ++j) {
        T* c = t.c + i * t.c_rs + j * N;
        const int k = Full || j < NV - 1 ? N : tail;
        store(c, value(acc[i][j], c, i, j, k), k);
      }
  };
  const Epilogue<T> e = t.epilogue;
  const bool plain =
      e.alpha == T(1) && (!t.last || (!e.bias && !e.row_bias && e.act == Activation::none));
  if (plain && t.first && e.beta == T(0))
    return write([](V r, T*, int, int, int) TAEDA_INLINE_LAMBDA { return r; });
  if (plain && !t.first)
    return write([](V r, T* c, int, int, int k) TAEDA_INLINE_LAMBDA { return r + load(c, k); });
  const bool relu = t.last && e.act == Activation::relu;
  const T* bias = t.last ? e.bias : nullptr;
  const T* row_bias = t.last ? e.row_bias : nullptr;
  write([&](V r, T* c, int i, int j, int k) TAEDA_INLINE_LAMBDA {
    r = r * V(e.alpha);
    if (!t.first) r = r + load(c, k);
    else if (e.beta != T(0)) r = fma(V(e.beta), load(c, k), r);
    if (bias) r = r + load(bias + j * N, k);
    if (row_bias) r = r + V(row_bias[i]);
    return relu ? select(r <= V(T(0)), V(T(0)), r) : r;
  });
}

template <class T> struct TileTable {
  using Fn = void (*)(const TileArgs<T>&);
  Fn fn[2][2][kTileM];  // [vectors - 1][full][rows - 1]
  template <int... M>
  constexpr TileTable(std::integer_sequence<int, M...>)
      : fn{{{tile<T, M + 1, 1, false>...}, {tile<T, M + 1, 1, true>...}},
           {{tile<T, M + 1, 2, false>...}, {tile<T, M + 1, 2, true>...}}} {}
};
template <class T>
inline constexpr TileTable<T> tile_table{std::make_integer_sequence<int, kTileM>{}};

template <class T> void any_tile(const TileArgs<T>& t) {
  constexpr int N = lanes<T>;
  tile_table<T>.fn[t.n > N][t.n % N == 0][t.m - 1](t);
}

template <class T> void pack_b(T* to, const T* b, int64_t ks, int64_t js, int64_t kc, int64_t n) {
  constexpr int N = lanes<T>, W = 2 * N;
  for (int64_t j = 0; j < n; j += W, to += kc * W) {
    const int w = n - j < W ? int(n - j) : W;
    const T* from = b + j * js;
    const int w0 = w < N ? w : N, w1 = w - w0;  // columns in the two vectors
    if (js == 1) {
      for (int64_t k = 0; k < kc; ++k) {
        store(to + k * W, load(from + k * ks, w0));
        store(to + k * W + N, w1 ? load(from + k * ks + N, w1) : Vec<T>(T(0)));
      }
    } else if (ks == 1) {
      for (int64_t k = 0; k < kc; k += N) {
        const int kk = kc - k < N ? int(kc - k) : N;
        transpose_block(to + k * W, W, from + k, js, w0, kk, N);
        transpose_block(to + k * W + N, W, from + N * js + k, js, w1, kk, N);
      }
    } else {
      for (int64_t k = 0; k < kc; ++k)
        for (int i = 0; i < W; ++i) to[k * W + i] = i < w ? from[k * ks + i * js] : T(0);
    }
  }
}

template <class T> void pack_a(T* to, const T* a, int64_t is, int64_t ks, int64_t m, int64_t kc) {
  constexpr int N = lanes<T>;
  for (int64_t k = 0; k < kc; k += N) {
    const int kk = kc - k < N ? int(kc - k) : N;
    for (int64_t i = 0; i < m; i += N) {
      const int h = m - i < N ? int(m - i) : N;
      if (ks == 1) {
        transpose_block(to + k * m + i, m, a + i * is + k, is, h, kk, h);
      } else {
        for (int q = 0; q < kk; ++q)
          for (int r = 0; r < h; ++r) to[(k + q) * m + i + r] = a[(i + r) * is + (k + q) * ks];
      }
    }
  }
}

// fma of single numbers, rounded as the vectors' is.
template <class T> TAEDA_INLINE T fma_one(T a, T b, T c) {
#if defined(__FMA__)
  if constexpr (sizeof(T) == 4) return __builtin_fmaf(a, b, c);
  else return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}
// The tile's chains, one element after the other: four at once hide the latency of fma.
template <class T> void tiny(const Gemm<T>& g) {
  const T* bias = g.epilogue.bias;
  const bool relu = g.epilogue.act == Activation::relu;
  auto columns = [&]<int W>(int64_t i, int64_t j) TAEDA_INLINE_LAMBDA {
    T sum[W] = {};
    const T *a = g.a + i * g.a_rs, *b = g.b + j * g.b_cs;
    for (int64_t k = 0; k < g.k; ++k, a += g.a_cs, b += g.b_rs)
#pragma GCC unroll 4
      for (int q = 0; q < W; ++q) sum[q] = fma_one(*a, b[q * g.b_cs], sum[q]);
#pragma GCC unroll 4
    for (int q = 0; q < W; ++q) {
      T r = bias ? sum[q] + bias[j + q] : sum[q];
      g.c[i * g.c_rs + j + q] = relu && r <= T(0) ? T(0) : r;
    }
  };
  for (int64_t i = 0; i < g.m; ++i) {
    int64_t j = 0;
    for (; j + 4 <= g.n; j += 4) columns.template operator()<4>(i, j);
    for (; j < g.n; ++j) columns.template operator()<1>(i, j);
  }
}

// y[i] = dot(a[i, :], x): 256 bytes of lanes folded in halves, as sums are.
template <class T> void gemv(const T* a, int64_t lda, const T* x, T* y, int64_t m, int64_t k) {
  constexpr int N = lanes<T>, L = 256 / int(sizeof(T)), G = L / N;
  using V = Vec<T>;
  for (int64_t i = 0; i < m; ++i, a += lda) {
    V acc[G];
#pragma GCC unroll 16
    for (int g = 0; g < G; ++g) acc[g] = V(T(0));
    int64_t q = 0;
    for (; q + L <= k; q += L) {
#pragma GCC unroll 16
      for (int g = 0; g < G; ++g) acc[g] = fma(load(a + q + g * N), load(x + q + g * N), acc[g]);
    }
#pragma GCC unroll 16
    for (int g = 0; g < G; ++g) {
      const int64_t at = q + g * N;
      const int w = k - at < N ? int(k - at) : N;
      if (at < k) acc[g] = fma(load(a + at, w), load(x + at, w), acc[g]);
    }
#pragma GCC unroll 16
    for (int half = G / 2; half > 0; half /= 2)
      for (int g = 0; g < half; ++g) acc[g] = acc[g] + acc[g + half];
    y[i] = fold(acc[0], [](auto p, auto r) { return p + r; });
  }
}

template <class T> void depthwise(const DepthwiseArgs<T>& d) {
  constexpr int N = lanes<T>, P = 4;  // pixels at a time
  using V = Vec<T>;
  const bool relu = d.act == Activation::relu;
  for (int64_t c = 0; c < d.channels; c += N) {
    const int k = d.channels - c < N ? int(d.channels - c) : N;
    const V bias = d.bias ? load(d.bias + c, k) : V(T(0));
    auto finish = [&](V v) TAEDA_INLINE_LAMBDA {
      if (d.bias) v = v + bias;
      return relu ? select(v <= V(T(0)), V(T(0)), v) : v;
    };
    auto run = [&]<int Q>(int64_t p, int kk) TAEDA_INLINE_LAMBDA {
      V acc[Q];
#pragma GCC unroll 4
      for (int q = 0; q < Q; ++q) acc[q] = V(T(0));
      for (int64_t t = 0; t < d.taps; ++t) {
        const V w = load(d.w + t * d.w_step + c, kk);
        const T* x = d.x + p * d.x_step + d.x_off[t] + c;
#pragma GCC unroll 4
        for (int q = 0; q < Q; ++q) acc[q] = fma(load(x + q * d.x_step, kk), w, acc[q]);
      }
#pragma GCC unroll 4
      for (int q = 0; q < Q; ++q) store(d.y + (p + q) * d.y_step + c, finish(acc[q]), kk);
    };
    int64_t p = 0;
    if (k == N)
      for (; p + P <= d.pixels; p += P) run.template operator()<P>(p, N);
    for (; p < d.pixels; ++p) run.template operator()<1>(p, k);
  }
}

template <class T> void depthwise_grad(const DepthwiseGradArgs<T>& d) {
  constexpr int N = lanes<T>;
  using V = Vec<T>;
  for (int64_t c = 0; c < d.channels; c += N) {
    const int k = d.channels - c < N ? int(d.channels - c) : N;
    auto run = [&]<int Q>(int64_t t, int kk) TAEDA_INLINE_LAMBDA {
      V acc[Q];
#pragma GCC unroll 4
      for (int q = 0; q < Q; ++q) acc[q] = load(d.acc + (t + q) * d.acc_step + c, kk);
      for (int64_t p = 0; p < d.pixels; ++p) {
        const V g = load(d.dy + p * d.dy_step + c, kk);
        const T* x = d.x + p * d.x_step + c;
#pragma GCC unroll 4
        for (int q = 0; q < Q; ++q) acc[q] = fma(load(x + d.x_off[t + q], kk), g, acc[q]);
      }
#pragma GCC unroll 4
      for (int q = 0; q < Q; ++q) store(d.acc + (t + q) * d.acc_step + c, acc[q], kk);
    };
    int64_t t = 0;
    if (k == N)
      for (; t + 4 <= d.taps; t += 4) run.template operator()<4>(t, N);
    for (; t < d.taps; ++t) run.template operator()<1>(t, k);
  }
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
