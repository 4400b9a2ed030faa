// Copies between tensors of any layout, for kernels that need one.
#pragma once
#include <cstring>
#include <span>

#include "taeda/tensor/tensor.h"

namespace taeda::cpu {

// out = x, cast to out's dtype; x is broadcast to out. The two must not overlap.
void copy_elements(const Tensor& out, const Tensor& x);
// x contiguous and in dtype d: itself where it is that, or undefined.
Tensor dense(const Tensor& x, DType d);
inline Tensor dense(const Tensor& x) { return dense(x, x.dtype()); }

// memcpy, without a call where there is little to copy.
inline void copy_bytes(char* to, const char* from, size_t bytes) {
  constexpr size_t kPiece = 16, kLittle = 256;
  if (bytes > kLittle) {
    std::memcpy(to, from, bytes);
    return;
  }
  auto ends = [&](auto piece) {  // two pieces that may overlap
    const size_t n = sizeof piece;
    __builtin_memcpy(&piece, from, n), __builtin_memcpy(to, &piece, n);
    __builtin_memcpy(&piece, from + bytes - n, n), __builtin_memcpy(to + bytes - n, &piece, n);
  };
  if (bytes < kPiece) {
    if (bytes >= 8) ends(uint64_t{});
    else if (bytes >= 4) ends(uint32_t{});
    else
      for (size_t i = 0; i < bytes; i++) to[i] = from[i];
    return;
  }
  for (size_t i = 0; i + kPiece <= bytes; i += kPiece) __builtin_memcpy(to + i, from + i, kPiece);
  __builtin_memcpy(to + bytes - kPiece, from + bytes - kPiece, kPiece);
}

// Row s * count + k of `to` = the `bytes` bytes at (starts[s] + at[k]) * unit of `from`, for
// k < count and every s, on threads.
void gather_rows(void* to, const void* from, std::span<const int64_t> starts, const int64_t* at,
                 int64_t count, size_t bytes, size_t unit);

}  // namespace taeda::cpu
