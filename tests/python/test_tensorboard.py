"""SummaryWriter: what it writes, read back with our reader and, where installed, TensorBoard's."""

import glob
import math
import os
import signal
import struct
import subprocess
import sys
import threading

import pytest
from taeda.utils.tensorboard import SummaryWriter

import taeda as torch
from taeda import _C

# Messages the reader decodes further, by path of field numbers; everything else is bytes.
MESSAGES = {(5,), (5, 1), (5, 1, 4), (5, 1, 5), (5, 1, 8), (5, 1, 9), (5, 1, 9, 1), (7,), (10,)}


def fields(data, path=()):
    """A protobuf message as {field: [values]}."""
    out, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value - (value >> 63 << 64)

    while at < len(data):
        tag = varint()
        field, kind = tag >> 3, tag & 7
        if kind == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            value = data[at : at + size]
            assert len(value) == size
            at += size
        if kind == 1:
            (value,) = struct.unpack("<d", value)
        elif kind == 5:
            (value,) = struct.unpack("<f", value)
        elif kind == 2 and (*path, field) in MESSAGES:
            value = fields(value, (*path, field))
        out.setdefault(field, []).append(value)
    return out


def events(folder):
    """Every event in a folder, in order."""
    out = []
    for path in sorted(glob.glob(os.path.join(folder, "*tfevents*"))):
        reader = _C._io.RecordReader(os.fsencode(path))
        while (record := reader.next()) is not None:
            out.append(fields(record))
    return out


def values(folder):
    """{tag: [(step, value message)]}"""
    out = {}
    for event in events(folder):
        for summary in event.get(5, []):
            for value in summary[1]:
                step = event.get(2, [0])[0]
                out.setdefault(value[1][0].decode(), []).append((step, value))
    return out


def doubles(packed):
    return list(struct.unpack(f"<{len(packed) // 8}d", packed))


def floats(packed):
    return list(struct.unpack(f"<{len(packed) // 4}f", packed))


def test_scalars(tmp_path):
    numpy = pytest.importorskip("numpy")
    with SummaryWriter(tmp_path / "run", filename_suffix=".end") as w:
        assert w.get_logdir() == str(tmp_path / "run")
        w.add_scalar("a b/c?", 1.5, 3, walltime=12.5)
        w.add_scalar("t", torch.tensor([[2.5]], requires_grad=True), torch.tensor(7))
        w.add_scalar("n", numpy.float32(0.5), numpy.int64(8))
        w.add_scalar("np", numpy.array([2.5])[::-1], 1)
        w.add_scalar("half", torch.tensor(1.5, dtype=torch.bfloat16), -1)
        w.add_scalar("s", "3")
        w.add_scalar("nan", math.nan, 2.7)
        w.add_scalar("new", 0.1, 1, new_style=True)
        w.add_scalar("double", 0.1, 1, new_style=True, double_precision=True)
        for bad in ([1.0], None):
            with pytest.raises(NotImplementedError, match="but numpy array or torch tensor are"):
                w.add_scalar("x", bad)
        with pytest.raises(AssertionError, match="should contain one element"):
            w.add_scalar("x", torch.ones(2))
        with pytest.raises(ValueError, match="invalid literal"):
            w.add_scalar("x", 1.0, "a")
        with pytest.raises(TypeError):
            w.add_scalar(3, 1.0)
    (name,) = os.listdir(tmp_path / "run")
    assert name.startswith("events.out.tfevents.") and name.endswith(".end")
    first, second = events(tmp_path / "run")[:2]
    assert first[3] == [b"brain.Event:2"] and 2 not in first
    assert second[1] == [12.5] and second[2] == [3]
    found = values(tmp_path / "run")
    assert [(k, s, v[2][0]) for k, [(s, v)] in found.items() if k in ("a b/c?", "t", "n", "s")] == [
        ("a b/c?", 3, 1.5),
        ("t", 7, 2.5),
        ("n", 8, 0.5),
        ("s", 0, 3.0),
    ]
    assert found["half"][0][0] == -1 and found["half"][0][1][2] == [1.5]
    assert found["nan"][0][0] == 2 and math.isnan(found["nan"][0][1][2][0])
    assert "x" not in found
    new, double = found["new"][0][1], found["double"][0][1]
    assert floats(new[8][0][5][0]) == [pytest.approx(0.1)] and new[9][0][1][0][1] == [b"scalars"]
    assert doubles(double[8][0][6][0]) == [0.1] and double[8][0][1] == [2]


