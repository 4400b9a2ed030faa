#include "taeda/io/graph_def.h"

#include "taeda/base/thread.h"
#include "taeda/io/summary.h"

namespace taeda::io {

void GraphRecorder::begin() {
  if (std::exchange(recording_, true)) return;
  before_ = std::exchange(tls.tracer, this);
}
void GraphRecorder::end() {
  if (std::exchange(recording_, false)) tls.tracer = before_;
}

std::string GraphRecorder::unique(const std::string& name) {
  int n = used_[name]++;
  if (!n) return name;
  return unique(name + "_" + std::to_string(n));
}

void GraphRecorder::define(const Tensor& x, std::string name) {
  kept_.push_back(x);
  names_[x.impl()] = std::move(name);
}

void GraphRecorder::add_leaf(const char* op, const std::string& name, const Tensor& x) {
  std::string path = unique(name);
  nodes_.push_back({path, op, taeda::text(x.dtype()), {}, {x.sizes()}});
  define(x, path);
}

void GraphRecorder::add_parameter(const std::string& name, const Tensor& x) {
  if (!parameters_.insert(x.impl()).second) return;  // shared: it lies where it was first
  add_leaf("Parameter", name, x);
  root_ = name.substr(0, name.find('/'));
}

void GraphRecorder::add_output(const std::string& name, const Tensor& x) {
  auto known = names_.find(x.impl());
  std::vector<std::string> inputs;
  if (known != names_.end()) inputs.push_back(known->second);
  nodes_.push_back(
      {unique(name), "output", taeda::text(x.dtype()), std::move(inputs), {x.sizes()}});
}

void GraphRecorder::on_call(const Info& op, Args in, Outs out, const void* attrs) {
  std::string scope = scopes_.empty() ? root_ : scopes_.back();
  Node node{"", op.name, op.attrs_text(attrs), {}, {}};
  std::vector<const Tensor*> fresh;
  for (size_t i = 0; i < in.size(); i++) {
    if (!in[i].defined()) continue;
    auto known = names_.find(in[i].impl());
    if (known == names_.end()) {
      // A number, or a tensor made outside: a constant.
      if (in[i]->marks & (TensorImpl::number | TensorImpl::on_stack)) {
        node.attributes += (node.attributes.empty() ? "" : ", ") +
                           std::string(op.def.input_name(i)) + "=" +
                           taeda::text(in[i].item().to<double>());
        continue;
      }
      add_leaf("Constant", (scope.empty() ? "" : scope + "/") + "constant", in[i]);
      known = names_.find(in[i].impl());
    } else if (scopes_.empty() && parameters_.count(in[i].impl())) {
      scope = known->second.substr(0, known->second.rfind('/'));
    }
    node.inputs.push_back(known->second);
  }
  node.name = unique((scope.empty() ? "" : scope + "/") + op.name);
  for (size_t i = 0; i < out.size(); i++) {
    node.shapes.push_back(out[i].sizes());
    // Results after the first are named as TensorFlow names them.
    define(out[i], i ? node.name + ":" + std::to_string(i) : node.name);
  }
  nodes_.push_back(std::move(node));
}

Bytes GraphRecorder::graph_def() const {
  ProtoWriter w;
  auto attribute = [&](std::string_view key, auto value) {
    w.message(5, [&] {
      w.string(1, key);
      w.message(2, value);
    });
  };
  for (const Node& n : nodes_)
    w.message(1, [&] {
      w.string(1, n.name);
      w.string(2, n.op);
      for (auto& input : n.inputs) w.string(3, input);
      attribute("_output_shapes", [&] {
        w.message(1, [&] {
          for (auto& sizes : n.shapes) add_shape(w, 7, sizes);
        });
      });
      if (!n.attributes.empty()) attribute("attr", [&] { w.string(2, n.attributes); });
    });
  w.message(4, [&] { w.varint(1, 22); });
  return w.take();
}

std::string GraphRecorder::text() const {
  std::string out;
  for (const Node& n : nodes_) {
    out += n.name + " = " + n.op + "(";
    for (size_t i = 0; i < n.inputs.size(); i++) out += (i ? ", " : "") + n.inputs[i];
    out += ") ->";
    for (auto& sizes : n.shapes) out += " " + taeda::text(sizes);
    out += "\n";
  }
  return out;
}

std::vector<std::string> module_scopes(
    const std::string& root_type, const std::vector<std::pair<std::string, std::string>>& modules) {
  std::vector<std::string> out;
  std::map<std::string, std::string> path_of{{"", root_type}};
  for (auto& [name, type] : modules) {
    if (!name.empty()) {
      size_t dot = name.rfind('.');
      std::string parent = dot == std::string::npos ? "" : name.substr(0, dot);
      path_of[name] = path_of[parent] + "/" + type + "[" + name.substr(dot + 1) + "]";
    }
    out.push_back(path_of[name]);
  }
  return out;
}

}  // namespace taeda::io
