"""A transformer that sees only what is behind (Radford et al. 2018) learns a tale, and tells one.

    python char_transformer.py [--steps 800] [--batch-size 16] [--length 64] [--lr 0.004]
        [--seed 0] [--prompt "The storm"] [--characters 400] [--temperature 0.5] [--text FILE]

It guesses each next character from those before. ../cpp/char_transformer.cpp prints the same
numbers and the same tale.
"""

import argparse

import taeda.nn.functional as F
from display import number
from text import TALE, Text

import taeda as torch
from taeda import nn


class CharTransformer(nn.Module):
    """Characters [N, L], L <= length -> scores of the next characters [N, L, alphabet]."""

    def __init__(self, alphabet, length, width=96, heads=4, layers=3):
        super().__init__()
        self.length = length
        self.token = nn.Embedding(alphabet, width)
        self.place = nn.Embedding(length, width)
        layer = nn.TransformerEncoderLayer(
            width,
            heads,
            dim_feedforward=4 * width,
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.blocks = nn.TransformerEncoder(
            layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False
        )
        self.head = nn.Linear(width, alphabet)

    def forward(self, x):
        length = x.size(1)
        behind = nn.Transformer.generate_square_subsequent_mask(length)
        x = self.token(x) + self.place(torch.arange(length))
        return self.head(self.blocks(x, mask=behind, is_causal=True))


parser = argparse.ArgumentParser(description="A transformer learns a tale, and tells one.")
parser.add_argument("--steps", type=int, default=800)
parser.add_argument("--batch-size", type=int, default=16)
parser.add_argument("--length", type=int, default=64, help="characters that it sees at once")
parser.add_argument("--lr", type=float, default=0.004)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--prompt", default="The storm", help="what the tale begins with")
parser.add_argument("--characters", type=int, default=400, help="how long it is")
parser.add_argument("--temperature", type=float, default=0.5, help="low: bolder guesses are rarer")
parser.add_argument("--text", default=TALE, help="a file to learn instead")
args = parser.parse_args()

torch.manual_seed(args.seed)
text = Text(args.text)
print(f"{len(text.codes)} characters, {len(text.alphabet)} different ones")
model = CharTransformer(len(text.alphabet), args.length)
optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.steps)

loss_sum = 0.0
for step in range(1, args.steps + 1):
    x, y = text.batch(args.batch_size, args.length)
    loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
    loss_sum += loss.item()
    if step % 50 == 0 or step == args.steps:
        print(f"step {step}: loss {number(loss_sum / (step % 50 or 50))}")
        loss_sum = 0.0

model.eval()
told = text.encode(args.prompt)
with torch.no_grad():
    for _ in range(args.characters):
        seen = told[-model.length :]
        scores = model(seen.unsqueeze(0))[0, -1]
        chances = F.softmax(scores / args.temperature, 0)
        told = torch.cat([told, torch.multinomial(chances, 1)])
print(text.decode(told))
