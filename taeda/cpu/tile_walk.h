// Walks of pointwise loops over operands of any strides, on threads where it pays. No
// instruction-set code.
#pragma once
#include <cstdint>

#include "taeda/cpu/kernels.h"

namespace taeda::cpu {

// A result of at most 2^63 items has fewer dimensions than this whose size is not 1.
inline constexpr int kMaxDims = 64, kMaxInputs = 4;

// Item sizes are 1, 2, 4, 8 or 16 bytes. Strides count items, may be negative; 0 repeats an item.
struct Operand {
  void* data;
  int itemsize;
  int64_t strides[kMaxDims];
};

// One pointwise loop over `sizes`. The output's items must be distinct; the output may be an input
// exactly (same data and strides), and must not overlap one otherwise.
struct PointwiseCall {
  PointwiseFn fn;
  const void* attrs = nullptr;
  double ns_per_item = 0.1;  // on one thread; decides when to use several, and the grain
  int inputs = 1;
  int dims = 0;
  int64_t sizes[kMaxDims];
  Operand out, in[kMaxInputs];

  // Adds the next dimension, outermost first. Sizes of 1 take no room.
  void add_dim(int64_t size, int64_t out_stride, const int64_t* in_strides) {
    if (size == 1) return;
    sizes[dims] = size;
    out.strides[dims] = out_stride;
    for (int k = 0; k < inputs; ++k) in[k].strides[dims] = in_strides[k];
    ++dims;
  }
};

// Runs the call, and uses it up: dimensions are sorted and merged in place.
TAEDA_API void run_pointwise(PointwiseCall& call);

namespace detail {
TAEDA_API void run_flat(PointwiseFn fn, void* out, int out_itemsize, const void* const* in,
                        const int* in_itemsizes, int inputs, int64_t n, const void* attrs,
                        double ns_per_item, unsigned numbers);
}

// Contiguous operands of n items. Bit k of `numbers`: input k is one item, repeated.
inline void run_contiguous(PointwiseFn fn, void* out, int out_itemsize, const void* const* in,
                           const int* in_itemsizes, int inputs, int64_t n,
                           const void* attrs = nullptr, double ns_per_item = 0.1,
                           unsigned numbers = 0) {
  if (numbers == 0 && double(n) * ns_per_item < 6000) [[likely]]  // too small to share
    return fn(out, in, n, attrs);
  detail::run_flat(fn, out, out_itemsize, in, in_itemsizes, inputs, n, attrs, ns_per_item, numbers);
}

TAEDA_API int64_t l3_bytes();  // size of the last-level cache, 8 MiB where unknown

}  // namespace taeda::cpu
