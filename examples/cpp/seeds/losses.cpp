// Loss functions as classes and functions, with both spellings of their reduction.
#include "print.h"

using namespace taeda;
using namespace seeds;

template <class Loss> void each_reduction(Tensor& input, const Tensor& target) {
  for (const char* reduction : {"mean", "sum", "none"}) {
    Loss criterion({.reduction = reduction});
    input.set_grad({});
    auto loss = criterion(input, target);
    loss.sum().backward();
    print(criterion->type_name(), reduction, loss.detach().sum(), input.grad().abs().sum());
  }
}

Tensor own_loss(const Tensor& output, const Tensor& target) {
  return (output - target).abs().pow(1.5).mean();
}

int main() {
  manual_seed(8);
  auto a = randn({4, 3}, requires_grad());
  auto b = randn({4, 3}), p = rand({4, 3}), sign = tensor({1.0, -1.0, 1.0, -1.0});
  auto classes = tensor({0, 2, 1, 1});
  each_reduction<nn::L1Loss>(a, b);
  each_reduction<nn::MSELoss>(a, b);
  each_reduction<nn::SmoothL1Loss>(a, b);
  each_reduction<nn::HuberLoss>(a, b);
  each_reduction<nn::CrossEntropyLoss>(a, classes);
  each_reduction<nn::PoissonNLLLoss>(a, p);
  each_reduction<nn::BCEWithLogitsLoss>(a, p);
  each_reduction<nn::SoftMarginLoss>(a, b.sign());
  each_reduction<nn::HingeEmbeddingLoss>(a, b.sign());

  print(nn::NLLLoss()(a.log_softmax(1), classes),
        nn::KLDivLoss({.reduction = "batchmean"})(a.log_softmax(1), p));
  print(nn::BCELoss()(a.sigmoid(), p),
        nn::MarginRankingLoss()(a.select(1, 0), b.select(1, 0), sign));
  print(nn::CosineEmbeddingLoss()(a, b, sign), nn::TripletMarginLoss()(a, b, p));
  print(nn::MSELoss({.size_average = false})(a, b), nn::MSELoss({.size_average = true})(a, b),
        nn::L1Loss({.reduce = false})(a, b));
  print(mse_loss(a, b, {.reduction = "sum"}), cross_entropy(a, classes, tensor({1.0, 2.0, 3.0})));
  print(own_loss(a, b));
}
