# Products of matrices and vectors, shapes, the seed.
import torch

torch.manual_seed(11)
a, b = torch.rand(3, 3), torch.rand(3)
print(a.mm(a), a.mv(b), a.t(), torch.dot(b, b), a * b, a * a)
try:
    torch.dot(a, b)
except RuntimeError as error:
    print(error)
try:
    a.mm(torch.rand(2, 3))
except RuntimeError as error:
    print(error)
v = torch.range(1, 12).view(3, 4)
print(v, v.view(-1), v.view(2, -1), v.view(6, 2).t())
try:
    v.t().view(-1)
except RuntimeError as error:
    print(str(error)[:60])
print(torch.cat([v, v], 0).shape, torch.stack([b, b]).sum(1))
print(*v.max(1), v.sort(1, descending=True)[0])
print(
    b.add(1), b.add_(1), torch.add(b, b, alpha=2), b.unsqueeze(0).expand(2, 3), v.sum(0), v.norm()
)
torch.manual_seed(5)
first = torch.randn(3)
torch.manual_seed(5)
print(torch.equal(first, torch.randn(3)), first)
