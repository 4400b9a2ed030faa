"""Reads recorded calls, makes them, and compares what came with what was recorded (README.md has
the format).
"""

import gzip
import json
import operator
import os
import pathlib
import traceback

import numpy as np

import taeda as torch

# Relative and absolute tolerance by dtype, as torch.testing.assert_close has them; other dtypes
# must be equal.
TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}


def load():
    """All cases, by the name of the op."""
    by_name = {}
    for path in sorted(pathlib.Path(__file__).parent.glob("*.json.gz")):
        with gzip.open(path, "rt") as file:
            for case in json.load(file):
                by_name.setdefault(case["op"], []).append(case)
    return by_name


def named(name):
    """What `torch.a.b` stands for in the module under test."""
    found = torch.Tensor if name.startswith("Tensor.") else torch
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found


def elements(record):
    """The values of a recorded tensor as an array; bfloat16 becomes float32."""
    dtype, data = record["tensor"], record["data"]
    if dtype == "bfloat16":
        values = (np.array(data, np.uint32) << 16).view(np.float32)
    elif dtype == "float16":
        values = np.array(data, np.float16)
    elif dtype.startswith("complex"):
        pairs = np.array(data, np.float64).reshape(-1, 2)
        values = (pairs[:, 0] + 1j * pairs[:, 1]).astype(dtype)
        values.real, values.imag = pairs[:, 0], pairs[:, 1]  # inf and nan survive only part by part
    else:
        values = np.array(data, dtype)
    return values.reshape(record["shape"])


def dtype_name(tensor):
    return str(tensor.dtype).split(".")[-1]


def as_array(tensor):
    tensor = tensor.detach()
    if tensor.is_complex():
        tensor = tensor.resolve_conj()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


class Arguments:
    """Decodes the arguments of one call; `wanted` lists the tensors that were marked for a
    gradient."""

    def __init__(self, differentiate):
        self.differentiate, self.wanted = differentiate, []

    def decode(self, value):
        if isinstance(value, list):
            return [self.decode(v) for v in value]
        if not isinstance(value, dict):
            return value
        match next(iter(value)):
            case "tensor":
                return self.tensor(value)
            case "name":
                return named(value["name"])
            case "tuple":
                return tuple(self.decode(value["tuple"]))
            case "slice":
                return slice(*self.decode(value["slice"]))
            case "complex":
                return complex(*value["complex"])
            case "dict":
                return self.decode_all(value["dict"])
            case "ellipsis":
                return ...
        raise ValueError(f"an unknown value: {value}")

    def decode_all(self, values):
        return {key: self.decode(v) for key, v in values.items()}

    def tensor(self, record):
        values, strides = elements(record), record.get("strides")
        dtype = getattr(torch, record["tensor"])
        if strides is None:
            made = torch.from_numpy(values).to(dtype)
        else:
            room = 1 + sum((n - 1) * s for n, s in zip(values.shape, strides)) if values.size else 1
            memory = np.zeros(room, values.dtype)
            steps = [s * values.itemsize for s in strides]
            np.lib.stride_tricks.as_strided(memory, values.shape, steps)[...] = values
            made = torch.from_numpy(memory).to(dtype).as_strided(values.shape, strides)
        if self.differentiate and record.get("grad"):
            self.wanted.append(made.requires_grad_())
        return made


def call(case, form, arguments):
    args, kwargs = arguments.decode(case["args"]), arguments.decode_all(case["kwargs"])
    place, name = form.split(".")[:2]
    if place == "operator":
        return getattr(operator, name)(*args)
    if place == "torch":
        return named(form)(*args, **kwargs)
    member = getattr(args[0], name)
    result = member(*args[1:], **kwargs) if callable(member) else member
    if name.endswith("_") and not name.endswith("__"):
        assert result is args[0], "an in-place method returned another object"
    return result


def compare(actual, expected, room, where):
    """Raises AssertionError unless `actual` is what was recorded as `expected`."""
    if isinstance(expected, dict) and "tensor" in expected:
        compare_tensor(actual, expected, room, where)
    elif isinstance(expected, list) or isinstance(expected, dict) and "tuple" in expected:
        items = expected if isinstance(expected, list) else expected["tuple"]
        fields = [] if isinstance(expected, list) else expected.get("fields", [])
        assert isinstance(actual, (tuple, list)), f"{where}: {type(actual).__name__}, not a tuple"
        assert len(actual) == len(items), f"{where}: {len(actual)} items, not {len(items)}"
        for i, item in enumerate(items):
            compare(actual[i], item, room, f"{where}[{i}]")
        for i, field in enumerate(fields):
            assert getattr(actual, field, None) is actual[i], f"{where}: no field {field}"
    elif isinstance(expected, dict) and "complex" in expected:
        assert type(actual) is complex, f"{where}: {actual!r} is not complex"
        close(actual, complex(*expected["complex"]), "complex128", room, where)
    elif isinstance(expected, dict) and "name" in expected:
        assert str(actual).split(".")[-1] == expected["name"].split(".")[-1], f"{where}: {actual}"
    elif isinstance(expected, float) and type(actual) is float:
        close(actual, expected, "float64", room, where)
    else:
        assert type(actual) is type(expected) and actual == expected, (
            f"{where}: {actual!r}, not {expected!r}"
        )


