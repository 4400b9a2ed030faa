// Kernels of indexing. Elements move by size; sums are added in the order of the index.
#include "taeda/ops/index.h"

#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/cpu/index_walk.h"
#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

using cpu::add_to;
using cpu::for_each_index;
using cpu::Places;

// x as [outer, along dim, inner], contiguous.
struct Rows {
  int64_t outer = 1, n = 1, inner = 1;
  Rows(const Dims& sizes, int64_t dim) {
    for (int64_t i = 0; i < int64_t(sizes.size()); i++)
      (i < dim ? outer : i == dim ? n : inner) *= sizes[size_t(i)];
  }
};

template <class T> void add_row(T* row, const T* add, int64_t n) {
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
    cpu::row_kernels<T>().add_rows(row, add, 1, n, n);
  else
    for (int64_t i = 0; i < n; i++) add_to(row[i], add[i]);
}

}  // namespace

namespace ops {

void Gather::cpu(Args in, Outs out, const Attrs& a) {
  visit_size(size_of(out[0].dtype()), [&]<class T>() {
    T *o = out[0].data<T>(), *x = in[0].data<T>();
    cpu::for_each_index_shared(in[0], in[1], out[0], a.dim,
                               [o, x](int64_t px, int64_t po) { o[po] = x[px]; });
  });
}
void ScatterAdd::update(const Tensor& to, Args in, const Attrs& a) {
  visit(to.dtype(), [&]<class T>() {
    T *o = to.data<T>(), *s = in[2].data<T>();
    for_each_index(to, in[1], in[2], a.dim,
                   [o, s](int64_t px, int64_t ps) { add_to(o[px], s[ps]); });
  });
}
void ScatterAdd::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  update(out[0], in, a);
}

void IndexSelect::cpu(Args in, Outs out, const Attrs& a) {
  Tensor x = cpu::dense(in[0]);
  int64_t dim = wrap_dim(a.dim, x.dim());
  Rows s(x.sizes(), dim);
  int64_t count = in[1].numel();
  size_t item = size_of(x.dtype()), bytes = size_t(s.inner) * item;
  const char* from = static_cast<const char*>(x.raw());
  char* to = static_cast<char*>(out[0].raw());
  const Places places(in[1], s.n);
  if (count == 0 || bytes == 0) return;
  // Neighbours that stay neighbours move together, where there are outer items to share.
  struct Run {
    size_t to, from, bytes;
  };
  std::vector<Run> runs;
  for (int64_t k = 0; s.outer >= 16 && k < count && int64_t(runs.size()) <= count / 4; k++) {
    if (k && places[k] == places[k - 1] + 1) runs.back().bytes += bytes;
    else runs.push_back({size_t(k) * bytes, size_t(places[k]) * bytes, bytes});
  }
  if (s.outer >= 16 && int64_t(runs.size()) <= count / 4)
    return parallel_ranges(s.outer, int64_t(1 + 32768 / (size_t(count) * bytes)),
                           [&](int64_t b, int64_t e) {
                             for (int64_t o = b; o < e; o++)
                               for (const Run& r : runs)
                                 cpu::copy_bytes(to + size_t(o * count) * bytes + r.to,
                                                 from + size_t(o * s.n) * bytes + r.from, r.bytes);
                           });
  if (s.inner == 1)
    return visit_size(item, [&]<class T>() {
      const T* line = x.data<T>();
      T* row = out[0].data<T>();
      parallel_ranges(s.outer, 1 + 16384 / count, [&](int64_t b, int64_t e) {
        const int64_t* p = places.data();
        for (int64_t o = b; o < e; o++)
          for (int64_t k = 0; k < count; k++) row[o * count + k] = line[o * s.n + p[k]];
      });
    });
  std::vector<int64_t> starts(size_t(s.outer));
  for (int64_t o = 0; o < s.outer; o++) starts[size_t(o)] = o * s.n;
  cpu::gather_rows(to, from, starts, places.data(), count, bytes, bytes);
}
void IndexAdd::update(const Tensor& out, Args in, const Attrs& a) {
  Tensor source = cpu::dense(in[2]);
  int64_t dim = wrap_dim(a.dim, out.dim());
  Rows s(out.sizes(), dim);
  int64_t count = in[1].numel();
  const Places places(in[1], s.n);
  visit(out.dtype(), [&]<class T>() {
    T *to = out.data<T>(), *from = source.data<T>();
    bool plain = a.alpha == Scalar(1);
    using C = Compute<T>;
    C alpha = a.alpha.to<C>();
    for (int64_t o = 0; o < s.outer; o++)
      for (int64_t k = 0; k < count; k++) {
        T* row = to + (o * s.n + places[k]) * s.inner;
        const T* add = from + (o * count + k) * s.inner;
        if (plain && s.inner >= 8) add_row(row, add, s.inner);
        else
          for (int64_t i = 0; i < s.inner; i++)
            add_to(row[i], plain ? add[i] : T(alpha * C(add[i])));
      }
  });
}
void IndexAdd::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  update(out[0], in, a);
}

namespace {
std::span<const Tensor* const> indices_of(Args in, size_t from) {
  return {in.in + from, in.size() - from};
}
}  // namespace

