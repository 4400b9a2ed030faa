"""Files from Python: safetensors, image sets, IDX and PNG, against the standard library's zlib."""

import base64
import gzip
import os
import random
import struct
import zlib

import pytest

if os.environ.get("TAEDA_TEST_MODULE", "taeda") != "taeda":
    pytest.skip("not a statement about PyTorch", allow_module_level=True)

import taeda
from taeda import datasets, safetensors

# ---- safetensors ----

DTYPES = (
    "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 bfloat16 float32 float64 "
    "complex64"
).split()

# Written by the safetensors package, version 0.8.
RECORDED = (
    "OAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJuIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUi"
    "OltdLCJkYXRhX29mZnNldHMiOlswLDhdfSwibm9uZSI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbMCwyXSwiZGF0"
    "YV9vZmZzZXRzIjpbOCw4XX0sInciOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6"
    "WzgsMzJdfSwiaCI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzMyLDM2XX0sIm1h"
    "c2siOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMzYsMzldfX0HAAAAAAAAAAAA"
    "AAAAAIA+AAAAPwAAQD8AAIA/AACgPwA+AMABAAE="
)


def everything():
    out = {d: taeda.tensor([[0, 1, 2], [3, 4, 5]]).to(getattr(taeda, d)) for d in DTYPES}
    out["scalar"] = taeda.tensor(1.5)
    out["empty"] = taeda.zeros(0, 4)
    out['\u00e9 "quoted"\n'] = taeda.tensor([True])
    return out


def assert_same(a, b):
    assert list(a) == list(b)
    for name, x in a.items():
        assert x.dtype == b[name].dtype and x.shape == b[name].shape
        assert x.tolist() == b[name].tolist()


def test_safetensors_round_trip(tmp_path):
    tensors = everything()
    for metadata in (None, {}, {"z": "1", "a": "\u00e9"}):
        safetensors.save_file(tensors, tmp_path / "f", metadata)
        assert_same(safetensors.load_file(tmp_path / "f"), tensors)
        with safetensors.safe_open(tmp_path / "f", framework="pt") as f:
            assert f.metadata() == metadata
            assert f.keys() == list(tensors)
            assert f.get_tensor("scalar").item() == 1.5
            with pytest.raises(RuntimeError, match="does not contain tensor nothing"):
                f.get_tensor("nothing")
        with pytest.raises(ValueError, match="closed"):
            f.keys()
    data = safetensors.save(tensors, metadata)
    assert data == (tmp_path / "f").read_bytes()
    assert_same(safetensors.load(data), tensors)
    assert_same(safetensors.load(bytearray(data)), tensors)
    assert os.listdir(tmp_path) == ["f"]


def test_safetensors_file_of_the_other_writer():
    tensors = safetensors.load(base64.b64decode(RECORDED))
    assert tensors["w"].tolist() == [[0, 0.25, 0.5], [0.75, 1, 1.25]]
    assert tensors["n"].item() == 7 and tensors["n"].dtype == taeda.int64
    assert tensors["mask"].tolist() == [True, False, True]
    assert tensors["h"].tolist() == [1.5, -2] and tensors["h"].dtype == taeda.float16
    assert tuple(tensors["none"].shape) == (0, 2)


def test_safetensors_with_the_other_package(tmp_path):
    other = pytest.importorskip("safetensors.numpy")
    tensors = {k: v for k, v in everything().items() if k != "bfloat16"}
    safetensors.save_file(tensors, tmp_path / "f", {"a": "b"})
    theirs = other.load_file(tmp_path / "f")
    assert set(theirs) == set(tensors)
    for name, x in theirs.items():
        assert x.tolist() == tensors[name].tolist()
    other.save_file(theirs, tmp_path / "g")
    ours = safetensors.load_file(tmp_path / "g")
    assert_same({k: ours[k] for k in tensors}, tensors)


