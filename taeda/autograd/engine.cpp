// Backward: no recursion, no state in the nodes, so runs may nest and overlap.
#include <unordered_map>

#include "taeda/autograd/frontier.h"

namespace taeda {

namespace {

// A run borrows its thread's frontier, so that a small graph allocates nothing; a run inside a run
// makes its own.
class Borrowed {
 public:
  Borrowed() : frontier_(spare ? std::move(spare) : std::make_unique<Frontier>()) {}
  ~Borrowed() {
    frontier_->reset();
    spare = std::move(frontier_);
  }
  Frontier& operator*() { return *frontier_; }

 private:
  static thread_local std::unique_ptr<Frontier> spare;
  std::unique_ptr<Frontier> frontier_;
};
thread_local std::unique_ptr<Frontier> Borrowed::spare;

// Calls visit(node) once for every node reachable from the roots, without recursion.
template <class F> void each_node(std::span<const Edge> roots, F visit) {
  std::unordered_map<Node*, bool> seen;
  std::vector<Node*> stack;
  auto push = [&](const Edge& e) {
    if (e.node && seen.try_emplace(e.node.get(), true).second) stack.push_back(e.node.get());
  };
  for (const Edge& r : roots) push(r);
  while (!stack.empty()) {
    Node* n = stack.back();
    stack.pop_back();
    visit(n);
    for (const Edge& e : n->edges) push(e);
  }
}

// Which nodes a run with `inputs` needs: those asked for, and those on a path to one of them.
class Targets {
 public:
  Targets(const BackwardCall& call, std::span<const Edge> roots) {
    for (const Tensor& x : call.inputs) {
      if (!tracked(x)) fail("One of the differentiated Tensors does not require grad");
      wanted_.push_back(edge_to(x));
    }
    if (wanted_.empty()) return;
    std::vector<Node*> all;
    each_node(roots, [&](Node* n) { all.push_back(n); });
    for (Node* n : all) role_[n] = 0;
    for (const Edge& w : wanted_)
      if (auto it = role_.find(w.node.get()); it != role_.end()) it->second = target;
    std::sort(all.begin(), all.end(), [](Node* a, Node* b) { return a->clock < b->clock; });
    for (Node* n : all)
      for (const Edge& e : n->edges)
        if (e.node && role_[e.node.get()]) role_[n] |= passes;
  }
  bool everything() const { return wanted_.empty(); }
  bool wants(Node* n) const { return everything() || role_.at(n); }
  bool runs(Node* n) const { return everything() || role_.at(n) & passes; }
  void capture(Frontier::Task& t, TensorList& results) const {
    if (everything() || !(role_.at(t.node) & target)) return;
    for (size_t i = 0; i < wanted_.size(); i++)
      if (wanted_[i].node.get() == t.node) results[i] = t.grad(wanted_[i].index);
  }

 private:
  enum : uint8_t { target = 1, passes = 2 };
  std::vector<Edge> wanted_;
  std::unordered_map<Node*, uint8_t> role_;
};

// How many gradients each leaf with hooks still expects, so that its hooks run as soon as it is
// complete.
class HookedLeaves {
 public:
  explicit HookedLeaves(std::span<const Edge> roots) {
    each_node(roots, [&](Node* n) {
      for (const Edge& e : n->edges)
        if (e.node && e.node->clock == 0 && e.node->hooks) expected_[e.node.get()]++;
    });
  }
  bool complete(Node* leaf) {
    auto it = expected_.find(leaf);
    return it != expected_.end() && --it->second == 0;
  }

