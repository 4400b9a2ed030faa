// Dims: sizes, strides or axes. Up to five live inline; there is no upper limit.
#pragma once
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <utility>

namespace taeda {

class Dims {
  static constexpr uint32_t kInline = 5;

 public:
  Dims() = default;
  Dims(int64_t only) : size_(1) { inline_[0] = only; }
  Dims(std::initializer_list<int64_t> v) : Dims(std::span(v.begin(), v.size())) {}
  Dims(std::span<const int64_t> v) { assign(v.data(), v.size()); }
  Dims(size_t n, int64_t value) {
    grow(n);
    std::fill(begin(), end(), value);
  }
  Dims(const Dims& o) { copy(o); }
  Dims(Dims&& o) noexcept { take(o); }
  Dims& operator=(const Dims& o) {
    if (this != &o) clear(), copy(o);
    return *this;
  }
  Dims& operator=(Dims&& o) noexcept {
    if (this != &o) clear(), take(o);
    return *this;
  }
  ~Dims() { clear(); }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  int64_t* data() { return size_ <= kInline ? inline_ : heap_; }
  const int64_t* data() const { return size_ <= kInline ? inline_ : heap_; }
  int64_t& operator[](size_t i) { return data()[i]; }
  int64_t operator[](size_t i) const { return data()[i]; }
  int64_t back() const { return data()[size_ - 1]; }
  int64_t* begin() { return data(); }
  int64_t* end() { return data() + size_; }
  const int64_t* begin() const { return data(); }
  const int64_t* end() const { return data() + size_; }

  void push_back(int64_t v) { insert(size_, v); }
  void insert(size_t at, int64_t v) {
    Dims out(size_ + 1, v);
    for (size_t i = 0; i < size_; i++) out[i + (i >= at)] = (*this)[i];
    *this = std::move(out);
  }
  void erase(size_t at) {
    Dims out(size_ - 1, 0);
    for (size_t i = 0; i + 1 < size_; i++) out[i] = (*this)[i + (i >= at)];
    *this = std::move(out);
  }
  bool contains(int64_t v) const { return std::find(begin(), end(), v) != end(); }

  int64_t product() const {
    int64_t n = 1;
    for (int64_t d : *this) n *= d;
    return n;
  }
  bool operator==(const Dims& o) const {
    if (size_ != o.size_) return false;
    const int64_t *a = data(), *b = o.data();
    for (size_t i = 0; i < size_; i++)
      if (a[i] != b[i]) return false;
    return true;
  }

 private:
  void clear() {
    if (size_ > kInline) [[unlikely]]
      delete[] heap_;
    size_ = 0;
  }
  void grow(size_t n) {  // from empty
    if (n > kInline) [[unlikely]] {
      int64_t* heap = new int64_t[n];
      heap_ = heap;
    }
    size_ = uint32_t(n);
  }
  void assign(const int64_t* v, size_t n) {
    grow(n);
    int64_t* to = data();
    for (size_t i = 0; i < n; i++) to[i] = v[i];
  }
  void copy(const Dims& o) {
    if (o.size_ > kInline) [[unlikely]]
      return assign(o.heap_, o.size_);
    size_ = o.size_;
    for (uint32_t i = 0; i < size_; i++) inline_[i] = o.inline_[i];
  }
  void take(Dims& o) {
    size_ = std::exchange(o.size_, 0);
    if (size_ > kInline) [[unlikely]]
      heap_ = o.heap_;
    // No wide copy: loading what was just stored element by element stalls.
    else
      for (uint32_t i = 0; i < size_; i++) inline_[i] = o.inline_[i];
  }

  uint32_t size_ = 0;
  union {
    int64_t inline_[kInline];  // not initialised
    int64_t* heap_;
  };
};

// Sizes or axes that may be left out. A class, so that {.dim = {0, 1}} and {.dim = 1} are both
// possible.
struct OptionalDims : std::optional<Dims> {
  OptionalDims() = default;
  OptionalDims(std::nullopt_t) {}
  OptionalDims(int64_t only) : optional(Dims(only)) {}
  OptionalDims(std::initializer_list<int64_t> v) : optional(Dims(v)) {}
  OptionalDims(Dims v) : optional(std::move(v)) {}
  OptionalDims(std::optional<Dims> v) : optional(std::move(v)) {}
  bool operator==(const OptionalDims& o) const {
    return has_value() == o.has_value() && (!has_value() || **this == *o);
  }
};

// Where a tensor's elements lie in its storage, counted in elements.
struct Geometry {
  Dims sizes, strides;
  int64_t offset = 0;
};

inline Dims contiguous_strides(const Dims& sizes) {
  Dims strides(sizes.size(), 1);
  for (size_t i = sizes.size(); i-- > 1;)
    strides[i - 1] = strides[i] * std::max<int64_t>(sizes[i], 1);
  return strides;
}

}  // namespace taeda
