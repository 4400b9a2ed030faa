"""What a checkpoint may name: a fixed list, and what the user adds to it."""

import _codecs
import pickle
import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections import Counter, OrderedDict
from importlib import import_module

from . import _C, _utils
from ._pickler import _get_layout, storage_type
from .nn.parameter import Parameter
from .storage import TypedStorage, UntypedStorage

_BLOCKED = ("sys", "os", "posix", "nt")
_added = {}


def _allowed():
    names = {
        "collections.OrderedDict": OrderedDict,
        "collections.Counter": Counter,
        "torch.nn.parameter.Parameter": Parameter,
        "torch.serialization._get_layout": _get_layout,
        "torch.Size": _C.Size,
        "torch.Tensor": _C.Tensor,
        "torch.device": _C.device,
        "torch.storage.TypedStorage": TypedStorage,
        "torch.storage.UntypedStorage": UntypedStorage,
        "torch._tensor._rebuild_from_type_v2": _utils._rebuild_from_type_v2,
        "_codecs.encode": _codecs.encode,
        "builtins.bytearray": bytearray,
        "builtins.set": set,
        "builtins.complex": complex,
    }
    for name in dir(_utils):
        if name.startswith("_rebuild_") and name != "_rebuild_from_type_v2":
            names[f"torch._utils.{name}"] = getattr(_utils, name)
    for name, value in vars(_C).items():
        if isinstance(value, _C.dtype):
            names[f"torch.{name}"] = value
            kind = storage_type(value)
            if kind is not None:
                names[repr(kind)] = kind
    return names


_ALLOWED = _allowed()


def _name_of(obj):
    module = obj.__module__
    if module == __package__ or module.startswith(__package__ + "."):
        module = "torch" + module[len(__package__) :]
    return f"{module}.{obj.__qualname__}"


def add_safe_globals(safe_globals):
    """Allows classes and functions in files that load() reads with ``weights_only=True``.

    Args:
        safe_globals: a list of them, or of pairs of one and the full name that files have for it.
    """
    for entry in safe_globals:
        if isinstance(entry, tuple):
            if len(entry) != 2 or not isinstance(entry[1], str):
                raise ValueError(
                    f"Expected a tuple of (global, str of callable full path), but got {entry}"
                )
            _added[entry[1]] = entry[0]
        else:
            _added[_name_of(entry)] = entry


def get_safe_globals():
    """What add_safe_globals() has allowed."""
    return list(_added.values())


def clear_safe_globals():
    """Forgets what add_safe_globals() has allowed."""
    _added.clear()


class safe_globals:
    """A context in which some globals are allowed; see add_safe_globals."""

    def __init__(self, safe_globals):
        self._globals = safe_globals

    def __enter__(self):
        self._before = dict(_added)
        add_safe_globals(self._globals)

    def __exit__(self, *error):
        _added.clear()
        _added.update(self._before)


def _split(module, name):
    # Protocol 2 has Python 2's names of what the standard library holds.
    if (module, name) in NAME_MAPPING:
        module, name = NAME_MAPPING[module, name]
    elif module in IMPORT_MAPPING:
        module = IMPORT_MAPPING[module]
    if module == __package__ or module.startswith(__package__ + "."):
        module = "torch" + module[len(__package__) :]
    return module, f"{module}.{name}"


def is_safe(full):
    """Whether a full name is allowed."""
    module, _, name = full.rpartition(".")
    full = _split(module, name)[1]
    return full in _ALLOWED or full in _added


class _NotAllowed(Exception):
    pass


def _find(module, name):
    module, full = _split(module, name)
    if module.partition(".")[0] in _BLOCKED:
        raise _NotAllowed(
            f"Trying to load unsupported GLOBAL {full} whose module {module} is blocked."
        )
    found = _ALLOWED.get(full)
    if found is None:
        found = _added.get(full)
    if found is None and module in ("torch", "torch._utils"):
        raise pickle.UnpicklingError(f"the checkpoint needs {full}, which is not there yet")
    if found is None:
        raise _NotAllowed(
            f"Unsupported global: GLOBAL {full} was not an allowed global by default. Please use "
            f"`torch.serialization.add_safe_globals([{full}])` or the "
            f"`torch.serialization.safe_globals([{full}])` context manager to allowlist this "
            "global if you trust this class/function."
        )
    return found


def _make(cls, args):
    if cls is Parameter:
        return Parameter(*args)
    if isinstance(cls, type) and (cls in (OrderedDict, Counter) or cls in _added.values()):
        return cls.__new__(cls, *args)
    raise _NotAllowed(f"Trying to create new object for unallowed class {cls}")


def _update(obj, state):
    kind = type(obj)
    if kind is OrderedDict:
        obj.__dict__.update(state)
    elif kind in _added.values() and not isinstance(obj, _C.Tensor):
        if hasattr(kind, "__setstate__"):
            obj.__setstate__(state)
        elif isinstance(state, tuple) and len(state) == 2:
            _utils._set_obj_state(obj, state)
        else:
            obj.__dict__.update(state)
    elif isinstance(obj, _C.Tensor):
        _utils._set_obj_state(obj, state)
    else:
        raise _NotAllowed(
            "Can only build Tensor, Parameter, OrderedDict or types allowlisted via "
            f"`add_safe_globals`, but got {kind}"
        )


_TRUST = (
    "Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can "
    "result in arbitrary code execution. Do it only if you got the file from a trusted source."
)
_CHANGED = (
    "In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` "
    f"from `False` to `True`. {_TRUST}"
)
_LEARN = (
    "\n\nCheck the documentation of torch.load to learn more about types accepted by default with "
    "weights_only https://pytorch.org/docs/stable/generated/torch.load.html."
)


def build(reader, persistent):
    """The object of a checkpoint, made of allowed things only."""
    try:
        return reader.build(_find, persistent, _make, _update)
    except _NotAllowed as error:
        raise pickle.UnpicklingError(
            "Weights only load failed. This file can still be loaded, to do so you have two "
            "options, \033[1mdo those steps only if you trust the source of the checkpoint\033[0m. "
            f"\n\t(1) {_CHANGED}\n\t(2) Alternatively, to load with `weights_only=True` please "
            "check the recommended steps in the following error message.\n\tWeightsUnpickler "
            f"error: {error}{_LEARN}"
        ) from None
    except pickle.UnpicklingError as error:
        raise pickle.UnpicklingError(
            f"Weights only load failed. WeightsUnpickler error: {error}{_LEARN}"
        ) from None


def any_global(find_class, module, name):
    """What a name of a file means when everything is allowed: PyTorch's names are ours."""
    given = module, name
    module, full = _split(module, name)
    if full in _ALLOWED:
        return _ALLOWED[full]
    if module == "torch" or module.startswith("torch."):
        ours = __package__ + module[len("torch") :]
        try:
            found = import_module(ours)
            for part in name.split("."):
                found = getattr(found, part)
            return found
        except (ImportError, AttributeError):
            raise AttributeError(f"the checkpoint needs {full}, which is not there yet") from None
    if module == "__main__" and not hasattr(sys.modules["__main__"], name.split(".")[0]):
        raise AttributeError(
            f"Can't get attribute '{name}' on {sys.modules['__main__']!r}: the checkpoint holds an "
            "object of that class; define or import it before loading"
        )
    return find_class(*given)
