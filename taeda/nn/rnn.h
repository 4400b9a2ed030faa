// Recurrent networks: RNN, LSTM, GRU, and their single steps.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

// Sequences: a tensor (L, N, features), (N, L, features) or (L, features); or sequences of
// different lengths, longest first, step behind step: data (sum of batch_sizes, features) and how
// many sequences reach each step (int64). The indices, if there are any, sorted the samples by
// length and bring them back.
struct Sequence {
  Tensor data, batch_sizes, sorted_indices, unsorted_indices;
  Sequence() = default;
  Sequence(const Tensor& t) : data(t) {}
  bool packed() const { return batch_sizes.defined(); }
  operator const Tensor&() const { return data; }
};
// The state of an LSTM: h and c.
struct TensorPair {
  Tensor first, second;
  bool defined() const { return first.defined(); }
};

template <class F> void each_tensor(Sequence& s, F& f) { f(s.data); }
template <class F> void each_tensor(TensorPair& p, F& f) { f(p.first), f(p.second); }

namespace layer {

// The options of RNN add `nonlinearity`, those of LSTM `proj_size`.
struct TAEDA_API Recurrent : Module {
  enum class Mode { tanh, relu, lstm, gru };
  struct Shape {  // what the modes have in common
    Mode mode;
    int64_t input_size, hidden_size, num_layers;
    bool bias, batch_first;
    double dropout;
    bool bidirectional;
    int64_t proj_size;
    std::optional<Device> device;
    std::optional<DType> dtype;
  };
  virtual Shape shape() const = 0;

  // Uniform within +-1 / sqrt(hidden_size).
  void reset_parameters();
  std::string extra_repr() const override;
  using Module::forward;

 protected:
  void make_parameters();  // refuses wrong options first
  struct State {
    Tensor h, c;  // c: LSTM only
  };
  struct Result {
    Sequence output;
    State last;
  };
  // state.h (layers * directions, N, proj_size or hidden_size), undefined for zeros; N is missing
  // where the input has none.
  Result run(const Sequence& input, State state);

 private:
  State initial(const Shape& s, State given, const Tensor& like, int64_t n, bool batched,
                const Tensor& order);
};

// forward({.input = x, .hx = h0}) gives all outputs of the last layer, and the last state of every
// layer and direction (layers * directions, N, hidden_size).
struct RecurrentResult {
  Sequence output;
  Tensor h;
};
struct LstmResult {
  Sequence output;
  TensorPair state;
};
template <class F> void each_tensor(RecurrentResult& r, F& f) { f(r.output.data), f(r.h); }
template <class F> void each_tensor(LstmResult& r, F& f) {
  f(r.output.data);
  each_tensor(r.state, f);
}
struct RecurrentArguments {
  Sequence input;
  Tensor hx = {};
  TAEDA_FIELDS(input, hx)
};

// h = tanh or relu of W_ih x + b_ih + W_hh h + b_hh (Elman 1990).
struct TAEDA_API RNN : Recurrent {
  struct Options {
    int64_t input_size = 0, hidden_size = 0, num_layers = 1;
    std::string nonlinearity = "tanh";
    bool bias = true, batch_first = false;
    Scalar dropout = 0.0;
    bool bidirectional = false;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(input_size, hidden_size, num_layers, nonlinearity, bias, batch_first, dropout,
                 bidirectional, device, dtype)
  };
  static constexpr int required = 2;
  using Arguments = RecurrentArguments;
  static constexpr int required_arguments = 1;
  Options options;
  void setup();
  Shape shape() const override;
  RecurrentResult forward(const Arguments& a);
};

// Long short-term memory, gates in the order input, forget, cell, output (Hochreiter and
// Schmidhuber 1997); proj_size: h is projected to that size (Sak et al. 2014).
struct TAEDA_API LSTM : Recurrent {
  struct Options {
    int64_t input_size = 0, hidden_size = 0, num_layers = 1;
    bool bias = true, batch_first = false;
    Scalar dropout = 0.0;
    bool bidirectional = false;
    int64_t proj_size = 0;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
                 proj_size, device, dtype)
  };
  static constexpr int required = 2;
  struct Arguments {
    Sequence input;
    TensorPair hx = {};  // h and c
    TAEDA_FIELDS(input, hx)
  };
  static constexpr int required_arguments = 1;
  Options options;
  void setup();
  Shape shape() const override;
  LstmResult forward(const Arguments& a);
};

