#include "taeda/nn/hooks.h"

#include "taeda/autograd/function.h"
#include "taeda/nn/module.h"

namespace taeda::nn {

namespace {

template <class H> void erase_id(ModuleHooks::List<H>& hooks, int64_t id) {
  std::erase_if(hooks, [&](const auto& h) { return h.first == id; });
}
// Runs hooks as they were registered when this began: a hook may remove itself or others.
template <class H, class... A> void run_all(ModuleHooks::List<H> hooks, A&&... args) {
  for (auto& [id, hook] : hooks) hook(args...);
}

// The identity on tensors in the graph, to see their gradients on the way back.
using OnBackward = std::function<TensorList(const TensorList& grads)>;
struct BackwardHookFunction : autograd::Function<BackwardHookFunction> {
  static TensorList forward(AutogradContext* ctx, const TensorList& in, const OnBackward& f) {
    ctx->saved_data["f"] = f;
    return in;
  }
  static TensorList backward(AutogradContext* ctx, const TensorList& grads) {
    return std::any_cast<OnBackward&>(ctx->saved_data["f"])(grads);
  }
};

// Puts the identity on those of `values` that take part in the graph; `f` gets a gradient for each
// value, undefined where there is none, and returns the same. False if there are none.
bool put_identity(TensorList& values, OnBackward f) {
  if (!grad_enabled()) return false;
  TensorList in;
  std::vector<size_t> at;
  for (size_t i = 0; i < values.size(); i++)
    if (values[i].requires_grad()) at.push_back(i), in.push_back(values[i]);
  if (in.empty()) return false;
  OnBackward spread = [f = std::move(f), at, n = values.size()](const TensorList& grads) {
    TensorList all(n), out;
    for (size_t i = 0; i < at.size(); i++) all[at[i]] = grads[i];
    all = f(all);
    for (size_t i : at) out.push_back(all[i]);
    return out;
  };
  TensorList out = BackwardHookFunction::apply(in, spread);
  for (size_t i = 0; i < at.size(); i++) values[at[i]] = out[i];
  return true;
}

TensorList values_of(const std::vector<Tensor*>& tensors) {
  TensorList out;
  for (Tensor* t : tensors) out.push_back(*t);
  return out;
}
void write(const TensorList& values, const std::vector<Tensor*>& tensors) {
  for (size_t i = 0; i < tensors.size(); i++) *tensors[i] = values[i];
}

}  // namespace

void RemovableHandle::remove() const {
  auto hooks = hooks_.lock();
  if (!hooks) return;
  erase_id(hooks->pre, id_);
  erase_id(hooks->forward, id_);
  erase_id(hooks->backward_pre, id_);
  erase_id(hooks->backward, id_);
}

void detail::replace(TensorList& values, TensorList by) {
  if (by.size() != values.size())
    fail("a module's hook returned ", by.size(), " tensors in place of ", values.size());
  values = std::move(by);
}
const Tensor& detail::first_of(const TensorList& values) {
  static const Tensor none;
  return values.empty() ? none : values[0];
}

// The gradients of one call: those of the outputs come first.
struct HookedCall::Watch {
  std::shared_ptr<ModuleHooks> hooks;
  TensorList grad_outputs;
  size_t inputs = 0;
  bool watches_inputs = false;

  TensorList run(TensorList grad_inputs) {
    TensorList outputs = std::exchange(grad_outputs, {});
    if (hooks->module) run_all(hooks->backward, *hooks->module, grad_inputs, outputs);
    return grad_inputs;
  }
  TensorList at_inputs(const TensorList& grads) {
    if (grad_outputs.empty())
      fail(
          "Module backward hook for grad_input is called before the grad_output one. This happens "
          "because the gradient in your nn.Module flows to the Module's input without passing "
          "through the Module's output. Make sure that the output depends on the input and that "
          "the loss is computed based on the output.");
    return run(grads);
  }
  TensorList at_outputs(TensorList grads) {
    if (hooks->module) run_all(hooks->backward_pre, *hooks->module, grads);
    grad_outputs = grads;
    if (watches_inputs || hooks->backward.empty()) return grads;
    warn(
        "Full backward hook is firing when gradients are computed with respect to module outputs "
        "since no inputs require gradients. See "
        "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
        "#torch.nn.Module.register_full_backward_hook for more details.");
    for (const Tensor& g : run(TensorList(inputs)))
      if (g.defined())
        fail(
            "Backward hook for Modules where no input requires gradient should always return None "
            "or None for all gradients.");
    return grads;
  }
};

HookedCall::HookedCall(Module& m, std::vector<Tensor*> inputs)
    : module_(m), hooks_(m.hooks()), inputs_(values_of(inputs)) {
  run_all(hooks_->pre, m, inputs_);
  if (!hooks_->backward.empty() || !hooks_->backward_pre.empty()) {
    watch_ = std::make_shared<Watch>();
    watch_->hooks = hooks_;
    watch_->inputs = inputs_.size();
    if (!hooks_->backward.empty())
      watch_->watches_inputs = put_identity(
          inputs_, [w = watch_](const TensorList& grads) { return w->at_inputs(grads); });
  }
  write(inputs_, inputs);
}

void HookedCall::finish(const std::vector<Tensor*>& tensors) {
  TensorList outputs = values_of(tensors);
  run_all(hooks_->forward, module_, inputs_, outputs);
  if (watch_)
    put_identity(outputs, [w = watch_](const TensorList& grads) { return w->at_outputs(grads); });
  write(outputs, tensors);
}

// ---- registering ----

namespace {
template <class H>
RemovableHandle add(const std::shared_ptr<ModuleHooks>& hooks, ModuleHooks::List<H>& list, H hook,
                    bool prepend) {
  int64_t id = next_hook_id();
  list.emplace(prepend ? list.begin() : list.end(), id, std::move(hook));
  return {hooks, id};
}
}  // namespace

void Module::make_hooks() {
  if (python)
    fail<NotImplementedError>(type_name(),
                              ": the module has a Python object; register its hooks there");
  if (hooks_) return;
  hooks_ = std::make_shared<ModuleHooks>();
  hooks_->module = this;
}
RemovableHandle Module::add_hook(ModuleHooks::Pre hook, bool prepend) {
  make_hooks();
  return add(hooks_, hooks_->pre, std::move(hook), prepend);
}
RemovableHandle Module::add_hook(ModuleHooks::Forward hook, bool prepend) {
  make_hooks();
  return add(hooks_, hooks_->forward, std::move(hook), prepend);
}
RemovableHandle Module::add_backward_hook(ModuleHooks::BackwardPre hook, bool prepend) {
  make_hooks();
  return add(hooks_, hooks_->backward_pre, std::move(hook), prepend);
}
RemovableHandle Module::add_backward_hook(ModuleHooks::Backward hook, bool prepend) {
  make_hooks();
  return add(hooks_, hooks_->backward, std::move(hook), prepend);
}

}  // namespace taeda::nn
