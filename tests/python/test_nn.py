"""Modules: registration, live mappings, walks, state, hooks, overriding, copies, collection.

What is asserted is PyTorch 2.13's behaviour.
"""

import abc
import copy
import gc
import inspect
import pickle
import weakref
from collections import OrderedDict

import pytest

import taeda as torch
from taeda import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 3)
        self.act = nn.ReLU()
        self.w = nn.Parameter(torch.zeros(2))
        self.register_buffer("b", torch.ones(3))
        self.register_buffer("c", torch.ones(3), persistent=False)
        self.register_buffer("n", None)
        self.register_parameter("p0", None)
        self.x = 5
        self.seq = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), self.fc1)

    def forward(self, x):
        return self.seq(self.act(self.fc1(x)))


class Cyclic(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(2, 2)
        self.me = [self]


class Picklable(nn.Linear):
    def __init__(self, n):
        super().__init__(n, n)
        self.extra = {"a": [1]}


def names(pairs):
    return [n for n, _ in pairs]


def same(a, b):
    return bool((a == b).all())


# ---- registration ----


def test_attributes_register_in_order():
    m = Model()
    assert list(m._parameters) == ["w", "p0"]
    assert list(m._buffers) == ["b", "c", "n"]
    assert list(m._modules) == ["fc1", "act", "seq"]
    assert m._non_persistent_buffers_set == {"c"}
    assert names(m.named_parameters()) == [
        "w", "fc1.weight", "fc1.bias", "seq.0.weight", "seq.0.bias",
    ]  # fmt: skip
    assert names(m.named_parameters(remove_duplicate=False))[-2:] == ["seq.2.weight", "seq.2.bias"]
    assert names(m.named_parameters(prefix="q", recurse=False)) == ["q.w"]
    assert names(m.named_buffers()) == ["b", "c"]
    assert names(m.named_modules()) == ["", "fc1", "act", "seq", "seq.0", "seq.1"]
    assert names(m.named_children()) == ["fc1", "act", "seq"]
    assert m.p0 is None and m.n is None and m.x == 5
    assert list(m.parameters())[0] is m.w
    assert {"fc1", "w", "b", "x"} <= set(dir(m))


def test_replacing_entries():
    m = Model()
    m.w = None
    assert m.w is None and list(m._parameters) == ["w", "p0"]
    m.fc1 = None
    assert m.fc1 is None and list(m._modules) == ["fc1", "act", "seq"]
    m.y = nn.Linear(1, 1)
    m.y = nn.Parameter(torch.zeros(1))
    assert "y" in m._parameters and "y" not in m._modules
    m.x = nn.ReLU()  # an ordinary attribute gives way
    assert "x" not in vars(m) and "x" in m._modules
    del m.seq
    assert not hasattr(m, "seq")
    m.seq = 5
    assert vars(m)["seq"] == 5


@pytest.mark.parametrize(
    ("code", "error", "text"),
    [
        ("m.b = 3", TypeError, "cannot assign 'int' as buffer 'b' (torch.nn.Buffer, torch.Tensor or None expected)"),
        ("m.w = 3", TypeError, "cannot assign 'int' as parameter 'w' (torch.nn.Parameter or None expected)"),
        ("m.act = 3", TypeError, "cannot assign 'int' as child module 'act' (torch.nn.Module or None expected)"),
        ("m.w = torch.zeros(1)", TypeError, "cannot assign 'torch.FloatTensor' as parameter 'w' (torch.nn.Parameter or None expected)"),
        ("del m.nothing", AttributeError, "'Model' object has no attribute 'nothing'"),
        ("m.nothing", AttributeError, "'Model' object has no attribute 'nothing'"),
        ("m.register_buffer('w', None)", KeyError, "\"attribute 'w' already exists\""),
        ("m.register_buffer('a.b', None)", KeyError, "'buffer name can\\'t contain \".\"'"),
        ("m.register_parameter('', None)", KeyError, "'parameter name can\\'t be empty string \"\"'"),
        ("m.register_parameter('forward', None)", KeyError, "\"attribute 'forward' already exists\""),
        ("m.register_parameter('q', torch.zeros(1))", TypeError, "cannot assign 'torch.FloatTensor' object to parameter 'q' (torch.nn.Parameter or None required)"),
        ("m.register_buffer('q', 3)", TypeError, "cannot assign 'int' object to buffer 'q' (torch Tensor or None required)"),
        ("m.add_module('a.b', nn.ReLU())", KeyError, "'module name can\\'t contain \".\", got: a.b'"),
        ("m.add_module('q', 3)", TypeError, "int is not a Module subclass"),
        ("m.get_submodule('fc1.q')", AttributeError, "Linear has no attribute `q`"),
        ("m.get_parameter('fc1')", AttributeError, "`fc1` is not an nn.Parameter"),
        ("m.get_buffer('w')", AttributeError, "`w` is not a buffer"),
        ("m.train(1)", ValueError, "training mode is expected to be boolean"),
    ],
)  # fmt: skip
def test_errors(code, error, text):
    with pytest.raises(error) as caught:
        exec(code, {"m": Model(), "torch": torch, "nn": nn})
    assert str(caught.value) == text


def test_init_not_called():
    class Plain(nn.Module):
        def __init__(self):
            self.x = 1

        def forward(self, x):
            return x

    class Child(nn.Module):
        def __init__(self):
            self.a = nn.Linear(1, 1)

    class Weight(nn.Module):
        def __init__(self):
            self.w = nn.Parameter(torch.zeros(1))

    with pytest.raises(AttributeError, match="'Plain' object has no attribute '_backward_hooks'"):
        Plain()(1)
    with pytest.raises(AttributeError, match="'Plain' object has no attribute '_parameters'"):
        Plain()._parameters
    with pytest.raises(
        AttributeError, match=r"cannot assign module before Module.__init__\(\) call"
    ):
        Child()
    with pytest.raises(
        AttributeError, match=r"cannot assign parameters before Module.__init__\(\)"
    ):
        Weight()


def test_live_mappings_are_dicts():
    m = Model()
    p = m._parameters
    assert isinstance(p, dict) and len(p) == 2 and "w" in p and p.get("no", 7) == 7
    assert p["w"] is m.w and list(p.items())[0][1] is m.w
    popped = p.pop("w")
    assert isinstance(popped, nn.Parameter) and list(m._parameters) == ["p0"]
    assert "w" not in p and not hasattr(m, "w")
    m._modules["z"] = nn.ReLU()
    m._modules.update({"q": nn.ReLU()})
    assert list(m._modules)[-2:] == ["z", "q"] and isinstance(m.z, nn.ReLU)
    del m._modules["z"]
    assert not hasattr(m, "z")
    with pytest.raises(KeyError):
        m._modules["z"]
    m._modules = OrderedDict(only=nn.ReLU())
    assert names(m.named_children()) == ["only"]
    assert dict(m._buffers) == m._buffers.copy()
    assert OrderedDict(m._buffers).keys() == m._buffers.keys()
    m._non_persistent_buffers_set.add("b")
    assert "b" not in m.state_dict()


def test_instance_dict():
    m = nn.Linear(2, 3)
    m.foo = 3
    d = m.__dict__
    assert d["foo"] == 3 and d["in_features"] == 2 and d["training"] is True
    assert list(d["_parameters"]) == ["weight", "bias"] and "weight" not in d
    d["bar"] = 4
    d.update(baz=5)
    assert m.bar == 4 and m.baz == 5
    d["child"] = nn.ReLU()  # hidden from registration
    assert isinstance(m.child, nn.ReLU) and not list(m.children())
    d["in_features"] = 7
    assert m.in_features == 7 and m.extra_repr() == "in_features=7, out_features=3, bias=True"
    object.__setattr__(m, "plain", 1)
    assert m.plain == 1 and vars(m)["plain"] == 1
    del m.foo
    assert not hasattr(m, "foo")


def test_buffers_and_parameters_as_types():
    m = nn.Module()
    m.a = nn.Buffer(torch.zeros(2))
    m.b = nn.Buffer(torch.zeros(1), persistent=False)
    assert list(m._buffers) == ["a", "b"] and list(m.state_dict()) == ["a"]
    p = nn.Parameter(torch.zeros(2))
    assert isinstance(p, torch.Tensor) and isinstance(p, nn.Parameter)
    assert p.requires_grad and p.is_leaf and repr(p).startswith("Parameter containing:\ntensor(")
    assert not isinstance(torch.zeros(1), nn.Parameter)
    lin = nn.Linear(1, 1)
    assert lin.weight is lin.weight
    lin.weight.tag = 5
    assert lin.weight.tag == 5


# ---- modes, conversion ----


def test_modes_and_gradients():
    m = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    assert m.eval() is m and not m[0].training and m.train()[0].training
    m(torch.ones(1, 2)).sum().backward()
    assert m[0].bias.grad is not None
    m.zero_grad(set_to_none=False)
    assert m[0].bias.grad.tolist() == [0, 0, 0]
    m.zero_grad()
    assert m[0].bias.grad is None
    m.requires_grad_(False)
    assert not any(p.requires_grad for p in m.parameters())
    seen = []
    m.apply(lambda mod: seen.append(type(mod).__name__))
    assert seen == ["Linear", "ReLU", "Sequential"]


def test_conversion_keeps_the_parameters():
    m = nn.Sequential(nn.Linear(2, 3))
    m.register_buffer("k", torch.zeros(2, dtype=torch.int64))
    w = m[0].weight
    m(torch.ones(1, 2)).sum().backward()
    assert m.double() is m and m[0].weight is w and w.dtype == torch.float64
    assert w.grad.dtype == torch.float64 and m.k.dtype == torch.int64
    assert m.to(torch.float16)[0].bias.dtype == torch.float16
    assert m.to("cpu", torch.float32)[0].bias.dtype == torch.float32
    assert m.to(dtype=torch.bfloat16)[0].bias.dtype == torch.bfloat16
    assert m.float().half().bfloat16().float()[0].weight.dtype == torch.float32
    with pytest.raises(TypeError, match="only accepts floating point or complex dtypes"):
        m.to(torch.int64)


# ---- state ----


def test_state_dict():
    m = Model()
    state = m.state_dict()
    assert list(state)[:4] == ["w", "b", "fc1.weight", "fc1.bias"]
    assert list(state)[-2:] == ["seq.2.weight", "seq.2.bias"]
    assert state._metadata["seq.1"] == {"version": 1} and list(state._metadata)[0] == ""
    assert not state["w"].requires_grad and m.state_dict(keep_vars=True)["w"] is m.w
    assert list(m.state_dict(prefix="p."))[0] == "p.w"
    other = Model()
    result = other.load_state_dict(state)
    assert repr(result) == "<All keys matched successfully>" and tuple(result) == ([], [])
    assert same(other.fc1.weight, m.fc1.weight)


def test_load_errors_change_nothing():
    m = nn.Linear(2, 3)
    before = m.bias.detach().clone()
    with pytest.raises(RuntimeError) as e:
        m.load_state_dict(
            {"weight": torch.zeros(4, 2), "bias": torch.zeros(3), "foo": torch.zeros(1)}
        )
    assert str(e.value) == (
        'Error(s) in loading state_dict for Linear:\n\tUnexpected key(s) in state_dict: "foo". \n\t'
        "size mismatch for weight: copying a param with shape torch.Size([4, 2]) from checkpoint, the "
        "shape in current model is torch.Size([3, 2])."
    )
    assert same(m.bias, before)
    result = m.load_state_dict({"bias": torch.ones(3), "foo": torch.zeros(1)}, strict=False)
    assert repr(result) == "_IncompatibleKeys(missing_keys=['weight'], unexpected_keys=['foo'])"
    assert m.bias.tolist() == [1, 1, 1]
    weight = torch.zeros(3, 2)
    m.load_state_dict({"weight": weight, "bias": torch.zeros(3)}, assign=True)
    assert isinstance(m.weight, nn.Parameter) and m.weight.requires_grad
    weight += 1
    assert m.weight.sum().item() == 6
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like"):
        m.load_state_dict([1])


def test_state_hooks_and_overrides():
    log = []

    class X(nn.Module):
        _version = 3

        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(1, 1)

        def get_extra_state(self):
            return {"e": 1}

        def set_extra_state(self, state):
            log.append(state)

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *rest):
            log.append((prefix, local_metadata["version"], len(rest)))
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    m = nn.Sequential(X())
    state = m.state_dict()
    assert list(state) == ["0._extra_state", "0.lin.weight", "0.lin.bias"]
    m.load_state_dict(state)
    assert log == [("0.", 3, 4), {"e": 1}]
    log.clear()
    m.register_state_dict_post_hook(lambda mod, sd, prefix, meta: log.append(sorted(sd)))
    m[0].register_load_state_dict_pre_hook(lambda mod, sd, prefix, *rest: log.append(prefix))
    m.register_load_state_dict_post_hook(lambda mod, keys: log.append(keys.missing_keys))
    m.load_state_dict(m.state_dict())
    assert log == [sorted(state), ("0.", 3, 4), "0.", {"e": 1}, []]


