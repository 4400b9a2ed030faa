// The Tensor type: life and identity of the Python object, subclasses, operators.
#include "binding.h"
#include "taeda/nn/module.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

// Needs Python.h before it.
#include <structmember.h>

#include <unordered_map>

#include "taeda/base/hint.h"

namespace taeda::python {

int get_buffer(PyObject* o, Py_buffer* view, int flags);  // buffer.cpp
void release_buffer(PyObject* o, Py_buffer* view);

PyTypeObject* tensor_type = nullptr;
thread_local bool overrides_disabled = false;

namespace {

// ---- life ----

PyTensor* unused_objects = nullptr;  // chained through `dict`; protected by the GIL
int unused_count = 0;

PyTensor* as_py(PyObject* o) { return reinterpret_cast<PyTensor*>(o); }

// Turns ownership around, if C++ holds the tensor too and the object carries state. Runs as
// tp_finalize, so that the collector and subclasses honour it.
void tensor_finalize(PyObject* o) {
  PyTensor* self = as_py(o);
  TensorImpl* impl = self->value.impl();
  if (!impl || impl->marks & TensorImpl::owns_python) return;
  if (impl->count.load(std::memory_order_acquire) == 1) {
    // Nobody but, perhaps, the graph: it keeps its leaves.
    Node* leaf = impl->node.get();
    if (!leaf || leaf->clock || leaf->count.load(std::memory_order_acquire) == 1) return;
  }
  if (is_exact(o) && !self->dict && !self->weak) return;
  impl->marks |= TensorImpl::owns_python;
  Py_INCREF(o);
  release(impl);  // `value` stays as a borrowed pointer
}
// Clears the "finalized" bit of PyGC_Head: the object, or the next one in its memory, may need to
// turn around again.
void may_finalize_again(PyObject* o) { reinterpret_cast<uintptr_t*>(o)[-1] &= ~uintptr_t(1); }
void take_back(TensorImpl* impl) {  // Python asks for the object again
  impl->marks &= uint8_t(~TensorImpl::owns_python);
  retain(impl);
  auto* o = static_cast<PyObject*>(impl->python);
  may_finalize_again(o);
}
void python_owner_freed(TensorImpl* impl) {  // the C++ side went last: the object goes with it
  Gil gil;
  auto* o = static_cast<PyObject*>(impl->python);
  as_py(o)->value.release_impl();
  impl->marks &= uint8_t(~TensorImpl::owns_python);
  Py_DECREF(o);
}

void tensor_dealloc(PyObject* o) {
  PyTensor* self = as_py(o);
  PyTypeObject* type = Py_TYPE(o);
  if (type == tensor_type && (self->dict || self->weak) && PyObject_CallFinalizerFromDealloc(o) < 0)
    return;
  if (PyObject_GC_IsTracked(o)) PyObject_GC_UnTrack(o);
  if (self->weak) PyObject_ClearWeakRefs(o);
  Py_CLEAR(self->dict);
  if (self->value.defined()) self->value->python = nullptr;
  self->value.~Tensor();
  if (type == tensor_type && unused_count < 256) {
    may_finalize_again(o);
    self->dict = reinterpret_cast<PyObject*>(std::exchange(unused_objects, self));
    unused_count++;
  } else {
    type->tp_free(o);
  }
  Py_DECREF(type);
}

// What only this object reaches. A node or leaf that the graph shares is left alone until the graph
// lets go.
Node* own_node(PyTensor* self) {
  TensorImpl* impl = self->value.impl();
  if (!impl || impl->marks & TensorImpl::owns_python || impl->count != 1 || !impl->node ||
      impl->node->count != 1)
    return nullptr;
  return impl->node.get();
}
int tensor_traverse(PyObject* o, visitproc visit, void* arg) {
  PyTensor* self = as_py(o);
  Py_VISIT(Py_TYPE(o));
  Py_VISIT(self->dict);
  if (Node* node = own_node(self)) {
    Py_VISIT(static_cast<PyObject*>(node->python()));
    if (node->hooks) {
      for (auto& h : node->hooks->tensor) Py_VISIT(static_cast<PyObject*>(h.hook->python()));
      for (auto& h : node->hooks->accumulated) Py_VISIT(static_cast<PyObject*>(h.second->python()));
      for (auto& h : node->hooks->before) Py_VISIT(static_cast<PyObject*>(h.hook->python()));
      for (auto& h : node->hooks->after) Py_VISIT(static_cast<PyObject*>(h.hook->python()));
    }
  }
  return 0;
}
int tensor_clear(PyObject* o) {
  PyTensor* self = as_py(o);
  Py_CLEAR(self->dict);
  if (Node* node = own_node(self)) {
    if (node->clock) {
      self->value->node = {};
      self->value->flags &= uint8_t(~TensorImpl::needs_grad);
    } else {
      node->hooks.reset();
    }
  }
  return 0;
}

// ---- attributes and subclasses ----

int tensor_setattr(PyObject* o, PyObject* name, PyObject* value) {
  int rc = PyObject_GenericSetAttr(o, name, value);
  if (as_py(o)->dict) track(o);
  return rc;
}
PyObject* get_dict(PyObject* o, void* context) {
  track(o);
  return PyObject_GenericGetDict(o, context);
}

std::unordered_map<PyTypeObject*, Override>& overrides() {
  static auto* map = new std::unordered_map<PyTypeObject*, Override>;
  return *map;
}
PyObject* no_override = nullptr;  // _C._disabled_torch_function_impl

PyObject* init_subclass(PyObject* cls, PyObject*, PyObject*) {
  auto* type = reinterpret_cast<PyTypeObject*>(cls);
  return guarded([&]() -> PyObject* {
    nb::object own = nb::getattr(cls, "__torch_function__");
    nb::object function = nb::getattr(own, "__func__", own);
    overrides()[type] = function.is(no_override)            ? Override::none
                        : PyCFunction_Check(function.ptr()) ? Override::keeps_class
                                                            : Override::calls;
    Py_RETURN_NONE;
  });
}

// Tensor.__torch_function__(func, types, args, kwargs): runs func without overrides; results take
// the class.
PyObject* default_torch_function(PyObject* cls, PyObject* args) {
  PyObject *func, *types, *call_args = nullptr, *kwargs = nullptr;
  if (!PyArg_ParseTuple(args, "OO|OO", &func, &types, &call_args, &kwargs)) return nullptr;
  nb::object empty = nb::tuple();
  bool before = std::exchange(overrides_disabled, true);
  PyObject* out = PyObject_Call(func, call_args ? call_args : empty.ptr(), kwargs);
  overrides_disabled = before;
  auto* type = reinterpret_cast<PyTypeObject*>(cls);
  if (!out || !is_exact(out) || override_of(type) == Override::none || Py_REFCNT(out) > 1)
    return out;
  Tensor t = tensor_of(out);
  Py_DECREF(out);
  return guarded([&] { return wrap(t, type); });
}

[[noreturn]] void fail_new(nb::handle args, nb::handle kwargs) {
  std::string got;
  for (nb::handle a : args) got += (got.empty() ? "" : ", ") + python_type_name(a.ptr());
  for (auto [word, value] : nb::borrow<nb::dict>(kwargs))
    got += (got.empty() ? "" : ", ") + nb::cast<std::string>(word) + "=" +
           python_type_name(value.ptr());
  fail<TypeError>("new() received an invalid combination of arguments - got (", got,
                  "), but expected one of:\n"
                  " * (*, torch.device device = None)\n"
                  " * (Tensor other)\n"
                  " * (tuple of ints size, *, torch.device device = None)\n"
                  " * (object data, *, torch.device device = None)\n"
                  "For data with a dtype use torch.tensor(data, dtype=..).\n");
}

// Tensor(2, 3), Tensor([..]), Tensor(other), and the same of subclasses.
PyObject* tensor_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return guarded([&]() -> PyObject* {
    if (kwargs && PyDict_GET_SIZE(kwargs) && type == tensor_type) {
      if (PyDict_GetItemString(kwargs, "device") == nullptr || PyDict_GET_SIZE(kwargs) > 1)
        fail_new(args, kwargs);
    }
    if (type == tensor_type)
      hint("torch.Tensor(..)",
           "torch.Tensor(..) is the old constructor: write torch.empty(2, 3) for sizes and "
           "torch.tensor(data, dtype=torch.get_default_dtype()) for data.");
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n == 0) return new_object(type, empty({0}));
    PyObject* first = PyTuple_GET_ITEM(args, 0);
    if (is_tensor(first)) return new_object(type, alias(tensor_of(first)));
    if (PyLong_Check(first) || Py_TYPE(first) == size_type)
      return new_object(type, empty(Py_TYPE(first) == size_type ? dims_of(first) : dims_of(args)));
    if (PyUnicode_Check(first)) fail<TypeError>("new(): invalid data type 'str'");
    if (PyFloat_Check(first))
      fail<TypeError>("new(): data must be a sequence (got ",
                      std::string_view(Py_TYPE(first)->tp_name), ")");
    return new_object(type, tensor_from(first, default_dtype(), {}));
  });
}

