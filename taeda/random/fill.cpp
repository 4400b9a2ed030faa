#include "taeda/random/fill.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <type_traits>

#include "taeda/random/lanes.h"

namespace taeda::fills {
namespace {

constexpr int kTile = 512;

template <class T>
inline constexpr bool is_half = std::same_as<T, Half> || std::same_as<T, BFloat16>;
template <class T> inline constexpr bool is_float = is_half<T> || std::is_floating_point_v<T>;
template <class T> inline constexpr int digits = std::numeric_limits<T>::digits;
template <> inline constexpr int digits<Half> = 11;
template <> inline constexpr int digits<BFloat16> = 8;

// visit, for the dtypes a distribution is defined on; the others are refused before.
template <class F> void visit_real(DType dtype, F f) {
  visit(dtype, [&]<class T>() {
    if constexpr (!is_complex_type<T>) f.template operator()<T>();
  });
}
template <class F> void visit_floating(DType dtype, F f) {
  visit(dtype, [&]<class T>() {
    if constexpr (is_float<T>) f.template operator()<T>();
  });
}

// From float64 to any dtype; integers as the processor converts what does not fit.
template <class T> T rounded(double v) {
  if constexpr (is_half<T>) return T(float(v));
  else if constexpr (is_float<T>) return T(v);
  else if constexpr (sizeof(T) == 8)
    return T(v >= -0x1p63 && v < 0x1p63 ? int64_t(v) : std::numeric_limits<int64_t>::min());
  else return T(v > -0x1p31 - 1 && v < 0x1p31 ? int32_t(v) : std::numeric_limits<int32_t>::min());
}
template <class T> T rounded(int64_t v) {
  if constexpr (is_half<T>) return T(float(v));
  else if constexpr (std::same_as<T, bool>) return v != 0;
  else return T(v);
}
template <class T> T as(bool v) {  // 0 or 1, without a branch
  if constexpr (is_half<T>) {
    T out;
    out.bits = uint16_t(-int(v) & (std::same_as<T, Half> ? 0x3c00 : 0x3f80));
    return out;
  } else {
    return T(int(v));
  }
}

// f(tile of n float64 numbers in [0, 1), place of the first, n), until all are drawn.
template <class F> void each_unit_tile(Stream& s, int64_t n, F f) {
  uint32_t words[2 * kTile];
  double unit[kTile];
  for (int64_t i = 0; i < n; i += kTile) {
    int64_t k = std::min<int64_t>(kTile, n - i);
    s.words(words, 2 * k);
    random_lanes().unit_double(words, unit, k);
    f(unit, i, k);
  }
}
template <class F> void each_word_tile(Stream& s, int64_t n, F f) {
  uint32_t words[kTile];
  for (int64_t i = 0; i < n; i += kTile) {
    int64_t k = std::min<int64_t>(kTile, n - i);
    s.words(words, k);
    f(words, i, k);
  }
}
// out[i] = value(a float64 number in [0, 1)), rounded.
template <class F> void from_units(Stream& s, DType dtype, void* out, int64_t n, F value) {
  visit_real(dtype, [&]<class T>() {
    each_unit_tile(s, n, [&](const double* u, int64_t at, int64_t k) {
      T* o = static_cast<T*>(out) + at;
      for (int64_t i = 0; i < k; i++) o[i] = rounded<T>(value(u[i]));
    });
  });
}

void unit_floats(Stream& s, float* out, int64_t n) {
  each_word_tile(s, n, [&](const uint32_t* w, int64_t at, int64_t k) {
    random_lanes().uniform_float(w, out + at, k, 0, 1);
  });
}
void unit_doubles(Stream& s, double* out, int64_t n) {
  uint32_t words[2 * kTile];
  for (int64_t i = 0; i < n; i += kTile) {
    int64_t k = std::min<int64_t>(kTile, n - i);
    s.words(words, 2 * k);
    random_lanes().unit_double(words, out + i, k);
  }
}

// 16 uniform numbers to normal ones: the first 8 give radii, the last 8 angles.
void normal_block(double* d, double mean, double std) {
  for (int k = 0; k < 8; k++) {
    double r = std::sqrt(-2 * std::log(1 - d[k])), t = 2 * std::numbers::pi * d[k + 8];
    d[k] = std::fma(r * std::cos(t), std, mean);
    d[k + 8] = std::fma(r * std::sin(t), std, mean);
  }
}

// The float32 numbers of whole blocks, rounded to 16 bits.
template <class T> void normal_halves(Stream& s, T* out, int64_t n, float mean, float std) {
  float tile[kTile];
  for (int64_t i = 0; i < n; i += kTile) {
    int64_t k = std::min<int64_t>(kTile, n - i);
    unit_floats(s, tile, k);
    random_lanes().normal_float(tile, k / 16, mean, std);
    for (int64_t j = 0; j < k; j++) out[i + j] = T(tile[j]);
  }
}

}  // namespace

void uniform(Stream& s, DType dtype, void* out, int64_t n, double from, double to) {
  visit_floating(dtype, [&]<class T>() {
    T* o = static_cast<T*>(out);
    if constexpr (std::same_as<T, double>) {
      for (int64_t i = 0; i < n; i += kTile) {
        int64_t k = std::min<int64_t>(kTile, n - i);
        unit_doubles(s, o + i, k);
        random_lanes().scale_double(o + i, k, from, to);
      }
    } else {
      const float a = float(from), b = float(to);
      each_word_tile(s, n, [&](const uint32_t* w, int64_t at, int64_t k) {
        if constexpr (std::same_as<T, float>) {
          random_lanes().uniform_float(w, o + at, k, a, b);
        } else {
          const float end = float(T(b));
          float x[kTile];
          random_lanes().uniform_float(w, x, k, a, b);
          for (int64_t i = 0; i < k; i++) {
            T v(x[i]);
            o[at + i] = float(v) >= end ? T(a) : v;
          }
        }
      });
    }
  });
}

void normal(Stream& s, DType dtype, void* out, int64_t n, double mean, double std) {
  visit_floating(dtype, [&]<class T>() {
    T* o = static_cast<T*>(out);
    for (int64_t i = 0; i < n; i++) o[i] = rounded<T>(std::fma(s.normal(), std, mean));
  });
}

void normal_blocks(Stream& s, DType dtype, void* out, int64_t n, double mean, double std) {
  const int64_t full = n / 16 * 16;
  visit_floating(dtype, [&]<class T>() {
    T* o = static_cast<T*>(out);
    T* last = o + n - 16;
    if constexpr (std::same_as<T, double>) {
      unit_doubles(s, o, n);
      for (int64_t i = 0; i < full; i += 16) normal_block(o + i, mean, std);
      if (full < n) unit_doubles(s, last, 16), normal_block(last, mean, std);
    } else if constexpr (std::same_as<T, float>) {
      const float m = float(mean), d = float(std);
      for (int64_t i = 0; i < n; i += kTile) {  // the transform while the tile is in cache
        int64_t k = std::min<int64_t>(kTile, n - i);
        unit_floats(s, o + i, k);
        random_lanes().normal_float(o + i, k / 16, m, d);
      }
      if (full < n) unit_floats(s, last, 16), random_lanes().normal_float(last, 1, m, d);
    } else {
      const float m = float(mean), d = float(std);
      normal_halves(s, o, full, m, d);
      if (full < n) normal_halves(s, last, 16, m, d);
    }
  });
}

void integers(Stream& s, DType dtype, void* out, int64_t n, uint64_t range, int64_t low) {
  visit_real(dtype, [&]<class T>() {
    T* o = static_cast<T*>(out);
    auto value = [&](uint64_t w) { return rounded<T>(int64_t(uint64_t(low) + w)); };
    if (range >= 1u << 28) {
      for (int64_t i = 0; i < n; i++) o[i] = value(s.next64() % range);
    } else if (std::has_single_bit(range)) {
      each_word_tile(s, n, [&](const uint32_t* w, int64_t at, int64_t k) {
        const uint32_t mask = uint32_t(range) - 1;
        for (int64_t i = 0; i < k; i++) o[at + i] = value(w[i] & mask);
      });
    } else {
      each_word_tile(s, n, [&](const uint32_t* w, int64_t at, int64_t k) {
        const uint32_t modulus = uint32_t(range);
        for (int64_t i = 0; i < k; i++) o[at + i] = value(w[i] % modulus);
      });
    }
  });
}

void all_bits(Stream& s, DType dtype, void* out, int64_t n) {
  visit_real(dtype, [&]<class T>() {
    T* o = static_cast<T*>(out);
    for (int64_t i = 0; i < n; i++) o[i] = rounded<T>(int64_t(s.next64()));
  });
}

void whole(Stream& s, DType dtype, void* out, int64_t n) {
  visit_real(dtype, [&]<class T>() {
    T* o = static_cast<T*>(out);
    if constexpr (sizeof(T) == 8) {
      constexpr uint64_t modulus = std::same_as<T, double> ? (1ull << 53) + 1 : 1ull << 63;
      for (int64_t i = 0; i < n; i++) o[i] = rounded<T>(int64_t(s.next64() % modulus));
    } else {
      constexpr int bits = digits<T>;
      constexpr uint64_t modulus = (uint64_t(1) << bits) + (is_float<T> ? 1 : 0);
      for (int64_t i = 0; i < n; i++) o[i] = rounded<T>(int64_t(s.next() % modulus));
    }
  });
}

void bernoulli(Stream& s, DType dtype, void* out, int64_t n, double p) {
  visit_real(dtype, [&]<class T>() {
    each_unit_tile(s, n, [&](const double* u, int64_t at, int64_t k) {
      T* o = static_cast<T*>(out) + at;
      for (int64_t i = 0; i < k; i++) o[i] = as<T>(u[i] < p);
    });
  });
}

void dropout_mask(Stream& s, DType dtype, void* out, int64_t n, double keep) {
  visit_floating(dtype, [&]<class T>() {
    using C = Compute<T>;
    const T one = rounded<T>(double(C(1) / C(keep))), zero = rounded<T>(0.0);
    each_unit_tile(s, n, [&](const double* u, int64_t at, int64_t k) {
      T* o = static_cast<T*>(out) + at;
      for (int64_t i = 0; i < k; i++) o[i] = u[i] < keep ? one : zero;
    });
  });
}

void bernoulli_each(Stream& s, DType dtype, void* out, int64_t n, DType p_dtype, const void* p) {
  visit_real(dtype, [&]<class T>() {
    T* o = static_cast<T*>(out);
    visit_floating(p_dtype, [&]<class P>() {
      const P* q = static_cast<const P*>(p);
      if constexpr (std::same_as<P, double>) {
        each_unit_tile(s, n, [&](const double* u, int64_t at, int64_t k) {
          for (int64_t i = 0; i < k; i++) o[at + i] = as<T>(u[i] < q[at + i]);
        });
      } else {
        each_word_tile(s, n, [&](const uint32_t* w, int64_t at, int64_t k) {
          float u[kTile];
          random_lanes().uniform_float(w, u, k, 0, 1);
          for (int64_t i = 0; i < k; i++) o[at + i] = as<T>(u[i] < float(q[at + i]));
        });
      }
    });
  });
}

void exponential(Stream& s, DType dtype, void* out, int64_t n, double lambda) {
  from_units(s, dtype, out, n, [=](double u) { return -1 / lambda * std::log1p(-u); });
}
void geometric(Stream& s, DType dtype, void* out, int64_t n, double p) {
  const double scale = std::log1p(-p);
  from_units(s, dtype, out, n, [=](double u) { return std::ceil(std::log(u) / scale); });
}
void cauchy(Stream& s, DType dtype, void* out, int64_t n, double median, double sigma) {
  from_units(s, dtype, out, n, [=](double u) {
    return std::fma(sigma, std::tan(std::numbers::pi * (u - 0.5)), median);
  });
}
void log_normal(Stream& s, DType dtype, void* out, int64_t n, double mean, double std) {
  visit_floating(dtype, [&]<class T>() {
    T* o = static_cast<T*>(out);
    for (int64_t i = 0; i < n; i++) o[i] = rounded<T>(std::exp(std::fma(s.normal(), std, mean)));
  });
}

namespace {
double log_factorial(double k) {
  int sign;  // lgamma would write it to a global
  return lgamma_r(k + 1, &sign);
}
double poisson_number(Stream& s, double rate) {
  if (rate == 0) return 0;
  if (rate < 10) {
    const double limit = std::exp(-rate);
    double count = 0;
    for (double product = s.unit(); product > limit; product *= s.unit()) count++;
    return count;
  }
  const double root = std::sqrt(rate), log_rate = std::log(rate);
  const double b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), vr = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = s.unit() - 0.5, v = s.unit(), us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
        -rate + k * log_rate - log_factorial(k))
      return k;
  }
}
}  // namespace

