"""The optimizer Adagrad."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["Adagrad"]


class Adagrad(RuleOptimizer):
    """Adagrad (Duchi, Hazan and Singer 2011, https://jmlr.org/papers/v12/duchi11a.html).

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: the learning rate; a number or a tensor with one element.
        lr_decay: step t uses lr / (1 + (t - 1) * lr_decay).
        weight_decay: the L2 penalty.
        initial_accumulator_value: what the sum of squares begins with.
        eps: added to the denominator.
        maximize: ascend instead of descend.
        differentiable: record the step, so that gradients flow through it.
        foreach, fused: accepted and kept in the groups; every step is fused.
    """

    _rule = _C._optim.rule("Adagrad")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-2,
        lr_decay=0,
        weight_decay=0,
        initial_accumulator_value=0,
        eps=1e-10,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        fused=None,
    ) -> None:
        options = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, options)
        self._rule.begin(self.param_groups, self.state)
