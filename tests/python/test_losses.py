"""Losses: gradients, warnings about sizes, and mistakes whose message shows the right line."""

import inspect
import warnings

import pytest
import taeda.nn.functional as F

import taeda as torch
from taeda import nn


def message(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__, str(error)
    raise AssertionError("nothing was raised")


def scores(*size):
    torch.manual_seed(0)
    return torch.randn(*size)


CLASSES = torch.tensor([1, 2, 3, 0])
MISTAKES = {
    "classes last": (
        lambda: F.cross_entropy(scores(2, 7, 5), torch.zeros(2, 7, dtype=torch.long)),
        "RuntimeError",
        "Expected target size [2, 5], got [2, 7]",
        "loss = cross_entropy(input.movedim(-1, 1), target)",
    ),
    "classes last in an image": (
        lambda: F.cross_entropy(scores(2, 7, 8, 5), torch.zeros(2, 7, 8, dtype=torch.long)),
        "RuntimeError",
        "size mismatch (got input: [2, 7, 8, 5] , target: [2, 7, 8]",
        "loss = cross_entropy(input.movedim(-1, 1), target)",
    ),
    "classes first": (
        lambda: F.cross_entropy(scores(4, 5), torch.zeros(5, dtype=torch.long)),
        "ValueError",
        "Expected input batch_size (4) to match target batch_size (5).",
        "loss = cross_entropy(input.t(), target)",
    ),
    "floats as classes": (
        lambda: F.cross_entropy(scores(4, 5), CLASSES.float()),
        "RuntimeError",
        "expected target dtype to be Long or Byte, but got Float",
        "loss = cross_entropy(input, target.long())",
    ),
    "short integers": (
        lambda: F.cross_entropy(scores(4, 5), CLASSES.int()),
        "RuntimeError",
        "expected target dtype to be Long or Byte, but got Int",
        "loss = cross_entropy(input, target.long())",
    ),
    "one-hot integers": (
        lambda: F.cross_entropy(scores(4, 5), F.one_hot(CLASSES, 5)),
        "RuntimeError",
        "Expected floating point type for target with class probabilities, got Long",
        "loss = cross_entropy(input, target.argmax(1))",
    ),
    "one class too many": (
        lambda: F.cross_entropy(scores(4, 5), torch.tensor([1, 2, 3, 7])),
        "IndexError",
        "Target 7 is out of bounds.",
        "the last layer must have 8 outputs",
    ),
    "classes from 1": (
        lambda: F.cross_entropy(scores(4, 5), torch.tensor([1, 2, 3, 5])),
        "IndexError",
        "Target 5 is out of bounds.",
        "loss = cross_entropy(input, target - 1)",
    ),
    "another batch": (
        lambda: F.cross_entropy(scores(4, 5), torch.tensor([1, 2, 3])),
        "ValueError",
        "Expected input batch_size (4) to match target batch_size (3).",
        "loss = cross_entropy(input[:3], target)",
    ),
    "a flat target": (
        lambda: F.cross_entropy(scores(2, 7, 5), torch.zeros(14, dtype=torch.long)),
        "ValueError",
        "Expected input batch_size (2) to match target batch_size (14).",
        "loss = cross_entropy(input.reshape(-1, 5), target)",
    ),
    "a column of classes": (
        lambda: F.cross_entropy(scores(4, 5), CLASSES.unsqueeze(1)),
        "RuntimeError",
        "0D or 1D target tensor expected, multi-target not supported",
        "loss = cross_entropy(input, target.squeeze(1))",
    ),
    "one score": (
        lambda: F.cross_entropy(torch.tensor(1.0), torch.tensor(0.0)),
        "IndexError",
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
        "loss = cross_entropy(scores.unsqueeze(0), target)",
    ),
    "whole numbers as scores": (
        lambda: F.cross_entropy(scores(4, 5).long(), CLASSES),
        "NotImplementedError",
        "\"log_softmax_lastdim_kernel_impl\" not implemented for 'Long'",
        "loss = cross_entropy(input.float(), target)",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_show_the_right_line(name):
    call, kind, sentence, line = MISTAKES[name]
    got, text = message(call)
    assert got == kind
    assert text.startswith(sentence)
    assert line in text[len(sentence) :]


@pytest.mark.parametrize("layer", [nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss])
def test_sizes_that_broadcast_warn_at_the_users_line(layer):
    loss = layer()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        loss(torch.ones(3, 2), torch.ones(2))
        line = inspect.currentframe().f_lineno - 1
    assert len(seen) == 1
    assert str(seen[0].message).startswith(
        "Using a target size (torch.Size([2])) that is different to the input size "
        "(torch.Size([3, 2])). This will likely lead to incorrect results due to broadcasting."
    )
    assert (seen[0].filename, seen[0].lineno) == (__file__, line)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss(torch.ones(3, 2), torch.ones(3, 2))


@pytest.mark.parametrize("function", [F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss])
def test_functions_warn_at_the_users_line_too(function):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        function(torch.ones(3, 2), torch.ones(2))
        line = inspect.currentframe().f_lineno - 1
    assert [(w.filename, w.lineno) for w in seen] == [(__file__, line)]


def ctc_inputs():
    torch.manual_seed(3)
    x = torch.randn(7, 3, 4, dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([[1, 1, 2], [3, 1, 0], [2, 0, 0]])
    return x, targets, torch.tensor([7, 5, 6]), torch.tensor([3, 2, 1])


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("blank", [0, 3])
def test_ctc_gradient(reduction, blank):
    x, targets, lengths, target_lengths = ctc_inputs()
    if blank:
        targets = targets.clamp_max(2)

    def loss(x):
        return F.ctc_loss(
            x.log_softmax(-1), targets, lengths, target_lengths, blank=blank, reduction=reduction
        )

    assert torch.autograd.gradcheck(loss, (x,))


def test_ctc_is_the_sum_over_all_alignments():
    x, targets, lengths, target_lengths = ctc_inputs()
    p = x.softmax(-1).detach()
    got = F.ctc_loss(p.log(), targets, lengths, target_lengths, reduction="none").exp().reciprocal()
    for sample in range(3):
        want = 0.0
        steps, label = int(lengths[sample]), targets[sample][: int(target_lengths[sample])].tolist()
        for code in range(4**steps):
            path = [code // 4**t % 4 for t in range(steps)]
            kept = [c for t, c in enumerate(path) if c and (t == 0 or path[t - 1] != c)]
            if kept == label:
                product = 1.0
                for t, c in enumerate(path):
                    product *= float(p[t, sample, c])
                want += product
        assert float(got[sample]) == pytest.approx(want, rel=1e-9)


def test_ctc_forms_of_arguments():
    x, targets, lengths, target_lengths = ctc_inputs()
    want = F.ctc_loss(x.log_softmax(-1), targets, lengths, target_lengths)
    flat = torch.tensor([1, 1, 2, 3, 1, 2])
    assert torch.equal(F.ctc_loss(x.log_softmax(-1), flat, (7, 5, 6), [3, 2, 1]), want)
    assert torch.equal(nn.CTCLoss()(x.log_softmax(-1), flat, (7, 5, 6), (3, 2, 1)), want)
    alone = F.ctc_loss(x[:, 0].log_softmax(-1), targets[0], 7, 3, reduction="sum")
    assert alone.shape == ()
    too_long = F.ctc_loss(x[:2].log_softmax(-1), targets, (2, 2, 2), (3, 2, 1), reduction="none")
    assert too_long[0] == float("inf")
    assert (
        nn.CTCLoss(reduction="none", zero_infinity=True)(
            x[:2].log_softmax(-1), targets, (2, 2, 2), (3, 2, 1)
        )[0]
        == 0
    )


def test_second_derivatives_of_margin_losses():
    torch.manual_seed(0)
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    classes = torch.tensor([1, 0, 3])
    assert torch.autograd.gradgradcheck(
        lambda x: F.multi_margin_loss(x, classes, p=2, margin=2.0), (x,)
    )
    labels = torch.tensor([[1, 0, -1, 2], [3, -1, 0, 1], [0, 1, 2, 3]])
    assert torch.autograd.gradcheck(lambda x: F.multilabel_margin_loss(x, labels), (x,))


def test_any_distance():
    torch.manual_seed(0)
    a, p, n = torch.randn(3, 4), torch.randn(3, 4), torch.randn(3, 4)
    loss = nn.TripletMarginWithDistanceLoss(distance_function=nn.PairwiseDistance(), margin=0.5)
    assert torch.allclose(loss(a, p, n), F.triplet_margin_loss(a, p, n, margin=0.5))
    assert isinstance(loss.distance_function, nn.PairwiseDistance)
    cosine = nn.TripletMarginWithDistanceLoss(
        distance_function=lambda x, y: 1 - F.cosine_similarity(x, y), swap=True
    )
    assert cosine(a, p, n).shape == ()
    with pytest.raises(ValueError, match="margin"):
        nn.TripletMarginWithDistanceLoss(margin=0)
    with pytest.raises(TypeError, match="positional"):
        nn.TripletMarginWithDistanceLoss(None)
