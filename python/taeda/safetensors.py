"""Tensors by name in files that hold numbers only: reading a stranger's file runs no code.

The functions are those of ``safetensors.torch``; the files are the same format (safetensors 0.8).
"""

import os

from . import _C

_io = _C._io


def _named(tensors):
    if not isinstance(tensors, dict):
        raise TypeError(f"expected a dict of [str, Tensor], but received {type(tensors).__name__}")
    for name, tensor in tensors.items():
        if not isinstance(name, str):
            raise TypeError(f"names of tensors must be str, but one is {type(name).__name__}")
        if not isinstance(tensor, _C.Tensor):
            kind = type(tensor).__name__
            raise TypeError(f"key `{name}` is invalid, expected Tensor but received {kind}")
        name.encode()  # a lone surrogate is a UnicodeEncodeError
    return list(tensors.items())


def _texts(metadata):
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise TypeError(f"metadata must be a dict of str, not {type(metadata).__name__}")
    for key, value in metadata.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise TypeError(f"metadata must hold str only, but has {key!r}: {value!r}")
        (key + value).encode()
    return list(metadata.items())


def save_file(tensors, filename, metadata=None):
    """Saves ``tensors``, a dict of name to Tensor, in the file ``filename``.

    Values only: gradients are not kept, views and tensors that share memory become independent.
    The file appears under its name only when it is whole; until then the old one stays.
    ``metadata`` is a dict of str to str. Raises OSError if the file cannot be written, TypeError
    for what is no tensor and for ``complex128``, which the format lacks.
    """
    _io.save_safetensors(os.fsencode(filename), _named(tensors), _texts(metadata))


def save(tensors, metadata=None):
    """The bytes of the file that :func:`save_file` writes."""
    return _io.write_safetensors(_named(tensors), _texts(metadata))


def _read_all(reader, device):
    out = {}
    for name in reader.names():
        tensor = reader.read(name)
        out[name] = tensor if device in (None, "cpu") else tensor.to(device)
    return out


def load_file(filename, device="cpu"):
    """The tensors of the file ``filename`` on ``device``, as a dict of name to Tensor.

    Its order is that of the file's header: the one they were given in to :func:`save_file`.
    Raises FileNotFoundError, and RuntimeError naming the file for one that is damaged or no
    safetensors file.
    """
    return _read_all(_io.open_safetensors(os.fsencode(filename)), device)


def load(data):
    """The tensors in ``data``, the bytes of a safetensors file: a dict of name to Tensor."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"load() expects bytes, not {type(data).__name__}")
    return _read_all(_io.parse_safetensors(bytes(data)), "cpu")


class safe_open:
    """A safetensors file, open to read some of its tensors.

    ``with safe_open(filename, framework="pt") as f: w = f.get_tensor("weight")``. Opening reads
    and checks the header only. ``framework`` is accepted so that programs run unchanged.
    """

    def __init__(self, filename, framework="pt", device="cpu"):
        if framework not in ("pt", "torch", "pytorch"):
            raise ValueError(f"framework {framework!r}: only 'pt' is supported")
        self._reader = _io.open_safetensors(os.fsencode(filename))
        self._device = device

    def _open(self):
        if self._reader is None:
            raise ValueError("I/O operation on a closed safetensors file")
        return self._reader

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, *exception):
        self._reader = None

    def keys(self):
        """The names of the tensors, a list in the order of the header."""
        return self._open().names()

    def get_tensor(self, name):
        """The tensor ``name``. RuntimeError if the file has none of that name."""
        tensor = self._open().read(name)
        return tensor if self._device in (None, "cpu") else tensor.to(self._device)

    def metadata(self):
        """The file's texts, a dict of str to str; None if it has none."""
        texts = self._open().metadata()
        return None if texts is None else dict(texts)
