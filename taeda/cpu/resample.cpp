// Kernels of resampling: along one axis after the other, each output element being a weighted sum
// of a few input elements; and those of reading at any places.
#include "taeda/ops/resample.h"

#include <cmath>

#include "taeda/autograd/grad_mode.h"
#include "taeda/cpu/copying.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

// ---- along one axis ----

// Output o is the sum of weight[k] * input[at[k]] for k in [o * width, (o + 1) * width).
template <class C> struct Taps {
  int64_t in, out, width = 1;
  std::vector<int64_t> at;
  std::vector<C> weight;
};

template <class C> C cubic(C x, C a) {  // Keys 1981
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : C(0);
}
template <class C> C lanczos(C x) {
  constexpr C pi = C(3.14159265358979323846);
  if (x == 0) return 1;
  if (std::abs(x) >= 3) return 0;
  return 3 * std::sin(pi * x) * std::sin(pi * x / 3) / (pi * pi * x * x);
}

template <class C> struct Axis {
  std::string_view mode;
  int64_t in, out;
  C scale;  // input elements for one output element
  bool corners;

  Axis(std::string_view mode, int64_t in, int64_t out, double factor, bool corners)
      : mode(mode), in(in), out(out), corners(corners) {
    if (corners) scale = out > 1 ? C(in - 1) / C(out - 1) : C(0);
    else scale = factor > 0 ? C(1.0 / factor) : C(in) / C(out);
  }

  Taps<C> taps() const {
    Taps<C> t{in, out, 1, {}, {}};
    if (mode.starts_with("nearest")) nearest(t);
    else if (mode == "linear") linear(t);
    else if (mode == "cubic") smooth(t);
    else filtered(t);
    return t;
  }
  C place(int64_t o) const { return corners ? scale * C(o) : scale * (C(o) + C(0.5)) - C(0.5); }
  void nearest(Taps<C>& t) const {
    float step = float(scale), shift = mode == "nearest-exact" ? 0.5f : 0.0f;
    for (int64_t o = 0; o < out; o++) {
      int64_t i = in == out ? o : int64_t(std::floor((float(o) + shift) * step));
      t.at.push_back(std::clamp<int64_t>(i, 0, in - 1));
    }
    t.weight.assign(size_t(out), C(1));
  }
  void linear(Taps<C>& t) const {
    t.width = 2;
    for (int64_t o = 0; o < out; o++) {
      C x = in == out ? C(o) : std::max(place(o), C(0));
      int64_t low = std::min(int64_t(x), in - 1);
      C part = std::clamp(x - C(low), C(0), C(1));
      t.at.insert(t.at.end(), {low, std::min(low + 1, in - 1)});
      t.weight.insert(t.weight.end(), {C(1) - part, part});
    }
  }
  void smooth(Taps<C>& t) const {
    t.width = 4;
    for (int64_t o = 0; o < out; o++) {
      C x = in == out ? C(o) : place(o), base = std::floor(x), part = x - base;
      for (int k = -1; k < 3; k++) {
        t.at.push_back(std::clamp<int64_t>(int64_t(base) + k, 0, in - 1));
        t.weight.push_back(cubic(part - C(k), C(-0.75)));
      }
    }
  }
  // A filter as wide as the input elements that fall on one output element.
  void filtered(Taps<C>& t) const {
    C reach = mode == "linear-aa" ? C(1) : mode == "cubic-aa" ? C(2) : C(3);
    C stretch = std::max(scale, C(1)), support = reach * stretch;
    t.width = std::min<int64_t>(int64_t(std::ceil(support)) * 2 + 1, in);
    for (int64_t o = 0; o < out; o++) {
      C centre = scale * (C(o) + C(0.5));
      int64_t begin = std::max<int64_t>(int64_t(centre - support + C(0.5)), 0);
      int64_t n = std::min<int64_t>(int64_t(centre + support + C(0.5)), in) - begin;
      n = std::clamp<int64_t>(n, 0, t.width);
      C sum = 0;
      size_t from = t.weight.size();
      for (int64_t k = 0; k < t.width; k++) {
        C x = (C(k + begin) - centre + C(0.5)) / stretch, w = 0;
        if (k < n)
          w = mode == "linear-aa"  ? std::max(C(1) - std::abs(x), C(0))
              : mode == "cubic-aa" ? cubic(x, C(-0.5))
                                   : lanczos(x);
        t.at.push_back(std::min(begin + std::min(k, std::max<int64_t>(n - 1, 0)), in - 1));
        t.weight.push_back(w);
        sum += w;
      }
      if (sum != 0)
        for (int64_t k = 0; k < t.width; k++) t.weight[from + size_t(k)] /= sum;
    }
  }
};

