"""Regressions from scratch, losses, a convolution learnt from its result."""

import torch
from torch import nn

torch.manual_seed(0)
# linear regression from scratch, closed form, and SGD
X = torch.randn(100, 3)
w_true = torch.tensor([2.0, -3.4, 1.0])
y = X @ w_true + 4.2 + 0.01 * torch.randn(100)


def data_iter(bs, X, y):
    idx = torch.randperm(len(X))
    for i in range(0, len(X), bs):
        j = idx[i : min(i + bs, len(X))]
        yield X[j], y[j]


w = torch.normal(0, 0.01, size=(3, 1), requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for epoch in range(3):
    for xb, yb in data_iter(10, X, y):
        l = ((xb @ w + b).reshape(yb.shape) - yb) ** 2 / 2
        l.sum().backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.03 * p.grad / 10
                p.grad.zero_()
    with torch.no_grad():
        print(f"epoch {epoch + 1}, loss {float((((X @ w + b).squeeze() - y) ** 2).mean() / 2):f}")
print(f"error in estimating w: {w_true - w.reshape(w_true.shape)}", b)
A = torch.cat([X, torch.ones(100, 1)], 1)
print(torch.linalg.lstsq(A, y.unsqueeze(1)).solution.squeeze())
print(
    torch.inverse(A.t() @ A) @ A.t() @ y,
    torch.linalg.solve(A.T @ A, A.T @ y),
    torch.linalg.inv(A.T @ A).shape,
    torch.linalg.pinv(A).shape,
    torch.pinverse(A).shape,
)
# logistic
Xc = torch.cat([torch.randn(50, 2) + 2, torch.randn(50, 2) - 2])
yc = torch.cat([torch.ones(50), torch.zeros(50)])
m = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
o = torch.optim.SGD(m.parameters(), lr=0.5)
f = nn.BCELoss()
for e in range(50):
    p = m(Xc).squeeze()
    loss = f(p, yc)
    o.zero_grad()
    loss.backward()
    o.step()
    if e % 20 == 0:
        print(e, f"{loss.item():.4f}", ((p > 0.5) == yc).float().mean().item())
[W, bb] = m.parameters()
print(W, bb.item())


# softmax regression d2l
def softmax(X):
    e = torch.exp(X)
    return e / e.sum(1, keepdim=True)


print(softmax(torch.randn(2, 3)).sum(1))
yh = torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
t = torch.tensor([0, 2])
print(
    yh[[0, 1], t], -torch.log(yh[range(len(yh)), t]), (yh.argmax(axis=1).type(t.dtype) == t).sum()
)


# polynomial / weight decay / dropout layer
def dropout_layer(X, p):
    if p == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape) > p).float()
    return mask * X / (1.0 - p)


print(dropout_layer(torch.arange(8.0).reshape(2, 4), 0.5))


# quantile loss, huber, log cosh
def pinball(p, y, q):
    e = y - p
    return torch.max((q - 1) * e, q * e).mean()


pr = torch.randn(20, requires_grad=True)
tg = torch.randn(20)
l = sum(pinball(pr, tg, q) for q in (0.1, 0.5, 0.9))
l.backward()
print(l, pr.grad[:4])
print(
    nn.HuberLoss(delta=0.5)(pr, tg),
    nn.SmoothL1Loss(beta=0.3)(pr, tg),
    torch.log(torch.cosh(pr - tg)).mean(),
    nn.L1Loss()(pr, tg),
    nn.functional.softplus(pr).mean(),
)


# corr2d
def corr2d(X, K):
    h, w = K.shape
    Y = torch.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


Xi = torch.ones((6, 8))
Xi[:, 2:6] = 0
K = torch.tensor([[1.0, -1.0]])
Y = corr2d(Xi, K)
print(Y)
c = nn.Conv2d(1, 1, kernel_size=(1, 2), bias=False)
Xi = Xi.reshape((1, 1, 6, 8))
Y = Y.reshape((1, 1, 6, 7))
for i in range(10):
    l = (c(Xi) - Y) ** 2
    c.zero_grad()
    l.sum().backward()
    c.weight.data[:] -= 3e-2 * c.weight.grad
    if (i + 1) % 5 == 0:
        print(f"batch {i + 1}, loss {l.sum():.3f}")
print(c.weight.data.reshape((1, 2)))
