#include "taeda/nn/rnn.h"

#include <cmath>

#include "taeda/autograd/node.h"
#include "taeda/nn/init.h"
#include "taeda/ops/activation.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/dropout.h"
#include "taeda/ops/index.h"
#include "taeda/ops/join.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::nn::layer {

namespace {

using Mode = Recurrent::Mode;

int64_t gates_of(Mode m) { return m == Mode::lstm ? 4 : m == Mode::gru ? 3 : 1; }

// One step; x: the input's part of the gates (N, gates * hidden).
TensorPair advance(Mode mode, const Tensor& x, const TensorPair& state, const Tensor& w_hh,
                   const Tensor& b_hh) {
  const Tensor& h = state.first;
  Tensor y = linear(h, w_hh, b_hh);
  switch (mode) {
  case Mode::lstm: {
    TensorList g = (x + y).chunk(4, 1);
    Tensor c = sigmoid(g[1]) * state.second + sigmoid(g[0]) * tanh(g[2]);
    return {sigmoid(g[3]) * tanh(c), c};
  }
  case Mode::gru: {
    TensorList gx = x.chunk(3, 1), gh = y.chunk(3, 1);
    Tensor z = sigmoid(gx[1] + gh[1]);
    Tensor n = tanh(gx[2] + sigmoid(gx[0] + gh[0]) * gh[2]);
    return {n + z * (h - n), {}};
  }
  case Mode::relu: return {relu(x + y), {}};
  default: return {tanh(x + y), {}};
  }
}

// The first b rows of a state, and a state whose first b rows are new.
Tensor first_rows(const Tensor& t, int64_t b) {
  return !t.defined() || t.size(0) == b ? t : t.narrow(0, 0, b);
}
Tensor with_rows(const Tensor& old, const Tensor& rows) {
  if (!old.defined() || old.size(0) == rows.size(0)) return rows;
  return cat({rows, old.narrow(0, rows.size(0), old.size(0) - rows.size(0))}, {0});
}

Recurrent::Mode mode_of(const std::string& nonlinearity) {
  if (nonlinearity != "tanh" && nonlinearity != "relu")
    fail<ValueError>("Unknown nonlinearity '", nonlinearity, "'. Select from 'tanh' or 'relu'.");
  return nonlinearity == "tanh" ? Mode::tanh : Mode::relu;
}

std::string name_at(const char* kind, int64_t layer, bool reverse) {
  return std::string(kind) + "_l" + std::to_string(layer) + (reverse ? "_reverse" : "");
}

}  // namespace

// ---- layers ----

bool Recurrent::set_unregistered(std::string_view name, const Tensor& value) {
  if (!(name.starts_with("weight_") || name.starts_with("bias_")) || find(name)) return false;
  std::erase_if(computed_, [&](auto& entry) { return entry.first == name; });
  if (value.defined()) computed_.emplace_back(name, value);
  return true;
}
void Recurrent::make_parameters() {
  Shape s = shape();
  if (!(s.dropout >= 0 && s.dropout <= 1))
    fail<ValueError>(
        "dropout should be a number in range [0, 1] representing the probability of an element "
        "being zeroed");
  if (s.dropout > 0 && s.num_layers == 1)
    warn(
        "dropout option adds dropout after all but last recurrent layer, so non-zero dropout "
        "expects num_layers greater than 1, but got dropout=" +
        show(s.dropout) + " and num_layers=1");
  if (s.input_size <= 0) fail<ValueError>("input_size must be greater than zero");
  if (s.hidden_size <= 0) fail<ValueError>("hidden_size must be greater than zero");
  if (s.num_layers <= 0) fail<ValueError>("num_layers must be greater than zero");
  if (s.proj_size < 0)
    fail<ValueError>("proj_size should be a positive integer or zero to disable projections");
  if (s.proj_size >= s.hidden_size)
    fail<ValueError>("proj_size has to be smaller than hidden_size");
  int64_t rows = gates_of(s.mode) * s.hidden_size, out = s.proj_size ? s.proj_size : s.hidden_size;
  int64_t directions = s.bidirectional ? 2 : 1;
  for (int64_t layer = 0; layer < s.num_layers; layer++)
    for (int64_t d = 0; d < directions; d++) {
      auto add = [&](const char* kind, const Dims& sizes) {
        set_tensor(name_at(kind, layer, d), Role::parameter,
                   new_parameter(sizes, s.dtype, s.device));
      };
      add("weight_ih", {rows, layer ? out * directions : s.input_size});
      add("weight_hh", {rows, out});
      if (s.bias) add("bias_ih", {rows}), add("bias_hh", {rows});
      if (s.proj_size) add("weight_hr", {s.proj_size, s.hidden_size});
    }
}