// x (outer, in, inner) to y (outer, out, inner); weights of one alone are not multiplied with.
template <class T, class C>
void along(const T* x, T* y, int64_t outer, int64_t inner, const Taps<C>& t) {
  parallel_ranges(outer * t.out, 1 + 16384 / (inner * t.width + 1), [&](int64_t b, int64_t e) {
    for (int64_t r = b; r < e; r++) {
      int64_t o = r % t.out;
      const T* plane = x + r / t.out * t.in * inner;
      T* row = y + r * inner;
      const int64_t* at = &t.at[size_t(o * t.width)];
      if (t.width == 1) {
        std::copy_n(plane + at[0] * inner, inner, row);
        continue;
      }
      if constexpr (std::is_same_v<T, C>) {
        const C* w = &t.weight[size_t(o * t.width)];
        if (inner == 1) {
          C sum = 0;
          for (int64_t k = 0; k < t.width; k++) sum += w[k] * plane[at[k]];
          row[0] = sum;
          continue;
        }
        std::fill(row, row + inner, C(0));
        for (int64_t k = 0; k < t.width; k++) {
          const C *from = plane + at[k] * inner, weight = w[k];
          for (int64_t i = 0; i < inner; i++) row[i] += weight * from[i];
        }
      }
    }
  });
}
// Bytes have weights of 16 bits, and each axis gives bytes again: PyTorch's and Pillow's rule.
template <class C>
void along_bytes(const uint8_t* x, uint8_t* y, int64_t outer, int64_t inner, const Taps<C>& t) {
  C most = *std::max_element(t.weight.begin(), t.weight.end());
  int bits = 0;
  while (bits < 22 && int64_t(0.5 + double(most) * double(int64_t(1) << (bits + 1))) < 1 << 15)
    bits++;
  std::vector<int32_t> weight;
  for (C w : t.weight)
    weight.push_back(int32_t(std::round(double(w) * double(int64_t(1) << bits))));
  parallel_ranges(outer * t.out, 1 + 16384 / (inner * t.width + 1), [&](int64_t b, int64_t e) {
    for (int64_t r = b; r < e; r++) {
      const uint8_t* plane = x + r / t.out * t.in * inner;
      size_t from = size_t(r % t.out * t.width);
      for (int64_t i = 0; i < inner; i++) {
        int32_t sum = bits ? 1 << (bits - 1) : 0;
        for (size_t k = from; k < from + size_t(t.width); k++)
          sum += weight[k] * plane[t.at[k] * inner + i];
        y[r * inner + i] = uint8_t(std::clamp(sum >> bits, 0, 255));
      }
    }
  });
}
// The other way: y (outer, out, inner) given, x (outer, in, inner) = its share of the weights.
template <class C>
void back_along(const C* y, C* x, int64_t outer, int64_t inner, const Taps<C>& t) {
  // Each input of nearest neighbours adds up a run of outputs.
  bool pairs = t.width == 1 && inner == 1 && t.out == 2 * t.in;
  for (int64_t o = 0; pairs && o < t.out; o++) pairs = t.at[size_t(o)] == o / 2;
  if (pairs) {
    for (int64_t i = 0; i < outer * t.in; i++) x[i] = y[2 * i] + y[2 * i + 1];
    return;
  }
  for (int64_t p = 0; p < outer; p++) {
    C* plane = x + p * t.in * inner;
    std::fill(plane, plane + t.in * inner, C(0));
    for (int64_t o = 0; o < t.out; o++) {
      const C* row = y + (p * t.out + o) * inner;
      for (int64_t k = o * t.width; k < (o + 1) * t.width; k++) {
        C *to = plane + t.at[size_t(k)] * inner, weight = t.weight[size_t(k)];
        for (int64_t i = 0; i < inner; i++) to[i] += weight * row[i];
      }
    }
  }
}

