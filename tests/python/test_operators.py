"""Python's operators on tensors: with tensors, numbers and strangers, reflected and in place."""

import copy
import math
import operator

import numpy as np
import pytest

import taeda as torch

A, B = [0.5, -1.5, 3.0, 2.0], [1.5, 2.0, -0.5, 4.0]
ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
IN_PLACE = {
    "+=": (operator.iadd, operator.add),
    "-=": (operator.isub, operator.sub),
    "*=": (operator.imul, operator.mul),
    "/=": (operator.itruediv, operator.truediv),
    "//=": (operator.ifloordiv, operator.floordiv),
    "%=": (operator.imod, operator.mod),
    "**=": (operator.ipow, operator.pow),
}
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


def tensors():
    return torch.tensor(A, dtype=torch.float64), torch.tensor(B, dtype=torch.float64)


@pytest.mark.parametrize("symbol", ARITHMETIC)
def test_arithmetic(symbol):
    f, (a, b), (x, y) = ARITHMETIC[symbol], tensors(), (np.array(A), np.array(B))
    assert f(a, b).tolist() == pytest.approx(f(x, y).tolist())
    for number in (2, 0.75, np.float32(1.5), np.int64(3)):
        assert f(a, number).tolist() == pytest.approx(f(x, float(number)).tolist())
        assert f(number, a).tolist() == pytest.approx(f(float(number), x).tolist())
        assert isinstance(f(number, a), torch.Tensor)


def test_powers():
    a, b = tensors()
    assert (a**2).tolist() == [0.25, 2.25, 9.0, 4.0] and (2**b).tolist() == pytest.approx(
        (2 ** np.array(B)).tolist()
    )
    assert (a.abs() ** b).tolist() == pytest.approx((np.abs(A) ** np.array(B)).tolist())
    assert (a**0.5)[0].item() == math.sqrt(0.5) and math.isnan((a**0.5)[1].item())
    assert (a**-1).tolist() == pytest.approx([1 / v for v in A])
    assert (torch.tensor([2, 3]) ** 3).tolist() == [8, 27]
    assert (torch.tensor([2, 3]) ** torch.tensor([0, 2])).tolist() == [1, 9]
    assert (2 ** torch.tensor([3, 0])).dtype == torch.int64
    assert pow(a, 2).tolist() == (a * a).tolist()


@pytest.mark.parametrize("symbol", IN_PLACE)
def test_in_place(symbol):
    change, plain = IN_PLACE[symbol]
    for other in (2, 1.5, torch.tensor(B, dtype=torch.float64)):
        a = torch.tensor(A, dtype=torch.float64).abs()
        kept, want = a, plain(a, other).tolist()
        a = change(a, other)
        assert a is kept and a.tolist() == want and a._version == 1


@pytest.mark.parametrize("compare", COMPARISONS, ids=lambda f: f.__name__)
def test_comparisons(compare):
    (a, b), (x, y) = tensors(), (np.array(A), np.array(B))
    assert compare(a, b).tolist() == compare(x, y).tolist()
    assert compare(a, 0.5).tolist() == compare(x, 0.5).tolist()
    assert compare(2, a).tolist() == compare(2, x).tolist()
    assert compare(a, b).dtype == torch.bool


def test_equality_with_strangers():
    a = torch.ones(2)
    assert (a == None) is False and (a != None) is True  # noqa: E711
    assert (a == "text") is False and (a != "text") is True
    assert a in [a] and len({a, a, torch.ones(2)}) == 2  # identity decides the hash
    with pytest.raises(TypeError):
        a < "text"


def test_logic():
    a, b = torch.tensor([True, True, False]), torch.tensor([True, False, False])
    assert (a & b).tolist() == [True, False, False] and (a | b).tolist() == [True, True, False]
    assert (a ^ b).tolist() == [False, True, False] and (~a).tolist() == [False, False, True]
    x, y = torch.tensor([12, 7]), torch.tensor([10, 3])
    assert (
        (x & y).tolist() == [8, 3] and (x | y).tolist() == [14, 7] and (x ^ 1).tolist() == [13, 6]
    )
    assert (~x).tolist() == [-13, -8] and (1 | x).tolist() == [13, 7]
    a &= b
    assert a.tolist() == [True, False, False]
    with pytest.raises(TypeError):
        ~torch.ones(2)


