"""The pickle of a checkpoint: tensors as calls on storages, names as PyTorch's files have them."""

import io
import pickle
import types

from . import _C
from ._utils import _below, _reduce_tensor
from .storage import TypedStorage, UntypedStorage, of_tensor

__all__ = ["PersistentIds", "Pickler"]


class StorageType:
    """Stands for a storage class of the file format, such as torch.FloatStorage."""

    def __init__(self, name, dtype):
        self.name = name
        self.storage_dtype = dtype

    def __repr__(self):
        return f"torch.{self.name}"


_types = {}


def _get_layout(name):
    """The layout of a name such as "torch.strided"."""
    layout = getattr(_C, name.removeprefix("torch."), None)
    if type(layout) is not type(_C.strided):
        raise pickle.UnpicklingError(f"the layout {name} is not supported")
    return layout


_get_layout.__module__ = f"{__package__}.serialization"  # as the file format knows it


def storage_type(dtype):
    """The StorageType for a dtype; None if the format has only bytes for it."""
    if dtype not in _types:
        name = _C._io.storage_of_dtype(dtype)
        _types[dtype] = None if name == "UntypedStorage" else StorageType(name, dtype)
    return _types[dtype]


class PersistentIds:
    """The storages of one file in the order they were met, each once."""

    def __init__(self, legacy):
        self.legacy = legacy
        self.storages = []  # uint8 tensors
        self.keys = []
        self.item_sizes = []
        self._known = {}

    def __call__(self, obj):
        if isinstance(obj, TypedStorage):
            kind, dtype = storage_type(obj.dtype), obj.dtype
            if kind is None:
                raise TypeError(f"a typed storage of {dtype} has no place in the file format")
        elif isinstance(obj, UntypedStorage):
            kind, dtype = UntypedStorage, _C.uint8
        else:
            return None
        below = _below(obj)
        nbytes = below.numel()
        address = below.data_ptr() if nbytes else id(below)
        if address not in self._known:
            key = str(len(self.keys))
            self._known[address] = key, dtype
            self.keys.append(key)
            self.storages.append(below)
            self.item_sizes.append(dtype.itemsize)
        key, before = self._known[address]
        if before != dtype:
            raise RuntimeError(
                "Cannot save multiple tensors or storages that view the same data as different "
                "types"
            )
        saved = "storage", kind, key, "cpu", nbytes // dtype.itemsize
        return (*saved, None) if self.legacy else saved


def _storage_below(tensor):
    typed = storage_type(tensor.dtype) is not None
    return of_tensor(tensor, typed), typed


class Pickler(pickle._Pickler):
    """pickle's own, in Python, so that classes of this package get the names the format has."""

    persistent_id = None

    def __init__(self, file, protocol, ids):
        super().__init__(file, protocol)
        self.persistent_id = ids

    @classmethod
    def dump_to_bytes(cls, obj, ids, pickle_module, protocol):
        base = getattr(pickle_module, "Pickler", None)
        if isinstance(base, type) and issubclass(base, pickle._Pickler):
            cls = type("Pickler", (cls, base), {"dispatch": {**base.dispatch, **cls.dispatch}})
        file = io.BytesIO()
        cls(file, protocol, ids).dump(obj)
        return file.getvalue()

    def reducer_override(self, obj):
        if isinstance(obj, _C.Tensor) and type(obj).__reduce_ex__ in _OWN_REDUCE:
            return _reduce_tensor(obj, _storage_below)
        if type(obj) is type(_C.strided):
            return _get_layout, (str(obj),)
        return NotImplemented

    def save_global(self, obj, name=None):
        name = name or getattr(obj, "__qualname__", None) or obj.__name__
        module = pickle.whichmodule(obj, name)
        if module == __package__ or module.startswith(__package__ + "."):
            module = "torch" + module[len(__package__) :]
        elif module.split(".")[0] != "torch":
            return super().save_global(obj, name)
        if "." in name or "<" in name:
            raise pickle.PicklingError(f"Can't pickle {obj!r}: no global of its module")
        self._put_global(obj, module, name)

    def _put_global(self, obj, module, name):
        if self.proto >= 4:
            self.save(module)
            self.save(name)
            self.write(pickle.STACK_GLOBAL)
        else:
            self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.memoize(obj)

    def _save_storage_type(self, obj):
        self._put_global(obj, "torch", obj.name)

    dispatch = {
        **pickle._Pickler.dispatch,
        types.FunctionType: save_global,
        StorageType: _save_storage_type,
    }


def _own_reduce():
    from .nn.parameter import Buffer, Parameter

    return {_C.Tensor.__reduce_ex__, Parameter.__reduce_ex__, Buffer.__reduce_ex__}


_OWN_REDUCE = _own_reduce()
