"""Indexing and index assignment, against NumPy, with PyTorch's own rules where the two differ."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import taeda as torch

few = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


# ---- random indices ----


@st.composite
def arrays(draw, max_dims=4, min_dims=1):
    shape = draw(st.lists(st.integers(0, 4), min_size=min_dims, max_size=max_dims))
    return np.arange(int(np.prod(shape)), dtype=np.float64).reshape(shape) + 1


@st.composite
def slices(draw, n):
    bound = st.none() | st.integers(-n - 2, n + 2)
    return slice(draw(bound), draw(bound), draw(st.none() | st.integers(1, 3)))


@st.composite
def indices(draw, shape, tensors=True):
    """A tuple of index items that fits the shape; index tensors broadcast against each other."""
    common = draw(st.sampled_from([(2,), (3,), (2, 2), (), (1, 3)]))
    before = draw(st.integers(0, len(shape)))
    after = draw(st.integers(0, len(shape) - before))
    items, dim = [], 0
    if tensors and before >= 2 and draw(st.integers(0, 5)) == 0:  # a mask over two dimensions
        count = shape[0] * shape[1]
        mask = draw(st.lists(st.booleans(), min_size=count, max_size=count))
        items.append(np.array(mask, bool).reshape(shape[:2]))
        tensors, dim = False, 2
    items += [draw(item(n, common, tensors)) for n in shape[dim:before]]
    if after or draw(st.booleans()):
        items.append(Ellipsis)
    items += [draw(item(n, common, tensors)) for n in shape[len(shape) - after :]]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        items.insert(draw(st.integers(0, len(items))), None)
    return tuple(items)


@st.composite
def item(draw, n, common, tensors):
    kinds = (
        ["slice", "slice"]
        + (["int"] if n else [])
        + (["tensor", "tensor"] if tensors and n else [])
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "int":
        return draw(st.integers(-n, n - 1))
    if kind == "slice":
        return draw(slices(n))
    shape = tuple(draw(st.sampled_from([s, 1])) for s in common)
    count = int(np.prod(shape))
    return np.array(
        draw(st.lists(st.integers(-n, n - 1), min_size=count, max_size=count)), np.int64
    ).reshape(shape)


def split(array, index):
    """NumPy's way to PyTorch's rule: numbers select first and are not index tensors; the rest is
    NumPy's index."""
    count = sum(
        i.ndim
        if isinstance(i, np.ndarray) and i.dtype == bool
        else i is not None and i is not Ellipsis
        for i in index
    )
    if Ellipsis not in [i for i in index if not isinstance(i, np.ndarray)]:
        index = (*index, Ellipsis)
    first, rest = [], []
    for i in index:
        if i is Ellipsis:
            first += [slice(None)] * (array.ndim - count)
            rest += [slice(None)] * (array.ndim - count)
        elif i is None:
            rest.append(None)
        elif isinstance(i, np.ndarray) and i.ndim == 0 and i.dtype != bool:
            first.append(int(i))  # a 0-dim integer tensor is a number
        elif isinstance(i, np.ndarray):
            first += [slice(None)] * (i.ndim if i.dtype == bool else 1)
            rest.append(i)
        elif isinstance(i, slice):
            first.append(slice(None))
            rest.append(i)
        else:
            first.append(i)
    return tuple(first), tuple(rest)


def ours(index):
    return tuple(torch.from_numpy(i.copy()) if isinstance(i, np.ndarray) else i for i in index)


@few
@given(st.data())
def test_reading(data):
    a = data.draw(arrays())
    index = data.draw(indices(a.shape))
    first, rest = split(a, index)
    want = a[first][rest]
    got = torch.from_numpy(a)[ours(index)]
    assert tuple(got.shape) == want.shape and got.tolist() == want.tolist()


@few
@given(st.data())
def test_reading_a_permuted_tensor(data):
    base = data.draw(arrays())
    order = data.draw(st.permutations(range(base.ndim)))
    a = base.transpose(order)
    index = data.draw(indices(a.shape))
    first, rest = split(a, index)
    got = torch.from_numpy(base).permute(*order)[ours(index)]
    assert got.tolist() == a[first][rest].tolist()


