"""The optimizer RAdam."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["RAdam"]


class RAdam(RuleOptimizer):
    """RAdam: Adam with a rectified rate (Liu et al. 2020, https://arxiv.org/abs/1908.03265).

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: the learning rate; a number or a tensor with one element.
        betas: decay rates of the running averages of the gradient and of its square.
        eps: added to the denominator.
        weight_decay: the L2 penalty.
        decoupled_weight_decay: decay the parameters instead of penalizing them.
        maximize: ascend instead of descend.
        differentiable: record the step, so that gradients flow through it.
        foreach, capturable: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("RAdam")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
    ) -> None:
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, options)
