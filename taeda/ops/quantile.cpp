#include "taeda/ops/quantile.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/sort.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

void InterpolationWords::fail(std::string_view word) {
  taeda::fail(
      "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but "
      "got ",
      word);
}

namespace {

// Ranks are real numbers from 0 to n - 1; what lies between two elements is interpolated.
Tensor quantiles(const Tensor& x, const Tensor& q, const QuantilesAttrs& a, bool skip_nan,
                 const char* word) {
  if (x.numel() == 0) fail(word, "() input tensor must be non-empty");
  if (q.dim() > 1) fail(word, "() q must be a scalar or 1D tensor");
  if (x.dtype() != DType::float32 && x.dtype() != DType::float64)
    fail(word, "() input tensor must be either float or double dtype");
  if (q.dtype() != x.dtype()) fail(word, "() q tensor must be same dtype as the input tensor");
  if (!q.is_meta() && ((q < 0) | (q > 1)).any().item<bool>())
    fail(word, "() q values must be in the range [0, 1]");

  int64_t dim = a.dim ? wrap_dim(*a.dim, x.dim()) : 0;
  Tensor lines = !a.dim         ? x.flatten()
                 : x.dim() == 0 ? x.reshape({Dims(1)})
                                : x.movedim({Dims(dim), Dims(-1)});
  int64_t n = lines.size(-1);
  Tensor sorted = lines.sort({.dim = -1}).values;
  Tensor share = q.reshape({Dims(-1)}), nan = isnan(lines.detach()), ranks;
  if (skip_nan) {
    Tensor top = logical_not(nan).sum({.dim = Dims(-1), .keepdim = true}) - 1;
    ranks = clamp_min(share * top.to(x.dtype()), 0);
  } else {
    Tensor bad = nan.any({.dim = Dims(-1), .keepdim = true});
    ranks = where(bad, double(n - 1), share * double(n - 1));
  }
  if (a.interpolation.is("lower")) ranks = ranks.floor();
  if (a.interpolation.is("higher")) ranks = ranks.ceil();
  if (a.interpolation.is("nearest")) ranks = ranks.round();
  Tensor below = ranks.detach().floor(), above = ranks.detach().ceil();
  Tensor low = sorted.gather(below.to(DType::int64), {-1});
  Tensor high = sorted.gather(above.to(DType::int64), {-1});
  Tensor weight = a.interpolation.is("midpoint")
                      ? full_like(ranks, {.fill_value = 0.5, .options = {}})
                      : ranks - below;
  Tensor out = lerp(low, high, weight);  // (.., m)

  Dims kept = x.sizes();
  if (!a.dim) kept = Dims(kept.size(), 1);
  else if (!kept.empty()) kept[size_t(dim)] = 1;
  out = out.movedim({Dims(-1), Dims(0)});
  if (a.keepdim) {
    kept.insert(0, share.numel());
    out = out.reshape({kept});
  } else if (a.dim && x.dim() == 0) {
    out = out.reshape({Dims(share.numel())});
  }
  return q.dim() ? out : out.squeeze({.dim = Dims(0)});
}

void check_share(double q, const char* word) {
  if (!(q >= 0 && q <= 1)) fail(word, "() q must be in the range [0, 1] but got ", short_text(q));
}

}  // namespace

Tensor Quantile::forward(const Tensor& x, const Attrs& a) {
  check_share(a.q, "quantile");
  return quantiles(x, full(Dims(), a.q, {.dtype = x.dtype(), .device = x.device()}), a.rest(),
                   false, "quantile");
}
Tensor Nanquantile::forward(const Tensor& x, const Attrs& a) {
  check_share(a.q, "nanquantile");
  return quantiles(x, full(Dims(), a.q, {.dtype = x.dtype(), .device = x.device()}), a.rest(), true,
                   "nanquantile");
}
Tensor QuantileTensor::forward(const Tensor& x, const Tensor& q, const Attrs& a) {
  return quantiles(x, q, a, false, "quantile");
}
Tensor NanquantileTensor::forward(const Tensor& x, const Tensor& q, const Attrs& a) {
  return quantiles(x, q, a, true, "nanquantile");
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Quantiles)
