// Reductions, indexing, losses and orders: values, errors, and gradients against differences.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "taeda/taeda.h"
#include "taeda/threads/pool.h"

namespace taeda {
namespace {

using Function = std::function<Tensor(const TensorList&)>;

std::vector<double> values(const Tensor& x) {
  Tensor flat = x.detach().to(DType::float64).contiguous();
  const double* p = flat.data<double>();
  return std::vector<double>(p, p + flat.numel());
}
Tensor numbers(std::vector<double> v, const Dims& sizes) {
  Tensor t = empty(sizes, DType::float64);
  std::copy(v.begin(), v.end(), t.data<double>());
  return t;
}
Tensor longs(std::vector<int64_t> v) {
  Tensor t = empty(Dims(int64_t(v.size())), DType::int64);
  std::copy(v.begin(), v.end(), t.data<int64_t>());
  return t;
}
// Distinct numbers without pattern, the same in every run.
Tensor scattered(const Dims& sizes, double from = -2, double to = 2) {
  Tensor t = empty(sizes, DType::float64);
  uint64_t state = 12345;
  for (int64_t i = 0; i < t.numel(); i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    t.data<double>()[i] = from + (to - from) * double(state >> 11) * 0x1p-53;
  }
  return t;
}

// Compares the gradients of sum(w * f(x)), w fixed, with central differences.
void check_gradients(const Function& f, const TensorList& given) {
  TensorList x;
  for (const Tensor& t : given) x.push_back(t.clone().requires_grad_());
  Tensor y = f(x), w = scattered(y.sizes(), 0.5, 1.5);
  TensorList got = grad({(y * w).sum()}, x, {}, {}, true);
  for (size_t k = 0; k < x.size(); k++) {
    ASSERT_TRUE(got[k].defined());
    std::vector<double> slope = values(got[k]);
    for (int64_t i = 0; i < x[k].numel(); i++) {
      double ends[2];
      for (int side = 0; side < 2; side++) {
        TensorList moved;
        for (const Tensor& t : given) moved.push_back(t.clone());
        moved[k].data<double>()[i] += side ? 1e-6 : -1e-6;
        ends[side] = (f(moved) * w).sum().item<double>();
      }
      EXPECT_NEAR(slope[size_t(i)], (ends[1] - ends[0]) / 2e-6, 1e-5)
          << "input " << k << ", element " << i;
    }
  }
}
// The same of f and of its gradient.
void check_twice(const Function& f, const TensorList& given) {
  check_gradients(f, given);
  TensorList x;
  for (const Tensor& t : given) x.push_back(t.clone().requires_grad_());
  Tensor y = f(x), w = scattered(y.sizes(), 0.5, 1.5);
  TensorList g = grad({(y * w).sum()}, x, {}, {.retain_graph = true, .create_graph = true});
  for (size_t k = 0; k < g.size(); k++) {
    if (!g[k].requires_grad()) continue;
    Function one = [&, k](const TensorList& v) {
      TensorList on;
      for (const Tensor& t : v) on.push_back(t.requires_grad() ? t : t.clone().requires_grad_());
      return grad({(f(on) * w).sum()}, on, {}, {.retain_graph = true, .create_graph = true})[k];
    };
    check_gradients(
        [&](const TensorList& v) {
          Tensor s = one(v);
          for (const Tensor& t : v) s = s + (t * 0).sum();  // every input takes part
          return s;
        },
        given);
  }
}
// An error of that first line; more lines may say how to mend it.
template <class E> void expect_error(const std::function<void()>& f, const std::string& message) {
  try {
    f();
    FAIL() << "no error: " << message;
  } catch (const E& e) {
    std::string text = e.what();
    EXPECT_EQ(text.substr(0, text.find('\n')), message);
  }
}

using V = std::vector<double>;

// ---- reductions ----

TEST(Extreme, ValuesAndPlaces) {
  Tensor x = numbers({3, 1, 3, 2, 5, 0}, {2, 3});
  EXPECT_EQ(x.max().item<double>(), 5);
  EXPECT_EQ(values(x.max(1, false).values), (V{3, 5}));
  EXPECT_EQ(values(x.max(1, false).indices), (V{0, 1}));
  EXPECT_EQ(values(x.min(0, true).values), (V{2, 1, 0}));
  EXPECT_EQ(values(x.argmin({.dim = 0})), (V{1, 0, 1}));
  EXPECT_EQ(x.argmax().item<int64_t>(), 4);
  EXPECT_EQ(values(x.amax({{0, 1}, true})), (V{5}));
  Tensor whole = x.to(DType::int32);
  EXPECT_EQ(values(whole.max(0, false).indices), (V{0, 1, 0}));
}
TEST(Extreme, NanWins) {
  Tensor x = numbers({1, NAN, 2}, {3});
  EXPECT_TRUE(std::isnan(x.max().item<double>()));
  EXPECT_EQ(x.argmin().item<int64_t>(), 1);
}
TEST(Extreme, EqualOnesShareTheGradient) {
  Tensor x = numbers({2, 1, 2, 0}, {4}).requires_grad_();
  x.max().backward();
  EXPECT_EQ(values(x.grad()), (V{0.5, 0, 0.5, 0}));
  x.set_grad(Tensor());
  x.max(0, false).values.backward();
  EXPECT_EQ(values(x.grad()), (V{1, 0, 0, 0}));
}
TEST(Extreme, Errors) {
  expect_error<IndexError>([] { zeros({0}).argmax(); },
                           "argmax(): Expected reduction dim to be specified for input.numel() == "
                           "0.");
  expect_error<IndexError>(
      [] {
        zeros({0, 3}).max(0, false);
      },
      "max(): Expected reduction dim 0 to have non-zero size.");
}

TEST(Statistics, Spread) {
  Tensor x = numbers({1, 2, 4, 3, 3, 9}, {2, 3});
  EXPECT_NEAR(x.var({.dim = Dims(1)}).select(0, 0).item<double>(), 7.0 / 3, 1e-12);
  EXPECT_NEAR(x.std({.dim = Dims(1), .correction = 0.0}).select(0, 1).item<double>(),
              std::sqrt(8.0), 1e-12);
  auto [v, m] = var_mean(x, ops::Correction{.dim = Dims(0)});
  EXPECT_EQ(values(m), (V{2, 2.5, 6.5}));
  EXPECT_EQ(values(v), (V{2, 0.5, 12.5}));
  expect_error<Error>(
      [] {
        longs({1, 2}).std();
      },
      "std and var only support floating point and complex dtypes");
}
TEST(Statistics, TruthAndNorms) {
  Tensor x = numbers({0, 3, 4, 0, 0, 0}, {2, 3});
  EXPECT_EQ(values(x.any({.dim = Dims(1)})), (V{1, 0}));
  EXPECT_FALSE(x.all().item<bool>());
  EXPECT_EQ(x.any().dtype(), DType::boolean);
  EXPECT_EQ(x.to(DType::uint8).any().dtype(), DType::uint8);
  EXPECT_EQ(x.norm().item<double>(), 5);
  EXPECT_EQ(values(x.norm({.p = 1.0, .dim = Dims(1)})), (V{7, 0}));
  EXPECT_EQ(x.norm({.p = HUGE_VAL}).item<double>(), 4);
  EXPECT_EQ(x.count_nonzero().item<int64_t>(), 2);
  EXPECT_EQ(x.to(DType::boolean).sum().dtype(), DType::int64);
}
TEST(Statistics, Gradients) {
  Tensor x = scattered({3, 4});
  check_twice([](const TensorList& t) { return t[0].var({.dim = Dims(1)}); }, {x});
  check_twice([](const TensorList& t) { return t[0].std(); }, {x});
  check_twice([](const TensorList& t) { return t[0].prod({.dim = 0}); }, {x});
  check_twice([](const TensorList& t) { return t[0].prod(); }, {numbers({2, 0, 3}, {3})});
  check_twice([](const TensorList& t) { return t[0].norm({.p = 2.0, .dim = Dims(0)}); }, {x});
  check_twice([](const TensorList& t) { return t[0].norm({.p = 3.0}); }, {x});
  check_twice([](const TensorList& t) { return t[0].norm({.p = 1.5}); }, {x});
  check_twice([](const TensorList& t) { return t[0].norm({.p = HUGE_VAL}); }, {x});
  check_twice([](const TensorList& t) { return t[0].logsumexp({.dim = Dims(1)}); }, {x});
  check_twice([](const TensorList& t) { return t[0].amax({Dims(1), false}); }, {x});
  check_twice([](const TensorList& t) { return t[0].max(0, false).values; }, {x});
}
TEST(Scans, ValuesAndGradients) {
  Tensor x = numbers({1, 2, 3, 4}, {4});
  EXPECT_EQ(values(x.cumsum({.dim = 0})), (V{1, 3, 6, 10}));
  EXPECT_EQ(values(x.cumprod({.dim = 0})), (V{1, 2, 6, 24}));
  EXPECT_EQ(x.to(DType::boolean).cumsum({.dim = 0}).dtype(), DType::int64);
  Tensor y = scattered({3, 4});
  check_twice([](const TensorList& t) { return t[0].cumsum({.dim = 1}); }, {y});
  check_twice([](const TensorList& t) { return t[0].cumprod({.dim = 0}); }, {y});
  check_twice([](const TensorList& t) { return t[0].cumprod({.dim = 0}); },
              {numbers({2, 0, 3, 0, 1}, {5})});
  check_twice([](const TensorList& t) { return t[0].logcumsumexp({1}); }, {y});
  check_gradients([](const TensorList& t) { return t[0].cummax({1}).values; }, {y});
}

// ---- softmax and losses ----

TEST(Softmax, RowsSumToOne) {
  for (DType d : {DType::float32, DType::float64, DType::bfloat16, DType::float16})
    for (int64_t dim : {0, 1, 2}) {
      Tensor y = scattered({3, 4, 5}).to(d).softmax(dim);
      EXPECT_EQ(y.dtype(), d);
      for (double v : values(y.to(DType::float64).sum({.dim = Dims(dim)})))
        EXPECT_NEAR(v, 1, is_floating(d) && size_of(d) == 2 ? 2e-2 : 1e-6);
    }
  expect_error<NotImplementedError>(
      [] {
        longs({1, 2}).softmax(0);
      },
      "\"softmax_lastdim_kernel_impl\" not implemented for 'Long'");
}
TEST(Softmax, Gradients) {
  Tensor x = scattered({3, 4});
  for (int64_t dim : {0, 1}) {
    check_twice([=](const TensorList& t) { return t[0].softmax(dim); }, {x});
    check_twice([=](const TensorList& t) { return t[0].log_softmax(dim); }, {x});
  }
}
TEST(Loss, CrossEntropy) {
  Tensor x = scattered({4, 3}), target = longs({0, 2, -100, 1});
  Tensor logs = x.log_softmax(1);
  double by_hand = 0;
  for (auto [r, c] : {std::pair{0, 0}, {1, 2}, {3, 1}})
    by_hand -= logs.select(0, r).select(0, c).item<double>() / 3;
  EXPECT_NEAR(cross_entropy(x, target).item<double>(), by_hand, 1e-12);
  Tensor weight = numbers({1, 2, 3}, {3});
  for (const char* reduction : {"none", "mean", "sum"})
    for (double smoothing : {0.0, 0.1})
      check_twice(
          [&](const TensorList& t) {
            return cross_entropy(t[0], target, weight,
                                 {.reduction = reduction, .label_smoothing = smoothing});
          },
          {x});
  check_twice(
      [](const TensorList& t) {
        return cross_entropy(t[0], t[1].softmax(1), {.label_smoothing = 0.2});
      },
      {x, scattered({4, 3})});
}
TEST(Loss, ManyDimensions) {
  Tensor x = scattered({2, 3, 4}), target = longs({0, 1, 2, 0, 2, 2, 1, 0}).view({Dims{2, 4}});
  EXPECT_EQ(cross_entropy(x, target, {.reduction = "none"}).sizes(), (Dims{2, 4}));
  check_twice([&](const TensorList& t) { return cross_entropy(t[0], target); }, {x});
  Tensor one = scattered({3});
  EXPECT_EQ(cross_entropy(one, longs({1}).view({Dims()})).dim(), 0);
}
TEST(Loss, Errors) {
  Tensor x = zeros({2, 3});
  expect_error<IndexError>([&] { cross_entropy(x, longs({0, 3})); }, "Target 3 is out of bounds.");
  expect_error<ValueError>(
      [&] {
        cross_entropy(x, longs({0, 1, 2}));
      },
      "Expected input batch_size (2) to match target batch_size (3).");
  expect_error<Error>(
      [&] {
        cross_entropy(x, zeros({2, 4}));
      },
      "0D or 1D target tensor expected, multi-target not supported");
  expect_error<ValueError>([&] { mse_loss(x, x, {.reduction = "avg"}); },
                           "avg is not a valid value for reduction");
  expect_error<Error>([] { binary_cross_entropy(full({1}, 1.5), ones({1})); },
                      "all elements of input should be between 0 and 1");
}
TEST(Loss, Gradients) {
  Tensor x = scattered({3, 4}), y = scattered({4}, -1, 3);
  Tensor p = scattered({3, 4}, 0.1, 0.9), q = scattered({3, 4}, 0.2, 0.8) * 0.5 + 0.3;
  for (const char* how : {"none", "mean", "sum"}) {
    check_twice([=](const TensorList& t) { return mse_loss(t[0], t[1], {.reduction = how}); },
                {x, y});
    check_twice([=](const TensorList& t) { return l1_loss(t[0], t[1], {.reduction = how}); },
                {x, y});
    check_twice(
        [=](const TensorList& t) {
          return smooth_l1_loss(t[0], t[1], {.reduction = how, .beta = 0.7});
        },
        {x, y});
    check_twice(
        [=](const TensorList& t) {
          return huber_loss(t[0], t[1], {.reduction = how, .delta = 0.7});
        },
        {x, y});
    check_twice(
        [=](const TensorList& t) { return binary_cross_entropy(t[0], t[1], {.reduction = how}); },
        {p, q});
    check_twice(
        [=](const TensorList& t) {
          return binary_cross_entropy_with_logits(t[0], t[1], {.reduction = how});
        },
        {x, q});
    check_twice([=](const TensorList& t) { return kl_div(t[0], t[1], {.reduction = how}); },
                {x, p});
  }
}
TEST(Tables, Embedding) {
  Tensor w = scattered({4, 3}), at = longs({1, 3, 1});
  EXPECT_EQ(embedding(w, at).sizes(), (Dims{3, 3}));
  check_twice([&](const TensorList& t) { return embedding(t[0], at).cos(); }, {w});
  Tensor leaf = w.clone().requires_grad_();
  embedding(leaf, at, {.padding_idx = 3}).sum().backward();
  EXPECT_EQ(values(leaf.grad()), (V{0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0, 0}));
  expect_error<IndexError>([&] { embedding(w, longs({4})); }, "index out of range in self");
}
TEST(Dropping, KeepsTheMean) {
  Tensor x = ones({100, 100});
  Tensor y = dropout(x, {.p = 0.25, .train = true});
  EXPECT_NEAR(y.mean().item<double>(), 1, 0.05);
  EXPECT_TRUE(dropout(x, {.p = 0.25, .train = false}).is(x));
  expect_error<Error>([&] { dropout(x, {.p = 1.5}); },
                      "dropout probability has to be between 0 and 1, but got 1.5");
}

// ---- indexing ----

TEST(Indexing, Views) {
  Tensor x = arange(24, {.dtype = DType::float64}).view({Dims{2, 3, 4}});
  EXPECT_EQ(values(x.index({1, 2})), (V{20, 21, 22, 23}));
  EXPECT_EQ(x.index({Ellipsis, None, 0}).sizes(), (Dims{2, 3, 1}));
  EXPECT_EQ(x.index({Slice{None, None, 2}}).sizes(), (Dims{1, 3, 4}));
  EXPECT_EQ(x.index({Slice{1, None}, Slice{0, -1}}).sizes(), (Dims{1, 2, 4}));
  Tensor row = x.index({0, 0});
  row.fill_(7);
  EXPECT_EQ(x.index({0, 0, 1}).item<double>(), 7);
}
TEST(Indexing, Tensors) {
  Tensor x = arange(24, {.dtype = DType::float64}).view({Dims{2, 3, 4}});
  Tensor i = longs({0, 1}), j = longs({-1, 2});
  EXPECT_EQ(values(x.index({i, j, 0})), (V{8, 20}));
  EXPECT_EQ(x.index({Slice{}, i, j}).sizes(), (Dims{2, 2}));
  EXPECT_EQ(x.index({i, Slice{}, j}).sizes(), (Dims{2, 3}));
  EXPECT_EQ(x.index({i, None, j}).sizes(), (Dims{2, 1, 4}));
  EXPECT_EQ(x.index({0, Slice{}, j}).sizes(), (Dims{3, 2}));
  EXPECT_EQ(x.index({true}).sizes(), (Dims{1, 2, 3, 4}));
  EXPECT_EQ(x.index({false}).sizes(), (Dims{0, 2, 3, 4}));
  EXPECT_EQ(values(x.index({x > 21})), (V{22, 23}));
  Tensor mask = (x > 7).select(2, 0);  // (2, 3)
  EXPECT_EQ(x.index({mask, Slice{1, 2}}).sizes(), (Dims{4, 1}));
}
TEST(Indexing, Assignment) {
  Tensor x = zeros({3}, {.dtype = DType::float64});
  x.index_put_({longs({0, 0, 2})}, numbers({1, 2, 3}, {3}));
  EXPECT_EQ(values(x), (V{2, 0, 3}));
  x.index_put_({x > 1}, Scalar(-1));
  EXPECT_EQ(values(x), (V{-1, 0, -1}));
  x.index_put_({Slice{0, 2}}, numbers({5, 6}, {1, 2}));
  EXPECT_EQ(values(x), (V{5, 6, -1}));
  x.index_put_({false}, Scalar(9));
  EXPECT_EQ(values(x), (V{5, 6, -1}));
  Tensor at[] = {longs({1, 1})};
  index_put_(x, at, ones({}, {.dtype = DType::float64}), true);
  EXPECT_EQ(values(x), (V{5, 8, -1}));
}
TEST(Indexing, Errors) {
  Tensor x = zeros({3});
  expect_error<IndexError>([&] { x.index({3}); },
                           "index 3 is out of bounds for dimension 0 with size 3");
  expect_error<IndexError>([&] { x.index({0, 0}); }, "too many indices for tensor of dimension 1");
  expect_error<IndexError>([&] { x.index({longs({-4})}); },
                           "index -4 is out of bounds for dimension 0 with size 3");
  expect_error<IndexError>([&] { x.index({ones({2}).to(DType::boolean)}); },
                           "The shape of the mask [2] at index 0 does not match the shape of the "
                           "indexed tensor [3] at index 0");
  expect_error<Error>(
      [&] {
        x.index_put_({longs({0, 1})}, zeros({3}));
      },
      "shape mismatch: value tensor of shape [3] cannot be broadcast to indexing "
      "result of shape [2]");
  expect_error<Error>(
      [&] { x.index_put_({longs({0})}, numbers({1}, {1})); },
      "Index put requires the source and destination dtypes match, got Float for the destination "
      "and Double for the source.");
  EXPECT_EQ(values(x), (V{0, 0, 0}));
}
TEST(Indexing, Gradients) {
  Tensor x = scattered({3, 4}), at = longs({2, 0, 2}), v = scattered({2, 4});
  check_twice([&](const TensorList& t) { return t[0].index({at}).cos(); }, {x});
  check_twice([&](const TensorList& t) { return t[0].index({Slice{}, at}).cos(); }, {x});
  check_twice(
      [&](const TensorList& t) {
        Tensor y = t[0] * 1;
        y.index_put_({longs({2, 0})}, t[1]);
        return y * y;
      },
      {x, v});
  check_twice(
      [&](const TensorList& t) {
        Tensor y = t[0] * 1;
        y.index_put_({Slice{1, 3}}, t[1]);
        return y * y;
      },
      {x, v});
  Tensor leaf = x.clone().requires_grad_();
  expect_error<Error>(
      [&] { leaf.index_put_({0}, Scalar(1)); },
      "a view of a leaf Variable that requires grad is being used in an in-place operation.");
}
TEST(Picking, Values) {
  Tensor x = arange(6, {.dtype = DType::float64}).view({Dims{2, 3}});
  EXPECT_EQ(values(x.masked_select(x > 3)), (V{4, 5}));
  EXPECT_EQ(values(x.take(longs({5, -6}))), (V{5, 0}));
  EXPECT_EQ(values(x.index_fill(longs({1}), {1, 9})), (V{0, 9, 2, 3, 9, 5}));
  EXPECT_EQ(values(zeros_like(x).scatter(longs({2, 0}).view({Dims{2, 1}}), {1, 1.0, {}})),
            (V{0, 0, 1, 1, 0, 0}));
  expect_error<IndexError>([&] { x.take(longs({6})); },
                           "out of range: tried to access index 6 on a tensor of 6 elements.");
}
TEST(Picking, Gradients) {
  Tensor x = scattered({3, 4}), s = scattered({2, 4}, 3, 4);
  Tensor at = longs({0, 2, 1, 1, 2, 0, 1, 2}).view({Dims{2, 4}});
  check_twice([&](const TensorList& t) { return t[0].masked_select(t[0] > 0).cos(); }, {x});
  check_twice([&](const TensorList& t) { return t[0].take(longs({1, 5, 1})).cos(); }, {x});
  Tensor once = longs({0, 2, 1, 1, 2, 0, 0, 2}).view({Dims{2, 4}});  // no place twice
  check_twice([&](const TensorList& t) { return t[0].scatter(once, t[1], {0, {}}).cos(); }, {x, s});
  for (const char* how : {"sum", "prod", "mean", "amax", "amin"})
    check_gradients(
        [&](const TensorList& t) {
          return t[0].scatter_reduce(at, t[1], {0, how, true});
        },
        {x, s});
}
TEST(Arranging, ValuesAndGradients) {
  Tensor x = arange(6, {.dtype = DType::float64}).view({Dims{2, 3}});
  EXPECT_EQ(values(x.flip({Dims(1)})), (V{2, 1, 0, 5, 4, 3}));
  EXPECT_EQ(values(x.roll({Dims(1), Dims(1)})), (V{2, 0, 1, 5, 3, 4}));
  EXPECT_EQ(values(x.roll({Dims(1), Dims()})), (V{5, 0, 1, 2, 3, 4}));
  EXPECT_EQ(values(x.tril()), (V{0, 0, 0, 3, 4, 0}));
  EXPECT_EQ(values(x.triu({1})), (V{0, 1, 2, 0, 0, 5}));
  EXPECT_EQ(x.repeat({2, 1, 2}).sizes(), (Dims{2, 2, 6}));
  EXPECT_EQ(values(x.repeat_interleave({.repeats = 2, .dim = 1})),
            (V{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5}));
  EXPECT_EQ(values(repeat_interleave(longs({0, 2, 0, 1}))), (V{1, 1, 3}));
  Tensor y = scattered({2, 3});
  check_twice([](const TensorList& t) { return t[0].repeat({2, 1, 2}).cos(); }, {y});
  check_twice([](const TensorList& t) { return t[0].flip({Dims{0, 1}}).cos(); }, {y});
  check_twice([](const TensorList& t) { return t[0].roll({Dims{1, 1}, Dims{0, 1}}).cos(); }, {y});
  check_twice([](const TensorList& t) { return t[0].select(0, 0).diag().cos(); }, {y});
}

// ---- orders ----

TEST(Sorting, Values) {
  Tensor x = numbers({3, NAN, -1, 2, 2, 0}, {2, 3});
  EXPECT_EQ(values(x.sort().indices), (V{2, 0, 1, 2, 0, 1}));
  EXPECT_EQ(values(x.sort({.dim = 0, .descending = true}).values.select(0, 1)).back(), -1);
  EXPECT_EQ(values(x.select(0, 1).topk({.k = 2}).values), (V{2, 2}));
  EXPECT_EQ(values(longs({5, 1, 5, 3}).unique().output), (V{1, 3, 5}));
  auto u = longs({5, 1, 5, 3}).unique({.return_inverse = true, .return_counts = true});
  EXPECT_EQ(values(u.inverse_indices), (V{2, 0, 2, 1}));
  EXPECT_EQ(values(u.counts), (V{1, 1, 2}));
  EXPECT_EQ(numbers({4, 1, 3, 2}, {4}).median().item<double>(), 2);
  EXPECT_EQ(values(searchsorted(longs({1, 3, 5}), longs({0, 3, 6}), Tensor())), (V{0, 1, 3}));
  Tensor big = scattered({5000});
  V sorted = values(big);
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(values(big.sort().values), sorted);
  check_gradients([](const TensorList& t) { return t[0].sort().values; }, {scattered({3, 4})});
  check_gradients(
      [](const TensorList& t) {
        return t[0].topk({2, 0}).values;
      },
      {scattered({3, 4})});
}

TEST(Reductions, SameBitsForAnyNumberOfThreads) {
  Tensor x = scattered({64, 3000}).to(DType::float32);
  auto all = [&] {
    TensorList out{x.sum(),           x.softmax(1),         x.var({.dim = Dims(0)}),
                   x.norm(),          x.cumsum({.dim = 1}), x.amax(),
                   mse_loss(x, x * 2)};
    return out;
  };
  int before = num_threads();
  set_num_threads(1);
  TensorList one = all();
  set_num_threads(4);
  TensorList four = all();
  set_num_threads(before);
  for (size_t i = 0; i < one.size(); i++) EXPECT_EQ(values(one[i]), values(four[i])) << i;
}

}  // namespace
}  // namespace taeda
