# Gradients: sums, graphs that are kept or freed, frozen tensors, second derivatives.
import torch

x = torch.tensor([2.0], requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
y = w * x**2 + 1
print(y, y.grad_fn.name(), x.is_leaf, y.is_leaf, y.requires_grad)
y.backward()
print(x.grad, w.grad)
(x * x * 3).backward()
(x * x * 3).backward()
print(x.grad)
x.grad.zero_()
z = (x.exp() * w).sum()
z.backward(retain_graph=True)
z.backward()
print(x.grad)
try:
    z.backward()
except RuntimeError as error:
    print(error)
x.grad = None
for step in range(4):  # a graph that differs each time
    loss = (x - 1).pow(2).sum() if step % 2 else x.abs().sum() * w.detach()
    loss.backward()
    with torch.no_grad():
        x -= 0.1 * x.grad
    x.grad.zero_()
    print(step, x.item())
a = torch.tensor([1.0, 2.0], requires_grad=True)
(g,) = torch.autograd.grad((a**3).sum(), a, create_graph=True)
(h,) = torch.autograd.grad(g.sum(), a)
print(g, h)
for node, _ in (a * 2).grad_fn.next_functions:
    print(node.name().rpartition(":")[2] if node else None)
print((a**2).grad_fn.next_functions[0][0].variable is a)
c = a.exp()
d = c.sum()
c.add_(1)
try:
    d.backward()
except RuntimeError as error:
    print(str(error)[:98])
for bad in (lambda: (a * 2).backward(), lambda: torch.ones(2).sum().backward(), lambda: a.add_(1)):
    try:
        bad()
    except RuntimeError as error:
        print(error)
seen = []
hook = a.register_hook(seen.append)
(a * 3).sum().backward()
print(seen, a.grad)
