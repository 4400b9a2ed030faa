"""Writes the stubs of the extension from what the extension knows of itself.

    python tests/stubs/make.py          # rewrites python/taeda/_C/*.pyi
    pytest tests/stubs                  # fails where they are not what this would write

Ops come from the op table, bound functions from the binding tool's signatures, the rest from what
inspect sees. What none of them can say (overloads by type, results of a Python type) stands in
SPECIAL.
"""

import inspect
import keyword
import pathlib
import re
import sys
import textwrap
import types

import taeda as torch

HERE = pathlib.Path(__file__).resolve().parents[2] / "python" / "taeda" / "_C"
C = torch._C
torch.nn  # makes the native layers
WORDS = ("int", "float", "bool", "str", "complex", "bytes", "type")
OWN = ("dtype", "device", "layout", "memory_format")  # classes that are attributes of a Tensor too
MEANT = re.compile(rf"(: |\| |-> |\[)({'|'.join(WORDS + OWN)})\b(?![.(])")


HEADER = """# Made by tests/stubs/make.py from the built extension: run it again instead of editing.
import builtins as _b
from collections.abc import Callable as Callable, Iterator as Iterator, Sequence as Sequence
from typing import Any as Any, NamedTuple as NamedTuple, TypeAlias as TypeAlias, overload as overload

"""
ALIASES = "".join(f"_{w}: TypeAlias = _b.{w}\n" for w in WORDS)
OWN_ALIASES = "".join(f'_{w}: TypeAlias = "{w}"\n' for w in OWN)
NUMBER = "Number: TypeAlias = _b.int | _b.float | _b.bool | _b.complex\n"

# By name: the definitions, where the runtime cannot tell. `self` alone stands for a method.
SPECIAL = {
    "Tensor.size": """
        @overload
        def size(self, dim: None = None) -> Size: ...
        @overload
        def size(self, dim: int) -> int: ...
    """,
    "Tensor.stride": """
        @overload
        def stride(self, dim: None = None) -> tuple[int, ...]: ...
        @overload
        def stride(self, dim: int) -> int: ...
    """,
    "Tensor.backward": """
        def backward(
            self,
            gradient: Tensor | None = None,
            retain_graph: bool | None = None,
            create_graph: bool = False,
            inputs: Tensor | Sequence[Tensor] | None = None,
        ) -> None: ...
    """,
    "Tensor.to": """
        def to(self, *args: Any, device: Any = None, dtype: Any = None, other: Tensor | None = None,
               non_blocking: bool = False, copy: bool = False,
               memory_format: memory_format | None = None) -> Tensor: ...
    """,
    "Tensor.numpy": "def numpy(self, *, force: bool = False) -> Any: ...",
    "Tensor.item": "def item(self) -> Any: ...",
    "Tensor.tolist": "def tolist(self) -> Any: ...",
    "Tensor.type": """
        @overload
        def type(self, dtype: None = None, non_blocking: bool = False) -> str: ...
        @overload
        def type(self, dtype: Any, non_blocking: bool = False) -> Tensor: ...
    """,
    "Tensor.register_hook":
        "def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> _HookHandle: ...",
    "Tensor.register_post_accumulate_grad_hook": """
        def register_post_accumulate_grad_hook(
            self, hook: Callable[[Tensor], None]
        ) -> _HookHandle: ...
    """,
    "Tensor.__getitem__": "def __getitem__(self, key: Any, /) -> Tensor: ...",
    "Tensor.__setitem__": "def __setitem__(self, key: Any, value: Any, /) -> None: ...",
    "Tensor.__iter__": "def __iter__(self) -> Iterator[Tensor]: ...",
    "Tensor.__len__": "def __len__(self) -> int: ...",
    "Tensor.__bool__": "def __bool__(self) -> bool: ...",
    "Tensor.__int__": "def __int__(self) -> int: ...",
    "Tensor.__float__": "def __float__(self) -> float: ...",
    "Tensor.__complex__": "def __complex__(self) -> complex: ...",
    "Tensor.__index__": "def __index__(self) -> int: ...",
    "Tensor.__contains__": "def __contains__(self, item: Any, /) -> bool: ...",
    "Tensor.__hash__": "def __hash__(self) -> int: ...",
    "Tensor.__format__": "def __format__(self, spec: str) -> str: ...",
    "Tensor.__new__": "def __new__(cls, *args: Any, device: Any = None) -> Tensor: ...",
    "Tensor.__array__": "def __array__(self, dtype: Any = None, *, copy: Any = None) -> Any: ...",
    "Tensor.unique": "def unique(self, sorted: bool = True, return_inverse: bool = False,"
        " return_counts: bool = False, dim: int | None = None) -> Any: ...",
    "Tensor.unique_consecutive": "def unique_consecutive(self, return_inverse: bool = False,"
        " return_counts: bool = False, dim: int | None = None) -> Any: ...",
    "Tensor.nonzero": "def nonzero(self, *, as_tuple: bool = False) -> Any: ...",
    "Tensor.allclose": "def allclose(self, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08,"
        " equal_nan: bool = False) -> bool: ...",
    "Tensor.is_nonzero": "def is_nonzero(self) -> bool: ...",
}  # fmt: skip

