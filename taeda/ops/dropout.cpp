#include "taeda/ops/dropout.h"

#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/activation.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/random.h"

namespace taeda::ops {

namespace {

// True if the call changes nothing.
bool passes(const Tensor& x, const DropoutAttrs& a) {
  if (!(a.p >= 0 && a.p <= 1))
    fail("dropout probability has to be between 0 and 1, but got ", short_text(a.p));
  return a.p == 0 || !a.train || x.numel() == 0;
}
void check_floating(const Tensor& x) {
  if (!can_have_gradient(x.dtype()))
    fail("result type Float can't be cast to the desired output type ", word_of(x.dtype()));
}
// 1 / (1 - p) or 0 for each element, or for each channel.
Tensor mask_for(const Tensor& x, double p, bool channels) {
  check_floating(x);
  if (!channels) return dropout_mask(x, DropoutMask::Attrs{.p = p, .generator = {}});
  if (x.dim() < 2) fail("Feature dropout requires at least 2 dimensions in the input");
  Dims sizes(x.sizes().size(), 1);
  sizes[0] = x.sizes()[0], sizes[1] = x.sizes()[1];
  return dropout_mask(empty(sizes, x.dtype(), x.device()),
                      DropoutMask::Attrs{.p = p, .generator = {}});
}
Tensor drop(const Tensor& x, const DropoutAttrs& a, bool channels) {
  if (passes(x, a)) return x;
  if (a.p == 1) return x * zeros_like(x);
  return x * mask_for(x, a.p, channels);
}
Tensor alpha_drop(const Tensor& x, const DropoutAttrs& a, bool channels) {
  if (passes(x, a)) return x;
  if (a.p == 1) return x * zeros_like(x);
  constexpr double limit = 1.7580993408473766;  // minus the value of selu at minus infinity
  double scale = 1 / std::sqrt((limit * limit * a.p + 1) * (1 - a.p));
  Tensor kept = mask_for(x, a.p, channels) * (1 - a.p);
  return x * (kept * scale) + ((kept - 1) * (limit * scale) + limit * scale * a.p);
}

}  // namespace

Tensor Dropout::forward(const Tensor& x, const Attrs& a) { return drop(x, a, false); }
Tensor FeatureDropout::forward(const Tensor& x, const Attrs& a) { return drop(x, a, true); }
Tensor AlphaDropout::forward(const Tensor& x, const Attrs& a) { return alpha_drop(x, a, false); }
Tensor FeatureAlphaDropout::forward(const Tensor& x, const Attrs& a) {
  return alpha_drop(x, a, true);
}

Meta RreluNoise::infer(Args in, const Attrs& a) {
  if (a.lower > a.upper)
    fail("Lower bound should be less than or equal to the upper bound: rrelu got lower=",
         short_text(a.lower), ", upper=", short_text(a.upper));
  if (!is_floating(in[0].dtype()))
    fail<NotImplementedError>("\"rrelu_with_noise_out_cpu\" not implemented for '",
                              word_of(in[0].dtype()), "'");
  return {in[0].sizes(), in[0].dtype()};
}
Tensor Rrelu::forward(const Tensor& x, const Attrs& a) {
  if (a.training) return x * rrelu_noise(x, {a.lower, a.upper, a.generator});
  return leaky_relu(x, {(a.lower + a.upper) / 2});
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Dropping)
