#include "taeda/io/idx.h"

#include <cstring>

#include "taeda/io/inflate.h"

namespace taeda::io {

namespace {

DType dtype_of_code(uint8_t code) {
  switch (code) {
  case 0x08: return DType::uint8;
  case 0x09: return DType::int8;
  case 0x0b: return DType::int16;
  case 0x0c: return DType::int32;
  case 0x0d: return DType::float32;
  case 0x0e: return DType::float64;
  default: fail("not an IDX file: element type ", int(code), " does not exist");
  }
}

template <class Bits> void from_big_endian(const uint8_t* from, uint8_t* to, size_t n) {
  for (size_t i = 0; i < n; i++) {
    Bits v = load_big_endian<Bits>(from + i * sizeof(Bits));
    std::memcpy(to + i * sizeof(Bits), &v, sizeof v);
  }
}

}  // namespace

Tensor parse_idx(ByteView bytes) {
  if (is_gzip(bytes)) {
    Bytes inside = inflate_gzip(bytes);
    if (is_gzip(inside)) fail("not an IDX file: gzipped twice");
    return parse_idx(inside);
  }
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0) {
    if (bytes.empty()) fail("the file is empty, an IDX file was expected");
    fail("not an IDX file: it must start with two zero bytes, an element type and a rank");
  }
  DType dtype = dtype_of_code(bytes[2]);
  size_t rank = bytes[3], header = 4 + 4 * rank;
  if (bytes.size() < header)
    fail("truncated: the IDX header of ", rank, " dimensions takes ", header,
         " bytes, the file has ", bytes.size());

  Dims sizes(rank, 0);
  for (size_t i = 0; i < rank; i++) sizes[i] = load_big_endian<uint32_t>(bytes.data() + 4 + 4 * i);
  // Neither the extent nor the strides of an array with a zero dimension may overflow.
  uint64_t n = 1;
  bool empty_array = false;
  for (int64_t size : sizes) {
    empty_array |= size == 0;
    if (__builtin_mul_overflow(n, uint64_t(std::max<int64_t>(size, 1)), &n) || n >> 59)
      fail("the IDX sizes ", sizes, " are too large");
  }
  uint64_t expected = empty_array ? 0 : n * size_of(dtype), found = bytes.size() - header;
  if (found < expected)
    fail("truncated: ", sizes, " elements of ", dtype, " take ", expected, " bytes, the file has ",
         found);
  if (found > expected) fail(found - expected, " bytes follow the ", sizes, " elements of ", dtype);

  Tensor out = empty(sizes, dtype);
  const uint8_t* from = bytes.data() + header;
  auto* to = static_cast<uint8_t*>(out.raw());
  size_t count = size_t(expected / size_of(dtype));
  switch (size_of(dtype)) {
  case 1:
    if (count) std::memcpy(to, from, count);
    break;
  case 2: from_big_endian<uint16_t>(from, to, count); break;
  case 4: from_big_endian<uint32_t>(from, to, count); break;
  default: from_big_endian<uint64_t>(from, to, count);
  }
  return out;
}

Tensor read_idx(const std::string& path) {
  Bytes file = read_file(path);
  try {
    return parse_idx(file);
  } catch (const Error& e) { fail("cannot read '", path, "': ", e.what()); }
}

}  // namespace taeda::io