# Types of the results and properties of what is bound by hand.
RESULTS = {
    "shape": "Size", "dtype": "dtype", "device": "device", "grad": "Tensor | None",
    "data": "Tensor", "requires_grad": "bool", "is_leaf": "bool", "retains_grad": "bool",
    "ndim": "int", "itemsize": "int", "nbytes": "int", "output_nr": "int", "_version": "int",
    "T": "Tensor", "mT": "Tensor", "H": "Tensor", "mH": "Tensor", "real": "Tensor",
    "imag": "Tensor", "_base": "Tensor | None", "_grad": "Tensor | None", "name": "None",
    "layout": "layout", "grad_fn": "Any", "requires_grad_": "Tensor", "detach_": "Tensor",
    "resize_": "Tensor", "set_": "Tensor", "share_memory_": "Tensor", "numpy": "Any",
    "get_default_dtype": "dtype", "promote_types": "dtype", "to_dlpack": "Any",
    "__dlpack__": "Any", "__dlpack_device__": "tuple[int, int]", "device_of": "device",
    "as_subclass": "Any", "new": "Tensor", "new_tensor": "Tensor", "dim_order": "tuple[int, ...]",
    "is_shared": "bool", "storage": "Any", "untyped_storage": "Any", "to_sparse": "Tensor",
    "manual_seed": "Generator", "set_state": "Generator", "get_state": "Tensor",
    "numel": "int", "__add__": "Tensor",
}  # fmt: skip
BINARY = """add sub mul truediv floordiv mod pow matmul and or xor lshift rshift""".split()
COMPARE = "eq ne lt le gt ge".split()
UNARY = "neg pos abs invert".split()


def typed(text):
    """With names of builtins that a class or module here gives another meaning written apart."""
    text = text.replace("NoneType", "None")
    text = MEANT.sub(r"\1_\2", text)
    return re.sub(rf", ({'|'.join(WORDS)})(?=[\],])", r", _\1", text)


def block(text, indent=0):
    return textwrap.indent(textwrap.dedent(text).strip() + "\n", " " * indent)


def documented(head, doc, indent):
    pad = " " * indent
    lines = (doc or "").strip().split("\n")
    if not doc:
        return f"{pad}{head}: ...\n"
    if "\\" in doc or '"""' in doc:
        raise ValueError(f"{head}: the text needs quoting")
    if len(lines) == 1:
        body = f'{pad}    """{lines[0]}"""\n'
    else:
        body = f'{pad}    """' + "\n".join(
            lines[:1] + [(pad + "    " + x.strip()).rstrip() for x in lines[1:]]
        )
        body += f'\n{pad}    """\n'
    return f"{pad}{head}:\n{body}"


# ---- ops ----


def op_groups():
    """{name: its forms in the op table}."""
    groups = {}
    for op in C._op_table():
        groups.setdefault(op["name"], []).append(op)
    return groups


