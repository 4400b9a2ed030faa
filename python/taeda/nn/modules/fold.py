"""Sliding windows of images as columns, and back."""

from .. import functional as F
from .module import Module

__all__ = ["Fold", "Unfold"]


def _windows_repr(module):
    return (
        f"kernel_size={module.kernel_size}, dilation={module.dilation}, "
        f"padding={module.padding}, stride={module.stride}"
    )


class Unfold(Module):
    """The windows of images (N, C, H, W) as columns (N, C * kernel elements, windows)."""

    def __init__(self, kernel_size, dilation=1, padding=0, stride=1):
        super().__init__()
        self.kernel_size, self.dilation = kernel_size, dilation
        self.padding, self.stride = padding, stride

    def forward(self, input):
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self):
        return _windows_repr(self)


class Fold(Module):
    """Images of columns: each element is the sum of its places in them."""

    def __init__(self, output_size, kernel_size, dilation=1, padding=0, stride=1):
        super().__init__()
        self.output_size, self.kernel_size, self.dilation = output_size, kernel_size, dilation
        self.padding, self.stride = padding, stride

    def forward(self, input):
        return F.fold(
            input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride
        )

    def extra_repr(self):
        return f"output_size={self.output_size}, {_windows_repr(self)}"
