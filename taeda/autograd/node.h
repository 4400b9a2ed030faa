// The gradient graph: nodes, edges, leaves, hooks and what a node keeps of its forward call.
#pragma once
#include <atomic>
#include <memory>

#include "taeda/autograd/grad_mode.h"
#include "taeda/tensor/tensor.h"

namespace taeda {

struct Edge {
  Ref<Node> node;  // null: no gradient wanted
  uint32_t index = 0;
};

// A callback on a gradient. Python's callbacks are visible to its collector through `python`.
struct Hook {
  virtual ~Hook() = default;
  virtual Tensor operator()(const Tensor& grad) = 0;  // an undefined result keeps the gradient
  virtual void* python() const { return nullptr; }
};
// A callback on a node: before it runs (on its incoming gradients) or after (on what it made of
// them).
struct NodeHook {
  virtual ~NodeHook() = default;
  // Before: `out` is empty and `in` may be changed. After: `out` may be changed.
  virtual void operator()(std::span<Tensor> in, std::span<Tensor> out) = 0;
  virtual void* python() const { return nullptr; }
};
struct Hooks {
  struct OnTensor {
    uint32_t output;
    int64_t id;
    std::shared_ptr<Hook> hook;
  };
  struct OnNode {
    int64_t id;
    std::shared_ptr<NodeHook> hook;
  };
  std::vector<OnTensor> tensor;       // on the gradient of one output
  std::vector<OnNode> before, after;  // on the node
  std::vector<std::pair<int64_t, std::shared_ptr<Hook>>>
      accumulated;  // on a leaf, after .grad changed
};

// clock: a consumer's is always greater than its producers', across threads too (Lamport). The
// engine therefore needs no dependency counts: the greatest clock it holds is always ready.
struct TAEDA_API Node {
  Count count{1};
  bool released = false;
  uint32_t outputs = 1;
  uint64_t clock = 0;  // 0: a Leaf
  std::span<Edge> edges;
  Node* next_dead = nullptr;
  std::unique_ptr<Hooks> hooks;

  Node() { tls_nodes()++; }
  virtual ~Node();
  virtual std::string name() const = 0;  // "ExpBackward0"
  std::string op_name() const;           // "Exp"
  // in: one gradient per output, undefined where none arrived. out: one per edge.
  virtual void backward(std::span<Tensor> in, std::span<Tensor> out) = 0;
  virtual void release_saved() {}
  virtual void* python() const { return nullptr; }
  virtual void rename(const char*) {}  // a composite's last node goes by the composite's name

  static void* operator new(size_t n) { return allocate(n); }
  static void operator delete(void* p, size_t n) { deallocate(p, n); }
  static int64_t& tls_nodes() { return tls.nodes; }
};

// Owns .grad. Edges point at the leaf, never at its tensor, so a graph and its tensors form no
// cycle.
struct TAEDA_API Leaf final : Node {
  TensorImpl* owner;           // null once the tensor is gone
  TensorImpl* kept = nullptr;  // the owner, where the graph alone has a use for it: one handle
  Tensor grad;
  std::optional<DType> grad_dtype;  // what .grad must be; none: the tensor's
  explicit Leaf(TensorImpl* owner) : owner(owner) {}
  ~Leaf() override;
  Tensor variable();  // the tensor, also where nobody else has it any more
  std::string name() const override { return "AccumulateGrad"; }
  void backward(std::span<Tensor> in, std::span<Tensor>) override { accumulate(std::move(in[0])); }
  void accumulate(Tensor g);  // adds to .grad, then runs the hooks; safe from several threads

 private:
  std::atomic<uint8_t> busy_{0};  // two backwards at once into one leaf take turns
};
// Hands a dying tensor to its leaf, if the graph still has that: false if not.
bool keep_for_graph(TensorImpl* x);
TAEDA_API Leaf* leaf_of(const Tensor& x);  // made on demand; null if x has a gradient function
TAEDA_API Leaf* leaf_if_any(const Tensor& x);

TAEDA_API void free_nodes(Node* node);
TAEDA_API int64_t live_nodes();  // of this thread's making and freeing, for leak tests

// Replaces what nodes keep: pack runs when a tensor is saved, unpack when it is used.
struct SavedTensorHooks {
  struct Packed {
    virtual ~Packed() = default;
    virtual Tensor unpack() = 0;
  };
  virtual ~SavedTensorHooks() = default;
  virtual std::unique_ptr<Packed> pack(const Tensor& x) = 0;
};

// A tensor kept for backward, with the version it had. An output is kept without its node, else it
// would keep itself.
class TAEDA_API Saved {
 public:
  void keep_input(const Tensor& x) {
    if (tls.saved_hooks || x->marks & (TensorImpl::on_stack | TensorImpl::inference)) [[unlikely]]
      return keep_special(x, false);
    tensor_ = x;
    version_ = x.version();
  }
  void keep_output(const Tensor& x, uint32_t output);
  Tensor unpack(Node& node) const;
  void reset() {
    tensor_ = Tensor();
    packed_.reset();
  }