# ---- hooks ----


def test_forward_hooks():
    log = []
    m = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    x = torch.ones(1, 2)
    plain = m(x)
    pre = m.register_forward_pre_hook(lambda mod, args: log.append(("pre", len(args))))
    m[0].register_forward_hook(lambda mod, args, out: log.append("post"))
    kw = m.register_forward_hook(
        lambda mod, args, kwargs, out: log.append(sorted(kwargs)), with_kwargs=True, prepend=True
    )
    twice = m.register_forward_hook(lambda mod, args, out: out * 2)
    assert same(m(x), plain * 2)
    assert log == [("pre", 1), "post", []]
    log.clear()
    m(input=x)
    assert log == [("pre", 0), "post", ["input"]]
    for handle in (pre, kw, twice):
        handle.remove()
    assert same(m(x), plain) and len(m._forward_hooks) == 0
    with m.register_forward_pre_hook(lambda mod, args, kw: ((args[0] + 1,), kw), with_kwargs=True):
        assert same(m(x), m[1](m[0](x + 1)))
    assert same(m(x), plain)


def test_always_call_and_global_hooks():
    log = []

    class Bad(nn.Module):
        def forward(self, x):
            raise ValueError("no")

    m = Bad()
    m.register_forward_hook(lambda mod, args, out: log.append(out), always_call=True)
    m.register_forward_hook(lambda mod, args, out: log.append("never"))
    with pytest.raises(ValueError, match="no"):
        m(1)
    assert log == [None]
    log.clear()
    from taeda.nn.modules.module import register_module_forward_hook

    handle = register_module_forward_hook(lambda mod, a, out: log.append(type(mod).__name__))
    net = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    net(torch.ones(1, 1))
    handle.remove()
    net(torch.ones(1, 1))
    assert log == ["Linear", "ReLU", "Sequential"]


