#include "taeda/io/inflate.h"

#include <algorithm>
#include <cstring>

namespace taeda::io {

namespace {

// ---- Huffman tables ----

// An entry: code length in bits 0..7, extra bits in 8..11, flags in 12..15, value in 16..31.
// The value is a literal, the base of a length or distance, or where a subtable starts.
enum : uint32_t { kLiteral = 1 << 12, kSubtable = 1 << 13, kEnd = 1 << 14, kInvalid = 1 << 15 };
constexpr uint32_t entry(uint32_t value, uint32_t extra = 0, uint32_t flags = 0) {
  return value << 16 | flags | extra << 8;
}

constexpr int kLongest = 15;
constexpr uint16_t length_base[29] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                      15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                      67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

constexpr uint32_t literal_or_length(uint32_t symbol) {
  if (symbol < 256) return entry(symbol, 0, kLiteral);
  if (symbol == 256) return entry(0, 0, kEnd);
  if (symbol > 285) return entry(0, 0, kInvalid);
  return entry(length_base[symbol - 257], length_extra[symbol - 257]);
}
constexpr uint32_t distance(uint32_t symbol) {  // bases 1, 2, 3, 4, 5, 7, 9, 13, ..
  if (symbol > 29) return entry(0, 0, kInvalid);
  if (symbol < 4) return entry(symbol + 1);
  uint32_t extra = symbol / 2 - 1;
  return entry(((2 + (symbol & 1)) << extra) + 1, extra);
}
constexpr uint32_t code_length(uint32_t symbol) { return entry(symbol); }

uint32_t reverse(uint32_t code, int length) {
  uint32_t r = 0;
  for (int i = 0; i < length; i++, code >>= 1) r = r << 1 | (code & 1);
  return r;
}

// `kRoot` bits are looked up at once; longer codes go on in a subtable of all the bits that are
// left. A complete code has at least two symbols in each subtable, which bounds their number.
template <int kRoot, int kSymbols> struct Table {
  static constexpr int kSub = kLongest - kRoot;
  uint32_t entries[(1 << kRoot) + (kSymbols / 2 << kSub)];

  // A code may be incomplete only as a single code of one bit, or empty, as other decoders have it.
  void build(std::span<const uint8_t> lengths, uint32_t (*meaning)(uint32_t), const char* which) {
    uint32_t count[kLongest + 1] = {}, next[kLongest + 1];
    for (uint8_t n : lengths) count[n]++;
    uint32_t used = uint32_t(lengths.size()) - count[0];
    count[0] = 0;
    int64_t left = 1;
    uint32_t code = 0;
    for (int n = 1; n <= kLongest; n++) {
      left = left * 2 - count[n];
      if (left < 0) fail("corrupt deflate data: too many ", which, " codes");
      next[n] = code = (code + count[n - 1]) << 1;
    }
    if (left > 0 && used > 0 && !(used == 1 && count[1] == 1))
      fail("corrupt deflate data: the ", which, " codes are incomplete");

    std::fill_n(entries, 1 << kRoot, entry(0, 0, kInvalid) | 1);
    uint32_t end = 1 << kRoot;
    for (uint32_t s = 0; s < lengths.size(); s++) {
      int n = lengths[s];
      if (n == 0) continue;
      uint32_t r = reverse(next[n]++, n), e = meaning(s) | uint32_t(n);
      if (n <= kRoot) {
        for (uint32_t i = r; i < 1u << kRoot; i += 1u << n) entries[i] = e;
        continue;
      }
      uint32_t& link = entries[r & ((1u << kRoot) - 1)];
      if (!(link & kSubtable)) {
        link = entry(end, 0, kSubtable);
        end += 1u << kSub;
      }
      uint32_t* sub = entries + (link >> 16);
      for (uint32_t i = r >> kRoot; i < 1u << kSub; i += 1u << (n - kRoot)) sub[i] = e;
    }
  }
};

// ---- the decoder ----

class Inflater {
 public:
  Inflater(ByteView in, Bytes& out, size_t limit, size_t expected)
      : next_(in.data()), end_(in.data() + in.size()), out_(out), start_(out.size()), at_(start_) {
    limit_ = std::min(limit, out.max_size() / 2 - start_);
    grow(std::min(expected, limit_));
  }

  // Returns the first byte of the input that was not used.
  const uint8_t* run() {
    try {
      for (bool last = false; !last;) {
        refill();
        last = take(1);
        switch (uint32_t kind = take(2)) {
        case 0: stored(); break;
        case 1: fixed(); break;
        case 2: dynamic(); break;
        default: fail("corrupt deflate data: block type ", kind, " does not exist");
        }
      }
      check_limit();
    } catch (...) {
      out_.resize(start_);
      throw;
    }
    out_.resize(at_);
    return to_byte_boundary();
  }

 private:
  // What one step may write beyond the last check: three literals, a match, an overshooting copy.
  static constexpr size_t kSlack = 3 + 258 + 16;

