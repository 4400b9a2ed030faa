// What a small call costs in C++: nanoseconds a call, the fastest and the median of 31 rounds. The
// same rows as overhead.py, where they make sense without Python.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <vector>

#include "taeda/taeda.h"
#include "taeda/threads/pool.h"

namespace {

using namespace taeda;

// Keeps a result alive as far as the compiler knows.
template <class T> void keep(const T& value) { asm volatile("" : : "g"(&value) : "memory"); }

template <class F> void row(const char* name, double target, F f, int turns = 20000) {
  std::array<double, 31> rounds;
  for (double& ns : rounds) {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < turns; i++) f();
    std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    ns = spent.count() / turns;
  }
  std::sort(rounds.begin(), rounds.end());
  std::printf("%-34s %9.1f %9.1f", name, rounds.front(), rounds[rounds.size() / 2]);
  if (target > 0) std::printf(" %9.0f%s", target, rounds.front() <= target ? "" : " missed");
  std::printf("\n");
}

struct Net : nn::Module {
  TAEDA_CHILD(fc1, nn::Linear(4, 8));
  TAEDA_CHILD(fc2, nn::Linear(8, 2));
  Tensor forward(const Tensor& x) override { return fc2(fc1(x).relu()); }
};

}  // namespace

int main() {
  set_num_threads(1);
  Tensor a = tensor({1.0, 2.0, 3.0, 4.0}), b = tensor({5.0, 6.0, 7.0, 8.0}), m = a.view({2, 2});
  Tensor r = tensor({1.0, 2.0, 3.0, 4.0}, {.requires_grad = true}), q = eye(4), one = tensor(1.0);
  std::printf("%-34s %9s %9s %9s\n", "ns a call", "fastest", "median", "target");
  row("a + b", 30, [&] { keep(a + b); });
  row("a.add_(b)", 0, [&] { a.add_(b); });
  row("a * 2", 0, [&] { keep(a * 2); });
  row("r + b, with gradient", 60, [&] { keep(r + b); });
  row("a.view({2, 2})", 0, [&] { keep(a.view({2, 2})); });
  row("m[0]", 0, [&] { keep(m[0]); });
  row("item", 0, [&] { keep(one.item<float>()); });
  row("a.sum()", 0, [&] { keep(a.sum()); });
  row("m.sum(1)", 0, [&] { keep(m.sum({.dim = 1})); });
  row("q.mm(q), 4 x 4", 0, [&] { keep(q.mm(q)); });
  row("a.exp()", 0, [&] { keep(a.exp()); });
  row("softplus(a, {.beta = 2})", 0, [&] { keep(softplus(a, {.beta = 2})); });
  row("(r + b).sum().backward()", 0, [&] { (r + b).sum().backward(); });
  nn::Linear linear(4, 8);
  Net net;
  Tensor x = ones({2, 4});
  row("Linear(4, 8)", 0, [&] { keep(linear(x)); });
  row(
      "two layers", 0, [&] { keep(net(x)); }, 5000);
  row(
      "two layers and backward", 0, [&] { net(x).sum().backward(); }, 5000);
  std::vector<Tensor> parameters;
  for (int i = 0; i < 100; i++) {
    parameters.push_back(ones({8}).requires_grad_());
    parameters.back().set_grad(ones({8}));
  }
  optim::Adam adam(parameters, {.lr = 1e-3});
  row(
      "Adam step, 100 parameters", 0, [&] { adam.step(); }, 500);
}
