"""What a call says that fits no op: PyTorch's sentence, and every candidate."""

import pytest

import taeda as torch

SENTENCES = [
    ("torch.sum(x, 'a')", "sum() received an invalid combination of arguments - got (Tensor, str), but expected one of:\n * (Tensor input, *, torch.dtype dtype = None)\n * (Tensor input, "),
    ("x.sum('a')", "sum() received an invalid combination of arguments - got (str), but expected one of:\n * (*, torch.dtype dtype = None)\n"),
    ("torch.softmax(x)", 'softmax() missing 1 required positional arguments: "dim"'),
    ("torch.add(x, [1])", "add(): argument 'other' (position 2) must be Tensor, not list"),
    ("x.add([1], alpha=2)", "add(): argument 'other' (position 1) must be Tensor, not list"),
    ("torch.add()", "add() received an invalid combination of arguments - got (), but expected (Tensor input, Tensor other, *, Number alpha = 1"),
    ("torch.relu(x, 1)", "relu() takes 1 positional argument but 2 were given"),
    ("torch.relu(1)", "relu(): argument 'input' (position 1) must be Tensor, not int"),
    ("torch.relu(input=1)", "relu(): argument 'input' must be Tensor, not int"),
    ("torch.max(x, 'a')", "max() received an invalid combination of arguments - got (Tensor, str), but expected one of:\n * (Tensor input"),
    ("torch.max(x, 0, foo=1)", "max() received an invalid combination of arguments - got (Tensor, int, foo=int), but expected one of:\n"),
    ("torch.arange()", "arange() received an invalid combination of arguments - got (), but expected one of:\n * (Number end, *"),
    ("torch.arange('a')", "arange(): argument 'end' (position 1) must be Number, not str"),
    ("x.view(1, 'a')", "view(): argument 'size' failed to unpack the object at pos 2 with error \"type must be tuple of ints,but got str\""),
    ("x.transpose(0)", 'transpose() missing 1 required positional arguments: "dim1"'),
    ("x.transpose(0, 1, 2)", "transpose() takes 2 positional arguments but 3 were given"),
    ("torch.transpose(x, 'a')", "transpose(): argument 'dim0' (position 2) must be int, not str"),
    ("torch.transpose(x, dim0='a', dim1=1)", "transpose(): argument 'dim0' must be int, not str"),
    ("torch.transpose(x, 0, 0, dim0=1)", "transpose() got multiple values for argument 'dim0'"),
    ("x.uniform_(1, 2, 3)", "uniform_() takes from 0 to 2 positional arguments but 3 were given"),
    ("torch.cat(x, [1])", "cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor"),
    ("torch.cat([x, 1])", "expected Tensor as element 1 in argument 0, but got int"),
    ("torch.cat()", 'cat() missing 1 required positional arguments: "tensors"'),
    ("torch.zeros('a')", "zeros(): argument 'size' (position 1) must be tuple of ints, not str"),
    ("torch.zeros((2, 'a'))", "zeros(): argument 'size' failed to unpack the object at pos 2 with error \"type must be tuple of ints,but got str\""),
    ("torch.zeros(('a', 2))", "zeros(): argument 'size' (position 1) must be tuple of ints, but found element of type str at pos 0"),
    ("torch.zeros(2, dtype='a')", "zeros(): argument 'dtype' must be torch.dtype, not str"),
    ("torch.sum(x, dtype=torch.bool, out=x)", 'sum() missing 1 required positional arguments: "dim"'),
    ("x.expand('a')", "expand(): argument 'size' (position 1) must be tuple of ints, not str"),
    ("x.reshape(None)", "reshape(): argument 'shape' (position 1) must be tuple of ints, not NoneType"),
    ("x.size('a')", "size(): argument 'dim' (position 1) must be int, not str"),
    ("x.size(0, 1)", "size() takes from 0 to 1 positional arguments but 2 were given"),
    ("x.stride('a')", "stride(): argument 'dim' (position 1) must be int, not str"),
    ("x.requires_grad_('a')", "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not str"),
    ("x.equal(3)", "equal(): argument 'other' (position 1) must be Tensor, not int"),
    ("x.numpy(3)", "numpy() takes 0 positional arguments but 1 was given"),
    ("torch.tensor()", 'tensor() missing 1 required positional arguments: "data"'),
    ("torch.tensor([1], 2)", "tensor() takes 1 positional argument but 2 were given"),
    ("torch.tensor([1], dtype=2)", "tensor(): argument 'dtype' must be torch.dtype, not int"),
    ("torch.tensor([1], foo=2)", "tensor() got an unexpected keyword argument 'foo'"),
    ("torch.as_tensor()", 'as_tensor() missing 1 required positional arguments: "data"'),
    ("torch.Tensor([1], dtype=torch.int64)", "new() received an invalid combination of arguments - got (list, dtype=torch.dtype), but expected one of:\n"),
    ("torch.Tensor('a')", "new(): invalid data type 'str'"),
    ("torch.full((2,), 'a')", "full(): argument 'fill_value' (position 2) must be Number, not str"),
]  # fmt: skip


