// Kernels of indexing. Elements move by size; sums are added in the order of the index.
#include "taeda/ops/index.h"

#include "taeda/cpu/copying.h"
#include "taeda/cpu/index_walk.h"
#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

using cpu::add_to;
using cpu::for_each_index;
using cpu::index_at;

// x as [outer, along dim, inner], contiguous.
struct Rows {
  int64_t outer = 1, n = 1, inner = 1;
  Rows(const Dims& sizes, int64_t dim) {
    for (int64_t i = 0; i < int64_t(sizes.size()); i++)
      (i < dim ? outer : i == dim ? n : inner) *= sizes[size_t(i)];
  }
};

}  // namespace

namespace ops {

void Gather::cpu(Args in, Outs out, const Attrs& a) {
  visit_size(size_of(out[0].dtype()), [&]<class T>() {
    T *o = out[0].data<T>(), *x = in[0].data<T>();
    for_each_index(in[0], in[1], out[0], a.dim,
                   [&](int64_t px, int64_t, int64_t po) { o[po] = x[px]; });
  });
}
void ScatterAdd::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  visit(out[0].dtype(), [&]<class T>() {
    T *o = out[0].data<T>(), *s = in[2].data<T>();
    for_each_index(out[0], in[1], in[2], a.dim,
                   [&](int64_t px, int64_t, int64_t ps) { add_to(o[px], s[ps]); });
  });
}

void IndexSelect::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  Tensor x = in[0].contiguous(), index = in[1].contiguous();
  int64_t dim = wrap_dim(a.dim, x.dim());
  Rows s(x.sizes(), dim);
  int64_t count = index.numel();
  size_t bytes = size_t(s.inner) * size_of(x.dtype());
  const char* from = static_cast<const char*>(x.raw());
  char* to = static_cast<char*>(out[0].raw());
  for (int64_t k = 0; k < count; k++)
    if (int64_t i = index_at(index, k); i < 0 || i >= s.n)
      fail<IndexError>("index out of range in self");
  for (int64_t o = 0; o < s.outer; o++)
    for (int64_t k = 0; k < count; k++, to += bytes)
      __builtin_memcpy(to, from + size_t(o * s.n + index_at(index, k)) * bytes, bytes);
}
void IndexAdd::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  cpu::copy_elements(out[0], in[0]);
  Tensor index = in[1].contiguous(), source = in[2].contiguous();
  int64_t dim = wrap_dim(a.dim, out[0].dim());
  Rows s(out[0].sizes(), dim);
  int64_t count = index.numel();
  for (int64_t k = 0; k < count; k++)
    if (int64_t i = index_at(index, k); i < 0 || i >= s.n)
      fail<IndexError>("index out of range in self");
  visit(out[0].dtype(), [&]<class T>() {
    T *to = out[0].data<T>(), *from = source.data<T>();
    bool plain = a.alpha == Scalar(1);
    using C = Compute<T>;
    C alpha = a.alpha.to<C>();
    for (int64_t o = 0; o < s.outer; o++)
      for (int64_t k = 0; k < count; k++) {
        T* row = to + (o * s.n + index_at(index, k)) * s.inner;
        const T* add = from + (o * count + k) * s.inner;
        for (int64_t i = 0; i < s.inner; i++) add_to(row[i], plain ? add[i] : T(alpha * C(add[i])));
      }
  });
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
    parallel_ranges(int64_t(plan.pre.size()) * b, 1 + 16384 / q, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++) {
        const T* from = x + plan.pre[size_t(r / b)] + plan.at[size_t(r % b)];
        T* row = to + r * q;
        if (q == 1) *row = *from;
        else if (plan.post_contiguous) __builtin_memcpy(row, from, size_t(q) * sizeof(T));
        else
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
  auto each_row = [&](auto* x, const auto* from, auto put) {
    for (int64_t p : plan.pre)
      for (int64_t b : plan.at) {
        for (int64_t i = 0; i < q; i++) put(x[p + b + plan.post[size_t(i)]], from[i]);
        from += q;
      }
  };
  if (a.accumulate)
    visit(to.dtype(), [&]<class T>() {
      each_row(to.data<T>(), values.data<T>(), [](T& x, T v) { add_to(x, v); });
    });
  else
    visit_size(size_of(to.dtype()), [&]<class T>() {
      each_row(to.data<T>(), values.data<T>(), [](T& x, T v) { x = v; });
    });
}
void IndexPut::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  write(out[0], in, a);
}

namespace {

// f(place) for every element of x that is not zero, places counted in row-major order.
template <class F> void for_each_nonzero(const Tensor& x, F f) {
  Tensor set = x;
  if (x.dtype() != DType::boolean || !x.is_contiguous()) {
    set = empty(x.sizes(), DType::boolean);
    cpu::copy_elements(set, x);
  }
  const bool* p = set.data<bool>();
  int64_t n = set.numel();
  for (int64_t i = 0; i < n; i++)
    if (p[i]) f(i);
}

}  // namespace

void Nonzero::cpu(Args in, Outs out, const NoFields&) {
  int64_t* to = out[0].data<int64_t>();
  const Dims& s = in[0].sizes();
  size_t rank = s.size();
  for_each_nonzero(in[0], [&](int64_t place) {
    for (size_t d = rank; d-- > 0; place /= s[d]) to[d] = place % s[d];
    to += rank;
  });
}
TensorList mask_places(const Tensor& mask) {
  std::vector<int64_t> found;
  for_each_nonzero(mask, [&](int64_t place) { found.push_back(place); });
  const Dims& s = mask.sizes();
  TensorList out;
  int64_t inner = 1;
  for (size_t d = s.size(); d-- > 0; inner *= s[d]) {
    Tensor places = empty(Dims(int64_t(found.size())), DType::int64);
    int64_t* p = places.data<int64_t>();
    for (size_t i = 0; i < found.size(); i++) p[i] = found[i] / inner % s[d];
    out.insert(out.begin(), places);
  }
  return out;
}

}  // namespace ops

}  // namespace taeda
