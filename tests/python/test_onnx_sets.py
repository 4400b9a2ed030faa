"""ONNX files in older operator sets, and every layer of the package."""

import pytest
import taeda.nn.functional as F
from onnx_helpers import LAYERS, Calls, check, check_with_runtime, image, onnx, randn

import taeda as torch
from taeda import nn


@pytest.mark.parametrize("version", range(7, 18))
def test_older_opsets(version):
    torch.manual_seed(1)
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3, bias=False),
        nn.BatchNorm2d(2),
        nn.ReLU6(),
        nn.MaxPool2d(2),
        nn.Softmax(1),
        nn.ZeroPad2d(1),
        nn.Flatten(),
        nn.Linear(32, 2, bias=False),
        nn.LogSoftmax(1),
    )
    program = check(net, randn(2, 1, 6, 6), opset_version=version)
    if onnx is not None:
        assert program.model_proto.opset_import[0].version == version
    check(
        lambda x: x.mean(1) + x.sum(1) + x.unsqueeze(0).squeeze(0)[:, 0],
        randn(2, 3),
        opset_version=version,
    )
    check(
        lambda x: x.view(x.size(0), -1) @ x.view(x.size(0), -1).t(),
        randn(2, 3, 2),
        opset_version=version,
    )
    if version >= 9:
        check(nn.LayerNorm(4), randn(2, 3, 4), opset_version=version)
        check(nn.Hardswish(), randn(2, 3), opset_version=version)
        check(nn.LSTM(3, 4, batch_first=True), randn(2, 5, 3), opset_version=version)
    if version >= 11:
        check(lambda x: x.topk(2)[0], randn(2, 4), opset_version=version)
        check(lambda x: (x <= 0, x[:, ::2]), randn(2, 4), opset_version=version)
        check(nn.Upsample(scale_factor=2, mode="bilinear"), image(1, 3, 3), opset_version=version)
        check(
            nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
            randn(2, 3, 8),
            opset_version=version,
            tolerance=2e-5,
        )


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("version", [11, 13, 17])
def test_layer_in_older_opsets(name, version):
    layer, *sizes = LAYERS[name]
    torch.manual_seed(1)
    try:
        check(layer, *[randn(*s) for s in sizes], tolerance=2e-5, opset_version=version)
    except torch.onnx.OnnxExporterError as error:
        # Only what the set really lacks, and the message says which one has it.
        assert f"not {version}" in str(error) and "opset_version" in str(error)
        assert name in LACKING[version], str(error)


LACKING = {  # sums of scattered elements
    11: {"Fold"},
    13: {"Fold"},
    17: set(),
}


def test_refused_opsets():
    with pytest.raises(ValueError, match="Unsupported ONNX opset version: 99"):
        torch.onnx.export(nn.Linear(2, 2), randn(1, 2), opset_version=99)
    with pytest.raises(ValueError, match="Unsupported ONNX opset version: 6"):
        torch.onnx.export(nn.Linear(2, 2), randn(1, 2), opset_version=6)
    grid = Calls(lambda x, g: F.grid_sample(x, g, align_corners=False))
    with pytest.raises(
        torch.onnx.OnnxExporterError, match="GridSample.*needs opset_version 16 or more, not 11"
    ):
        torch.onnx.export(grid, (image(), randn(2, 3, 3, 2)), opset_version=11)
    with pytest.raises(torch.onnx.OnnxExporterError, match="antialias needs opset_version 18"):
        torch.onnx.export(
            Calls(lambda x: F.interpolate(x, size=4, mode="bilinear", antialias=True)),
            image(),
            opset_version=17,
        )


def test_grids():
    x = image(2, 4, 3)
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            for version in (18, 20):
                check(
                    lambda x, g: F.grid_sample(x, g, mode, padding, True),  # noqa: B023
                    x,
                    randn(2, 3, 2, 2),
                    opset_version=version,
                )
    volume = randn(2, 1, 3, 4, 2), randn(2, 2, 1, 2, 3)
    # onnxruntime has no kernel for volumes.
    program = torch.onnx.export(
        Calls(lambda x, g: F.grid_sample(x, g, align_corners=False)), volume, opset_version=20
    )
    assert program.max_difference <= 1e-5
    check(lambda t: F.affine_grid(t, (t.size(0), 1, 3, 4), align_corners=False), randn(2, 2, 3))
    check(
        lambda x, t: F.grid_sample(x, F.affine_grid(t, x.shape, True), align_corners=True),
        x,
        randn(2, 2, 3),
    )


