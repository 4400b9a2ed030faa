"""The name torch for this package: what as_torch() and ``python -m taeda`` switch on.

``import torch`` finds a module of its own that answers with taeda's names, because its version is
PyTorch's; every ``torch.x`` is the module ``taeda.x`` itself.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import opcode
import sys
import types

_PACKAGE = __package__  # "taeda"
_IMPORT_FROM = opcode.opmap["IMPORT_FROM"]


def as_torch():
    """Makes ``import torch``, and every ``torch.x.y``, mean Taeda in this process.

    Names that are missing raise an AttributeError (an ImportError, if imported) that says so.
    ``torch.__version__`` and ``importlib.metadata.version("torch")`` begin with the PyTorch release
    whose behaviour is followed. Processes that multiprocessing starts are switched over, too.

    Returns:
        The module torch. A second call changes nothing.

    Errors:
        RuntimeError: another package is imported as torch already.
    """
    known = sys.modules.get("torch")
    if known is not None and not isinstance(getattr(known, "__loader__", None), _TorchLoader):
        raise RuntimeError(
            "torch is imported already, from "
            f"{getattr(known, '__file__', 'elsewhere')}: call taeda.as_torch() before"
        )
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
        for name, module in list(sys.modules.items()):
            _after_import(name, module)
    return importlib.import_module("torch")


# ---- missing names ----


def _torch_name(name):
    return "torch" + name.removeprefix(_PACKAGE)


def _missing(module, name, frame):
    """The error of a lookup of ``module.name``, made by ``frame``."""
    where = _torch_name(module.__name__)
    plain = AttributeError(f"module '{where}' has no attribute '{name}'")
    if name.startswith("__") or f"{module.__name__}.{name}" in sys.modules:
        return plain  # the second: a module that is still being imported
    text = f"Taeda does not have {where}.{name} yet"
    if frame.f_code.co_code[frame.f_lasti] == _IMPORT_FROM:
        return ImportError(f"cannot import name '{name}' from '{where}': {text}", name=where)
    return AttributeError(f"{plain}: {text}")


def _explain_missing(module):
    """Lets failing lookups on a module of taeda's say that the name is not there yet."""
    own = module.__dict__.get("__getattr__")
    if getattr(own, "_explains", False):
        return

    def __getattr__(name):
        if own is not None:
            try:
                return own(name)
            except AttributeError:
                pass
        raise _missing(module, name, sys._getframe(1)) from None

    __getattr__._explains = True
    module.__getattr__ = __getattr__


# ---- finding torch, torch.x and what follows from it ----


class _TorchLoader(importlib.abc.InspectLoader):
    """Makes the module torch: taeda's names under PyTorch's version."""

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        taeda = sys.modules[_PACKAGE]
        own = ("__spec__", "__loader__", "__name__", "__package__", "__getattr__")
        for name, value in taeda.__dict__.items():
            if name not in own:
                module.__dict__.setdefault(name, value)
        from . import torch_version, version

        module.__version__ = torch_version.__version__
        module.version = types.ModuleType("torch.version", version.__doc__)
        module.version.__dict__.update(
            {k: v for k, v in version.__dict__.items() if not k.startswith("__")},
            __version__=str(torch_version.__version__),
        )
        sys.modules["torch.version"] = module.version

        def __getattr__(name):
            try:
                value = getattr(taeda, name)
            except AttributeError:
                raise _missing(taeda, name, sys._getframe(1)) from None
            if not name.startswith("__"):
                module.__dict__.setdefault(name, value)
            return value

        module.__getattr__ = __getattr__

    def is_package(self, fullname):
        return True

    def get_source(self, fullname):
        return None


class _SubmoduleLoader(importlib.abc.Loader):
    """Gives torch.x the module taeda.x."""

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        real = importlib.import_module(_PACKAGE + module.__name__.removeprefix("torch"))
        sys.modules[module.__name__] = real


class _ThenLoader(importlib.abc.Loader):
    """A loader that leaves no trace but what _after_import does."""

    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        _after_import(module.__name__, module)


class _Distribution(importlib.metadata.Distribution):
    """What importlib.metadata says of torch."""

    def read_text(self, filename):
        if filename == "METADATA":
            from .torch_version import __version__

            return f"Metadata-Version: 2.1\nName: torch\nVersion: {__version__}\n"
        return "torch\n" if filename == "top_level.txt" else None

    def locate_file(self, path):
        from pathlib import Path

        return Path(sys.modules[_PACKAGE].__file__).parent.parent / path


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            taeda = sys.modules[_PACKAGE]
            spec = importlib.machinery.ModuleSpec(
                name, _TorchLoader(), origin=taeda.__file__, is_package=True
            )
            spec.submodule_search_locations = list(taeda.__path__)
            return spec
        if name.startswith("torch."):
            return self._find_submodule(name)
        if name.startswith(_PACKAGE + ".") or name == "multiprocessing.spawn":
            spec = importlib.machinery.PathFinder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _ThenLoader(spec.loader)
            return spec
        return None

    def _find_submodule(self, name):
        real = _PACKAGE + name.removeprefix("torch")
        try:
            found = real in sys.modules or importlib.util.find_spec(real) is not None
        except ModuleNotFoundError as error:  # of a parent
            if not str(error.name).startswith(_PACKAGE):
                raise
            found = False
        if found:
            return importlib.machinery.ModuleSpec(name, _SubmoduleLoader())
        # An import fails here; a question (importlib.util.find_spec) is answered by None.
        frame = sys._getframe(2)
        while frame is not None and frame.f_code.co_name == "_find_spec":
            frame = frame.f_back
        if frame is not None and frame.f_code.co_name == "_find_and_load_unlocked":
            raise ModuleNotFoundError(
                f"No module named '{name}': Taeda does not have {name} yet", name=name
            )
        return None

    def find_distributions(self, context=None):
        name = getattr(context, "name", None)
        if name is None or name.lower() == "torch":
            yield _Distribution()


_finder = _Finder()


# ---- after an import ----


def _name_classes(module):
    """Classes print under PyTorch's names: ``<class 'torch.nn.modules.linear.Linear'>``."""
    for value in list(module.__dict__.values()):
        if isinstance(value, type) and f"{value.__module__}.".startswith(_PACKAGE + "."):
            try:
                value.__module__ = _torch_name(value.__module__)
            except (AttributeError, TypeError):
                pass  # one that cannot be changed


def _after_import(name, module):
    if name.startswith(_PACKAGE + ".") and isinstance(module, types.ModuleType):
        _explain_missing(module)
        _name_classes(module)
    elif name == "multiprocessing.spawn":
        _switch_children_over(module)


class _SwitchOver:
    """Unpickles to the effect of as_torch()."""

    def __reduce__(self):
        return _as_torch_in_child, ()


def _as_torch_in_child():
    as_torch()


def _switch_children_over(spawn):
    """Children that do not inherit this process's modules get the name torch before they import
    the main program: it comes with what multiprocessing sends them first.
    """
    prepare = spawn.get_preparation_data

    def get_preparation_data(name):
        return {**prepare(name), "taeda": _SwitchOver()}

    spawn.get_preparation_data = get_preparation_data
