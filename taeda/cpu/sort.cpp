// Sorting and selection along an axis: by keys of 32 bits packed with places where the elements of
// a line allow it, else by items.
#include "taeda/ops/sort.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/scratch.h"
#include "taeda/cpu/sort_keys.h"
#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

using cpu::Item;
using cpu::place_of;

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

struct KeysTag {};
struct ItemsTag {};
struct OtherTag {};

// What is left of a line of packed items.
struct Remaining {
  const uint64_t* items;
  size_t count;
};

// For every line of x along dim: few(keys, items, other, n) sorts packed items, or wide(items)
// those that are not, and may shorten them; what remains is written to the lines of values and
// indices, of which values may be undefined. `reverse`: largest first.
template <class Few, class Wide>
void arrange_lines(const Tensor& x, std::optional<int64_t> dim, const Tensor& values,
                   const Tensor& indices, bool reverse, Few few, Wide wide) {
  if (indices.numel() == 0) return;
  const Lines from(x, dim), to(indices, dim);
  const int64_t n = from.n;
  const auto keys_of = cpu::keys_for(x.dtype(), n);
  const auto items_of = cpu::items_for(x.dtype());
  const size_t bytes = size_of(x.dtype());
  visit_size(bytes, [&]<class T>() {
    parallel_ranges(int64_t(from.begin.size()), 1 + 2048 / (n + 1), [&](int64_t b, int64_t e) {
      std::vector<Item> items;
      for (int64_t l = b; l < e; l++) {
        const int64_t line = from.begin[size_t(l)];
        const T* x_line = x.data<T>() + line;
        int64_t* at = indices.data<int64_t>() + to.begin[size_t(l)];
        T* value = values.defined() ? values.data<T>() + to.begin[size_t(l)] : nullptr;
        auto write = [&](int64_t place) {
          *at = place, at += to.step;
          if (value) *value = x_line[place * from.step], value += to.step;
        };
        uint32_t* keys = keys_of ? cpu::scratch<uint32_t, KeysTag>(size_t(n)) : nullptr;
        if (keys && keys_of(x_line, from.step, n, reverse, keys)) {
          const Remaining kept = few(keys, cpu::scratch<uint64_t, ItemsTag>(size_t(n)), size_t(n));
          for (size_t i = 0; i < kept.count; i++) write(place_of(kept.items[i]));
        } else {
          items.resize(size_t(n));
          items_of(x_line, from.step, n, items.data());
          if (reverse)
            for (Item& i : items) i.key = ~i.key;
          wide(items);
          for (const Item& i : items) write(i.at);
        }
      }
    });
  });
}

// Keeps the item of rank k.
Remaining keep_rank(const uint32_t* keys, uint64_t* items, size_t n, size_t k) {
  items[0] = cpu::packed_of_rank(keys, items, n, k);
  return {items, 1};
}
void keep_rank(std::vector<Item>& items, int64_t k) {
  std::nth_element(items.begin(), items.begin() + k, items.end(), cpu::by_key_and_place);
  items = {items[size_t(k)]};
}
// Without skip_nan the first NaN is the median, if there is one. NaN has the greatest key.
Remaining keep_median(const uint32_t* keys, uint64_t* items, size_t n, bool floats, bool skip_nan) {
  size_t numbers = n;
  if (floats) {
    const size_t nans = size_t(std::count(keys, keys + n, cpu::kNanKey32));
    if (nans && (!skip_nan || nans == n)) {
      items[0] = uint64_t(std::find(keys, keys + n, cpu::kNanKey32) - keys);
      return {items, 1};
    }
    numbers -= nans;
  }
  return keep_rank(keys, items, n, (numbers - 1) / 2);
}
void keep_median(std::vector<Item>& items, bool floats, bool skip_nan) {
  int64_t n = int64_t(items.size());
  auto is_nan = [&](const Item& i) { return floats && i.key == cpu::kNanKey; };
  auto nan = std::find_if(items.begin(), items.end(), is_nan);
  if (nan != items.end()) {
    if (!skip_nan) {
      items = {*nan};
      return;
    }
    n -= std::count_if(items.begin(), items.end(), is_nan);
    if (n == 0) n = 1;
  }
  keep_rank(items, (n - 1) / 2);
}

