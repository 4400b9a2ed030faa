"""The types of ops with several named results: torch.return_types.max(values=.., indices=..)."""

from . import _C

# The types are made with the ops; each op is asked once, with arguments that fit most of them.
_ARGUMENTS = ((0,), (1, 0), (), (1,))


def __getattr__(name):
    op = None if name.startswith("_") else getattr(_C, name, None)
    if callable(op):
        x = _C.zeros(1, 1)
        for args in _ARGUMENTS:
            try:
                cls = type(op(x, *args))
            except (TypeError, RuntimeError, IndexError):
                continue
            if issubclass(cls, tuple) and cls.__name__ == name:
                globals()[name] = cls
                return cls
    raise AttributeError(f"module 'torch.return_types' has no attribute '{name}'")
