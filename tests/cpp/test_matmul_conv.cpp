// Products, convolutions, pooling and normalisations against plain loops; their gradients, first
// and second, against differences.
#include <gtest/gtest.h>

#include <functional>

#include "taeda/taeda.h"

using namespace taeda;

namespace {

using Function = std::function<Tensor(const TensorList&)>;

const TensorOptions kDouble{.dtype = DType::float64};

// Fixed numbers in (-1, 1), no two of a tensor equal.
Tensor numbers(const Dims& sizes, int seed = 1, DType dtype = DType::float64) {
  Tensor x = empty(sizes, DType::float64);
  double* p = x.data<double>();
  for (int64_t i = 0; i < x.numel(); i++) {
    double v = double(i + 1) * 0.7548776662466927 + seed * 0.5698402909980532;
    p[i] = 2 * (v - std::floor(v)) - 1;
  }
  return x.to(dtype);
}
std::vector<double> values(const Tensor& t) {
  Tensor flat = t.detach().to(DType::float64).contiguous();
  return {flat.data<double>(), flat.data<double>() + flat.numel()};
}
void expect_close(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(text(a.sizes()), text(b.sizes()));
  auto x = values(a), y = values(b);
  for (size_t i = 0; i < x.size(); i++) ASSERT_NEAR(x[i], y[i], tolerance) << "at " << i;
}
std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) { return e.what(); }
  return "no error";
}

Tensor weighted_sum(const Tensor& y) { return (y * numbers(y.sizes(), 7)).sum(); }

// The gradients of f against central differences.
void check_gradients(const Function& f, TensorList in) {
  for (Tensor& x : in) x = x.detach().clone().requires_grad_();
  TensorList got = grad({weighted_sum(f(in))}, in);
  for (size_t k = 0; k < in.size(); k++) {
    ASSERT_TRUE(got[k].defined()) << "input " << k;
    ASSERT_EQ(text(got[k].sizes()), text(in[k].sizes()));
    auto g = values(got[k]);
    for (int64_t i = 0; i < in[k].numel(); i++) {
      NoGradGuard raw;
      constexpr double h = 1e-5;
      TensorList moved = in;
      moved[k] = in[k].detach().clone();
      double& v = moved[k].data<double>()[i];
      const double at = v;
      v = at + h;
      double up = weighted_sum(f(moved)).item<double>();
      v = at - h;
      double down = weighted_sum(f(moved)).item<double>();
      ASSERT_NEAR(g[size_t(i)], (up - down) / (2 * h), 2e-6) << "input " << k << " at " << i;
    }
  }
}
// The same for the gradients of the gradients, of the square of f: it has them for every input.
void check_second_gradients(const Function& f, const TensorList& in) {
  check_gradients(
      [&](const TensorList& x) {
        GradMode on(true);
        TensorList own = x;
        for (Tensor& t : own)
          if (!t.requires_grad()) t = t.detach().requires_grad_();
        Tensor y = f(own);
        TensorList g = grad({weighted_sum(y * y)}, own, {}, {.create_graph = true});
        Tensor total;
        for (size_t k = 0; k < g.size(); k++) {
          Tensor part = (g[k] * numbers(g[k].sizes(), 3 + int(k))).sum();
          total = total.defined() ? total + part : part;
        }
        return total;
      },
      in);
}
void check_both(const Function& f, const TensorList& in) {
  check_gradients(f, in);
  check_second_gradients(f, in);
}

// ---- products ----

Tensor plain_mm(const Tensor& a, const Tensor& b) {
  int64_t n = a.size(0), k = a.size(1), m = b.size(1);
  auto x = values(a), y = values(b);
  Tensor out = zeros({n, m}, kDouble);
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < m; j++)
      for (int64_t l = 0; l < k; l++)
        out.data<double>()[i * m + j] += x[size_t(i * k + l)] * y[size_t(l * m + j)];
  return out;
}

