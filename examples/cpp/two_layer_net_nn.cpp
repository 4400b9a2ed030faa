// A network of two layers on random data: a module, a loss function and an optimizer.
//
// Prints the loss of each of 500 steps; ../python/two_layer_net_nn.py prints the same numbers.
#include <taeda/taeda.h>

#include <cstdio>

namespace nn = taeda::nn;

struct TwoLayerNet : nn::Module {
  TwoLayerNet(int64_t inputs, int64_t hidden, int64_t outputs)
      : linear1(child("linear1", &linear1, nn::Linear(inputs, hidden))),
        linear2(child("linear2", &linear2, nn::Linear(hidden, outputs))) {}

  taeda::Tensor forward(const taeda::Tensor& x) override {
    return linear2(linear1(x).clamp_min(0));
  }

  nn::Linear linear1, linear2;
};

int main() {
  taeda::manual_seed(0);
  const int64_t batch = 64, inputs = 1000, hidden = 100, outputs = 10;

  auto x = taeda::randn({batch, inputs});
  auto target = taeda::randn({batch, outputs});
  TwoLayerNet model(inputs, hidden, outputs);
  taeda::optim::Adam optimizer(model.parameters(), {.lr = 1e-4});

  for (int step = 0; step < 500; step++) {
    auto loss = taeda::mse_loss(model(x), target, {.reduction = "sum"});
    std::printf("%d %.9g\n", step, loss.item<double>());

    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  }
}
