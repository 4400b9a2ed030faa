// Checks and gradients of the losses.
#include "taeda/ops/loss.h"

#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/activation.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/softmax.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

void ReductionWords::fail(std::string_view word) {
  taeda::fail<ValueError>(word, " is not a valid value for reduction");
}
void KlReductionWords::fail(std::string_view word) { ReductionWords::fail(word); }

Tensor reduce_loss(const Tensor& each, const Reduction& r) {
  return r.is("mean") ? each.mean() : r.is("sum") ? each.sum() : each;
}

namespace {

// ---- classes ----

// Sizes as code: "5, 7".
std::string bare(const Dims& s) {
  std::string t = text(s);
  return t.substr(1, t.size() - 2);
}
// PyTorch's sentence, and the line that would have been right.
template <class E = Error, class... A>
[[noreturn]] void fail_line(const std::string& line, A... a) {
  fail<E>(a..., "\n", line);
}

// Refuses what is not a batch of scores and their classes. `loss` is the name to show.
void check_classes(const char* loss, const Tensor& x, const Tensor& target, const Tensor& weight) {
  const Dims &s = x.sizes(), &t = target.sizes();
  std::string call = std::string("loss = ") + loss + "(";
  if (s.empty())
    fail_line<ValueError>("input holds one score for each class: " + call +
                              "scores.unsqueeze(0), target) for scores of size [C]",
                          "Expected 1 or more dimensions (got 0)");
  Dims expected = s;  // of the target
  expected.erase(s.size() == 1 ? 0 : 1);
  std::string moved;  // the classes stand on the last axis
  if (s.size() > 1) {
    Dims rest = s;
    rest.erase(s.size() - 1);
    int64_t rows = rest.product();
    if (t == rest && s.size() > 2)
      moved = "input of size " + text(s) +
              " seems to have the classes last; they are axis 1: " + call +
              "input.movedim(-1, 1), target)";
    else if (s.size() == 2 && t.size() == 1 && t[0] == s[1])
      moved = "input of size " + text(s) +
              " seems to have the classes first; they are axis 1: " + call + "input.t(), target)";
    else if (s.size() > 2 && t.size() == 1 && t[0] == rows)
      moved = "The target is flat, so the scores must be too: " + call + "input.reshape(-1, " +
              std::to_string(s[s.size() - 1]) + "), target)";
  }
  std::string fits = !moved.empty() ? moved
                                    : "input of size " + text(s) + " needs a target of size " +
                                          text(expected) + ": " + call + "input, target.reshape(" +
                                          bare(expected) + "))";
  if (s.size() != 1 && (t.empty() || s[0] != t[0])) {
    if (moved.empty()) {
      fits = "input of size " + text(s) + " needs a target of size " + text(expected) +
             ", one class for each row";
      if (!t.empty() && t[0] > s[0]) fits += ": " + call + "input, target[:" + text(s[0]) + "])";
      else if (!t.empty()) fits += ": " + call + "input[:" + text(t[0]) + "], target)";
      else fits += ": " + call + "input, target.expand(" + text(s[0]) + "))";
    }
    fail_line<ValueError>(fits, "Expected input batch_size (", s[0],
                          ") to match target batch_size (", t.empty() ? 0 : t[0], ").");
  }
  if (s.size() <= 2) {
    if (t.size() > 1) {
      if (t.product() == s[0])
        fits = "The target is one class for each row: " + call + "input, target.squeeze(1))";
      else
        fits =
            "A target of one number for each class goes as probabilities of input's size, or as "
            "the class: " +
            call + "input, target.argmax(1))";
      fail_line(fits, "0D or 1D target tensor expected, multi-target not supported");
    }
    if (s.size() == 1 && t.size() == 1 && t[0] != 1)
      fail_line<ValueError>(
          "input of size " + text(s) + " is one sample; many are of size [N, C]: " + call +
              "input.expand(" + text(t[0]) + ", -1), target)",
          "For 1D input, 1D target must have size 1, but got target size: ", t[0]);
  } else {
    if (s.size() == 4 && t.size() != 3)
      fail_line(fits,
                "only batches of spatial targets supported (3D tensors) but got targets of "
                "dimension: ",
                t.size());
    if (!(t == expected)) {
      if (s.size() == 4) fail_line(fits, "size mismatch (got input: ", s, " , target: ", t);
      fail_line(fits, "Expected target size ", expected, ", got ", t);
    }
  }
  if (target.dtype() != DType::int64 && target.dtype() != DType::uint8)
    fail_line("Classes are numbers of type int64: " + call + "input, target.long())",
              "expected target dtype to be Long or Byte, but got ", word_of(target.dtype()));
  int64_t classes = s[s.size() == 1 ? 0 : 1];
  if (weight.defined()) {
    if (weight.dim() != 1 || weight.numel() != classes)
      fail("weight tensor should be defined either for all ", classes,
           " classes or no classes but got weight tensor of shape: ", weight.sizes());
    if (weight.dtype() != x.dtype())
      fail("expected scalar type ", word_of(x.dtype()), " but found ", word_of(weight.dtype()));
  }
  if (!is_floating(x.dtype()))
    fail_line<NotImplementedError>(
        "Scores are floating point numbers: " + call + "input.float(), target)", "\"",
        s.size() == 4 ? "nll_loss2d_forward_out_frame" : "nll_loss_out_frame",
        "\" not implemented for '", word_of(x.dtype()), "'");
}

Tensor smoothed_classes(const Tensor& logs, const Tensor& target, const Tensor& weight,
                        const CrossEntropy::Attrs& a) {
  int64_t axis = logs.dim() == 1 ? 0 : 1, classes = logs.size(axis);
  Tensor hit =
      nll_loss(logs, target, weight, {.ignore_index = a.ignore_index, .reduction = a.reduction});
  Tensor weighted = logs;
  if (weight.defined()) {
    Dims shape(size_t(logs.dim()), 1);
    shape[size_t(axis)] = classes;
    weighted = logs * weight.view({shape});
  }
  Tensor ignored = target == Scalar(a.ignore_index);
  Tensor each = -weighted.sum({.dim = Dims(axis)});
  each = each.masked_fill(ignored, 0);
  if (a.reduction.is("sum")) each = each.sum();
  if (a.reduction.is("mean")) {
    Tensor count;
    if (weight.defined()) {
      Tensor at = target.to(DType::int64).masked_fill(ignored, 0).flatten();
      count = weight.gather(at, {0}).masked_fill(ignored.flatten(), 0).sum();
    } else {
      count = logical_not(ignored).sum();
    }
    each = each.sum() / count;
  }
  return hit * (1 - a.label_smoothing) + each * (a.label_smoothing / double(classes));
}

Tensor of_probabilities(const Tensor& x, const Tensor& given, const Tensor& weight,
                        const CrossEntropy::Attrs& a) {
  if (!is_floating(given.dtype()))
    fail_line(
        "A target of input's size holds probabilities: loss = cross_entropy(input, "
        "target.float()), or, where each row marks one class, loss = cross_entropy(input, "
        "target.argmax(" +
            std::string(x.dim() == 1 ? "0" : "1") + "))",
        "Expected floating point type for target with class probabilities, got ",
        word_of(given.dtype()));
  if (a.ignore_index >= 0) fail("ignore_index is not supported for floating point target");
  if (x.dim() == 0)
    fail_line<IndexError>(
        "input holds one score for each class: loss = cross_entropy(scores.unsqueeze(0), target) "
        "for scores of size [C]",
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)");
  if (!is_floating(x.dtype()))
    fail_line<NotImplementedError>(
        "Scores are floating point numbers: loss = cross_entropy(input.float(), target)",
        "\"log_softmax_lastdim_kernel_impl\" not implemented for '", word_of(x.dtype()), "'");
  int64_t axis = x.dim() == 1 ? 0 : 1, classes = x.size(axis);
  if (weight.defined() && (weight.dim() != 1 || weight.numel() != classes))
    fail("cross_entropy: weight tensor should be defined either for all ", classes,
         " classes or no classes but got weight tensor of shape: ", weight.sizes());
  Tensor target = given;
  if (a.label_smoothing > 0)
    target = target * (1 - a.label_smoothing) + a.label_smoothing / double(classes);
  Tensor each = log_softmax(x, SoftmaxAttrs{axis, {}}) * target;
  if (weight.defined()) {
    Dims shape(size_t(x.dim()), 1);
    shape[size_t(axis)] = classes;
    each = each * weight.view({shape});
  }
  if (a.reduction.is("none")) return -each.sum({.dim = Dims(axis)});
  if (a.reduction.is("sum")) return -each.sum();
  Tensor mean = -each.sum() / double(x.numel() / std::max<int64_t>(classes, 1));
  return named(std::move(mean), "DivBackward1");
}

// ---- elementwise ----

void warn_of_sizes(const Tensor& x, const Tensor& y) {
  if (x.sizes() != y.sizes()) [[unlikely]]
    warn("Using a target size (torch.Size(" + text(y.sizes()) +
         ")) that is different to the input size (torch.Size(" + text(x.sizes()) +
         ")). This will likely lead to incorrect results due to broadcasting. Please ensure they "
         "have the same size.");
}
Meta loss_meta(Args in, const Reduction& r) {
  Dims sizes = broadcast({in.in, 2});
  return {r.is("none") ? sizes : Dims(), in[0].dtype()};
}
// What each element gets of the gradient of the reduced loss.
Tensor share(const Tensor& g, const Tensor& each, const Reduction& r) {
  return r.is("mean") ? g / double(each.numel()) : g;
}
GradsOf<2> slope_grads(const Tensor& g, const Tensor& slope, const Dims& x, const Dims& y,
                       const Needs& need, const Reduction& r) {
  Tensor d = slope * share(g, slope, r);
  return {need[0] ? sum_to(d, x) : Tensor(), need[1] ? sum_to(-d, y) : Tensor()};
}
// slope(): that of each loss, by differentiable ops.
template <class F>
GradsOf<2> difference_grads(const Tensor& g, const Tensor& x, const Tensor& y, const Needs& need,
                            const DifferenceGrad::Attrs& a, F slope) {
  if (!grad_enabled() && x.sizes() == y.sizes() && x.dtype() == y.dtype()) {
    Tensor d = difference_grad(g, x, y, a);
    return {need[0] ? d : Tensor(), need[1] ? -d : Tensor()};
  }
  return slope_grads(g, slope(), x.sizes(), y.sizes(), need, a.reduction);
}

}  // namespace

