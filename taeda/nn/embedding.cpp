#include "taeda/nn/embedding.h"

#include "taeda/autograd/grad_mode.h"
#include "taeda/nn/init.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/embedding.h"
#include "taeda/ops/views.h"

namespace taeda::nn::layer {

void Embedding::setup() {
  Options& o = options;
  if (o.padding_idx) {
    int64_t& at = *o.padding_idx;
    if (at >= o.num_embeddings || at < -o.num_embeddings)
      fail<AssertionError>("Padding_idx must be within num_embeddings");
    if (at < 0) at += o.num_embeddings;
  }
  if (o.sparse) fail<NotImplementedError>("Embedding: sparse gradients are not available");
  from_given_ = o._weight.defined();
  if (!from_given_) {
    weight = new_parameter({o.num_embeddings, o.embedding_dim}, o.dtype, o.device);
  } else {
    if (o._weight.sizes() != Dims{o.num_embeddings, o.embedding_dim})
      fail<AssertionError>("Shape of weight does not match num_embeddings and embedding_dim");
    weight = o._weight.detach();
    weight.requires_grad_();
  }
  if (o._freeze) weight.requires_grad_(false);
  o._weight = {};
}
void Embedding::reset_parameters() {
  init::normal_(weight);
  if (!options.padding_idx) return;
  NoGradGuard raw;
  weight.select(0, *options.padding_idx).zero_();
}
Tensor Embedding::forward(const Tensor& input) {
  if (options.max_norm) {
    NoGradGuard raw;
    const Tensor* in[] = {&weight, &input};
    call_inplace<ops::EmbeddingRenorm>({in, 2}, {.max_norm = options.max_norm->to<double>(),
                                                 .norm_type = options.norm_type.to<double>()});
  }
  return embedding(weight, input,
                   {.padding_idx = options.padding_idx.value_or(-1),
                    .scale_grad_by_freq = options.scale_grad_by_freq});
}
std::string Embedding::extra_repr() const {
  const Options& o = options;
  std::string s = show(o.num_embeddings) + ", " + show(o.embedding_dim);
  if (o.padding_idx) s += ", padding_idx=" + show(o.padding_idx);
  if (o.max_norm) s += ", max_norm=" + show(o.max_norm);
  if (o.norm_type.to<double>() != 2) s += ", norm_type=" + show(o.norm_type);
  if (o.scale_grad_by_freq) s += ", scale_grad_by_freq=True";
  if (o.sparse) s += ", sparse=True";
  return s;
}

}  // namespace taeda::nn::layer
