"""Layers whose result is a matrix product."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import Bilinear, Identity, Linear  # noqa: F401

__all__ = ["Bilinear", "Identity", "Linear"]


def __getattr__(name):
    if name == "NonDynamicallyQuantizableLinear":  # by this path in pickles of attention layers
        from ._attention import NonDynamicallyQuantizableLinear

        return NonDynamicallyQuantizableLinear
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
