"""Live mappings on a module: what lives in its C++ object, as the dicts of PyTorch's modules."""

import weakref
from collections import OrderedDict
from collections.abc import ItemsView, KeysView, MutableMapping, ValuesView

from ..._C import _layers

_ROLES = {"_parameters": 0, "_buffers": 1, "_modules": 2}
_HOOKS = (
    "_backward_pre_hooks",
    "_backward_hooks",
    "_is_full_backward_hook",
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)
_MISSING = object()


class _Keys(KeysView):
    def __repr__(self):
        return f"dict_keys({list(self)})"


class _PlainValues(ValuesView):
    def __repr__(self):
        return f"dict_values({list(self)})"


class _PlainItems(ItemsView):
    def __repr__(self):
        return f"dict_items({list(self)})"


class _LiveDict(dict):
    """A dict whose content is elsewhere. Subclasses say how to read, write, delete and list it."""

    __slots__ = ()

    get = MutableMapping.get
    pop = MutableMapping.pop
    setdefault = MutableMapping.setdefault
    update = MutableMapping.update

    def __contains__(self, key):
        return key in self._names()

    def __iter__(self):
        return iter(self._names())

    def __reversed__(self):
        return reversed(self._names())

    def __len__(self):
        return len(self._names())

    def __bool__(self):
        return len(self) > 0

    def keys(self):
        return _Keys(self)

    def values(self):
        return _PlainValues(self)

    def items(self):
        return _PlainItems(self)

    def clear(self):
        for key in self._names():
            del self[key]

    def copy(self):
        return {key: self[key] for key in self._names()}

    __copy__ = copy

    def popitem(self, last=True):
        names = self._names()
        if not names:
            raise KeyError("popitem(): dictionary is empty")
        key = names[-1 if last else 0]
        return key, self.pop(key)

    def move_to_end(self, key, last=True):
        keep = [] if last else [k for k in self._names() if k != key]
        moved = self.pop(key)
        self[key] = moved
        for k in keep:
            self[k] = self.pop(k)

    def _replace(self, mapping):
        content = dict(mapping)
        self.clear()
        self.update(content)

    def __eq__(self, other):
        return self.copy() == (other.copy() if isinstance(other, _LiveDict) else other)

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    def __or__(self, other):
        return self.copy() | dict(other)

    def __ror__(self, other):
        return dict(other) | self.copy()

    def __ior__(self, other):
        self.update(other)
        return self

    def __repr__(self):
        return repr(self.copy())

    def __reduce_ex__(self, protocol):
        return dict, (self.copy(),)

    def __deepcopy__(self, memo):
        from copy import deepcopy

        return deepcopy(self.copy(), memo)


class Entries(_LiveDict):
    """``module._parameters``, ``_buffers`` or ``_modules``."""

    __slots__ = ("_module", "_role")

    def __init__(self, module, role):
        self._module, self._role = module, role

    def _names(self):
        return _layers.entry_names(self._module, self._role)

    def items(self):
        return _Items(self)

    def values(self):
        return _Values(self)

    def __getitem__(self, key):
        value = self.get(key, _MISSING)
        if value is _MISSING:
            raise KeyError(key)
        return value

    def get(self, key, default=None):
        return (
            _layers.entry(self._module, self._role, key, default)
            if isinstance(key, str)
            else default
        )

    def __contains__(self, key):
        return self.get(key, _MISSING) is not _MISSING

    def __setitem__(self, key, value):
        persistent = _layers.is_persistent(self._module, key)
        _layers.set_entry(self._module, self._role, key, value, persistent)

    def __delitem__(self, key):
        if not isinstance(key, str) or not _layers.del_entry(self._module, self._role, key):
            raise KeyError(key)


class _Items(_PlainItems):
    def __iter__(self):
        return iter(_layers.entry_items(self._mapping._module, self._mapping._role))


class _Values(_PlainValues):
    def __iter__(self):
        return (v for _, v in _layers.entry_items(self._mapping._module, self._mapping._role))


class NonPersistent(set):
    """``module._non_persistent_buffers_set``: names of buffers that the state dict leaves out."""

    __slots__ = ("_module",)

    def __init__(self, module):
        super().__init__(
            n for n in _layers.entry_names(module, 1) if not _layers.is_persistent(module, n)
        )
        self._module = module

    def add(self, name):
        super().add(name)
        _layers.set_persistent(self._module, name, False)

    def discard(self, name):
        super().discard(name)
        _layers.set_persistent(self._module, name, True)

    def remove(self, name):
        super().remove(name)
        _layers.set_persistent(self._module, name, True)

    def update(self, *others):
        for other in others:
            for name in list(other):
                self.add(name)

    def clear(self):
        for name in list(self):
            self.discard(name)

    def __repr__(self):
        return repr(set(self))

    def __reduce_ex__(self, protocol):
        return set, (list(self),)


class Attributes(_LiveDict):
    """``module.__dict__``: ordinary attributes, and the names under which PyTorch keeps the
    rest.
    """

    __slots__ = ("_owner",)

    def __init__(self, module, attributes=None):
        self._owner = weakref.ref(module)
        if attributes:
            dict.update(self, attributes)

    def _module(self):
        module = self._owner()
        if module is None:
            raise ReferenceError("the module of this __dict__ is gone")
        return module

    def _special(self):
        module = self._module()
        if not _layers.is_ready(module):
            return ()
        return (
            "training",
            "_parameters",
            "_buffers",
            "_non_persistent_buffers_set",
            *_HOOKS,
            "_modules",
            *_layers.option_names(module),
        )

    def _names(self):
        return [n for n in self._special() if not dict.__contains__(self, n)] + list(
            dict.keys(self)
        )

    def __getitem__(self, key):
        if dict.__contains__(self, key):
            return dict.__getitem__(self, key)
        if key not in self._special():
            raise KeyError(key)
        return getattr(self._module(), key)

    def __contains__(self, key):
        return dict.__contains__(self, key) or key in self._special()

    def __setitem__(self, key, value):
        module = self._module()
        if (
            key in _ROLES
            or key == "training"
            or key in _HOOKS
            or key == "_non_persistent_buffers_set"
        ):
            _layers.set_ready(module)
            setattr(module, key, value)
        elif key in _layers.option_names(module) and _layers.set_option(module, key, value):
            dict.pop(self, key, None)
        else:
            dict.__setitem__(self, key, value)

    def __delitem__(self, key):
        if dict.__contains__(self, key):
            dict.__delitem__(self, key)
        elif key in _ROLES:
            getattr(self._module(), key).clear()
        elif key in _HOOKS:
            _layers.hooks_of(self._module()).pop(key, None)
        elif key not in self._special():
            raise KeyError(key)

    def copy(self):
        out = {}
        for key in self._names():
            value = self[key]
            if isinstance(value, Entries):
                value = OrderedDict(value) if key == "_modules" else dict(value)
            elif isinstance(value, NonPersistent):
                value = set(value)
            out[key] = value
        return out

    __copy__ = copy

    def clear(self):
        dict.clear(self)
        for role in _ROLES:
            getattr(self._module(), role).clear()

    def _replace(self, mapping):
        content = dict(mapping)
        dict.clear(self)
        self.update(content)


_layers.set_module_views(Entries, NonPersistent, Attributes)
