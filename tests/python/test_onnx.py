"""Exports of every layer and op, run again by Taeda, and by onnxruntime where it is installed."""

import io

import pytest
import taeda.nn.functional as F
from onnx_helpers import LAYERS, Calls, check, onnx, randn

import taeda as torch
from taeda import nn


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    layer, *sizes = LAYERS[name]
    torch.manual_seed(1)
    check(layer, *[randn(*s) for s in sizes], tolerance=2e-5)


def test_multihead_attention():
    model = nn.MultiheadAttention(8, 2, batch_first=True)
    x = randn(3, 5, 8)
    check(lambda q: model(q, q, q), x)
    mask = torch.ones(5, 5, dtype=torch.bool).triu(1)
    check(lambda q: model(q, q, q, attn_mask=mask, need_weights=False)[0], x)


def test_embedding():
    check(nn.Embedding(10, 4), torch.randint(0, 10, (3, 5)))


def test_cross_entropy():
    x, y = randn(4, 5), torch.randint(0, 5, (4,))
    check(F.cross_entropy, x, y)
    check(lambda a, b: F.cross_entropy(a, b, reduction="none", label_smoothing=0.1), x, y)
    check(lambda a, b: F.binary_cross_entropy(a.sigmoid(), b.sigmoid()), x, x.flip(0))
    check(lambda a, b: F.binary_cross_entropy_with_logits(a, b.sigmoid()), x, x.flip(0))


