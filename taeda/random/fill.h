// Fills of contiguous memory with random numbers, element after element. What is drawn and how it
// is rounded is PyTorch's, bit for bit. Arguments are taken as valid; ops/random.h checks them.
#pragma once
#include "taeda/random/generator.h"

namespace taeda::fills {

// In [from, to); floating dtypes. One word an element, two for float64.
void uniform(Stream& s, DType dtype, void* out, int64_t n, double from, double to);
// Normal numbers one by one, through the stream's pairs in float64.
void normal(Stream& s, DType dtype, void* out, int64_t n, double mean, double std);
// Normal numbers in blocks of 16 of the dtype's own precision; n >= 16. A last block that is not
// full lies over the end of the one before.
void normal_blocks(Stream& s, DType dtype, void* out, int64_t n, double mean, double std);

// low + w mod range, w one word, or two if range >= 2^28; real dtypes.
void integers(Stream& s, DType dtype, void* out, int64_t n, uint64_t range, int64_t low);
// All 64 bits: int64, and the floating dtypes but float16.
void all_bits(Stream& s, DType dtype, void* out, int64_t n);
// Whole numbers from 0 to the dtype's greatest, or for floating dtypes the greatest before gaps
// appear.
void whole(Stream& s, DType dtype, void* out, int64_t n);

// 1 with probability p, else 0; real dtypes. Two words an element.
void bernoulli(Stream& s, DType dtype, void* out, int64_t n, double p);
// 1 / keep with probability keep, else 0; floating dtypes.
void dropout_mask(Stream& s, DType dtype, void* out, int64_t n, double keep);
// 1 with a probability of each element's own, else 0, p of a floating dtype.
void bernoulli_each(Stream& s, DType dtype, void* out, int64_t n, DType p_dtype, const void* p);

// Computed in float64 from two words an element.
void exponential(Stream& s, DType dtype, void* out, int64_t n, double lambda);
void geometric(Stream& s, DType dtype, void* out, int64_t n, double p);
void cauchy(Stream& s, DType dtype, void* out, int64_t n, double median, double sigma);
void log_normal(Stream& s, DType dtype, void* out, int64_t n, double mean, double std);

// A Poisson number for each rate, both of a floating dtype: Knuth's product of uniform numbers for
// rates below 10, else transformed rejection (Hormann 1993, PTRS).
void poisson_each(Stream& s, DType dtype, void* out, int64_t n, const void* rates);

// A gamma number of rate 1 for each shape (Marsaglia and Tsang 2000), at least the dtype's smallest
// normal number; all of a floating dtype.
void gamma_each(Stream& s, DType dtype, void* out, int64_t n, const void* shapes);
// The derivative of a gamma number x by its shape a, where the probability of less stays the same.
double gamma_derivative(double a, double x);
// A binomial number for each count and probability, of a floating dtype: sums of geometric numbers,
// or transformed rejection (Hormann 1993, BTRS) where the mean is 10 or more.
void binomial_each(Stream& s, DType dtype, void* out, int64_t n, const void* counts,
                   const void* probabilities);

// 0 .. n - 1 in random order (Fisher and Yates).
void permutation(Stream& s, DType dtype, void* out, int64_t n);

// `draws` categories with replacement, given the cumulative probabilities (float32 or float64, the
// last one 1): for each the first category whose value is not below a uniform number.
template <class T>
void categories(Stream& s, const T* cumulative, int64_t n, int64_t* out, int64_t draws);

}  // namespace taeda::fills
