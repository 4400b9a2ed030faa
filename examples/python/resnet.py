"""A residual network (He, Zhang, Ren and Sun 2016) learns to read digits.

    python resnet.py [--epochs 12] [--batch-size 32] [--lr 0.05] [--seed 0]

Three stages of 16, 32 and 64 channels, as in the paper's networks for small pictures.
../cpp/resnet.cpp prints the same numbers.
"""

import argparse

import taeda.nn.functional as F
from digits import load_digits, print_accuracy
from display import number

import taeda as torch
from taeda import nn


class Block(nn.Module):
    """Two convolutions beside a shortcut: [N, in, H, W] -> [N, out, H / stride, W / stride]."""

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return F.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    """Pictures [N, 1, H, W] -> scores [N, classes]."""

    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.stage1 = nn.Sequential(Block(16, 16), Block(16, 16))
        self.stage2 = nn.Sequential(Block(16, 32, stride=2), Block(32, 32))
        self.stage3 = nn.Sequential(Block(32, 64, stride=2), Block(64, 64))
        self.classify = nn.Linear(64, classes)

    def forward(self, x):
        x = F.relu(self.norm(self.stem(x)))
        x = self.stage3(self.stage2(self.stage1(x)))
        return self.classify(x.mean((2, 3)))


parser = argparse.ArgumentParser(description="A residual network learns to read digits.")
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

torch.manual_seed(args.seed)
train, (test_pictures, test_labels) = load_digits()
batches = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(*train), args.batch_size, shuffle=True
)
model = ResNet(classes=10)
print(f"{sum(p.numel() for p in model.parameters())} parameters")
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9, weight_decay=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.epochs * len(batches))

for epoch in range(args.epochs):
    model.train()
    loss_sum = 0.0
    for pictures, labels in batches:
        loss = F.cross_entropy(model(pictures), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        loss_sum += loss.item()
    model.eval()
    with torch.no_grad():
        scores = model(test_pictures)
    accuracy = (scores.argmax(1) == test_labels).float().mean().item()
    print(f"epoch {epoch + 1}: loss {number(loss_sum / len(batches))}, test {accuracy:.4f}")

print_accuracy(scores, test_labels)
