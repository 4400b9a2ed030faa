#include "taeda/cpu/tile_walk.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "taeda/threads/pool.h"

namespace taeda::cpu {
namespace {

constexpr int64_t kTileBytes = 4096;
constexpr int64_t kShortInner = 32;  // rows below this are gathered many at a time

struct Pair {
  uint64_t lo, hi;
};

// Calls f.template operator()<T>() with an integer type of the item's size.
template <class F> void with_item(int itemsize, F&& f) {
  switch (itemsize) {
  case 1: return f.template operator()<uint8_t>();
  case 2: return f.template operator()<uint16_t>();
  case 4: return f.template operator()<uint32_t>();
  case 8: return f.template operator()<uint64_t>();
  default: return f.template operator()<Pair>();
  }
}

template <class F> void each_operand(PointwiseCall& c, F&& f) {
  f(c.out);
  for (int k = 0; k < c.inputs; ++k) f(c.in[k]);
}

// Whether dimension a should lie outside dimension b: the output decides, then the inputs.
bool outside(const PointwiseCall& c, int a, int b) {
  auto order = [&](const Operand& o) {
    const int64_t x = o.strides[a], y = o.strides[b];
    return (x < 0 ? -x : x) - (y < 0 ? -y : y);
  };
  int64_t d = order(c.out);
  for (int k = 0; k < c.inputs && d == 0; ++k) d = order(c.in[k]);
  return d > 0;
}

// Puts the dimensions into the output's order of storage, as lanes do not interact.
void sort_dims(PointwiseCall& c) {
  for (int i = 1; i < c.dims; ++i)
    for (int j = i; j > 0 && outside(c, j, j - 1); --j) {
      std::swap(c.sizes[j], c.sizes[j - 1]);
      each_operand(c, [&](Operand& o) { std::swap(o.strides[j], o.strides[j - 1]); });
    }
}

// Drops dimensions of size 1 and merges neighbours that every operand walks with one stride.
void coalesce(PointwiseCall& c) {
  int d = 0;
  for (int i = 0; i < c.dims; ++i) {
    if (c.sizes[i] == 1) continue;
    bool merge = d > 0;
    each_operand(
        c, [&](Operand& o) { merge = merge && o.strides[d - 1] == o.strides[i] * c.sizes[i]; });
    if (merge) c.sizes[d - 1] *= c.sizes[i];
    else c.sizes[d++] = c.sizes[i];
    each_operand(c, [&](Operand& o) { o.strides[d - 1] = o.strides[i]; });
  }
  if (d == 0) {
    c.sizes[0] = 1;
    each_operand(c, [](Operand& o) { o.strides[0] = 1; });
    d = 1;
  }
  c.dims = d;
}

// Position of a flattened index: the index in every dimension, and each operand's offset kept in
// step.
class Odometer {
 public:
  Odometer(const PointwiseCall& c, int64_t at) : c_(c) {
    for (int d = c.dims - 1; d >= 0; --d) {
      index_[d] = at % c.sizes[d];
      at /= c.sizes[d];
    }
  }
  int64_t column() const { return index_[c_.dims - 1]; }
  int64_t width() const { return c_.sizes[c_.dims - 1]; }
  int64_t left_of(int d) const { return c_.sizes[d] - index_[d]; }
  void skip(int d, int64_t by) { index_[d] += by; }
  int64_t left_in_row() const { return c_.sizes[c_.dims - 1] - column(); }
  int64_t offset(const Operand& o) const {
    int64_t sum = 0;
    for (int d = 0; d < c_.dims; ++d) sum += index_[d] * o.strides[d];
    return sum;
  }
  // To the start of the next row; `step(d, by)`: dimension d moved by `by` items.
  template <class Step> void next_row(Step step) {
    const int last = c_.dims - 1;
    if (index_[last] != 0) step(last, -index_[last]);
    index_[last] = 0;
    for (int d = last - 1; d >= 0; --d) {
      if (++index_[d] < c_.sizes[d]) return step(d, 1);
      step(d, 1 - c_.sizes[d]);
      index_[d] = 0;
    }
  }