@few
@given(st.data())
def test_pure_views_share_memory(data):
    a = data.draw(arrays())
    index = data.draw(indices(a.shape, tensors=False))
    x = torch.from_numpy(a.copy())
    got, want = x[index], a[index]
    assert tuple(got.shape) == want.shape
    if want.size:
        strides = [s // 8 for s in want.strides]
        assert [g for g, n in zip(got.stride(), got.shape) if n > 1] == [
            w for w, n in zip(strides, want.shape) if n > 1
        ]
        got.fill_(-1)
        assert (x == -1).sum().item() == want.size and x._version == 1


@few
@given(st.data())
def test_writing(data):
    a = data.draw(arrays())
    index = data.draw(indices(a.shape))
    first, rest = split(a, index)
    shape = a[first][rest].shape
    keep = data.draw(st.integers(0, len(shape)))
    shape = tuple(n if data.draw(st.booleans()) else 1 for n in shape[keep:])
    scalar = data.draw(st.booleans())
    value = -5.0 if scalar else np.arange(-np.prod(shape), 0.0).reshape(shape)
    x = torch.from_numpy(a.copy())
    x[ours(index)] = value if scalar else torch.from_numpy(value)
    want = a.copy()
    target = want[first]
    if target.ndim == 0 and not rest:
        want[first] = value
    elif target.ndim == 0:  # NumPy made a copy
        target = np.array(target)
        target[rest] = value
        want[first] = target
    else:
        target[rest] = value
    if duplicates(a[first], rest):
        return  # which of several values stays is PyTorch's own affair
    assert x.tolist() == want.tolist()


def duplicates(array, index):
    hit = np.zeros(array.shape, np.int64)
    np.add.at(hit, index, 1)
    return hit.size and hit.max() > 1


@few
@given(st.data())
def test_gradients(data):
    a = data.draw(arrays())
    index = data.draw(indices(a.shape))
    first, rest = split(a, index)
    x = torch.from_numpy(a).requires_grad_()
    y = x[ours(index)]
    weight = np.arange(1.0, y.numel() + 1).reshape(tuple(y.shape))
    y.backward(torch.from_numpy(weight))
    part = np.zeros_like(a[first]) if np.ndim(a[first]) else np.zeros(())
    np.add.at(part, rest, weight)
    want = np.zeros_like(a)
    want[first] = part
    assert x.grad.tolist() == want.tolist()


@few
@given(st.data())
def test_gradients_of_writing(data):
    a = data.draw(arrays())
    index = data.draw(indices(a.shape))
    first, rest = split(a, index)
    if duplicates(a[first] if np.ndim(a[first]) else np.array(a[first]), rest):
        return
    x = torch.from_numpy(a).requires_grad_()
    y = x * 2
    v = torch.ones(tuple(y[ours(index)].shape), dtype=torch.float64, requires_grad=True)
    y[ours(index)] = v * 3
    weight = np.arange(1.0, a.size + 1).reshape(a.shape)
    (y * torch.from_numpy(weight)).sum().backward()
    want = weight * 2
    part = np.array(want[first])
    part[rest] = 0
    want[first] = part
    assert x.grad.tolist() == want.tolist()
    assert v.grad is not None and v.grad.tolist() == (3 * np.array(weight[first])[rest]).tolist()


# ---- items one by one ----


def x234():
    return torch.arange(24).reshape(2, 3, 4)


def test_views_or_copies():
    x = x234()
    for index in [
        (),
        ...,
        slice(None),
        0,
        (0, 1),
        (slice(None), 1),
        None,
        (..., None),
        slice(1, 0),
        slice(5, None),
    ]:
        y = x[index]
        y.fill_(-7)
        assert (x == -7).sum().item() == y.numel()
        x = x234()
    for index in [True, torch.tensor([0]), [0, 1], x > 3, torch.tensor(True)]:
        y = x[index]
        y.fill_(-7)
        assert -7 not in x.flatten().tolist()


def test_numbers_in_all_clothes():
    x = x234()
    for one in (
        1,
        -1,
        np.int64(1),
        np.uint8(1),
        torch.tensor(1),
        torch.tensor(1, dtype=torch.int16),
    ):
        assert x[one].tolist() == x.tolist()[1]
    assert x[torch.tensor(1)].data_ptr() == x[1].data_ptr()  # a view
    assert x[torch.tensor(0) : torch.tensor(2) : torch.tensor(1)].shape == (2, 3, 4)
    assert torch.tensor([5, 6])[torch.tensor([0, 1], dtype=torch.int32)].tolist() == [5, 6]
    assert [10, 20, 30][torch.tensor(2)] == 30 and list(range(torch.tensor(3))) == [0, 1, 2]


def test_tuples_and_lists():
    x = x234()
    assert x[[0, 1]].shape == (2, 3, 4) and x[(0, 1)].shape == (4,)
    assert x[range(2)].shape == (2, 3, 4)
    assert x[[0, 1], [2, 0]].tolist() == [[8, 9, 10, 11], [12, 13, 14, 15]]
    assert x[[True, False]].shape == (1, 3, 4) and x[:, [False, True, True]].shape == (2, 2, 4)
    assert x[[]].shape == (0, 3, 4)


def test_booleans_add_a_dimension():
    x = x234()
    assert x[True].shape == (1, 2, 3, 4) and x[False].shape == (0, 2, 3, 4)
    assert x[torch.tensor(True)].shape == (1, 2, 3, 4) and torch.tensor(5)[True].tolist() == [5]
    assert (
        torch.tensor(5)[...].item() == 5
        and torch.tensor(5)[()].item() == 5
        and torch.tensor(5)[None].tolist() == [5]
    )
    x[False] = 9
    assert x.tolist() == x234().tolist()
    x[torch.tensor(True)] = 0
    assert x.sum().item() == 0


def test_where_the_broadcast_shape_goes():
    x = torch.arange(120).reshape(2, 3, 4, 5)
    i, j = torch.tensor([0, 1, 0]), torch.tensor([1, 0, 2])
    assert (
        x[:, i, j].shape == (2, 3, 5)
        and x[i, :, j].shape == (3, 3, 5)
        and x[i, None, j].shape == (3, 1, 4, 5)
    )
    assert (
        x[0, :, j].shape == (3, 3, 5)
        and x[:, 0, j].shape == (2, 3, 5)
        and x[i, ..., j].shape == (3, 3, 4)
    )
    assert x[i[:, None], j[:2]].shape == (3, 2, 4, 5)


def test_masks():
    x = torch.arange(6).reshape(2, 3)
    assert x[x > 2].tolist() == [3, 4, 5] and x[x > 10].shape == (0,)
    assert x[torch.tensor([True, False])].tolist() == [[0, 1, 2]]
    assert x[:, torch.tensor([True, False, True])].tolist() == [[0, 2], [3, 5]]
    x[x > 2] = -1
    assert x.tolist() == [[0, 1, 2], [-1, -1, -1]]
    x[x < 0] = torch.tensor([7, 8, 9])
    assert x[1].tolist() == [7, 8, 9]
    x[x > 7] += 10
    assert x[1].tolist() == [7, 18, 19]
    with pytest.warns(UserWarning):
        assert x[torch.tensor([1, 0], dtype=torch.uint8)].tolist() == [[0, 1, 2]]  # old masks


def test_assignment_casts_drops_and_broadcasts():
    x = torch.zeros(2, 3, dtype=torch.int64)
    x[0] = torch.tensor([1.9, 2.1, -3.9])
    assert x[0].tolist() == [1, 2, -3]
    x[1] = torch.zeros(1, 1, 3)  # leading ones are dropped
    x[:, 0] = 2.7
    assert x.tolist() == [[2, 2, -3], [2, 0, 0]]
    x[torch.tensor([0, 1])] = 5
    x[...] = torch.tensor([[1], [2]])
    assert x.tolist() == [[1, 1, 1], [2, 2, 2]]
    x[0, 0] = torch.tensor(9)
    x[1, 1] = np.int32(8)
    x[0, 1:] = torch.tensor([5, 6], dtype=torch.uint8)
    assert x.tolist() == [[9, 5, 6], [2, 8, 2]]
    with pytest.raises(
        RuntimeError, match="Index put requires the source and destination dtypes match"
    ):
        x[torch.tensor([0])] = torch.zeros(1, 3)
    with pytest.raises(TypeError):
        x[0] = [1, 2, 3]
    with pytest.raises(TypeError, match="Tensor does not support deleting items"):
        del x[0]
    assert x.tolist() == [[9, 5, 6], [2, 8, 2]]


def test_duplicates():
    x = torch.zeros(3)
    x[torch.tensor([0, 0, 1])] = torch.tensor([1.0, 2.0, 3.0])
    assert x.tolist() == [2.0, 3.0, 0.0]
    x[torch.tensor([2, 2])] += 1
    assert x[2].item() == 1.0
    x.index_put_((torch.tensor([2, 2]),), torch.tensor(1.0), accumulate=True)
    assert x[2].item() == 3.0
    r = torch.ones(3, requires_grad=True)
    r[torch.tensor([1, 1, 1, 0])].sum().backward()
    assert r.grad.tolist() == [1.0, 3.0, 0.0]


def test_assignment_from_itself():
    x = torch.arange(5)
    x[1:] = x[:-1].clone()
    assert x.tolist() == [0, 0, 1, 2, 3]
    x[torch.tensor([4, 3])] = x[torch.tensor([0, 1])]
    x[[0, 1]] = x[[1, 0]]
    assert x.tolist() == [0, 0, 1, 0, 0]


def test_iteration_length_membership():
    x = torch.arange(6).reshape(3, 2)
    assert len(x) == 3 and [row.tolist() for row in x] == x.tolist()
    a, b, c = x
    b.fill_(9)
    assert x[1].tolist() == [9, 9] and 9 in x and 7 not in x
    with pytest.raises(TypeError, match="len\\(\\) of a 0-d tensor"):
        len(torch.tensor(1.0))
    with pytest.raises(TypeError, match="iteration over a 0-d tensor"):
        iter(torch.tensor(1.0))


def test_memory_order_of_gathered_tensors():
    x = torch.arange(24.0).reshape(2, 3, 4)
    assert x[torch.tensor([1, 0])].is_contiguous()
    y = x.transpose(0, 2)[:, torch.tensor([0, 2])]
    assert y.tolist() == x.transpose(0, 2).tolist()[0:0] + [
        [r[0], r[2]] for r in x.transpose(0, 2).tolist()
    ]


# ---- gather, scatter and their kin ----


@st.composite
def gathered(draw):
    a = draw(arrays(3))
    if a.size == 0:
        a = np.ones((2, 3))
    dim = draw(st.integers(0, a.ndim - 1))
    shape = [draw(st.integers(1, n)) for n in a.shape]
    shape[dim] = draw(st.integers(1, 5))
    flat = draw(
        st.lists(
            st.integers(0, a.shape[dim] - 1),
            min_size=int(np.prod(shape)),
            max_size=int(np.prod(shape)),
        )
    )
    return a, dim, np.array(flat).reshape(shape)


@few
@given(gathered())
def test_gather_and_scatter_add(case):
    a, dim, index = case
    box = tuple(slice(0, n) for d, n in enumerate(index.shape))
    box = tuple(slice(None) if d == dim else s for d, s in enumerate(box))
    want = np.take_along_axis(a[box], index, dim)
    x = torch.from_numpy(a)
    got = x.gather(dim, torch.from_numpy(index))
    assert got.tolist() == want.tolist()
    added = a.copy()
    part = added[box]
    grid = list(np.indices(index.shape))
    grid[dim] = index
    np.add.at(part, tuple(grid), want)
    assert x.scatter_add(dim, torch.from_numpy(index), got).tolist() == added.tolist()


@few
@given(st.data())
def test_index_select_and_index_add(data):
    a = data.draw(arrays(3))
    dim = data.draw(st.integers(0, a.ndim - 1))
    n = a.shape[dim]
    index = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=5)) if n else [], np.int64)
    x = torch.from_numpy(a)
    got = x.index_select(dim, torch.from_numpy(index))
    assert (
        got.tolist() == np.take(a, index, dim).tolist()
        and tuple(got.shape) == np.take(a, index, dim).shape
    )
    want = np.moveaxis(a.copy(), dim, 0)
    np.add.at(want, index, np.moveaxis(np.take(a, index, dim), dim, 0) * 2)
    assert (
        x.index_add(dim, torch.from_numpy(index), got, alpha=2).tolist()
        == np.moveaxis(want, 0, dim).tolist()
    )


@few
@given(arrays(3), st.integers(0, 3))
def test_masked_select_nonzero_and_fill(a, modulus):
    mask = a % (modulus + 1) == 0
    x, m = torch.from_numpy(a), torch.from_numpy(mask)
    assert x.masked_select(m).tolist() == a[mask].tolist()
    assert m.nonzero().tolist() == np.argwhere(mask).tolist()
    assert [t.tolist() for t in torch.nonzero(m, as_tuple=True)] == [
        i.tolist() for i in np.nonzero(mask)
    ]
    assert x.masked_fill(m, -1).tolist() == np.where(mask, -1, a).tolist()
