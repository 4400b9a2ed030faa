#include "taeda/ops/matmul.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

void check_product_dtype(const char* kernel, DType d) {
  if (d == DType::boolean || is_barebones(d)) [[unlikely]]
    fail<NotImplementedError>("\"", kernel, "\" not implemented for '", word_of(d), "'");
}
void check_expands(const Tensor& x, const Dims& sizes) { Expand::view(x, {sizes}); }

void check_matrices(const Tensor& x, const Tensor& y, int64_t k_left, int64_t k_right,
                    const Dims& xs, const Dims& ys) {
  if (x.dtype() != y.dtype()) [[unlikely]]
    fail("expected m1 and m2 to have the same dtype, but got: ", c_name_of(x.dtype()),
         " != ", c_name_of(y.dtype()));
  if (k_left != k_right) [[unlikely]]
    fail("mat1 and mat2 shapes cannot be multiplied (", xs[0], "x", xs[1], " and ", ys[0], "x",
         ys[1], ")");
  check_product_dtype("addmm_impl_cpu_", x.dtype());
}
void check_blend(const Tensor& x, const Blend& a) {
  if (can_have_gradient(x.dtype())) return;
  for (auto& [s, name] : {std::pair{a.beta, "beta"}, std::pair{a.alpha, "alpha"}})
    if (s.category() > Category::integral)
      fail("For integral input tensors, argument ", name, " must not be a floating point number.");
}
Scalar conj(const Scalar& s) {
  return s.category() == Category::complex ? Scalar(std::conj(s.to<std::complex<double>>())) : s;
}
Tensor scaled(const Tensor& g, const Scalar& s) { return s == Scalar(1) ? g : g * conj(s); }

}  // namespace

// ---- plain products ----

Meta Mm::infer(Args in) {
  const Tensor &x = in[0], &y = in[1];
  if (x.dim() != 2) fail("self must be a matrix");
  if (y.dim() != 2) fail("mat2 must be a matrix");
  check_matrices(x, y, x.sizes()[1], y.sizes()[0], x.sizes(), y.sizes());
  return {{x.sizes()[0], y.sizes()[1]}, x.dtype()};
}
// A gradient of a matrix that lies by columns lies so too: then the one before its transposition is
// contiguous.
GradsOf<2> Mm::backward(Grad g, In<0, 1> x, In<1, 0> y, Layout<1> at, Needs need) {
  GradsOf<2> out;
  if (need[0]) out[0] = transposed_mm(g, y.conj(), {.right = true});
  if (need[1]) {
    bool columns = at.strides[0] == 1 && at.strides[1] == at.sizes[0] && at.strides[1] != 1;
    if (columns) out[1] = transposed_mm(g, x.conj(), {.left = true}).t();
    else out[1] = transposed_mm(x.conj(), g, {.left = true});
  }
  return out;
}

Meta TransposedMm::infer(Args in, const Attrs& a) {
  const Dims &x = in[0].sizes(), &y = in[1].sizes();
  Dims xs = {x[a.left], x[!a.left]}, ys = {y[a.right], y[!a.right]};
  check_matrices(in[0], in[1], xs[1], ys[0], xs, ys);
  return {{xs[0], ys[1]}, in[0].dtype()};
}
GradsOf<2> TransposedMm::backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need, const Attrs& a) {
  GradsOf<2> out;
  if (need[0])
    out[0] = a.left ? transposed_mm(y.conj(), g, {.left = a.right, .right = true})
                    : transposed_mm(g, y.conj(), {.right = !a.right});
  if (need[1])
    out[1] = a.right ? transposed_mm(g, x.conj(), {.left = true, .right = a.left})
                     : transposed_mm(x.conj(), g, {.left = !a.left});
  return out;
}

