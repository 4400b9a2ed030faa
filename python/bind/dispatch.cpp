// ONE dispatch for every op: parses a fast call against the op's Info, calls it, wraps the result.
#include <deque>
#include <map>

#include "binding.h"
#include "taeda/ops/copying.h"
#include "taeda/tensor/overlap.h"

namespace taeda::python {

namespace {

std::map<std::string, std::vector<std::unique_ptr<Binding>>>& bindings() {
  static auto* all = new std::map<std::string, std::vector<std::unique_ptr<Binding>>>;
  return *all;
}

struct Attrs {
  const Info& info;
  alignas(16) std::byte bytes[kMaxAttrs];
  explicit Attrs(const Info& i) : info(i) { info.construct(bytes); }
  ~Attrs() { info.destroy(bytes); }
};

PyObject* wrap_many(const Binding& b, TensorList outs, PyTypeObject* as) {
  auto n = Py_ssize_t(outs.size());
  PyObject* tuple = b.result ? PyStructSequence_New(b.result) : PyTuple_New(n);
  for (Py_ssize_t i = 0; i < n; i++)
    PyTuple_SET_ITEM(tuple, i, wrap(std::move(outs[size_t(i)]), as));
  return tuple;
}

// A number as an input: on the stack beside a tensor for pointwise ops, else a tensor of its own.
struct Numbers {
  std::optional<NumberTensor> stack[kMaxInputs];