// ---- operators ----

struct Operators {
  Binding *add, *sub, *mul, *div, *matmul, *neg, *pow, *remainder, *floor_divide, *bitand_, *bitor_,
      *bitxor, *lshift, *rshift, *invert, *abs, *positive, *compare[6];
};
Operators op;

// The common case, two plain tensors, goes straight to the op.
template <class Op> PyObject* direct(PyObject* x, PyObject* y) {
  return guarded([&] {
    const Tensor* in[] = {&tensor_of(x), &tensor_of(y)};
    return wrap(call<Op>({in, 2}, {}));
  });
}
template <class Op> PyObject* direct_number(const Tensor& x, Scalar s) {
  return guarded([&] {
    NumberTensor number(s, x.dtype(), x.device());
    const Tensor* in[] = {&x, &number.tensor()};
    return wrap(call<Op>({in, 2}, {}));
  });
}
template <class Op, Binding* Operators::*binding> PyObject* binary(PyObject* x, PyObject* y) {
  if (is_plain(x) && tensor_of(x).numel() < kReleaseGil) [[likely]] {
    if (is_plain(y) && tensor_of(y).numel() < kReleaseGil) return direct<Op>(x, y);
    if (!tls.tracer) {
      if (PyFloat_CheckExact(y)) return direct_number<Op>(tensor_of(x), PyFloat_AS_DOUBLE(y));
      if (PyLong_CheckExact(y)) {
        int overflow;
        long long v = PyLong_AsLongLongAndOverflow(y, &overflow);
        if (!overflow) return direct_number<Op>(tensor_of(x), int64_t(v));
      }
    }
  }
  return dispatch_operator(*(op.*binding), x, y);
}
template <Binding* Operators::*binding> PyObject* plain_binary(PyObject* x, PyObject* y) {
  return dispatch_operator(*(op.*binding), x, y);
}
template <Binding* Operators::*binding> PyObject* inplace_binary(PyObject* x, PyObject* y) {
  return dispatch_operator(*(op.*binding), x, y, true);
}
template <Binding* Operators::*binding> PyObject* unary(PyObject* x) {
  return dispatch(*(op.*binding), x, nullptr, 0, nullptr);
}
PyObject* power(PyObject* x, PyObject* y, PyObject*) { return dispatch_operator(*op.pow, x, y); }
PyObject* inplace_power(PyObject* x, PyObject* y, PyObject*) {
  return dispatch_operator(*op.pow, x, y, true);
}
PyObject* invert(PyObject* x) {
  if (category_of(tensor_of(x).dtype()) > Category::integral) {
    PyErr_SetString(PyExc_TypeError,
                    "~ (operator.invert) is only implemented on integer and Boolean-type tensors");
    return nullptr;
  }
  return dispatch(*op.invert, x, nullptr, 0, nullptr);
}
// floor_divide keeps floats exact; x // 0 of integers is refused by the op.
PyObject* matmul(PyObject* x, PyObject* y) {
  if (!is_tensor(x) || !is_tensor(y)) {
    if (is_tensor(x) && is_array(y)) return dispatch_operator(*op.matmul, x, y);
    Py_RETURN_NOTIMPLEMENTED;
  }
  return dispatch_operator(*op.matmul, x, y);
}

