// The Module type: life and identity. Python classes derive from it and from the C++ layers alike;
// all share one layout.
#include "module.h"

#include <unordered_map>

namespace taeda::python {

PyTypeObject* base_module_type = nullptr;
PyTypeObject* module_type = nullptr;
PyTypeObject* parameter_type = nullptr;
PyTypeObject* buffer_type = nullptr;
PyObject* s_forward = nullptr;

namespace {

std::unordered_map<std::type_index, LayerType>& layers() {
  static auto* all = new std::unordered_map<std::type_index, LayerType>;
  return *all;
}
std::unordered_map<PyTypeObject*, LayerType*>& layers_by_type() {
  static auto* all = new std::unordered_map<PyTypeObject*, LayerType*>;
  return *all;
}

PyObject* as_object(Module& m) { return static_cast<PyObject*>(m.python); }

PyObject* new_module_object(PyTypeObject* type, Module* m) {
  PyObject* o = type->tp_alloc(type, 0);
  if (!o) throw nb::python_error();
  as_module(o)->m = m;
  as_module(o)->vectorcall = module_vectorcall;
  m->python = o;
  return o;
}

void module_dealloc(PyObject* o) {
  PyTypeObject* type = Py_TYPE(o);
  PyObject_GC_UnTrack(o);
  Py_TRASHCAN_BEGIN(o, module_dealloc) PyModule* self = as_module(o);
  if (self->weak) PyObject_ClearWeakRefs(o);
  Py_CLEAR(self->dict);
  Py_CLEAR(self->hooks);
  if (Module* m = std::exchange(self->m, nullptr)) {
    m->python = nullptr;
    delete m;
  }
  type->tp_free(o);
  Py_DECREF(type);
  Py_TRASHCAN_END
}

// What the C++ object holds; children without a Python object that only it holds are looked
// through.
int traverse_entries(Module& m, visitproc visit, void* arg) {
  for (auto& e : m.entries()) {
    if (e.role == Role::child) {
      Module* child = e.child->get();
      if (!child) continue;
      if (child->python) Py_VISIT(as_object(*child));
      else if (child->count == 1)
        if (int rc = traverse_entries(*child, visit, arg)) return rc;
    } else if (e.tensor->defined()) {
      if (PyObject* t = owned_object(*e.tensor)) Py_VISIT(t);
    }
  }
  return 0;
}
int module_traverse(PyObject* o, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(o));
  Py_VISIT(as_module(o)->dict);
  Py_VISIT(as_module(o)->hooks);
  return as_module(o)->m ? traverse_entries(module_of(o), visit, arg) : 0;
}
int module_clear(PyObject* o) {
  Py_CLEAR(as_module(o)->dict);
  Py_CLEAR(as_module(o)->hooks);
  if (Module* m = as_module(o)->m)
    while (!m->entries().empty()) m->erase(std::string(m->entries().back().name));
  return 0;
}

PyObject* module_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return guarded([&] { return make_module(type, args, kwargs); });
}

int base_init(PyObject* o, PyObject* args, PyObject* kwargs) {
  PyModule* self = as_module(o);
  if (PyTuple_GET_SIZE(args) || (kwargs && PyDict_GET_SIZE(kwargs))) {
    PyErr_SetString(PyExc_TypeError, "Module.__init__() takes no arguments");
    return -1;
  }
  self->ready = true;
  self->m->training = true;
  return 0;
}

}  // namespace

LayerType* layer_of(PyTypeObject* type) {
  for (; type; type = type->tp_base)
    if (auto it = layers_by_type().find(type); it != layers_by_type().end()) return it->second;
  return nullptr;
}
LayerType* layer_of(const std::type_info& id) {
  auto it = layers().find(id);
  return it == layers().end() ? nullptr : &it->second;
}
LayerType& add_layer(const std::type_info& id) { return layers()[id]; }
void set_layer_type(LayerType& layer, PyTypeObject* type) {
  layer.type = type;
  layers_by_type()[type] = &layer;
}

// CPython gives a Python class whose base has a method __getattr__ its general attribute slot,
// which calls methods by name. Ours does the same work directly, unless the class has its own.
// And before 3.12 a Python class does not inherit the fast way of being called.
void restore_slots(PyTypeObject* type) {
  if (!PyType_HasFeature(type, Py_TPFLAGS_HAVE_VECTORCALL) && type->tp_call == module_call) {
    type->tp_vectorcall_offset = offsetof(PyModule, vectorcall);
    type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
  }
  if (type->tp_getattro == module_getattr) return;
  static PyObject* names[] = {PyUnicode_InternFromString("__getattr__"),
                              PyUnicode_InternFromString("__getattribute__")};
  for (PyObject* name : names)
    if (_PyType_Lookup(type, name) != _PyType_Lookup(base_module_type, name)) return;
  type->tp_getattro = module_getattr;
}

