// Kernels of linear algebra, matrix by matrix in float64, rows one after another.
#include "taeda/ops/linalg.h"

#include <cmath>
#include <numeric>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/symmetric_eigen.h"
#include "taeda/op/call.h"
#include "taeda/threads/pool.h"

namespace taeda::ops {

namespace {

struct Matrix {
  int64_t rows = 0, cols = 0;
  std::vector<double> v;
  Matrix() = default;
  Matrix(int64_t m, int64_t n) : rows(m), cols(n), v(size_t(m * n)) {}
  double* operator[](int64_t i) { return v.data() + i * cols; }
  const double* operator[](int64_t i) const { return v.data() + i * cols; }
};
Matrix transposed(const Matrix& a) {
  Matrix t(a.cols, a.rows);
  for (int64_t i = 0; i < a.rows; i++)
    for (int64_t j = 0; j < a.cols; j++) t[j][i] = a[i][j];
  return t;
}

// Matrices of a tensor as float64, and the way back.
struct Batch {
  Tensor wide;
  int64_t rows, cols, count;
  explicit Batch(const Tensor& x)
      : wide(empty(x.sizes(), DType::float64)), rows(x.size(-2)), cols(x.size(-1)) {
    cpu::copy_elements(wide, x);
    count = 1;
    for (int64_t i = 0; i < x.dim() - 2; i++) count *= x.size(i);
  }
  Matrix operator()(int64_t i) const {
    Matrix m(rows, cols);
    std::copy_n(wide.data<double>() + i * rows * cols, rows * cols, m.v.data());
    return m;
  }
};
void put(const Tensor& out, int64_t i, const std::vector<double>& v) {
  auto n = int64_t(v.size());
  if (out.dtype() == DType::float64) std::copy_n(v.data(), n, out.data<double>() + i * n);
  else
    for (int64_t k = 0; k < n; k++) out.data<float>()[i * n + k] = float(v[size_t(k)]);
}
void put(const Tensor& out, int64_t i, const Matrix& m) { put(out, i, m.v); }
void put(const Tensor& out, int64_t i, double x) { put(out, i, std::vector<double>{x}); }

template <class F> void each_matrix(const Batch& b, F f) {
  int64_t work = b.rows * b.cols * std::min(b.rows, b.cols);
  parallel_ranges(b.count, 1 + 100'000 / (work + 1), [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) f(i);
  });
}

// P A = L U in place, by partial pivoting. order[i] is the row of A that became row i.
struct Lu {
  Matrix a;
  std::vector<int64_t> order;
  double sign = 1;
  int32_t zero = 0;  // the first pivot that is 0, counted from 1
  explicit Lu(Matrix given) : a(std::move(given)), order(size_t(a.rows)) {
    std::iota(order.begin(), order.end(), 0);
    int64_t n = a.rows;
    for (int64_t k = 0; k < n; k++) {
      int64_t p = k;
      for (int64_t i = k + 1; i < n; i++)
        if (std::fabs(a[i][k]) > std::fabs(a[p][k])) p = i;
      if (p != k) {
        std::swap_ranges(a[k], a[k] + n, a[p]);
        std::swap(order[size_t(k)], order[size_t(p)]);
        sign = -sign;
      }
      if (a[k][k] == 0) {
        if (!zero) zero = int32_t(k + 1);
        continue;
      }
      for (int64_t i = k + 1; i < n; i++) {
        double f = a[i][k] /= a[k][k];
        if (f != 0)
          for (int64_t j = k + 1; j < n; j++) a[i][j] -= f * a[k][j];
      }
    }
  }
  Matrix solve(const Matrix& b) const {
    int64_t n = a.rows, m = b.cols;
    Matrix x(n, m);
    for (int64_t i = 0; i < n; i++) {
      std::copy_n(b[order[size_t(i)]], m, x[i]);
      for (int64_t k = 0; k < i; k++)
        for (int64_t j = 0; j < m; j++) x[i][j] -= a[i][k] * x[k][j];
    }
    for (int64_t i = n - 1; i >= 0; i--) {
      for (int64_t k = i + 1; k < n; k++)
        for (int64_t j = 0; j < m; j++) x[i][j] -= a[i][k] * x[k][j];
      for (int64_t j = 0; j < m; j++) x[i][j] /= a[i][i];
    }
    return x;
  }
};

// Householder's QR in place. Row k of `v` is the k-th reflector, 1 - tau[k] v v^T, whose sign is
// LAPACK's: a diagonal element of R has the sign opposite to the column's it came from.
struct Householder {
  Matrix r, v;
  std::vector<double> tau;
  explicit Householder(Matrix a) : r(std::move(a)) {
    int64_t m = r.rows, n = r.cols, k = std::min(m, n);
    v = Matrix(k, m);
    tau.assign(size_t(k), 0);
    std::vector<double> dots(static_cast<size_t>(n));
    for (int64_t c = 0; c < k; c++) {
      double below = 0, *u = v[c];
      u[c] = 1;
      for (int64_t i = c + 1; i < m; i++) below += r[i][c] * r[i][c];
      if (below == 0) continue;  // also the last row: H is 1
      double alpha = r[c][c], beta = -std::copysign(std::sqrt(alpha * alpha + below), alpha);
      tau[size_t(c)] = (beta - alpha) / beta;
      for (int64_t i = c + 1; i < m; i++) u[i] = r[i][c] / (alpha - beta);
      apply(c, r, c, dots);
      for (int64_t i = c + 1; i < m; i++) r[i][c] = 0;
    }
  }
  // The reflector c on columns from `first` on.
  void apply(int64_t c, Matrix& x, int64_t first, std::vector<double>& dots) const {
    std::fill(dots.begin(), dots.end(), 0);
    const double* u = v[c];
    for (int64_t i = c; i < x.rows; i++)
      for (int64_t j = first; j < x.cols; j++) dots[size_t(j)] += u[i] * x[i][j];
    for (int64_t i = c; i < x.rows; i++)
      for (int64_t j = first; j < x.cols; j++) x[i][j] -= tau[size_t(c)] * u[i] * dots[size_t(j)];
  }
  // The first `columns` columns of Q.
  Matrix q(int64_t columns) const {
    Matrix q(r.rows, columns);
    for (int64_t i = 0; i < std::min(r.rows, columns); i++) q[i][i] = 1;
    std::vector<double> dots(static_cast<size_t>(columns));
    for (int64_t c = v.rows - 1; c >= 0; c--) apply(c, q, 0, dots);
    return q;
  }
};

void solve_triangle_in(const Matrix& a, Matrix& x, bool upper, bool unit) {
  int64_t n = a.rows, m = x.cols;
  for (int64_t step = 0; step < n; step++) {
    int64_t i = upper ? n - 1 - step : step;
    for (int64_t k = upper ? i + 1 : 0; k < (upper ? n : i); k++)
      for (int64_t j = 0; j < m; j++) x[i][j] -= a[i][k] * x[k][j];
    if (!unit)
      for (int64_t j = 0; j < m; j++) x[i][j] /= a[i][i];
  }
}

// The rows of `b`, orthogonal up to rounding, made so, and the same rotations of the rows of `vt`
// (Hestenes's one-sided Jacobi method).
void orthogonalize(Matrix& b, Matrix& vt) {
  int64_t n = b.rows, m = b.cols;
  for (int sweep = 0; sweep < 60; sweep++) {
    bool turned = false;
    for (int64_t p = 0; p < n; p++)
      for (int64_t q = p + 1; q < n; q++) {
        double pp = 0, qq = 0, pq = 0;
        for (int64_t i = 0; i < m; i++)
          pp += b[p][i] * b[p][i], qq += b[q][i] * b[q][i], pq += b[p][i] * b[q][i];
        if (std::fabs(pq) <= 1e-15 * std::sqrt(pp * qq) || pq == 0) continue;
        turned = true;
        double zeta = (qq - pp) / (2 * pq);
        double t = std::copysign(1, zeta) / (std::fabs(zeta) + std::hypot(1, zeta));
        double c = 1 / std::hypot(1, t), s = c * t;
        auto rotate = [&](double* x, double* y, int64_t len) {
          for (int64_t i = 0; i < len; i++) {
            double old = x[i];
            x[i] = c * old - s * y[i];
            y[i] = s * old + c * y[i];
          }
        };
        rotate(b[p], b[q], m);
        rotate(vt[p], vt[q], vt.cols);
      }
    if (!turned) return;
  }
}

// Orthonormal rows: the given ones, of which the first `good` are, and new ones up to `count`.
Matrix completed(const Matrix& rows, int64_t good, int64_t count) {
  Matrix kept(good, rows.cols);
  std::copy_n(rows.v.data(), good * rows.cols, kept.v.data());
  Matrix q = transposed(Householder(transposed(kept)).q(count));
  std::copy_n(kept.v.data(), good * rows.cols, q.v.data());
  return q;
}

// ut and vt hold singular vectors as rows; rows >= cols.
struct Svd {
  Matrix ut, vt;
  std::vector<double> s;
  Svd(const Matrix& a, bool full) {
    int64_t m = a.rows, n = a.cols;
    // Eigenvectors of A^T A bring A near to orthogonal columns; Jacobi's rotations do the rest.
    Matrix gram(n, n), b(n, m);
    for (int64_t i = 0; i < m; i++)
      for (int64_t j = 0; j < n; j++)
        for (int64_t k = 0; k <= j; k++) gram[j][k] += a[i][j] * a[i][k];
    std::vector<double> w(static_cast<size_t>(n));
    cpu::symmetric_eigen(n, gram.v.data(), w.data());
    vt = std::move(gram);
    for (int64_t k = 0; k < n; k++)
      for (int64_t i = 0; i < m; i++) b[k][i] = std::inner_product(a[i], a[i] + n, vt[k], 0.0);
    orthogonalize(b, vt);
    std::vector<double> length(static_cast<size_t>(n));
    for (int64_t k = 0; k < n; k++)
      length[size_t(k)] = std::sqrt(std::inner_product(b[k], b[k] + m, b[k], 0.0));
    std::vector<int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t x, int64_t y) { return length[size_t(x)] > length[size_t(y)]; });
    Matrix u(n, m), v(n, n);
    int64_t good = 0;
    for (int64_t k = 0; k < n; k++) {
      int64_t from = order[size_t(k)];
      double size = length[size_t(from)];
      s.push_back(size);
      std::copy_n(vt[from], n, v[k]);
      if (size > s[0] * 1e-15 * double(m)) {
        good = k + 1;
        for (int64_t i = 0; i < m; i++) u[k][i] = b[from][i] / size;
      }
    }
    vt = std::move(v);
    ut = completed(u, good, full ? m : n);
  }
};

}  // namespace

