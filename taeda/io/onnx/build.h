// From traces to a graph: which numbers depend on the sizes of the inputs, and the nodes that say
// what the ops do.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include "taeda/io/onnx/model.h"
#include "taeda/io/onnx/trace.h"

namespace taeda::onnx {

// What a model does that a file cannot say, or a file that cannot be run.
struct TAEDA_API ExportError : Error {
  using Error::Error;
};

// A size of an input that may differ from run to run.
struct Symbol {
  std::string name;
  size_t input = 0, axis = 0;  // where it stands first
};

// Runs of one model with different sizes; the first one has the sizes to declare.
struct Traces {
  std::vector<Trace> runs;
  std::vector<Symbol> symbols;
  std::vector<std::vector<int64_t>> sizes;  // of each run, of each symbol
};
// Throws ExportError, naming the module, unless all runs called the same ops on the same values.
void check_alike(const Traces& t);

using Numbers = std::vector<int64_t>;  // one for each run

// A number as a function of the symbols: scale * product / divisor + offset.
struct SizeFormula {
  int64_t scale = 0, divisor = 1, offset = 0;
  std::vector<size_t> factors;  // symbols
};

class Call;
class Builder {
 public:
  Builder(const Traces& t, int64_t opset);
  // state: whether parameters keep their values in the file.
  Graph build(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
              const std::vector<std::pair<std::string, Tensor>>& state);

  const Traces& traces() const { return t_; }
  const Value& value(int id, size_t run = 0) const { return t_.runs[run].values[size_t(id)]; }
  int64_t opset() const { return opset_; }

  // ---- names ----
  std::string name_of(int id);  // of a value; makes constants and initializers
  void set_name(int id, const std::string& name) { names_[id] = name; }
  std::vector<std::string> nodes(const std::string& op, std::vector<std::string> in,
                                 std::vector<Attribute> attributes, size_t outputs);
  std::string node(const std::string& op, std::vector<std::string> in,
                   std::vector<Attribute> attributes = {}) {
    return nodes(op, std::move(in), std::move(attributes), 1)[0];
  }

  // ---- constants ----
  std::string tensor(const Tensor& t);  // dense; a Constant node, or an initializer if it is big
  std::string ints(std::span<const int64_t> v);  // [n], int64
  std::string number(Scalar s, DType d);         // 0-dim

  // ---- sizes ----
  Numbers sizes_along(int id, size_t axis) const;
  std::optional<SizeFormula> formula(const Numbers& v) const;
  // A number of each run as an int64 tensor of shape [1]; `beside`: values whose sizes may tell it.
  std::string size(const Numbers& v, std::span<const int> beside);
  std::string join_sizes(const std::vector<Numbers>& v, std::span<const int> beside);
  // The sizes of a value as an int64 vector.
  std::string shape(int id, std::span<const int> beside);
  // How a size of an output is declared.
  Size declared(const Numbers& v, const std::string& name) const;

  bool constant(int id) const;  // the same in every run
  [[noreturn]] void fail_here(const std::string& why) const;
  void convert(const Event& e);  // adds the nodes of an event

 private:
  std::string varying(int id);
  std::string formula_name(const SizeFormula& f);
  void write_back(size_t event);
  std::vector<bool> needed() const;

  friend class Call;
  const Traces& t_;
  int64_t opset_;
  Graph graph_;
  std::map<int, std::string> names_;
  std::map<std::string, std::string> constants_;
  std::map<std::string, int> counts_;
  std::set<std::string> taken_;
  std::map<std::string, std::string> size_names_;
  const std::map<std::string, Tensor>* state_ = nullptr;
  std::set<std::string> used_state_;
  size_t event_ = 0;
  size_t module_ = 0;
};

// One event being written, as its converter sees it.
class Call {
 public:
  Call(Builder& b, size_t event, const char* plain)
      : b(b), e(b.t_.runs[0].events[event]), plain(plain), event_(event) {}

  Builder& b;
  const Event& e;
  const char* plain;  // the ONNX op of the table's row, if it names one

  // ---- inputs and outputs ----
  bool has(size_t i) const { return i < e.in.size() && e.in[i] >= 0; }
  std::string in(size_t i) const { return b.name_of(e.in[i]); }
  const Dims& sizes(size_t i = 0) const { return b.value(e.in[i]).sizes; }
  size_t rank(size_t i = 0) const { return sizes(i).size(); }
  DType dtype(size_t i = 0) const { return b.value(e.in[i]).dtype; }
  const Dims& out_sizes(size_t k = 0) const { return b.value(e.out[k]).sizes; }
  DType out_dtype(size_t k = 0) const { return b.value(e.out[k]).dtype; }
  void set(const std::string& name, size_t k = 0) { b.set_name(e.out[k], name); }
  // Whether a size of input i is the same in every run.
  bool is_static(size_t i, size_t axis) const;
  bool all_static(size_t i = 0) const;
  std::string shape_of(size_t i) const { return b.shape(e.in[i], e.in); }
  std::string shape_of_out(size_t k = 0) const { return b.shape(e.out[k], e.in); }
  // x in the shape of another value: of output 0.
  std::string reshaped(const std::string& x, int like) const;
  std::string expanded(const std::string& x, size_t k = 0) const {
    return node("Expand", {x, shape_of_out(k)});
  }

  // ---- attributes; those without a suffix must be the same in every run ----
  const AttributeValue& attribute(std::string_view name, size_t run = 0) const;
  int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::string word(std::string_view name) const;
  Dims dims(std::string_view name) const;
  Scalar scalar(std::string_view name) const;
  bool given(std::string_view name) const;  // of an optional one
  Numbers integers(std::string_view name) const;
  // An axis, counted from the front of a tensor of `rank` axes.
  int64_t axis(std::string_view name, size_t rank) const {
    return wrap_dim(integer(name), int64_t(rank));
  }

  // ---- nodes ----
  std::string node(const std::string& op, std::vector<std::string> in,
                   std::vector<Attribute> attributes = {}) const {
    return b.node(op, std::move(in), std::move(attributes));
  }
  std::string ints(std::initializer_list<int64_t> v) const {
    return b.ints(std::span(v.begin(), v.size()));
  }
  std::string ints(const Dims& v) const { return b.ints(std::span(v.data(), v.size())); }
  // A 0-dim constant of input 0's dtype, or of another.
  std::string num(double v) const { return b.number(v, dtype(0)); }
  std::string num(Scalar v, DType d) const { return b.number(v, d); }
  std::string cast(const std::string& x, DType to) const {
    return node("Cast", {x}, {{"to", type_number(to)}});
  }
  // Input i as another dtype, if it has not that.
  std::string as(size_t i, DType d) const { return dtype(i) == d ? in(i) : cast(in(i), d); }
  [[noreturn]] void fail(const std::string& why) const { b.fail_here(why); }

 private:
  size_t event_;
};

using Convert = void (*)(Call& c);
struct Row {
  const char* op;  // of ours
  Convert convert;
  const char* plain = nullptr;
};
// The row of an op, or null: it has no meaning in ONNX.
const Row* row_of(std::string_view op);
void convert_recurrent(Builder& b, const Event& e);

inline std::vector<int64_t> list(const Dims& d) { return {d.begin(), d.end()}; }

}  // namespace taeda::onnx
