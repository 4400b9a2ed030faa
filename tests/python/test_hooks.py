"""Around the graph: hooks, modes, anomaly mode, saved-tensor hooks, gradcheck."""

import threading
import warnings

import pytest

import taeda as torch

X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
grad = torch.autograd.grad


def leaf(data=X, **options):
    return torch.tensor(data, requires_grad=True, **options)


# ---- hooks ----


def test_hooks_change_and_observe():
    x = leaf()
    log = []
    y = x * 2
    handle = y.register_hook(lambda g: log.append("gone"))
    y.register_hook(lambda g: g * 10)
    handle.remove()
    x.register_hook(lambda g: log.append(f"sum {g.tolist()[0][0]}"))
    x.register_post_accumulate_grad_hook(lambda p: log.append(f"after {p.grad.tolist()[0][0]}"))
    (y + x).sum().backward()
    assert log == ["sum 21.0", "after 21.0"]


def test_hooks_run_in_order_of_registration():
    x, log = leaf([1.0]), []
    y = x * 1
    for i in range(3):
        y.register_hook(lambda g, i=i: (log.append((i, g.item())), g + 1)[1])
    y.backward()
    assert log == [(0, 1.0), (1, 2.0), (2, 3.0)] and x.grad.item() == 4.0


def test_what_a_hook_may_return():
    for result, kind, text in [
        (torch.ones(3), RuntimeError, "hook 'bad' has changed the size of value"),
        (1, TypeError, "expected Variable, but hook returned 'int'"),
    ]:
        x = leaf([1.0, 2.0])

        def bad(g):
            return result

        x.register_hook(bad)
        with pytest.raises(kind) as error:
            x.sum().backward()
        assert str(error.value) == text
    with pytest.raises(
        RuntimeError, match="cannot register a hook on a tensor that doesn't require gradient"
    ):
        torch.ones(2).register_hook(print)


def test_leaf_hooks_run_as_soon_as_the_leaf_is_complete():
    order = []
    w = [leaf([1.0 + i]) for i in range(3)]
    for i, p in enumerate(w):
        p.register_post_accumulate_grad_hook(lambda _, i=i: order.append(i))
    out = w[0] * w[0]
    mid = out * w[1]
    mid.register_hook(lambda g: order.append("mid"))
    (mid * w[2]).sum().backward()
    assert order == [2, "mid", 1, 0]


def test_hooks_of_nodes():
    x, log = leaf([2.0]), []
    y = x * 3
    y.grad_fn.register_prehook(lambda grads: (log.append("pre"), (grads[0] * 2,))[1])
    y.grad_fn.register_hook(
        lambda inputs, outputs: log.append((inputs[0].item(), outputs[0].item()))
    )
    y.backward()
    assert log == ["pre", (6.0, 2.0)] and x.grad.item() == 6.0
    z = x * 3
    z.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 100, None))
    x.grad = None
    z.backward()
    assert x.grad.item() == 300.0


def test_exceptions_leave_the_engine_usable():
    x = leaf()
    y = x * 2

    def bad(g):
        raise KeyError("from the hook")

    handle = y.register_hook(bad)
    with pytest.raises(KeyError, match="from the hook"):
        y.sum().backward()
    assert torch.is_grad_enabled()
    handle.remove()
    (x * 2).sum().backward()
    assert x.grad.tolist()[0] == [2.0] * 3


# ---- modes ----


def test_modes_nest_and_decorate():
    x = leaf()
    with torch.no_grad():
        assert not torch.is_grad_enabled() and not (x * 2).requires_grad
        with torch.enable_grad():
            assert (x * 2).requires_grad
        assert not torch.is_grad_enabled()
        assert torch.zeros(2, requires_grad=True).requires_grad
    with torch.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    assert torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    assert not torch.is_grad_enabled()
    torch.set_grad_enabled(True)

    @torch.no_grad()
    def f(a):
        return a * 2

    @torch.no_grad
    def g(a):
        return a * 2

    @torch.enable_grad()
    def h(a):
        return a * 2

    assert not f(x).requires_grad and not g(x).requires_grad and f.__name__ == "f"
    with torch.no_grad():
        assert h(x).requires_grad


def test_modes_end_with_an_exception():
    with pytest.raises(ZeroDivisionError):
        with torch.no_grad():
            1 / 0
    assert torch.is_grad_enabled()


def test_modes_in_generators():
    @torch.no_grad()
    def values():
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    generator = values()
    assert next(generator) is False and torch.is_grad_enabled()
    assert next(generator) is False and torch.is_grad_enabled()


def test_modes_are_of_one_thread():
    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start(), thread.join()
    assert seen == [True]


