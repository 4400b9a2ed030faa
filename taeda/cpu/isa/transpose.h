// N x N transposes in registers, and the tiled copy built on them.
#pragma once
#include <utility>

#include "taeda/cpu/isa/vec_memory.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

namespace detail {
// Lane l of the new upper row: a[l] where l & D is 0, else b[l - D]; of the new lower row: a[l + D]
// or b[l].
template <int D, class T, int N, int... L>
TAEDA_INLINE void exchange(Vec<T, N>& a, Vec<T, N>& b, std::integer_sequence<int, L...>) {
  auto upper = __builtin_shufflevector(a.v, b.v, ((L & D) ? N + L - D : L)...);
  auto lower = __builtin_shufflevector(a.v, b.v, ((L & D) ? N + L : L + D)...);
  a = Vec<T, N>(upper);
  b = Vec<T, N>(lower);
}
template <int D, class T, int N> TAEDA_INLINE void stages(Vec<T, N> (&r)[N]) {
  if constexpr (D > 0) {
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i)
      if (!(i & D)) exchange<D>(r[i], r[i + D], std::make_integer_sequence<int, N>{});
    stages<D / 2>(r);
  }
}
}  // namespace detail

template <class T, int N> TAEDA_INLINE void transpose(Vec<T, N> (&r)[N]) {
  detail::stages<N / 2>(r);
}

// The lanes in the other order.
template <class T, int N> TAEDA_INLINE Vec<T, N> reverse(Vec<T, N> a) {
  return [&]<int... L>(std::integer_sequence<int, L...>) TAEDA_INLINE_LAMBDA {
    return Vec<T, N>(__builtin_shufflevector(a.v, a.v, (N - 1 - L)...));
  }
  (std::make_integer_sequence<int, N>{});
}

// to[k][0..rows) = from[0..rows)[k] for k < cols; rows, cols <= N. Zeros from rows up to `width`.
template <class T>
void transpose_block(T* to, int64_t to_stride, const T* from, int64_t from_stride, int rows,
                     int cols, int width) {
  constexpr int N = lanes<T>;
  Vec<T> r[N];
  if (rows == N && cols == N) {
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) r[i] = load(from + i * from_stride);
    transpose(r);
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) store(to + i * to_stride, r[i]);
  } else {
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) r[i] = i < rows ? load(from + i * from_stride, cols) : Vec<T>(0);
    transpose(r);
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i)
      if (i < cols) store(to + i * to_stride, r[i], width);
  }
}

// to[c][r] = from[r][c]. `stream`: whole cache lines with non-temporal stores (to and to_stride
// 64-byte aligned).
template <class T>
void transpose_copy(T* to, int64_t to_stride, const T* from, int64_t from_stride, int64_t rows,
                    int64_t cols, [[maybe_unused]] bool stream) {
  constexpr int N = lanes<T>;
  for (int64_t c = 0; c < cols; c += N) {
    const int nc = cols - c < N ? int(cols - c) : N;
    for (int64_t r = 0; r < rows; r += N) {
      const int nr = rows - r < N ? int(rows - r) : N;
#if defined(__AVX512F__)
      if (stream && nc == N && nr == N) {
        Vec<T> v[N];
#pragma GCC unroll 16
        for (int i = 0; i < N; ++i) v[i] = load(from + (r + i) * from_stride + c);
        transpose(v);
#pragma GCC unroll 16
        for (int i = 0; i < N; ++i)
          _mm512_stream_si512(reinterpret_cast<__m512i*>(to + (c + i) * to_stride + r),
                              (__m512i)v[i].v);
        continue;
      }
#endif
      transpose_block(to + c * to_stride + r, to_stride, from + r * from_stride + c, from_stride,
                      nr, nc, nr);
    }
  }
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