 private:
  const PointwiseCall& c_;
  int64_t index_[kMaxDims];
};

template <class T> void gather(void* to, const void* from, int64_t stride, int64_t n) {
  T* d = static_cast<T*>(to);
  const T* s = static_cast<const T*>(from);
  if (stride == 0) std::fill_n(d, n, *s);
  else if (stride == -1) row_table().reverse[std::countr_zero(sizeof(T))](d, s - n + 1, n);
  else
    for (int64_t i = 0; i < n; ++i) d[i] = s[i * stride];
}
template <class T> void scatter(void* to, int64_t stride, const void* from, int64_t n) {
  T* d = static_cast<T*>(to);
  const T* s = static_cast<const T*>(from);
  for (int64_t i = 0; i < n; ++i) d[i * stride] = s[i];
}

// Long rows: contiguous operands are used where they lie, the others row by row through tiles in
// L1.
class RowWalk {
 public:
  RowWalk(const PointwiseCall& c, bool stream) : c_(c), stream_(stream) {
    int widest = c.out.itemsize;
    direct_out_ = c.out.strides[c.dims - 1] == 1 && !stream;
    direct_ = direct_out_;
    for (int k = 0; k < c.inputs; ++k) {
      direct_ = direct_ && c.in[k].strides[c.dims - 1] == 1;
      widest = std::max(widest, c.in[k].itemsize);
    }
    tile_ = kTileBytes / widest;
  }

  // Items [begin, end) of the flattened index.
  void run(int64_t begin, int64_t end) {
    Odometer at(c_, begin);
    char* out = static_cast<char*>(c_.out.data) + at.offset(c_.out) * c_.out.itemsize;
    const char* in[kMaxInputs];
    for (int k = 0; k < c_.inputs; ++k)
      in[k] = static_cast<const char*>(c_.in[k].data) + at.offset(c_.in[k]) * c_.in[k].itemsize;
    for (;;) {
      if (direct_ && c_.dims > 1 && at.column() == 0)
        if (const int64_t rows = std::min(at.left_of(c_.dims - 2), (end - begin) / at.width());
            rows > 1) {  // whole rows of one outer item
          direct_rows(out, in, rows - 1);
          begin += (rows - 1) * at.width();
          at.skip(c_.dims - 2, rows - 1);
        }
      const int64_t n = std::min(end - begin, at.left_in_row());
      row(out, in, n);
      begin += n;
      if (begin >= end) return;
      at.next_row([&](int d, int64_t by) {
        out += by * c_.out.strides[d] * c_.out.itemsize;
        for (int k = 0; k < c_.inputs; ++k) in[k] += by * c_.in[k].strides[d] * c_.in[k].itemsize;
      });
    }
  }

 private:
  // `rows` whole rows; out and in move behind them.
  void direct_rows(char*& out, const char** in, int64_t rows) {
    const int d = c_.dims - 2;
    const int64_t n = c_.sizes[d + 1], out_step = c_.out.strides[d] * c_.out.itemsize;
    int64_t step[kMaxInputs];
    for (int k = 0; k < c_.inputs; ++k) step[k] = c_.in[k].strides[d] * c_.in[k].itemsize;
    for (; rows > 0; --rows) {
      c_.fn(out, reinterpret_cast<const void* const*>(in), n, c_.attrs);
      out += out_step;
      for (int k = 0; k < c_.inputs; ++k) in[k] += step[k];
    }
  }

  void row(char* out, const char* const* in, int64_t n) {
    if (direct_) return c_.fn(out, reinterpret_cast<const void* const*>(in), n, c_.attrs);
    const int last = c_.dims - 1;
    const void* ptrs[kMaxInputs];
    for (int64_t i = 0; i < n; i += tile_) {
      const int64_t m = std::min(n - i, tile_);
      for (int k = 0; k < c_.inputs; ++k) {
        const int64_t s = c_.in[k].strides[last];
        const int size = c_.in[k].itemsize;
        const char* from = in[k] + i * s * size;
        if (s == 1) {
          ptrs[k] = from;
          continue;
        }
        ptrs[k] = tiles_[k];
        if (s == 0 && from == filled_[k] && m <= filled_items_[k]) continue;
        with_item(size, [&]<class T>() { gather<T>(tiles_[k], from, s, m); });
        filled_[k] = from, filled_items_[k] = m;
      }
      char* to = out + i * c_.out.strides[last] * c_.out.itemsize;
      if (direct_out_) {
        c_.fn(to, ptrs, m, c_.attrs);
        continue;
      }
      char* tile = tiles_[kMaxInputs];
      c_.fn(tile, ptrs, m, c_.attrs);
      if (stream_) row_table().stream(to, tile, m * c_.out.itemsize);
      else
        with_item(c_.out.itemsize,
                  [&]<class T>() { scatter<T>(to, c_.out.strides[last], tile, m); });
    }
  }

