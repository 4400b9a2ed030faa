#include "taeda/cpu/sort_keys.h"

#include <algorithm>
#include <bit>

#include "taeda/cpu/key_kernels.h"

namespace taeda::cpu {

ItemsFn items_for(DType d) {
  return visit(d, []<class T>() -> ItemsFn {
    if constexpr (is_complex_type<T>) return nullptr;
    else
      return [](const void* x, int64_t step, int64_t n, Item* items) {
        const T* p = static_cast<const T*>(x);
        for (int64_t i = 0; i < n; i++) items[i] = {key_of(p[i * step]), i};
      };
  });
}

// Long lines by radix: digits in which all keys agree cost nothing.
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

namespace {

void turn_around(uint32_t* keys, int64_t n) {
  for (int64_t i = 0; i < n; i++) keys[i] = ~keys[i];
}
template <class T>
bool keys_of(const void* x, int64_t step, int64_t n, bool reverse, uint32_t* keys) {
  const T* p = static_cast<const T*>(x);
  if constexpr (std::is_same_v<T, float>) {
    if (step == 1) {
      key_table().float_keys(keys, p, n);
      if (reverse) turn_around(keys, n);
      return true;
    }
  }
  if (step == 1)
    for (int64_t i = 0; i < n; i++) keys[i] = key32_of(p[i]);
  else
    for (int64_t i = 0; i < n; i++) keys[i] = key32_of(p[i * step]);
  if (reverse) turn_around(keys, n);
  return true;
}
bool keys_of_int64(const void* x, int64_t step, int64_t n, bool reverse, uint32_t* keys) {
  const int64_t* p = static_cast<const int64_t*>(x);
  if (n == 0) return true;
  int64_t low = *p, high = *p;
  if (step == 1) {
    range_kernel(DType::int64)(p, n, &low, &high);
  } else {
    for (int64_t i = 0; i < n; i++)
      low = std::min(low, p[i * step]), high = std::max(high, p[i * step]);
  }
  if (uint64_t(high) - uint64_t(low) > 0xffffffff) return false;
  for (int64_t i = 0; i < n; i++) keys[i] = uint32_t(uint64_t(p[i * step]) - uint64_t(low));
  if (reverse) turn_around(keys, n);
  return true;
}

}  // namespace

KeysFn keys_for(DType d, int64_t n) {
  if (n >= int64_t(1) << 32) return nullptr;
  return visit(d, []<class T>() -> KeysFn {
    if constexpr (std::is_same_v<T, int64_t>) return &keys_of_int64;
    else if constexpr (!is_complex_type<T> && sizeof(T) <= 4) return &keys_of<T>;
    else return nullptr;
  });
}

uint64_t* sort_packed(uint64_t* items, uint64_t* other, size_t n) {
  if (n < 128) {
    std::sort(items, items + n);
    return items;
  }
  uint64_t all = 0, same = ~uint64_t{0};  // bits that some, that all keys have
  for (size_t i = 0; i < n; i++) all |= items[i], same &= items[i];
  const uint64_t differ = (all ^ same) >> 32;
  if (differ == 0) return items;
  // Only the bits from the first to the last that differ, in as few digits as will do.
  const int low = std::countr_zero(differ), bits = std::bit_width(differ) - low;
  const int widest = n < 4096 ? 8 : 11, passes = (bits + widest - 1) / widest;
  const int digits = (bits + passes - 1) / passes;
  const size_t buckets = size_t(1) << digits;
  uint32_t count[4][2048];
  for (int p = 0; p < passes; p++) std::fill_n(count[p], buckets, 0);
  for (size_t i = 0; i < n; i++)
    for (int p = 0; p < passes; p++)
      count[p][items[i] >> (32 + low + p * digits) & (buckets - 1)]++;
  uint64_t* from = items;
  for (int p = 0; p < passes; p++) {
    const int shift = 32 + low + p * digits;
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
  return from;
}

uint64_t* smallest_packed(const uint32_t* keys, uint64_t* items, uint64_t* other, size_t n,
                          size_t k) {
  constexpr size_t kBlock = 64, kSlack = 64, kLongest = 512;
  auto keep = [&](size_t size) {
    if (k < size) std::nth_element(items, items + k - 1, items + size);
  };
  auto pack = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; i++) items[i] = packed(keys[i], int64_t(i));
  };
  if (n < 256 || k * 8 > n) {
    pack(0, n);
    return sort_packed(items, other, n);
  }
  // Few are below the k-th so far. A small k keeps its items in order; a larger one gathers them,
  // and now and then keeps the k smallest.
  uint32_t at[kLongest];
  if (k <= kBlock) {
    pack(0, k);
    std::sort(items, items + k);
    for (size_t i = k, step = 16; i < n; i += step, step = std::min(2 * step, kLongest)) {
      const size_t count = std::min(step, n - i);
      const int64_t found =
          key_table().below(at, keys + i, int64_t(count), key_of_item(items[k - 1]));
      for (int64_t j = 0; j < found; j++) {
        const uint64_t v = packed(keys[i + at[j]], int64_t(i + at[j]));
        if (v >= items[k - 1]) continue;
        size_t to = k - 1;
        for (; to > 0 && items[to - 1] > v; to--) items[to] = items[to - 1];
        items[to] = v;
      }
    }
    return items;
  }
  size_t size = k + kBlock, i = size;
  pack(0, size);
  keep(size);
  uint32_t limit = key_of_item(items[k - 1]);
  size = k;
  for (size_t step = kBlock; i < n; i += step, step = std::min(2 * step, kLongest)) {
    const size_t count = std::min(step, n - i);
    const int64_t found = key_table().below(at, keys + i, int64_t(count), limit);
    for (int64_t j = 0; j < found; j++) items[size++] = packed(keys[i + at[j]], int64_t(i + at[j]));
    if (size <= 2 * k + kSlack && i + count < n) continue;
    keep(size);
    size = k, limit = key_of_item(items[k - 1]);
  }
  std::sort(items, items + k);
  return items;
}

