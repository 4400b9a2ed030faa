#include "taeda/ops/gate.h"

#include "taeda/op/call.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

Tensor Glu::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() == 0) fail("glu does not support 0-dimensional tensors");
  int64_t dim = wrap_dim(a.dim, x.dim()), n = x.size(dim);
  if (n % 2) fail("Halving dimension must be even, but dimension ", dim, " is size ", n);
  return x.narrow({dim, 0, n / 2}) * sigmoid(x.narrow({dim, n / 2, n / 2}));
}

Tensor Prelu::forward(const Tensor& x, const Tensor& weight) {
  Tensor w = weight;
  if (w.dim() > 1)
    fail("prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = ", w.dim());
  if (w.numel() != 1) {
    if (x.dim() == 0) fail("Not allow zero-dim input tensor.");
    int64_t channels = x.dim() > 1 ? x.size(1) : 1;
    if (channels != w.numel())
      fail("Mismatch of parameter numbers and input channel size. Found parameter numbers = ",
           w.numel(), " and channel size = ", channels, ".");
  }
  Dims shape(size_t(x.dim()), 1);
  if (x.dim() > 1) shape[1] = w.numel();
  else if (x.dim() == 1) shape[0] = w.numel();
  return where(x > Scalar(0), x, w.reshape({shape}) * x);
}

Tensor Softshrink::forward(const Tensor& x, const Attrs& a) {
  if (a.lambd < 0)
    fail("lambda must be greater or equal to 0, but found to be ", short_text(a.lambd), ".");
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"softshrink_check\" not implemented for '", word_of(x.dtype()),
                              "'");
  Tensor inner = where(x < Scalar(-a.lambd), x + Scalar(a.lambd), x * Scalar(0));
  return where(x > Scalar(a.lambd), x - Scalar(a.lambd), inner);
}
Tensor Hardshrink::forward(const Tensor& x, const Attrs& a) {
  return where((x >= Scalar(-a.lambd)) & (x <= Scalar(a.lambd)), Scalar(0), x);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Gates)
