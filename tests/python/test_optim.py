"""Optimizers: recorded steps, state, groups, errors and what users build on them."""

import inspect
import math

import pytest
from optim_helpers import CASES, RULES, assert_close, flat, make, param, refused
from taeda.optim.optimizer import Optimizer, required

import taeda as torch


def decode(value):
    """An argument of a recorded call."""
    if isinstance(value, list):
        return [decode(v) for v in value]
    if not isinstance(value, dict):
        return value
    if "tensor" in value:
        flat = torch.tensor(value["data"], dtype=getattr(torch, value["tensor"]))
        return flat.reshape(value["shape"])
    if "tuple" in value:
        return tuple(decode(v) for v in value["tuple"])
    if "dict" in value:
        return {k: decode(v) for k, v in value["dict"].items()}
    if "call" in value:
        place = torch
        for part in value["call"].split(".")[1:]:
            place = getattr(place, part)
        kwargs = {k: decode(v) for k, v in value["kwargs"].items()}
        return place(*decode(value["args"]), **kwargs)
    raise AssertionError(value)


# ---- recorded ----


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["kind"] == "optimizer"], ids=lambda c: f"{c['op']}-{c['id']}"
)
def test_recorded_steps(case):
    p, q = params = [decode(t).requires_grad_() for t in case["params"]]
    target = decode(case["target"])
    groups = [
        {"params": [t], **{k: decode(v) for k, v in g.items()}}
        for t, g in zip(params, case.get("groups", ()), strict=False)
    ]
    kwargs = {k: decode(v) for k, v in case["kwargs"].items()}
    optimizer = getattr(torch.optim, case["op"].split(".")[-1])(groups or params, **kwargs)

    def closure():
        optimizer.zero_grad()
        loss = ((p @ q - target) ** 2).sum() + 0.1 * (p**2).sum()
        loss.backward()
        return loss

    for expected in case["steps"]:
        if case.get("closure"):
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()
        for tensor, record in zip(params, expected, strict=True):
            assert_close(flat(tensor), record["data"], case["dtype"], case.get("tolerance", 1))
    assert sorted(optimizer.state_dict()["state"].get(0, ())) == case["state"]


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["kind"] == "error"], ids=lambda c: f"{c['op']}-{c['id']}"
)
def test_recorded_errors(case):
    cls = getattr(torch.optim, case["op"].split(".")[-1])
    args, kwargs = decode(case["args"]), {k: decode(v) for k, v in case["kwargs"].items()}
    with pytest.raises(Exception) as caught:
        cls(*args, **kwargs)
    assert (type(caught.value).__name__, str(caught.value)) == (case["raises"], case["message"])


# ---- the rules in both languages ----


@pytest.mark.parametrize("name", RULES)
def test_defaults_are_those_of_the_rule(name):
    signature = inspect.signature(getattr(torch.optim, name).__init__).parameters
    rule = getattr(torch.optim, name)._rule
    for option, value in rule.defaults().items():
        if option in signature:
            assert signature[option].default == value, option


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("layout", ["transposed", "strided", "expanded gradient"])
def test_layouts(name, layout):
    values = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 10 - 1
    plain = values.clone().requires_grad_()
    if layout == "strided":
        odd = torch.zeros(4, 12)[:, ::2].copy_(values).detach().requires_grad_()
        assert odd.stride() == (12, 2)
    else:
        odd = values.t().contiguous().t().detach().requires_grad_()
        assert odd.stride() == (1, 4)
    pair = [make(name, [plain]), make(name, [odd])]
    for i in range(4):
        gradient = (torch.arange(6, dtype=torch.float32) - 2 * i).expand(4, 6)
        plain.grad = gradient.clone()
        odd.grad = gradient if layout == "expanded gradient" else gradient.clone().contiguous()
        for optimizer in pair:
            optimizer.step()
    assert flat(plain) == flat(odd)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_sixteen_bits(name, dtype):
    p, q = param(1.0, -2.0, 0.5), param(1.0, -2.0, 0.5, dtype=getattr(torch, dtype))
    a, b = make(name, [p], lr=0.01), make(name, [q], lr=0.01)
    for i in range(3):
        p.grad = torch.tensor([0.5, -1.0, i + 1.0])
        q.grad = p.grad.to(q.dtype)
        a.step()
        b.step()
    assert q.dtype == getattr(torch, dtype)
    for x, y in zip(flat(p), flat(q.float()), strict=True):
        assert math.isclose(x, y, rel_tol=3e-2), (flat(p), flat(q.float()))
    for key, value in b.state[q].items():
        scalar = key in ("step", "eta", "mu", "mu_product")
        assert value.dtype == (torch.float32 if scalar else q.dtype), key


