// Blocking and threads of matrix products. Every element of C is one chain over k in steps of kKc,
// whatever the tile, block or thread: K is never split across threads, so the bits depend on the
// operands alone.
#include "taeda/cpu/engine.h"
#include "taeda/cpu/scratch.h"
#include "taeda/threads/pool.h"

namespace taeda::cpu {
namespace {

// kKc is part of the numerics (it fixes where partial sums are rounded); kMc and kNc are free.
// Swept on Zen 5.
constexpr int64_t kKc = 1024, kMc = 112, kNc = 1024;
constexpr int64_t kTiny = 256;  // products
struct PackA {};
struct PackB {};

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }

// Strip i of m rows cut into `strips` nearly equal parts.
struct Cut {
  int64_t begin, size;
};
Cut cut(int64_t m, int64_t strips, int64_t i) {
  const int64_t base = m / strips, extra = m % strips;
  return {i * base + min64(i, extra), base + (i < extra)};
}

template <class T>
TileArgs<T> tile_of(const Gemm<T>& g, int64_t i, int64_t m, int64_t j, int64_t n, int64_t pc,
                    int64_t kc) {
  TileArgs<T> t{};
  t.c = g.c + i * g.c_rs + j, t.c_rs = g.c_rs;
  t.kc = kc, t.segments = 1;
  t.m = int(m), t.n = int(n);
  t.first = pc == 0, t.last = pc + kc == g.k;
  t.epilogue = g.epilogue;
  if (t.epilogue.bias) t.epilogue.bias += j;
  if (t.epilogue.row_bias) t.epilogue.row_bias += i;
  return t;
}

// Operands read where they lie.
template <class T> void gemm_in_place(const Gemm<T>& g) {
  const auto& kt = gemm_kernels<T>();
  const int64_t strips = ceil_div(g.m, kt.tile_m), panels = ceil_div(g.n, kt.tile_n);
  const double tile_ns =
      double(g.k) * double(g.m) / double(strips) * double(min64(g.n, kt.tile_n)) / 100.0;
  parallel_ranges(strips * panels, 1 + int64_t(3000.0 / tile_ns), [&](int64_t b, int64_t e) {
    for (int64_t t = b; t < e; ++t) {
      const Cut rows = cut(g.m, strips, t / panels);
      const int64_t j = t % panels * kt.tile_n;
      for (int64_t pc = 0; pc < g.k; pc += kKc) {
        TileArgs<T> a = tile_of(g, rows.begin, rows.size, j, min64(kt.tile_n, g.n - j), pc,
                                min64(kKc, g.k - pc));
        a.a = g.a + rows.begin * g.a_rs + pc * g.a_cs, a.a_rs = g.a_rs, a.a_cs = g.a_cs;
        a.b = g.b + pc * g.b_rs + j, a.b_ks = g.b_rs;
        kt.tile(a);
      }
    }
  });
}

template <class T> void gemm_packed(const Gemm<T>& g) {
  const auto& kt = gemm_kernels<T>();
  const int64_t threads = num_threads();
  const int64_t strips = ceil_div(g.m, kt.tile_m),
                all_panels = ceil_div(min64(kNc, g.n), kt.tile_n);
  int64_t blocks = ceil_div(g.m, kMc);
  blocks = min64(strips, ceil_div(blocks, threads) * threads);
  const int64_t groups = min64(all_panels, ceil_div(threads, blocks));  // of panels
  const double task_ns = double(g.m) * double(min64(kNc, g.n)) * double(min64(kKc, g.k)) / 100.0 /
                         double(blocks * groups);
  T* pb = scratch<T, PackB>(size_t(min64(kKc, g.k) * all_panels * kt.tile_n));
  for (int64_t jc = 0; jc < g.n; jc += kNc) {
    const int64_t nc = min64(kNc, g.n - jc), panels = ceil_div(nc, kt.tile_n);
    for (int64_t pc = 0; pc < g.k; pc += kKc) {
      const int64_t kc = min64(kKc, g.k - pc);
      const int64_t panel = kc * kt.tile_n;
      parallel_ranges(panels, 1 + 32768 / panel, [&](int64_t b, int64_t e) {
        for (int64_t p = b; p < e; ++p) {
          const int64_t j = p * kt.tile_n;
          kt.pack_b(pb + p * panel, g.b + pc * g.b_rs + (jc + j) * g.b_cs, g.b_rs, g.b_cs, kc,
                    min64(kt.tile_n, nc - j));
        }
      });
      auto task = [&](int64_t t) {
        const Cut own = cut(strips, blocks, t / groups), columns = cut(panels, groups, t % groups);
        const int64_t row0 = cut(g.m, strips, own.begin).begin;
        T* pa = scratch<T, PackA>(size_t((own.size + 1) * kt.tile_m * kc));
        for (int64_t s = own.begin; s < own.begin + own.size; ++s) {
          const Cut rows = cut(g.m, strips, s);
          kt.pack_a(pa + (rows.begin - row0) * kc, g.a + rows.begin * g.a_rs + pc * g.a_cs, g.a_rs,
                    g.a_cs, rows.size, kc);
        }
        for (int64_t p = columns.begin; p < columns.begin + columns.size; ++p) {
          const int64_t j = p * kt.tile_n;
          for (int64_t s = own.begin; s < own.begin + own.size; ++s) {
            const Cut rows = cut(g.m, strips, s);
            TileArgs<T> t =
                tile_of(g, rows.begin, rows.size, jc + j, min64(kt.tile_n, nc - j), pc, kc);
            t.a = pa + (rows.begin - row0) * kc, t.a_rs = 1, t.a_cs = rows.size;
            t.b = pb + p * panel, t.b_ks = kt.tile_n;
            kt.tile(t);
          }
        }
      };
      parallel_ranges(blocks * groups, 1 + int64_t(3000.0 / task_ns), [&](int64_t b, int64_t e) {
        for (int64_t t = b; t < e; ++t) task(t);
      });
    }
  }
}

// Few rows: each panel of B is packed and used up at once, while it is in L2.
template <class T> void gemm_by_panels(const Gemm<T>& g) {
  const auto& kt = gemm_kernels<T>();
  const int64_t strips = ceil_div(g.m, kt.tile_m), panels = ceil_div(g.n, kt.tile_n);
  const double panel_ns = double(g.k) * double(g.m + 16) * double(min64(g.n, kt.tile_n)) / 100.0;
  parallel_ranges(panels, 1 + int64_t(6000.0 / panel_ns), [&](int64_t b, int64_t e) {
    T* pb = scratch<T, PackB>(size_t(min64(kKc, g.k) * kt.tile_n));
    for (int64_t p = b; p < e; ++p) {
      const int64_t j = p * kt.tile_n, n = min64(kt.tile_n, g.n - j);
      for (int64_t pc = 0; pc < g.k; pc += kKc) {
        const int64_t kc = min64(kKc, g.k - pc);
        kt.pack_b(pb, g.b + pc * g.b_rs + j * g.b_cs, g.b_rs, g.b_cs, kc, n);
        for (int64_t s = 0; s < strips; ++s) {
          const Cut rows = cut(g.m, strips, s);
          TileArgs<T> t = tile_of(g, rows.begin, rows.size, j, n, pc, kc);
          t.a = g.a + rows.begin * g.a_rs + pc * g.a_cs, t.a_rs = g.a_rs, t.a_cs = g.a_cs;
          t.b = pb, t.b_ks = kt.tile_n;
          kt.tile(t);
        }
      }
    }
  });
}

// One column against A stored by rows, or one row against B stored by columns: dot products.
template <class T> bool gemm_dots(const Gemm<T>& g) {
  const auto& e = g.epilogue;
  if (g.k == 0 || e.alpha != T(1) || e.beta != T(0) || e.bias || e.row_bias ||
      e.act != Activation::none)
    return false;
  auto dots = [&](int64_t count, const T* rows, int64_t stride, const T* x) {
    parallel_ranges(count, 1 + 65536 / (g.k + 1), [&](int64_t begin, int64_t end) {
      gemm_kernels<T>().gemv(rows + begin * stride, stride, x, g.c + begin, end - begin, g.k);
    });
    return true;
  };
  if (g.n == 1 && g.a_cs == 1 && g.b_rs == 1 && (g.c_rs == 1 || g.m == 1))
    return dots(g.m, g.a, g.a_rs, g.b);
  if (g.m == 1 && g.b_rs == 1 && g.a_cs == 1) return dots(g.n, g.b, g.b_cs, g.a);
  return false;
}

// One tile does it all: what is left of a product of tiny matrices is the price of the call.
template <class T> void gemm_one_tile(const Gemm<T>& g, const GemmKernels<T>& kt) {
  TileArgs<T> t = tile_of(g, 0, g.m, 0, g.n, 0, g.k);
  t.a = g.a, t.a_rs = g.a_rs, t.a_cs = g.a_cs;
  t.b = g.b, t.b_ks = g.b_rs;
  if (g.b_cs != 1 && g.n != 1) {
    const Epilogue<T>& e = g.epilogue;
    // A Linear layer of a few numbers: transposing its weight would take longer than the product.
    if (g.m * g.n * g.k <= kTiny && e.alpha == T(1) && e.beta == T(0) && !e.row_bias)
      return kt.tiny(g);
    T* pb = scratch<T, PackB>(size_t(g.k * kt.tile_n));
    kt.pack_b(pb, g.b, g.b_rs, g.b_cs, g.k, g.n);
    t.b = pb, t.b_ks = kt.tile_n;
  }
  kt.tile(t);
}

template <class T> void run(const Gemm<T>& g) {
  if (g.m == 0 || g.n == 0) return;
  if (g.k == 0) {  // an empty sum: one step over zeros keeps beta, bias and activation
    static constexpr T zeros[64] = {};
    Gemm<T> z = g;
    z.k = 1, z.a = zeros, z.a_rs = z.a_cs = 0, z.b = zeros, z.b_rs = 0, z.b_cs = 1;
    z.epilogue.alpha = 1;
    // Panels of B start at multiples of tile_n: one at a time, so that they all read the zeros.
    const int64_t width = gemm_kernels<T>().tile_n;
    for (int64_t j = 0; j < g.n; j += width) {
      Gemm<T> part = z;
      part.n = min64(width, g.n - j), part.c = g.c + j;
      if (part.epilogue.bias) part.epilogue.bias += j;
      gemm_in_place(part);
    }
    return;
  }
  if ((g.m == 1 || g.n == 1) && gemm_dots(g)) return;
  const auto& kt = gemm_kernels<T>();
  if (g.m <= kt.tile_m && g.n <= kt.tile_n && g.k <= kKc) return gemm_one_tile(g, kt);
  const bool b_rows = g.b_cs == 1 || g.n == 1;
  const bool small = g.k * g.n * int64_t(sizeof(T)) <= 512 * 1024 && g.b_rs <= 1024;
  const int64_t tile_m = kt.tile_m;
  // B is read once or twice: packing it cannot pay
  if (b_rows && (small || g.m <= 2 * tile_m)) gemm_in_place(g);
  else if (g.m <= 4 * tile_m) gemm_by_panels(g);
  else gemm_packed(g);
}

template <class T>
void batched(const Gemm<T>& g, int64_t count, int64_t a_step, int64_t b_step, int64_t c_step) {
  auto one = [&](int64_t i) {
    Gemm<T> x = g;
    x.a += i * a_step, x.b += i * b_step, x.c += i * c_step;
    gemm(x);
  };
  const double ns = double(g.m) * double(g.n) * double(g.k) / 100.0;
  if (count >= 2 * num_threads() || ns < 20000) {
    parallel_ranges(count, 1 + int64_t(3000.0 / (ns + 1)), [&](int64_t b, int64_t e) {
      for (int64_t i = b; i < e; ++i) one(i);
    });
  } else {
    for (int64_t i = 0; i < count; ++i) one(i);
  }
}

}  // namespace

void gemm(const Gemm<float>& g) { run(g); }
void gemm(const Gemm<double>& g) { run(g); }

template <class T>
void gemm_batched(const Gemm<T>& g, int64_t count, int64_t a_step, int64_t b_step, int64_t c_step) {
  batched(g, count, a_step, b_step, c_step);
}
template TAEDA_INSTANCE void gemm_batched(const Gemm<float>&, int64_t, int64_t, int64_t, int64_t);
template TAEDA_INSTANCE void gemm_batched(const Gemm<double>&, int64_t, int64_t, int64_t, int64_t);
template TAEDA_INSTANCE void gemm_batched(const Gemm<Half>&, int64_t, int64_t, int64_t, int64_t);
template TAEDA_INSTANCE void gemm_batched(const Gemm<BFloat16>&, int64_t, int64_t, int64_t,
                                          int64_t);

}  // namespace taeda::cpu
