"""Records what PyTorch gives for calls of our own making: `python tests/golden/record.py` with a
Python that has torch 2.13. Writes ours.json.gz in the format of README.md; the tests need only
that file.

Each line of CALLS names ops and the arguments they are tried with; every dtype is tried, and what
PyTorch refuses is left out.
"""

import gzip
import json
import math
import pathlib
import warnings

import torch

FILE = pathlib.Path(__file__).with_name("ours.json.gz")
DTYPES = "float32", "float64", "int64", "bool", "complex64", "bfloat16"


class Values:
    """A tensor of this shape: distinct values between low and high, the same at every run."""

    def __init__(self, *shape, low=-3.0, high=3.0, kind=None, turned=False, special=False):
        self.shape, self.low, self.high = shape, low, high
        self.kind, self.turned, self.special = kind, turned, special

    def tensor(self, dtype, place):
        dtype = getattr(torch, self.kind or dtype)
        n = math.prod(self.shape)
        spread = (torch.arange(1, n + 1, dtype=torch.float64) * 0.6180339887 + 0.37 * place) % 1
        x = self.low + (self.high - self.low) * spread
        if dtype is torch.bool:
            x = spread > 0.4
        elif dtype.is_complex:
            x = torch.complex(x, x.flip(0) * 0.7)
        elif not dtype.is_floating_point:
            x = x.round()
        elif self.special and n >= 6:
            x[:6] = torch.tensor([math.inf, -math.inf, math.nan, 0.0, -0.0, 1.0])
        x = x.to(dtype)
        if self.turned:
            return x.reshape(self.shape[::-1]).permute(*range(len(self.shape) - 1, -1, -1))
        return x.reshape(self.shape)


class Fixed:
    """The same tensor for every dtype: indices, masks."""

    def __init__(self, values, dtype=None):
        self.values, self.dtype = values, dtype

    def tensor(self, dtype, place):
        return torch.tensor(self.values, dtype=self.dtype)


# No order of complex numbers, no products of bools.
WITHOUT = {(op, "complex64") for op in ("cummax", "cummin", "mode")} | {("mm", "bool")}
V, F = Values, Fixed
SHAPES = V(2, 3), V(), V(0, 2), V(4, 3, turned=True), V(3, 4, special=True)
NARROW = V(2, 3, low=-0.9, high=0.9), V(low=-0.5, high=0.5), V(0, 2)
ABOVE = V(2, 3, low=1.1, high=4), V(low=1.5, high=2), V(0, 2)
PAIRS = (
    (V(2, 3), V(2, 3)),
    (V(3, 1), V(4)),
    (V(), V(2)),
    (V(0, 2), V(2)),
    (V(3, 2, turned=True), V(3, 2)),
    (V(3, 4, special=True), V(3, 4, low=-1)),
    (V(2, 3), 2),
    (V(2, 3), -1.5),
)
INDEX = F([[0, 2, 1], [1, 0, 0]])

