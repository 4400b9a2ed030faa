"""The optimizer Adamax."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["Adamax"]


class Adamax(RuleOptimizer):
    """Adamax: Adam with the infinity norm (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980).

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: the learning rate; a number or a tensor with one element.
        betas: decay rates of the running averages of the gradient and of its square.
        eps: added to the denominator.
        weight_decay: the L2 penalty.
        maximize: ascend instead of descend.
        differentiable: record the step, so that gradients flow through it.
        foreach, capturable: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("Adamax")

    def __init__(
        self,
        params: ParamsT,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        capturable=False,
    ) -> None:
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, options)
