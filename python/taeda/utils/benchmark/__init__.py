"""Timing of short statements."""

from .timer import Measurement as Measurement, Timer as Timer, timer as timer
