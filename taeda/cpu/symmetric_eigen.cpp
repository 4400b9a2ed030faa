#include "taeda/cpu/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "taeda/base/error.h"

namespace taeda::cpu {

namespace {

// Reduces the lower half of a to a diagonal d and what stands beside it, e[i] between i and i + 1.
// The rows of a become those of Q^T, where A = Q T Q^T.
void to_three_diagonals(int64_t n, double* a, double* d, double* e) {
  auto at = [&](int64_t i, int64_t j) -> double& { return a[i * n + j]; };
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = i + 1; j < n; j++) at(i, j) = at(j, i);
  std::vector<double> reflectors(static_cast<size_t>(n * n)), tau(static_cast<size_t>(n)), p(tau);
  for (int64_t k = 0; k + 2 < n; k++) {
    double* u = reflectors.data() + k * n;  // from k + 1 on
    double below = 0;
    for (int64_t i = k + 2; i < n; i++) below += at(i, k) * at(i, k);
    if (below == 0) continue;
    double alpha = at(k + 1, k), beta = -std::copysign(std::sqrt(alpha * alpha + below), alpha);
    double t = tau[size_t(k)] = (beta - alpha) / beta;
    u[k + 1] = 1;
    for (int64_t i = k + 2; i < n; i++) u[i] = at(i, k) / (alpha - beta);
    at(k + 1, k) = at(k, k + 1) = beta;
    for (int64_t i = k + 2; i < n; i++) at(i, k) = at(k, i) = 0;
    // A' = H A H = A - u q^T - q u^T with q = t A u - (t / 2)(u^T t A u) u
    double dot = 0;
    for (int64_t i = k + 1; i < n; i++) {
      p[size_t(i)] = t * std::inner_product(u + k + 1, u + n, &at(i, k + 1), 0.0);
      dot += u[i] * p[size_t(i)];
    }
    for (int64_t i = k + 1; i < n; i++) p[size_t(i)] -= 0.5 * t * dot * u[i];
    for (int64_t i = k + 1; i < n; i++)
      for (int64_t j = k + 1; j < n; j++) at(i, j) -= u[i] * p[size_t(j)] + p[size_t(i)] * u[j];
  }
  for (int64_t i = 0; i < n; i++) d[i] = at(i, i);
  for (int64_t i = 0; i + 1 < n; i++) e[i] = at(i + 1, i);
  // Q^T = .. H1 H0, built by columns of Q from the last reflector on; Q is kept transposed.
  std::fill_n(a, n * n, 0.0);
  for (int64_t i = 0; i < n; i++) at(i, i) = 1;
  for (int64_t k = n - 3; k >= 0; k--) {
    const double* u = reflectors.data() + k * n;
    double t = tau[size_t(k)];
    if (t == 0) continue;
    for (int64_t c = k + 1; c < n; c++) {  // column c of Q is row c here
      double dot = t * std::inner_product(u + k + 1, u + n, &at(c, k + 1), 0.0);
      for (int64_t i = k + 1; i < n; i++) at(c, i) -= dot * u[i];
    }
  }
}

// QL steps on the three diagonals; the rows of q turn with them.
void diagonalize(int64_t n, double* d, double* e, double* q) {
  e[n - 1] = 0;
  for (int64_t l = 0; l < n; l++) {
    for (int steps = 0;; steps++) {
      int64_t m = l;
      while (m + 1 < n && std::fabs(e[m]) > 0x1p-53 * (std::fabs(d[m]) + std::fabs(d[m + 1]))) m++;
      if (m == l) break;
      if (steps == 80)
        fail(
            "linalg.eigh: The algorithm failed to converge because the input matrix is "
            "ill-conditioned or has NaN or infinite elements.");
      double g = (d[l + 1] - d[l]) / (2 * e[l]);
      g = d[m] - d[l] + e[l] / (g + std::copysign(std::hypot(g, 1.0), g));
      double s = 1, c = 1, p = 0;
      int64_t i = m - 1;
      for (; i >= l; i--) {
        double f = s * e[i], b = c * e[i], r = std::hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {  // the matrix falls apart here
          d[i + 1] -= p;
          e[m] = 0;
          break;
        }
        s = f / r, c = g / r;
        g = d[i + 1] - p;
        double t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        double *x = q + i * n, *y = x + n;
        for (int64_t k = 0; k < n; k++) {
          double old = y[k];
          y[k] = s * x[k] + c * old;
          x[k] = c * x[k] - s * old;
        }
      }
      if (i >= l) continue;
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

}  // namespace

void symmetric_eigen(int64_t n, double* a, double* w) {
  if (n == 0) return;
  std::vector<double> d(static_cast<size_t>(n)), e(static_cast<size_t>(n));
  to_three_diagonals(n, a, d.data(), e.data());
  diagonalize(n, d.data(), e.data(), a);
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t x, int64_t y) { return d[size_t(x)] < d[size_t(y)]; });
  std::vector<double> rows(a, a + n * n);
  for (int64_t i = 0; i < n; i++) {
    w[i] = d[size_t(order[size_t(i)])];
    std::copy_n(rows.data() + order[size_t(i)] * n, n, a + i * n);
  }
}

}  // namespace taeda::cpu
