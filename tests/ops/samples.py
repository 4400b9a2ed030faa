"""Samples of every op: arguments that show what it does. The generic suites of test_ops.py run on
them.

A sample is a call by name with placeholders where tensors go; the same sample gives tensors of any
dtype and layout, or NumPy arrays for its reference. To add an op, add a line; record.py records
what PyTorch gives for it, unless a NumPy reference (`ref`) says it.
"""

import math

import numpy as np
from sampling import SAMPLES, C, M, P, Real, S, T, U, W, add  # noqa: F401

# ---- pointwise, one tensor ----


def unary(names, domain=T, **flags):
    for line in names.split():
        name, _, ref = line.partition("=")
        add(name, domain(*S), ref=getattr(np, ref or name, None), pointwise=True, **flags)


unary(
    "abs sin cos tanh exp expm1 square sinh cosh arctan arcsinh=arcsinh neg=negative negative"
    " asinh=arcsinh atan=arctan exp2"
)
unary("tan deg2rad rad2deg sinc", U)
unary("asin=arcsin acos=arccos atanh=arctanh arcsin arccos arctanh", U)
unary("sqrt log log2 log10 log1p reciprocal", P)
unary("acosh=arccosh arccosh", lambda *s: T(*s, low=1.2, high=3))
unary("floor ceil trunc sign fix=fix", smooth=False)
unary("positive", inplace=False)
add("absolute", T(*S), ref=np.abs, pointwise=True)
add("rsqrt", P(*S), ref=lambda x: 1 / np.sqrt(x), pointwise=True)
add("frac", T(*S), ref=lambda x: x - np.trunc(x), pointwise=True)
add("round", T(*S), ref=np.round, pointwise=True)
add("round", T(*S), decimals=1, ref=lambda x, decimals: np.round(x, decimals), pointwise=True)
add("sigmoid", T(*S), ref=lambda x: 1 / (1 + np.exp(-x)), pointwise=True)
add("erf", T(*S), ref=np.vectorize(math.erf), pointwise=True)
add("erfc", T(*S), ref=np.vectorize(math.erfc), pointwise=True)
add("erfinv", U(*S), pointwise=True)
add("lgamma", P(*S), ref=np.vectorize(math.lgamma), pointwise=True)
add("digamma", P(*S), pointwise=True)
add("logit", T(*S, low=0.1, high=0.9), ref=lambda x: np.log(x / (1 - x)), pointwise=True)
add("logit", T(*S, low=0.1, high=0.9), eps=0.05, pointwise=True)
add("sgn", T(*S), ref=np.sign, pointwise=True)
add("angle", T(*S), ref=np.angle, pointwise=True, inplace=False)
add("conj", T(*S), ref=np.conj, pointwise=True, inplace=False)
add("conj_physical", T(*S), ref=np.conj, pointwise=True)
add("signbit", C(*S), ref=np.signbit, pointwise=True, inplace=False)
for test in ("isnan", "isinf", "isfinite", "isneginf", "isposinf"):
    add(test, C(*S), ref=getattr(np, test), pointwise=True, inplace=False)
add("logical_not", C(*S), ref=np.logical_not, pointwise=True)
add("bitwise_not", W([[1, 2], [-3, 0]]), ref=np.invert, pointwise=True)
add("nan_to_num", T(*S), ref=np.nan_to_num, pointwise=True)
add("nan_to_num", T(*S), nan=1.0, posinf=2.0, neginf=-2.0, pointwise=True)
add("clamp", T(*S), -0.5, 1.0, ref=np.clip, pointwise=True)
add("clamp", T(*S), min=-0.5, ref=lambda x, min: np.maximum(x, min), pointwise=True)
add(
    "clamp",
    T(*S),
    C(4),
    C(3, 1),
    ref=lambda x, a, b: np.minimum(np.maximum(x, a), b),
    pointwise=True,
)
add("clip", T(*S), max=0.5, ref=lambda x, max: np.minimum(x, max), pointwise=True)
add("clamp_min", T(*S), 0.25, ref=np.maximum, pointwise=True)
add("clamp_max", T(*S), 0.25, ref=np.minimum, pointwise=True)

