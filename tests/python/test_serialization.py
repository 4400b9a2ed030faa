"""torch.save and torch.load: round trips, files that PyTorch 2.13 wrote, and damaged ones."""

import collections
import io
import os
import pickle
import random
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

import taeda as torch
from taeda import serialization

DATA = Path(__file__).parents[1] / "data" / "checkpoints"
DTYPES = (
    "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 bfloat16 float32 float64 "
    "complex64 complex128"
).split()
WAYS = ({}, {"mmap": True}, {"weights_only": False})


def again(obj, save=None, **load):
    buffer = io.BytesIO()
    torch.save(obj, buffer, **(save or {}))
    buffer.seek(0)
    return torch.load(buffer, **load)


# ---- files of PyTorch 2.13 ----


@pytest.mark.parametrize("way", WAYS)
def test_views_of_pytorch(way):
    v = torch.load(DATA / "views.pt", **way)
    assert v["a"].tolist() == list(range(10)) and v["b"].tolist() == [2, 3, 4]
    assert v["t"].stride() == (1, 5) and v["t"].shape == (5, 2) and v["e"].shape == (0, 3)
    assert v["s"].item() == 3 and v["s"].shape == ()
    v["a"].fill_(7)  # memory that was shared still is
    assert v["b"].tolist() == [7, 7, 7] and v["t"][4, 1] == 7 and v["s"] == 3
    assert torch.load(DATA / "views.pt", **way)["a"][1] == 1  # and is not the file's


@pytest.mark.parametrize("way", WAYS)
def test_dtypes_of_pytorch(way):
    tensors = torch.load(str(DATA / "dtypes.pt"), **way)
    assert list(tensors) == DTYPES
    for name, x in tensors.items():
        assert x.dtype == getattr(torch, name)
        assert x.tolist() == torch.tensor([0, 1, 3]).to(x.dtype).tolist()


@pytest.mark.parametrize("name", ["training.pt", "training_legacy.pt"])
@pytest.mark.parametrize("weights_only", [True, False])
def test_training_of_pytorch(name, weights_only):
    state = torch.load(DATA / name, weights_only=weights_only)
    assert state["epoch"] == 3 and type(state["p"]) is torch.nn.Parameter
    assert state["p"].requires_grad and type(state["model"]) is collections.OrderedDict
    assert state["model"]._metadata[""] == {"version": 1}
    model = torch.nn.Linear(2, 1)
    model.load_state_dict(state["model"])
    assert model.weight.tolist() == [[pytest.approx(0.5), pytest.approx(2.5)]]
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(state["optimizer"])
    assert optimizer.param_groups[0]["lr"] == 0.5
    assert optimizer.state_dict()["state"][0]["step"] == 1


@pytest.mark.parametrize("weights_only", [True, False])
def test_values_of_pytorch(weights_only):
    found = torch.load(DATA / "values.pt", weights_only=weights_only) if weights_only else None
    expected = [
        torch.Size([2, 3]),
        torch.float16,
        torch.device("cpu"),
        collections.OrderedDict(a=1),
        collections.Counter("aab"),
        {1, 2},
        b"ab\xff",
        bytearray(b"q"),
        2**70,
        -(2**40),
        1 + 2j,
        None,
        True,
        False,
        1.5,
        300,
        -5,
        70000,
        "é",
        (),
        (1, 2, 3, 4),
        [[1], [2, [3]]],
        torch.strided,
    ]
    for values in (found, again(expected, weights_only=weights_only)):
        if values is not None:
            assert values == expected
            assert [type(v) for v in values] == [type(v) for v in expected]


def test_module_of_pytorch():
    with pytest.raises(pickle.UnpicklingError) as error:
        torch.load(DATA / "module.pt")
    text = str(error.value)
    assert text.startswith("Weights only load failed. This file can still be loaded, to do so you")
    assert "GLOBAL torch.nn.modules.container.Sequential was not an allowed global" in text
    model = torch.load(DATA / "module.pt", weights_only=False)
    assert type(model) is torch.nn.Sequential and type(model[0]) is torch.nn.Linear
    assert model(torch.ones(1, 2)).shape == (1, 1)
    names = serialization.get_unsafe_globals_in_checkpoint(DATA / "module.pt")
    assert names == [
        "torch.nn.modules.activation.ReLU",
        "torch.nn.modules.container.Sequential",
        "torch.nn.modules.linear.Linear",
    ]
    copy = again(model, weights_only=False)
    assert copy[0].weight.tolist() == model[0].weight.tolist()


