"""Attention, for functional.py."""

import math

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


def _added(mask, dtype):
    """A mask as what is added to the scores: True means left out."""
    from .. import bool as boolean, zeros_like

    if mask.dtype == boolean:
        return zeros_like(mask, dtype=dtype).masked_fill_(mask, -math.inf)
    return mask


def scaled_dot_product_attention(
    query,
    key,
    value,
    attn_mask=None,
    dropout_p=0.0,
    is_causal=False,
    scale=None,
    enable_gqa=False,
):
    """softmax(query key^T * scale + mask) value over the last two axes.

    query (*, L, E), key (*, S, E), value (*, S, V); the result is (*, L, V).

    attn_mask: True where attention is allowed, or what is added to the scores. is_causal: no
    attention to later positions. scale: 1 / sqrt(E) unless given. enable_gqa: fewer key and value
    heads (axis -3) are shared by several query heads.
    """
    from .. import bool as boolean, ones
    from .functional import dropout

    if enable_gqa:
        repeats = query.size(-3) // key.size(-3)
        key = key.repeat_interleave(repeats, -3)
        value = value.repeat_interleave(repeats, -3)
    factor = 1 / math.sqrt(query.size(-1)) if scale is None else scale
    scores = (query * factor) @ key.transpose(-2, -1)
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when "
                "is_causal=True"
            )
        attn_mask = ones(query.size(-2), key.size(-2), dtype=boolean, device=query.device).tril()
    if attn_mask is not None:
        if attn_mask.dtype == boolean:
            scores = scores.masked_fill(attn_mask.logical_not(), -math.inf)
        else:
            scores = scores + attn_mask
    weights = scores.softmax(-1)
    if dropout_p > 0:
        weights = dropout(weights, dropout_p, True)
    return weights @ value


def _project(query, key, value, weights, bias):
    from .functional import linear

    biases = (None,) * 3 if bias is None else bias.chunk(3)
    return [linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases)]


def multi_head_attention_forward(
    query,
    key,
    value,
    embed_dim_to_check,
    num_heads,
    in_proj_weight,
    in_proj_bias,
    bias_k,
    bias_v,
    add_zero_attn,
    dropout_p,
    out_proj_weight,
    out_proj_bias,
    training=True,
    key_padding_mask=None,
    need_weights=True,
    attn_mask=None,
    use_separate_proj_weight=False,
    q_proj_weight=None,
    k_proj_weight=None,
    v_proj_weight=None,
    static_k=None,
    static_v=None,
    average_attn_weights=True,
    is_causal=False,
):
    """The computation of MultiheadAttention: query (L, N, E), key (S, N, *), value (S, N, *)."""
    from .. import cat, zeros
    from .functional import dropout, linear, pad

    if query.dim() == 2:  # without N
        given = locals()
        for name in ("query", "key", "value"):
            given[name] = given[name].unsqueeze(1)
        if key_padding_mask is not None:
            given["key_padding_mask"] = key_padding_mask.unsqueeze(0)
        names = multi_head_attention_forward.__code__.co_varnames[:25]
        out, weights = multi_head_attention_forward(*[given[name] for name in names])
        return out.squeeze(1), None if weights is None else weights.squeeze(0)
    length, n, width = query.shape
    if width != embed_dim_to_check:
        raise AssertionError(
            f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}"
        )
    head = width // num_heads
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    if use_separate_proj_weight:
        matrices = (q_proj_weight, k_proj_weight, v_proj_weight)
    else:
        matrices = in_proj_weight.chunk(3)
    q, k, v = _project(query, key, value, matrices, in_proj_bias)
    mask = None if attn_mask is None else _added(attn_mask, q.dtype)
    padding = None if key_padding_mask is None else _added(key_padding_mask, q.dtype)
    if mask is not None and mask.dim() == 2:
        mask = mask.unsqueeze(0)
    if bias_k is not None and bias_v is not None:
        k, v = cat([k, bias_k.repeat(1, n, 1)]), cat([v, bias_v.repeat(1, n, 1)])
        mask = None if mask is None else pad(mask, (0, 1))
        padding = None if padding is None else pad(padding, (0, 1))

    def heads(x):  # (S, N, E) to (N * heads, S, head)
        return x.contiguous().view(x.size(0), n * num_heads, head).transpose(0, 1)

    q = heads(q)
    k = heads(k) if static_k is None else static_k
    v = heads(v) if static_v is None else static_v
    if add_zero_attn:
        zero = zeros(n * num_heads, 1, head, dtype=k.dtype, device=k.device)
        k, v = cat([k, zero], 1), cat([v, zero], 1)
        mask = None if mask is None else pad(mask, (0, 1))
        padding = None if padding is None else pad(padding, (0, 1))
    scores = (q * math.sqrt(1.0 / head)) @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores + mask
    if padding is not None:
        source = k.size(1)
        spread = padding.view(n, 1, 1, source).expand(n, num_heads, 1, source)
        scores = scores + spread.reshape(n * num_heads, 1, source)
    weights = scores.softmax(-1)
    if training and dropout_p > 0:
        weights = dropout(weights, dropout_p, True)
    out = (weights @ v).transpose(0, 1).contiguous().view(length, n, width)
    out = linear(out, out_proj_weight, out_proj_bias)
    if not need_weights:
        return out, None
    weights = weights.view(n, num_heads, length, k.size(1))
    return out, weights.mean(1) if average_attn_weights else weights
