"""Records what PyTorch gives for the samples: `TAEDA_TEST_MODULE=torch python
tests/ops/record.py`.

The file keeps float64 results and gradients, so that the tests need no PyTorch. Ops that PyTorch
does not have want a NumPy reference in samples.py instead.
"""

import gzip
import json
import pathlib
import sys
import warnings

DTYPES = ["float32", "float16", "bfloat16", "int64", "int32", "uint8", "bool", "complex64"]
FILE = pathlib.Path(__file__).parents[1] / "data" / "samples.json.gz"


DIGITS = {"float32": 9, "complex64": 9, "float16": 5, "bfloat16": 4}


def short(number, digits):
    if isinstance(number, complex):
        return [short(number.real, digits), short(number.imag, digits)]
    return float(f"{number:.{digits}g}") if isinstance(number, float) else number


def plain(value):
    """Tensors as [dtype, shape, values]; sequences as lists."""
    if hasattr(value, "dtype"):
        value = value.new_empty(value.shape).copy_(value.detach())
        name = str(value.dtype).split(".")[-1]
        values = [short(v, DIGITS.get(name, 17)) for v in value.flatten().tolist()]
        return {
            "dtype": name,
            "shape": list(value.shape),
            "data": values,
        }
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def attempt(call, sample, tensors):
    """The result in short, or the class of the exception."""
    try:
        return plain(call(sample, tensors))
    except Exception as error:
        return f"{type(error).__name__}"


def takes_out(function, sample, tensors):
    from calls import filled

    args, kwargs = filled(sample, tensors)
    try:
        result = function(*args, **kwargs)
        return function(*args, out=result.new_empty(0), **kwargs) is not None
    except Exception:
        return False


def main():
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    import conftest  # noqa: F401  (makes the stand-in importable as taeda)
    from calls import (
        Missing,
        call,
        differentiable,
        function_of,
        inputs_of,
        inputs_of_dtype,
        placeholders,
        weights,
    )
    from samples import SAMPLES
    from sampling import Real

    import taeda as torch

    warnings.simplefilter("ignore")
    cases = {}
    for sample in SAMPLES:
        tensors = inputs_of(sample, torch.float64, grad=True)
        try:
            result = call(sample, tensors)
        except Missing as missing:
            print(f"{sample.id}: not in PyTorch ({missing})")
            continue
        case = {"out": plain(result)}
        if sample.random:
            del case["out"]["data"]
            cases[sample.id] = case
            continue
        outs = differentiable(result)
        leaves = [t for t in tensors if t.requires_grad]
        if outs and leaves:
            loss = sum((o * w).sum() for o, w in zip(outs, weights(outs)))
            grads = torch.autograd.grad(loss, leaves, allow_unused=True)
            case["grads"] = [None if g is None else plain(g) for g in grads]
        if any(isinstance(p, Real) for p in placeholders(sample)):
            case["dtypes"] = {d: attempt(call, sample, inputs_of_dtype(sample, d)) for d in DTYPES}
        case["method"] = hasattr(torch.Tensor, sample.name) and sample.place not in (
            "functional",
            "special",
        )
        if isinstance(result, torch.Tensor) and sample.place == "":
            case["out="] = takes_out(function_of(sample), sample, inputs_of(sample, torch.float64))
        cases[sample.id] = case
    text = "{" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in cases.items()) + "}"
    with gzip.GzipFile(FILE, "wb", 9, mtime=0) as file:
        file.write(text.encode())
    print(f"{len(cases)} samples, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