  const PointwiseCall& c_;
  bool stream_, direct_, direct_out_;
  int64_t tile_;
  const char* filled_[kMaxInputs] = {};  // the repeated item a tile is full of
  int64_t filled_items_[kMaxInputs] = {};
  alignas(64) char tiles_[kMaxInputs + 1][kTileBytes];
};

// Short rows: a tile takes many of them.
class TileWalk {
 public:
  explicit TileWalk(const PointwiseCall& c) : c_(c) {
    int widest = c.out.itemsize;
    for (int k = 0; k < c.inputs; ++k) {
      dense_[k] = is_dense(c.in[k]);
      widest = std::max(widest, c.in[k].itemsize);
    }
    dense_out_ = is_dense(c.out);
    tile_ = kTileBytes / widest;
  }

  void run(int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at += tile_) {
      const int64_t m = std::min(tile_, end - at);
      const void* ptrs[kMaxInputs];
      for (int k = 0; k < c_.inputs; ++k) {
        const Operand& o = c_.in[k];
        ptrs[k] = dense_[k] ? static_cast<const char*>(o.data) + at * o.itemsize : tiles_[k];
        if (!dense_[k])
          with_item(o.itemsize, [&]<class T>() { move<T, true>(tiles_[k], o, at, m); });
      }
      const Operand& o = c_.out;
      char* to = dense_out_ ? static_cast<char*>(o.data) + at * o.itemsize : tiles_[kMaxInputs];
      c_.fn(to, ptrs, m, c_.attrs);
      if (!dense_out_) with_item(o.itemsize, [&]<class T>() { move<T, false>(to, o, at, m); });
    }
  }

 private:
  bool is_dense(const Operand& o) const {
    int64_t expected = 1;
    for (int d = c_.dims - 1; d >= 0; expected *= c_.sizes[d--])
      if (o.strides[d] != expected) return false;
    return true;
  }

  // Items [at, at + m) of the operand to the tile, or back.
  template <class T, bool to_tile> void move(void* tile, const Operand& o, int64_t at, int64_t m) {
    Odometer position(c_, at);
    T* t = static_cast<T*>(tile);
    T* p = static_cast<T*>(o.data) + position.offset(o);
    const int64_t s = o.strides[c_.dims - 1];
    for (;;) {
      const int64_t n = std::min(m, position.left_in_row());
      for (int64_t i = 0; i < n; ++i) {
        if constexpr (to_tile) t[i] = p[i * s];
        else p[i * s] = t[i];
      }
      t += n, m -= n;
      if (m == 0) return;
      position.next_row([&](int d, int64_t by) { p += by * o.strides[d]; });
    }
  }

  const PointwiseCall& c_;
  bool dense_[kMaxInputs], dense_out_;
  int64_t tile_;
  alignas(64) char tiles_[kMaxInputs + 1][kTileBytes];
};

// An input that lies transposed: blocks of kBlockRows items along `d`, where it has unit stride, by
// kBlockCols along the last dimension are turned in L1.
class BlockWalk {
 public:
  static constexpr int64_t kBlockRows = 16, kBlockCols = 64;

  // The dimension that suits, or -1.
  static int dimension(const PointwiseCall& c) {
    const int last = c.dims - 1;
    if (c.sizes[last] < kBlockRows || c.out.strides[last] != 1) return -1;
    for (int k = 0; k < c.inputs; ++k)
      for (int d = 0; d < last; ++d)
        if (is_turned(c.in[k], d, last) && c.sizes[d] >= kBlockRows) return d;
    return -1;
  }

  BlockWalk(const PointwiseCall& c, int d) : c_(c), d_(d), last_(c.dims - 1) {
    for (int i = 0; i <= last_; ++i)
      blocks_[i] = i == d ? blocks(i, kBlockRows) : i == last_ ? blocks(i, kBlockCols) : c.sizes[i];
  }
  int64_t count() const {
    int64_t n = 1;
    for (int i = 0; i <= last_; ++i) n *= blocks_[i];
    return n;
  }

  void run(int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      int64_t index[kMaxDims], rest = b;
      for (int i = last_; i >= 0; --i) {
        index[i] = rest % blocks_[i];
        rest /= blocks_[i];
      }
      index[d_] *= kBlockRows, index[last_] *= kBlockCols;
      block(index, std::min(kBlockRows, c_.sizes[d_] - index[d_]),
            std::min(kBlockCols, c_.sizes[last_] - index[last_]));
    }
  }

