"""Datasets, samplers, collating and the DataLoader. Orders are recorded PyTorch 2.13, seed 0."""

import collections
import copy
import gc
import pickle
import random
import threading
import time

import pytest

import taeda as torch

data = torch.utils.data


def lists(loader):
    return [batch.tolist() for batch in loader]


def words(draw, seed=3):
    """How many 32-bit words `draw(generator)` takes from a generator."""
    used = torch.Generator()
    used.manual_seed(seed)
    draw(used)
    other = torch.Generator()
    other.manual_seed(seed)
    for count in range(200):
        if torch.equal(other.get_state(), used.get_state()):
            return count
        torch.empty((), dtype=torch.int32).random_(generator=other)
    raise AssertionError("more than 200 words")


class Squares(data.Dataset):
    def __init__(self, n=10):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i, float(i * i)


class Stream(data.IterableDataset):
    """Worker w gives 10w, 10w + 1, .. : 3 + 2w numbers."""

    def __iter__(self):
        info = data.get_worker_info()
        w = info.id if info else 0
        return iter(range(10 * w, 10 * w + 3 + 2 * w))


# ---- order ----

ORDERS = {
    "shuffle": (
        lambda: lists(data.DataLoader(torch.arange(13), batch_size=4, shuffle=True)),
        [[6, 4, 11, 3], [1, 10, 8, 0], [7, 9, 5, 2], [12]],
    ),
    "two passes": (
        lambda: (lambda d: [lists(d), lists(d)])(
            data.DataLoader(torch.arange(13), batch_size=4, shuffle=True, drop_last=True)
        ),
        [
            [[6, 4, 11, 3], [1, 10, 8, 0], [7, 9, 5, 2]],
            [[1, 7, 3, 8], [2, 0, 9, 10], [4, 11, 5, 6]],
        ],
    ),
    "own generator": (
        lambda: lists(
            data.DataLoader(
                torch.arange(13), 4, shuffle=True, generator=torch.Generator().manual_seed(9)
            )
        ),
        [[8, 6, 11, 2], [3, 4, 12, 1], [5, 9, 10, 0], [7]],
    ),
    "RandomSampler": (
        lambda: list(data.RandomSampler(range(13))),
        [0, 3, 8, 6, 10, 2, 7, 1, 12, 5, 11, 9, 4],
    ),
    "RandomSampler, more than there are": (
        lambda: list(data.RandomSampler(range(5), num_samples=12)),
        [1, 3, 4, 2, 0, 4, 0, 2, 3, 1, 4, 0],
    ),
    "RandomSampler, replacement": (
        lambda: list(data.RandomSampler(range(13), replacement=True, num_samples=40)),
        [0, 1, 4, 6, 5, 9, 7, 7, 6, 6, 6, 7, 9, 1, 2, 2, 10, 7, 10, 3, 4]
        + [1, 7, 1, 6, 0, 2, 10, 9, 4, 7, 7, 10, 5, 10, 11, 9, 4, 8, 3],
    ),
    "SubsetRandomSampler": (
        lambda: list(data.SubsetRandomSampler([3, 1, 4, 1, 5, 9, 2, 6])),
        [5, 3, 6, 1, 4, 9, 1, 2],
    ),
    "WeightedRandomSampler": (
        lambda: list(data.WeightedRandomSampler([0.1, 0.2, 0.7], 20)),
        [2, 2, 2, 2, 2, 2, 1, 2, 2, 1, 2, 1, 2, 2, 2, 2, 2, 1, 2, 2],
    ),
    "WeightedRandomSampler, no replacement": (
        lambda: list(data.WeightedRandomSampler([0.1, 0.2, 0.7, 0.5], 3, replacement=False)),
        [2, 3, 1],
    ),
    "random_split": (
        lambda: [list(s.indices) for s in data.random_split(range(13), (9, 4))],
        [[3, 4, 0, 2, 11, 8, 12, 5, 10], [6, 9, 1, 7]],
    ),
    "random_split, fractions": (
        lambda: [list(s.indices) for s in data.random_split(range(13), (0.5, 0.3, 0.2))],
        [[3, 4, 0, 2, 11, 8, 12], [5, 10, 6, 9], [1, 7]],
    ),
}


