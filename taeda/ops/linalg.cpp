#include "taeda/ops/linalg.h"

#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

// "linalg.inv" of linalg_inv and of linalg_inv_ex.
void check_matrices(const char* name, const Tensor& x) {
  if (x.dim() < 2) fail(name, ": The input tensor A must have at least 2 dimensions.");
  if (!is_floating(x.dtype()) && !is_complex(x.dtype()))
    fail(name, ": Expected a floating point or complex tensor as input. Got ",
         c_name_of(x.dtype()));
  if (x.dtype() != DType::float32 && x.dtype() != DType::float64)
    fail(name,
         is_complex(x.dtype()) ? ": Complex matrices are not supported yet. Got "
                               : ": Low precision dtypes not supported. Got ",
         c_name_of(x.dtype()));
}
void check_square(const char* name, const Tensor& x) {
  check_matrices(name, x);
  if (x.size(-1) != x.size(-2))
    fail(name, ": A must be batches of square matrices, but they are ", x.size(-2), " by ",
         x.size(-1), " matrices");
}
Dims batch_of(const Tensor& x) { return Dims(std::span(x.sizes().begin(), size_t(x.dim() - 2))); }
Dims with(Dims batch, std::initializer_list<int64_t> last) {
  for (int64_t n : last) batch.push_back(n);
  return batch;
}
Tensor flipped(const Tensor& x) { return x.transpose({-2, -1}); }

// Both with the batch that they broadcast to.
std::pair<Tensor, Tensor> one_batch(const Tensor& a, const Tensor& b) {
  if (batch_of(a) == batch_of(b)) return {a, b};
  Tensor x = empty(batch_of(a), DType::boolean), y = empty(batch_of(b), DType::boolean);
  const Tensor* both[] = {&x, &y};
  Dims batch = broadcast({both, 2});
  return {a.expand(with(batch, {a.size(-2), a.size(-1)})),
          b.expand(with(batch, {b.size(-2), b.size(-1)}))};
}

// Fails for the first matrix of a batch whose info is not 0.
template <class... Said> void check_info(const char* name, const Tensor& info, Said... said) {
  const int32_t* v = info.data<int32_t>();
  for (int64_t i = 0; i < info.numel(); i++) {
    if (v[i] == 0) continue;
    std::string where = info.dim() ? "(Batch element " + std::to_string(i) + "): " : "";
    fail(name, ": ", where, said(v[i])...);
  }
}
std::string singular(int32_t pivot) {
  return "The diagonal element " + std::to_string(pivot) +
         " is zero, the inversion could not be completed because the input matrix is singular.";
}
std::string not_positive(int32_t minor) {
  return "The factorization could not be completed because the input is not positive-definite (the "
         "leading minor of order " +
         std::to_string(minor) + " is not positive-definite).";
}
void check_equation(const char* name, const Tensor& a, const Tensor& b, bool left) {
  if (a.dtype() != b.dtype())
    fail(name, ": Expected A and B to have the same dtype, but found A of type ",
         c_name_of(a.dtype()), " and B of type ", c_name_of(b.dtype()), " instead");
  if (b.dim() < 2) fail(name, ": The input tensor B must have at least 2 dimensions.");
  if (a.size(-1) == b.size(left ? -2 : -1)) return;
  fail(name, ": Incompatible shapes of A and B for the equation ", left ? "AX = B" : "XA = B", " (",
       a.size(-2), "x", a.size(-1), " and ", b.size(-2), "x", b.size(-1), ")");
}

}  // namespace

// ---- equations ----

std::array<Meta, 2> LinalgInvEx::infer(Args in, const Attrs&) {
  check_square("linalg.inv", in[0]);
  return {Meta{in[0].sizes(), in[0].dtype()}, Meta{batch_of(in[0]), DType::int32}};
}
Tensor LinalgInvEx::backward(Grads g, Out<0> y) {
  if (!g[0].defined()) return {};
  Tensor t = flipped(y);
  return -t.matmul(g[0]).matmul(t);
}
Tensor LinalgInv::forward(const Tensor& x) {
  auto [inverse, info] = linalg_inv_ex(x);
  if (!info.is_meta()) check_info("linalg.inv", info, singular);
  return inverse;
}

Meta SolveSquare::infer(Args in) {
  check_square("linalg.solve", in[0]);
  check_equation("linalg.solve", in[0], in[1], true);
  return {in[1].sizes(), in[1].dtype()};
}
GradsOf<2> SolveSquare::backward(Grad g, In<0> a, Out<0> x, Needs need) {
  Tensor to_b = solve_square(flipped(a), g);
  return {need[0] ? -to_b.matmul(flipped(x)) : Tensor(), need[1] ? to_b : Tensor()};
}
Tensor LinalgSolve::forward(const Tensor& a, const Tensor& b, const Attrs& at) {
  check_square("linalg.solve", a);
  Dims rows(std::span(a.sizes().begin(), size_t(a.dim() - 1)));
  bool vector = b.dim() == 1 || (b.dim() == a.dim() - 1 && b.sizes() == rows);
  if (vector && !at.left)
    fail(
        "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False.");
  Tensor columns = vector ? b.unsqueeze(-1) : b;
  check_equation("linalg.solve", a, columns, at.left);
  if (!at.left) return flipped(linalg_solve(flipped(a), flipped(b)));
  auto [x, y] = one_batch(a, columns);
  Tensor out = solve_square(x, y);
  return vector ? out.squeeze(-1) : out;
}

