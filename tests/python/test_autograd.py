"""The graph: roots, leaves, higher orders, kinks, the engine."""

import copy
import gc
import threading
import warnings
import weakref

import pytest

import taeda as torch

X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
grad = torch.autograd.grad


def leaf(data=X, **options):
    return torch.tensor(data, requires_grad=True, **options)


# ---- what is in the graph ----


def test_leaves_and_nodes():
    x = leaf()
    y = x * 2
    assert x.is_leaf and x.requires_grad and x.grad_fn is None and x.output_nr == 0
    assert not y.is_leaf and y.requires_grad and y.grad_fn.name() == "MulBackward0"
    assert not y.detach().requires_grad and y.detach().is_leaf
    assert torch.ones(2).is_leaf and (torch.ones(2) * 2).is_leaf
    (node, index), *_ = y.grad_fn.next_functions
    assert index == 0 and "AccumulateGrad" in node.name() and node.variable is x
    z = (y + torch.ones(3)).sum()
    assert [f is None for f, _ in z.grad_fn.next_functions[0][0].next_functions] == [False, True]


def test_integer_results_need_no_gradient():
    x = leaf()
    for out in (
        x > 1,
        x == x,
        x.argmax(),
        x.long(),
        x.argsort(),
        torch.isnan(x),
        x.max(1).indices,
        x.any(),
    ):
        assert not out.requires_grad and out.grad_fn is None
    for out in (x.round(), x.floor(), x.ceil(), x.sign()):
        assert out.requires_grad
        (g,) = grad(out.sum(), x)
        assert g.tolist() == [[0.0] * 3] * 2
    with pytest.raises(RuntimeError, match="[Oo]nly Tensors of floating point"):
        torch.tensor([1, 2], requires_grad=True)


def test_requires_grad_of_a_result_can_only_be_cut():
    y = leaf() * 2
    with pytest.raises(
        RuntimeError, match="you can only change requires_grad flags of leaf variables"
    ):
        y.requires_grad = False
    x = leaf()
    x.requires_grad_(False)
    assert not (x * 2).requires_grad


# ---- roots ----


def test_roots():
    with pytest.raises(
        RuntimeError, match="grad can be implicitly created only for scalar outputs"
    ):
        (leaf() * 2).backward()
    with pytest.raises(
        RuntimeError, match="element 0 of tensors does not require grad and does not have a grad_fn"
    ):
        torch.ones(2).sum().backward()
    with pytest.raises(
        RuntimeError,
        match=r"Mismatch in shape: grad_output\[0\] has a shape of torch.Size\(\[3\]\)",
    ):
        (torch.ones(2, requires_grad=True) * 2).backward(torch.ones(3))
    x = leaf()
    (x * 2).backward(torch.full((2, 3), 0.5))
    assert x.grad.tolist() == [[1.0] * 3] * 2
    x.grad = None
    torch.autograd.backward([(x * 2).sum(), (x * x).sum()])
    assert x.grad.tolist() == [[4.0, 6.0, 8.0], [10.0, 12.0, 14.0]]
    x.grad = None
    x.sum().backward()
    x.backward(torch.ones(2, 3))  # a leaf is a root too
    assert x.grad.tolist() == [[2.0] * 3] * 2
    one = torch.ones(1, 1, requires_grad=True)
    (one * 3).backward()  # one element is scalar enough
    assert one.grad.tolist() == [[3.0]]


def test_retain_and_free():
    x = leaf()
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist()[1] == [16.0, 20.0, 24.0]
    with pytest.raises(RuntimeError) as error:
        y.backward()
    assert str(error.value) == (
        "Trying to backward through the graph a second time (or directly access saved tensors"
        " after they have already "
        "been freed). Saved intermediate values of the graph are freed when you call "
        ".backward() or autograd.grad(). "
        "Specify retain_graph=True if you need to backward through the graph a second time or"
        " if you need to access saved "
        "tensors after calling backward."
    )
    z = (x + 1).sum()  # keeps nothing, so it may run twice
    z.backward(), z.backward()
    w = (x * 2).sum()
    w.backward()
    with pytest.raises(RuntimeError, match="a second time"):
        w.backward()


def test_part_of_a_graph_can_be_freed():
    x = leaf([2.0])
    y = x * x
    a, b = y * 3, y.exp()
    a.backward(retain_graph=True)
    b.backward()
    assert x.grad.item() == pytest.approx(12 + 4 * 54.598150)


# ---- autograd.grad ----


