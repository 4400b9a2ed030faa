// Gradients of the special functions.
#include "taeda/ops/special.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"

namespace taeda::ops {

namespace {
constexpr double kPi = special::kPi;
[[noreturn]] void not_implemented(const char* op) {
  fail<NotImplementedError>("derivative for ", op, " is not implemented");
}
// 0 / 0 where x is 0 becomes `at_zero`.
Tensor over(const Tensor& y, const Tensor& x, double at_zero) {
  return where(x == 0, at_zero, y / where(x == 0, 1, x));
}
}  // namespace

Tensor Lgamma::backward(Grad g, In<0> x) { return g * digamma(x); }
Tensor Digamma::backward(Grad g, In<0> x) { return g * polygamma(x, {1}); }
Tensor Polygamma::backward(Grad g, In<0> x, const Attrs& a) { return g * polygamma(x, {a.n + 1}); }
Tensor Erfinv::backward(Grad g, Out<0> y) { return g * (0.5 * std::sqrt(kPi) * exp(y * y)); }
Tensor I0::backward(Grad g, In<0> x) { return g * i1(x); }
Tensor I0e::backward(Grad g, In<0> x) { return g * (i1e(x) - x.sgn() * i0e(x)); }
Tensor I1::backward(Grad g, In<0> x) { return g * (i0(x) - over(i1(x), x, 0.5)); }
Tensor I1e::backward(Grad g, In<0> x) {
  Tensor y = i1e(x);
  return g * (i0e(x) - y * x.sgn() - over(y, x, 0.5));
}
Tensor Ndtri::backward(Grad g, Out<0> y) { return g * (std::sqrt(2 * kPi) * exp(y * y / 2)); }
Tensor LogNdtr::backward(Grad g, In<0> x, Out<0> y) {
  return g * (exp(x * x * -0.5 - y) / std::sqrt(2 * kPi));
}
Tensor Erfcx::backward(Grad g, In<0> x) { return g * (2 * x * erfcx(x) - 2 / std::sqrt(kPi)); }
Tensor Entr::backward(Grad g, In<0> x) { return g * (-1 - log(x)); }
Tensor BesselJ0::backward(Grad g, In<0> x) { return -(g * bessel_j1(x)); }
Tensor BesselJ1::backward(Grad g, In<0> x) {
  return g * (bessel_j0(x) - over(bessel_j1(x), x, 0.5));
}
Tensor BesselY0::backward(Grad g, In<0> x) { return -(g * bessel_y1(x)); }
Tensor BesselY1::backward(Grad g, In<0> x) { return g * (bessel_y0(x) - bessel_y1(x) / x); }
Tensor ModifiedI0::backward(Grad g, In<0> x) { return g * i1(x); }
Tensor ModifiedI1::backward(Grad g, In<0> x) { return g * (i0(x) - over(i1(x), x, 0.5)); }
Tensor ModifiedK0::backward(Grad g, In<0> x) { return -(g * modified_bessel_k1(x)); }
Tensor ModifiedK1::backward(Grad g, In<0> x) {
  return -(g * (modified_bessel_k0(x) + modified_bessel_k1(x) / x));
}
Tensor ScaledK0::backward(Grad g, In<0> x) {
  return g * (scaled_modified_bessel_k0(x) - scaled_modified_bessel_k1(x));
}
Tensor ScaledK1::backward(Grad g, In<0> x) {
  Tensor y = scaled_modified_bessel_k1(x);
  return g * (y - scaled_modified_bessel_k0(x) - y / x);
}
Tensor SphericalJ0::backward(Grad g, In<0> x) {
  return g * over(x.cos() - spherical_bessel_j0(x), x, 0);
}
Tensor AiryAi::backward(Grad, In<0>) { not_implemented("special_airy_ai"); }
Tensor Sinc::backward(Grad g, In<0> x) {
  Tensor t = x * kPi;
  return g * where(x == 0, 0, (t.cos() * t - t.sin()) / (t * x)).conj();
}
Tensor Logit::backward(Grad g, In<0> x, const Attrs& a) {
  Tensor d = g / (x * (1 - x));
  if (!a.eps) return where((x < 0) | (x > 1), special::kNan, d);
  return where((x < *a.eps) | (x > 1 - *a.eps), 0, d);
}
Tensor NanToNum::backward(Grad g, In<0> x) { return where(x.isfinite(), g, 0); }

Tensor Mvlgamma::forward(const Tensor& x, const Attrs& a) {
  if (a.p < 1) fail("p has to be greater than or equal to 1");
  Tensor sum;
  for (int64_t j = 0; j < a.p; j++) {
    Tensor term = lgamma(x - double(j) / 2);
    sum = sum.defined() ? sum + term : term;
  }
  return sum + double(a.p * (a.p - 1)) * 0.25 * std::log(kPi);
}
Tensor Ndtr::forward(const Tensor& x) { return erfc(x * -std::sqrt(0.5)) * 0.5; }

namespace {
Tensor gamma_density(const Tensor& a, const Tensor& x) {
  return exp((a - 1) * log(x) - x - lgamma(a));
}
}  // namespace
GradsOf<2> Igamma::backward(Grad g, In<0> a, In<1> x, Needs need) {
  if (need[0]) not_implemented("igamma: input");
  return {Tensor(), g * gamma_density(a, x)};
}
GradsOf<2> Igammac::backward(Grad g, In<0> a, In<1> x, Needs need) {
  if (need[0]) not_implemented("igammac: input");
  return {Tensor(), -(g * gamma_density(a, x))};
}
GradsOf<2> Xlog1py::backward(Grad g, In<0> x, In<1> y, Needs need) {
  return {need[0] ? g * where((x == 0) & (y <= -1), 0, log1p(y)) : Tensor(),
          need[1] ? g * (x / (y + 1)) : Tensor()};
}
GradsOf<2> Zeta::backward(Grad g, In<0> x, In<1> q, Needs need) {
  if (need[0]) not_implemented("special_zeta: self");
  return {Tensor(), -(g * (x * zeta(x + 1, q)))};
}
GradsOf<2> Nextafter::backward(Grad g, In<0> x, In<1> y, Needs need) {
  return {need[0] ? where(x == y, 0, g) : Tensor(), need[1] ? zeros_like(g) : Tensor()};
}
void Heaviside::check(Args in) {
  if (is_complex(in[0].dtype()) || is_complex(in[1].dtype()))
    fail("heaviside is not yet implemented for complex tensors.");
  if (in[0].dtype() != in[1].dtype())
    fail("heaviside is not yet implemented for tensors with different dtypes.");
}
#define TAEDA_POLYNOMIAL(Op, word) \
  GradsOf<2> Op::backward(Grad, In<0>, In<1>, Needs) { not_implemented("special_" #word); }
TAEDA_POLYNOMIAL(ChebyshevT, chebyshev_polynomial_t)
TAEDA_POLYNOMIAL(ChebyshevU, chebyshev_polynomial_u)
TAEDA_POLYNOMIAL(ChebyshevV, chebyshev_polynomial_v)
TAEDA_POLYNOMIAL(ChebyshevW, chebyshev_polynomial_w)
TAEDA_POLYNOMIAL(ShiftedChebyshevT, shifted_chebyshev_polynomial_t)
TAEDA_POLYNOMIAL(ShiftedChebyshevU, shifted_chebyshev_polynomial_u)
TAEDA_POLYNOMIAL(ShiftedChebyshevV, shifted_chebyshev_polynomial_v)
TAEDA_POLYNOMIAL(ShiftedChebyshevW, shifted_chebyshev_polynomial_w)
TAEDA_POLYNOMIAL(HermiteH, hermite_polynomial_h)
TAEDA_POLYNOMIAL(HermiteHe, hermite_polynomial_he)
TAEDA_POLYNOMIAL(LaguerreL, laguerre_polynomial_l)
TAEDA_POLYNOMIAL(LegendreP, legendre_polynomial_p)
#undef TAEDA_POLYNOMIAL

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Special)
