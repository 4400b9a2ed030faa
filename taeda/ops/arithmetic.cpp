// Gradients of arithmetic.
#include "taeda/ops/arithmetic.h"

#include "taeda/op/call.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/unary.h"

namespace taeda::ops {

namespace {
// f() where a gradient is wanted.
template <class F> Tensor wanted(bool yes, F f) { return yes ? f() : Tensor(); }
}  // namespace

void fail_alpha(DType d) {
  if (!can_have_gradient(d))
    fail("For integral input tensors, argument alpha must not be a floating point number.");
  fail("For non-complex input tensors, argument alpha must not be a complex number.");
}
GradsOf<2> Add::backward(Grad g, Needs need, const Attrs& a) {
  return {g, !need[1] ? Tensor() : a.alpha == Scalar(1) ? g : g * a.alpha.conj()};
}
GradsOf<2> Sub::backward(Grad g, Needs need, const Attrs& a) {
  return {g, !need[1] ? Tensor() : a.alpha == Scalar(1) ? -g : -(g * a.alpha.conj())};
}
void Sub::check(Args in) {
  bool x = in[0].dtype() == DType::boolean, y = in[1].dtype() == DType::boolean;
  if (x && y)
    fail(
        "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
        "`logical_xor()` operator instead.");
  if (x || y)
    fail(
        "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
        "invert a mask, use the `~` or `logical_not()` operator instead.");
}
GradsOf<2> Mul::backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need) {
  return {need[0] ? g * y.conj() : Tensor(), need[1] ? g * x.conj() : Tensor()};
}
GradsOf<2> Div::backward(Grad g, In<0, 1> x, In<1> y, Needs need) {
  return {need[0] ? g / y.conj() : Tensor(),
          wanted(need[1], [&] { return -(g * ((x / y) / y).conj()); })};
}
GradsOf<2> FloorDivide::backward(Grad g, Needs need) {
  return {need[0] ? zeros_like(g) : Tensor(), need[1] ? zeros_like(g) : Tensor()};
}
GradsOf<2> DivTrunc::backward(Grad g, Needs need) {
  return {need[0] ? zeros_like(g) : Tensor(), need[1] ? zeros_like(g) : Tensor()};
}
GradsOf<2> Remainder::backward(Grad g, In<0, 1> x, In<1> y, Needs need) {
  return {g, wanted(need[1], [&] { return -(g * floor_divide(x, y)); })};
}
GradsOf<2> Fmod::backward(Grad g, In<0, 1> x, In<1> y, Needs need) {
  return {g, wanted(need[1], [&] { return -(g * trunc(x / y)); })};
}

void RoundingMode::fail(std::string_view word) {
  taeda::fail("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '", word,
              "'");
}
Tensor DivMode::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  if (a.rounding_mode.is("trunc")) return div_trunc(x, y);
  return a.rounding_mode.is("floor") ? floor_divide(x, y) : div(x, y);
}

void Pow::check(Args in) {
  const Tensor& n = in[1];
  if (in[0].dtype() == DType::boolean && n.dtype() == DType::boolean &&
      !(n->marks & TensorImpl::number))
    fail<NotImplementedError>("\"pow\" not implemented for 'Bool'");
  if (!can_have_gradient(in[0].dtype()) && n->marks & TensorImpl::number &&
      is_integral(n.dtype()) && n.item<int64_t>() < 0)
    fail("Integers to negative integer powers are not allowed.");
}
GradsOf<2> Pow::backward(Grad g, In<0> x, In<1> y, Out<0> z, Needs need) {
  Tensor dx, dy;
  if (need[0]) {
    // A number as exponent is the common case, and has no logarithm to spare.
    bool number = y.dim() == 0 && !need[1];
    if (number && y.item<std::complex<double>>() == 0.0) dx = zeros_like(g);
    else if (number && y.item() == Scalar(2.0)) dx = g * (x.conj() * 2);
    else if (number) dx = g * (y * pow(x, y - 1)).conj();
    else dx = where(y == 0, 0, g * (y * pow(x, y - 1)).conj());
  }
  if (need[1]) {
    Tensor log_x = log(where(x == 0, 1, x));
    Tensor at_zero = is_complex(y.dtype()) ? x == 0 : logical_and(x == 0, y >= 0);
    dy = g * where(at_zero, 0, z * where(x == 0, log(x), log_x)).conj();
  }
  return {dx, dy};
}

