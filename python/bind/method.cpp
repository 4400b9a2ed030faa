// Refusals of functions that the binding tool calls.
#include "method.h"

#include <unordered_map>

#include "binding.h"

namespace taeda::python {

namespace {

struct Explained {
  const char* name;
  bool method;
  std::vector<PlainParam> params;
};
std::unordered_map<PyObject*, Explained>& explained() {
  static auto* map = new std::unordered_map<PyObject*, Explained>;
  return *map;
}

std::string count_refusal(const Explained& e, size_t given) {
  size_t least = 0, most = 0;
  for (const PlainParam& p : e.params)
    if (!p.keyword_only) most++, least += p.required;
  std::string takes = least < most ? "from " + std::to_string(least) + " to " : "";
  if (given <= most) return "";
  return std::string(e.name) + "() takes " + takes + std::to_string(most) + " positional argument" +
         (most == 1 && takes.empty() ? "" : "s") + " but " + std::to_string(given) +
         (given == 1 ? " was given" : " were given");
}
// In PyTorch's order: too many, then parameter by parameter, then words that are none.
std::string refusal(const Explained& e, PyObject* const* args, size_t n, PyObject* names) {
  if (std::string s = count_refusal(e, n); !s.empty()) return s;
  auto word = [&](size_t k) {
    return std::string_view(PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, Py_ssize_t(k))));
  };
  size_t words = names ? size_t(PyTuple_GET_SIZE(names)) : 0;
  std::string name = e.name, missing;
  int count = 0;
  for (size_t i = 0; i < e.params.size(); i++) {
    const PlainParam& p = e.params[i];
    PyObject* o = i < n && !p.keyword_only ? args[i] : nullptr;
    for (size_t k = 0; k < words; k++)
      if (word(k) == p.name) {
        if (o) return name + "() got multiple values for argument '" + p.name + "'";
        o = args[n + k];
      }
    if (!o && p.required) missing += (count++ ? ", \"" : "\"") + std::string(p.name) + "\"";
    if (count || !o || !p.fits || p.fits(o)) continue;
    std::string place = i < n ? " (position " + std::to_string(i + 1) + ")" : "";
    return name + "(): argument '" + p.name + "'" + place + " must be " + p.word + ", not " +
           python_type_name(o);
  }
  if (count)
    return name + "() missing " + std::to_string(count) +
           " required positional arguments: " + missing;
  for (size_t k = 0; k < words; k++)
    if (std::ranges::none_of(e.params, [&](auto& p) { return word(k) == p.name; }))
      return name + "() got an unexpected keyword argument '" + std::string(word(k)) + "'";
  return "";
}

// The tool's own entry points, of which it has a few, behind ours.
vectorcallfunc entries[4];
void reword(PyObject* f, PyObject* const* args, size_t n, PyObject* names) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  auto it = explained().find(f);
  bool misfit =
      it != explained().end() && value &&
      nb::cast<std::string>(nb::str(nb::handle(value))).find("incompatible function arguments") !=
          std::string::npos;
  std::string text;
  if (misfit) {
    size_t self = it->second.method && n;
    text = refusal(it->second, args + self, n - self, names);
  }
  if (text.empty()) return PyErr_Restore(type, value, trace);
  Py_XDECREF(type), Py_XDECREF(value), Py_XDECREF(trace);
  PyErr_SetString(PyExc_TypeError, text.c_str());
}
template <size_t i>
PyObject* entry(PyObject* f, PyObject* const* args, size_t flags, PyObject* names) {
  PyObject* out = entries[i](f, args, flags, names);
  if (!out && PyErr_ExceptionMatches(PyExc_TypeError)) [[unlikely]]
    reword(f, args, size_t(PyVectorcall_NARGS(flags)), names);
  return out;
}
constexpr vectorcallfunc ours[] = {entry<0>, entry<1>, entry<2>, entry<3>};

}  // namespace

void explain_misfits(nb::object f, const char* name, bool method, std::vector<PlainParam> params) {
  Py_ssize_t at = Py_TYPE(f.ptr())->tp_vectorcall_offset;
  auto& slot = *reinterpret_cast<vectorcallfunc*>(reinterpret_cast<char*>(f.ptr()) + at);
  for (size_t i = 0; i < std::size(entries); i++) {
    if (entries[i] && entries[i] != slot) continue;
    entries[i] = slot;
    slot = ours[i];
    explained()[f.ptr()] = {name, method, std::move(params)};
    return;
  }
}

}  // namespace taeda::python
