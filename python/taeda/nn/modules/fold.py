"""Sliding windows of images as columns, and back."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import (  # noqa: F401
    Fold,
    Unfold,
)

__all__ = [
    "Fold",
    "Unfold",
]
