"""A multilayer perceptron learns to read digits.

    python mlp.py [--epochs 20] [--batch-size 32] [--lr 0.002] [--seed 0]

../cpp/mlp.cpp prints the same numbers.
"""

import argparse

from digits import load_digits, print_accuracy
from display import number

import taeda as torch
from taeda import nn

parser = argparse.ArgumentParser(description="A multilayer perceptron learns to read digits.")
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--lr", type=float, default=0.002)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

torch.manual_seed(args.seed)
train, (test_pictures, test_labels) = load_digits()
batches = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(*train), args.batch_size, shuffle=True
)
model = nn.Sequential(
    nn.Flatten(),
    nn.Linear(64, 128),
    nn.ReLU(),
    nn.Linear(128, 64),
    nn.ReLU(),
    nn.Linear(64, 10),
)
print(model)
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)

for epoch in range(args.epochs):
    loss_sum = 0.0
    for pictures, labels in batches:
        loss = loss_function(model(pictures), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.item()
    with torch.no_grad():
        scores = model(test_pictures)
    accuracy = (scores.argmax(1) == test_labels).float().mean().item()
    print(f"epoch {epoch + 1}: loss {number(loss_sum / len(batches))}, test {accuracy:.4f}")

print_accuracy(scores, test_labels)
