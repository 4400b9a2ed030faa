// The wire format of Protocol Buffers: bytes as other writers make them, and damaged ones refused.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "taeda/io/protobuf.h"

namespace taeda::io {
namespace {

template <class F> std::string error_of(F f) {
  try {
    f();
  } catch (const Error& e) { return e.what(); }
  return "no error";
}

// Reads everything as deep as bytes may be messages; how many fields there were.
int walk(ByteView bytes, int depth = 0) {
  int fields = 0;
  ProtoReader m(bytes);
  while (m.next()) {
    fields++;
    std::vector<int64_t> integers;
    std::vector<double> doubles;
    if (m.type() != WireType::bytes || depth == 4) continue;
    for (int i = 0; i < 3; i++) try {
        if (i == 0) m.append_to(integers);
        else if (i == 1) m.append_to(doubles);
        else fields += walk(m.bytes(), depth + 1);
      } catch (const Error&) {}
  }
  return fields;
}

TEST(Protobuf, BytesOfTheFormat) {
  ProtoWriter w;
  w.varint(1, 150);
  EXPECT_EQ(w.data(), (Bytes{0x08, 0x96, 0x01}));
  w.clear();
  w.string(2, "testing");
  EXPECT_EQ(w.data(), (Bytes{0x12, 7, 't', 'e', 's', 't', 'i', 'n', 'g'}));
  w.clear();
  w.message(3, [&] { w.varint(1, 150); });
  EXPECT_EQ(w.data(), (Bytes{0x1a, 3, 0x08, 0x96, 0x01}));
  w.clear();
  w.packed(6, std::vector<int64_t>{3, 270, 86942});
  EXPECT_EQ(w.data(), (Bytes{0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5}));
  w.clear();
  w.varint(1, -1);
  EXPECT_EQ(w.data(), (Bytes{0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}));
  w.clear();
  w.float32(1, 1);
  w.float64(16, -2);
  EXPECT_EQ(w.take(), (Bytes{0x0d, 0, 0, 0x80, 0x3f, 0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0xc0}));
}

TEST(Protobuf, RoundTrip) {
  const int64_t most = std::numeric_limits<int64_t>::max(), least = -most - 1;
  ProtoWriter w;
  for (int64_t v : {int64_t(0), int64_t(127), int64_t(128), most, least}) w.varint(1, v);
  w.packed(1, std::vector<int64_t>{0, -1, most});
  w.float32(2, 1.5f);
  w.packed(2, std::vector<float>{-0.0f, 3});
  w.float64(3, 0.1);
  w.packed(3, std::vector<double>{INFINITY});
  // Lengths around those where one byte more is needed, in messages in messages.
  for (size_t n : {0, 1, 120, 126, 127, 128, 16380, 16384, 70000})
    w.message(4, [&] { w.message(5, [&] { w.string(6, std::string(n, 'x')); }); });
  w.varint(536870911, 9);

  std::vector<int64_t> integers;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<size_t> lengths;
  bool last = false;
  ProtoReader m(w.data());
  while (m.next()) switch (m.field()) {
    case 1: m.append_to(integers); break;
    case 2: m.append_to(floats); break;
    case 3: m.append_to(doubles); break;
    case 4: {
      ProtoReader outer = m.message();
      ASSERT_TRUE(outer.next());
      ProtoReader inner = outer.message();
      ASSERT_TRUE(inner.next());
      EXPECT_EQ(inner.string(), std::string(inner.string().size(), 'x'));
      lengths.push_back(inner.string().size());
      EXPECT_FALSE(inner.next() || outer.next());
      break;
    }
    default: last = m.varint() == 9; break;
    }
  EXPECT_EQ(integers, (std::vector<int64_t>{0, 127, 128, most, least, 0, -1, most}));
  EXPECT_EQ(floats, (std::vector<float>{1.5f, -0.0f, 3}));
  EXPECT_EQ(doubles, (std::vector<double>{0.1, INFINITY}));
  EXPECT_EQ(lengths, (std::vector<size_t>{0, 1, 120, 126, 127, 128, 16380, 16384, 70000}));
  EXPECT_TRUE(last);
}

TEST(Protobuf, DamagedMessages) {
  auto refused = [](Bytes bytes) {
    return error_of([&] {
      ProtoReader m(bytes);
      while (m.next()) {}
    });
  };
  EXPECT_NE(refused({0x08}).find("ends inside a number"), std::string::npos);
  EXPECT_NE(refused({0x08, 0x80}).find("ends inside a number"), std::string::npos);
  EXPECT_NE(refused({0x09, 1, 2, 3}).find("ends inside a number"), std::string::npos);
  EXPECT_NE(refused({0x12, 5, 'a'}).find("field 2 takes 5 bytes, 1 are left"), std::string::npos);
  EXPECT_NE(refused({0x12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}).find("0 are left"),
            std::string::npos);
  EXPECT_NE(refused(Bytes(11, 0xff)).find("more than 64 bits"), std::string::npos);
  EXPECT_NE(refused({0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2}).find("64 bits"),
            std::string::npos);
  EXPECT_NE(refused({0x02, 0}).find("0 is no field number"), std::string::npos);
  EXPECT_NE(refused({0x0b}).find("wire type 3"), std::string::npos);
  EXPECT_EQ(refused({}), "no error");

  Bytes number{0x08, 1}, odd{0x12, 3, 0, 0, 0};
  EXPECT_NE(error_of([&] {
              ProtoReader m(number);
              m.next();
              m.bytes();
            }).find("field 1 has the wire type 0, 2 was expected"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              ProtoReader m(odd);
              std::vector<float> v;
              m.next();
              m.append_to(v);
            }).find("no multiple of 4"),
            std::string::npos);
}

TEST(Protobuf, AnyBytes) {
  ProtoWriter w;
  w.message(1, [&] {
    w.string(2, "name");
    w.packed(3, std::vector<double>{1, 2});
    w.message(4, [&] { w.varint(5, -7), w.float32(6, 1); });
  });
  const Bytes good = w.take();
  EXPECT_GT(walk(good), 5);
  uint32_t state = 1;
  auto random = [&](size_t below) {
    state = state * 1664525 + 1013904223;
    return size_t(state >> 8) % below;
  };
  int refused = 0, read = 0;
  for (int i = 0; i < 20000; i++) {
    Bytes bytes = good;
    for (size_t changes = random(4) + 1; changes--;)
      bytes[random(bytes.size())] = uint8_t(random(256));
    bytes.resize(random(2) ? bytes.size() : random(bytes.size()));
    try {
      read += walk(bytes);
    } catch (const Error&) { refused++; }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(read, 1000);
}

}  // namespace
}  // namespace taeda::io
