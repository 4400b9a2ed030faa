// The wire format of Protocol Buffers: fields of a number, a wire type and a value, in any order.
// What a field means is said by who writes or reads it; there are no message classes.
#pragma once
#include <bit>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taeda/io/file.h"

namespace taeda::io {

enum class WireType : uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

// Builds one message. A value that is the default of its field (0, false, "") is written as given:
// who wants proto3's form leaves it out.
class TAEDA_API ProtoWriter {
 public:
  // int32, int64, uint32, uint64, bool, enum; a negative number takes ten bytes.
  void varint(uint32_t field, int64_t v) { tag(field, WireType::varint), raw_varint(uint64_t(v)); }
  void float32(uint32_t field, float v) {
    tag(field, WireType::fixed32), raw_fixed(std::bit_cast<uint32_t>(v));
  }
  void float64(uint32_t field, double v) {
    tag(field, WireType::fixed64), raw_fixed(std::bit_cast<uint64_t>(v));
  }
  void string(uint32_t field, std::string_view s) {
    bytes(field, {reinterpret_cast<const uint8_t*>(s.data()), s.size()});
  }
  void bytes(uint32_t field, ByteView b) {
    tag(field, WireType::bytes), raw_varint(b.size());
    out_.insert(out_.end(), b.begin(), b.end());
  }
  // Repeated numbers in one field ("packed").
  void packed(uint32_t field, std::span<const int64_t> v);
  void packed(uint32_t field, std::span<const float> v);
  void packed(uint32_t field, std::span<const double> v);

  // A message inside this one: what `write()` adds to this writer becomes its content.
  template <class F> void message(uint32_t field, F&& write) {
    tag(field, WireType::bytes);
    size_t begin = out_.size();
    std::forward<F>(write)();
    put_length(begin);
  }

  const Bytes& data() const { return out_; }
  Bytes take() { return std::move(out_); }
  void clear() { out_.clear(); }  // keeps the memory

 private:
  void tag(uint32_t field, WireType type) { raw_varint(uint64_t(field) << 3 | uint64_t(type)); }
  void raw_varint(uint64_t v) {
    for (; v >= 0x80; v >>= 7) out_.push_back(uint8_t(v | 0x80));
    out_.push_back(uint8_t(v));
  }
  template <class T> void raw_fixed(T v) {
    for (size_t i = 0; i < sizeof(T); i++) out_.push_back(uint8_t(v >> 8 * i));
  }
  void put_length(size_t begin);  // in front of the bytes from `begin` on

  Bytes out_;
};

// Reads one message, field by field:
//
//   ProtoReader m(bytes);
//   while (m.next()) switch (m.field()) { case 1: step = m.varint(); break; .. }
//
// Fields not asked for are skipped. Values are views into `bytes`, which must outlive the reader.
// Throws taeda::Error for bytes that are no message and for a value of another wire type; never
// reads outside `bytes`.
class TAEDA_API ProtoReader {
 public:
  explicit ProtoReader(ByteView bytes) : rest_(bytes) {}

  bool next();  // to the next field; false at the end
  uint32_t field() const { return field_; }
  WireType type() const { return type_; }

  int64_t varint() const { return expect(WireType::varint), int64_t(number_); }
  float float32() const {
    return expect(WireType::fixed32), std::bit_cast<float>(uint32_t(number_));
  }
  double float64() const { return expect(WireType::fixed64), std::bit_cast<double>(number_); }
  ByteView bytes() const { return expect(WireType::bytes), bytes_; }
  std::string_view string() const {
    return {reinterpret_cast<const char*>(bytes().data()), bytes_.size()};
  }
  ProtoReader message() const { return ProtoReader(bytes()); }

  // Appends a repeated field's numbers, packed or single.
  void append_to(std::vector<int64_t>& v) const;
  void append_to(std::vector<float>& v) const;
  void append_to(std::vector<double>& v) const;

 private:
  void expect(WireType type) const {
    if (type_ != type) [[unlikely]]
      fail_type(type);
  }
  [[noreturn]] void fail_type(WireType expected) const;

  ByteView rest_, bytes_;
  uint64_t number_ = 0;
  uint32_t field_ = 0;
  WireType type_ = WireType::varint;
};

}  // namespace taeda::io
