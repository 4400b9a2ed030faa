// Fills the table of a family's vector loops. A source of this folder includes it and the family's
// header, and says TAEDA_POINTWISE_LOOPS(Family).
#pragma once
#include "taeda/cpu/isa/pointwise_loop.h"
#include "taeda/cpu/pointwise_table.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

template <class Op, class S> constexpr PointwiseFn loop_entry() {
  if constexpr (!IsPointwise<Op>) return nullptr;
  else if constexpr (!(Op::def.accepts & accepts_floats)) return nullptr;
  else return &pointwise_loop<Op, S>;
}
template <class F, class... Op> constexpr PointwiseTable<F> fill_table(OpList<Op...>) {
  PointwiseTable<F> t;
  size_t row = 0;
  auto fill = [&](PointwiseFn f16, PointwiseFn bf16, PointwiseFn f32, PointwiseFn f64) {
    t.fn[row][0] = f16, t.fn[row][1] = bf16, t.fn[row][2] = f32, t.fn[row][3] = f64;
    row++;
  };
  (fill(loop_entry<Op, Half>(), loop_entry<Op, BFloat16>(), loop_entry<Op, float>(),
        loop_entry<Op, double>()),
   ...);
  return t;
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu

#define TAEDA_POINTWISE_LOOPS(F)                                        \
  namespace taeda::cpu {                                                \
  template <>                                                           \
  constinit const PointwiseTable<ops::F> IsaTables<ops::F>::TAEDA_ISA = \
      fill_table<ops::F>(OpsOf<ops::F>{});                              \
  }
