"""Adafactor, Muon, averaged models: what PyTorch 2.13 gives, and what follows from definitions."""

import copy
import math

import pytest
from recorded_data import read

import taeda as torch

CASES = read("matrix_optimizers")
TOLERANCE = {"float32": (1.3e-5, 1e-4), "float64": (1e-6, 1e-6)}
swa = torch.optim.swa_utils


def tensor(record):
    values = torch.tensor(record["data"], dtype=getattr(torch, record["tensor"]))
    return values.reshape(record["shape"])


def option(value):
    if isinstance(value, dict):
        return tuple(value["tuple"]) if "tuple" in value else tensor(value)
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['op']}-{c['id']}".replace(" ", "_"))
def test_recorded(case):
    p, q = params = [tensor(r).requires_grad_() for r in case["params"]]
    target = tensor(case["target"])
    groups = [{"params": [t], **g} for t, g in zip(params, case.get("groups", ()))]
    optimizer = getattr(torch.optim, case["op"])(
        groups or params, **{k: option(v) for k, v in case["kwargs"].items()}
    )
    rtol, atol = TOLERANCE[case["dtype"]]
    room = case.get("tolerance", 1)
    for i, expected in enumerate(case["steps"]):
        optimizer.zero_grad()
        loss = ((p @ q - target) ** 2).sum() + 0.1 * (p**2).sum()
        loss.backward()
        optimizer.step()
        for t, record in zip(params, expected):
            assert torch.allclose(t, tensor(record), rtol * room, atol * room), (i, t)
    assert sorted(optimizer.state_dict()["state"][0]) == case["state"]


@pytest.mark.parametrize("name", ["Adafactor", "Muon"])
def test_state_round_trips(name):
    def problem():
        torch.manual_seed(0)
        w = torch.randn(3, 4, requires_grad=True)
        return w, getattr(torch.optim, name)([w])

    def train(w, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            ((w @ w.t() - torch.eye(3)) ** 2).sum().backward()
            optimizer.step()

    w, optimizer = problem()
    train(w, optimizer, 3)
    other, again = problem()
    other.data.copy_(w.data)
    again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    train(w, optimizer, 3)
    train(other, again, 3)
    assert torch.equal(w, other)
    seen = []
    optimizer.register_step_pre_hook(lambda *a: seen.append("pre"))
    optimizer.register_step_post_hook(lambda *a: seen.append("post"))
    assert optimizer.step(lambda: torch.tensor(2.0)).item() == 2
    assert seen == ["pre", "post"]


def test_muon_directions_are_nearly_orthogonal():
    torch.manual_seed(1)
    w = torch.zeros(4, 6, requires_grad=True)
    w.grad = torch.randn(4, 6)
    torch.optim.Muon([w], lr=1.0, weight_decay=0).step()
    gram = w.detach() @ w.detach().t()
    assert 2 < gram.diagonal().sum() < 6
    assert (gram - gram.diagonal().diag()).abs().max() < 0.5


REFUSED = [
    ("Adafactor", {"lr": -1}, "Learning rate should be >= 0 but is: -1"),
    ("Adafactor", {"beta2_decay": 1.0}, "beta2_decay should be <= 0 but is: 1.0"),
    ("Adafactor", {"eps": (-1, 1)}, "epsilon1 should be >= 0 but is: -1"),
    ("Adafactor", {"eps": (None, -1)}, "epsilon2 should be >= 0 but is: -1"),
    ("Adafactor", {"d": 0.5}, "Clipping threshold d should be >= 1 but is: 0.5"),
    ("Adafactor", {"weight_decay": -1}, "weight_decay should be >= 0 but is: -1"),
    ("Muon", {"lr": -1}, "Learning rate should be >= 0 but is: -1"),
    ("Muon", {"momentum": -1}, "momentum should be >= 0 but is: -1"),
    ("Muon", {"weight_decay": -1}, "weight decay should be >= 0 but is: -1"),
    ("Muon", {"adjust_lr_fn": "x"}, "Adjust learning rate function x is not supported"),
]


@pytest.mark.parametrize("name, kwargs, text", REFUSED)
def test_refused(name, kwargs, text):
    with pytest.raises(ValueError) as caught:
        getattr(torch.optim, name)([torch.ones(2, 2, requires_grad=True)], **kwargs)
    assert str(caught.value) == text


def test_muon_takes_matrices_only():
    with pytest.raises(ValueError, match=r"only supports 2D parameters .* torch.Size\(\[3\]\)"):
        torch.optim.Muon([torch.ones(3, requires_grad=True)])


# ---- averaged models ----


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 5])
def test_swalr(strategy, epochs):
    p, q = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([{"params": [p]}, {"params": [q], "lr": 0.5}], lr=0.1)
    schedule = swa.SWALR(optimizer, [0.2, 0.05], anneal_epochs=epochs, anneal_strategy=strategy)
    for step in range(8):
        t = min(1, step / epochs) if epochs else 1
        share = t if strategy == "linear" else (1 - math.cos(math.pi * t)) / 2
        wanted = [0.1 + (0.2 - 0.1) * share, 0.5 + (0.05 - 0.5) * share]
        assert [g["lr"] for g in optimizer.param_groups] == pytest.approx(wanted)
        optimizer.step()
        schedule.step()


