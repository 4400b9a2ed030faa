#include "taeda/nn/resample.h"

#include "taeda/ops/arrange.h"
#include "taeda/ops/resample.h"

namespace taeda::nn::layer {

namespace {

OptionalDims dims_or_none(const Sizes& s) {
  return s.is_none() ? OptionalDims() : OptionalDims(s.values);
}
std::string size_text(const Sizes& size, const Factors& factor, const char* mode) {
  std::string what = factor.is_none() ? "size=" + show(size) : "scale_factor=" + show(factor);
  return what + ", mode=" + show(std::string(mode));
}

}  // namespace

Tensor Upsample::forward(const Tensor& input) {
  const Options& o = options;
  return interpolate(input, {dims_or_none(o.size), o.scale_factor.values, o.mode, o.align_corners,
                             o.recompute_scale_factor, false});
}
std::string Upsample::extra_repr() const {
  return size_text(options.size, options.scale_factor, options.mode.c_str());
}

Tensor UpsamplingNearest2d::forward(const Tensor& input) {
  return interpolate(
      input, {.size = dims_or_none(options.size), .scale_factor = options.scale_factor.values});
}
std::string UpsamplingNearest2d::extra_repr() const {
  return size_text(options.size, options.scale_factor, "nearest");
}
Tensor UpsamplingBilinear2d::forward(const Tensor& input) {
  return interpolate(input, {.size = dims_or_none(options.size),
                             .scale_factor = options.scale_factor.values,
                             .mode = "bilinear",
                             .align_corners = true});
}
std::string UpsamplingBilinear2d::extra_repr() const {
  return size_text(options.size, options.scale_factor, "bilinear");
}

Tensor PixelShuffle::forward(const Tensor& input) {
  return pixel_shuffle(input, {options.upscale_factor});
}
Tensor PixelUnshuffle::forward(const Tensor& input) {
  return pixel_unshuffle(input, {options.downscale_factor});
}
Tensor ChannelShuffle::forward(const Tensor& input) {
  return channel_shuffle(input, {options.groups});
}

}  // namespace taeda::nn::layer
