// Distinct elements and rows, and places in sorted lines.
#include <algorithm>
#include <bit>
#include <vector>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/kernels.h"
#include "taeda/cpu/scratch.h"
#include "taeda/cpu/sort_keys.h"
#include "taeda/op/call.h"
#include "taeda/ops/create.h"
#include "taeda/ops/sort.h"
#include "taeda/threads/pool.h"

namespace taeda::ops {

namespace {

using cpu::Item;

struct KeysTag {};
struct ItemsTag {};
struct OtherTag {};
struct EndsTag {};

Tensor long_vector(const int64_t* from, int64_t n) {
  Tensor out = empty(Dims(n), DType::int64);
  std::copy_n(from, n, out.data<int64_t>());
  return out;
}

// Runs of equal neighbours among n > 0: differs(i) says whether i differs from i - 1, any(i, m)
// whether one of [i, i + m) does; place(i) is where neighbour i comes from. `first` is the place of
// the first of each run.
template <class Differs, class Any, class Place>
DistinctRows runs_of(int64_t n, bool kinds, bool counts, Differs differs, Any any, Place place) {
  constexpr int64_t kGroup = 32;
  DistinctRows out;
  int64_t* begin = cpu::scratch<int64_t, EndsTag>(size_t(n) + 1);
  int64_t* kind = nullptr;
  if (kinds) out.kind = empty(Dims(n), DType::int64), kind = out.kind.data<int64_t>();
  // begin[k + 1] is written at every item of run k: no branch to predict.
  int64_t k = 0, i = 1;
  begin[0] = 0;
  if (kind) kind[place(0)] = 0;
  while (i < n) {
    const int64_t end = std::min(i + kGroup, n);
    if (end - i == kGroup && !any(i, kGroup)) {
      if (kind)
        for (; i < end; i++) kind[place(i)] = k;
      i = end;
      continue;
    }
    for (; i < end; i++) {
      begin[k + 1] = i;
      k += differs(i);
      if (kind) kind[place(i)] = k;
    }
  }
  const int64_t found = k + 1;
  begin[found] = n;
  out.first = empty(Dims(found), DType::int64);
  int64_t* first = out.first.data<int64_t>();
  for (int64_t r = 0; r < found; r++) first[r] = place(begin[r]);
  if (counts) {
    out.count = empty(Dims(found), DType::int64);
    int64_t* count = out.count.data<int64_t>();
    for (int64_t r = 0; r < found; r++) count[r] = begin[r + 1] - begin[r];
  }
  return out;
}

// Neighbours as they lie. NaN is equal to nothing.
template <class T> DistinctRows neighbours(const T* x, int64_t n, bool kinds, bool counts) {
  using C = Compute<T>;
  return runs_of(
      n, kinds, counts, [x](int64_t i) { return C(x[i]) != C(x[i - 1]); },
      [x](int64_t i, int64_t m) {
        if constexpr (std::is_integral_v<T>) {
          uint64_t other = 0;
          for (int64_t j = 0; j < m; j++) other |= uint64_t(x[i + j] ^ x[i + j - 1]);
          return other != 0;
        } else {
          int other = 0;
          for (int64_t j = 0; j < m; j++) other |= C(x[i + j]) != C(x[i + j - 1]);
          return other != 0;
        }
      },
      [](int64_t i) { return i; });
}

// Integers that span little more than there are of them, by a table of what lies between.
template <class T>
bool by_table(const T* x, int64_t n, bool kinds, bool counts, DistinctRows& out) {
  int64_t low, high;
  cpu::range_kernel(dtype_of<T>)(x, n, &low, &high);
  if (uint64_t(high) - uint64_t(low) >= uint64_t(std::min<int64_t>(2 * n, 1 << 22))) return false;
  const int64_t cells = high - low + 1;
  std::vector<int64_t> place(static_cast<size_t>(cells), -1), count(static_cast<size_t>(cells), 0);
  for (int64_t i = n - 1; i >= 0; i--) {
    const size_t cell = size_t(int64_t(x[i]) - low);
    place[cell] = i, count[cell]++;
  }
  int64_t found = 0;
  std::vector<int64_t> kind(static_cast<size_t>(cells));
  for (size_t c = 0; c < size_t(cells); c++) {
    if (place[c] < 0) continue;
    kind[c] = found;
    place[size_t(found)] = place[c], count[size_t(found)] = count[c];
    found++;
  }
  out.first = long_vector(place.data(), found);
  if (counts) out.count = long_vector(count.data(), found);
  if (kinds) {
    out.kind = empty(Dims(n), DType::int64);
    int64_t* to = out.kind.data<int64_t>();
    for (int64_t i = 0; i < n; i++) to[i] = kind[size_t(int64_t(x[i]) - low)];
  }
  return true;
}

DistinctRows sorted_items(const Tensor& x, bool kinds, bool counts) {
  const int64_t n = x.numel();
  const bool floats = is_floating(x.dtype());
  if (const auto keys_of = cpu::keys_for(x.dtype(), n)) {
    uint32_t* keys = cpu::scratch<uint32_t, KeysTag>(size_t(n));
    if (keys_of(x.raw(), 1, n, false, keys)) {
      uint64_t* items = cpu::scratch<uint64_t, ItemsTag>(size_t(n));
      for (int64_t i = 0; i < n; i++) items[i] = cpu::packed(keys[i], i);
      items = cpu::sort_packed(items, cpu::scratch<uint64_t, OtherTag>(size_t(n)), size_t(n));
      auto differs = [=](int64_t i) {
        const uint32_t key = cpu::key_of_item(items[i]);
        return key != cpu::key_of_item(items[i - 1]) || (floats && key == cpu::kNanKey32);
      };
      auto any = [=](int64_t i, int64_t m) {
        return differs(i + m - 1) || items[i + m - 1] >> 32 != items[i - 1] >> 32;
      };
      return runs_of(n, kinds, counts, differs, any,
                     [=](int64_t i) { return cpu::place_of(items[i]); });
    }
  }
  std::vector<Item> items(static_cast<size_t>(n));
  cpu::items_for(x.dtype())(x.raw(), 1, n, items.data());
  cpu::sort_items(items);
  const Item* p = items.data();
  auto differs = [=](int64_t i) {
    return p[i].key != p[i - 1].key || (floats && p[i].key == cpu::kNanKey);
  };
  auto any = [=](int64_t i, int64_t m) {
    return differs(i + m - 1) || p[i + m - 1].key != p[i - 1].key;
  };
  return runs_of(n, kinds, counts, differs, any, [=](int64_t i) { return p[i].at; });
}

DistinctRows distinct_items(const Tensor& x, bool consecutive, bool kinds, bool counts) {
  return visit(x.dtype(), [&]<class T>() -> DistinctRows {
    if constexpr (is_complex_type<T>) {
      return {};
    } else {
      const int64_t n = x.numel();
      DistinctRows out;
      if (consecutive) return neighbours(x.data<T>(), n, kinds, counts);
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool> && !is_barebones(dtype_of<T>))
        if (by_table(x.data<T>(), n, kinds, counts, out)) return out;
      return sorted_items(x, kinds, counts);
    }
  });
}

// Rows as wholes: items in the order of their first keys, then their second and so on.
DistinctRows distinct_wholes(const Tensor& x, bool consecutive, bool kinds, bool counts) {
  const int64_t n = x.sizes()[0], m = x.sizes()[1];
  std::vector<Item> all(size_t(n * m));
  cpu::items_for(x.dtype())(x.raw(), 1, n * m, all.data());
  auto compare = [&](int64_t a, int64_t b) {
    for (int64_t i = 0; i < m; i++) {
      const uint64_t p = all[size_t(a * m + i)].key, q = all[size_t(b * m + i)].key;
      if (p != q) return p < q ? -1 : 1;
    }
    return 0;
  };
  std::vector<int64_t> order(static_cast<size_t>(n));
  for (int64_t r = 0; r < n; r++) order[size_t(r)] = r;
  if (!consecutive)
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return compare(a, b) < 0; });
  return runs_of(
      n, kinds, counts,
      [&](int64_t i) { return compare(order[size_t(i - 1)], order[size_t(i)]) != 0; },
      [](int64_t, int64_t) { return true; }, [&](int64_t i) { return order[size_t(i)]; });
}

}  // namespace

