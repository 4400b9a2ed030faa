"""Checkpoints: ``save`` and ``load`` of objects that hold tensors, in PyTorch's file format.

A file holds a pickle and the memory of the tensors. Loading with ``weights_only=True``, the
default, runs no code of the file: it makes tensors, numbers, text and containers of them, and
refuses everything else unless it was allowed with ``add_safe_globals``.
"""

import os
import pickle
import struct
import sys
import warnings

from . import _C, _safe_globals
from ._pickler import PersistentIds, Pickler
from ._safe_globals import (
    add_safe_globals,
    clear_safe_globals,
    get_safe_globals,
    safe_globals,
)
from .storage import TypedStorage, UntypedStorage

__all__ = [
    "add_safe_globals",
    "clear_safe_globals",
    "default_restore_location",
    "get_safe_globals",
    "get_unsafe_globals_in_checkpoint",
    "load",
    "safe_globals",
    "save",
]

DEFAULT_PROTOCOL = 2
MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001


class SourceChangeWarning(Warning):
    """A module's source differs from that in the file; never raised here."""


# ---- saving ----


def save(
    obj,
    f,
    pickle_module=pickle,
    pickle_protocol=DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization=True,
    _disable_byteorder_record=False,
):
    """Saves an object to a file.

    Tensors that share memory still do so after loading. A file that exists keeps its content until
    the new one is whole.

    Args:
        f: a path, or an object with ``write``.
        pickle_module: a module whose ``Pickler`` derives from ``pickle._Pickler``; others are
            replaced by pickle.
    """
    if isinstance(f, (str, os.PathLike)):
        path = os.fspath(f)
        folder = os.path.dirname(path)
        if folder and not os.path.isdir(folder):
            raise RuntimeError(f"Parent directory {os.fsdecode(folder)} does not exist.")
    elif hasattr(f, "write"):
        path = None
    else:
        raise AttributeError(
            "expected 'f' to be string, path, or a file-like object with a 'write' attribute"
        )
    ids = PersistentIds(legacy=not _use_new_zipfile_serialization)
    data = Pickler.dump_to_bytes(obj, ids, pickle_module, pickle_protocol)
    if not _use_new_zipfile_serialization:
        parts = _legacy_parts(data, ids, pickle_protocol)
        if path is None:
            for part in parts:
                f.write(part)
        else:
            with open(path, "wb") as file:
                file.writelines(parts)
    elif path is None:
        _C._io.write_checkpoint(f.write, data, ids.storages)
    else:
        _C._io.save_checkpoint(os.fsencode(path), data, ids.storages)


