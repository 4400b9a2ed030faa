"""Result dtypes, as recorded from PyTorch 2.13: every pair of dtypes, and what each family of ops
makes of them.
"""

import numpy as np
import pytest
from recorded_data import read

import taeda as torch

TABLES = read("promotion")
NUMBERS = {"bool": True, "int": 1, "float": 1.5, "complex": 1j}
UNSIGNED = ("uint16", "uint32", "uint64")
# Not among the ops yet; a name that appears is checked at once.
ABSENT = {
    "bincount",
    "histc",
    "polar",
    "fft",
    "view_as_real",
    "logspace",
    "bucketize",
    "gcd",
    "hypot",
    "xlogy",
    "nansum",
    "atan2",
    "copysign",
    "fmod",
    "cumprod",
    "median",
    "count_nonzero",
    "angle",
    "sgn",
    "real",
    "positive",
    "bitwise_and",
    "bitwise_not",
    "bitwise_left_shift",
    "scalar_tensor",
    "frac",
}


def name_of(tensor):
    return str(tensor.dtype).split(".")[-1]


def ones(dtype, shape=(2,)):
    return torch.ones(shape, dtype=getattr(torch, dtype))


def outcome(function):
    """The dtype of the result, or the class and text of the error."""
    try:
        result = function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return name_of(result if isinstance(result, torch.Tensor) else result[0])


def differences(rows):
    """Lines for all (what, function, expected) that gave something else."""
    lines = []
    for what, function, expected in rows:
        got = outcome(function)
        if '" not implemented for' in expected:  # the kernel's name is PyTorch's own affair
            same = (
                got.startswith("NotImplementedError")
                or any(u in what for u in UNSIGNED)
                and ":" not in got
                or "'Bool'" in expected  # more than PyTorch has
                and got == "bool"
                or "ComplexHalf" in expected  # there is no complex32: complex64 takes its place
                and got == "complex64"
            )
        else:
            same = got == expected
        if not same:
            lines.append(f"{what}: {got}, not {expected}")
    return lines


def check(rows):
    rows = list(rows)
    lines = differences(rows)
    assert rows and not lines, f"{len(lines)} of {len(rows)}\n" + "\n".join(lines[:40])


TYPE_NAMES = {
    "bool": "Bool",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "float16": "Half",
    "bfloat16": "BFloat16",
    "float32": "Float",
    "float64": "Double",
    "complex64": "ComplexFloat",
    "complex128": "ComplexDouble",
}


def refusal(got):
    return got.startswith(
        "RuntimeError: Promotion for uint16, uint32, uint64 types is not supported, attempted"
        " to promote"
    )


@pytest.mark.parametrize(
    "table, a_shape, b_shape",
    [
        ("tensor_tensor", (2,), (2,)),
        ("tensor_zerodim", (2,), ()),
        ("zerodim_zerodim", (), ()),
    ],
)
def test_result_type_of_tensors(table, a_shape, b_shape):
    lines = []
    for a, row in TABLES[table].items():
        for b, expected in row.items():
            got = outcome(
                lambda: torch.empty(0, dtype=torch.result_type(ones(a, a_shape), ones(b, b_shape)))
            )
            if not (refusal(got) if expected == "error" else got == expected):
                lines.append(f"{a}, {b}: {got}, not {expected}")
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize(
    "table, shape, default",
    [
        ("tensor_number", (2,), "float32"),
        ("zerodim_number", (), "float32"),
        ("tensor_number_default_float64", (2,), "float64"),
    ],
)
def test_result_type_with_numbers(table, shape, default):
    torch.set_default_dtype(getattr(torch, default))
    lines = []
    for a, row in TABLES[table].items():
        for number, expected in row.items():
            got = outcome(
                lambda: torch.empty(0, dtype=torch.result_type(ones(a, shape), NUMBERS[number]))
            )
            if not (refusal(got) if expected == "error" else got == expected):
                lines.append(f"{a}, {number}: {got}, not {expected}")
    assert not lines, "\n".join(lines)


