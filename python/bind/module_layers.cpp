// The types of the layers, and what their constructors share.
#include "module_layers.h"

namespace taeda::python {

// ---- options ----

bool option_from(PyObject* o, bool& to) {
  int yes = PyObject_IsTrue(o);
  to = yes == 1;
  return yes >= 0;
}
bool option_from(PyObject* o, int64_t& to) {
  if (!PyIndex_Check(o)) return false;
  nb::object index = nb::steal(PyNumber_Index(o));
  if (!index.is_valid()) return false;
  to = PyLong_AsLongLong(index.ptr());
  return to != -1 || !PyErr_Occurred();
}
bool option_from(PyObject* o, std::string& to) {
  if (!PyUnicode_Check(o)) return false;
  to = text_of(o);
  return true;
}
bool option_from(PyObject* o, Scalar& to) {
  if (auto s = scalar_of(o)) return to = *s, true;
  if (!PyNumber_Check(o) || is_tensor(o)) return false;
  double v = PyFloat_AsDouble(o);
  if (v == -1 && PyErr_Occurred()) return PyErr_Clear(), false;
  return to = v, true;
}
bool option_from(PyObject* o, Dims& to) {
  nn::Sizes s;
  if (!option_from(o, s) || s.is_none()) return false;
  to = s.values;
  return true;
}
bool option_from(PyObject* o, nn::Sizes& to) {
  if (o == Py_None) return to = {}, true;
  if (int64_t one; option_from(o, one)) return to = nn::Sizes(one), true;
  if (PyErr_Occurred()) return false;
  nb::object list = nb::steal(PySequence_Fast(o, ""));
  if (!list.is_valid() || PyUnicode_Check(o)) return PyErr_Clear(), false;
  Py_ssize_t n = PySequence_Fast_GET_SIZE(list.ptr());
  nn::Sizes out{Dims(size_t(n), 0)};
  for (Py_ssize_t i = 0; i < n; i++) {
    PyObject* item = PySequence_Fast_GET_ITEM(list.ptr(), i);
    if (item == Py_None) out.values[size_t(i)] = nn::Sizes::none;
    else if (!option_from(item, out.values[size_t(i)])) return false;
  }
  to = std::move(out);
  return true;
}
bool option_from(PyObject* o, nn::Factors& to) {
  to = {};
  if (o == Py_None) return true;
  auto one = [](PyObject* v, double& d) {
    if (!PyNumber_Check(v)) return false;
    d = PyFloat_AsDouble(v);
    return d != -1 || !PyErr_Occurred();
  };
  if (PyTuple_Check(o) || PyList_Check(o)) {
    to.tuple = true;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++)
      if (!one(PySequence_Fast_GET_ITEM(o, i), to.values.emplace_back()))
        return PyErr_Clear(), false;
    return true;
  }
  double d;
  if (!one(o, d)) return PyErr_Clear(), false;
  if (d != 0) to = nn::Factors(d);  // PyTorch takes 0 for None
  return true;
}
bool option_from(PyObject* o, nn::Padding& to) {
  if (PyUnicode_Check(o)) return to = nn::Padding(std::string(text_of(o))), true;
  nn::Sizes s;
  if (!option_from(o, s) || s.is_none()) return false;
  to = nn::Padding(s);
  return true;
}
bool option_from(PyObject* o, DType& to) {
  auto d = dtype_of_object(o);
  if (d) to = *d;
  return bool(d);
}
bool option_from(PyObject* o, Tensor& to) {
  if (o != Py_None && !is_tensor(o)) return false;
  to = o == Py_None ? Tensor() : tensor_of(o);
  return true;
}

bool option_from(PyObject* o, Device& to) {
  auto d = device_of_object(o);
  if (d) to = *d;
  return bool(d);
}

PyObject* option_to(bool v) { return PyBool_FromLong(v); }
PyObject* option_to(int64_t v) {
  return v == nn::Sizes::none ? Py_NewRef(Py_None) : PyLong_FromLongLong(v);
}
PyObject* option_to(const std::string& v) {
  return PyUnicode_FromStringAndSize(v.data(), Py_ssize_t(v.size()));
}
PyObject* option_to(Device v) { return device_object(v); }
PyObject* option_to(const Scalar& v) {
  switch (v.category()) {
  case Category::boolean: return PyBool_FromLong(v.to<bool>());
  case Category::integral: return PyLong_FromLongLong(v.to<int64_t>());
  default: return PyFloat_FromDouble(v.to<double>());
  }
}
PyObject* option_to(const Dims& v) {
  PyObject* tuple = PyTuple_New(Py_ssize_t(v.size()));
  for (size_t i = 0; i < v.size(); i++) PyTuple_SET_ITEM(tuple, Py_ssize_t(i), option_to(v[i]));
  return tuple;
}
PyObject* option_to(const nn::Sizes& v) {
  if (v.is_none()) return Py_NewRef(Py_None);
  return v.tuple ? option_to(v.values) : option_to(v.values[0]);
}
PyObject* option_to(const nn::Factors& v) {
  if (v.is_none()) return Py_NewRef(Py_None);
  if (!v.tuple) return PyFloat_FromDouble(v.values[0]);
  PyObject* tuple = PyTuple_New(Py_ssize_t(v.values.size()));
  for (size_t i = 0; i < v.values.size(); i++)
    PyTuple_SET_ITEM(tuple, Py_ssize_t(i), PyFloat_FromDouble(v.values[i]));
  return tuple;
}
PyObject* option_to(const nn::Padding& v) {
  return v.word.empty() ? option_to(v.sizes) : option_to(v.word);
}
PyObject* option_to(DType v) { return Py_NewRef(dtype_objects[int(v)]); }
PyObject* option_to(const Tensor& v) { return wrap(v); }

