"""What is refused, with which exception and which words: as recorded from PyTorch 2.13, whose
texts people know.
"""

import copy
import re
import warnings

import pytest
from recorded_data import read

import taeda as torch

CASES = read("errors")

# Cases left out, by what their code mentions, with the reason.
LEFT_OUT = {
    r"\.(shape|dtype) = |del x\.shape": "names a type of PyTorch's own",
    r"linalg|torch\.fft|special": "linear algebra and transforms are not in yet",
    r"distributions": "distributions are not in yet",
    r"nn\.(LSTM|GRU|RNN|MultiheadAttention|GroupNorm)\b": "the module is not in yet",
    r"F\.(interpolate|pad|kl_div|one_hot)\b": "the function is not in yet",
    r"torch\.(quantile|median|complex)\b|\.take\(|\.unfold\(": "the function is not in yet",
    r"lr_scheduler|optim|utils\.data|load_state_dict|torch\.load|clip_grad": "other suites have it",
    r"autograd\.functional": "jacobian and hessian are not in yet",
    r"testing\.assert_close": "torch.testing is not in yet",
    r"zeros\(2\) << 1|\.view\(torch\.float64\)": "shifts and dtype views are not in yet",
    r"def forward\(self, x\): return x \* 2\n  def backward": "works, with a hint",
    r"padding_mode=\"bad\"": "PyTorch prints an unordered set",
}


def left_out(code):
    return next((reason for pattern, reason in LEFT_OUT.items() if re.search(pattern, code)), None)


def run(code):
    """The exception (or None) and the warnings of a piece of code."""
    space = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "__name__": "case"}
    code = re.sub(r"\b(from|import) torch\b", rf"\1 {torch.__name__}", code)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            exec(compile(code, "<case>", "exec"), space)
        except Exception as error:
            return error, seen
    return None, seen


def words(text):
    """The text without addresses, the package's name, and the list of PyTorch's own overloads."""
    text = re.sub(r"0x[0-9a-f]{6,}", "0x…", text).replace("taeda.", "torch.")
    text = re.sub(r"module 'taeda", "module 'torch", text)
    return re.sub(
        r"(invalid combination of arguments - got .*?), but expected.*", r"\1", text, flags=re.S
    )


@pytest.mark.parametrize("case", CASES, ids=[f"{c['area']}-{i}" for i, c in enumerate(CASES)])
def test_recorded(case):
    reason = left_out(case["code"])
    if reason:
        pytest.skip(reason)
    error, seen = run(case["code"])
    if case["raises"] is None:
        assert error is None, f"{case['code']}\n{type(error).__name__}: {error}"
    else:
        assert error is not None, f"{case['code']}\nno {case['raises']}: {case['text']}"
        assert type(error).__name__ == case["raises"].split(".")[-1], (
            f"{case['code']}\n{type(error).__name__}: {error}"
        )
        assert words(str(error)).startswith(words(case["text"])), case["code"]
    for warning in case.get("warns", ()):
        if warning["text"].startswith("Casting complex"):
            continue  # given once in a process, perhaps before this test
        texts = [w.message for w in seen if w.category.__name__ == warning["category"]]
        assert any(str(t)[:60] == warning["text"][:60] for t in texts), (
            f"{case['code']}\nno warning {warning}"
        )


def test_what_is_left_out_is_a_minority():
    assert sum(left_out(c["code"]) is not None for c in CASES) < len(CASES) * 0.4


# ---- nothing is half-changed ----

REFUSED = {
    "add_ of a larger shape": lambda x: x.add_(torch.zeros(2, 2, 3)),
    "add_ of another category": lambda x: x.long().add_(0.5),
    "index out of range": lambda x: x.__setitem__((torch.tensor([0, 5]),), 1.0),
    "index_add_ out of range": lambda x: x.index_add_(0, torch.tensor([0, 7]), torch.ones(2, 3)),
    "scatter_ out of range": lambda x: x.scatter_(1, torch.tensor([[0, 9]]), 5.0),
    "scatter_ of another dtype": lambda x: x.scatter_(
        1, torch.tensor([[0]]), torch.ones(1, 1, dtype=torch.float64)
    ),
    "copy_ of another shape": lambda x: x.copy_(torch.zeros(4)),
    "assignment of another shape": lambda x: x.__setitem__(0, torch.zeros(4)),
    "assignment of a string": lambda x: x.__setitem__(0, "a"),
    "masked_fill_ with numbers as mask": lambda x: x.masked_fill_(torch.ones(2, 3), 0.0),
    "clamp_ without bounds": lambda x: x.clamp_(),
    "expanded": lambda x: x[:1].expand(2, 3).add_(1),
}


@pytest.mark.taeda_only
@pytest.mark.parametrize("what", REFUSED)
def test_refusals_change_nothing(what):
    x = torch.arange(6.0).reshape(2, 3)
    before = copy.deepcopy(x.tolist())
    with pytest.raises((RuntimeError, IndexError, TypeError, ValueError)):
        REFUSED[what](x)
    assert x.tolist() == before


def test_an_error_in_one_argument_leaves_the_graph_usable():
    x = torch.ones(2, 3, requires_grad=True)
    y = x * 2
    with pytest.raises(RuntimeError):
        y.add_(torch.ones(4))
    y.sum().backward()
    assert x.grad.tolist() == [[2.0] * 3] * 2


def test_conversions_report_the_value():
    with pytest.raises(RuntimeError, match="value cannot be converted to type uint8"):
        torch.tensor([300], dtype=torch.uint8)
    with pytest.raises(TypeError, match="must be Tensor, not list"):
        torch.relu([1, 2])
    with pytest.raises(
        RuntimeError, match=r"The size of tensor a \(2\) must match the size of tensor b \(3\)"
    ):
        torch.ones(2).mul(torch.ones(3))
