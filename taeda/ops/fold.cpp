#include "taeda/ops/fold.h"

#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/pad.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

struct Grid {
  int64_t k[2], d[2], p[2], s[2], in[2],
      out[2];  // kernel, dilation, padding, stride, sizes, windows

  Grid(const Dims& kernel, const Dims& dilation, const Dims& padding, const Dims& stride) {
    auto spread = [](const char* name, const Dims& v, int64_t* to) {
      if (v.size() != 1 && v.size() != 2)
        fail(name, " should be an int or a tuple of 2 ints, but has ", v.size(), " elements");
      to[0] = v[0], to[1] = v[v.size() - 1];
    };
    spread("kernel_size", kernel, k), spread("dilation", dilation, d);
    spread("padding", padding, p), spread("stride", stride, s);
    for (int i = 0; i < 2; i++) {
      if (k[i] <= 0 || d[i] <= 0 || s[i] <= 0)
        fail("kernel_size, dilation and stride should be greater than zero, but got kernel_size ",
             pair(k), ", dilation ", pair(d), ", stride ", pair(s));
      if (p[i] < 0) fail("padding should be non-negative, but got ", pair(p));
    }
  }
  static std::string pair(const int64_t* v) {
    return "(" + std::to_string(v[0]) + ", " + std::to_string(v[1]) + ")";
  }
  void count(int64_t h, int64_t w) {
    in[0] = h, in[1] = w;
    for (int i = 0; i < 2; i++) {
      int64_t room = in[i] + 2 * p[i] - d[i] * (k[i] - 1) - 1;
      out[i] = room < 0 ? -((-room + s[i] - 1) / s[i]) + 1 : room / s[i] + 1;
    }
  }
  std::string arguments() const {
    return "kernel_size=" + pair(k) + ", dilation=" + pair(d) + ", padding=" + pair(p);
  }
  // For each kernel element and window its place in the flat padded image.
  Tensor places() const {
    Tensor t = empty({k[0] * k[1] * out[0] * out[1]}, DType::int64);
    int64_t *to = t.data<int64_t>(), width = in[1] + 2 * p[1];
    for (int64_t i = 0; i < k[0]; i++)
      for (int64_t j = 0; j < k[1]; j++)
        for (int64_t y = 0; y < out[0]; y++)
          for (int64_t x = 0; x < out[1]; x++)
            *to++ = (y * s[0] + i * d[0]) * width + x * s[1] + j * d[1];
    return t;
  }
};

}  // namespace

Tensor Im2col::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() != 3 && x.dim() != 4)
    fail(
        "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
        "dimensions for input, but got: ",
        x.sizes());
  if (x.dim() == 3) return im2col(x.unsqueeze(0), a).squeeze(0);
  Grid g(a.kernel_size, a.dilation, a.padding, a.stride);
  g.count(x.size(2), x.size(3));
  if (g.out[0] < 1 || g.out[1] < 1)
    fail("Given input with spatial size ", Grid::pair(g.in), ", ", g.arguments(),
         ", calculated shape of the array of sliding blocks as ", Grid::pair(g.out),
         ", but its components must be at least one.");
  Tensor padded = x;
  if (g.p[0] || g.p[1]) padded = constant_pad_nd(x, {.pad = {g.p[1], g.p[1], g.p[0], g.p[0]}});
  int64_t n = x.size(0), c = x.size(1), windows = g.out[0] * g.out[1];
  Tensor flat = padded.reshape({n, c, padded.size(2) * padded.size(3)});
  Tensor at = g.places().to(x.device());
  return flat.index_select(2, at).reshape({n, c * g.k[0] * g.k[1], windows});
}

Tensor Col2im::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() != 2 && x.dim() != 3)
    fail(
        "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
        "dimensions for input, but got: ",
        x.sizes());
  if (x.dim() == 2) return col2im(x.unsqueeze(0), a).squeeze(0);
  Grid g(a.kernel_size, a.dilation, a.padding, a.stride);
  const Dims& size = a.output_size;
  if (size.size() != 1 && size.size() != 2)
    fail("output_size should be an int or a tuple of 2 ints, but has ", size.size(), " elements");
  g.count(size[0], size[size.size() - 1]);
  int64_t each = g.k[0] * g.k[1], windows = g.out[0] * g.out[1];
  if (x.size(1) % each)
    fail(
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but "
        "got input.size(1)=",
        x.size(1), " and kernel_size=", Grid::pair(g.k), ".");
  if (x.size(2) != windows)
    fail("Given output_size=", Grid::pair(g.in), ", ", g.arguments(), ", stride=", Grid::pair(g.s),
         ", expected size of input's dimension 2 to match the calculated number of "
         "sliding blocks ",
         g.out[0], " * ", g.out[1], " = ", windows, ", but got input.size(2)=", x.size(2), ".");
  int64_t n = x.size(0), c = x.size(1) / each;
  int64_t h = g.in[0] + 2 * g.p[0], w = g.in[1] + 2 * g.p[1];
  Tensor image = zeros({n, c, h * w}, {.dtype = x.dtype(), .device = x.device()});
  image = image.index_add(g.places().to(x.device()), x.reshape({n, c, each * windows}), {.dim = 2});
  return image.reshape({n, c, h, w}).narrow(2, g.p[0], g.in[0]).narrow(3, g.p[1], g.in[1]);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Folding)
