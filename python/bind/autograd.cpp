// backward, grad, modes, hooks, graph nodes, anomaly mode.
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "method.h"
#include "py_hook.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/views.h"

namespace taeda::python {

namespace {

// ---- hooks ----

std::string hook_name(nb::handle f) {
  nb::object name = nb::getattr(f, "__name__", nb::none());
  return nb::isinstance<nb::str>(name) ? nb::cast<std::string>(name)
                                       : std::string(Py_TYPE(f.ptr())->tp_name);
}

struct TensorHook final : Hook, PyCallback {
  bool result_replaces;  // a post-accumulate hook's result is ignored
  TensorHook(nb::object f, bool replaces) : PyCallback(std::move(f)), result_replaces(replaces) {}
  Tensor operator()(const Tensor& g) override {
    Gil gil;
    nb::object out = nb::handle(f)(nb::cast(g));
    if (!result_replaces || out.is_none()) return {};
    if (!is_tensor(out.ptr()))
      fail<TypeError>("expected Variable, but hook returned '",
                      std::string_view(Py_TYPE(out.ptr())->tp_name), "'");
    const Tensor& changed = tensor_of(out.ptr());
    std::string name = hook_name(f);
    if (!(changed.sizes() == g.sizes())) fail("hook '", name, "' has changed the size of value");
    if (changed.dtype() != g.dtype()) fail("hook '", name, "' has changed the type of value");
    return changed;
  }
  void* python() const override { return f; }
};
struct GraphHook final : NodeHook, PyCallback {
  bool before;
  GraphHook(nb::object f, bool before) : PyCallback(std::move(f)), before(before) {}
  void operator()(std::span<Tensor> in, std::span<Tensor> out) override {
    Gil gil;
    nb::object result = before ? nb::handle(f)(tuple(in)) : nb::handle(f)(tuple(out), tuple(in));
    if (result.is_none()) return;
    std::span<Tensor> target = before ? in : out;
    std::string name = hook_name(f);
    if (is_tensor(result.ptr())) result = nb::make_tuple(result);
    if (!PyTuple_Check(result.ptr()))
      fail<TypeError>("expected tuple, but hook returned '",
                      std::string_view(Py_TYPE(result.ptr())->tp_name), "'");
    if (nb::len(result) != target.size())
      fail("hook '", name, "' has returned an incorrect number of values (got ", nb::len(result),
           ", but expected ", target.size(), ")");
    for (size_t i = 0; i < target.size(); i++) {
      nb::object g = result[i];
      if (!g.is_none() && !is_tensor(g.ptr()))
        fail<TypeError>("expected Tensor, but hook returned '",
                        std::string_view(Py_TYPE(g.ptr())->tp_name), "'");
      if (!g.is_none() && target[i].defined() && !(tensor_of(g.ptr()).sizes() == target[i].sizes()))
        fail("hook '", name, "' has changed the size of value");
      target[i] = g.is_none() ? Tensor() : tensor_of(g.ptr());
    }
  }
  void* python() const override { return f; }
  static nb::tuple tuple(std::span<Tensor> list) {
    nb::list out;
    for (const Tensor& t : list) out.append(t);
    return nb::tuple(out);
  }
};

struct GraphNode {
  Ref<Node> node;
};

// ---- runs ----

// The backward run that this thread is in, for hooks that wait for several gradients.
struct Run {
  std::span<const Tensor> roots;
  int64_t id = next_hook_id();
  Run* outer = std::exchange(current, this);
  explicit Run(std::span<const Tensor> r) : roots(r) {}
  Run(const Run&) = delete;
  ~Run() { current = outer; }
  static thread_local Run* current;
};
thread_local Run* Run::current = nullptr;

// The run's number, and which of these nodes it reaches.
nb::tuple current_run(const std::vector<uintptr_t>& nodes) {
  std::unordered_set<Node*> seen;
  std::vector<Node*> stack;
  auto visit = [&](Node* n) {
    if (n && seen.insert(n).second) stack.push_back(n);
  };
  if (Run::current)
    for (const Tensor& t : Run::current->roots) visit(t->node.get());
  while (!stack.empty()) {
    Node* n = stack.back();
    stack.pop_back();
    for (const Edge& e : n->edges) visit(e.node.get());
  }
  nb::list reached;
  for (uintptr_t n : nodes) reached.append(bool(seen.count(reinterpret_cast<Node*>(n))));
  return nb::make_tuple(Run::current ? Run::current->id : -1, reached);
}

// ---- anomaly mode ----

std::unordered_map<Node*, PyObject*>& origins() {  // the Python stack that made each node
  static auto* map = new std::unordered_map<Node*, PyObject*>;
  return *map;
}
void node_made(Node& node) {
  Gil gil;
  nb::object stack = nb::module_::import_("traceback").attr("format_stack")();
  origins()[&node] = stack.release().ptr();
}
void node_freed(Node& node) {
  if (origins().empty() || !Py_IsInitialized()) return;
  Gil gil;
  auto it = origins().find(&node);
  if (it == origins().end()) return;
  Py_DECREF(it->second);
  origins().erase(it);
}
void node_failed(Node& node) {
  Gil gil;
  auto it = origins().find(&node);
  std::string stack =
      "No forward pass information available. Enable detect anomaly during forward pass "
      "for more information.";
  if (it != origins().end())
    stack = "Traceback of forward call that caused the error:\n" +
            nb::cast<std::string>(nb::str("").attr("join")(nb::handle(it->second)));
  warn("Error detected in " + node.name() + ". " + stack);
}

// ---- saved-tensor hooks ----

struct PyPacked final : SavedTensorHooks::Packed {
  PyObject *value, *unpack_hook;
  PyPacked(PyObject* v, PyObject* u) : value(v), unpack_hook(Py_NewRef(u)) {}
  ~PyPacked() override {
    Gil gil;
    Py_DECREF(value);
    Py_DECREF(unpack_hook);
  }
  Tensor unpack() override {
    Gil gil;
    nb::object out = nb::handle(unpack_hook)(nb::handle(value));
    if (!is_tensor(out.ptr()))
      fail<TypeError>(
          "Output of saved tensor unpack_hook expected to be a Tensor but got result of type ",
          std::string_view(Py_TYPE(out.ptr())->tp_name));
    return tensor_of(out.ptr());
  }
};
struct PySavedHooks final : SavedTensorHooks {
  nb::object pack_hook, unpack_hook;
  SavedTensorHooks* before;
  std::unique_ptr<Packed> pack(const Tensor& x) override {
    Gil gil;
    SavedTensorHooks* self = std::exchange(tls.saved_hooks, nullptr);
    nb::object packed;
    try {
      uint32_t version = x.version();
      packed = pack_hook(nb::cast(x));
      if (x.version() != version)
        fail(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input "
            "to pack hook cannot be modified by in-place operations as this can lead to unexpected "
            "side-effects. Please open an issue if you need to perform in-place operations on the "
            "input to a pack hook.");
    } catch (...) {
      tls.saved_hooks = self;
      throw;
    }
    tls.saved_hooks = self;
    return std::make_unique<PyPacked>(packed.release().ptr(), unpack_hook.ptr());
  }
};

TensorList list_of(nb::handle o) {
  TensorList out;
  if (o.is_none()) return out;
  if (is_tensor(o.ptr())) return {tensor_of(o.ptr())};
  for (nb::handle t : o) {
    if (!t.is_none() && !is_tensor(t.ptr()))
      fail<TypeError>("gradients can be either Tensors or None, but got ",
                      std::string_view(Py_TYPE(t.ptr())->tp_name));
    out.push_back(nb::cast<Tensor>(t));
  }
  return out;
}

}  // namespace

void define_autograd(nb::module_& m) {
  nb::object type = m.attr("Tensor");
  auto method = [&](const char* name, auto f, const auto&... extra) {
    define<true>(type, name, f, extra...);
  };
  on_node_made = node_made;
  on_node_failed = node_failed;

  method(
      "_backward_with",
      [](const Tensor& t, nb::handle gradient, std::optional<bool> retain, bool create,
         nb::handle inputs) {
        if (!gradient.is_none() && !is_tensor(gradient.ptr()))
          (void)nb::iter(gradient);  // fails as a list
        TensorList grads = list_of(gradient), ins = list_of(inputs);
        if (!inputs.is_none() && ins.empty())
          fail("`inputs` argument to `backward()` cannot be empty.");
        Tensor::BackwardOptions o{.retain_graph = retain.value_or(create), .create_graph = create};
        Run run({&t, 1});
        WithoutGil released;
        if (ins.empty()) t.backward(grads.empty() ? Tensor() : grads[0], o);
        else backward({t}, grads, o, ins);
      },
      nb::arg("gradient") = nb::none(), nb::arg("retain_graph") = nb::none(),
      nb::arg("create_graph") = false, nb::arg("inputs") = nb::none(),
      "backward() with arguments.");
  // loss.backward(): most calls have no arguments to parse.
  static PyMethodDef backward_def = {
      "backward",
      reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(
          +[](PyObject* o, PyObject* const* args, Py_ssize_t n, PyObject* names) -> PyObject* {
            if (n || names) {
              static PyObject* name = PyUnicode_InternFromString("_backward_with");
              nb::object with = nb::steal(PyObject_GetAttr(o, name));
              return with.is_valid() ? PyObject_Vectorcall(with.ptr(), args, size_t(n), names)
                                     : nullptr;
            }
            return guarded([&]() -> PyObject* {
              const Tensor& t = tensor_of(o);
              {
                Run run({&t, 1});
                WithoutGil released;
                t.backward();
              }
              Py_RETURN_NONE;
            });
          })),
      METH_FASTCALL | METH_KEYWORDS,
      "backward($self, /, gradient=None, retain_graph=None, create_graph=False, "
      "inputs=None)\n--\n\n"
      "Gradients of the leaves this tensor was made from, added into their .grad. A tensor of one "
      "element needs no `gradient`; others need one of their shape."};
  type.attr("backward") = nb::steal(PyDescr_NewMethod(tensor_type, &backward_def));
  method("retain_grad", [](const Tensor& t) { retain_grad(t); });
  struct Handle {
    Ref<Node> node;
    int64_t id;
  };
  nb::class_<Handle>(m, "_HookHandle")
      .def("remove", [](Handle& h) { remove_hook(*h.node, h.id); })
      .def_ro("id", &Handle::id);
  method(
      "register_hook",
      [](nb::object o, nb::object f) {
        const Tensor& t = tensor_of(o.ptr());
        int64_t id = register_hook(t, std::make_shared<TensorHook>(std::move(f), true));
        track(o.ptr());
        return Handle{t->node, id};
      },
      nb::arg("hook"));
  method(
      "register_post_accumulate_grad_hook",
      [](nb::object o, nb::object f) {
        const Tensor& t = tensor_of(o.ptr());
        int64_t id =
            register_accumulated_hook(t, std::make_shared<TensorHook>(std::move(f), false));
        track(o.ptr());
        return Handle{t->node, id};
      },
      nb::arg("hook"));