@pytest.mark.parametrize("name", ORDERS)
def test_order_is_that_of_pytorch(name):
    run, expected = ORDERS[name]
    torch.manual_seed(0)
    assert run() == expected


@pytest.mark.parametrize("n, size, drop_last", [(13, 4, False), (12, 4, False), (13, 4, True)])
@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("shuffle", [False, True])
def test_tensor_dataset_gives_what_a_general_dataset_gives(n, size, drop_last, workers, shuffle):
    x, y = torch.arange(n * 6).view(n, 2, 3).float(), torch.arange(n)

    class General(data.TensorDataset):  # a subclass: fetched sample by sample
        pass

    results = []
    for dataset in (data.TensorDataset(x, y), General(x, y), data.Subset(General(x, y), range(n))):
        torch.manual_seed(5)
        loader = data.DataLoader(dataset, size, shuffle, drop_last=drop_last, num_workers=workers)
        batches = list(loader)
        assert len(batches) == len(loader)
        assert all(type(b) is list and b[0].is_contiguous() for b in batches)
        results.append([(a.tolist(), b.tolist()) for a, b in batches])
        results.append(torch.rand(1).item())  # the global generator has moved equally far
    assert results[0] == results[2] == results[4]
    assert results[1] == results[3] == results[5]


def test_tensor_dataset_other_samplers():
    x = torch.arange(5) * 10
    base = data.TensorDataset(x)
    assert [b[0].tolist() for b in data.DataLoader(base, 2, sampler=[4, -1, 0])] == [[40, 40], [0]]
    assert [b[0].tolist() for b in data.DataLoader(base, batch_sampler=[[1], [2, 3]])] == [
        [10],
        [20, 30],
    ]
    part = data.Subset(base, [3, -1, 2])
    assert [b[0].tolist() for b in data.DataLoader(part, 2)] == [[30, 40], [20]]
    torch.manual_seed(1)
    fast = [b[0].tolist() for b in data.DataLoader(part, 2, shuffle=True)]
    torch.manual_seed(1)
    order = [i for batch in lists(data.DataLoader([30, 40, 20], 2, shuffle=True)) for i in batch]
    assert sum(fast, []) == order
    for bad in ([5], [-6]):
        with pytest.raises(IndexError):
            list(data.DataLoader(base, 1, sampler=bad))
        with pytest.raises(IndexError):
            list(data.DataLoader(data.Subset(base, bad), 1))
    again = data.RandomSampler(base, num_samples=8, generator=torch.Generator().manual_seed(2))
    expected = list(
        data.RandomSampler(range(5), num_samples=8, generator=torch.Generator().manual_seed(2))
    )
    got = [b[0].tolist() for b in data.DataLoader(base, 3, sampler=again)]
    assert got == [[10 * i for i in expected[k : k + 3]] for k in (0, 3, 6)]


def test_batches_do_not_alias_the_dataset():
    x = torch.zeros(6, 2)
    for shuffle in (False, True):
        for (batch,) in data.DataLoader(data.TensorDataset(x), 3, shuffle):
            batch.add_(1)
    assert x.sum().item() == 0


def test_gradients_reach_the_tensors_of_a_dataset():
    x = torch.ones(4, 2, requires_grad=True)
    for (batch,) in data.DataLoader(data.TensorDataset(x), 2):
        batch.sum().backward()
    assert x.grad.tolist() == [[1, 1]] * 4


