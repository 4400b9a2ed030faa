#include "taeda/autograd/function.h"

#include "taeda/autograd/borrowed.h"
#include "taeda/base/class_name.h"

namespace taeda {

void FunctionNode::set_inputs(std::span<const Tensor* const> in, bool needs) {
  for (const Tensor* x : in) {
    bool tensor = x && x->defined();
    inputs.push_back(tensor ? Form{x->sizes(), x->dtype()} : Form{{}, DType::float32});
    if (needs) storage.push_back(tensor && tracked(*x) ? edge_to(*x) : Edge{});
  }
  edges = storage;
}

Tensor FunctionNode::attach(const Tensor& t, uint32_t index, bool dirty, bool is_input) {
  Ref<Node> self = Ref<Node>::share(this);
  if (dirty) {
    rebase_history(t, std::move(self));
    return t;
  }
  Tensor out = is_input || tracked(t) ? view_of(t, t.geometry()) : t;
  set_history(out, std::move(self), index);
  if (out->flags & TensorImpl::is_view) view_info(out.impl())->node_version = out.version();
  return out;
}
void FunctionNode::keep(const Tensor& t) {
  Saved& slot = saved.emplace_back();
  if (!t.defined()) return;
  if (t->node.get() == this) slot.keep_output(t, t->output);
  else slot.keep_input(t);
}
Tensor FunctionNode::incoming(std::span<Tensor> grads, size_t i, bool materialize) const {
  if (grads[i].defined() || !materialize) return grads[i];
  return borrowed::zeros(results[i].sizes, results[i].dtype, {});
}
Tensor FunctionNode::fit(Tensor g, size_t i) const {
  const Form& want = inputs[i];
  if (!(g.sizes() == want.sizes)) {
    size_t rank = want.sizes.size(), have = g.sizes().size();
    bool fits = have >= rank;
    for (size_t k = 0; fits && k < rank; k++)
      fits = want.sizes[k] == 1 || want.sizes[k] == g.sizes()[have - rank + k];
    if (!fits)
      fail("Function ", name(), " returned an invalid gradient at index ", i, " - got ", g.sizes(),
           " but expected shape compatible with ", want.sizes);
    g = borrowed::sum_to(g, want.sizes);
  }
  return g.dtype() == want.dtype ? g : borrowed::cast(g, want.dtype);
}
void FunctionNode::check_count(size_t given, size_t empty) const {
  size_t want = edges.size();
  if (given < want || given - empty > want)
    fail("function ", name(), " returned an incorrect number of gradients (expected ", want,
         ", got ", given, ")");
}
void FunctionNode::release_saved() {
  released = true;
  for (Saved& s : saved) s.reset();
}

void check_dirty(const Tensor& x) {
  if (grad_enabled() && tracked(x) && leaf_if_any(x))
    fail("a leaf Variable that requires grad has been used in an in-place operation.");
}
void fail_dirty_not_returned() {
  fail(
      "Some elements marked as dirty during the forward method were not returned as output. The "
      "inputs that are modified inplace must all be outputs of the Function.");
}

TensorList AutogradContext::saved_tensors() const {
  if (!node_) return to_save_;
  if (node_->released) fail_released();
  TensorList out;
  for (const Saved& s : node_->saved) out.push_back(s.unpack(*node_));
  return out;
}

namespace {
bool holds(const TensorList& list, const Tensor& x) {
  return std::any_of(list.begin(), list.end(), [&](const Tensor& t) { return t.is(x); });
}
}  // namespace

void ContextNode::begin(std::span<const Tensor* const> in) {
  bool needs = false;
  for (const Tensor* x : in) {
    ctx.needs_.push_back(x && x->defined() && tracked(*x));
    needs |= ctx.needs_.back();
  }
  set_inputs(in, needs && grad_enabled());
}
TensorList ContextNode::finish(TensorList outs, std::span<const Tensor* const> in) {
  for (const Tensor& d : ctx.dirty_) {
    if (!holds(outs, d)) fail_dirty_not_returned();
    check_dirty(d);
  }
  if (edges.empty()) return outs;
  clock = next_clock(edges);
  outputs = uint32_t(outs.size());
  if (tls.anomaly) note_origin(*this);
  TensorList made;
  for (size_t i = 0; i < outs.size(); i++) {
    const Tensor& t = outs[i];
    if (!t.defined()) {
      results.push_back({{}, default_dtype()});
      made.push_back(t);
      continue;
    }
    results.push_back({t.sizes(), t.dtype()});
    bool is_input = std::any_of(in.begin(), in.end(), [&](auto* x) { return x && x->is(t); });
    if (!can_have_gradient(t.dtype()) || holds(ctx.non_differentiable_, t)) made.push_back(t);
    else made.push_back(attach(t, uint32_t(i), holds(ctx.dirty_, t), is_input));
  }
  for (Tensor t : ctx.to_save_) {
    for (size_t i = 0; t.defined() && i < outs.size(); i++)
      if (outs[i].is(t)) t = made[i];  // the handle that has the history
    keep(t);
  }
  ctx.to_save_.clear(), ctx.dirty_.clear(), ctx.non_differentiable_.clear();
  ctx.node_ = this;
  return made;
}
void ContextNode::backward(std::span<Tensor> in, std::span<Tensor> out) {
  TensorList grads;
  for (size_t i = 0; i < in.size(); i++) grads.push_back(incoming(in, i, ctx.materialize_));
  TensorList result = run(&ctx, grads);
  size_t empty = 0;
  while (empty < result.size() && !result[result.size() - 1 - empty].defined()) empty++;
  if (result.size() < out.size()) {  // arguments at the end that have no gradient
    bool wanted = false;
    for (size_t i = result.size(); i < out.size(); i++) wanted |= bool(storage[i].node);
    if (wanted) check_count(result.size(), empty);
    result.resize(out.size());
  }
  check_count(result.size(), empty);
  for (size_t i = 0; i < out.size(); i++)
    if (result[i].defined() && storage[i].node) out[i] = fit(result[i], i);
}

std::string function_name(const std::type_info& type) { return class_name(type) + "Backward"; }

}  // namespace taeda
