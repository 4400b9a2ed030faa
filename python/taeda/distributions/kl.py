"""Kullback-Leibler divergences: KL(p || q) = E_p[log p - log q]."""

import math

from .. import _C
from .._functions import broadcast_shapes
from .bernoulli import Bernoulli
from .beta import Beta
from .categorical import Categorical
from .dirichlet import Dirichlet
from .distribution import Distribution
from .exponential import Exponential
from .gamma import Gamma
from .independent import Independent, sum_rightmost
from .laplace import Laplace
from .log_normal import LogNormal
from .multivariate_normal import MultivariateNormal
from .normal import Normal
from .one_hot_categorical import OneHotCategorical
from .poisson import Poisson
from .transformed_distribution import TransformedDistribution
from .uniform import Uniform

__all__ = ["kl_divergence", "register_kl"]

_rules = {}


def register_kl(type_p, type_q):
    """Decorates the function that gives KL(p || q) for p of type_p and q of type_q."""
    for t in (type_p, type_q):
        if not (isinstance(t, type) and issubclass(t, Distribution)):
            raise TypeError(f"Expected type to be a Distribution subclass but got {t}")

    def decorate(rule):
        _rules[type_p, type_q] = rule
        return rule

    return decorate


def kl_divergence(p, q):
    """KL(p || q), of the batch's shape.

    Errors:
        NotImplementedError: there is no rule for these two distributions.
    """
    kinds = type(p), type(q)
    fits = [r for r in _rules if issubclass(kinds[0], r[0]) and issubclass(kinds[1], r[1])]
    if not fits:
        raise NotImplementedError(
            "No KL(p || q) is implemented for p type "
            f"{kinds[0].__name__} and q type {kinds[1].__name__}"
        )

    def distance(types):  # of a rule's types from these, the first counting more
        return tuple(kind.__mro__.index(t) for kind, t in zip(kinds, types, strict=True))

    return _rules[min(fits, key=distance)](p, q)


@register_kl(Normal, Normal)
def _normal(p, q):
    ratio = (p.scale / q.scale).pow(2)
    shift = ((p.loc - q.loc) / q.scale).pow(2)
    return 0.5 * (ratio + shift - 1 - ratio.log())


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p, q):
    from ..nn import functional as F

    def against(probs, other):
        term = probs * (F.softplus(-other.logits) - F.softplus(-p.logits))
        term = _C.where(other.probs == 0, math.inf, term)
        return _C.where(probs == 0, 0.0, term)

    yes = against(p.probs, q)
    no_p = 1 - p.probs
    no = no_p * (F.softplus(q.logits) - F.softplus(p.logits))
    no = _C.where(q.probs == 1, math.inf, no)
    return yes + _C.where(p.probs == 1, 0.0, no)


@register_kl(Categorical, Categorical)
def _categorical(p, q):
    t = p.probs * (p.logits - q.logits)
    t = _C.where((q.probs == 0).expand_as(t), math.inf, t)
    t = _C.where((p.probs == 0).expand_as(t), 0.0, t)
    return t.sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot(p, q):
    return kl_divergence(p._categorical, q._categorical)


@register_kl(Exponential, Exponential)
def _exponential(p, q):
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(Poisson, Poisson)
def _poisson(p, q):
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Laplace, Laplace)
def _laplace(p, q):
    ratio = p.scale / q.scale
    far = (p.loc - q.loc).abs()
    return -ratio.log() + far / q.scale + ratio * _C.exp(-far / p.scale) - 1


@register_kl(Uniform, Uniform)
def _uniform(p, q):
    result = ((q.high - q.low) / (p.high - p.low)).log()
    return _C.where((q.low > p.low) | (q.high < p.high), math.inf, result)


@register_kl(Gamma, Gamma)
def _gamma(p, q):
    return (
        q.concentration * (p.rate / q.rate).log()
        + _C.lgamma(q.concentration)
        - _C.lgamma(p.concentration)
        + (p.concentration - q.concentration) * _C.digamma(p.concentration)
        + (q.rate - p.rate) * (p.concentration / p.rate)
    )


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p, q):
    a, b = p.concentration, q.concentration
    total = a.sum(-1)
    outer = (total.lgamma() - b.sum(-1).lgamma()) - (a.lgamma() - b.lgamma()).sum(-1)
    return outer + ((a - b) * (a.digamma() - total.digamma().unsqueeze(-1))).sum(-1)


@register_kl(Beta, Beta)
def _beta(p, q):
    return _dirichlet(p._dirichlet, q._dirichlet)


@register_kl(LogNormal, LogNormal)
def _log_normal(p, q):
    return _normal(p.base_dist, q.base_dist)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p, q):
    from ..linalg import solve_triangular

    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be "
            "computed"
        )
    a, b = p.scale_tril, q.scale_tril
    shape = broadcast_shapes(a.shape, b.shape)
    half = [m.diagonal(dim1=-2, dim2=-1).log().sum(-1) for m in (b, a)]
    inner = solve_triangular(b.expand(shape), a.expand(shape), upper=False)
    shift = solve_triangular(b.expand(shape), (q.loc - p.loc).unsqueeze(-1), upper=False)
    trace = inner.pow(2).sum((-2, -1))
    distance = shift.pow(2).sum((-2, -1))
    return half[0] - half[1] + 0.5 * (trace + distance - p.event_shape[0])


@register_kl(Independent, Independent)
def _independent(p, q):
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed(p, q):
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(Uniform, Normal)
def _uniform_normal(p, q):
    width = p.high - p.low
    t1 = (math.sqrt(math.pi * 2) * q.scale / width).log()
    t2 = width.pow(2) / 12
    t3 = ((p.high + p.low - 2 * q.loc) / 2).pow(2)
    return t1 + 0.5 * (t2 + t3) / q.scale.pow(2)


# Where p has values that q cannot have.
_BEYOND = {
    Exponential: (Beta, Uniform),
    Gamma: (Beta, Uniform),
    Laplace: (Beta, Exponential, Gamma, Uniform),
    Normal: (Beta, Exponential, Gamma, Uniform),
    Poisson: (Bernoulli,),
}


def _infinite(p, q):
    return _C.full(p.batch_shape, math.inf)


for _p, _all in _BEYOND.items():
    for _q in _all:
        register_kl(_p, _q)(_infinite)
