// Arithmetic of two or three tensors: forward functors. Their gradients are in arithmetic.cpp.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/functor.h"

#define TAEDA_FAMILY Arithmetic
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Arithmetic;

struct Scaled {  // the attribute of add and sub
  Scalar alpha = 1;
  TAEDA_FIELDS(alpha)
};
[[noreturn]] TAEDA_API void fail_alpha(DType d);
// A factor may not be of a higher category than what it scales.
inline void check_alpha(DType d, const Scalar& alpha) {
  if (alpha.category() > category_of(d) && alpha.category() > Category::integral) [[unlikely]]
    fail_alpha(d);
}
struct Add {
  static constexpr Def def{.inputs = {"input#", "other#"},
                           .doc = "input + alpha * other.",
                           .kernel = "add_stub",
                           .keyword_only = 1,
                           .numbers_alone = true};
  using Attrs = Scaled;
  static void check_attributes(DType d, const Attrs& a) { check_alpha(d, a.alpha); }
  template <class V> TAEDA_HD static V apply(V x, V y, const Attrs& a) {
    if constexpr (std::is_floating_point_v<Element<V>>) {  // overflows only where the sum does
      if (a.alpha.category() != Category::integral || a.alpha.template to<int64_t>() != 1)
        return fma(V(a.alpha.template to<Element<V>>()), y, x);
      return x + y;
    } else {
      return V(x + V(a.alpha.template to<Element<V>>()) * y);
    }
  }
  static GradsOf<2> backward(Grad g, Needs need, const Attrs& a);
};
TAEDA_OP(add, Add)

struct Sub {
  static constexpr Def def{.inputs = {"input#", "other#"},
                           .doc = "input - alpha * other.",
                           .accepts = accepts_numbers,
                           .kernel = "sub_stub",
                           .keyword_only = 1,
                           .numbers_alone = true};
  using Attrs = Scaled;
  static void check_attributes(DType d, const Attrs& a) { check_alpha(d, a.alpha); }
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x, V y, const Attrs& a) {
    if constexpr (std::is_floating_point_v<Element<V>>) {
      if (a.alpha.category() != Category::integral || a.alpha.template to<int64_t>() != 1)
        return fma(V(-a.alpha.template to<Element<V>>()), y, x);
      return x - y;
    } else {
      return V(x - V(a.alpha.template to<Element<V>>()) * y);
    }
  }
  static GradsOf<2> backward(Grad g, Needs need, const Attrs& a);
  static const char* node_name(const Call& c, const Attrs&) {
    return c.in[0]->marks & TensorImpl::number ? "RsubBackward1" : nullptr;
  }
};
TAEDA_OP(sub, Sub)

struct Mul {
  static constexpr Def def{.inputs = {"input#", "other#"},
                           .doc = "input * other.",
                           .kernel = "mul_cpu",
                           .numbers_alone = true};
  template <class V> TAEDA_HD static V apply(V x, V y) { return V(x * y); }
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need);
};
TAEDA_OP(mul, Mul)

struct Div {
  static constexpr Def def{.inputs = {"input#", "other#"},
                           .doc = "input / other; of integers the true quotient.",
                           .types = Types::floating,
                           .kernel = "div_true_cpu",
                           .numbers_alone = true};
  template <class V> TAEDA_HD static V apply(V x, V y) { return x / y; }
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1> y, Needs need);
  static const char* node_name(const Call& c, const NoFields&) {  // number * (1 / other)
    return c.in[0]->marks & TensorImpl::number ? "MulBackward0" : nullptr;
  }
};
TAEDA_OP(div, Div)

