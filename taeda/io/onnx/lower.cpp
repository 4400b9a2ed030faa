#include "taeda/io/onnx/lower.h"

#include <algorithm>
#include <map>

#include "taeda/io/onnx/build.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"

namespace taeda::onnx {

namespace {

// The operator set that brought an operator, or the first in which it is as we write it.
struct Since {
  std::string_view op;
  int64_t opset;
};
constexpr Since since[] = {
    {"Acosh", 9},
    {"Asinh", 9},
    {"Atanh", 9},
    {"Bernoulli", 15},
    {"BitShift", 11},
    {"BitwiseAnd", 18},
    {"BitwiseNot", 18},
    {"BitwiseOr", 18},
    {"BitwiseXor", 18},
    {"Cosh", 9},
    {"CumSum", 11},
    {"Dropout", 12},
    {"Erf", 9},
    {"Expand", 8},
    {"GatherElements", 11},
    {"GatherND", 11},
    {"Gelu", 20},
    {"GridSample", 16},
    {"IsInf", 10},
    {"IsNaN", 9},
    {"LayerNormalization", 17},
    {"Mod", 10},
    {"NegativeLogLikelihoodLoss", 12},
    {"NonZero", 9},
    {"Range", 11},
    {"Resize", 11},
    {"Round", 11},
    {"ScatterElements", 11},
    {"ScatterND", 11},
    {"Sign", 9},
    {"Sinh", 9},
    {"Trilu", 14},
    {"Where", 9},
};

struct Lowering {
  Graph& g;
  int64_t opset;
  std::map<std::string, Tensor> constants;
  std::vector<Node> out;
  int count = 0;

  Lowering(Graph& g, int64_t opset) : g(g), opset(opset) {
    for (auto& [name, t] : g.initializers) constants[name] = t;
    for (const Node& n : g.nodes)
      if (n.op == "Constant")
        if (auto* a = n.find("value")) constants[n.outputs[0]] = std::get<Tensor>(a->value);
  }

  [[noreturn]] void fail(const Node& n, int64_t needed, const std::string& what) const {
    taeda::fail<ExportError>("onnx export: node '", n.name, "' (", n.op, "): ", what,
                             " needs opset_version ", needed, " or more, not ", opset);
  }
  std::string emit(const Node& near, const std::string& op, std::vector<std::string> in,
                   std::vector<Attribute> attributes, std::string name = {}) {
    Node n{.op = op, .inputs = std::move(in), .attributes = std::move(attributes)};
    n.name = near.name + "_" + op + "_" + std::to_string(count);
    if (name.empty()) name = near.outputs[0] + "_lowered_" + std::to_string(count);
    count++;
    n.outputs = {name};
    out.push_back(std::move(n));
    return name;
  }
  std::string constant(const Node& near, const Tensor& t) {
    std::string name = "constant_lowered_" + std::to_string(count++);
    if (opset >= 9) return emit(near, "Constant", {}, {{"value", t}}, name);
    g.initializers.emplace_back(name, t);
    return name;
  }
  // The numbers of an input that becomes an attribute.
  std::vector<int64_t> numbers(const Node& n, size_t i, int64_t needed) const {
    auto at = constants.find(n.inputs[i]);
    if (at == constants.end()) fail(n, needed, "an input that depends on the model's inputs");
    Tensor t = at->second.to(DType::int64).contiguous();
    return {t.data<int64_t>(), t.data<int64_t>() + t.numel()};
  }
  double number(const Node& n, size_t i, int64_t needed) const {
    auto at = constants.find(n.inputs[i]);
    if (at == constants.end()) fail(n, needed, "an input that depends on the model's inputs");
    return at->second.to(DType::float64).contiguous().data<double>()[0];
  }
  static bool has(const Node& n, size_t i) { return i < n.inputs.size() && !n.inputs[i].empty(); }
  // Input i becomes an attribute.
  void as_attribute(Node& n, size_t i, const char* name, int64_t needed) const {
    if (has(n, i)) n.attributes.push_back({name, numbers(n, i, needed)});
    if (n.inputs.size() > i) n.inputs.resize(i);
  }
  static void drop(Node& n, std::string_view attribute) {
    std::erase_if(n.attributes, [&](const Attribute& a) { return a.name == attribute; });
  }