@pytest.mark.parametrize("name", RULES)
def test_complex_is_two_real_numbers(name):
    z = torch.tensor([1 + 2j, -0.5 + 0.25j], dtype=torch.complex64, requires_grad=True)
    r = param(1.0, 2.0, -0.5, 0.25)
    a, b = make(name, [z], lr=0.01), make(name, [r], lr=0.01)
    for i in range(3):
        z.grad = torch.tensor([0.1 - 1j * i, 2 + 0.5j], dtype=torch.complex64)
        r.grad = torch.tensor([0.1, -1.0 * i, 2, 0.5])
        a.step()
        b.step()
    assert [part for v in z.tolist() for part in (v.real, v.imag)] == flat(r)


@pytest.mark.parametrize("name", RULES)
def test_same_bits_for_any_position_and_number_of_threads(name):
    n = 70_001
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            p = ((torch.arange(n) % 89).float() / 10 - 4).requires_grad_()
            optimizer = make(name, [p], lr=0.01)
            for i in range(2):
                p.grad = (torch.arange(n) % 89).float() / (10 + i) - 3
                optimizer.step()
            results.append(flat(p))
    finally:
        torch.set_num_threads(before)
    assert results[0] == results[1] == results[2]
    assert all(results[0][i] == results[0][i % 89] for i in range(0, n, 7))


@pytest.mark.parametrize("name", RULES)
def test_differentiable(name):
    """The derivative of two steps with respect to a factor of the gradients."""

    def run(factor, differentiable):
        p = torch.tensor([0.5, -1.5], dtype=torch.float64, requires_grad=True)
        q = p * 1.0 if differentiable else p
        optimizer = make(name, [q], differentiable=differentiable)
        for g in ([0.3, -0.2], [0.4, 0.1]):
            if differentiable:
                q.retain_grad()  # the step gives q a new history
            q.grad = torch.tensor(g, dtype=torch.float64) * factor
            optimizer.step()
        return q

    factor = torch.tensor(1.3, dtype=torch.float64, requires_grad=True)
    out = run(factor, True)
    assert_close(flat(out), flat(run(1.3, False)), "float64", 1e-3)
    out.sum().backward()
    h = 1e-6
    slope = (sum(flat(run(1.3 + h, False))) - sum(flat(run(1.3 - h, False)))) / (2 * h)
    gradient = factor.grad.item() if factor.grad is not None else 0.0
    assert math.isclose(gradient, slope, rel_tol=1e-4, abs_tol=1e-6)


def test_a_step_counts_as_a_change():
    p = param(1.0, 2.0)
    optimizer = make("SGD", [p])
    loss = (p * p).sum()
    p.grad = torch.ones(2)
    version = p._version
    optimizer.step()
    assert p._version > version
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_parameters_without_gradient_are_skipped():
    p, q = param(1.0), param(2.0)
    optimizer = make("Adam", [p, q])
    p.grad = torch.ones(1)
    optimizer.step()
    assert q.item() == 2.0 and q not in optimizer.state and set(optimizer.state) == {p}


def test_empty_parameter():
    p = torch.zeros(0, requires_grad=True)
    p.grad = torch.zeros(0)
    optimizer = make("Adam", [p])
    optimizer.step()
    assert optimizer.state[p]["step"].item() == 1


@pytest.mark.parametrize("name", RULES)
def test_options_changed_between_steps(name):
    p, q = param(1.0, -1.0), param(1.0, -1.0)
    a, b = make(name, [p], lr=0.1), make(name, [q], lr=0.01)
    for optimizer, x in ((a, p), (b, q)):
        x.grad = torch.tensor([1.0, 2.0])
        optimizer.step()
    with torch.no_grad():
        q.copy_(p)
    for key, value in a.state[p].items():
        b.state[q][key].copy_(value)
    b.param_groups[0]["lr"] = 0.1
    for optimizer, x in ((a, p), (b, q)):
        x.grad = torch.tensor([0.5, -2.0])
        optimizer.step()
    assert flat(p) == flat(q)


def test_momentum_turned_on_later():
    p = param(1.0)
    optimizer = make("SGD", [p])
    p.grad = torch.ones(1)
    optimizer.step()
    assert not optimizer.state
    optimizer.param_groups[0]["momentum"] = 0.9
    optimizer.step()
    assert optimizer.state[p]["momentum_buffer"].tolist() == [1.0]


def test_closure():
    p = param(3.0)
    for name in RULES:
        optimizer = make(name, [p], lr=1e-4)
        seen = []

        def closure(optimizer=optimizer, seen=seen):
            seen.append(torch.is_grad_enabled())
            optimizer.zero_grad()
            loss = (p * p).sum()
            loss.backward()
            return loss

        before = p.item()
        with torch.no_grad():
            loss = optimizer.step(closure)
        assert seen == [True] and math.isclose(loss.item(), before**2, rel_tol=1e-6)


# ---- groups ----


