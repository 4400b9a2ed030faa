#include "taeda/ops/resample.h"

#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/pool.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

void ResampleWords::fail(std::string_view word) {
  taeda::fail<ValueError>("no such way to resample: '", word, "'");
}

// ---- another size ----

namespace {

std::string axes_text(const Dims& d) {  // "(H: 4, W: 4)"
  static constexpr char letters[] = "DHW";
  std::string out;
  for (size_t i = 0; i < d.size(); i++)
    out += std::string(i ? ", " : "(") + letters[3 - d.size() + i] + ": " + std::to_string(d[i]);
  return out + ")";
}

Meta upsampled(const Tensor& x, const Upsample& a, size_t axes, std::string_view mode) {
  if (a.output_size.size() != axes)
    fail("It is expected output_size equals to ", axes, ", but got size ", a.output_size.size());
  if (size_t(x.dim()) != axes + 2)
    fail("It is expected input_size equals to ", axes + 2, ", but got size ", x.dim());
  Dims spatial(std::span(x.sizes().begin() + 2, x.sizes().end()));
  for (size_t i = 0; i < axes; i++)
    if (spatial[i] <= 0 || a.output_size[i] <= 0)
      fail("Input and output sizes should be greater than 0, but got input ", axes_text(spatial),
           " output ", axes_text(a.output_size));
  if (x.size(1) == 0)
    fail("Non-empty ", axes + 2, "D data tensor expected but got a tensor with sizes ", x.sizes());
  DType d = x.dtype();
  bool nearest = mode.starts_with("nearest"), image = axes == 2;
  if (!is_floating(d) && !(d == DType::uint8 && (nearest || image))) {
    fail<NotImplementedError>(
        "\"",
        nearest ? image ? "upsample_nearest2d_channels_last" : "compute_indices_weights_nearest"
        : mode != "linear" ? "compute_indices_weights_cubic"
        : image            ? "upsample_bilinear2d_channels_last"
                           : "compute_indices_weights_linear",
        "\" not implemented for '", word_of(d), "'");
  }
  Dims sizes = a.output_size;
  sizes.insert(0, x.size(1));
  sizes.insert(0, x.size(0));
  return {sizes, d};
}

Tensor upsample(const Tensor& x, std::string_view mode, const Upsample& a) {
  size_t axes = a.output_size.size();
  if (mode == "nearest")
    return axes == 1   ? upsample_nearest1d(x, a)
           : axes == 2 ? upsample_nearest2d(x, a)
                       : upsample_nearest3d(x, a);
  if (mode == "nearest-exact")
    return axes == 1   ? _upsample_nearest_exact1d(x, a)
           : axes == 2 ? _upsample_nearest_exact2d(x, a)
                       : _upsample_nearest_exact3d(x, a);
  if (mode == "linear")
    return axes == 1   ? upsample_linear1d(x, a)
           : axes == 2 ? upsample_bilinear2d(x, a)
                       : upsample_trilinear3d(x, a);
  if (mode == "cubic") return upsample_bicubic2d(x, a);
  if (mode == "linear-aa") return _upsample_bilinear2d_aa(x, a);
  if (mode == "cubic-aa") return _upsample_bicubic2d_aa(x, a);
  return _upsample_lanczos2d_aa(x, a);
}

}  // namespace

#define TAEDA_X(Op)                                                                   \
  Meta Op::infer(Args in, const Attrs& a) { return upsampled(in[0], a, axes, mode); } \
  Tensor Op::backward(Grad g, Shape<0> s, const Attrs& a) {                           \
    return upsample_backward(g, {s, {mode}, a.align_corners, a.scales});              \
  }
TAEDA_UPSAMPLINGS(TAEDA_X)
#undef TAEDA_X

Meta UpsampleGrad::infer(Args in, const Attrs& a) { return {a.size, in[0].dtype()}; }
Tensor UpsampleGrad::backward(Grad g, Shape<0> s, const Attrs& a) {
  Dims spatial(std::span(s.begin() + 2, s.end()));
  return upsample(g, a.mode.word(), {spatial, a.align_corners, a.scales});
}