Meta SolveTriangle::infer(Args in, const Attrs&) { return {in[1].sizes(), in[1].dtype()}; }
GradsOf<2> SolveTriangle::backward(Grad g, In<0> a, Out<0> x, Needs need, const Attrs& at) {
  Tensor to_b = solve_triangle(flipped(a), g, {!at.upper, at.unitriangular});
  Tensor to_a;
  if (need[0]) {
    Tensor all = -to_b.matmul(flipped(x));
    int64_t edge = at.unitriangular;
    to_a = at.upper ? all.triu(edge) : all.tril(-edge);
  }
  return {to_a, need[1] ? to_b : Tensor()};
}
Tensor LinalgSolveTriangular::forward(const Tensor& a, const Tensor& b, const Attrs& at) {
  check_square("linalg.solve_triangular", a);
  check_equation("linalg.solve_triangular", a, b, at.left);
  if (!at.left)
    return flipped(
        linalg_solve_triangular(flipped(a), flipped(b), {!at.upper, true, at.unitriangular}));
  auto [x, y] = one_batch(a, b);
  return solve_triangle(x, y, {at.upper, at.unitriangular});
}

// ---- determinants ----

Meta LinalgDet::infer(Args in) {
  check_square("linalg.det", in[0]);
  return {batch_of(in[0]), in[0].dtype()};
}
Tensor LinalgDet::backward(Grad g, In<0> x, Out<0> y) {
  Tensor scale = (g * y).unsqueeze(-1).unsqueeze(-1);
  return scale * flipped(linalg_inv_ex(x).inverse);
}
std::array<Meta, 2> LinalgSlogdet::infer(Args in) {
  check_square("linalg.slogdet", in[0]);
  Meta m{batch_of(in[0]), in[0].dtype()};
  return {m, m};
}
Tensor LinalgSlogdet::backward(Grads g, In<0> x) {
  if (!g[1].defined()) return zeros_like(x);
  return g[1].unsqueeze(-1).unsqueeze(-1) * flipped(linalg_inv_ex(x).inverse);
}

// ---- factors ----

std::array<Meta, 2> LinalgCholeskyEx::infer(Args in, const Attrs&) {
  check_square("linalg.cholesky", in[0]);
  return {Meta{in[0].sizes(), in[0].dtype()}, Meta{batch_of(in[0]), DType::int32}};
}
// Murray 2016, "Differentiation of the Cholesky decomposition".
Tensor LinalgCholeskyEx::backward(Grads g, Out<0> factor, const Attrs& a) {
  if (!g[0].defined()) return {};
  Tensor lower = a.upper ? flipped(factor) : Tensor(factor);
  Tensor grad = a.upper ? flipped(g[0]) : g[0];
  Tensor inner = flipped(lower).matmul(grad).tril();
  inner = inner - 0.5 * inner.diagonal({0, -2, -1}).diag_embed();
  Tensor left = linalg_solve_triangular(flipped(lower), inner, {.upper = true});
  Tensor both = linalg_solve_triangular(lower, left, {.upper = false, .left = false});
  return 0.5 * (both + flipped(both));
}
Tensor LinalgCholesky::forward(const Tensor& x, const Attrs& a) {
  auto [factor, info] = linalg_cholesky_ex(x, {.upper = a.upper});
  if (!info.is_meta()) check_info("linalg.cholesky", info, not_positive);
  return factor;
}

void QrWords::fail(std::string_view word) {
  taeda::fail("qr received unrecognized mode '", word,
              "' but expected one of 'reduced' (default), 'r', or 'complete'");
}
std::array<Meta, 2> LinalgQr::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  check_matrices("linalg.qr", x);
  int64_t m = x.size(-2), n = x.size(-1), k = a.mode == "complete" ? m : std::min(m, n);
  Dims q = a.mode == "r" ? Dims(0) : with(batch_of(x), {m, k});
  return {Meta{q, x.dtype()}, Meta{with(batch_of(x), {k, n}), x.dtype()}};
}
// Walter and Lehmann 2013, "Algorithmic differentiation of linear algebra functions".
Tensor LinalgQr::backward(Grads g, Out<0> q, Out<1> r, const Attrs& a) {
  if (a.mode == "r") fail("The derivative of linalg.qr depends on Q, which mode='r' leaves out");
  if (a.mode == "complete" && q.size(-1) > r.size(-1))
    fail("The QR decomposition is not differentiable when mode='complete' and nrows > ncols");
  if (r.size(-2) < r.size(-1))
    fail<NotImplementedError>("linalg.qr: there is no gradient yet for matrices wider than high (",
                              r.size(-2), " by ", r.size(-1), ")");
  Tensor m = zeros_like(r);
  if (g[1].defined()) m = m + Tensor(r).matmul(flipped(g[1]));
  if (g[0].defined()) m = m - flipped(g[0]).matmul(q);
  Tensor mirrored = m.tril() + flipped(m.tril(-1));
  Tensor sum = Tensor(q).matmul(mirrored);
  if (g[0].defined()) sum = sum + g[0];
  return linalg_solve_triangular(flipped(r), sum, {.upper = false, .left = false});
}

