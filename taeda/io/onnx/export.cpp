#include "taeda/io/onnx/export.h"

#include <cmath>
#include <sstream>

#include "taeda/autograd/grad_mode.h"
#include "taeda/io/onnx/lower.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/index.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::onnx {

namespace {

using Named = Recorder::Named;

// x with another size along an axis: its elements again, from the start.
Tensor resized(const Tensor& x, int64_t axis, int64_t size) {
  if (x.size(axis) == 0) fail<ExportError>("onnx export: an input of size 0 cannot be resized");
  Tensor at = empty({size}, DType::int64);
  for (int64_t i = 0; i < size; i++) at.data<int64_t>()[i] = i % x.size(axis);
  return x.index_select(axis, at);
}

struct Plan {
  std::vector<Symbol> symbols;
  std::vector<std::pair<std::pair<size_t, size_t>, size_t>> axes;  // (input, axis) -> symbol
};

Plan plan_of(const TensorList& inputs, const std::vector<std::string>& names,
             const ExportOptions& o) {
  Plan plan;
  auto add = [&](size_t input, size_t axis, const std::string& name) {
    size_t s = 0;
    while (s < plan.symbols.size() && plan.symbols[s].name != name) s++;
    if (s == plan.symbols.size()) plan.symbols.push_back({name, input, axis});
    const Symbol& first = plan.symbols[s];
    int64_t have = inputs[input].sizes()[axis];
    int64_t want = inputs[first.input].sizes()[first.axis];
    if (have != want)
      fail<ExportError>("onnx export: the axes called '", name, "' have different sizes: ", want,
                        " and ", have);
    plan.axes.push_back({{input, axis}, s});
  };
  if (o.dynamic_axes) {
    for (auto& [name, axes] : *o.dynamic_axes)
      for (size_t i = 0; i < names.size(); i++)
        if (names[i] == name)
          for (auto& [axis, word] : axes) add(i, size_t(wrap_dim(axis, inputs[i].dim())), word);
    return plan;
  }
  for (size_t i = 0; i < inputs.size(); i++)
    if (inputs[i].dim() && inputs[i].sizes()[0] > 0 && inputs[0].dim() &&
        inputs[i].sizes()[0] == inputs[0].sizes()[0])
      add(i, 0, "batch");
  return plan;
}

TensorList with_sizes(const TensorList& inputs, const Plan& plan,
                      const std::vector<int64_t>& sizes) {
  TensorList out = inputs;
  for (auto& [place, s] : plan.axes)
    if (out[place.first].sizes()[place.second] != sizes[s])
      out[place.first] = resized(out[place.first], int64_t(place.second), sizes[s]);
  return out;
}

struct Run {
  TensorList inputs, outputs;
};

struct Exporter {
  nn::Module& model;
  const Forward& forward;
  const TensorList& inputs;
  Named state;
  Recorder::ModuleNames modules;

  Trace trace(const TensorList& given, Run& run) const {
    NoGradGuard no_grad;
    run.inputs = given;
    Recorder recorder(given, state, modules);
    TensorList outputs = forward(given);
    for (const Tensor& t : outputs)
      if (!t.defined()) fail<ExportError>("onnx export: an output is no tensor");
    Trace t = recorder.finish(outputs);
    for (const Tensor& y : outputs) run.outputs.push_back(y.clone());
    return t;
  }

