#include "taeda/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <numeric>

#include "taeda/autograd/grad_mode.h"
#include "taeda/io/json.h"
#include "taeda/ops/copying.h"

static_assert(std::endian::native == std::endian::little, "elements are stored little-endian");

namespace taeda::io {

namespace {

constexpr uint64_t kMostHeader = 100'000'000;  // bytes; what other readers accept
constexpr size_t kMostDims = 64;
constexpr std::string_view metadata_name = "__metadata__";

struct Name {
  DType dtype;
  std::string_view text;
};
constexpr Name dtype_names[] = {
    {DType::boolean, "BOOL"},  {DType::uint8, "U8"},      {DType::int8, "I8"},
    {DType::int16, "I16"},     {DType::uint16, "U16"},    {DType::float16, "F16"},
    {DType::bfloat16, "BF16"}, {DType::int32, "I32"},     {DType::uint32, "U32"},
    {DType::float32, "F32"},   {DType::complex64, "C64"}, {DType::float64, "F64"},
    {DType::int64, "I64"},     {DType::uint64, "U64"},
};

std::string_view format_name(DType d) {
  for (auto& n : dtype_names)
    if (n.dtype == d) return n.text;
  return {};
}

// ---- writing ----

std::string header_of(const NamedTensors& tensors, const std::optional<Metadata>& metadata,
                      const std::vector<uint64_t>& begin) {
  std::string out = "{";
  if (metadata) {
    out += json_quoted(metadata_name) + ":{";
    for (size_t i = 0; i < metadata->size(); i++)
      out += (i ? "," : "") + json_quoted((*metadata)[i].first) + ":" +
             json_quoted((*metadata)[i].second);
    out += "}";
  }
  for (size_t i = 0; i < tensors.size(); i++) {
    auto& [name, t] = tensors[i];
    std::string shape;
    for (int64_t size : t.sizes()) shape += (shape.empty() ? "" : ",") + std::to_string(size);
    uint64_t end = begin[i] + uint64_t(t.numel()) * size_of(t.dtype());
    out += (out.size() > 1 ? "," : "") + json_quoted(name) + ":{\"dtype\":\"";
    out += format_name(t.dtype());
    out += "\",\"shape\":[" + shape + "],\"data_offsets\":[" + std::to_string(begin[i]) + "," +
           std::to_string(end) + "]}";
  }
  out += "}";
  out.resize((out.size() + 7) / 8 * 8, ' ');  // the elements start at a multiple of eight
  return out;
}

void refuse_repetition(std::vector<std::string_view> names, const char* what) {
  std::sort(names.begin(), names.end());
  auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) fail<ValueError>(what, " '", *twice, "' occurs twice");
}

// Everything is checked before the first byte goes to `sink`.
void write(const NamedTensors& tensors, const std::optional<Metadata>& metadata,
           const std::function<void(ByteView)>& sink) {
  NoGradGuard no_grad;
  std::vector<std::string_view> names;
  for (auto& [name, t] : tensors) {
    if (name == metadata_name)
      fail<ValueError>("the name '", metadata_name, "' is reserved for the metadata");
    if (find_invalid_utf8(name) != std::string_view::npos)
      fail<ValueError>("the name of a tensor is not valid UTF-8");
    if (!t.defined()) fail<ValueError>("tensor '", name, "' is undefined");
    if (t.is_meta())
      fail<ValueError>("tensor '", name, "' is on the meta device: it has no values");
    if (format_name(t.dtype()).empty())
      fail<TypeError>("tensor '", name, "': safetensors files have no dtype for ", t.dtype());
    names.push_back(name);
  }
  refuse_repetition(std::move(names), "the tensor name");
  if (metadata) {
    std::vector<std::string_view> keys;
    for (auto& m : *metadata) keys.push_back(m.first);
    refuse_repetition(std::move(keys), "the metadata name");
  }

  // The largest elements first, so that all are aligned; then by name, as other writers do.
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    size_t size_a = size_of(tensors[a].second.dtype()), size_b = size_of(tensors[b].second.dtype());
    return size_a != size_b ? size_a > size_b : tensors[a].first < tensors[b].first;
  });
  std::vector<uint64_t> begin(tensors.size());
  uint64_t at = 0;
  for (size_t i : order) {
    begin[i] = at;
    at += uint64_t(tensors[i].second.numel()) * size_of(tensors[i].second.dtype());
  }

  std::string header = header_of(tensors, metadata, begin);
  if (header.size() > kMostHeader)
    fail<ValueError>("the names and shapes take ", header.size(), " bytes, more than the ",
                     kMostHeader, " that readers accept");
  uint8_t size[8];
  for (int i = 0; i < 8; i++) size[i] = uint8_t(header.size() >> 8 * i);
  sink(size);
  sink({reinterpret_cast<const uint8_t*>(header.data()), header.size()});
  for (size_t i : order) {
    Tensor t = tensors[i].second;
    if (t.device().type != DeviceType::cpu) {
      t = empty(t.sizes(), t.dtype());
      t.copy_(tensors[i].second);
    }
    t = t.contiguous();
    sink({static_cast<const uint8_t*>(t.raw()), size_t(t.numel()) * size_of(t.dtype())});
  }
}