  void resolve(const Binding& b, const Tensor** in, Tensor* held, const Scalar* numbers,
               uint32_t numbered) {
    const Def& def = b.info->def;
    size_t n = size_t(def.arity());
    const Tensor* lead = nullptr;
    for (size_t i = 0; i < n && !lead; i++)
      if (!(numbered >> i & 1) && in[i]->defined() && def.promotes(i)) lead = in[i];
    for (size_t i = 0; i < n; i++) {
      if (!(numbered >> i & 1)) continue;
      DType like = lead ? lead->dtype() : numbers[i].alone();
      if (lead && b.info->pointwise && !tls.tracer) {
        stack[i].emplace(numbers[i], like, lead->device());
        in[i] = &stack[i]->tensor();
      } else {
        held[i] = scalar(numbers[i], numbers[i].beside(like), lead ? lead->device() : Device{});
        held[i]->marks |= TensorImpl::number;
        in[i] = &held[i];
      }
    }
  }
};

// out=: checked first, written last.
void check_out(const Binding& b, PyObject* out, Args in) {
  auto check = [&](PyObject* o) {
    if (!is_tensor(o))
      fail<TypeError>(b.name, "(): argument 'out' must be Tensor, not ", python_type_name(o));
    if (overlaps_itself(tensor_of(o)))
      fail(
          "unsupported operation: more than one element of the written-to tensor refers to a "
          "single memory location. Please clone() the tensor before performing the operation.");
    bool graph = tracked(tensor_of(o));
    for (size_t i = 0; i < in.size(); i++) graph |= in[i].defined() && tracked(in[i]);
    if (graph && grad_enabled())
      fail(b.name,
           "(): functions with out=... arguments don't support automatic differentiation, but "
           "one of the arguments requires grad.");
  };
  if (PyTuple_Check(out) || PyList_Check(out))
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(out); i++)
      check(PySequence_Fast_ITEMS(out)[i]);
  else check(out);
}
// A factory without a dtype makes what out= is.
void take_dtype(const Info& info, PyObject* out, std::byte* attrs) {
  if (!is_tensor(out)) return;
  for (const Field& f : info.fields)
    if (f.name == "dtype" && f.kind == Kind::optional_dtype) {
      auto& d = *reinterpret_cast<std::optional<DType>*>(attrs + f.offset);
      if (!d) d = tensor_of(out).dtype();
    }
}
void write_out(const Tensor& out, const Tensor& result) {
  NoGradGuard raw;
  if (!can_cast(result.dtype(), out.dtype()))
    fail("result type ", word_of(result.dtype()), " can't be cast to the desired output type ",
         word_of(out.dtype()));
  if (!(out.sizes() == result.sizes())) {
    if (out.numel())
      warn("An output with one or more elements was resized since it had shape " +
           text(out.sizes()) + ", which does not match the required output shape " +
           text(result.sizes()) +
           ". This behavior is deprecated, and in a future PyTorch release outputs will not be "
           "resized "
           "unless they have zero elements. You can explicitly reuse an out tensor t by resizing "
           "it, "
           "inplace, to zero elements with t.resize_(0).");
    size_t bytes = size_t(result.numel()) * size_of(out.dtype());
    if (out->storage->bytes < bytes) out->storage->resize(bytes);
    out->set_geometry(result.sizes(), contiguous_strides(result.sizes()), 0);
  }
  out.copy_(result);
}

PyObject* run(const Binding& b, Parse& p, PyObject* self, Args in, std::byte* attrs, bool inplace) {
  PyTypeObject* as = overrides_disabled ? nullptr : p.keep_class;
  const Info& info = *b.info;
  if (inplace) {
    GilRelease gil(in);
    info.inplace(in, attrs);
    return nullptr;
  }
  if (p.out) [[unlikely]]
    check_out(b, p.out, in);
  if (info.one) {
    Tensor out;
    {
      GilRelease gil(in);
      out = info.one(in, attrs);
    }
    if (p.out) [[unlikely]] {
      write_out(tensor_of(p.out), out);
      return Py_NewRef(p.out);
    }
    return wrap(std::move(out), as);
  }
  TensorList outs;
  {
    GilRelease gil(in);
    outs = info.many(in, attrs);
  }
  if (p.out) [[unlikely]] {
    if (!PyTuple_Check(p.out) && !PyList_Check(p.out))
      fail<TypeError>(b.name, "(): argument 'out' must be tuple of Tensors, not ",
                      python_type_name(p.out));
    for (size_t i = 0; i < outs.size() && Py_ssize_t(i) < PySequence_Fast_GET_SIZE(p.out); i++) {
      const Tensor& o = tensor_of(PySequence_Fast_ITEMS(p.out)[i]);
      if (o.dtype() != outs[i].dtype())
        fail("Expected out tensor to have dtype ", c_name_of(outs[i].dtype()), ", but got ",
             c_name_of(o.dtype()), " instead");
      write_out(o, outs[i]);
      outs[i] = o;
    }
  }
  (void)self;
  return wrap_many(b, std::move(outs), as);
}

// Tensors of the plain class by position and nothing else: most calls of most ops.
PyObject* dispatch_fast(const Binding& b, PyObject* self, PyObject* const* args, Py_ssize_t n,
                        bool inplace) {
  const Tensor* in[kMaxInputs];
  size_t count = 0;
  if (self) {
    if (!is_plain(self)) return nullptr;
    in[count++] = &tensor_of(self);
  }
  for (Py_ssize_t i = 0; i < n; i++) {
    if (!is_plain(args[i])) return nullptr;
    in[count++] = &tensor_of(args[i]);
  }
  Args inputs{in, count};
  const Info& info = *b.info;
  Attrs attrs(info);
  if (inplace) {
    GilRelease gil(inputs);
    info.inplace(inputs, attrs.bytes);
    return Py_NewRef(self);
  }
  if (info.one) {
    if (in[0]->numel() < kReleaseGil) [[likely]]
      return wrap(info.one(inputs, attrs.bytes));
    Tensor out;
    {
      GilRelease gil(inputs);
      out = info.one(inputs, attrs.bytes);
    }
    return wrap(std::move(out));
  }
  TensorList outs;
  {
    GilRelease gil(inputs);
    outs = info.many(inputs, attrs.bytes);
  }
  return wrap_many(b, std::move(outs), nullptr);
}

// x.view(2, 3), x.permute(1, 0): a plain tensor and plain ints for an op whose first attribute is a
// list of them.
PyObject* dispatch_sizes(const Binding& b, PyObject* self, PyObject* const* args, Py_ssize_t n) {
  if (n < 1 || n > 5 || !is_plain(self)) return nullptr;
  int64_t sizes[5];
  for (Py_ssize_t i = 0; i < n; i++) {
    int overflow = 0;
    if (!PyLong_CheckExact(args[i])) return nullptr;
    sizes[i] = PyLong_AsLongLongAndOverflow(args[i], &overflow);
    if (overflow) return nullptr;
  }
  const Tensor* in[] = {&tensor_of(self)};
  if (in[0]->numel() >= kReleaseGil && !b.info->view) return nullptr;
  Attrs attrs(*b.info);
  *reinterpret_cast<Dims*>(attrs.bytes + b.info->fields[0].offset) =
      Dims(std::span<const int64_t>(sizes, size_t(n)));
  return wrap(b.info->one({in, 1}, attrs.bytes));
}

}  // namespace

