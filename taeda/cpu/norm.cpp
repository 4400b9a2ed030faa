// Kernels of normalisations. Channels: one pass for the mean, one for the variance about it; blocks
// are summed by the engine's trees and joined in double, in order.
#include "taeda/ops/norm.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "taeda/autograd/grad_mode.h"
#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

using cpu::dense;

// A batch as [n, channels, inner].
struct Batch {
  int64_t n, channels, inner;
  explicit Batch(const Dims& s) : n(s[0]), channels(s[1]), inner(1) {
    for (size_t i = 2; i < s.size(); i++) inner *= s[i];
  }
  int64_t row(int64_t sample, int64_t channel) const {
    return (sample * channels + channel) * inner;
  }
  double count() const { return double(n * inner); }
};

constexpr int64_t kRowBlock = 64;  // rows that are added up in C before double takes over
constexpr int64_t kFewItems = 16;  // channels of fewer items are taken many at a time
constexpr int64_t kColumns = 256;  // columns whose sums stay in L1

template <class C> C at(const C* v, int64_t i, C otherwise) { return v ? v[i] : otherwise; }

// f(channel) for every channel, on all threads where that pays.
template <class F> void each_channel(const Batch& b, F f) {
  const int64_t grain = 1 + int64_t(16384 / (b.count() + 1));
  parallel_ranges(b.channels, grain, [&](int64_t from, int64_t to) {
    for (int64_t c = from; c < to; c++) f(c);
  });
}
// add(pointer offset, items) over the blocks of one channel's items.
template <class F> void each_block(const Batch& b, int64_t c, F add) {
  for (int64_t s = 0; s < b.n; s++)
    for (int64_t i = 0; i < b.inner; i += cpu::kSumBlock)
      add(b.row(s, c) + i, std::min(cpu::kSumBlock, b.inner - i));
}

// Channels of few items: every [channel, item] is a column of [n, channels inner]. f(first channel,
// channels) over groups of channels, on threads.
template <class F> void each_group(const Batch& b, F f) {
  const int64_t some = std::max<int64_t>(kColumns / b.inner, 1);
  parallel_ranges(b.channels, std::max(some, int64_t(16384 / (b.count() + 1))),
                  [&](int64_t from, int64_t to) {
                    for (int64_t c = from; c < to; c += some) f(c, std::min(some, to - c));
                  });
}
// Sums over n rows of two numbers a channel; rows(a, b, first row, rows) adds to one pair a column.
template <class C, class F>
void column_sums(const Batch& b, int64_t channels, double* first, double* second, F rows) {
  const int64_t cols = channels * b.inner;
  std::vector<C> sums(size_t(2 * cols));
  std::fill_n(first, channels, 0.0), std::fill_n(second, channels, 0.0);
  for (int64_t r = 0; r < b.n; r += kRowBlock) {
    std::fill(sums.begin(), sums.end(), C(0));
    rows(sums.data(), sums.data() + cols, r, std::min(kRowBlock, b.n - r));
    for (int64_t j = 0; j < cols; j++) {
      first[j / b.inner] += double(sums[size_t(j)]);
      second[j / b.inner] += double(sums[size_t(cols + j)]);
    }
  }
}
// One value a channel as one a column.
template <class C> std::vector<C> repeated(const C* v, int64_t channels, int64_t inner) {
  std::vector<C> out(size_t(channels * inner));
  for (int64_t j = 0; j < channels * inner; j++) out[size_t(j)] = v[j / inner];
  return out;
}

// The mean was rounded: `off` is what is left of it, and adds to the squares.
template <class C> void finish_stats(double off, double squares, double count, C* mean, C* var) {
  off /= count;
  *var = C(squares / count - off * off);
  *mean = C(double(*mean) + off);
}

