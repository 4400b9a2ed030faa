// Kernels of normalisations. Channels: one pass for the mean, one for the variance about it; sums
// run in 16 lanes, so that their order is fixed and the compiler can use vectors.
#include "taeda/ops/norm.h"

#include <cmath>

#include "taeda/autograd/grad_mode.h"
#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

Tensor dense(const Tensor& x, DType d) {
  if (!x.defined() || (x.is_contiguous() && x.dtype() == d)) return x;
  Tensor out = empty(x.sizes(), d);
  cpu::copy_elements(out, x);
  return out;
}

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

constexpr int64_t kLanes = 16;

// The sum of f(i) over a row, as C.
template <class C, class F> double lane_sum(int64_t n, F f) {
  C lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int64_t j = 0; j < kLanes; j++) lanes[j] += f(i + j);
  double sum = 0;
  for (C v : lanes) sum += double(v);
  for (; i < n; i++) sum += double(f(i));
  return sum;
}

// f(channel) for every channel, on all threads where that pays.
template <class F> void each_channel(const Batch& b, F f) {
  const int64_t grain = 1 + int64_t(16384 / (b.count() + 1));
  parallel_ranges(b.channels, grain, [&](int64_t from, int64_t to) {
    for (int64_t c = from; c < to; c++) f(c);
  });
}

template <class S> void batch_stats(const Batch& b, const S* x, Compute<S>* mean, Compute<S>* var) {
  using C = Compute<S>;
  each_channel(b, [&](int64_t c) {
    double sum = 0, squares = 0;
    for (int64_t s = 0; s < b.n; s++) {
      const S* row = x + b.row(s, c);
      sum += lane_sum<C>(b.inner, [&](int64_t i) { return C(row[i]); });
    }
    const C centre = C(sum / b.count());
    for (int64_t s = 0; s < b.n; s++) {
      const S* row = x + b.row(s, c);
      squares += lane_sum<C>(b.inner, [&](int64_t i) {
        const C d = C(row[i]) - centre;
        return d * d;
      });
    }
    // The mean was rounded: what that adds to the squares is taken off again.
    const double off = sum / b.count() - double(centre);
    mean[c] = centre, var[c] = C(squares / b.count() - off * off);
  });
}

template <class C> C at(const C* v, int64_t i, C otherwise) { return v ? v[i] : otherwise; }

template <class S>
void batch_apply(const Batch& b, S* y, const S* x, const Compute<S>* w, const Compute<S>* bias,
                 const Compute<S>* mean, const Compute<S>* var, double eps) {
  using C = Compute<S>;
  each_channel(b, [&](int64_t c) {
    const C scale = C(double(at(w, c, C(1))) / std::sqrt(double(var[c]) + eps));
    const C centre = mean[c], shift = at(bias, c, C(0));
    for (int64_t s = 0; s < b.n; s++) {
      const S* from = x + b.row(s, c);
      S* to = y + b.row(s, c);
      for (int64_t i = 0; i < b.inner; i++) to[i] = S((C(from[i]) - centre) * scale + shift);
    }
  });
}

template <class S>
void batch_grad(const Batch& b, S* dx, Compute<S>* dw, Compute<S>* db, const S* dy, const S* x,
                const Compute<S>* w, const Compute<S>* mean, const Compute<S>* var,
                const ops::BatchStats& a) {
  using C = Compute<S>;
  each_channel(b, [&](int64_t c) {
    const C centre = mean[c];
    const double rstd = 1 / std::sqrt(double(var[c]) + a.eps);
    double sum = 0, dot = 0;
    for (int64_t s = 0; s < b.n; s++) {
      const S *g = dy + b.row(s, c), *row = x + b.row(s, c);
      sum += lane_sum<C>(b.inner, [&](int64_t i) { return C(g[i]); });
      dot += lane_sum<C>(b.inner, [&](int64_t i) { return C(g[i]) * (C(row[i]) - centre); });
    }
    dw[c] = C(dot * rstd), db[c] = C(sum);
    const C scale = C(double(at(w, c, C(1))) * rstd);
    const C average = a.training ? C(sum / b.count()) : C(0);
    const C slope = a.training ? C(dot * rstd * rstd / b.count()) : C(0);
    for (int64_t s = 0; s < b.n; s++) {
      const S *g = dy + b.row(s, c), *row = x + b.row(s, c);
      S* to = dx + b.row(s, c);
      for (int64_t i = 0; i < b.inner; i++)
        to[i] = S((C(g[i]) - average - (C(row[i]) - centre) * slope) * scale);
    }
  });
}

template <class F> void visit_floating(DType d, F f) {
  visit(d, [&]<class T>() {
    if constexpr (is_floating(dtype_of<T>)) f.template operator()<T>();
  });
}
template <class T> const T* data_or_null(const Tensor& x) {
  return x.defined() ? x.data<T>() : nullptr;
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

void NativeLayerNorm::cpu(Args in, Outs out, const Attrs& a) {
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
    if (!r.rows || !r.cols) {
      for (int i : {1, 2}) std::fill_n(out[size_t(i)].data<C>(), out[size_t(i)].numel(), C(0));
      return;
    }
    Tensor g = dense(in[0], d), x = dense(in[1], d), w = dense(in[2], d);
    cpu::layer_norm_backward(out[0].data<S>(), out[1].data<C>(), out[2].data<C>(), g.data<S>(),
                             x.data<S>(), data_or_null<S>(w), in[3].data<C>(), in[4].data<C>(),
                             r.rows, r.cols);
  });
}

}  // namespace ops

}  // namespace taeda
