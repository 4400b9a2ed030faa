// Multi-head attention (Vaswani et al. 2017).
#pragma once
#include "taeda/nn/linear.h"

namespace taeda::nn {

// What multi-head attention computes from: query (L, N, E), key (S, N, *) and value (S, N, *), or
// all without N; the names are PyTorch's.
struct MultiHead {
  Tensor query, key, value;
  int64_t embed_dim_to_check = 0, num_heads = 1;
  Tensor in_proj_weight, in_proj_bias, bias_k, bias_v;
  bool add_zero_attn = false;
  double dropout_p = 0;
  Tensor out_proj_weight, out_proj_bias;
  bool training = true;
  Tensor key_padding_mask;  // (N, S): True, or -inf, where the key counts nothing
  bool need_weights = true;
  Tensor attn_mask;  // (L, S) or (N * heads, L, S): True is left out, numbers are added
  bool use_separate_proj_weight = false;
  Tensor q_proj_weight, k_proj_weight, v_proj_weight, static_k, static_v;
  bool average_attn_weights = true, is_causal = false;
  TAEDA_FIELDS(query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias,
               bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training,
               key_padding_mask, need_weights, attn_mask, use_separate_proj_weight, q_proj_weight,
               k_proj_weight, v_proj_weight, static_k, static_v, average_attn_weights, is_causal)
};
// The output like query, and the weights (N, L, S), or (N, heads, L, S) if not averaged, or
// undefined.
struct AttentionResult {
  Tensor output, weights;
};
template <class F> void each_tensor(AttentionResult& r, F& f) { f(r.output), f(r.weights); }
TAEDA_API AttentionResult multi_head_attention_forward(const MultiHead& m);

namespace layer {

// A Linear under the name that attention's output projection has in PyTorch.
struct TAEDA_API NonDynamicallyQuantizableLinear : Linear {};

// query (L, N, embed_dim), key (S, N, kdim) and value (S, N, vdim), or with N first if batch_first,
// or without N.
struct TAEDA_API MultiheadAttention : Module {
  struct Options {
    int64_t embed_dim = 0, num_heads = 0;
    Scalar dropout = 0.0;
    bool bias = true, add_bias_kv = false, add_zero_attn = false;
    std::optional<int64_t> kdim = {}, vdim = {};
    bool batch_first = false;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(embed_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim,
                 batch_first, device, dtype)
  };
  static constexpr int required = 2;
  static constexpr std::string_view init_only[] = {"bias", "add_bias_kv"};
  static constexpr const char* reset_name = "_reset_parameters";
  struct Arguments {
    Tensor query, key, value, key_padding_mask = {};
    bool need_weights = true;
    Tensor attn_mask = {};
    bool average_attn_weights = true, is_causal = false;
    TAEDA_FIELDS(query, key, value, key_padding_mask, need_weights, attn_mask, average_attn_weights,
                 is_causal)
  };
  static constexpr int required_arguments = 3;
  Options options;
  TAEDA_PARAMETER(in_proj_weight, Tensor());
  TAEDA_PARAMETER(q_proj_weight, Tensor());
  TAEDA_PARAMETER(k_proj_weight, Tensor());
  TAEDA_PARAMETER(v_proj_weight, Tensor());
  TAEDA_PARAMETER(in_proj_bias, Tensor());
  TAEDA_CHILD(out_proj, Handle<NonDynamicallyQuantizableLinear>(nullptr));
  TAEDA_PARAMETER(bias_k, Tensor());
  TAEDA_PARAMETER(bias_v, Tensor());

  void setup();
  void reset_parameters();
  using Module::forward;
  AttentionResult forward(const Arguments& a);
};

}  // namespace layer

using NonDynamicallyQuantizableLinear = Handle<layer::NonDynamicallyQuantizableLinear>;
using MultiheadAttention = Handle<layer::MultiheadAttention>;

}  // namespace taeda::nn
