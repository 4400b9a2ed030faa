#include "taeda/autograd/node.h"

#include "taeda/autograd/borrowed.h"

namespace taeda {

void (*on_node_made)(Node&) = nullptr;
void (*on_node_failed)(Node&) = nullptr;
void (*on_node_freed)(Node&) = nullptr;

Node::~Node() {
  tls.nodes--;
  if (on_node_freed) [[unlikely]]
    on_node_freed(*this);
}
int64_t live_nodes() { return tls.nodes; }
void retain_node(Node* node) { count_up(node->count); }
void release_node(Node* node) {
  if (count_down(node->count)) free_nodes(node);
}

// Freeing a node drops its edges and saved tensors, which may free more nodes: they queue up
// instead of recursing.
void free_nodes(Node* node) {
  node->next_dead = std::exchange(tls.dead, node);
  if (tls.freeing) return;
  tls.freeing = true;
  while (Node* next = tls.dead) {
    tls.dead = next->next_dead;
    delete next;
  }
  tls.freeing = false;
}

std::string Node::op_name() const {
  std::string s = name();
  return s.substr(0, s.rfind("Backward"));
}
void note_origin(Node& node) {
  if (on_node_made) on_node_made(node);
}

// ---- leaves ----

Leaf* leaf_if_any(const Tensor& x) {
  Node* node = x->node.get();
  return node && node->clock == 0 ? static_cast<Leaf*>(node) : nullptr;
}
Leaf* leaf_of(const Tensor& x) {
  if (!x->node) x->node = Ref<Node>(new Leaf(x.impl()));
  return leaf_if_any(x);
}
void forget_owner(TensorImpl* impl) {
  if (impl->node->clock == 0) static_cast<Leaf*>(impl->node.get())->owner = nullptr;
}

// A leaf that the graph reaches keeps its tensor, as it has its gradient. Both would hold each
// other: the tensor's hold on the leaf is given up until somebody asks for the tensor again.
bool keep_for_graph(TensorImpl* x) {
  Node* node = x->node.get();
  if (node->clock || node->count.load(std::memory_order_acquire) == 1) return false;
  static_cast<Leaf*>(node)->kept = x;
  release_node(node);
  return true;
}
Tensor Leaf::variable() {
  if (!kept) return owner ? Tensor(Ref<TensorImpl>::share(owner)) : Tensor();
  retain_node(this);
  return Tensor(Ref<TensorImpl>(std::exchange(kept, nullptr)));
}
Leaf::~Leaf() {
  if (!kept) return;
  kept->node.detach();
  release(kept);
}

namespace {
class Turn {  // held for one addition: no user code runs inside
 public:
  explicit Turn(std::atomic<uint8_t>& state) : state_(state) {
    uint8_t idle = 0;
    if (state_.compare_exchange_strong(idle, taken, std::memory_order_acquire)) return;
    while (state_.exchange(awaited, std::memory_order_acquire)) state_.wait(awaited);
  }
  ~Turn() {
    if (state_.exchange(0, std::memory_order_release) == awaited) state_.notify_one();
  }

