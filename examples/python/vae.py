"""A variational autoencoder (Kingma and Welling 2014) learns to draw digits.

    python vae.py [--epochs 60] [--batch-size 32] [--lr 0.002] [--latent 8] [--seed 0]

At the end it shows test pictures, the same after encoding and decoding, and digits it has made up,
and saves the latter as vae.png (--picture). ../cpp/vae.cpp prints the same numbers.
"""

import argparse

import taeda.nn.functional as F
from digits import load_digits
from display import number, print_pictures, save_pictures

import taeda as torch
from taeda import nn


class VAE(nn.Module):
    """Pictures [N, 64] -> pictures, and the mean and log variance of their code [N, latent]."""

    def __init__(self, latent):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 256), nn.ReLU())
        self.mean = nn.Linear(256, latent)
        self.log_variance = nn.Linear(256, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, 256), nn.ReLU(), nn.Linear(256, 64), nn.Sigmoid()
        )

    def encode(self, x):
        x = self.encoder(x)
        return self.mean(x), self.log_variance(x)

    def forward(self, x):
        mean, log_variance = self.encode(x)
        std = torch.exp(0.5 * log_variance)
        code = mean + std * torch.randn_like(std)
        return self.decoder(code), mean, log_variance


def loss_of(model, pictures):
    """Sum over the pictures: what the drawing misses, and what the code tells."""
    drawn, mean, log_variance = model(pictures)
    missed = F.binary_cross_entropy(drawn, pictures, reduction="sum")
    told = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return missed + told


parser = argparse.ArgumentParser(description="A variational autoencoder learns to draw digits.")
parser.add_argument("--epochs", type=int, default=60)
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--lr", type=float, default=0.002)
parser.add_argument("--latent", type=int, default=8, help="numbers in a picture's code")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--picture", default="vae.png", help="file for the digits it makes up")
args = parser.parse_args()

torch.manual_seed(args.seed)
(train_pictures, _), (test_pictures, _) = load_digits()
train_pictures, test_pictures = train_pictures.flatten(1), test_pictures.flatten(1)
batches = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(train_pictures), args.batch_size, shuffle=True
)
model = VAE(args.latent)
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)

for epoch in range(args.epochs):
    loss_sum = 0.0
    for (pictures,) in batches:
        loss = loss_of(model, pictures)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.item()
    with torch.no_grad():
        test_loss = loss_of(model, test_pictures).item() / len(test_pictures)
    print(f"epoch {epoch + 1}: loss {number(loss_sum / len(train_pictures))}, test {test_loss:.2f}")

with torch.no_grad():
    mean, _ = model.encode(test_pictures[:8])
    again = model.decoder(mean)
    made_up = model.decoder(torch.randn(64, args.latent))
print("test pictures:")
print_pictures(test_pictures[:8].view(-1, 8, 8).tolist())
print("encoded and decoded:")
print_pictures(again.view(-1, 8, 8).tolist())
print("made up:")
print_pictures(made_up[:8].view(-1, 8, 8).tolist())
save_pictures(args.picture, made_up.view(-1, 8, 8).tolist(), columns=8)
print(f"more of them in {args.picture}")
