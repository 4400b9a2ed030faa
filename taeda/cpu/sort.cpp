// Everything that needs an order works on keys: unsigned integers in the order of the elements, so
// that one sort serves all dtypes. NaN has the greatest key; -0 and 0 have the same.
#include "taeda/ops/sort.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "taeda/cpu/copying.h"
#include "taeda/op/call.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

constexpr uint64_t kSign = uint64_t{1} << 63, kNan = ~uint64_t{0};

template <class T> uint64_t key_of(T given) {
  if constexpr (std::is_integral_v<T>) {
    return std::is_signed_v<T> ? uint64_t(int64_t(given)) ^ kSign : uint64_t(given);
  } else {
    double v = double(Compute<T>(given));
    if (v != v) return kNan;
    if (v == 0) return kSign;
    uint64_t bits;
    std::memcpy(&bits, &v, 8);
    return bits & kSign ? ~bits : bits | kSign;
  }
}

struct Item {
  uint64_t key;
  int64_t at;
};
bool by_key(const Item& a, const Item& b) { return a.key < b.key; }
bool by_key_and_place(const Item& a, const Item& b) {
  return a.key != b.key ? a.key < b.key : a.at < b.at;
}

// Stable. Long lines by radix: digits in which all keys agree cost nothing.
void sort_items(std::vector<Item>& items) {
  if (items.size() < 1024) return std::stable_sort(items.begin(), items.end(), by_key);
  std::vector<Item> other(items.size());
  constexpr int kDigits = 11;
  constexpr uint64_t kBuckets = 1 << kDigits;
  uint64_t all = 0, same = ~uint64_t{0};  // bits that some, that all keys have
  for (const Item& i : items) all |= i.key, same &= i.key;
  for (int shift = 0; shift < 64; shift += kDigits) {
    if (((all ^ same) >> shift & (kBuckets - 1)) == 0) continue;
    size_t count[kBuckets + 1] = {};
    for (const Item& i : items) count[(i.key >> shift & (kBuckets - 1)) + 1]++;
    for (size_t b = 0; b < kBuckets; b++) count[b + 1] += count[b];
    for (const Item& i : items) other[count[i.key >> shift & (kBuckets - 1)]++] = i;
    items.swap(other);
  }
}

// Elements of at most 32 bits and their places packed in one word, which is then unlike all others:
// the key above, the place below.
template <class T> inline constexpr bool packs = sizeof(T) <= 4;
template <class T> uint64_t packed(T v, int64_t at, bool reverse) {
  uint32_t key;
  if constexpr (std::is_integral_v<T>) {
    key = std::is_signed_v<T> ? uint32_t(int32_t(v)) ^ 0x80000000u : uint32_t(v);
  } else {
    const float f = float(v);
    std::memcpy(&key, &f, 4);
    key = f != f ? ~0u : f == 0 ? 0x80000000u : key >> 31 ? ~key : key | 0x80000000u;
  }
  return uint64_t(reverse ? ~key : key) << 32 | uint64_t(at);
}

// By the upper halves; stable, as the lower halves rise at first.
void sort_packed(uint64_t* items, uint64_t* other, size_t n) {
  if (n < 128) return std::sort(items, items + n);
  const int digits = n < 4096 ? 8 : 11, passes = (32 + digits - 1) / digits;
  const size_t buckets = size_t(1) << digits;
  uint32_t count[4][2048] = {};
  for (size_t i = 0; i < n; i++)
    for (int p = 0; p < passes; p++) count[p][items[i] >> (32 + p * digits) & (buckets - 1)]++;
  uint64_t* from = items;
  for (int p = 0; p < passes; p++) {
    const int shift = 32 + p * digits;
    uint32_t* c = count[p];
    if (c[from[0] >> shift & (buckets - 1)] == n) continue;  // all agree
    uint32_t sum = 0;
    for (size_t b = 0; b < buckets; b++) {
      const uint32_t here = c[b];
      c[b] = sum;
      sum += here;
    }
    for (size_t i = 0; i < n; i++) other[c[from[i] >> shift & (buckets - 1)]++] = from[i];
    std::swap(from, other);
  }
  if (from != items) std::copy_n(from, n, items);
}

