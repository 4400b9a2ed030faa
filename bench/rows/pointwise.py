"""Elementwise ops: fresh results, results in place, all floating dtypes, broadcasting."""

from harness import Row

UNARY = """
x.exp()         x.log()     x.sin()      x.cos()         x.tanh()        x.sigmoid()  x.erf()
x.expm1()       x.log1p()   x.sqrt()     x.rsqrt()       x.abs()         -x           x.round()
x.relu()        F.gelu(x)   F.silu(x)    F.elu(x)        F.softplus(x)   F.mish(x)    x.square()
F.hardswish(x)  x.log2()    x.atan()     x.reciprocal()  x.clamp(0.6,1)  x.sign()     x.isnan()
F.gelu(x,approximate='tanh')             F.leaky_relu(x) F.logsigmoid(x) x.long()     x.double()
"""
BINARY = """
x+y  x-y  x*y  x/y  x<y  x%y  x**y  x**2  x**1.5  x*2+1  torch.maximum(x,y)  torch.atan2(x,y)
torch.where(m,x,y)  torch.lerp(x,y,0.3)  torch.addcmul(x,x,y)  x.masked_fill(m,0.0)
"""
STATEMENTS = UNARY.split() + BINARY.split()
POWERS = {10**k: f"10^{k}" for k in range(3, 9)}


def fresh(statement, n=10**6, dtype="float32"):
    make = f"x, y = ((torch.rand({n}) + 0.5).to(torch.{dtype}) for _ in 'xy')"
    if "m" in statement.replace("torch.", "").replace("masked", ""):
        make += "; m = x < y"
    name = f"{statement}, {POWERS[n]}" + (f" {dtype}" if dtype != "float32" else "")
    return Row("pointwise, fresh", name, statement, make)


def kept(name, statement, setup):
    return Row("pointwise, in place", name, statement, setup)


TWO = "x, y, z = torch.rand({0}), torch.rand({0}), torch.rand({0})"
ROWS = [
    *(fresh(s) for s in STATEMENTS),
    *(fresh(s, n) for s in ("x.exp()", "x+y") for n in POWERS if n != 10**6),
    *(fresh(s, 10**7) for s in ("x.sigmoid()", "F.gelu(x)", "x<y", "x*2+1")),
    *(
        fresh(s, 10**6, dtype)
        for dtype in ("float64", "float16", "bfloat16")
        for s in ("x.exp()", "x+y", "x*y", "x/y", "x<y", "x.tanh()", "x.sigmoid()", "F.gelu(x)")
    ),
    fresh("x.float()", 10**6, "bfloat16"),
    fresh("x.bfloat16()", 10**6),
    fresh("x.half()", 10**6),
    *(fresh(s, 10**6, "int64") for s in ("x+y", "x*y", "x//(y+1)", "x.float()", "x==y")),
    *(fresh(s, 10**6, "complex64") for s in ("x+y", "x*y", "x.abs()")),
    *(kept(f"x.add_(y), {p}", "x.add_(y)", TWO.format(n)) for n, p in POWERS.items()),
    *(kept(f"x.mul_(0.999), {p}", "x.mul_(0.999)", TWO.format(n)) for n, p in POWERS.items()),
    *(kept(f"exp(out=), {POWERS[n]}", "torch.exp(x, out=y)", TWO.format(n)) for n in POWERS),
    kept("add(out=), 10^7", "torch.add(x, y, out=z)", TWO.format(10**7)),
    kept("x.relu_(), 10^6", "x.relu_()", TWO.format(10**6)),
    kept("x.fill_(1), 10^7", "x.fill_(1.0)", TWO.format(10**7)),
    kept("x.zero_(), 10^6", "x.zero_()", TWO.format(10**6)),
    kept("x.copy_(y), 10^7", "x.copy_(y)", TWO.format(10**7)),
    kept("x += row, 4096 x 1000", "x.add_(r)", "x, r = torch.rand(4096, 1000), torch.rand(1000)"),
    kept(
        "x += column, 4096 x 1000",
        "x.add_(r)",
        "x, r = torch.rand(4096, 1000), torch.rand(4096, 1)",
    ),
    kept(
        "x += y.t(), 2048 x 2048", "x.add_(y.t())", "x, y = (torch.rand(2048, 2048) for _ in 'xy')"
    ),
    kept("x[:, ::2] += 1", "x[:, ::2] += 1", "x = torch.rand(1000, 1000)"),
    kept(
        "x += channel, 32x64x28x28",
        "x.add_(b)",
        "x, b = torch.rand(32, 64, 28, 28), torch.rand(64, 1, 1)",
    ),
    kept("exp of denormals, 10^6", "x.exp()", "x = torch.full((10**6,), 1e-40)"),
    kept("mul of denormals, 10^6", "x * x", "x = torch.full((10**6,), 1e-40)"),
]
