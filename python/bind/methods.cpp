// Tensor's attributes, and its methods that are no ops.
#include <sys/mman.h>

#include <cstring>

#include "method.h"
#include "old_data.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/complex.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index_key.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"
#include "taeda/tensor/overlap.h"
#include "taeda/threads/pool.h"

namespace taeda::python {

namespace {

// ---- memory that processes share ----

// Pages that a forked process has in common with this one. What a storage had before stays, for
// whoever still looks at it.
struct SharedPages final : Keeper {
  std::byte *pages, *before;
  size_t bytes;
  bool ours;  // before is memory that the storage allocated
  Keeper* keeper;
  explicit SharedPages(Storage& s)
      : before(s.data),
        bytes(std::max<size_t>(s.bytes, 1)),
        ours(!s.keeper && s.data && s.data != s.inline_data()),
        keeper(s.keeper) {
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) fail("share_memory_(): unable to map ", bytes, " bytes of shared memory");
    pages = static_cast<std::byte*>(p);
    if (s.data) std::memcpy(pages, s.data, s.bytes);
    s.data = pages;
    s.keeper = this;
  }
  ~SharedPages() override {
    munmap(pages, bytes);
    delete keeper;
    if (!ours) return;
    deallocate(before, bytes);
    taeda::detail::count_bytes(-int64_t(bytes));
  }
};
bool is_shared(const Storage& s) { return dynamic_cast<SharedPages*>(s.keeper); }
void share(Storage& s) {
  if (!is_shared(s)) new SharedPages(s);
}

// A property of Tensor: get and, if given, set. Set receives null for `del`.
template <auto get> PyObject* getter(PyObject* o, void*) {
  return guarded([&] {
    if constexpr (std::is_same_v<decltype(get(tensor_of(o))), PyObject*>) return get(tensor_of(o));
    else return nb::cast(get(tensor_of(o))).release().ptr();
  });
}
template <auto set> int setter(PyObject* o, PyObject* v, void*) {
  return guarded_int([&] { set(tensor_of(o), v); });
}

void assign_grad(const Tensor& t, PyObject* v) {
  if (v && v != Py_None && !is_tensor(v))
    fail<TypeError>("assigned grad expected to be a Tensor or None but got grad of type ",
                    std::string_view(Py_TYPE(v)->tp_name));
  t.set_grad(v && v != Py_None ? tensor_of(v) : Tensor());
}
PyObject* read_grad(const Tensor& t) {
  Tensor g = t.grad();
  if (!g.defined() && !t.is_leaf() && !retains_grad(t))
    warn(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
        "attribute won't be populated during autograd.backward(). If you indeed want the .grad "
        "field to "
        "be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you "
        "access "
        "the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See "
        "github.com/pytorch/pytorch/pull/30531 for more informations.");
  return wrap(g);
}
void assign_requires_grad(const Tensor& t, PyObject* v) {
  if (!v || !PyBool_Check(v)) fail("requires_grad must be a bool");
  if (v == Py_True && !can_have_gradient(t.dtype()))
    fail("only Tensors of floating point and complex dtype can require gradients");
  Tensor(t).requires_grad_(v == Py_True);
}
PyObject* read_grad_dtype(const Tensor& t) {
  Leaf* leaf = leaf_if_any(t);
  return Py_NewRef(dtype_objects[int(leaf && leaf->grad_dtype ? *leaf->grad_dtype : t.dtype())]);
}
void assign_grad_dtype(const Tensor& t, PyObject* v) {
  if (!t.is_leaf()) fail("grad_dtype can only be set on leaf tensors.");
  auto d = v ? dtype_of_object(v) : std::nullopt;
  if (!d && v != Py_None)
    fail<TypeError>("grad_dtype must be a torch.dtype or None, not ",
                    std::string_view(v ? Py_TYPE(v)->tp_name : "nothing"));
  leaf_of(t)->grad_dtype = d;
}
void assign_data(const Tensor& t, PyObject* v) {
  if (!v || !is_tensor(v))
    fail<TypeError>("Variable data has to be a tensor, but got ",
                    std::string_view(v ? Py_TYPE(v)->tp_name : "nothing"));
  t.set_data(tensor_of(v));
}
PyObject* read_data(const Tensor& t) {
  Tensor out = t.data();
  if (out.dim() == 0) out->marks |= kOldData;
  return wrap(out);
}
PyObject* version_of(const Tensor& t) {
  if (t->marks & TensorImpl::inference) fail("Inference tensors do not track version counter.");
  return PyLong_FromLong(long(t.version()));
}
PyObject* real_part(const Tensor& t, bool imaginary) { return wrap(imaginary ? imag(t) : real(t)); }

PyGetSetDef properties[] = {
    {"grad", getter<read_grad>, setter<assign_grad>, "The accumulated gradient of a leaf, or None.",
     nullptr},
    {"_grad", getter<[](const Tensor& t) { return t.grad(); }>, setter<assign_grad>, nullptr,
     nullptr},
    {"grad_dtype", getter<read_grad_dtype>, setter<assign_grad_dtype>,
     "What dtype .grad must have.", nullptr},
    {"data", getter<read_data>, setter<assign_data>, "The same memory outside the graph.", nullptr},
    {"requires_grad", getter<[](const Tensor& t) { return t.requires_grad(); }>,
     setter<assign_requires_grad>, "Whether gradients are recorded.", nullptr},
    {"is_leaf", getter<[](const Tensor& t) { return t.is_leaf(); }>, nullptr,
     "Whether no recorded op made it.", nullptr},
    {"retains_grad", getter<[](const Tensor& t) { return retains_grad(t); }>, nullptr, nullptr,
     nullptr},
    {"output_nr", getter<[](const Tensor& t) { return t->output; }>, nullptr, nullptr, nullptr},
    {"shape", getter<[](const Tensor& t) { return size_of_dims(t.sizes()); }>, nullptr,
     "The sizes, as torch.Size.", nullptr},
    {"dtype", getter<[](const Tensor& t) { return Py_NewRef(dtype_objects[int(t.dtype())]); }>,
     nullptr, "The element type.", nullptr},
    {"device", getter<[](const Tensor& t) { return device_object(t.device()); }>, nullptr,
     "Where it lies.", nullptr},
    {"layout", getter<[](const Tensor&) { return Py_NewRef(strided); }>, nullptr, nullptr, nullptr},
    {"ndim", getter<[](const Tensor& t) { return t.dim(); }>, nullptr, "The number of axes.",
     nullptr},
    {"itemsize", getter<[](const Tensor& t) { return size_of(t.dtype()); }>, nullptr, nullptr,
     nullptr},
    {"nbytes", getter<[](const Tensor& t) { return size_t(t.numel()) * size_of(t.dtype()); }>,
     nullptr, nullptr, nullptr},
    {"_version", getter<version_of>, nullptr, "How many in-place changes there were.", nullptr},
    {"_base", getter<[](const Tensor& t) { return base_of(t); }>, nullptr, nullptr, nullptr},
    {"T", getter<[](const Tensor& t) { return t.T(); }>, nullptr, "All axes reversed.", nullptr},
    {"mT", getter<[](const Tensor& t) { return t.mT(); }>, nullptr, "The last two axes swapped.",
     nullptr},
    {"H", getter<[](const Tensor& t) { return t.T().conj(); }>, nullptr, nullptr, nullptr},
    {"mH", getter<[](const Tensor& t) { return t.mT().conj(); }>, nullptr, nullptr, nullptr},
    {"real", getter<[](const Tensor& t) { return real_part(t, false); }>, nullptr, nullptr,
     nullptr},
    {"imag", getter<[](const Tensor& t) { return real_part(t, true); }>, nullptr, nullptr, nullptr},
    {"is_cuda", getter<[](const Tensor&) { return false; }>, nullptr, nullptr, nullptr},
    {"is_cpu", getter<[](const Tensor& t) { return t.device().type == DeviceType::cpu; }>, nullptr,
     nullptr, nullptr},
    {"is_meta", getter<[](const Tensor& t) { return t.is_meta(); }>, nullptr, nullptr, nullptr},
    {"is_sparse", getter<[](const Tensor&) { return false; }>, nullptr, nullptr, nullptr},
    {"is_quantized", getter<[](const Tensor&) { return false; }>, nullptr, nullptr, nullptr},
    {"name", getter<[](const Tensor&) { return nb::none(); }>, nullptr, nullptr, nullptr}};

// ---- to ----

struct Target {
  std::optional<DType> dtype;
  std::optional<Device> device;
  bool copy = false;
  Choice<ops::MemoryFormat> format;
};
Tensor convert(const Tensor& t, const Target& to) {
  if (to.device && to.device->type == DeviceType::cuda) {
    PyErr_SetString(PyExc_AssertionError, "Torch not compiled with CUDA enabled");
    throw nb::python_error();
  }
  Tensor out = to.dtype ? t.to(*to.dtype) : t;
  if (to.device) out = out.to(*to.device);
  if (out.is(t) && to.copy) out = t.clone({.memory_format = to.format});
  return to.format.is("preserve") ? out : out.contiguous({.memory_format = to.format});
}
void see_target(Target& to, nb::handle o) {
  if (o.is_none()) return;
  if (is_tensor(o.ptr())) {
    to.dtype = tensor_of(o.ptr()).dtype();
    to.device = tensor_of(o.ptr()).device();
  } else if (auto d = dtype_of_object(o.ptr())) {
    to.dtype = d;
  } else if (PyUnicode_Check(o.ptr()) || !PyBool_Check(o.ptr())) {
    if (PyUnicode_Check(o.ptr())) {
      std::string s = nb::cast<std::string>(o);
      for (auto& name : {"cpu", "cuda", "meta"})
        if (s.starts_with(name)) {
          to.device = device_of_object(o.ptr());
          return;
        }
      fail("Invalid device string: '", s, "'");
    }
    auto where = device_of_object(o.ptr());
    if (!where)
      fail<TypeError>("to() received an invalid combination of arguments - got (",
                      std::string_view(Py_TYPE(o.ptr())->tp_name), ")");
    to.device = where;
  }
}
Choice<ops::MemoryFormat> format_of(nb::handle o) {
  if (o.is_none()) return {};
  static constexpr const char* words[] = {"preserve", "contiguous", "channels_last",
                                          "channels_last_3d"};
  for (auto& f : memory_formats)
    if (f == o.ptr()) return words[&f - memory_formats];
  fail<TypeError>("memory_format must be torch.memory_format, not ",
                  std::string_view(Py_TYPE(o.ptr())->tp_name));
}

}  // namespace

