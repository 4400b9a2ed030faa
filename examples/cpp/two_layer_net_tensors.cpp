// A network of two layers on random data, with gradients worked out by hand.
//
// Prints the loss of each of 500 steps; ../python/two_layer_net_tensors.py prints the same numbers.
#include <taeda/taeda.h>

#include <cstdio>

int main() {
  taeda::manual_seed(0);
  const int64_t batch = 64, inputs = 1000, hidden = 100, outputs = 10;

  auto x = taeda::randn({batch, inputs});
  auto target = taeda::randn({batch, outputs});
  auto w1 = taeda::randn({inputs, hidden});
  auto w2 = taeda::randn({hidden, outputs});
  const double learning_rate = 1e-6;

  for (int step = 0; step < 500; step++) {
    auto before = x.mm(w1);
    auto activation = before.clamp_min(0);
    auto difference = activation.mm(w2) - target;
    auto loss = difference.pow(2).sum();
    std::printf("%d %.9g\n", step, loss.item<double>());

    // d loss / d y, and from there backwards through each line above.
    auto grad_y = 2 * difference;
    auto grad_w2 = activation.t().mm(grad_y);
    auto grad_activation = grad_y.mm(w2.t());
    auto grad_before = grad_activation * (before > 0);
    auto grad_w1 = x.t().mm(grad_before);

    w1 -= learning_rate * grad_w1;
    w2 -= learning_rate * grad_w2;
  }
}
