// GraphRecorder: the ops of one run of a model as a GraphDef, the graph that TensorBoard draws.
#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "taeda/io/protobuf.h"
#include "taeda/op/table.h"

namespace taeda::io {

// Between begin() and end() every op called on this thread becomes a node, with its inputs, its
// attributes and the shapes of its results. Tensors are kept until the recorder goes.
class TAEDA_API GraphRecorder : public Tracer {
 public:
  GraphRecorder() = default;
  GraphRecorder(const GraphRecorder&) = delete;
  GraphRecorder& operator=(const GraphRecorder&) = delete;
  ~GraphRecorder() override { end(); }

  // `name` is the node's path, slashes make groups: "Net/Linear[fc]/weight".
  void add_input(const std::string& name, const Tensor& x) { add_leaf("input", name, x); }
  void add_parameter(const std::string& name, const Tensor& x);
  void add_output(const std::string& name, const Tensor& x);

  void begin();
  void end();
  // The group of the ops that follow. Without one, an op lies where its
  // last parameter lies.
  void push_scope(std::string path) { scopes_.push_back(std::move(path)); }
  void pop_scope() {
    if (!scopes_.empty()) scopes_.pop_back();
  }
  void on_call(const Info& op, Args in, Outs out, const void* attrs) override;

  Bytes graph_def() const;
  std::string text() const;  // a line for each node: its path, op, inputs and shapes

 private:
  struct Node {
    std::string name, op, attributes;
    std::vector<std::string> inputs;
    std::vector<Dims> shapes;
  };
  void add_leaf(const char* op, const std::string& name, const Tensor& x);
  std::string unique(const std::string& name);
  void define(const Tensor& x, std::string name);

  std::vector<Node> nodes_;
  std::vector<std::string> scopes_;
  std::unordered_map<const TensorImpl*, std::string> names_;
  std::unordered_set<const TensorImpl*> parameters_;
  std::string root_;  // the first part of the parameters' names
  std::map<std::string, int> used_;
  TensorList kept_;  // so that no address is used twice
  Tracer* before_ = nullptr;
  bool recording_ = false;
};

// The paths of a model's modules in the graph, "Net", "Net/Linear[fc]", .., in the order of
// named_modules().
TAEDA_API std::vector<std::string> module_scopes(
    const std::string& root_type, const std::vector<std::pair<std::string, std::string>>& modules);

}  // namespace taeda::io