Meta NllLoss::infer(Args in, const Attrs& a) {
  check_classes("nll_loss", in[0], in[1], in[2]);
  return {a.reduction.is("none") ? in[1].sizes() : Dims(), in[0].dtype()};
}
GradsOf<3> NllLoss::backward(Grad g, In<1> target, In<2> weight, Shape<0> s, const Attrs& a) {
  return {nll_loss_backward(g, target, weight, {s, a}), Tensor(), Tensor()};
}
Meta NllLossBackward::infer(Args in, const Attrs& a) { return {a.size, in[0].dtype()}; }
GradsOf<3> NllLossBackward::backward(Grad h, In<1> target, In<2> weight, const Attrs& a) {
  return {nll_loss(h, target, weight, a.loss), Tensor(), Tensor()};
}

Tensor CrossEntropy::forward(const Tensor& x, const Tensor& target, const Tensor& weight,
                             const Attrs& a) {
  if (a.label_smoothing < 0 || a.label_smoothing > 1)
    fail("label_smoothing must be between 0.0 and 1.0. Got: ", short_text(a.label_smoothing));
  if (x.sizes() == target.sizes()) return of_probabilities(x, target, weight, a);
  if (!is_floating(x.dtype()))
    fail_line<NotImplementedError>(
        "Scores are floating point numbers: loss = cross_entropy(input.float(), target)",
        "\"log_softmax_lastdim_kernel_impl\" not implemented for '", word_of(x.dtype()), "'");
  check_classes("cross_entropy", x, target, weight);
  Tensor logs = log_softmax(x, SoftmaxAttrs{x.dim() == 1 ? 0 : 1, {}});
  if (a.label_smoothing > 0) return smoothed_classes(logs, target, weight, a);
  return nll_loss(logs, target, weight, {.ignore_index = a.ignore_index, .reduction = a.reduction});
}