A = [(4, 5), (4, 5)]
OPS = {
    "add_number": lambda x, y: x + 2,
    "add_alpha": lambda x, y: torch.add(x, y, alpha=3),
    "rsub": lambda x, y: 1 - x,
    "mul_div": lambda x, y: x * y / (y.abs() + 1),
    "pow": lambda x, y: x**2 + x.abs() ** 0.5,
    "neg_abs": lambda x, y: -x.abs(),
    "floor_divide": lambda x, y: x // 0.3,
    "floor_divide_int": lambda x, y: (x * 10).long() // 3,
    "remainder": lambda x, y: x % 0.7,
    "remainder_int": lambda x, y: (x * 10).long() % -3,
    "fmod": lambda x, y: torch.fmod(x, 0.7),
    "div_trunc": lambda x, y: torch.div(x, 0.3, rounding_mode="trunc"),
    "maximum": lambda x, y: torch.maximum(x, y) - torch.minimum(x, y),
    "clamp": lambda x, y: x.clamp(-0.5, 0.5),
    "clamp_min": lambda x, y: x.clamp(min=0.1) + x.clamp(max=0.2),
    "clamp_tensor": lambda x, y: x.clamp(min=y),
    "where": lambda x, y: torch.where(x > y, x, 0.0),
    "comparisons": lambda x, y: (x < y, x <= y, x > y, x >= y, x == y, x != y),
    "logic": lambda x, y: ((x > 0) & (y > 0)) | ~(x > 1) ^ (y < 0),
    "bool_sum": lambda x, y: (x > 0).sum(1),
    "masked_fill": lambda x, y: x.masked_fill(y > 0, -1.0),
    "masked_fill_": lambda x, y: x.clone().masked_fill_(y > 0, -1.0),
    "exp_log": lambda x, y: x.exp().log() + x.abs().log1p() + x.expm1() + x.exp2(),
    "logs": lambda x, y: x.exp().log2() + x.exp().log10(),
    "trigonometry": lambda x, y: x.sin() + x.cos() + x.tan() + x.tanh() + x.atan(),
    "inverses": lambda x, y: (x.tanh().asin(), x.tanh().acos(), x.tanh().atanh(), x.asinh()),
    "hyperbolic": lambda x, y: x.sinh() + x.cosh() + (x.abs() + 1).acosh(),
    "roots": lambda x, y: x.abs().sqrt() + (x.abs() + 1).rsqrt() + (x.abs() + 1).reciprocal(),
    "rounding": lambda x, y: (x.floor(), x.ceil(), (x * 3).round(), x.trunc(), x.frac()),
    "round_decimals": lambda x, y: x.round(decimals=1),
    "sign": lambda x, y: x.sign() + x.sgn() + torch.copysign(x, y),
    "erf": lambda x, y: x.erf() + x.erfc(),
    "atan2": lambda x, y: torch.atan2(x, y) + torch.hypot(x, y),
    "logaddexp": lambda x, y: torch.logaddexp(x, y) + torch.xlogy(x, y.abs()),
    "lerp": lambda x, y: torch.lerp(x, y, 0.3),
    "addcmul": lambda x, y: torch.addcmul(x, x, y, value=2) + torch.addcdiv(x, y, y.exp()),
    "isnan": lambda x, y: (x.isnan(), x.isfinite(), x.isinf()),
    "casts": lambda x, y: (x.double(), x.int(), (x > 0).float(), x.long().float()),
    "int_promotion": lambda x, y: x.int() + y,
    "sum": lambda x, y: (x.sum(), x.sum(1), x.sum((0, 1), keepdim=True)),
    "mean": lambda x, y: (x.mean(), x.mean(-1), x.mean(0)),
    "var": lambda x, y: (x.var(1), x.std(1), x.var(1, correction=0), x.var(0), x.std()),
    "var_mean": lambda x, y: torch.var_mean(x, 1),
    "prod": lambda x, y: (x.prod(1), x.prod()),
    "extremes": lambda x, y: (x.max(), x.min(), x.amax(1), x.amin(1, keepdim=True)),
    "max_dim": lambda x, y: (*x.max(1), *x.min(0, keepdim=True)),
    "argmax": lambda x, y: (x.argmax(1), x.argmin(), x.argmax(0, keepdim=True)),
    "all_any": lambda x, y: ((x > 0).all(), (x > 0).any(1), (x > 0).all(1, keepdim=True)),
    "norms": lambda x, y: (x.norm(), x.norm(dim=1), x.norm(p=1, dim=1), x.norm(p=3, dim=1)),
    "norm_inf": lambda x, y: (x.norm(p=float("inf"), dim=1), x.norm(p=0, dim=1)),
    "normalize": lambda x, y: F.normalize(x, dim=1),
    "logsumexp": lambda x, y: x.logsumexp(1),
    "cumsum": lambda x, y: (x.cumsum(1), x.cumsum(0)),
    "cumprod": lambda x, y: x.cumprod(1),
    "topk": lambda x, y: x.topk(3),
    "sort": lambda x, y: (*x.sort(1), *x.sort(0, descending=True)),
    "argsort": lambda x, y: x.argsort(1),
    "median": lambda x, y: (x.median(), *x.median(1), *x.kthvalue(2, 1)),
    "matmul": lambda x, y: x @ y.t(),
    "matmul_vector": lambda x, y: (x @ y[0], x[0] @ y[0], torch.mv(x, y[0])),
    "addmm": lambda x, y: torch.addmm(x[:, :2], x, y.t()[:, :2], beta=0.5, alpha=2),
    "einsum": lambda x, y: torch.einsum("ij,kj->ik", x, y),
    "outer": lambda x, y: torch.outer(x[:, 0], y[0]),
    "view_size": lambda x, y: x.view(x.size(0), -1) + x.view(x.size(0), x.size(1)),
    "reshape": lambda x, y: x.reshape(-1),
    "reshape_more": lambda x, y: x.reshape(x.shape[0], 5, 1),
    "reshape_product": lambda x, y: x.reshape(x.shape[0] * 5).reshape(5, x.shape[0]),
    "flatten": lambda x, y: x.unsqueeze(2).flatten(1),
    "transpose": lambda x, y: (x.t(), x.transpose(0, 1), x.permute(1, 0), x.T, x.mT),
    "squeeze": lambda x, y: x.unsqueeze(1).squeeze(1).unsqueeze(-1).squeeze(),
    "expand": lambda x, y: x[:, None].expand(-1, 3, -1),
    "expand_size": lambda x, y: x[:1].expand(x.size(0), 5) + y,
    "repeat": lambda x, y: (x.repeat(1, 2), x.repeat(2, 1, 1), x.tile(2)),
    "repeat_interleave": lambda x, y: x.repeat_interleave(2, 1),
    "cat_stack": lambda x, y: (torch.cat([x, y], 1), torch.stack([x, y], 1)),
    "cat_batch": lambda x, y: torch.cat([x, y]),
    "split": lambda x, y: x.split(2, 1),
    "split_sizes": lambda x, y: x.split([1, 4], 1),
    "chunk": lambda x, y: x.chunk(2, 1),
    "unbind": lambda x, y: x.unbind(1),
    "index_int": lambda x, y: (x[:, 1], x[:, -1], x[0], x[-1]),
    "slices": lambda x, y: (x[:, 1:3], x[:, ::2], x[1:], x[:-1], x[:, -2:]),
    "slice_to_size": lambda x, y: x[: x.size(0) - 1],
    "index_tensor": lambda x, y: x[:, torch.tensor([0, 2, -1])],
    "index_pair": lambda x, y: x[torch.arange(x.size(0)), x.argmax(1)],
    "index_middle": lambda x, y: x.view(-1, 5, 1)[:, torch.tensor([[0, 1]]), 0],
    "gather": lambda x, y: x.gather(1, y.argsort(1)[:, :2]),
    "scatter": lambda x, y: x.scatter(1, y.argsort(1), y),
    "scatter_value": lambda x, y: x.scatter(1, y.argsort(1)[:, :2], 9.0),
    "scatter_add": lambda x, y: x.scatter_add(1, y.argsort(1), y),
    "index_select": lambda x, y: x.index_select(1, torch.tensor([3, 1])),
    "index_add": lambda x, y: x.index_add(1, torch.tensor([3, 1]), y[:, :2]),
    "one_hot": lambda x, y: F.one_hot(x.argmax(1), 5),
    "tril": lambda x, y: (x.tril(), x.triu(1)),
    "causal": lambda x, y: torch.ones(5, 5).tril() + x[:1],
    "flip": lambda x, y: (x.flip(1), x.flip(0), x.roll(2, 1), x.roll(-1, 1)),
    "diagonal": lambda x, y: x.view(-1, 5, 1).expand(-1, 5, 5).diagonal(1, 1, 2),
    "unfold": lambda x, y: x.unfold(1, 3, 2),
    "pad": lambda x, y: (F.pad(x, (1, 2)), F.pad(x, (0, -1), value=3.0)),
    "zeros_size": lambda x, y: torch.zeros(x.size(0), 3) + x[:, :3],
    "arange_size": lambda x, y: torch.arange(x.size(0)) + x[:, 0],
    "ones_like": lambda x, y: torch.ones_like(x) + torch.full_like(y, 2.0),
    "divide_by_size": lambda x, y: (x / x.size(0), x * (1 / x.size(0)), x / x.size(0) ** 0.5),
    "new_zeros": lambda x, y: torch.cat([x, x.new_zeros(x.size(0), 2)], 1),
    "softmax_dtype": lambda x, y: x.softmax(1, dtype=torch.float64),
    "searchsorted": lambda x, y: torch.searchsorted(torch.tensor([-1.0, 0.0, 1.0]), x),
    "attention": lambda x, y: F.scaled_dot_product_attention(
        x.view(-1, 1, 5), y.view(-1, 1, 5), y.view(-1, 1, 5)
    ),
}


