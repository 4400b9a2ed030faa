"""Datasets, samplers, batches and worker processes."""

import random

import numpy as np
import torch
from torch.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
)

torch.manual_seed(0)
np.random.seed(0)


class Faces(Dataset):
    def __init__(self, n=10, transform=None):
        self.x = np.arange(n * 6, dtype=np.float32).reshape(n, 2, 3)
        self.transform = transform

    def __len__(self):
        return len(self.x)

    def __getitem__(self, idx):
        if torch.is_tensor(idx):
            idx = idx.tolist()
        sample = {
            "image": self.x[idx],
            "landmarks": np.array([idx, idx + 1.0]),
            "name": "img%d" % idx,
        }
        return self.transform(sample) if self.transform else sample


class ToTensor(object):
    def __call__(self, s):
        return {
            "image": torch.from_numpy(s["image"]).t(),
            "landmarks": torch.from_numpy(s["landmarks"]),
            "name": s["name"],
        }


class Compose:
    def __init__(self, ts):
        self.ts = ts

    def __call__(self, x):
        for t in self.ts:
            x = t(x)
        return x


ds = Faces(transform=Compose([ToTensor()]))
for i_batch, b in enumerate(DataLoader(ds, batch_size=4, shuffle=True, num_workers=0)):
    print(i_batch, b["image"].size(), b["landmarks"], b["name"])


def collate(batch):
    xs, ys = zip(*batch)
    lens = torch.tensor([len(x) for x in xs])
    return torch.nn.utils.rnn.pad_sequence(xs, batch_first=True), torch.tensor(ys), lens


seqs = [(torch.arange(n), n % 2) for n in (3, 1, 4, 2)]
for x, y, l in DataLoader(seqs, batch_size=2, collate_fn=collate):
    print(x, y, l)
t = TensorDataset(torch.arange(10), torch.arange(10) * 2)
print(
    len(t),
    t[3],
    t[2:4],
    ConcatDataset([t, t])[12],
    Subset(t, [1, 5])[1],
    [len(s) for s in random_split(t, [7, 3])],
    [
        s.indices
        for s in random_split(range(10), [0.5, 0.5], generator=torch.Generator().manual_seed(42))
    ],
)
print(
    list(WeightedRandomSampler([0.1, 0.9, 0.4], 5)),
    list(BatchSampler(SequentialSampler(range(7)), 3, False)),
    list(RandomSampler(range(4))),
    list(SubsetRandomSampler([3, 5, 7])),
    list(RandomSampler(range(3), replacement=True, num_samples=5)),
)
print(
    [
        b[0].tolist()
        for b in DataLoader(
            t,
            batch_size=3,
            drop_last=True,
            shuffle=True,
            generator=torch.Generator().manual_seed(1),
        )
    ],
    len(DataLoader(t, batch_size=3)),
    len(DataLoader(t, 3, drop_last=True)),
)


class It(IterableDataset):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __iter__(self):
        w = get_worker_info()
        if w is None:
            s, e = self.a, self.b
        else:
            per = -(-(self.b - self.a) // w.num_workers)
            s = self.a + w.id * per
            e = min(s + per, self.b)
        return iter(range(s, e))


print(
    list(DataLoader(It(3, 7), num_workers=0)),
    list(DataLoader(It(3, 7), num_workers=2)),
    list(DataLoader(It(3, 9), batch_size=2, num_workers=2)),
)


def seed_worker(worker_id):
    worker_seed = torch.initial_seed() % 2**32
    np.random.seed(worker_seed)
    random.seed(worker_seed)


g = torch.Generator()
g.manual_seed(0)
for b in DataLoader(
    t,
    batch_size=5,
    num_workers=2,
    worker_init_fn=seed_worker,
    generator=g,
    shuffle=True,
    persistent_workers=True,
    pin_memory=False,
    prefetch_factor=2,
):
    print(b)


class R(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return torch.rand(1), i


for b in DataLoader(R(), batch_size=2, num_workers=2):
    print(b)
it = iter(DataLoader(t, batch_size=4))
print(next(it)[0], next(it)[0], next(it)[0])
try:
    next(it)
except StopIteration:
    print("stop")


class My(Sampler):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(reversed(range(self.n)))

    def __len__(self):
        return self.n


print(
    [b for b in DataLoader(range(5), sampler=My(5), batch_size=2)],
    default_collate([{"a": 1, "b": [1.0, 2.0]}, {"a": 2, "b": [3.0, 4.0]}]),
    default_collate([(1, "x"), (2, "y")]),
    default_convert(np.ones(2)),
)
for bad in (
    lambda: DataLoader(t, shuffle=True, sampler=My(2)),
    lambda: DataLoader(t, batch_size=0),
    lambda: next(iter(DataLoader([torch.ones(2), torch.ones(3)], batch_size=2))),
    lambda: random_split(t, [1, 2]),
    lambda: TensorDataset(torch.ones(2), torch.ones(3)),
    lambda: next(iter(DataLoader([object()]))),
    lambda: len(DataLoader(It(0, 2))),
):
    try:
        bad()
        print("fine")
    except Exception as e:
        print(type(e).__name__, str(e).splitlines()[0][:140])


class Err(Dataset):
    def __len__(self):
        return 2

    def __getitem__(self, i):
        raise KeyError("boom")


try:
    list(DataLoader(Err(), num_workers=1))
except KeyError:
    print("KeyError from worker")
