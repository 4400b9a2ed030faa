// The one vector loop of a pointwise op: contiguous operands. Broadcast, strided and non-temporal
// operands go through the tiles of tile_walk.cpp, so an op costs one loop per dtype and object.
#pragma once
#include <type_traits>
#include <utility>

#include "taeda/cpu/isa/math_wide.h"
#include "taeda/cpu/isa/vec_memory.h"
#include "taeda/cpu/kernels.h"
#include "taeda/op/def.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

namespace detail {
// The first k lanes at item i of operand I: a mask where the op's definition says so, else the
// value.
template <class Op, class S, size_t I> TAEDA_INLINE auto operand(const void* p, int64_t i, int k) {
  using C = Compute<S>;
  constexpr int N = lanes<C>;
  if constexpr (promotes_of<Op>[I]) return load<S, N>(static_cast<const S*>(p) + i, k);
  else return load_mask<C, N>(static_cast<const bool*>(p) + i, k);
}
}  // namespace detail

// A PointwiseFn for Op over items of type S. Op::apply takes the operands as Vec or Mask, and the
// attributes if it wants them; a Mask it returns is stored as bool, a Vec as S. `attrs` may be
// null: the defaults.
template <class Op, class S>
void pointwise_loop(void* out, const void* const* in, int64_t n, const void* attrs) {
  constexpr int N = lanes<Compute<S>>;
  using Attrs = AttrsOf<Op>;
  const Attrs a =
      attrs ? *static_cast<const Attrs*>(attrs) : Attrs{};  // a copy cannot alias the data
  [&]<size_t... I>(std::index_sequence<I...>) TAEDA_INLINE_LAMBDA {
    const void* const p[] = {in[I]...};
    auto value = [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
      return [&](auto... x) TAEDA_INLINE_LAMBDA {
        if constexpr (requires { Op::apply(x..., a); }) return Op::apply(x..., a);
        else return Op::apply(x...);
      }(detail::operand<Op, S, I>(p[I], i, k)...);
    };
    using O = typename IfMask<decltype(value(0, N)), bool, S>::type;
    O* o = static_cast<O*>(out);
    int64_t i = 0;
#pragma GCC unroll 2
    for (; i + N <= n; i += N) store(o + i, value(i, N), N);
    if (i < n) store(o + i, value(i, int(n - i)), int(n - i));
  }
  (std::make_index_sequence<size_t(arity_of<Op>)>{});
}

// A PointwiseFn that converts among the floating types.
template <class From, class To>
void cast_loop(void* out, const void* const* in, int64_t n, const void*) {
  using C = Compute<From>;
  using D = Compute<To>;
  constexpr int N = kBytes / int(sizeof(C) > sizeof(D) ? sizeof(C) : sizeof(D));
  const From* x = static_cast<const From*>(in[0]);
  To* o = static_cast<To*>(out);
  auto step = [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    store<To, N>(o + i, convert<D>(load<From, N>(x + i, k)), k);
  };
  int64_t i = 0;
  for (; i + N <= n; i += N) step(i, N);
  if (i < n) step(i, int(n - i));
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