void poisson_each(Stream& s, DType dtype, void* out, int64_t n, const void* rates) {
  visit_floating(dtype, [&]<class T>() {
    const T* rate = static_cast<const T*>(rates);
    for (int64_t i = 0; i < n; i++)
      static_cast<T*>(out)[i] = rounded<T>(poisson_number(s, double(Compute<T>(rate[i]))));
  });
}

namespace {
double digamma(double x) {
  double out = 0;
  for (; x < 10; x++) out -= 1 / x;
  const double y = 1 / (x * x);
  return out + std::log(x) - 0.5 / x -
         y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y / 132))));
}
double least_normal(DType d) {
  switch (d) {
  case DType::float64: return std::numeric_limits<double>::min();
  case DType::float16: return 0x1p-14;
  default: return std::numeric_limits<float>::min();
  }
}
double gamma_number(Stream& s, double shape) {
  double scale = 1;
  if (shape < 1) {  // one more, and the power of a uniform number
    if (shape == 0) return 0;
    scale = std::pow(1 - s.unit(), 1 / shape);
    shape += 1;
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    double x, y;
    do {
      x = s.normal();
      y = 1 + c * x;
    } while (y <= 0);
    const double v = y * y * y, u = 1 - s.unit(), xx = x * x;
    if (u < 1 - 0.0331 * xx * xx) return scale * d * v;
    if (std::log(u) < 0.5 * xx + d * (1 - v + std::log(v))) return scale * d * v;
  }
}

