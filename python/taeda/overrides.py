"""Functions that arguments may take over: classes with a ``__torch_function__`` of their own."""

import functools

from . import _C

__all__ = [
    "handle_torch_function",
    "has_torch_function",
    "has_torch_function_unary",
    "has_torch_function_variadic",
    "is_tensor_like",
    "wrap_torch_function",
]


def _takes_over(obj):
    cls = type(obj)
    if cls is _C.Tensor or isinstance(obj, type):
        return False
    own = getattr(cls, "__torch_function__", None)
    return own is not None and own is not _C._disabled_torch_function_impl


def has_torch_function(relevant_args):
    """Whether one of a sequence of arguments has a ``__torch_function__`` of its own."""
    return any(map(_takes_over, relevant_args))


def has_torch_function_unary(obj):
    """:func:`has_torch_function` of one argument."""
    return _takes_over(obj)


def has_torch_function_variadic(*args):
    """:func:`has_torch_function` of several arguments."""
    return any(map(_takes_over, args))


def is_tensor_like(inp):
    """Whether an object is a tensor, or of a class with a ``__torch_function__``."""
    return type(inp) is _C.Tensor or hasattr(inp, "__torch_function__")


def _overriders(args):
    """The arguments that take over, one of each class, subclasses before their bases."""
    found = []
    for arg in args:
        if not _takes_over(arg) or any(type(arg) is type(f) for f in found):
            continue
        at = next((i for i, f in enumerate(found) if issubclass(type(arg), type(f))), len(found))
        found.insert(at, arg)
    return found


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    """Hands a call of ``public_api(*args, **kwargs)`` to those of relevant_args that take over.

    Raises:
        TypeError: all of them returned NotImplemented.
    """
    overriders = _overriders(relevant_args)
    types = tuple(map(type, overriders))
    for arg in overriders:
        result = arg.__torch_function__(public_api, types, args, kwargs)
        if result is not NotImplemented:
            return result
    name = f"{public_api.__module__}.{public_api.__name__}"
    lines = "\n".join(
        f"  - {'tensor subclass' if isinstance(o, _C.Tensor) else 'non-tensor type'} {type(o)}"
        for o in overriders
    )
    raise TypeError(
        f"no implementation found for '{name}' on types that implement __torch_function__: "
        f"{[type(o) for o in overriders]}; all returned NotImplemented:\n\n{lines}"
    )


def wrap_torch_function(dispatcher):
    """Decorates a function that arguments may take over; dispatcher, with the same parameters,
    returns those that may.
    """

    def decorate(function):
        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return wrapped

    return decorate
