#include "taeda/io/protobuf.h"

#include <cstring>

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

namespace taeda::io {

namespace {

constexpr uint32_t kMostField = (1u << 29) - 1;

size_t varint_size(uint64_t v) { return size_t(std::bit_width(v | 1) + 6) / 7; }

uint64_t take_varint(ByteView& from) {
  uint64_t v = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (from.empty()) fail("corrupt protobuf message: it ends inside a number");
    uint8_t b = from[0];
    from = from.subspan(1);
    if (shift == 63 && b > 1) break;
    v |= uint64_t(b & 0x7f) << shift;
    if (b < 0x80) return v;
  }
  fail("corrupt protobuf message: a number of more than 64 bits");
}

template <class T> T take_fixed(ByteView& from) {
  if (from.size() < sizeof(T)) fail("corrupt protobuf message: it ends inside a number");
  T v = load_little_endian<T>(from.data());
  from = from.subspan(sizeof(T));
  return v;
}

ByteView as_bytes(const void* p, size_t n) { return {static_cast<const uint8_t*>(p), n}; }

template <class T> void append_packed(std::vector<T>& v, uint32_t field, ByteView bytes) {
  if (bytes.size() % sizeof(T))
    fail("corrupt protobuf message: field ", field, " packs ", bytes.size(),
         " bytes, no multiple of ", sizeof(T));
  size_t before = v.size();
  v.resize(before + bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(v.data() + before, bytes.data(), bytes.size());
}

}  // namespace

void ProtoWriter::packed(uint32_t field, std::span<const int64_t> v) {
  message(field, [&] {
    for (int64_t x : v) raw_varint(uint64_t(x));
  });
}
void ProtoWriter::packed(uint32_t field, std::span<const float> v) {
  bytes(field, as_bytes(v.data(), v.size_bytes()));
}
void ProtoWriter::packed(uint32_t field, std::span<const double> v) {
  bytes(field, as_bytes(v.data(), v.size_bytes()));
}

void ProtoWriter::put_length(size_t begin) {
  uint64_t n = out_.size() - begin;
  size_t shift = varint_size(n);
  out_.resize(out_.size() + shift);
  uint8_t* p = out_.data() + begin;
  std::memmove(p + shift, p, n);
  for (; n >= 0x80; n >>= 7) *p++ = uint8_t(n | 0x80);
  *p = uint8_t(n);
}

bool ProtoReader::next() {
  if (rest_.empty()) return false;
  uint64_t tag = take_varint(rest_), field = tag >> 3;
  if (!field || field > kMostField)
    fail("corrupt protobuf message: ", field, " is no field number");
  field_ = uint32_t(field);
  type_ = WireType(tag & 7);
  switch (type_) {
  case WireType::varint: number_ = take_varint(rest_); return true;
  case WireType::fixed64: number_ = take_fixed<uint64_t>(rest_); return true;
  case WireType::fixed32: number_ = take_fixed<uint32_t>(rest_); return true;
  case WireType::bytes: {
    uint64_t n = take_varint(rest_);
    if (n > rest_.size())
      fail("corrupt protobuf message: field ", field_, " takes ", n, " bytes, ", rest_.size(),
           " are left");
    bytes_ = rest_.first(size_t(n));
    rest_ = rest_.subspan(size_t(n));
    return true;
  }
  }
  fail("corrupt protobuf message: field ", field_, " has the wire type ", tag & 7,
       ", which is not in use");
}

void ProtoReader::fail_type(WireType expected) const {
  fail("protobuf message: field ", field_, " has the wire type ", int(type_), ", ", int(expected),
       " was expected");
}

void ProtoReader::append_to(std::vector<int64_t>& v) const {
  if (type_ != WireType::bytes) return v.push_back(varint());
  for (ByteView rest = bytes_; !rest.empty();) v.push_back(int64_t(take_varint(rest)));
}
void ProtoReader::append_to(std::vector<float>& v) const {
  if (type_ != WireType::bytes) return v.push_back(float32());
  append_packed(v, field_, bytes_);
}
void ProtoReader::append_to(std::vector<double>& v) const {
  if (type_ != WireType::bytes) return v.push_back(float64());
  append_packed(v, field_, bytes_);
}

}  // namespace taeda::io
