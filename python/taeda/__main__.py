"""Runs a program written for PyTorch: ``import torch`` in it means Taeda.

python -m taeda SCRIPT.py [ARGUMENTS..]
python -m taeda -m MODULE [ARGUMENTS..]
"""

import importlib.util
import os
import pkgutil
import sys
import types

import taeda


class _Refused(Exception):
    """The program cannot be started."""


def _code_of_module(name):
    """The spec and code of what ``python -m name`` runs."""
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            package, spec = name, importlib.util.find_spec(f"{name}.__main__")
            if spec is None:
                raise _Refused(
                    f"No module named {package}.__main__; '{package}' is a package and cannot be "
                    "directly executed"
                )
    except (ImportError, ValueError) as error:
        raise _Refused(f"Error while finding module specification for '{name}' ({error})") from None
    if spec is None:
        raise _Refused(f"No module named {name}")
    code = spec.loader.get_code(spec.name)
    if code is None:
        raise _Refused(f"No code object available for {spec.name}")
    return spec, code


def _code_of_script(path):
    """The spec, if it has one, and the code of a script, or of a folder's or zip's __main__."""
    importer = None if path.endswith(".py") else pkgutil.get_importer(path)
    if importer is not None:
        spec = importer.find_spec("__main__")
        if spec is None:
            raise _Refused(f"can't find '__main__' module in {path!r}")
        return spec, spec.loader.get_code("__main__")
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        raise _Refused(
            f"can't open file {os.path.abspath(path)!r}: [Errno {error.errno}] {error.strerror}"
        ) from None
    return None, compile(source, os.path.abspath(path), "exec", dont_inherit=True)


def _hide_own_frames():
    """Tracebacks begin with the program's own lines."""
    show = sys.excepthook

    def excepthook(kind, error, traceback):
        inner = traceback
        while inner is not None and inner.tb_frame.f_globals.get("__name__") != "__main__":
            inner = inner.tb_next
        while inner is not None and inner.tb_frame.f_code.co_filename == __file__:
            inner = inner.tb_next
        inner = inner or traceback
        show(kind, error.with_traceback(inner), inner)

    sys.excepthook = excepthook


def main(arguments):
    """Runs the program that the arguments name, as the main module of this process."""
    as_module = arguments[:1] == ["-m"]
    target = arguments[as_module:][:1]
    if not target or target[0].startswith("-"):
        wanted = not as_module and arguments[:1] in (["-h"], ["--help"])
        print(__doc__.strip(), file=sys.stdout if wanted else sys.stderr)
        return 0 if wanted else 2
    target = target[0]
    taeda.as_torch()
    sys.argv[:] = arguments[as_module:]
    try:
        if as_module:
            spec, code = _code_of_module(target)
            sys.argv[0] = spec.origin
        else:
            # `python -m` has put the working folder first; a script has its own there instead.
            spec = None
            path = os.path.abspath(target)
            plain = target.endswith(".py") or pkgutil.get_importer(target) is None
            first = os.path.dirname(os.path.realpath(path)) if plain else path
            if getattr(sys.flags, "safe_path", False):
                if not plain:
                    sys.path.insert(0, first)
            else:
                sys.path[0] = first
            spec, code = _code_of_script(target)
    except _Refused as error:
        print(f"{sys.executable}: {error}", file=sys.stderr)
        return 2 if not as_module else 1
    except SyntaxError as error:
        sys.excepthook(type(error), error.with_traceback(None), None)
        return 1

    program = types.ModuleType("__main__")
    program.__file__ = spec.origin if spec is not None else os.path.abspath(target)
    program.__builtins__ = __builtins__
    program.__cached__ = spec.cached if spec is not None else None
    if spec is not None:
        program.__spec__ = spec if as_module else None
        program.__loader__ = spec.loader
        program.__package__ = spec.parent
    else:
        program.__package__ = None
        program.__loader__ = __loader__.__class__("__main__", program.__file__)
    _hide_own_frames()
    sys.modules["__main__"] = program
    exec(code, program.__dict__)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
