"""SummaryWriter writes event files for TensorBoard; it needs no other package."""

from .writer import SummaryWriter

__all__ = ["SummaryWriter"]