# ---- activations ----

add("relu", T(*S), ref=lambda x: np.maximum(x, 0), pointwise=True)
for name, kwargs, ref in [
    ("relu6", {}, lambda x: np.clip(x, 0, 6)),
    (
        "leaky_relu",
        {"negative_slope": 0.2},
        lambda x, negative_slope: np.where(x > 0, x, negative_slope * x),
    ),
    ("elu", {"alpha": 1.5}, lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(x))),
    ("selu", {}, None),
    ("celu", {"alpha": 0.7}, None),
    ("gelu", {}, None),
    ("gelu", {"approximate": "tanh"}, None),
    ("silu", {}, lambda x: x / (1 + np.exp(-x))),
    ("mish", {}, None),
    ("softplus", {"beta": 2.0, "threshold": 1.5}, None),
    ("softplus", {}, lambda x: np.log1p(np.exp(x))),
    (
        "hardtanh",
        {"min_val": -0.5, "max_val": 1.0},
        lambda x, min_val, max_val: np.clip(x, min_val, max_val),
    ),
    ("logsigmoid", {}, lambda x: -np.log1p(np.exp(-x))),
    ("softsign", {}, lambda x: x / (1 + np.abs(x))),
    ("tanhshrink", {}, lambda x: x - np.tanh(x)),
    ("hardswish", {}, None),
    ("softshrink", {"lambd": 0.3}, None),
    ("hardshrink", {"lambd": 0.3}, None),
    ("threshold", {"threshold": 0.1, "value": 20.0}, None),
]:
    add(name, T(*S), ref=ref, place="functional", pointwise=True, inplace=False, **kwargs)
add("hardsigmoid", T(*S), place="functional", pointwise=True, inplace=False, once=True)
add("glu", T(3, 4), dim=1, place="functional", inplace=False)
add("prelu", T(2, 3), P(3), place="functional", inplace=False)

# ---- pointwise, several tensors ----

for name, ref in [
    ("add", np.add),
    ("sub", np.subtract),
    ("mul", np.multiply),
    ("multiply", np.multiply),
    ("subtract", np.subtract),
    ("maximum", np.maximum),
    ("minimum", np.minimum),
    ("fmax", np.fmax),
    ("fmin", np.fmin),
    ("atan2", np.arctan2),
    ("arctan2", np.arctan2),
    ("hypot", np.hypot),
    ("copysign", np.copysign),
    ("logaddexp", np.logaddexp),
    ("logaddexp2", np.logaddexp2),
]:
    inplace = name not in ("maximum", "minimum", "fmax", "fmin", "logaddexp", "logaddexp2")
    add(name, T(*S), T(*S), ref=ref, pointwise=True, inplace=inplace)
    add(name, T(*S), T(4), ref=ref, pointwise=True, inplace=inplace)
    add(name, T(3, 1), T(1, 4), ref=ref, pointwise=True, inplace=False)
add("add", T(*S), 2.5, ref=np.add, pointwise=True)
add("add", T(*S), T(*S), alpha=3, ref=lambda x, y, alpha: x + alpha * y, pointwise=True)
add("sub", T(*S), T(*S), alpha=0.5, ref=lambda x, y, alpha: x - alpha * y, pointwise=True)
add("rsub", T(*S), T(*S), ref=lambda x, y: y - x, pointwise=True, inplace=False)
add("mul", T(*S), -1.5, ref=np.multiply, pointwise=True)
for name in ("div", "divide", "true_divide"):
    add(name, T(*S), P(*S), ref=np.divide, pointwise=True)
    add(name, T(*S), 0.7, ref=np.divide, pointwise=True)
