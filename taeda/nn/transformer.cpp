#include "taeda/nn/transformer.h"

#include <limits>

#include "taeda/nn/init.h"
#include "taeda/ops/activation.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"

namespace taeda::nn {

Tensor Activation::operator()(const Tensor& x) const {
  if (module) return (*module)(x);
  if (function) return function(x);
  return word == "relu" ? relu(x) : gelu(x);
}

Tensor square_subsequent_mask(int64_t size, std::optional<Device> device,
                              std::optional<DType> dtype) {
  return full({size, size}, -std::numeric_limits<double>::infinity(),
              {.dtype = dtype.value_or(default_dtype()), .device = device})
      .triu({1});
}

namespace layer {

namespace {

// What both layers have in common; `norms` is also the number of their dropouts.
template <class L>
void make_parts(L& l, std::initializer_list<nn::LayerNorm*> norms,
                std::initializer_list<nn::Dropout*> dropouts) {
  auto& o = l.options;
  l.linear1 = nn::Linear(Linear::Options{o.d_model, o.dim_feedforward, o.bias, o.device, o.dtype});
  l.dropout = nn::Dropout({.p = o.dropout});
  l.linear2 = nn::Linear(Linear::Options{o.dim_feedforward, o.d_model, o.bias, o.device, o.dtype});
  for (nn::LayerNorm* norm : norms)
    *norm = nn::LayerNorm({.normalized_shape = Sizes{o.d_model},
                           .eps = o.layer_norm_eps,
                           .bias = o.bias,
                           .device = o.device,
                           .dtype = o.dtype});
  for (nn::Dropout* d : dropouts) *d = nn::Dropout({.p = o.dropout});
  Activation& f = o.activation;
  if (!f.function && !f.module && f.word != "relu" && f.word != "gelu")
    fail("activation should be relu/gelu, not ", f.word);
  if (f.module) l.set_child("activation", std::exchange(f.module, {}));
}
nn::MultiheadAttention attention_for(const TransformerLayerOptions& o) {
  return nn::MultiheadAttention({.embed_dim = o.d_model,
                                 .num_heads = o.nhead,
                                 .dropout = o.dropout,
                                 .bias = o.bias,
                                 .batch_first = o.batch_first,
                                 .device = o.device,
                                 .dtype = o.dtype});
}
Tensor activated(Module& m, const Activation& f, const Tensor& x) {
  Module::Entry* e = m.find("activation");
  if (e && e->role == Module::Role::child && *e->child) return (**e->child)(x);
  return f(x);
}

}  // namespace

void TransformerEncoderLayer::setup() {
  self_attn = attention_for(options);
  make_parts(*this, {&norm1, &norm2}, {&dropout1, &dropout2});
}
Tensor TransformerEncoderLayer::sa_block(const Tensor& x, const Tensor& attn_mask,
                                         const Tensor& key_padding_mask, bool is_causal) {
  return dropout1(self_attn({.query = x,
                             .key = x,
                             .value = x,
                             .key_padding_mask = key_padding_mask,
                             .need_weights = false,
                             .attn_mask = attn_mask,
                             .is_causal = is_causal})
                      .output);
}
Tensor TransformerEncoderLayer::ff_block(const Tensor& x) {
  return dropout2(linear2(dropout(activated(*this, options.activation, linear1(x)))));
}
Tensor TransformerEncoderLayer::forward(const Arguments& a) {
  Tensor x = a.src;
  auto attend = [&](const Tensor& y) {
    return sa_block(y, a.src_mask, a.src_key_padding_mask, a.is_causal);
  };
  if (options.norm_first) {
    x = x + attend(norm1(x));
    return x + ff_block(norm2(x));
  }
  x = norm1(x + attend(x));
  return norm2(x + ff_block(x));
}

void TransformerDecoderLayer::setup() {
  self_attn = attention_for(options);
  multihead_attn = attention_for(options);
  make_parts(*this, {&norm1, &norm2, &norm3}, {&dropout1, &dropout2, &dropout3});
}
Tensor TransformerDecoderLayer::sa_block(const Tensor& x, const Tensor& attn_mask,
                                         const Tensor& key_padding_mask, bool is_causal) {
  return dropout1(self_attn({.query = x,
                             .key = x,
                             .value = x,
                             .key_padding_mask = key_padding_mask,
                             .need_weights = false,
                             .attn_mask = attn_mask,
                             .is_causal = is_causal})
                      .output);
}
Tensor TransformerDecoderLayer::mha_block(const Tensor& x, const Tensor& mem,
                                          const Tensor& attn_mask, const Tensor& key_padding_mask,
                                          bool is_causal) {
  return dropout2(multihead_attn({.query = x,
                                  .key = mem,
                                  .value = mem,
                                  .key_padding_mask = key_padding_mask,
                                  .need_weights = false,
                                  .attn_mask = attn_mask,
                                  .is_causal = is_causal})
                      .output);
}
Tensor TransformerDecoderLayer::ff_block(const Tensor& x) {
  return dropout3(linear2(dropout(activated(*this, options.activation, linear1(x)))));
}
Tensor TransformerDecoderLayer::forward(const Arguments& a) {
  Tensor x = a.tgt;
  auto attend = [&](const Tensor& y) {
    return sa_block(y, a.tgt_mask, a.tgt_key_padding_mask, a.tgt_is_causal);
  };
  auto attend_memory = [&](const Tensor& y) {
    return mha_block(y, a.memory, a.memory_mask, a.memory_key_padding_mask, a.memory_is_causal);
  };
  if (options.norm_first) {
    x = x + attend(norm1(x));
    x = x + attend_memory(norm2(x));
    return x + ff_block(norm3(x));
  }
  x = norm1(x + attend(x));
  x = norm2(x + attend_memory(x));
  return norm3(x + ff_block(x));
}

namespace {

// Copies of a layer in a list; `norm`, if there is one, becomes a child.
template <class S> void make_stack(S& stack, Ref<Module>& layer, const char* name) {
  if (!layer) fail<TypeError>(name, ": the layer to copy is missing");
  stack.layers = nn::ModuleList();
  for (int64_t i = 0; i < stack.options.num_layers; i++) stack.layers->push_back(layer->clone());
  layer = {};
  stack.norm = std::exchange(stack.options.norm, {});
  if (!stack.norm) stack.erase("norm");
}
std::vector<Module*> layers_in_order(nn::ModuleList& list) {  // one may come several times
  std::vector<Module*> out;
  for (auto& e : list.get()->entries())
    if (e.role == Module::Role::child && *e.child) out.push_back(e.child->get());
  return out;
}

}  // namespace

void TransformerEncoder::setup() { make_stack(*this, options.encoder_layer, "TransformerEncoder"); }
Tensor TransformerEncoder::forward(const Arguments& a) {
  Tensor x = a.src;
  for (Module* layer : layers_in_order(layers))
    x = call_layer<TransformerEncoderLayer>(
        *layer,
        {x, a.mask, a.src_key_padding_mask, a.is_causal.value_or(false) && a.mask.defined()});
  return norm ? (*norm)(x) : x;
}
void TransformerDecoder::setup() { make_stack(*this, options.decoder_layer, "TransformerDecoder"); }
Tensor TransformerDecoder::forward(const Arguments& a) {
  Tensor x = a.tgt;
  for (Module* layer : layers_in_order(layers))
    x = call_layer<TransformerDecoderLayer>(
        *layer,
        {x, a.memory, a.tgt_mask, a.memory_mask, a.tgt_key_padding_mask, a.memory_key_padding_mask,
         a.tgt_is_causal.value_or(false) && a.tgt_mask.defined(), a.memory_is_causal});
  return norm ? (*norm)(x) : x;
}

void Transformer::setup() {
  Options& o = options;
  TransformerLayerOptions part{.d_model = o.d_model,
                               .nhead = o.nhead,
                               .dim_feedforward = o.dim_feedforward,
                               .dropout = o.dropout,
                               .activation = o.activation,
                               .layer_norm_eps = o.layer_norm_eps,
                               .batch_first = o.batch_first,
                               .norm_first = o.norm_first,
                               .bias = o.bias,
                               .device = o.device,
                               .dtype = o.dtype};
  LayerNorm::Options norm{.normalized_shape = Sizes{o.d_model},
                          .eps = o.layer_norm_eps,
                          .bias = o.bias,
                          .device = o.device,
                          .dtype = o.dtype};
  encoder = std::exchange(o.custom_encoder, {});
  if (!encoder)
    encoder = nn::TransformerEncoder({.encoder_layer = nn::TransformerEncoderLayer(part),
                                      .num_layers = o.num_encoder_layers,
                                      .norm = nn::LayerNorm(norm)});
  decoder = std::exchange(o.custom_decoder, {});
  if (!decoder)
    decoder = nn::TransformerDecoder({.decoder_layer = nn::TransformerDecoderLayer(part),
                                      .num_layers = o.num_decoder_layers,
                                      .norm = nn::LayerNorm(norm)});
  o.activation = {};
}
void Transformer::reset_parameters() {
  for (const Tensor& p : parameters())
    if (p.dim() > 1) init::xavier_uniform_(p);
}
Tensor Transformer::forward(const Arguments& a) {
  int64_t batch = options.batch_first ? 0 : 1;
  if (a.src.dim() == 3 && a.tgt.dim() == 3 && a.src.size(batch) != a.tgt.size(batch))
    fail("the batch number of src and tgt must be equal");
  if (a.src.size(-1) != options.d_model || a.tgt.size(-1) != options.d_model)
    fail("the feature number of src and tgt must be equal to d_model");
  Tensor memory = call_layer<TransformerEncoder>(
      *encoder, {a.src, a.src_mask, a.src_key_padding_mask, a.src_is_causal});
  return call_layer<TransformerDecoder>(
      *decoder, {a.tgt, memory, a.tgt_mask, a.memory_mask, a.tgt_key_padding_mask,
                 a.memory_key_padding_mask, a.tgt_is_causal, a.memory_is_causal});
}

}  // namespace layer

}  // namespace taeda::nn
