"""Tensors from and to other libraries on the same memory."""

from .._C import from_dlpack

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor):
    """A DLPack capsule of the tensor, for from_dlpack of another library."""
    return tensor.__dlpack__()
