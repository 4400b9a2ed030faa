#include "taeda/optim/matrix_rules.h"

#include <cmath>
#include <limits>

#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/views.h"

namespace taeda::optim::rule {

namespace {

void check_least(const char* what, const double& field, const Show& show) {
  if (!(field >= 0)) fail<ValueError>(what, " should be >= 0 but is: ", show(field));
}
void refuse_complex(std::string_view name, const Tensor& p) {
  if (is_complex(p.dtype())) fail(name, " does not support complex parameters");
}
double root_mean_square(const Tensor& x) {
  return x.norm().item<double>() / std::sqrt(double(std::max<int64_t>(1, x.numel())));
}
double epsilon_of(DType d) {
  switch (d) {
  case DType::float64: return std::numeric_limits<double>::epsilon();
  case DType::float16: return 0x1p-10;
  case DType::bfloat16: return 0x1p-7;
  default: return std::numeric_limits<float>::epsilon();
  }
}

}  // namespace

// ---- Adafactor ----

void Adafactor::Options::validate(const Show& show) const {
  check_least("Learning rate", lr, show);
  if (!(beta2_decay <= 0))
    fail<ValueError>("beta2_decay should be <= 0 but is: ", show(beta2_decay));
  if (eps.first) check_least("epsilon1", *eps.first, show);
  check_least("epsilon2", eps.second, show);
  if (!(d >= 1)) fail<ValueError>("Clipping threshold d should be >= 1 but is: ", show(d));
  check_least("weight_decay", weight_decay, show);
}

std::optional<Dims> Adafactor::shape(size_t i, const Tensor& p) {
  if (i == 0) return Dims();
  if ((p.dim() > 1) != (i < 3)) return {};
  Dims sizes = p.sizes();
  if (i < 3) sizes[sizes.size() - i] = 1;
  return sizes;
}

void Adafactor::step(const Tensor& p, const Tensor& gradient, const std::array<const Tensor*, 4>& s,
                     const Options& o) {
  refuse_complex(name, p);
  double least = o.eps.first.value_or(epsilon_of(p.dtype()));
  Tensor g = o.maximize ? -gradient : gradient;
  s[0]->add_(1);
  double t = s[0]->item<double>(), gain = std::pow(t, o.beta2_decay);
  double scale = std::max(o.eps.second, root_mean_square(p)) * std::min(o.lr, 1 / std::sqrt(t));
  if (o.weight_decay != 0) p.mul_(1 - o.lr * o.weight_decay);
  Tensor variance, square = g * g;
  if (s[1]) {
    const Tensor &rows = *s[1], &columns = *s[2];
    rows.lerp_(square.mean({.dim = -1, .keepdim = true}), gain);
    columns.lerp_(square.mean({.dim = -2, .keepdim = true}), gain);
    Tensor mean = rows.mean({.dim = -2, .keepdim = true}).clamp_min(least);
    variance = rows.matmul(columns) / mean;
  } else {
    variance = *s[3];
    variance.lerp_(square, gain);
  }
  Tensor update = variance.clamp_min(least * least).rsqrt() * g;
  p.sub_(update * (scale / std::max(1.0, root_mean_square(update) / o.d)));
}

// ---- Muon ----

void Muon::Adjust::fail(std::string_view word) {
  taeda::fail<ValueError>("Adjust learning rate function ", word, " is not supported");
}
void Muon::Options::validate(const Show& show) const {
  check_least("Learning rate", lr, show);
  check_least("momentum", momentum, show);
  check_least("weight decay", weight_decay, show);
}
void Muon::check(const Tensor& p) {
  if (p.dim() != 2)
    fail<ValueError>(
        "Muon only supports 2D parameters whereas we found a parameter with size: torch.Size(",
        p.sizes(), ")");
}
std::optional<Dims> Muon::shape(size_t, const Tensor& p) { return p.sizes(); }

// The nearest matrix with orthogonal rows, or columns, roughly: x becomes a x + (b x x' + c (x
// x')^2) x again and again.
static Tensor orthogonal(const Tensor& matrix, const Muon::Options& o) {
  if (o.ns_steps >= 100)
    fail<ValueError>("Number of steps must be less than 100 for computational efficiency");
  auto [a, b, c] = o.ns_coefficients;
  bool tall = matrix.size(0) > matrix.size(1);
  Tensor x = matrix.to(DType::bfloat16);
  if (tall) x = x.t();
  x = x / x.norm().clamp_min(o.eps);
  for (int64_t i = 0; i < o.ns_steps; i++) {
    Tensor gram = x.matmul(x.t());
    x = addmm(x, addmm(gram, gram, gram, {.beta = b, .alpha = c}), x, {.beta = a});
  }
  return tall ? x.t() : x;
}

void Muon::step(const Tensor& p, const Tensor& g, const std::array<const Tensor*, 1>& s,
                const Options& o) {
  refuse_complex(name, p);
  Tensor average = *s[0];
  average.lerp_(g, 1 - o.momentum);
  Tensor direction = orthogonal(o.nesterov ? g.lerp(average, o.momentum) : average, o);
  double rows = double(p.size(0)), columns = double(p.size(1));
  double rate = o.adjust_lr_fn.is("original") ? o.lr * std::sqrt(std::max(1.0, rows / columns))
                                              : o.lr * 0.2 * std::sqrt(std::max(rows, columns));
  p.mul_(1 - o.lr * o.weight_decay);
  p.sub_(direction.to(p.dtype()) * rate);
}

}  // namespace taeda::optim::rule
