// Custom autograd Functions: ctx, the node that calls backward, apply.
#include "taeda/autograd/function.h"

#include "bind.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/views.h"

namespace taeda::python {

namespace {

struct PyNode;
struct Context {           // ctx
  PyNode* node = nullptr;  // null before the graph has it, and after
  nb::object to_save, non_differentiable, dirty, needs_input_grad;
  bool materialize = true;
};

struct PyNode final : FunctionNode {
  nb::object cls, ctx;
  nb::object backward_method;  // legacy instances: their own
  std::vector<bool> is_tensor_result;

  ~PyNode() override {
    if (!Py_IsInitialized()) {
      cls.release(), ctx.release(), backward_method.release();
      return;
    }
    Gil gil;
    if (ctx.is_valid() && nb::isinstance<Context>(ctx)) nb::cast<Context&>(ctx).node = nullptr;
    ctx = {}, cls = {}, backward_method = {};
  }
  std::string class_name() const {
    return nb::cast<std::string>(cls.attr("__name__")) + "Backward";
  }
  std::string name() const override {
    Gil gil;
    return class_name();
  }
  void* python() const override { return ctx.ptr(); }
  nb::object call_backward(nb::tuple grads) {
    if (backward_method.is_valid() && !backward_method.is_none()) return backward_method(*grads);
    bool has = nb::hasattr(cls, "vjp") && !nb::cast<bool>(cls.attr("_is_base_vjp")());
    return (has ? cls.attr("vjp") : cls.attr("backward"))(ctx, *grads);
  }
  void backward(std::span<Tensor> in, std::span<Tensor> out) override {
    Gil gil;
    bool materialize = nb::cast<Context&>(ctx).materialize;
    nb::list grads;
    for (size_t i = 0; i < in.size(); i++)
      grads.append(incoming(in, i, materialize && is_tensor_result[i]));
    nb::object result = call_backward(nb::tuple(grads));
    if (!PyTuple_Check(result.ptr())) result = nb::make_tuple(result);
    size_t n = nb::len(result), empty = 0;
    while (empty < n && nb::object(result[n - 1 - empty]).is_none()) empty++;
    check_count(n, empty);
    for (size_t i = 0; i < out.size(); i++) {
      nb::object g = result[i];
      if (g.is_none()) continue;
      if (!is_tensor(g.ptr()))
        fail("expected Variable or None (got ", std::string_view(Py_TYPE(g.ptr())->tp_name), ")");
      if (storage[i].node) out[i] = fit(tensor_of(g.ptr()), i);
    }
  }
};

nb::tuple saved_tensors(Context& c) {
  if (!c.node) {
    if (!c.to_save.is_valid()) return nb::tuple();
    return nb::tuple(c.to_save);
  }
  if (c.node->released) fail_released();
  nb::list out;
  for (Saved& s : c.node->saved) out.append(s.unpack(*c.node));
  return nb::tuple(out);
}

bool holds(const nb::object& list, nb::handle o) {
  if (!list.is_valid()) return false;
  for (nb::handle item : list)
    if (item.is(o)) return true;
  return false;
}

// Turns one output of forward into an output of the node: its own tensor, with the node as history.
nb::object attach(nb::handle o, Context& c, const nb::tuple& args, PyNode* node, uint32_t index) {
  const Tensor& t = tensor_of(o.ptr());
  bool dirty = holds(c.dirty, o);
  if (!can_have_gradient(t.dtype()) || holds(c.non_differentiable, o)) return nb::borrow(o);
  bool is_input = false;
  for (nb::handle a : args) is_input |= a.is(o);
  Tensor out = node->attach(t, index, dirty, is_input);
  if (dirty) {
    track(o.ptr());
    return nb::borrow(o);
  }
  nb::object wrapped = nb::cast(out);
  track(wrapped.ptr());  // it reaches ctx, which may reach it
  return wrapped;
}

void check_dirty_list(Context& c, const nb::list& outs) {
  if (!c.dirty.is_valid()) return;
  for (nb::handle d : c.dirty) {
    bool returned = false;
    for (nb::handle o : outs) returned |= o.is(d);
    if (!returned) fail_dirty_not_returned();
    if (is_tensor(d.ptr())) taeda::check_dirty(tensor_of(d.ptr()));
  }
}

// Runs forward(ctx, *args) outside the graph and makes the node. `run` calls forward.
nb::object apply_with(nb::handle cls, nb::object ctx, nb::object backward_method, nb::tuple args,
                      nb::object run) {
  Context& c = nb::cast<Context&>(ctx);
  bool needs = false;
  nb::list needs_list;
  for (nb::handle a : args) {
    bool on = is_tensor(a.ptr()) && tracked(tensor_of(a.ptr()));
    needs |= on && grad_enabled();
    needs_list.append(on);
  }
  c.needs_input_grad = nb::tuple(needs_list);
  std::vector<const Tensor*> in;
  for (nb::handle a : args) in.push_back(is_tensor(a.ptr()) ? &tensor_of(a.ptr()) : nullptr);
  auto* node = new PyNode;
  Ref<Node> ref(node);
  node->set_inputs(in, needs);
  node->cls = nb::borrow(cls);
  node->ctx = ctx;
  node->backward_method = std::move(backward_method);
  nb::object out;
  {
    NoGradGuard raw;
    out = run();
  }
  bool tuple = PyTuple_Check(out.ptr());
  nb::list outs(tuple ? out : nb::object(nb::make_tuple(out)));
  check_dirty_list(c, outs);
  if (!needs) {
    node->ctx = {};
    return out;
  }
  node->clock = next_clock(node->edges);
  node->outputs = uint32_t(nb::len(outs));
  if (tls.anomaly) note_origin(*node);
  for (size_t i = 0; i < nb::len(outs); i++) {
    nb::object o = outs[i];
    node->is_tensor_result.push_back(is_tensor(o.ptr()));
    if (!is_tensor(o.ptr())) {
      node->results.push_back({{}, default_dtype()});
      continue;
    }
    const Tensor& t = tensor_of(o.ptr());
    node->results.push_back({t.sizes(), t.dtype()});
    outs[i] = attach(o, c, args, node, uint32_t(i));
  }
  if (c.to_save.is_valid())
    for (nb::handle s : c.to_save) {
      Tensor t = is_tensor(s.ptr()) ? tensor_of(s.ptr()) : Tensor();
      for (nb::handle o : outs)  // an output may have been replaced by a view of itself
        if (t.defined() && is_tensor(o.ptr()) && tensor_of(o.ptr()).is(t)) t = tensor_of(o.ptr());
      node->keep(t);
    }
  c.to_save = {};
  c.node = node;
  return tuple ? nb::object(nb::tuple(outs)) : nb::object(outs[0]);
}

void check_saveable(nb::args list) {
  size_t i = 0;
  for (nb::handle t : list) {
    if (!t.is_none() && !is_tensor(t.ptr()))
      fail<TypeError>("save_for_backward can only save variables, but argument ", i, " is of type ",
                      std::string_view(Py_TYPE(t.ptr())->tp_name));
    i++;
  }
}

}  // namespace

void define_function(nb::module_& m) {
  nb::class_<Context>(m, "FunctionCtx", nb::dynamic_attr())
      .def(nb::init<>())
      .def(
          "save_for_backward",
          [](Context& c, nb::args t) {
            check_saveable(t);
            c.to_save = t;
          },
          "Keeps tensors for backward, where they are saved_tensors.")
      .def("save_for_forward", [](Context&, nb::args) {})
      .def("mark_dirty", [](Context& c, nb::args t) { c.dirty = t; })
      .def("mark_non_differentiable", [](Context& c, nb::args t) { c.non_differentiable = t; })
      .def(
          "set_materialize_grads", [](Context& c, bool on) { c.materialize = on; },
          nb::arg("value"))
      .def_prop_ro("saved_tensors", saved_tensors)
      .def_prop_ro("saved_variables", saved_tensors)
      .def_prop_rw(
          "to_save", [](Context& c) { return c.to_save; },
          [](Context& c, nb::object t) { c.to_save = t; })
      .def_prop_ro("needs_input_grad", [](Context& c) { return c.needs_input_grad; })
      .def("name", [](Context& c) { return c.node ? c.node->name() : std::string(); })
      .def_prop_ro("_node_address", [](Context& c) { return reinterpret_cast<uintptr_t>(c.node); });
  m.def("_apply_function", apply_with, nb::arg("cls"), nb::arg("ctx"), nb::arg("backward").none(),
        nb::arg("args"), nb::arg("run"));
}

}  // namespace taeda::python