struct RoundingMode {
  static constexpr std::string_view words[] = {"None", "trunc", "floor"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct DivMode {
  static constexpr Def def{
      .inputs = {"input#", "other#"},
      .doc =
          "input / other, rounded: towards zero ('trunc'), down ('floor') or not "
          "at all (None).",
      .inplace = true,
      .required = 1,
      .keyword_only = 1,
      .numbers_alone = true};
  struct Attrs {
    Choice<RoundingMode> rounding_mode = {};
    TAEDA_FIELDS(rounding_mode)
  };
  static Tensor forward(const Tensor& x, const Tensor& y, const Attrs& a);
};
TAEDA_OP(div, DivMode)

struct FloorDivide {
  static constexpr Def def{.inputs = {"input#", "other#"},
                           .doc = "The quotient rounded down.",
                           .accepts = accepts_ordered,
                           .kernel = "div_floor_cpu",
                           .numbers_alone = true,
                           .backward_name = "DivBackward2"};
  static constexpr bool divides = true;  // integers: a zero in other is refused
  template <class V> TAEDA_HD static V apply(V x, V y) {
    if constexpr (is_whole<V>) {
      V q = quotient(x, y), r = V(x - q * y);
      if constexpr (std::is_unsigned_v<V>) return q;
      else return r != 0 && (r < 0) != (y < 0) ? V(q - 1) : q;
    } else {  // as Python's: from the remainder, so that the result is exact
      V mod = fmod(x, y), q = (x - mod) / y;
      q = select((mod != V(0)) & ((mod < V(0)) != (y < V(0))), q - V(1), q);
      V f = floor(q);
      f = select(q - f > V(0.5), f + V(1), f);
      f = select(q == V(0), copysign(V(0), x / y), f);
      return select(y == V(0), x / y, f);
    }
  }
  static GradsOf<2> backward(Grad g, Needs need);
};
TAEDA_OP(floor_divide, FloorDivide)

struct DivTrunc {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "The quotient rounded towards zero.",
                           .accepts = accepts_ordered,
                           .kernel = "div_trunc_cpu",
                           .scope = 0,
                           .backward_name = "DivBackward2"};
  static constexpr bool divides = true;
  template <class V> TAEDA_HD static V apply(V x, V y) {
    if constexpr (is_whole<V>) return quotient(x, y);
    else return trunc(x / y);
  }
  static GradsOf<2> backward(Grad g, Needs need);
};
TAEDA_OP(div_trunc, DivTrunc)

struct Remainder {
  static constexpr Def def{
      .inputs = {"input#", "other#"},
      .doc = "input - other * floor(input / other): the sign of other, as Python's %.",
      .accepts = accepts_ordered,
      .kernel = "remainder_cpu"};
  static constexpr bool divides = true;
  template <class V> TAEDA_HD static V apply(V x, V y) {
    if constexpr (is_whole<V>) {
      V r = V(x - quotient(x, y) * y);
      if constexpr (std::is_unsigned_v<V>) return r;
      else return r != 0 && (r < 0) != (y < 0) ? V(r + y) : r;
    } else {
      V mod = fmod(x, y);
      return select((mod != V(0)) & ((y < V(0)) != (mod < V(0))), mod + y, mod);
    }
  }
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1> y, Needs need);
  static const char* node_name(const Call& c, const NoFields&) {
    return c.in[1]->marks & TensorImpl::number ? nullptr : "RemainderBackward1";
  }
};
TAEDA_OP(remainder, Remainder)

struct Fmod {
  static constexpr Def def{.inputs = {"input", "other#"},
                           .doc = "input - other * trunc(input / other): the sign of input.",
                           .accepts = accepts_ordered,
                           .kernel = "fmod_cpu"};
  static constexpr bool divides = true;
  template <class V> TAEDA_HD static V apply(V x, V y) {
    if constexpr (is_whole<V>) return V(x - quotient(x, y) * y);
    else return fmod(x, y);
  }
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1> y, Needs need);
  static const char* node_name(const Call& c, const NoFields&) {
    return c.in[1]->marks & TensorImpl::number ? nullptr : "FmodBackward1";
  }
};
TAEDA_OP(fmod, Fmod)

struct Pow {
  static constexpr Def def{.inputs = {"input#", "exponent#"},
                           .doc = "input ** exponent.",
                           .accepts = accepts_any,
                           .kernel = "pow"};
  static constexpr uint8_t checked = accepts_whole;
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x, V y) {
    if constexpr (std::is_same_v<V, bool>) return x || !y;
    else if constexpr (is_whole<V> || is_complex_v<V>) return power(x, y);
    else return pow(x, y);
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Out<0> z, Needs need);
  static const char* node_name(const Call& c, const NoFields&) {
    if (c.in[0]->marks & TensorImpl::number) return "PowBackward2";
    return c.in[1]->marks & TensorImpl::number ? nullptr : "PowBackward1";
  }
};
TAEDA_OP(pow, Pow)

