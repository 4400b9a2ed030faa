// AdaptiveLogSoftmaxWithLoss (Grave et al. 2016): a softmax over many classes whose rare ones share
// smaller matrices.
#pragma once
#include "taeda/nn/container.h"
#include "taeda/nn/linear.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

// The log-probability of each sample's target (N), and minus their mean.
struct AdaptiveResult {
  Tensor output, loss;
};

namespace layer {

// input (N, in_features) or (in_features), target (N) or () of int64. The first cutoffs[0] classes
// are the head's own; the classes from cutoffs[i] to cutoffs[i + 1] are a cluster with a hidden
// layer of in_features / div_value^(i + 1).
struct TAEDA_API AdaptiveLogSoftmaxWithLoss : Module {
  struct Options {
    int64_t in_features = 0, n_classes = 0;
    Dims cutoffs = {};
    Scalar div_value = 4.0;
    bool head_bias = false;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(in_features, n_classes, cutoffs, div_value, head_bias, device, dtype)
  };
  static constexpr int required = 3;
  struct Arguments {
    Tensor input_, target_;
    TAEDA_FIELDS(input_, target_)
  };
  static constexpr int required_arguments = 2;
  Options options;  // after setup(), cutoffs ends with n_classes
  TAEDA_CHILD(head, nn::Linear(nullptr));
  TAEDA_CHILD(tail, nn::ModuleList(nullptr));

  void setup();
  void reset_children();  // new initial values; setup() gives the first
  using Module::forward;
  AdaptiveResult forward(const Arguments& a);
  Tensor log_prob(const Tensor& input);  // (N, n_classes)
  Tensor predict(const Tensor& input);   // the most probable class of each sample (N)

 private:
  Tensor cluster(int64_t i, const Tensor& input);  // scores of cluster i
  Tensor all_log_probs(const Tensor& input, const Tensor& head_output);
};

}  // namespace layer

using AdaptiveLogSoftmaxWithLoss = Handle<layer::AdaptiveLogSoftmaxWithLoss>;

}  // namespace taeda::nn
