// The Module type's inside, shared by the files module*.cpp.
#pragma once
#include <Python.h>
#include <structmember.h>

#include <typeindex>
#include <typeinfo>

#include "bind.h"
#include "taeda/nn/layers.h"

namespace taeda::python {

using nn::Module;
using Role = Module::Role;

// Once there is a Python object it owns the C++ one, and a Ref<Module> is a Python reference.
struct PyModule {
  PyObject_HEAD Module* m;
  PyObject* dict;
  PyObject* weak;
  PyObject* hooks;  // dict: name of the registry -> OrderedDict of hooks; made when first asked for
  vectorcallfunc vectorcall;
  bool ready;  // __init__ or __setstate__ has run
};

// An option of a layer as Python sees it: an attribute in the C++ object.
struct OptionField {
  std::string name;
  PyObject* (*get)(Module& m);              // new reference
  bool (*set)(Module& m, PyObject* value);  // false: the value does not fit
};
// What the binding knows of one C++ module class.
struct LayerType {
  PyTypeObject* type = nullptr;
  Module* (*make)() = nullptr;
  std::vector<OptionField> options;
  // Calls a module object with a layer's Arguments and takes its Result from what came.
  void (*call)(PyObject* o, const void* arguments, void* result) = nullptr;
};

extern PyTypeObject* base_module_type;  // _C._Module
extern PyTypeObject* module_type;       // nn.Module, which is a Python class
extern PyTypeObject* buffer_type;
extern PyObject* s_forward;

inline PyModule* as_module(PyObject* o) { return reinterpret_cast<PyModule*>(o); }
inline bool is_module(PyObject* o) { return PyObject_TypeCheck(o, base_module_type); }
inline Module& module_of(PyObject* o) { return *as_module(o)->m; }
inline Ref<Module> module_ref(PyObject* o) { return Ref<Module>::share(as_module(o)->m); }

LayerType* layer_of(PyTypeObject* type);        // the nearest C++ class, by tp_base
LayerType* layer_of(const std::type_info& id);  // null for a class the binding does not know
LayerType& add_layer(const std::type_info& id);
void set_layer_type(LayerType& layer, PyTypeObject* type);

// The Python object that lives only because this tensor does, if nothing else holds the tensor.
// Borrowed.
inline PyObject* owned_object(const Tensor& t) {
  bool owns = t->marks & TensorImpl::owns_python;
  return owns && t->count == 1 ? static_cast<PyObject*>(t->python) : nullptr;
}
inline PyObject* method_of(PyTypeObject* type, PyMethodDef* def) {
  PyObject* d = PyDescr_NewMethod(type, def);
  if (!d) throw nb::python_error();
  return d;
}

PyObject* wrap_module(Module& m);         // new reference; the module's one Python object
std::vector<PyType_Slot> module_slots();  // what all these types have in common
PyObject* make_module(PyTypeObject* type, PyObject*, PyObject*);
bool is_ready(PyObject* o, const char* attribute);  // else AttributeError is set

// module_attr.cpp
PyObject* module_getattr(PyObject* o, PyObject* name);
PyObject* value_of(const Module::Entry& e);  // new reference
std::string_view text_of(PyObject* name);
std::string type_text(PyObject* value);  // torch.typename
bool is_parameter(PyObject* value);
struct ModuleViews {  // Python classes of the live mappings, and OrderedDict
  PyObject *entries = nullptr, *names = nullptr, *attributes = nullptr, *registry = nullptr;
};
extern ModuleViews module_views;
const OptionField* option_of(PyObject* o, PyObject* name);
extern PyMethodDef module_attribute_methods[];
extern PyMethodDef module_setattr_def, module_delattr_def;
extern PyGetSetDef module_properties[];

// module_functions.cpp
void define_module_functions(nb::module_& m);

// module_call.cpp
PyObject* module_call(PyObject* o, PyObject* args, PyObject* kwargs);
PyObject* module_vectorcall(PyObject* o, PyObject* const* args, size_t n, PyObject* names);
Tensor call_from_cpp(Module& m, std::span<const Tensor* const> inputs);
void define_module_calls(nb::module_& m);
// Places positional and keyword arguments of NAME.forward(); throws TypeError as Python does.
void parse_forward(PyObject* o, std::span<const char* const> names, size_t required,
                   PyObject** slots, PyObject* const* args, Py_ssize_t n, PyObject* keywords);
const Tensor& forward_tensor(PyObject* value, const char* op, size_t position, const char* name);

// module_layers.cpp and its parts
void define_layers(nb::module_& m);
void define_init(nb::module_& m);
PyObject* sequential_forward(PyObject* o, PyObject* const* args, Py_ssize_t n, PyObject* names);

// The C++ object as an L; TypeError if o's C++ part is another class (several bases).
template <class L> L& layer_cast(PyObject* o) {
  Module* m = as_module(o)->m;
  if (typeid(*m) != typeid(L)) [[unlikely]]
    if (!dynamic_cast<L*>(m))
      fail<TypeError>("descriptor requires a '",
                      nb::type_name(nb::handle((PyObject*)Py_TYPE(o))).c_str(),
                      "' object whose layer is another class");
  return static_cast<L&>(*m);
}

// Releases the GIL for the life of the object if `work` elements are worth it.
struct GilBreak {
  PyThreadState* state = nullptr;
  explicit GilBreak(int64_t work) {
    if (work >= kReleaseGil) state = PyEval_SaveThread();
  }
  GilBreak(const GilBreak&) = delete;
  ~GilBreak() {
    if (state) take_gil(state);
  }
};

// Keeps the tensors of a module while the GIL is released: another thread may replace them.
struct Held {
  TensorList tensors;
  Held(Module& m, int64_t work) {
    if (work < kReleaseGil) return;
    for (auto& e : m.entries())
      if (e.role != Role::child) tensors.push_back(*e.tensor);
  }
};

template <class F> void* slot(F* f) { return reinterpret_cast<void*>(f); }
inline PyObject* type_object(PyTypeObject* t) { return reinterpret_cast<PyObject*>(t); }

}  // namespace taeda::python
