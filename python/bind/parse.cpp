// Parsing one call against one op: places, inputs, attributes.
#include "binding.h"
#include "taeda/ops/create.h"

namespace taeda::python {

namespace {

const char* text_of(PyObject* s) { return PyUnicode_AsUTF8(s); }

// NumPy's words for the same thing.
PyObject* canonical(PyObject* key) {
  static const std::pair<const char*, PyObject*> words[] = {
      {"axis", PyUnicode_InternFromString("dim")},
      {"keepdims", PyUnicode_InternFromString("keepdim")},
      {"x", PyUnicode_InternFromString("input")},
      {"a", PyUnicode_InternFromString("input")},
      {"x1", PyUnicode_InternFromString("input")},
      {"x2", PyUnicode_InternFromString("other")},
      {"self", PyUnicode_InternFromString("input")}};
  for (auto& [from, to] : words)
    if (PyUnicode_CompareWithASCIIString(key, from) == 0) return to;
  return nullptr;
}
bool is_word(PyObject* key, const char* word) {
  return PyUnicode_CompareWithASCIIString(key, word) == 0;
}

bool converted(int64_t v) {
  if (v != -1 || !PyErr_Occurred()) [[likely]]
    return true;
  PyErr_SetString(PyExc_ValueError, "Overflow when unpacking long long");
  return false;
}
// False, with a Python error only if it is an integer that is too great.
bool integer(PyObject* o, int64_t& v) {
  if (PyLong_CheckExact(o)) return converted(v = PyLong_AsLongLong(o));
  if (PyBool_Check(o) || PyFloat_Check(o) || !PyIndex_Check(o)) return false;
  if (is_tensor(o) && (tensor_of(o).numel() != 1 || !is_integral(tensor_of(o).dtype())))
    return false;
  nb::object i = nb::steal(PyNumber_Index(o));
  if (!i.is_valid()) return PyErr_Clear(), false;
  return converted(v = PyLong_AsLongLong(i.ptr()));
}
bool dims(Dims& d, PyObject* const* items, Py_ssize_t n) {
  d = Dims(size_t(n), 0);
  for (Py_ssize_t i = 0; i < n; i++)
    if (!integer(items[i], d[size_t(i)])) return false;
  return true;
}
bool dims_from(PyObject* o, Dims& d) {
  if (int64_t one; integer(o, one)) return d = one, true;
  if (PyErr_Occurred()) return false;
  return (PyTuple_Check(o) || PyList_Check(o)) &&
         dims(d, PySequence_Fast_ITEMS(o), PySequence_Fast_GET_SIZE(o));
}
bool reals_from(PyObject* o, std::vector<double>& v) {
  if (!PyTuple_Check(o) && !PyList_Check(o)) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++) {
    auto s = scalar_of(PySequence_Fast_ITEMS(o)[i]);
    if (!s) return false;
    v.push_back(s->to<double>());
  }
  return true;
}
template <class T> T& at(std::byte* p) { return *reinterpret_cast<T*>(p); }

}  // namespace

std::string python_type_name(PyObject* o) {
  if (is_exact(o)) return "Tensor";
  std::string name = Py_TYPE(o)->tp_name;
  if (name == "dtype" || name == "device") return "torch." + name;
  if (name.starts_with("taeda.")) {
    size_t dot = name.rfind('.');
    return name.ends_with("dtype") || name.ends_with("device") ? "torch" + name.substr(dot)
                                                               : name.substr(dot + 1);
  }
  return name;
}

