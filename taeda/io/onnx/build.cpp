#include "taeda/io/onnx/build.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/views.h"

namespace taeda::onnx {

namespace {

bool all_same(const Numbers& v) {
  return std::all_of(v.begin(), v.end(), [&](int64_t n) { return n == v[0]; });
}
bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.sizes() == b.sizes() && a.dtype() == b.dtype() &&
         !std::memcmp(a.raw(), b.raw(), size_t(a.numel()) * size_of(a.dtype()));
}
double element(const Tensor& t, int64_t i) {
  return visit(t.dtype(), [&]<class T>() -> double {
    T x = t.data<T>()[i];
    if constexpr (is_complex_type<T>) return double(x.real());
    else if constexpr (sizeof(T) == 2 && !std::is_integral_v<T>) return double(float(x));
    else return double(x);
  });
}

std::string place(const Trace& t, const Event& e) {
  std::string what = e.kind == Event::Kind::op          ? std::string("op '") + e.op->name + "'"
                     : e.kind == Event::Kind::recurrent ? e.recurrent.mode
                                                        : "an in-place change of a view";
  const std::string& path = t.modules[e.module];
  return path.empty() ? what + " in the model's own forward" : what + " in module '" + path + "'";
}

}  // namespace

void check_alike(const Traces& t) {
  const Trace& a = t.runs[0];
  for (size_t r = 1; r < t.runs.size(); r++) {
    const Trace& b = t.runs[r];
    std::string sizes;
    for (size_t s = 0; s < t.symbols.size(); s++)
      if (t.sizes[r][s] != t.sizes[0][s])
        sizes += (sizes.empty() ? "" : ", ") + ("'" + t.symbols[s].name + "' from ") +
                 std::to_string(t.sizes[0][s]) + " to " + std::to_string(t.sizes[r][s]);
    for (size_t i = 0; i < std::max(a.events.size(), b.events.size()); i++) {
      bool both = i < a.events.size() && i < b.events.size();
      if (both && a.events[i].kind == b.events[i].kind && a.events[i].op == b.events[i].op &&
          a.events[i].in == b.events[i].in && a.events[i].out == b.events[i].out)
        continue;
      const Trace& longer = i < a.events.size() ? a : b;
      fail<ExportError>("onnx export: with the size ", sizes,
                        " the model runs other ops, the first of them ",
                        place(longer, longer.events[i]),
                        ": a file cannot follow it. Export it with fixed sizes, dynamic_axes={}");
    }
    if (a.outputs != b.outputs)
      fail<ExportError>("onnx export: with the size ", sizes, " the model has other outputs");
  }
}

Builder::Builder(const Traces& t, int64_t opset) : t_(t), opset_(opset) {}

void Builder::fail_here(const std::string& why) const {
  fail<ExportError>("onnx export: ", place(t_.runs[0], t_.runs[0].events[event_]), ": ", why);
}

// ---- names ----

std::vector<std::string> Builder::nodes(const std::string& op, std::vector<std::string> in,
                                        std::vector<Attribute> attributes, size_t outputs) {
  while (!in.empty() && in.back().empty()) in.pop_back();
  int n = counts_[op]++;
  std::string base = op;
  for (char& c : base) c = char(std::tolower(c));
  Node node{.op = op, .inputs = std::move(in), .attributes = std::move(attributes)};
  std::string path = t_.runs[0].modules[module_];
  std::replace(path.begin(), path.end(), '.', '/');
  node.name = "/" + (path.empty() ? "" : path + "/") + op + (n ? "_" + std::to_string(n) : "");
  for (size_t k = 0; k < outputs; k++) {
    std::string name = base + "_" + std::to_string(n) + (k ? "_" + std::to_string(k) : "");
    while (!taken_.insert(name).second) name += "_";
    node.outputs.push_back(name);
  }
  graph_.nodes.push_back(node);
  return node.outputs;
}

