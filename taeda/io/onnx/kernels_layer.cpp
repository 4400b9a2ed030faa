// Products, convolutions, pools, normalisations, recurrent layers of ONNX.
#include "taeda/io/onnx/kernels.h"
#include "taeda/ops/activation.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/conv.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/dropout.h"
#include "taeda/ops/join.h"
#include "taeda/ops/loss.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/norm.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pad.h"
#include "taeda/ops/pool.h"
#include "taeda/ops/random.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/softmax.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::onnx {

namespace {

using List = TensorList;

List gemm(const NodeRun& r) {
  Tensor a = r.integer("transA", 0) ? r[0].t() : r[0], b = r.integer("transB", 0) ? r[1].t() : r[1];
  Tensor y = a.mm(b) * r.real("alpha", 1);
  return {r.has(2) ? y + r[2] * r.real("beta", 1) : y};
}

std::vector<int64_t> or_else(std::vector<int64_t> v, size_t n, int64_t value) {
  if (v.empty()) v.assign(n, value);
  if (v.size() != n) fail("an attribute has ", v.size(), " numbers instead of ", n);
  return v;
}
// Pads as PyTorch has them: (left, right) from the last axis on.
Tensor padded(const Tensor& x, const std::vector<int64_t>& pads, Scalar value) {
  size_t n = pads.size() / 2;
  Dims ours;
  bool any = false;
  for (size_t i = n; i-- > 0;) {
    ours.push_back(pads[i]), ours.push_back(pads[i + n]);
    any |= pads[i] || pads[i + n];
  }
  return any ? taeda::constant_pad_nd(x, {.pad = ours, .value = value}) : x;
}
ops::Taps taps(const NodeRun& r, size_t n, const Dims& padding) {
  ops::Taps t;
  t.stride = Dims(or_else(r.integers("strides"), n, 1));
  t.padding = padding;
  t.dilation = Dims(or_else(r.integers("dilations"), n, 1));
  t.output_padding = Dims(or_else(r.integers("output_padding"), n, 0));
  t.groups = r.integer("group", 1);
  return t;
}
List conv(const NodeRun& r) {
  size_t n = r[1].sizes().size() - 2;
  Tensor x = padded(r[0], or_else(r.integers("pads"), 2 * n, 0), 0);
  return {taeda::convolution(x, r[1], r.has(2) ? r[2] : Tensor(), taps(r, n, Dims(n, 0)))};
}
List conv_transpose(const NodeRun& r) {
  size_t n = r[1].sizes().size() - 2;
  auto pads = or_else(r.integers("pads"), 2 * n, 0);
  for (size_t i = 0; i < n; i++)
    if (pads[i] != pads[i + n]) fail("pads that differ are not known");
  pads.resize(n);
  ops::Taps t = taps(r, n, Dims(pads));
  t.transposed = true;
  return {taeda::convolution(r[0], r[1], r.has(2) ? r[2] : Tensor(), t)};
}

struct PoolShape {
  Dims kernel, stride, dilation, out;
  std::vector<int64_t> pads;
};
PoolShape pool_shape(const NodeRun& r, const Dims& sizes) {
  size_t n = sizes.size() - 2;
  PoolShape p{Dims(or_else(r.integers("kernel_shape"), n, 1)),
              Dims(or_else(r.integers("strides"), n, 1)),
              Dims(or_else(r.integers("dilations"), n, 1)), Dims(n, 0),
              or_else(r.integers("pads"), 2 * n, 0)};
  if (r.integer("ceil_mode", 0)) fail("ceil_mode is not known");
  for (size_t i = 0; i < n; i++) {
    int64_t reach = p.dilation[i] * (p.kernel[i] - 1) + 1;
    p.out[i] = (sizes[i + 2] + p.pads[i] + p.pads[i + n] - reach) / p.stride[i] + 1;
  }
  return p;
}
List max_pool(const NodeRun& r) {
  const Tensor& x = r[0];
  PoolShape p = pool_shape(r, x.sizes());
  size_t n = p.out.size();
  Tensor wide = padded(x, p.pads, is_floating(x.dtype()) ? Scalar(-1.0 / 0.0) : Scalar(INT64_MIN));
  auto [y, at] = taeda::max_pool(wide, {.out = p.out,
                                        .kernel = p.kernel,
                                        .stride = p.stride,
                                        .padding = Dims(n, 0),
                                        .dilation = p.dilation});
  // Places in the padded plane as places in the whole input.
  Tensor rest = at, flat = zeros_like(at);
  int64_t unit = 1;
  for (size_t i = n; i-- > 0;) {
    int64_t width = wide.sizes()[i + 2];
    flat = flat + (taeda::remainder(rest, width) - p.pads[i]) * unit;
    rest = taeda::floor_divide(rest, width);
    unit *= x.sizes()[i + 2];
  }
  Dims planes(x.sizes().size(), 1);
  planes[0] = x.size(0), planes[1] = x.size(1);
  flat = flat + taeda::arange(x.size(0) * x.size(1)).reshape({planes}) * unit;
  return {y, flat};
}
List average_pool(const NodeRun& r) {
  const Tensor& x = r[0];
  PoolShape p = pool_shape(r, x.sizes());
  size_t n = p.out.size();
  auto sums = [&](const Tensor& t) {
    return taeda::mean_pool(padded(t, p.pads, 0), {.out = p.out,
                                                   .kernel = p.kernel,
                                                   .stride = p.stride,
                                                   .padding = Dims(n, 0),
                                                   .dilation = Dims(n, 1)});
  };
  return {r.integer("count_include_pad", 0) ? sums(x) : sums(x) / sums(ones_like(x))};
}
List pad(const NodeRun& r) {
  if (r.word("mode", "constant") != "constant" || r.has(3)) fail("only constant pads are known");
  return {padded(r[0], r.numbers(1), r.has(2) ? r[2].item() : Scalar(0))};
}

List batch_norm(const NodeRun& r) {
  const Tensor* in[] = {&r[0], &r[3], &r[4], &r[1], &r[2]};
  return {call<ops::BatchNorm>({in, 5}, {.eps = r.real("epsilon", 1e-5)})};
}
List layer_norm(const NodeRun& r) {
  Dims shape;
  for (int64_t a = wrap_dim(r.integer("axis", -1), r[0].dim()); a < r[0].dim(); a++)
    shape.push_back(r[0].size(a));
  auto [y, mean, rstd] = taeda::native_layer_norm(r[0], r[1], r.has(2) ? r[2] : Tensor(),
                                                  {shape, r.real("epsilon", 1e-5)});
  return {y, mean, rstd};
}
List nll_loss(const NodeRun& r) {
  return {taeda::nll_loss(r[0], r[1], r.has(2) ? r[2] : Tensor(),
                          {r.integer("ignore_index", -100), {r.word("reduction", "mean")}})};
}

// ---- recurrent layers ----

struct Layer {
  size_t gates;
  Tensor w, u, bx, bh;  // of one direction
};
Layer layer_of(const NodeRun& r, size_t gates, int64_t direction) {
  Layer l{gates, r[1].select(0, direction), r[2].select(0, direction), {}, {}};
  if (r.has(3)) {
    TensorList halves = r[3].select(0, direction).chunk({.chunks = 2});
    l.bx = halves[0], l.bh = halves[1];
  }
  return l;
}
// The steps in one direction; step(gates of x, h, c, layer) changes h and c.
template <class Step> List recurrent(const NodeRun& r, size_t gates, Step step) {
  std::string way = r.word("direction", "forward");
  int64_t directions = way == "bidirectional" ? 2 : 1, length = r[0].size(0), n = r[0].size(1);
  int64_t hidden = r.integer("hidden_size");
  if (r.has(4)) fail("sequence_lens is not known");
  if (r.integer("layout", 0)) fail("layout 1 is not known");
  TensorList outputs, hs, cs;
  for (int64_t d = 0; d < directions; d++) {
    Layer l = layer_of(r, gates, d);
    Tensor none = zeros({n, hidden}, {.dtype = r[0].dtype()});
    Tensor h = r.has(5) ? r[5].select(0, d) : none, c = r.has(6) ? r[6].select(0, d) : none;
    bool back = d == 1 || way == "reverse";
    TensorList steps(static_cast<size_t>(length));
    for (int64_t i = 0; i < length; i++) {
      int64_t t = back ? length - 1 - i : i;
      step(linear(r[0].select(0, t), l.w, l.bx), h, c, l);
      steps[size_t(t)] = h;
    }
    outputs.push_back(stack(steps)), hs.push_back(h), cs.push_back(c);
  }
  return {stack(outputs, {.dim = 1}), stack(hs), stack(cs)};
}
List lstm(const NodeRun& r) {
  return recurrent(r, 4, [](const Tensor& x, Tensor& h, Tensor& c, const Layer& l) {
    TensorList g = (x + linear(h, l.u, l.bh)).chunk({.chunks = 4, .dim = 1});  // i o f c
    c = g[2].sigmoid() * c + g[0].sigmoid() * g[3].tanh();
    h = g[1].sigmoid() * c.tanh();
  });
}
List gru(const NodeRun& r) {
  if (!r.integer("linear_before_reset", 0)) fail("only linear_before_reset is known");
  List out = recurrent(r, 3, [](const Tensor& x, Tensor& h, Tensor&, const Layer& l) {
    TensorList a = x.chunk({.chunks = 3, .dim = 1});  // z r h
    TensorList b = linear(h, l.u, l.bh).chunk({.chunks = 3, .dim = 1});
    Tensor z = (a[0] + b[0]).sigmoid(), n = (a[2] + (a[1] + b[1]).sigmoid() * b[2]).tanh();
    h = n + z * (h - n);
  });
  return out;
}
List rnn(const NodeRun& r) {
  auto* a = r.n.find("activations");
  bool relu = a && std::get<std::vector<std::string>>(a->value).at(0) == "Relu";
  return recurrent(r, 1, [relu](const Tensor& x, Tensor& h, Tensor&, const Layer& l) {
    Tensor y = x + linear(h, l.u, l.bh);
    h = relu ? y.relu() : y.tanh();
  });
}

constexpr KernelRow rows[] = {
    {"MatMul", [](const NodeRun& r) -> List { return {r[0].matmul(r[1])}; }},
    {"Gemm", gemm},
    {"Conv", conv},
    {"ConvTranspose", conv_transpose},
    {"MaxPool", max_pool},
    {"AveragePool", average_pool},
    {"Pad", pad},
    {"BatchNormalization", batch_norm},
    {"LayerNormalization", layer_norm},
    {"NegativeLogLikelihoodLoss", nll_loss},
    {"Softmax",
     [](const NodeRun& r) -> List { return {r[0].softmax({.dim = r.integer("axis", -1)})}; }},
    {"LogSoftmax",
     [](const NodeRun& r) -> List { return {r[0].log_softmax({.dim = r.integer("axis", -1)})}; }},
    {"LSTM", lstm},
    {"GRU", gru},
    {"RNN", rnn},
    {"Bernoulli", [](const NodeRun& r) -> List { return {taeda::bernoulli(r[0])}; }},
    {"RandomNormalLike",
     [](const NodeRun& r) -> List {
       return {taeda::randn_like(r[0]) * r.real("scale", 1) + r.real("mean", 0)};
     }},
    {"RandomUniformLike",
     [](const NodeRun& r) -> List {
       double low = r.real("low", 0), high = r.real("high", 1);
       return {taeda::rand_like(r[0]) * (high - low) + low};
     }},
    {"Dropout",
     [](const NodeRun& r) -> List {
       bool on = r.has(2) && r[2].item<bool>();
       return {taeda::dropout(r[0], {r.has(1) ? r[1].item<double>() : 0.5, on})};
     }},
};

}  // namespace

std::span<const KernelRow> layer_kernels() { return rows; }

}  // namespace taeda::onnx
