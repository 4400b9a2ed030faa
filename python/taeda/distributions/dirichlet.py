"""The Dirichlet distribution."""

from .. import _C
from .._dtype_info import finfo
from . import constraints
from .exp_family import ExponentialFamily

__all__ = ["Dirichlet"]


class Dirichlet(ExponentialFamily):
    """Points of the simplex with the density prod x ** (concentration - 1), up to its integral."""

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration, validate_args=None):
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(
            concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args
        )

    def rsample(self, sample_shape=()):
        parts = _C._standard_gamma(self.concentration.expand(self._extended_shape(sample_shape)))
        shares = parts / parts.sum(-1, keepdim=True)
        info = finfo(parts.dtype)
        return shares.clamp(min=info.tiny, max=1 - info.eps / 2)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        return _C.xlogy(a - 1.0, value).sum(-1) + _C.lgamma(a.sum(-1)) - _C.lgamma(a).sum(-1)

    @property
    def mean(self):
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self):
        less = (self.concentration - 1).clamp(min=0.0)
        mode = less / less.sum(-1, True)
        flat = (self.concentration < 1).all(dim=-1)
        from ..nn import functional as F

        corner = F.one_hot(mode[flat].argmax(dim=-1), less.shape[-1])
        mode[flat] = corner.to(mode)
        return mode

    @property
    def variance(self):
        a, total = self.concentration, self.concentration.sum(-1, True)
        return a * (total - a) / (total.pow(2) * (total + 1))

    def entropy(self):
        a, k = self.concentration, self.concentration.size(-1)
        a0 = a.sum(-1)
        return (
            _C.lgamma(a).sum(-1)
            - _C.lgamma(a0)
            - (k - a0) * _C.digamma(a0)
            - ((a - 1.0) * _C.digamma(a)).sum(-1)
        )

    @property
    def _natural_params(self):
        return (self.concentration,)

    def _log_normalizer(self, x):
        return x.lgamma().sum(-1) - _C.lgamma(x.sum(-1))