namespace {

template <class List> std::string listed(const List& numbers) {
  std::string out;
  for (auto n : numbers) out += (out.empty() ? "(" : ", ") + text(n);
  return out + ")";
}
[[noreturn]] void fail_count(const Tensor& x, const char* beside, const char* what,
                             const std::string& got, const char* letter) {
  Dims spatial(std::span(x.sizes().begin() + 2, x.sizes().end()));
  fail<ValueError>(
      "Input and ", beside,
      " must have the same number of spatial dimensions, but got input with spatial dimensions of ",
      spatial, " and ", got, ". Please provide input tensor in (N, C, d1, d2, ...,dK) format and ",
      what, " in (", letter, "1, ", letter, "2, ...,", letter, "K) format.");
}

}  // namespace

Tensor Interpolate::forward(const Tensor& x, const Attrs& a) {
  const std::string& mode = a.mode;
  bool corners = a.align_corners.value_or(false);
  if ((mode == "nearest" || mode == "area" || mode == "nearest-exact") && a.align_corners)
    fail<ValueError>(
        "align_corners option can only be set with the interpolating modes: linear | bilinear | "
        "bicubic | trilinear");
  int64_t dim = x.dim();
  size_t axes = dim > 2 ? size_t(dim - 2) : 0;
  std::vector<double> scales = a.scale_factor;
  if (a.size && !scales.empty())
    fail<ValueError>("only one of size or scale_factor should be defined");
  Dims size;
  bool recompute = a.recompute_scale_factor.value_or(false);
  if (a.size) {
    size = *a.size;
    if (size.size() == 1) size = Dims(axes, size[0]);
    if (size.size() != axes)
      fail_count(x, "output", "output size", "output size of " + listed(size), "o");
    if (recompute)
      fail<ValueError>("recompute_scale_factor is not meaningful with an explicit size.");
  } else if (!scales.empty()) {
    if (scales.size() == 1) scales.assign(axes, scales[0]);
    if (scales.size() != axes)
      fail_count(x, "scale_factor", "scale_factor", "scale_factor of shape " + listed(scales), "s");
    for (size_t i = 0; i < axes; i++) {
      double n = std::floor(double(x.size(int64_t(i) + 2)) * scales[i]);
      if (!(n < 0x1p62))
        fail("scale_factor ", scales[i], " is too large for an input of shape ", x.sizes());
      size.push_back(int64_t(std::max(n, 0.0)));
    }
    if (recompute || mode == "area") scales.clear();
  } else {
    fail<ValueError>("either size or scale_factor should be defined");
  }
  bool smooth = mode == "bilinear" || mode == "bicubic" || mode == "lanczos";
  if (a.antialias && !(smooth && dim == 4))
    fail<ValueError>(
        "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a "
        "4-D "
        "tensor as input");
  if (mode == "lanczos" && !a.antialias) fail<ValueError>("Lanczos mode requires antialias=True");
  Upsample to{size, corners, scales};
  if (dim >= 3 && dim <= 5) {
    if (mode == "nearest" || mode == "nearest-exact") return upsample(x, mode, to);
    if (mode == "area")
      return dim == 3   ? adaptive_avg_pool1d(x, {size})
             : dim == 4 ? adaptive_avg_pool2d(x, {size})
                        : adaptive_avg_pool3d(x, {size});
    if (dim == 4 && mode == "bicubic") return upsample(x, a.antialias ? "cubic-aa" : "cubic", to);
    if (dim == 4 && mode == "lanczos") return upsample(x, "lanczos", to);
    int64_t want = mode == "linear" ? 3 : mode == "bilinear" ? 4 : mode == "trilinear" ? 5 : 0;
    if (want == dim) return upsample(x, a.antialias ? "linear-aa" : "linear", to);
    if (want)
      fail<NotImplementedError>("Got ", dim, "D input, but ", mode, " mode needs ", want,
                                "D input");
  }
  fail<NotImplementedError>(
      "Input Error: Only 3D, 4D and 5D input Tensors supported (got ", dim,
      "D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | "
      "nearest-exact (got ",
      mode, ")");
}

// ---- any places ----

