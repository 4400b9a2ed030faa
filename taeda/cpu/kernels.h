// Tables of kernels, one of each for every instruction set, and the choice among them. Plain
// pointers: this header is safe in code compiled for any instruction set. What the rest of the
// library calls is engine.h.
#pragma once
#include <cstdint>

#include "taeda/base/api.h"
#include "taeda/base/dtype.h"
#include "taeda/base/half.h"

namespace taeda::cpu {

// out[i] = op(in[0][i], ...) for i in [0, n); operands contiguous; out may be one of the inputs.
using PointwiseFn = void (*)(void* out, const void* const* in, int64_t n, const void* attrs);

// The instruction set in use: 0 base, 1 avx2 (with fma and f16c), 2 avx512 (f, bw, dq, vl). Chosen
// once from CPUID; the environment variable TAEDA_CPU=base|avx2|avx512 can lower it.
TAEDA_API int find_isa_level();
TAEDA_API extern int
    isa_level_found;  // -1 until found; every thread that finds it writes the same value
inline int isa_level() {
  const int level = __atomic_load_n(&isa_level_found, __ATOMIC_RELAXED);
  return level >= 0 ? level : find_isa_level();
}
inline constexpr const char* isa_names[] = {"base", "avx2", "avx512"};

// Declares the tables name_base, name_avx2, name_avx512 of one type, and name(), the one to use.
#if defined(__x86_64__)
#define TAEDA_ISA_TABLES(Type, name)                                       \
  extern const Type name##_base, name##_avx2, name##_avx512;               \
  inline const Type& name() {                                              \
    const int level = ::taeda::cpu::isa_level();                           \
    return level == 2 ? name##_avx512 : level ? name##_avx2 : name##_base; \
  }
#else
#define TAEDA_ISA_TABLES(Type, name) \
  extern const Type name##_base;     \
  inline const Type& name() { return name##_base; }
#endif

// ---- conversions ----

// fn[from][to] over contiguous items, in the order bool, uint8, int8, int16, int32, int64, float16,
// bfloat16, float32, float64.
struct CastTable {
  PointwiseFn fn[10][10];
};
TAEDA_ISA_TABLES(CastTable, cast_table)

// ---- rows: reductions and normalisations over contiguous data ----

inline constexpr int64_t kShortRow = 32;  // items of a row that is taken together with others

// S is the type in memory; sums and statistics are in C. Every tree depends on n alone.
template <class S> struct RowKernels {
  using C = Compute<S>;
  C (*block_sum)(const S* x, int64_t n);
  // acc[j] = acc[j] + x[r][j] for r = 0, 1, ... in order
  void (*add_rows)(C* acc, const S* x, int64_t rows, int64_t stride, int64_t n);
  // Extremes: [0] the largest, [1] the smallest; NaN wins. index_of: first equal (first NaN for a
  // NaN).
  C (*block_extreme[2])(const S* x, int64_t n);
  void (*extreme_rows[2])(C* acc, const S* x, int64_t rows, int64_t stride, int64_t n);
  int64_t (*index_of)(const S* x, int64_t n, C value);
  void (*softmax_row)(S* y, const S* x, int64_t n, bool log_form);
  void (*layer_norm_row)(S* y, const S* x, const S* w, const S* b, int64_t n, double eps, C* mean,
                         C* rstd);
  // dx of one row; dw += dy xhat, db += dy
  void (*layer_norm_back_row)(S* dx, const S* dy, const S* x, const S* w, int64_t n, C mean, C rstd,
                              C* dw, C* db);
  // Each of `rows` rows of cols <= kShortRow items: block_sum; the extreme and its index (the first
  // of equals, the first NaN), of which y or index may be null.
  void (*sum_short_rows)(C* y, const S* x, int64_t rows, int64_t cols);
  void (*extreme_short_rows[2])(S* y, int64_t* index, const S* x, int64_t rows, int64_t cols);
  // At every place of a line the extreme so far and where it was last met; NaN stays.
  void (*running_extreme[2])(S* y, int64_t* index, const S* x, int64_t n);
};

using RangeFn = void (*)(const void* x, int64_t n, int64_t* low, int64_t* high);
struct RowTable {
  RowKernels<float> f32;
  RowKernels<double> f64;
  RowKernels<Half> f16;
  RowKernels<BFloat16> bf16;
  // to[c][r] = from[r][c], items of 4 and of 8 bytes. `stream`: non-temporal stores; `to` and its
  // rows are then 64-byte aligned.
  void (*transpose4)(void* to, int64_t to_stride, const void* from, int64_t from_stride,
                     int64_t rows, int64_t cols, bool stream);
  void (*transpose8)(void* to, int64_t to_stride, const void* from, int64_t from_stride,
                     int64_t rows, int64_t cols, bool stream);
  void (*stream)(void* to, const void* from, int64_t bytes);      // non-temporal copy
  void (*widen[2])(float* to, const uint16_t* from, int64_t n);   // [0] Half, [1] BFloat16
  void (*narrow[2])(uint16_t* to, const float* from, int64_t n);  // rounds to nearest even
  // to[i] = from[n - 1 - i], items of 1, 2, 4, 8 and 16 bytes
  void (*reverse[5])(void* to, const void* from, int64_t n);
  // The least and the greatest of n > 0 uint8, int8, int16, int32 and int64.
  RangeFn range[5];
};
TAEDA_ISA_TABLES(RowTable, row_table)

// Of bool, or of integers of up to 64 bits with sign.
inline RangeFn range_kernel(DType d) {
  return row_table().range[d == DType::boolean ? 0 : int(d) - int(DType::uint8)];
}

template <class S> const RowKernels<S>& row_kernels();
template <> inline const RowKernels<float>& row_kernels<float>() { return row_table().f32; }
template <> inline const RowKernels<double>& row_kernels<double>() { return row_table().f64; }
template <> inline const RowKernels<Half>& row_kernels<Half>() { return row_table().f16; }
template <> inline const RowKernels<BFloat16>& row_kernels<BFloat16>() { return row_table().bf16; }

// ---- statistics: variances, products, normalisations by channel, softmax along any axis ----

template <class S> struct StatisticsKernels {
  using C = Compute<S>;
  // out[0] = sum of x - centre, out[1] = sum of its squares
  void (*spread)(const S* x, int64_t n, C centre, C* out);
  // out[0] = sum of g, out[1] = sum of g (x - centre)
  void (*sum_and_dot)(const S* g, const S* x, int64_t n, C centre, C* out);
  C (*product)(const S* x, int64_t n);
  // The same of every column of rows x[r], r = 0, 1, ... in order, added to a[n] and b[n].
  void (*spread_rows)(C* a, C* b, const S* x, const C* centre, int64_t rows, int64_t stride,
                      int64_t n);
  void (*sum_and_dot_rows)(C* a, C* b, const S* g, const S* x, const C* centre, int64_t rows,
                           int64_t stride, int64_t n);
  void (*times_rows)(C* acc, const S* x, int64_t rows, int64_t stride, int64_t n);
  // y = (x - centre) scale + shift, and dx = g scale - (x - centre) slope - average. `columns`: the
  // parameters are arrays of n, else one number each.
  void (*affine)(S* y, const S* x, int64_t n, const C* centre, const C* scale, const C* shift,
                 bool columns);
  void (*affine_back)(S* dx, const S* g, const S* x, int64_t n, const C* average, const C* centre,
                      const C* slope, const C* scale, bool columns);
  void (*softmax_back_row)(S* dx, const S* dy, const S* y, int64_t n, bool log_form);
  // Along n rows that are `stride` apart, for each of cols columns.
  void (*softmax_columns)(S* y, const S* x, int64_t n, int64_t stride, int64_t cols, bool log_form);
  void (*softmax_back_columns)(S* dx, const S* dy, const S* y, int64_t n, int64_t stride,
                               int64_t cols, bool log_form);
};
struct StatisticsTable {
  StatisticsKernels<float> f32;
  StatisticsKernels<double> f64;
  StatisticsKernels<Half> f16;
  StatisticsKernels<BFloat16> bf16;
};
TAEDA_ISA_TABLES(StatisticsTable, statistics_table)

template <class S> const StatisticsKernels<S>& statistics_kernels() {
  const StatisticsTable& t = statistics_table();
  if constexpr (__is_same(S, float)) return t.f32;
  else if constexpr (__is_same(S, double)) return t.f64;
  else if constexpr (__is_same(S, Half)) return t.f16;
  else return t.bf16;
}

inline constexpr int64_t kSumBlock = 4096;  // items in a leaf of the tree of a sum

// ---- matrix products and convolutions ----

enum class Activation : uint8_t { none, relu };

// What happens to a tile of C on its last K block: C = act(alpha AB + beta C + bias + row_bias). C
// is not read if beta is 0.
template <class T> struct Epilogue {
  Compute<T> alpha = 1, beta = 0;
  const T* bias = nullptr;  // one per column
  Activation act = Activation::none;
  const T* row_bias = nullptr;  // one per row
};

// One tile product: C[m, n] (+)= sum over segments s and k < kc of A_s[i, k] B_s[k, j].
// A_s = a + a_off[s] with element strides (a_rs, a_cs); B_s = b + b_off[s], row stride b_ks, unit
// column stride. Each C element is one fma chain over (s, k): its bits do not depend on the tile it
// falls into.
template <class T> struct TileArgs {
  const T* a;
  int64_t a_rs, a_cs;
  const T* b;
  int64_t b_ks;
  T* c;
  int64_t c_rs;
  int64_t kc;
  int64_t segments = 1;
  const int64_t* a_off = nullptr;
  const int64_t* b_off = nullptr;
  int m, n;              // m <= tile_m, n <= tile_n
  bool first, last;      // K blocks: beta applies on the first, bias and activation on the last
  Epilogue<T> epilogue;  // biases point at the tile's first column and row
};

// A depthwise convolution of one output row of `pixels`, channels last:
// y[p][c] = bias[c] + sum over taps t of x[p x_step + x_off[t] + c] w[t w_step + c], c < channels.
template <class T> struct DepthwiseArgs {
  const T* x;
  int64_t x_step;
  const int64_t* x_off;
  const T* w;
  int64_t w_step;
  const T* bias;  // or null
  T* y;
  int64_t y_step;
  int64_t pixels, taps, channels;
  Activation act;
};
// acc[t][c] += sum over p of x[p x_step + x_off[t] + c] dy[p dy_step + c].
template <class T> struct DepthwiseGradArgs {
  const T* x;
  int64_t x_step;
  const int64_t* x_off;
  const T* dy;
  int64_t dy_step;
  T* acc;
  int64_t acc_step;
  int64_t pixels, taps, channels;
};

template <class T> struct Gemm;  // engine.h
template <class T> struct GemmKernels {
  int tile_m, tile_n;
  void (*tile)(const TileArgs<T>&);
  // B[k, j] for j in [0, n) into panels of tile_n columns, k-major, zero padded. Strides in
  // elements.
  void (*pack_b)(T* to, const T* b, int64_t ks, int64_t js, int64_t kc, int64_t n);
  // A[i, k] for i in [0, m), m <= tile_m, k-major.
  void (*pack_a)(T* to, const T* a, int64_t is, int64_t ks, int64_t m, int64_t kc);
  // y[i] = dot(a[i, :], x), a row-major
  void (*gemv)(const T* a, int64_t lda, const T* x, T* y, int64_t m, int64_t k);
  // C = act(A B + bias), k > 0, without packing: for some dozens of products.
  void (*tiny)(const Gemm<T>& g);
  void (*depthwise)(const DepthwiseArgs<T>&);
  void (*depthwise_grad)(const DepthwiseGradArgs<T>&);
};
struct GemmTable {
  GemmKernels<float> f32;
  GemmKernels<double> f64;
};
TAEDA_ISA_TABLES(GemmTable, gemm_table)

template <class T> const GemmKernels<T>& gemm_kernels();
template <> inline const GemmKernels<float>& gemm_kernels<float>() { return gemm_table().f32; }
template <> inline const GemmKernels<double>& gemm_kernels<double>() { return gemm_table().f64; }

// C[m, n] = A[m, 2 pairs] B of bfloat16: A by rows of whole pairs, B packed as pairs of 32 columns;
// one chain over all of K in float, rounded once at the end.
struct Bf16Tile {
  const BFloat16* a;
  int64_t a_rs;
  const uint32_t* b;
  int64_t pairs;
  BFloat16* c;
  int64_t c_rs;
  int n;
};
struct Bf16Kernels {
  int tile_m, tile_n;
  void (*tile[2][14])(const Bf16Tile&);  // [vectors - 1][rows - 1]
  void (*pack_b)(uint32_t* to, const BFloat16* b, int64_t ks, int64_t js, int64_t k, int64_t n);
};
TAEDA_ISA_TABLES(Bf16Kernels, bf16_table)
// Null where the CPU has no AVX512-BF16 or TAEDA_CPU asks for less.
const Bf16Kernels* bf16_kernels();

// ---- optimizers ----

// Differences from 1 are taken in double before they are rounded to T.
template <class T> struct AdamArgs {
  T step_size;  // lr / (1 - beta1^t)
  T beta2, one_minus_beta1, one_minus_beta2, eps;
  T bias2_sqrt;    // sqrt(1 - beta2^t)
  T weight_decay;  // added to the gradient
  T shrink;        // the parameter is multiplied by it: 1 - lr weight_decay of AdamW
  bool maximize;
};
template <class T> struct SgdArgs {
  T lr, momentum, one_minus_dampening, weight_decay;
  bool nesterov, maximize, first;  // first: the momentum buffer starts as the gradient
};
template <class T> struct TrainKernels {
  // v_max is null unless amsgrad.
  void (*adam)(T* p, T* m, T* v, T* v_max, const T* g, int64_t n, const AdamArgs<T>& a);
  void (*sgd)(T* p, T* momentum, const T* g, int64_t n,
              const SgdArgs<T>& a);  // momentum may be null
};
struct TrainTable {
  TrainKernels<float> f32;
  TrainKernels<double> f64;
};
TAEDA_ISA_TABLES(TrainTable, train_table)

}  // namespace taeda::cpu
