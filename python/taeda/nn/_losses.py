"""Losses and distances, for functional.py."""

import warnings

from .. import _C
from ._op import op as _op

__all__ = [
    "ctc_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "triplet_margin_with_distance_loss",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "soft_margin_loss",
    "cross_entropy",
    "linear_cross_entropy",
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
_cosine_embedding_loss = _op("cosine_embedding_loss")
_ctc_loss = _op("ctc_loss")
_gaussian_nll_loss = _op("gaussian_nll_loss")
_hinge_embedding_loss = _op("hinge_embedding_loss")
_margin_ranking_loss = _op("margin_ranking_loss")
_multi_margin_loss = _op("multi_margin_loss")
_multilabel_margin_loss = _op("multilabel_margin_loss")
_multilabel_soft_margin_loss = _op("multilabel_soft_margin_loss")
_poisson_nll_loss = _op("poisson_nll_loss")
_triplet_margin_loss = _op("triplet_margin_loss")
pairwise_distance = _op("pairwise_distance")
cosine_similarity = _op("cosine_similarity")
_binary_cross_entropy = _op("binary_cross_entropy")
_binary_cross_entropy_with_logits = _op("binary_cross_entropy_with_logits")
_cross_entropy = _op("cross_entropy")
_kl_div = _op("kl_div")
_linear_cross_entropy = _op("linear_cross_entropy")
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


def _elementwise_loss(name, input, target, size_average, reduce, reduction, weight, **options):
    reduction = _reduction(size_average, reduce, reduction)
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


def linear_cross_entropy(
    input,
    linear_weight,
    target,
    *,
    linear_bias=None,
    weight=None,
    reduction="mean",
    ignore_index=None,
    label_smoothing=0.0,
    options=None,
):
    """cross_entropy of linear(input, linear_weight, linear_bias).

    input: (N, F) or (F); linear_weight: (C, F), or (C, d1, .., F) for scores (N, C, d1, ..);
    linear_bias: linear_weight's shape without F. ignore_index: -100 if not given, and only beside
    classes. options: the scores are made in one piece whatever it says; a warning tells.
    """
    if options is not None:
        _C._hint(
            "LinearCrossEntropyOptions",
            "linear_cross_entropy: options are accepted, but the scores are made in one piece. "
            "The result is the same; the memory is that of linear() and cross_entropy().",
        )
    return _linear_cross_entropy(
        input,
        linear_weight,
        target,
        linear_bias,
        weight,
        reduction=reduction,
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
    old = size_average is not None or reduce is not None
    reduction = _reduction(size_average, reduce, reduction)
    if reduction == "mean" and not old:
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


def hinge_embedding_loss(
    input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"
):
    """input where target is 1, max(0, margin - input) where it is -1."""
    return _hinge_embedding_loss(
        input, target, margin=margin, reduction=_reduction(size_average, reduce, reduction)
    )


def margin_ranking_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """max(0, -target * (input1 - input2) + margin)."""
    reduction = _reduction(size_average, reduce, reduction)
    return _margin_ranking_loss(input1, input2, target, margin=margin, reduction=reduction)


def cosine_embedding_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """1 - cosine where target is 1, max(0, cosine - margin) where it is -1."""
    reduction = _reduction(size_average, reduce, reduction)
    return _cosine_embedding_loss(input1, input2, target, margin=margin, reduction=reduction)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-06, reduction="mean"):
    """0.5 * (log(var) + (input - target)^2 / var), var not below eps; var: a tensor or a number."""
    if not isinstance(var, Tensor):
        var = input.new_full(input.size(), var)
    return _gaussian_nll_loss(input, target, var, full=full, eps=eps, reduction=reduction)


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
    reduction = _reduction(size_average, reduce, reduction)
    return _poisson_nll_loss(
        input, target, log_input=log_input, full=full, eps=eps, reduction=reduction
    )


def _check_margin(margin):
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")


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
    reduction = _reduction(size_average, reduce, reduction)
    _check_margin(margin)
    return _triplet_margin_loss(
        anchor, positive, negative, margin=margin, p=p, eps=eps, swap=swap, reduction=reduction
    )


def triplet_margin_with_distance_loss(
    anchor,
    positive,
    negative,
    *,
    distance_function=None,
    margin=1.0,
    swap=False,
    reduction="mean",
):
    """triplet_margin_loss with any function of two tensors as the distance."""
    from .. import minimum

    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    _check_margin(margin)
    dims = anchor.dim(), positive.dim(), negative.dim()
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            f"dimensions, but got: anchor {dims[0]}D, positive {dims[1]}D, and negative "
            f"{dims[2]}D inputs"
        )
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    loss = (margin + near - far).clamp_min(0)
    return loss if reduction == "none" else loss.sum() if reduction == "sum" else loss.mean()


def multi_margin_loss(
    input,
    target,
    p=1,
    margin=1.0,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """The mean over the wrong classes of max(0, margin - input[target] + input[i]) ** p."""
    reduction = _reduction(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    return _multi_margin_loss(input, target, weight, p=int(p), margin=margin, reduction=reduction)


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """The margins between all right and all wrong classes; target: the right ones, then -1."""
    return _multilabel_margin_loss(
        input, target, reduction=_reduction(size_average, reduce, reduction)
    )


def multilabel_soft_margin_loss(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """The mean over the classes of binary_cross_entropy_with_logits."""
    return _multilabel_soft_margin_loss(
        input, target, weight, reduction=_reduction(size_average, reduce, reduction)
    )


def ctc_loss(
    log_probs,
    targets,
    input_lengths,
    target_lengths,
    blank=0,
    reduction="mean",
    zero_infinity=False,
):
    """-log of the probability of each target, over all its alignments (Graves et al. 2006).

    log_probs: (T, N, C) or (T, C); targets: (N, S), or all behind each other; lengths: tensors or
    sequences of N numbers.
    """
    from .. import tensor

    if not isinstance(input_lengths, Tensor):
        input_lengths = tensor(input_lengths)
    if not isinstance(target_lengths, Tensor):
        target_lengths = tensor(target_lengths)
    return _ctc_loss(
        log_probs,
        targets,
        input_lengths,
        target_lengths,
        blank=blank,
        reduction=reduction,
        zero_infinity=zero_infinity,
    )
