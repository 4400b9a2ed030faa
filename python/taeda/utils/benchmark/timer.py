"""timeit with a warm-up, a fixed number of threads, and a median."""

import statistics
import timeit
from time import perf_counter as timer

from ... import _C

__all__ = ["Measurement", "Timer", "timer"]


def _unit(seconds):
    for name, size in (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3)):
        if seconds < size * 1e3:
            return name, size
    return "s", 1.0


class Measurement:
    """What Timer measured: the times, in seconds, of blocks of number_per_run runs."""

    def __init__(self, number_per_run, raw_times, stmt, label, sub_label, description, num_threads):
        self.number_per_run, self.raw_times = number_per_run, raw_times
        self.stmt, self.label, self.sub_label = stmt, label, sub_label
        self.description, self.num_threads = description, num_threads

    @property
    def times(self):
        """Seconds a run, for each block."""
        return [t / self.number_per_run for t in self.raw_times]

    @property
    def median(self):
        return statistics.median(self.times)

    @property
    def mean(self):
        return statistics.fmean(self.times)

    @property
    def iqr(self):
        """The distance between the quartiles of times."""
        if len(self.times) < 2:
            return 0.0
        low, _, high = statistics.quantiles(self.times, n=4)
        return high - low

    def __repr__(self):
        name, size = _unit(self.median)
        many = len(self.times) > 1
        lines = [f"<torch.utils.benchmark.utils.common.Measurement object at {id(self):#x}>"]
        lines.append(self.label or self.stmt)
        if self.sub_label or self.description:
            lines.append(": ".join(filter(None, (self.sub_label, self.description))))
        lines.append(f"  {'Median: ' if many else ''}{self.median / size:.2f} {name}")
        if many:
            lines.append(f"  IQR:    {self.iqr / size:.2f} {name}")
        runs = f"{self.number_per_run} runs per measurement"
        threads = f"{self.num_threads} thread{'s' * (self.num_threads > 1)}"
        lines.append(f"  {len(self.times)} measurement{'s' * many}, {runs}, {threads}")
        return "\n".join(lines)


class Timer:
    """Times a statement.

    Args:
        stmt, setup: Python code.
        globals: the names it sees.
        label, sub_label, description: words for the report.
        num_threads: the threads that ops use meanwhile.
    """

    def __init__(
        self,
        stmt="pass",
        setup="pass",
        global_setup="",
        timer=timer,
        globals=None,
        label=None,
        sub_label=None,
        description=None,
        env=None,
        num_threads=1,
        language="python",
    ):
        import textwrap

        if str(language).lower().rpartition(".")[2] not in ("python", "py"):
            raise NotImplementedError("torch.utils.benchmark.Timer times Python statements only")
        self._words = label, sub_label, description
        self._stmt, self._threads = textwrap.dedent(stmt).strip(), num_threads
        self._timer = timeit.Timer(self._stmt, textwrap.dedent(setup), timer, globals or {})

    def _measured(self, number, times):
        return Measurement(number, times, self._stmt, *self._words, self._threads)

    def _with_threads(self, run):
        before = _C.get_num_threads()
        _C.set_num_threads(self._threads)
        try:
            return run()
        finally:
            _C.set_num_threads(before)

    def timeit(self, number=1000000):
        """One measurement of that many runs, after a hundredth of them to warm up."""

        def run():
            self._timer.timeit(max(number // 100, 2))
            return self._measured(number, [self._timer.timeit(number)])

        return self._with_threads(run)

    def blocked_autorange(self, callback=None, min_run_time=0.2):
        """Measurements of blocks of a thousandth of min_run_time, for that many seconds."""

        def run():
            number = 1
            while self._timer.timeit(number) < min_run_time / 1000:
                number *= 10
            times = []
            while sum(times) < min_run_time:
                times.append(self._timer.timeit(number))
            return self._measured(number, times)

        return self._with_threads(run)

    def adaptive_autorange(
        self, threshold=0.1, *, min_run_time=0.01, max_run_time=10.0, callback=None
    ):
        """blocked_autorange until the quartiles are within threshold of the median."""
        while True:
            found = self.blocked_autorange(min_run_time=min_run_time)
            if found.iqr <= threshold * found.median or min_run_time * 2 > max_run_time:
                return found
            min_run_time *= 2
