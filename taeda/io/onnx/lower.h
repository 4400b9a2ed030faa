// Graphs in the words of older operator sets.
#pragma once
#include "taeda/io/onnx/model.h"

namespace taeda::onnx {

inline constexpr int64_t oldest_opset = 7, newest_opset = 23;

// The graph, written for operator set 18, with the operators as `opset` has them. Throws
// ExportError, naming node and operator, for what that set cannot say, and the oldest that can.
void lower(Graph& g, int64_t opset);

}  // namespace taeda::onnx