def test_backward_hooks():
    log = []
    m = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    for p in m.parameters():
        p.data.fill_(1.0)
    handle = m.register_full_backward_hook(
        lambda mod, gi, go: log.append([None if g is None else g.tolist() for g in gi + go])
    )
    m[0].register_full_backward_pre_hook(lambda mod, go: log.append(go[0].tolist()))
    x = torch.ones(1, 2, requires_grad=True)
    m(x).sum().backward()
    assert log == [[[1, 1]], [[[2, 2]], [[1, 1]]]]
    log.clear()
    m(torch.ones(1, 2)).sum().backward()
    assert log == [[None, [[1, 1]]], [[1, 1]]]
    handle.remove()
    m.register_full_backward_hook(lambda mod, gi, go: tuple(g * 2 for g in gi))
    x.grad = None
    m(x).sum().backward()
    assert x.grad.tolist() == [[4, 4]]
    with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks"):
        m.register_backward_hook(lambda *a: None)


# ---- overriding ----


def test_overridden_methods():
    log = []

    class Mine(nn.Linear):
        def __init__(self):
            super().__init__(2, 2)
            self.k = 1

        def reset_parameters(self):
            log.append(hasattr(self, "k"))
            super().reset_parameters()

        def forward(self, x):
            return super().forward(x) * 0

        def extra_repr(self):
            return "mine, " + super().extra_repr()

    m = Mine()
    assert log == [False]
    assert repr(m) == "Mine(mine, in_features=2, out_features=2, bias=True)"
    x = torch.ones(1, 2)
    assert nn.Sequential(m, nn.ReLU())(x).sum().item() == 0
    r = nn.ReLU()
    r.forward = lambda x: x - 5
    assert nn.Sequential(r)(x).sum().item() == -8 and r(x).sum().item() == -8
    del r.forward
    assert r(x).sum().item() == 2

    class Train(nn.Module):
        def __init__(self):
            super().__init__()
            self.frozen = nn.ReLU()

        def train(self, mode=True):
            super().train(mode)
            self.frozen.eval()
            return self

    outer = nn.Sequential(Train())
    outer.train()
    assert outer[0].training and not outer[0].frozen.training


