// The CPU engine below the tensors: raw pointers, row-major data. Every result has the same bits
// for any number of threads. T is float or double; S may also be Half or BFloat16, which compute in
// float.
#pragma once
#include "taeda/cpu/kernels.h"

// Marks explicit instances of TAEDA_API templates: with a hidden type as argument they would be
// hidden.
#define TAEDA_INSTANCE __attribute__((visibility("default")))

namespace taeda::cpu {

// ---- reductions and row operations (reduce_engine.cpp, row_engine.cpp); S: all four floating
// types ----

template <class S> TAEDA_API Compute<S> sum_all(const S* x, int64_t n);
// The same from the block_sum of each kSumBlock items of x, which it changes.
template <class C> TAEDA_API C join_sums(C* part, int64_t n);
// Over the last dimension of x[rows, cols]; y[rows].
template <class S> TAEDA_API void sum_rows(Compute<S>* y, const S* x, int64_t rows, int64_t cols);
// Over the first dimension of x[rows, cols]; y[cols].
template <class S> TAEDA_API void sum_cols(Compute<S>* y, const S* x, int64_t rows, int64_t cols);
// Over the middle dimension of x[outer, rows, cols]; y[outer, cols].
template <class S>
TAEDA_API void sum_middle(Compute<S>* y, const S* x, int64_t outer, int64_t rows, int64_t cols);

// The largest, smallest over the middle dimension, rows >= 1. NaN wins.
template <class S>
TAEDA_API void max_middle(Compute<S>* y, const S* x, int64_t outer, int64_t rows, int64_t cols);
template <class S>
TAEDA_API void min_middle(Compute<S>* y, const S* x, int64_t outer, int64_t rows, int64_t cols);

// Extremes over the last dimension, cols >= 1. NaN wins; the index is that of the first of equals.
template <class S> TAEDA_API void max_rows(Compute<S>* y, const S* x, int64_t rows, int64_t cols);
template <class S> TAEDA_API void min_rows(Compute<S>* y, const S* x, int64_t rows, int64_t cols);
template <class S> TAEDA_API void argmax_rows(int64_t* y, const S* x, int64_t rows, int64_t cols);
template <class S> TAEDA_API void argmin_rows(int64_t* y, const S* x, int64_t rows, int64_t cols);

// y = softmax(x), or its logarithm, over the last dimension; y may be x.
template <class S>
TAEDA_API void softmax(S* y, const S* x, int64_t rows, int64_t cols, bool log_form);

// y = (x - mean) rstd w + b over the last dimension, rstd = 1 / sqrt(var + eps), var biased (Ba et
// al. 2016). w and b may be null. mean[rows] and rstd[rows] are outputs.
template <class S>
TAEDA_API void layer_norm(S* y, const S* x, const S* w, const S* b, int64_t rows, int64_t cols,
                          double eps, Compute<S>* mean, Compute<S>* rstd);
// dx[rows, cols]; dw[cols] and db[cols] are overwritten and may be null.
template <class S>
TAEDA_API void layer_norm_backward(S* dx, Compute<S>* dw, Compute<S>* db, const S* dy, const S* x,
                                   const S* w, const Compute<S>* mean, const Compute<S>* rstd,
                                   int64_t rows, int64_t cols);

// to[cols, rows] = transpose of from[rows, cols].
template <class T> TAEDA_API void transpose(T* to, const T* from, int64_t rows, int64_t cols);

// ---- matrix products (gemm.cpp, gemm_bf16.cpp) ----

// C[m, n] = act(alpha A[m, k] B[k, n] + beta C + bias + row_bias). C has unit column stride and any
// row stride
// >= n (any at all when m is 1); A and B have any strides, 0 and negative ones included. k may be
// 0. Every element of C is one chain of fma over k, cut every 1024: its bits depend on its row of A
// and its column of B only. The exception: where m or n is 1, a dot product with more chains may be
// used.
template <class T> struct Gemm {
  int64_t m, n, k;
  const T* a;
  int64_t a_rs, a_cs;
  const T* b;
  int64_t b_rs, b_cs;
  T* c;
  int64_t c_rs;
  Epilogue<T> epilogue{};
};
TAEDA_API void gemm(const Gemm<float>& g);
TAEDA_API void gemm(const Gemm<double>& g);
// 16-bit operands: products and sums in float over all of k, alpha, beta and bias too, rounded once
// at the end.
TAEDA_API void gemm(const Gemm<Half>& g);
TAEDA_API void gemm(const Gemm<BFloat16>& g);
// `count` products at distances a_step, b_step, c_step; the bits are those of `count` calls.
template <class T>
TAEDA_API void gemm_batched(const Gemm<T>& g, int64_t count, int64_t a_step, int64_t b_step,
                            int64_t c_step);

// ---- convolutions (conv_engine.cpp) ----

// x[n, c, h, w] * weight[o, c / groups, kh, kw] -> y[n, o, oh, ow] (cross-correlation, zero
// padding): y(., ., r, q) = sum of weight(., ., i, j) x(., ., r sh + i dh - ph, q sw + j dw - pw).
// All contiguous; channels_last: x and y lie as [n, h, w, c], the weight stays as it is. Any size
// may be 0.
struct Conv {
  int64_t n = 0, c = 0, h = 1, w = 1, o = 0, kh = 1, kw = 1;
  int64_t sh = 1, sw = 1, ph = 0, pw = 0, dh = 1, dw = 1;
  int64_t groups = 1;
  int64_t oh = 0, ow = 0;
  bool channels_last = false;

  static constexpr int64_t output_size(int64_t in, int64_t kernel, int64_t stride, int64_t pad,
                                       int64_t dilation) {
    const int64_t span = in + 2 * pad - dilation * (kernel - 1) - 1;
    return span < 0 ? 0 : span / stride + 1;
  }
  // Fills in oh and ow from the rest. They may also be smaller or, for the gradients, larger.
  void set_output_size() {
    oh = output_size(h, kh, sh, ph, dh);
    ow = output_size(w, kw, sw, pw, dw);
  }
};
template <class T>
TAEDA_API void conv2d(T* y, const T* x, const T* weight, const T* bias, const Conv& s,
                      Activation act = Activation::none);
// dx from dy. Also the transposed convolution: dy[n, o, oh, ow] is its input, dx[n, c, h, w] its
// output.
template <class T>
TAEDA_API void conv2d_input_grad(T* dx, const T* dy, const T* weight, const Conv& s);
template <class T>
TAEDA_API void conv2d_weight_grad(T* dweight, const T* dy, const T* x, const Conv& s);

// ---- optimizers (train_engine.cpp) ----

// One parameter with its state and gradient, n items each.
template <class T> struct AdamTensor {
  T* p;
  T* m;
  T* v;
  T* v_max;  // null unless amsgrad
  const T* g;
  int64_t n;
};
struct AdamOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
  bool decoupled = false, maximize = false;  // decoupled: AdamW (Loshchilov and Hutter 2019)
};
// Kingma and Ba 2015 with PyTorch's order of operations; step counts from 1.
template <class T>
TAEDA_API void adam_step(const AdamTensor<T>* tensors, int64_t count, int64_t step,
                         const AdamOptions& o);

template <class T> struct SgdTensor {
  T* p;
  T* momentum;  // null without momentum
  const T* g;
  int64_t n;
  bool first;  // no momentum yet: the buffer is set to the gradient
};
struct SgdOptions {
  double lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0;
  bool nesterov = false, maximize = false;
};
template <class T>
TAEDA_API void sgd_step(const SgdTensor<T>* tensors, int64_t count, const SgdOptions& o);

}  // namespace taeda::cpu
