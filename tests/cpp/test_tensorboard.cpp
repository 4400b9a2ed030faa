// Event files: records, compression, pictures, and SummaryWriter, read back with our own readers.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "taeda/io/deflate.h"
#include "taeda/io/inflate.h"
#include "taeda/io/png.h"
#include "taeda/io/tensorboard.h"
#include "taeda/nn/activation.h"
#include "taeda/nn/container.h"
#include "taeda/nn/linear.h"
#include "taeda/ops/create.h"
#include "taeda/ops/random.h"
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
ByteView view(std::string_view s) { return {reinterpret_cast<const uint8_t*>(s.data()), s.size()}; }

struct Random {
  uint32_t state = 1;
  uint32_t operator()(uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  }
};

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "taeda-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string path;
};

struct Scalar1 {  // a scalar as it was read
  std::string tag;
  int64_t step;
  float value;
};
struct Contents {
  std::vector<Scalar1> scalars;
  std::vector<std::string> tags;  // of everything else
  int graphs = 0;
};

std::string only_file(const std::string& folder) {
  std::vector<std::string> files;
  for (auto& entry : fs::directory_iterator(folder))
    if (contains(entry.path().filename(), "tfevents")) files.push_back(entry.path());
  EXPECT_EQ(files.size(), 1u);
  return files.at(0);
}

Contents read(const std::string& path) {
  Contents out;
  RecordReader records(path);
  bool first = true;
  while (auto record = records.next()) {
    ProtoReader event(*record);
    int64_t step = 0;
    std::string version;
    while (event.next()) {
      if (event.field() == 1) EXPECT_GT(event.float64(), 1e9);
      if (event.field() == 2) step = event.varint();
      if (event.field() == 3) version = event.string();
      if (event.field() == 4) out.graphs++;
      if (event.field() != 5) continue;
      ProtoReader summary = event.message();
      while (summary.next()) {
        ProtoReader value = summary.message();
        std::string tag;
        bool scalar = false;
        float number = 0;
        while (value.next()) {
          if (value.field() == 1) tag = value.string();
          if (value.field() == 2) scalar = true, number = value.float32();
        }
        if (scalar) out.scalars.push_back({tag, step, number});
        else out.tags.push_back(tag);
      }
    }
    EXPECT_EQ(version, first ? "brain.Event:2" : "");
    first = false;
  }
  return out;
}

TEST(EventFile, Crc32c) {
  EXPECT_EQ(crc32c(view("123456789")), 0xE3069283u);
  EXPECT_EQ(crc32c({}), 0u);
  Bytes zeros(32);
  EXPECT_EQ(crc32c(zeros), 0x8A9136AAu);
}

TEST(EventFile, Records) {
  Bytes out;
  append_record(out, view("123456789"));
  ASSERT_EQ(out.size(), 9u + 16);
  EXPECT_EQ(load_little_endian<uint64_t>(out.data()), 9u);
  EXPECT_EQ(load_little_endian<uint32_t>(out.data() + 21), 0xC78AB0E5u);

  Folder folder;
  std::string path = folder.path + "/records";
  append_record(out, {});
  append_record(out, view(std::string(100000, 'x')));
  auto put = [&](const Bytes& bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
  };
  put(out);
  RecordReader reader(path);
  EXPECT_EQ(reader.next()->size(), 9u);
  EXPECT_EQ(reader.next()->size(), 0u);
  EXPECT_EQ(reader.next()->size(), 100000u);
  EXPECT_FALSE(reader.next());
  // A file that grows; a last record cut anywhere is not there yet.
  for (size_t cut = 1; cut < 30; cut += 4) {
    put(Bytes(out.begin(), out.end() - std::ptrdiff_t(cut)));
    RecordReader growing(path);
    growing.next(), growing.next();
    EXPECT_FALSE(growing.next());
    put(out);
    EXPECT_EQ(growing.next()->size(), 100000u);
  }
  // Any changed byte is noticed.
  for (size_t at = 0; at < 25 + 16; at++) {
    Bytes bad = out;
    bad[at] ^= 1;
    put(bad);
    std::string error = error_of([&] {
      RecordReader r(path);
      while (r.next()) {}
    });
    EXPECT_TRUE(contains(error, "check sum") && contains(error, path)) << at << error;
  }
}