def test_own_getattr_setattr_call():
    class Wrapper(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def __getattr__(self, name):
            try:
                return super().__getattr__(name)
            except AttributeError:
                return getattr(self.inner, name)

    w = Wrapper(nn.Linear(3, 4))
    assert w.in_features == 3 and w.weight is w.inner.weight
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'nothing'"):
        w.nothing

    class Set(nn.Module):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if isinstance(value, nn.Module):
                object.__setattr__(self, "last", name)

    s = Set()
    s.z = nn.ReLU()
    assert s.last == "z" and list(s._modules) == ["z"]

    class Call(nn.Module):
        def __call__(self, *args):
            return "called", super().__call__(*args)

        def forward(self, a, *, b=2, **rest):
            return a, b, sorted(rest)

    assert Call()(3) == ("called", (3, 2, []))
    assert nn.Module.__call__(Call(), a=1, b=3, c=4) == (1, 3, ["c"])

    class Property(nn.Module):
        @property
        def weight(self):
            return "property"

    assert Property().weight == "property"


def test_mixins_and_abstract_classes():
    class Mixin:
        def hello(self):
            return type(self).__name__

    class First(Mixin, nn.Linear):
        pass

    class Last(nn.Linear, Mixin):
        pass

    assert First(1, 1).hello() == "First" and Last(1, 1).hello() == "Last"

    class Abstract(nn.Module, abc.ABC):
        @abc.abstractmethod
        def forward(self, x): ...

    with pytest.raises(TypeError, match="Can't instantiate abstract class Abstract"):
        Abstract()


def test_layer_arguments():
    cases = {
        "nn.Linear(3)": "Linear.__init__() missing 1 required positional argument: 'out_features'",
        "nn.Linear(3, 4, foo=1)": "Linear.__init__() got an unexpected keyword argument 'foo'",
        "nn.Linear(3, 4, in_features=3)": "Linear.__init__() got multiple values for argument 'in_features'",
        "nn.Linear(3, 4)()": "Linear.forward() missing 1 required positional argument: 'input'",
        "nn.Linear(3, 4)(t, t)": "Linear.forward() takes 2 positional arguments but 3 were given",
        "nn.Linear(3, 4)([1.0])": "linear(): argument 'input' (position 1) must be Tensor, not list",
        "nn.Linear(3, 4)(inp=t)": "Linear.forward() got an unexpected keyword argument 'inp'",
        "nn.ReLU(1, 2)": "ReLU.__init__() takes from 1 to 2 positional arguments but 3 were given",
        "nn.Module(3)": "Module.__init__() takes 1 positional argument but 2 were given",
        "nn.Module(a=3)": "Module.__init__() got an unexpected keyword argument 'a'",
    }
    for code, text in cases.items():
        with pytest.raises(TypeError) as e:
            exec(code, {"nn": nn, "t": torch.zeros(3)})
        assert str(e.value) == text
    signature = "(in_features, out_features, bias=True, device=None, dtype=None)"
    assert str(inspect.signature(nn.Linear)) == signature
    assert nn.Linear.__module__ == "taeda.nn.modules.linear"
    assert nn.modules.linear.Linear is nn.Linear


# ---- copies and collection ----


def test_copies():
    m = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1, bias=False))
    m.extra = {"a": [1]}
    m.me = [m]
    m[0].weight.requires_grad_(False)
    d = copy.deepcopy(m)
    assert repr(d) == repr(m) and d.me[0] is d and d.extra is not m.extra
    assert d[0].weight is not m[0].weight and not d[0].weight.requires_grad
    assert d[2].weight.requires_grad and isinstance(d[0].weight, nn.Parameter)
    x = torch.ones(1, 2)
    assert same(d(x), m(x))
    d[0].weight.data.fill_(0)
    assert not same(d[0].weight, m[0].weight)
    tied = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    tied[1].weight = tied[0].weight
    tied.again = tied[0]
    t = copy.deepcopy(tied)
    assert t[1].weight is t[0].weight and t.again is t[0]
    c = copy.copy(tied)
    assert c[0] is tied[0] and list(c._modules) == ["0", "1", "again"]
    c.more = nn.ReLU()
    assert not copy.deepcopy(nn.Linear(1, 1).eval()).training


