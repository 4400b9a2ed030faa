// What a rule's formula computes with: the lanes of a vector register (update_kernels.h), or a
// whole tensor. One formula serves both: registers are the fast path, tensors other devices and
// recorded steps. Here are the words that formulas need beyond the operators, for tensors.
#pragma once
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"

namespace taeda::optim {

inline Tensor pick(const Tensor& m, const Tensor& a, const Tensor& b) { return where(m, a, b); }
inline Tensor root(const Tensor& x) { return sqrt(x); }
inline Tensor larger(const Tensor& a, const Tensor& b) { return maximum(a, b); }  // NaN wins
inline Tensor magnitude(const Tensor& x) { return abs(x); }

// The number x in the shape of `like`.
template <class V, class S> V constant(const V& like, S x) {
  if constexpr (std::is_same_v<V, Tensor>) return full_like(like, x);
  else return V(x);
}

}  // namespace taeda::optim
