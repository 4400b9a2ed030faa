// Files: decompression, PNG, IDX, JSON, safetensors, image sets; and that damaged input is refused.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "taeda/io/idx.h"
#include "taeda/io/image_sets.h"
#include "taeda/io/inflate.h"
#include "taeda/io/json.h"
#include "taeda/io/png.h"
#include "taeda/io/safetensors.h"

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

struct Random {  // Numerical Recipes' generator: the same numbers everywhere
  uint32_t state = 1;
  uint32_t operator()(uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  }
};

class Folder {  // removed with everything in it
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "taeda-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_; }
  int files() const {
    return int(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

void put(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
}
Bytes bytes_of(std::string_view s) { return {s.begin(), s.end()}; }
Bytes& operator+=(Bytes& to, const Bytes& more) {
  to.insert(to.end(), more.begin(), more.end());
  return to;
}
Bytes big(uint32_t v) { return {uint8_t(v >> 24), uint8_t(v >> 16), uint8_t(v >> 8), uint8_t(v)}; }
Bytes little(uint32_t v) {
  Bytes b = big(v);
  return {b.rbegin(), b.rend()};
}

Bytes stored(const Bytes& data) {  // one stored deflate block
  uint16_t n = uint16_t(data.size());
  Bytes out = {1, uint8_t(n), uint8_t(n >> 8), uint8_t(~n), uint8_t(~n >> 8)};
  return out += data;
}
Bytes zlib(const Bytes& data) {
  Bytes out = {0x78, 0x01};
  out += stored(data);
  return out += big(adler32(data));
}
Bytes gzip(const Bytes& deflated, const Bytes& data) {
  Bytes out = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
  out += deflated;
  out += little(crc32(data));
  return out += little(uint32_t(data.size()));
}
Bytes gzip(const Bytes& data) { return gzip(stored(data), data); }

// ---- decompression ----

// The data that `dynamic_sample` stands for: few values, long and short repetitions.
Bytes sample_data() {
  Bytes out;
  uint32_t x = 1;
  for (int i = 0; i < 1500; i++) {
    x = x * 1664525 + 1013904223;
    uint32_t a = x >> 24;
    out.push_back(uint8_t((a & 7) * (a & 7) + (a > 200)));
  }
  for (int i = 0; i < 40; i++) out += bytes_of("taeda ");
  return out;
}
constexpr std::string_view dynamic_sample =
    "eNrllDGuJTkIRcGiAhzhEEcT4AXgHbXUs4PZv/r49zImqKenKozh3AtRGlFV4RJ9Yi4vaTPVTHU5mdN5r7VHd2tF34"
    "jpq8xFr2TMY313hF9Py9MWmi4fGYdWWWprXxHV8K6U9GmxRFxLp2lHa2jUDD3qNzqD+0/YVvOWSNPIMPfcVBhZSsa1"
    "VinnTbjg2qpXmRF9XaV6cnUaNbuYnUgVl2VirjrcW9VNpIk7X6d0W5XPnHEliOLGe7Nrddqn2xcw7NAcPHpYind/yz"
    "xv0inwrHqPYZ+VH+2lI8XUs9pniYSCU+9xBzCXDru7XKRc2y4vQuryeNTO/qh4tFQ6HNPj8qatdeyoD2l0gZeS97Ie"
    "pXn7KQGlaTXHpNFDhcHhhtDXkiMJ+vp0zFxxc3BMuMXWXjM89RMFwpFEA8tBP+nrirbTnxVwFL7VH9rNeUb7FfK+ns"
    "ZONzUDv7zOj1DbyaId9ISbFNUGXpp6NzaSxGsm/kQ3/lnGGLIxwikS4JQSAIdTDupDb4ZsKMLEn//yuZKy8E99WNAW"
    "lVElRUgiBGcKJVCIVyjvwNmKn3I/m/X03Yt6rK58FFIlC6ng9lRWHKI4EJ4pxMgbAcUM+fVwEuIxSH5kL2teqKya/b"
    "q0698i0DLJ2cADaKWeETgfMy3BbJh3azmTNvMiwxCn9q+xC0KgGm7Z38gNz3lmoY2+cRg2fMfY541YPm7kRJcPHZCQ"
    "2ufE8o9Zr2AIBhgJST4yRp8cJoVQi3lBH88oH8oUvLtq6X69UPqaPxPgnPSFWsqpNSofrpa9EQ9zZTRTGnXuxjuPWP"
    "XZ5NqZUsA+jB+zjftKLhG0uUJCkITxYqfIVdsz08d0cDR5Zz2/yUY5/ySG1y0v3TKNYQvCNHG4vSnhVqfFM8ZntOUI"
    "7n8tMIi1hzrt4hWQ1hNwv1XCA0zvxHIsA4lD/6jBF/aHt4+vcSIf8ufhSszTzOGZLD5NujanMFvKyBrrjLvo8y22OK"
    "pIqpeBxmRKeSyUiv1WgJwvddvn6ymNfMZx7ARIx7Cbuq4Ge+K8Repv4dX3Rfma7zYwtJ1nrPyeunJO6M4NDMYP7myg"
    "eX9WXrAlmJVnXrbFf7/+/f3rn//P7x9mMb6t";

Bytes from_base64(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '=') break;
    bits = bits << 6 | uint32_t(digits.find(c));
    if ((count += 6) >= 8) out.push_back(uint8_t(bits >> (count -= 8)));
  }
  return out;
}

TEST(Io, Checksums) {
  EXPECT_EQ(crc32(bytes_of("123456789")), 0xCBF43926u);
  EXPECT_EQ(adler32(bytes_of("Wikipedia")), 0x11E60398u);
  EXPECT_EQ(crc32({}), 0u);
  EXPECT_EQ(adler32({}), 1u);
  Bytes ones(1 << 20, 255), a(ones.begin(), ones.begin() + 777), b(ones.begin() + 777, ones.end());
  EXPECT_EQ(crc32(b, crc32(a)), crc32(ones));
  EXPECT_EQ(adler32(b, adler32(a)), adler32(ones));
}

TEST(Io, InflatesEveryKindOfBlock) {
  EXPECT_EQ(inflate_zlib(from_base64(dynamic_sample)), sample_data());
  EXPECT_EQ(inflate_zlib(zlib(sample_data())), sample_data());
  EXPECT_EQ(inflate_gzip(gzip(sample_data())), sample_data());
  // Fixed codes: "a", then a match of 4 at distance 1.
  Bytes fixed = {0x4b, 0x04, 0x01, 0x00}, out;
  EXPECT_EQ(inflate(fixed, out), fixed.size());
  EXPECT_EQ(out, bytes_of("aaaaa"));
  // What is in `out` before is kept and is out of reach.
  EXPECT_EQ(inflate(fixed, out), fixed.size());
  EXPECT_EQ(out, bytes_of("aaaaaaaaaa"));
}

TEST(Io, GzipMembersAndHeaders) {
  Bytes two = gzip(bytes_of("one ")), flags = gzip(bytes_of("two"));
  flags[3] = 2 | 4 | 8 | 16;  // header CRC, extra field, name, comment
  Bytes extra = {3, 0, 1, 2, 3, 'n', 0, 'c', 'd', 0};
  flags.insert(flags.begin() + 10, extra.begin(), extra.end());
  uint32_t sum = crc32(ByteView(flags).first(20));
  flags.insert(flags.begin() + 20, {uint8_t(sum), uint8_t(sum >> 8)});
  EXPECT_EQ(inflate_gzip(flags), bytes_of("two"));
  two += flags;
  two += Bytes(5, 0);  // padding of tapes
  EXPECT_EQ(inflate_gzip(two), bytes_of("one two"));
  two.push_back(1);
  EXPECT_TRUE(contains(error_of([&] { inflate_gzip(two); }), "6 bytes follow the end"));
  flags[11] ^= 1;
  EXPECT_NE(error_of([&] { inflate_gzip(flags); }), "no error");
}

TEST(Io, InflateRefuses) {
  auto error = [](const Bytes& b) {
    Bytes out = {7};
    std::string text = error_of([&] { inflate(b, out, 1 << 20); });
    EXPECT_EQ(out, Bytes{7});  // nothing half-changed
    return text;
  };
  EXPECT_EQ(error({}), "the compressed data is truncated");
  EXPECT_TRUE(contains(error({7}), "block type 3"));
  EXPECT_TRUE(contains(error({1, 1, 0, 0, 0, 'a'}), "stored block"));
  EXPECT_TRUE(contains(error({1, 2, 0, 0xfd, 0xff, 'a'}), "truncated"));
  EXPECT_TRUE(contains(error({0x4b, 0x04, 0x41, 0x00}), "before the start"));
  EXPECT_TRUE(contains(error({0xfd, 0xff, 0xff}), "too many length or distance symbols"));

  Bytes good = from_base64(dynamic_sample), damaged = good;
  damaged.back() ^= 1;
  EXPECT_TRUE(contains(error_of([&] { inflate_zlib(damaged); }), "Adler-32"));
  EXPECT_TRUE(contains(error_of([&] { inflate_zlib(good, 1739); }), "limit of 1739 bytes"));
  EXPECT_EQ(inflate_zlib(good, 1740), sample_data());
  good.push_back(0);
  EXPECT_TRUE(contains(error_of([&] { inflate_zlib(good); }), "1 bytes follow"));
  Bytes g = gzip(bytes_of("x")), h = g;
  g[g.size() - 8] ^= 1;
  EXPECT_TRUE(contains(error_of([&] { inflate_gzip(g); }), "CRC-32"));
  h.back() ^= 1;
  EXPECT_TRUE(contains(error_of([&] { inflate_gzip(h); }), "size does not match"));
}

// Every prefix, and many damaged copies, of `good`: `f` returns or throws taeda::Error, no more.
template <class F> void damage(const Bytes& good, int rounds, F f) {
  auto run = [&](const Bytes& b) {
    Bytes exact(b);  // its own allocation: reading past the end shows under a sanitizer
    exact.shrink_to_fit();
    try {
      f(exact);
    } catch (const Error&) {}
  };
  for (size_t n = 0; n < good.size(); n += 1 + good.size() / 512)
    run({good.begin(), good.begin() + long(n)});
  Random random;
  for (int i = 0; i < rounds; i++) {
    Bytes b = good;
    for (uint32_t k = 1 + random(4); k > 0 && !b.empty(); k--) {
      uint32_t at = random(uint32_t(b.size()));
      switch (random(4)) {
      case 0: b[at] = uint8_t(random(256)); break;
      case 1: b[at] ^= uint8_t(1u << random(8)); break;
      case 2: b.erase(b.begin() + at); break;
      default: b.insert(b.begin() + at, uint8_t(random(256)));
      }
    }
    run(b);
  }
}

TEST(Io, DamagedCompressedData) {
  Bytes good = from_base64(dynamic_sample);
  damage({good.begin() + 2, good.end() - 4}, 3000, [](const Bytes& b) {
    Bytes out;
    inflate(b, out, 1 << 16);
    EXPECT_LE(out.size(), size_t(1) << 16);
  });
  damage(gzip(bytes_of("taeda")), 1000, [](const Bytes& b) { inflate_gzip(b, 1 << 16); });
}

// ---- PNG ----

Bytes chunk(const char* type, const Bytes& data) {
  Bytes body = bytes_of(type);
  body += data;
  Bytes out = big(uint32_t(data.size()));
  out += body;
  return out += big(crc32(body));
}
Bytes png(uint32_t width, uint32_t height, uint8_t depth, uint8_t type, const Bytes& rows,
          const Bytes& middle = {}, uint8_t interlace = 0) {
  Bytes out = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, header = big(width);
  header += big(height);
  header += {depth, type, 0, 0, interlace};
  out += chunk("IHDR", header);
  out += middle;
  out += chunk("IDAT", zlib(rows));
  return out += chunk("IEND", {});
}

TEST(Io, PngColourTypes) {
  EXPECT_EQ(decode_png(png(3, 1, 8, 0, {0, 0, 100, 255})).pixels, (Bytes{0, 100, 255}));
  EXPECT_EQ(decode_png(png(4, 1, 2, 0, {0, 0b00011011})).pixels, (Bytes{0, 85, 170, 255}));
  EXPECT_EQ(decode_png(png(9, 1, 1, 0, {0, 0b10100000, 0x80})).pixels,
            (Bytes{255, 0, 255, 0, 0, 0, 0, 0, 255}));
  EXPECT_EQ(decode_png(png(2, 1, 16, 0, {0, 0x80, 0x00, 0xff, 0xff})).pixels, (Bytes{128, 255}));
  EXPECT_EQ(decode_png(png(3, 1, 8, 2, {0, 255, 0, 0, 0, 255, 0, 0, 0, 255})).pixels,
            (Bytes{76, 150, 29}));
  EXPECT_EQ(decode_png(png(2, 1, 8, 4, {0, 0, 0, 0, 128})).pixels, (Bytes{255, 127}));
  EXPECT_EQ(decode_png(png(1, 1, 8, 6, {0, 0, 0, 0, 255})).pixels, (Bytes{0}));
  Bytes colours = chunk("PLTE", {0, 0, 0, 255, 255, 255, 10, 10, 10});
  EXPECT_EQ(decode_png(png(3, 1, 8, 3, {0, 0, 1, 2}, colours)).pixels, (Bytes{0, 255, 10}));
  colours += chunk("tRNS", {0});
  EXPECT_EQ(decode_png(png(3, 1, 8, 3, {0, 0, 1, 2}, colours)).pixels, (Bytes{255, 255, 10}));
  EXPECT_EQ(decode_png(png(2, 1, 8, 0, {0, 7, 8}, chunk("tRNS", {0, 7}))).pixels, (Bytes{255, 8}));
  GrayImage image = decode_png(png(1, 2, 8, 0, {0, 5, 2, 5}));
  EXPECT_EQ(image.height, 2);
  EXPECT_EQ(image.width, 1);
  EXPECT_EQ(image.pixels, (Bytes{5, 10}));
}

TEST(Io, PngFilters) {
  Bytes rows = {0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 1, 1, 4, 1, 1, 1};
  EXPECT_EQ(decode_png(png(3, 5, 8, 0, rows)).pixels,
            (Bytes{1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4, 5}));
}

TEST(Io, PngInterlaced) {  // 3 x 3: passes 1, 4, 5, 6, 7 have pixels
  Bytes rows = {0, 1, 0, 3, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6};
  EXPECT_EQ(decode_png(png(3, 3, 8, 0, rows, {}, 1)).pixels, (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Io, PngRefuses) {
  auto error = [](const Bytes& b) { return error_of([&] { decode_png(b); }); };
  EXPECT_EQ(error(bytes_of("GIF89a..")), "not a PNG file");
  Bytes good = png(1, 1, 8, 0, {0, 1}), damaged = good;
  damaged[20] ^= 1;
  EXPECT_TRUE(contains(error(damaged), "checksum of a chunk"));
  good.resize(good.size() - 1);
  EXPECT_TRUE(contains(error(good), "truncated"));
  EXPECT_TRUE(contains(error(png(1, 1, 4, 2, {0, 1})), "colour type 2 with 4 bits"));
  EXPECT_TRUE(contains(error(png(0, 1, 8, 0, {0, 1})), "a size of 0 x 1"));
  EXPECT_TRUE(contains(error(png(1 << 30, 1 << 30, 8, 0, {0, 1})), "larger than the limit"));
  EXPECT_TRUE(contains(error(png(8000, 8000, 8, 0, {0, 1})), "truncated"));
  EXPECT_TRUE(contains(error(png(1, 1, 8, 0, {5, 1})), "row filter 5"));
  EXPECT_TRUE(contains(error(png(2, 1, 8, 0, {0, 1})), "2 bytes of image data, 3 were expected"));
  EXPECT_TRUE(contains(error(png(1, 1, 8, 0, {0, 1, 2})), "limit of 2 bytes"));
  EXPECT_TRUE(contains(error(png(1, 1, 8, 3, {0, 1})), "no palette"));
  Bytes colours = chunk("PLTE", {0, 0, 0});
  EXPECT_TRUE(contains(error(png(1, 1, 8, 3, {0, 1}, colours)), "outside the palette"));
  EXPECT_TRUE(contains(error(png(1, 1, 8, 0, {0, 1}, chunk("NEWC", {}))), "critical chunk"));
  EXPECT_EQ(decode_png(png(1, 1, 8, 0, {0, 1}, chunk("tEXt", {1, 2}))).pixels, Bytes{1});
}

// With the checksums of the chunks mended, so that the damage reaches the decoder.
TEST(Io, DamagedPng) {
  auto mend = [](Bytes b) {
    for (size_t at = 8; at + 12 <= b.size();) {
      size_t n = load_big_endian<uint32_t>(b.data() + at);
      if (n > b.size() - at - 12) break;
      Bytes sum = big(crc32(ByteView(b).subspan(at + 4, n + 4)));
      std::copy(sum.begin(), sum.end(), b.begin() + long(at + 8 + n));
      at += 12 + n;
    }
    return b;
  };
  Bytes colours = chunk("PLTE", Bytes(30, 9));
  colours += chunk("tRNS", {1, 2, 3});
  Bytes good = png(5, 3, 4, 3, {0, 1, 2, 0, 1, 1, 1, 0, 4, 1, 1, 16}, colours);
  for (const Bytes& b : {good, png(3, 3, 16, 6, Bytes(75, 0), {}, 0)})
    damage(b, 2000, [&](const Bytes& x) { decode_png(mend(x), 1 << 20); });
}

// ---- IDX ----

TEST(Io, IdxTypes) {
  Tensor t = parse_idx(Bytes{0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9});
  EXPECT_TRUE(t.dtype() == DType::uint8 && t.sizes() == (Dims{2, 1}));
  EXPECT_EQ(t.data<uint8_t>()[1], 9);
  t = parse_idx(Bytes{0, 0, 0x0b, 1, 0, 0, 0, 1, 0xff, 0xfe});
  EXPECT_TRUE(t.dtype() == DType::int16 && t.data<int16_t>()[0] == -2);
  t = parse_idx(Bytes{0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 1, 0, 2});
  EXPECT_TRUE(t.dtype() == DType::int32 && t.data<int32_t>()[0] == 65538);
  t = parse_idx(Bytes{0, 0, 0x0d, 0, 0x3f, 0xc0, 0, 0});
  EXPECT_TRUE(t.dtype() == DType::float32 && t.dim() == 0 && t.data<float>()[0] == 1.5f);
  t = parse_idx(gzip({0, 0, 0x0e, 1, 0, 0, 0, 1, 0xbf, 0xf0, 0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(t.dtype() == DType::float64 && t.data<double>()[0] == -1);
  t = parse_idx(Bytes{0, 0, 9, 2, 255, 255, 255, 255, 0, 0, 0, 0});
  EXPECT_TRUE(t.dtype() == DType::int8 && t.numel() == 0 && t.size(0) == 4294967295);
}

TEST(Io, IdxRefuses) {
  Folder folder;
  auto error = [&](const Bytes& b) {
    put(folder / "f", b);
    return error_of([&] { read_idx(folder / "f"); });
  };
  EXPECT_EQ(error({}),
            "cannot read '" + (folder / "f") + "': the file is empty, an IDX file was expected");
  EXPECT_TRUE(contains(error({0, 1, 8, 1}), "two zero bytes"));
  EXPECT_TRUE(contains(error({0, 0, 7, 1}), "element type 7"));
  EXPECT_TRUE(contains(error({0, 0, 8, 1, 0, 0, 0}), "header of 1 dimensions takes 8 bytes"));
  EXPECT_TRUE(contains(error({0, 0, 8, 1, 0, 0, 0, 2, 1}), "take 2 bytes, the file has 1"));
  EXPECT_TRUE(contains(error({0, 0, 8, 1, 0, 0, 0, 1, 1, 1}), "1 bytes follow the [1] elements"));
  Bytes huge = {0, 0, 14, 4};
  huge += Bytes(16, 255);
  EXPECT_TRUE(contains(error(huge), "too large"));
  huge[3] = 5;
  huge += Bytes(4, 0);
  EXPECT_TRUE(contains(error(huge), "too large"));
  EXPECT_TRUE(contains(error(gzip(gzip({0, 0, 8, 0, 1}))), "gzipped twice"));
  try {
    read_idx(folder / "none");
    ADD_FAILURE();
  } catch (const FileError& e) {
    EXPECT_EQ(e.code, ENOENT);
    EXPECT_TRUE(contains(e.what(), "none"));
  }
  EXPECT_THROW(read_idx(folder.path()), FileError);
  Bytes good = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
  damage(good, 2000, [](const Bytes& b) { parse_idx(b); });
  damage(gzip(good), 1000, [](const Bytes& b) { parse_idx(b); });
}

// ---- JSON ----

TEST(Io, JsonValues) {
  Json v = parse_json(" {\"a\": [1, -2.5e1, true, null, \"\\u00e9\\ud83d\\ude00\\n\"], \"b\":{}} ");
  auto& a = *v.find("a")->as<Json::Array>();
  EXPECT_EQ(*a[0].as<int64_t>(), 1);
  EXPECT_EQ(*a[1].as<double>(), -25);
  EXPECT_TRUE(*a[2].as<bool>() && a[3].is_null());
  EXPECT_EQ(*a[4].as<std::string>(), "\u00e9\U0001f600\n");
  EXPECT_TRUE(v.find("b")->as<Json::Object>() && !v.find("c") && !a[0].find("x"));
  EXPECT_EQ(*parse_json("9223372036854775807").as<int64_t>(), INT64_MAX);
  EXPECT_TRUE(parse_json("9223372036854775808").as<double>());
  std::string all;
  for (int c = 0; c < 128; c++) all += char(c);
  EXPECT_EQ(*parse_json(json_quoted(all)).as<std::string>(), all);
  EXPECT_THROW(json_quoted("\xff"), ValueError);
}

TEST(Io, JsonRefuses) {
  for (const char* bad : {"",
                          "{",
                          "[1,]",
                          "[1 2]",
                          "{\"a\"}",
                          "{\"a\":1,}",
                          "{a:1}",
                          "01",
                          "1.",
                          "-",
                          "+1",
                          ".5",
                          "1e",
                          "nul",
                          "truex",
                          "\"",
                          "\"\\x\"",
                          "\"\\u12g4\"",
                          "\"\\ud800\"",
                          "\"\\ud800\\u0041\"",
                          "\"\\udc00\"",
                          "\"\t\"",
                          "1 1",
                          "[1]]",
                          "1e999",
                          "\"\xc0\x80\"",
                          "\"\xed\xa0\x80\"",
                          "\"\xf4\x90\x80\x80\"",
                          "\"\xe2\x82\"",
                          "NaN",
                          "{\"a\":1,\"a\":2}"})
    EXPECT_TRUE(error_of([&] { parse_json(bad); }).starts_with("invalid JSON at byte ")) << bad;
  EXPECT_NO_THROW(parse_json(std::string(64, '[') + std::string(64, ']')));
  EXPECT_THROW(parse_json(std::string(65, '[') + std::string(65, ']')), Error);
  EXPECT_THROW(parse_json(std::string(1000000, '[')), Error);
}

// ---- safetensors ----

Tensor ramp(const Dims& sizes, DType dtype) {
  Tensor t = empty(sizes, dtype);
  auto* p = static_cast<uint8_t*>(t.raw());
  for (size_t i = 0; i < size_t(t.numel()) * size_of(dtype); i++)
    p[i] = uint8_t(dtype == DType::boolean ? i % 2 : i % 7);
  return t;
}
void expect_same(const Tensor& a, const Tensor& b) {
  ASSERT_TRUE(a.dtype() == b.dtype() && a.sizes() == b.sizes());
  auto* p = static_cast<const uint8_t*>(a.raw());
  auto* q = static_cast<const uint8_t*>(b.raw());
  EXPECT_TRUE(std::equal(p, p + size_t(a.numel()) * size_of(a.dtype()), q));
}
Bytes safetensors(const std::string& header, const Bytes& data) {
  Bytes out = little(uint32_t(header.size()));
  out += Bytes(4, 0);
  out += bytes_of(header);
  return out += data;
}

TEST(Io, SafetensorsRoundTrip) {
  Folder folder;
  NamedTensors all;
  for (int i = 0; i < dtype_count; i++)
    if (DType(i) != DType::complex128)
      all.emplace_back("t." + std::string(name_of(DType(i))), ramp({2, 3}, DType(i)));
  all.emplace_back("scalar", ramp({}, DType::float32));
  all.emplace_back("empty", ramp({0, 5}, DType::float64));
  all.emplace_back("quote \" \\ \n \u00e9", ramp({1}, DType::uint8));
  Metadata metadata = {{"z", "1"}, {"a", "two\nlines"}};
  save_safetensors(folder / "f", all, metadata);
  EXPECT_EQ(folder.files(), 1);
  SafetensorsContent back = load_safetensors(folder / "f");
  ASSERT_EQ(back.tensors.size(), all.size());
  for (size_t i = 0; i < all.size(); i++) {
    EXPECT_EQ(back.tensors[i].first, all[i].first);
    expect_same(back.tensors[i].second, all[i].second);
  }
  EXPECT_EQ(back.metadata, metadata);
  EXPECT_EQ(read_file(folder / "f"), write_safetensors(all, metadata));

  SafetensorsReader reader(folder / "f");
  EXPECT_EQ(reader.find("none"), nullptr);
  expect_same(reader.read(*reader.find("empty")), all[all.size() - 2].second);
  for (auto& t : reader.tensors()) EXPECT_EQ(t.begin % size_of(t.dtype), 0u);  // aligned

  save_safetensors(folder / "none", {});
  EXPECT_TRUE(load_safetensors(folder / "none").tensors.empty());
  EXPECT_FALSE(load_safetensors(folder / "none").metadata);
}

TEST(Io, SafetensorsSavesViewsRowMajor) {
  Tensor x = ramp({2, 3}, DType::uint8);
  Tensor t = alias(x, {{3, 2}, {1, 3}, 0});
  Bytes file = write_safetensors({{"t", t}});
  EXPECT_EQ(Bytes(file.end() - 6, file.end()), (Bytes{0, 3, 1, 4, 2, 5}));
}

TEST(Io, SafetensorsRefusesToWrite) {
  Folder folder;
  std::string path = folder / "f";
  put(path, {1, 2, 3});
  Tensor x = ramp({2}, DType::float32);
  EXPECT_THROW(save_safetensors(path, {{"a", x}, {"b", x}, {"a", x}}), ValueError);
  EXPECT_THROW(save_safetensors(path, {{"__metadata__", x}}), ValueError);
  EXPECT_THROW(save_safetensors(path, {{"\xff", x}}), ValueError);
  EXPECT_THROW(save_safetensors(path, {{"a", Tensor()}}), ValueError);
  EXPECT_THROW(save_safetensors(path, {{"a", x}}, Metadata{{"k", "1"}, {"k", "2"}}), ValueError);
  EXPECT_THROW(save_safetensors(path, {{"a", ramp({1}, DType::complex128)}}), TypeError);
  EXPECT_EQ(read_file(path), (Bytes{1, 2, 3}));  // the old file stays
  EXPECT_EQ(folder.files(), 1);
  EXPECT_THROW(save_safetensors(folder / "no/such/f", {{"a", x}}), FileError);
  EXPECT_THROW(save_safetensors(folder.path(), {{"a", x}}), FileError);
  EXPECT_THROW(save_safetensors("", {{"a", x}}), FileError);
  EXPECT_THROW(save_safetensors("/dev/null", {{"a", x}}), FileError);
}

TEST(Io, SafetensorsReplacesFiles) {
  Folder folder;
  std::string path = folder / "f", link = folder / "link";
  put(path, {1});
  ::chmod(path.c_str(), 0640);
  fs::create_symlink("f", link);
  save_safetensors(link, {{"a", ramp({2}, DType::float32)}});
  struct stat s;
  ASSERT_EQ(::lstat(link.c_str(), &s), 0);
  EXPECT_TRUE(S_ISLNK(s.st_mode));
  EXPECT_EQ(load_safetensors(path).tensors.size(), 1u);
  ASSERT_EQ(::stat(path.c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 0777, 0640u);
  {
    AtomicFile unfinished(path);
    unfinished.write(Bytes(100, 1));
  }
  EXPECT_EQ(load_safetensors(path).tensors.size(), 1u);
  EXPECT_EQ(folder.files(), 2);
}

TEST(Io, SafetensorsRefusesToRead) {
  Folder folder;
  auto error = [&](const std::string& header, size_t data) {
    put(folder / "f", safetensors(header, Bytes(data, 1)));
    return error_of([&] { load_safetensors(folder / "f"); });
  };
  auto entry = [](const std::string& name, const std::string& shape, const std::string& offsets) {
    return "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}";
  };
  std::string a = entry("a", "[2]", "[0,8]");
  EXPECT_EQ(error("{" + a + "}   ", 8), "no error");
  EXPECT_EQ(error("{" + a + ",\"__metadata__\":{\"k\":\"v\"}}", 8), "no error");
  EXPECT_TRUE(
      error("{" + a + "}", 7).starts_with("cannot read '" + (folder / "f") + "': truncated"));
  EXPECT_TRUE(contains(error("{" + a + "}", 9), "1 bytes follow"));
  EXPECT_TRUE(contains(error(" {" + a + "}", 8), "start with '{'"));
  EXPECT_TRUE(contains(error("{" + a + "," + a + "}", 8), "occurs twice"));
  EXPECT_TRUE(contains(error("{" + a + "," + entry("b", "[2]", "[4,12]") + "}", 12),
                       "invalid offset for tensor 'b'"));
  EXPECT_TRUE(contains(error("{" + a + "," + entry("b", "[2]", "[9,17]") + "}", 17),
                       "invalid offset for tensor 'b'"));
  EXPECT_TRUE(contains(error("{" + entry("a", "[3]", "[0,8]") + "}", 8), "take 12 bytes"));
  EXPECT_TRUE(contains(error("{" + entry("a", "[2]", "[8,0]") + "}", 8), "data_offsets"));
  EXPECT_TRUE(contains(error("{" + entry("a", "[-2]", "[0,8]") + "}", 8), "whole numbers"));
  EXPECT_TRUE(contains(error("{" + entry("a", "[2.0]", "[0,8]") + "}", 8), "whole numbers"));
  EXPECT_TRUE(contains(error("{" + entry("a", "2", "[0,8]") + "}", 8), "shape a list"));
  EXPECT_TRUE(contains(error("{" + entry("a", "[2]", "[0,8,8]") + "}", 8), "two numbers"));
  for (const char* shape : {"[4294967296,4294967296]", "[0,4294967296,4294967296]",
                            "[9223372036854775807]", "[9223372036854775808]"})
    EXPECT_NE(error("{" + entry("a", shape, "[0,0]") + "}", 0), "no error");
  EXPECT_TRUE(contains(error("{\"a\":{\"dtype\":\"F99\",\"shape\":[],\"data_offsets\":[0,0]}}", 0),
                       "the dtype 'F99' is not supported"));
  EXPECT_TRUE(contains(error("{\"a\":{\"shape\":[],\"data_offsets\":[0,0]}}", 0), "has no dtype"));
  EXPECT_TRUE(contains(error("{\"__metadata__\":{\"k\":1}}", 0), "must be a string"));
  EXPECT_NE(error("{\"a\":" + std::string(100000, '['), 0), "no error");

  put(folder / "f", {1, 2, 3});
  EXPECT_TRUE(contains(error_of([&] { load_safetensors(folder / "f"); }), "only 3 bytes"));
  put(folder / "f", Bytes(8, 255));
  EXPECT_TRUE(contains(error_of([&] { load_safetensors(folder / "f"); }), "too large"));
  put(folder / "f", {9, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
  EXPECT_TRUE(contains(error_of([&] { load_safetensors(folder / "f"); }), "truncated"));
  EXPECT_THROW(load_safetensors(folder / "none"), FileError);
}

TEST(Io, SafetensorsReadsBytesAsBool) {
  Bytes file =
      safetensors("{\"a\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[0,3]}}", {0, 1, 200});
  SafetensorsReader reader{ByteView(file)};
  auto t = reader.read(reader.tensors()[0]);
  EXPECT_EQ(static_cast<uint8_t*>(t.raw())[2], 1);
}

TEST(Io, DamagedSafetensors) {
  Bytes good = write_safetensors({{"weight", ramp({2, 3}, DType::float32)},
                                  {"mask", ramp({5}, DType::boolean)},
                                  {"n", ramp({}, DType::int64)}},
                                 Metadata{{"format", "pt"}});
  damage(good, 4000, [](const Bytes& b) {
    SafetensorsReader reader{ByteView(b)};
    for (auto& t : reader.tensors()) EXPECT_LE(reader.read(t).numel(), int64_t(b.size()));
  });
}

// ---- image sets ----

TEST(Io, Digits) {
  ImageSet s = load_images("digits");
  EXPECT_TRUE(s.train_images.sizes() == (Dims{1500, 8, 8}) &&
              s.test_images.sizes() == (Dims{297, 8, 8}));
  EXPECT_TRUE(s.train_images.dtype() == DType::uint8 && s.train_labels.dtype() == DType::int64);
  EXPECT_EQ(s.class_names.size(), 10u);
  EXPECT_EQ(s.max_value, 16);
  int64_t counts[10] = {}, sum = 0;
  for (auto& labels : {s.train_labels, s.test_labels})
    for (int64_t i = 0; i < labels.numel(); i++) counts[labels.data<int64_t>()[i]]++;
  for (auto& images : {s.train_images, s.test_images})
    for (int64_t i = 0; i < images.numel(); i++) sum += images.data<uint8_t>()[i];
  EXPECT_EQ(std::vector<int64_t>(counts, counts + 10),
            (std::vector<int64_t>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));
  EXPECT_EQ(sum, 561718);
  EXPECT_THROW(load_images("cifar"), ValueError);
}

TEST(Io, ImageFiles) {
  Folder folder;
  Bytes images = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4};
  Bytes labels = {0, 0, 8, 1, 0, 0, 0, 2, 9, 0};
  std::string raw = folder / "FashionMNIST/raw/";
  fs::create_directories(raw);
  EXPECT_TRUE(contains(error_of([&] { load_images("fashion-mnist", folder.path()); }),
                       "were not found in any of\n  " + folder.path()));
  put(raw + "train-images-idx3-ubyte", images);
  put(raw + "train-labels-idx1-ubyte.gz", gzip(labels));
  put(raw + "t10k-images.idx3-ubyte", images);
  EXPECT_TRUE(contains(error_of([&] { load_images("fashion-mnist", folder.path()); }),
                       "missing: t10k-labels"));
  put(raw + "t10k-labels-idx1-ubyte", labels);
  ImageSet s = load_images("fashion-mnist", folder.path());
  EXPECT_TRUE(s.train_images.sizes() == (Dims{2, 1, 2}));
  EXPECT_EQ(s.class_names[size_t(s.train_labels.data<int64_t>()[0])], "Ankle boot");
  EXPECT_EQ(s.max_value, 255);
  EXPECT_THROW(load_images("mnist", folder.path()), FileError);
  EXPECT_EQ(load_images("mnist", folder / "FashionMNIST").class_names[9], "9");

  auto error = [&](const Bytes& b) {
    put(raw + "t10k-labels-idx1-ubyte", b);
    return error_of([&] { load_images("fashion-mnist", folder.path()); });
  };
  EXPECT_TRUE(contains(error({0, 0, 8, 1, 0, 0, 0, 2, 9, 10}), "label 10 at 1"));
  EXPECT_TRUE(contains(error({0, 0, 8, 1, 0, 0, 0, 1, 9}), "2 images"));
  EXPECT_TRUE(contains(error(images), "3 dimensions; labels are torch.uint8 of 1"));
}

TEST(Io, ImageFromPng) {
  Folder folder;
  put(folder / "f.png", png(2, 1, 8, 0, {0, 3, 4}));
  Tensor t = read_image(folder / "f.png");
  EXPECT_TRUE(t.sizes() == (Dims{1, 2}) && t.data<uint8_t>()[1] == 4);
  put(folder / "f.png", {1});
  EXPECT_EQ(error_of([&] { read_image(folder / "f.png"); }),
            "cannot read '" + (folder / "f.png") + "': not a PNG file");
}

}  // namespace
}  // namespace taeda::io
