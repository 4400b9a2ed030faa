// What the text of a tensor says of its place in the graph.
#include "taeda/tensor/print.h"

#include "taeda/autograd/node.h"

namespace taeda {

std::string graph_suffix(const Tensor& x) {
  if (!tracked(x)) return "";
  if (!x->node || x->node->clock == 0) return "requires_grad=True";
  std::string name = x->node->name();
  size_t colons = name.rfind("::");  // torch::autograd::CopySlices
  return "grad_fn=<" + (colons == name.npos ? name : name.substr(colons + 2)) + ">";
}

}  // namespace taeda
