// Functions with a gradient of their own:
//
//   struct Cube : autograd::Function<Cube> {
//     static Tensor forward(AutogradContext* ctx, const Tensor& x) {
//       ctx->save_for_backward({x});
//       return x * x * x;
//     }
//     static Tensor backward(AutogradContext* ctx, const TensorList& grads) {
//       return grads[0] * 3 * ctx->saved_tensors()[0].pow(2);
//     }
//   };
//   Tensor y = Cube::apply(x);
//
// forward takes tensors, lists of tensors and anything else, and returns a Tensor or a TensorList.
// It runs outside the graph. backward gets one gradient for each output and returns one for each
// argument of forward, for each tensor of a list; undefined where there is none. Trailing ones may
// be left out. Made of differentiable ops it can be differentiated again.
#pragma once
#include <any>
#include <map>
#include <typeinfo>

#include "taeda/autograd/node.h"

namespace taeda {

class AutogradContext;

// What nodes of such functions have in common, in C++ and Python.
struct TAEDA_API FunctionNode : Node {
  struct Form {  // of what forward took or gave
    Dims sizes;
    DType dtype;
  };
  std::vector<Edge> storage;  // by argument
  std::vector<Form> inputs, results;
  std::vector<Saved> saved;

  // Edges and forms of the arguments; null for one that is no tensor. Before forward, which may
  // change its inputs in place.
  void set_inputs(std::span<const Tensor* const> in, bool needs);
  // The output `index` with this node as its history. Of an input that forward handed through a
  // new handle is made.
  Tensor attach(const Tensor& out, uint32_t index, bool dirty, bool is_input);
  // Keeps t, which may be one of the outputs.
  void keep(const Tensor& t);
  // The gradient of output i; zeros instead of none if `materialize`.
  Tensor incoming(std::span<Tensor> grads, size_t i, bool materialize) const;
  // A gradient for argument i in that argument's sizes and dtype; a broadcast one is summed.
  Tensor fit(Tensor g, size_t i) const;
  // `given` gradients came back, the last `empty` of them undefined.
  void check_count(size_t given, size_t empty) const;
  void release_saved() override;
};
// Of an in-place change that forward declares: refuses a leaf that requires a gradient.
TAEDA_API void check_dirty(const Tensor& x);
[[noreturn]] TAEDA_API void fail_dirty_not_returned();

// ctx: what forward hands to backward.
class TAEDA_API AutogradContext {
 public:
  // Inputs and outputs that backward will need, in forward.
  void save_for_backward(TensorList tensors) { to_save_ = std::move(tensors); }
  // The same in backward. Error if they have been changed in place or the graph has been freed.
  TensorList saved_tensors() const;
  TensorList get_saved_variables() const { return saved_tensors(); }
  // Inputs that forward has changed in place and returns.
  void mark_dirty(TensorList tensors) { dirty_ = std::move(tensors); }
  // Outputs that have no gradient.
  void mark_non_differentiable(TensorList tensors) { non_differentiable_ = std::move(tensors); }
  // false: backward sees an undefined tensor, not zeros, where an output has no gradient.
  void set_materialize_grads(bool on) { materialize_ = on; }
  // Whether argument i of forward wants a gradient.
  bool needs_input_grad(size_t i) const { return i < needs_.size() && needs_[i]; }

  // Anything else, by name: ctx->saved_data["scale"] = 2.0.
  std::map<std::string, std::any> saved_data;

 private:
  friend struct ContextNode;
  TensorList to_save_, dirty_, non_differentiable_;
  std::vector<bool> needs_;
  bool materialize_ = true;
  FunctionNode* node_ = nullptr;  // null until forward has returned
};

// The node of a Function; backward is called through `run`.
struct TAEDA_API ContextNode final : FunctionNode {
  using Backward = TensorList (*)(AutogradContext* ctx, const TensorList& grads);
  AutogradContext ctx;
  std::string title;
  Backward run;

  ContextNode(std::string title, Backward run) : title(std::move(title)), run(run) {}
  std::string name() const override { return title; }
  void backward(std::span<Tensor> in, std::span<Tensor> out) override;
  // Before forward; then after it, with what it returned: the outputs as apply gives them.
  void begin(std::span<const Tensor* const> in);
  TensorList finish(TensorList outs, std::span<const Tensor* const> in);
};
TAEDA_API std::string function_name(const std::type_info& type);  // "CubeBackward"

namespace autograd {

using taeda::AutogradContext;
using taeda::backward;
using taeda::grad;

template <class Derived> struct Function {
  template <class... A> static auto apply(const A&... args) {
    std::vector<const Tensor*> in;
    (collect(in, args), ...);
    auto* node = new ContextNode(function_name(typeid(Derived)),
                                 [](AutogradContext* ctx, const TensorList& grads) {
                                   return list(Derived::backward(ctx, grads));
                                 });
    Ref<Node> ref(node);
    node->begin(in);
    auto out = [&] {
      NoGradGuard raw;
      return Derived::forward(&node->ctx, args...);
    }();
    using Result = decltype(out);
    static_assert(std::same_as<Result, Tensor> || std::same_as<Result, TensorList>,
                  "forward returns a Tensor or a TensorList");
    TensorList outs = node->finish(list(std::move(out)), in);
    if constexpr (std::same_as<Result, Tensor>) return std::move(outs[0]);
    else return outs;
  }

 private:
  static TensorList list(Tensor t) { return {std::move(t)}; }
  static TensorList list(TensorList t) { return t; }
  static void collect(std::vector<const Tensor*>& in, const auto& arg) {
    using A = std::remove_cvref_t<decltype(arg)>;
    if constexpr (std::derived_from<A, Tensor>) in.push_back(&arg);
    else if constexpr (std::same_as<A, TensorList>)
      for (const Tensor& t : arg) in.push_back(&t);
    else in.push_back(nullptr);
  }
};

}  // namespace autograd

}  // namespace taeda