 private:
  void keep_special(const Tensor& x, bool output);

  Tensor tensor_;
  std::unique_ptr<SavedTensorHooks::Packed> packed_;
  uint32_t version_ = 0;
  uint32_t output_ = 0;
  bool is_output_ = false;
};
[[noreturn]] TAEDA_API void fail_released();

// True if x takes part in the graph. A view may have been drawn in, or moved on, by a change to its
// base.
TAEDA_API bool sync_view(const Tensor& x);
inline bool tracked(const Tensor& x) {
  uint8_t flags = x->flags;
  return flags != 0 &&
         ((flags & TensorImpl::is_view) ? sync_view(x) : flags & TensorImpl::needs_grad);
}
inline Edge edge_to(const Tensor& x) { return {x->node, x->output}; }  // x must be tracked

inline uint64_t next_clock(std::span<Edge> edges) {
  uint64_t clock = tls.clock;
  for (const Edge& e : edges)
    if (e.node && e.node->clock > clock) clock = e.node->clock;
  return tls.clock = clock + 1;
}
// For an op's forward: the node that it has just made goes by another name.
inline Tensor named(Tensor out, const char* name) {
  if (out->node && tracked(out)) out->node->rename(name);
  return out;
}
TAEDA_API void note_origin(Node& node);  // anomaly mode
inline void set_history(const Tensor& out, Ref<Node> node, uint32_t output) {
  out->node = std::move(node);
  out->output = output;
  out->flags |= TensorImpl::needs_grad;
}

// In-place changes. check_: refuse what would corrupt the graph, while the data is still whole.
// Several elements in one place are refused, unless all become the same (once_each false).
TAEDA_API void check_inplace(const Tensor& x, bool needs_grad, bool once_each = true);
TAEDA_API void rebase_history(const Tensor& x, Ref<Node> node);
inline void bump_version(const Tensor& x) { x->storage->version++; }

// Runs the graph backward from `roots`. With `capture`, returns the gradients of `inputs` and
// accumulates nothing; otherwise accumulates into the leaves, or only into `inputs` if there are
// any.
struct BackwardCall {
  std::span<const Tensor> roots, grads, inputs;
  bool retain_graph = false, create_graph = false, allow_unused = false, capture = false;
};
TAEDA_API TensorList run_backward(const BackwardCall& call);
// Gradients of outputs with respect to inputs; .grad is left alone. An unused input gives an
// undefined tensor with allow_unused, else an error.
TAEDA_API TensorList grad(const TensorList& outputs, const TensorList& inputs,
                          const TensorList& grad_outputs = {}, Tensor::BackwardOptions o = {},
                          bool allow_unused = false);
// backward() of several roots; `inputs` limits accumulation to those tensors.
TAEDA_API void backward(const TensorList& roots, const TensorList& grads = {},
                        Tensor::BackwardOptions o = {}, const TensorList& inputs = {});

TAEDA_API Hooks& hooks_of(Node& n);
TAEDA_API int64_t next_hook_id();
TAEDA_API int64_t register_hook(const Tensor& x, std::shared_ptr<Hook> hook);
TAEDA_API int64_t register_accumulated_hook(const Tensor& x, std::shared_ptr<Hook> hook);
TAEDA_API void remove_hook(Node& node, int64_t id);
TAEDA_API void retain_grad(const Tensor& x);
TAEDA_API bool retains_grad(const Tensor& x);

// A registered hook. It stays until remove() is called, also when the handle is gone.
class HookHandle {
 public:
  HookHandle(Ref<Node> node, int64_t id) : node_(std::move(node)), id_(id) {}
  void remove() const { remove_hook(*node_, id_); }
  int64_t id() const { return id_; }

 private:
  Ref<Node> node_;
  int64_t id_;
};
namespace detail {
template <class F> struct FunctionHook final : Hook {
  F f;
  explicit FunctionHook(F g) : f(std::move(g)) {}
  Tensor operator()(const Tensor& grad) override {
    if constexpr (std::is_void_v<decltype(f(grad))>) return f(grad), Tensor();
    else return f(grad);
  }
};
}  // namespace detail
template <class F> HookHandle Tensor::register_hook(F f) const {
  int64_t id = taeda::register_hook(*this, std::make_shared<detail::FunctionHook<F>>(std::move(f)));
  return {impl_->node, id};
}
template <class F> HookHandle Tensor::register_post_accumulate_grad_hook(F f) const {
  int64_t id =
      register_accumulated_hook(*this, std::make_shared<detail::FunctionHook<F>>(std::move(f)));
  return {impl_->node, id};
}

// Anomaly mode: set by the binding to note Python's stack, and to report it when a node fails.
extern TAEDA_API void (*on_node_made)(Node& node);
extern TAEDA_API void (*on_node_failed)(Node& node);
extern TAEDA_API void (*on_node_freed)(Node& node);

}  // namespace taeda