# ops, then tuples of positional arguments, with a dict of keywords at the end if there are any.
CALLS = [
    (
        "abs ceil trunc frac sgn positive sigmoid tanh sin cosh atan erf exp2 expm1 deg2rad rad2deg"
        " reciprocal square conj angle logical_not isneginf isposinf log10 log1p nn.functional.relu"
        " nn.functional.celu nn.functional.elu nn.functional.hardswish nn.functional.hardtanh"
        " nn.functional.leaky_relu nn.functional.logsigmoid nn.functional.mish"
        " nn.functional.softsign nn.functional.tanhshrink zeros_like lgamma digamma i0 sinc"
        " nan_to_num special.i0e special.i1 special.i1e special.erfcx special.ndtri special.ndtr"
        " special.log_ndtr special.entr special.bessel_j0 special.bessel_j1"
        " special.modified_bessel_i0 special.modified_bessel_i1 special.spherical_bessel_j0",
        *[(s,) for s in SHAPES],
    ),
    ("acos atanh erfinv", *[(s,) for s in NARROW]),
    (
        "acosh special.bessel_y0 special.bessel_y1 special.modified_bessel_k0"
        " special.modified_bessel_k1 special.scaled_modified_bessel_k0"
        " special.scaled_modified_bessel_k1 special.gammaln special.psi special.airy_ai",
        *[(s,) for s in ABOVE],
    ),
    ("logit", (V(2, 3, low=0.1, high=0.9),), (V(2, 3, low=-0.2, high=1.2), {"eps": 0.1})),
    ("polygamma", *[(n, V(2, 3, low=0.2, high=5)) for n in (0, 1, 2, 4)]),
    ("mvlgamma", (V(2, 3, low=2.1, high=5), 3)),
    (
        "sub minimum fmin fmod floor_divide atan2 ge gt logical_and xlogy ldexp float_power"
        " heaviside nextafter logaddexp logaddexp2 gcd lcm bitwise_xor bitwise_left_shift"
        " special.xlog1py",
        *PAIRS,
    ),
    ("igamma igammac", (V(2, 3, low=0.2, high=9), V(2, 3, low=0.1, high=12))),
    ("special.zeta", (V(2, 3, low=1.5, high=6), V(2, 3, low=0.5, high=6))),
    (
        "special.chebyshev_polynomial_t special.chebyshev_polynomial_u"
        " special.chebyshev_polynomial_v special.chebyshev_polynomial_w"
        " special.hermite_polynomial_h special.hermite_polynomial_he"
        " special.laguerre_polynomial_l special.legendre_polynomial_p"
        " special.shifted_chebyshev_polynomial_t",
        *[(V(2, 3, low=-1.2, high=1.2), n) for n in (0, 1, 2, 5)],
    ),
    ("clamp_min", (V(2, 3), 0.5), (V(2, 3), V(3)), (V(2, 3, special=True), 0)),
    ("lerp", (V(2, 3), V(2, 3), 0.25), (V(2, 3), V(3), V(2, 3, low=0, high=1))),
    ("addcmul addcdiv", (V(2, 3), V(2, 3), V(3, low=1), {"value": 2})),
    (
        "prod any count_nonzero nansum nanmean std var var_mean",
        (V(2, 3),),
        (V(2, 3), 1),
        (V(2, 3, 2), -2, {"keepdim": True}),
        (V(0, 2), 0),
        (V(),),
    ),
    ("amax", (V(2, 3),), (V(2, 3), 1), (V(2, 3, 2), (0, -1), {"keepdim": True}), (V(),)),
    ("min argmin mode", (V(2, 3),), (V(2, 3), 1), (V(2, 3), 0, {"keepdim": True}), (V(),)),
    ("logsumexp log_softmax", (V(2, 3), 1), (V(2, 3, special=True), 0), (V(3, low=90, high=99), 0)),
    ("nn.functional.softmin", (V(2, 3), {"dim": 1})),
    (
        "cumsum cumprod cummax cummin logcumsumexp",
        (V(2, 3), 1),
        (V(2, 4, special=True), -1),
        (V(), 0),
        (V(0, 2), 1),
    ),
    ("diff", (V(5),), (V(2, 4), 2, 0), (V(2, 4), {"n": 0}), (V(2, 3), 1, -1, V(2, 1), V(2, 2))),
    ("mm", (V(2, 3), V(3, 4)), (V(0, 3), V(3, 2)), (V(3, 2, turned=True), V(2, 2))),
    ("mv", (V(2, 3), V(3))),
    ("vdot inner", (V(4), V(4))),
    ("outer", (V(2), V(3))),
    ("kron", (V(2, 2), V(3)), (V(), V(2, 1))),
    ("cross", (V(2, 3), V(2, 3)), (V(3, 2), V(3, 1), {"dim": 0})),
    ("dist", (V(2, 3), V(3)), (V(2, 3), V(2, 3), 1), (V(4), V(4), math.inf)),
    ("cdist", (V(2, 3), V(4, 3)), (V(2, 2, 3), V(2, 4, 3), 1.0), (V(2, 3), V(2, 3), math.inf)),
    ("addmm", (V(2, 4), V(2, 3), V(3, 4)), (V(4), V(2, 3), V(3, 4), {"beta": 0, "alpha": 2})),
    ("addmv", (V(2), V(2, 3), V(3)), (V(), V(2, 3), V(3), {"beta": 2, "alpha": 3})),
    ("addr", (V(2, 3), V(2), V(3)), (V(3), V(2), V(3), {"beta": 0})),
    ("baddbmm", (V(2, 2, 2), V(2, 2, 3), V(2, 3, 2)), (V(2), V(2, 2, 3), V(2, 3, 2))),
    ("trace", (V(2, 3),)),
    ("cov corrcoef", (V(2, 4),), (V(4),)),
    ("trapezoid cumulative_trapezoid", (V(2, 3),), (V(2, 3), V(3)), (V(2, 3), {"dx": 2.0})),
    ("histc", (V(9), 4), (V(9), 3, -1, 1)),
    ("bincount", (F([1, 2, 2, 0]),)),
    ("flip", (V(2, 3), (0,)), (V(2, 3), (0, 1))),
    ("flipud ravel", (V(2, 3),), (V(3, 2, turned=True),)),
    ("rot90", (V(2, 3),), (V(2, 3), -1), (V(2, 3, 2), 2, (1, 2))),
    ("flatten", (V(2, 3, 2),), (V(2, 3, 2), 1)),
    ("movedim", (V(2, 3, 2), 0, 2), (V(2, 3, 2), (0, 1), (2, 0))),
    ("transpose", (V(2, 3), 0, 1)),
    ("permute", (V(2, 3, 2), (2, 0, 1))),
    ("unsqueeze", (V(2, 3), 1), (V(), 0)),
    ("broadcast_to", (V(3), (2, 3))),
    ("split", (V(5), 2), (V(5, 2), [1, 4], 0)),
    ("tensor_split", (V(7), 3), (V(7), (1, 3)), (V(2, 5), 2, 1)),
    ("hsplit", (V(2, 4), 2), (V(4), [1, 3])),
    ("unsafe_chunk", (V(5), 2)),
    ("cat hstack", ([V(2, 3), V(2, 3)],), ([V(2), V(1), V(0)],)),
    ("diag_embed", (V(2, 3),), (V(2, 3), 1, 0, 2)),
    ("gather", (V(2, 3), 1, INDEX), (V(2, 3), -1, F([[2], [0]]))),
    ("take_along_dim", (V(2, 3), INDEX, 1), (V(2, 3), F([5, 0]))),
    ("take", (V(2, 3), F([5, 0, -1]))),
    ("scatter_add", (V(2, 3), 1, INDEX, V(2, 3))),
    *[
        ("scatter_reduce", (V(2, 3), 1, INDEX, V(2, 3), how, {"include_self": own}))
        for how in ("sum", "mean", "amax", "amin", "prod")
        for own in (True, False)
    ],
    *[
        ("index_reduce", (V(3, 2), 0, F([1, 1, 0]), V(3, 2), how, {"include_self": own}))
        for how in ("prod", "mean", "amax", "amin")
        for own in (True, False)
    ],
    ("index_copy", (V(3, 2), 0, F([2, 0]), V(2, 2))),
    ("index_fill", (V(3, 2), 0, F([2, 0]), 1)),
    (
        "index_put",
        (V(3, 2), (F([2, 0]),), V(2, 2)),
        (V(3, 2), (F([2, 2]), F([0, 0])), V(2), {"accumulate": True}),
        (V(3, 2), (F([True, False, True]),), V(2)),
    ),
    ("masked_select", (V(2, 3), F([[True, False, True], [False, True, True]]))),
    ("masked_scatter", (V(2, 3), F([[True, False, True], [False, True, True]]), V(5))),
    ("argwhere nonzero", (V(2, 3),), (V(),), (V(0, 2),)),
    ("unique", (F([3, 1, 3, 2]),)),
    ("isin", (V(2, 3), V(2)), (F([1, 2, 3]), F([2, 5]), {"invert": True})),
    ("select_scatter", (V(2, 3), V(3), 0, 1)),
    ("slice_scatter", (V(4, 2), V(2, 2), 0, 1, 4, 2)),
    ("diagonal_scatter", (V(3, 3), V(2), 1)),
    ("vander", (V(3),), (V(3), 2, True)),
    ("combinations", (V(4),), (V(3), 2, True)),
    ("gradient", (V(5),), (V(4, 3), {"spacing": 0.5, "dim": 1}), (V(4, 4), {"edge_order": 2})),
    ("frexp", (V(2, 3),)),
    ("unravel_index", (F([3, 5]), (2, 3))),
    ("tensordot", (V(2, 3), V(3, 2), 1), (V(2, 3, 2), V(3, 2), [[1, 2], [0, 1]])),
    ("allclose equal", (V(2, 3), V(2, 3))),
    ("ones", ((2, 3),)),
    ("full_like", (V(2, 3), 2)),
    ("expand_copy", (V(3), (2, 3))),
    ("view_as_real", (V(2, 3),)),
    ("complex polar", (V(2, 3, low=0.1), V(2, 3, low=-1))),
    (
        "hann_window hamming_window blackman_window bartlett_window kaiser_window",
        (7,),
        (6, False),
        (1,),
        (0,),
    ),
    ("Tensor.expand", (V(3), 2, 3), (V(2, 1), -1, 4)),
    ("Tensor.unfold", (V(5), 0, 3, 2), (V(2, 4), 1, 2, 1)),
    ("Tensor.contiguous", (V(3, 2, turned=True),)),
    ("Tensor.new_ones", (V(2), (2, 3))),
    ("Tensor.put_", (V(2, 3), F([5, 0]), V(2)), (V(2, 3), F([1, 1]), V(2), True)),
    ("Tensor.fill_diagonal_", (V(3, 3), 2), (V(5, 2), 1, True)),
]


