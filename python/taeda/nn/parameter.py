"""Parameter and Buffer: tensors that a Module registers when they are assigned to it."""

from collections import OrderedDict

from .. import _C


class _ParameterMeta(type(_C.Tensor)):
    def __instancecheck__(self, instance):
        if type.__instancecheck__(self, instance):
            return True
        return (
            self is Parameter
            and isinstance(instance, _C.Tensor)
            and getattr(instance, "_is_param", False)
        )


class Parameter(_C.Tensor, metaclass=_ParameterMeta):
    """A tensor that a Module registers as its parameter.

    data: the values; requires_grad: whether it wants a gradient.
    """

    __torch_function__ = _C._disabled_torch_function_impl

    def __new__(cls, data=None, requires_grad=True):
        if data is None:
            data = _C.zeros(0)
        if type(data) is _C.Tensor or type(data) is Parameter:
            return _C._make_subclass(cls, data, requires_grad)
        t = data.detach().requires_grad_(requires_grad)
        if type(t) is not type(data):
            raise RuntimeError(
                "Creating a Parameter from an instance of type "
                f"{type(data).__name__} requires that detach() returns an instance of the same "
                "type, but "
                f"return type {type(t).__name__} was found instead."
            )
        t._is_param = True
        return t

    def __deepcopy__(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        out = type(self)(self.data.clone(), self.requires_grad)
        memo[id(self)] = out
        return out

    def __repr__(self):
        return "Parameter containing:\n" + _C.Tensor.__repr__(self)

    def __reduce_ex__(self, protocol):
        state = self.__dict__
        hooks = OrderedDict()
        if not state:
            return _rebuild_parameter, (self.data, self.requires_grad, hooks)
        return _rebuild_parameter_with_state, (self.data, self.requires_grad, hooks, dict(state))


def _rebuild_parameter(data, requires_grad, backward_hooks):
    p = Parameter(data, requires_grad)
    if backward_hooks:
        p._backward_hooks = backward_hooks
    return p


def _rebuild_parameter_with_state(data, requires_grad, backward_hooks, state):
    p = _rebuild_parameter(data, requires_grad, backward_hooks)
    p.__dict__.update(state)
    return p


class _BufferMeta(type(_C.Tensor)):
    def __instancecheck__(self, instance):
        if type.__instancecheck__(self, instance):
            return True
        return (
            self is Buffer
            and isinstance(instance, _C.Tensor)
            and getattr(instance, "_is_buffer", False)
        )


class Buffer(_C.Tensor, metaclass=_BufferMeta):
    """A tensor that a Module registers as a buffer; persistent: as part of its state dict."""

    __torch_function__ = _C._disabled_torch_function_impl

    def __new__(cls, data=None, *, persistent=True):
        if data is None:
            data = _C.zeros(0)
        t = _C._make_subclass(cls, data, data.requires_grad)
        t.persistent = persistent
        t._is_buffer = True
        return t


# ---- parameters and buffers whose shape comes later ----

_UNINITIALIZED = (
    "Attempted to use an uninitialized {kind} in {name}. This error happens when you are using a "
    "`LazyModule` or explicitly manipulating `torch.nn.parameter.{cls}` objects. When using "
    "LazyModules Call `forward` with a dummy batch to initialize the parameters before calling "
    "torch functions"
)
_ALLOWED = frozenset(
    "size copy_ is_complex is_floating_point half float double bfloat16 char short int long cuda "
    "cpu to get_device detach type element_size __hash__ __get__ __set__ __repr__ __str__ "
    "__deepcopy__ __reduce_ex__ requires_grad_".split()
)


class UninitializedTensorMixin:
    """A tensor of no shape yet; only its dtype and device can be asked for and changed."""

    def materialize(self, shape, device=None, dtype=None):
        """Gives it a shape, with undefined values; from then on it is an ordinary one."""
        self.data = _C.empty(
            shape,
            device=self.data.device if device is None else device,
            dtype=self.data.dtype if dtype is None else dtype,
        )
        self.__class__ = self.cls_to_become

    @property
    def shape(self):
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually "
            "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
            "initialized one. Call `forward` to initialize the parameters before accessing their "
            "attributes."
        )

    def numel(self):
        """There is no number of elements yet."""
        raise ValueError(
            _UNINITIALIZED.format(kind="parameter", name=_C.Tensor.numel, cls=type(self).__name__)
        )

    nelement = numel

    def share_memory_(self):
        """There is nothing to share yet."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to "
            "initialize the parameters before calling `module.share_memory()`."
        )

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol):
        return type(self), (self.requires_grad, self.data.device, self.data.dtype)

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype)
        return memo[id(self)]

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", str(func))
        if name in _ALLOWED:
            return _C.Tensor.__torch_function__(func, types, args, kwargs or {})
        raise ValueError(_UNINITIALIZED.format(kind="parameter", name=func, cls=cls.__name__))


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A Parameter whose shape is not known yet: that of a lazy layer."""

    cls_to_become = Parameter

    def __new__(cls, requires_grad=True, device=None, dtype=None):
        return _C._make_subclass(cls, _C.empty(0, device=device, dtype=dtype), requires_grad)


class UninitializedBuffer(UninitializedTensorMixin, _C.Tensor):
    """A buffer whose shape is not known yet: that of a lazy layer."""

    cls_to_become = _C.Tensor

    def __new__(cls, requires_grad=False, device=None, dtype=None, persistent=True):
        t = _C._make_subclass(cls, _C.empty(0, device=device, dtype=dtype), requires_grad)
        t.persistent = persistent
        t._is_buffer = True
        return t


def is_lazy(value):
    """True for a parameter or buffer without a shape."""
    return isinstance(value, UninitializedTensorMixin)
