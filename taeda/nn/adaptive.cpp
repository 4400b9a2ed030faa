#include "taeda/nn/adaptive.h"

#include <cmath>

#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/index.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pick.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/softmax.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/views.h"

namespace taeda::nn::layer {

void AdaptiveLogSoftmaxWithLoss::setup() {
  Options& o = options;
  if (o.cutoffs.empty()) fail<ValueError>("cutoffs should be a sequence of length larger than 0");
  int64_t last = 0;
  for (int64_t c : o.cutoffs) {
    if (c <= last || c >= o.n_classes)
      fail<ValueError>(
          "cutoffs should be a sequence of unique, positive integers sorted in an increasing "
          "order, where each value is between 1 and n_classes-1");
    last = c;
  }
  o.cutoffs.push_back(o.n_classes);
  int64_t clusters = int64_t(o.cutoffs.size()) - 1;
  head = nn::Linear(
      Linear::Options{o.in_features, o.cutoffs[0] + clusters, o.head_bias, o.device, o.dtype});
  tail = nn::ModuleList();
  for (int64_t i = 0; i < clusters; i++) {
    int64_t hidden = int64_t(double(o.in_features) / std::pow(o.div_value.to<double>(), i + 1));
    int64_t classes = o.cutoffs[size_t(i) + 1] - o.cutoffs[size_t(i)];
    nn::Linear in(Linear::Options{o.in_features, hidden, false, o.device, o.dtype});
    nn::Linear out(Linear::Options{hidden, classes, false, o.device, o.dtype});
    tail->push_back(nn::Sequential(in, out));
  }
}
void AdaptiveLogSoftmaxWithLoss::reset_children() {
  head->reset_parameters();
  for (Module* m : tail.get()->modules())
    if (auto* linear = m->as<nn::Linear>()) linear->reset_parameters();
}

Tensor AdaptiveLogSoftmaxWithLoss::cluster(int64_t i, const Tensor& input) {
  return (*tail)[i](input);
}
AdaptiveResult AdaptiveLogSoftmaxWithLoss::forward(const Arguments& a) {
  const Options& o = options;
  Tensor input = a.input_, target = a.target_;
  if (target.dim() == 1) {
    if (!input.dim() || input.size(0) != target.size(0))
      fail("Input and target should have the same size in the batch dimension.");
    if (input.dim() != 2)
      fail("1D target tensor expects 2D input tensors, but found inputs with size ", input.sizes());
  } else if (target.dim() == 0) {
    if (input.dim() != 1)
      fail("0D target tensor expects 1D input tensors, but found inputs with size ", input.sizes());
  } else {
    fail("0D or 1D target tensor expected, multi-target not supported");
  }
  bool batched = target.dim() > 0;
  if (!batched) input = input.unsqueeze(0), target = target.unsqueeze(0);

  int64_t n = target.size(0), used = 0, low = 0, first = o.cutoffs[0];
  Tensor in_head = target.clone();  // the class of the head that stands for each target
  TensorList rows, parts;           // of the clusters' targets, and their log-probabilities there
  for (size_t i = 0; i < o.cutoffs.size(); i++) {
    int64_t high = o.cutoffs[i];
    Tensor at = (target >= low).logical_and(target < high).nonzero().squeeze(1);
    used += at.numel();
    if (i > 0 && at.numel()) {
      int64_t k = int64_t(i) - 1;
      Tensor relative = target.index_select(0, at) - low;
      Tensor scores = cluster(k, input.index_select(0, at)).log_softmax(1);
      parts.push_back(scores.gather(1, relative.unsqueeze(1)).squeeze(1));
      rows.push_back(at);
      in_head = in_head.index_fill(at, {0, first + k});
    }
    low = high;
  }
  if (used != n)
    fail("Target values should be in [0, ", o.n_classes - 1, "], but values in range [",
         target.min().item<int64_t>(), ", ", target.max().item<int64_t>(), "] were found. ");
  Tensor output = head(input).log_softmax(1).gather(1, in_head.unsqueeze(1)).squeeze(1);
  if (!rows.empty()) output = output.index_add(0, cat(rows), cat(parts));
  Tensor loss = (-output).mean();
  return {batched ? output : output.squeeze(0), loss};
}

Tensor AdaptiveLogSoftmaxWithLoss::all_log_probs(const Tensor& input, const Tensor& head_output) {
  int64_t first = options.cutoffs[0];
  Tensor head_log = head_output.log_softmax(1);
  TensorList parts{head_log.narrow(1, 0, first)};
  for (int64_t i = 0; i < tail->size(); i++)
    parts.push_back(cluster(i, input).log_softmax(1) + head_log.narrow(1, first + i, 1));
  return cat(parts, 1);
}
Tensor AdaptiveLogSoftmaxWithLoss::log_prob(const Tensor& input) {
  return all_log_probs(input, head(input));
}
Tensor AdaptiveLogSoftmaxWithLoss::predict(const Tensor& input) {
  return log_prob(input).argmax({.dim = 1});
}

}  // namespace taeda::nn::layer