@pytest.mark.parametrize("name", OPS)
def test_op(name):
    torch.manual_seed(2)
    check(OPS[name], randn(4, 5), randn(4, 5))


def inplace_view(x):
    y = x.clone()
    y[:, 1] = 7.0
    y[:, 2:4] += 1
    return y


def inplace_seen_by_view(x):
    y = x * 2
    first = y[:, 0]
    y.add_(1)
    return first + y.sum(1)


def inplace_base_of_view(x):
    y = torch.zeros_like(x)
    for i in range(x.size(1)):
        y[:, i] = x[:, i] * i
    return y


def inplace_mask(x):
    y = x.clone()
    y[y > 0] = 0.5
    return y


def inplace_index(x):
    y = x.clone()
    y[torch.arange(x.size(0)), x.argmax(1)] = -9.0
    return y


def reassigned(x):
    x = x + 1
    x += 2
    x *= x
    return x, x.detach(), x.data


@pytest.mark.parametrize(
    "function",
    [
        inplace_view,
        inplace_seen_by_view,
        inplace_base_of_view,
        inplace_mask,
        inplace_index,
        reassigned,
    ],
    ids=lambda f: f.__name__,
)
def test_in_place(function):
    torch.manual_seed(3)
    check(function, randn(4, 5))


# ---- the interface ----


