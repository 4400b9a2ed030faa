"""Dropout."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d  # noqa: F401
from ._bases import _DropoutNd  # noqa: F401

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d"]
