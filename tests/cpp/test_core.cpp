// Tensors, views and the graph, from C++.
#include <gtest/gtest.h>

#include <thread>

#include "taeda/op/table.h"
#include "taeda/taeda.h"

using namespace taeda;

namespace {

std::vector<double> values(const Tensor& t) {
  Tensor flat = t.to(DType::float64).contiguous();
  return {flat.data<double>(), flat.data<double>() + flat.numel()};
}
using V = std::vector<double>;

TEST(Storage, AViewKeepsItsBaseAlive) {
  Tensor v;
  {
    Tensor x = tensor({1.0, 2.0, 3.0, 4.0});
    v = x.view({2, 2})[1];
  }
  EXPECT_EQ(values(v), (V{3, 4}));
  Tensor base = base_of(v);  // brought back by its view
  EXPECT_EQ(values(base), (V{1, 2, 3, 4}));
  v.mul_(2.0);
  EXPECT_EQ(values(base), (V{1, 2, 6, 8}));
}

TEST(Storage, ADetachedTensorKeepsNoGraph) {
  int64_t nodes = live_nodes();
  Tensor kept;
  {
    Tensor x = tensor({1.0, 2.0}, {.requires_grad = true});
    Tensor y = x * 2.0;
    Tensor view = y[0];
    kept = y.detach();
  }
  EXPECT_EQ(live_nodes(), nodes);
  EXPECT_EQ(values(kept), (V{2, 4}));
}

TEST(Storage, DataGivesMemoryBackWhenReplaced) {
  int64_t before = memory_stats().current;
  Tensor p = zeros({1 << 16}, {.requires_grad = true});
  Tensor alias_of_old = p.detach();
  p.set_data(ones({4}));
  EXPECT_EQ(values(p), (V{1, 1, 1, 1}));
  EXPECT_GE(memory_stats().current - before, 4 << 16);
  alias_of_old = {};
  EXPECT_LT(memory_stats().current - before, 4 << 16);
}

TEST(Storage, ViewsDieOnManyThreads) {
  for (int round = 0; round < 200; round++) {
    Tensor x = arange(64);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++)
      threads.emplace_back([v = x.view({8, 8})]() mutable {
        for (int i = 0; i < 50; i++) {
          Tensor row = v[i % 8], back = base_of(row);
          ASSERT_EQ(back.numel(), 64);
        }
        v = {};
      });
    x = {};
    for (auto& t : threads) t.join();
  }
}

TEST(Empty, RefusesSizesThatOverflow) {
  EXPECT_THROW(empty({int64_t(1) << 40, int64_t(1) << 40}), Error);
  EXPECT_THROW(empty({-1}), Error);
  EXPECT_EQ(empty({0, int64_t(1) << 60}).numel(), 0);
}

TEST(Pointwise, PromotesAndBroadcasts) {
  Tensor x = tensor({1, 2, 3}), y = tensor({0.5, 1.5}).view({2, 1});
  Tensor z = x * y;
  EXPECT_EQ(z.dtype(), DType::float32);
  EXPECT_EQ(z.sizes(), (Dims{2, 3}));
  EXPECT_EQ(values(z), (V{0.5, 1, 1.5, 1.5, 3, 4.5}));
  EXPECT_EQ((tensor({1, 2}) + 1).dtype(), DType::int64);
  EXPECT_EQ((tensor({1, 2}) / 2).dtype(), DType::float32);
  EXPECT_THROW(tensor({1, 2}) + tensor({1, 2, 3}), Error);
}

TEST(Pointwise, ResultsHaveTheInputsOrder) {
  Tensor x = zeros({2, 3, 4, 5}).clone({.memory_format = {"channels_last"}});
  EXPECT_EQ((x + 1.0).strides(), x.strides());
  EXPECT_EQ(x.exp().strides(), x.strides());
}