// ---- reading ----

// The entry `name` as a non-negative integer.
uint64_t natural(const Json& v, std::string_view name, const char* what) {
  auto* i = v.as<int64_t>();
  if (!i || *i < 0) fail("tensor '", name, "': ", what, " must be whole numbers from 0 on");
  return uint64_t(*i);
}

const Json& member(const Json& entry, std::string_view name, const char* key) {
  const Json* v = entry.find(key);
  if (!v) fail("tensor '", name, "' has no ", key);
  return *v;
}

StoredTensor stored_tensor(std::string_view name, const Json& entry) {
  if (!entry.as<Json::Object>()) fail("tensor '", name, "': an object was expected");
  auto* dtype_text = member(entry, name, "dtype").as<std::string>();
  auto* shape = member(entry, name, "shape").as<Json::Array>();
  auto* offsets = member(entry, name, "data_offsets").as<Json::Array>();
  if (!dtype_text || !shape || !offsets || offsets->size() != 2)
    fail("tensor '", name, "': dtype must be text, shape a list, data_offsets two numbers");

  StoredTensor t{std::string(name), {}, Dims(shape->size(), 0), 0, 0};
  auto* known = std::find_if(std::begin(dtype_names), std::end(dtype_names),
                             [&](const Name& n) { return n.text == *dtype_text; });
  if (known == std::end(dtype_names))
    fail("tensor '", name, "': the dtype '", *dtype_text, "' is not supported");
  t.dtype = known->dtype;
  if (shape->size() > kMostDims)
    fail("tensor '", name, "' has ", shape->size(), " dimensions, more than ", kMostDims);

  // With zero sizes counted as one, so that strides cannot overflow either.
  uint64_t extent = size_of(t.dtype);
  bool none = false;
  for (size_t i = 0; i < shape->size(); i++) {
    uint64_t size = natural((*shape)[i], name, "shapes");
    t.sizes[i] = int64_t(size);
    none |= size == 0;
    if (__builtin_mul_overflow(extent, std::max<uint64_t>(size, 1), &extent) || extent >> 62)
      fail("tensor '", name, "' has a shape that is too large");
  }
  t.begin = natural((*offsets)[0], name, "data_offsets");
  t.end = natural((*offsets)[1], name, "data_offsets");
  if (t.end < t.begin || t.end - t.begin != (none ? 0 : extent))
    fail("tensor '", name, "': ", t.sizes, " elements of ", t.dtype, " take ", none ? 0 : extent,
         " bytes, data_offsets are ", t.begin, " and ", t.end);
  return t;
}

std::optional<Metadata> metadata_of(const Json& entry) {
  if (entry.is_null()) return {};
  auto* object = entry.as<Json::Object>();
  if (!object) fail(metadata_name, " must be an object of strings");
  Metadata out;
  for (auto& [key, v] : *object) {
    if (!v.as<std::string>()) fail(metadata_name, ": '", key, "' must be a string");
    out.emplace_back(key, *v.as<std::string>());
  }
  return out;
}

}  // namespace

void save_safetensors(const std::string& path, const NamedTensors& tensors,
                      const std::optional<Metadata>& metadata) {
  AtomicFile file(path);
  write(tensors, metadata, [&](ByteView bytes) { file.write(bytes); });
  file.commit();
}

