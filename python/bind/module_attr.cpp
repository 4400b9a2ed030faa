// Attributes of modules: entries and options live in the C++ object, everything else in the
// instance dict.
#include "module.h"
#include "taeda/ops/copying.h"

namespace taeda::python {

namespace {

bool has_param_mark(PyObject* value) {  // a Tensor made to count as a Parameter
  static PyObject* mark = PyUnicode_InternFromString("_is_param");
  if (is_exact(value) && !reinterpret_cast<PyTensor*>(value)->dict) return false;
  nb::object on = nb::steal(PyObject_GetAttr(value, mark));
  if (!on.is_valid()) PyErr_Clear();
  return on.is_valid() && PyObject_IsTrue(on.ptr()) == 1;
}
bool is_buffer(PyObject* value) {
  return buffer_type && is_tensor(value) && PyType_IsSubtype(Py_TYPE(value), buffer_type);
}
void forget(PyObject* o, PyObject* name) {  // an ordinary attribute of that name goes
  PyObject* dict = as_module(o)->dict;
  if (dict && PyDict_Contains(dict, name) == 1 && PyDict_DelItem(dict, name) < 0)
    throw nb::python_error();
}
[[noreturn]] void attribute_error(const char* text) {
  PyErr_SetString(PyExc_AttributeError, text);
  throw nb::python_error();
}

PyObject* missing(PyObject* o, PyObject* name) {
  nb::object type = nb::steal(PyObject_GetAttrString(type_object(Py_TYPE(o)), "__name__"));
  PyErr_Format(PyExc_AttributeError, "'%U' object has no attribute '%U'", type.ptr(), name);
  return nullptr;
}
// Entries and options; null without an error if there is none of that name.
PyObject* registered(PyObject* o, PyObject* name) {
  PyModule* self = as_module(o);
  if (!self->m || !PyUnicode_Check(name)) return nullptr;
  for (auto& e : self->m->entries())
    if (e.key == name) return guarded([&] { return value_of(e); });
  if (auto* e = self->m->find(text_of(name))) {
    // An attribute's name in a program is one object: from now on its address is enough. It is
    // kept forever, so that no other string can come to lie there.
    if (PyUnicode_CHECK_INTERNED(name) && !e->key) e->key = Py_NewRef(name);
    return guarded([&] { return value_of(*e); });
  }
  if (self->ready)
    if (const OptionField* f = option_of(o, name)) return guarded([&] { return f->get(*self->m); });
  return nullptr;
}
PyObject* getattr_method(PyObject* o, PyObject* name) {
  PyObject* v = registered(o, name);
  return v || PyErr_Occurred() ? v : missing(o, name);
}

PyObject* register_through(PyObject* o, const char* method, PyObject* name, PyObject* value) {
  nb::handle(o).attr(method)(nb::handle(name), nb::handle(value));
  Py_RETURN_NONE;
}

PyObject* setattr_method(PyObject* o, PyObject* const* args, Py_ssize_t n) {
  if (n != 2) return PyErr_Format(PyExc_TypeError, "__setattr__ takes a name and a value");
  return guarded([&]() -> PyObject* {
    PyModule* self = as_module(o);
    PyObject *name = args[0], *value = args[1];
    if (!PyUnicode_Check(name))
      fail<TypeError>("attribute name must be string, not '", Py_TYPE(name)->tp_name, "'");
    std::string_view key = text_of(name);
    auto* e = self->m->find(key);
    if (is_parameter(value)) {
      if (!self->ready) attribute_error("cannot assign parameters before Module.__init__() call");
      forget(o, name);
      if (e && e->role != Role::parameter) self->m->erase(key);
      return register_through(o, "register_parameter", name, value);
    }
    if (e && e->role == Role::parameter) {
      if (value != Py_None)
        fail<TypeError>("cannot assign '", type_text(value), "' as parameter '", key,
                        "' (torch.nn.Parameter or None expected)");
      return register_through(o, "register_parameter", name, value);
    }
    if (is_module(value)) {
      if (!self->ready) attribute_error("cannot assign module before Module.__init__() call");
      forget(o, name);
      self->m->set_child(key, module_ref(value));
      Py_RETURN_NONE;
    }
    if (e && e->role == Role::child) {
      if (value != Py_None)
        fail<TypeError>("cannot assign '", type_text(value), "' as child module '", key,
                        "' (torch.nn.Module or None expected)");
      self->m->set_child(key, {});
      Py_RETURN_NONE;
    }
    if (is_buffer(value) && self->ready) {
      forget(o, name);
      if (e) self->m->erase(key);
      nb::handle(o).attr("register_buffer")(nb::handle(name), nb::handle(value),
                                            nb::handle(value).attr("persistent"));
      Py_RETURN_NONE;
    }
    if (e) {
      if (value != Py_None && !is_tensor(value))
        fail<TypeError>("cannot assign '", type_text(value), "' as buffer '", key,
                        "' (torch.nn.Buffer, torch.Tensor or None expected)");
      self->m->set_tensor(key, Role::buffer, value == Py_None ? Tensor() : tensor_of(value),
                          e->persistent);
      Py_RETURN_NONE;
    }
    if (self->ready)
      if (const OptionField* f = option_of(o, name)) {
        if (f->set(*self->m, value)) {
          forget(o, name);
          Py_RETURN_NONE;
        }
        if (PyErr_Occurred()) throw nb::python_error();
        // A Python subclass may keep what it likes under the name; the layer itself cannot use it.
        if (layer_of(Py_TYPE(o))->type == Py_TYPE(o))
          fail<TypeError>("cannot assign '", type_text(value), "' as option '", key, "' of ",
                          Py_TYPE(o)->tp_name);
      }
    // Once its parameter is deleted, a layer computes with whatever tensor has that name.
    if (self->ready) self->m->set_unregistered(key, is_tensor(value) ? tensor_of(value) : Tensor());
    if (PyObject_GenericSetAttr(o, name, value) < 0) throw nb::python_error();
    Py_RETURN_NONE;
  });
}
PyObject* delattr_method(PyObject* o, PyObject* name) {
  return guarded([&]() -> PyObject* {
    if (PyUnicode_Check(name) && as_module(o)->m->find(text_of(name))) {
      as_module(o)->m->erase(text_of(name));
      Py_RETURN_NONE;
    }
    PyObject* dict = as_module(o)->dict;
    if (!_PyType_Lookup(Py_TYPE(o), name) && !(dict && PyDict_Contains(dict, name) == 1)) {
      missing(o, name);
      throw nb::python_error();
    }
    if (PyObject_GenericSetAttr(o, name, nullptr) < 0) throw nb::python_error();
    if (PyUnicode_Check(name)) as_module(o)->m->set_unregistered(text_of(name), {});
    Py_RETURN_NONE;
  });
}

// ---- properties ----

PyObject* get_entries(PyObject* o, void* role) {
  static const char* names[] = {"_parameters", "_buffers", "_modules"};
  auto r = reinterpret_cast<intptr_t>(role);
  if (!is_ready(o, names[r])) return nullptr;
  return PyObject_CallFunction(module_views.entries, "Oi", o, int(r));
}
int set_entries(PyObject* o, PyObject* value, void* role) {
  if (!value) return PyErr_SetString(PyExc_AttributeError, "cannot delete"), -1;
  nb::object view = nb::steal(
      PyObject_CallFunction(module_views.entries, "Oi", o, int(reinterpret_cast<intptr_t>(role))));
  nb::object done;
  if (view.is_valid()) done = nb::steal(PyObject_CallMethod(view.ptr(), "_replace", "O", value));
  return done.is_valid() ? 0 : -1;
}
PyObject* get_names(PyObject* o, void*) {
  if (!is_ready(o, "_non_persistent_buffers_set")) return nullptr;
  return PyObject_CallFunctionObjArgs(module_views.names, o, nullptr);
}
int set_names(PyObject* o, PyObject* value, void*) {
  return guarded([&]() -> PyObject* {
    for (auto& e : as_module(o)->m->entries())
      if (e.role == Role::buffer) {
        int in = PySequence_Contains(value, nb::str(e.name.c_str()).ptr());
        if (in < 0) throw nb::python_error();
        as_module(o)->m->find(e.name)->persistent = !in;
      }
    return Py_None;
  })
             ? 0
             : -1;
}
PyObject* get_training(PyObject* o, void*) {
  return is_ready(o, "training") ? PyBool_FromLong(module_of(o).training) : nullptr;
}
int set_training(PyObject* o, PyObject* value, void*) {
  int on = value ? PyObject_IsTrue(value) : 0;
  if (on >= 0) module_of(o).training = on;
  return on < 0 ? -1 : 0;
}

// One registry of hooks: an OrderedDict, kept from the first time it is asked for.
PyObject* get_hooks(PyObject* o, void* name) {
  auto* text = static_cast<const char*>(name);
  if (!is_ready(o, text)) return nullptr;
  PyModule* self = as_module(o);
  if (!self->hooks && !(self->hooks = PyDict_New())) return nullptr;
  nb::object key = nb::steal(PyUnicode_InternFromString(text));
  if (PyObject* registry = PyDict_GetItemWithError(self->hooks, key.ptr()))
    return Py_NewRef(registry);
  PyObject* registry = PyObject_CallNoArgs(module_views.registry);
  if (registry && PyDict_SetItem(self->hooks, key.ptr(), registry) < 0) Py_CLEAR(registry);
  return registry;
}
int set_hooks(PyObject* o, PyObject* value, void* name) {
  if (!value || !PyDict_Check(value))
    return PyErr_SetString(PyExc_TypeError, "a registry of hooks is a dict"), -1;
  PyModule* self = as_module(o);
  if (!self->hooks && !(self->hooks = PyDict_New())) return -1;
  return PyDict_SetItemString(self->hooks, static_cast<const char*>(name), value);
}

// __dict__ is a dict that also answers for what lives in the C++ object.
PyObject* get_dict(PyObject* o, void*) {
  PyModule* self = as_module(o);
  if (!self->dict || PyDict_CheckExact(self->dict)) {
    PyObject* view = PyObject_CallFunctionObjArgs(module_views.attributes, o, self->dict, nullptr);
    if (!view) return nullptr;
    Py_XSETREF(self->dict, view);
  }
  return Py_NewRef(self->dict);
}
int set_dict(PyObject* o, PyObject* value, void*) {
  nb::object view = nb::steal(get_dict(o, nullptr));
  nb::object done;
  if (value && view.is_valid())
    done = nb::steal(PyObject_CallMethod(view.ptr(), "_replace", "O", value));
  return done.is_valid() ? 0 : -1;
}

void* role_of(Role r) { return reinterpret_cast<void*>(intptr_t(r)); }
void* named(const char* n) { return const_cast<char*>(n); }

}  // namespace

ModuleViews module_views;

bool is_parameter(PyObject* value) {
  return parameter_type && is_tensor(value) &&
         (PyObject_TypeCheck(value, parameter_type) || has_param_mark(value));
}

std::string type_text(PyObject* value) {  // torch.typename
  if (is_exact(value)) return type_word(value);
  PyTypeObject* type = Py_TYPE(value);
  nb::handle t(type_object(type));
  std::string where = nb::cast<std::string>(t.attr("__module__"));
  std::string name = nb::cast<std::string>(t.attr("__qualname__"));
  return where == "builtins" ? name : where + "." + name;
}

std::string_view text_of(PyObject* name) {
  Py_ssize_t n = 0;
  const char* s = PyUnicode_AsUTF8AndSize(name, &n);
  if (!s) PyErr_Clear();
  return {s ? s : "", size_t(n)};
}
const OptionField* option_of(PyObject* o, PyObject* name) {
  const Module& m = module_of(o);
  LayerType* layer = layer_of(typeid(m));
  if (!layer || layer->options.empty()) return nullptr;
  std::string_view key = text_of(name);
  for (auto& f : layer->options)
    if (f.name == key) return &f;
  return nullptr;
}
PyObject* value_of(const Module::Entry& e) {
  if (e.role != Role::child)
    return wrap(*e.tensor, e.role == Role::parameter && !e.plain ? parameter_type : nullptr);
  if (!*e.child) Py_RETURN_NONE;
  return wrap_module(**e.child);
}

// The order of a class with __getattr__: class, instance dict, then what is registered.
PyObject* module_getattr(PyObject* o, PyObject* name) {
  PyTypeObject* type = Py_TYPE(o);
  if (_PyType_Lookup(type, name)) return PyObject_GenericGetAttr(o, name);
  if (PyObject* dict = as_module(o)->dict) {
    if (PyObject* v = PyDict_GetItemWithError(dict, name)) return Py_NewRef(v);
    if (PyErr_Occurred()) return nullptr;
  }
  if (type->tp_getattro != module_getattr)
    return missing(o, name);  // the class's own __getattr__ comes next
  PyObject* v = registered(o, name);
  return v || PyErr_Occurred() ? v : missing(o, name);
}

PyMethodDef module_attribute_methods[] = {
    {"__getattr__", getattr_method, METH_O, "A parameter, buffer, child or option by name."},
    {nullptr, nullptr, 0, nullptr}};
PyMethodDef module_setattr_def = {
    "__setattr__", reinterpret_cast<PyCFunction>(slot(setattr_method)), METH_FASTCALL, nullptr};
PyMethodDef module_delattr_def = {"__delattr__", delattr_method, METH_O, nullptr};

PyGetSetDef module_properties[] = {
    {"_parameters", get_entries, set_entries, "Live mapping of the parameters.",
     role_of(Role::parameter)},
    {"_buffers", get_entries, set_entries, "Live mapping of the buffers.", role_of(Role::buffer)},
    {"_modules", get_entries, set_entries, "Live mapping of the children.", role_of(Role::child)},
    {"_non_persistent_buffers_set", get_names, set_names, "Buffers that the state dict leaves out.",
     nullptr},
    {"training", get_training, set_training, "True in training mode.", nullptr},
    {"_forward_hooks", get_hooks, set_hooks, nullptr, named("_forward_hooks")},
    {"_forward_hooks_with_kwargs", get_hooks, set_hooks, nullptr,
     named("_forward_hooks_with_kwargs")},
    {"_forward_hooks_always_called", get_hooks, set_hooks, nullptr,
     named("_forward_hooks_always_called")},
    {"_forward_pre_hooks", get_hooks, set_hooks, nullptr, named("_forward_pre_hooks")},
    {"_forward_pre_hooks_with_kwargs", get_hooks, set_hooks, nullptr,
     named("_forward_pre_hooks_with_kwargs")},
    {"_backward_hooks", get_hooks, set_hooks, nullptr, named("_backward_hooks")},
    {"_backward_pre_hooks", get_hooks, set_hooks, nullptr, named("_backward_pre_hooks")},
    {"_state_dict_hooks", get_hooks, set_hooks, nullptr, named("_state_dict_hooks")},
    {"_state_dict_pre_hooks", get_hooks, set_hooks, nullptr, named("_state_dict_pre_hooks")},
    {"_load_state_dict_pre_hooks", get_hooks, set_hooks, nullptr,
     named("_load_state_dict_pre_hooks")},
    {"_load_state_dict_post_hooks", get_hooks, set_hooks, nullptr,
     named("_load_state_dict_post_hooks")},
    {"__dict__", get_dict, set_dict, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

}  // namespace taeda::python
