"""Data movement, indexing and sorting."""

from harness import Row

SQUARE = "x = torch.rand(2048, 2048)"
IMAGES = "x = torch.rand(32, 64, 28, 28)"
ROWS_OF = "x = torch.rand(50000, 64); i = torch.randint(50000, (20000,))"
LINE = "x = torch.rand(10**6)"
KEYS = "x = torch.randint(1000, (10**6,))"
TABLE = "x = torch.rand(4096, 1000)"
LAST = "\nlast = nn.Embedding(50000, 64); out = last(i); g = torch.ones_like(out)"


def move(name, statement, setup):
    return Row("data movement", name, statement, setup)


def sort(name, statement, setup):
    return Row("sort", name, statement, setup)


ROWS = [
    move("transpose copy 2048^2", "x.t().contiguous()", SQUARE),
    move("transpose copy 2048^2 bfloat16", "x.t().contiguous()", SQUARE + ".bfloat16()"),
    move("transpose copy 1000^2 uint8", "x.t().contiguous()", "x = torch.zeros(1000, 1000).byte()"),
    move("permute NCHW to NHWC", "x.permute(0, 2, 3, 1).contiguous()", IMAGES),
    move("permute NHWC to NCHW", "x.contiguous()", IMAGES + ".permute(0, 2, 3, 1)"),
    move(
        "heads: 16x64x4x32 transpose(1, 2)",
        "x.contiguous()",
        "x = torch.rand(16, 64, 4, 32).transpose(1, 2)",
    ),
    move("clone 10^6", "x.clone()", LINE),
    move("cat of 2, dim 0", "torch.cat((x, x))", SQUARE),
    move("cat of 2, dim 1", "torch.cat((x, x), 1)", SQUARE),
    move(
        "stack of 32 images", "torch.stack(xs)", "xs = [torch.rand(3, 32, 32) for _ in range(32)]"
    ),
    move("split and cat", "torch.cat(x.split(512, 1), 0)", SQUARE),
    move("repeat 4", "x.repeat(4, 1)", "x = torch.rand(1000, 256)"),
    move("repeat_interleave 4", "x.repeat_interleave(4, 0)", "x = torch.rand(1000, 256)"),
    move("flip", "x.flip(1)", SQUARE),
    move("flip rows", "x.flip(0)", SQUARE),
    move("roll", "x.roll(7, 1)", SQUARE),
    move("roll rows", "x.roll(7, 0)", SQUARE),
    move("pad 2 images", "F.pad(x, (2, 2, 2, 2))", IMAGES),
    move("pad reflect", "F.pad(x, (2, 2, 2, 2), mode='reflect')", IMAGES),
    move("tril 2048^2", "x.tril()", SQUARE),
    move("index rows x[i]", "x[i]", ROWS_OF),
    move("index_select", "x.index_select(0, i)", ROWS_OF),
    move("index x[:, i]", "x[:, i]", "x = torch.rand(2000, 1000); i = torch.randint(1000, (500,))"),
    move("gather dim 1", "x.gather(1, i)", TABLE + "; i = torch.randint(1000, (4096, 100))"),
    move("gather dim 0", "x.gather(0, i)", TABLE + "; i = torch.randint(4096, (100, 1000))"),
    move("take", "x.take(i)", LINE + "; i = torch.randint(10**6, (10**5,))"),
    move("scatter dim 1", "x.scatter(1, i, 1.0)", TABLE + "; i = torch.randint(1000, (4096, 100))"),
    move(
        "scatter_add_",
        "y.scatter_add_(0, i, x)",
        LINE + "; y = torch.zeros(1000); i = torch.randint(1000, (10**6,))",
    ),
    move(
        "scatter_reduce amax",
        "y.scatter_reduce(0, i, x, 'amax')",
        LINE + "; y = torch.zeros(1000); i = torch.randint(1000, (10**6,))",
    ),
    move("index_add_", "x.index_add_(0, i, y)", ROWS_OF + "; y = torch.rand(20000, 64)"),
    move(
        "index_put_ accumulate",
        "x.index_put_((i,), y, accumulate=True)",
        ROWS_OF + "; y = torch.rand(20000, 64)",
    ),
    move("x[i] = y", "x[i] = y", ROWS_OF + "; y = torch.rand(20000, 64)"),
    move("masked_select x[m]", "x[x > 0.5]", LINE),
    move("x[m] = 0", "x[m] = 0.0", LINE + "; m = x > 0.5"),
    move("masked_fill", "x.masked_fill(m, 0.0)", LINE + "; m = x > 0.5"),
    move("masked_scatter", "x.masked_scatter(m, x)", LINE + "; m = x > 0.5"),
    move("nonzero", "m.nonzero()", LINE + "; m = x > 0.5"),
    move("one_hot 10^5 of 10", "F.one_hot(i, 10)", "i = torch.randint(10, (10**5,))"),
    move("embedding 20000 of 64", "F.embedding(i, x)", ROWS_OF),
    move(
        "embedding gradient",
        "torch.autograd.grad(out, last.weight, g, retain_graph=True)",
        ROWS_OF + LAST,
    ),
    move("arange 10^6", "torch.arange(10**6)", ""),
    move("zeros 10^6", "torch.zeros(10**6)", ""),
    move("tolist 10^5", "x.tolist()", "x = torch.rand(10**5)"),
    move("tensor(list) 10^5", "torch.tensor(x)", "x = torch.rand(10**5).tolist()"),
    sort("sort 10^6", "x.sort()", LINE),
    sort("sort 10^6, stable, falling", "x.sort(descending=True, stable=True)", LINE),
    sort("sort 10^6 float64", "x.sort()", LINE + ".double()"),
    sort("sort 10^6 int64 of 1000", "x.sort()", KEYS),
    sort("sort rows 4096x1000", "x.sort(1)", TABLE),
    sort("sort columns 4096x1000", "x.sort(0)", TABLE),
    sort("argsort 10^5", "x.argsort()", "x = torch.rand(10**5)"),
    sort("topk 10 of 10^6", "x.topk(10)", LINE),
    sort("topk 1000 of 10^6", "x.topk(1000)", LINE),
    sort("topk 10 of 10^6 int64", "x.topk(10)", KEYS),
    sort("topk 5 of 1000, 4096 rows", "x.topk(5, 1)", TABLE),
    sort("kthvalue 10^6", "x.kthvalue(1000)", LINE),
    sort("median of rows", "x.median(1)", TABLE),
    sort("quantile 10^6", "x.quantile(0.3)", LINE),
    sort("unique of 1000, 10^6", "x.unique()", KEYS),
    sort("unique with counts, inverse", "x.unique(return_inverse=True, return_counts=True)", KEYS),
    sort("unique_consecutive", "x.unique_consecutive()", KEYS + ".sort().values"),
    sort("bincount", "x.bincount()", KEYS),
    sort("histc", "x.histc(100, 0, 1)", LINE),
    sort("searchsorted", "torch.searchsorted(b, x)", LINE + "; b = torch.linspace(0, 1, 1000)"),
    sort("bucketize", "torch.bucketize(x, b)", LINE + "; b = torch.linspace(0, 1, 1000)"),
]