// The k smallest in order.
void smallest_packed(uint64_t* items, size_t n, size_t k) {
  if (k > 64 || k * 4 > n) {
    std::nth_element(items, items + k - 1, items + n);
    return std::sort(items, items + k);
  }
  std::sort(items, items + k);
  for (size_t i = k; i < n; i++) {  // few are below the k-th so far
    const uint64_t v = items[i];
    if (v >= items[k - 1]) continue;
    size_t j = k - 1;
    for (; j > 0 && items[j - 1] > v; j--) items[j] = items[j - 1];
    items[j] = v;
  }
}

// A tensor as lines along one axis: where each begins, and the stride along it.
struct Lines {
  int64_t n = 1, step = 0;
  std::vector<int64_t> begin{0};
  Lines(const Tensor& x, std::optional<int64_t> dim) {
    for (size_t d = 0; d < x.sizes().size(); d++) {
      if (dim && int64_t(d) == *dim) {
        n = x.sizes()[d], step = x.strides()[d];
        continue;
      }
      std::vector<int64_t> next;
      next.reserve(begin.size() * size_t(x.sizes()[d]));
      for (int64_t o : begin)
        for (int64_t i = 0; i < x.sizes()[d]; i++) next.push_back(o + i * x.strides()[d]);
      begin = std::move(next);
    }
  }
};
std::optional<int64_t> axis_of(const Tensor& x, int64_t dim) {
  if (x.dim() == 0) return std::nullopt;
  return wrap_dim(dim, x.dim());
}

using KeyFn = void (*)(const void* x, int64_t step, int64_t n, Item* items);
KeyFn keys_for(DType d) {
  return visit(d, []<class T>() -> KeyFn {
    if constexpr (is_complex_type<T>) return nullptr;
    else
      return [](const void* x, int64_t step, int64_t n, Item* items) {
        const T* p = static_cast<const T*>(x);
        for (int64_t i = 0; i < n; i++) items[i] = {key_of(p[i * step]), i};
      };
  });
}
const char* element(const Tensor& x, int64_t place) {
  return static_cast<const char*>(x.raw()) + place * int64_t(size_of(x.dtype()));
}
char* element_of(const Tensor& x, int64_t place) {
  return static_cast<char*>(x.raw()) + place * int64_t(size_of(x.dtype()));
}

// For every line of x along dim: arrange(items) sorts and may shorten; what remains is written to
// the lines of values and indices, of which values may be undefined.
template <class Arrange>
void arrange_lines(const Tensor& x, std::optional<int64_t> dim, const Tensor& values,
                   const Tensor& indices, Arrange arrange) {
  if (indices.numel() == 0) return;
  Lines from(x, dim), to(indices, dim);
  KeyFn keys = keys_for(x.dtype());
  size_t bytes = size_of(x.dtype());
  parallel_ranges(int64_t(from.begin.size()), 1 + 2048 / (from.n + 1), [&](int64_t b, int64_t e) {
    std::vector<Item> items;
    for (int64_t l = b; l < e; l++) {
      int64_t line = from.begin[size_t(l)], place = to.begin[size_t(l)];
      items.resize(size_t(from.n));
      keys(element(x, line), from.step, from.n, items.data());
      arrange(items);
      for (const Item& i : items) {
        indices.data<int64_t>()[place] = i.at;
        if (values.defined())
          std::memcpy(element_of(values, place), element(x, line + i.at * from.step), bytes);
        place += to.step;
      }
    }
  });
}
// The same by packed items where elements and lines are short enough: arrange(items, other, n)
// gives how many remain. `reverse`: largest first. False where they are not.
template <class Arrange>
bool arrange_packed(const Tensor& x, std::optional<int64_t> dim, const Tensor& values,
                    const Tensor& indices, bool reverse, Arrange arrange) {
  if (size_of(x.dtype()) > 4 || x.numel() >= int64_t(1) << 32) return false;
  if (indices.numel() == 0) return true;
  Lines from(x, dim), to(indices, dim);
  visit(x.dtype(), [&]<class T>() {
    if constexpr (packs<T>) {
      const T* data = x.data<T>();
      T* out = values.defined() ? values.data<T>() : nullptr;
      parallel_ranges(int64_t(from.begin.size()), 1 + 2048 / (from.n + 1),
                      [&](int64_t b, int64_t e) {
                        const size_t n = size_t(from.n);
                        std::vector<uint64_t> items(n), other(n);
                        for (int64_t l = b; l < e; l++) {
                          const T* line = data + from.begin[size_t(l)];
                          for (size_t i = 0; i < n; i++)
                            items[i] = packed(line[int64_t(i) * from.step], int64_t(i), reverse);
                          const size_t kept = arrange(items.data(), other.data(), n);
                          int64_t place = to.begin[size_t(l)];
                          for (size_t i = 0; i < kept; i++, place += to.step) {
                            const int64_t at = int64_t(items[i] & 0xffffffff);
                            indices.data<int64_t>()[place] = at;
                            if (out) out[place] = line[at * from.step];
                          }
                        }
                      });
    }
  });
  return true;
}

