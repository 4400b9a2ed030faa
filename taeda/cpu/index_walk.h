// The walk of gather and scatter: an index tensor of any strides, place by place, in row-major
// order.
#pragma once
#include <algorithm>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/kernels.h"
#include "taeda/tensor/tensor.h"
#include "taeda/threads/pool.h"

namespace taeda::cpu {

inline int64_t index_at(const Tensor& index, int64_t place) {
  return index.dtype() == DType::int64 ? index.data<int64_t>()[place]
                                       : index.data<int32_t>()[place];
}

// Whether items [begin, end) of a contiguous index are places along an axis of n.
inline bool index_fits(const Tensor& index, int64_t begin, int64_t end, int64_t n) {
  if (begin == end) return true;
  int64_t low, high;
  const char* p = static_cast<const char*>(index.raw()) + begin * int64_t(size_of(index.dtype()));
  range_kernel(index.dtype())(p, end - begin, &low, &high);
  return low >= 0 && high < n;
}

// The index as places along an axis of n items.
class Places {
 public:
  Places(const Tensor& index, int64_t n) : held_(dense(index, DType::int64)) {
    if (!index_fits(held_, 0, held_.numel(), n)) fail<IndexError>("index out of range in self");
  }
  const int64_t* data() const { return held_.data<int64_t>(); }
  int64_t operator[](int64_t k) const { return data()[k]; }
  const int64_t* begin() const { return data(); }
  const int64_t* end() const { return data() + held_.numel(); }

 private:
  Tensor held_;
};

namespace detail {

// f(place in x, place in other) along rows [begin, end) of the index, its lines along the last
// axis.
template <class I> class IndexWalk {
 public:
  IndexWalk(const Tensor& x, const Tensor& index, const Tensor& other, size_t d)
      : index_(index), p_(index.data<I>()), d_(d), rank_(index.sizes().size()) {
    const size_t last = rank_ ? rank_ - 1 : 0;
    auto stride = [](const Tensor& t, size_t a) { return t.dim() ? t.strides()[a] : 0; };
    n_ = x.dim() ? x.sizes()[d] : 1, step_ = stride(x, d);
    cols_ = rank_ ? index.sizes()[last] : 1;
    for (size_t a = 0; a < rank_; a++) {
      x_.push_back(a == d ? 0 : stride(x, a));
      i_.push_back(index.strides()[a]);
      o_.push_back(stride(other, a));
    }
    if (!rank_) x_ = i_ = o_ = Dims{0};
  }
  int64_t rows() const { return index_.numel() / cols_; }
  int64_t cols() const { return cols_; }

  void check(int64_t begin, int64_t end) const {
    if (index_.is_contiguous() && index_fits(index_, begin * cols_, end * cols_, n_)) return;
    each_row(begin, end, [&](int64_t, int64_t pi, int64_t) {
      for (int64_t j = 0; j < cols_; j++, pi += i_.back())
        if (const int64_t i = int64_t(p_[pi]); i < 0 || i >= n_) [[unlikely]]
          fail("index ", i, " is out of bounds for dimension ", d_, " with size ", n_);
    });
  }
  template <class F> void run(int64_t begin, int64_t end, F& f) const {
    const int64_t sx = x_.back(), si = i_.back(), so = o_.back();
    each_row(begin, end, [&](int64_t px, int64_t pi, int64_t po) {
      const I* p = p_ + pi;
      if (sx == 0 && si == 1 && so == 1)
        for (int64_t j = 0; j < cols_; j++) f(px + int64_t(p[j]) * step_, po + j);
      else
        for (int64_t j = 0; j < cols_; j++)
          f(px + j * sx + int64_t(p[j * si]) * step_, po + j * so);
    });
  }

 private:
  // f(place in x, in the index, in other) of the first item of each row.
  template <class F> void each_row(int64_t begin, int64_t end, F f) const {
    Dims at(rank_, 0);
    int64_t rest = begin, px = 0, pi = 0, po = 0;
    for (size_t a = rank_ ? rank_ - 1 : 0; a-- > 0;) {
      at[a] = rest % index_.sizes()[a];
      rest /= index_.sizes()[a];
      px += at[a] * x_[a], pi += at[a] * i_[a], po += at[a] * o_[a];
    }
    for (int64_t row = begin; row < end; row++) {
      f(px, pi, po);
      for (size_t a = rank_ ? rank_ - 1 : 0; a-- > 0;) {
        px += x_[a], pi += i_[a], po += o_[a];
        const int64_t size = index_.sizes()[a];
        if (++at[a] < size) break;
        px -= size * x_[a], pi -= size * i_[a], po -= size * o_[a], at[a] = 0;
      }
    }
  }

  const Tensor& index_;
  const I* p_;
  size_t d_, rank_;
  int64_t n_, step_, cols_;
  Dims x_, i_, o_;  // strides; that of x along d is step_
};

template <class F>
void with_walk(const Tensor& x, const Tensor& index, const Tensor& other, int64_t dim, F f) {
  if (index.numel() == 0) return;
  const size_t d = size_t(wrap_dim(dim, x.dim()));
  if (index.dtype() == DType::int64) f(IndexWalk<int64_t>(x, index, other, d));
  else f(IndexWalk<int32_t>(x, index, other, d));
}

}  // namespace detail

// f(place in x, place in other) for every element of the index, all of which are checked first.
template <class F>
void for_each_index(const Tensor& x, const Tensor& index, const Tensor& other, int64_t dim, F f) {
  detail::with_walk(x, index, other, dim, [&](const auto& walk) {
    walk.check(0, walk.rows());
    walk.run(0, walk.rows(), f);
  });
}
// The same on all threads, for an f that writes at the place in other only.
template <class F>
void for_each_index_shared(const Tensor& x, const Tensor& index, const Tensor& other, int64_t dim,
                           F f) {
  detail::with_walk(x, index, other, dim, [&](const auto& walk) {
    parallel_ranges(walk.rows(), 1 + 8192 / walk.cols(), [&](int64_t b, int64_t e) {
      walk.check(b, e);
      walk.run(b, e, f);
    });
  });
}

template <class T> void add_to(T& sum, T v) {
  if constexpr (std::is_same_v<T, bool>) sum = sum || v;
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
    sum = T(float(sum) + float(v));
  else sum = T(sum + v);
}

}  // namespace taeda::cpu
