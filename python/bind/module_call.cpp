// Calling a module, from Python and from C++.
#include "module.h"

namespace taeda::python {

namespace {

PyObject* hooked_call = nullptr;  // Python's _call_with_hooks(module, forward, args, kwargs)
bool global_hooks = false;        // hooks that apply to every module
PyObject* call_registries[4];     // names of the registries a call has to look at

bool has_hooks(PyModule* self) {
  if (global_hooks) return true;
  if (!self->hooks) [[likely]]
    return false;
  for (PyObject* name : call_registries) {
    PyObject* registry = PyDict_GetItemWithError(self->hooks, name);
    if (registry && PyObject_Size(registry) > 0) return true;
  }
  return false;
}
PyObject* own_forward(PyModule* self) {  // borrowed: obj.forward = ... was assigned
  return self->dict ? PyDict_GetItemWithError(self->dict, s_forward) : nullptr;
}

// Calls forward(args) without hooks. `args` leaves room before it if `n` says so.
PyObject* run_forward(PyObject* o, PyObject* const* args, size_t nargs, PyObject* names) {
  PyObject* forward = own_forward(as_module(o));
  if (forward) {
    nb::object held = nb::borrow(forward);
    return PyObject_Vectorcall(forward, args, nargs, names);
  }
  forward = _PyType_Lookup(Py_TYPE(o), s_forward);
  if (!forward || !(PyType_HasFeature(Py_TYPE(forward), Py_TPFLAGS_METHOD_DESCRIPTOR))) {
    nb::object bound = nb::steal(PyObject_GetAttr(o, s_forward));
    return bound.is_valid() ? PyObject_Vectorcall(bound.ptr(), args, nargs, names) : nullptr;
  }
  size_t n = size_t(PyVectorcall_NARGS(nargs)),
         all = n + (names ? size_t(PyTuple_GET_SIZE(names)) : 0);
  nb::object held = nb::borrow(forward);
  // A layer's own forward, straight to the C function.
  if (Py_TYPE(forward) == &PyMethodDescr_Type) {
    auto* d = reinterpret_cast<PyMethodDescrObject*>(forward);
    if (d->d_method->ml_flags == (METH_FASTCALL | METH_KEYWORDS) &&
        PyObject_TypeCheck(o, PyDescr_TYPE(forward))) {
      if (Py_EnterRecursiveCall(" while calling a Module")) return nullptr;
      auto f = reinterpret_cast<_PyCFunctionFastWithKeywords>(
          reinterpret_cast<void*>(d->d_method->ml_meth));
      PyObject* out = f(o, args, Py_ssize_t(n), names);
      Py_LeaveRecursiveCall();
      return out;
    }
  }
  // A function or method descriptor: forward(o, args...) without the bound method.
  if (nargs & PY_VECTORCALL_ARGUMENTS_OFFSET) {
    auto** from = const_cast<PyObject**>(args) - 1;
    PyObject* before = std::exchange(from[0], o);
    PyObject* out = PyObject_Vectorcall(forward, from, n + 1, names);
    from[0] = before;
    return out;
  }
  PyObject* small[8];
  std::unique_ptr<PyObject*[]> big;
  PyObject** stack = small;
  if (all + 1 > 8) big.reset(stack = new PyObject*[all + 1]);
  stack[0] = o;
  std::copy_n(args, all, stack + 1);
  return PyObject_Vectorcall(forward, stack, n + 1, names);
}

// A vectorcall's arguments as a tuple and a dict.
struct CallArguments {
  nb::object positional;
  nb::dict keywords;
  CallArguments(PyObject* const* args, size_t nargs, PyObject* names) {
    Py_ssize_t n = PyVectorcall_NARGS(nargs);
    positional = nb::steal(PyTuple_New(n));
    for (Py_ssize_t i = 0; i < n; i++) PyTuple_SET_ITEM(positional.ptr(), i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); i++)
      keywords[nb::handle(PyTuple_GET_ITEM(names, i))] = nb::handle(args[n + i]);
  }
};

PyObject* run_hooked(PyObject* o, PyObject* const* args, size_t nargs, PyObject* names) {
  return guarded([&]() -> PyObject* {
    CallArguments a(args, nargs, names);
    return PyObject_CallFunctionObjArgs(hooked_call, o, a.positional.ptr(), a.keywords.ptr(),
                                        nullptr);
  });
}

// The call itself, whatever __call__ the class has.
PyObject* run_call(PyObject* o, PyObject* const* args, size_t nargs, PyObject* names) {
  PyModule* self = as_module(o);
  if (!self->ready) [[unlikely]] {
    is_ready(o, "_backward_hooks");
    return nullptr;
  }
  if (has_hooks(self)) [[unlikely]]
    return run_hooked(o, args, nargs, names);
  return run_forward(o, args, nargs, names);
}

// module._forward_of(args, kwargs): forward without hooks.
PyObject* forward_of(PyObject* o, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return run_forward(o, args, size_t(n), names);
}
PyMethodDef forward_of_def = {"_slow_forward", reinterpret_cast<PyCFunction>(slot(forward_of)),
                              METH_FASTCALL | METH_KEYWORDS, "forward() without hooks."};
PyObject* call_impl(PyObject* o, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return run_call(o, args, size_t(n), names);
}
PyMethodDef call_impl_def = {"_call_impl", reinterpret_cast<PyCFunction>(slot(call_impl)),
                             METH_FASTCALL | METH_KEYWORDS,
                             "forward() with hooks: what calling the module does."};

PyObject* missing_forward(PyObject* o, PyObject* const*, Py_ssize_t, PyObject*) {
  return guarded([&]() -> PyObject* {
    Tensor none;
    as_module(o)->m->Module::forward(none);
    return nullptr;
  });
}
PyMethodDef missing_forward_def = {
    "forward", reinterpret_cast<PyCFunction>(slot(missing_forward)), METH_FASTCALL | METH_KEYWORDS,
    "The result of the module. Every subclass defines it; calling the module runs it."};

}  // namespace