Meta Bmm::infer(Args in) {
  const Tensor &x = in[0], &y = in[1];
  if (x.dim() != 3) fail("batch1 must be a 3D tensor");
  if (y.dim() != 3) fail("batch2 must be a 3D tensor");
  const Dims &xs = x.sizes(), &ys = y.sizes();
  if (xs[0] != ys[0] || xs[2] != ys[1])
    fail("Expected size for first two dimensions of batch2 tensor to be: [", xs[0], ", ", xs[2],
         "] but got: [", ys[0], ", ", ys[1], "].");
  if (x.dtype() != y.dtype())
    fail("expected scalar type ", word_of(x.dtype()), " but found ", word_of(y.dtype()));
  check_product_dtype("bmm", x.dtype());
  return {{xs[0], xs[1], ys[2]}, x.dtype()};
}
GradsOf<2> Bmm::backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need) {
  return {need[0] ? g.bmm(y.conj().mT()) : Tensor(), need[1] ? x.conj().mT().bmm(g) : Tensor()};
}

Meta Mv::infer(Args in) {
  const Tensor &x = in[0], &y = in[1];
  if (x.dim() != 2 || y.dim() != 1)
    fail("vector + matrix @ vector expected, got 1, ", x.dim(), ", ", y.dim());
  int64_t n = x.sizes()[0], k = x.sizes()[1];
  if (y.sizes()[0] != k)
    fail("size mismatch, got input (", n, "), mat (", n, "x", k, "), vec (", y.sizes()[0], ")");
  if (x.dtype() != y.dtype())
    fail("addmv input tensors must have the same dtype, but got ", word_of(y.dtype()), ", ",
         word_of(x.dtype()), ", and ", word_of(y.dtype()));
  check_product_dtype("addmv_impl_cpu", x.dtype());
  return {n, x.dtype()};
}
GradsOf<2> Mv::backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need) {
  return {need[0] ? outer(g, y.conj()) : Tensor(), need[1] ? x.conj().t().mv(g) : Tensor()};
}

Meta Dot::infer(Args in) {
  const Tensor &x = in[0], &y = in[1];
  if (x.dim() != 1 || y.dim() != 1)
    fail("1D tensors expected, but got ", x.dim(), "D and ", y.dim(), "D tensors");
  if (x.dtype() != y.dtype())
    fail("dot : expected both vectors to have same dtype, but found ", word_of(x.dtype()), " and ",
         word_of(y.dtype()));
  if (x.numel() != y.numel())
    fail("inconsistent tensor size, expected tensor ", x.sizes(), " and src ", y.sizes(),
         " to have the same number of elements, but got ", x.numel(), " and ", y.numel(),
         " elements respectively");
  check_product_dtype("dot", x.dtype());
  return {Dims(), x.dtype()};
}
GradsOf<2> Dot::backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need) {
  return {need[0] ? g * y.conj() : Tensor(), need[1] ? g * x.conj() : Tensor()};
}
Tensor Vdot::forward(const Tensor& x, const Tensor& y) { return x.conj().dot(y); }

Tensor Outer::forward(const Tensor& x, const Tensor& y) {
  if (x.dim() != 1) fail("outer: Expected 1-D argument self, but got ", x.dim(), "-D");
  if (y.dim() != 1) fail("outer: Expected 1-D argument vec2, but got ", y.dim(), "-D");
  return x.unsqueeze(1) * y;
}

namespace {

Dims all_but_last(const Dims& s) { return Dims(std::span(s.begin(), s.size() - 1)); }
Tensor as_rows(const Tensor& x) {
  if (x.dim() == 2) return x;
  int64_t k = x.sizes().back();
  return x.reshape({Dims{all_but_last(x.sizes()).product(), k}});
}

}  // namespace

Tensor Inner::forward(const Tensor& x, const Tensor& y) {
  if (x.dtype() != y.dtype()) fail("both inputs should have same dtype");
  if (!x.dim() || !y.dim()) return x * y;
  if (x.size(-1) != y.size(-1))
    fail("inner() the last dimension must match on both input tensors but got shapes ", x.sizes(),
         " and ", y.sizes());
  if (x.dim() == 1 && y.dim() == 1) return x.dot(y);
  Dims sizes = all_but_last(x.sizes());
  for (int64_t d : all_but_last(y.sizes())) sizes.push_back(d);
  return as_rows(x).mm(as_rows(y).t()).reshape({sizes});
}

