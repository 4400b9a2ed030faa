"""Normalisation over the batch."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ._bases import _BatchNorm, _NormBase  # noqa: F401

__all__ = []
