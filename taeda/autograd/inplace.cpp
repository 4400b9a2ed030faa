// In-place changes: what is refused, and how history is rewritten, also through views.
#include "taeda/autograd/borrowed.h"
#include "taeda/tensor/overlap.h"

namespace taeda {

namespace {

// A change made through a view is a change of its base: of the base's gradient, the part the view
// covers goes through `inner`, the rest passes.
struct ChangedThroughView final : Node {
  Geometry base, view;
  DType dtype;  // of the view: the base's, or that of its parts
  Ref<Node> inner;
  std::vector<Edge> storage;  // 0: the base before the change; then the inner node's other inputs

  ChangedThroughView(const Tensor& base_tensor, const Tensor& x, Ref<Node> node)
      : base(base_tensor.geometry()), view(x.geometry()), inner(std::move(node)) {
    storage.assign(inner->edges.begin(), inner->edges.end());
    storage[0] = tracked(base_tensor) ? edge_to(base_tensor) : Edge{};
    edges = storage;
    clock = next_clock(edges);
    dtype = x.dtype();
    // Offsets count in elements: of a complex number's parts there are two.
    int64_t halves = is_complex(base_tensor.dtype()) && !is_complex(dtype) ? 2 : 1;
    int64_t pairs = !is_complex(base_tensor.dtype()) && is_complex(dtype) ? 2 : 1;
    view.offset -= base.offset * halves / pairs;
    if (tls.anomaly) note_origin(*this);
  }
  const char* other_name = "CopySlices";
  std::string name() const override { return other_name; }
  void rename(const char* name) override { other_name = name; }
  void backward(std::span<Tensor> in, std::span<Tensor> out) override {
    int64_t extent = 1;
    for (size_t i = 0; i < base.sizes.size(); i++) extent += (base.sizes[i] - 1) * base.strides[i];
    if (base.sizes.contains(0)) extent = 0;
    Tensor whole =
        alias(empty({extent}, in[0].dtype(), in[0].device()), {base.sizes, base.strides, 0});
    borrowed::copy_(whole, in[0]);
    Tensor part = view_of(whole, view);
    if (is_complex(dtype) != is_complex(whole.dtype()))
      part->dtype = is_complex(dtype) ? complex_of(whole.dtype()) : real_of(whole.dtype());
    if (grad_enabled() && tracked(whole))
      set_history(part, borrowed::as_strided_node(whole, part), 0);
    Tensor grads[] = {borrowed::clone(part)};  // the inner node may pass its gradient on
    inner->backward(grads, out);
    if (!edges[0].node) {
      out[0] = {};
      return;
    }
    if (out[0].defined()) borrowed::copy_(part, out[0]);
    else borrowed::zero_(part);
    out[0] = whole;
  }
  void release_saved() override { inner->release_saved(); }
};

}  // namespace

bool sync_view(const Tensor& x) {
  TensorImpl* v = x.impl();
  ViewInfo* info = view_info(v);
  if (info->node_version != x.version()) {
    Tensor base = base_of(x);
    if (base->flags & TensorImpl::needs_grad) set_history(x, borrowed::as_strided_node(base, x), 0);
    info->node_version = x.version();
  }
  return v->flags & TensorImpl::needs_grad;
}

void check_inplace(const Tensor& x, bool needs_grad, bool once_each) {
  if (once_each && overlaps_itself(x))
    fail(
        "unsupported operation: more than one element of the written-to tensor refers to a single "
        "memory location. Please clone() the tensor before performing the operation.");
  if (x->marks & TensorImpl::inference && !tls.inference)
    fail(
        "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a "
        "clone "
        "to get a normal tensor before doing inplace update.See "
        "https://github.com/pytorch/rfcs/pull/17 for more details.");
  if (!grad_enabled() || (x->flags == 0 && !needs_grad)) return;
  bool on = tracked(x);
  if (on && leaf_if_any(x) && !(x->flags & TensorImpl::is_view))
    fail("a leaf Variable that requires grad is being used in an in-place operation.");
  if (!(x->flags & TensorImpl::is_view)) return;
  Tensor base = base_of(x);
  if (tracked(base) && leaf_if_any(base))
    fail("a view of a leaf Variable that requires grad is being used in an in-place operation.");
  if (!on && tracked(base))
    fail(
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled. "
        "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify "
        "your "
        "code by moving both the view and the inplace either both inside the no_grad block (if you "
        "don't want the inplace to be tracked) or both outside (if you want the inplace to be "
        "tracked).");
  if ((on || needs_grad) && x->flags & TensorImpl::one_of_many)
    fail(on ? "Output " + text(x->output) + " of " + x->node->op_name() +
                  " is a view and is being modified inplace. "
            : std::string("A view is being modified inplace. "),
         "This view is the output of a function that returns multiple views. Such functions do not "
         "allow the output views to be modified inplace. You should replace the inplace operation "
         "by "
         "an out-of-place one.");
}

void rebase_history(const Tensor& x, Ref<Node> node) {
  if (!(x->flags & TensorImpl::is_view)) return set_history(x, std::move(node), 0);
  Tensor base = base_of(x);
  set_history(base, Ref<Node>(new ChangedThroughView(base, x, std::move(node))), 0);
  sync_view(x);  // the version moved: x gets a node that reads the base
}

}  // namespace taeda
