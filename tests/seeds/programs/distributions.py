"""Distributions: samples, densities, moments, transforms, divergences, errors."""

import torch
from torch.distributions import (
    AffineTransform,
    Bernoulli,
    Categorical,
    Cauchy,
    ComposeTransform,
    Exponential,
    ExpTransform,
    Geometric,
    Gumbel,
    HalfNormal,
    Independent,
    Laplace,
    LogNormal,
    MixtureSameFamily,
    Normal,
    OneHotCategorical,
    OneHotCategoricalStraightThrough,
    Poisson,
    RelaxedBernoulli,
    RelaxedOneHotCategorical,
    SigmoidTransform,
    SoftmaxTransform,
    TanhTransform,
    TransformedDistribution,
    Uniform,
    constraints,
    kl_divergence,
)
from torch.distributions.transforms import StickBreakingTransform

torch.manual_seed(0)
a = torch.tensor([0.2, 0.5, 0.9])
p = torch.rand(2, 3)
ds = [
    Normal(0.0, 1.0),
    Normal(a, a),
    Bernoulli(a),
    Bernoulli(logits=a),
    Categorical(p),
    Categorical(logits=p),
    OneHotCategorical(p),
    Uniform(a, a + 1),
    Uniform(0.0, 2.0),
    Exponential(a),
    Exponential(2.0),
    Laplace(a, a),
    Laplace(0.0, 1.0),
    Geometric(a),
    Poisson(a * 9),
    Independent(Normal(a, a), 1),
    LogNormal(a, a),
    LogNormal(0.0, 1.0),
    HalfNormal(a),
    Cauchy(a, a),
    Gumbel(a, a),
    Gumbel(0.0, 1.0),
    RelaxedBernoulli(torch.tensor(0.5), a),
    RelaxedOneHotCategorical(torch.tensor([0.7]), p),
    MixtureSameFamily(Categorical(torch.ones(3)), Normal(a, a)),
    TransformedDistribution(Normal(a, a), [TanhTransform()]),
    TransformedDistribution(Normal(a, a), [AffineTransform(1.0, 2.0), SigmoidTransform()]),
    TransformedDistribution(Uniform(torch.zeros(2), torch.ones(2)), [SigmoidTransform().inv]),
]
for d in ds:
    print(d)
    print(d.batch_shape, d.event_shape, d.has_rsample, d.has_enumerate_support)
    try:
        print(d.support)
    except NotImplementedError:
        print("NI")
    s = d.sample()
    print(s, s.dtype)
    print(d.sample((2,)))
    lp = d.log_prob(s)
    print(lp)
    for n in ("mean", "stddev", "variance", "mode"):
        try:
            print(n, getattr(d, n))
        except NotImplementedError:
            print(n, "NI")
    for n in ("entropy", "perplexity", "rsample", "enumerate_support"):
        try:
            print(n, getattr(d, n)())
        except NotImplementedError:
            print(n, "NI")
    try:
        print("cdf", d.cdf(s))
    except NotImplementedError:
        print("NI")
    try:
        print("icdf", d.icdf(torch.full_like(s, 0.3)))
    except NotImplementedError:
        print("NI")
    try:
        e = d.expand((4,) + tuple(d.batch_shape))
        print(e, e.sample().shape)
    except NotImplementedError:
        print("NI")
for f in (
    lambda: Normal(0.0, -1.0),
    lambda: Bernoulli(torch.tensor([2.0, 0.1])),
    lambda: Categorical(torch.tensor([-0.1, 1.0])),
    lambda: Normal(0.0, 1.0).log_prob(3),
    lambda: Bernoulli(a).log_prob(torch.tensor(0.5)),
    lambda: Normal(a, a).log_prob(torch.ones(2)),
    lambda: Categorical(),
    lambda: Categorical(torch.tensor(0.5)),
    lambda: kl_divergence(Normal(0.0, 1.0), Uniform(0.0, 1.0)),
    lambda: Uniform(2.0, 1.0),
    lambda: Normal(torch.tensor([float("nan")]), 1.0),
    lambda: Independent(Normal(0.0, 1.0), 1),
    lambda: Categorical(torch.ones(3)).log_prob(torch.tensor(3)),
):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__, e)
print(
    kl_divergence(Normal(a, a), Normal(0.0, 1.0)),
    kl_divergence(Bernoulli(a), Bernoulli(a.flip(0))),
    kl_divergence(Categorical(p), Categorical(p.flip(1))),
    kl_divergence(Independent(Normal(a, a), 1), Independent(Normal(a * 0, a), 1)),
    kl_divergence(Exponential(a), Exponential(a * 2)),
    kl_divergence(Laplace(a, a), Laplace(a * 2, a)),
    kl_divergence(Uniform(a, a + 1), Uniform(a - 1, a + 2)),
    kl_divergence(Poisson(a), Poisson(a * 2)),
    kl_divergence(OneHotCategorical(p), OneHotCategorical(p.flip(1))),
    kl_divergence(Uniform(a, a + 1), Normal(a, a)),
    kl_divergence(LogNormal(a, a), LogNormal(a * 2, a)),
)
w = a.clone().requires_grad_()
l = Bernoulli(logits=w).log_prob(torch.tensor([1.0, 0.0, 1.0])).sum()
l.backward()
print(w.grad)
w = p.clone().requires_grad_()
c = Categorical(logits=w)
l = c.log_prob(c.sample()).sum() + c.entropy().sum()
l.backward()
print(l, w.grad)
w = p.clone().requires_grad_()
c = OneHotCategoricalStraightThrough(logits=w)
l = (c.rsample() * p).sum()
l.backward()
print(l, w.grad)
w = a.clone().requires_grad_()
l = TransformedDistribution(Normal(w, a), TanhTransform(cache_size=1))
z = l.rsample()
q = l.log_prob(z)
print(z, q)
q.sum().backward()
print(w.grad)
t = ComposeTransform([AffineTransform(1.0, 2.0), ExpTransform()])
print(t, t.inv(t(a)), t.log_abs_det_jacobian(a, t(a)), t.domain, t.codomain, t.inv)
s = StickBreakingTransform()
print(
    s(a),
    s.inv(s(a)),
    s.log_abs_det_jacobian(a, s(a)),
    SoftmaxTransform()(a),
    SigmoidTransform().log_abs_det_jacobian(a, a.sigmoid()),
)
print(
    constraints.positive,
    constraints.simplex,
    constraints.unit_interval,
    constraints.interval(-1, 1),
    constraints.real_vector,
    constraints.nonnegative_integer,
    constraints.boolean,
)