TEST(Products, MmOfEveryDtypeAndLayout) {
  for (DType d : {DType::float64, DType::float32, DType::float16, DType::bfloat16, DType::int64,
                  DType::int32, DType::uint8}) {
    bool whole = !is_floating(d);
    auto make = [&](const Dims& s, int seed) {
      Tensor x = numbers(s, seed);
      return (whole ? (x * 2 + 2).floor() : x).to(d);  // sums fit in uint8
    };
    double tolerance = d == DType::float16 ? 0.01 : d == DType::bfloat16 ? 0.05 : 1e-5;
    for (auto [n, k, m] : {std::array{3, 4, 5}, {1, 7, 2}, {17, 23, 9}, {4, 0, 3}, {0, 2, 2}}) {
      Tensor a = make({n, k}, 1), b = make({k, m}, 2);
      Tensor want = plain_mm(a, b);
      expect_close(a.mm(b), want, tolerance);
      Tensor at = a.t().contiguous().t(), bt = b.t().contiguous().t();
      expect_close(at.mm(bt), want, tolerance);
      expect_close(transposed_mm(a.t(), b.t(), {.left = true, .right = true}), want, tolerance);
    }
  }
}
TEST(Products, MatmulOfEveryRank) {
  Tensor v = numbers({4}), m = numbers({3, 4}, 2), w = numbers({4, 2}, 3);
  EXPECT_NEAR(v.matmul(v).item<double>(), v.dot(v).item<double>(), 1e-12);
  expect_close(m.matmul(v), plain_mm(m, v.unsqueeze(1)).squeeze(), 1e-12);
  expect_close(v.matmul(w), plain_mm(v.unsqueeze(0), w).squeeze(), 1e-12);
  Tensor a = numbers({2, 1, 3, 4}), b = numbers({5, 4, 2}, 2);
  Tensor c = a.matmul(b);
  ASSERT_EQ(text(c.sizes()), "[2, 5, 3, 2]");
  for (int64_t i = 0; i < 2; i++)
    for (int64_t j = 0; j < 5; j++) expect_close(c[i][j], plain_mm(a[i][0], b[j]), 1e-12);
  expect_close(b.matmul(w.t()[0].narrow(0, 0, 2)), (b * w.t()[0].narrow(0, 0, 2)).sum(-1), 1e-12);
  ASSERT_EQ(text(v.matmul(numbers({2, 4, 5})).sizes()), "[2, 5]");
  ASSERT_EQ(text(numbers({2, 0, 4}).matmul(w).sizes()), "[2, 0, 2]");
}
TEST(Products, ComplexNumbersAreConjugatedInGradients) {
  Tensor a = empty({2, 2}, DType::complex128), b = empty({2, 2}, DType::complex128);
  for (int i = 0; i < 4; i++) {
    a.data<std::complex<double>>()[i] = {double(i), 1.0};
    b.data<std::complex<double>>()[i] = {1.0, double(i)};
  }
  a.requires_grad_();
  Tensor c = a.mm(b);
  EXPECT_EQ(c[0][0].item<std::complex<double>>(), (std::complex<double>{-1, 4}));
  c.sum().backward(ones({}, {.dtype = DType::complex128}));
  EXPECT_EQ(a.grad()[0][0].item<std::complex<double>>(), (std::complex<double>{2, -1}));
}
TEST(Products, Gradients) {
  check_both([](auto& x) { return x[0].mm(x[1]); }, {numbers({3, 4}), numbers({4, 2}, 2)});
  check_both([](auto& x) { return x[0].mm(x[1].t()); }, {numbers({3, 4}), numbers({2, 4}, 2)});
  check_both([](auto& x) { return x[0].bmm(x[1]); }, {numbers({2, 3, 2}), numbers({2, 2, 3}, 2)});
  check_both([](auto& x) { return x[0].matmul(x[1]); },
             {numbers({2, 1, 2, 3}), numbers({3, 3, 2}, 2)});
  check_both([](auto& x) { return x[0].matmul(x[1]); }, {numbers({2, 2, 3}), numbers({3}, 2)});
  check_both([](auto& x) { return x[0].mv(x[1]); }, {numbers({2, 3}), numbers({3}, 2)});
  check_both([](auto& x) { return x[0].dot(x[1]); }, {numbers({3}), numbers({3}, 2)});
  check_both([](auto& x) { return addmm(x[0], x[1], x[2], {.beta = 0.5, .alpha = 2.0}); },
             {numbers({2}), numbers({3, 2}), numbers({2, 2}, 2)});
  check_both([](auto& x) { return baddbmm(x[0], x[1], x[2], {.beta = 0.5, .alpha = 2}); },
             {numbers({1, 2}), numbers({2, 3, 2}), numbers({2, 2, 2}, 2)});
  check_both([](auto& x) { return addmv(x[0], x[1], x[2], {.alpha = 3}); },
             {numbers({2}), numbers({2, 3}), numbers({3}, 2)});
  check_both([](auto& x) { return addr(x[0], x[1], x[2]); },
             {numbers({2, 3}), numbers({2}), numbers({3}, 2)});
  check_both([](auto& x) { return addbmm(x[0], x[1], x[2], {.alpha = 0.5}); },
             {numbers({2, 2}), numbers({2, 2, 3}), numbers({2, 3, 2}, 2)});
}
TEST(Products, AddmmDoesNotReadAnInputTimesZero) {
  Tensor nan = full({2, 2}, std::nan(""), kDouble), a = numbers({2, 3}), b = numbers({3, 2});
  expect_close(addmm(nan, a, b, {.beta = 0}), plain_mm(a, b), 1e-12);
}
TEST(Products, Linear) {
  Tensor w = numbers({2, 4}), b = numbers({2}, 5);
  for (const Dims& s : {Dims{4}, Dims{3, 4}, Dims{2, 3, 4}, Dims{0, 4}}) {
    Tensor x = numbers(s, 3);
    expect_close(linear(x, w, b), x.matmul(w.t()) + b, 1e-12);
    expect_close(linear(x, w, Tensor()), x.matmul(w.t()), 1e-12);
    if (!x.numel()) continue;
    check_both([](auto& t) { return linear(t[0], t[1], t[2]); }, {x, w, b});
  }
  check_both([](auto& t) { return linear(t[0], t[1], Tensor()); }, {numbers({2, 3}), numbers({3})});
  check_both([](auto& t) { return linear(t[0].transpose(0, 1), t[1], t[2]); },
             {numbers({4, 2, 3}), numbers({2, 3}), numbers({1})});
  EXPECT_EQ(message([&] {
              linear(numbers({2, 3}), w, b);
            }),
            "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x2)");
}
TEST(Products, Errors) {
  EXPECT_EQ(message([] {
              matmul(zeros({2, 3}), zeros({4}));
            }),
            "size mismatch, got input (2), mat (2x3), vec (4)");
  EXPECT_EQ(message([] {
              matmul(zeros({2, 3, 4}), zeros({3, 4, 5}));
            }),
            "The size of tensor a (2) must match the size of tensor b (3) at non-singleton "
            "dimension 0");
  EXPECT_EQ(message([] {
              mm(zeros({2, 3}), zeros({3, 2}, kDouble));
            }),
            "expected m1 and m2 to have the same dtype, but got: float != double");
  EXPECT_EQ(message([] {
              addmm(zeros({5}), zeros({2, 3}), zeros({3, 4}));
            }),
            "The expanded size of the tensor (4) must match the existing size (5) at "
            "non-singleton dimension 1.  Target sizes: [2, 4].  Tensor sizes: [5]");
}

