// Variances, products, truth and norms over axes folded to [outer, n, inner]. Sums are in double,
// in an order that depends on the sizes alone.
#include "taeda/ops/statistics.h"

#include <cmath>

#include "taeda/cpu/copying.h"
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

// Variances (or their roots) and means; mean may be null.
template <class T>
void spread(const Folded& f, double correction, bool root, RealOf<T>* out, T* mean) {
  const T* x = f.x.data<T>();
  int64_t n = f.reduced, inner = f.inner;
  double denominator = std::max(0.0, double(n) - correction);
  parallel_ranges(f.outer, grain_of(f), [&](int64_t b, int64_t e) {
    std::vector<Wide<T>> centre(static_cast<size_t>(inner));
    std::vector<double> squares(static_cast<size_t>(inner));
    for (int64_t o = b; o < e; o++) {
      const T* block = x + o * n * inner;
      std::fill(centre.begin(), centre.end(), Wide<T>(0));
      std::fill(squares.begin(), squares.end(), 0.0);
      for (int64_t r = 0; r < n; r++)
        for (int64_t i = 0; i < inner; i++) centre[size_t(i)] += widen(block[r * inner + i]);
      for (auto& c : centre) c /= double(n);
      for (int64_t r = 0; r < n; r++)
        for (int64_t i = 0; i < inner; i++)
          squares[size_t(i)] += square_of(widen(block[r * inner + i]) - centre[size_t(i)]);
      for (int64_t i = 0; i < inner; i++) {
        double v = squares[size_t(i)] / denominator;
        out[o * inner + i] = RealOf<T>(Compute<RealOf<T>>(root ? std::sqrt(v) : v));
        if (mean) {
          if constexpr (is_complex_type<T>) mean[o * inner + i] = T(centre[size_t(i)]);
          else mean[o * inner + i] = T(Compute<T>(centre[size_t(i)]));
        }
      }
    }
  });
}

void spread_into(Args in, Outs out, const ops::Correction& a, bool root) {
  Folded f = fold(in[0], a.dim);
  visit(in[0].dtype(), [&]<class T>() {
    if constexpr (can_have_gradient(dtype_of<T>))
      spread<T>(f, a.correction.value_or(1), root, out[0].data<RealOf<T>>(),
                out.size() > 1 ? out[1].data<T>() : nullptr);
  });
}

template <class T> void products(const Folded& f, T* out) {
  using C = Compute<T>;
  const T* x = f.x.data<T>();
  int64_t n = f.reduced, inner = f.inner;
  parallel_ranges(f.outer, grain_of(f), [&](int64_t b, int64_t e) {
    std::vector<C> acc(static_cast<size_t>(inner));
    for (int64_t o = b; o < e; o++) {
      std::fill(acc.begin(), acc.end(), C(1));
      const T* row = x + o * n * inner;
      for (int64_t r = 0; r < n; r++, row += inner)
        for (int64_t i = 0; i < inner; i++) acc[size_t(i)] = C(acc[size_t(i)] * C(row[i]));
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

template <class T> void norms(const Folded& f, double p, RealOf<T>* out) {
  auto sum = [](double a, double b, double c, double d) { return (a + b) + (c + d); };
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
