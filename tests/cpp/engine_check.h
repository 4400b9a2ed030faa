// What the tests of the CPU engine share.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "taeda/base/half.h"
#include "taeda/threads/pool.h"

namespace taeda::test {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline std::mt19937 rng(1);

template <class T> std::vector<T> random_values(int64_t n, double lo = -1, double hi = 1) {
  std::uniform_real_distribution<double> d(lo, hi);
  std::vector<T> v(static_cast<size_t>(n));
  for (auto& x : v) x = T(float(d(rng)));
  return v;
}
template <class T> double value(T x) { return double(Compute<T>(x)); }

template <class T>
void expect_near(const std::vector<T>& got, const std::vector<double>& want, double tolerance,
                 const std::string& what) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(value(got[i]), want[i], tolerance * (1 + std::fabs(want[i])))
        << what << " at " << i;
}

struct ThreadCount {
  int before = num_threads();
  explicit ThreadCount(int n) { set_num_threads(n); }
  ~ThreadCount() { set_num_threads(before); }
};

// f() gives the same bytes for 1, 2, 3 and 8 threads.
template <class F> void expect_same_bits(F f, const char* what) {
  decltype(f()) first;
  for (int threads : {1, 2, 3, 8}) {
    ThreadCount guard(threads);
    auto got = f();
    if (threads == 1) first = got;
    ASSERT_EQ(got.size(), first.size());
    EXPECT_EQ(0, std::memcmp(got.data(), first.data(), got.size() * sizeof(got[0])))
        << what << " with " << threads << " threads";
  }
}

}  // namespace taeda::test