 private:
  static bool is_turned(const Operand& o, int d, int last) {
    return o.strides[d] == 1 && o.strides[last] != 1 && o.strides[last] != 0;
  }
  int64_t blocks(int i, int64_t size) const { return (c_.sizes[i] + size - 1) / size; }

  char* at(const Operand& o, const int64_t* index) const {
    int64_t offset = 0;
    for (int i = 0; i <= last_; ++i) offset += index[i] * o.strides[i];
    return static_cast<char*>(o.data) + offset * o.itemsize;
  }

  void block(const int64_t* index, int64_t rows, int64_t cols) {
    const char* from[kMaxInputs];
    int64_t step[kMaxInputs];  // bytes from row to row
    for (int k = 0; k < c_.inputs; ++k) {
      const Operand& o = c_.in[k];
      from[k] = at(o, index), step[k] = o.strides[d_] * o.itemsize;
      if (o.strides[last_] == 1) continue;
      with_item(o.itemsize, [&]<class T>() {
        turn<T>(tiles_[k], from[k], o.strides[d_], o.strides[last_], rows, cols);
      });
      from[k] = tiles_[k], step[k] = kBlockCols * o.itemsize;
    }
    char* to = at(c_.out, index);
    for (int64_t r = 0; r < rows; ++r) {
      c_.fn(to, reinterpret_cast<const void* const*>(from), cols, c_.attrs);
      to += c_.out.strides[d_] * c_.out.itemsize;
      for (int k = 0; k < c_.inputs; ++k) from[k] += step[k];
    }
  }

