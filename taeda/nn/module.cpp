#include "taeda/nn/module.h"

#include <algorithm>
#include <ostream>
#include <unordered_map>
#include <unordered_set>

#include "taeda/autograd/grad_mode.h"
#include "taeda/base/class_name.h"
#include "taeda/op/table.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/default_device.h"
#include "taeda/ops/views.h"

namespace taeda::nn {

constinit PythonSide python_side;

void retain(Module* m) {
  if (m->python) python_side.retain(*m);
  else count_up(m->count);
}
void release(Module* m) {
  if (m->python) python_side.release(*m);
  else if (count_down(m->count)) delete m;
}

namespace {

std::string join(std::string_view prefix, std::string_view name) {
  std::string out(prefix);
  if (!prefix.empty()) out += '.';
  return out += name;
}

}  // namespace

void fail_handle(const Module* m, const std::type_info& wanted) {
  std::string want = class_name(wanted);
  if (!m) fail("the module is null where the C++ code needs a ", want);
  fail<TypeError>("a module of class ", m->type_name(), " stands where the C++ code needs a ", want,
                  ": calling it works, reading its fields does not");
}

Module::~Module() {
  if (hooks_) hooks_->module = nullptr;
}
std::string Module::type_name() const { return class_name(typeid(*this)); }
Tensor Module::forward(const Tensor&) {
  fail<NotImplementedError>("Module [", python ? python_side.type_name(*this) : type_name(),
                            "] is missing the required \"forward\" function");
}
Tensor Module::call_watched(const Tensor& input) {
  if (python) {
    const Tensor* in[] = {&input};
    return python_side.call(*this, {in, 1});
  }
  if (tls.tracer) tls.tracer->on_module(this, true);
  Tensor out = hooks_ ? call_hooked(*this, input, [&](const Tensor& x) { return forward(x); })
                      : forward(input);
  if (tls.tracer) tls.tracer->on_module(this, false);
  return out;
}

Ref<Module> Module::clone() {
  if (python) return Ref<Module>(python_side.clone(*this));
  std::unordered_map<Module*, Ref<Module>> copies;
  std::unordered_map<TensorImpl*, Tensor> tensors;  // shared ones stay shared
  for (auto& [path, m] : named_modules()) {         // a parent before its children
    if (m->python) copies[m] = Ref<Module>(python_side.clone(*m));
    else if (m->fresh) copies[m] = Ref<Module>(m->fresh(*m));
    else
      fail<NotImplementedError>(m->type_name(),
                                ": only layers can be cloned; a class of your own overrides "
                                "clone()");
    copies[m]->training = m->training;
    if (m->hooks_) {
      copies[m]->hooks_ = std::make_shared<ModuleHooks>(*m->hooks_);
      copies[m]->hooks_->module = copies[m].get();
    }
  }
  for (auto& [from, to] : copies) {
    if (from->python) continue;
    while (!to->entries_.empty()) to->erase(std::string(to->entries_.back().name));
    for (Entry& e : from->entries_) {
      if (e.role == Role::child) {
        to->set_child(e.name, *e.child ? copies.at(e.child->get()) : Ref<Module>());
        continue;
      }
      Tensor copy;
      if (e.tensor->defined()) {
        Tensor& known = tensors[e.tensor->impl()];
        if (!known.defined())
          known = e.tensor->detach().clone().requires_grad_(e.tensor->requires_grad());
        copy = known;
      }
      to->set_tensor(e.name, e.role, copy, e.persistent);
    }
  }
  return copies.at(this);
}

// ---- entries ----

Module::Entry* Module::find(std::string_view name) {
  for (Entry& e : entries_)
    if (e.name == name) return &e;
  return nullptr;
}
void Module::erase(std::string_view name) {
  auto at =
      std::find_if(entries_.begin(), entries_.end(), [&](Entry& e) { return e.name == name; });
  if (at == entries_.end()) return;
  Entry gone = std::move(*at);  // freed last: that may run code which looks at this module
  entries_.erase(at);
  if (gone.own) return;
  if (gone.role == Role::child) Ref<Module> last = std::move(*gone.child);
  else Tensor last = std::move(*gone.tensor);
}
bool Module::set_unregistered(std::string_view name, const Tensor& value) {
  for (Entry& f : fields_)
    if (f.name == name && f.role != Role::child && !find(name)) return *f.tensor = value, true;
  return false;
}
Module::Entry& Module::place(std::string_view name, Role role) {
  Entry* e = find(name);
  if (e && (e->role == Role::child) == (role == Role::child)) return e->role = role, *e;
  erase(name);
  for (Entry& f : fields_)
    if (f.name == name && (f.role == Role::child) == (role == Role::child)) {
      e = &entries_.emplace_back(f);
      return e->role = role, *e;
    }
  e = &entries_.emplace_back(Entry{.name = std::string(name), .role = role});
  if (role == Role::child) {
    auto own = std::make_shared<Ref<Module>>();
    e->child = own.get();
    e->own = std::move(own);
  } else {
    auto own = std::make_shared<Tensor>();
    e->tensor = own.get();
    e->own = std::move(own);
  }
  return *e;
}
void Module::set_tensor(std::string_view name, Role role, const Tensor& t, bool persistent) {
  Entry& e = place(name, role);
  e.persistent = persistent;
  e.plain = false;
  Tensor before = std::exchange(*e.tensor, t);
}
void Module::set_child(std::string_view name, Ref<Module> m) {
  std::swap(*place(name, Role::child).child, m);  // the old child goes last
}
void Module::add_field(Entry e) {
  fields_.push_back(e);
  entries_.push_back(std::move(e));
}
void Module::hide_fields() {
  std::erase_if(entries_, [](const Entry& e) { return !e.own; });
}
void Module::show_fields() {
  for (const Entry& f : fields_)
    if (!find(f.name)) entries_.push_back(f);
}

Tensor Module::field(const char* name, Tensor* at, Tensor value, Role role, bool persistent) {
  add_field({.name = name, .role = role, .persistent = persistent, .tensor = at});
  if (role == Role::parameter && value.defined()) value.requires_grad_();
  return value;
}

void Module::check_name(const char* kind, std::string_view name) {
  if (name.find('.') != name.npos) fail<ValueError>(kind, " name can't contain \".\", got: ", name);
  if (name.empty()) fail<ValueError>(kind, " name can't be empty string \"\"");
  if (find(name)) fail<ValueError>("attribute '", name, "' already exists");
}
Tensor Module::register_parameter(std::string_view name, Tensor value, bool requires_grad) {
  check_name("parameter", name);
  if (value.defined()) value.requires_grad_(requires_grad);
  set_tensor(name, Role::parameter, value);
  return value;
}
Tensor Module::register_buffer(std::string_view name, Tensor value, bool persistent) {
  check_name("buffer", name);
  set_tensor(name, Role::buffer, value, persistent);
  return value;
}

Tensor new_parameter(const Dims& sizes, std::optional<DType> dtype, std::optional<Device> device) {
  return empty(sizes, dtype.value_or(default_dtype()), device ? *device : default_device())
      .requires_grad_();
}

// ---- walks ----

NamedModules Module::named_modules(std::string_view prefix, bool remove_duplicate) {
  constexpr size_t deepest =
      10000;  // beyond that, modules without remove_duplicate hold each other
  struct Step {
    std::string path;
    Module* m;
    size_t depth;
  };
  NamedModules out;
  std::vector<Step> stack{{std::string(prefix), this, 0}};
  std::unordered_set<Module*> seen;
  while (!stack.empty()) {
    auto [path, m, depth] = std::move(stack.back());
    stack.pop_back();
    if (remove_duplicate && !seen.insert(m).second) continue;
    if (depth > deepest) fail("the modules of ", type_name(), " contain each other");
    for (size_t i = m->entries_.size(); i-- > 0;) {
      Entry& e = m->entries_[i];
      if (e.role == Role::child && *e.child)
        stack.push_back({join(path, e.name), e.child->get(), depth + 1});
    }
    out.emplace_back(std::move(path), m);
  }
  return out;
}
NamedTensors Module::named(Role role, std::string_view prefix, bool recurse,
                           bool remove_duplicate) {
  NamedTensors out;
  std::unordered_set<TensorImpl*> seen;
  NamedModules all{{std::string(prefix), this}};
  if (recurse) all = named_modules(prefix, remove_duplicate);
  for (auto& [path, m] : all)
    for (Entry& e : m->entries_)
      if (e.role == role && e.tensor->defined() &&
          (!remove_duplicate || seen.insert(e.tensor->impl()).second))
        out.emplace_back(join(path, e.name), *e.tensor);
  return out;
}
NamedModules Module::named_children() {
  NamedModules out;
  std::unordered_set<Module*> seen;
  for (Entry& e : entries_)
    if (e.role == Role::child && *e.child && seen.insert(e.child->get()).second)
      out.emplace_back(e.name, e.child->get());
  return out;
}
TensorList Module::parameters(bool recurse) {
  TensorList out;
  for (auto& [name, t] : named_parameters(recurse)) out.push_back(std::move(t));
  return out;
}
TensorList Module::buffers(bool recurse) {
  TensorList out;
  for (auto& [name, t] : named_buffers(recurse)) out.push_back(std::move(t));
  return out;
}
std::vector<Module*> Module::modules() {
  std::vector<Module*> out;
  for (auto& [name, m] : named_modules()) out.push_back(m);
  return out;
}
std::vector<Module*> Module::children_first() {
  std::vector<Module*> out, waiting{this};
  while (!waiting.empty()) {  // parents first and children backwards, then all of it turned round
    Module* m = waiting.back();
    waiting.pop_back();
    out.push_back(m);
    for (auto& [name, child] : m->named_children()) waiting.push_back(child);
  }
  std::reverse(out.begin(), out.end());
  return out;
}
std::vector<Module*> Module::children() {
  std::vector<Module*> out;
  for (auto& [name, m] : named_children()) out.push_back(m);
  return out;
}

// ---- by path ----

namespace {
// PyTorch's AttributeError.
[[noreturn]] void fail_path(Module& m, std::string_view name) {
  fail(m.type_name(), " has no attribute `", name, "`");
}
}  // namespace

Module& Module::get_submodule(std::string_view path) {
  Module* m = this;
  while (!path.empty()) {
    size_t dot = std::min(path.find('.'), path.size());
    std::string_view name = path.substr(0, dot);
    Entry* e = m->find(name);
    if (!e) fail_path(*m, name);
    if (e->role != Role::child || !*e->child) fail("`", name, "` is not an nn.Module");
    m = e->child->get();
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return *m;
}
Tensor Module::get_tensor(std::string_view path, Role role) {
  size_t dot = path.rfind('.');
  Module& m = get_submodule(dot == path.npos ? "" : path.substr(0, dot));
  std::string_view name = path.substr(dot == path.npos ? 0 : dot + 1);
  Entry* e = m.find(name);
  if (!e) fail_path(m, name);
  if (e->role != role)
    fail("`", name, "` is not ", role == Role::parameter ? "an nn.Parameter" : "a buffer");
  return *e->tensor;
}
Tensor Module::get_parameter(std::string_view path) { return get_tensor(path, Role::parameter); }
Tensor Module::get_buffer(std::string_view path) { return get_tensor(path, Role::buffer); }

// ---- state ----

StateDict Module::state_dict() {
  StateDict out;
  for (auto& [path, m] : named_modules({}, false))
    for (Role role : {Role::parameter, Role::buffer})
      for (Entry& e : m->entries_)
        if (e.role == role && e.persistent && e.tensor->defined())
          out.emplace_back(join(path, e.name), e.tensor->detach());
  return out;
}

Module::LoadResult Module::load_state_dict(const StateDict& state, LoadOptions o) {
  std::unordered_map<std::string_view, const Tensor*> given;
  for (auto& [key, t] : state) given[key] = &t;
  LoadResult result;
  std::string problems;
  std::vector<std::pair<Entry*, const Tensor*>> loads;
  for (auto& [path, m] : named_modules({}, false))
    for (Role role : {Role::parameter, Role::buffer})
      for (Entry& e : m->entries_) {
        if (e.role != role || !e.persistent || !e.tensor->defined()) continue;
        std::string key = join(path, e.name);
        auto at = given.find(key);
        if (at == given.end()) {
          result.missing_keys.push_back(std::move(key));
          continue;
        }
        const Tensor& value = *at->second;
        given.erase(at);
        if (!value.defined() || value.sizes() != e.tensor->sizes())
          problems += "\n\tsize mismatch for " + key + ": copying a param with shape torch.Size(" +
                      (value.defined() ? text(value.sizes()) : "None") +
                      ") from checkpoint, the shape in current model is torch.Size(" +
                      text(e.tensor->sizes()) + ").";
        else loads.emplace_back(&e, &value);
      }
  for (auto& [key, t] : state)
    if (given.contains(key)) result.unexpected_keys.push_back(key);
  if (o.strict) {
    auto list = [](const char* title, const std::vector<std::string>& keys) {
      std::string s;
      for (auto& k : keys) s += (s.empty() ? "" : ", ") + ("\"" + k + "\"");
      return keys.empty() ? s : std::string("\n\t") + title + " key(s) in state_dict: " + s + ". ";
    };
    problems = list("Missing", result.missing_keys) + list("Unexpected", result.unexpected_keys) +
               problems;
  }
  if (!problems.empty()) fail("Error(s) in loading state_dict for ", type_name(), ":", problems);
  NoGradGuard raw;
  for (auto& [e, value] : loads) {
    if (!o.assign) {
      e->tensor->copy_(*value);
    } else {
      bool grad = e->tensor->requires_grad();
      Tensor t = value->detach();
      *e->tensor = e->role == Role::parameter ? t.requires_grad_(grad) : t;
    }
  }
  return result;
}

// ---- the whole tree ----

void Module::train(bool on) {
  training = on;
  for (Module* m : children()) {
    if (m->python) python_side.train(*m, on);
    else m->train(on);
  }
}
void Module::requires_grad_(bool on) {
  for (Tensor& p : parameters()) p.requires_grad_(on);
}
void Module::zero_grad(bool set_to_none) {
  NoGradGuard raw;
  for (Tensor& p : parameters()) {
    if (set_to_none) p.set_grad({});
    else if (Tensor g = p.grad(); g.defined()) g.detach().zero_();
  }
}
template <class F> static void convert(Module& m, F f) {
  NoGradGuard raw;
  for (auto& list : {m.parameters(), m.buffers()})
    for (const Tensor& t : list) {
      Tensor g = t.grad();
      t.set_data(f(t.detach()));
      if (g.defined()) t.set_grad(f(g.detach()));
    }
}
void Module::to(DType dtype) {
  if (category_of(dtype) < Category::floating)
    fail<TypeError>(
        "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=",
        text(dtype));
  convert(*this, [&](const Tensor& t) {
    return category_of(t.dtype()) < Category::floating ? t : t.to(dtype);
  });
}
void Module::to(Device device) {
  convert(*this, [&](const Tensor& t) { return t.to(device); });
}

}  // namespace taeda::nn
