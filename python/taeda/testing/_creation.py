"""Random tensors for tests."""

import math

from .. import _C
from .._dtype_info import iinfo


def make_tensor(
    *shape,
    dtype,
    device,
    low=None,
    high=None,
    requires_grad=False,
    noncontiguous=False,
    exclude_zero=False,
    memory_format=None,
):
    """A tensor of uniformly distributed numbers.

    Args:
        shape: the sizes: ints, or one sequence of them.
        dtype: the element type. Floating and complex numbers lie in [-9, 9), uint8 in [0, 10),
            other integers in [-9, 10), booleans in [0, 2) unless low and high say otherwise.
        device: where it lies.
        low: the least number.
        high: the bound that numbers stay below.
        requires_grad: whether it requires a gradient; floating and complex dtypes only.
        noncontiguous: whether its elements lie apart in memory; without effect below two elements.
        exclude_zero: whether zeros are replaced by the least positive number, or 1.
        memory_format: the order of the axes in memory; not with noncontiguous.
    """
    if len(shape) == 1 and not isinstance(shape[0], int):
        shape = tuple(shape[0])
    if noncontiguous and memory_format is not None:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got "
            f"noncontiguous={noncontiguous!r} and memory_format={memory_format!r}"
        )
    if requires_grad and not (dtype.is_floating_point or dtype.is_complex):
        raise ValueError(
            "`requires_grad=True` is not supported for boolean and integral dtypes, but got "
            f"dtype={dtype!r}"
        )
    low, high = _bounds(dtype, low, high)
    wide = noncontiguous and math.prod(shape) > 1
    sizes = (*shape, 2) if wide else shape
    if dtype.is_floating_point or dtype.is_complex:
        out = _uniform(sizes, dtype.to_real(), low, high)
        if dtype.is_complex:
            out = (out + _uniform(sizes, dtype.to_real(), low, high) * 1j).to(dtype)
    elif dtype is _C.bool:
        out = _C.randint(low, high, sizes).to(_C.bool)
    else:
        out = _C.randint(low, high, sizes, dtype=_C.int64).to(dtype)
    if exclude_zero:
        least = 1 if not (dtype.is_floating_point or dtype.is_complex) else _least(dtype)
        out = out.masked_fill(out == 0, least)
    if wide:
        out = out[..., 0]
    if memory_format is not None:
        out = out.clone(memory_format=memory_format)
    out = out.to(device=device)
    return out.requires_grad_() if requires_grad else out


def _least(dtype):
    from .._dtype_info import finfo

    return finfo(dtype).tiny


def _uniform(sizes, dtype, low, high):
    kind = dtype if dtype is _C.float64 else _C.float32
    return _C.empty(sizes, dtype=kind).uniform_(low, high).to(dtype)


def _bounds(dtype, low, high):
    if dtype is _C.bool:
        usual = 0, 2
    elif dtype.is_floating_point or dtype.is_complex:
        usual = -9, 9
    else:
        usual = (-9 if dtype.is_signed else 0), 10
    low, high = usual[0] if low is None else low, usual[1] if high is None else high
    for name, value in (("low", low), ("high", high)):
        if value != value:
            raise ValueError(f"`{name}` cannot be NaN")
    if not low < high:
        raise ValueError(f"make_tensor requires low < high, but got {low} and {high}")
    if not (dtype.is_floating_point or dtype.is_complex) and dtype is not _C.bool:
        limits = iinfo(dtype)
        low, high = max(math.ceil(low), limits.min), min(math.ceil(high), limits.max)
    return low, high
