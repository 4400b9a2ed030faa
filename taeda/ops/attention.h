// Attention (Vaswani et al. 2017).
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Attention
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Attention;

struct ScaledDotProductAttention {
  static constexpr Def def{
      .inputs = {"query", "key", "value", "attn_mask!?"},
      .doc =
          "softmax(query key^T * scale + mask) value over the last two axes: query (*, L, E), key "
          "(*, S, E), value (*, S, V) give (*, L, V). attn_mask: True where attention is allowed, "
          "or what is added to the scores. is_causal: no attention to later positions. scale: 1 / "
          "sqrt(E) unless given. enable_gqa: several query heads (axis -3) share a key and value "
          "head.",
      .types = Types::own,
      .keyword_only = 2,
      .scope = in_functional};
  struct Attrs {
    double dropout_p = 0;
    bool is_causal = false;
    std::optional<double> scale;
    bool enable_gqa = false;
    TAEDA_FIELDS(dropout_p, is_causal, scale, enable_gqa)
  };
  static Tensor forward(const Tensor& query, const Tensor& key, const Tensor& value,
                        const Tensor& mask, const Attrs& a);
};
TAEDA_OP(scaled_dot_product_attention, ScaledDotProductAttention)

}  // namespace taeda::ops

namespace taeda {

// Without a mask.
inline Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key,
                                           const Tensor& value,
                                           const ops::ScaledDotProductAttention::Attrs& a = {}) {
  return scaled_dot_product_attention(query, key, value, Tensor(), a);
}

}  // namespace taeda

#pragma GCC visibility pop
#undef TAEDA_FAMILY
