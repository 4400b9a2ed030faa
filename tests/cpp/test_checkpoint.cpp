// Checkpoints: saved and loaded in C++; archives and pickles of any bytes are refused, never
// trusted.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "taeda/io/checkpoint.h"
#include "taeda/io/deflate.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/random.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/views.h"

namespace taeda::io {
namespace {

namespace fs = std::filesystem;

template <class F> std::string error_of(F f) {
  try {
    f();
  } catch (const Error& e) { return e.what(); }
  return "no error";
}
bool contains(const std::string& s, std::string_view part) {
  return s.find(part) != std::string::npos;
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "taeda-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const std::string& name) const { return path + "/" + name; }
  std::string path;
};

bool same(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || !(a.sizes() == b.sizes())) return false;
  Tensor x = a.contiguous(), y = b.contiguous();
  return std::equal(static_cast<char*>(x.raw()),
                    static_cast<char*>(x.raw()) + x.numel() * int64_t(size_of(x.dtype())),
                    static_cast<char*>(y.raw()));
}

TEST(Checkpoint, RoundTrip) {
  Folder folder;
  NamedTensors state;
  for (int d = 0; d < dtype_count; d++)
    state.emplace_back("x." + std::string(name_of(DType(d))),
                       cast(arange(6.0).view({2, 3}), {DType(d)}));
  Tensor x = randn({3, 4});
  state.emplace_back("x", x);
  state.emplace_back("row", x.select(0, 1));
  state.emplace_back("t", x.t());
  state.emplace_back("bits", x.select(0, 1));
  state.emplace_back("empty", zeros({0, 2}));
  state.emplace_back("scalar", full({}, 3.5));
  std::string path = folder / "model.pt";
  save(path, state);
  for (bool mmap : {false, true}) {
    NamedTensors back = load(path, {.mmap = mmap});
    ASSERT_EQ(back.size(), state.size());
    std::map<std::string, Tensor> by_name;
    for (size_t i = 0; i < back.size(); i++) {
      EXPECT_EQ(back[i].first, state[i].first);
      EXPECT_TRUE(same(back[i].second, state[i].second)) << state[i].first;
      by_name[back[i].first] = back[i].second;
    }
    EXPECT_EQ(by_name["t"].strides(), (Dims{1, 4}));
    by_name["x"].zero_();  // shared memory is shared again, and the file stays as it is
    EXPECT_EQ(by_name["row"].raw(), by_name["bits"].raw());
    EXPECT_TRUE(same(by_name["t"], zeros({4, 3})));
  }
  EXPECT_TRUE(same(load(path).back().second, state.back().second));

  EXPECT_TRUE(contains(error_of([&] { save(path, {{"a", x}, {"a", x}}); }), "occurs twice"));
  EXPECT_TRUE(contains(error_of([&] { save(path, {{"a", Tensor()}}); }), "undefined"));
  EXPECT_TRUE(contains(error_of([&] { load(folder / "none"); }), "No such file"));
  EXPECT_EQ(load(path).size(), state.size());
}

// What PyTorch wrote, in the archives of today and in the older files.
TEST(Checkpoint, OfPyTorch) {
  fs::path data = fs::path(TAEDA_TEST_DATA) / "checkpoints";
  for (const char* name : {"training.pt", "training_legacy.pt"}) {
    NamedTensors state = load(data / name);
    std::vector<std::string> names;
    for (auto& [n, t] : state) names.push_back(n);
    EXPECT_EQ(names,
              (std::vector<std::string>{"model.weight", "model.bias", "optimizer.state.0.step",
                                        "optimizer.state.0.exp_avg", "optimizer.state.0.exp_avg_sq",
                                        "optimizer.state.1.step", "optimizer.state.1.exp_avg",
                                        "optimizer.state.1.exp_avg_sq", "p"}));
    EXPECT_NEAR(state[0].second.data<float>()[1], 2.5, 1e-6);
    EXPECT_TRUE(state.back().second.requires_grad());
    EXPECT_FALSE(state[0].second.requires_grad());
  }
  NamedTensors dtypes = load(data / "dtypes.pt");
  ASSERT_EQ(int(dtypes.size()), dtype_count);
  for (auto& [name, t] : dtypes) {
    EXPECT_EQ(name, name_of(t.dtype()));
    EXPECT_TRUE(same(t, cast(tensor({0, 1, 3}), {t.dtype()}))) << name;
  }
  EXPECT_TRUE(load(data / "module.pt").empty());
}

TEST(Checkpoint, ZipOfAnyBytes) {
  Bytes good;
  ZipWriter writer([&](ByteView b) { good.insert(good.end(), b.begin(), b.end()); });
  Bytes content(300, 7);
  writer.add("a/data.pkl", Bytes{0x80, 2, 'N', '.'});
  writer.add("a/version", Bytes{'3', '\n'});
  writer.add("a/data/0", content);
  writer.finish();
  ByteSource source{ByteView(good)};
  ZipReader zip(source);
  ASSERT_EQ(zip.members().size(), 3u);
  EXPECT_EQ(zip.find("a/data/0")->offset % 64, 0u);
  EXPECT_EQ(zip.read(*zip.find("a/data/0")), content);
  EXPECT_EQ(zip.find("b"), nullptr);

  uint32_t state = 1;
  auto random = [&](size_t below) {
    state = state * 1664525 + 1013904223;
    return size_t(state >> 8) % below;
  };
  int refused = 0, read = 0;
  for (int i = 0; i < 20000; i++) {
    Bytes bytes = good;
    // Mostly in the directory, where the places are said.
    for (size_t changes = random(4) + 1; changes--;)
      bytes[random(2) ? bytes.size() - 1 - random(330) : random(bytes.size())] =
          uint8_t(random(256));
    if (!random(4)) bytes.resize(random(bytes.size()));
    try {
      ByteSource changed{ByteView(bytes)};
      ZipReader z(changed);
      for (auto& m : z.members()) z.read(m);
      read++;
    } catch (const Error&) { refused++; }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(read, 100);
}

TEST(Checkpoint, PickleOfAnyBytes) {
  PickleWriter w;
  w.mark();
  w.global("collections", "OrderedDict"), w.op(')'), w.reduce();
  for (int64_t v : {0, 255, 256, 65535, 65536, -1}) w.integer(v);
  w.integer(int64_t(1) << 40);
  w.string("text"), w.none(), w.boolean(true);
  w.tuple();
  Bytes good = w.finish();
  Pickle p = parse_pickle(good);
  EXPECT_EQ(p.size, good.size());
  ASSERT_EQ(p.root->items.size(), 11u);
  EXPECT_TRUE(p.root->items[0]->items[0]->is_global("collections OrderedDict"));
  EXPECT_EQ(p.root->items[3]->integer, 256);
  EXPECT_EQ(p.root->items[6]->integer, -1);
  EXPECT_EQ(p.root->items[7]->integer, int64_t(1) << 40);
  EXPECT_EQ(p.root->items[8]->text, "text");

  // Random programs of known opcodes.
  const std::string ops =
      ".(012NJKMGXTUBC)t]l}desaucRbQqrhj\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90"
      "\x91\x93\x94\x95\x96";
  uint32_t state = 1;
  auto random = [&](size_t below) {
    state = state * 1664525 + 1013904223;
    return size_t(state >> 8) % below;
  };
  int refused = 0, read = 0;
  for (int i = 0; i < 60000; i++) {
    Bytes bytes{0x80, 2};
    for (size_t n = random(40); n--;)
      bytes.push_back(random(3) ? uint8_t(ops[random(ops.size())]) : uint8_t(random(256)));
    bytes.push_back('.');
    try {
      Pickle q = parse_pickle(bytes);
      EXPECT_LE(q.size, bytes.size());
      EXPECT_NE(q.root, nullptr);
      read++;
    } catch (const Error&) { refused++; }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace taeda::io
