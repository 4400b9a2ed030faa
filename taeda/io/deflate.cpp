#include "taeda/io/deflate.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <queue>

#include "taeda/io/inflate.h"

namespace taeda::io {

namespace {

constexpr size_t kWindow = 32768, kShortest = 3, kLongest = 258, kChain = 48;
constexpr size_t kHashBits = 15, kMostTokens = 1 << 15;
constexpr size_t kLiterals = 286, kDistances = 30, kEnd = 256;
constexpr uint8_t kMostBits = 15;

// RFC 1951, 3.2.5: the first length or distance of each symbol and its count of extra bits.
struct Range {
  uint16_t first;
  uint8_t extra;
};
constexpr auto length_ranges = [] {
  std::array<Range, 29> r{};
  uint16_t first = 3;
  for (size_t i = 0; i < 28; i++) {
    uint8_t extra = i < 8 ? 0 : uint8_t(i / 4 - 1);
    r[i] = {first, extra};
    first = uint16_t(first + (1 << extra));
  }
  r[28] = {258, 0};
  return r;
}();
constexpr auto distance_ranges = [] {
  std::array<Range, 30> r{};
  uint16_t first = 1;
  for (size_t i = 0; i < 30; i++) {
    uint8_t extra = i < 4 ? 0 : uint8_t(i / 2 - 1);
    r[i] = {first, extra};
    first = uint16_t(first + (1 << extra));
  }
  return r;
}();
template <size_t n> size_t symbol_of(const std::array<Range, n>& ranges, size_t v) {
  auto it = std::upper_bound(ranges.begin(), ranges.end(), v,
                             [](size_t x, const Range& r) { return x < r.first; });
  return size_t(it - ranges.begin()) - 1;
}

struct Token {  // a literal (distance 0), or `length` bytes repeated from `distance` back
  uint16_t length, distance;
};

class BitWriter {
 public:
  explicit BitWriter(Bytes& out) : out_(out) {}
  void bits(uint32_t v, int n) {
    held_ |= uint64_t(v) << count_;
    for (count_ += n; count_ >= 8; count_ -= 8, held_ >>= 8) out_.push_back(uint8_t(held_));
  }
  void align() {
    if (count_) bits(0, 8 - count_);
  }

 private:
  Bytes& out_;
  uint64_t held_ = 0;
  int count_ = 0;
};

// A Huffman code of at most `most` bits: lengths and, bit-reversed as the stream wants them, codes.
struct Code {
  std::vector<uint8_t> length;
  std::vector<uint16_t> code;

  Code(std::vector<uint32_t> count, int most) {
    // A deep tree is made flatter by making the counts more alike; a few rounds do.
    while (!build(count, most))
      for (auto& c : count) c = c ? (c >> 2) + 1 : 0;
    assign();
  }
  void put(BitWriter& out, size_t symbol) const { out.bits(code[symbol], length[symbol]); }

 private:
  bool build(const std::vector<uint32_t>& count, int most) {
    size_t n = count.size();
    length.assign(n, 0);
    struct Item {
      uint64_t weight;
      uint32_t node;
      bool operator<(const Item& o) const {
        return weight != o.weight ? weight > o.weight : node > o.node;
      }
    };
    std::priority_queue<Item> heap;
    for (uint32_t i = 0; i < n; i++)
      if (count[i]) heap.push({count[i], i});
    // Readers want two codes at least.
    for (uint32_t i = 0; heap.size() < 2; i++)
      if (!count[i]) heap.push({0, i});
    std::vector<uint32_t> parent(2 * n);
    uint32_t next = uint32_t(n);
    while (heap.size() > 1) {
      Item a = heap.top();
      heap.pop();
      Item b = heap.top();
      heap.pop();
      parent[a.node] = parent[b.node] = next;
      heap.push({a.weight + b.weight, next++});
    }
    std::vector<uint8_t> depth(2 * n);
    for (uint32_t node = next - 1; node-- > n;) depth[node] = uint8_t(depth[parent[node]] + 1);
    for (size_t i = 0; i < n; i++) {
      if (!parent[i]) continue;
      length[i] = uint8_t(depth[parent[i]] + 1);
      if (length[i] > most) return false;
    }
    return true;
  }
  void assign() {
    std::array<uint32_t, kMostBits + 2> first{};
    for (uint8_t l : length) first[l + 1]++;
    first[1] = 0;
    for (size_t b = 1; b < first.size(); b++) first[b] = (first[b] + first[b - 1]) << (b > 1);
    // first[b]: the first code of b bits.
    code.assign(length.size(), 0);
    for (size_t i = 0; i < length.size(); i++) {
      if (!length[i]) continue;
      uint32_t c = first[length[i]]++, reversed = 0;
      for (int b = 0; b < length[i]; b++) reversed = reversed << 1 | (c >> b & 1);
      code[i] = uint16_t(reversed);
    }
  }
};

class Encoder {
 public:
  Encoder(ByteView in, Bytes& out)
      : in_(in), bits_(out), head_(size_t(1) << kHashBits, -1), before_(kWindow, -1) {}

  void run() {
    size_t at = 0;
    Match now = longest(0);
    while (at < in_.size()) {
      Match next{};
      insert(at);
      if (now.length && now.length < 32) next = longest(at + 1);
      if (!now.length || next.length > now.length) {  // a longer one starts at the next byte
        add({in_[at], 0});
        at++;
        now = now.length ? next : longest(at);
      } else {
        add({uint16_t(now.length), uint16_t(now.distance)});
        for (size_t end = at + now.length; ++at < end;) insert(at);
        now = longest(at);
      }
    }
    block(true);
    bits_.align();
  }