void LinalgInvEx::cpu(Args in, Outs out, const Attrs& a) {
  Batch x(in[0]);
  each_matrix(x, [&](int64_t i) {
    Lu lu(x(i));
    Matrix one(x.rows, x.rows);
    for (int64_t k = 0; k < x.rows; k++) one[k][k] = 1;
    put(out[0], i, lu.solve(one));
    out[1].data<int32_t>()[i] = lu.zero;
  });
  if (!a.check_errors) return;
  for (int64_t i = 0; i < x.count; i++)
    if (int32_t k = out[1].data<int32_t>()[i])
      fail("linalg.inv_ex: The diagonal element ", k,
           " is zero, the inversion could not be completed because the input matrix is singular.");
}

void SolveSquare::cpu(Args in, Outs out, const NoFields&) {
  Batch x(in[0]), y(in[1]);
  std::atomic<bool> singular = false;
  each_matrix(x, [&](int64_t i) {
    Lu lu(x(i));
    if (lu.zero) singular = true;
    else put(out[0], i, lu.solve(y(i)));
  });
  if (singular) fail("torch.linalg.solve: The solver failed because the input matrix is singular.");
}

void SolveTriangle::cpu(Args in, Outs out, const Attrs& a) {
  Batch x(in[0]), y(in[1]);
  each_matrix(x, [&](int64_t i) {
    Matrix b = y(i);
    solve_triangle_in(x(i), b, a.upper, a.unitriangular);
    put(out[0], i, b);
  });
}

