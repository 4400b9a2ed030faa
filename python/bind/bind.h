// The only file that knows the binding tool. Tensor and Module are our own CPython types (the
// tool's cannot be bases of several, nor outlive their wrapper); everything else is bound with the
// tool, which knows Tensor through a caster.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>  // a missing caster compiles, and fails at the call
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include "taeda/autograd/node.h"
#include "taeda/op/table.h"

// No op and no layer: a file here includes those that it calls in C++, and is compiled again when
// they change. Everything else reaches Python through the table.

namespace nb = nanobind;

namespace taeda::python {

// A Tensor's one Python object. It owns the tensor; when the last Python reference goes while C++
// still holds the tensor, and the object carries state (attributes, a subclass), ownership turns
// around: TensorImpl::owns_python.
struct PyTensor {
  PyObject_HEAD Tensor value;
  PyObject* dict;
  PyObject* weak;
};
extern PyTypeObject* tensor_type;
extern PyTypeObject* size_type;  // torch.Size, a tuple of ints
extern PyObject* dtype_objects[dtype_count];
extern PyObject* memory_formats[4];  // preserve, contiguous, channels_last, channels_last_3d
extern PyObject* strided;            // torch.strided

inline bool is_exact(PyObject* o) { return Py_TYPE(o) == tensor_type; }
inline bool is_tensor(PyObject* o) {
  return is_exact(o) || PyType_IsSubtype(Py_TYPE(o), tensor_type);
}
inline const Tensor& tensor_of(PyObject* o) { return reinterpret_cast<PyTensor*>(o)->value; }
// Parameters call ops like plain tensors: they have no __torch_function__, and results are Tensors.
extern PyTypeObject* parameter_type;
inline bool is_plain(PyObject* o) { return is_exact(o) || Py_TYPE(o) == parameter_type; }
PyObject* new_object(PyTypeObject* type, Tensor t);
// New reference; None for an undefined tensor. A tensor without an object gets one of class `as`.
// By value: a fresh result moves in, which saves counting it up and down.
PyObject* wrap(Tensor t, PyTypeObject* as = nullptr);
void track(PyObject* tensor);  // from now on the object may be part of a cycle

PyObject* size_of_dims(const Dims& d);         // torch.Size
PyObject* tuple_of(const Dims& d);             // plain tuple
std::optional<Scalar> scalar_of(PyObject* o);  // bool, int, float, complex, NumPy's scalars
std::optional<DType> dtype_of_object(PyObject* o);
std::optional<Device> device_of_object(PyObject* o);  // device, "cuda:0", 0; throws on a bad string
PyObject* device_object(Device d);
PyObject* number_object(const Tensor& t, int64_t place = 0);  // an element as a Python number
Dims dims_of(nb::handle o);                                   // an int or a sequence of ints
std::string type_word(PyObject* o);  // "torch.FloatTensor", or the Python type's name

// A sequence or number as a tensor, as torch.tensor makes it.
Tensor tensor_from(PyObject* data, std::optional<DType> dtype, std::optional<Device> device);
Tensor from_array(PyObject* array);  // shares a NumPy array's memory
PyObject* to_array(const Tensor& t);
bool is_array(PyObject* o);  // numpy.ndarray, without importing NumPy

// What a subclass of Tensor wants of __torch_function__.
enum class Override : uint8_t { none, keeps_class, calls };
Override override_of(PyTypeObject* type);
extern thread_local bool overrides_disabled;

// Turns the C++ exception in flight into the Python one.
void set_python_error() noexcept;
template <class F> PyObject* guarded(F&& f) noexcept {
  try {
    return f();
  } catch (...) {
    set_python_error();
    return nullptr;
  }
}
template <class F> int guarded_int(F&& f) noexcept {
  try {
    f();
    return 0;
  } catch (...) {
    set_python_error();
    return -1;
  }
}
// Taking the GIL, also while the interpreter ends: CPython before 3.14 then ends the thread by
// unwinding its stack, which no destructor survives. Such a thread sleeps until the process is
// gone.
PyGILState_STATE ensure_gil() noexcept;
void take_gil(PyThreadState* state) noexcept;
struct Gil {
  PyGILState_STATE state = ensure_gil();
  ~Gil() { PyGILState_Release(state); }
};
struct WithoutGil {
  PyThreadState* state = PyEval_SaveThread();
  ~WithoutGil() { take_gil(state); }
};
// Elements from which a call gives up the GIL: a release costs as much as some thousand of them.
inline constexpr int64_t kReleaseGil = 1 << 14;
struct GilRelease {
  PyThreadState* state = nullptr;
  explicit GilRelease(Args in) {
    for (size_t i = 0; i < in.size() && !state; i++)
      if (in[i].defined() && in[i].numel() >= kReleaseGil) state = PyEval_SaveThread();
  }
  ~GilRelease() {
    if (state) take_gil(state);
  }
};

// ---- dispatch ----

struct Binding;
void bind_ops(nb::module_& m);  // every op: functions on the module, methods on Tensor
Binding& binding_of(const char* name);
PyObject* dispatch(const Binding& b, PyObject* self, PyObject* const* args, Py_ssize_t n,
                   PyObject* names, bool inplace = false);
PyObject* dispatch_operator(const Binding& b, PyObject* x, PyObject* y, bool inplace = false);
// Parses one attribute into its field; false, with or without a Python error, if it does not fit.
bool parse_attribute(const Field& f, PyObject* o, std::byte* attrs);
bool generator_from(PyObject* o, std::byte* to);  // into a std::shared_ptr<Generator>
nb::object op_table();                            // names, docs, gradients: for tests
// True, with the result, if a class among the arguments has a __torch_function__ of its own.
bool overridden(PyObject* func, PyObject* const* args, Py_ssize_t n, PyObject** result);

PyObject* named_result_repr(PyObject* o);  // of an op with several named results

// x[key], x[key] = value.
PyObject* get_item(PyObject* o, PyObject* key);
int set_item(PyObject* o, PyObject* key, PyObject* value);

void define_dtypes(nb::module_& m);
void define_tensor(nb::module_& m);
void define_methods(nb::module_& m);
void define_values(nb::module_& m);
void define_autograd(nb::module_& m);
void define_function(nb::module_& m);
void define_random(nb::module_& m);
void define_module(nb::module_& m);
void define_optim(nb::module_& m);
void define_data(nb::module_& m);
void define_io(nb::module_& m);
void define_onnx(nb::module_& m);
void define_tensorboard(nb::module_& m);  // after define_io
void define_storage(nb::module_& m);
void define_dlpack(nb::module_& m);
void define_print(nb::module_& m);

}  // namespace taeda::python

template <> struct nb::detail::type_caster<taeda::Tensor> {
  NB_TYPE_CASTER(taeda::Tensor, const_name("Tensor"))
  bool from_python(handle src, uint8_t, cleanup_list*) noexcept {
    if (src.is_none()) return value = {}, true;
    if (!taeda::python::is_tensor(src.ptr())) return false;
    value = taeda::python::tensor_of(src.ptr());
    return true;
  }
  static handle from_cpp(const taeda::Tensor& t, rv_policy, cleanup_list*) noexcept {
    return taeda::python::wrap(t);
  }
};