void Recurrent::reset_parameters() {
  double bound = 1 / std::sqrt(double(shape().hidden_size));
  for (const Tensor& p : parameters()) init::uniform_(p, -bound, bound);
}

std::string Recurrent::extra_repr() const {
  Shape s = shape();
  std::string out = show(s.input_size) + ", " + show(s.hidden_size);
  if (s.proj_size) out += ", proj_size=" + show(s.proj_size);
  if (s.num_layers != 1) out += ", num_layers=" + show(s.num_layers);
  if (!s.bias) out += ", bias=False";
  if (s.batch_first) out += ", batch_first=True";
  if (s.dropout != 0) out += ", dropout=" + show(s.dropout);
  if (s.bidirectional) out += ", bidirectional=True";
  return out;
}

Recurrent::State Recurrent::initial(const Shape& s, State given, const Tensor& like, int64_t n,
                                    bool batched, const Tensor& order) {
  bool lstm = s.mode == Mode::lstm;
  int64_t layers = s.num_layers * (s.bidirectional ? 2 : 1);
  Dims sizes[] = {{layers, n, s.proj_size ? s.proj_size : s.hidden_size},
                  {layers, n, s.hidden_size}};
  Tensor* parts[] = {&given.h, &given.c};
  for (int i = 0; i < (lstm ? 2 : 1); i++) {
    Tensor& t = *parts[i];
    if (!t.defined()) {
      t = zeros(sizes[i], {.dtype = like.dtype(), .device = like.device()});
      continue;
    }
    if (!batched && t.dim() != 2)
      fail("For unbatched 2-D input, hx ", lstm ? "and cx " : "", "should also be 2-D but got ",
           lstm ? "(" + show(given.h.dim()) + "-D, " + show(given.c.dim()) + "-D) tensors"
                : show(t.dim()) + "-D tensor");
    if (batched && t.dim() != 3)
      fail("For batched 3-D input, hx ", lstm ? "and cx " : "", "should also be 3-D but got ",
           lstm ? "(" + show(given.h.dim()) + "-D, " + show(given.c.dim()) + "-D) tensors"
                : show(t.dim()) + "-D tensor");
    if (!batched) t = t.unsqueeze(1);
    if (t.sizes() != sizes[i])
      fail("Expected hidden", lstm ? "[" + std::to_string(i) + "]" : "", " size ", show(sizes[i]),
           ", got ", t.sizes());
    if (order.defined()) t = t.index_select(1, order);
  }
  return given;
}

