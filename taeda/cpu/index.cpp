// Kernels of indexing. Elements move by size; sums are added in the order of the index.
#include "taeda/ops/index.h"

#include "taeda/cpu/copying.h"
#include "taeda/op/call.h"
#include "taeda/ops/copying.h"

namespace taeda {

namespace {

int64_t index_at(const Tensor& index, int64_t place) {
  return index.dtype() == DType::int64 ? index.data<int64_t>()[place]
                                       : index.data<int32_t>()[place];
}

// f(place in x, place in index, place in other) for every element of the index.
template <class F>
void for_each_index(const Tensor& x, const Tensor& index, const Tensor& other, int64_t dim, F f) {
  size_t d = size_t(wrap_dim(dim, x.dim()));
  int64_t n = x.dim() ? x.sizes()[d] : 1, step = x.dim() ? x.strides()[d] : 0;
  size_t rank = index.sizes().size();
  Dims at(rank, 0);
  for (int64_t left = index.numel(); left-- > 0;) {
    int64_t px = 0, pi = 0, po = 0;
    for (size_t a = 0; a < rank; a++) {
      pi += at[a] * index.strides()[a];
      if (other.dim()) po += at[a] * other.strides()[a];
      if (a != d && x.dim()) px += at[a] * x.strides()[a];
    }
    int64_t i = index_at(index, pi);
    if (i < 0 || i >= n) fail("index ", i, " is out of bounds for dimension ", d, " with size ", n);
    f(px + i * step, pi, po);
    for (size_t a = rank; a-- > 0;) {
      if (++at[a] < index.sizes()[a]) break;
      at[a] = 0;
    }
  }
}

template <class T> void add_to(T& sum, T v) {
  if constexpr (std::is_same_v<T, bool>) sum = sum || v;
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
    sum = T(float(sum) + float(v));
  else sum = T(sum + v);
}

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

}  // namespace ops

}  // namespace taeda
