"""Old spellings work, and each says once, at the caller's line, how it is written today."""

import subprocess
import sys
import warnings

import pytest

import taeda as torch

pytestmark = pytest.mark.taeda_only
nn, F = torch.nn, torch.nn.functional


class OldFunction(torch.autograd.Function):
    def forward(self, x):
        self.save_for_backward(x)
        return x * 2

    def backward(self, grad):
        (x,) = self.saved_tensors
        return grad * 2


X = torch.ones(2, 3)
FORMS = {  # spelling: (call, a word of the modern form)
    "Variable": (lambda: torch.autograd.Variable(X), "requires_grad_"),
    "volatile": (lambda: X.volatile, "torch.no_grad()"),
    "creator": (lambda: X.creator, "grad_fn"),
    "data[0]": (lambda: torch.tensor(1.5).data[0], ".item()"),
    "Function": (lambda: OldFunction()(X), "OldFunction.apply(x)"),
    "size_average": (lambda: nn.MSELoss(size_average=False), "reduction='sum'"),
    "reduce": (lambda: nn.L1Loss(reduce=False)(X, X), "reduction='none'"),
    "functional": (lambda: F.mse_loss(X, X, size_average=True), "reduction='mean'"),
    "Tensor": (lambda: torch.Tensor(2, 3), "torch.empty"),
    "FloatTensor": (lambda: torch.FloatTensor([1]), "dtype=torch.float32"),
    "ByteTensor": (lambda: torch.ByteTensor(2), "dtype=torch.uint8"),
    "type()": (lambda: X.type(), "x.dtype"),
    "type(dtype)": (lambda: X.type(torch.LongTensor), "x.to(torch.int64)"),
    "isinstance": (lambda: isinstance(X, torch.FloatTensor), "x.dtype == torch.float32"),
    "default": (lambda: torch.set_default_tensor_type("torch.FloatTensor"), "set_default_dtype"),
    "range": (lambda: torch.range(0, 2), "torch.arange"),
    "Softmax": (lambda: nn.Softmax()(X), "dim=1"),
    "LogSoftmax": (lambda: nn.LogSoftmax()(X), "dim=1"),
    "softmax": (lambda: F.softmax(X), "dim=1"),
}


def caught(call):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        call()
    return seen


@pytest.mark.parametrize("form", FORMS)
def test_one_hint(form):
    call, modern = FORMS[form]
    (hint,) = caught(call)
    assert modern in str(hint.message)
    assert hint.filename == __file__
    assert caught(call) == []


def test_volatile_tells_of_itself_too():
    assert len(caught(lambda: torch.autograd.Variable(X, volatile=True))) == 2


def test_hints_obey_the_filter():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):  # not given, so still due
            with pytest.raises(UserWarning, match=r"torch\.range is deprecated"):
                torch.range(0, 1)
        warnings.simplefilter("ignore")
        torch.range(0, 1)


def test_a_layer_inside_points_at_the_users_line():
    (hint,) = caught(lambda: nn.Sequential(nn.Softmax())(X))
    assert hint.filename == __file__


def test_new_spellings_give_none():
    def modern():
        x = torch.ones(2, requires_grad=True)
        nn.MSELoss(reduction="sum")(x, x.detach()).backward()
        F.softmax(x, dim=0)
        torch.optim.Adam([x]).step()
        repr(x), x.data, x.data[0], x.to(torch.int64), isinstance(x, torch.Tensor)

    assert caught(modern) == []


def test_values_of_old_forms():
    assert torch.tensor(2.5).data[0] == 2.5 and type(torch.tensor(2.5).data[0]) is float
    assert type(torch.tensor(2).data[-1]) is int
    for bad in (lambda: torch.tensor(2.5)[0], lambda: torch.tensor(2.5).data[1]):
        with pytest.raises(IndexError, match="invalid index of a 0-dim tensor"):
            bad()
    assert isinstance(X, torch.autograd.Variable)
    assert not isinstance(X, torch.cuda.FloatTensor)
    x = torch.ones(2, requires_grad=True)
    OldFunction()(x).sum().backward()
    assert x.grad.tolist() == [2, 2]
    assert torch.range(1, 3, dtype=torch.int64).tolist() == [1, 2, 3]
    assert torch.range(5, 1, -2).tolist() == [5, 3, 1]
    with pytest.raises(RuntimeError, match="inconsistent with step sign"):
        torch.range(2, 1)


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "uint8", "int8", "int16", "int32", "int64"]
)
def test_typed_tensors(dtype):
    word = dict(float64="Double", float32="Float", float16="Half", uint8="Byte", int8="Char",
                int16="Short", int32="Int", int64="Long")[dtype]  # fmt: skip
    kind, dtype = getattr(torch, word + "Tensor"), getattr(torch, dtype)
    assert kind(2, 3).shape == (2, 3) and kind(2, 3).dtype == dtype
    assert kind([1, 2]).tolist() == [1, 2] and kind(torch.Size([1, 2])).shape == (1, 2)
    assert repr(kind) == f"<class 'torch.{word}Tensor'>" and kind().numel() == 0
    assert X.type(kind).dtype == dtype == X.type(f"torch.{word}Tensor").dtype
    assert isinstance(X.to(dtype), kind) and X.to(dtype).type() == f"torch.{word}Tensor"
    on_cuda = getattr(torch.cuda, word + "Tensor")
    for call in (
        lambda: on_cuda(2),
        lambda: X.type(on_cuda),
        lambda: X.type(f"torch.cuda.{word}Tensor"),
    ):
        with pytest.raises(TypeError, match=rf"torch\.cuda\.{word}Tensor not available"):
            call()


def test_refusals_of_typed_tensors():
    for call, text in (
        (lambda: torch.FloatTensor(3.0), r"data must be a sequence \(got float\)"),
        (lambda: torch.FloatTensor("a"), "invalid data type 'str'"),
        (lambda: torch.FloatTensor(torch.tensor([1])), "expected Float"),
    ):
        with pytest.raises(TypeError, match=text):
            call()
    with pytest.raises(ValueError, match="invalid type: 'torch.NoTensor'"):
        X.type("torch.NoTensor")


def test_the_default_filter_prints_each_once():
    source = "import taeda as torch\nfor _ in range(3):\n    torch.Tensor(2)\nclass S(torch.Tensor): pass\nS([1])"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.stderr.count("Warning") == 1, done.stderr