 private:
  struct Match {
    size_t length = 0, distance = 0;
  };

  size_t hash(size_t at) const {
    uint32_t v = in_[at] | in_[at + 1] << 8 | in_[at + 2] << 16;
    return v * 2654435761u >> (32 - kHashBits);
  }
  void insert(size_t at) {
    if (at + kShortest > in_.size()) return;
    int64_t& h = head_[hash(at)];
    before_[at % kWindow] = h;
    h = int64_t(at);
  }
  // The longest earlier occurrence of what stands at `at`.
  Match longest(size_t at) const {
    Match best;
    if (at + kShortest > in_.size()) return best;
    size_t most = std::min(kLongest, in_.size() - at);
    int64_t p = head_[hash(at)];
    for (size_t tries = 0; tries < kChain && p >= 0 && at - size_t(p) < kWindow; tries++) {
      size_t n = 0;
      while (n < most && in_[size_t(p) + n] == in_[at + n]) n++;
      if (n > best.length) best = {n, at - size_t(p)};
      if (n == most) break;
      int64_t older = before_[size_t(p) % kWindow];
      if (older >= p) break;  // overwritten since
      p = older;
    }
    if (best.length < kShortest) return {};
    return best;
  }

  void add(Token t) {
    tokens_.push_back(t);
    if (tokens_.size() == kMostTokens) block(false);
  }

  void block(bool last) {
    std::vector<uint32_t> literals(kLiterals), distances(kDistances);
    literals[kEnd] = 1;
    for (Token t : tokens_) {
      if (!t.distance) {
        literals[t.length]++;
        continue;
      }
      literals[257 + symbol_of(length_ranges, t.length)]++;
      distances[symbol_of(distance_ranges, t.distance)]++;
    }
    Code literal(std::move(literals), kMostBits), distance(std::move(distances), kMostBits);
    bits_.bits(last, 1);
    bits_.bits(2, 2);
    lengths(literal, distance);
    for (Token t : tokens_) {
      if (!t.distance) {
        literal.put(bits_, t.length);
        continue;
      }
      size_t l = symbol_of(length_ranges, t.length), d = symbol_of(distance_ranges, t.distance);
      literal.put(bits_, 257 + l);
      bits_.bits(uint32_t(t.length - length_ranges[l].first), length_ranges[l].extra);
      distance.put(bits_, d);
      bits_.bits(uint32_t(t.distance - distance_ranges[d].first), distance_ranges[d].extra);
    }
    literal.put(bits_, kEnd);
    tokens_.clear();
  }

  // The two codes' lengths, run-length coded (RFC 1951, 3.2.7).
  void lengths(const Code& literal, const Code& distance) {
    size_t used_literals = kLiterals, used_distances = kDistances;
    while (used_literals > 257 && !literal.length[used_literals - 1]) used_literals--;
    while (used_distances > 1 && !distance.length[used_distances - 1]) used_distances--;
    std::vector<uint8_t> all(literal.length.begin(),
                             literal.length.begin() + std::ptrdiff_t(used_literals));
    all.insert(all.end(), distance.length.begin(),
               distance.length.begin() + std::ptrdiff_t(used_distances));
    struct Item {
      uint8_t symbol, extra, extra_bits;
    };
    std::vector<Item> items;
    for (size_t i = 0; i < all.size();) {
      size_t run = 1;
      while (i + run < all.size() && all[i + run] == all[i]) run++;
      uint8_t v = all[i];
      i += run;
      if (v) items.push_back({v, 0, 0}), run--;
      while (run >= 3) {
        size_t n = std::min<size_t>(run, v ? 6 : 138);
        if (v) items.push_back({16, uint8_t(n - 3), 2});
        else if (n <= 10) items.push_back({17, uint8_t(n - 3), 3});
        else items.push_back({18, uint8_t(n - 11), 7});
        run -= n;
      }
      for (; run; run--) items.push_back({v, 0, 0});
    }
    std::vector<uint32_t> count(19);
    for (Item& i : items) count[i.symbol]++;
    Code code(std::move(count), 7);
    constexpr uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                   11, 4,  12, 3, 13, 2, 14, 1, 15};
    size_t written = 19;
    while (written > 4 && !code.length[order[written - 1]]) written--;
    bits_.bits(uint32_t(used_literals - 257), 5);
    bits_.bits(uint32_t(used_distances - 1), 5);
    bits_.bits(uint32_t(written - 4), 4);
    for (size_t i = 0; i < written; i++) bits_.bits(code.length[order[i]], 3);
    for (Item& i : items) code.put(bits_, i.symbol), bits_.bits(i.extra, i.extra_bits);
  }

  ByteView in_;
  BitWriter bits_;
  std::vector<int64_t> head_, before_;  // chains of places with the same hash
  std::vector<Token> tokens_;
};

void store(ByteView in, Bytes& out) {
  do {
    size_t n = std::min<size_t>(in.size(), 65535);
    out.push_back(n == in.size());
    for (size_t v : {n, ~n}) out.push_back(uint8_t(v)), out.push_back(uint8_t(v >> 8));
    out.insert(out.end(), in.begin(), in.begin() + std::ptrdiff_t(n));
    in = in.subspan(n);
  } while (!in.empty());
}

}  // namespace

Bytes deflate_zlib(ByteView in) {
  Bytes out{0x78, 0x9c};
  Encoder(in, out).run();
  if (out.size() > in.size() + in.size() / 65535 * 5 + 7) {  // noise: as it is
    out.resize(2);
    store(in, out);
  }
  uint32_t check = adler32(in);
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(uint8_t(check >> shift));
  return out;
}

}  // namespace taeda::io
