"""The optimizer ASGD."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["ASGD"]


class ASGD(RuleOptimizer):
    """Averaged stochastic gradient descent (Polyak and Juditsky 1992).

    The average is in ``state[p]["ax"]``.

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: the learning rate; a number or a tensor with one element.
        lambd: the decay term.
        alpha: the power of the rate's decay.
        t0: the step after which averaging starts.
        weight_decay: the L2 penalty.
        maximize: ascend instead of descend.
        differentiable: record the step, so that gradients flow through it.
        foreach, capturable: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("ASGD")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-2,
        lambd=1e-4,
        alpha=0.75,
        t0=1e6,
        weight_decay=0,
        foreach=None,
        maximize=False,
        differentiable=False,
        capturable=False,
    ) -> None:
        options = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, options)
