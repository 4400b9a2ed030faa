"""Signals: window functions."""

from . import windows as windows
