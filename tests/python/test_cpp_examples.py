"""The example programs in both languages: the same numbers, the same files, the same errors.

The C++ ones are those of the build tree that the package under test comes from, or of
$TAEDA_CPP_EXAMPLES (scripts/test sets it).
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

import pytest

import taeda

pytestmark = pytest.mark.taeda_only
ROOT = pathlib.Path(__file__).parents[2]
PYTHON = ROOT / "examples" / "python"
CPP = pathlib.Path(
    os.environ.get("TAEDA_CPP_EXAMPLES")
    or pathlib.Path(taeda.__file__).parents[2] / "tests" / "examples"
)
if "TAEDA_CPP_EXAMPLES" not in os.environ and not CPP.is_dir():
    pytest.skip(f"no C++ examples in {CPP}", allow_module_level=True)


def command(language, name):
    if language == "python":
        return [sys.executable, str(PYTHON / f"{name}.py")]
    return [str(CPP / name)]


def run(language, name, *args, cwd=None, code=0):
    result = subprocess.run(
        [*command(language, name), *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout if code == 0 else result.stdout + result.stderr


@pytest.mark.parametrize("form", ["tensors", "autograd", "nn"])
def test_two_layer_nets_print_the_same(form):
    python, cpp = (run(language, f"two_layer_net_{form}") for language in ("python", "cpp"))
    assert python == cpp
    lines = [line.split() for line in python.splitlines()]
    assert [int(step) for step, _ in lines] == list(range(500))
    assert float(lines[-1][1]) < 1e-3 * float(lines[0][1])


PROGRAMS = ROOT / "tests" / "seeds" / "programs"
TWINS = sorted(p.stem for p in (ROOT / "examples" / "cpp" / "seeds").glob("*.cpp"))


@pytest.mark.parametrize("program", TWINS)
def test_twins_of_the_seed_programs_print_the_same(program, tmp_path):
    def output(*command):
        paths = [os.path.abspath(p) for p in sys.path if p]
        return subprocess.run(
            command,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )

    python = output(sys.executable, "-m", "taeda", str(PROGRAMS / f"{program}.py"))
    cpp = output(str(CPP / "seeds" / program))
    assert (python.returncode, cpp.returncode) == (0, 0), python.stderr + cpp.stderr
    assert cpp.stdout == python.stdout
    assert cpp.stdout.count("\n") > 5


def losses(text):
    return [line for line in text.splitlines() if re.match(r"epoch \d+:", line)]


def files(folder):
    """What a run leaves behind, without the speeds it had."""
    rows = [row.rsplit(",", 1)[0] for row in (folder / "metrics.csv").read_text().splitlines()]
    return rows, taeda.safetensors.load_file(folder / "checkpoint.safetensors")


def same_files(one, other):
    (rows, tensors), (other_rows, other_tensors) = files(one), files(other)
    assert rows == other_rows
    assert tensors.keys() == other_tensors.keys()
    for name, tensor in tensors.items():
        assert taeda.equal(tensor, other_tensors[name]), name


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Three epochs in both languages: the folder and what was printed."""
    out = {}
    for language in ("python", "cpp"):
        folder = tmp_path_factory.mktemp(language)
        out[language] = folder, run(language, "train_images", "--epochs", "3", cwd=folder)
    return out


def test_training_prints_the_same_and_leaves_the_same_files(runs):
    (python, python_text), (cpp, cpp_text) = runs["python"], runs["cpp"]
    assert len(losses(python_text)) == 3
    assert losses(python_text)[-1] == losses(cpp_text)[-1]
    assert losses(python_text) == losses(cpp_text)
    same_files(python / "runs" / "digits", cpp / "runs" / "digits")
    for folder in (python, cpp):
        assert list((folder / "runs" / "digits").glob("curve.*"))
    accuracy = float(re.search(r"test accuracy ([\d.]+)", python_text)[1])
    assert accuracy > 0.9


def test_each_evaluates_the_others_checkpoint(runs):
    (python, text), (cpp, _) = runs["python"], runs["cpp"]
    last = re.search(r"test loss .*", losses(text)[-1])[0]
    for language, folder in (("python", cpp), ("cpp", python)):
        path = folder / "runs" / "digits" / "checkpoint.safetensors"
        assert run(language, "train_images", "--evaluate", str(path)) == f"digits: {last}\n"


def test_predictions_agree(runs):
    folder = runs["cpp"][0]
    python, cpp = (
        run(language, "train_images", "--predict-index", "7", cwd=folder)
        for language in ("python", "cpp")
    )
    assert python == cpp
    assert "predicted" in python


LONG = "60"  # epochs: seconds, where the signal takes milliseconds to arrive


def interrupt(language, folder):
    """Starts a long run in `folder` and stops it after its first epoch."""
    process = subprocess.Popen(
        [*command(language, "train_images"), "--epochs", LONG],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "PYTHONUNBUFFERED": "1",
        },
    )
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("epoch 1:"):
            process.send_signal(signal.SIGINT)
            break
    text += process.stdout.read()
    return process.wait(timeout=60), text


@pytest.mark.parametrize("first, second", [("python", "cpp"), ("cpp", "python")])
def test_a_stopped_run_goes_on_in_the_other_language(tmp_path, first, second):
    stopped, whole = tmp_path / "stopped", tmp_path / "whole"
    stopped.mkdir(), whole.mkdir()
    code, text = interrupt(first, stopped)
    assert code == 130, text
    assert "--resume" in text
    assert f"epoch {LONG}:" not in text
    resumed = run(second, "train_images", "--resume", cwd=stopped)
    uninterrupted = run(first, "train_images", "--epochs", LONG, cwd=whole)
    assert losses(resumed)[-1] == losses(uninterrupted)[-1]
    same_files(stopped / "runs" / "digits", whole / "runs" / "digits")


@pytest.mark.parametrize("language", ["python", "cpp"])
def test_clear_errors(runs, language, tmp_path):
    def error(*args, code=1):
        text = run(language, "train_images", *args, cwd=tmp_path, code=code)
        assert "Traceback" not in text
        return text

    assert "nothing to resume" in error("--resume")
    assert "train first" in error("--predict-index", "1")
    assert "must be positive" in error("--epochs", "0", code=2)
    assert "fashion" in error("--data", "flowers", code=2)
    assert "train-images-idx3-ubyte" in error("--data", "mnist", "--data-root", str(tmp_path))
    broken = tmp_path / "train-images-idx3-ubyte"
    broken.write_bytes(bytes([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3]))
    for name in ("train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (tmp_path / name).write_bytes(b"\0\0\x08\x01\0\0\0\0")
    text = error("--data", "mnist", "--data-root", str(tmp_path))
    assert str(broken) in text and "7056" in text
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"no picture")
    (tmp_path / "runs" / "digits").mkdir(parents=True)
    shutil.copy(
        runs["cpp"][0] / "runs" / "digits" / "checkpoint.safetensors", tmp_path / "runs" / "digits"
    )
    assert "picture.png" in error("--predict", str(picture))
    assert "nowhere.png" in error("--predict", str(tmp_path / "nowhere.png"))
    assert "from 0 to 298" in error("--predict-index", "299")
    checkpoint = tmp_path / "checkpoint.safetensors"
    checkpoint.write_bytes(b"not a checkpoint")
    assert str(checkpoint) in error("--evaluate", str(checkpoint))
