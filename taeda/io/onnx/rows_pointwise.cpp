// Pointwise ops.
#include <limits>
#include <numbers>

#include "taeda/io/onnx/rows.h"

namespace taeda::onnx {

namespace {

using Names = std::vector<std::string>;

bool whole(const Call& c, size_t i = 0) { return category_of(c.dtype(i)) <= Category::integral; }

// What changes floats only: integers stay as they are.
void rounding(Call& c) { c.set(whole(c) ? c.in(0) : c.node(c.plain, {c.in(0)})); }

std::string truncated(const Call& c, const std::string& x) {
  return c.node("Mul", {c.node("Sign", {x}), c.node("Floor", {c.node("Abs", {x})})});
}
std::string as_bool(const Call& c, size_t i) { return c.as(i, DType::boolean); }
void logical(Call& c) {
  Names in;
  for (size_t i = 0; i < c.e.in.size(); i++) in.push_back(as_bool(c, i));
  c.set(c.node(c.plain, in));
}
// On bools the logical op the row names after the colon of "BitwiseAnd:And".
void bitwise(Call& c) {
  std::string names = c.plain;
  size_t colon = names.find(':');
  bool logic = c.dtype() == DType::boolean;
  Names in{c.in(0)};
  if (c.has(1)) in.push_back(c.in(1));
  c.set(c.node(logic ? names.substr(colon + 1) : names.substr(0, colon), in));
}
// Comparisons of bools as integers.
void compare(Call& c) {
  bool logic = c.dtype() == DType::boolean;
  c.set(c.node(c.plain,
               {logic ? c.as(0, DType::int32) : c.in(0), logic ? c.as(1, DType::int32) : c.in(1)}));
}
std::string scaled(Call& c, size_t i, const char* attribute) {
  Scalar s = c.scalar(attribute);
  return s == Scalar(1) ? c.in(i) : c.node("Mul", {c.in(i), c.num(s, c.dtype(i))});
}
void add(Call& c) {
  if (c.dtype() == DType::boolean) return c.set(c.node("Or", {c.in(0), c.in(1)}));
  c.set(c.node(c.plain, {c.in(0), scaled(c, 1, "alpha")}));
}
void mul(Call& c) {
  c.set(c.node(c.dtype() == DType::boolean ? "And" : "Mul", {c.in(0), c.in(1)}));
}
// The quotient of integers rounded down, ONNX's being rounded towards zero.
std::string floor_div(const Call& c, const std::string& x, const std::string& y) {
  if (!whole(c)) return c.node("Floor", {c.node("Div", {x, y})});
  return c.node("Div", {c.node("Sub", {x, c.node("Mod", {x, y})}), y});
}
std::string clip(const Call& c, const std::string& x, std::optional<Scalar> low,
                 std::optional<Scalar> high) {
  return c.node("Clip",
                {x, low ? c.num(*low, c.dtype()) : "", high ? c.num(*high, c.dtype()) : ""});
}
std::string where(const Call& c, const std::string& mask, const std::string& x,
                  const std::string& y) {
  return c.node("Where", {mask, x, y});
}
std::string log1p(const Call& c, const std::string& x) {
  return c.node("Log", {c.node("Add", {x, c.num(1)})});
}
// x * (1 + f(y)) / 2
std::string half_of(const Call& c, const std::string& f) {
  std::string sum = c.node("Add", {f, c.num(1)});
  return c.node("Mul", {c.node("Mul", {c.in(0), sum}), c.num(0.5)});
}
// fmax, fmin: the other one where one is NaN.
void without_nan(Call& c) {
  std::string x = c.in(0), y = c.in(1);
  if (whole(c)) return c.set(c.node(c.plain, {x, y}));
  std::string nan_x = c.node("IsNaN", {x}), nan_y = c.node("IsNaN", {y});
  c.set(c.node(c.plain, {where(c, nan_x, y, x), where(c, nan_y, x, y)}));
}
void atan2(Call& c) {
  std::string y = c.in(0), x = c.in(1), zero = c.num(0);
  std::string half =
      where(c, c.node("Less", {y, zero}), c.num(-std::numbers::pi), c.num(std::numbers::pi));
  std::string turn = where(c, c.node("Less", {x, zero}), half, zero);
  std::string both = c.node("And", {c.node("Equal", {x, zero}), c.node("Equal", {y, zero})});
  std::string quotient = where(c, both, zero, c.node("Div", {y, x}));
  c.set(c.node("Add", {c.node("Atan", {quotient}), turn}));
}
void like_random(Call& c, const char* op, std::vector<Attribute> attributes) {
  c.set(c.node(op, {c.node("Expand", {c.num(0), c.shape_of_out()})}, std::move(attributes)));
}

constexpr Row rows[] = {
    // clang-format off
    {"abs", convert_plain, "Abs"},
    {"acos", convert_plain, "Acos"},
    {"acosh", convert_plain, "Acosh"},
    {"asin", convert_plain, "Asin"},
    {"asinh", convert_plain, "Asinh"},
    {"atan", convert_plain, "Atan"},
    {"atanh", convert_plain, "Atanh"},
    {"cos", convert_plain, "Cos"},
    {"cosh", convert_plain, "Cosh"},
    {"erf", convert_plain, "Erf"},
    {"exp", convert_plain, "Exp"},
    {"log", convert_plain, "Log"},
    {"neg", convert_plain, "Neg"},
    {"reciprocal", convert_plain, "Reciprocal"},
    {"relu", convert_plain, "Relu"},
    {"sigmoid", convert_plain, "Sigmoid"},
    {"sign", convert_plain, "Sign"},
    {"sgn", convert_plain, "Sign"},
    {"sin", convert_plain, "Sin"},
    {"sinh", convert_plain, "Sinh"},
    {"softsign", convert_plain, "Softsign"},
    {"sqrt", convert_plain, "Sqrt"},
    {"tan", convert_plain, "Tan"},
    {"tanh", convert_plain, "Tanh"},
    {"mish", convert_plain, "Mish"},
    {"selu", convert_plain, "Selu"},
    {"hardswish", convert_plain, "HardSwish"},
    {"div", convert_plain, "Div"},
    {"pow", convert_plain, "Pow"},
    {"maximum", convert_plain, "Max"},
    {"minimum", convert_plain, "Min"},
    {"clamp_min", convert_plain, "Max"},
    {"clamp_max", convert_plain, "Min"},
    {"where", convert_plain, "Where"},
    {"eq", convert_plain, "Equal"},
    {"floor", rounding, "Floor"},
    {"ceil", rounding, "Ceil"},
    {"add", add, "Add"},
    {"sub", add, "Sub"},
    {"mul", mul},
    {"lt", compare, "Less"},
    {"le", compare, "LessOrEqual"},
    {"gt", compare, "Greater"},
    {"ge", compare, "GreaterOrEqual"},
    {"logical_and", logical, "And"},
    {"logical_or", logical, "Or"},
    {"logical_xor", logical, "Xor"},
    {"logical_not", logical, "Not"},
    {"bitwise_and", bitwise, "BitwiseAnd:And"},
    {"bitwise_or", bitwise, "BitwiseOr:Or"},
    {"bitwise_xor", bitwise, "BitwiseXor:Xor"},
    {"bitwise_not", bitwise, "BitwiseNot:Not"},
    {"fmax", without_nan, "Max"},
    {"fmin", without_nan, "Min"},
    {"atan2", atan2},
    // clang-format on
    {"ne",
     [](Call& c) {
       c.set(c.node("Not", {c.node("Equal", {c.in(0), c.in(1)})}));
     }},
    {"isnan",
     [](Call& c) {
       c.set(whole(c) ? c.expanded(c.num(false, DType::boolean)) : c.node("IsNaN", {c.in(0)}));
     }},
    {"isinf",
     [](Call& c) {
       c.set(whole(c) ? c.expanded(c.num(false, DType::boolean)) : c.node("IsInf", {c.in(0)}));
     }},
    {"isfinite",
     [](Call& c) {
       if (whole(c)) return c.set(c.expanded(c.num(true, DType::boolean)));
       std::string bad = c.node("Or", {c.node("IsNaN", {c.in(0)}), c.node("IsInf", {c.in(0)})});
       c.set(c.node("Not", {bad}));
     }},
    {"signbit",
     [](Call& c) {
       c.set(c.node("Less", {c.in(0), c.num(0)}));
     }},
    {"round",
     [](Call& c) {
       if (whole(c)) return c.set(c.in(0));
       double scale = std::pow(10.0, double(c.integer("decimals")));
       if (scale == 1) return c.set(c.node("Round", {c.in(0)}));
       std::string wide = c.node("Mul", {c.in(0), c.num(scale)});
       c.set(c.node("Div", {c.node("Round", {wide}), c.num(scale)}));
     }},
    {"trunc", [](Call& c) { c.set(whole(c) ? c.in(0) : truncated(c, c.in(0))); }},
    {"frac",
     [](Call& c) {
       c.set(c.node("Sub", {c.in(0), truncated(c, c.in(0))}));
     }},
    {"conj_physical", [](Call& c) { c.set(c.in(0)); }},
    {"exp2",
     [](Call& c) {
       c.set(c.node("Pow", {c.num(2), c.in(0)}));
     }},
    {"expm1",
     [](Call& c) {
       c.set(c.node("Sub", {c.node("Exp", {c.in(0)}), c.num(1)}));
     }},
    {"log1p", [](Call& c) { c.set(log1p(c, c.in(0))); }},
    {"log2",
     [](Call& c) {
       c.set(c.node("Div", {c.node("Log", {c.in(0)}), c.num(std::numbers::ln2)}));
     }},
    {"log10",
     [](Call& c) {
       c.set(c.node("Div", {c.node("Log", {c.in(0)}), c.num(std::numbers::ln10)}));
     }},
    {"rsqrt", [](Call& c) { c.set(c.node("Reciprocal", {c.node("Sqrt", {c.in(0)})})); }},
    {"erfc",
     [](Call& c) {
       c.set(c.node("Sub", {c.num(1), c.node("Erf", {c.in(0)})}));
     }},
    {"deg2rad",
     [](Call& c) {
       c.set(c.node("Mul", {c.in(0), c.num(std::numbers::pi / 180)}));
     }},
    {"rad2deg",
     [](Call& c) {
       c.set(c.node("Mul", {c.in(0), c.num(180 / std::numbers::pi)}));
     }},
    // ---- activations ----
    {"leaky_relu",
     [](Call& c) {
       c.set(c.node("LeakyRelu", {c.in(0)}, {{"alpha", c.real("negative_slope")}}));
     }},
    {"elu",
     [](Call& c) {
       c.set(c.node("Elu", {c.in(0)}, {{"alpha", c.real("alpha")}}));
     }},
    {"celu",
     [](Call& c) {
       double alpha = c.real("alpha");
       std::string x = c.in(0), a = c.num(alpha);
       std::string low = c.node("Elu", {c.node("Div", {x, a})}, {{"alpha", 1.0}});
       c.set(where(c, c.node("Greater", {x, c.num(0)}), x, c.node("Mul", {low, a})));
     }},
    {"gelu_erf",
     [](Call& c) {
       if (c.b.opset() >= 20) return c.set(c.node("Gelu", {c.in(0)}));
       std::string inner = c.node("Mul", {c.in(0), c.num(std::numbers::sqrt2 / 2)});
       c.set(half_of(c, c.node("Erf", {inner})));
     }},
    {"gelu_tanh",
     [](Call& c) {
       if (c.b.opset() >= 20)
         return c.set(c.node("Gelu", {c.in(0)}, {{"approximate", std::string("tanh")}}));
       std::string x = c.in(0), cube = c.node("Mul", {c.node("Mul", {x, x}), x});
       std::string sum = c.node("Add", {x, c.node("Mul", {cube, c.num(0.044715)})});
       std::string inner = c.node("Mul", {sum, c.num(0.79788456080286535588)});
       c.set(half_of(c, c.node("Tanh", {inner})));
     }},
    {"silu",
     [](Call& c) {
       c.set(c.node("Mul", {c.in(0), c.node("Sigmoid", {c.in(0)})}));
     }},
    {"softplus",
     [](Call& c) {
       double beta = c.real("beta");
       if (beta == 1) return c.set(c.node("Softplus", {c.in(0)}));
       std::string z = c.node("Mul", {c.in(0), c.num(beta)});
       c.set(c.node("Div", {c.node("Softplus", {z}), c.num(beta)}));
     }},
    {"logsigmoid",
     [](Call& c) { c.set(c.node("Neg", {c.node("Softplus", {c.node("Neg", {c.in(0)})})})); }},
    {"hardtanh", [](Call& c) { c.set(clip(c, c.in(0), c.real("min_val"), c.real("max_val"))); }},
    {"relu6", [](Call& c) { c.set(clip(c, c.in(0), 0, 6)); }},
    {"hardsigmoid",
     [](Call& c) {
       c.set(c.node("HardSigmoid", {c.in(0)}, {{"alpha", 1.0 / 6}, {"beta", 0.5}}));
     }},
    {"threshold",
     [](Call& c) {
       std::string low = c.node("LessOrEqual", {c.in(0), c.num(c.scalar("threshold"), c.dtype())});
       c.set(where(c, low, c.num(c.scalar("value"), c.dtype()), c.in(0)));
     }},
    {"clamp_range",
     [](Call& c) {
       std::optional<Scalar> low, high;
       if (c.flag("has_min")) low = c.scalar("min");
       if (c.flag("has_max")) high = c.scalar("max");
       c.set(clip(c, c.in(0), low, high));
     }},
    // ---- two and three tensors ----
    {"floor_divide", [](Call& c) { c.set(floor_div(c, c.in(0), c.in(1))); }},
    {"div_trunc",
     [](Call& c) {
       std::string q = c.node("Div", {c.in(0), c.in(1)});
       c.set(whole(c) ? q : truncated(c, q));
     }},
    {"remainder",
     [](Call& c) {
       if (whole(c)) return c.set(c.node("Mod", {c.in(0), c.in(1)}));
       std::string q = c.node("Floor", {c.node("Div", {c.in(0), c.in(1)})});
       c.set(c.node("Sub", {c.in(0), c.node("Mul", {q, c.in(1)})}));
     }},
    {"fmod",
     [](Call& c) {
       c.set(c.node("Mod", {c.in(0), c.in(1)}, {{"fmod", int64_t(1)}}));
     }},
    {"bitwise_left_shift",
     [](Call& c) {
       std::string by = c.node("Pow", {c.num(2, DType::int64), c.as(1, DType::int64)});
       std::string wide = c.node("Mul", {c.as(0, DType::int64), by});
       c.set(c.dtype() == DType::int64 ? wide : c.cast(wide, c.dtype()));
     }},
    {"bitwise_right_shift",
     [](Call& c) {
       std::string by = c.node("Pow", {c.num(2, DType::int64), c.as(1, DType::int64)});
       std::string low = floor_div(c, c.as(0, DType::int64), by);
       c.set(c.dtype() == DType::int64 ? low : c.cast(low, c.dtype()));
     }},
    {"hypot",
     [](Call& c) {
       std::string x = c.in(0), y = c.in(1);
       std::string sum = c.node("Add", {c.node("Mul", {x, x}), c.node("Mul", {y, y})});
       c.set(c.node("Sqrt", {sum}));
     }},
    {"copysign",
     [](Call& c) {
       std::string sign = where(c, c.node("Less", {c.in(1), c.num(0)}), c.num(-1), c.num(1));
       c.set(c.node("Mul", {c.node("Abs", {c.in(0)}), sign}));
     }},
    {"xlogy",
     [](Call& c) {
       std::string x = c.in(0), product = c.node("Mul", {x, c.node("Log", {c.in(1)})});
       c.set(where(c, c.node("Equal", {x, c.num(0)}), c.num(0), product));
     }},
    {"logaddexp",
     [](Call& c) {
       std::string x = c.in(0), y = c.in(1), high = c.node("Max", {x, y});
       std::string gap = c.node("Neg", {c.node("Abs", {c.node("Sub", {x, y})})});
       std::string rest = log1p(c, c.node("Exp", {gap}));
       std::string equal = c.node("Equal", {x, y});  // also infinities
       c.set(where(c, equal, c.node("Add", {x, c.num(std::numbers::ln2)}),
                   c.node("Add", {high, rest})));
     }},
    {"lerp",
     [](Call& c) {
       std::string gap = c.node("Sub", {c.in(1), c.in(0)});
       c.set(c.node("Add", {c.in(0), c.node("Mul", {c.in(2), gap})}));
     }},
    {"addcmul",
     [](Call& c) {
       c.set(c.node("Add", {c.in(0), c.node("Mul", {scaled(c, 1, "value"), c.in(2)})}));
     }},
    {"addcdiv",
     [](Call& c) {
       c.set(c.node("Add", {c.in(0), c.node("Div", {scaled(c, 1, "value"), c.in(2)})}));
     }},
    // ---- copies ----
    {"cast",
     [](Call& c) { c.set(c.out_dtype() == c.dtype() ? c.in(0) : c.cast(c.in(0), c.out_dtype())); }},
    {"clone", [](Call& c) { c.set(c.in(0)); }},
    {"detach", [](Call& c) { c.set(c.in(0)); }},
    {"copy",
     [](Call& c) {
       std::string x = c.as(1, c.dtype(0));
       c.set(c.sizes(0) == c.sizes(1) ? x : c.expanded(x));
     }},
    {"fill", [](Call& c) { c.set(c.expanded(c.num(c.scalar("value"), c.out_dtype()))); }},
    {"zero", [](Call& c) { c.set(c.expanded(c.num(0, c.out_dtype()))); }},
    // ---- random numbers: the same distribution, other numbers ----
    {"normal",
     [](Call& c) {
       like_random(c, "RandomNormalLike", {{"mean", c.real("mean")}, {"scale", c.real("std")}});
     }},
    {"uniform",
     [](Call& c) {
       like_random(c, "RandomUniformLike", {{"low", c.real("from")}, {"high", c.real("to")}});
     }},
    {"bernoulli",
     [](Call& c) {
       // Probabilities: those of a second tensor, p, or the input's own.
       std::string p = c.has(1) ? c.in(1) : c.in(0);
       for (auto& f : c.e.op->fields)
         if (f.name == "p" && c.given("p")) p = c.expanded(c.num(c.real("p")));
       c.set(c.node("Bernoulli", {p}));
     }},
    {"dropout_mask",
     [](Call& c) {
       std::string one = c.expanded(c.num(1));
       c.set(c.node("Dropout",
                    {one, c.num(c.real("p"), DType::float32), c.num(true, DType::boolean)}));
     }},
};

}  // namespace

std::span<const Row> pointwise_rows() { return rows; }

}  // namespace taeda::onnx
