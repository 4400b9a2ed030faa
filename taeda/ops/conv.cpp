#include "taeda/ops/conv.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

Dims per_axis(const Dims& v, size_t rank, const char* name) {
  if (v.size() == rank) return v;
  if (v.size() == 1) return Dims(rank, v[0]);
  fail("expected ", name, " to be a single integer value or a list of ", rank,
       " values to match the convolution dimensions, but got ", name, "=", v);
}
// The taps with a number for each axis, checked.
Taps expanded(const Taps& a, size_t rank) {
  Taps t{per_axis(a.stride, rank, "stride"),
         per_axis(a.padding, rank, "padding"),
         per_axis(a.dilation, rank, "dilation"),
         a.transposed,
         per_axis(a.output_padding, rank, "output_padding"),
         a.groups};
  for (int64_t p : t.padding)
    if (p < 0) fail("negative padding is not supported");
  for (int64_t p : t.output_padding)
    if (p < 0) fail("negative output_padding is not supported");
  for (int64_t s : t.stride)
    if (s <= 0) fail("non-positive stride is not supported");
  for (int64_t d : t.dilation)
    if (d <= 0) fail("dilation should be greater than zero, but got ", t.dilation);
  if (t.groups <= 0) fail("non-positive groups is not supported");
  return t;
}
std::string by_x(const Dims& d) {  // "3 x 4"
  std::string out;
  for (int64_t v : d) out += (out.empty() ? "" : " x ") + std::to_string(v);
  return out;
}
Dims spatial(const Dims& s) { return Dims(std::span(s.begin() + 2, s.end())); }

void check_channels(const Dims& x, const Dims& w, const Tensor& bias, const Taps& a) {
  int64_t groups = a.groups, out = a.transposed ? w[1] * groups : w[0];
  int64_t channels = a.transposed ? w[0] : w[1] * groups;
  if (w[0] < groups)
    fail("Given groups=", groups, ", expected weight to be at least ", groups,
         " at dimension 0, but got weight of size ", w, " instead");
  if (w[0] % groups)
    fail("Given groups=", groups, ", expected weight to be divisible by ", groups,
         " at dimension 0, but got weight of size [", w, "] instead");
  if (x[1] != channels)
    fail("Given ", a.transposed ? "transposed" : "groups", "=", a.transposed ? 1 : groups,
         ", weight of size ", w, ", expected input", x, " to have ", channels,
         " channels, but got ", x[1], " channels instead");
  if (bias.defined() && (bias.dim() != 1 || bias.numel() != out))
    fail("Given ", a.transposed ? "transposed=1, " : "", "weight of size ", w,
         ", expected bias to be 1-dimensional with ", out, " elements, but got bias of size ",
         bias.sizes(), " instead");
}

Dims output_sizes(const Dims& x, const Dims& w, const Taps& a) {
  Dims in = spatial(x), kernel = spatial(w), out{x[0], a.transposed ? w[1] * a.groups : w[0]};
  Dims padded = in;
  bool fits = true;
  for (size_t i = 0; i < in.size(); i++) {
    int64_t span = a.dilation[i] * (kernel[i] - 1) + 1;
    padded[i] += 2 * a.padding[i];
    fits &= padded[i] >= span;
    out.push_back(a.transposed
                      ? (in[i] - 1) * a.stride[i] - 2 * a.padding[i] + span + a.output_padding[i]
                      : (padded[i] - span) / a.stride[i] + 1);
    kernel[i] = span;
  }
  if (a.transposed) {
    for (int64_t s : spatial(out))
      if (s < 1)
        fail("Given input size per channel: (", by_x(in),
             "). Calculated output size per channel: (", by_x(spatial(out)),
             "). Output size is too small");
  } else if (!fits) {
    fail("Calculated padded input size per channel: (", by_x(padded), "). Kernel size: (",
         by_x(kernel), "). Kernel size can't be greater than actual input size");
  }
  return out;
}

bool channels_last(const Tensor& x) {
  return x.dim() == 4 && !x.is_contiguous() && x.strides() == format_strides({"channels_last"}, x);
}
Dims channels_last_strides(const Dims& s) { return {s[1] * s[2] * s[3], 1, s[1] * s[3], s[1]}; }