PyObject* dispatch(const Binding& first, PyObject* self, PyObject* const* args, Py_ssize_t n,
                   PyObject* names, bool inplace) {
  return guarded([&]() -> PyObject* {
    if (first.fast && !names && n + (self != nullptr) == first.info->def.arity()) [[likely]]
      if (PyObject* out = dispatch_fast(first, self, args, n, inplace)) return out;
    if (first.sizes && self && !names && !inplace)
      if (PyObject* out = dispatch_sizes(first, self, args, n)) return out;
    for (const Binding* b = &first; b; b = b->overload) {
      if (inplace ? !b->info->inplace : b->info->def.inplace_only) continue;
      Parse p{.b = *b, .inplace = inplace};
      const Tensor* in[kMaxInputs] = {};
      Tensor held[kMaxInputs];
      Scalar numbers[kMaxInputs];
      uint32_t numbered = 0;
      std::vector<const Tensor*> list;
      Attrs attrs(*b->info);
      if (!p.place(self, args, n, names) || !p.inputs(in, held, numbers, numbered, list) ||
          !p.attributes(attrs.bytes)) {
        if (PyErr_Occurred()) throw nb::python_error();
        continue;
      }
      if (p.overridden && !overrides_disabled) break;
      const Def& def = b->info->def;
      Numbers stack;
      if (numbered) stack.resolve(*b, in, held, numbers, numbered);
      Args inputs{in, size_t(def.arity())};
      if (def.is_list()) {
        size_t fixed = size_t(def.arity() - 1);
        list.insert(list.begin(), in, in + fixed);
        inputs = {list.data(), list.size()};
      }
      if (p.out && def.arity() == 0) take_dtype(*b->info, p.out, attrs.bytes);
      PyObject* out = run(*b, p, self, inputs, attrs.bytes, inplace);
      return inplace ? Py_NewRef(self) : out;
    }
    PyObject* f = inplace ? first.inplace : self ? first.method : first.function;
    if (PyObject* out = call_overrides(f ? f : first.function, self, args, n, names)) return out;
    fail_all(first, inplace, self, args, n, names);
  });
}

PyObject* dispatch_operator(const Binding& b, PyObject* x, PyObject* y, bool inplace) {
  for (PyObject* o : {x, y})
    if (!is_tensor(o) && !scalar_of(o) && !(is_array(o) && o == y) && !has_override(o))
      Py_RETURN_NOTIMPLEMENTED;
  PyObject* args[] = {x, y};
  bool plain = !b.info->def.takes_number(0) || b.info->def.numbers_alone;
  if (!is_tensor(x) && scalar_of(x) && !inplace && plain)
    return guarded([&] {  // 2 * x: only operators take a number on this side
      const Tensor& right = tensor_of(y);
      Scalar s = *scalar_of(x);
      Tensor left = scalar(s, s.beside(right.dtype()), right.device());
      left->marks |= TensorImpl::number;
      const Tensor* in[] = {&left, &right};
      // As PyTorch has it, 2 + x and 2 * x are x + 2 and x * 2: seen in next_functions.
      std::string_view op = b.info->name;
      if (op == "add" || op == "mul") std::swap(in[0], in[1]);
      Attrs attrs(*b.info);
      PyTypeObject* as =
          is_exact(y) || override_of(Py_TYPE(y)) != Override::keeps_class ? nullptr : Py_TYPE(y);
      GilRelease gil({in, 2});
      Tensor out = b.info->one({in, 2}, attrs.bytes);
      if (gil.state) take_gil(std::exchange(gil.state, nullptr));
      return wrap(std::move(out), as);
    });
  return inplace ? dispatch(b, x, args + 1, 1, nullptr, true)
                 : dispatch(b, nullptr, args, 2, nullptr);
}

// ---- making the bindings ----

