#include "taeda/ops/complex.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {
[[noreturn]] void fail_half(const char* op) {
  fail<NotImplementedError>(op,
                            "(): Half tensors make complex32 numbers, a dtype that is not there; "
                            "use float() for complex64");
}
}  // namespace

Geometry ViewAsReal::view(const Tensor& x) {
  if (!is_complex(x.dtype())) fail("view_as_real is only supported for complex tensors");
  Geometry g = x.geometry();
  g.offset *= 2;
  for (int64_t& s : g.strides) s *= 2;
  g.sizes.push_back(2), g.strides.push_back(1);
  return g;
}
Tensor ViewAsReal::backward(Grad g) { return view_as_complex(g.contiguous()); }

Geometry ViewAsComplex::view(const Tensor& x) {
  if (x.dtype() == DType::float16) fail_half("view_as_complex");
  if (x.dtype() != DType::float32 && x.dtype() != DType::float64)
    fail(
        "view_as_complex is only supported for half, float and double tensors, but got a tensor "
        "of scalar type: ",
        word_of(x.dtype()));
  if (x.dim() == 0) fail("Input tensor must have one or more dimensions");
  if (x.size(-1) != 2) fail("Tensor must have a last dimension of size 2");
  Geometry g = x.geometry();
  if (g.strides.back() != 1) fail("Tensor must have a last dimension with stride 1");
  g.sizes.erase(g.sizes.size() - 1), g.strides.erase(g.strides.size() - 1);
  for (int64_t& s : g.strides) {
    if (s % 2) fail("Tensor must have a stride divisible by 2 for all but last dimension");
    s /= 2;
  }
  if (g.offset % 2) fail("Tensor must have a storage_offset divisible by 2");
  g.offset /= 2;
  return g;
}
Tensor ViewAsComplex::backward(Grad g) { return view_as_real(g); }

Tensor RealPart::forward(const Tensor& x) {
  return is_complex(x.dtype()) ? view_as_real(x).select(-1, 0) : x;
}
Tensor ImagPart::forward(const Tensor& x) {
  if (!is_complex(x.dtype())) fail("imag is not implemented for tensors with non-complex dtypes.");
  return view_as_real(x).select(-1, 1);
}

namespace {
void check_parts(const char* op, const Tensor& x, const Tensor& y) {
  auto fits = [](DType d) { return is_floating(d) && d != DType::bfloat16; };
  if (!fits(x.dtype()) || !fits(y.dtype()))
    fail("Expected both inputs to be Half, Float or Double tensors but got ", word_of(x.dtype()),
         " and ", word_of(y.dtype()));
  if (x.dtype() != y.dtype())
    fail("Expected object of scalar type ", word_of(x.dtype()), " but got scalar type ",
         word_of(y.dtype()), " for second argument");
  if (x.dtype() == DType::float16) fail_half(op);
}
}  // namespace
Tensor MakeComplex::forward(const Tensor& re, const Tensor& im) {
  check_parts("complex", re, im);
  const Tensor* both[] = {&re, &im};
  Dims sizes = broadcast({both, 2});
  return view_as_complex(stack({re.expand({sizes}), im.expand({sizes})}, {.dim = -1}));
}
Tensor Polar::forward(const Tensor& size, const Tensor& angle) {
  check_parts("polar", size, angle);
  return complex(size * angle.cos(), size * angle.sin());
}
Tensor Isreal::forward(const Tensor& x) {
  if (is_complex(x.dtype())) return imag(x) == 0;
  return ones_like(x, {.options = {.dtype = DType::boolean}});
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(ComplexParts)
