"""A generative adversarial network of convolutions (Radford, Metz and Chintala 2016) draws digits.

    python gan.py [--epochs 60] [--batch-size 32] [--lr 0.001] [--noise 32] [--seed 0]

One network draws, the other tells drawings from real pictures, and each learns from the other. At
the end it shows some drawings and saves more as gan.png (--picture). ../cpp/gan.cpp prints the
same numbers.
"""

import argparse

import taeda.nn.functional as F
from digits import load_digits
from display import number, print_pictures, save_pictures

import taeda as torch
from taeda import nn


def make_generator(noise):
    """Noise [N, noise, 1, 1] -> pictures [N, 1, 8, 8]."""
    return nn.Sequential(
        nn.ConvTranspose2d(noise, 64, 2, bias=False),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 4, stride=2, padding=1),
        nn.Sigmoid(),
    )


def make_discriminator():
    """Pictures [N, 1, 8, 8] -> scores [N, 1], high for what looks real."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(64),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(64 * 2 * 2, 1),
    )


def init_weights(module):
    """The start that the paper found to work."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def judged(scores, real):
    """The loss of scores that should say `real`, 1.0 or 0.0."""
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, real))


parser = argparse.ArgumentParser(description="A generative adversarial network draws digits.")
parser.add_argument("--epochs", type=int, default=60)
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--lr", type=float, default=0.001)
parser.add_argument("--noise", type=int, default=32, help="numbers that a drawing begins with")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--picture", default="gan.png", help="file for the drawings")
args = parser.parse_args()

torch.manual_seed(args.seed)
(train_pictures, _), _ = load_digits()
batches = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(train_pictures), args.batch_size, shuffle=True
)
generator, discriminator = make_generator(args.noise), make_discriminator()
generator.apply(init_weights)
discriminator.apply(init_weights)
g_optimizer = torch.optim.Adam(generator.parameters(), lr=args.lr, betas=(0.5, 0.999))
d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=args.lr, betas=(0.5, 0.999))
some_noise = torch.randn(64, args.noise, 1, 1)  # what the pictures at the end are made of

for epoch in range(args.epochs):
    g_sum = d_sum = 0.0
    for (pictures,) in batches:
        drawn = generator(torch.randn(len(pictures), args.noise, 1, 1))

        d_real = judged(discriminator(pictures), 1.0)
        d_drawn = judged(discriminator(drawn.detach()), 0.0)
        d_loss = d_real + d_drawn
        d_optimizer.zero_grad()
        d_loss.backward()
        d_optimizer.step()

        g_loss = judged(discriminator(drawn), 1.0)
        g_optimizer.zero_grad()
        g_loss.backward()
        g_optimizer.step()
        g_sum, d_sum = g_sum + g_loss.item(), d_sum + d_loss.item()
    print(
        f"epoch {epoch + 1}: generator's loss {number(g_sum / len(batches))},"
        f" discriminator's {number(d_sum / len(batches))}"
    )

generator.eval()
with torch.no_grad():
    drawn = generator(some_noise)[:, 0]
print_pictures(drawn[:8].tolist())
print_pictures(drawn[8:16].tolist())
save_pictures(args.picture, drawn.tolist(), columns=8)
print(f"more of them in {args.picture}")