  Traces traces(const Plan& plan, std::vector<Run>& runs) const {
    Traces all;
    all.symbols = plan.symbols;
    std::vector<int64_t> base;
    for (const Symbol& s : plan.symbols) base.push_back(inputs[s.input].sizes()[s.axis]);
    auto run = [&](const std::vector<int64_t>& sizes) {
      all.runs.push_back(trace(with_sizes(inputs, plan, sizes), runs.emplace_back()));
      all.sizes.push_back(sizes);
    };
    run(base);
    // Each size alone, then all at once: enough to tell products and sums apart. A size of 1 is
    // broadcast, so others stand in for it.
    size_t n = base.size();
    for (size_t s = 0; s < n; s++) {
      auto sizes = base;
      sizes[s] = base[s] + 1 + int64_t(base[s] == 1);
      run(sizes);
    }
    if (n) {
      auto sizes = base;
      for (size_t s = 0; s < n; s++) sizes[s] = base[s] + 3 + int64_t(2 * s);
      run(sizes);
    }
    check_alike(all);
    return all;
  }
};

std::vector<std::string> names_for(size_t n, const std::vector<std::string>& given,
                                   const std::string& word) {
  if (given.size() > n)
    fail<ExportError>("onnx export: ", given.size(), " ", word, " names for ", n, " ", word, "s");
  std::vector<std::string> names = given;
  for (size_t i = given.size(); i < n; i++)
    names.push_back(n == 1 ? word : word + "_" + std::to_string(i));
  return names;
}

double difference(const Tensor& a, const Tensor& b) {
  if (!(a.sizes() == b.sizes()) || a.dtype() != b.dtype())
    fail<ExportError>("onnx export: the file gives an output of shape ", b.sizes(), " and ",
                      b.dtype(), ", the model one of shape ", a.sizes(), " and ", a.dtype());
  double most = 0;
  Tensor x = a.contiguous(), y = b.contiguous();
  visit(x.dtype(), [&]<class T>() {
    for (int64_t i = 0; i < x.numel(); i++) {
      T p = x.data<T>()[i], q = y.data<T>()[i];
      if constexpr (is_complex_type<T>) {
        most = std::max(most, double(std::abs(p - q)));
      } else {
        auto wide = [](T e) {
          if constexpr (sizeof(T) == 2 && !std::is_integral_v<T>) return double(float(e));
          else return double(e);
        };
        double u = wide(p), v = wide(q);
        if (u == v || (u != u && v != v)) continue;
        double d = std::abs(u - v);
        most = d == d ? std::max(most, d) : std::numeric_limits<double>::infinity();
      }
    }
  });
  return most;
}

bool draws(const Graph& g) {
  for (const Node& n : g.nodes)
    for (const char* op : {"Bernoulli", "Dropout", "RandomNormalLike", "RandomUniformLike"})
      if (n.op == op) return true;
  return false;
}

}  // namespace

Exported export_model(nn::Module& model, const Forward& forward, const TensorList& inputs,
                      const std::string& path, const ExportOptions& o) {
  if (o.opset_version < oldest_opset || o.opset_version > newest_opset)
    fail<ExportError>("onnx export: opset_version must be from ", oldest_opset, " to ",
                      newest_opset, ", not ", o.opset_version);
  Exporter exporter{model, forward, inputs, {}, {}};
  std::vector<std::string> input_names = names_for(inputs.size(), o.input_names, "input");
  for (auto& [name, t] : model.named(nn::Module::Role::parameter))
    exporter.state.emplace_back(name, t);
  for (auto& [name, t] : model.named(nn::Module::Role::buffer))
    exporter.state.emplace_back(name, t);
  std::erase_if(exporter.state, [](auto& entry) { return !entry.second.defined(); });
  for (auto& [name, m] : model.named_modules()) exporter.modules.emplace(m, name);

  Exported out;
  Traces traces;
  std::vector<Run> runs;
  std::vector<std::string> output_names;
  Graph graph;
  auto build = [&](const Plan& plan) {
    runs.clear();
    traces = exporter.traces(plan, runs);
    output_names = names_for(traces.runs[0].outputs.size(), o.output_names, "output");
    graph = Builder(traces, o.opset_version).build(input_names, output_names, exporter.state);
  };
  Plan plan = plan_of(inputs, input_names, o);
  if (o.dynamic_axes || plan.symbols.empty()) {
    build(plan);
  } else {
    // Nobody asked for a free batch: a model that has none is exported as it is. What no size can
    // help is said by the second try.
    try {
      build(plan);
    } catch (const Error& e) {
      out.fixed_because = e.what();
      build({});
    }
  }
  if (!o.declare_dynamic) {
    auto fix = [&](std::vector<ValueInfo>& values, const std::vector<int>& ids) {
      for (size_t i = 0; i < values.size(); i++)
        for (size_t a = 0; a < values[i].shape.size(); a++)
          values[i].shape[a] = {traces.runs[0].values[size_t(ids[i])].sizes[a], {}};
    };
    fix(graph.inputs, traces.runs[0].inputs);
    fix(graph.outputs, traces.runs[0].outputs);
  }
  size_t given = graph.inputs.size();
  bool as_inputs = !o.export_params || o.keep_initializers_as_inputs;
  for (auto& [name, t] : graph.initializers) {
    if (!as_inputs || name.starts_with("constant_")) continue;
    ValueInfo v{name, t.dtype(), {}};
    for (int64_t n : t.sizes()) v.shape.push_back({n, {}});
    graph.inputs.push_back(v);
  }
  lower(graph, o.opset_version);
  Model m{.opset = o.opset_version, .producer = "taeda", .graph = std::move(graph)};
  out.bytes = encode(m);

  // The file's own bytes are run again.
  Session session(decode(out.bytes, path.empty() ? "the model" : path));
  if (draws(session.model().graph)) {
    out.max_difference = std::nan("");
  } else {
    for (const Run& run : runs) {
      TensorList in = run.inputs;
      if (!o.declare_dynamic && &run != &runs[0]) continue;  // the declared sizes hold
      for (size_t i = given; i < session.model().graph.inputs.size(); i++)
        for (auto& [name, t] : exporter.state)
          if (name == session.model().graph.inputs[i].name) in.push_back(t);
      TensorList got = session.run(in);
      for (size_t k = 0; k < got.size(); k++)
        out.max_difference = std::max(out.max_difference, difference(run.outputs[k], got[k]));
    }
  }
  if (!o.export_params) {
    std::erase_if(m.graph.initializers, [](auto& i) { return !i.first.starts_with("constant_"); });
    out.bytes = encode(m);
  }
  out.model = std::move(m);
  if (!path.empty()) {
    io::AtomicFile file(path);
    file.write(out.bytes);
    file.commit();
  }
  return out;
}