Tensor LinearCrossEntropy::forward(Args in, const Attrs& a) {
  const Tensor &x = in[0], &matrix = in[1], &target = in[2], &bias = in[3];
  auto tuple = [](const Dims& s) { return "(" + bare(s) + (s.size() == 1 ? "," : "") + ")"; };
  if (x.dim() < 1 || x.dim() > 2) fail("expected input with dimensionality 1 or 2, got ", x.dim());
  if (matrix.dim() < 2)
    fail("expected linear_weight with dimensionality at least 2, got ", matrix.dim());
  Dims scores = matrix.sizes();  // of the sizes that bias must have, too
  int64_t features = scores.back();
  scores.erase(scores.size() - 1);
  if (x.size(-1) != features)
    fail("expected equal input and linear_weight last dimensions (in_features), got ", x.size(-1),
         " and ", features, ", respectively");
  if (bias.defined() && !(bias.sizes() == scores))
    fail("expected linear_bias shape ", tuple(scores), ", got ", tuple(bias.sizes()));
  if (scores.size() > 1 && x.dim() == 1)
    fail("K-dimensional loss defined by linear_weight shape ", tuple(matrix.sizes()),
         " requires batched input, (N, ", features, "), got unbatched input with shape ",
         tuple(x.sizes()));
  Tensor flat = scores.size() == 1 ? matrix : matrix.reshape({Dims{scores.product(), features}});
  Tensor shift = bias.defined() && scores.size() > 1 ? bias.reshape({Dims(bias.numel())}) : bias;
  Tensor logits = linear(x, flat, shift);
  if (x.dim() == 2) scores.insert(0, x.size(0));
  if (!(logits.sizes() == scores)) logits = logits.reshape({scores});
  if (a.ignore_index && target.sizes() == scores)
    fail("ignore_index cannot be specified when target contains probabilities");
  return cross_entropy(logits, target, in[4],
                       {.ignore_index = a.ignore_index.value_or(-100),
                        .reduction = a.reduction,
                        .label_smoothing = a.label_smoothing});
}

