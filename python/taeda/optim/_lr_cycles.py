"""Schedulers that move the rate, and with it the momentum, in cycles."""

import math
import types

from .. import _C
from ._lr_base import (
    LRScheduler,
    _check_optimizer,
    _per_group,
    _set_value,
    _warn_outside_step,
)


class CosineAnnealingWarmRestarts(LRScheduler):
    """Lowers the rate to ``eta_min`` along half a cosine, again and again from the initial one.

    Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983.

    Args:
        T_0: epochs until the first restart.
        T_mult: how many times longer each period is than the one before.
        eta_min: the least rate.
    """

    def __init__(self, optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1):
        if not isinstance(T_0, int) or T_0 <= 0:
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(
                f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}"
            )
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The rates for ``self.T_cur`` epochs after the last restart."""
        _warn_outside_step(self)
        part = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * part for base in self.base_lrs]

    def step(self, epoch=None):
        """On to the next epoch, or to ``epoch``, which may be fractional."""
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = 0 if epoch is None else epoch
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            self.T_cur, self.T_i = epoch, self.T_0
            if epoch >= self.T_0 and self.T_mult == 1:
                self.T_cur = epoch % self.T_0
            elif epoch >= self.T_0:
                q = self.T_mult
                periods = int(math.log(epoch / self.T_0 * (q - 1) + 1, q))
                self.T_cur = epoch - self.T_0 * (q**periods - 1) / (q - 1)
                self.T_i = self.T_0 * q**periods
        self.last_epoch = math.floor(epoch)
        self._apply(self.get_lr)


class _MomentumCycle(LRScheduler):
    """What CyclicLR and OneCycleLR share: moving the momentum, or beta1, against the rate."""

    def _start_momentum(self, base_momentum, max_momentum, last_epoch):
        optimizer = self.optimizer
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ValueError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"
            )
        self.use_beta1 = "betas" in optimizer.defaults
        low = _per_group("base_momentum", optimizer, base_momentum)
        high = _per_group("max_momentum", optimizer, max_momentum)
        if last_epoch == -1:
            for group, least, most in zip(optimizer.param_groups, low, high, strict=True):
                self._set_momentum(group, most)
                group["max_momentum"] = most
                group["base_momentum"] = least
        return low, high

    def _set_momentum(self, group, value):
        if self.use_beta1:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value


class CyclicLR(_MomentumCycle):
    """Moves the rate between ``base_lr`` and ``max_lr`` and back, step by step (Smith 2017).

    https://arxiv.org/abs/1506.01186. Call ``step`` after each batch.

    Args:
        base_lr, max_lr: the bounds, each one number or one for each group.
        step_size_up, step_size_down: steps to the greatest rate and back.
        mode: "triangular": the same height always; "triangular2": half of it each cycle;
            "exp_range": times ``gamma ** step``.
        scale_fn: the factor of the height, instead of a mode; scale_mode says whether it takes the
            number of the "cycle" or of the step ("iterations").
        cycle_momentum: also move the momentum, from ``max_momentum`` to ``base_momentum`` and back.
    """

    def __init__(
        self,
        optimizer,
        base_lr,
        max_lr,
        step_size_up=2000,
        step_size_down=None,
        mode="triangular",
        gamma=1.0,
        scale_fn=None,
        scale_mode="cycle",
        cycle_momentum=True,
        base_momentum=0.8,
        max_momentum=0.9,
        last_epoch=-1,
    ):
        _check_optimizer(optimizer)
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        self.optimizer = optimizer
        base_lrs = _per_group("base_lr", optimizer, base_lr)
        self.max_lrs = _per_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
                _set_value(group, "lr", lr)
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size = up + down
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums, self.max_momentums = self._start_momentum(
                base_momentum, max_momentum, last_epoch
            )
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x):
        """The factor of the height in cycle or step ``x``."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular2":
            return 1 / 2.0 ** (x - 1)
        return self.gamma**x if self.mode == "exp_range" else 1.0

    def get_lr(self):
        """The rates for step ``self.last_epoch``; sets the momentum on the way."""
        _warn_outside_step(self)
        cycle, height = _C._optim.turn_at(self.last_epoch, self.total_size, self.step_ratio)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            for group, low, high in zip(
                self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True
            ):
                self._set_momentum(group, high - (high - low) * height * scale)
        return [
            low + (high - low) * height * scale
            for low, high in zip(self.base_lrs, self.max_lrs, strict=True)
        ]

    def state_dict(self):
        """All attributes but the optimizer; of a callable ``scale_fn``, its attributes."""
        state = super().state_dict()
        f = state.pop("_scale_fn_custom")
        plain = f is None or isinstance(f, types.FunctionType)
        state["_scale_fn_custom"] = None if plain else f.__dict__.copy()
        return state

    def load_state_dict(self, state_dict):
        """Takes over what ``state_dict()`` gave."""
        state_dict = dict(state_dict)
        attributes = state_dict.pop("_scale_fn_custom")
        super().load_state_dict(state_dict)
        if attributes is not None:
            self._scale_fn_custom.__dict__.update(attributes)