Tensor Matmul::forward(const Tensor& x, const Tensor& y) {
  int64_t p = x.dim(), q = y.dim();
  if (p == 2 && q == 2) return x.mm(y);
  if (!p || !q)
    fail("both arguments to matmul need to be at least 1D, but they are ", p, "D and ", q, "D");
  if (p == 1 && q == 1) return x.dot(y);
  if (p == 2 && q == 1) return x.mv(y);
  if (p == 1 && q == 2) return x.unsqueeze(0).mm(y).squeeze({.dim = Dims(0)});
  if (q <= 2) {
    Dims sizes = all_but_last(x.sizes());
    Tensor rows = as_rows(x);
    if (q == 2) sizes.push_back(y.sizes()[1]);
    Tensor out = (q == 1 ? rows.mv(y) : rows.mm(y)).view({sizes});
    return named(std::move(out), "UnsafeViewBackward0");
  }
  // One product for each pair of matrices of the broadcast leading axes.
  Tensor a = p == 1 ? x.unsqueeze(0) : x;
  p = a.dim();
  Dims left(std::span(a.sizes().begin(), size_t(p - 2))),
      right(std::span(y.sizes().begin(), size_t(q - 2)));
  Dims lead(std::max(left.size(), right.size()), 1);
  for (size_t i = 1; i <= lead.size(); i++) {
    int64_t l = i <= left.size() ? left[left.size() - i] : 1;
    int64_t r = i <= right.size() ? right[right.size() - i] : 1;
    if (l != r && l != 1 && r != 1)
      fail("The size of tensor a (", l, ") must match the size of tensor b (", r,
           ") at non-singleton dimension ", lead.size() - i);
    lead[lead.size() - i] = l == 1 ? r : l;
  }
  int64_t count = lead.product();
  auto stack = [&](const Tensor& m) {
    int64_t rows = m.size(-2), cols = m.size(-1);
    Dims full = lead;
    full.push_back(rows);
    full.push_back(cols);
    Tensor all = m.sizes() == full ? m : m.expand({full});
    return all.dim() == 3 ? all : all.reshape({Dims{count, rows, cols}});
  };
  Tensor out = stack(a).bmm(stack(y));
  Dims sizes = lead;
  if (x.dim() > 1) sizes.push_back(a.size(-2));
  sizes.push_back(y.size(-1));
  if (!(sizes == out.sizes())) out = out.view({sizes});
  return named(std::move(out), "UnsafeViewBackward0");
}

// ---- with something added ----

Meta Addmm::infer(Args in, const Attrs&) {
  const Tensor &x = in[1], &y = in[2];
  if (x.dim() != 2) fail("mat1 must be a matrix, got ", x.dim(), "-D tensor");
  if (y.dim() != 2) fail("mat2 must be a matrix, got ", y.dim(), "-D tensor");
  int64_t n = x.sizes()[0], m = y.sizes()[1];
  if (x.sizes()[1] != y.sizes()[0])
    fail("mat1 and mat2 shapes cannot be multiplied (", n, "x", x.sizes()[1], " and ", y.sizes()[0],
         "x", m, ")");
  check_expands(in[0], {n, m});
  if (in[0].dtype() != y.dtype())
    fail("self and mat2 must have the same dtype, but got ", word_of(in[0].dtype()), " and ",
         word_of(y.dtype()));
  if (x.dtype() != y.dtype())
    fail("mat1 and mat2 must have the same dtype, but got ", word_of(x.dtype()), " and ",
         word_of(y.dtype()));
  check_product_dtype("addmm_impl_cpu_", x.dtype());
  return {{n, m}, x.dtype()};
}
GradsOf<3> Addmm::backward(Grad g, Shape<0> s, In<1, 2> x, In<2, 1> y, Needs need, const Attrs& a) {
  GradsOf<3> out;
  if (need[0]) out[0] = scaled(sum_to(g, s), a.beta);
  if (need[1]) out[1] = scaled(transposed_mm(g, y.conj(), {.right = true}), a.alpha);
  if (need[2]) out[2] = scaled(transposed_mm(x.conj(), g, {.left = true}), a.alpha);
  return out;
}

