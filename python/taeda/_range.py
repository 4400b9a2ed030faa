"""torch.range, which programs wrote before arange."""

from . import _C

__all__ = ["range"]


def range(start, end, step=1, *, out=None, dtype=None, requires_grad=False, **options):
    """start, start + step, .. up to and including end, of the default dtype.

    Deprecated: :func:`arange` leaves out its end, as Python's range does.
    """
    _C._hint(
        "torch.range",
        "torch.range is deprecated and will be removed in a future release because its behavior is "
        "inconsistent with Python's range builtin. Instead, use torch.arange, which produces "
        "values in [start, end).",
    )
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    steps = _C.arange(int((end - start) / step) + 1, dtype=_C.float64)
    dtype = dtype or (_C.get_default_dtype() if out is None else out.dtype)
    numbers = (start + steps * step).to(dtype).to(options.get("device") or "cpu")
    if out is not None:
        return out.resize_(numbers.shape).copy_(numbers)
    return numbers.requires_grad_() if requires_grad else numbers