Recurrent::Result Recurrent::run(const Sequence& input, State state) {
  Shape s = shape();
  bool packed = input.packed(), batched = packed || input.data.dim() == 3;
  std::vector<int64_t> batch;  // sequences at each step
  Tensor data = input.data;
  int64_t n = 0;
  if (packed) {
    Tensor sizes = input.batch_sizes.to(DType::int64).contiguous();
    batch.assign(sizes.data<int64_t>(), sizes.data<int64_t>() + sizes.numel());
    n = batch.empty() ? 0 : batch[0];
  } else {
    if (data.dim() != 2 && data.dim() != 3)
      fail<ValueError>(python ? python_side.type_name(*this) : type_name(),
                       ": Expected input to be 2D or 3D, got ", data.dim(), "D instead");
    if (!batched) data = data.unsqueeze(1);
    else if (s.batch_first) data = data.transpose(0, 1);
    n = data.size(1);
    batch.assign(size_t(data.size(0)), n);
  }
  if (batch.empty()) fail("Expected sequence length to be larger than 0 in RNN");
  if (data.size(-1) != s.input_size)
    fail("input.size(-1) must be equal to input_size. Expected ", s.input_size, ", got ",
         data.size(-1));
  if (Entry* w = find("weight_ih_l0"); w && w->tensor->dtype() != data.dtype())
    fail<ValueError>("RNN input dtype (", text(data.dtype()), ") does not match weight dtype (",
                     text(w->tensor->dtype()), "). Convert input: input.to(",
                     text(w->tensor->dtype()), "), or convert model: model.to(", text(data.dtype()),
                     ")");
  if (!packed) data = data.reshape({int64_t(batch.size()) * n, s.input_size});
  state = initial(s, std::move(state), data, n, batched, input.sorted_indices);

  int64_t directions = s.bidirectional ? 2 : 1;
  auto parameter = [&](const char* kind, int64_t layer, int64_t d) {
    std::string name = name_at(kind, layer, d);
    if (Entry* e = find(name)) return *e->tensor;
    for (auto& [other, value] : computed_)
      if (other == name) return value;
    return Tensor();
  };
  TensorList last_h, last_c;
  for (int64_t layer = 0; layer < s.num_layers; layer++) {
    TensorList outputs;
    for (int64_t d = 0; d < directions; d++) {
      Tensor w_hh = parameter("weight_hh", layer, d), b_hh = parameter("bias_hh", layer, d),
             w_hr = parameter("weight_hr", layer, d);
      Tensor x = linear(data, parameter("weight_ih", layer, d), parameter("bias_ih", layer, d));
      // Cut once: the gradient is put together once, where that of a piece would fill all of x.
      TensorList pieces = packed ? x.split({.split_size = Dims(batch)})
                                 : x.view({int64_t(batch.size()), n, x.size(1)}).unbind();
      int64_t at = layer * directions + d;
      TensorPair now{state.h.select(0, at), {}};
      if (state.c.defined()) now.second = state.c.select(0, at);
      TensorList steps(batch.size());
      for (size_t i = 0; i < batch.size(); i++) {
        size_t t = d ? batch.size() - 1 - i : i;
        int64_t b = batch[t];
        TensorPair old{first_rows(now.first, b), first_rows(now.second, b)};
        TensorPair next = advance(s.mode, pieces[t], old, w_hh, b_hh);
        if (w_hr.defined()) next.first = linear(next.first, w_hr, {});
        now.first = with_rows(now.first, next.first);
        if (next.second.defined()) now.second = with_rows(now.second, next.second);
        steps[t] = std::move(next.first);
      }
      outputs.push_back(cat(steps, {0}));
      last_h.push_back(now.first);
      if (now.second.defined()) last_c.push_back(now.second);
    }
    data = directions == 1 ? outputs[0] : cat(outputs, {1});
    if (s.dropout > 0 && training && layer + 1 < s.num_layers)
      data = dropout(data, {s.dropout, true});
  }
  Result out{input, {stack(last_h, {0}), last_c.empty() ? Tensor() : stack(last_c, {0})}};
  if (packed) {
    out.output.data = data;
    if (input.unsorted_indices.defined())
      for (Tensor* t : {&out.last.h, &out.last.c})
        if (t->defined()) *t = t->index_select(1, input.unsorted_indices);
    return out;
  }
  bool lstm = s.mode == Mode::lstm;
  data = taeda::named(data.reshape({int64_t(batch.size()), n, data.size(1)}),
                      directions == 2            ? "CatBackward0"
                      : lstm && s.proj_size == 0 ? "MkldnnRnnLayerBackward0"
                                                 : "StackBackward0");
  if (batched) {
    if (s.batch_first)
      data = taeda::named(data.transpose(0, 1), lstm ? "TransposeBackward0" : "TransposeBackward1");
    out.output = Sequence(data);
  } else {
    out.output = Sequence(data.squeeze(1));
    for (Tensor* t : {&out.last.h, &out.last.c})
      if (t->defined()) *t = t->squeeze(1);
  }
  return out;
}

void RNN::setup() {
  mode_of(options.nonlinearity);
  options.dropout = options.dropout.to<double>();
  make_parameters();
}
Recurrent::Shape RNN::shape() const {
  const Options& o = options;
  return {mode_of(o.nonlinearity),
          o.input_size,
          o.hidden_size,
          o.num_layers,
          o.bias,
          o.batch_first,
          o.dropout.to<double>(),
          o.bidirectional,
          0,
          o.device,
          o.dtype};
}
RecurrentResult RNN::forward(const Arguments& a) {
  Result r = run(a.input, {a.hx, {}});
  return {r.output, r.last.h};
}
void LSTM::setup() {
  options.dropout = options.dropout.to<double>();
  make_parameters();
}
Recurrent::Shape LSTM::shape() const {
  const Options& o = options;
  return {Mode::lstm,    o.input_size,           o.hidden_size,   o.num_layers, o.bias,
          o.batch_first, o.dropout.to<double>(), o.bidirectional, o.proj_size,  o.device,
          o.dtype};
}
LstmResult LSTM::forward(const Arguments& a) {
  Result r = run(a.input, {a.hx.first, a.hx.second});
  return {r.output, {r.last.h, r.last.c}};
}
void GRU::setup() {
  options.dropout = options.dropout.to<double>();
  make_parameters();
}
Recurrent::Shape GRU::shape() const {
  const Options& o = options;
  return {Mode::gru,
          o.input_size,
          o.hidden_size,
          o.num_layers,
          o.bias,
          o.batch_first,
          o.dropout.to<double>(),
          o.bidirectional,
          0,
          o.device,
          o.dtype};
}
RecurrentResult GRU::forward(const Arguments& a) {
  Result r = run(a.input, {a.hx, {}});
  return {r.output, r.last.h};
}

