// Sums over any axes: blocks of contiguous rows through the engine, the rest by a fixed walk.
#include "taeda/ops/reduce.h"

#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/cpu/reduce.h"
#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/views.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace cpu {

Folded fold_axes(const Tensor& x, const Dims& axes) {
  NoGradGuard raw;
  Folded f{x};
  size_t rank = x.sizes().size();
  bool adjacent = true;
  for (size_t i = 1; i < axes.size(); i++) adjacent &= axes[i] == axes[i - 1] + 1;
  for (int64_t d : axes) f.reduced *= x.sizes()[size_t(d)];
  if (!adjacent || axes.empty()) {  // the reduced axes last
    Dims order;
    for (size_t i = 0; i < rank; i++)
      if (!axes.contains(int64_t(i))) order.push_back(int64_t(i)), f.outer *= x.sizes()[i];
    for (int64_t d : axes) order.push_back(d);
    f.x = x.permute({order});
  } else {
    for (int64_t i = 0; i < int64_t(rank); i++) {
      if (i < axes[0]) f.outer *= x.sizes()[size_t(i)];
      else if (i > axes.back()) f.inner *= x.sizes()[size_t(i)];
    }
  }
  f.x = f.x.contiguous();
  return f;
}

namespace {

template <class T>
using Sums = std::conditional_t<is_complex_type<T>, std::complex<double>,
                                std::conditional_t<std::is_integral_v<T>, int64_t, double>>;

// out[outer, inner] = scale * sums, of types the engine has no vectors for.
template <class T> void plain_sums(const Folded& f, T* out, double scale) {
  const T* x = f.x.data<T>();
  parallel_ranges(f.outer, 1 + 32768 / (f.reduced * f.inner + 1), [&](int64_t b, int64_t e) {
    std::vector<Sums<T>> acc(size_t(f.inner));
    for (int64_t o = b; o < e; o++) {
      std::fill(acc.begin(), acc.end(), Sums<T>(0));
      const T* row = x + o * f.reduced * f.inner;
      for (int64_t r = 0; r < f.reduced; r++, row += f.inner)
        for (int64_t i = 0; i < f.inner; i++) acc[size_t(i)] += Sums<T>(row[i]);
      for (int64_t i = 0; i < f.inner; i++) {
        Sums<T>& v = acc[size_t(i)];
        if constexpr (std::is_same_v<T, bool>) out[o * f.inner + i] = v != 0;
        else if constexpr (std::is_integral_v<T>) out[o * f.inner + i] = T(v);
        else out[o * f.inner + i] = T(v * scale);
      }
    }
  });
}

template <class S> void engine_sums(const Folded& f, Compute<S>* out) {
  if (f.inner == 1) sum_rows(out, f.x.data<S>(), f.outer, f.reduced);
  else sum_middle(out, f.x.data<S>(), f.outer, f.reduced, f.inner);
}

}  // namespace

void sum_into(const Tensor& out, const Tensor& input, const Dims& axes, double scale) {
  if (input.dtype() == DType::float32 && out.dtype() == DType::float32 && input.is_contiguous() &&
      axes.size() == input.sizes().size()) {  // most sums: everything, as it lies
    float* p = out.data<float>();
    sum_rows(p, input.data<float>(), 1, input.numel());
    if (scale != 1) *p = float(*p * scale);
    return;
  }
  Tensor x = input;
  if (x.dtype() != out.dtype() && !(is_floating(x.dtype()) && out.dtype() == DType::float32)) {
    x = empty(input.sizes(), out.dtype());
    copy_elements(x, input);
  }
  Folded f = fold_axes(x, axes);
  if (!is_floating(x.dtype()))
    return visit(x.dtype(), [&]<class T>() {
      if constexpr (!std::is_same_v<T, Half> && !std::is_same_v<T, BFloat16>)
        plain_sums<T>(f, out.data<T>(), scale);
    });
  DType sums_dtype = x.dtype() == DType::float64 ? DType::float64 : DType::float32;
  Tensor sums =
      out.dtype() == sums_dtype && out.is_contiguous() ? out : empty(out.sizes(), sums_dtype);
  visit(x.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      Compute<S>* p = sums.data<Compute<S>>();
      engine_sums<S>(f, p);
      if (scale != 1)
        for (int64_t i = 0; i < sums.numel(); i++) p[i] = Compute<S>(p[i] * scale);
    }
  });
  if (!sums.is(out)) copy_elements(out, sums);
}

}  // namespace cpu

namespace ops {

void Sum::cpu(Args in, Outs out, const Attrs& a) {
  cpu::sum_into(out[0], in[0], reduced_axes(a.dim, in[0].sizes().size()), 1);
}
void Mean::cpu(Args in, Outs out, const Attrs& a) {
  Dims axes = reduced_axes(a.dim, in[0].sizes().size());
  double n = 1;
  for (int64_t d : axes) n *= double(in[0].sizes()[size_t(d)]);
  cpu::sum_into(out[0], in[0], axes, 1 / n);
}

}  // namespace ops

}  // namespace taeda