def test_scalars_of_one_chart(tmp_path):
    with SummaryWriter(str(tmp_path)) as w:
        for step in range(3):
            w.add_scalars("main/t g", {"k/1": step, "k 2": torch.tensor(2.0 * step)}, step)
    for folder, factor in (("main_t g_k/1", 1), ("main_t g_k 2", 2)):
        found = values(tmp_path / folder)
        assert list(found) == ["main/t g"]
        assert [(s, v[2][0]) for s, v in found["main/t g"]] == [(s, factor * s) for s in range(3)]


def test_histograms(tmp_path):
    numpy = pytest.importorskip("numpy")
    x = torch.arange(100.0) ** 2
    rules = ("auto", "fd", "doane", "scott", "stone", "rice", "sturges", "sqrt")
    with SummaryWriter(str(tmp_path)) as w:
        for rule in rules:
            w.add_histogram(rule, x, 1, bins=rule)
        w.add_histogram("numpy", numpy.array([-1, 0, 0.5, 0.5]), 2)
        w.add_histogram("edges", x, 1, bins=[0, 10, 100, 9801])
        w.add_histogram("int", torch.tensor([True, False, True]), 1, bins=2)
        w.add_histogram("joined", torch.arange(1000.0), max_bins=20)
        w.add_histogram_raw("raw", 0, 3, 4, 6, 14, [1, 2, 3, 4], torch.ones(4), 5)
        for bad, bins, text in (
            (torch.ones(0), "tensorflow", "no element"),
            (x, "foo", "'foo' is not a valid estimator for `bins`"),
            (x, 0, "must be positive"),
            (x, [3, 1], "must increase monotonically"),
            (torch.tensor([math.nan]), 4, r"autodetected range of \[nan, nan\] is not finite"),
            (torch.tensor([1e30]), "tensorflow", "The histogram is empty"),
        ):
            with pytest.raises(ValueError, match=text):
                w.add_histogram("x", bad, bins=bins)
        with pytest.raises(ValueError, match=r"len\(bucket_limits\) != len\(bucket_counts\)"):
            w.add_histogram_raw("x", 0, 3, 4, 6, 14, [1, 2], [1])
        with pytest.raises(NotImplementedError):
            w.add_histogram("x", [1.0])
    found = {k: v[0][1][5][0] for k, v in values(tmp_path).items()}
    for rule in rules:  # against NumPy, with the empty bin in front
        counts, edges = numpy.histogram(numpy.arange(100.0) ** 2, bins=rule)
        assert doubles(found[rule][6][0]) == pytest.approx(list(edges), rel=1e-12)
        assert doubles(found[rule][7][0]) == [0, *counts]
    h = found["numpy"]  # recorded from PyTorch: 576 buckets
    assert [h[k][0] for k in range(1, 6)] == [-1, 0.5, 4, 0, 1.5]
    limits, counts = doubles(h[6][0]), doubles(h[7][0])
    assert len(limits) == len(counts) == 576 and counts[:3] == [0, 1, 0]
    assert limits[:2] == pytest.approx([-1.0089710279437536, -0.917246389039776], rel=1e-15)
    assert doubles(found["edges"][7][0]) == [0, 4, 6, 90]
    assert doubles(found["int"][7][0]) == [0, 1, 2]
    assert sum(doubles(found["joined"][7][0])) == 1000 and len(found["joined"][7][0]) < 30 * 8
    assert doubles(found["raw"][6][0]) == [1, 2, 3, 4]


