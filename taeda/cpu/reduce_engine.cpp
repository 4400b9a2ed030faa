// Fixed-shape reduction trees: leaves are blocks of kSumBlock items (or kRowBlock rows), joined in
// halves by index.
#include <algorithm>
#include <limits>
#include <vector>

#include "taeda/cpu/engine.h"
#include "taeda/cpu/scratch.h"
#include "taeda/threads/pool.h"

namespace taeda::cpu {
namespace {

constexpr int64_t kRowBlock = 64;
struct SumTag {};
struct ColumnTag {};

int64_t blocks_of(int64_t n, int64_t block) { return (n + block - 1) / block; }

// Rows a task takes so that it has about `items` items.
int64_t row_grain(int64_t cols, int64_t items) {
  return cols >= items ? 1 : items / std::max<int64_t>(cols, 1);
}

template <class C> C join(C* p, int64_t n) {
  for (int64_t d = 1; d < n; d *= 2)
    for (int64_t i = 0; i + d < n; i += 2 * d) p[i] += p[i + d];
  return n ? p[0] : C(0);
}

// Block i of x of n items: f(block, items).
template <class S, class F> auto on_block(const S* x, int64_t n, int64_t i, F f) {
  return f(x + i * kSumBlock, std::min(kSumBlock, n - i * kSumBlock));
}

template <class S> Compute<S> sum_serial(const S* x, int64_t n) {
  const auto sum = row_kernels<S>().block_sum;
  if (n <= kSumBlock) return sum(x, n);
  const int64_t blocks = blocks_of(n, kSumBlock);
  auto* part = scratch<Compute<S>, SumTag>(size_t(blocks));
  for (int64_t i = 0; i < blocks; ++i) part[i] = on_block(x, n, i, sum);
  return join(part, blocks);
}

// y[j] = combination over r of x[r][j]: blocks of kRowBlock rows from `first` on, joined in halves.
template <class S, class C>
void columns(C* y, const S* x, int64_t rows, int64_t cols, C first,
             void (*combine)(C*, const S*, int64_t, int64_t, int64_t),
             void (*join_rows)(C*, const C*, int64_t, int64_t, int64_t)) {
  constexpr int64_t kStripe = 1024;
  const int64_t blocks = std::max<int64_t>(blocks_of(rows, kRowBlock), 1);
  const int64_t stripes = blocks_of(cols, kStripe);
  C* part = blocks == 1 ? y : scratch<C, ColumnTag>(size_t(blocks * cols));
  parallel_ranges(blocks * stripes, 1 + (1 << 15) / (kRowBlock * std::min(cols, kStripe) + 1),
                  [&](int64_t b, int64_t e) {
                    for (int64_t t = b; t < e; ++t) {
                      const int64_t i = t / stripes, j = t % stripes * kStripe, r = i * kRowBlock;
                      const int64_t n = std::min(kStripe, cols - j);
                      C* to = part + i * cols + j;
                      std::fill(to, to + n, first);
                      combine(to, x + r * cols + j, std::min(kRowBlock, rows - r), cols, n);
                    }
                  });
  if (blocks == 1) return;
  parallel_ranges(cols, kStripe, [&](int64_t b, int64_t e) {
    for (int64_t d = 1; d < blocks; d *= 2)
      for (int64_t i = 0; i + d < blocks; i += 2 * d)
        join_rows(part + i * cols + b, part + (i + d) * cols + b, 1, cols, e - b);
    std::copy(part + b, part + e, y + b);
  });
}

// The same for every x[o]; tasks are whole outer items where there are enough of them.
template <class S, class C>
void middle(C* y, const S* x, int64_t outer, int64_t rows, int64_t cols, C first,
            void (*combine)(C*, const S*, int64_t, int64_t, int64_t),
            void (*join_rows)(C*, const C*, int64_t, int64_t, int64_t)) {
  auto range = [&](int64_t b, int64_t e) {
    for (int64_t o = b; o < e; ++o)
      columns(y + o * cols, x + o * rows * cols, rows, cols, first, combine, join_rows);
  };
  if (outer >= 2 * num_threads() || rows * cols < 1 << 14)
    parallel_ranges(outer, row_grain(rows * cols, 1 << 15), range);
  else range(0, outer);
}

template <class S, int which> void extremes(Compute<S>* y, const S* x, int64_t rows, int64_t cols) {
  const auto extreme = row_kernels<S>().block_extreme[which];
  parallel_ranges(rows, row_grain(cols, 1 << 16), [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; ++i) y[i] = extreme(x + i * cols, cols);
  });
}

template <class S, int which> int64_t index_in_row(const S* x, int64_t n) {
  const auto& k = row_kernels<S>();
  const int64_t blocks = blocks_of(n, kSumBlock);
  if (blocks <= 16) return k.index_of(x, n, k.block_extreme[which](x, n));
  using C = Compute<S>;
  std::vector<C> best(static_cast<size_t>(blocks));
  parallel_ranges(blocks, 16, [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; ++i) best[size_t(i)] = on_block(x, n, i, k.block_extreme[which]);
  });
  const auto& kc = row_kernels<C>();
  const C top = kc.block_extreme[which](best.data(), blocks);
  const int64_t at = kc.index_of(best.data(), blocks, top) * kSumBlock;
  return at + k.index_of(x + at, std::min(kSumBlock, n - at), top);
}

