#include "taeda/nn/init.h"

#include <cmath>

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/random.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::nn::init {

Fans fans(const Tensor& w) {
  if (w.dim() < 2)
    fail<ValueError>(
        "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  int64_t field = 1;
  for (int64_t d = 2; d < w.dim(); d++) field *= w.size(d);
  return {w.size(1) * field, w.size(0) * field};
}

double calculate_gain(const std::string& name, std::optional<double> param) {
  if (name == "tanh") return 5.0 / 3;
  if (name == "relu") return std::sqrt(2.0);
  if (name == "selu") return 3.0 / 4;
  if (name == "leaky_relu") {
    double slope = param.value_or(0.01);
    return std::sqrt(2.0 / (1 + slope * slope));
  }
  for (const char* linear : {"linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
                             "conv_transpose2d", "conv_transpose3d", "sigmoid"})
    if (name == linear) return 1;
  fail<ValueError>("Unsupported nonlinearity ", name);
}

const Tensor& uniform_(const Tensor& t, double a, double b, const Source& g) {
  NoGradGuard raw;
  return t.uniform_({.from = a, .to = b, .generator = g});
}
const Tensor& normal_(const Tensor& t, double mean, double std, const Source& g) {
  NoGradGuard raw;
  return t.normal_({.mean = mean, .std = std, .generator = g});
}

namespace {
double normal_cdf(double x) { return (1 + std::erf(x / std::sqrt(2.0))) / 2; }
bool holds_anywhere(const Tensor& mask) { return mask.sum().item<int64_t>() != 0; }
Tensor draw_normal(const Tensor& like, double mean, double std, const Source& g) {
  return empty_like(like).normal_({.mean = mean, .std = std, .generator = g});
}
// The logarithm of the density over its maximum within [a, b].
Tensor log_density(const Tensor& x, double mean, double std, double a, double b) {
  double peak = std::max(a, std::min(mean, b));
  double log_peak = -0.5 * std::pow((peak - mean) / std, 2);
  return ((x - mean) / std).pow(2) * -0.5 - log_peak;
}
}  // namespace

const Tensor& trunc_normal_(const Tensor& t, double mean, double std, double a, double b,
                            const Source& g) {
  NoGradGuard raw;
  if (t.is_meta() || t.numel() == 0) return t;
  if (normal_cdf((b - mean) / std) - normal_cdf((a - mean) / std) > 0.3) {
    // Most draws fit: the others are drawn again. The bounds are those the dtype can hold.
    Scalar low = scalar(a, t.dtype()).item(), high = scalar(b, t.dtype()).item();
    Tensor x = t.normal_({.mean = mean, .std = std, .generator = g});
    for (;;) {
      Tensor outside = (x < low) | (x > high);
      if (!holds_anywhere(outside)) break;
      x = where(outside, draw_normal(x, mean, std, g), x);
    }
    return x.is(t) ? t : t.copy_(x);
  }
  // Even draws, each accepted with the probability density there over its maximum.
  auto refused = [&](const Tensor& x) {
    Tensor u = empty_like(x).uniform_({.from = 0, .to = 1, .generator = g});
    return u.log_() > log_density(x, mean, std, a, b);
  };
  Tensor x = t.uniform_({.from = a, .to = b, .generator = g});
  for (Tensor open = refused(x.clone()); holds_anywhere(open);) {
    Tensor next = empty_like(x).uniform_({.from = a, .to = b, .generator = g});
    x = where(open, next, x);
    open = where(open, refused(next), open);
  }
  return x.is(t) ? t : t.copy_(x);
}
const Tensor& constant_(const Tensor& t, Scalar value) {
  NoGradGuard raw;
  return t.fill_(value);
}
const Tensor& ones_(const Tensor& t) { return constant_(t, 1.0); }
const Tensor& zeros_(const Tensor& t) {
  NoGradGuard raw;
  return t.zero_();
}
const Tensor& eye_(const Tensor& t) {
  if (t.dim() != 2) fail<ValueError>("Only tensors with 2 dimensions are supported");
  NoGradGuard raw;
  t.zero_();
  for (int64_t i = 0, n = std::min(t.size(0), t.size(1)); i < n; i++) t[i][i].fill_(1);
  return t;
}
const Tensor& dirac_(const Tensor& t, int64_t groups) {
  if (t.dim() < 3 || t.dim() > 5)
    fail<ValueError>("Only tensors with 3, 4, or 5 dimensions are supported");
  if (groups <= 0 || t.size(0) % groups) fail<ValueError>("dim 0 must be divisible by groups");
  NoGradGuard raw;
  t.zero_();
  int64_t each = t.size(0) / groups;
  for (int64_t g = 0; g < groups; g++)
    for (int64_t d = 0, n = std::min(each, t.size(1)); d < n; d++) {
      Tensor at = t[g * each + d][d];
      while (at.dim() > 0) at = at[at.size(0) / 2];
      at.fill_(1);
    }
  return t;
}

const Tensor& xavier_uniform_(const Tensor& t, double gain, const Source& g) {
  auto [in, out] = fans(t);
  double std = gain * std::sqrt(2.0 / double(in + out)), bound = std::sqrt(3.0) * std;
  return uniform_(t, -bound, bound, g);
}
const Tensor& xavier_normal_(const Tensor& t, double gain, const Source& g) {
  auto [in, out] = fans(t);
  return normal_(t, 0, gain * std::sqrt(2.0 / double(in + out)), g);
}

namespace {
double kaiming_std(const Tensor& t, const KaimingOptions& o) {
  if (o.mode != "fan_in" && o.mode != "fan_out")
    fail<ValueError>("Mode ", o.mode, " not supported, please use one of ['fan_in', 'fan_out']");
  auto [in, out] = fans(t);
  return calculate_gain(o.nonlinearity, o.a) / std::sqrt(double(o.mode == "fan_in" ? in : out));
}
bool is_empty(const Tensor& t) {
  if (!t.sizes().contains(0)) return false;
  warn("Initializing zero-element tensors is a no-op");
  return true;
}
}  // namespace

const Tensor& kaiming_uniform_(const Tensor& t, const KaimingOptions& o) {
  if (is_empty(t)) return t;
  double bound = std::sqrt(3.0) * kaiming_std(t, o);
  return uniform_(t, -bound, bound, o.generator);
}
const Tensor& kaiming_normal_(const Tensor& t, const KaimingOptions& o) {
  if (is_empty(t)) return t;
  return normal_(t, 0, kaiming_std(t, o), o.generator);
}

}  // namespace taeda::nn::init
