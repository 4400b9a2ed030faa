"""Optimizers: their state, saving and loading, hooks, and what users build on them."""

import copy
import io
import pickle
import warnings

import pytest
from optim_helpers import RULES, assert_close, flat, make, param, refused, train
from taeda.optim.optimizer import Optimizer

import taeda as torch

# ---- state ----


def test_state_is_plain():
    p = param(1.0, 2.0)
    optimizer = make("Adam", [p], amsgrad=True)
    p.grad = torch.ones(2)
    optimizer.step()
    state = optimizer.state[p]
    assert type(optimizer.state).__name__ == "defaultdict" and type(state) is dict
    assert list(state) == ["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]
    assert state["step"].shape == () and state["step"].dtype == torch.float32
    assert state["step"].item() == 1
    assert_close(flat(state["exp_avg"]), [0.1, 0.1], "float32")
    optimizer.step()
    assert optimizer.state[p] is state and state["step"].item() == 2
    assert not any(v.requires_grad for v in state.values())


@pytest.mark.parametrize("name", RULES)
def test_state_dict_continues_a_training(name):
    def fresh():
        return [param(1.0, -2.0), param(0.5)]

    options = {"momentum": 0.9} if name in ("SGD", "RMSprop") else {}
    whole, first, second = fresh(), fresh(), fresh()
    a, b = make(name, whole, **options), make(name, first, **options)
    train(a, whole, 5)
    train(b, first, 5)
    c = make(name, second, lr=0.7, **options)
    with torch.no_grad():
        for x, y in zip(second, first, strict=True):
            x.copy_(y)
    file = io.BytesIO(pickle.dumps(b.state_dict()))
    c.load_state_dict(pickle.load(file))
    train(a, whole, 3)
    train(c, second, 3)
    assert [flat(x) for x in whole] == [flat(x) for x in second]
    assert c.param_groups[0]["lr"] == 0.1


def test_state_dict_format():
    p, q = param(1.0), param(2.0)
    optimizer = make("Adam", [{"params": [p]}, {"params": [q], "lr": 0.5}])
    train(optimizer, [p, q], 1)
    saved = optimizer.state_dict()
    assert list(saved) == ["state", "param_groups"]
    assert list(saved["state"]) == [0, 1]
    assert [g["params"] for g in saved["param_groups"]] == [[0], [1]]
    assert saved["param_groups"][1]["lr"] == 0.5
    assert saved["state"][0]["exp_avg"] is optimizer.state[p]["exp_avg"]


def test_load_casts_and_copies():
    p = param(1.0)
    a = make("Adam", [p])
    train(a, [p], 2)
    q = param(1.0, dtype=torch.float64)
    b = make("Adam", [q])
    saved = a.state_dict()
    b.load_state_dict(saved)
    state = b.state[q]
    assert state["exp_avg"].dtype == torch.float64 and state["step"].dtype == torch.float32
    train(b, [q], 1)
    assert a.state[p]["step"].item() == 2 and saved["state"][0]["step"].item() == 2


def test_load_refused():
    p, q = param(1.0), param(2.0)
    one, two = make("Adam", [p]), make("Adam", [{"params": [p]}, {"params": [q]}])
    groups = "loaded state dict has a different number of parameter groups"
    refused(ValueError, groups, lambda: one.load_state_dict(two.state_dict()))
    sizes = (
        "loaded state dict contains a parameter group that doesn't match the size of "
        "optimizer's group"
    )
    refused(ValueError, sizes, lambda: make("Adam", [p, q]).load_state_dict(one.state_dict()))


def test_load_of_an_older_checkpoint():
    p = param(1.0)
    optimizer = make("Adam", [p])
    train(optimizer, [p], 1)
    saved = optimizer.state_dict()
    saved["state"][0] = {**saved["state"][0], "step": 1}
    for key in ("maximize", "foreach", "capturable", "differentiable", "fused", "amsgrad"):
        del saved["param_groups"][0][key]
    other = make("Adam", [p])
    other.load_state_dict(saved)
    assert other.state[p]["step"].item() == 1
    assert other.param_groups[0]["amsgrad"] is False and other.param_groups[0]["fused"] is None
    train(other, [p], 1)


def test_state_that_does_not_fit():
    p = param(1.0, 2.0)
    optimizer = make("Adam", [p])
    train(optimizer, [p], 1)
    optimizer.state[p]["exp_avg"] = torch.zeros(3)
    before = flat(p)
    p.grad = torch.ones(2)
    with pytest.raises(RuntimeError, match="exp_avg"):
        optimizer.step()
    assert flat(p) == before and optimizer.state[p]["step"].item() == 1


def test_pickle_and_deepcopy():
    p = param(1.0)
    optimizer = make("Adam", [p])
    train(optimizer, [p], 2)
    for twin in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):
        (q,) = twin.param_groups[0]["params"]
        assert q is not p and q in twin.state and type(twin) is torch.optim.Adam
        train(twin, [q], 1)
        assert twin.state[q]["step"].item() == 3
    assert optimizer.state[p]["step"].item() == 2
    train(optimizer, [p], 1)
    assert flat(p) == flat(q)