 private:
  std::unordered_map<Node*, int64_t> expected_;
};

void run_tensor_hooks(Frontier::Task& task) {
  auto& list = task.node->hooks->tensor;
  for (size_t i = 0; i < list.size(); i++) {
    Tensor& g = task.grad(list[i].output);
    if (!g.defined()) continue;
    auto hook = list[i].hook;  // it may remove itself
    if (Tensor changed = (*hook)(g); changed.defined()) g = changed;
  }
}
void run_node_hooks(const std::vector<Hooks::OnNode>& list, std::span<Tensor> in,
                    std::span<Tensor> out) {
  auto copy = list;
  for (auto& h : copy) (*h.hook)(in, out);
}

void check_nan(Node* node, std::span<Tensor> out) {
  for (size_t i = 0; i < out.size(); i++)
    if (out[i].defined() && can_have_gradient(out[i].dtype()) && borrowed::has_nan(out[i]))
      fail("Function '", node->name(), "' returned nan values in its ", i, "th output.");
}

void run_node(Frontier::Task& task, std::span<Tensor> out) {
  Node* node = task.node;
  std::span<Tensor> in{&task.first, 1};
  if (node->outputs != 1) {
    task.rest.insert(task.rest.begin(), std::move(task.first));
    in = task.rest;
  }
  if (node->hooks) [[unlikely]]
    run_node_hooks(node->hooks->before, in, {});
  std::vector<Tensor> before;
  if (node->hooks && !node->hooks->after.empty()) [[unlikely]]
    before.assign(in.begin(), in.end());
  if (!tls.anomaly) [[likely]] {
    node->backward(in, out);
  } else {
    try {
      node->backward(in, out);
      if (tls.anomaly > 1) check_nan(node, out);
    } catch (...) {
      if (on_node_failed) on_node_failed(*node);
      throw;
    }
  }
  if (!before.empty()) run_node_hooks(node->hooks->after, before, out);
}

Tensor root_gradient(const BackwardCall& call, size_t i) {
  const Tensor& root = call.roots[i];
  if (i < call.grads.size() && call.grads[i].defined()) {
    const Tensor& g = call.grads[i];
    if (!(g.sizes() == root.sizes()))
      fail("Mismatch in shape: grad_output[", i, "] has a shape of torch.Size(", g.sizes(),
           ") and output[", i, "] has a shape of torch.Size(", root.sizes(), ").");
    if (is_complex(g.dtype()) != is_complex(root.dtype()))
      fail(
          "For complex Tensors, both grad_output and output are required to have the same dtype. "
          "Mismatch in dtype: grad_output[",
          i, "] has a dtype of ", g.dtype(), " and output[", i, "] has a dtype of ", root.dtype(),
          ".");
    return g.dtype() == root.dtype() ? g : borrowed::cast(g, root.dtype());
  }
  if (root.numel() != 1) {
    if (tracked(root) || call.capture)
      fail("grad can be implicitly created only for scalar outputs");
  } else if (is_complex(root.dtype()) && tracked(root)) {
    fail("grad can be implicitly created only for real scalar outputs but got ", root.dtype());
  }
  if (!tracked(root)) return {};
  return borrowed::ones_like(root);
}

}  // namespace

TensorList run_backward(const BackwardCall& call) {
  std::vector<Edge> roots;  // they keep the whole graph alive while it runs
  Borrowed borrowed_frontier;
  Frontier& frontier = *borrowed_frontier;
  bool hooked_leaf = false;
  for (size_t i = 0; i < call.roots.size(); i++) {
    Tensor g = root_gradient(call, i);
    if (!tracked(call.roots[i]))
      fail("element ", i, " of tensors does not require grad and does not have a grad_fn");
    roots.push_back(edge_to(call.roots[i]));
    frontier.add(roots[i].node.get(), roots[i].index, std::move(g));
  }
  Targets targets(call, roots);
  std::unique_ptr<HookedLeaves> hooked;
  TensorList results(call.inputs.size());
  GradMode mode(call.create_graph);

  constexpr size_t kFew = 4;
  while (!frontier.empty()) {
    Frontier::Task task = frontier.pop();
    Node* node = task.node;
    if (node->hooks) [[unlikely]]
      run_tensor_hooks(task);
    if (!targets.everything()) {
      targets.capture(task, results);
      if (!targets.runs(node)) continue;
    }
    Tensor few[kFew];
    TensorList many(node->edges.size() > kFew ? node->edges.size() : 0);
    std::span<Tensor> out = many.empty() ? std::span<Tensor>(few, node->edges.size()) : many;
    run_node(task, out);
    if (!call.retain_graph) node->release_saved();
    for (size_t i = 0; i < out.size(); i++) {
      const Edge& e = node->edges[i];
      Node* next = e.node.get();
      if (!next) continue;
      bool leaf = next->clock == 0;
      if (leaf && !next->hooks && targets.everything()) {
        static_cast<Leaf*>(next)->accumulate(std::move(out[i]));
        continue;
      }
      if (leaf && next->hooks && !hooked_leaf) {
        hooked_leaf = true;
        hooked = std::make_unique<HookedLeaves>(roots);
      }
      if (out[i].defined() && targets.wants(next)) frontier.add(next, e.index, std::move(out[i]));
      if (leaf && hooked && hooked->complete(next)) frontier.hurry(next);
    }
  }
  for (size_t i = 0; i < results.size(); i++)
    if (!results[i].defined() && !call.allow_unused)
      fail("The differentiated Tensor at index ", i,
           " appears to not have been used in the graph. Set allow_unused=True if this is the "
           "desired "
           "behavior.");
  return results;
}

void Tensor::backward(const Tensor& gradient, BackwardOptions o) const {
  run_backward({.roots = {this, 1},
                .grads = {&gradient, 1},
                .retain_graph = o.retain_graph || o.create_graph,
                .create_graph = o.create_graph});
}

void backward(const TensorList& roots, const TensorList& grads, Tensor::BackwardOptions o,
              const TensorList& inputs) {
  TensorList found = run_backward({.roots = roots,
                                   .grads = grads,
                                   .inputs = inputs,
                                   .retain_graph = o.retain_graph || o.create_graph,
                                   .create_graph = o.create_graph,
                                   .allow_unused = true});
  GradMode mode(o.create_graph);
  for (size_t i = 0; i < inputs.size(); i++) {
    if (!found[i].defined()) continue;
    if (Leaf* leaf = leaf_if_any(inputs[i])) {
      leaf->accumulate(found[i]);
    } else {
      bool kept = retains_grad(inputs[i]);
      retain_grad(inputs[i]);
      Tensor have = kept ? Tensor() : inputs[i].grad();
      inputs[i].set_grad(have.defined() ? borrowed::add(have, found[i]) : found[i]);
    }
  }
}

TensorList grad(const TensorList& outputs, const TensorList& inputs, const TensorList& grad_outputs,
                Tensor::BackwardOptions o, bool allow_unused) {
  if (inputs.empty()) fail("`inputs` argument to `grad()` cannot be empty.");
  return run_backward({.roots = outputs,
                       .grads = grad_outputs,
                       .inputs = inputs,
                       .retain_graph = o.retain_graph || o.create_graph,
                       .create_graph = o.create_graph,
                       .allow_unused = allow_unused,
                       .capture = true});
}

}  // namespace taeda
