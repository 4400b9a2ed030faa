#include "taeda/ops/attention.h"

#include <cmath>
#include <limits>

#include "taeda/op/call.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/create.h"
#include "taeda/ops/dropout.h"
#include "taeda/ops/index.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/softmax.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

Tensor ScaledDotProductAttention::forward(const Tensor& query, const Tensor& key,
                                          const Tensor& value, const Tensor& mask, const Attrs& a) {
  if (query.dim() < 2 || key.dim() < 2 || value.dim() < 2)
    fail(
        "scaled_dot_product_attention: Expected query, key, and value to all be  at least 2 "
        "dimensional, but got query.dim(): ",
        query.dim(), ", key.dim(): ", key.dim(), " and value.dim(): ", value.dim(), " instead.");
  if (query.dtype() != key.dtype() || query.dtype() != value.dtype())
    fail("Expected query, key, and value to have the same dtype, but got query.dtype: ",
         text(query.dtype()), " key.dtype: ", text(key.dtype()),
         " and value.dtype: ", text(value.dtype()), " instead.");
  Tensor k = key, v = value;
  if (a.enable_gqa) {
    if (query.dim() < 3 || query.size(-3) % key.size(-3))
      fail(
          "scaled_dot_product_attention: with enable_gqa the query's heads must be a multiple of "
          "the key's: got query ",
          query.sizes(), " and key ", key.sizes());
    int64_t each = query.size(-3) / key.size(-3);
    k = k.repeat_interleave(each, k.dim() - 3);
    v = v.repeat_interleave(each, v.dim() - 3);
  }
  double scale = a.scale.value_or(1 / std::sqrt(double(query.size(-1))));
  Tensor scores = matmul(query * scale, k.transpose(-2, -1));
  constexpr double never = -std::numeric_limits<double>::infinity();
  if (a.is_causal) {
    if (mask.defined())
      fail(
          "_scaled_dot_product_attention: Explicit attn_mask should not be set when "
          "is_causal=True");
    Tensor seen = ones({query.size(-2), key.size(-2)}, {.dtype = DType::boolean}).tril();
    scores = scores.masked_fill(logical_not(seen.to(query.device())), never);
  } else if (mask.defined()) {
    if (mask.dtype() == DType::boolean) scores = scores.masked_fill(logical_not(mask), never);
    else if (mask.dtype() == query.dtype()) scores = scores + mask;
    else
      fail(
          "Expected attn_mask dtype to be bool or float or to match query dtype, but got "
          "attn_mask.dtype: ",
          text(mask.dtype()), " and  query.dtype: ", text(query.dtype()), " instead.");
  }
  Tensor weights = softmax(scores, SoftmaxAttrs{-1, {}});
  if (a.dropout_p > 0) weights = dropout(weights, {a.dropout_p, true});
  Tensor out = matmul(weights, v);
  return query.dim() == 4 && a.dropout_p == 0
             ? named(std::move(out), "ScaledDotProductFlashAttentionForCpuBackward0")
             : out;
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Attention)
