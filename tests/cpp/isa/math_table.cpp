// Compiled once per instruction set, as the sources of taeda/cpu/isa are.
#include "tests/cpp/isa/math_table.h"

#include "taeda/cpu/isa/pointwise_loop.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

#define TAEDA_X(name)                                             \
  struct Op_##name {                                              \
    static constexpr Def def{.inputs = {"x"}};                    \
    template <class V> static auto apply(V x) { return name(x); } \
  };
TAEDA_TEST_UNARY(TAEDA_X)
TAEDA_X(isnan)
TAEDA_X(isfinite)
#undef TAEDA_X
#define TAEDA_X(name)                                                     \
  struct Op_##name {                                                      \
    static constexpr Def def{.inputs = {"x", "y"}};                       \
    template <class V> static auto apply(V x, V y) { return name(x, y); } \
  };
TAEDA_TEST_BINARY(TAEDA_X)
#undef TAEDA_X
struct Op_where {
  static constexpr Def def{.inputs = {"mask!", "x", "y"}};
  template <class M, class V> static auto apply(M m, V x, V y) { return select(m, x, y); }
};
struct Op_scale {
  static constexpr Def def{.inputs = {"x"}};
  using Attrs = TestScale;
  template <class V> static auto apply(V x, const Attrs& a) { return x * V(a.factor); }
};

template <class Op> constexpr TestTable::Entry entry() {
  return {&pointwise_loop<Op, float>, &pointwise_loop<Op, double>, &pointwise_loop<Op, Half>,
          &pointwise_loop<Op, BFloat16>};
}

}  // namespace TAEDA_ISA

constinit const TestTable TAEDA_ISA_TABLE(test_table) = {
    {
#define TAEDA_X(name) entry<Op_##name>(),
        TAEDA_TEST_UNARY(TAEDA_X) TAEDA_TEST_BINARY(TAEDA_X)
#undef TAEDA_X
            entry<Op_isnan>(),
        entry<Op_isfinite>(), entry<Op_where>(), entry<Op_scale>()},
    &cast_loop<Half, float>,
    &cast_loop<float, Half>,
    &cast_loop<BFloat16, double>,
    &cast_loop<double, BFloat16>};

}  // namespace taeda::cpu
