"""NumPy, SciPy, matplotlib, Cython and IPython themselves, given tensors."""

import io
import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import taeda as torch

pytestmark = pytest.mark.taeda_only
NUMPY_TYPES = "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 float32 float64 complex64 complex128"


@pytest.mark.parametrize("dtype", NUMPY_TYPES.split())
def test_buffers_share_memory(dtype):
    x = torch.ones(2, 3).to(getattr(torch, dtype))
    a = np.asarray(memoryview(x)) if not dtype.startswith("complex") else np.asarray(x)
    assert a.dtype == dtype and a.shape == (2, 3) and np.shares_memory(a, x.numpy())
    x[1, 2] = 0
    assert a[1, 2] == 0
    assert np.shares_memory(np.asarray(x.t()), x.numpy()) and np.asarray(x.t()).shape == (3, 2)


def test_buffers_and_the_buffer_protocols_requests():
    x = torch.arange(6, dtype=torch.int32).view(2, 3)
    view = memoryview(x)
    assert (view.format, view.shape, view.strides, view.readonly) == ("i", (2, 3), (12, 4), False)
    view[0, 1] = 50
    assert x[0, 1] == 50 and bytes(torch.arange(3, dtype=torch.uint8)) == b"\0\1\2"
    assert memoryview(torch.tensor(2.5)).tolist() == 2.5
    assert memoryview(torch.zeros(0, 3)).nbytes == 0
    memory = memoryview(torch.ones(1000))
    del x
    assert memory[999] == 1.0  # the view keeps the tensor
    with pytest.raises(BufferError, match="contiguous"):
        io.BytesIO().write(torch.ones(4, 4)[:, ::2])
    for x in (
        torch.ones(2, requires_grad=True),
        torch.ones(2, dtype=torch.bfloat16),
        torch.ones(2, device="meta"),
    ):
        with pytest.raises(BufferError):
            memoryview(x)


def test_a_tensor_that_requires_grad_is_refused_as_an_array():
    for convert in (np.asarray, np.array, np.sin, np.linalg.norm):
        with pytest.raises(RuntimeError, match="Can't call numpy"):
            convert(torch.ones(2, requires_grad=True))


def test_numpy_functions():
    x = torch.tensor([1.0, 4.0, 9.0])
    assert np.sqrt(x).tolist() == [1, 2, 3] and isinstance(np.sqrt(x), torch.Tensor)
    assert np.add(x, np.ones(3)).tolist() == [2, 5, 10]
    assert np.concatenate([x, x]).shape == (6,) and np.stack([x, x]).shape == (2, 3)
    assert np.array_equal(np.dot(np.asarray(x), np.asarray(x)), 98)
    assert np.asarray(x, dtype="float64").dtype == "float64"
    assert np.from_dlpack(x).tolist() == torch.from_dlpack(np.array([1.0, 4.0, 9.0])).tolist()


def test_read_only_and_reversed_arrays():
    a = np.arange(3.0)
    a.flags.writeable = False
    with pytest.warns(UserWarning, match="not writable") as seen:
        torch.from_numpy(a)
    assert seen[0].filename == __file__
    with pytest.raises(ValueError, match="negative strides are not currently supported"):
        torch.from_numpy(np.arange(3.0)[::-1])


def test_scipy():
    import scipy.linalg
    import scipy.optimize
    import scipy.signal
    import scipy.special
    import scipy.stats

    x = torch.linspace(0.1, 1, 5, dtype=torch.float64)
    m = torch.tensor([[2.0, 1.0], [1.0, 3.0]], dtype=torch.float64)
    assert np.allclose(scipy.special.expit(x), x.sigmoid())
    assert np.allclose(scipy.linalg.inv(m) @ m.numpy(), np.eye(2))
    assert np.allclose(scipy.signal.convolve(x, x)[0], 0.01)
    assert scipy.stats.pearsonr(x, 2 * x)[0] == pytest.approx(1)

    def loss(point):
        p = torch.tensor(point, requires_grad=True)
        value = ((p - torch.tensor([1.0, -2.0])) ** 2).sum()
        value.backward()
        return value.item(), p.grad.numpy()

    found = scipy.optimize.minimize(loss, torch.zeros(2, dtype=torch.float64), jac=True)
    assert found.success and np.allclose(found.x, [1, -2])


def test_matplotlib(tmp_path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    x = torch.linspace(0, 1, 20)
    figure, axes = plt.subplots(2, 3)
    (line,) = axes[0, 0].plot(x, x**2)
    assert np.array_equal(line.get_ydata(), (x**2).numpy())
    axes[0, 1].scatter(x, x.sin(), c=x, s=x * 10)
    counts, _, _ = axes[0, 2].hist(x, bins=4)
    assert counts.sum() == 20
    image = axes[1, 0].imshow(torch.arange(12.0).view(3, 4))
    assert image.get_array().shape == (3, 4)
    axes[1, 1].bar(torch.arange(3), torch.tensor([1, 2, 3]))
    axes[1, 2].fill_between(x, x, x + 1)
    axes[1, 2].axhline(torch.tensor(0.5))
    figure.savefig(tmp_path / "figure.png")
    plt.close(figure)
    assert (tmp_path / "figure.png").stat().st_size > 1000
    with pytest.raises(RuntimeError, match="detach"):
        plt.plot(torch.ones(2, requires_grad=True))
    plt.close("all")


def test_cython_typed_memoryviews(tmp_path):
    (tmp_path / "own.pyx").write_text(
        textwrap.dedent("""
        # cython: language_level=3
        def double_it(double[:, :] x):
            cdef Py_ssize_t i, j
            for i in range(x.shape[0]):
                for j in range(x.shape[1]):
                    x[i, j] *= 2

        def total(float[::1] x):
            cdef float sum = 0
            cdef Py_ssize_t i
            for i in range(x.shape[0]):
                sum += x[i]
            return sum
        """)
    )
    build = [sys.executable, "-m", "Cython.Build.Cythonize", "-i", "own.pyx"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    sys.path.insert(0, str(tmp_path))
    try:
        import own
    finally:
        sys.path.remove(str(tmp_path))
    x = torch.ones(2, 3, dtype=torch.float64)
    own.double_it(x.t())
    assert x.tolist() == [[2.0] * 3] * 2
    assert own.total(torch.ones(5)) == 5
    for bad in (torch.ones(5, dtype=torch.float64), torch.ones(5, 2)[:, 0], torch.ones(2, 2)):
        with pytest.raises((ValueError, BufferError)):
            own.total(bad)
    with pytest.raises((ValueError, BufferError)):
        own.total(torch.ones(2, requires_grad=True))


def test_notebooks_show_results_as_a_shell_does(tmp_path):
    from IPython.core.formatters import DisplayFormatter

    shown, _ = DisplayFormatter().format(torch.ones(2))
    assert shown == {"text/plain": "tensor([1., 1.])"}
    layers = torch.nn.Sequential(torch.nn.Linear(1, 1))
    assert DisplayFormatter().format(layers)[0] == {"text/plain": repr(layers)}
    cell = "import taeda; taeda.as_torch()\nimport torch\nfrom torch import nn\ntorch.eye(2)"
    program = pathlib.Path(tmp_path, "cell.ipy")
    program.write_text(cell)
    source = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        f"r = InteractiveShell.instance().run_cell({cell!r}); r.raise_error()"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert "tensor([[1., 0.],\n        [0., 1.]])" in done.stdout, done.stderr