void define_methods(nb::module_& m) {
  nb::object type = m.attr("Tensor");
  for (PyGetSetDef& p : properties)
    type.attr(p.name) = nb::steal(PyDescr_NewGetSet(tensor_type, &p));
  auto method = [&](const char* name, auto f, const auto&... extra) {
    define<true>(type, name, f, extra...);
  };
  method(
      "size",
      [](const Tensor& t, std::optional<int64_t> d) -> nb::object {
        if (d) return nb::int_(t.size(*d));
        return nb::steal(size_of_dims(t.sizes()));
      },
      nb::arg("dim") = nb::none());
  method(
      "stride",
      [](const Tensor& t, std::optional<int64_t> d) -> nb::object {
        if (d) return nb::int_(t.stride(*d));
        return nb::steal(tuple_of(t.strides()));
      },
      nb::arg("dim") = nb::none());
  for (const char* name : {"dim", "ndimension"})
    method(name, [](const Tensor& t) { return t.dim(); });
  for (const char* name : {"numel", "nelement"})
    method(name, [](const Tensor& t) { return t.numel(); });
  method("element_size", [](const Tensor& t) { return size_of(t.dtype()); });
  method("storage_offset", [](const Tensor& t) { return t->offset; });
  method("data_ptr",
         [](const Tensor& t) { return t.numel() ? reinterpret_cast<uintptr_t>(t.raw()) : 0; });
  method(
      "is_contiguous",
      [](const Tensor& t, nb::handle format) {
        auto f = format_of(format);
        if (f.is("preserve") || f.is("contiguous")) return t.is_contiguous();
        return t.dim() == (f.is("channels_last") ? 4 : 5) &&
               ops::format_strides(f, t) == t.strides();
      },
      nb::arg("memory_format") = nb::none());
  method("is_floating_point", [](const Tensor& t) { return is_floating(t.dtype()); });
  method("is_complex", [](const Tensor& t) { return is_complex(t.dtype()); });
  method("is_signed",
         [](const Tensor& t) { return t.dtype() != DType::boolean && !is_unsigned(t.dtype()); });
  method("is_inference", [](const Tensor& t) { return bool(t->marks & TensorImpl::inference); });
  method(
      "is_same_size", [](const Tensor& t, const Tensor& o) { return t.sizes() == o.sizes(); },
      nb::arg("other"));
  method(
      "is_set_to",
      [](const Tensor& t, const Tensor& o) {
        return t->storage->data == o->storage->data && t->offset == o->offset &&
               t.sizes() == o.sizes() && t.strides() == o.strides();
      },
      nb::arg("tensor"));
  method("is_pinned", [](const Tensor&) { return false; });
  method("is_shared", [](const Tensor& t) { return is_shared(*t->storage); });
  method("is_conj", [](const Tensor&) { return false; });
  method("is_neg", [](const Tensor&) { return false; });
  for (const char* name : {"resolve_conj", "resolve_neg"})
    method(name, [](const Tensor& t) { return t; });
  method("get_device",
         [](const Tensor& t) { return t.device().type == DeviceType::cuda ? 0 : -1; });
  method(
      "equal", [](const Tensor& t, const Tensor& o) { return t.equal(o); }, nb::arg("other"));
  method(
      "requires_grad_",
      [](nb::object t, nb::handle on) {
        if (!PyBool_Check(on.ptr()))
          fail<TypeError>(
              "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not ",
              std::string_view(Py_TYPE(on.ptr())->tp_name));
        Tensor(tensor_of(t.ptr())).requires_grad_(on.is(Py_True));
        return t;
      },
      nb::arg("requires_grad") = true);
  method("detach_", [](nb::object t) {
    tensor_of(t.ptr()).detach_();
    return t;
  });
  method(
      "to",
      [](const Tensor& t, nb::args args, nb::handle device, nb::handle dtype, nb::handle other,
         nb::handle, bool copy, nb::handle format) {
        Target to{.copy = copy};
        size_t flags = 0;  // positional non_blocking and copy
        for (nb::handle a : args) {
          if (PyBool_Check(a.ptr())) {
            if (flags++ == 1) to.copy = a.is(Py_True);
          } else {
            see_target(to, a);
          }
        }
        for (nb::handle h : {device, dtype, other}) see_target(to, h);
        to.format = format_of(format);
        return convert(t, to);
      },
      nb::arg("args"), nb::arg("device") = nb::none(), nb::arg("dtype") = nb::none(),
      nb::arg("other") = nb::none(), nb::arg("non_blocking") = false, nb::arg("copy") = false,
      nb::arg("memory_format") = nb::none());
  for (auto [name, d] : {std::pair{"float", DType::float32},
                         {"double", DType::float64},
                         {"half", DType::float16},
                         {"bfloat16", DType::bfloat16},
                         {"long", DType::int64},
                         {"int", DType::int32},
                         {"short", DType::int16},
                         {"char", DType::int8},
                         {"byte", DType::uint8},
                         {"bool", DType::boolean},
                         {"cfloat", DType::complex64},
                         {"cdouble", DType::complex128}})
    method(
        name,
        [d = d](const Tensor& t, nb::handle format) {
          return convert(t, {.dtype = d, .format = format_of(format)});
        },
        nb::arg("memory_format") = nb::none());
  method(
      "type_as", [](const Tensor& t, const Tensor& o) { return t.to(o.dtype()); }, nb::arg("other"),
      "This tensor in the dtype of another.");
  method(
      "cpu", [](const Tensor& t, nb::handle) { return t; }, nb::arg("memory_format") = nb::none());
  method("cuda", [](const Tensor& t, nb::args, nb::kwargs) {
    return convert(t, {.device = Device{DeviceType::cuda, 0}});
  });
  method("pin_memory", [](const Tensor& t, nb::args) { return t; });
  method("resize_", [](nb::object o, nb::args size, nb::kwargs) {
    const Tensor& t = tensor_of(o.ptr());
    t.resize_(size.size() == 1 ? dims_of(size[0]) : dims_of(size));
    return o;
  });
  method(
      "set_",
      [](nb::object o, const Tensor& source) {
        tensor_of(o.ptr()).set_data(source);
        return o;
      },
      nb::arg("source"),
      "From now on this tensor lies on the memory of source, and is of its size.");
  // x.index_put((i, None, j), values, accumulate), and in place.
  for (const char* name : {"index_put", "index_put_"})
    method(
        name,
        [inplace = name[9] == '_'](nb::object o, nb::sequence indices, const Tensor& values,
                                   bool accumulate) {
          const Tensor& t = tensor_of(o.ptr());
          TensorList list;
          for (nb::handle i : indices) {
            if (!i.is_none() && !is_tensor(i.ptr()))
              fail<TypeError>("index_put(): expected Tensor as element of argument 'indices', not ",
                              std::string_view(Py_TYPE(i.ptr())->tp_name));
            list.push_back(i.is_none() ? Tensor() : tensor_of(i.ptr()));
          }
          if (inplace) return index_put_(t, list, values, accumulate), o;
          return nb::steal(wrap(index_put(t, list, values, accumulate)));
        },
        nb::arg("indices"), nb::arg("values"), nb::arg("accumulate") = false,
        "values at the places that indices name: a tuple with a tensor, or None for a whole axis, "
        "for each axis. accumulate: places named several times sum up.");
  method("share_memory_", [](nb::object o) {
    share(*tensor_of(o.ptr())->storage);
    return o;
  });
  method(
      "numpy",
      [](const Tensor& t, nb::handle force, const nb::kwargs& more) {
        if (!PyBool_Check(force.ptr()))
          fail<TypeError>("numpy(): argument 'force' must be bool, not ",
                          std::string_view(Py_TYPE(force.ptr())->tp_name));
        for (auto [word, value] : more)
          fail<TypeError>("numpy() got an unexpected keyword argument '",
                          nb::cast<std::string>(word), "'");
        if (t.requires_grad() && !force.is(Py_True))
          fail(
              "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() "
              "instead.");
        return nb::steal(to_array(t.requires_grad() ? t.detach() : t));
      },
      nb::kw_only(), nb::arg("force") = false, nb::arg("more"));

  m.def("live_bytes", [] { return memory_stats().current; });
  m.def("live_nodes", live_nodes);
  m.def("_memory_stats", [] {
    MemoryStats s = memory_stats();
    return nb::make_tuple(s.current, s.peak, s.cached, tls.small_bytes);
  });
  m.def("release_memory", release_memory, "Gives memory kept for reuse back to the system.");
  m.def("get_num_threads", num_threads);
  m.def(
      "set_num_threads",
      [](nb::handle num) {
        if (!PyLong_Check(num.ptr()))
          fail("set_num_threads expects an int, but got ",
               std::string_view(Py_TYPE(num.ptr())->tp_name));
        auto n = nb::cast<int64_t>(num);
        if (n < 1) fail("set_num_threads expects a positive integer");
        set_num_threads(int(n));
      },
      nb::arg("num"), "How many threads an op may use.");
}

}  // namespace taeda::python
