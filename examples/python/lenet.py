"""LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) learns to read digits.

    python lenet.py [--epochs 12] [--batch-size 16] [--lr 0.05] [--seed 0]

The network is made for 32 x 32 pixels; ours have 8 x 8 and are enlarged. ../cpp/lenet.cpp prints
the same numbers.
"""

import argparse

import taeda.nn.functional as F
from digits import load_digits, print_accuracy
from display import number

import taeda as torch
from taeda import nn


class LeNet(nn.Module):
    """Pictures [N, 1, 32, 32] -> scores [N, 10]."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv1(x)), 2)  # [N, 6, 14, 14]
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2)  # [N, 16, 5, 5]
        x = torch.tanh(self.fc1(x.flatten(1)))
        x = torch.tanh(self.fc2(x))
        return self.fc3(x)


def enlarge(pictures):
    """[N, 1, 8, 8] -> [N, 1, 32, 32]: every pixel becomes a square of 4 x 4."""
    return pictures.repeat_interleave(4, 2).repeat_interleave(4, 3)


parser = argparse.ArgumentParser(description="LeNet-5 learns to read digits.")
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--batch-size", type=int, default=16)
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

torch.manual_seed(args.seed)
(train_pictures, train_labels), (test_pictures, test_labels) = load_digits()
train_pictures, test_pictures = enlarge(train_pictures), enlarge(test_pictures)
batches = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(train_pictures, train_labels), args.batch_size, shuffle=True
)
model = LeNet()
print(model)
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)

for epoch in range(args.epochs):
    loss_sum = 0.0
    for pictures, labels in batches:
        loss = F.cross_entropy(model(pictures), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.item()
    with torch.no_grad():
        scores = model(test_pictures)
    accuracy = (scores.argmax(1) == test_labels).float().mean().item()
    print(f"epoch {epoch + 1}: loss {number(loss_sum / len(batches))}, test {accuracy:.4f}")

print_accuracy(scores, test_labels)
