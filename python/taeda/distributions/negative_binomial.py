"""The negative binomial distribution."""

from .. import _C
from ..autograd import no_grad
from ..nn import functional as F
from . import constraints
from ._binary import BinaryLogits
from .distribution import Distribution
from .gamma import Gamma
from .utils import lazy_property

__all__ = ["NegativeBinomial"]


class NegativeBinomial(BinaryLogits, Distribution):
    """The number of successes, of probability probs, before total_count failures."""

    arg_constraints = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(self, total_count, probs=None, logits=None, validate_args=None):
        (count,), _ = self._take(probs, logits, total_count)
        self.total_count = count.type_as(self._param)
        super().__init__(self._param.size(), validate_args=validate_args)

    @property
    def mean(self):
        return self.total_count * _C.exp(self.logits)

    @property
    def mode(self):
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self):
        return self.mean / _C.sigmoid(-self.logits)

    @lazy_property
    def _gamma(self):
        return Gamma(self.total_count, _C.exp(-self.logits), validate_args=False)

    def sample(self, sample_shape=()):
        with no_grad():
            return _C.poisson(self._gamma.sample(sample_shape))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        n = self.total_count
        inner = n * F.logsigmoid(-self.logits) + value * F.logsigmoid(self.logits)
        norm = -_C.lgamma(n + value) + _C.lgamma(1.0 + value) + _C.lgamma(n)
        return inner - norm.masked_fill(n + value == 0.0, 0.0)
