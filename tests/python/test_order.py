"""What orders, selects, counts and moves: against Python's own sort and NumPy, at the sizes where the
kernels change their way."""

import math

import numpy as np
import pytest

import taeda as torch

F = torch.nn.functional
FLOATS = [torch.float32, torch.float64, torch.bfloat16, torch.float16]
INTS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]


def draw(shape, dtype, seed=0, ties=False, nan=0.0):
    rng = np.random.default_rng(seed)
    if dtype not in FLOATS:
        low = 0 if dtype == torch.uint8 else -50
        return torch.tensor(rng.integers(low, 50, shape).tolist()).to(dtype)
    x = rng.standard_normal(shape)
    if ties:
        x = np.round(2 * x)
    x = np.where(rng.random(shape) < nan, np.nan, x)
    return torch.tensor(x.tolist(), dtype=torch.float64).reshape(shape).to(dtype)


def rank(v):  # NaN comes last
    return (math.isnan(v), v)


def same(a, b):
    return a == b or (a != a and b != b)


# ---- rows of few items, taken many at a time ----


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("cols", [1, 2, 3, 4, 5, 8, 9, 10, 16, 17, 31, 32, 33])
def test_short_rows_sum_as_each_alone(dtype, cols):
    for rows in (2, 15, 16, 17, 50):
        x = draw((rows, cols), dtype, rows + cols)
        sums = x.sum(1).tolist()
        assert sums == [x[i].sum().item() for i in range(rows)]
        assert x.double().sum(1).tolist() == pytest.approx(sums, rel=3e-2, abs=3e-2)


@pytest.mark.parametrize("dtype", [*FLOATS, torch.int64])
@pytest.mark.parametrize("cols", [1, 3, 7, 10, 16, 20, 32, 33, 70])
def test_extremes_of_rows_are_the_first_of_equals(dtype, cols):
    for nan in (0.0, 0.1):
        x = draw((37, cols), dtype, cols, ties=True, nan=nan)
        for largest in (True, False):
            values, places = (x.max if largest else x.min)(1)
            alone = (x.amax if largest else x.amin)(1).tolist()
            where = (x.argmax if largest else x.argmin)(1).tolist()
            assert places.tolist() == where
            for row, v, i, a in zip(x.tolist(), values.tolist(), where, alone, strict=True):
                nans = [k for k, e in enumerate(row) if e != e]
                best = (max if largest else min)(row) if not nans else math.nan
                assert same(v, best) and same(a, best)
                assert i == (nans[0] if nans else row.index(best))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int32])
def test_running_extremes(dtype):
    for shape, dim in (((3, 100), 1), ((100, 5), 0), ((2, 33, 130), 1), ((1000,), 0), ((1, 17), 1)):
        for nan in (0.0, 0.02):
            x = draw(shape, dtype, shape[0], ties=True, nan=nan)
            for largest in (True, False):
                values, places = (x.cummax if largest else x.cummin)(dim)
                lines = x.movedim(dim, -1).reshape(-1, shape[dim]).tolist()
                got = values.movedim(dim, -1).reshape(-1, shape[dim]).tolist()
                at = places.movedim(dim, -1).reshape(-1, shape[dim]).tolist()
                for line, v, p in zip(lines, got, at, strict=True):
                    top, best = line[0], 0
                    for i, e in enumerate(line):
                        beats = top == top and (e >= top if largest else e <= top)
                        if e != e or beats:
                            top, best = e, i
                        assert same(v[i], top) and p[i] == best


@pytest.mark.parametrize("dtype", INTS)
def test_extremes_of_all_integers(dtype):
    for n in (1, 5, 64, 300000):
        x = draw((n,), dtype, n)
        assert (x.max().item(), x.min().item()) == (max(x.tolist()), min(x.tolist()))


# ---- order ----


