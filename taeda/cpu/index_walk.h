// The walk of gather and scatter: an index tensor of any strides, place by place, in row-major
// order.
#pragma once
#include "taeda/tensor/tensor.h"
#include "taeda/threads/pool.h"

namespace taeda::cpu {

inline int64_t index_at(const Tensor& index, int64_t place) {
  return index.dtype() == DType::int64 ? index.data<int64_t>()[place]
                                       : index.data<int32_t>()[place];
}

namespace detail {

// Rows [begin, end) of the index, which are its lines along the last axis.
template <class I, class F>
void walk_index_rows(const Tensor& x, const Tensor& index, const Tensor& other, size_t d,
                     int64_t begin, int64_t end, F& f) {
  const size_t rank = index.sizes().size(), last = rank ? rank - 1 : 0;
  const int64_t n = x.dim() ? x.sizes()[d] : 1, step = x.dim() ? x.strides()[d] : 0;
  const I* p = index.data<I>();
  auto stride = [](const Tensor& t, size_t a) { return t.dim() ? t.strides()[a] : 0; };
  const int64_t cols = rank ? index.sizes()[last] : 1;
  const int64_t sx = rank && last != d ? stride(x, last) : 0;
  const int64_t si = rank ? stride(index, last) : 0, so = rank ? stride(other, last) : 0;
  for (int64_t row = begin; row < end; row++) {
    int64_t px = 0, pi = 0, po = 0, rest = row;
    for (size_t a = last; a-- > 0;) {
      const int64_t i = rest % index.sizes()[a];
      rest /= index.sizes()[a];
      pi += i * index.strides()[a];
      po += i * stride(other, a);
      if (a != d) px += i * stride(x, a);
    }
    for (int64_t j = 0; j < cols; j++, px += sx, pi += si, po += so) {
      const int64_t i = int64_t(p[pi]);
      if (i < 0 || i >= n) [[unlikely]]
        fail("index ", i, " is out of bounds for dimension ", d, " with size ", n);
      f(px + i * step, pi, po);
    }
  }
}

}  // namespace detail

// f(place in x, place in index, place in other) for every element of the index. `shared`: on all
// threads, for an f that writes at the place in other only.
template <class F>
void for_each_index(const Tensor& x, const Tensor& index, const Tensor& other, int64_t dim, F f,
                    bool shared = false) {
  const size_t d = size_t(wrap_dim(dim, x.dim()));
  if (index.numel() == 0) return;
  const int64_t cols = index.dim() ? index.sizes().back() : 1, rows = index.numel() / cols;
  auto range = [&](int64_t b, int64_t e) {
    if (index.dtype() == DType::int64)
      detail::walk_index_rows<int64_t>(x, index, other, d, b, e, f);
    else detail::walk_index_rows<int32_t>(x, index, other, d, b, e, f);
  };
  if (shared) parallel_ranges(rows, 1 + 8192 / cols, range);
  else range(0, rows);
}

template <class T> void add_to(T& sum, T v) {
  if constexpr (std::is_same_v<T, bool>) sum = sum || v;
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
    sum = T(float(sum) + float(v));
  else sum = T(sum + v);
}

}  // namespace taeda::cpu
