"""What the tests of optimizers share."""

import math

import pytest
from recorded_data import read

import taeda as torch

CASES = read("optimizers")
RULES = sorted({case["op"].split(".")[-1] for case in CASES} - {"LBFGS"})
TOLERANCE = {"float32": (1.3e-5, 1e-4), "float64": (1e-6, 1e-6)}


def flat(tensor):
    return tensor.detach().reshape(-1).tolist()


def assert_close(actual, expected, dtype, room=1):
    rtol, atol = TOLERANCE[dtype]
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected, strict=True):
        assert math.isclose(a, e, rel_tol=rtol * room, abs_tol=atol * room), (actual, expected)


def param(*values, dtype=torch.float32):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


def make(name, params, **options):
    return getattr(torch.optim, name)(params, **{"lr": 0.1, **options})


def train(optimizer, params, steps, wave=0.7):
    for i in range(steps):
        optimizer.zero_grad()
        loss = sum(((p - wave * (j + 1)) ** 2 * (i + 1)).sum() for j, p in enumerate(params))
        loss.backward()
        optimizer.step()


def refused(error, text, call):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text
