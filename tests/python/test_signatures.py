"""Names, argument names and defaults are PyTorch's."""

import inspect
import re

import pytest
from recorded_data import DATA, read

import taeda as torch

F = torch.nn.functional
RECORDED = read("signatures")

FUNCTIONS = """
    tensor as_tensor from_numpy zeros ones empty full zeros_like ones_like empty_like full_like
    arange linspace eye rand randn rand_like randn_like randint randint_like randperm normal
    bernoulli multinomial add sub mul div true_divide floor_divide remainder pow neg abs sign
    reciprocal square sqrt rsqrt maximum minimum eq ne lt le gt ge equal allclose isclose isnan
    isinf isfinite logical_and logical_or logical_xor logical_not exp exp2 expm1 log log2 log10
    log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh ceil floor round trunc
    clamp where lerp addcmul addcdiv sum mean prod var std max min amax amin argmax argmin all
    any norm logsumexp cumsum mm mv bmm matmul dot addmm baddbmm einsum t transpose permute
    reshape flatten squeeze unsqueeze narrow select split chunk unbind cat stack flip roll tril
    triu diagonal gather scatter scatter_add index_select index_add masked_fill masked_select
    nonzero sort argsort topk unique relu sigmoid softmax log_softmax clone detach numel
    is_tensor is_floating_point is_complex manual_seed initial_seed seed get_rng_state
    set_rng_state set_default_dtype get_default_dtype set_printoptions get_num_threads
    set_num_threads no_grad enable_grad set_grad_enabled is_grad_enabled inference_mode
    is_inference_mode_enabled result_type can_cast promote_types finfo iinfo device dtype Size
    Generator Tensor broadcast_tensors broadcast_shapes
""".split()

METHODS = """
    add add_ sub sub_ mul mul_ div div_ pow pow_ remainder floor_divide neg neg_ abs abs_ sqrt
    sqrt_ exp exp_ log log_ sin cos tanh tanh_ sigmoid sigmoid_ relu relu_ clamp clamp_ round
    floor ceil sign reciprocal square eq ne lt le gt ge equal allclose isnan logical_and
    logical_not sum mean prod var std max min amax amin argmax argmin all any norm logsumexp
    cumsum softmax log_softmax mm mv bmm matmul dot addmm addmm_ baddbmm t transpose permute
    view reshape flatten squeeze unsqueeze expand expand_as view_as repeat narrow select split
    chunk unbind flip roll tril triu diagonal gather scatter scatter_ scatter_add scatter_add_
    index_select index_add index_add_ masked_fill masked_fill_ masked_select nonzero sort
    argsort topk unique where lerp lerp_ addcmul addcmul_ addcdiv addcdiv_ copy_ fill_ zero_
    clone contiguous detach detach_ item tolist numpy to type type_as float double half bfloat16
    int long short char byte bool cpu cuda new_zeros new_ones new_empty new_full new_tensor
    uniform_ normal_ bernoulli_ random_ exponential_ backward requires_grad_ register_hook
    register_post_accumulate_grad_hook retain_grad size stride dim numel nelement element_size
    data_ptr is_contiguous is_floating_point is_complex storage_offset as_strided index_put_
    transpose_ t_ squeeze_ unsqueeze_ get_device
""".split()

PROPERTIES = """
    shape dtype device grad grad_fn requires_grad is_leaf data T mT ndim itemsize nbytes layout
    _version _base is_cuda is_meta retains_grad output_nr
""".split()

FUNCTIONAL = """
    linear conv1d conv2d conv_transpose2d max_pool2d avg_pool2d adaptive_avg_pool2d batch_norm
    layer_norm dropout embedding softmax log_softmax cross_entropy nll_loss mse_loss l1_loss
    binary_cross_entropy binary_cross_entropy_with_logits relu leaky_relu elu gelu silu sigmoid
    tanh softplus hardtanh
""".split()

AUTOGRAD = """
    grad backward Function gradcheck gradgradcheck detect_anomaly set_detect_anomaly no_grad
    enable_grad graph Variable
""".split()


@pytest.mark.parametrize(
    "place, names",
    [
        (torch, FUNCTIONS),
        (torch.Tensor, METHODS),
        (torch.zeros(1, 1), PROPERTIES),
        (F, FUNCTIONAL),
        (torch.autograd, AUTOGRAD),
    ],
    ids=["torch", "Tensor", "properties", "functional", "autograd"],
)
def test_names(place, names):
    missing = [n for n in names if not hasattr(place, n)]
    assert not missing, " ".join(missing)


OPERATORS = """
    add radd iadd sub rsub isub mul rmul imul truediv rtruediv itruediv floordiv rfloordiv mod
    rmod pow rpow ipow matmul neg abs invert and or xor eq ne lt le gt ge getitem setitem len
    iter contains bool int float complex index repr format hash deepcopy reduce_ex array
""".split()