def test_pickle():
    for m in (nn.Linear(2, 3), Picklable(2), Cyclic(), nn.Sequential(nn.Linear(2, 2), nn.ReLU())):
        for protocol in (2, pickle.HIGHEST_PROTOCOL):
            r = pickle.loads(pickle.dumps(m, protocol))
            assert type(r) is type(m) and repr(r) == repr(m)
            for a, b in zip(m.parameters(), r.parameters()):
                assert same(a, b) and isinstance(b, nn.Parameter)
    assert pickle.loads(pickle.dumps(Picklable(2))).extra == {"a": [1]}
    r = pickle.loads(pickle.dumps(Cyclic()))
    assert r.me[0] is r

    state = nn.Linear(2, 3).__getstate__()
    assert {"training", "_parameters", "_buffers", "_modules", "in_features"} <= set(state)


def test_cycles_are_collected():
    def gone(make):
        m = make()
        ref = weakref.ref(m)
        del m
        gc.collect()
        return ref() is None

    def by_list():
        return Cyclic()

    def by_child():
        m = nn.Module()
        m.loop = m
        return m

    def by_parameter():
        m = nn.Module()
        m.child = nn.Linear(1, 1)
        m.child.weight.owner = m
        return m

    def by_hook():
        m = nn.Module()
        m.child = nn.Linear(1, 1)
        m.child.register_forward_hook(lambda *a, m=m: None)
        return m

    def by_dict():
        m = nn.Module()
        m.child = nn.Module()
        m.child.__dict__["parent"] = m
        return m

    for make in (by_list, by_child, by_parameter, by_hook, by_dict):
        assert gone(make), make.__name__
    m = nn.Linear(1, 1)
    vars(m)["x"] = 1  # the live dict alone keeps nothing alive
    ref = weakref.ref(m)
    del m
    assert ref() is None


def test_a_class_may_take_another_call_later():
    class Net(nn.Module):
        def forward(self, x):
            return x

    net = Net()
    assert net(1) == 1
    Net.__call__ = lambda self, x: ("mine", nn.Module.__call__(self, x))
    assert net(1) == ("mine", 1)
    del Net.__call__
    assert net(x=1) == 1
