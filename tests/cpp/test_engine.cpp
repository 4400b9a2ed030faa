// Matrix products, reductions, row operations and optimizer steps of the CPU engine against plain
// loops in double.
#include <algorithm>

#include "taeda/cpu/engine.h"
#include "tests/cpp/engine_check.h"

using namespace taeda;
using namespace taeda::test;
using namespace taeda::cpu;

namespace {

// ---- matrix products ----

// C = act(alpha A B + beta C + bias) where A, B, C lie in larger buffers with the given strides.
template <class T> struct GemmCase {
  int64_t m, n, k;
  int layout;  // bit 0: A by columns, bit 1: B by columns, bit 2: strides with gaps
  T alpha = 1, beta = 0;
  bool bias = false, relu = false;

  void check(double tolerance) const {
    const int64_t gap = layout & 4 ? 3 : 0, pitch = layout & 4 ? 2 : 1;
    const int64_t a_rs = layout & 1 ? pitch : k * pitch + gap,
                  a_cs = layout & 1 ? m * pitch + gap : pitch;
    const int64_t b_rs = layout & 2 ? pitch : n * pitch + gap,
                  b_cs = layout & 2 ? k * pitch + gap : pitch;
    const int64_t c_rs = n + gap;
    auto a = random_values<T>(m * (k * pitch + gap) + k * (m * pitch + gap) + 1);
    auto b = random_values<T>(k * (n * pitch + gap) + n * (k * pitch + gap) + 1);
    auto c = random_values<T>(m * c_rs + 1), bias_row = random_values<T>(n);
    if (beta == T(0)) std::fill(c.begin(), c.end(), std::numeric_limits<T>::quiet_NaN());
    std::vector<double> want(c.begin(), c.end());
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (int64_t p = 0; p < k; ++p)
          sum += double(a[size_t(i * a_rs + p * a_cs)]) * double(b[size_t(p * b_rs + j * b_cs)]);
        double& w = want[size_t(i * c_rs + j)];
        w = alpha * sum + (beta == T(0) ? 0 : beta * w) + (bias ? double(bias_row[size_t(j)]) : 0);
        if (relu) w = std::max(w, 0.0);
      }
    Gemm<T> g{m, n, k, a.data(), a_rs, a_cs, b.data(), b_rs, b_cs, c.data(), c_rs, {}};
    g.epilogue.alpha = alpha, g.epilogue.beta = beta;
    g.epilogue.bias = bias ? bias_row.data() : nullptr;
    g.epilogue.act = relu ? Activation::relu : Activation::none;
    gemm(g);
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < c_rs; ++j) {
        const size_t at = size_t(i * c_rs + j);
        if (j < n) {
          ASSERT_NEAR(c[at], want[at], tolerance * std::sqrt(double(k) + 1))
              << m << "x" << n << "x" << k << " layout " << layout << " at " << i << ", " << j;
        } else if (beta == T(0)) {
          ASSERT_TRUE(std::isnan(c[at])) << "wrote between the rows of C";
        }
      }
  }
};

template <class T> void check_gemm(double tolerance) {
  const int64_t sizes[][3] = {{1, 1, 1},    {1, 1, 0},    {5, 7, 0},     {1, 33, 20},
                              {33, 1, 20},  {2, 3, 4},    {14, 32, 16},  {15, 33, 17},
                              {6, 16, 8},   {7, 65, 130}, {64, 64, 64},  {100, 50, 30},
                              {13, 200, 5}, {200, 13, 5}, {3, 100, 1100}};
  for (auto& s : sizes)
    for (int layout = 0; layout < 8; ++layout) {
      GemmCase<T>{s[0], s[1], s[2], layout}.check(tolerance);
      GemmCase<T>{s[0], s[1], s[2], layout, T(0.5), T(2), true, true}.check(4 * tolerance);
    }
  GemmCase<T>{70, 90, 2100, 2}.check(tolerance);  // K in several blocks
  GemmCase<T>{300, 1100, 40, 3, T(1), T(1)}.check(tolerance);
}
TEST(EngineGemm, FloatAgainstLoops) { check_gemm<float>(3e-6); }
TEST(EngineGemm, DoubleAgainstLoops) { check_gemm<double>(1e-14); }

