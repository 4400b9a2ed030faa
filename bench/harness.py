"""Times rows: one statement each, for several libraries and thread counts, taking turns.

A row is three strings: what it is called, the statement that is timed, and the statements that
prepare it. Both libraries run the very same text with `torch` meaning themselves.
"""

import gc
import importlib
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the benchmark.

    `peak` rows are not timed: they are the peak of resident memory, above what importing takes, of
    a fresh process that runs the statement twenty times.
    """

    group: str
    name: str
    statement: str
    setup: str = ""
    peak: bool = False

    @property
    def path(self):
        return f"{self.group}/{self.name}"


def library(name):
    """The module of that name, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def prepare(row, module_name):
    """A function that runs the row's statement for each item of a range and returns seconds."""
    module = importlib.import_module(module_name)
    space = {
        "torch": module,
        "nn": module.nn,
        "F": module.nn.functional,
        "clock": time.perf_counter,
    }
    exec(row.setup, space)
    exec(
        "def loop(turns):\n"
        "    start = clock()\n"
        "    for _ in turns:\n"
        f"        {row.statement}\n"
        "    return clock() - start\n",
        space,
    )
    return space["loop"]


def turn(loop, seconds):
    """Seconds a call takes: the mean of the last and longest of growing blocks of calls.

    Counted anew each time, because calls that wait for a core may take a thousand times longer.
    """
    n, taken = 1, loop(range(1))
    if taken < 10 * seconds:  # the first call found cold caches
        taken = loop(range(1))
    while taken < seconds / 4:
        n *= 4
        taken = loop(range(n))
    return taken / n


def time_row(row, modules, threads, rounds, seconds):
    """{library: {thread count: {"min": s, "median": s}}}; {library: {"error": text}} on failure.

    Turns go round all libraries and thread counts, so that a busy moment of the machine meets all.
    """
    loops, results, samples = {}, {}, {}
    for name in modules:
        try:
            loops[name] = prepare(row, name)
            loops[name](range(1))
            samples |= {(name, t): [] for t in threads}
        except Exception as error:  # a row that a library cannot run is a result too
            loops.pop(name, None)
            first = (str(error).splitlines() or [""])[0][:200]
            results[name] = {"error": f"{type(error).__name__}: {first}"}
    gc.collect()
    gc.disable()
    try:
        for k in range(rounds):
            for name, t in list(samples)[:: 1 if k % 2 else -1]:
                importlib.import_module(name).set_num_threads(t)
                time.sleep(0.005)  # the other library's workers stop spinning
                samples[name, t].append(turn(loops[name], seconds))
    finally:
        gc.enable()
    for name in loops:
        results[name] = {
            str(t): {
                "min": min(samples[name, t]),
                "median": statistics.median(samples[name, t]),
            }
            for t in threads
        }
    return results


CHILD = """
import os, sys
import {module} as torch
nn, F = torch.nn, torch.nn.functional
torch.set_num_threads({threads})
def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(key))
before = status("VmRSS:")
{setup}
for _ in range(20):
    {statement}
print(status("VmHWM:") - before)
"""


def peak_of_row(row, modules, threads):
    """Like time_row, with bytes for seconds."""
    results = {}
    for name in modules:
        results[name] = {}
        for t in threads:
            code = CHILD.format(module=name, threads=t, setup=row.setup, statement=row.statement)
            path = os.pathsep.join(p for p in sys.path if p)
            child = subprocess.run(
                [sys.executable, "-c", code],
                capture_output=True,
                text=True,
                env=os.environ | {"PYTHONPATH": path},
            )
            if child.returncode:
                results[name] = {"error": child.stderr.strip().splitlines()[-1][:200]}
                break
            size = int(child.stdout.split()[-1])
            results[name][str(t)] = {"min": size, "median": size}
    return results


def run_row(row, modules, threads, rounds, seconds):
    if row.peak:
        return peak_of_row(row, modules, threads)
    return time_row(row, modules, threads, rounds, seconds)


def best(result):
    """The least over the thread counts, or None where the row failed."""
    if "error" in result:
        return None
    return min(r["min"] for r in result.values())
