// Hooks of modules, the modules of a path, and warnings from C++.
#include <gtest/gtest.h>
#include <taeda/taeda.h>

#include <string>
#include <vector>

using namespace taeda;

namespace {

Tensor filled(const Dims& sizes, double value) { return full(sizes, value); }

// A Linear(2, 2) that multiplies by 2 and adds 1.
nn::Linear doubler() {
  NoGradGuard raw;
  nn::Linear linear(2, 2);
  linear->weight.copy_(2 * eye(2));
  linear->bias.fill_(1);
  return linear;
}

TEST(Hooks, SeeACallInOrder) {
  nn::Linear linear = doubler();
  std::vector<std::string> seen;
  auto first = linear->register_forward_hook(
      [&](nn::Module& m, const TensorList& inputs, const Tensor& output) {
        EXPECT_EQ(&m, linear.get());
        EXPECT_EQ(inputs.size(), 1u);
        EXPECT_EQ(output.sum().item<double>(), 6);
        seen.push_back("after");
      });
  linear->register_forward_pre_hook([&](nn::Module&, const TensorList& inputs) {
    EXPECT_EQ(inputs[0].sum().item<double>(), 2);
    seen.push_back("before");
  });
  linear->register_forward_pre_hook([&](nn::Module&, const Tensor&) { seen.push_back("first"); },
                                    /*prepend=*/true);
  linear(ones({1, 2}));
  EXPECT_EQ(seen, (std::vector<std::string>{"first", "before", "after"}));
  first.remove();
  first.remove();  // once more does nothing
  linear(ones({1, 2}));
  EXPECT_EQ(seen.size(), 5u);
}

TEST(Hooks, ReplaceInputsAndOutputs) {
  nn::Sequential net(doubler(), nn::ReLU());
  nn::Module& inner = *net->children()[0];
  inner.register_forward_pre_hook([](nn::Module&, const Tensor& x) { return x * 10; });
  inner.register_forward_hook(
      [](nn::Module&, const TensorList& inputs, const Tensor& y) { return y + inputs[0]; });
  EXPECT_TRUE(net(ones({1, 2})).equal(filled({1, 2}, 31)));  // 2 * 10 + 1 + 10
  inner.register_forward_hook([](nn::Module&, const TensorList&, const TensorList& outputs) {
    return TensorList{outputs[0], outputs[0]};
  });
  try {
    net(ones({1, 2}));
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "a module's hook returned 2 tensors in place of 1");
  }
}

TEST(Hooks, OfLayersWithSeveralInputsAndOutputs) {
  nn::MSELoss loss;
  int calls = 0;
  loss->register_forward_hook([&](nn::Module&, const TensorList& inputs, const Tensor& output) {
    calls += inputs.size() == 2 && output.dim() == 0;
  });
  loss(ones({2}), zeros({2}));
  EXPECT_EQ(calls, 1);

  nn::LSTM lstm(2, 3);
  lstm->register_forward_hook(
      [&](nn::Module&, const TensorList& inputs, const TensorList& outputs) {
        EXPECT_EQ(inputs.size(), 1u);
        EXPECT_EQ(outputs.size(), 3u);
        EXPECT_EQ(outputs[0].sizes(), (Dims{4, 1, 3}));
        calls++;
      });
  lstm(ones({4, 1, 2}));
  lstm({.input = ones({4, 1, 2})});
  EXPECT_EQ(calls, 3);

  nn::TransformerEncoderLayer layer({.d_model = 4, .nhead = 2, .dim_feedforward = 8});
  nn::TransformerEncoder encoder({.encoder_layer = layer, .num_layers = 2});
  encoder->layers->children()[0]->register_forward_hook(
      [&](nn::Module&, const TensorList&, const Tensor&) { calls++; });
  encoder(ones({3, 1, 4}));
  EXPECT_EQ(calls, 4);
}

TEST(Hooks, SeeAndChangeGradients) {
  nn::Linear linear = doubler();
  TensorList inputs, outputs;
  auto handle = linear->register_full_backward_hook(
      [&](nn::Module&, const TensorList& grad_in, const TensorList& grad_out) {
        inputs = grad_in, outputs = grad_out;
      });
  Tensor x = ones({1, 2}, requires_grad());
  (linear(x) * 3).sum().backward();
  EXPECT_TRUE(outputs.at(0).equal(filled({1, 2}, 3)));
  EXPECT_TRUE(inputs.at(0).equal(filled({1, 2}, 6)));
  EXPECT_TRUE(x.grad().equal(filled({1, 2}, 6)));
  handle.remove();

  x.set_grad({});
  linear->register_full_backward_pre_hook(
      [](nn::Module&, const TensorList& grads) { return grads[0] * 10; });
  linear->register_full_backward_hook(
      [](nn::Module&, const TensorList& in, const TensorList&) { return in[0] + 1; });
  linear(x).sum().backward();
  EXPECT_TRUE(x.grad().equal(filled({1, 2}, 21)));
  EXPECT_TRUE(linear->bias.grad().equal(filled({2}, 13)));  // 3 from above, 10 from the pre hook
}

