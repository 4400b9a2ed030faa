# Variables and functions as programs of 2017 wrote them.
import torch
from torch.autograd import Variable


class Clip(torch.autograd.Function):
    def forward(self, input):
        self.save_for_backward(input)
        return input.clamp(min=0)

    def backward(self, grad_output):
        (input,) = self.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


torch.manual_seed(1)
dtype = torch.FloatTensor
x = Variable(torch.randn(6, 5).type(dtype), requires_grad=False)
y = Variable(torch.randn(6, 2).type(dtype), volatile=False)
w1 = Variable(torch.randn(5, 4).type(dtype), requires_grad=True)
w2 = Variable(torch.randn(4, 2).type(dtype), requires_grad=True)
print(isinstance(x, Variable), isinstance(x, torch.Tensor), type(w1), w1.data.requires_grad)
for t in range(5):
    clip = Clip()
    loss = (clip(x.mm(w1)).mm(w2) - y).pow(2).sum()
    print(t, loss.data[0], type(loss.data[0]))
    loss.backward()
    w1.data -= 1e-2 * w1.grad.data
    w2.data -= 1e-2 * w2.grad.data
    w1.grad.data.zero_()
    w2.grad.data.zero_()
print(loss.creator.name(), loss.grad_fn.name(), w1.creator)
print(Variable(torch.ones(2), volatile=True).volatile)
try:
    loss[0]
except IndexError as error:
    print(error)
