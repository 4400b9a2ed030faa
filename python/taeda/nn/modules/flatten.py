"""Layers that change only the shape."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import Flatten, Unflatten  # noqa: F401

__all__ = ["Flatten", "Unflatten"]
