// The walk of gather and scatter: an index tensor of any strides, place by place, in row-major
// order.
#pragma once
#include "taeda/tensor/tensor.h"

namespace taeda::cpu {

inline int64_t index_at(const Tensor& index, int64_t place) {
  return index.dtype() == DType::int64 ? index.data<int64_t>()[place]
                                       : index.data<int32_t>()[place];
}

// f(place in x, place in index, place in other) for every element of the index.
template <class F>
void for_each_index(const Tensor& x, const Tensor& index, const Tensor& other, int64_t dim, F f) {
  size_t d = size_t(wrap_dim(dim, x.dim()));
  int64_t n = x.dim() ? x.sizes()[d] : 1, step = x.dim() ? x.strides()[d] : 0;
  size_t rank = index.sizes().size();
  Dims at(rank, 0);
  for (int64_t left = index.numel(); left-- > 0;) {
    int64_t px = 0, pi = 0, po = 0;
    for (size_t a = 0; a < rank; a++) {
      pi += at[a] * index.strides()[a];
      if (other.dim()) po += at[a] * other.strides()[a];
      if (a != d && x.dim()) px += at[a] * x.strides()[a];
    }
    int64_t i = index_at(index, pi);
    if (i < 0 || i >= n) fail("index ", i, " is out of bounds for dimension ", d, " with size ", n);
    f(px + i * step, pi, po);
    for (size_t a = rank; a-- > 0;) {
      if (++at[a] < index.sizes()[a]) break;
      at[a] = 0;
    }
  }
}

template <class T> void add_to(T& sum, T v) {
  if constexpr (std::is_same_v<T, bool>) sum = sum || v;
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
    sum = T(float(sum) + float(v));
  else sum = T(sum + v);
}

}  // namespace taeda::cpu
