#include "taeda/ops/pool.h"

#include "taeda/op/call.h"
#include "taeda/ops/index.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

Dims pooled_sizes(const Dims& in, const Dims& out) {
  Dims sizes = in;
  for (size_t i = 0; i < out.size(); i++) sizes[in.size() - out.size() + i] = out[i];
  return sizes;
}
// The last `axes` axes as one.
Tensor flat_planes(const Tensor& x, int64_t axes) {
  return x.flatten({.start_dim = -axes, .end_dim = -1});
}

}  // namespace

std::array<Meta, 2> MaxPool::infer(Args in, const Attrs& a) {
  Dims sizes = pooled_sizes(in[0].sizes(), a.out);
  return {Meta{sizes, in[0].dtype()}, Meta{sizes, DType::int64}};
}
Tensor MaxPool::backward(Grads g, Out<1> indices, Shape<0> s, const Attrs& a) {
  return pooled_places_add(g[0], indices, {s, int64_t(a.out.size())});
}

Meta MaxUnpool::infer(Args in, const Attrs& a) { return {a.size, in[0].dtype()}; }
GradsOf<2> MaxUnpool::backward(Grad g, In<1> indices, const Attrs& a) {
  Tensor picked = flat_planes(g, a.axes).gather(-1, flat_planes(indices, a.axes));
  return {picked.reshape({indices.sizes()}), Tensor()};
}

Meta MeanPool::infer(Args in, const Attrs& a) {
  return {pooled_sizes(in[0].sizes(), a.out), in[0].dtype()};
}
Tensor MeanPool::backward(Grad g, Shape<0> s, const Attrs& a) { return mean_spread(g, {s, a}); }

Meta MeanSpread::infer(Args in, const Attrs& a) { return {a.size, in[0].dtype()}; }
Tensor MeanSpread::backward(Grad g, const Attrs& a) { return mean_pool(g, a.at); }

// ---- by rank ----

namespace {

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b && (a < 0) != (b < 0)); }

// What a pooling is called with, in the words of its messages.
struct Request {
  const char* op;
  size_t rank;
  Dims kernel;
  std::optional<Dims> stride;
  Dims padding, dilation = {1};
  bool ceil_mode = false;
};

Dims per_axis(const Request& r, const Dims& v, const char* name, const char* rule) {
  if (v.size() == r.rank) return v;
  if (v.size() == 1) return Dims(r.rank, v[0]);
  static constexpr const char* counts[] = {"", "one", "two", "three"};
  if (r.rank == 1 && std::string_view(r.op) == "avg_pool1d")
    fail(r.op, "() argument '", name, "' should contain one int (got ", v.size(), ")");
  if (r.rank == 1)
    fail(r.op, "() ", name,
         " must be an int, list of ints or tuple of ints of size 1 but got size ", v.size());
  fail(r.op, ": ", name, " must ", rule, " a single int, or a tuple of ", counts[r.rank], " ints");
}

// The text of sizes as messages have it: "1x2x2".
std::string by_x(int64_t planes, const Dims& d) {
  std::string out = std::to_string(planes);
  if (d.size() == 1) out += "x1";  // one axis is pooled as a plane of one row
  for (int64_t v : d) out += "x" + std::to_string(v);
  return out;
}

void check_max_pool1d(const Windows& w, bool ceil_mode, int64_t n) {
  auto positive = [](const char* name, int64_t v) {
    if (v <= 0) fail("max_pool1d() ", name, " must be greater than zero, but got ", v);
  };
  int64_t k = w.kernel[0], p = w.padding[0], d = w.dilation[0];
  positive("kernel_size", k);
  positive("stride", w.stride[0]);
  if (p < 0) fail("max_pool1d() padding must be non-negative, but got ", p);
  if (p > k / 2)
    fail("max_pool1d() padding should be at most half of kernel size, but got padding=", p,
         " and kernel_size=", k);
  positive("dilation", d);
  (void)ceil_mode, (void)n;
}