bool Builder::constant(int id) const {
  const Value& v = value(id);
  if (v.kind != Value::Kind::constant && !v.folded) return false;
  for (size_t r = 1; r < t_.runs.size(); r++)
    if (!value(id, r).data.defined() || !same_bytes(v.data, value(id, r).data)) return false;
  return true;
}

std::string Builder::name_of(int id) {
  if (auto at = names_.find(id); at != names_.end()) return at->second;
  const Value& v = value(id);
  std::string name;
  if (v.kind == Value::Kind::unseen)
    fail_here(
        "it reads a tensor that shares memory with others through a view that was not made by an "
        "op (as_strided, set_, from_numpy, ..)");
  if (v.kind == Value::Kind::state) {
    name = v.name;
    used_state_.insert(name);
  } else if (constant(id)) {
    name = tensor(v.data);
  } else if (v.kind == Value::Kind::constant) {
    name = varying(id);
  } else {
    fail_here("a value that was never made");
  }
  return names_[id] = name;
}

std::string Builder::tensor(const Tensor& t) {
  std::string key =
      std::to_string(int(t.dtype())) + text(t.sizes()) +
      std::string(static_cast<const char*>(t.raw()), size_t(t.numel()) * size_of(t.dtype()));
  std::string& name = constants_[key];
  if (!name.empty()) return name;
  if (t.numel() <= 64) return name = node("Constant", {}, {{"value", t}});
  name = "constant_" + std::to_string(counts_["constants"]++);
  while (!taken_.insert(name).second) name += "_";
  graph_.initializers.emplace_back(name, t);
  return name;
}
std::string Builder::ints(std::span<const int64_t> v) {
  Tensor t = empty(Dims(int64_t(v.size())), DType::int64);
  std::copy(v.begin(), v.end(), t.data<int64_t>());
  return tensor(t);
}
std::string Builder::number(Scalar s, DType d) { return tensor(taeda::scalar(s, d)); }

// ---- sizes ----

Numbers Builder::sizes_along(int id, size_t axis) const {
  Numbers v;
  for (size_t r = 0; r < t_.runs.size(); r++) {
    const Dims& sizes = value(id, r).sizes;
    if (axis >= sizes.size()) fail_here("the number of axes depends on the inputs' sizes");
    v.push_back(sizes[axis]);
  }
  return v;
}

std::optional<SizeFormula> Builder::formula(const Numbers& v) const {
  if (all_same(v)) return SizeFormula{.offset = v[0]};
  size_t n = t_.symbols.size(), runs = v.size();
  auto product = [&](size_t r, const std::vector<size_t>& factors) {
    int64_t p = 1;
    for (size_t s : factors) p *= t_.sizes[r][s];
    return p;
  };
  std::vector<std::vector<size_t>> products;
  for (size_t i = 0; i < n; i++) products.push_back({i});
  for (size_t i = 0; i < n; i++)
    for (size_t j = i; j < n; j++) products.push_back({i, j});
  for (auto& factors : products) {
    int64_t p0 = product(0, factors), g = std::gcd(v[0], p0);
    if (!p0 || !g) continue;
    bool fits = true;
    for (size_t r = 0; r < runs; r++) fits &= v[r] * p0 == v[0] * product(r, factors);
    if (fits) return SizeFormula{v[0] / g, p0 / g, 0, factors};
  }
  for (auto& factors : products) {
    int64_t p0 = product(0, factors);
    for (size_t r = 1; r < runs; r++) {
      int64_t step = product(r, factors) - p0;
      if (!step || (v[r] - v[0]) % step) continue;
      int64_t scale = (v[r] - v[0]) / step, offset = v[0] - scale * p0;
      bool fits = scale != 0;
      for (size_t q = 0; q < runs; q++) fits &= v[q] == scale * product(q, factors) + offset;
      if (fits) return SizeFormula{scale, 1, offset, factors};
      break;
    }
  }
  return {};
}