// The convolution that undoes `a`'s change of size: its output has the sizes `want`.
Taps opposite(const Taps& a, const Dims& from, const Dims& weight, const Dims& want) {
  Taps t = a;
  t.transposed = !a.transposed;
  t.output_padding = Dims(weight.size() - 2, 0);
  if (t.transposed)
    for (size_t i = 0; i < t.output_padding.size(); i++)
      t.output_padding[i] = want[i + 2] - ((from[i + 2] - 1) * a.stride[i] - 2 * a.padding[i] +
                                           a.dilation[i] * (weight[i + 2] - 1) + 1);
  return t;
}
// Output padding may make the way back longer than the way was.
Tensor cropped(Tensor x, const Dims& sizes) {
  for (int64_t i = 2; i < x.dim(); i++)
    if (x.size(i) != sizes[size_t(i)]) x = x.slice({.dim = i, .start = 0, .end = sizes[size_t(i)]});
  return x;
}

}  // namespace

Meta Convolution::infer(Args in, const Attrs& a) {
  const Tensor &x = in[0], &w = in[1], &bias = in[2];
  if (x.dim() != w.dim() || x.dim() < 3 || x.dim() > 4)
    fail("convolution(): expected input and weight of 3 or 4 dimensions, but got sizes ", x.sizes(),
         " and ", w.sizes());
  Taps t = expanded(a, x.sizes().size() - 2);
  check_channels(x.sizes(), w.sizes(), bias, t);
  Dims sizes = output_sizes(x.sizes(), w.sizes(), t);
  if (x.dtype() != w.dtype())
    fail("expected scalar type ", word_of(x.dtype()), " but found ", word_of(w.dtype()));
  if (bias.defined() && bias.dtype() != x.dtype())
    fail("Input type (", c_name_of(x.dtype()), ") and bias type (", c_name_of(bias.dtype()),
         ") should be the same");
  if (x.dtype() == DType::boolean || is_barebones(x.dtype()))
    fail<NotImplementedError>("\"slow_conv", x.dim() - 2, "d_",
                              a.transposed ? "transpose_cpu" : "cpu", "\" not implemented for '",
                              word_of(x.dtype()), "'");
  Dims strides = channels_last(x) ? channels_last_strides(sizes) : Dims();
  return {std::move(sizes), x.dtype(), std::move(strides)};
}
GradsOf<3> Convolution::backward(Grad g, In<0, 1> x, In<1, 0> w, Shape<0> s, Shape<1> t, Needs need,
                                 const Attrs& attrs) {
  Taps a = expanded(attrs, t.size() - 2);
  GradsOf<3> out;
  if (need[0])
    out[0] = cropped(convolution(g, w.conj(), Tensor(), opposite(a, g.sizes(), t, s)), s);
  if (need[1]) {
    Taps plain = a;
    plain.transposed = false;
    plain.output_padding = Dims(t.size() - 2, 0);
    Tensor c = x.conj();
    out[1] =
        a.transposed ? convolution_weight(c, g, {t, plain}) : convolution_weight(g, c, {t, plain});
  }
  if (need[2]) out[2] = g.sum({.dim = g.dim() == 4 ? Dims{0, 2, 3} : Dims{0, 2}});
  return out;
}

Meta ConvolutionWeight::infer(Args in, const Attrs& a) { return {a.size, in[0].dtype()}; }
GradsOf<2> ConvolutionWeight::backward(Grad g, In<0, 1> y, In<1, 0> x, Shape<1> s, Needs need,
                                       const Attrs& a) {
  GradsOf<2> out;
  Taps forward = a.taps;
  if (need[0]) {
    Dims sizes = y.defined() ? y.sizes() : Dims();
    out[0] = convolution(x.conj(), g, Tensor(), forward);
    if (!sizes.empty()) out[0] = cropped(out[0], sizes);
  }
  if (need[1]) out[1] = convolution(y.conj(), g, Tensor(), opposite(forward, y.sizes(), a.size, s));
  return out;
}

// ---- by rank ----

void PaddingMode::fail(std::string_view word) {
  taeda::fail("Invalid padding string: '", word, "'");
}

