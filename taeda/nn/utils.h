// Helpers for training: gradients of many parameters as one.
#pragma once
#include "taeda/tensor/tensor.h"

namespace taeda::nn::utils {

// Scales all gradients in place so that the norm of all their elements together is at most
// max_norm, and returns the norm before. norm_type: the order p, or infinity. Throws Error if
// error_if_nonfinite and the norm is not finite.
TAEDA_API Tensor clip_grad_norm_(const TensorList& parameters, double max_norm,
                                 double norm_type = 2, bool error_if_nonfinite = false);
// Limits every element of every gradient to [-clip_value, clip_value], in place.
TAEDA_API void clip_grad_value_(const TensorList& parameters, double clip_value);
// All parameters behind each other as one axis, and back.
TAEDA_API Tensor parameters_to_vector(const TensorList& parameters);
TAEDA_API void vector_to_parameters(const Tensor& vector, const TensorList& parameters);

}  // namespace taeda::nn::utils
