"""The stubs that type checkers and editors read: derived from the op table, complete, and valid."""

import ast
import importlib.resources
import inspect

import pytest

import taeda as torch

pytestmark = pytest.mark.taeda_only


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
def stubs():
    return functions(torch._C._stubs())


def test_every_public_op_is_there(stubs):
    public = {op["name"] for op in torch._C._op_table() if op["scope"]}
    assert public == set(stubs)


def test_they_are_documented_and_typed(stubs):
    for name, nodes in stubs.items():
        for node in nodes:
            assert ast.get_docstring(node), f"{name} has no documentation"
            assert node.returns is not None, f"{name} does not say what it returns"
            a = node.args
            untyped = [p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs) if not p.annotation]
            assert not untyped, f"{name}: {untyped} have no type"


def test_overloads_are_marked(stubs):
    for name, nodes in stubs.items():
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


def test_runtime_signatures_agree(stubs):
    for name, nodes in stubs.items():
        function = getattr(torch, name, getattr(torch.nn.functional, name, None))
        if function is None or len(nodes) > 1:
            continue  # a method, or overloaded
        try:
            seen = list(inspect.signature(function).parameters)
        except (TypeError, ValueError):
            continue
        assert seen == arguments(nodes[0]), name


def test_the_package_is_typed():
    files = {f.name: f for f in importlib.resources.files(torch).iterdir()}
    assert "py.typed" in files
    for name, file in files.items():
        if name.endswith(".pyi"):
            ast.parse(file.read_text())
