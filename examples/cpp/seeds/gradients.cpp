// Gradients: sums, graphs that are kept or freed, frozen tensors, second derivatives.
#include "print.h"

using namespace taeda;
using namespace seeds;

int main() {
  auto x = tensor({2.0}, requires_grad()), w = tensor(3.0, requires_grad());
  auto y = w * x.pow(2) + 1;
  print(y, y.grad_fn()->name(), x.is_leaf(), y.is_leaf(), y.requires_grad());
  y.backward();
  print(x.grad(), w.grad());
  (x * x * 3).backward();
  (x * x * 3).backward();
  print(x.grad());

  x.grad().zero_();
  auto z = (x.exp() * w).sum();
  z.backward({.retain_graph = true});
  z.backward();
  print(x.grad());
  refused([&] { z.backward(); });

  x.set_grad({});
  for (int step = 0; step < 4; step++) {  // a graph that differs each time
    auto loss = step % 2 ? (x - 1).pow(2).sum() : x.abs().sum() * w.detach();
    loss.backward();
    NoGradGuard no_grad;
    x -= 0.1 * x.grad();
    x.grad().zero_();
    print(step, x.item<double>());
  }

  auto a = tensor({1.0, 2.0}, requires_grad());
  auto g = grad({a.pow(3).sum()}, {a}, {}, {.create_graph = true})[0];
  auto h = grad({g.sum()}, {a})[0];
  print(g, h);
  for (auto& edge : (a * 2).grad_fn()->edges) print(edge.node ? edge.node->name() : "None");
  auto square = a.pow(2).grad_fn();
  print(static_cast<Leaf&>(*square->edges[0].node).owner == a.impl());

  auto c = a.exp(), d = c.sum();
  c.add_(1);
  refused([&] { d.backward(); }, 98);
  refused([&] { (a * 2).backward(); });
  refused([&] { ones({2}).sum().backward(); });
  refused([&] { a.add_(1); });
  TensorList seen;
  a.register_hook([&](const Tensor& grad) { seen.push_back(grad); });
  (a * 3).sum().backward();
  print(seen, a.grad());
}
