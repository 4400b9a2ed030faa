// Matrix products of 16-bit floats: operands widened to float, one float product, one rounding; or
// the CPU's own products of bfloat16.
#include <algorithm>

#include "taeda/cpu/engine.h"
#include "taeda/cpu/scratch.h"
#include "taeda/threads/pool.h"

namespace taeda::cpu {
namespace {

struct WideA {};
struct WideB {};
struct WideC {};
struct WideBias {};
struct WideRowBias {};

const uint16_t* bits(const void* p) { return static_cast<const uint16_t*>(p); }

// The matrix as floats, dense, in the order it is stored in: `by_rows` says which.
struct Wide {
  const float* data;
  int64_t rs, cs;
};
template <class S, class Tag>
Wide widen(const S* from, int64_t rows, int64_t cols, int64_t rs, int64_t cs) {
  constexpr int kind = __is_same(S, BFloat16);
  const bool by_rows = cs == 1 || rs != 1;
  const int64_t outer = by_rows ? rows : cols, inner = by_rows ? cols : rows;
  const int64_t outer_step = by_rows ? rs : cs, step = by_rows ? cs : rs;
  float* to = scratch<float, Tag>(size_t(rows * cols));
  parallel_ranges(outer, 1 + 32768 / (inner + 1), [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; ++i) {
      const S* x = from + i * outer_step;
      float* y = to + i * inner;
      if (step == 1) row_table().widen[kind](y, bits(x), inner);
      else
        for (int64_t j = 0; j < inner; ++j) y[j] = float(x[j * step]);
    }
  });
  return by_rows ? Wide{to, inner, 1} : Wide{to, 1, inner};
}

template <class S> void run(const Gemm<S>& g) {
  if (g.m == 0 || g.n == 0) return;
  constexpr int kind = __is_same(S, BFloat16);
  const Wide a = widen<S, WideA>(g.a, g.m, g.k, g.a_rs, g.a_cs);
  const Wide b = widen<S, WideB>(g.b, g.k, g.n, g.b_rs, g.b_cs);
  float* c = scratch<float, WideC>(size_t(g.m * g.n));
  Gemm<float> f{g.m, g.n, g.k, a.data, a.rs, a.cs, b.data, b.rs, b.cs, c, g.n};
  f.epilogue.alpha = g.epilogue.alpha, f.epilogue.beta = g.epilogue.beta;
  f.epilogue.act = g.epilogue.act;
  if (g.epilogue.beta != 0)
    for (int64_t i = 0; i < g.m; ++i)
      row_table().widen[kind](c + i * g.n, bits(g.c + i * g.c_rs), g.n);
  if (g.epilogue.bias) f.epilogue.bias = widen<S, WideBias>(g.epilogue.bias, 1, g.n, g.n, 1).data;
  if (g.epilogue.row_bias)
    f.epilogue.row_bias = widen<S, WideRowBias>(g.epilogue.row_bias, 1, g.m, g.m, 1).data;
  gemm(f);
  parallel_ranges(g.m, 1 + 32768 / g.n, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      row_table().narrow[kind](reinterpret_cast<uint16_t*>(g.c + i * g.c_rs), c + i * g.n, g.n);
  });
}

struct PackedA {};
struct PackedB {};
int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// By the CPU's dot product of pairs. All of K is one chain, so the bits depend on the operands
// alone.
void run_in_pairs(const Gemm<BFloat16>& g, const Bf16Kernels& kt) {
  const int64_t pairs = (g.k + 1) / 2, panels = ceil_div(g.n, kt.tile_n);
  const int64_t panel = pairs * kt.tile_n;
  uint32_t* pb = scratch<uint32_t, PackedB>(size_t(panels * panel));
  parallel_ranges(panels, 1 + 16384 / (panel + 1), [&](int64_t b, int64_t e) {
    for (int64_t p = b; p < e; ++p) {
      const int64_t j = p * kt.tile_n;
      kt.pack_b(pb + p * panel, g.b + j * g.b_cs, g.b_rs, g.b_cs, g.k,
                std::min<int64_t>(kt.tile_n, g.n - j));
    }
  });
  const BFloat16* a = g.a;
  int64_t a_rs = g.a_rs;
  if (g.a_cs != 1 || g.k % 2) {  // rows of whole pairs
    BFloat16* pa = scratch<BFloat16, PackedA>(size_t(g.m * pairs * 2));
    parallel_ranges(g.m, 1 + 16384 / (2 * pairs), [&](int64_t b, int64_t e) {
      constexpr int64_t kBlock = 64;  // of rows, whose lines stay in L1 where A lies by columns
      for (int64_t i0 = b; i0 < e; i0 += kBlock)
        for (int64_t k = 0; k < pairs * 2; ++k)
          for (int64_t i = i0; i < std::min(e, i0 + kBlock); ++i)
            pa[i * pairs * 2 + k] = k < g.k ? g.a[i * g.a_rs + k * g.a_cs] : BFloat16(0.0f);
    });
    a = pa, a_rs = pairs * 2;
  }
  const int64_t strips = ceil_div(g.m, kt.tile_m), base = g.m / strips, extra = g.m % strips;
  constexpr int64_t kStrips = 8, kPanels = 16;  // that stay in L2 together
  const int64_t blocks = ceil_div(strips, kStrips), columns = ceil_div(panels, kPanels);
  const double task_ns = double(g.k) * double(std::min<int64_t>(g.m, kStrips * kt.tile_m)) *
                         double(std::min<int64_t>(g.n, kPanels * kt.tile_n)) / 200.0;
  parallel_ranges(blocks * columns, 1 + int64_t(3000.0 / task_ns), [&](int64_t from, int64_t to) {
    for (int64_t t = from; t < to; ++t) {
      const int64_t s0 = t % blocks * kStrips, p0 = t / blocks * kPanels;
      for (int64_t p = p0; p < std::min(panels, p0 + kPanels); ++p)
        for (int64_t s = s0; s < std::min(strips, s0 + kStrips); ++s) {
          const int64_t i = s * base + std::min(s, extra), m = base + (s < extra);
          const int64_t j = p * kt.tile_n;
          const int n = int(std::min<int64_t>(kt.tile_n, g.n - j));
          kt.tile[n > 16][m - 1](
              {a + i * a_rs, a_rs, pb + p * panel, pairs, g.c + i * g.c_rs + j, g.c_rs, n});
        }
    }
  });
}

}  // namespace

void gemm(const Gemm<Half>& g) { run(g); }
void gemm(const Gemm<BFloat16>& g) {
  const Bf16Kernels* kernels = bf16_kernels();
  const auto& e = g.epilogue;
  const bool plain = e.alpha == 1 && e.beta == 0 && !e.bias && !e.row_bias &&
                     e.act == Activation::none && g.k > 0 && g.m > 0 && g.n > 0;
  if (kernels && plain) return run_in_pairs(g, *kernels);
  run(g);
}

}  // namespace taeda::cpu
