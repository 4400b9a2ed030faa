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
  make.add<HingeEmbeddingLoss>("HingeEmbeddingLoss", loss, where,
                               "input where target is 1, max(0, margin - input) where it is -1.");
  make.add<MarginRankingLoss>("MarginRankingLoss", loss, where,
                              "max(0, margin - target * (input1 - input2)).");
  make.add<CosineEmbeddingLoss>(
      "CosineEmbeddingLoss", loss, where,
      "1 - cosine where target is 1, max(0, cosine - margin) where it is -1.");
  make.add<TripletMarginLoss>(
      "TripletMarginLoss", loss, where,
      "max(0, margin + distance(anchor, positive) - distance(anchor, negative)).");
  make.add<TripletMarginWithDistanceLoss>("TripletMarginWithDistanceLoss", loss, where,
                                          "TripletMarginLoss with any distance.");
  make.add<MultiMarginLoss>("MultiMarginLoss", weighted, where,
                            "The margins between the right class and the wrong ones.");
  make.add<MultiLabelMarginLoss>("MultiLabelMarginLoss", loss, where,
                                 "The margins between all right and all wrong classes.");
  make.add<MultiLabelSoftMarginLoss>("MultiLabelSoftMarginLoss", weighted, where,
                                     "The mean over the classes of BCEWithLogitsLoss.");
  make.add<PoissonNLLLoss>("PoissonNLLLoss", loss, where,
                           "-log of the Poisson probability of target.");
  make.add<GaussianNLLLoss>("GaussianNLLLoss", loss, where,
                            "-log of the normal density of target.");
  make.add<CTCLoss>("CTCLoss", loss, where,
                    "-log of the probability of a label sequence, over all its alignments.");
  make.add<PairwiseDistance>("PairwiseDistance", "Module", "distance",
                             "The norm of order p of x1 - x2 + eps along the last axis.");
  make.add<CosineSimilarity>("CosineSimilarity", "Module", "distance",
                             "The scalar product along dim over the product of the norms.");
}

}  // namespace taeda::python