  // At least 56 valid bits, or all that the input has. Bits above `count_` are zero or those that
  // will be loaded there again.
  void refill() {
    if (end_ - next_ >= 8) {
      bits_ |= load_little_endian<uint64_t>(next_) << count_;
      next_ += (63 - count_) >> 3;
      count_ |= 56;
    } else {
      for (; count_ <= 56 && next_ != end_; count_ += 8) bits_ |= uint64_t(*next_++) << count_;
    }
  }
  void drop(uint32_t n) {
    bits_ >>= n;
    count_ -= int(n);
  }
  void check_bits() const {  // zeros were used in place of missing input
    if (count_ < 0) [[unlikely]]
      fail("the compressed data is truncated");
  }
  uint32_t take(uint32_t n) {
    uint32_t v = uint32_t(bits_) & ((1u << n) - 1);
    drop(n);
    check_bits();
    return v;
  }
  template <int kRoot, int kSymbols> uint32_t decode(const Table<kRoot, kSymbols>& t) {
    uint32_t e = t.entries[bits_ & ((1u << kRoot) - 1)];
    if (e & kSubtable) [[unlikely]]
      e = t.entries[(e >> 16) + (bits_ >> kRoot & ((1u << (kLongest - kRoot)) - 1))];
    drop(e & 255);
    return e;
  }

  void check_limit() const {
    if (at_ - start_ > limit_)
      fail("the decompressed data is larger than the limit of ", limit_, " bytes");
  }
  void grow(size_t more) {
    check_limit();
    size_t want = std::max<size_t>({more, 2 * (at_ - start_), 1 << 12});
    out_.resize(start_ + std::min(want, limit_) + kSlack);
  }
  void reserve(size_t n) {
    if (out_.size() - at_ < n + kSlack) grow(at_ - start_ + n);
  }

  const uint8_t* to_byte_boundary() {
    next_ -= count_ / 8;
    bits_ = 0, count_ = 0;
    return next_;
  }

  void stored() {
    to_byte_boundary();
    if (end_ - next_ < 4) fail("the compressed data is truncated");
    size_t n = load_little_endian<uint16_t>(next_);
    if (n != (load_little_endian<uint16_t>(next_ + 2) ^ 0xffffu))
      fail("corrupt deflate data: the length of a stored block is damaged");
    next_ += 4;
    if (size_t(end_ - next_) < n) fail("the compressed data is truncated");
    if (n > limit_ - std::min(limit_, at_ - start_)) at_ += n, check_limit();
    reserve(n);
    if (n) std::memcpy(out_.data() + at_, next_, n);
    at_ += n, next_ += n;
  }

  void fixed() {
    uint8_t lengths[288];
    std::fill_n(lengths, 144, 8);
    std::fill_n(lengths + 144, 112, 9);
    std::fill_n(lengths + 256, 24, 7);
    std::fill_n(lengths + 280, 8, 8);
    literals_.build(lengths, literal_or_length, "literal");
    std::fill_n(lengths, 32, 5);
    distances_.build({lengths, 32}, distance, "distance");
    compressed();
  }

  void dynamic() {
    static constexpr uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                          11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint32_t n_literals = take(5) + 257, n_distances = take(5) + 1, n_lengths = take(4) + 4;
    if (n_literals > 286 || n_distances > 30)
      fail("corrupt deflate data: too many length or distance symbols");
    uint8_t lengths[19] = {};
    for (uint32_t i = 0; i < n_lengths; i++) {
      refill();
      lengths[order[i]] = uint8_t(take(3));
    }
    lengths_.build(lengths, code_length, "length");

    uint8_t all[286 + 30];
    uint32_t total = n_literals + n_distances;
    for (uint32_t i = 0; i < total;) {
      refill();
      uint32_t e = decode(lengths_), symbol = e >> 16;
      check_bits();
      if (e & kInvalid) fail("corrupt deflate data: invalid code length");
      if (symbol < 16) {
        all[i++] = uint8_t(symbol);
        continue;
      }
      if (symbol == 16 && i == 0) fail("corrupt deflate data: a repetition of no code length");
      uint32_t n = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
      if (n > total - i) fail("corrupt deflate data: too many code lengths");
      std::fill_n(all + i, n, symbol == 16 ? all[i - 1] : 0);
      i += n;
    }
    if (all[256] == 0) fail("corrupt deflate data: a block that cannot end");
    literals_.build({all, n_literals}, literal_or_length, "literal");
    distances_.build({all + n_literals, n_distances}, distance, "distance");
    compressed();
  }

