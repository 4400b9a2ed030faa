// x[key] and x[key] = value, as in Python.
#pragma once
#include <variant>

#include "taeda/tensor/tensor.h"

namespace taeda {

// A place that says nothing: a new axis as an index, an open end in a Slice.
struct None {
  template <class T> operator std::optional<T>() const { return std::nullopt; }
};
struct Ellipsis {};  // as many full slices as are missing
struct Slice {       // start:end:step; step is positive
  std::optional<int64_t> start, end, step;
};

// One item of a key. A tensor is a mask (bool or uint8) or holds indices (other integers).
class Index {
 public:
  Index(None v) : item_(v) {}
  Index(Ellipsis v) : item_(v) {}
  Index(Slice v) : item_(v) {}
  Index(std::same_as<bool> auto v) : item_(v) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Index(I v) : item_(int64_t(v)) {}
  Index(Tensor v) : item_(std::move(v)) {}

  template <class T> const T* get() const { return std::get_if<T>(&item_); }

 private:
  std::variant<None, Ellipsis, Slice, bool, int64_t, Tensor> item_;
};

// x[key]. A view where key has only integers, slices, None and Ellipsis; x itself where it changes
// nothing. IndexError for an index out of bounds, too many items, or a mask of the wrong size.
TAEDA_API Tensor index_tensor(const Tensor& x, std::span<const Index> key);
// x[key] = value. value is broadcast to x[key]; it is cast where x[key] is a view, where the key is
// a mask and value has no dimensions, and where value is marked as a number.
TAEDA_API void index_assign(const Tensor& x, std::span<const Index> key, const Tensor& value);

// The same with index tensors only, one per axis from the first; an undefined one takes the axis
// whole.
TAEDA_API Tensor index(const Tensor& x, std::span<const Tensor> indices);
TAEDA_API Tensor index_put(const Tensor& x, std::span<const Tensor> indices, const Tensor& values,
                           bool accumulate = false);
TAEDA_API void index_put_(const Tensor& x, std::span<const Tensor> indices, const Tensor& values,
                          bool accumulate = false);

}  // namespace taeda
