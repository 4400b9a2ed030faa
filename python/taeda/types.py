"""Names for annotations."""

import os
from collections.abc import Sequence
from typing import Any, Union

from . import _C

_dtype = _C.dtype
_device = _C.device
_size = Union[_C.Size, list[int], tuple[int, ...]]
_layout = type(_C.strided)
Number = Union[int, float, bool]
Device = Union[_C.device, str, int, None]
FileLike = Union[str, "os.PathLike[str]", Any]
Tensor = _C.Tensor
_TensorOrTensors = Union[_C.Tensor, Sequence[_C.Tensor]]
