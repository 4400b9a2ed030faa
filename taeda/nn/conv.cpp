#include "taeda/nn/conv.h"

#include <cmath>

#include "taeda/nn/init.h"
#include "taeda/ops/conv.h"
#include "taeda/ops/pad.h"

namespace taeda::nn::layer {

namespace {

Sizes all(const Sizes& s, size_t n, const char* what) {
  if (s.is_none() || (s.values.size() != n && s.values.size() != 1))
    fail<ValueError>(what, " must be one int or a tuple of ", n, " ints, got ", show(s));
  return s.spread(n);
}
void check(int64_t in, int64_t out, int64_t groups, const std::string& mode) {
  if (groups <= 0) fail<ValueError>("groups must be a positive integer");
  if (in % groups) fail<ValueError>("in_channels must be divisible by groups");
  if (out % groups) fail<ValueError>("out_channels must be divisible by groups");
  for (const char* known : {"zeros", "reflect", "replicate", "circular"})
    if (mode == known) return;
  fail<ValueError>(
      "padding_mode must be one of {'circular', 'reflect', 'zeros', 'replicate'}, but got "
      "padding_mode='",
      mode, "'");
}
bool is_all(const Sizes& s, int64_t v) {
  for (int64_t x : s.values)
    if (x != v) return false;
  return true;
}
Dims weight_sizes(int64_t a, int64_t b, const Dims& kernel) {
  Dims d{a, b};
  for (int64_t k : kernel) d.push_back(k);
  return d;
}
// Padding of each side, the last axis first, as pad() takes it; "same" adds the odd one at the end.
Dims sides(const Padding& p, const Dims& kernel, const Dims& dilation) {
  Dims out;
  for (size_t i = kernel.size(); i-- > 0;) {
    if (p.word.empty()) {
      out.push_back(p.sizes.values[i]);
      out.push_back(p.sizes.values[i]);
    } else {
      int64_t total = p.word == "same" ? dilation[i] * (kernel[i] - 1) : 0;
      out.push_back(total / 2);
      out.push_back(total - total / 2);
    }
  }
  return out;
}

}  // namespace

void ConvNd::reset_parameters() {
  init::kaiming_uniform_(weight, {.a = std::sqrt(5.0)});
  if (!bias.defined()) return;
  int64_t fan_in = init::fans(weight).in;
  if (fan_in == 0) return;
  double bound = 1 / std::sqrt(double(fan_in));
  init::uniform_(bias, -bound, bound);
}

template <int n> void Conv<n>::setup() {
  Options& o = options;
  check(o.in_channels, o.out_channels, o.groups, o.padding_mode);
  o.kernel_size = all(o.kernel_size, n, "kernel_size");
  o.stride = all(o.stride, n, "stride");
  o.dilation = all(o.dilation, n, "dilation");
  if (o.padding.word.empty()) {
    o.padding.sizes = all(o.padding.sizes, n, "padding");
  } else {
    if (o.padding.word != "same" && o.padding.word != "valid")
      fail<ValueError>("Invalid padding string '", o.padding.word,
                       "', should be one of {'valid', 'same'}");
    if (o.padding.word == "same" && !is_all(o.stride, 1))
      fail<ValueError>("padding='same' is not supported for strided convolutions");
  }
  weight =
      new_parameter(weight_sizes(o.out_channels, o.in_channels / o.groups, o.kernel_size.values),
                    o.dtype, o.device);
  bias = o.bias ? new_parameter({o.out_channels}, o.dtype, o.device) : Tensor();
}
template <int n>
Tensor Conv<n>::conv_forward(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  const Options& o = options;
  auto run = [&](const Tensor& x, const Dims& padding) {
    const Dims &stride = o.stride.values, &dilation = o.dilation.values;
    if constexpr (n == 1) return conv1d(x, weight, bias, {stride, padding, dilation, o.groups});
    else if constexpr (n == 2)
      return conv2d(x, weight, bias, {stride, padding, dilation, o.groups});
    else return conv3d(x, weight, bias, {stride, padding, dilation, o.groups});
  };
  if (o.padding_mode != "zeros") {
    Dims both = sides(o.padding, o.kernel_size.values, o.dilation.values);
    return run(pad(input, {.pad = both, .mode = std::string_view(o.padding_mode)}), Dims(n, 0));
  }
  if (o.padding.word.empty()) return run(input, o.padding.sizes.values);
  return conv_padded(
      input, weight, bias,
      {o.stride.values, std::string_view(o.padding.word), o.dilation.values, o.groups});
}
template <int n> std::string Conv<n>::extra_repr() const {
  const Options& o = options;
  std::string s = show(o.in_channels) + ", " + show(o.out_channels) +
                  ", kernel_size=" + show(o.kernel_size) + ", stride=" + show(o.stride);
  if (!o.padding.word.empty()) s += ", padding=" + o.padding.word;
  else if (!is_all(o.padding.sizes, 0)) s += ", padding=" + show(o.padding);
  if (!is_all(o.dilation, 1)) s += ", dilation=" + show(o.dilation);
  if (o.groups != 1) s += ", groups=" + show(o.groups);
  if (!bias.defined()) s += ", bias=False";
  if (o.padding_mode != "zeros") s += ", padding_mode=" + o.padding_mode;
  return s;
}

template <int n> void ConvTranspose<n>::setup() {
  Options& o = options;
  if (o.padding_mode != "zeros")
    fail<ValueError>("Only \"zeros\" padding mode is supported for ", type_name());
  check(o.in_channels, o.out_channels, o.groups, o.padding_mode);
  for (auto [s, what] : {std::pair{&o.kernel_size, "kernel_size"},
                         {&o.stride, "stride"},
                         {&o.padding, "padding"},
                         {&o.output_padding, "output_padding"},
                         {&o.dilation, "dilation"}})
    *s = all(*s, n, what);
  weight =
      new_parameter(weight_sizes(o.in_channels, o.out_channels / o.groups, o.kernel_size.values),
                    o.dtype, o.device);
  bias = o.bias ? new_parameter({o.out_channels}, o.dtype, o.device) : Tensor();
}
template <int n>
static Tensor run_transposed(const ConvTranspose<n>& m, const Tensor& x, const Dims& extra) {
  auto& o = m.options;
  const Dims &stride = o.stride.values, &padding = o.padding.values, &dilation = o.dilation.values;
  if constexpr (n == 1)
    return conv_transpose1d(x, m.weight, m.bias, {stride, padding, extra, o.groups, dilation});
  else if constexpr (n == 2)
    return conv_transpose2d(x, m.weight, m.bias, {stride, padding, extra, o.groups, dilation});
  else return conv_transpose3d(x, m.weight, m.bias, {stride, padding, extra, o.groups, dilation});
}
template <int n> Tensor ConvTranspose<n>::forward(const Tensor& input) {
  return run_transposed(*this, input, options.output_padding.values);
}
template <int n> Tensor ConvTranspose<n>::forward_to(const Tensor& input, const Dims& output_size) {
  const Options& o = options;
  int64_t plain = input.dim() - n;  // axes before the spatial ones
  Dims want = output_size;
  if (int64_t(want.size()) == int64_t(n) + plain)
    while (want.size() > n) want.erase(0);
  if (want.size() != n)
    fail<ValueError>(type_name(), ": for ", input.dim(), "D input, output_size must have ", n,
                     " or ", plain + n, " elements (got ", output_size.size(), ")");
  Dims extra = Dims(n, 0), low = extra, high = extra;
  bool fits = true;
  for (size_t i = 0; i < n; i++) {
    low[i] = (input.size(int64_t(i) + plain) - 1) * o.stride.values[i] - 2 * o.padding.values[i] +
             o.dilation.values[i] * (o.kernel_size.values[i] - 1) + 1;
    high[i] = low[i] + o.stride.values[i] - 1;
    fits = fits && want[i] >= low[i] && want[i] <= high[i];
    extra[i] = want[i] - low[i];
  }
  if (!fits)
    fail<ValueError>("requested an output size of ", text(want), ", but valid sizes range from ",
                     text(low), " to ", text(high), " (for an input of ", text(input.sizes()), ")");
  return run_transposed(*this, input, extra);
}
template <int n> std::string ConvTranspose<n>::extra_repr() const {
  const Options& o = options;
  std::string s = show(o.in_channels) + ", " + show(o.out_channels) +
                  ", kernel_size=" + show(o.kernel_size) + ", stride=" + show(o.stride);
  if (!is_all(o.padding, 0)) s += ", padding=" + show(o.padding);
  if (!is_all(o.dilation, 1)) s += ", dilation=" + show(o.dilation);
  if (!is_all(o.output_padding, 0)) s += ", output_padding=" + show(o.output_padding);
  if (o.groups != 1) s += ", groups=" + show(o.groups);
  if (!bias.defined()) s += ", bias=False";
  return s;
}

template struct Conv<1>;
template struct Conv<2>;
template struct Conv<3>;
template struct ConvTranspose<1>;
template struct ConvTranspose<2>;
template struct ConvTranspose<3>;

}  // namespace taeda::nn::layer