PyObject* compare(PyObject* x, PyObject* y, int how) {
  PyObject* out = dispatch_operator(*op.compare[how], x, y);
  return out;
}
Py_hash_t hash(PyObject* o) { return Py_hash_t(reinterpret_cast<uintptr_t>(o) >> 4); }

int truth(PyObject* o) {
  bool yes = false;
  int rc = guarded_int([&] {
    const Tensor& t = tensor_of(o);
    if (t.numel() != 1)
      fail("Boolean value of Tensor with ", t.numel() ? "more than one value" : "no values",
           " is ambiguous");
    yes = t.item<bool>();
  });
  return rc < 0 ? rc : yes;
}
PyObject* as_index(PyObject* o) {
  const Tensor& t = tensor_of(o);
  if (t.numel() != 1 || category_of(t.dtype()) > Category::integral) {
    PyErr_SetString(PyExc_TypeError,
                    "only integer tensors of a single element can be converted to an index");
    return nullptr;
  }
  return guarded([&] { return PyLong_FromLongLong(t.item<int64_t>()); });
}
Scalar one_value(const Tensor& t) {
  if (t.numel() != 1)
    fail<ValueError>("only one element tensors can be converted to Python scalars");
  Scalar s = t.item();
  if (is_complex(t.dtype())) s.check_fits(DType::float64);
  return s;
}
PyObject* as_float(PyObject* o) {
  return guarded([&] { return PyFloat_FromDouble(one_value(tensor_of(o)).to<double>()); });
}
PyObject* as_int(PyObject* o) {
  return guarded([&]() -> PyObject* {
    Scalar s = one_value(tensor_of(o));
    if (s.category() == Category::floating) return PyLong_FromDouble(s.to<double>());
    if (tensor_of(o).dtype() == DType::uint64)
      return PyLong_FromUnsignedLongLong(uint64_t(s.to<int64_t>()));
    return PyLong_FromLongLong(s.to<int64_t>());
  });
}