def test_special_methods():
    missing = [n for n in OPERATORS if not hasattr(torch.Tensor, f"__{n}__")]
    assert not missing, " ".join(missing)


X = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]


def space():
    x = torch.tensor(X)
    return {
        "torch": torch,
        "F": F,
        "x": x,
        "y": x.abs() + 1,
        "m": x > 0,
        "i": torch.tensor([[0, 1, 0], [1, 0, 1]]),
        "v": torch.ones(3),
        "sq": torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
        "b3": torch.ones(2, 3, 4),
        "img": torch.arange(32.0).reshape(1, 2, 4, 4),
        "w": torch.ones(3, 2, 2, 2),
        "t": torch.tensor([0, 2]),
        "p": torch.tensor([[0.2, 0.8, 0.5]]),
        "q": torch.tensor([[0.0, 1.0, 1.0]]),
    }


# Every argument by its name, and the same by position, one pair a line: call -> other.
CALLS = [
    line.split(" -> ") for line in (DATA / "keyword_calls.txt").read_text().splitlines() if line
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call, other", CALLS, ids=[c[0][:40] for c in CALLS])
def test_arguments_by_name(call, other):
    got, want = eval(call, space()), eval(other, space())
    assert got.shape == want.shape and torch.allclose(
        got.double(), want.double(), rtol=1e-5, atol=1e-6
    )


# Passed by name and spelt so; what concerns storage formats and memory of results is left to the
# general options.
OPTIONS = {
    "out",
    "layout",
    "pin_memory",
    "memory_format",
    "names",
    "requires_grad",
    "dtype",
    "device",
    "generator",
    "non_blocking",
}


def signature_of(function):
    """{argument: default text or None}, from whatever Python can see of it."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        text = (function.__doc__ or "").strip().split("\n")[0]
        inside = re.search(r"\((.*)\)", text)
        assert inside, f"{function} shows no signature"
        parts = re.split(r",\s*(?![^()\[\]]*[)\]])", inside[1])
        return {
            p.split("=")[0].split(":")[0].strip(" *"): p.split("=")[1].strip() if "=" in p else None
            for p in parts
        }
    return {p.name: None if p.default is p.empty else repr(p.default) for p in parameters}


def same_default(ours, theirs):
    try:
        return eval(ours, {"inf": float("inf")}) == eval(theirs, {"inf": float("inf")})
    except Exception:
        return ours.strip("'\"") == theirs.strip("'\"")


@pytest.mark.taeda_only
@pytest.mark.parametrize(
    "place, names",
    [("torch.", FUNCTIONS), ("torch.nn.functional.", FUNCTIONAL)],
    ids=["torch", "functional"],
)
def test_argument_names_and_defaults(place, names):
    owner, wrong = torch if place == "torch." else F, []
    for name in names:
        recorded, function = RECORDED.get(place + name), getattr(owner, name, None)
        if (
            recorded is None
            or function is None
            or recorded.get("class")
            or isinstance(function, type)
        ):
            continue
        ours = signature_of(function)
        if "args" in ours and "kwargs" in ours:
            wrong.append(f"{name}: hides its arguments in *args, **kwargs")
            continue
        fits = []
        for overload in recorded.get("overloads") or [recorded["params"]]:
            theirs = {p[0]: (p[2] if len(p) > 2 else None) for p in overload if p[0] not in OPTIONS}
            if "self" in theirs:
                continue  # a form deprecated long ago
            lost = [n for n in theirs if n not in ours]
            other = [
                f"{n}={ours[n]}, not {d}"
                for n, d in theirs.items()
                if d is not None and ours.get(n) is not None and not same_default(ours[n], d)
            ]
            fits.append(lost + other)
        if fits and min(map(len, fits)):
            wrong.append(f"{name}{tuple(ours)}: {min(fits, key=len)}")
    assert not wrong, f"{len(wrong)}\n" + "\n".join(wrong)


def test_functions_know_their_names():
    for function, name in [
        (torch.sum, "sum"),
        (torch.Tensor.add_, "add_"),
        (F.softplus, "softplus"),
        (torch.zeros, "zeros"),
    ]:
        assert function.__name__ == name and function.__doc__
    for bad, text in [
        (lambda: torch.sum(), "sum"),
        (lambda: torch.softmax(torch.zeros(2)), "missing 1 required positional argument"),
        (lambda: F.softplus(torch.zeros(2), bta=1), "bta"),
        (lambda: torch.zeros(2).view("a"), "view"),
    ]:
        with pytest.raises(TypeError) as error:
            bad()
        assert text in str(error.value)
