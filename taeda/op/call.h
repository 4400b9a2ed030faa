// THE call path: promote, broadcast, infer, allocate, run, record. Only the families' .cpp files
// include it; `template struct Family<...>` at their end compiles each op once.
#pragma once
#include "taeda/autograd/borrowed.h"
#include "taeda/op/autocast.h"
#include "taeda/op/table.h"
#include "taeda/tensor/overlap.h"

namespace taeda {

// ---- kernels ----

template <class Op> using Kernel = void (*)(Args in, Outs out, const AttrsOf<Op>& a);
template <class Op> void pointwise_cpu(Args in, Outs out, const AttrsOf<Op>& a);  // cpu/pointwise.h

template <class Op> constexpr Kernel<Op> cpu_kernel() {
  if constexpr (IsPointwise<Op>) return pointwise_cpu<Op>;
  else return Op::cpu;
}
// By device; CUDA's is filled in where there is one. The meta device computes nothing.
template <class Op>
inline constinit Kernel<Op> kernel[device_types] = {cpu_kernel<Op>(), nullptr, nullptr};

[[noreturn]] void fail_no_kernel(const char* op, Device device);
template <class Op> void run_kernel(Device device, Args in, Outs out, const AttrsOf<Op>& a) {
  Kernel<Op> k = kernel<Op>[int(device.type)];
  if (!k) [[unlikely]] {
    if (device.type == DeviceType::meta) return;
    fail_no_kernel(op_name<Op>, device);
  }
  k(in, out, a);
}

// ---- recording ----

[[noreturn]] void fail_no_gradient(const char* op);
void trace(const Info& info, Args in, Outs out, const void* attrs);

inline bool any_flag(Args in) {
  uint8_t flags = 0;
  for (size_t i = 0; i < in.size(); i++)
    if (in[i].defined()) flags |= in[i]->flags;
  return flags;
}
inline bool any_tracked(Args in) {
  for (size_t i = 0; i < in.size(); i++)
    if (in[i].defined() && tracked(in[i])) return true;
  return false;
}

template <class Op> Ref<Node> make_node(Args in, Args keep, Outs out, const AttrsOf<Op>& a) {
  if constexpr (HasBackward<Op>) {
    auto* node = new NodeOf<Op>;
    Ref<Node> ref(node);
    node->set_edges(in);
    node->outputs = uint32_t(out.size());
    node->clock = next_clock(node->edges);
    node->keep({keep, out, node->edges}, a);
    if (tls.anomaly) [[unlikely]]
      note_origin(*node);
    return ref;
  } else {
    fail_no_gradient(op_name<Op>);
  }
}

template <class Op> void record(Args in, Outs out, const AttrsOf<Op>& a) {
  if constexpr (Op::def.differentiable) {
    if (any_flag(in) && grad_enabled() && any_tracked(in)) {
      Ref<Node> node = make_node<Op>(in, in, out, a);
      for (uint32_t i = 1; i < out.size(); i++)
        if (can_have_gradient(out[i].dtype())) set_history(out[i], node, i);
      // The last to take the node takes it over: counting costs more than all else here.
      if (!out.empty() && can_have_gradient(out[0].dtype()))
        set_history(out[0], std::move(node), 0);
    }
  }
  if (tls.tracer) [[unlikely]]
    trace(info_of<Op>(), in, out, &a);
}

// ---- promotion and broadcasting ----

DType common_dtype(const Def& def, Args in);
Dims broadcast(Args in);
void check_devices(Args in);
void check_accepts(const Def& def, const char* op, DType dtype);
void check_masks(const Def& def, const char* op, Args in);
// Replaces inputs by casts (recorded), and those in the graph also by expansions (recorded, so that
// no gradient is ever un-broadcast); the kernel broadcasts the rest by stride.
void cast_inputs(const Def& def, DType dtype, Tensor* held, const Tensor** in, size_t n);
void expand_inputs(const Dims& sizes, Tensor* held, const Tensor** in, size_t n, size_t from);
// Strides of an elementwise result: those of the first input of its sizes, if that has another
// order.
Dims result_strides(const Dims& sizes, Args in);

// Inputs that may be replaced by casts or expansions, which live here.
template <size_t N> struct Prepared {
  Tensor held[N];
  const Tensor* in[N];
  explicit Prepared(Args a) { std::copy_n(a.in, N, in); }
  Args args() const { return {in, N}; }
};

constexpr bool accepts(uint8_t mask, DType d) { return mask >> int(category_of(d)) & 1; }

// The fast path's question: nothing to promote, and nothing to broadcast but numbers.
template <class Op> bool uniform(Args in) {
  const TensorImpl* lead = in[leader_of<Op>].impl();
  if (!lead) return false;
  if constexpr (requires { Op::checked; })  // dtypes whose values `check` must see
    if (accepts(Op::checked, lead->dtype)) return false;
  if constexpr (Op::def.types == Types::floating)
    if (lead->dtype < DType::float16) return false;
  if constexpr (Op::def.accepts != accepts_any)
    if (!accepts(Op::def.accepts, lead->dtype)) return false;
  for (size_t i = 0; i < arity_of<Op>; i++) {
    const TensorImpl* x = in[i].impl();
    if (x == lead) continue;
    if (!x || x->dtype != (promotes_of<Op>[i] ? lead->dtype : DType::boolean) ||
        !(x->device == lead->device) ||
        !(x->sizes == lead->sizes || (x->sizes.empty() && !x->flags)))
      return false;
  }
  return lead->contiguous && !(lead->marks & TensorImpl::number);
}

// ---- pointwise ----

// What apply returns for elements of type T: T itself, bool, or a complex type's real one.
template <class Op, class T, size_t... I> auto apply_result(std::index_sequence<I...>) {
  auto arg = []<size_t i>() { return std::conditional_t<promotes_of<Op>[i], T, bool> {}; };
  return std::type_identity<decltype(with_attrs(
      [](const auto&... x) requires requires { Op::apply(x...); } { return Op::apply(x...); },
      AttrsOf<Op>{}, arg.template operator()<I>()...))>{};
}
template <class Op, class T>
using ApplyResult =
    typename decltype(apply_result<Op, T>(std::make_index_sequence<arity_of<Op>>{}))::type;

template <class Op> constexpr bool op_gives_bool() {
  if constexpr (!IsPointwise<Op>) return false;
  else if constexpr (Op::def.accepts & accepts_floats)
    return std::is_same_v<ApplyResult<Op, float>, bool>;
  else return std::is_same_v<ApplyResult<Op, int64_t>, bool>;
}
template <class Op> inline constexpr bool gives_bool = op_gives_bool<Op>();
template <class Op> constexpr bool op_gives_real() {
  if constexpr (Op::def.accepts & accepts_complex)
    return std::is_same_v<ApplyResult<Op, std::complex<float>>, float>;
  else return false;
}
template <class Op> inline constexpr bool gives_real = op_gives_real<Op>();
template <class Op> DType pointwise_dtype(DType in) {
  return gives_bool<Op> ? DType::boolean : gives_real<Op> ? real_of(in) : in;
}

template <class Op> Tensor pointwise_on(Args in, const Tensor& out, const AttrsOf<Op>& a) {
  run_kernel<Op>(out.device(), in, {&out, 1}, a);
  record<Op>(in, {&out, 1}, a);
  return out;
}
// Attributes that not every dtype allows.
template <class Op> void check_attributes(DType d, const AttrsOf<Op>& a) {
  if constexpr (requires { Op::check_attributes(d, a); }) Op::check_attributes(d, a);
}
template <class Op> [[gnu::noinline]] Tensor pointwise_mixed(Args in, const AttrsOf<Op>& a) {
  Prepared<arity_of<Op>> p(in);
  check_devices(in);
  check_masks(Op::def, op_name<Op>, in);
  if constexpr (requires { Op::check(in); }) Op::check(in);
  Dims sizes = broadcast(in);
  DType dtype = common_dtype(Op::def, in);
  check_accepts(Op::def, op_name<Op>, dtype);
  check_attributes<Op>(dtype, a);
  cast_inputs(Op::def, dtype, p.held, p.in, in.size());
  if (any_flag(p.args())) expand_inputs(sizes, p.held, p.in, in.size(), 0);
  Dims strides = result_strides(sizes, p.args());
  DType result = pointwise_dtype<Op>(dtype);
  Device device = in[leader_of<Op>].device();
  Tensor out = strides.empty() ? empty(sizes, result, device)
                               : empty_strided(sizes, strides, result, device);
  return pointwise_on<Op>(p.args(), out, a);
}

// ---- the other kinds ----

template <class R, class Outs> R to_result(Outs&& outs) {
  if constexpr (std::is_same_v<R, Tensor>) return std::move(outs[0]);
  else if constexpr (std::is_same_v<R, TensorList>) return std::move(outs);
  else {
    R r;
    r.fields([&, i = size_t(0)](auto&... t) mutable { ((t = std::move(outs[i++])), ...); });
    return r;
  }
}
inline Tensor empty_meta(const Meta& m, Device device) {
  return m.strides.empty() ? empty(m.sizes, m.dtype, device)
                           : empty_strided(m.sizes, m.strides, m.dtype, device);
}
inline Device device_of(Args in) {
  for (size_t i = 0; i < in.size(); i++)
    if (in[i].defined()) return in[i].device();
  return {};
}
template <class Op> auto infer_metas(Args in, const AttrsOf<Op>& a) {
  return with_attrs(
      [](auto&... x) requires requires { Op::infer(x...); } { return Op::infer(x...); }, a, in);
}
template <class Op> auto infer_outs(Args in, const AttrsOf<Op>& a) {
  auto metas = infer_metas<Op>(in, a);
  Device device = device_of(in);
  auto one = [&](const Meta& m) { return empty_meta(m, device); };
  if constexpr (std::is_same_v<decltype(metas), Meta>) return std::array{one(metas)};
  else if constexpr (std::is_same_v<decltype(metas), std::vector<Meta>>) {
    TensorList outs;
    for (const Meta& m : metas) outs.push_back(one(m));
    return outs;
  } else {
    return std::apply([&](auto&... m) { return std::array{one(m)...}; }, metas);
  }
}

template <class Op> ResultOf<Op> kernel_on(Args in, const AttrsOf<Op>& a) {
  auto outs = infer_outs<Op>(in, a);
  run_kernel<Op>(outs.empty() ? device_of(in) : outs[0].device(), in, outs, a);
  record<Op>(in, outs, a);
  return to_result<ResultOf<Op>>(std::move(outs));
}
template <class Op> [[gnu::noinline]] ResultOf<Op> kernel_mixed(Args in, const AttrsOf<Op>& a) {
  TensorList held(in.size());
  std::vector<const Tensor*> p(in.in, in.in + in.size());
  check_devices(in);
  if constexpr (requires { Op::check(in); }) Op::check(in);
  DType dtype = common_dtype(Op::def, in);
  check_accepts(Op::def, op_name<Op>, dtype);
  cast_inputs(Op::def, dtype, held.data(), p.data(), p.size());
  return kernel_on<Op>({p.data(), p.size()}, a);
}
template <class Op> bool same_dtypes(Args in) {
  const TensorImpl* lead = in.size() ? in[0].impl() : nullptr;
  if (!lead || !accepts(Op::def.accepts, lead->dtype)) return false;
  if (Op::def.types == Types::floating && lead->dtype < DType::float16) return false;
  for (size_t i = 1; i < in.size(); i++)
    if (in[i].defined() && (in[i].dtype() != lead->dtype || !(in[i].device() == lead->device)))
      return false;
  return true;
}

template <class Op> ResultOf<Op> view_op(const Tensor& x, const AttrsOf<Op>& a) {
  auto geometry = with_attrs(
      [](auto&... p) requires requires { Op::view(p...); } { return Op::view(p...); }, a, x);
  // A view may show its elements as another dtype; its geometry counts in those.
  auto retype = [](const Tensor& out) {
    if constexpr (requires { Op::view_dtype(out.dtype()); })
      out->dtype = Op::view_dtype(out.dtype());
  };
  const Tensor* in[] = {&x};
  if constexpr (std::is_same_v<decltype(geometry), Geometry>) {
    Tensor out = Op::def.differentiable ? view_of(x, geometry) : alias(x, geometry);
    retype(out);
    record<Op>({in, 1}, {&out, 1}, a);
    return out;
  } else {
    TensorList outs;
    for (const Geometry& g : geometry) {
      outs.push_back(view_of(x, g));
      outs.back()->flags |= TensorImpl::one_of_many;
    }
    if (!outs.empty()) record<Op>({in, 1}, outs, a);
    return outs;
  }
}

template <class Op, size_t... I>
auto compose(Args in, const AttrsOf<Op>& a, std::index_sequence<I...>) {
  if constexpr (requires { Op::forward(in, a); }) return Op::forward(in, a);
  else
    return with_attrs(
        [](auto&... x) requires requires { Op::forward(x...); } { return Op::forward(x...); }, a,
        in[I]...);
}

// The name of a composite's last node, if it has one: node_name's, else the Def's.
template <class Op> const char* last_name(Args in, const AttrsOf<Op>& a) {
  if constexpr (requires(const Call& c) { Op::node_name(c, a); })
    if (const char* name = Op::node_name(Call{in, {}, {}}, a)) return name;
  return Op::def.backward_name;
}
template <class Op> inline constexpr bool has_last_name = Op::def.backward_name;
// A node of an input's history keeps its name.
inline void rename_last(const Tensor& out, Args in, const char* name) {
  if (!out->node) return;
  for (size_t i = 0; i < in.size(); i++)
    if (in[i].defined() && in[i]->node.get() == out->node.get()) return;
  out->node->rename(name);
}

// ---- call ----

void check_undefined(const Def& def, const char* op,
                     size_t i);  // fails, unless input i may be undefined

// Read on every call of the few ops that heed it.
extern constinit thread_local AutocastState autocast_now;
void autocast_inputs(DType to, Args in, Tensor* held, const Tensor** out);
template <class Op> [[gnu::noinline]] ResultOf<Op> call_cast(Args in, const AttrsOf<Op>& a) {
  TensorList held(in.size());
  std::vector<const Tensor*> p(in.size());
  DType to = autocast_of<Op> == Autocast::full ? DType::float32 : autocast_now.dtype;
  autocast_inputs(to, in, held.data(), p.data());
  AutocastGuard off(false);
  return call<Op>({p.data(), p.size()}, a);
}

template <class Op> ResultOf<Op> call(Args in, const AttrsOf<Op>& a) {
  if constexpr (autocast_of<Op> != Autocast::none)
    if (autocast_now.on) [[unlikely]]
      return call_cast<Op>(in, a);
  if constexpr (IsPointwise<Op>) {
    if (uniform<Op>(in)) [[likely]] {
      const Tensor& lead = in[leader_of<Op>];
      check_attributes<Op>(lead.dtype(), a);
      Tensor out = empty(lead.sizes(), pointwise_dtype<Op>(lead.dtype()), lead.device());
      run_kernel<Op>(lead.device(), in, {&out, 1}, a);
      record<Op>(in, {&out, 1}, a);
      return out;
    }
  }
  for (size_t i = 0; i < in.size(); i++)
    if (!in[i].defined()) [[unlikely]]
      check_undefined(Op::def, op_name<Op>, i);
  if constexpr (IsPointwise<Op>) return pointwise_mixed<Op>(in, a);
  else if constexpr (IsComposite<Op>) {
    auto out = compose<Op>(in, a, std::make_index_sequence<arity_of<Op>>{});
    if constexpr (has_last_name<Op>) {
      const char* name = last_name<Op>(in, a);
      if constexpr (std::is_same_v<decltype(out), Tensor>) rename_last(out, in, name);
      else out.fields([&](auto&... t) { (rename_last(t, in, name), ...); });
    }
    return out;
  } else if constexpr (IsView<Op>) return view_op<Op>(in[0], a);
  else if (Op::def.types == Types::own || same_dtypes<Op>(in)) return kernel_on<Op>(in, a);
  else return kernel_mixed<Op>(in, a);
}

// ---- in place ----

// Writes over in[0]. Everything that can be refused is refused before the first byte changes.
DType inplace_dtype(const Def& def, Args in);
void check_inplace_result(const Tensor& self, const Dims& sizes, DType dtype);
[[noreturn]] void fail_inplace_sizes(const Tensor& self, const Dims& sizes);

// The node of a change of self by a kernel that reads `in`. `keep` replaces self where backward
// keeps it: the value it had.
template <class Op> bool keeps_self() {
  if constexpr (HasBackward<Op>) return NodeOf<Op>::Signature::template keeps_input<0>;
  else return false;
}

template <class Op> void pointwise_inplace(Args in, const AttrsOf<Op>& a) {
  static_assert(leader_of<Op> == 0);
  constexpr size_t N = arity_of<Op>;
  const Tensor& self = in[0];
  if constexpr (requires { Op::nothing_to_do(self); })
    if (Op::nothing_to_do(self)) return;
  if constexpr (requires { Op::check_attrs(self, a); }) Op::check_attrs(self, a);
  Prepared<N> p(in);
  if (!uniform<Op>(in)) [[unlikely]] {
    check_devices(in);
    check_masks(Op::def, op_name<Op>, in);
    if constexpr (requires { Op::check(in); }) Op::check(in);
    Dims sizes = broadcast(in);
    if (!(sizes == self.sizes())) fail_inplace_sizes(self, sizes);
    DType dtype = inplace_dtype(Op::def, in);
    check_accepts(Op::def, op_name<Op>, dtype);
    check_attributes<Op>(dtype, a);
    if (dtype != self.dtype()) {  // wider than self: compute there, then narrow
      Tensor wide = call<Op>(in, a);
      return borrowed::copy_(self, wide);
    }
    cast_inputs(Op::def, dtype, p.held, p.in, N);
    if (any_flag(p.args())) expand_inputs(self.sizes(), p.held, p.in, N, 1);
  } else {
    check_attributes<Op>(self.dtype(), a);
  }
  bool needs =
      Op::def.differentiable && grad_enabled() && any_flag(p.args()) && any_tracked(p.args());
  check_inplace(
      self, needs, !requires { Op::idempotent; });
  for (size_t i = 1; i < N; i++) check_overlap(self, *p.in[i]);

  Ref<Node> node;
  if (needs) {
    Prepared<N> keep(p.args());
    if (keeps_self<Op>()) keep.held[0] = borrowed::clone(self), keep.in[0] = &keep.held[0];
    bump_version(self);  // a saved output must carry the version it will have
    node = make_node<Op>(p.args(), keep.args(), {&self, 1}, a);
    self->storage->version--;
  }
  run_kernel<Op>(self.device(), p.args(), {&self, 1}, a);
  bump_version(self);
  if (node) rebase_history(self, std::move(node));
  if (tls.tracer) [[unlikely]]
    trace(info_of<Op>(), p.args(), {&self, 1}, &a);
}

// Kernel ops that change some places of a copy of their first input say how: update(self, in, a),
// for a contiguous self, refusing bad indices before the first change. In place they change self
// itself, unless the result has another dtype or another input may lie in its memory.
bool may_update(const Tensor& self, DType result, Args in);

// A kernel op in place: into fresh outputs, then over self.
template <class Op> void kernel_inplace(Args in, const AttrsOf<Op>& a) {
  const Tensor& self = in[0];
  TensorList held(in.size());
  std::vector<const Tensor*> p(in.in, in.in + in.size());
  check_devices(in);
  if (Op::def.types != Types::own && !same_dtypes<Op>(in)) {
    DType dtype = common_dtype(Op::def, in);
    check_accepts(Op::def, op_name<Op>, dtype);
    cast_inputs(Op::def, dtype, held.data(), p.data(), p.size());
    if (p[0] != in.in[0]) {  // wider than self
      check_inplace_result(self, self.sizes(), dtype);
      return borrowed::copy_(self, call<Op>(in, a));
    }
  }
  Args args{p.data(), p.size()};
  bool needs = Op::def.differentiable && grad_enabled() && any_flag(args) && any_tracked(args);
  check_inplace(self, needs);
  Tensor before;
  std::vector<const Tensor*> keep = p;
  if constexpr (requires { Op::update(self, args, a); }) {
    if (const Meta m = infer_metas<Op>(args, a); may_update(self, m.dtype, args)) {
      check_inplace_result(self, m.sizes, m.dtype);
      if (needs && keeps_self<Op>()) before = borrowed::clone(self), keep[0] = &before;
      Op::update(self, args, a);
      bump_version(self);
      if (needs)
        rebase_history(self, make_node<Op>(args, {keep.data(), keep.size()}, {&self, 1}, a));
      return;
    }
  }
  auto outs = infer_outs<Op>(args, a);
  check_inplace_result(self, outs[0].sizes(), outs[0].dtype());
  run_kernel<Op>(self.device(), args, outs, a);
  if (tls.tracer) [[unlikely]]
    trace(info_of<Op>(), args, outs, &a);
  if (needs && keeps_self<Op>()) before = borrowed::clone(self), keep[0] = &before;
  {
    NoGradGuard raw;
    borrowed::copy_(self, outs[0]);
  }
  if (!needs) return;
  outs[0] = self;
  rebase_history(self, make_node<Op>(args, {keep.data(), keep.size()}, outs, a));
}

// A view in place: self takes the view's geometry, and its history.
template <class Op> void view_inplace(const Tensor& self, const AttrsOf<Op>& a) {
  if (grad_enabled() && tracked(self) && leaf_if_any(self))
    fail("a leaf Variable that requires grad is being used in an in-place operation.");
  Tensor before = alias(self);
  bool on = tracked(self);
  if (on) set_history(before, self->node, self->output);
  Tensor out = view_op<Op>(before, a);
  self->set_geometry(out.sizes(), out.strides(), out->offset);
  if (on && out->node) set_history(self, out->node, out->output);
}

template <class Op> void call_inplace(Args in, const AttrsOf<Op>& a) {
  if constexpr (IsPointwise<Op> && !gives_bool<Op> && leader_of<Op> == 0) {
    pointwise_inplace<Op>(in, a);
  } else if constexpr (IsView<Op>) {
    if constexpr (std::is_same_v<ResultOf<Op>, Tensor>) view_inplace<Op>(in[0], a);
  } else if constexpr (IsKernel<Op>) {
    kernel_inplace<Op>(in, a);
  } else if constexpr (std::is_same_v<ResultOf<Op>, Tensor>) {
    if constexpr (requires { Op::inplace(in, a); }) return Op::inplace(in, a);
    // What the gradient keeps of self must not change with it.
    std::vector<const Tensor*> args(in.in, in.in + in.size());
    Tensor before;
    if (grad_enabled() && any_flag(in) && any_tracked(in))
      before = borrowed::clone(in[0]), args[0] = &before;
    Tensor out = call<Op>({args.data(), args.size()}, a);
    // A comparison writes 0 and 1 into whatever self is.
    check_inplace_result(in[0], out.sizes(), IsPointwise<Op> ? in[0].dtype() : out.dtype());
    Node* had = in[0]->node.get();
    borrowed::copy_(in[0], out);
    if constexpr (has_last_name<Op>)  // a view's node reads its base
      if (in[0]->node.get() != had && !(in[0]->flags & TensorImpl::is_view))
        in[0]->node->rename(last_name<Op>(in, a));
  }
}

// ---- families ----

template <class Op> constexpr auto inplace_call() {
  if constexpr (HasInplace<Op>) return &call_inplace<Op>;
  else return nullptr;
}
// `template struct Family<ops::Reduce>;` compiles the ops of a family here, once, and lists them.
template <class F, class List = OpsOf<F>> struct Family;
template <class F, class... Op> struct Family<F, OpList<Op...>> {
  static constexpr std::tuple calls{&call<Op>...};
  static constexpr std::tuple inplace{inplace_call<Op>()...};
  static void list(std::vector<const Info*>& into) { (into.push_back(&info_of<Op>()), ...); }
};
#define TAEDA_FAMILY_IS(F)                                      \
  template struct taeda::Family<taeda::ops::F>;                 \
  void taeda::list_##F(std::vector<const taeda::Info*>& into) { \
    taeda::Family<taeda::ops::F>::list(into);                   \
  }

}  // namespace taeda
