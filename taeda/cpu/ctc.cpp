// The forward and backward recursions of CTC, one sample a chunk, in logarithms.
#include "taeda/ops/ctc.h"

#include <cmath>
#include <limits>

#include "taeda/cpu/copying.h"
#include "taeda/op/call.h"
#include "taeda/ops/views.h"
#include "taeda/threads/pool.h"

namespace taeda::ops {

namespace {

template <class C> constexpr C never = -std::numeric_limits<C>::infinity();

// log(exp(a) + exp(b) + exp(c)).
template <class C> C log_sum(C a, C b, C c = never<C>) {
  C most = std::max({a, b, c});
  if (most == never<C>) return most;
  return std::log(std::exp(a - most) + std::exp(b - most) + std::exp(c - most)) + most;
}

// (T, N, C) as (N, T, C).
Tensor by_sample(const Tensor& x) {
  Tensor out = empty({x.size(1), x.size(0), x.size(2)}, x.dtype());
  cpu::copy_elements(out, x.detach().transpose({0, 1}));
  return out;
}

template <class F> void for_floats(DType d, F f) {
  if (d == DType::float32) f(float());
  else f(double());
}

}  // namespace

void CtcForward::cpu(Args in, Outs out, const Attrs& a) {
  CtcBatch b(in[0], in[1], in[2], in[3], a.blank);
  Tensor x = by_sample(in[0]);
  for_floats(x.dtype(), [&]<class C>(C) {
    parallel_for(b.batch, [&](int64_t i) {
      const C* p = x.data<C>() + i * b.time * b.classes;
      int64_t wide = 2 * b.longest + 1;
      C *alpha = out[1].data<C>() + i * b.time * wide, *loss = out[0].data<C>() + i;
      std::fill_n(alpha, b.time * wide, never<C>);
      int64_t steps = b.input_lengths[size_t(i)], n = b.target_lengths[size_t(i)];
      if (steps == 0) {
        *loss = n == 0 ? C(0) : -never<C>;
        return;
      }
      auto label = [&](int64_t s) { return b.label(i, s, a.blank); };
      alpha[0] = p[a.blank];
      if (n > 0) alpha[1] = p[label(1)];
      for (int64_t t = 1; t < steps; t++)
        for (int64_t s = 0; s <= 2 * n; s++) {
          const C* from = alpha + (t - 1) * wide + s;
          bool skips = s > 1 && label(s) != label(s - 2);  // over the blank between two labels
          C all = log_sum(from[0], s > 0 ? from[-1] : never<C>, skips ? from[-2] : never<C>);
          alpha[t * wide + s] = all + p[t * b.classes + label(s)];
        }
      const C* last = alpha + (steps - 1) * wide + 2 * n;
      *loss = -log_sum(last[0], n > 0 ? last[-1] : never<C>);
    });
  });
}

void CtcGrad::cpu(Args in, Outs out, const Attrs& a) {
  CtcBatch b(in[1], in[2], in[3], in[4], a.blank);
  Tensor x = by_sample(in[1]);
  for_floats(x.dtype(), [&]<class C>(C) {
    Tensor grad = empty(Dims(b.batch), x.dtype());
    cpu::copy_elements(grad, in[0]);
    Tensor result = empty(x.sizes(), x.dtype());
    parallel_for(b.batch, [&](int64_t i) {
      int64_t wide = 2 * b.longest + 1, classes = b.classes;
      const C *p = x.data<C>() + i * b.time * classes, *alpha = in[6].data<C>() + i * b.time * wide;
      C nll = in[5].data<C>()[i], g = grad.data<C>()[i];
      C* to = result.data<C>() + i * b.time * classes;
      int64_t steps = b.input_lengths[size_t(i)], n = b.target_lengths[size_t(i)];
      bool nothing = steps == 0 || (a.zero_infinity && nll == -never<C>);
      std::fill_n(to, b.time * classes, nothing ? C(0) : never<C>);
      if (nothing) return;
      auto label = [&](int64_t s) { return b.label(i, s, a.blank); };
      std::vector<C> beta(size_t(wide), never<C>), next;
      for (int64_t t = steps - 1; t >= 0; t--) {
        const C* now = p + t * classes;
        if (t == steps - 1) {
          beta[size_t(2 * n)] = now[a.blank];
          if (n > 0) beta[size_t(2 * n - 1)] = now[label(2 * n - 1)];
        } else {
          next = beta;
          for (int64_t s = 2 * n; s >= 0; s--) {
            bool skips = s < 2 * n - 1 && label(s) != label(s + 2);
            beta[size_t(s)] = log_sum(next[size_t(s)], s < 2 * n ? next[size_t(s + 1)] : never<C>,
                                      skips ? next[size_t(s + 2)] : never<C>) +
                              now[label(s)];
          }
        }
        for (int64_t s = 0; s <= 2 * n; s++) {  // all paths through this label at this step
          C& sum = to[t * classes + label(s)];
          sum = log_sum(sum, alpha[t * wide + s] + beta[size_t(s)]);
        }
      }
      for (int64_t k = 0; k < b.time * classes; k++)
        to[k] = k < steps * classes ? (std::exp(p[k]) - std::exp(to[k] + nll - p[k])) * g : C(0);
    });
    cpu::copy_elements(out[0], result.transpose({0, 1}));
  });
}

}  // namespace taeda::ops