def lbfgs(p, **options):
    target = torch.tensor([1.0, 2.0, -1.0])
    optimizer = torch.optim.LBFGS([p], max_iter=4, **options)

    def step():
        def closure():
            optimizer.zero_grad()
            loss = ((p * p - target) ** 2).sum() + (p[0] - p[1]) ** 4
            loss.backward()
            return loss

        return optimizer.step(closure).item()

    return optimizer, step


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_continues_from_a_checkpoint(search):
    options = {"line_search_fn": search, "lr": 1 if search else 0.05}
    whole, half = param(1.5, -0.5, 0.3), param(1.5, -0.5, 0.3)
    (_, step), (a, first) = lbfgs(whole, **options), lbfgs(half, **options)
    losses = [step() for _ in range(4)]
    assert losses == sorted(losses, reverse=True)
    assert [first(), first()] == losses[:2]
    saved = pickle.loads(pickle.dumps((half, a.state_dict())))
    b, second = lbfgs(saved[0], **options)
    b.load_state_dict(saved[1])
    assert [second(), second()] == losses[2:]
    assert flat(saved[0]) == flat(whole)
    state = b.state[saved[0]]
    assert state["n_iter"] <= 16 and len(state["al"]) == 100 and state["d"].shape == (3,)


def test_lbfgs_refused():
    p, q = param(1.0), param(2.0)
    refused(
        TypeError,
        "LBFGS.step() missing 1 required positional argument: 'closure'",
        lambda: torch.optim.LBFGS([p]).step(),
    )
    refused(
        ValueError,
        "LBFGS doesn't support per-parameter options (parameter groups)",
        lambda: torch.optim.LBFGS([{"params": [p]}, {"params": [q]}]),
    )
    refused(
        RuntimeError,
        "only 'strong_wolfe' is supported",
        lambda: torch.optim.LBFGS([p], line_search_fn="x").step(lambda: (p * p).sum()),
    )


def test_an_error_of_the_closure_is_passed_on():
    p = param(1.0)
    optimizer = torch.optim.LBFGS([p])

    def closure():
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        optimizer.step(closure)
    assert p.tolist() == [1.0]


# ---- hooks ----


def test_step_hooks():
    p = param(1.0)
    optimizer = make("SGD", [p])
    log = []
    first = optimizer.register_step_pre_hook(lambda o, args, kwargs: log.append("pre"))
    optimizer.register_step_post_hook(lambda o, args, kwargs: log.append("post"))
    everywhere = torch.optim.optimizer.register_optimizer_step_pre_hook(
        lambda o, args, kwargs: log.append("global")
    )
    optimizer.step()
    assert log == ["global", "pre", "post"]
    first.remove()
    everywhere.remove()
    log.clear()
    optimizer.step()
    assert log == ["post"]
    calls = []
    optimizer.register_step_pre_hook(lambda o, a, k: ((o, lambda: calls.append(1)), {}))
    optimizer.step()
    assert calls == [1]


def test_state_dict_hooks():
    p = param(1.0)
    optimizer = make("SGD", [p], momentum=0.9)
    train(optimizer, [p], 1)
    log = []
    optimizer.register_state_dict_pre_hook(lambda o: log.append("pre"))
    optimizer.register_state_dict_post_hook(lambda o, s: {**s, "more": 1})
    optimizer.register_state_dict_post_hook(lambda o, s: log.append("post"), prepend=True)
    saved = optimizer.state_dict()
    assert saved["more"] == 1 and log == ["pre", "post"]
    optimizer.register_load_state_dict_pre_hook(lambda o, s: log.append(s.pop("more")))
    optimizer.register_load_state_dict_post_hook(lambda o: log.append("loaded"))
    optimizer.load_state_dict(saved)
    assert log == ["pre", "post", 1, "loaded"] and saved["more"] == 1


# ---- optimizers of the user's ----


class PlainSGD(Optimizer):
    def __init__(self, params, lr=0.1, momentum=0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                buffer = state.setdefault("momentum_buffer", torch.zeros_like(p))
                buffer.mul_(group["momentum"]).add_(p.grad)
                p.add_(buffer, alpha=-group["lr"])
        return loss


def test_an_optimizer_in_python():
    p, q = param(1.0, 2.0), param(1.0, 2.0)
    a, b = PlainSGD([p], momentum=0.9), make("SGD", [q], momentum=0.9)
    log = []
    a.register_step_post_hook(lambda *_: log.append(1))
    train(a, [p], 4)
    train(b, [q], 4)
    assert_close(flat(p), flat(q), "float32")
    assert len(log) == 4
    b.load_state_dict({**b.state_dict(), "state": a.state_dict()["state"]})
    copied = copy.deepcopy(a)
    assert isinstance(copied, PlainSGD) and copied.param_groups[0]["momentum"] == 0.9
    refused(NotImplementedError, "", lambda: Optimizer([p], {}).step())


def test_a_class_derived_from_a_rule():
    class Clipped(torch.optim.Adam):
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    p.grad.clamp_(-1, 1)
            return super().step(closure)

    p, q = param(1.0), param(1.0)
    a, b = Clipped([p], lr=0.1), make("SGD", [q])
    p.grad, q.grad = torch.tensor([100.0]), torch.tensor([1.0])
    a.step()
    b.step()
    assert_close(flat(p), flat(q), "float32")
    assert p.grad.tolist() == [1.0]


def test_no_warning_in_use():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        p = param(1.0)
        for name in RULES:
            train(make(name, [p]), [p], 2)
