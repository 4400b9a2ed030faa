"""Ranges of a program and their times."""

import functools
import json
import os
import socket
import threading
from enum import Enum
from time import perf_counter_ns, time

__all__ = [
    "EventList",
    "ProfilerAction",
    "ProfilerActivity",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]


class ProfilerActivity(Enum):
    """What is measured: the CPU."""

    CPU = 0
    XPU = 1
    CUDA = 2


class ProfilerAction(Enum):
    """What a profiler does in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def supported_activities():
    """The activities that can be measured."""
    return {ProfilerActivity.CPU}


_recorders = []  # the profilers that record now


class _Range:
    def __init__(self, name, start, parent):
        self.name, self.start, self.end, self.inner = name, start, None, 0
        self.parent, self.thread = parent, threading.get_ident()

    @property
    def duration(self):
        return self.end - self.start


_open = threading.local()


class record_function:
    """Names a range of the program: a context, or a decorator."""

    def __init__(self, name, args=None):
        self.name, self.args, self._ranges = name, args, []

    def __enter__(self):
        range_ = _Range(self.name, perf_counter_ns(), getattr(_open, "range", None))
        _open.range = range_
        self._ranges.append(range_)
        return self

    def __exit__(self, *error):
        range_ = self._ranges.pop()
        range_.end = perf_counter_ns()
        _open.range = range_.parent
        if range_.parent is not None:
            range_.parent.inner += range_.duration
        for profiler in _recorders:
            profiler._events.append(range_)

    def __call__(self, function):
        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with record_function(self.name, self.args):
                return function(*args, **kwargs)

        return wrapped


def _shown(ns):
    for unit, size in (("us", 1e3), ("ms", 1e6)):
        if ns < size * 1e3:
            return f"{ns / size:.3f}{unit}"
    return f"{ns / 1e9:.3f}s"


class _Average:
    """The ranges of one name. Times are in microseconds."""

    def __init__(self, name, ranges):
        self.key, self.count = name, len(ranges)
        self._total = sum(r.duration for r in ranges)
        self._self = self._total - sum(r.inner for r in ranges)

    cpu_time_total = property(lambda self: self._total / 1e3)
    self_cpu_time_total = property(lambda self: self._self / 1e3)
    cpu_time = property(lambda self: self._total / 1e3 / self.count)

    def __repr__(self):
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={_shown(self._self)} "
            f"cpu_time={_shown(self._total)} calls={self.count}>"
        )


class EventList(list):
    """Averages by name; table() shows them."""

    def table(
        self,
        sort_by=None,
        row_limit=100,
        max_src_column_width=75,
        max_name_column_width=55,
        max_shapes_column_width=80,
        header=None,
        top_level_events_only=False,
    ):
        """A table of names, shares, times and numbers of calls."""
        rows = list(self)
        key = str(sort_by or "").replace("device", "cpu").replace("cuda", "cpu")
        if key in ("cpu_time_total", "self_cpu_time_total", "cpu_time", "count"):
            rows.sort(key=lambda r: -getattr(r, key))
        whole = sum(r._self for r in self) or 1
        heads = [
            "Name",
            "Self CPU %",
            "Self CPU",
            "CPU total %",
            "CPU total",
            "CPU time avg",
            "# of Calls",
        ]
        cells = [
            [
                r.key[:max_name_column_width],
                f"{100 * r._self / whole:.2f}%",
                _shown(r._self),
                f"{100 * r._total / whole:.2f}%",
                _shown(r._total),
                _shown(r._total / r.count),
                str(r.count),
            ]
            for r in (rows if row_limit < 0 else rows[:row_limit])
        ]
        widths = [max(12, *(len(row[i]) for row in [heads, *cells])) for i in _seven]
        line = "  ".join("-" * w for w in widths)

        def text(row):
            return "  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True))

        lines = [line, text(heads), line, *map(text, cells), line]
        lines.append(f"Self CPU time total: {_shown(sum(r._self for r in self))}")
        return "\n".join([header] * (header is not None) + lines) + "\n"

    def __str__(self):
        return self.table()

    def total_average(self):
        """The sum of all times, microseconds."""
        return sum(r.self_cpu_time_total for r in self)


_seven = (0, 1, 2, 3, 4, 5, 6)


def schedule(*, wait, warmup, active, repeat=0, skip_first=0, skip_first_wait=0):
    """A function from a step's number to what the profiler does in it: after skip_first steps it
    waits, warms up and records in turn, repeat times, or for ever if that is 0.
    """

    def action(step):
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        cycle, place = divmod(step - skip_first, wait + warmup + active)
        if repeat and cycle >= repeat or place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        last = place == wait + warmup + active - 1
        return ProfilerAction.RECORD_AND_SAVE if last else ProfilerAction.RECORD

    return action


def tensorboard_trace_handler(dir_name, worker_name=None, use_gzip=False):
    """An on_trace_ready that writes each trace to a file in a folder."""
    os.makedirs(dir_name, exist_ok=True)

    def handler(profiler):
        name = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        profiler.export_chrome_trace(
            os.path.join(dir_name, f"{name}.{int(time() * 1e9)}.pt.trace.json")
        )

    return handler


class profile:
    """Measures the ranges within it that record_function names.

    Args:
        activities, record_shapes, profile_memory, with_stack, with_flops, with_modules: accepted.
        schedule: what to do in each step; without it everything is recorded.
        on_trace_ready: called with the profiler when a recording is complete.
    """

    def __init__(
        self,
        *,
        activities=None,
        schedule=None,
        on_trace_ready=None,
        record_shapes=False,
        profile_memory=False,
        with_stack=False,
        with_flops=False,
        with_modules=False,
        experimental_config=None,
        acc_events=False,
        use_cuda=None,
        **kwargs,
    ):
        self._schedule, self.on_trace_ready = schedule, on_trace_ready
        self.step_num, self._events, self._step = 0, [], None

    def _action(self):
        if self._schedule is None:
            return ProfilerAction.RECORD
        return self._schedule(self.step_num)

    def start(self):
        """Starts measuring."""
        self.current_action = self._action()
        self._begin_step()

    def _begin_step(self):
        if self.current_action in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE):
            if self not in _recorders:
                self._events = []
                _recorders.append(self)
        elif self in _recorders:
            _recorders.remove(self)
        if self._schedule is not None:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _end_step(self):
        if self._step is not None:
            self._step.__exit__()
            self._step = None

    def step(self):
        """Says that the next step begins."""
        self._end_step()
        if self.current_action is ProfilerAction.RECORD_AND_SAVE:
            self._save()
        self.step_num += 1
        self.current_action = self._action()
        self._begin_step()

    def _save(self):
        if self in _recorders:
            _recorders.remove(self)
        if self.on_trace_ready:
            self.on_trace_ready(self)

    def stop(self):
        """Ends measuring."""
        self._end_step()
        if self in _recorders:
            self._save()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()

    def events(self):
        """The measured ranges in the order of their ends."""
        return list(self._events)

    def key_averages(self, group_by_input_shape=False, group_by_stack_n=0, **kwargs):
        """The averages of the ranges by name."""
        names = {}
        for e in self._events:
            names.setdefault(e.name, []).append(e)
        return EventList(_Average(name, ranges) for name, ranges in names.items())

    def export_chrome_trace(self, path):
        """Writes the ranges for chrome://tracing."""
        events = [
            {
                "ph": "X",
                "cat": "user_annotation",
                "name": e.name,
                "pid": os.getpid(),
                "tid": e.thread,
                "ts": e.start / 1e3,
                "dur": e.duration / 1e3,
            }
            for e in self._events
        ]
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"traceEvents": events}, file)

    def add_metadata(self, key, value):
        """Accepted."""
