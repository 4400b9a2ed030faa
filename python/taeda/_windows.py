"""Window functions: torch.hann_window and its kin (Harris, "On the use of windows for harmonic
analysis with the discrete Fourier transform", 1978).
"""

import math

from . import _C

__all__ = [
    "bartlett_window",
    "blackman_window",
    "hamming_window",
    "hann_window",
    "kaiser_window",
]


def _places(name, length, periodic, dtype, layout):
    """0, 1, .. in float64, and the place of the right end."""
    if dtype is not None and not dtype.is_floating_point:
        raise RuntimeError(f"{name} expects floating point dtypes, got: {dtype}")
    if length < 0:
        raise RuntimeError(
            f"{name} requires non-negative window_length, got window_length={length}"
        )
    return _C.arange(length, dtype=_C.float64), (length if periodic else length - 1)


def _finish(window, length, dtype, device, requires_grad):
    if length == 1:
        window = _C.ones(1, dtype=_C.float64)
    window = window.to(dtype=dtype or _C.get_default_dtype(), device=device)
    return window.requires_grad_() if requires_grad else window


def _cosines(name, length, periodic, terms, dtype, layout, device, requires_grad):
    n, end = _places(name, length, periodic, dtype, layout)
    window = _C.zeros(length, dtype=_C.float64)
    for k, a in enumerate(terms):
        window = window + (-1) ** k * a * (n * (2 * math.pi * k / end) if end else n).cos()
    return _finish(window, length, dtype, device, requires_grad)


def hann_window(
    window_length,
    periodic=True,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """0.5 - 0.5 cos(2 pi n / N), n = 0, 1, ..

    Args:
        periodic: N is window_length; without, one less, so that both ends are equal.
    """
    terms = 0.5, 0.5
    return _cosines(
        "hann_window", window_length, periodic, terms, dtype, layout, device, requires_grad
    )


def hamming_window(
    window_length,
    periodic=True,
    alpha=0.54,
    beta=0.46,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """alpha - beta cos(2 pi n / N), n = 0, 1, .."""
    terms = alpha, beta
    return _cosines(
        "hamming_window", window_length, periodic, terms, dtype, layout, device, requires_grad
    )


def blackman_window(
    window_length,
    periodic=True,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """0.42 - 0.5 cos(2 pi n / N) + 0.08 cos(4 pi n / N), n = 0, 1, .."""
    terms = 0.42, 0.5, 0.08
    return _cosines(
        "blackman_window", window_length, periodic, terms, dtype, layout, device, requires_grad
    )


def bartlett_window(
    window_length,
    periodic=True,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """A triangle: 1 - |2 n / N - 1|, n = 0, 1, .."""
    n, end = _places("bartlett_window", window_length, periodic, dtype, layout)
    window = 1 - (2 * n / max(end, 1) - 1).abs()
    return _finish(window, window_length, dtype, device, requires_grad)


def kaiser_window(
    window_length,
    periodic=True,
    beta=12.0,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """i0(beta sqrt(1 - (2 n / N - 1)^2)) / i0(beta), n = 0, 1, .."""
    n, end = _places("kaiser_window", window_length, periodic, dtype, layout)
    inside = 1 - (2 * n / max(end, 1) - 1) ** 2
    window = _C.i0(beta * inside.clamp(min=0).sqrt()) / _C.i0(_C.tensor(beta, dtype=_C.float64))
    return _finish(window, window_length, dtype, device, requires_grad)