Meta MseLoss::infer(Args in, const Attrs& a) {
  warn_of_sizes(in[0], in[1]);
  return loss_meta(in, a.reduction);
}
GradsOf<2> MseLoss::backward(Grad g, In<0> x, In<1> y, Needs need, const Attrs& a) {
  return difference_grads(g, x, y, need, {0.5, HUGE_VAL, a.reduction}, [&] { return (x - y) * 2; });
}

Meta DifferenceGrad::infer(Args in, const Attrs&) { return {in[1].sizes(), in[1].dtype()}; }

Tensor L1Loss::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  warn_of_sizes(x, y);
  return reduce_loss((x - y).abs(), a.reduction);
}

Meta SmoothL1Loss::infer(Args in, const Attrs& a) {
  if (a.beta < 0) fail("smooth_l1_loss does not support negative values for beta.");
  warn_of_sizes(in[0], in[1]);
  return loss_meta(in, a.reduction);
}
GradsOf<2> SmoothL1Loss::backward(Grad g, In<0> x, In<1> y, Needs need, const Attrs& a) {
  if (a.beta == 0)  // |x - y|
    return slope_grads(g, (x - y).sign(), x.sizes(), y.sizes(), need, a.reduction);
  return difference_grads(g, x, y, need, {a.beta, 1, a.reduction},
                          [&] { return clamp((x - y) / a.beta, {.min = -1, .max = 1}); });
}

Meta HuberLoss::infer(Args in, const Attrs& a) {
  if (a.delta <= 0) fail("huber_loss does not support non-positive values for delta.");
  warn_of_sizes(in[0], in[1]);
  return loss_meta(in, a.reduction);
}
GradsOf<2> HuberLoss::backward(Grad g, In<0> x, In<1> y, Needs need, const Attrs& a) {
  return difference_grads(g, x, y, need, {1, a.delta, a.reduction},
                          [&] { return clamp(x - y, {.min = -a.delta, .max = a.delta}); });
}

Tensor SoftMarginLoss::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  if (is_integral(x.dtype()) && is_integral(y.dtype()))
    fail("result type Float can't be cast to the desired output type ", word_of(x.dtype()));
  return reduce_loss(log1p(exp(-y * x)), a.reduction);
}

Meta BinaryCrossEntropy::infer(Args in, const Attrs& a) {
  for (size_t i = 1; i < 3; i++)
    if (in[i].defined() && in[i].dtype() != in[0].dtype())
      fail("Found dtype ", word_of(in[i].dtype()), " but expected ", word_of(in[0].dtype()));
  if (!is_floating(in[0].dtype()))
    fail<NotImplementedError>("\"binary_cross_entropy\" not implemented for '",
                              word_of(in[0].dtype()), "'");
  return loss_meta(in, a.reduction);
}
GradsOf<3> BinaryCrossEntropy::backward(Grad g, In<0> x, In<1> y, In<2> weight, Needs need,
                                        const Attrs& a) {
  Tensor unit = x - y;  // of the right size for the share of the mean
  Tensor gw = weight.defined() ? g * weight : Tensor(g);
  GradsOf<3> out;
  if (need[0])
    out[0] =
        sum_to(share(gw, unit, a.reduction) * (unit / clamp_min((1 - x) * x, 1e-12)), x.sizes());
  if (need[1])
    out[1] = sum_to(
        share(gw, unit, a.reduction) * (clamp_min(log1p(-x), -100) - clamp_min(log(x), -100)),
        y.sizes());
  return out;
}

Tensor BinaryCrossEntropyWithLogits::forward(const Tensor& x, const Tensor& y, const Tensor& weight,
                                             const Tensor& pos_weight, const Attrs& a) {
  Tensor log_p = logsigmoid(x);
  Tensor each =
      pos_weight.defined() ? (1 - y) * x - ((pos_weight - 1) * y + 1) * log_p : (1 - y) * x - log_p;
  if (weight.defined()) each = each * weight;
  return reduce_loss(each, a.reduction);
}

Tensor KlDiv::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  if (is_complex(x.dtype()) || is_complex(y.dtype())) fail("kl_div: Complex inputs not supported.");
  if (!is_floating(x.dtype()) || !is_floating(y.dtype()))
    fail("kl_div: Integral inputs not supported.");
  Tensor each = a.log_target ? exp(y) * (y - x) : xlogy(y, y) - y * x;
  if (a.reduction.is("mean")) return each.mean();
  if (a.reduction.is("none")) return each;
  Tensor total = each.sum();
  return a.reduction.is("batchmean") && x.dim() ? total / x.size(0) : total;
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Loss)
