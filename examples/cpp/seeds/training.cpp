// One small network, trained in each of the ways that introductions show.
#include "print.h"

using namespace taeda;
using namespace seeds;

// Ten steps; then the loss, and what the optimizer keeps of the first parameter.
void ten_steps(auto& optimizer, nn::Sequential& model, const Tensor& x, const Tensor& y) {
  double last = 0;
  for (int epoch = 0; epoch < 10; epoch++) {
    optimizer.zero_grad();
    auto loss = mse_loss(model(x), y, {.reduction = "sum"});
    loss.backward();
    optimizer.step();
    last = loss.template item<double>();
  }
  const std::string first = "state.0.";
  std::vector<std::string> kept;
  for (auto& [name, value] : optimizer.state_dict())
    if (name.starts_with(first)) kept.push_back(name.substr(first.size()));
  std::ranges::sort(kept);
  print(optimizer.name() + ": " + text(last), kept);
}

int main() {
  const int64_t N = 16, D_in = 12, H = 8, D_out = 3;
  manual_seed(2);
  auto x = randn({N, D_in}), y = randn({N, D_out});
  auto w1 = randn({D_in, H}), w2 = randn({H, D_out});
  for (int t = 0; t < 30; t++) {
    auto h = x.mm(w1), r = h.clamp_min(0), d = r.mm(w2) - y;
    if (t % 10 == 9) print("tensors", t, d.pow(2).sum().item<double>());
    auto g = (2 * d).mm(w2.t());
    g.masked_fill_(h < 0, 0);
    w2 -= 1e-3 * r.t().mm(2 * d);
    w1 -= 1e-3 * x.t().mm(g);
  }

  w1 = randn({D_in, H}, requires_grad());
  w2 = randn({H, D_out}, requires_grad());
  for (int t = 0; t < 30; t++) {
    auto loss = (x.mm(w1).clamp_min(0).mm(w2) - y).pow(2).sum();
    if (t % 10 == 9) print("autograd", t, loss.item<double>());
    loss.backward();
    NoGradGuard no_grad;
    for (const auto& w : {w1, w2}) {
      w -= 1e-3 * w.grad();
      w.grad().zero_();
    }
  }

  nn::Linear first(D_in, H), second(H, D_out);
  nn::Sequential model(first, nn::ReLU(), second);
  nn::MSELoss criterion({.reduction = "sum"});
  for (int t = 0; t < 30; t++) {
    auto loss = criterion(model(x), y);
    if (t % 10 == 9) print("nn", t, loss.item<double>());
    model->zero_grad();
    loss.backward();
    NoGradGuard no_grad;
    for (const auto& p : model->parameters()) p -= 1e-3 * p.grad();
  }

  auto all = model->parameters();
  optim::SGD sgd(all, {.lr = 1e-3, .momentum = 0.9, .nesterov = true});
  optim::RMSprop rmsprop(all, {.lr = 1e-3});
  optim::Adagrad adagrad(all, {.lr = 1e-2});
  optim::Adam adam({{first->parameters(), {.lr = 1e-3}}, {second->parameters(), {.lr = 1e-2}}});
  ten_steps(sgd, model, x, y);
  ten_steps(rmsprop, model, x, y);
  ten_steps(adagrad, model, x, y);
  ten_steps(adam, model, x, y);
}