def test_draws_from_generators():
    n = range(13)
    assert words(lambda g: list(data.RandomSampler(n, generator=g))) == 24
    assert words(lambda g: next(iter(data.RandomSampler(n, generator=g)))) == 12
    assert words(lambda g: list(data.RandomSampler(n, True, 40, generator=g))) == 40
    assert words(lambda g: list(data.RandomSampler(n, True, 5, generator=g))) == 5
    assert words(lambda g: list(data.DataLoader(n, 4, True, generator=g))) == 26
    assert words(lambda g: list(data.DataLoader(n, 4, generator=g))) == 2
    tensors = data.TensorDataset(torch.arange(12))

    def full_batches(g):  # all three, but the end is not asked for
        batches = iter(data.DataLoader(tensors, 4, True, generator=g))
        for _ in range(3):
            next(batches)

    assert words(full_batches) == 13
    assert words(lambda g: iter(data.DataLoader(tensors, 4, True, generator=g))) == 2
    assert words(lambda g: list(data.DataLoader(tensors, 4, True, generator=g))) == 24


def test_distributed_sampler():
    sampler = data.DistributedSampler(range(13), num_replicas=2, rank=1, seed=7)
    sampler.set_epoch(3)
    assert list(sampler) == [10, 1, 6, 11, 5, 0, 8] and len(sampler) == 7

    def parts(n, replicas, **options):
        samplers = [
            data.DistributedSampler(range(n), replicas, r, **options) for r in range(replicas)
        ]
        return [list(s) for s in samplers]

    assert parts(5, 2, shuffle=False) == [[0, 2, 4], [1, 3, 0]]
    assert parts(5, 2, shuffle=False, drop_last=True) == [[0, 2], [1, 3]]
    assert parts(2, 5, shuffle=False) == [[0], [1], [0], [1], [0]]
    with pytest.raises(
        ValueError, match=r"Invalid rank 2, rank should be in the interval \[0, 1\]"
    ):
        data.DistributedSampler(range(3), 2, 2)


def test_batch_sampler():
    assert list(data.BatchSampler(range(5), 2, False)) == [[0, 1], [2, 3], [4]]
    assert list(data.BatchSampler(range(5), 2, True)) == [[0, 1], [2, 3]]
    assert len(data.BatchSampler(range(5), 2, False)) == 3
    assert len(data.BatchSampler(range(5), 2, True)) == 2
    assert list(data.BatchSampler(iter("abc"), 2, False)) == [["a", "b"], ["c"]]


# ---- datasets ----


def test_datasets():
    joined = Squares(3) + [("x", 1.0)]
    assert isinstance(joined, data.ConcatDataset) and len(joined) == 4
    assert joined[-1] == ("x", 1.0) and joined[2] == (2, 4.0)
    assert joined.cumulative_sizes == [3, 4]
    with pytest.raises(ValueError, match="absolute value of index should not exceed"):
        joined[-5]
    with pytest.raises(IndexError):
        joined[4]
    assert list(Stream() + Stream()) == [0, 1, 2, 0, 1, 2]
    assert data.StackDataset([1, 2], "ab")[1] == (2, "b")
    named = data.StackDataset(a=[1, 2], b=data.Subset([7, 8, 9], [2, 0]))
    assert named[1] == {"a": 2, "b": 7} and len(named) == 2
    assert named.__getitems__([1, 0]) == [{"a": 2, "b": 7}, {"a": 1, "b": 9}]
    with pytest.raises(ValueError, match="Size mismatch between datasets"):
        data.StackDataset([1], [1, 2])
    pair = data.TensorDataset(torch.arange(3), torch.arange(6).view(3, 2))
    assert len(pair) == 3 and [t.tolist() for t in pair[1]] == [1, [2, 3]]
    assert [t.tolist() for t in pair[[0, 2]]] == [[0, 2], [[0, 1], [4, 5]]]


