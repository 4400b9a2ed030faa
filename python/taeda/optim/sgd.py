"""The optimizer SGD."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["SGD"]


class SGD(RuleOptimizer):
    """Stochastic gradient descent, with momentum.

    With momentum, v = momentum * v + (1 - dampening) * g, the first v is g, and p = p - lr * v;
    with Nesterov's, p = p - lr * (g + momentum * v) (Sutskever et al. 2013).

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: the learning rate; a number or a tensor with one element.
        momentum: the factor of the momentum.
        dampening: how little of the gradient enters the momentum.
        weight_decay: the L2 penalty.
        nesterov: use Nesterov's momentum.
        maximize: ascend instead of descend.
        differentiable: record the step, so that gradients flow through it.
        foreach, fused: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("SGD")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-3,
        momentum=0,
        dampening=0,
        weight_decay=0,
        nesterov=False,
        *,
        maximize=False,
        foreach=None,
        differentiable=False,
        fused=None,
    ) -> None:
        options = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, options)