def test_the_ops_promote_as_result_type_says():
    """What result_type says is what the arithmetic does, and where and cat too."""
    lines = []
    for a, row in TABLES["tensor_tensor"].items():
        for b, expected in row.items():
            if expected == "error" or a in UNSIGNED or b in UNSIGNED:
                continue
            x, y = ones(a), ones(b)
            for what, got in [
                ("add", outcome(lambda: x + y)),
                ("mul", outcome(lambda: x * y)),
                ("where", outcome(lambda: torch.where(torch.tensor([True, False]), x, y))),
                ("cat", outcome(lambda: torch.cat([x, y]))),
            ]:
                if got != expected:
                    lines.append(f"{what}({a}, {b}): {got}, not {expected}")
    assert not lines, "\n".join(lines[:40])


@pytest.mark.parametrize(
    "name", [n for n in TABLES["unary"] if n not in ABSENT or hasattr(torch, n)]
)
def test_unary(name):
    check(
        (dtype, lambda d=dtype: getattr(torch, name)(ones(d)), want)
        for dtype, want in TABLES["unary"][name].items()
    )


@pytest.mark.parametrize(
    "name", [n for n in TABLES["reduce"] if n not in ABSENT or hasattr(torch, n)]
)
def test_reductions(name):
    def run(dtype):
        function, x = getattr(torch, name), ones(dtype)
        return (
            function(x, 0) if name in ("cumsum", "cumprod", "logsumexp", "softmax") else function(x)
        )

    check((dtype, lambda d=dtype: run(d), want) for dtype, want in TABLES["reduce"][name].items())


@pytest.mark.parametrize(
    "name", [n for n in TABLES["binary_same"] if n not in ABSENT or hasattr(torch, n)]
)
def test_binary(name):
    check(
        (dtype, lambda d=dtype: getattr(torch, name)(ones(d), ones(d)), want)
        for dtype, want in TABLES["binary_same"][name].items()
    )


@pytest.mark.parametrize("name", TABLES["binary_number"])
def test_with_numbers(name):
    check(
        (
            f"{dtype}, {number}",
            lambda d=dtype, n=number: getattr(torch, name)(ones(d), NUMBERS[n]),
            want,
        )
        for dtype, row in TABLES["binary_number"][name].items()
        for number, want in row.items()
    )


def test_can_cast():
    for a, allowed in TABLES["can_cast"].items():
        got = [
            b for b in TABLES["can_cast"] if torch.can_cast(getattr(torch, a), getattr(torch, b))
        ]
        assert got == allowed, a


@pytest.mark.parametrize(
    "table, default", [("result_of", "float32"), ("result_of_default_float64", "float64")]
)
def test_calls(table, default):
    torch.set_default_dtype(getattr(torch, default))
    space = {"torch": torch, "numpy": np}
    check(
        (code, lambda c=code: eval(c, space), want)
        for code, want in TABLES[table].items()
        if not any(f"torch.{n}" in code and not hasattr(torch, n) for n in ABSENT)
    )


def test_in_place_keeps_the_dtype_or_refuses():
    x = torch.ones(2, dtype=torch.int64)
    for function in (
        lambda: x.add_(0.5),
        lambda: x.div_(2),
        lambda: x.add_(torch.zeros(2)),
        lambda: x.mul_(1j),
    ):
        with pytest.raises(RuntimeError, match="can't be cast to the desired output type Long"):
            function()
    assert x.tolist() == [1, 1] and x._version == 0
    with pytest.raises(
        RuntimeError, match="result type Long can't be cast to the desired output type Bool"
    ):
        torch.ones(2, dtype=torch.bool).add_(1)
    y = torch.ones(2, dtype=torch.float16)
    y.add_(torch.ones(2, dtype=torch.float64))
    assert y.dtype == torch.float16 and y.tolist() == [2.0, 2.0]


def test_zero_division_of_integers():
    for function in (lambda x: x // 0, lambda x: x % 0, lambda x: x // torch.tensor([0])):
        with pytest.raises(RuntimeError, match="^ZeroDivisionError$"):
            function(torch.tensor([1]))


def test_integers_wrap():
    assert (
        torch.tensor([200], dtype=torch.uint8) + torch.tensor([100], dtype=torch.uint8)
    ).item() == 44
    assert (torch.tensor([127], dtype=torch.int8) + 1).item() == -128
    assert (torch.ones(1, dtype=torch.uint8) + 300).item() == 45