void LinalgDet::cpu(Args in, Outs out, const NoFields&) {
  Batch x(in[0]);
  each_matrix(x, [&](int64_t i) {
    Lu lu(x(i));
    double d = lu.sign;
    for (int64_t k = 0; k < x.rows; k++) d *= lu.a[k][k];
    put(out[0], i, d);
  });
}

void LinalgSlogdet::cpu(Args in, Outs out, const NoFields&) {
  Batch x(in[0]);
  each_matrix(x, [&](int64_t i) {
    Lu lu(x(i));
    double sign = lu.zero ? 0 : lu.sign, log = 0;
    for (int64_t k = 0; k < x.rows; k++) {
      log += std::log(std::fabs(lu.a[k][k]));
      if (lu.a[k][k] < 0) sign = -sign;
    }
    put(out[0], i, sign);
    put(out[1], i, log);
  });
}

void LinalgCholeskyEx::cpu(Args in, Outs out, const Attrs& a) {
  Batch x(in[0]);
  each_matrix(x, [&](int64_t i) {
    Matrix m = a.upper ? transposed(x(i)) : x(i);
    int64_t n = m.rows;
    int32_t info = 0;
    for (int64_t r = 0; r < n && !info; r++) {
      for (int64_t c = 0; c < r; c++)
        m[r][c] = (m[r][c] - std::inner_product(m[r], m[r] + c, m[c], 0.0)) / m[c][c];
      double square = m[r][r] - std::inner_product(m[r], m[r] + r, m[r], 0.0);
      if (!(square > 0)) info = int32_t(r + 1);
      else m[r][r] = std::sqrt(square);
    }
    for (int64_t r = 0; r < n; r++) std::fill(m[r] + r + 1, m[r] + n, 0);
    put(out[0], i, a.upper ? transposed(m) : m);
    out[1].data<int32_t>()[i] = info;
  });
  if (!a.check_errors) return;
  for (int64_t i = 0; i < x.count; i++)
    if (int32_t k = out[1].data<int32_t>()[i])
      fail(
          "linalg.cholesky_ex: The factorization could not be completed because the input is not "
          "positive-definite (the leading minor of order ",
          k, " is not positive-definite).");
}