std::string Builder::formula_name(const SizeFormula& f) {
  std::string key =
      std::to_string(f.scale) + "/" + std::to_string(f.divisor) + "+" + std::to_string(f.offset);
  for (size_t s : f.factors) key += "*" + std::to_string(s);
  if (auto at = size_names_.find(key); at != size_names_.end()) return at->second;
  std::string name;
  for (size_t s : f.factors) {
    const Symbol& symbol = t_.symbols[s];
    std::string own = "size:" + std::to_string(s);
    if (!size_names_.count(own))
      size_names_[own] = node("Shape", {name_of(t_.runs[0].inputs[symbol.input])},
                              {{"start", int64_t(symbol.axis)}, {"end", int64_t(symbol.axis) + 1}});
    name = name.empty() ? size_names_[own] : node("Mul", {name, size_names_[own]});
  }
  auto with = [&](const char* op, int64_t n) { name = node(op, {name, ints(std::array{n})}); };
  if (name.empty()) return ints(std::array{f.offset});
  if (f.scale != 1) with("Mul", f.scale);
  if (f.divisor != 1) with("Div", f.divisor);
  if (f.offset) with("Add", f.offset);
  return size_names_[key] = name;
}

std::string Builder::size(const Numbers& v, std::span<const int> beside) {
  if (auto f = formula(v)) return formula_name(*f);
  for (int id : beside) {
    if (id < 0) continue;
    for (size_t axis = 0; axis < value(id).sizes.size(); axis++)
      if (sizes_along(id, axis) == v)
        return node("Shape", {name_of(id)}, {{"start", int64_t(axis)}, {"end", int64_t(axis) + 1}});
  }
  fail_here("the number " + text(Dims(v)) +
            " follows from the inputs' sizes in a way that is not known");
}
std::string Builder::join_sizes(const std::vector<Numbers>& v, std::span<const int> beside) {
  std::vector<std::string> parts;
  std::vector<int64_t> known;
  auto flush = [&] {
    if (!known.empty()) parts.push_back(ints(known));
    known.clear();
  };
  for (auto& n : v) {
    if (all_same(n)) {
      known.push_back(n[0]);
      continue;
    }
    flush();
    parts.push_back(size(n, beside));
  }
  if (parts.empty()) return ints(known);
  flush();
  return parts.size() == 1 ? parts[0] : node("Concat", parts, {{"axis", int64_t(0)}});
}
std::string Builder::shape(int id, std::span<const int> beside) {
  std::vector<Numbers> all;
  for (size_t i = 0; i < value(id).sizes.size(); i++) all.push_back(sizes_along(id, i));
  bool known = true;
  for (auto& n : all) known &= bool(formula(n));
  // Sizes that only a run can tell: those of a value that has them.
  if (!known && names_.count(id)) return node("Shape", {names_[id]});
  return join_sizes(all, beside);
}
Size Builder::declared(const Numbers& v, const std::string& name) const {
  if (all_same(v)) return {v[0], {}};
  auto f = formula(v);
  if (f && f->scale == 1 && f->divisor == 1 && f->offset == 0 && f->factors.size() == 1)
    return {-1, t_.symbols[f->factors[0]].name};
  return {-1, name};
}

