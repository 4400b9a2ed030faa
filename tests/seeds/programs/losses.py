# Loss functions as classes and functions, with both spellings of their reduction.
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(8)
a = torch.randn(4, 3, requires_grad=True)
b, p, sign = torch.randn(4, 3), torch.rand(4, 3), torch.tensor([1.0, -1.0, 1.0, -1.0])
classes = torch.tensor([0, 2, 1, 1])
pairs = [
    (nn.L1Loss, a, b), (nn.MSELoss, a, b), (nn.SmoothL1Loss, a, b), (nn.HuberLoss, a, b),
    (nn.CrossEntropyLoss, a, classes), (nn.PoissonNLLLoss, a, p), (nn.BCEWithLogitsLoss, a, p),
    (nn.SoftMarginLoss, a, b.sign()), (nn.HingeEmbeddingLoss, a, b.sign()),
]  # fmt: skip
for kind, input, target in pairs:
    for reduction in ("mean", "sum", "none"):
        a.grad = None
        loss = kind(reduction=reduction)(input, target)
        loss.sum().backward()
        print(kind.__name__, reduction, loss.detach().sum(), a.grad.abs().sum())
print(
    nn.NLLLoss()(a.log_softmax(1), classes),
    nn.KLDivLoss(reduction="batchmean")(a.log_softmax(1), p),
)
print(nn.BCELoss()(a.sigmoid(), p), nn.MarginRankingLoss()(a[:, 0], b[:, 0], sign))
print(nn.CosineEmbeddingLoss()(a, b, sign), nn.TripletMarginLoss()(a, b, p))
print(
    nn.MSELoss(size_average=False)(a, b),
    nn.MSELoss(size_average=True)(a, b),
    nn.L1Loss(reduce=False)(a, b),
)
print(
    F.mse_loss(a, b, size_average=False),
    F.cross_entropy(a, classes, weight=torch.tensor([1.0, 2.0, 3.0])),
)


def own_loss(output, target):
    return ((output - target).abs() ** 1.5).mean()


print(own_loss(a, b))
