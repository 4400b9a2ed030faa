"""The optimizer RMSprop."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["RMSprop"]


class RMSprop(RuleOptimizer):
    """RMSprop (Hinton 2012); centered, after Graves 2013 (https://arxiv.org/abs/1308.0850).

    The gradient is divided by sqrt(square_avg) + eps.

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: the learning rate; a number or a tensor with one element.
        alpha: the decay rate of the average of squares.
        eps: added to the denominator.
        weight_decay: the L2 penalty.
        momentum: the factor of the momentum.
        centered: divide by the estimated standard deviation instead.
        maximize: ascend instead of descend.
        differentiable: record the step, so that gradients flow through it.
        foreach, capturable: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("RMSprop")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-2,
        alpha=0.99,
        eps=1e-8,
        weight_decay=0,
        momentum=0,
        centered=False,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ) -> None:
        options = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, options)
