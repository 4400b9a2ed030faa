// Layers alone, in a row and in classes; what they print, their parameters and states.
#include "print.h"

using namespace taeda;
using namespace seeds;

struct Perceptron : nn::Module {
  Perceptron(int64_t inputs, int64_t hidden)
      : first(register_module("first", nn::Linear(inputs, hidden))),
        act(register_module("act", nn::ReLU())),
        second(register_module("second", nn::Linear(hidden, inputs))),
        calls(register_buffer("calls", zeros({1}))) {}

  Tensor forward(const Tensor& x) override {
    calls += 1;
    return sigmoid(second(act(first(x))));
  }

  nn::Linear first;
  nn::ReLU act;
  nn::Linear second;
  Tensor calls;
};

void try_out(auto layer, Tensor& x) {
  auto out = layer(x);
  x.set_grad({});
  out.sum().backward();
  print(layer, out, x.grad());
}

int main() {
  manual_seed(4);
  auto wide = nn::Linear(4, 2)(ones({2, 3, 4}));
  print(wide.sizes(), nn::Linear(4, 2)(ones({1, 2, 4})));
  nn::Sequential block{nn::Linear(4, 3), nn::ReLU(), nn::Dropout(0.3), nn::Linear(3, 2),
                       nn::Softmax(1)};
  block->eval();
  std::vector<Dims> shapes;
  for (auto& p : block->parameters()) shapes.push_back(p.sizes());
  print(block, block(ones({2, 4})), shapes);

  auto x = tensor({-2.0, -0.5, 0.0, 0.5, 2.0}, requires_grad());
  try_out(nn::ReLU(), x);
  try_out(nn::Sigmoid(), x);
  try_out(nn::LeakyReLU(), x);
  try_out(nn::Tanh(), x);
  try_out(nn::ELU(), x);
  try_out(nn::GELU(), x);
  try_out(nn::Softplus(), x);

  nn::Handle<Perceptron> net(3, 5);
  auto out = net(randn({2, 3}));
  print(net, out, net->calls);
  std::vector<std::string> names;
  for (auto& [name, value] : net->state_dict()) names.push_back(name);
  int64_t count = 0;
  for (auto& p : net->parameters()) count += p.numel();
  print(names, count);

  nn::Handle<Perceptron> other(3, 5);
  auto [missing, unexpected] = other->load_state_dict(net->state_dict());
  print(missing, unexpected, equal(other->first->weight, net->first->weight));
  net->first->requires_grad_(false);
  net(ones({1, 3})).sum().backward();
  print(net->first->weight.grad().defined() ? "set" : "None", net->second->bias.grad().defined());
  print(nn::Softmax()(tensor({{2.0, 3.0}})), nn::LogSoftmax(0)(zeros({2})));
  nn::Linear one(1, 1);
  print(nn::ModuleList(one, one, one));
}