def test_images(tmp_path):
    torch.manual_seed(0)
    x = torch.rand(3, 4, 5)
    with SummaryWriter(str(tmp_path / "w")) as w:
        w.add_image("chw", x)
        w.add_image("hwc", x.permute(1, 2, 0), dataformats="HWC")
        w.add_image("bytes", (x * 255).to(torch.uint8))
        w.add_image("gray", x[:1], 2)
        w.add_image("hw", x[0], dataformats="hw")
        w.add_image("rgba", torch.cat([x, x[:1]]))
        w.add_image("clip", torch.tensor([[[-1.0, 2.0, 0.5]]]))
        w.add_images("grid", torch.rand(11, 1, 2, 3))
        w.add_image_with_boxes("boxes", torch.zeros(3, 20, 20), torch.tensor([[2.0, 3, 10, 12]]))
        for bad, form in ((x[0], "CHW"), (x, "CCW")):
            with pytest.raises(AssertionError):
                w.add_image("x", bad, dataformats=form)
        with pytest.raises(AssertionError, match="4D numpy array with 3 channels"):
            w.add_images("x", torch.zeros(2, 4, 3, 3))
        with pytest.raises(ValueError, match="1 to 4 channels"):
            w.add_image("x", torch.zeros(5, 3, 3))
    found = {k: v[0][1][4][0] for k, v in values(tmp_path / "w").items()}
    shape = {k: (v[1][0], v[2][0], v[3][0]) for k, v in found.items()}
    assert shape["chw"] == shape["hwc"] == shape["bytes"] == shape["gray"] == (4, 5, 3)
    assert shape["rgba"] == (4, 5, 4) and shape["clip"] == (1, 3, 3) and shape["grid"] == (4, 24, 3)
    png = {k: v[4][0] for k, v in found.items()}
    assert png["chw"] == png["hwc"] == png["bytes"] and png["gray"] == png["hw"]

    def gray(name):
        (tmp_path / "p.png").write_bytes(png[name])
        return torch.datasets.read_image(tmp_path / "p.png")

    assert gray("gray").tolist() == (x[0] * 255).to(torch.uint8).tolist()
    assert gray("clip").tolist() == [[0, 255, 127]]
    boxes = gray("boxes") > 0
    assert boxes[2:4, 2:11].all() and boxes[12:14, 2:11].all() and not boxes[4:12, 4:9].any()
    assert boxes[2:14, 2:4].all() and int(boxes.sum()) == 2 * 18 + 2 * 16


