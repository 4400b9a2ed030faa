#include "taeda/ops/softmax.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

Meta softmax_meta(const Tensor& x, const SoftmaxAttrs& a, const char* prefix) {
  int64_t dim = wrap_dim(a.dim, x.dim());
  DType d = a.dtype.value_or(x.dtype());
  if (!is_floating(d))
    fail<NotImplementedError>(
        "\"", prefix, dim + 1 >= x.dim() ? "softmax_lastdim_kernel_impl" : "softmax_kernel_impl",
        "\" not implemented for '", word_of(d), "'");
  return {x.sizes(), d};
}
SoftmaxAttrs along(const SoftmaxAttrs& a) { return {.dim = a.dim, .dtype = {}}; }

}  // namespace

Meta Softmax::infer(Args in, const Attrs& a) { return softmax_meta(in[0], a, ""); }
Tensor Softmax::backward(Grad g, Out<0> y, Type<0> t, const Attrs& a) {
  return softmax_backward(g, y, along(a)).to(t.dtype);
}
Meta LogSoftmax::infer(Args in, const Attrs& a) { return softmax_meta(in[0], a, "log_"); }
Tensor LogSoftmax::backward(Grad g, Out<0> y, Type<0> t, const Attrs& a) {
  return log_softmax_backward(g, y, along(a)).to(t.dtype);
}

Meta SoftmaxBackward::infer(Args in, const Attrs&) { return {in[1].sizes(), in[1].dtype()}; }
GradsOf<2> SoftmaxBackward::backward(Grad h, In<0> g, In<1> y, const Attrs& a) {
  SumAttrs over{.dim = Dims(a.dim), .keepdim = true, .dtype = {}};
  Tensor hy = (h * y).sum(over);
  return {y * (h - hy), h * (g - (g * y).sum(over)) - g * hy};
}
Meta LogSoftmaxBackward::infer(Args in, const Attrs&) { return {in[1].sizes(), in[1].dtype()}; }
GradsOf<2> LogSoftmaxBackward::backward(Grad h, In<0> g, In<1> y, const Attrs& a) {
  SumAttrs over{.dim = Dims(a.dim), .keepdim = true, .dtype = {}};
  Tensor p = y.exp();
  return {h - (h * p).sum(over), -(h * p * g.sum(over))};
}

Tensor Logsumexp::forward(const Tensor& x, const Attrs& a) {
  if (!can_have_gradient(x.dtype())) return logsumexp(x.to(default_dtype()), a);
  if (x.numel() == 0) return x.exp().sum({.dim = a.dim, .keepdim = a.keepdim}).log();
  Tensor top;
  {
    NoGradGuard raw;
    Tensor size = x.detach();
    if (is_complex(x.dtype())) {  // the real parts: every second of the numbers in memory
      size = size.reshape({x.dim() ? x.sizes() : Dims(1)}).contiguous();
      size = size.view(ViewDtype::Attrs{real_of(x.dtype())})
                 .slice({.dim = -1, .start = 0, .end = {}, .step = 2})
                 .reshape({x.sizes()});
    }
    top = size.amax({.dim = a.dim, .keepdim = true});
    top = where(isfinite(top), top, 0);
  }
  Tensor out = (x - top).exp().sum({.dim = a.dim, .keepdim = true}).log() + top;
  if (a.keepdim) return out;
  const Dims& s = x.sizes();
  return out.reshape({reduced_sizes(s, reduced_axes(a.dim, s.size()), false)});
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Soft)
