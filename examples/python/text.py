"""The text that the language models learn, character by character."""

import pathlib

import taeda as torch

TALE = pathlib.Path(__file__).resolve().parents[1] / "tale.txt"


class Text:
    """A text as numbers: `codes` int64 [N] are the places of its characters in `alphabet`."""

    def __init__(self, path):
        with open(path) as file:
            text = file.read()
        self.alphabet = "".join(sorted(set(text)))
        self.codes = self.encode(text)

    def encode(self, text):
        return torch.tensor([self.alphabet.index(c) for c in text])

    def decode(self, codes):
        return "".join(self.alphabet[i] for i in codes.tolist())

    def batch(self, size, length):
        """Random pieces [size, length], and the same pieces one character further on."""
        start = torch.randint(len(self.codes) - length, (size, 1))
        pieces = self.codes[start + torch.arange(length + 1)]
        return pieces[:, :-1], pieces[:, 1:]
