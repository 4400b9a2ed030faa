"""The check of the order among the sources finds what it is for."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("check_includes", ROOT / "scripts/check_includes.py")
check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check)


def tree(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    "name, text, expected",
    [
        ("taeda/base/a.h", '#include "taeda/base/b.h"\n', None),
        ("taeda/tensor/a.h", '#include "taeda/base/b.h"\n', None),
        ("taeda/tensor/a.h", "#include <vector>\n", None),
        ("taeda/nn/a.cpp", '#include "taeda/ops/b.h"\n', None),
        ("taeda/tensor/a.h", '\n#  include "taeda/ops/b.h"\n', "taeda/tensor/a.h:2: tensor/"),
        ("taeda/cpu/isa/a.cpp", "#include <taeda/nn/b.h>\n", "taeda/cpu/isa/a.cpp:1: cpu/"),
        ("taeda/base/a.h", '#include "b.h"\n', "not written from the root"),
        ("taeda/base/a.h", '#include "taeda/base/c.h"\n', "does not exist"),
        ("taeda/io/a.cpp", '#include "taeda/taeda.h"\n', "umbrella"),
        ("taeda/misc/a.cpp", "", "no place in the order"),
    ],
)
def test_includes(tmp_path, name, text, expected):
    files = {f"taeda/{folder}/b.h": "" for folder in ("base", "ops", "nn")}
    tree(tmp_path, {**files, "taeda/taeda.h": '#include "taeda/base/b.h"\n', name: text})
    errors = list(check.include_errors(tmp_path))
    if expected is None:
        assert errors == []
    else:
        assert len(errors) == 1 and expected in errors[0]


def test_sizes(tmp_path):
    lines = {"taeda/base/a.h": 400, "taeda/base/b.h": 401, "tests/cpp/c.cpp": 801}
    tree(tmp_path, {name: "\n" * count for name, count in lines.items()})
    errors, notes = check.size_report(tmp_path)
    assert len(errors) == 1 and "tests/cpp/c.cpp: 801 lines" in errors[0]
    assert len(notes) == 1 and "taeda/base/b.h: 401 lines" in notes[0]


def test_exit_code(tmp_path, capsys):
    assert check.main([str(tree(tmp_path, {"taeda/base/a.h": ""}))]) == 0
    assert check.main([str(tree(tmp_path, {"taeda/base/a.h": '#include "x.h"\n'}))]) == 1
    assert "not written from the root" in capsys.readouterr().out
