// Row operations: softmax, layer normalisation, transposition.
#include <algorithm>
#include <vector>

#include "taeda/cpu/engine.h"
#include "taeda/cpu/tile_walk.h"
#include "taeda/threads/pool.h"

namespace taeda::cpu {
namespace {

constexpr int64_t kRowBlock = 64;  // rows whose weight gradients form one leaf of the tree

int64_t blocks_of(int64_t n, int64_t block) { return (n + block - 1) / block; }
int64_t row_grain(int64_t cols) { return 1 + (1 << 14) / std::max<int64_t>(cols, 1); }

}  // namespace

template <class S> void softmax(S* y, const S* x, int64_t rows, int64_t cols, bool log_form) {
  const auto row = row_kernels<S>().softmax_row;
  parallel_ranges(rows, row_grain(cols), [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; ++i) row(y + i * cols, x + i * cols, cols, log_form);
  });
}

template <class S>
void layer_norm(S* y, const S* x, const S* w, const S* b, int64_t rows, int64_t cols, double eps,
                Compute<S>* mean, Compute<S>* rstd) {
  const auto row = row_kernels<S>().layer_norm_row;
  parallel_ranges(rows, row_grain(cols), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      row(y + i * cols, x + i * cols, w, b, cols, eps, mean + i, rstd + i);
  });
}

template <class S>
void layer_norm_backward(S* dx, Compute<S>* dw, Compute<S>* db, const S* dy, const S* x, const S* w,
                         const Compute<S>* mean, const Compute<S>* rstd, int64_t rows,
                         int64_t cols) {
  using C = Compute<S>;
  const int64_t blocks = std::max<int64_t>(blocks_of(rows, kRowBlock), 1);
  const bool affine = dw || db;
  std::vector<C> part(affine ? size_t(2 * blocks * cols) : 0, C(0));
  parallel_ranges(blocks, 1, [&](int64_t b, int64_t e) {
    const auto row = row_kernels<S>().layer_norm_back_row;
    for (int64_t t = b; t < e; ++t) {
      C *pw = affine ? part.data() + 2 * t * cols : nullptr, *pb = affine ? pw + cols : nullptr;
      for (int64_t i = t * kRowBlock; i < std::min(rows, (t + 1) * kRowBlock); ++i)
        row(dx + i * cols, dy + i * cols, x + i * cols, w, cols, mean[i], rstd[i], pw, pb);
    }
  });
  if (!affine) return;
  const auto add = row_kernels<C>().add_rows;
  for (int64_t d = 1; d < blocks; d *= 2)
    for (int64_t i = 0; i + d < blocks; i += 2 * d)
      add(part.data() + 2 * i * cols, part.data() + 2 * (i + d) * cols, 1, 2 * cols, 2 * cols);
  if (dw) std::copy_n(part.data(), cols, dw);
  if (db) std::copy_n(part.data() + cols, cols, db);
}

template <class T> void transpose(T* to, const T* from, int64_t rows, int64_t cols) {
  const auto copy = sizeof(T) == 4 ? row_table().transpose4 : row_table().transpose8;
  const bool stream = rows * cols * int64_t(sizeof(T)) > l3_bytes() / 2 && rows % 16 == 0 &&
                      reinterpret_cast<uintptr_t>(to) % 64 == 0;
  constexpr int64_t R = 256, C = 16;  // a stripe of 16 columns: whole cache lines in and out
  const int64_t br = blocks_of(rows, R), bc = blocks_of(cols, C);
  parallel_ranges(br * bc, 1 + (1 << 15) / (R * C), [&](int64_t b, int64_t e) {
    for (int64_t t = b; t < e; ++t) {
      const int64_t r = t / bc * R, c = t % bc * C;
      copy(to + c * rows + r, rows, from + r * cols + c, cols, std::min(R, rows - r),
           std::min(C, cols - c), stream);
    }
  });
}
template TAEDA_INSTANCE void transpose(float*, const float*, int64_t, int64_t);
template TAEDA_INSTANCE void transpose(double*, const double*, int64_t, int64_t);

#define TAEDA_INSTANTIATE(S)                                                                  \
  template TAEDA_INSTANCE void softmax(S*, const S*, int64_t, int64_t, bool);                 \
  template TAEDA_INSTANCE void layer_norm(S*, const S*, const S*, const S*, int64_t, int64_t, \
                                          double, Compute<S>*, Compute<S>*);                  \
  template TAEDA_INSTANCE void layer_norm_backward(S*, Compute<S>*, Compute<S>*, const S*,    \
                                                   const S*, const S*, const Compute<S>*,     \
                                                   const Compute<S>*, int64_t, int64_t);
TAEDA_INSTANTIATE(float)
TAEDA_INSTANTIATE(double)
TAEDA_INSTANTIATE(Half)
TAEDA_INSTANTIATE(BFloat16)
#undef TAEDA_INSTANTIATE

}  // namespace taeda::cpu
