"""The benchmark program: it runs, its rows are sound, what it writes is well formed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


def run(*args, cwd):
    path = os.pathsep.join(os.path.abspath(p) for p in sys.path if p)
    return subprocess.run(
        [sys.executable, str(BENCH / "run.py"), *args],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": path},
    )


@pytest.fixture(scope="module")
def rows():
    sys.path.insert(0, str(BENCH))
    try:
        import rows

        yield rows.ROWS
    finally:
        sys.path.remove(str(BENCH))
        for name in [n for n in sys.modules if n.split(".")[0] in ("rows", "harness", "overhead")]:
            del sys.modules[name]


QUICK = "--rounds", "2", "--milliseconds", "1", "--threads", "1,2"


def test_a_small_run_prints_and_writes_its_rows(tmp_path):
    """Against taeda itself, so that no other library is needed."""
    only = r"^reductions/x.sum\(\), 10\^4$|^optimizers/zero_grad|^memory/LeNet"
    done = run("--against", "taeda", "--only", only, *QUICK, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    doc = json.loads((tmp_path / "bench.json").read_text())
    assert [r["group"] for r in doc["rows"]] == ["reductions", "optimizers", "memory"]
    assert doc["threads"] == [1, 2] and doc["rounds"] == 2 and doc["against"] == "taeda"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", doc["date"]) and doc["machine"]
    for row in doc["rows"]:
        assert set(row["results"]["taeda"]) == {"1", "2"}, row
        for times in row["results"]["taeda"].values():
            assert 0 < times["min"] <= times["median"]
        assert 0 < row["ratio"]
        assert row["name"] in done.stdout
    assert (
        doc["rows"][2]["unit"] == "bytes" and doc["rows"][2]["results"]["taeda"]["1"]["min"] > 2**16
    )
    assert set(doc["groups"]) == {"reductions", "optimizers", "memory"}
    for group in doc["groups"].values():
        assert group["rows"] == 1 and group["worst"] == pytest.approx(group["geomean"])
        assert "geometric mean" in done.stdout
    picture = tmp_path / "bench.png"
    if picture.exists():
        assert picture.read_bytes().startswith(b"\x89PNG")
    else:
        assert "matplotlib" in done.stderr


@pytest.mark.parametrize(
    "args, says",
    [
        (("--only", "no such row"), "no row's group/name matches"),
        (("--threads", "0"), "--threads takes numbers"),
        (("--against", "no_such_library"), "no module of that name"),
    ],
)
def test_wrong_options_are_named(tmp_path, args, says):
    done = run(*args, cwd=tmp_path)
    assert done.returncode == 2 and says in done.stderr
    assert not list(tmp_path.iterdir())


def test_rows_have_names_of_their_own_and_compile(rows):
    paths = [row.path for row in rows]
    assert len(paths) == len(set(paths)) and len(paths) > 300
    for row in rows:
        compile(row.setup, row.path, "exec")
        compile(row.statement, row.path, "exec")


def test_cheap_rows_run(rows):
    """What the rows say works: none of those that need little memory and time fails."""
    import harness

    cheap = [r for r in rows if r.group in ("overhead", "optimizers", "random", "data loading")]
    for row in cheap:
        harness.prepare(row, "taeda")(range(1))
