"""Replays modules that PyTorch 2.13 ran: from a state and inputs the result, the gradients of both,
and the state afterwards; from a seed the initial state.
"""

import functools
import gzip
import json
import pathlib
import sys

import numpy as np
import pytest

import taeda as torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import recorded  # noqa: E402


class Arguments(recorded.Arguments):
    """Also decodes `{"call": "torch.nn.ReLU", "args", "kwargs"}`: what the call gives."""

    def decode(self, value):
        if isinstance(value, dict) and "call" in value:
            make = recorded.named(value["call"])
            return make(*self.decode(value["args"]), **self.decode_all(value["kwargs"]))
        return super().decode(value)


def load(name):
    by_op = {}
    with gzip.open(pathlib.Path(__file__).parent / name, "rt") as file:
        for case in map(json.loads, file):
            by_op.setdefault(case["op"], []).append(case)
    return by_op


CASES = load("modules.jsonl.gz")
INITIAL = load("init.jsonl.gz")


def run(case, differentiate):
    arguments = Arguments(differentiate)
    make = recorded.named(case["forms"][0])
    init = case["init"]
    net = make(*arguments.decode(init["args"]), **arguments.decode_all(init["kwargs"]))
    net = net.to(getattr(torch, case["dtype"])).train(case["training"])
    net.load_state_dict(arguments.decode_all(case["state"]))
    arguments.wanted.clear()
    room = 10 * case.get("tolerance", 1)
    result = net(*arguments.decode(case["args"]), **arguments.decode_all(case["kwargs"]))
    if not differentiate:
        recorded.compare(result, case["out"], room, "result")
        for name, record in case.get("state_after", {}).items():
            recorded.compare(net.state_dict()[name], record, room, f"{name} afterwards")
        return
    loss = 0
    for k, (out, record) in enumerate(
        zip(recorded.tensors_of(result), recorded.tensors_of(case["out"]))
    ):
        if isinstance(record, dict) and record.get("grad"):
            weight = ((np.arange(out.numel()) * 7 + 3 * k) % 11 - 4.5) / 4
            loss = loss + (out * torch.from_numpy(weight.reshape(tuple(out.shape)))).sum()
    loss.backward()
    parameters = dict(net.named_parameters())
    wanted = [(f"argument {i}", t) for i, t in enumerate(arguments.wanted)]
    wanted += [(name, parameters[name]) for name in case["parameter_grads"]]
    grads = [*case["grads"], *case["parameter_grads"].values()]
    assert len(wanted) == len(grads)
    for (name, tensor), record in zip(wanted, grads):
        if record is None:
            assert tensor.grad is None or not tensor.grad.any(), f"a gradient for {name}"
        else:
            assert tensor.grad is not None, f"no gradient for {name}"
            recorded.compare(tensor.grad, record, room, f"gradient of {name}")


def run_initial(case):
    torch.manual_seed(case.get("seed", 0))
    arguments = Arguments(False)
    if case["kind"] == "module":
        init = case["init"]
        make = recorded.named(case["forms"][0])
        net = make(*arguments.decode(init["args"]), **arguments.decode_all(init["kwargs"]))
        result = {"dict": dict(net.state_dict())}
        for name, record in case["out"]["dict"].items():
            recorded.compare(result["dict"][name], record, 1, name)
        assert list(result["dict"]) == list(case["out"]["dict"])
    elif case["kind"] == "error":
        recorded.run_forward(case, case["forms"][0])
    else:
        recorded.compare(recorded.call(case, case["forms"][0], arguments), case["out"], 1, "result")


def failures(checks):
    for case, check in checks:
        try:
            check(case)
        except AssertionError as error:
            yield f"{case['id']}: {error}"
        except Exception as error:
            yield f"{case['id']}: {type(error).__name__}: {str(error)[:200]}"


def report(checks, name):
    with np.errstate(all="ignore"):
        lines = recorded.isolated(functools.partial(failures, checks))
    assert not lines, f"{len(lines)} checks of {name} failed\n" + "\n".join(lines[:40])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(CASES))
def test_module(name):
    checks = []
    for case in CASES[name]:
        if case["kind"] == "error":
            checks.append((case, run_initial))
            continue
        checks.append((case, functools.partial(run, differentiate=False)))
        if "grads" in case:
            checks.append((case, functools.partial(run, differentiate=True)))
    report(checks, name)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(INITIAL))
def test_initial_values(name):
    seeded = [case for case in INITIAL[name] if "seed" in case]
    plain = [case for case in INITIAL[name] if "seed" not in case]
    report([(case, run_initial) for case in seeded + plain], name)
