// bfloat16 products by vdpbf16ps: two products and a sum a lane, float accumulators, denormals
// flushed. The instruction has a CPUID bit of its own, so the functions name it and the caller asks
// for it; the tables of the other instruction sets are empty.
#include "taeda/cpu/isa/transpose.h"
#include "taeda/cpu/kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

#if defined(__AVX512F__)

inline constexpr int kRows = 14, kCols = 32;

template <int MR, int NV> __attribute__((target("avx512bf16"))) void tile_bf16(const Bf16Tile& t) {
  __m512 acc[MR][NV];
#pragma GCC unroll 16
  for (int i = 0; i < MR; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < NV; ++j) acc[i][j] = _mm512_setzero_ps();
  const int64_t rs = t.a_rs * 2, rs3 = 3 * rs;
  const char* p0 = reinterpret_cast<const char*>(t.a);
  const char* p1 = MR > 5 ? p0 + 5 * rs : p0;
  const char* p2 = MR > 10 ? p0 + 10 * rs : p0;
  const uint32_t* b = t.b;
  for (int64_t k = t.pairs; k > 0; --k, b += kCols) {
    __m512i bv[NV];
#pragma GCC unroll 2
    for (int j = 0; j < NV; ++j) bv[j] = _mm512_loadu_si512(b + 16 * j);
#pragma GCC unroll 16
    for (int i = 0; i < MR; ++i) {
      const char* p = i < 5 ? p0 : i < 10 ? p1 : p2;
      const int r = i % 5;
      int pair;
      __builtin_memcpy(&pair, r == 3 ? p + rs3 : p + r * rs, 4);
      const __m512i av = _mm512_set1_epi32(pair);
#pragma GCC unroll 2
      for (int j = 0; j < NV; ++j)
        acc[i][j] = _mm512_dpbf16_ps(acc[i][j], (__m512bh)av, (__m512bh)bv[j]);
    }
    p0 += 4;
    if (MR > 5) p1 += 4;
    if (MR > 10) p2 += 4;
    asm("" : "+r"(p0), "+r"(p1), "+r"(p2));
  }
#pragma GCC unroll 16
  for (int i = 0; i < MR; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < NV; ++j) {
      const int n = t.n - 16 * j < 16 ? t.n - 16 * j : 16;
      using V = Vec<float>;
      V r((V::raw)acc[i][j]);
      store(t.c + i * t.c_rs + 16 * j, r, n);
    }
}

// to[pair][column] = (b[2 pair, column], b[2 pair + 1, column]); zeros past the edges.
inline void pack_bf16(uint32_t* to, const BFloat16* b, int64_t ks, int64_t js, int64_t k,
                      int64_t n) {
  const int64_t pairs = (k + 1) / 2;
  auto columns = [&](int h) { return n - 16 * h < 0 ? 0 : n - 16 * h < 16 ? int(n - 16 * h) : 16; };
  if (ks == 1 && k % 2 == 0 && js % 2 == 0) {  // columns hold pairs: a transpose of 32-bit words
    const float* from = reinterpret_cast<const float*>(b);
    for (int64_t q = 0; q < pairs; q += 16)
      for (int h = 0; h < 2; ++h)
        transpose_block(reinterpret_cast<float*>(to) + q * kCols + 16 * h, kCols,
                        from + 16 * h * (js / 2) + q, js / 2, columns(h),
                        pairs - q < 16 ? int(pairs - q) : 16, 16);
    return;
  }
  if (js == 1) {
    using H = Vec<uint16_t, 16>;
    for (int64_t q = 0; q < pairs; ++q)
      for (int h = 0; h < 2; ++h) {
        auto row = [&](int64_t i) {
          return H(detail::load_part<uint16_t, 16>(b + i * ks + 16 * h, columns(h)));
        };
        auto lo = convert<uint32_t>(row(2 * q)).v;
        auto hi = 2 * q + 1 < k ? convert<uint32_t>(row(2 * q + 1)).v : lo & 0;
        store(to + q * kCols + 16 * h, Vec<uint32_t, 16>(lo | hi << 16));
      }
    return;
  }
  for (int64_t q = 0; q < pairs; ++q)
    for (int64_t j = 0; j < kCols; ++j) {
      const uint32_t lo = j < n ? b[2 * q * ks + j * js].bits : 0;
      const uint32_t hi = j < n && 2 * q + 1 < k ? b[(2 * q + 1) * ks + j * js].bits : 0;
      to[q * kCols + j] = lo | hi << 16;
    }
}

template <int... M> constexpr Bf16Kernels make_bf16(std::integer_sequence<int, M...>) {
  return {kRows, kCols, {{tile_bf16<M + 1, 1>...}, {tile_bf16<M + 1, 2>...}}, pack_bf16};
}

#endif

}  // namespace TAEDA_ISA

#if defined(__AVX512F__)
constinit const Bf16Kernels TAEDA_ISA_TABLE(bf16_table) =
    make_bf16(std::make_integer_sequence<int, kRows>{});
#else
constinit const Bf16Kernels TAEDA_ISA_TABLE(bf16_table) = {};
#endif

}  // namespace taeda::cpu
