"""Names of gradient functions, beyond the recorded ones: each is what PyTorch 2.13 shows."""

import pytest

import taeda as torch

nn, F = torch.nn, torch.nn.functional


def name(t):
    return t.grad_fn.name().split("::")[-1]


def leaf(*shape):
    return torch.rand(*shape, requires_grad=True)


@pytest.mark.parametrize(
    "options, lstm, gru",
    [
        ({}, "MkldnnRnnLayerBackward0", "StackBackward0"),
        ({"num_layers": 2}, "MkldnnRnnLayerBackward0", "StackBackward0"),
        ({"batch_first": True}, "TransposeBackward0", "TransposeBackward1"),
        ({"bidirectional": True}, "CatBackward0", "CatBackward0"),
    ],
)
def test_recurrent_layers(options, lstm, gru):
    x = leaf(3, 2, 4)
    for module, want in ((nn.LSTM, lstm), (nn.GRU, gru), (nn.RNN, gru)):
        out, state = module(4, 5, **options)(x)
        assert name(out) == want
        assert all(name(s) == "StackBackward0" for s in (state if module is nn.LSTM else [state]))
        out, _ = module(4, 5, **options)(x[:, 0])
        assert name(out) == "SqueezeBackward1"


def test_linear_says_its_last_step():
    w, b = leaf(3, 3), leaf(3)
    for rank, with_bias, without in [
        (1, "ViewBackward0", "SqueezeBackward4"),
        (2, "AddmmBackward0", "MmBackward0"),
        (3, "ViewBackward0", "UnsafeViewBackward0"),
    ]:
        x = torch.ones(*[2] * (rank - 1), 3)
        assert name(F.linear(x, w, b)) == with_bias and name(F.linear(x, w)) == without


def test_numbers_and_tensors_have_forms_of_their_own():
    x = leaf(3)
    for made, want in [
        (1 - x, "RsubBackward1"),
        (x - 1, "SubBackward0"),
        (2 / x, "MulBackward0"),
        (x**2, "PowBackward0"),
        (x**x, "PowBackward1"),
        (2**x, "PowBackward2"),
        (x.remainder(2.0), "RemainderBackward0"),
        (x.remainder(x.detach()), "RemainderBackward1"),
        (x.masked_fill(x > 0, 1.0), "MaskedFillBackward0"),
        (x.masked_fill(x > 0, torch.tensor(1.0)), "MaskedFillBackward1"),
        (x.round(decimals=1), "RoundBackward1"),
        (x.median(0).values, "MedianBackward1"),
        (x.max(0).values, "MaxBackward0"),
        (torch.special.i0e(x), "SpecialI0EBackward0"),
    ]:
        assert name(made) == want


@pytest.mark.parametrize("mode", ["reflect", "replicate"])
def test_padding_and_pooling(mode):
    word = {"reflect": "Reflection", "replicate": "Replication"}[mode]
    for axes in (1, 2, 3):
        x = leaf(1, *[4] * (axes + 1))
        assert name(F.pad(x, [1] * (2 * axes), mode=mode)) == f"{word}Pad{axes}DBackward0"
    for axes, largest, mean in [
        (1, "SqueezeBackward1", "SqueezeBackward1"),
        (2, "MaxPool2DWithIndicesBackward0", "AvgPool2DBackward0"),
        (3, "MaxPool3DWithIndicesBackward0", "AvgPool3DBackward0"),
    ]:
        x = leaf(1, *[4] * (axes + 1))
        assert name(getattr(F, f"max_pool{axes}d")(x, 2)) == largest
        assert name(getattr(F, f"avg_pool{axes}d")(x, 2)) == mean
        for kind in ("avg", "max"):
            got = name(getattr(F, f"adaptive_{kind}_pool{axes}d")(x, 3))
            own = f"Adaptive{kind.title()}Pool{axes}DBackward0"
            assert got == ("SqueezeBackward1" if axes == 1 else own)


def test_class_losses_by_rank():
    for sizes, reduction, want in [
        ((3, 4), "mean", "NllLossBackward0"),
        ((3, 4, 2), "mean", "NllLoss2DBackward0"),
        ((3, 4, 2), "none", "ViewBackward0"),
        ((3, 4, 2, 2), "none", "NllLoss2DBackward0"),
    ]:
        target = torch.zeros(sizes[:1] + sizes[2:], dtype=torch.long)
        assert name(F.cross_entropy(leaf(*sizes), target, reduction=reduction)) == want


def test_limits():
    x = leaf(3)
    low = torch.zeros(3)
    assert name(x.clamp(0, 1)) == name(x.clamp(min=0)) == "ClampBackward1"
    assert name(x.clamp(low)) == name(x.clamp(max=low)) == "ClampBackward0"


def test_attention():
    q = leaf(1, 2, 3, 4)
    attention = F.scaled_dot_product_attention
    assert name(attention(q, q, q)) == "ScaledDotProductFlashAttentionForCpuBackward0"
    assert name(attention(q[0], q[0], q[0])) == "UnsafeViewBackward0"


def test_in_place():
    x = leaf(2, 2)
    y = x * 1
    y.masked_fill_(y > 0.5, 0.0)
    assert name(y) == "MaskedFillBackward0"
    y = x * 1
    row = y[0]
    row.masked_fill_(row > 0.5, 0.0)
    assert name(y) == "CopySlices" and name(row) in ("AsStridedBackward0", "SelectBackward0")


def test_a_composite_that_returns_its_input_leaves_its_node_alone():
    y = leaf(2) * 2
    assert torch.nn.functional.dropout(y, 0.0, False).grad_fn is not None
    assert name(torch.stack([y])) == "StackBackward0" and name(y) == "MulBackward0"
    with torch.no_grad():
        z = y.detach()
        z.masked_fill_(z > 0, 1.0)
    assert z.grad_fn is None and name(y) == "MulBackward0"
