#include "taeda/nn/reshape.h"

#include "taeda/ops/fold.h"
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

Tensor Unfold::forward(const Tensor& input) {
  const Options& o = options;
  return im2col(input,
                {o.kernel_size.values, o.dilation.values, o.padding.values, o.stride.values});
}
Tensor Fold::forward(const Tensor& input) {
  const Options& o = options;
  return col2im(input, {o.output_size.values, o.kernel_size.values, o.dilation.values,
                        o.padding.values, o.stride.values});
}

}  // namespace taeda::nn::layer
