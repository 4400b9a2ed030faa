"""Checks gradients against differences."""

import itertools
import warnings

from .. import _C
from .function import Function

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """A gradient that is not the derivative."""


def gradcheck(
    func,
    inputs,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_batched_forward_grad=False,
    check_forward_ad=False,
    check_backward_ad=True,
    fast_mode=False,
    masked=None,
):
    """Whether the gradients of ``func`` are its derivatives, by central differences.

    A number z = x + iy counts as two real ones; its gradient is d/dx + i d/dy of a real result.

    Args:
        func: takes ``inputs``, returns a tensor or a tuple of them; it must be the same function
            at every call.
        inputs: a tensor or a tuple with them; gradients are checked for those that require one,
            which should be float64 or complex128 and must not overlap themselves in memory.
        eps: the step of the differences.
        atol: how far gradient and difference may lie apart: ``atol + rtol * abs(difference)``.
        rtol: see ``atol``.
        raise_exception: False returns False instead of raising GradcheckError.
        nondet_tol: how far two runs of the same backward may lie apart.
        check_undefined_grad: whether backward must take outputs without gradient for zeros.
        check_grad_dtypes: whether a gradient must have the dtype of its input.
        check_batched_grad: whether ``autograd.grad(is_grads_batched=True)`` gives the same.
        check_batched_forward_grad: not supported.
        check_forward_ad: not supported.
        check_backward_ad: False checks nothing.
        fast_mode: compare one random projection of each Jacobian instead of all its entries.
        masked: for sparse tensors; must not be True.

    Raises:
        GradcheckError: a gradient is wrong.
        ValueError: the inputs cannot be checked.
    """
    _refuse(
        check_batched_forward_grad=check_batched_forward_grad,
        check_forward_ad=check_forward_ad,
        masked=masked,
    )
    if not check_backward_ad:
        return True
    try:
        check = _Check(func, _tuple_of(inputs), eps, atol, rtol, nondet_tol)
        check.run(check_grad_dtypes, fast_mode)
        if check_batched_grad:
            check.batched()
        if check_undefined_grad:
            check.undefined_gradients()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func,
    inputs,
    grad_outputs=None,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    gen_non_contig_grad_outputs=False,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_fwd_over_rev=False,
    check_rev_over_rev=True,
    fast_mode=False,
    masked=False,
):
    """Whether the second derivatives of ``func`` are right: :func:`gradcheck` of its gradient.

    Args:
        grad_outputs: the gradients of the outputs, which are inputs then; None: random ones.
        gen_non_contig_grad_outputs: whether random ones are not contiguous in memory.
        check_fwd_over_rev: not supported.
        check_rev_over_rev: False checks nothing.

    The others are those of :func:`gradcheck`.
    """
    _refuse(check_fwd_over_rev=check_fwd_over_rev)
    if not check_rev_over_rev:
        return True
    inputs = _tuple_of(inputs)
    if grad_outputs is None:
        generator = _C.Generator().manual_seed(0)
        grad_outputs = tuple(
            _random_like(o, generator, gen_non_contig_grad_outputs)
            for o in _differentiable(func(*inputs))
        )
    else:
        grad_outputs = _tuple_of(grad_outputs)
    count = len(inputs)

    def gradient(*args):
        ins, outs = args[:count], args[count:]
        wanted = tuple(x for x in ins if isinstance(x, _C.Tensor) and x.requires_grad)
        results = _differentiable(func(*ins))
        grads = _C._grad(results, wanted, outs, None, True, True)
        return tuple(g for g in grads if g is not None)

    return gradcheck(
        gradient,
        inputs + grad_outputs,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        masked=masked,
    )


def _refuse(**options):
    for name, value in options.items():
        if value:
            raise NotImplementedError(f"gradcheck: {name}={value} is not supported")


def _tuple_of(x):
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)


def _differentiable(outputs):
    return tuple(o for o in _tuple_of(outputs) if isinstance(o, _C.Tensor) and o.requires_grad)


def _random_like(x, generator, non_contiguous):
    kind = x.dtype if x.dtype in (_C.float64, _C.complex128) else _C.float64
    shape = (*x.shape, 2) if non_contiguous else tuple(x.shape)
    made = _C.empty(shape, dtype=kind.to_real()).uniform_(-1, 1, generator=generator)
    if kind.is_complex:
        imaginary = _C.empty(shape, dtype=kind.to_real()).uniform_(-1, 1, generator=generator)
        made = made + imaginary * 1j
    if non_contiguous:
        made = made[..., 0]
    return made.to(x.dtype).requires_grad_()


def _unit_like(x, generator):
    made = _random_like(x, generator, False).detach()
    return made / made.abs().square().sum().sqrt().clamp_(min=1e-30)


