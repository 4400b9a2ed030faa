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
                    .scale_grad_by_freq = options.scale_grad_by_freq,
                    .sparse = options.sparse});
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

void EmbeddingBag::setup() {
  Options& o = options;
  if (o.max_norm && o.scale_grad_by_freq && o.mode == "max")
    fail<ValueError>("scale_grad_by_freq is not supported for mode 'max'");
  if (o.padding_idx) {
    int64_t& at = *o.padding_idx;
    if (at >= o.num_embeddings || at < -o.num_embeddings)
      fail<AssertionError>("padding_idx must be within num_embeddings");
    if (at < 0) at += o.num_embeddings;
  }
  from_given_ = o._weight.defined();
  if (from_given_ && o._weight.sizes() != Dims{o.num_embeddings, o.embedding_dim})
    fail<AssertionError>("Shape of weight does not match num_embeddings and embedding_dim");
  weight = from_given_ ? o._weight.detach().requires_grad_()
                       : new_parameter({o.num_embeddings, o.embedding_dim}, o.dtype, o.device);
  o._weight = {};
}
void EmbeddingBag::reset_parameters() {
  init::normal_(weight);
  if (!options.padding_idx) return;
  NoGradGuard raw;
  weight.select(0, *options.padding_idx).zero_();
}
Tensor EmbeddingBag::forward(const Arguments& a) {
  const Options& o = options;
  if (o.max_norm) {
    NoGradGuard raw;
    Tensor flat = a.input.flatten();
    const Tensor* in[] = {&weight, &flat};
    call_inplace<ops::EmbeddingRenorm>(
        {in, 2}, {.max_norm = o.max_norm->to<double>(), .norm_type = o.norm_type.to<double>()});
  }
  const Tensor* in[] = {&weight, &a.input, &a.offsets, &a.per_sample_weights};
  return call<ops::EmbeddingBag>({in, 4}, {.mode = std::string_view(o.mode),
                                           .scale_grad_by_freq = o.scale_grad_by_freq,
                                           .sparse = o.sparse,
                                           .include_last_offset = o.include_last_offset,
                                           .padding_idx = o.padding_idx.value_or(-1)});
}
std::string EmbeddingBag::extra_repr() const {
  const Options& o = options;
  std::string s = show(o.num_embeddings) + ", " + show(o.embedding_dim);
  if (o.max_norm) s += ", max_norm=" + show(o.max_norm);
  if (o.norm_type.to<double>() != 2) s += ", norm_type=" + show(o.norm_type);
  if (o.scale_grad_by_freq) s += ", scale_grad_by_freq=True";
  s += ", mode=" + show(o.mode);
  if (o.padding_idx) s += ", padding_idx=" + show(o.padding_idx);
  return s;
}

}  // namespace taeda::nn::layer
