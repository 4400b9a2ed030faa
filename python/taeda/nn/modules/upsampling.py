"""Resampling to another size."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import (  # noqa: F401
    Upsample,
    UpsamplingBilinear2d,
    UpsamplingNearest2d,
)

__all__ = [
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
]