Py_ssize_t length(PyObject* o) {
  const Tensor& t = tensor_of(o);
  if (t.dim()) return t.sizes()[0];
  PyErr_SetString(PyExc_TypeError, "len() of a 0-d tensor");
  return -1;
}
PyObject* iterate(PyObject* o) {
  const Tensor& t = tensor_of(o);
  if (t.dim() == 0) {
    PyErr_SetString(PyExc_TypeError, "iteration over a 0-d tensor");
    return nullptr;
  }
  return guarded([&] {
    nb::object rows = nb::steal(dispatch(binding_of("unbind"), o, nullptr, 0, nullptr));
    if (!rows.is_valid()) throw nb::python_error();
    return PyObject_GetIter(rows.ptr());
  });
}
// `a in x`: whether any element equals it.
int contains(PyObject* o, PyObject* item) {
  int found = 0;
  int rc = guarded_int([&] {
    if (!is_tensor(item) && !scalar_of(item))
      fail("Tensor.__contains__ only supports Tensor or scalar, but you passed in a ",
           nb::cast<std::string>(nb::str(nb::handle(reinterpret_cast<PyObject*>(Py_TYPE(item))))),
           ".");
    NoGradGuard raw;
    const Tensor& t = tensor_of(o);
    Tensor same = is_tensor(item) ? t == tensor_of(item) : t == *scalar_of(item);
    found = same.sum().item<int64_t>() > 0;
  });
  return rc < 0 ? rc : found;
}

PyMethodDef own_methods[] = {
    {"__init_subclass__", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(init_subclass)),
     METH_VARARGS | METH_KEYWORDS | METH_CLASS, nullptr},
    {"__torch_function__", default_torch_function, METH_VARARGS | METH_CLASS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PyTensor, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PyTensor, weak), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
PyGetSetDef dict_property[] = {{"__dict__", get_dict, PyObject_GenericSetDict, nullptr, nullptr},
                               {nullptr, nullptr, nullptr, nullptr, nullptr}};

int tensor_init(PyObject*, PyObject*, PyObject*) { return 0; }  // __new__ has made it

template <class F> void* slot(F* f) { return reinterpret_cast<void*>(f); }
char type_doc[] =
    "Numbers of one dtype in a grid of any rank, on one device.\n\n"
    "Made by torch.tensor(data), torch.zeros(2, 3) and the other factories; Tensor(2, 3) is an\n"
    "unset one of that size, Tensor([1, 2]) a copy of the numbers, both of the default dtype.\n"
    "shape, dtype and device say what it is; requires_grad whether ops record their gradients,\n"
    "which backward() adds into the grad of the leaves. Methods ending in _ change it in place.";
