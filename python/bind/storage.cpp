// What copies, pickles and subclasses need of a tensor's memory.
#include "bind.h"
#include "taeda/io/checkpoint.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/views.h"

namespace taeda::python {

namespace {

// The whole memory below a tensor, as bytes.
Tensor bytes_below(const Tensor& t) {
  if (t.is_meta()) fail<NotImplementedError>("Cannot access data of a meta tensor");
  Tensor out = alias(t);
  out->dtype = DType::uint8;
  auto n = int64_t(t->storage->bytes);
  out->set_geometry(Dims(n), Dims(int64_t(1)), 0);
  return out;
}
DType need_dtype(nb::handle o) {
  auto d = dtype_of_object(o.ptr());
  if (!d)
    fail<TypeError>("expected a torch.dtype, not ", std::string_view(Py_TYPE(o.ptr())->tp_name));
  return *d;
}

nb::bytes contents(const Tensor& t) {
  if (t.is_meta()) fail<NotImplementedError>("Cannot copy out of meta tensor; no data!");
  NoGradGuard raw;
  Tensor dense = t.contiguous();
  return nb::bytes(static_cast<const char*>(dense.raw()),
                   size_t(dense.numel()) * size_of(dense.dtype()));
}
Tensor from_contents(const nb::bytes& bytes, nb::handle dtype, nb::handle size) {
  Dims sizes = dims_of(size);
  Tensor out = empty(sizes, need_dtype(dtype));
  size_t need = size_t(out.numel()) * size_of(out.dtype());
  if (bytes.size() != need)
    fail<ValueError>("expected ", need, " bytes for a tensor of size ", sizes, ", got ",
                     bytes.size());
  if (need) std::memcpy(out.raw(), bytes.c_str(), need);
  return out;
}

// The buffer of an object, kept until the tensor's storage goes.
struct BufferOwner final : Keeper {
  Py_buffer view;
  ~BufferOwner() override {
    if (!Py_IsInitialized()) return;
    Gil gil;
    PyBuffer_Release(&view);
  }
};
Tensor from_buffer(nb::handle object, nb::handle dtype, int64_t count, int64_t offset) {
  DType d = need_dtype(dtype);
  auto keeper = std::make_unique<BufferOwner>();
  if (PyObject_GetBuffer(object.ptr(), &keeper->view, PyBUF_SIMPLE | PyBUF_WRITABLE) < 0) {
    PyErr_Clear();
    if (PyObject_GetBuffer(object.ptr(), &keeper->view, PyBUF_SIMPLE) < 0) {
      keeper->view.obj = nullptr;
      PyErr_Clear();
      fail<ValueError>("object does not implement Python buffer protocol.");
    }
    warn(
        "The given buffer is not writable, and PyTorch does not support non-writable tensors. "
        "This means you can write to the underlying (supposedly non-writable) buffer using the "
        "tensor. You may want to copy the buffer to protect its data or make it writable before "
        "converting it to a tensor. This type of warning will be suppressed for the rest of this "
        "program.");
  }
  int64_t size = keeper->view.len, item = int64_t(size_of(d));
  if (size == 0 || count == 0)
    fail<ValueError>("both buffer length (", size, ") and count (", count, ") must not be 0");
  if (offset < 0 || offset >= size)
    fail<ValueError>("offset (", offset,
                     " bytes) must be non-negative and no greater than buffer "
                     "length (",
                     size, " bytes) minus 1");
  if (count > 0 && count > (size - offset) / item)
    fail<ValueError>("requested buffer length (", count, " * ", item, " bytes) after offset (",
                     offset,
                     " bytes) must not be greater than actual "
                     "buffer length (",
                     size, " bytes)");
  if (count < 0 && (size - offset) % item)
    fail<ValueError>("buffer length (", size - offset, " bytes) after offset (", offset,
                     " bytes) must be a multiple of element size (", item, ")");
  int64_t n = count < 0 ? (size - offset) / item : count;
  void* data = static_cast<char*>(keeper->view.buf) + offset;
  return from_memory(data, {Dims(n), Dims(int64_t(1)), 0}, d, size_t(n * item), keeper.release());
}

}  // namespace

void define_storage(nb::module_& m) {
  m.def("_bytes_below", bytes_below, "All the memory below a tensor, as a uint8 tensor on it.");
  m.def(
      "_on_bytes",
      [](const Tensor& bytes, nb::handle dtype, nb::handle size, nb::handle stride,
         int64_t offset) {
        return io::tensor_on_bytes(bytes, need_dtype(dtype),
                                   {dims_of(size), dims_of(stride), offset});
      },
      nb::arg("bytes"), nb::arg("dtype"), nb::arg("size"), nb::arg("stride"), nb::arg("offset"),
      "A tensor on bytes that _bytes_below gave; the offset counts elements.");
  m.def("_contents", contents, "The elements in reading order, as bytes.");
  m.def("_from_contents", from_contents, nb::arg("bytes"), nb::arg("dtype"), nb::arg("size"));
  m.def(
      "frombuffer",
      [](nb::handle buffer, nb::handle dtype, int64_t count, int64_t offset, bool wants) {
        Tensor t = from_buffer(buffer, dtype, count, offset);
        return wants ? t.requires_grad_() : t;
      },
      nb::arg("buffer"), nb::kw_only(), nb::arg("dtype"), nb::arg("count") = -1,
      nb::arg("offset") = 0, nb::arg("requires_grad") = false,
      "A 1-dim tensor on the memory of an object with the buffer protocol.");
  // The same elements and history under another class.
  m.def("_as_subclass", [](const Tensor& t, nb::handle cls) {
    if (!PyType_Check(cls.ptr()) ||
        !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(cls.ptr()), tensor_type))
      fail<TypeError>("as_subclass(): argument 'cls' (position 1) must be a subclass of Tensor");
    Tensor out = tracked(t) && grad_enabled() ? t.view_as(t) : alias(t);
    return nb::steal(wrap(out, reinterpret_cast<PyTypeObject*>(cls.ptr())));
  });
}

}  // namespace taeda::python
