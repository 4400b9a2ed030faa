// Reductions, scans, orders.
#include <cmath>
#include <limits>

#include "taeda/io/onnx/rows.h"

namespace taeda::onnx {

namespace {

// The axes that attribute `dim` names, all if it names none.
Dims axes_of(const Call& c) {
  auto& a = c.attribute("dim");
  Dims asked, out;
  if (auto* one = std::get_if<int64_t>(&a)) asked.push_back(*one);
  if (auto* many = std::get_if<Dims>(&a)) asked = c.dims("dim");
  for (int64_t d : asked) out.push_back(wrap_dim(d, int64_t(c.rank())));
  if (out.empty() || c.rank() == 0) {
    out = Dims();
    for (size_t i = 0; i < c.rank(); i++) out.push_back(int64_t(i));
  }
  std::sort(out.begin(), out.end());
  return out;
}
bool keeps(const Call& c) { return c.out_sizes().size() == c.rank(); }

std::string reduce(const Call& c, const char* op, const std::string& x, const Dims& axes,
                   bool keepdims) {
  if (axes.empty()) return x;  // 0-dim
  return c.node(op, {x, c.ints(axes)}, {{"keepdims", int64_t(keepdims)}});
}
std::string reduce(const Call& c, const char* op, const std::string& x) {
  return reduce(c, op, x, axes_of(c), keeps(c));
}
void reduce_row(Call& c) { c.set(reduce(c, c.plain, c.as(0, c.out_dtype()))); }
void extreme_all(Call& c) {  // of ops without attributes
  c.set(c.rank() ? c.node(c.plain, {c.in(0)}, {{"keepdims", int64_t(0)}}) : c.in(0));
}

// max, min: of all elements, or values and indices along an axis.
void extreme(Call& c) {
  if (c.e.op->fields.empty()) return extreme_all(c);
  int64_t axis = c.axis("dim", c.rank());
  bool keepdim = c.flag("keepdim"), largest = std::string_view(c.plain) == "ReduceMax";
  if (c.rank() == 0) c.fail("it is not written for tensors without axes");
  c.set(reduce(c, c.plain, c.in(0), {axis}, keepdim), 0);
  c.set(c.node(largest ? "ArgMax" : "ArgMin", {c.in(0)},
               {{"axis", axis}, {"keepdims", int64_t(keepdim)}}),
        1);
}
void arg_extreme(Call& c) {
  bool all = !c.given("dim");
  std::string x = c.dtype() == DType::boolean ? c.as(0, DType::int32) : c.in(0);
  if (all) x = c.node("Reshape", {x, c.ints({-1})});
  if (c.rank() == 0 && !all) c.fail("it is not written for tensors without axes");
  int64_t axis = all ? 0 : c.axis("dim", c.rank());
  std::string y = c.node(c.plain, {x}, {{"axis", axis}, {"keepdims", int64_t(all ? 0 : keeps(c))}});
  c.set(all && keeps(c) && c.rank() ? c.reshaped(y, c.e.out[0]) : y);
}
void truth(Call& c) {
  std::string x = c.cast(c.as(0, DType::boolean), DType::int32);
  Dims all;
  for (size_t i = 0; i < c.rank(); i++) all.push_back(int64_t(i));
  bool has_dim = !c.e.op->fields.empty();
  c.set(c.cast(reduce(c, c.plain, x, has_dim ? axes_of(c) : all, keeps(c) && has_dim),
               c.out_dtype()));
}

// The variance (and the mean) as PyTorch has them: over n - correction.
struct Spread {
  std::string var, mean;
};
Spread spread(const Call& c) {
  Dims axes = axes_of(c);
  std::string x = c.in(0), mean = reduce(c, "ReduceMean", x, axes, true);
  std::string gap = c.node("Sub", {x, mean});
  std::string var = reduce(c, "ReduceMean", c.node("Mul", {gap, gap}), axes, keeps(c));
  double correction = c.given("correction") ? c.real("correction") : 1;
  if (correction != 0) {  // times n / (n - correction)
    bool fixed = true;
    double n = 1;
    for (int64_t a : axes) n *= double(c.sizes()[size_t(a)]), fixed &= c.is_static(0, size_t(a));
    std::string factor;
    if (fixed) {
      double rest = n - correction;
      factor = c.num(rest > 0 ? n / rest : n / 0.0);
    } else {
      std::string sizes =
          c.node("Gather", {c.node("Shape", {x}), c.ints(axes)}, {{"axis", int64_t(0)}});
      std::string count =
          c.cast(c.node("ReduceProd", {sizes}, {{"keepdims", int64_t(0)}}), c.dtype());
      factor = c.node("Div", {count, c.node("Sub", {count, c.num(correction)})});
    }
    var = c.node("Mul", {var, factor});
  }
  return {var, reduce(c, "ReduceMean", x, axes, keeps(c))};
}

void vector_norm(Call& c) {
  double ord = c.real("ord");
  std::string x = c.as(0, c.out_dtype());
  if (ord == 2) return c.set(reduce(c, "ReduceL2", x));
  if (ord == 1) return c.set(reduce(c, "ReduceL1", x));
  std::string size = c.node("Abs", {x});
  if (std::isinf(ord)) return c.set(reduce(c, ord > 0 ? "ReduceMax" : "ReduceMin", size));
  DType d = c.out_dtype();
  if (ord == 0) {
    std::string some = c.cast(c.node("Greater", {size, c.num(0, d)}), d);
    return c.set(reduce(c, "ReduceSum", some));
  }
  std::string sum = reduce(c, "ReduceSum", c.node("Pow", {size, c.num(ord, d)}));
  c.set(c.node("Pow", {sum, c.num(1 / ord, d)}));
}

void softmax(Call& c) {
  std::string x = c.as(0, c.out_dtype());
  if (c.rank() == 0) {  // as a vector of one
    x = c.node(c.plain, {c.node("Unsqueeze", {x, c.ints({0})})}, {{"axis", int64_t(0)}});
    return c.set(c.node("Squeeze", {x, c.ints({0})}));
  }
  int64_t axis = c.axis("dim", c.rank()), last = int64_t(c.rank()) - 1;
  if (c.b.opset() >= 13 || axis == last) return c.set(c.node(c.plain, {x}, {{"axis", axis}}));
  // Before 13 everything behind the axis is one row.
  std::vector<int64_t> order;
  for (int64_t i = 0; i <= last; i++) order.push_back(i);
  std::swap(order[size_t(axis)], order[size_t(last)]);
  auto turned = [&](const std::string& y) { return c.node("Transpose", {y}, {{"perm", order}}); };
  c.set(turned(c.node(c.plain, {turned(x)}, {{"axis", last}})));
}

void cumsum(Call& c) {
  std::string x = c.as(0, c.out_dtype());
  c.set(c.rank() ? c.node("CumSum", {x, c.num(c.axis("dim", c.rank()), DType::int64)}) : x);
}
// ONNX has no running product: one multiplication after the other.
void cumprod(Call& c) {
  std::string x = c.as(0, c.out_dtype());
  if (c.rank() == 0) return c.set(x);
  int64_t axis = c.axis("dim", c.rank()), n = c.sizes()[size_t(axis)];
  if (!c.is_static(0, size_t(axis)) || n > 256)
    c.fail("it is only written for a fixed size of at most 256 of this axis");
  std::vector<std::string> parts;
  for (int64_t i = 0; i < n; i++) {
    std::string at = c.node("Slice", {x, c.ints({i}), c.ints({i + 1}), c.ints({axis})});
    parts.push_back(i ? c.node("Mul", {parts.back(), at}) : at);
  }
  c.set(parts.size() == 1 ? parts[0] : c.node("Concat", parts, {{"axis", axis}}));
}

// The k first of an axis in order; k: an int64 tensor of shape [1].
std::vector<std::string> top(const Call& c, const std::string& x, const std::string& k,
                             int64_t axis, bool largest) {
  return c.b.nodes("TopK", {x, k}, {{"axis", axis}, {"largest", int64_t(largest)}}, 2);
}
std::string size_along(const Call& c, int64_t axis) {
  return c.b.size(c.b.sizes_along(c.e.in[0], size_t(axis)), c.e.in);
}
void need_axes(const Call& c) {
  if (c.rank() == 0) c.fail("it is not written for tensors without axes");
}
void sort(Call& c) {
  need_axes(c);
  int64_t axis = c.axis("dim", c.rank());
  auto both = top(c, c.in(0), size_along(c, axis), axis, c.flag("descending"));
  c.set(both[0], 0), c.set(both[1], 1);
}
void topk(Call& c) {
  need_axes(c);
  auto both = top(c, c.in(0), c.b.size(c.integers("k"), c.e.in), c.axis("dim", c.rank()),
                  c.flag("largest"));
  c.set(both[0], 0), c.set(both[1], 1);
}
// The k-th smallest along an axis: the last of the k smallest.
void kth(Call& c, const std::string& x, int64_t axis, const std::string& k, bool keepdim) {
  auto both = top(c, x, k, axis, false);
  for (size_t i = 0; i < c.e.out.size(); i++) {
    std::string last = c.node("Gather", {both[i], c.ints({-1})}, {{"axis", axis}});
    c.set(keepdim ? last : c.node("Squeeze", {last, c.ints({axis})}), i);
  }
}
void kthvalue(Call& c) {
  need_axes(c);
  kth(c, c.in(0), c.axis("dim", c.rank()), c.b.size(c.integers("k"), c.e.in), c.flag("keepdim"));
}
void median(Call& c) {
  bool all = c.e.op->fields.empty();
  std::string x = all ? c.node("Reshape", {c.in(0), c.ints({-1})}) : c.in(0);
  if (!all) need_axes(c);
  int64_t axis = all ? 0 : c.axis("dim", c.rank());
  std::string n = all ? c.node("Shape", {x}) : size_along(c, axis);
  std::string k = c.node("Div", {c.node("Add", {n, c.ints({1})}), c.ints({2})});
  kth(c, x, axis, k, !all && c.flag("keepdim"));
}

constexpr Row rows[] = {
    {"sum", reduce_row, "ReduceSum"},
    {"mean", reduce_row, "ReduceMean"},
    {"prod", reduce_row, "ReduceProd"},
    {"amax", reduce_row, "ReduceMax"},
    {"amin", reduce_row, "ReduceMin"},
    {"max", extreme, "ReduceMax"},
    {"min", extreme, "ReduceMin"},
    {"argmax", arg_extreme, "ArgMax"},
    {"argmin", arg_extreme, "ArgMin"},
    {"all", truth, "ReduceMin"},
    {"any", truth, "ReduceMax"},
    {"var", [](Call& c) { c.set(spread(c).var); }},
    {"std", [](Call& c) { c.set(c.node("Sqrt", {spread(c).var})); }},
    {"var_mean",
     [](Call& c) {
       auto [var, mean] = spread(c);
       c.set(var, 0), c.set(mean, 1);
     }},
    {"std_mean",
     [](Call& c) {
       auto [var, mean] = spread(c);
       c.set(c.node("Sqrt", {var}), 0), c.set(mean, 1);
     }},
    {"vector_norm", vector_norm},
    {"softmax", softmax, "Softmax"},
    {"log_softmax", softmax, "LogSoftmax"},
    {"cumsum", cumsum},
    {"cumprod", cumprod},
    {"sort", sort},
    {"topk", topk},
    {"kthvalue", kthvalue},
    {"median", median},
};

}  // namespace

std::span<const Row> reduce_rows() { return rows; }

}  // namespace taeda::onnx
