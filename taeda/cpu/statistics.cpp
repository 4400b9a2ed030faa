// Variances, products, truth and norms over axes folded to [outer, n, inner]. Sums are in double,
// in an order that depends on the sizes alone.
#include "taeda/ops/statistics.h"

#include <array>
#include <cmath>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/cpu/reduce.h"
#include "taeda/op/call.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

using cpu::Folded;

Folded fold(const Tensor& x, const std::optional<Dims>& dim) {
  return cpu::fold_axes(x, ops::reduced_axes(dim, x.sizes().size()));
}
// x in another dtype, if it has another.
Tensor cast_to(const Tensor& x, DType d) {
  if (x.dtype() == d) return x;
  Tensor out = empty(x.sizes(), d);
  cpu::copy_elements(out, x);
  return out;
}
int64_t grain_of(const Folded& f) { return 1 + 32768 / (f.reduced * f.inner + 1); }

template <class T>
using Wide = std::conditional_t<is_complex_type<T>, std::complex<double>, double>;
template <class T> Wide<T> widen(T v) {
  if constexpr (is_complex_type<T>) return Wide<T>(v);
  else return double(Compute<T>(v));
}
inline double square_of(double v) { return v * v; }
inline double square_of(std::complex<double> v) { return std::norm(v); }

// The columns of [n, inner] are taken in groups whose sums stay in L1, the rows of a group in
// blocks that are added up in C, blocks in double.
constexpr int64_t kColumns = 256, kRowBlock = 64;

// f(first row, rows) over blocks.
template <class F> void each_rows(int64_t n, int64_t block, F f) {
  for (int64_t r = 0; r < n; r += block) f(r, std::min(block, n - r));
}

// Sum and spread of n items: blocks by the engine's trees, joined in order. Long rows are shared.
struct Spread {
  double mean, off, squares;  // off: what rounding left of the mean
};
template <class S> Spread spread_of_row(const S* x, int64_t n) {
  using C = Compute<S>;
  const int64_t block = cpu::kSumBlock, blocks = (n + block - 1) / block;
  const auto sum_of = cpu::row_kernels<S>().block_sum;
  const auto spread_of = cpu::statistics_kernels<S>().spread;
  std::vector<std::array<C, 2>> part(static_cast<size_t>(blocks));
  auto over = [&](auto f) {
    parallel_ranges(blocks, 16, [&](int64_t b, int64_t e) {
      for (int64_t i = b; i < e; i++)
        f(x + i * block, std::min(block, n - i * block), part[size_t(i)].data());
    });
  };
  Spread s{0, 0, 0};
  over([&](const S* p, int64_t k, C* out) { out[0] = sum_of(p, k); });
  for (const auto& p : part) s.mean += double(p[0]);
  s.mean = double(C(s.mean / double(n)));
  over([&](const S* p, int64_t k, C* out) { spread_of(p, k, C(s.mean), out); });
  for (const auto& p : part) s.off += double(p[0]), s.squares += double(p[1]);
  return s;
}

