// The transformer (Vaswani et al. 2017) and its parts. Sequences are (L, N, d_model), (N, L,
// d_model) if batch_first, or (L, d_model). Masks as in MultiheadAttention.
#pragma once
#include <functional>

#include "taeda/nn/attention.h"
#include "taeda/nn/container.h"
#include "taeda/nn/dropout.h"
#include "taeda/nn/norm.h"

namespace taeda::nn {

// The function between the two linear layers: "relu", "gelu", any function of a tensor, or a
// module, which becomes the child `activation`.
struct Activation {
  std::string word = "relu";
  std::function<Tensor(const Tensor&)> function;
  Ref<Module> module;
  std::shared_ptr<void> python;  // Python's callable, for whoever asks for the attribute

  Activation() = default;
  Activation(const char* w) : word(w) {}
  Activation(std::string w) : word(std::move(w)) {}
  Activation(Ref<Module> m) : module(std::move(m)) {}
  template <class F>
  requires std::is_invocable_r_v<Tensor, F, const Tensor&> Activation(F f)
      : function(std::move(f)) {}
  TAEDA_API Tensor operator()(const Tensor& x) const;
};

// -inf above the diagonal, else 0: added to scores, it hides later positions.
TAEDA_API Tensor square_subsequent_mask(int64_t size, std::optional<Device> device = {},
                                        std::optional<DType> dtype = {});

namespace layer {

struct TransformerLayerOptions {
  int64_t d_model = 0, nhead = 0, dim_feedforward = 2048;
  Scalar dropout = 0.1;
  Activation activation = {};
  Scalar layer_norm_eps = 1e-5;
  bool batch_first = false, norm_first = false, bias = true;
  std::optional<Device> device = {};
  std::optional<DType> dtype = {};
  TAEDA_FIELDS(d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
               norm_first, bias, device, dtype)
};

// Self-attention and a network of two layers, each with a residual and LayerNorm behind it, or
// before it with norm_first.
struct TAEDA_API TransformerEncoderLayer : Module {
  using Options = TransformerLayerOptions;
  static constexpr int required = 2;
  static constexpr std::string_view init_only[] = {
      "d_model", "nhead", "dim_feedforward", "dropout", "bias", "layer_norm_eps", "batch_first"};
  struct Arguments {
    Tensor src, src_mask = {}, src_key_padding_mask = {};
    bool is_causal = false;
    TAEDA_FIELDS(src, src_mask, src_key_padding_mask, is_causal)
  };
  static constexpr int required_arguments = 1;
  Options options;
  TAEDA_CHILD(self_attn, nn::MultiheadAttention(nullptr));
  TAEDA_CHILD(linear1, nn::Linear(nullptr));
  TAEDA_CHILD(dropout, nn::Dropout(nullptr));
  TAEDA_CHILD(linear2, nn::Linear(nullptr));
  TAEDA_CHILD(norm1, nn::LayerNorm(nullptr));
  TAEDA_CHILD(norm2, nn::LayerNorm(nullptr));
  TAEDA_CHILD(dropout1, nn::Dropout(nullptr));
  TAEDA_CHILD(dropout2, nn::Dropout(nullptr));

  void setup();
  Tensor forward(const Tensor& src) override { return forward(Arguments{src}); }
  Tensor forward(const Arguments& a);
  // Its two halves, which a subclass may override: self-attention and the network.
  virtual Tensor sa_block(const Tensor& x, const Tensor& attn_mask, const Tensor& key_padding_mask,
                          bool is_causal);
  virtual Tensor ff_block(const Tensor& x);
};

// The encoder layer's parts, and attention to the encoder's output `memory` between them.
struct TAEDA_API TransformerDecoderLayer : Module {
  using Options = TransformerLayerOptions;
  static constexpr int required = 2;
  static constexpr std::string_view init_only[] = {
      "d_model", "nhead", "dim_feedforward", "dropout", "bias", "layer_norm_eps", "batch_first"};
  struct Arguments {
    Tensor tgt, memory, tgt_mask = {}, memory_mask = {}, tgt_key_padding_mask = {},
                        memory_key_padding_mask = {};
    bool tgt_is_causal = false, memory_is_causal = false;
    TAEDA_FIELDS(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask,
                 tgt_is_causal, memory_is_causal)
  };
  static constexpr int required_arguments = 2;
  Options options;
  TAEDA_CHILD(self_attn, nn::MultiheadAttention(nullptr));
  TAEDA_CHILD(multihead_attn, nn::MultiheadAttention(nullptr));
  TAEDA_CHILD(linear1, nn::Linear(nullptr));
  TAEDA_CHILD(dropout, nn::Dropout(nullptr));
  TAEDA_CHILD(linear2, nn::Linear(nullptr));
  TAEDA_CHILD(norm1, nn::LayerNorm(nullptr));
  TAEDA_CHILD(norm2, nn::LayerNorm(nullptr));
  TAEDA_CHILD(norm3, nn::LayerNorm(nullptr));
  TAEDA_CHILD(dropout1, nn::Dropout(nullptr));
  TAEDA_CHILD(dropout2, nn::Dropout(nullptr));
  TAEDA_CHILD(dropout3, nn::Dropout(nullptr));

