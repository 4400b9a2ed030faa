// The C++ interface as programs use it: numbers in braces, attributes by position, operators,
// indexing and assignment, element access.
#include <gtest/gtest.h>
#include <taeda/taeda.h>

#include <sstream>

using namespace taeda;

namespace {

std::string print(const Tensor& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

TEST(Api, NumbersInBraces) {
  EXPECT_EQ(print(tensor(1.5)), "tensor(1.5000)");
  EXPECT_EQ(print(tensor({1, 2, 3})), "tensor([1, 2, 3])");
  EXPECT_EQ(print(tensor({{0.5}, {1.5}})), "tensor([[0.5000],\n        [1.5000]])");
  EXPECT_EQ(print(tensor({{0.5, 1.5}})), "tensor([[0.5000, 1.5000]])");
  EXPECT_EQ(tensor({{1}}).sizes(), (Dims{1, 1}));
  EXPECT_EQ(tensor({1}).sizes(), (Dims{1}));
  EXPECT_EQ(tensor({}).sizes(), (Dims{0}));
  EXPECT_EQ(tensor({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}).sizes(), (Dims{2, 2, 2}));
  EXPECT_EQ(tensor({true, false}).dtype(), boolean);
  EXPECT_EQ(tensor({1, 2.5}).dtype(), float32);
  EXPECT_EQ(tensor({std::complex<double>(1, 2)}).dtype(), complex64);
  EXPECT_EQ(tensor({1, 2}, {.dtype = float64}).dtype(), float64);
  std::vector<float> row{1, 2, 3};
  std::vector<std::vector<int64_t>> table{{1, 2}, {3, 4}, {5, 6}};
  EXPECT_EQ(print(tensor(row)), "tensor([1., 2., 3.])");
  EXPECT_EQ(tensor(table).sizes(), (Dims{3, 2}));
  try {
    tensor({{1, 2}, {3}});
    FAIL();
  } catch (const ValueError& e) {
    EXPECT_STREQ(e.what(), "expected sequence of length 2 at dim 1 (got 1)");
  }
  EXPECT_THROW(tensor({Numbers(1), Numbers({2})}), ValueError);
}

TEST(Api, OutsideMemory) {
  std::vector<float> values{1, 2, 3, 4};
  Tensor x = from_blob(values.data(), {2, 2});
  x.mul_(2);
  EXPECT_EQ(values[3], 8);
  EXPECT_EQ(x.data_ptr<float>(), values.data());
  EXPECT_THROW(from_blob(values.data(), {-1}), Error);
}

TEST(Api, AttributesByPosition) {
  Tensor x = arange(24, {.dtype = float32}).view(2, 3, 4);
  EXPECT_EQ(x.sum(1).sizes(), (Dims{2, 4}));
  EXPECT_EQ(x.sum({0, 1}).sizes(), (Dims{4}));  // two axes, not an axis and keepdim
  EXPECT_EQ(x.sum({0, 1}, true).sizes(), (Dims{1, 1, 4}));
  EXPECT_EQ(x.sum({.dim = {0, 2}, .keepdim = true}).sizes(), (Dims{1, 3, 1}));
  EXPECT_EQ(x.mean({.dim = 1}).sizes(), (Dims{2, 4}));
  EXPECT_EQ(x.permute(2, 0, 1).sizes(), (Dims{4, 2, 3}));
  EXPECT_EQ(x.reshape(-1, 4).sizes(), (Dims{6, 4}));
  EXPECT_EQ(x.expand({5, 2, 3, 4}).sizes(), (Dims{5, 2, 3, 4}));
  EXPECT_EQ(x[0].repeat(2, 1).sizes(), (Dims{6, 4}));
  EXPECT_EQ(flip(x, {0, 1}).sizes(), x.sizes());
  EXPECT_EQ(max_pool2d(x, 2).sizes(), (Dims{2, 1, 2}));
  EXPECT_EQ(max_pool2d(x, {1, 2}, 1).sizes(), (Dims{2, 3, 3}));
  EXPECT_EQ(cat({x, x}, 1).sizes(), (Dims{2, 6, 4}));
  EXPECT_EQ(stack(x.unbind(0), 1).sizes(), (Dims{3, 2, 4}));
  EXPECT_EQ(cat(x.split(1, 2), -1).sizes(), x.sizes());
  EXPECT_EQ(leaky_relu(tensor({-4.0}), 1).item<float>(), -4);  // a whole number for a real one
  size_t from = 1;
  EXPECT_EQ(x.narrow(2, from, 2).sizes(), (Dims{2, 3, 2}));
  EXPECT_EQ(x.new_zeros({2, 5}).sizes(), (Dims{2, 5}));
  EXPECT_EQ(x.new_ones({3}).sum().item<float>(), 3);
}

TEST(Api, Operators) {
  Tensor a = tensor({6, 5, 12});
  EXPECT_TRUE((a << 1).equal(tensor({12, 10, 24})));
  EXPECT_TRUE((a >> 1).equal(tensor({3, 2, 6})));
  EXPECT_TRUE((a & 4).equal(tensor({4, 4, 4})));
  EXPECT_TRUE((a | tensor({1})).equal(tensor({7, 5, 13})));
  EXPECT_TRUE((a ^ 1).equal(tensor({7, 4, 13})));
  EXPECT_TRUE((a % 5).equal(tensor({1, 0, 2})));
  EXPECT_TRUE((!(a > 5)).equal(tensor({false, true, false})));
  EXPECT_TRUE((~(a > 5)).equal(tensor({false, true, false})));
  EXPECT_TRUE((+a).is(a));
  a += 1, a -= tensor({1}), a *= 4, a %= 7, a <<= 2, a >>= 1, a |= 1, a &= 7, a ^= 2;
  EXPECT_TRUE(a.equal(tensor({5, 7, 7})));
  EXPECT_TRUE((1 - tensor({0.25})).equal(tensor({0.75})));
}

TEST(Api, IndexAsInPython) {
  Tensor x = arange(12).view(3, 4);
  EXPECT_TRUE(x.index({Slice(1), 0}).equal(tensor({4, 8})));
  EXPECT_TRUE(x.index({Slice(None, None, 2), -1}).equal(tensor({3, 11})));
  EXPECT_TRUE(x.index({Slice(None, 2), Slice(1, 3)}).equal(tensor({{1, 2}, {5, 6}})));
  EXPECT_EQ(x.index({None, "...", 0}).sizes(), (Dims{1, 3}));
  EXPECT_EQ(x.index({Ellipsis, None}).sizes(), (Dims{3, 4, 1}));
  EXPECT_TRUE(x[Slice(0, 1)].equal(tensor({{0, 1, 2, 3}})));
  EXPECT_TRUE(x[x > 9].equal(tensor({10, 11})));
  EXPECT_THROW(x.index({".."}), IndexError);
}

TEST(Api, AssignmentToAViewWrites) {
  Tensor x = zeros({2, 3});
  x[0] = 1;
  x[1][2] = 2.5;
  x.index({Slice(), 1}) = tensor({7.0, 8.0});
  EXPECT_TRUE(x.equal(tensor({{1.0, 7.0, 1.0}, {0.0, 8.0, 2.5}})));
  Tensor y = x;  // a handle: assigning to it changes nothing in x
  y = ones({2});
  EXPECT_EQ(x.sizes(), (Dims{2, 3}));
  // With the graph: x[0] = w passes w's gradient.
  Tensor w = tensor({3.0}, {.requires_grad = true});
  Tensor z = zeros({2, 2});
  z[0] = w * 2;
  z.sum().backward();
  EXPECT_EQ(w.grad().item<float>(), 4);
  // A copy is about to vanish, so that writing into it is surely a mistake.
  EXPECT_THROW(x[x > 1] = 0, Error);
  EXPECT_THROW(zeros({2}) = 1, Error);
  EXPECT_THROW(Tensor() = 1, Error);
  EXPECT_EQ(x[1][2].item<float>(), 2.5f);
}

TEST(Api, Elements) {
  Tensor x = tensor({1.0, 2.0}, {.dtype = float64});
  EXPECT_EQ(x.data_ptr<double>()[1], 2);
  try {
    x.data_ptr<float>();
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "expected scalar type Float but found Double");
  }
  EXPECT_EQ(x.element_size(), 8);
  EXPECT_EQ(x.nbytes(), 16);
  EXPECT_TRUE(x.is_floating_point());
  EXPECT_FALSE(x.is_complex());
  EXPECT_EQ(x.to(int64).dtype(), DType::int64);
  EXPECT_EQ(x.type_as(tensor(1)).dtype(), int64);
  EXPECT_TRUE(x.cpu().is(x));
  EXPECT_FALSE(equal(x, x + 1));
  EXPECT_FALSE(x.equal(x.unsqueeze(0)));
  EXPECT_THROW(x.equal(x.to(float32)), Error);
  EXPECT_TRUE(allclose(x, x + 1e-9));
  EXPECT_FALSE(x.allclose(x + 1e-3));
  EXPECT_TRUE(x.allclose(x + 1e-3, 0, 1e-2));
  Tensor nan = tensor({NAN});
  EXPECT_FALSE(nan.allclose(nan));
  EXPECT_TRUE(nan.allclose(nan, 1e-5, 1e-8, true));
}

TEST(Api, LayersByPosition) {
  EXPECT_EQ(nn::Conv2d(3, 8, {3, 5}, 2)->weight.sizes(), (Dims{8, 3, 3, 5}));
  EXPECT_EQ(nn::LayerNorm({4, 5})->weight.sizes(), (Dims{4, 5}));
  EXPECT_EQ(nn::AdaptiveAvgPool2d({1, 1})(zeros({2, 3, 4, 4})).sizes(), (Dims{2, 3, 1, 1}));
  EXPECT_EQ(nn::MaxPool2d({2, 1})(zeros({3, 4, 4})).sizes(), (Dims{3, 2, 4}));
  EXPECT_EQ(nn::Dropout(0)(ones({3})).sum().item<float>(), 3);
  nn::Sequential net({{"fc", nn::Linear(4, 2)}, {"act", nn::ReLU()}});
  EXPECT_EQ(net->named_parameters()[0].first, "fc.weight");
  int layers = 0;
  net->apply([&](nn::Module& m) { layers += m.as<nn::Linear>() != nullptr; });
  EXPECT_EQ(layers, 1);
}

TEST(Api, GradModes) {
  Tensor w = ones({1}, {.requires_grad = true});
  {
    NoGradGuard off;
    EXPECT_FALSE((w * 2).requires_grad());
    EnableGradGuard on;
    EXPECT_TRUE((w * 2).requires_grad());
    GradMode again(false);
    EXPECT_FALSE((w * 2).requires_grad());
  }
  EXPECT_TRUE((w * 2).requires_grad());
  Tensor made;
  {
    InferenceMode inference;
    made = w * 2;
    EXPECT_FALSE(made.requires_grad());
  }
  EXPECT_THROW(made * w, Error);  // it may not enter a graph
}

}  // namespace