namespace {

struct Batch {  // the input with a batch axis, and whether it had one
  Tensor x;
  bool single;
};
Batch batched(const char* op, const Tensor& x, int64_t rank) {
  if (x.dim() != rank + 1 && x.dim() != rank + 2)
    fail("Expected ", rank + 1, "D (unbatched) or ", rank + 2, "D (batched) input to ", op,
         ", but got input of size: ", x.sizes());
  bool single = x.dim() == rank + 1;
  return {single ? x.unsqueeze(0) : x, single};
}
Tensor unbatched(const Tensor& y, bool single) { return single ? y.squeeze({.dim = Dims(0)}) : y; }
void check_bias_dtype(const Tensor& x, const Tensor& bias) {
  if (bias.defined() && bias.dtype() != x.dtype())
    fail("Input type (", c_name_of(x.dtype()), ") and bias type (", c_name_of(bias.dtype()),
         ") should be the same");
}
// The axes of images and of kernels: rank numbers, as the op's word promises; checked against the
// weight.
void check_rank(const Tensor& w, size_t rank, const Taps& a) {
  if (w.sizes().size() == rank + 2) return;
  expanded({Dims(rank, a.stride[0])}, w.sizes().size() - 2);
  fail("Expected ", rank + 2, "-dimensional weight, but got weight of size ", w.sizes());
}

// x with zeros around along dim.
Tensor pad_axis(const Tensor& x, int64_t dim, int64_t before, int64_t after) {
  if (!before && !after) return x;
  Dims sizes = x.sizes();
  int64_t n = sizes[size_t(dim)];
  sizes[size_t(dim)] += before + after;
  return unslice(x, {sizes, {.dim = dim, .start = before, .end = before + n}});
}
// [n, c, d, ...] as n d images, and back.
Tensor fold_depth(const Tensor& x) {
  const Dims& s = x.sizes();
  return x.transpose(1, 2).reshape({Dims{s[0] * s[2], s[1], s[3], s[4]}});
}
Tensor unfold_depth(const Tensor& y, int64_t n) {
  const Dims& s = y.sizes();
  return y.reshape({Dims{n, n ? s[0] / n : 0, s[1], s[2], s[3]}}).transpose(1, 2);
}

// Three axes: one convolution over two axes for each tap along the first, all depths at once.
Tensor volume_convolution(const Tensor& input, const Tensor& w, const Tensor& bias,
                          const Taps& attrs) {
  Taps a = expanded(attrs, 3);
  check_channels(input.sizes(), w.sizes(), bias, a);
  Dims sizes = output_sizes(input.sizes(), w.sizes(), a);
  auto two = [](const Dims& d) { return Dims{d[1], d[2]}; };
  Taps flat{two(a.stride), two(a.padding),        two(a.dilation),
            a.transposed,  two(a.output_padding), a.groups};
  int64_t taps = w.size(2), step = a.stride[0], depth = a.transposed ? input.size(2) : sizes[2];
  int64_t span = (depth - 1) * step + 1;
  Tensor out;
  if (!a.transposed) {
    Tensor x = pad_axis(input, 2, a.padding[0], a.padding[0]);
    for (int64_t i = 0; i < taps; i++) {
      int64_t at = i * a.dilation[0];
      Tensor part = x.slice({.dim = 2, .start = at, .end = at + span, .step = step});
      Tensor y = convolution(fold_depth(part), w.select(2, i), i ? Tensor() : bias, flat);
      out = out.defined() ? out + y : y;
    }
    return unfold_depth(out, input.size(0));
  }
  Tensor x = fold_depth(input);
  Dims full = sizes;
  full[2] += 2 * a.padding[0];
  for (int64_t i = 0; i < taps; i++) {
    int64_t at = i * a.dilation[0];
    Tensor y = unfold_depth(convolution(x, w.select(2, i), Tensor(), flat), input.size(0));
    y = unslice(y, {full, {.dim = 2, .start = at, .end = at + span, .step = step}});
    out = out.defined() ? out + y : y;
  }
  out = out.slice({.dim = 2, .start = a.padding[0], .end = a.padding[0] + sizes[2]});
  return bias.defined() ? out + bias.reshape({Dims{bias.numel(), 1, 1, 1}}) : out;
}

Tensor convolve(const char* op, size_t rank, const Tensor& x, const Tensor& w, const Tensor& bias,
                const Taps& a) {
  bool whole = x.sizes().size() == rank + 2;
  Batch in = whole ? Batch{x, false} : batched(op, x, int64_t(rank));
  check_bias_dtype(x, bias);
  check_rank(w, rank, a);
  if (rank == 3) {
    DType d = x.dtype();  // sums of 16-bit results would be rounded at every tap
    bool narrow = d == DType::float16 || d == DType::bfloat16;
    auto wide = [&](const Tensor& t) { return narrow && t.defined() ? t.to(DType::float32) : t; };
    Tensor y = volume_convolution(wide(in.x), wide(w), wide(bias), a);
    return unbatched(y.to(d), in.single);
  }
  return unbatched(convolution(in.x, w, bias, a), in.single);
}
Tensor convolve(const char* op, size_t rank, const Tensor& x, const Tensor& w, const Tensor& bias,
                const ConvAttrs& a) {
  return convolve(op, rank, x, w, bias,
                  Taps{a.stride, a.padding, a.dilation, false, Dims(0), a.groups});
}

Tensor convolve_padded(const char* op, size_t rank, const Tensor& x, const Tensor& w,
                       const Tensor& bias, const PaddedConvAttrs& a) {
  Taps t{a.stride, Dims(rank, 0), a.dilation, false, Dims(0), a.groups};
  if (a.padding.is("valid")) return convolve(op, rank, x, w, bias, t);
  Batch in = batched(op, x, int64_t(rank));
  check_rank(w, rank, t);
  t = expanded(t, rank);
  for (int64_t s : t.stride)
    if (s != 1) fail("padding='same' is not supported for strided convolutions");
  Tensor padded = in.x;
  for (size_t i = 0; i < rank; i++) {
    int64_t total = t.dilation[i] * (w.size(int64_t(i) + 2) - 1);
    t.padding[i] = total / 2;
    padded = pad_axis(padded, int64_t(i) + 2, 0, total % 2);
  }
  return unbatched(convolve(op, rank, padded, w, bias, t), in.single);
}

Tensor convolve_transposed(const char* op, size_t rank, const Tensor& x, const Tensor& w,
                           const Tensor& bias, const ConvTransposeAttrs& a) {
  Taps t = expanded({a.stride, a.padding, a.dilation, true, a.output_padding, a.groups}, rank);
  for (size_t i = 0; i < rank; i++)
    if (t.output_padding[i] >= t.stride[i] && t.output_padding[i] >= t.dilation[i]) {
      auto both = [&](const char* name, const Dims& d, int64_t missing) {
        std::string out;
        if (rank == 3) out += std::string(" ") + name + "_depth: " + std::to_string(d[0]);
        out += std::string(" ") + name +
               "_height: " + std::to_string(rank == 1 ? missing : d[rank - 2]);
        return out + " " + name + "_width: " + std::to_string(d[rank - 1]);
      };
      fail("output padding must be smaller than either stride or dilation, but got",
           both("output_padding", t.output_padding, 0), both("stride", t.stride, 1),
           both("dilation", t.dilation, 1));
    }
  return convolve(op, rank, x, w, bias, t);
}

}  // namespace

