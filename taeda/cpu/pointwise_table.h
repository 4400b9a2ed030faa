// The vector loops of a family's pointwise ops: one table for each instruction set, one row an op.
#pragma once
#include "taeda/cpu/kernels.h"
#include "taeda/op/def.h"

namespace taeda::cpu {

template <class F> struct PointwiseTable {
  PointwiseFn fn[size_t(OpsOf<F>::size)][4] = {};  // float16, bfloat16, float32, float64
};

// Defined in isa/pointwise_<family>.cpp, once for each instruction set.
template <class F> struct IsaTables {
  static const PointwiseTable<F> base;
#if defined(__x86_64__)
  static const PointwiseTable<F> avx2, avx512;
#endif
};

template <class F> inline const PointwiseTable<F>& isa_table() {
#if defined(__x86_64__)
  const int level = isa_level();
  return level == 2 ? IsaTables<F>::avx512 : level == 1 ? IsaTables<F>::avx2 : IsaTables<F>::base;
#else
  return IsaTables<F>::base;
#endif
}

}  // namespace taeda::cpu