add(
    "div",
    T(*S),
    P(4),
    rounding_mode="floor",
    ref=lambda x, y, rounding_mode: x // y,
    pointwise=True,
)
add(
    "div",
    T(*S),
    P(4),
    rounding_mode="trunc",
    ref=lambda x, y, rounding_mode: np.trunc(x / y),
    pointwise=True,
)
add("floor_divide", C(*S), Real(S, 0.3, 2.5, False), ref=np.floor_divide, pointwise=True)
add("remainder", T(*S), P(*S), ref=np.remainder, pointwise=True)
add("remainder", T(*S), 0.7, ref=np.remainder, pointwise=True)
add("fmod", T(*S), P(*S), ref=np.fmod, pointwise=True)
add("pow", P(*S), T(*S), ref=np.power, pointwise=True)
add("pow", T(*S), 3, ref=np.power, pointwise=True)
add("pow", P(*S), 0.5, ref=np.power, pointwise=True)
add("pow", 2.5, T(*S), ref=np.power, pointwise=True, inplace=False)
add("float_power", P(*S), T(*S), ref=np.power, pointwise=True, inplace=False)
add("xlogy", T(*S), P(*S), ref=lambda x, y: x * np.log(y), pointwise=True)
add("lerp", T(*S), T(*S), 0.3, ref=lambda x, y, w: x + w * (y - x), pointwise=True)
add("lerp", T(*S), T(*S), T(*S), ref=lambda x, y, w: x + w * (y - x), pointwise=True)
add(
    "addcmul",
    T(*S),
    T(*S),
    T(4),
    value=0.5,
    ref=lambda x, a, b, value: x + value * a * b,
    pointwise=True,
)
add(
    "addcdiv",
    T(*S),
    T(*S),
    P(4),
    value=0.5,
    ref=lambda x, a, b, value: x + value * a / b,
    pointwise=True,
)
MASK = [[True, False, True, False], [False, False, True, True], [True, True, False, True]]
add("where", M(MASK), T(*S), T(4), ref=np.where, pointwise=True, inplace=False)
add("where", M(MASK), T(*S), 1.5, ref=np.where, pointwise=True, inplace=False)
add("where", M(MASK), ref=np.where, meta=False, inplace=False)
for name, ref in [
    ("eq", "equal"),
    ("ne", "not_equal"),
    ("lt", "less"),
    ("le", "less_equal"),
    ("gt", "greater"),
    ("ge", "greater_equal"),
    ("not_equal", "not_equal"),
    ("less", "less"),
    ("less_equal", "less_equal"),
    ("greater", "greater"),
    ("greater_equal", "greater_equal"),
    ("logical_and", "logical_and"),
    ("logical_or", "logical_or"),
    ("logical_xor", "logical_xor"),
]:
    add(name, C(*S), C(4), ref=getattr(np, ref), pointwise=True)
add("eq", C(*S), 0.5, ref=np.equal, pointwise=True)
add("isclose", C(*S), C(*S), ref=np.isclose, pointwise=True, inplace=False)
BITS = [[5, -3, 12], [7, 0, 255]]
for name, ref in [
    ("bitwise_and", np.bitwise_and),
    ("bitwise_or", np.bitwise_or),
    ("bitwise_xor", np.bitwise_xor),
]:
    add(name, W(BITS), W([3, 6, -1]), ref=ref, pointwise=True)
add("bitwise_left_shift", W(BITS), W([1, 2, 3]), ref=np.left_shift, pointwise=True)
add("bitwise_right_shift", W(BITS), W([1, 2, 3]), ref=np.right_shift, pointwise=True)
add("masked_fill", T(*S), M(MASK), 1.5, ref=lambda x, m, v: np.where(m, v, x), pointwise=True)
add("masked_fill", T(*S), M(MASK), T(), ref=lambda x, m, v: np.where(m, v, x))
add("masked_select", T(*S), M(MASK), ref=lambda x, m: x[m], meta=False, inplace=False)
add("masked_scatter", T(*S), M(MASK), T(12))
add("fill", T(*S), 2.0, inplace=True, ref=lambda x, v: np.full_like(x, v))
add("copy", T(*S), T(4), ref=lambda x, y: np.broadcast_to(y, x.shape))
add("zero", T(*S), ref=np.zeros_like)

# ---- reductions ----

R = (3, 4, 2)


def axes(dim):
    return dim if dim is None or isinstance(dim, int) else tuple(dim)