PyObject* module_vectorcall(PyObject* o, PyObject* const* args, size_t nargs, PyObject* names) {
  // Before 3.12 assigning a class's __call__ leaves its vectorcall in place.
  if (Py_TYPE(o)->tp_call == module_call) [[likely]]
    return run_call(o, args, nargs, names);
  return guarded([&]() -> PyObject* {
    CallArguments a(args, nargs, names);
    return Py_TYPE(o)->tp_call(o, a.positional.ptr(), a.keywords.ptr());
  });
}

PyObject* module_call(PyObject* o, PyObject* args, PyObject* kwargs) {
  size_t n = size_t(PyTuple_GET_SIZE(args));
  if (!kwargs || PyDict_GET_SIZE(kwargs) == 0) {
    PyObject* small[8];
    if (n >= 8) return run_call(o, &PyTuple_GET_ITEM(args, 0), n, nullptr);
    std::copy_n(&PyTuple_GET_ITEM(args, 0), n, small + 1);
    return run_call(o, small + 1, n | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
  }
  return guarded([&]() -> PyObject* {
    std::vector<PyObject*> stack(1);
    stack.insert(stack.end(), &PyTuple_GET_ITEM(args, 0), &PyTuple_GET_ITEM(args, 0) + n);
    nb::object names = nb::steal(PyTuple_New(PyDict_GET_SIZE(kwargs)));
    PyObject *key, *value;
    for (Py_ssize_t at = 0, i = 0; PyDict_Next(kwargs, &at, &key, &value); i++) {
      PyTuple_SET_ITEM(names.ptr(), i, Py_NewRef(key));
      stack.push_back(value);
    }
    return run_call(o, stack.data() + 1, n | PY_VECTORCALL_ARGUMENTS_OFFSET, names.ptr());
  });
}

// A module with a Python object, called from C++. If Python has changed nothing, the C++ forward
// runs.
Tensor call_from_cpp(Module& m, std::span<const Tensor* const> inputs) {
  Gil gil;
  nb::object o = nb::borrow(static_cast<PyObject*>(m.python));
  nb::object out;
  {
    nb::object args[9];
    PyObject* stack[9] = {};
    for (size_t i = 0; i < inputs.size() && i < 8; i++) {
      args[i + 1] = nb::steal(wrap(*inputs[i]));
      stack[i + 1] = args[i + 1].ptr();
    }
    size_t n = inputs.size() | PY_VECTORCALL_ARGUMENTS_OFFSET;
    out = nb::steal(Py_TYPE(o.ptr())->tp_call == module_call
                        ? module_vectorcall(o.ptr(), stack + 1, n, nullptr)
                        : PyObject_Vectorcall(o.ptr(), stack + 1, n, nullptr));
  }
  if (!out.is_valid()) throw nb::python_error();
  if (!is_tensor(out.ptr()))
    fail<TypeError>("a module called from C++ must return a Tensor, not ",
                    Py_TYPE(out.ptr())->tp_name);
  return tensor_of(out.ptr());
}

// Sequential: any object may go from child to child.
PyObject* sequential_forward(PyObject* o, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return guarded([&]() -> PyObject* {
    static constexpr const char* inputs[] = {"input"};
    PyObject* input = nullptr;
    parse_forward(o, inputs, 1, &input, args, n, names);
    nb::object x = nb::borrow(input);
    Module& m = module_of(o);
    for (size_t i = 0; i < m.entries().size(); i++) {
      auto& e = m.entries()[i];
      if (e.role != Role::child) continue;
      nb::object child = *e.child ? nb::steal(wrap_module(**e.child)) : nb::none();
      PyObject* stack[] = {nullptr, x.ptr()};
      size_t count = 1 | PY_VECTORCALL_ARGUMENTS_OFFSET;
      bool plain = is_module(child.ptr()) && Py_TYPE(child.ptr())->tp_call == module_call;
      nb::object y = nb::steal(plain ? module_vectorcall(child.ptr(), stack + 1, count, nullptr)
                                     : PyObject_Vectorcall(child.ptr(), stack + 1, count, nullptr));
      if (!y.is_valid()) throw nb::python_error();
      x = std::move(y);
    }
    return x.release().ptr();
  });
}

// ---- arguments of native forwards ----

namespace {
std::string forward_name(PyObject* o) {
  LayerType* layer = layer_of(Py_TYPE(o));
  return nb::cast<std::string>(nb::handle(type_object(layer->type)).attr("__name__")) +
         ".forward()";
}
[[noreturn]] void fail_keyword(PyObject* o, PyObject* name, const char* what) {
  fail<TypeError>(forward_name(o), " got ", what, " argument '", text_of(name), "'");
}
}  // namespace

void parse_forward(PyObject* o, std::span<const char* const> names, size_t required,
                   PyObject** slots, PyObject* const* args, Py_ssize_t n, PyObject* keywords) {
  if (size_t(n) > names.size())
    fail<TypeError>(forward_name(o), " takes ",
                    names.size() == required ? "" : "from " + std::to_string(required + 1) + " to ",
                    names.size() + 1, " positional arguments but ", n + 1, " were given");
  std::copy_n(args, n, slots);
  for (Py_ssize_t k = 0; keywords && k < PyTuple_GET_SIZE(keywords); k++) {
    PyObject* key = PyTuple_GET_ITEM(keywords, k);
    size_t at = 0;
    while (at < names.size() && text_of(key) != names[at]) at++;
    if (at == names.size()) fail_keyword(o, key, "an unexpected keyword");
    if (slots[at]) fail_keyword(o, key, "multiple values for");
    slots[at] = args[n + k];
  }
  std::vector<std::string> missing;
  for (size_t i = 0; i < required; i++)
    if (!slots[i]) missing.push_back("'" + std::string(names[i]) + "'");
  if (missing.empty()) return;
  std::string list = missing[0];
  for (size_t i = 1; i < missing.size(); i++)
    list += (i + 1 < missing.size() ? ", " : missing.size() > 2 ? ", and " : " and ") + missing[i];
  fail<TypeError>(forward_name(o), " missing ", missing.size(), " required positional argument",
                  missing.size() > 1 ? "s" : "", ": ", list);
}
const Tensor& forward_tensor(PyObject* value, const char* op, size_t position, const char* name) {
  if (!is_tensor(value))
    fail<TypeError>(op, "(): argument '", name, "' (position ", position + 1,
                    ") must be Tensor, not ", Py_TYPE(value)->tp_name);
  return tensor_of(value);
}

void define_module_calls(nb::module_& m) {
  const char* names[] = {"_backward_pre_hooks", "_backward_hooks", "_forward_hooks",
                         "_forward_pre_hooks"};
  for (int i = 0; i < 4; i++) call_registries[i] = PyUnicode_InternFromString(names[i]);
  nb::object type = nb::borrow(type_object(base_module_type));
  for (PyMethodDef* def : {&forward_of_def, &call_impl_def, &missing_forward_def})
    type.attr(def->ml_name) = nb::steal(method_of(base_module_type, def));
  type.attr("_wrapped_call_impl") = type.attr("_call_impl");
  m.def("set_hooked_call",
        [](nb::handle f) { hooked_call = nb::object(nb::borrow(f)).release().ptr(); });
  m.def("set_global_hooks", [](bool on) { global_hooks = on; });
}

}  // namespace taeda::python
