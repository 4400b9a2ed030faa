#include "taeda/io/checkpoint.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>

#include "taeda/autograd/grad_mode.h"
#include "taeda/io/inflate.h"
#include "taeda/io/json.h"
#include "taeda/ops/copying.h"

namespace taeda::io {

namespace {

using Value = PickleValue;
using Kind = Value::Kind;

constexpr uint8_t magic_pickle[] = {0x80, 2,    0x8a, 10,   0x6c, 0xfc, 0x9c, 0x46,
                                    0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};

struct StorageName {
  DType dtype;
  std::string_view name;
};
constexpr StorageName storage_names[] = {
    {DType::float64, "DoubleStorage"},
    {DType::float32, "FloatStorage"},
    {DType::float16, "HalfStorage"},
    {DType::bfloat16, "BFloat16Storage"},
    {DType::int64, "LongStorage"},
    {DType::int32, "IntStorage"},
    {DType::int16, "ShortStorage"},
    {DType::int8, "CharStorage"},
    {DType::uint8, "ByteStorage"},
    {DType::boolean, "BoolStorage"},
    {DType::complex64, "ComplexFloatStorage"},
    {DType::complex128, "ComplexDoubleStorage"},
};

int64_t integer_of(const Value& v, const char* what) {
  if (v.kind != Kind::integer) fail("corrupt checkpoint: ", what, " must be a whole number");
  return v.integer;
}
const Value& item(const Value& v, size_t i, const char* what) {
  if (v.kind != Kind::tuple || i >= v.items.size()) fail("corrupt checkpoint: ", what);
  return *v.items[i];
}
Dims dims_of(const Value& v) {
  const Value* t = &v;
  // torch.Size((2, 3)), or a plain tuple.
  if (v.kind == Kind::call && v.items[0]->is_global("torch Size"))
    t = &item(*v.items[1], 0, "a size without numbers");
  if (t->kind != Kind::tuple) fail("corrupt checkpoint: a size must be a tuple");
  Dims out;
  if (t->items.size() > 64) fail("corrupt checkpoint: a tensor of ", t->items.size(), " axes");
  for (Value* n : t->items) out.push_back(integer_of(*n, "a size"));
  return out;
}

struct StorageId {
  std::string key;
  DType dtype;
  int64_t numel;
};
StorageId storage_id(const Value& v) {
  const char* what = "a storage without its five facts";
  if (v.kind != Kind::persistent) fail("corrupt checkpoint: a tensor without a storage");
  const Value& id = *v.items[0];
  const Value& type = item(id, 1, what);
  const Value& key = item(id, 2, what);
  if (item(id, 0, what).text != "storage" || type.kind != Kind::global || key.kind != Kind::string)
    fail("corrupt checkpoint: a storage that is none");
  std::string_view name(type.text);
  name = name.substr(name.rfind(' ') + 1);
  auto dtype = dtype_of_storage(name);
  if (!dtype) fail("the checkpoint has a ", name, ", which is not supported");
  if (id.items.size() > 5 && id.items[5]->kind != Kind::none)
    fail("the checkpoint has a view of a storage, as PyTorch wrote before 0.4; save it anew there");
  return {key.text, *dtype, integer_of(item(id, 4, what), "a storage's length")};
}

// Calls of the functions that make tensors.
class TensorMaker {
 public:
  explicit TensorMaker(CheckpointReader& reader) : reader_(reader) {}

  // Undefined if the value is no tensor.
  Tensor make(const Value& v) {
    if (v.kind != Kind::call) return {};
    return call(*v.items[0], *v.items[1], 0);
  }