def reduction(name, ref, *shapes, domain=T, several=True, **flags):
    flags = {"inplace": False, **flags}
    add(name, domain(*R), ref=lambda x: ref(x), **flags)
    add(name, domain(*R), dim=1, ref=lambda x, dim: ref(x, axis=dim), **flags)
    add(
        name,
        domain(*R),
        dim=-1,
        keepdim=True,
        ref=lambda x, dim, keepdim: ref(x, axis=dim, keepdims=True),
        **flags,
    )
    if several:
        add(name, domain(*R), dim=(0, 2), ref=lambda x, dim: ref(x, axis=axes(dim)), **flags)


reduction("sum", np.sum)
reduction("nansum", np.nansum)
reduction("mean", np.mean)
reduction("nanmean", np.nanmean)
reduction("prod", np.prod, several=False)
reduction("amax", np.max)
reduction("amin", np.min)
reduction("var", lambda x, **k: np.var(x, ddof=1, **k))
reduction("std", lambda x, **k: np.std(x, ddof=1, **k))
add(
    "var",
    T(*R),
    dim=(0, 1),
    correction=0,
    ref=lambda x, dim, correction: np.var(x, axis=dim),
    inplace=False,
)
add(
    "std",
    T(*R),
    dim=1,
    unbiased=False,
    ref=lambda x, dim, unbiased: np.std(x, axis=dim),
    inplace=False,
)
add("std_mean", T(*R), dim=1, inplace=False)
add("var_mean", T(*R), dim=1, inplace=False)
for name in ("all", "any"):
    ref = getattr(np, name)
    add(name, M(MASK), ref=ref, inplace=False)
    add(
        name,
        M(MASK),
        1,
        True,
        ref=lambda x, d, k, ref=ref: ref(x, axis=d, keepdims=k),
        inplace=False,
    )
add("argmax", C(*R), ref=np.argmax, inplace=False)
add("argmax", C(*R), 1, ref=np.argmax, inplace=False)
add("argmin", C(*R), 2, True, ref=lambda x, d, k: np.argmin(x, d, keepdims=k), inplace=False)
add(
    "count_nonzero",
    W([[0, 1, 2], [0, 0, 3]]),
    1,
    ref=lambda x, d: np.count_nonzero(x, d),
    inplace=False,
)
for name, ref, arg in [("max", np.max, np.argmax), ("min", np.min, np.argmin)]:
    add(name, T(*R), ref=ref, inplace=False)
    add(name, T(*R), 1, ref=lambda x, d, ref=ref, arg=arg: (ref(x, d), arg(x, d)), inplace=False)
    add(
        name,
        T(*R),
        T(*R),
        ref=np.maximum if name == "max" else np.minimum,
        pointwise=True,
        inplace=False,
    )
add("aminmax", T(*R), dim=1, inplace=False)
add("median", T(3, 5), inplace=False)
add("median", T(3, 5), 1, inplace=False)
add("kthvalue", T(3, 5), 2, 1, inplace=False)
add("mode", T(3, 5), 1, inplace=False)
add("mode", W([[2, 1, 2, 1, 3], [5, 5, 4, 4, 4]]), -1, True, inplace=False)
add("quantile", T(3, 5), 0.3, 1, inplace=False)
add("norm", T(*R), ref=lambda x: np.sqrt((x * x).sum()), inplace=False)
add("norm", T(*R), 1, 1, ref=lambda x, p, d: np.abs(x).sum(d), inplace=False)
add("norm", T(*R), 3, (0, 1), inplace=False)
add("norm", T(*R), float("inf"), 1, ref=lambda x, p, d: np.abs(x).max(d), inplace=False)
add("dist", T(*S), T(*S), ref=lambda x, y: np.sqrt(((x - y) ** 2).sum()), inplace=False)
add("logsumexp", T(*R), 1, ref=lambda x, d: np.log(np.exp(x).sum(d)), inplace=False)
add("logsumexp", T(*R), (0, 2), True, inplace=False)
add("cumsum", T(*R), 1, ref=np.cumsum)
add("cumprod", T(*R), 1, ref=np.cumprod)
add("cummax", T(*R), 1, inplace=False)
add("cummin", T(*R), 1, inplace=False)
add("logcumsumexp", T(*R), 1, inplace=False)
add(
    "softmax", T(*R), 1, ref=lambda x, d: np.exp(x) / np.exp(x).sum(d, keepdims=True), inplace=False
)
add("softmax", T(*R), -1, inplace=False)
add("softmin", T(*R), -1, place="functional", inplace=False)
add("log_softmax", T(*R), 1, inplace=False)
add("log_softmax", T(*R), 2, inplace=False)
add("trace", T(3, 4), ref=np.trace, inplace=False)
add("diff", T(*S), ref=np.diff, inplace=False)
add("renorm", T(*S), 2, 0, 1.5)
add("bincount", W([0, 1, 1, 3]), ref=np.bincount, meta=False, inplace=False)