namespace {

PyObject* intern(std::string_view s) { return PyUnicode_InternFromString(std::string(s).c_str()); }

// As Python writes it: a list of sizes is (), 1 or (1, 2).
std::string default_of(const Field& f) {
  std::string s = f.default_text;
  if (f.kind != Kind::dims && f.kind != Kind::optional_dims && f.kind != Kind::reals) return s;
  if (!s.starts_with('[')) return s;
  if (s.find(',') == s.npos && s != "[]") return s.substr(1, s.size() - 2);
  return "(" + s.substr(1, s.size() - 2) + ")";
}

// Results that PyTorch gives without names.
bool plain_results(const Info& info) {
  std::string_view name = info.name;
  return name == "std_mean" || name == "var_mean" || name.starts_with("native_") ||
         name.ends_with("_with_indices");
}

// What follows from an op's definition: the dtypes it takes, what it makes of sizes, its errors.
std::string facts(const Info& info) {
  const Def& def = info.def;
  std::string s;
  if (def.arity()) {
    std::string types;
    for (auto [bit, word] : {std::pair{accepts_bool, "bool"},
                             {accepts_integers, "integer"},
                             {accepts_floats, "floating point"},
                             {accepts_complex, "complex"}})
      if (def.accepts & bit) types += (types.empty() ? "" : ", ") + std::string(word);
    bool floating = def.types == Types::floating;
    if (info.pointwise)
      s += std::string("\nShapes: any; inputs of other shapes are broadcast") +
           (def.arity() > 1 ? " to the common one" : "") + ".";
    if (info.pointwise || def.accepts != accepts_any) s += "\nDtypes: " + types + ".";
    if (floating) s += " Bools and integers are converted to the default dtype.";
    else if (info.pointwise && def.arity() > 1) s += " Inputs are promoted to a common one.";
  }
  if (info.view) s += "\nThe result shares input's memory.";
  if (!info.results.empty()) {
    s += plain_results(info) ? "\nReturns: a tuple (" : "\nReturns: a named tuple (";
    for (size_t i = 0; i < info.results.size(); i++)
      s += (i ? ", " : "") + std::string(info.results[i]);
    s += ").";
  }
  if (!def.differentiable && def.arity()) s += "\nNot differentiable.";
  std::string errors;
  if (info.pointwise && def.arity() > 1) errors += "RuntimeError if shapes do not broadcast";
  if (def.arity() && def.accepts != accepts_any)
    errors += (errors.empty() ? "" : "; ") + std::string("NotImplementedError for another dtype");
  if (!errors.empty()) s += "\nRaises: " + errors + ".";
  return s.empty() ? s : "\n" + s;
}
// The signature of the method: self is what the function calls by its first parameter's name.
std::string method_doc(const Binding& b) {
  size_t end = b.doc.find_first_of(",)", b.name.size());
  return b.params.empty() ? b.doc : b.name + "($self" + b.doc.substr(end);
}

Binding& add_binding(const Info& info) {
  auto& same_name = bindings()[info.name];
  same_name.push_back(std::make_unique<Binding>());
  Binding& b = *same_name.back();
  if (same_name.size() > 1) {
    Binding& before = *same_name[same_name.size() - 2];
    before.overload = &b;
    if (before.info->def.inplace_only != info.def.inplace_only) same_name[0]->fast = false;
  }
  b.info = &info;
  b.name = info.name;
  const Def& def = info.def;
  size_t next_field = 0;
  auto add_fields = [&](size_t n) {
    for (; n-- > 0 && next_field < info.fields.size(); next_field++)
      b.params.push_back({intern(info.fields[next_field].name), false, int(next_field)});
  };
  for (int i = 0; i < def.arity(); i++) {
    if (i == 1) add_fields(size_t(def.early));
    b.params.push_back({intern(def.input_name(size_t(i))), true, i});
  }
  if (def.arity() <= 1) add_fields(size_t(def.early));
  add_fields(info.fields.size());
  bool needed = false;  // so is whatever stands before a parameter without a default
  for (size_t at = b.params.size(); at-- > 0;) {
    Param& p = b.params[at];
    needed |= p.input ? !def.optional(size_t(p.index)) : p.index < def.required;
    p.required = needed;
  }
  b.positional = int(b.params.size()) - def.keyword_only;
  if (b.params.size() > kMaxParams || info.attrs_size > kMaxAttrs)
    throw Error("too many parameters for " + b.name);
  b.sizes = def.arity() == 1 && def.varargs && !def.is_list() && info.one &&
            info.fields[0].kind == Kind::dims && def.required <= 1;
  b.fast = def.arity() > 0 && !def.is_list() && def.required == 0;

  b.out_needs_dim = b.name == "sum" || b.name == "prod";
  b.signature = "(";
  for (size_t at = 0; at < b.params.size(); at++) {
    const Param& p = b.params[at];
    if (int(at) == b.positional) b.signature += "*, ";
    b.signature += PyUnicode_AsUTF8(p.name);
    if (!b.required(p))
      b.signature += "=" + (p.input ? "None" : default_of(info.fields[size_t(p.index)]));
    if (at + 1 < b.params.size()) b.signature += ", ";
  }
  b.signature += ")";
  b.doc = b.name + b.signature + "\n--\n\n" + def.doc + facts(info);
  if (!info.results.empty() && !plain_results(info)) {
    for (auto r : info.results)
      b.result_fields.push_back({strdup(std::string(r).c_str()), nullptr});
    b.result_fields.push_back({nullptr, nullptr});
    PyStructSequence_Desc desc{strdup(("torch.return_types." + b.name).c_str()), nullptr,
                               b.result_fields.data(), int(info.results.size())};
    b.result = PyStructSequence_NewType(&desc);
    if (!b.result) throw nb::python_error();
    b.result->tp_repr = named_result_repr;
  }
  b.inplace_name = b.name + "_";
  return b;
}

// Entry points by number, so that adding an op compiles nothing here: C functions cannot carry
// data.
constexpr size_t kMaxOps = 1024;
Binding* by_number[kMaxOps];
template <size_t i>
PyObject* function_entry(PyObject*, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return dispatch(*by_number[i], nullptr, args, n, names);
}
template <size_t i>
PyObject* method_entry(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return dispatch(*by_number[i], self, args, n, names);
}
template <size_t i>
PyObject* inplace_entry(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return dispatch(*by_number[i], self, args, n, names, true);
}
using FastCall = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);
struct Entries {
  FastCall function[kMaxOps], method[kMaxOps], inplace[kMaxOps];
};
template <size_t... i> constexpr Entries make_entries(std::index_sequence<i...>) {
  return {{function_entry<i>...}, {method_entry<i>...}, {inplace_entry<i>...}};
}
constexpr Entries entries = make_entries(std::make_index_sequence<kMaxOps>{});

