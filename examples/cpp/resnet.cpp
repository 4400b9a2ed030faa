// A residual network (He, Zhang, Ren and Sun 2016) learns to read digits.
//
//   resnet [--epochs 12] [--batch-size 32] [--lr 0.05] [--seed 0]
//
// Three stages of 16, 32 and 64 channels, as in the paper's networks for small pictures.
// ../python/resnet.py prints the same numbers.
#include "digits.h"
#include "options.h"

namespace nn = taeda::nn;
namespace F = taeda::nn::functional;
using taeda::Tensor;

// Two convolutions beside a shortcut: [N, in, H, W] -> [N, out, H / stride, W / stride].
struct BlockModule : nn::Module {
  static nn::Conv2d convolution(int64_t in, int64_t out, int64_t size, int64_t stride) {
    return nn::Conv2d({.in_channels = in,
                       .out_channels = out,
                       .kernel_size = size,
                       .stride = stride,
                       .padding = size / 2,
                       .bias = false});
  }
  const int64_t in, out, stride;
  TAEDA_CHILD(conv1, convolution(in, out, 3, stride));
  TAEDA_CHILD(norm1, nn::BatchNorm2d(out));
  TAEDA_CHILD(conv2, convolution(out, out, 3, 1));
  TAEDA_CHILD(norm2, nn::BatchNorm2d(out));
  TAEDA_CHILD(shortcut, nn::Sequential());

  BlockModule(int64_t in, int64_t out, int64_t stride = 1) : in(in), out(out), stride(stride) {
    if (stride != 1 || in != out)
      shortcut = nn::Sequential{convolution(in, out, 1, stride), nn::BatchNorm2d(out)};
  }

  Tensor forward(const Tensor& x) override {
    Tensor y = F::relu(norm1(conv1(x)));
    y = norm2(conv2(y));
    return F::relu(y + shortcut(x));
  }
};
using Block = nn::Handle<BlockModule>;

// Pictures [N, 1, H, W] -> scores [N, classes].
struct ResNet : nn::Module {
  const int64_t classes;
  TAEDA_CHILD(stem, BlockModule::convolution(1, 16, 3, 1));
  TAEDA_CHILD(norm, nn::BatchNorm2d(16));
  TAEDA_CHILD(stage1, nn::Sequential{Block(16, 16), Block(16, 16)});
  TAEDA_CHILD(stage2, nn::Sequential{Block(16, 32, 2), Block(32, 32)});
  TAEDA_CHILD(stage3, nn::Sequential{Block(32, 64, 2), Block(64, 64)});
  TAEDA_CHILD(classify, nn::Linear(64, classes));

  explicit ResNet(int64_t classes) : classes(classes) {}

  Tensor forward(const Tensor& pictures) override {
    Tensor x = F::relu(norm(stem(pictures)));
    x = stage3(stage2(stage1(x)));
    return classify(x.mean({2, 3}));
  }
};

int main(int argc, char** argv) {
  int64_t epochs = 12, batch_size = 32, seed = 0;
  double lr = 0.05;
  parse_options(argc, argv, "A residual network learns to read digits.",
                {{"epochs", &epochs}, {"batch-size", &batch_size}, {"lr", &lr}, {"seed", &seed}});

  taeda::manual_seed(seed);
  auto [train, test] = load_digits();
  taeda::data::DataLoader batches(taeda::data::TensorDataset(train.pictures, train.labels),
                                  {.batch_size = batch_size, .shuffle = true});
  ResNet model(10);
  int64_t parameters = 0;
  for (auto& p : model.parameters()) parameters += p.numel();
  std::printf("%ld parameters\n", parameters);
  taeda::optim::SGD optimizer(model.parameters(),
                              {.lr = lr, .momentum = 0.9, .weight_decay = 1e-3});
  taeda::optim::CosineAnnealingLR scheduler(optimizer, epochs * batches.size());

  Tensor scores;
  for (int64_t epoch = 1; epoch <= epochs; epoch++) {
    model.train();
    double loss_sum = 0;
    for (auto& [pictures, labels] : batches) {
      auto loss = F::cross_entropy(model(pictures), labels);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      scheduler.step();
      loss_sum += loss.item<double>();
    }
    model.eval();
    taeda::NoGradGuard no_grad;
    scores = model(test.pictures);
    std::printf("epoch %ld: loss %.9g, test %.4f\n", epoch, loss_sum / double(batches.size()),
                accuracy(scores, test.labels));
  }

  print_accuracy(scores, test.labels);
}