def test_layers_of_pytorch():
    """Whole layers whose attributes differ from ours in PyTorch."""
    layers = torch.load(DATA / "layers.pt", weights_only=False)
    x = torch.arange(6.0).view(1, 2, 3) / 6
    assert layers["lstm"](x)[0].flatten().tolist() == pytest.approx(layers["out"]["lstm"].tolist())
    layers["encoder"].eval()
    y = layers["encoder"](torch.arange(8.0).view(1, 2, 4) / 8)
    assert y.flatten().tolist() == pytest.approx(layers["out"]["encoder"].tolist(), abs=1e-5)
    for name in ("lstm", "encoder"):
        copy = again(layers[name], weights_only=False)
        assert copy.state_dict().keys() == layers[name].state_dict().keys()
    assert again(layers["lstm"], weights_only=False)(x)[0].tolist() == layers["lstm"](x)[0].tolist()


def test_the_same_bytes_as_pytorch(tmp_path):
    """All of the archive but the number that tells files apart."""
    x = torch.arange(10.0)
    views = {
        "a": x,
        "b": x[2:5],
        "t": x.view(2, 5).t(),
        "s": torch.tensor(3.0),
        "e": torch.zeros(0, 3),
    }
    dtypes = {d: torch.tensor([0, 1, 3]).to(getattr(torch, d)) for d in DTYPES}
    for name, obj in (("views.pt", views), ("dtypes.pt", dtypes)):
        torch.save(obj, tmp_path / name)
        ours, theirs = (tmp_path / name).read_bytes(), (DATA / name).read_bytes()
        assert len(ours) == len(theirs)
        a, b = zipfile.ZipFile(tmp_path / name), zipfile.ZipFile(DATA / name)
        assert a.testzip() is None and a.namelist() == b.namelist()
        for member in a.namelist():
            if not member.endswith("serialization_id"):
                assert a.read(member) == b.read(member)
        assert len(a.read(a.namelist()[-1])) == 40
        assert sum(p != q for p, q in zip(ours, theirs)) <= 40 + 8


# ---- round trips ----


@pytest.mark.parametrize(
    "save", [{}, {"_use_new_zipfile_serialization": False}, {"pickle_protocol": 4}]
)
@pytest.mark.parametrize("load", [{}, {"weights_only": False}])
def test_round_trip(save, load):
    x = torch.randn(3, 4)
    p = torch.nn.Parameter(torch.ones(2, dtype=torch.float16), requires_grad=False)
    p.note = "kept"
    y = torch.ones(2, requires_grad=True)
    back = again({"x": x, "row": x[1], "p": p, "y": y, 3: [x, (x.t(), None)]}, save, **load)
    assert back["x"].tolist() == x.tolist() and back["y"].requires_grad
    assert type(back["p"]) is torch.nn.Parameter and not back["p"].requires_grad
    assert back["p"].note == "kept" and back["p"].dtype == torch.float16
    back["x"].zero_()
    assert back["row"].tolist() == [0] * 4 and back[3][1][0].sum() == 0 and back[3][0] is back["x"]


def test_shares_and_cycles():
    values = [1]
    values.append(values)
    back = again(values)
    assert back[0] == 1 and back[1] is back
    part = torch.arange(10.0)[2:5]
    buffer = io.BytesIO()
    torch.save(part, buffer)
    with zipfile.ZipFile(buffer) as z:
        assert len(z.read("archive/data/0")) == 40  # the whole storage
    assert torch.load(io.BytesIO(buffer.getvalue())).untyped_storage().nbytes() == 40
    storage = again(part.untyped_storage())
    assert type(storage) is torch.UntypedStorage
    assert storage.tolist() == part.untyped_storage().tolist()
    meta = again(torch.empty(2, 3, device="meta"))
    assert meta.is_meta and meta.shape == (2, 3)
    with pytest.raises(RuntimeError, match="view the same data as different types"):
        again([part, part.view(torch.int32)])


class Point:
    def __init__(self, x):
        self.x = x


class Mine(torch.Tensor):
    pass


