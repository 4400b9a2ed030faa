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
  for (size_t i = 0; i < x.sizes().size(); i++)
    if (x.strides()[i] == 0 && x.sizes()[i] > 1) return true;
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
  if (out.is(in) || !out->storage->data || out->storage->data != in->storage->data ||
      !out.numel() || !in.numel())
    return;
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