def test_groups_and_their_options():
    p, q, r = param(1.0), param(1.0), param(1.0)
    groups = [{"params": p}, {"params": (x for x in [q]), "lr": 0.01, "momentum": 0.5}]
    optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    optimizer.add_param_group({"params": [r], "weight_decay": 0.1})
    assert [g["lr"] for g in optimizer.param_groups] == [0.1, 0.01, 0.1]
    assert [g["momentum"] for g in optimizer.param_groups] == [0.9, 0.5, 0.9]
    assert [g["params"] for g in optimizer.param_groups] == [[p], [q], [r]]
    keys = ["params", "lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize"]
    assert list(optimizer.param_groups[0]) == [*keys, "foreach", "differentiable", "fused"]
    for x in (p, q, r):
        x.grad = torch.ones(1)
    optimizer.step()
    assert_close([p.item(), q.item(), r.item()], [0.9, 0.99, 0.89], "float32")


def test_named_parameters():
    net = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(net.named_parameters())
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]
    assert optimizer.param_groups[0]["params"][0] is net.weight


def test_groups_refused():
    p = param(1.0)
    sgd = torch.optim.SGD
    optimizer = sgd([p], lr=0.1)
    add = optimizer.add_param_group
    ordered = (
        "optimizer parameters need to be organized in ordered collections, but the ordering of "
        "tensors in sets will change between runs. Please use a list instead."
    )
    refused(ValueError, "optimizer got an empty parameter list", lambda: sgd([], lr=0.1))
    refused(TypeError, ordered, lambda: sgd([{"params": {p}}], lr=0.1))
    refused(TypeError, f"param_group must be a dict, but got {list}", lambda: add([p]))
    refused(KeyError, "'params'", lambda: add({"lr": 0.1}))
    refused(
        TypeError,
        "optimizer can only optimize Tensors, but one of the params is int",
        lambda: sgd([1, 2], lr=0.1),
    )
    refused(ValueError, "can't optimize a non-leaf Tensor", lambda: add({"params": [p * 2]}))
    refused(
        ValueError,
        "some parameters appear in more than one parameter group",
        lambda: add({"params": [p]}),
    )
    assert len(optimizer.param_groups) == 1
    refused(
        TypeError,
        "SGD.__init__() got an unexpected keyword argument 'foo'",
        lambda: sgd([p], foo=1),
    )
    with pytest.warns(UserWarning, match="duplicate parameters"):
        sgd([p, p], lr=0.1)


def test_values_refused():
    p = param(1.0)
    for name, options, text in [
        ("SGD", {"lr": -1}, "Invalid learning rate: -1"),
        ("SGD", {"lr": torch.tensor(-0.5)}, "Invalid learning rate: -0.5"),
        ("SGD", {"momentum": -1}, "Invalid momentum value: -1"),
        (
            "SGD",
            {"nesterov": True},
            "Nesterov momentum requires a momentum and zero dampening",
        ),
        ("SGD", {"weight_decay": -1}, "Invalid weight_decay value: -1"),
        ("Adam", {"betas": (1.5, 0.9)}, "Invalid beta parameter at index 0: 1.5"),
        ("Adam", {"betas": (0.9, 1.0)}, "Invalid beta parameter at index 1: 1.0"),
        ("Adam", {"eps": -1}, "Invalid epsilon value: -1"),
        ("AdamW", {"lr": float("nan")}, "Invalid learning rate: nan"),
        ("RMSprop", {"alpha": -0.5}, "Invalid alpha value: -0.5"),
        (
            "Adagrad",
            {"initial_accumulator_value": -2},
            "Invalid initial_accumulator_value value: -2",
        ),
        ("NAdam", {"momentum_decay": -1}, "Invalid momentum_decay value: -1"),
    ]:
        refused(ValueError, text, lambda n=name, o=options: getattr(torch.optim, n)([p], **o))
    both = "`fused` and `foreach` cannot be `True` together."
    refused(RuntimeError, both, lambda: torch.optim.SGD([p], fused=True, foreach=True))


def test_required_option():
    class Needy(Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": required})

    text = "parameter group didn't specify a value of required optimization parameter lr"
    refused(ValueError, text, lambda: Needy([param(1.0)]))
    assert Needy([{"params": [param(1.0)], "lr": 2}]).param_groups[0]["lr"] == 2


def test_printing():
    p, q = param(1.0), param(2.0)
    optimizer = torch.optim.SGD([{"params": [p]}, {"params": [q], "lr": 0.01}], lr=0.1)
    group = (
        "Parameter Group {}\n    dampening: 0\n    differentiable: False\n    foreach: None\n"
        "    fused: None\n    lr: {}\n    maximize: False\n    momentum: 0\n    nesterov: False\n"
        "    weight_decay: 0\n"
    )
    assert repr(optimizer) == f"SGD (\n{group.format(0, 0.1)}\n{group.format(1, 0.01)})"


# ---- gradients ----


def test_zero_grad():
    p, q = param(1.0), param(2.0)
    optimizer = make("SGD", [p, q])
    p.grad = torch.ones(1)
    kept = p.grad
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is kept and p.grad.tolist() == [0.0] and q.grad is None
    optimizer.zero_grad()
    assert p.grad is None
    (p * p).sum().backward(create_graph=True)
    optimizer.zero_grad(set_to_none=False)
    assert not p.grad.requires_grad and p.grad.tolist() == [0.0]
