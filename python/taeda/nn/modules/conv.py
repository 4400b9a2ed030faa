"""Convolutions and their transposes."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import (  # noqa: F401
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from ._bases import _ConvNd, _ConvTransposeNd  # noqa: F401
from .lazy import _make_conv

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
]

LazyConv1d, LazyConv2d, LazyConv3d = (
    _make_conv(layer, i + 1, False) for i, layer in enumerate((Conv1d, Conv2d, Conv3d))
)
LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d = (
    _make_conv(layer, i + 1, True)
    for i, layer in enumerate((ConvTranspose1d, ConvTranspose2d, ConvTranspose3d))
)
