// The CPU kernel of every pointwise op, made from its functor: vector loops of the instruction-set
// objects for the floating types, plain loops for the others, and one walk over strides for all.
// Included by cpu/pointwise_<family>.cpp only.
#pragma once
#include "taeda/cpu/pointwise_table.h"
#include "taeda/cpu/tile_walk.h"
#include "taeda/op/call.h"

namespace taeda {

namespace cpu {

// Ops that say so have no vector form: one item after another, 16-bit floats in float unless the
// op is `narrow`.
template <class Op> inline constexpr bool by_item = requires { Op::by_item; };
template <class Op, class T> using ItemOf = std::conditional_t < requires { Op::narrow; }
, T, Compute < T >> ;

// The loops of bool, integers and complex numbers, as the compiler vectorises them.
template <class Op, class T>
void plain_loop(void* out, const void* const* in, int64_t n, const void* attrs) {
  using C = ItemOf<Op, T>;
  using Y = ApplyResult<Op, C>;
  using R = std::conditional_t<std::is_same_v<Y, C>, T, Y>;
  const AttrsOf<Op> a =
      *static_cast<const AttrsOf<Op>*>(attrs);  // a copy: it cannot alias the data
  [&]<size_t... I>(std::index_sequence<I...>) {
    const std::tuple p{
        static_cast<const std::conditional_t<promotes_of<Op>[I], T, bool>*>(in[I])...};
    R* o = static_cast<R*>(out);
    for (int64_t i = 0; i < n; i++)
      o[i] = R(with_attrs(
          [](const auto&... x) requires requires { Op::apply(x...); } { return Op::apply(x...); },
          a, std::conditional_t<promotes_of<Op>[I], C, bool>(std::get<I>(p)[i])...));
  }
  (std::make_index_sequence<arity_of<Op>>{});
}

template <class Op, class T> constexpr PointwiseFn plain_entry() {
  constexpr DType d = dtype_of<T>;
  if constexpr (!accepts(Op::def.accepts, d) || (is_floating(d) && !by_item<Op>) ||
                (Op::def.types == Types::floating && d < DType::float16))
    return nullptr;
  else return &plain_loop<Op, T>;
}
template <class Op>
inline constexpr PointwiseFn plain_loops[dtype_count] = {
#define TAEDA_X(name, type, word, c_name) plain_entry<Op, type>(),
    TAEDA_DTYPES(TAEDA_X)
#undef TAEDA_X
};

TAEDA_API bool any_zero(const Tensor& x);
// The walk for operands that are not simply contiguous.
void walk_pointwise(PointwiseFn fn, const Tensor& out, Args in, const void* attrs, double ns);

}  // namespace cpu

template <class Op> void pointwise_general(Args in, Outs outs, const AttrsOf<Op>& a) {
  const Tensor& out = outs[0];
  const DType d = in[leader_of<Op>].dtype();
  cpu::PointwiseFn fn;
  if constexpr (cpu::by_item<Op>) {
    fn = cpu::plain_loops<Op>[int(d)];
  } else if (is_floating(d)) {
    using F = FamilyOf<Op>;
    constexpr int at = detail::index_in<Op, OpsOf<F>>;
    fn = cpu::isa_table<F>().fn[at][int(d) - int(DType::float16)];
  } else {
    fn = cpu::plain_loops<Op>[int(d)];
    if constexpr (requires { Op::divides; })
      if (is_integral(d) && cpu::any_zero(in[1])) fail("ZeroDivisionError");
  }
  constexpr size_t N = arity_of<Op>;
  constexpr double ns = cpu::by_item<Op> ? 20 : Op::def.types == Types::floating ? 1 : 0.15;
  const int64_t n = out.numel();
  bool flat = out.is_contiguous();
  unsigned numbers = 0;
  for (size_t i = 0; i < N; i++) {
    flat &= in[i].is_contiguous() && (in[i].numel() == n || in[i].numel() == 1);
    numbers |= unsigned(in[i].numel() != n) << i;
  }
  if (!flat) return cpu::walk_pointwise(fn, out, in, &a, ns);
  const void* p[N];
  int size[N];
  for (size_t i = 0; i < N; i++) p[i] = in[i].raw(), size[i] = int(size_of(in[i].dtype()));
  cpu::run_contiguous(fn, out.raw(), int(size_of(out.dtype())), p, size, int(N), n, &a, ns,
                      numbers);
}

template <class Op> void pointwise_cpu(Args in, Outs outs, const AttrsOf<Op>& a) {
  pointwise_general<Op>(in, outs, a);
}

// `template struct PointwiseFamily<ops::Unary>;` compiles the kernels of a family's pointwise ops.
template <class Op> constexpr auto pointwise_kernel() {
  if constexpr (IsPointwise<Op> && !requires { Op::own_kernel; }) return &pointwise_cpu<Op>;
  else return nullptr;
}
template <class F, class List = OpsOf<F>> struct PointwiseFamily;
template <class F, class... Op> struct PointwiseFamily<F, OpList<Op...>> {
  static constexpr std::tuple kernels{pointwise_kernel<Op>()...};
};

}  // namespace taeda
