"""state_dict() and load_state_dict() of Module."""

import warnings
import weakref
from collections import OrderedDict
from collections.abc import Mapping

from ... import _C
from ..._C import _layers

_EXTRA_STATE = "_extra_state"


class PreLoadHook:
    """A hook to run before loading, with its module first if it wants it."""

    def __init__(self, hook, module=None):
        self.hook = hook
        self.with_module = module is not None
        self.module = weakref.ref(module) if self.with_module else None

    def __call__(self, *args):
        return self.hook(self.module(), *args) if self.with_module else self.hook(*args)

    def __getstate__(self):
        return {"hook": self.hook, "module": self.module() if self.with_module else None}

    def __setstate__(self, state):
        self.__init__(state["hook"], state["module"])


def _has_extra_state(module):
    from .module import Module

    return type(module).get_extra_state is not Module.get_extra_state


def _takes_extra_state(module):
    from .module import Module

    return type(module).set_extra_state is not Module.set_extra_state


def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
    """Parameters and persistent buffers, here and below, by dotted name.

    keep_vars: the tensors themselves; otherwise they are detached. They share memory either way.
    """
    if args:
        warnings.warn(
            "Positional args are being deprecated, use kwargs instead.", FutureWarning, stacklevel=2
        )
        destination = args[0] if destination is None else destination
        prefix = args[1] if len(args) > 1 and prefix == "" else prefix
        keep_vars = args[2] if len(args) > 2 and keep_vars is False else keep_vars
    if destination is None:
        destination = OrderedDict()
        destination._metadata = OrderedDict()
    local_metadata = {"version": self._version}
    if hasattr(destination, "_metadata"):
        destination._metadata[prefix[:-1]] = local_metadata
    hooks = _layers.hooks_of(self)
    for hook in list(hooks.get("_state_dict_pre_hooks", {}).values()):
        hook(self, prefix, keep_vars)
    self._save_to_state_dict(destination, prefix, keep_vars)
    for name, module in self._modules.items():
        if module is not None:
            module.state_dict(
                destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars
            )
    for hook in list(hooks.get("_state_dict_hooks", {}).values()):
        changed = hook(self, destination, prefix, local_metadata)
        if changed is None:
            continue
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError("state_dict post-hook must return None")
        destination = changed
    return destination


def save_to_state_dict(self, destination, prefix, keep_vars):
    """Adds this module's own entries, not its children's."""
    for name, p in self._parameters.items():
        if p is not None:
            destination[prefix + name] = p if keep_vars else p.detach()
    for name, b in self._buffers.items():
        if b is not None and _layers.is_persistent(self, name):
            destination[prefix + name] = b if keep_vars else b.detach()
    if _has_extra_state(self):
        destination[prefix + _EXTRA_STATE] = self.get_extra_state()


def load_from_state_dict(
    self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
):
    """Copies this module's own entries, not its children's, and reports what does not fit."""
    for hook in list(_layers.hooks_of(self).get("_load_state_dict_pre_hooks", {}).values()):
        hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
    assign = local_metadata.get("assign_to_params_buffers", False)
    for role in ("_parameters", "_buffers"):
        for name, own in getattr(self, role).items():
            if own is None or (role == "_buffers" and not _layers.is_persistent(self, name)):
                continue
            key = prefix + name
            if key not in state_dict:
                if strict:
                    missing_keys.append(key)
                continue
            problem = _mismatch(key, own, state_dict[key])
            if problem:
                error_msgs.append(problem)
            elif not local_metadata.get("_only_check"):
                _load_one(self, name, key, own, state_dict[key], assign, error_msgs)

    key = prefix + _EXTRA_STATE
    if _takes_extra_state(self):
        if key in state_dict:
            if not local_metadata.get("_only_check"):
                self.set_extra_state(state_dict[key])
        elif strict:
            missing_keys.append(key)
    elif strict and key in state_dict:
        unexpected_keys.append(key)

    if strict:
        known = (self._modules, self._parameters, self._buffers)
        for key in state_dict.keys():
            if not key.startswith(prefix) or key == prefix + _EXTRA_STATE:
                continue
            name, dot, _ = key[len(prefix) :].partition(".")
            if dot:
                if name not in known[0]:
                    unexpected_keys.append(key)
            elif name not in known[1] and (
                name not in known[2] or not _layers.is_persistent(self, name)
            ):
                unexpected_keys.append(key)


