// Rows by index, and the sums that are their gradient, in the order of the index.
#include "taeda/ops/embedding.h"

#include <cmath>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/index_walk.h"
#include "taeda/op/call.h"

namespace taeda {

namespace ops {

void Embedding::cpu(Args in, Outs out, const Attrs&) {
  const cpu::Places rows(in[1], in[0].sizes()[0]);
  const Tensor w = cpu::dense(in[0]);
  const size_t bytes = size_t(w.sizes()[1]) * size_of(w.dtype());
  const int64_t start[] = {0};
  cpu::gather_rows(out[0].raw(), w.raw(), start, rows.data(), in[1].numel(), bytes, bytes);
}

void EmbeddingDenseBackward::cpu(Args in, Outs out, const Attrs& a) {
  const cpu::Places rows(in[1], a.num_weights);
  Tensor g = cpu::dense(in[0]);
  int64_t n = g.sizes().back();
  std::vector<int64_t> uses;
  if (a.scale_grad_by_freq) {
    uses.resize(size_t(a.num_weights));
    for (int64_t i : rows) uses[size_t(i)]++;
  }
  visit(g.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>) || is_complex_type<S>) {
      using C = Compute<S>;
      // 16-bit sums are kept in float until the end.
      Tensor sums = std::is_same_v<S, C> ? out[0] : empty(out[0].sizes(), DType::float32);
      C* to = sums.data<C>();
      const S* from = g.data<S>();
      std::fill(to, to + sums.numel(), C(0));
      for (int64_t i : rows) {
        if (i != a.padding_idx) {
          C scale = uses.empty() ? C(1) : C(1) / C(RealOf<C>(uses[size_t(i)]));
          for (int64_t k = 0; k < n; k++)
            to[i * n + k] += uses.empty() ? C(from[k]) : C(from[k]) * scale;
        }
        from += n;
      }
      if (!sums.is(out[0])) cpu::copy_elements(out[0], sums);
    }
  });
}

void EmbeddingRenorm::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  const cpu::Places places(in[1], in[0].sizes()[0]);
  std::vector<int64_t> rows(places.begin(), places.end());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  int64_t n = out[0].sizes()[1];
  visit(out[0].dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      for (int64_t i : rows) {
        S* row = out[0].data<S>() + i * n;
        double norm = 0;
        for (int64_t k = 0; k < n; k++) {
          double v = std::abs(double(Compute<S>(row[k])));
          norm = std::isinf(a.norm_type) ? std::max(norm, v) : norm + std::pow(v, a.norm_type);
        }
        if (!std::isinf(a.norm_type)) norm = std::pow(norm, 1 / a.norm_type);
        if (norm <= a.max_norm) continue;
        Compute<S> scale = Compute<S>(a.max_norm / (norm + 1e-7));
        for (int64_t k = 0; k < n; k++) row[k] = S(Compute<S>(row[k]) * scale);
      }
    }
  });
}

}  // namespace ops

}  // namespace taeda