PyType_Slot slots[] = {{Py_tp_doc, type_doc},
                       {Py_tp_new, slot(tensor_new)},
                       {Py_tp_init, slot(tensor_init)},
                       {Py_tp_dealloc, slot(tensor_dealloc)},
                       {Py_tp_finalize, slot(tensor_finalize)},
                       {Py_tp_traverse, slot(tensor_traverse)},
                       {Py_tp_clear, slot(tensor_clear)},
                       {Py_tp_setattro, slot(tensor_setattr)},
                       {Py_tp_getset, dict_property},
                       {Py_tp_members, members},
                       {Py_tp_methods, own_methods},
                       {Py_tp_richcompare, slot(compare)},
                       {Py_tp_hash, slot(hash)},
                       {Py_tp_iter, slot(iterate)},
                       {Py_mp_subscript, slot(get_item)},
                       {Py_mp_ass_subscript, slot(set_item)},
                       {Py_mp_length, slot(length)},
                       {Py_sq_contains, slot(contains)},
                       {Py_bf_getbuffer, slot(get_buffer)},
                       {Py_bf_releasebuffer, slot(release_buffer)},
                       {Py_nb_bool, slot(truth)},
                       {Py_nb_index, slot(as_index)},
                       {Py_nb_float, slot(as_float)},
                       {Py_nb_int, slot(as_int)},
                       {Py_nb_add, slot(binary<ops::Add, &Operators::add>)},
                       {Py_nb_subtract, slot(binary<ops::Sub, &Operators::sub>)},
                       {Py_nb_multiply, slot(binary<ops::Mul, &Operators::mul>)},
                       {Py_nb_true_divide, slot(binary<ops::Div, &Operators::div>)},
                       {Py_nb_floor_divide, slot(plain_binary<&Operators::floor_divide>)},
                       {Py_nb_remainder, slot(plain_binary<&Operators::remainder>)},
                       {Py_nb_power, slot(power)},
                       {Py_nb_matrix_multiply, slot(matmul)},
                       {Py_nb_and, slot(plain_binary<&Operators::bitand_>)},
                       {Py_nb_or, slot(plain_binary<&Operators::bitor_>)},
                       {Py_nb_xor, slot(plain_binary<&Operators::bitxor>)},
                       {Py_nb_lshift, slot(plain_binary<&Operators::lshift>)},
                       {Py_nb_rshift, slot(plain_binary<&Operators::rshift>)},
                       {Py_nb_negative, slot(unary<&Operators::neg>)},
                       {Py_nb_positive, slot(unary<&Operators::positive>)},
                       {Py_nb_absolute, slot(unary<&Operators::abs>)},
                       {Py_nb_invert, slot(invert)},
                       {Py_nb_inplace_add, slot(inplace_binary<&Operators::add>)},
                       {Py_nb_inplace_subtract, slot(inplace_binary<&Operators::sub>)},
                       {Py_nb_inplace_multiply, slot(inplace_binary<&Operators::mul>)},
                       {Py_nb_inplace_true_divide, slot(inplace_binary<&Operators::div>)},
                       {Py_nb_inplace_floor_divide, slot(inplace_binary<&Operators::floor_divide>)},
                       {Py_nb_inplace_remainder, slot(inplace_binary<&Operators::remainder>)},
                       {Py_nb_inplace_power, slot(inplace_power)},
                       {Py_nb_inplace_and, slot(inplace_binary<&Operators::bitand_>)},
                       {Py_nb_inplace_or, slot(inplace_binary<&Operators::bitor_>)},
                       {Py_nb_inplace_xor, slot(inplace_binary<&Operators::bitxor>)},
                       {0, nullptr}};
