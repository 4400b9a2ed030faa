"""Module: the base class of all layers and models.

The tree of parameters, buffers and children lives in the C++ object that Python and C++ share
(``taeda/nn/module.h``); here is what Python adds to it.
"""

from collections import namedtuple

from ... import _C
from ..._C import _layers
from ..parameter import Buffer, Parameter
from . import _hooks, _state
from ._hooks import add_hook, global_hooks

_PARAMETER, _BUFFER, _CHILD = 0, 1, 2


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    __slots__ = ()

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


# All attributes as one dict. A plain class before Module among the bases hides it as __dict__.
_attributes = _layers.Module.__dict__["__dict__"].__get__


def _join(prefix, name):
    return f"{prefix}.{name}" if prefix else name


class Module(_layers.Module):
    """Base class of all neural network modules.

    Assigned Parameters, Buffers and Modules are registered under the attribute's name. Subclasses
    define ``forward``; calling the module runs it together with its hooks.
    """

    dump_patches = False
    call_super_init = False
    _version = 1
    _is_full_backward_hook = None
    _compiled_call_impl = None

    def __init__(self, *args, **kwargs):
        if not self.call_super_init and kwargs:
            raise TypeError(
                f"{type(self).__name__}.__init__() got an unexpected keyword argument "
                f"'{next(iter(kwargs))}'"
            )
        if not self.call_super_init and args:
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} "
                "were given"
            )
        _layers.Module.__init__(self)
        if self.call_super_init:
            mro = type(self).__mro__
            after = mro[mro.index(_layers.Module) + 1]
            after.__init__(self, *args, **kwargs)

    # ---- registration ----

    def register_buffer(self, name, tensor, persistent=True):
        """Registers a tensor that is state but not a parameter.

        persistent: part of the state dict.
        """
        self._check_name("buffer", name, _BUFFER)
        if tensor is not None and not isinstance(tensor, _C.Tensor):
            raise TypeError(
                f"cannot assign '{_layers.typename(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        for hook in global_hooks["buffer_registration"].values():
            changed = hook(self, name, tensor)
            if changed is not None:
                tensor = changed
        _layers.set_entry(self, _BUFFER, name, tensor, persistent)

    def register_parameter(self, name, param):
        """Registers a Parameter, or None for a parameter that is absent."""
        self._check_name("parameter", name, _PARAMETER)
        if param is not None:
            if not isinstance(param, Parameter):
                raise TypeError(
                    f"cannot assign '{_layers.typename(param)}' object to parameter '{name}' "
                    "(torch.nn.Parameter or None required)"
                )
            if param.grad_fn is not None:
                raise ValueError(
                    f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must "
                    "be "
                    "created explicitly. To express a parameter as a function of another Tensor, "
                    "compute the value in the forward() method."
                )
            for hook in global_hooks["parameter_registration"].values():
                changed = hook(self, name, param)
                if changed is not None:
                    param = changed
        _layers.set_entry(self, _PARAMETER, name, param)

    def add_module(self, name, module):
        """Registers a child module, or None."""
        if not isinstance(module, Module) and module is not None:
            raise TypeError(f"{_layers.typename(module)} is not a Module subclass")
        if not isinstance(name, str):
            raise TypeError(f"module name should be a string. Got {_layers.typename(name)}")
        if hasattr(self, name) and name not in self._modules:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'module name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError('module name can\'t be empty string ""')
        for hook in global_hooks["module_registration"].values():
            changed = hook(self, name, module)
            if changed is not None:
                module = changed
        _layers.set_entry(self, _CHILD, name, module)

    def register_module(self, name, module):
        """The same as add_module()."""
        self.add_module(name, module)

    def _check_name(self, kind, name, role):
        if not _layers.is_ready(self):
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {_layers.typename(name)}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if _layers.entry(self, role, name, _hooks) is _hooks and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    # ---- lookup by dotted name ----

    def get_submodule(self, target):
        """The module that the dotted name leads to; AttributeError if there is none."""
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target, module, strict=False):
        """Puts a module at the place that the dotted name leads to."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
        if hasattr(parent, name) and not isinstance(getattr(parent, name), Module):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def _get_member(self, target, kind, accepts):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        value = getattr(module, name)
        if not accepts(module, name, value):
            raise AttributeError(f"`{name}` is not {kind}")
        return value

    def get_parameter(self, target):
        """The parameter that the dotted name leads to; AttributeError if there is none."""
        return self._get_member(target, "an nn.Parameter", lambda m, n, v: isinstance(v, Parameter))

    def get_buffer(self, target):
        """The buffer that the dotted name leads to; AttributeError if there is none."""
        return self._get_member(target, "a buffer", lambda m, n, v: n in m._buffers)

    def get_extra_state(self):
        """Further state for the state dict. Defined together with set_extra_state()."""
        raise RuntimeError(
            "Reached a code path in Module.get_extra_state() that should never be called. "
        )

    def set_extra_state(self, state):
        """Takes back what get_extra_state() gave."""
        raise RuntimeError(
            "Reached a code path in Module.set_extra_state() that should never be called. "
        )

    # ---- walks ----

    def _named_members(self, get_members_fn, prefix="", recurse=True, remove_duplicate=True):
        seen = set()
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        for path, module in modules:
            for name, value in get_members_fn(module):
                if value is None or value in seen:
                    continue
                if remove_duplicate:
                    seen.add(value)
                yield _join(path, name), value

    def parameters(self, recurse=True):
        """The parameters, each once, in the order of registration."""
        for _, p in self.named_parameters(recurse=recurse):
            yield p

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """Pairs of dotted name and parameter."""
        yield from _layers.named_tensors(self, _PARAMETER, prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        """The buffers, each once, in the order of registration."""
        for _, b in self.named_buffers(recurse=recurse):
            yield b

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """Pairs of dotted name and buffer."""
        yield from _layers.named_tensors(self, _BUFFER, prefix, recurse, remove_duplicate)

    def children(self):
        """The direct children, each once."""
        for _, m in self.named_children():
            yield m

    def named_children(self):
        """Pairs of name and direct child."""
        seen = set()
        for name, m in _layers.entry_items(self, _CHILD):
            if m is not None and m not in seen:
                seen.add(m)
                yield name, m

    def modules(self):
        """This module and all below it, each once, a parent before its children."""
        for _, m in self.named_modules():
            yield m

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """Pairs of dotted name and module, this one first under `prefix`."""
        if memo is None:
            yield from _layers.named_modules(self, prefix, remove_duplicate)
            return
        for name, m in _layers.named_modules(self, prefix, remove_duplicate):
            if m not in memo or not remove_duplicate:
                memo.add(m)
                yield name, m

    def apply(self, fn):
        """Calls fn for every module, children before their parent."""
        for m in self.children():
            m.apply(fn)
        fn(self)
        return self

    # ---- modes and conversion ----

    def train(self, mode=True):
        """Sets training mode, or evaluation mode, here and below."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for m in self.children():
            m.train(mode)
        return self

    def eval(self):
        """Sets evaluation mode."""
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Says for all parameters whether they want a gradient."""
        if not isinstance(requires_grad, bool):
            raise TypeError(
                "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not "
                f"{type(requires_grad).__name__}"
            )
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        """Drops the gradients of all parameters, or sets them to zero."""
        for p in self.parameters():
            if p.grad is None:
                continue
            if set_to_none:
                p.grad = None
            else:
                if p.grad.grad_fn is not None:
                    p.grad = p.grad.detach()
                else:
                    p.grad.requires_grad_(False)
                p.grad.zero_()

    def _apply(self, fn, recurse=True):
        """Replaces every parameter's data, its gradient and every buffer by fn of it."""
        if recurse:
            for m in self.children():
                m._apply(fn)
        for p in self._parameters.values():
            if p is None:
                continue
            with _C_no_grad():
                p.data = fn(p.data) if not _is_meta(p) else fn(p).detach()
            if p.grad is not None:
                with _C_no_grad():
                    wants = p.grad.requires_grad
                    grad = fn(p.grad)
                    p.grad = grad.detach().requires_grad_(wants)
        for name, b in self._buffers.items():
            if b is not None:
                self._buffers[name] = fn(b)
        return self

    def to(self, *args, **kwargs):
        """Moves or converts parameters and buffers in place.

        ``to(device=None, dtype=None, non_blocking=False)``, ``to(dtype)`` or ``to(tensor)``. Only
        floating point and complex tensors change their dtype.
        """
        device, dtype, layout = _parse_to(*args, **kwargs)
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(
                "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                f"dtype={dtype}"
            )

        def convert(t):
            options = {}
            if dtype is not None and (t.is_floating_point() or t.is_complex()):
                options["dtype"] = dtype
            if device is not None:
                options["device"] = device
            if layout is not None and t.dim() in (4, 5):
                options["memory_format"] = layout
            return t.to(**options) if options else t

        return self._apply(convert)

    def to_empty(self, *, device, recurse=True):
        """Moves to a device without the values."""
        from ... import empty_like

        return self._apply(lambda t: empty_like(t, device=device), recurse=recurse)

    def type(self, dst_type):
        """Casts all parameters and buffers."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self):
        """Floating point tensors become float32."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self):
        """Floating point tensors become float64."""
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self):
        """Floating point tensors become float16."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def bfloat16(self):
        """Floating point tensors become bfloat16."""
        return self._apply(lambda t: t.bfloat16() if t.is_floating_point() else t)

    def cpu(self):
        """Moves to the CPU."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device=None):
        """Moves to a CUDA device."""
        return self._apply(lambda t: t.cuda(device) if device is not None else t.cuda())

    def xpu(self, device=None):
        """Refused: there are no such devices."""
        raise AssertionError("Torch not compiled with XPU enabled")

    def mtia(self, device=None):
        """Refused: there are no such devices."""
        raise AssertionError("Torch not compiled with MTIA enabled")

    def ipu(self, device=None):
        """Refused: there are no such devices."""
        raise RuntimeError("PyTorch is not linked with support for ipu devices")

    def share_memory(self):
        """Moves the tensors to memory that forked processes share."""
        for tensor in (*self.parameters(), *self.buffers()):
            tensor.share_memory_()
        return self

    # ---- state ----

    state_dict = _state.state_dict
    load_state_dict = _state.load_state_dict
    _save_to_state_dict = _state.save_to_state_dict
    _load_from_state_dict = _state.load_from_state_dict

    def _register_state_dict_hook(self, hook):
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was previously "
                "registered via register_state_dict_post_hook"
            )
        return add_hook(self._state_dict_hooks, hook)

    def register_state_dict_post_hook(self, hook):
        """hook(module, state_dict, prefix, local_metadata) runs after state_dict()."""
        hook._from_public_api = True
        return add_hook(self._state_dict_hooks, hook)

    def register_state_dict_pre_hook(self, hook):
        """hook(module, prefix, keep_vars) runs before state_dict()."""
        return add_hook(self._state_dict_pre_hooks, hook)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        return add_hook(
            self._load_state_dict_pre_hooks, _state.PreLoadHook(hook, self if with_module else None)
        )

    def register_load_state_dict_pre_hook(self, hook):
        """hook(module, state_dict, prefix, local_metadata, strict, missing, unexpected, errors)."""
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def register_load_state_dict_post_hook(self, hook):
        """hook(module, incompatible_keys) runs after load_state_dict(); it may change the lists."""
        return add_hook(self._load_state_dict_post_hooks, hook)

    def __getstate__(self):
        return _attributes(self).copy()

    def __setstate__(self, state):
        _layers.set_ready(self)
        _attributes(self).update(state)

    def __dir__(self):
        names = set(object.__dir__(self))
        names.update(self._parameters, self._buffers, self._modules, _layers.option_names(self))
        return sorted(n for n in names if not n[:1].isdigit())

    # ---- hooks ----

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """hook(module, args) or, with_kwargs, hook(module, args, kwargs) runs before forward().

        It may return changed arguments.
        """
        flags = {"with_kwargs": self._forward_pre_hooks_with_kwargs if with_kwargs else None}
        return add_hook(self._forward_pre_hooks, hook, prepend, **flags)

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        """hook(module, args, output) runs after forward().

        with_kwargs: hook(module, args, kwargs, output). It may return a changed output.
        always_call: it also runs if forward() raised.
        """
        flags = {
            "with_kwargs": self._forward_hooks_with_kwargs if with_kwargs else None,
            "always_call": self._forward_hooks_always_called if always_call else None,
        }
        return add_hook(self._forward_hooks, hook, prepend, **flags)

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """hook(module, grad_output) may return the gradients to use instead."""
        return add_hook(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook, prepend=False):
        """hook(module, grad_input, grad_output) may return other gradients for the inputs."""
        if self._is_full_backward_hook is False:
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single "
                "Module. "
                "Please use only one of them."
            )
        self._is_full_backward_hook = True
        return add_hook(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook):
        """The old form, on the node of the output. Use register_full_backward_hook()."""
        if self._is_full_backward_hook is True:
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single "
                "Module. "
                "Please use only one of them."
            )
        self._is_full_backward_hook = False
        return add_hook(self._backward_hooks, hook)

    # ---- text ----

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self):
        """What repr() shows between the parentheses."""
        return _layers.native_extra_repr(self)

    def __repr__(self):
        lines = [(name, repr(m)) for name, m in self._modules.items()]
        return _layers.layout_repr(self._get_name(), self.extra_repr(), lines, False)

    def compile(self, *args, **kwargs):
        """Returns at once: a module runs eagerly."""

    def _replicate_for_data_parallel(self):
        from copy import copy

        return copy(self)


