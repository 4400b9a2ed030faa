#include "taeda/ops/margin_loss.h"

#include <numbers>

#include "taeda/autograd/grad_mode.h"
#include "taeda/op/call.h"
#include "taeda/ops/activation.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/index.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/scan.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

Tensor zero_like(const Tensor& x) { return zeros_like(x.detach()); }
Tensor positive_part(const Tensor& x) { return clamp_min(x, 0); }

// Not below `least`; where it is raised, the gradient is the one of x all the same.
Tensor at_least(const Tensor& x, double least) {
  Tensor y = x.clone();
  NoGradGuard raw;
  y.clamp_min_(least);
  return y;
}

// Input (N, C), (C) or of one class () as (N, C).
Tensor as_rows(const Tensor& x) {
  const Dims& s = x.sizes();
  if (s.size() > 2 || (!s.empty() && s[s.size() - 1] == 0))
    fail("Expected non-empty vector or matrix with optional 0-dim batch size, but got: ", s);
  return s.size() == 2 ? x : x.reshape({Dims{1, -1}});
}
void check_scores(const char* kernel, const Tensor& x) {
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"", kernel, "\" not implemented for '", word_of(x.dtype()), "'");
}
void check_whole(const Tensor& target) {
  if (target.dtype() != DType::int64)
    fail("expected scalar type Long but found ", word_of(target.dtype()),
         ". Classes are numbers of type int64: target.long()");
}

}  // namespace

Tensor PairwiseDistance::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  return norm(x - y + a.eps, {.p = a.p, .dim = Dims{-1}, .keepdim = a.keepdim});
}

Tensor CosineSimilarity::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  DType common = promote(x.dtype(), y.dtype());
  if (!is_floating(common))
    fail("expected common dtype to be floating point, yet common dtype is ", word_of(common));
  Tensor u = x.to(common), v = y.to(common);
  auto unit = [&](const Tensor& t) {
    return t / at_least(norm(t, {.p = 2, .dim = Dims{a.dim}, .keepdim = true}), a.eps);
  };
  const Tensor* both[] = {&u, &v};
  Dims sizes = broadcast({both, 2});
  return (unit(u.expand({sizes})) * unit(v.expand({sizes}))).sum({.dim = Dims{a.dim}});
}

Tensor HingeEmbeddingLoss::forward(const Tensor& x, const Tensor& target, const Attrs& a) {
  Tensor zero = zero_like(x);  // integers stay integers, so that their mean is refused
  Tensor gap = can_have_gradient(x.dtype()) ? a.margin - x : zero.clone().fill_({a.margin}) - x;
  Tensor far = where(target != 1, positive_part(gap), zero);
  return reduce_loss(far + where(target != -1, x, zero), a.reduction);
}

Tensor MarginRankingLoss::forward(const Tensor& x, const Tensor& y, const Tensor& target,
                                  const Attrs& a) {
  if (x.dim() != y.dim() || x.dim() != target.dim())
    fail("margin_ranking_loss : All input tensors should have same dimension but got sizes: ",
         "input1: torch.Size(", text(x.sizes()), "), input2: torch.Size(", text(y.sizes()),
         "), target: torch.Size(", text(target.sizes()), ") ");
  return reduce_loss(positive_part(-target * (x - y) + a.margin), a.reduction);
}

Tensor CosineEmbeddingLoss::forward(const Tensor& x, const Tensor& y, const Tensor& target,
                                    const Attrs& a) {
  if (target.dim() > 1) fail("0D or 1D target tensor expected, multi-target not supported");
  int64_t axis = target.dim();
  if (x.dim() != axis + 1 || y.dim() != axis + 1)
    fail(axis, "D target tensor expects ", axis + 1,
         "D input tensors, but found inputs with sizes ", x.sizes(), " and ", y.sizes(), ".");
  constexpr double eps = 1e-12;
  auto dot = [&](const Tensor& p, const Tensor& q) { return (p * q).sum({.dim = Dims{axis}}); };
  Tensor cosine = dot(x, y) / sqrt((dot(x, x) + eps) * (dot(y, y) + eps));
  Tensor zero = zero_like(cosine);
  Tensor near = where(target == 1, 1 - cosine, zero);
  Tensor far = where(target == -1, positive_part(cosine - a.margin), zero);
  return reduce_loss(near + far, a.reduction);
}

Tensor TripletMarginLoss::forward(const Tensor& anchor, const Tensor& positive,
                                  const Tensor& negative, const Attrs& a) {
  if (anchor.dim() != positive.dim() || anchor.dim() != negative.dim())
    fail(
        "The anchor, positive, and negative tensors are expected to have the same number of "
        "dimensions, but got: anchor ",
        anchor.dim(), "D, positive ", positive.dim(), "D, and negative ", negative.dim(),
        "D inputs");
  PairwiseDistance::Attrs d{.p = a.p, .eps = a.eps};
  Tensor near = pairwise_distance(anchor, positive, d),
         far = pairwise_distance(anchor, negative, d);
  if (a.swap) far = minimum(far, pairwise_distance(positive, negative, d));
  return reduce_loss(positive_part(a.margin + near - far), a.reduction);
}

