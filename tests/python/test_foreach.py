"""torch._foreach_*: on each tensor of a list what the function of that name does on one."""

import pytest

import taeda as torch


def tensors():
    return [torch.linspace(0.1, 0.9, n, dtype=torch.float64) for n in (3, 1, 4)]


BESIDE = {
    "add": 2.0,
    "sub": 0.5,
    "mul": 3.0,
    "div": 2.0,
    "pow": 2.0,
    "maximum": 0.5,
    "minimum": 0.5,
    "clamp_max": 0.5,
    "clamp_min": 0.5,
}


@pytest.mark.parametrize(
    "name", "abs cos exp floor log neg reciprocal rsqrt sigmoid sqrt tanh trunc".split()
)
def test_unary(name):
    x, y = tensors(), tensors()
    out = getattr(torch, f"_foreach_{name}")(x)
    want = [getattr(torch, name)(t) for t in x]
    assert len(out) == 3 and all(torch.equal(a, b) for a, b in zip(out, want))
    assert getattr(torch, f"_foreach_{name}_")(y)[0] is y[0]
    assert all(torch.equal(a, b) for a, b in zip(y, want))


@pytest.mark.parametrize("name", BESIDE)
def test_binary(name):
    number, x = BESIDE[name], tensors()
    function = getattr(torch, f"_foreach_{name}")
    one = function(x, number)
    each = function(x, [number] * 3)
    partners = function(x, [torch.full_like(t, number) for t in x])
    y = tensors()
    getattr(torch, f"_foreach_{name}_")(y, number)
    for got in (each, partners, y):
        assert all(torch.equal(a, b) for a, b in zip(got, one))
    value = {"maximum": "clamp_min", "minimum": "clamp_max"}.get(name, name)
    assert torch.equal(one[0], getattr(x[0], value)(number))


def test_weighted_and_the_rest():
    x, y, z = tensors(), tensors(), tensors()
    out = torch._foreach_addcmul(x, y, z, [1.0, 2.0, 3.0])
    assert torch.equal(out[2], x[2].addcmul(y[2], z[2], value=3.0))
    torch._foreach_addcdiv_(x, y, z, 2.0)
    assert torch.allclose(x[0], y[0] + 2)
    assert torch.equal(torch._foreach_lerp(y, x, 0.25)[1], y[1].lerp(x[1], 0.25))
    assert torch.allclose(torch._foreach_norm(y, 1)[0], y[0].abs().sum())
    torch._foreach_copy_(x, y)
    assert torch.equal(x[1], y[1])
    torch._foreach_zero_(x)
    assert all(not t.any() for t in x)


def test_refused():
    with pytest.raises(RuntimeError, match="same number of tensors, got 3 and 2"):
        torch._foreach_add(tensors(), tensors()[:2])
    with pytest.raises(TypeError, match="must be tuple of Tensors, not Tensor"):
        torch._foreach_exp(torch.ones(2))
