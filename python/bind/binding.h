// What Python knows of an op: its parameters in Python's order, and the objects made of it.
#pragma once
#include "bind.h"

namespace taeda::python {

struct Param {
  PyObject* name;  // interned: keywords are compared by pointer first
  bool input;
  int index;  // of the input, or of the field
  bool required = false;
};

struct Binding {
  const Info* info = nullptr;
  std::string name;
  std::vector<Param> params;
  int positional = 0;              // how many may be given by position
  Binding* overload = nullptr;     // another op of this name, tried next
  bool out_needs_dim = false;      // out= only with dim
  bool fast = false;               // tensors only, every attribute optional: no parsing needed
  bool sizes = false;              // one tensor, and ints for its first attribute, a Dims
  PyTypeObject* result = nullptr;  // a named tuple, for several outputs
  PyObject* function = nullptr;    // the public objects, for __torch_function__
  PyObject* method = nullptr;
  PyObject* inplace = nullptr;
  std::string signature, doc, inplace_name;
  PyMethodDef defs[3];
  std::vector<PyStructSequence_Field> result_fields;

  bool required(const Param& p) const { return p.required; }
};

inline constexpr size_t kMaxParams = 24, kMaxInputs = 8, kMaxAttrs = 512;

// One call being parsed against one candidate. What does not fit is only put into words where no
// candidate fits, by a second parse: another one usually does.
struct Parse {
  const Binding& b;
  bool inplace = false;
  bool explaining = false;  // `misfit` is wanted
  PyObject* slot[kMaxParams] = {};
  PyObject* const* varargs = nullptr;  // x.view(2, 3): the sizes
  Py_ssize_t varargs_count = 0;
  PyObject* out = nullptr;  // out=
  bool method = false;
  size_t given = 0;    // how many came by position, self included
  std::string misfit;  // why this candidate does not fit
  size_t misfit_at = SIZE_MAX;
  PyTypeObject* keep_class = nullptr;
  bool overridden = false;  // a subclass has a __torch_function__ of its own

  bool place(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names);
  bool inputs(const Tensor** in, Tensor* held, Scalar* numbers, uint32_t& numbered,
              std::vector<const Tensor*>& list);
  bool attributes(std::byte* attrs);
  void see(PyObject* tensor);  // notes subclasses
  const std::string& name() const { return inplace ? b.inplace_name : b.name; }

 private:
  bool place_keywords(PyObject* const* values, PyObject* names);
  bool place_missing();
  // Keeps the misfit of the first parameter that has one.
  template <class F> bool refuse(size_t at, F text) {
    if (explaining && at < misfit_at) misfit = text(), misfit_at = at;
    return false;
  }
  std::string at_place(size_t at) const;
  bool refuse_type(size_t at, const char* want, PyObject* got);
  bool refuse_element(size_t at, Py_ssize_t k, PyObject* got);
  bool refuse_attribute(size_t at, const Field& f);
};

// Says why a call fits none of the candidates: the one reason, or all of them.
[[noreturn]] void fail_all(const Binding& first, bool inplace, PyObject* self,
                           PyObject* const* args, Py_ssize_t n, PyObject* names);
std::string python_type_name(PyObject* o);  // "Tensor", "int", "list"
// Hands the call to the arguments' own __torch_function__, if one has it; else null.
PyObject* call_overrides(PyObject* function, PyObject* self, PyObject* const* args, Py_ssize_t n,
                         PyObject* names);
bool has_override(PyObject* o);  // a __torch_function__ of its own

}  // namespace taeda::python
