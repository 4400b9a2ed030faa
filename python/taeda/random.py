"""Random numbers: seeds, states and the default generator."""

import contextlib
import copyreg

import taeda
from taeda import _C

_Generator = _C.Generator
_seed_this_thread = _C._seed_this_thread
default_generator = _C.default_generator

__all__ = [
    "set_rng_state",
    "get_rng_state",
    "manual_seed",
    "seed",
    "initial_seed",
    "fork_rng",
    "thread_safe_generator",
]


def _in_state(state):
    return _Generator().set_state(state)


copyreg.pickle(_Generator, lambda generator: (_in_state, (generator.get_state(),)))


def _current():
    """The generator of this thread: a loader's worker has its own."""
    return _C._thread_generator() or default_generator


def set_rng_state(new_state):
    """Sets the state of the default generator: a uint8 tensor from :func:`get_rng_state`."""
    _current().set_state(new_state)


def get_rng_state():
    """The state of the default generator, as a uint8 tensor of 5056 elements."""
    return _current().get_state()


def manual_seed(seed):
    """Seeds the default generator, and returns it.

    Args:
        seed: an integer from -2**63 to 2**64 - 1; a negative one stands for ``2**64 + seed``.
    """
    return _current().manual_seed(int(seed))


def seed():
    """Seeds the default generator with a 64-bit number of the system's, and returns that."""
    return _current().seed()


def initial_seed():
    """The seed that the default generator started from, as an ``int``."""
    return _current().initial_seed()


@contextlib.contextmanager
def fork_rng(
    devices=None, enabled=True, _caller="fork_rng", _devices_kw="devices", device_type=None
):
    """Within the block random numbers go on as they would; after it, as if it had not been.

    Args:
        devices: indices of CUDA devices whose generators are kept too; the CPU's always is.
        enabled: if False, nothing is kept.
        device_type: "cuda", the only other type of device there is, or "meta", which has none.
    """
    if not enabled or device_type == "meta":
        yield
        return
    if device_type not in (None, "cpu", "cuda"):
        raise RuntimeError(
            f"torch has no module of `{device_type}`, you should register a module by "
            "`torch._register_device_module`."
        )
    if list(devices or ()):
        raise RuntimeError("Torch not compiled with CUDA enabled")
    state = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(state)


def thread_safe_generator():
    """A data loading thread's own generator; None elsewhere, which stands for the default one."""
    return _C._thread_generator()


_NORMAL_FORMS = """\
 * (Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)
 * (Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)
 * (float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)
 * (float mean, float std, tuple of ints size, *, torch.Generator generator = None, \
Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, \
torch.device device = None, bool pin_memory = False, bool requires_grad = False)
"""


def normal(mean, std=None, size=None, *, generator=None, out=None, **options):
    """Normal numbers.

    Args:
        mean: the mean: a number, or a tensor with the mean of each number drawn.
        std: the standard deviation, not negative: a number or a tensor; 1 if ``mean`` is a tensor.
            Two tensors are broadcast, and the result has the dtype of ``mean``.
        size: the sizes of the result, if both are numbers.
        generator: what to draw from; the default generator if None.
        out: the tensor to write to.
        options: with ``size``: ``dtype``, ``layout``, ``device``, ``pin_memory``,
            ``requires_grad``.
    """
    tensors = isinstance(mean, taeda.Tensor), isinstance(std, taeda.Tensor)
    numbers = [isinstance(v, (int, float)) for v in (mean, std)]
    if generator is not None and not isinstance(generator, _Generator):
        raise TypeError(
            "normal(): argument 'generator' must be torch.Generator, "
            f"not {type(generator).__name__}"
        )
    if numbers == [True, True] and isinstance(size, (tuple, list)):
        if out is not None:
            return out.resize_(size).normal_(mean, std, generator=generator)
        wanted = options.pop("requires_grad", False)
        made = taeda.empty(size, **options).normal_(mean, std, generator=generator)
        return made.requires_grad_() if wanted else made
    if size is None and not options and tensors[0] and (std is None or tensors[1] or numbers[1]):
        deviation = std if tensors[1] else None
        made = _C._normal(mean, deviation, 0.0, float(std) if numbers[1] else 1.0, generator)
    elif size is None and not options and numbers[0] and tensors[1]:
        made = _C._normal(None, std, float(mean), 1.0, generator)
    elif size is None and std is None and not tensors[0]:
        raise TypeError(
            f"normal(): argument 'mean' (position 1) must be Tensor, not {type(mean).__name__}"
        )
    else:
        got = [type(v).__name__ for v in (mean, std, size) if v is not None]
        got += [f"{k}={type(v).__name__}" for k, v in options.items()]
        raise TypeError(
            "normal() received an invalid combination of arguments - got "
            f"({', '.join(got)}), but expected one of:\n{_NORMAL_FORMS}"
        )
    if out is None:
        return made
    with taeda.no_grad():
        return out.resize_(made.shape).copy_(made)