TEST(Einsum, AgreesWithOtherOps) {
  Tensor a = numbers({3, 4}), b = numbers({4, 2}, 2), x = numbers({2, 3, 4}, 3);
  expect_close(einsum("ij,jk->ik", {a, b}), a.mm(b), 1e-12);
  expect_close(einsum("ij,jk", {a, b}), a.mm(b), 1e-12);
  expect_close(einsum("ij,jk->ki", {a, b}), a.mm(b).t(), 1e-12);
  expect_close(einsum("ij->j", {a}), a.sum(0), 1e-12);
  expect_close(einsum("ij->", {a}), a.sum(), 1e-12);
  expect_close(einsum("...ij->...ji", {x}), x.transpose(1, 2), 0);
  expect_close(einsum("...ij,jk", {x, b}), x.matmul(b), 1e-12);
  expect_close(einsum("ii->i", {a.narrow(1, 0, 3)}), a.narrow(1, 0, 3).diagonal(), 0);
  expect_close(einsum("ii", {a.narrow(1, 0, 3)}), a.narrow(1, 0, 3).diagonal().sum(), 1e-12);
  expect_close(einsum("i,j->ij", {a[0], b[0]}), outer(a[0], b[0]), 0);
  expect_close(einsum("bij,bkj,j->bi", {x, x, a[0]}), ((x * a[0]).matmul(x.mT())).sum(2), 1e-12);
  check_both(
      [](auto& t) {
        return einsum("bij,jk,k->bi", {t[0], t[1], t[2]});
      },
      {numbers({2, 2, 3}), numbers({3, 2}, 2), numbers({2}, 3)});
  EXPECT_EQ(message([&] {
              einsum("ij,jk->ik", {zeros({2, 3}), zeros({4, 5})});
            }),
            "einsum(): subscript j has size 4 for operand 1 which does not broadcast with "
            "previously seen size 3");
}
TEST(Einsum, Tensordot) {
  Tensor a = numbers({2, 3, 4}), b = numbers({3, 4, 5}, 2);
  expect_close(tensordot(a, b, 2), einsum("ijk,jkl->il", {a, b}), 1e-12);
}

