"""Mistakes that a type checker must find, one a line. Never run."""

import taeda as torch

x = torch.zeros(2, 3)
x.sum(dim="a")  # mistake
torch.softmax(x)  # mistake
x.not_a_method()  # mistake
y: int = x.exp()  # mistake
torch.cat(x, dim=0.5)  # mistake
torch.zeros(2, dtype="float32")  # mistake
