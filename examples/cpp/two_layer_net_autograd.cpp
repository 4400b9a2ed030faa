// A network of two layers on random data; backward() works out the gradients.
//
// Prints the loss of each of 500 steps; ../python/two_layer_net_autograd.py prints the same
// numbers.
#include <taeda/taeda.h>

#include <cstdio>

int main() {
  taeda::manual_seed(0);
  const int64_t batch = 64, inputs = 1000, hidden = 100, outputs = 10;

  auto x = taeda::randn({batch, inputs});
  auto target = taeda::randn({batch, outputs});
  auto w1 = taeda::randn({inputs, hidden}).requires_grad_();
  auto w2 = taeda::randn({hidden, outputs}).requires_grad_();
  const double learning_rate = 1e-6;

  for (int step = 0; step < 500; step++) {
    auto loss = (x.mm(w1).clamp_min(0).mm(w2) - target).pow(2).sum();
    std::printf("%d %.9g\n", step, loss.item<double>());

    loss.backward();
    taeda::NoGradGuard no_grad;
    for (const auto& weight : {w1, w2}) {
      weight -= learning_rate * weight.grad();
      weight.set_grad({});
    }
  }
}