// put(index, mean, squares about it) for every [outer, inner] of floating types.
template <class S, class F> void float_spread(const Folded& f, F put) {
  using C = Compute<S>;
  const S* x = f.x.data<S>();
  const int64_t n = f.reduced, inner = f.inner;
  auto finish = [&](int64_t at, double centre, double off, double squares) {
    off /= double(n);
    put(at, centre + off, squares - off * off * double(n));
  };
  if (inner == 1) {
    auto rows = [&](int64_t b, int64_t e) {
      for (int64_t o = b; o < e; o++) {
        const Spread s = spread_of_row(x + o * n, n);
        finish(o, s.mean, s.off, s.squares);
      }
    };
    if (f.outer < num_threads()) return rows(0, f.outer);  // the threads share each row
    return parallel_ranges(f.outer, grain_of(f), rows);
  }
  const int64_t groups = (inner + kColumns - 1) / kColumns;
  const int64_t grain = 1 + 32768 / (n * std::min(inner, kColumns) + 1);
  parallel_ranges(f.outer * groups, grain, [&](int64_t b, int64_t e) {
    C a[kColumns], q[kColumns], centre[kColumns];
    double sum[kColumns], squares[kColumns];
    for (int64_t t = b; t < e; t++) {
      const int64_t o = t / groups, j = t % groups * kColumns;
      const int64_t cols = std::min(kColumns, inner - j);
      const S* from = x + o * n * inner + j;
      std::fill_n(sum, cols, 0.0), std::fill_n(squares, cols, 0.0);
      each_rows(n, kRowBlock, [&](int64_t r, int64_t rows) {
        std::fill_n(a, cols, C(0));
        cpu::row_kernels<S>().add_rows(a, from + r * inner, rows, inner, cols);
        for (int64_t i = 0; i < cols; i++) sum[i] += double(a[i]);
      });
      for (int64_t i = 0; i < cols; i++) centre[i] = C(sum[i] / double(n)), sum[i] = 0;
      each_rows(n, kRowBlock, [&](int64_t r, int64_t rows) {
        std::fill_n(a, cols, C(0)), std::fill_n(q, cols, C(0));
        cpu::statistics_kernels<S>().spread_rows(a, q, from + r * inner, centre, rows, inner, cols);
        for (int64_t i = 0; i < cols; i++) sum[i] += double(a[i]), squares[i] += double(q[i]);
      });
      for (int64_t i = 0; i < cols; i++)
        finish(o * inner + j + i, double(centre[i]), sum[i], squares[i]);
    }
  });
}

// The same of complex numbers, whose squares are those of the distances.
template <class T, class F> void complex_spread(const Folded& f, F put) {
  using W = std::complex<double>;
  const T* x = f.x.data<T>();
  const int64_t n = f.reduced, inner = f.inner;
  parallel_ranges(f.outer * inner, 1 + 16384 / (n + 1), [&](int64_t b, int64_t e) {
    for (int64_t k = b; k < e; k++) {
      const T* at = x + k / inner * n * inner + k % inner;
      W centre = 0;
      double squares = 0;
      for (int64_t r = 0; r < n; r++) centre += W(at[r * inner]);
      centre /= double(n);
      for (int64_t r = 0; r < n; r++) squares += std::norm(W(at[r * inner]) - centre);
      put(k, centre, squares);
    }
  });
}

// Variances (or their roots) and means; mean may be null.
template <class T>
void spread(const Folded& f, double correction, bool root, RealOf<T>* out, T* mean) {
  const double denominator = std::max(0.0, double(f.reduced) - correction);
  auto put = [&](int64_t at, auto centre, double squares) {
    const double v = squares / denominator;
    out[at] = RealOf<T>(Compute<RealOf<T>>(root ? std::sqrt(v) : v));
    if (!mean) return;
    if constexpr (is_complex_type<T>) mean[at] = T(centre);
    else mean[at] = T(Compute<T>(centre));
  };
  if constexpr (is_complex_type<T>) complex_spread<T>(f, put);
  else float_spread<T>(f, put);
}

void spread_into(Args in, Outs out, const ops::Correction& a, bool root) {
  Folded f = fold(in[0], a.dim);
  visit(in[0].dtype(), [&]<class T>() {
    if constexpr (can_have_gradient(dtype_of<T>))
      spread<T>(f, a.correction.value_or(1), root, out[0].data<RealOf<T>>(),
                out.size() > 1 ? out[1].data<T>() : nullptr);
  });
}

// Blocks of a row are multiplied in lanes, and joined in order.
template <class S> Compute<S> product_of_row(const S* x, int64_t n) {
  using C = Compute<S>;
  const int64_t block = cpu::kSumBlock, blocks = (n + block - 1) / block;
  const auto product = cpu::statistics_kernels<S>().product;
  if (blocks <= 1) return product(x, n);
  std::vector<C> part(static_cast<size_t>(blocks));
  parallel_ranges(blocks, 16, [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; i++)
      part[size_t(i)] = product(x + i * block, std::min(block, n - i * block));
  });
  C out = 1;
  for (C p : part) out *= p;
  return out;
}

