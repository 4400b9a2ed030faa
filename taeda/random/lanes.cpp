#include "taeda/random/lanes.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string_view>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace taeda {
namespace {

// The bodies are inlined into one function per instruction set. Inner loops have constant lengths,
// so that they become vectors without an epilogue.
#define TAEDA_BODY [[gnu::always_inline]] inline

constexpr int kN = RandomLanes::kWords, kM = 397;
constexpr int kStep = 16;

template <class To, class From> TAEDA_BODY To bits(From v) {
  To to;
  __builtin_memcpy(&to, &v, sizeof to);
  return to;
}

// Matsumoto and Nishimura 1998.
TAEDA_BODY uint32_t mixed(uint32_t here, uint32_t next, uint32_t far) {
  uint32_t y = (here & 0x80000000u) | (next & 0x7fffffffu);
  return far ^ (y >> 1) ^ ((0u - (y & 1u)) & 0x9908b0dfu);
}

// Words [from, from + count) of the next state; `far` runs beside. Each step reads what it needs
// before it writes, and the words at `far` are at least kStep places away.
TAEDA_BODY void sweep(uint32_t* s, int from, int count, int far) {
  int i = 0;
  for (; i + kStep <= count; i += kStep) {
    uint32_t next[kStep];
    for (int k = 0; k < kStep; k++)
      next[k] = mixed(s[from + i + k], s[from + i + k + 1], s[far + i + k]);
    for (int k = 0; k < kStep; k++) s[from + i + k] = next[k];
  }
  for (; i < count; i++) s[from + i] = mixed(s[from + i], s[from + i + 1], s[far + i]);
}

TAEDA_BODY void twist_body(uint32_t* s, uint32_t* words) {
  sweep(s, 0, kN - kM, kM);
  sweep(s, kN - kM, kM - 1, 0);
  s[kN - 1] = mixed(s[kN - 1], s[0], s[kM - 1]);
  for (int i = 0; i < kN; i++) words[i] = tempered(s[i]);
}

TAEDA_BODY float uniform_one(uint32_t w, float span, float from, float to) {
  float x = __builtin_fmaf(float(int32_t(w & 0xffffffu)) * 0x1p-24f, span, from);
  return x >= to ? from : x;
}
TAEDA_BODY void uniform_float_body(const uint32_t* __restrict w, float* __restrict out, int64_t n,
                                   float from, float to) {
  const float span = to - from;
  int64_t i = 0;
  for (; i + kStep <= n; i += kStep)
    for (int k = 0; k < kStep; k++) out[i + k] = uniform_one(w[i + k], span, from, to);
  for (; i < n; i++) out[i] = uniform_one(w[i], span, from, to);
}

// The upper 52 bits as a number in [1, 2), less 1, plus the lowest bit: exact, and free of
// conversions.
TAEDA_BODY double unit_one(uint64_t pair) {
  uint64_t k = (pair << 32 | pair >> 32) & 0x1fffffffffffffu;
  double high = bits<double>(0x3ff0000000000000u | k >> 1) - 1.0;
  return high + bits<double>((0 - (k & 1)) & 0x3ca0000000000000u);
}
TAEDA_BODY void unit_double_body(const uint32_t* __restrict w, double* __restrict out, int64_t n) {
  int64_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    uint64_t pair[kStep];
    __builtin_memcpy(pair, w + 2 * i, sizeof pair);
    for (int k = 0; k < kStep; k++) out[i + k] = unit_one(pair[k]);
  }
  for (; i < n; i++) {
    uint64_t pair;
    __builtin_memcpy(&pair, w + 2 * i, sizeof pair);
    out[i] = unit_one(pair);
  }
}

TAEDA_BODY double scaled_one(double u, double span, double from, double to) {
  double x = __builtin_fma(u, span, from);
  return x >= to ? from : x;
}
TAEDA_BODY void scale_double_body(double* d, int64_t n, double from, double to) {
  const double span = to - from;
  int64_t i = 0;
  for (; i + kStep <= n; i += kStep)
    for (int k = 0; k < kStep; k++) d[i + k] = scaled_one(d[i + k], span, from, to);
  for (; i < n; i++) d[i] = scaled_one(d[i], span, from, to);
}

// Cephes logf for x in [2^-24, 1].
TAEDA_BODY float log_one(float x) {
  uint32_t u = bits<uint32_t>(x);
  float m = bits<float>((u & 0x007fffffu) | 0x3f000000u);
  bool small = m < 0.707106781186547524f;
  float e = float(int32_t(u >> 23) - 126 - int32_t(small));
  m = (m - 1.0f) + (small ? m : 0.0f);
  float z = m * m;
  float y = 7.0376836292E-2f;
  y = __builtin_fmaf(y, m, -1.1514610310E-1f);
  y = __builtin_fmaf(y, m, 1.1676998740E-1f);
  y = __builtin_fmaf(y, m, -1.2420140846E-1f);
  y = __builtin_fmaf(y, m, 1.4249322787E-1f);
  y = __builtin_fmaf(y, m, -1.6668057665E-1f);
  y = __builtin_fmaf(y, m, 2.0000714765E-1f);
  y = __builtin_fmaf(y, m, -2.4999993993E-1f);
  y = __builtin_fmaf(y, m, 3.3333331174E-1f);
  y = y * m;
  y = __builtin_fmaf(y, z, e * -2.12194440e-4f);
  y = __builtin_fmaf(-z, 0.5f, y);
  return __builtin_fmaf(e, 0.693359375f, m + y);
}

