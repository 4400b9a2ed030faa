// x[key] and x[key] = value: Python's keys as Index items. Ints and slices alone take a short way.
#include "bind.h"
#include "old_data.h"
#include "taeda/base/hint.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/index_key.h"
#include "taeda/ops/views.h"

namespace taeda::python {

namespace {

bool plain_int(PyObject* o) { return PyLong_CheckExact(o); }

int64_t integer_of(PyObject* o) {
  int overflow;
  long long v = PyLong_AsLongLongAndOverflow(o, &overflow);
  if (overflow) fail<IndexError>("cannot fit 'int' into an index-sized integer");
  return v;
}
Tensor select_at(const Tensor& x, int64_t dim, int64_t i, int64_t shown) {
  int64_t n = x.sizes()[size_t(dim)];
  if (i < -n || i >= n) {
    (void)shown;
    fail<IndexError>("index ", i, " is out of bounds for dimension ", shown, " with size ", n);
  }
  return x.select(ops::Select::Attrs{dim, i});
}

std::optional<int64_t> bound_of(PyObject* o) {
  if (o == Py_None) return std::nullopt;
  nb::object n = nb::steal(PyNumber_Index(o));
  if (!n.is_valid()) throw nb::python_error();
  int overflow;
  long long v = PyLong_AsLongLongAndOverflow(n.ptr(), &overflow);
  return overflow > 0 ? INT64_MAX : overflow < 0 ? INT64_MIN / 2 : v;
}
Slice slice_of(PyObject* o) {
  auto* s = reinterpret_cast<PySliceObject*>(o);
  Slice out{bound_of(s->start), bound_of(s->stop), bound_of(s->step)};
  if (out.step && *out.step == 0) fail<ValueError>("slice step cannot be zero");
  if (out.step && *out.step < 0) fail<ValueError>("step must be greater than zero");
  return out;
}

bool holds_indices(PyObject* o) {  // a sequence that stands for an index tensor
  return PyList_Check(o) || PyTuple_Check(o) || PyRange_Check(o);
}
Tensor tensor_index(PyObject* o) {
  Tensor t = tensor_from(o, {}, {});
  if (t.numel() == 0) return t.to(DType::int64);
  return t;
}

Index index_of(PyObject* o) {
  if (o == Py_None) return Index(None);
  if (o == Py_Ellipsis) return Index(Ellipsis);
  if (PyBool_Check(o)) return Index(o == Py_True);
  if (PyLong_Check(o)) return Index(integer_of(o));
  if (PySlice_Check(o)) return Index(slice_of(o));
  if (is_tensor(o)) {
    const Tensor& t = tensor_of(o);
    if (t.dim() == 0 && is_integral(t.dtype()) && t.dtype() != DType::uint8)
      return Index(t.item<int64_t>());
    return Index(t);
  }
  if (is_array(o)) return Index(from_array(o).clone());
  if (holds_indices(o)) return Index(tensor_index(o));
  if (PyUnicode_Check(o)) fail<TypeError>("new(): invalid data type 'str'");
  if (auto s = scalar_of(o); s && s->category() == Category::integral)
    return Index(s->to<int64_t>());
  fail<IndexError>(
      "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
      "valid indices (got ",
      std::string_view(Py_TYPE(o)->tp_name), ")");
}
// A short sequence that holds more than numbers is read as a tuple, as NumPy once did.
bool reads_as_tuple(PyObject* key) {
  if (!PySequence_Check(key) || PyTuple_Check(key) || is_tensor(key) || is_array(key)) return false;
  Py_ssize_t n = PySequence_Size(key);
  if (n < 0) PyErr_Clear();
  for (Py_ssize_t i = 0; i < n && n < 32; i++) {
    nb::object item = nb::steal(PySequence_GetItem(key, i));
    if (!item.is_valid()) return PyErr_Clear(), false;
    PyObject* o = item.ptr();
    if (is_tensor(o) || o == Py_None || o == Py_Ellipsis || PySlice_Check(o) ||
        PySequence_Check(o)) {
      warn(
          "Using a non-tuple sequence for multidimensional indexing is deprecated and will be "
          "changed in pytorch 2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will "
          "be interpreted as tensor index, x[torch.tensor(seq)], which will result either in an "
          "error or a different result");
      return true;
    }
  }
  return false;
}
std::vector<Index> indices_of(PyObject* key) {
  std::vector<Index> out;
  if (!PyTuple_Check(key)) {
    if (!PyLong_Check(key) && key != Py_None && reads_as_tuple(key)) {
      nb::object items = nb::steal(PySequence_Tuple(key));
      if (!items.is_valid()) throw nb::python_error();
      return indices_of(items.ptr());
    }
    out.push_back(index_of(key));
    return out;
  }
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); i++)
    out.push_back(index_of(PyTuple_GET_ITEM(key, i)));
  return out;
}

}  // namespace

PyObject* get_item(PyObject* o, PyObject* key) {
  if (!is_exact(o) && override_of(Py_TYPE(o)) == Override::calls && !overrides_disabled) {
    nb::object f =
        nb::steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(tensor_type), "__getitem__"));
    PyObject *args[] = {o, key}, *out = nullptr;
    if (overridden(f.ptr(), args, 2, &out)) return out;
  }
  return guarded([&]() -> PyObject* {
    const Tensor& x = tensor_of(o);
    PyTypeObject* as =
        is_exact(o) || override_of(Py_TYPE(o)) != Override::keeps_class ? nullptr : Py_TYPE(o);
    if (plain_int(key) && x.dim()) return wrap(select_at(x, 0, integer_of(key), 0), as);
    if (x.dim() == 0 && (PyLong_Check(key) && !PyBool_Check(key))) {
      if (int64_t i = integer_of(key); x->marks & kOldData && (i == 0 || i == -1)) {
        hint("x.data[0]",
             "x.data[0] of a tensor without dimensions is the old way to its number: write "
             "x.item().");
        return nb::object(nb::handle(o).attr("item")()).release().ptr();
      }
      fail<IndexError>(
          "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
          "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number");
    }
    Tensor out = index_tensor(x, indices_of(key));
    if (out.is(x)) out = same_view(x);
    return wrap(std::move(out), as);
  });
}

int set_item(PyObject* o, PyObject* key, PyObject* value) {
  if (!value) {
    PyErr_SetString(PyExc_TypeError, "Tensor does not support deleting items");
    return -1;
  }
  return guarded_int([&] {
    const Tensor& x = tensor_of(o);
    Tensor held;
    if (is_tensor(value)) held = tensor_of(value);
    else if (is_array(value)) held = from_array(value);
    else if (auto s = scalar_of(value)) {
      s->check_fits(x.dtype());
      held = scalar(*s, x.dtype(), x.device());
      held->marks |= TensorImpl::number;
    } else {
      fail<TypeError>("can't assign a ", std::string_view(Py_TYPE(value)->tp_name), " to a torch.",
                      word_of(x.dtype()), "Tensor");
    }
    if (plain_int(key) && x.dim() && held.dim() == 0) {
      Tensor row = select_at(x, 0, integer_of(key), 0);
      row.copy_(held);
      return;
    }
    index_assign(x, indices_of(key), held);
  });
}

}  // namespace taeda::python
