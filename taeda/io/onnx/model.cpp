#include "taeda/io/onnx/model.h"

#include <cstring>

#include "taeda/io/protobuf.h"
#include "taeda/ops/copying.h"

namespace taeda::onnx {

using io::Bytes;
using io::ByteView;
using io::ProtoReader;
using io::ProtoWriter;

namespace {

// Field numbers of onnx.proto.
namespace model_field {
enum { ir_version = 1, producer = 2, producer_version = 3, graph = 7, opset = 8 };
}
namespace graph_field {
enum { node = 1, name = 2, initializer = 5, input = 11, output = 12, sparse = 15 };
}
namespace node_field {
enum { input = 1, output = 2, name = 3, op = 4, attribute = 5, domain = 7 };
}
namespace attribute_field {
enum { name = 1, f = 2, i = 3, s = 4, t = 5, g = 6, floats = 7, ints = 8, strings = 9, type = 20 };
}
namespace tensor_field {
enum {
  dims = 1,
  type = 2,
  floats = 4,
  int32s = 5,
  int64s = 7,
  name = 8,
  raw = 9,
  doubles = 10,
  uint64s = 11,
  location = 14
};
}

struct TypeNumber {
  DType dtype;
  int64_t number;
};
constexpr TypeNumber type_numbers[] = {
    {DType::float32, 1},    {DType::uint8, 2},       {DType::int8, 3},     {DType::uint16, 4},
    {DType::int16, 5},      {DType::int32, 6},       {DType::int64, 7},    {DType::boolean, 9},
    {DType::float16, 10},   {DType::float64, 11},    {DType::uint32, 12},  {DType::uint64, 13},
    {DType::complex64, 14}, {DType::complex128, 15}, {DType::bfloat16, 16}};

// ---- writing ----

void write_tensor(ProtoWriter& w, const Tensor& t, const std::string& name) {
  for (int64_t n : t.sizes()) w.varint(tensor_field::dims, n);
  w.varint(tensor_field::type, type_number(t.dtype()));
  if (!name.empty()) w.string(tensor_field::name, name);
  Tensor dense = t.contiguous();
  w.bytes(tensor_field::raw, {static_cast<const uint8_t*>(dense.raw()),
                              size_t(dense.numel()) * size_of(dense.dtype())});
}

void write_value(ProtoWriter& w, const ValueInfo& v) {
  w.string(1, v.name);
  w.message(2, [&] {    // TypeProto
    w.message(1, [&] {  // its tensor_type
      w.varint(1, type_number(v.dtype));
      w.message(2, [&] {
        for (const Size& s : v.shape)
          w.message(1, [&] {
            if (s.name.empty()) w.varint(1, s.value);
            else w.string(2, s.name);
          });
      });
    });
  });
}

struct AttributeWriter {
  ProtoWriter& w;
  int type(int field, int number) const { return w.varint(attribute_field::type, number), field; }
  void operator()(int64_t v) const { w.varint(uint32_t(type(attribute_field::i, 2)), v); }
  void operator()(double v) const { w.float32(uint32_t(type(attribute_field::f, 1)), float(v)); }
  void operator()(const std::string& v) const {
    w.string(uint32_t(type(attribute_field::s, 3)), v);
  }
  void operator()(const Tensor& v) const {
    w.message(uint32_t(type(attribute_field::t, 4)), [&] { write_tensor(w, v, {}); });
  }
  void operator()(const std::vector<int64_t>& v) const {
    type(0, 7);
    for (int64_t i : v) w.varint(attribute_field::ints, i);
  }
  void operator()(const std::vector<double>& v) const {
    type(0, 6);
    for (double f : v) w.float32(attribute_field::floats, float(f));
  }
  void operator()(const std::vector<std::string>& v) const {
    type(0, 8);
    for (auto& s : v) w.string(attribute_field::strings, s);
  }
};

void write_node(ProtoWriter& w, const Node& n) {
  for (auto& s : n.inputs) w.string(node_field::input, s);
  for (auto& s : n.outputs) w.string(node_field::output, s);
  w.string(node_field::name, n.name);
  w.string(node_field::op, n.op);
  for (auto& a : n.attributes)
    w.message(node_field::attribute, [&] {
      w.string(attribute_field::name, a.name);
      std::visit(AttributeWriter{w}, a.value);
    });
}

void write_graph(ProtoWriter& w, const Graph& g) {
  for (auto& n : g.nodes) w.message(graph_field::node, [&] { write_node(w, n); });
  w.string(graph_field::name, g.name);
  for (auto& i : g.initializers)
    w.message(graph_field::initializer, [&] { write_tensor(w, i.second, i.first); });
  for (auto& v : g.inputs) w.message(graph_field::input, [&] { write_value(w, v); });
  for (auto& v : g.outputs) w.message(graph_field::output, [&] { write_value(w, v); });
}

// ---- reading ----

// A text of the file: UTF-8, or the file is damaged.
std::string checked(std::string_view s) {
  for (size_t i = 0; i < s.size();) {
    uint8_t b = uint8_t(s[i]);
    size_t n = b < 0x80 ? 1 : b >> 5 == 6 ? 2 : b >> 4 == 14 ? 3 : b >> 3 == 30 ? 4 : 0;
    if (!n || i + n > s.size()) fail("a name is no UTF-8 text");
    for (size_t k = 1; k < n; k++)
      if (uint8_t(s[i + k]) >> 6 != 2) fail("a name is no UTF-8 text");
    i += n;
  }
  return std::string(s);
}

template <class T> void fill(const Tensor& to, const std::vector<T>& from) {
  if (int64_t(from.size()) != to.numel())
    fail("a tensor of shape ", to.sizes(), " with ", from.size(), " elements");
  visit(to.dtype(), [&]<class E>() {
    for (size_t i = 0; i < from.size(); i++) {
      // 16-bit floats lie in int32_data as their bits.
      if constexpr (std::is_same_v<E, Half> || std::is_same_v<E, BFloat16>) {
        uint16_t bits = uint16_t(int64_t(from[i]));
        std::memcpy(static_cast<void*>(to.data<E>() + i), &bits, sizeof bits);
      } else if constexpr (!is_complex_type<E>) {
        to.data<E>()[i] = E(from[i]);
      }
    }
  });
}

std::pair<std::string, Tensor> read_tensor(ProtoReader m) {
  std::vector<int64_t> dims, integers;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::optional<ByteView> raw;
  int64_t type = 0;
  std::string name;
  while (m.next()) switch (m.field()) {
    case tensor_field::dims: m.append_to(dims); break;
    case tensor_field::type: type = m.varint(); break;
    case tensor_field::floats: m.append_to(floats); break;
    case tensor_field::int32s:
    case tensor_field::int64s:
    case tensor_field::uint64s: m.append_to(integers); break;
    case tensor_field::doubles: m.append_to(doubles); break;
    case tensor_field::name: name = checked(m.string()); break;
    case tensor_field::raw: raw = m.bytes(); break;
    case tensor_field::location:
      if (m.varint() == 1) fail("tensor '", name, "' lies in another file, which is not read");
    }
  DType dtype = dtype_of_number(type);
  // The data must be there before memory is taken for them.
  size_t bytes = size_of(dtype),
         held = raw ? raw->size() : (floats.size() + integers.size() + doubles.size()) * bytes;
  for (int64_t n : dims)
    if (n < 0 || __builtin_mul_overflow(bytes, size_t(n), &bytes))
      fail("tensor '", name, "' of impossible shape ", Dims(dims));
  if (bytes != held)
    fail("tensor '", name, "' of shape ", Dims(dims), " needs ", bytes, " bytes, but has ", held);
  Tensor t = empty(Dims(dims), dtype);
  if (raw) {
    if (bytes) std::memcpy(t.raw(), raw->data(), bytes);
  } else if (!floats.empty()) {
    fill(t, floats);
  } else if (!doubles.empty()) {
    fill(t, doubles);
  } else {
    fill(t, integers);
  }
  return {name, t};
}

Attribute read_attribute(ProtoReader m) {
  Attribute a;
  std::vector<int64_t> ints;
  std::vector<float> floats;
  std::vector<std::string> strings;
  int64_t type = 0;
  while (m.next()) switch (m.field()) {
    case attribute_field::name: a.name = checked(m.string()); break;
    case attribute_field::f: a.value = double(m.float32()); break;
    case attribute_field::i: a.value = m.varint(); break;
    case attribute_field::s: a.value = checked(m.string()); break;
    case attribute_field::t: a.value = read_tensor(m.message()).second; break;
    case attribute_field::floats: m.append_to(floats); break;
    case attribute_field::ints: m.append_to(ints); break;
    case attribute_field::strings: strings.push_back(checked(m.string())); break;
    case attribute_field::g: fail("attribute '", a.name, "' is a subgraph, which is not read");
    case attribute_field::type: type = m.varint(); break;
    }
  if (type == 6) a.value = std::vector<double>(floats.begin(), floats.end());
  if (type == 7) a.value = std::move(ints);
  if (type == 8) a.value = std::move(strings);
  return a;
}

Node read_node(ProtoReader m) {
  Node n;
  while (m.next()) switch (m.field()) {
    case node_field::input: n.inputs.push_back(checked(m.string())); break;
    case node_field::output: n.outputs.push_back(checked(m.string())); break;
    case node_field::name: n.name = checked(m.string()); break;
    case node_field::op: n.op = checked(m.string()); break;
    case node_field::domain: n.domain = checked(m.string()); break;
    case node_field::attribute: n.attributes.push_back(read_attribute(m.message())); break;
    }
  return n;
}

Size read_size(ProtoReader m) {
  Size s;
  while (m.next()) {
    if (m.field() == 1) s = {m.varint(), {}};
    if (m.field() == 2) s = {-1, checked(m.string())};
  }
  return s;
}

ValueInfo read_value(ProtoReader m) {
  ValueInfo v;
  while (m.next()) {
    if (m.field() == 1) v.name = checked(m.string());
    if (m.field() != 2) continue;
    for (ProtoReader type = m.message(); type.next();) {
      if (type.field() != 1) fail("value '", v.name, "' is no tensor");
      for (ProtoReader tensor = type.message(); tensor.next();) {
        if (tensor.field() == 1) v.dtype = dtype_of_number(tensor.varint());
        if (tensor.field() != 2) continue;
        for (ProtoReader shape = tensor.message(); shape.next();)
          if (shape.field() == 1) v.shape.push_back(read_size(shape.message()));
      }
    }
  }
  return v;
}

Graph read_graph(ProtoReader m) {
  Graph g;
  while (m.next()) switch (m.field()) {
    case graph_field::node: g.nodes.push_back(read_node(m.message())); break;
    case graph_field::name: g.name = checked(m.string()); break;
    case graph_field::initializer: g.initializers.push_back(read_tensor(m.message())); break;
    case graph_field::input: g.inputs.push_back(read_value(m.message())); break;
    case graph_field::output: g.outputs.push_back(read_value(m.message())); break;
    case graph_field::sparse: fail("sparse initializers are not read");
    }
  return g;
}

void read_opset(ProtoReader m, Model& into) {
  std::string domain;
  int64_t version = 0;
  while (m.next()) {
    if (m.field() == 1) domain = m.string();
    if (m.field() == 2) version = m.varint();
  }
  if (domain.empty() || domain == "ai.onnx") into.opset = version;
}

}  // namespace

const Attribute* Node::find(std::string_view attribute) const {
  for (auto& a : attributes)
    if (a.name == attribute) return &a;
  return nullptr;
}

int64_t type_number(DType d) {
  for (auto& t : type_numbers)
    if (t.dtype == d) return t.number;
  fail("ONNX has no element type for ", d);
}
DType dtype_of_number(int64_t number) {
  for (auto& t : type_numbers)
    if (t.number == number) return t.dtype;
  fail("ONNX element type ", number, " is not known here");
}

Bytes encode(const Model& m) {
  uint64_t bytes = 0;
  for (auto& [name, t] : m.graph.initializers) bytes += uint64_t(t.numel()) * size_of(t.dtype());
  if (bytes >= uint64_t(1) << 31)
    fail("the parameters take ", bytes >> 20,
         " MiB, but an ONNX file of one piece ends at 2048 MiB");
  ProtoWriter w;
  w.varint(model_field::ir_version, m.ir_version);
  w.string(model_field::producer, m.producer);
  w.string(model_field::producer_version, m.producer_version);
  w.message(model_field::graph, [&] { write_graph(w, m.graph); });
  w.message(model_field::opset, [&] {
    w.string(1, "");
    w.varint(2, m.opset);
  });
  return w.take();
}

Model decode(ByteView bytes, const std::string& path) {
  try {
    Model m;
    m.ir_version = m.opset = 0;
    bool has_graph = false;
    for (ProtoReader r(bytes); r.next();) switch (r.field()) {
      case model_field::ir_version: m.ir_version = r.varint(); break;
      case model_field::producer: m.producer = r.string(); break;
      case model_field::producer_version: m.producer_version = r.string(); break;
      case model_field::graph: m.graph = read_graph(r.message()), has_graph = true; break;
      case model_field::opset: read_opset(r.message(), m); break;
      }
    if (!has_graph) fail("it holds no graph");
    if (m.opset <= 0) fail("it names no version of ONNX's operators");
    return m;
  } catch (const io::FileError&) { throw; } catch (const Error& e) {
    fail("'", path, "' is no readable ONNX file: ", e.what());
  }
}

}  // namespace taeda::onnx
