// Resampling to another size, and moves between channels and pixels.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// input (N, C, *) at the spatial size `size`, or scaled by scale_factor: one of them is given.
// mode: "nearest", "linear" (1 axis), "bilinear" and "bicubic" (2), "trilinear" (3), ..: see
// interpolate.
struct TAEDA_API Upsample : Module {
  struct Options {
    Sizes size = {};
    Factors scale_factor = {};
    std::string mode = "nearest";
    std::optional<bool> align_corners = {}, recompute_scale_factor = {};
    TAEDA_FIELDS(size, scale_factor, mode, align_corners, recompute_scale_factor)
  };
  static constexpr int required = 0;
  static constexpr const char* op = "interpolate";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

struct ImageSize {
  Sizes size = {};
  Factors scale_factor = {};
  TAEDA_FIELDS(size, scale_factor)
};
// Upsample of images with mode "nearest".
struct TAEDA_API UpsamplingNearest2d : Module {
  using Options = ImageSize;
  static constexpr int required = 0;
  static constexpr const char* op = "interpolate";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};
// Upsample of images with mode "bilinear" and aligned corners.
struct TAEDA_API UpsamplingBilinear2d : Module {
  using Options = ImageSize;
  static constexpr int required = 0;
  static constexpr const char* op = "interpolate";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// (*, C r^2, H, W) to (*, C, H r, W r), r = upscale_factor (Shi et al. 2016).
struct TAEDA_API PixelShuffle : Module {
  struct Options {
    int64_t upscale_factor = 0;
    TAEDA_FIELDS(upscale_factor)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "pixel_shuffle";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show_options(options); }
};

// (*, C, H r, W r) to (*, C r^2, H, W), r = downscale_factor.
struct TAEDA_API PixelUnshuffle : Module {
  struct Options {
    int64_t downscale_factor = 0;
    TAEDA_FIELDS(downscale_factor)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "pixel_unshuffle";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show_options(options); }
};

// The channels of (N, C, *), taken in turn from each of `groups` groups (Zhang et al. 2018).
struct TAEDA_API ChannelShuffle : Module {
  struct Options {
    int64_t groups = 0;
    TAEDA_FIELDS(groups)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "channel_shuffle";
  Options options;
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show_options(options); }
};

}  // namespace layer

using Upsample = Handle<layer::Upsample>;
using UpsamplingNearest2d = Handle<layer::UpsamplingNearest2d>;
using UpsamplingBilinear2d = Handle<layer::UpsamplingBilinear2d>;
using PixelShuffle = Handle<layer::PixelShuffle>;
using PixelUnshuffle = Handle<layer::PixelUnshuffle>;
using ChannelShuffle = Handle<layer::ChannelShuffle>;

}  // namespace taeda::nn
