"""Matrix products: square, tall, wide, transposed, batched, of every floating dtype."""

from harness import Row


def product(name, a, b, statement="a @ b", dtype="float32"):
    setup = f"a, b = (torch.randn(s).to(torch.{dtype}) for s in ({a}, {b}))"
    return Row("matrix products", name, statement, setup)


def square(n, dtype="float32"):
    name = f"{n}^3" + (f" {dtype}" if dtype != "float32" else "")
    return product(name, (n, n), (n, n), dtype=dtype)


ROWS = [
    *(square(n) for n in (32, 64, 128, 256, 512, 1024, 2048, 4096)),
    *(square(n, "float64") for n in (32, 128, 512, 1024)),
    *(square(n, "bfloat16") for n in (32, 128, 512, 2048)),
    *(square(n, "float16") for n in (128, 512)),
    square(256, "complex64"),
    square(256, "int64"),
    product("64x1000 1000x100", (64, 1000), (1000, 100)),
    product("64x1000 (100x1000)^T", (64, 1000), (100, 1000), "a @ b.t()"),
    product("(64x1000)^T 64x100", (64, 1000), (64, 100), "a.t() @ b"),
    product("tall: 10000x64 64x64", (10000, 64), (64, 64)),
    product("wide: 64x64 64x10000", (64, 64), (64, 10000)),
    product("deep: 64x10000 10000x64", (64, 10000), (10000, 64)),
    product("vector: 1x1000 1000x1000", (1, 1000), (1000, 1000)),
    product("vector: 1x1000 (1000x1000)^T", (1, 1000), (1000, 1000), "a @ b.t()"),
    product("vector: 4096x4096 4096", (4096, 4096), (4096,)),
    product("outer: 1000x1 1x1000", (1000, 1), (1, 1000)),
    product("batched: 64 of 64^3", (64, 64, 64), (64, 64, 64)),
    product("batched: 64 of 64^3, B^T", (64, 64, 64), (64, 64, 64), "a @ b.transpose(1, 2)"),
    product("batched: 1000 of 8^3", (1000, 8, 8), (1000, 8, 8)),
    product("batched: 16x8 heads 64x32 32x64", (16, 8, 64, 32), (16, 8, 32, 64)),
    product(
        "batched: 32 of 128x256 256x128 bfloat16",
        (32, 128, 256),
        (32, 256, 128),
        "a @ b",
        "bfloat16",
    ),
    product("broadcast: 32x128x256 256x64", (32, 128, 256), (256, 64)),
    product("linear with bias 64x512 to 512", (64, 512), (512, 512), "F.linear(a, b, b[0])"),
    product("linear with bias 4096x512 to 512", (4096, 512), (512, 512), "F.linear(a, b, b[0])"),
    product("addmm 512^3, beta 0.5", (512, 512), (512, 512), "torch.addmm(b, a, b, beta=0.5)"),
    product(
        "einsum bij,bjk->bik 64^3", (64, 64, 64), (64, 64, 64), "torch.einsum('bij,bjk->bik', a, b)"
    ),
]