def encoded(value):
    if isinstance(value, torch.Tensor):
        x = value.detach()
        record = {"tensor": str(x.dtype).split(".")[1], "shape": list(x.shape)}
        flat = x.contiguous().flatten()
        if x.dtype is torch.bfloat16:
            data = [int(v) & 0xFFFF for v in flat.view(torch.int16).tolist()]
        elif x.is_complex():
            data = [v for z in torch.view_as_real(flat).tolist() for v in z]
        else:
            data = [int(v) if x.dtype is torch.bool else v for v in flat.tolist()]
        short = x.dtype in (torch.float32, torch.complex64)
        record["data"] = [float(f"{v:.9g}") if short else v for v in data]
        if value.requires_grad:
            record["grad"] = True
        if not x.is_contiguous():
            record["strides"] = list(x.stride())
        return record
    if isinstance(value, tuple):
        fields = list(getattr(type(value), "_fields", ())) or [
            n
            for n in dir(value)
            if getattr(type(value), "n_fields", 0)
            and not n.startswith("_")
            and n not in ("count", "index", "n_fields", "n_sequence_fields", "n_unnamed_fields")
        ]
        fields = sorted(fields, key=lambda n: [v is getattr(value, n) for v in value].index(True))
        return {"tuple": [encoded(v) for v in value], "fields": fields}
    if isinstance(value, list):
        return [encoded(v) for v in value]
    if isinstance(value, dict):
        return {k: encoded(v) for k, v in value.items()}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    return value


