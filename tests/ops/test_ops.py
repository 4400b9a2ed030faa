"""Every op, by the op table: results, dtypes, layouts, shapes, in-place forms, gradients, threads,
leaks.

A new op needs a line in samples.py and nothing here. An op without a sample, a documentation or a
gradient rule fails.
"""

import functools
import gc
import gzip
import json
import warnings

import numpy as np
import pytest
from calls import (
    FLOATS,
    Missing,
    arrays_of,
    call,
    call_inplace,
    differentiable,
    dtype_name,
    filled,
    flat,
    function_of,
    inputs_of,
    inputs_of_dtype,
    numbers,
    placeholders,
    weights,
)
from record import FILE
from samples import SAMPLES
from sampling import Real

import taeda as torch

with gzip.open(FILE, "rt") as file:
    RECORDED = json.load(file)

TOLERANCES = {
    "complex64": (2e-5, 2e-6),
    "float16": (4e-3, 4e-3),
    "bfloat16": (4e-2, 4e-2),
    "float32": (2e-5, 2e-6),
    "float64": (1e-9, 1e-11),
}
REFUSALS = (RuntimeError, NotImplementedError, TypeError, ValueError, IndexError)
each = functools.partial(pytest.mark.parametrize, "sample", ids=lambda s: s.id)
quiet = pytest.mark.filterwarnings("ignore")
# Where PyTorch falls short of what is asked here (16-bit floats, second derivatives, overflow
# before its time).
PYTORCH_LACKS = {
    "multi_margin_loss",
    "multilabel_margin_loss",
    "cdist",
    "sinh",
    "cosh",
    "sgn",
}


# A view's own rules: its elements are counted in memory, so other layouts mean other elements, or
# none at all.
COUNTS_IN_MEMORY = ("as_strided", "as_strided_scatter", "view", "view_as", "view_as_complex")
# PyTorch rounds a constant of these gradients (1/6, 1/alpha) to float32, also for float64.
PYTORCH_ROUNDS = {"celu", "hardsigmoid"}
# PyTorch's gradient of input is that of the elements that src replaces; its own gradcheck says so.
PYTORCH_ERRS = {("as_strided_scatter", 0)}
# complex32 is not there: what would make it says so, and so does PyTorch of bfloat16.
MAKES_COMPLEX = {"complex", "polar", "view_as_complex"}
# PyTorch refuses 16-bit numbers in so many words, and so do we.
WIDE_ONLY = {"quantile": "must be either float or double", "nanquantile": "must be either float"}


def excuse(sample):
    if torch.__name__ == "torch" and sample.name in PYTORCH_LACKS:
        pytest.skip("PyTorch does not have this")


TABLE = torch._C._op_table() if hasattr(torch._C, "_op_table") else []
PUBLIC = [op for op in TABLE if op["scope"]]


def exists(sample):
    try:
        return bool(function_of(sample))
    except Missing:
        return False


HERE = [s for s in SAMPLES if exists(s)]
POINTWISE = [s for s in HERE if s.pointwise]
FLOATING = [s for s in HERE if not s.random and any(isinstance(p, Real) for p in placeholders(s))]


def plain_values(record):
    values = record["data"]
    if "complex" in record["dtype"]:
        values = [complex(*v) for v in values]
    return np.array(
        values, record["dtype"] if record["dtype"] != "bfloat16" else "float32"
    ).reshape(record["shape"])


def compare(got, want, dtype=None, where=""):
    """`got` is a tensor, `want` an array; `dtype` gives the tolerance."""
    assert tuple(got.shape) == want.shape, f"{where}: shape {tuple(got.shape)}, not {want.shape}"
    dtype = dtype or dtype_name(got)
    if want.dtype.kind in "fc":
        relative, absolute = TOLERANCES.get(dtype, TOLERANCES["float64"])
        np.testing.assert_allclose(
            numbers(got), want, relative, absolute, equal_nan=True, err_msg=where
        )
    else:
        np.testing.assert_array_equal(numbers(got), want, err_msg=where)


def same_bits(a, b):
    return dtype_name(a) == dtype_name(b) and np.array_equal(
        numbers(a), numbers(b), equal_nan=a.is_floating_point()
    )


# ---- the table ----


