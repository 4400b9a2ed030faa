# Functions with a gradient of one's own, as they are written today.
import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return x * x * scale

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * ctx.scale * x * grad, None


class Rows(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x.sum(1), x.shape[0]

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.shape = inputs[0].shape

    @staticmethod
    def backward(ctx, grad, _):
        return grad[:, None].expand(ctx.shape)


x = torch.tensor([[1.0, 2.0], [3.0, -4.0]], requires_grad=True)
y = Square.apply(x, 0.5)
print(y, y.grad_fn.name())
total, rows = Rows.apply(y)
print(total, rows)
total.sum().backward()
print(x.grad)
node = total.grad_fn
while node is not None:
    print(node.name().rpartition(":")[2])
    node = node.next_functions[0][0] if node.next_functions else None
print(
    torch.autograd.gradcheck(
        lambda t: Square.apply(t, 2.0), (torch.rand(3, dtype=torch.double, requires_grad=True),)
    )
)