bool parse_attribute(const Field& f, PyObject* o, std::byte* attrs) {
  std::byte* to = attrs + f.offset;
  bool none = o == Py_None;
  switch (f.kind) {
  case Kind::integer: return integer(o, at<int64_t>(to));
  case Kind::boolean: return at<bool>(to) = o == Py_True, PyBool_Check(o);
  case Kind::real:
  case Kind::optional_real:
  case Kind::scalar:
  case Kind::optional_scalar: {
    if (none && f.kind == Kind::optional_real) return at<std::optional<double>>(to).reset(), true;
    if (none && f.kind == Kind::optional_scalar) return at<std::optional<Scalar>>(to).reset(), true;
    auto s = scalar_of(o);
    if (!s && is_tensor(o) && tensor_of(o).dim() == 0 && !tensor_of(o).requires_grad())
      s = tensor_of(o).item();
    if (!s) return false;
    if (f.kind == Kind::real) at<double>(to) = s->to<double>();
    else if (f.kind == Kind::optional_real) at<std::optional<double>>(to) = s->to<double>();
    else if (f.kind == Kind::scalar) at<Scalar>(to) = *s;
    else at<std::optional<Scalar>>(to) = *s;
    return true;
  }
  case Kind::dims: return dims_from(o, at<Dims>(to));
  case Kind::optional_dims:
    if (none) return at<std::optional<Dims>>(to).reset(), true;
    return dims_from(o, at<std::optional<Dims>>(to).emplace());
  case Kind::reals: {
    std::vector<double> v;
    return reals_from(o, v) && (at<std::vector<double>>(to) = std::move(v), true);
  }
  case Kind::string:
  case Kind::choice: {
    if (none && f.set_choice && f.name == "memory_format") return true;  // its default
    if (none && f.set_choice) return f.set_choice(to, "None"), true;
    if (f.set_choice && f.name == "memory_format") {
      for (auto& format : memory_formats)
        if (format == o) {
          static constexpr const char* words[] = {"preserve", "contiguous", "channels_last",
                                                  "channels_last_3d"};
          return f.set_choice(to, words[&format - memory_formats]), true;
        }
      return false;
    }
    if (!PyUnicode_Check(o)) return false;
    if (f.set_choice) f.set_choice(to, text_of(o));
    else at<std::string>(to) = text_of(o);
    return true;
  }
  case Kind::optional_integer:
    if (none) return at<std::optional<int64_t>>(to).reset(), true;
    return integer(o, at<std::optional<int64_t>>(to).emplace());
  case Kind::optional_boolean:
    if (none) return at<std::optional<bool>>(to).reset(), true;
    return at<std::optional<bool>>(to) = o == Py_True, PyBool_Check(o);
  case Kind::dtype:
  case Kind::optional_dtype: {
    auto d = dtype_of_object(o);
    if (!d && !(none && f.kind == Kind::optional_dtype)) return false;
    if (f.kind == Kind::dtype) at<DType>(to) = *d;
    else at<std::optional<DType>>(to) = d;
    return true;
  }
  case Kind::device:
  case Kind::optional_device: {
    auto d = none ? std::nullopt : device_of_object(o);
    if (!d && !(none && f.kind == Kind::optional_device)) return false;
    if (f.kind == Kind::device) at<Device>(to) = *d;
    else at<std::optional<Device>>(to) = d;
    return true;
  }
  case Kind::generator: return none || generator_from(o, to);
  case Kind::group: return false;
  }
  return false;
}

bool Parse::refuse_type(size_t at, const char* want, PyObject* got) {
  return refuse(
      at, [&] { return at_place(at) + " must be " + want + ", not " + python_type_name(got); });
}
std::string Parse::at_place(size_t at) const {
  std::string text = name() + "(): argument '" + text_of(b.params[at].name) + "'";
  bool listed = varargs && !b.params[at].input && b.params[at].index == 0;
  if (at < given || listed) text += " (position " + std::to_string(at + 1 - method) + ")";
  return text;
}

