"""Learning rate schedulers. The formulas are in C++; here is their bookkeeping."""

import types
from collections import Counter

from .. import _C
from ._lr_base import (
    EPOCH_DEPRECATION_WARNING as EPOCH_DEPRECATION_WARNING,
    LRScheduler,
    _LRScheduler as _LRScheduler,
    _values,
    _warn_outside_step,
)
from ._lr_compound import ChainedScheduler, ReduceLROnPlateau, SequentialLR
from ._lr_cycles import CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


class _FormulaLR(LRScheduler):
    """A scheduler whose formula is said in C++, which reads the scheduler's attributes."""

    def __init__(self, optimizer, last_epoch):
        self._formula.check(self)
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for ``self.last_epoch``, from the present ones."""
        _warn_outside_step(self)
        return self._formula.next(self)

    def _get_closed_form_lr(self):
        return self._formula.closed(self)


class StepLR(_FormulaLR):
    """Multiplies the rate by ``gamma`` every ``step_size`` epochs."""

    _formula = _C._optim.schedule("StepLR")

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)


class MultiStepLR(_FormulaLR):
    """Multiplies the rate by ``gamma`` at each of the epochs ``milestones``."""

    _formula = _C._optim.schedule("MultiStepLR")

    def __init__(self, optimizer, milestones, gamma=0.1, last_epoch=-1):
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)


class ConstantLR(_FormulaLR):
    """Multiplies the rate by ``factor`` until epoch ``total_iters``."""

    _formula = _C._optim.schedule("ConstantLR")

    def __init__(self, optimizer, factor=1.0 / 3, total_iters=5, last_epoch=-1):
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)


class LinearLR(_FormulaLR):
    """Scales the rate by ``start_factor``, in ``total_iters`` equal steps to ``end_factor``."""

    _formula = _C._optim.schedule("LinearLR")

    def __init__(
        self, optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5, last_epoch=-1
    ):
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)


class ExponentialLR(_FormulaLR):
    """Multiplies the rate by ``gamma`` every epoch."""

    _formula = _C._optim.schedule("ExponentialLR")

    def __init__(self, optimizer, gamma, last_epoch=-1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)


class PolynomialLR(_FormulaLR):
    """Scales the rate by ``(1 - epoch / total_iters) ** power``; 0 from ``total_iters`` on."""

    _formula = _C._optim.schedule("PolynomialLR")

    def __init__(self, optimizer, total_iters=5, power=1.0, last_epoch=-1):
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)


class CosineAnnealingLR(_FormulaLR):
    """Lowers the rate to ``eta_min`` along half a cosine in ``T_max`` epochs, then raises it again.

    Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, without restarts.
    """

    _formula = _C._optim.schedule("CosineAnnealingLR")

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)


class _FunctionLR(LRScheduler):
    """A scheduler with a function of the user's for each group."""

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        self.optimizer = optimizer
        n = len(optimizer.param_groups)
        if not isinstance(lr_lambda, (list, tuple)):
            self.lr_lambdas = [lr_lambda] * n
        elif len(lr_lambda) != n:
            raise ValueError(f"Expected {n} lr_lambdas, but got {len(lr_lambda)}")
        else:
            self.lr_lambdas = list(lr_lambda)
        self._check_functions()
        super().__init__(optimizer, last_epoch)

    def _check_functions(self):
        pass

    def state_dict(self):
        """All attributes but the optimizer and functions; of callable objects, their attributes."""
        state = super().state_dict()
        state["lr_lambdas"] = [
            None if isinstance(f, types.FunctionType) else f.__dict__.copy()
            for f in state.pop("lr_lambdas")
        ]
        return state

    def load_state_dict(self, state_dict):
        """Takes over what ``state_dict()`` gave."""
        state_dict = dict(state_dict)
        saved = state_dict.pop("lr_lambdas")
        self.__dict__.update(state_dict)
        for f, attributes in zip(self.lr_lambdas, saved, strict=False):
            if attributes is not None:
                f.__dict__.update(attributes)


class LambdaLR(_FunctionLR):
    """Sets the rate to the initial one times ``lr_lambda(epoch)``."""

    def get_lr(self):
        """The rates for ``self.last_epoch``."""
        _warn_outside_step(self)
        return [
            base * f(self.last_epoch)
            for f, base in zip(self.lr_lambdas, self.base_lrs, strict=True)
        ]


class MultiplicativeLR(_FunctionLR):
    """Multiplies the rate by ``lr_lambda(epoch)``."""

    def _check_functions(self):
        for f in self.lr_lambdas:
            if not callable(f):
                raise TypeError(f"lr_lambda should be a function, but got {type(f).__name__}")

    def get_lr(self):
        """The rates for ``self.last_epoch``, from the present ones."""
        _warn_outside_step(self)
        rates = _values(self.optimizer, "lr")
        if self._is_initial:
            return rates
        return [lr * f(self.last_epoch) for f, lr in zip(self.lr_lambdas, rates, strict=True)]