Windows windows_of(const Request& r, const Tensor& x) {
  bool max = std::string_view(r.op).starts_with("max"), line = r.rank == 1;
  Windows w;
  w.kernel = per_axis(r, r.kernel, "kernel_size", "either be");
  w.stride = !r.stride || r.stride->empty()
                 ? w.kernel
                 : per_axis(r, *r.stride, "stride", "either be omitted,");
  w.padding = per_axis(r, r.padding, "padding", "either be");
  w.dilation = per_axis(r, r.dilation, "dilation", "be either");
  Dims in(std::span(x.sizes().end() - r.rank, x.sizes().end()));
  if (max && line) check_max_pool1d(w, r.ceil_mode, in[0]);
  for (size_t i = 0; i < r.rank; i++) {
    int64_t k = w.kernel[i], s = w.stride[i], p = w.padding[i], d = w.dilation[i];
    if (s == 0) fail("stride should not be zero");
    if (p < 0) fail("pad must be non-negative, but got pad: ", p);
    if (p > ((k - 1) * d + 1) / 2)
      fail("pad should be at most half of effective kernel size, but got pad=", p,
           ", kernel_size=", k, " and dilation=", d);
    int64_t out = floor_div(in[i] + 2 * p - d * (k - 1) - 1 + (r.ceil_mode ? s - 1 : 0), s) + 1;
    if (r.ceil_mode && (out - 1) * s >= in[i] + p) out--;
    w.out.push_back(out);
  }
  static constexpr char axes[] = "TDHW";
  auto letters = [&](const char* what, const Dims& d) {
    std::string text;
    for (size_t i = 0; i < r.rank; i++)
      text += std::string(i ? " " : "") + what + axes[i + 4 - std::max<size_t>(r.rank, 2)] + ": " +
              std::to_string(d[i]);
    return text;
  };
  for (int64_t k : w.kernel)
    if (k <= 0) fail("kernel size should be greater than zero, but got ", letters("k", w.kernel));
  for (int64_t s : w.stride)
    if (s <= 0) fail("stride should be greater than zero, but got ", letters("d", w.stride));
  for (int64_t d : w.dilation)
    if (d <= 0)
      fail("dilation should be greater than zero, but got ", letters("dilation", w.dilation));
  for (int64_t o : w.out)
    if (o < 1) {
      if (max && line) fail("max_pool1d() Invalid computed output size: ", o);
      Dims out = w.out;
      for (int64_t& v : out) v = std::max<int64_t>(v, 0);
      int64_t planes = x.sizes()[x.sizes().size() - r.rank - 1];
      fail("Given input size: (", by_x(planes, in), "). Calculated output size: (",
           by_x(planes, out), "). Output size is too small");
    }
  return w;
}

void check_input(const Request& r, const Tensor& x) {
  int64_t rank = int64_t(r.rank), n = x.dim();
  bool max = std::string_view(r.op).starts_with("max");
  if (n != rank + 1 && n != rank + 2) {
    if (rank == 1 && max)
      fail(
          "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for "
          "input, but got:",
          x.sizes());
    if (rank == 1)
      fail("Expected 2 to 3 dimensions, but got ", n,
           "-dimensional tensor for argument #1 'self' (while checking arguments for ", r.op, ")");
    fail("non-empty ", rank + 1, "D or ", rank + 2, "D (batch mode) tensor expected for input");
  }
  for (int64_t i = n - rank - 1; i < n; i++)
    if (x.size(i) == 0)
      fail(rank == 1 && max ? "max_pool1d: " : "", "Expected ", rank + 1, "D or ", rank + 2,
           "D (batch mode) tensor with optional 0 dim batch size for input, but got:", x.sizes());
}

MaxResult largest(const char* op, size_t rank, const Tensor& x, const MaxPoolAttrs& a,
                  bool indices) {
  Request r{op, rank, a.kernel_size, a.stride, a.padding, a.dilation, a.ceil_mode};
  check_input(r, x);
  Windows w = windows_of(r, x);
  DType d = x.dtype();
  bool refused = d == DType::boolean || is_complex(d) || is_barebones(d);
  if (refused || (rank == 1 && !indices && !is_floating(d)))
    fail<NotImplementedError>("\"",
                              rank > 1  ? op
                              : indices ? "max_pool2d"
                                        : "max_pool1d_impl",
                              "\" not implemented for '", word_of(d), "'");
  static constexpr const char* names[] = {"SqueezeBackward1", "MaxPool2DWithIndicesBackward0",
                                          "MaxPool3DWithIndicesBackward0"};
  MaxResult found = max_pool(x, w);
  return {named(found.output, names[rank - 1]), found.indices};
}

Tensor mean_of(const char* op, size_t rank, const Tensor& x, const AvgPoolAttrs& a) {
  Request r{op, rank, a.kernel_size, a.stride, a.padding, {1}, a.ceil_mode};
  if (rank > 1 && x.dim() < int64_t(rank) + 1) wrap_dim(-1 - int64_t(rank), x.dim());
  check_input(r, x);
  if (a.divisor_override && *a.divisor_override == 0) fail("divisor must be not zero");
  Windows w = windows_of(r, x);
  w.count_include_pad = a.count_include_pad, w.divisor_override = a.divisor_override;
  if (!is_floating(x.dtype()) && x.dtype() != DType::int64)
    fail<NotImplementedError>("\"", rank == 1 ? "avg_pool2d" : op, "\" not implemented for '",
                              word_of(x.dtype()), "'");
  static constexpr const char* names[] = {"SqueezeBackward1", "AvgPool2DBackward0",
                                          "AvgPool3DBackward0"};
  return named(mean_pool(x, w), names[rank - 1]);
}

