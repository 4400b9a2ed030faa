// Copies in another arrangement: strided walks, by size of element.
#include "taeda/ops/arrange.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/kernels.h"
#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda::ops {

void Repeat::cpu(Args in, Outs out, const Attrs& a) {
  if (out[0].numel() == 0) return;
  // The result as [repeats, size, ..], the input with strides of 0 for the repeats.
  const Tensor& x = in[0];
  Geometry to{{}, {}, out[0]->offset}, from{{}, {}, x->offset};
  size_t fresh = a.repeats.size() - x.sizes().size();
  for (size_t i = 0; i < a.repeats.size(); i++) {
    int64_t n = i < fresh ? 1 : x.sizes()[i - fresh];
    for (int64_t size : {a.repeats[i], n}) {
      to.sizes.push_back(size);
      from.sizes.push_back(size);
    }
    int64_t step = out[0].strides()[i];
    to.strides.push_back(step * n), to.strides.push_back(step);
    from.strides.push_back(0), from.strides.push_back(i < fresh ? 0 : x.strides()[i - fresh]);
  }
  // Copies of the whole, one behind the other?
  const size_t bytes = size_t(x.numel()) * size_of(x.dtype());
  bool whole = x.is_contiguous() && bytes >= 64;
  for (size_t i = fresh + 1; i < a.repeats.size(); i++) whole = whole && a.repeats[i] == 1;
  if (!whole) return cpu::copy_elements(alias(out[0], to), alias(x, from));
  char* first = static_cast<char*>(out[0].raw());
  parallel_ranges(a.repeats.product(), int64_t(1 + 65536 / bytes), [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; i++) std::memcpy(first + size_t(i) * bytes, x.raw(), bytes);
  });
}

void Flip::cpu(Args in, Outs out, const Attrs& a) {
  if (out[0].numel() == 0) return;
  Geometry g = in[0].geometry();
  for (int64_t d : a.dims) {
    if (g.sizes.empty()) break;
    size_t axis = size_t(wrap_dim(d, in[0].dim()));
    g.offset += (g.sizes[axis] - 1) * g.strides[axis];
    g.strides[axis] = -g.strides[axis];
  }
  const size_t rank = g.sizes.size();
  const bool turned = rank && g.strides[rank - 1] == -1;
  if (rank == 0 || (!turned && g.strides[rank - 1] != 1))
    return cpu::copy_elements(out[0], alias(in[0], g));
  const int64_t cols = g.sizes[rank - 1], item = int64_t(size_of(in[0].dtype()));
  const auto reverse = cpu::row_table().reverse[std::countr_zero(uint64_t(item))];
  const int64_t start = g.offset - in[0]->offset - (turned ? cols - 1 : 0);
  const char* from = static_cast<const char*>(in[0].raw());
  char* to = static_cast<char*>(out[0].raw());
  parallel_ranges(out[0].numel() / cols, 1 + 16384 / cols, [&](int64_t b, int64_t e) {
    for (int64_t r = b; r < e; r++) {
      int64_t rest = r, at = start;
      for (size_t d = rank - 1; d-- > 0; rest /= g.sizes[d]) at += rest % g.sizes[d] * g.strides[d];
      if (turned) reverse(to + r * cols * item, from + at * item, cols);
      else cpu::copy_bytes(to + r * cols * item, from + at * item, size_t(cols * item));
    }
  });
}

namespace {

// out = x rolled by shift along axis: two blocks of each outer item.
void roll_axis(const Tensor& out, const Tensor& given, int64_t shift, size_t axis) {
  const Tensor x = cpu::dense(given);
  const int64_t n = x.sizes()[axis];
  if (n == 0 || x.numel() == 0) return;
  int64_t outer = 1, inner = int64_t(size_of(x.dtype()));
  for (size_t d = 0; d < x.sizes().size(); d++)
    if (d != axis) (d < axis ? outer : inner) *= x.sizes()[d];
  const size_t head = size_t((shift % n + n) % n * inner), all = size_t(n * inner);
  const char* from = static_cast<const char*>(x.raw());
  char* to = static_cast<char*>(out.raw());
  parallel_ranges(outer, 1 + int64_t(32768 / all), [&](int64_t b, int64_t e) {
    for (size_t at = size_t(b) * all; at < size_t(e) * all; at += all) {
      cpu::copy_bytes(to + at, from + at + all - head, head);
      cpu::copy_bytes(to + at + head, from + at, all - head);
    }
  });
}

}  // namespace

void Roll::cpu(Args in, Outs out, const Attrs& a) {
  Tensor x = in[0];
  if (a.dims.empty() || x.dim() == 0) {
    Tensor flat = empty(x.sizes(), x.dtype());
    cpu::copy_elements(flat, x);
    Geometry line{Dims(x.numel()), Dims(1), 0};
    line.offset = flat->offset;
    Tensor from = alias(flat, line);
    line.offset = out[0]->offset;
    return roll_axis(alias(out[0], line), from, a.shifts[0], 0);
  }
  for (size_t i = 0; i < a.dims.size(); i++) {
    Tensor to = i + 1 == a.dims.size() ? out[0] : empty(x.sizes(), x.dtype());
    roll_axis(to, x, a.shifts[i], size_t(wrap_dim(a.dims[i], x.dim())));
    x = to;
  }
}

namespace {

void triangle(const Tensor& out, const Tensor& given, int64_t diagonal, bool lower) {
  if (out.numel() == 0) return;
  const Tensor x = cpu::dense(given);
  const int64_t rows = x.size(-2), cols = x.size(-1);
  const size_t bytes = size_of(out.dtype()), row = size_t(cols) * bytes;
  const char* from = static_cast<const char*>(x.raw());
  char* to = static_cast<char*>(out.raw());
  parallel_ranges(out.numel() / cols, 1 + int64_t(65536 / row), [&](int64_t b, int64_t e) {
    for (int64_t r = b; r < e; r++) {
      const int64_t edge = std::clamp<int64_t>(r % rows + diagonal + (lower ? 1 : 0), 0, cols);
      const size_t cut = size_t(edge) * bytes, at = size_t(r) * row;
      if (lower) {
        std::memcpy(to + at, from + at, cut);
        std::memset(to + at + cut, 0, row - cut);
      } else {
        std::memset(to + at, 0, cut);
        std::memcpy(to + at + cut, from + at + cut, row - cut);
      }
    }
  });
}

}  // namespace

void Tril::cpu(Args in, Outs out, const Attrs& a) { triangle(out[0], in[0], a.diagonal, true); }
void Triu::cpu(Args in, Outs out, const Attrs& a) { triangle(out[0], in[0], a.diagonal, false); }

}  // namespace taeda::ops
