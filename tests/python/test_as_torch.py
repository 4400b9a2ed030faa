"""Programs written for PyTorch run unchanged: python -m taeda, taeda.as_torch()."""

import os
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.taeda_only


def run(folder, *arguments, **options):
    path = os.pathsep.join(os.path.abspath(p) for p in sys.path if p)
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=dict(os.environ, PYTHONPATH=path),
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def script(folder, source, name="script.py"):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(textwrap.dedent(source))
    return path


def printed(folder, source, *arguments):
    done = run(folder, "-m", "taeda", script(folder, source), *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_imports(tmp_path):
    source = """
        import sys
        import torch, torch.nn as nn, torch.nn.functional as F, torch.optim as optim
        import torch.utils.data
        from torch import Tensor, nn as same
        from torch.autograd import Variable, grad
        from torch.nn import Linear
        from torch.nn.modules.linear import Linear as deep
        from torch.optim.lr_scheduler import StepLR
        from torch.utils.data import DataLoader, TensorDataset
        import taeda

        print(same is nn is torch.nn is taeda.nn, Linear is nn.Linear is deep)
        print(torch.Tensor is taeda.Tensor, sys.modules["torch.nn.functional"] is F is taeda.nn.functional)
        print(sys.argv[1:], __name__, __file__ == sys.argv[0], __spec__, sys.modules["__main__"].__dict__ is globals())
        print(torch.__name__, type(torch).__name__, torch.nn.functional.relu(torch.ones(1)))
    """
    assert printed(tmp_path, source, "a", "-b") == [
        "True True",
        "True True",
        "['a', '-b'] __main__ True None True",
        "torch module tensor([1.])",
    ]


def test_versions(tmp_path):
    source = """
        import importlib.metadata, importlib.util
        import taeda, torch
        from torch.version import __version__

        print(torch.__version__.split("+")[0], torch.__version__.split("+")[1].startswith("taeda"))
        print(importlib.metadata.version("torch") == torch.__version__ == __version__ == torch.version.__version__)
        print(taeda.__version__ != torch.__version__, taeda.version.__version__ == taeda.__version__)
        print(torch.__version__ >= "1.10", torch.__version__ < (2, 14), torch.__version__ > (2, 2), torch.__version__ == "2.13.0")
        print(importlib.util.find_spec("torch") is not None, importlib.util.find_spec("torch.no_such"))
        print("torch" in {d.metadata["Name"] for d in importlib.metadata.distributions()})
    """
    assert printed(tmp_path, source) == [
        "2.13.0 True",
        "True",
        "True True",
        "True True True True",
        "True None",
        "True",
    ]


def test_what_is_missing_is_named(tmp_path):
    source = """
        import torch, torch.nn

        def attempt(code):
            try:
                exec(code)
            except Exception as error:
                print(type(error).__name__, "|", error)

        attempt("torch.no_such_thing")
        attempt("torch.nn.NoSuchLayer")
        attempt("torch.nn.functional.no_such_function")
        attempt("from torch import no_such_thing")
        attempt("from torch.nn import NoSuchLayer")
        attempt("from torch.nn.functional import no_such_function")
        attempt("import torch.no_such_module")
        attempt("from torch.no_such.module import x")
        print(hasattr(torch, "no_such_thing"), getattr(torch.nn, "NoSuch", 3))
        attempt("import no_such_package")
    """
    assert printed(tmp_path, source) == [
        "AttributeError | module 'torch' has no attribute 'no_such_thing': Taeda does not have torch.no_such_thing yet",
        "AttributeError | module 'torch.nn' has no attribute 'NoSuchLayer': Taeda does not have torch.nn.NoSuchLayer yet",
        "AttributeError | module 'torch.nn.functional' has no attribute 'no_such_function': Taeda does not have torch.nn.functional.no_such_function yet",
        "ImportError | cannot import name 'no_such_thing' from 'torch': Taeda does not have torch.no_such_thing yet",
        "ImportError | cannot import name 'NoSuchLayer' from 'torch.nn': Taeda does not have torch.nn.NoSuchLayer yet",
        "ImportError | cannot import name 'no_such_function' from 'torch.nn.functional': Taeda does not have torch.nn.functional.no_such_function yet",
        "ModuleNotFoundError | No module named 'torch.no_such_module': Taeda does not have torch.no_such_module yet",
        "ModuleNotFoundError | No module named 'torch.no_such': Taeda does not have torch.no_such yet",
        "False 3",
        "ModuleNotFoundError | No module named 'no_such_package'",
    ]


def test_nothing_is_aliased_without_asking(tmp_path):
    source = "import sys, taeda, taeda.nn\nprint([m for m in sys.modules if m.startswith('torch')])"
    assert run(tmp_path, "-c", source).stdout == "[]\n"
    source = """
        import sys, types
        sys.modules["torch"] = types.ModuleType("torch")
        import taeda
        try:
            taeda.as_torch()
        except RuntimeError as error:
            print(str(error)[:27])
    """
    assert run(tmp_path, "-c", textwrap.dedent(source)).stdout == "torch is imported already, \n"


def test_as_torch_returns_the_module_and_may_be_repeated(tmp_path):
    source = (
        "import taeda; t = taeda.as_torch(); import torch; print(t is torch is taeda.as_torch())"
    )
    assert run(tmp_path, "-c", source).stdout == "True\n"


def test_tracebacks_show_the_scripts_lines_alone(tmp_path):
    path = script(tmp_path, "import torch\n\ndef f():\n    torch.ones(2) + torch.ones(3)\n\nf()\n")
    done = run(tmp_path, "-m", "taeda", path)
    assert done.returncode == 1
    lines = [line.strip() for line in done.stderr.splitlines() if "^" not in line]
    assert lines[:5] == [
        "Traceback (most recent call last):",
        f'File "{path}", line 6, in <module>',
        "f()",
        f'File "{path}", line 4, in f',
        "torch.ones(2) + torch.ones(3)",
    ]
    assert lines[5].startswith("RuntimeError: The size of tensor a (2)")


@pytest.mark.parametrize(
    "end, code",
    [("import sys; sys.exit(7)", 7), ("raise SystemExit", 0), ("x = ", 1), ("1 / 0", 1)],
)
def test_exit_codes(tmp_path, end, code):
    assert run(tmp_path, "-m", "taeda", script(tmp_path, end)).returncode == code


def test_what_cannot_be_started(tmp_path):
    done = run(tmp_path, "-m", "taeda", "missing.py")
    assert done.returncode == 2 and "can't open file" in done.stderr
    done = run(tmp_path, "-m", "taeda", "-m", "no_such_module")
    assert done.returncode == 1 and "No module named no_such_module" in done.stderr
    assert run(tmp_path, "-m", "taeda").returncode == 2


def test_modules_packages_folders_and_neighbours(tmp_path):
    script(tmp_path, "import torch\nvalue = torch.ones(1)\n", "helper.py")
    script(
        tmp_path,
        "import sys, torch\nfrom .part import x\nprint(x, sys.argv[1:], __spec__.name)\n",
        "pack/__main__.py",
    )
    script(tmp_path, "", "pack/__init__.py")
    script(tmp_path, "import torch\nx = torch.zeros(1)\n", "pack/part.py")
    done = run(tmp_path, "-m", "taeda", "-m", "pack", "1")
    assert done.stdout == "tensor([0.]) ['1'] pack.__main__\n", done.stderr
    other = tmp_path / "elsewhere"
    other.mkdir()
    path = script(tmp_path, "from helper import value\nprint(value)\n", "main.py")
    assert run(other, "-m", "taeda", path).stdout == "tensor([1.])\n"
    script(tmp_path, "import part\nprint(part.x)\n", "pack/__main__.py")
    assert run(other, "-m", "taeda", tmp_path / "pack").stdout == "tensor([0.])\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing(tmp_path, method):
    source = """
        import multiprocessing as mp
        import torch
        from torch import nn


        class Net(nn.Linear):
            pass


        def work(net):
            return net(torch.ones(1, 2)).tolist(), torch.__version__.split("+")[0]


        if __name__ == "__main__":
            net = Net(2, 1)
            nn.init.ones_(net.weight)
            nn.init.zeros_(net.bias)
            with mp.get_context("METHOD").Pool(1) as pool:
                print(pool.map(work, [net]))
    """.replace("METHOD", method)
    assert printed(tmp_path, source) == ["[([[2.0]], '2.13.0')]"]


def test_pickles(tmp_path):
    source = """
        import pickle
        import torch

        class Own(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.w = torch.nn.Parameter(torch.ones(2))

        for thing in (torch.float32, torch.ones(2), torch.nn.Linear(1, 1), Own(), torch.FloatTensor, torch.nn.ReLU):
            print(type(pickle.loads(pickle.dumps(thing))) is type(thing))
        print(pickle.loads(b"ctorch.nn.modules.linear\\nLinear\\n.") is torch.nn.Linear)
        print(pickle.loads(b"ctorch\\nfloat64\\n."))
    """
    assert printed(tmp_path, source) == ["True"] * 7 + ["torch.float64"]


def test_debugger_and_warnings_see_the_script(tmp_path):
    source = """
        import torch
        x = torch.range(1, 2)
        breakpoint()
        print(x)
    """
    done = run(tmp_path, "-m", "taeda", script(tmp_path, source), input="p x.sum()\nc\n")
    assert "tensor(3.)" in done.stdout and "script.py(" in done.stdout, done.stdout + done.stderr
    assert "script.py:3: UserWarning: torch.range is deprecated" in done.stderr