Meta Baddbmm::infer(Args in, const Attrs&) {
  const Tensor &x = in[1], &y = in[2];
  if (x.dim() != 3) fail("batch1 must be a 3D tensor");
  if (y.dim() != 3) fail("batch2 must be a 3D tensor");
  const Dims &xs = x.sizes(), &ys = y.sizes();
  if (xs[0] != ys[0] || xs[2] != ys[1])
    fail("Expected size for first two dimensions of batch2 tensor to be: [", xs[0], ", ", xs[2],
         "] but got: [", ys[0], ", ", ys[1], "].");
  check_expands(in[0], {xs[0], xs[1], ys[2]});
  if (in[0].dtype() != x.dtype() || x.dtype() != y.dtype())
    fail("Input dtypes must be the same, got: input ", c_name_of(in[0].dtype()),
         ", batch1: ", c_name_of(x.dtype()), ", batch2: ", c_name_of(y.dtype()));
  check_product_dtype("baddbmm", x.dtype());
  return {{xs[0], xs[1], ys[2]}, x.dtype()};
}
GradsOf<3> Baddbmm::backward(Grad g, Shape<0> s, In<1, 2> x, In<2, 1> y, Needs need,
                             const Attrs& a) {
  GradsOf<3> out;
  if (need[0]) out[0] = scaled(sum_to(g, s), a.beta);
  if (need[1]) out[1] = scaled(g.bmm(y.conj().mT()), a.alpha);
  if (need[2]) out[2] = scaled(x.conj().mT().bmm(g), a.alpha);
  return out;
}

Meta Addmv::infer(Args in, const Attrs&) {
  const Tensor &v = in[0], &x = in[1], &y = in[2];
  if (v.dim() > 1 || x.dim() != 2 || y.dim() != 1)
    fail("vector + matrix @ vector expected, got ", v.dim(), ", ", x.dim(), ", ", y.dim());
  int64_t n = x.sizes()[0], k = x.sizes()[1];
  if (y.sizes()[0] != k || (v.numel() != n && v.numel() != 1))
    fail("size mismatch, got input (", v.numel(), "), mat (", n, "x", k, "), vec (", y.sizes()[0],
         ")");
  if (x.dtype() != y.dtype() || x.dtype() != v.dtype())
    fail("addmv input tensors must have the same dtype, but got ", word_of(v.dtype()), ", ",
         word_of(x.dtype()), ", and ", word_of(y.dtype()));
  check_product_dtype("addmv_impl_cpu", x.dtype());
  return {n, x.dtype()};
}
GradsOf<3> Addmv::backward(Grad g, Shape<0> s, In<1, 2> x, In<2, 1> y, Needs need, const Attrs& a) {
  GradsOf<3> out;
  if (need[0]) out[0] = scaled(sum_to(g, s), a.beta);
  if (need[1]) out[1] = scaled(outer(g, y.conj()), a.alpha);
  if (need[2]) out[2] = scaled(x.conj().t().mv(g), a.alpha);
  return out;
}

namespace {

Tensor blend(const Tensor& x, const Tensor& product, const Blend& a) {
  Tensor p = a.alpha == Scalar(1) ? product : product * a.alpha;
  if (!a.beta.to<bool>()) {  // whatever x holds; where it takes part, with a gradient of zeros
    if (!grad_enabled() || !tracked(x)) return p;
    return x.masked_fill(ones({}, {.dtype = DType::boolean, .device = x.device()}), 0) + p;
  }
  return (a.beta == Scalar(1) ? x : x * a.beta) + p;
}

}  // namespace