template <class T> void products(const Folded& f, T* out) {
  using C = Compute<T>;
  const T* x = f.x.data<T>();
  const int64_t n = f.reduced, inner = f.inner;
  if constexpr (is_floating(dtype_of<T>)) {
    if (inner == 1) {
      auto rows = [&](int64_t b, int64_t e) {
        for (int64_t o = b; o < e; o++) out[o] = T(product_of_row(x + o * n, n));
      };
      if (f.outer < num_threads()) return rows(0, f.outer);
      return parallel_ranges(f.outer, grain_of(f), rows);
    }
  }
  parallel_ranges(f.outer, grain_of(f), [&](int64_t b, int64_t e) {
    std::vector<C> acc(static_cast<size_t>(inner));
    for (int64_t o = b; o < e; o++) {
      std::fill(acc.begin(), acc.end(), C(1));
      const T* row = x + o * n * inner;
      if constexpr (is_floating(dtype_of<T>)) {
        cpu::statistics_kernels<T>().times_rows(acc.data(), row, n, inner, inner);
      } else {
        for (int64_t r = 0; r < n; r++, row += inner)
          for (int64_t i = 0; i < inner; i++) acc[size_t(i)] = C(acc[size_t(i)] * C(row[i]));
      }
      for (int64_t i = 0; i < inner; i++) out[o * inner + i] = T(acc[size_t(i)]);
    }
  });
}

// out = whether all, or any, of x over the axes are not zero; bool and uint8 hold 0 and 1 alike.
void truth_into(const Tensor& out, const Tensor& x, const std::optional<Dims>& dim, bool all) {
  Folded f = fold(cast_to(x, DType::boolean), dim);
  const uint8_t* p = f.x.data<uint8_t>();
  uint8_t* to = out.data<uint8_t>();
  int64_t n = f.reduced, inner = f.inner;
  for (int64_t o = 0; o < f.outer; o++, p += n * inner, to += inner) {
    if (inner == 1) {
      *to = all ? !n || !std::memchr(p, 0, size_t(n)) : n && std::memchr(p, 1, size_t(n));
      continue;
    }
    std::fill(to, to + inner, uint8_t(all));
    for (int64_t r = 0; r < n; r++)
      for (int64_t i = 0; i < inner; i++)
        to[i] = all ? to[i] & p[r * inner + i] : to[i] | p[r * inner + i];
  }
}

// The norm of each column of [n, inner]; f(sum, |x|) adds, done(sum) finishes.
template <class T, class Add, class Done>
void norms_by(const Folded& f, double start, RealOf<T>* out, Add add, Done done) {
  const T* x = f.x.data<T>();
  int64_t n = f.reduced, inner = f.inner;
  parallel_ranges(f.outer, grain_of(f), [&](int64_t b, int64_t e) {
    std::vector<double> acc(static_cast<size_t>(inner));
    for (int64_t o = b; o < e; o++) {
      std::fill(acc.begin(), acc.end(), start);
      const T* row = x + o * n * inner;
      if (inner == 1) {  // four chains
        double s[4] = {start, start, start, start};
        int64_t r = 0;
        for (; r + 4 <= n; r += 4)
          for (int k = 0; k < 4; k++) s[k] = add(s[k], widen(row[r + k]));
        for (; r < n; r++) s[0] = add(s[0], widen(row[r]));
        acc[0] = done(s[0], s[1], s[2], s[3]);
      } else {
        for (int64_t r = 0; r < n; r++, row += inner)
          for (int64_t i = 0; i < inner; i++) acc[size_t(i)] = add(acc[size_t(i)], widen(row[i]));
        for (double& v : acc) v = done(v, start, start, start);
      }
      for (int64_t i = 0; i < inner; i++)
        out[o * inner + i] = RealOf<T>(Compute<RealOf<T>>(acc[size_t(i)]));
    }
  });
}
inline double max_nan(double a, double b) { return b > a || b != b ? b : a; }
inline double min_nan(double a, double b) { return b < a || b != b ? b : a; }

