"""What the optimizers with a rule in C++ share."""

from typing import Any

from .. import _C
from ..autograd import enable_grad
from .optimizer import Optimizer, ParamsT

Tensor = _C.Tensor


class RuleOptimizer(Optimizer):
    """An optimizer whose rule is said in C++.

    A subclass names the rule by ``_rule`` and passes its arguments on as options. Those that choose
    among implementations (foreach, fused, capturable) are accepted and kept, without effect.
    """

    _rule: Any

    def __init__(self, params: ParamsT, options: dict[str, Any]) -> None:
        _check_tensors(options)
        self._rule.check(options)
        if options.get("fused"):
            if options.get("differentiable"):
                raise RuntimeError("`fused` does not support `differentiable`")
            if options.get("foreach"):
                raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        super().__init__(params, options)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        # An old checkpoint lacks the younger options, and counts steps in plain numbers.
        younger = {**self._rule.defaults(), **_UNUSED}
        for group in self.param_groups:
            for name in younger.keys() & self.defaults.keys() - {"lr"}:
                group.setdefault(name, younger[name])
        for own in self.state.values():
            for name in self._rule.numbers():
                if isinstance(own, dict) and isinstance(own.get(name), (int, float)):
                    own[name] = _C.tensor(float(own[name]), dtype=_C.float32)

    def step(self, closure=None):
        """Updates the parameters that have a gradient.

        Args:
            closure: evaluates the model anew, calls ``backward`` and returns the loss, which is
                returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self._rule.step(self.param_groups, self.state)
        return loss


_UNUSED = {"foreach": None, "capturable": False, "differentiable": False, "fused": None}


def _check_tensors(options):
    """Refuses tensors as options where PyTorch does."""
    lr, fixed = options["lr"], not options.get("capturable")
    if isinstance(lr, Tensor):
        if "capturable" in options and "amsgrad" in options and options["foreach"] and fixed:
            raise ValueError(
                "lr as a Tensor is not supported for capturable=False and foreach=True"
            )
        if lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
    betas = options.get("betas", ())
    if not any(isinstance(b, Tensor) for b in betas):
        return
    if not all(isinstance(b, Tensor) for b in betas):
        raise ValueError("betas must be either both floats or both Tensors")
    for i, b in enumerate(betas):
        if options["foreach"] and fixed:
            raise ValueError(
                f"betas[{i}] as a Tensor is not supported for capturable=False and foreach=True"
            )
        if b.numel() != 1:
            raise ValueError(f"Tensor betas[{i}] must be 1-element")