@pytest.mark.parametrize("dtype", [*FLOATS, torch.int64, torch.int32, torch.uint8])
@pytest.mark.parametrize("n", [1, 2, 63, 65, 127, 129, 1000, 5000])
def test_sort_is_stable_and_selection_agrees_with_it(dtype, n):
    for nan in (0.0, 0.05) if dtype in FLOATS else (0.0,):
        x = draw((n,), dtype, n, ties=n % 2 == 1, nan=nan)
        line = x.tolist()
        order = sorted(range(n), key=lambda i: rank(line[i]))
        values, places = x.sort(stable=True)
        assert places.tolist() == order
        assert all(same(v, line[i]) for v, i in zip(values.tolist(), order, strict=True))
        # Falling: of equals the first still comes first.
        falling = sorted(
            range(n), key=lambda i: (-rank(line[i])[0], -line[i] if line[i] == line[i] else 0)
        )
        assert x.sort(descending=True, stable=True).indices.tolist() == falling
        for k in {1, n // 3 + 1, n}:
            assert x.kthvalue(k).indices.item() == order[k - 1]
            assert x.topk(k, largest=False).indices.tolist() == order[:k]
            assert x.topk(k).indices.tolist() == falling[:k]
        numbers = [v for v in line if v == v]
        middle = math.nan if len(numbers) < n else sorted(numbers)[(n - 1) // 2]
        assert same(x.median().item(), middle) and same(x.median(0).values.item(), middle)
        if numbers:
            assert x.nanmedian().item() == sorted(numbers)[(len(numbers) - 1) // 2]


def test_order_of_integers_further_apart_than_32_bits():
    line = [2**62, -(2**62), 5, 5, 2**40, -1] * 30
    x = torch.tensor(line)
    order = sorted(range(len(line)), key=lambda i: line[i])
    assert x.sort(stable=True).indices.tolist() == order
    assert x.topk(7, largest=False).indices.tolist() == order[:7]
    assert x.median().item() == sorted(line)[(len(line) - 1) // 2]
    assert x.unique().tolist() == sorted(set(line))


def test_order_along_columns_and_of_views():
    x = draw((300, 7), torch.float32, 3)
    for t in (x, x.t().contiguous().t(), x[:, ::2], x.expand(2, 300, 7)):
        a = np.array(t.tolist())
        got = t.sort(-2)
        assert np.array_equal(got.values.tolist(), np.sort(a, -2))
        assert np.array_equal(got.indices.tolist(), np.argsort(a, -2, kind="stable"))


# ---- sets and counts ----


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
@pytest.mark.parametrize("n", [1, 31, 33, 2000])
def test_unique_as_numpy(dtype, n):
    x = draw((n,), dtype, n, ties=True)
    a = np.array(x.tolist())
    values, kind, count = np.unique(a, return_inverse=True, return_counts=True)
    got = torch.unique(x, return_inverse=True, return_counts=True)
    assert [g.tolist() for g in got] == [values.tolist(), kind.tolist(), count.tolist()]
    assert x.unique().tolist() == values.tolist()

    runs = np.concatenate(([True], a[1:] != a[:-1]))
    got = torch.unique_consecutive(x, return_inverse=True, return_counts=True)
    starts = np.flatnonzero(runs)
    assert got[0].tolist() == a[starts].tolist()
    assert got[1].tolist() == (np.cumsum(runs) - 1).tolist()
    assert got[2].tolist() == np.diff([*starts, n]).tolist()
    blocks = x.repeat_interleave(100)
    assert torch.unique_consecutive(blocks).tolist() == a[starts].tolist()


def test_nan_is_unique_each_time():
    for n in (3, 2000):
        x = torch.full((n,), math.nan)
        assert x.unique().numel() == n and torch.unique_consecutive(x).numel() == n


def test_unique_of_nothing_and_of_sparse_integers():
    none = torch.empty(0, dtype=torch.int64)
    assert [t.tolist() for t in torch.unique(none, return_inverse=True)] == [[], []]
    x = torch.tensor([10**9, -(10**9), 7, 7])
    assert [t.tolist() for t in x.unique(return_counts=True)] == [[-(10**9), 7, 10**9], [1, 2, 1]]


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted_as_numpy(side):
    for dtype in (torch.float32, torch.float64, torch.int64, torch.uint8):
        for n in (0, 1, 2, 63, 1000):
            edges = draw((n,), dtype, n, ties=True).sort().values
            values = draw((7, 40), dtype, 1, ties=True)
            want = np.searchsorted(np.array(edges.tolist()), np.array(values.tolist()), side)
            assert torch.searchsorted(edges, values, side=side).tolist() == want.tolist()
    assert torch.searchsorted(torch.tensor([1.0, 2.0]), math.nan).item() == 2


def test_counts():
    x = torch.tensor(np.random.default_rng(0).integers(0, 30, 1001).tolist())
    assert x.bincount().tolist() == np.bincount(x.tolist()).tolist()
    assert (
        x.to(torch.uint8).bincount(minlength=50).tolist()
        == np.bincount(x.tolist(), minlength=50).tolist()
    )
    with pytest.raises(RuntimeError, match="non-negative"):
        torch.tensor([1, -1]).bincount()
    v = draw((3000,), torch.float64, 5, nan=0.01)
    numbers = [e for e in v.tolist() if e == e]
    assert v.histc(13, -1.5, 1.25).tolist() == np.histogram(numbers, 13, (-1.5, 1.25))[0].tolist()
    assert F.one_hot(x.reshape(7, 143)).tolist() == np.eye(30)[x.reshape(7, 143).tolist()].tolist()
    with pytest.raises(RuntimeError, match="smaller than num_classes"):
        F.one_hot(x, 3)


# ---- movement ----


@pytest.mark.parametrize(
    "dtype", [torch.bool, torch.int16, torch.float32, torch.float64, torch.complex128]
)
def test_flip_roll_and_pad_as_numpy(dtype):
    x = torch.arange(5 * 37 * 70).reshape(5, 37, 70).to(dtype)
    a = np.array(x.tolist())
    for dims in ([0], [1], [2], [0, 2], [0, 1, 2]):
        assert np.array_equal(x.flip(dims).tolist(), np.flip(a, dims))
    for shift, dim in ((7, 2), (-3, 1), (103, 0), (0, 1)):
        assert np.array_equal(x.roll(shift, dim).tolist(), np.roll(a, shift, dim))
        turned = x.transpose(0, 2).roll(shift, dim)
        assert np.array_equal(turned.tolist(), np.roll(a.transpose(2, 1, 0), shift, dim))
    assert np.array_equal(x.roll(11).tolist(), np.roll(a, 11))
    padded = F.pad(x, (1, 2, 3, 0, 0, 1), value=1)
    assert np.array_equal(padded.tolist(), np.pad(a, ((0, 1), (3, 0), (1, 2)), constant_values=1))
    assert np.array_equal(
        F.pad(x, (-1, 2, 1, -3)).tolist(), np.pad(a[:, :-3, 1:], ((0, 0), (1, 0), (0, 2)))
    )
    assert F.pad(x[:, :0], (0, 0, 1, 0), value=1).eq(1).all()


def test_indexed_updates_in_place():
    x, i = torch.zeros(4, 3), torch.tensor([1, 3, 1])
    at = x.data_ptr()
    assert x.index_add_(0, i, torch.ones(3, 3)).sum(1).tolist() == [0, 6, 0, 3]
    assert x.scatter_add_(0, torch.tensor([[2, 0, 2]]), torch.ones(1, 3)).sum().item() == 12
    assert x.scatter_(1, torch.tensor([[2]]), 5.0)[0, 2].item() == 5
    assert x.data_ptr() == at and x._version == 3
    # Through a view that is not contiguous, and from what lies in the same memory.
    assert x.t().index_add_(1, i, torch.ones(3, 3))[0].tolist() == x[:, 0].tolist()
    y = torch.arange(4.0)
    assert y.index_add_(0, torch.tensor([1, 2, 3]), y[:3]).tolist() == [0, 1, 3, 5]
    a = np.arange(6.0)  # two storages in one memory
    later, sooner = torch.from_numpy(a[1:]), torch.from_numpy(a[:-1])
    assert later.index_add_(0, torch.arange(5), sooner).tolist() == [1, 3, 5, 7, 9]


def test_rows_taken_from_each_of_many_blocks():
    for outer, n, inner in ((1, 50, 40), (300, 9, 33), (2000, 3, 5), (40, 70, 1)):
        x = torch.arange(outer * n * inner).reshape(outer, n, inner)
        i = torch.tensor([n - 1, 0, n // 2, 0, n - 1])
        want = np.array(x.tolist())[:, i.tolist()]
        assert np.array_equal(x.index_select(1, i).tolist(), want)
        assert np.array_equal(x[:, i].tolist(), want)


@pytest.mark.parametrize("bad", [4, -1])
def test_a_bad_index_changes_nothing(bad):
    x = torch.arange(4.0)
    for change in (
        lambda i: x.scatter_add_(0, i, torch.ones(2)),
        lambda i: x.scatter_(0, i, torch.ones(2)),
        lambda i: x.scatter_(0, i, 7.0),
        lambda i: x.index_add_(0, i, torch.ones(2)),
        lambda i: x.scatter_add_(0, i.repeat_interleave(2)[::2], torch.ones(2)),
    ):
        with pytest.raises((RuntimeError, IndexError), match="out of (bounds|range)"):
            change(torch.tensor([0, bad]))
        assert x.tolist() == [0, 1, 2, 3]


def test_gradients_of_indexed_updates_in_place():
    for name in ("index_add_", "scatter_add_", "scatter_"):
        a = torch.arange(4.0, requires_grad=True)
        b = torch.tensor([2.0, 3.0], requires_grad=True)
        x = a * a
        getattr(x, name)(0, torch.tensor([1, 2]), b)
        (x * torch.arange(1.0, 5.0)).sum().backward()
        kept = [0, 0, 0, 24] if name == "scatter_" else [0, 4, 12, 24]
        assert (a.grad.tolist(), b.grad.tolist()) == (kept, [2, 3])


# ---- pools ----


@pytest.mark.parametrize(
    "kernel,stride,padding,dilation",
    [(2, 2, 0, 1), (3, 2, 1, 1), (3, 1, 1, 1), (3, 3, 0, 2), (5, 4, 2, 1)],
)
def test_pools_window_by_window(kernel, stride, padding, dilation):
    x = draw((2, 1, 17, 19), torch.float64, 7, ties=True)
    a = np.array(x.tolist())
    top, at = F.max_pool2d(x, kernel, stride, padding, dilation, return_indices=True)
    mean = F.avg_pool2d(x, kernel, stride, padding) if dilation == 1 else None
    for s in range(2):
        for r in range(top.shape[2]):
            for c in range(top.shape[3]):
                window = [
                    (a[s, 0, i, j], i * 19 + j)
                    for i in range(
                        r * stride - padding, r * stride - padding + kernel * dilation, dilation
                    )
                    for j in range(
                        c * stride - padding, c * stride - padding + kernel * dilation, dilation
                    )
                    if 0 <= i < 17 and 0 <= j < 19
                ]
                best = max(v for v, _ in window)
                assert top[s, 0, r, c].item() == best
                assert at[s, 0, r, c].item() == next(i for v, i in window if v == best)
                if mean is not None:
                    total = sum(v for v, _ in window)
                    assert mean[s, 0, r, c].item() == pytest.approx(total / kernel**2)
