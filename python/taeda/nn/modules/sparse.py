"""Tables of vectors."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C._layers import Embedding, EmbeddingBag  # noqa: F401

__all__ = ["Embedding", "EmbeddingBag"]
