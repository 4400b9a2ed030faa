// Gradients written by the user: autograd::Function, hooks, gradcheck.
#include <gtest/gtest.h>
#include <taeda/taeda.h>

#include <numeric>

using namespace taeda;

namespace {

Tensor numbers(std::initializer_list<double> v) {
  return tensor(std::vector<double>(v), {.dtype = float64, .requires_grad = true});
}

struct Cube : autograd::Function<Cube> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x * x;
  }
  static Tensor backward(AutogradContext* ctx, const TensorList& grads) {
    return grads[0] * 3 * ctx->saved_tensors()[0].pow(2);
  }
};

TEST(Function, FirstAndSecondDerivatives) {
  Tensor x = numbers({2, -1});
  Tensor y = Cube::apply(x);
  EXPECT_EQ(y.grad_fn()->name(), "CubeBackward");
  y.sum().backward();
  EXPECT_TRUE(x.grad().equal(tensor({12.0, 3.0}, {.dtype = float64})));
  EXPECT_TRUE(gradcheck([](const Tensor& t) { return Cube::apply(t); }, {x}));
  EXPECT_TRUE(gradgradcheck([](const Tensor& t) { return Cube::apply(t); }, {x}));
  EXPECT_FALSE(Cube::apply(tensor({1.0})).requires_grad());
  NoGradGuard off;
  EXPECT_FALSE(Cube::apply(x).requires_grad());
}

// Arguments that are no tensors, several outputs, one of them without a gradient.
struct Scaled : autograd::Function<Scaled> {
  static TensorList forward(AutogradContext* ctx, const Tensor& x, double factor, const Tensor& b) {
    ctx->saved_data["factor"] = factor;
    Tensor sign = x.sign();
    ctx->mark_non_differentiable({sign});
    return {x * factor + b, sign};
  }
  static TensorList backward(AutogradContext* ctx, const TensorList& grads) {
    double factor = std::any_cast<double>(ctx->saved_data["factor"]);
    EXPECT_TRUE(ctx->needs_input_grad(0));
    EXPECT_FALSE(ctx->needs_input_grad(1));
    EXPECT_TRUE(grads[1].defined());  // zeros in place of none
    return {grads[0] * factor, Tensor(), grads[0]};
  }
};
TEST(Function, ArgumentsAndOutputs) {
  Tensor x = numbers({1, 2}), b = numbers({5});
  TensorList out = Scaled::apply(x, 3.0, b);
  EXPECT_FALSE(out[1].requires_grad());
  out[0].sum().backward();
  EXPECT_EQ(x.grad().sum().item<double>(), 6);
  EXPECT_EQ(b.grad().sizes(), (Dims{1}));  // the broadcast is undone
  EXPECT_EQ(b.grad().item<double>(), 2);
}

struct Total : autograd::Function<Total> {
  static Tensor forward(AutogradContext* ctx, const TensorList& parts, bool) {
    ctx->saved_data["count"] = parts.size();
    return stack(parts).sum(0);
  }
  static TensorList backward(AutogradContext* ctx, const TensorList& grads) {
    return TensorList(std::any_cast<size_t>(ctx->saved_data["count"]), grads[0]);
  }
};
TEST(Function, Lists) {
  Tensor x = numbers({1}), y = numbers({2});
  Total::apply(TensorList{x, y, x}, true).backward();
  EXPECT_EQ(x.grad().item<double>(), 2);
  EXPECT_EQ(y.grad().item<double>(), 1);
}

struct Double : autograd::Function<Double> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    ctx->mark_dirty({x});
    return x.mul_(2);
  }
  static Tensor backward(AutogradContext*, const TensorList& grads) { return grads[0] * 2; }
};
struct Forgetful : autograd::Function<Forgetful> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    ctx->mark_dirty({x});
    return x * 2;
  }
  static Tensor backward(AutogradContext*, const TensorList& grads) { return grads[0]; }
};
TEST(Function, ChangesInPlace) {
  Tensor w = numbers({1, 2}), x = w * 1;
  Tensor y = Double::apply(x);
  EXPECT_TRUE(y.is(x));
  y.sum().backward();
  EXPECT_EQ(w.grad().sum().item<double>(), 4);
  EXPECT_THROW(Double::apply(w), Error);  // a leaf
  EXPECT_THROW(Forgetful::apply(w * 1), Error);
}

struct Identity : autograd::Function<Identity> {
  static Tensor forward(AutogradContext*, const Tensor& x) { return x; }
  static Tensor backward(AutogradContext*, const TensorList& grads) { return grads[0] * 7; }
};
struct OutputSaver : autograd::Function<OutputSaver> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    Tensor y = x.exp();
    ctx->save_for_backward({y});
    return y;
  }
  static Tensor backward(AutogradContext* ctx, const TensorList& grads) {
    return grads[0] * ctx->saved_tensors()[0];
  }
};
TEST(Function, OutputsAndInputsMayBeTheSame) {
  Tensor x = numbers({1});
  Tensor y = Identity::apply(x);
  EXPECT_FALSE(y.is(x));
  EXPECT_TRUE(x.is_leaf());
  y.backward();
  EXPECT_EQ(x.grad().item<double>(), 7);
  EXPECT_TRUE(gradgradcheck([](const Tensor& t) { return OutputSaver::apply(t); }, {x}));
}

