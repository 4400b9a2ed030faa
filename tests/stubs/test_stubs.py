"""The stubs that type checkers and editors read: what the extension is, complete, and valid."""

import ast
import importlib.resources
import inspect
import keyword
import pathlib
import re

import make
import pytest

import taeda as torch

pytestmark = pytest.mark.taeda_only
HERE = pathlib.Path(__file__).parent


def functions(text):
    """{name: its definitions}, of the functions at the top level and in classes."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.setdefault(node.name, []).append(node)
    return found


def arguments(node):
    a = node.args
    return [p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)]


@pytest.fixture(scope="module")
def golden():
    return {file: (make.HERE / file).read_text() for file in make.texts()}


@pytest.fixture(scope="module")
def stubs(golden):
    """The ops as functions."""
    groups = make.op_groups()
    text = "\n".join(golden.values())
    return {n: nodes for n, nodes in functions(text).items() if n in groups}


def test_the_golden_copy_is_what_the_extension_says(golden):
    for file, text in make.texts().items():
        ours, theirs = text.splitlines(), golden[file].splitlines()
        new = [line for line in ours if line not in set(theirs)]
        old = [line for line in theirs if line not in set(ours)]
        assert text == golden[file], (
            f"{file}: run tests/stubs/make.py\nnew: {new[:5]}\ngone: {old[:5]}"
        )


def test_every_public_op_is_there(stubs, golden):
    missing = {op["name"] for op in torch._C._op_table() if op["scope"]} - set(stubs)
    written = functions("\n".join(golden.values()))
    assert not {n for n in missing if n + "_" not in written}


def test_every_attribute_of_a_tensor_is_there(golden):
    text = golden["__init__.pyi"]
    tensor = next(n for n in ast.parse(text).body if getattr(n, "name", "") == "Tensor")
    told = {n.name for n in tensor.body if isinstance(n, ast.FunctionDef)}
    told |= {n.target.id for n in tensor.body if isinstance(n, ast.AnnAssign)}
    missing = [n for n in vars(torch.Tensor) if not n.startswith("_") and n not in told]
    assert not missing
    unknown = [n for n in told if not hasattr(torch.Tensor, n)]
    assert not unknown


def test_they_are_documented_and_typed(stubs):
    for name, nodes in stubs.items():
        for node in nodes:
            if f"Tensor.{name}" not in make.SPECIAL and not node.decorator_list:
                assert ast.get_docstring(node), f"{name} has no documentation"
            assert node.returns is not None, f"{name} does not say what it returns"
            a = node.args
            untyped = [p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs) if not p.annotation]
            assert set(untyped) <= {"self"}, f"{name}: {untyped} have no type"


def test_overloads_are_marked(golden):
    for text in golden.values():
        for scope in ast.walk(ast.parse(text)):
            found = {}
            for node in (
                getattr(scope, "body", ()) if not isinstance(scope, ast.FunctionDef) else ()
            ):
                if isinstance(node, ast.FunctionDef):
                    found.setdefault(node.name, []).append(node)
            for name, nodes in found.items():
                for node in nodes:
                    marked = any(getattr(d, "id", None) == "overload" for d in node.decorator_list)
                    assert marked == (len(nodes) > 1), name


def test_defaults_are_python(stubs):
    """A default is an expression that means something: a number, a word, None, a dtype."""
    for name, nodes in stubs.items():
        for node in nodes:
            for default in (*node.args.defaults, *node.args.kw_defaults):
                if default is not None:
                    text = ast.unparse(default)
                    value = eval(text, {"torch": torch, "inf": float("inf"), "nan": float("nan")})
                    assert value is None or isinstance(
                        value, (bool, int, float, complex, str, tuple, torch.dtype)
                    ), f"{name}: {text}"


def test_runtime_signatures_agree(golden):
    """What inspect sees of a function is the one form of it, or the longest of several."""
    checked = 0
    for file, owner in (("__init__.pyi", torch._C), ("_nn.pyi", torch._C._nn)):
        tree = ast.parse(golden[file])
        forms = {}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                forms.setdefault(node.name, []).append(node)
        for name, nodes in forms.items():
            try:
                seen = list(inspect.signature(getattr(owner, name)).parameters)
            except (TypeError, ValueError):
                continue
            told = []
            for node in nodes:
                named = arguments(node)
                if node.args.vararg:  # zeros(2, 3): the runtime says `size`
                    at = len(node.args.args)
                    named.insert(at, node.args.vararg.arg)
                named = [
                    n[:-1] if n[-1] == "_" and keyword.iskeyword(n[:-1]) else n
                    for n in named
                    if n != "out"
                ]
                told.append(named)
            assert [n for n in seen if n != "out"] in told, (name, seen, told)
            checked += 1
    assert checked > 200


def test_the_package_is_typed():
    package = pathlib.Path(str(importlib.resources.files(torch)))
    assert (package / "py.typed").exists()
    stubs = sorted(p.relative_to(package).as_posix() for p in package.rglob("*.pyi"))
    assert "_C/__init__.pyi" in stubs
    for name in stubs:
        ast.parse((package / name).read_text())


# ---- a type checker ----


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What mypy says of a program."""
    api = pytest.importorskip("mypy.api", reason="mypy is not installed")
    cache = tmp_path_factory.mktemp("cache")
    config = cache / "config.ini"
    config.write_text("[mypy]\n[mypy-taeda.*]\nfollow_imports = silent\n")
    source = pathlib.Path(make.HERE).parents[1]

    def run(file):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MYPYPATH", str(source))
            out, errors, _ = api.run(
                ["--cache-dir", str(cache), "--config-file", str(config), str(HERE / file)]
            )
        assert not errors, errors
        return out

    return run


def test_a_program_passes_the_type_checker(checked):
    out = checked("program.py")
    assert out.startswith("Success"), out


def test_the_type_checker_finds_mistakes(checked):
    lines = (HERE / "mistakes.py").read_text().splitlines()
    wanted = {i for i, line in enumerate(lines, 1) if line.endswith("# mistake")}
    found = {int(n) for n in re.findall(r"mistakes\.py:(\d+): error", checked("mistakes.py"))}
    assert found == wanted and len(wanted) > 5


def test_the_stubs_pass_the_type_checker(checked):
    for file in make.texts():
        out = checked(make.HERE / file)
        assert out.startswith("Success"), out