void reverse_keys(std::vector<Item>& items) {
  for (Item& i : items) i.key = ~i.key;
}

// Keeps the item of rank k.
void keep_kth(std::vector<Item>& items, int64_t k) {
  std::nth_element(items.begin(), items.begin() + k, items.end(), by_key_and_place);
  items = {items[size_t(k)]};
}
size_t keep_rank(uint64_t* items, size_t n, size_t k) {
  std::nth_element(items, items + k, items + n);
  items[0] = items[k];
  return 1;
}
// NaN has the greatest key; the first of them in the line counts.
size_t keep_packed_median(uint64_t* items, size_t n, bool floats, bool skip_nan) {
  constexpr uint64_t kNanKey = uint64_t{0xffffffff} << 32;
  size_t numbers = n;
  if (floats) {
    numbers = size_t(std::count_if(items, items + n, [](uint64_t v) { return v < kNanKey; }));
    if (numbers < n && (!skip_nan || numbers == 0)) {
      items[0] = *std::min_element(items, items + n, [](uint64_t a, uint64_t b) {
        const bool x = a < kNanKey, y = b < kNanKey;
        return x != y ? y : a < b;
      });
      return 1;
    }
  }
  return keep_rank(items, n, (numbers - 1) / 2);
}
void keep_median(std::vector<Item>& items, bool skip_nan) {
  int64_t n = int64_t(items.size());
  auto nan = std::find_if(items.begin(), items.end(), [](const Item& i) { return i.key == kNan; });
  if (nan != items.end()) {
    if (!skip_nan) {
      items = {*nan};
      return;
    }
    n -= std::count_if(items.begin(), items.end(), [](const Item& i) { return i.key == kNan; });
    if (n == 0) n = 1;
  }
  keep_kth(items, (n - 1) / 2);
}

// Results without the axis, seen with it.
Tensor with_axis(const Tensor& out, const Tensor& x, std::optional<int64_t> dim) {
  if (!dim || out.dim() == x.dim()) return out;
  Geometry g = out.geometry();
  g.sizes.insert(size_t(*dim), 1), g.strides.insert(size_t(*dim), 1);
  return alias(out, g);
}

