"""Layers that change sizes, and steps of layers that a subclass overrides."""

import numpy as np
import pytest
import taeda.nn.functional as F

import taeda as torch
from taeda import nn


def close(a, b, tolerance=1e-6):
    np.testing.assert_allclose(
        a.detach().numpy(), b.detach().numpy(), rtol=tolerance, atol=tolerance
    )


# What PyTorch 2.13 prints.
@pytest.mark.parametrize(
    "layer, text",
    [
        (nn.Upsample(size=(2, 3)), "Upsample(size=(2, 3), mode='nearest')"),
        (nn.Upsample(scale_factor=2), "Upsample(scale_factor=2.0, mode='nearest')"),
        (
            nn.Upsample(scale_factor=(2, 3), mode="bilinear"),
            "Upsample(scale_factor=(2.0, 3.0), mode='bilinear')",
        ),
        (
            nn.UpsamplingNearest2d(scale_factor=2),
            "UpsamplingNearest2d(scale_factor=2.0, mode='nearest')",
        ),
        (
            nn.UpsamplingBilinear2d(size=(3, 4)),
            "UpsamplingBilinear2d(size=(3, 4), mode='bilinear')",
        ),
        (
            nn.InstanceNorm1d(3, momentum=None),
            "InstanceNorm1d(3, eps=1e-05, momentum=None, affine=False, bias=False, "
            "track_running_stats=False)",
        ),
        (nn.ConstantPad1d(2, 3.5), "ConstantPad1d(padding=(2, 2), value=3.5)"),
        (nn.ZeroPad2d((1, 2, 3, 4)), "ZeroPad2d((1, 2, 3, 4))"),
        (nn.ReflectionPad2d(2), "ReflectionPad2d((2, 2, 2, 2))"),
        (nn.ReplicationPad3d(1), "ReplicationPad3d((1, 1, 1, 1, 1, 1))"),
        (nn.CircularPad1d((1, 2)), "CircularPad1d((1, 2))"),
        (nn.PixelShuffle(2), "PixelShuffle(upscale_factor=2)"),
        (nn.PixelUnshuffle(3), "PixelUnshuffle(downscale_factor=3)"),
        (nn.ChannelShuffle(2), "ChannelShuffle(groups=2)"),
        (nn.LocalResponseNorm(2, 1), "LocalResponseNorm(2, alpha=1, beta=0.75, k=1.0)"),
        (
            nn.Fold((4, 5), 2),
            "Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=1)",
        ),
        (nn.Unfold((2, 3)), "Unfold(kernel_size=(2, 3), dilation=1, padding=0, stride=1)"),
        (
            nn.MaxUnpool2d((2, 3), stride=2),
            "MaxUnpool2d(kernel_size=(2, 3), stride=(2, 2), padding=(0, 0))",
        ),
        (
            nn.LPPool1d(2, 3),
            "LPPool1d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)",
        ),
        (nn.FractionalMaxPool2d(3, output_size=2), "FractionalMaxPool2d()"),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, nn.Module) else "",
)
def test_texts(layer, text):
    assert repr(layer) == text


def test_attributes():
    m = nn.Upsample(scale_factor=2)
    assert (m.name, m.size, m.scale_factor, m.mode, m.align_corners) == (
        "Upsample",
        None,
        2.0,
        "nearest",
        None,
    )
    assert isinstance(nn.UpsamplingBilinear2d(2), nn.Upsample)
    assert nn.UpsamplingBilinear2d(2).align_corners is True
    assert isinstance(nn.ZeroPad2d(1), nn.ConstantPad2d) and nn.ZeroPad2d(1).value == 0.0
    assert isinstance(nn.BatchNorm2d(1), nn.modules.batchnorm._BatchNorm)
    assert isinstance(nn.InstanceNorm2d(1), nn.modules.instancenorm._InstanceNorm)
    assert nn.FractionalMaxPool3d(2, output_ratio=0.5).output_ratio == (0.5, 0.5, 0.5)


