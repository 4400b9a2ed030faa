#include "taeda/nn/pool.h"

#include "taeda/ops/pool.h"

namespace taeda::nn::layer {

namespace {

// A stride of None is the kernel's size.
template <class Options> void take_kernel_stride(Options& o) {
  if (o.stride.is_none()) o.stride = o.kernel_size;
}
std::string common_text(const Sizes& kernel, const Sizes& stride, const Sizes& padding) {
  return "kernel_size=" + show(kernel) + ", stride=" + show(stride) + ", padding=" + show(padding);
}

}  // namespace

template <int n> void MaxPool<n>::setup() { take_kernel_stride(options); }
template <int n> Tensor MaxPool<n>::forward(const Tensor& input) {
  const Options& o = options;
  const Dims &k = o.kernel_size.values, &s = o.stride.values, &p = o.padding.values,
             &d = o.dilation.values;
  if constexpr (n == 1) return max_pool1d(input, {k, s, p, d, o.ceil_mode});
  else if constexpr (n == 2) return max_pool2d(input, {k, s, p, d, o.ceil_mode});
  else return max_pool3d(input, {k, s, p, d, o.ceil_mode});
}
template <int n> std::pair<Tensor, Tensor> MaxPool<n>::forward_with_indices(const Tensor& input) {
  const Options& o = options;
  const Dims &k = o.kernel_size.values, &s = o.stride.values, &p = o.padding.values,
             &d = o.dilation.values;
  auto pair = [](auto r) { return std::pair(r.output, r.indices); };
  if constexpr (n == 1) return pair(max_pool1d_with_indices(input, {k, s, p, d, o.ceil_mode}));
  else if constexpr (n == 2) return pair(max_pool2d_with_indices(input, {k, s, p, d, o.ceil_mode}));
  else return pair(max_pool3d_with_indices(input, {k, s, p, d, o.ceil_mode}));
}
template <int n> std::string MaxPool<n>::extra_repr() const {
  const Options& o = options;
  return common_text(o.kernel_size, o.stride, o.padding) + ", dilation=" + show(o.dilation) +
         ", ceil_mode=" + show(o.ceil_mode);
}

void AvgPool1d::setup() {
  Options& o = options;
  take_kernel_stride(o);
  for (Sizes* s : {&o.kernel_size, &o.stride, &o.padding}) *s = Sizes(s->spread(1));
}
Tensor AvgPool1d::forward(const Tensor& input) {
  const Options& o = options;
  return avg_pool1d(input, {o.kernel_size.values, o.stride.values, o.padding.values, o.ceil_mode,
                            o.count_include_pad});
}
std::string AvgPool1d::extra_repr() const {
  return common_text(options.kernel_size, options.stride, options.padding);
}

template <int n> void AvgPool<n>::setup() { take_kernel_stride(options); }
template <int n> Tensor AvgPool<n>::forward(const Tensor& input) {
  const Options& o = options;
  const Dims &k = o.kernel_size.values, &s = o.stride.values, &p = o.padding.values;
  if constexpr (n == 2)
    return avg_pool2d(input, {k, s, p, o.ceil_mode, o.count_include_pad, o.divisor_override});
  else return avg_pool3d(input, {k, s, p, o.ceil_mode, o.count_include_pad, o.divisor_override});
}
template <int n> std::string AvgPool<n>::extra_repr() const {
  return common_text(options.kernel_size, options.stride, options.padding);
}

Dims adaptive_sizes(const Sizes& s, const Tensor& input, size_t n) {
  Dims out = s.spread(n);
  for (size_t i = 0; i < n; i++)
    if (out[i] == Sizes::none) out[i] = input.size(int64_t(i) - int64_t(n));
  return out;
}
template <int n> Tensor AdaptiveAvgPool<n>::forward(const Tensor& input) {
  Dims size = adaptive_sizes(options.output_size, input, n);
  if constexpr (n == 1) return adaptive_avg_pool1d(input, {size});
  else if constexpr (n == 2) return adaptive_avg_pool2d(input, {size});
  else return adaptive_avg_pool3d(input, {size});
}
template <int n> std::string AdaptiveAvgPool<n>::extra_repr() const {
  return "output_size=" + show(options.output_size);
}
template <int n> Tensor AdaptiveMaxPool<n>::forward(const Tensor& input) {
  return forward_with_indices(input).first;
}
template <int n>
std::pair<Tensor, Tensor> AdaptiveMaxPool<n>::forward_with_indices(const Tensor& input) {
  Dims size = adaptive_sizes(options.output_size, input, n);
  auto pair = [](auto r) { return std::pair(r.output, r.indices); };
  if constexpr (n == 1) return pair(adaptive_max_pool1d_with_indices(input, {size}));
  else if constexpr (n == 2) return pair(adaptive_max_pool2d_with_indices(input, {size}));
  else return pair(adaptive_max_pool3d_with_indices(input, {size}));
}
template <int n> std::string AdaptiveMaxPool<n>::extra_repr() const {
  return "output_size=" + show(options.output_size);
}

template struct MaxPool<1>;
template struct MaxPool<2>;
template struct MaxPool<3>;
template struct AvgPool<2>;
template struct AvgPool<3>;
template struct AdaptiveAvgPool<1>;
template struct AdaptiveAvgPool<2>;
template struct AdaptiveAvgPool<3>;
template struct AdaptiveMaxPool<1>;
template struct AdaptiveMaxPool<2>;
template struct AdaptiveMaxPool<3>;

}  // namespace taeda::nn::layer