template <class S> void batch_stats(const Batch& b, const S* x, Compute<S>* mean, Compute<S>* var) {
  using C = Compute<S>;
  const auto& kernels = cpu::statistics_kernels<S>();
  if (b.inner < kFewItems) {
    const int64_t stride = b.channels * b.inner;
    return each_group(b, [&](int64_t c, int64_t channels) {
      const int64_t cols = channels * b.inner;
      const S* from = x + c * b.inner;
      std::vector<double> sum(size_t(channels), 0), squares(size_t(channels), 0);
      column_sums<C>(b, channels, sum.data(), squares.data(),
                     [&](C* p, C*, int64_t r, int64_t rows) {
                       cpu::row_kernels<S>().add_rows(p, from + r * stride, rows, stride, cols);
                     });
      for (int64_t i = 0; i < channels; i++) mean[c + i] = C(sum[size_t(i)] / b.count());
      const std::vector<C> centre = repeated(mean + c, channels, b.inner);
      column_sums<C>(
          b, channels, sum.data(), squares.data(), [&](C* p, C* q, int64_t r, int64_t rows) {
            kernels.spread_rows(p, q, from + r * stride, centre.data(), rows, stride, cols);
          });
      for (int64_t i = 0; i < channels; i++)
        finish_stats(sum[size_t(i)], squares[size_t(i)], b.count(), mean + c + i, var + c + i);
    });
  }
  each_channel(b, [&](int64_t c) {
    double sum = 0, off = 0, squares = 0;
    each_block(b, c, [&](int64_t i, int64_t n) {
      sum += double(cpu::row_kernels<S>().block_sum(x + i, n));
    });
    mean[c] = C(sum / b.count());
    each_block(b, c, [&](int64_t i, int64_t n) {
      C out[2];
      kernels.spread(x + i, n, mean[c], out);
      off += double(out[0]), squares += double(out[1]);
    });
    finish_stats(off, squares, b.count(), mean + c, var + c);
  });
}

template <class S>
void batch_apply(const Batch& b, S* y, const S* x, const Compute<S>* w, const Compute<S>* bias,
                 const Compute<S>* mean, const Compute<S>* var, double eps) {
  using C = Compute<S>;
  std::vector<C> scale(static_cast<size_t>(b.channels)), shift(static_cast<size_t>(b.channels));
  for (int64_t c = 0; c < b.channels; c++) {
    scale[size_t(c)] = C(double(at(w, c, C(1))) / std::sqrt(double(var[c]) + eps));
    shift[size_t(c)] = at(bias, c, C(0));
  }
  const auto affine = cpu::statistics_kernels<S>().affine;
  if (b.inner < kFewItems) {
    const int64_t cols = b.channels * b.inner;
    const std::vector<C> m = repeated(mean, b.channels, b.inner),
                         s = repeated(scale.data(), b.channels, b.inner),
                         t = repeated(shift.data(), b.channels, b.inner);
    return parallel_ranges(b.n, 1 + 16384 / cols, [&](int64_t from, int64_t to) {
      for (int64_t r = from; r < to; r++)
        affine(y + r * cols, x + r * cols, cols, m.data(), s.data(), t.data(), true);
    });
  }
  parallel_ranges(b.n * b.channels, 1 + 16384 / b.inner, [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; r++) {
      const int64_t c = r % b.channels;
      affine(y + r * b.inner, x + r * b.inner, b.inner, mean + c, &scale[size_t(c)],
             &shift[size_t(c)], false);
    }
  });
}

// What the gradient of a channel's input is made of: g scale - (x - centre) slope - average.
template <class C> struct Slopes {
  std::vector<C> average, slope, scale;
  Slopes(int64_t channels)
      : average(size_t(channels)), slope(size_t(channels)), scale(size_t(channels)) {}
};

