// What Python knows of an op: its parameters in Python's order, and the objects made of it.
#pragma once
#include "bind.h"

namespace taeda::python {

struct Param {
  PyObject* name;  // interned: keywords are compared by pointer first
  bool input;
  int index;  // of the input, or of the field
};

struct Binding {
  const Info* info = nullptr;
  std::string name;
  std::vector<Param> params;
  int positional = 0;              // how many may be given by position
  Binding* overload = nullptr;     // another op of this name, tried next
  bool fast = false;               // tensors only, every attribute optional: no parsing needed
  bool sizes = false;              // one tensor, and ints for its first attribute, a Dims
  PyTypeObject* result = nullptr;  // a named tuple, for several outputs
  PyObject* function = nullptr;    // the public objects, for __torch_function__
  PyObject* method = nullptr;
  PyObject* inplace = nullptr;
  std::string signature, doc, inplace_name;
  PyMethodDef defs[3];
  std::vector<PyStructSequence_Field> result_fields;

  bool required(const Param& p) const {
    return p.input ? !info->def.optional(size_t(p.index)) : p.index < info->def.required;
  }
};

inline constexpr size_t kMaxParams = 24, kMaxInputs = 8, kMaxAttrs = 512;

// One call being parsed against one candidate. A misfit is kept, not thrown: another may fit.
struct Parse {
  const Binding& b;
  PyObject* slot[kMaxParams] = {};
  PyObject* const* varargs = nullptr;  // x.view(2, 3): the sizes
  Py_ssize_t varargs_count = 0;
  PyObject* out = nullptr;   // out=
  std::string misfit;        // why this candidate does not fit
  bool wrong_count = false;  // it does not even fit the number or names of the arguments
  PyTypeObject* keep_class = nullptr;
  PyTypeObject* overrider = nullptr;

  bool place(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names);
  bool inputs(const Tensor** in, Tensor* held, Scalar* numbers, uint32_t& numbered,
              std::vector<const Tensor*>& list);
  bool attributes(std::byte* attrs);
  void see(PyObject* tensor);  // notes subclasses

 private:
  bool place_keywords(PyObject* const* values, PyObject* names);
  bool refuse(std::string text) { return misfit = std::move(text), false; }
  bool refuse_count(std::string text) { return wrong_count = true, refuse(std::move(text)); }
  bool refuse_type(size_t at, const char* want, PyObject* got);
};

std::string python_type_name(PyObject* o);  // "Tensor", "int", "list"
[[noreturn]] void fail_all(const Binding& first, std::vector<std::string>& misfits,
                           bool wrong_count, PyObject* self, PyObject* const* args, Py_ssize_t n,
                           PyObject* names);
std::string signature_text(const Binding& b, bool method);  // "(Tensor input, int dim)"

}  // namespace taeda::python