std::array<Meta, 2> LinalgEigh::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  check_square("linalg.eigh", x);
  if (a.UPLO != "L" && a.UPLO != "U" && a.UPLO != "l" && a.UPLO != "u")
    fail("Expected UPLO argument to be 'L' or 'U', but got ", a.UPLO);
  return {Meta{with(batch_of(x), {x.size(-1)}), x.dtype()}, Meta{x.sizes(), x.dtype()}};
}
// Giles 2008, "An extended collection of matrix derivative results".
Tensor LinalgEigh::backward(Grads g, Out<0> w, Out<1> v) {
  if (!g[1].defined()) {
    if (!g[0].defined()) return {};
    return (Tensor(v) * g[0].unsqueeze(-2)).matmul(flipped(v));
  }
  Tensor gaps = w.unsqueeze(-2) - w.unsqueeze(-1);
  Tensor self = eye(w.size(-1), {.dtype = DType::boolean});
  Tensor inner = where(self, 0, flipped(v).matmul(g[1]) / where(self, 1, gaps));
  if (g[0].defined()) inner = inner + g[0].diag_embed();
  return Tensor(v).matmul(inner).matmul(flipped(v));
}

std::array<Meta, 3> LinalgSvd::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  check_matrices("linalg.svd", x);
  Dims batch = batch_of(x);
  int64_t m = x.size(-2), n = x.size(-1), k = std::min(m, n);
  bool full = a.full_matrices;
  return {Meta{with(batch, {m, full ? m : k}), x.dtype()}, Meta{with(batch, {k}), x.dtype()},
          Meta{with(batch, {full ? n : k, n}), x.dtype()}};
}
// Giles 2008, and for what lies outside the k columns Townsend 2016, "Differentiating the SVD".
Tensor LinalgSvd::backward(Grads g, Out<0> all_u, Out<1> s, Out<2> all_vh) {
  int64_t k = s.size(-1);
  auto columns = [&](const Tensor& x) { return x.narrow({-1, 0, k}); };
  Tensor u = columns(all_u), v = columns(flipped(all_vh));
  Tensor inner = zeros_like(u.narrow({-2, 0, k}));
  if (g[1].defined()) inner = inner + g[1].diag_embed();
  Tensor gu = g[0].defined() ? columns(g[0]) : Tensor();
  Tensor gv = g[2].defined() ? columns(flipped(g[2])) : Tensor();
  if (gu.defined() || gv.defined()) {
    Tensor square = s * s, self = eye(k, {.dtype = DType::boolean});
    Tensor gaps = where(self, 1, square.unsqueeze(-2) - square.unsqueeze(-1));
    auto turned = [&](const Tensor& x, const Tensor& grad) {
      Tensor p = flipped(x).matmul(grad);
      return where(self, 0, (p - flipped(p)) / gaps);
    };
    if (gu.defined()) inner = inner + turned(u, gu) * s.unsqueeze(-2);
    if (gv.defined()) inner = inner + s.unsqueeze(-1) * turned(v, gv);
  }
  Tensor out = u.matmul(inner).matmul(flipped(v));
  if (gu.defined() && u.size(-2) > k) {
    Tensor outside = gu - u.matmul(flipped(u).matmul(gu));
    out = out + (outside / s.unsqueeze(-2)).matmul(flipped(v));
  }
  if (gv.defined() && v.size(-2) > k) {
    Tensor outside = gv - v.matmul(flipped(v).matmul(gv));
    out = out + u.matmul(flipped(outside / s.unsqueeze(-2)));
  }
  return out;
}

// ---- functions of matrices ----

// Scaling and squaring; 18 terms of the series are exact to float64 for a norm below 1.
Tensor LinalgMatrixExp::forward(const Tensor& x) {
  check_square("linalg.matrix_exp", x);
  if (x.numel() == 0) return x.clone();
  double norm = 0;
  {
    NoGradGuard raw;
    norm = x.detach().abs().sum({.dim = Dims(-2)}).max().item<double>();
  }
  int squarings = norm > 1 && std::isfinite(norm) ? int(std::ceil(std::log2(norm))) : 0;
  Tensor scaled = x * std::ldexp(1.0, -squarings);
  Tensor one = eye(x.size(-1), {.dtype = x.dtype()}).expand(x.sizes());
  Tensor sum = one;  // Horner's scheme: 1 + x (1 + x/2 (1 + x/3 (..)))
  for (int i = 18; i >= 1; i--) sum = one + scaled.matmul(sum) * (1.0 / i);
  for (int i = 0; i < squarings; i++) sum = sum.matmul(sum);
  return sum;
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(LinearAlgebra)