@pytest.mark.taeda_only
def test_the_table_is_complete():
    sampled, wrong = {s.name for s in SAMPLES}, []
    for op in PUBLIC:
        name = op["name"]
        if not op["doc"].strip():
            wrong.append(f"{name}: no documentation")
        if name not in sampled:
            wrong.append(f"{name}: no sample")
        if op["differentiable"] and not (op["gradient"] or op["composite"]):
            wrong.append(f"{name}: no gradient rule")
    assert PUBLIC and not wrong, f"{len(wrong)} of {len(PUBLIC)}\n" + "\n".join(wrong)


def test_samples_are_checked_by_something():
    nothing = [s.id for s in HERE if s.id not in RECORDED and s.ref is None]
    assert not nothing, f"no recorded result and no reference: {nothing}"


# ---- results ----


@quiet
@each(argvalues=HERE)
def test_result(sample):
    result = call(sample, inputs_of(sample, torch.float64))
    if sample.id in RECORDED:
        check_recorded(result, RECORDED[sample.id]["out"])
    if sample.ref:
        args, kwargs = filled(sample, arrays_of(sample))
        want = sample.ref(*args, **kwargs)
        want = want if isinstance(want, tuple) else (want,)
        got = flat(result)
        assert len(got) == len(want)
        for g, w in zip(got, want):
            compare(g, np.asarray(w))


def check_recorded(result, record, where="result", loose=False):
    if isinstance(record, dict):
        assert dtype_name(result) == record["dtype"], (
            f"{where}: {result.dtype}, not {record['dtype']}"
        )
        if "data" not in record:  # random
            assert list(result.shape) == record["shape"]
            return
        compare(result, plain_values(record), "bfloat16" if loose else None, where)
    elif isinstance(record, list):
        assert len(result) == len(record)
        for i, (r, w) in enumerate(zip(result, record)):
            check_recorded(r, w, f"{where}[{i}]", loose)
    else:
        assert result == record


@quiet
@each(argvalues=HERE)
def test_arguments_are_left_alone(sample):
    tensors = inputs_of(sample, torch.float64)
    before = [t.clone() for t in tensors]
    versions = [t._version for t in tensors]
    call(sample, tensors)
    assert all(same_bits(a, b) for a, b in zip(tensors, before)) and versions == [
        t._version for t in tensors
    ]


# ---- dtypes ----


@quiet
@each(argvalues=FLOATING)
def test_all_floating_dtypes(sample):
    """What takes one floating dtype takes all four, and computes the same."""
    excuse(sample)
    for dtype in FLOATS[:3]:
        tensors = inputs_of(sample, getattr(torch, dtype))
        exact = [t.double() if t.is_floating_point() else t for t in tensors]
        if dtype != "float32" and sample.name in WIDE_ONLY:
            with pytest.raises(RuntimeError, match=WIDE_ONLY[sample.name]):
                call(sample, tensors)
            continue
        if dtype != "float32" and sample.name in MAKES_COMPLEX:
            refused_complex32(sample, tensors, dtype)
            continue
        got, want = flat(call(sample, tensors)), flat(call(sample, exact))
        assert len(got) == len(want)
        for g, w in zip(got, want):
            if w.is_floating_point():
                own = "float64" if sample.name == "float_power" else dtype
                assert dtype_name(g) == own, f"{g.dtype} from {dtype}"
                if steady(sample):
                    compare(g, numbers(w), dtype, where=dtype)
            elif w.is_complex():
                assert g.dtype == torch.complex64
                compare(g, numbers(w), "complex64")
            else:
                assert g.dtype == w.dtype and g.shape == w.shape


def refused_complex32(sample, tensors, dtype):
    if torch.__name__ == "torch":
        return
    error, text = (
        (NotImplementedError, "complex32") if dtype == "float16" else (RuntimeError, "BFloat16")
    )
    with pytest.raises(error, match=text):
        call(sample, tensors)


def steady(sample):
    """Whether a rounding of the input moves the result by about as much."""
    return (
        sample.name
        not in (
            "floor",
            "ceil",
            "trunc",
            "fix",
            "round",
            "frac",
            "remainder",
            "fmod",
            "floor_divide",
            "erfinv",
            "logit",
            "acosh",
            "arccosh",
            "digamma",
            "std_mean",
            "instance_norm",
            "batch_norm",
            "cosine_embedding_loss",
            "renorm",
            "prod",
            "cumprod",
            "div",
        )
        or sample.name == "div"
        and not sample.kwargs
    )


