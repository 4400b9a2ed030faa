// Kernels of pooling. Every pooling is one over volumes: missing axes have one element and one
// window.
#include "taeda/ops/pool.h"

#include <cmath>
#include <limits>
#include <vector>

#include "taeda/cpu/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

struct Span {  // of one window along one axis: elements begin, begin + step, .. below end
  int64_t begin, end;
  int64_t padded;  // its length with padding, as means count it
};
// One element of every window: that of window o, for o in [lo, hi), is at from + o * stride.
struct Tap {
  int64_t lo, hi, from;
};
struct Axis {
  int64_t in = 1, step = 1, stride = 1;
  std::vector<Span> windows{{0, 1, 1}};
  std::vector<Tap> taps{};  // none where windows have sizes of their own
};

Axis axis_of(const ops::Windows& a, size_t i, int64_t in) {
  Axis axis{in, 1, 1, {}, {}};
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
  const int64_t s = a.stride[i];
  axis.step = d, axis.stride = s;
  for (int64_t t = 0; t < k; t++) {
    const int64_t from = t * d - p;
    const int64_t lo = std::min(from < 0 ? (-from + s - 1) / s : 0, out);
    const int64_t hi = std::clamp(from < in ? (in - 1 - from) / s + 1 : 0, lo, out);
    axis.taps.push_back({lo, hi, from});
  }
  for (int64_t o = 0; o < out; o++) {
    int64_t begin = o * s - p;
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
  // f(flat place of the first output, windows along the other axes) for every row of a plane.
  template <class F> void each_row(F f) const {
    int64_t o = 0;
    for (const Span& z : axes[0].windows)
      for (const Span& y : axes[1].windows) {
        f(o, z, y);
        o += int64_t(axes[2].windows.size());
      }
  }
  // f(place of the first item) for every row of the input that the windows z, y have.
  template <class F> void each_input_row(const Span& z, const Span& y, F f) const {
    for (int64_t i = z.begin; i < z.end; i += axes[0].step)
      for (int64_t r = y.begin; r < y.end; r += axes[1].step) f(at(i, r, 0));
  }
  // Windows of one size, and few enough items for places of 32 bits: rows of outputs at once.
  bool by_rows() const {
    return !axes[2].taps.empty() && axes[2].windows.size() >= 4 && in < int64_t(1) << 31;
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

// f.operator()<s>() with the stride as a constant where it is 1 or 2, else with 0.
template <class F> void with_stride(int64_t stride, F f) {
  if (stride == 1) f.template operator()<1>();
  else if (stride == 2) f.template operator()<2>();
  else f.template operator()<0>();
}

template <class T, class C>
void max_rows(const Volume& v, T* y, int64_t* places, const T* x, C lowest) {
  const Axis& axis = v.axes[2];
  const size_t cols = axis.windows.size();
  std::vector<C> best(cols);
  std::vector<int32_t> at(cols);
  v.each_row([&](int64_t o, const Span& sz, const Span& sy) {
    std::fill(best.begin(), best.end(), lowest);
    for (size_t i = 0; i < cols; i++)
      at[i] = int32_t(v.at(sz.begin, sy.begin, axis.windows[i].begin));
    v.each_input_row(sz, sy, [&](int64_t row) {
      for (const Tap& t : axis.taps)
        with_stride(axis.stride, [&]<int s>() {
          const int64_t stride = s ? s : axis.stride;
          const T* p = x + row + t.from;
          const int32_t from = int32_t(row + t.from);
          C* b = best.data();
          int32_t* place = at.data();
          for (int32_t i = int32_t(t.lo); i < int32_t(t.hi); i++) {
            const C e = value(p[i * stride]);
            const bool takes = (e > b[i]) | (e != e);
            b[i] = takes ? e : b[i];
            place[i] = takes ? from + i * int32_t(stride) : place[i];
          }
        });
    });
    for (size_t i = 0; i < cols; i++)
      y[o + int64_t(i)] = T(best[i]), places[o + int64_t(i)] = at[i];
  });
}

template <class T> void max_planes(const Volume& v, T* out, int64_t* places, const T* in) {
  using C = Compute<T>;
  constexpr C lowest = std::is_floating_point_v<C> ? -std::numeric_limits<C>::infinity()
                                                   : std::numeric_limits<C>::lowest();
  each_plane(v, [&](int64_t plane) {
    const T* x = in + plane * v.in;
    T* y = out + plane * v.out;
    int64_t* at = places + plane * v.out;
    if (v.by_rows()) return max_rows<T, C>(v, y, at, x, lowest);
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

// v shared by the items of a window; nothing in an empty one.
template <class T, class C>
T shared(C v, const ops::Windows& a, const Span& z, const Span& y, const Span& x) {
  if (z.begin >= z.end || y.begin >= y.end || x.begin >= x.end) return T(C(0));
  return T(C(v / C(divisor(a, z, y, x))));
}

template <class T> void mean_rows(const Volume& v, const ops::Windows& a, T* y, const T* x) {
  using C = Compute<T>;
  const Axis& axis = v.axes[2];
  std::vector<C> sum(axis.windows.size());
  v.each_row([&](int64_t o, const Span& sz, const Span& sy) {
    std::fill(sum.begin(), sum.end(), C(0));
    v.each_input_row(sz, sy, [&](int64_t row) {
      for (const Tap& t : axis.taps)
        with_stride(axis.stride, [&]<int s>() {
          const int64_t stride = s ? s : axis.stride;
          const T* p = x + row + t.from;
          C* to = sum.data();
          for (int64_t i = t.lo; i < t.hi; i++) to[i] += value(p[i * stride]);
        });
    });
    for (size_t i = 0; i < sum.size(); i++)
      y[o + int64_t(i)] = shared<T>(sum[i], a, sz, sy, axis.windows[i]);
  });
}

template <class T> void mean_planes(const Volume& v, const ops::Windows& a, T* out, const T* in) {
  using C = Compute<T>;
  each_plane(v, [&](int64_t plane) {
    const T* x = in + plane * v.in;
    T* y = out + plane * v.out;
    if (v.by_rows()) return mean_rows(v, a, y, x);
    v.each([&](int64_t o, const Span& sz, const Span& sy, const Span& sx) {
      C sum = 0;
      for (int64_t z = sz.begin; z < sz.end; z++)
        for (int64_t r = sy.begin; r < sy.end; r++) {
          const T* row = x + v.at(z, r, 0);
          for (int64_t c = sx.begin; c < sx.end; c++) sum += value(row[c]);
        }
      y[o] = shared<T>(sum, a, sz, sy, sx);
    });
  });
}

template <class T> void spread_rows(const Volume& v, const ops::Windows& a, T* x, const T* g) {
  const Axis& axis = v.axes[2];
  std::vector<T> share(axis.windows.size());
  v.each_row([&](int64_t o, const Span& sz, const Span& sy) {
    for (size_t i = 0; i < share.size(); i++)
      share[i] = shared<T>(value(g[o + int64_t(i)]), a, sz, sy, axis.windows[i]);
    v.each_input_row(sz, sy, [&](int64_t row) {
      for (size_t k = axis.taps.size(); k-- > 0;) {  // earlier windows first
        const Tap& t = axis.taps[k];
        with_stride(axis.stride, [&]<int s>() {
          const int64_t stride = s ? s : axis.stride;
          T* to = x + row + t.from;
          for (int64_t i = t.lo; i < t.hi; i++) add_at(to[i * stride], share[size_t(i)]);
        });
      }
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
    if (v.by_rows()) return spread_rows(v, a, x, g);
    v.each([&](int64_t o, const Span& sz, const Span& sy, const Span& sx) {
      const T share = shared<T>(value(g[o]), a, sz, sy, sx);
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

}  // namespace

namespace ops {

void MaxPool::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  Tensor x = cpu::dense(in[0]);
  Volume v(x.sizes(), a);
  visit_pooled(x.dtype(), [&]<class T>() {
    max_planes(v, out[0].data<T>(), out[1].data<int64_t>(), x.data<T>());
  });
}

void MaxUnpool::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  Tensor g = cpu::dense(in[0]), at = cpu::dense(in[1]);
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
  Tensor x = cpu::dense(in[0]);
  Volume v(x.sizes(), a);
  visit_pooled(x.dtype(), [&]<class T>() { mean_planes(v, a, out[0].data<T>(), x.data<T>()); });
}
void MeanSpread::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  Tensor g = cpu::dense(in[0]);
  Volume v(a.size, a.at);
  visit_pooled(g.dtype(),
               [&]<class T>() { spread_planes(v, a.at, out[0].data<T>(), g.data<T>()); });
}

}  // namespace ops

}  // namespace taeda