TEST(Deflate, WhatInflateReads) {
  Random random;
  std::vector<Bytes> samples{{}, {7}, Bytes(70000, 3), Bytes(300000, 0)};
  for (int i = 0; i < 60; i++) {
    Bytes b(random(i < 50 ? 3000 : 100000));
    uint32_t values = random(255) + 1;
    for (auto& v : b) v = uint8_t(random(values) * random(2));
    for (int k = 0; k < 20 && b.size() > 600; k++)
      std::copy_n(b.begin() + random(uint32_t(b.size() - 300)), random(300),
                  b.begin() + random(uint32_t(b.size() - 300)));
    samples.push_back(b);
  }
  Bytes deep;  // Fibonacci counts: codes longer than 15 bits must be cut
  for (size_t i = 0, a = 1, b = 1; i < 22; i++) {
    deep.insert(deep.end(), a, uint8_t(i));
    size_t sum = a + b;
    a = b, b = sum;
  }
  for (size_t i = deep.size(); i > 1; i--) std::swap(deep[i - 1], deep[random(uint32_t(i))]);
  samples.push_back(deep);
  for (const Bytes& b : samples) {
    Bytes packed = deflate_zlib(b);
    EXPECT_EQ(inflate_zlib(packed), b);
    EXPECT_LE(packed.size(), b.size() + b.size() / 65535 * 5 + 11);
  }
  EXPECT_LT(deflate_zlib(Bytes(300000, 0)).size(), 1000u);
  EXPECT_LT(deflate_zlib(deep).size(), deep.size() / 2);
}

TEST(Png, Encode) {
  Random random;
  for (auto [h, w] : {std::pair<int64_t, int64_t>{1, 1}, {3, 5}, {40, 33}}) {
    Bytes pixels(size_t(h * w));
    for (size_t i = 0; i < pixels.size(); i++) pixels[i] = uint8_t(i * 3 + random(4));
    GrayImage back = decode_png(encode_png(pixels, h, w, 1));
    EXPECT_EQ(back.height, h);
    EXPECT_EQ(back.width, w);
    EXPECT_EQ(back.pixels, pixels);
    // The same picture in more channels: gray as RGB keeps its luma, an opaque one its colour.
    for (int64_t c = 2; c <= 4; c++) {
      Bytes more;
      for (uint8_t v : pixels)
        for (int64_t k = 0; k < c; k++) more.push_back(c % 2 == 0 && k == c - 1 ? 255 : v);
      EXPECT_EQ(decode_png(encode_png(more, h, w, c)).pixels, pixels) << c;
    }
  }
  Bytes three(3);
  EXPECT_TRUE(contains(error_of([&] { encode_png(three, 1, 1, 5); }), "1 to 4 channels"));
  EXPECT_TRUE(contains(error_of([&] { encode_png(three, 1, 2, 1); }), "has 3 bytes"));
  EXPECT_TRUE(contains(error_of([&] { encode_png({}, 0, 2, 1); }), "0 x 2 pixels"));
}

TEST(Histogram, Bins) {
  Tensor x = tensor({-1.0, 0.0, 0.5, 0.5});
  HistogramSummary h = make_histogram(x, std::string("tensorflow"));
  EXPECT_EQ(h.min, -1);
  EXPECT_EQ(h.max, 0.5);
  EXPECT_EQ(h.num, 4);
  EXPECT_EQ(h.sum, 0);
  EXPECT_EQ(h.sum_squares, 1.5);
  ASSERT_EQ(h.bucket_limits.size(), 576u);  // recorded from PyTorch
  EXPECT_EQ(h.bucket_counts[0], 0);
  EXPECT_EQ(h.bucket_counts[1], 1);
  EXPECT_DOUBLE_EQ(h.bucket_limits[0], -1.0089710279437536);
  double total = 0;
  for (double c : h.bucket_counts) total += c;
  EXPECT_EQ(total, 4);

  h = make_histogram(arange(10.0), int64_t(5));
  EXPECT_EQ(h.bucket_counts, (std::vector<double>{0, 2, 2, 2, 2, 2}));
  EXPECT_EQ(h.bucket_limits.back(), 9);
  h = make_histogram(arange(10.0), std::vector<double>{0, 2, 5, 100});
  EXPECT_EQ(h.bucket_counts, (std::vector<double>{0, 2, 3, 5}));
  h = make_histogram(arange(10.0), int64_t(10), 3);
  EXPECT_EQ(h.bucket_counts, (std::vector<double>{0, 3, 3, 3, 1}));

  auto refused = [](const Tensor& t, const Bins& b) {
    return error_of([&] { make_histogram(t, b); });
  };
  EXPECT_EQ(refused(empty({0}), int64_t(3)), "The input has no element.");
  EXPECT_EQ(refused(x, int64_t(0)), "`bins` must be positive, when an integer");
  EXPECT_TRUE(contains(refused(x, std::string("foo")), "not a valid estimator"));
  EXPECT_TRUE(contains(refused(x, std::vector<double>{2, 1}), "increase monotonically"));
  EXPECT_TRUE(contains(refused(full({2}, NAN), int64_t(3)), "[nan, nan] is not finite"));
}

