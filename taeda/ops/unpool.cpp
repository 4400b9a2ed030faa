// Norms of windows, the way back from a maximum pooling, and maxima of windows at random places.
#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/activation.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/index.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pick.h"
#include "taeda/ops/pool.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

Dims repeated(const Dims& d, size_t rank, const char* op, const char* what) {
  if (d.size() == rank) return d;
  if (d.size() != 1)
    fail<ValueError>(op, ": ", what, " must be an int or ", rank, " ints, got ", d);
  return Dims(rank, d[0]);
}

// ---- norms ----

Tensor lp_pool(size_t rank, const Tensor& x, const LpPoolAttrs& a) {
  Dims kernel = repeated(a.kernel_size, rank, "lp_pool", "kernel_size");
  double count = 1;
  for (int64_t k : kernel) count *= double(k);
  Tensor powers = x.pow(a.norm_type);
  AvgPoolAttrs windows{kernel, a.stride, {0}, a.ceil_mode, true, {}};
  Tensor mean = rank == 1   ? avg_pool1d(powers, {kernel, a.stride, {0}, a.ceil_mode, true})
                : rank == 2 ? avg_pool2d(powers, windows)
                            : avg_pool3d(powers, windows);
  return (mean.sign() * mean.abs().relu() * count).pow(1 / a.norm_type.to<double>());
}

// ---- the way back ----

Dims unpooled_sizes(size_t rank, const Tensor& x, const MaxUnpoolAttrs& a) {
  const char* op = "max_unpool";
  Dims kernel = repeated(a.kernel_size, rank, op, "kernel_size");
  Dims stride = a.stride ? repeated(*a.stride, rank, op, "stride") : kernel;
  Dims padding = repeated(a.padding, rank, op, "padding"), usual(rank, 0);
  for (size_t i = 0; i < rank; i++)
    usual[i] = (x.size(int64_t(i) - int64_t(rank)) - 1) * stride[i] + kernel[i] - 2 * padding[i];
  if (!a.output_size) return usual;
  Dims size = *a.output_size;
  if (size.size() == rank + 2) size.erase(0), size.erase(0);
  if (size.size() != rank)
    fail<ValueError>("output_size should be a sequence containing ", rank, " or ", rank + 2,
                     " elements, but it has a length of '", a.output_size->size(), "'");
  for (size_t d = 0; d < rank; d++)
    if (size[d] <= usual[d] - stride[d] || size[d] >= usual[d] + stride[d])
      fail<ValueError>("invalid output_size \"", size, "\" (dim ", d, " must be between ",
                       usual[d] - stride[d], " and ", usual[d] + stride[d], ")");
  return size;
}
Tensor max_unpool(size_t rank, const Tensor& x, const Tensor& places, const MaxUnpoolAttrs& a) {
  if (x.dim() != int64_t(rank) + 1 && x.dim() != int64_t(rank) + 2)
    fail("Input to max_unpooling", rank, "d should be a ", rank + 1, "d or ", rank + 2,
         "d Tensor, but got a tensor with ", x.dim(), " dimensions.");
  Dims size = unpooled_sizes(rank, x, a);
  if (places.dtype() != DType::int64)
    fail("elements in indices should be type int64 but got: ", word_of(places.dtype()));
  if (!(places.sizes() == x.sizes()))
    fail("Expected shape of indices to be same as that of the input tensor (", x.sizes(),
         ") but got indices tensor with shape: ", places.sizes());
  Dims lead(std::span(x.sizes().begin(), x.sizes().end() - rank)), all = lead, flat = lead;
  int64_t plane = 1, from = 1;
  for (size_t i = 0; i < rank; i++) {
    plane *= size[i], from *= x.size(int64_t(i) - int64_t(rank));
    all.push_back(size[i]);
  }
  if (places.device().type == DeviceType::cpu) {
    Tensor dense = places.contiguous();
    for (int64_t i = 0; i < dense.numel(); i++)
      if (int64_t p = dense.data<int64_t>()[i]; p < 0 || p >= plane) {
        std::string text;
        for (int64_t s : size) text += (text.empty() ? "" : "x") + std::to_string(s);
        fail("Found an invalid max index: ", p, " (output volumes are of size ", text, ")");
      }
  }
  flat.push_back(from);
  Dims wide = lead;
  wide.push_back(plane);
  Tensor out = zeros(wide, {.dtype = x.dtype(), .device = x.device()});
  return out.scatter(-1, places.reshape({flat}), x.reshape({flat})).reshape({all});
}

// ---- windows at random ----

// Where the windows begin along one axis.
std::vector<int64_t> begins(double sample, int64_t in, int64_t out, int64_t kernel, bool wide) {
  std::vector<int64_t> at;
  auto place = [&](int64_t i, auto s) {
    using C = decltype(s);
    C alpha = C(in - kernel) / C(out - 1);
    return int64_t((C(i) + s) * alpha) - int64_t(s * alpha);
  };
  for (int64_t i = 0; i + 1 < out; i++)
    at.push_back(wide ? place(i, sample) : place(i, float(sample)));
  if (out > 0) at.push_back(in - kernel);
  return at;
}

