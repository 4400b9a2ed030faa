// Losses.
#include "module_layers.h"

namespace taeda::python {

void make_losses(const LayerMaker& make) {
  using namespace nn::layer;
  constexpr const char *loss = "_Loss", *weighted = "_WeightedLoss", *where = "loss";
  make.add<MSELoss>("MSELoss", loss, where, "(input - target)^2.");
  make.add<L1Loss>("L1Loss", loss, where, "abs(input - target).");
  make.add<SoftMarginLoss>("SoftMarginLoss", loss, where, "log(1 + exp(-target * input)).");
  make.add<SmoothL1Loss>("SmoothL1Loss", loss, where, "Quadratic below beta, linear above.");
  make.add<HuberLoss>("HuberLoss", loss, where, "delta times SmoothL1Loss with beta = delta.");
  make.add<KLDivLoss>("KLDivLoss", loss, where, "target * (log(target) - input).");
  make.add<CrossEntropyLoss>(
      "CrossEntropyLoss", weighted, where,
      "-log of the probability of the class target; input: scores (N, C, *) or (C).");
  make.add<NLLLoss>("NLLLoss", weighted, where,
                    "-input at the class target; input: log-probabilities.");
  make.add<BCELoss>(
      "BCELoss", weighted, where,
      "-(target * log(input) + (1 - target) * log(1 - input)); input: probabilities.");
  make.add<BCEWithLogitsLoss>("BCEWithLogitsLoss", loss, where,
                              "BCELoss of sigmoid(input), without overflow.");
}

}  // namespace taeda::python
