"""The optimizer Rprop."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["Rprop"]


class Rprop(RuleOptimizer):
    """Resilient propagation (Riedmiller and Braun 1993), for gradients of the whole data set.

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: the first step of each element.
        etas: factors of the step where the gradient's sign has changed, and where it has not.
        step_sizes: the least and the greatest step.
        maximize: ascend instead of descend.
        differentiable: record the step, so that gradients flow through it.
        foreach, capturable: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("Rprop")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-2,
        etas=(0.5, 1.2),
        step_sizes=(1e-6, 50),
        *,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ) -> None:
        options = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, options)