def names(program):
    return program.input_names, program.output_names


def shapes(program):
    graph = program.model_proto.graph
    return [
        [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
        for v in (*graph.input, *graph.output)
    ]


class TwoInputs(nn.Module):
    def forward(self, left, right, scale=1.0):
        return {"sum": left + right * scale, "product": left * right}


def test_names_and_structures(tmp_path):
    x, y = randn(3, 2), randn(3, 2)
    program = torch.onnx.export(TwoInputs(), (x, y), tmp_path / "m.onnx")
    assert names(program) == (["left", "right"], ["output_0", "output_1"])
    again = torch.onnx.load(tmp_path / "m.onnx")
    for a, b in zip(again(x, y), (x + y, x * y)):
        torch.testing.assert_close(a, b)
    program = torch.onnx.export(TwoInputs(), (x,), kwargs={"right": y, "scale": 3.0})
    torch.testing.assert_close(program(x, y)[0], x + y * 3)


def test_writes_to_open_files():
    f = io.BytesIO()
    program = torch.onnx.export(nn.Linear(2, 2), randn(1, 2), f)
    assert f.getvalue() == program._data


def test_state_dict_names():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    text = repr(torch.onnx.export(model, randn(2, 3)))
    for name in ("0.weight", "0.bias", "1.weight", "1.running_mean", "1.running_var"):
        assert f"%{name}: float32" in text
    assert "num_batches_tracked" not in text


def test_modes_are_restored():
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5))
    model[1].eval()
    torch.onnx.export(model, randn(2, 3))
    assert model.training and model[0].training and not model[1].training
    program = torch.onnx.export(
        model.train(), randn(2, 3), training=torch.onnx.TrainingMode.TRAINING
    )
    assert "Dropout" in repr(program)
    assert program.max_difference != program.max_difference


def test_batch_is_free_by_default():
    pytest.importorskip("onnx")
    program = torch.onnx.export(nn.Linear(3, 4), randn(2, 3))
    assert shapes(program) == [["batch", 3], ["batch", 4]]
    program = torch.onnx.export(nn.Linear(3, 4), randn(2, 3), dynamic_axes={})
    assert shapes(program) == [[2, 3], [2, 4]]
    # As PyTorch declares it for a program that names both ends.
    program = torch.onnx.export(nn.Linear(3, 4), randn(2, 3), input_names=["x"], output_names=["y"])
    assert shapes(program) == [[2, 3], [2, 4]]


def test_dynamic_axes():
    pytest.importorskip("onnx")
    conv = nn.Conv2d(1, 2, 3, padding=1)
    program = torch.onnx.export(
        Calls(lambda x: conv(x).flatten(1)),
        randn(2, 1, 6, 7),
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "n", 2: "h", 3: "w"}, "y": [0]},
    )
    assert shapes(program)[0] == ["n", 1, "h", "w"]
    x = randn(5, 1, 9, 4)
    torch.testing.assert_close(program(x)[0], conv(x).flatten(1).detach(), rtol=1e-4, atol=1e-5)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, batch_first=True)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.lstm(x)[0].reshape(-1, 4)).view(x.size(0), x.size(1), 2)


def test_dynamic_sequence():
    torch.manual_seed(0)
    model = Tagger()
    program = torch.onnx.export(
        model,
        randn(2, 5, 3),
        input_names=["x"],
        dynamic_axes={"x": {0: "batch", 1: "time"}},
    )
    assert "LSTM" in repr(program)
    x = randn(4, 7, 3)
    torch.testing.assert_close(program(x)[0], model(x).detach(), rtol=1e-4, atol=1e-5)


def test_dynamic_shapes():
    pytest.importorskip("onnx")
    program = torch.onnx.export(
        TwoInputs(),
        (randn(3, 2), randn(3, 2)),
        dynamic_shapes={"left": {0: "n"}, "right": {0: "n"}},
    )
    assert shapes(program)[0] == ["n", 2]
    with pytest.raises(ValueError, match="dynamic_shapes names 'up'"):
        torch.onnx.export(TwoInputs(), (randn(3, 2), randn(3, 2)), dynamic_shapes={"up": {0: "n"}})


