"""Taeda: tensors with gradients, and networks made of them, under PyTorch's names.

``import taeda as torch`` runs PyTorch programs. Submodules load at first use:
``torch.nn``, ``torch.optim``, ``torch.utils.data`` and the others need no import of their own.
"""

from importlib import import_module as _import_module
from math import e, inf, nan, pi

from . import _C as _C, _tensor as _tensor
from ._C import *
from ._C import _standard_gamma as _standard_gamma
from ._copies import *
from ._dtype_info import finfo as finfo, iinfo as iinfo
from ._foreach import *
from ._functions import *
from ._functions import _assert as _assert
from ._matrices import *
from ._numeric import *
from ._range import range as range
from ._settings import *
from ._tensor_str import (
    get_printoptions as get_printoptions,
    printoptions as printoptions,
    set_printoptions as set_printoptions,
)
from ._tensor_types import (
    set_default_tensor_type as set_default_tensor_type,
    tensor_types as _tensor_types,
)
from ._windows import *
from .autograd import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from .random import (
    fork_rng as fork_rng,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    normal as normal,
    seed as seed,
    set_rng_state as set_rng_state,
)
from .version import __version__ as __version__

legacy_contiguous_format = contiguous_format = _C.contiguous_format
layout, memory_format = type(_C.strided), type(_C.preserve_format)
newaxis = None
globals().update(_tensor_types)


TYPE_CHECKING = False
if TYPE_CHECKING:  # what loads at first use, for type checkers
    from . import autograd, backends, cuda, datasets, nn, optim, signal, special, testing, utils


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
    **dict.fromkeys(("autocast", "GradScaler"), "amp"),
    "OutOfMemoryError": "cuda",
    "compile": "compiler",
    "vmap": "_vmap",
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
