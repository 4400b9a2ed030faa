// The parameters a gradient may ask for, and the node made from them.
#pragma once
#include "taeda/autograd/node.h"
#include "taeda/op/def.h"

namespace taeda {

struct Meta {
  Dims sizes;
  DType dtype;
  Dims strides = {};  // empty: row-major
};
using Outs = std::span<const Tensor>;

// ---- parameters of backward ----

struct Grad : Tensor {};            // the gradient of the only output
struct Grads : std::span<Tensor> {  // one per output, undefined where none arrived
  Grads(std::span<Tensor> g) : span(g) {}
};
template <int i, int wanted_by = -1>
struct In : Tensor {};  // input i; In<0, 1>: kept only if input 1 wants a gradient
template <int i> struct Out : Tensor {};  // output i
template <int i> struct Shape : Dims {};  // sizes of input i, without its data
using Shapes = std::vector<Dims>;         // sizes of all inputs
struct Inputs : TensorList {};            // all inputs, also of a list
template <int i> struct Type {            // dtype of input i
  DType dtype;
};
template <int i> struct Layout : Geometry {};
struct Needs {  // which inputs want a gradient
  std::span<Edge> edges;
  bool operator[](size_t i) const { return bool(edges[i].node); }
};
template <size_t n> using GradsOf = std::array<Tensor, n>;  // what backward returns for n inputs

// ---- how each parameter is kept and given back ----

struct Call {
  Args in;
  Outs out;
  std::span<Edge> edges;
};

template <class P> struct Kept {  // attributes
  P value;
  void keep(const Call&, const P& a) { value = a; }
  const P& get(Node&, std::span<Tensor>) { return value; }
  void reset() {}
};
struct KeepsNothing {
  void keep(const Call&, const auto&) {}
  void reset() {}
};
template <> struct Kept<Grad> : KeepsNothing {
  Grad get(Node&, std::span<Tensor> g) { return {g[0]}; }
};
template <> struct Kept<Grads> : KeepsNothing {
  Grads get(Node&, std::span<Tensor> g) { return Grads(g); }
};
template <> struct Kept<Needs> : KeepsNothing {
  Needs get(Node& n, std::span<Tensor>) { return {n.edges}; }
};
template <int i, int wanted_by> struct Kept<In<i, wanted_by>> {
  Saved saved;
  void keep(const Call& c, const auto&) {
    if (c.in[i].defined() && (wanted_by < 0 || c.edges[size_t(wanted_by)].node))
      saved.keep_input(c.in[i]);
  }
  In<i, wanted_by> get(Node& n, std::span<Tensor>) { return {saved.unpack(n)}; }
  void reset() { saved.reset(); }
};
template <> struct Kept<Inputs> {
  std::vector<Saved> saved;
  void keep(const Call& c, const auto&) {
    saved.resize(c.in.size());
    for (size_t i = 0; i < c.in.size(); i++)
      if (c.in[i].defined()) saved[i].keep_input(c.in[i]);
  }
  Inputs get(Node& n, std::span<Tensor>) {
    Inputs out;
    for (Saved& s : saved) out.push_back(s.unpack(n));
    return out;
  }
  void reset() {
    for (Saved& s : saved) s.reset();
  }
};
template <int i> struct Kept<Out<i>> {
  Saved saved;
  void keep(const Call& c, const auto&) { saved.keep_output(c.out[i], i); }
  Out<i> get(Node& n, std::span<Tensor>) { return {saved.unpack(n)}; }
  void reset() { saved.reset(); }
};
template <int i> struct Kept<Shape<i>> {
  Shape<i> value;
  void keep(const Call& c, const auto&) { value = {c.in[i].sizes()}; }
  const Shape<i>& get(Node&, std::span<Tensor>) { return value; }
  void reset() {}
};
template <> struct Kept<Shapes> {
  Shapes value;
  void keep(const Call& c, const auto&) {
    for (size_t i = 0; i < c.in.size(); i++)
      value.push_back(c.in[i].defined() ? c.in[i].sizes() : Dims());
  }
  const Shapes& get(Node&, std::span<Tensor>) { return value; }
  void reset() {}
};
template <int i> struct Kept<Type<i>> {
  Type<i> value;
  void keep(const Call& c, const auto&) { value = {c.in[i].dtype()}; }
  Type<i> get(Node&, std::span<Tensor>) { return value; }
  void reset() {}
};
template <int i> struct Kept<Layout<i>> {
  Layout<i> value;
  void keep(const Call& c, const auto&) { value = {c.in[i].geometry()}; }
  const Layout<i>& get(Node&, std::span<Tensor>) { return value; }
  void reset() {}
};

template <class P, int i> inline constexpr bool is_input = std::is_same_v<P, Inputs>;
template <int i, int wanted_by> inline constexpr bool is_input<In<i, wanted_by>, i> = true;

template <class F> struct BackwardSignature;
template <class R, class... P> struct BackwardSignature<R (*)(P...)> {
  using All = std::tuple<Kept<std::remove_cvref_t<P>>...>;
  template <int i> static constexpr bool keeps_input = (is_input<std::remove_cvref_t<P>, i> || ...);
};

TAEDA_API std::string backward_name(std::string_view op,
                                    int overload);  // "mse_loss" -> "MseLossBackward0"
template <class Op>
concept HasBackward = requires {
  &Op::backward;
};

// The gradient node of an op, made from the signature of its `backward`.
template <HasBackward Op> struct NodeOf final : Node {
  using Signature = BackwardSignature<decltype(&Op::backward)>;
  static constexpr int arity = Op::def.arity();
  static constexpr bool list = Op::def.is_list();

  std::conditional_t<list, std::vector<Edge>, std::array<Edge, size_t(arity)>> storage;
  typename Signature::All kept;
  int overload = 0;  // PyTorch's number of the form that was called: SumBackward0, SumBackward1
  const char* other_name = nullptr;

  void set_edges(Args in) {
    if constexpr (list) storage.resize(in.size());
    for (size_t i = 0; i < in.size(); i++)
      if (in[i].defined() && tracked(in[i])) storage[i] = edge_to(in[i]);
    edges = storage;
  }
  void keep(const Call& c, const AttrsOf<Op>& a) {
    std::apply([&](auto&... k) { (k.keep(c, a), ...); }, kept);
    if constexpr (requires { Op::overload(a); }) overload = Op::overload(a);
    if constexpr (requires { Op::node_name(c, a); }) other_name = Op::node_name(c, a);
  }
  std::string name() const override {
    if (other_name) return other_name;
    if (Op::def.backward_name) return Op::def.backward_name;
    std::string op = taeda::op_name<Op>;
    return backward_name(Op::def.scope == in_special ? "special_" + op : op, overload);
  }

  void backward(std::span<Tensor> in, std::span<Tensor> out) override {
    auto result = std::apply([&](auto&... k) { return Op::backward(k.get(*this, in)...); }, kept);
    if constexpr (std::is_same_v<decltype(result), Tensor>) out[0] = std::move(result);
    else
      for (size_t i = 0; i < out.size(); i++) out[i] = std::move(result[i]);
  }
  void rename(const char* name) override { other_name = name; }
  void release_saved() override {
    released = true;
    std::apply([](auto&... k) { (k.reset(), ...); }, kept);
  }
};

}  // namespace taeda