def test_unary():
    a, _ = tensors()
    assert (-a).tolist() == [-v for v in A] and abs(a).tolist() == [abs(v) for v in A]
    assert (+a).tolist() == A
    with pytest.raises(RuntimeError, match="Negation, the `-` operator, on a bool tensor"):
        -torch.tensor([True])
    with pytest.raises(RuntimeError, match="Subtraction, the `-` operator, with two bool tensors"):
        torch.tensor([True]) - torch.tensor([True])


def test_matmul():
    m, v = torch.arange(6.0).reshape(2, 3), torch.tensor([1.0, 2.0, 3.0])
    assert (m @ v).tolist() == [8.0, 26.0] and (v @ m.t()).tolist() == [8.0, 26.0]
    assert (v @ v).item() == 14.0 and (m.t() @ m).shape == (3, 3)
    with pytest.raises((TypeError, RuntimeError)):
        m @ 2


def test_conversions():
    one = torch.tensor(2.7)
    assert int(one) == 2 and float(one) == pytest.approx(2.7)
    assert complex(torch.tensor(2)) == 2 + 0j
    assert bool(torch.tensor([0.0])) is False and bool(torch.tensor(3)) is True
    assert [0, 1, 2][torch.tensor(1)] == 1 and range(5)[torch.tensor(2)] == 2
    assert math.sqrt(torch.tensor(4.0)) == 2.0 and sum([one, one]).item() == pytest.approx(5.4)
    assert hex(torch.tensor(255)) == "0xff" and max(torch.tensor([1, 5, 2])).item() == 5
    for function in (int, float, bool):
        with pytest.raises((RuntimeError, ValueError)):
            function(torch.ones(2))
    with pytest.raises(TypeError):
        [0, 1][torch.tensor(0.5)]


class Stranger:
    """Knows how to meet a tensor, so a tensor must let it."""

    __array_priority__ = 2000

    def __radd__(self, other):
        return "radd"

    def __rmul__(self, other):
        return "rmul"

    def __rmatmul__(self, other):
        return "rmatmul"

    def __eq__(self, other):
        return "eq"

    __hash__ = None


def test_strangers_get_their_turn():
    a = torch.ones(2)
    assert a + Stranger() == "radd" and a * Stranger() == "rmul" and a @ Stranger() == "rmatmul"
    for bad in ("a", None, [1, 2], {}, object()):
        with pytest.raises(TypeError, match="unsupported operand type"):
            a + bad
        with pytest.raises(TypeError):
            bad - a


def test_gradients_of_reflected_operators():
    x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    for function in (
        lambda x: 3 - x,
        lambda x: 3 / x,
        lambda x: 3**x,
        lambda x: 3 * x,
        lambda x: x**3,
        lambda x: x % 0.7,
        lambda x: -x,
        lambda x: abs(x - 1),
        lambda x: x @ x,
    ):
        assert torch.autograd.gradcheck(function, (x,))


def test_chains_and_broadcasting():
    a, b = torch.arange(3.0).reshape(3, 1), torch.arange(4.0)
    want = (np.arange(3.0).reshape(3, 1) + np.arange(4.0) * 2 - 1) / 4
    assert ((a + b * 2 - 1) / 4).tolist() == want.tolist()
    assert (a + torch.tensor(1)).dtype == torch.float32 and (a * 2j).dtype == torch.complex64
    with pytest.raises(RuntimeError, match="must match the size of tensor b"):
        torch.ones(3) + torch.ones(4)


def test_copies():
    a = torch.arange(4.0)
    b, c = copy.copy(a), copy.deepcopy(a)
    b[0] = 9
    assert a[0].item() == 9 and c[0].item() == 0  # a shallow copy shares memory
    both = copy.deepcopy([a, a])
    assert both[0] is both[1]
