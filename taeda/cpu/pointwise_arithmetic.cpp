// The kernels of arithmetic; powers whose exponent is one number are products or roots, as
// PyTorch's.
#include "taeda/cpu/pointwise.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/unary.h"

namespace taeda {

namespace {

// The number a 0-dim tensor of a floating type holds.
double number_in(const Tensor& x) {
  return visit(x.dtype(), [&]<class T>() -> double {
    if constexpr (is_floating(dtype_of<T>)) return double(Compute<T>(*x.data<T>()));
    else return 0;
  });
}

}  // namespace

template <> void pointwise_cpu<ops::Pow>(Args in, Outs outs, const NoFields& a) {
  const Tensor &x = in[0], &out = outs[0];
  if (in[1].dim() == 0 && is_floating(x.dtype())) {
    const double n = number_in(in[1]);
    const Tensor *square[] = {&x, &x}, *one[] = {&x};
    if (n == 2) return pointwise_cpu<ops::Mul>({square, 2}, outs, {});
    if (n == 0.5) return pointwise_cpu<ops::Sqrt>({one, 1}, outs, {});
    if (n == -0.5) return pointwise_cpu<ops::Rsqrt>({one, 1}, outs, {});
    if (n == -1) return pointwise_cpu<ops::Reciprocal>({one, 1}, outs, {});
    if (n == 3) {
      const Tensor part = out->storage == x->storage ? empty(out.sizes(), out.dtype()) : out;
      const Tensor* cube[] = {&part, &x};
      pointwise_cpu<ops::Mul>({square, 2}, {&part, 1}, {});
      return pointwise_cpu<ops::Mul>({cube, 2}, outs, {});
    }
  }
  pointwise_general<ops::Pow>(in, outs, a);
}

}  // namespace taeda

template struct taeda::PointwiseFamily<taeda::ops::Arithmetic>;