def test_fetching_many_samples_at_once():
    class Many(Squares):
        def __getitems__(self, indices):
            asked.append(indices)
            return [self[i] for i in indices]

    asked = []
    subset = data.Subset(data.Subset(Many(), range(2, 8)), [0, 2, 4])
    (first, _), (second, _) = data.DataLoader(subset, 2)
    assert asked == [[2, 4], [6]] and first.tolist() == [2, 4] and second.tolist() == [6]


def test_random_split_fractions():
    sizes = [len(part) for part in data.random_split(range(10), [1 / 3] * 3)]
    assert sizes == [4, 3, 3]
    with pytest.raises(ValueError, match="Fraction at index 0 is not between 0 and 1"):
        data.random_split(range(10), [1.5, -0.5])
    parts = data.random_split(data.TensorDataset(torch.arange(10)), [6, 4])
    seen = [v for part in parts for batch in data.DataLoader(part, 4) for v in batch[0].tolist()]
    assert sorted(seen) == list(range(10))


# ---- collating ----


def same(a, b):
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, dict):
        return type(a) is type(b) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return a == b


Point = collections.namedtuple("Point", "x y")
T = torch.tensor


@pytest.mark.parametrize(
    "batch, expected",
    [
        ([1, 2], T([1, 2])),
        ([1.5, 2.5], T([1.5, 2.5], dtype=torch.float64)),
        ([True, False], T([True, False])),
        (["a", "b"], ["a", "b"]),
        ([b"a"], [b"a"]),
        ([(1, "a"), (2, "b")], [T([1, 2]), ("a", "b")]),
        ([[1, 2.0], [3, 4.0]], [T([1, 3]), T([2.0, 4.0], dtype=torch.float64)]),
        ([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], {"a": T([1, 2]), "b": ["x", "y"]}),
        ([Point(1, T(2.0)), Point(3, T(4.0))], Point(T([1, 3]), T([2.0, 4.0]))),
        (
            [collections.OrderedDict(a=1), collections.OrderedDict(a=2)],
            collections.OrderedDict(a=T([1, 2])),
        ),
        ([T([1.0, 2.0]), T([3.0, 4.0])], T([[1.0, 2.0], [3.0, 4.0]])),
        ([T(1), T(2)], T([1, 2])),
        ([range(2), range(2)], [T([0, 0]), T([1, 1])]),
        ([()], []),
    ],
)
def test_default_collate(batch, expected):
    assert same(expected, data.default_collate(batch))


@pytest.mark.parametrize(
    "batch, error, text",
    [
        ([None], TypeError, "found <class 'NoneType'>"),
        ([{1}], TypeError, "found <class 'set'>"),
        ([1j], TypeError, "found <class 'complex'>"),
        ([(1, 2), (1,)], RuntimeError, "each element in list of batch should be of equal size"),
        ([{"a": 1}, {"b": 1}], KeyError, "'a'"),
        ([T([1.0, 2.0]), T([1.0])], RuntimeError, "stack expects each tensor to be equal size"),
        ([], IndexError, "list index out of range"),
    ],
)
def test_default_collate_refuses(batch, error, text):
    with pytest.raises(error) as raised:
        data.default_collate(batch)
    assert text in str(raised.value)


def test_collate_containers_keep_their_type():
    class Record(collections.UserDict):
        pass

    made = data.default_collate([Record(a=1), Record(a=2)])
    assert type(made) is Record and made["a"].tolist() == [1, 2]
    made = data.default_collate([collections.deque([1, 2]), collections.deque([3, 4])])
    assert type(made) is collections.deque and [t.tolist() for t in made] == [[1, 3], [2, 4]]
    source = [[1, 2]]
    data.default_collate(source)
    assert source == [[1, 2]]


def test_collate_function_map():
    class Box:
        def __init__(self, value):
            self.value = value

    def boxes(batch, *, collate_fn_map=None):
        return Box([box.value for box in batch])

    collate = data._utils.collate
    table = {Box: boxes, **collate.default_collate_fn_map}
    made = collate.collate([(Box(1), 2), (Box(3), 4)], collate_fn_map=table)
    assert made[0].value == [1, 3] and made[1].tolist() == [2, 4]


