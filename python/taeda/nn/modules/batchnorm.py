"""Normalisation over the batch."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import BatchNorm1d, BatchNorm2d, BatchNorm3d  # noqa: F401
from ._bases import _BatchNorm, _NormBase  # noqa: F401

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"]
