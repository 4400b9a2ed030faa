// Matrix products of 16-bit floats: operands widened to float, one float product, one rounding.
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

}  // namespace

void gemm(const Gemm<Half>& g) { run(g); }
void gemm(const Gemm<BFloat16>& g) { run(g); }

}  // namespace taeda::cpu
