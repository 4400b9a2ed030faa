"""torch.compile and what belongs to it.

Compiled programs run as they are written: the answers are those of eager mode, and nothing is
made faster. What a program sees of PyTorch's compile is here, above all its wrapper of a module.
"""

import functools as _functools

from ..nn import Module as _Module

__all__ = [
    "allow_in_graph",
    "assume_constant_result",
    "cudagraph_mark_step_begin",
    "disable",
    "is_compiling",
    "is_dynamo_compiling",
    "is_exporting",
    "list_backends",
    "reset",
]


def is_compiling():
    """Whether a program is being captured: no."""
    return False


def is_dynamo_compiling():
    """Whether a program is being captured: no."""
    return False


def is_exporting():
    """Whether a program is being exported: no."""
    return False


def reset():
    """Forgets what was compiled; nothing is kept."""


def cudagraph_mark_step_begin():
    """Marks the start of a step; nothing depends on it."""


def list_backends(exclude_tags=("debug", "experimental")):
    """The names that compile takes as its backend."""
    return ["eager", "inductor"]


def disable(fn=None, recursive=True, *, reason=None):
    """A function that is never captured: itself."""
    return (lambda f: f) if fn is None else fn


def allow_in_graph(fn):
    """A function that capture takes as one operation: itself."""
    return fn


def assume_constant_result(fn):
    """A function whose result capture keeps: itself."""
    return fn


class OptimizedModule(_Module):
    """What compile makes of a module: runs it, and answers with its attributes.

    The module is ``_orig_mod``, also in the keys of the state_dict.
    """

    def __init__(self, mod):
        super().__init__()
        self._modules["_orig_mod"] = mod
        self.train(mod.training)

    def forward(self, *args, **kwargs):
        return self._orig_mod(*args, **kwargs)

    def __getattr__(self, name):
        if name == "_orig_mod":
            return self._modules["_orig_mod"]
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(self._orig_mod, name)

    def __setattr__(self, name, value):
        if name in ("_orig_mod", "training") or "_orig_mod" not in self.__dict__.get(
            "_modules", {}
        ):
            super().__setattr__(name, value)
        else:
            setattr(self._orig_mod, name, value)


_MODES = (None, "default", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs", "lite")


def compile(
    model=None,
    *,
    fullgraph=False,
    dynamic=None,
    backend="inductor",
    mode=None,
    options=None,
    disable=False,
    **kwargs,
):
    """A function or module that does what model does. It runs as written and is not faster.

    Args:
        model: a function or module; without one the result is a decorator.
        fullgraph, dynamic, options: accepted.
        backend: a name, or a function, which is not called.
        mode: "default", "reduce-overhead", "max-autotune" or "max-autotune-no-cudagraphs".
        disable: True: model itself.

    Errors:
        RuntimeError: mode and options are both given, or mode is unknown.
    """
    if mode is not None and options is not None:
        raise RuntimeError(
            "Either mode or options can be specified, but both can't be specified at the same time."
        )
    if mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES[1:])}")
    if model is None:
        return _functools.partial(
            compile,
            fullgraph=fullgraph,
            backend=backend,
            mode=mode,
            options=options,
            disable=disable,
        )
    if disable:
        return model
    if isinstance(model, _Module):
        return OptimizedModule(model)
    if not callable(model):
        raise TypeError(f"compile() takes a function or a module, not {type(model).__name__}")

    @_functools.wraps(model)
    def compiled(*args, **kwargs):
        return model(*args, **kwargs)

    compiled._torchdynamo_orig_callable = model
    return compiled
