// Kernels of pooling. Every pooling is one over volumes: missing axes have one element and one
// window.
#include "taeda/ops/pool.h"

#include <cmath>
#include <limits>
#include <vector>

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

struct Span {  // of one window along one axis: elements begin, begin + step, .. below end
  int64_t begin, end;
  int64_t padded;  // its length with padding, as means count it
};
struct Axis {
  int64_t in = 1, step = 1;
  std::vector<Span> windows{{0, 1, 1}};
};

Axis axis_of(const ops::Windows& a, size_t i, int64_t in) {
  Axis axis{in, 1, {}};
  const int64_t out = a.out[i];
  axis.windows.reserve(size_t(out));
  if (a.kernel.empty()) {
    for (int64_t o = 0; o < out; o++) {
      const int64_t begin = o * in / out, end = ((o + 1) * in + out - 1) / out;
      axis.windows.push_back({begin, end, end - begin});
    }
    return axis;
  }
  const int64_t k = a.kernel[i], p = a.padding[i];
  const int64_t d = a.dilation.empty() ? 1 : a.dilation[i];
  axis.step = d;
  for (int64_t o = 0; o < out; o++) {
    int64_t begin = o * a.stride[i] - p;
    const int64_t end = begin + (k - 1) * d + 1;
    const int64_t padded = std::min(end, in + p) - begin;
    if (begin < 0) begin += (-begin + d - 1) / d * d;
    axis.windows.push_back({begin, std::min(end, in), padded});
  }
  return axis;
}

struct Volume {
  Axis axes[3];  // the last ones are pooled
  int64_t planes = 1;
  int64_t in = 1, out = 1;  // elements of a plane

  Volume(const Dims& sizes, const ops::Windows& a) {
    const size_t rank = a.out.size(), lead = sizes.size() - rank;
    for (size_t i = 0; i < lead; i++) planes *= sizes[i];
    for (size_t i = 0; i < rank; i++) {
      axes[3 - rank + i] = axis_of(a, i, sizes[lead + i]);
      in *= sizes[lead + i], out *= a.out[i];
    }
  }
  // f(flat place of the output, window along each axis) for every output of a plane.
  template <class F> void each(F f) const {
    int64_t o = 0;
    for (const Span& z : axes[0].windows)
      for (const Span& y : axes[1].windows)
        for (const Span& x : axes[2].windows) f(o++, z, y, x);
  }
  int64_t at(int64_t z, int64_t y, int64_t x) const {
    return (z * axes[1].in + y) * axes[2].in + x;
  }
};

template <class F> void each_plane(const Volume& v, F f) {
  const int64_t grain = 1 + 16384 / (v.in + v.out + 1);
  parallel_ranges(v.planes, grain, [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; i++) f(i);
  });
}

template <class T> Compute<T> value(T x) { return Compute<T>(x); }

template <class T> void max_planes(const Volume& v, T* out, int64_t* places, const T* in) {
  using C = Compute<T>;
  constexpr C lowest = std::is_floating_point_v<C> ? -std::numeric_limits<C>::infinity()
                                                   : std::numeric_limits<C>::lowest();
  each_plane(v, [&](int64_t plane) {
    const T* x = in + plane * v.in;
    T* y = out + plane * v.out;
    int64_t* at = places + plane * v.out;
    v.each([&](int64_t o, const Span& sz, const Span& sy, const Span& sx) {
      C best = lowest;
      int64_t place = v.at(sz.begin, sy.begin, sx.begin);
      for (int64_t z = sz.begin; z < sz.end; z += v.axes[0].step)
        for (int64_t r = sy.begin; r < sy.end; r += v.axes[1].step) {
          const int64_t row = v.at(z, r, 0);
          for (int64_t c = sx.begin; c < sx.end; c += v.axes[2].step) {
            const C e = value(x[row + c]);
            if (e > best || e != e) best = e, place = row + c;
          }
        }
      y[o] = T(best), at[o] = place;
    });
  });
}

template <class T> void add_at(T& to, T v) {
  if constexpr (std::is_same_v<T, Compute<T>>) to = T(to + v);
  else to = T(float(to) + float(v));
}

