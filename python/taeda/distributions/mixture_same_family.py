"""Mixtures of distributions of one family."""

from .. import _C
from ..autograd import no_grad
from . import constraints
from .categorical import Categorical
from .distribution import Distribution

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Distribution):
    """One of the components along the last batch axis, drawn by a Categorical."""

    arg_constraints = {}

    def __init__(self, mixture_distribution, component_distribution, validate_args=None):
        self._mixture_distribution = mixture_distribution
        self._component_distribution = component_distribution
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(
                " The Mixture distribution needs to be an  instance of "
                "torch.distributions.Categorical"
            )
        if not isinstance(component_distribution, Distribution):
            raise ValueError(
                "The Component distribution need to be an instance of "
                "torch.distributions.Distribution"
            )
        n = mixture_distribution.logits.shape[-1]
        components = component_distribution.batch_shape
        if n != components[-1]:
            raise ValueError(
                f"`mixture_distribution component` ({n}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({components[-1]})"
            )
        self._num_component = n
        self._event_ndims = len(component_distribution.event_shape)
        super().__init__(
            components[:-1], component_distribution.event_shape, validate_args=validate_args
        )

    def expand(self, batch_shape, _instance=None):
        batch_shape = _C.Size(batch_shape)
        new = self._get_checked_instance(MixtureSameFamily, _instance)
        new._component_distribution = self._component_distribution.expand(
            batch_shape + (self._num_component,)
        )
        new._mixture_distribution = self._mixture_distribution.expand(batch_shape)
        new._num_component, new._event_ndims = self._num_component, self._event_ndims
        event = new._component_distribution.event_shape
        Distribution.__init__(new, batch_shape, event, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @constraints.dependent_property
    def support(self):
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self):
        """The Categorical that chooses."""
        return self._mixture_distribution

    @property
    def component_distribution(self):
        """The distributions that are chosen from."""
        return self._component_distribution

    def _weights(self):
        probs = self.mixture_distribution.probs
        return probs.reshape(probs.shape + (1,) * self._event_ndims)

    @property
    def mean(self):
        return (self._weights() * self.component_distribution.mean).sum(-1 - self._event_ndims)

    @property
    def variance(self):
        axis, weights = -1 - self._event_ndims, self._weights()
        inner = (weights * self.component_distribution.variance).sum(axis)
        shift = self.component_distribution.mean - self.mean.unsqueeze(axis)
        return inner + (weights * shift.pow(2.0)).sum(axis)

    def cdf(self, x):
        inner = self.component_distribution.cdf(x.unsqueeze(-1 - self._event_ndims))
        return (inner * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, x):
        if self._validate_args:
            self._validate_sample(x)
        inner = self.component_distribution.log_prob(x.unsqueeze(-1 - self._event_ndims))
        weights = self.mixture_distribution.logits.log_softmax(-1)
        return _C.logsumexp(inner + weights, dim=-1)

    def sample(self, sample_shape=()):
        with no_grad():
            axis = len(_C.Size(sample_shape)) + len(self.batch_shape)
            chosen = self.mixture_distribution.sample(sample_shape)
            drawn = self.component_distribution.sample(sample_shape)
            chosen = chosen.reshape(chosen.shape + (1,) * (self._event_ndims + 1))
            chosen = chosen.expand(chosen.shape[: axis + 1] + self.event_shape)
            return drawn.gather(axis, chosen).squeeze(axis)

    def __repr__(self):
        return (
            f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"
        )