def test_figure(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    figure = plt.figure(figsize=(2, 1), dpi=50)
    figure.add_subplot().plot([1, 2])
    with SummaryWriter(str(tmp_path)) as w:
        w.add_figure("one", figure, 1, close=False)
        assert plt.fignum_exists(figure.number)
        w.add_figure("two", [figure, figure], 1)
        assert not plt.fignum_exists(figure.number)
    found = {k: v[0][1][4][0] for k, v in values(tmp_path).items()}
    assert (found["one"][1], found["one"][2]) == ([50], [100])
    assert (found["two"][1], found["two"][2]) == ([50], [200])


def test_text_curves_and_charts(tmp_path):
    with SummaryWriter(str(tmp_path)) as w:
        w.add_text("note", "ü **bold**", 2)
        labels, predictions = torch.tensor([0, 1, 1, 0, 1]), torch.tensor([0.1, 0.9, 0.4, 0.6, 1.0])
        w.add_pr_curve("pr", labels, predictions, 2, num_thresholds=5)
        w.add_pr_curve("many", labels, predictions, num_thresholds=500)
        w.add_pr_curve(
            "weighed", labels, predictions, num_thresholds=5, weights=torch.arange(1.0, 6)
        )
        w.add_pr_curve_raw("raw", *[[1, 2]] * 4, [0.5, 0.5], torch.tensor([0.5, 0.25]))
        w.add_custom_scalars(
            {
                "Taiwan": {"twse": ["Multiline", ["a/b", "c"]]},
                "USA": {"dow": ["Margin", ["d", "e", "f"]]},
            }
        )
        with pytest.raises(AssertionError, match="Expected 3 tags, got 2"):
            w.add_custom_scalars_marginchart(["a", "b"])
        with pytest.raises(ValueError, match="5 predictions"):
            w.add_pr_curve("x", labels[:2], predictions)
        w.add_audio("sound", torch.tensor([[0, 0.5, -1.0, 1.0]]), sample_rate=8000)
        w.add_mesh("m", torch.arange(12.0).view(1, 4, 3), config_dict={"a": 1})
        w.add_tensor("t", torch.tensor([[1, 2]]))
    found = {k: v[0][1] for k, v in values(tmp_path).items()}
    note = found["note/text_summary"]
    assert note[8][0][1] == [7] and note[8][0][8][0].decode() == "ü **bold**"
    assert fields(note[8][0][2][0]) == {2: [b"\x08\x01"]}
    assert note[9][0][1][0][1] == [b"text"]
    # Recorded from PyTorch.
    rows = floats(found["pr"][8][0][5][0])
    assert rows[:10] == [3, 3, 2, 2, 1, 2, 1, 1, 0, 0]
    assert rows[10:20] == [0, 1, 1, 2, 2, 0, 0, 1, 1, 2]
    assert rows[20:] == pytest.approx([0.6, 0.75, 2 / 3, 1, 1, 1, 1, 2 / 3, 2 / 3, 1 / 3])
    assert found["pr"][9][0][1][0] == {1: [b"pr_curves"], 2: [b"\x10\x05"]}
    assert len(floats(found["many"][8][0][5][0])) == 6 * 127
    assert floats(found["weighed"][8][0][5][0])[0] == 10
    assert found["raw"][8][0][5][0] == struct.pack("<12f", *[1, 2] * 4, 0.5, 0.5, 0.5, 0.25)
    assert found["custom_scalars__config__"][8][0][8] == [
        b"\x12\x1a\n\x06Taiwan\x12\x10\n\x04twse\x12\x08\n\x03a/b\n\x01c"
        b"\x12\x19\n\x03USA\x12\x12\n\x03dow\x1a\x0b\n\t\n\x01d\x12\x01e\x1a\x01f"
    ]
    assert found["sound"][6][0].endswith(b"audio/wav")
    assert b"data\x08\x00\x00\x00\x00\x00\xff?\x01\x80\xff\x7f" in found["sound"][6][0]
    assert found["m_VERTEX"][9][0][1][0][2] == [
        b'\x12\x01m\x18\x01*\x08{"a": 1}2\x03\x01\x04\x038\x02'
    ]
    assert found["t"][8][0][10] == [b"\x01\x02"]


def test_hparams(tmp_path):
    with SummaryWriter(str(tmp_path)) as w:
        w.add_hparams(
            {"lr": 0.1, "n": 3, "s": "adam", "none": None},
            {"acc": 0.5, "l/oss": torch.tensor(1.0)},
            {"lr": [0.1, 0.2]},
            run_name="hp",
            global_step=3,
        )
        with pytest.raises(TypeError, match="should be dictionary"):
            w.add_hparams([], {})
        with pytest.raises(
            TypeError, match=r"hparam_domain_discrete\[lr\] should be a list of same"
        ):
            w.add_hparams({"lr": 0.1}, {}, {"lr": ["a"]})
        with pytest.raises(ValueError, match="value should be one of int, float, str, bool"):
            w.add_hparams({"lr": [1]}, {})
    found = values(tmp_path / "hp")
    content = {k: v[0][1][9][0][1][0][2][0] for k, v in found.items() if k.startswith("_hparams_/")}
    number = b"\x11" + struct.pack("<d", 0.1)
    assert b'"\x1e\n\x02lr \x03*\x16\n\t' + number in content["_hparams_/experiment"]
    assert number in content["_hparams_/session_start_info"]
    assert b"\n\x01s\x12\x06\x1a\x04adam" in content["_hparams_/session_start_info"]
    assert content["_hparams_/session_end_info"] == b'"\x02\x08\x01'
    assert found["acc"][0][0] == 3 and found["l/oss"][0][1][2] == [1]


def test_embedding(tmp_path):
    with SummaryWriter(str(tmp_path)) as w:
        points = torch.tensor([[1.0, 2.5], [1e-7, 1e20], [3, 4]])
        w.add_embedding(points, ["a", "b", "c"], torch.rand(3, 3, 4, 4), 7, "t/g x")
        rows = [["a", 1], ["b", 2]]
        w.add_embedding(torch.tensor([[1, 2], [3, 4]]), rows, metadata_header=["h1", "h2"])
        with pytest.raises(AssertionError, match="#labels should equal with #data points"):
            w.add_embedding(points, ["a"])
        with pytest.raises(AssertionError, match="mat should be 2D"):
            w.add_embedding(torch.ones(2))
    folder = tmp_path / "00007" / "t%2fg x"
    assert (folder / "metadata.tsv").read_text() == "a\nb\nc\n"
    assert (folder / "tensors.tsv").read_text().split("\n")[0] == "1.0\t2.5"
    assert (folder / "sprite.png").read_bytes()[16:24] == struct.pack(">II", 8, 8)
    folder = tmp_path / "00000" / "default"
    assert (folder / "metadata.tsv").read_text() == "h1\th2\na\t1\nb\t2\n"
    assert (folder / "tensors.tsv").read_text() == "1\t2\n3\t4\n"
    assert (tmp_path / "projector_config.pbtxt").read_text() == (
        'embeddings {\n  tensor_name: "t/g x:00007"\n  metadata_path: "00007/t%2fg x/metadata.tsv"\n'
        '  sprite {\n    image_path: "00007/t%2fg x/sprite.png"\n    single_image_dim: 4\n'
        '    single_image_dim: 4\n  }\n  tensor_path: "00007/t%2fg x/tensors.tsv"\n}\n'
        'embeddings {\n  tensor_name: "default:00000"\n'
        '  metadata_path: "00000/default/metadata.tsv"\n  tensor_path: "00000/default/tensors.tsv"\n}\n'
    )


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.ReLU())
        self.head = torch.nn.Linear(5, 1)

    def forward(self, x, scale=None):
        y = self.head(self.body(x)) * 2
        return {"y": y if scale is None else y * scale}


