// Resampling: upsamplings, and images read at any places.
#include "taeda/io/onnx/rows.h"
#include "taeda/ops/create.h"

namespace taeda::onnx {

namespace {

using Attributes = std::vector<Attribute>;

Tensor floats(const std::vector<double>& v) {
  Tensor t = empty({int64_t(v.size())}, DType::float32);
  for (size_t i = 0; i < v.size(); i++) t.data<float>()[i] = float(v[i]);
  return t;
}

void upsample(Call& c) {
  std::string_view name = c.e.op->name;
  auto is = [&](const char* part) { return name.find(part) != name.npos; };
  if (is("lanczos")) c.fail("ONNX has no Lanczos filter");
  bool nearest = is("nearest"), exact = is("exact"), corners = c.flag("align_corners");
  std::string places = corners ? "align_corners" : nearest && !exact ? "asymmetric" : "half_pixel";
  Attributes a{{"coordinate_transformation_mode", places},
               {"mode", std::string(nearest       ? "nearest"
                                    : is("cubic") ? "cubic"
                                                  : "linear")}};
  if (nearest) a.push_back({"nearest_mode", std::string(exact ? "round_prefer_ceil" : "floor")});
  if (is("cubic")) a.push_back({"cubic_coeff_a", is("_aa") ? -0.5 : -0.75});
  if (is("_aa")) {  // PyTorch's filter ends at the border
    a.push_back({"antialias", int64_t(1)});
    a.push_back({"exclude_outside", int64_t(1)});
  }
  auto factors = std::get<std::vector<double>>(c.attribute("scales"));
  if (!factors.empty()) {  // the sizes follow, whatever the input's are
    std::vector<double> all{1, 1};
    all.insert(all.end(), factors.begin(), factors.end());
    return c.set(c.node("Resize", {c.in(0), "", c.b.tensor(floats(all))}, a));
  }
  c.set(c.node("Resize", {c.in(0), "", "", c.shape_of_out()}, a));
}

void grid_sampler(Call& c) {
  bool volume = c.rank() == 5, named = c.b.opset() >= 20;
  if (volume && !named) c.fail("reading volumes needs opset_version 20 or more");
  static constexpr const char* old[] = {"bilinear", "nearest", "bicubic"};
  static constexpr const char* now[] = {"linear", "nearest", "cubic"};
  static constexpr const char* padding[] = {"zeros", "border", "reflection"};
  int64_t mode = c.integer("interpolation_mode");
  c.set(c.node("GridSample", {c.in(0), c.in(1)},
               {{"align_corners", int64_t(c.flag("align_corners"))},
                {"mode", std::string((named ? now : old)[mode])},
                {"padding_mode", std::string(padding[c.integer("padding_mode")])}}));
}

// The places (x, y, 1) of all pixels times theta transposed.
void affine_grid(Call& c) {
  Dims size = c.out_sizes();
  size_t axes = size.size() - 2;
  int64_t n = 1;
  for (size_t i = 1; i <= axes; i++) {
    Numbers along = c.b.sizes_along(c.e.out[0], i);
    for (int64_t s : along)
      if (s != along[0]) c.fail("an affine grid is only written for fixed spatial sizes");
    n *= size[i];
  }
  bool corners = c.flag("align_corners");
  Tensor rows = empty({n, int64_t(axes) + 1}, DType::float64);
  for (int64_t r = 0; r < n; r++) {
    double* to = rows.data<double>() + r * (int64_t(axes) + 1);
    int64_t rest = r;
    for (size_t i = axes; i-- > 0;) {
      int64_t s = size[i + 1], k = rest % s;
      rest /= s;
      double at = s > 1 ? 2.0 * double(k) / double(s - 1) - 1 : 0;
      to[axes - 1 - i] = corners ? at : at * double(s - 1) / double(s);
    }
    to[axes] = 1;
  }
  std::string theta = c.node("Transpose", {c.in(0)}, {{"perm", std::vector<int64_t>{0, 2, 1}}});
  std::string y = c.node("MatMul", {c.b.tensor(rows.to(c.dtype())), theta});
  c.set(c.node("Reshape", {y, c.shape_of_out()}));
}

// Distances of all rows: sqrt(max(a^2 - 2 a b + b^2, 0)).
void euclidean_dist(Call& c) {
  int64_t last = int64_t(c.rank()) - 1;
  std::vector<int64_t> order;
  for (int64_t i = 0; i <= last; i++) order.push_back(i);
  std::swap(order[size_t(last)], order[size_t(last) - 1]);
  auto turned = [&](const std::string& x) { return c.node("Transpose", {x}, {{"perm", order}}); };
  auto squares = [&](const std::string& x) {
    return c.node("ReduceSum", {c.node("Mul", {x, x}), c.ints({last})});
  };
  std::string product = c.node("MatMul", {c.node("Mul", {c.in(0), c.num(2)}), turned(c.in(1))});
  std::string sum = c.node("Add", {squares(c.in(0)), turned(squares(c.in(1)))});
  c.set(c.node("Sqrt", {c.node("Max", {c.node("Sub", {sum, product}), c.num(0)})}));
}

constexpr Row rows[] = {
    {"upsample_nearest1d", upsample},        {"upsample_nearest2d", upsample},
    {"upsample_nearest3d", upsample},        {"_upsample_nearest_exact1d", upsample},
    {"_upsample_nearest_exact2d", upsample}, {"_upsample_nearest_exact3d", upsample},
    {"upsample_linear1d", upsample},         {"upsample_bilinear2d", upsample},
    {"upsample_trilinear3d", upsample},      {"upsample_bicubic2d", upsample},
    {"_upsample_bilinear2d_aa", upsample},   {"_upsample_bicubic2d_aa", upsample},
    {"_upsample_lanczos2d_aa", upsample},    {"grid_sampler_2d", grid_sampler},
    {"grid_sampler_3d", grid_sampler},       {"affine_grid_generator", affine_grid},
    {"_euclidean_dist", euclidean_dist},
};

}  // namespace

std::span<const Row> image_rows() { return rows; }

}  // namespace taeda::onnx
