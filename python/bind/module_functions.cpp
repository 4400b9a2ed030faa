// What the Python half of Module is made of: its functions on entries, options and trees.
#include "module.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"

namespace taeda::python {

namespace {

void require_ready(PyObject* o, const char* attribute) {
  if (!is_ready(o, attribute)) throw nb::python_error();
}
Role role_from(int r) {
  if (r < 0 || r > 2) fail<ValueError>("no such role");
  return Role(r);
}

}  // namespace

void define_module_functions(nb::module_& m) {
  module_views.registry =
      nb::object(nb::module_::import_("collections").attr("OrderedDict")).release().ptr();
  m.def("set_module_types", [](nb::handle module, nb::handle parameter, nb::handle buffer) {
    module_type = reinterpret_cast<PyTypeObject*>(nb::object(nb::borrow(module)).release().ptr());
    parameter_type =
        reinterpret_cast<PyTypeObject*>(nb::object(nb::borrow(parameter)).release().ptr());
    buffer_type = reinterpret_cast<PyTypeObject*>(nb::object(nb::borrow(buffer)).release().ptr());
  });
  m.def("set_module_views", [](nb::handle entries, nb::handle names, nb::handle attributes) {
    module_views.entries = nb::object(nb::borrow(entries)).release().ptr();
    module_views.names = nb::object(nb::borrow(names)).release().ptr();
    module_views.attributes = nb::object(nb::borrow(attributes)).release().ptr();
  });

  // ---- entries by role: 0 parameter, 1 buffer, 2 child ----
  m.def("entry_names", [](nb::handle self, int role) {
    nb::list out;
    require_ready(self.ptr(), "_modules");
    for (auto& e : module_of(self.ptr()).entries())
      if (e.role == role_from(role)) out.append(nb::str(e.name.c_str(), e.name.size()));
    return out;
  });
  m.def("entry_items", [](nb::handle self, int role) {
    nb::list out;
    auto& entries = module_of(self.ptr()).entries();
    for (size_t i = 0; i < entries.size(); i++)
      if (entries[i].role == role_from(role))
        out.append(nb::make_tuple(nb::str(entries[i].name.c_str(), entries[i].name.size()),
                                  nb::steal(value_of(entries[i]))));
    return out;
  });
  m.def(
      "entry",
      [](nb::handle self, int role, std::string name, nb::object otherwise) -> nb::object {
        auto* e = module_of(self.ptr()).find(name);
        return e && e->role == role_from(role) ? nb::steal(value_of(*e)) : otherwise;
      },
      nb::arg("self"), nb::arg("role"), nb::arg("name"), nb::arg("otherwise").none());
  m.def(
      "set_entry",
      [](nb::handle self, int role, std::string name, nb::handle value, bool persistent) {
        Module& mod = module_of(self.ptr());
        Role r = role_from(role);
        if (r == Role::child) {
          if (!value.is_none() && !is_module(value.ptr()))
            fail<TypeError>(type_text(value.ptr()), " is not a Module subclass");
          mod.set_child(name, value.is_none() ? Ref<Module>() : module_ref(value.ptr()));
        } else {
          if (!value.is_none() && !is_tensor(value.ptr()))
            fail<TypeError>("a ", type_text(value.ptr()), " is not a Tensor");
          mod.set_tensor(name, r, value.is_none() ? Tensor() : tensor_of(value.ptr()), persistent);
          mod.find(name)->plain = !value.is_none() && !is_parameter(value.ptr());
        }
      },
      nb::arg("self"), nb::arg("role"), nb::arg("name"), nb::arg("value").none(),
      nb::arg("persistent") = true);
  m.def("del_entry", [](nb::handle self, int role, std::string name) {
    auto* e = module_of(self.ptr()).find(name);
    if (!e || e->role != role_from(role)) return false;
    module_of(self.ptr()).erase(name);
    return true;
  });
  m.def("is_persistent", [](nb::handle self, std::string name) {
    auto* e = module_of(self.ptr()).find(name);
    return !e || e->persistent;
  });
  m.def("set_persistent", [](nb::handle self, std::string name, bool on) {
    auto* e = module_of(self.ptr()).find(name);
    if (e && e->role == Role::buffer) e->persistent = on;
  });

  // ---- walks ----
  m.def("named_modules", [](nb::handle self, std::string prefix, bool remove_duplicate) {
    nb::list out;
    require_ready(self.ptr(), "_modules");
    for (auto& [name, mod] : module_of(self.ptr()).named_modules(prefix, remove_duplicate))
      out.append(nb::make_tuple(name, nb::steal(wrap_module(*mod))));
    return out;
  });
  m.def("named_tensors",
        [](nb::handle self, int role, std::string prefix, bool recurse, bool remove_duplicate) {
          nb::list out;
          require_ready(self.ptr(), "_parameters");
          Role r = role_from(role);
          for (auto& [name, t] : module_of(self.ptr()).named(r, prefix, recurse, remove_duplicate))
            out.append(nb::make_tuple(
                name, nb::steal(wrap(t, r == Role::parameter ? parameter_type : nullptr))));
          return out;
        });

  // ---- the rest ----
  m.def("hooks_of", [](nb::handle self) {
    PyObject* hooks = as_module(self.ptr())->hooks;
    return hooks ? nb::borrow(hooks) : nb::object(nb::dict());
  });
  m.def("set_ready", [](nb::handle self) { as_module(self.ptr())->ready = true; });
  m.def("is_ready", [](nb::handle self) { return as_module(self.ptr())->ready; });
  m.def("native_extra_repr", [](nb::handle self) { return module_of(self.ptr()).extra_repr(); });
  m.def(
      "set_unregistered",
      [](nb::handle self, std::string name, nb::handle value) {
        return module_of(self.ptr())
            .set_unregistered(name, value.is_none() ? Tensor() : tensor_of(value.ptr()));
      },
      nb::arg("self"), nb::arg("name"), nb::arg("value").none());
  m.def("layout_repr", [](std::string name, std::string extra, nb::list children, bool fold) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (nb::handle c : children)
      lines.emplace_back(nb::cast<std::string>(c[0]), nb::cast<std::string>(c[1]));
    return nn::layout_repr(name, extra, lines, fold);
  });
  m.def("typename", [](nb::handle value) { return type_text(value.ptr()); });
  m.def("option_names", [](nb::handle self) {
    nb::list out;
    const Module& m = module_of(self.ptr());
    if (LayerType* layer = layer_of(typeid(m)))
      for (auto& f : layer->options) out.append(f.name);
    return out;
  });
  m.def(
      "set_option",
      [](nb::handle self, nb::handle name, nb::handle value) {
        const OptionField* f = option_of(self.ptr(), name.ptr());
        bool fits = f && f->set(module_of(self.ptr()), value.ptr());
        if (!fits) PyErr_Clear();
        return fits;
      },
      nb::arg("self"), nb::arg("name"), nb::arg("value").none());
}

}  // namespace taeda::python
