// What a call that fits no op says: the one reason, or every candidate.
#include "binding.h"

namespace taeda::python {

// "(Tensor input, int dim, bool keepdim = False)"
std::string signature_text(const Binding& b, bool method) {
  std::string s = "(";
  bool first = true;
  const Info& info = *b.info;
  for (size_t at = method ? 1 : 0; at < b.params.size(); at++) {
    const Param& p = b.params[at];
    if (!first) s += ", ";
    first = false;
    if (int(at) == b.positional) s += "*, ";
    std::string name = PyUnicode_AsUTF8(p.name);
    if (p.input) {
      const char* input = info.def.inputs[size_t(p.index)];
      s += Def::marked(input, '*') ? "tuple of Tensors " : "Tensor ";
      s += name + (b.required(p) ? "" : " = None");
    } else {
      const Field& f = info.fields[size_t(p.index)];
      s += std::string(facts_of(f.kind).word) + " " + name;
      std::string text = f.default_text;
      if (text.ends_with(".0") && f.kind == Kind::scalar) text.resize(text.size() - 2);
      if (!b.required(p)) s += " = " + text;
    }
  }
  bool factory = info.fields.size() && info.fields.back().name == "pin_memory";
  if (!method && !factory && info.def.scope & in_torch && !info.view) {
    s += b.positional == int(b.params.size()) ? (first ? "*, " : ", *, ") : ", ";
    s += info.results.empty() ? "Tensor out = None" : "tuple of Tensors out = None";
  }
  return s + ")";
}

namespace {

std::string given(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  std::string s = "(";
  for (Py_ssize_t i = 0; i < n; i++) s += (i ? ", " : "") + python_type_name(args[i]);
  if (names)
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++)
      s += std::string(i || n ? ", " : "") + PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i)) + "=" +
           python_type_name(args[n + i]);
  if (names && n == 0) s += ", ";  // as PyTorch prints keywords alone
  (void)self;
  return s + ")";
}

}  // namespace

void fail_all(const Binding& first, std::vector<std::string>& misfits, bool wrong_count,
              PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  if (misfits.size() == 1) {
    (void)wrong_count;
    throw TypeError(misfits[0]);
  }
  // Several candidates: if all but one fail by their number of arguments, the one says why.
  std::string text = first.name + "() received an invalid combination of arguments - got " +
                     given(self, args, n, names) + ", but expected one of:\n";
  for (const Binding* b = &first; b; b = b->overload)
    text += " * " + signature_text(*b, self != nullptr) + "\n";
  throw TypeError(text);
}

}  // namespace taeda::python
