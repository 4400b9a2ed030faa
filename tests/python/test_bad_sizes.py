"""Sizes, strides and counts beyond memory or beyond 64 bits: refused, and nothing ends the
process.
"""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import taeda as torch

HUGE, BEYOND = 2**40, 2**62

REFUSED = {
    "empty": lambda: torch.empty(BEYOND, 8),
    "empty one": lambda: torch.empty(2**63 - 1),
    "empty product": lambda: torch.empty(HUGE, HUGE),
    "zeros": lambda: torch.zeros(BEYOND),
    "full": lambda: torch.full((BEYOND,), 1.0),
    "expand product": lambda: torch.ones(1, 1).expand(HUGE, HUGE),
    "clone of expanded": lambda: torch.ones(1).expand(BEYOND).clone(),
    "add to expanded": lambda: torch.ones(1).expand(BEYOND) + 1,
    "arange": lambda: torch.arange(BEYOND),
    "arange float": lambda: torch.arange(0, 1e300),
    "arange infinite": lambda: torch.arange(0, float("inf")),
    "arange nan": lambda: torch.arange(0, float("nan")),
    "arange tiny step": lambda: torch.arange(0, 1, 1e-300),
    "linspace": lambda: torch.linspace(0, 1, BEYOND),
    "eye": lambda: torch.eye(HUGE),
    "eye rectangle": lambda: torch.eye(2**31, 2**31),
    "repeat": lambda: torch.ones(3).repeat(BEYOND),
    "repeat product": lambda: torch.ones(3).repeat(BEYOND, 2**10),
    "tile": lambda: torch.ones(2, 2).tile(HUGE, HUGE),
    "repeat_interleave": lambda: torch.repeat_interleave(torch.ones(3), BEYOND),
    "randperm": lambda: torch.randperm(BEYOND),
    "resize": lambda: torch.zeros(3).resize_(BEYOND),
    "resize product": lambda: torch.zeros(3).resize_(HUGE, HUGE),
    "unfold": lambda: torch.ones(4).unfold(0, BEYOND, 1),
    "narrow": lambda: torch.ones(4).narrow(0, 2, 2**63 - 1),
    "empty_strided": lambda: torch.empty_strided((3, 3), (BEYOND, 1)),
    "as_strided": lambda: torch.as_strided(torch.ones(4), (2, 2), (BEYOND, 1)),
    "as_strided offset": lambda: torch.as_strided(torch.ones(4), (2,), (1,), 2**63 - 1),
    "view": lambda: torch.ones(3).view(BEYOND, 4),
    "reshape": lambda: torch.ones(0).reshape(BEYOND, 8, -1),
    "unflatten": lambda: torch.ones(3).unflatten(0, (BEYOND, BEYOND)),
    "bincount": lambda: torch.bincount(torch.tensor([BEYOND])),
    "one_hot": lambda: torch.nn.functional.one_hot(torch.tensor([2**61])),
    "diag": lambda: torch.diag(torch.ones(3), BEYOND),
    "diag_embed": lambda: torch.diag_embed(torch.ones(3), HUGE),
    "pad": lambda: torch.nn.functional.pad(torch.ones(3), (BEYOND, BEYOND)),
    "meshgrid": lambda: torch.meshgrid(*[torch.ones(2**16)] * 5, indexing="ij"),
    "outer": lambda: torch.outer(torch.ones(1).expand(HUGE), torch.ones(1).expand(HUGE)),
    "kron": lambda: torch.kron(torch.ones(1).expand(HUGE), torch.ones(1).expand(HUGE)),
    "stack": lambda: torch.stack([torch.ones(1).expand(BEYOND)] * 4),
    "cat": lambda: torch.cat([torch.ones(1).expand(BEYOND)] * 2),
    "tensor_split": lambda: torch.ones(3).tensor_split(HUGE),
    "window": lambda: torch.hann_window(BEYOND),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    with pytest.raises((RuntimeError, ValueError, MemoryError)):
        REFUSED[name]()


ALLOWED = {
    "expand": (lambda: torch.ones(1).expand(BEYOND), (BEYOND,)),
    "no elements": (lambda: torch.zeros(0, 3).expand(BEYOND, 0, 3), (BEYOND, 0, 3)),
    "slice": (lambda: torch.ones(4)[::BEYOND], (1,)),
    "slice of none": (lambda: torch.ones(4)[2**63 - 1 :: BEYOND], (0,)),
    "diagonal": (lambda: torch.ones(3, 3).diagonal(2**63 - 1), (0,)),
    "diagonal below": (lambda: torch.ones(3, 3).diagonal(-(2**63)), (0,)),
    "triu": (lambda: torch.ones(3, 3).triu(2**63 - 1), (3, 3)),
    "tril": (lambda: torch.ones(3, 3).tril(-(2**63)), (3, 3)),
    "roll": (lambda: torch.ones(3).roll(2**63 - 1), (3,)),
    "split": (lambda: torch.ones(3).split(2**63 - 1)[0], (3,)),
    "narrow of none": (lambda: torch.ones(3).narrow(0, 3, 0), (0,)),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(name):
    function, shape = ALLOWED[name]
    assert tuple(function().shape) == shape


def test_a_refused_change_leaves_the_tensor_as_it_was():
    x = torch.arange(6.0).view(2, 3)
    for change in (
        lambda: x.resize_(HUGE, HUGE),
        lambda: x.resize_(BEYOND),
        lambda: x.resize_(-1, 2),
        lambda: x.as_strided_((2,), (BEYOND,)) if hasattr(x, "as_strided_") else x.resize_(BEYOND),
        lambda: x.add_(torch.ones(5)),
        lambda: x.index_put_((torch.tensor([7]),), torch.ones(3)),
        lambda: x.index_add_(0, torch.tensor([0, 2]), torch.ones(2, 3)),
        lambda: x.scatter_(0, torch.tensor([[0, 5, 0]]), torch.ones(1, 3)),
    ):
        with pytest.raises((RuntimeError, IndexError)):
            change()
        assert x.shape == (2, 3) and x.flatten().tolist() == [0, 1, 2, 3, 4, 5]


# ---- any arguments at all ----

EXTREME = st.sampled_from(
    [0, 1, -1, 2, 3, -2, 2**31, -(2**31), 2**40, 2**62, 2**63 - 1, -(2**63), -(2**62)]
)
SIZES = st.lists(st.integers(0, 3), max_size=3)
CALLS = {
    "narrow": lambda x, i: x.narrow(i[0], i[1], i[2]),
    "select": lambda x, i: x.select(i[0], i[1]),
    "slice": lambda x, i: x[i[0] : i[1] : i[2]],
    "as_strided": lambda x, i: x.as_strided(i[:2], i[1:3], i[3]).sum(),
    "expand": lambda x, i: x.expand(*i[:3]),
    "view": lambda x, i: x.view(*i[:2]),
    "reshape": lambda x, i: x.reshape(*i[:2]),
    "unfold": lambda x, i: x.unfold(i[0], i[1], i[2]),
    "diagonal": lambda x, i: x.diagonal(i[0], i[1], i[2]),
    "tril": lambda x, i: x.tril(i[0]),
    "roll": lambda x, i: x.roll(i[0], i[1]),
    "flip": lambda x, i: x.flip(i[0], i[1]),
    "split": lambda x, i: x.split(i[0], i[1]),
    "chunk": lambda x, i: x.chunk(min(i[0], 64), i[1]),
    "unbind": lambda x, i: x.unbind(i[0]),
    "topk": lambda x, i: x.topk(i[0], i[1]),
    "kthvalue": lambda x, i: x.kthvalue(i[0], i[1]),
    "sort": lambda x, i: x.sort(i[0]),
    "cumsum": lambda x, i: x.cumsum(i[0]),
    "sum": lambda x, i: x.sum((i[0], i[1])),
    "amax": lambda x, i: x.amax(i[0]),
    "median": lambda x, i: x.median(i[0]),
    "mode": lambda x, i: x.mode(i[0]),
    "gather": lambda x, i: x.gather(i[0], torch.tensor(i[1:3])),
    "index_select": lambda x, i: x.index_select(i[0], torch.tensor(i[1:3])),
    "index": lambda x, i: x[torch.tensor(i[:2]), i[2]],
    "take": lambda x, i: x.take(torch.tensor(i)),
    "scatter": lambda x, i: x.scatter(i[0], torch.tensor(i[1:3]), 1.0),
    "scatter_add": lambda x, i: x.scatter_add(i[0], torch.tensor([i[1:3]]), torch.ones(1, 2)),
    "index_add": lambda x, i: x.index_add(i[0], torch.tensor(i[1:3]), torch.ones(2, 2)),
    "index_copy": lambda x, i: x.index_copy(i[0], torch.tensor(i[1:3]), torch.ones(2, 2)),
    "index_fill": lambda x, i: x.index_fill(i[0], torch.tensor(i[1:3]), 2.0),
    "put": lambda x, i: x.clone().put_(torch.tensor(i[:2]), torch.ones(2)),
    "embedding": lambda x, i: torch.nn.functional.embedding(torch.tensor(i[:2]), torch.ones(4, 2)),
    "movedim": lambda x, i: x.movedim(i[0], i[1]),
    "transpose": lambda x, i: x.transpose(i[0], i[1]),
    "squeeze": lambda x, i: x.squeeze(i[0]),
    "unsqueeze": lambda x, i: x.unsqueeze(i[0]),
    "flatten": lambda x, i: x.flatten(i[0], i[1]),
    "unflatten": lambda x, i: x.unflatten(i[0], (i[1], i[2])),
    "diag_embed": lambda x, i: x.diag_embed(i[0] % 100, i[1], i[2]),
    "rot90": lambda x, i: x.rot90(i[0], (i[1], i[2])),
    "repeat_interleave": lambda x, i: x.repeat_interleave(torch.tensor([i[0] % 8, 1])),
    "searchsorted": lambda x, i: torch.searchsorted(torch.arange(3.0), x),
    "bitwise_left_shift": lambda x, i: torch.tensor(i) << torch.tensor(i[::-1]),
    "floor_divide": lambda x, i: torch.tensor(i) // torch.tensor(i[::-1]),
    "remainder": lambda x, i: torch.tensor(i) % torch.tensor(i[::-1]),
    "pow": lambda x, i: torch.tensor(i) ** torch.tensor(i[::-1]),
    "abs": lambda x, i: abs(torch.tensor(i)),
    "gcd": lambda x, i: torch.gcd(torch.tensor(i), torch.tensor(i[::-1])),
}


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=120, deadline=None)
@given(st.data())
@pytest.mark.parametrize("name", CALLS)
def test_any_integers(name, data):
    """A result or an exception of the usual kinds, and the input as it was."""
    shape = data.draw(SIZES)
    numbers = data.draw(st.lists(EXTREME, min_size=4, max_size=4))
    x = torch.arange(float(np.prod(shape, dtype=int))).reshape(shape)
    before = x.tolist()
    try:
        CALLS[name](x, numbers)
    except (RuntimeError, IndexError, ValueError, TypeError, NotImplementedError):
        pass
    assert x.tolist() == before


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["add", "mul", "maximum", "where", "mm", "matmul", "bmm", "dot", "cat"]),
    SIZES,
    SIZES,
    st.sampled_from(["float32", "bfloat16", "int64", "bool", "complex64"]),
    st.sampled_from(["float32", "float16", "int32", "uint8", "complex128"]),
)
def test_any_shapes_and_dtypes(name, a, b, first, second):
    x, y = torch.ones(a, dtype=getattr(torch, first)), torch.ones(b, dtype=getattr(torch, second))
    try:
        if name == "where":
            torch.where(x, y, y)
        elif name == "cat":
            torch.cat([x, y], -1)
        else:
            getattr(torch, name)(x, y)
    except (RuntimeError, IndexError, ValueError, TypeError, NotImplementedError):
        pass


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e30, -1e30])
def test_numbers_beyond_as_integers(value):
    """Converted as the processor does: what does not fit becomes the smallest integer."""
    x = torch.tensor([value])
    assert x.to(torch.int64).item() == -(2**63)
    assert x.to(torch.int32).item() == -(2**31)
    assert x.to(torch.int16).item() == x.to(torch.int8).item() == x.to(torch.uint8).item() == 0
    for use in (
        lambda i: torch.zeros(3)[i],
        lambda i: torch.zeros(3).take(i),
        lambda i: torch.zeros(3, 2).index_select(0, i),
        lambda i: torch.zeros(3).gather(0, i),
    ):
        with pytest.raises((IndexError, RuntimeError)):
            use(x.to(torch.int64))
