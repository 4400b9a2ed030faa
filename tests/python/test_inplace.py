"""In-place changes: of tensors, through views, their gradients, and what is refused."""

import pytest

import taeda as torch

X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
Y = [[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]]


def numeric(function, inputs, weight, eps=1e-5):
    """Central differences of (function(*inputs) * weight).sum(), with no in-place change and no
    graph in sight."""
    grads = []
    for i in range(len(inputs)):
        grad = []
        for k in range(inputs[i].numel()):
            ends = []
            for sign in (1, -1):
                moved = [t.detach().clone() for t in inputs]
                moved[i].view(-1)[k] += sign * eps
                ends.append((function(*moved) * weight).sum().item())
            grad.append((ends[0] - ends[1]) / (2 * eps))
        grads.append(torch.tensor(grad, dtype=torch.float64).view(inputs[i].shape))
    return grads


def check_gradients(function, *data):
    """First and second derivatives of `function` agree with differences of values."""
    inputs = [torch.tensor(d, dtype=torch.float64, requires_grad=True) for d in data]
    out = function(*inputs)
    weight = torch.linspace(0.3, 1.7, out.numel(), dtype=torch.float64).view(out.shape)
    wanted = numeric(function, inputs, weight)
    got = torch.autograd.grad((out * weight).sum(), inputs, allow_unused=True, create_graph=True)
    for g, w in zip(got, wanted):
        assert torch.allclose(
            torch.zeros_like(w) if g is None else g.detach(), w, rtol=1e-5, atol=1e-7
        )
    tracked = [g for g in got if g is not None and g.requires_grad]
    if not tracked:
        return

    def first(*xs):
        xs = [x.detach().requires_grad_() for x in xs]
        gs = torch.autograd.grad(
            (function(*xs) * weight).sum(), xs, allow_unused=True, create_graph=True
        )
        return torch.cat([g.detach().reshape(-1) for g in gs if g is not None])

    flat = torch.cat([g.reshape(-1) for g in got if g is not None])
    weight2 = torch.linspace(-0.5, 1.0, flat.numel(), dtype=torch.float64)
    wanted = numeric(first, inputs, weight2)
    got = torch.autograd.grad((flat * weight2).sum(), inputs, allow_unused=True)
    for g, w in zip(got, wanted):
        assert torch.allclose(torch.zeros_like(w) if g is None else g, w, rtol=1e-4, atol=1e-6)


def operator_chain(x, y):
    z = x * 1
    z += y
    z *= 2
    z -= x
    z /= 4
    z **= 2
    return z


def set_row(x, y):
    x[1] = y[0] * y[1]
    return x


def set_column(x, y):
    x[:, 1].add_(y[:, 0])
    x[:, 0:2].mul_(3)
    return x * x


def view_of_view(x, y):
    v = x.view(6)[1:5]
    v[::2].mul_(y[0, :2])
    return x * v.sum()


def view_made_before(x, y):
    v = x[0]
    w = v * 2
    x.mul_(y)
    return v * w  # v shows the new values, w the old ones


def drawn_in(y):
    base = torch.zeros(2, 3, dtype=torch.float64)
    v = base[1]
    base.add_(y)
    assert v.requires_grad == y.requires_grad
    return v * v


def transposed(x, y):
    x.t()[1].copy_(y[:, 2] * 2)
    return x


def strided(x, y):
    x.as_strided((2, 2), (3, 2)).mul_(y[:, :2])
    return x


def masked(x, y):
    x[x > 3.5] = 0.25
    return x * y


def indexed(x, y):
    x[:, torch.tensor([2, 0])] = y[:, :2]
    return x * x


def indexed_twice(x, y):
    x[torch.tensor([0, 1]), torch.tensor([1, 2])] *= y[0, :2]
    return x * x


def diagonal(x, y):
    x[:, :2].diagonal().mul_(y[0, 0])
    return x


def squeezed(x, y):
    x.unsqueeze(0).squeeze(0).unsqueeze(2)[:, 1:, 0].add_(y[:, 1:])
    return x


def scattered(x, y):
    return x.scatter_add_(1, torch.tensor([[0, 0], [2, 1]]), y[:, :2]) * y


