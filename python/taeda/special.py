"""Special functions of mathematics, under the names of torch.special."""

from ._C._special import *  # noqa: F403