// A constant that differs from run to run: one number repeated, a range, or a number made of sizes.
std::string Builder::varying(int id) {
  const Value& v = value(id);
  size_t runs = t_.runs.size();
  bool one_number = true, range = v.sizes.size() == 1, same_sizes = true;
  double first = v.data.numel() ? element(v.data, 0) : 0;
  double step = range && v.data.numel() > 1 ? element(v.data, 1) - first : 1;
  for (size_t r = 0; r < runs; r++) {
    const Tensor& data = value(id, r).data;
    if (!data.defined()) fail_here("a value is a constant in one run only");
    same_sizes &= data.sizes() == v.sizes;
    for (int64_t i = 0; i < data.numel(); i++) {
      double x = element(data, i);
      one_number &= x == first || (x != x && first != first);
      range &= std::abs(x - (first + step * double(i))) <= 1e-6 * std::abs(x);
    }
  }
  if (one_number) {
    bool known = true;
    for (size_t a = 0; a < v.sizes.size(); a++) known &= bool(formula(sizes_along(id, a)));
    std::string one = number(Scalar(first), v.dtype);
    return known ? node("Expand", {one, shape(id, {})}) : one;  // else it is broadcast
  }
  if (range && !same_sizes) {
    std::string n = size(sizes_along(id, 0), {});
    std::string at =
        node("Range", {number(0, DType::int64), node("Squeeze", {n}), number(1, DType::int64)});
    if (v.dtype != DType::int64) at = node("Cast", {at}, {{"to", type_number(v.dtype)}});
    if (step != 1) at = node("Mul", {at, number(Scalar(step), v.dtype)});
    return first ? node("Add", {at, number(Scalar(first), v.dtype)}) : at;
  }
  if (same_sizes && v.data.numel() == 1) {
    // n, 1 / n, sqrt(n), 1 / sqrt(n) of a size n
    for (int form = 0; form < 4; form++) {
      Numbers whole;
      for (size_t r = 0; r < runs; r++) {
        double x = element(value(id, r).data, 0);
        double n = form == 0 ? x : form == 1 ? 1 / x : form == 2 ? x * x : 1 / (x * x);
        if (!(std::abs(n) < 1e15) || std::abs(n - std::round(n)) > 1e-6 * std::abs(n)) break;
        whole.push_back(int64_t(std::llround(n)));
      }
      auto f = whole.size() == runs ? formula(whole) : std::nullopt;
      if (!f) continue;
      std::string n = formula_name(*f);
      if (form || is_floating(v.dtype)) n = node("Cast", {n}, {{"to", type_number(v.dtype)}});
      if (form >= 2) n = node("Sqrt", {n});
      if (form % 2) n = node("Reciprocal", {n});
      return node("Reshape", {n, ints(std::span(v.sizes.data(), v.sizes.size()))});
    }
  }
  fail_here("it reads a tensor of shape " + text(v.sizes) +
            " that was made outside of any op and depends on the inputs' sizes");
}

// ---- events ----

// Writes part[...] = value as a change of the whole: the places of the part, found by taking the
// same views of the whole's places, and a scatter over them.
void Builder::write_back(size_t at) {
  const Event& e = t_.runs[0].events[at];
  int whole = e.in[0], part = e.in[1];
  std::string data = name_of(whole),
              flat = node("Reshape", {data, ints(std::array<int64_t, 1>{-1})});
  std::string shape = node("Shape", {data});
  std::string count = node("Size", {data});
  std::string places = node(
      "Reshape", {node("Range", {number(0, DType::int64), count, number(1, DType::int64)}), shape});
  for (int k : e.chain) {
    const Event& view = t_.runs[0].events[size_t(k)];
    std::map<int, std::string> before = names_;
    names_[view.in[0]] = places;
    event_ = size_t(k);
    convert(view);
    // Of several outputs the one that the next view takes.
    int next = view.out[0];
    if (view.out.size() > 1) {
      if (k == e.chain.back())
        fail_here("it changes one of several views (split, unbind) in place");
      auto after = std::find(e.chain.begin(), e.chain.end(), k) + 1;
      next = t_.runs[0].events[size_t(*after)].in[0];
    }
    places = names_[next];
    names_ = std::move(before);
    event_ = at;
  }
  std::string minus = ints(std::array<int64_t, 1>{-1});
  std::string out = node("ScatterElements", {flat, node("Reshape", {places, minus}),
                                             node("Reshape", {name_of(part), minus})});
  set_name(e.out[0], node("Reshape", {out, shape}));
}

