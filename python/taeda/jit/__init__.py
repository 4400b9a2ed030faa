"""TorchScript's decorators: the code they stand on runs as Python.

``script`` and ``trace`` return what they are given, which computes the same. There is no
TorchScript behind them: what saves, loads or shows it raises NotImplementedError.
"""

import typing as _typing

from .. import _C
from ..nn import Module as _Module

__all__ = [
    "Attribute",
    "Final",
    "ScriptFunction",
    "ScriptModule",
    "annotate",
    "export",
    "freeze",
    "fork",
    "ignore",
    "interface",
    "is_scripting",
    "is_tracing",
    "isinstance",
    "load",
    "optimize_for_inference",
    "optimized_execution",
    "save",
    "script",
    "script_if_tracing",
    "script_method",
    "trace",
    "trace_module",
    "unused",
    "wait",
]

Final = _typing.Final
ScriptModule = _Module
_isinstance = isinstance


def is_scripting():
    """Whether the code that asks runs as TorchScript: no."""
    return False


def is_tracing():
    """Whether the code that asks is being traced: no."""
    return False


def script(obj, optimize=None, _frames_up=0, _rcb=None, example_inputs=None):
    """obj itself, a function, class or module: it runs as Python."""
    return obj


def trace(func, example_inputs=None, *args, **kwargs):
    """func itself, a function or module, after one call with example_inputs.

    It keeps its control flow, where PyTorch would freeze the branches that example_inputs take.
    """
    if example_inputs is not None:
        tensors = _isinstance(example_inputs, (_C.Tensor, dict))
        inputs = (example_inputs,) if tensors else tuple(example_inputs)
        from ..autograd import no_grad

        with no_grad():
            func(*inputs)
    return func


def trace_module(mod, inputs, *args, **kwargs):
    """mod itself, whose methods, by name, are called with inputs once."""
    for name, values in inputs.items():
        getattr(mod, name)(*(values if _isinstance(values, tuple) else (values,)))
    return mod


def script_if_tracing(fn):
    """fn itself."""
    return fn


def script_method(fn):
    """fn itself."""
    return fn


def export(fn):
    """fn itself."""
    return fn


def interface(obj):
    """obj itself."""
    return obj


def ignore(drop=False, **kwargs):
    """A decorator that leaves its function as it is; also without parentheses."""
    return drop if callable(drop) else lambda fn: fn


def unused(fn):
    """fn itself."""
    return fn


def annotate(the_type, the_value):
    """the_value."""
    return the_value


def isinstance(obj, target_type):
    """Whether obj is of target_type, which may be a type from typing such as List[int]."""
    origin = _typing.get_origin(target_type)
    if origin is None:
        return _isinstance(obj, target_type)
    inner = _typing.get_args(target_type)
    if origin is _typing.Union:
        return any(isinstance(obj, t) for t in inner)
    if not _isinstance(obj, origin):
        return False
    if origin is dict:
        return all(isinstance(k, inner[0]) and isinstance(v, inner[1]) for k, v in obj.items())
    if origin is tuple:
        return len(obj) == len(inner) and all(map(isinstance, obj, inner))
    return all(isinstance(x, inner[0]) for x in obj)


class Attribute(_typing.NamedTuple):
    """A value with its type."""

    value: object
    type: object


class ScriptFunction:
    """A function as TorchScript: there are none."""


def freeze(mod, preserved_attrs=None, optimize_numerics=True):
    """mod itself, which must be in evaluation mode."""
    if mod.training:
        raise RuntimeError(
            "Freezing is currently only implemented for modules in eval mode. Please call .eval() "
            "on your module before freezing."
        )
    return mod


def optimize_for_inference(mod, other_methods=None):
    """mod itself."""
    return mod


class optimized_execution:
    """A context in which nothing differs."""

    def __init__(self, should_optimize):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


def fork(func, *args, **kwargs):
    """Calls func now; wait() gives its result."""
    return _Done(func(*args, **kwargs))


class _Done:
    def __init__(self, value):
        self._value = value

    def wait(self):
        return self._value

    def value(self):
        return self._value


def wait(future):
    """The result of what fork started."""
    return future.wait()


def _no_torchscript(what):
    raise NotImplementedError(
        f"torch.jit.{what}: Taeda runs scripted code as Python and has no TorchScript files. Save "
        "the state_dict with torch.save, or a whole program with torch.onnx.export"
    )


def save(m, f, _extra_files=None):
    """Raises NotImplementedError: there is no TorchScript to save."""
    _no_torchscript("save")


def load(f, map_location=None, _extra_files=None, _restore_shapes=False):
    """Raises NotImplementedError: TorchScript files are not read."""
    _no_torchscript("load")
