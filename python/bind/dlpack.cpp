// DLPack: memory shared with other libraries. The structures are those of the specification, 1.1.
#include <cstring>

#include "bind.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/views.h"

namespace taeda::python {

namespace {

struct DLDevice {
  int32_t type, id;
};
struct DLDataType {
  uint8_t code, bits;
  uint16_t lanes;
};
struct DLTensor {
  void* data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape, *strides;
  uint64_t byte_offset;
};
struct DLManagedTensor {
  DLTensor tensor;
  void* context;
  void (*deleter)(DLManagedTensor*);
};
struct DLManagedTensorVersioned {
  uint32_t major, minor;
  void* context;
  void (*deleter)(DLManagedTensorVersioned*);
  uint64_t flags;
  DLTensor tensor;
};
constexpr uint64_t kReadOnly = 1, kCopied = 2;
constexpr int32_t kCpu = 1;
enum Code : uint8_t {
  code_int = 0,
  code_uint,
  code_float,
  code_bfloat = 4,
  code_complex,
  code_bool
};

DLDataType type_of(DType d) {
  auto bits = uint8_t(size_of(d) * 8);
  if (d == DType::boolean) return {code_bool, 8, 1};
  if (d == DType::bfloat16) return {code_bfloat, 16, 1};
  if (is_complex(d)) return {code_complex, bits, 1};
  if (is_floating(d)) return {code_float, bits, 1};
  return {uint8_t(is_unsigned(d) ? code_uint : code_int), bits, 1};
}
DType dtype_of_type(DLDataType t) {
  if (t.lanes == 1)
    for (int d = 0; d < dtype_count; d++) {
      DLDataType known = type_of(DType(d));
      if (known.code == t.code && known.bits == t.bits) return DType(d);
    }
  fail("Unsupported DLPack type: code ", int(t.code), ", bits ", int(t.bits), ", lanes ",
       int(t.lanes));
}

[[noreturn]] void fail_buffer(const char* text) {
  PyErr_SetString(PyExc_BufferError, text);
  throw nb::python_error();
}

// ---- out ----

template <class Managed> struct Export {
  Managed managed{};
  Tensor tensor;
  Dims shape, strides;

  static Managed* make(const Tensor& t) {
    auto* e = new Export;
    e->tensor = t;
    e->shape = t.sizes(), e->strides = t.strides();
    e->managed.context = e;
    e->managed.deleter = [](Managed* m) { delete static_cast<Export*>(m->context); };
    DLTensor& d = e->managed.tensor;
    d.data = t.numel() ? t.raw() : nullptr;
    d.device = {kCpu, 0};
    d.ndim = int32_t(t.dim());
    d.dtype = type_of(t.dtype());
    d.shape = e->shape.data(), d.strides = e->strides.data();
    return &e->managed;
  }
};
// Nobody took it: the name is still the one it was made with.
template <class Managed> void free_unused(PyObject* capsule, const char* name) {
  if (!PyCapsule_IsValid(capsule, name)) return;
  auto* m = static_cast<Managed*>(PyCapsule_GetPointer(capsule, name));
  if (m->deleter) m->deleter(m);
}
constexpr const char *kPlain = "dltensor", *kVersioned = "dltensor_versioned";

nb::object export_capsule(const Tensor& self, nb::handle, nb::handle max_version, nb::handle device,
                          nb::handle copy) {
  if (self.requires_grad())
    fail_buffer("Can't export tensors that require gradient, use tensor.detach()");
  if (self.is_meta()) fail_buffer("Cannot pack tensors on meta");
  if (!device.is_none() && nb::cast<std::pair<int, int>>(device) != std::pair{int(kCpu), 0})
    fail_buffer("the tensor lies on the CPU, and is exported for no other device");
  bool copied = copy.is(Py_True);
  Tensor t = copied ? self.clone() : self;
  bool versioned = !max_version.is_none() && nb::cast<int>(max_version[0]) >= 1;
  PyObject* capsule;
  if (versioned) {
    auto* m = Export<DLManagedTensorVersioned>::make(t);
    m->major = 1, m->minor = 1;
    m->flags = copied ? kCopied : 0;
    capsule = PyCapsule_New(
        m, kVersioned, [](PyObject* o) { free_unused<DLManagedTensorVersioned>(o, kVersioned); });
  } else {
    capsule = PyCapsule_New(Export<DLManagedTensor>::make(t), kPlain,
                            [](PyObject* o) { free_unused<DLManagedTensor>(o, kPlain); });
  }
  if (!capsule) throw nb::python_error();
  return nb::steal(capsule);
}

// ---- in ----

template <class Managed> struct Owner final : Keeper {
  Managed* managed;
  explicit Owner(Managed* m) : managed(m) {}
  ~Owner() override {
    if (!managed->deleter) return;
    if (!Py_IsInitialized()) return;
    Gil gil;  // the producer may be Python's
    managed->deleter(managed);
  }
};

template <class Managed> Tensor take(PyObject* capsule, const char* name, const char* used) {
  auto* m = static_cast<Managed*>(PyCapsule_GetPointer(capsule, name));
  if (!m) throw nb::python_error();
  if constexpr (std::is_same_v<Managed, DLManagedTensorVersioned>) {
    if (m->major != 1) fail_buffer("DLPack of an unknown major version");
    if (m->flags & kReadOnly)
      warn(
          "The imported DLPack tensor is read-only, and tensors here are not: writing to it is "
          "undefined behavior.");
  }
  const DLTensor& d = m->tensor;
  if (d.device.type != kCpu) fail_buffer("the tensor is not in the CPU's memory");
  DType dtype = dtype_of_type(d.dtype);
  if (d.ndim < 0) fail("a DLPack tensor of ", d.ndim, " dimensions");
  auto rank = size_t(d.ndim);
  Geometry g{Dims(std::span<const int64_t>(d.shape, rank)), {}, 0};
  g.strides =
      d.strides ? Dims(std::span<const int64_t>(d.strides, rank)) : contiguous_strides(g.sizes);
  int64_t extent = 1;
  bool none = g.sizes.contains(0);
  for (size_t i = 0; i < rank; i++) {
    if (g.sizes[i] < 0) fail("a DLPack tensor of size ", g.sizes);
    if (!none && g.strides[i] < 0 && g.sizes[i] > 1)
      fail_buffer("tensors with negative strides are not supported; make a copy");
    if (!none) extent += (g.sizes[i] - 1) * std::max<int64_t>(g.strides[i], 0);
  }
  size_t bytes = none ? 0 : size_t(extent) * size_of(dtype);
  void* data = d.data ? static_cast<char*>(d.data) + d.byte_offset : nullptr;
  PyCapsule_SetName(capsule, used);
  return from_memory(data, g, dtype, bytes, new Owner<Managed>(m));
}

Tensor import_capsule(nb::handle capsule) {
  PyObject* o = capsule.ptr();
  if (PyCapsule_IsValid(o, kVersioned))
    return take<DLManagedTensorVersioned>(o, kVersioned, "used_dltensor_versioned");
  if (PyCapsule_IsValid(o, kPlain)) return take<DLManagedTensor>(o, kPlain, "used_dltensor");
  fail(
      "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only "
      "once, so you might have already constructed a tensor from it once.");
}

nb::object from_dlpack(nb::object source, nb::object device, nb::object copy) {
  if (PyCapsule_CheckExact(source.ptr())) return nb::cast(import_capsule(source));
  if (!nb::hasattr(source, "__dlpack__"))
    fail<TypeError>("from_dlpack(): expected an object with __dlpack__, or a capsule, not ",
                    std::string_view(Py_TYPE(source.ptr())->tp_name));
  if (!device.is_none()) {
    auto d = device_of_object(device.ptr());
    if (!d || d->type != DeviceType::cpu)
      fail<ValueError>("from_dlpack(): tensors come to the CPU only");
  }
  nb::dict options;
  options["max_version"] = nb::make_tuple(1, 1);
  if (!copy.is_none()) options["copy"] = copy;
  nb::object method = source.attr("__dlpack__"), capsule;
  try {
    capsule = method(**options);
  } catch (nb::python_error& e) {  // a producer of before 1.0
    if (!e.matches(PyExc_TypeError) || !copy.is_none()) throw;
    capsule = method();
  }
  return nb::cast(import_capsule(capsule));
}

}  // namespace

void define_dlpack(nb::module_& m) {
  nb::object type = m.attr("Tensor");
  auto method = [&](const char* name, auto f, const auto&... extra) {
    type.attr(name) =
        nb::cpp_function(f, nb::name(name), nb::scope(type), nb::is_method(), extra...);
  };
  method("__dlpack__", export_capsule, nb::kw_only(), nb::arg("stream") = -1,
         nb::arg("max_version") = nb::none(), nb::arg("dl_device") = nb::none(),
         nb::arg("copy") = nb::none(), "The memory as a DLPack capsule, shared.");
  method("__dlpack_device__", [](const Tensor&) { return nb::make_tuple(int(kCpu), 0); });
  m.def("from_dlpack", from_dlpack, nb::arg("ext_tensor"), nb::kw_only(),
        nb::arg("device") = nb::none(), nb::arg("copy") = nb::none(),
        "A tensor on the memory of any object with __dlpack__, or of a capsule.");
  m.def("to_dlpack", [](const Tensor& t) {
    return export_capsule(t, nb::none(), nb::none(), nb::none(), nb::none());
  });
}

}  // namespace taeda::python
