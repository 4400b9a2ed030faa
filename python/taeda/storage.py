"""Storages: the memory below tensors, as old programs see it."""

import warnings

from . import _C

__all__ = ["TypedStorage", "UntypedStorage"]


class UntypedStorage:
    """The bytes below a tensor. A change of one is a change of the other."""

    def __init__(self, size=0, *, device=None, _bytes=None):
        self._bytes = _C.empty(size, dtype=_C.uint8) if _bytes is None else _bytes

    def data_ptr(self):
        """The address of the first byte."""
        return self._bytes.data_ptr()

    def nbytes(self):
        """How many bytes there are."""
        return self._bytes.numel()

    size = __len__ = nbytes

    @property
    def device(self):
        """Where they lie."""
        return self._bytes.device

    def __getitem__(self, i):
        return self._bytes[i].tolist()

    def __setitem__(self, i, value):
        self._bytes[i] = value

    def tolist(self):
        """The bytes, as a list of ints."""
        return self._bytes.tolist()

    def cpu(self):
        """The same bytes on the CPU: this storage, if it lies there."""
        if self.device.type == "cpu":
            return self
        return UntypedStorage(_bytes=self._bytes.cpu())

    def clone(self):
        """A copy."""
        return UntypedStorage(_bytes=self._bytes.clone())

    def __eq__(self, other):
        return isinstance(other, UntypedStorage) and other.data_ptr() == self.data_ptr()

    def __hash__(self):
        return hash(self.data_ptr())

    def __repr__(self):
        rows = "\n".join(f" {v}" for v in self.tolist())
        return f"{rows}\n[torch.storage.UntypedStorage(device={self.device}) of size {len(self)}]"


class TypedStorage:
    """The memory below a tensor, as numbers of its dtype."""

    def __init__(self, *, _tensor):
        self._tensor = _tensor

    @property
    def dtype(self):
        """The type of the numbers."""
        return self._tensor.dtype

    @property
    def device(self):
        """Where they lie."""
        return self._tensor.device

    def untyped(self):
        """The same memory as bytes."""
        return UntypedStorage(_bytes=_C._bytes_below(self._tensor))

    def data_ptr(self):
        """The address of the first number."""
        return self._tensor.data_ptr()

    def size(self):
        """How many numbers there are."""
        return self._tensor.numel()

    __len__ = size

    def nbytes(self):
        """How many bytes there are."""
        return self._tensor.nbytes

    def element_size(self):
        """The bytes of a number."""
        return self._tensor.element_size()

    def __getitem__(self, i):
        return self._tensor[i].tolist()

    def __setitem__(self, i, value):
        self._tensor[i] = value

    def __iter__(self):
        return iter(self.tolist())

    def tolist(self):
        """The numbers, as a list."""
        return self._tensor.tolist()

    def __repr__(self):
        rows = "\n".join(f" {v}" for v in self.tolist())
        return (
            f"{rows}\n[torch.storage.TypedStorage(dtype={self.dtype}, device={self.device}) "
            f"of size {len(self)}]"
        )


def of_tensor(tensor, typed):
    """The storage of a tensor."""
    below = _C._bytes_below(tensor)
    if not typed:
        return UntypedStorage(_bytes=below)
    n = below.numel() // tensor.element_size()
    return TypedStorage(_tensor=_C._on_bytes(below, tensor.dtype, (n,), (1,), 0))


def warn_typed():
    """The hint that typed storages are old."""
    warnings.warn(
        "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be "
        "the only storage class. This should only matter to you if you are using storages "
        "directly.  To access UntypedStorage directly, use tensor.untyped_storage() instead of "
        "tensor.storage()",
        stacklevel=3,
    )
