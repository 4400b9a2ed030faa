// Optimizer steps.
#pragma once
#include "taeda/cpu/isa/vec_memory.h"
#include "taeda/cpu/kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

// f(i, k): k items from i on.
template <class T, class F> TAEDA_INLINE void each_step(int64_t n, F f) {
  constexpr int N = lanes<T>;
  int64_t i = 0;
  for (; i + N <= n; i += N) f(i, N);
  if (i < n) f(i, int(n - i));
}

// Kingma and Ba 2015, in PyTorch's order of operations.
template <class T>
void adam(T* p, T* m, T* v, T* v_max, const T* g, int64_t n, const AdamArgs<T>& args) {
  using V = Vec<T>;
  const AdamArgs<T> a = args;
  each_step<T>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    V x = load(p + i, k), d = load(g + i, k), m0 = load(m + i, k), v0 = load(v + i, k);
    if (a.maximize) d = -d;
    x = x * V(a.shrink);
    if (a.weight_decay != 0) d = fma(x, V(a.weight_decay), d);
    V m1 = fma(d - m0, V(a.one_minus_beta1), m0);
    V v1 = fma(d * d, V(a.one_minus_beta2), v0 * V(a.beta2));
    store(m + i, m1, k);
    store(v + i, v1, k);
    if (v_max) {
      V top = load(v_max + i, k);
      v1 = select((v1 > top) | (v1 != v1), v1, top);
      store(v_max + i, v1, k);
    }
    V denom = sqrt(v1) / V(a.bias2_sqrt) + V(a.eps);
    store(p + i, x - V(a.step_size) * m1 / denom, k);
  });
}

// Gradient descent with the momentum of Sutskever et al. 2013 as PyTorch words it.
template <class T> void sgd(T* p, T* momentum, const T* g, int64_t n, const SgdArgs<T>& args) {
  using V = Vec<T>;
  const SgdArgs<T> a = args;
  each_step<T>(n, [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    V x = load(p + i, k), d = load(g + i, k);
    if (a.maximize) d = -d;
    if (a.weight_decay != 0) d = fma(x, V(a.weight_decay), d);
    if (momentum) {
      V b = a.first ? d : fma(d, V(a.one_minus_dampening), load(momentum + i, k) * V(a.momentum));
      store(momentum + i, b, k);
      d = a.nesterov ? fma(b, V(a.momentum), d) : b;
    }
    store(p + i, fma(d, V(-a.lr), x), k);
  });
}

}  // namespace TAEDA_ISA
}  // namespace taeda::cpu
