# Data in batches: datasets, shuffling, a collate_fn of one's own, a training epoch.
import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset


class Squares(Dataset):
    def __len__(self):
        return 10

    def __getitem__(self, i):
        return torch.tensor([float(i)]), torch.tensor([float(i * i)]), i


def collate(items):
    inputs, labels, numbers = zip(*items)
    return torch.stack(inputs), torch.stack(labels), len(numbers)


def train_epoch(loss_function, optimizer, model, loader):
    total_loss = 0
    for batch_inputs, batch_labels, size in loader:
        optimizer.zero_grad()
        outputs = model.forward(batch_inputs)
        loss = loss_function(outputs, batch_labels) / size
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
    return total_loss


torch.manual_seed(6)
for x, y, n in DataLoader(Squares(), batch_size=4):
    print(x.view(-1), y.shape, n)
loader = DataLoader(Squares(), batch_size=4, shuffle=True, collate_fn=collate)
print([x.view(-1).tolist() for x, _, _ in loader])
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for epoch in range(3):
    print(epoch, train_epoch(torch.nn.MSELoss(), optimizer, model, loader))
pair = TensorDataset(torch.arange(6.0).view(3, 2), torch.tensor([0, 1, 2]))
print(len(pair), pair[1], [b[1] for b in DataLoader(pair, batch_size=2, drop_last=True)])
nested = [(1, (2.0, "left")), (4, (5.0, "right"))]
a, (b, c) = next(iter(DataLoader(nested, batch_size=2)))
print(a, b, list(c))
print([x.shape[0] for x, _ in DataLoader(pair, batch_size=2, num_workers=2)])