bool Parse::refuse_element(size_t at, Py_ssize_t k, PyObject* got) {
  return refuse(at, [&] {
    return name() + "(): argument '" + text_of(b.params[at].name) +
           "' failed to unpack the object at pos " + std::to_string(k + 1) +
           " with error \"type must be tuple of ints,but got " + python_type_name(got) + "\"";
  });
}
bool Parse::refuse_attribute(size_t at, const Field& f) {
  PyObject* o = slot[at];
  bool list = f.kind == Kind::dims || f.kind == Kind::optional_dims;
  if (list && (PyTuple_Check(o) || PyList_Check(o)))  // only the first element says it is a list
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(o); k++)
      if (int64_t v; !integer(PySequence_Fast_ITEMS(o)[k], v)) {
        PyObject* got = PySequence_Fast_ITEMS(o)[k];
        if (k) return refuse_element(at, k, got);
        std::string want = "tuple of ints, but found element of type " + python_type_name(got);
        return refuse(at, [&] { return at_place(at) + " must be " + want + " at pos 0"; });
      }
  return refuse_type(at, facts_of(f.kind).word, o);
}

bool Parse::place(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  size_t at = 0;
  method = self != nullptr;
  if (self) slot[at++] = self;
  const Def& def = b.info->def;
  size_t first_attr = size_t(def.arity());
  for (Py_ssize_t i = 0; i < n; i++, at++) {
    if (def.varargs && at == first_attr && (n - i > 1 || PyLong_Check(args[i]))) {
      varargs = args + i;
      varargs_count = n - i;
      break;
    }
    if (at >= size_t(b.positional))
      return refuse(0, [&] {
        int most = b.positional - method, least = -int(method);
        for (const Param& p : b.params) least += p.required;
        std::string takes = least < most ? "from " + std::to_string(least) + " to " : "";
        return name() + "() takes " + takes + std::to_string(most) + " positional argument" +
               (most == 1 && takes.empty() ? "" : "s") + " but " + std::to_string(n) +
               (n == 1 ? " was given" : " were given");
      });
    slot[at] = args[i];
  }
  given = at;
  bool known = !names || place_keywords(args + n, names);
  if (!known && !explaining) return false;
  return place_missing() && known;
}

bool Parse::place_missing() {
  std::string missing;
  int count = 0;
  size_t first = 0;
  for (size_t p = 0; p < b.params.size(); p++) {
    if (slot[p] || !b.required(b.params[p])) continue;
    if (varargs_count && !b.params[p].input && b.params[p].index == 0) continue;
    if (!explaining) return false;
    if (!count++) first = p;
    missing += (count > 1 ? ", \"" : "\"") + std::string(text_of(b.params[p].name)) + "\"";
  }
  if (out && b.out_needs_dim && !slot[1] && !count) return false;
  return !count || refuse(first, [&] {
    return name() + "() missing " + std::to_string(count) +
           " required positional arguments: " + missing;
  });
}

bool Parse::place_keywords(PyObject* const* values, PyObject* names) {
  bool fits = true;
  for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(names); k++) {
    PyObject* key = PyTuple_GET_ITEM(names, k);
    auto find = [&](PyObject* name) {
      size_t at = 0;
      while (at < b.params.size() && b.params[at].name != name) at++;
      if (at == b.params.size())
        for (at = 0; at < b.params.size() && PyUnicode_Compare(b.params[at].name, name) != 0;) at++;
      return at;
    };
    size_t at = find(key);
    if (at == b.params.size()) {
      // The first word that is no parameter's is the one to complain of, also if it would do.
      if (!fits) continue;
      if (PyObject* other = canonical(key)) at = find(other);
    }
    if (at == b.params.size()) {
      if (is_word(key, "out")) {
        out = values[k] == Py_None ? nullptr : values[k];
        continue;
      }
      bool factory = b.info->fields.size() && b.info->fields.back().name == "pin_memory";
      if (factory && (is_word(key, "layout") || is_word(key, "memory_format"))) continue;
      fits = refuse(kMaxParams + 1, [&] {
        Py_ssize_t first = 0;
        while (first < k && find(PyTuple_GET_ITEM(names, first)) < b.params.size()) first++;
        return name() + "() got an unexpected keyword argument '" +
               text_of(PyTuple_GET_ITEM(names, first)) + "'";
      });
      if (!explaining) return false;
      continue;
    }
    if (slot[at] || (varargs_count && !b.params[at].input && b.params[at].index == 0)) {
      fits = refuse(kMaxParams, [&] {
        return name() + "() got multiple values for argument '" + text_of(key) + "'";
      });
      if (!explaining) return false;
      continue;
    }
    slot[at] = values[k];
  }
  return fits;
}

