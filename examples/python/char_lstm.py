"""A recurrent network (LSTM; Hochreiter and Schmidhuber 1997) learns a tale, and tells one.

    python char_lstm.py [--steps 600] [--batch-size 16] [--length 64] [--lr 0.005] [--seed 0]
        [--prompt "The storm"] [--characters 400] [--temperature 0.5] [--text FILE]

It guesses each next character from those before. ../cpp/char_lstm.cpp prints the same numbers and
the same tale.
"""

import argparse

import taeda.nn.functional as F
from display import number
from text import TALE, Text

import taeda as torch
from taeda import nn


class CharLSTM(nn.Module):
    """Characters [N, L] and a state -> scores of the next characters [N, L, alphabet], state."""

    def __init__(self, alphabet, hidden=128):
        super().__init__()
        self.embedding = nn.Embedding(alphabet, 32)
        self.lstm = nn.LSTM(32, hidden, batch_first=True)
        self.head = nn.Linear(hidden, alphabet)

    def forward(self, x, state=None):
        x, state = self.lstm(self.embedding(x), state)
        return self.head(x), state


parser = argparse.ArgumentParser(description="A recurrent network learns a tale, and tells one.")
parser.add_argument("--steps", type=int, default=600)
parser.add_argument("--batch-size", type=int, default=16)
parser.add_argument("--length", type=int, default=64, help="characters in a piece of text")
parser.add_argument("--lr", type=float, default=0.005)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--prompt", default="The storm", help="what the tale begins with")
parser.add_argument("--characters", type=int, default=400, help="how long it is")
parser.add_argument("--temperature", type=float, default=0.5, help="low: bolder guesses are rarer")
parser.add_argument("--text", default=TALE, help="a file to learn instead")
args = parser.parse_args()

torch.manual_seed(args.seed)
text = Text(args.text)
print(f"{len(text.codes)} characters, {len(text.alphabet)} different ones")
model = CharLSTM(len(text.alphabet))
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)

loss_sum = 0.0
for step in range(1, args.steps + 1):
    x, y = text.batch(args.batch_size, args.length)
    scores, _ = model(x)
    loss = F.cross_entropy(scores.flatten(0, 1), y.flatten())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    loss_sum += loss.item()
    if step % 50 == 0 or step == args.steps:
        print(f"step {step}: loss {number(loss_sum / (step % 50 or 50))}")
        loss_sum = 0.0

told = text.encode(args.prompt)
with torch.no_grad():
    scores, state = model(told.unsqueeze(0))
    for _ in range(args.characters):
        chances = F.softmax(scores[0, -1] / args.temperature, 0)
        code = torch.multinomial(chances, 1)
        told = torch.cat([told, code])
        scores, state = model(code.unsqueeze(0), state)
print(text.decode(told))
