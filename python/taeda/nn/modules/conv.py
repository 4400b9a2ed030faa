"""Convolutions and their transposes."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ._bases import _ConvNd, _ConvTransposeNd  # noqa: F401

__all__ = []
