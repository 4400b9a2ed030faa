// What one run of a model did: its ops in order, as a graph of values that never change. In-place
// changes become new values, and views of what was changed are taken again.
#pragma once
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "taeda/op/table.h"

namespace taeda::onnx {

using AttributeValue = std::variant<std::monostate, bool, int64_t, double, Scalar, Dims,
                                    std::vector<double>, std::string, DType>;

// A tensor at one moment.
struct Value {
  enum class Kind : uint8_t {
    input,     // of the model
    state,     // a parameter or buffer
    constant,  // not made by an op that was seen
    computed,
    unseen,  // shares memory with a computed value in a way that was not seen
  };
  Kind kind = Kind::computed;
  bool folded = false;  // computed from constants only: `data` holds the result
  Dims sizes;
  DType dtype = DType::float32;
  Tensor data;       // of state, constants and folded values; contiguous
  std::string name;  // of state
};

// A layer that ONNX has as one operator (LSTM, GRU, RNN), and how it is set.
struct Recurrent {
  std::string mode;  // "LSTM", "GRU", "RNN_TANH", "RNN_RELU"
  int64_t hidden_size = 0, num_layers = 1;
  bool bias = true, batch_first = false, bidirectional = false;
};

struct Event {
  enum class Kind : uint8_t { op, write_back, recurrent };
  Kind kind = Kind::op;
  const Info* op = nullptr;
  std::vector<int> in, out;                // numbers of values; -1: left out
  std::vector<AttributeValue> attributes;  // in the order of op->fields
  std::vector<int> chain;  // write_back: the events of the views from the whole to the part
  Recurrent recurrent;
  size_t module = 0;  // its path, in Trace::modules
};

struct Trace {
  std::vector<Value> values;
  std::vector<Event> events;
  std::vector<int> inputs, outputs;
  std::vector<std::string> modules;
};

// Records from its construction to finish() or its destruction, on this thread.
class TAEDA_API Recorder final : public Tracer {
 public:
  using Named = std::vector<std::pair<std::string, Tensor>>;
  using ModuleNames = std::unordered_map<const void*, std::string>;
  Recorder(const TensorList& inputs, const Named& state, ModuleNames names);
  Recorder(const Recorder&) = delete;
  ~Recorder() override;

  void on_call(const Info& op, Args in, Outs out, const void* attrs) override;
  void on_module(const void* module, bool begins) override;

  // A recurrent layer that has just run: what was seen since its begin becomes one event. inputs:
  // x, h0 and c0 (undefined if left out), then each layer's and direction's parameters. outputs:
  // as the layer gave them, time first.
  void fuse(const Recurrent& r, const TensorList& inputs, const TensorList& outputs);

  Trace finish(const TensorList& outputs);

  static Recorder* current();  // of this thread, or null

 private:
  struct Slot {  // a tensor that is alive
    Tensor tensor;
    Geometry geometry;
    int value = -1;
    int parent = -1, event = -1, output = 0;  // of a view: where it came from
    uint32_t version = 0;                     // of the memory, when `value` was right
  };
  struct Memory {
    uint32_t version = 0;
    std::vector<int> slots;
  };
  struct Scope {
    size_t path, events, values, slots;
  };

  int add_value(Value v);
  int value_of(const Tensor& t);
  int slot_of(const Tensor& t);
  int current_value(int slot);
  int add_slot(const Tensor& t, int value, int parent = -1, int event = -1, int output = 0);
  void written(int slot, int value);
  Value constant(const Tensor& t);

  Trace trace_;
  std::vector<Slot> slots_;
  std::unordered_map<const TensorImpl*, int> by_tensor_;
  std::unordered_map<const void*, Memory> memory_;
  ModuleNames names_;
  std::vector<Scope> scopes_;
  Tracer* outer_;
  bool quiet_ = false;  // our own ops are not recorded
};

}  // namespace taeda::onnx