def _mismatch(key, own, given):
    if not isinstance(given, _C.Tensor):
        return (
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like '
            "object "
            f"from checkpoint but received {type(given)}"
        )
    shape = given.shape
    if len(shape) == 1 and shape[0] == 1 and len(own.shape) == 0:  # written by versions before 0.4
        return None
    if shape != own.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
            "the "
            f"shape in current model is {own.shape}."
        )
    return None


def _load_one(module, name, key, own, given, assign, error_msgs):
    from ...autograd import no_grad
    from ..parameter import Parameter

    if len(own.shape) == 0 and len(given.shape) == 1:
        given = given[0]
    try:
        with no_grad():
            if not assign:
                own.copy_(given)
                return
            if isinstance(own, Parameter):
                if not isinstance(given, Parameter):
                    given = Parameter(given, requires_grad=own.requires_grad)
                else:
                    given.requires_grad_(own.requires_grad)
            setattr(module, name, given)
    except Exception as error:
        action = "swapping" if assign else "copying"
        error_msgs.append(
            f'While {action} the parameter named "{key}", whose dimensions in the model are '
            f"{own.size()} "
            f"and whose dimensions in the checkpoint are {given.size()}, an exception occurred : "
            f"{error.args}."
        )


def _is_plain(root):
    """True if loading runs no code but ours, so that it can be tried without changing anything."""
    from .module import Module

    for m in root.modules():
        if (
            type(m)._load_from_state_dict not in _plain_loaders
            or type(m).named_modules is not Module.named_modules
        ):
            return False
        if _layers.hooks_of(m).get("_load_state_dict_pre_hooks") or _takes_extra_state(m):
            return False
    return True


_plain_loaders = {load_from_state_dict}  # layers with another one of ours add it


def _load_tree(
    module, state, prefix, metadata, strict, assign, missing, unexpected, errors, only_check
):
    local = dict(metadata.get(prefix[:-1], {}))
    if assign:
        local["assign_to_params_buffers"] = True
    if only_check:
        local["_only_check"] = True
    module._load_from_state_dict(state, prefix, local, True, missing, unexpected, errors)
    for name, child in module._modules.items():
        if child is not None:
            below = f"{prefix}{name}."
            part = {k: v for k, v in state.items() if k.startswith(below)}
            _load_tree(
                child,
                part,
                below,
                metadata,
                strict,
                assign,
                missing,
                unexpected,
                errors,
                only_check,
            )
    if only_check:
        return
    from .module import _IncompatibleKeys

    keys = _IncompatibleKeys(missing, unexpected)
    for hook in list(_layers.hooks_of(module).get("_load_state_dict_post_hooks", {}).values()):
        if hook(module, keys) is not None:
            raise AssertionError(
                "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to "
                "return new values, if incompatible_keys need to be modified, it should be done "
                "inplace."
            )


def _quoted(keys):
    return ", ".join(f'"{k}"' for k in keys)


def load_state_dict(self, state_dict, strict=True, assign=False):
    """Copies the values of a state dict into this module and those below it.

    strict: keys must match exactly. assign: the given tensors take the place of the present ones.
    Returns missing and unexpected keys. If shapes or, with strict, keys do not fit, one error names
    all of them and nothing is changed, unless a module has its own way of loading.
    """
    from .module import _IncompatibleKeys

    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    metadata = getattr(state_dict, "_metadata", None)
    state = OrderedDict(state_dict)
    if metadata is not None:
        state._metadata = metadata
    for only_check in (True, False) if _is_plain(self) else (False,):
        missing, unexpected, errors = [], [], []
        _load_tree(
            self, state, "", metadata or {}, strict, assign, missing, unexpected, errors, only_check
        )
        problems = list(errors)
        if strict and unexpected:
            problems.insert(0, f"Unexpected key(s) in state_dict: {_quoted(unexpected)}. ")
        if strict and missing:
            problems.insert(0, f"Missing key(s) in state_dict: {_quoted(missing)}. ")
        if only_check and getattr(self, "_load_state_dict_post_hooks", None) is not None:
            if problems and _has_post_hooks(self):
                continue  # a hook may yet forgive the keys
        if problems:
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t"
                + "\n\t".join(problems)
            )
    return _IncompatibleKeys(missing, unexpected)


def _has_post_hooks(root):
    return any(_layers.hooks_of(m).get("_load_state_dict_post_hooks") for m in root.modules())
