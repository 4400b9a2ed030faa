// LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) learns to read digits.
//
//   lenet [--epochs 12] [--batch-size 16] [--lr 0.05] [--seed 0]
//
// The network is made for 32 x 32 pixels; ours have 8 x 8 and are enlarged. ../python/lenet.py
// prints the same numbers.
#include <iostream>

#include "digits.h"
#include "options.h"

namespace nn = taeda::nn;
namespace F = taeda::nn::functional;
using taeda::Tensor;

// Pictures [N, 1, 32, 32] -> scores [N, 10].
struct LeNet : nn::Module {
  TAEDA_CHILD(conv1, nn::Conv2d(1, 6, 5));
  TAEDA_CHILD(conv2, nn::Conv2d(6, 16, 5));
  TAEDA_CHILD(fc1, nn::Linear(16 * 5 * 5, 120));
  TAEDA_CHILD(fc2, nn::Linear(120, 84));
  TAEDA_CHILD(fc3, nn::Linear(84, 10));

  Tensor forward(const Tensor& pictures) override {
    Tensor x = F::avg_pool2d(conv1(pictures).tanh(), 2);  // [N, 6, 14, 14]
    x = F::avg_pool2d(conv2(x).tanh(), 2);                // [N, 16, 5, 5]
    x = fc1(x.flatten(1)).tanh();
    x = fc2(x).tanh();
    return fc3(x);
  }
};

// [N, 1, 8, 8] -> [N, 1, 32, 32]: every pixel becomes a square of 4 x 4.
Tensor enlarge(const Tensor& pictures) {
  return pictures.repeat_interleave(4, 2).repeat_interleave(4, 3);
}

int main(int argc, char** argv) {
  int64_t epochs = 12, batch_size = 16, seed = 0;
  double lr = 0.05;
  parse_options(argc, argv, "LeNet-5 learns to read digits.",
                {{"epochs", &epochs}, {"batch-size", &batch_size}, {"lr", &lr}, {"seed", &seed}});

  taeda::manual_seed(seed);
  auto [train, test] = load_digits();
  train.pictures = enlarge(train.pictures), test.pictures = enlarge(test.pictures);
  taeda::data::DataLoader batches(taeda::data::TensorDataset(train.pictures, train.labels),
                                  {.batch_size = batch_size, .shuffle = true});
  LeNet model;
  std::cout << model << "\n";
  taeda::optim::SGD optimizer(model.parameters(), {.lr = lr, .momentum = 0.9});

  Tensor scores;
  for (int64_t epoch = 1; epoch <= epochs; epoch++) {
    double loss_sum = 0;
    for (auto& [pictures, labels] : batches) {
      auto loss = F::cross_entropy(model(pictures), labels);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      loss_sum += loss.item<double>();
    }
    taeda::NoGradGuard no_grad;
    scores = model(test.pictures);
    std::printf("epoch %ld: loss %.9g, test %.4f\n", epoch, loss_sum / double(batches.size()),
                accuracy(scores, test.labels));
  }

  print_accuracy(scores, test.labels);
}
