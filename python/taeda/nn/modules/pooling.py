"""Pooling."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ._bases import _AdaptiveAvgPoolNd, _AdaptiveMaxPoolNd, _AvgPoolNd, _MaxPoolNd  # noqa: F401

__all__ = [
]