auto packed_median(DType d, bool skip_nan) {
  return [floats = is_floating(d), skip_nan](uint64_t* items, uint64_t*, size_t n) {
    return keep_packed_median(items, n, floats, skip_nan);
  };
}
void medians(Args in, Outs out, const ops::KeptDim& a, bool skip_nan) {
  auto dim = axis_of(in[0], a.dim);
  if (arrange_packed(in[0], dim, with_axis(out[0], in[0], dim), with_axis(out[1], in[0], dim),
                     false, packed_median(in[0].dtype(), skip_nan)))
    return;
  arrange_lines(in[0], dim, with_axis(out[0], in[0], dim), with_axis(out[1], in[0], dim),
                [&](std::vector<Item>& items) { keep_median(items, skip_nan); });
}
void median_of_all(Args in, Outs out, bool skip_nan) {
  Tensor flat = empty(Dims(in[0].numel()), in[0].dtype());
  Geometry as_input{in[0].sizes(), contiguous_strides(in[0].sizes()), flat->offset};
  cpu::copy_elements(alias(flat, as_input), in[0]);
  if (flat.numel() == 0) {
    visit(flat.dtype(), [&]<class T>() {
      if constexpr (is_floating(dtype_of<T>)) *out[0].data<T>() = T(std::nanf(""));
      else *out[0].data<T>() = std::numeric_limits<T>::min();
    });
    return;
  }
  Tensor value = alias(out[0], {Dims(1), Dims(1), out[0]->offset});
  Tensor index = empty(Dims(1), DType::int64);
  if (arrange_packed(flat, 0, value, index, false, packed_median(flat.dtype(), skip_nan))) return;
  arrange_lines(flat, 0, value, index,
                [&](std::vector<Item>& items) { keep_median(items, skip_nan); });
}

}  // namespace

namespace ops {

void Sort::cpu(Args in, Outs out, const Attrs& a) {
  if (arrange_packed(in[0], axis_of(in[0], a.dim), out[0], out[1], a.descending,
                     [](uint64_t* items, uint64_t* other, size_t n) {
                       sort_packed(items, other, n);
                       return n;
                     }))
    return;
  arrange_lines(in[0], axis_of(in[0], a.dim), out[0], out[1], [&](std::vector<Item>& items) {
    if (a.descending) reverse_keys(items);
    sort_items(items);
  });
}
void Topk::cpu(Args in, Outs out, const Attrs& a) {
  if (a.k == 0) return;
  if (arrange_packed(in[0], axis_of(in[0], a.dim), out[0], out[1], a.largest,
                     [&](uint64_t* items, uint64_t*, size_t n) {
                       smallest_packed(items, n, size_t(a.k));
                       return size_t(a.k);
                     }))
    return;
  arrange_lines(in[0], axis_of(in[0], a.dim), out[0], out[1], [&](std::vector<Item>& items) {
    if (a.largest) reverse_keys(items);
    std::partial_sort(items.begin(), items.begin() + a.k, items.end(), by_key_and_place);
    items.resize(size_t(a.k));
  });
}
void Kthvalue::cpu(Args in, Outs out, const Attrs& a) {
  auto dim = axis_of(in[0], a.dim);
  if (arrange_packed(in[0], dim, with_axis(out[0], in[0], dim), with_axis(out[1], in[0], dim),
                     false, [&](uint64_t* items, uint64_t*, size_t n) {
                       return keep_rank(items, n, size_t(a.k - 1));
                     }))
    return;
  arrange_lines(in[0], dim, with_axis(out[0], in[0], dim), with_axis(out[1], in[0], dim),
                [&](std::vector<Item>& items) { keep_kth(items, a.k - 1); });
}
void Median::cpu(Args in, Outs out, const NoFields&) { median_of_all(in, out, false); }
void Nanmedian::cpu(Args in, Outs out, const NoFields&) { median_of_all(in, out, true); }
void MedianDim::cpu(Args in, Outs out, const Attrs& a) { medians(in, out, a, false); }
void NanmedianDim::cpu(Args in, Outs out, const Attrs& a) { medians(in, out, a, true); }

namespace {
DistinctRows distinct_items(const Tensor& x, bool consecutive) {
  const int64_t n = x.sizes()[0];
  std::vector<Item> items(static_cast<size_t>(n));
  keys_for(x.dtype())(x.raw(), x.strides()[0], n, items.data());
  if (!consecutive) sort_items(items);
  const bool floats = is_floating(x.dtype());
  DistinctRows out;
  out.kind.resize(size_t(n));
  for (size_t k = 0; k < items.size(); k++) {
    const bool nan = floats && items[k].key == kNan;  // NaN is equal to nothing
    if (k == 0 || nan || items[k].key != items[k - 1].key) {
      out.first.push_back(items[k].at);
      out.count.push_back(0);
    }
    out.count.back()++;
    out.kind[size_t(items[k].at)] = int64_t(out.first.size()) - 1;
  }
  return out;
}
}  // namespace

DistinctRows distinct_rows(const Tensor& x, bool consecutive) {
  int64_t n = x.sizes()[0], m = x.sizes()[1];
  if (m == 1) return distinct_items(x, consecutive);
  KeyFn keys = keys_for(x.dtype());
  std::vector<Item> all(size_t(n * m));
  for (int64_t r = 0; r < n; r++)
    keys(element(x, r * x.strides()[0]), x.strides()[1], m, all.data() + r * m);
  auto compare = [&](int64_t a, int64_t b) {
    for (int64_t i = 0; i < m; i++) {
      uint64_t p = all[size_t(a * m + i)].key, q = all[size_t(b * m + i)].key;
      if (p != q) return p < q ? -1 : 1;
    }
    return 0;
  };
  std::vector<int64_t> order(static_cast<size_t>(n));
  for (int64_t r = 0; r < n; r++) order[size_t(r)] = r;
  if (!consecutive) {
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return compare(a, b) < 0; });
  }
  DistinctRows out;
  out.kind.resize(size_t(n));
  for (int64_t k = 0; k < n; k++) {
    int64_t r = order[size_t(k)];
    if (k == 0 || compare(order[size_t(k - 1)], r) != 0) {
      out.first.push_back(r);
      out.count.push_back(0);
    }
    out.count.back()++;
    out.kind[size_t(r)] = int64_t(out.first.size()) - 1;
  }
  return out;
}