def test_interpolate_of_bytes_rounds():
    x = torch.tensor([[[[0, 3, 255, 7], [9, 1, 4, 100]]]], dtype=torch.uint8)
    y = F.interpolate(x, scale_factor=1.7, mode="bicubic")
    assert y.tolist() == [  # recorded with PyTorch 2.13
        [
            [
                [0, 0, 0, 189, 255, 77],
                [4, 2, 0, 109, 160, 77],
                [10, 6, 1, 4, 21, 77],
            ]
        ]
    ]


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda x: F.interpolate(x), ValueError, "either size or scale_factor should be defined"),
        (lambda x: F.interpolate(x, 2, 2), ValueError, "only one of size or scale_factor"),
        (
            lambda x: F.interpolate(x, (2, 3, 4)),
            ValueError,
            r"got input with spatial dimensions of \[4, 4\] and output size of \(2, 3, 4\)",
        ),
        (
            lambda x: F.interpolate(x, scale_factor=2, align_corners=True),
            ValueError,
            "align_corners option can only be set with",
        ),
        (
            lambda x: F.interpolate(x, scale_factor=2, mode="linear"),
            NotImplementedError,
            "Got 4D input, but linear mode needs 3D input",
        ),
        (
            lambda x: F.interpolate(x, size=0),
            RuntimeError,
            r"Input and output sizes should be greater than 0, but got input \(H: 4, W: 4\) "
            r"output \(H: 0, W: 0\)",
        ),
        (
            lambda x: F.interpolate(x, scale_factor=0.1, antialias=True),
            ValueError,
            "Anti-alias option is restricted to bilinear, bicubic",
        ),
        (
            lambda x: F.interpolate(x.long(), scale_factor=2),
            NotImplementedError,
            "not implemented for 'Long'",
        ),
        (
            lambda x: F.grid_sample(x, torch.zeros(2, 1, 1, 2), align_corners=True),
            RuntimeError,
            "expected grid and input to have same batch size",
        ),
        (
            lambda x: F.grid_sample(x, torch.zeros(1, 1, 1, 3), align_corners=True),
            RuntimeError,
            "expected grid to have size 2 in last dimension",
        ),
        (
            lambda x: F.grid_sample(x, torch.zeros(1, 1, 1, 2), mode="a", align_corners=True),
            ValueError,
            "expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: 'a'",
        ),
        (
            lambda x: F.affine_grid(torch.zeros(2, 3), (1, 1, 2, 2), align_corners=True),
            ValueError,
            r"Expected a batch of 2D affine matrices of shape Nx2x3 for size \(1, 1, 2, 2\)",
        ),
        (
            lambda x: F.pixel_shuffle(x, 2),
            RuntimeError,
            r"input.size\(-3\)=1 is not divisible by 4",
        ),
        (
            lambda x: nn.InstanceNorm2d(3, affine=True)(x),
            ValueError,
            r"to match num_features \(3\), but got: 1",
        ),
        (
            lambda x: nn.CircularPad1d(1)(x),
            ValueError,
            r"expected 2D or 3D input \(got 4D input\)",
        ),
        (
            lambda x: nn.FractionalMaxPool2d(2),
            ValueError,
            "requires specifying either an output size, or a pooling ratio",
        ),
        (
            lambda x: nn.AdaptiveLogSoftmaxWithLoss(8, 10, [4, 4]),
            ValueError,
            "cutoffs should be a sequence of unique, positive integers",
        ),
    ],
)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call(torch.zeros(1, 1, 4, 4))


def test_spatial_transformer_learns():
    """A network that moves its input, as the tutorials have it: the grid gets a gradient."""
    theta = torch.tensor([[[1.0, 0, 0.5], [0, 1.0, 0]]], requires_grad=True)
    x = torch.arange(16.0).reshape(1, 1, 4, 4)
    with pytest.warns(UserWarning, match="behavior has changed to align_corners=False"):
        grid = F.affine_grid(theta, x.size())
    y = F.grid_sample(x, grid, align_corners=False)
    y.sum().backward()
    assert y.shape == x.shape and theta.grad.abs().sum() > 0
    assert str(y.grad_fn).startswith("<GridSampler2DBackward0")


