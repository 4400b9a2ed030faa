"""assert_close, and the texts by which it says what differs."""

from collections.abc import Mapping, Sequence

from .. import _C

_TOLERANCES = {
    _C.float16: (1e-3, 1e-5),
    _C.bfloat16: (1.6e-2, 1e-5),
    _C.float32: (1.3e-6, 1e-5),
    _C.complex64: (1.3e-6, 1e-5),
    _C.float64: (1e-7, 1e-7),
    _C.complex128: (1e-7, 1e-7),
}


def assert_close(
    actual,
    expected,
    *,
    allow_subclasses=True,
    rtol=None,
    atol=None,
    equal_nan=False,
    check_device=True,
    check_dtype=True,
    check_layout=True,
    check_stride=False,
    msg=None,
):
    """Raises AssertionError unless ``abs(actual - expected) <= atol + rtol * abs(expected)``.

    Sequences and mappings are compared item by item; arrays, numbers, bools and None are allowed.

    Args:
        actual: a tensor, or what can be compared with one.
        expected: the same.
        allow_subclasses: False: both must have the same type.
        rtol: the relative tolerance; with None for both, that of the dtypes (the larger of each).
        atol: the absolute tolerance.
        equal_nan: whether two NaN are close.
        check_device: whether the devices must be the same.
        check_dtype: whether the dtypes must be the same.
        check_layout: accepted; there is one layout.
        check_stride: whether the strides must be the same.
        msg: the text of the error, or a function of the usual one.

    Raises:
        AssertionError: they are not close.
        TypeError: they cannot be compared.
        ValueError: only one of rtol and atol is given.
    """
    if (rtol is None) != (atol is None):
        raise ValueError(
            f"Both 'rtol' and 'atol' must be either specified or unspecified, but got rtol={rtol} "
            f"and atol={atol}"
        )
    checks = _Checks(
        allow_subclasses, rtol, atol, equal_nan, check_device, check_dtype, check_stride
    )
    try:
        checks.compare(actual, expected, ())
    except _Differs as error:
        text = str(error)
        if msg is not None:
            text = msg(text) if callable(msg) else msg
        raise AssertionError(text) from None


class _Differs(Exception):
    def __init__(self, text, path):
        where = "".join(f"[{p!r}]" for p in path)
        super().__init__(text + (f"\n\nThe failure occurred for item {where}" if where else ""))


def _is_sequence(x):
    return isinstance(x, Sequence) and not isinstance(x, (str, bytes))


