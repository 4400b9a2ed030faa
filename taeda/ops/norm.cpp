#include "taeda/ops/norm.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pad.h"
#include "taeda/ops/pool.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

// The dtype of statistics.
DType stats_dtype(DType d) { return d == DType::float64 ? d : DType::float32; }

// All parameters have the input's dtype, or float32 beside a 16-bit input.
void check_parameter_dtypes(Args in) {
  DType d = in[0].dtype();
  bool narrow = d == DType::float16 || d == DType::bfloat16;
  for (size_t i = 1; i < in.size(); i++)
    if (in[i].defined() && in[i].dtype() != d && !(narrow && in[i].dtype() == DType::float32))
      fail("mixed dtype (CPU): all inputs must share same datatype.");
}

Dims axes_but_channels(size_t rank) {
  Dims axes(0);
  for (size_t i = 2; i < rank; i++) axes.push_back(int64_t(i));
  return axes;
}
Tensor beside_channels(const Tensor& v, size_t rank) {
  Dims sizes(rank, 1);
  sizes[1] = v.numel();
  return v.reshape({sizes});
}
// The gradient of a parameter, in the dtype of the weight; without one, in the input's.
Tensor cast_like(const Tensor& g, const Tensor& w, const Tensor& x) {
  return g.to(w.defined() ? w.dtype() : x.dtype());
}
// The wanted ones of `all`.
template <class Grads>
void set_grads(Grads& out, const NormGrads& all, const Needs& need, const Tensor& w,
               const Tensor& x) {
  if (need[0]) out[0] = all.input;
  if (need[1]) out[1] = cast_like(all.weight, w, x);
  if (need[2]) out[2] = cast_like(all.bias, w, x);
}

}  // namespace

// ---- batches ----

std::array<Meta, 3> NativeBatchNorm::infer(Args in, const Attrs&) {
  const Tensor& x = in[0];
  int64_t channels = x.size(1);
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"batch_norm\" not implemented for '", word_of(x.dtype()), "'");
  check_parameter_dtypes(in);
  DType stats = stats_dtype(x.dtype());
  return {Meta{x.sizes(), x.dtype()}, Meta{channels, stats}, Meta{channels, stats}};
}
GradsOf<5> NativeBatchNorm::backward(Grads grads, In<0> x, In<1> w, Out<1> mean, Out<2> var,
                                     Needs need, const Attrs& a) {
  const Tensor& g = grads[0];
  GradsOf<5> out;
  if (!grad_enabled()) {
    set_grads(out, normalize_channels_grad(g, x, w, mean, var, a), need, w, x);
    return out;
  }
  size_t rank = x.sizes().size();
  Dims axes = axes_but_channels(rank);
  auto average = [&](const Tensor& t) { return t.mean({.dim = axes, .keepdim = true}); };
  DType stats = stats_dtype(x.dtype());
  Tensor wide = x.to(stats), gw = g.to(stats);
  Tensor centre = a.training ? average(wide) : beside_channels(mean.detach(), rank);
  Tensor centred = wide - centre;
  Tensor spread = a.training ? average(centred * centred) : beside_channels(var.detach(), rank);
  Tensor rstd = (spread + a.eps).rsqrt(), normal = centred * rstd;
  if (need[1]) out[1] = cast_like((gw * normal).sum({.dim = axes}), w, x);
  if (need[2]) out[2] = cast_like(gw.sum({.dim = axes}), w, x);
  if (need[0]) {
    Tensor scaled = w.defined() ? gw * beside_channels(w, rank) : gw;
    if (a.training) scaled = scaled - average(scaled) - normal * average(scaled * normal);
    out[0] = (scaled * rstd).to(x.dtype());
  }
  return out;
}

std::array<Meta, 3> BatchNormGrad::infer(Args in, const Attrs&) {
  const Tensor& x = in[1];
  Meta per_channel{x.size(1), stats_dtype(x.dtype())};
  return {Meta{x.sizes(), x.dtype()}, per_channel, per_channel};
}