def _C_no_grad():
    from ...autograd import no_grad

    return no_grad()


def _is_meta(t):
    return getattr(t, "is_meta", False)


def _parse_to(
    *args, device=None, dtype=None, non_blocking=False, copy=False, memory_format=None, tensor=None
):
    for a in ([tensor] if tensor is not None else []) + list(args):
        if isinstance(a, _C.Tensor):
            device, dtype = a.device, a.dtype
        elif isinstance(a, _C.dtype):
            dtype = a
        elif isinstance(a, bool) or a is None:
            continue
        else:
            device = a
    return device, dtype, memory_format


# ---- hooks of all modules ----


def _register_global(registry, hook, **flags):
    return add_hook(global_hooks[registry], hook, **flags)


def register_module_forward_pre_hook(hook):
    """hook(module, args) runs before the forward() of every module."""
    return _register_global("forward_pre", hook)


def register_module_forward_hook(hook, *, with_kwargs=False, always_call=False):
    """hook(module, args, output) runs after the forward() of every module."""
    flags = {
        "with_kwargs": global_hooks["forward_with_kwargs"] if with_kwargs else None,
        "always_call": global_hooks["forward_always_called"] if always_call else None,
    }
    return _register_global("forward", hook, **flags)


def register_module_full_backward_pre_hook(hook):
    """hook(module, grad_output) runs for every module."""
    return _register_global("backward_pre", hook)


def register_module_full_backward_hook(hook):
    """hook(module, grad_input, grad_output) runs for every module."""
    _hooks.set_global_kind(True)
    return _register_global("backward", hook)


def register_module_backward_hook(hook):
    """The old form. Use register_module_full_backward_hook()."""
    _hooks.set_global_kind(False)
    return _register_global("backward", hook)


def register_module_parameter_registration_hook(hook):
    """hook(module, name, parameter) may return another parameter."""
    return _register_global("parameter_registration", hook)


def register_module_buffer_registration_hook(hook):
    """hook(module, name, buffer) may return another buffer."""
    return _register_global("buffer_registration", hook)


def register_module_module_registration_hook(hook):
    """hook(module, name, child) may return another child."""
    return _register_global("module_registration", hook)


_layers.set_module_types(Module, Parameter, Buffer)
_layers.set_layer_class(Module)