double factor(const std::vector<double>& scales, size_t i) {
  return i < scales.size() ? scales[i] : 0;
}

// All axes, the last first. T: of the elements that are moved; C: of the weights.
template <class T, class C>
void resample(const Tensor& x, const Tensor& out, std::string_view mode, const ops::Upsample& a) {
  size_t axes = a.output_size.size();
  Tensor from = x;
  for (size_t i = axes; i-- > 0;) {
    Dims sizes = from.sizes();
    int64_t outer = 1, inner = 1;
    for (size_t d = 0; d < sizes.size(); d++)
      if (d != i + 2) (d < i + 2 ? outer : inner) *= sizes[d];
    Taps<C> t =
        Axis<C>(mode, sizes[i + 2], a.output_size[i], factor(a.scales, i), a.align_corners).taps();
    sizes[i + 2] = a.output_size[i];
    Tensor to = i == 0 ? out : empty(sizes, out.dtype());
    if (std::is_same_v<T, uint8_t> && t.width > 1)
      along_bytes(static_cast<const uint8_t*>(from.raw()), static_cast<uint8_t*>(to.raw()), outer,
                  inner, t);
    else along<T, C>(from.data<T>(), to.data<T>(), outer, inner, t);
    from = to;
  }
}

void upsample_cpu(const Tensor& input, const Tensor& out, std::string_view mode,
                  const ops::Upsample& a) {
  if (!out.numel()) return;
  Tensor x = cpu::dense(input);
  bool nearest = mode.starts_with("nearest");
  visit(x.dtype(), [&]<class T>() {
    if constexpr (std::is_same_v<T, double>) {
      resample<T, double>(x, out, mode, a);
    } else if constexpr (std::is_same_v<T, float>) {
      resample<T, float>(x, out, mode, a);
    } else if constexpr (std::is_same_v<T, uint8_t>) {
      resample<T, double>(x, out, mode, a);
    } else if constexpr (std::is_same_v<Compute<T>, float>) {
      if (nearest) return resample<T, float>(x, out, mode, a);
      NoGradGuard raw;
      Tensor wide = empty(out.sizes(), DType::float32);
      resample<float, float>(x.to(DType::float32), wide, mode, a);
      out.copy_(wide);
    }
  });
}