def test_inference_mode():
    w = leaf([1.0, 2.0])
    with torch.inference_mode():
        x = torch.ones(2)
        y = w * x
        assert (
            torch.is_inference_mode_enabled()
            and x.is_inference()
            and y.is_inference()
            and not y.requires_grad
        )
        x.add_(1)
    assert not torch.is_inference_mode_enabled() and not w.is_inference()
    for function, text in [
        (lambda: w * x, "Inference tensors cannot be saved for backward."),
        (
            lambda: x.add_(1),
            "Inplace update to inference tensor outside InferenceMode is not allowed.",
        ),
        (
            lambda: x.requires_grad_(),
            "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.",
        ),
        (lambda: x._version, "Inference tensors do not track version counter."),
    ]:
        with pytest.raises(RuntimeError) as error:
            function()
        assert str(error.value).startswith(text)
    assert (w + x).requires_grad  # saves nothing
    c = x.clone()
    assert not c.is_inference() and (w * c).requires_grad

    @torch.inference_mode()
    def f():
        return torch.ones(1).is_inference()

    assert f()


# ---- anomaly mode ----


def test_anomaly_mode_finds_nan():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with torch.autograd.detect_anomaly():
            x = torch.tensor(-1.0, requires_grad=True)
            y = x.sqrt() * 0
            with pytest.raises(
                RuntimeError,
                match="Function 'SqrtBackward0' returned nan values in its 0th output.",
            ):
                y.backward()
    texts = [str(w.message) for w in seen]
    assert any("Anomaly Detection has been enabled" in t for t in texts)
    assert any(
        "Error detected in SqrtBackward0. Traceback of forward call that caused the error" in t
        for t in texts
    )
    assert any("test_anomaly_mode_finds_nan" in t or "x.sqrt()" in t for t in texts)


def test_anomaly_mode_is_off_afterwards():
    assert not torch.is_anomaly_enabled()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.autograd.set_detect_anomaly(True, check_nan=False):
            assert torch.is_anomaly_enabled() and not torch.is_anomaly_check_nan_enabled()
            x = torch.tensor(-1.0, requires_grad=True)
            (x.sqrt() * 0).backward()  # nan, not looked at
            assert x.grad.isnan()
    assert not torch.is_anomaly_enabled()


# ---- saved-tensor hooks ----


def test_saved_tensors_hooks():
    packed, unpacked = [], []

    def pack(t):
        packed.append(t.tolist())
        return len(packed) - 1

    def unpack(i):
        unpacked.append(i)
        return torch.tensor(packed[i])

    x, y = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        z = x * y
    assert sorted(packed) == [[1.0, 2.0], [3.0, 4.0]] and not unpacked
    z.sum().backward()
    assert (
        sorted(unpacked) == [0, 1]
        and x.grad.tolist() == [3.0, 4.0]
        and y.grad.tolist() == [1.0, 2.0]
    )
    out = x.exp()
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 2, lambda t: t):
        w = x.exp()
    w.sum().backward()
    assert x.grad.tolist() == pytest.approx([3 + 2 * out[0].item(), 4 + 2 * out[1].item()])


def test_saved_tensors_hooks_nest_and_end():
    log = []
    outer = torch.autograd.graph.saved_tensors_hooks(
        lambda t: log.append("outer") or t, lambda t: t
    )
    inner = torch.autograd.graph.saved_tensors_hooks(
        lambda t: log.append("inner") or t, lambda t: t
    )
    x = leaf([1.0])
    with outer:
        x.exp()
        with inner:
            x.exp()
        x.exp()
    x.exp()
    assert log == ["outer", "inner", "outer"]
    with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
        with pytest.raises(RuntimeError, match="not here"):
            with outer:
                pass


def test_save_on_cpu():
    x = leaf([2.0])
    with torch.autograd.graph.save_on_cpu():
        y = x * x
    y.backward()
    assert x.grad.tolist() == [4.0]


# ---- gradcheck ----


def test_gradcheck_passes_and_fails():
    x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
    check = torch.autograd.gradcheck
    assert check(lambda a: a.exp() * a, (x,)) and check(torch.sin, x)
    assert torch.autograd.gradgradcheck(lambda a: a.exp() * a, (x,))

    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 3

        @staticmethod
        def backward(ctx, g):
            return g * 2

    with pytest.raises(
        RuntimeError, match="Jacobian mismatch for output 0 with respect to input 0"
    ) as error:
        check(Wrong.apply, (x,))
    assert type(error.value).__name__ == "GradcheckError"
    assert check(Wrong.apply, (x,), raise_exception=False) is False

    class Second(torch.autograd.Function):  # right once, wrong twice: the gradient is detached
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * a

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0].detach()

    assert check(Second.apply, (x,))
    with pytest.raises(RuntimeError):
        torch.autograd.gradgradcheck(Second.apply, (x,))
    with pytest.raises(ValueError):
        check(lambda a: a * 2, (torch.ones(2, dtype=torch.float64),))
    with pytest.raises(RuntimeError):
        check(lambda a: a.detach() * 2, (x,))
