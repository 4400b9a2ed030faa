"""Autocast: within it matrix products and convolutions run in a narrower dtype."""

import functools
import warnings

from .. import _C

__all__ = ["autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


def is_autocast_available(device_type):
    """Whether autocast knows this type of device."""
    return device_type in ("cpu", "cuda")


class autocast:
    """Within it, or within a function it decorates, ops choose their dtype.

    On the CPU matrix products, linear layers, convolutions and attention take their inputs as
    ``dtype``; losses take theirs as float32; other ops are as they always are. float64 is left
    alone.

    Args:
        device_type: "cpu", or "cuda", which warns without a GPU and does nothing.
        dtype: bfloat16, the default, or float16.
        enabled: False: it does nothing, and ends an autocast around it.
        cache_enabled: accepted; nothing is cached.
    """

    def __init__(self, device_type, dtype=None, enabled=True, cache_enabled=None):
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if device_type not in ("cpu", "cuda", "mps", "xpu"):
            raise RuntimeError(
                "User specified an unsupported autocast device_type '" + device_type + "'"
            )
        self.device = device_type
        default = _C.bfloat16 if device_type == "cpu" else _C.float16
        self.fast_dtype = default if dtype is None else dtype
        self._enabled = enabled
        if not enabled:
            return
        if device_type != "cpu":
            warnings.warn(
                f"User provided device_type of '{device_type}', but "
                f"{device_type.upper()} is not available. Disabling",
                stacklevel=2,
            )
            self._enabled = False
        elif self.fast_dtype not in (_C.bfloat16, _C.float16, _C.float32):
            warnings.warn(
                "In CPU autocast, but the target dtype is not supported. Disabling autocast.\n"
                "CPU Autocast only supports dtype of torch.bfloat16, torch.float16 currently.",
                stacklevel=2,
            )
            self._enabled = False
        self._before = []

    def __enter__(self):
        if self.device == "cpu":
            self.__dict__.setdefault("_before", []).append(_C._autocast_state())
            _C._set_autocast_state(self._enabled, self.fast_dtype)
        return self

    def __exit__(self, *error):
        if self.device == "cpu":
            _C._set_autocast_state(*self._before.pop())
        return False

    def __call__(self, func):
        @functools.wraps(func)
        def wrapped(*args, **kwargs):
            with self:
                return func(*args, **kwargs)

        return wrapped


def custom_fwd(fwd=None, *, device_type="cpu", cast_inputs=None):
    """Decorates the forward of an autograd.Function.

    Args:
        cast_inputs: the dtype that floating inputs are converted to; forward then runs without
            autocast.
    """
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def wrapped(ctx, *args, **kwargs):
        on = device_type == "cpu" and _C._autocast_state()[0]
        ctx._dtype = _C._autocast_state()[1]
        ctx._fwd_used_autocast = on and cast_inputs is None
        if not on or cast_inputs is None:
            return fwd(ctx, *args, **kwargs)

        def cast(x):
            fits = isinstance(x, _C.Tensor) and x.is_floating_point() and x.dtype != _C.float64
            return x.to(cast_inputs) if fits else x

        with autocast("cpu", enabled=False):
            return fwd(ctx, *map(cast, args), **{k: cast(v) for k, v in kwargs.items()})

    return wrapped


def custom_bwd(bwd=None, *, device_type="cpu"):
    """Decorates the backward of such a Function: it runs with or without autocast as forward."""
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def wrapped(ctx, *args, **kwargs):
        with autocast("cpu", ctx._dtype, enabled=ctx._fwd_used_autocast):
            return bwd(ctx, *args, **kwargs)

    return wrapped
