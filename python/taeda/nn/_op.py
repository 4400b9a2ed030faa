"""Finds native ops wherever the extension publishes them."""

from .. import _C


def op(name):
    """The native op of that name; one that raises NotImplementedError if there is none."""
    for where in (_C._nn, _C):
        found = getattr(where, name, None)
        if found is not None:
            return found

    def missing(*args, **kwargs):
        raise NotImplementedError(f"{name}() is not available in this build")

    return missing
