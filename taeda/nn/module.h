// Module: a tree of named parameters, buffers and children, with a forward. One class for C++ and
// Python.
#pragma once
#include <iosfwd>
#include <memory>
#include <span>
#include <typeinfo>
#include <utility>

#include "taeda/base/thread.h"
#include "taeda/nn/hooks.h"

namespace taeda::nn {

class Module;
TAEDA_API void retain(Module* m);
TAEDA_API void release(Module* m);

// Python's AssertionError, for the few texts that PyTorch asserts.
struct TAEDA_API AssertionError : Error {
  using Error::Error;
};

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;
using NamedModules = std::vector<std::pair<std::string, Module*>>;
// Parameters and persistent buffers by dotted name, in registration order.
using StateDict = NamedTensors;

// How the binding stands in for modules that have a Python object, where Python may have overridden
// what the C++ class does. All null in a program without Python.
struct PythonSide {
  void (*retain)(Module&) = nullptr;
  void (*release)(Module&) = nullptr;
  Tensor (*call)(Module&, std::span<const Tensor* const> inputs) = nullptr;
  void (*train)(Module&, bool on) = nullptr;
  std::string (*repr)(Module&) = nullptr;
  std::string (*type_name)(Module&) = nullptr;
  Module* (*clone)(Module&) = nullptr;  // copy.deepcopy, with a count for the caller
  // Calls a module as a `layer` is called: its Arguments and Result.
  void (*call_layer)(Module&, const std::type_info& layer, const void* arguments,
                     void* result) = nullptr;
};
extern TAEDA_API PythonSide python_side;

class TAEDA_API Module {
 public:
  Module() = default;
  Module(const Module&) = delete;  // entries point into the object
  Module& operator=(const Module&) = delete;
  virtual ~Module();

  // The class name without namespaces, as repr() shows it.
  virtual std::string type_name() const;
  // What repr() shows between the parentheses.
  virtual std::string extra_repr() const { return {}; }
  // True if repr() writes equal neighbours on one line.
  virtual bool folds_children() const { return false; }
  // The result for one input. Throws NotImplementedError unless overridden.
  virtual Tensor forward(const Tensor& input);

  // A copy of the whole tree that shares nothing with it. Throws NotImplementedError for a class
  // that is not a layer and does not override it.
  virtual Ref<Module> clone();

  // Calls forward(), or what Python has put in its place, between the hooks.
  Tensor operator()(const Tensor& input) {
    if (!python && !hooks_ && !tls.tracer) [[likely]]
      return forward(input);
    return call_watched(input);
  }

  // ---- entries ----
  // A name with a tensor or a child. The value lives in a field of the C++ object, or `own` keeps
  // it.
  enum class Role : uint8_t { parameter, buffer, child };
  struct Entry {
    std::string name = {};
    Role role = Role::parameter;
    bool persistent = true;  // buffers: part of the state dict
    bool plain = false;      // parameters: Python put an ordinary tensor there
    Tensor* tensor = nullptr;
    Ref<Module>* child = nullptr;
    std::shared_ptr<void> own;
    const void* key = nullptr;  // the name as the binding looks it up, once it has
  };
  std::vector<Entry>& entries() { return entries_; }
  const std::vector<Entry>& entries() const { return entries_; }
  Entry* find(std::string_view name);
  // Forgets the name; a field of the C++ object becomes undefined or null.
  void erase(std::string_view name);
  void set_tensor(std::string_view name, Role role, const Tensor& t, bool persistent = true);
  void set_child(std::string_view name, Ref<Module> m);
  // Gives a field that is not registered at the moment a value that is none of the module's state:
  // a weight computed from others. False if there is no such field.
  virtual bool set_unregistered(std::string_view name, const Tensor& value);
  // Python makes the object first and runs __init__ afterwards: until then no name is registered.
  void hide_fields();
  void show_fields();

  // PyTorch's spelling; a name must be new, not empty and without dots. The value is returned.
  Tensor register_parameter(std::string_view name, Tensor value, bool requires_grad = true);
  Tensor register_buffer(std::string_view name, Tensor value, bool persistent = true);
  template <class H> H register_module(std::string_view name, H child) {
    check_name("module", name);
    set_child(name, child);
    return child;
  }