  // Writes what n is in the older set.
  void add(Node n) {
    const std::string& op = n.op;
    for (const Since& s : since)
      if (op == s.op && opset < s.opset) fail(n, s.opset, "the operator");
    if (op == "Constant" && opset < 9) {  // its numbers are floating there
      g.initializers.emplace_back(n.outputs[0], std::get<Tensor>(n.find("value")->value));
      return;
    }
    if (op.starts_with("Reduce")) {
      if (opset < (op == "ReduceSum" ? 13 : 18))
        as_attribute(n, 1, "axes", op == "ReduceSum" ? 13 : 18);
    } else if (op == "Squeeze" || op == "Unsqueeze") {
      if (opset < 13) as_attribute(n, 1, "axes", 13);
    } else if (op == "Split") {
      if (opset < 18) drop(n, "num_outputs");
      if (opset < 13) as_attribute(n, 1, "split", 13);
    } else if (op == "Slice") {
      if (opset < 10) return old_slice(n);
    } else if (op == "Pad") {
      if (opset < 11) {
        if (has(n, 2)) n.attributes.push_back({"value", number(n, 2, 11)});
        n.inputs.resize(std::min<size_t>(n.inputs.size(), 2));
        as_attribute(n, 1, "pads", 11);
      }
    } else if (op == "Clip") {
      if (opset < 11) {
        if (has(n, 1)) n.attributes.push_back({"min", number(n, 1, 11)});
        if (has(n, 2)) n.attributes.push_back({"max", number(n, 2, 11)});
        n.inputs.resize(1);
      }
    } else if (op == "TopK") {
      if (opset < 11) {
        if (auto* a = n.find("largest"); a && !std::get<int64_t>(a->value))
          fail(n, 11, "the smallest elements");
        drop(n, "largest");
      }
      if (opset < 10) {
        n.attributes.push_back({"k", numbers(n, 1, 10)[0]});
        n.inputs.resize(1);
      }
    } else if (op == "Shape") {
      if (opset < 15) return old_shape(n);
    } else if (op == "LessOrEqual" || op == "GreaterOrEqual") {
      if (opset < 12) {
        std::string strict = emit(n, op.substr(0, op.size() - 7), n.inputs, {});
        std::string equal = emit(n, "Equal", n.inputs, {});
        emit(n, "Or", {strict, equal}, {}, n.outputs[0]);
        return;
      }
    } else if (op == "HardSwish") {
      if (opset < 14) {
        std::string gate = emit(n, "HardSigmoid", n.inputs, {{"alpha", 1.0 / 6}, {"beta", 0.5}});
        emit(n, "Mul", {n.inputs[0], gate}, {}, n.outputs[0]);
        return;
      }
    } else if (op == "Mish") {
      if (opset < 18) {
        std::string gate = emit(n, "Tanh", {emit(n, "Softplus", n.inputs, {})}, {});
        emit(n, "Mul", {n.inputs[0], gate}, {}, n.outputs[0]);
        return;
      }
    } else if (op == "MaxPool") {
      if (opset < 10) {
        if (auto* a = n.find("dilations"))
          for (int64_t d : std::get<std::vector<int64_t>>(a->value))
            if (d != 1) fail(n, 10, "dilation");
        drop(n, "dilations");
      }
    } else if (op == "Gemm") {
      if (opset < 11 && !has(n, 2)) {
        auto w = constants.find(n.inputs[1]);
        DType d = w == constants.end() ? DType::float32 : w->second.dtype();
        n.inputs.resize(2);
        n.inputs.push_back(constant(n, zeros({1}, {.dtype = d})));
      }
    } else if (op == "Resize") {
      if (n.find("antialias") && opset < 18) fail(n, 18, "antialias");
      if (opset < 13 && n.inputs.size() > 1 && n.inputs[1].empty()) {
        n.inputs[1] = constant(n, empty({0}, DType::float32));
        if (n.inputs[2].empty()) n.inputs[2] = n.inputs[1];
      }
    } else if (op == "ScatterElements" || op == "ScatterND") {
      auto* a = n.find("reduction");
      if (a && opset < 18) {
        std::string how = std::get<std::string>(a->value);
        if (how == "none") drop(n, "reduction");
        else if (opset < 16 || (how != "add" && how != "mul"))
          fail(n, how == "add" || how == "mul" ? 16 : 18, "reduction '" + how + "'");
      }
    }
    out.push_back(std::move(n));
  }
  void old_slice(Node& n) {
    if (has(n, 4))
      for (int64_t step : numbers(n, 4, 10))
        if (step != 1) fail(n, 10, "a step");
    n.inputs.resize(std::min<size_t>(n.inputs.size(), 4));
    std::vector<Attribute> all{{"starts", numbers(n, 1, 10)}, {"ends", numbers(n, 2, 10)}};
    if (has(n, 3)) all.push_back({"axes", numbers(n, 3, 10)});
    n.inputs.resize(1);
    n.attributes = all;
    out.push_back(std::move(n));
  }
  // Shape with a start and an end, as a part of the whole shape.
  void old_shape(Node& n) {
    auto* start = n.find("start");
    auto* end = n.find("end");
    if (!start && !end) return out.push_back(std::move(n));
    int64_t from = start ? std::get<int64_t>(start->value) : 0;
    int64_t to = end ? std::get<int64_t>(end->value) : INT64_MAX;
    std::string whole = emit(n, "Shape", n.inputs, {});
    auto one = [&](int64_t v) {
      Tensor t = empty({1}, DType::int64);
      t.data<int64_t>()[0] = v;
      return t;
    };
    if (opset < 10) {
      emit(n, "Slice", {whole},
           {{"starts", std::vector<int64_t>{from}}, {"ends", std::vector<int64_t>{to}}},
           n.outputs[0]);
      return;
    }
    emit(n, "Slice", {whole, constant(n, one(from)), constant(n, one(to))}, {}, n.outputs[0]);
  }
};

}  // namespace

void lower(Graph& g, int64_t opset) {
  if (opset >= 18) return;
  Lowering l(g, opset);
  for (Node& n : g.nodes) l.add(std::move(n));
  g.nodes = std::move(l.out);
}

}  // namespace taeda::onnx