def graph_nodes(folder):
    (graph,) = [event[4][0] for event in events(folder) if 4 in event]
    nodes = {}
    for node in fields(graph, (4,))[1]:
        node = fields(node, (4, 1))
        inputs = [name.decode() for name in node.get(3, [])]
        nodes[node[1][0].decode()] = node[2][0].decode(), inputs
    return nodes


def test_graph(tmp_path, capsys):
    net = Net()
    with SummaryWriter(str(tmp_path / "net")) as w:
        w.add_graph(net, torch.ones(1, 2), verbose=True)
    with SummaryWriter(str(tmp_path / "two")) as w:
        w.add_graph(net, (torch.ones(1, 2), torch.ones(1)))
        with pytest.raises(RuntimeError):
            w.add_graph(net, torch.ones(1, 3))
    nodes = graph_nodes(tmp_path / "net")
    assert nodes["Net/Sequential[body]/Linear[0]/weight"] == ("Parameter", [])
    assert nodes["input"] == ("input", [])
    op, inputs = nodes["Net/Sequential[body]/Linear[0]/linear"]
    assert op == "linear" and inputs[0] == "input"
    assert nodes["Net/Sequential[body]/ReLU[1]/relu"] == (
        "relu",
        ["Net/Sequential[body]/Linear[0]/linear"],
    )
    assert nodes["Net/mul"] == ("mul", ["Net/Linear[head]/linear"])
    assert nodes["output"] == ("output", ["Net/mul"])
    for _, inputs in nodes.values():
        assert set(inputs) <= set(nodes)
    assert "Net/mul_1" in graph_nodes(tmp_path / "two")
    assert "Net/Linear[head]/linear = linear(" in capsys.readouterr().out
    # Nothing stays behind: no hooks, no recording, gradients as before.
    assert not net.head._forward_hooks and torch.is_grad_enabled()
    assert net(torch.ones(1, 2))["y"].requires_grad