class OneCycleLR(_MomentumCycle):
    """Raises the rate to ``max_lr``, then lowers it far below the initial one (Smith 2018).

    https://arxiv.org/abs/1708.07120. Call ``step`` after each batch.

    Args:
        max_lr: the greatest rate, one number or one for each group.
        total_steps: the length of the cycle; or ``epochs`` times ``steps_per_epoch``.
        pct_start: the part of the cycle in which the rate rises.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: also move the momentum, from ``max_momentum`` to ``base_momentum`` and back.
        div_factor: ``max_lr`` divided by the initial rate.
        final_div_factor: the initial rate divided by the last one.
        three_phase: go back to the initial rate first, then to the last one.
    """

    def __init__(
        self,
        optimizer,
        max_lr,
        total_steps=None,
        epochs=None,
        steps_per_epoch=None,
        pct_start=0.3,
        anneal_strategy="cos",
        cycle_momentum=True,
        base_momentum=0.85,
        max_momentum=0.95,
        div_factor=25.0,
        final_div_factor=1e4,
        three_phase=False,
        last_epoch=-1,
    ):
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        given = {"total_steps": total_steps}
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError(
                    "You must define either total_steps OR (epochs AND steps_per_epoch)"
                )
            given = {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
        for name, value in given.items():
            if not isinstance(value, int) or value <= 0:
                raise ValueError(f"Expected positive integer {name}, but got {value}")
        self.total_steps = math.prod(given.values())
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )

        names = [("initial_lr", "max_lr", "max_momentum", "base_momentum")]
        if three_phase:
            names.append(("max_lr", "initial_lr", "base_momentum", "max_momentum"))
            names.append(("initial_lr", "min_lr", "max_momentum", "max_momentum"))
        else:
            names.append(("max_lr", "min_lr", "base_momentum", "max_momentum"))
        ends = _C._optim.one_cycle_ends(self.total_steps, pct_start, three_phase)
        ends[-1] = self.total_steps - 1
        self._schedule_phases = [_phase(e, *n) for e, n in zip(ends, names, strict=True)]
        self._anneal_func_type = anneal_strategy
        max_lrs = _per_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, most in zip(optimizer.param_groups, max_lrs, strict=True):
                group["initial_lr"] = most / div_factor
                group["max_lr"] = most
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._start_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def _anneal_func(self, start, end, part):
        return _C._optim.anneal(self._anneal_func_type == "cos", start, end, part)

    def get_lr(self):
        """The rates for step ``self.last_epoch``; sets the momentum on the way.

        Errors: ValueError after ``total_steps`` steps.
        """
        _warn_outside_step(self)
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(
                f"Tried to step {step} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        at, part = _C._optim.place_in([p["end_step"] for p in self._schedule_phases], step)
        phase = self._schedule_phases[at]
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(self._anneal_func(group[phase["start_lr"]], group[phase["end_lr"]], part))
            if self.cycle_momentum:
                ends = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self._set_momentum(group, self._anneal_func(*ends, part))
        return rates


def _phase(end_step, start_lr, end_lr, start_momentum, end_momentum):
    return {
        "end_step": end_step,
        "start_lr": start_lr,
        "end_lr": end_lr,
        "start_momentum": start_momentum,
        "end_momentum": end_momentum,
    }
