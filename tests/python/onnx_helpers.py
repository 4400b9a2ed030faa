"""Layers, inputs and checks for the tests of ONNX files."""

import warnings

import taeda as torch
from taeda import nn

try:
    import onnx
    import onnxruntime
except ImportError:
    onnx = onnxruntime = None


class Calls(nn.Module):
    """A module made of a function of tensors."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args):
        return self.function(*args)


def tensors_of(value):
    if isinstance(value, torch.Tensor):
        return [value]
    items = value.values() if isinstance(value, dict) else value
    return [t for v in items for t in tensors_of(v)]


def check_with_runtime(data, inputs, expected, rtol, atol):
    if onnxruntime is None:
        return
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    given = {i.name: t.numpy() for i, t in zip(session.get_inputs(), inputs)}
    for got, want in zip(session.run(None, given), expected):
        torch.testing.assert_close(torch.tensor(got), want, rtol=rtol, atol=atol)


def resized(t, axis, size):
    at = torch.arange(size) % t.size(axis)
    return t.index_select(axis, at)


def check(model, *args, dynamic=True, rtol=1e-4, atol=1e-5, tolerance=1e-5, **options):
    """Exports, and compares the file's outputs with the model's: for the batch it was exported
    with and, if it is free, for another.
    """
    if not isinstance(model, nn.Module):
        model = Calls(model)
    model.eval()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program = torch.onnx.export(model, args, **options)
    assert program.max_difference <= tolerance, program.max_difference
    if dynamic is not None:
        assert (program.fixed_because == "") == dynamic, program.fixed_because
    tries = [args]
    if dynamic:
        n = args[0].size(0)
        tries.append(tuple(resized(a, 0, n + 2) if a.dim() and a.size(0) == n else a for a in args))
    for given in tries:
        with torch.no_grad():
            expected = tensors_of(model(*given))
        got = program(*given)
        assert len(got) == len(expected)
        for a, b in zip(got, expected):
            torch.testing.assert_close(a, b, rtol=rtol, atol=atol)
        check_with_runtime(program._data, given, expected, rtol, atol)
    return program


def randn(*size):
    return torch.randn(*size)


def image(c=3, h=8, w=8):
    return randn(2, c, h, w)


torch.manual_seed(0)


class Signs(nn.Module):
    """A loss whose last input is -1 or 1."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def forward(self, *inputs):
        *rest, last = inputs
        return self.loss(*rest, (last > 0) * 2.0 - 1)


class Square(Signs):
    """A loss whose last input is positive."""

    def forward(self, *inputs):
        *rest, last = inputs
        return self.loss(*rest, last * last + 0.1)