// ---- cells ----

void RecurrentCell::make_parameters(int64_t gates, int64_t input_size, int64_t hidden_size,
                                    bool bias, std::optional<Device> device,
                                    std::optional<DType> dtype) {
  int64_t rows = gates * hidden_size;
  weight_ih = new_parameter({rows, input_size}, dtype, device);
  weight_hh = new_parameter({rows, hidden_size}, dtype, device);
  bias_ih = bias ? new_parameter({rows}, dtype, device) : Tensor();
  bias_hh = bias ? new_parameter({rows}, dtype, device) : Tensor();
}
void RecurrentCell::reset_to(int64_t hidden_size) {
  double bound = hidden_size > 0 ? 1 / std::sqrt(double(hidden_size)) : 0;
  for (const Tensor& p : parameters()) init::uniform_(p, -bound, bound);
}
std::string RecurrentCell::common_repr(int64_t input_size, int64_t hidden_size, bool bias) const {
  return show(input_size) + ", " + show(hidden_size) + (bias ? "" : ", bias=False");
}
TensorPair RecurrentCell::step(Recurrent::Mode mode, const Tensor& input, const TensorPair& given,
                               int64_t input_size, int64_t hidden_size) {
  std::string name = python ? python_side.type_name(*this) : type_name();
  if (input.dim() != 1 && input.dim() != 2)
    fail<ValueError>(name, ": Expected input to be 1D or 2D, got ", input.dim(), "D instead");
  bool batched = input.dim() == 2, lstm = mode == Mode::lstm;
  Tensor x = batched ? input : input.unsqueeze(0);
  if (x.size(1) != input_size)
    fail("input has inconsistent input_size: got ", x.size(1), " expected ", input_size);
  TensorPair state = given;
  int index = 0;
  for (Tensor* t : {&state.first, &state.second}) {
    if (index++ && !lstm) break;
    if (!t->defined()) {
      *t = zeros({x.size(0), hidden_size}, {.dtype = x.dtype(), .device = x.device()});
      continue;
    }
    if (t->dim() != 1 && t->dim() != 2)
      fail<ValueError>(name, ": Expected ",
                       lstm ? "hx[" + std::to_string(index - 1) + "]" : "hidden",
                       " to be 1D or 2D, got ", t->dim(), "D instead");
    if (!batched) *t = t->unsqueeze(0);
    if (t->size(0) != x.size(0))
      fail("Input batch size ", x.size(0), " doesn't match hidden", index - 1, " batch size ",
           t->size(0));
    if (t->size(1) != hidden_size)
      fail("hidden", index - 1, " has inconsistent hidden_size: got ", t->size(1), ", expected ",
           hidden_size);
  }
  TensorPair next = advance(mode, linear(x, weight_ih, bias_ih), state, weight_hh, bias_hh);
  if (!batched) {
    next.first = next.first.squeeze(0);
    if (next.second.defined()) next.second = next.second.squeeze(0);
  }
  return next;
}

void RNNCell::setup() {
  const Options& o = options;
  make_parameters(1, o.input_size, o.hidden_size, o.bias, o.device, o.dtype);
}
Tensor RNNCell::forward(const Arguments& a) {
  const Options& o = options;
  if (o.nonlinearity != "tanh" && o.nonlinearity != "relu")
    fail("Unknown nonlinearity: ", o.nonlinearity);
  return step(mode_of(o.nonlinearity), a.input, {a.hx, {}}, o.input_size, o.hidden_size).first;
}
std::string RNNCell::extra_repr() const {
  const Options& o = options;
  std::string s = common_repr(o.input_size, o.hidden_size, o.bias);
  return o.nonlinearity == "tanh" ? s : s + ", nonlinearity=" + o.nonlinearity;
}
void LSTMCell::setup() {
  const Options& o = options;
  make_parameters(4, o.input_size, o.hidden_size, o.bias, o.device, o.dtype);
}
TensorPair LSTMCell::forward(const Arguments& a) {
  return step(Mode::lstm, a.input, a.hx, options.input_size, options.hidden_size);
}
std::string LSTMCell::extra_repr() const {
  return common_repr(options.input_size, options.hidden_size, options.bias);
}
void GRUCell::setup() {
  const Options& o = options;
  make_parameters(3, o.input_size, o.hidden_size, o.bias, o.device, o.dtype);
}
Tensor GRUCell::forward(const Arguments& a) {
  return step(Mode::gru, a.input, {a.hx, {}}, options.input_size, options.hidden_size).first;
}
std::string GRUCell::extra_repr() const {
  return common_repr(options.input_size, options.hidden_size, options.bias);
}

}  // namespace taeda::nn::layer