def arguments(given, dtype, grad):
    place = 0

    def made(value):
        nonlocal place
        if isinstance(value, (Values, Fixed)):
            place += 1
            x = value.tensor(dtype, place)
            return x.requires_grad_() if grad and x.is_floating_point() else x
        if isinstance(value, (list, tuple)):
            return type(value)(made(v) for v in value)
        return value

    given = list(given)
    kwargs = given.pop() if isinstance(given[-1], dict) else {}
    return [made(v) for v in given], kwargs


def function_of(form):
    found = torch.Tensor if form.startswith("Tensor.") else torch
    for part in form.split(".")[1:]:
        found = getattr(found, part)
    return found


def tensors_of(value):
    return [value] if isinstance(value, torch.Tensor) else list(value)


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        return (
            a.dtype == b.dtype and a.shape == b.shape and encoded(a)["data"] == encoded(b)["data"]
        )
    return all(map(same, a, b)) if isinstance(a, (tuple, list)) else a == b


def case_of(op, given, dtype):
    form = op if op.startswith("Tensor.") else f"torch.{op}"
    args, kwargs = arguments(given, dtype, False)
    out = function_of(form)(*args, **kwargs)
    record = {"op": form, "dtype": dtype, "forms": [form]}
    args, kwargs = arguments(given, dtype, dtype == "float64")
    record |= {"args": [encoded(a) for a in args], "kwargs": encoded(kwargs), "out": encoded(out)}
    name = op.split(".")[-1]
    if "." not in op and isinstance(args[0], torch.Tensor):
        for method in (name, name + "_"):
            again, kwargs = arguments(given, dtype, False)
            try:
                result = getattr(again[0], method)(*again[1:], **kwargs)
            except Exception:
                continue
            if same(result, out):
                record["forms"].append(f"Tensor.{method}")
    if dtype == "bfloat16":
        record["room"] = 2  # a rounding more or less on the way
    leaves = [x for x in flat_tensors(args) if x.requires_grad]
    # What a gradient at NaN is, is nobody's business.
    if leaves and not name.endswith("_") and not any(getattr(g, "special", 0) for g in given):
        add_gradients(record, form, args, kwargs, leaves)
    return record