namespace {

void check_channels(const Tensor& v, const char* name, int64_t channels) {
  if (v.defined() && v.numel() != channels)
    fail(name, " should contain ", channels, " elements not ", v.numel());
}

struct RunningStats {
  Tensor mean, var;
};
// Each moves towards the batch's statistics, the variance made unbiased.
void move_stats(const RunningStats& running, const BatchNormResult& batch, double momentum,
                int64_t count) {
  NoGradGuard raw;
  if (running.mean.defined()) running.mean.mul_(1 - momentum).add_(batch.mean, {.alpha = momentum});
  if (running.var.defined()) {
    double unbiased = count > 1 ? double(count) / double(count - 1) : 1.0 / 0.0;
    running.var.mul_(1 - momentum).add_(batch.var, {.alpha = momentum * unbiased});
  }
}

}  // namespace

Tensor BatchNorm::forward(Args in, const Attrs& a) {
  const Tensor &x = in[0], &mean = in[1], &var = in[2], &w = in[3], &b = in[4];
  if (x.dim() == 1 && !x.numel()) return x.clone();
  int64_t channels = x.size(1);
  int64_t count = channels ? x.numel() / channels : 0;
  if (a.training && count == 1)
    fail<ValueError>(
        "Expected more than 1 value per channel when training, got input size "
        "torch.Size(",
        x.sizes(), ")");
  if (!a.training && !mean.defined()) fail("running_mean must be defined in evaluation mode");
  if (!a.training && !var.defined()) fail("running_var must be defined in evaluation mode");
  check_channels(mean, "running_mean", channels);
  check_channels(var, "running_var", channels);
  check_channels(w, "weight", channels);
  check_channels(b, "bias", channels);
  if (!x.numel()) {
    Tensor out = x.clone();
    if (w.defined()) out = out * beside_channels(w, x.sizes().size());
    if (b.defined()) out = out + beside_channels(b, x.sizes().size());
    return out;
  }
  BatchNormResult r = normalize_channels(x, w, b, mean, var, {a.training, a.eps});
  if (a.training) move_stats({mean, var}, r, a.momentum, count);
  return r.output;
}

Tensor InstanceNorm::forward(Args in, const Attrs& a) {
  const Tensor &x = in[0], &mean = in[1], &var = in[2], &w = in[3], &b = in[4];
  if (a.use_input_stats) {
    int64_t spatial = 1;
    for (int64_t i = 2; i < x.dim(); i++) spatial *= x.size(i);
    if (spatial == 1)
      fail<ValueError>(
          "Expected more than 1 spatial element when training, got input size "
          "torch.Size(",
          x.sizes(), ")");
  } else if (!mean.defined() || !var.defined()) {
    fail("Expected running_mean and running_var to be defined when use_input_stats is false");
  }
  // Every channel of every sample becomes a channel of one sample.
  int64_t n = x.size(0), c = x.size(1);
  check_channels(mean, "running_mean", c);
  check_channels(var, "running_var", c);
  check_channels(w, "weight", c);
  check_channels(b, "bias", c);
  Dims sizes = x.sizes();
  sizes[0] = 1, sizes[1] = n * c;
  auto repeated = [&](const Tensor& v) {
    return v.defined() ? v.expand({Dims{n, c}}).reshape({Dims(n * c)}) : v;
  };
  if (!x.numel()) return x.clone();
  BatchNormResult r = normalize_channels(x.reshape({sizes}), repeated(w), repeated(b),
                                         repeated(mean), repeated(var), {a.use_input_stats, a.eps});
  if (a.use_input_stats && (mean.defined() || var.defined())) {
    NoGradGuard raw;
    auto joined = [&](const Tensor& v) { return v.reshape({Dims{n, c}}).mean({.dim = Dims(0)}); };
    BatchNormResult batch{{}, joined(r.mean.detach()), joined(r.var.detach())};
    move_stats({mean, var}, batch, a.momentum, x.numel() / (n * c));
  }
  return r.output.reshape({x.sizes()});
}

// ---- layers ----

namespace {

void check_shape(const Tensor& x, const Dims& shape, bool rms) {
  if (shape.empty())
    fail(
        "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
        "element, but got normalized_shape = ",
        shape);
  const Dims& s = x.sizes();
  bool fits = s.size() >= shape.size();
  for (size_t i = 0; fits && i < shape.size(); i++)
    fits = s[s.size() - shape.size() + i] == shape[i];
  if (fits) return;
  std::string tail;
  for (int64_t d : shape) tail += (rms && tail.empty() ? "" : ", ") + std::to_string(d);
  fail("Given normalized_shape=", shape, ", expected input with shape [*", tail,
       "], but got input of size", s);
}
void check_affine(const Tensor& v, const char* name, const Dims& shape) {
  if (v.defined() && !(v.sizes() == shape))
    fail("Expected ", name, " to be of same shape as normalized_shape, but got ", name,
         " of shape ", v.sizes(), " and normalized_shape = ", shape);
}
Dims normalized_axes(const Dims& shape) {
  Dims axes;
  for (size_t i = shape.size(); i-- > 0;) axes.push_back(-1 - int64_t(i));
  return axes;
}

}  // namespace

