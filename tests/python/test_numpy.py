"""The bridge to NumPy: shared memory, conversions, mixed arithmetic, DLPack."""

import subprocess
import sys

import numpy as np
import pytest

import taeda as torch

SHARED = [
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


@pytest.mark.parametrize("dtype", SHARED)
def test_both_ways_share_memory(dtype):
    a = np.array([[0, 1, 1], [1, 0, 1]], dtype)
    t = torch.from_numpy(a)
    assert t.dtype == getattr(torch, dtype) and t.shape == (2, 3) and t.tolist() == a.tolist()
    a[0, 0] = 1
    assert t[0, 0].item() == 1
    t[1, 2] = 0
    assert a[1, 2] == 0
    back = t.numpy()
    assert back.dtype == a.dtype and np.shares_memory(a, back)
    assert t.data_ptr() == a.__array_interface__["data"][0]


def test_strides_and_shapes():
    a = np.arange(24).reshape(2, 3, 4)
    for view in (
        a.T,
        a[:, ::2],
        a[1],
        a[..., 1:3],
        a[:0],
        a[0, 0, 0:1],
        np.array(5),
        a.transpose(2, 0, 1)[1:],
    ):
        t = torch.from_numpy(view)
        assert tuple(t.shape) == view.shape and t.tolist() == view.tolist()
        assert np.array_equal(t.numpy(), view) and t.is_contiguous() == view.flags.c_contiguous
    t = torch.arange(6).reshape(2, 3).t()
    assert t.numpy().strides == (8, 24) and t.numpy().tolist() == [[0, 3], [1, 4], [2, 5]]
    broadcast = np.broadcast_to(np.array([1.0, 2.0]), (3, 2))
    assert torch.tensor(broadcast).tolist() == [[1.0, 2.0]] * 3


def test_lifetimes():
    t = torch.from_numpy(np.arange(1000.0))
    a = torch.arange(1000.0).numpy()
    _ = [np.ones(1000) for _ in range(50)], [torch.ones(1000) for _ in range(50)]
    assert t.tolist() == list(range(1000)) and a.tolist() == list(range(1000))


def test_errors():
    for value, kind, text in [
        ([1, 2], TypeError, "expected np.ndarray (got list)"),
        (
            np.arange(3)[::-1],
            ValueError,
            "At least one stride in the given numpy array is negative",
        ),
        (np.array(["a"]), TypeError, "can't convert np.ndarray of type numpy.str_."),
        (np.array([object()]), TypeError, "can't convert np.ndarray of type numpy.object_."),
        (
            np.arange(3, dtype=">i4"),
            ValueError,
            "given numpy array has byte order different from the native byte order.",
        ),
    ]:
        with pytest.raises(kind) as error:
            torch.from_numpy(value)
        assert str(error.value).startswith(text)
    for function, kind, text in [
        (
            lambda: torch.zeros(2, requires_grad=True).numpy(),
            RuntimeError,
            "Can't call numpy() on Tensor that requires grad.",
        ),
        (
            lambda: torch.zeros(2, dtype=torch.bfloat16).numpy(),
            TypeError,
            "Got unsupported ScalarType BFloat16",
        ),
        (
            lambda: torch.zeros(2, device="meta").numpy(),
            TypeError,
            "can't convert meta device type tensor to numpy.",
        ),
    ]:
        with pytest.raises(kind) as error:
            function()
        assert str(error.value).startswith(text)
    assert torch.zeros(2, requires_grad=True).numpy(force=True).tolist() == [0.0, 0.0]


@pytest.mark.filterwarnings("always")
def test_read_only_arrays_warn():
    a = np.ones(3)
    a.setflags(write=False)
    with pytest.warns(UserWarning, match="not writable"):
        torch.from_numpy(a)


def test_tensor_copies_and_as_tensor_shares():
    a = np.array([1.0, 2.0])
    copied, shared = torch.tensor(a), torch.as_tensor(a)
    a[0] = 9
    assert copied.tolist() == [1.0, 2.0] and shared.tolist() == [9.0, 2.0]
    assert (
        torch.tensor(np.float64(1.5)).dtype == torch.float64
        and torch.tensor(np.int16(3)).dtype == torch.int16
    )
    assert torch.tensor([np.float32(1.5), 2]).dtype == torch.float32
    assert torch.tensor([np.array([1, 2]), np.array([3, 4])]).tolist() == [[1, 2], [3, 4]]
    assert torch.as_tensor(a, dtype=torch.float32).dtype == torch.float32
    assert torch.Tensor(np.array([1, 2])).tolist() == [1.0, 2.0]


def test_numpy_reads_tensors():
    t = torch.arange(6.0).reshape(2, 3)
    assert np.asarray(t).tolist() == t.tolist() and np.shares_memory(np.asarray(t), t.numpy())
    assert np.array(t, dtype=np.int32).dtype == np.int32
    assert np.array([torch.tensor(1.0), torch.tensor(2.0)]).tolist() == [1.0, 2.0]
    assert np.concatenate([t, t]).shape == (4, 3) and float(np.mean(t.numpy())) == 2.5
    assert np.allclose(t, t) and np.ones((3, 3))[torch.tensor([0, 2])].shape == (2, 3)
    with pytest.raises(RuntimeError):
        np.asarray(torch.ones(2, requires_grad=True))


def test_mixed_arithmetic():
    t, a = torch.ones(2), np.array([1.0, 2.0])
    out = t * a
    assert (
        isinstance(out, torch.Tensor) and out.dtype == torch.float64 and out.tolist() == [1.0, 2.0]
    )
    for scalar in (np.float64(2.0), np.int64(2), np.float32(2.0)):
        assert (t * scalar).dtype == torch.float32 and (t + scalar).tolist() == [3.0, 3.0]
        assert (scalar * t).tolist() == [2.0, 2.0] and isinstance(scalar * t, torch.Tensor)
    assert (t[np.int64(0)], t[np.array([1, 0])])[1].tolist() == [1.0, 1.0]
    assert torch.zeros(np.int64(2), np.int32(3)).shape == (2, 3)
    assert t.sum(np.int64(0)).item() == 2.0


def test_item_and_tolist_give_python_numbers():
    for dtype, kind in [
        ("bool", bool),
        ("uint8", int),
        ("int64", int),
        ("float16", float),
        ("float32", float),
        ("complex64", complex),
    ]:
        t = torch.ones(2, dtype=getattr(torch, dtype))
        assert type(t[0].item()) is kind and [type(v) for v in t.tolist()] == [kind] * 2
    assert torch.tensor(3).tolist() == 3 and torch.zeros(2, 0).tolist() == [[], []]


def test_import_does_not_load_numpy():
    code = f"import sys, {torch.__name__}; sys.exit('numpy' in sys.modules)"
    if torch.__name__ == "taeda":
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_works_without_numpy():
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        f"import {torch.__name__} as torch\n"
        "x = torch.ones(2, 3, requires_grad=True); (x * 2).sum().backward()\n"
        "assert x.grad.tolist() == [[2.0] * 3] * 2\n"
        "assert repr(torch.ones(2)) == 'tensor([1., 1.])'\n"
        "try: torch.ones(2).numpy()\nexcept (RuntimeError, ImportError): pass\nelse: sys.exit(1)\n"
    )
    if torch.__name__ == "taeda":
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# ---- DLPack ----


def test_dlpack_both_ways():
    a = np.arange(6.0).reshape(2, 3)
    t = torch.from_dlpack(a)
    a[0, 0] = 7
    assert t[0, 0].item() == 7.0 and t.shape == (2, 3)
    b = np.from_dlpack(torch.arange(4).reshape(2, 2).t())
    assert b.tolist() == [[0, 2], [1, 3]]
    assert torch.ones(2).__dlpack_device__() == (1, 0)
    u = torch.from_dlpack(t.__dlpack__())
    u[0, 1] = 5
    assert t[0, 1].item() == 5.0
    assert torch.from_dlpack(torch.tensor([True, False])).dtype == torch.bool
    with pytest.raises(
        BufferError, match="Can't export tensors that require gradient, use tensor.detach()"
    ):
        torch.ones(2, requires_grad=True).__dlpack__()


def test_dlpack_capsules_that_nobody_takes():
    for _ in range(100):
        torch.ones(1000).__dlpack__()