# ---- products of matrices ----

for name, a, b in [
    ("mm", (3, 4), (4, 2)),
    ("mv", (3, 4), (4,)),
    ("bmm", (2, 3, 4), (2, 4, 5)),
    ("dot", (5,), (5,)),
    ("vdot", (5,), (5,)),
    ("matmul", (3, 4), (4, 2)),
    ("matmul", (4,), (4,)),
    ("matmul", (4,), (4, 2)),
    ("matmul", (3, 4), (4,)),
    ("matmul", (2, 3, 4), (4, 2)),
    ("matmul", (2, 1, 3, 4), (5, 4, 2)),
    ("matmul", (2, 3, 4), (4,)),
    ("inner", (3, 4), (2, 4)),
    ("kron", (2, 2), (2, 3)),
]:
    ref = {"inner": np.inner, "kron": np.kron}.get(name, np.matmul)
    add(name, T(*a), T(*b), ref=ref, inplace=False)
add("outer", T(3), T(4), ref=np.outer, inplace=False)
add("cross", T(2, 3), T(2, 3), dim=1, ref=lambda x, y, dim: np.cross(x, y), inplace=False)
add("addmm", T(3, 2), T(3, 4), T(4, 2), ref=lambda m, a, b: m + a @ b)
add(
    "addmm",
    T(2),
    T(3, 4),
    T(4, 2),
    beta=0.5,
    alpha=2.0,
    ref=lambda m, a, b, beta, alpha: beta * m + alpha * (a @ b),
    inplace=False,
)
add("addmv", T(3), T(3, 4), T(4), ref=lambda v, a, b: v + a @ b)
add("addr", T(3, 4), T(3), T(4), ref=lambda m, a, b: m + np.outer(a, b))
add(
    "baddbmm",
    T(2, 3, 5),
    T(2, 3, 4),
    T(2, 4, 5),
    beta=0.5,
    alpha=2,
    ref=lambda m, a, b, beta, alpha: beta * m + alpha * (a @ b),
)
add("addbmm", T(3, 5), T(2, 3, 4), T(2, 4, 5), ref=lambda m, a, b: m + (a @ b).sum(0))
add("einsum", "ij,jk->ik", T(3, 4), T(4, 2), ref=np.einsum, inplace=False)
add("einsum", "bij,bkj,k->bi", T(2, 3, 4), T(2, 5, 4), T(5), ref=np.einsum, inplace=False)
add("einsum", "ii->i", T(3, 3), ref=np.einsum, inplace=False)
add("einsum", "...ij->...ji", T(2, 3, 4), ref=np.einsum, inplace=False)
add("tensordot", T(2, 3, 4), T(3, 4, 5), 2, ref=np.tensordot, inplace=False)
add(
    "linear",
    T(3, 4),
    T(2, 4),
    T(2),
    ref=lambda x, w, b: x @ w.T + b,
    place="functional",
    inplace=False,
)
add("linear", T(2, 3, 4), T(2, 4), ref=lambda x, w: x @ w.T, place="functional", inplace=False)
add(
    "linear",
    T(4),
    T(2, 4),
    T(2),
    ref=lambda x, w, b: x @ w.T + b,
    place="functional",
    inplace=False,
)
add("bilinear", T(3, 2), T(3, 4), T(5, 2, 4), T(5), place="functional", inplace=False)

# ---- shapes ----

