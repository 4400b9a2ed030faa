// Sums over any axes: blocks of contiguous rows through the engine, the rest by a fixed walk.
#include "taeda/ops/reduce.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/cpu/key_kernels.h"
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

// How many of n bytes that are 0 or 1 are 1: eight at a time, in the bytes of a word.
int64_t count_ones(const uint8_t* p, int64_t n) {
  constexpr int64_t kWords = 255;  // after which a byte would overflow
  int64_t total = 0, i = 0;
  while (n - i >= 8) {
    const int64_t words = std::min(kWords, (n - i) / 8);
    uint64_t sum = 0;
    for (int64_t w = 0; w < words; w++, i += 8) {
      uint64_t v;
      std::memcpy(&v, p + i, 8);
      sum += v;
    }
    sum = (sum & 0x00ff00ff00ff00ff) + (sum >> 8 & 0x00ff00ff00ff00ff);
    total += int64_t((sum * 0x0001000100010001) >> 48);
  }
  for (; i < n; i++) total += p[i];
  return total;
}
void count_rows(const Folded& f, int64_t* out) {
  const uint8_t* x = f.x.data<uint8_t>();
  if (f.outer >= num_threads())
    return parallel_ranges(f.outer, 1 + 65536 / (f.reduced + 1), [&](int64_t b, int64_t e) {
      for (int64_t o = b; o < e; o++) out[o] = count_ones(x + o * f.reduced, f.reduced);
    });
  for (int64_t o = 0; o < f.outer; o++) {
    std::atomic<int64_t> total{0};  // whole numbers: any order gives the same sum
    parallel_ranges(f.reduced, 1 << 18, [&](int64_t b, int64_t e) {
      total += count_ones(x + o * f.reduced + b, e - b);
    });
    out[o] = total;
  }
}

// out[outer, inner] = scale * sums, of types the engine has no vectors for.
template <class T> void plain_sums(const Folded& f, T* out, double scale) {
  const T* x = f.x.data<T>();
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    if (f.inner == 1)
      return parallel_ranges(f.outer, 1 + 32768 / (f.reduced + 1), [&](int64_t b, int64_t e) {
        for (int64_t o = b; o < e; o++) {
          const T* row = x + o * f.reduced;
          uint64_t sum = 0;
          if constexpr (std::is_same_v<T, int64_t>) sum = key_table().sum(row, f.reduced);
          else
            for (int64_t i = 0; i < f.reduced; i++) sum += uint64_t(row[i]);
          out[o] = T(sum);
        }
      });
  }
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

// A tensor whose axes lie in memory in another order, with none of the kept ones swapped: the same
// sums over the axes as they lie.
bool sum_in_storage_order(const Tensor& out, const Tensor& x, const Dims& axes, double scale) {
  if (x.is_contiguous() || x.dim() < 2 || x.numel() == 0) return false;
  Dims order;
  for (int64_t d = 0; d < x.dim(); d++) order.push_back(d);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return x.strides()[size_t(a)] > x.strides()[size_t(b)];
  });
  Dims moved;
  int64_t last_kept = -1;
  for (size_t i = 0; i < order.size(); i++) {
    if (axes.contains(order[i])) {
      moved.push_back(int64_t(i));
    } else {
      if (order[i] < last_kept) return false;
      last_kept = order[i];
    }
  }
  NoGradGuard raw;
  Tensor turned = x.permute({order});
  if (!turned.is_contiguous()) return false;
  sum_into(out, turned, moved, scale);
  return true;
}

// Axes apart from each other: first those at the end, then the others of the sums.
bool sum_in_steps(const Tensor& out, const Tensor& x, const Dims& axes, double scale) {
  if (!is_floating(x.dtype()) || !x.is_contiguous() || axes.size() < 2) return false;
  size_t first = axes.size() - 1;
  if (axes[first] != x.dim() - 1) return false;
  while (first > 0 && axes[first - 1] == axes[first] - 1) first--;
  if (first == 0) return false;
  Dims last, others, sizes;
  for (size_t i = 0; i < axes.size(); i++) (i < first ? others : last).push_back(axes[i]);
  for (int64_t d = 0; d < last[0]; d++) sizes.push_back(x.sizes()[size_t(d)]);
  const bool wide = x.dtype() == DType::float64 || out.dtype() == DType::float64;
  Tensor part = empty(sizes, wide ? DType::float64 : DType::float32);
  sum_into(part, x, last, 1);
  sum_into(out, part, others, scale);
  return true;
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
  if (sum_in_storage_order(out, input, axes, scale) || sum_in_steps(out, input, axes, scale))
    return;
  Tensor x = input;
  if (x.dtype() == DType::boolean && out.dtype() == DType::int64 && out.is_contiguous()) {
    const Folded f = fold_axes(x, axes);
    if (f.inner == 1) return count_rows(f, out.data<int64_t>());
  }
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
