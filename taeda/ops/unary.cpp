// Gradients of the functions of one tensor.
#include "taeda/ops/unary.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"

namespace taeda::ops {

namespace {
constexpr double kLn2 = 0.69314718055994530942, kLn10 = 2.30258509299404568402;
constexpr double kTwoOverSqrtPi = 1.12837916709551257390;
}  // namespace

Tensor Exp::backward(Grad g, Out<0> y) { return g * y.conj(); }
Tensor Exp2::backward(Grad g, Out<0> y) { return g * y.conj() * kLn2; }
Tensor Expm1::backward(Grad g, Out<0> y) { return g * (y.conj() + 1); }
Tensor Log::backward(Grad g, In<0> x) { return g / x.conj(); }
Tensor Log2::backward(Grad g, In<0> x) { return g / (x.conj() * kLn2); }
Tensor Log10::backward(Grad g, In<0> x) { return g / (x.conj() * kLn10); }
Tensor Log1p::backward(Grad g, In<0> x) { return g / (x.conj() + 1); }
Tensor Sqrt::backward(Grad g, Out<0> y) { return g / (y.conj() * 2); }
Tensor Rsqrt::backward(Grad g, Out<0> y) { return g * y.pow(3).conj() * -0.5; }
Tensor Sin::backward(Grad g, In<0> x) { return g * x.cos().conj(); }
Tensor Cos::backward(Grad g, In<0> x) { return -(g * x.sin().conj()); }
Tensor Tan::backward(Grad g, Out<0> y) { return g * (y * y + 1).conj(); }
Tensor Asin::backward(Grad g, In<0> x) { return g * (1 - x * x).rsqrt().conj(); }
Tensor Acos::backward(Grad g, In<0> x) { return g * -(1 - x * x).rsqrt().conj(); }
Tensor Atan::backward(Grad g, In<0> x) { return g / (x * x + 1).conj(); }
Tensor Sinh::backward(Grad g, In<0> x) { return g * x.cosh().conj(); }
Tensor Cosh::backward(Grad g, In<0> x) { return g * x.sinh().conj(); }
Tensor Tanh::backward(Grad g, Out<0> y) { return g * (1 - y * y).conj(); }
Tensor Asinh::backward(Grad g, In<0> x) { return g * (x * x + 1).rsqrt().conj(); }
Tensor Acosh::backward(Grad g, In<0> x) { return g * ((x - 1).rsqrt() * (x + 1).rsqrt()).conj(); }
Tensor Atanh::backward(Grad g, In<0> x) { return g / (1 - x * x).conj(); }
Tensor Erf::backward(Grad g, In<0> x) { return g * (kTwoOverSqrtPi * exp(-(x * x))); }
Tensor Erfc::backward(Grad g, In<0> x) { return g * (-kTwoOverSqrtPi * exp(-(x * x))); }
Tensor Sigmoid::backward(Grad g, Out<0> y) { return g * ((1 - y) * y).conj(); }
Tensor Reciprocal::backward(Grad g, Out<0> y) { return -(g * (y * y).conj()); }
Tensor Deg2rad::backward(Grad g, Type<0>) { return g * 0.017453292519943295; }
Tensor Rad2deg::backward(Grad g, Type<0>) { return g * 57.29577951308232; }
Tensor Neg::backward(Grad g) { return -g; }
Tensor Abs::backward(Grad g, In<0> x) { return g * x.sgn(); }
Tensor Sgn::backward(Grad g, In<0> x) {
  if (!is_complex(x.dtype())) return zeros_like(g);
  Tensor size = x.abs(), s = x.sgn();  // the part of g across the direction of x
  Tensor along = (g * s.conj() + g.conj() * s) / 2;
  return where(size == 0, 0, (g - along * s) / size);
}
Tensor Sign::backward(Grad g) { return zeros_like(g); }
Tensor Floor::backward(Grad g) { return zeros_like(g); }
Tensor Ceil::backward(Grad g) { return zeros_like(g); }
Tensor Trunc::backward(Grad g) { return zeros_like(g); }
Tensor Round::backward(Grad g) { return zeros_like(g); }
Tensor Frac::backward(Grad g) { return g; }
Tensor ConjPhysical::backward(Grad g) { return g.conj(); }

Tensor Positive::forward(const Tensor& x) {
  if (x.dtype() == DType::boolean) fail("The `+` operator, on a bool tensor is not supported.");
  return x;
}
namespace {
void check_real(Args in, const char* op) {
  if (is_complex(in[0].dtype()))
    fail<NotImplementedError>(op, " is not supported for complex inputs");
}
}  // namespace
void Floor::check(Args in) { check_real(in, "floor"); }
void Ceil::check(Args in) { check_real(in, "ceil"); }
void Trunc::check(Args in) { check_real(in, "trunc"); }
void Sign::check(Args in) {
  if (is_complex(in[0].dtype()))
    fail<NotImplementedError>(
        "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn "
        "instead.");
}
Tensor Angle::backward(Grad g, In<0> x) {
  if (!is_complex(x.dtype())) return zeros_like(g);
  Tensor squared = (x * x.conj());
  return where(x == 0, 0, g * (Scalar(std::complex<double>(0, 1)) * x / squared));
}
Tensor Square::forward(const Tensor& x) { return x.pow(2); }
Tensor Conj::forward(const Tensor& x) { return is_complex(x.dtype()) ? conj_physical(x) : x; }

void Neg::check(Args in) {
  if (in[0].dtype() == DType::boolean)
    fail(
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
        "invert a "
        "mask, use the `~` or `logical_not()` operator instead.");
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Unary)