void Searchsorted::cpu(Args in, Outs out, const Attrs& a) {
  auto dense = [](const Tensor& t, DType d) {
    if (t.is_contiguous() && t.dtype() == d) return t;
    Tensor copy = empty(t.sizes(), d);
    cpu::copy_elements(copy, t);
    return copy;
  };
  DType d = in[1].dtype();  // a number may be of a wider category
  Tensor edges = dense(in[0], d);
  Tensor values = dense(in[1], d);
  Tensor sorter = in[2].defined() ? dense(in[2], DType::int64) : Tensor();
  int64_t n = edges.sizes().back();
  bool shared = edges.dim() == 1, right = a.right || a.side.is("right");
  int64_t total = values.numel(), per = shared ? total : values.dim() ? values.sizes().back() : 1;
  int64_t rows = per ? total / per : 0;
  std::vector<Item> line(static_cast<size_t>(n)), wanted(static_cast<size_t>(per));
  for (int64_t r = 0; r < rows; r++) {
    int64_t base = shared ? 0 : r * n;
    keys_for(edges.dtype())(element(edges, base), 1, n, line.data());
    keys_for(d)(element(values, r * per), 1, per, wanted.data());
    if (sorter.defined()) {
      std::vector<Item> sorted(line.size());
      for (int64_t i = 0; i < n; i++) {
        int64_t at = sorter.data<int64_t>()[base + i];
        if (at < 0 || at >= n) fail("torch.searchsorted(): sorter index out of range");
        sorted[size_t(i)] = line[size_t(at)];
      }
      line = std::move(sorted);
    }
    for (int64_t i = 0; i < per; i++) {
      auto at = right ? std::upper_bound(line.begin(), line.end(), wanted[size_t(i)], by_key)
                      : std::lower_bound(line.begin(), line.end(), wanted[size_t(i)], by_key);
      int64_t place = at - line.begin(), to = r * per + i;
      if (a.out_int32) out[0].data<int32_t>()[to] = int32_t(place);
      else out[0].data<int64_t>()[to] = place;
    }
  }
}

}  // namespace ops

}  // namespace taeda