std::array<Meta, 3> NormalizeRows::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  check_shape(x, a.normalized_shape, false);
  check_affine(in[1], "weight", a.normalized_shape);
  check_affine(in[2], "bias", a.normalized_shape);
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"LayerNormKernelImpl\" not implemented for '", word_of(x.dtype()),
                              "'");
  check_parameter_dtypes(in);
  Dims rows = x.sizes();
  for (size_t i = 1; i <= a.normalized_shape.size(); i++) rows[rows.size() - i] = 1;
  DType stats = stats_dtype(x.dtype());
  return {Meta{x.sizes(), x.dtype()}, Meta{rows, stats}, Meta{rows, stats}};
}
GradsOf<3> NormalizeRows::backward(Grads grads, In<0> x, In<1> w, Out<1> mean, Out<2> rstd,
                                   Needs need, const Attrs& a) {
  const Tensor& g = grads[0];
  GradsOf<3> out;
  if (!grad_enabled()) {
    NormGrads all =
        normalize_rows_grad(g, x, w, mean, rstd, {a.normalized_shape, a.eps, need[1] || need[2]});
    set_grads(out, all, need, w, x);
    return out;
  }
  Dims axes = normalized_axes(a.normalized_shape);
  auto average = [&](const Tensor& t) { return t.mean({.dim = axes, .keepdim = true}); };
  DType stats = stats_dtype(x.dtype());
  Tensor wide = x.to(stats), gw = g.to(stats);
  Tensor centred = wide - average(wide);
  Tensor scale = (average(centred * centred) + a.eps).rsqrt(), normal = centred * scale;
  if (need[1]) out[1] = cast_like(sum_to(gw * normal, a.normalized_shape), w, x);
  if (need[2]) out[2] = cast_like(sum_to(gw, a.normalized_shape), w, x);
  if (need[0]) {
    Tensor scaled = w.defined() ? gw * w : gw;
    scaled = scaled - average(scaled) - normal * average(scaled * normal);
    out[0] = (scaled * scale).to(x.dtype());
  }
  return out;
}

std::array<Meta, 3> LayerNormGrad::infer(Args in, const Attrs& a) {
  const Tensor& x = in[1];
  Meta affine{a.affine ? a.normalized_shape : Dims(0), stats_dtype(x.dtype())};
  return {Meta{x.sizes(), x.dtype()}, affine, affine};
}

LayerNormResult NativeLayerNorm::forward(const Tensor& x, const Tensor& w, const Tensor& b,
                                         const Attrs& a) {
  LayerNormResult r = normalize_rows(x, w, b, a);
  DType d = w.defined() ? w.dtype() : x.dtype();  // of a weight in float32 beside a 16-bit input
  return {r.output, r.mean.detach().to(d), r.rstd.detach().to(d)};
}
Tensor LayerNorm::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  return normalize_rows(x, w, b, a).output;
}

// ---- groups ----

std::array<Meta, 3> NormalizeGroups::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  check_parameter_dtypes(in);
  const Meta stats{Dims{x.size(0), a.num_groups}, stats_dtype(x.dtype())};
  return {Meta{x.sizes(), x.dtype()}, stats, stats};
}
GradsOf<3> NormalizeGroups::backward(Grads grads, In<0> x, In<1> w, Out<1> mean, Out<2> rstd,
                                     Needs need, const Attrs& a) {
  const Tensor& g = grads[0];
  GradsOf<3> out;
  if (!grad_enabled()) {
    set_grads(out, normalize_groups_grad(g, x, w, mean, rstd, a), need, w, x);
    return out;
  }
  const size_t rank = x.sizes().size();
  const Dims grouped{x.size(0), a.num_groups, -1}, axes = axes_but_channels(rank);
  auto average = [&](const Tensor& t) {
    return t.reshape({grouped}).mean({.dim = Dims(2), .keepdim = true});
  };
  auto beside = [&](const Tensor& t, const Tensor& v) {  // v: one value a group
    return (t.reshape({grouped}) * v).reshape({x.sizes()});
  };
  DType stats = stats_dtype(x.dtype());
  Tensor wide = x.to(stats), gw = g.to(stats);
  Tensor centred = (wide.reshape({grouped}) - average(wide)).reshape({x.sizes()});
  Tensor scale = (average(centred * centred) + a.eps).rsqrt(), normal = beside(centred, scale);
  if (need[1]) out[1] = cast_like((gw * normal).sum({.dim = axes}), w, x);
  if (need[2]) out[2] = cast_like(gw.sum({.dim = axes}), w, x);
  if (need[0]) {
    Tensor scaled = w.defined() ? gw * beside_channels(w, rank) : gw;
    Tensor gap = (scaled.reshape({grouped}) - average(scaled)).reshape({x.sizes()}) -
                 beside(normal, average(scaled * normal));
    out[0] = beside(gap, scale).to(x.dtype());
  }
  return out;
}