void Builder::convert(const Event& e) {
  const Row* row = row_of(e.op->name);
  if (!row)
    fail_here(
        "it has no meaning in ONNX. Compose it of other ops, or leave it out of what is exported");
  Call c(*this, event_, row->plain);
  row->convert(c);
}

// The events whose results an output depends on.
std::vector<bool> Builder::needed() const {
  const Trace& t = t_.runs[0];
  std::set<int> wanted(t.outputs.begin(), t.outputs.end());
  std::vector<bool> keep(t.events.size());
  for (size_t i = t.events.size(); i-- > 0;) {
    const Event& e = t.events[i];
    for (int v : e.out) keep[i] = keep[i] || (wanted.count(v) && !constant(v));
    if (keep[i]) wanted.insert(e.in.begin(), e.in.end());
  }
  return keep;
}

namespace {

// Nodes whose outputs nobody reads: places of a maximum that is only a value.
void drop_unused(Graph& g) {
  std::set<std::string> read;
  for (auto& v : g.outputs) read.insert(v.name);
  std::vector<Node> kept;
  for (size_t i = g.nodes.size(); i-- > 0;) {
    Node& n = g.nodes[i];
    if (std::none_of(n.outputs.begin(), n.outputs.end(),
                     [&](const std::string& name) { return read.count(name); }))
      continue;
    if (n.op == "MaxPool")  // its places may be left out
      while (n.outputs.size() > 1 && !read.count(n.outputs.back())) n.outputs.pop_back();
    read.insert(n.inputs.begin(), n.inputs.end());
    kept.push_back(std::move(n));
  }
  std::reverse(kept.begin(), kept.end());
  g.nodes = std::move(kept);
}

}  // namespace

Graph Builder::build(const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs,
                     const std::vector<std::pair<std::string, Tensor>>& state) {
  const Trace& t = t_.runs[0];
  graph_.name = "main_graph";
  for (auto& n : inputs) taken_.insert(n);
  for (auto& n : outputs) taken_.insert(n);
  for (auto& [n, x] : state) taken_.insert(n);
  for (size_t i = 0; i < inputs.size(); i++) {
    int id = t.inputs[i];
    names_[id] = inputs[i];
    ValueInfo v{inputs[i], value(id).dtype, {}};
    for (size_t a = 0; a < value(id).sizes.size(); a++)
      v.shape.push_back(declared(sizes_along(id, a), inputs[i] + "_axis_" + std::to_string(a)));
    graph_.inputs.push_back(v);
  }
  std::vector<bool> keep = needed();
  for (size_t i = 0; i < t.events.size(); i++) {
    if (!keep[i]) continue;
    event_ = i;
    module_ = t.events[i].module;
    switch (t.events[i].kind) {
    case Event::Kind::op: convert(t.events[i]); break;
    case Event::Kind::write_back: write_back(i); break;
    case Event::Kind::recurrent: convert_recurrent(*this, t.events[i]); break;
    }
  }
  module_ = 0;
  std::set<std::string> made;
  for (auto& n : graph_.nodes)
    if (n.op != "Constant") made.insert(n.outputs.begin(), n.outputs.end());
  for (size_t k = 0; k < outputs.size(); k++) {
    std::string name = name_of(t.outputs[k]);
    if (made.erase(name)) {
      for (auto& n : graph_.nodes) {
        std::replace(n.inputs.begin(), n.inputs.end(), name, outputs[k]);
        std::replace(n.outputs.begin(), n.outputs.end(), name, outputs[k]);
      }
      for (auto& [id, other] : names_)
        if (other == name) other = outputs[k];
    } else {  // an input, a constant, or an output already
      graph_.nodes.push_back({"Identity", "/Identity_" + outputs[k], "", {name}, {outputs[k]}, {}});
    }
    ValueInfo v{outputs[k], value(t.outputs[k]).dtype, {}};
    for (size_t a = 0; a < value(t.outputs[k]).sizes.size(); a++)
      v.shape.push_back(
          declared(sizes_along(t.outputs[k], a), outputs[k] + "_axis_" + std::to_string(a)));
    graph_.outputs.push_back(v);
  }
  drop_unused(graph_);
  std::vector<std::pair<std::string, Tensor>> used;
  for (auto& [name, x] : state)
    if (used_state_.count(name)) used.emplace_back(name, x);
  graph_.initializers.insert(graph_.initializers.begin(), used.begin(), used.end());
  return std::move(graph_);
}

