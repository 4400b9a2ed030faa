// Kernels of products: the engine for floating types, plain loops for integers and complex numbers.
#include "taeda/ops/matmul.h"

#include "taeda/autograd/grad_mode.h"
#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

// One of the operands of a (batched) product, as it lies.
struct Operand {
  const void* data;
  int64_t rs, cs, step = 0;
};
struct Result {
  void* data;
  int64_t rs, step = 0;
};
// c[count, m, n] = alpha a b + beta c + bias[n].
struct Product {
  int64_t m, n, k;
  Operand a, b;
  Result c;
  int64_t count = 1;
  const void* bias = nullptr;
};

template <class T> inline constexpr bool in_engine = is_floating(dtype_of<T>);

// What sums of products of T are kept in: integers wrap.
template <class T> using Sum = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;

template <class T> T times(T x, T y) {
  if constexpr (is_complex_type<T>)
    return T(x.real() * y.real() - x.imag() * y.imag(), x.real() * y.imag() + x.imag() * y.real());
  else return x * y;
}

template <class T> void multiply_plain(const Product& p, const Scalar& alpha, const Scalar& beta) {
  using S = Sum<T>;
  const T *a = static_cast<const T*>(p.a.data), *b = static_cast<const T*>(p.b.data);
  const T* bias = static_cast<const T*>(p.bias);
  T* c = static_cast<T*>(p.c.data);
  const S by = S(alpha.to<T>()), keep = S(beta.to<T>());
  const bool plain = alpha == Scalar(1), fresh = !beta.to<bool>();
  parallel_ranges(p.count * p.m, 1 + 16384 / (p.n * p.k + 1), [&](int64_t begin, int64_t end) {
    std::vector<S> sums(size_t(p.n));
    for (int64_t row = begin; row < end; row++) {
      const int64_t batch = row / p.m, i = row % p.m;
      const T *left = a + batch * p.a.step + i * p.a.rs, *right = b + batch * p.b.step;
      std::fill(sums.begin(), sums.end(), S(0));
      for (int64_t k = 0; k < p.k; k++) {
        const S x = S(left[k * p.a.cs]);
        const T* line = right + k * p.b.rs;
        S* sum = sums.data();
        if (p.b.cs == 1)
          for (int64_t j = 0; j < p.n; j++) sum[j] += times<S>(x, S(line[j]));
        else
          for (int64_t j = 0; j < p.n; j++) sum[j] += times<S>(x, S(line[j * p.b.cs]));
      }
      T* to = c + batch * p.c.step + i * p.c.rs;
      for (int64_t j = 0; j < p.n; j++) {
        S v = sums[size_t(j)];
        if (!plain) v = times<S>(by, v);
        if (!fresh) v += times<S>(keep, S(to[j]));
        if (bias) v += S(bias[j]);
        to[j] = T(v);
      }
    }
  });
}

template <class T> cpu::Gemm<T> gemm_of(const Product& p) {
  return {p.m,
          p.n,
          p.k,
          static_cast<const T*>(p.a.data),
          p.a.rs,
          p.a.cs,
          static_cast<const T*>(p.b.data),
          p.b.rs,
          p.b.cs,
          static_cast<T*>(p.c.data),
          p.c.rs,
          {.bias = static_cast<const T*>(p.bias)}};
}
template <class T> void multiply_engine(const Product& p, const Scalar& alpha, const Scalar& beta) {
  cpu::Gemm<T> g = gemm_of<T>(p);
  g.epilogue.alpha = alpha.to<Compute<T>>(), g.epilogue.beta = beta.to<Compute<T>>();
  if (p.count == 1) return cpu::gemm(g);
  cpu::gemm_batched(g, p.count, p.a.step, p.b.step, p.c.step);
}