template <class S>
void batch_grad(const Batch& b, S* dx, Compute<S>* dw, Compute<S>* db, const S* dy, const S* x,
                const Compute<S>* w, const Compute<S>* mean, const Compute<S>* var,
                const ops::BatchStats& a) {
  using C = Compute<S>;
  const auto& kernels = cpu::statistics_kernels<S>();
  Slopes<C> to(b.channels);
  auto finish = [&](int64_t c, double sum, double dot) {
    const double rstd = 1 / std::sqrt(double(var[c]) + a.eps);
    dw[c] = C(dot * rstd), db[c] = C(sum);
    const double scale = double(at(w, c, C(1))) * rstd;
    to.scale[size_t(c)] = C(scale);
    to.average[size_t(c)] = a.training ? C(scale * sum / b.count()) : C(0);
    to.slope[size_t(c)] = a.training ? C(scale * dot * rstd * rstd / b.count()) : C(0);
  };
  if (b.inner < kFewItems) {
    const int64_t stride = b.channels * b.inner;
    each_group(b, [&](int64_t c, int64_t channels) {
      const int64_t at = c * b.inner, cols = channels * b.inner;
      const std::vector<C> centre = repeated(mean + c, channels, b.inner);
      std::vector<double> sum(size_t(channels), 0), dot(size_t(channels), 0);
      column_sums<C>(b, channels, sum.data(), dot.data(), [&](C* p, C* q, int64_t r, int64_t rows) {
        kernels.sum_and_dot_rows(p, q, dy + r * stride + at, x + r * stride + at, centre.data(),
                                 rows, stride, cols);
      });
      for (int64_t i = 0; i < channels; i++) finish(c + i, sum[size_t(i)], dot[size_t(i)]);
    });
    auto wide = [&](const C* v) { return repeated(v, b.channels, b.inner); };
    const std::vector<C> average = wide(to.average.data()), centre = wide(mean),
                         slope = wide(to.slope.data()), scale = wide(to.scale.data());
    return parallel_ranges(b.n, 1 + 16384 / stride, [&](int64_t from, int64_t end) {
      for (int64_t r = from; r < end; r++)
        kernels.affine_back(dx + r * stride, dy + r * stride, x + r * stride, stride,
                            average.data(), centre.data(), slope.data(), scale.data(), true);
    });
  }
  each_channel(b, [&](int64_t c) {
    double sum = 0, dot = 0;
    each_block(b, c, [&](int64_t i, int64_t n) {
      C out[2];
      kernels.sum_and_dot(dy + i, x + i, n, mean[c], out);
      sum += double(out[0]), dot += double(out[1]);
    });
    finish(c, sum, dot);
    for (int64_t s = 0; s < b.n; s++) {
      const int64_t i = b.row(s, c);
      kernels.affine_back(dx + i, dy + i, x + i, b.inner, &to.average[size_t(c)], mean + c,
                          &to.slope[size_t(c)], &to.scale[size_t(c)], false);
    }
  });
}

// ---- groups of channels of each sample ----

struct Groups : Batch {
  int64_t groups, each;  // channels of a group
  Groups(const Dims& s, int64_t groups) : Batch(s), groups(groups), each(channels / groups) {}
  int64_t items() const { return each * inner; }
  // f(sample and group) for each, on threads.
  template <class F> void each_group(F f) const {
    parallel_ranges(n * groups, 1 + 16384 / items(), [&](int64_t b, int64_t e) {
      for (int64_t i = b; i < e; i++) f(i);
    });
  }
};

