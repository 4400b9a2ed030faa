# The same memory for NumPy and tensors; NumPy's functions on tensors; parts of tensors.
import numpy as np
import torch

a = np.arange(12, dtype=np.float64).reshape(3, 4)
t = torch.from_numpy(a)
t[0, 0] = 100
a[2, 3] = -1
print(a[0, 0], t[2, 3], t.dtype, t.numpy() is not a, np.shares_memory(t.numpy(), a))
print(np.sin(t[1]), np.asarray(t).sum(), np.maximum(t, 5)[0], np.square(torch.ones(3)))
print(torch.from_numpy(np.array([[0.25, 4e9]])), torch.from_numpy(np.arange(3, dtype=np.int16)))
print(a + t.numpy(), torch.tensor(a)[1], torch.as_tensor(a).dtype)
x = torch.arange(24.0).view(2, 3, 4)
n = x.numpy()
for part in (np.s_[0], np.s_[:, 1], np.s_[..., -1], np.s_[1, 1:, ::2], np.s_[0, 0, 0:1]):
    print(x[part].shape, np.array_equal(x[part].numpy(), n[part]))
print(x[0, 1, 2], x[0, 1, 2].item(), x[0, 0, 0:1], x[x > 20], x[[0, 1], [2, 0]])
for act in ("sum", "mean", "std", "max", "argmin", "cumsum"):
    args = (0,) if act == "cumsum" else ()
    got = getattr(x, act)(*args)
    print(act, got if got.dim() else got.item())
print(x.tolist()[0][0], x.view(-1)[:3], x.reshape(4, 6).t().shape, x.permute(2, 0, 1).stride())
m = torch.ones(2, requires_grad=True)
try:
    m.numpy()
except RuntimeError as error:
    print(error)
print(m.detach().numpy(), float(m.sum()), int(torch.tensor([3])), len(x))
