"""Parameters and buffers that are functions of others."""

from contextlib import contextmanager
from copy import deepcopy

from ... import _C
from ..._C import _layers
from ...autograd import no_grad
from ..modules.container import ModuleDict, ModuleList
from ..modules.module import Module
from ..parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

_cache_depth = 0
_cache = {}


@contextmanager
def cached():
    """Within it, a parametrized tensor is computed once."""
    global _cache_depth, _cache
    _cache_depth += 1
    try:
        yield
    finally:
        _cache_depth -= 1
        if not _cache_depth:
            _cache = {}


def _register(module, name, tensor):
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _keep_requires_grad(to, source):
    if to.requires_grad != source.requires_grad:
        to.requires_grad_(source.requires_grad)


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, and what they are computed from.

    original: what the first of them takes; several of them are original0, original1, ..
    """

    def __init__(self, modules, original, unsafe=False):
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            value = original
            for module in reversed(self):
                if hasattr(module, "right_inverse"):
                    try:
                        value = module.right_inverse(value)
                    except NotImplementedError:
                        pass
        if not isinstance(value, (_C.Tensor, tuple, list)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(value).__name__}"
            )
        self.is_tensor = isinstance(value, _C.Tensor)
        self.ntensors = 1 if self.is_tensor else len(value)
        if self.is_tensor:
            if original.dtype != value.dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {original.dtype}\n"
                    f"right_inverse(original).dtype: {value.dtype}"
                )
            with no_grad():
                original.data = value.detach()
            _register(self, "original", original)
        else:
            for i, part in enumerate(value):
                if not isinstance(part, _C.Tensor):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, "
                        f"tuple...). Got element {i} of the sequence with type "
                        f"{type(part).__name__}."
                    )
                if isinstance(original, Parameter):
                    part = Parameter(part, original.requires_grad)
                _keep_requires_grad(part, original)
                _register(self, f"original{i}", part)
        if unsafe:
            return
        made = self()
        if not isinstance(made, _C.Tensor):
            raise ValueError(f"A parametrization must return a tensor. Got {type(made).__name__}.")
        for what, have, want in (("dtype", made.dtype, dtype), ("shape", made.shape, shape)):
            if have != want:
                raise ValueError(
                    f"Registering a parametrization may not change the {what} of the tensor, "
                    f"unless `unsafe` flag is enabled.\nunparametrized {what}: {want}\n"
                    f"parametrized {what}: {have}"
                )

    def _originals(self):
        if self.is_tensor:
            return (self.original,)
        return tuple(getattr(self, f"original{i}") for i in range(self.ntensors))

    def right_inverse(self, value):
        """Gives the originals values from which `value` is computed."""
        with no_grad():
            for module in reversed(self):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(
                        f"parametrization {type(module).__name__} does not implement right_inverse."
                    )
                value = module.right_inverse(value)
            values = (value,) if self.is_tensor else tuple(value)
            if len(values) != self.ntensors:
                raise ValueError(
                    "'right_inverse' must return a sequence of tensors of length "
                    f"{self.ntensors}. Got a sequence of length {len(values)}."
                )
            for original, part in zip(self._originals(), values):
                if not isinstance(part, _C.Tensor):
                    raise ValueError(
                        f"`right_inverse` should return a tensor. Got {type(part).__name__}"
                    )
                if original.dtype != part.dtype:
                    raise ValueError(
                        "The tensor returned by `right_inverse` has dtype "
                        f"{part.dtype} while `original` has dtype {original.dtype}"
                    )
                original.data = part.detach()

    def forward(self):
        x = self[0](*self._originals())
        for i in range(1, len(self)):
            x = self[i](x)
        return x


def _inject_class(module):
    """From now on the module is of a class of its own, below its class."""
    cls = type(module)

    def forward(self, *args, **kwargs):
        # The layer in C++ computes with fields, not with properties.
        for name in self.parametrizations:
            _layers.set_unregistered(self, name, getattr(self, name))
        try:
            return cls.forward(self, *args, **kwargs)
        finally:
            for name in self.parametrizations:
                _layers.set_unregistered(self, name, None)

    def getstate(self):
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:\n"
            "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
            "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
        )

    def deepcopy_of(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        copy = self.__new__(type(self))
        memo[id(self)] = copy
        copy.__setstate__(deepcopy(dict(Module.__getstate__(self)), memo))
        return copy

    members = {"__getstate__": getstate}
    if not hasattr(cls.forward, "__code__"):
        members["forward"] = forward
    if not hasattr(cls, "__deepcopy__"):
        members["__deepcopy__"] = deepcopy_of
    new = type(f"Parametrized{cls.__name__}", (cls,), members)
    new.__module__ = __name__
    module.__class__ = new


def _inject_property(module, name):
    def get(self):
        parametrization = self.parametrizations[name]
        if not _cache_depth:
            return parametrization()
        key = (id(self), name)
        if _cache.get(key) is None:
            _cache[key] = parametrization()
        return _cache[key]

    def set_(self, value):
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(get, set_))


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    """The module, its parameter or buffer now `parametrization` of what it was.

    Reading module.tensor_name computes it from module.parametrizations.tensor_name.original;
    assigning goes through the parametrization's right_inverse. unsafe: it may change shape and
    dtype.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        entry = module.parametrizations[tensor_name]
        if not unsafe:
            value = getattr(module, tensor_name)
            made = parametrization(value)
            if not isinstance(made, _C.Tensor):
                raise ValueError(
                    f"A parametrization must return a tensor. Got {type(made).__name__}."
                )
            for what in ("dtype", "shape"):
                have, want = getattr(made, what), getattr(value, what)
                if have != want:
                    raise ValueError(
                        f"Registering a parametrization may not change the {what} of the tensor, "
                        f"unless the `unsafe` flag is enabled.\nmodule.{tensor_name}.{what}: "
                        f"{want}\nparametrization(module.{tensor_name}).{what}: {have}"
                    )
        entry.append(parametrization)
        entry.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        entry = ParametrizationList([parametrization], original, unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _inject_class(module)
            module.parametrizations = ModuleDict()
        _inject_property(module, tensor_name)
        module.parametrizations[tensor_name] = entry
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element "
            f"with name '{tensor_name}'"
        )
    return module


