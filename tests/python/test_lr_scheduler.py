"""Learning rate schedulers: recorded rates, saving and resuming, warnings and errors."""

import copy
import math
import pickle
import warnings

import pytest
from recorded_data import read

import taeda as torch
from taeda.optim import lr_scheduler as lrs

CASES = read("schedulers")
FUNCTIONS = {"decay": lambda e: 0.95**e, "warm up": lambda e: min(1.0, (e + 1) / 5)}


def sgd(lr=0.1, momentum=0.9, groups=1):
    params = [{"params": [torch.zeros(2, requires_grad=True)]} for _ in range(groups)]
    return torch.optim.SGD(params, lr=lr, momentum=momentum)


def build(record, optimizer):
    if isinstance(record, list):
        return [build(r, optimizer) for r in record]
    if not isinstance(record, dict):
        return record
    if "name" in record:
        return FUNCTIONS.get(record["name"], optimizer)
    if "tensor" in record:
        return torch.tensor(record["data"]).reshape(record["shape"])
    name = record["call"].split(".")
    place = {"lr_scheduler": lrs, "optim": torch.optim, "nn": torch.nn}[name[-2]]
    kwargs = {k: build(v, optimizer) for k, v in record["kwargs"].items()}
    return getattr(place, name[-1])(*build(record["args"], optimizer), **kwargs)


def run(scheduler, epochs, **step):
    optimizer, rates = scheduler.optimizer, []
    for _ in range(epochs):
        rates.append([g["lr"] for g in optimizer.param_groups])
        optimizer.step()
        scheduler.step(**step)
    return rates


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["kind"] == "scheduler"], ids=lambda c: f"{c['op']}-{c['id']}"
)
@pytest.mark.filterwarnings("ignore:Detected call")
def test_recorded(case):
    groups = [{"params": [torch.zeros(2, requires_grad=True)], **g} for g in case["groups"]]
    name = case["optimizer"]["call"].split(".")[-1]
    optimizer = getattr(torch.optim, name)(groups, **case["optimizer"]["kwargs"])
    scheduler = build(case["scheduler"], optimizer)
    for i, expected in enumerate(case["steps"]):
        for group, values in zip(optimizer.param_groups, expected, strict=True):
            for key, value in zip(case["watch"], values, strict=True):
                assert math.isclose(float(group[key]), value, rel_tol=1e-12, abs_tol=1e-15), (
                    i,
                    key,
                )
        optimizer.step()
        scheduler.step(*[case["metrics"][i]] if "metrics" in case else [])


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["kind"] == "error"], ids=lambda c: f"{c['op']}-{c['id']}"
)
def test_recorded_errors(case):
    with pytest.raises(Exception) as caught:
        optimizer = build(case["args"][0], None) if case["args"] else None
        rest = build(case["args"][1:], optimizer)
        kwargs = {k: build(v, optimizer) for k, v in case["kwargs"].items()}
        getattr(lrs, case["op"].split(".")[-1])(optimizer, *rest, **kwargs)
    assert (type(caught.value).__name__, str(caught.value)) == (case["raises"], case["message"])


MAKERS = {
    "StepLR": lambda o, **k: lrs.StepLR(o, 3, **k),
    "MultiStepLR": lambda o, **k: lrs.MultiStepLR(o, [2, 4, 4], 0.5, **k),
    "ConstantLR": lambda o, **k: lrs.ConstantLR(o, **k),
    "LinearLR": lambda o, **k: lrs.LinearLR(o, **k),
    "ExponentialLR": lambda o, **k: lrs.ExponentialLR(o, 0.9, **k),
    "PolynomialLR": lambda o, **k: lrs.PolynomialLR(o, 8, 2.0, **k),
    "CosineAnnealingLR": lambda o, **k: lrs.CosineAnnealingLR(o, 4, **k),
    "LambdaLR": lambda o, **k: lrs.LambdaLR(o, FUNCTIONS["decay"], **k),
    "MultiplicativeLR": lambda o, **k: lrs.MultiplicativeLR(o, FUNCTIONS["decay"], **k),
    "CosineAnnealingWarmRestarts": lambda o, **k: lrs.CosineAnnealingWarmRestarts(o, 3, 2, **k),
    "CyclicLR": lambda o, **k: lrs.CyclicLR(o, 0.01, 0.1, 3, **k),
    "OneCycleLR": lambda o, **k: lrs.OneCycleLR(o, 0.1, 20, **k),
    "SequentialLR": lambda o: lrs.SequentialLR(
        o, [lrs.LinearLR(o, 0.1, total_iters=3), lrs.ExponentialLR(o, 0.9)], [4]
    ),
    "ChainedScheduler": lambda o: lrs.ChainedScheduler(
        [lrs.ConstantLR(o, 0.1), lrs.ExponentialLR(o, 0.9)]
    ),
}