template <class S, int which> void indices(int64_t* y, const S* x, int64_t rows, int64_t cols) {
  auto range = [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; ++i) y[i] = index_in_row<S, which>(x + i * cols, cols);
  };
  if (rows < num_threads()) range(0, rows);  // the threads share each row
  else parallel_ranges(rows, row_grain(cols, 1 << 15), range);
}

}  // namespace

template <class C> C join_sums(C* part, int64_t n) { return join(part, n); }
template TAEDA_INSTANCE float join_sums(float*, int64_t);
template TAEDA_INSTANCE double join_sums(double*, int64_t);

template <class S> Compute<S> sum_all(const S* x, int64_t n) {
  const int64_t blocks = blocks_of(n, kSumBlock);
  if (blocks <= 16) return sum_serial(x, n);
  auto* part = scratch<Compute<S>, SumTag>(size_t(blocks));
  parallel_ranges(blocks, 16, [&](int64_t b, int64_t e) {
    const auto sum = row_kernels<S>().block_sum;
    for (int64_t i = b; i < e; ++i) part[i] = on_block(x, n, i, sum);
  });
  return join(part, blocks);
}

template <class S> void sum_rows(Compute<S>* y, const S* x, int64_t rows, int64_t cols) {
  if (rows == 1) {
    y[0] = sum_all(x, cols);
    return;
  }
  parallel_ranges(rows, row_grain(cols, 1 << 16), [&](int64_t b, int64_t e) {
    if (cols > 0 && cols <= kShortRow)
      return row_kernels<S>().sum_short_rows(y + b, x + b * cols, e - b, cols);
    for (int64_t i = b; i < e; ++i) y[i] = sum_serial(x + i * cols, cols);
  });
}

template <class S>
void sum_middle(Compute<S>* y, const S* x, int64_t outer, int64_t rows, int64_t cols) {
  using C = Compute<S>;
  if (cols == 0) return;
  middle<S, C>(y, x, outer, rows, cols, C(0), row_kernels<S>().add_rows, row_kernels<C>().add_rows);
}
template <class S> void sum_cols(Compute<S>* y, const S* x, int64_t rows, int64_t cols) {
  sum_middle(y, x, 1, rows, cols);
}

template <class S>
void max_middle(Compute<S>* y, const S* x, int64_t outer, int64_t rows, int64_t cols) {
  using C = Compute<S>;
  if (cols == 0) return;
  middle<S, C>(y, x, outer, rows, cols, -std::numeric_limits<C>::infinity(),
               row_kernels<S>().extreme_rows[0], row_kernels<C>().extreme_rows[0]);
}
template <class S>
void min_middle(Compute<S>* y, const S* x, int64_t outer, int64_t rows, int64_t cols) {
  using C = Compute<S>;
  if (cols == 0) return;
  middle<S, C>(y, x, outer, rows, cols, std::numeric_limits<C>::infinity(),
               row_kernels<S>().extreme_rows[1], row_kernels<C>().extreme_rows[1]);
}

template <class S> void max_rows(Compute<S>* y, const S* x, int64_t rows, int64_t cols) {
  extremes<S, 0>(y, x, rows, cols);
}
template <class S> void min_rows(Compute<S>* y, const S* x, int64_t rows, int64_t cols) {
  extremes<S, 1>(y, x, rows, cols);
}
template <class S> void argmax_rows(int64_t* y, const S* x, int64_t rows, int64_t cols) {
  indices<S, 0>(y, x, rows, cols);
}
template <class S> void argmin_rows(int64_t* y, const S* x, int64_t rows, int64_t cols) {
  indices<S, 1>(y, x, rows, cols);
}

#define TAEDA_INSTANTIATE(S)                                                                 \
  template TAEDA_INSTANCE Compute<S> sum_all(const S*, int64_t);                             \
  template TAEDA_INSTANCE void sum_rows(Compute<S>*, const S*, int64_t, int64_t);            \
  template TAEDA_INSTANCE void sum_cols(Compute<S>*, const S*, int64_t, int64_t);            \
  template TAEDA_INSTANCE void sum_middle(Compute<S>*, const S*, int64_t, int64_t, int64_t); \
  template TAEDA_INSTANCE void max_middle(Compute<S>*, const S*, int64_t, int64_t, int64_t); \
  template TAEDA_INSTANCE void min_middle(Compute<S>*, const S*, int64_t, int64_t, int64_t); \
  template TAEDA_INSTANCE void max_rows(Compute<S>*, const S*, int64_t, int64_t);            \
  template TAEDA_INSTANCE void min_rows(Compute<S>*, const S*, int64_t, int64_t);            \
  template TAEDA_INSTANCE void argmax_rows(int64_t*, const S*, int64_t, int64_t);            \
  template TAEDA_INSTANCE void argmin_rows(int64_t*, const S*, int64_t, int64_t);
TAEDA_INSTANTIATE(float)
TAEDA_INSTANTIATE(double)
TAEDA_INSTANTIATE(Half)
TAEDA_INSTANTIATE(BFloat16)
#undef TAEDA_INSTANTIATE

}  // namespace taeda::cpu