LAYERS = {
    "Linear": (nn.Linear(5, 3), (4, 5)),
    "Linear_nobias": (nn.Linear(5, 3, bias=False), (4, 5)),
    "Linear_3d": (nn.Linear(5, 3), (4, 2, 5)),
    "Bilinear": (nn.Bilinear(3, 4, 2), (5, 3), (5, 4)),
    "Identity": (nn.Identity(), (4, 5)),
    "Flatten": (nn.Flatten(), (4, 2, 5)),
    "Unflatten": (nn.Unflatten(1, (2, 3)), (4, 6)),
    "Conv1d": (nn.Conv1d(3, 4, 3, stride=2, padding=1), (2, 3, 9)),
    "Conv2d": (nn.Conv2d(3, 4, 3, padding=(1, 2)), (2, 3, 8, 8)),
    "Conv2d_groups": (nn.Conv2d(4, 4, 3, groups=2, dilation=2), (2, 4, 8, 8)),
    "Conv2d_same": (nn.Conv2d(3, 4, 4, padding="same"), (2, 3, 8, 8)),
    "Conv2d_reflect": (nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"), (2, 3, 8, 8)),
    "Conv2d_circular": (nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular"), (2, 3, 8, 8)),
    "Conv2d_replicate": (nn.Conv2d(3, 4, 3, padding=1, padding_mode="replicate"), (2, 3, 8, 8)),
    "Conv3d": (nn.Conv3d(2, 3, 2, padding=1), (2, 2, 4, 4, 4)),
    "ConvTranspose1d": (nn.ConvTranspose1d(3, 4, 3, stride=2), (2, 3, 5)),
    "ConvTranspose2d": (
        nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1, output_padding=1, groups=2),
        (2, 4, 4, 4),
    ),
    "MaxPool1d": (nn.MaxPool1d(2), (2, 3, 9)),
    "MaxPool2d": (nn.MaxPool2d(3, stride=2, padding=1), (2, 3, 8, 8)),
    "MaxPool2d_ceil": (nn.MaxPool2d(3, stride=2, ceil_mode=True), (2, 3, 8, 8)),
    "MaxPool2d_dilation": (nn.MaxPool2d(2, stride=1, dilation=2), (2, 3, 8, 8)),
    "MaxPool2d_indices": (nn.MaxPool2d(2, return_indices=True), (2, 3, 8, 8)),
    "MaxPool3d": (nn.MaxPool3d(2), (2, 3, 4, 4, 4)),
    "AvgPool1d": (nn.AvgPool1d(3, padding=1), (2, 3, 9)),
    "AvgPool2d": (nn.AvgPool2d(3, stride=2, padding=1), (2, 3, 8, 8)),
    "AvgPool2d_exclude": (nn.AvgPool2d(3, padding=1, count_include_pad=False), (2, 3, 8, 8)),
    "AvgPool2d_ceil": (nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True), (2, 3, 8, 8)),
    "AvgPool2d_divisor": (nn.AvgPool2d(2, divisor_override=3), (2, 3, 8, 8)),
    "AdaptiveAvgPool2d_1": (nn.AdaptiveAvgPool2d(1), (2, 3, 8, 8)),
    "AdaptiveAvgPool2d_uneven": (nn.AdaptiveAvgPool2d((3, 5)), (2, 3, 8, 8)),
    "AdaptiveAvgPool1d": (nn.AdaptiveAvgPool1d(4), (2, 3, 8)),
    "AdaptiveMaxPool2d_1": (nn.AdaptiveMaxPool2d(1), (2, 3, 8, 8)),
    "AdaptiveMaxPool2d_uneven": (nn.AdaptiveMaxPool2d((3, 5)), (2, 3, 8, 8)),
    "BatchNorm1d": (nn.BatchNorm1d(4), (5, 4)),
    "BatchNorm2d": (nn.BatchNorm2d(3), (2, 3, 8, 8)),
    "BatchNorm2d_batch_statistics": (nn.BatchNorm2d(3, track_running_stats=False), (2, 3, 4, 4)),
    "BatchNorm2d_plain": (nn.BatchNorm2d(3, affine=False), (2, 3, 8, 8)),
    "InstanceNorm2d": (nn.InstanceNorm2d(3, affine=True), (2, 3, 8, 8)),
    "LayerNorm": (nn.LayerNorm((4, 5)), (2, 3, 4, 5)),
    "LayerNorm_plain": (nn.LayerNorm(5, elementwise_affine=False), (2, 3, 5)),
    "GroupNorm": (nn.GroupNorm(2, 4), (2, 4, 3, 3)),
    "RMSNorm": (nn.RMSNorm(5), (2, 3, 5)),
    "Dropout": (nn.Dropout(0.5), (4, 5)),
    "Softmax": (nn.Softmax(dim=1), (4, 5)),
    "LogSoftmax": (nn.LogSoftmax(dim=-1), (4, 5)),
    "Softmin": (nn.Softmin(dim=1), (4, 5)),
    "Softmax2d": (nn.Softmax2d(), (2, 3, 4, 4)),
    "ReLU": (nn.ReLU(), (4, 5)),
    "ReLU_inplace": (nn.Sequential(nn.Linear(5, 5), nn.ReLU(inplace=True)), (4, 5)),
    "LeakyReLU": (nn.LeakyReLU(0.2), (4, 5)),
    "PReLU": (nn.PReLU(3), (2, 3, 4)),
    "ELU": (nn.ELU(0.7), (4, 5)),
    "SELU": (nn.SELU(), (4, 5)),
    "CELU": (nn.CELU(0.7), (4, 5)),
    "GELU": (nn.GELU(), (4, 5)),
    "GELU_tanh": (nn.GELU("tanh"), (4, 5)),
    "SiLU": (nn.SiLU(), (4, 5)),
    "Mish": (nn.Mish(), (4, 5)),
    "Softplus": (nn.Softplus(beta=2), (4, 5)),
    "Softsign": (nn.Softsign(), (4, 5)),
    "Softshrink": (nn.Softshrink(), (4, 5)),
    "Hardshrink": (nn.Hardshrink(), (4, 5)),
    "Tanhshrink": (nn.Tanhshrink(), (4, 5)),
    "Hardtanh": (nn.Hardtanh(-0.5, 0.7), (4, 5)),
    "ReLU6": (nn.ReLU6(), (4, 5)),
    "Hardsigmoid": (nn.Hardsigmoid(), (4, 5)),
    "Hardswish": (nn.Hardswish(), (4, 5)),
    "LogSigmoid": (nn.LogSigmoid(), (4, 5)),
    "Sigmoid": (nn.Sigmoid(), (4, 5)),
    "Tanh": (nn.Tanh(), (4, 5)),
    "Threshold": (nn.Threshold(0.1, 3), (4, 5)),
    "GLU": (nn.GLU(), (4, 6)),
    "Upsample_nearest": (nn.Upsample(scale_factor=2), (2, 3, 4, 4)),
    "Upsample_bilinear": (nn.Upsample(scale_factor=2, mode="bilinear"), (2, 3, 4, 4)),
    "PixelShuffle": (nn.PixelShuffle(2), (2, 4, 3, 3)),
    "PixelUnshuffle": (nn.PixelUnshuffle(2), (2, 1, 4, 4)),
    "ZeroPad2d": (nn.ZeroPad2d((1, 2, 0, 1)), (2, 3, 4, 4)),
    "ReflectionPad2d": (nn.ReflectionPad2d(1), (2, 3, 4, 4)),
    "ReplicationPad1d": (nn.ReplicationPad1d(2), (2, 3, 4)),
    "CosineSimilarity": (nn.CosineSimilarity(dim=1), (4, 5), (4, 5)),
    "PairwiseDistance": (nn.PairwiseDistance(), (4, 5), (4, 5)),
    "ConvTranspose3d": (nn.ConvTranspose3d(2, 3, 2, stride=2), (2, 2, 3, 2, 2)),
    "AvgPool3d": (nn.AvgPool3d(2), (2, 2, 4, 4, 4)),
    "AdaptiveAvgPool3d": (nn.AdaptiveAvgPool3d((1, 2, 3)), (2, 2, 4, 4, 5)),
    "AdaptiveMaxPool1d": (nn.AdaptiveMaxPool1d(3), (2, 2, 8)),
    "AdaptiveMaxPool3d": (nn.AdaptiveMaxPool3d((1, 2, 3)), (2, 2, 4, 4, 5)),
    "BatchNorm3d": (nn.BatchNorm3d(2), (2, 2, 3, 2, 2)),
    "InstanceNorm1d": (nn.InstanceNorm1d(3), (2, 3, 5)),
    "InstanceNorm3d": (nn.InstanceNorm3d(3, affine=True), (2, 3, 2, 3, 2)),
    "InstanceNorm2d_statistics": (
        nn.InstanceNorm2d(3, affine=True, track_running_stats=True),
        (2, 3, 4, 5),
    ),
    "LocalResponseNorm": (nn.LocalResponseNorm(3, 0.1), (2, 5, 4, 3)),
    "LPPool1d": (nn.LPPool1d(2, 3), (2, 2, 9)),
    "LPPool2d": (nn.LPPool2d(2, 2), (2, 2, 4, 6)),
    "LPPool3d": (nn.LPPool3d(2, 2), (2, 2, 4, 4, 2)),
    "Upsample_scales": (nn.Upsample(scale_factor=(1.5, 2), mode="bicubic"), (2, 1, 4, 5)),
    "Upsample_trilinear": (nn.Upsample(scale_factor=2, mode="trilinear"), (2, 1, 2, 3, 2)),
    "UpsamplingNearest2d": (nn.UpsamplingNearest2d(scale_factor=2), (2, 1, 3, 4)),
    "UpsamplingBilinear2d": (nn.UpsamplingBilinear2d(size=(5, 7)), (2, 1, 3, 4)),
    "ChannelShuffle": (nn.ChannelShuffle(2), (2, 4, 3, 2)),
    "Fold": (nn.Fold((4, 5), 2), (2, 8, 12)),
    "Unfold": (nn.Unfold(2, padding=1), (2, 2, 4, 5)),
    "ConstantPad1d": (nn.ConstantPad1d(2, 3.5), (2, 3, 4)),
    "ConstantPad2d": (nn.ConstantPad2d((1, 2, 0, 1), 0.5), (2, 3, 4, 4)),
    "ConstantPad3d": (nn.ConstantPad3d(1, -1.0), (2, 1, 2, 3, 2)),
    "ZeroPad1d": (nn.ZeroPad1d(1), (2, 3, 4)),
    "ZeroPad3d": (nn.ZeroPad3d(1), (2, 1, 2, 3, 2)),
    "ReflectionPad1d": (nn.ReflectionPad1d(2), (2, 3, 4)),
    "ReflectionPad3d": (nn.ReflectionPad3d(1), (2, 1, 2, 3, 2)),
    "ReplicationPad2d": (nn.ReplicationPad2d(1), (2, 1, 2, 3)),
    "ReplicationPad3d": (nn.ReplicationPad3d(1), (2, 1, 2, 3, 2)),
    "CircularPad1d": (nn.CircularPad1d(2), (2, 3, 4)),
    "CircularPad2d": (nn.CircularPad2d(1), (2, 1, 2, 3)),
    "CircularPad3d": (nn.CircularPad3d(1), (2, 1, 2, 3, 2)),
    "RReLU": (nn.RReLU(), (2, 3)),
    "RNNCell": (nn.RNNCell(3, 4), (2, 3)),
    "Transformer": (
        nn.Transformer(8, 2, 1, 1, 16, batch_first=True),
        (2, 3, 8),
        (2, 4, 8),
    ),
    "TransformerDecoder": (
        nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16, batch_first=True), 2),
        (2, 3, 8),
        (2, 4, 8),
    ),
    "KLDivLoss": (nn.KLDivLoss(reduction="batchmean", log_target=True), (3, 4), (3, 4)),
    "PoissonNLLLoss": (nn.PoissonNLLLoss(), (3, 4), (3, 4)),
    "GaussianNLLLoss": (Square(nn.GaussianNLLLoss()), (3, 4), (3, 4), (3, 4)),
    "SoftMarginLoss": (Signs(nn.SoftMarginLoss()), (3, 4), (3, 4)),
    "HingeEmbeddingLoss": (Signs(nn.HingeEmbeddingLoss()), (3, 4), (3, 4)),
    "MarginRankingLoss": (Signs(nn.MarginRankingLoss(0.1)), (4,), (4,), (4,)),
    "CosineEmbeddingLoss": (Signs(nn.CosineEmbeddingLoss()), (3, 4), (3, 4), (3,)),
    "TripletMarginLoss": (nn.TripletMarginLoss(), (3, 4), (3, 4), (3, 4)),
    "TripletMarginWithDistanceLoss": (
        nn.TripletMarginWithDistanceLoss(),
        (3, 4),
        (3, 4),
        (3, 4),
    ),
    "MSELoss": (nn.MSELoss(), (4, 5), (4, 5)),
    "L1Loss": (nn.L1Loss(reduction="sum"), (4, 5), (4, 5)),
    "SmoothL1Loss": (nn.SmoothL1Loss(beta=0.5), (4, 5), (4, 5)),
    "HuberLoss": (nn.HuberLoss(), (4, 5), (4, 5)),
    "RNN": (nn.RNN(3, 4, batch_first=True), (2, 5, 3)),
    "RNN_relu": (nn.RNN(3, 4, 2, nonlinearity="relu", batch_first=True), (2, 5, 3)),
    "LSTM": (nn.LSTM(3, 4, batch_first=True), (2, 5, 3)),
    "LSTM_time_first": (nn.LSTM(3, 4), (5, 2, 3)),
    "LSTM_deep": (nn.LSTM(3, 4, 2, bidirectional=True, batch_first=True), (2, 5, 3)),
    "LSTM_nobias": (nn.LSTM(3, 4, bias=False, batch_first=True), (2, 5, 3)),
    "LSTM_projected": (nn.LSTM(3, 4, proj_size=2, batch_first=True), (2, 5, 3)),
    "GRU": (nn.GRU(3, 4, bidirectional=True, batch_first=True), (2, 5, 3)),
    "LSTMCell": (nn.LSTMCell(3, 4), (2, 3)),
    "GRUCell": (nn.GRUCell(3, 4), (2, 3)),
    "TransformerEncoderLayer": (
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
        (3, 5, 8),
    ),
    "TransformerDecoderLayer": (
        nn.TransformerDecoderLayer(8, 2, 16, batch_first=True),
        (3, 5, 8),
        (3, 4, 8),
    ),
    "TransformerEncoder_norm_first": (
        nn.TransformerEncoder(
            nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True),
            2,
            enable_nested_tensor=False,
        ),
        (3, 5, 8),
    ),
}
