"""Loss scaling, so that gradients in float16 do not vanish."""

import warnings
from collections import defaultdict
from enum import Enum

from .. import _C
from ..autograd import no_grad

__all__ = ["GradScaler", "OptState"]


class OptState(Enum):
    """What has been done with an optimizer's gradients since the last update."""

    READY = 0
    UNSCALED = 1
    STEPPED = 2


class GradScaler:
    """Scales losses, and unscales gradients before a step, which is left out if one overflowed.

    The scale shrinks by backoff_factor after a step that was left out, and grows by growth_factor
    after growth_interval steps in a row that were not.

    Args:
        device: "cpu", or "cuda", which warns without a GPU and does nothing.
        enabled: False: scale and step only pass on, and nothing else does anything.
    """

    def __init__(
        self,
        device="cuda",
        init_scale=2.0**16,
        growth_factor=2.0,
        backoff_factor=0.5,
        growth_interval=2000,
        enabled=True,
    ):
        self._device, self._enabled = device, enabled
        if enabled and device != "cpu":
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.",
                stacklevel=2,
            )
            self._enabled = False
        if not self._enabled:
            return
        if growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._init_scale, self._scale = init_scale, None
        self._growth_factor, self._backoff_factor = growth_factor, backoff_factor
        self._growth_interval, self._init_growth_tracker = growth_interval, 0
        self._growth_tracker = 0
        self._states = defaultdict(lambda: (OptState.READY, None))

    def _need(self, what):
        if self._scale is None:
            raise AssertionError(
                f"Attempted {what} but _scale is None.  This may indicate your script did not use "
                "scaler.scale(loss or outputs) earlier in the iteration."
            )

    def scale(self, outputs):
        """A tensor, or tensors in lists and tuples, times the scale."""
        if not self._enabled:
            return outputs
        if self._scale is None:
            self._scale = float(self._init_scale)
            self._growth_tracker = self._init_growth_tracker
        if isinstance(outputs, _C.Tensor):
            return outputs * _C.tensor(self._scale)
        if isinstance(outputs, (tuple, list)):
            return type(outputs)(map(self.scale, outputs))
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    def unscale_(self, optimizer):
        """Divides the optimizer's gradients by the scale, once before its step, for clipping.

        Errors:
            RuntimeError: it was done already since the last update; ValueError: float16 gradients.
        """
        if not self._enabled:
            return
        self._need("unscale_")
        state = self._states[id(optimizer)][0]
        if state is OptState.UNSCALED:
            raise RuntimeError(
                "unscale_() has already been called on this optimizer since the last update()."
            )
        if state is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        inverse, overflow = 1.0 / self._scale, False
        with no_grad():
            for group in optimizer.param_groups:
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    if p.grad.dtype == _C.float16:
                        raise ValueError("Attempting to unscale FP16 gradients.")
                    overflow |= not bool(_C.isfinite(p.grad).all())
                    p.grad.mul_(inverse)
        self._states[id(optimizer)] = (OptState.UNSCALED, overflow)

    def step(self, optimizer, *args, **kwargs):
        """optimizer.step(), unless a gradient is infinite or NaN; unscales first if need be."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._need("step")
        if self._states[id(optimizer)][0] is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if self._states[id(optimizer)][0] is OptState.READY:
            self.unscale_(optimizer)
        overflow = self._states[id(optimizer)][1]
        result = None if overflow else optimizer.step(*args, **kwargs)
        self._states[id(optimizer)] = (OptState.STEPPED, overflow)
        return result

    def update(self, new_scale=None):
        """Chooses the next scale, at the end of an iteration.

        Args:
            new_scale: the scale to use instead, a float or a tensor.
        """
        if not self._enabled:
            return
        self._need("update")
        if new_scale is not None:
            self._scale = float(new_scale)
        else:
            found = [o for _, o in self._states.values() if o is not None]
            if not found:
                raise AssertionError("No inf checks were recorded prior to update.")
            if any(found):
                self._scale *= self._backoff_factor
                self._growth_tracker = 0
            else:
                self._growth_tracker += 1
                if self._growth_tracker == self._growth_interval:
                    self._scale *= self._growth_factor
                    self._growth_tracker = 0
        self._states.clear()

    def get_scale(self):
        """The scale, a float; 1.0 if not enabled."""
        if not self._enabled:
            return 1.0
        return float(self._init_scale) if self._scale is None else self._scale

    def get_growth_factor(self):
        """The factor the scale grows by."""
        return self._growth_factor

    def set_growth_factor(self, new_factor):
        """Sets the factor the scale grows by."""
        self._growth_factor = new_factor

    def get_backoff_factor(self):
        """The factor the scale shrinks by."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor):
        """Sets the factor the scale shrinks by."""
        self._backoff_factor = new_factor

    def get_growth_interval(self):
        """How many steps in a row make the scale grow."""
        return self._growth_interval

    def set_growth_interval(self, new_interval):
        """Sets how many steps in a row make the scale grow."""
        self._growth_interval = new_interval

    def is_enabled(self):
        """Whether it does anything."""
        return self._enabled

    def state_dict(self):
        """The scale and what governs it; empty if not enabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict):
        """Takes over what state_dict() gave. RuntimeError if it is empty."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled "
                "instance of GradScaler."
            )
        self._init_scale = state_dict["scale"]
        if self._scale is not None:
            self._scale = state_dict["scale"]
        self._growth_factor = state_dict["growth_factor"]
        self._backoff_factor = state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        self._init_growth_tracker = self._growth_tracker = state_dict["_growth_tracker"]

    def __getstate__(self):
        if self._enabled and self._states:
            raise AssertionError(
                "A GradScaler instance may only be pickled at the beginning of an iteration, or "
                "at the end after scaler.update()."
            )
        return {k: v for k, v in self.__dict__.items() if k != "_states"}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._states = defaultdict(lambda: (OptState.READY, None))
