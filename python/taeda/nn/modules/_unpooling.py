"""Norms of windows, and the way back from maximum pooling."""

from .. import functional as F
from .module import Module

__all__ = []


def _tuple(value, rank):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank


class _LPPoolNd(Module):
    def __init__(self, norm_type, kernel_size, stride=None, ceil_mode=False):
        super().__init__()
        self.norm_type, self.kernel_size = norm_type, kernel_size
        self.stride, self.ceil_mode = stride, ceil_mode

    def forward(self, input):
        pool = getattr(F, f"lp_pool{self._rank}d")
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self):
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class _MaxUnpoolNd(Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = _tuple(kernel_size, self._rank)
        self.stride = self.kernel_size if stride is None else _tuple(stride, self._rank)
        self.padding = _tuple(padding, self._rank)

    def forward(self, input, indices, output_size=None):
        unpool = getattr(F, f"max_unpool{self._rank}d")
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


def _define(name, base, rank, doc):
    members = {"_rank": rank, "__doc__": doc, "__module__": "taeda.nn.modules.pooling"}
    globals()[name] = type(name, (base,), members)
    __all__.append(name)


for _n in (1, 2, 3):
    _axes = "the last axis" if _n == 1 else f"the last {_n} axes"
    _define(f"LPPool{_n}d", _LPPoolNd, _n, f"The norm of order norm_type of windows of {_axes}.")
    _define(
        f"MaxUnpool{_n}d", _MaxUnpoolNd, _n, f"Zeros, and the input where MaxPool{_n}d found it."
    )