DistinctRows distinct_rows(const Tensor& given, bool consecutive, bool kinds, bool counts) {
  const Tensor x = given.contiguous();
  if (x.sizes()[0] == 0) {
    const Tensor none = empty(Dims(0), DType::int64);
    return {none, none, none};
  }
  if (x.sizes()[1] == 1) return distinct_items(x, consecutive, kinds, counts);
  return distinct_wholes(x, consecutive, kinds, counts);
}

// ---- counts ----

IntegerRange integer_range(const Tensor& given) {
  const Tensor x = cpu::dense(given);
  const int64_t n = x.numel(), item = int64_t(size_of(x.dtype()));
  if (n == 0) return {0, -1};
  const cpu::RangeFn range = cpu::range_kernel(x.dtype());
  const char* p = static_cast<const char*>(x.raw());
  constexpr int64_t kBlock = 1 << 17;
  std::vector<IntegerRange> part(size_t((n + kBlock - 1) / kBlock));
  parallel_ranges(int64_t(part.size()), 1, [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; i++) {
      IntegerRange& r = part[size_t(i)];
      range(p + i * kBlock * item, std::min(kBlock, n - i * kBlock), &r.low, &r.high);
    }
  });
  IntegerRange all = part[0];
  for (const IntegerRange& r : part) all = {std::min(all.low, r.low), std::max(all.high, r.high)};
  return all;
}

Tensor counts_of(const Tensor& x, int64_t n) {
  Tensor out = zeros(Dims(n), {.dtype = DType::int64});
  const int64_t* p = x.data<int64_t>();
  int64_t* count = out.data<int64_t>();
  const int64_t items = x.numel();
  if (n > items) {
    for (int64_t i = 0; i < items; i++) count[p[i]]++;
    return out;
  }
  // Two tables, so that equal neighbours need not wait for each other.
  std::vector<int64_t> other(size_t(n), 0);
  int64_t i = 0;
  for (; i + 2 <= items; i += 2) count[p[i]]++, other[size_t(p[i + 1])]++;
  if (i < items) count[p[i]]++;
  for (int64_t k = 0; k < n; k++) count[k] += other[size_t(k)];
  return out;
}

