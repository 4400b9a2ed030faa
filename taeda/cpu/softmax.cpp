// softmax, its logarithm and their gradients, as rows along the last axis.
#include "taeda/ops/softmax.h"

#include <algorithm>

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
  return cpu::dense(axis_last(x, dim), dtype);
}

// Axis dim of a contiguous tensor as the middle of [outer, n, inner].
struct Middle {
  int64_t outer = 1, n = 1, inner = 1;
  Middle(const Dims& s, int64_t dim) {
    for (int64_t d = 0; d < int64_t(s.size()); d++) {
      if (d == dim) n = s[size_t(d)];
      else (d < dim ? outer : inner) *= s[size_t(d)];
    }
  }
  // f(offset of the first item, columns) over groups of columns, on threads.
  template <class F> void each_group(F f) const {
    constexpr int64_t kGroup = 256;  // columns whose rows stay in L1 or L2
    const int64_t groups = (inner + kGroup - 1) / kGroup;
    parallel_ranges(outer * groups, 1 + 8192 / (n * std::min(inner, kGroup)),
                    [&](int64_t b, int64_t e) {
                      for (int64_t t = b; t < e; t++) {
                        const int64_t j = t % groups * kGroup;
                        f(t / groups * n * inner + j, std::min(kGroup, inner - j));
                      }
                    });
  }
};
bool plain(const Tensor& x, DType d) { return x.is_contiguous() && x.dtype() == d; }

void softmax_into(const Tensor& out, const Tensor& x, int64_t dim, bool log_form) {
  if (out.numel() == 0) return;
  dim = wrap_dim(dim, x.dim());
  const Middle m(out.sizes(), dim);
  if (m.inner >= 16 && plain(out, out.dtype()) && plain(x, out.dtype())) {
    return visit(out.dtype(), [&]<class S>() {
      if constexpr (is_floating(dtype_of<S>)) {
        const auto f = cpu::statistics_kernels<S>().softmax_columns;
        m.each_group([&](int64_t at, int64_t cols) {
          f(out.data<S>() + at, x.data<S>() + at, m.n, m.inner, cols, log_form);
        });
      }
    });
  }
  Tensor to = axis_last(out, dim);
  bool direct = to.is_contiguous();
  Tensor rows = rows_of(x, dim, out.dtype());
  Tensor y = direct ? to : empty(to.sizes(), to.dtype());
  visit(out.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>))
      cpu::softmax(y.data<S>(), rows.data<S>(), y.numel() / m.n, m.n, log_form);
  });
  if (!direct) cpu::copy_elements(to, y);
}

void softmax_backward_into(const Tensor& out, const Tensor& grad, const Tensor& output, int64_t dim,
                           bool log_form) {
  if (out.numel() == 0) return;
  dim = wrap_dim(dim, output.dim());
  const Middle m(out.sizes(), dim);
  const DType d = out.dtype();
  if (m.inner >= 16 && plain(out, d) && plain(grad, d) && plain(output, d)) {
    return visit(d, [&]<class S>() {
      if constexpr (is_floating(dtype_of<S>)) {
        const auto f = cpu::statistics_kernels<S>().softmax_back_columns;
        m.each_group([&](int64_t at, int64_t cols) {
          f(out.data<S>() + at, grad.data<S>() + at, output.data<S>() + at, m.n, m.inner, cols,
            log_form);
        });
      }
    });
  }
  Tensor to = axis_last(out, dim);
  bool direct = to.is_contiguous();
  Tensor g = rows_of(grad, dim, d), y = rows_of(output, dim, d);
  Tensor dx = direct ? to : empty(to.sizes(), to.dtype());
  const int64_t n = m.n;
  visit(d, [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      const S *gp = g.data<S>(), *yp = y.data<S>();
      S* xp = dx.data<S>();
      const auto row = cpu::statistics_kernels<S>().softmax_back_row;
      parallel_ranges(dx.numel() / n, 1 + 8192 / n, [&](int64_t b, int64_t e) {
        for (int64_t r = b; r < e; r++) row(xp + r * n, gp + r * n, yp + r * n, n, log_form);
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
