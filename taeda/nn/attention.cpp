#include "taeda/nn/attention.h"

#include <cmath>
#include <limits>

#include "taeda/nn/init.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/dropout.h"
#include "taeda/ops/index.h"
#include "taeda/ops/join.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pad.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/softmax.h"
#include "taeda/ops/views.h"

namespace taeda::nn {

namespace {

// A mask as what is added to the scores: True means left out.
Tensor added(const char* name, const Tensor& mask, DType dtype) {
  if (!mask.defined() || is_floating(mask.dtype())) return mask;
  if (mask.dtype() != DType::boolean)
    fail<AssertionError>("only bool and floating types of ", name, " are supported");
  return zeros(mask.sizes(), {.dtype = dtype, .device = mask.device()})
      .masked_fill(mask, -std::numeric_limits<double>::infinity());
}
Tensor one_more(const Tensor& mask) {
  return mask.defined() ? constant_pad_nd(mask, {.pad = {0, 1}}) : mask;
}
std::string size_text(const Tensor& t) { return "torch.Size(" + text(t.sizes()) + ")"; }

}  // namespace

AttentionResult multi_head_attention_forward(const MultiHead& m) {
  if (m.query.dim() != 2 && m.query.dim() != 3)
    fail<AssertionError>("query should be unbatched 2D or batched 3D tensor but received ",
                         m.query.dim(), "-D query tensor");
  if (m.key.dim() != m.query.dim() || m.value.dim() != m.query.dim())
    fail<AssertionError>("For ", m.query.dim() == 3 ? "batched (3-D)" : "unbatched (2-D)",
                         " `query`, expected `key` and `value` to be ", m.query.dim(),
                         "-D but found ", m.key.dim(), "-D and ", m.value.dim(),
                         "-D tensors respectively");
  if (m.query.dim() == 2) {  // without N
    MultiHead with = m;
    for (Tensor* t : {&with.query, &with.key, &with.value}) *t = t->unsqueeze(1);
    if (m.query.is(m.key) && m.key.is(m.value)) with.key = with.value = with.query;
    if (m.key_padding_mask.defined()) with.key_padding_mask = m.key_padding_mask.unsqueeze(0);
    AttentionResult r = multi_head_attention_forward(with);
    return {r.output.squeeze(1), r.weights.defined() ? r.weights.squeeze(0) : Tensor()};
  }
  int64_t length = m.query.size(0), n = m.query.size(1), width = m.query.size(2);
  int64_t heads = m.num_heads, head = width / heads;
  if (width != m.embed_dim_to_check)
    fail<AssertionError>("was expecting embedding dimension of ", m.embed_dim_to_check,
                         ", but got ", width);
  if (head * heads != width)
    fail<AssertionError>("embed_dim ", width, " not divisible by num_heads ", heads);
  if (m.is_causal && !m.attn_mask.defined())
    fail(
        "Need attn_mask if specifying the is_causal hint. You may use the Transformer module "
        "method `generate_square_subsequent_mask` to create this mask.");
  if (m.use_separate_proj_weight
          ? m.key.size(0) != m.value.size(0) || m.key.size(1) != m.value.size(1)
          : m.key.sizes() != m.value.sizes())
    fail<AssertionError>("key shape ", size_text(m.key), " does not match value shape ",
                         size_text(m.value));

  Tensor q, k, v;
  if (!m.use_separate_proj_weight && m.query.is(m.key) && m.key.is(m.value)) {
    TensorList all = linear(m.query, m.in_proj_weight, m.in_proj_bias).chunk(3, -1);
    q = all[0], k = all[1], v = all[2];
  } else {
    TensorList w{m.q_proj_weight, m.k_proj_weight, m.v_proj_weight}, b(3);
    if (!m.use_separate_proj_weight) w = m.in_proj_weight.chunk(3, 0);
    if (m.in_proj_bias.defined()) b = m.in_proj_bias.chunk(3, 0);
    q = linear(m.query, w[0], b[0]), k = linear(m.key, w[1], b[1]), v = linear(m.value, w[2], b[2]);
  }
  Tensor mask = added("attn_mask", m.attn_mask, q.dtype());
  Tensor padding = added("key_padding_mask", m.key_padding_mask, q.dtype());
  if (mask.defined() && mask.dim() == 2) {
    if (mask.sizes() != Dims{length, m.key.size(0)})
      fail("The shape of the 2D attn_mask is ", size_text(mask), ", but should be (", length, ", ",
           m.key.size(0), ").");
    mask = mask.unsqueeze(0);
  } else if (mask.defined()) {
    if (mask.dim() != 3) fail("attn_mask's dimension ", mask.dim(), " is not supported");
    if (mask.sizes() != Dims{n * heads, length, m.key.size(0)})
      fail("The shape of the 3D attn_mask is ", size_text(mask), ", but should be (", n * heads,
           ", ", length, ", ", m.key.size(0), ").");
  }
  if (m.bias_k.defined() && m.bias_v.defined()) {
    k = cat({k, m.bias_k.repeat({1, n, 1})}, {0}), v = cat({v, m.bias_v.repeat({1, n, 1})}, {0});
    mask = one_more(mask), padding = one_more(padding);
  }
  auto by_head = [&](const Tensor& x) {  // (S, N, E) to (N * heads, S, head)
    return x.reshape({x.size(0), n * heads, head}).transpose(0, 1);
  };
  q = by_head(q);
  k = m.static_k.defined() ? m.static_k : by_head(k);
  v = m.static_v.defined() ? m.static_v : by_head(v);
  if (m.add_zero_attn) {
    Tensor zero = zeros({n * heads, 1, head}, {.dtype = k.dtype(), .device = k.device()});
    k = cat({k, zero}, {1}), v = cat({v, zero}, {1});
    mask = one_more(mask), padding = one_more(padding);
  }
  int64_t source = k.size(1);
  if (padding.defined()) {
    if (padding.sizes() != Dims{n, source})
      fail<AssertionError>("expecting key_padding_mask shape of (", n, ", ", source, "), but got ",
                           size_text(padding));
    padding = padding.reshape({n, 1, 1, source}).expand({n, heads, 1, source});
    padding = padding.reshape({n * heads, 1, source});
    mask = mask.defined() ? mask + padding : padding;
  }
  Tensor scores = bmm(q * std::sqrt(1.0 / double(head)), k.transpose(-2, -1));
  if (mask.defined()) scores = scores + mask;
  Tensor weights = softmax(scores, ops::SoftmaxAttrs{-1, {}});
  if (m.training && m.dropout_p > 0) weights = dropout(weights, {m.dropout_p, true});
  Tensor out = bmm(weights, v).transpose(0, 1).reshape({length, n, width});
  out = linear(out, m.out_proj_weight, m.out_proj_bias);
  if (!m.need_weights) return {out, {}};
  weights = weights.reshape({n, heads, length, source});
  return {out, m.average_attn_weights ? weights.mean({.dim = Dims{1}}) : weights};
}

namespace layer {

void MultiheadAttention::setup() {
  Options& o = options;
  if (o.embed_dim <= 0 || o.num_heads <= 0)
    fail<ValueError>("embed_dim and num_heads must be greater than 0, got embed_dim=", o.embed_dim,
                     " and num_heads=", o.num_heads, " instead");
  if (o.embed_dim % o.num_heads) fail<AssertionError>("embed_dim must be divisible by num_heads");
  if (!o.kdim) o.kdim = o.embed_dim;
  if (!o.vdim) o.vdim = o.embed_dim;
  int64_t e = o.embed_dim;
  auto make = [&](const Dims& sizes) { return new_parameter(sizes, o.dtype, o.device); };
  bool same = *o.kdim == e && *o.vdim == e;
  in_proj_weight = same ? make({3 * e, e}) : Tensor();
  q_proj_weight = same ? Tensor() : make({e, e});
  k_proj_weight = same ? Tensor() : make({e, *o.kdim});
  v_proj_weight = same ? Tensor() : make({e, *o.vdim});
  in_proj_bias = o.bias ? make({3 * e}) : Tensor();
  out_proj = Handle<NonDynamicallyQuantizableLinear>(Linear::Options{
      .in_features = e, .out_features = e, .bias = o.bias, .device = o.device, .dtype = o.dtype});
  bias_k = o.add_bias_kv ? make({1, 1, e}) : Tensor();
  bias_v = o.add_bias_kv ? make({1, 1, e}) : Tensor();
}
void MultiheadAttention::reset_parameters() {
  for (const Tensor* w : {&in_proj_weight, &q_proj_weight, &k_proj_weight, &v_proj_weight})
    if (w->defined()) init::xavier_uniform_(*w);
  if (in_proj_bias.defined()) {
    init::zeros_(in_proj_bias);
    if (out_proj->bias.defined()) init::zeros_(out_proj->bias);
  }
  for (const Tensor* b : {&bias_k, &bias_v})
    if (b->defined()) init::xavier_normal_(*b);
}
AttentionResult MultiheadAttention::forward(const Arguments& a) {
  const Options& o = options;
  bool swaps = o.batch_first && a.query.dim() == 3;
  MultiHead m;
  m.query = swaps ? a.query.transpose(0, 1) : a.query;
  m.key = a.key.is(a.query) ? m.query : swaps ? a.key.transpose(0, 1) : a.key;
  m.value = a.value.is(a.key) ? m.key : swaps ? a.value.transpose(0, 1) : a.value;
  m.embed_dim_to_check = o.embed_dim, m.num_heads = o.num_heads;
  m.in_proj_weight = in_proj_weight, m.in_proj_bias = in_proj_bias;
  m.bias_k = bias_k, m.bias_v = bias_v, m.add_zero_attn = o.add_zero_attn;
  m.dropout_p = o.dropout.to<double>();
  if (Entry* w = out_proj.get()->find("weight")) m.out_proj_weight = *w->tensor;
  if (Entry* b = out_proj.get()->find("bias")) m.out_proj_bias = *b->tensor;
  m.training = training;
  m.key_padding_mask = a.key_padding_mask, m.attn_mask = a.attn_mask;
  m.need_weights = a.need_weights;
  m.use_separate_proj_weight = q_proj_weight.defined();
  m.q_proj_weight = q_proj_weight, m.k_proj_weight = k_proj_weight;
  m.v_proj_weight = v_proj_weight;
  m.average_attn_weights = a.average_attn_weights, m.is_causal = a.is_causal;
  AttentionResult r = multi_head_attention_forward(m);
  if (swaps) r.output = r.output.transpose(0, 1);
  return r;
}

}  // namespace layer

}  // namespace taeda::nn
