// The loops of random fills that are worth vectors, in the best form this processor runs. Every
// form gives the same bits: each multiply-add below that is fused is written as one.
#pragma once
#include <cstdint>

namespace taeda {

struct RandomLanes {
  static constexpr int kWords = 624;  // of one state of the Mersenne Twister

  // Replaces the state by the next one and writes its tempered words.
  void (*twist)(uint32_t* state, uint32_t* words);
  // n words to fma(u, to - from, from), u the low 24 bits times 2^-24; `to` or above becomes
  // `from`.
  void (*uniform_float)(const uint32_t* words, float* out, int64_t n, float from, float to);
  // 2n words, the first of a pair the high one, to n numbers of 53 bits in [0, 1).
  void (*unit_double)(const uint32_t* words, double* out, int64_t n);
  // The same for n numbers of float64 that are there already, in [0, 1), in place.
  void (*scale_double)(double* d, int64_t n, double from, double to);
  // `blocks` times 16 uniform numbers in [0, 1) to normal ones, in place: Box and Muller 1958, the
  // first 8 giving radii and the last 8 angles, with Cephes' logf, sinf and cosf.
  void (*normal_float)(float* d, int64_t blocks, float mean, float std);
};

const RandomLanes& random_lanes();

[[gnu::always_inline]] inline uint32_t tempered(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

}  // namespace taeda