  void compressed() {
    for (;;) {
      if (out_.size() - at_ < kSlack) grow(0);
      uint8_t* out = out_.data();
      refill();
      uint32_t e = decode(literals_);
      for (int more = 2; e & kLiteral; more--) {
        out[at_++] = uint8_t(e >> 16);
        if (more == 0) break;
        e = decode(literals_);
      }
      check_bits();
      if (e & kLiteral) continue;
      if (e & (kEnd | kInvalid)) [[unlikely]] {
        if (e & kEnd) return;
        fail("corrupt deflate data: invalid literal or length code");
      }
      size_t length = (e >> 16) + take(e >> 8 & 15);
      refill();
      uint32_t d = decode(distances_);
      check_bits();
      if (d & kInvalid) [[unlikely]]
        fail("corrupt deflate data: invalid distance code");
      size_t back = (d >> 16) + take(d >> 8 & 15);
      if (back > at_ - start_) [[unlikely]]
        fail("corrupt deflate data: a distance before the start of the output");
      copy(out + at_, back, length);
      at_ += length;
    }
  }

  // Eight bytes at a time where source and target are that far apart; may write up to 7 more.
  static void copy(uint8_t* to, size_t back, size_t n) {
    const uint8_t* from = to - back;
    if (back >= 8) {
      for (size_t i = 0; i < n; i += 8) std::memcpy(to + i, from + i, 8);
    } else if (back == 1) {
      std::memset(to, *from, n);
    } else {
      for (size_t i = 0; i < n; i++) to[i] = from[i];
    }
  }

  uint64_t bits_ = 0;
  int count_ = 0;
  const uint8_t *next_, *end_;
  Bytes& out_;
  size_t start_, at_, limit_;
  Table<11, 288> literals_;
  Table<8, 32> distances_;
  Table<7, 0> lengths_;  // codes of at most seven bits
};

[[noreturn]] void truncated() { fail("the compressed data is truncated"); }

// The size of the gzip header at the start of `in`.
size_t gzip_header(ByteView in) {
  enum { kHeaderCrc = 2, kExtra = 4, kName = 8, kComment = 16, kReserved = 0xe0 };
  if (in.size() < 10) truncated();
  if (!is_gzip(in)) fail("not a gzip file");
  if (in[2] != 8) fail("unknown gzip compression method ", int(in[2]));
  uint8_t flags = in[3];
  if (flags & kReserved) fail("corrupt gzip header: reserved flags are set");
  size_t at = 10;
  if (flags & kExtra) {
    if (in.size() - at < 2) truncated();
    at += 2 + load_little_endian<uint16_t>(in.data() + at);
    if (at > in.size()) truncated();
  }
  for (uint8_t text : {kName, kComment}) {  // each ends with a zero byte
    if (!(flags & text)) continue;
    auto zero = std::find(in.begin() + ptrdiff_t(at), in.end(), 0);
    if (zero == in.end()) truncated();
    at = size_t(zero - in.begin()) + 1;
  }
  if (flags & kHeaderCrc) {
    if (in.size() - at < 2) truncated();
    if (load_little_endian<uint16_t>(in.data() + at) != (crc32(in.first(at)) & 0xffff))
      fail("corrupt gzip header: its checksum does not match");
    at += 2;
  }
  return at;
}

}  // namespace

size_t inflate(ByteView in, Bytes& out, size_t limit, size_t expected) {
  Inflater inflater(in, out, limit, expected);
  return size_t(inflater.run() - in.data());
}

Bytes inflate_zlib(ByteView in, size_t limit, size_t expected) {
  if (in.size() < 6) truncated();
  if ((in[0] & 15) != 8 || in[0] >> 4 > 7 || (in[0] << 8 | in[1]) % 31 != 0)
    fail("corrupt zlib header");
  if (in[1] & 32) fail("zlib data with a preset dictionary is not supported");
  Bytes out;
  size_t at = 2 + inflate(in.subspan(2), out, limit, expected);
  if (in.size() - at < 4) truncated();
  if (load_big_endian<uint32_t>(in.data() + at) != adler32(out))
    fail("corrupt zlib data: the Adler-32 checksum does not match");
  if (in.size() - at > 4) fail(in.size() - at - 4, " bytes follow the end of the zlib data");
  return out;
}

Bytes inflate_gzip(ByteView in, size_t limit) {
  Bytes out;
  // The file's last four bytes tell the size (of the last member, modulo 4 GiB): a hint, bounded by
  // what the input can hold.
  size_t expected = 0;
  if (in.size() >= 18) {
    expected = load_little_endian<uint32_t>(in.data() + in.size() - 4);
    if (expected / kMostDeflateRatio > in.size()) expected = 0;
  }
  do {
    in = in.subspan(gzip_header(in));
    size_t start = out.size();
    in = in.subspan(inflate(in, out, limit - start, expected));
    expected = 0;
    if (in.size() < 8) truncated();
    ByteView member = ByteView(out).subspan(start);
    if (load_little_endian<uint32_t>(in.data()) != crc32(member))
      fail("corrupt gzip data: the CRC-32 checksum does not match");
    if (load_little_endian<uint32_t>(in.data() + 4) != uint32_t(member.size()))
      fail("corrupt gzip data: the size does not match");
    in = in.subspan(8);
  } while (is_gzip(in));
  if (std::any_of(in.begin(), in.end(), [](uint8_t b) { return b != 0; }))
    fail(in.size(), " bytes follow the end of the gzip data");
  return out;
}

}  // namespace taeda::io