// Plane by plane, so that what lies between the axes stays in the cache.
template <class C>
void resample_back(const Tensor& grad, const Tensor& out, const ops::UpsampleGrad::Attrs& a) {
  const size_t axes = a.size.size() - 2;
  std::vector<Taps<C>> taps;
  std::vector<int64_t> outer, inner;  // of each axis in turn, within a plane
  int64_t from = 1, to = 1, most = 0;
  for (size_t i = 0; i < axes; i++) {
    const int64_t size = a.size[i + 2], given = grad.sizes()[i + 2];
    taps.push_back(
        Axis<C>(a.mode.word(), size, given, factor(a.scales, i), a.align_corners).taps());
    int64_t before = 1, behind = 1;
    for (size_t d = 0; d < axes; d++)
      if (d != i) (d < i ? before : behind) *= d < i ? a.size[d + 2] : grad.sizes()[d + 2];
    outer.push_back(before), inner.push_back(behind);
    most = std::max(most, before * size * behind);
    from *= given, to *= size;
  }
  if (from == 0) std::fill_n(out.data<C>(), out.numel(), C(0));
  if (from == 0 || to == 0) return;
  const C* y = grad.data<C>();
  C* x = out.data<C>();
  parallel_ranges(grad.numel() / from, 1 + 16384 / from, [&](int64_t b, int64_t e) {
    std::vector<C> held[2];
    for (auto& h : held) h.resize(axes > 1 ? size_t(most) : 0);
    for (int64_t p = b; p < e; p++) {
      const C* now = y + p * from;
      for (size_t i = 0; i < axes; i++) {
        C* next = i + 1 == axes ? x + p * to : held[i % 2].data();
        back_along<C>(now, next, outer[i], inner[i], taps[i]);
        now = next;
      }
    }
  });
}

// ---- at any places ----

// One input element that an output element is made of: its place in the plane, its weight, and how
// that weight changes with each coordinate of the grid.
template <class C> struct Tap {
  int64_t at;
  C weight, slope[3];
};

// A coordinate within the input, and what it changes by with the grid's.
template <class C> struct Coordinate { C at, slope; };

template <class C> struct Places {
  const ops::GridSampling& a;
  size_t axes;
  int64_t size[3], stride[3];  // of the spatial axes, in the grid's order: the last axis first

  Places(const ops::GridSampling& a, const Dims& input) : a(a), axes(input.size() - 2) {
    int64_t step = 1;
    for (size_t i = 0; i < axes; i++) {
      size[i] = input[input.size() - 1 - i], stride[i] = step;
      step *= size[i];
    }
  }
  Coordinate<C> unnormalised(C g, size_t i) const {
    C n = C(size[i]);
    if (a.align_corners) return {(g + 1) / 2 * (n - 1), (n - 1) / 2};
    return {((g + 1) * n - 1) / 2, n / 2};
  }
  // Where padding_mode puts a coordinate.
  Coordinate<C> padded(Coordinate<C> c, size_t i) const {
    if (a.padding_mode == 0) return finite(c);
    if (a.padding_mode == 2)
      c = a.align_corners ? reflected(c, 0, 2 * (size[i] - 1)) : reflected(c, -1, 2 * size[i] - 1);
    C last = C(size[i] - 1);
    if (!(c.at > 0)) return {0, 0};
    return c.at >= last ? Coordinate<C>{last, 0} : finite(c);
  }
  static Coordinate<C> finite(Coordinate<C> c) {
    bool wild = !(c.at < C(2147483646) && c.at > C(-2147483648.0));
    return wild ? Coordinate<C>{-100, c.slope} : c;
  }
  static Coordinate<C> reflected(Coordinate<C> c, int64_t twice_low, int64_t twice_high) {
    if (twice_low == twice_high) return {0, 0};
    C low = C(twice_low) / 2, span = C(twice_high - twice_low) / 2;
    C from = c.at - low, sign = from < 0 ? C(-1) : C(1);
    from = std::abs(from);
    C extra = std::fmod(from, span);
    bool even = std::fmod(std::floor(from / span), C(2)) == 0;
    return {even ? extra + low : span - extra + low, c.slope * (even ? sign : -sign)};
  }
  bool inside(int64_t v, size_t i) const { return v >= 0 && v < size[i]; }

  // At most 16. Elements outside are left out.
  int taps(const C* g, Tap<C>* out) const {
    if (a.interpolation_mode == 2) return cubic_taps(g, out);
    Coordinate<C> c[3];
    for (size_t i = 0; i < axes; i++) c[i] = padded(unnormalised(g[i], i), i);
    if (a.interpolation_mode == 1) {
      Tap<C> t{0, 1, {0, 0, 0}};
      for (size_t i = 0; i < axes; i++) {
        int64_t v = int64_t(std::nearbyint(c[i].at));
        if (!inside(v, i)) return 0;
        t.at += v * stride[i];
      }
      out[0] = t;
      return 1;
    }
    int n = 0;
    for (int corner = 0; corner < 1 << axes; corner++) {
      Tap<C> t{0, 1, {1, 1, 1}};
      bool in = true;
      for (size_t i = 0; i < axes; i++) {
        C low = std::floor(c[i].at), part = c[i].at - low;
        bool high = corner >> i & 1;
        int64_t v = int64_t(low) + high;
        in = in && inside(v, i);
        C w = high ? part : low + 1 - c[i].at;
        t.at += v * stride[i], t.weight *= w;
        for (size_t j = 0; j < axes; j++)
          t.slope[j] *= j == i ? (high ? c[i].slope : -c[i].slope) : w;
      }
      if (in) out[n++] = t;
    }
    return n;
  }
  static C cubic_slope(C x, C a) {  // of cubic() at x >= 0
    if (x < 1) return (3 * (a + 2) * x - 2 * (a + 3)) * x;
    return ((3 * x - 10) * x + 8) * a;
  }
  int cubic_taps(const C* g, Tap<C>* out) const {
    constexpr C A = C(-0.75);
    C w[2][4], slope[2][4];
    int64_t at[2][4];
    for (size_t i = 0; i < 2; i++) {
      Coordinate<C> c = unnormalised(g[i], i);
      C low = std::floor(c.at), part = c.at - low;
      for (int k = 0; k < 4; k++) {
        C x = part - C(k - 1);
        w[i][k] = cubic(x, A);
        slope[i][k] = (x < 0 ? -cubic_slope(-x, A) : cubic_slope(x, A)) * c.slope;
        C p = padded({low + C(k - 1), 1}, i).at;
        at[i][k] = p > C(-1e9) && p < C(1e9) ? int64_t(p) : -100;
      }
    }
    int n = 0;
    for (int y = 0; y < 4; y++)
      for (int x = 0; x < 4; x++)
        if (inside(at[0][x], 0) && inside(at[1][y], 1))
          out[n++] = {at[1][y] * stride[1] + at[0][x] * stride[0],
                      w[0][x] * w[1][y],
                      {slope[0][x] * w[1][y], w[0][x] * slope[1][y], 0}};
    return n;
  }
};

