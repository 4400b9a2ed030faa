"""Tools around training: data loading, checkpoints of activations, event files.

Submodules load at first use: ``taeda.utils.data.DataLoader`` needs no import of its own.
"""

from importlib import import_module


def __getattr__(name):
    """Loads the submodule ``name``; AttributeError where there is none."""
    if not name.startswith("__"):
        full = f"{__name__}.{name}"
        try:
            return import_module(full)
        except ModuleNotFoundError as error:
            if error.name != full:
                raise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