def test_grad_touches_nothing_else():
    x, y = leaf(), leaf()
    seen = []
    a, b = x * 2, y * 3
    b.register_hook(lambda g: seen.append("b"))
    a.register_hook(lambda g: seen.append("a"))
    out = (a * b).sum()
    (gx,) = grad(out, x, retain_graph=True)
    assert seen == ["a"]  # only what lies on the way
    ga, gy = grad([out], [a, y], retain_graph=True)
    assert (
        gx.tolist()[0] == [6.0, 12.0, 18.0]
        and ga.tolist()[0] == [3.0, 6.0, 9.0]
        and gy.tolist()[0] == [6.0, 12.0, 18.0]
    )
    assert x.grad is None and y.grad is None and sorted(seen[1:]) == ["a", "b"]


def test_grad_of_what_is_not_used():
    x, y = leaf(), leaf()
    with pytest.raises(
        RuntimeError,
        match="The differentiated Tensor at index 1 appears to not have been used in the graph.",
    ):
        grad(x.sum(), [x, y])
    with pytest.raises(
        RuntimeError, match="One of the differentiated Tensors does not require grad"
    ):
        grad(x.sum(), torch.ones(2))
    assert grad(x.sum(), [x, y], allow_unused=True)[1] is None
    assert grad(x.sum(), [x, y], materialize_grads=True)[1].tolist() == [[0.0] * 3] * 2
    with pytest.raises(ValueError):
        grad(x.sum(), y, allow_unused=False, materialize_grads=True)
    with pytest.raises(RuntimeError):
        grad(x.sum(), [])


def test_grad_with_outputs_given():
    x = leaf()
    (g,) = grad([x * 2, x * x], x, grad_outputs=[torch.ones(2, 3), torch.ones(2, 3)])
    assert g.tolist() == [[4.0, 6.0, 8.0], [10.0, 12.0, 14.0]]
    (g,) = grad((x * x).sum(), x, grad_outputs=torch.tensor(0.5))
    assert g.tolist() == X
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        grad(x.sum(), x, grad_outputs=torch.ones(3))


def test_inputs_of_backward_limit_the_accumulation():
    x, w = leaf([2.0]), leaf([3.0])
    y = x * w
    (y * y).backward(inputs=[x])
    assert x.grad.tolist() == [36.0] and w.grad is None
    y = x * w
    (y * y).backward(inputs=[y, w])
    assert y.grad.tolist() == [12.0] and w.grad.tolist() == [24.0] and x.grad.tolist() == [36.0]


# ---- higher orders ----


def test_orders_of_derivatives():
    x = leaf([0.5, -1.5], dtype=torch.float64)
    d = x**5
    for coefficient, power in [(5, 4), (20, 3), (60, 2), (120, 1), (120, 0)]:
        (d,) = grad(d.sum(), x, create_graph=True)
        assert d.tolist() == pytest.approx([coefficient * v**power for v in (0.5, -1.5)])


def test_create_graph_in_backward():
    x = leaf([2.0])
    (x * x * x).backward(create_graph=True)
    assert x.grad.tolist() == [12.0] and x.grad.requires_grad
    first = x.grad
    x.grad = None
    first.backward()
    assert x.grad.tolist() == [12.0]


def test_gradient_penalty():
    """A gradient inside a loss, as in WGAN-GP: d/dw of |d/dx (w x^2)|^2."""
    w, x = leaf([3.0], dtype=torch.float64), leaf([2.0], dtype=torch.float64)
    (g,) = grad((w * x * x).sum(), x, create_graph=True)
    (g * g).sum().backward()
    assert w.grad.tolist() == [96.0] and x.grad.tolist() == [144.0]


# ---- leaves ----


def test_leaf_gradients_accumulate_in_place():
    x = leaf()
    x.sum().backward()
    g = x.grad
    assert x.grad is g and not g.requires_grad
    x.sum().backward()
    assert x.grad is g and g.tolist()[0] == [2.0] * 3
    x.grad = None
    x.sum().backward(create_graph=True)
    (x * x).sum().backward(create_graph=True)
    assert x.grad.requires_grad
    a, b = (leaf([1.0, 2.0]) for _ in range(2))
    (a + b).backward(torch.ones(2))
    a.grad.zero_()
    assert b.grad.tolist() == [1.0, 1.0]  # the two do not share memory
    given = torch.ones(2)
    a.grad = None
    a.backward(given)
    a.grad.add_(1)
    assert given.tolist() == [1.0, 1.0]