def test_collate_numpy():
    np = pytest.importorskip("numpy")
    arrays = data.default_collate([np.zeros(2, "f4"), np.ones(2, "f4")])
    assert same(T([[0.0, 0.0], [1.0, 1.0]]), arrays)
    for kind, dtype in (("f4", torch.float32), ("f8", torch.float64), ("i4", torch.int32)):
        scalar = np.dtype(kind).type
        assert same(T([1, 2], dtype=dtype), data.default_collate([scalar(1), scalar(2)]))
    assert same(T([True]), data.default_collate([np.bool_(True)]))
    assert data.default_collate([np.str_("a")]) == ["a"]
    with pytest.raises(TypeError, match="found <U1"):
        data.default_collate([np.array(["a"])])
    converted = data.default_convert([1, (2, np.zeros(1)), {"a": np.float32(3)}, "s", None])
    expected = [1, [2, T([0.0], dtype=torch.float64)], {"a": T(3.0)}, "s", None]
    assert same(expected, converted)
    assert same(
        [T([[0, 1], [2, 3]]), T([[4, 5]])], list(data.DataLoader(np.arange(6).reshape(3, 2), 2))
    )


# ---- loader ----


def test_loader_without_batches():
    assert list(data.DataLoader([1, "a", None], batch_size=None)) == [1, "a", None]
    assert list(data.DataLoader({"k": 5}, sampler=["k"], batch_size=None)) == [5]
    assert list(data.DataLoader(Stream(), batch_size=None)) == [0, 1, 2]


def test_iterable_dataset():
    assert lists(data.DataLoader(Stream(), 2)) == [[0, 1], [2]]
    assert lists(data.DataLoader(Stream(), 2, drop_last=True)) == [[0, 1]]

    class Liar(Stream):
        def __len__(self):
            return 2

    loader = data.DataLoader(Liar(), 1)
    assert len(loader) == 2
    with pytest.warns(UserWarning, match="was reported to be 2"):
        assert lists(loader) == [[0], [1], [2]]


def test_loader_attributes_are_fixed_and_it_pickles():
    loader = data.DataLoader([1, 2, 3], 2, collate_fn=sum)
    for name in ("batch_size", "sampler", "batch_sampler", "drop_last", "dataset"):
        with pytest.raises(ValueError, match=f"{name} attribute should not be set after"):
            setattr(loader, name, None)
    loader.num_workers = 0
    assert list(copy.deepcopy(loader)) == list(pickle.loads(pickle.dumps(loader))) == [3, 3]
    with pytest.raises(NotImplementedError):
        pickle.dumps(iter(loader))
    assert len(loader) == len(iter(loader)) == 2
    assert data.DataLoader([1], batch_sampler=[[0]]).batch_size is None


REFUSED = [
    (dict(batch_size=0), "batch_size should be a positive integer value, but got batch_size=0"),
    (dict(batch_size=2.5), "batch_size should be a positive integer value, but got batch_size=2.5"),
    (dict(shuffle=True, sampler=[0]), "sampler option is mutually exclusive with shuffle"),
    (
        dict(batch_sampler=[[0]], batch_size=2),
        "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and"
        " drop_last",
    ),
    (
        dict(batch_size=None, drop_last=True),
        "batch_size=None option disables auto-batching and is mutually exclusive with drop_last",
    ),
    (
        dict(num_workers=-1),
        "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.",
    ),
    (dict(timeout=-1), "timeout option should be non-negative"),
    (dict(persistent_workers=True), "persistent_workers option needs num_workers > 0"),
    (
        dict(prefetch_factor=2),
        "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to"
        " enable multiprocessing, otherwise set prefetch_factor to None.",
    ),
    (
        dict(multiprocessing_context="fork"),
        "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but"
        " got num_workers=0",
    ),
]