FUNCTIONS = {
    "add_": lambda x, y: (x * 2).add_(y, alpha=3),
    "sub_": lambda x, y: (x * 2).sub_(y),
    "mul_ keeps the value it had": lambda x, y: (x * 2).mul_(y * y),
    "mul_ by its copy": lambda x, y: (lambda z: z.mul_(z.clone()))(x * y),
    "div_": lambda x, y: (x * 2).div_(y),
    "pow_": lambda x, y: (x * x).pow_(1.5) * y,
    "relu_": lambda x, y: (x - 2.5).relu_() * y,
    "exp_ of a copy": lambda x, y: x.clone().exp_(),
    "sigmoid_": lambda x, y: (x * y).sigmoid_() * x,
    "tanh_ then added": lambda x, y: (x * y).sub_(y).tanh_() + x,
    "clamp_": lambda x, y: (x * y).clamp_(-1.7, 2.2),
    "operators": operator_chain,
    "fill_": lambda x, y: (x * 2).fill_(3) * y,
    "zero_": lambda x, y: (x * 2).zero_() + y * x,
    "copy_": lambda x, y: (x * 2).copy_(y[0]),
    "copy_ of its own view": lambda x, y: (lambda z: z.copy_(z.flip(0)))(x * y),
    "broadcast": lambda x, y: (x * 2).mul_(y[0]),
    "row": lambda x, y: set_row(x * 2, y),
    "column of a constant": lambda x, y: set_column(torch.zeros(2, 3, dtype=torch.float64), y * x),
    "view of a view": lambda x, y: view_of_view(x * x, y),
    "view made before": lambda x, y: view_made_before(x * x, y),
    "view drawn into the graph": lambda x, y: drawn_in(y),
    "transposed": lambda x, y: transposed(x * x, y),
    "strided": lambda x, y: strided(x * x, y),
    "twice": lambda x, y: set_row(set_row(x * 2, y), x * y),
    "then reduced": lambda x, y: set_row(x * 2, y).sum(),
    "mask": lambda x, y: masked(x * 1, y),
    "index tensors": lambda x, y: indexed(x * 2, y),
    "index tensors, operator": lambda x, y: indexed_twice(x * 2, y),
    "diagonal": lambda x, y: diagonal(x * 2, y),
    "unsqueezed": lambda x, y: squeezed(x * 2, y),
    "scatter_add_": lambda x, y: scattered(x * 2, y),
    "index_add_": lambda x, y: (x * 2).index_add_(0, torch.tensor([1, 1]), y) * y,
    "masked_fill_": lambda x, y: (x * y).masked_fill_(y > 0, 2.0),
    "addcmul_": lambda x, y: (x * 2).addcmul_(y, x, value=0.5),
    "lerp_": lambda x, y: (x * 2).lerp_(y, 0.25),
    "detached in between": lambda x, y: (x * 2).add_((x * y).detach().mul_(0)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients(name):
    check_gradients(FUNCTIONS[name], X, Y)


# ---- the same object, the same memory, the counted change ----


def test_in_place_returns_the_same_object_and_counts():
    x = torch.ones(3)
    for i, change in enumerate(
        [
            lambda: x.add_(1),
            lambda: x.mul_(2),
            lambda: x.zero_(),
            lambda: x.fill_(2),
            lambda: x.copy_(torch.ones(3)),
            lambda: x.clamp_(0, 1),
            lambda: x.exp_(),
        ]
    ):
        assert change() is x and x._version == i + 1
    before = x._version
    x[0] = 1
    x[torch.tensor([1])] = 2.0
    x += 1
    assert x._version >= before + 3
    with torch.no_grad():
        before = x._version
        x.add_(1)
        assert x._version == before + 1


def test_views_and_detach_share_the_counter_and_data_has_its_own():
    x = torch.tensor(X, requires_grad=True)
    y = x * x
    y.detach().add_(1)
    assert y._version == 1
    x.data.mul_(2)  # nobody is told
    assert x._version == 0 and x.tolist()[0] == [2.0, 4.0, 6.0]
    x.detach()[0].zero_()
    assert x._version == 1
    with pytest.raises(RuntimeError, match="modified by an inplace"):
        y.sum().backward()
    assert y.clone()._version == 0


def test_data_can_be_replaced():
    x = torch.tensor(X, requires_grad=True)
    x.data = torch.zeros(4)
    assert x.shape == (4,) and x.requires_grad and not x.data.requires_grad and x._version == 0
    with torch.no_grad():
        x.add_(1)
    assert x.tolist() == [1.0] * 4
    v = x.view(2, 2)
    assert v._base is x and v._version == x._version and v[0]._base is x


def test_the_values_of_other_views_change():
    x = torch.arange(6.0).view(2, 3)
    row, column, t = x[0], x[:, 1], x.t()
    x.mul_(10)
    assert row.tolist() == [0.0, 10.0, 20.0] and column.tolist() == [10.0, 40.0]
    t[2, 1] = -1
    assert x.tolist()[1] == [30.0, 40.0, -1.0]


def test_overlapping_operands_are_read_before_they_are_written():
    x = torch.arange(5.0)
    with pytest.raises(RuntimeError, match="(overlap|refer to a single memory location|clone)"):
        x[1:].add_(x[:-1])
    assert x.tolist() == [0, 1, 2, 3, 4]
    x.copy_(x)
    x.add_(x)
    assert x.tolist() == [0, 2, 4, 6, 8]
    y = torch.arange(4.0).view(2, 2)
    y.add_(y.t().clone())
    assert y.tolist() == [[0.0, 3.0], [3.0, 6.0]]


def test_a_hook_belongs_to_the_value_before():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.mul_(3)
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.sum().backward()
    assert seen == [[1.0, 1.0], [3.0, 3.0]] and x.grad.tolist() == [6.0, 6.0]


def test_grad_fn_follows():
    x = torch.ones(2, 2, requires_grad=True)
    y = x * 2
    view = y[0]
    y.add_(1)
    assert y.grad_fn.name() == "AddBackward0"
    view.mul_(3)
    assert y.grad_fn.name().endswith("CopySlices")
    y.sum().backward()
    assert x.grad.tolist() == [[6.0, 6.0], [2.0, 2.0]]
    z = torch.zeros(2, 2)
    z[0] = x[0]
    assert z.requires_grad and z.grad_fn.name().endswith("CopySlices")
    z = torch.zeros(2)
    z.add_(x[0])
    assert z.requires_grad and not z.is_leaf


# ---- refusals ----


def leaf():
    return torch.tensor(X, requires_grad=True)


def view_made_without_grad():
    y = leaf() * 1
    with torch.no_grad():
        v = y[0]
    v.add_(1)


REFUSED = {
    "leaf": (
        lambda: leaf().add_(1),
        "a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "view of a leaf": (
        lambda: leaf()[0].add_(1),
        "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "one of many views": (
        lambda: (leaf() * 1).unbind(0)[0].add_(1),
        "Output 0 of Unbind is a view and is being modified inplace. This view is the output "
        "of a function that returns "
        "multiple views. Such functions do not allow the output views to be modified inplace."
        " You should replace the "
        "inplace operation by an out-of-place one.",
    ),
    "view made under no_grad": (
        view_made_without_grad,
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled.",
    ),
    "expanded": (
        lambda: torch.zeros(1).expand(3).add_(1),
        "unsupported operation: more than one element of the written-to tensor refers to a "
        "single memory location. "
        "Please clone() the tensor before performing the operation.",
    ),
    "larger shape": (
        lambda: torch.zeros(3).add_(torch.zeros(2, 3)),
        "output with shape [3] doesn't match the broadcast shape [2, 3]",
    ),
    "leaf indexed": (
        lambda: leaf().__setitem__(0, 1.0),
        "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "detach_ of a view": (
        lambda: leaf().view(6).detach_(),
        "Can't detach views in-place. Use detach() instead.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    function, text = REFUSED[name]
    with pytest.raises(RuntimeError) as error:
        function()
    assert str(error.value).startswith(text)


def test_refused_changes_leave_data_and_version():
    x = leaf()
    for change in (
        lambda: x.add_(1),
        lambda: x[0].mul_(5),
        lambda: x.zero_(),
        lambda: x.t().copy_(x.t() * 2),
    ):
        with pytest.raises(RuntimeError):
            change()
    assert x.tolist() == X and x._version == 0


SAVED = {
    "result": lambda x: (lambda y: (y, y))(x.exp()),
    "input": lambda x: (lambda y: (y, y * y))(x * 1),
    "matrix": lambda x: (lambda y: (y, leaf() @ y.t()))(x * 1),
    "tanh": lambda x: (lambda y: (y, y))(x.tanh()),
    "sqrt": lambda x: (lambda y: (y, y))(x.sqrt()),
    "division": lambda x: (lambda y: (y, x / y))(x * 1),
    "softmax": lambda x: (lambda y: (y, y))(x.softmax(1)),
}


@pytest.mark.parametrize("name", SAVED)
def test_a_changed_saved_value_is_noticed(name):
    changed, out = SAVED[name](leaf())
    with torch.no_grad():
        changed.detach().view(6)[0] = 7
    with pytest.raises(RuntimeError) as error:
        out.sum().backward()
    text = str(error.value)
    assert text.startswith(
        "one of the variables needed for gradient computation has been modified by an inplace"
        " operation: "
    )
    assert (
        "is at version 1; expected version 0 instead. Hint: enable anomaly detection to find "
        "the operation" in text
    )
    assert "[torch.FloatTensor [" in text


def test_the_message_names_the_op_that_made_it():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    y.add_(1)
    with pytest.raises(
        RuntimeError, match=r"\[torch.FloatTensor \[2\]\], which is output 0 of Exp"
    ):
        y.sum().backward()


def test_only_what_is_saved_counts():
    x, c = leaf(), torch.ones(2, 3)
    y = x + c
    c.add_(1)
    y.sum().backward()
    assert x.grad.tolist() == [[1.0] * 3] * 2
    z = (x * 2).sum()  # saves no tensor
    with torch.no_grad():
        x.add_(1)
    z.backward()


def test_zero_dim_and_empty():
    x = torch.tensor(2.0)
    x += 1
    x.mul_(2)
    assert x.item() == 6.0
    e = torch.zeros(0, 3)
    e.add_(1), e.copy_(torch.ones(3)), e[0:0].zero_()
    assert e.shape == (0, 3)
