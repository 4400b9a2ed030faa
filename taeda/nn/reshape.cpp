#include "taeda/nn/reshape.h"

#include "taeda/ops/views.h"

namespace taeda::nn::layer {

Tensor Flatten::forward(const Tensor& input) {
  return input.flatten({.start_dim = options.start_dim, .end_dim = options.end_dim});
}
std::string Flatten::extra_repr() const { return show_options(options); }

Tensor Unflatten::forward(const Tensor& input) {
  return input.unflatten({.dim = options.dim, .sizes = options.unflattened_size.values});
}
std::string Unflatten::extra_repr() const { return show_options(options); }

}  // namespace taeda::nn::layer