struct Maximum {
  static constexpr Def def{
      .inputs = {"input", "other"},
      .doc = "The larger element; NaN wins. Equal elements share the gradient.",
      .accepts = accepts_real,
      .kernel = "maximum_cpu"};
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x, V y) {
    return select(x >= y, x, select(y > x, y, V(x + y)));
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need);
};
TAEDA_OP(maximum, Maximum)

struct Minimum {
  static constexpr Def def{
      .inputs = {"input", "other"},
      .doc = "The smaller element; NaN wins. Equal elements share the gradient.",
      .accepts = accepts_real,
      .kernel = "minimum_cpu"};
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x, V y) {
    return select(x <= y, x, select(y < x, y, V(x + y)));
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need);
};
TAEDA_OP(minimum, Minimum)

struct Fmax {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "The larger element; a NaN loses against a number.",
                           .accepts = accepts_real,
                           .no_inplace = true};
  template <class V> TAEDA_HD static V apply(V x, V y) {
    return select(x >= y, x, select(x != x, y, select(y != y, x, y)));
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need);
};
TAEDA_OP(fmax, Fmax)

struct Fmin {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "The smaller element; a NaN loses against a number.",
                           .accepts = accepts_real,
                           .no_inplace = true};
  template <class V> TAEDA_HD static V apply(V x, V y) {
    return select(x <= y, x, select(x != x, y, select(y != y, x, y)));
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need);
};
TAEDA_OP(fmin, Fmin)

struct Atan2 {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "The angle of the point (other, input), in (-pi, pi].",
                           .types = Types::floating,
                           .accepts = accepts_real};
  template <class V> TAEDA_HD static V apply(V x, V y) { return atan2(x, y); }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need);
};
TAEDA_OP(atan2, Atan2)

struct Hypot {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "sqrt(input^2 + other^2), without overflow.",
                           .accepts = accepts_floats};
  template <class V> TAEDA_HD static V apply(V x, V y) { return hypot(x, y); }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Out<0> z, Needs need);
};
TAEDA_OP(hypot, Hypot)

struct Copysign {
  static constexpr Def def{.inputs = {"input", "other#"},
                           .doc = "|input| with the sign of other.",
                           .types = Types::floating,
                           .accepts = accepts_real};
  template <class V> TAEDA_HD static V apply(V x, V y) { return copysign(x, y); }
  static GradsOf<2> backward(Grad g, In<0> x, Out<0> y, Needs need);
};
TAEDA_OP(copysign, Copysign)

struct Xlogy {
  static constexpr Def def{.inputs = {"input#", "other#"},
                           .doc = "input * log(other); 0 where input is 0 and other is a number.",
                           .types = Types::floating,
                           .accepts = accepts_real,
                           .scope = everywhere | in_special};
  template <class V> TAEDA_HD static V apply(V x, V y) {
    return select(y != y, y, select(x == V(0), V(0), x * log(y)));
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Needs need);
};
TAEDA_OP(xlogy, Xlogy)

struct Logaddexp {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "log(exp(input) + exp(other)), without overflow.",
                           .accepts = accepts_floats | accepts_complex,
                           .no_inplace = true};
  template <class V> TAEDA_HD static V apply(V x, V y) {
    if constexpr (is_complex_v<V>) return logaddexp(x, y);
    else return of_reals(x, y);
  }
  template <class V> TAEDA_HD static V of_reals(V x, V y) {
    V high = select(x > y, x, y), low = select(x > y, y, x);
    V out = high + log1p(exp(low - high));
    return select((x == y) & isinf(x), x, select((x != x) | (y != y), x + y, out));
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> y, Out<0> z, Needs need);
};
TAEDA_OP(logaddexp, Logaddexp)

// ---- limits ----

struct Clamp {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input limited to [min, max]; either may be None. NaN stays NaN.",
                           .inplace = true};
  struct Attrs {
    std::optional<Scalar> min = {}, max = {};
    TAEDA_FIELDS(min, max)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
  static void inplace(Args in, const Attrs& a);
};
TAEDA_OP(clamp, Clamp)

