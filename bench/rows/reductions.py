"""Reductions: over everything, the last, the first and middle dimensions; scans."""

from harness import Row

LAST = """
x.sum(1) x.mean(1) x.amax(1) x.max(1) x.argmax(1) x.prod(1) x.var(1) x.std(1) x.norm(dim=1)
x.logsumexp(1) x.cumsum(1) x.cumprod(1) x.any(1) x.all(1) x.cummax(1) x.min(1)
"""
FIRST = "x.sum(0) x.mean(0) x.amax(0) x.max(0) x.argmax(0) x.var(0) x.norm(dim=0) x.cumsum(0)"
MIDDLE = "x.sum(1) x.amax(1) x.max(1) x.argmax(1) x.var(1) x.mean((0,2)) x.sum((0,2))"
WHOLE = """
x.sum() x.mean() x.max() x.min() x.argmax() x.var() x.std() x.norm() x.prod() x.count_nonzero()
x.isnan().any() x.median() torch.aminmax(x)
"""


def row(name, statement, setup):
    return Row("reductions", name, statement, setup)


MATRIX = "x = torch.rand(4096, 1000) + 0.5"
ROWS = [
    *(row(f"{s}, 4096x1000", s, MATRIX) for s in (LAST + FIRST + WHOLE).split()),
    *(row(f"{s}, 64x256x256", s, "x = torch.rand(64, 256, 256)") for s in MIDDLE.split()),
    *(
        row(f"{s}, 4096x1000 {dtype}", s, f"x = torch.rand(4096, 1000).to(torch.{dtype})")
        for dtype in ("float64", "bfloat16")
        for s in ("x.sum()", "x.sum(1)", "x.sum(0)", "x.amax(1)")
    ),
    row("x.sum(1), 4096x1000 int64", "x.sum(1)", "x = torch.ones(4096, 1000, dtype=torch.int64)"),
    row("x.sum(1), 100000x10", "x.sum(1)", "x = torch.rand(100000, 10)"),
    row("x.max(1), 100000x10", "x.max(1)", "x = torch.rand(100000, 10)"),
    row("x.argmax(1), 100000x10", "x.argmax(1)", "x = torch.rand(100000, 10)"),
    row("x.sum(1), 300000x3", "x.sum(1)", "x = torch.rand(300000, 3)"),
    row("x.sum(1), 40000x25", "x.sum(1)", "x = torch.rand(40000, 25)"),
    row("x.max(), 10^6 int64", "x.max()", "x = torch.randint(10**6, (10**6,))"),
    row("x.cummin(1), 4096x1000", "x.cummin(1)", MATRIX),
    row("x.cummax(0), 4096x1000", "x.cummax(0)", MATRIX),
    row("x.sum(), 10^8", "x.sum()", "x = torch.rand(10**8)"),
    row("x.sum(), 10^4", "x.sum()", "x = torch.rand(10**4)"),
    row("x.t().sum(1), 4096x1000", "x.t().sum(1)", MATRIX),
    row("mask.sum(), 10^6", "m.sum()", "m = torch.rand(10**6) < 0.5"),
    row("(x==y).sum(), 10^6", "(x == y).sum()", "x, y = torch.randint(9, (2, 10**6))"),
    row("torch.dot, 10^6", "x.dot(x)", "x = torch.rand(10**6)"),
]