@pytest.mark.parametrize("options, text", REFUSED)
def test_loader_refuses(options, text):
    with pytest.raises(ValueError) as raised:
        data.DataLoader([1, 2], **options)
    assert str(raised.value) == text


def test_empty_datasets():
    assert list(data.DataLoader([])) == []
    assert list(data.DataLoader(data.TensorDataset(torch.zeros(0, 2)), 4)) == []
    with pytest.raises(ValueError, match="but got num_samples=0"):
        data.DataLoader([], shuffle=True)


# ---- workers ----


def slow_first(batch):
    if batch[0] == 0:
        time.sleep(0.05)
    return batch


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_workers_keep_the_order(workers):
    loader = data.DataLoader(range(9), 2, num_workers=workers, collate_fn=slow_first)
    assert list(loader) == [[0, 1], [2, 3], [4, 5], [6, 7], [8]]
    assert list(loader) == [[0, 1], [2, 3], [4, 5], [6, 7], [8]]


def test_workers_and_an_iterable_dataset():
    assert lists(data.DataLoader(Stream(), 2, num_workers=2)) == [
        [0, 1],
        [10, 11],
        [2],
        [12, 13],
        [14],
    ]
    assert lists(data.DataLoader(Stream(), 2, num_workers=2, drop_last=True)) == [
        [0, 1],
        [10, 11],
        [12, 13],
    ]
    assert list(data.DataLoader(Stream(), None, num_workers=2)) == [0, 10, 1, 11, 2, 12, 13, 14]


class Draws(data.Dataset):
    """What a worker says of itself."""

    def __init__(self):
        self.asked = 0

    def __len__(self):
        return 6

    def __getitem__(self, i):
        self.asked += 1
        info = data.get_worker_info()
        return (
            info.id,
            info.num_workers,
            info.seed - torch.initial_seed(),
            torch.rand(1).item(),
            self.asked,
        )


def test_each_worker_has_its_own_stream_and_dataset():
    torch.manual_seed(0)
    rows = sum(data.DataLoader(Draws(), 2, num_workers=2, collate_fn=list), [])
    assert [row[0] for row in rows] == [0, 0, 1, 1, 0, 0]
    assert [row[4] for row in rows] == [1, 2, 1, 2, 3, 4]
    assert {row[1:3] for row in rows} == {(2, 0)}
    # recorded
    expected = [0.7821398973464966, 0.053598999977111816, 0.6938178539276123]
    expected += [0.29795897006988525, 0.9887869358062744, 0.1948593258857727]
    assert [row[3] for row in rows] == expected
    assert data.get_worker_info() is None
    torch.manual_seed(0)
    assert sum(data.DataLoader(Draws(), 2, num_workers=2, collate_fn=list), []) == rows


def test_persistent_workers():
    torch.manual_seed(0)
    loader = data.DataLoader(Draws(), 2, num_workers=2, collate_fn=list, persistent_workers=True)
    first, second = sum(loader, []), sum(loader, [])
    assert [row[4] for row in first + second] == [1, 2, 1, 2, 3, 4, 5, 6, 3, 4, 7, 8]
    assert second[0][3] == 0.5241790413856506  # recorded: the streams go on
    for batch in loader:  # left in the middle
        break
    assert len(list(loader)) == 3
    assert lists(data.DataLoader(Stream(), 3, num_workers=1, persistent_workers=True)) == [
        [0, 1, 2]
    ]


class Wrong(Exception):
    def __init__(self, a, b):
        super().__init__(f"{a} and {b}")
        self.a = a