  nb::class_<GraphNode>(m, "_GraphNode")
      .def("name",
           [](const GraphNode& n) {
             std::string s = n.node->name();
             return s == "AccumulateGrad" || s == "CopySlices" ? "torch::autograd::" + s : s;
           })
      .def("address", [](const GraphNode& n) { return reinterpret_cast<uintptr_t>(n.node.get()); })
      .def("variable",
           [](const GraphNode& n) {
             auto* leaf = n.node->clock == 0 ? static_cast<Leaf*>(n.node.get()) : nullptr;
             return leaf ? leaf->variable() : Tensor();
           })
      .def("python",
           [](const GraphNode& n) {
             auto* o = static_cast<PyObject*>(n.node->python());
             return o ? nb::borrow(o) : nb::object(nb::none());
           })
      .def("next_functions",
           [](const GraphNode& n) {
             nb::list out;
             for (const Edge& e : n.node->edges) {
               nb::object next = e.node ? nb::cast(GraphNode{e.node}) : nb::object(nb::none());
               out.append(nb::make_tuple(next, e.index));
             }
             return nb::tuple(out);
           })
      .def("register_hook",
           [](const GraphNode& n, nb::object f) {
             int64_t id = next_hook_id();
             hooks_of(*n.node).after.push_back(
                 {id, std::make_shared<GraphHook>(std::move(f), false)});
             return Handle{n.node, id};
           })
      .def("register_prehook", [](const GraphNode& n, nb::object f) {
        int64_t id = next_hook_id();
        hooks_of(*n.node).before.push_back({id, std::make_shared<GraphHook>(std::move(f), true)});
        return Handle{n.node, id};
      });
  // For functions made of ops in Python: their last node goes by their name.
  m.def("_named", [](const Tensor& t, const std::string& name) {
    static std::set<std::string> names;  // a node keeps a pointer
    if (t->node && tracked(t)) t->node->rename(names.insert(name).first->c_str());
    return t;
  });
  m.def("_grad_fn", [](const Tensor& t) -> nb::object {
    if (!tracked(t) || leaf_if_any(t)) return nb::none();
    return nb::cast(GraphNode{t->node});
  });
  m.def("_backward_run", current_run);
  m.def("_increment_version", [](const Tensor& t) { bump_version(t); });
  m.def("_gradient_edge", [](const Tensor& t) {
    if (!tracked(t)) fail("cannot get the gradient edge of a tensor that does not require grad");
    return nb::make_tuple(nb::cast(GraphNode{t->node}), t->output);
  });

