// repr(): the text of tensors and its options.
#include "taeda/tensor/print.h"

#include <cmath>

#include "bind.h"

namespace taeda::python {

namespace {

// Subclasses stand under their own name; a Parameter is a tensor.
std::string prefix_of(PyObject* o) {
  if (is_exact(o)) return "tensor";
  std::string name = nb::cast<std::string>(nb::handle(o).type().attr("__name__"));
  return name == "Parameter" ? "tensor" : name;
}
PyObject* repr(PyObject* o) {
  return guarded([&] {
    std::string s = to_text(tensor_of(o), print_options(), prefix_of(o));
    return PyUnicode_FromStringAndSize(s.data(), Py_ssize_t(s.size()));
  });
}
int64_t limit_of(double v) {  // numbers of Python's, inf included
  if (std::isnan(v)) fail<ValueError>("a print option is not a number");
  return v >= 9e18 ? PrintOptions::kUnlimited : int64_t(v);
}

}  // namespace

PyObject* named_result_repr(PyObject* o) {
  return guarded([&] {
    nb::object names = nb::handle(o).type().attr("__match_args__");
    std::string s = Py_TYPE(o)->tp_name;
    s += "(";
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(o); i++) {
      nb::object value = nb::repr(nb::handle(PyTuple_GET_ITEM(o, i)));
      s +=
          (i ? ",\n" : "\n") + nb::cast<std::string>(names[i]) + "=" + nb::cast<std::string>(value);
    }
    return nb::str((s + ")").c_str()).release().ptr();
  });
}

void define_print(nb::module_& m) {
  static PyMethodDef def = {
      "__repr__", [](PyObject* o, PyObject*) { return repr(o); }, METH_NOARGS,
      "The elements, as many as the print options allow, and what is special."};
  nb::object type = m.attr("Tensor");
  type.attr("__repr__") = nb::steal(PyDescr_NewMethod(tensor_type, &def));
  m.def(
      "_set_print_options",
      [](double precision, double threshold, double edgeitems, double linewidth,
         std::optional<bool> sci_mode) {
        set_print_options({.precision = limit_of(precision),
                           .threshold = limit_of(threshold),
                           .edgeitems = limit_of(edgeitems),
                           .linewidth = limit_of(linewidth),
                           .sci_mode = sci_mode});
      },
      nb::arg("precision"), nb::arg("threshold"), nb::arg("edgeitems"), nb::arg("linewidth"),
      nb::arg("sci_mode").none());
}

}  // namespace taeda::python