  // ---- hooks: what they return, if anything, takes the place of what they saw ----
  // hook(module, inputs), before forward; `inputs` is a TensorList, or the Tensor that comes first.
  template <class F> RemovableHandle register_forward_pre_hook(F hook, bool prepend = false) {
    return add_hook(ModuleHooks::Pre(detail::changes_list(std::move(hook))), prepend);
  }
  // hook(module, inputs, outputs), after it; `outputs` is the Tensor, or the TensorList of them.
  template <class F> RemovableHandle register_forward_hook(F hook, bool prepend = false) {
    return add_hook(ModuleHooks::Forward(detail::changes_outputs(std::move(hook))), prepend);
  }
  // hook(module, grad_outputs), before the gradients go through the module.
  template <class F> RemovableHandle register_full_backward_pre_hook(F hook, bool prepend = false) {
    return add_backward_hook(ModuleHooks::BackwardPre(detail::changes_list(std::move(hook))),
                             prepend);
  }
  // hook(module, grad_inputs, grad_outputs), once the inputs' gradients are known: two TensorLists,
  // undefined where a tensor wants none. Not called for a module that is gone.
  template <class F> RemovableHandle register_full_backward_hook(F hook, bool prepend = false) {
    return add_backward_hook(ModuleHooks::Backward(detail::changes_grad_inputs(std::move(hook))),
                             prepend);
  }
  const std::shared_ptr<ModuleHooks>& hooks() const { return hooks_; }  // null: never had one

  // ---- walks: in registration order, a parent before its children, each object once ----
  NamedModules named_modules(std::string_view prefix = {}, bool remove_duplicate = true);
  NamedTensors named(Role role, std::string_view prefix = {}, bool recurse = true,
                     bool remove_duplicate = true);
  NamedTensors named_parameters(bool recurse = true) { return named(Role::parameter, {}, recurse); }
  NamedTensors named_buffers(bool recurse = true) { return named(Role::buffer, {}, recurse); }
  NamedModules named_children();
  TensorList parameters(bool recurse = true);
  TensorList buffers(bool recurse = true);
  std::vector<Module*> modules();
  std::vector<Module*> children();
  // By dotted path: "encoder.layers.0.weight". AttributeError's sentence, as Error, if there is
  // none.
  Module& get_submodule(std::string_view path);
  Tensor get_parameter(std::string_view path);
  Tensor get_buffer(std::string_view path);
  std::vector<Module*> children_first();  // a child of several parents once for each
  // Calls f for every module, children in order before their parent.
  template <class F> void apply(F&& f) {
    for (Module* m : children_first()) f(*m);
  }

  // ---- state ----
  StateDict state_dict();
  struct LoadOptions {
    bool strict = true;   // missing and unexpected keys are errors
    bool assign = false;  // take the given tensors instead of copying their values
  };
  struct LoadResult {
    std::vector<std::string> missing_keys, unexpected_keys;
  };
  // Throws Error with every problem in one message; then nothing has been changed.
  LoadResult load_state_dict(const StateDict& state, LoadOptions o);
  LoadResult load_state_dict(const StateDict& state) { return load_state_dict(state, {}); }

  // This module as a layer, or null: m.as<nn::Linear>().
  template <class H> typename H::LayerType* as() {
    return dynamic_cast<typename H::LayerType*>(this);
  }

  void train(bool on = true);
  void eval() { train(false); }
  bool is_training() const { return training; }
  void requires_grad_(bool on = true);
  void zero_grad(bool set_to_none = true);
  // Converts floating point parameters and buffers in place.
  void to(DType dtype);
  // Moves parameters and buffers in place.
  void to(Device device);
  void to(Device device, DType dtype) { to(dtype), to(device); }
  void half() { to(DType::float16); }
  void bfloat16() { to(DType::bfloat16); }
  void cpu() { to(Device{}); }

  bool training = true;
  void* python =
      nullptr;  // its Python object; from then on that object's count is the module's count
  Count count{1};
  Module* (*fresh)(const Module&) = nullptr;  // layers: an empty one with the same options

 protected:
  // For members' initialisers, through TAEDA_PARAMETER, TAEDA_BUFFER and TAEDA_CHILD.
  Tensor field(const char* name, Tensor* at, Tensor value, Role role, bool persistent = true);
  template <class H> H child(const char* name, H* at, H value) {
    Entry e;
    e.name = name, e.role = Role::child, e.child = at;
    add_field(std::move(e));
    return value;
  }

