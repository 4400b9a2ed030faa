# What has no twin in C++: NumPy's random numbers, tuples with names, dicts of samples, and how
# Python prints parameters and optimizers; Jacobians and Hessians.
import numpy as np
import torch
from torch.utils.data import DataLoader

N, D_in, H, D_out = 16, 12, 8, 3
np.random.seed(2)
x, y = np.random.randn(N, D_in), np.random.randn(N, D_out)
w1, w2 = np.random.randn(D_in, H), np.random.randn(H, D_out)
for t in range(30):
    h = x.dot(w1)
    r = np.maximum(h, 0)
    d = r.dot(w2) - y
    if t % 10 == 9:
        print("numpy", t, np.square(d).sum())
    g = (2 * d).dot(w2.T)
    g[h < 0] = 0
    w2 -= 1e-3 * r.T.dot(2 * d)
    w1 -= 1e-3 * x.T.dot(g)

a = torch.tensor([1.0, 2.0])
J = torch.autograd.functional
print(J.jacobian(lambda t: t**2, a), J.hessian(lambda t: (t**3).sum(), a))
print(
    J.vjp(lambda t: t * 2, a, torch.ones(2)),
    J.jvp(lambda t: t**2, a, torch.ones(2)),
)
print(
    J.hvp(lambda t: (t**3).sum(), a, torch.ones(2)),
    J.vhp(lambda t: (t**3).sum(), a, torch.ones(2)),
)
print(torch.arange(6).view(2, 3).max(1), torch.nn.Parameter(torch.zeros(2)))
words = [{"a": 1, "b": [2.0, 3]}, {"a": 4, "b": [5.0, 6]}]
print(next(iter(DataLoader(words, batch_size=2))))
layer = torch.nn.Linear(2, 1)
print(layer.load_state_dict(layer.state_dict()))
groups = [{"params": layer.weight}, {"params": layer.bias, "lr": 1e-2}]
print(torch.optim.Adam(groups, lr=1e-3))
