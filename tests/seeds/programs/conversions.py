# Data types: conversions, promotion, defaults and limits.
import torch

kinds = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.uint8, torch.int8)
for dtype in (*kinds, torch.int16, torch.int32, torch.int64, torch.bool):
    x = torch.tensor([1, 2, 3], dtype=dtype)
    print(x, x.dtype, x.element_size(), x.is_floating_point())
    print((x + 1).dtype, (x + 1.5).dtype, (x / 2).dtype, (x + torch.ones(3)).dtype)
x = torch.tensor([1.7, -2.2])
print(x.long(), x.int(), x.double(), x.half(), x.bool(), x.to(torch.int8), x.type_as(x.double()))
one, byte = torch.tensor([1]), torch.ones(1, dtype=torch.uint8)
print((one + byte).dtype, (one / 2).dtype, (byte * 2.5).dtype, torch.promote_types(*kinds[2:4]))
print(torch.tensor(3).dtype, torch.tensor(2.5).dtype, torch.tensor([1 + 2j]).dtype)
torch.set_default_dtype(torch.float64)
print(torch.empty(2).dtype, torch.tensor(1.0).dtype, torch.zeros(1))
torch.set_default_dtype(torch.float32)
print(torch.zeros(1), torch.finfo(torch.float32).eps, torch.iinfo(torch.int64).max)
try:
    one += 0.5
except RuntimeError as error:
    print(error)
