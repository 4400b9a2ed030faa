#include "taeda/nn/utils.h"

#include <cmath>

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::nn::utils {

namespace {
Tensor norm_of(const Tensor& x, double p) {
  Tensor a = abs(x);
  if (std::isinf(p)) return p > 0 ? amax(a) : amin(a);
  if (p == 2) return sqrt(sum(a * a));
  return pow(sum(pow(a, p)), 1 / p);
}
}  // namespace

Tensor clip_grad_norm_(const TensorList& parameters, double max_norm, double norm_type,
                       bool error_if_nonfinite) {
  NoGradGuard raw;
  TensorList grads, norms;
  for (const Tensor& p : parameters)
    if (Tensor g = p.grad(); g.defined()) grads.push_back(g.detach());
  if (grads.empty()) return scalar(0.0, DType::float32);
  for (const Tensor& g : grads) norms.push_back(norm_of(g, norm_type));
  Tensor total = norm_of(stack(norms), norm_type);
  if (error_if_nonfinite && !std::isfinite(total.item<double>()))
    fail("The total norm of order ", norm_type,
         " for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this "
         "error and scale the gradients by the non-finite norm anyway, set "
         "`error_if_nonfinite=False`");
  Tensor factor = clamp_max(Scalar(max_norm) / (total + 1e-6), 1.0);
  for (const Tensor& g : grads) g.mul_(factor);
  return total;
}
void clip_grad_value_(const TensorList& parameters, double clip_value) {
  NoGradGuard raw;
  for (const Tensor& p : parameters)
    if (Tensor g = p.grad(); g.defined())
      g.detach().clamp_({.min = Scalar(-clip_value), .max = Scalar(clip_value)});
}
Tensor parameters_to_vector(const TensorList& parameters) {
  TensorList flat;
  for (const Tensor& p : parameters) flat.push_back(p.reshape({-1}));
  return cat(flat);
}
void vector_to_parameters(const Tensor& vector, const TensorList& parameters) {
  int64_t need = 0, at = 0;
  for (const Tensor& p : parameters) need += p.numel();
  if (vector.numel() < need)
    fail<ValueError>("the vector has ", vector.numel(), " elements, the parameters have ", need);
  for (const Tensor& p : parameters) {
    p.set_data(vector.narrow({0, at, p.numel()}).view_as(p).detach());
    at += p.numel();
  }
}

}  // namespace taeda::nn::utils