struct ClampTensor {
  static constexpr Def def{.inputs = {"input", "min?", "max?"},
                           .doc = "input limited elementwise to [min, max]; either may be None.",
                           .inplace = true,
                           .backward_name = "ClampBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& min, const Tensor& max);
};
TAEDA_OP(clamp, ClampTensor)

struct ClampRange {  // both limits as numbers that keep the input's dtype
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input limited to [min, max].",
                           .accepts = accepts_ordered,
                           .kernel = "clamp_scalar_cpu",
                           .scope = 0,
                           .backward_name = "ClampBackward1"};
  struct Attrs {
    Scalar min = {}, max = {};
    bool has_min = true, has_max = true;
    TAEDA_FIELDS(min, max, has_min, has_max)
  };
  template <class V> TAEDA_HD static V apply(V x, const Attrs& a) {
    if (a.has_min) x = select(x < V(a.min.to<Element<V>>()), V(a.min.to<Element<V>>()), x);
    if (a.has_max) x = select(x > V(a.max.to<Element<V>>()), V(a.max.to<Element<V>>()), x);
    return x;
  }
  static Tensor backward(Grad g, In<0> x, const Attrs& a);
};
TAEDA_OP(clamp_range, ClampRange)

struct ClampMin {
  static constexpr Def def{.inputs = {"input", "min#"},
                           .doc = "input, at least min.",
                           .accepts = accepts_real,
                           .kernel = "clamp_min_scalar_cpu"};
  template <class V> TAEDA_HD static V apply(V x, V low) {
    return select((x < low) | (low != low), low, x);
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> low, Needs need);
};
TAEDA_OP(clamp_min, ClampMin)

struct ClampMax {
  static constexpr Def def{.inputs = {"input", "max#"},
                           .doc = "input, at most max.",
                           .accepts = accepts_real,
                           .kernel = "clamp_max_scalar_cpu"};
  template <class V> TAEDA_HD static V apply(V x, V high) {
    return select((x > high) | (high != high), high, x);
  }
  static GradsOf<2> backward(Grad g, In<0> x, In<1> high, Needs need);
};
TAEDA_OP(clamp_max, ClampMax)

// ---- three tensors ----

struct Lerp {
  static constexpr Def def{.inputs = {"input", "end", "weight#"},
                           .doc = "input + weight * (end - input).",
                           .accepts = accepts_floats | accepts_complex,
                           .kernel = "lerp_kernel_scalar"};
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x, V end, V w) {
    if constexpr (is_complex_v<V>) {
      return abs(w) < 0.5 ? V(x + w * (end - x)) : V(end - (end - x) * (V(1) - w));
    } else {  // from the nearer end, so that weight 1 gives `end` exactly
      return select(abs(w) < V(0.5), x + w * (end - x), end - (end - x) * (V(1) - w));
    }
  }
  static GradsOf<3> backward(Grad g, In<0, 2> x, In<1, 2> end, In<2> w, Needs need);
  static const char* node_name(const Call& c, const NoFields&) {
    return c.in[2]->marks & TensorImpl::number ? nullptr : "LerpBackward1";
  }
};
TAEDA_OP(lerp, Lerp)

struct Weighted {  // the attribute of addcmul and addcdiv
  Scalar value = 1;
  TAEDA_FIELDS(value)
};
struct Addcmul {
  static constexpr Def def{.inputs = {"input", "tensor1", "tensor2"},
                           .doc = "input + value * tensor1 * tensor2.",
                           .accepts = accepts_numbers,
                           .kernel = "addcmul_cpu_out",
                           .keyword_only = 1};
  using Attrs = Weighted;
  template <class V> TAEDA_HD static V apply(V x, V y, V z, const Attrs& a) {
    return V(x + V(a.value.to<Element<V>>()) * y * z);
  }
  static GradsOf<3> backward(Grad g, In<1, 2> y, In<2, 1> z, Needs need, const Attrs& a);
};
TAEDA_OP(addcmul, Addcmul)

struct Addcdiv {
  static constexpr Def def{.inputs = {"input", "tensor1", "tensor2"},
                           .doc = "input + value * tensor1 / tensor2, of floats only.",
                           .accepts = accepts_numbers,
                           .keyword_only = 1};
  using Attrs = Weighted;
  static void check(Args in);
  template <class V> TAEDA_HD static V apply(V x, V y, V z, const Attrs& a) {
    if constexpr (is_whole<V>) return x;  // refused by check
    else return x + V(a.value.to<Element<V>>()) * y / z;
  }
  static GradsOf<3> backward(Grad g, In<1> y, In<2> z, Needs need, const Attrs& a);
};
TAEDA_OP(addcdiv, Addcdiv)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