@quiet
@each(argvalues=[s for s in FLOATING if "dtypes" in RECORDED.get(s.id, ())])
def test_every_dtype(sample):
    """What PyTorch gives, or the class of what it raises, for each dtype."""
    wrong = []
    for dtype, want in RECORDED[sample.id]["dtypes"].items():
        if isinstance(want, dict) and want["dtype"] == "complex32":
            refused_complex32(sample, inputs_of_dtype(sample, dtype), dtype)
            continue
        try:
            result = call(sample, inputs_of_dtype(sample, dtype))
        except REFUSALS as error:
            if want not in [c.__name__ for c in type(error).__mro__]:
                wrong.append(f"{dtype}: {type(error).__name__}: {error}, not {str(want)[:60]}")
            continue
        if isinstance(want, str) and want != "NotImplementedError":  # more is fine
            wrong.append(f"{dtype}: a result of {flat(result)[0].dtype}, not {want}")
        if isinstance(want, str):
            continue
        try:
            if sample.name in ("topk", "kthvalue"):  # of equal elements any may be told
                check_places(sample, dtype, result)
                result, want = result[0], want[0]
            check_recorded(result, want, loose=dtype in ("float16", "bfloat16"))
        except AssertionError as error:
            wrong.append(f"{dtype}: {' '.join(str(error).split())[:250]}")
    assert not wrong, "\n".join(wrong)


def check_places(sample, dtype, result):
    """The indices name elements equal to the values, each another one."""
    x = filled(sample, inputs_of_dtype(sample, dtype))[0][0]
    dim = sample.kwargs.get("dim", sample.args[2] if len(sample.args) > 2 else -1)
    values, indices = result
    if indices.dim() < x.dim():
        values, indices = values.unsqueeze(dim), indices.unsqueeze(dim)
    np.testing.assert_array_equal(numbers(x.gather(dim, indices)), numbers(values))
    lines = indices.movedim(dim, -1).reshape(-1, indices.shape[dim]).tolist()
    assert all(len(set(line)) == len(line) for line in lines)


@quiet
@each(argvalues=[s for s in HERE if RECORDED.get(s.id, {}).get("method")])
def test_the_method_is_the_function(sample):
    tensors = inputs_of(sample, torch.float64)
    args, kwargs = filled(sample, tensors)
    if not isinstance(args[0], torch.Tensor) or sample.id == "where-2":
        pytest.skip("its first argument is no tensor")
    if sample.name == "where":
        args = (args[1], args[0], *args[2:])
    got, want = getattr(args[0], sample.name), call(sample, tensors)
    if sample.name not in ("real", "imag"):  # those are attributes
        got = got(*args[1:], **kwargs)
    assert len(flat(got)) == len(flat(want))
    assert all(same_bits(a, b) for a, b in zip(flat(got), flat(want)))


@quiet
@each(argvalues=[s for s in HERE if RECORDED.get(s.id, {}).get("out=")])
def test_out(sample):
    """`out=` receives the result, and is what comes back."""
    tensors = inputs_of(sample, torch.float64)
    args, kwargs = filled(sample, tensors)
    want = call(sample, tensors)
    out = torch.empty_like(want)
    assert function_of(sample)(*args, out=out, **kwargs) is out
    assert same_bits(out, want)


# ---- layouts ----


def relaid(tensor, how):
    """The same values in other memory."""
    if how == "transposed" and tensor.dim() >= 2:
        made = torch.empty(tuple(tensor.shape)[::-1], dtype=tensor.dtype).permute(
            *range(tensor.dim())[::-1]
        )
    elif how == "strided" and tensor.dim() >= 1:
        base = torch.zeros((*tensor.shape[:-1], tensor.shape[-1] * 2 + 1), dtype=tensor.dtype)
        made = base[..., 1 : 1 + 2 * tensor.shape[-1] : 2]
    else:
        made = torch.zeros(tensor.numel() + 3, dtype=tensor.dtype)[3:].view(
            tensor.shape
        )  # off the usual alignment
    made.copy_(tensor)
    return made


