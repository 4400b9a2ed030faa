// Convolutions of the CPU engine and their gradients against plain loops.
#include <algorithm>

#include "taeda/cpu/engine.h"
#include "tests/cpp/engine_check.h"

using namespace taeda;
using namespace taeda::test;
using namespace taeda::cpu;

namespace {

template <class T> struct ConvCase {
  Conv s;
  std::vector<T> x, w, bias, dy;
  explicit ConvCase(const Conv& conv) : s(conv) {
    x = random_values<T>(s.n * s.c * s.h * s.w);
    w = random_values<T>(s.o * (s.c / s.groups) * s.kh * s.kw);
    bias = random_values<T>(s.o);
    dy = random_values<T>(s.n * s.o * s.oh * s.ow);
  }
  size_t in(int64_t n, int64_t c, int64_t i, int64_t j) const {
    return size_t(s.channels_last ? ((n * s.h + i) * s.w + j) * s.c + c
                                  : ((n * s.c + c) * s.h + i) * s.w + j);
  }
  size_t out(int64_t n, int64_t o, int64_t i, int64_t j) const {
    return size_t(s.channels_last ? ((n * s.oh + i) * s.ow + j) * s.o + o
                                  : ((n * s.o + o) * s.oh + i) * s.ow + j);
  }
  // f(index in x, index in w, index in y) for every product of the sum.
  template <class F> void each_product(F f) const {
    const int64_t cg = s.c / s.groups, og = s.o / s.groups;
    for (int64_t n = 0; n < s.n; ++n)
      for (int64_t o = 0; o < s.o; ++o)
        for (int64_t r = 0; r < s.oh; ++r)
          for (int64_t q = 0; q < s.ow; ++q)
            for (int64_t c = 0; c < cg; ++c)
              for (int64_t i = 0; i < s.kh; ++i)
                for (int64_t j = 0; j < s.kw; ++j) {
                  const int64_t y = r * s.sh + i * s.dh - s.ph, z = q * s.sw + j * s.dw - s.pw;
                  if (y < 0 || y >= s.h || z < 0 || z >= s.w) continue;
                  f(in(n, o / og * cg + c, y, z), size_t(((o * cg + c) * s.kh + i) * s.kw + j),
                    out(n, o, r, q));
                }
  }
  void check(double tolerance, const std::string& what) {
    std::vector<double> y_want(dy.size()), dx_want(x.size()), dw_want(w.size());
    for (int64_t n = 0; n < s.n; ++n)
      for (int64_t o = 0; o < s.o; ++o)
        for (int64_t r = 0; r < s.oh; ++r)
          for (int64_t q = 0; q < s.ow; ++q) y_want[out(n, o, r, q)] = double(bias[size_t(o)]);
    each_product([&](size_t xi, size_t wi, size_t yi) {
      y_want[yi] += double(x[xi]) * double(w[wi]);
      dx_want[xi] += double(dy[yi]) * double(w[wi]);
      dw_want[wi] += double(dy[yi]) * double(x[xi]);
    });
    const T nan = std::numeric_limits<T>::quiet_NaN();
    std::vector<T> y(dy.size(), nan), dx(x.size(), nan), dw(w.size(), nan);
    conv2d(y.data(), x.data(), w.data(), bias.data(), s);
    expect_near(y, y_want, tolerance, what + ", forward");
    conv2d_input_grad(dx.data(), dy.data(), w.data(), s);
    expect_near(dx, dx_want, tolerance, what + ", input gradient");
    conv2d_weight_grad(dw.data(), dy.data(), x.data(), s);
    expect_near(dw, dw_want, 4 * tolerance, what + ", weight gradient");
    for (double& v : y_want) v = std::max(v, 0.0);
    conv2d(y.data(), x.data(), w.data(), bias.data(), s, Activation::relu);
    expect_near(y, y_want, tolerance, what + ", with relu");
  }
};

Conv conv_of(int64_t n, int64_t c, int64_t h, int64_t w, int64_t o, int64_t kh, int64_t kw) {
  Conv s;
  s.n = n, s.c = c, s.h = h, s.w = w, s.o = o, s.kh = kh, s.kw = kw;
  return s;
}

template <class T> void check_conv(double tolerance) {
  std::vector<Conv> cases;
  auto add = [&](Conv s, int64_t sh, int64_t sw, int64_t ph, int64_t pw, int64_t dh, int64_t dw,
                 int64_t groups) {
    s.sh = sh, s.sw = sw, s.ph = ph, s.pw = pw, s.dh = dh, s.dw = dw, s.groups = groups;
    s.set_output_size();
    cases.push_back(s);
  };
  add(conv_of(2, 3, 9, 11, 5, 3, 3), 1, 1, 1, 1, 1, 1, 1);
  add(conv_of(1, 4, 8, 8, 6, 1, 1), 1, 1, 0, 0, 1, 1, 1);
  add(conv_of(3, 4, 9, 7, 6, 1, 1), 2, 2, 0, 0, 1, 1, 1);
  add(conv_of(2, 5, 12, 13, 34, 3, 2), 2, 3, 1, 0, 1, 1, 1);
  add(conv_of(2, 6, 13, 12, 8, 3, 3), 1, 1, 2, 2, 2, 2, 2);
  add(conv_of(1, 6, 15, 17, 9, 3, 5), 2, 1, 3, 4, 3, 2, 3);
  add(conv_of(2, 8, 10, 9, 8, 3, 3), 1, 1, 1, 1, 1, 1, 8);     // depthwise
  add(conv_of(5, 37, 10, 9, 37, 3, 3), 2, 2, 1, 1, 1, 1, 37);  // depthwise, odd channels
  add(conv_of(2, 4, 9, 9, 12, 3, 3), 1, 2, 1, 1, 2, 1, 4);     // several filters a channel
  add(conv_of(2, 3, 1, 50, 4, 1, 5), 1, 2, 0, 2, 1, 1, 1);     // conv1d
  add(conv_of(1, 2, 5, 5, 3, 3, 3), 1, 1, 4, 5, 1, 1, 1);      // padding beyond the kernel
  add(conv_of(1, 2, 7, 6, 3, 2, 2), 3, 4, 0, 0, 1, 1, 1);      // stride beyond the kernel
  add(conv_of(20, 1, 12, 12, 6, 5, 5), 1, 1, 0, 0, 1, 1, 1);
  add(conv_of(1, 40, 6, 40, 70, 3, 3), 1, 1, 1, 1, 1, 1, 1);
  add(conv_of(1, 2, 11, 12, 3, 3, 3), 4, 6, 2, 2, 2, 3, 1);  // stride and dilation share factors
  for (Conv s : cases)
    for (bool last : {false, true}) {
      s.channels_last = last;
      std::string what = "conv of " + std::to_string(s.c) + "x" + std::to_string(s.h) + "x" +
                         std::to_string(s.w) + " to " + std::to_string(s.o) + " kernel " +
                         std::to_string(s.kh) + "x" + std::to_string(s.kw) + " stride " +
                         std::to_string(s.sh) + " groups " + std::to_string(s.groups) +
                         (last ? " channels last" : "");
      ConvCase<T>(s).check(tolerance, what);
    }
}
TEST(EngineConv, FloatAgainstLoops) { check_conv<float>(2e-5); }
TEST(EngineConv, DoubleAgainstLoops) { check_conv<double>(1e-13); }

TEST(EngineConv, OutputSizeMayBeGiven) {  // a transposed convolution with output padding
  Conv s = conv_of(2, 3, 12, 13, 4, 3, 3);
  s.sh = 2, s.sw = 3, s.dh = 3, s.ph = 1;
  s.set_output_size();
  s.oh -= 1;
  ConvCase<float>(s).check(2e-5, "smaller output");
}

TEST(EngineConv, EmptySizes) {
  for (int which = 0; which < 3; ++which) {
    Conv s = conv_of(2, 3, 6, 6, 4, 3, 3);
    if (which == 0) s.n = 0;
    if (which == 1) s.c = 0;
    if (which == 2) s.o = 0;
    s.set_output_size();
    ConvCase<float>(s).check(1e-5, "empty");
  }
}

TEST(EngineConv, SameBitsForAnyThreads) {
  for (int64_t n : {1, 3, 17})
    for (int64_t groups : {1, 4, 16}) {
      Conv s = conv_of(n, 16, 20, 20, 32, 3, 3);
      if (groups == 16) s.o = 16;
      s.groups = groups, s.ph = s.pw = 1, s.sh = 2;
      s.set_output_size();
      ConvCase<float> c(s);
      expect_same_bits(
          [&] {
            std::vector<float> y(c.dy.size());
            conv2d(y.data(), c.x.data(), c.w.data(), c.bias.data(), s);
            return y;
          },
          "conv2d");
      expect_same_bits(
          [&] {
            std::vector<float> dx(c.x.size());
            conv2d_input_grad(dx.data(), c.dy.data(), c.w.data(), s);
            return dx;
          },
          "conv2d_input_grad");
      expect_same_bits(
          [&] {
            std::vector<float> dw(c.w.size());
            conv2d_weight_grad(dw.data(), c.dy.data(), c.x.data(), s);
            return dw;
          },
          "conv2d_weight_grad");
    }
}

}  // namespace
