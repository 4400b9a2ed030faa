// Padding by a number: each row of the output along the last axis is written once.
#include "taeda/ops/pad.h"

#include <algorithm>

#include "taeda/cpu/copying.h"
#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda::ops {

void ConstantPadNd::cpu(Args in, Outs out, const Attrs& a) {
  if (out[0].numel() == 0) return;
  if (out[0].dim() == 0) return cpu::copy_elements(out[0], in[0]);
  const Tensor x = cpu::dense(in[0]), fill = scalar(a.value, x.dtype());
  const Dims &to = out[0].sizes(), &from = x.sizes();
  const size_t rank = to.size();
  // Item i of the output along axis d is item i - left[d] of the input, if there is one.
  Dims left(rank, 0), step(rank, 1);
  for (size_t i = 0; i < a.pad.size() / 2; i++) left[rank - 1 - i] = a.pad[2 * i];
  for (size_t d = rank - 1; d-- > 0;) step[d] = step[d + 1] * from[d + 1];
  const int64_t cols = to.back();
  const int64_t begin = std::clamp<int64_t>(left.back(), 0, cols);
  const int64_t end = std::clamp<int64_t>(left.back() + from.back(), begin, cols);
  visit_size(size_of(x.dtype()), [&]<class T>() {
    const T value = *fill.data<T>();
    const T* source = x.data<T>();
    T* target = out[0].data<T>();
    const int64_t rows = rank > 1 ? to[rank - 2] : 1;
    auto plane = [&](int64_t p, T* row) {
      int64_t rest = p, at = begin - left.back();
      bool inside = true;
      for (size_t d = rank - 1; d-- > 1; rest /= to[d - 1]) {
        const int64_t i = rest % to[d - 1] - left[d - 1];
        inside = inside && i >= 0 && i < from[d - 1];
        at += i * step[d - 1];
      }
      for (int64_t r = 0; r < rows; r++, row += cols) {
        const int64_t i = rank > 1 ? r - left[rank - 2] : 0;
        const bool here = inside && (rank < 2 || (i >= 0 && i < from[rank - 2]));
        const int64_t first = here ? begin : cols, last = here ? end : cols;
        for (int64_t k = 0; k < first; k++) row[k] = value;
        if (last > first)
          cpu::copy_bytes(reinterpret_cast<char*>(row + first),
                          reinterpret_cast<const char*>(source + at + i * from.back()),
                          size_t(last - first) * sizeof(T));
        for (int64_t k = last; k < cols; k++) row[k] = value;
      }
    };
    parallel_ranges(out[0].numel() / (cols * rows), 1 + 16384 / (cols * rows),
                    [&](int64_t b, int64_t e) {
                      for (int64_t p = b; p < e; p++) plane(p, target + p * rows * cols);
                    });
  });
}

}  // namespace taeda::ops