@pytest.mark.parametrize("code, text", SENTENCES, ids=[c for c, _ in SENTENCES])
def test_sentence(code, text):
    with pytest.raises(TypeError) as caught:
        eval(code, {"torch": torch, "x": torch.zeros(2, 3)})
    assert str(caught.value).startswith(text)


def test_too_great_integers():
    x = torch.zeros(2, 3)
    for bad in (lambda: x.transpose(2**70, 1), lambda: x.sum(2**70), lambda: torch.tensor(2**70)):
        with pytest.raises(ValueError, match="Overflow when unpacking long long"):
            bad()


@pytest.mark.taeda_only
def test_every_candidate_is_listed():
    with pytest.raises(TypeError) as caught:
        torch.std(torch.zeros(2), "a", 3, 4, 5, 6)
    listed = [line for line in str(caught.value).split("\n") if line.startswith(" * (")]
    forms = [op for op in torch._C._op_table() if op["name"] == "std"]
    assert len(listed) == len(forms) > 1


# ---- __torch_function__ ----


class Stranger:
    answer = "mine"

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.seen = func.__name__, types
        return cls.answer


class Refuses(Stranger):
    answer = NotImplemented


def test_strangers_take_over():
    x, s = torch.ones(2), Stranger()
    assert torch.add(x, s) == x + s == torch.cat([x, s]) == torch.sum(s, dim=0) == "mine"
    assert x.add(s) == x.add_(s) == "mine" and torch.where(x > 0, x, s) == "mine"
    torch.mul(s, s)
    assert Stranger.seen == ("mul", (Stranger,))


def test_all_that_refuse():
    x = torch.ones(2)
    with pytest.raises(TypeError, match="all __torch_function__ handlers returned NotImplemented"):
        torch.add(x, Refuses())
    assert torch.add(Refuses(), Stranger()) == "mine"
    assert torch.add(Stranger(), Refuses()) == "mine"  # the subclass is asked first
    assert set(Stranger.seen[1]) == {Stranger, Refuses}


def test_subclasses_and_strangers_meet():
    log = []

    class Logged(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            log.append(types)
            return NotImplemented

    x = torch.ones(2).as_subclass(Logged)
    assert torch.add(x, Stranger()) == "mine" and log == [(Logged, Stranger)]


def test_functions_of_users_can_be_taken_over():
    overrides = pytest.importorskip(torch.__name__ + ".overrides")

    @overrides.wrap_torch_function(lambda a, b=None: (a, b))
    def mine(a, b=None):
        return "plain"

    assert mine(1) == mine(torch.ones(2)) == "plain"
    assert mine(1, Stranger()) == "mine" and Stranger.seen == ("mine", (Stranger,))
    with pytest.raises(TypeError, match="no implementation found for"):
        mine(Refuses())
    assert overrides.has_torch_function((1, Stranger()))
    assert not overrides.has_torch_function_variadic(1, torch.ones(2))
    assert overrides.is_tensor_like(Stranger()) and overrides.is_tensor_like(torch.ones(2))
    assert not overrides.is_tensor_like([1])
