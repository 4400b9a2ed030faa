// What layers are made of: products, convolutions, pools, normalisations, losses; and recurrent
// layers.
#include "taeda/io/onnx/rows.h"
#include "taeda/ops/create.h"

namespace taeda::onnx {

namespace {

using Attributes = std::vector<Attribute>;

std::string transposed(const Call& c, const std::string& x, size_t rank = 2) {
  std::vector<int64_t> order;
  for (size_t i = 0; i < rank; i++) order.push_back(int64_t(i));
  std::swap(order[rank - 1], order[rank - 2]);
  return c.node("Transpose", {x}, {{"perm", order}});
}
double real_of(const Call& c, const char* name) { return c.scalar(name).to<double>(); }

// ---- products ----

void linear(Call& c) {
  bool bias = c.has(2);
  if (c.rank() == 2 && is_floating(c.dtype()))
    return c.set(c.node("Gemm", {c.in(0), c.in(1), bias ? c.in(2) : ""}, {{"transB", int64_t(1)}}));
  std::string w = c.rank(1) == 2 ? transposed(c, c.in(1)) : c.in(1);
  std::string y = c.node("MatMul", {c.in(0), w});
  c.set(bias ? c.node("Add", {y, c.in(2)}) : y);
}
// beta * input + alpha * product
void blend(Call& c) {
  double beta = real_of(c, "beta"), alpha = real_of(c, "alpha");
  if (c.e.op->name == std::string_view("addmm") && is_floating(c.dtype()))
    return c.set(c.node("Gemm", {c.in(1), c.in(2), beta ? c.in(0) : ""},
                        {{"alpha", alpha}, {"beta", beta}}));
  std::string y = c.node("MatMul", {c.in(1), c.in(2)});
  if (alpha != 1) y = c.node("Mul", {y, c.num(alpha)});
  if (beta == 0) return c.set(y);
  std::string x = beta == 1 ? c.in(0) : c.node("Mul", {c.in(0), c.num(beta)});
  c.set(c.node("Add", {x, y}));
}
void transposed_mm(Call& c) {
  std::string x = c.flag("left") ? transposed(c, c.in(0)) : c.in(0);
  c.set(c.node("MatMul", {x, c.flag("right") ? transposed(c, c.in(1)) : c.in(1)}));
}

// ---- convolutions ----

std::vector<int64_t> spread(const Dims& d, size_t axes) {  // one number stands for all
  return d.size() == axes ? list(d) : std::vector<int64_t>(axes, d[0]);
}
std::vector<int64_t> both_ends(std::vector<int64_t> pads) {
  size_t n = pads.size();
  for (size_t i = 0; i < n; i++) pads.push_back(pads[i]);
  return pads;
}
void convolution(Call& c) {
  size_t axes = c.rank() - 2;
  Attributes a{{"dilations", spread(c.dims("dilation"), axes)},
               {"group", c.integer("groups")},
               {"kernel_shape", std::vector<int64_t>(c.sizes(1).begin() + 2, c.sizes(1).end())},
               {"pads", both_ends(spread(c.dims("padding"), axes))},
               {"strides", spread(c.dims("stride"), axes)}};
  bool back = c.flag("transposed");
  if (back) a.push_back({"output_padding", spread(c.dims("output_padding"), axes)});
  c.set(c.node(back ? "ConvTranspose" : "Conv", {c.in(0), c.in(1), c.has(2) ? c.in(2) : ""}, a));
}

// ---- pools ----

// The windows of a pool as ONNX has them, over the last axes of (N, C, ...).
struct Pool {
  size_t axes;
  std::vector<int64_t> kernel, stride, padding, end, dilation;  // end: padding behind
  bool ceil = false;                                            // end is not like padding
};
Dims dims_in_run(const Call& c, const char* name, size_t run) {
  return std::get<Dims>(c.attribute(name, run));
}
Pool pool_of(const Call& c) {
  Dims kernel = c.dims("kernel");
  size_t axes = kernel.size();
  Pool p{axes, list(kernel), spread(c.dims("stride"), axes), spread(c.dims("padding"), axes), {},
         {}};
  Dims dilation = c.dims("dilation");
  p.dilation = dilation.empty() ? std::vector<int64_t>(axes, 1) : spread(dilation, axes);
  p.end = p.padding;
  for (size_t i = 0; i < axes; i++) {
    int64_t reach = p.dilation[i] * (p.kernel[i] - 1) + 1;
    size_t axis = c.rank() - axes + i;
    std::vector<int64_t> missing;
    bool floor = true;
    for (size_t r = 0; r < c.b.traces().runs.size(); r++) {
      int64_t n = c.b.value(c.e.in[0], r).sizes[axis], out = dims_in_run(c, "out", r)[i];
      int64_t plain = (n + 2 * p.padding[i] - reach) / p.stride[i] + 1;
      floor &= plain == out;
      missing.push_back((out - 1) * p.stride[i] + reach - n - p.padding[i]);
    }
    if (floor) continue;
    for (int64_t m : missing)
      if (m != missing[0]) c.fail("ceil_mode is only written for fixed sizes of the pooled axes");
    p.end[i] = missing[0], p.ceil = true;
  }
  return p;
}
// (C, ...) as (1, C, ...), and back.
std::string batched(const Call& c, size_t axes) {
  return c.rank() == axes + 1 ? c.node("Unsqueeze", {c.in(0), c.ints({0})}) : c.in(0);
}
std::string unbatched(const Call& c, const std::string& y, size_t axes) {
  return c.rank() == axes + 1 ? c.node("Squeeze", {y, c.ints({0})}) : y;
}
std::vector<int64_t> joined(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  std::vector<int64_t> v = a;
  v.insert(v.end(), b.begin(), b.end());
  return v;
}

// Adaptive windows: out of `out` places along an axis, [floor(o n / out), ceil((o + 1) n / out)).
struct Adaptive {
  size_t axis;
  int64_t n, out;
  bool known;  // n is the same in every run
};
std::vector<Adaptive> adaptive_axes(const Call& c) {
  std::vector<Adaptive> all;
  size_t axes = dims_in_run(c, "out", 0).size();
  for (size_t i = 0; i < axes; i++) {
    size_t axis = c.rank() - axes + i;
    bool kept = true, fixed = true;
    int64_t out = dims_in_run(c, "out", 0)[i];
    for (size_t r = 0; r < c.b.traces().runs.size(); r++) {
      int64_t o = dims_in_run(c, "out", r)[i];
      kept &= o == c.b.value(c.e.in[0], r).sizes[axis];
      fixed &= o == out;
    }
    if (kept) continue;
    bool known = c.is_static(0, axis);
    if (!fixed || (!known && out != 1))
      c.fail("an adaptive pool to more than one place is only written for a fixed size");
    all.push_back({axis, c.sizes()[axis], out, known});
  }
  return all;
}
void adaptive_max(Call& c) {
  std::string x = c.in(0);
  for (const Adaptive& a : adaptive_axes(c)) {
    if (a.out == 1) {
      x = c.node("ReduceMax", {x, c.ints({int64_t(a.axis)})}, {{"keepdims", int64_t(1)}});
      continue;
    }
    int64_t widest = (a.n + a.out - 1) / a.out + 1;
    std::vector<int64_t> places;
    for (int64_t o = 0; o < a.out; o++) {
      int64_t begin = o * a.n / a.out, end = ((o + 1) * a.n + a.out - 1) / a.out;
      for (int64_t k = 0; k < widest; k++) places.push_back(std::min(begin + k, end - 1));
    }
    std::string at = c.node("Reshape", {c.b.ints(places), c.ints({a.out, widest})});
    x = c.node("Gather", {x, at}, {{"axis", int64_t(a.axis)}});
    x = c.node("ReduceMax", {x, c.ints({int64_t(a.axis) + 1})}, {{"keepdims", int64_t(0)}});
  }
  c.set(x);
}
void adaptive_mean(Call& c) {
  std::string x = c.in(0);
  for (const Adaptive& a : adaptive_axes(c)) {
    if (a.out == 1) {
      x = c.node("ReduceMean", {x, c.ints({int64_t(a.axis)})}, {{"keepdims", int64_t(1)}});
      continue;
    }
    // The axis last, times a matrix of shares (n, out).
    Tensor shares = zeros({a.n, a.out}, {.dtype = DType::float64});
    for (int64_t o = 0; o < a.out; o++) {
      int64_t begin = o * a.n / a.out, end = ((o + 1) * a.n + a.out - 1) / a.out;
      for (int64_t i = begin; i < end; i++)
        shares.data<double>()[i * a.out + o] = 1.0 / double(end - begin);
    }
    std::vector<int64_t> order;
    for (size_t i = 0; i < c.rank(); i++) order.push_back(int64_t(i));
    std::swap(order[a.axis], order.back());
    bool last = a.axis + 1 == c.rank();
    if (!last) x = c.node("Transpose", {x}, {{"perm", order}});
    x = c.node("MatMul", {x, c.b.tensor(shares.to(c.dtype()))});
    if (!last) x = c.node("Transpose", {x}, {{"perm", order}});
  }
  c.set(x);
}

void max_pool(Call& c) {
  if (c.dims("kernel").empty()) return adaptive_max(c);
  Pool p = pool_of(c);
  auto names = c.b.nodes("MaxPool", {batched(c, p.axes)},
                         {{"dilations", p.dilation},
                          {"kernel_shape", p.kernel},
                          {"pads", joined(p.padding, p.end)},
                          {"strides", p.stride}},
                         2);
  c.set(unbatched(c, names[0], p.axes), 0);
  int64_t plane = 1;
  bool known = true;
  for (size_t i = c.rank() - p.axes; i < c.rank(); i++)
    plane *= c.sizes()[i], known &= c.is_static(0, i);
  if (known)  // ONNX counts from the first sample on, PyTorch in each plane
    c.set(unbatched(c, c.node("Mod", {names[1], c.num(plane, DType::int64)}), p.axes), 1);
}
void mean_pool(Call& c) {
  if (c.dims("kernel").empty()) return adaptive_mean(c);
  Pool p = pool_of(c);
  bool counts = c.flag("count_include_pad");
  std::string x = batched(c, p.axes);
  if (p.ceil && counts) {  // the padding counts, what lies behind it does not: pad by hand
    size_t lead = (c.rank() == p.axes + 1 ? c.rank() + 1 : c.rank()) - p.axes;
    std::vector<int64_t> zero(lead, 0);
    auto pads = joined(joined(zero, p.padding), joined(zero, p.padding));
    x = c.node("Pad", {x, c.b.ints(pads), c.num(0)}, {{"mode", std::string("constant")}});
    for (size_t i = 0; i < p.axes; i++) p.end[i] -= p.padding[i], p.padding[i] = 0;
    counts = false;
  }
  // Windows behind the end may only be as far as the padding that counts: a negative one is a cut.
  for (int64_t& e : p.end) e = std::max<int64_t>(e, 0);
  bool divided = c.given("divisor_override");
  std::string y = c.node("AveragePool", {x},
                         {{"count_include_pad", int64_t(counts || divided)},
                          {"kernel_shape", p.kernel},
                          {"pads", joined(p.padding, p.end)},
                          {"strides", p.stride}});
  if (divided) {
    double elements = 1;
    for (int64_t k : p.kernel) elements *= double(k);
    y = c.node("Mul", {y, c.num(elements / double(c.integer("divisor_override")))});
  }
  c.set(unbatched(c, y, p.axes));
}

// ---- normalisations ----

std::string filled(const Call& c, double v, const Dims& sizes) {
  return c.b.tensor(full(sizes, v, {.dtype = c.dtype()}));
}
// (x - mean) / sqrt(mean of squares + eps)
struct Normal {
  std::string x, mean, var, rstd;
};
Normal normalised(const Call& c, const std::string& x, const Dims& axes) {
  std::string at = c.ints(axes), mean = c.node("ReduceMean", {x, at});
  std::string gap = c.node("Sub", {x, mean});
  std::string var = c.node("ReduceMean", {c.node("Mul", {gap, gap}), at});
  std::string root = c.node("Sqrt", {c.node("Add", {var, c.num(c.real("eps"))})});
  return {c.node("Div", {gap, root}), mean, var, c.node("Reciprocal", {root})};
}
// Input i, one value for each channel, beside [n, channels, ...].
std::string beside_channels(const Call& c, size_t i) {
  Dims beside(c.rank() - 1, 1);
  beside[0] = -1;
  return c.node("Reshape", {c.in(i), c.ints(beside)});
}
std::string with_channels(const Call& c, std::string y) {  // times weight, plus bias
  if (c.has(1)) y = c.node("Mul", {y, beside_channels(c, 1)});
  return c.has(2) ? c.node("Add", {y, beside_channels(c, 2)}) : y;
}
void normalize_channels(Call& c) {
  if (!c.flag("training")) {
    if (!c.is_static(0, 1)) {  // each sample's channels are channels: InstanceNorm
      std::string spread = c.node("Add", {beside_channels(c, 4), c.num(c.real("eps"))});
      std::string gap = c.node("Sub", {c.in(0), beside_channels(c, 3)});
      return c.set(with_channels(c, c.node("Div", {gap, c.node("Sqrt", {spread})})));
    }
    Dims channels(c.sizes()[1]);
    std::string weight = c.has(1) ? c.in(1) : filled(c, 1, channels);
    std::string bias = c.has(2) ? c.in(2) : filled(c, 0, channels);
    return c.set(c.node("BatchNormalization", {c.in(0), weight, bias, c.in(3), c.in(4)},
                        {{"epsilon", c.real("eps")}}));
  }
  Dims axes(0);
  for (size_t i = 2; i < c.rank(); i++) axes.push_back(int64_t(i));
  Normal n = normalised(c, c.in(0), axes);
  c.set(with_channels(c, n.x), 0);
  c.set(c.node("Reshape", {n.mean, c.ints({-1})}), 1);
  c.set(c.node("Reshape", {n.var, c.ints({-1})}), 2);
}
void layer_norm(Call& c) {
  size_t n = std::get<Dims>(c.attribute("normalized_shape")).size();
  int64_t axis = int64_t(c.rank() - n);
  bool known = true;
  for (size_t i = c.rank() - n; i < c.rank(); i++) known &= c.is_static(0, i);
  if (known && c.b.opset() >= 17) {
    std::string weight = c.has(1) ? c.in(1) : filled(c, 1, c.dims("normalized_shape"));
    auto names = c.b.nodes("LayerNormalization", {c.in(0), weight, c.has(2) ? c.in(2) : ""},
                           {{"axis", axis}, {"epsilon", c.real("eps")}}, 1);
    return c.set(names[0]);
  }
  Dims axes;
  for (size_t i = c.rank() - n; i < c.rank(); i++) axes.push_back(int64_t(i));
  std::string y = normalised(c, c.in(0), axes).x;
  if (c.has(1)) y = c.node("Mul", {y, c.in(1)});
  c.set(c.has(2) ? c.node("Add", {y, c.in(2)}) : y);
}
void normalize_groups(Call& c) {
  std::string rows = c.node("Reshape", {c.in(0), c.ints(Dims{0, c.integer("num_groups"), -1})});
  std::string y = c.node("Reshape", {normalised(c, rows, Dims(2)).x, c.node("Shape", {c.in(0)})});
  c.set(with_channels(c, y), 0);
}

// ---- losses ----

void reduced(Call& c, const std::string& each) {
  std::string how = c.word("reduction");
  if (how == "none") return c.set(each);
  c.set(c.node(how == "sum" ? "ReduceSum" : "ReduceMean", {each}, {{"keepdims", int64_t(0)}}));
}
std::string gap(const Call& c) { return c.node("Sub", {c.in(0), c.in(1)}); }
void mse_loss(Call& c) {
  std::string d = gap(c);
  reduced(c, c.node("Mul", {d, d}));
}
// d^2 / 2 up to the bend, then a line; smooth_l1 divides both by the bend.
void huber(Call& c) {
  bool smooth = c.e.op->name == std::string_view("smooth_l1_loss");
  double bend = c.real(smooth ? "beta" : "delta");
  std::string d = c.node("Abs", {gap(c)});
  if (bend == 0) return reduced(c, smooth ? d : c.node("Mul", {d, c.num(0)}));
  std::string curve = c.node("Mul", {c.node("Mul", {d, d}), c.num(smooth ? 0.5 / bend : 0.5)});
  std::string line = c.node("Sub", {d, c.num(0.5 * bend)});
  if (!smooth) line = c.node("Mul", {line, c.num(bend)});
  reduced(c, c.node("Where", {c.node("Less", {d, c.num(bend)}), curve, line}));
}
void binary_cross_entropy(Call& c) {
  auto log = [&](const std::string& x) { return c.node("Max", {c.node("Log", {x}), c.num(-100)}); };
  std::string one = c.num(1), x = c.in(0), y = c.in(1);
  std::string yes = c.node("Mul", {y, log(x)});
  std::string no = c.node("Mul", {c.node("Sub", {one, y}), log(c.node("Sub", {one, x}))});
  std::string each = c.node("Neg", {c.node("Add", {yes, no})});
  reduced(c, c.has(2) ? c.node("Mul", {each, c.in(2)}) : each);
}
void nll_loss(Call& c) {
  std::string x = c.in(0), y = c.as(1, DType::int64);
  bool single = c.rank() == 1;
  if (single) {
    x = c.node("Unsqueeze", {x, c.ints({0})});
    y = c.node("Reshape", {y, c.ints({1})});
  }
  std::string out =
      c.node("NegativeLogLikelihoodLoss", {x, y, c.has(2) ? c.in(2) : ""},
             {{"ignore_index", c.integer("ignore_index")}, {"reduction", c.word("reduction")}});
  c.set(single && c.word("reduction") == "none" ? c.node("Squeeze", {out, c.ints({0})}) : out);
}

constexpr Row rows[] = {
    {"mm", convert_plain, "MatMul"},
    {"bmm", convert_plain, "MatMul"},
    {"mv", convert_plain, "MatMul"},
    {"dot", convert_plain, "MatMul"},
    {"transposed_mm", transposed_mm},
    {"linear", linear},
    {"addmm", blend},
    {"baddbmm", blend},
    {"addmv", blend},
    {"convolution", convolution},
    {"max_pool", max_pool},
    {"mean_pool", mean_pool},
    {"normalize_channels", normalize_channels},
    {"normalize_rows", layer_norm},
    {"normalize_groups", normalize_groups},
    {"mse_loss", mse_loss},
    {"smooth_l1_loss", huber},
    {"huber_loss", huber},
    {"binary_cross_entropy", binary_cross_entropy},
    {"nll_loss", nll_loss},
};

}  // namespace

std::span<const Row> layer_rows() { return rows; }

// ---- recurrent layers ----

namespace {

// Rows of gates in ONNX's order from PyTorch's: LSTM i o f c from i f g o, GRU z r h from r z n.
std::string gates(Builder& b, const std::string& mode, const std::string& w) {
  std::vector<size_t> order = mode == "LSTM"  ? std::vector<size_t>{0, 3, 1, 2}
                              : mode == "GRU" ? std::vector<size_t>{1, 0, 2}
                                              : std::vector<size_t>{0};
  if (order.size() == 1) return w;
  auto parts = b.nodes("Split", {w}, {{"axis", int64_t(0)}, {"num_outputs", int64_t(order.size())}},
                       order.size());
  std::vector<std::string> sorted;
  for (size_t k : order) sorted.push_back(parts[k]);
  return b.node("Concat", sorted, {{"axis", int64_t(0)}});
}
std::string stacked(Builder& b, std::vector<std::string> parts, const std::string& zero) {
  for (auto& p : parts) p = b.node("Unsqueeze", {p, zero});
  return parts.size() == 1 ? parts[0] : b.node("Concat", parts, {{"axis", int64_t(0)}});
}

}  // namespace

void convert_recurrent(Builder& b, const Event& e) {
  const Recurrent& r = e.recurrent;
  bool lstm = r.mode == "LSTM", gru = r.mode == "GRU";
  auto ints = [&](std::initializer_list<int64_t> v) {
    return b.ints(std::span(v.begin(), v.size()));
  };
  auto node = [&](const std::string& op, std::vector<std::string> in,
                  std::vector<Attribute> a = {}) {
    return b.node(op, std::move(in), std::move(a));
  };
  size_t directions = r.bidirectional ? 2 : 1, per = r.bias ? 4 : 2;
  std::string zero = ints({0}), x = b.name_of(e.in[0]);
  bool batched = b.value(e.in[0]).sizes.size() == 3;
  if (!batched) x = node("Unsqueeze", {x, ints({1})});
  bool swapped = batched && r.batch_first;
  std::vector<int64_t> swap{1, 0, 2};
  if (swapped) x = node("Transpose", {x}, {{"perm", swap}});
  std::string states[2];
  for (size_t k = 0; k < 2; k++)
    if (e.in[1 + k] >= 0) {
      states[k] = b.name_of(e.in[1 + k]);
      if (!batched) states[k] = node("Unsqueeze", {states[k], ints({1})});
    }
  std::vector<std::string> finals[2];
  for (size_t layer = 0; layer < size_t(r.num_layers); layer++) {
    std::vector<std::string> w, u, bias;
    for (size_t d = 0; d < directions; d++) {
      size_t at = 3 + (layer * directions + d) * per;
      w.push_back(gates(b, r.mode, b.name_of(e.in[at])));
      u.push_back(gates(b, r.mode, b.name_of(e.in[at + 1])));
      if (r.bias)
        bias.push_back(node(
            "Concat",
            {gates(b, r.mode, b.name_of(e.in[at + 2])), gates(b, r.mode, b.name_of(e.in[at + 3]))},
            {{"axis", int64_t(0)}}));
    }
    std::vector<std::string> in{x, stacked(b, w, zero), stacked(b, u, zero),
                                r.bias ? stacked(b, bias, zero) : "", ""};
    for (size_t k = 0; k < (lstm ? 2u : 1u); k++) {
      std::string begin = ints({int64_t(layer * directions)});
      std::string end = ints({int64_t((layer + 1) * directions)});
      in.push_back(states[k].empty() ? "" : node("Slice", {states[k], begin, end, zero}));
    }
    std::vector<Attribute> a{
        {"hidden_size", r.hidden_size},
        {"direction", std::string(r.bidirectional ? "bidirectional" : "forward")}};
    if (gru) a.push_back({"linear_before_reset", int64_t(1)});
    if (!lstm && !gru)
      a.push_back({"activations",
                   std::vector<std::string>(directions, r.mode == "RNN_RELU" ? "Relu" : "Tanh")});
    auto out = b.nodes(lstm ? "LSTM" : gru ? "GRU" : "RNN", in, a, lstm ? 3 : 2);
    for (size_t k = 0; k + 1 < out.size(); k++) finals[k].push_back(out[k + 1]);
    // (L, directions, N, H) to (L, N, directions * H)
    if (directions == 1) {
      x = node("Squeeze", {out[0], ints({1})});
    } else {
      x = node("Transpose", {out[0]}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}});
      x = node("Reshape", {x, ints({0, 0, -1})});
    }
  }
  if (swapped) x = node("Transpose", {x}, {{"perm", swap}});
  b.set_name(e.out[0], batched ? x : node("Squeeze", {x, ints({1})}));
  for (size_t k = 0; k + 1 < e.out.size(); k++) {
    std::string h =
        finals[k].size() == 1 ? finals[k][0] : node("Concat", finals[k], {{"axis", int64_t(0)}});
    b.set_name(e.out[k + 1], batched ? h : node("Squeeze", {h, ints({1})}));
  }
}

}  // namespace taeda::onnx
