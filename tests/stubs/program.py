"""A small program as users write it: what a type checker must accept. Never run."""

import taeda.nn.functional as F
from taeda.utils.data import DataLoader, TensorDataset

import taeda as torch
from taeda import nn


class Net(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Linear(8, width)
        self.second = nn.Linear(width, 3, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden: torch.Tensor = F.relu(self.first(x))
        return self.second(hidden).softmax(-1)


def train(epochs: int) -> float:
    torch.manual_seed(0)
    net = Net(16)
    layers: list[nn.Module] = [net, nn.Linear(3, 3), nn.ReLU()]
    x = torch.randn(32, 8)
    y = torch.randint(0, 3, (32,), dtype=torch.int64)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    last = 0.0
    for _ in range(epochs):
        for inputs, targets in DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(inputs), targets)
            loss.backward()
            optimizer.step()
            last = float(loss)
    return last + len(layers)


def shapes(x: torch.Tensor) -> tuple[int, torch.Size, torch.dtype, torch.device]:
    values, indices = torch.max(x, dim=0)
    rows: int = x.size(0)
    also: torch.Size = x.size()
    y = (x + 1) * 2 - x.sum(dim=(0, 1), keepdim=True)
    z: torch.Tensor = y.view(-1, 2).to(torch.float64)[0, :].float()
    z[0] = values[0] if bool(indices[0] > 1) else z[1]
    gradient: torch.Tensor | None = x.grad
    with torch.no_grad():
        z.add_(gradient if gradient is not None else 1.0, alpha=2)
    return rows, also, z.dtype, z.device