TEST(SummaryWriter, WritesAndReadsBack) {
  Folder folder;
  SummaryWriter writer(folder.path + "/a/b", {.purge_step = 5});
  EXPECT_EQ(writer.get_logdir(), folder.path + "/a/b");
  for (int i = 0; i < 25; i++) writer.add_scalar("loss", 1.0 / (i + 1), i);
  writer.add_scalar("tensor", tensor({2.5}), 3);
  writer.add_scalars("two/three", {{"low", 1}, {"high", 2}}, 4);
  writer.add_histogram("h", randn({100}), 1);
  writer.add_image("i", rand({3, 4, 5}), 1);
  writer.add_images("is", rand({9, 1, 4, 5}), 1);
  writer.add_text("t", "text", 1);
  writer.add_pr_curve("pr", tensor({0, 1, 1}), tensor({0.1, 0.9, 0.4}), 1);
  writer.add_hparams({{"lr", 0.1}, {"opt", std::string("adam")}, {"on", true}}, {{"acc", 0.5}}, {},
                     "hp");
  writer.add_embedding(arange(6.0).view({3, 2}), {"a", "b", "c"}, rand({3, 3, 4, 4}), 7, "e/f");
  writer.add_custom_scalars({{"c", "t", false, {"x", "y"}}});
  writer.flush();

  std::ofstream(folder.path + "/a/file").put('x');
  EXPECT_TRUE(contains(error_of([&] { SummaryWriter w(folder.path + "/a/file"); }), "File exists"));
  EXPECT_TRUE(
      contains(error_of([&] { SummaryWriter w(folder.path + "/a/file/x"); }), "Not a directory"));
  EXPECT_TRUE(contains(error_of([&] { SummaryWriter w("/proc/none"); }), "/proc/none"));
  EXPECT_TRUE(contains(error_of([&] { writer.add_scalar("two", ones({2})); }), "one element"));
  EXPECT_TRUE(contains(error_of([&] { writer.add_image("x", ones({2, 2})); }), "input format"));

  // The purge: two events more, of which the first says the version again.
  std::string path = only_file(writer.get_logdir());
  RecordReader records(path);
  std::vector<std::vector<uint32_t>> fields;
  for (int i = 0; i < 4; i++) {
    Bytes record = *records.next();
    fields.emplace_back();
    for (ProtoReader event(record); event.next();) fields.back().push_back(event.field());
  }
  EXPECT_EQ(fields, (std::vector<std::vector<uint32_t>>{{1, 3, 10}, {1, 2, 3}, {1, 2, 7}, {1, 5}}));

  Contents run =
      read(writer.get_logdir() + "/two_three_low/" +
           fs::path(only_file(writer.get_logdir() + "/two_three_low")).filename().string());
  ASSERT_EQ(run.scalars.size(), 1u);
  EXPECT_EQ(run.scalars[0].tag, "two/three");
  Contents hp = read(only_file(writer.get_logdir() + "/hp"));
  EXPECT_EQ(hp.tags,
            (std::vector<std::string>{"_hparams_/experiment", "_hparams_/session_start_info",
                                      "_hparams_/session_end_info"}));
  EXPECT_EQ(hp.scalars.at(0).tag, "acc");
  std::ifstream tsv(writer.get_logdir() + "/00007/e%2ff/tensors.tsv");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(tsv), {}), "0.0\t1.0\n2.0\t3.0\n4.0\t5.0\n");
  EXPECT_TRUE(fs::exists(writer.get_logdir() + "/00007/e%2ff/sprite.png"));
  EXPECT_TRUE(fs::exists(writer.get_logdir() + "/projector_config.pbtxt"));
  // After close() the next event opens a new file.
  writer.close();
  writer.add_scalar("after", 1);
  writer.close();
  EXPECT_EQ(std::count_if(fs::directory_iterator(writer.get_logdir()), fs::directory_iterator(),
                          [](auto& e) { return contains(e.path().filename(), "tfevents"); }),
            2);
}