// The number a window's sum is divided by.
int64_t divisor(const ops::Windows& a, const Span& z, const Span& y, const Span& x) {
  if (a.divisor_override) return *a.divisor_override;
  if (a.count_include_pad) return z.padded * y.padded * x.padded;
  return (z.end - z.begin) * (y.end - y.begin) * (x.end - x.begin);
}

template <class T> void mean_planes(const Volume& v, const ops::Windows& a, T* out, const T* in) {
  using C = Compute<T>;
  each_plane(v, [&](int64_t plane) {
    const T* x = in + plane * v.in;
    T* y = out + plane * v.out;
    v.each([&](int64_t o, const Span& sz, const Span& sy, const Span& sx) {
      C sum = 0;
      for (int64_t z = sz.begin; z < sz.end; z++)
        for (int64_t r = sy.begin; r < sy.end; r++) {
          const T* row = x + v.at(z, r, 0);
          for (int64_t c = sx.begin; c < sx.end; c++) sum += value(row[c]);
        }
      const bool empty = sz.begin >= sz.end || sy.begin >= sy.end || sx.begin >= sx.end;
      y[o] = empty ? T(C(0)) : T(C(sum / C(divisor(a, sz, sy, sx))));
    });
  });
}

template <class T>
void spread_planes(const Volume& v, const ops::Windows& a, T* out, const T* grad) {
  using C = Compute<T>;
  each_plane(v, [&](int64_t plane) {
    T* x = out + plane * v.in;
    std::fill(x, x + v.in, T(C(0)));
    const T* g = grad + plane * v.out;
    v.each([&](int64_t o, const Span& sz, const Span& sy, const Span& sx) {
      const bool empty = sz.begin >= sz.end || sy.begin >= sy.end || sx.begin >= sx.end;
      if (empty) return;
      const T share = T(C(value(g[o]) / C(divisor(a, sz, sy, sx))));
      for (int64_t z = sz.begin; z < sz.end; z++)
        for (int64_t r = sy.begin; r < sy.end; r++) {
          T* row = x + v.at(z, r, 0);
          for (int64_t c = sx.begin; c < sx.end; c++) add_at(row[c], share);
        }
    });
  });
}

template <class F> void visit_pooled(DType d, F f) {
  visit(d, [&]<class T>() {
    if constexpr (!std::is_same_v<T, bool> && !is_complex_type<T>) f.template operator()<T>();
  });
}

Tensor dense(const Tensor& x) {
  NoGradGuard raw;
  return x.contiguous();
}

}  // namespace

namespace ops {

void MaxPool::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  Tensor x = dense(in[0]);
  Volume v(x.sizes(), a);
  visit_pooled(x.dtype(), [&]<class T>() {
    max_planes(v, out[0].data<T>(), out[1].data<int64_t>(), x.data<T>());
  });
}

void MaxUnpool::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  Tensor g = dense(in[0]), at = dense(in[1]);
  int64_t planes = 1, to = 1, from = 1;
  const size_t lead = a.size.size() - size_t(a.axes);
  for (size_t i = 0; i < a.size.size(); i++) {
    (i < lead ? planes : to) *= a.size[i];
    if (i >= lead) from *= g.sizes()[i];
  }
  const int64_t* places = at.data<int64_t>();
  visit_pooled(g.dtype(), [&]<class T>() {
    T* x = out[0].data<T>();
    const T* y = g.data<T>();
    parallel_ranges(planes, 1 + 32768 / (to + from + 1), [&](int64_t b, int64_t e) {
      std::fill(x + b * to, x + e * to, T(Compute<T>(0)));
      for (int64_t p = b; p < e; p++)
        for (int64_t i = 0; i < from; i++)
          add_at(x[p * to + places[p * from + i]], y[p * from + i]);
    });
  });
}

void MeanPool::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  Tensor x = dense(in[0]);
  Volume v(x.sizes(), a);
  visit_pooled(x.dtype(), [&]<class T>() { mean_planes(v, a, out[0].data<T>(), x.data<T>()); });
}
void MeanSpread::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  Tensor g = dense(in[0]);
  Volume v(a.size, a.at);
  visit_pooled(g.dtype(),
               [&]<class T>() { spread_planes(v, a.at, out[0].data<T>(), g.data<T>()); });
}

}  // namespace ops

}  // namespace taeda
