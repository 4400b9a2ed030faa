// The functions of Vec as pointwise loops, for test_isa_math.cpp: one table for every instruction
// set.
#pragma once
#include "taeda/cpu/kernels.h"

namespace taeda::cpu {

#define TAEDA_TEST_UNARY(X) \
  X(exp)                    \
  X(exp2)                   \
  X(expm1)                  \
  X(log)                    \
  X(log2)                   \
  X(log10)                  \
  X(log1p)                  \
  X(sin)                    \
  X(cos)                    \
  X(tan)                    \
  X(asin)                   \
  X(acos)                   \
  X(atan)                   \
  X(sinh)                   \
  X(cosh)                   \
  X(tanh)                   \
  X(asinh)                  \
  X(acosh)                  \
  X(atanh) X(erf) X(erfc) X(sigmoid) X(sqrt) X(rsqrt) X(floor) X(ceil) X(round) X(trunc) X(abs)
#define TAEDA_TEST_BINARY(X) X(pow) X(atan2) X(fmod) X(hypot) X(copysign)

enum class TestOp {
#define TAEDA_X(name) name,
  TAEDA_TEST_UNARY(TAEDA_X) TAEDA_TEST_BINARY(TAEDA_X)
#undef TAEDA_X
      isnan,  // masks out
  isfinite,
  where,  // mask, x, y
  scale,  // attributes: factor * x
  count
};
struct TestScale {
  double factor = 2;
};

struct TestTable {
  struct Entry {
    PointwiseFn f32, f64, f16, bf16;
  } op[int(TestOp::count)];
  PointwiseFn half_to_float, float_to_half, bf16_to_double, double_to_bf16;
};
TAEDA_ISA_TABLES(TestTable, test_table)

}  // namespace taeda::cpu
