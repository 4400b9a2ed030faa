"""Cross entropy of scores that a linear layer makes: numbers and errors of PyTorch 2.13."""

import pytest

import taeda as torch

lce = torch.nn.functional.linear_cross_entropy


def loss_of_two_axes():
    loss = torch.nn.LinearCrossEntropyLoss(3, 4, out_features=(2,), bias=True, label_smoothing=0.1)
    x = torch.tensor([[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]], requires_grad=True)
    return loss, x, torch.tensor([[0, 3], [2, 1]])


def test_the_module_as_pytorch_makes_it():
    torch.manual_seed(3)
    loss, x, target = loss_of_two_axes()
    value = loss(x, target)
    value.backward()
    assert value.item() == pytest.approx(1.845908522605896, rel=1e-6)
    want = [
        0.27510225772857666,
        -0.02109074592590332,
        0.27652764320373535,
        0.010000202804803848,
        0.10355618596076965,
        0.01575830578804016,
    ]
    assert x.grad.flatten().tolist() == pytest.approx(want, rel=1e-5, abs=1e-7)
    assert list(loss.state_dict()) == ["linear.weight", "linear.bias"]
    assert repr(loss) == (
        "LinearCrossEntropyLoss(\n"
        "  in_features=3, num_classes=4, out_features=(2,), bias=True, reduction=mean, "
        "ignore_index=None, label_smoothing=0.1, options=None\n"
        "  (linear): Linear(in_features=3, out_features=8, bias=True)\n)"
    )


def test_it_is_cross_entropy_of_linear():
    torch.manual_seed(0)
    x, w = torch.randn(5, 3, requires_grad=True), torch.randn(4, 3, requires_grad=True)
    b, classes = torch.randn(4), torch.tensor([0, 1, 2, 3, 1])
    got = lce(x, w, classes, linear_bias=b, ignore_index=1, reduction="sum")
    scores = torch.nn.functional.linear(x, w, b)
    want = torch.nn.functional.cross_entropy(scores, classes, ignore_index=1, reduction="sum")
    assert got.item() == pytest.approx(want.item(), rel=1e-6)
    for a, g in zip(torch.autograd.grad(got, (x, w)), torch.autograd.grad(want, (x, w))):
        torch.testing.assert_close(a, g)
    one = lce(x[0], w, torch.tensor(2), reduction="none")
    assert one.shape == () and one.item() == pytest.approx(
        torch.nn.functional.cross_entropy(x[0] @ w.t(), torch.tensor(2)).item(), rel=1e-6
    )


@pytest.mark.parametrize(
    "arguments, text",
    [
        (lambda x, w, t: (x[0], w, t), "K-dimensional loss defined by linear_weight shape "),
        (lambda x, w, t: (x, w[0, 0], t), "expected linear_weight with dimensionality at least 2"),
        (lambda x, w, t: (x[:, :2], w, t), "got 2 and 3, respectively"),
        (lambda x, w, t: (x[None], w, t), "expected input with dimensionality 1 or 2, got 3"),
    ],
)
def test_refused(arguments, text):
    x, w, t = torch.ones(2, 3), torch.ones(4, 2, 3), torch.tensor([[0, 3], [2, 1]])
    with pytest.raises(RuntimeError, match=text):
        lce(*arguments(x, w, t))


def test_refused_options():
    x, w, t = torch.ones(2, 3), torch.ones(4, 2, 3), torch.tensor([[0, 3], [2, 1]])
    with pytest.raises(RuntimeError, match=r"expected linear_bias shape \(4, 2\), got \(4,\)"):
        lce(x, w, t, linear_bias=torch.ones(4))
    with pytest.raises(RuntimeError, match="ignore_index cannot be specified when target contains"):
        lce(x, w, torch.ones(2, 4, 2), ignore_index=1)
    with pytest.raises(RuntimeError, match=r"expected weight shape to be \(2,\), got \(3,\)"):
        torch.nn.LinearCrossEntropyLoss(3, 2, weight=torch.ones(3))
    with pytest.raises(RuntimeError, match="label_smoothing to be in range"):
        torch.nn.LinearCrossEntropyLoss(3, 2, label_smoothing=2.0)


@pytest.mark.taeda_only
def test_pieces_are_accepted_and_said_to_be_one():
    loss = torch.nn.LinearCrossEntropyLoss(3, 2, options=torch.nn.LinearCrossEntropyOptions())
    with pytest.warns(UserWarning, match="made in one piece"):
        loss(torch.ones(2, 3), torch.tensor([0, 1]))