@pytest.mark.parametrize("name", MAKERS)
def test_saved_and_resumed(name):
    whole = MAKERS[name](sgd())
    expected = run(whole, 12)
    before = MAKERS[name](sgd())
    assert run(before, 5) == expected[:5]
    saved = pickle.loads(pickle.dumps((before.state_dict(), before.optimizer.state_dict())))
    after = MAKERS[name](sgd(lr=0.7))
    after.load_state_dict(saved[0])
    after.optimizer.load_state_dict(saved[1])
    assert run(after, 7) == expected[5:]
    assert after.last_epoch == 12 if hasattr(after, "last_epoch") else True


CLOSED = [n for n in MAKERS if hasattr(getattr(lrs, n), "_get_closed_form_lr")]


@pytest.mark.parametrize("name", CLOSED)
def test_closed_form_agrees(name):
    steps = [rates for (rates,) in run(MAKERS[name](sgd()), 12)]
    for epoch in range(1, 12):
        scheduler = MAKERS[name](sgd())
        scheduler.optimizer.step()
        with pytest.warns(UserWarning, match="epoch parameter"):
            scheduler.step(epoch)
        (rate,) = scheduler.get_last_lr()
        assert math.isclose(rate, steps[epoch], rel_tol=1e-9, abs_tol=1e-12), epoch
        assert scheduler.last_epoch == epoch


@pytest.mark.parametrize(
    "name", [n for n in MAKERS if n not in ("SequentialLR", "ChainedScheduler")]
)
def test_last_epoch(name):
    optimizer = sgd()
    with pytest.raises(KeyError, match="param 'initial_lr' is not specified in param_groups"):
        MAKERS[name](optimizer, last_epoch=3)
    first = MAKERS[name](optimizer)
    run(first, 4)
    again = MAKERS[name](optimizer, last_epoch=first.last_epoch)
    assert again.last_epoch == 5 or name == "CosineAnnealingWarmRestarts"
    assert again.base_lrs == first.base_lrs


def test_attributes():
    scheduler = lrs.StepLR(sgd(groups=2), 2, gamma=0.5)
    assert scheduler.state_dict() == {
        "step_size": 2,
        "gamma": 0.5,
        "base_lrs": [0.1, 0.1],
        "last_epoch": 0,
        "_step_count": 1,
        "_is_initial": False,
        "_get_lr_called_within_step": False,
        "_last_lr": [0.1, 0.1],
    }
    assert [g["initial_lr"] for g in scheduler.optimizer.param_groups] == [0.1, 0.1]
    run(scheduler, 2)
    assert scheduler.get_last_lr() == [0.05, 0.05] and scheduler.last_epoch == 2
    scheduler.gamma = 0.1
    run(scheduler, 2)
    assert math.isclose(scheduler.get_last_lr()[0], 0.005)


def test_a_rate_changed_by_hand_stays_changed():
    scheduler = lrs.StepLR(sgd(), 2, gamma=0.5)
    run(scheduler, 1)
    scheduler.optimizer.param_groups[0]["lr"] = 8.0
    run(scheduler, 1)
    assert scheduler.get_last_lr() == [4.0]


def test_rate_in_a_tensor():
    rate = torch.tensor(0.5)
    optimizer = sgd(lr=rate)
    scheduler = lrs.ExponentialLR(optimizer, 0.5)
    run(scheduler, 2)
    assert optimizer.param_groups[0]["lr"] is rate and rate.item() == 0.125
    assert scheduler.get_last_lr()[0] is not rate and scheduler.base_lrs[0].item() == 0.5