// The loser gets nothing, on ties each takes half. Beside a NaN neither loses.
namespace {
GradsOf<2> shared(const Tensor& g, const Tensor& x, const Tensor& y, const Tensor& x_loses,
                  const Tensor& y_loses, const Needs& need) {
  Tensor part = where(x == y, g / 2, g);
  return {wanted(need[0], [&] { return where(x_loses, 0, part); }),
          wanted(need[1], [&] { return where(y_loses, 0, part); })};
}
}  // namespace
namespace {
void check_ordered(Args in, const char* op) {
  if (is_complex(in[0].dtype()) || is_complex(in[1].dtype()))
    fail(op, " not implemented for complex tensors.");
}
}  // namespace
void Maximum::check(Args in) { check_ordered(in, "maximum"); }
void Minimum::check(Args in) { check_ordered(in, "minimum"); }
GradsOf<2> Maximum::backward(Grad g, In<0> x, In<1> y, Needs need) {
  return shared(g, x, y, x<y, x> y, need);
}
GradsOf<2> Minimum::backward(Grad g, In<0> x, In<1> y, Needs need) {
  return shared(g, x, y, x > y, x < y, need);
}
GradsOf<2> Fmax::backward(Grad g, In<0> x, In<1> y, Needs need) {
  Tensor first = logical_or(x >= y, isnan(y));
  return {wanted(need[0], [&] { return where(first, g, 0); }),
          wanted(need[1], [&] { return where(first, 0, g); })};
}
GradsOf<2> Fmin::backward(Grad g, In<0> x, In<1> y, Needs need) {
  Tensor first = logical_or(x <= y, isnan(y));
  return {wanted(need[0], [&] { return where(first, g, 0); }),
          wanted(need[1], [&] { return where(first, 0, g); })};
}
GradsOf<2> Atan2::backward(Grad g, In<0> x, In<1> y, Needs need) {
  Tensor r = x * x + y * y, scaled = where(r == 0, 0, g / r);
  return {wanted(need[0], [&] { return scaled * y; }),
          wanted(need[1], [&] { return -(scaled * x); })};
}
GradsOf<2> Hypot::backward(Grad g, In<0> x, In<1> y, Out<0> z, Needs need) {
  return {wanted(need[0], [&] { return g * (x / z); }),
          wanted(need[1], [&] { return g * (y / z); })};
}
GradsOf<2> Copysign::backward(Grad g, In<0> x, Out<0> y, Needs need) {
  return {wanted(need[0], [&] { return where(x == 0, 0, g * (y / x)); }),
          need[1] ? zeros_like(g) : Tensor()};
}
GradsOf<2> Xlogy::backward(Grad g, In<0> x, In<1> y, Needs need) {
  return {wanted(need[0], [&] { return g * where(logical_and(x == 0, y <= 0), 0, log(y)); }),
          wanted(need[1], [&] { return g * (x / y); })};
}
GradsOf<2> Logaddexp::backward(Grad g, In<0> x, In<1> y, Out<0> z, Needs need) {
  return {wanted(need[0], [&] { return g * exp(x - z).conj(); }),
          wanted(need[1], [&] { return g * exp(y - z).conj(); })};
}

// ---- limits ----