void IndexTensors::cpu(Args in, Outs out, const NoFields&) {
  IndexPlan plan = plan_index(in[0], indices_of(in, 1));
  int64_t b = int64_t(plan.at.size()), q = int64_t(plan.post.size());
  if (out[0].numel() == 0) return;
  visit_size(size_of(out[0].dtype()), [&]<class T>() {
    const T* x = in[0].data<T>();
    T* to = out[0].data<T>();
    if (q == 1) {  // single elements
      const int64_t *pre = plan.pre.data(), *at = plan.at.data();
      const int64_t outer = int64_t(plan.pre.size());
      auto line = [&](int64_t r, int64_t from, int64_t end) {
        const T* start = x + pre[r];
        for (int64_t k = from; k < end; k++) to[r * b + k] = start[at[k]];
      };
      if (outer == 1)
        return parallel_ranges(b, 16384, [&](int64_t f, int64_t e) { line(0, f, e); });
      return parallel_ranges(outer, 1 + 16384 / b, [&](int64_t f, int64_t e) {
        for (int64_t r = f; r < e; r++) line(r, 0, b);
      });
    }
    if (plan.post_contiguous)
      return cpu::gather_rows(to, x, plan.pre, plan.at.data(), b, size_t(q) * sizeof(T), sizeof(T));
    parallel_ranges(int64_t(plan.pre.size()) * b, 1 + 16384 / q, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++) {
        const T* from = x + plan.pre[size_t(r / b)] + plan.at[size_t(r % b)];
        T* row = to + r * q;
        for (int64_t i = 0; i < q; i++) row[i] = from[plan.post[size_t(i)]];
      }
    });
  });
}

void IndexPut::write(const Tensor& to, Args in, const Attrs& a) {
  IndexPlan plan = plan_index(to, indices_of(in, 2));
  Dims sizes = indexed_sizes(to.sizes(), indices_of(in, 2));
  Tensor values = in[1];
  if (!(values.sizes() == sizes) || !values.is_contiguous() || values->storage == to->storage) {
    values = empty(sizes, to.dtype());
    cpu::copy_elements(values, in[1]);
  }
  int64_t q = int64_t(plan.post.size());
  // row(place, values) where the last axes lie in one piece, else put(element, value).
  auto each = [&](auto* x, const auto* from, auto row, auto put) {
    const int64_t* post = plan.post.data();
    for (int64_t p : plan.pre)
      for (int64_t b : plan.at) {
        if (plan.post_contiguous && q > 1) row(x + p + b, from);
        else
          for (int64_t i = 0; i < q; i++) put(x[p + b + post[i]], from[i]);
        from += q;
      }
  };
  if (a.accumulate)
    visit(to.dtype(), [&]<class T>() {
      each(
          to.data<T>(), values.data<T>(), [q](T* x, const T* v) { add_row(x, v, q); },
          [](T& x, T v) { add_to(x, v); });
    });
  else
    visit_size(size_of(to.dtype()), [&]<class T>() {
      each(
          to.data<T>(), values.data<T>(),
          [q](T* x, const T* v) { __builtin_memcpy(x, v, size_t(q) * sizeof(T)); },
          [](T& x, T v) { x = v; });
    });
}
void IndexPut::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  write(out[0], in, a);
}

namespace {

// The places of the elements of x that are not zero, in row-major order, and how many.
std::pair<Tensor, int64_t> nonzero_places(const Tensor& x) {
  Tensor set = x;
  if (x.dtype() != DType::boolean || !x.is_contiguous()) {
    set = empty(x.sizes(), DType::boolean);
    cpu::copy_elements(set, x);
  }
  const uint8_t* p = set.data<uint8_t>();
  const int64_t n = set.numel();
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) count += p[i];
  Tensor out = empty(Dims(count), DType::int64);
  int64_t* to = out.data<int64_t>();
  int64_t i = 0, k = 0;
  for (; k < count; i++) {  // no branch to predict; stays within the count
    to[k] = i;
    k += p[i];
  }
  return {out, count};
}

}  // namespace

void Nonzero::cpu(Args in, Outs out, const NoFields&) {
  int64_t* to = out[0].data<int64_t>();
  const Dims& s = in[0].sizes();
  const size_t rank = s.size();
  auto [places, count] = nonzero_places(in[0]);
  const int64_t* p = places.data<int64_t>();
  if (rank == 1) std::copy_n(p, count, to);
  else
    for (int64_t k = 0; k < count; k++, to += rank) {
      int64_t place = p[k];
      for (size_t d = rank; d-- > 1; place /= s[d]) to[d] = place % s[d];
      if (rank) to[0] = place;
    }
}
TensorList mask_places(const Tensor& mask) {
  auto [found, count] = nonzero_places(mask);
  const Dims& s = mask.sizes();
  const int64_t* from = found.data<int64_t>();
  if (s.size() == 1) return {found};
  TensorList out;
  int64_t inner = 1;
  for (size_t d = s.size(); d-- > 0; inner *= s[d]) {
    Tensor places = empty(Dims(count), DType::int64);
    int64_t* p = places.data<int64_t>();
    for (int64_t i = 0; i < count; i++) p[i] = from[i] / inner % s[d];
    out.insert(out.begin(), places);
  }
  return out;
}

}  // namespace ops

}  // namespace taeda
