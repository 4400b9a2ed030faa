// Between Python's values and tensors: numbers, nested sequences, NumPy arrays.
#include <unordered_map>

#include "method.h"
#include "taeda/base/hint.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/views.h"

namespace taeda::python {

namespace {

// ---- NumPy, without importing it ----

PyTypeObject* array_type() {
  static PyTypeObject* type = nullptr;
  if (!type) {
    PyObject* numpy = PyDict_GetItemString(PyImport_GetModuleDict(), "numpy");
    if (!numpy) return nullptr;
    nb::object t = nb::steal(PyObject_GetAttrString(numpy, "ndarray"));
    if (!t.is_valid()) return PyErr_Clear(), nullptr;
    type = reinterpret_cast<PyTypeObject*>(t.release().ptr());
  }
  return type;
}
PyTypeObject* generic_type() {  // numpy.generic: NumPy's scalars
  static PyTypeObject* type = nullptr;
  if (!type && array_type()) {
    nb::object t = nb::module_::import_("numpy").attr("generic");
    type = reinterpret_cast<PyTypeObject*>(t.release().ptr());
  }
  return type;
}
bool is_numpy_scalar(PyObject* o) {
  PyTypeObject* t = generic_type();
  return t && PyType_IsSubtype(Py_TYPE(o), t);
}

struct Array {  // keeps the array alive as long as the tensor's storage
  struct Owner final : Keeper {
    PyObject* array;
    explicit Owner(PyObject* a) : array(Py_NewRef(a)) {}
    ~Owner() override {
      if (!Py_IsInitialized()) return;
      Gil gil;
      Py_DECREF(array);
    }
  };
};

std::optional<DType> dtype_of_typestr(std::string_view s) {
  static constexpr std::pair<std::string_view, DType> known[] = {
      {"b1", DType::boolean},   {"u1", DType::uint8},      {"i1", DType::int8},
      {"i2", DType::int16},     {"i4", DType::int32},      {"i8", DType::int64},
      {"u2", DType::uint16},    {"u4", DType::uint32},     {"u8", DType::uint64},
      {"f2", DType::float16},   {"f4", DType::float32},    {"f8", DType::float64},
      {"c8", DType::complex64}, {"c16", DType::complex128}};
  for (auto& [word, d] : known)
    if (s.substr(1) == word) return d;
  return std::nullopt;
}
std::string typestr_of(DType d) {
  static constexpr const char* words[] = {"|b1", "|u1", "|i1", "<i2", "<i4", "<i8", "<u2", "<u4",
                                          "<u8", "<f2", "",    "<f4", "<f8", "<c8", "<c16"};
  return words[int(d)];
}

// ---- nested sequences ----

std::optional<Scalar> plain_scalar(PyObject* o) {
  if (PyFloat_Check(o)) return Scalar(PyFloat_AS_DOUBLE(o));
  if (PyBool_Check(o)) return Scalar(o == Py_True);
  if (PyLong_Check(o)) {
    int overflow;
    long long v = PyLong_AsLongLongAndOverflow(o, &overflow);
    if (!overflow) return Scalar(int64_t(v));
    if (overflow > 0) {
      unsigned long long u = PyLong_AsUnsignedLongLong(o);
      if (!PyErr_Occurred()) return Scalar(double(u));
      PyErr_Clear();
    }
    fail<ValueError>("Overflow when unpacking long long");
  }
  if (PyComplex_Check(o)) {
    Py_complex z = PyComplex_AsCComplex(o);
    return Scalar(std::complex<double>(z.real, z.imag));
  }
  return std::nullopt;
}

// A list of NumPy's numbers is as an array of them; the few types are kept with their dtypes.
DType dtype_of_numpy_scalar(PyObject* o) {
  static auto* known = new std::unordered_map<PyTypeObject*, DType>;
  auto [at, is_new] = known->try_emplace(Py_TYPE(o), default_dtype());
  if (is_new) {
    std::string typestr = nb::cast<std::string>(nb::handle(o).attr("dtype").attr("str"));
    if (auto d = dtype_of_typestr(typestr)) at->second = *d;
  }
  return at->second;
}

struct Nested {
  Dims sizes;
  std::vector<Scalar> values;
  std::optional<DType> dtype;  // promoted over what is inside
  bool tensors = false;