Tensor Addr::forward(const Tensor& x, const Tensor& y, const Tensor& z, const Attrs& a) {
  if (y.dim() != 1) fail("addr: Expected 1-D argument vec1, but got ", y.dim(), "-D");
  if (z.dim() != 1) fail("addr: Expected 1-D argument vec2, but got ", z.dim(), "-D");
  check_expands(x, {y.numel(), z.numel()});
  check_blend(x, a);
  if (x.dtype() == DType::boolean && y.dtype() == x.dtype() && z.dtype() == x.dtype()) {
    Tensor product = outer(y, z);
    if (!a.alpha.to<bool>()) product = zeros_like(product);
    return a.beta.to<bool>() ? logical_or(x, product) : product;
  }
  return blend(x, outer(y, z), a);
}
Tensor Addbmm::forward(const Tensor& x, const Tensor& y, const Tensor& z, const Attrs& a) {
  if (y.dim() != 3) fail("batch1 must be a 3D tensor");
  if (z.dim() != 3) fail("batch2 must be a 3D tensor");
  if (y.size(0) != z.size(0))
    fail("batch1 and batch2 must have same number of batches, got ", y.size(0), " and ", z.size(0));
  if (y.size(2) != z.size(1))
    fail("Incompatible matrix sizes for bmm (", y.size(1), "x", y.size(2), " and ", z.size(1), "x",
         z.size(2), ")");
  check_expands(x, {y.size(1), z.size(2)});
  // The sum over the batch is one product: the batch joins the inner axis.
  int64_t n = y.size(1), m = z.size(2), k = y.size(0) * y.size(2);
  return addmm(x, y.transpose(0, 1).reshape({Dims{n, k}}), z.reshape({Dims{k, m}}), a);
}

void Addbmm::inplace(Args in, const Attrs& a) {
  const Tensor& self = in[0];
  check_inplace(self, grad_enabled() && any_tracked(in));
  Tensor before = grad_enabled() && any_tracked(in) ? self.clone() : self;
  Tensor sum = addbmm(before, in[1], in[2], a);
  if (!(self.sizes() == sum.sizes())) self.resize_(sum.sizes());
  borrowed::copy_(self, sum);
}

// ---- layers ----

Meta Linear::infer(Args in) {
  const Tensor &x = in[0], &w = in[1], &bias = in[2];
  const Dims& ws = w.sizes();
  if (!x.dim() || ws.empty()) [[unlikely]]
    fail("both arguments to linear need to be at least 1D, but they are ", x.dim(), "D and ",
         w.dim(), "D");
  if (ws.size() > 2) [[unlikely]]
    fail("t() expects a tensor with <= 2 dimensions, but self is ", w.dim(), "D");
  bool vector = ws.size() == 1;
  if (vector && bias.defined()) [[unlikely]]
    fail("mat2 must be a matrix, got 1-D tensor");
  Dims sizes = x.sizes();
  int64_t k = sizes.back(), n = vector ? 1 : ws[0];
  auto rows = [&] { return Dims(std::span(x.sizes().begin(), x.sizes().size() - 1)).product(); };
  if (x.dtype() != w.dtype()) [[unlikely]] {
    if (bias.defined())
      fail("mat1 and mat2 must have the same dtype, but got ", word_of(x.dtype()), " and ",
           word_of(w.dtype()));
    fail("expected m1 and m2 to have the same dtype, but got: ", c_name_of(x.dtype()),
         " != ", c_name_of(w.dtype()));
  }
  if (k != ws.back()) [[unlikely]] {
    if (vector)
      fail("size mismatch, got input (", rows(), "), mat (", rows(), "x", k, "), vec (", ws[0],
           ")");
    fail("mat1 and mat2 shapes cannot be multiplied (", rows(), "x", k, " and ", ws[1], "x", n,
         ")");
  }
  if (bias.defined()) {
    if (bias.dtype() != x.dtype()) [[unlikely]]
      fail("self and mat2 must have the same dtype, but got ", word_of(bias.dtype()), " and ",
           word_of(x.dtype()));
    if (bias.dim() != 1 || bias.sizes()[0] != n) [[unlikely]]
      check_expands(bias, {rows(), n});
  }
  check_product_dtype("addmm_impl_cpu_", x.dtype());
  if (vector) sizes.erase(sizes.size() - 1);
  else sizes[sizes.size() - 1] = n;
  return {std::move(sizes), x.dtype()};
}
GradsOf<3> Linear::backward(Grad g, In<0, 1> x, In<1, 0> w, ShapeIf<2> bias, Needs need) {
  GradsOf<3> out;
  if (need[0]) {
    if (w.dim() == 1) out[0] = g.unsqueeze(-1) * w.conj();
    else if (g.dim() == 2) out[0] = transposed_mm(g, w.conj(), {});
    else out[0] = g.matmul(w.conj());
  }
  if (need[1]) {
    if (x.dim() == 2 && g.dim() == 2) out[1] = transposed_mm(g, x.conj(), {.left = true});
    else {
      bool vector = g.dim() == x.dim() - 1;
      Tensor rows = as_rows(x.conj());
      Tensor column = g.reshape({Dims{rows.size(0), vector ? 1 : g.sizes().back()}});
      out[1] = transposed_mm(column, rows, {.left = true});
      if (vector) out[1] = out[1].squeeze({.dim = Dims(0)});
    }
  }
  if (need[2]) out[2] = sum_to(g.dim() <= 2 ? Tensor(g) : as_rows(g), bias);
  return out;
}