TEST(EngineGemm, RepeatedAndReversedOperands) {  // strides 0 and negative
  const int64_t m = 20, n = 40, k = 30;
  auto a = random_values<float>(k), b = random_values<float>(k * n);
  std::vector<float> c(size_t(m * n));
  gemm(Gemm<float>{m, n, k, a.data() + k - 1, 0, -1, b.data(), n, 1, c.data(), n, {}});
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (int64_t p = 0; p < k; ++p) sum += double(a[size_t(k - 1 - p)]) * b[size_t(p * n + j)];
      EXPECT_NEAR(c[size_t(i * n + j)], sum, 1e-5);
    }
}

template <class S> void check_gemm16(double tolerance) {
  const int64_t m = 37, n = 45, k = 50;
  auto a = random_values<S>(m * k), b = random_values<S>(k * n), bias = random_values<S>(n);
  for (bool transposed : {false, true}) {
    std::vector<S> c = random_values<S>(m * n);
    std::vector<double> want(size_t(m * n));
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (int64_t p = 0; p < k; ++p)
          sum += value(a[size_t(i * k + p)]) * value(b[size_t(transposed ? j * k + p : p * n + j)]);
        want[size_t(i * n + j)] = sum + value(c[size_t(i * n + j)]) + value(bias[size_t(j)]);
      }
    Gemm<S> g{m,        n, k, a.data(), k, 1, b.data(), transposed ? 1 : n, transposed ? k : 1,
              c.data(), n, {}};
    g.epilogue.beta = 1, g.epilogue.bias = bias.data();
    gemm(g);
    expect_near(c, want, tolerance, "gemm of 16-bit floats");
  }
}
TEST(EngineGemm, Half) { check_gemm16<Half>(6e-4); }
TEST(EngineGemm, BFloat16) { check_gemm16<BFloat16>(5e-3); }

TEST(EngineGemm, BatchedEqualsSingle) {
  for (int64_t size : {5, 64})
    for (int64_t count : {0, 1, 3, 40}) {
      auto a = random_values<double>(count * size * size),
           b = random_values<double>(count * size * size);
      std::vector<double> c(size_t(count * size * size)), d = c;
      const int64_t step = size * size;
      Gemm<double> g{size, size, size, a.data(), size, 1, b.data(), size, 1, c.data(), size, {}};
      gemm_batched(g, count, step, step, step);
      for (int64_t i = 0; i < count; ++i) {
        Gemm<double> one = g;
        one.a += i * step, one.b += i * step, one.c = d.data() + i * step;
        gemm(one);
      }
      EXPECT_EQ(c, d);
    }
}

TEST(EngineGemm, SameBitsForAnyThreadsAndBatch) {
  const int64_t m = 150, n = 130, k = 1500;
  auto a = random_values<float>(m * k), b = random_values<float>(k * n);
  auto product = [&](int64_t rows) {
    std::vector<float> c(size_t(rows * n));
    gemm(Gemm<float>{rows, n, k, a.data(), k, 1, b.data(), n, 1, c.data(), n, {}});
    return c;
  };
  expect_same_bits([&] { return product(m); }, "gemm");
  auto all = product(m), some = product(17);
  EXPECT_EQ(0, std::memcmp(all.data(), some.data(), some.size() * sizeof(float)));
}

// ---- reductions and rows ----

