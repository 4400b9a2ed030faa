"""Dropout."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ._bases import _DropoutNd  # noqa: F401

__all__ = []