Tensor MultiMarginLoss::forward(const Tensor& x, const Tensor& target, const Tensor& weight,
                                const Attrs& a) {
  if (a.p != 1 && a.p != 2) fail<ValueError>("only p == 1 and p == 2 supported");
  Tensor rows = as_rows(x);
  check_scores("multi_margin_loss_cpu_kernel", x);
  int64_t n = rows.size(0), classes = rows.size(1);
  if (target.dim() > 1 || target.numel() != n)
    fail(
        "multi_margin_loss: target tensor should be 1-D with size equal to the number of input "
        "samples (batch size). Expected target size [",
        n, "], but got ", target.sizes(), ". Input has shape ", x.sizes(), ".");
  check_whole(target);
  if (weight.defined() && (weight.dim() != 1 || weight.numel() != classes))
    fail("inconsistent weight size, expected ", classes, " but got ", weight.sizes());
  Tensor at = target.reshape({n, 1});
  if (n && !at.is_meta() && (at.min().item<int64_t>() < 0 || at.max().item<int64_t>() >= classes))
    fail("target out of range: input of size ", x.sizes(), " has the classes 0 to ", classes - 1);
  Tensor each = positive_part(a.margin - rows.gather(1, at) + rows);
  if (a.p == 2) each = each * each;
  if (weight.defined()) each = each * weight.gather(0, at.flatten()).unsqueeze(1);
  Tensor ones_at = ones_like(at), none = zeros_like(rows.detach()).to(DType::int64);
  Tensor right = none.scatter_add(1, at, ones_at) > 0;
  each = each.masked_fill(right, 0).sum({.dim = Dims{1}}) / double(classes);
  if (x.dim() < 2 && target.dim() == 0) each = each.squeeze(0);
  return reduce_loss(each, a.reduction);
}

Tensor MultilabelMarginLoss::forward(const Tensor& x, const Tensor& target, const Attrs& a) {
  Tensor rows = as_rows(x);
  check_scores("multilabel_margin_loss_forward_out_frame", x);
  if (target.sizes() != x.sizes())
    fail("inconsistent target size: ", target.sizes(), " for input of size: ", x.sizes());
  check_whole(target);
  int64_t n = rows.size(0), classes = rows.size(1);
  Tensor labels = target.reshape({n, classes});
  if (n && !labels.is_meta() &&
      (labels.min().item<int64_t>() < -1 || labels.max().item<int64_t>() >= classes))
    fail("argument #2 'target' is out of range: the classes are 0 to ", classes - 1,
         ", and -1 ends their list");
  Tensor valid = cumprod((labels >= 0).to(DType::int64), {.dim = 1});  // up to the first -1
  int64_t most = labels.is_meta() ? classes
                 : n              ? valid.sum({.dim = Dims{1}}).max().item<int64_t>()
                                  : 0;
  Tensor at = (labels * valid).narrow(1, 0, most);  // class 0 stands for none
  valid = valid.narrow(1, 0, most);
  Tensor right = zeros_like(labels).scatter_add(1, at, valid) > 0;
  Tensor wanted = rows.gather(1, at);
  Tensor gaps = 1 - wanted.unsqueeze(2) + rows.unsqueeze(1);  // (N, right, C)
  Tensor counts =
      logical_and(valid.to(DType::boolean).unsqueeze(2), logical_not(right).unsqueeze(1));
  Tensor each = positive_part(gaps).masked_fill(logical_not(counts), 0);
  each = each.sum({.dim = Dims{1, 2}}) / double(classes);
  return reduce_loss(x.dim() < 2 ? each.squeeze(0) : each, a.reduction);
}

Tensor MultilabelSoftMarginLoss::forward(const Tensor& x, const Tensor& target,
                                         const Tensor& weight, const Attrs& a) {
  check_scores("log_sigmoid_cpu", x);
  Tensor each = -(target * logsigmoid(x) + (1 - target) * logsigmoid(-x));
  if (weight.defined()) each = each * weight;
  return reduce_loss(each.sum({.dim = Dims{-1}}) / double(x.size(-1)), a.reduction);
}

Tensor PoissonNllLoss::forward(const Tensor& x, const Tensor& target, const Attrs& a) {
  Tensor each = a.log_input ? exp(x) - target * x : x - target * log(x + a.eps);
  if (a.full) {
    Tensor stirling = target * log(target) - target + 0.5 * log(2 * std::numbers::pi * target);
    each = each + stirling.masked_fill(target <= 1, 0);
  }
  return reduce_loss(each, a.reduction);
}

Tensor GaussianNllLoss::forward(const Tensor& x, const Tensor& target, const Tensor& given,
                                const Attrs& a) {
  Tensor var = given;
  if (!var.is_meta() && (var < 0).any().item<bool>())
    fail<ValueError>("var has negative entry/entries");
  const Dims &s = x.sizes(), &v = var.sizes();
  if (v != s) {
    Dims shorter = s;
    if (!s.empty()) shorter.erase(s.size() - 1);
    int64_t unequal = 0;  // the sum of var's sizes that differ from input's
    if (v.size() == s.size())
      for (size_t i = 0; i < s.size(); i++) unequal += v[i] != s[i] ? v[i] : 0;
    if (!s.empty() && v == shorter) var = var.unsqueeze(-1);
    else if (unequal != 1)
      fail<ValueError>("var is of incorrect size: ", v, " does not fit an input of size ", s);
  }
  var = at_least(var, a.eps);
  Tensor d = x - target;
  Tensor each = 0.5 * (log(var) + d * d / var);
  if (a.full) each = each + 0.5 * std::log(2 * std::numbers::pi);
  return reduce_loss(each, a.reduction);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Margins)