def test_gradient_of_a_leaf_is_checked_when_set():
    x = torch.ones(2, requires_grad=True)
    for value, kind, text in [
        (
            torch.ones(3),
            RuntimeError,
            "attempting to assign a gradient of size '[3]' to a tensor of size '[2]'.",
        ),
        (1, TypeError, "assigned grad expected to be a Tensor or None but got grad of type int"),
        (x, RuntimeError, "can't assign Variable as its own grad"),
    ]:
        with pytest.raises(kind) as error:
            x.grad = value
        assert str(error.value).startswith(text)
    x.grad = torch.full((2,), 3.0)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [5.0, 5.0]
    del x.grad
    assert x.grad is None


def test_gradients_are_summed_to_the_shape_and_cast_to_the_dtype():
    x, y = leaf([1.0, 2.0, 3.0]), leaf([[1.0], [2.0]], dtype=torch.float64)
    out = x * y
    assert out.dtype == torch.float64
    out.sum().backward()
    assert x.grad.dtype == torch.float32 and x.grad.tolist() == [3.0] * 3
    assert y.grad.dtype == torch.float64 and y.grad.tolist() == [[6.0], [6.0]]
    h = leaf([1.0, 2.0]).half()
    assert grad(h.sum(), h)[0].dtype == torch.float16
    s = leaf([1.0, 2.0])
    (g,) = grad((s.unsqueeze(0).expand(4, 2, 2) * 2).sum(), s)
    assert g.tolist() == [16.0, 16.0]


def test_retain_grad():
    x = leaf([1.0])
    y = x * 2
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert y.grad is None
    assert any("not a leaf Tensor is being accessed" in str(w.message) for w in seen)
    y.retain_grad()
    assert y.retains_grad
    y.register_hook(lambda g: g * 10)
    (y * y).sum().backward()
    assert y.grad.tolist() == [40.0] and x.grad.tolist() == [80.0]
    with pytest.raises(
        RuntimeError, match="can't retain_grad on Tensor that has requires_grad=False"
    ):
        torch.ones(1).retain_grad()


def test_deepcopy():
    x = leaf()
    x.sum().backward()
    y = copy.deepcopy(x)
    assert (
        y.requires_grad
        and y.is_leaf
        and y.grad.tolist() == x.grad.tolist()
        and y.grad is not x.grad
    )
    y.grad.zero_()
    assert x.grad.tolist() == [[1.0] * 3] * 2
    with pytest.raises(RuntimeError, match="Only Tensors created explicitly by the user"):
        copy.deepcopy(x * 2)


# ---- kinks ----

KINKS = {
    "relu": (lambda x: torch.relu(x), 0.0),
    "abs": (lambda x: x.abs(), 0.0),
    "sign": (lambda x: x.sign(), 0.0),
    "sqrt": (lambda x: x.sqrt(), float("inf")),
    "norm": (lambda x: x.norm(), 0.0),
    "clamp": (lambda x: x.clamp(0, 1), 1.0),
    "elu": (lambda x: torch.nn.functional.elu(x), 1.0),
    "leaky_relu": (lambda x: torch.nn.functional.leaky_relu(x, 0.3), 0.3),
    "gelu": (lambda x: torch.nn.functional.gelu(x), 0.5),
    "maximum": (lambda x: torch.maximum(x, torch.zeros_like(x)), 0.5),
    "minimum": (lambda x: torch.minimum(x, torch.zeros_like(x)), 0.5),
    "softplus": (lambda x: torch.nn.functional.softplus(x), 0.5),
    "hardtanh": (lambda x: torch.nn.functional.hardtanh(x), 1.0),
    "silu": (lambda x: torch.nn.functional.silu(x), 0.5),
    "x ** 2": (lambda x: x**2, 0.0),
    "x ** 0": (lambda x: x**0, 0.0),
}


@pytest.mark.parametrize("name", KINKS)
def test_kinks(name):
    function, want = KINKS[name]
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    (g,) = grad(function(x).sum(), x)
    assert g.item() == want


def test_ties():
    x = torch.tensor([3.0, 1.0, 3.0], requires_grad=True)
    assert grad(x.max(), x)[0].tolist() == [0.5, 0.0, 0.5]
    assert grad(x.amax(0), x)[0].tolist() == [0.5, 0.0, 0.5]
    assert grad(x.max(0).values, x)[0].tolist() == [1.0, 0.0, 0.0]
    y = torch.tensor([-1.0, 0.0, 4.0], requires_grad=True)
    assert str(grad(torch.where(y > 0, y.sqrt(), y).sum(), y)[0].tolist()) == "[nan, nan, 0.25]"