def test_upsampling_of_any_size():
    for mode in ("nearest", "nearest-exact", "bilinear", "bicubic"):
        model = Calls(lambda x: F.interpolate(x, scale_factor=(1.5, 2), mode=mode))  # noqa: B023
        program = torch.onnx.export(
            model,
            image(1, 4, 5),
            dynamic_axes={"x_0": {0: "n", 2: "h", 3: "w"}},
            input_names=["x_0"],
        )
        assert program.max_difference <= 1e-5
        x = randn(3, 1, 7, 4)
        torch.testing.assert_close(program(x)[0], model(x), rtol=1e-4, atol=1e-5)
        check_with_runtime(program._data, (x,), [model(x)], 1e-3, 1e-4)
    check(lambda x: F.interpolate(x, size=(7, 3), mode="bilinear", antialias=True), image(2, 4, 6))
    check(lambda x: F.interpolate(x, size=(3, 9), mode="bilinear", align_corners=True), image())
    with pytest.raises(torch.onnx.OnnxExporterError, match="no Lanczos filter"):
        torch.onnx.export(
            Calls(lambda x: F.interpolate(x, size=4, mode="lanczos", antialias=True)), image()
        )


def test_distances():
    check(torch.cdist, randn(2, 30, 3), randn(2, 4, 3))
    check(F.pdist, randn(5, 3), dynamic=None)


def test_margins_of_classes():
    x, y = randn(4, 5), torch.randint(0, 5, (4,))
    check(nn.MultiMarginLoss(), x, y)
    check(nn.MultiLabelSoftMarginLoss(), x, torch.randint(0, 2, (4, 5)))


def test_max_unpool():
    for layer, pool, sizes in (
        (nn.MaxUnpool1d(2), nn.MaxPool1d(2, return_indices=True), (2, 3, 8)),
        (nn.MaxUnpool2d(2), nn.MaxPool2d(2, return_indices=True), (2, 3, 4, 6)),
        (nn.MaxUnpool3d(2), nn.MaxPool3d(2, return_indices=True), (2, 1, 4, 2, 4)),
    ):
        check(lambda x: layer(*pool(x)), randn(*sizes))  # noqa: B023


# Layers that no test above exports, and why.
NOT_EXPORTED = {
    "AdaptiveLogSoftmaxWithLoss": "finds its clusters by nonzero()",
    "CTCLoss": "has no meaning in ONNX",
    "EmbeddingBag": "has offsets, which are data",
    "LinearCrossEntropyLoss": "is Linear and CrossEntropyLoss",
    "MultiLabelMarginLoss": "has targets that end at the first -1",
    "FractionalMaxPool2d": "draws its windows",
    "FractionalMaxPool3d": "draws its windows",
    "AlphaDropout": "is the identity in evaluation",
    "FeatureAlphaDropout": "is the identity in evaluation",
    "Dropout1d": "is the identity in evaluation",
    "Dropout2d": "is the identity in evaluation",
    "Dropout3d": "is the identity in evaluation",
}


def test_every_layer_is_exported():
    layers = [getattr(entry[0], "loss", entry[0]) for entry in LAYERS.values()]
    tested = {type(layer).__name__ for layer in layers}
    tested |= {"MultiheadAttention", "Embedding", "CrossEntropyLoss", "NLLLoss", "BCELoss"}
    tested |= {"BCEWithLogitsLoss", "MultiMarginLoss", "MultiLabelSoftMarginLoss"}
    tested |= {"MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"}
    wrappers = {"Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList"}
    wrappers |= {"ParameterDict", "Container", "DataParallel", "SyncBatchNorm", "RNNBase"}
    wrappers |= {"RNNCellBase"}
    missing = []
    for name in dir(nn):
        cls = getattr(nn, name)
        if not isinstance(cls, type) or not issubclass(cls, nn.Module) or name.startswith("Lazy"):
            continue
        if name not in tested and name not in wrappers and name not in NOT_EXPORTED:
            missing.append(name)
    assert not missing, missing
