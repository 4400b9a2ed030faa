// __torch_function__: arguments that take a call over, subclasses of Tensor or strangers.
#include "binding.h"

namespace taeda::python {

namespace {

// The arguments that take over, one of each class: subclasses before their bases, else as they
// stand.
struct Overriders {
  std::vector<PyObject*> list;

  void see(PyObject* o) {
    if (!has_override(o)) return;
    size_t at = list.size();
    for (size_t i = 0; i < list.size(); i++) {
      if (Py_TYPE(list[i]) == Py_TYPE(o)) return;
      if (at == list.size() && PyType_IsSubtype(Py_TYPE(o), Py_TYPE(list[i]))) at = i;
    }
    list.insert(list.begin() + int64_t(at), o);
  }
  void see_all(PyObject* o) {
    see(o);
    if (PyTuple_Check(o) || PyList_Check(o))
      for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++) see(PySequence_Fast_ITEMS(o)[i]);
  }
  nb::tuple types() const {
    nb::list out;
    for (PyObject* o : list) out.append(nb::handle(reinterpret_cast<PyObject*>(Py_TYPE(o))));
    return nb::tuple(out);
  }
};

[[noreturn]] void fail_none(nb::handle function, const Overriders& overriders) {
  std::string text = "Multiple dispatch failed for '" +
                     nb::cast<std::string>(nb::str(function.attr("__module__"))) + "." +
                     nb::cast<std::string>(nb::str(function.attr("__name__"))) +
                     "'; all __torch_function__ handlers returned NotImplemented:\n\n";
  for (PyObject* o : overriders.list)
    text += std::string(is_tensor(o) ? "  - tensor subclass " : "  - non-tensor type ") +
            nb::cast<std::string>(nb::str(nb::handle(reinterpret_cast<PyObject*>(Py_TYPE(o))))) +
            "\n";
  throw TypeError(text);
}

PyObject* hand_over(nb::handle function, const Overriders& overriders, const nb::tuple& args,
                    const nb::dict& kwargs) {
  nb::tuple types = overriders.types();
  for (PyObject* o : overriders.list) {
    nb::object out = nb::handle(o).attr("__torch_function__")(function, types, args, kwargs);
    if (out.ptr() != Py_NotImplemented) return out.release().ptr();
  }
  fail_none(function, overriders);
}

}  // namespace

bool has_override(PyObject* o) {
  if (overrides_disabled || is_exact(o)) return false;
  if (is_tensor(o)) return override_of(Py_TYPE(o)) == Override::calls;
  PyTypeObject* t = Py_TYPE(o);
  if (o == Py_None || PyLong_Check(o) || PyFloat_Check(o) || PyUnicode_CheckExact(o) ||
      PyTuple_CheckExact(o) || PyList_CheckExact(o) || PyDict_CheckExact(o) || PyType_Check(o))
    return false;
  return PyObject_HasAttrString(reinterpret_cast<PyObject*>(t), "__torch_function__");
}

PyObject* call_overrides(PyObject* function, PyObject* self, PyObject* const* args, Py_ssize_t n,
                         PyObject* names) {
  Overriders overriders;
  Py_ssize_t words = names ? PyTuple_GET_SIZE(names) : 0;
  if (self) overriders.see(self);
  for (Py_ssize_t i = 0; i < n + words; i++) overriders.see_all(args[i]);
  if (overriders.list.empty()) return nullptr;
  nb::list all;
  if (self) all.append(nb::handle(self));
  for (Py_ssize_t i = 0; i < n; i++) all.append(nb::handle(args[i]));
  nb::dict kwargs;
  for (Py_ssize_t i = 0; i < words; i++)
    kwargs[nb::handle(PyTuple_GET_ITEM(names, i))] = nb::handle(args[n + i]);
  return hand_over(function, overriders, nb::tuple(all), kwargs);
}

bool overridden(PyObject* function, PyObject* const* args, Py_ssize_t n, PyObject** result) {
  if (overrides_disabled) return false;
  *result = guarded([&] { return call_overrides(function, nullptr, args, n, nullptr); });
  return *result || PyErr_Occurred();
}

}  // namespace taeda::python