def op_text(name, op, indent=0, method=False, inplace=False):
    parts, starred = [], False
    parameters = op["parameters"]
    if method:
        parts.append("self")
        parameters = parameters[1:]
    if op["varargs"] and parameters:
        flat = list(parameters)
        at = next(i for i, p in enumerate(flat) if "Sequence" in p[1])
        size = f"*{flat[at][0]}: int | Sequence[int]"
        rest = [p for p in flat[at + 1 :]]
        parameters = flat[:at]
    else:
        size, rest = None, []
    for word, annotation, default, keyword_only in parameters:
        if keyword_only and not starred:
            starred = True
            parts.append("*")
        word = word + "_" if keyword.iskeyword(word) else word
        parts.append(f"{word}: {annotation}" + ("" if default is None else f" = {default}"))
    if size:
        parts.append(size)
        starred = True
        parts += [f"{p[0]}: {p[1]}" + ("" if p[2] is None else f" = {p[2]}") for p in rest]
    result = "tuple[Tensor, ...]" if op["many"] else "Tensor"
    if op["results"]:
        result = f"_{name}_result"
    if inplace:
        result = "Tensor"
    elif op["out"] and not method:
        if not starred:
            parts.append("*")
        parts.append("out: " + ("Sequence[Tensor]" if op["many"] else "Tensor") + " | None = None")
    head = f"def {name}{'_' if inplace else ''}({', '.join(parts)}) -> {result}"
    return documented(typed(head), op["doc"], indent)


def op_texts(name, forms, indent, **how):
    """All forms of an op, each once."""
    texts = list(dict.fromkeys(op_text(name, op, indent, **how) for op in forms))
    pad = " " * indent
    if len(texts) == 1:
        return texts[0]
    return "".join(f"{pad}@overload\n{t}" for t in texts)


def named_results():
    out = ""
    for name, forms in op_groups().items():
        fields = next((f["results"] for f in forms if f["results"]), None)
        if fields:
            out += f"class _{name}_result(NamedTuple):\n"
            out += "".join(f"    {f}: Tensor\n" for f in fields) + "\n"
    return out


# ---- what is bound by hand ----


def bound_texts(name, f, indent, owner=""):
    special = SPECIAL.get(owner + name)
    if special:
        return typed(block(special, indent))
    texts = []
    for signature, doc, defaults in f.__nb_signature__:
        values = list(defaults or ())
        for i, value in enumerate(values):
            signature = signature.replace(f"\\{i}", repr(value) if value is not ... else "...")
        signature = re.sub(r"(\w+): object", r"\1: Any", signature)
        signature = signature.replace("taeda._C.", "").replace("handle", "Any")
        if name in RESULTS:
            signature = re.sub(r"-> .*$", f"-> {RESULTS[name]}", signature)
        signature = re.sub(r"-> object$", "-> Any", signature)
        signature = re.sub(
            r"(?<![\w.])[A-Za-z_]+(\.\w+)+(\[[^\[\]]*(\[[^\[\]]*\][^\[\]]*)*\])?", "Any", signature
        )
        signature = re.sub(r"\*args(?!:)", "*args: Any", signature)
        signature = re.sub(r"\*\*(\w+)(?!:)$", r"**\1: Any", signature)
        texts.append(documented(typed(signature), doc, indent))
    pad = " " * indent
    if len(texts) == 1:
        return texts[0]
    return "".join(f"{pad}@overload\n{t}" for t in texts)


def python_text(name, f, indent, owner=""):
    special = SPECIAL.get(owner + name)
    if special:
        return typed(block(special, indent))
    parts = []
    star = False
    for i, p in enumerate(inspect.signature(f).parameters.values()):
        if p.kind is p.KEYWORD_ONLY and not star:
            star = True
            parts.append("*")
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            star = True
            parts.append(("*" if p.kind is p.VAR_POSITIONAL else "**") + p.name + ": Any")
        elif i == 0 and owner:
            parts.append("self")
        else:
            default = "" if p.default is p.empty else f" = {p.default!r}"
            parts.append(f"{p.name}: Any{default}")
    head = f"def {name}({', '.join(parts)}) -> {RESULTS.get(name, 'Any')}"
    return documented(typed(head), f.__doc__, indent)


