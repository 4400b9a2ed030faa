// Images at another size, or read at any places: interpolate, grid_sample and their parts.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Resampling
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Resampling;

// ---- another size ----

struct ResampleWords {
  static constexpr std::string_view words[] = {"nearest", "nearest-exact", "linear",  "cubic",
                                               "lanczos", "linear-aa",     "cubic-aa"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
using ResampleMode = Choice<ResampleWords>;

// output_size: of the spatial axes. scales: factors that the places are computed with, one for each
// of those; empty: the sizes' ratios. align_corners: the corner elements keep their places.
struct Upsample {
  Dims output_size = {};
  bool align_corners = false;
  std::vector<double> scales = {};
  TAEDA_FIELDS(output_size, align_corners, scales)
};

#define TAEDA_UPSAMPLE(word, Op, rank, how, name)                                  \
  struct Op {                                                                      \
    static constexpr Def def{.inputs = {"input"},                                  \
                             .doc = "(N, C, *) at the spatial sizes output_size.", \
                             .types = Types::own,                                  \
                             .required = 1,                                        \
                             .scope = 0,                                           \
                             .backward_name = name};                               \
    static constexpr size_t axes = rank;                                           \
    static constexpr const char* mode = how;                                       \
    using Attrs = Upsample;                                                        \
    static Meta infer(Args in, const Attrs& a);                                    \
    static void cpu(Args in, Outs out, const Attrs& a);                            \
    static Tensor backward(Grad g, Shape<0> s, const Attrs& a);                    \
  };                                                                               \
  TAEDA_OP(word, Op)
// clang-format off
TAEDA_UPSAMPLE(upsample_nearest1d, UpsampleNearest1d, 1, "nearest", "UpsampleNearest1DBackward0")
TAEDA_UPSAMPLE(upsample_nearest2d, UpsampleNearest2d, 2, "nearest", "UpsampleNearest2DBackward0")
TAEDA_UPSAMPLE(upsample_nearest3d, UpsampleNearest3d, 3, "nearest", "UpsampleNearest3DBackward0")
TAEDA_UPSAMPLE(_upsample_nearest_exact1d, UpsampleNearestExact1d, 1, "nearest-exact", "UpsampleNearestExact1DBackward0")
TAEDA_UPSAMPLE(_upsample_nearest_exact2d, UpsampleNearestExact2d, 2, "nearest-exact", "UpsampleNearestExact2DBackward0")
TAEDA_UPSAMPLE(_upsample_nearest_exact3d, UpsampleNearestExact3d, 3, "nearest-exact", "UpsampleNearestExact3DBackward0")
TAEDA_UPSAMPLE(upsample_linear1d, UpsampleLinear1d, 1, "linear", "UpsampleLinear1DBackward0")
TAEDA_UPSAMPLE(upsample_bilinear2d, UpsampleBilinear2d, 2, "linear", "UpsampleBilinear2DBackward0")
TAEDA_UPSAMPLE(upsample_trilinear3d, UpsampleTrilinear3d, 3, "linear", "UpsampleTrilinear3DBackward0")
TAEDA_UPSAMPLE(upsample_bicubic2d, UpsampleBicubic2d, 2, "cubic", "UpsampleBicubic2DBackward0")
TAEDA_UPSAMPLE(_upsample_bilinear2d_aa, UpsampleBilinear2dAa, 2, "linear-aa", "UpsampleBilinear2DAaBackward0")
TAEDA_UPSAMPLE(_upsample_bicubic2d_aa, UpsampleBicubic2dAa, 2, "cubic-aa", "UpsampleBicubic2DAaBackward0")
TAEDA_UPSAMPLE(_upsample_lanczos2d_aa, UpsampleLanczos2dAa, 2, "lanczos", "UpsampleLanczos2DAaBackward0")
#undef TAEDA_UPSAMPLE
// The same ops, for what is written once for all of them.
#define TAEDA_UPSAMPLINGS(X)                                                                   \
  X(UpsampleNearest1d) X(UpsampleNearest2d) X(UpsampleNearest3d) X(UpsampleNearestExact1d)     \
  X(UpsampleNearestExact2d) X(UpsampleNearestExact3d) X(UpsampleLinear1d)                      \
  X(UpsampleBilinear2d) X(UpsampleTrilinear3d) X(UpsampleBicubic2d) X(UpsampleBilinear2dAa)    \
  X(UpsampleBicubic2dAa) X(UpsampleLanczos2dAa)
// clang-format on

struct UpsampleGrad {  // and the upsampling is its gradient
  static constexpr Def def{.inputs = {"grad"},
                           .doc = "The gradient of an upsampling of an input of shape size.",
                           .types = Types::own,
                           .required = 2,
                           .scope = 0};
  struct Attrs {
    Dims size = {};
    ResampleMode mode = {};
    bool align_corners = false;
    std::vector<double> scales = {};
    TAEDA_FIELDS(size, mode, align_corners, scales)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s, const Attrs& a);
};
TAEDA_OP(upsample_backward, UpsampleGrad)

struct Interpolate {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "The input (N, C, *) at another spatial size, or scaled. mode: nearest, nearest-exact, "
          "linear (1 axis), bilinear and bicubic (2), trilinear (3), area or lanczos. "
          "align_corners: the corner elements keep their places. antialias: a wider filter where "
          "the result is smaller.",
      .types = Types::own,
      .scope = in_functional};
  struct Attrs {
    OptionalDims size = {};
    std::vector<double> scale_factor = {};
    std::string mode = "nearest";
    std::optional<bool> align_corners = {}, recompute_scale_factor = {};
    bool antialias = false;
    TAEDA_FIELDS(size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(interpolate, Interpolate)

// ---- any places ----

// interpolation_mode: 0 linear, 1 nearest, 2 cubic (images only). padding_mode: what lies outside
// is 0 zeros, 1 the border's element, 2 the image reflected at the border.
struct GridSampling {
  int64_t interpolation_mode = 0, padding_mode = 0;
  bool align_corners = false;
  TAEDA_FIELDS(interpolation_mode, padding_mode, align_corners)
};
struct GridGrads {
  Tensor input, grid;
  TAEDA_FIELDS(input, grid)
};
#define TAEDA_GRID_SAMPLER(word, Op, rank, name)                                             \
  struct Op {                                                                                \
    static constexpr Def def{.inputs = {"input", "grid"},                                    \
                             .doc =                                                          \
                                 "input (N, C, *in) read at grid (N, *out, axes), the last " \
                                 "axis first, where -1 and 1 are the ends of an axis.",      \
                             .types = Types::own,                                            \
                             .required = 3,                                                  \
                             .scope = in_torch,                                              \
                             .backward_name = name};                                         \
    static constexpr size_t axes = rank;                                                     \
    using Attrs = GridSampling;                                                              \
    static Meta infer(Args in, const Attrs& a);                                              \
    static void cpu(Args in, Outs out, const Attrs& a);                                      \
    static GradsOf<2> backward(Grad g, In<0> x, In<1> grid, const Attrs& a);                 \
  };                                                                                         \
  TAEDA_OP(word, Op)
TAEDA_GRID_SAMPLER(grid_sampler_2d, GridSampler2d, 2, "GridSampler2DBackward0")
TAEDA_GRID_SAMPLER(grid_sampler_3d, GridSampler3d, 3, "GridSampler3DBackward0")
#undef TAEDA_GRID_SAMPLER

struct GridSamplerGrad {  // has no gradient itself, as in PyTorch; its callers refuse to need one
  static constexpr Def def{.inputs = {"grad", "input", "grid"},
                           .doc = "The gradients of grid_sampler.",
                           .types = Types::own,
                           .differentiable = false,
                           .required = 3,
                           .scope = 0};
  using Attrs = GridSampling;
  using Result = GridGrads;
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(grid_sampler_backward, GridSamplerGrad)

struct GridSampler {
  static constexpr Def def{.inputs = {"input", "grid"},
                           .doc = "grid_sampler_2d or grid_sampler_3d.",
                           .types = Types::own,
                           .required = 3,
                           .scope = in_torch};
  using Attrs = GridSampling;
  static Tensor forward(const Tensor& x, const Tensor& grid, const Attrs& a);
};
TAEDA_OP(grid_sampler, GridSampler)

struct GridModeWords {
  static constexpr std::string_view words[] = {"bilinear", "nearest", "bicubic"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct GridPaddingWords {
  static constexpr std::string_view words[] = {"zeros", "border", "reflection"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct GridSample {
  static constexpr Def def{
      .inputs = {"input", "grid"},
      .doc =
          "input (N, C, H, W) read at grid (N, H', W', 2) of (x, y), or (N, C, D, H, W) at "
          "(N, D', H', W', 3) of (x, y, z): -1 and 1 are the ends of an axis, with align_corners "
          "the centres of its end elements. padding_mode: what lies outside.",
      .types = Types::own,
      .scope = in_functional};
  struct Attrs {
    Choice<GridModeWords> mode = {};
    Choice<GridPaddingWords> padding_mode = {};
    std::optional<bool> align_corners = {};
    TAEDA_FIELDS(mode, padding_mode, align_corners)
  };
  static Tensor forward(const Tensor& x, const Tensor& grid, const Attrs& a);
};
TAEDA_OP(grid_sample, GridSample)

struct AffineGridGenerator {
  static constexpr Def def{.inputs = {"theta"},
                           .doc =
                               "affine_grid: the places of an image of shape size under the maps "
                               "theta (N, axes, axes + 1).",
                           .types = Types::own,
                           .required = 2,
                           .scope = 0};
  struct Attrs {
    Dims size = {};
    bool align_corners = false;
    TAEDA_FIELDS(size, align_corners)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(affine_grid_generator, AffineGridGenerator)

struct AffineGrid {
  static constexpr Def def{
      .inputs = {"theta"},
      .doc =
          "The grid that grid_sample reads an image of shape size (N, C, H, W) by under the maps "
          "theta (N, 2, 3), or (N, C, D, H, W) under (N, 3, 4): theta (x, y, 1).",
      .types = Types::own,
      .required = 1,
      .scope = in_functional};
  struct Attrs {
    Dims size = {};
    std::optional<bool> align_corners = {};
    TAEDA_FIELDS(size, align_corners)
  };
  static Tensor forward(const Tensor& theta, const Attrs& a);
};
TAEDA_OP(affine_grid, AffineGrid)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
