// dtype, device, Size, memory formats: small immutable objects.
#include "bind.h"
#include "taeda/op/autocast.h"
#include "taeda/ops/create.h"
#include "taeda/ops/default_device.h"

namespace taeda::python {

PyObject* dtype_objects[dtype_count];
PyObject* memory_formats[4];
PyObject* strided = nullptr;
PyTypeObject* size_type = nullptr;

namespace {

thread_local std::vector<Device> devices_before;  // of `with device:`

struct DTypeObject {
  DType d;
};
struct DeviceObject {
  Device d;
  bool operator==(const DeviceObject& o) const {
    return d.type == o.d.type && d.index == o.d.index;
  }
};
struct Word {  // torch.strided, torch.channels_last
  std::string name;
};

Device parse_device(std::string_view s) {
  size_t colon = s.find(':');
  std::string_view type = s.substr(0, colon);
  static constexpr std::string_view known[] = {
      "cpu",    "cuda", "ipu",  "xpu",  "mkldnn", "opengl",       "opencl",
      "ideep",  "hip",  "ve",   "fpga", "maia",   "xla",          "lazy",
      "vulkan", "mps",  "meta", "hpu",  "mtia",   "privateuseone"};
  if (std::find(std::begin(known), std::end(known), type) == std::end(known)) {
    bool word = !type.empty() && type.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == type.npos;
    if (!word) fail("Invalid device string: '", s, "'");
    std::string list;
    for (auto& k : known) list += (list.empty() ? "" : ", ") + std::string(k);
    fail("Expected one of ", list, " device type at start of device string: ", type);
  }
  Device d;
  if (type == "cpu") d.type = DeviceType::cpu;
  else if (type == "cuda") d.type = DeviceType::cuda;
  else if (type == "meta") d.type = DeviceType::meta;
  else fail("there is no support for device type ", type, " here");
  if (colon != s.npos) {
    std::string_view n = s.substr(colon + 1);
    bool digits = !n.empty() && n.size() < 4 && n.find_first_not_of("0123456789") == n.npos;
    if (!digits) fail("Invalid device string: '", s, "'");
    d.index = int8_t(std::stoi(std::string(n)));
  }
  return d;
}
const char* device_word(Device d) {
  static constexpr const char* words[] = {"cpu", "cuda", "meta"};
  return words[int(d.type)];
}

PyObject* size_new(PyTypeObject* type, PyObject* args, PyObject*) {
  return guarded([&]() -> PyObject* {
    nb::object items =
        PyTuple_GET_SIZE(args) ? nb::borrow(PyTuple_GET_ITEM(args, 0)) : nb::object(nb::tuple());
    nb::object list = nb::steal(PySequence_List(items.ptr()));
    if (!list.is_valid()) throw nb::python_error();
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.ptr()); i++) {
      PyObject* o = PyList_GET_ITEM(list.ptr(), i);
      if (PyLong_Check(o)) continue;
      PyObject* n = is_tensor(o) && PyIndex_Check(o) ? PyNumber_Index(o) : nullptr;
      if (!n) {
        PyErr_Clear();
        fail<TypeError>("torch.Size() takes an iterable of 'int' (item ", int64_t(i), " is '",
                        std::string_view(Py_TYPE(o)->tp_name), "')");
      }
      PyList_SetItem(list.ptr(), i, n);
    }
    nb::object one = nb::make_tuple(list);
    return PyTuple_Type.tp_new(type, one.ptr(), nullptr);
  });
}
PyObject* size_repr(PyObject* o) {
  return guarded([&] {
    std::string s = "torch.Size([";
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(o); i++) {
      nb::object item = nb::repr(nb::handle(PyTuple_GET_ITEM(o, i)));
      s += (i ? ", " : "") + nb::cast<std::string>(item);
    }
    return nb::str((s + "])").c_str()).release().ptr();
  });
}
// Slices and sums of sizes are sizes.
PyObject* as_size(PyObject* tuple) {
  if (!tuple || !PyTuple_CheckExact(tuple)) return tuple;
  PyObject* args = PyTuple_Pack(1, tuple);
  Py_DECREF(tuple);
  PyObject* out = PyTuple_Type.tp_new(size_type, args, nullptr);
  Py_DECREF(args);
  return out;
}
PyObject* size_subscript(PyObject* o, PyObject* key) {
  return as_size(PyTuple_Type.tp_as_mapping->mp_subscript(o, key));
}
PyObject* size_concat(PyObject* a, PyObject* b) {
  return as_size(PyTuple_Type.tp_as_sequence->sq_concat(a, b));
}
PyObject* size_numel(PyObject* o, PyObject*) {
  return guarded([&] { return PyLong_FromLongLong(dims_of(o).product()); });
}
PyObject* size_reduce(PyObject* o, PyObject*) {
  nb::object tuple = nb::steal(PySequence_Tuple(o));
  nb::object list = nb::steal(PySequence_List(o));
  return nb::make_tuple(nb::handle(reinterpret_cast<PyObject*>(size_type)),
                        nb::make_tuple(nb::tuple(list)))
      .release()
      .ptr();
}
PyMethodDef size_methods[] = {
    {"numel", size_numel, METH_NOARGS, "The number of elements of a tensor of this size."},
    {"__reduce__", size_reduce, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
template <class F> void* slot(F* f) { return reinterpret_cast<void*>(f); }
PyType_Slot size_slots[] = {{Py_tp_new, slot(size_new)},
                            {Py_tp_repr, slot(size_repr)},
                            {Py_mp_subscript, slot(size_subscript)},
                            {Py_sq_concat, slot(size_concat)},
                            {Py_tp_methods, size_methods},
                            {0, nullptr}};
PyType_Spec size_spec = {"taeda.Size", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, size_slots};

}  // namespace

PyObject* size_of_dims(const Dims& d) {
  auto n = Py_ssize_t(d.size());
  PyObject* out = size_type->tp_alloc(size_type, n);
  if (!out) throw nb::python_error();
  for (Py_ssize_t i = 0; i < n; i++) PyTuple_SET_ITEM(out, i, PyLong_FromLongLong(d[size_t(i)]));
  return out;
}
PyObject* tuple_of(const Dims& d) {
  PyObject* out = PyTuple_New(Py_ssize_t(d.size()));
  for (size_t i = 0; i < d.size(); i++)
    PyTuple_SET_ITEM(out, Py_ssize_t(i), PyLong_FromLongLong(d[i]));
  return out;
}
Dims dims_of(nb::handle o) {
  if (PyLong_Check(o.ptr())) return Dims(nb::cast<int64_t>(o));
  Dims d;
  for (nb::handle i : o) {
    nb::object n = nb::steal(PyNumber_Index(i.ptr()));
    if (!n.is_valid()) throw nb::python_error();
    d.push_back(nb::cast<int64_t>(n));
  }
  return d;
}
std::optional<DType> dtype_of_object(PyObject* o) {
  for (int d = 0; d < dtype_count; d++)
    if (dtype_objects[d] == o) return DType(d);
  if (o == reinterpret_cast<PyObject*>(&PyFloat_Type)) return DType::float64;
  if (o == reinterpret_cast<PyObject*>(&PyLong_Type)) return DType::int64;
  if (o == reinterpret_cast<PyObject*>(&PyBool_Type)) return DType::boolean;
  return std::nullopt;
}
std::optional<Device> device_of_object(PyObject* o) {
  if (nb::isinstance<DeviceObject>(nb::handle(o))) return nb::cast<DeviceObject&>(nb::handle(o)).d;
  if (PyUnicode_Check(o)) return parse_device(PyUnicode_AsUTF8(o));
  if (PyLong_Check(o) && !PyBool_Check(o))
    return Device{DeviceType::cuda, int8_t(PyLong_AsLong(o))};
  return std::nullopt;
}
PyObject* device_object(Device d) { return nb::cast(DeviceObject{d}).release().ptr(); }

void define_dtypes(nb::module_& m) {
  nb::class_<DTypeObject>(m, "dtype", "The type of a tensor's elements.")
      .def("__repr__", [](const DTypeObject& o) { return text(o.d); })
      .def("__reduce__", [](const DTypeObject& o) { return std::string(name_of(o.d)); })
      .def_prop_ro("is_floating_point", [](const DTypeObject& o) { return is_floating(o.d); })
      .def_prop_ro("is_complex", [](const DTypeObject& o) { return is_complex(o.d); })
      .def_prop_ro("is_signed",
                   [](const DTypeObject& o) { return o.d != DType::boolean && !is_unsigned(o.d); })
      .def_prop_ro("itemsize", [](const DTypeObject& o) { return size_of(o.d); })
      .def("to_real",
           [](const DTypeObject& o) { return nb::borrow(dtype_objects[int(real_of(o.d))]); })
      .def("to_complex",
           [](const DTypeObject& o) { return nb::borrow(dtype_objects[int(complex_of(o.d))]); });
  m.attr("dtype").attr("__module__") = "taeda";
  for (int d = 0; d < dtype_count; d++) {
    nb::object o = nb::cast(DTypeObject{DType(d)});
    m.attr(std::string(name_of(DType(d))).c_str()) = o;
    dtype_objects[d] = o.release().ptr();
  }
  for (auto [alias, d] : {std::pair{"float", DType::float32},
                          {"double", DType::float64},
                          {"half", DType::float16},
                          {"long", DType::int64},
                          {"int", DType::int32},
                          {"short", DType::int16},
                          {"cfloat", DType::complex64},
                          {"cdouble", DType::complex128}})
    m.attr(alias) = nb::borrow(dtype_objects[int(d)]);

  nb::class_<DeviceObject>(m, "device", "Where a tensor lies: device('cpu'), device('cuda', 1).")
      .def(
          "__init__",
          [](DeviceObject* self, nb::object type, nb::object index) {
            auto d = device_of_object(type.ptr());
            if (!d)
              fail<TypeError>("device(): argument 'type' must be str, not ",
                              std::string_view(Py_TYPE(type.ptr())->tp_name));
            if (!index.is_none()) {
              if (d->index >= 0)
                fail(
                    "type (string) must not include an index because index was passed explicitly: ",
                    *d);
              d->index = int8_t(nb::cast<int>(index));
            }
            new (self) DeviceObject{*d};
          },
          nb::arg("type"), nb::arg("index") = nb::none())
      .def_prop_ro("type", [](const DeviceObject& o) { return device_word(o.d); })
      .def_prop_ro("index",
                   [](const DeviceObject& o) {
                     return o.d.index < 0 ? nb::object(nb::none())
                                          : nb::object(nb::int_(int(o.d.index)));
                   })
      .def("__repr__",
           [](const DeviceObject& o) {
             std::string s = std::string("device(type='") + device_word(o.d) + "'";
             return o.d.index < 0 ? s + ")" : s + ", index=" + std::to_string(o.d.index) + ")";
           })
      .def("__enter__",
           [](nb::object self) {
             devices_before.push_back(default_device());
             set_default_device(nb::cast<DeviceObject&>(self).d);
             return self;
           })
      .def("__exit__",
           [](const DeviceObject&, nb::args) {
             set_default_device(devices_before.back());
             devices_before.pop_back();
           })
      .def("__str__", [](const DeviceObject& o) { return text(o.d); })
      .def("__eq__",
           [](const DeviceObject& a, nb::handle b) {
             return nb::isinstance<DeviceObject>(b) && nb::cast<DeviceObject&>(b) == a;
           })
      .def("__hash__", [](const DeviceObject& o) { return int(o.d.type) * 257 + o.d.index + 1; })
      .def("__reduce__", [](nb::handle self) {
        return nb::make_tuple(nb::type<DeviceObject>(), nb::make_tuple(nb::str(self)));
      });
  m.attr("device").attr("__module__") = "taeda";

  nb::class_<Word>(m, "_Word")
      .def("__repr__", [](const Word& w) { return "torch." + w.name; })
      .def("__reduce__", [](const Word& w) { return w.name; });
  auto word = [&](const char* name) {
    nb::object o = nb::cast(Word{name});
    m.attr(name) = o;
    return o.release().ptr();
  };
  memory_formats[0] = word("preserve_format");
  memory_formats[1] = word("contiguous_format");
  memory_formats[2] = word("channels_last");
  memory_formats[3] = word("channels_last_3d");
  strided = word("strided");

  nb::object bases = nb::make_tuple(nb::handle(reinterpret_cast<PyObject*>(&PyTuple_Type)));
  size_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpecWithBases(&size_spec, bases.ptr()));
  if (!size_type) throw nb::python_error();
  m.attr("Size") = nb::borrow(reinterpret_cast<PyObject*>(size_type));

  auto need = [](nb::handle o) {
    auto d = dtype_of_object(o.ptr());
    if (!d)
      fail<TypeError>("expected a torch.dtype, not ", std::string_view(Py_TYPE(o.ptr())->tp_name));
    return *d;
  };
  auto object = [](DType d) { return nb::borrow(dtype_objects[int(d)]); };
  m.def("get_default_dtype", [=] { return object(default_dtype()); });
  m.def(
      "set_default_dtype", [=](nb::handle d) { set_default_dtype(need(d)); }, nb::arg("d"));
  m.def(
      "promote_types",
      [=](nb::handle a, nb::handle b) { return object(promote(need(a), need(b))); },
      nb::arg("type1"), nb::arg("type2"));
  m.def(
      "can_cast", [=](nb::handle a, nb::handle b) { return can_cast(need(a), need(b)); },
      nb::arg("from_"), nb::arg("to"));
  m.def("get_default_device", [] { return DeviceObject{default_device()}; });
  m.def("_set_default_device", [](const DeviceObject& o) { set_default_device(o.d); });
  m.def("_autocast_state", [=] {
    AutocastState now = autocast_state();
    return nb::make_tuple(now.on, object(now.dtype));
  });
  m.def("_set_autocast_state", [=](bool on, nb::handle d) { autocast_state() = {on, need(d)}; });
  m.def("_word_of", [=](nb::handle d) { return std::string(word_of(need(d))); });
}

}  // namespace taeda::python