PyType_Spec spec = {"Tensor", sizeof(PyTensor), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

// ---- what the other files use ----

PyObject* new_object(PyTypeObject* type, Tensor t) {
  PyTensor* self;
  if (type == tensor_type && unused_objects) {
    self = unused_objects;
    unused_objects = reinterpret_cast<PyTensor*>(std::exchange(self->dict, nullptr));
    unused_count--;
    Py_SET_REFCNT(self, 1);
    Py_INCREF(type);
  } else if (type == tensor_type) {
    self = PyObject_GC_New(PyTensor, type);  // untracked until it may be part of a cycle
    if (self) self->dict = self->weak = nullptr;
  } else {
    self = as_py(type->tp_alloc(type, 0));
  }
  if (!self) throw nb::python_error();
  t->python = self;
  new (&self->value) Tensor(std::move(t));
  return reinterpret_cast<PyObject*>(self);
}
PyObject* wrap(Tensor t, PyTypeObject* as) {
  if (!t.defined()) Py_RETURN_NONE;
  if (t->python) {
    if (t->marks & TensorImpl::owns_python) take_back(t.impl());  // hands over C++'s reference
    else Py_INCREF(static_cast<PyObject*>(t->python));
    return static_cast<PyObject*>(t->python);
  }
  return new_object(as ? as : tensor_type, std::move(t));
}
void track(PyObject* o) {
  if (!PyObject_GC_IsTracked(o)) PyObject_GC_Track(o);
}
Override override_of(PyTypeObject* type) {
  auto it = overrides().find(type);
  return it == overrides().end() ? Override::none : it->second;
}

void set_python_error() noexcept {
  auto set = [](PyObject* type, const std::exception& e) { PyErr_SetString(type, e.what()); };
  try {
    throw;
  } catch (nb::python_error& e) { e.restore(); } catch (nb::builtin_exception& e) {
    set(e.type() == nb::exception_type::type_error ? PyExc_TypeError : PyExc_RuntimeError, e);
  } catch (const TypeError& e) { set(PyExc_TypeError, e); } catch (const ValueError& e) {
    set(PyExc_ValueError, e);
  } catch (const IndexError& e) { set(PyExc_IndexError, e); } catch (const NotImplementedError& e) {
    set(PyExc_NotImplementedError, e);
  } catch (const nn::AssertionError& e) {
    set(PyExc_AssertionError, e);
  } catch (const std::bad_alloc& e) { set(PyExc_MemoryError, e); } catch (const std::exception& e) {
    // PyTorch asserts that it was built with CUDA.
    bool no_cuda = std::string_view(e.what()) == "Torch not compiled with CUDA enabled";
    set(no_cuda ? PyExc_AssertionError : PyExc_RuntimeError, e);
  }
}

void define_tensor(nb::module_& m) {
  on_python_owner_freed = python_owner_freed;
  tensor_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (!tensor_type) throw nb::python_error();
  static PyMethodDef disabled = {"_disabled_torch_function_impl",
                                 [](PyObject*, PyObject*) { return Py_NewRef(Py_NotImplemented); },
                                 METH_VARARGS, nullptr};
  no_override = PyCFunction_New(&disabled, nullptr);
  m.attr("_disabled_torch_function_impl") = nb::borrow(no_override);
  nb::object type = nb::borrow(reinterpret_cast<PyObject*>(tensor_type));
  type.attr("__module__") = "torch";
  m.attr("Tensor") = type;
  bind_ops(m);
  auto b = [](const char* name) { return &binding_of(name); };
  op = {b("add"),
        b("sub"),
        b("mul"),
        b("div"),
        b("matmul"),
        b("neg"),
        b("pow"),
        b("remainder"),
        b("floor_divide"),
        b("bitwise_and"),
        b("bitwise_or"),
        b("bitwise_xor"),
        b("bitwise_left_shift"),
        b("bitwise_right_shift"),
        b("bitwise_not"),
        b("abs"),
        b("positive"),
        {b("lt"), b("le"), b("eq"), b("ne"), b("gt"), b("ge")}};
  // Subclasses: data under another class, sharing memory.
  m.def(
      "_make_subclass",
      [](nb::handle cls, const Tensor& data, bool requires_grad) {
        Tensor t = data.detach();
        if (requires_grad) {
          if (!can_have_gradient(t.dtype()))
            fail("Only Tensors of floating point and complex dtype can require gradients");
          t.requires_grad_();
        }
        return nb::steal(new_object(reinterpret_cast<PyTypeObject*>(cls.ptr()), t));
      },
      nb::arg("cls"), nb::arg("data"), nb::arg("requires_grad") = false);
  m.def("_op_table", op_table);
}

}  // namespace taeda::python
