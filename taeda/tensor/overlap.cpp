#include "taeda/tensor/overlap.h"

#include <numeric>

namespace taeda {

namespace {

struct Axis {
  int64_t stride, size;
};
// Axes with extent, innermost first.
std::vector<Axis> by_stride(const Tensor& x) {
  std::vector<Axis> axes;
  for (size_t i = 0; i < x.sizes().size(); i++)
    if (x.sizes()[i] != 1) axes.push_back({x.strides()[i], x.sizes()[i]});
  std::sort(axes.begin(), axes.end(), [](auto& a, auto& b) { return a.stride < b.stride; });
  return axes;
}

}  // namespace

bool overlaps_itself(const Tensor& x) {
  if (x.is_contiguous() || x.numel() < 2) return false;
  std::vector<Axis> axes = by_stride(x);
  int64_t extent = 1;  // what the axes so far reach over
  bool nested = true;
  for (const Axis& a : axes) {
    if (a.stride == 0) return true;
    nested &= a.stride >= extent;
    extent += (a.size - 1) * a.stride;
  }
  if (nested || extent > int64_t(1) << 24)
    return false;  // beyond that size, given the benefit of doubt
  std::vector<bool> seen(static_cast<size_t>(extent));
  std::vector<int64_t> at(axes.size(), 0);
  for (int64_t left = x.numel(), place = 0; left-- > 0;) {
    if (seen[size_t(place)]) return true;
    seen[size_t(place)] = true;
    for (size_t k = 0; k < axes.size(); k++) {
      place += axes[k].stride;
      if (++at[k] < axes[k].size) break;
      place -= axes[k].stride * axes[k].size;
      at[k] = 0;
    }
  }
  return false;
}

bool is_dense(const Tensor& x) {
  if (x.is_contiguous()) return true;
  int64_t n = 1;
  for (const Axis& a : by_stride(x)) {
    if (a.stride != n) return false;
    n *= a.size;
  }
  return true;
}

void check_overlap(const Tensor& out, const Tensor& in) {
  if (out.is(in) || out->storage->data != in->storage->data || !out.numel() || !in.numel()) return;
  if (!is_dense(out) || !is_dense(in)) return;
  auto begin = [](const Tensor& x) { return static_cast<char*>(x.raw()); };
  auto end = [&](const Tensor& x) { return begin(x) + x.numel() * int64_t(size_of(x.dtype())); };
  if (begin(out) == begin(in) && end(out) == end(in) && out.strides() == in.strides()) return;
  if (begin(out) < end(in) && begin(in) < end(out))
    fail(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer "
        "to "
        "a single memory location. Please clone() the tensor before performing the operation.");
}

}  // namespace taeda