template <class S>
void group_norm(const Groups& b, S* y, const S* x, const Compute<S>* w, const Compute<S>* bias,
                double eps, Compute<S>* mean, Compute<S>* rstd) {
  using C = Compute<S>;
  const auto& kernels = cpu::statistics_kernels<S>();
  const double count = double(b.items());
  b.each_group([&](int64_t i) {
    const S* from = x + i * b.items();
    S* to = y + i * b.items();
    auto over = [&](auto add) {
      for (int64_t k = 0; k < b.items(); k += cpu::kSumBlock)
        add(from + k, std::min(cpu::kSumBlock, b.items() - k));
    };
    double sum = 0, off = 0, squares = 0;
    over([&](const S* p, int64_t n) { sum += double(cpu::row_kernels<S>().block_sum(p, n)); });
    const C centre = C(sum / count);
    over([&](const S* p, int64_t n) {
      C out[2];
      kernels.spread(p, n, centre, out);
      off += double(out[0]), squares += double(out[1]);
    });
    C m = centre, var;
    finish_stats(off, squares, count, &m, &var);
    const double root = 1 / std::sqrt(double(var) + eps);
    mean[i] = m, rstd[i] = C(root);
    for (int64_t k = 0; k < b.each; k++) {
      const int64_t c = i % b.groups * b.each + k;
      const C scale = C(double(at(w, c, C(1))) * root), shift = at(bias, c, C(0));
      kernels.affine(to + k * b.inner, from + k * b.inner, b.inner, &m, &scale, &shift, false);
    }
  });
}

template <class S>
void group_norm_grad(const Groups& b, S* dx, Compute<S>* dw, Compute<S>* db, const S* dy,
                     const S* x, const Compute<S>* w, const Compute<S>* mean,
                     const Compute<S>* rstd) {
  using C = Compute<S>;
  const auto& kernels = cpu::statistics_kernels<S>();
  std::vector<double> sums(size_t(b.n * b.channels)), dots(sums.size());
  b.each_group([&](int64_t i) {
    const C centre = mean[i];
    const double root = double(rstd[i]), count = double(b.items());
    double sum = 0, dot = 0;
    for (int64_t k = 0; k < b.each; k++) {
      const int64_t row = i * b.each + k;
      double s = 0, d = 0;
      for (int64_t j = 0; j < b.inner; j += cpu::kSumBlock) {
        C out[2];
        const int64_t from = row * b.inner + j;
        kernels.sum_and_dot(dy + from, x + from, std::min(cpu::kSumBlock, b.inner - j), centre,
                            out);
        s += double(out[0]), d += double(out[1]);
      }
      sums[size_t(row)] = s, dots[size_t(row)] = d * root;
      const double weight = double(at(w, row % b.channels, C(1)));
      sum += s * weight, dot += d * weight;
    }
    const C average = C(sum / count * root), slope = C(dot / count * root * root * root);
    for (int64_t k = 0; k < b.each; k++) {
      const int64_t row = i * b.each + k, from = row * b.inner;
      const C scale = C(double(at(w, row % b.channels, C(1))) * root);
      kernels.affine_back(dx + from, dy + from, x + from, b.inner, &average, &centre, &slope,
                          &scale, false);
    }
  });
  for (int64_t c = 0; c < b.channels; c++) {
    double sum = 0, dot = 0;
    for (int64_t s = 0; s < b.n; s++) {
      const size_t row = size_t(s * b.channels + c);
      sum += sums[row], dot += dots[row];
    }
    dw[c] = C(dot), db[c] = C(sum);
  }
}

template <class F> void visit_floating(DType d, F f) {
  visit(d, [&]<class T>() {
    if constexpr (is_floating(dtype_of<T>)) f.template operator()<T>();
  });
}
template <class T> const T* data_or_null(const Tensor& x) {
  return x.defined() ? x.data<T>() : nullptr;
}

// The gradients of weight and bias of nothing.
template <class C> void clear_parameters(Outs out) {
  for (size_t i : {1, 2}) std::fill_n(out[i].data<C>(), out[i].numel(), C(0));
}

// [rows, cols] of a normalisation over the last axes.
struct Rows {
  int64_t rows, cols;
  Rows(const Tensor& x, const Dims& shape) : cols(shape.product()) {
    rows = cols ? x.numel() / cols : 0;
  }
};

}  // namespace