def is_parametrized(module, tensor_name=None):
    """Whether a tensor of the module has a parametrization: the named one, or any."""
    found = getattr(module, "parametrizations", None)
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    """The module without the parametrizations of a tensor.

    leave_parametrized: the tensor keeps its present value; otherwise it is its original again.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    entry = module.parametrizations[tensor_name]
    if not entry.is_tensor and not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is "
            "parametrized in terms of a sequence of tensors."
        )
    if entry.is_tensor:
        original = entry.original
        if leave_parametrized:
            with no_grad():
                value = getattr(module, tensor_name)
            if value.dtype != original.dtype:
                original = Parameter(value) if isinstance(original, Parameter) else value
            original.data = value.detach()
    else:
        with no_grad():
            value = getattr(module, tensor_name)
        like = entry.original0
        original = Parameter(value, like.requires_grad) if isinstance(like, Parameter) else value
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module):
    """The class of the module without its parametrizations."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module, to_module, tensor_name=None):
    """to_module with the parametrizations of from_module, and the values they are computed from."""
    if not is_parametrized(from_module):
        return to_module
    names = from_module.parametrizations if tensor_name is None else [tensor_name]
    for name in list(names):
        if not is_parametrized(from_module, name):
            continue
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach().clone()))
        for parametrization in from_module.parametrizations[name]:
            register_parametrization(to_module, name, parametrization)
        pairs = zip(
            from_module.parametrizations[name]._originals(),
            to_module.parametrizations[name]._originals(),
        )
        for source, to in pairs:
            to.data = source.detach().clone()
    return to_module
