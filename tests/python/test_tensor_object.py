"""The Python object: identity, attributes, weak references, subclasses, overrides, copies."""

import copy
import gc
import io
import pickle
import sys
import warnings
import weakref

import pytest

import taeda as torch


def test_attributes_survive_where_only_the_graph_holds_the_tensor():
    z = torch.tensor([3.0], requires_grad=True)
    q = torch.tensor([2.0])
    q.grad = torch.tensor([1.0])
    q.grad.mark = [1]
    gc.collect()
    assert q.grad.mark == [1] and q.grad is q.grad
    out = z * torch.tensor([1.0])
    out.label = "kept"
    again = out
    del out
    assert again.label == "kept"


def test_the_object_of_a_gradient_comes_back():
    class Special(torch.Tensor):
        pass

    q = torch.tensor([2.0])
    g = torch.tensor([5.0]).as_subclass(Special)
    g.mark = [1]
    q.grad = g
    for _ in range(3):  # it turns around each time Python lets go
        del g
        gc.collect()
        g = q.grad
        assert type(g) is Special and g.mark == [1]
    alive = weakref.ref(g)
    q.grad = None
    assert alive() is g
    del g
    gc.collect()
    assert alive() is None


def test_weak_references_and_finalizers():
    x, died = torch.tensor([1.0]), []
    weakref.finalize(x, died.append, 1)
    x.label = "x"
    seen = weakref.WeakKeyDictionary({x: 1})
    assert len(seen) == 1
    del x
    assert died == [1] and len(seen) == 0


def test_leaf_of_a_node_is_the_leaf():
    x = torch.tensor([1.0], requires_grad=True)
    x.note = "mine"
    y = x * 2
    del x
    gc.collect()
    leaf = y.grad_fn.next_functions[0][0].variable
    assert leaf.note == "mine" and leaf.is_leaf


def test_subclass_and_mixin():
    class Mixin:
        def hello(self):
            return "hello"

    class Named(torch.Tensor, Mixin):
        pass

    x = torch.tensor([1.0, 2.0]).as_subclass(Named)
    assert x.hello() == "hello" and isinstance(x, torch.Tensor)
    for out in (x + 1, 1 + x, x.exp(), x.view(2, 1), x[0], torch.cat([x, x]), x.sum(), x.clone()):
        assert type(out) is Named
    assert type(x.detach()) is Named and repr(x) == "Named([1., 2.])"
    p = torch.nn.Parameter(torch.tensor([1.0]))
    assert type(p * 2) is torch.Tensor and isinstance(p, torch.Tensor) and p.requires_grad
    assert p.is_leaf and repr(p).startswith("Parameter containing:\ntensor([1.]")


