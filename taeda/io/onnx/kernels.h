// What ONNX's operators compute, by taeda's ops: the other half of the table in rows.h.
#pragma once
#include "taeda/io/onnx/model.h"

namespace taeda::onnx {

// A node and the tensors it reads; undefined where it leaves one out.
struct NodeRun {
  const Node& n;
  const std::vector<Tensor>& in;

  // An input that must be there.
  const Tensor& operator[](size_t i) const {
    if (!has(i)) fail("it has no input ", i);
    return in[i];
  }
  bool has(size_t i) const { return i < in.size() && in[i].defined(); }
  int64_t integer(const char* name, std::optional<int64_t> missing = {}) const;
  double real(const char* name, std::optional<double> missing = {}) const;
  std::string word(const char* name, const char* missing) const;
  std::vector<int64_t> integers(const char* name) const;  // empty if left out
  std::vector<int64_t> numbers(size_t i) const;           // of input i; empty if left out
};

using Kernel = TensorList (*)(const NodeRun& r);
Kernel kernel_of(std::string_view op);  // null if not known

struct KernelRow {
  const char* op;
  Kernel run;
};
std::span<const KernelRow> layer_kernels();
std::span<const KernelRow> image_kernels();

}  // namespace taeda::onnx
