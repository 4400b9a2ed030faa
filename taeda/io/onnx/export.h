// Models as ONNX files: written from a run of the model, and run again from the file.
#pragma once
#include <functional>
#include <map>

#include "taeda/io/onnx/build.h"
#include "taeda/io/onnx/model.h"
#include "taeda/nn/module.h"

namespace taeda::onnx {

struct ExportOptions {
  std::vector<std::string> input_names = {}, output_names = {};
  // Axes of inputs whose size may differ from run to run, and their names: {{"x", {{0, "batch"}}}}.
  // Without it axis 0 of every input as long as that of the first is "batch", if the model lets it.
  std::optional<std::map<std::string, std::map<int64_t, std::string>>> dynamic_axes = {};
  // Whether axes are declared by name. If false the file declares the sizes of the given inputs,
  // though its nodes work for any batch.
  bool declare_dynamic = true;
  int64_t opset_version = 18;
  bool export_params = true;  // else parameters become inputs of the graph
  bool keep_initializers_as_inputs = false;
};

struct Exported {
  Model model;
  io::Bytes bytes;
  // The largest |difference| between the model's outputs and those of the file, run by Session, on
  // the given inputs and on every other size that was tried. NaN if it was not compared.
  double max_difference = 0;
  // Why the batch is fixed though nothing asked for it; empty if it is not.
  std::string fixed_because;
};

// Runs of a model: tensors to tensors.
using Forward = std::function<TensorList(const TensorList&)>;

// The module as an ONNX model, in evaluation mode, and the file at `path` unless that is empty.
// Parameters are initializers under their state dict's names. Throws ExportError, naming the
// module's path, for an op without a meaning in ONNX and for what a file cannot follow.
TAEDA_API Exported export_model(nn::Module& model, const TensorList& inputs,
                                const std::string& path, const ExportOptions& o = {});
// The same for any function of tensors that uses `model`'s parameters.
TAEDA_API Exported export_model(nn::Module& model, const Forward& forward, const TensorList& inputs,
                                const std::string& path, const ExportOptions& o = {});

// A file's graph, run by Taeda's ops. For checking exports, not for speed.
class TAEDA_API Session {
 public:
  explicit Session(const std::string& path);
  explicit Session(Model m) : model_(std::move(m)) {}

  const Model& model() const { return model_; }
  // The outputs for inputs in the graph's order. Throws ExportError for a wrong number of inputs,
  // shape or dtype, and for an operator that is not known.
  TensorList run(const TensorList& inputs) const;

 private:
  Model model_;
};

// A readable text of the graph.
TAEDA_API std::string text(const Model& m);

}  // namespace taeda::onnx
