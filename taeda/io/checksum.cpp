#include <algorithm>
#include <array>

#include "taeda/io/inflate.h"

namespace taeda::io {

namespace {

// tables[k][b]: the CRC of byte b followed by k zero bytes, so that eight bytes go in one step.
using Tables = std::array<std::array<uint32_t, 256>, 8>;
constexpr Tables make_tables(uint32_t polynomial) {
  Tables t{};
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t c = b;
    for (int i = 0; i < 8; i++) c = c & 1 ? c >> 1 ^ polynomial : c >> 1;
    t[0][b] = c;
  }
  for (size_t k = 1; k < 8; k++)
    for (size_t b = 0; b < 256; b++) t[k][b] = t[k - 1][b] >> 8 ^ t[0][t[k - 1][b] & 255];
  return t;
}
constexpr Tables ieee = make_tables(0xEDB88320u), castagnoli = make_tables(0x82F63B78u);

uint32_t crc(const Tables& tables, ByteView bytes, uint32_t before) {
  uint32_t c = ~before;
  const uint8_t *p = bytes.data(), *end = p + bytes.size();
  for (; end - p >= 8; p += 8) {
    uint64_t w = load_little_endian<uint64_t>(p) ^ c;
    c = 0;
    for (int k = 0; k < 8; k++) c ^= tables[7 - k][w >> 8 * k & 255];
  }
  for (; p != end; p++) c = c >> 8 ^ tables[0][(c ^ *p) & 255];
  return ~c;
}

}  // namespace

uint32_t crc32(ByteView bytes, uint32_t before) { return crc(ieee, bytes, before); }
uint32_t crc32c(ByteView bytes) { return crc(castagnoli, bytes, 0); }

uint32_t adler32(ByteView bytes, uint32_t before) {
  constexpr uint32_t kPrime = 65521;
  constexpr size_t kSteps = 5552;  // the sums fit into 32 bits that long
  uint32_t a = before & 0xffff, b = before >> 16;
  while (!bytes.empty()) {
    ByteView part = bytes.first(std::min(bytes.size(), kSteps));
    for (uint8_t v : part) b += a += v;
    a %= kPrime, b %= kPrime;
    bytes = bytes.subspan(part.size());
  }
  return b << 16 | a;
}

}  // namespace taeda::io