  void setup();
  using Module::forward;
  Tensor forward(const Arguments& a);
  // Its parts, which a subclass may override: self-attention, attention to mem, and the network.
  virtual Tensor sa_block(const Tensor& x, const Tensor& attn_mask, const Tensor& key_padding_mask,
                          bool is_causal);
  virtual Tensor mha_block(const Tensor& x, const Tensor& mem, const Tensor& attn_mask,
                           const Tensor& key_padding_mask, bool is_causal);
  virtual Tensor ff_block(const Tensor& x);
};

// num_layers copies of an encoder layer, one after the other, then norm, if there is one.
struct TAEDA_API TransformerEncoder : Module {
  struct Options {
    Ref<Module> encoder_layer = {};
    int64_t num_layers = 0;
    Ref<Module> norm = {};
    bool enable_nested_tensor = true, mask_check = true;
    TAEDA_FIELDS(encoder_layer, num_layers, norm, enable_nested_tensor, mask_check)
  };
  static constexpr int required = 2;
  static constexpr std::string_view init_only[] = {"encoder_layer"};
  struct Arguments {
    Tensor src, mask = {}, src_key_padding_mask = {};
    std::optional<bool> is_causal = {};
    TAEDA_FIELDS(src, mask, src_key_padding_mask, is_causal)
  };
  static constexpr int required_arguments = 1;
  Options options;
  TAEDA_CHILD(layers, nn::ModuleList(nullptr));
  TAEDA_CHILD(norm, Ref<Module>());

  void setup();
  Tensor forward(const Tensor& src) override { return forward(Arguments{src}); }
  Tensor forward(const Arguments& a);
};

// num_layers copies of a decoder layer, one after the other, then norm, if there is one.
struct TAEDA_API TransformerDecoder : Module {
  struct Options {
    Ref<Module> decoder_layer = {};
    int64_t num_layers = 0;
    Ref<Module> norm = {};
    TAEDA_FIELDS(decoder_layer, num_layers, norm)
  };
  static constexpr int required = 2;
  static constexpr std::string_view init_only[] = {"decoder_layer"};
  struct Arguments {
    Tensor tgt, memory, tgt_mask = {}, memory_mask = {}, tgt_key_padding_mask = {},
                        memory_key_padding_mask = {};
    std::optional<bool> tgt_is_causal = {};
    bool memory_is_causal = false;
    TAEDA_FIELDS(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask,
                 tgt_is_causal, memory_is_causal)
  };
  static constexpr int required_arguments = 2;
  Options options;
  TAEDA_CHILD(layers, nn::ModuleList(nullptr));
  TAEDA_CHILD(norm, Ref<Module>());

  void setup();
  using Module::forward;
  Tensor forward(const Arguments& a);
};

// An encoder and a decoder: src (S, N, d_model) and tgt (T, N, d_model) give (T, N, d_model). All
// matrices start as xavier_uniform_.
struct TAEDA_API Transformer : Module {
  struct Options {
    int64_t d_model = 512, nhead = 8, num_encoder_layers = 6, num_decoder_layers = 6,
            dim_feedforward = 2048;
    Scalar dropout = 0.1;
    Activation activation = {};
    Ref<Module> custom_encoder = {}, custom_decoder = {};
    Scalar layer_norm_eps = 1e-5;
    bool batch_first = false, norm_first = false, bias = true;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward, dropout,
                 activation, custom_encoder, custom_decoder, layer_norm_eps, batch_first,
                 norm_first, bias, device, dtype)
  };
  static constexpr int required = 0;
  static constexpr std::string_view init_only[] = {
      "num_encoder_layers", "num_decoder_layers", "dim_feedforward", "dropout",    "activation",
      "custom_encoder",     "custom_decoder",     "layer_norm_eps",  "norm_first", "bias"};
  static constexpr const char* reset_name = "_reset_parameters";
  struct Arguments {
    Tensor src, tgt, src_mask = {}, tgt_mask = {}, memory_mask = {}, src_key_padding_mask = {},
                     tgt_key_padding_mask = {}, memory_key_padding_mask = {};
    std::optional<bool> src_is_causal = {}, tgt_is_causal = {};
    bool memory_is_causal = false;
    TAEDA_FIELDS(src, tgt, src_mask, tgt_mask, memory_mask, src_key_padding_mask,
                 tgt_key_padding_mask, memory_key_padding_mask, src_is_causal, tgt_is_causal,
                 memory_is_causal)
  };
  static constexpr int required_arguments = 2;
  Options options;
  TAEDA_CHILD(encoder, Ref<Module>());
  TAEDA_CHILD(decoder, Ref<Module>());

  void setup();
  void reset_parameters();
  using Module::forward;
  Tensor forward(const Arguments& a);
};

}  // namespace layer

using TransformerEncoderLayer = Handle<layer::TransformerEncoderLayer>;
using TransformerDecoderLayer = Handle<layer::TransformerDecoderLayer>;
using TransformerEncoder = Handle<layer::TransformerEncoder>;
using TransformerDecoder = Handle<layer::TransformerDecoder>;
using Transformer = Handle<layer::Transformer>;

}  // namespace taeda::nn