V = {"views": True, "inplace": False, "exact": True}
add("t", T(3, 4), ref=np.transpose, views=True, exact=True)
add("transpose", T(*R), 0, 2, ref=np.swapaxes, views=True, exact=True)
add("swapaxes", T(*R), 0, 2, ref=np.swapaxes, views=True, exact=True)
add("swapdims", T(*R), 0, 2, ref=np.swapaxes, views=True, exact=True)
add("permute", T(*R), (2, 0, 1), ref=np.transpose, **V)
add("movedim", T(*R), 0, 2, ref=np.moveaxis, **V)
add("moveaxis", T(*R), (0, 1), (1, 2), ref=np.moveaxis, **V)
add("reshape", T(*R), (4, -1), ref=np.reshape, **V)
add("reshape_as", T(*R), C(4, 6), ref=lambda x, y: x.reshape(y.shape), **V)
add("flatten", T(*R), 1, ref=lambda x, d: x.reshape(3, 8), **V)
add("ravel", T(*R), ref=np.ravel, **V)
add("unflatten", T(3, 4), 1, (2, 2), ref=lambda x, d, s: x.reshape(3, 2, 2), **V)
add("squeeze", T(3, 1, 2, 1), ref=np.squeeze, views=True, exact=True)
add("squeeze", T(3, 1, 2, 1), 1, ref=np.squeeze, views=True, exact=True)
add("squeeze", T(3, 1, 2, 1), (1, 3), ref=np.squeeze, views=True, exact=True)
add("unsqueeze", T(3, 4), 1, ref=np.expand_dims, views=True, exact=True)
add("broadcast_to", T(3, 1), (2, 3, 4), ref=np.broadcast_to, **V)
add("narrow", T(*R), 1, 1, 2, ref=lambda x, d, s, n: x[:, 1:3], **V)
add("select", T(*R), 1, -1, ref=lambda x, d, i: x[:, -1], **V)
add("split", T(*R), 3, 1, ref=lambda x, n, d: (x[:, :3], x[:, 3:]), **V)
add("split", T(*R), [1, 3], 1, ref=lambda x, n, d: (x[:, :1], x[:, 1:]), **V)
add("tensor_split", T(*R), 3, 1, ref=lambda x, n, d: tuple(np.array_split(x, n, d)), **V)
add("chunk", T(*R), 2, 1, ref=lambda x, n, d: (x[:, :2], x[:, 2:]), **V)
add("unbind", T(*R), 2, ref=lambda x, d: (x[..., 0], x[..., 1]), **V)
add("diagonal", T(3, 4, 2), 1, 0, 1, ref=np.diagonal, **V)
add(
    "as_strided",
    T(3, 4),
    (2, 2),
    (4, 2),
    ref=lambda x, s, t: x[:2, :4:2],
    views=True,
    inplace=False,
    exact=True,
)
add("unfold", T(6), 0, 3, 2, place="Tensor", **V)
add("expand", T(3, 1), (2, 3, 4), ref=np.broadcast_to, place="Tensor", **V)
add(
    "expand_as", T(3, 1), C(3, 4), ref=lambda x, y: np.broadcast_to(x, y.shape), place="Tensor", **V
)
add("view", T(*R), (4, 6), ref=np.reshape, place="Tensor", **V)
add("view_as", T(*R), C(4, 6), ref=lambda x, y: x.reshape(y.shape), place="Tensor", **V)
add("repeat", T(3, 4), (2, 1, 2), ref=np.tile, place="Tensor", inplace=False, exact=True)
add(
    "sum_to_size",
    T(3, 4),
    (3, 1),
    ref=lambda x, s: x.sum(1, keepdims=True),
    place="Tensor",
    inplace=False,
)
add("detach", C(3, 4), ref=np.array, place="", views=True, exact=True)
add("contiguous", T(3, 4), ref=np.array, place="Tensor", inplace=False, exact=True)
add("clone", T(3, 4), ref=np.array, inplace=False, exact=True)
add("tile", T(3, 4), (2, 1), ref=np.tile, inplace=False, exact=True)
add("repeat_interleave", T(3, 4), 2, 1, ref=np.repeat, inplace=False)
add("flip", T(*R), (0, 2), ref=np.flip, inplace=False, exact=True)
add("fliplr", T(*R), ref=np.fliplr, inplace=False, exact=True)
add("flipud", T(*R), ref=np.flipud, inplace=False, exact=True)
add("rot90", T(3, 4), ref=lambda x: np.rot90(x), inplace=False, exact=True)
add("roll", T(*R), 2, 1, ref=np.roll, inplace=False, exact=True)
add("roll", T(*R), (1, -1), (0, 2), ref=np.roll, inplace=False, exact=True)
add("roll", T(*R), 5, ref=np.roll, inplace=False, exact=True)
add("tril", T(3, 4), ref=np.tril, exact=True)
add("triu", T(2, 3, 4), 1, ref=np.triu, exact=True)
add("diag", T(4), ref=np.diag, inplace=False)
add("diag", T(3, 4), 1, ref=np.diag, inplace=False)
add("diag_embed", T(2, 3), inplace=False)
add("cat", [T(2, 3), T(4, 3), T(1, 3)], ref=np.concatenate, inplace=False, exact=True)
add("cat", [T(2, 3), T(2, 1)], 1, ref=np.concatenate, inplace=False, exact=True)
add("concat", [T(2, 3), T(2, 1)], -1, ref=np.concatenate, inplace=False, exact=True)
add("stack", [T(2, 3), T(2, 3)], 1, ref=np.stack, inplace=False, exact=True)
add("hstack", [T(2, 3), T(2, 3)], ref=np.hstack, inplace=False, exact=True)
add("vstack", [T(2, 3), T(2, 3)], ref=np.vstack, inplace=False, exact=True)
add("dstack", [T(2, 3), T(2, 3)], ref=np.dstack, inplace=False, exact=True)
add(
    "meshgrid",
    T(2),
    T(3),
    indexing="ij",
    ref=lambda x, y, indexing: tuple(np.meshgrid(x, y, indexing="ij")),
    inplace=False,
)
add(
    "pad",
    T(2, 3),
    (1, 2),
    place="functional",
    ref=lambda x, p: np.pad(x, ((0, 0), (1, 2))),
    inplace=False,
)
add("pad", T(2, 3, 4), (1, 2), mode="reflect", place="functional", inplace=False)