def test_fractional_max_pool_draws_windows():
    torch.manual_seed(0)
    x = torch.randn(2, 3, 9, 8)
    y, at = F.fractional_max_pool2d(x, 2, output_ratio=0.5, return_indices=True)
    assert y.shape == (2, 3, 4, 4)
    assert torch.equal(x.flatten(2).gather(2, at.flatten(2)).reshape(y.shape), y)
    layer = nn.FractionalMaxPool2d(2, output_size=(4, 3))
    assert layer(x).shape == (2, 3, 4, 3) and not layer.state_dict()


def test_adaptive_log_softmax():
    torch.manual_seed(0)
    m = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 10, 15], div_value=2.0, head_bias=True)
    np.testing.assert_allclose(  # recorded with PyTorch 2.13
        m.tail[0][0].weight.flatten()[:2].tolist(), [0.13894998, 0.29293644], rtol=1e-6
    )
    x, target = torch.randn(6, 8), torch.tensor([0, 7, 19, 3, 12, 4])
    out = m(x, target)
    every = m.log_prob(x)
    close(every.exp().sum(1), torch.ones(6))
    close(out.output, every.gather(1, target.unsqueeze(1)).squeeze(1))
    close(out.loss, -out.output.mean())
    assert torch.equal(m.predict(x), every.argmax(1))
    out.loss.backward()
    assert m.head.weight.grad is not None
    with pytest.raises(RuntimeError, match=r"Target values should be in \[0, 19\]"):
        m(x, target + 10)


# ---- steps that a subclass overrides ----


def test_overridden_convolution():
    class Doubled(nn.Conv2d):
        def _conv_forward(self, input, weight, bias):
            return super()._conv_forward(input, weight * 2, bias)

    m = Doubled(1, 2, 3, padding=1)
    plain = nn.Conv2d(1, 2, 3, padding=1)
    plain.load_state_dict({"weight": m.weight * 2, "bias": m.bias})
    x = torch.randn(1, 1, 5, 5)
    close(m(x), plain(x))
    close(nn.Sequential(m)(x), plain(x))


def test_overridden_input_check():
    class Any(nn.BatchNorm2d):
        def _check_input_dim(self, input):
            pass

    class Own(nn.modules.batchnorm._BatchNorm):
        def _check_input_dim(self, input):
            if input.dim() != 6:
                raise ValueError("not mine")

    x = torch.randn(4, 3)
    close(Any(3)(x), nn.BatchNorm1d(3)(x))
    with pytest.raises(ValueError, match="not mine"):
        Own(3)(x)
    assert Own(3)(torch.randn(2, 3, 1, 1, 1, 2)).shape == (2, 3, 1, 1, 1, 2)
    with pytest.raises(ValueError, match=r"expected 4D input \(got 2D input\)"):
        nn.BatchNorm2d(3)(x)
    with pytest.raises(NotImplementedError):
        nn.modules.batchnorm._BatchNorm(3)(x)


@pytest.mark.parametrize("norm_first", [False, True])
def test_overridden_transformer_blocks(norm_first):
    calls = []

    class Encoder(nn.TransformerEncoderLayer):
        def _sa_block(self, x, attn_mask, key_padding_mask, is_causal=False):
            calls.append("sa")
            return super()._sa_block(x, attn_mask, key_padding_mask, is_causal=is_causal)

    class Decoder(nn.TransformerDecoderLayer):
        def _ff_block(self, x):
            calls.append("ff")
            return super()._ff_block(x)

    torch.manual_seed(0)
    args = {"d_model": 8, "nhead": 2, "dim_feedforward": 16, "dropout": 0.0}
    x, memory = torch.randn(3, 2, 8), torch.randn(4, 2, 8)
    for mine, plain, inputs in (
        (Encoder, nn.TransformerEncoderLayer, (x,)),
        (Decoder, nn.TransformerDecoderLayer, (x, memory)),
    ):
        layer = mine(**args, norm_first=norm_first)
        other = plain(**args, norm_first=norm_first)
        other.load_state_dict(layer.state_dict())
        close(layer(*inputs), other(*inputs))
    assert calls == ["sa", "ff"]
    stack = nn.TransformerEncoder(Encoder(**args), 2, enable_nested_tensor=False)
    stack(x)
    assert calls == ["sa", "ff", "sa", "sa"]