  // 8 x 8 items of 16 bits: tile[r][j] = from[r + j stride], by three rounds of interleaving.
  static void turn8(uint16_t* tile, const uint16_t* from, int64_t stride) {
    typedef uint16_t V __attribute__((vector_size(16)));
    V a[8], b[8];
    for (int i = 0; i < 8; ++i) __builtin_memcpy(&a[i], from + i * stride, 16);
    auto interleave = [](const V* x, V* y) {
      for (int i = 0; i < 4; ++i) {
        y[2 * i] = __builtin_shufflevector(x[i], x[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
        y[2 * i + 1] = __builtin_shufflevector(x[i], x[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
      }
    };
    interleave(a, b), interleave(b, a), interleave(a, b);
    for (int i = 0; i < 8; ++i) __builtin_memcpy(tile + i * kBlockCols, &b[i], 16);
  }

  // tile[r][j] = from[r row_stride + j col_stride]
  template <class T>
  static void turn(void* tile, const void* from, int64_t row_stride, int64_t col_stride,
                   int64_t rows, int64_t cols) {
    if (row_stride == 1 && sizeof(T) == 4)
      return row_table().transpose4(tile, kBlockCols, from, col_stride, cols, rows, false);
    if (row_stride == 1 && sizeof(T) == 8)
      return row_table().transpose8(tile, kBlockCols, from, col_stride, cols, rows, false);
    T* t = static_cast<T*>(tile);
    const T* f = static_cast<const T*>(from);
    if (row_stride == 1 && sizeof(T) == 2 && rows == kBlockRows && cols % 8 == 0) {
      for (int64_t r = 0; r < kBlockRows; r += 8)
        for (int64_t j = 0; j < cols; j += 8)
          turn8(reinterpret_cast<uint16_t*>(t + r * kBlockCols + j),
                reinterpret_cast<const uint16_t*>(f + r + j * col_stride), col_stride);
      return;
    }
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t j = 0; j < cols; ++j) t[r * kBlockCols + j] = f[r * row_stride + j * col_stride];
  }

  const PointwiseCall& c_;
  int d_, last_;
  int64_t blocks_[kMaxDims];
  alignas(64) char tiles_[kMaxInputs][kBlockRows * kBlockCols * 16];
};

// Whether two items of the output may lie in one place. Its dimensions are sorted: an outer step
// must reach beyond all that the inner ones cover.
bool may_collide(const PointwiseCall& c) {
  int64_t covered = 1;
  for (int d = c.dims - 1; d >= 0; --d) {
    const int64_t s = c.out.strides[d];
    if (c.sizes[d] > 1 && s < covered) return true;
    covered += (c.sizes[d] - 1) * s;
  }
  return false;
}

// Item by item, so that an item that lies in a place written before reads what was written.
void run_in_order(const PointwiseCall& c, int64_t total) {
  Odometer at(c, 0);
  const int last = c.dims - 1;
  for (int64_t row = 0; row < total; row += c.sizes[last]) {
    char* out = static_cast<char*>(c.out.data) + at.offset(c.out) * c.out.itemsize;
    for (int64_t i = 0; i < c.sizes[last]; ++i) {
      const void* in[kMaxInputs];
      for (int k = 0; k < c.inputs; ++k)
        in[k] = static_cast<const char*>(c.in[k].data) +
                (at.offset(c.in[k]) + i * c.in[k].strides[last]) * c.in[k].itemsize;
      c.fn(out + i * c.out.strides[last] * c.out.itemsize, in, 1, c.attrs);
    }
    at.next_row([](int, int64_t) {});
  }
}

}  // namespace

int64_t l3_bytes() {
  static const int64_t n = [] {
    const long v = sysconf(_SC_LEVEL3_CACHE_SIZE);
    return v > 0 ? int64_t(v) : int64_t(8) << 20;
  }();
  return n;
}

void run_pointwise(PointwiseCall& c) {
  int64_t total = 1;
  for (int i = 0; i < c.dims; ++i) total *= c.sizes[i];
  if (total == 0) return;
  sort_dims(c);
  coalesce(c);
  if (may_collide(c)) return run_in_order(c, total);
  const int last = c.dims - 1;
  const bool short_rows = c.dims > 1 && c.sizes[last] < kShortInner;

  // Non-temporal stores where the operands together do not stay in the last-level cache; never in
  // place.
  bool stream = !short_rows && c.out.strides[last] == 1 && c.sizes[last] * c.out.itemsize >= 1024;
  int64_t bytes = total * c.out.itemsize;
  for (int k = 0; k < c.inputs; ++k) {
    stream = stream && c.in[k].data != c.out.data;
    if (c.in[k].strides[0] != 0) bytes += total * c.in[k].itemsize;
  }
  stream = stream && bytes > l3_bytes() / 4 * 3;

  // Chunks cut the flattened index; a cut inside a row is fine, as lanes do not interact.
  const int64_t grain = std::max(int64_t(16000 / c.ns_per_item) & ~int64_t(1023), int64_t{4096});
  if (const int d = BlockWalk::dimension(c); d >= 0) {
    constexpr int64_t kItems = BlockWalk::kBlockRows * BlockWalk::kBlockCols;
    return parallel_ranges(BlockWalk(c, d).count(), grain / kItems,
                           [&](int64_t begin, int64_t end) { BlockWalk(c, d).run(begin, end); });
  }
  parallel_ranges(total, grain, [&](int64_t begin, int64_t end) {
    if (short_rows) TileWalk(c).run(begin, end);
    else RowWalk(c, stream).run(begin, end);
  });
}

namespace detail {

void run_flat(PointwiseFn fn, void* out, int out_itemsize, const void* const* in,
              const int* in_itemsizes, int inputs, int64_t n, const void* attrs, double ns_per_item,
              unsigned numbers) {
  constexpr int64_t kFew = 64;
  if (n <= 0) return;
  if (n <= kFew) {
    alignas(64) char tiles[kMaxInputs][kFew * 16];
    const void* ptrs[kMaxInputs];
    for (int k = 0; k < inputs; ++k) {
      ptrs[k] = in[k];
      if (!(numbers >> k & 1)) continue;
      with_item(in_itemsizes[k], [&]<class T>() {
        const T v = *static_cast<const T*>(in[k]);
        T* t = reinterpret_cast<T*>(tiles[k]);
        for (int64_t i = 0; i < n; ++i) t[i] = v;
      });
      ptrs[k] = tiles[k];
    }
    return fn(out, ptrs, n, attrs);
  }
  PointwiseCall c;
  c.fn = fn, c.attrs = attrs, c.ns_per_item = ns_per_item, c.inputs = inputs;
  c.dims = 1, c.sizes[0] = n;
  c.out.data = out, c.out.itemsize = out_itemsize, c.out.strides[0] = 1;
  for (int k = 0; k < inputs; ++k) {
    c.in[k].data = const_cast<void*>(in[k]), c.in[k].itemsize = in_itemsizes[k];
    c.in[k].strides[0] = numbers >> k & 1 ? 0 : 1;
  }
  run_pointwise(c);
}

}  // namespace detail
}  // namespace taeda::cpu