struct Sampled {  // sizes of a call
  int64_t n, c, in = 1, out = 1;
  size_t axes;
  Sampled(const Tensor& x, const Tensor& grid) : n(x.size(0)), c(x.size(1)) {
    axes = size_t(x.dim() - 2);
    for (size_t i = 0; i < axes; i++) in *= x.sizes()[i + 2], out *= grid.sizes()[i + 1];
  }
};

template <class T>
void sample(const Tensor& x, const Tensor& grid, const Tensor& out, const ops::GridSampling& a) {
  using C = Compute<T>;
  Sampled s(x, grid);
  Places<C> places(a, x.sizes());
  const T *from = x.data<T>(), *g = grid.data<T>();
  T* to = out.data<T>();
  parallel_ranges(s.n * s.out, 1 + 8192 / (s.c + 8), [&](int64_t b, int64_t e) {
    Tap<C> taps[16];
    C at[3];
    for (int64_t r = b; r < e; r++) {
      for (size_t i = 0; i < s.axes; i++) at[i] = C(g[r * int64_t(s.axes) + int64_t(i)]);
      int n = places.taps(at, taps);
      const T* plane = from + r / s.out * s.c * s.in;
      T* y = to + r / s.out * s.c * s.out + r % s.out;
      for (int64_t c = 0; c < s.c; c++, plane += s.in, y += s.out) {
        C sum = 0;
        for (int k = 0; k < n; k++) sum += taps[k].weight * C(plane[taps[k].at]);
        *y = T(sum);
      }
    }
  });
}
template <class C>
void sample_back(const Tensor& grad, const Tensor& x, const Tensor& grid, const Tensor& dx,
                 const Tensor& dgrid, const ops::GridSampling& a) {
  Sampled s(x, grid);
  Places<C> places(a, x.sizes());
  const C *gy = grad.data<C>(), *from = x.data<C>(), *g = grid.data<C>();
  C *to = dx.data<C>(), *tog = dgrid.data<C>();
  std::fill(to, to + dx.numel(), C(0));
  parallel_ranges(s.n, 1, [&](int64_t b, int64_t e) {  // samples share no element
    Tap<C> taps[16];
    for (int64_t r = b * s.out; r < e * s.out; r++) {
      int n = places.taps(g + r * int64_t(s.axes), taps);
      int64_t plane = r / s.out * s.c * s.in;
      const C* y = gy + r / s.out * s.c * s.out + r % s.out;
      C slope[3] = {0, 0, 0};
      for (int64_t c = 0; c < s.c; c++, plane += s.in, y += s.out)
        for (int k = 0; k < n; k++) {
          to[plane + taps[k].at] += taps[k].weight * *y;
          C v = from[plane + taps[k].at] * *y;
          for (size_t i = 0; i < s.axes; i++) slope[i] += taps[k].slope[i] * v;
        }
      for (size_t i = 0; i < s.axes; i++) tog[r * int64_t(s.axes) + int64_t(i)] = slope[i];
    }
  });
}

