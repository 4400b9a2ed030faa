#include "taeda/io/onnx/rows.h"

namespace taeda::onnx {

void convert_plain(Call& c) {
  std::vector<std::string> in;
  for (size_t i = 0; i < c.e.in.size(); i++) in.push_back(c.has(i) ? c.in(i) : "");
  c.set(c.node(c.plain, in));
}

const Row* row_of(std::string_view op) {
  for (auto rows :
       {pointwise_rows(), shape_rows(), index_rows(), reduce_rows(), layer_rows(), image_rows()})
    for (const Row& r : rows)
      if (op == r.op) return &r;
  return nullptr;
}

}  // namespace taeda::onnx