namespace {

Dims sampled_sizes(const Tensor& x, const Tensor& grid) {
  Dims out(std::span(grid.sizes().begin() + 1, grid.sizes().end() - 1));
  out.insert(0, x.size(1));
  out.insert(0, x.size(0));
  return out;
}
Meta grid_sampled(const Tensor& x, const Tensor& grid, const GridSampling& a, size_t axes) {
  if (!x.dim() || !grid.dim() || x.size(0) != grid.size(0))
    fail(
        "grid_sampler(): expected grid and input to have same batch size, but got input with "
        "sizes ",
        x.sizes(), " and grid with sizes ", grid.sizes());
  if (grid.size(-1) != x.dim() - 2)
    fail("grid_sampler(): expected grid to have size ", x.dim() - 2,
         " in last dimension, but got grid with sizes ", grid.sizes());
  for (int64_t i = 2; i < x.dim(); i++)
    if (x.size(i) <= 0)
      fail(
          "grid_sampler(): expected input to have non-empty spatial dimensions, but input has "
          "sizes ",
          x.sizes(), " with dimension ", i, " being empty");
  if (size_t(x.dim()) != axes + 2 || x.dim() != grid.dim())
    fail("grid_sampler(): expected ", axes + 2,
         "D input and grid with same number of dimensions, but got input with sizes ", x.sizes(),
         " and grid with sizes ", grid.sizes());
  if (a.interpolation_mode == 2 && axes != 2)
    fail("grid_sampler(): bicubic interpolation only supports 4D input");
  if (a.interpolation_mode < 0 || a.interpolation_mode > 2 || a.padding_mode < 0 ||
      a.padding_mode > 2)
    fail("grid_sampler(): interpolation_mode and padding_mode must be 0, 1 or 2, not ",
         a.interpolation_mode, " and ", a.padding_mode);
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"grid_sampler_", axes, "d_cpu_kernel_impl\" not implemented for '",
                              word_of(x.dtype()), "'");
  if (x.dtype() != grid.dtype())
    fail("expected scalar type ", word_of(x.dtype()), " but found ", word_of(grid.dtype()));
  return {sampled_sizes(x, grid), x.dtype()};
}
GradsOf<2> grid_grads(const Tensor& g, const Tensor& x, const Tensor& grid, const GridSampling& a) {
  if (grad_enabled() && (tracked(g) || tracked(x) || tracked(grid)))
    fail_no_gradient("grid_sampler_backward");
  GridGrads r = grid_sampler_backward(g, x, grid, a);
  return {r.input, r.grid};
}
bool default_corners(const std::optional<bool>& given) {
  if (!given)
    warn(
        "Default grid_sample and affine_grid behavior has changed to align_corners=False since "
        "1.3.0. Please specify align_corners=True if the old behavior is desired. See the "
        "documentation of grid_sample for details.");
  return given.value_or(false);
}

}  // namespace

Meta GridSampler2d::infer(Args in, const Attrs& a) { return grid_sampled(in[0], in[1], a, 2); }
Meta GridSampler3d::infer(Args in, const Attrs& a) { return grid_sampled(in[0], in[1], a, 3); }
GradsOf<2> GridSampler2d::backward(Grad g, In<0> x, In<1> grid, const Attrs& a) {
  return grid_grads(g, x, grid, a);
}
GradsOf<2> GridSampler3d::backward(Grad g, In<0> x, In<1> grid, const Attrs& a) {
  return grid_grads(g, x, grid, a);
}
std::array<Meta, 2> GridSamplerGrad::infer(Args in, const Attrs&) {
  return {Meta{in[1].sizes(), in[1].dtype()}, Meta{in[2].sizes(), in[2].dtype()}};
}

Tensor GridSampler::forward(const Tensor& x, const Tensor& grid, const Attrs& a) {
  return x.dim() == 5 ? grid_sampler_3d(x, grid, a) : grid_sampler_2d(x, grid, a);
}

