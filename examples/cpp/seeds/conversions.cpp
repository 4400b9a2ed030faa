// Data types: conversions, promotion, defaults and limits.
#include "print.h"

using namespace taeda;
using namespace seeds;

int main() {
  for (DType dtype :
       {float32, float64, float16, bfloat16, uint8, int8, int16, int32, int64, boolean}) {
    auto x = tensor({1, 2, 3}, {.dtype = dtype});
    print(x, x.dtype(), x.element_size(), x.is_floating_point());
    print((x + 1).dtype(), (x + 1.5).dtype(), (x / 2).dtype(), (x + ones({3})).dtype());
  }
  auto x = tensor({1.7, -2.2});
  print(x.to(int64), x.to(int32), x.to(float64), x.to(float16), x.to(boolean), x.to(int8),
        x.type_as(x.to(float64)));
  auto one = tensor({1}), byte = ones({1}, {.dtype = uint8});
  print((one + byte).dtype(), (one / 2).dtype(), (byte * 2.5).dtype(), promote(float16, bfloat16));
  print(tensor(3).dtype(), tensor(2.5).dtype(), tensor({std::complex<double>(1, 2)}).dtype());
  set_default_dtype(float64);
  print(empty({2}).dtype(), tensor(1.0).dtype(), zeros({1}));
  set_default_dtype(float32);
  print(zeros({1}), std::numeric_limits<float>::epsilon(), std::numeric_limits<int64_t>::max());
  refused([&] { one += 0.5; });
}