void LinalgQr::cpu(Args in, Outs out, const Attrs& a) {
  Batch x(in[0]);
  each_matrix(x, [&](int64_t i) {
    Householder h(x(i));
    int64_t k = out[1].size(-2);
    if (a.mode != "r") put(out[0], i, h.q(k));
    h.r.v.resize(size_t(k * x.cols));  // the rows below are 0
    put(out[1], i, h.r);
  });
}

void LinalgEigh::cpu(Args in, Outs out, const Attrs& a) {
  Batch x(in[0]);
  bool upper = a.UPLO == "U" || a.UPLO == "u";
  each_matrix(x, [&](int64_t i) {
    Matrix m = upper ? transposed(x(i)) : x(i);
    std::vector<double> w(static_cast<size_t>(m.rows));
    cpu::symmetric_eigen(m.rows, m.v.data(), w.data());
    put(out[0], i, w);
    put(out[1], i, transposed(m));
  });
}

void LinalgSvd::cpu(Args in, Outs out, const Attrs& a) {
  Batch x(in[0]);
  each_matrix(x, [&](int64_t i) {
    bool wide = x.rows < x.cols;
    Svd svd(wide ? transposed(x(i)) : x(i), a.full_matrices);
    put(out[0], i, transposed(wide ? svd.vt : svd.ut));
    put(out[1], i, svd.s);
    put(out[2], i, wide ? svd.ut : svd.vt);
  });
}

}  // namespace taeda::ops
