// The functions of Vec in every instruction set: errors in units of the last place, special values,
// storage types, and the same bits with AVX2 and AVX-512.
#include <algorithm>
#include <functional>

#include "tests/cpp/engine_check.h"
#include "tests/cpp/isa/math_table.h"

using namespace taeda;
using namespace taeda::cpu;
using namespace taeda::test;

namespace {

using Real = long double;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Level {
  const TestTable* table;
  const char* name;
};
std::vector<Level> levels() {
#if defined(__x86_64__)
  std::vector<Level> all = {
      {&test_table_base, "base"}, {&test_table_avx2, "avx2"}, {&test_table_avx512, "avx512"}};
  all.resize(size_t(find_isa_level() + 1));
  return all;
#else
  return {{&test_table_base, "base"}};
#endif
}

PointwiseFn loop_of(const TestTable& t, TestOp op, float) { return t.op[int(op)].f32; }
PointwiseFn loop_of(const TestTable& t, TestOp op, double) { return t.op[int(op)].f64; }

template <class T>
std::vector<T> apply(const TestTable& t, TestOp op, const std::vector<T>& x,
                     const std::vector<T>& y = {}) {
  std::vector<T> out(x.size());
  const void* in[] = {x.data(), y.data()};
  loop_of(t, op, T())(out.data(), in, int64_t(x.size()), nullptr);
  return out;
}

// |got - want| in units of the last place of T at want. NaN must meet NaN, and infinity infinity.
template <class T> double ulps(T got, Real want) {
  const T near = T(want);
  if (std::isnan(near) || std::isnan(got)) return std::isnan(near) && std::isnan(got) ? 0 : kInf;
  if (std::isinf(near) || std::isinf(got))
    return near == got || (std::isinf(got) &&
                           std::fabs(want) > Real(std::numeric_limits<T>::max()) * Real(0.9999999))
               ? 0
               : kInf;
  if (want == 0) return got == 0 && std::signbit(got) == std::signbit(want) ? 0 : kInf;
  int e;
  std::frexp(near == 0 ? std::numeric_limits<T>::denorm_min() : near, &e);
  const int digits = std::numeric_limits<T>::digits,
            least = std::numeric_limits<T>::min_exponent - digits;
  return double(std::fabs(Real(got) - want) / std::ldexp(Real(1), std::max(e - digits, least)));
}

Real sigmoid(Real x) { return 1 / (1 + std::exp(-x)); }
Real rsqrt(Real x) { return 1 / std::sqrt(x); }
Real half_even(Real x) { return std::nearbyint(x); }

struct Function {
  TestOp op;
  const char* name;
  Real (*exact)(Real);
  double bound_float, bound_double;
};
#define TAEDA_F(name, bound_float, bound_double)                                                \
  {                                                                                             \
    TestOp::name, #name, [](Real x) -> Real { return std::name(x); }, bound_float, bound_double \
  }
const Function functions[] = {
    TAEDA_F(exp, 1.2, 1.2),      TAEDA_F(exp2, 1.2, 1.2),
    TAEDA_F(expm1, 2.5, 2.5),    TAEDA_F(log, 1.2, 1.2),
    TAEDA_F(log2, 0.6, 2),       TAEDA_F(log10, 0.6, 2.1),
    TAEDA_F(log1p, 2.5, 2),      TAEDA_F(sin, 1.7, 1),
    TAEDA_F(cos, 1.7, 1),        TAEDA_F(tan, 0.6, 1),
    TAEDA_F(asin, 0.6, 1),       TAEDA_F(acos, 0.6, 1),
    TAEDA_F(atan, 0.6, 1),       TAEDA_F(sinh, 0.6, 2.5),
    TAEDA_F(cosh, 0.6, 2.5),     TAEDA_F(tanh, 2.5, 2.5),
    TAEDA_F(asinh, 0.6, 2.5),    TAEDA_F(acosh, 0.6, 2.5),
    TAEDA_F(atanh, 0.6, 2.5),    TAEDA_F(erf, 1.5, 1.5),
    TAEDA_F(erfc, 0.6, 4),       {TestOp::sigmoid, "sigmoid", sigmoid, 2.6, 2.6},
    TAEDA_F(sqrt, 0.501, 0.501), {TestOp::rsqrt, "rsqrt", rsqrt, 1.6, 1.6},
    TAEDA_F(floor, 0, 0),        TAEDA_F(ceil, 0, 0),
    TAEDA_F(trunc, 0, 0),        {TestOp::round, "round", half_even, 0, 0},
    TAEDA_F(abs, 0, 0)};

// Special values, then bit patterns spread over the whole range, then an even spread over [-10,
// 10].
template <class T> std::vector<T> arguments() {
  using B = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  const T least = std::numeric_limits<T>::denorm_min(), small = std::numeric_limits<T>::min();
  const T huge = std::numeric_limits<T>::max();
  std::vector<T> x = {T(0),   T(-0.),  T(kInf), T(-kInf), T(kNan),    T(1),     T(-1),
                      T(0.5), T(-0.5), T(1.5),  T(2.5),   T(-2.5),    least,    -least,
                      small,  -small,  huge,    -huge,    T(8388609), T(-1e10), T(2)};
  const int count = 30000;
  for (int i = 0; i < count; ++i) {
    const B bits = B(rng()) << (sizeof(T) == 8 ? 32 : 0) | B(rng());
    T v;
    std::memcpy(&v, &bits, sizeof v);
    x.push_back(std::isnan(v) ? T(kNan) : v);
  }
  std::uniform_real_distribution<double> even(-10, 10);
  for (int i = 0; i < count; ++i) x.push_back(T(even(rng)));
  return x;
}

template <class T> void check_functions() {
  const auto x = arguments<T>();
  for (const Function& f : functions) {
    std::vector<T> narrow;
    for (const Level& level : levels()) {
      const auto y = apply(*level.table, f.op, x);
      const double bound =
          (sizeof(T) == 4 ? f.bound_float : f.bound_double) + (level.name[0] == 'b' ? 0.3 : 0);
      double worst = 0;
      T at = 0;
      for (size_t i = 0; i < x.size(); ++i)
        if (const double u = ulps(y[i], f.exact(x[i])); u > worst) worst = u, at = x[i];
      EXPECT_LE(worst, bound) << f.name << " of " << sizeof(T) << " bytes, " << level.name
                              << ", at " << double(at);
      if (level.name[3] == '2') narrow = y;
      if (level.name[3] == '5') {
        EXPECT_EQ(0, std::memcmp(y.data(), narrow.data(), y.size() * sizeof(T)))
            << f.name << ": bits differ";
      }
    }
  }
}
TEST(IsaMath, FloatFunctions) { check_functions<float>(); }
TEST(IsaMath, DoubleFunctions) { check_functions<double>(); }

template <class T> void check_binary() {
  auto x = arguments<T>(), y = x;
  std::shuffle(y.begin(), y.end(), rng);
  for (size_t i = 0; i < 21 * 21; ++i) x[i] = x[i % 21], y[i] = x[i / 21];
  for (size_t i = 21 * 21; i < x.size(); i += 2) y[i] = std::round(y[i] * T(0.1));
  const std::tuple<TestOp, const char*, Real (*)(Real, Real), double> ops[] = {
      {TestOp::pow, "pow", [](Real a, Real b) { return std::pow(a, b); }, 1.1},
      {TestOp::atan2, "atan2", [](Real a, Real b) { return std::atan2(a, b); }, 1.5},
      {TestOp::fmod, "fmod", [](Real a, Real b) { return std::fmod(a, b); }, 0},
      {TestOp::hypot, "hypot", [](Real a, Real b) { return std::hypot(a, b); }, 1.1},
      {TestOp::copysign, "copysign", [](Real a, Real b) { return std::copysign(a, b); }, 0}};
  for (auto& [op, name, exact, bound] : ops)
    for (const Level& level : levels()) {
      const auto z = apply(*level.table, op, x, y);
      for (size_t i = 0; i < z.size(); ++i)
        ASSERT_LE(ulps(z[i], exact(x[i], y[i])), bound)
            << name << "(" << double(x[i]) << ", " << double(y[i]) << ") = " << double(z[i]) << ", "
            << level.name;
    }
}
TEST(IsaMath, FloatBinary) { check_binary<float>(); }
TEST(IsaMath, DoubleBinary) { check_binary<double>(); }

// Every length up to a few vectors: the last lanes are right, and nothing behind them is written.
template <class S> void check_lengths(PointwiseFn (*pick)(const TestTable&)) {
  const auto x = random_values<S>(100);
  for (const Level& level : levels())
    for (int64_t n = 0; n <= 70; ++n) {
      std::vector<S> out(100, S(float(-7)));
      const void* in[] = {x.data()};
      const TestScale scale{3};
      (*pick) (*level.table)(out.data(), in, n, &scale);
      for (size_t i = 0; i < out.size(); ++i)
        ASSERT_EQ(value(out[i]), int64_t(i) < n ? value(S(Compute<S>(value(x[i]) * 3))) : -7)
            << level.name << " " << n;
      (*pick) (*level.table)(out.data(), in, n, nullptr);  // the default: 2
      if (n > 0) { ASSERT_EQ(value(out[0]), value(S(Compute<S>(value(x[0]) * 2)))); }
    }
}
TEST(IsaMath, LengthsAndAttributes) {
  check_lengths<float>([](const TestTable& t) { return t.op[int(TestOp::scale)].f32; });
  check_lengths<double>([](const TestTable& t) { return t.op[int(TestOp::scale)].f64; });
  check_lengths<Half>([](const TestTable& t) { return t.op[int(TestOp::scale)].f16; });
  check_lengths<BFloat16>([](const TestTable& t) { return t.op[int(TestOp::scale)].bf16; });
}

TEST(IsaMath, MasksInAndOut) {
  for (const Level& level : levels())
    for (int64_t n : {1, 7, 16, 33, 100}) {
      auto x = random_values<float>(n), y = random_values<float>(n);
      x[size_t(n / 2)] = float(kNan);
      std::vector<uint8_t> mask(static_cast<size_t>(n)), nan(static_cast<size_t>(n) + 1, 9);
      for (auto& m : mask) m = uint8_t(rng() % 2);
      std::vector<float> out(static_cast<size_t>(n));
      const void* in[] = {mask.data(), x.data(), y.data()};
      level.table->op[int(TestOp::where)].f32(out.data(), in, n, nullptr);
      level.table->op[int(TestOp::isnan)].f32(nan.data(), in + 1, n, nullptr);
      for (size_t i = 0; i < out.size(); ++i) {
        EXPECT_EQ(0, std::memcmp(&out[i], mask[i] ? &x[i] : &y[i], 4));
        EXPECT_EQ(nan[i], int64_t(i) == n / 2);
      }
      EXPECT_EQ(nan.back(), 9);
    }
}

TEST(IsaMath, SixteenBitFloatsRoundAsTheScalarTypes) {
  const auto x = arguments<float>();
  std::vector<Half> h(65536), back(x.size());
  std::vector<float> wide(h.size());
  for (size_t i = 0; i < h.size(); ++i) h[i].bits = uint16_t(i);
  for (const Level& level : levels()) {
    const void* in[] = {h.data()};
    level.table->half_to_float(wide.data(), in, int64_t(h.size()), nullptr);
    for (size_t i = 0; i < h.size(); ++i)
      if (!std::isnan(float(h[i]))) { ASSERT_EQ(wide[i], float(h[i])) << level.name << " " << i; }
    in[0] = x.data();
    level.table->float_to_half(back.data(), in, int64_t(x.size()), nullptr);
    for (size_t i = 0; i < x.size(); ++i)
      if (std::isnan(x[i])) ASSERT_TRUE(std::isnan(float(back[i])));
      else ASSERT_EQ(back[i].bits, Half(x[i]).bits) << level.name << " " << x[i];
    std::vector<BFloat16> b(65536);
    std::vector<double> d(b.size());
    for (size_t i = 0; i < b.size(); ++i) b[i].bits = uint16_t(i);
    in[0] = b.data();
    level.table->bf16_to_double(d.data(), in, int64_t(b.size()), nullptr);
    for (size_t i = 0; i < b.size(); ++i)
      if (!std::isnan(d[i])) { ASSERT_EQ(d[i], double(float(b[i]))); }
    in[0] = d.data();
    std::vector<BFloat16> again(b.size());
    level.table->double_to_bf16(again.data(), in, int64_t(b.size()), nullptr);
    for (size_t i = 0; i < b.size(); ++i)
      if (!std::isnan(d[i])) { ASSERT_EQ(again[i].bits, b[i].bits); }
  }
}

}  // namespace
