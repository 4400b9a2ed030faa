"""The text of tensors and objects, as recorded from PyTorch 2.13."""

import re

import numpy as np
import pytest
from recorded_data import read

import taeda as torch

VECTORS = read("printing")
REPRS = read("repr")
OPTIONS = ("precision", "threshold", "edgeitems", "linewidth", "sci_mode")
ABSENT = (
    "linalg",
    "sparse",
    "distributions",
    "fft.",
    "rnn.",
    "optim",
    "storage",
    "special",
    "checkpoint",
    "x//1",
    "NormalVariable",
)


def array_of(case):
    """The elements as NumPy has them; bfloat16 as float32."""
    dtype, shape = case["dtype"], case["shape"]
    if "affine" in case:
        n = int(np.prod(shape))
        values = case["affine"]["start"] + np.arange(n, dtype=np.float64) * case["affine"]["step"]
        return values.astype("float32" if dtype == "bfloat16" else dtype).reshape(shape)
    raw = bytes.fromhex(case["hex"])
    if dtype == "bfloat16":
        return (
            (np.frombuffer(raw, np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(shape)
        )
    return np.frombuffer(raw, dtype).reshape(shape)


def tensor_of(case):
    tensor = torch.from_numpy(array_of(case).copy())
    return tensor.to(torch.bfloat16) if case["dtype"] == "bfloat16" else tensor


def printed(case):
    if "default_dtype" in case:
        torch.set_default_dtype(getattr(torch, case["default_dtype"]))
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**{k: case[k] for k in OPTIONS if k in case})
    try:
        tensor = tensor_of(case)
        return repr(tensor.requires_grad_() if case.get("requires_grad") else tensor)
    finally:
        torch.set_printoptions(profile="default")
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("dtype", sorted({c["dtype"] for c in VECTORS}))
def test_tensors(dtype):
    failed = []
    cases = [c for c in VECTORS if c["dtype"] == dtype]
    for case in cases:
        text = printed(case)
        if text != case["text"]:
            options = {
                k: case[k] for k in (*OPTIONS, "requires_grad", "default_dtype") if k in case
            }
            failed.append(f"{case['shape']} {options}\n{text}\nnot\n{case['text']}")
    assert not failed, f"{len(failed)} of {len(cases)}\n" + "\n\n".join(failed[:5])


def space():
    return {
        "torch": torch,
        "nn": torch.nn,
        "F": torch.nn.functional,
        "x": torch.ones(2, 2, requires_grad=True),
    }


@pytest.mark.parametrize("case", REPRS["objects"], ids=lambda c: c["code"][:50])
def test_objects(case):
    if any(word in case["code"] for word in ABSENT):
        pytest.skip("not in yet, or in a suite of its own")
    value = eval(case["code"], space())
    texts = {case["text"], case["text"].strip("'")}
    assert (
        re.sub("0x[0-9a-f]{6,}", "0x…", repr(value)).replace("taeda.", "torch.").strip("'") in texts
    )


@pytest.mark.filterwarnings("ignore")
def test_names_of_nodes():
    """result.grad_fn.name(): people read it in errors and in printed tensors."""
    failed, tried = [], 0
    for case in REPRS["grad_fn"]:
        if any(word in case["code"] for word in ABSENT):
            continue
        try:
            result = eval(case["code"], space())
        except (AttributeError, NotImplementedError):
            continue  # an op that is not in yet
        tried += 1
        node = getattr(result, "grad_fn", None)
        name = None if node is None else node.name().split("::")[-1]
        if name not in (case["grad_fn"], case["grad_fn"] and case["grad_fn"].removesuffix("_copy")):
            failed.append(f"{case['code']}: {name}, not {case['grad_fn']}")
    assert tried > 120, f"only {tried} of these calls work at all"
    assert not failed, f"{len(failed)} of {tried}\n" + "\n".join(failed)


# ---- what the vectors do not have ----


def test_graph_suffixes():
    x = torch.ones(2, requires_grad=True)
    assert repr(x) == "tensor([1., 1.], requires_grad=True)"
    assert repr(x + 1) == "tensor([2., 2.], grad_fn=<AddBackward0>)"
    assert repr((x * 2).sum()) == "tensor(4., grad_fn=<SumBackward0>)"
    assert repr(x.detach()) == "tensor([1., 1.])"
    y = x * 1
    y[0] = 3
    assert repr(y) == "tensor([3., 1.], grad_fn=<CopySlices>)"


def test_options_are_checked_and_profiles_work():
    x = torch.tensor([1.123456, 2.0])
    torch.set_printoptions(precision=2)
    assert repr(x) == "tensor([1.12, 2.00])"
    torch.set_printoptions(profile="full")
    assert "..." not in repr(torch.arange(2000))
    torch.set_printoptions(profile="short")
    assert repr(torch.arange(1001)) == "tensor([   0,    1,  ...,  999, 1000])"
    torch.set_printoptions(profile="default", sci_mode=True)
    assert repr(x) == "tensor([1.1235e+00, 2.0000e+00])"
    torch.set_printoptions()
    assert repr(x) == "tensor([1.1235, 2.0000])"
    with pytest.raises(TypeError):
        torch.set_printoptions(foo=1)


def test_formatting():
    assert f"{torch.tensor(3.14159):.2f}" == "3.14"
    assert f"{torch.tensor(7):>4}" == "   7"
    assert "%d" % torch.tensor([3]) == "3"
    assert f"{torch.tensor([1.5])}" == "tensor([1.5000])"
    with pytest.raises(TypeError, match="unsupported format string passed to Tensor.__format__"):
        f"{torch.zeros(2):.2f}"


def test_noncontiguous_tensors_print_as_they_read():
    x = torch.arange(6).reshape(2, 3)
    assert repr(x.t()) == "tensor([[0, 3],\n        [1, 4],\n        [2, 5]])"
    assert repr(x[:, ::2]) == "tensor([[0, 2],\n        [3, 5]])"
    assert repr(torch.tensor(5).expand(3)) == "tensor([5, 5, 5])"