void Parse::see(PyObject* tensor) {
  if (is_plain(tensor)) return;
  switch (override_of(Py_TYPE(tensor))) {
  case Override::none: break;
  case Override::keeps_class: keep_class = Py_TYPE(tensor); break;
  case Override::calls: overridden = true;
  }
}

// Inputs: tensors, or numbers that take their dtype from the tensors beside them.
bool Parse::inputs(const Tensor** in, Tensor* held, Scalar* numbers, uint32_t& numbered,
                   std::vector<const Tensor*>& list) {
  static const Tensor undefined;
  const Def& def = b.info->def;
  for (size_t at = 0; at < b.params.size(); at++) {
    const Param& p = b.params[at];
    if (!p.input) continue;
    PyObject* o = slot[at];
    size_t i = size_t(p.index);
    if (!o || (o == Py_None && def.optional(i))) {
      in[i] = &undefined;
    } else if (Def::marked(def.inputs[i], '*')) {
      if (!PyTuple_Check(o) && !PyList_Check(o)) return refuse_type(at, "tuple of Tensors", o);
      PyObject** items = PySequence_Fast_ITEMS(o);
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(o); k++) {
        if (items[k] == Py_None && def.optional(i)) {
          list.push_back(&undefined);
          continue;
        }
        if (!is_tensor(items[k]))
          return refuse(at, [&] {
            return "expected Tensor as element " + std::to_string(k) + " in argument " +
                   std::to_string(at - method) + ", but got " + python_type_name(items[k]);
          });
        see(items[k]);
        list.push_back(&tensor_of(items[k]));
      }
    } else if (is_tensor(o)) {
      see(o);
      in[i] = &tensor_of(o);
    } else if (is_array(o) && at > 0) {  // beside a tensor, an array counts as one
      held[i] = from_array(o);
      in[i] = &held[i];
    } else if (auto s = def.takes_number(i) ? scalar_of(o) : std::nullopt) {
      numbered |= 1u << i;
      numbers[i] = *s;
      in[i] = nullptr;
    } else {
      return refuse_type(at, "Tensor", o);
    }
  }
  if (numbered && !def.numbers_alone) {  // one tensor at least
    bool any = !list.empty();
    for (size_t i = 0; i < size_t(def.arity()); i++) any |= in[i] && in[i]->defined();
    if (!any) return refuse_type(0, "Tensor", slot[0]);
  }
  return true;
}

bool Parse::attributes(std::byte* attrs) {
  for (size_t at = 0; at < b.params.size(); at++) {
    const Param& p = b.params[at];
    if (p.input) continue;
    const Field& f = b.info->fields[size_t(p.index)];
    if (p.index == 0 && varargs_count) {
      auto& d = *reinterpret_cast<Dims*>(attrs + f.offset);
      if (varargs_count == 1 || dims(d, varargs, varargs_count)) {
        if (varargs_count == 1 && !dims_from(varargs[0], d))
          return refuse_type(at, "tuple of ints", varargs[0]);
        continue;
      }
      if (PyErr_Occurred()) return false;
      for (Py_ssize_t k = 0; k < varargs_count; k++)
        if (int64_t v; !integer(varargs[k], v)) {
          if (k == 0) return refuse_type(at, "tuple of ints", varargs[0]);
          return refuse_element(at, k, varargs[k]);
        }
      return false;
    }
    if (slot[at] && !parse_attribute(f, slot[at], attrs)) {
      if (PyErr_Occurred()) return false;
      return refuse_attribute(at, f);
    }
  }
  return true;
}

}  // namespace taeda::python