template <class S> void check_sums(double tolerance) {
  using C = Compute<S>;
  for (int64_t n : {0, 1, 3, 63, 64, 65, 1000, 4096, 4097, 100001}) {
    auto x = random_values<S>(n);
    double want = 0;
    for (S v : x) want += value(v);
    EXPECT_NEAR(double(sum_all(x.data(), n)), want, tolerance * (1 + std::sqrt(double(n)))) << n;
  }
  const int64_t shapes[][3] = {{1, 1, 1}, {1, 7, 5},    {3, 70, 40},    {1, 1000, 3}, {50, 3, 1000},
                               {2, 0, 4}, {2, 129, 17}, {1, 300, 2000}, {40, 100, 1}, {0, 3, 3}};
  for (auto& s : shapes) {
    const int64_t outer = s[0], rows = s[1], cols = s[2];
    auto x = random_values<S>(outer * rows * cols);
    std::vector<double> want(size_t(outer * cols)), top(size_t(outer * cols), -kInf);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < cols; ++c) {
          const double v = value(x[size_t((o * rows + r) * cols + c)]);
          want[size_t(o * cols + c)] += v;
          top[size_t(o * cols + c)] = std::max(top[size_t(o * cols + c)], v);
        }
    std::vector<C> y(want.size());
    sum_middle(y.data(), x.data(), outer, rows, cols);
    for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(double(y[i]), want[i], tolerance * 50);
    max_middle(y.data(), x.data(), outer, rows, cols);
    for (size_t i = 0; i < y.size(); ++i) ASSERT_EQ(double(y[i]), top[i]);
    std::vector<C> by_row(size_t(outer * rows));
    sum_rows(by_row.data(), x.data(), outer * rows, cols);
    for (int64_t r = 0; r < outer * rows; ++r) {
      double sum = 0;
      for (int64_t c = 0; c < cols; ++c) sum += value(x[size_t(r * cols + c)]);
      ASSERT_NEAR(double(by_row[size_t(r)]), sum, tolerance * 50);
    }
  }
}
TEST(EngineReduce, Float) { check_sums<float>(1e-6); }
TEST(EngineReduce, Double) { check_sums<double>(1e-14); }
TEST(EngineReduce, Half) { check_sums<Half>(1e-6); }
TEST(EngineReduce, BFloat16) { check_sums<BFloat16>(1e-6); }

TEST(EngineReduce, ExtremesAndNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (int64_t n : {1, 5, 64, 100, 5000, 200000}) {
    auto x = random_values<float>(n);
    x[size_t(n / 2)] = 7, x[size_t(n - 1)] = n > 2 ? 7 : x[size_t(n - 1)];
    x[0] = n > 2 ? -7 : x[0];
    float y;
    int64_t at;
    max_rows(&y, x.data(), 1, n), argmax_rows(&at, x.data(), 1, n);
    EXPECT_EQ(y, 7);
    EXPECT_EQ(at, n / 2);
    if (n > 2) {
      min_rows(&y, x.data(), 1, n), argmin_rows(&at, x.data(), 1, n);
      EXPECT_EQ(y, -7);
      EXPECT_EQ(at, 0);
    }
    x[size_t(n * 2 / 3)] = nan;
    max_rows(&y, x.data(), 1, n), argmax_rows(&at, x.data(), 1, n);
    EXPECT_TRUE(std::isnan(y));
    EXPECT_EQ(at, n * 2 / 3);
    min_rows(&y, x.data(), 1, n), argmin_rows(&at, x.data(), 1, n);
    EXPECT_TRUE(std::isnan(y));
    EXPECT_EQ(at, n * 2 / 3);
    float column = 0;
    max_middle(&column, x.data(), 1, n, 1);
    EXPECT_TRUE(std::isnan(column));
  }
  std::vector<double> low(10, -kInf);
  double y;
  int64_t at;
  max_rows(&y, low.data(), 1, 10), argmax_rows(&at, low.data(), 1, 10);
  EXPECT_EQ(y, -kInf);
  EXPECT_EQ(at, 0);
}