// Results without the axis, seen with it.
Tensor with_axis(const Tensor& out, const Tensor& x, std::optional<int64_t> dim) {
  if (!dim || out.dim() == x.dim()) return out;
  Geometry g = out.geometry();
  g.sizes.insert(size_t(*dim), 1), g.strides.insert(size_t(*dim), 1);
  return alias(out, g);
}

void medians_into(const Tensor& x, std::optional<int64_t> dim, const Tensor& values,
                  const Tensor& indices, bool skip_nan) {
  const bool floats = is_floating(x.dtype());
  arrange_lines(
      x, dim, values, indices, false,
      [&](const uint32_t* keys, uint64_t* items, size_t n) {
        return keep_median(keys, items, n, floats, skip_nan);
      },
      [&](std::vector<Item>& items) { keep_median(items, floats, skip_nan); });
}
void medians(Args in, Outs out, const ops::KeptDim& a, bool skip_nan) {
  auto dim = axis_of(in[0], a.dim);
  medians_into(in[0], dim, with_axis(out[0], in[0], dim), with_axis(out[1], in[0], dim), skip_nan);
}
void median_of_all(Args in, Outs out, bool skip_nan) {
  const Tensor x = cpu::dense(in[0]);
  if (x.numel() == 0) {
    visit(x.dtype(), [&]<class T>() {
      if constexpr (is_floating(dtype_of<T>)) *out[0].data<T>() = T(std::nanf(""));
      else *out[0].data<T>() = std::numeric_limits<T>::min();
    });
    return;
  }
  const Tensor flat = alias(x, {Dims(x.numel()), Dims(1), x->offset});
  medians_into(flat, 0, alias(out[0], {Dims(1), Dims(1), out[0]->offset}),
               empty(Dims(1), DType::int64), skip_nan);
}

}  // namespace

namespace ops {

void Sort::cpu(Args in, Outs out, const Attrs& a) {
  arrange_lines(
      in[0], axis_of(in[0], a.dim), out[0], out[1], a.descending,
      [](const uint32_t* keys, uint64_t* items, size_t n) {
        for (size_t i = 0; i < n; i++) items[i] = cpu::packed(keys[i], int64_t(i));
        return Remaining{cpu::sort_packed(items, cpu::scratch<uint64_t, OtherTag>(n), n), n};
      },
      [](std::vector<Item>& items) { cpu::sort_items(items); });
}
void Topk::cpu(Args in, Outs out, const Attrs& a) {
  if (a.k == 0) return;
  arrange_lines(
      in[0], axis_of(in[0], a.dim), out[0], out[1], a.largest,
      [&](const uint32_t* keys, uint64_t* items, size_t n) {
        uint64_t* other = cpu::scratch<uint64_t, OtherTag>(n);
        return Remaining{cpu::smallest_packed(keys, items, other, n, size_t(a.k)), size_t(a.k)};
      },
      [&](std::vector<Item>& items) {
        std::partial_sort(items.begin(), items.begin() + a.k, items.end(), cpu::by_key_and_place);
        items.resize(size_t(a.k));
      });
}
void Kthvalue::cpu(Args in, Outs out, const Attrs& a) {
  auto dim = axis_of(in[0], a.dim);
  arrange_lines(
      in[0], dim, with_axis(out[0], in[0], dim), with_axis(out[1], in[0], dim), false,
      [&](const uint32_t* keys, uint64_t* items, size_t n) {
        return keep_rank(keys, items, n, size_t(a.k - 1));
      },
      [&](std::vector<Item>& items) { keep_rank(items, a.k - 1); });
}
void Median::cpu(Args in, Outs out, const NoFields&) { median_of_all(in, out, false); }
void Nanmedian::cpu(Args in, Outs out, const NoFields&) { median_of_all(in, out, true); }
void MedianDim::cpu(Args in, Outs out, const Attrs& a) { medians(in, out, a, false); }
void NanmedianDim::cpu(Args in, Outs out, const Attrs& a) { medians(in, out, a, true); }

}  // namespace ops

}  // namespace taeda
