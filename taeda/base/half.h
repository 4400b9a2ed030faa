// The 16-bit floats as storage: IEEE binary16 and bfloat16. Arithmetic happens in float.
#pragma once
#include <cstdint>
#include <cstring>

#include "taeda/base/api.h"
#include "taeda/base/host_device.h"

namespace taeda {

namespace detail {

TAEDA_HD uint32_t float_bits(float f) {
  uint32_t u;
  memcpy(&u, &f, 4);
  return u;
}
TAEDA_HD float bits_float(uint32_t u) {
  float f;
  memcpy(&f, &u, 4);
  return f;
}

TAEDA_HD float half_to_float(uint16_t h) {
  // Exponent and mantissa moved into place, then scaled by 2^112: exact for subnormals too.
  float scaled = bits_float(uint32_t(h & 0x7fff) << 13) * 0x1p112f;
  uint32_t inf_or_nan = scaled >= 65536.0f ? 0x7f800000u : 0u;
  return bits_float(float_bits(scaled) | inf_or_nan | uint32_t(h & 0x8000) << 16);
}
TAEDA_HD uint16_t float_to_half(float x) {
  uint32_t u = float_bits(x), sign = u >> 16 & 0x8000;
  u &= 0x7fffffff;
  if (u > 0x7f800000) return uint16_t(sign | 0x7e00 | (u >> 13 & 0x3ff));
  if (u >= 0x477ff000) return uint16_t(sign | 0x7c00);  // rounds to infinity
  // Adding 2^(e + 13) rounds the mantissa to half's grid, ties to even.
  uint32_t e = (u & 0x7f800000) < 0x38800000 ? 0x38800000 : u & 0x7f800000;
  uint32_t sum = float_bits(bits_float(u) + bits_float(e + (13u << 23)));
  return uint16_t(sign | (((e - 0x38800000) >> 13) + (sum & 0x7fffff)));
}

TAEDA_HD float bfloat16_to_float(uint16_t b) { return bits_float(uint32_t(b) << 16); }
TAEDA_HD uint16_t float_to_bfloat16(float x) {  // nearest even; NaN stays NaN
  uint32_t u = float_bits(x);
  if ((u & 0x7fffffff) > 0x7f800000) return uint16_t(u >> 16 | 0x40);
  return uint16_t((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

}  // namespace detail

struct TAEDA_API Half {
  uint16_t bits = 0;
  Half() = default;
  TAEDA_HD explicit Half(float f) : bits(detail::float_to_half(f)) {}
  TAEDA_HD explicit operator float() const { return detail::half_to_float(bits); }
};

struct TAEDA_API BFloat16 {
  uint16_t bits = 0;
  BFloat16() = default;
  TAEDA_HD explicit BFloat16(float f) : bits(detail::float_to_bfloat16(f)) {}
  TAEDA_HD explicit operator float() const { return detail::bfloat16_to_float(bits); }
};

// The type a kernel computes in: 16-bit floats compute in float.
template <class S> struct ComputeOf { using type = S; };
template <> struct ComputeOf<Half> { using type = float; };
template <> struct ComputeOf<BFloat16> { using type = float; };
template <class S> using Compute = typename ComputeOf<S>::type;

}  // namespace taeda
