// Runs a graph node by node.
#include <cmath>
#include <unordered_map>

#include "taeda/autograd/grad_mode.h"
#include "taeda/io/onnx/export.h"
#include "taeda/io/onnx/kernels.h"
#include "taeda/ops/copying.h"

namespace taeda::onnx {

namespace {

// Inputs that were attributes in older operator sets.
struct OldAttribute {
  std::string_view op;
  size_t input;
  const char* name;
};
constexpr OldAttribute old_attributes[] = {
    {"Squeeze", 1, "axes"},    {"Unsqueeze", 1, "axes"}, {"ReduceSum", 1, "axes"},
    {"ReduceMean", 1, "axes"}, {"ReduceMax", 1, "axes"}, {"ReduceMin", 1, "axes"},
    {"ReduceProd", 1, "axes"}, {"ReduceL1", 1, "axes"},  {"ReduceL2", 1, "axes"},
    {"Split", 1, "split"},     {"Slice", 1, "starts"},   {"Slice", 2, "ends"},
    {"Slice", 3, "axes"},      {"Pad", 1, "pads"},       {"Pad", 2, "value"},
    {"Clip", 1, "min"},        {"Clip", 2, "max"},       {"TopK", 1, "k"},
};
Tensor tensor_of(const Attribute& a, DType d) {
  if (auto* v = std::get_if<std::vector<int64_t>>(&a.value)) {
    Tensor t = empty({int64_t(v->size())}, DType::int64);
    std::copy(v->begin(), v->end(), t.data<int64_t>());
    return t;
  }
  if (auto* v = std::get_if<double>(&a.value)) return scalar(Scalar(*v), d);
  Tensor t = empty({1}, DType::int64);
  t.data<int64_t>()[0] = std::get<int64_t>(a.value);
  return t;
}
void take_old_attributes(const Node& n, std::vector<Tensor>& in) {
  for (const OldAttribute& old : old_attributes) {
    if (n.op != old.op || in.empty()) continue;
    const Attribute* a = n.find(old.name);
    if (!a || (old.input < in.size() && in[old.input].defined())) continue;
    if (in.size() <= old.input) in.resize(old.input + 1);
    in[old.input] = tensor_of(*a, in[0].dtype());
  }
}

}  // namespace

Session::Session(const std::string& path) : model_(decode(io::read_file(path), path)) {}

TensorList Session::run(const TensorList& inputs) const {
  NoGradGuard no_grad;
  const Graph& g = model_.graph;
  std::unordered_map<std::string, Tensor> values;
  for (auto& [name, t] : g.initializers) values[name] = t;
  if (inputs.size() > g.inputs.size())
    fail<ExportError>("the ONNX graph takes ", g.inputs.size(), " inputs, but ", inputs.size(),
                      " were given");
  std::unordered_map<std::string, int64_t> free_sizes;
  for (size_t i = 0; i < g.inputs.size(); i++) {
    const ValueInfo& v = g.inputs[i];
    if (i >= inputs.size()) {
      if (!values.count(v.name))
        fail<ExportError>("the ONNX graph's input '", v.name, "' was not given");
      continue;
    }
    const Tensor& x = inputs[i];
    bool fits = x.dtype() == v.dtype && x.sizes().size() == v.shape.size();
    for (size_t a = 0; fits && a < v.shape.size(); a++) {
      int64_t n = x.sizes()[a];
      if (v.shape[a].name.empty()) fits = v.shape[a].value < 0 || v.shape[a].value == n;
      else fits = free_sizes.emplace(v.shape[a].name, n).first->second == n;
    }
    if (!fits) {
      std::string shape;
      for (auto& s : v.shape)
        shape += (shape.empty() ? "" : ", ") + (s.name.empty() ? std::to_string(s.value) : s.name);
      fail<ExportError>("the ONNX graph's input '", v.name, "' is ", v.dtype, " of shape [", shape,
                        "], but ", x.dtype(), " of shape ", x.sizes(), " was given");
    }
    values[v.name] = x.contiguous();
  }
  for (const Node& n : g.nodes) {
    std::vector<Tensor> in;
    for (auto& name : n.inputs) {
      auto at = values.find(name);
      if (!name.empty() && at == values.end())
        fail<ExportError>("node '", n.name, "' reads '", name, "', which nothing before it makes");
      in.push_back(name.empty() ? Tensor() : at->second);
    }
    take_old_attributes(n, in);
    Kernel run = n.domain.empty() || n.domain == "ai.onnx" ? kernel_of(n.op) : nullptr;
    if (!run)
      fail<ExportError>("node '", n.name, "': the operator ",
                        n.domain.empty() ? "" : n.domain + "::", n.op, " is not known here");
    TensorList out;
    try {
      out = run(NodeRun{n, in});
    } catch (const Error& e) { fail<ExportError>("node '", n.name, "' (", n.op, "): ", e.what()); }
    for (size_t k = 0; k < n.outputs.size() && k < out.size(); k++)
      if (!n.outputs[k].empty()) values[n.outputs[k]] = out[k].contiguous();
  }
  TensorList out;
  for (auto& v : g.outputs) {
    auto at = values.find(v.name);
    if (at == values.end())
      fail<ExportError>("the ONNX graph's output '", v.name, "' is made by no node");
    out.push_back(at->second.clone());
  }
  return out;
}

}  // namespace taeda::onnx
