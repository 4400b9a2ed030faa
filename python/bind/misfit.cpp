// What a call that fits no op says: the one reason, or every candidate. In form PyTorch's.
#include "binding.h"

namespace taeda::python {

namespace {

// One way to call an op. Reductions have two: over everything, and over the axes given.
struct Form {
  const Binding* b;
  bool method, whole = false;      // without dim and keepdim
  bool with_dim = false;           // dim must be given
  std::vector<std::string> parts;  // "Tensor input", "*", "int dim", ..
  std::vector<std::string> names;
  int least = 0, most = 0;  // how many arguments it takes

  Form(const Binding& binding, bool is_method, bool is_whole, bool needs_dim)
      : b(&binding), method(is_method), whole(is_whole), with_dim(needs_dim) {
    const Info& info = *b->info;
    bool starred = false;
    auto star = [&] {
      if (!std::exchange(starred, true)) parts.push_back("*");
    };
    for (size_t at = method; at < b->params.size(); at++) {
      const Param& p = b->params[at];
      if (whole && !p.input && p.index < 2) continue;
      if (int(at) >= b->positional) star();
      add(p);
    }
    bool factory = info.fields.size() && info.fields.back().name == "pin_memory";
    if (!method && !factory && info.def.scope & in_torch && !info.view && takes_out()) {
      star();
      parts.push_back(info.results.empty() ? "Tensor out = None" : "tuple of Tensors out = None");
      names.push_back("out");
      most++;
    }
  }
  bool takes_out() const { return !whole || !b->out_needs_dim; }
  bool knows(PyObject* word) const {
    for (const std::string& n : names)
      if (PyUnicode_CompareWithASCIIString(word, n.c_str()) == 0) return true;
    return false;
  }
  std::string text() const {
    std::string s = "(";
    for (size_t i = 0; i < parts.size(); i++) s += (i ? ", " : "") + parts[i];
    return s + ")";
  }

 private:
  void add(const Param& p) {
    std::string name = PyUnicode_AsUTF8(p.name);
    names.push_back(name);
    bool required = p.required || (with_dim && !p.input && p.index == 0);
    least += required;
    // Sizes may come one by one.
    most += b->info->def.varargs && !p.input && p.index == 0 ? 1024 : 1;
    if (p.input) {
      bool list = Def::marked(b->info->def.inputs[size_t(p.index)], '*');
      parts.push_back((list ? "tuple of Tensors " : "Tensor ") + name +
                      (required ? "" : " = None"));
      return;
    }
    const Field& f = b->info->fields[size_t(p.index)];
    std::string text = f.default_text;
    if (text.ends_with(".0") && f.kind == Kind::scalar) text.resize(text.size() - 2);
    parts.push_back(std::string(facts_of(f.kind).word) + " " + name +
                    (required ? "" : " = " + text));
  }
};

constexpr std::string_view two_ways[] = {"sum", "mean", "prod", "all", "any"};
// Ops that PyTorch once took in another order too, so that it never says what is missing.
constexpr std::string_view once_otherwise[] = {"add",    "sub",     "addmm",   "addmv",  "addr",
                                               "addbmm", "baddbmm", "addcmul", "addcdiv"};

std::vector<Form> forms_of(const Binding& first, bool method, bool inplace) {
  std::vector<Form> out;
  for (const Binding* b = &first; b; b = b->overload) {
    if (inplace ? !b->info->inplace : b->info->def.inplace_only) continue;
    bool two = std::ranges::find(two_ways, b->name) != std::end(two_ways) &&
               b->info->fields.size() > 1 && b->info->fields[0].name == "dim" &&
               b->info->def.required == 0;
    if (two) out.emplace_back(*b, method, true, false);
    out.emplace_back(*b, method, false, two);
  }
  return out;
}

std::string given(PyObject* const* args, Py_ssize_t n, PyObject* names) {
  std::string s = "(";
  for (Py_ssize_t i = 0; i < n; i++) s += (i ? ", " : "") + python_type_name(args[i]);
  if (names)
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++)
      s += std::string(i || n ? ", " : "") + PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i)) + "=" +
           python_type_name(args[n + i]);
  if (names && n == 0) s += ", ";  // as PyTorch prints keywords alone
  return s + ")";
}

