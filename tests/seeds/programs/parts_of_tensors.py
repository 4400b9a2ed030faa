# Parts of a tensor: read, written, counted.
import torch

x = torch.arange(24.0).view(2, 3, 4)
for part in (x[0], x[:, 1], x[..., -1], x[1, 1:, ::2], x[0, 0, 0:1], x[None, 0]):
    print(part.shape, part.stride(), part.is_contiguous())
print(x[0, 1, 2], x[0, 1, 2].item(), x[x > 20], x[[0, 1], [2, 0]])
x[0, 0] = -1
x[1, :, ::3] = torch.tensor([100.0, 200.0])
x[x == 13] += 0.5
print(x)
print(x.sum().item(), x.mean(0), x.std().item(), x.argmin().item(), x[0].cumsum(0))
print(x.reshape(4, 6).t().shape, x.permute(2, 0, 1).stride(), x.view(-1)[:3].tolist())
y = x[0]
y.mul_(0)
print(x[0].abs().max(), x.unsqueeze(0).squeeze().shape, x.flatten(1).shape)
print([part.shape for part in x.split(2, dim=1)], [int(c.sum()) for c in x[1].chunk(3)])
for bad in (lambda: x[2], lambda: x.view(5, 5), lambda: x.sum(3), lambda: x + torch.ones(5)):
    try:
        bad()
    except (IndexError, RuntimeError) as error:
        print(error)
