"""The optimizer Adam."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["Adam"]


class Adam(RuleOptimizer):
    """Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980).

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: the learning rate; a number or a tensor with one element.
        betas: decay rates of the running averages of the gradient and of its square.
        eps: added to the denominator.
        weight_decay: the L2 penalty.
        amsgrad: divide by the greatest average so far
            (https://openreview.net/forum?id=ryQu7f-RZ).
        maximize: ascend instead of descend.
        decoupled_weight_decay: decay the parameters instead of penalizing them: AdamW.
        differentiable: record the step, so that gradients flow through it.
        foreach, fused, capturable: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("Adam")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        amsgrad=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
        fused=None,
        decoupled_weight_decay=False,
    ) -> None:
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, options)
