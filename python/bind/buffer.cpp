// The buffer protocol: memoryview(x), Cython's typed memoryviews and the like read and write the
// tensor's memory without a copy.
#include "bind.h"

namespace taeda::python {

namespace {

const char* format_of_type(DType d) {  // as the struct module and NumPy write them; null: has none
  switch (d) {
  case DType::boolean: return "?";
  case DType::uint8: return "B";
  case DType::int8: return "b";
  case DType::uint16: return "H";
  case DType::int16: return "h";
  case DType::uint32: return "I";
  case DType::int32: return "i";
  case DType::uint64: return sizeof(long) == 8 ? "L" : "Q";
  case DType::int64: return sizeof(long) == 8 ? "l" : "q";
  case DType::float16: return "e";
  case DType::float32: return "f";
  case DType::float64: return "d";
  case DType::complex64: return "Zf";
  case DType::complex128: return "Zd";
  default: return nullptr;
  }
}
struct Exported {
  std::vector<Py_ssize_t> shape, strides;
};

}  // namespace

int get_buffer(PyObject* o, Py_buffer* view, int flags) {
  view->obj = nullptr;
  auto refuse = [](const char* why) {
    PyErr_SetString(PyExc_BufferError, why);
    return -1;
  };
  const Tensor& t = tensor_of(o);
  const char* format = format_of_type(t.dtype());
  if (t.requires_grad())
    return refuse("a tensor that requires grad has no buffer. Use tensor.detach() instead.");
  if (t.device().type != DeviceType::cpu) return refuse("only tensors on the CPU have a buffer");
  if (!format) return refuse("tensors of this dtype have no buffer format");
  bool strided = (flags & PyBUF_STRIDES) == PyBUF_STRIDES;
  bool rows = t.is_contiguous();
  bool columns = !rows && t.T().is_contiguous();
  if ((!strided && !rows) || ((flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS && !rows) ||
      ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && !columns && !(rows && t.dim() < 2)) ||
      ((flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS && !rows && !columns))
    return refuse("the tensor is not contiguous in the order asked for. Use tensor.contiguous().");
  return guarded_int([&] {
    auto layout = std::make_unique<Exported>();
    auto item = Py_ssize_t(size_of(t.dtype()));
    for (size_t i = 0; i < t.sizes().size(); i++) {
      layout->shape.push_back(t.sizes()[i]);
      layout->strides.push_back(t.strides()[i] * item);
    }
    view->buf = t.raw();
    view->len = t.numel() * item;
    view->itemsize = item;
    view->readonly = 0;
    view->ndim = int(t.dim());
    view->format = flags & PyBUF_FORMAT ? const_cast<char*>(format) : nullptr;
    view->shape = flags & PyBUF_ND ? layout->shape.data() : nullptr;
    view->strides = strided ? layout->strides.data() : nullptr;
    view->suboffsets = nullptr;
    view->internal = layout.release();
    view->obj = Py_NewRef(o);
  });
}
void release_buffer(PyObject*, Py_buffer* view) { delete static_cast<Exported*>(view->internal); }

}  // namespace taeda::python