// Cephes sinf and cosf for x >= 0, reduced by Cody and Waite's three constants.
TAEDA_BODY void sin_cos_one(float x, float& sine, float& cosine) {
  int32_t j = (int32_t(x * 1.27323954473516f) + 1) & ~1;
  float f = float(j);
  x = __builtin_fmaf(f, -0.78515625f, x);
  x = __builtin_fmaf(f, -2.4187564849853515625e-4f, x);
  x = __builtin_fmaf(f, -3.77489497744594108e-8f, x);
  float z = x * x;
  float c = __builtin_fmaf(2.443315711809948E-5f, z, -1.388731625493765E-3f);
  c = __builtin_fmaf(c, z, 4.166664568298827E-2f) * z;
  c = __builtin_fmaf(c, z, -(z * 0.5f)) + 1.0f;
  float s = __builtin_fmaf(-1.9515295891E-4f, z, 8.3321608736E-3f);
  s = __builtin_fmaf(s, z, -1.6666654611E-1f) * z;
  s = __builtin_fmaf(s, x, x);
  uint32_t swap = 0u - (uint32_t(j) >> 1 & 1u);
  uint32_t sb = bits<uint32_t>(s), cb = bits<uint32_t>(c), d = (sb ^ cb) & swap;
  sine = bits<float>((sb ^ d) ^ (uint32_t(j) & 4u) << 29);
  cosine = bits<float>((cb ^ d) ^ (~(uint32_t(j) - 2u) & 4u) << 29);
}

TAEDA_BODY void sqrt_8(float* x) {  // not the library's function, which may set errno
#ifdef __x86_64__
  _mm_storeu_ps(x, _mm_sqrt_ps(_mm_loadu_ps(x)));
  _mm_storeu_ps(x + 4, _mm_sqrt_ps(_mm_loadu_ps(x + 4)));
#else
  for (int k = 0; k < 8; k++) x[k] = std::sqrt(x[k]);
#endif
}

TAEDA_BODY void normal_float_body(float* data, int64_t blocks, float mean, float std) {
  constexpr float two_pi = 6.283185307179586f;
  for (; blocks-- > 0; data += 16) {
    float r[8], sine[8], cosine[8];
    for (int k = 0; k < 8; k++) r[k] = -2.0f * log_one(1.0f - data[k]);
    sqrt_8(r);
    for (int k = 0; k < 8; k++) sin_cos_one(two_pi * data[k + 8], sine[k], cosine[k]);
    for (int k = 0; k < 8; k++) data[k] = __builtin_fmaf(r[k] * cosine[k], std, mean);
    for (int k = 0; k < 8; k++) data[k + 8] = __builtin_fmaf(r[k] * sine[k], std, mean);
  }
}

#define TAEDA_LANES(name, target)                                                             \
  namespace name {                                                                            \
  target void twist(uint32_t* state, uint32_t* words) { twist_body(state, words); }           \
  target void uniform_float(const uint32_t* w, float* out, int64_t n, float from, float to) { \
    uniform_float_body(w, out, n, from, to);                                                  \
  }                                                                                           \
  target void unit_double(const uint32_t* w, double* out, int64_t n) {                        \
    unit_double_body(w, out, n);                                                              \
  }                                                                                           \
  target void scale_double(double* d, int64_t n, double from, double to) {                    \
    scale_double_body(d, n, from, to);                                                        \
  }                                                                                           \
  target void normal_float(float* d, int64_t blocks, float mean, float std) {                 \
    normal_float_body(d, blocks, mean, std);                                                  \
  }                                                                                           \
  constexpr RandomLanes lanes{twist, uniform_float, unit_double, scale_double, normal_float}; \
  }

TAEDA_LANES(base, )
#ifdef __x86_64__
TAEDA_LANES(avx2, __attribute__((target("avx2,fma"))))
#endif

const RandomLanes* choose() {
#ifdef __x86_64__
  const char* wanted = std::getenv("TAEDA_CPU");  // lowers the choice, for tests
  bool lowered = wanted && std::string_view(wanted) == "base";
  __builtin_cpu_init();
  if (!lowered && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &avx2::lanes;
#endif
  return &base::lanes;
}

}  // namespace

const RandomLanes& random_lanes() {
  static const RandomLanes* const chosen = choose();
  return *chosen;
}

}  // namespace taeda