# ---- index tensors ----

INDEX = [[0, 2, 1, 0], [1, 1, 0, 2]]
add("gather", T(3, 4), 0, W(INDEX), ref=lambda x, d, i: np.take_along_axis(x, i, d), inplace=False)
add("take_along_dim", T(3, 4), W(INDEX), 0, ref=np.take_along_axis, inplace=False)
add("scatter", T(3, 4), 0, W([[0, 2, 1, 0], [1, 1, 0, 2]]), T(2, 4))
add("scatter", T(3, 4), 0, W(INDEX), 1.5)
add("scatter_add", T(3, 4), 0, W(INDEX), T(2, 4))
add("scatter_reduce", T(3, 4), 0, W(INDEX), T(2, 4), "sum")
add("scatter_reduce", T(3, 4), 0, W(INDEX), T(2, 4), "amax", include_self=False)
add("index_select", T(3, 4), 1, W([3, 0, 0]), ref=lambda x, d, i: np.take(x, i, d), inplace=False)
add("index_add", T(3, 4), 1, W([3, 0, 0]), T(3, 3), alpha=2)
add("index_copy", T(3, 4), 1, W([3, 0]), T(3, 2))
add("index_fill", T(3, 4), 1, W([3, 0]), 1.5)
add("index_put", T(3, 4), (W([0, 2]), W([1, 1])), T(2))
add("index_put", T(3, 4), (W([0, 0]), W([1, 1])), T(2), accumulate=True)
add("take", T(3, 4), W([0, 11, -1]), ref=np.take, inplace=False)
add("nonzero", W([[0, 1], [2, 0]]), ref=np.argwhere, meta=False, inplace=False)
add("argwhere", W([[0, 1], [2, 0]]), ref=np.argwhere, meta=False, inplace=False)
add("sort", T(3, 5), 1, ref=lambda x, d: (np.sort(x, d), np.argsort(x, d)), inplace=False)
add(
    "sort",
    T(3, 5),
    0,
    True,
    ref=lambda x, d, r: (-np.sort(-x, d), np.argsort(-x, d)),
    inplace=False,
)
add("argsort", C(3, 5), 1, ref=np.argsort, inplace=False)
add(
    "topk",
    T(3, 5),
    2,
    1,
    ref=lambda x, k, d: (-np.sort(-x, d)[:, :k], np.argsort(-x, d)[:, :k]),
    inplace=False,
)
add("topk", T(5), 3, largest=False, inplace=False)
add("unique", W([3, 1, 3, 2]), ref=np.unique, meta=False, inplace=False)
add("unique", W([3, 1, 3, 2]), return_inverse=True, return_counts=True, meta=False, inplace=False)
add("unique_consecutive", W([1, 1, 2, 1]), meta=False, inplace=False)
add(
    "one_hot",
    W([0, 2, 1]),
    4,
    place="functional",
    inplace=False,
    ref=lambda i, n: np.eye(n, dtype=np.int64)[i],
)
add(
    "embedding",
    W([[0, 2], [1, 2]]),
    T(4, 3),
    place="functional",
    ref=lambda i, w: w[i],
    inplace=False,
)
add(
    "embedding",
    W([[0, 2], [1, 2]]),
    T(4, 3),
    padding_idx=2,
    place="functional",
    inplace=False,
    smooth=False,
)
add("searchsorted", W([1, 3, 5]), W([0, 3, 6]), ref=np.searchsorted, inplace=False)
add("bucketize", W([0, 3, 6]), W([1, 3, 5]), ref=lambda v, b: np.searchsorted(b, v), inplace=False)