uint64_t packed_of_rank(const uint32_t* keys, uint64_t* items, size_t n, size_t k) {
  constexpr int kBits = 10;
  constexpr size_t kFew = 64;
  auto rank = [&](size_t size) {
    std::nth_element(items, items + k, items + size);
    return items[k];
  };
  if (n <= kFew) {
    for (size_t i = 0; i < n; i++) items[i] = packed(keys[i], int64_t(i));
    return rank(n);
  }
  // The keys that share a bucket with the one wanted, of buckets that halve the range of the keys
  // kBits times; then the same among those.
  uint32_t low = keys[0], high = keys[0];
  for (size_t i = 0; i < n; i++) low = std::min(low, keys[i]), high = std::max(high, keys[i]);
  auto shift_of = [](uint32_t span) { return std::max(int(std::bit_width(span)) - kBits, 0); };
  uint32_t count[1 << kBits];
  auto bucket_of_rank = [&] {
    size_t b = 0;
    for (; k >= count[b]; b++) k -= count[b];
    return uint32_t(b);
  };
  int shift = shift_of(high - low);
  std::fill(std::begin(count), std::end(count), 0);
  for (size_t i = 0; i < n; i++) count[(keys[i] - low) >> shift]++;
  uint32_t bucket = bucket_of_rank();
  size_t kept = 0;
  const size_t wanted = count[bucket];
  for (size_t i = 0; kept < wanted; i++) {  // no branch to predict; stays within the count
    items[kept] = packed(keys[i], int64_t(i));
    kept += (keys[i] - low) >> shift == bucket;
  }
  while (kept > kFew && shift > 0) {
    low += bucket << shift;
    const int next = std::max(shift - kBits, 0);
    std::fill(std::begin(count), std::end(count), 0);
    for (size_t i = 0; i < kept; i++) count[(key_of_item(items[i]) - low) >> next]++;
    bucket = bucket_of_rank();
    shift = next;
    size_t left = 0;
    for (size_t i = 0; i < kept; i++) {
      items[left] = items[i];
      left += (key_of_item(items[i]) - low) >> shift == bucket;
    }
    kept = left;
  }
  return rank(kept);
}

}  // namespace taeda::cpu
