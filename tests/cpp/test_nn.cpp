// Modules and layers in C++: registration, walks, state, printing, handles, initial values.
#include <gtest/gtest.h>

#include <sstream>

#include "taeda/nn/init.h"
#include "taeda/nn/layers.h"
#include "taeda/nn/utils.h"
#include "taeda/taeda.h"

namespace {

using namespace taeda;

struct Net : nn::Module {
  TAEDA_CHILD(fc1, nn::Linear(4, 3));
  TAEDA_CHILD(fc2, nn::Linear(3, 2, false));
  TAEDA_PARAMETER(scale, ones({2}));
  TAEDA_BUFFER(steps, zeros({1}));
  Tensor forward(const Tensor& x) override { return fc2(relu(fc1(x))) * scale; }
};

// The other spelling: members are filled from register_module().
struct Registered : nn::Module {
  Registered(int64_t in, int64_t out)
      : linear1(register_module("linear1", nn::Linear(in, 3))),
        linear2(register_module("linear2", nn::Linear(3, out))) {}
  Tensor forward(const Tensor& x) override { return linear2(linear1(x).relu()); }
  nn::Linear linear1, linear2;
};

std::vector<std::string> names(const nn::NamedTensors& all) {
  std::vector<std::string> out;
  for (auto& [name, t] : all) out.push_back(name);
  return out;
}
using Names = std::vector<std::string>;
template <class T> std::string printed(T& m) {
  std::ostringstream out;
  out << m;
  return out.str();
}
bool same(const Tensor& x, const Tensor& y) {
  Tensor a = x.detach().contiguous(), b = y.detach().contiguous();
  if (a.sizes() != b.sizes()) return false;
  return std::equal(a.data<float>(), a.data<float>() + a.numel(), b.data<float>());
}
template <class E, class F> std::string message(F f) {
  try {
    f();
  } catch (const E& e) { return e.what(); }
  return "nothing was thrown";
}

TEST(Module, FieldsRegisterThemselvesInOrder) {
  Net net;
  EXPECT_EQ(names(net.named_parameters()),
            (Names{"scale", "fc1.weight", "fc1.bias", "fc2.weight"}));
  EXPECT_EQ(names(net.named_parameters(false)), (Names{"scale"}));
  EXPECT_EQ(names(net.named_buffers()), (Names{"steps"}));
  EXPECT_EQ(net.parameters().size(), 4u);
  EXPECT_EQ(net.modules().size(), 3u);
  EXPECT_EQ(net.children().size(), 2u);
  EXPECT_EQ(net.named_modules()[2].first, "fc2");
  EXPECT_TRUE(net.fc1->weight.requires_grad());
  EXPECT_TRUE(net.scale.requires_grad());
  EXPECT_FALSE(net.steps.requires_grad());
}

TEST(Module, RegisterByName) {
  Registered net(4, 2);
  EXPECT_EQ(names(net.named_parameters()),
            (Names{"linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"}));
  EXPECT_EQ(net(ones({5, 4})).sizes(), (Dims{5, 2}));
  EXPECT_EQ(message<ValueError>([&] { net.register_buffer("a.b", ones({1})); }),
            "buffer name can't contain \".\", got: a.b");
  EXPECT_EQ(message<ValueError>([&] { net.register_parameter("", ones({1})); }),
            "parameter name can't be empty string \"\"");
  EXPECT_EQ(message<ValueError>([&] { net.register_module("linear1", nn::ReLU()); }),
            "attribute 'linear1' already exists");
}

TEST(Module, Trains) {
  Net net;
  net(ones({1, 4})).sum().backward();
  EXPECT_TRUE(net.fc1->weight.grad().defined());
  net.zero_grad(false);
  EXPECT_EQ(net.scale.grad().sum().item<float>(), 0);
  net.zero_grad();
  EXPECT_FALSE(net.scale.grad().defined());
  net.requires_grad_(false);
  EXPECT_FALSE(net.fc2->weight.requires_grad());
  net.eval();
  EXPECT_FALSE(net.fc1->training);
  net.train();
  EXPECT_TRUE(net.fc1->training);
  std::vector<nn::Module*> visited;
  net.apply([&](nn::Module& m) { visited.push_back(&m); });
  EXPECT_EQ(visited, (std::vector<nn::Module*>{net.fc1.get(), net.fc2.get(), &net}));
  net.to(DType::float64);
  EXPECT_EQ(net.fc1->weight.dtype(), DType::float64);
  EXPECT_EQ(net.steps.dtype(), DType::float64);
  EXPECT_EQ(message<TypeError>([&] { net.to(DType::int64); }),
            "nn.Module.to only accepts floating point or complex dtypes, but got desired "
            "dtype=torch.int64");
}

TEST(Module, StateDict) {
  Net a, b;
  EXPECT_EQ(names(a.state_dict()),
            (Names{"scale", "steps", "fc1.weight", "fc1.bias", "fc2.weight"}));
  auto result = b.load_state_dict(a.state_dict());
  EXPECT_TRUE(result.missing_keys.empty() && result.unexpected_keys.empty());
  EXPECT_TRUE(same(a.fc1->weight, b.fc1->weight));

  auto state = a.state_dict();
  state[0].first = "other";
  state[2].second = zeros({1});
  Tensor before = b.fc2->weight.clone();
  EXPECT_EQ(
      message<Error>([&] { b.load_state_dict(state); }),
      "Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: \"scale\". "
      "\n\tUnexpected key(s) in state_dict: \"other\". \n\tsize mismatch for fc1.weight: copying "
      "a param with shape torch.Size([1]) from checkpoint, the shape in current model is "
      "torch.Size([3, 4]).");
  EXPECT_TRUE(same(before, b.fc2->weight));
  state = a.state_dict();
  state.pop_back();
  EXPECT_EQ(b.load_state_dict(state, {.strict = false}).missing_keys, (Names{"fc2.weight"}));
}

TEST(Module, Prints) {
  Net net;
  EXPECT_EQ(printed(static_cast<nn::Module&>(net)),
            "Net(\n  (fc1): Linear(in_features=4, out_features=3, bias=True)\n"
            "  (fc2): Linear(in_features=3, out_features=2, bias=False)\n)");
  nn::Sequential s(nn::Linear(1, 2), nn::ReLU(), nn::Sequential(nn::ReLU()));
  EXPECT_EQ(printed(s),
            "Sequential(\n  (0): Linear(in_features=1, out_features=2, bias=True)\n  (1): ReLU()\n"
            "  (2): Sequential(\n    (0): ReLU()\n  )\n)");
  nn::ModuleList list(nn::ReLU(), nn::ReLU(), nn::Linear(1, 1));
  EXPECT_EQ(printed(list),
            "ModuleList(\n  (0-1): 2 x ReLU()\n"
            "  (2): Linear(in_features=1, out_features=1, bias=True)\n)");
}

TEST(Module, Containers) {
  nn::Sequential s(nn::Linear(4, 3), nn::ReLU());
  s->push_back(nn::Linear(3, 1));
  EXPECT_EQ(s->size(), 3);
  EXPECT_EQ(s(ones({2, 4})).sizes(), (Dims{2, 1}));
  EXPECT_EQ((*s)[-1].type_name(), "Linear");
  EXPECT_EQ(message<IndexError>([&] { (*s)[3]; }), "index 3 is out of range");
  nn::ModuleDict d(nn::layer::ModuleDict::Named{{"a", nn::ReLU()}});
  EXPECT_TRUE(d->contains("a"));
  EXPECT_EQ((*d)["a"].type_name(), "ReLU");
  EXPECT_EQ(message<NotImplementedError>([&] { d(ones({1})); }),
            "Module [ModuleDict] is missing the required \"forward\" function");
}

TEST(Module, HandlesCheckWhatTheyHold) {
  Net net;
  net.set_child("fc1", nn::ReLU());
  EXPECT_EQ(message<TypeError>([&] { net.fc1->weight.dim(); }),
            "a module of class ReLU stands where the C++ code needs a Linear: calling it works, "
            "reading its fields does not");
  net.set_child("fc1", nn::Linear(4, 3));
  EXPECT_EQ(net(ones({1, 4})).sizes(), (Dims{1, 2}));
  net.erase("fc1");
  EXPECT_EQ(message<Error>([&] {
              net(ones({1, 4}));
            }),
            "the module is null where the C++ code needs a Linear");
  net.set_child("fc1", nn::Linear(4, 3));  // the field is found again by its name
  EXPECT_EQ(net(ones({1, 4})).sizes(), (Dims{1, 2}));
  nn::Linear none;
  EXPECT_FALSE(none);
}

TEST(Init, DrawsAreRepeatable) {
  manual_seed(7);
  nn::Linear a(3, 4);
  manual_seed(7);
  nn::Linear b({.in_features = 3, .out_features = 4});
  EXPECT_TRUE(same(a->weight, b->weight) && same(a->bias, b->bias));
  EXPECT_EQ(nn::init::fans(zeros({2, 3, 5, 5})).in, 75);
  EXPECT_DOUBLE_EQ(nn::init::calculate_gain("tanh"), 5.0 / 3);
  EXPECT_EQ(message<ValueError>([&] { nn::init::calculate_gain("foo"); }),
            "Unsupported nonlinearity foo");
  EXPECT_EQ(message<ValueError>([&] { nn::init::fans(zeros({2})); }),
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  Tensor t = zeros({200});
  nn::init::trunc_normal_(t, 0, 1, -0.5, 0.5);
  nn::init::trunc_normal_(t, 0, 1, 1.5, 2);  // far from the mean: by rejection
  for (int64_t i = 0; i < 200; i++) {
    EXPECT_GE(t.data<float>()[i], 1.5f);
    EXPECT_LE(t.data<float>()[i], 2.f);
  }
  nn::init::eye_(t = zeros({2, 3}));
  EXPECT_EQ(t.sum().item<float>(), 2);
}

TEST(Utils, ClipsGradients) {
  Tensor p = zeros({2}, {.requires_grad = true});
  (p * tensor({3.0, 4.0})).sum().backward();
  EXPECT_FLOAT_EQ(nn::utils::clip_grad_norm_({p}, 1).item<float>(), 5);
  EXPECT_NEAR(p.grad().data<float>()[1], 0.8, 1e-6);
  nn::utils::clip_grad_value_({p}, 0.1);
  EXPECT_FLOAT_EQ(p.grad().data<float>()[0], 0.1f);
  Tensor v = nn::utils::parameters_to_vector({p, p});
  EXPECT_EQ(v.sizes(), (Dims{4}));
  nn::utils::vector_to_parameters(tensor({7.0, 8.0}), {p});
  EXPECT_EQ(p.detach().data<float>()[1], 8);
}

// Layers that change sizes, and steps that a subclass overrides.
TEST(Nn, Resizing) {
  Tensor x = arange(16).to(DType::float32).reshape({1, 1, 4, 4});
  nn::Upsample up({.scale_factor = 2});
  EXPECT_EQ(printed(up), "Upsample(scale_factor=2.0, mode='nearest')");
  EXPECT_EQ(up(x).sizes(), (Dims{1, 1, 8, 8}));
  nn::Upsample smooth({.size = {2, 3}, .mode = "bilinear", .align_corners = true});
  EXPECT_TRUE(allclose(smooth(x), tensor({0, 1.5, 3, 12, 13.5, 15}).reshape({1, 1, 2, 3})));
  nn::PixelUnshuffle apart(2);
  nn::PixelShuffle together(2);
  EXPECT_TRUE(together(apart(x)).equal(x));
  nn::ReflectionPad2d pad({.padding = 1});
  EXPECT_EQ(printed(pad), "ReflectionPad2d((1, 1, 1, 1))");
  EXPECT_EQ(pad(x).sizes(), (Dims{1, 1, 6, 6}));
  nn::MaxPool2d pool({.kernel_size = 2, .return_indices = true});
  auto [y, at] = pool->forward_with_indices(x);
  nn::MaxUnpool2d back(2);
  Tensor sparse = back({.input = y, .indices = at});
  EXPECT_EQ(sparse.sizes(), x.sizes());
  EXPECT_EQ(sparse.sum().item<float>(), y.sum().item<float>());
  nn::InstanceNorm2d norm(1);
  EXPECT_NEAR(norm(x).mean().item<double>(), 0, 1e-6);
  Tensor theta = tensor({1.0, 0.0, 0.0, 0.0, 1.0, 0.0}).reshape({1, 2, 3});
  Tensor grid = affine_grid(theta, {.size = {1, 1, 4, 4}, .align_corners = true});
  EXPECT_TRUE(allclose(grid_sample(x, grid, {.align_corners = true}), x));
}

struct Halved : nn::layer::Conv2d {
  Tensor conv_forward(const Tensor& x, const Tensor& w, const Tensor& b) override {
    return nn::layer::Conv2d::conv_forward(x, w * 0.5, b);
  }
};
TEST(Nn, OverriddenSteps) {
  Halved half;
  half.options = {.in_channels = 1, .out_channels = 1, .kernel_size = 1, .bias = false};
  half.setup();
  half.weight.detach().fill_(4);
  EXPECT_EQ(half(ones({1, 1, 1, 1})).item<float>(), 2);
}

TEST(Nn, Lazy) {
  nn::Sequential net{nn::LazyConv2d({.out_channels = 4, .kernel_size = 3, .padding = 1}),
                     nn::LazyBatchNorm2d(), nn::Flatten(),
                     nn::LazyLinear({.out_features = 2, .bias = false})};
  EXPECT_TRUE(net->parameters().empty());
  nn::LazyConv2d conv({.out_channels = 4, .kernel_size = 3, .padding = 1});
  Ref<nn::Module> twin = conv->clone();
  EXPECT_EQ(net(ones({2, 3, 2, 2})).sizes(), (Dims{2, 2}));
  EXPECT_EQ(printed(net),
            "Sequential(\n"
            "  (0): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n"
            "  (1): BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, "
            "track_running_stats=True)\n"
            "  (2): Flatten(start_dim=1, end_dim=-1)\n"
            "  (3): Linear(in_features=16, out_features=2, bias=False)\n"
            ")");
  EXPECT_EQ(net->parameters().size(), 5u);
  EXPECT_EQ((*twin)(ones({2, 1, 2, 2})).sizes(), (Dims{2, 4, 2, 2}));
  EXPECT_EQ((*twin->clone())(ones({1, 1, 3, 2})).sizes(), (Dims{1, 4, 3, 2}));
}

TEST(Nn, AdaptiveLogSoftmax) {
  manual_seed(0);
  nn::AdaptiveLogSoftmaxWithLoss m(
      {.in_features = 8, .n_classes = 20, .cutoffs = {5, 10}, .div_value = 2.0});
  Tensor x = randn({3, 8}), target = tensor({int64_t(0), int64_t(7), int64_t(19)});
  nn::AdaptiveResult r = m({.input_ = x, .target_ = target});
  Tensor all = m->log_prob(x);
  EXPECT_TRUE(allclose(all.exp().sum({.dim = Dims(1)}), ones({3})));
  EXPECT_TRUE(allclose(r.output, all.gather(1, target.unsqueeze(1)).squeeze(1)));
  EXPECT_NEAR(r.loss.item<double>(), -r.output.mean().item<double>(), 1e-6);
}

}  // namespace
