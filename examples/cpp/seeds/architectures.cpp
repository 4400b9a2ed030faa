// Networks of every major kind: two steps of training each.
#include "print.h"

using namespace taeda;
using namespace seeds;

struct Residual : nn::Module {
  TAEDA_CHILD(conv,
              nn::Conv2d({.in_channels = 3, .out_channels = 3, .kernel_size = 3, .padding = 1}));
  TAEDA_CHILD(norm, nn::BatchNorm2d(3));
  Tensor forward(const Tensor& x) override { return relu(norm(conv(x)) + x); }
};

// A recurrent layer, and a linear one on its last output.
template <class Recurrent> struct Last : nn::Module {
  TAEDA_CHILD(rnn, Recurrent({.input_size = 4, .hidden_size = 6, .batch_first = true}));
  TAEDA_CHILD(out, nn::Linear(6, 2));
  Tensor forward(const Tensor& x) override { return out(rnn(x).output.data.index({Slice(), -1})); }
};

void run(const char* name, auto&& model, const Tensor& x) {
  nn::Module& net = *model;
  optim::SGD optimizer(net.parameters(), {.lr = 0.1});
  for (int step = 0; step < 2; step++) {
    optimizer.zero_grad();
    auto loss = net(x).pow(2).mean();
    loss.backward();
    optimizer.step();
    int64_t count = 0;
    for (auto& p : net.parameters()) count += p.numel();
    print(name, fixed(loss.item<double>(), 4), count);
  }
}

int main() {
  manual_seed(9);
  auto image = randn({2, 3, 8, 8}), words = randn({2, 5, 4});
  run("lenet",
      nn::Sequential{nn::Conv2d(3, 4, 3), nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(),
                     nn::Linear(36, 2)},
      image);
  using Block = nn::Handle<Residual>;
  Block first, second;
  run("residual", nn::Sequential{first, second, nn::AdaptiveAvgPool2d(1)}, image);
  nn::Conv2d down({.in_channels = 3, .out_channels = 2, .kernel_size = 2, .stride = 2});
  nn::ConvTranspose2d up({.in_channels = 2, .out_channels = 3, .kernel_size = 2, .stride = 2});
  run("autoencoder", nn::Sequential{down, nn::Tanh(), up}, image);
  run("rnn", nn::Handle<Last<nn::RNN>>(), words);
  run("lstm", nn::Handle<Last<nn::LSTM>>(), words);
  run("gru", nn::Handle<Last<nn::GRU>>(), words);
  run("transformer",
      nn::TransformerEncoderLayer(
          {.d_model = 4, .nhead = 2, .dim_feedforward = 8, .dropout = 0.0, .batch_first = true}),
      words);
  Device device;
  nn::Linear net(2, 2);
  net->to(device);
  print(net(ones({1, 2}).to(device)).sizes(), ones({1}).cpu().device(),
        Device{DeviceType::cuda, 1});
}
