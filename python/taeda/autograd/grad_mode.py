"""Switching the recording of gradients on and off, for one thread."""

import functools
import warnings

from .. import _C

__all__ = [
    "no_grad",
    "enable_grad",
    "set_grad_enabled",
    "inference_mode",
    "set_multithreading_enabled",
]

_is_enabled = _C.is_grad_enabled
_set_enabled = _C._set_grad_enabled
_GENERATOR = 0x20  # inspect.CO_GENERATOR; importing inspect takes longer than all of this package


class _Mode:
    """A context manager that also decorates functions and generators."""

    __slots__ = ("prev",)

    def clone(self):
        return type(self)()

    def __call__(self, function):
        if isinstance(function, type):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You "
                "should only decorate functions or methods. To preserve the current behavior of "
                "class decoration, you can directly decorate the `__init__` method and nothing "
                "else.",
                FutureWarning,
                stacklevel=2,
            )
        code = getattr(function, "__code__", None)
        if code is not None and code.co_flags & _GENERATOR:
            return self._decorate_generator(function)

        @functools.wraps(function)
        def inside(*args, **kwargs):
            with self.clone():
                return function(*args, **kwargs)

        return inside

    def _decorate_generator(self, function):
        """Each step of the generator runs inside the mode, and its caller outside."""

        @functools.wraps(function)
        def inside(*args, **kwargs):
            generator = function(*args, **kwargs)
            step, value = generator.send, None
            while True:
                try:
                    with self.clone():
                        response = step(value)
                except StopIteration as stop:
                    return stop.value
                try:
                    step, value = generator.send, (yield response)
                except GeneratorExit:
                    with self.clone():
                        generator.close()
                    raise
                except BaseException as error:
                    step, value = generator.throw, error

        return inside


class _BareMode(_Mode):
    """One that may stand over a function without parentheses."""

    __slots__ = ()

    def __new__(cls, orig_func=None):
        mode = object.__new__(cls)
        return mode if orig_func is None else mode(orig_func)


class no_grad(_BareMode):
    """Within it no op records a gradient: results do not require one.

    A context manager and a decorator (with or without parentheses); of one thread. Factories with
    ``requires_grad=True`` keep it.
    """

    __slots__ = ()

    def __enter__(self):
        self.prev = _is_enabled()
        _set_enabled(False)

    def __exit__(self, *error):
        _set_enabled(self.prev)


class enable_grad(_BareMode):
    """Within it ops record gradients again, inside :class:`no_grad`."""

    __slots__ = ()

    def __enter__(self):
        self.prev = _is_enabled()
        _set_enabled(True)

    def __exit__(self, *error):
        _set_enabled(self.prev)


class set_grad_enabled(_Mode):
    """Switches the recording of gradients, at once; as a context manager, until its end.

    Args:
        mode: whether ops record gradients.
    """

    __slots__ = ("mode",)

    def __init__(self, mode):
        self.prev = _is_enabled()
        self.mode = mode
        _set_enabled(mode)

    def __call__(self, function):
        _set_enabled(self.prev)
        return super().__call__(function)

    def __enter__(self):
        _set_enabled(self.mode)

    def __exit__(self, *error):
        _set_enabled(self.prev)

    def __str__(self):
        return f"taeda.autograd.grad_mode.set_grad_enabled(mode={self.mode})"

    __repr__ = __str__

    def clone(self):
        return type(self)(self.mode)


class inference_mode(_Mode):
    """Like :class:`no_grad`, and what is made inside can never enter a graph.

    Args:
        mode: False switches the mode off inside another.
    """

    __slots__ = ("mode", "prev_grad")

    def __new__(cls, mode=True):
        if isinstance(mode, bool):
            return object.__new__(cls)
        made = object.__new__(cls)
        made.mode = True
        return made(mode)

    def __init__(self, mode=True):
        self.mode = mode

    def __enter__(self):
        self.prev, self.prev_grad = _C.is_inference_mode_enabled(), _is_enabled()
        _C._set_inference_mode(self.mode)
        _set_enabled(not self.mode)

    def __exit__(self, *error):
        _C._set_inference_mode(self.prev)
        _set_enabled(self.prev_grad)

    def clone(self):
        return type(self)(self.mode)


class set_multithreading_enabled(_Mode):
    """Accepted for programs that set it: backward runs on the thread that calls it."""

    __slots__ = ("mode",)

    def __init__(self, mode):
        self.mode = mode

    def __enter__(self):
        pass

    def __exit__(self, *error):
        pass

    def clone(self):
        return type(self)(self.mode)
