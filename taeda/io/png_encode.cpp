#include <algorithm>
#include <cstdlib>
#include <limits>

#include "taeda/io/deflate.h"
#include "taeda/io/inflate.h"
#include "taeda/io/png.h"

namespace taeda::io {

namespace {

void put_word(Bytes& out, uint32_t v) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(uint8_t(v >> shift));
}

void put_chunk(Bytes& out, std::string_view type, ByteView content) {
  put_word(out, uint32_t(content.size()));
  size_t begin = out.size();
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), content.begin(), content.end());
  put_word(out, crc32(ByteView(out).subspan(begin)));
}

uint8_t paeth(int left, int up, int corner) {
  int a = std::abs(up - corner), b = std::abs(left - corner), c = std::abs(left + up - 2 * corner);
  return uint8_t(a <= b && a <= c ? left : b <= c ? up : corner);
}

void filter_row(int filter, const uint8_t* row, const uint8_t* above, size_t bytes, size_t step,
                uint8_t* to) {
  for (size_t i = 0; i < bytes; i++) {
    int left = i >= step ? row[i - step] : 0, up = above ? above[i] : 0;
    int corner = i >= step && above ? above[i - step] : 0;
    int guess = filter == 0   ? 0
                : filter == 1 ? left
                : filter == 2 ? up
                : filter == 3 ? (left + up) / 2
                              : paeth(left, up, corner);
    to[i] = uint8_t(row[i] - guess);
  }
}

}  // namespace

Bytes encode_png(ByteView pixels, int64_t height, int64_t width, int64_t channels) {
  constexpr uint8_t types[] = {0, 4, 2, 6};  // gray, gray and alpha, RGB, RGB and alpha
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  if (channels < 1 || channels > 4)
    fail<ValueError>("a picture has 1 to 4 channels, got ", channels);
  if (height < 1 || width < 1 || height > most || width > most / channels)
    fail<ValueError>("a picture of ", height, " x ", width, " pixels");
  size_t bytes = size_t(width * channels), step = size_t(channels);
  if (pixels.size() / bytes != size_t(height) || pixels.size() % bytes)
    fail<ValueError>("a picture of ", height, " x ", width, " x ", channels, " has ", pixels.size(),
                     " bytes");

  Bytes raw, best(bytes), tried(bytes);
  raw.reserve(size_t(height) * (bytes + 1));
  for (size_t y = 0; y < size_t(height); y++) {
    const uint8_t* row = pixels.data() + y * bytes;
    // The usual rule: the filter whose differences, read as signed, are smallest in sum.
    uint64_t least = std::numeric_limits<uint64_t>::max();
    uint8_t chosen = 0;
    for (uint8_t filter = 0; filter < 5; filter++) {
      filter_row(filter, row, y ? row - bytes : nullptr, bytes, step, tried.data());
      uint64_t sum = 0;
      for (uint8_t v : tried) sum += uint64_t(std::abs(int8_t(v)));
      if (sum < least) least = sum, chosen = filter, std::swap(best, tried);
    }
    raw.push_back(chosen);
    raw.insert(raw.end(), best.begin(), best.end());
  }

  Bytes out{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, header;
  put_word(header, uint32_t(width));
  put_word(header, uint32_t(height));
  header.insert(header.end(), {8, types[channels - 1], 0, 0, 0});
  put_chunk(out, "IHDR", header);
  Bytes data = deflate_zlib(raw);
  constexpr size_t kChunk = size_t(1) << 30;
  for (ByteView rest = data; !rest.empty();) {
    ByteView part = rest.first(std::min(rest.size(), kChunk));
    put_chunk(out, "IDAT", part);
    rest = rest.subspan(part.size());
  }
  put_chunk(out, "IEND", {});
  return out;
}

}  // namespace taeda::io