def compare_tensor(actual, expected, room, where):
    assert isinstance(actual, torch.Tensor), f"{where}: {type(actual).__name__}, not a tensor"
    assert dtype_name(actual) == expected["tensor"], (
        f"{where}: {actual.dtype}, not {expected['tensor']}"
    )
    assert list(actual.shape) == expected["shape"], (
        f"{where}: {list(actual.shape)}, not {expected['shape']}"
    )
    if "data" in expected:
        close(as_array(actual), elements(expected), expected["tensor"], room, where)
    elif "strides" in expected:
        assert list(actual.stride()) == expected["strides"], f"{where}: strides {actual.stride()}"


def close(actual, expected, dtype, room, where):
    if dtype in TOLERANCES:
        relative, absolute = TOLERANCES[dtype]
        equal = np.isclose(actual, expected, relative * room, absolute * room, equal_nan=True)
    else:
        equal = np.asarray(actual) == np.asarray(expected)
    if not np.all(equal):
        at = tuple(int(i) for i in np.argwhere(~np.asarray(equal))[0])
        got, want = np.asarray(actual)[at], np.asarray(expected)[at]
        raise AssertionError(
            f"{where}{list(at)}: {got}, not {want}; {np.sum(~equal)} of {np.size(expected)} differ"
        )


def tensors_of(value):
    """The tensors (or their records) of a result, in order."""
    if isinstance(value, dict) and "tensor" not in value:
        value = value.get("tuple", ())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from tensors_of(item)
    else:
        yield value


def run_forward(case, form):
    if "raises" not in case:
        compare(call(case, form, Arguments(False)), case["out"], case.get("room", 1), "result")
        return
    try:
        result = call(case, form, Arguments(False))
    except AttributeError as error:
        if case["raises"] != "AttributeError":
            raise AssertionError(f"no {form}: {error}") from None
        return
    except Exception as error:
        kinds = [c.__name__ for c in type(error).__mro__]
        assert case["raises"] in kinds, (
            f"{kinds[0]}: {error}, not {case['raises']}: {case['message']}"
        )
        return
    if '" not implemented for' in case["message"]:
        return  # a dtype more than PyTorch has
    raise AssertionError(f"{str(result)[:60]}, not {case['raises']}: {case['message'][:80]}")


def run_gradients(case, form):
    arguments = Arguments(True)
    result, loss = call(case, form, arguments), 0
    for k, (out, record) in enumerate(zip(tensors_of(result), tensors_of(case["out"]))):
        if isinstance(record, dict) and record.get("grad"):
            weight = ((np.arange(out.numel()) * 7 + 3 * k) % 11 - 4.5) / 4
            weight = torch.from_numpy(weight.reshape(tuple(out.shape)))
            for part in (out.real, out.imag) if out.is_complex() else (out,):
                loss = loss + (part * weight).sum()
    loss.backward()
    assert len(arguments.wanted) == len(case["grads"])
    for i, (tensor, record) in enumerate(zip(arguments.wanted, case["grads"])):
        if record is None:
            assert tensor.grad is None or not as_array(tensor.grad).any(), (
                f"a gradient for argument {i}"
            )
        else:
            assert tensor.grad is not None, f"no gradient for argument {i}"
            compare(tensor.grad, record, case.get("room", 1), f"gradient {i}")


def exists(form):
    """Whether there is such a spelling; test_signatures.py says which there must be."""
    place, name = form.split(".")[:2]
    try:
        return place == "operator" or named(form) is not None
    except AttributeError:
        return False


def failures(cases):
    """One line for each check of these cases that failed."""
    for case in cases:
        checks = [(run_forward, form) for form in case["forms"] if exists(form)]
        if "grads" in case and exists(case["forms"][0]):
            checks.append((run_gradients, case["forms"][0]))
        for check, form in checks:
            try:
                check(case, form)
            except AssertionError as error:
                yield f"{form} ({case['id']}): {error}"
            except Exception as error:
                yield f"{form} ({case['id']}): {type(error).__name__}: {str(error)[:200]}"


def isolated(function):
    """Runs `function()`, which yields lines, in a forked process where there are such: a crash is
    one more line."""
    if not hasattr(os, "fork"):
        return list(function())
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            with os.fdopen(writer, "w", buffering=1) as pipe:
                for line in function():
                    print(json.dumps(line), file=pipe)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        lines = [json.loads(line) for line in pipe]
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return lines + ([f"the process ended with {status}"] if status else [])