 private:
  Tensor call_watched(const Tensor& input);  // by Python, hooks or a tracer
  void add_field(Entry e);
  Entry& place(std::string_view name, Role role);
  void check_name(const char* kind, std::string_view name);
  Tensor get_tensor(std::string_view path, Role role);
  void make_hooks();
  RemovableHandle add_hook(ModuleHooks::Pre hook, bool prepend);
  RemovableHandle add_hook(ModuleHooks::Forward hook, bool prepend);
  RemovableHandle add_backward_hook(ModuleHooks::BackwardPre hook, bool prepend);
  RemovableHandle add_backward_hook(ModuleHooks::Backward hook, bool prepend);

  std::shared_ptr<ModuleHooks> hooks_;
  std::vector<Entry> entries_;
  std::vector<Entry> fields_;  // all fields of the C++ object, registered at the moment or not
};

// A new leaf that wants a gradient, with undefined values.
TAEDA_API Tensor new_parameter(const Dims& sizes, std::optional<DType> dtype = {},
                               std::optional<Device> device = {});

// repr(): the tree, one line a module.
TAEDA_API std::string repr(Module& m);
TAEDA_API std::ostream& operator<<(std::ostream& out, Module& m);

template <class Layer>
concept HasOptions = requires {
  typename Layer::Options;
};
template <class Layer> struct OptionsOfLayer {
  struct type {};
};
template <HasOptions Layer> struct OptionsOfLayer<Layer> { using type = typename Layer::Options; };
template <class Layer> using OptionsOf = typename OptionsOfLayer<Layer>::type;
[[noreturn]] TAEDA_API void fail_handle(const Module* m, const std::type_info& wanted);

// A layer whose forward takes more than tensors has a field list of `Arguments`; the first
// `required_arguments` have no default.
template <class Layer>
concept HasArguments = requires {
  typename Layer::Arguments;
};
template <class Layer> struct ArgumentsOfLayer {
  struct type {};
};
template <HasArguments Layer> struct ArgumentsOfLayer<Layer> {
  using type = typename Layer::Arguments;
};
template <class Layer> using ArgumentsOf = typename ArgumentsOfLayer<Layer>::type;

// Calls m, which stands where a Layer is expected; if it is none, or Python may have hooks or
// another forward, through Python.
template <HasArguments Layer> auto call_layer(Module& m, const ArgumentsOf<Layer>& a) {
  using Result = decltype(std::declval<Layer&>().forward(a));
  if (!m.python)
    if (auto* layer = dynamic_cast<Layer*>(&m)) {
      if (!m.hooks()) [[likely]]
        return layer->forward(a);
      return call_hooked(m, a, [&](const ArgumentsOf<Layer>& in) { return layer->forward(in); });
    }
  if (!m.python) fail_handle(&m, typeid(Layer));
  Result result;
  python_side.call_layer(m, typeid(Layer), &a, &result);
  return result;
}

// A shared module of a known layer type. It calls through Module, so that Python may put another
// module in its place;
// `->` then throws TypeError.
template <class Layer> class Handle : public Ref<Module> {
 public:
  using LayerType = Layer;
  using Options = OptionsOf<Layer>;

  // nn::Conv2d({.in_channels = 3, .out_channels = 8, .kernel_size = 3, .padding = 1})
  Handle(const Options& o) requires HasOptions<Layer> : Ref<Module>(new Layer) {
    auto& layer = static_cast<Layer&>(**this);
    layer.options = o;
    layer.fresh = [](const Module& from) -> Module* {
      auto* made = new Layer;
      made->options = static_cast<const Layer&>(from).options;
      made->fresh = from.fresh;
      return made;
    };
    if constexpr (requires { layer.setup(); }) layer.setup();
    if constexpr (requires { layer.reset_parameters(); }) layer.reset_parameters();
  }
  // nn::Conv2d(3, 8, 3), nn::LayerNorm({2, 3}), nn::Conv2d(3, 8, {3, 5}, 2): options by position.
  template <class... A>
  requires(HasOptions<Layer>&& InOrder<Options, std::remove_cvref_t<A>...>) Handle(A&&... a)
      : Handle(in_order<Options, std::remove_cvref_t<A>...>(std::forward<A>(a)...)) {}
  template <class... A>
  requires(HasOptions<Layer>&& InOrder<Options, Dims, A...>)
      Handle(std::initializer_list<int64_t> sizes, A... a)
      : Handle(in_order<Options>(Dims(sizes), std::move(a)...)) {}
  template <class... A>
  requires(HasOptions<Layer>&& InOrder<Options, int64_t, int64_t, Dims, A...>)
      Handle(int64_t in, int64_t out, std::initializer_list<int64_t> sizes, A... a)
      : Handle(in_order<Options>(in, out, Dims(sizes), std::move(a)...)) {}
  // nn::Sequential({{"fc", nn::Linear(4, 2)}, {"act", nn::ReLU()}})
  template <class L = Layer> Handle(typename L::Named named) : Ref<Module>(new Layer(named)) {}
  // Null for a layer that cannot be made without options.
  Handle() requires HasOptions<Layer> {
    if constexpr (Layer::required == 0) *this = Handle(Options{});
  }
  template <class... A>
  requires(!HasOptions<Layer> && std::constructible_from<Layer, A...>) Handle(A&&... a)
      : Ref<Module>(new Layer(std::forward<A>(a)...)) {}
  Handle(std::nullptr_t) {}

  // Throws Error if null, TypeError if Python has put a module of another class here.
  Layer* operator->() const {
    Module* m = get();
    if (!m || typeid(*m) != typeid(Layer)) [[unlikely]]
      if (!m || !dynamic_cast<Layer*>(m)) fail_handle(m, typeid(Layer));
    return static_cast<Layer*>(m);
  }
  Layer& operator*() const { return *operator->(); }

  // nn::LSTM: lstm({.input = x, .hx = {h, c}})
  auto operator()(const ArgumentsOf<Layer>& a) const requires HasArguments<Layer> {
    if (!get()) [[unlikely]]
      fail_handle(nullptr, typeid(Layer));
    return call_layer<Layer>(*get(), a);
  }
  // lstm(x): arguments by position.
  template <class... A>
  requires(HasArguments<Layer> && !(std::same_as<A, ArgumentsOf<Layer>> || ...) &&
           requires(const A&... x) { ArgumentsOf<Layer>{x...}; }) auto
  operator()(const A&... a) const {
    return (*this)(ArgumentsOf<Layer>{a...});
  }

  template <class... A>
  requires(!HasArguments<Layer>) decltype(auto) operator()(const A&... a) const {
    Module* m = get();
    if (!m) [[unlikely]]
      fail_handle(m, typeid(Layer));
    if constexpr (sizeof...(A) == 1 && (std::convertible_to<const A&, const Tensor&> && ...)) {
      return (*m)(a...);
    } else if constexpr ((std::convertible_to<const A&, const Tensor&> && ...)) {
      if (m->python) {
        const Tensor* in[] = {&static_cast<const Tensor&>(a)...};
        return python_side.call(*m, {in, sizeof...(A)});
      }
      return call_forward(*operator->(), a...);
    } else {
      return call_forward(*operator->(), a...);
    }
  }

 private:
  template <class... A> static decltype(auto) call_forward(Layer& layer, const A&... a) {
    using Result = decltype(layer.forward(a...));
    if constexpr (!std::is_void_v<Result>)
      if (layer.hooks()) [[unlikely]]
        return static_cast<Result>(
            call_hooked(layer, std::tuple<std::decay_t<const A&>...>(a...), [&](auto& in) {
              return std::apply([&](auto&... x) { return layer.forward(x...); }, in);
            }));
    return layer.forward(a...);
  }
};

template <class Layer> std::ostream& operator<<(std::ostream& out, const Handle<Layer>& h) {
  if (!h) fail_handle(nullptr, typeid(Layer));
  return out << *h.get();
}

// Members that register themselves under their own name:  TAEDA_CHILD(fc1, nn::Linear(784, 128));
#define TAEDA_CHILD(name, ...) \
  std::remove_cvref_t<decltype(__VA_ARGS__)> name = this->child(#name, &name, __VA_ARGS__)
#define TAEDA_PARAMETER(name, ...) \
  ::taeda::Tensor name =           \
      this->field(#name, &name, __VA_ARGS__, ::taeda::nn::Module::Role::parameter)
#define TAEDA_BUFFER(name, ...) \
  ::taeda::Tensor name = this->field(#name, &name, __VA_ARGS__, ::taeda::nn::Module::Role::buffer)

}  // namespace taeda::nn
