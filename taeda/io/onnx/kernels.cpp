#include "taeda/io/onnx/kernels.h"

#include <cmath>

#include "taeda/ops/activation.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/index.h"
#include "taeda/ops/index_key.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pick.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/scan.h"
#include "taeda/ops/sort.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::onnx {

// ---- attributes ----

namespace {
template <class T> const T* attribute(const Node& n, const char* name) {
  const Attribute* a = n.find(name);
  if (!a) return nullptr;
  const T* v = std::get_if<T>(&a->value);
  if (!v) fail("its attribute '", name, "' has another type");
  return v;
}
}  // namespace
int64_t NodeRun::integer(const char* name, std::optional<int64_t> missing) const {
  if (auto* v = attribute<int64_t>(n, name)) return *v;
  if (!missing) fail("it lacks the attribute '", name, "'");
  return *missing;
}
double NodeRun::real(const char* name, std::optional<double> missing) const {
  if (auto* v = attribute<double>(n, name)) return *v;
  if (!missing) fail("it lacks the attribute '", name, "'");
  return *missing;
}
std::string NodeRun::word(const char* name, const char* missing) const {
  auto* v = attribute<std::string>(n, name);
  return v ? *v : missing;
}
std::vector<int64_t> NodeRun::integers(const char* name) const {
  auto* v = attribute<std::vector<int64_t>>(n, name);
  return v ? *v : std::vector<int64_t>();
}
std::vector<int64_t> NodeRun::numbers(size_t i) const {
  if (!has(i)) return {};
  Tensor t = in[i].to(DType::int64).contiguous();
  return {t.data<int64_t>(), t.data<int64_t>() + t.numel()};
}

