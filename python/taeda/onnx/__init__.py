"""Models as ONNX files, written by running them. See docs/onnx.md."""

import enum
import inspect
import math
import os
import warnings

from .. import _C

_onnx = _C._onnx
OnnxExporterError = _onnx.OnnxExporterError

__all__ = [
    "ONNXProgram",
    "OnnxExporterError",
    "OperatorExportTypes",
    "TrainingMode",
    "export",
    "is_in_onnx_export",
    "load",
    "select_model_mode_for_export",
]

# The oldest operator set that is written and the newest; and the usual one, which runtimes since
# ONNX 1.13 know.
_OLDEST, _NEWEST, _USUAL = 7, 23, 18


class TrainingMode(enum.Enum):
    EVAL = 0
    PRESERVE = 1
    TRAINING = 2


class OperatorExportTypes(enum.Enum):
    ONNX = 0
    ONNX_ATEN = 1
    ONNX_ATEN_FALLBACK = 2
    ONNX_FALLTHROUGH = 3


def is_in_onnx_export():
    """Whether an export is running the model at the moment."""
    return _onnx.recording()


class select_model_mode_for_export:
    """Puts a model into the mode ``training`` asks for, and every module back afterwards."""

    def __init__(self, model, mode):
        self.model, self.mode = model, mode

    def __enter__(self):
        self.modes = [(m, m.training) for m in self.model.modules()]
        if self.mode is TrainingMode.EVAL:
            self.model.eval()
        elif self.mode is TrainingMode.TRAINING:
            self.model.train()

    def __exit__(self, *error):
        for module, training in self.modes:
            module.training = training


# ---- nested arguments and results as flat lists of tensors ----


def _flatten(value, into):
    """``value`` with a number in place of each tensor, which goes into ``into``."""
    if isinstance(value, _C.Tensor):
        into.append(value)
        return ("tensor", len(into) - 1)
    if isinstance(value, (list, tuple)):
        return (type(value), [_flatten(v, into) for v in value])
    if isinstance(value, dict):
        return (dict, {k: _flatten(v, into) for k, v in value.items()})
    return ("value", value)


def _unflatten(shape, tensors):
    kind, content = shape
    if kind == "tensor":
        return tensors[content]
    if kind == "value":
        return content
    if kind is dict:
        return {k: _unflatten(v, tensors) for k, v in content.items()}
    items = [_unflatten(v, tensors) for v in content]
    return kind(*items) if hasattr(kind, "_fields") else kind(items)


def _parameters_of(model):
    try:
        return list(inspect.signature(model.forward).parameters.values())
    except (TypeError, ValueError):
        return []


def _argument_names(model, count, kwargs):
    """The names of forward's arguments, as far as they are given by position; then the keywords."""
    names = []
    for p in _parameters_of(model):
        if p.kind is p.VAR_POSITIONAL:
            if p.name == "args":  # a forward of our own, or one that takes anything
                break
            names += [f"{p.name}_{i}" for i in range(count - len(names))]
        elif p.kind is not p.VAR_KEYWORD and p.kind is not p.KEYWORD_ONLY:
            names.append(p.name)
    names += ["input"] if count == 1 and not names else []
    names += [f"input_{i}" for i in range(len(names), count)]
    return names[:count] + list(kwargs)


def _tensor_names(name, shape):
    """A name for every tensor of one argument, in the order of _flatten."""
    kind, content = shape
    if kind == "tensor":
        return [name]
    if kind == "value":
        return []
    items = content.items() if kind is dict else enumerate(content)
    return [n for key, s in items for n in _tensor_names(f"{name}_{key}", s)]


# ---- dynamic sizes ----


def _size_name(spec, automatic):
    if spec is None or isinstance(spec, bool) or isinstance(spec, int):
        return None  # fixed
    if isinstance(spec, str):
        return spec
    name = getattr(spec, "__name__", None) or getattr(spec, "name", None)
    if name in ("STATIC",):
        return None
    return automatic if name in (None, "AUTO", "DYNAMIC") else name


def _axes_of_spec(spec, input_name):
    """The dynamic axes of one tensor from dynamic_shapes' forms: {axis: dim}, (dim, ..), None."""
    if spec is None:
        return {}
    pairs = spec.items() if isinstance(spec, dict) else enumerate(spec)
    out = {}
    for axis, dim in pairs:
        name = _size_name(dim, f"{input_name}_dim_{axis}")
        if name is not None:
            out[axis] = name
    return out


def _walk_shapes(spec, shape, names, out):
    kind, content = shape
    if kind == "tensor":
        axes = _axes_of_spec(spec, names[content])
        if axes:
            out[names[content]] = axes
    elif kind != "value" and spec is not None:
        items = content.items() if kind is dict else enumerate(content)
        for key, part in items:
            _walk_shapes(spec[key], part, names, out)