MaxResult fractional(size_t rank, const Tensor& x, const Tensor& samples,
                     const FractionalAttrs& a) {
  static constexpr const char* names[] = {"time", "height", "width"};
  std::string op = "fractional_max_pool" + std::to_string(rank) + "d";
  if (x.dim() != int64_t(rank) + 1 && x.dim() != int64_t(rank) + 2)
    fail(op, "(): Expected ", rank + 1, "D or ", rank + 2, "D tensor, but got: ", x.sizes());
  Dims kernel = repeated(a.kernel_size, rank, op.c_str(), "kernel_size");
  Dims out = repeated(a.output_size, rank, op.c_str(), "output_size");
  Dims lead(std::span(x.sizes().begin(), x.sizes().end() - rank)), sizes = lead;
  int64_t planes = 1, plane = 1, places = 1, elements = 1, in[3] = {};
  for (int64_t n : lead) planes *= n;
  for (size_t i = 0; i < rank; i++) {
    in[i] = x.size(int64_t(i) - int64_t(rank));
    if (out[i] < 1 || kernel[i] < 1)
      fail(op, "(): kernel_size and output_size must be positive, got ", kernel, " and ", out);
    if (out[i] + kernel[i] - 1 > in[i])
      fail(op, "(): pool ", names[3 - rank + i], " ", kernel[i], " too large relative to input ",
           names[3 - rank + i], " ", in[i]);
    plane *= in[i], places *= out[i], elements *= kernel[i];
    sizes.push_back(out[i]);
  }
  int64_t axes = int64_t(rank);
  // Without N the first sample's are taken, as in PyTorch.
  if (samples.dim() != 3 || samples.size(0) * samples.size(1) < planes ||
      samples.size(1) != x.size(-axes - 1) || samples.size(2) != axes)
    fail(op, "(): Expect _random_samples to have shape (N, C, ", axes, "), got ", samples.sizes());
  Tensor drawn = samples.detach().to(DType::float64).contiguous();
  // For each plane, window and element of the window its place in the plane.
  Tensor at = empty({planes, places * elements}, DType::int64);
  int64_t* to = at.data<int64_t>();
  bool wide = samples.dtype() == DType::float64;
  for (int64_t p = 0; p < planes; p++) {
    std::vector<int64_t> from[3] = {{0}, {0}, {0}};
    int64_t size[3] = {1, 1, 1}, count[3] = {1, 1, 1}, reach[3] = {1, 1, 1};
    for (size_t i = 0; i < rank; i++) {
      size_t axis = 3 - rank + i, which = rank == 2 ? 1 - i : i;  // images: the width first
      double s = drawn.data<double>()[p * axes + int64_t(which)];
      from[axis] = begins(s, in[i], out[i], kernel[i], wide);
      size[axis] = in[i], count[axis] = out[i], reach[axis] = kernel[i];
    }
    for (int64_t t = 0; t < count[0]; t++)
      for (int64_t h = 0; h < count[1]; h++)
        for (int64_t w = 0; w < count[2]; w++)
          for (int64_t i = 0; i < reach[0]; i++)
            for (int64_t j = 0; j < reach[1]; j++)
              for (int64_t k = 0; k < reach[2]; k++)
                *to++ = ((from[0][size_t(t)] + i) * size[1] + from[1][size_t(h)] + j) * size[2] +
                        from[2][size_t(w)] + k;
  }
  Tensor flat = x.reshape({Dims{planes, plane}});
  Tensor seen = flat.detach().gather(1, at).reshape({Dims{planes, places, elements}});
  Tensor best = seen.argmax({.dim = -1, .keepdim = true});
  Tensor found = at.reshape({Dims{planes, places, elements}}).gather(-1, best).squeeze(-1);
  return {flat.gather(1, found).reshape({sizes}), found.reshape({sizes})};
}

}  // namespace

#define TAEDA_X(rank)                                                                          \
  Tensor LpPool##rank##d::forward(Args in, const Attrs& a) { return lp_pool(rank, in[0], a); } \
  Tensor MaxUnpool##rank##d::forward(Args in, const Attrs& a) {                                \
    return max_unpool(rank, in[0], in[1], a);                                                  \
  }
TAEDA_X(1)
TAEDA_X(2)
TAEDA_X(3)
#undef TAEDA_X
MaxResult FractionalMaxPool2d::forward(Args in, const Attrs& a) {
  return fractional(2, in[0], in[1], a);
}
MaxResult FractionalMaxPool3d::forward(Args in, const Attrs& a) {
  return fractional(3, in[0], in[1], a);
}

}  // namespace taeda::ops