template <class S> void check_rows(double tolerance) {
  using C = Compute<S>;
  for (int64_t cols : {1, 2, 10, 33, 64, 500})
    for (int64_t rows : {1, 3, 130}) {
      auto x = random_values<S>(rows * cols, -5, 5), w = random_values<S>(cols),
           b = random_values<S>(cols);
      auto dy = random_values<S>(rows * cols);
      std::vector<S> y(x.size()), dx(x.size());
      std::vector<C> mean(static_cast<size_t>(rows)), rstd = mean, dw(static_cast<size_t>(cols)),
                                                      db = dw;
      std::vector<double> soft(x.size()), log_soft = soft, norm = soft, dx_want = soft;
      std::vector<double> dw_want(static_cast<size_t>(cols)), db_want = dw_want;
      for (int64_t r = 0; r < rows; ++r) {
        const S* row = x.data() + r * cols;
        double top = -kInf, sum = 0, mu = 0, var = 0, s1 = 0, s2 = 0;
        for (int64_t c = 0; c < cols; ++c)
          top = std::max(top, value(row[c])), mu += value(row[c]) / double(cols);
        for (int64_t c = 0; c < cols; ++c)
          sum += std::exp(value(row[c]) - top),
              var += std::pow(value(row[c]) - mu, 2) / double(cols);
        const double rs = 1 / std::sqrt(var + 1e-3);
        for (int64_t c = 0; c < cols; ++c) {
          const size_t i = size_t(r * cols + c), j = size_t(c);
          const double hat = (value(row[c]) - mu) * rs, g = value(dy[i]) * value(w[j]);
          soft[i] = std::exp(value(row[c]) - top) / sum;
          log_soft[i] = value(row[c]) - top - std::log(sum);
          norm[i] = hat * value(w[j]) + value(b[j]);
          s1 += g / double(cols), s2 += g * hat / double(cols);
          dw_want[j] += value(dy[i]) * hat, db_want[j] += value(dy[i]);
        }
        for (int64_t c = 0; c < cols; ++c) {
          const size_t i = size_t(r * cols + c);
          const double hat = (value(row[c]) - mu) * rs;
          dx_want[i] = (value(dy[i]) * value(w[size_t(c)]) - s1 - hat * s2) * rs;
        }
      }
      softmax(y.data(), x.data(), rows, cols, false);
      expect_near(y, soft, tolerance, "softmax");
      softmax(y.data(), x.data(), rows, cols, true);
      expect_near(y, log_soft, tolerance, "log_softmax");
      layer_norm(y.data(), x.data(), w.data(), b.data(), rows, cols, 1e-3, mean.data(),
                 rstd.data());
      expect_near(y, norm, tolerance * 20, "layer_norm");
      layer_norm_backward(dx.data(), dw.data(), db.data(), dy.data(), x.data(), w.data(),
                          mean.data(), rstd.data(), rows, cols);
      expect_near(dx, dx_want, tolerance * 30, "layer_norm dx");
      expect_near(dw, dw_want, 4e-5, "layer_norm dw");
      expect_near(db, db_want, 4e-5, "layer_norm db");
    }
}
TEST(EngineRows, Float) { check_rows<float>(1e-6); }
TEST(EngineRows, Double) { check_rows<double>(1e-14); }
TEST(EngineRows, Half) { check_rows<Half>(1e-3); }
TEST(EngineRows, BFloat16) { check_rows<BFloat16>(8e-3); }

TEST(EngineRows, Transpose) {
  for (int64_t rows : {1, 3, 16, 100, 257})
    for (int64_t cols : {1, 5, 16, 300}) {
      auto x = random_values<double>(rows * cols);
      std::vector<float> f(x.begin(), x.end()), g(f.size());
      std::vector<double> y(x.size());
      transpose(y.data(), x.data(), rows, cols);
      transpose(g.data(), f.data(), rows, cols);
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < cols; ++c) {
          ASSERT_EQ(y[size_t(c * rows + r)], x[size_t(r * cols + c)]);
          ASSERT_EQ(g[size_t(c * rows + r)], f[size_t(r * cols + c)]);
        }
    }
}

TEST(EngineRows, SameBitsForAnyThreads) {
  const int64_t rows = 700, cols = 333;
  auto x = random_values<float>(rows * cols), w = random_values<float>(cols);
  expect_same_bits([&] { return std::vector<float>{sum_all(x.data(), rows * cols)}; }, "sum_all");
  auto of = [&](int64_t n, auto f) {
    return [=] {
      std::vector<float> y(static_cast<size_t>(n));
      f(y.data());
      return y;
    };
  };
  expect_same_bits(of(cols, [&](float* y) { sum_cols(y, x.data(), rows, cols); }), "sum_cols");
  expect_same_bits(of(rows, [&](float* y) { sum_rows(y, x.data(), rows, cols); }), "sum_rows");
  expect_same_bits(of(rows * cols, [&](float* y) { softmax(y, x.data(), rows, cols, false); }),
                   "softmax");
  expect_same_bits(of(rows * cols + 2 * cols,
                      [&](float* y) {
                        std::vector<float> mean(size_t(rows), 0.1f), rstd(size_t(rows), 2.f);
                        layer_norm_backward(y, y + rows * cols, y + rows * cols + cols, x.data(),
                                            x.data(), w.data(), mean.data(), rstd.data(), rows,
                                            cols);
                      }),
                   "layer_norm_backward");
}

