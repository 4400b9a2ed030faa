"""Losses and distances, for functional.py."""

import math
import warnings

from .. import _C
from ._op import op as _op

__all__ = [
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "soft_margin_loss",
    "cross_entropy",
    "nll_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "kl_div",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "cosine_embedding_loss",
    "gaussian_nll_loss",
    "poisson_nll_loss",
    "pairwise_distance",
    "cosine_similarity",
    "triplet_margin_loss",
    "multilabel_soft_margin_loss",
]

Tensor = _C.Tensor
_binary_cross_entropy = _op("binary_cross_entropy")
_binary_cross_entropy_with_logits = _op("binary_cross_entropy_with_logits")
_cross_entropy = _op("cross_entropy")
_kl_div = _op("kl_div")
_logsigmoid = _op("logsigmoid")
_nll_loss = _op("nll_loss")
_soft_margin_loss = _op("soft_margin_loss")


def _reduction(size_average, reduce, reduction):
    """What the old arguments size_average and reduce mean."""
    if size_average is None and reduce is None:
        return reduction
    size_average = True if size_average is None else size_average
    reduce = True if reduce is None else reduce
    now = "none" if not reduce else "mean" if size_average else "sum"
    _C._hint(
        f"reduction='{now}'",
        f"size_average and reduce args will be deprecated, please use reduction='{now}' instead.",
    )
    return now


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """(input - target)^2."""
    return _elementwise_loss("mse_loss", input, target, size_average, reduce, reduction, weight)


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """abs(input - target)."""
    return _elementwise_loss("l1_loss", input, target, size_average, reduce, reduction, weight)


def _warn_sizes(input, target):
    if target.size() != input.size():
        warnings.warn(
            f"Using a target size ({target.size()}) that is different to the input size "
            f"({input.size()}). "
            "This will likely lead to incorrect results due to broadcasting. Please ensure they "
            "have the "
            "same size.",
            stacklevel=4,
        )


def _elementwise_loss(name, input, target, size_average, reduce, reduction, weight, **options):
    reduction = _reduction(size_average, reduce, reduction)
    _warn_sizes(input, target)
    function = _op(name)
    if weight is None:
        return function(input, target, reduction=reduction, **options)
    if weight.size() != input.size():
        raise ValueError("Weights and input must have the same size.")
    each = function(input, target, reduction="none", **options) * weight
    if reduction == "none":
        return each
    return each.sum() if reduction == "sum" else each.sum() / weight.sum()


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """Quadratic below beta, linear above."""
    return _elementwise_loss(
        "smooth_l1_loss", input, target, size_average, reduce, reduction, None, beta=beta
    )


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """delta times smooth_l1_loss with beta = delta."""
    return _elementwise_loss(
        "huber_loss", input, target, None, None, reduction, weight, delta=delta
    )


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """log(1 + exp(-target * input))."""
    return _soft_margin_loss(input, target, reduction=_reduction(size_average, reduce, reduction))


def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    """-log of the probability of the class target; input: scores (N, C, *) or (C)."""
    return _cross_entropy(
        input,
        target,
        weight,
        reduction=_reduction(size_average, reduce, reduction),
        ignore_index=ignore_index,
        label_smoothing=label_smoothing,
    )


def nll_loss(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
):
    """-input at the class target; input: log-probabilities (N, C, *) or (C)."""
    return _nll_loss(
        input,
        target,
        weight,
        reduction=_reduction(size_average, reduce, reduction),
        ignore_index=ignore_index,
    )


def binary_cross_entropy(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """-(target * log(input) + (1 - target) * log(1 - input)); input: probabilities."""
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size "
            f"({input.size()}) is deprecated. Please ensure they have the same size."
        )
    return _binary_cross_entropy(
        input, target, weight, reduction=_reduction(size_average, reduce, reduction)
    )


