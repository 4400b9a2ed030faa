"""The optimizer Adadelta."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["Adadelta"]


class Adadelta(RuleOptimizer):
    """Adadelta (Zeiler 2012, https://arxiv.org/abs/1212.5701).

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: a factor of the steps.
        rho: the decay rate of the running averages.
        eps: added to the denominator.
        weight_decay: the L2 penalty.
        maximize: ascend instead of descend.
        differentiable: record the step, so that gradients flow through it.
        foreach, capturable: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("Adadelta")

    def __init__(
        self,
        params: ParamsT,
        lr=1.0,
        rho=0.9,
        eps=1e-6,
        weight_decay=0,
        foreach=None,
        *,
        capturable=False,
        maximize=False,
        differentiable=False,
    ) -> None:
        options = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, options)
