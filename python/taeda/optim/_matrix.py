"""What the optimizers share whose rule works on whole matrices, not on elements."""

from .. import _C
from ..autograd import enable_grad, no_grad
from .optimizer import Optimizer

Tensor = _C.Tensor


class MatrixOptimizer(Optimizer):
    """An optimizer that updates one parameter at a time by ``_update(group, p, g)``."""

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
        with no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self._update(group, p, p.grad)
        return loss

    def _update(self, group, p, g):
        raise NotImplementedError


def check_lr(lr):
    """Refuses a learning rate that is negative or a tensor of several elements."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    check_least("Learning rate", lr)


def check_least(what, value):
    """Refuses what is negative."""
    if not 0.0 <= value:
        raise ValueError(f"{what} should be >= 0 but is: {value}")