 private:
  Tensor call(const Value& callable, const Value& args, int depth) {
    const char* what = "a tensor without its facts";
    if (callable.kind != Kind::global || depth > 4) return {};
    if (callable.is_global("torch._utils _rebuild_tensor_v2") ||
        callable.is_global("torch._utils _rebuild_tensor_v3") ||
        callable.is_global("torch._utils _rebuild_tensor")) {
      StorageId id = storage_id(item(args, 0, what));
      Geometry g{dims_of(item(args, 2, what)), dims_of(item(args, 3, what)),
                 integer_of(item(args, 1, what), "an offset")};
      Tensor bytes = reader_.storage(id.key, size_of(id.dtype), id.numel);
      DType dtype = id.dtype;
      if (callable.text.ends_with("v3")) dtype = dtype_of_global(item(args, 6, what));
      Tensor out = tensor_on_bytes(bytes, dtype, g);
      if (args.items.size() > 4 && item(args, 4, what).integer && can_have_gradient(dtype))
        out.requires_grad_();
      return out;
    }
    if (callable.is_global("torch._utils _rebuild_parameter") ||
        callable.is_global("torch._utils _rebuild_parameter_with_state")) {
      const Value& inner = item(args, 0, what);
      if (inner.kind != Kind::call) fail("corrupt checkpoint: a parameter without a tensor");
      Tensor out = call(*inner.items[0], *inner.items[1], depth + 1);
      if (!out.defined()) fail("corrupt checkpoint: a parameter without a tensor");
      if (item(args, 1, what).integer && can_have_gradient(out.dtype())) out.requires_grad_();
      return out;
    }
    if (callable.is_global("torch._tensor _rebuild_from_type_v2"))
      return call(item(args, 0, what), item(args, 2, what), depth + 1);
    return {};
  }
  static DType dtype_of_global(const Value& v) {
    if (v.kind == Kind::global && v.text.starts_with("torch "))
      for (int d = 0; d < dtype_count; d++)
        if (v.text.substr(6) == name_of(DType(d))) return DType(d);
    fail("the checkpoint has a tensor of the dtype '", v.text, "', which is not supported");
  }