PyCFunction as_c(FastCall f) { return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(f)); }

// Names under which an op also goes.
const std::pair<const char*, const char*> aliases[] = {{"absolute", "abs"},
                                                       {"arccos", "acos"},
                                                       {"arccosh", "acosh"},
                                                       {"arcsin", "asin"},
                                                       {"arcsinh", "asinh"},
                                                       {"arctan", "atan"},
                                                       {"arctan2", "atan2"},
                                                       {"arctanh", "atanh"},
                                                       {"clip", "clamp"},
                                                       {"divide", "div"},
                                                       {"fix", "trunc"},
                                                       {"greater", "gt"},
                                                       {"greater_equal", "ge"},
                                                       {"less", "lt"},
                                                       {"less_equal", "le"},
                                                       {"not_equal", "ne"},
                                                       {"multiply", "mul"},
                                                       {"negative", "neg"},
                                                       {"subtract", "sub"},
                                                       {"swapdims", "transpose"},
                                                       {"swapaxes", "transpose"},
                                                       {"moveaxis", "movedim"},
                                                       {"true_divide", "div"},
                                                       {"concat", "cat"},
                                                       {"concatenate", "cat"},
                                                       {"adjoint", "mH"},
                                                       {"row_stack", "vstack"},
                                                       {"ger", "outer"},
                                                       {"special_expit", "sigmoid"}};

void put(nb::handle where, const char* name, nb::handle value) {
  if (PyObject_SetAttrString(where.ptr(), name, value.ptr()) < 0) throw nb::python_error();
}

}  // namespace

Binding& binding_of(const char* name) {
  auto it = bindings().find(name);
  if (it == bindings().end()) throw Error("there is no op named " + std::string(name));
  return *it->second.front();
}