def _legacy_parts(data, ids, protocol):
    facts = {
        "protocol_version": PROTOCOL_VERSION,
        "little_endian": sys.byteorder == "little",
        "type_sizes": {"short": 2, "int": 4, "long": 4},
    }
    for value in (MAGIC_NUMBER, PROTOCOL_VERSION, facts):
        yield pickle.dumps(value, protocol)
    yield data
    yield pickle.dumps(ids.keys, protocol)
    for storage, item in zip(ids.storages, ids.item_sizes):
        yield struct.pack("<Q", storage.numel() // item)
        yield _C._contents(storage)


# ---- loading ----


def load(
    f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args
):
    """Loads what save() wrote, here or in PyTorch.

    Args:
        f: a path, or a file object that can read and seek.
        map_location: where storages go: None (where they were), a device or its name, a dict from
            locations to locations, or a function of a storage and its location that returns a
            storage or None.
        pickle_module: used with ``weights_only=False``.
        weights_only: True, the default, makes tensors, numbers, text and containers only. False
            unpickles anything, which runs code of the file's author.
        mmap: memory of tensors stays in the file until it is used; f must be a path.

    Raises:
        pickle.UnpicklingError: the file holds more than is allowed, or is no checkpoint.
        RuntimeError: the archive is damaged, or its storages are on a device that is not there.
        EOFError: the file is empty.
    """
    if weights_only is None:
        forced = os.environ.get("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "0")
        weights_only = pickle_module is None and forced not in ("1", "y", "yes", "true")
    if weights_only and pickle_module is not None:
        raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
    if weights_only and pickle_load_args:
        warnings.warn("pickle_load_args only works if `weights_only=False`.", stacklevel=2)
    storages = _Storages(_open(f, mmap), map_location)
    if weights_only:
        return _safe_globals.build(storages.reader, storages.persistent)
    return _unpickle(storages, pickle_module or pickle, pickle_load_args)


def _open(f, mmap):
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:  # the usual errors, before ours
            start = file.read(2)
        opened = lambda: _C._io.open_checkpoint(os.fsencode(f), bool(mmap))  # noqa: E731
    else:
        if mmap:
            raise ValueError("f must be a file path in order to use the mmap argument")
        for name in ("seek", "tell", "read"):
            if not hasattr(f, name):
                raise AttributeError(
                    f"'{type(f).__name__}' object has no attribute '{name}'. You can only "
                    "torch.load from a file that is seekable. Please pre-load the data into a "
                    "buffer like io.BytesIO and try to load from it instead."
                )
        data = bytes(f.read())
        start = data[:2]
        opened = lambda: _C._io.parse_checkpoint(data)  # noqa: E731
    if not start:
        raise EOFError("Ran out of input: the checkpoint is empty")
    if start == b"PK" or mmap:
        return opened()
    try:
        return opened()
    except RuntimeError as error:
        raise pickle.UnpicklingError(str(error)) from None


class _Storages:
    """The storages of one file, each made once and placed where map_location wants it."""

    def __init__(self, reader, map_location):
        self.reader = reader
        self.map_location = map_location
        self.known = {}
        self.skips_data = str(map_location) == "meta"

    def persistent(self, saved):
        if not isinstance(saved, tuple) or not saved:
            raise pickle.UnpicklingError(f"a persistent id must be a tuple, got {type(saved)}")
        kind = saved[0].decode() if isinstance(saved[0], bytes) else saved[0]
        if kind == "module":  # an older file: the class, and its source
            return saved[1]
        if kind != "storage" or len(saved) < 5:
            raise pickle.UnpicklingError(
                f"Unknown typename for persistent_load, expected 'storage' but got '{kind}'"
            )
        wanted, key, location, numel = saved[1:5]
        dtype = getattr(wanted, "storage_dtype", None)
        if wanted is UntypedStorage:
            dtype = _C.uint8
        if dtype is None or not isinstance(key, str) or not isinstance(numel, int):
            raise pickle.UnpicklingError(f"not a storage: {saved}")
        if len(saved) > 5 and saved[5] is not None:
            raise pickle.UnpicklingError(
                "the file has a view of a storage, as PyTorch wrote before 0.4; save it anew there"
            )
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.place(key, dtype.itemsize, numel, location)
        if wanted is UntypedStorage:
            return found
        return _typed(found, dtype)

    def place(self, key, item, numel, location):
        if self.skips_data:
            return UntypedStorage(_bytes=_C.empty(numel * item, dtype=_C.uint8, device="meta"))
        storage = UntypedStorage(_bytes=self.reader.storage(key, item, numel))
        where = self.map_location
        if isinstance(where, dict):
            location = where.get(location, location)
        elif isinstance(where, (str, _C.device)):
            location = str(where)
        elif where is not None:
            result = where(storage, location)
            if result is not None:
                return result.untyped() if isinstance(result, TypedStorage) else result
        return default_restore_location(storage, str(location))


def _typed(untyped, dtype):
    n = untyped.nbytes() // dtype.itemsize
    if untyped.device.type == "meta":
        return TypedStorage(_tensor=_C.empty(n, dtype=dtype, device="meta"))
    return TypedStorage(_tensor=_C._on_bytes(untyped._bytes, dtype, (n,), (1,), 0))


def default_restore_location(storage, location):
    """The storage on the device that `location` names; RuntimeError if it is not there."""
    if location.startswith("cpu"):
        return storage
    if location == "meta":
        return UntypedStorage(_bytes=_C.empty(len(storage), dtype=_C.uint8, device="meta"))
    if location.startswith("cuda"):
        raise RuntimeError(
            "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is "
            "False. If you are running on a CPU-only machine, please use torch.load with "
            "map_location=torch.device('cpu') to map your storages to the CPU."
        )
    raise RuntimeError(
        "don't know how to restore data location of torch.storage.UntypedStorage (tagged with "
        f"{location})"
    )


def _unpickle(storages, pickle_module, arguments):
    import io

    class Unpickler(pickle_module.Unpickler):
        def find_class(self, module, name):
            return _safe_globals.any_global(super().find_class, module, name)

        def persistent_load(self, saved):
            return storages.persistent(saved)

    arguments.setdefault("encoding", "utf-8")
    return Unpickler(io.BytesIO(storages.reader.pickle_bytes()), **arguments).load()


def get_unsafe_globals_in_checkpoint(f):
    """The names of what the file would need allowed to load with ``weights_only=True``."""
    names = {text.replace(" ", ".") for text in _open(f, None).globals()}
    return sorted(n for n in names if not _safe_globals.is_safe(n))