def _axes_from_shapes(dynamic_shapes, shapes, argument_names, names):
    if isinstance(dynamic_shapes, dict):
        known = set(argument_names)
        for key in dynamic_shapes:
            if key not in known:
                raise ValueError(
                    f"dynamic_shapes names {key!r}, but the arguments are {argument_names}"
                )
        specs = [dynamic_shapes.get(n) for n in argument_names]
    else:
        specs = list(dynamic_shapes) + [None] * (len(shapes) - len(dynamic_shapes))
    out = {}
    for spec, shape in zip(specs, shapes):
        _walk_shapes(spec, shape, names, out)
    return out


def _axes_from_axes(dynamic_axes, input_names, output_names):
    out = {}
    for name, axes in dynamic_axes.items():
        if name not in input_names:
            if name not in output_names:
                warnings.warn(
                    f"Provided key {name} for dynamic axes is not a valid input/output name",
                    stacklevel=3,
                )
            continue  # the sizes of outputs follow
        if isinstance(axes, dict):
            out[name] = {int(a): str(n) for a, n in axes.items()}
        else:
            out[name] = {a: f"{name}_dynamic_axes_{i + 1}" for i, a in enumerate(axes)}
    return out


# ---- watching the modules while they run ----


def _fuse(module, args, kwargs, result):
    """Tells the recorder of a recurrent layer, which ONNX has as one operator."""
    from ..nn.utils.rnn import PackedSequence

    hx = args[1] if len(args) > 1 else kwargs.get("hx")
    x = args[0] if args else kwargs.get("input")
    if not isinstance(x, _C.Tensor) or isinstance(x, PackedSequence) or module.proj_size:
        return
    if module.dropout and module.training and module.num_layers > 1:
        return
    output, state = result
    lstm = module.mode == "LSTM"
    states = [None, None] if hx is None else list(hx) if lstm else [hx, None]
    weights = [w for layer in module.all_weights for w in layer]
    _onnx.fuse(
        module.mode,
        module.hidden_size,
        module.num_layers,
        bool(module.bias),
        bool(module.batch_first),
        bool(module.bidirectional),
        [x, *states, *weights],
        [output, *(state if lstm else [state])],
    )


class _Watch:
    def __enter__(self):
        from ..nn.modules import _hooks
        from ..nn.modules.rnn import GRU, LSTM, RNN

        def before(module, args):
            _onnx.note_module(module, True)

        def after(module, args, kwargs, result):
            if isinstance(module, (LSTM, GRU, RNN)):
                _fuse(module, args, kwargs, result)
            _onnx.note_module(module, False)

        known = _hooks.global_hooks
        self.handles = [
            _hooks.add_hook(known["forward_pre"], before),
            _hooks.add_hook(known["forward"], after, with_kwargs=known["forward_with_kwargs"]),
        ]

    def __exit__(self, *error):
        for handle in self.handles:
            handle.remove()


# ---- what an export gives ----


class ONNXProgram:
    """An exported model: the bytes of its file, which can be saved and run.

    ``max_difference`` is the largest difference between the model's outputs and those of the file,
    run again by Taeda (NaN where the model draws random numbers).
    """

    def __init__(self, data, max_difference=math.nan, text=None):
        self._data = data
        self.max_difference = max_difference
        self._session = _onnx.Session(data, "the model")
        self._text = text or self._session.text()

    def __call__(self, *args, **kwargs):
        """The outputs of the file for these tensors, a tuple."""
        tensors = []
        _flatten([args, kwargs], tensors)
        return tuple(self._session.run(tensors))

    def save(self, destination, **options):
        """Writes the file to a path or an open binary file."""
        if hasattr(destination, "write"):
            destination.write(self._data)
            return
        with open(destination, "wb") as f:
            f.write(self._data)

    @property
    def model_proto(self):
        """The model as the onnx package has it; needs that package."""
        import onnx

        return onnx.load_from_string(self._data)

    @property
    def input_names(self):
        return self._session.inputs()

    @property
    def output_names(self):
        return self._session.outputs()

    def __repr__(self):
        return f"ONNXProgram(\n{self._text})"


def load(f):
    """An ONNX file, ready to be called with tensors. RuntimeError for a damaged one.

    Knows the operators that :func:`export` writes.
    """
    if hasattr(f, "read"):
        data, name = f.read(), getattr(f, "name", "the file")
    else:
        with open(f, "rb") as file:
            data, name = file.read(), os.fspath(f)
    program = ONNXProgram.__new__(ONNXProgram)
    program._data, program.max_difference = data, math.nan
    program._session = _onnx.Session(data, str(name))
    program._text = program._session.text()
    return program


def _opset(version):
    if version is None:
        return _USUAL
    if version < _OLDEST:
        raise ValueError(f"Unsupported ONNX opset version: {version}; the oldest is {_OLDEST}")
    if version > _NEWEST:
        raise ValueError(f"Unsupported ONNX opset version: {version}; the newest is {_NEWEST}")
    return int(version)


def _normal_args(args, kwargs):
    if isinstance(args, _C.Tensor) or not isinstance(args, (tuple, list)):
        args = (args,)
    args = tuple(args)
    kwargs = dict(kwargs or {})
    if args and isinstance(args[-1], dict) and not kwargs:  # PyTorch's older form of keywords
        args, kwargs = args[:-1], dict(args[-1])
    return args, kwargs


