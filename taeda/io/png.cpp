#include "taeda/io/png.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "taeda/io/inflate.h"

namespace taeda::io {

namespace {

constexpr uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

enum ColourType : uint8_t { gray = 0, rgb = 2, palette = 3, gray_alpha = 4, rgb_alpha = 6 };
constexpr uint32_t type_code(const char (&name)[5]) {
  return uint32_t(name[0]) << 24 | uint32_t(name[1]) << 16 | uint32_t(name[2]) << 8 |
         uint32_t(name[3]);
}

// Integer luma with rounding; all arguments and the result are 0..255.
uint8_t luma(uint32_t r, uint32_t g, uint32_t b) {
  return uint8_t((299 * r + 587 * g + 114 * b + 500) / 1000);
}
uint8_t on_white(uint32_t v, uint32_t alpha) {
  return uint8_t((v * alpha + 255 * (255 - alpha) + 127) / 255);
}

struct Pass {  // of the interlaced order: the first pixel and the steps, in pixels
  uint32_t x, y, dx, dy;
};
constexpr Pass whole[] = {{0, 0, 1, 1}};
constexpr Pass adam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                          {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

class Decoder {
 public:
  Decoder(ByteView file, size_t max_pixels) : file_(file), max_pixels_(max_pixels) {}

  GrayImage run() {
    if (file_.size() < 8 || !std::equal(signature, signature + 8, file_.begin()))
      fail("not a PNG file");
    bool first = true;
    for (at_ = 8;; first = false) {
      if (file_.size() - at_ < 12) fail("the PNG file is truncated");
      uint32_t size = word(at_), type = word(at_ + 4);
      if (size > file_.size() - at_ - 12) fail("the PNG file is truncated");
      if (word(at_ + 8 + size) != crc32(file_.subspan(at_ + 4, size + 4)))
        fail("corrupt PNG file: the checksum of a chunk does not match");
      if (first != (type == type_code("IHDR")))
        fail("corrupt PNG file: IHDR must come first, once");
      ByteView chunk = file_.subspan(at_ + 8, size);
      at_ += 12 + size;
      if (type == type_code("IEND")) break;
      take(type, chunk);
    }
    return pixels();
  }

 private:
  uint32_t word(size_t at) const { return load_big_endian<uint32_t>(file_.data() + at); }

  void take(uint32_t type, ByteView chunk) {
    if (type == type_code("IHDR")) {
      header(chunk);
    } else if (type == type_code("PLTE")) {
      if (chunk.empty() || chunk.size() % 3 || chunk.size() > 768)
        fail("corrupt PNG file: the palette has ", chunk.size(), " bytes");
      palette_ = chunk;
    } else if (type == type_code("tRNS")) {
      transparent_ = chunk;
    } else if (type == type_code("IDAT")) {
      compressed_.insert(compressed_.end(), chunk.begin(), chunk.end());
    } else if (!(type >> 24 & 0x20)) {  // an upper case letter: a picture without it would be wrong
      fail("corrupt PNG file: unknown critical chunk");
    }
  }

  void header(ByteView h) {
    if (h.size() != 13) fail("corrupt PNG file: the header has ", h.size(), " bytes");
    width_ = load_big_endian<uint32_t>(h.data());
    height_ = load_big_endian<uint32_t>(h.data() + 4);
    depth_ = h[8], type_ = h[9];
    if (!width_ || !height_ || width_ >> 31 || height_ >> 31)
      fail("corrupt PNG file: a size of ", width_, " x ", height_, " pixels");
    if (width_ > max_pixels_ / height_)
      fail("a PNG file of ", width_, " x ", height_, " pixels is larger than the limit of ",
           max_pixels_, " pixels");
    bool small = depth_ == 1 || depth_ == 2 || depth_ == 4, wide = depth_ == 16;
    bool allowed = type_ == gray      ? small || depth_ == 8 || wide
                   : type_ == palette ? small || depth_ == 8
                   : type_ == rgb || type_ == gray_alpha || type_ == rgb_alpha ? depth_ == 8 || wide
                                                                               : false;
    if (!allowed)
      fail("corrupt PNG file: colour type ", type_, " with ", depth_, " bits does not exist");
    if (h[10] != 0 || h[11] != 0 || h[12] > 1)
      fail("corrupt PNG file: unknown compression, filter or interlace method");
    passes_ = h[12] ? std::span<const Pass>(adam7) : std::span<const Pass>(whole);
    channels_ = type_ == rgb ? 3 : type_ == gray_alpha ? 2 : type_ == rgb_alpha ? 4 : 1;
  }

  size_t columns(const Pass& p) const { return width_ > p.x ? (width_ - p.x - 1) / p.dx + 1 : 0; }
  size_t rows(const Pass& p) const { return height_ > p.y ? (height_ - p.y - 1) / p.dy + 1 : 0; }
  size_t row_bytes(const Pass& p) const { return (columns(p) * channels_ * depth_ + 7) / 8; }

  GrayImage pixels() {
    if (compressed_.empty()) fail("corrupt PNG file: no image data");
    if (type_ == palette && palette_.empty()) fail("corrupt PNG file: no palette");
    prepare();
    size_t total = 0;
    for (const Pass& p : passes_)
      if (columns(p)) total += rows(p) * (row_bytes(p) + 1);
    if (total / kMostDeflateRatio > compressed_.size())
      fail("the PNG file's image data is truncated");
    Bytes raw;
    try {
      raw = inflate_zlib(compressed_, total, total);
    } catch (const Error& e) { fail("corrupt PNG image data: ", e.what()); }
    if (raw.size() != total)
      fail("corrupt PNG file: ", raw.size(), " bytes of image data, ", total, " were expected");

    GrayImage out{int64_t(height_), int64_t(width_), Bytes(size_t(width_) * height_)};
    uint8_t* row = raw.data();
    for (const Pass& p : passes_) {
      size_t n = columns(p), bytes = row_bytes(p);
      if (!n) continue;
      Bytes above(bytes);
      for (size_t i = 0; i < rows(p); i++, row += bytes + 1) {
        unfilter(row[0], row + 1, i ? row - bytes : above.data(), bytes);
        uint8_t* to = out.pixels.data() + (p.y + i * p.dy) * size_t(width_) + p.x;
        for (size_t k = 0; k < n; k++) to[k * p.dx] = pixel(row + 1, k);
      }
    }
    return out;
  }

  // Undoes a row's filter in place. `above` is the row before it, of the same pass.
  void unfilter(uint8_t filter, uint8_t* row, const uint8_t* above, size_t bytes) const {
    size_t step = std::max<size_t>(1, channels_ * depth_ / 8);
    for (size_t i = 0; i < bytes; i++) {
      int left = i >= step ? row[i - step] : 0, up = above[i];
      int corner = i >= step ? above[i - step] : 0, guess = 0;
      switch (filter) {
      case 0: return;
      case 1: guess = left; break;
      case 2: guess = up; break;
      case 3: guess = (left + up) / 2; break;
      case 4: {  // Paeth: the neighbour nearest to left + up - corner
        int a = std::abs(up - corner), b = std::abs(left - corner);
        int c = std::abs(left + up - 2 * corner);
        guess = a <= b && a <= c ? left : b <= c ? up : corner;
        break;
      }
      default: fail("corrupt PNG file: unknown row filter ", filter);
      }
      row[i] = uint8_t(row[i] + guess);
    }
  }

  uint32_t sample(const uint8_t* row, size_t i) const {
    if (depth_ == 8) return row[i];
    if (depth_ == 16) return load_big_endian<uint16_t>(row + 2 * i);
    size_t bit = i * depth_;
    return row[bit / 8] >> (8 - depth_ - bit % 8) & ((1u << depth_) - 1);
  }
  uint32_t to_byte(uint32_t v) const {
    uint32_t most = (1u << depth_) - 1;
    return depth_ == 8 ? v : (v * 255 + most / 2) / most;
  }

  // Tables and keys that pixel() reads.
  void prepare() {
    for (size_t i = 0; i < palette_.size() / 3; i++) {
      uint8_t v = luma(palette_[3 * i], palette_[3 * i + 1], palette_[3 * i + 2]);
      gray_of_[i] = i < transparent_.size() ? on_white(v, transparent_[i]) : v;
    }
    if (type_ == palette || transparent_.empty()) return;
    if (channels_ % 2 == 0 || transparent_.size() != 2 * channels_)
      fail("corrupt PNG file: tRNS of ", transparent_.size(), " bytes with colour type ", type_);
    key_.emplace();
    for (size_t c = 0; c < channels_; c++)
      (*key_)[c] = load_big_endian<uint16_t>(transparent_.data() + 2 * c);
  }

  uint8_t pixel(const uint8_t* row, size_t i) const {
    uint32_t s[4] = {};
    for (size_t c = 0; c < channels_; c++) s[c] = sample(row, i * channels_ + c);
    if (type_ == palette) {
      if (s[0] >= palette_.size() / 3) fail("corrupt PNG file: a colour outside the palette");
      return gray_of_[s[0]];
    }
    if (key_ && std::equal(s, s + channels_, key_->begin())) return 255;
    for (size_t c = 0; c < channels_; c++) s[c] = to_byte(s[c]);
    uint8_t v = channels_ >= 3 ? luma(s[0], s[1], s[2]) : uint8_t(s[0]);
    return channels_ % 2 ? v : on_white(v, s[channels_ - 1]);
  }

  ByteView file_;
  size_t max_pixels_, at_ = 0;
  uint32_t width_ = 0, height_ = 0, depth_ = 0, type_ = 0;
  size_t channels_ = 1;
  std::span<const Pass> passes_;
  ByteView palette_, transparent_;
  Bytes compressed_;
  uint8_t gray_of_[256] = {};
  std::optional<std::array<uint32_t, 3>> key_;  // this colour is transparent
};

}  // namespace

GrayImage decode_png(ByteView file, size_t max_pixels) { return Decoder(file, max_pixels).run(); }

GrayImage read_png(const std::string& path, size_t max_pixels) {
  Bytes file = read_file(path);
  try {
    return decode_png(file, max_pixels);
  } catch (const Error& e) { fail("cannot read '", path, "': ", e.what()); }
}

}  // namespace taeda::io