def test_swalr_refuses():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    for kwargs in ({"anneal_strategy": "x"}, {"anneal_epochs": -1}, {"swa_lr": [1, 2]}):
        with pytest.raises(ValueError):
            swa.SWALR(optimizer, **{"swa_lr": 0.1, **kwargs})


@pytest.mark.parametrize(
    "kwargs, expected",
    [
        ({}, 3.0),
        ({"multi_avg_fn": swa.get_swa_multi_avg_fn()}, 3.0),
        ({"avg_fn": swa.get_swa_avg_fn()}, 3.0),
        ({"avg_fn": swa.get_ema_avg_fn(0.5)}, 3.5),
        ({"multi_avg_fn": swa.get_ema_multi_avg_fn(0.5)}, 3.5),
        ({"avg_fn": lambda averaged, new, count: averaged + new}, 9.0),
    ],
)
def test_averages(kwargs, expected):
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    averaged = swa.AveragedModel(model, **kwargs)
    for i, value in enumerate((1.0, 3.0, 5.0)):
        with torch.no_grad():
            for p in model.parameters():
                p.fill_(value)
        model[1].running_mean.fill_(value)
        averaged.update_parameters(model)
        assert averaged.n_averaged.item() == i + 1
    assert all((p == expected).all() for p in averaged.parameters())
    assert (averaged.module[1].running_mean == 5).all()  # buffers are copied
    twin = swa.AveragedModel(model, **kwargs)
    twin.load_state_dict(averaged.state_dict())
    assert twin.n_averaged.item() == 3
    x = torch.ones(3, 2)
    assert torch.equal(twin.eval()(x), averaged.eval()(x))


def test_buffers_are_averaged_if_asked():
    model = torch.nn.BatchNorm1d(2)
    averaged = swa.AveragedModel(model, use_buffers=True)
    for value in (1.0, 3.0):
        model.running_mean.fill_(value)
        averaged.update_parameters(model)
    assert (averaged.module.running_mean == 2).all()
    with pytest.raises(AssertionError, match="Only one of"):
        swa.AveragedModel(model, avg_fn=min, multi_avg_fn=max)


def test_update_bn():
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(2), torch.nn.Linear(2, 1)).eval()
    batches = [torch.randn(8, 2) + i for i in range(3)]
    swa.update_bn([(b, 0) for b in batches], model)
    norm = model[0]
    means, spreads = [torch.stack([f(b) for b in batches]).mean(0) for f in (_mean, _var)]
    assert torch.allclose(norm.running_mean, means, atol=1e-6)
    assert torch.allclose(norm.running_var, spreads, atol=1e-5)
    assert norm.momentum == 0.1 and not model.training


def _mean(batch):
    return batch.mean(0)


def _var(batch):
    return batch.var(0)
