// Pictures: from tensors of any axis order to bytes [H, W, C].
#include <algorithm>
#include <cmath>

#include "taeda/autograd/grad_mode.h"
#include "taeda/io/png.h"
#include "taeda/io/summary.h"
#include "taeda/nn/module.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/views.h"

namespace taeda::io {

namespace {

using nn::AssertionError;

struct Picture {  // float32, [H, W, C]
  int64_t height, width, channels;
  Tensor tensor = empty({height, width, channels}, DType::float32);
  float* at(int64_t y, int64_t x) const {
    return tensor.data<float>() + (y * width + x) * channels;
  }
};

// The axes `order` of x, which are named by `format`, as contiguous float32.
Tensor arranged(const Tensor& x, const std::string& format, std::string_view order) {
  Dims axes;
  for (char c : order) {
    size_t at = format.find(c);
    if (at == std::string::npos)
      fail<ValueError>("the axes of a picture are named N, C, H and W: '", format, "' has no ", c);
    axes.push_back(int64_t(at));
  }
  return cast(permute(x, {axes}).contiguous(), {DType::float32});
}

// A grid of NCHW pictures; gray ones become RGB.
Picture make_grid(const Tensor& nchw, int64_t most_columns) {
  int64_t n = nchw.size(0), c = nchw.size(1), h = nchw.size(2), w = nchw.size(3);
  if (c != 1 && c != 3)
    fail<AssertionError>("Input should be a 4D numpy array with 3 channels, got ", nchw.sizes());
  if (!n) fail<ValueError>("a batch of no pictures");
  int64_t columns = std::min(n, most_columns), rows = (n + columns - 1) / columns;
  Picture out{h * rows, w * columns, 3};
  std::fill_n(out.at(0, 0), out.tensor.numel(), 0.0f);
  const float* from = nchw.data<float>();
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < c; k++)
      for (int64_t y = 0; y < h; y++)
        for (int64_t x = 0; x < w; x++, from++) {
          float* to = out.at(i / columns * h + y, i % columns * w + x);
          if (c == 3) to[k] = *from;
          else to[0] = to[1] = to[2] = *from;
        }
  return out;
}

Tensor as_bytes(const Picture& p, float scale) {
  Tensor out = empty({p.height, p.width, p.channels}, DType::uint8);
  const float* from = p.tensor.data<float>();
  for (int64_t i = 0; i < out.numel(); i++) {
    float v = from[i] * scale;
    out.data<uint8_t>()[i] = uint8_t(v > 0 ? std::min(v, 255.0f) : 0.0f);
  }
  return out;
}

}  // namespace

Tensor make_image(const Tensor& x, const std::string& given) {
  NoGradGuard no_grad;
  std::string format;
  for (char c : given) {
    format += c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
    if (std::count(given.begin(), given.end(), c) > 1)
      fail<AssertionError>(
          "You can not use the same dimension shorthand twice.             input_format: ", given);
  }
  if (int64_t(format.size()) != x.dim()) {
    std::string sizes = text(x.sizes());
    sizes.front() = '(', sizes.back() = ')';
    fail<AssertionError>(
        "size of input tensor and input format are different.         tensor shape: ", x.sizes(),
        ", input_format: ", given);
  }
  float scale = x.dtype() == DType::uint8 ? 1 : 255;
  if (format.size() == 4) return as_bytes(make_grid(arranged(x, format, "NCHW"), 8), scale);
  if (format.size() != 3 && format.size() != 2)
    fail<ValueError>("a picture has 2 axes, 3 with channels or 4 with a batch; got '", given, "'");
  Tensor t = arranged(x, format, format.size() == 3 ? "HWC" : "HW");
  int64_t c = format.size() == 3 ? t.size(2) : 1;
  Picture p{t.size(0), t.size(1), c == 1 ? 3 : c};
  if (c != 1) p.tensor = t;
  else
    for (int64_t i = 0; i < t.numel(); i++)
      std::fill_n(p.tensor.data<float>() + 3 * i, 3, t.data<float>()[i]);
  return as_bytes(p, scale);
}

Bytes png_of_image(const Tensor& hwc) {
  if (hwc.dtype() != DType::uint8 || hwc.dim() != 3)
    fail<ValueError>("a picture is a torch.uint8 tensor [H, W, C], got ", hwc.dtype(), " ",
                     hwc.sizes());
  Tensor t = hwc.contiguous();
  return encode_png({t.data<uint8_t>(), size_t(t.numel())}, t.size(0), t.size(1), t.size(2));
}

Tensor make_sprite(const Tensor& images) {
  NoGradGuard no_grad;
  if (images.dim() != 4)
    fail<ValueError>("label_img must have the shape [N, C, H, W], got ", images.sizes());
  auto side = int64_t(std::ceil(std::sqrt(double(images.size(0)))));
  Picture grid = make_grid(arranged(images, "NCHW", "NCHW"), side);
  // The projector wants a square.
  Picture square{std::max(grid.width, grid.height), grid.width, 3};
  std::fill_n(square.at(0, 0), square.tensor.numel(), 0.0f);
  std::copy_n(grid.at(0, 0), grid.tensor.numel(), square.at(0, 0));
  return as_bytes(square, 255);
}

}  // namespace taeda::io