 private:
  enum : uint8_t { taken = 1, awaited = 2 };
  std::atomic<uint8_t>& state_;
};
bool sole_owner(const Tensor& g) {
  return g->count == 1 && g->marks & TensorImpl::has_storage &&
         g->storage->users == Storage::kShare;
}
}  // namespace

void Leaf::accumulate(Tensor g) {
  if (!g.defined()) return;
  {
    Turn turn(busy_);
    if (!grad.defined()) {
      bool fresh = sole_owner(g) && g.is_contiguous() && owner && owner->contiguous;
      grad = grad_enabled() || fresh ? std::move(g) : borrowed::clone(g);
    } else if (grad_enabled()) {
      grad = borrowed::add(grad, g);
    } else {
      borrowed::add_(grad, g);
    }
  }
  if (hooks && owner)
    for (size_t i = 0; i < hooks->accumulated.size(); i++) {
      auto hook = hooks->accumulated[i].second;  // it may remove itself
      (*hook)(variable());
    }
}

// ---- the tensor's side ----

bool Tensor::requires_grad() const { return tracked(*this); }
bool Tensor::is_leaf() const { return !tracked(*this) || leaf_if_any(*this); }

Tensor& Tensor::requires_grad_(bool on) {
  if (tracked(*this) && !is_leaf()) {
    if (!on)
      fail(
          "you can only change requires_grad flags of leaf variables. If you want to use a "
          "computed "
          "variable in a subgraph that doesn't require differentiation use var_no_grad = "
          "var.detach().");
    return *this;
  }
  if (on && impl_->marks & TensorImpl::inference && !tls.inference)
    fail("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
  if (on && !can_have_gradient(dtype()))
    fail("only Tensors of floating point dtype can require gradients");
  if (on) {
    if (impl_->node && impl_->node->clock)
      impl_->node = {};  // a view whose base has left the graph
    leaf_of(*this);
    impl_->flags |= TensorImpl::needs_grad;
  } else {
    impl_->flags &= uint8_t(~TensorImpl::needs_grad);
  }
  return *this;
}

const Tensor& Tensor::resize_(const Dims& sizes) const {
  if (requires_grad()) fail("cannot resize variables that require grad");
  if (sizes == this->sizes()) return *this;
  for (int64_t n : sizes)
    if (n < 0) fail("Trying to create tensor with negative dimension ", n, ": ", sizes);
  int64_t bytes = int64_t(size_of(dtype())), numel = 1;
  bool too_big = false;
  for (int64_t n : sizes) too_big |= __builtin_mul_overflow(numel, n, &numel);
  if (too_big && !sizes.contains(0)) fail("numel: integer multiplication overflow");
  if (sizes.contains(0)) numel = 0;
  too_big = __builtin_add_overflow(numel, impl_->offset, &numel);
  if (too_big || __builtin_mul_overflow(bytes, numel, &bytes))
    fail("Storage size calculation overflowed with sizes=", sizes);
  Storage* storage = impl_->storage;
  if (size_t(bytes) > storage->bytes) {
    if (storage->keeper) fail("Trying to resize storage that is not resizable");
    storage->resize(size_t(bytes));
  }
  impl_->set_geometry(sizes, contiguous_strides(sizes), impl_->offset);
  bump_version(*this);
  return *this;
}

const Tensor& Tensor::detach_() const {
  if (impl_->flags & TensorImpl::is_view)
    fail(
        "Can't detach views in-place. Use detach() instead. If you are using "
        "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, "
        "gradients are views of DDP buckets, and hence detach_() cannot be called on these "
        "gradients. To fix this error, please refer to the Optimizer.zero_grad() function in "
        "torch/optim/optimizer.py as the solution.");
  if (impl_->node) forget_owner(impl()), impl_->node = {};
  impl_->output = 0;
  impl_->flags &= uint8_t(~TensorImpl::needs_grad);
  return *this;
}

namespace {
struct RetainedGrad final : Hook {
  Tensor grad;
  Tensor operator()(const Tensor& g) override { return grad = g, Tensor(); }
};
RetainedGrad* retained(const Tensor& x) {
  if (x->node && x->node->hooks)
    for (auto& h : x->node->hooks->tensor)
      if (h.output == x->output)
        if (auto* r = dynamic_cast<RetainedGrad*>(h.hook.get())) return r;
  return nullptr;
}
}  // namespace

Hooks& hooks_of(Node& n) {
  if (!n.hooks) n.hooks = std::make_unique<Hooks>();
  return *n.hooks;
}
int64_t next_hook_id() {
  static std::atomic<int64_t> ids{0};
  return ids++;
}

Tensor Tensor::grad() const {
  if (Leaf* leaf = leaf_if_any(*this)) return leaf->grad;
  if (impl_->flags) tracked(*this);
  if (auto* r = retained(*this)) return r->grad;
  return {};
}
void Tensor::set_grad(const Tensor& g) const {
  if (g.defined()) {
    if (g.is(*this)) fail("can't assign Variable as its own grad");
    Leaf* have = leaf_if_any(*this);
    DType want = have && have->grad_dtype ? *have->grad_dtype : dtype();
    if (g.dtype() != want)
      fail("attempting to assign a gradient with dtype '", c_name_of(g.dtype()),
           "' to a tensor with grad_dtype '", word_of(want),
           "'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). "
           "You "
           "can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any "
           "dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient "
           "may "
           "break downstream systems that assume they match.");
    if (!(g.device() == device()))
      fail("attempting to assign a gradient with device type '", g.device(),
           "' to a tensor with device type '", device(),
           "'. Please ensure that the gradient and the tensor are on the same device");
    if (!(g.sizes() == sizes()))
      fail("attempting to assign a gradient of size '", g.sizes(), "' to a tensor of size '",
           sizes(), "'. Please ensure that the gradient and the tensor are the same size");
  }
  if (auto* r = retained(*this)) r->grad = g;
  else if (Leaf* leaf = leaf_of(*this)) leaf->grad = g;
}
void retain_grad(const Tensor& x) {
  if (!tracked(x)) fail("can't retain_grad on Tensor that has requires_grad=False");
  if (!leaf_if_any(x) && !retained(x))
    hooks_of(*x->node).tensor.push_back({x->output, -1, std::make_shared<RetainedGrad>()});
}
bool retains_grad(const Tensor& x) { return tracked(x) && retained(x); }
void Tensor::retain_grad() const { taeda::retain_grad(*this); }
bool Tensor::retains_grad() const { return taeda::retains_grad(*this); }
Ref<Node> Tensor::grad_fn() const { return is_leaf() ? Ref<Node>() : impl_->node; }

int64_t register_hook(const Tensor& x, std::shared_ptr<Hook> hook) {
  if (!tracked(x)) fail("cannot register a hook on a tensor that doesn't require gradient");
  int64_t id = next_hook_id();
  auto& list = hooks_of(*x->node).tensor;
  // retain_grad sees the gradient after every hook, whenever it was asked for.
  auto at = std::find_if(list.begin(), list.end(), [&](auto& h) { return h.id == -1; });
  list.insert(at, {x->output, id, std::move(hook)});
  return id;
}
int64_t register_accumulated_hook(const Tensor& x, std::shared_ptr<Hook> hook) {
  if (!x.requires_grad()) fail("cannot register a hook on a tensor that doesn't require gradient");
  if (!x.is_leaf()) fail("post accumulate grad hooks cannot be registered on non-leaf tensors");
  int64_t id = next_hook_id();
  hooks_of(*leaf_of(x)).accumulated.push_back({id, std::move(hook)});
  return id;
}
void remove_hook(Node& node, int64_t id) {
  if (!node.hooks) return;
  std::erase_if(node.hooks->tensor, [&](auto& h) { return h.id == id; });
  std::erase_if(node.hooks->before, [&](auto& h) { return h.id == id; });
  std::erase_if(node.hooks->after, [&](auto& h) { return h.id == id; });
  std::erase_if(node.hooks->accumulated, [&](auto& h) { return h.first == id; });
}

// ---- what a node keeps ----

void Saved::keep_special(const Tensor& x, bool output) {
  if (x->marks & TensorImpl::inference && !tls.inference)
    fail(
        "Inference tensors cannot be saved for backward. Please do not use Tensors created in "
        "inference mode in computation tracked by autograd. To work around this, you can make a "
        "clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of "
        "`torch.inference_mode()`.");
  if (tls.saved_hooks) {
    // A hook may keep what it is given: a number on the stack becomes a tensor of its own.
    Tensor own;
    if (x->marks & TensorImpl::on_stack) {
      NoGradGuard raw;
      SavedTensorHooks* hooks = std::exchange(tls.saved_hooks, nullptr);
      own = borrowed::clone(x);
      tls.saved_hooks = hooks;
    }
    packed_ = tls.saved_hooks->pack(own.defined() ? own : x);
    is_output_ = output;
    return;
  }
  NoGradGuard raw;
  tensor_ = borrowed::clone(x);  // a number on the stack
  version_ = tensor_.version();
}
void Saved::keep_output(const Tensor& x, uint32_t output) {
  output_ = output;
  is_output_ = true;
  if (tls.saved_hooks) [[unlikely]]
    return keep_special(alias(x), true);
  tensor_ = alias(x);
  version_ = x.version();
}
void fail_released() {
  fail(
      "Trying to backward through the graph a second time (or directly access saved tensors after "
      "they have already been freed). Saved intermediate values of the graph are freed when you "
      "call "
      ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through "
      "the "
      "graph a second time or if you need to access saved tensors after calling backward.");
}

namespace {
std::string history_name(Node& node) {
  std::string s = node.op_name();
  return s == "CopySlices" ? "torch::autograd::CopySlices" : s;
}
}  // namespace

Tensor Saved::unpack(Node& node) const {
  Tensor x = packed_ ? packed_->unpack() : tensor_;
  if (!x.defined()) {
    if (node.released) fail_released();
    return {};
  }
  if (!packed_ && x.version() != version_) {
    std::string origin;
    Node* from = x->node.get();
    if (is_output_)
      origin = ", which is output " + std::to_string(output_) + " of " + history_name(node) + ",";
    else if (from && from->clock)
      origin =
          ", which is output " + std::to_string(x->output) + " of " + history_name(*from) + ",";
    fail(
        "one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [torch.",
        word_of(x.dtype()), "Tensor ", x.sizes(), "]", origin, " is at version ", x.version(),
        "; expected version ", version_,
        " instead. Hint: enable anomaly detection to find the operation that failed to compute its "
        "gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False).");
  }
  if (!is_output_ || !can_have_gradient(x.dtype())) return x;
  Tensor out = alias(x);
  set_history(out, Ref<Node>::share(&node), output_);
  return out;
}

}  // namespace taeda