// ---- convolutions ----

struct Setting {
  int64_t n, c, h, w, o, k, stride, padding, dilation, groups;
};
const Setting kSettings[] = {
    {2, 2, 5, 6, 4, 3, 1, 0, 1, 1}, {1, 4, 6, 5, 2, 3, 2, 1, 1, 2}, {1, 1, 7, 7, 2, 2, 1, 1, 2, 1},
    {2, 3, 5, 5, 3, 3, 1, 1, 1, 3}, {1, 2, 4, 4, 3, 1, 1, 0, 1, 1}, {1, 2, 6, 6, 2, 2, 3, 0, 1, 1},
};

Tensor plain_conv(const Tensor& x, const Tensor& w, const Setting& s) {
  auto size = [&](int64_t n) {
    return (n + 2 * s.padding - s.dilation * (s.k - 1) - 1) / s.stride + 1;
  };
  int64_t oh = size(s.h), ow = size(s.w), cg = s.c / s.groups, og = s.o / s.groups;
  Tensor y = zeros({s.n, s.o, oh, ow}, kDouble);
  auto a = values(x), b = values(w);
  double* to = y.data<double>();
  for (int64_t n = 0; n < s.n; n++)
    for (int64_t o = 0; o < s.o; o++)
      for (int64_t p = 0; p < oh; p++)
        for (int64_t q = 0; q < ow; q++, to++)
          for (int64_t c = 0; c < cg; c++)
            for (int64_t i = 0; i < s.k; i++)
              for (int64_t j = 0; j < s.k; j++) {
                int64_t r = p * s.stride - s.padding + i * s.dilation;
                int64_t t = q * s.stride - s.padding + j * s.dilation;
                if (r < 0 || t < 0 || r >= s.h || t >= s.w) continue;
                *to += a[size_t(((n * s.c + o / og * cg + c) * s.h + r) * s.w + t)] *
                       b[size_t(((o * cg + c) * s.k + i) * s.k + j)];
              }
  return y;
}

