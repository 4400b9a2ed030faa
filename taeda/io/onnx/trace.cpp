#include "taeda/io/onnx/trace.h"

#include <algorithm>

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/copying.h"

namespace taeda::onnx {

namespace {

thread_local Recorder* recording = nullptr;

AttributeValue read_field(const Field& f, const void* attrs) {
  const void* p = static_cast<const std::byte*>(attrs) + f.offset;
  auto plain = [&]<class T>(std::type_identity<T>) -> AttributeValue {
    return *static_cast<const T*>(p);
  };
  auto optional = [&]<class T>(std::type_identity<T>) -> AttributeValue {
    auto& v = *static_cast<const std::optional<T>*>(p);
    if (v) return *v;
    return std::monostate{};
  };
  switch (f.kind) {
  case Kind::integer: return plain(std::type_identity<int64_t>{});
  case Kind::boolean: return plain(std::type_identity<bool>{});
  case Kind::real: return plain(std::type_identity<double>{});
  case Kind::scalar: return plain(std::type_identity<Scalar>{});
  case Kind::dims: return plain(std::type_identity<Dims>{});
  case Kind::reals: return plain(std::type_identity<std::vector<double>>{});
  case Kind::string: return plain(std::type_identity<std::string>{});
  case Kind::dtype: return plain(std::type_identity<DType>{});
  case Kind::choice: return std::string(f.get_choice(p));
  case Kind::optional_integer: return optional(std::type_identity<int64_t>{});
  case Kind::optional_boolean: return optional(std::type_identity<bool>{});
  case Kind::optional_real: return optional(std::type_identity<double>{});
  case Kind::optional_scalar: return optional(std::type_identity<Scalar>{});
  case Kind::optional_dims: return optional(std::type_identity<Dims>{});
  case Kind::optional_dtype: return optional(std::type_identity<DType>{});
  default: return std::monostate{};  // devices and generators have no meaning in a file
  }
}

bool is_random(std::string_view op) {
  for (std::string_view name :
       {"bernoulli", "dropout_mask", "normal", "uniform", "random", "exponential", "geometric",
        "cauchy", "log_normal", "multinomial", "poisson"})
    if (op == name) return true;
  return false;
}

bool same(const Geometry& a, const Geometry& b) {
  return a.offset == b.offset && a.sizes == b.sizes && a.strides == b.strides;
}

}  // namespace

Recorder::Recorder(const TensorList& inputs, const Named& state, ModuleNames names)
    : names_(std::move(names)), outer_(tls.tracer) {
  trace_.modules.push_back("");
  for (const Tensor& t : inputs) {
    int v = add_value({.kind = Value::Kind::input, .sizes = t.sizes(), .dtype = t.dtype()});
    trace_.inputs.push_back(v);
    add_slot(t, v);
  }
  for (auto& [name, t] : state) {
    if (by_tensor_.count(t.impl())) continue;  // one tensor under two names
    Value v = constant(t);
    v.kind = Value::Kind::state;
    v.name = name;
    add_slot(t, add_value(std::move(v)));
  }
  tls.tracer = this;
  recording = this;
}
Recorder::~Recorder() {
  if (recording != this) return;
  tls.tracer = outer_;
  recording = nullptr;
}
Recorder* Recorder::current() { return recording; }

int Recorder::add_value(Value v) {
  trace_.values.push_back(std::move(v));
  return int(trace_.values.size()) - 1;
}

Value Recorder::constant(const Tensor& t) {
  bool before = std::exchange(quiet_, true);
  NoGradGuard raw;
  Value v{.kind = Value::Kind::constant, .sizes = t.sizes(), .dtype = t.dtype()};
  v.data = t.clone({.memory_format = {"contiguous"}});
  quiet_ = before;
  return v;
}

int Recorder::add_slot(const Tensor& t, int value, int parent, int event, int output) {
  Memory& m = memory_[t->storage->data];
  int slot = int(slots_.size());
  // What lies on the stack is gone soon, and its address with it.
  if (!(t->marks & TensorImpl::on_stack)) by_tensor_[t.impl()] = slot, m.slots.push_back(slot);
  slots_.push_back({.tensor = t->marks & TensorImpl::on_stack ? Tensor() : t,
                    .geometry = t.geometry(),
                    .value = value,
                    .parent = parent,
                    .event = event,
                    .output = output,
                    .version = m.version});
  return slot;
}

int Recorder::slot_of(const Tensor& t) {
  if (auto at = by_tensor_.find(t.impl()); at != by_tensor_.end()) {
    Slot& s = slots_[size_t(at->second)];
    if (s.tensor.is(t) && same(s.geometry, t.geometry())) return at->second;
    by_tensor_.erase(at);  // an in-place view gave it another geometry
  }
  if (t.numel() && !(t->marks & TensorImpl::on_stack)) {
    if (auto m = memory_.find(t->storage->data); m != memory_.end()) {
      for (size_t i = m->second.slots.size(); i-- > 0;) {
        int k = m->second.slots[i];
        const Slot& s = slots_[size_t(k)];
        if (s.tensor.defined() && s.tensor.dtype() == t.dtype() && same(s.geometry, t.geometry()))
          return add_slot(t, current_value(k), k);
      }
      if (!m->second.slots.empty()) {
        Value v = constant(t);
        v.kind = Value::Kind::unseen;
        return add_slot(t, add_value(std::move(v)));
      }
    }
  }
  return add_slot(t, add_value(constant(t)));
}

// The value of a slot now: that of a view is taken again if its memory has changed.
int Recorder::current_value(int slot) {
  std::vector<int> path;  // from the slot up to its base
  for (int k = slot; k >= 0; k = slots_[size_t(k)].parent) path.push_back(k);
  uint32_t version =
      memory_[slots_[size_t(slot)].tensor.defined() ? slots_[size_t(slot)].tensor->storage->data
                                                    : nullptr]
          .version;
  for (size_t i = path.size() - 1; i-- > 0;) {
    Slot& s = slots_[size_t(path[i])];
    if (s.version == version || !s.tensor.defined()) continue;
    int from = slots_[size_t(path[i + 1])].value;
    if (s.event < 0) {
      s.value = from;
    } else {
      Event e = trace_.events[size_t(s.event)];
      e.in[0] = from;
      for (int& out : e.out) {
        Value v = trace_.values[size_t(out)];
        v.folded = false, v.data = Tensor();
        out = add_value(std::move(v));
      }
      s.value = e.out[size_t(s.output)];
      trace_.events.push_back(std::move(e));
    }
    s.version = version;
  }
  return slots_[size_t(slot)].value;
}

int Recorder::value_of(const Tensor& t) { return current_value(slot_of(t)); }

// The tensor of a slot was changed in place: its base, and so every other view, changes too.
void Recorder::written(int slot, int value) {
  Event e{.kind = Event::Kind::write_back, .module = scopes_.empty() ? 0 : scopes_.back().path};
  int root = slot;
  for (; slots_[size_t(root)].parent >= 0; root = slots_[size_t(root)].parent)
    if (slots_[size_t(root)].event >= 0) e.chain.push_back(slots_[size_t(root)].event);
  std::reverse(e.chain.begin(), e.chain.end());
  Slot& s = slots_[size_t(slot)];
  Slot& base = slots_[size_t(root)];
  uint32_t version = ++memory_[s.tensor->storage->data].version;
  if (e.chain.empty()) {
    base.value = value;
  } else {
    e.in = {base.value, value};
    Value v{.sizes = trace_.values[size_t(base.value)].sizes,
            .dtype = trace_.values[size_t(base.value)].dtype};
    base.value = add_value(std::move(v));
    e.out = {base.value};
    trace_.events.push_back(std::move(e));
  }
  base.version = s.version = version;
  s.value = value;
}

void Recorder::on_call(const Info& op, Args in, Outs out, const void* attrs) {
  if (quiet_) return;
  Event e{.op = &op, .module = scopes_.empty() ? 0 : scopes_.back().path};
  bool folds = !is_random(op.name);
  for (size_t i = 0; i < in.size(); i++) {
    int v = in[i].defined() ? value_of(in[i]) : -1;
    e.in.push_back(v);
    if (v >= 0) {
      const Value& value = trace_.values[size_t(v)];
      folds &= value.folded || value.kind == Value::Kind::constant;
    }
  }
  for (const Field& f : op.fields) e.attributes.push_back(read_field(f, attrs));
  int number = int(trace_.events.size());
  int parent = op.view && in.size() ? slot_of(in[0]) : -1;
  bool changes = !op.view && in.size() && out.size() && out[0].is(in[0]);
  int changed = changes ? slot_of(in[0]) : -1;
  for (size_t k = 0; k < out.size(); k++) {
    Value v;
    if (folds) v = constant(out[k]), v.folded = true;
    v.kind = Value::Kind::computed;
    v.sizes = out[k].sizes(), v.dtype = out[k].dtype();
    int id = add_value(std::move(v));
    e.out.push_back(id);
    if (!changes) add_slot(out[k], id, parent, parent >= 0 ? number : -1, int(k));
  }
  int value = changes ? e.out[0] : -1;
  trace_.events.push_back(std::move(e));
  if (changes) written(changed, value);
}

void Recorder::on_module(const void* module, bool begins) {
  if (!begins) {
    if (!scopes_.empty()) scopes_.pop_back();
    return;
  }
  auto name = names_.find(module);
  // A module that the model does not own belongs to the one that calls it.
  size_t path = scopes_.empty() ? 0 : scopes_.back().path;
  if (name != names_.end()) path = trace_.modules.size(), trace_.modules.push_back(name->second);
  scopes_.push_back({path, trace_.events.size(), trace_.values.size(), slots_.size()});
}

void Recorder::fuse(const Recurrent& r, const TensorList& inputs, const TensorList& outputs) {
  if (scopes_.empty()) return;
  Scope scope = scopes_.back();
  Event e{.kind = Event::Kind::recurrent, .recurrent = r, .module = scope.path};
  for (const Tensor& t : inputs) e.in.push_back(t.defined() ? value_of(t) : -1);
  // Inputs that the layer made itself are not known outside of it.
  for (int v : e.in)
    if (v >= int(scope.values)) return;
  trace_.events.resize(scope.events);
  trace_.values.resize(scope.values);
  for (size_t i = scope.slots; i < slots_.size(); i++) {
    if (slots_[i].value < int(scope.values)) continue;
    Slot& s = slots_[i];
    by_tensor_.erase(s.tensor.impl());
    std::erase(memory_[s.tensor.defined() ? s.tensor->storage->data : nullptr].slots, int(i));
    s.tensor = Tensor();
  }
  for (const Tensor& t : outputs) {
    int v = add_value({.sizes = t.sizes(), .dtype = t.dtype()});
    e.out.push_back(v);
    add_slot(t, v);
  }
  trace_.events.push_back(std::move(e));
}

Trace Recorder::finish(const TensorList& outputs) {
  for (const Tensor& t : outputs) trace_.outputs.push_back(value_of(t));
  tls.tracer = outer_;
  recording = nullptr;
  return std::move(trace_);
}

}  // namespace taeda::onnx
