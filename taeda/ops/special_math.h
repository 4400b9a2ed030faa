// The special functions as scalar code in double: series, recurrences and continued fractions from
// Abramowitz and Stegun, "Handbook of Mathematical Functions", and the DLMF (dlmf.nist.gov).
#pragma once
#include <cmath>
#include <limits>

namespace taeda::special {

inline constexpr double kPi = 3.14159265358979323846,
                        kInf = std::numeric_limits<double>::infinity(),
                        kNan = std::numeric_limits<double>::quiet_NaN(),
                        kEps = std::numeric_limits<double>::epsilon();

// ---- gamma and its derivatives ----

// log|gamma(x)|, without the global sign of libm's.
inline double lgamma(double x) {
  int sign;
  return ::lgamma_r(x, &sign);
}

// The logarithmic derivative of gamma: upwards by recurrence, then DLMF 5.11.2.
inline double digamma(double x) {
  if (x == 0) return std::copysign(kInf, -x);
  double sum = 0;
  if (x < 0) {
    if (x == std::floor(x)) return kNan;
    double whole, part = std::modf(x, &whole);
    sum = -kPi / std::tan(kPi * part);
    x = 1 - x;
  }
  for (; x < 10; x++) sum -= 1 / x;
  double z = 1 / (x * x);
  double tail =
      z * (1. / 12 -
           z * (1. / 120 -
                z * (1. / 252 - z * (1. / 240 - z * (1. / 132 - z * (691. / 32760 - z / 12))))));
  return sum + std::log(x) - 0.5 / x - tail;
}

// The Hurwitz zeta function, sum of (k + q) ** -x over k = 0, 1, ..: Euler and Maclaurin's formula
// (DLMF 25.11.5) behind the first terms.
inline double zeta(double x, double q) {
  if (x == 1) return kInf;
  if (x < 1) return kNan;
  if (q <= 0) {
    if (q == std::floor(q)) return kInf;
    if (x != std::floor(x)) return kNan;
  }
  if (x != x || q != q) return kNan;
  if (std::isinf(q)) return kNan;
  double sum = 0, a = q;
  for (int k = 0; k < 12 || a <= 12; k++, a++) {
    double term = std::pow(a, -x);
    sum += term;
    if (k > 12 && std::fabs(term) < kEps * std::fabs(sum) && a > 0) return sum;
  }
  double power = std::pow(a, -x);
  sum += power * a / (x - 1) + power / 2;
  // B(2k) / (2k)!
  static constexpr double coefficients[] = {1. / 12,           -1. / 720,
                                            1. / 30240,        -1. / 1209600,
                                            1. / 47900160,     -691. / 1307674368000.,
                                            1. / 74724249600., -3617. / 10670622842880000.};
  double factor = x * power / a;
  for (int k = 0; k < 8; k++) {
    sum += coefficients[k] * factor;
    double m = x + 2 * k + 1;
    factor *= m * (m + 1) / (a * a);
  }
  return sum;
}

// The n-th derivative of digamma.
inline double polygamma(int64_t n, double x) {
  if (n == 0) return digamma(x);
  if (n == 1 && x == kInf) return 0;
  if (n == 1 && x < 0.5) {  // by reflection
    if (std::isinf(x)) return kNan;
    if (x == std::floor(x)) return kInf;
    double s = std::sin(kPi * x);
    return kPi * kPi / (s * s) - zeta(2, 1 - x);
  }
  return (n % 2 ? 1 : -1) * std::exp(lgamma(double(n) + 1)) * zeta(double(n) + 1, x);
}

// The regularised lower (or upper) incomplete gamma function: its series where x is small, the
// continued fraction of the upper one elsewhere (DLMF 8.7.1, 8.9.2).
inline double incomplete_gamma(double a, double x, bool upper) {
  if (x < 0 || a < 0 || (a == 0 && !(x > 0))) return kNan;
  if (a == 0) return upper ? 0 : 1;
  if (x == 0) return upper ? 1 : 0;
  if (std::isinf(a)) return std::isinf(x) ? kNan : upper ? 1 : 0;
  if (std::isinf(x)) return upper ? 0 : 1;
  if (x != x || a != a) return kNan;
  double front = std::exp(a * std::log(x) - x - lgamma(a));
  if (a > 200 && std::fabs(x - a) < 0.5 * a) {  // the exponent cancels: through (x - a) / a
    double d = (x - a) / a;
    double stirling = 1 / (12 * a) - 1 / (360 * a * a * a);
    front = std::sqrt(a / (2 * kPi)) * std::exp(a * (std::log1p(d) - d) - stirling);
  }
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (double n = a + 1; std::fabs(term) > kEps * sum && n < a + 100000; n++)
      term *= x / n, sum += term;
    double lower = front * sum;
    return upper ? 1 - lower : lower;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;  // Lentz's method
  for (int i = 1; i < 100000; i++) {
    double an = -i * (i - a);
    b += 2;
    d = an * d + b, c = b + an / c;
    if (std::fabs(d) < 1e-300) d = 1e-300;
    if (std::fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    double step = d * c;
    h *= step;
    if (std::fabs(step - 1) < kEps) break;
  }
  double above = front * h;
  return upper ? above : 1 - above;
}

// ---- error functions and the normal distribution ----

// exp(x^2), with the rounding error of x^2 put back.
inline double exp_square(double x, double sign) {
  double square = x * x, rest = std::fma(x, x, -square);
  return std::exp(sign * square) * (1 + sign * rest);
}
// exp(x^2) erfc(x); DLMF 7.12.1 where erfc vanishes.
inline double erfcx(double x) {
  if (x < 25) return x < -26.7 ? kInf : exp_square(x, 1) * std::erfc(x);
  double z = 1 / (x * x);
  return (1 - z / 2 * (1 - z * 1.5 * (1 - z * 2.5 * (1 - z * 3.5)))) / (x * std::sqrt(kPi));
}
// The inverse of the normal distribution function: Newton's and Halley's steps on erfc, whose
// tail is exact to the last digits, from a rational start (Abramowitz and Stegun 26.2.23).
inline double ndtri(double p) {
  if (!(p >= 0 && p <= 1)) return kNan;
  if (p == 0) return -kInf;
  if (p == 1) return kInf;
  if (p == 0.5) return 0;
  double tail = p < 0.5 ? p : 1 - p, t = std::sqrt(-2 * std::log(tail));
  double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int i = 0; i < 4; i++) {  // of erfc(x / sqrt 2) / 2 = tail, in units of its slope
    double e = 0.5 * std::erfc(x / std::sqrt(2.)) - tail;
    double slope = exp_square(x / std::sqrt(2.), -1) / std::sqrt(2 * kPi);
    if (slope == 0) break;
    double u = e / slope;
    x += u / (1 - 0.5 * x * u);
  }
  return p < 0.5 ? -x : x;
}
inline double erfinv(double y) {
  if (!(y >= -1 && y <= 1)) return kNan;
  double a = std::fabs(y);
  if (a == 1) return std::copysign(kInf, y);
  double x;
  if (a < 0.5) {  // from the series, by Newton's and Halley's steps on erf
    double z = kPi / 4 * a * a;
    x = std::sqrt(kPi) / 2 * a * (1 + z * (1. / 3 + z * (7. / 30 + z * 127. / 630)));
    for (int i = 0; i < 4; i++) {
      double u = (std::erf(x) - a) / (2 / std::sqrt(kPi) * std::exp(-x * x));
      x -= u / (1 + x * u);
    }
  } else {
    x = -ndtri((1 - a) / 2) / std::sqrt(2.);
  }
  return std::copysign(x, y);
}
inline double log_ndtr(double x) {
  double t = x / std::sqrt(2.);
  if (x < -1) return std::log(erfcx(-t) / 2) - t * t;
  return std::log1p(-std::erfc(t) / 2);
}

// ---- Bessel functions ----

// The Bessel functions of libm, without a value at infinity as PyTorch's.
inline double at_finite(double (*f)(double), double x) { return std::isinf(x) ? kNan : f(x); }
// exp(-|x|) I_n(x) for n = 0, 1: the series, whose terms are all positive, or DLMF 10.40.1.
inline double scaled_i(int n, double x) {
  double a = std::fabs(x);
  if (x != x) return x;
  double y;
  if (a < 40) {
    double z = a * a / 4, term = n ? a / 2 : 1, sum = term;
    for (int k = 1; term > kEps * 1e-2 * sum; k++) term *= z / (double(k) * (k + n)), sum += term;
    y = std::exp(-a) * sum;
  } else {
    double mu = 4. * n * n, term = 1, sum = 1;
    for (int k = 1; k < 60; k++) {
      double odd = 2. * k - 1, next = term * -(mu - odd * odd) / (k * 8 * a);
      if (std::fabs(next) > std::fabs(term)) break;
      term = next, sum += term;
      if (std::fabs(term) < kEps * std::fabs(sum)) break;
    }
    y = std::isinf(a) ? 0 : sum / std::sqrt(2 * kPi * a);
  }
  return n && x < 0 ? -y : y;
}
inline double bessel_i(int n, double x) {
  double a = std::fabs(x);
  if (std::isinf(a)) return kNan;  // as PyTorch's
  double half = std::exp(a / 2);   // in two steps: the product overflows later
  return scaled_i(n, x) * half * half;
}
// exp(x) K_n(x) for n = 0, 1: libstdc++'s K, or DLMF 10.40.2.
inline double scaled_k(int n, double x) {
  if (x == 0) return kInf;
  if (!(x > 0)) return kNan;
  if (x < 40) return std::exp(x) * std::cyl_bessel_k(double(n), x);
  if (std::isinf(x)) return 0;
  double mu = 4. * n * n, term = 1, sum = 1;
  for (int k = 1; k < 60; k++) {
    double odd = 2. * k - 1, next = term * (mu - odd * odd) / (k * 8 * x);
    if (std::fabs(next) > std::fabs(term)) break;
    term = next, sum += term;
    if (std::fabs(term) < kEps * std::fabs(sum)) break;
  }
  return sum * std::sqrt(kPi / (2 * x));
}
inline double bessel_k(int n, double x) {
  if (x == 0) return kInf;
  if (!(x > 0)) return kNan;
  return scaled_k(n, x) * std::exp(-x);
}
inline double spherical_j0(double x) {
  if (std::isinf(x)) return 0;
  if (std::fabs(x) < 0.5) {
    double z = x * x;
    return 1 - z / 6 * (1 - z / 20 * (1 - z / 42 * (1 - z / 72 * (1 - z / 110 * (1 - z / 156)))));
  }
  return std::sin(x) / x;
}
// Ai: its Taylor series about 0 (DLMF 9.4.1), or Bessel functions of order 1/3 (9.6.2, 9.6.6).
inline double airy_ai(double x) {
  if (x != x || std::isinf(x)) return kNan;
  if (x > 104) return 0;
  if (std::fabs(x) < 2) {
    double f = 1, g = x, tf = 1, tg = x, z = x * x * x;
    for (int k = 1; k < 40; k++) {
      tf *= z / ((3. * k) * (3. * k - 1)), tg *= z / ((3. * k) * (3. * k + 1));
      f += tf, g += tg;
    }
    return 0.355028053887817239260 * f - 0.258819403792806798405 * g;
  }
  double a = std::fabs(x), xi = 2. / 3 * a * std::sqrt(a);
  if (x > 0) return std::sqrt(a / 3) / kPi * std::cyl_bessel_k(1. / 3, xi);
  return std::sqrt(a) / 2 *
         (std::cyl_bessel_j(1. / 3, xi) - std::cyl_neumann(1. / 3, xi) / std::sqrt(3.));
}

// ---- orthogonal polynomials: p(k + 1) = (a x + b) p(k) - c p(k - 1) ----

enum class Family {
  chebyshev_t,
  chebyshev_u,
  chebyshev_v,
  chebyshev_w,
  hermite_h,
  hermite_he,
  laguerre,
  legendre
};
// The polynomial of degree n at x, n without its fraction; of negative degree 0.
inline double polynomial(Family f, double x, double degree) {
  if (!(degree > -1 && degree < 0x1p63)) return 0;
  auto n = int64_t(degree);
  if (n == 0) return 1;
  double before = 1, now = x;
  switch (f) {
  case Family::chebyshev_t:
    if (x == 1 || (x == -1 && n % 2 == 0)) return 1;
    if (x == -1) return -1;
    if (n > 6 && std::fabs(x) < 1) return std::cos(double(n) * std::acos(x));
    break;
  case Family::chebyshev_u:
    if (x == 1 || (x == -1 && n % 2 == 0)) return double(n) + 1;
    if (x == -1) return -(double(n) + 1);
    now = 2 * x;
    break;
  case Family::chebyshev_v:
    if (x == 1) return 1;
    if (x == -1) return n % 2 ? -(2 * double(n) + 1) : 2 * double(n) + 1;
    now = 2 * x - 1;
    break;
  case Family::chebyshev_w:
    if (x == 1) return 2 * double(n) + 1;
    if (x == -1) return n % 2 ? -1 : 1;
    now = 2 * x + 1;
    break;
  case Family::hermite_h: now = 2 * x; break;
  case Family::laguerre: now = 1 - x; break;
  default: break;
  }
  for (int64_t k = 1; k < n && now == now; k++) {
    double m = double(k), next;
    switch (f) {
    case Family::hermite_h: next = 2 * x * now - 2 * m * before; break;
    case Family::hermite_he: next = x * now - m * before; break;
    case Family::laguerre: next = ((2 * m + 1 - x) * now - m * before) / (m + 1); break;
    case Family::legendre: next = ((2 * m + 1) * x * now - m * before) / (m + 1); break;
    default: next = 2 * x * now - before;
    }
    before = now, now = next;
  }
  return now;
}

}  // namespace taeda::special