namespace {
// The dtype of a clamped tensor, and the limits as the op takes them.
std::pair<DType, ClampRange::Attrs> clamp_limits(const Tensor& x, const Clamp::Attrs& a) {
  if (!a.min && !a.max) fail("torch.clamp: At least one of 'min' or 'max' must not be None");
  DType d = x.dtype();
  for (auto& limit : {a.min, a.max})
    if (limit) d = promote(d, limit->beside(d));
  return {d,
          {.min = a.min.value_or(0),
           .max = a.max.value_or(0),
           .has_min = bool(a.min),
           .has_max = bool(a.max)}};
}
}  // namespace
Tensor Clamp::forward(const Tensor& x, const Attrs& a) {
  auto [d, limits] = clamp_limits(x, a);
  return clamp_range(d == x.dtype() ? x : x.to(d), limits);
}
void Clamp::inplace(Args in, const Attrs& a) {
  auto [d, limits] = clamp_limits(in[0], a);
  check_inplace_result(in[0], in[0].sizes(), d);
  call_inplace<ClampRange>({in.in, 1}, limits);
}
Tensor ClampTensor::forward(const Tensor& x, const Tensor& min, const Tensor& max) {
  if (!min.defined() && !max.defined())
    fail("torch.clamp: At least one of 'min' or 'max' must not be None");
  Tensor out = min.defined() ? clamp_min(x, min) : x;
  return max.defined() ? clamp_max(out, max) : out;
}
Tensor ClampRange::backward(Grad g, In<0> x, const Attrs& a) {
  if (!a.has_max) return where(x < a.min, 0, g);
  if (!a.has_min) return where(x > a.max, 0, g);
  return where(logical_or(x<a.min, x> a.max), 0, g);
}
GradsOf<2> ClampMin::backward(Grad g, In<0> x, In<1> low, Needs need) {
  return {wanted(need[0], [&] { return where(x >= low, g, 0); }),
          wanted(need[1], [&] { return where(x < low, g, 0); })};
}
GradsOf<2> ClampMax::backward(Grad g, In<0> x, In<1> high, Needs need) {
  return {wanted(need[0], [&] { return where(x <= high, g, 0); }),
          wanted(need[1], [&] { return where(x > high, g, 0); })};
}

// ---- three tensors ----

void Lerp::check(Args in) {
  auto same = [&](const Tensor& y, const char* name) {
    if (y.dtype() != in[0].dtype())
      fail("expected dtype ", c_name_of(in[0].dtype()), " for `", name, "` but got dtype ",
           c_name_of(y.dtype()));
  };
  same(in[1], "end");
  if (!(in[2]->marks & TensorImpl::number)) same(in[2], "weight");
}
GradsOf<3> Lerp::backward(Grad g, In<0, 2> x, In<1, 2> end, In<2> w, Needs need) {
  return {wanted(need[0], [&] { return g * (1 - w).conj(); }),
          wanted(need[1], [&] { return g * w.conj(); }),
          wanted(need[2], [&] { return g * (end - x).conj(); })};
}
GradsOf<3> Addcmul::backward(Grad g, In<1, 2> y, In<2, 1> z, Needs need, const Attrs& a) {
  return {g, wanted(need[1], [&] { return g * (z * a.value).conj(); }),
          wanted(need[2], [&] { return g * (y * a.value).conj(); })};
}
void Addcdiv::check(Args in) {
  if (!can_have_gradient(in[1].dtype()) && !can_have_gradient(in[2].dtype()))
    fail(
        "Integer division with addcdiv is no longer supported, and in a future  release addcdiv "
        "will "
        "perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be "
        "implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for "
        "integer "
        "inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv "
        "behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all "
        "dtypes.");
}
GradsOf<3> Addcdiv::backward(Grad g, In<1> y, In<2> z, Needs need, const Attrs& a) {
  return {g, wanted(need[1], [&] { return g * (a.value / z).conj(); }),
          wanted(need[2], [&] { return -(g * (a.value * y / (z * z)).conj()); })};
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Arithmetic)