@quiet
@pytest.mark.parametrize("how", ["transposed", "strided", "offset"])
@each(argvalues=[s for s in HERE if not s.random and s.name not in COUNTS_IN_MEMORY])
def test_layouts(sample, how):
    tensors = inputs_of(sample, torch.float64)
    want = flat(call(sample, tensors))
    got = flat(call(sample, [relaid(t, how) for t in tensors]))
    assert len(got) == len(want)
    for g, w in zip(got, want):
        if sample.pointwise or sample.exact:
            assert same_bits(g, w)
        else:
            compare(g, numbers(w))


# ---- in place ----


@quiet
@each(argvalues=[s for s in HERE if s.inplace and not s.random])
def test_in_place(sample):
    tensors = inputs_of(sample, torch.float64)
    if sample.name in (
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "not_equal",
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "logical_and",
        "logical_or",
        "logical_xor",
        "logical_not",
    ):
        want = [t.to(torch.float64) for t in flat(call(sample, tensors))]
    else:
        want = flat(call(sample, tensors))
    target, back = call_inplace(sample, tensors)
    assert back is target
    assert same_bits(target, want[0])


@pytest.mark.taeda_only
def test_in_place_forms_are_sampled():
    """The table's word on in-place forms is what the samples say."""
    wrong = []
    for op in PUBLIC:
        name = op["name"]
        samples = [s for s in HERE if s.name == name]
        if (
            op["inplace"]
            and samples
            and not any(s.inplace for s in samples)
            and hasattr(torch.Tensor, name + "_")
        ):
            tensors = inputs_of(samples[0], torch.float64)
            try:
                target, back = call_inplace(samples[0], tensors)
            except REFUSALS as error:
                wrong.append(f"{name}_: {error}")
                continue
            if back is not target:
                wrong.append(f"{name}_ returned another object")
    assert not wrong, "\n".join(wrong)


# ---- gradients ----


def with_gradients(sample):
    return sample.id in RECORDED and any(RECORDED[sample.id].get("grads") or ())


DIFFERENTIABLE = [s for s in FLOATING if with_gradients(s)]


@quiet
@each(argvalues=DIFFERENTIABLE)
def test_gradient(sample):
    """The recorded gradient, of float64 and of float32; and the value does not depend on the
    graph."""
    excuse(sample)
    for dtype in ("float64", "float32"):
        tensors = inputs_of(sample, getattr(torch, dtype), grad=True)
        result = call(sample, tensors)
        outs, leaves = differentiable(result), [t for t in tensors if t.requires_grad]
        with torch.no_grad():
            plain = flat(call(sample, inputs_of(sample, getattr(torch, dtype))))
        assert all(same_bits(a, b) for a, b in zip(flat(result), plain))
        loss = sum((o * w).sum() for o, w in zip(outs, weights(outs)))
        grads = torch.autograd.grad(loss, leaves, allow_unused=True)
        for k, (g, record) in enumerate(zip(grads, RECORDED[sample.id]["grads"])):
            if (sample.name, k) in PYTORCH_ERRS:
                continue
            if record is None:
                assert g is None or not numbers(g).any()
                continue
            assert g is not None, f"no gradient for input {k}"
            assert dtype_name(g) == dtype and g.shape == leaves[k].shape
            if dtype == "float64" or steady(sample):
                want = plain_values(record)
                relative, absolute = (1e-8, 1e-10) if dtype == "float64" else (2e-4, 1e-4)
                if sample.name in PYTORCH_ROUNDS:
                    relative = max(relative, 1e-7)
                np.testing.assert_allclose(
                    numbers(g), want, relative, absolute, err_msg=f"input {k}"
                )


def checked(sample, check):
    tensors = inputs_of(sample, torch.float64, grad=True)
    leaves = [t for t in tensors if t.requires_grad]

    def function(*moved):
        rest = iter(moved)
        outs = differentiable(call(sample, [next(rest) if t.requires_grad else t for t in tensors]))
        return tuple(outs) if len(outs) != 1 else outs[0]

    assert check(function, tuple(leaves))