void bind_ops(nb::module_& m) {
  for (const Info* info : all_ops()) add_binding(*info);
  nb::module_ functional = m.def_submodule("_nn"), special = m.def_submodule("_special");
  nb::handle type(reinterpret_cast<PyObject*>(tensor_type));
  size_t number = 0;
  for (auto& [name, list] : bindings()) {
    Binding& b = *list.front();
    uint8_t scope = 0;
    bool inplace = false, only_inplace = true;
    std::string doc;
    // The form with the most parameters comes first: it is the one that inspect shows.
    std::vector<const Binding*> by_length;
    for (auto& one : list) by_length.push_back(one.get());
    std::ranges::stable_sort(by_length, std::greater(),
                             [](auto* one) { return one->params.size(); });
    for (auto* one : by_length) {
      scope |= one->info->def.scope;
      inplace |= one->info->inplace != nullptr;
      only_inplace &= one->info->def.inplace_only;
      doc += (doc.empty() ? "" : "\n\n") +
             (doc.empty()
                  ? one->doc
                  : one->name + one->signature + "\n\n" + one->info->def.doc + facts(*one->info));
    }
    if (list.size() > 1) b.doc = doc;
    if (number >= kMaxOps) throw Error("more than kMaxOps ops: raise it");
    by_number[number] = &b;
    auto flags = METH_FASTCALL | METH_KEYWORDS;
    b.defs[0] = {b.name.c_str(), as_c(entries.function[number]), flags, b.doc.c_str()};
    static auto* docs = new std::deque<std::string>;  // the definitions point into them
    const std::string& as_method = docs->emplace_back(method_doc(b));
    const std::string& in_place =
        docs->emplace_back(b.inplace_name + as_method.substr(b.name.size()) +
                           "\n\nIn place: the result is written over self, which is returned.");
    b.defs[1] = {b.name.c_str(), as_c(entries.method[number]), flags, as_method.c_str()};
    b.defs[2] = {b.inplace_name.c_str(), as_c(entries.inplace[number]), flags, in_place.c_str()};
    number++;
    nb::object module_name = nb::str("taeda");
    b.function = PyCFunction_NewEx(&b.defs[0], nullptr, module_name.ptr());
    nb::handle function(b.function);
    if (!only_inplace) {
      if (scope & in_torch) put(m, b.name.c_str(), function);
      if (scope & in_functional) put(functional, b.name.c_str(), function);
      if (scope & in_special) put(special, b.name.c_str(), function);
      if (scope & in_tensor)
        put(type, b.name.c_str(), b.method = PyDescr_NewMethod(tensor_type, &b.defs[1]));
      if (scope == 0) put(m, ("_" + b.name).c_str(), function);
    }
    if (inplace && scope & (in_tensor | in_functional)) {
      b.inplace = PyDescr_NewMethod(tensor_type, &b.defs[2]);
      if (scope & in_tensor) put(type, b.inplace_name.c_str(), b.inplace);
      if (scope & in_functional || scope & in_torch) {
        nb::handle where = scope & in_functional ? nb::handle(functional) : nb::handle(m);
        put(where, b.inplace_name.c_str(), b.inplace);
      }
    }
  }
  for (auto& [alias, name] : aliases)
    for (nb::handle where : {nb::handle(m), type})
      for (const char* suffix : {"", "_"}) {
        std::string from = std::string(name) + suffix, to = std::string(alias) + suffix;
        if (nb::hasattr(where, from.c_str()) && !nb::hasattr(where, to.c_str()))
          put(where, to.c_str(), nb::getattr(where, from.c_str()));
      }
}

namespace {
// The type a checker is told: "Tensor | Number", "int | Sequence[int]".
std::string type_of(const Binding& b, const Param& p) {
  if (!p.input) return facts_of(b.info->fields[size_t(p.index)].kind).stub;
  const char* mark = b.info->def.inputs[size_t(p.index)];
  std::string s = Def::marked(mark, '*')   ? "Sequence[Tensor]"
                  : Def::marked(mark, '#') ? "Tensor | Number"
                                           : "Tensor";
  return Def::marked(mark, '?') ? s + " | None" : s;
}
}  // namespace

nb::object op_table() {
  nb::list out;
  for (auto& [name, list] : bindings())
    for (auto& b : list) {
      nb::dict d;
      const Info& i = *b->info;
      d["name"] = name.c_str();
      d["doc"] = i.def.doc;
      d["gradient"] = i.has_gradient;
      d["composite"] = i.composite;
      d["pointwise"] = i.pointwise;
      d["view"] = i.view;
      d["differentiable"] = i.def.differentiable;
      d["inplace"] = i.inplace != nullptr;
      d["inplace_only"] = i.def.inplace_only;
      d["scope"] = int(i.def.scope);
      d["arity"] = i.def.arity();
      d["signature"] = b->signature;
      nb::list params;
      for (size_t at = 0; at < b->params.size(); at++) {
        const Param& p = b->params[at];
        std::string type = type_of(*b, p);
        nb::object value = nb::none();
        if (!b->required(p))
          value = nb::str(p.input ? "None" : default_of(i.fields[size_t(p.index)]).c_str());
        params.append(nb::make_tuple(nb::handle(p.name), type, value, int(at) >= b->positional));
      }
      d["parameters"] = params;
      nb::list results;
      for (auto r : i.results) results.append(nb::str(r.data(), r.size()));
      d["results"] = results;
      d["many"] = !i.one;
      d["varargs"] = i.def.varargs;
      bool factory = i.fields.size() && i.fields.back().name == "pin_memory";
      d["out"] = !factory && i.def.scope & in_torch && !i.view;
      out.append(d);
    }
  return out;
}

}  // namespace taeda::python