def test_infinities_do_not_poison():
    x = torch.tensor([-1e4, 0.0, 1e4], requires_grad=True)
    for function, want in [
        (torch.nn.functional.softplus, [0.0, 0.5, 1.0]),
        (torch.sigmoid, [0.0, 0.25, 0.0]),
        (torch.tanh, [0.0, 1.0, 0.0]),
    ]:
        assert grad(function(x).sum(), x)[0].tolist() == want
    y = torch.tensor([[float("-inf"), 0.0, 1000.0]], requires_grad=True)
    assert grad(y.logsumexp(1).sum(), y)[0].tolist() == [[0.0, 0.0, 1.0]]
    assert y.softmax(1).tolist() == [[0.0, 0.0, 1.0]]
    p = torch.tensor([0.0, 2.0], requires_grad=True)
    assert grad(p.prod(), p)[0].tolist() == [2.0, 0.0]
    assert grad((p**0.5).sum(), p)[0].tolist()[0] == float("inf")


# ---- the engine ----


def test_a_million_nodes():
    x = torch.tensor([1.0], requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y + x
    y.backward()
    assert x.grad.tolist() == [1000001.0]
    z = x * 1
    for _ in range(300_000):
        z = z * x  # a chain through saved tensors as well
    del z


def test_deep_chain_with_retained_graph():
    x = torch.tensor([1.0], requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y * 1.0
    for _ in range(2):
        y.backward(retain_graph=True)
    assert x.grad.tolist() == [2.0]


def test_diamonds_run_each_node_once():
    x, calls = leaf([1.0]), []
    y = x
    for _ in range(20):  # 2 ** 20 paths, 20 nodes
        y = y + y
        y.register_hook(lambda g: calls.append(1))
    y.backward()
    assert x.grad.item() == 2.0**20 and len(calls) == 20


def test_backward_from_many_threads_into_one_leaf():
    w = torch.ones(1000, requires_grad=True)
    errors = []

    def work():
        try:
            for _ in range(50):
                (w * 2).sum().backward()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert not errors and w.grad.tolist() == [400.0] * 1000


def test_threads_share_a_graph():
    w = torch.tensor([1.0] * 8, requires_grad=True)
    shared, wrong = w * 2, []

    def work():
        for _ in range(100):
            (g,) = grad((shared * w).sum(), w, retain_graph=True)
            if g.tolist() != [4.0] * 8:
                wrong.append(g)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert not wrong


def test_cycles_are_collected():
    gc.collect()
    x = leaf([1.0])
    x.register_hook(lambda g: x)  # noqa: F821
    alive = weakref.ref(x)
    del x
    gc.collect()
    assert alive() is None


def test_tensors_die_with_their_last_reference():
    gc.collect()
    gc.disable()
    try:
        x = leaf()
        y = x * 2
        alive = weakref.ref(y)
        z = (y * y).sum()
        z.backward()
        del y
        assert alive() is None
        alive = weakref.ref(x)
        del x, z
        assert alive() is None
    finally:
        gc.enable()


# ---- numbers through the graph ----


def test_a_small_network_by_hand():
    """One hidden layer; gradients by the chain rule, written out."""
    w1, w2 = (
        leaf([[0.1, -0.2], [0.4, 0.3]], dtype=torch.float64),
        leaf([[0.5], [-0.6]], dtype=torch.float64),
    )
    x, t = (
        torch.tensor([[1.0, 2.0]], dtype=torch.float64),
        torch.tensor([[0.7]], dtype=torch.float64),
    )
    h = (x @ w1).tanh()
    loss = ((h @ w2 - t) ** 2).mean()
    loss.backward()
    h0 = h.detach()
    d = 2 * (h0 @ w2.detach() - t)
    assert torch.allclose(w2.grad, h0.t() @ d)
    assert torch.allclose(w1.grad, x.t() @ ((d @ w2.detach().t()) * (1 - h0 * h0)))


def test_complex_gradients():
    z = torch.tensor([1 + 2j], dtype=torch.complex128, requires_grad=True)
    (z * z.conj()).real.sum().backward()
    assert z.grad.tolist() == [2 + 4j]
    z.grad = None
    z.abs().sum().backward()
    assert z.grad.tolist()[0] == pytest.approx((1 + 2j) / abs(1 + 2j))