@quiet
@each(argvalues=[s for s in DIFFERENTIABLE if s.smooth])
def test_gradcheck(sample):
    checked(sample, torch.autograd.gradcheck)


@quiet
@each(argvalues=[s for s in DIFFERENTIABLE if s.smooth and not s.once])
def test_gradgradcheck(sample):
    excuse(sample)
    checked(sample, torch.autograd.gradgradcheck)


@quiet
@each(argvalues=DIFFERENTIABLE)
def test_gradients_through_other_layouts(sample):
    """A transposed leaf, and a cotangent that is expanded from one number."""
    excuse(sample)
    grads = []
    for how in ("plain", "transposed"):
        tensors = inputs_of(sample, torch.float64, grad=True)
        leaves = [t for t in tensors if t.requires_grad]
        if how != "plain" and sample.name not in COUNTS_IN_MEMORY:
            laid = [relaid(t.detach(), how).requires_grad_(t.requires_grad) for t in tensors]
            tensors, leaves = laid, [t for t in laid if t.requires_grad]
        outs = differentiable(call(sample, tensors))
        ones = [torch.ones((), dtype=o.dtype).expand(o.shape) for o in outs]
        grads.append(torch.autograd.grad(outs, leaves, ones, allow_unused=True))
    for a, b in zip(*grads):
        if a is not None:
            np.testing.assert_allclose(numbers(a), numbers(b), 1e-9, 1e-11)


# ---- meta tensors ----


@quiet
@each(argvalues=[s for s in HERE if s.meta])
def test_meta(sample):
    """A run without data gives the same dtypes, shapes and strides."""
    tensors = inputs_of(sample, torch.float64)
    want = flat(call(sample, tensors))
    got = flat(call(sample, [t.to("meta") for t in tensors]))
    assert len(got) == len(want)
    for g, w in zip(got, want):
        assert g.device.type == "meta" and g.dtype == w.dtype and g.shape == w.shape
        if sample.pointwise or sample.views:
            assert g.stride() == w.stride()


# ---- pointwise ops: shapes, positions, extremes, threads ----


def reshaped(sample, shape, dtype):
    """Inputs of any one shape, whatever the sample's are."""
    tensors = []
    for i, place in enumerate(placeholders(sample)):
        if isinstance(place, Real):
            array = Real(shape, place.low, place.high).array(f"{sample.name} {i}")
            tensors.append(torch.from_numpy(array).to(dtype))
        else:
            flat_values = np.array(place.values, place.dtype).reshape(-1)
            tensors.append(torch.from_numpy(np.resize(flat_values, shape)))
    return tensors


@quiet
@each(argvalues=POINTWISE)
def test_zero_dim_and_empty(sample):
    one, point = (
        flat(call(sample, reshaped(sample, (1,), torch.float64))),
        flat(call(sample, reshaped(sample, (), torch.float64))),
    )
    for a, b in zip(one, point):
        assert b.shape == () and same_bits(a.reshape(()), b)
    for shape in [(0,), (2, 0, 3)]:
        for t in flat(call(sample, reshaped(sample, shape, torch.float64))):
            assert tuple(t.shape) == shape


@quiet
@each(argvalues=POINTWISE)
def test_broadcasting(sample):
    """An input of size one stands for all its copies."""
    tensors = reshaped(sample, (3, 5), torch.float64)
    for k in range(len(tensors)):
        if len(tensors) == 1:
            break
        small = [t[:, :1] if i == k else t for i, t in enumerate(tensors)]
        full = [t.expand(3, 5) for t in small]
        for a, b in zip(flat(call(sample, small)), flat(call(sample, full))):
            assert same_bits(a, b)


@quiet
@pytest.mark.taeda_only
@each(argvalues=POINTWISE)
def test_the_position_does_not_matter(sample):
    """Elements give the same bits alone, in a vector register, in a tail, and behind a stride."""
    for dtype in (torch.float32, torch.float16):
        tensors = reshaped(sample, (71,), dtype)
        whole = flat(call(sample, tensors))[0]
        for start, end in [(0, 1), (1, 2), (3, 20), (37, 71), (70, 71)]:
            part = flat(call(sample, [t[start:end].clone() for t in tensors]))[0]
            assert same_bits(part, whole[start:end]), f"{start}:{end} of {dtype}"
        sparse = flat(call(sample, [t[::3] for t in tensors]))[0]
        assert same_bits(sparse, whole[::3].clone())


