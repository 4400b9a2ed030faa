"""Taeda: tensors with gradients, and networks made of them, under PyTorch's names.

``import taeda as torch`` runs PyTorch programs. Submodules load at first use:
``torch.nn``, ``torch.optim``, ``torch.utils.data`` and the others need no import of their own.
"""

from importlib import import_module as _import_module
from math import e, inf, nan, pi

from . import _C as _C
from . import _tensor as _tensor
from ._C import *
from ._dtype_info import finfo as finfo
from ._dtype_info import iinfo as iinfo
from ._functions import *
from ._settings import *
from ._tensor_str import (
    get_printoptions as get_printoptions,
)
from ._tensor_str import (
    printoptions as printoptions,
)
from ._tensor_str import (
    set_printoptions as set_printoptions,
)
from ._tensor_types import set_default_tensor_type as set_default_tensor_type
from ._tensor_types import tensor_types as _tensor_types
from .autograd import (
    enable_grad as enable_grad,
)
from .autograd import (
    inference_mode as inference_mode,
)
from .autograd import (
    no_grad as no_grad,
)
from .autograd import (
    set_grad_enabled as set_grad_enabled,
)
from .random import (
    fork_rng as fork_rng,
)
from .random import (
    get_rng_state as get_rng_state,
)
from .random import (
    initial_seed as initial_seed,
)
from .random import (
    manual_seed as manual_seed,
)
from .random import (
    normal as normal,
)
from .random import (
    seed as seed,
)
from .random import (
    set_rng_state as set_rng_state,
)
from .version import __version__ as __version__

legacy_contiguous_format = contiguous_format = _C.contiguous_format
layout, memory_format = type(_C.strided), type(_C.preserve_format)
newaxis = None
globals().update(_tensor_types)


TYPE_CHECKING = False
if TYPE_CHECKING:  # what loads at first use, for type checkers
    from . import autograd, backends, cuda, datasets, nn, optim, special, testing, utils

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