PyObject* make_module(PyTypeObject* type, PyObject*, PyObject*) {
  LayerType* layer = layer_of(type);
  if (!layer) throw Error("unknown module type");
  if (PyType_HasFeature(type,
                        Py_TPFLAGS_IS_ABSTRACT)) {  // object.__new__ says which methods are missing
    nb::object none = nb::steal(PyBaseObject_Type.tp_new(type, nb::tuple().ptr(), nullptr));
    throw nb::python_error();
  }
  restore_slots(type);
  Module* m = layer->make();
  m->hide_fields();
  try {
    return new_module_object(type, m);
  } catch (...) {
    delete m;
    throw;
  }
}

// A module made in C++ gets its object when Python first asks for it; its count moves there.
PyObject* wrap_module(Module& m) {
  if (m.python) return Py_NewRef(as_object(m));
  LayerType* layer = layer_of(typeid(m));
  PyTypeObject* type = layer ? layer->type : module_type;
  restore_slots(type);
  PyObject* o = new_module_object(type, &m);
  as_module(o)->ready = true;
  Py_SET_REFCNT(o, Py_REFCNT(o) + Py_ssize_t(m.count.load()));
  return o;
}

bool is_ready(PyObject* o, const char* attribute) {
  if (as_module(o)->ready) return true;
  nb::object name = nb::steal(PyObject_GetAttrString(type_object(Py_TYPE(o)), "__name__"));
  PyErr_Format(PyExc_AttributeError, "'%U' object has no attribute '%s'", name.ptr(), attribute);
  return false;
}

std::vector<PyType_Slot> module_slots() {
  static PyMemberDef members[] = {
      {"__dictoffset__", T_PYSSIZET, offsetof(PyModule, dict), READONLY, nullptr},
      {"__weaklistoffset__", T_PYSSIZET, offsetof(PyModule, weak), READONLY, nullptr},
      {"__vectorcalloffset__", T_PYSSIZET, offsetof(PyModule, vectorcall), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  return {{Py_tp_new, slot(module_new)},
          {Py_tp_dealloc, slot(module_dealloc)},
          {Py_tp_traverse, slot(module_traverse)},
          {Py_tp_clear, slot(module_clear)},
          {Py_tp_call, slot(module_call)},
          {Py_tp_getattro, slot(module_getattr)},
          {Py_tp_members, members}};
}

void define_module(nb::module_& extension) {
  nb::module_ m = extension.def_submodule("_layers", "The native half of taeda.nn.");
  s_forward = PyUnicode_InternFromString("forward");
  nn::python_side = {
      .retain =
          [](Module& mod) {
            Gil gil;
            Py_INCREF(as_object(mod));
          },
      .release =
          [](Module& mod) {
            Gil gil;
            Py_DECREF(as_object(mod));
          },
      .call = call_from_cpp,
      .train =
          [](Module& mod, bool on) {
            Gil gil;
            nb::handle(as_object(mod)).attr("train")(on);
          },
      .repr =
          [](Module& mod) {
            Gil gil;
            return nb::cast<std::string>(nb::repr(nb::handle(as_object(mod))));
          },
      .type_name =
          [](Module& mod) {
            Gil gil;
            return nb::cast<std::string>(
                nb::handle(type_object(Py_TYPE(as_object(mod)))).attr("__name__"));
          },
      .clone =
          [](Module& mod) {
            Gil gil;
            nb::object copy =
                nb::module_::import_("copy").attr("deepcopy")(nb::handle(as_object(mod)));
            if (!is_module(copy.ptr()))
              fail<TypeError>("the copy of a module is a ", Py_TYPE(copy.ptr())->tp_name);
            return module_ref(copy.ptr()).detach();
          },
      .call_layer =
          [](Module& mod, const std::type_info& layer, const void* in, void* out) {
            Gil gil;
            layer_of(layer)->call(as_object(mod), in, out);
          }};

  std::vector<PyType_Slot> slots = module_slots();
  for (PyType_Slot own :
       {PyType_Slot{Py_tp_init, slot(base_init)}, PyType_Slot{Py_tp_getset, module_properties},
        PyType_Slot{Py_tp_methods, module_attribute_methods}, PyType_Slot{0, nullptr}})
    slots.push_back(own);
  PyType_Spec spec = {
      "taeda._C._layers.Module", sizeof(PyModule), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
      slots.data()};
  auto* type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (!type) throw nb::python_error();
  base_module_type = module_type = type;
  nb::object o = nb::borrow(type_object(type));
  // As attributes, not as a C slot: object.__setattr__(module, ...) must keep working.
  o.attr("__setattr__") = nb::steal(method_of(type, &module_setattr_def));
  o.attr("__delattr__") = nb::steal(method_of(type, &module_delattr_def));
  LayerType& plain = add_layer(typeid(Module));
  plain.make = []() -> Module* { return new Module; };
  set_layer_type(plain, type);
  m.attr("Module") = o;
  define_module_calls(m);
  define_module_functions(m);
  define_layers(m);
  define_init(m);
}

}  // namespace taeda::python
