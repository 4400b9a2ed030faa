// The parts of the call path that do not depend on the op's type; all off the fast path.
#include "taeda/op/call.h"

namespace taeda {

std::string backward_name(std::string_view op, int overload) {
  std::string out;
  bool upper = true;
  for (char c : op) {
    if (c == '_') upper = true;
    else out += upper ? char(std::toupper(c)) : c, upper = std::isdigit(c);
  }
  return out + "Backward" + std::to_string(overload);
}

void fail_no_kernel(const char* op, Device d) {
  fail<NotImplementedError>(op, "(): there is no kernel for device ", d);
}
void fail_no_gradient(const char* op) {
  fail<NotImplementedError>(
      "derivative for '", op,
      "' is not implemented; call it under no_grad, or on tensors that do not "
      "require grad");
}
void check_undefined(const Def& def, const char* op, size_t i) {
  if (!def.optional(i)) fail<TypeError>(op, "(): argument '", def.input_name(i), "' is undefined");
}
void trace(const Info& info, Args in, Outs out, const void* attrs) {
  tls.tracer->on_call(info, in, out, attrs);
}

std::vector<const Tensor*> detail::addresses(std::span<const Tensor> fixed,
                                             std::span<const Tensor> list) {
  std::vector<const Tensor*> in;
  for (const Tensor& x : fixed) in.push_back(&x);
  for (const Tensor& x : list) in.push_back(&x);
  return in;
}

// Tensors with dimensions decide; then 0-dim ones, then numbers count only if their category is
// higher.
DType common_dtype(const Def& def, Args in) {
  std::optional<DType> rank[3];
  for (size_t i = 0; i < in.size(); i++) {
    if (!in[i].defined() || !def.promotes(i)) continue;
    auto& side = rank[in[i].dim() ? 0 : in[i]->marks & TensorImpl::number ? 2 : 1];
    side = side ? promote(*side, in[i].dtype()) : in[i].dtype();
  }
  std::optional<DType> d;
  for (auto& r : rank) {
    if (!r) continue;
    if (!d) d = r;
    else if (category_of(*r) > category_of(*d)) {
      if (is_complex(*r)) d = is_floating(*d) ? complex_of(*d) : *r;
      else d = promote(*d, *r);
    }
  }
  if (!d) return default_dtype();
  return def.types == Types::floating && *d < DType::float16 ? default_dtype() : *d;
}

void check_accepts(const Def& def, const char* op, DType dtype) {
  if (!accepts(def.accepts, dtype))
    fail<NotImplementedError>("\"", def.kernel ? def.kernel : op, "\" not implemented for '",
                              word_of(dtype), "'");
}
void check_masks(const Def& def, const char* op, Args in) {
  for (size_t i = 0; i < in.size(); i++)
    if (in[i].defined() && !def.promotes(i) && in[i].dtype() != DType::boolean)
      fail(op, " expected ", def.input_name(i),
           " to be a boolean tensor, but got a tensor with dtype ", word_of(in[i].dtype()));
}

DType inplace_dtype(const Def& def, Args in) {
  DType self = in[0].dtype();
  if (def.inplace_only) return self;
  DType d = common_dtype(def, in);
  if (!can_cast(d, self))
    fail("result type ", word_of(d), " can't be cast to the desired output type ", word_of(self));
  return d;
}
bool may_update(const Tensor& self, DType result, Args in) {
  if (tls.tracer || self.device().type != DeviceType::cpu || !self.is_contiguous() ||
      self.dtype() != result)
    return false;
  // Two storages may lie in one memory: .data opens a second one, NumPy's views have others.
  const Storage& a = *self->storage;
  for (size_t i = 1; i < in.size(); i++) {
    if (!in[i].defined()) continue;
    const Storage& b = *in[i]->storage;
    if (a.data < b.data + b.bytes && b.data < a.data + a.bytes) return false;
  }
  return true;
}
void fail_inplace_sizes(const Tensor& self, const Dims& sizes) {
  fail("output with shape ", self.sizes(), " doesn't match the broadcast shape ", sizes);
}
void check_inplace_result(const Tensor& self, const Dims& sizes, DType dtype) {
  if (!(sizes == self.sizes())) fail_inplace_sizes(self, sizes);
  if (!can_cast(dtype, self.dtype()))
    fail("result type ", word_of(dtype), " can't be cast to the desired output type ",
         word_of(self.dtype()));
}

Dims broadcast(Args in) {
  Dims out;
  bool first = true;
  for (size_t k = 0; k < in.size(); k++) {
    if (!in[k].defined()) continue;
    const Dims& s = in[k].sizes();
    if (first) {
      out = s, first = false;
      continue;
    }
    if (s.size() > out.size()) {
      Dims longer(s.size(), 1);
      std::copy(out.begin(), out.end(), longer.end() - int64_t(out.size()));
      out = std::move(longer);
    }
    for (size_t i = 1; i <= s.size(); i++) {
      int64_t& have = out[out.size() - i];
      int64_t want = s[s.size() - i];
      if (have == 1) have = want;
      else if (want != 1 && want != have)
        fail("The size of tensor a (", have, ") must match the size of tensor b (", want,
             ") at non-singleton dimension ", out.size() - i);
    }
  }
  return out;
}

void check_devices(Args in) {
  const Tensor* first = nullptr;
  for (size_t i = 0; i < in.size(); i++) {
    if (!in[i].defined()) continue;
    if (!first) first = &in[i];
    if (in[i].device() == first->device()) continue;
    for (const Tensor* x : {first, &in[i]})
      if (x->device().type == DeviceType::meta)
        fail("Tensor on device ", (x == first ? in[i] : *first).device(),
             " is not on the expected device meta!");
    fail("Expected all tensors to be on the same device, but got at least two devices, ",
         first->device(), " and ", in[i].device(), "!");
  }
}

void cast_inputs(const Def& def, DType dtype, Tensor* held, const Tensor** in, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (in[i]->defined() && def.promotes(i) && in[i]->dtype() != dtype) {
      held[i] = borrowed::cast(*in[i], dtype);
      in[i] = &held[i];
    }
}
void expand_inputs(const Dims& sizes, Tensor* held, const Tensor** in, size_t n, size_t from) {
  if (!grad_enabled()) return;
  for (size_t i = from; i < n; i++)
    if (in[i]->defined() && tracked(*in[i]) && !(in[i]->sizes() == sizes)) {
      held[i] = borrowed::expand(*in[i], sizes);
      in[i] = &held[i];
    }
}

Dims result_strides(const Dims& sizes, Args in) {
  for (size_t i = 0; i < in.size(); i++)
    if (in[i].defined() && in[i].sizes() == sizes) {
      if (in[i].is_contiguous()) return {};
      return strides_like(in[i], sizes);
    }
  return {};
}

}  // namespace taeda
