#include "taeda/ops/join.h"

#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {
// A 1-dim tensor without elements joins anything, as it did before tensors could be empty.
bool legacy_empty(const Dims& s) { return s.size() == 1 && s[0] == 0; }
}  // namespace

void Cat::check(Args in) {
  if (in.size() == 0) fail<ValueError>("torch.cat(): expected a non-empty list of Tensors");
}
Meta Cat::infer(Args in, const Attrs& a) {
  check(in);
  const Tensor* lead = nullptr;
  for (size_t k = 0; k < in.size(); k++) {
    if (in[k].dim() == 0)
      fail("zero-dimensional tensor (at position ", k, ") cannot be concatenated");
    if (!lead && !legacy_empty(in[k].sizes())) lead = &in[k];
  }
  if (!lead) lead = &in[0];
  Dims sizes = lead->sizes();
  size_t dim = size_t(wrap_dim(a.dim, int64_t(sizes.size())));
  sizes[dim] = 0;
  for (size_t k = 0; k < in.size(); k++) {
    const Dims& s = in[k].sizes();
    if (legacy_empty(s)) continue;
    if (s.size() != sizes.size())
      fail("Tensors must have same number of dimensions: got ", sizes.size(), " and ", s.size());
    for (size_t i = 0; i < s.size(); i++)
      if (i != dim && s[i] != sizes[i])
        fail("Sizes of tensors must match except in dimension ", dim, ". Expected size ", sizes[i],
             " but got size ", s[i], " for tensor number ", k, " in the list.");
    sizes[dim] += s[dim];
  }
  bool same = !lead->is_contiguous();
  for (size_t k = 0; k < in.size(); k++)
    same &= in[k].dim() == lead->dim() && strides_like(in[k], in[k].sizes()) == in[k].strides() &&
            strides_like(in[k], sizes) == strides_like(*lead, sizes);
  return {sizes, in[0].dtype(), same ? strides_like(*lead, sizes) : Dims()};
}
void Cat::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  int64_t at = 0;
  for (size_t k = 0; k < in.size(); k++) {
    if (legacy_empty(in[k].sizes())) continue;
    int64_t n = in[k].size(a.dim);
    alias(out[0], Slice::view(out[0], {.dim = a.dim, .start = at, .end = at + n})).copy_(in[k]);
    at += n;
  }
}
TensorList Cat::backward(Grad g, const Shapes& s, const Attrs& a) {
  TensorList out;
  int64_t at = 0;
  for (const Dims& sizes : s) {
    if (legacy_empty(sizes) && g.dim() != 1) {
      out.push_back(g.slice({.dim = 0, .start = 0, .end = 0}).reshape({Dims(0)}));
      continue;
    }
    int64_t n = sizes[size_t(wrap_dim(a.dim, int64_t(sizes.size())))];
    out.push_back(g.slice({.dim = a.dim, .start = at, .end = at + n}));
    at += n;
  }
  return out;
}

Tensor Stack::forward(Args in, const Attrs& a) {
  if (in.size() == 0) fail("stack expects a non-empty TensorList");
  TensorList rows;
  for (size_t i = 0; i < in.size(); i++) {
    if (!(in[i].sizes() == in[0].sizes()))
      fail("stack expects each tensor to be equal size, but got ", in[0].sizes(),
           " at entry 0 and ", in[i].sizes(), " at entry ", i);
    rows.push_back(in[i].unsqueeze(a.dim));
  }
  return cat(rows, {.dim = wrap_dim(a.dim, in[0].dim() + 1)});
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Join)
