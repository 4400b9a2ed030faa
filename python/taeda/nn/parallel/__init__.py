"""Modules over several devices."""

from .data_parallel import DataParallel as DataParallel, data_parallel as data_parallel