def test_objects_of_the_user():
    assert again(Point(3), weights_only=False).x == 3
    with pytest.raises(pickle.UnpicklingError, match=r"add_safe_globals\(\[.*Point\]\)"):
        again(Point(3))
    library = [{"r": range(3)}, slice(1, 2), frozenset([1]), collections.defaultdict(list, a=[1])]
    assert again(library, weights_only=False) == library
    with pytest.raises(pickle.UnpicklingError, match="GLOBAL builtins.range was not"):
        again(library)
    with serialization.safe_globals([range, collections.defaultdict, list]):
        assert again([library[0], library[3]]) == [library[0], library[3]]
    with serialization.safe_globals([Point]):
        assert again(Point(3)).x == 3
        assert serialization.get_safe_globals() == [Point]
    assert not serialization.get_safe_globals()
    x = torch.ones(2).as_subclass(Mine)
    x.tag = 1
    serialization.add_safe_globals([(Mine, f"{__name__}.Mine")])
    try:
        back = again(x)
    finally:
        serialization.clear_safe_globals()
    assert type(back) is Mine and back.tag == 1 and back.tolist() == [1, 1]


class Evil:
    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def test_no_code_runs(tmp_path):
    target = str(tmp_path / "made")
    for call in (
        (os.mkdir, target),
        (eval, f"__import__('os').mkdir({target!r})"),
        (getattr, "x", "upper"),
        (exec, "1"),
        (print, "x"),
        (__import__, "os"),
    ):
        for save in ({}, {"_use_new_zipfile_serialization": False}):
            with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
                again([Evil(*call)], save)
    assert not os.path.exists(target)
    with pytest.raises(pickle.UnpicklingError, match="whose module posix is blocked"):
        again(Evil(os.mkdir, target))
    serialization.add_safe_globals([os.mkdir])
    try:
        with pytest.raises(pickle.UnpicklingError, match="blocked"):
            again(Evil(os.mkdir, target))
    finally:
        serialization.clear_safe_globals()


def test_places():
    x = torch.arange(3.0)
    for where in (
        "cpu",
        torch.device("cpu"),
        {"cpu": "cpu"},
        lambda s, where: s,
        lambda s, where: None,
    ):
        assert again(x, map_location=where).tolist() == [0, 1, 2]
    assert again(x, map_location="meta").is_meta
    seen = []
    again([x, x], map_location=lambda s, where: seen.append((type(s).__name__, where)))
    assert seen == [("UntypedStorage", "cpu")]
    with pytest.raises(RuntimeError, match="Attempting to deserialize object on a CUDA device but"):
        again(x, map_location="cuda:0")
    with pytest.raises(RuntimeError, match=r"restore data location .* \(tagged with nowhere\)"):
        again(x, map_location="nowhere")


def test_files(tmp_path):
    path = tmp_path / "m.pt"
    torch.save(torch.ones(2), path)
    with zipfile.ZipFile(path) as z:
        assert z.namelist()[0] == "m/data.pkl"
    with open(path, "wb") as f:
        torch.save(torch.ones(3), f)
    with open(path, "rb") as f:
        assert torch.load(f).tolist() == [1, 1, 1]
    path.write_bytes(b"old")
    with pytest.raises((pickle.PicklingError, AttributeError)):
        torch.save(lambda: 0, path)
    assert path.read_bytes() == b"old"
    with pytest.raises(RuntimeError, match="Parent directory .*none does not exist"):
        torch.save(1, tmp_path / "none" / "f")
    with pytest.raises(AttributeError, match="file-like object with a 'write' attribute"):
        torch.save(1, None)
    with pytest.raises(FileNotFoundError):
        torch.load(tmp_path / "none.pt")
    with pytest.raises(
        AttributeError, match="You can only torch.load from a file that is seekable"
    ):
        torch.load(3)
    with pytest.raises(ValueError, match="file path in order to use the mmap argument"):
        torch.load(io.BytesIO(b""), mmap=True)
    with pytest.raises(EOFError):
        torch.load(io.BytesIO())
    with pytest.raises(RuntimeError, match="explicit pickle_module"):
        torch.load(path, pickle_module=pickle, weights_only=True)
    with pytest.raises(RuntimeError, match="mmap can only be used with files saved with"):
        torch.load(DATA / "training_legacy.pt", mmap=True)
    torch.save({"a": 1}, path)
    assert torch.load(path, pickle_module=pickle) == {"a": 1}
    with pytest.warns(UserWarning, match="pickle_load_args only works"):
        torch.load(path, encoding="latin1")