namespace ops {

void NativeBatchNorm::cpu(Args in, Outs out, const Attrs& a) {
  visit_floating(out[0].dtype(), [&]<class S>() {
    using C = Compute<S>;
    const DType stats = dtype_of<C>;
    Tensor x = dense(in[0], in[0].dtype()), w = dense(in[1], stats), bias = dense(in[2], stats);
    Batch b(x.sizes());
    C *mean = out[1].data<C>(), *var = out[2].data<C>();
    if (a.training) {
      batch_stats(b, x.data<S>(), mean, var);
    } else {
      cpu::copy_elements(out[1], in[3]);
      cpu::copy_elements(out[2], in[4]);
    }
    batch_apply(b, out[0].data<S>(), x.data<S>(), data_or_null<C>(w), data_or_null<C>(bias), mean,
                var, a.eps);
  });
}
void BatchNormGrad::cpu(Args in, Outs out, const Attrs& a) {
  visit_floating(out[0].dtype(), [&]<class S>() {
    using C = Compute<S>;
    Tensor g = dense(in[0], dtype_of<S>), x = dense(in[1], dtype_of<S>);
    Tensor w = dense(in[2], dtype_of<C>);
    batch_grad(Batch(x.sizes()), out[0].data<S>(), out[1].data<C>(), out[2].data<C>(), g.data<S>(),
               x.data<S>(), data_or_null<C>(w), in[3].data<C>(), in[4].data<C>(), a);
  });
}

void NormalizeRows::cpu(Args in, Outs out, const Attrs& a) {
  const Rows r(in[0], a.normalized_shape);
  if (!r.rows || !r.cols) return;
  visit_floating(out[0].dtype(), [&]<class S>() {
    using C = Compute<S>;
    const DType d = dtype_of<S>;
    Tensor x = dense(in[0], d), w = dense(in[1], d), b = dense(in[2], d);
    cpu::layer_norm(out[0].data<S>(), x.data<S>(), data_or_null<S>(w), data_or_null<S>(b), r.rows,
                    r.cols, a.eps, out[1].data<C>(), out[2].data<C>());
  });
}
void LayerNormGrad::cpu(Args in, Outs out, const Attrs& a) {
  const Rows r(in[1], a.normalized_shape);
  visit_floating(out[0].dtype(), [&]<class S>() {
    using C = Compute<S>;
    const DType d = dtype_of<S>;
    if (!r.rows || !r.cols) return clear_parameters<C>(out);
    Tensor g = dense(in[0], d), x = dense(in[1], d), w = dense(in[2], d);
    C *dw = a.affine ? out[1].data<C>() : nullptr, *db = a.affine ? out[2].data<C>() : nullptr;
    cpu::layer_norm_backward(out[0].data<S>(), dw, db, g.data<S>(), x.data<S>(), data_or_null<S>(w),
                             in[3].data<C>(), in[4].data<C>(), r.rows, r.cols);
  });
}

void NormalizeGroups::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  visit_floating(out[0].dtype(), [&]<class S>() {
    using C = Compute<S>;
    Tensor x = dense(in[0], dtype_of<S>), w = dense(in[1], dtype_of<C>);
    Tensor b = dense(in[2], dtype_of<C>);
    group_norm(Groups(x.sizes(), a.num_groups), out[0].data<S>(), x.data<S>(), data_or_null<C>(w),
               data_or_null<C>(b), a.eps, out[1].data<C>(), out[2].data<C>());
  });
}
void GroupNormGrad::cpu(Args in, Outs out, const Attrs& a) {
  visit_floating(out[0].dtype(), [&]<class S>() {
    using C = Compute<S>;
    if (!out[0].numel()) return clear_parameters<C>(out);
    Tensor g = dense(in[0], dtype_of<S>), x = dense(in[1], dtype_of<S>);
    Tensor w = dense(in[2], dtype_of<C>);
    group_norm_grad(Groups(x.sizes(), a.num_groups), out[0].data<S>(), out[1].data<C>(),
                    out[2].data<C>(), g.data<S>(), x.data<S>(), data_or_null<C>(w), in[3].data<C>(),
                    in[4].data<C>());
  });
}

}  // namespace ops

}  // namespace taeda