class Fails(data.Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        if i == 2:
            raise Wrong(i, "more")
        return i


@pytest.mark.taeda_only
def test_a_worker_s_exception_arrives_as_it_is():
    batches = iter(data.DataLoader(Fails(), 1, num_workers=2))
    assert next(batches).item() == 0 and next(batches).item() == 1
    with pytest.raises(Wrong, match="2 and more") as raised:
        next(batches)
    assert raised.value.a == 2
    frames = [entry.name for entry in raised.traceback]
    assert frames[-1] == "__getitem__"
    assert next(batches).item() == 3
    with pytest.raises(StopIteration):
        next(batches)


def test_worker_init_fn():
    calls = []

    def init(worker):
        info = data.get_worker_info()
        info.dataset.shift = 100 * worker
        calls.append((worker, info.id))

    class Shifted(data.IterableDataset):
        shift = None

        def __iter__(self):
            return iter([self.shift, self.shift + 1])

    source = Shifted()
    loader = data.DataLoader(source, None, num_workers=2, worker_init_fn=init)
    assert list(loader) == [0, 100, 1, 101]
    assert source.shift is None

    def broken(worker):
        raise ValueError("no start")

    with pytest.raises(ValueError, match="no start"):
        list(data.DataLoader([1], num_workers=1, worker_init_fn=broken))


@pytest.mark.taeda_only
def test_worker_init_fn_is_called_once_in_each_worker():
    calls = []
    loader = data.DataLoader(range(8), num_workers=3, worker_init_fn=calls.append)
    list(loader)
    assert sorted(calls) == [0, 1, 2]


def test_worker_timeout():
    class Slow(Squares):
        def __getitem__(self, i):
            time.sleep(0.4)
            return i

    with pytest.raises(RuntimeError, match="DataLoader timed out after 0.1 seconds"):
        list(data.DataLoader(Slow(), num_workers=1, timeout=0.1))


@pytest.mark.taeda_only
def test_workers_end_with_their_iterator():
    def workers():
        return [t for t in threading.enumerate() if t.name.startswith("DataLoader worker")]

    gc.collect()
    before = workers()
    list(data.DataLoader(range(8), num_workers=3))
    assert workers() == before
    batches = iter(data.DataLoader(range(1000), num_workers=3))
    next(batches)
    assert len(workers()) == len(before) + 3
    del batches
    gc.collect()
    assert workers() == before


@pytest.mark.taeda_only
def test_workers_share_the_data_but_not_the_attributes():
    class Base(Squares):
        opened = None

        def __getitem__(self, i):
            if self.opened is None:
                self.opened = data.get_worker_info().id
            return self.opened

    base = Base()
    for dataset in (base, data.Subset(base, range(10)), data.ConcatDataset([base, base])):
        for k, batch in enumerate(data.DataLoader(dataset, 2, num_workers=2, collate_fn=list)):
            assert batch == [k % 2] * 2
    assert base.opened is None


def test_out_of_order_gives_every_batch():
    loader = data.DataLoader(range(9), 2, num_workers=2, collate_fn=slow_first, in_order=False)
    assert sorted(list(loader)) == [[0, 1], [2, 3], [4, 5], [6, 7], [8]]


def test_many_random_shapes_agree_with_plain_python():
    rng = random.Random(0)
    for _ in range(40):
        n, size = rng.randint(1, 30), rng.randint(1, 12)
        drop_last, workers, seed = rng.random() < 0.5, rng.choice([0, 0, 1, 3]), rng.randint(0, 99)
        generator = torch.Generator()
        generator.manual_seed(seed)
        torch.empty((), dtype=torch.int64).random_(generator=generator)
        order = torch.randperm(n, generator=generator).tolist()
        expected = [order[k : k + size] for k in range(0, n, size)]
        if drop_last and len(expected[-1]) < size:
            expected.pop()
        generator.manual_seed(seed)
        loader = data.DataLoader(
            data.TensorDataset(torch.arange(n)),
            size,
            shuffle=True,
            drop_last=drop_last,
            num_workers=workers,
            generator=generator,
        )
        assert [b[0].tolist() for b in loader] == expected
