// softmax, its logarithm and their gradients, as rows along the last axis.
#include "taeda/ops/softmax.h"

#include <cmath>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/op/call.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

// x with axis dim moved to the end.
Tensor axis_last(const Tensor& x, int64_t dim) {
  Geometry g = x.geometry();
  if (g.sizes.empty()) return x;
  size_t d = size_t(dim);
  int64_t n = g.sizes[d], step = g.strides[d];
  g.sizes.erase(d), g.strides.erase(d);
  g.sizes.push_back(n), g.strides.push_back(step);
  return alias(x, g);
}
// The same, contiguous and in this dtype.
Tensor rows_of(const Tensor& x, int64_t dim, DType dtype) {
  Tensor last = axis_last(x, dim);
  if (last.is_contiguous() && last.dtype() == dtype) return last;
  Tensor copy = empty(last.sizes(), dtype);
  cpu::copy_elements(copy, last);
  return copy;
}

void softmax_into(const Tensor& out, const Tensor& x, int64_t dim, bool log_form) {
  if (out.numel() == 0) return;
  dim = wrap_dim(dim, x.dim());
  Tensor to = axis_last(out, dim);
  bool direct = to.is_contiguous();
  Tensor rows = rows_of(x, dim, out.dtype());
  Tensor y = direct ? to : empty(to.sizes(), to.dtype());
  int64_t n = to.dim() ? to.sizes().back() : 1;
  visit(out.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>))
      cpu::softmax(y.data<S>(), rows.data<S>(), y.numel() / n, n, log_form);
  });
  if (!direct) cpu::copy_elements(to, y);
}

// Sums in four chains, whose order depends on n alone.
template <class C, class F> C row_sum(int64_t n, F f) {
  C s[4] = {};
  int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (int k = 0; k < 4; k++) s[k] += f(i + k);
  for (; i < n; i++) s[0] += f(i);
  return (s[0] + s[1]) + (s[2] + s[3]);
}

void softmax_backward_into(const Tensor& out, const Tensor& grad, const Tensor& output, int64_t dim,
                           bool log_form) {
  if (out.numel() == 0) return;
  dim = wrap_dim(dim, output.dim());
  Tensor to = axis_last(out, dim);
  bool direct = to.is_contiguous();
  Tensor g = rows_of(grad, dim, out.dtype()), y = rows_of(output, dim, out.dtype());
  Tensor dx = direct ? to : empty(to.sizes(), to.dtype());
  int64_t n = to.dim() ? to.sizes().back() : 1, rows = dx.numel() / n;
  visit(out.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      using C = Compute<S>;
      const S *gp = g.data<S>(), *yp = y.data<S>();
      S* xp = dx.data<S>();
      parallel_ranges(rows, 1 + 8192 / n, [&](int64_t b, int64_t e) {
        for (int64_t r = b; r < e; r++) {
          const S *gr = gp + r * n, *yr = yp + r * n;
          S* xr = xp + r * n;
          if (log_form) {
            C sum = row_sum<C>(n, [&](int64_t i) { return C(gr[i]); });
            for (int64_t i = 0; i < n; i++) xr[i] = S(C(gr[i]) - std::exp(C(yr[i])) * sum);
          } else {
            C sum = row_sum<C>(n, [&](int64_t i) { return C(gr[i]) * C(yr[i]); });
            for (int64_t i = 0; i < n; i++) xr[i] = S(C(yr[i]) * (C(gr[i]) - sum));
          }
        }
      });
    }
  });
  if (!direct) cpu::copy_elements(to, dx);
}

}  // namespace

namespace ops {

void Softmax::cpu(Args in, Outs out, const Attrs& a) { softmax_into(out[0], in[0], a.dim, false); }
void LogSoftmax::cpu(Args in, Outs out, const Attrs& a) {
  softmax_into(out[0], in[0], a.dim, true);
}
void SoftmaxBackward::cpu(Args in, Outs out, const Attrs& a) {
  softmax_backward_into(out[0], in[0], in[1], a.dim, false);
}
void LogSoftmaxBackward::cpu(Args in, Outs out, const Attrs& a) {
  softmax_backward_into(out[0], in[0], in[1], a.dim, true);
}

}  // namespace ops

}  // namespace taeda
