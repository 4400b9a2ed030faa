"""The optimizer Adafactor."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["Adafactor"]


class Adafactor(RuleOptimizer):
    """Adafactor (Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235): Adam's second moment
    kept as a row and a column whose product estimates it.

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: an upper bound of the relative step size, ``min(lr, 1 / sqrt(step))``.
        beta2_decay: the running averages decay by ``1 - step ** beta2_decay``.
        eps: the least second moment, None: of the parameter's dtype; and the least scale of a
            parameter.
        d: the greatest root mean square of an update.
        weight_decay: decay of the parameters themselves, times lr.
        maximize: ascend instead of descend.
        foreach: accepted and kept in the groups.
    """

    _rule = _C._optim.rule("Adafactor")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-2,
        beta2_decay=-0.8,
        eps=(None, 1e-3),
        d=1.0,
        weight_decay=0.0,
        *,
        foreach=None,
        maximize=False,
    ) -> None:
        options = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, options)