def flat_tensors(values):
    for v in values:
        if isinstance(v, torch.Tensor):
            yield v
        elif isinstance(v, (list, tuple)):
            yield from flat_tensors(v)


def add_gradients(record, form, args, kwargs, leaves):
    out = function_of(form)(*args, **kwargs)
    record["out"] = encoded(out)
    loss = 0
    outs = [o for o in flat_tensors([out])]
    for k, o in enumerate(outs):
        if o.requires_grad:
            weight = ((torch.arange(o.numel()) * 7 + 3 * k) % 11 - 4.5) / 4
            for part in (o.real, o.imag) if o.is_complex() else (o,):
                loss = loss + (part * weight.reshape(o.shape)).sum()
    if isinstance(loss, int):
        return
    try:
        grads = torch.autograd.grad(loss, leaves, allow_unused=True)
    except (RuntimeError, NotImplementedError):
        for part in flat_records(record):
            part.pop("grad", None)
        return
    record["grads"] = [None if g is None else encoded(g) for g in grads]


def flat_records(value):
    if isinstance(value, dict):
        if "tensor" in value:
            yield value
        for v in value.values():
            yield from flat_records(v)
    elif isinstance(value, list):
        for v in value:
            yield from flat_records(v)


def main():
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    cases, count = [], {}
    for ops, *calls in CALLS:
        for op in ops.split():
            for dtype in DTYPES:
                for given in calls:
                    if (op, dtype) in WITHOUT:
                        continue
                    try:
                        case = case_of(op, given, dtype)
                    except (RuntimeError, TypeError, IndexError, ValueError):
                        continue
                    number = count[op, dtype] = count.get((op, dtype), -1) + 1
                    cases.append({"id": f"{dtype} {number}", **case})
    text = "[" + ",\n".join(json.dumps(c) for c in cases) + "]"
    with gzip.GzipFile(FILE, "wb", 9, mtime=0) as file:
        file.write(text.encode())
    print(f"{len(cases)} cases of {len({c['op'] for c in cases})} ops, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