def test_order_of_calls():
    scheduler = lrs.StepLR(sgd(), 2)
    text = "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and"
    with pytest.warns(UserWarning) as caught:
        scheduler.step()
    assert len(caught) == 1 and str(caught[0].message).startswith(text)
    assert caught[0].filename == __file__
    optimizer = sgd()
    scheduler = lrs.StepLR(optimizer, 2)
    optimizer.step = lambda: None
    with pytest.warns(UserWarning, match="has been overridden after learning rate scheduler"):
        scheduler.step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(lrs.StepLR(sgd(), 2), 5)
    with pytest.warns(UserWarning, match="please use `get_last_lr\\(\\)`"):
        lrs.StepLR(sgd(), 2).get_lr()


def test_refused():
    for call, error, text in [
        (lambda: lrs.StepLR(1, 2), TypeError, "int is not an Optimizer"),
        (
            lambda: lrs.LambdaLR(sgd(), [min, max]),
            ValueError,
            "Expected 1 lr_lambdas, but got 2",
        ),
        (
            lambda: lrs.MultiplicativeLR(sgd(), 2),
            TypeError,
            "lr_lambda should be a function, but got int",
        ),
        (
            lambda: lrs.LinearLR(sgd(), end_factor=2),
            ValueError,
            "Ending multiplicative factor expected to be between 0 and 1.",
        ),
        (lambda: lrs.LRScheduler(sgd()), NotImplementedError, ""),
        (
            lambda: lrs.ReduceLROnPlateau(sgd(), "foo"),
            ValueError,
            "mode foo is unknown!",
        ),
        (
            lambda: lrs.CyclicLR(sgd(groups=2), [0.1], 1.0),
            ValueError,
            "base_lr must have the same length as optimizer.param_groups. "
            "base_lr has 1 values, param_groups has 2.",
        ),
    ]:
        with pytest.raises(error) as caught:
            call()
        assert str(caught.value) == text
    cycle = lrs.OneCycleLR(sgd(), 0.1, total_steps=1)
    cycle.optimizer.step()
    cycle.step()
    with pytest.raises(ValueError, match="Tried to step 2 times. The specified number of total"):
        cycle.step()


def test_zero_epochs_are_refused():
    for make in (lambda: lrs.StepLR(sgd(), 0), lambda: lrs.CosineAnnealingLR(sgd(), 0)):
        with pytest.raises(ValueError, match="must not be 0"):
            make()


def test_callable_objects_keep_their_state():
    class Decay:
        def __init__(self, base):
            self.base = base

        def __call__(self, epoch):
            return self.base**epoch

    scheduler = lrs.LambdaLR(sgd(groups=2), [Decay(0.5), FUNCTIONS["decay"]])
    saved = copy.deepcopy(scheduler.state_dict())
    assert saved["lr_lambdas"] == [{"base": 0.5}, None]
    other = lrs.LambdaLR(sgd(groups=2), [Decay(0.9), FUNCTIONS["decay"]])
    other.load_state_dict(saved)
    assert other.lr_lambdas[0].base == 0.5 and saved["lr_lambdas"] == [{"base": 0.5}, None]


def test_a_scheduler_in_python():
    class Halving(lrs.LRScheduler):
        def get_lr(self):
            return [base / 2**self.last_epoch for base in self.base_lrs]

    assert run(Halving(sgd(lr=1.0)), 4) == [[1.0], [0.5], [0.25], [0.125]]
    assert issubclass(lrs._LRScheduler, lrs.LRScheduler)


def test_plateau():
    optimizer = sgd()
    scheduler = lrs.ReduceLROnPlateau(optimizer, patience=1, factor=0.5, cooldown=1)
    rates = []
    for metric in [1.0, 0.5, torch.tensor(0.5), 0.5, 0.5, 0.5, 0.5, 0.5]:
        optimizer.step()
        scheduler.step(metric)
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates == [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]
    optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)]})
    for _ in range(4):
        scheduler.step(0.5)
    assert optimizer.param_groups[1]["lr"] < 0.1 and len(scheduler.min_lrs) == 2
