#include "taeda/nn/dropout.h"

#include <cmath>

#include "taeda/ops/copying.h"
#include "taeda/ops/dropout.h"
#include "taeda/ops/views.h"

namespace taeda::nn::layer {

namespace {

// Writes the result over the input where that is wanted.
Tensor written(const Tensor& input, const Tensor& result, bool inplace) {
  return inplace ? input.copy_(result) : result;
}

}  // namespace

void DropoutNd::setup() {
  double p = options.p.to<double>();
  if (!(p >= 0 && p <= 1))
    fail<ValueError>("dropout probability has to be between 0 and 1, but got ", text(options.p));
}
std::string DropoutNd::extra_repr() const {
  return "p=" + show(options.p) + ", inplace=" + show(options.inplace);
}

Tensor Dropout::forward(const Tensor& x) {
  return written(x, dropout(x, {options.p.to<double>(), training}), options.inplace && training);
}
Tensor Dropout1d::forward(const Tensor& x) {
  if (x.dim() != 2 && x.dim() != 3)
    fail("dropout1d: Expected 2D or 3D input, but received a ", x.dim(),
         "D input. Note that dropout1d exists to provide channel-wise dropout on inputs with 1 "
         "spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D "
         "inputs).");
  Tensor batched = x.dim() == 2 ? x.unsqueeze(0) : x;
  Tensor y = feature_dropout(batched, {options.p.to<double>(), training});
  return written(x, x.dim() == 2 ? y.squeeze(0) : y, options.inplace && training);
}
Tensor Dropout2d::forward(const Tensor& x) {
  if (x.dim() != 3 && x.dim() != 4)
    warn("dropout2d: Received a " + std::to_string(x.dim()) +
         "-D input to dropout2d, which is deprecated and will result in an error in a future "
         "release. "
         "To retain the behavior and silence this warning, please use dropout instead. Note that "
         "dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a "
         "channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).");
  return written(x, feature_dropout(x, {options.p.to<double>(), training}),
                 options.inplace && training);
}
Tensor Dropout3d::forward(const Tensor& x) {
  Tensor batched = x.dim() == 4 ? x.unsqueeze(0) : x;
  Tensor y = feature_dropout(batched, {options.p.to<double>(), training});
  return written(x, x.dim() == 4 ? y.squeeze(0) : y, options.inplace && training);
}
Tensor AlphaDropout::forward(const Tensor& x) {
  return alpha_dropout(x, {options.p.to<double>(), training});
}
Tensor FeatureAlphaDropout::forward(const Tensor& x) {
  return feature_alpha_dropout(x, {options.p.to<double>(), training});
}

}  // namespace taeda::nn::layer