std::string warned;
TEST(Hooks, OfGradientsWithoutInputsThatWantThem) {
  nn::Linear linear = doubler();
  int calls = 0;
  linear->register_full_backward_hook(
      [&](nn::Module&, const TensorList& in, const TensorList& out) {
        calls++;
        EXPECT_FALSE(in.at(0).defined());
        EXPECT_TRUE(out.at(0).defined());
      });
  auto before = warning_handler;
  warning_handler = [](const std::string& message) { warned = message; };
  linear(ones({1, 2})).sum().backward();
  warning_handler = before;
  EXPECT_EQ(calls, 1);
  EXPECT_NE(warned.find("no inputs require gradients"), std::string::npos);
}

TEST(Hooks, AreNotCalledForAModuleThatIsGone) {
  int calls = 0;
  Tensor y;
  {
    nn::Linear linear = doubler();
    linear->register_full_backward_hook(
        [&](nn::Module&, const TensorList&, const TensorList&) { calls++; });
    y = linear(ones({1, 2}, requires_grad()));
  }
  y.sum().backward();
  EXPECT_EQ(calls, 0);
}

TEST(Hooks, AreCopiedWithTheirModule) {
  nn::Sequential net(doubler());
  int calls = 0;
  auto handle = net->children()[0]->register_forward_hook(
      [&](nn::Module& m, const TensorList&, const Tensor&) { calls += m.is_training(); });
  Ref<nn::Module> copy = net->children()[0]->clone();
  handle.remove();
  (*copy)(ones({1, 2}));
  net(ones({1, 2}));
  EXPECT_EQ(calls, 1);
}

struct Net : nn::Module {
  TAEDA_CHILD(body, nn::Sequential(nn::Linear(2, 3), nn::BatchNorm1d(3)));
  Tensor forward(const Tensor& x) override { return body(x); }
};

template <class F> std::string message(F f) {
  try {
    f();
  } catch (const Error& e) { return e.what(); }
  return "nothing was thrown";
}

TEST(Module, ByPath) {
  Net net;
  EXPECT_EQ(net.get_submodule("body.0").type_name(), "Linear");
  EXPECT_EQ(&net.get_submodule(""), &net);
  EXPECT_EQ(net.get_parameter("body.0.weight").sizes(), (Dims{3, 2}));
  EXPECT_EQ(net.get_buffer("body.1.running_mean").sizes(), (Dims{3}));
  EXPECT_EQ(message([&] { net.get_submodule("body.7"); }), "Sequential has no attribute `7`");
  EXPECT_EQ(message([&] { net.get_submodule("body.0.weight"); }), "`weight` is not an nn.Module");
  EXPECT_EQ(message([&] { net.get_parameter("body.1.running_mean"); }),
            "`running_mean` is not an nn.Parameter");
  EXPECT_EQ(message([&] { net.get_buffer("body.0.weight"); }), "`weight` is not a buffer");
  net.to(Device{}, float64);
  EXPECT_EQ(net.get_parameter("body.0.bias").dtype(), float64);
  net.half();
  EXPECT_EQ(net.get_parameter("body.0.bias").dtype(), float16);
}

TEST(Warnings, AreGivenOncePerText) {
  ASSERT_EQ(warning_handler, nullptr);
  testing::internal::CaptureStderr();
  warn("the first of this test");
  warn("the second");
  warn("the first of this test");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "warning: the first of this test\nwarning: the second\n");
}

TEST(Api, BracesThatLeaveOutWhatIsRequired) {
  Tensor x = arange(6, {.dtype = float32});
  EXPECT_TRUE(x.as_strided({{3}, {0}, 0}).equal(zeros({3})));
  EXPECT_TRUE(x.as_strided(Dims{3}, Dims{0}, 0).equal(zeros({3})));
  EXPECT_TRUE(as_strided(x, {{2, 2}, {2, 1}, 1}).equal(tensor({{1.0, 2.0}, {3.0, 4.0}})));
}

}  // namespace
