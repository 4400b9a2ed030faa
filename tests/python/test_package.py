"""What the package offers beside ops: tools for tests, storages, settings, names."""

import copy
import pickle

import pytest

import taeda as torch

close = torch.testing.assert_close


# ---- assert_close ----


def test_assert_close_accepts():
    close(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0 + 1e-6]))
    close(torch.tensor([1.0]), torch.tensor([1.1]), rtol=0.2, atol=0.0)
    close([torch.ones(2), 3], [torch.ones(2), 3])
    close({"a": torch.ones(2), "b": (1.0, None)}, {"a": torch.ones(2), "b": (1.0, None)})
    close(torch.tensor([float("nan")]), torch.tensor([float("nan")]), equal_nan=True)
    close(torch.tensor([1]), torch.tensor([1.0]), check_dtype=False)
    close(torch.ones(2, 3).t(), torch.ones(3, 2))
    close(torch.zeros(0, 2), torch.zeros(0, 2))


@pytest.mark.parametrize(
    "actual, expected, options, kind, text",
    [
        ([1.0, 2.0], [1.0, 2.5], {}, AssertionError, "Mismatched elements: 1 / 2 (50.0%)"),
        ([1.0, 2.0], [1.0, 2.5], {}, AssertionError, "Greatest absolute difference: 0.5 at index"),
        ([1, 2], [1, 5], {}, AssertionError, "Greatest absolute difference: 3 at index (1,)"),
        ([1, 2], [1, 5], {}, AssertionError, "Tensor-likes are not equal!"),
        ([True], [False], {}, AssertionError, "Mismatched elements: 1 / 1 (100.0%)"),
        ([float("nan")], [float("nan")], {}, AssertionError, "Tensor-likes are not close!"),
        ([1.0], [2.0], {"msg": "mine"}, AssertionError, "mine"),
        ([1.0], [2.0], {"rtol": 1.0}, ValueError, "Both 'rtol' and 'atol' must be either"),
        ([1.0], [1.0, 2.0], {}, AssertionError, "The values for attribute 'shape' do not match"),
    ],
)
def test_assert_close_refuses(actual, expected, options, kind, text):
    with pytest.raises(kind) as error:
        close(torch.tensor(actual), torch.tensor(expected), **options)
    assert text in str(error.value)


def test_assert_close_names_the_item():
    with pytest.raises(AssertionError) as error:
        close({"a": [torch.ones(1), torch.ones(1)]}, {"a": [torch.ones(1), torch.zeros(1)]})
    assert "The failure occurred for item ['a'][1]" in str(error.value)
    with pytest.raises(AssertionError, match="The length of the sequences mismatch: 1 != 2"):
        close([1], [1, 2])
    with pytest.raises(AssertionError, match="Scalars are not close!"):
        close(1.0, 1.5)
    with pytest.raises(TypeError, match="No comparison pair was able to handle inputs of type"):
        close(torch.tensor(1.0), 1.0)


def test_make_tensor():
    make = torch.testing.make_tensor
    for dtype in (torch.float32, torch.float64, torch.int64, torch.uint8, torch.bool):
        x = make(3, 4, dtype=dtype, device="cpu")
        assert x.shape == (3, 4) and x.dtype == dtype
    x = make((50,), dtype=torch.int32, device="cpu", low=2, high=5, exclude_zero=True)
    assert set(x.tolist()) <= {2, 3, 4}
    x = make((4, 5), dtype=torch.complex64, device="cpu", requires_grad=True, noncontiguous=True)
    assert x.requires_grad and not x.is_contiguous() and x.shape == (4, 5)
    with pytest.raises(ValueError):
        make(2, dtype=torch.int64, device="cpu", requires_grad=True)


# ---- derivatives of functions ----


