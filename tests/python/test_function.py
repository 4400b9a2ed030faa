"""autograd.Function: operations with a gradient written by the user."""

import warnings

import pytest

import taeda as torch

Function = torch.autograd.Function
grad = torch.autograd.grad


def leaf(*values, **options):
    return torch.tensor(list(values), requires_grad=True, **options)


class Cube(Function):
    @staticmethod
    def forward(ctx, x, scale=1.0):
        ctx.save_for_backward(x)
        ctx.scale = scale
        assert not torch.is_grad_enabled() and isinstance(x, torch.Tensor)
        return x * x * x * scale

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        assert ctx.needs_input_grad[0] is True
        return 3 * g * x * x * ctx.scale, None


def test_forward_and_backward():
    x = leaf(1.0, 2.0)
    y = Cube.apply(x, 2.0)
    assert y.grad_fn.name() == "CubeBackward" and y.tolist() == [2.0, 16.0]
    (g,) = grad(y.sum(), x, create_graph=True)
    assert g.tolist() == [6.0, 24.0]
    assert grad(g.sum(), x)[0].tolist() == [12.0, 24.0]
    assert not Cube.apply(x.detach(), 1.0).requires_grad
    with torch.no_grad():
        assert not Cube.apply(x, 1.0).requires_grad


def test_gradcheck_of_a_function():
    x = leaf(0.5, -1.5, dtype=torch.float64)
    assert torch.autograd.gradcheck(Cube.apply, (x,)) and torch.autograd.gradgradcheck(
        Cube.apply, (x,)
    )


def test_saved_tensors_are_freed_and_checked():
    x = leaf(1.0, 2.0)
    y = Cube.apply(x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.backward()
    z = x * 1
    y = Cube.apply(z)
    z.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_setup_context_and_two_outputs():
    class Two(Function):
        @staticmethod
        def forward(x):
            return x * 2, x * 3

        @staticmethod
        def setup_context(ctx, inputs, output):
            assert len(inputs) == 1 and len(output) == 2
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, a, b):
            return a * 2 + b * 3

    x = leaf(1.0, 2.0)
    a, b = Two.apply(x)
    b.sum().backward()  # a's gradient arrives as zeros
    assert x.grad.tolist() == [3.0, 3.0]


def test_materialize_grads():
    seen = []

    class Two(Function):
        @staticmethod
        def forward(ctx, x, materialize):
            ctx.set_materialize_grads(materialize)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            seen.append(None if a is None else a.tolist())
            return b * 3, None

    for materialize in (True, False):
        x = leaf(1.0, 2.0)
        Two.apply(x, materialize)[1].sum().backward()
        assert x.grad.tolist() == [3.0, 3.0]
    assert seen == [[0.0, 0.0], None]


def test_needs_input_grad():
    seen = []

    class Sum(Function):
        @staticmethod
        def forward(ctx, a, b, c, d):
            return a + b + c

        @staticmethod
        def backward(ctx, g):
            seen.append(ctx.needs_input_grad)
            return g, g, None, None

    Sum.apply(leaf(1.0), torch.ones(1), leaf(2.0), "text").backward()
    assert seen == [(True, False, True, False)]