// What Stirling's formula leaves of log(k!).
double stirling_rest(double k) {
  const double n = k + 1;
  if (k <= 9)
    return log_factorial(k) - (0.5 * std::log(2 * std::numbers::pi) + (k + 0.5) * std::log(n) - n);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / (n * n)) / (n * n)) / n;
}
double few_successes(Stream& s, double count, double p) {
  const double log_q = std::log1p(-p);
  double trials = 0, successes = 0;
  while (true) {
    trials += std::ceil(std::log(s.unit()) / log_q);
    if (trials > count) return successes;
    successes++;
  }
}
double many_successes(Stream& s, double count, double p) {
  const double deviation = std::sqrt(count * p * (1 - p)), b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p, c = count * p + 0.5, vr = 0.92 - 4.2 / b;
  const double r = p / (1 - p), alpha = (2.83 + 5.1 / b) * deviation;
  const double m = std::floor((count + 1) * p);
  while (true) {
    const double u = s.unit() - 0.5;
    double v = s.unit();
    const double us = 0.5 - std::fabs(u), k = std::floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || k > count) continue;
    v = std::log(v * alpha / (a / (us * us) + b));
    const double bound = (m + 0.5) * std::log((m + 1) / (r * (count - m + 1))) +
                         (count + 1) * std::log((count - m + 1) / (count - k + 1)) +
                         (k + 0.5) * std::log(r * (count - k + 1) / (k + 1)) + stirling_rest(m) +
                         stirling_rest(count - m) - stirling_rest(k) - stirling_rest(count - k);
    if (v <= bound) return k;
  }
}
double binomial_number(Stream& s, double count, double p) {
  if (std::isnan(p)) return p;
  if (count <= 0 || p <= 0) return 0;
  if (p >= 1) return count;
  const double q = std::min(p, 1 - p);
  const double successes =
      count * q >= 10 ? many_successes(s, count, q) : few_successes(s, count, q);
  return p <= 0.5 ? successes : count - successes;
}
}  // namespace

