# The table of data types: typed tensors, dtypes, conversions and NumPy's types.
import numpy as np
import torch

for name in ("Float", "Double", "Half", "Byte", "Char", "Short", "Int", "Long"):
    kind = getattr(torch, name + "Tensor")
    x = kind([1, 2, 3])
    print(kind, x, x.type(), x.dtype, x.element_size(), x.numpy().dtype, kind(2, 2).shape)
    print(isinstance(x, kind), isinstance(x, torch.DoubleTensor), torch.ones(2).type(kind).dtype)
x = torch.tensor([1.7, -2.2])
print(
    x.long(), x.int(), x.double(), x.half(), x.bool(), x.type("torch.IntTensor"), x.type(torch.int8)
)
for t in ("float64", "float32", "float16", "uint8", "int8", "int16", "int32", "int64", "bool"):
    print(torch.from_numpy(np.ones(2, dtype=t)).dtype, torch.FloatTensor(np.ones(2, dtype=t)).dtype)
print((torch.ones(1, dtype=torch.int32) + torch.ones(1)).dtype, (torch.tensor([1]) / 2).dtype)
torch.set_default_tensor_type(torch.DoubleTensor)
print(torch.Tensor(2).dtype, torch.tensor(1.0).dtype, torch.zeros(1))
torch.set_default_tensor_type("torch.FloatTensor")
print(torch.tensor(1.0).dtype)
print(torch.finfo(torch.float32).eps, torch.iinfo(torch.int8).max)
