// x[key] and x[key] = value, as in Python.
#pragma once
#include <variant>

#include "taeda/tensor/tensor.h"

namespace taeda {

// A place that says nothing: a new axis as an index, an open end in a Slice.
struct NoneType {
  template <class T> operator std::optional<T>() const { return std::nullopt; }
};
inline constexpr NoneType None{};
struct EllipsisType {};  // as many full slices as are missing
inline constexpr EllipsisType Ellipsis{};
// start:end:step, as in Python: Slice(), Slice(1), Slice(None, 3), Slice(0, -1, 2); step is
// positive.
struct Slice {
  using Place = std::optional<int64_t>;
  Place start, end, step;
  Slice(Place start = {}, Place end = {}, Place step = {}) : start(start), end(end), step(step) {}
};

// One item of a key. A tensor is a mask (bool or uint8) or holds indices (other integers).
class Index {
 public:
  Index(NoneType v) : item_(v) {}
  Index(EllipsisType v) : item_(v) {}
  Index(std::same_as<std::nullopt_t> auto) : item_(None) {}
  Index(std::same_as<const char*> auto dots) : item_(Ellipsis) { check_dots(dots); }  // "..."
  Index(Slice v) : item_(v) {}
  Index(std::same_as<bool> auto v) : item_(v) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Index(I v) : item_(int64_t(v)) {}
  Index(Tensor v) : item_(std::move(v)) {}

  template <class T> const T* get() const { return std::get_if<T>(&item_); }

 private:
  TAEDA_API static void check_dots(std::string_view dots);
  std::variant<NoneType, EllipsisType, Slice, bool, int64_t, Tensor> item_;
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
