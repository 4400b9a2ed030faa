"""Taeda: tensors with gradients, and networks made of them, under PyTorch's names.

``import taeda as torch`` runs PyTorch programs. Submodules load at first use:
``torch.nn``, ``torch.optim``, ``torch.utils.data`` and the others need no import of their own.
"""

from importlib import import_module as _import_module
from math import e, inf, nan, pi

from . import _C, _tensor
from ._C import *
from ._dtype_info import finfo, iinfo
from ._functions import *
from ._range import range
from ._settings import *
from ._tensor_str import get_printoptions, printoptions, set_printoptions
from ._tensor_types import set_default_tensor_type
from ._tensor_types import tensor_types as _tensor_types
from .autograd import enable_grad, inference_mode, no_grad, set_grad_enabled
from .random import (
    fork_rng,
    get_rng_state,
    initial_seed,
    manual_seed,
    normal,
    seed,
    set_rng_state,
)
from .version import __version__

legacy_contiguous_format = contiguous_format = _C.contiguous_format
layout, memory_format = type(_C.strided), type(_C.preserve_format)
newaxis = None
globals().update(_tensor_types)


def as_torch():
    """Makes ``import torch`` mean Taeda in this process, and returns that module.

    For notebooks and tests that are written for PyTorch; ``python -m taeda script.py`` does the
    same for a script. Call it before anything imports torch. Errors: RuntimeError if another
    package is imported as torch already.
    """
    from ._alias import as_torch

    return as_torch()


# Submodules that load at first use, and names that live in them.
_LAZY = {
    **dict.fromkeys(("UntypedStorage", "TypedStorage"), "storage"),
    **dict.fromkeys(("save", "load"), "serialization"),
}


def __getattr__(name):
    home = _LAZY.get(name)
    if home is not None:
        try:
            value = getattr(_import_module(f"{__name__}.{home}"), name)
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{home}":
                raise
        else:
            globals()[name] = value
            return value
    elif not name.startswith("__"):
        try:
            return _import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
    raise AttributeError(f"module 'torch' has no attribute '{name}'")