def tensor_class():
    Tensor, done = C.Tensor, set()
    out = "class Tensor:\n"
    doc = inspect.cleandoc(Tensor.__doc__ or "Numbers of one type in a grid of any rank.")
    out += f'    """{doc}"""\n\n'
    for name, value in sorted(Tensor.__dict__.items()):
        if isinstance(value, (types.GetSetDescriptorType, property)) and name != "__dict__":
            doc, result = value.__doc__, RESULTS.get(name, "bool")
            if name in ("grad", "data", "requires_grad", "_grad"):
                out += f"    {name}: {typed(result)}\n"
            else:
                out += "    @property\n" + documented(
                    typed(f"def {name}(self) -> {result}"), doc, 4
                )
            done.add(name)
    for name, text in SPECIAL.items():
        if name.startswith("Tensor.") and name[7:] not in done:
            assert hasattr(Tensor, name[7:]), name
            done.add(name[7:])
            out += typed(block(text, 4))
    for word in BINARY:
        for prefix in ("", "r", "i"):
            if f"__{prefix}{word}__" in Tensor.__dict__:
                out += f"    def __{prefix}{word}__(self, other: Any, /) -> Tensor: ...\n"
                done.add(f"__{prefix}{word}__")
    for word in COMPARE:
        ignore = "  # type: ignore[override]" if word in ("eq", "ne") else ""
        out += f"    def __{word}__(self, other: Any, /) -> Tensor: ...{ignore}\n"
    for word in UNARY:
        out += f"    def __{word}__(self) -> Tensor: ...\n"
    groups, own = op_groups(), {}
    for name, forms in groups.items():
        for suffix in ("", "_"):
            own[name + suffix] = (name, forms, suffix)
    for name, value in sorted(Tensor.__dict__.items()):
        if name in done or (
            name.startswith("_") and name not in ("__dlpack__", "__dlpack_device__")
        ):
            continue
        if isinstance(value, types.FunctionType):
            out += python_text(name, value, 4, "Tensor.")
        elif hasattr(value, "__nb_signature__"):
            out += bound_texts(name, value, 4, "Tensor.")
        elif isinstance(value, types.MethodDescriptorType):
            real = value.__name__
            if real not in own:
                raise ValueError(f"Tensor.{name} is of no kind known here")
            op, forms, suffix = own[real]
            if suffix:
                usable = [f for f in forms if f["inplace"]]
            else:
                usable = [f for f in forms if not f["inplace_only"]]
            text = op_texts(op, usable, 4, method=True, inplace=bool(suffix))
            if real != name:  # another word for it
                text = text.replace(f"def {real}(", f"def {name}(")
            out += text
    return out + "\n"


def property_doc(value):
    """Its text, unless the binding tool has written its type there."""
    return None if (value.__doc__ or "").startswith("(self)") else value.__doc__


def bound_class(name, cls):
    out = f"class {name}:\n"
    if cls.__doc__:
        out += documented("", cls.__doc__, 0).replace(":\n", "", 1) + "\n"
    body = ""
    for word, value in sorted(cls.__dict__.items()):
        if word == "__init__":
            body += "    def __init__(self, *args: Any, **kwargs: Any) -> None: ...\n"
        elif hasattr(value, "__nb_signature__"):
            if not word.startswith("_") or word in ("__call__",):
                body += bound_texts(word, value, 4, f"{name}.")
        elif isinstance(value, property) and not word.startswith("_"):
            result = RESULTS.get(word, "Any")
            body += "    @property\n" + documented(
                typed(f"def {word}(self) -> {result}"), property_doc(value), 4
            )
    return out + (body or "    ...\n") + "\n"


def public(module):
    return sorted(n for n in dir(module) if not n.startswith("__"))