Exported export_model(nn::Module& model, const TensorList& inputs, const std::string& path,
                      const ExportOptions& o) {
  if (inputs.size() != 1)
    fail<ExportError>(
        "onnx export: a module of several inputs needs a function: export_model(model, [&](const "
        "TensorList& x) { return TensorList{model->forward(x[0], x[1])}; }, ..)");
  bool training = model.is_training();
  struct Restore {
    nn::Module& m;
    bool on;
    ~Restore() { m.train(on); }
  } restore{model, training};
  model.eval();
  return export_model(
      model, [&](const TensorList& x) { return TensorList{model(x[0])}; }, inputs, path, o);
}

std::string text(const Model& m) {
  std::ostringstream s;
  auto value = [&](const ValueInfo& v) {
    s << "%" << v.name << ": " << name_of(v.dtype) << "[";
    for (size_t i = 0; i < v.shape.size(); i++) {
      s << (i ? ", " : "");
      if (v.shape[i].name.empty()) s << v.shape[i].value;
      else s << v.shape[i].name;
    }
    s << "]";
  };
  s << "graph(";
  for (size_t i = 0; i < m.graph.inputs.size(); i++) {
    if (i) s << ", ";
    value(m.graph.inputs[i]);
  }
  s << ") {\n";
  for (auto& [name, t] : m.graph.initializers)
    s << "  %" << name << ": " << taeda::name_of(t.dtype()) << taeda::text(t.sizes())
      << " = initializer\n";
  for (const Node& n : m.graph.nodes) {
    s << "  ";
    for (size_t i = 0; i < n.outputs.size(); i++) s << (i ? ", %" : "%") << n.outputs[i];
    s << " = " << n.op << "(";
    for (size_t i = 0; i < n.inputs.size(); i++) s << (i ? ", %" : "%") << n.inputs[i];
    s << ")  # " << n.name << "\n";
  }
  s << "  return ";
  for (size_t i = 0; i < m.graph.outputs.size(); i++) {
    if (i) s << ", ";
    value(m.graph.outputs[i]);
  }
  s << "\n}\n";
  return s.str();
}

}  // namespace taeda::onnx