// -(dP/da) / (dP/dx) for the distribution function P(a, x), by its series in powers of x
// (Figurnov et al. 2018, "Implicit reparameterization gradients"). For great shapes, where that is
// long, the cube of a normal variable that Wilson and Hilferty put in place of x.
double gamma_derivative(double a, double x) {
  if (!(x > 0)) return 0;
  if (a > 5000) {
    const double y = std::cbrt(x / a), z = 3 * std::sqrt(a) * (y - 1 + 1 / (9 * a));
    return y * y * y + 3 * a * y * y * (1 / (9 * a * a) - z / (6 * a * std::sqrt(a)));
  }
  double psi = digamma(a + 1), term = 1 / a, sum = 0;
  const double log_x = std::log(x);
  for (int k = 0; k < 100000; k++) {
    const double step = term * (log_x - psi);
    sum += step;
    if (a + k > x && std::fabs(step) < 1e-17 * std::fabs(sum)) break;
    psi += 1 / (a + k + 1);
    term *= x / (a + k + 1);
  }
  return -x * sum;
}

void gamma_each(Stream& s, DType dtype, void* out, int64_t n, const void* shapes) {
  visit_floating(dtype, [&]<class T>() {
    const T* shape = static_cast<const T*>(shapes);
    const double least = least_normal(dtype);
    for (int64_t i = 0; i < n; i++)
      static_cast<T*>(out)[i] =
          rounded<T>(std::max(least, gamma_number(s, double(Compute<T>(shape[i])))));
  });
}
void binomial_each(Stream& s, DType dtype, void* out, int64_t n, const void* counts,
                   const void* probabilities) {
  visit_floating(dtype, [&]<class T>() {
    const T *count = static_cast<const T*>(counts), *p = static_cast<const T*>(probabilities);
    for (int64_t i = 0; i < n; i++)
      static_cast<T*>(out)[i] =
          rounded<T>(binomial_number(s, double(Compute<T>(count[i])), double(Compute<T>(p[i]))));
  });
}

void permutation(Stream& s, DType dtype, void* out, int64_t n) {
  visit_real(dtype, [&]<class T>() {
    T* r = static_cast<T*>(out);
    if (n >= 214748364) {  // 2^32 / 20: from here one word would be visibly uneven
      for (int64_t i = 0; i < n; i++) {
        int64_t z = int64_t(s.next64() % uint64_t(i + 1));
        r[i] = rounded<T>(i);
        r[i] = r[z];
        r[z] = rounded<T>(i);
      }
      return;
    }
    for (int64_t i = 0; i < n; i++) r[i] = rounded<T>(i);
    for (int64_t i = 0; i + 1 < n; i++) std::swap(r[i], r[i + s.next() % uint32_t(n - i)]);
  });
}

template <class T>
void categories(Stream& s, const T* cumulative, int64_t n, int64_t* out, int64_t draws) {
  for (int64_t i = 0; i < draws; i++) {
    const double u = s.unit();
    out[i] = std::partition_point(cumulative, cumulative + n, [u](T c) { return double(c) < u; }) -
             cumulative;
  }
}
template void categories(Stream&, const float*, int64_t, int64_t*, int64_t);
template void categories(Stream&, const double*, int64_t, int64_t*, int64_t);

}  // namespace taeda::fills