void GridModeWords::fail(std::string_view word) {
  taeda::fail<ValueError>(
      "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but "
      "got: '",
      word, "'");
}
void GridPaddingWords::fail(std::string_view word) {
  taeda::fail<ValueError>(
      "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or "
      "'reflection', but got: '",
      word, "'");
}
Tensor GridSample::forward(const Tensor& x, const Tensor& grid, const Attrs& a) {
  GridSampling s{.align_corners = default_corners(a.align_corners)};
  s.interpolation_mode = a.mode.is("bilinear") ? 0 : a.mode.is("nearest") ? 1 : 2;
  s.padding_mode = a.padding_mode.is("zeros") ? 0 : a.padding_mode.is("border") ? 1 : 2;
  return grid_sampler(x, grid, s);
}

Meta AffineGridGenerator::infer(Args in, const Attrs& a) {
  if (a.size.size() != 4 && a.size.size() != 5)
    fail("AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.");
  int64_t axes = int64_t(a.size.size()) - 2;
  if (in[0].dim() != 3 || in[0].size(1) != axes || in[0].size(2) != axes + 1)
    fail("Expected a batch of ", axes, "D affine matrices of shape Nx", axes, "x", axes + 1,
         " for size ", a.size, ". Got ", in[0].sizes(), ".");
  if (in[0].size(0) != a.size[0])
    fail("Expected size for first two dimensions of batch2 tensor to be: [", a.size[0], ", ",
         axes + 1, "] but got: [", in[0].size(0), ", ", axes + 1, "].");
  Dims out{a.size[0]};
  for (size_t i = 2; i < a.size.size(); i++) out.push_back(a.size[i]);
  out.push_back(axes);
  return {out, in[0].dtype()};
}
// The rows (x, y, 1) of every place.
static Tensor places_of(const AffineGridGenerator::Attrs& a, DType d, Device device) {
  int64_t axes = int64_t(a.size.size()) - 2, n = 1;
  for (size_t i = 2; i < a.size.size(); i++) n *= a.size[i];
  Tensor rows = empty({n, axes + 1}, DType::float64);
  double* to = rows.data<double>();
  for (int64_t r = 0; r < n; r++) {
    int64_t rest = r;
    for (int64_t i = axes; i-- > 0;) {
      int64_t size = a.size[size_t(i) + 2], k = rest % size;
      rest /= size;
      double at = size > 1 ? 2.0 * double(k) / double(size - 1) - 1 : 0;
      if (!a.align_corners) at = at * double(size - 1) / double(size);
      *(to + r * (axes + 1) + axes - 1 - i) = at;
    }
    to[r * (axes + 1) + axes] = 1;
  }
  return rows.to(d).to(device);
}
void AffineGridGenerator::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  Tensor rows = places_of(a, in[0].dtype(), in[0].device());
  Tensor y = matmul(rows, in[0].transpose(1, 2));
  borrowed::copy_(out[0], y.reshape({out[0].sizes()}));
}
Tensor AffineGridGenerator::backward(Grad g, const Attrs& a) {
  int64_t axes = int64_t(a.size.size()) - 2;
  Tensor rows = places_of(a, g.dtype(), g.device());
  Tensor flat = g.reshape({Dims{a.size[0], rows.size(0), axes}});
  return matmul(flat.transpose(1, 2), rows);
}
Tensor AffineGrid::forward(const Tensor& theta, const Attrs& a) {
  if (!is_floating(theta.dtype()))
    fail<ValueError>("Expected theta to have floating point type, but got ", theta.dtype());
  auto size = [&] {
    std::string s;
    for (int64_t d : a.size) s += (s.empty() ? "(" : ", ") + std::to_string(d);
    return s + (a.size.size() == 1 ? ",)" : ")");
  };
  size_t n = a.size.size();
  if (n == 4 || n == 5) {
    int64_t axes = int64_t(n) - 2;
    if (theta.dim() != 3 || theta.size(-2) != axes || theta.size(-1) != axes + 1)
      fail<ValueError>("Expected a batch of ", axes, "D affine matrices of shape Nx", axes, "x",
                       axes + 1, " for size ", size(), ". Got torch.Size(", theta.sizes(), ").");
  } else {
    fail<NotImplementedError>(
        "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, "
        "respectively. Got size ",
        size(), ".");
  }
  bool corners = default_corners(a.align_corners);
  for (int64_t d : a.size)
    if (d <= 0) fail<ValueError>("Expected non-zero, positive output size. Got ", size());
  return affine_grid_generator(theta, {a.size, corners});
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Resampling)