def _inner(a, b):
    """The product of two tensors as vectors of real numbers."""
    product = (a.conj() * b).sum()
    return (product.real if product.dtype.is_complex else product).item()


def _components(tensor):
    """The real numbers of a tensor, in reading order; re, im, re, im for a complex one."""
    values = tensor.detach().flatten().tolist()
    if tensor.dtype.is_complex:
        return [part for z in values for part in (z.real, z.imag)]
    return values


class _Undefined(Function):
    """Keeps gradients from reaching its inputs: they stay undefined."""

    @staticmethod
    def forward(ctx, *tensors):
        return tuple(t.clone() for t in tensors)

    @staticmethod
    def backward(ctx, *grads):
        return (None,) * len(grads)


class _Check:
    def __init__(self, func, inputs, eps, atol, rtol, nondet_tol):
        self.func, self.inputs = func, inputs
        self.eps, self.atol, self.rtol, self.nondet_tol = eps, atol, rtol, nondet_tol
        self.wanted = [
            i for i, x in enumerate(inputs) if isinstance(x, _C.Tensor) and x.requires_grad
        ]
        if not self.wanted:
            raise ValueError(
                "gradcheck expects at least one input tensor to require gradient, but none of "
                "them have requires_grad=True."
            )
        for i in self.wanted:
            x = inputs[i]
            if x.dtype not in (_C.float64, _C.complex128):
                warnings.warn(
                    f"Input #{i} requires gradient and is not a double precision floating point or "
                    "complex. This check will likely fail if all the inputs are not of double "
                    "precision floating point or complex. ",
                    stacklevel=4,
                )
            if any(step == 0 and size > 1 for step, size in zip(x.stride(), x.shape)):
                raise RuntimeError(
                    f"The {i}th input has a dimension with stride 0. gradcheck only supports "
                    "inputs that are non-overlapping to be able to compute the numerical gradients "
                    "correctly. You should call .contiguous on the input before passing it to "
                    "gradcheck."
                )
            x.retain_grad()

    def differentials(self, x, pick):
        """For each component of the input x: the change of each output's components, halved and
        divided by eps.
        """
        data = x.data
        steps = (self.eps, self.eps * 1j) if x.dtype.is_complex else (self.eps,)
        rows = []
        for place in itertools.product(*map(range, x.shape)):
            value = data[place].item()
            for step in steps:
                ends = []
                for moved in (value - step, value + step):
                    data[place] = moved
                    ends.append([_components(o) for o in pick(self.func(*self.inputs))])
                data[place] = value
                rows.append(
                    [
                        [(b - a) / (2 * self.eps) for a, b in zip(low, high)]
                        for low, high in zip(*ends)
                    ]
                )
        return rows

    def run(self, check_dtypes, fast=False):
        results = _tuple_of(self.func(*self.inputs))
        outputs = _differentiable(results)
        if not outputs:
            return self.expect_constant()
        inputs = tuple(self.inputs[i] for i in self.wanted)
        places = [i for i, o in enumerate(results) if any(o is d for d in outputs)]

        def pick(results):
            results = _tuple_of(results)
            return [results[i] for i in places]

        if fast:
            return self.run_projected(outputs, inputs, pick, check_dtypes)
        numerical = [self.differentials(x, pick) for x in inputs]
        for o, output in enumerate(outputs):
            analytical, differs = self.jacobian(output, inputs, check_dtypes)
            for k, i in enumerate(self.wanted):
                x = inputs[k]
                want = [row[o] for row in numerical[k]]
                if not self.close(analytical[k], want):
                    raise GradcheckError(
                        f"Jacobian mismatch for output {o} with respect to input {i},\n"
                        f"numerical:{_matrix(want, x)}\nanalytical:{_matrix(analytical[k], x)}\n"
                    )
            if differs:
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and "
                    "grad_output multiple times gives different values, although analytical "
                    "gradient matches numerical gradient.The tolerance for nondeterminism was "
                    f"{self.nondet_tol}."
                )

    def run_projected(self, outputs, inputs, pick, check_dtypes):
        """u^T J v for random unit vectors u and v, by differences along v and by backward of u."""
        generator = _C.Generator().manual_seed(0)
        for k, x in zip(self.wanted, inputs):
            v = _unit_like(x, generator)
            data, kept, ends = x.data, x.detach().clone(), []
            for step in (-self.eps, self.eps):
                data.copy_(kept + step * v)
                ends.append([o.detach().clone() for o in pick(self.func(*self.inputs))])
            data.copy_(kept)
            for o, (low, high) in enumerate(zip(*ends)):
                output = pick(self.func(*self.inputs))[o]
                u = _unit_like(output, generator)
                (g,) = _C._grad((output,), (x,), (u,), True, False, True)
                if check_dtypes:
                    _check_dtypes((g,), (x,))
                want = _inner(u, (high - low) / (2 * self.eps))
                got = 0.0 if g is None else _inner(g, v)
                # Entries of any size meet in one sum: the tolerance grows with their number.
                slack = self.atol * (u.abs().sum() * v.abs().sum()).item()
                if not abs(got - want) <= slack + self.rtol * abs(want):
                    raise GradcheckError(
                        f"Jacobian mismatch for output {o} with respect to input {k},\n"
                        f"numerical:{want}\nanalytical:{got}\n\n"
                        "The above quantities relating the numerical and analytical jacobians are "
                        "computed \nin fast mode. See: https://github.com/pytorch/pytorch/issues/"
                        "53876 for more background \nabout fast mode. Below, we recompute "
                        "numerical and analytical jacobians in slow mode:\n"
                    )

    def batched(self):
        """Gradients of several cotangents at once are those of one after the other."""
        outputs = _differentiable(self.func(*self.inputs))
        inputs = tuple(self.inputs[i] for i in self.wanted)
        generator = _C.Generator().manual_seed(0)
        from . import grad

        for output in outputs:
            seeds = [_unit_like(output, generator) for _ in range(2)]
            both = grad(
                output, inputs, _C.stack(seeds), True, allow_unused=True, is_grads_batched=True
            )
            for i, seed in enumerate(seeds):
                for g, one in zip(both, grad(output, inputs, seed, True, allow_unused=True)):
                    if g is not None and not _C.isclose(g[i], one, self.rtol, self.atol).all():
                        raise GradcheckError("Backward gives other gradients for a batch of them")

    def close(self, got, want):
        for got_row, want_row in zip(got, want):
            for a, n in zip(got_row, want_row):
                same = a == n or (a != a and n != n)
                if not same and not abs(a - n) <= self.atol + self.rtol * abs(n):
                    return False
        return True

    def jacobian(self, output, inputs, check_dtypes):
        """One matrix for each input, input components by output components; and whether a second
        run gave others.
        """
        parts = (1, 1j) if output.dtype.is_complex else (1,)
        columns, differs = [], False
        for place in itertools.product(*map(range, output.shape)):
            for part in parts:
                seed = _C.zeros_like(output)
                seed[place] = part
                runs = []
                for _ in range(2):
                    grads = _C._grad((output,), inputs, (seed,), True, False, True)
                    runs.append([_gradient(g, x) for g, x in zip(grads, inputs)])
                    if check_dtypes:
                        _check_dtypes(grads, inputs)
                columns.append(runs[0])
                differs = differs or any(
                    not abs(a - b) <= self.nondet_tol and not (a != a and b != b)
                    for first, second in zip(*runs)
                    for a, b in zip(first, second)
                )
        matrices = []
        for k, x in enumerate(inputs):
            n = x.numel() * (2 if x.dtype.is_complex else 1)
            matrices.append([[column[k][r] for column in columns] for r in range(n)])
        return matrices, differs

    def expect_constant(self):
        for i in self.wanted:
            pick = lambda results: [  # noqa: E731
                o for o in _tuple_of(results) if isinstance(o, _C.Tensor)
            ]
            for row in self.differentials(self.inputs[i], pick):
                if any(abs(v) > self.atol for output in row for v in output):
                    raise GradcheckError("Numerical gradient for function expected to be zero")

    def undefined_gradients(self):
        outputs = _differentiable(self.func(*self.inputs))
        if not outputs:
            return
        inputs = tuple(self.inputs[i] for i in self.wanted)
        cut = _differentiable(_Undefined.apply(*outputs))
        seeds = tuple(_C.ones_like(o) for o in cut)
        for g in _C._grad(cut, inputs, seeds, False, False, True):
            if g is not None and any(v != 0 for v in _components(g)):
                raise GradcheckError(
                    "Expected all input grads to be undefined or zero when all output grads are "
                    "undefined or zero."
                )


def _gradient(g, x):
    if g is None:
        return [0.0] * (x.numel() * (2 if x.dtype.is_complex else 1))
    if g.shape != x.shape:
        raise GradcheckError("Analytical gradient has incorrect size")
    return _components(g.to(x.dtype) if x.dtype.is_complex else g)


def _check_dtypes(grads, inputs):
    for g, x in zip(grads, inputs):
        if g is not None and g.dtype != x.dtype:
            raise GradcheckError(
                f"Analytical gradient has dtype {g.dtype}, which is not that of its input, "
                f"{x.dtype}"
            )


def _matrix(rows, like):
    dtype = like.dtype.to_real() if like.dtype.is_complex else like.dtype
    return repr(_C.tensor(rows, dtype=dtype))
