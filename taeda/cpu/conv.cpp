// Kernels of convolutions: one of the engine's three for float and double; 16-bit floats by way of
// float, integers of double, complex numbers by their parts.
#include "taeda/ops/conv.h"

#include "taeda/autograd/grad_mode.h"
#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/views.h"

namespace taeda {

namespace {

// output = x * weight; input_grad = grad * weight; weight_grad = grad * x: all bilinear.
enum class Part { output, input_grad, weight_grad };

cpu::Conv conv_of(const Dims& x, const Dims& weight, const Dims& y, const ops::Taps& a) {
  cpu::Conv s;
  bool flat = x.size() == 3;
  auto axis = [&](const Dims& d, size_t from) { return d[d.size() == 1 ? 0 : from]; };
  s.n = x[0], s.c = x[1], s.o = weight[0], s.groups = a.groups;
  s.w = x.back(), s.kw = weight.back(), s.ow = y.back();
  s.sw = axis(a.stride, flat ? 0 : 1), s.pw = axis(a.padding, flat ? 0 : 1);
  s.dw = axis(a.dilation, flat ? 0 : 1);
  s.oh = 1;
  if (!flat) {
    s.h = x[2], s.kh = weight[2], s.oh = y[2];
    s.sh = a.stride[0], s.ph = a.padding[0], s.dh = a.dilation[0];
  }
  return s;
}

template <class T>
void run_engine(Part part, const Tensor& out, const Tensor& a, const Tensor& b, const Tensor& bias,
                const cpu::Conv& s) {
  switch (part) {
  case Part::output:
    return cpu::conv2d(out.data<T>(), a.data<T>(), b.data<T>(),
                       bias.defined() ? bias.data<T>() : nullptr, s);
  case Part::input_grad: return cpu::conv2d_input_grad(out.data<T>(), a.data<T>(), b.data<T>(), s);
  case Part::weight_grad:
    return cpu::conv2d_weight_grad(out.data<T>(), a.data<T>(), b.data<T>(), s);
  }
}

// A copy in another dtype, in the same order in memory.
Tensor as(const Tensor& x, DType d) {
  if (!x.defined() || x.dtype() == d) return x;
  Tensor out = empty_strided(x.sizes(), x.strides(), d);
  cpu::copy_elements(out, x);
  return out;
}
template <class T> std::array<Tensor, 2> parts_of(const Tensor& x) {
  std::array<Tensor, 2> out;
  if (!x.defined()) return out;
  for (Tensor& t : out) t = empty_strided(x.sizes(), x.strides(), dtype_of<T>);
  const std::complex<T>* from = x.data<std::complex<T>>();
  for (int64_t i = 0; i < x.numel(); i++) {
    out[0].data<T>()[i] = from[i].real();
    out[1].data<T>()[i] = from[i].imag();
  }
  return out;
}

template <class T>
void run_complex(Part part, const Tensor& out, const Tensor& a, const Tensor& b, const Tensor& bias,
                 const cpu::Conv& s) {
  auto x = parts_of<T>(a), y = parts_of<T>(b), c = parts_of<T>(bias);
  auto product = [&](int i, int j, const Tensor& with) {
    Tensor to = empty_strided(out.sizes(), out.strides(), dtype_of<T>);
    run_engine<T>(part, to, x[size_t(i)], y[size_t(j)], with, s);
    return to;
  };
  Tensor rr = product(0, 0, c[0]), ii = product(1, 1, {}), ri = product(0, 1, c[1]),
         ir = product(1, 0, {});
  std::complex<T>* to = out.data<std::complex<T>>();
  for (int64_t i = 0; i < out.numel(); i++)
    to[i] = {rr.data<T>()[i] - ii.data<T>()[i], ri.data<T>()[i] + ir.data<T>()[i]};
}

// All tensors lie densely in the order that `s` says.
void run_part(Part part, const Tensor& out, const Tensor& a, const Tensor& b, const Tensor& bias,
              const cpu::Conv& s) {
  switch (out.dtype()) {
  case DType::float32: return run_engine<float>(part, out, a, b, bias, s);
  case DType::float64: return run_engine<double>(part, out, a, b, bias, s);
  case DType::complex64: return run_complex<float>(part, out, a, b, bias, s);
  case DType::complex128: return run_complex<double>(part, out, a, b, bias, s);
  default: {
    DType d = is_floating(out.dtype()) ? DType::float32 : DType::float64;
    Tensor wide = empty_strided(out.sizes(), out.strides(), d);
    run_part(part, wide, as(a, d), as(b, d), as(bias, d), s);
    cpu::copy_elements(out, wide);
  }
  }
}

Tensor lie(const Tensor& x, bool channels_last) {
  if (!channels_last) return x.contiguous();
  return x.contiguous({.memory_format = "channels_last"});
}

}  // namespace

namespace ops {

void Convolution::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  if (!out[0].numel()) return;
  bool last = !out[0].is_contiguous();
  Tensor x = lie(in[0], last), w = in[1].contiguous();
  Tensor bias = in[2].defined() ? in[2].contiguous() : in[2];
  if (!a.transposed) {
    cpu::Conv s = conv_of(x.sizes(), w.sizes(), out[0].sizes(), a);
    s.channels_last = last;
    return run_part(Part::output, out[0], x, w, bias, s);
  }
  cpu::Conv s = conv_of(out[0].sizes(), w.sizes(), x.sizes(), a);
  s.channels_last = last;
  run_part(Part::input_grad, out[0], x, w, {}, s);
  if (bias.defined()) {
    Dims along(in[0].sizes().size() - 1, 1);
    along[0] = bias.numel();
    alias(out[0], out[0].geometry()).add_(bias.view({along}));
  }
}

void ConvolutionWeight::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  if (!out[0].numel()) return;
  const Dims& s4 = in[1].sizes();
  bool last = s4.size() == 4 && !in[1].is_contiguous() &&
              in[1].strides() == format_strides({"channels_last"}, in[1]);
  Tensor g = lie(in[0], last), x = lie(in[1], last);
  cpu::Conv s = conv_of(x.sizes(), a.size, g.sizes(), a.taps);
  s.channels_last = last;
  run_part(Part::weight_grad, out[0], g, x, {}, s);
}

}  // namespace ops

}  // namespace taeda
