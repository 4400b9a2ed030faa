// Padding by a number: each row of the output along the last axis is written once.
#include "taeda/ops/pad.h"

#include <algorithm>

#include "taeda/autograd/grad_mode.h"
#include "taeda/cpu/copying.h"
#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda::ops {

void ConstantPadNd::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  if (out[0].numel() == 0) return;
  if (out[0].dim() == 0) return cpu::copy_elements(out[0], in[0]);
  const Tensor x = in[0].contiguous(), fill = scalar(a.value, x.dtype());
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
    parallel_ranges(out[0].numel() / cols, 1 + 16384 / cols, [&](int64_t b, int64_t e) {
      for (int64_t r = b; r < e; r++) {
        int64_t rest = r, at = begin - left.back();
        bool inside = true;
        for (size_t d = rank - 1; d-- > 0; rest /= to[d]) {
          const int64_t i = rest % to[d] - left[d];
          inside = inside && i >= 0 && i < from[d];
          at += i * step[d];
        }
        T* row = target + r * cols;
        const int64_t first = inside ? begin : cols, last = inside ? end : cols;
        for (int64_t i = 0; i < first; i++) row[i] = value;
        if (last > first)
          cpu::copy_bytes(reinterpret_cast<char*>(row + first),
                          reinterpret_cast<const char*>(source + at),
                          size_t(last - first) * sizeof(T));
        for (int64_t i = last; i < cols; i++) row[i] = value;
      }
    });
  });
}

}  // namespace taeda::ops
