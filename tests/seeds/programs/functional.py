"""Functions of functions: vmap, grad, Jacobians, calls with other parameters."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    stack_module_state,
    vjp,
    vmap,
)

torch.manual_seed(0)
x = torch.randn(3)
print(grad(lambda x: torch.sin(x).sum())(x), torch.cos(x))
print(grad(grad(torch.sin))(torch.tensor(1.0)), grad_and_value(lambda a: (a**2).sum())(x))
print(jacrev(torch.sin)(x), jacfwd(lambda x: x**2)(x) + 0, hessian(lambda x: (x**3).sum())(x) + 0)
W = torch.randn(2, 3)
b = torch.randn(2)


def predict(W, b, x):
    return F.linear(x, W, b).tanh()


j = jacrev(predict, argnums=(0, 1))(W, b, x)
print(j[0].shape, j[1].shape)
print(
    vmap(lambda w, x: w @ x, in_dims=(None, 0))(W, torch.randn(4, 3)).shape,
    vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 3)),
    torch.vmap(lambda x, y: x + y, in_dims=(0, None))(torch.arange(3.0), torch.tensor(1.0)),
    vmap(vmap(torch.mul, in_dims=(None, 0)), in_dims=(0, None))(
        torch.arange(2.0), torch.arange(3.0)
    ),
    vmap(lambda x: x.sum(), in_dims=1)(torch.ones(2, 3)),
    vmap(lambda x: (x, x * 2), out_dims=(0, 1))(torch.ones(2, 3))[1].shape,
)
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
params = {k: v.detach() for k, v in net.named_parameters()}
data, tgt = torch.randn(5, 3), torch.randint(0, 2, (5,))


def loss(params, x, y):
    return F.cross_entropy(functional_call(net, params, (x.unsqueeze(0),)), y.unsqueeze(0))


per = vmap(grad(loss), in_dims=(None, 0, 0))(params, data, tgt)
print({k: v.shape for k, v in per.items()}, per["2.bias"], per["2.bias"].requires_grad)
out, pull = vjp(lambda x: x**2, x)
print(out, pull(torch.ones(3)))
print(jvp(torch.sin, (x,), (torch.ones(3),)))
models = [nn.Linear(3, 1) for _ in range(3)]
p, bufs = stack_module_state(models)
base = models[0]
print(
    vmap(lambda p, b, x: functional_call(base, (p, b), (x,)), in_dims=(0, 0, None))(
        p, bufs, data
    ).shape
)
print(
    functional_call(net, {k: torch.zeros_like(v) for k, v in params.items()}, data),
    functional_call(net, dict(net.named_parameters()), data).requires_grad,
)
# MAML inner step
theta = {k: v.clone().requires_grad_() for k, v in params.items()}
g = torch.autograd.grad(
    F.cross_entropy(functional_call(net, theta, data), tgt), list(theta.values()), create_graph=True
)
fast = {k: v - 0.1 * gg for (k, v), gg in zip(theta.items(), g)}
l2 = F.cross_entropy(functional_call(net, fast, data), tgt)
l2.backward()
print(l2, theta["0.bias"].grad)
for bad in (
    lambda: vmap(torch.sum)(torch.tensor(1.0)),
    lambda: vmap(torch.add)(torch.ones(2), torch.ones(3)),
    lambda: grad(torch.sin)(x),
    lambda: vmap(lambda x: x + torch.rand(1))(torch.ones(2)),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, str(e)[:40])
print(
    vmap(lambda x: x + torch.rand(()), randomness="same")(torch.zeros(2)).unique().numel(),
    vmap(lambda x: x + torch.rand(()), randomness="different")(torch.zeros(2)).unique().numel(),
)
