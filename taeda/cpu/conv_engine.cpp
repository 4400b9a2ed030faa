// Convolution on the micro-kernel of matrix products, without im2col. A tile is a strip of pixels
// of one output row by some output channels; its K loop runs over segments, contiguous floats of
// the padded channels-last input: kw x C of them where the taps of a kernel row touch, C / groups
// otherwise. The padded copy is made one image at a time and stays in L2.
#include "taeda/cpu/conv_image.h"
#include "taeda/cpu/engine.h"

namespace taeda::cpu {
namespace {

using namespace conv;

struct OutputTag {};
struct WeightTag {};

// weight(g, o, c, i, j) = base[g gs + o os + c cs + i kw + j], o and c counted inside group g.
template <class T> struct Weights {
  const T* base;
  int64_t gs, os, cs, kw;
};

template <class T> struct Problem {
  Images<T> x;
  T* y;  // [n, o, oh, ow] or [n, oh, ow, o]
  int64_t n, o, oh, ow, groups;
  std::vector<Axis> rows, cols;
  Weights<T> weights;
  const T* bias;
  Activation act;
};

// One pair of axes, with its weights packed: [group][panel][tap][c][tile_n].
template <class T> struct Phase {
  const Axis* rows;
  const Axis* cols;
  int64_t taps;
  const T* packed;
  std::vector<int64_t> a_off, b_off;
  int64_t kc;
};

template <class T> class Convolution {
 public:
  explicit Convolution(const Problem<T>& p)
      : p_(p),
        kt_(gemm_kernels<T>()),
        cg_(p.x.c / p.groups),
        og_(p.o / p.groups),
        panels_(ceil_div(og_, kt_.tile_n)),
        depthwise_(p.groups > 1 && cg_ == 1 && og_ == 1),
        planar_(!depthwise_ && suits_planes()) {
    if (planar_) plan_planes();
    else pack();
  }

  void run() {
    auto image = [&](int64_t n) {
      T* y = p_.y + n * p_.o * p_.oh * p_.ow;
      if (planar_) {
        const T* planes = p_.x.get_planes(n);
        for (const Phase<T>& f : phases_) plane_tiles(f, planes, y);
        return;
      }
      const T* x = p_.x.get(n);
      T* to = p_.x.channels_last ? y : scratch<T, OutputTag>(size_t(p_.oh * p_.ow * p_.o));
      for (const Phase<T>& f : phases_) {
        if (depthwise_) depthwise(f, x, to);
        else tiles(f, x, to);
      }
      if (!p_.x.channels_last) to_planes(y, to);
    };
    if (p_.n >= 2 * num_threads()) parallel_for(p_.n, image);
    else
      for (int64_t n = 0; n < p_.n; ++n) image(n);
  }

 private:
  // Few output channels leave most lanes of a vector of channels empty: then the lanes are pixels
  // of a row, read and written where the planes lie, and the channels are the rows of the tile.
  bool suits_planes() const {
    const int64_t vector = kt_.tile_n / 2;
    if (p_.x.channels_last || og_ > kt_.tile_m || og_ > vector || p_.cols.size() != 1) return false;
    const Axis& cols = p_.cols[0];
    return cols.step == 1 && cols.out_step == 1 &&
           cols.count * vector > og_ * ceil_div(cols.count, vector) * vector;
  }

  void plan_planes() {
    for (const Axis& r : p_.rows) {
      const Axis& c = p_.cols[0];
      Phase<T> f{&r, &c, int64_t(r.taps.size() * c.taps.size()), p_.weights.base, {}, {}, cg_};
      for (const Tap& i : r.taps)
        for (const Tap& j : c.taps) {
          f.a_off.push_back(i.index * p_.weights.kw + j.index);
          f.b_off.push_back(i.offset * p_.x.width() + j.offset);
        }
      phases_.push_back(std::move(f));
    }
  }

  void plane_tiles(const Phase<T>& f, const T* x, T* y) const {
    const int64_t strips = ceil_div(f.cols->count, kt_.tile_n);
    const int64_t row_tiles = f.rows->count * strips;
    const int64_t grain =
        1 + 65536 / (f.taps * cg_ * std::min<int64_t>(f.cols->count, kt_.tile_n) + 1);
    parallel_ranges(p_.groups * row_tiles, grain, [&](int64_t b, int64_t e) {
      for (int64_t q = b; q < e; ++q) {
        const int64_t g = q / row_tiles, row = q % row_tiles / strips;
        const int64_t col = q % strips * kt_.tile_n;
        TileArgs<T> t{};
        t.a = f.packed + g * p_.weights.gs, t.a_rs = p_.weights.os, t.a_cs = p_.weights.cs;
        t.b = x + g * cg_ * p_.x.plane() + row * f.rows->step * p_.x.width() + col;
        t.b_ks = p_.x.plane();
        t.c = y + (g * og_ * p_.oh + f.rows->first + row * f.rows->out_step) * p_.ow + col;
        t.c_rs = p_.oh * p_.ow;
        t.kc = cg_, t.segments = f.taps;
        t.a_off = f.a_off.data(), t.b_off = f.b_off.data();
        t.m = int(og_), t.n = int(std::min<int64_t>(kt_.tile_n, f.cols->count - col));
        t.first = t.last = true;
        t.epilogue.row_bias = p_.bias ? p_.bias + g * og_ : nullptr;
        t.epilogue.act = p_.act;
        kt_.tile(t);
      }
    });
  }

  void pack() {
    const int64_t width = depthwise_ ? p_.o : p_.groups * panels_ * cg_ * kt_.tile_n;
    int64_t total = 0;
    for (const Axis& r : p_.rows)
      for (const Axis& c : p_.cols) total += int64_t(r.taps.size() * c.taps.size());
    T* to = scratch<T, WeightTag>(size_t(total * width));
    for (const Axis& r : p_.rows)
      for (const Axis& c : p_.cols) {
        Phase<T> f{&r, &c, int64_t(r.taps.size() * c.taps.size()), to, {}, {}, cg_};
        pack_phase(f, to);
        to += f.taps * width;
        phases_.push_back(std::move(f));
      }
  }

  void pack_phase(Phase<T>& f, T* to) {
    const int64_t across = int64_t(f.cols->taps.size());
    const bool joined = !depthwise_ && p_.groups == 1 && across > 0 && f.cols->touching();
    if (joined) f.kc = across * cg_;
    int64_t tap = 0;
    for (const Tap& r : f.rows->taps)
      for (const Tap& c : f.cols->taps) {
        if (!joined || tap % across == 0) {
          f.a_off.push_back(r.offset * p_.x.row_step() + c.offset * p_.x.c);
          f.b_off.push_back(tap * cg_ * kt_.tile_n);
        }
        ++tap;
      }
    auto tap_weights = [&](int64_t t) {
      return p_.weights.base + f.rows->taps[size_t(t / across)].index * p_.weights.kw +
             f.cols->taps[size_t(t % across)].index;
    };
    if (depthwise_) {
      for (int64_t t = 0; t < f.taps; ++t)
        for (int64_t g = 0; g < p_.groups; ++g)
          to[t * p_.o + g] = tap_weights(t)[g * p_.weights.gs];
      return;
    }
    const int64_t step = cg_ * kt_.tile_n;
    parallel_ranges(
        p_.groups * panels_ * f.taps, 1 + 16384 / (step + 1), [&](int64_t b, int64_t e) {
          for (int64_t q = b; q < e; ++q) {
            const int64_t t = q % f.taps, panel = q / f.taps % panels_, g = q / f.taps / panels_;
            const int64_t o = panel * kt_.tile_n;
            kt_.pack_b(to + q * step, tap_weights(t) + g * p_.weights.gs + o * p_.weights.os,
                       p_.weights.cs, p_.weights.os, cg_, std::min<int64_t>(kt_.tile_n, og_ - o));
          }
        });
  }

  // Output item (row, position col of the phase), channel 0.
  T* output(const Phase<T>& f, T* y, int64_t row, int64_t col) const {
    return y + ((f.rows->first + row * f.rows->out_step) * p_.ow + f.cols->first +
                col * f.cols->out_step) *
                   p_.o;
  }

  void tiles(const Phase<T>& f, const T* x, T* y) const {
    const int64_t strips = ceil_div(f.cols->count, kt_.tile_m);
    const int64_t strip = ceil_div(f.cols->count, std::max<int64_t>(strips, 1));
    const int64_t row_tiles = f.rows->count * strips;
    const int64_t grain = 1 + 65536 / (f.taps * cg_ * std::min<int64_t>(strip, kt_.tile_m) + 1);
    parallel_ranges(p_.groups * panels_ * row_tiles, grain, [&](int64_t b, int64_t e) {
      for (int64_t q = b; q < e; ++q) {
        const int64_t row = q % row_tiles / strips, col = q % strips * strip;
        const int64_t panel = q / row_tiles % panels_, g = q / row_tiles / panels_;
        const int64_t o = panel * kt_.tile_n, channel = g * og_ + o;
        TileArgs<T> t{};
        t.a = x + row * f.rows->step * p_.x.row_step() + col * f.cols->step * p_.x.c + g * cg_;
        t.a_rs = f.cols->step * p_.x.c, t.a_cs = 1;
        t.b = f.packed + (g * panels_ + panel) * f.taps * cg_ * kt_.tile_n, t.b_ks = kt_.tile_n;
        t.c = output(f, y, row, col) + channel, t.c_rs = f.cols->out_step * p_.o;
        t.kc = f.kc, t.segments = int64_t(f.a_off.size());
        t.a_off = f.a_off.data(), t.b_off = f.b_off.data();
        t.m = int(std::min(strip, f.cols->count - col));
        t.n = int(std::min<int64_t>(kt_.tile_n, og_ - o));
        t.first = t.last = true;
        t.epilogue.bias = p_.bias ? p_.bias + channel : nullptr;
        t.epilogue.act = p_.act;
        kt_.tile(t);
      }
    });
  }

  void depthwise(const Phase<T>& f, const T* x, T* y) const {
    const int64_t cost = f.cols->count * f.taps * p_.o;
    parallel_ranges(f.rows->count, 1 + 32768 / (cost + 1), [&](int64_t b, int64_t e) {
      for (int64_t row = b; row < e; ++row)
        kt_.depthwise({x + row * f.rows->step * p_.x.row_step(), f.cols->step * p_.x.c,
                       f.a_off.data(), f.packed, p_.o, p_.bias, output(f, y, row, 0),
                       f.cols->out_step * p_.o, f.cols->count, f.taps, p_.o, p_.act});
    });
  }

  // [pixels, O] to [O, pixels].
  void to_planes(T* y, const T* from) const {
    const int64_t pixels = p_.oh * p_.ow;
    parallel_ranges(ceil_div(pixels, 256), 1 + 64 / p_.o, [&](int64_t b, int64_t e) {
      const int64_t p0 = b * 256, p1 = std::min(pixels, e * 256);
      transpose_plane(y + p0, pixels, from + p0 * p_.o, p_.o, p1 - p0, p_.o);
    });
  }

  const Problem<T>& p_;
  const GemmKernels<T>& kt_;
  int64_t cg_, og_, panels_;
  bool depthwise_, planar_;
  std::vector<Phase<T>> phases_;
};

template <class T> void convolve(Problem<T> p) {
  if (p.n == 0 || p.o == 0 || p.oh == 0 || p.ow == 0) return;
  p.x.rows = margin_of(p.rows, p.x.h);
  p.x.cols = margin_of(p.cols, p.x.w);
  Convolution<T>(p).run();
}

// A matrix product per image.
bool is_plain(const Conv& s) {
  return s.kh == 1 && s.kw == 1 && s.sh == 1 && s.sw == 1 && s.ph == 0 && s.pw == 0 &&
         s.groups == 1 && s.oh == s.h && s.ow == s.w;
}

}  // namespace

template <class T>
void conv2d(T* y, const T* x, const T* weight, const T* bias, const Conv& s, Activation act) {
  const int64_t pixels = s.h * s.w;
  if (is_plain(s) && s.channels_last) {  // y[pixels, O] = x[pixels, C] W^T
    Gemm<T> g{s.n * pixels, s.o, s.c, x, s.c, 1, weight, 1, s.c, y, s.o, {}};
    g.epilogue.bias = bias, g.epilogue.act = act;
    return gemm(g);
  }
  if (is_plain(s)) {  // y[n] = W x[n]
    Gemm<T> g{s.o, pixels, s.c, weight, s.c, 1, x, pixels, 1, y, pixels, {}};
    g.epilogue.row_bias = bias, g.epilogue.act = act;
    return gemm_batched(g, s.n, 0, s.c * pixels, s.o * pixels);
  }
  const int64_t taps = s.kh * s.kw, cg = s.c / s.groups, og = s.o / s.groups;
  convolve<T>({{x, s.c, s.h, s.w, s.channels_last, {}, {}},
               y,
               s.n,
               s.o,
               s.oh,
               s.ow,
               s.groups,
               forward_axis(s.oh, s.kh, s.sh, s.ph, s.dh),
               forward_axis(s.ow, s.kw, s.sw, s.pw, s.dw),
               {weight, og * cg * taps, cg * taps, taps, s.kw},
               bias,
               act});
}

template <class T> void conv2d_input_grad(T* dx, const T* dy, const T* weight, const Conv& s) {
  const int64_t pixels = s.h * s.w;
  if (is_plain(s) && s.channels_last)  // dx[pixels, C] = dy[pixels, O] W
    return gemm(Gemm<T>{s.n * pixels, s.c, s.o, dy, s.o, 1, weight, s.c, 1, dx, s.c, {}});
  if (is_plain(s)) {  // dx[n] = W^T dy[n]
    const Gemm<T> g{s.c, pixels, s.o, weight, 1, s.c, dy, pixels, 1, dx, pixels, {}};
    return gemm_batched(g, s.n, 0, s.o * pixels, s.c * pixels);
  }
  const int64_t taps = s.kh * s.kw, cg = s.c / s.groups, og = s.o / s.groups;
  convolve<T>({{dy, s.o, s.oh, s.ow, s.channels_last, {}, {}},
               dx,
               s.n,
               s.c,
               s.h,
               s.w,
               s.groups,
               backward_axis(s.h, s.kh, s.sh, s.ph, s.dh),
               backward_axis(s.w, s.kw, s.sw, s.pw, s.dw),
               {weight, og * cg * taps, taps, cg * taps, s.kw},
               nullptr,
               Activation::none});
}

#define TAEDA_INSTANTIATE(T)                                                                      \
  template TAEDA_INSTANCE void conv2d(T*, const T*, const T*, const T*, const Conv&, Activation); \
  template TAEDA_INSTANCE void conv2d_input_grad(T*, const T*, const T*, const Conv&);
TAEDA_INSTANTIATE(float)
TAEDA_INSTANTIATE(double)
#undef TAEDA_INSTANTIATE

}  // namespace taeda::cpu