Dims adaptive_sizes(const char* op, size_t rank, const Tensor& x, const Dims& want) {
  int64_t n = x.dim();
  bool max = std::string_view(op).starts_with("adaptive_max");
  if (rank == 1) {
    if (want.size() != 1)
      fail(op, "() argument 'output_size' should contain one int (got ", want.size(), ")");
    if (n < 2 || n > 3)
      fail("Expected 2 to 3 dimensions, but got ", n,
           "-dimensional tensor for argument #1 'self' (while checking arguments for ", op, ")");
  }
  if (want.size() != rank && want.size() != 1) {
    if (max) fail(op, "(): internal error: output_size.size() must be ", rank);
    fail(op, ": output_size must be ", rank);
  }
  if (n != int64_t(rank) + 1 && n != int64_t(rank) + 2)
    fail(op, "(): Expected ", rank + 1, "D or ", rank + 2, "D tensor, but got", max ? ": " : " ",
         x.sizes());
  Dims out;
  for (size_t i = 0; i < rank; i++) {
    int64_t own = x.size(n - int64_t(rank - i)), size = want[want.size() == 1 ? 0 : i];
    out.push_back(size == kKeepSize ? own : size);
  }
  for (int64_t s : out)
    if (s < 0) {
      std::string text;
      for (int64_t v : out) text += (text.empty() ? "" : ", ") + std::to_string(v);
      fail(op, ": elements of output_size must be greater than or equal to 0 but received {", text,
           "}");
    }
  for (int64_t i = n - int64_t(rank); i < n; i++)
    if (x.size(i) == 0)
      fail(
          op,
          "(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ",
          x.sizes(), " with dimension ", i, " being empty");
  return out;
}

Tensor adaptive_mean(const char* op, size_t rank, const Tensor& x, const OutputSize& a) {
  Windows w{.out = adaptive_sizes(op, rank, x, a.output_size)};
  if (w.out == Dims(rank, 1)) {
    Dims axes;
    for (size_t i = rank; i-- > 0;) axes.push_back(-1 - int64_t(i));
    return x.mean({.dim = axes, .keepdim = true});
  }
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"", rank == 1 ? "adaptive_avg_pool2d" : op,
                              "\" not implemented for '", word_of(x.dtype()), "'");
  static constexpr const char* names[] = {"SqueezeBackward1", "AdaptiveAvgPool2DBackward0",
                                          "AdaptiveAvgPool3DBackward0"};
  return named(mean_pool(x, w), names[rank - 1]);
}
MaxResult adaptive_largest(const char* op, size_t rank, const Tensor& x, const OutputSize& a) {
  Windows w{.out = adaptive_sizes(op, rank, x, a.output_size)};
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"", rank == 1 ? "adaptive_max_pool2d" : op,
                              "\" not implemented for '", word_of(x.dtype()), "'");
  static constexpr const char* names[] = {"SqueezeBackward1", "AdaptiveMaxPool2DBackward0",
                                          "AdaptiveMaxPool3DBackward0"};
  MaxResult found = max_pool(x, w);
  return {named(found.output, names[rank - 1]), found.indices};
}

}  // namespace

#define TAEDA_X(Op, word, rank)                                                      \
  Tensor MaxPool##Op::forward(const Tensor& x, const Attrs& a) {                     \
    return largest(#word, rank, x, a, false).output;                                 \
  }                                                                                  \
  MaxResult MaxPool##Op##Indices::forward(const Tensor& x, const Attrs& a) {         \
    return largest(#word, rank, x, a, true);                                         \
  }                                                                                  \
  Tensor AdaptiveAvgPool##Op::forward(const Tensor& x, const Attrs& a) {             \
    return adaptive_mean("adaptive_avg_pool" #rank "d", rank, x, a);                 \
  }                                                                                  \
  Tensor AdaptiveMaxPool##Op::forward(const Tensor& x, const Attrs& a) {             \
    return adaptive_largest("adaptive_max_pool" #rank "d", rank, x, a).output;       \
  }                                                                                  \
  MaxResult AdaptiveMaxPool##Op##Indices::forward(const Tensor& x, const Attrs& a) { \
    return adaptive_largest("adaptive_max_pool" #rank "d", rank, x, a);              \
  }
TAEDA_X(1d, max_pool1d, 1)
TAEDA_X(2d, max_pool2d, 2)
TAEDA_X(3d, max_pool3d, 3)
#undef TAEDA_X

Tensor AvgPool1d::forward(const Tensor& x, const Attrs& a) {
  return mean_of("avg_pool1d", 1, x,
                 {a.kernel_size, a.stride, a.padding, a.ceil_mode, a.count_include_pad, {}});
}
Tensor AvgPool2d::forward(const Tensor& x, const Attrs& a) {
  return mean_of("avg_pool2d", 2, x, a);
}
Tensor AvgPool3d::forward(const Tensor& x, const Attrs& a) {
  return mean_of("avg_pool3d", 3, x, a);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Pooling)
