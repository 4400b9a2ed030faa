// Optimizer steps over lists of tensors: cut into chunks of 16K items, and small tensors share a
// task, so that 100 x 10K items cost what 1M do.
#include <cmath>
#include <vector>

#include "taeda/cpu/engine.h"
#include "taeda/threads/pool.h"

namespace taeda::cpu {
namespace {

// f(tensor, begin, end) for pieces of every tensor.
template <class Tensor, class F> void each_piece(const Tensor* tensors, int64_t count, F f) {
  constexpr int64_t kChunk = 16384;
  if (count == 1 && tensors[0].n <= 2 * kChunk) return f(tensors[0], 0, tensors[0].n);
  struct Piece {
    int64_t tensor, begin, end;
  };
  std::vector<Piece> pieces;
  int64_t total = 0;
  for (int64_t t = 0; t < count; ++t) {
    const int64_t n = tensors[t].n;
    for (int64_t b = 0; b < n; b += kChunk)
      pieces.push_back({t, b, n - b > kChunk ? b + kChunk : n});
    total += n;
  }
  const int64_t n = int64_t(pieces.size());
  if (n == 0) return;
  const int64_t grain = total < 2 * kChunk ? n : 1 + n * kChunk / (total + 1);
  parallel_ranges(n, grain, [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; ++i)
      f(tensors[pieces[size_t(i)].tensor], pieces[size_t(i)].begin, pieces[size_t(i)].end);
  });
}

template <class T> const TrainKernels<T>& train_kernels();
template <> const TrainKernels<float>& train_kernels() { return train_table().f32; }
template <> const TrainKernels<double>& train_kernels() { return train_table().f64; }

}  // namespace

template <class T>
void adam_step(const AdamTensor<T>* tensors, int64_t count, int64_t step, const AdamOptions& o) {
  const double c1 = 1 - std::pow(o.beta1, double(step)), c2 = 1 - std::pow(o.beta2, double(step));
  const AdamArgs<T> a{T(o.lr / c1),
                      T(o.beta2),
                      T(1 - o.beta1),
                      T(1 - o.beta2),
                      T(o.eps),
                      T(std::sqrt(c2)),
                      T(o.decoupled ? 0 : o.weight_decay),
                      T(o.decoupled ? 1 - o.lr * o.weight_decay : 1),
                      o.maximize};
  each_piece(tensors, count, [&](const AdamTensor<T>& t, int64_t b, int64_t e) {
    train_kernels<T>().adam(t.p + b, t.m + b, t.v + b, t.v_max ? t.v_max + b : nullptr, t.g + b,
                            e - b, a);
  });
}
template TAEDA_INSTANCE void adam_step(const AdamTensor<float>*, int64_t, int64_t,
                                       const AdamOptions&);
template TAEDA_INSTANCE void adam_step(const AdamTensor<double>*, int64_t, int64_t,
                                       const AdamOptions&);

template <class T> void sgd_step(const SgdTensor<T>* tensors, int64_t count, const SgdOptions& o) {
  each_piece(tensors, count, [&](const SgdTensor<T>& t, int64_t b, int64_t e) {
    const SgdArgs<T> a{T(o.lr),    T(o.momentum), T(1 - o.dampening), T(o.weight_decay), o.nesterov,
                       o.maximize, t.first};
    train_kernels<T>().sgd(t.p + b, t.momentum ? t.momentum + b : nullptr, t.g + b, e - b, a);
  });
}
template TAEDA_INSTANCE void sgd_step(const SgdTensor<float>*, int64_t, const SgdOptions&);
template TAEDA_INSTANCE void sgd_step(const SgdTensor<double>*, int64_t, const SgdOptions&);

}  // namespace taeda::cpu