// Whether an argument has the type that "int dim = 0" begins with.
bool suits(std::string_view part, PyObject* o) {
  auto is = [&](std::string_view word) { return part.starts_with(word); };
  if (is("Tensor")) return is_tensor(o);
  if (is("int")) return PyLong_Check(o) && !PyBool_Check(o);
  if (is("float") || is("Number")) return PyFloat_Check(o) || PyLong_Check(o);
  if (is("bool")) return PyBool_Check(o);
  if (is("str")) return PyUnicode_Check(o);
  if (is("torch.dtype")) return dtype_of_object(o).has_value();
  if (!is("tuple of") || !(PyTuple_Check(o) || PyList_Check(o))) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++) {
    PyObject* item = PySequence_Fast_ITEMS(o)[i];
    if (is("tuple of Tensors") ? !is_tensor(item) : !PyLong_Check(item)) return false;
  }
  return true;
}
std::string long_type(PyObject* o) {  // "tuple of (int, str)"
  std::string name = python_type_name(o);
  if (!PyTuple_Check(o) && !PyList_Check(o)) return name;
  bool tuple = PyTuple_Check(o);
  std::string s = name + (tuple ? " of (" : " of [");
  Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
  for (Py_ssize_t i = 0; i < n; i++)
    s += (i ? ", " : "") + python_type_name(PySequence_Fast_ITEMS(o)[i]);
  return s + (tuple ? n == 1 ? ",)" : ")" : "]");
}

// Below a form with as many arguments as were given: what is wrong with them.
std::string mismatch(const Form& form, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  Py_ssize_t words = names ? PyTuple_GET_SIZE(names) : 0;
  if (size_t(n + words) != form.parts.size()) return "";
  std::string unknown;
  for (Py_ssize_t i = 0; i < words; i++)
    if (PyObject* word = PyTuple_GET_ITEM(names, i); !form.knows(word))
      unknown += (unknown.empty() ? "" : ", ") + std::string(PyUnicode_AsUTF8(word));
  if (!unknown.empty())
    return "      didn't match because some of the keywords were incorrect: " + unknown + "\n";
  std::string s;
  for (Py_ssize_t i = 0; i < n + words; i++) {
    std::string word = i < n ? "" : PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i - n));
    const std::string* part = &form.parts[size_t(i)];
    for (const std::string& p : form.parts)
      if (i >= n && (p + " ").find(" " + word + " ") != p.npos) part = &p;
    const char* mark = suits(*part, args[i]) ? "" : "!";
    s +=
        (i ? ", " : "") + std::string(mark) + (i < n ? "" : word + "=") + long_type(args[i]) + mark;
  }
  return "      didn't match because some of the arguments have invalid types: (" + s + ")\n";
}

// The one reason why the call does not fit this op; empty if there is none.
std::string reason(const Binding& b, bool inplace, PyObject* self, PyObject* const* args,
                   Py_ssize_t n, PyObject* names) {
  Parse p{.b = b, .inplace = inplace, .explaining = true};
  const Tensor* in[kMaxInputs] = {};
  Tensor held[kMaxInputs];
  Scalar numbers[kMaxInputs];
  uint32_t numbered = 0;
  std::vector<const Tensor*> list;
  alignas(16) std::byte attrs[kMaxAttrs];
  p.place(self, args, n, names);
  p.inputs(in, held, numbers, numbered, list);
  b.info->construct(attrs);
  p.attributes(attrs);
  b.info->destroy(attrs);
  if (PyErr_Occurred()) throw nb::python_error();
  return p.misfit;
}

}  // namespace

void fail_all(const Binding& first, bool inplace, PyObject* self, PyObject* const* args,
              Py_ssize_t n, PyObject* names) {
  std::vector<Form> forms = forms_of(first, self != nullptr, inplace);
  bool alone = forms.size() == 1 &&
               std::ranges::find(once_otherwise, first.name) == std::end(once_otherwise);
  int count = int(n + (names ? PyTuple_GET_SIZE(names) : 0));
  const Form* plausible = nullptr;
  int several = 0;
  for (const Form& form : forms)
    if (alone || (form.least <= count && count <= form.most)) plausible = &form, several++;
  if (several == 1) {
    std::string why = reason(*plausible->b, inplace, self, args, n, names);
    if (why.empty())  // it fits the op, but not this way of calling it
      why = first.name + "() missing 1 required positional arguments: \"dim\"";
    throw TypeError(why);
  }
  std::string text = (inplace ? first.inplace_name : first.name) +
                     "() received an invalid combination of arguments - got " +
                     given(args, n, names);
  if (forms.size() == 1) throw TypeError(text + ", but expected " + forms[0].text());
  text += ", but expected one of:\n";
  for (const Form& form : forms)
    text += " * " + form.text() + "\n" + mismatch(form, args, n, names);
  throw TypeError(text);
}

}  // namespace taeda::python
