// An ONNX model in memory, and the bytes of its file: the messages of onnx.proto (ONNX IR
// specification), as far as inference needs them.
#pragma once
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "taeda/io/file.h"
#include "taeda/tensor/tensor.h"

namespace taeda::onnx {

// One size of a declared shape: a number, or the name of one that only a run tells.
struct Size {
  int64_t value = -1;
  std::string name;
};
struct ValueInfo {
  std::string name;
  DType dtype = DType::float32;
  std::vector<Size> shape;
};

struct Attribute {
  std::string name;
  std::variant<int64_t, double, std::string, Tensor, std::vector<int64_t>, std::vector<double>,
               std::vector<std::string>>
      value;
};

struct Node {
  std::string op, name, domain;
  std::vector<std::string> inputs, outputs;  // "": left out
  std::vector<Attribute> attributes;

  const Attribute* find(std::string_view attribute) const;
};

struct Graph {
  std::string name;
  std::vector<Node> nodes;  // in the order in which they can run
  std::vector<std::pair<std::string, Tensor>> initializers;
  std::vector<ValueInfo> inputs, outputs;
};

struct Model {
  int64_t ir_version = 8, opset = 18;
  std::string producer, producer_version;
  Graph graph;
};

// TensorProto.DataType of a dtype, and back. Throws Error for a number without a dtype here.
TAEDA_API int64_t type_number(DType d);
TAEDA_API DType dtype_of_number(int64_t number);

// Throws Error above 2 GiB, the limit of one protobuf message.
TAEDA_API io::Bytes encode(const Model& m);
// Throws Error, naming `path`, for bytes that are no ONNX model or a damaged one, and for what is
// not read: tensors in other files, sparse tensors, subgraphs.
TAEDA_API Model decode(io::ByteView bytes, const std::string& path);

}  // namespace taeda::onnx