Bytes write_safetensors(const NamedTensors& tensors, const std::optional<Metadata>& metadata) {
  Bytes out;
  write(tensors, metadata,
        [&](ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); });
  return out;
}

SafetensorsReader::SafetensorsReader(const std::string& path) : source_(InputFile(path)) {
  try {
    open(std::get<InputFile>(source_).size());
  } catch (const FileError&) { throw; } catch (const Error& e) {
    fail("cannot read '", path, "': ", e.what());
  }
}
SafetensorsReader::SafetensorsReader(ByteView bytes) : source_(bytes) { open(bytes.size()); }

void SafetensorsReader::read_bytes(uint64_t offset, std::span<uint8_t> to) const {
  if (auto* file = std::get_if<InputFile>(&source_)) return file->read(offset, to);
  if (!to.empty()) std::memcpy(to.data(), std::get<ByteView>(source_).data() + offset, to.size());
}

void SafetensorsReader::open(uint64_t size) {
  if (size < 8) fail("not a safetensors file: it has only ", size, " bytes");
  uint8_t prefix[8];
  read_bytes(0, prefix);
  uint64_t n = load_little_endian<uint64_t>(prefix);
  if (n > kMostHeader) fail("not a safetensors file: a header of ", n, " bytes is too large");
  if (n > size - 8)
    fail("truncated: the header takes ", n, " bytes, ", size - 8, " follow its length");
  std::string header(size_t(n), '\0');
  read_bytes(8, {reinterpret_cast<uint8_t*>(header.data()), header.size()});
  if (!header.starts_with('{')) fail("not a safetensors file: the header must start with '{'");
  data_at_ = 8 + n;
  parse(header, size - data_at_);
}

void SafetensorsReader::parse(std::string_view header, uint64_t data_size) {
  Json root = parse_json(header);
  auto* entries = root.as<Json::Object>();
  if (!entries) fail("the header must be an object");
  for (auto& [name, entry] : *entries) {
    if (name == metadata_name) metadata_ = metadata_of(entry);
    else tensors_.push_back(stored_tensor(name, entry));
  }

  // In the order of their places the tensors must fill the file, without holes or overlap.
  std::vector<uint32_t> order(tensors_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    auto &x = tensors_[a], &y = tensors_[b];
    return std::pair(x.begin, x.end) < std::pair(y.begin, y.end);
  });
  uint64_t at = 0;
  for (uint32_t i : order) {
    auto& t = tensors_[i];
    if (t.begin != at)
      fail("invalid offset for tensor '", t.name, "': it starts at byte ", t.begin, ", ", at,
           " was expected");
    at = t.end;
  }
  if (at > data_size) fail("truncated: the tensors take ", at, " bytes, the file has ", data_size);
  if (at < data_size) fail(data_size - at, " bytes follow the last tensor");

  by_name_ = std::move(order);
  std::sort(by_name_.begin(), by_name_.end(),
            [&](uint32_t a, uint32_t b) { return tensors_[a].name < tensors_[b].name; });
}

const StoredTensor* SafetensorsReader::find(std::string_view name) const {
  auto it = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                             [&](uint32_t i, std::string_view n) { return tensors_[i].name < n; });
  return it != by_name_.end() && tensors_[*it].name == name ? &tensors_[*it] : nullptr;
}

Tensor SafetensorsReader::read(const StoredTensor& t) const {
  Tensor out = empty(t.sizes, t.dtype);
  auto* to = static_cast<uint8_t*>(out.raw());
  size_t bytes = size_t(t.end - t.begin);
  read_bytes(data_at_ + t.begin, {to, bytes});
  if (t.dtype == DType::boolean)  // any other byte would be no bool
    for (size_t i = 0; i < bytes; i++) to[i] = to[i] != 0;
  return out;
}

SafetensorsContent load_safetensors(const std::string& path) {
  SafetensorsReader reader(path);
  SafetensorsContent out{{}, reader.metadata()};
  out.tensors.reserve(reader.tensors().size());
  for (auto& t : reader.tensors()) out.tensors.emplace_back(t.name, reader.read(t));
  return out;
}

}  // namespace taeda::io