def test_jacobian():
    jacobian = torch.autograd.functional.jacobian
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0])
    assert jacobian(lambda a: a * a, x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    a, b = jacobian(lambda a, b: (a * b).sum(), (x, y))
    assert a.tolist() == [3.0, 3.0] and b.tolist() == [3.0]
    rows = jacobian(lambda a: (a.sum(), a * 2), x)
    assert rows[0].tolist() == [1.0, 1.0] and rows[1].tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert jacobian(lambda a: torch.ones(2) * 3, x).tolist() == [[0.0, 0.0]] * 2
    with pytest.raises(RuntimeError):
        jacobian(lambda a: torch.ones(2) * 3, x, strict=True)
    with pytest.raises(TypeError, match="must be either a Tensor or a tuple of Tensors"):
        jacobian(lambda a: 1, x)
    x.requires_grad_()
    jacobian(lambda a: a**3, x, create_graph=True).sum().backward()
    assert x.grad.tolist() == [6.0, 12.0]


def test_hessian_and_products():
    functional, x = torch.autograd.functional, torch.tensor([1.0, 2.0])

    def f(a):
        return (a**3).sum() + a[0] * a[1]

    h = torch.tensor([[6.0, 1.0], [1.0, 12.0]])
    v = torch.tensor([1.0, -1.0])
    assert torch.equal(functional.hessian(f, x), h)
    out, product = functional.vhp(f, x, v)
    assert out.item() == 11.0 and torch.equal(product, v @ h)
    assert torch.equal(functional.hvp(f, x, v)[1], h @ v)
    out, product = functional.vjp(lambda a: a * a, x, v)
    assert out.tolist() == [1.0, 4.0] and product.tolist() == [2.0, -4.0]
    out, product = functional.jvp(lambda a: torch.stack([a.prod(), a.sum()]), x, v)
    assert out.tolist() == [2.0, 3.0] and product.tolist() == [1.0, 0.0]
    ((a, b), (c, d)) = functional.hessian(lambda a, b: (a * a * b).sum(), (x[:1], x[1:]))
    assert [t.item() for t in (a, b, c, d)] == [4.0, 2.0, 2.0, 0.0]


# ---- functions of several tensors ----


def test_shapes_that_broadcast():
    assert torch.broadcast_shapes((2, 1), (3,), 1) == (2, 3)
    assert torch.broadcast_shapes() == ()
    a, b = torch.broadcast_tensors(torch.ones(2, 1), torch.zeros(3))
    assert a.shape == b.shape == (2, 3) and a.stride() == (1, 0)
    with pytest.raises(RuntimeError, match="Attempting to broadcast a dimension of length 3 at -1"):
        torch.broadcast_shapes((2,), (3,))
    with pytest.raises(RuntimeError, match="at non-singleton dimension 0"):
        torch.broadcast_tensors(torch.ones(2), torch.ones(3))


def test_grids():
    x, y = torch.arange(2), torch.arange(3)
    a, b = torch.meshgrid(x, y, indexing="ij")
    assert a.tolist() == [[0, 0, 0], [1, 1, 1]] and b.tolist() == [[0, 1, 2]] * 2
    a, b = torch.meshgrid([x, y], indexing="xy")
    assert a.tolist() == [[0, 1]] * 3 and b.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert torch.cartesian_prod(x, y).tolist() == [[i, j] for i in range(2) for j in range(3)]
    assert torch.block_diag(torch.ones(1, 2), torch.ones(2, 1)).tolist() == [
        [1.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [0.0, 0.0, 1.0],
    ]
    assert torch.atleast_2d(torch.tensor(1.0)).shape == (1, 1)
    assert [t.shape for t in torch.atleast_3d(torch.ones(2), torch.ones(2, 3))] == [
        (1, 2, 1),
        (2, 3, 1),
    ]


def test_result_type():
    x, n = torch.ones(2), torch.ones((), dtype=torch.float64)
    assert torch.result_type(x, n) == torch.float32 and torch.result_type(n, 1) == torch.float64
    assert torch.result_type(torch.ones(2, dtype=torch.int8), 1.5) == torch.float32
    assert torch.result_type(1, 1.5) == torch.float32 and torch.result_type(1, True) == torch.int64
    assert torch.result_type(x, 1j) == torch.complex64
    with pytest.raises(TypeError):
        torch.result_type(1, "a")


def test_einsum_by_numbers():
    a, b = torch.arange(6.0).reshape(2, 3), torch.arange(12.0).reshape(3, 4)
    assert torch.equal(torch.einsum(a, [0, 1], b, [1, 2], [0, 2]), a @ b)
    assert torch.equal(torch.einsum(a, [0, 1], b, [1, 2]), a @ b)
    assert torch.equal(torch.einsum(a, [Ellipsis, 0]), a)
    with pytest.raises(ValueError, match="must specify the equation string"):
        torch.einsum("ij")


# ---- memory ----


def test_storages():
    x = torch.arange(4.0)
    below = x[2:].untyped_storage()
    assert below.nbytes() == len(below) == 16 and below.data_ptr() == x.data_ptr()
    below[3] = 64
    assert x[0].item() == 2.0
    with pytest.warns(UserWarning, match="TypedStorage is deprecated"):
        typed = x[2:].storage()
    assert typed.tolist() == [2.0, 1.0, 2.0, 3.0] and typed[1] == 1.0 and len(typed) == 4
    assert torch.is_storage(below) and not torch.is_storage(x)


def test_frombuffer():
    data = bytearray(b"\x01\x00\x02\x00\x03\x00")
    x = torch.frombuffer(data, dtype=torch.int16)
    assert x.tolist() == [1, 2, 3]
    data[0] = 9
    assert x[0].item() == 9
    assert torch.frombuffer(data, dtype=torch.int16, count=1, offset=2).tolist() == [2]
    for options in ({"offset": 6}, {"count": 4}, {"offset": 1}, {"count": 0}):
        with pytest.raises(ValueError):
            torch.frombuffer(data, dtype=torch.int16, **options)
    with pytest.raises(ValueError, match="object does not implement Python buffer protocol"):
        torch.frombuffer([1, 2], dtype=torch.int16)


def test_asarray():
    x = torch.ones(2)
    assert torch.asarray(x) is x and torch.asarray(x, copy=True) is not x
    assert torch.asarray([1, 2]).tolist() == [1, 2]
    assert torch.asarray(x, dtype=torch.float64).dtype == torch.float64
    with pytest.raises(ValueError):
        torch.asarray([1, 2], copy=False)


def test_pickles_keep_the_order_in_memory():
    x = torch.arange(6.0).reshape(2, 3).t()
    y = pickle.loads(pickle.dumps(x))
    assert y.stride() == x.stride() and torch.equal(x, y)
    z = pickle.loads(pickle.dumps(torch.arange(3).expand(2, 3)))
    assert z.tolist() == [[0, 1, 2]] * 2
    x = torch.ones(2)
    x.note = "kept"
    assert pickle.loads(pickle.dumps(x)).note == "kept" and copy.copy(x).note == "kept"


# ---- names ----


def test_old_names():
    x = torch.autograd.Variable(torch.ones(2), requires_grad=True)
    assert isinstance(x, torch.autograd.Variable) and x.requires_grad and x.is_leaf
    assert torch.ones(2).type() == "torch.FloatTensor"
    assert torch.ones(2).type("torch.LongTensor").dtype == torch.int64
    assert torch.ones(2).type(torch.DoubleTensor).dtype == torch.float64
    assert torch.ones(2).new([1, 2]).tolist() == [1.0, 2.0]
    assert torch.ones(2).new(2, 3).shape == (2, 3)
    assert torch.typename(torch.ones(2)) == "torch.FloatTensor" and torch.typename(3) == "int"
    with pytest.raises(ValueError, match="invalid type: 'foo'"):
        torch.ones(2).type("foo")


def test_names_that_are_not_there():
    for place, text in [
        (torch, "module 'torch' has no attribute 'foo'"),
        (torch.autograd, "module 'torch.autograd' has no attribute 'foo'"),
    ]:
        with pytest.raises(AttributeError) as error:
            place.foo
        assert str(error.value) == text


def test_settings():
    assert not torch.cuda.is_available() and torch.cuda.device_count() == 0
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True)
    assert torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(False)
    torch.set_float32_matmul_precision("highest")
    assert torch.get_float32_matmul_precision() == "highest"
    with torch._tensor_str.printoptions(precision=2):
        assert repr(torch.tensor(1.23456)) == "tensor(1.23)"
    assert repr(torch.tensor(1.23456)) == "tensor(1.2346)"


def test_handles_of_hooks_are_context_managers():
    x, seen = torch.ones(1, requires_grad=True), []
    with x.register_hook(lambda g: seen.append(1)):
        (x * 2).sum().backward()
    (x * 2).sum().backward()
    assert seen == [1]


def test_nodes_are_the_same_object_while_held():
    y = torch.ones(1, requires_grad=True) * 2
    node = y.grad_fn
    assert node is y.grad_fn and (y + 1).grad_fn.next_functions[0][0] is node
    assert type(node).__name__ == "MulBackward0" and isinstance(node, torch.autograd.graph.Node)
    edge = torch.autograd.graph.get_gradient_edge(y)
    assert edge.node is node and edge.output_nr == 0


def test_batches_of_gradients():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (g,) = torch.autograd.grad(x * x, x, torch.eye(2), is_grads_batched=True)
    assert g.tolist() == [[2.0, 0.0], [0.0, 4.0]]


def test_differentiating_twice_what_is_once_differentiable():
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    x = torch.tensor([3.0], requires_grad=True)
    (g,) = torch.autograd.grad(Square.apply(x * 1) * x, x, create_graph=True)
    with pytest.raises(RuntimeError, match="marked with @once_differentiable"):
        g.backward()