def test_safetensors_saves_values(tmp_path):
    x = taeda.arange(6.0).view(2, 3).requires_grad_()
    safetensors.save_file({"t": x.t(), "a": x, "b": x, "part": x[:, 1]}, tmp_path / "f")
    back = safetensors.load_file(tmp_path / "f")
    assert back["t"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert back["part"].tolist() == [1, 4]
    assert not back["a"].requires_grad
    back["a"].zero_()
    assert back["b"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_safetensors_state_dict(tmp_path):
    a, b = taeda.nn.Linear(3, 2), taeda.nn.Linear(3, 2)
    safetensors.save_file(a.state_dict(), tmp_path / "f")
    b.load_state_dict(safetensors.load_file(tmp_path / "f"))
    assert b.weight.tolist() == a.weight.tolist() and b.bias.tolist() == a.bias.tolist()


def test_safetensors_errors(tmp_path):
    path, x = tmp_path / "f", taeda.zeros(2)
    path.write_bytes(b"old")
    for tensors, error in (
        ([x], TypeError),
        ({1: x}, TypeError),
        ({"a": [1.0]}, TypeError),
        ({"a": None}, TypeError),
        ({"__metadata__": x}, ValueError),
        ({"\ud800": x}, ValueError),
        ({"a": x, "z": x.to(taeda.complex128)}, TypeError),
    ):
        with pytest.raises(error):
            safetensors.save_file(tensors, path)
    for metadata in ({"a": 1}, {1: "a"}, ["a"]):
        with pytest.raises(TypeError):
            safetensors.save_file({"a": x}, path, metadata)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["f"]

    with pytest.raises(FileNotFoundError) as e:
        safetensors.load_file(tmp_path / "none")
    assert e.value.filename == str(tmp_path / "none")
    assert str(e.value) == f"[Errno 2] No such file or directory: '{tmp_path / 'none'}'"
    with pytest.raises(FileNotFoundError):
        safetensors.save_file({"a": x}, tmp_path / "no" / "f")
    with pytest.raises(IsADirectoryError):
        safetensors.load_file(tmp_path)
    with pytest.raises(IsADirectoryError):
        safetensors.save_file({"a": x}, tmp_path)
    with pytest.raises(RuntimeError, match="only 3 bytes") as e:
        safetensors.load_file(path)
    assert str(path) in str(e.value)
    with pytest.raises(TypeError):
        safetensors.load("text")
    with pytest.raises(TypeError):
        safetensors.load_file(None)
    with pytest.raises(ValueError):
        safetensors.safe_open(path, framework="jax")


def test_file_names_of_any_bytes(tmp_path):
    name = os.path.join(os.fsencode(tmp_path), b"\xff\xfe")
    safetensors.save_file({"a": taeda.ones(2)}, name)
    assert safetensors.load_file(name)["a"].tolist() == [1, 1]
    assert safetensors.load_file(os.fsdecode(name))["a"].tolist() == [1, 1]


# ---- decompression, through IDX files ----


def idx(data):
    return struct.pack(">HBBI", 0, 8, 1, len(data)) + data


def samples():
    rng = random.Random(1)
    fibonacci, a, b = [], 1, 1  # frequencies that make codes of all lengths up to 15
    for value in range(20):
        fibonacci += [value] * a
        a, b = b, a + b
    rng.shuffle(fibonacci)
    far = bytearray(rng.randbytes(300))
    while len(far) < 50000:  # repetitions of all lengths and distances
        back, n = min(len(far), int(2 ** rng.uniform(0, 15))), rng.randrange(3, 259)
        far += (far[-back:] * (n // back + 1))[:n] + rng.randbytes(rng.randrange(2))
    return [b"", b"a", b"a" * 70000, rng.randbytes(70000), bytes(fibonacci), bytes(far)]


@pytest.mark.parametrize("strategy", range(5))
def test_gzip_of_every_strategy(tmp_path, strategy):
    path = tmp_path / "f"
    for data in samples():
        for level in (0, 1, 9):
            c = zlib.compressobj(level, zlib.DEFLATED, 31, 9, strategy)
            whole = idx(data)
            half = len(whole) // 2
            packed = c.compress(whole[:half]) + c.flush(zlib.Z_FULL_FLUSH)
            path.write_bytes(packed + c.compress(whole[half:]) + c.flush())
            assert bytes(datasets.read_idx(path).tolist()) == data


def test_idx_errors_name_the_file(tmp_path):
    path = tmp_path / "images"
    good = gzip.compress(idx(b"12345"))
    for bad, text in (
        (b"", "empty"),
        (b"P5 8 8", "two zero bytes"),
        (idx(b"12345")[:-1], "take 5 bytes, the file has 4"),
        (idx(b"12345") + b"6", "1 bytes follow"),
        (good[:-1], "truncated"),
        (good[:-5] + b"x" + good[-4:], "CRC-32"),
    ):
        path.write_bytes(bad)
        with pytest.raises(RuntimeError, match=text) as e:
            datasets.read_idx(path)
        assert str(path) in str(e.value)
    with pytest.raises(FileNotFoundError):
        datasets.read_idx(tmp_path / "none")


# ---- PNG ----

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = "0088 4088 0448 2044 0224 1022 0112"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def filtered(kind, row, above, step):
    out = bytearray([kind])
    for i, x in enumerate(row):
        a, c = (row[i - step], above[i - step]) if i >= step else (0, 0)
        b = above[i]
        paeth = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
        out.append((x - (0, a, b, (a + b) // 2, paeth)[kind]) & 255)
    return bytes(out)


def encode(rng, width, height, depth, kind, pixels, extra, interlace):
    """A PNG file of `pixels`, a function of column and row to a list of samples."""
    raw = b""
    for spec in ADAM7.split() if interlace else ["0011"]:
        x0, y0, dx, dy = map(int, spec)
        columns = range(x0, width, dx)
        above = bytes((len(columns) * CHANNELS[kind] * depth + 7) // 8)
        for y in range(y0, height, dy) if columns else ():
            bits = "".join(f"{v:0{depth}b}" for x in columns for v in pixels(x, y))
            row = int(bits.ljust(len(above) * 8, "0"), 2).to_bytes(len(above), "big")
            step = max(1, CHANNELS[kind] * depth // 8)
            raw += filtered(rng.randrange(5), row, above, step)
            above = row
    data = zlib.compress(raw)
    cut = rng.randrange(len(data))
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    chunks = [
        (b"IHDR", header),
        *extra,
        (b"IDAT", data[:cut]),
        (b"IDAT", data[cut:]),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(k, d) for k, d in chunks)


def gray(samples, depth, kind, palette, transparent):
    """The documented conversion of one pixel."""
    most, alpha = (1 << depth) - 1, 255
    if kind == 3:
        (i,) = samples
        colour = list(palette[3 * i : 3 * i + 3])
        alpha = transparent[i] if i < len(transparent) else 255
    else:
        if transparent and samples == list(struct.unpack(f">{len(samples)}H", transparent)):
            return 255
        colour = [(v * 255 + most // 2) // most for v in samples]
        if kind >= 4:
            alpha = colour.pop()
    v = colour[0]
    if len(colour) == 3:
        v = (299 * colour[0] + 587 * colour[1] + 114 * colour[2] + 500) // 1000
    return (v * alpha + 255 * (255 - alpha) + 127) // 255


@pytest.mark.parametrize(
    "kind, depth",
    [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8)]
    + [(4, 8), (4, 16), (6, 8), (6, 16)],
)
@pytest.mark.parametrize("interlace", [0, 1])
def test_png(tmp_path, kind, depth, interlace):
    rng = random.Random(depth * 8 + kind)
    for width, height in ((1, 1), (2, 3), (5, 7), (13, 9), (33, 2)):
        n = 2**depth
        rows = [
            [[rng.randrange(n) for _ in range(CHANNELS[kind])] for _ in range(width)]
            for _ in range(height)
        ]
        palette = rng.randbytes(3 * n) if kind == 3 else b""
        for with_transparent in (False, kind < 4):
            transparent = b""
            if with_transparent and kind == 3:
                transparent = rng.randbytes(rng.randrange(1, n + 1))
            elif with_transparent:
                transparent = struct.pack(f">{CHANNELS[kind]}H", *rows[0][0])
            extra = [(k, d) for k, d in ((b"PLTE", palette), (b"tRNS", transparent)) if d]
            data = encode(
                rng, width, height, depth, kind, lambda x, y: rows[y][x], extra, interlace
            )
            (tmp_path / "f.png").write_bytes(data)
            image = datasets.read_image(tmp_path / "f.png")
            assert image.dtype == taeda.uint8
            assert image.tolist() == [
                [gray(s, depth, kind, palette, transparent) for s in row] for row in rows
            ]


def test_png_errors(tmp_path):
    path = tmp_path / "f.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(RuntimeError, match="f.png': the PNG file is truncated"):
        datasets.read_image(path)
    with pytest.raises(FileNotFoundError):
        datasets.read_image(tmp_path / "none.png")


# ---- image sets ----


def test_digits():
    s = datasets.load_images("digits")
    assert tuple(s.train_images.shape) == (1500, 8, 8) and tuple(s.test_images.shape) == (297, 8, 8)
    assert s.train_images.dtype == taeda.uint8 and s.test_labels.dtype == taeda.int64
    assert s.max_value == int(s.train_images.max()) == 16
    assert s.class_names == list("0123456789")
    assert repr(s) == "ImageSet(train [1500, 8, 8], test [297, 8, 8], 10 classes)"
    # The images are what the labels say: the nearest mean image of a class is mostly the right one.
    sums, counts = [[0] * 64 for _ in range(10)], [0] * 10
    for image, label in zip(s.train_images.reshape(-1, 64).tolist(), s.train_labels.tolist()):
        counts[label] += 1
        sums[label] = [a + b for a, b in zip(sums[label], image)]
    means = [[v / n for v in row] for row, n in zip(sums, counts)]
    right = 0
    for image, label in zip(s.test_images.reshape(-1, 64).tolist(), s.test_labels.tolist()):
        far = [sum((a - b) ** 2 for a, b in zip(image, mean)) for mean in means]
        right += far.index(min(far)) == label
    assert right > 0.85 * 297


def write_set(folder, count=3):
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "t10k"):
        images = struct.pack(">HBBIII", 0, 8, 3, count, 2, 2) + bytes(range(4 * count))
        labels = struct.pack(">HBBI", 0, 8, 1, count) + bytes(range(count))
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(labels)


@pytest.mark.parametrize("below", ["", "FashionMNIST/raw", "fashion-mnist", "raw"])
def test_image_files_are_found(tmp_path, monkeypatch, below):
    write_set(tmp_path / "data" / below)
    s = datasets.load_images("fashion-mnist", tmp_path / "data")
    assert s.train_images.tolist()[1] == [[4, 5], [6, 7]]
    assert s.test_labels.tolist() == [0, 1, 2]
    assert s.class_names[1] == "Trouser" and s.max_value == 255
    monkeypatch.chdir(tmp_path)
    assert datasets.load_images("fashion-mnist").train_labels.tolist() == [0, 1, 2]


def test_image_sets_refuse(tmp_path):
    with pytest.raises(ValueError, match="unknown image set 'cifar'"):
        datasets.load_images("cifar")
    with pytest.raises(TypeError):
        datasets.load_images(3)
    with pytest.raises(FileNotFoundError, match="MNIST/raw"):
        datasets.load_images("mnist", tmp_path)
    write_set(tmp_path)
    (tmp_path / "t10k-images-idx3-ubyte.gz").rename(tmp_path / "other")
    with pytest.raises(FileNotFoundError, match="missing: t10k-images"):
        datasets.load_images("mnist", root=tmp_path)
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx(b"abc"))
    with pytest.raises(RuntimeError, match="t10k-images-idx3-ubyte' holds torch.uint8 of 1 dim"):
        datasets.load_images("mnist", root=tmp_path)