std::array<Meta, 3> GroupNormGrad::infer(Args in, const Attrs&) {
  const Tensor& x = in[1];
  const Meta per_channel{x.size(1), stats_dtype(x.dtype())};
  return {Meta{x.sizes(), x.dtype()}, per_channel, per_channel};
}

Tensor GroupNorm::forward(const Tensor& x, const Tensor& w, const Tensor& b, const Attrs& a) {
  if (x.dim() < 2) fail("Expected at least 2 dimensions for input tensor but received ", x.dim());
  int64_t n = x.size(0), c = x.size(1), groups = a.num_groups;
  if (groups <= 0) fail("Expected num groups to be greater than 0, got ", groups);
  Dims checked = x.sizes();
  checked[0] = n * c / groups, checked[1] = groups;
  int64_t inner = n * c > 0 ? x.numel() / (n * c) : 0;
  if (n * c / groups * inner == 1)
    fail<ValueError>("Expected more than 1 value per channel when training, got input size ",
                     checked);
  if (c % groups)
    fail(
        "Expected number of channels in input to be divisible by num_groups, but got input of "
        "shape ",
        x.sizes(), " and num_groups=", groups);
  for (auto& [v, name] : {std::pair{&w, "weight"}, std::pair{&b, "bias"}})
    if (v->defined() && (v->dim() != 1 || v->numel() != c))
      fail("Expected ", name,
           " to be a vector of size equal to the number of channels in input, "
           "but got ",
           name, " of shape ", v->sizes(), " and input of shape ", x.sizes());
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"GroupNormKernelImpl\" not implemented for '", word_of(x.dtype()),
                              "'");
  return normalize_groups(x, w, b, a).output;
}

Tensor RmsNorm::forward(const Tensor& x, const Tensor& w, const Attrs& a) {
  check_shape(x, a.normalized_shape, true);
  check_affine(w, "weight", a.normalized_shape);
  if (!can_have_gradient(x.dtype()))
    fail<NotImplementedError>("\"rms_norm\" not implemented for '", word_of(x.dtype()), "'");
  DType d = x.dtype(), wide = is_floating(d) ? stats_dtype(d) : d;
  double eps = a.eps.value_or(d == DType::float64    ? 0x1p-52
                              : d == DType::float16  ? 0x1p-10
                              : d == DType::bfloat16 ? 0x1p-7
                                                     : 0x1p-23);
  Tensor t = x.to(wide);
  Tensor scale =
      ((t * t).mean({.dim = normalized_axes(a.normalized_shape), .keepdim = true}) + eps).rsqrt();
  Tensor out = t * scale;
  return (w.defined() ? out * w : out).to(d);
}

Tensor LocalResponseNorm::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() < 3)
    fail<ValueError>("Expected 3D or higher dimensionality                          input (got ",
                     x.dim(), " dimensions)");
  if (!x.numel()) return x;
  // The channels become the first of two pooled axes.
  int64_t n = x.size(0), c = x.size(1), rest = x.numel() / (n * c);
  Tensor squares = (x * x).reshape({Dims{n, 1, c, rest}});
  squares = constant_pad_nd(squares, {.pad = {0, 0, a.size / 2, (a.size - 1) / 2}});
  Tensor mean = avg_pool2d(squares, {.kernel_size = {a.size, 1}, .stride = Dims{1}});
  return x / (mean.reshape({x.sizes()}) * a.alpha + a.k).pow(a.beta);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Norms)
