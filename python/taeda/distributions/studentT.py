"""Student's t-distribution."""

import math

from .. import _C
from ..random import normal
from . import constraints
from .chi2 import Chi2
from .distribution import Distribution
from .utils import broadcast_all

__all__ = ["StudentT"]


class StudentT(Distribution):
    """loc + scale * x / sqrt(z / df) for a standard normal x and a chi-squared z."""

    arg_constraints = {
        "df": constraints.positive,
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    has_rsample = True

    def __init__(self, df, loc=0.0, scale=1.0, validate_args=None):
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.size(), validate_args=validate_args)

    def _expand_rest(self, new, batch_shape):
        new._chi2 = self._chi2.expand(batch_shape)

    @property
    def mean(self):
        mean = self.loc.clone(memory_format=_C.contiguous_format)
        mean[self.df <= 1] = math.nan
        return mean

    @property
    def mode(self):
        return self.loc

    @property
    def variance(self):
        wide = self.scale.pow(2) * self.df / (self.df - 2)
        some = _C.where(self.df > 1, math.inf, math.nan).to(wide.dtype)
        return _C.where(self.df > 2, wide, some)

    def rsample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        x = normal(self.df.new_zeros(shape), self.df.new_ones(shape))
        z = self._chi2.rsample(sample_shape)
        return self.loc + self.scale * (x * _C.rsqrt(z / self.df))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        y = (value - self.loc) / self.scale
        norm = (
            self.scale.log()
            + 0.5 * self.df.log()
            + 0.5 * math.log(math.pi)
            + _C.lgamma(0.5 * self.df)
            - _C.lgamma(0.5 * (self.df + 1.0))
        )
        return -0.5 * (self.df + 1.0) * _C.log1p(y**2.0 / self.df) - norm

    def entropy(self):
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        lbeta = _C.lgamma(half) + math.lgamma(0.5) - _C.lgamma(more)
        return (
            self.scale.log()
            + more * (_C.digamma(more) - _C.digamma(half))
            + 0.5 * self.df.log()
            + lbeta
        )