// Complex products as four of the engine's: real and imaginary parts apart.
template <class T> void multiply_parts(const Product& p, const Scalar& alpha, const Scalar& beta) {
  using R = RealOf<T>;
  const int64_t am = p.m * p.k, bn = p.k * p.n, cn = p.m * p.n;
  Tensor room = empty(Dims(2 * (am + bn + cn)), dtype_of<R>);
  R *ar = room.data<R>(), *ai = ar + am, *br = ai + am, *bi = br + bn, *cr = bi + bn, *ci = cr + cn;
  auto part = [](R* re, R* im, const T* from, int64_t rows, int64_t cols, int64_t rs, int64_t cs) {
    parallel_ranges(rows, 1 + 16384 / cols, [&](int64_t b, int64_t e) {
      for (int64_t i = b; i < e; i++)
        for (int64_t j = 0; j < cols; j++) {
          const T v = from[i * rs + j * cs];
          re[i * cols + j] = v.real(), im[i * cols + j] = v.imag();
        }
    });
  };
  const T by = alpha.to<T>(), keep = beta.to<T>(), *bias = static_cast<const T*>(p.bias);
  const bool plain = by == T(1), fresh = keep == T(0);
  for (int64_t batch = 0; batch < p.count; batch++) {
    part(ar, ai, static_cast<const T*>(p.a.data) + batch * p.a.step, p.m, p.k, p.a.rs, p.a.cs);
    part(br, bi, static_cast<const T*>(p.b.data) + batch * p.b.step, p.k, p.n, p.b.rs, p.b.cs);
    auto add = [&](R* c, const R* a, const R* b, R sign, R with) {
      cpu::Gemm<R> g{p.m, p.n, p.k, a, p.k, 1, b, p.n, 1, c, p.n, {}};
      g.epilogue.alpha = sign, g.epilogue.beta = with;
      cpu::gemm(g);
    };
    add(cr, ai, bi, -1, 0), add(cr, ar, br, 1, 1);
    add(ci, ai, br, 1, 0), add(ci, ar, bi, 1, 1);
    T* to = static_cast<T*>(p.c.data) + batch * p.c.step;
    for (int64_t i = 0; i < p.m; i++)
      for (int64_t j = 0; j < p.n; j++) {
        T v(cr[i * p.n + j], ci[i * p.n + j]), &out = to[i * p.c.rs + j];
        if (!plain) v = times<T>(by, v);
        if (!fresh) v += times<T>(keep, out);
        if (bias) v += bias[j];
        out = v;
      }
  }
}

void multiply(DType d, const Product& p, const Scalar& alpha = 1, const Scalar& beta = 0) {
  if (!p.count || !p.m || !p.n) return;
  visit(d, [&]<class T>() {
    if constexpr (std::is_same_v<T, bool>) return;
    else if constexpr (in_engine<T>) multiply_engine<T>(p, alpha, beta);
    else {
      if constexpr (is_complex_type<T>)
        if (p.m * p.n * p.k >= 4096) return multiply_parts<T>(p, alpha, beta);
      multiply_plain<T>(p, alpha, beta);
    }
  });
}

Operand matrix(const Tensor& x) { return {x.raw(), x.strides()[0], x.strides()[1]}; }
Operand flipped(Operand o) { return {o.data, o.cs, o.rs, o.step}; }
Operand matrices(const Tensor& x) {
  return {x.raw(), x.strides()[1], x.strides()[2], x.strides()[0]};
}

// out = input, broadcast, where it will be added to.
void start_with(const Tensor& out, const Tensor& input, const ops::Blend& a) {
  if (a.beta.to<bool>()) cpu::copy_elements(out, input);
}

}  // namespace

