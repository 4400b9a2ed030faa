// A multilayer perceptron learns to read digits.
//
//   mlp [--epochs 20] [--batch-size 32] [--lr 0.002] [--seed 0]
//
// ../python/mlp.py prints the same numbers.
#include <iostream>

#include "digits.h"
#include "options.h"

namespace nn = taeda::nn;

int main(int argc, char** argv) {
  int64_t epochs = 20, batch_size = 32, seed = 0;
  double lr = 0.002;
  parse_options(argc, argv, "A multilayer perceptron learns to read digits.",
                {{"epochs", &epochs}, {"batch-size", &batch_size}, {"lr", &lr}, {"seed", &seed}});

  taeda::manual_seed(seed);
  auto [train, test] = load_digits();
  taeda::data::DataLoader batches(taeda::data::TensorDataset(train.pictures, train.labels),
                                  {.batch_size = batch_size, .shuffle = true});
  // Braces: they are what makes the layers draw their weights from the first to the last.
  nn::Sequential model{nn::Flatten(),       nn::Linear(64, 128), nn::ReLU(),
                       nn::Linear(128, 64), nn::ReLU(),          nn::Linear(64, 10)};
  std::cout << model << "\n";
  nn::CrossEntropyLoss loss_function;
  taeda::optim::Adam optimizer(model->parameters(), {.lr = lr});

  taeda::Tensor scores;
  for (int64_t epoch = 1; epoch <= epochs; epoch++) {
    double loss_sum = 0;
    for (auto& [pictures, labels] : batches) {
      auto loss = loss_function(model(pictures), labels);
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
