// Copies in another arrangement: strided walks, by size of element.
#include "taeda/ops/arrange.h"

#include <cstring>

#include "taeda/cpu/copying.h"
#include "taeda/op/call.h"

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
  cpu::copy_elements(alias(out[0], to), alias(x, from));
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
  cpu::copy_elements(out[0], alias(in[0], g));
}

namespace {

// out = x rolled by shift along axis: two blocks.
void roll_axis(const Tensor& out, const Tensor& x, int64_t shift, size_t axis) {
  int64_t n = x.sizes()[axis];
  if (n == 0 || x.numel() == 0) return;
  int64_t s = (shift % n + n) % n;
  auto copy = [&](int64_t to, int64_t from, int64_t count) {
    if (count == 0) return;
    Geometry g = out.geometry(), h = x.geometry();
    g.sizes[axis] = h.sizes[axis] = count;
    g.offset += to * g.strides[axis], h.offset += from * h.strides[axis];
    cpu::copy_elements(alias(out, g), alias(x, h));
  };
  copy(s, 0, n - s);
  copy(0, n - s, s);
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

void triangle(const Tensor& out, const Tensor& x, int64_t diagonal, bool lower) {
  cpu::copy_elements(out, x);
  int64_t rows = x.size(-2), cols = x.size(-1);
  if (out.numel() == 0) return;
  size_t bytes = size_of(out.dtype());
  char* p = static_cast<char*>(out.raw());
  for (int64_t r = 0; r < out.numel() / cols; r++, p += size_t(cols) * bytes) {
    int64_t edge = std::clamp<int64_t>(r % rows + diagonal + (lower ? 1 : 0), 0, cols);
    if (lower) std::memset(p + size_t(edge) * bytes, 0, size_t(cols - edge) * bytes);
    else std::memset(p, 0, size_t(edge) * bytes);
  }
}

}  // namespace

void Tril::cpu(Args in, Outs out, const Attrs& a) { triangle(out[0], in[0], a.diagonal, true); }
void Triu::cpu(Args in, Outs out, const Attrs& a) { triangle(out[0], in[0], a.diagonal, false); }

}  // namespace taeda::ops