# ---- factories and random numbers ----

N = {"inplace": False, "meta": False}
add("zeros", (2, 3), **N)
add("ones", (2, 3), **N)
add("empty", (2, 3), random=True, **N)
add("full", (2, 3), 1.5, **N)
add("eye", 3, 4, ref=np.eye, **N)
add("arange", 1, 10, 3, ref=np.arange, **N)
add("arange", 0.0, 1.0, 0.25, **N)
add("linspace", 0, 1, 5, **N)
add("logspace", 0, 2, 3, **N)
add("scalar_tensor", 3.5, **N)
add("tril_indices", 3, 4, ref=lambda n, m: np.array(np.tril_indices(n, 0, m)), **N)
add("triu_indices", 3, 4, ref=lambda n, m: np.array(np.triu_indices(n, 0, m)), **N)
add("empty_strided", (2, 3), (1, 2), random=True, **N)
for name in ("zeros_like", "ones_like"):
    add(name, C(*S), inplace=False)
add("full_like", C(*S), 1.5, inplace=False)
add("empty_like", C(*S), random=True, inplace=False)
for name in ("rand", "randn"):
    add(name, (2, 3), random=True, **N)
    add(f"{name}_like", C(*S), random=True, inplace=False)
add("randint", 0, 9, (2, 3), random=True, **N)
add("randint_like", C(*S), 9, random=True, inplace=False)
add("randperm", 7, random=True, **N)
add("bernoulli", Real(S, 0.1, 0.9, False), random=True, inplace=False)
add("poisson", Real(S, 0.1, 4.0, False), random=True, inplace=False)
add("_standard_gamma", Real(S, 0.3, 4.0, False), random=True, inplace=False)
add("binomial", Real(S, 1.0, 30.0, False), Real(S, 0.1, 0.9, False), random=True, inplace=False)
add("multinomial", Real((2, 5), 0.1, 0.9, False), 3, random=True, inplace=False)
add("normal", C(*S), Real(S, 0.3, 2.5, False), random=True, inplace=False)
add("normal", C(*S), 2.0, random=True)
for name in ("uniform", "exponential", "geometric", "cauchy", "log_normal", "random"):
    add(name, C(*S), *([0.5] if name == "geometric" else []), random=True, inplace=False)
for name in ("new_zeros", "new_ones", "new_empty"):
    add(name, C(*S), (2,), place="Tensor", random=name == "new_empty", inplace=False)
add("new_full", C(*S), (2,), 1.5, place="Tensor", inplace=False)
add("new_empty_strided", C(*S), (2, 3), (1, 2), place="Tensor", random=True, inplace=False)

import samples_nn  # noqa: E402, F401  (they add their own)
import samples_numeric  # noqa: E402, F401