TEST(Convolutions, AgreeWithLoops) {
  for (const Setting& s : kSettings) {
    Tensor x = numbers({s.n, s.c, s.h, s.w}), w = numbers({s.o, s.c / s.groups, s.k, s.k}, 2);
    Tensor b = numbers({s.o}, 3);
    ops::ConvAttrs a{s.stride, s.padding, s.dilation, s.groups};
    Tensor want = plain_conv(x, w, s) + b.view({s.o, 1, 1});
    expect_close(conv2d(x, w, b, a), want, 1e-12);
    Tensor last = x.contiguous({.memory_format = "channels_last"});
    expect_close(conv2d(last, w, b, a), want, 1e-12);
    auto low = [](const Tensor& t, DType d) { return t.to(d); };
    DType f = DType::float32, h = DType::float16;
    expect_close(conv2d(low(x, f), low(w, f), low(b, f), a), want, 1e-5);
    expect_close(conv2d(low(x, h), low(w, h), low(b, h), a), want, 2e-2);
    check_gradients([&](auto& t) { return conv2d(t[0], t[1], t[2], a); }, {x, w, b});
  }
}
TEST(Convolutions, SecondGradients) {
  for (int64_t stride : {1, 2})
    for (int64_t padding : {0, 1}) {
      ops::ConvAttrs a{stride, padding, 1, 2};
      check_second_gradients([&](auto& t) { return conv2d(t[0], t[1], t[2], a); },
                             {numbers({1, 2, 4, 4}), numbers({2, 1, 2, 2}, 2), numbers({2}, 3)});
    }
  check_both([](auto& t) { return conv1d(t[0], t[1], t[2], {.stride = 2, .padding = 1}); },
             {numbers({2, 2, 5}), numbers({2, 2, 3}, 2), numbers({2}, 3)});
}
TEST(Convolutions, Transposed) {
  for (const Setting& s : kSettings) {
    // The transposed convolution is the gradient of the plain one.
    Tensor x = numbers({s.n, s.c, s.h, s.w}).requires_grad_();
    Tensor w = numbers({s.o, s.c / s.groups, s.k, s.k}, 2);
    ops::ConvAttrs a{s.stride, s.padding, s.dilation, s.groups};
    Tensor y = conv2d(x, w, Tensor(), a), g = numbers(y.sizes(), 4);
    y.backward(g);
    Dims extra;
    for (int64_t i : {2, 3})
      extra.push_back(x.size(i) -
                      ((y.size(i) - 1) * s.stride - 2 * s.padding + s.dilation * (s.k - 1) + 1));
    expect_close(
        conv_transpose2d(g, w, Tensor(), {s.stride, s.padding, extra, s.groups, s.dilation}),
        x.grad(), 1e-12);
  }
  check_both(
      [](auto& t) {
        return conv_transpose2d(t[0], t[1], t[2],
                                {.stride = 2, .padding = 1, .output_padding = Dims{1, 0}});
      },
      {numbers({1, 2, 3, 2}), numbers({2, 2, 2, 3}, 2), numbers({2}, 3)});
  check_both(
      [](auto& t) {
        return conv_transpose1d(t[0], t[1], t[2], {.output_padding = 1, .dilation = 2});
      },
      {numbers({1, 2, 3}), numbers({2, 1, 2}, 2), numbers({1}, 3)});
}
TEST(Convolutions, ThreeAxes) {
  check_gradients([](auto& t) { return conv3d(t[0], t[1], t[2], {.stride = 2, .padding = 1}); },
                  {numbers({1, 2, 3, 3, 2}), numbers({2, 2, 2, 2, 2}, 2), numbers({2}, 3)});
  Tensor x = numbers({2, 1, 3, 3, 3}).requires_grad_(), w = numbers({2, 1, 2, 1, 2}, 2);
  Tensor y = conv3d(x, w, Tensor(), {.stride = Dims{2, 1, 1}, .dilation = Dims{1, 1, 2}});
  Tensor g = numbers(y.sizes(), 4);
  y.backward(g);
  expect_close(
      conv_transpose3d(
          g, w, Tensor(),
          {.stride = Dims{2, 1, 1}, .output_padding = Dims{1, 0, 0}, .dilation = Dims{1, 1, 2}}),
      x.grad(), 1e-12);
}
TEST(Convolutions, SamePaddingKeepsTheSize) {
  for (int64_t k : {1, 2, 3, 4}) {
    Tensor x = numbers({1, 2, 5, 6}), w = numbers({2, 2, k, k}, 2);
    Tensor y = conv_padded(x, w, Tensor(), {.padding = "same", .dilation = 2});
    EXPECT_EQ(text(y.sizes()), "[1, 2, 5, 6]");
  }
  EXPECT_EQ(text(conv2d(numbers({2, 5, 5}), numbers({3, 2, 2, 2}), Tensor()).sizes()), "[3, 4, 4]");
}
TEST(Convolutions, Errors) {
  EXPECT_EQ(message([] {
              conv2d(zeros({1, 2, 8, 8}), zeros({4, 3, 3, 3}), Tensor());
            }),
            "Given groups=1, weight of size [4, 3, 3, 3], expected input[1, 2, 8, 8] to have 3 "
            "channels, but got 2 channels instead");
  EXPECT_EQ(message([] {
              conv2d(zeros({8, 8}), zeros({4, 3, 3, 3}), Tensor());
            }),
            "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: "
            "[8, 8]");
  EXPECT_EQ(message([] {
              conv2d(zeros({1, 3, 4, 4}), zeros({4, 3, 5, 5}), Tensor());
            }),
            "Calculated padded input size per channel: (4 x 4). Kernel size: (5 x 5). Kernel size "
            "can't be greater than actual input size");
}

