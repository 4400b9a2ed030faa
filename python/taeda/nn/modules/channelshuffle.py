"""Channels taken in turn from groups."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import (  # noqa: F401
    ChannelShuffle,
)

__all__ = [
    "ChannelShuffle",
]
