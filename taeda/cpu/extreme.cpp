// Extremes along one axis or several: the engine's vectors for floats, one plain loop for the rest.
#include "taeda/ops/extreme.h"

#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/cpu/reduce.h"
#include "taeda/op/call.h"
#include "taeda/ops/sort.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

template <class T>
inline constexpr bool plain_ordered = std::is_integral_v<T> && !is_barebones(dtype_of<T>);

// y[outer, inner] or index[outer, inner], whichever is not null, of x[outer, n, inner].
template <class T> void plain_extremes(const cpu::Folded& f, bool largest, T* y, int64_t* index) {
  const T* x = f.x.data<T>();
  int64_t n = f.reduced, inner = f.inner;
  parallel_ranges(f.outer * inner, 1 + 32768 / n, [&](int64_t b, int64_t e) {
    for (int64_t k = b; k < e; k++) {
      const T* at = x + k / inner * n * inner + k % inner;
      int64_t best = 0;
      if (largest) {
        for (int64_t i = 1; i < n; i++)
          if (at[i * inner] > at[best * inner]) best = i;
      } else {
        for (int64_t i = 1; i < n; i++)
          if (at[i * inner] < at[best * inner]) best = i;
      }
      if (y) y[k] = at[best * inner];
      if (index) index[k] = best;
    }
  });
}

template <class S> void engine_extremes(const cpu::Folded& f, bool largest, Compute<S>* y) {
  const S* x = f.x.data<S>();
  if (f.inner == 1) {
    if (largest) cpu::max_rows(y, x, f.outer, f.reduced);
    else cpu::min_rows(y, x, f.outer, f.reduced);
  } else {
    if (largest) cpu::max_middle(y, x, f.outer, f.reduced, f.inner);
    else cpu::min_middle(y, x, f.outer, f.reduced, f.inner);
  }
}

// Short rows of floats: value, index or both in one pass. False where x has none.
bool short_rows_into(Tensor const* value, Tensor const* index, const cpu::Folded& f, bool largest) {
  if (!is_floating(f.x.dtype()) || f.inner != 1 || f.outer < 2) return false;
  if (f.reduced < 1 || f.reduced > cpu::kShortRow) return false;
  if (value && !value->is_contiguous()) return false;
  visit(f.x.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      const auto kernel = cpu::row_kernels<S>().extreme_short_rows[largest ? 0 : 1];
      const S* x = f.x.data<S>();
      S* y = value ? value->data<S>() : nullptr;
      int64_t* at = index ? index->data<int64_t>() : nullptr;
      parallel_ranges(f.outer, 32768 / f.reduced, [&](int64_t b, int64_t e) {
        kernel(y ? y + b : y, at ? at + b : at, x + b * f.reduced, e - b, f.reduced);
      });
    }
  });
  return true;
}

void extremes_into(const Tensor& out, const Tensor& x, const Dims& axes, bool largest) {
  if (out.numel() == 0) return;
  cpu::Folded f = cpu::fold_axes(x, axes);
  if (short_rows_into(&out, nullptr, f, largest)) return;
  visit(x.dtype(), [&]<class S>() {
    if constexpr (plain_ordered<S>) {
      if (f.outer == 1 && f.inner == 1) {
        const ops::IntegerRange range = ops::integer_range(f.x);
        *out.data<S>() = S(largest ? range.high : range.low);
      } else plain_extremes<S>(f, largest, out.data<S>(), nullptr);
    } else if constexpr (is_floating(dtype_of<S>)) {
      if constexpr (std::is_same_v<S, Compute<S>>) {
        engine_extremes<S>(f, largest, out.data<S>());
      } else {
        Tensor wide = empty(out.sizes(), DType::float32);
        engine_extremes<S>(f, largest, wide.data<float>());
        cpu::copy_elements(out, wide);
      }
    }
  });
}

// Indices of extremes along dim (of all elements without one) into index, which is contiguous.
void indices_into(const Tensor& index, const Tensor& x, std::optional<int64_t> dim, bool largest) {
  if (index.numel() == 0) return;
  cpu::Folded f;
  if (!dim || x.dim() == 0) f = cpu::fold_axes(x, ops::reduced_axes({}, x.sizes().size()));
  else f = cpu::fold_axes(x, Dims(wrap_dim(*dim, x.dim())));
  if (short_rows_into(nullptr, &index, f, largest)) return;
  int64_t* to = index.data<int64_t>();
  visit(x.dtype(), [&]<class S>() {
    if constexpr (plain_ordered<S>) {
      plain_extremes<S>(f, largest, nullptr, to);
    } else if constexpr (is_floating(dtype_of<S>)) {
      Tensor rows = f.x;
      if (f.inner > 1) {  // the engine finds indices in rows only
        Geometry swapped{Dims{f.outer, f.inner, f.reduced}, Dims{f.reduced * f.inner, 1, f.inner},
                         f.x->offset};
        rows = empty(swapped.sizes, x.dtype());
        cpu::copy_elements(rows, alias(f.x, swapped));
      }
      const S* p = rows.data<S>();
      if (largest) cpu::argmax_rows(to, p, f.outer * f.inner, f.reduced);
      else cpu::argmin_rows(to, p, f.outer * f.inner, f.reduced);
    }
  });
}

void both_into(Outs out, const Tensor& x, const ops::KeptDim& a, bool largest) {
  int64_t dim = wrap_dim(a.dim, x.dim());
  if (x.dim() && out[0].numel() && x.sizes()[size_t(dim)] <= cpu::kShortRow &&
      short_rows_into(&out[0], &out[1], cpu::fold_axes(x, Dims(dim)), largest))
    return;
  indices_into(out[1], x, dim, largest);
  extremes_into(out[0], x, x.dim() ? Dims(dim) : Dims(), largest);
}

}  // namespace

namespace ops {

void Max::cpu(Args in, Outs out, const NoFields&) {
  extremes_into(out[0], in[0], reduced_axes({}, in[0].sizes().size()), true);
}
void Min::cpu(Args in, Outs out, const NoFields&) {
  extremes_into(out[0], in[0], reduced_axes({}, in[0].sizes().size()), false);
}
void MaxDim::cpu(Args in, Outs out, const Attrs& a) { both_into(out, in[0], a, true); }
void MinDim::cpu(Args in, Outs out, const Attrs& a) { both_into(out, in[0], a, false); }
void Amax::cpu(Args in, Outs out, const Attrs& a) {
  extremes_into(out[0], in[0], reduced_axes(a.dim, in[0].sizes().size()), true);
}
void Amin::cpu(Args in, Outs out, const Attrs& a) {
  extremes_into(out[0], in[0], reduced_axes(a.dim, in[0].sizes().size()), false);
}
void Argmax::cpu(Args in, Outs out, const Attrs& a) { indices_into(out[0], in[0], a.dim, true); }
void Argmin::cpu(Args in, Outs out, const Attrs& a) { indices_into(out[0], in[0], a.dim, false); }

}  // namespace ops

}  // namespace taeda