def binary_cross_entropy_with_logits(
    input,
    target,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
    pos_weight=None,
):
    """binary_cross_entropy of sigmoid(input), without overflow."""
    if target.size() != input.size():
        raise ValueError(
            f"Target size ({target.size()}) must be the same as input size ({input.size()})"
        )
    return _binary_cross_entropy_with_logits(
        input,
        target,
        weight,
        pos_weight,
        reduction=_reduction(size_average, reduce, reduction),
    )


def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """target * (log(target) - input)."""
    reduction = _reduction(size_average, reduce, reduction)
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math "
            "definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    if reduction == "batchmean":
        total = _kl_div(input, target, reduction="sum", log_target=log_target)
        return total / input.size(0) if input.dim() else total
    return _kl_div(input, target, reduction=reduction, log_target=log_target)


def _reduced(loss, reduction):
    if reduction == "none":
        return loss
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    raise ValueError(f"{reduction} is not a valid value for reduction")


def hinge_embedding_loss(
    input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"
):
    """input where target is 1, max(0, margin - input) where it is -1."""
    from .. import where, zeros_like

    zero = zeros_like(input)
    near = where(target == 1, input, zero)
    far = where(target == -1, (margin - input).clamp_min(0), zero)
    return _reduced(near + far, _reduction(size_average, reduce, reduction))


def margin_ranking_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """max(0, -target * (input1 - input2) + margin)."""
    loss = (-target * (input1 - input2) + margin).clamp_min(0)
    return _reduced(loss, _reduction(size_average, reduce, reduction))


def cosine_embedding_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """1 - cosine where target is 1, max(0, cosine - margin) where it is -1."""
    from .. import where, zeros_like

    cosine = cosine_similarity(input1, input2, dim=-1)
    zero = zeros_like(cosine)
    near = where(target == 1, 1 - cosine, zero)
    far = where(target == -1, (cosine - margin).clamp_min(0), zero)
    return _reduced(near + far, _reduction(size_average, reduce, reduction))


def gaussian_nll_loss(input, target, var, full=False, eps=1e-06, reduction="mean"):
    """0.5 * (log(var) + (input - target)^2 / var), var not below eps."""
    from ..autograd import no_grad

    if not isinstance(var, Tensor):
        var = input.new_full((), var)
    if (var < 0).any():
        raise ValueError("var has negative entry/entries")
    if var.size() != input.size() and var.dim() and input.size()[:-1] == var.size():
        var = var.unsqueeze(-1)
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return _reduced(loss, reduction)


def poisson_nll_loss(
    input,
    target,
    log_input=True,
    full=False,
    size_average=None,
    eps=1e-08,
    reduce=None,
    reduction="mean",
):
    """-log of the Poisson probability of target, without its constant unless full."""
    from .. import where, zeros_like

    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + where(target > 1, stirling, zeros_like(stirling))
    return _reduced(loss, _reduction(size_average, reduce, reduction))


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The norm of order p of x1 - x2 + eps along the last axis."""
    return (x1 - x2 + eps).norm(p, -1, keepdim=keepdim)


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """The scalar product along dim over the product of the norms, each not below eps."""
    n1 = x1.norm(2, dim, keepdim=True).clamp_min(eps)
    n2 = x2.norm(2, dim, keepdim=True).clamp_min(eps)
    return ((x1 / n1) * (x2 / n2)).sum(dim)


def triplet_margin_loss(
    anchor,
    positive,
    negative,
    margin=1.0,
    p=2,
    eps=1e-06,
    swap=False,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """max(0, margin + distance(anchor, positive) - distance(anchor, negative))."""
    from .. import minimum

    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return _reduced((margin + near - far).clamp_min(0), _reduction(size_average, reduce, reduction))


def multilabel_soft_margin_loss(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """The mean over the classes of binary_cross_entropy_with_logits."""
    loss = -(target * _logsigmoid(input) + (1 - target) * _logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return _reduced(loss.sum(-1) / input.size(-1), _reduction(size_average, reduce, reduction))