// ---- pooling ----

TEST(Pooling, Max) {
  Tensor x = numbers({2, 3, 5, 6});
  auto r = max_pool2d_with_indices(
      x, {.kernel_size = Dims{3, 2}, .stride = Dims{2}, .padding = Dims{1}, .ceil_mode = true});
  ASSERT_EQ(text(r.output.sizes()), "[2, 3, 3, 4]");
  Tensor picked = x.flatten(2).gather(2, r.indices.flatten(2)).view({2, 3, 3, 4});
  expect_close(r.output, picked, 0);
  EXPECT_EQ(r.output[0][0][0][1].item<double>(),
            std::max({x[0][0][0][1].item<double>(), x[0][0][0][2].item<double>(),
                      x[0][0][1][1].item<double>(), x[0][0][1][2].item<double>()}));
  check_both([](auto& t) { return max_pool2d(t[0], {.kernel_size = 2, .stride = Dims{1}}); },
             {numbers({2, 3, 4})});
  check_both([](auto& t) { return max_pool1d(t[0], {.kernel_size = 2, .dilation = 2}); },
             {numbers({2, 1, 6})});
  check_both(
      [](auto& t) {
        return adaptive_max_pool2d(t[0], {Dims{2, 3}});
      },
      {numbers({1, 2, 5, 4})});
  EXPECT_EQ(message([] {
              max_pool2d(zeros({1, 1, 2, 2}), {.kernel_size = 3});
            }),
            "Given input size: (1x2x2). Calculated output size: (1x0x0). Output size is too small");
}
TEST(Pooling, Mean) {
  Tensor x = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}, {7.0, 8.0, 9.0}}, kDouble).view({1, 3, 3});
  using V = std::vector<double>;
  ops::AvgPoolAttrs a{.kernel_size = 2, .stride = Dims{2}, .padding = 1};
  EXPECT_EQ(values(avg_pool2d(x, a)), (V{0.25, 1.25, 2.75, 7}));
  a.count_include_pad = false;
  EXPECT_EQ(values(avg_pool2d(x, a)), (V{1, 2.5, 5.5, 7}));
  a.divisor_override = 2;
  EXPECT_EQ(values(avg_pool2d(x, a)), (V{0.5, 2.5, 5.5, 14}));
  EXPECT_EQ(values(adaptive_avg_pool2d(x, {Dims{2, 1}})), (V{3.5, 6.5}));
  EXPECT_EQ(values(adaptive_avg_pool2d(x, {Dims{1, 1}})), (V{5}));
  check_both(
      [](auto& t) {
        return avg_pool2d(t[0], {.kernel_size = 3,
                                 .stride = Dims{2},
                                 .padding = 1,
                                 .ceil_mode = true,
                                 .count_include_pad = false});
      },
      {numbers({2, 4, 5})});
  check_both([](auto& t) { return avg_pool1d(t[0], {.kernel_size = 2}); }, {numbers({1, 2, 5})});
  check_both(
      [](auto& t) {
        return adaptive_avg_pool2d(t[0], {Dims{2, 3}});
      },
      {numbers({1, 2, 5, 4})});
  check_both([](auto& t) { return avg_pool3d(t[0], {.kernel_size = 2, .stride = Dims{1}}); },
             {numbers({1, 2, 3, 2})});
}