Tensor Bilinear::forward(const Tensor& x, const Tensor& y, const Tensor& weight,
                         const Tensor& bias) {
  if (x.dim() != y.dim())
    fail("bilinear(): input dimensions do not match: got ", x.dim(), " and ", y.dim());
  for (int64_t i = 0; i + 1 < x.dim(); i++)
    if (x.size(i) != y.size(i))
      fail("bilinear(): input batch dimensions do not match at dim ", i, ": got ", x.size(i),
           " and ", y.size(i));
  if (x.size(-1) != weight.size(1))
    fail("bilinear(): input1 size does not match weight size: got ", x.size(-1), " but expected ",
         weight.size(1));
  if (y.size(-1) != weight.size(2))
    fail("bilinear(): input2 size does not match weight size: got ", y.size(-1), " but expected ",
         weight.size(2));
  if (bias.defined() && bias.size(0) != weight.size(0))
    fail("bilinear(): bias size does not match weight size: got ", bias.size(0), " but expected ",
         weight.size(0));
  Tensor out = einsum("...i,oij,...j->...o", {x, weight, y});
  return bias.defined() ? out + bias : out;
}

Tensor Tensordot::forward(const Tensor& a, const Tensor& b, const Attrs& at) {
  if (at.dims_self.size() != at.dims_other.size())
    fail("both dimension lists should have same length");
  if (a.dtype() != b.dtype()) fail("both inputs should have same dtype");
  Dims left, right, sizes;
  int64_t k = 1, n = 1, m = 1;
  for (size_t i = 0; i < at.dims_self.size(); i++) {
    left.push_back(wrap_dim(at.dims_self[i], a.dim()));
    right.push_back(wrap_dim(at.dims_other[i], b.dim()));
    int64_t l = a.size(left[i]), r = b.size(right[i]);
    if (l != r)
      fail("contracted dimensions need to match, but first has size ", l, " in dim ", left[i],
           " and second has size ", r, " in dim ", right[i]);
    k *= l;
  }
  Dims first, last = right;
  for (int64_t i = 0; i < a.dim(); i++)
    if (!left.contains(i)) first.push_back(i), sizes.push_back(a.size(i)), n *= a.size(i);
  for (int64_t d : left) first.push_back(d);
  for (int64_t i = 0; i < b.dim(); i++)
    if (!right.contains(i)) last.push_back(i), sizes.push_back(b.size(i)), m *= b.size(i);
  return a.permute({first})
      .reshape({Dims{n, k}})
      .mm(b.permute({last}).reshape({Dims{k, m}}))
      .reshape({sizes});
}

}  // namespace taeda::ops

namespace taeda {

Tensor tensordot(const Tensor& a, const Tensor& b, int64_t axes) {
  Dims left, right;
  for (int64_t i = 0; i < axes; i++) left.push_back(a.dim() - axes + i), right.push_back(i);
  return tensordot(a, b, {left, right});
}

}  // namespace taeda

TAEDA_FAMILY_IS(Products)