def export(
    model,
    args=(),
    f=None,
    *,
    kwargs=None,
    verbose=None,
    input_names=None,
    output_names=None,
    opset_version=None,
    dynamo=True,
    external_data=True,
    dynamic_shapes=None,
    custom_translation_table=None,
    report=False,
    optimize=True,
    verify=False,
    profile=False,
    dump_exported_program=False,
    artifacts_dir=".",
    export_params=True,
    keep_initializers_as_inputs=False,
    dynamic_axes=None,
    training=TrainingMode.EVAL,
    operator_export_type=OperatorExportTypes.ONNX,
    do_constant_folding=True,
    custom_opsets=None,
    export_modules_as_functions=False,
    autograd_inlining=True,
):
    """Exports a model as an ONNX file and returns it as an :class:`ONNXProgram`.

    ``model``: a Module. ``args``: example inputs, a tensor or a tuple; what is no tensor stays as
    it is. ``f``: a path or an open binary file; the file is one piece. ``kwargs``: keyword inputs.

    The model is run on the example and on inputs of other sizes, so that numbers that follow from
    a size (``x.view(x.size(0), -1)``) stay free in the file. Without ``dynamic_axes`` or
    ``dynamic_shapes`` axis 0 of the inputs is "batch"; if ``input_names`` and ``output_names`` are
    both given, the file declares the example's sizes, as PyTorch does. ``dynamic_axes={}`` fixes
    all sizes.

    The file is run again by Taeda and compared: ``max_difference`` of the result, also printed with
    ``verbose``. Raises OnnxExporterError (a RuntimeError) that names the module's path for an op
    without a meaning in ONNX. ``opset_version``: 7 to 23, 18 unless given;
    what an old set cannot say is an OnnxExporterError that names the set that can. The other
    arguments are PyTorch's and have no effect.
    """
    from ..nn import Module

    if not isinstance(model, Module):
        raise TypeError(f"torch.onnx.export needs a torch.nn.Module, not {type(model).__name__}")
    if custom_translation_table:
        raise NotImplementedError("onnx.export: custom_translation_table is not there yet")
    args, kwargs = _normal_args(args, kwargs)
    tensors = []
    shapes = [_flatten(a, tensors) for a in args]
    keyword_shapes = {k: _flatten(v, tensors) for k, v in kwargs.items()}
    argument_names = _argument_names(model, len(args), kwargs)
    all_shapes = shapes + list(keyword_shapes.values())
    names = [n for a, s in zip(argument_names, all_shapes) for n in _tensor_names(a, s)]
    taken = {n for n, _ in model.named_parameters()} | {n for n, _ in model.named_buffers()}
    names = [n + "_input" if n in taken else n for n in names]
    if input_names is not None:
        if len(input_names) > len(names):
            # PyTorch lets further names stand for parameters.
            warnings.warn(
                f"{len(input_names)} input names for {len(names)} inputs; the rest is not used",
                stacklevel=2,
            )
        names[: len(input_names)] = list(input_names)[: len(names)]
    axes, declare = None, not (input_names and output_names)
    if dynamic_shapes is not None:
        axes, declare = _axes_from_shapes(dynamic_shapes, all_shapes, argument_names, names), True
    elif dynamic_axes is not None:
        axes, declare = _axes_from_axes(dynamic_axes, names, output_names or ()), True

    def forward(inputs):
        inputs = list(inputs)
        result = model(
            *[_unflatten(s, inputs) for s in shapes],
            **{k: _unflatten(s, inputs) for k, s in keyword_shapes.items()},
        )
        out = []
        _flatten(result, out)
        if not out:
            raise OnnxExporterError("onnx export: the model returns no tensor")
        return out

    is_path = f is not None and not hasattr(f, "write")
    with select_model_mode_for_export(model, training), _Watch():
        done = _onnx.export_function(
            model,
            forward,
            tensors,
            os.fsencode(f) if is_path else b"",
            input_names=names,
            output_names=list(output_names or ()),
            dynamic_axes=axes,
            declare_dynamic=declare,
            opset=_opset(opset_version),
            export_params=bool(export_params),
            keep_initializers=bool(keep_initializers_as_inputs),
        )
    if f is not None and not is_path:
        f.write(done["bytes"])
    program = ONNXProgram(done["bytes"], done["max_difference"], done["text"])
    program.fixed_because = done["fixed_because"]
    if program.max_difference > 1e-3 * _largest(program, tensors):
        warnings.warn(
            "onnx.export: the file's outputs differ from the model's by up to "
            f"{program.max_difference:g}",
            stacklevel=2,
        )
    if verbose:
        print(done["text"], end="")
        print(f"largest difference to the model's outputs: {program.max_difference:g}")
    return program


def _largest(program, tensors):
    """The size of the outputs, for which a difference is judged."""
    return (
        1.0
        if program.max_difference <= 1e-3
        else max(
            [1.0]
            + [
                float(t.double().abs().amax())
                for t in program(*tensors)
                if t.numel() and t.dtype != _C.bool
            ]
        )
    )
