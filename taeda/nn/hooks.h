// Hooks of modules: functions that see a module's calls and gradients, and may change them. They
// are registered by Module::register_forward_hook() and its like.
#pragma once
#include <functional>
#include <memory>
#include <tuple>

#include "taeda/tensor/tensor.h"

namespace taeda::nn {

class Module;

// All hooks of one module, in the order in which they run.
struct TAEDA_API ModuleHooks {
  using Pre = std::function<void(Module&, TensorList& inputs)>;
  using Forward = std::function<void(Module&, const TensorList& inputs, TensorList& outputs)>;
  using BackwardPre = std::function<void(Module&, TensorList& grad_outputs)>;
  using Backward =
      std::function<void(Module&, TensorList& grad_inputs, const TensorList& grad_outputs)>;
  template <class H> using List = std::vector<std::pair<int64_t, H>>;

  Module* module = nullptr;  // null once it is gone: graphs may outlive it
  List<Pre> pre;
  List<Forward> forward;
  List<BackwardPre> backward_pre;
  List<Backward> backward;
};

// A registered hook. It stays until remove() is called, also when the handle is gone.
class TAEDA_API RemovableHandle {
 public:
  RemovableHandle(std::weak_ptr<ModuleHooks> hooks, int64_t id)
      : hooks_(std::move(hooks)), id_(id) {}
  void remove() const;
  int64_t id() const { return id_; }

 private:
  std::weak_ptr<ModuleHooks> hooks_;
  int64_t id_;
};

// f(tensor) for every Tensor in x: a tensor, a container, a tuple, a field list.
template <class F> void each_tensor(Tensor& x, F& f) { f(x); }
template <class T, class F> void each_tensor(T& x, F& f) {
  if constexpr (Fields<T>) x.fields([&](auto&... field) { (each_tensor(field, f), ...); });
  else if constexpr (requires { std::tuple_size<T>::value; })
    std::apply([&](auto&... part) { (each_tensor(part, f), ...); }, x);
  else if constexpr (std::same_as<T, TensorList>)
    for (Tensor& t : x) f(t);
}

// One call of a module that has hooks.
class TAEDA_API HookedCall {
 public:
  // Before forward: what hooks make of the inputs is written into them.
  HookedCall(Module& m, std::vector<Tensor*> inputs);
  // After it: the same for what it returned.
  void finish(const std::vector<Tensor*>& outputs);

 private:
  struct Watch;
  Module& module_;
  std::shared_ptr<ModuleHooks> hooks_;
  TensorList inputs_;
  std::shared_ptr<Watch> watch_;  // of gradients; null if nothing asks for them
};

// run(inputs) between the hooks of m. They see the tensors that are defined, in order.
template <class Inputs, class Run> auto call_hooked(Module& m, Inputs inputs, Run run) {
  std::vector<Tensor*> tensors;
  auto collect = [&](Tensor& t) {
    if (t.defined()) tensors.push_back(&t);
  };
  each_tensor(inputs, collect);
  HookedCall call(m, std::move(tensors));
  auto out = run(inputs);
  tensors.clear();
  each_tensor(out, collect);
  call.finish(tensors);
  return out;
}

namespace detail {

TAEDA_API void replace(TensorList& values, TensorList by);
TAEDA_API const Tensor& first_of(const TensorList& values);  // undefined if there is none

// What a hook returns takes the place of `values`: a Tensor or a list; nothing, undefined or empty
// keeps them.
template <class F> void put_result(TensorList& values, F hook) {
  using R = decltype(hook());
  if constexpr (std::is_void_v<R>) {
    hook();
  } else if constexpr (std::convertible_to<R, Tensor>) {
    Tensor t = hook();
    if (t.defined()) replace(values, {t});
  } else {
    TensorList list = hook();
    if (!list.empty()) replace(values, std::move(list));
  }
}
template <class F>
concept TakesList = std::is_invocable_v<F&, Module&, const TensorList&>;

// Of the forms a hook may be written in, the one that all have in the end.
template <class F> auto changes_list(F f) {
  return [f = std::move(f)](Module& m, TensorList& values) mutable {
    put_result(values, [&] {
      if constexpr (TakesList<F>) return f(m, values);
      else return f(m, first_of(values));
    });
  };
}
template <class F> auto changes_outputs(F f) {
  return [f = std::move(f)](Module& m, const TensorList& in, TensorList& out) mutable {
    put_result(out, [&] {
      if constexpr (std::is_invocable_v<F&, Module&, const TensorList&, const Tensor&>)
        return f(m, in, first_of(out));
      else if constexpr (std::is_invocable_v<F&, Module&, const TensorList&, const TensorList&>)
        return f(m, in, out);
      else return f(m, first_of(in), first_of(out));
    });
  };
}
template <class F> auto changes_grad_inputs(F f) {
  return [f = std::move(f)](Module& m, TensorList& in, const TensorList& out) mutable {
    put_result(in, [&] { return f(m, in, out); });
  };
}

}  // namespace detail
}  // namespace taeda::nn