EXTREMES = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    1e-40,
    -1e-40,
    1e-8,
    1e8,
    -1e8,
    89.0,
    -104.0,
    710.0,
    3e38,
    -3e38,
    np.inf,
    -np.inf,
    np.nan,
    np.pi,
    1.1754944e-38,
]
# The formula of the reference overflows or cancels where the op must not.
UNFAIR = {
    "logit",
    "softplus",
    "silu",
    "gelu",
    "mish",
    "logsigmoid",
    "softsign",
    "tanhshrink",
    "xlogy",
    "isclose",
    "frac",
    "elu",
    "lerp",
    "addcdiv",
    "round",
    "rsub",
    "sinc",
    "lgamma",
    "erfc",
    "sgn",
    "angle",
    "nan_to_num",
    "deg2rad",
    "rad2deg",
    "div",
    "remainder",
    "fmod",
    "pow",
    "float_power",
    "logaddexp",
    "logaddexp2",
    "floor_divide",
    "sign",
    "leaky_relu",
    "addcmul",
}


@quiet
@each(
    argvalues=[s for s in POINTWISE if s.ref and s.name not in UNFAIR and len(placeholders(s)) <= 2]
)
def test_extreme_values(sample):
    """Infinities, nan, signed zeros, tiny and huge numbers, against NumPy."""
    excuse(sample)
    places = placeholders(sample)
    if not all(isinstance(p, Real) for p in places):
        pytest.skip("takes integers")
    for dtype in ("float32", "float64"):
        x = np.array(EXTREMES, dtype)
        arrays = [np.repeat(x, len(x)), np.tile(x, len(x))] if len(places) == 2 else [x]
        tensors = [torch.from_numpy(a.copy()) for a in arrays]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            args, kwargs = filled(sample, [a.astype("float64") for a in arrays])
            try:
                want = np.asarray(sample.ref(*args, **kwargs))
            except (ValueError, OverflowError):
                return  # Python's math module refuses
            want = want if want.dtype == bool else want.astype(dtype)
        got = numbers(call(sample, tensors))
        relative = 3e-6 if dtype == "float32" else 1e-12
        np.testing.assert_allclose(
            got, want, relative, 1e-38 if dtype == "float32" else 1e-300, equal_nan=True
        )


@quiet
@pytest.mark.taeda_only
@each(argvalues=[s for s in HERE if not s.random])
def test_same_bits_for_any_number_of_threads(sample):
    if sample.pointwise:
        tensors = reshaped(sample, (150_000,), torch.float32)
    else:
        tensors = inputs_of(sample, torch.float32)
    before, results = torch.get_num_threads(), []
    try:
        for n in (1, 2, 3, 8):
            torch.set_num_threads(n)
            results.append(flat(call(sample, tensors)))
    finally:
        torch.set_num_threads(before)
    for result in results[1:]:
        assert all(same_bits(a, b) for a, b in zip(result, results[0]))


# ---- memory ----


@quiet
@each(argvalues=[s for s in HERE if s.views])
def test_views_share_memory(sample):
    tensors = inputs_of(sample, torch.float64)
    for out in flat(call(sample, tensors)):
        with torch.no_grad():
            before = tensors[0].clone()
            out.fill_(77.0)
            changed = (tensors[0] != before).sum().item()
            assert changed > 0 and tensors[0]._version > 0, "not a view"


@quiet
@pytest.mark.taeda_only
@each(argvalues=HERE)
def test_leaks(sample):
    def work():
        tensors = inputs_of(sample, torch.float64, grad=True)
        outs = differentiable(call(sample, tensors))
        if outs:
            torch.autograd.grad(
                sum(o.sum() for o in outs),
                [t for t in tensors if t.requires_grad],
                allow_unused=True,
            )
        if sample.inplace:
            call_inplace(sample, inputs_of(sample, torch.float64))

    work()
    gc.collect()
    before = torch._C.live_bytes(), torch._C.live_nodes()
    for _ in range(3):
        work()
    gc.collect()
    assert (torch._C.live_bytes(), torch._C.live_nodes()) == before