def test_parameters_as_inputs():
    pytest.importorskip("onnx")
    model, x = nn.Linear(3, 4), randn(2, 3)
    program = torch.onnx.export(model, x, export_params=False)
    assert program.input_names == ["input", "weight", "bias"]
    assert not program.model_proto.graph.initializer
    torch.testing.assert_close(program(x, model.weight, model.bias)[0], model(x).detach())
    program = torch.onnx.export(model, x, keep_initializers_as_inputs=True)
    assert program.input_names == ["input", "weight", "bias"]
    torch.testing.assert_close(program(x)[0], model(x).detach())


@pytest.mark.parametrize("version", [18, 19, 20, 21, 22, 23])
def test_opset_versions(version):
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.GELU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(8, 2), nn.Softmax(1)
    )
    program = check(model, randn(2, 1, 6, 6), opset_version=version)
    if onnx is not None:
        assert program.model_proto.opset_import[0].version == version


def test_is_in_export():
    seen = []
    torch.onnx.export(Calls(lambda x: seen.append(torch.onnx.is_in_onnx_export()) or x), randn(2))
    assert all(seen) and seen
    assert not torch.onnx.is_in_onnx_export()


# ---- what goes wrong ----


class Odd(nn.Module):
    def forward(self, x):
        return x.logcumsumexp(1)


def test_op_without_meaning_names_its_module():
    model = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.ReLU(), Odd()))
    with pytest.raises(torch.onnx.OnnxExporterError, match="'logcumsumexp' in module '1.1'"):
        torch.onnx.export(model, randn(2, 3))
    assert not torch.onnx.is_in_onnx_export()


def loops(x):
    for _ in range(x.size(0)):
        x = x + 1
    return x


def test_loops_over_the_batch():
    program = torch.onnx.export(Calls(loops), randn(3, 2))
    assert "runs other ops" in program.fixed_because
    torch.testing.assert_close(program(torch.zeros(3, 2))[0], torch.full((3, 2), 3.0))
    with pytest.raises(torch.onnx.OnnxExporterError, match="'n' from 3 to 4.*op 'add'"):
        torch.onnx.export(
            Calls(loops), randn(3, 2), input_names=["x"], dynamic_axes={"x": {0: "n"}}
        )


def test_errors_of_the_model_pass_through():
    def wrong(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        torch.onnx.export(Calls(wrong), randn(2))
    assert not torch.onnx.is_in_onnx_export()


def test_no_module():
    with pytest.raises(TypeError, match="needs a torch.nn.Module, not function"):
        torch.onnx.export(loops, randn(2))


def test_wrong_inputs_of_a_file():
    program = torch.onnx.export(nn.Linear(3, 4), randn(2, 3))
    with pytest.raises(RuntimeError, match=r"'input' is torch.float32 of shape \[batch, 3\]"):
        program(randn(2, 4))
    with pytest.raises(RuntimeError, match="takes 1 inputs, but 2 were given"):
        program(randn(2, 3), randn(2, 3))
    with pytest.raises(RuntimeError, match="input 'input' was not given"):
        program()


def test_broken_files(tmp_path):
    data = torch.onnx.export(nn.Linear(3, 4), randn(2, 3))._data
    path = tmp_path / "broken.onnx"
    for broken in (b"", b"no model", data[: len(data) // 2], data[:-1], b"\xff" * 100):
        path.write_bytes(broken)
        with pytest.raises(RuntimeError, match="broken.onnx' is no readable ONNX file: "):
            torch.onnx.load(path)
    with pytest.raises(FileNotFoundError):
        torch.onnx.load(tmp_path / "nothing.onnx")


def test_damaged_bytes_never_crash():
    data = bytearray(
        torch.onnx.export(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), randn(2, 3))._data
    )
    read = refused = 0
    for i in range(len(data)):
        for bit in (0, 3, 7):
            damaged = bytearray(data)
            damaged[i] ^= 1 << bit
            try:
                torch.onnx.load(io.BytesIO(bytes(damaged)))(torch.zeros(2, 3))
                read += 1
            except RuntimeError:
                refused += 1
    assert read and refused