Tensor histogram_counts(const Tensor& x, int64_t bins, double low, double high) {
  Tensor out = empty(Dims(bins), x.dtype());
  std::vector<int64_t> count(size_t(bins) + 1, 0);
  visit(x.dtype(), [&]<class T>() {
    if constexpr (is_floating(dtype_of<T>)) {
      const T* p = x.data<T>();
      const double scale = double(bins) / (high - low);
      constexpr int64_t kBlock = 512;
      int32_t bin[kBlock];
      for (int64_t from = 0; from < x.numel(); from += kBlock) {
        const int64_t n = std::min(kBlock, x.numel() - from);
        for (int64_t i = 0; i < n; i++) {  // what lies outside goes behind the last bin
          const double v = double(Compute<T>(p[from + i]));
          const bool inside = (v >= low) & (v <= high);
          const int32_t at = int32_t(inside ? (v - low) * scale : 0.0);
          bin[i] = inside ? std::min(at, int32_t(bins - 1)) : int32_t(bins);
        }
        for (int64_t i = 0; i < n; i++) count[size_t(bin[i])]++;
      }
      for (int64_t k = 0; k < bins; k++) out.data<T>()[k] = T(Compute<T>(count[size_t(k)]));
    }
  });
  return out;
}

// ---- places in sorted lines ----

namespace {

// The first place whose edge is not below v (`right`: is above v) for each of L values, by
// PyTorch's bisection, which decides where NaN is put. `steps` are as many as any value needs:
// there is no branch to predict, and the values need not wait for each other. n > 0.
template <bool right, int L, class T, class I>
void places_of(const T* edges, int64_t n, int steps, const T* values, I* to) {
  using C = Compute<T>;
  C v[L];
  int64_t start[L], end[L];
  for (int l = 0; l < L; l++) v[l] = C(values[l]), start[l] = 0, end[l] = n;
  for (int s = 0; s < steps; s++) {
#pragma GCC unroll 4
    for (int l = 0; l < L; l++) {
      const int64_t mid = (start[l] + end[l]) >> 1;
      const C at = C(edges[std::min(mid, n - 1)]);
      const bool found = start[l] >= end[l];
      const int64_t beyond = -int64_t((right ? at > v[l] : at >= v[l]) | found);
      start[l] = (start[l] & beyond) | ((mid + 1) & ~beyond);
      end[l] = (mid & beyond) | (end[l] & ~beyond);
    }
  }
  for (int l = 0; l < L; l++) to[l] = I(start[l]);
}
template <bool right, class T, class I>
void places(const T* edges, int64_t n, const T* values, int64_t count, I* to) {
  const int steps = int(std::bit_width(uint64_t(n)));
  parallel_ranges(count, 1024, [&](int64_t b, int64_t e) {
    int64_t i = b;
    for (; i + 4 <= e; i += 4) places_of<right, 4>(edges, n, steps, values + i, to + i);
    for (; i < e; i++) places_of<right, 1>(edges, n, steps, values + i, to + i);
  });
}

}  // namespace

void Searchsorted::cpu(Args in, Outs out, const Attrs& a) {
  const DType d = in[1].dtype();  // a number may be of a wider category
  const Tensor edges = cpu::dense(in[0], d), values = cpu::dense(in[1], d);
  const Tensor sorter = cpu::dense(in[2], DType::int64);
  const int64_t n = edges.sizes().back();
  const bool shared = edges.dim() == 1, right = a.right || a.side.is("right");
  const int64_t total = values.numel();
  const int64_t per = shared ? total : values.dim() ? values.sizes().back() : 1;
  const int64_t rows = per ? total / per : 0;
  visit(d, [&]<class T>() {
    if constexpr (!is_complex_type<T>) {
      std::vector<T> sorted;
      for (int64_t r = 0; r < rows; r++) {
        const T* line = edges.data<T>() + (shared ? 0 : r * n);
        if (sorter.defined()) {
          const int64_t* order = sorter.data<int64_t>() + (shared ? 0 : r * n);
          sorted.clear();
          for (int64_t i = 0; i < n; i++) {
            if (order[i] < 0 || order[i] >= n)
              fail("torch.searchsorted(): sorter index out of range");
            sorted.push_back(line[order[i]]);
          }
        }
        auto to = [&]<class I>(I* p) {
          if constexpr (!std::is_same_v<T, bool>)
            if (sorter.defined()) line = sorted.data();
          (right ? places<true, T, I> : places<false, T, I>)(line, n, values.data<T>() + r * per,
                                                             per, p + r * per);
        };
        if (a.out_int32) to(out[0].data<int32_t>());
        else to(out[0].data<int64_t>());
      }
    }
  });
}

}  // namespace taeda::ops