  CheckpointReader& reader_;
};

std::string key_text(const Value& v) {
  switch (v.kind) {
  case Kind::string: return v.text;
  case Kind::integer: return std::to_string(v.integer);
  case Kind::boolean: return v.integer ? "True" : "False";
  default: return "?";
  }
}

}  // namespace

std::optional<DType> dtype_of_storage(std::string_view name) {
  for (auto& s : storage_names)
    if (s.name == name) return s.dtype;
  if (name == "UntypedStorage") return DType::uint8;
  return {};
}
std::string storage_of_dtype(DType d) {
  for (auto& s : storage_names)
    if (s.dtype == d) return std::string(s.name);
  return "UntypedStorage";
}

Tensor tensor_on_bytes(const Tensor& bytes, DType d, const Geometry& g) {
  if (bytes.dtype() != DType::uint8 || bytes.dim() != 1 || bytes->offset != 0)
    fail<TypeError>("expected the bytes of a storage");
  if (g.strides.size() != g.sizes.size())
    fail("mismatch in length of strides and shape: ", g.strides, " and ", g.sizes);
  int64_t last = g.offset, numel = 1;
  bool none = g.sizes.contains(0);
  for (size_t i = 0; i < g.sizes.size(); i++) {
    int64_t reach;
    if (g.sizes[i] < 0 || g.strides[i] < 0)
      fail("negative sizes or strides: ", g.sizes, ", ", g.strides);
    if (__builtin_mul_overflow(numel, std::max<int64_t>(g.sizes[i], 1), &numel) || numel >> 60 ||
        (!none && (__builtin_mul_overflow(g.sizes[i] - 1, g.strides[i], &reach) ||
                   __builtin_add_overflow(last, reach, &last))))
      fail("sizes and strides are too large: ", g.sizes, ", ", g.strides);
  }
  auto items = int64_t(bytes->storage->bytes / size_of(d));
  if (g.offset < 0 || g.offset > int64_t(1) << 60 || (!none && last >= items))
    fail("setStorage: sizes ", g.sizes, ", strides ", g.strides, ", storage offset ", g.offset,
         ", and itemsize ", size_of(d), " requiring a storage size of more than ",
         bytes->storage->bytes, " are out of bounds");
  Tensor out = alias(bytes, bytes.geometry());
  out->dtype = d;
  out->set_geometry(g.sizes, g.strides, g.offset);
  return out;
}

// ---- reading ----

struct CheckpointReader::Mapping {
  explicit Mapping(const std::string& path) {
    InputFile checked(path);  // a regular file that can be read
    size = size_t(checked.size());
    if (!size) return;
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    data = fd < 0
               ? MAP_FAILED
               : ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    int code = errno;
    if (fd >= 0) ::close(fd);
    if (data == MAP_FAILED)
      throw FileError(code, "map", path, std::generic_category().message(code));
  }
  Mapping(const Mapping&) = delete;
  ~Mapping() {
    if (size) ::munmap(data, size);
  }
  void* data = nullptr;
  size_t size = 0;
};

namespace {

template <class F> void naming(const std::string& path, F f) {
  try {
    f();
  } catch (const FileError&) { throw; } catch (const Error& e) {
    fail("cannot read '", path, "': ", e.what());
  }
}

}  // namespace

CheckpointReader::CheckpointReader(const std::string& path, LoadOptions o) {
  source_ = std::make_unique<ByteSource>(path);
  naming(path, [&] {
    // Older files are parsed where they are mapped: how long their pickles are shows only then.
    uint8_t start[2] = {};
    if (source_->size() >= 2) source_->read(0, start);
    bool zip = start[0] == 'P' && start[1] == 'K';
    if (!zip && o.mmap)
      fail(
          "mmap can only be used with files saved with "
          "`torch.save(_use_new_zipfile_serialization=True)`, please torch.save your checkpoint "
          "with this option in order to use mmap.");
    if (o.mmap || !zip) mapping_ = std::make_shared<Mapping>(path);
    if (!zip) source_ = std::make_unique<ByteSource>(mapped());
    open();
  });
}
CheckpointReader::CheckpointReader(ByteView bytes) {
  source_ = std::make_unique<ByteSource>(bytes);
  open();
}
CheckpointReader::~CheckpointReader() = default;

ByteView CheckpointReader::mapped() const {
  return {static_cast<const uint8_t*>(mapping_->data), mapping_->size};
}

void CheckpointReader::open() {
  uint8_t start[2] = {};
  if (source_->size() >= 2) source_->read(0, start);
  if (start[0] == 'P' && start[1] == 'K') open_zip();
  else open_legacy();
}

void CheckpointReader::open_zip() {
  zip_ = std::make_unique<ZipReader>(*source_);
  if (zip_->members().empty()) fail("the archive is empty");
  const std::string& first = zip_->members()[0].name;
  folder_ = first.substr(0, first.find('/') + 1);
  const ZipMember* version = find("version");
  if (!version)
    fail(find("constants.pkl") || find("data.pkl")
             ? "the archive has no member 'version': it is no checkpoint of torch.save"
             : "the ZIP archive is no checkpoint: it has no member 'data.pkl'");
  Bytes text = record("version");
  int number = 0;
  for (uint8_t c : text)
    if (c >= '0' && c <= '9') number = std::min(number * 10 + c - '0', 1000);
  if (number < 1 || number > 10)
    fail("the checkpoint has the version ", number, "; versions 1 to 10 are supported");
  if (find("constants.pkl") && !find("data/0"))
    fail("this is a TorchScript archive, not a checkpoint of torch.save");
  if (find("byteorder")) {
    Bytes order = record("byteorder");
    std::string name(order.begin(), order.end());
    if (name != "little" && name != "big") fail("the checkpoint has the byte order '", name, "'");
    swap_ = name == "big";
  }
  if (!find("data.pkl")) fail("the ZIP archive is no checkpoint: it has no member 'data.pkl'");
  pickle_bytes_ = record("data.pkl");
  pickle_ = parse_pickle(pickle_bytes_);
}

void CheckpointReader::open_legacy() {
  uint64_t size = source_->size(), at = 0;
  Bytes head = source_->read(0, std::min<uint64_t>(size, 512));
  if (head.size() >= 262 && std::memcmp(&head[257], "ustar", 5) == 0)
    fail("this is a tar archive, as PyTorch wrote before 0.1.10; load it there and save it anew");
  if (head.size() < sizeof magic_pickle ||
      !std::equal(std::begin(magic_pickle), std::end(magic_pickle) - 1, head.begin()))
    fail(
        "not a checkpoint: it starts neither as a ZIP archive nor as a file of an older "
        "torch.save");
  Bytes whole;  // of a source that is not mapped already
  ByteView all;
  if (mapping_) all = mapped();
  else all = whole = source_->read(0, size);
  auto next = [&] {
    Pickle p = parse_pickle(all.subspan(size_t(at)));
    at += p.size;
    return p;
  };
  next();  // the magic number
  Pickle version = next();
  if (integer_of(*version.root, "the version") != 1001)
    fail("the checkpoint has the version ", version.root->integer, "; 1001 is supported");
  Pickle facts = next();
  if (facts.root->kind == Kind::dict)
    for (size_t i = 0; i + 1 < facts.root->items.size(); i += 2)
      if (facts.root->items[i]->text == "little_endian")
        swap_ = facts.root->items[i + 1]->integer == 0;
  size_t begin = size_t(at);
  pickle_ = next();
  pickle_bytes_.assign(all.begin() + std::ptrdiff_t(begin), all.begin() + std::ptrdiff_t(at));
  Pickle keys = next();
  if (keys.root->kind != Kind::list) fail("corrupt checkpoint: no list of storages");

  std::map<std::string, size_t> item_of;
  for (const Value& v : pickle_.values)
    if (v.kind == Kind::persistent && v.items[0]->kind == Kind::tuple &&
        v.items[0]->items.size() >= 5 && v.items[0]->items[0]->text == "storage") {
      StorageId id = storage_id(v);
      item_of[id.key] = size_of(id.dtype);
    }
  for (const Value* key : keys.root->items) {
    auto known = item_of.find(key->text);
    if (known == item_of.end())
      fail("corrupt checkpoint: nobody uses the storage '", key->text, "'");
    if (size - at < 8) fail("truncated: the storage '", key->text, "' is missing");
    uint64_t numel = load_little_endian<uint64_t>(&all[size_t(at)]);
    at += 8;
    if (numel > (size - at) / known->second)
      fail("truncated: the storage '", key->text, "' has ", numel, " elements of ", known->second,
           " bytes, the file ends after ", size - at, " bytes");
    if (!places_.emplace(key->text, Place{at, numel}).second)
      fail("corrupt checkpoint: the storage '", key->text, "' occurs twice");
    at += numel * known->second;
  }
}

const ZipMember* CheckpointReader::find(const std::string& name) const {
  return zip_ ? zip_->find(folder_ + name) : nullptr;
}
std::vector<std::string> CheckpointReader::records() const {
  std::vector<std::string> out;
  if (zip_)
    for (auto& m : zip_->members())
      if (m.name.starts_with(folder_)) out.push_back(m.name.substr(folder_.size()));
  return out;
}
Bytes CheckpointReader::record(const std::string& name) const {
  const ZipMember* m = find(name);
  if (!m) fail("the archive has no member '", name, "'");
  return zip_->read(*m);
}

namespace {
struct MappingKeeper : Keeper {
  std::shared_ptr<void> mapping;
};
}  // namespace

Tensor CheckpointReader::storage(const std::string& key, size_t item, int64_t numel) {
  auto known = storages_.find(key);
  uint64_t bytes;
  if (numel < 0 || __builtin_mul_overflow(uint64_t(numel), uint64_t(item), &bytes))
    fail("corrupt checkpoint: a storage of ", numel, " elements");
  if (known != storages_.end()) {
    if (uint64_t(known->second.numel()) != bytes)
      fail("corrupt checkpoint: the storage '", key, "' has ", known->second.numel(),
           " bytes and elsewhere ", bytes);
    return known->second;
  }
  auto check = [&](uint64_t there) {
    if (there != bytes)
      fail("corrupt checkpoint: the storage '", key, "' has ", there, " bytes, ", numel,
           " elements of ", item, " bytes were expected");
  };
  Tensor out;
  if (zip_) {
    const ZipMember* m = find("data/" + key);
    if (!m) fail("corrupt checkpoint: the storage '", key, "' is missing");
    check(m->size);
    if (mapping_ && !m->stored)
      fail("the storage '", key, "' is compressed and cannot be mapped: load it without mmap");
    if (mapping_ && bytes && !swap_) {
      auto keeper = std::make_unique<MappingKeeper>();
      keeper->mapping = mapping_;
      out = from_memory(static_cast<uint8_t*>(mapping_->data) + m->offset,
                        {Dims(int64_t(bytes)), Dims(int64_t(1)), 0}, DType::uint8, size_t(bytes),
                        keeper.release());
    } else {
      out = empty({int64_t(bytes)}, DType::uint8);
      zip_->read(*m, {out.data<uint8_t>(), size_t(bytes)});
    }
  } else {
    auto place = places_.find(key);
    if (place == places_.end()) fail("corrupt checkpoint: the storage '", key, "' is missing");
    check(place->second.numel * item);
    out = empty({int64_t(bytes)}, DType::uint8);
    source_->read(place->second.offset, {out.data<uint8_t>(), size_t(bytes)});
  }
  if (swap_)
    for (uint8_t *p = out.data<uint8_t>(), *end = p + bytes; p != end; p += item)
      std::reverse(p, p + item);
  storages_.emplace(key, out);
  return out;
}

NamedTensors load(const std::string& path, LoadOptions o) {
  CheckpointReader reader(path, o);
  NamedTensors out;
  naming(path, [&] {
    TensorMaker maker(reader);
    struct Item {
      const Value* value;
      std::string name;
    };
    std::vector<Item> open{{reader.pickle().root, ""}};
    std::set<const Value*> seen;  // a container is listed once, so that none is walked for ever
    while (!open.empty()) {
      Item i = std::move(open.back());
      open.pop_back();
      if (Tensor t = maker.make(*i.value); t.defined()) {
        out.emplace_back(i.name, t);
        continue;
      }
      std::vector<Item> inside;
      std::string prefix = i.name.empty() ? "" : i.name + ".";
      const Value& v = *i.value;
      const std::vector<Value*>* pairs = nullptr;
      if (v.kind == Kind::dict) pairs = &v.items;
      else if (v.kind == Kind::call && v.items[0]->is_global("collections OrderedDict") && v.after)
        pairs = &v.after->entries;
      if (!pairs && v.kind != Kind::list && v.kind != Kind::tuple) continue;
      if (!seen.insert(&v).second) continue;
      if (pairs)
        for (size_t k = 0; k + 1 < pairs->size(); k += 2)
          inside.push_back({(*pairs)[k + 1], prefix + key_text(*(*pairs)[k])});
      else
        for (size_t k = 0; k < v.items.size(); k++)
          inside.push_back({v.items[k], prefix + std::to_string(k)});
      open.insert(open.end(), inside.rbegin(), inside.rend());
    }
  });
  return out;
}

// ---- writing ----

std::string archive_folder(const std::string& path) {
  size_t slash = path.rfind('/');
  std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  size_t dot = name.rfind('.');
  if (dot != std::string::npos) name.resize(dot);
  return name;
}

void write_checkpoint(const ZipWriter::Sink& sink, const std::string& folder, ByteView pickle,
                      const TensorList& storages) {
  ZipWriter zip(sink);
  auto text = [](std::string_view s) {
    return ByteView(reinterpret_cast<const uint8_t*>(s.data()), s.size());
  };
  zip.add(folder + "/data.pkl", pickle);
  zip.add(folder + "/.format_version", text("1"));
  zip.add(folder + "/.storage_alignment", text("64"));
  zip.add(folder + "/byteorder", text("little"));
  uint64_t id = crc32(pickle);
  for (size_t i = 0; i < storages.size(); i++) {
    const Tensor& t = storages[i];
    zip.add(folder + "/data/" + std::to_string(i), {t.data<uint8_t>(), size_t(t.numel())});
    id = id * 6364136223846793005u + uint64_t(t.numel());
  }
  zip.add(folder + "/version", text("3\n"));
  // Forty digits that tell files apart.
  std::string digits = std::to_string(id), more = std::to_string(crc32(pickle));
  digits.insert(0, 20 - std::min<size_t>(20, digits.size()), '0');
  more.insert(0, 20 - more.size(), '0');
  zip.add(folder + "/.data/serialization_id", text(digits + more));
  zip.finish();
}

void save(const std::string& path, const NamedTensors& state) {
  NoGradGuard no_grad;
  PickleWriter p;
  TensorList storages;
  std::map<const void*, std::pair<size_t, DType>> known;
  std::set<std::string_view> names;
  p.global("collections", "OrderedDict");
  p.op(')');
  p.reduce();
  p.mark();
  for (auto& [name, given] : state) {
    if (!given.defined()) fail<ValueError>("tensor '", name, "' is undefined");
    if (given.is_meta())
      fail<ValueError>("tensor '", name, "' is on the meta device: it has no values");
    if (find_invalid_utf8(name) != std::string_view::npos)
      fail<ValueError>("the name of a tensor is not valid UTF-8");
    if (!names.insert(name).second) fail<ValueError>("the tensor name '", name, "' occurs twice");
    Tensor t = given;
    if (t.device().type != DeviceType::cpu) {
      t = empty(given.sizes(), given.dtype());
      t.copy_(given);
    }
    // A storage of another dtype is written again: a file has one type for each.
    auto found = known.find(t->storage->data);
    size_t at = storages.size();
    if (found != known.end() && found->second.second == t.dtype() && t->storage->bytes) {
      at = found->second.first;
    } else {
      Tensor bytes = alias(t, t.geometry());
      bytes->dtype = DType::uint8;
      bytes->set_geometry(Dims(int64_t(t->storage->bytes)), Dims(int64_t(1)), 0);
      known[t->storage->data] = {at, t.dtype()};
      storages.push_back(bytes);
    }
    std::string type = storage_of_dtype(t.dtype());
    bool untyped = type == "UntypedStorage";
    auto count = int64_t(t->storage->bytes / (untyped ? 1 : size_of(t.dtype())));
    p.string(name);
    p.global("torch._utils", untyped ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
    p.mark();
    p.mark(), p.string("storage"), p.global(untyped ? "torch.storage" : "torch", type);
    p.string(std::to_string(at)), p.string("cpu"), p.integer(count), p.tuple(), p.op('Q');
    p.integer(t->offset);
    for (const Dims* dims : {&t.sizes(), &t.strides()}) {
      p.mark();
      for (int64_t n : *dims) p.integer(n);
      p.tuple();
    }
    p.boolean(false);
    p.global("collections", "OrderedDict"), p.op(')'), p.reduce();
    if (untyped) p.global("torch", name_of(t.dtype()));
    p.tuple(), p.reduce();
  }
  p.op('u');
  Bytes pickle = p.finish();
  AtomicFile file(path);
  write_checkpoint([&](ByteView bytes) { file.write(bytes); }, archive_folder(path), pickle,
                   storages);
  file.commit();
}

}  // namespace taeda::io