def test_threads(tmp_path):
    with SummaryWriter(str(tmp_path), flush_secs=0) as w:

        def write(name):
            for i in range(500):
                w.add_scalar(name, i, i)

        threads = [threading.Thread(target=write, args=(f"t{i}",)) for i in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    found = values(tmp_path)
    for i in range(4):
        assert [s for s, _ in found[f"t{i}"]] == list(range(500))


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "sys.exit()", "raise KeyError"])
def test_end_of_the_program(tmp_path, end):
    program = f"""
import os, sys
from taeda.utils.tensorboard import SummaryWriter
w = SummaryWriter({str(tmp_path)!r}, max_queue=4)
for i in range(10):
    w.add_scalar("x", i, i)
{end}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    killed = "kill" in end
    assert (done.returncode == -signal.SIGKILL) == killed
    assert [s for s, _ in values(tmp_path)["x"]] == list(range(8 if killed else 10))


def test_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with SummaryWriter(comment="_mine") as w:
        assert w.get_logdir().startswith("runs/") and w.get_logdir().endswith("_mine")
        assert w.log_dir == w.get_logdir()
    (tmp_path / "f").write_text("")
    for path, error in (("f", FileExistsError), ("f/g", NotADirectoryError), ("/proc/x", OSError)):
        with pytest.raises(error, match=path):
            SummaryWriter(path)
    w.add_scalar("after", 1.0)  # a closed writer opens a new file
    w.close()
    w.close()
    assert len(os.listdir(w.get_logdir())) == 2
    with SummaryWriter("purged", purge_step=3) as w:
        w.add_scalar("x", 1, 5)
    assert [e.get(2, [0])[0] for e in events("purged")] == [0, 3, 3, 5]
    assert events("purged")[2][7] == [{1: [1]}]


def test_read_by_tensorboard(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    model = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.ReLU(), torch.nn.Linear(5, 1))
    with SummaryWriter(str(tmp_path)) as w:
        for step in range(10):
            w.add_scalar("loss/train", 1.0 / (step + 1), step)
            w.add_histogram("weights", torch.arange(100.0) * (step + 1), step)
        w.add_text("note", "a text")
        w.add_image("picture", torch.arange(48.0).view(3, 4, 4) / 48, 0)
        w.add_audio("sound", torch.zeros(1, 10))
        w.add_graph(model, torch.ones(1, 2))
    a = accumulator.EventAccumulator(str(tmp_path))
    a.Reload()
    tags = a.Tags()
    assert tags["scalars"] == ["loss/train"] and tags["histograms"] == ["weights"]
    assert tags["images"] == ["picture"] and tags["audio"] == ["sound"]
    assert tags["graph"] and tags["tensors"] == ["note/text_summary"]
    assert [(e.step, e.value) for e in a.Scalars("loss/train")] == [
        (s, pytest.approx(1 / (s + 1))) for s in range(10)
    ]
    last = a.Histograms("weights")[-1].histogram_value
    assert (last.num, last.max, sum(last.bucket)) == (100, 990, 100)
    assert (a.Images("picture")[0].width, a.Images("picture")[0].height) == (4, 4)
    assert a.Tensors("note/text_summary")[0].tensor_proto.string_val == [b"a text"]
    shapes = {n.name: str(n.attr["_output_shapes"]) for n in a.Graph().node}
    assert "size: 5" in shapes["Sequential/Linear[0]/linear"]