TEST(Pointwise, RefusesOverlap) {
  Tensor x = arange(6).to(DType::float32);
  EXPECT_THROW(x.slice(0, 1, 6, 1).add_(x.slice(0, 0, 5, 1)), Error);
  EXPECT_THROW(zeros({1}).expand({3}).add_(1.0), Error);
  EXPECT_EQ(values(x), (V{0, 1, 2, 3, 4, 5}));
}

TEST(Autograd, FirstAndSecondDerivatives) {
  Tensor x = tensor({1.0, 2.0, 3.0}, {.requires_grad = true});
  Tensor g = grad({x.pow(3).sum()}, {x}, {}, {.create_graph = true})[0];
  EXPECT_EQ(values(g), (V{3, 12, 27}));
  EXPECT_EQ(values(grad({g.sum()}, {x})[0]), (V{6, 12, 18}));
}

TEST(Autograd, InPlaceThroughViews) {
  Tensor x = tensor({1.0, 2.0, 3.0, 4.0}, {.requires_grad = true});
  Tensor y = x * 1.0;
  y.view({2, 2})[1].mul_(x.view({2, 2})[0]);
  y.sum().backward();
  EXPECT_EQ(values(x.grad()), (V{1 + 3, 1 + 4, 1, 2}));
}

TEST(Autograd, AnExpandedInputOfAsStrided) {
  Tensor x = tensor({2.0}, {.dtype = DType::float64, .requires_grad = true});
  Tensor wide = x.expand({4});
  Tensor y = wide.as_strided({.size = {3}, .stride = {0}, .storage_offset = 0});
  y.sum().backward();
  EXPECT_EQ(values(x.grad()), (V{3}));
}

TEST(Autograd, AMillionNodes) {
  Tensor x = tensor(1.0, {.requires_grad = true});
  Tensor y = x;
  for (int i = 0; i < 1000000; i++) y = y + 1.0;
  y.backward();
  EXPECT_EQ(x.grad().item<double>(), 1);
}

TEST(Autograd, TwoRunsIntoOneLeaf) {
  Tensor x = zeros({100}, {.requires_grad = true});
  auto work = [&] {
    for (int i = 0; i < 500; i++) (x * 2.0).sum().backward();
  };
  std::thread a(work), b(work);
  a.join(), b.join();
  EXPECT_EQ(values(x.grad())[7], 2000);
}

TEST(Autograd, ErrorsLeaveEverythingUsable) {
  Tensor x = tensor({1.0, 2.0}, {.requires_grad = true});
  EXPECT_THROW(x.add_(1.0), Error);
  EXPECT_EQ(values(x), (V{1, 2}));
  Tensor y = x.exp();
  y.add_(1.0);
  EXPECT_THROW(y.sum().backward(), Error);
  (x * x).sum().backward();
  EXPECT_EQ(values(x.grad()), (V{2, 4}));
}

TEST(Table, EveryOpIsComplete) {
  for (const Info* op : all_ops()) {
    EXPECT_STRNE(op->def.doc, "") << op->name;
    EXPECT_TRUE(op->one || op->many) << op->name;
    EXPECT_TRUE(op->has_gradient || op->composite || !op->def.differentiable) << op->name;
  }
}

struct Log : Tracer {
  std::vector<std::string> seen;
  void on_call(const Info& op, Args, Outs, const void*) override { seen.push_back(op.name); }
};
TEST(Tracer, SeesEveryOp) {
  Log log;
  Tensor x = tensor({1.0, 2.0});
  tls.tracer = &log;
  (x.exp() * 2.0).sum();
  tls.tracer = nullptr;
  EXPECT_EQ(log.seen, (std::vector<std::string>{"exp", "mul", "sum"}));
}

TEST(Meta, ComputesShapesOnly) {
  Tensor x = empty({2, 3}, {.device = Device{DeviceType::meta}});
  Tensor y = (x + 1.0).sum({.dim = Dims(1)});
  EXPECT_TRUE(y.is_meta());
  EXPECT_EQ(y.sizes(), Dims(2));
}

}  // namespace