struct Wrong : autograd::Function<Wrong> {
  static inline int kind = 0;
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * 2;
  }
  static TensorList backward(AutogradContext*, const TensorList& grads) {
    if (kind == 0) return {grads[0] * 3};
    if (kind == 1) return {grads[0], grads[0]};
    if (kind == 2) return {ones({5, 5})};
    throw std::runtime_error("from the user's backward");
  }
};
std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const std::exception& e) { return e.what(); }
  return "";
}
TEST(Function, Mistakes) {
  Tensor x = numbers({1, 2});
  auto run = [&](int kind) {
    Wrong::kind = kind;
    return message([&] { Wrong::apply(x).sum().backward(); });
  };
  EXPECT_EQ(run(1),
            "function WrongBackward returned an incorrect number of gradients (expected 1, got 2)");
  EXPECT_EQ(run(2),
            "Function WrongBackward returned an invalid gradient at index 0 - got [5, 5] but "
            "expected shape compatible with [2]");
  EXPECT_EQ(run(3), "from the user's backward");
  Wrong::kind = 0;
  auto wrong = [](const Tensor& t) { return Wrong::apply(t); };
  EXPECT_THROW(gradcheck(wrong, {x}), GradcheckError);
  EXPECT_FALSE(gradcheck(wrong, {x}, {.raise_exception = false}));
  EXPECT_EQ(message([&] { gradcheck(wrong, {x}); }).substr(0, 61),
            "Jacobian mismatch for output 0 with respect to input 0,\nnumer");
  // Saved inputs that change are noticed, freed graphs too.
  Tensor z = x * 1, y = Cube::apply(z);
  z.mul_(2);
  EXPECT_NE(message([&] { y.sum().backward(); }).find("modified by an inplace operation"),
            std::string::npos);
  Tensor v = Cube::apply(x).sum();
  v.backward();
  EXPECT_NE(message([&] { v.backward(); }).find("backward through the graph a second time"),
            std::string::npos);
}

TEST(Gradcheck, OfOps) {
  Tensor x = numbers({0.3, -0.7, 1.2}), w = numbers({2, 3, 4});
  EXPECT_TRUE(gradcheck([](const Tensor& a, const Tensor& b) { return (a * b).sin(); }, {x, w}));
  EXPECT_TRUE(gradcheck(
      [](const TensorList& in) {
        return TensorList{in[0].exp(), in[1] * 2};
      },
      {x, w}));
  EXPECT_TRUE(gradgradcheck([](const Tensor& a, const Tensor& b) { return a.pow(3) * b; }, {x, w}));
  Tensor z = tensor({std::complex<double>(1, 2), std::complex<double>(-1, 0.5)},
                    {.dtype = complex128, .requires_grad = true});
  EXPECT_TRUE(gradcheck([](const Tensor& t) { return t * t; }, {z}));
  EXPECT_TRUE(gradcheck([](const Tensor& t) { return t.detach() + 1; }, {numbers({1})},
                        {.raise_exception = false}) == false);
  EXPECT_THROW(gradcheck([](const Tensor& t) { return t; }, {tensor({1.0})}), ValueError);
  EXPECT_THROW(gradcheck([](const Tensor& t) { return t; }, {x, w}), TypeError);
  EXPECT_THROW(gradcheck([](const Tensor& t) { return t * 2; }, {numbers({1}).expand({3})}), Error);
}

TEST(Hooks, OnTensorsAndLeaves) {
  Tensor x = numbers({1, 2});
  int seen = 0;
  HookHandle doubling = x.register_hook([](const Tensor& g) { return g * 2; });
  HookHandle watching = x.register_hook([&](const Tensor& g) {
    seen++;
    EXPECT_EQ(g.sum().item<double>(), 4);
  });
  Tensor after;
  HookHandle done =
      x.register_post_accumulate_grad_hook([&](const Tensor& t) { after = t.grad().clone(); });
  x.sum().backward();
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(x.grad().sum().item<double>(), 4);
  EXPECT_EQ(after.sum().item<double>(), 4);
  doubling.remove(), watching.remove(), done.remove();
  x.set_grad({});
  x.sum().backward();
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(x.grad().sum().item<double>(), 2);
  EXPECT_THROW(tensor({1.0}).register_hook([](const Tensor&) {}), Error);
  EXPECT_THROW((x * 2).register_post_accumulate_grad_hook([](const Tensor&) {}), Error);
}

TEST(Hooks, RetainedGradients) {
  Tensor x = numbers({1, 2}), y = x * 3;
  EXPECT_FALSE(y.retains_grad());
  y.retain_grad();
  EXPECT_TRUE(y.retains_grad());
  y.pow(2).sum().backward();
  EXPECT_TRUE(y.grad().equal(tensor({6.0, 12.0}, {.dtype = float64})));
  EXPECT_FALSE(x.grad_fn());
  EXPECT_EQ(y.grad_fn()->name(), "MulBackward0");
}

TEST(Backward, Forms) {
  Tensor x = numbers({2}), y = x * x;
  y.backward({.retain_graph = true});
  y.backward(ones({1}, {.dtype = float64}), true);
  EXPECT_EQ(x.grad().item<double>(), 8);
  TensorList g = autograd::grad({y}, {x}, {}, {.create_graph = true});
  EXPECT_EQ(autograd::grad({g[0].sum()}, {x})[0].item<double>(), 2);
}

}  // namespace