// ---- constructors ----

InitArguments::InitArguments(const std::string& layer, std::span<const std::string_view> names,
                             size_t required, PyObject* args, PyObject* kwargs, bool keyword_only)
    : values(names.size()) {
  std::string call = layer + ".__init__()";
  size_t n = size_t(PyTuple_GET_SIZE(args));
  if (keyword_only && n)
    fail<TypeError>(call, " takes 1 positional argument but ", n + 1, " were given");
  if (n > names.size())
    fail<TypeError>(call, " takes ",
                    names.size() == required ? "" : "from " + std::to_string(required + 1) + " to ",
                    names.size() + 1, " positional argument", names.size() ? "s" : "", " but ",
                    n + 1, " were given");
  for (size_t i = 0; i < n; i++) values[i] = PyTuple_GET_ITEM(args, Py_ssize_t(i));
  PyObject *key, *value;
  for (Py_ssize_t at = 0; kwargs && PyDict_Next(kwargs, &at, &key, &value);) {
    size_t i = 0;
    while (i < names.size() && text_of(key) != names[i]) i++;
    if (i == names.size())
      fail<TypeError>(call, " got an unexpected keyword argument '", text_of(key), "'");
    if (values[i]) fail<TypeError>(call, " got multiple values for argument '", text_of(key), "'");
    values[i] = value;
  }
  std::vector<std::string> missing;
  for (size_t i = 0; i < required; i++)
    if (!values[i]) missing.push_back("'" + std::string(names[i]) + "'");
  if (missing.empty()) return;
  std::string list = missing[0];
  for (size_t i = 1; i < missing.size(); i++)
    list += (i + 1 < missing.size() ? ", " : missing.size() > 2 ? ", and " : " and ") + missing[i];
  fail<TypeError>(call, " missing ", missing.size(), " required positional argument",
                  missing.size() > 1 ? "s" : "", ": ", list);
}
void fail_option(const std::string& layer, std::string_view name, const char* want, PyObject* got) {
  if (PyErr_Occurred()) throw nb::python_error();
  std::string why = layer + "(): argument '" + std::string(name) + "' must be " + want + ", not " +
                    Py_TYPE(got)->tp_name;
  // PyTorch lets the weight's factory complain, and people know that.
  if (layer == "Linear" && name == "in_features")
    fail<TypeError>(
        "empty(): argument 'size' failed to unpack the object at pos 2 with error \"type must be "
        "tuple of ints,but got ",
        std::string_view(Py_TYPE(got)->tp_name), "\"\n", why);
  throw TypeError(why);
}
bool overrides_method(PyObject* o, PyObject* name, PyObject* native) {
  return _PyType_Lookup(Py_TYPE(o), name) != native;
}
void call_method(PyObject* o, const char* name) { nb::handle(o).attr(name)(); }

PyTypeObject* LayerMaker::create(const char* name, const char* base, const char* where,
                                 initproc init, const std::string& doc) const {
  std::vector<PyType_Slot> slots = module_slots();
  slots.push_back({Py_tp_doc, const_cast<char*>(doc.c_str())});
  if (init) slots.push_back({Py_tp_init, slot(init)});
  slots.push_back({0, nullptr});
  char* full = strdup((std::string("taeda.nn.modules.") + where + "." + name)
                          .c_str());  // lives as long as the type
  PyType_Spec spec = {
      full, sizeof(PyModule), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
      slots.data()};
  nb::object parents = nb::make_tuple(nb::object(bases[base]));
  auto* type = reinterpret_cast<PyTypeObject*>(PyType_FromSpecWithBases(&spec, parents.ptr()));
  if (!type) throw nb::python_error();
  module.attr(name) = nb::handle(type_object(type));
  return type;
}

void define_layers(nb::module_& m) {
  // bases: name -> Python class, the common bases of groups of layers.
  m.def("make_layers", [extension = m.ptr()](nb::dict bases) {
    LayerMaker make{nb::borrow<nb::module_>(extension), bases};
    make_basic_layers(make);
    make_activation_layers(make);
    make_spatial_layers(make);
    make_resizing_layers(make);
    make_losses(make);
    make_sequence_layers(make);
  });
  m.def("set_layer_class", [](nb::handle cls) {
    auto* type = reinterpret_cast<PyTypeObject*>(nb::object(nb::borrow(cls)).release().ptr());
    layer_of(type)->type = type;
  });
}

}  // namespace taeda::python
