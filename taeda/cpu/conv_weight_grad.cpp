// The weight gradient of a convolution on the micro-kernel of matrix products, without im2col.
#include "taeda/cpu/conv_image.h"
#include "taeda/cpu/engine.h"

namespace taeda::cpu {
namespace {

using namespace conv;

struct GradTag {};
struct WeightTag {};

// For a tap (i, j): dw[C, O] = sum over output rows r of x_(r sh + i dh)^T dy_r. The inputs under
// one kernel row (all taps of it where they touch, else one tap of one group) are contiguous, so
// they are the rows of A.
template <class T> class WeightGrad {
 public:
  WeightGrad(const T* dy, const T* x, const Conv& s)
      : s_(s),
        kt_(gemm_kernels<T>()),
        cg_(s.c / s.groups),
        og_(s.o / s.groups),
        taps_(s.kh * s.kw),
        x_{x,
           s.c,
           s.h,
           s.w,
           s.channels_last,
           margin_of(forward_axis(s.oh, s.kh, s.sh, s.ph, s.dh), s.h),
           margin_of(forward_axis(s.ow, s.kw, s.sw, s.pw, s.dw), s.w)},
        dy_(dy),
        depthwise_(s.groups > 1 && cg_ == 1 && og_ == 1) {
    visit_ = std::clamp<int64_t>(512 / (s.oh * s.ow), 1, 16);
    for (int64_t n = 0; n < visit_; ++n)
      for (int64_t r = 0; r < s.oh; ++r) {
        a_off_.push_back(n * x_.image_step() + r * s.sh * x_.row_step());
        b_off_.push_back((n * s.oh + r) * s.ow * (depthwise_ ? s.o : kt_.tile_n));
      }
    const bool joined = s.groups == 1 && s.dw == 1;
    spans_ = joined ? 1 : s.kw;
    inputs_ = joined ? s.kw * cg_ : cg_;
    strips_ = ceil_div(inputs_, kt_.tile_m);
    strip_ = ceil_div(inputs_, std::max<int64_t>(strips_, 1));
    panels_ = ceil_div(og_, kt_.tile_n);
    if (depthwise_)
      for (int64_t i = 0; i < s.kh; ++i)
        for (int64_t j = 0; j < s.kw; ++j) tap_off_.push_back(tap_offset(i, j));
  }

  // Images form at most 16 parts whatever the number of threads; the parts are joined in order. Few
  // where they are large: their sum then costs more than it saves, and there are tiles enough to
  // share.
  void run(T* dw) {
    const int64_t size = taps_ * cg_ * s_.o;
    const int64_t room = std::max<int64_t>((int64_t{8} << 20) / (size * int64_t(sizeof(T))), 1);
    const int64_t parts = std::min({int64_t{16}, s_.n, room});
    T* part = scratch<T, WeightTag>(size_t(parts * size));
    auto one = [&](int64_t p) {
      T* acc = part + p * size;
      if (depthwise_) std::fill_n(acc, size, T(0));
      const int64_t begin = s_.n * p / parts, end = s_.n * (p + 1) / parts;
      for (int64_t n = begin; n < end; n += visit_) {
        const int64_t count = std::min(visit_, end - n);
        const T* x = x_.get(n, count);
        if (depthwise_) depthwise(acc, x, gradient(n, count), count);
        else images(acc, x, panels(n, count), count, n == begin);
      }
    };
    if (parts >= 2 * num_threads()) parallel_for(parts, one);
    else
      for (int64_t p = 0; p < parts; ++p) one(p);
    parallel_ranges(parts > 1 ? size : 0, 8192, [&](int64_t b, int64_t e) {
      row_kernels<T>().add_rows(part + b, part + size + b, parts - 1, size, e - b);
    });
    // [tap][C][O] to [O][C][tap]
    parallel_ranges(s_.o, 1 + 16384 / (cg_ * taps_), [&](int64_t b, int64_t e) {
      for (int64_t o = b; o < e; ++o)
        for (int64_t c = 0; c < cg_; ++c)
          for (int64_t tap = 0; tap < taps_; ++tap)
            dw[(o * cg_ + c) * taps_ + tap] = part[(tap * cg_ + c) * s_.o + o];
    });
  }

 private:
  int64_t tap_offset(int64_t i, int64_t j) const {
    return (i * s_.dh - s_.ph) * x_.row_step() + (j * s_.dw - s_.pw) * s_.c;
  }

  // dy[n] and the next ones channels last, valid until the next call on this thread.
  const T* gradient(int64_t n, int64_t count) const {
    const int64_t pixels = s_.oh * s_.ow, size = pixels * s_.o;
    const T* from = dy_ + n * size;
    if (s_.channels_last) return from;
    T* to = scratch<T, GradTag>(size_t(count * size));
    const int64_t blocks = ceil_div(pixels, 256);
    parallel_ranges(count * blocks, 1 + 64 / s_.o, [&](int64_t b, int64_t e) {
      for (int64_t q = b; q < e; ++q) {
        const int64_t i = q / blocks * size, p = q % blocks * 256;
        transpose_plane(to + i + p * s_.o, s_.o, from + i + p, pixels, s_.o,
                        std::min<int64_t>(256, pixels - p));
      }
    });
    return to;
  }

  // The same packed by panels of channels: [group][panel][image][pixel][tile_n].
  const T* panels(int64_t n, int64_t count) const {
    const int64_t pixels = s_.oh * s_.ow, size = pixels * kt_.tile_n;
    T* to = scratch<T, GradTag>(size_t(s_.groups * panels_ * count * size));
    parallel_ranges(s_.groups * panels_ * count, 1 + 16384 / size, [&](int64_t b, int64_t e) {
      for (int64_t q = b; q < e; ++q) {
        const int64_t image = n + q % count, panel = q / count % panels_, g = q / count / panels_;
        const int64_t o = panel * kt_.tile_n, channel = g * og_ + o;
        const T* from = dy_ + image * pixels * s_.o + channel * (s_.channels_last ? 1 : pixels);
        kt_.pack_b(to + q * size, from, s_.channels_last ? s_.o : 1, s_.channels_last ? 1 : pixels,
                   pixels, std::min<int64_t>(kt_.tile_n, og_ - o));
      }
    });
    return to;
  }

  // Rows in bands, so that a band of input and gradient stays in L1 or L2 while every tile visits
  // it; several images make one band if they are small.
  void images(T* acc, const T* x, const T* dy, int64_t images, bool first) const {
    const int64_t total = images * s_.oh;
    const int64_t band = visit_ > 1 ? total : std::min(s_.oh, std::max<int64_t>(8, 512 / s_.ow));
    const int64_t per_span = strips_ * s_.groups * panels_, count = s_.kh * spans_ * per_span;
    const int64_t grain = 1 + 65536 / (band * s_.ow * strip_ + 1);
    for (int64_t r = 0; r < total; r += band)
      parallel_ranges(count, grain, [&](int64_t b, int64_t e) {
        for (int64_t q = b; q < e; ++q) {
          const int64_t span = q / per_span, i = span / spans_, j = span % spans_;
          const int64_t panel = q % panels_, g = q / panels_ % s_.groups;
          const int64_t c = q / (panels_ * s_.groups) % strips_ * strip_;
          const int64_t o = panel * kt_.tile_n, channel = g * og_ + o;
          TileArgs<T> t{};
          t.a = x + tap_offset(i, j) + g * cg_ + c, t.a_rs = 1, t.a_cs = s_.sw * s_.c;
          t.b = dy + (g * panels_ + panel) * images * s_.oh * s_.ow * kt_.tile_n;
          t.b_ks = kt_.tile_n;
          t.c = acc + ((i * s_.kw + j) * cg_ + c) * s_.o + channel, t.c_rs = s_.o;
          t.kc = s_.ow, t.segments = std::min(band, total - r);
          t.a_off = a_off_.data() + r, t.b_off = b_off_.data() + r;
          t.m = int(std::min(strip_, inputs_ - c));
          t.n = int(std::min<int64_t>(kt_.tile_n, og_ - o));
          t.first = first && r == 0, t.last = true;
          kt_.tile(t);
        }
      });
  }

  void depthwise(T* acc, const T* x, const T* dy, int64_t count) const {
    for (int64_t r = 0; r < count * s_.oh; ++r)
      kt_.depthwise_grad({x + a_off_[size_t(r)], s_.sw * s_.c, tap_off_.data(),
                          dy + b_off_[size_t(r)], s_.o, acc, s_.o, s_.ow, taps_, s_.o});
  }

  const Conv& s_;
  const GemmKernels<T>& kt_;
  int64_t cg_, og_, taps_;
  Images<T> x_;
  const T* dy_;
  bool depthwise_;
  int64_t visit_, spans_, inputs_, strips_, strip_, panels_;
  std::vector<int64_t> a_off_, b_off_, tap_off_;
};

}  // namespace

template <class T> void conv2d_weight_grad(T* dweight, const T* dy, const T* x, const Conv& s) {
  const int64_t size = s.o == 0 ? 0 : s.o * (s.c / s.groups) * s.kh * s.kw;
  if (size == 0) return;
  if (s.n == 0 || s.oh == 0 || s.ow == 0) {
    std::fill_n(dweight, size, T(0));
    return;
  }
  WeightGrad<T>(dy, x, s).run(dweight);
}

template TAEDA_INSTANCE void conv2d_weight_grad(float*, const float*, const float*, const Conv&);
template TAEDA_INSTANCE void conv2d_weight_grad(double*, const double*, const double*, const Conv&);

}  // namespace taeda::cpu
