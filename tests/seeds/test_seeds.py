"""Programs on the ground of PyTorch's introductions print what PyTorch 2.13 prints.

They run as scripts under the name torch. Text, spacing and whole numbers must be equal, other
numbers to 1e-4 or one unit of their last digit.
"""

import itertools
import math
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)(?![\w])")
pytestmark = pytest.mark.taeda_only


def run(*arguments, folder):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=dict(
            os.environ, PYTHONPATH=os.pathsep.join(filter(None, map(os.path.abspath, sys.path)))
        ),
        capture_output=True,
        text=True,
        timeout=300,
    )


def same(expected, actual):
    if expected == actual:
        return True
    if "." not in expected and "e" not in expected:
        return False
    e, a = float(expected), float(actual)
    digits, _, power = expected.partition("e")
    unit = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    return math.isfinite(e) and abs(e - a) <= max(1e-4 * abs(e), unit * 1.001)


@pytest.mark.parametrize("program", sorted(p.stem for p in (HERE / "programs").glob("*.py")))
def test_program(program, tmp_path):
    done = run("-m", "taeda", HERE / "programs" / f"{program}.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    wanted = (HERE / "expected" / f"{program}.txt").read_text().splitlines()
    for number, (want, got) in enumerate(
        itertools.zip_longest(wanted, done.stdout.splitlines(), fillvalue="(no line)"), 1
    ):
        assert NUMBER.sub("#", got) == NUMBER.sub("#", want), (
            f"line {number}: {got!r}, not {want!r}"
        )
        pairs = zip(NUMBER.findall(want), NUMBER.findall(got), strict=True)
        assert all(itertools.starmap(same, pairs)), f"line {number}: {got!r}, not {want!r}"


def test_every_program_is_recorded():
    names = [{p.stem for p in (HERE / kind).iterdir()} for kind in ("programs", "expected")]
    assert names[0] == names[1]