def test_numpy_values():
    numpy = pytest.importorskip("numpy")
    values = [numpy.float64(2.5), numpy.arange(3)]
    assert [str(v) for v in again(values, weights_only=False)] == ["2.5", "[0 1 2]"]
    with pytest.raises(pickle.UnpicklingError, match="Unsupported global: GLOBAL numpy"):
        again(values)
    multiarray = numpy._core.multiarray
    allowed = [multiarray.scalar, numpy.dtype, type(numpy.dtype("float64"))]
    with serialization.safe_globals(allowed):
        assert again(values[:1]) == [2.5]


def archive(**members):
    """A checkpoint by another writer: no alignment, perhaps deflated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", members.pop("method", zipfile.ZIP_STORED)) as z:
        for name, content in members.items():
            z.writestr("x/" + name.replace("__", "/").replace("data_pkl", "data.pkl"), content)
    return buffer.getvalue()


def test_archives_of_other_writers(tmp_path):
    source = io.BytesIO()
    torch.save({"a": torch.arange(1000.0)}, source)
    with zipfile.ZipFile(source) as z:
        data, storage = z.read("archive/data.pkl"), z.read("archive/data/0")
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raw = archive(version="3\n", data_pkl=data, data__0=storage, method=method)
        assert torch.load(io.BytesIO(raw))["a"].tolist() == list(range(1000))
        (tmp_path / "f").write_bytes(raw)
        if method == zipfile.ZIP_STORED:
            assert torch.load(tmp_path / "f", mmap=True)["a"][999] == 999
        else:  # where PyTorch would give wrong numbers
            with pytest.raises(RuntimeError, match="compressed and cannot be mapped"):
                torch.load(tmp_path / "f", mmap=True)
    swapped = b"".join(storage[i : i + 4][::-1] for i in range(0, 4000, 4))
    raw = archive(version="3", byteorder="big", data_pkl=data, data__0=swapped)
    assert torch.load(io.BytesIO(raw))["a"].tolist() == list(range(1000))
    for members, text in (
        ({"data_pkl": data}, "no member 'version'"),
        ({"version": "11", "data_pkl": data, "data__0": storage}, "version 11; versions 1 to 10"),
        ({"version": "3", "data_pkl": data}, "storage '0' is missing"),
        ({"version": "3", "data_pkl": data, "data__0": storage[:-4]}, "has 3996 bytes"),
        ({"version": "3", "data_pkl": data[:-1], "data__0": storage}, "it ends early"),
        ({"version": "3", "byteorder": "odd", "data_pkl": data}, "byte order 'odd'"),
        ({"picture": "1"}, "no member 'data.pkl'"),
    ):
        with pytest.raises(RuntimeError, match=text):
            torch.load(io.BytesIO(archive(**members)))


def test_damaged_files(tmp_path):
    whole = (DATA / "training.pt").read_bytes()
    for cut in (1, 20, 22, 100, 1000, len(whole) // 2, len(whole) - 3):
        (tmp_path / "f.pt").write_bytes(whole[:-cut])
        with pytest.raises((RuntimeError, pickle.UnpicklingError)) as error:
            torch.load(tmp_path / "f.pt")
        assert "f.pt" in str(error.value)
    with zipfile.ZipFile(DATA / "training.pt") as z:
        at = whole.index(z.read("training/data/0"))
    with pytest.raises(RuntimeError, match=r"damaged: its check sum \(CRC-32\) does not match"):
        torch.load(io.BytesIO(whole[:at] + b"x" + whole[at + 1 :]))
    for foreign in (b"hello world", b"\x80\x02}.", b"\x89PNG", b"PK\3\4", bytes(600)):
        with pytest.raises((RuntimeError, pickle.UnpicklingError)):
            torch.load(io.BytesIO(foreign))
    with pytest.raises(pickle.UnpicklingError, match="tar archive"):
        torch.load(io.BytesIO(bytes(257) + b"ustar" + bytes(300)))
    legacy = (DATA / "training_legacy.pt").read_bytes()
    for cut in (1, 9, 100, len(legacy) - 20):
        with pytest.raises(pickle.UnpicklingError):
            torch.load(io.BytesIO(legacy[:-cut]))


def pickled(*parts):
    """A checkpoint whose pickle is given as bytes."""
    return io.BytesIO(
        archive(version="3", data_pkl=b"\x80\x02" + b"".join(parts) + b".", data__0=bytes(16))
    )


def text(s):
    return b"X" + struct.pack("<I", len(s)) + s.encode()


def tensor_parts(numel=4, offset=0, size=(4,), stride=(1,), kind="FloatStorage", key="0"):
    def number(n):
        return b"\x8a\x08" + struct.pack("<q", n)

    return [
        b"ctorch._utils\n_rebuild_tensor_v2\n((",
        text("storage"),
        f"ctorch\n{kind}\n".encode(),
        text(key),
        text("cpu"),
        number(numel),
        b"tQ",
        number(offset),
        b"(" + b"".join(map(number, size)) + b"t(" + b"".join(map(number, stride)) + b"t",
        b"\x89ccollections\nOrderedDict\n)RtR",
    ]


def test_tensors_outside_their_storage():
    assert torch.load(pickled(*tensor_parts())).tolist() == [0] * 4
    for facts in (
        {"size": (5,)},
        {"offset": 1},
        {"offset": -1},
        {"stride": (2,)},
        {"stride": (-1,)},
        {"size": (-4,)},
        {"numel": 5},
        {"numel": -1},
        {"numel": 2**62},
        {"size": (2**32, 2**32), "stride": (0, 0)},
        {"size": (2**62, 4), "stride": (2**62, 2**62)},
        {"size": (4, 1)},
        {"key": "1"},
        {"key": "../version"},
        {"kind": "QInt8Storage"},
    ):
        with pytest.raises((RuntimeError, pickle.UnpicklingError, MemoryError)):
            torch.load(pickled(*tensor_parts(**facts)))


def test_damaged_pickles():
    for parts, message in (
        ((b"h\1",), "memo has no entry 1"),
        ((b"t",), "no mark"),
        ((b"R",), "nothing is on its stack"),
        ((b"NN",), "more than one value"),
        ((b"]NN\x86R",), "no global"),
        ((b"x",), "the opcode 120"),
        ((b"P0\n",), "the opcode 80"),
        ((b"(NNNd",), "a key without a value"),
        ((b"NNa",), "nothing can be appended"),
        ((b"X\xff\xff\xff\xffabc",), "it ends early"),
        ((b"]" * 3000 + b"a" * 2999,), "nested more than 2000 deep"),
        ((b"(Nq\0th\0.",), None),
        ((b"ccollections\nOrderedDict\n)RNb",), None),
        ((b"ctorch\nSize\nN\x85R",), None),
    ):
        with pytest.raises(
            (RuntimeError, pickle.UnpicklingError, TypeError, AttributeError)
        ) as error:
            torch.load(pickled(*parts))
        assert message is None or message in str(error.value)


def test_any_bytes_are_safe():
    """Changed files load or are refused; nothing else happens."""
    rng = random.Random(0)
    files = [
        (DATA / name).read_bytes() for name in ("training.pt", "views.pt", "training_legacy.pt")
    ]
    loaded = refused = 0
    for _ in range(1500):
        data = bytearray(rng.choice(files))
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                torch.load(io.BytesIO(bytes(data)))
            loaded += 1
        except Exception as error:
            assert not isinstance(error, (SystemError, RecursionError)), error
            refused += 1
    assert loaded > 50 and refused > 200
    good = zipfile.ZipFile(DATA / "training.pt").read("training/data.pkl")
    for _ in range(3000):  # past the check sums
        data = bytearray(good)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            torch.load(io.BytesIO(archive(version="3", data_pkl=bytes(data), data__0=bytes(8))))
        except Exception as error:
            assert not isinstance(error, (SystemError, RecursionError)), error


def test_state_dict_between_models(tmp_path):
    a = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    b = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    torch.save(a.state_dict(), tmp_path / "m.pt")
    state = torch.load(tmp_path / "m.pt", mmap=True)
    assert b.load_state_dict(state) and state._metadata == a.state_dict()._metadata
    for x, y in zip(a.state_dict().values(), b.state_dict().values()):
        assert x.tolist() == y.tolist()
