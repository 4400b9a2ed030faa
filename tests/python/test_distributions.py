"""Distributions: random streams and densities as recorded from PyTorch 2.13, and their rules."""

import math

import pytest

import taeda as torch
from taeda import distributions as D

A = [0.2, 0.5, 0.9]


def close(x, expected, tolerance=1e-4):
    assert torch.allclose(x, torch.tensor(expected), atol=tolerance), x


def test_samples_of_the_gamma_family_have_the_right_moments():
    torch.manual_seed(0)
    for shape in (0.4, 1.0, 7.5):
        x = torch._standard_gamma(torch.full((20000,), shape))
        assert abs(x.mean().item() - shape) < 0.05 * shape + 0.02
        assert abs(x.var().item() - shape) < 0.12 * shape
        assert (x > 0).all()
    beta = D.Beta(2.0, 6.0).sample((20000,))
    assert abs(beta.mean().item() - 0.25) < 0.01
    rows = D.Dirichlet(torch.tensor([1.0, 2.0, 5.0])).sample((20000,))
    assert torch.allclose(rows.sum(-1), torch.ones(20000))
    close(rows.mean(0), [0.125, 0.25, 0.625], 0.01)


@pytest.mark.parametrize("shape", [0.2, 1.0, 3.5, 40.0, 900.0, 8000.0])
def test_gradients_through_gamma_samples(shape):
    # E[x] = shape, so that the mean derivative is 1; E[x * x] = shape * (shape + 1).
    a = torch.full((40000,), shape, dtype=torch.float64, requires_grad=True)
    torch.manual_seed(0)
    x = torch._standard_gamma(a)
    (slope,) = torch.autograd.grad(x.sum(), a, retain_graph=True)
    assert abs(slope.mean().item() - 1) < 0.03
    (slope,) = torch.autograd.grad((x * x).sum(), a)
    assert abs(slope.mean().item() / (2 * shape + 1) - 1) < 0.05
    assert D.Beta(a[:2], a[:2]).rsample().requires_grad


def test_binomial_counts():
    torch.manual_seed(1)
    for count, prob in ((5.0, 0.3), (100.0, 0.4), (60.0, 0.8)):
        x = D.Binomial(count, torch.tensor(prob)).sample((20000,))
        assert abs(x.mean().item() - count * prob) < 0.02 * count * prob + 0.02
        assert abs(x.var().item() - count * prob * (1 - prob)) < 0.1 * count * prob * (1 - prob)
        assert ((x >= 0) & (x <= count)).all() and (x == x.floor()).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda a: D.Normal(a, a),
        lambda a: D.Laplace(a, a),
        lambda a: D.Exponential(a),
        lambda a: D.Uniform(a, a + 1),
        lambda a: D.Cauchy(a, a),
        lambda a: D.Gumbel(a, a),
        lambda a: D.HalfNormal(a),
        lambda a: D.LogNormal(a, a / 2),
        lambda a: D.Gamma(a, a),
        lambda a: D.Beta(a, a),
        lambda a: D.StudentT(a, a, a),
    ],
)
def test_densities_integrate_to_one(make):
    d = make(torch.tensor(1.7, dtype=torch.float64))
    low, high = -400.0, 400.0
    support = d.support
    if getattr(support, "lower_bound", None) is not None:
        low = float(support.lower_bound)
    if getattr(support, "upper_bound", None) is not None:
        high = float(support.upper_bound)
    x = torch.linspace(low, high, 2_000_001, dtype=torch.float64)
    x = x[1:-1]
    whole = torch.trapezoid(d.log_prob(x).exp(), x)
    assert abs(whole.item() - 1) < 5e-3


@pytest.mark.parametrize(
    "make", [lambda a: D.Normal(a, a), lambda a: D.Laplace(a, a), lambda a: D.Gumbel(a, a)]
)
def test_icdf_inverts_cdf(make):
    d = make(torch.tensor(0.7, dtype=torch.float64))
    p = torch.linspace(0.05, 0.95, 9, dtype=torch.float64)
    assert torch.allclose(d.cdf(d.icdf(p)), p, atol=1e-6)


def test_divergences():
    for p, q in (
        (D.Normal(0.3, 1.2), D.Normal(-0.5, 0.8)),
        (D.Laplace(0.3, 1.2), D.Laplace(-0.5, 0.8)),
        (D.Gamma(torch.tensor(2.0), 1.5), D.Gamma(torch.tensor(3.0), 1.0)),
        (D.Beta(2.0, 3.0), D.Beta(1.5, 1.5)),
    ):
        torch.manual_seed(0)
        x = p.sample((200000,))
        estimate = (p.log_prob(x) - q.log_prob(x)).mean()
        assert abs(D.kl_divergence(p, q).item() - estimate.item()) < 0.02
    assert D.kl_divergence(D.Normal(0.0, 1.0), D.Uniform(0.0, 1.0)) == math.inf
    with pytest.raises(NotImplementedError, match="No KL"):
        D.kl_divergence(D.Normal(0.0, 1.0), D.Bernoulli(0.5))


def test_a_rule_of_ones_own_is_preferred_to_that_of_a_base():
    class Mine(D.Normal):
        pass

    @D.register_kl(Mine, D.Normal)
    def _(p, q):
        return torch.tensor(7.0)

    assert D.kl_divergence(Mine(0.0, 1.0), D.Normal(0.0, 1.0)) == 7
    assert D.kl_divergence(D.Normal(0.0, 1.0), Mine(0.0, 1.0)) == 0


def test_transforms_invert_and_measure():
    x = torch.tensor(A, dtype=torch.float64)
    for t in (
        D.ExpTransform(),
        D.SigmoidTransform(),
        D.TanhTransform(),
        D.SoftplusTransform(),
        D.AffineTransform(1.0, -2.0),
        D.PowerTransform(3.0),
        D.ComposeTransform([D.AffineTransform(0.5, 2.0), D.ExpTransform()]),
    ):
        assert torch.allclose(t.inv(t(x)), x)
        slope = torch.autograd.functional.jacobian(t, x).diagonal().abs().log()
        assert torch.allclose(t.log_abs_det_jacobian(x, t(x)), slope)


def test_messages():
    with pytest.raises(ValueError, match="Expected parameter scale .Tensor of shape .3,.. of dist"):
        D.Normal(torch.zeros(3), torch.tensor([1.0, -1.0, 2.0]))
    with pytest.raises(ValueError, match="to be within the support"):
        D.Bernoulli(0.5).log_prob(torch.tensor(0.5))
    with pytest.raises(ValueError, match="Either `probs` or `logits` must be specified"):
        D.Categorical()
    assert D.Normal(0.0, -1.0, validate_args=False).scale == -1
