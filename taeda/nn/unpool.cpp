// Norms of windows, the way back from maxima, and windows at random.
#include "taeda/nn/pool.h"
#include "taeda/ops/pool.h"
#include "taeda/ops/random.h"

namespace taeda::nn::layer {

template <int n> Tensor LPPool<n>::forward(const Tensor& input) {
  const Options& o = options;
  OptionalDims stride;
  if (!o.stride.is_none()) stride = o.stride.values;
  double p = o.norm_type.template to<double>();  // PyTorch makes it a float here
  if constexpr (n == 1) return lp_pool1d(input, {p, o.kernel_size.values, stride, o.ceil_mode});
  else if constexpr (n == 2)
    return lp_pool2d(input, {p, o.kernel_size.values, stride, o.ceil_mode});
  else return lp_pool3d(input, {p, o.kernel_size.values, stride, o.ceil_mode});
}

template <int n> void MaxUnpool<n>::setup() {
  Options& o = options;
  if (o.stride.is_none()) o.stride = o.kernel_size;
  for (Sizes* s : {&o.kernel_size, &o.stride, &o.padding}) *s = Sizes(s->spread(n));
}
template <int n> Tensor MaxUnpool<n>::forward(const Arguments& a) {
  const Options& o = options;
  OptionalDims size;
  if (!a.output_size.is_none()) size = a.output_size.values;
  const Dims &k = o.kernel_size.values, &s = o.stride.values, &p = o.padding.values;
  if constexpr (n == 1) return max_unpool1d(a.input, a.indices, {k, s, p, size});
  else if constexpr (n == 2) return max_unpool2d(a.input, a.indices, {k, s, p, size});
  else return max_unpool3d(a.input, a.indices, {k, s, p, size});
}

template <int n> void FractionalMaxPool<n>::setup() {
  Options& o = options;
  o.kernel_size = Sizes(o.kernel_size.spread(n));
  if (!o.output_size.is_none()) o.output_size = Sizes(o.output_size.spread(n));
  if (o.output_ratio.values.size() == 1)
    o.output_ratio = std::vector<double>(n, o.output_ratio.values[0]);
  if (o.output_size.is_none() && o.output_ratio.is_none())
    fail<ValueError>(type_name(), " requires specifying either an output size, or a pooling ratio");
  if (!o.output_size.is_none() && !o.output_ratio.is_none())
    fail<ValueError>("only one of output_size and output_ratio may be specified");
  for (double r : o.output_ratio.values)
    if (!(r > 0 && r < 1))
      fail<ValueError>("output_ratio must be between 0 and 1 (got ", show(o.output_ratio), ")");
  _random_samples = o._random_samples;
}
template <int n>
std::pair<Tensor, Tensor> FractionalMaxPool<n>::forward_with_indices(const Tensor& input) {
  const Options& o = options;
  return fractional_max_pool(input, n, o.kernel_size, o.output_size, o.output_ratio,
                             _random_samples);
}

std::pair<Tensor, Tensor> fractional_max_pool(const Tensor& input, size_t n, const Sizes& kernel,
                                              const Sizes& output_size, const Factors& ratio,
                                              const Tensor& given) {
  int64_t rank = int64_t(n);
  Dims size = output_size.values;
  if (output_size.is_none()) {
    if (ratio.is_none())
      fail<ValueError>("fractional_max_pool", n,
                       "d requires specifying either an output_size or an output_ratio");
    for (int64_t i = 0; i < rank && input.dim() >= rank; i++)
      size.push_back(int64_t(double(input.size(i - rank)) *
                             ratio.values[ratio.values.size() == 1 ? 0 : size_t(i)]));
  }
  Tensor samples = given;
  if (!samples.defined()) {
    bool batched = input.dim() > rank + 1;
    int64_t batch = batched ? input.size(0) : 1, channels = input.size(-rank - 1);
    samples = rand({batch, channels, rank}, {.dtype = input.dtype(), .device = input.device()});
  }
  auto pair = [](auto r) { return std::pair(r.output, r.indices); };
  if (n == 2) return pair(_fractional_max_pool2d(input, samples, {kernel.values, size}));
  return pair(_fractional_max_pool3d(input, samples, {kernel.values, size}));
}

template struct LPPool<1>;
template struct LPPool<2>;
template struct LPPool<3>;
template struct MaxUnpool<1>;
template struct MaxUnpool<2>;
template struct MaxUnpool<3>;
template struct FractionalMaxPool<2>;
template struct FractionalMaxPool<3>;

}  // namespace taeda::nn::layer
