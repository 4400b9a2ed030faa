"""Padding of the last 1, 2 or 3 axes."""

from .. import functional as F
from .module import Module

__all__ = []


def _tuple(padding, n):
    return (padding,) * (2 * n) if isinstance(padding, int) else tuple(padding)


class _Pad(Module):
    _axes, _mode = 1, "constant"

    def __init__(self, padding):
        super().__init__()
        self.padding = _tuple(padding, self._axes)

    def forward(self, input):
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self):
        return f"{self.padding}"


class _ConstantPad(_Pad):
    def __init__(self, padding, value):
        super().__init__(padding)
        self.value = value

    def forward(self, input):
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_Pad):
    value = 0.0

    def forward(self, input):
        return F.pad(input, self.padding, "constant", 0.0)


def _define(name, base, axes, mode, doc):
    members = {"_axes": axes, "_mode": mode, "__doc__": doc, "__module__": __name__}
    globals()[name] = type(name, (base,), members)
    __all__.append(name)


for _n in (1, 2, 3):
    _axes_text = "the last axis" if _n == 1 else f"the last {_n} axes"
    for _name, _base, _how, _doc in (
        ("ConstantPad", _ConstantPad, "constant", "A constant"),
        ("ZeroPad", _ZeroPad, "constant", "Zeros"),
        ("ReflectionPad", _Pad, "reflect", "The elements mirrored at the edge"),
        ("ReplicationPad", _Pad, "replicate", "The edge's elements repeated"),
        ("CircularPad", _Pad, "circular", "The elements of the other end"),
    ):
        _define(f"{_name}{_n}d", _base, _n, _how, f"{_doc} at the ends of {_axes_text}.")
