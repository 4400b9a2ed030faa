"""Replays what PyTorch 2.13 gave; one test an op, which reports every case that differs."""

import functools
import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from recorded import exists, failures, isolated, load  # noqa: E402

CASES = load()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(CASES))
def test_recorded(name):
    if not exists(name):
        pytest.skip("not in yet; test_signatures.py says what must be")
    with np.errstate(all="ignore"):
        lines = isolated(functools.partial(failures, CASES[name]))
    assert not lines, f"{len(lines)} checks of {name} failed\n" + "\n".join(lines[:40])