// The same bits whatever the instruction set, as long as it has fma.
TEST(EngineIsa, Avx2AndAvx512Agree) {
  const int level = isa_level();
  if (level < 2) GTEST_SKIP() << "this CPU has no AVX-512";
  const int64_t rows = 50, cols = 211;
  auto x = random_values<float>(rows * cols, -8, 8), w = random_values<float>(cols * 77);
  Conv s;
  s.n = 2, s.c = 5, s.h = 5, s.w = 211, s.o = 9, s.kh = s.kw = 3;
  s.set_output_size();
  auto all = [&] {
    std::vector<float> y(20000);
    float* p = y.data();
    softmax(p, x.data(), rows, cols, false), p += rows * cols;
    gemm(Gemm<float>{rows, 77, cols, x.data(), cols, 1, w.data(), 77, 1, p, 77, {}}),
        p += rows * 77;
    *p++ = sum_all(x.data(), rows * cols);
    sum_cols(p, x.data(), rows, cols), p += cols;
    std::vector<float> conv(size_t(s.n * s.o * s.oh * s.ow));
    conv2d(conv.data(), x.data(), w.data(), static_cast<float*>(nullptr), s);
    y.insert(y.end(), conv.begin(), conv.end());
    return y;
  };
  isa_level_found = 1;
  auto narrow = all();
  isa_level_found = 2;
  auto wide = all();
  isa_level_found = level;
  EXPECT_EQ(0, std::memcmp(narrow.data(), wide.data(), wide.size() * sizeof(float)));
}

// ---- optimizers ----

TEST(EngineTrain, Adam) {
  const int64_t n = 40000;
  for (bool amsgrad : {false, true})
    for (bool decoupled : {false, true}) {
      auto p = random_values<float>(n), g = random_values<float>(n);
      std::vector<float> m(size_t(n), 0.f), v = m, top = m;
      std::vector<double> pd(p.begin(), p.end()), md(size_t(n), 0), vd = md, td = md;
      const AdamOptions o{0.01, 0.9, 0.999, 1e-8, 0.1, decoupled, false};
      for (int step = 1; step <= 3; ++step) {
        AdamTensor<float> t{p.data(), m.data(), v.data(), amsgrad ? top.data() : nullptr,
                            g.data(), n};
        adam_step(&t, 1, step, o);
        for (size_t i = 0; i < pd.size(); ++i) {
          double d = g[i];
          if (decoupled) pd[i] *= 1 - o.lr * o.weight_decay;
          else d += o.weight_decay * pd[i];
          md[i] = o.beta1 * md[i] + (1 - o.beta1) * d;
          vd[i] = o.beta2 * vd[i] + (1 - o.beta2) * d * d;
          td[i] = std::max(td[i], vd[i]);
          const double second = amsgrad ? td[i] : vd[i];
          pd[i] -= o.lr / (1 - std::pow(o.beta1, step)) * md[i] /
                   (std::sqrt(second) / std::sqrt(1 - std::pow(o.beta2, step)) + o.eps);
        }
      }
      expect_near(p, pd, 1e-5, "adam");
      expect_near(v, vd, 1e-6, "adam, second moment");
    }
}

TEST(EngineTrain, Sgd) {
  const int64_t n = 1000;
  for (bool nesterov : {false, true}) {
    auto p = random_values<double>(n), g = random_values<double>(n);
    std::vector<double> buffer(size_t(n), 99), want = p, b(size_t(n), 0);
    const SgdOptions o{0.1, 0.9, nesterov ? 0 : 0.2, 0.01, nesterov, true};
    for (int step = 0; step < 3; ++step) {
      SgdTensor<double> t{p.data(), buffer.data(), g.data(), n, step == 0};
      sgd_step(&t, 1, o);
      for (size_t i = 0; i < want.size(); ++i) {
        const double d = -g[i] + o.weight_decay * want[i];
        b[i] = step ? o.momentum * b[i] + (1 - o.dampening) * d : d;
        want[i] -= o.lr * (nesterov ? d + o.momentum * b[i] : b[i]);
      }
    }
    expect_near(p, want, 1e-14, "sgd");
  }
}

}  // namespace
