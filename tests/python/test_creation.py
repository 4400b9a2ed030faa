"""Tensors from data, from sizes and from other tensors."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

import taeda as torch

few = settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
DTYPES = [
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "uint16",
    "uint32",
    "uint64",
]
SHAPES = [(), (0,), (3,), (2, 3), (2, 0, 3), (1, 2, 3, 4, 5, 6, 7)]


# ---- tensor and as_tensor ----

nested = st.recursive(
    st.integers(-100, 100) | st.floats(-10, 10, width=32) | st.booleans(),
    lambda s: st.lists(s, max_size=3),
    max_leaves=8,
)


def shape_of(data):
    if not isinstance(data, list):
        return ()
    shapes = {shape_of(d) for d in data}
    if len(shapes) > 1 or None in shapes:
        return None
    return (len(data), *(shapes.pop() if shapes else ()))


@few
@given(nested)
def test_nested_lists(data):
    shape = shape_of(data)
    assume(shape is not None)
    t = torch.tensor(data)
    flat = np.array(data, dtype=object).reshape(-1).tolist() if 0 not in shape else []
    kind = (
        torch.float32
        if not flat or any(type(v) is float for v in flat)
        else (torch.bool if all(type(v) is bool for v in flat) else torch.int64)
    )
    assert tuple(t.shape) == shape and t.dtype == kind and t.tolist() == data


def test_what_tensor_takes():
    assert torch.tensor((1, (2))).tolist() == [1, 2] and torch.tensor(range(3)).tolist() == [
        0,
        1,
        2,
    ]
    assert torch.tensor([torch.tensor(1), torch.tensor(2)]).tolist() == [1, 2]
    assert torch.tensor([1, 2.5, True]).tolist() == [1.0, 2.5, 1.0]
    assert (
        torch.tensor([1j, 2]).dtype == torch.complex64
        and torch.tensor([1, 2], dtype=torch.float16).dtype == torch.float16
    )
    x = torch.tensor([1.0], requires_grad=True)
    with pytest.warns(UserWarning, match="recommended to use sourceTensor"):
        y = torch.tensor(x)
    assert not y.requires_grad and y.data_ptr() != x.data_ptr()
    assert torch.tensor(2**62).item() == 2**62 and torch.tensor(-(2**63)).item() == -(2**63)
    assert math.isnan(torch.tensor(float("nan")).item()) and torch.tensor(
        float("inf")
    ).item() == float("inf")
    assert torch.tensor(3, device="cpu").device == torch.device("cpu")
    assert torch.tensor([0.1], dtype=torch.float64).item() == 0.1
    assert torch.tensor([-1], dtype=torch.uint8).item() == 255
    assert torch.as_tensor(x) is x and torch.as_tensor([1, 2]).tolist() == [1, 2]
    assert torch.tensor(b"ab"[0]).item() == 97 and torch.tensor(bytearray(b"ab")).tolist() == [
        97,
        98,
    ]


def test_what_tensor_refuses():
    for data, kind, text in [
        ([[1, 2], [3]], ValueError, "expected sequence of length 2 at dim 1 (got 1)"),
        ([[1, 2], 3], TypeError, None),
        (["a"], ValueError, "too many dimensions 'str'"),
        (None, RuntimeError, "Could not infer dtype of NoneType"),
        ([1, None], RuntimeError, "Could not infer dtype of NoneType"),
        ({}, RuntimeError, "Could not infer dtype of dict"),
        (2**64, ValueError, "Overflow when unpacking long long"),
        ([torch.zeros(2), torch.zeros(3)], ValueError, None),
    ]:
        with pytest.raises((kind, ValueError) if text is None else kind) as error:
            torch.tensor(data)
        assert text is None or str(error.value).startswith(text)
    with pytest.raises(RuntimeError, match="value cannot be converted to type uint8"):
        torch.tensor([300], dtype=torch.uint8)


def test_lists_that_contain_themselves_do_not_hang():
    a = []
    a.append(a)
    with pytest.raises((ValueError, RecursionError, TypeError, RuntimeError)):
        torch.tensor(a)


# ---- filled ----


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_filled(shape, dtype):
    d = getattr(torch, dtype)
    n = int(np.prod(shape))
    for t, value in [
        (torch.zeros(shape, dtype=d), 0),
        (torch.ones(shape, dtype=d), 1),
        (torch.full(shape, 1, dtype=d), 1),
        (torch.zeros(*shape or [()], dtype=d), 0),
        (torch.ones_like(torch.zeros(shape, dtype=d)), 1),
        (torch.zeros(1).new_full(shape, 1, dtype=d), 1),
        (torch.zeros(1, dtype=d).new_ones(shape), 1),
        (torch.ones(1, dtype=d).new_zeros(shape), 0),
        (torch.full_like(torch.ones(shape, dtype=d), 0), 0),
    ]:
        assert (
            t.dtype == d
            and tuple(t.shape) == shape
            and t.is_contiguous()
            and t.flatten().tolist() == [value] * n
        )
    assert (
        torch.empty(shape, dtype=d).shape == shape
        and torch.empty_like(torch.zeros(shape, dtype=d)).dtype == d
    )


def test_sizes_in_all_clothes():
    for t in (
        torch.zeros(2, 3),
        torch.zeros((2, 3)),
        torch.zeros([2, 3]),
        torch.zeros(torch.Size([2, 3])),
        torch.zeros(size=(2, 3)),
        torch.zeros(np.int64(2), 3),
        torch.zeros(torch.tensor(2), 3),
    ):
        assert t.shape == (2, 3) and isinstance(t.shape, torch.Size)
    assert torch.zeros(()).item() == 0 and torch.zeros([]).dim() == 0
    for bad, kind in [((-1,), RuntimeError), ((2.5,), TypeError), (("a",), TypeError)]:
        with pytest.raises(kind):
            torch.zeros(*bad)
    with pytest.raises((RuntimeError, MemoryError, OverflowError)):
        torch.zeros(2**40, 2**40)
    with pytest.raises((RuntimeError, MemoryError)):
        torch.empty(2**60)


def test_like_keeps_the_memory_order():
    x = torch.zeros(2, 3, 4).permute(2, 0, 1)
    for t in (
        torch.empty_like(x),
        torch.zeros_like(x),
        torch.ones_like(x),
        torch.full_like(x, 3),
        x.clone(),
        x + 1,
        x.exp(),
    ):
        assert t.stride() == x.stride()
    assert torch.empty_like(x, memory_format=torch.contiguous_format).is_contiguous()
    y = torch.zeros(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    assert y.stride() == (60, 1, 15, 3) and y.is_contiguous(memory_format=torch.channels_last)
    assert (y * 2).is_contiguous(memory_format=torch.channels_last)
    assert torch.zeros(1).expand(3).clone().stride() == (1,)


def test_options():
    x = torch.zeros(2, dtype=torch.float64, device="cpu", requires_grad=True)
    assert x.requires_grad and x.is_leaf and x.dtype == torch.float64 and x.device.type == "cpu"
    assert (
        x.new_zeros(3).dtype == torch.float64
        and not x.new_zeros(3).requires_grad
        and x.new_tensor([1]).dtype == torch.float64
    )
    m = torch.zeros(2, 3, device="meta")
    assert (
        m.shape == (2, 3)
        and m.device.type == "meta"
        and m.is_meta
        and (m + m).device.type == "meta"
    )
    torch.set_default_dtype(torch.float64)
    assert (
        torch.zeros(1).dtype == torch.float64
        and torch.tensor(1.5).dtype == torch.float64
        and torch.get_default_dtype() == torch.float64
    )
    out = torch.empty(3, dtype=torch.float32)
    assert torch.zeros(3, out=out, dtype=torch.float32) is out and out.tolist() == [0.0] * 3


# ---- ranges ----


@few
@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-7, 7).filter(bool))
def test_arange_of_integers(start, end, step):
    if (end - start) * step < 0:
        with pytest.raises(
            RuntimeError, match="upper bound and lower bound inconsistent with step sign"
        ):
            torch.arange(start, end, step)
        return
    t = torch.arange(start, end, step)
    assert t.tolist() == list(range(start, end, step)) and t.dtype == torch.int64
    assert torch.arange(end if end > 0 else 0).tolist() == list(range(max(end, 0)))


@few
@given(st.floats(-5, 5), st.floats(0.1, 9), st.floats(0.05, 2))
def test_arange_of_floats(start, length, step):
    t = torch.arange(start, start + length, step, dtype=torch.float64)
    n = math.ceil((start + length - start) / step)
    assert abs(t.numel() - n) <= 1 and np.allclose(
        t.numpy(), start + np.arange(t.numel()) * step, rtol=1e-12, atol=1e-12
    )
    assert t.numel() == math.ceil(((start + length) - start) / step)


@few
@given(st.floats(-100, 100, width=32), st.floats(-100, 100, width=32), st.integers(0, 40))
def test_linspace(start, end, steps):
    t = torch.linspace(start, end, steps, dtype=torch.float64)
    assert (
        np.allclose(t.numpy(), np.linspace(start, end, steps), rtol=1e-12, atol=1e-12)
        and t.numel() == steps
    )
    if steps > 1:
        assert t[0].item() == start and t[-1].item() == end


def test_ranges_by_hand():
    assert (
        torch.arange(0, 1, 0.25).tolist() == [0.0, 0.25, 0.5, 0.75]
        and torch.arange(5.0).dtype == torch.float32
    )
    assert torch.arange(3, dtype=torch.float16).dtype == torch.float16 and torch.arange(
        end=2
    ).tolist() == [0, 1]
    assert torch.linspace(0, 1, 1).tolist() == [0.0] and torch.linspace(
        0, 10, 5, dtype=torch.int64
    ).tolist() == [0, 2, 5, 7, 10]
    assert torch.eye(2).tolist() == [[1.0, 0.0], [0.0, 1.0]] and torch.eye(
        2, 3, dtype=torch.int64
    ).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert torch.eye(0).shape == (0, 0)
    with pytest.raises(RuntimeError, match="step must be nonzero"):
        torch.arange(0, 1, 0)
    with pytest.raises(RuntimeError, match="n must be greater or equal to 0, got -1"):
        torch.eye(-1)


# ---- random ----


def test_random_factories():
    torch.manual_seed(1)
    a = [
        torch.rand(3, 4),
        torch.randn(2),
        torch.randint(0, 10, (5,)),
        torch.randint(7, (2, 2)),
        torch.randperm(6),
        torch.normal(0.0, 1.0, (3,)),
        torch.bernoulli(torch.full((4,), 0.5)),
        torch.multinomial(torch.ones(5), 3),
        torch.rand_like(torch.zeros(2)),
        torch.randn_like(torch.zeros(2, dtype=torch.float64)),
    ]
    torch.manual_seed(1)
    b = [
        torch.rand(3, 4),
        torch.randn(2),
        torch.randint(0, 10, (5,)),
        torch.randint(7, (2, 2)),
        torch.randperm(6),
        torch.normal(0.0, 1.0, (3,)),
        torch.bernoulli(torch.full((4,), 0.5)),
        torch.multinomial(torch.ones(5), 3),
        torch.rand_like(torch.zeros(2)),
        torch.randn_like(torch.zeros(2, dtype=torch.float64)),
    ]
    assert all(torch.equal(x, y) for x, y in zip(a, b))
    assert [str(x.dtype).split(".")[-1] for x in a] == [
        "float32",
        "float32",
        "int64",
        "int64",
        "int64",
        "float32",
        "float32",
        "int64",
        "float32",
        "float64",
    ]
    assert sorted(a[4].tolist()) == list(range(6)) and len(set(a[7].tolist())) == 3
    assert (
        a[0].min().item() >= 0
        and a[0].max().item() < 1
        and a[2].max().item() < 10
        and set(a[6].tolist()) <= {0.0, 1.0}
    )


def test_moments():
    torch.manual_seed(2)
    n = torch.randn(200_000, dtype=torch.float64)
    u = torch.rand(200_000, dtype=torch.float64)
    assert (
        abs(n.mean().item()) < 0.01
        and abs(n.std().item() - 1) < 0.01
        and abs((n**4).mean().item() - 3) < 0.1
    )
    assert abs(u.mean().item() - 0.5) < 0.005 and abs(u.var().item() - 1 / 12) < 0.002
    counts = [(torch.randint(0, 4, (100_000,)) == k).sum().item() for k in range(4)]
    assert all(abs(c - 25_000) < 700 for c in counts)
    w = torch.multinomial(torch.tensor([1.0, 3.0]), 100_000, replacement=True).float().mean().item()
    assert (
        abs(w - 0.75) < 0.01
        and abs(torch.bernoulli(torch.full((100_000,), 0.3)).mean().item() - 0.3) < 0.01
    )
    assert abs(torch.normal(5.0, 2.0, (100_000,)).mean().item() - 5) < 0.05


# ---- conversions ----


@pytest.mark.parametrize("target", DTYPES)
def test_casts(target):
    d = getattr(torch, target)
    for source in DTYPES:
        x = torch.tensor([0, 1, 2, 100]).to(getattr(torch, source))
        y = x.to(d)
        want = [
            bool(v) if target == "bool" else v
            for v in ([0, 1, 1, 1] if "bool" in (source,) else [0, 1, 2, 100])
        ]
        assert y.dtype == d and y.tolist() == want, source
        assert x.to(dtype=d).dtype == d and x.type(d).dtype == d
    x = torch.zeros(2, dtype=d)
    assert (
        x.to(d) is x
        and x.to(d, copy=True) is not x
        and x.to("cpu") is x
        and x.to(torch.zeros(1, dtype=d)) is x
    )


def test_casts_round_and_wrap_as_c_does():
    x = torch.tensor([1.9, -1.9, 0.5])
    assert (
        x.int().tolist() == [1, -1, 0]
        and x.bool().tolist() == [True] * 3
        and x.long().tolist() == [1, -1, 0]
    )
    assert torch.tensor([300, -1]).to(torch.uint8).tolist() == [44, 255] and torch.tensor([200]).to(
        torch.int8
    ).tolist() == [-56]
    assert torch.tensor([1e30]).half().tolist() == [float("inf")] and torch.tensor(
        [65519.0]
    ).half().tolist() == [65504.0]
    assert (
        torch.tensor([1.0009765625 + 0.00048828125]).half().item() == 1.001953125
    )  # ties go to even
    assert (
        torch.tensor([1.00390625]).bfloat16().item() == 1.0
        and torch.tensor([1.01171875]).bfloat16().item() == 1.015625
    )
    assert (
        torch.tensor([float("nan")]).bfloat16().isnan().item()
        and torch.tensor([3e-8]).half().item() > 0
    )
    assert torch.tensor([1 + 2j]).to(torch.complex128).item() == 1 + 2j
    assert (
        torch.ones(2).double().dtype == torch.float64 and torch.ones(2).short().dtype == torch.int16
    )
    assert (
        torch.zeros(2).type() == "torch.FloatTensor"
        and torch.zeros(2).type("torch.LongTensor").dtype == torch.int64
    )


def test_copy_fill_zero_clone():
    x = torch.arange(6.0).reshape(2, 3)
    y = x.clone()
    y.zero_()
    assert (
        x[1, 2].item() == 5 and y.copy_(torch.tensor([1, 2, 3])).tolist() == [[1.0, 2.0, 3.0]] * 2
    )
    assert (
        y.fill_(7).tolist() == [[7.0] * 3] * 2
        and y.t().contiguous().is_contiguous()
        and x.contiguous() is x
    )
    assert x.t().contiguous().tolist() == x.t().tolist() and x.t().reshape(6).tolist() == [
        0,
        3,
        1,
        4,
        2,
        5,
    ]
    assert torch.zeros(3).fill_(torch.tensor(2.0)).tolist() == [2.0] * 3
    with pytest.raises(RuntimeError):
        x.copy_(torch.zeros(4))


# ---- views, against NumPy ----


@st.composite
def shaped(draw):
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    return np.arange(int(np.prod(shape))).reshape(shape)


@few
@given(shaped(), st.data())
def test_permutations(a, data):
    order = data.draw(st.permutations(range(a.ndim)))
    x = torch.from_numpy(a)
    got, want = x.permute(*order), a.transpose(order)
    assert got.tolist() == want.tolist() and [s * 8 for s in got.stride()] == list(want.strides)
    d, e = data.draw(st.integers(-a.ndim, a.ndim - 1)), data.draw(st.integers(-a.ndim, a.ndim - 1))
    assert x.transpose(d, e).tolist() == a.swapaxes(d, e).tolist()
    assert got.flatten().tolist() == want.ravel().tolist() and got.contiguous().is_contiguous()
    assert got.reshape(-1).tolist() == want.reshape(-1).tolist()
    flipped = data.draw(st.sets(st.integers(0, a.ndim - 1), min_size=1))
    assert x.flip(tuple(flipped)).tolist() == np.flip(a, tuple(flipped)).tolist()
    assert (
        x.roll(2, d).tolist() == np.roll(a, 2, d).tolist()
        and x.roll(-3).tolist() == np.roll(a, -3).tolist()
    )


@few
@given(shaped(), st.data())
def test_joining_and_cutting(a, data):
    d = data.draw(st.integers(-a.ndim, a.ndim - 1))
    x, n = torch.from_numpy(a), a.shape[d]
    assert torch.cat([x, x + 1], d).tolist() == np.concatenate([a, a + 1], d).tolist()
    assert torch.stack([x, x + 1], d).tolist() == np.stack([a, a + 1], d).tolist()
    size = data.draw(st.integers(1, 5))
    want = np.split(a, range(size, n, size), d)
    assert [t.tolist() for t in x.split(size, d)] == [w.tolist() for w in want]
    assert torch.cat(x.split(size, d), d).tolist() == a.tolist()
    step = -(-n // size)
    assert [t.tolist() for t in x.chunk(size, d)] == [
        w.tolist() for w in np.split(a, range(step, n, step), d)
    ]
    assert [t.tolist() for t in x.unbind(d)] == [np.take(a, i, d).tolist() for i in range(n)]
    assert (
        x.narrow(d, n - 1, 1).tolist() == np.take(a, [n - 1], d).tolist()
        and x.select(d, -1).tolist() == np.take(a, -1, d).tolist()
    )
    assert (
        x.unsqueeze(d).shape == np.expand_dims(a, d).shape
        and x.squeeze().shape == a.squeeze().shape
    )
    assert x.repeat(2, *[1] * a.ndim).tolist() == np.tile(a, (2, *[1] * a.ndim)).tolist()
    assert x.expand(3, *a.shape).tolist() == np.broadcast_to(a, (3, *a.shape)).tolist()


@few
@given(st.integers(0, 5), st.integers(0, 5), st.integers(-6, 6))
def test_triangles_and_diagonals(m, n, k):
    a = np.arange(m * n).reshape(m, n) + 1
    x = torch.from_numpy(a)
    assert (
        x.tril(k).tolist() == np.tril(a, k).tolist()
        and x.triu(k).tolist() == np.triu(a, k).tolist()
    )
    if -m <= k <= n:
        assert x.diagonal(k).tolist() == np.diagonal(a, k).tolist()
