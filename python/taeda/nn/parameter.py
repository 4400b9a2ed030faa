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
