"""Distances between rows."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import CosineSimilarity, PairwiseDistance  # noqa: F401

__all__ = ["CosineSimilarity", "PairwiseDistance"]