def test_mark_dirty():
    class AddOne(Function):
        @staticmethod
        def forward(ctx, x):
            x.add_(1)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 5

    x = leaf(1.0)
    y = x * 2
    z = AddOne.apply(y)
    assert z is y and y.grad_fn.name() == "AddOneBackward" and y._version >= 1
    z.backward()
    assert x.grad.tolist() == [10.0]
    with pytest.raises(
        RuntimeError,
        match="a leaf Variable that requires grad has been used in an in-place operation.",
    ):
        AddOne.apply(leaf(1.0))

    class Lost(Function):
        @staticmethod
        def forward(ctx, x):
            x.add_(1)
            ctx.mark_dirty(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(
        RuntimeError,
        match="Some elements marked as dirty during the forward method were not returned",
    ):
        Lost.apply(leaf(1.0) * 1)


def test_mark_non_differentiable():
    class SortOf(Function):
        @staticmethod
        def forward(ctx, x):
            index = x.argsort()
            half = x * 0.5
            ctx.mark_non_differentiable(index, half)
            return x[index], index, half

        @staticmethod
        def backward(ctx, g, gi, gh):
            assert gh.tolist() == [0.0, 0.0]
            return g.flip(0)

    x = leaf(2.0, 1.0)
    values, index, half = SortOf.apply(x)
    assert values.requires_grad and not index.requires_grad and not half.requires_grad
    (values * torch.tensor([1.0, 10.0])).sum().backward()
    assert x.grad.tolist() == [10.0, 1.0]


def test_returning_an_input():
    class Same(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 7

    x = leaf(1.0)
    y = Same.apply(x)
    assert y is not x and y.data_ptr() == x.data_ptr() and y.grad_fn.name() == "SameBackward"
    y.backward()
    assert x.grad.tolist() == [7.0]


def test_outputs_that_are_not_tensors():
    class Mixed(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, "text", 3

        @staticmethod
        def backward(ctx, g, *others):
            assert others == (None, None)
            return g * 2

    x = leaf(1.0)
    y, text, three = Mixed.apply(x)
    assert (text, three) == ("text", 3)
    y.backward()
    assert x.grad.tolist() == [2.0]


def test_once_differentiable():
    once = torch.autograd.function.once_differentiable

    class Fn(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        @once
        def backward(ctx, g):
            assert not torch.is_grad_enabled()
            return g * 2

    x = leaf(1.0, 1.0)
    (g,) = grad(Fn.apply(x).sum(), x, create_graph=True)
    assert g.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError):
        g.sum().backward()


def test_what_backward_may_return():
    def made(backward_result):
        class Fn(Function):
            @staticmethod
            def forward(ctx, x):
                return x * 2

            @staticmethod
            def backward(ctx, g):
                return backward_result(g)

        x = leaf(1.0, 2.0)
        Fn.apply(x).sum().backward()
        return x.grad

    assert made(lambda g: (g, None, None)).tolist() == [1.0, 1.0]  # trailing None are fine
    assert made(lambda g: torch.ones(3, 2)).tolist() == [3.0, 3.0]  # summed down
    assert made(lambda g: None) is None
    for result, text in [
        (
            lambda g: (g, g),
            "function FnBackward returned an incorrect number of gradients (expected 1, got 2)",
        ),
        (
            lambda g: torch.ones(3),
            "Function FnBackward returned an invalid gradient at index 0 - got [3] but expected "
            "shape compatible with [2]",
        ),
        (lambda g: 1, "expected Variable or None (got int)"),
    ]:
        with pytest.raises(RuntimeError) as error:
            made(result)
        assert str(error.value).startswith(text)


def test_missing_parts():
    class Nothing(Function):
        pass

    class NoBackward(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    with pytest.raises(
        NotImplementedError,
        match="You must implement the forward function for custom autograd.Function.",
    ):
        Nothing.apply(leaf(1.0))
    with pytest.raises(
        NotImplementedError, match="You must implement either the backward or vjp method"
    ):
        NoBackward.apply(leaf(1.0)).backward()


def test_save_for_backward_takes_tensors():
    class Fn(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(1)
            return x

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(
        TypeError, match="save_for_backward can only save variables, but argument 0 is of type int"
    ):
        Fn.apply(leaf(1.0))

    class WithNone(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, None)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            x, nothing = ctx.saved_tensors
            assert nothing is None
            return g * x

    x = leaf(3.0)
    WithNone.apply(x).backward()
    assert x.grad.tolist() == [3.0]


def test_saved_output():
    class Exp(Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    x = leaf(0.5, -0.5, dtype=torch.float64)
    assert torch.autograd.gradcheck(Exp.apply, (x,)) and torch.autograd.gradgradcheck(
        Exp.apply, (x,)
    )


def test_backward_inside_backward():
    weight = leaf(2.0)

    class Checkpoint(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.exp() * weight

        @staticmethod
        def backward(ctx, g):
            with torch.enable_grad():
                x = ctx.saved_tensors[0].detach().requires_grad_()
                y = x.exp() * weight
            y.backward(g)  # accumulates into the weight, which the outer run also reaches
            return x.grad

    x = leaf(0.5)
    (Checkpoint.apply(Checkpoint.apply(x)) * weight).sum().backward()
    a, w = leaf(0.5), leaf(2.0)
    ((((a.exp() * w).exp()) * w) * w).sum().backward()
    assert torch.allclose(x.grad, a.grad) and torch.allclose(weight.grad, w.grad)


def test_errors_of_the_user_come_through():
    class Bad(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        Bad.apply(leaf(1.0)).backward()
    assert torch.is_grad_enabled()
    x = leaf(1.0)
    (x * 2).backward()
    assert x.grad.tolist() == [2.0]


@pytest.mark.taeda_only
def test_the_legacy_form_works_with_one_hint():
    class Legacy(Function):
        def __init__(self, scale):
            super().__init__()
            self.scale = scale

        def forward(self, x):
            self.save_for_backward(x)
            return x * x * self.scale

        def backward(self, g):
            (x,) = self.saved_tensors
            return g * 2 * x * self.scale

    x = leaf(3.0)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        y = Legacy(2.0)(x)
        Legacy(1.0)(x)
    y.backward()
    assert y.tolist() == [18.0] and x.grad.tolist() == [12.0]
    assert len([w for w in seen if "Legacy" in str(w.message) or "legacy" in str(w.message)]) <= 1