def main_module():
    groups = op_groups()
    out = HEADER + ALIASES + OWN_ALIASES + NUMBER + "\n"
    out += "from . import _io as _io, _layers as _layers, _nn as _nn, _optim as _optim, _special as _special\n\n"
    rest, classes = "", ""
    for name in public(C):
        value = getattr(C, name)
        if isinstance(value, types.ModuleType):
            continue
        if name == "Tensor":
            classes += tensor_class()
        elif name == "Size":
            classes += block(
                """
                class Size(tuple[_int, ...]):
                    def numel(self) -> _int: ...
                """
            )
        elif isinstance(value, type):
            classes += bound_class(name, value)
        elif isinstance(value, C.dtype):
            rest += f"{name}: dtype\n"
        elif isinstance(value, C.Generator):
            rest += f"{name}: Generator\n"
        elif type(value).__name__ == "_Word":
            rest += f"{name}: {'layout' if name == 'strided' else 'memory_format'}\n"
        elif isinstance(value, types.BuiltinFunctionType):
            rest += builtin_text(name, value, groups)
        elif hasattr(value, "__nb_signature__"):
            rest += bound_texts(name, value, 0)
        else:
            rest += f"{name}: Any\n"
    words = "class memory_format: ...\nclass layout: ...\n\n"
    return out + words + named_results() + classes + rest


def builtin_text(name, value, groups, where="_C"):
    real = value.__name__
    base = real if real in groups else real[:-1] if real[:-1] in groups else None
    if base is None:
        return f"def {name}(*args: Any, **kwargs: Any) -> Any: ...\n"
    inplace = base != real
    if inplace:
        usable = [f for f in groups[base] if f["inplace"]]
    else:
        usable = [f for f in groups[base] if not f["inplace_only"]]
    text = op_texts(base, usable, 0, inplace=inplace)
    return text if name == real else text.replace(f"def {real}(", f"def {name}(")


def submodule(name):
    module, groups = getattr(C, name), op_groups()
    out = HEADER + ALIASES
    out += "from . import Generator, Number, Tensor, _device, _dtype, _layout, _memory_format\n"
    results = sorted({f"_{n}_result" for n, fs in groups.items() if any(f["results"] for f in fs)})
    out += f"from . import {', '.join(results)}\n"
    if name == "_layers":
        out += "from ..nn.modules.module import Module as _Module\n"
    out += "\n"
    for word in public(module):
        value = getattr(module, word)
        if isinstance(value, types.BuiltinFunctionType):
            out += builtin_text(word, value, groups)
        elif hasattr(value, "__nb_signature__"):
            out += bound_texts(word, value, 0)
        elif isinstance(value, type):
            out += layer_class(word, value)
        else:
            out += f"{word}: Any\n"
    return out


def layer_class(name, cls):
    bases = [c.__name__ for c in cls.__mro__[1:] if c.__name__ in vars(C._layers)]
    parent = bases[0] if bases and name != "Module" else ""
    parent = "_Module" if parent == "Module" else parent
    out = f"class {name}" + (f"({parent})" if parent else "") + ":\n"
    try:
        parameters = inspect.signature(cls).parameters.values()
    except (TypeError, ValueError):
        parameters = None
    if parameters is not None and name != "Module":
        parts, star = ["self"], False
        for p in parameters:
            if p.kind is p.VAR_POSITIONAL or p.kind is p.VAR_KEYWORD:
                star = True
                parts.append(("*" if p.kind is p.VAR_POSITIONAL else "**") + p.name + ": Any")
                continue
            if p.kind is p.KEYWORD_ONLY and not star:
                star = True
                parts.append("*")
            parts.append(f"{p.name}: Any" + ("" if p.default is p.empty else f" = {p.default!r}"))
        out += f"    def __init__({', '.join(parts)}) -> None: ...\n"
    else:
        out += "    def __init__(self, *args: Any, **kwargs: Any) -> None: ...\n"
    out += "    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...\n"
    out += "    def __getattr__(self, name: _str) -> Any: ...\n"
    return out + "\n"


def texts():
    """{file name: its text}."""
    out = {"__init__.pyi": main_module()}
    for name in ("_io", "_layers", "_nn", "_optim", "_special"):
        out[name + ".pyi"] = submodule(name)
    return out


if __name__ == "__main__":
    for name, text in texts().items():
        (HERE / name).write_text(text)
        print(f"{name}: {len(text.splitlines())} lines", file=sys.stderr)