class _Checks:
    def __init__(self, subclasses, rtol, atol, equal_nan, device, dtype, stride):
        self.subclasses, self.rtol, self.atol, self.equal_nan = subclasses, rtol, atol, equal_nan
        self.device, self.dtype, self.stride = device, dtype, stride

    def compare(self, actual, expected, path):
        if _is_sequence(actual) and _is_sequence(expected):
            if len(actual) != len(expected):
                raise _Differs(
                    f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", path
                )
            for i, (a, b) in enumerate(zip(actual, expected)):
                self.compare(a, b, (*path, i))
        elif isinstance(actual, Mapping) and isinstance(expected, Mapping):
            self.compare_mappings(actual, expected, path)
        elif actual is None or expected is None:
            if actual is not expected:
                raise _Differs(f"None mismatch: {actual} is not {expected}", path)
        elif isinstance(actual, bool) and isinstance(expected, bool):
            if actual != expected:
                raise _Differs(f"Booleans mismatch: {actual} is not {expected}", path)
        elif _is_number(actual) and _is_number(expected):
            self.compare_numbers(actual, expected, path)
        else:
            self.compare_tensors(*self.tensors(actual, expected), path)

    def compare_mappings(self, actual, expected, path):
        missing, extra = expected.keys() - actual.keys(), actual.keys() - expected.keys()
        if missing or extra:
            raise _Differs(
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {sorted(missing, key=str)}\n"
                f"Additional keys in the actual mapping: {sorted(extra, key=str)}",
                path,
            )
        for key in expected:
            self.compare(actual[key], expected[key], (*path, key))

    def tensors(self, actual, expected):
        kinds = isinstance(actual, _C.Tensor), isinstance(expected, _C.Tensor)
        related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
        if all(kinds) and (type(actual) is type(expected) or (self.subclasses and related)):
            return actual, expected
        if _C._is_array(actual) and _C._is_array(expected):
            return _C.as_tensor(actual), _C.as_tensor(expected)
        names = (
            f"<class 'torch.{type(x).__name__}'>" if isinstance(x, _C.Tensor) else str(type(x))
            for x in (actual, expected)
        )
        raise TypeError(
            "No comparison pair was able to handle inputs of type {} and {}.".format(*names)
        )

    def tolerances(self, *dtypes):
        if self.rtol is not None:
            return self.rtol, self.atol
        known = [_TOLERANCES.get(d, (0.0, 0.0)) for d in dtypes]
        return max(k[0] for k in known), max(k[1] for k in known)

    def compare_numbers(self, actual, expected, path):
        if self.dtype and type(actual) is not type(expected):
            raise _Differs(f"The (d)types do not match: {type(actual)} != {type(expected)}.", path)
        kinds = {int: _C.int64, float: _C.float64, complex: _C.complex128}
        rtol, atol = self.tolerances(*(kinds[type(x)] for x in (actual, expected)))
        if actual == expected or (self.equal_nan and actual != actual and expected != expected):
            return
        difference = abs(actual - expected)
        if difference <= atol + rtol * abs(expected) and difference < float("inf"):
            return
        if not rtol and not atol:
            raise _Differs(
                f"Scalars are not equal!\n\nExpected {expected} but got {actual}.\n"
                f"Absolute difference: {difference}\n"
                f"Relative difference: {_ratio(difference, expected)}",
                path,
            )
        raise _Differs(
            f"Scalars are not close!\n\nExpected {expected} but got {actual}.\n"
            f"Absolute difference: {difference} (up to {atol} allowed)\n"
            f"Relative difference: {_ratio(difference, expected)} (up to {rtol} allowed)",
            path,
        )

    def compare_tensors(self, actual, expected, path):
        def same(name, a, b):
            if a != b:
                raise _Differs(f"The values for attribute {name!r} do not match: {a} != {b}.", path)

        same("shape", actual.shape, expected.shape)
        if self.device:
            same("device", actual.device, expected.device)
        if self.dtype:
            same("dtype", actual.dtype, expected.dtype)
        if self.stride:
            same("stride()", actual.stride(), expected.stride())
        if actual.is_meta or expected.is_meta:
            if actual.is_meta and expected.is_meta:
                return
            raise NotImplementedError("Comparing meta tensors is currently not supported")
        rtol, atol = self.tolerances(actual.dtype, expected.dtype)
        actual, expected = actual.detach(), expected.detach()
        if actual.dtype != expected.dtype:
            common = _C.promote_types(actual.dtype, expected.dtype)
            actual, expected = actual.to(common), expected.to(common)
        actual, expected = _comparable(actual), _comparable(expected)
        close = _C.isclose(actual, expected, rtol, atol, self.equal_nan)
        if bool(close.all()):
            return
        raise _Differs(_report(actual, expected, close, rtol, atol), path)


def _is_number(x):
    return isinstance(x, (int, float, complex)) and not isinstance(x, bool)


def _ratio(difference, expected):
    return difference / abs(expected) if expected else float("inf")


_EXACT = {_C.uint16: _C.int64, _C.uint32: _C.int64, _C.uint64: _C.float64}


def _comparable(t):
    return t.to(_EXACT[t.dtype]) if t.dtype in _EXACT else t


def _report(actual, expected, close, rtol, atol):
    if actual.dtype is _C.bool:
        actual, expected = actual.to(_C.int64), expected.to(_C.int64)
    wrong = close.numel() - int(close.sum())
    equality = not rtol and not atol
    share = wrong / max(close.numel(), 1)
    difference = (actual - expected).abs()
    difference = difference.masked_fill(close, 0)
    relative = difference / expected.abs()
    relative = relative.masked_fill(close, 0)
    lines = [f"Tensor-likes are not {'equal' if equality else 'close'}!", ""]
    if actual.dim():
        lines.append(f"Mismatched elements: {wrong} / {close.numel()} ({share:.1%})")
    else:
        lines = [
            f"Scalars are not {'equal' if equality else 'close'}!",
            "",
            f"Expected {expected.item()} but got {actual.item()}.",
        ]
    names = ("Greatest absolute", atol), ("Greatest relative", rtol)
    if not actual.dim():
        names = ("Absolute", atol), ("Relative", rtol)
    for (name, allowed), values in zip(names, (difference, relative)):
        greatest, at = _greatest(values)
        line = f"{name} difference: {greatest}"
        if actual.dim():
            line += f" at index {at}"
        lines.append(line if equality else line + f" (up to {allowed} allowed)")
    return "\n".join(lines)


def _greatest(values):
    """The greatest number, NaN above all, and its index."""
    flat = values.flatten()
    place = int(flat.argmax())
    greatest, at = flat[place].item(), []
    for size in reversed(values.shape):
        place, here = divmod(place, size)
        at.insert(0, here)
    return greatest, tuple(at)
