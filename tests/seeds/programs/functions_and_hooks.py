"""Functions of one's own, gradient checks, hooks, grad modes."""

import torch
from torch.autograd import Function, gradcheck, gradgradcheck
from torch.autograd.function import once_differentiable

torch.manual_seed(0)


class LinearFunction(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


linear = LinearFunction.apply
input = (
    torch.randn(20, 20, dtype=torch.double, requires_grad=True),
    torch.randn(30, 20, dtype=torch.double, requires_grad=True),
)
print(gradcheck(linear, input, eps=1e-6, atol=1e-4))


class MyLinear(torch.nn.Module):
    def __init__(self, i, o, bias=True):
        super().__init__()
        self.input_features, self.output_features = i, o
        self.weight = torch.nn.Parameter(torch.empty(o, i))
        if bias:
            self.bias = torch.nn.Parameter(torch.empty(o))
        else:
            self.register_parameter("bias", None)
        torch.nn.init.uniform_(self.weight, -0.1, 0.1)
        if self.bias is not None:
            torch.nn.init.uniform_(self.bias, -0.1, 0.1)

    def forward(self, x):
        return LinearFunction.apply(x, self.weight, self.bias)

    def extra_repr(self):
        return "input_features={}, output_features={}, bias={}".format(
            self.input_features, self.output_features, self.bias is not None
        )


m = MyLinear(3, 2)
print(m, m(torch.ones(1, 3)), MyLinear(2, 2, False))


class Exp(Function):
    @staticmethod
    def forward(ctx, i):
        result = i.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, g):
        (result,) = ctx.saved_tensors
        return g * result


x = torch.randn(3, dtype=torch.double, requires_grad=True)
y = Exp.apply(x)
print(y)
(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g)
(gg,) = torch.autograd.grad(g.sum(), x)
print(gg, gradgradcheck(Exp.apply, x))


class MulConstant(Function):
    @staticmethod
    def forward(tensor, constant):
        return tensor * constant

    @staticmethod
    def setup_context(ctx, inputs, output):
        tensor, constant = inputs
        ctx.constant = constant

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.constant, None


z = MulConstant.apply(x, 5)
z.sum().backward()
print(x.grad, z.grad_fn.__class__.__name__)


class STE(Function):
    @staticmethod
    def forward(ctx, x):
        return (x > 0).float()

    @staticmethod
    def backward(ctx, g):
        return torch.nn.functional.hardtanh(g)


w = torch.randn(4, requires_grad=True)
s = STE.apply(w)
s.backward(torch.tensor([2.0, -0.5, 0.0, -3.0]))
print(s, w.grad)


class GradReverse(Function):
    @staticmethod
    def forward(ctx, x, lambd):
        ctx.lambd = lambd
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return g.neg() * ctx.lambd, None


w.grad = None
GradReverse.apply(w, 0.5).sum().backward()
print(w.grad)


class TwoOut(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        ctx.set_materialize_grads(True)
        ctx.mark_non_differentiable
        return a * b, a + b

    @staticmethod
    @once_differentiable
    def backward(ctx, g1, g2):
        a, b = ctx.saved_tensors
        return g1 * b + g2, g1 * a + g2


a, b = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
p, q = TwoOut.apply(a, b)
(p * 2).backward()
print(a.grad, b.grad, p, q)


class Bad(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g, g


try:
    Bad.apply(w).sum().backward()
except RuntimeError as e:
    print(e)


class Clamp(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.clamp_(0)

    @staticmethod
    def backward(ctx, g):
        return g


c = torch.tensor([-1.0, 2.0], requires_grad=True)
d = c * 1
e = Clamp.apply(d)
e.sum().backward()
print(d, c.grad, e is d)
# hooks
v = torch.tensor([0.0, 0.0, 0.0], requires_grad=True)
h = v.register_hook(lambda grad: grad * 2)
v.backward(torch.tensor([1.0, 2.0, 3.0]))
print(v.grad)
h.remove()
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
acts = {}


def get(name):
    def hook(mod, inp, out):
        acts[name] = out.detach()

    return hook


hs = [l.register_forward_hook(get(str(i))) for i, l in enumerate(net)]
net[0].register_forward_pre_hook(lambda mod, inp: (inp[0] * 2,))
net[2].register_full_backward_hook(
    lambda mod, gi, go: print("bw", mod, [g.shape for g in gi], [g.shape for g in go])
)
net(torch.ones(1, 2)).sum().backward()
print({k: v.shape for k, v in acts.items()})
[h.remove() for h in hs]
t = torch.ones(2, requires_grad=True)
r = t * 2
r.retain_grad()
(r * r).sum().backward()
print(r.grad, t.grad)
with torch.autograd.set_detect_anomaly(True):
    print(
        torch.autograd.functional.jacobian(lambda x: x**2, torch.ones(2)),
        torch.autograd.functional.hessian(lambda x: (x**3).sum(), torch.ones(2)),
        torch.autograd.functional.vjp(lambda x: x * 2, torch.ones(2), torch.ones(2)),
        torch.autograd.functional.jvp(lambda x: x * 2, torch.ones(2), torch.ones(2)),
    )
i = torch.ones(2, requires_grad=True)
try:
    i += 1
except RuntimeError as e:
    print(e)
k = i.exp()
k.add_(1)
try:
    k.sum().backward()
except RuntimeError as e:
    print(str(e)[:120])


@torch.no_grad()
def ev(x):
    return x * 2


print(ev(i).requires_grad, i.detach() is i, i.data.requires_grad)
f = i.clone()
with torch.inference_mode():
    q = i * 2
print(q.is_inference(), torch.is_grad_enabled())
torch.set_grad_enabled(False)
print((i * 2).requires_grad)
torch.set_grad_enabled(True)
with torch.enable_grad():
    print((i * 3).requires_grad)