namespace {

using List = TensorList;

Tensor vector_of(const std::vector<int64_t>& v) {
  Tensor t = empty(Dims(int64_t(v.size())), DType::int64);
  std::copy(v.begin(), v.end(), t.data<int64_t>());
  return t;
}
bool is_whole(const Tensor& x) { return category_of(x.dtype()) <= Category::integral; }

#define TAEDA_UNARY(name) +[](const NodeRun& r) -> List { return {r[0].name()}; }
#define TAEDA_BINARY(name) +[](const NodeRun& r) -> List { return {r[0].name(r[1])}; }
#define TAEDA_FOLD(name)                                                   \
  +[](const NodeRun& r) -> List {                                          \
    Tensor out = r[0];                                                     \
    for (size_t i = 1; i < r.in.size(); i++) out = taeda::name(out, r[i]); \
    return {out};                                                          \
  }

List clip(const NodeRun& r) {
  Tensor x = r[0];
  if (r.has(1)) x = taeda::maximum(x, r[1]);
  if (r.has(2)) x = taeda::minimum(x, r[2]);
  return {x};
}
List reshape(const NodeRun& r) {
  std::vector<int64_t> shape = r.numbers(1);
  for (size_t i = 0; i < shape.size(); i++)
    if (shape[i] == 0 && !r.integer("allowzero", 0)) shape[i] = r[0].size(int64_t(i));
  return {r[0].reshape({Dims(shape)})};
}
Dims axes_of(const NodeRun& r, size_t i, size_t rank) {
  Dims out;
  for (int64_t a : r.numbers(i)) out.push_back(wrap_dim(a, int64_t(rank)));
  return out;
}
List squeeze(const NodeRun& r) {
  if (!r.has(1)) return {r[0].squeeze()};
  Dims axes = axes_of(r, 1, r[0].sizes().size());
  for (int64_t a : axes)
    if (r[0].size(a) != 1) fail("axis ", a, " of shape ", r[0].sizes(), " is not 1");
  return {r[0].squeeze({axes})};
}
List unsqueeze(const NodeRun& r) {
  std::vector<int64_t> axes;
  size_t rank = r[0].sizes().size() + r.numbers(1).size();
  for (int64_t a : r.numbers(1)) axes.push_back(wrap_dim(a, int64_t(rank)));
  std::sort(axes.begin(), axes.end());
  Tensor x = r[0];
  for (int64_t a : axes) x = x.unsqueeze(a);
  return {x};
}
List shape(const NodeRun& r) {
  const Dims& s = r[0].sizes();
  int64_t n = int64_t(s.size()), start = r.integer("start", 0), end = r.integer("end", n);
  if (start < 0) start += n;
  if (end < 0) end += n;
  start = std::clamp<int64_t>(start, 0, n), end = std::clamp<int64_t>(end, start, n);
  return {vector_of({s.begin() + start, s.begin() + end})};
}
List slice(const NodeRun& r) {
  auto starts = r.numbers(1), ends = r.numbers(2), axes = r.numbers(3), steps = r.numbers(4);
  Tensor x = r[0];
  for (size_t i = 0; i < starts.size(); i++) {
    int64_t axis = axes.empty() ? int64_t(i) : wrap_dim(axes.at(i), x.dim());
    int64_t step = steps.empty() ? 1 : steps.at(i), n = x.size(axis);
    int64_t start = starts[i] < 0 ? std::max<int64_t>(starts[i] + n, step < 0 ? -1 : 0) : starts[i];
    int64_t end = ends.at(i);
    if (end < 0) end = end < -n ? -1 : end + n;
    std::vector<int64_t> places;
    if (step > 0)
      for (int64_t k = start; k < std::min(end, n); k += step) places.push_back(k);
    else if (step < 0)
      for (int64_t k = std::min(start, n - 1); k > std::max<int64_t>(end, -1); k += step)
        places.push_back(k);
    x = x.index_select(axis, vector_of(places));
  }
  return {x};
}
List split(const NodeRun& r) {
  int64_t axis = r.integer("axis", 0);
  auto sizes = r.numbers(1);
  if (sizes.empty()) {
    int64_t n = r.integer("num_outputs", int64_t(r.n.outputs.size())), all = r[0].size(axis),
            each = (all + n - 1) / n;
    for (int64_t i = 0; i < n; i++) sizes.push_back(std::min(each, all - i * each));
  }
  return r[0].split(ops::SplitSizes::Attrs{Dims(sizes), axis});
}
List concat(const NodeRun& r) {
  return {cat(std::span<const Tensor>(r.in), {.dim = r.integer("axis")})};
}
// Negative indices count from the end of the axis.
Tensor positive(const Tensor& index, int64_t n) {
  Tensor at = index.to(DType::int64);
  return taeda::where(at < 0, at + n, at);
}
List gather(const NodeRun& r) {
  int64_t axis = wrap_dim(r.integer("axis", 0), r[0].dim());
  Tensor at = positive(r[1], r[0].size(axis));
  Dims sizes;
  for (int64_t a = 0; a < axis; a++) sizes.push_back(r[0].size(a));
  for (int64_t n : at.sizes()) sizes.push_back(n);
  for (int64_t a = axis + 1; a < r[0].dim(); a++) sizes.push_back(r[0].size(a));
  return {r[0].index_select(axis, at.reshape({Dims(-1)})).reshape({sizes})};
}
List gather_elements(const NodeRun& r) {
  int64_t axis = wrap_dim(r.integer("axis", 0), r[0].dim());
  return {r[0].gather(axis, positive(r[1], r[0].size(axis)))};
}
List scatter_elements(const NodeRun& r) {
  int64_t axis = wrap_dim(r.integer("axis", 0), r[0].dim());
  Tensor at = positive(r[1], r[0].size(axis));
  std::string how = r.word("reduction", "none");
  if (how == "none") return {r[0].scatter(axis, at, r[2])};
  if (how == "add") return {r[0].scatter_add(axis, at, r[2])};
  const char* ours = how == "mul" ? "prod" : how == "max" ? "amax" : "amin";
  return {taeda::scatter_reduce(r[0], at, r[2], {.dim = axis, .reduce = {ours}})};
}
TensorList columns_of(const Tensor& places, const Tensor& x) {
  TensorList out;
  TensorList all = places.unbind({-1});
  for (size_t k = 0; k < all.size(); k++) out.push_back(positive(all[k], x.size(int64_t(k))));
  return out;
}
List gather_nd(const NodeRun& r) { return {taeda::index(r[0], columns_of(r[1], r[0]))}; }
List scatter_nd(const NodeRun& r) {
  bool adds = r.word("reduction", "none") == "add";
  return {taeda::index_put(r[0], columns_of(r[1], r[0]), r[2], adds)};
}

// ---- reductions ----

struct Axes {
  Dims axes;
  bool keep, nothing;
};
Axes reduced(const NodeRun& r) {
  Axes a{axes_of(r, 1, r[0].sizes().size()), bool(r.integer("keepdims", 1)), false};
  if (a.axes.empty()) {
    a.nothing = r.integer("noop_with_empty_axes", 0) || r[0].dim() == 0;
    for (int64_t i = 0; i < r[0].dim(); i++) a.axes.push_back(i);
  }
  return a;
}
List reduce_sum(const NodeRun& r) {
  Axes a = reduced(r);
  if (a.nothing) return {r[0]};
  return {r[0].sum({.dim = a.axes, .keepdim = a.keep, .dtype = r[0].dtype()})};
}
List reduce_mean(const NodeRun& r) {
  Axes a = reduced(r);
  return {a.nothing ? r[0] : r[0].mean({.dim = a.axes, .keepdim = a.keep})};
}
List reduce_max(const NodeRun& r) {
  Axes a = reduced(r);
  return {a.nothing ? r[0] : r[0].amax({a.axes, a.keep})};
}
List reduce_min(const NodeRun& r) {
  Axes a = reduced(r);
  return {a.nothing ? r[0] : r[0].amin({a.axes, a.keep})};
}
List reduce_prod(const NodeRun& r) {
  Axes a = reduced(r);
  Tensor x = r[0];
  for (size_t i = a.axes.size(); i-- > 0;)
    x = x.prod({.dim = a.axes[i], .keepdim = true, .dtype = r[0].dtype()});
  if (!a.keep && !a.nothing) x = x.squeeze({a.axes});
  return {x};
}
List reduce_l1(const NodeRun& r) {
  Axes a = reduced(r);
  return {a.nothing ? r[0].abs() : r[0].abs().sum({.dim = a.axes, .keepdim = a.keep})};
}
List reduce_l2(const NodeRun& r) {
  Axes a = reduced(r);
  return {a.nothing ? r[0].abs() : (r[0] * r[0]).sum({.dim = a.axes, .keepdim = a.keep}).sqrt()};
}
List arg_max(const NodeRun& r) {
  return {r[0].argmax({.dim = r.integer("axis", 0), .keepdim = bool(r.integer("keepdims", 1))})};
}
List arg_min(const NodeRun& r) {
  return {r[0].argmin({.dim = r.integer("axis", 0), .keepdim = bool(r.integer("keepdims", 1))})};
}
List top_k(const NodeRun& r) {
  int64_t axis = r.integer("axis", -1), k = r.numbers(1).at(0);
  auto [values, indices] =
      r[0].sort({.dim = axis, .descending = bool(r.integer("largest", 1)), .stable = true});
  return {values.narrow(axis, 0, k), indices.narrow(axis, 0, k)};
}

List trilu(const NodeRun& r) {
  int64_t k = r.has(1) ? r.numbers(1).at(0) : 0;
  return {r.integer("upper", 1) ? r[0].triu({k}) : r[0].tril({k})};
}
List range(const NodeRun& r) {
  Scalar start = r[0].item(), end = r[1].item(), step = r[2].item();
  return {taeda::arange(start, end, step, {.dtype = r[0].dtype()})};
}
List constant(const NodeRun& r) {
  auto* t = r.n.find("value");
  if (!t || !std::holds_alternative<Tensor>(t->value)) fail("only tensors are known");
  return {std::get<Tensor>(t->value)};
}
List integer_div(const NodeRun& r) {
  return {is_whole(r[0]) ? taeda::div(r[0], r[1], {.rounding_mode = {"trunc"}}) : r[0] / r[1]};
}
List mod(const NodeRun& r) {
  return {r.integer("fmod", 0) ? taeda::fmod(r[0], r[1]) : taeda::remainder(r[0], r[1])};
}
List transpose(const NodeRun& r) {
  auto order = r.integers("perm");
  if (order.empty())
    for (int64_t i = r[0].dim(); i-- > 0;) order.push_back(i);
  return {r[0].permute({Dims(order)})};
}
List expand(const NodeRun& r) {
  auto shape = r.numbers(1);
  // Both ways: a 1 in the shape keeps a larger size.
  while (shape.size() < r[0].sizes().size()) shape.insert(shape.begin(), 1);
  for (size_t i = 1; i <= r[0].sizes().size(); i++) {
    int64_t n = r[0].sizes()[r[0].sizes().size() - i];
    if (shape[shape.size() - i] == 1) shape[shape.size() - i] = n;
  }
  return {r[0].expand({Dims(shape)})};
}

constexpr KernelRow rows[] = {
    {"Abs", TAEDA_UNARY(abs)},
    {"Acos", TAEDA_UNARY(acos)},
    {"Acosh", TAEDA_UNARY(acosh)},
    {"Asin", TAEDA_UNARY(asin)},
    {"Asinh", TAEDA_UNARY(asinh)},
    {"Atan", TAEDA_UNARY(atan)},
    {"Atanh", TAEDA_UNARY(atanh)},
    {"Ceil", TAEDA_UNARY(ceil)},
    {"Cos", TAEDA_UNARY(cos)},
    {"Cosh", TAEDA_UNARY(cosh)},
    {"Erf", TAEDA_UNARY(erf)},
    {"Exp", TAEDA_UNARY(exp)},
    {"Floor", TAEDA_UNARY(floor)},
    {"IsInf", TAEDA_UNARY(isinf)},
    {"IsNaN", TAEDA_UNARY(isnan)},
    {"Log", TAEDA_UNARY(log)},
    {"Neg", TAEDA_UNARY(neg)},
    {"Not", TAEDA_UNARY(logical_not)},
    {"Reciprocal", TAEDA_UNARY(reciprocal)},
    {"Relu", TAEDA_UNARY(relu)},
    {"Round", TAEDA_UNARY(round)},
    {"Sigmoid", TAEDA_UNARY(sigmoid)},
    {"Sign", TAEDA_UNARY(sign)},
    {"Sin", TAEDA_UNARY(sin)},
    {"Sinh", TAEDA_UNARY(sinh)},
    {"Sqrt", TAEDA_UNARY(sqrt)},
    {"Tan", TAEDA_UNARY(tan)},
    {"Tanh", TAEDA_UNARY(tanh)},
    {"BitwiseNot", TAEDA_UNARY(bitwise_not)},
    {"Softsign", [](const NodeRun& r) -> List { return {taeda::softsign(r[0])}; }},
    {"Mish", [](const NodeRun& r) -> List { return {taeda::mish(r[0])}; }},
    {"Selu", [](const NodeRun& r) -> List { return {taeda::selu(r[0])}; }},
    {"HardSwish", [](const NodeRun& r) -> List { return {taeda::hardswish(r[0])}; }},
    {"Softplus", [](const NodeRun& r) -> List { return {taeda::softplus(r[0])}; }},
    {"Gelu",
     [](const NodeRun& r) -> List {
       return {taeda::gelu(r[0], {.approximate = {r.word("approximate", "none")}})};
     }},
    {"LeakyRelu",
     [](const NodeRun& r) -> List { return {taeda::leaky_relu(r[0], r.real("alpha", 0.01))}; }},
    {"Elu", [](const NodeRun& r) -> List { return {taeda::elu(r[0], r.real("alpha", 1))}; }},
    {"HardSigmoid",
     [](const NodeRun& r) -> List {
       Tensor x = r[0] * r.real("alpha", 0.2) + r.real("beta", 0.5);
       return {x.clamp({.min = Scalar(0), .max = Scalar(1)})};
     }},
    {"Add", TAEDA_BINARY(add)},
    {"Sub", TAEDA_BINARY(sub)},
    {"Mul", TAEDA_BINARY(mul)},
    {"Div", integer_div},
    {"Mod", mod},
    {"Pow", [](const NodeRun& r) -> List { return {r[0].pow(r[1].to(r[0].dtype()))}; }},
    {"Max", TAEDA_FOLD(maximum)},
    {"Min", TAEDA_FOLD(minimum)},
    {"And", TAEDA_BINARY(logical_and)},
    {"Or", TAEDA_BINARY(logical_or)},
    {"Xor", TAEDA_BINARY(logical_xor)},
    {"BitwiseAnd", TAEDA_BINARY(bitwise_and)},
    {"BitwiseOr", TAEDA_BINARY(bitwise_or)},
    {"BitwiseXor", TAEDA_BINARY(bitwise_xor)},
    {"Equal", TAEDA_BINARY(eq)},
    {"Less", TAEDA_BINARY(lt)},
    {"LessOrEqual", TAEDA_BINARY(le)},
    {"Greater", TAEDA_BINARY(gt)},
    {"GreaterOrEqual", TAEDA_BINARY(ge)},
    {"Where", [](const NodeRun& r) -> List { return {taeda::where(r[0], r[1], r[2])}; }},
    {"Clip", clip},
    {"Cast", [](const NodeRun& r) -> List { return {r[0].to(dtype_of_number(r.integer("to")))}; }},
    {"Identity", [](const NodeRun& r) -> List { return {r[0]}; }},
    {"Constant", constant},
    {"Shape", shape},
    {"Size", [](const NodeRun& r) -> List { return {scalar(r[0].numel(), DType::int64)}; }},
    {"Range", range},
    {"Reshape", reshape},
    {"Squeeze", squeeze},
    {"Unsqueeze", unsqueeze},
    {"Transpose", transpose},
    {"Expand", expand},
    {"Tile", [](const NodeRun& r) -> List { return {r[0].repeat({Dims(r.numbers(1))})}; }},
    {"Slice", slice},
    {"Split", split},
    {"Concat", concat},
    {"Gather", gather},
    {"GatherElements", gather_elements},
    {"GatherND", gather_nd},
    {"ScatterElements", scatter_elements},
    {"ScatterND", scatter_nd},
    {"NonZero", [](const NodeRun& r) -> List { return {r[0].nonzero().t()}; }},
    {"Trilu", trilu},
    {"ReduceSum", reduce_sum},
    {"ReduceMean", reduce_mean},
    {"ReduceMax", reduce_max},
    {"ReduceMin", reduce_min},
    {"ReduceProd", reduce_prod},
    {"ReduceL1", reduce_l1},
    {"ReduceL2", reduce_l2},
    {"ArgMax", arg_max},
    {"ArgMin", arg_min},
    {"TopK", top_k},
    {"CumSum",
     [](const NodeRun& r) -> List {
       if (r.integer("exclusive", 0) || r.integer("reverse", 0))
         fail("only forward sums are known");
       return {r[0].cumsum({.dim = r.numbers(1).at(0), .dtype = r[0].dtype()})};
     }},
};

}  // namespace

Kernel kernel_of(std::string_view op) {
  for (std::span<const KernelRow> all :
       {std::span<const KernelRow>(rows), layer_kernels(), image_kernels()})
    for (const KernelRow& r : all)
      if (op == r.op) return r.run;
  return nullptr;
}

}  // namespace taeda::onnx