Tensor Conv1d::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve("conv1d", 1, x, w, b, a);
}
Tensor Conv2d::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve("conv2d", 2, x, w, b, a);
}
Tensor Conv3d::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve("conv3d", 3, x, w, b, a);
}
Tensor Conv1dPadded::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve_padded("conv1d", 1, x, w, b, a);
}
Tensor Conv2dPadded::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve_padded("conv2d", 2, x, w, b, a);
}
Tensor Conv3dPadded::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve_padded("conv3d", 3, x, w, b, a);
}
Tensor ConvTranspose1d::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve_transposed("conv_transpose1d", 1, x, w, b, a);
}
Tensor ConvTranspose2d::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve_transposed("conv_transpose2d", 2, x, w, b, a);
}
Tensor ConvTranspose3d::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return convolve_transposed("conv_transpose3d", 3, x, w, b, a);
}

}  // namespace taeda::ops

namespace taeda {

Tensor conv_padded(const Tensor& x, const Tensor& w, const Tensor& bias,
                   const ops::PaddedConvAttrs& a) {
  static constexpr const char* names[] = {"conv1d", "conv2d", "conv3d"};
  int64_t rank = w.dim() - 2;
  if (rank < 1 || rank > 3)
    fail("conv_padded(): expected weight of 3 to 5 dimensions, but got size ", w.sizes());
  return ops::convolve_padded(names[rank - 1], size_t(rank), x, w, bias, a);
}

}  // namespace taeda

TAEDA_FAMILY_IS(Convolutions)