  void see(DType d) { dtype = dtype ? promote(*dtype, d) : d; }
  void read(PyObject* o, size_t depth) {
    if (depth > 100) fail<ValueError>("too many dimensions");
    if (is_tensor(o)) return read_tensor(tensor_of(o), depth);
    if (is_array(o)) return read_rows(from_array(o), depth);
    if (auto s = scalar_of(o)) {
      if (depth < sizes.size()) fail<TypeError>("not a sequence");
      see(is_numpy_scalar(o) ? dtype_of_numpy_scalar(o) : s->alone());
      values.push_back(*s);
      return;
    }
    if (PyUnicode_Check(o) && depth && values.empty())
      fail<ValueError>("too many dimensions 'str'");
    if (PyUnicode_Check(o) || PyBytes_Check(o))
      fail<TypeError>("new(): invalid data type '", std::string_view(Py_TYPE(o)->tp_name), "'");
    if (!PySequence_Check(o) || PyDict_Check(o))
      fail("Could not infer dtype of ", std::string_view(Py_TYPE(o)->tp_name));
    nb::object items = nb::steal(PySequence_Fast(o, "expected a sequence"));
    if (!items.is_valid()) throw nb::python_error();
    int64_t n = PySequence_Fast_GET_SIZE(items.ptr());
    check_size(n, depth);
    for (int64_t i = 0; i < n; i++) read(PySequence_Fast_ITEMS(items.ptr())[i], depth + 1);
  }
  void check_size(int64_t n, size_t depth) {
    if (depth == sizes.size()) {
      if (!values.empty()) fail<TypeError>("not a sequence");
      sizes.push_back(n);
    } else if (sizes[depth] != n) {
      fail<ValueError>("expected sequence of length ", sizes[depth], " at dim ", depth, " (got ", n,
                       ")");
    }
  }
  void read_rows(const Tensor& t, size_t depth) {  // an array is as good as the list of its rows
    if (t.dim() == 0) return read_tensor(t, depth);
    check_size(t.size(0), depth);
    see(t.dtype());
    for (int64_t i = 0; i < t.size(0); i++) read_rows(t[i], depth + 1);
  }
  void read_tensor(const Tensor& t, size_t depth) {
    tensors = true;
    if (t.dim()) {
      if (t.numel() != 1 && t.dim() > 0 && depth > 0)
        fail<ValueError>("only one element tensors can be converted to Python scalars");
    }
    see(t.dtype());
    values.push_back(t.item());
  }
};

}  // namespace

bool is_array(PyObject* o) {
  if (PyTypeObject* t = array_type()) return PyType_IsSubtype(Py_TYPE(o), t);
  return false;
}

std::string type_word(PyObject* o) {
  if (is_tensor(o)) return "torch." + std::string(word_of(tensor_of(o).dtype())) + "Tensor";
  return Py_TYPE(o)->tp_name;
}

std::optional<Scalar> scalar_of(PyObject* o) {
  if (auto s = plain_scalar(o)) return s;
  if (is_tensor(o) || PyUnicode_Check(o) || PyTuple_Check(o) || PyList_Check(o))
    return std::nullopt;
  if (is_numpy_scalar(o)) {
    nb::object item = nb::handle(o).attr("item")();
    return plain_scalar(item.ptr());
  }
  return std::nullopt;
}

Tensor from_array(PyObject* array) {
  if (!is_array(array))
    fail<TypeError>("expected np.ndarray (got ", std::string_view(Py_TYPE(array)->tp_name), ")");
  nb::handle a(array);
  nb::object description = a.attr("dtype");
  std::string typestr = nb::cast<std::string>(description.attr("str"));
  auto dtype = dtype_of_typestr(typestr);
  if (!dtype)
    fail<TypeError>(
        "can't convert np.ndarray of type ",
        nb::cast<std::string>(description.attr("type").attr("__module__")) + "." +
            nb::cast<std::string>(description.attr("type").attr("__name__")),
        ". The only supported types are: float64, float32, float16, complex64, complex128, "
        "int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool.");
  if (typestr[0] == '>')
    fail<ValueError>(
        "given numpy array has byte order different from the native byte order. Conversion "
        "between byte orders is currently not supported.");
  nb::dict face = nb::cast<nb::dict>(a.attr("__array_interface__"));
  nb::tuple data = nb::cast<nb::tuple>(face["data"]);
  if (nb::cast<bool>(data[1]))
    warn(
        "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. "
        "This "
        "means writing to this tensor will result in undefined behavior. You may want to copy the "
        "array "
        "to protect its data or make it writable before converting it to a tensor. This type of "
        "warning "
        "will be suppressed for the rest of this program.");
  Geometry g{dims_of(a.attr("shape")), dims_of(a.attr("strides")), 0};
  auto item = int64_t(size_of(*dtype));
  int64_t extent = 1;
  bool none = g.sizes.contains(0);
  for (size_t i = 0; i < g.strides.size(); i++) {
    int64_t& s = g.strides[i];
    if (s < 0 && !none)
      fail<ValueError>(
          "At least one stride in the given numpy array is negative, and tensors with "
          "negative strides are not currently supported. (You can probably work around this "
          "by making a copy of your array  with array.copy().) ");
    if (s % item)
      fail<ValueError>(
          "given numpy array strides not a multiple of the element byte size. Copy the "
          "numpy array to reallocate the memory.");
    s = none ? 1 : s / item;
    extent += (g.sizes[i] - 1) * s;
  }
  auto address = nb::cast<uintptr_t>(data[0]);
  return from_memory(reinterpret_cast<void*>(address), g, *dtype, none ? 0 : size_t(extent * item),
                     new Array::Owner(array));
}

PyObject* to_array(const Tensor& t) {
  if (t.dtype() == DType::bfloat16)
    fail<TypeError>("Got unsupported ScalarType ", word_of(t.dtype()));
  if (t.is_meta())
    fail<TypeError>(
        "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor "
        "to host memory first.");
  nb::module_ numpy = nb::module_::import_("numpy");
  // An object with the array interface, which the array keeps as its base and which keeps the
  // tensor.
  static nb::object* holder = [] {
    nb::object types = nb::module_::import_("types");
    return new nb::object(types.attr("SimpleNamespace"));
  }();
  nb::dict face;
  face["shape"] = nb::steal(tuple_of(t.sizes()));
  Dims bytes = t.strides();
  for (int64_t& s : bytes) s *= int64_t(size_of(t.dtype()));
  face["strides"] = nb::steal(tuple_of(bytes));
  face["typestr"] = typestr_of(t.dtype());
  static char nothing[16];
  void* p = t.numel() ? t.raw() : nothing;
  face["data"] = nb::make_tuple(reinterpret_cast<uintptr_t>(p), false);
  face["version"] = 3;
  nb::object owner = (*holder)();
  owner.attr("tensor") = nb::steal(wrap(t));
  owner.attr("__array_interface__") = face;
  return numpy.attr("asarray")(owner).release().ptr();
}

Tensor tensor_from(PyObject* data, std::optional<DType> dtype, std::optional<Device> device) {
  if (device && device->type == DeviceType::cuda) fail("Torch not compiled with CUDA enabled");
  NoGradGuard raw;
  Tensor out;
  if (is_tensor(data)) {
    out = tensor_of(data).detach();
    out = dtype && *dtype != out.dtype() ? out.to(*dtype) : out.clone();
  } else if (is_array(data)) {
    out = from_array(data);
    out = dtype && *dtype != out.dtype() ? out.to(*dtype)
                                         : out.clone({.memory_format = {"contiguous"}});
  } else if (is_numpy_scalar(data)) {
    nb::object array = nb::module_::import_("numpy").attr("array")(nb::handle(data));
    return tensor_from(array.ptr(), dtype, device);
  } else {
    Nested n;
    n.read(data, 0);
    if (n.values.empty()) n.dtype = default_dtype();
    DType d = dtype.value_or(n.dtype.value_or(default_dtype()));
    out = empty(n.sizes, d);
    if (int64_t(n.values.size()) != out.numel())
      fail<ValueError>("expected a rectangular sequence");
    visit(d, [&]<class T>() {
      T* p = out.data<T>();
      for (const Scalar& s : n.values) {
        if constexpr (std::is_integral_v<T>) s.check_fits(d);
        *p++ = s.to<T>();
      }
    });
  }
  return device ? out.to(*device) : out;
}

namespace {

template <class T> PyObject* number_of(T v) {
  if constexpr (std::is_same_v<T, bool>) return PyBool_FromLong(v);
  else if constexpr (std::is_same_v<T, uint64_t>) return PyLong_FromUnsignedLongLong(v);
  else if constexpr (std::is_integral_v<T>) return PyLong_FromLongLong(int64_t(v));
  else if constexpr (is_complex_type<T>) return PyComplex_FromDoubles(v.real(), v.imag());
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
    return PyFloat_FromDouble(float(v));
  else return PyFloat_FromDouble(double(v));
}

}  // namespace

PyObject* number_object(const Tensor& t, int64_t place) {
  return visit(t.dtype(), [&]<class T>() { return number_of(t.data<T>()[place]); });
}

namespace {

PyObject* nested_list(const Tensor& t, size_t axis, int64_t place) {
  const size_t rank = t.sizes().size();
  if (axis == rank) return number_object(t, place);
  int64_t n = t.sizes()[axis], step = t.strides()[axis];
  PyObject* list = PyList_New(n);
  if (axis + 1 == rank)
    visit(t.dtype(), [&]<class T>() {
      const T* x = t.data<T>() + place;
      for (int64_t i = 0; i < n; i++) PyList_SET_ITEM(list, i, number_of(x[i * step]));
    });
  else
    for (int64_t i = 0; i < n; i++)
      PyList_SET_ITEM(list, i, nested_list(t, axis + 1, place + i * step));
  return list;
}
PyObject* item(PyObject* o, PyObject*) {
  return guarded([&] {
    const Tensor& t = tensor_of(o);
    if (t.numel() != 1 || t.is_meta()) t.item();  // fails
    return number_object(t);
  });
}
PyObject* tolist(PyObject* o, PyObject*) {
  return guarded([&] {
    const Tensor& t = tensor_of(o);
    if (t.is_meta()) fail("Cannot copy out of meta tensor; no data!");
    return nested_list(t, 0, 0);
  });
}
PyMethodDef value_methods[] = {
    {"item", item, METH_NOARGS, "item()\n--\n\nThe only element, as a Python number."},
    {"tolist", tolist, METH_NOARGS,
     "tolist()\n--\n\nThe elements as nested lists of Python numbers."}};

std::optional<DType> optional_dtype(const char* op, nb::handle o) {
  if (o.is_none()) return std::nullopt;
  auto d = dtype_of_object(o.ptr());
  if (!d)
    fail<TypeError>(op, "(): argument 'dtype' must be torch.dtype, not ",
                    std::string_view(Py_TYPE(o.ptr())->tp_name));
  return d;
}
// The warnings module's stacklevel of the innermost Python frame that is not the package's own.
Py_ssize_t callers_level() {
  nb::object frame = nb::borrow(reinterpret_cast<PyObject*>(PyEval_GetFrame()));
  for (Py_ssize_t level = 1; frame.is_valid() && !frame.is_none(); level++) {
    nb::object name = frame.attr("f_globals").attr("get")("__name__", "");
    std::string module = PyUnicode_Check(name.ptr()) ? nb::cast<std::string>(name) : "";
    if (module != "taeda" && !module.starts_with("taeda.")) return level;
    frame = frame.attr("f_back");
  }
  return 1;
}

std::optional<Device> optional_device(nb::handle o) {
  return o.is_none() ? std::nullopt : device_of_object(o.ptr());
}

}  // namespace

void define_values(nb::module_& m) {
  for (PyMethodDef& def : value_methods) {
    nb::object f = nb::steal(PyDescr_NewMethod(tensor_type, &def));
    m.attr("Tensor").attr(def.ml_name) = f;
  }
  define<false>(
      m, "tensor",
      [](nb::object data, nb::object dtype, nb::object device, bool requires_grad, bool) {
        if (is_tensor(data.ptr()))
          warn(
              "To copy construct from a tensor, it is recommended to use "
              "sourceTensor.detach().clone() or "
              "sourceTensor.detach().clone().requires_grad_(True), rather than "
              "torch.tensor(sourceTensor).");
        Tensor t =
            tensor_from(data.ptr(), optional_dtype("tensor", dtype), optional_device(device));
        return finish_factory(t, {.requires_grad = requires_grad});
      },
      nb::arg("data").none(), nb::kw_only(), nb::arg("dtype") = nb::none(),
      nb::arg("device") = nb::none(), nb::arg("requires_grad") = false,
      nb::arg("pin_memory") = false,
      "A tensor of these numbers, copied: a number, nested sequences, an array or a tensor.");
  define<false>(
      m, "as_tensor",
      [](nb::object data, nb::object dtype, nb::object device) {
        auto d = optional_dtype("as_tensor", dtype);
        auto where = optional_device(device);
        if (is_tensor(data.ptr()) || is_array(data.ptr())) {
          Tensor t = is_tensor(data.ptr()) ? tensor_of(data.ptr()) : from_array(data.ptr());
          if (d) t = t.to(*d);
          return where ? t.to(*where) : t;
        }
        return tensor_from(data.ptr(), d, where);
      },
      nb::arg("data").none(), nb::arg("dtype") = nb::none(), nb::arg("device") = nb::none(),
      "data itself where it is a tensor, an array's memory where it is an array, else a copy.");
  define<false>(
      m, "from_numpy", [](nb::object array) { return from_array(array.ptr()); },
      nb::arg("ndarray").none(),
      "A tensor on the array's memory: a change of one is a change of the other.");
  m.def("_to_array", [](const Tensor& t) { return nb::steal(to_array(t)); });
  m.def("_is_array", [](nb::handle o) { return is_array(o.ptr()); });
  warning_handler = [](const std::string& message) {
    Gil gil;
    if (PyErr_WarnEx(PyExc_UserWarning, message.c_str(), callers_level()) < 0)
      throw nb::python_error();
  };
  m.def(
      "_hint",
      [](const std::string& spelling, const std::string& message, nb::handle category) {
        if (!hint_is_due(spelling)) return;
        nb::handle kind = category.is_none() ? nb::handle(PyExc_UserWarning) : category;
        if (PyErr_WarnEx(kind.ptr(), message.c_str(), callers_level()) < 0)
          throw nb::python_error();
        hint_was_given(spelling);
      },
      nb::arg("spelling"), nb::arg("message"), nb::arg("category") = nb::none(),
      "Warns of an old spelling at the caller's line, once per process and spelling.");
  m.def("_forget_hints", forget_hints);
}

}  // namespace taeda::python