// Gated recurrent unit, gates in the order reset, update, new (Cho et al. 2014); the reset gate
// acts behind the matrix product.
struct TAEDA_API GRU : Recurrent {
  struct Options {
    int64_t input_size = 0, hidden_size = 0, num_layers = 1;
    bool bias = true, batch_first = false;
    Scalar dropout = 0.0;
    bool bidirectional = false;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
                 device, dtype)
  };
  static constexpr int required = 2;
  using Arguments = RecurrentArguments;
  static constexpr int required_arguments = 1;
  Options options;
  void setup();
  Shape shape() const override;
  RecurrentResult forward(const Arguments& a);
};

// ---- single steps: input (N, input_size) or (input_size), state (N, hidden_size) or
// (hidden_size), zeros if not given ----

struct TAEDA_API RecurrentCell : Module {
  TAEDA_PARAMETER(weight_ih, Tensor());
  TAEDA_PARAMETER(weight_hh, Tensor());
  TAEDA_PARAMETER(bias_ih, Tensor());
  TAEDA_PARAMETER(bias_hh, Tensor());
  using Module::forward;

 protected:
  void make_parameters(int64_t gates, int64_t input_size, int64_t hidden_size, bool bias,
                       std::optional<Device> device, std::optional<DType> dtype);
  void reset_to(int64_t hidden_size);
  std::string common_repr(int64_t input_size, int64_t hidden_size, bool bias) const;
  TensorPair step(Recurrent::Mode mode, const Tensor& input, const TensorPair& state,
                  int64_t input_size, int64_t hidden_size);
};
struct CellArguments {
  Tensor input, hx = {};
  TAEDA_FIELDS(input, hx)
};
struct CellOptions {
  int64_t input_size = 0, hidden_size = 0;
  bool bias = true;
  std::optional<Device> device = {};
  std::optional<DType> dtype = {};
  TAEDA_FIELDS(input_size, hidden_size, bias, device, dtype)
};

struct TAEDA_API RNNCell : RecurrentCell {
  struct Options {
    int64_t input_size = 0, hidden_size = 0;
    bool bias = true;
    std::string nonlinearity = "tanh";
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(input_size, hidden_size, bias, nonlinearity, device, dtype)
  };
  static constexpr int required = 2;
  using Arguments = CellArguments;
  static constexpr int required_arguments = 1;
  Options options;
  void setup();
  void reset_parameters() { reset_to(options.hidden_size); }
  Tensor forward(const Arguments& a);
  std::string extra_repr() const override;
};
// Gives h and c.
struct TAEDA_API LSTMCell : RecurrentCell {
  using Options = CellOptions;
  static constexpr int required = 2;
  struct Arguments {
    Tensor input;
    TensorPair hx = {};
    TAEDA_FIELDS(input, hx)
  };
  static constexpr int required_arguments = 1;
  Options options;
  void setup();
  void reset_parameters() { reset_to(options.hidden_size); }
  TensorPair forward(const Arguments& a);
  std::string extra_repr() const override;
};
struct TAEDA_API GRUCell : RecurrentCell {
  using Options = CellOptions;
  static constexpr int required = 2;
  using Arguments = CellArguments;
  static constexpr int required_arguments = 1;
  Options options;
  void setup();
  void reset_parameters() { reset_to(options.hidden_size); }
  Tensor forward(const Arguments& a);
  std::string extra_repr() const override;
};

}  // namespace layer

using RNN = Handle<layer::RNN>;
using LSTM = Handle<layer::LSTM>;
using GRU = Handle<layer::GRU>;
using RNNCell = Handle<layer::RNNCell>;
using LSTMCell = Handle<layer::LSTMCell>;
using GRUCell = Handle<layer::GRUCell>;

}  // namespace taeda::nn