template <class F> void visit_floats(DType d, F f) {
  visit(d, [&]<class T>() {
    if constexpr (std::is_floating_point_v<Compute<T>>) f.template operator()<T>();
  });
}
void grid_cpu(Args in, Outs out, const ops::GridSampling& a) {
  if (!out[0].numel()) return;
  Tensor x = cpu::dense(in[0]), grid = cpu::dense(in[1]);
  visit_floats(x.dtype(), [&]<class T>() { sample<T>(x, grid, out[0], a); });
}

}  // namespace

namespace ops {

#define TAEDA_X(Op) \
  void Op::cpu(Args in, Outs out, const Attrs& a) { upsample_cpu(in[0], out[0], mode, a); }
TAEDA_UPSAMPLINGS(TAEDA_X)
#undef TAEDA_X

void UpsampleGrad::cpu(Args in, Outs out, const Attrs& a) {
  if (!out[0].numel()) return;
  NoGradGuard raw;
  if (in[0].dtype() == DType::float64) return resample_back<double>(cpu::dense(in[0]), out[0], a);
  bool own = in[0].dtype() == DType::float32;
  Tensor wide = own ? out[0] : empty(out[0].sizes(), DType::float32);
  resample_back<float>(cpu::dense(in[0].to(DType::float32)), wide, a);
  if (!own) out[0].copy_(wide);
}

void GridSampler2d::cpu(Args in, Outs out, const Attrs& a) { grid_cpu(in, out, a); }
void GridSampler3d::cpu(Args in, Outs out, const Attrs& a) { grid_cpu(in, out, a); }
void GridSamplerGrad::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  DType d = in[1].dtype() == DType::float64 ? DType::float64 : DType::float32;
  bool own = in[1].dtype() == d;
  Tensor g = cpu::dense(in[0].to(d)), x = cpu::dense(in[1].to(d)), grid = cpu::dense(in[2].to(d));
  Tensor dx = own ? out[0] : empty(out[0].sizes(), d),
         dgrid = own ? out[1] : empty(out[1].sizes(), d);
  if (d == DType::float64) sample_back<double>(g, x, grid, dx, dgrid, a);
  else sample_back<float>(g, x, grid, dx, dgrid, a);
  if (own) return;
  out[0].copy_(dx);
  out[1].copy_(dgrid);
}

}  // namespace ops

}  // namespace taeda
