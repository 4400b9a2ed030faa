#include "taeda/ops/compare.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"

namespace taeda::ops {

Tensor Isclose::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  if (x.dtype() != y.dtype()) fail(x.dtype(), " did not match ", y.dtype());
  if (a.rtol < 0) fail("rtol must be greater than or equal to zero, but got ", short_text(a.rtol));
  if (a.atol < 0) fail("atol must be greater than or equal to zero, but got ", short_text(a.atol));
  Tensor close = x == y;
  if (a.equal_nan && can_have_gradient(x.dtype()))
    close = logical_or(close, logical_and(isnan(x), isnan(y)));
  if (a.rtol == 0 && a.atol == 0) return close;
  Tensor p = x, q = y;
  if (!can_have_gradient(x.dtype())) p = x.to(default_dtype()), q = y.to(default_dtype());
  Tensor error = abs(p - q);
  return logical_or(close, logical_and(isfinite(error), error <= a.atol + abs(q * a.rtol)));
}

void Where::check(Args in) {
  if (in[0].dtype() != DType::boolean)
    fail("where expected condition to be a boolean tensor, but got a tensor with dtype ",
         word_of(in[0].dtype()));
}
GradsOf<3> Where::backward(Grad g, In<0> mask, Needs need) {
  return {Tensor(), need[1] ? where(mask, g, 0) : Tensor(), need[2] ? where(mask, 0, g) : Tensor()};
}

Tensor MaskedFill::forward(const Tensor& x, const Tensor& mask, const Tensor& value) {
  if (mask.dtype() != DType::boolean)
    fail("masked_fill_ only supports boolean masks, but got mask with dtype ",
         c_name_of(mask.dtype()));
  if (value.dim() != 0)
    fail("masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ",
         value.dim(), " dimension(s).");
  if (value->marks & TensorImpl::number && !value.is_meta()) value.item().check_fits(x.dtype());
  else if (!can_cast(value.dtype(), x.dtype()))
    fail("value cannot be converted to type ", c_name_of(x.dtype()), " without overflow");
  return where(mask, value.dtype() == x.dtype() ? value : value.to(x.dtype()), x);
}

}  // namespace taeda::ops

namespace taeda {

bool Tensor::equal(const Tensor& other) const {
  if (!(sizes() == other.sizes())) return false;
  if (dtype() != other.dtype())
    fail("Expected object of data type ", c_name_of(dtype()), " but got data type ",
         c_name_of(other.dtype()), " for argument 'other'");
  NoGradGuard raw;
  return taeda::eq(*this, other).all().item<bool>();
}
bool Tensor::allclose(const Tensor& other, double rtol, double atol, bool equal_nan) const {
  NoGradGuard raw;
  return taeda::isclose(*this, other, {.rtol = rtol, .atol = atol, .equal_nan = equal_nan})
      .all()
      .item<bool>();
}

}  // namespace taeda

TAEDA_FAMILY_IS(Compare)
