// Everything that needs an order works on keys: unsigned integers in the order of the elements, so
// that one sort serves all dtypes. NaN has the greatest key; -0 and 0 have the same. Keys of 32
// bits are packed with the place of their element into one word, unlike all others: the key above.
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

#include "taeda/tensor/tensor.h"

namespace taeda::cpu {

inline constexpr uint64_t kNanKey = ~uint64_t{0};
inline constexpr uint32_t kNanKey32 = ~uint32_t{0};

template <class T> uint64_t key_of(T given) {
  constexpr uint64_t sign = uint64_t{1} << 63;
  if constexpr (std::is_integral_v<T>) {
    return std::is_signed_v<T> ? uint64_t(int64_t(given)) ^ sign : uint64_t(given);
  } else {
    double v = double(Compute<T>(given));
    if (v != v) return kNanKey;
    if (v == 0) return sign;
    uint64_t bits;
    std::memcpy(&bits, &v, 8);
    return bits & sign ? ~bits : bits | sign;
  }
}
// Of elements of at most 32 bits.
template <class T> uint32_t key32_of(T v) {
  if constexpr (std::is_integral_v<T>) {
    return std::is_signed_v<T> ? uint32_t(int32_t(v)) ^ 0x80000000u : uint32_t(v);
  } else {
    const float f = float(v);
    uint32_t key;
    std::memcpy(&key, &f, 4);
    key ^= uint32_t(int32_t(key) >> 31) | 0x80000000u;
    return f != f ? kNanKey32 : f == 0 ? 0x80000000u : key;
  }
}

struct Item {
  uint64_t key;
  int64_t at;
};
inline bool by_key(const Item& a, const Item& b) { return a.key < b.key; }
inline bool by_key_and_place(const Item& a, const Item& b) {
  return a.key != b.key ? a.key < b.key : a.at < b.at;
}
// Elements step apart as items.
using ItemsFn = void (*)(const void* x, int64_t step, int64_t n, Item* items);
ItemsFn items_for(DType d);
void sort_items(std::vector<Item>& items);  // stable

// Elements step apart as keys of 32 bits, those of int64 counted from the least; `reverse`: in the
// other order. False where they span more.
using KeysFn = bool (*)(const void* x, int64_t step, int64_t n, bool reverse, uint32_t* keys);
// For lines of n; null where dtype or length leave no hope of that.
KeysFn keys_for(DType d, int64_t n);

inline uint64_t packed(uint32_t key, int64_t at) { return uint64_t(key) << 32 | uint64_t(at); }
inline int64_t place_of(uint64_t item) { return int64_t(item & 0xffffffff); }
inline uint32_t key_of_item(uint64_t item) { return uint32_t(item >> 32); }
// Sorts n items, which lie in the order of their places, by their keys, stable; in `items` or in
// `other`: the return value.
uint64_t* sort_packed(uint64_t* items, uint64_t* other, size_t n);
// The k smallest of n keys, in order; 0 < k <= n. Both hold n: in `items` or in `other`.
uint64_t* smallest_packed(const uint32_t* keys, uint64_t* items, uint64_t* other, size_t n,
                          size_t k);
// The one of rank k, 0 <= k < n. `items` holds n.
uint64_t packed_of_rank(const uint32_t* keys, uint64_t* items, size_t n, size_t k);

}  // namespace taeda::cpu