// ---- Call ----

bool Call::is_static(size_t i, size_t axis) const { return all_same(b.sizes_along(e.in[i], axis)); }
bool Call::all_static(size_t i) const {
  for (size_t a = 0; a < rank(i); a++)
    if (!is_static(i, a)) return false;
  return true;
}

std::string Call::reshaped(const std::string& x, int like) const {
  const Dims& sizes = b.value(like).sizes;
  std::vector<Numbers> all;
  std::vector<size_t> open;
  for (size_t a = 0; a < sizes.size(); a++) {
    all.push_back(b.sizes_along(like, a));
    if (!all_same(all[a])) open.push_back(a);
  }
  std::vector<int64_t> known;
  if (open.size() <= 1) {
    for (size_t a = 0; a < sizes.size(); a++) known.push_back(all_same(all[a]) ? all[a][0] : -1);
  } else {  // 0 keeps the input's size at that place
    size_t left = 0;
    for (size_t a = 0; a < sizes.size(); a++) {
      bool kept = !all_same(all[a]) && has(0) && a < rank(0) && b.sizes_along(e.in[0], a) == all[a];
      if (all_same(all[a]) && all[a][0] == 0) left = 9;
      if (!all_same(all[a]) && !kept) left++;
      known.push_back(all_same(all[a]) ? all[a][0] : kept ? 0 : -1);
    }
    if (left > 1) return node("Reshape", {x, b.join_sizes(all, e.in)});
  }
  return node("Reshape", {x, b.ints(known)});
}

const AttributeValue& Call::attribute(std::string_view name, size_t run) const {
  for (size_t i = 0; i < e.op->fields.size(); i++)
    if (e.op->fields[i].name == name) return b.t_.runs[run].events[event_].attributes[i];
  taeda::fail("onnx export: op '", e.op->name, "' has no attribute '", name, "'");
}
namespace {
template <class T> T fixed(const Call& c, std::string_view name) {
  auto& v = c.attribute(name);
  if (!std::holds_alternative<T>(v))
    taeda::fail("onnx export: attribute '", name, "' of op '", c.e.op->name, "' has another type");
  for (size_t r = 1; r < c.b.traces().runs.size(); r++) {
    auto& w = c.attribute(name, r);
    if (!std::holds_alternative<T>(w) || !(std::get<T>(w) == std::get<T>(v)))
      c.fail("its argument '" + std::string(name) + "' depends on the inputs' sizes");
  }
  return std::get<T>(v);
}
}  // namespace
int64_t Call::integer(std::string_view name) const { return fixed<int64_t>(*this, name); }
double Call::real(std::string_view name) const { return fixed<double>(*this, name); }
bool Call::flag(std::string_view name) const { return fixed<bool>(*this, name); }
std::string Call::word(std::string_view name) const { return fixed<std::string>(*this, name); }
Dims Call::dims(std::string_view name) const { return fixed<Dims>(*this, name); }
Scalar Call::scalar(std::string_view name) const { return fixed<Scalar>(*this, name); }
bool Call::given(std::string_view name) const {
  return !std::holds_alternative<std::monostate>(attribute(name));
}
Numbers Call::integers(std::string_view name) const {
  Numbers v;
  for (size_t r = 0; r < b.t_.runs.size(); r++) {
    auto& a = attribute(name, r);
    if (!std::holds_alternative<int64_t>(a)) fail("its argument '" + std::string(name) + "'");
    v.push_back(std::get<int64_t>(a));
  }
  return v;
}

}  // namespace taeda::onnx
