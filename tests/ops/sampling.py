"""What samples are made of: placeholders for tensors, and the list of samples."""

import math
import zlib
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Real:
    """A floating tensor with distinct values in (low, high), a gradient wanted."""

    shape: tuple
    low: float = -2.0
    high: float = 2.0
    grad: bool = True

    def array(self, seed):
        n = math.prod(self.shape)
        spread = np.arange(1, n + 1) * 0.6180339887498949 + zlib.crc32(seed.encode()) % 1000 / 1000
        values = self.low + (self.high - self.low) * (spread % 1.0)
        values[np.abs(values) < 1e-2] += 0.05  # away from kinks at zero
        return values.reshape(self.shape)


@dataclass(frozen=True)
class Whole:
    """An integer tensor with the given values; an index, a target, a count."""

    values: tuple
    dtype: str = "int64"
    grad: bool = False

    @property
    def shape(self):
        return np.array(self.values).shape

    def array(self, seed):
        return np.array(self.values, self.dtype)


@dataclass(frozen=True)
class Mask(Whole):
    dtype: str = "bool"


def T(*shape, low=-2.0, high=2.0, grad=True):
    return Real(shape, low, high, grad)


def P(*shape):
    """Positive values."""
    return Real(shape, 0.3, 2.5)


def U(*shape):
    """Values inside (-1, 1)."""
    return Real(shape, -0.9, 0.9)


def C(*shape):
    """A constant: no gradient is asked for."""
    return Real(shape, -2.0, 2.0, False)


def W(values):
    return Whole(_frozen(values))


def M(values):
    return Mask(_frozen(values))


def _frozen(values):
    return tuple(map(_frozen, values)) if isinstance(values, (list, tuple)) else values


@dataclass
class Sample:
    name: str
    args: tuple
    kwargs: dict = field(default_factory=dict)
    ref: object = None  # a function of NumPy arrays
    place: str = ""  # "", "functional": where the function lives
    pointwise: bool = False  # each element of the result comes from the elements at its place
    inplace: bool = True  # the in-place form exists and takes these arguments
    meta: bool = True  # the result's shape follows from shapes
    views: bool = False  # the result shares memory
    random: bool = False  # only shape and dtype say something
    smooth: bool = True  # twice differentiable at the sample
    exact: bool = False  # no arithmetic: equal bits in every dtype
    once: bool = False  # not for gradgradcheck: PyTorch has no second derivative either
    number: int = 0

    @property
    def id(self):
        return f"{self.name}-{self.number}"


SAMPLES = []


def add(name, *args, ref=None, place="", **kwargs):
    flags = {k: kwargs.pop(k) for k in list(kwargs) if k in FLAGS}
    number = sum(s.name == name for s in SAMPLES)
    SAMPLES.append(Sample(name, args, kwargs, ref, place, number=number, **flags))


FLAGS = ("pointwise", "inplace", "meta", "views", "random", "smooth", "exact", "once")
S = (3, 4)