def test_torch_function():
    log = []

    class Logged(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            log.append(getattr(func, "__name__", str(func)))
            return super().__torch_function__(func, types, args, kwargs or {})

    x = torch.tensor([1.0, 2.0]).as_subclass(Logged)
    log.clear()
    assert type(torch.exp(x)) is Logged and log[-1] == "exp"
    assert type(x.sum(0)) is Logged and log[-1] == "sum"
    assert type(torch.tensor([1.0]) + x) is Logged and "add" in log[-1]
    n = len(log)
    assert type(torch.stack([x, torch.ones(2)])) is Logged and len(log) > n


def test_torch_function_of_strangers():
    class Like:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return func.__name__, len(args), sorted(kwargs or {})

    assert torch.add(torch.ones(2), Like()) == ("add", 2, [])
    assert torch.sum(Like(), dim=0) == ("sum", 1, ["dim"])
    assert torch.nn.functional.relu(Like())[0] == "relu"


def test_new_tensors_of_a_class():
    assert torch.Tensor([1, 2]).dtype == torch.float32 and torch.Tensor(2, 3).shape == (2, 3)
    assert torch.Tensor().shape == (0,) and torch.Tensor(torch.ones(2)).tolist() == [1.0, 1.0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert torch.FloatTensor([1, 2]).dtype == torch.float32
        assert torch.LongTensor([1, 2]).dtype == torch.int64 and torch.LongTensor(2).shape == (2,)
        assert isinstance(torch.zeros(1), torch.FloatTensor)
        assert not isinstance(torch.zeros(1), torch.LongTensor)
    with pytest.raises(TypeError):
        torch.Tensor("text")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int64", "bool", "complex64"])
def test_copies_and_pickles(dtype):
    x = torch.tensor([[0, 1], [1, 1]]).to(getattr(torch, dtype))
    for y in (
        copy.deepcopy(x),
        copy.copy(x),
        pickle.loads(pickle.dumps(x)),
        copy.deepcopy(x.t()).t(),
    ):
        assert y.dtype == x.dtype and y.tolist() == x.tolist() and y is not x
    assert copy.copy(x).data_ptr() == x.data_ptr() and copy.deepcopy(x).data_ptr() != x.data_ptr()


def test_what_deepcopy_keeps():
    x = torch.ones(2, 3).t().requires_grad_()
    x.grad = torch.ones(3, 2)
    x.note = {"a": 1}
    y = copy.deepcopy(x)
    assert (
        y.requires_grad and y.grad is not None and y.note == {"a": 1} and y.stride() == x.stride()
    )
    base = torch.arange(6.0)
    both = copy.deepcopy({"a": base, "b": base[2:4]})
    both["a"][2] = -1
    assert both["b"].tolist() == [-1.0, 3.0]  # what shared memory still does
    p = copy.deepcopy(torch.nn.Parameter(torch.ones(1)))
    assert type(p) is torch.nn.Parameter and p.requires_grad


def test_pickled_leaf():
    x = torch.ones(2, requires_grad=True)
    y = pickle.loads(pickle.dumps(x))
    assert y.requires_grad and y.is_leaf
    file = io.BytesIO()
    pickle.Pickler(file, protocol=2).dump([x, x])
    file.seek(0)
    a, b = pickle.load(file)
    assert a is b


def test_sizes_are_tuples():
    size = torch.zeros(2, 3).shape
    assert size == (2, 3) and isinstance(size, tuple) and isinstance(size, torch.Size)
    assert size.numel() == 6 and repr(size) == "torch.Size([2, 3])" and size[1:] == (3,)
    assert isinstance(size[1:], torch.Size) and isinstance(size + (4,), torch.Size)
    assert hash(size) == hash((2, 3)) and pickle.loads(pickle.dumps(size)) == size
    assert torch.zeros(2, 3).size(-1) == 3 and torch.zeros(2, 3).size() == size
    assert torch.Size([1, 2]) * 2 == (1, 2, 1, 2) and len(torch.Size()) == 0


def test_dtypes_and_devices_are_values():
    assert (
        torch.float is torch.float32 and torch.long is torch.int64 and torch.half is torch.float16
    )
    assert torch.float32.is_floating_point and not torch.int8.is_floating_point
    assert torch.complex64.is_complex and torch.float32.itemsize == 4
    assert pickle.loads(pickle.dumps(torch.float32)) is torch.float32
    assert copy.deepcopy(torch.int64) is torch.int64 and {torch.int64: 1}[torch.long] == 1
    d = torch.device("cuda:1")
    assert d.type == "cuda" and d.index == 1 and d == torch.device("cuda", 1) and str(d) == "cuda:1"
    assert hash(d) == hash(torch.device("cuda:1")) and pickle.loads(pickle.dumps(d)) == d
    assert torch.device("cpu") != torch.device("meta") and torch.device(d) == d
    assert torch.finfo(torch.float16).max == 65504.0 and torch.iinfo(torch.int8).min == -128
    assert torch.finfo(torch.float32).eps == 2**-23 and torch.finfo().dtype == "float32"


def test_named_results():
    values, indices = result = torch.tensor([[1.0, 3.0], [5.0, 2.0]]).max(dim=1)
    assert result.values is values and result[1] is indices and indices.tolist() == [1, 0]
    assert isinstance(result, tuple) and type(result).__name__ == "max"
    assert "values=tensor([3., 5.])" in repr(result) and len(result) == 2


def test_sizes_of_things():
    x = torch.zeros(2, 3, dtype=torch.float64)
    assert x.element_size() == x.itemsize == 8 and x.nbytes == 48 and x.numel() == x.nelement() == 6
    assert x.dim() == x.ndimension() == x.ndim == 2 and x.storage_offset() == 0
    assert x[1:].storage_offset() == 3 and x.t().stride() == (1, 3) and x.stride(0) == 3
    assert x.T.shape == (3, 2) and x.mT.shape == (3, 2) and len(x) == 2
    assert x.is_contiguous() and not x.t().is_contiguous() and x.get_device() == -1


def test_references_do_not_leak():
    x = torch.ones(3)
    before = sys.getrefcount(x)
    for _ in range(100):
        x.add_(1), x.sum(), x[0], x.view(3, 1), torch.cat([x, x]), x.tolist(), repr(x)
        for bad in (lambda: x + "a", lambda: x.view("a"), lambda: torch.cat([x, 1])):
            with pytest.raises(TypeError):
                bad()
    assert sys.getrefcount(x) == before
