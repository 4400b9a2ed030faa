"""finfo and iinfo: the limits of number types."""

from . import _C

__all__ = ["finfo", "iinfo"]

# bits of the significand (the hidden one left out) and the greatest exponent
_FLOATS = {
    _C.float16: (10, 15),
    _C.bfloat16: (7, 127),
    _C.float32: (23, 127),
    _C.float64: (52, 1023),
}


def _checked(dtype, name):
    if not isinstance(dtype, _C.dtype):
        raise TypeError(
            f"{name}(): argument 'type' (position 1) must be torch.dtype, "
            f"not {type(dtype).__name__}"
        )
    return dtype


class finfo:
    """Limits of a floating dtype; of a complex one's parts; of the default dtype.

    bits, eps (the step above 1), max, min, tiny (the smallest normal number, also
    smallest_normal), resolution, dtype (its name).
    """

    def __init__(self, type=None):
        dtype = _C.get_default_dtype() if type is None else _checked(type, "finfo")
        real = dtype.to_real()
        if real not in _FLOATS:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle "
                "'torch.finfo'"
            )
        digits, top = _FLOATS[real]
        self.bits = real.itemsize * 8
        self.eps = 2.0**-digits
        self.max = (2.0 - self.eps) * 2.0**top
        self.min = -self.max
        self.tiny = self.smallest_normal = 2.0 ** (1 - top)
        self.resolution = 10.0 ** -int(digits * 0.30102999566398120)
        self.dtype = str(dtype).removeprefix("torch.")

    def __eq__(self, other):
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __hash__(self):
        return hash(self.dtype)

    def __repr__(self):
        g = "{:g}".format
        return (
            f"finfo(resolution={g(self.resolution)}, min={g(self.min)}, max={g(self.max)}, "
            f"eps={g(self.eps)}, smallest_normal={g(self.tiny)}, tiny={g(self.tiny)}, "
            f"dtype={self.dtype})"
        )


class iinfo:
    """Limits of an integer dtype: bits, min, max, dtype (its name)."""

    def __init__(self, type):
        dtype = _checked(type, "iinfo")
        if dtype.is_floating_point or dtype.is_complex:
            raise TypeError(
                "torch.iinfo() requires an integer input type. Use torch.finfo to handle "
                "'torch.iinfo'"
            )
        if dtype is _C.bool:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        self.bits = dtype.itemsize * 8
        value_bits = self.bits - dtype.is_signed
        self.min = -(2**value_bits) if dtype.is_signed else 0
        self.max = 2**value_bits - 1
        self.dtype = str(dtype).removeprefix("torch.")

    def __eq__(self, other):
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __hash__(self):
        return hash(self.dtype)

    def __repr__(self):
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
