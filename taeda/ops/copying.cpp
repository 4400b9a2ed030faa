#include "taeda/ops/copying.h"

#include "taeda/op/call.h"
#include "taeda/ops/create.h"

namespace taeda::ops {

Meta Cast::infer(Args in, const Attrs& a) {
  if (is_complex(in[0].dtype()) && !is_complex(a.dtype) && a.dtype != DType::boolean)
    warn("Casting complex values to real discards the imaginary part");
  Dims strides = in[0].is_contiguous() ? Dims() : strides_like(in[0], in[0].sizes());
  return {in[0].sizes(), a.dtype, strides};
}
Tensor Cast::backward(Grad g, Type<0> t) { return g.to(t.dtype); }

void MemoryFormat::fail(std::string_view word) {
  taeda::fail<TypeError>(
      "memory_format must be one of preserve, contiguous, channels_last and "
      "channels_last_3d, not ",
      word);
}
Dims format_strides(const Choice<MemoryFormat>& f, const Tensor& x) {
  const Dims& s = x.sizes();
  if (f.is("preserve")) {
    if (x.is_contiguous()) return {};
    return is_dense(x) ? x.strides() : strides_like(x, s);
  }
  if (f.is("contiguous")) return {};
  bool three = f.is("channels_last_3d");
  size_t rank = three ? 5 : 4;
  if (s.size() != rank) taeda::fail("required rank ", rank, " tensor to use ", f.word(), " format");
  Dims strides(rank, 1);
  int64_t n = std::max<int64_t>(s[1], 1);  // channels lie innermost
  for (size_t i = rank; i-- > 2;) strides[i] = n, n *= std::max<int64_t>(s[i], 1);
  strides[0] = n;
  return strides;
}

Meta Clone::infer(Args in, const Attrs& a) {
  return {in[0].sizes(), in[0].dtype(), format_strides(a.memory_format, in[0])};
}
Tensor Clone::backward(Grad g) { return g; }

Tensor Contiguous::forward(const Tensor& x, const Attrs& a) {
  Dims want = format_strides(a.memory_format, x);
  if (want.empty() ? x.is_contiguous() : x.strides() == want) return x;
  return clone(x, {.memory_format = a.memory_format});
}

Tensor Fill::backward(Grad g) { return zeros_like(g); }
Tensor Zero::backward(Grad g) { return zeros_like(g); }
GradsOf<2> Copy::backward(Grad g, Needs need) { return {need[0] ? zeros_like(g) : Tensor(), g}; }

}  // namespace taeda::ops

namespace taeda {

Tensor Tensor::to(DType dtype) const {
  return this->dtype() == dtype ? *this : cast(*this, {dtype});
}
Tensor Tensor::to(Device device) const {
  if (this->device() == device) return *this;
  if (device.type == DeviceType::meta)
    return empty_strided(sizes(), strides_like(*this, sizes()), dtype(), device);
  fail("cannot copy a tensor from device ", this->device(), " to device ", device);
}
}  // namespace taeda

TAEDA_FAMILY_IS(Copying)
