#include "taeda/ops/embedding.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {
void check_table(const Tensor& weight, const Tensor& indices, const char* op) {
  if (weight.dim() != 2) fail("'weight' must be 2-D");
  if (indices.dtype() != DType::int64 && indices.dtype() != DType::int32)
    fail(
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
        "Long, Int; but got torch.",
        word_of(indices.dtype()), "Tensor instead (while checking arguments for ", op, ")");
}
}  // namespace

Meta Embedding::infer(Args in, const Attrs& a) {
  check_table(in[0], in[1], "embedding");
  if (a.sparse) fail<NotImplementedError>("embedding(): there are no sparse gradients");
  Dims sizes = in[1].sizes();
  sizes.push_back(in[0].sizes()[1]);
  return {sizes, in[0].dtype()};
}
GradsOf<2> Embedding::backward(Grad g, In<1> indices, Shape<0> s, const Attrs& a) {
  return {embedding_dense_backward(g, indices, {s[0], a.padding_idx, a.scale_grad_by_freq}),
          Tensor()};
}

Meta EmbeddingDenseBackward::infer(Args in, const Attrs& a) {
  return {Dims{a.num_weights, in[0].sizes().back()}, in[0].dtype()};
}
GradsOf<2> EmbeddingDenseBackward::backward(Grad h, In<1> indices, const Attrs& a) {
  if (a.scale_grad_by_freq) fail("double backward is not supported with scale_grad_by_freq");
  Tensor rows = embedding(h, indices);
  if (a.padding_idx >= 0)
    rows = rows.masked_fill((indices == Scalar(a.padding_idx)).unsqueeze(-1), 0);
  return {rows, Tensor()};
}

Meta EmbeddingRenorm::infer(Args in, const Attrs&) {
  check_table(in[0], in[1], "embedding_renorm_");
  if (!is_floating(in[0].dtype()))
    fail<NotImplementedError>("\"embedding_renorm\" not implemented for '", word_of(in[0].dtype()),
                              "'");
  return {in[0].sizes(), in[0].dtype()};
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Tables)