  m.def(
      "_grad",
      [](nb::handle outputs, nb::handle inputs, nb::handle grads, std::optional<bool> retain,
         bool create, bool allow_unused) {
        TensorList outs = list_of(outputs), ins = list_of(inputs), gs = list_of(grads), result;
        if (!grads.is_none() && gs.size() != outs.size())
          fail("got ", outs.size(), " tensors and ", gs.size(), " gradients");
        {
          Run run(outs);
          WithoutGil released;
          result =
              grad(outs, ins, gs, {.retain_graph = retain.value_or(create), .create_graph = create},
                   allow_unused);
        }
        nb::list out;
        for (const Tensor& g : result) out.append(g);
        return nb::tuple(out);
      },
      nb::arg("outputs"), nb::arg("inputs"), nb::arg("grad_outputs").none(),
      nb::arg("retain_graph").none(), nb::arg("create_graph"), nb::arg("allow_unused"));
  m.def(
      "_backward",
      [](nb::handle tensors, nb::handle grads, std::optional<bool> retain, bool create,
         nb::handle inputs) {
        TensorList outs = list_of(tensors), gs = list_of(grads), ins = list_of(inputs);
        if (!grads.is_none() && gs.size() != outs.size())
          fail("got ", outs.size(), " tensors and ", gs.size(), " gradients");
        Run run(outs);
        WithoutGil released;
        backward(outs, gs, {.retain_graph = retain.value_or(create), .create_graph = create}, ins);
      },
      nb::arg("tensors"), nb::arg("grads").none(), nb::arg("retain_graph").none(),
      nb::arg("create_graph"), nb::arg("inputs").none());

