"""Window functions of M samples, under the names of torch.signal.windows.

sym: both ends are equal, for the design of filters; without, the window is one period of M samples,
for spectra. Their largest value is 1. Formulas: Harris, "On the use of windows for harmonic
analysis with the discrete Fourier transform", 1978; Nuttall, "Some windows with very good sidelobe
behavior", 1981.
"""

import math

from .. import _C

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]


def _window(name, M, sym, shape, dtype, layout, device, requires_grad):
    """shape(n, N) at the places n = 0 .. M - 1 of a window whose last place is N."""
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout is not None and layout is not _C.strided:
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    dtype = _C.get_default_dtype() if dtype is None else dtype
    if dtype not in (_C.float32, _C.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    if M > 1:
        window = shape(_C.arange(M, dtype=_C.float64), M - 1 if sym else M)
    else:
        window = _C.ones(M, dtype=_C.float64)
    window = window.to(dtype=dtype, device=device)
    return window.requires_grad_() if requires_grad else window


def exponential(
    M,
    *,
    center=None,
    tau=1.0,
    sym=True,
    dtype=None,
    layout=_C.strided,
    device=None,
    requires_grad=False,
):
    """exp(-|n - center| / tau). center: the middle; another one only without sym."""
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")

    def shape(n, end):
        return (-(n - (end / 2 if center is None else center)).abs() / tau).exp()

    return _window("exponential", M, sym, shape, dtype, layout, device, requires_grad)


def cosine(M, *, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False):
    """sin(pi * (n + 0.5) / (N + 1))."""

    def shape(n, end):
        return ((n + 0.5) * (math.pi / (end + 1))).sin()

    return _window("cosine", M, sym, shape, dtype, layout, device, requires_grad)


def gaussian(
    M, *, std=1.0, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False
):
    """exp(-((n - N / 2) / std) ** 2 / 2)."""
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")

    def shape(n, end):
        return (-(((n - end / 2) / std) ** 2) / 2).exp()

    return _window("gaussian", M, sym, shape, dtype, layout, device, requires_grad)


def kaiser(
    M, *, beta=12.0, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False
):
    """I0(beta * sqrt(1 - (2 n / N - 1) ** 2)) / I0(beta), I0: the modified Bessel function."""
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")

    def shape(n, end):
        inside = (1 - (2 * n / end - 1) ** 2).clamp_min(0)
        return _C.i0(beta * inside.sqrt()) / _C.i0(_C.tensor(beta, dtype=_C.float64))

    return _window("kaiser", M, sym, shape, dtype, layout, device, requires_grad)


def bartlett(M, *, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False):
    """1 - |2 n / N - 1|: a triangle."""

    def shape(n, end):
        return 1 - (2 * n / end - 1).abs()

    return _window("bartlett", M, sym, shape, dtype, layout, device, requires_grad)


def general_cosine(
    M, *, a, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False
):
    """The sum over k of (-1) ** k * a[k] * cos(2 pi k n / N)."""

    def shape(n, end):
        return sum((-1) ** k * c * (n * (2 * math.pi * k / end)).cos() for k, c in enumerate(a))

    if not isinstance(a, (list, tuple)):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    return _window("general_cosine", M, sym, shape, dtype, layout, device, requires_grad)


def _by_cosines(terms, M, sym, dtype, layout, device, requires_grad):
    return general_cosine(
        M,
        a=terms,
        sym=sym,
        dtype=dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
    )


def general_hamming(
    M, *, alpha=0.54, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False
):
    """alpha - (1 - alpha) * cos(2 pi n / N)."""
    terms = [alpha, 1.0 - alpha]
    return _by_cosines(terms, M, sym, dtype, layout, device, requires_grad)


def hamming(M, *, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False):
    """general_hamming with alpha 0.54."""
    return _by_cosines([0.54, 0.46], M, sym, dtype, layout, device, requires_grad)


def hann(M, *, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False):
    """general_hamming with alpha 0.5."""
    return _by_cosines([0.5, 0.5], M, sym, dtype, layout, device, requires_grad)


def blackman(M, *, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False):
    """general_cosine with 0.42, 0.5 and 0.08."""
    return _by_cosines([0.42, 0.5, 0.08], M, sym, dtype, layout, device, requires_grad)


def nuttall(M, *, sym=True, dtype=None, layout=_C.strided, device=None, requires_grad=False):
    """general_cosine with Nuttall's four terms of least sidelobes."""
    terms = [0.3635819, 0.4891775, 0.1365995, 0.0106411]
    return _by_cosines(terms, M, sym, dtype, layout, device, requires_grad)
