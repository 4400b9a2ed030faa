"""Normalisation over axes or groups of channels."""

from . import _bases  # noqa: F401, I001  makes the native layers

__all__ = []
