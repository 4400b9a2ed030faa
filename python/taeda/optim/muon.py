"""The optimizer Muon."""

from .. import _C
from ._rule import RuleOptimizer
from .optimizer import ParamsT

__all__ = ["Muon"]


class Muon(RuleOptimizer):
    """Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon): momentum whose matrix
    is made orthogonal by Newton-Schulz iterations, in bfloat16.

    Args:
        params: matrices, ``(name, matrix)`` pairs or groups of them.
        lr: the learning rate.
        weight_decay: decay of the parameters themselves, times lr.
        momentum: of the gradients' average.
        nesterov: whether to look one step ahead.
        ns_coefficients: a, b, c of the iteration ``a X + (b X X' + c (X X')^2) X``.
        eps: the least norm to divide by.
        ns_steps: iterations.
        adjust_lr_fn: how lr follows the shape: "original" (and None), by ``sqrt(max(1, rows /
            columns))``; "match_rms_adamw", by ``0.2 sqrt(max(rows, columns))``.
    """

    _rule = _C._optim.rule("Muon")

    def __init__(
        self,
        params: ParamsT,
        lr=1e-3,
        weight_decay=0.1,
        momentum=0.95,
        nesterov=True,
        ns_coefficients=(3.4445, -4.775, 2.0315),
        eps=1e-7,
        ns_steps=5,
        adjust_lr_fn=None,
    ) -> None:
        options = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, options)
        for group in self.param_groups:
            for p in group["params"]:
                self._rule.check_parameter(p)