// ---- normalisations ----

TEST(Norms, Batch) {
  Tensor x = numbers({4, 2, 3}), w = numbers({2}, 2), b = numbers({2}, 3);
  Tensor mean = zeros({2}, kDouble), var = ones({2}, kDouble);
  Tensor y = batch_norm(x, mean, var, w, b, {.training = true});
  Tensor centre = x.mean({.dim = Dims{0, 2}, .keepdim = true});
  Tensor spread = ((x - centre) * (x - centre)).mean({.dim = Dims{0, 2}, .keepdim = true});
  expect_close(y, (x - centre) / (spread + 1e-5).sqrt() * w.view({2, 1}) + b.view({2, 1}), 1e-12);
  expect_close(mean, centre.flatten() * 0.1, 1e-12);
  expect_close(var, spread.flatten() * (0.1 * 12 / 11) + 0.9, 1e-12);
  Tensor still = batch_norm(x, mean, var, w, b, {});
  expect_close(
      still,
      (x - mean.view({2, 1})) / (var.view({2, 1}) + 1e-5).sqrt() * w.view({2, 1}) + b.view({2, 1}),
      1e-12);
  auto training = [](auto& t) {
    return batch_norm(t[0], Tensor(), Tensor(), t[1], t[2], {.training = true, .eps = 0.1});
  };
  check_both(training, {x, w, b});
  check_both([&](auto& t) { return batch_norm(t[0], mean, var, t[1], t[2], {}); }, {x, w, b});
}
TEST(Norms, OthersHaveGradients) {
  check_both(
      [](auto& t) {
        return layer_norm(t[0], t[1], t[2], {Dims{3, 2}, 0.1});
      },
      {numbers({2, 3, 2}), numbers({3, 2}, 2), numbers({3, 2}, 3)});
  check_both(
      [](auto& t) {
        return group_norm(t[0], t[1], t[2], {2, 0.1});
      },
      {numbers({2, 4, 2}), numbers({4}, 2), numbers({4}, 3)});
  check_both(
      [](auto& t) { return instance_norm(t[0], Tensor(), Tensor(), t[1], t[2], {.eps = 0.1}); },
      {numbers({2, 2, 3}), numbers({2}, 2), numbers({2}, 3)});
  check_both(
      [](auto& t) {
        return rms_norm(t[0], t[1], {Dims{4}, 0.1});
      },
      {numbers({2, 4}), numbers({4}, 2)});
}

}  // namespace