// The root of the sum of squares of n items: blocks in lanes of C, joined in double; in double
// throughout where squares leave the range of C.
template <class S> double euclidean_of_row(const S* x, int64_t n) {
  using C = Compute<S>;
  const int64_t block = cpu::kSumBlock, blocks = (n + block - 1) / block;
  const auto spread_of = cpu::statistics_kernels<S>().spread;
  std::vector<C> part(static_cast<size_t>(blocks));
  parallel_ranges(blocks, 16, [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; i++) {
      C sums[2];
      spread_of(x + i * block, std::min(block, n - i * block), C(0), sums);
      part[size_t(i)] = sums[1];
    }
  });
  double sum = 0;
  for (C p : part) sum += double(p);
  if (sizeof(C) < 8 && !(sum > 1e-26 && sum < HUGE_VAL)) {
    sum = 0;
    for (int64_t i = 0; i < n; i++) sum += square_of(widen(x[i]));
  }
  return std::sqrt(sum);
}
template <class S> void euclidean(const Folded& f, S* out) {
  const S* x = f.x.data<S>();
  auto rows = [&](int64_t b, int64_t e) {
    for (int64_t o = b; o < e; o++)
      out[o] = S(Compute<S>(euclidean_of_row(x + o * f.reduced, f.reduced)));
  };
  if (f.outer < num_threads()) return rows(0, f.outer);  // the threads share each row
  parallel_ranges(f.outer, grain_of(f), rows);
}

template <class T> void norms(const Folded& f, double p, RealOf<T>* out) {
  auto sum = [](double a, double b, double c, double d) { return (a + b) + (c + d); };
  if constexpr (is_floating(dtype_of<T>))
    if (p == 2 && f.inner == 1) return euclidean<T>(f, out);
  if (p == 2)
    return norms_by<T>(
        f, 0, out, [](double s, auto v) { return s + square_of(v); },
        [](double a, double b, double c, double d) { return std::sqrt((a + b) + (c + d)); });
  if (p == 1)
    return norms_by<T>(
        f, 0, out, [](double s, auto v) { return s + std::abs(v); }, sum);
  if (p == 0)
    return norms_by<T>(
        f, 0, out, [](double s, auto v) { return s + (v != decltype(v)(0)); }, sum);
  if (p == HUGE_VAL)
    return norms_by<T>(
        f, 0, out, [](double s, auto v) { return max_nan(s, std::abs(v)); },
        [](double a, double b, double c, double d) {
          return max_nan(max_nan(a, b), max_nan(c, d));
        });
  if (p == -HUGE_VAL)
    return norms_by<T>(
        f, HUGE_VAL, out, [](double s, auto v) { return min_nan(s, std::abs(v)); },
        [](double a, double b, double c, double d) {
          return min_nan(min_nan(a, b), min_nan(c, d));
        });
  norms_by<T>(
      f, 0, out, [p](double s, auto v) { return s + std::pow(std::abs(v), p); },
      [p](double a, double b, double c, double d) { return std::pow((a + b) + (c + d), 1 / p); });
}

}  // namespace

namespace ops {

void Var::cpu(Args in, Outs out, const Attrs& a) { spread_into(in, out, a, false); }
void Std::cpu(Args in, Outs out, const Attrs& a) { spread_into(in, out, a, true); }
void VarMean::cpu(Args in, Outs out, const Attrs& a) { spread_into(in, out, a, false); }
void StdMean::cpu(Args in, Outs out, const Attrs& a) { spread_into(in, out, a, true); }

void Prod::cpu(Args in, Outs out, const Attrs& a) {
  std::optional<Dims> dim;
  if (a.dim && in[0].dim()) dim = Dims(*a.dim);
  Folded f = fold(cast_to(in[0], out[0].dtype()), dim);
  visit(out[0].dtype(), [&]<class T>() { products<T>(f, out[0].data<T>()); });
}

void All::cpu(Args in, Outs out, const NoFields&) { truth_into(out[0], in[0], {}, true); }
void Any::cpu(Args in, Outs out, const NoFields&) { truth_into(out[0], in[0], {}, false); }
void AllDim::cpu(Args in, Outs out, const Attrs& a) { truth_into(out[0], in[0], a.dim, true); }
void AnyDim::cpu(Args in, Outs out, const Attrs& a) { truth_into(out[0], in[0], a.dim, false); }

void VectorNorm::cpu(Args in, Outs out, const Attrs& a) {
  Folded f = fold(cast_to(in[0], a.dtype.value_or(in[0].dtype())), a.dim);
  visit(f.x.dtype(), [&]<class T>() {
    if constexpr (can_have_gradient(dtype_of<T>)) norms<T>(f, a.ord, out[0].data<RealOf<T>>());
  });
}

}  // namespace ops

}  // namespace taeda
