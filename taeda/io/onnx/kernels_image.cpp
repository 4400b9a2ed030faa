// Resize and GridSample of ONNX.
#include <cmath>

#include "taeda/io/onnx/kernels.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/resample.h"
#include "taeda/ops/views.h"

namespace taeda::onnx {

namespace {

using List = TensorList;

List resize(const NodeRun& r) {
  const Tensor& x = r[0];
  std::string mode = r.word("mode", "nearest"),
              places = r.word("coordinate_transformation_mode", "half_pixel");
  size_t axes = size_t(x.dim()) - 2;
  std::vector<double> scales;
  Dims size;
  if (r.has(3)) {
    std::vector<int64_t> all = r.numbers(3);
    for (size_t i = 2; i < all.size(); i++) size.push_back(all[i]);
  } else {
    Tensor all = r[2].to(DType::float64).contiguous();
    for (size_t i = 2; i < axes + 2; i++) {
      scales.push_back(all.data<double>()[i]);
      size.push_back(int64_t(std::floor(double(x.sizes()[i]) * scales.back())));
    }
  }
  ops::Upsample a{size, places == "align_corners", scales};
  if (mode == "nearest") {
    bool exact = places == "half_pixel";
    if (axes == 1) return {exact ? _upsample_nearest_exact1d(x, a) : upsample_nearest1d(x, a)};
    if (axes == 2) return {exact ? _upsample_nearest_exact2d(x, a) : upsample_nearest2d(x, a)};
    return {exact ? _upsample_nearest_exact3d(x, a) : upsample_nearest3d(x, a)};
  }
  bool wide = r.integer("antialias", 0);
  if (mode == "cubic") return {wide ? _upsample_bicubic2d_aa(x, a) : upsample_bicubic2d(x, a)};
  if (wide) return {_upsample_bilinear2d_aa(x, a)};
  return {axes == 1   ? upsample_linear1d(x, a)
          : axes == 2 ? upsample_bilinear2d(x, a)
                      : upsample_trilinear3d(x, a)};
}

List grid_sample(const NodeRun& r) {
  std::string mode = r.word("mode", "linear"), padding = r.word("padding_mode", "zeros");
  ops::GridSampling a;
  a.interpolation_mode = mode.ends_with("linear") ? 0 : mode == "nearest" ? 1 : 2;
  a.padding_mode = padding == "zeros" ? 0 : padding == "border" ? 1 : 2;
  a.align_corners = r.integer("align_corners", 0);
  return {taeda::grid_sampler(r[0], r[1], a)};
}

constexpr KernelRow rows[] = {{"Resize", resize}, {"GridSample", grid_sample}};

}  // namespace

std::span<const KernelRow> image_kernels() { return rows; }

}  // namespace taeda::onnx
