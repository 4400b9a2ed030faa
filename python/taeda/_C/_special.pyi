# Made by tests/stubs/make.py from the built extension: run it again instead of editing.
import builtins as _b
from collections.abc import Callable as Callable, Iterator as Iterator, Sequence as Sequence
from typing import Any as Any, NamedTuple as NamedTuple, TypeAlias as TypeAlias, overload as overload

_int: TypeAlias = _b.int
_float: TypeAlias = _b.float
_bool: TypeAlias = _b.bool
_str: TypeAlias = _b.str
_complex: TypeAlias = _b.complex
_bytes: TypeAlias = _b.bytes
_type: TypeAlias = _b.type
from . import Generator, Number, Tensor, _device, _dtype, _layout, _memory_format
from . import _adaptive_max_pool1d_with_indices_result, _adaptive_max_pool2d_with_indices_result, _adaptive_max_pool3d_with_indices_result, _aminmax_result, _cummax_result, _cummin_result, _kthvalue_result, _max_pool1d_with_indices_result, _max_pool2d_with_indices_result, _max_pool3d_with_indices_result, _max_pool_result, _max_result, _median_result, _min_result, _nanmedian_result, _native_layer_norm_grad_result, _native_layer_norm_result, _normalize_channels_grad_result, _normalize_channels_result, _sort_result, _std_mean_result, _topk_result, _unique_consecutive_result, _unique_result, _var_mean_result

def xlogy(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input * log(other); 0 where input is 0 and other is a number."""