namespace ops {

void Mm::cpu(Args in, Outs out, const NoFields&) {
  const int64_t n = out[0].sizes()[1];
  multiply(
      out[0].dtype(),
      {out[0].sizes()[0], n, in[0].sizes()[1], matrix(in[0]), matrix(in[1]), {out[0].raw(), n}});
}
void TransposedMm::cpu(Args in, Outs out, const Attrs& a) {
  Operand x = matrix(in[0]), y = matrix(in[1]);
  const int64_t n = out[0].sizes()[1];
  const Product p{out[0].sizes()[0],        n,
                  in[0].sizes()[!a.left],   a.left ? flipped(x) : x,
                  a.right ? flipped(y) : y, {out[0].raw(), n}};
  if (out[0].dtype() == DType::float32 && p.m && p.n) return cpu::gemm(gemm_of<float>(p));
  multiply(out[0].dtype(), p);
}
void Bmm::cpu(Args in, Outs out, const NoFields&) {
  const Dims& s = out[0].sizes();
  multiply(out[0].dtype(), {s[1],
                            s[2],
                            in[0].sizes()[2],
                            matrices(in[0]),
                            matrices(in[1]),
                            {out[0].raw(), s[2], s[1] * s[2]},
                            s[0]});
}
void Mv::cpu(Args in, Outs out, const NoFields&) {
  multiply(out[0].dtype(), {in[0].sizes()[0],
                            1,
                            in[0].sizes()[1],
                            matrix(in[0]),
                            {in[1].raw(), in[1].strides()[0], 1},
                            {out[0].raw(), 1}});
}
void Dot::cpu(Args in, Outs out, const NoFields&) {
  multiply(out[0].dtype(), {1,
                            1,
                            in[0].numel(),
                            {in[0].raw(), 1, in[0].strides()[0]},
                            {in[1].raw(), in[1].strides()[0], 1},
                            {out[0].raw(), 1}});
}

void Addmm::cpu(Args in, Outs out, const Attrs& a) {
  start_with(out[0], in[0], a);
  const Dims& s = out[0].sizes();
  multiply(out[0].dtype(),
           {s[0], s[1], in[1].sizes()[1], matrix(in[1]), matrix(in[2]), {out[0].raw(), s[1]}},
           a.alpha, a.beta);
}
void Baddbmm::cpu(Args in, Outs out, const Attrs& a) {
  start_with(out[0], in[0], a);
  const Dims& s = out[0].sizes();
  multiply(out[0].dtype(),
           {s[1],
            s[2],
            in[1].sizes()[2],
            matrices(in[1]),
            matrices(in[2]),
            {out[0].raw(), s[2], s[1] * s[2]},
            s[0]},
           a.alpha, a.beta);
}
void Addmv::cpu(Args in, Outs out, const Attrs& a) {
  start_with(out[0], in[0], a);
  multiply(out[0].dtype(),
           {in[1].sizes()[0],
            1,
            in[1].sizes()[1],
            matrix(in[1]),
            {in[2].raw(), in[2].strides()[0], 1},
            {out[0].raw(), 1}},
           a.alpha, a.beta);
}

void Linear::cpu(Args in, Outs out, const NoFields&) {
  const Tensor &x = in[0], &w = in[1], &bias = in[2];
  const int64_t k = x.sizes().back(), n = w.dim() == 1 ? 1 : w.sizes()[0];
  Tensor held;
  Operand left{x.raw(), k, 1};
  if (x.dim() == 2) {
    left = matrix(x);
  } else if (!x.is_contiguous()) {
    NoGradGuard raw;
    held = x.contiguous();
    left.data = held.raw();
  }
  const Operand right = w.dim() == 1 ? Operand{w.raw(), w.strides()[0], 1} : flipped(matrix(w));
  Product p{n ? out[0].numel() / n : 0, n, k, left, right, {out[0].raw(), n}};
  Scalar beta = 0;
  if (bias.defined()) {
    if (bias.dim() == 1 && bias.sizes()[0] == n && (bias.strides()[0] == 1 || n == 1))
      p.bias = bias.raw();
    else {
      Tensor rows = alias(out[0], {{p.m, n}, {n, 1}, out[0]->offset});
      cpu::copy_elements(rows, bias);
      beta = 1;
    }
  }
  if (x.dtype() == DType::float32 && !beta.to<bool>()) {
    if (p.m && n) cpu::gemm(gemm_of<float>(p));
    return;
  }
  multiply(x.dtype(), p, 1, beta);
}

}  // namespace ops

}  // namespace taeda
