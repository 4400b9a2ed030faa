// The table of what ops are in ONNX, by family. To export a new op, add a line to its family.
#pragma once
#include "taeda/io/onnx/build.h"

namespace taeda::onnx {

std::span<const Row> pointwise_rows();
std::span<const Row> shape_rows();
std::span<const Row> index_rows();
std::span<const Row> reduce_rows();
std::span<const Row> layer_rows();
std::span<const Row> image_rows();

// A node of the same inputs, whose op the row names.
void convert_plain(Call& c);

}  // namespace taeda::onnx
