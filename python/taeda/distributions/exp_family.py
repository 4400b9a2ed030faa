"""Exponential families."""

from .distribution import Distribution

__all__ = ["ExponentialFamily"]


class ExponentialFamily(Distribution):
    """Distributions with the density exp(<t(x), theta> - F(theta) + k(x)).

    Those that give _natural_params and _log_normalizer F, and _mean_carrier_measure, the mean of
    k, get their entropy from the Bregman divergence.
    """

    @property
    def _natural_params(self):
        raise NotImplementedError

    def _log_normalizer(self, *natural_params):
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self):
        raise NotImplementedError

    def entropy(self):
        from ..autograd import grad

        params = [p.detach().requires_grad_() for p in self._natural_params]
        normal = self._log_normalizer(*params)
        out = normal - self._mean_carrier_measure
        for p, g in zip(params, grad(normal.sum(), params, create_graph=True), strict=True):
            term = p * g
            out = out - term.reshape(self._batch_shape + (-1,)).sum(-1)
        return out