TEST(SummaryWriter, Graph) {
  Folder folder;
  SummaryWriter writer(folder.path);
  nn::Sequential net{nn::Linear(3, 4), nn::ReLU(), nn::Linear(4, 2)};
  writer.add_graph(*net.get(), ones({2, 3}));
  RecordReader records(only_file(folder.path));
  std::vector<std::string> names;
  while (auto record = records.next())
    for (ProtoReader event(*record); event.next();) {
      if (event.field() != 4) continue;
      for (ProtoReader graph = event.message(); graph.next();) {
        if (graph.field() != 1) continue;
        for (ProtoReader node = graph.message(); node.next();)
          if (node.field() == 1) names.emplace_back(node.string());
      }
    }
  for (const char* name : {"Sequential/Linear[0]/weight", "Sequential/Linear[0]/linear",
                           "Sequential/Linear[2]/linear", "input", "output"})
    EXPECT_TRUE(std::count(names.begin(), names.end(), name)) << name;
  EXPECT_EQ(tls.tracer, nullptr);
}

TEST(SummaryWriter, Threads) {
  Folder folder;
  {
    SummaryWriter writer(folder.path, {.max_queue = 7, .flush_secs = 0.001});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 2000; i++) writer.add_scalar("t" + std::to_string(t), i, i);
      });
    for (auto& t : threads) t.join();
  }
  int64_t next[4] = {};
  Contents all = read(only_file(folder.path));
  EXPECT_EQ(all.scalars.size(), 8000u);
  for (auto& s : all.scalars) {
    int64_t& n = next[s.tag[1] - '0'];
    EXPECT_EQ(s.step, n);
    EXPECT_EQ(s.value, float(n++));
  }
}

TEST(SummaryWriter, FlushesInTime) {
  Folder folder;
  SummaryWriter writer(folder.path, {.max_queue = 1000, .flush_secs = 0.05});
  writer.add_scalar("x", 1, 1);
  std::string path = only_file(folder.path);
  size_t found = 0;
  for (int i = 0; i < 200 && !found; i++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    found = read(path).scalars.size();
  }
  EXPECT_EQ(found, 1u);
}

// What was flushed, or queued max_queue times, survives a kill; the end of a program flushes.
TEST(SummaryWriter, Processes) {
  for (bool killed : {true, false}) {
    Folder folder;
    pid_t child = ::fork();
    if (!child) {
      auto* writer = new SummaryWriter(folder.path, {.max_queue = 4});
      for (int i = 0; i < 10; i++) writer->add_scalar("x", i, i);
      if (killed) ::raise(SIGKILL);
      std::exit(0);
    }
    int status;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(read(only_file(folder.path)).scalars.size(), killed ? 8u : 10u);
  }
  // A forked child goes on in the same file, without repeating what its parent had waiting.
  Folder folder;
  SummaryWriter writer(folder.path, {.max_queue = 100});
  writer.add_scalar("parent", 0);
  pid_t child = ::fork();
  if (!child) {
    writer.add_scalar("child", 1);
    writer.flush();
    ::_exit(0);
  }
  int status;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  writer.flush();
  Contents all = read(only_file(folder.path));
  ASSERT_EQ(all.scalars.size(), 2u);
  EXPECT_EQ(all.scalars[0].tag, "child");
  EXPECT_EQ(all.scalars[1].tag, "parent");
}

// A file system that takes no more bytes: the call says so, and the file ends with a whole record.
TEST(SummaryWriter, FullDisk) {
  Folder folder;
  std::string error;
  int failed = 0;
  {
    SummaryWriter writer(folder.path, {.max_queue = 3});
    rlimit before;
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    auto old = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small{1000, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 60; i++) try {
        writer.add_scalar("scalar", i, i);
      } catch (const FileError& e) { error = e.what(), failed++; }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old);
    EXPECT_GT(failed, 0);
    EXPECT_TRUE(contains(error, "cannot write") && contains(error, folder.path)) << error;
    writer.add_scalar("after", 1, 1);
  }
  Contents all = read(only_file(folder.path));
  EXPECT_EQ(int(all.scalars.size()), 61 - failed);
  EXPECT_EQ(all.scalars.back().tag, "after");
}

}  // namespace
}  // namespace taeda::io
