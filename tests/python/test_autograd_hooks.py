"""Hooks on nodes and on several tensors, what they may return, and saved-tensor hooks' manners."""

import pytest

import taeda as torch

graph = torch.autograd.graph


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


@pytest.mark.parametrize(
    "register, result, error, text",
    [
        ("register_hook", (None,) * 3, RuntimeError, r"incorrect number of values \(got 3, but expected 2\)"),
        ("register_hook", 3, TypeError, "expected tuple, but hook returned 'int'"),
        ("register_prehook", 3, TypeError, "expected tuple, but hook returned 'int'"),
    ],
)  # fmt: skip
def test_what_node_hooks_may_return(register, result, error, text):
    x = leaf(1.0, 2.0)
    y = x * 2
    getattr(y.grad_fn, register)(lambda *grads: result)
    with pytest.raises(error, match=text):
        y.sum().backward()
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_one_hook_on_several_tensors():
    a, b, log = leaf(1.0, 2.0), leaf(3.0, 4.0), []
    with graph.register_multi_grad_hook((a, b), lambda grads: log.append(grads)):
        (a * b).sum().backward()
        (a * 2).sum().backward()
    (a * b).sum().backward()
    assert len(log) == 2
    assert [g.tolist() for g in log[0]] == [[3.0, 4.0], [1.0, 2.0]]
    assert log[1][0].tolist() == [2.0, 2.0] and log[1][1] is None
    first = []
    handle = graph.register_multi_grad_hook((a, b), first.append, mode="any")
    (a * b).sum().backward()
    handle.remove()
    (a * b).sum().backward()
    assert len(first) == 1


def test_changes_behind_autograds_back_can_be_told():
    x = leaf(1.0, 2.0) * 1
    y = x * x
    before = x._version
    graph.increment_version(x)
    assert x._version == before + 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_pack_hooks_may_not_write():
    with graph.saved_tensors_hooks(lambda x: x.add_(1), lambda x: x):
        with pytest.raises(RuntimeError, match="pack hook is modifying its input in place"):
            (leaf(1.0, 2.0) * 1).exp()
    kept = []
    with graph.saved_tensors_hooks(lambda x: kept.append(x) or x, lambda x: x):
        x = leaf(1.0, 2.0)
        y = x * 3.0  # the number is kept as a tensor of its own
    del y
    assert all(k.sum().item() in (3.0,) for k in kept)


def test_as_many_gradients_as_tensors():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="got 2 tensors and 1 gradients"):
        torch.autograd.backward([x.sum(), (x * 2).sum()], [None])


def test_the_dtype_of_a_gradient():
    x = leaf(1.0, 2.0)
    assert x.grad_dtype is torch.float32
    x.grad_dtype = torch.float64
    x.grad = torch.ones(2, dtype=torch.float64)
    assert x.grad.dtype is torch.float64 and x.grad_dtype is torch.float64


class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 3


def test_gradcheck_of_projections_and_batches():
    x = torch.tensor([0.3, -1.2, 2.0], dtype=torch.float64, requires_grad=True)
    check = torch.autograd.gradcheck
    assert check(lambda v: (v.sin(), v * v[0]), x, fast_mode=True, check_batched_grad=True)
    with pytest.raises(RuntimeError, match="in fast mode"):
        check(Wrong.apply, x, fast_mode=True)
    assert not check(Wrong.apply, x, fast_mode=True, raise_exception=False)


@pytest.mark.filterwarnings("always")
def test_decorated_classes_warn():
    with pytest.warns(FutureWarning, match="Decorating classes is deprecated"):
        torch.no_grad()(type("K", (), {}))