  m.def("is_grad_enabled", [] { return grad_enabled(); });
  m.def("_set_grad_enabled", [](bool on) { tls.no_grad = !on; });
  m.def("is_inference_mode_enabled", [] { return tls.inference; });
  m.def("_set_inference_mode", [](bool on) { tls.inference = on; });
  m.def("is_anomaly_enabled", [] { return tls.anomaly != 0; });
  m.def("is_anomaly_check_nan_enabled", [] { return tls.anomaly > 1; });
  m.def("_set_anomaly", [](bool on, bool check_nan) {
    on_node_freed = node_freed;
    tls.anomaly = on ? (check_nan ? 2 : 1) : 0;
  });
  m.def("_push_saved_hooks", [](nb::object pack, nb::object unpack) {
    auto* h = new PySavedHooks;
    h->pack_hook = std::move(pack), h->unpack_hook = std::move(unpack);
    h->before = std::exchange(tls.saved_hooks, h);
  });
  m.def("_pop_saved_hooks", [] {
    auto* h = static_cast<PySavedHooks*>(tls.saved_hooks);
    if (!h) return;
    tls.saved_hooks = h->before;
    delete h;
  });
  m.def("_set_overrides_disabled", [](bool on) { return std::exchange(overrides_disabled, on); });
}

}  // namespace taeda::python
