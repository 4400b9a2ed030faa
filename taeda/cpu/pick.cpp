// scatter and its kin. Elements that are only moved go by size; of several for one place the last
// stays.
#include "taeda/ops/pick.h"

#include "taeda/cpu/copying.h"
#include "taeda/cpu/index_walk.h"
#include "taeda/op/call.h"

namespace taeda {

namespace {

using cpu::add_to;
using cpu::for_each_index;

template <class T> void multiply_by(T& product, T v) {
  if constexpr (std::is_same_v<T, bool>) product = product && v;
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
    product = T(float(product) * float(v));
  else product = T(product * v);
}

template <class T>
void scatter_into(const Tensor& out, const Tensor& index, const Tensor& src, int64_t dim,
                  bool add) {
  T *o = out.data<T>(), *s = src.data<T>();
  for_each_index(out, index, src, dim, [&](int64_t px, int64_t ps) {
    if (add) add_to(o[px], s[ps]);
    else multiply_by(o[px], s[ps]);
  });
}
void scatter_by(const Tensor& out, const Tensor& index, const Tensor& src, int64_t dim,
                const Choice<ops::ScatterWords>& how) {
  if (how.is("none"))
    return visit_size(size_of(out.dtype()), [&]<class T>() {
      T *o = out.data<T>(), *s = src.data<T>();
      for_each_index(out, index, src, dim, [=](int64_t px, int64_t ps) { o[px] = s[ps]; });
    });
  visit(out.dtype(), [&]<class T>() { scatter_into<T>(out, index, src, dim, how.is("add")); });
}

template <class T> bool takes_place(bool largest, T now, T v) {
  using C = Compute<T>;
  C a = C(now), b = C(v);
  return b != b || (a == a && (largest ? b > a : b < a));
}

}  // namespace

namespace ops {

void Scatter::update(const Tensor& to, Args in, const Attrs& a) {
  scatter_by(to, in[1], in[2], a.dim, a.reduce);
}
void Scatter::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  update(out[0], in, a);
}
void ScatterValue::update(const Tensor& to, Args in, const Attrs& a) {
  scatter_by(to, in[1], scalar(a.value, to.dtype()), a.dim, a.reduce);
}
void ScatterValue::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  update(out[0], in, a);
}

void ScatterReduce::update(const Tensor& o, Args in, const Attrs& a) {
  const std::string_view how = a.reduce.word();
  const bool mean = how == "mean";
  // How many values every place has so far; who takes part from the start and is not divided need
  // not be counted.
  Tensor counts;
  int64_t* n = nullptr;
  if (mean || !a.include_self) {
    counts = empty(o.sizes(), DType::int64);
    n = counts.data<int64_t>();
    std::fill(n, n + counts.numel(), int64_t(a.include_self));
  }
  visit(o.dtype(), [&]<class T>() {
    T *p = o.data<T>(), *s = in[2].data<T>();
    auto reduce = [&](auto join) {
      if (!n)
        return for_each_index(o, in[1], in[2], a.dim,
                              [=](int64_t px, int64_t ps) { join(p[px], s[ps]); });
      for_each_index(o, in[1], in[2], a.dim, [=](int64_t px, int64_t ps) {
        if (n[px]++ == 0) p[px] = s[ps];
        else join(p[px], s[ps]);
      });
    };
    if (how == "sum" || mean) reduce([](T& to, T v) { add_to(to, v); });
    else if (how == "prod") reduce([](T& to, T v) { multiply_by(to, v); });
    else if constexpr (!is_complex_type<T>) {
      if (how == "amax") reduce([](T& to, T v) { to = takes_place(true, to, v) ? v : to; });
      else reduce([](T& to, T v) { to = takes_place(false, to, v) ? v : to; });
    }
    if (!mean) return;
    for (int64_t i = 0; i < o.numel(); i++) {
      if (n[i] < 2) continue;
      if constexpr (std::is_same_v<T, bool>) continue;
      else if constexpr (std::is_integral_v<T>) {
        int64_t v = int64_t(p[i]), q = v / n[i];  // rounded down
        p[i] = T(q - (v % n[i] < 0));
      } else {
        p[i] = T(Compute<T>(p[i]) / Compute<T>(RealOf<Compute<T>>(n[i])));
      }
    }
  });
}

void ScatterReduce::cpu(Args in, Outs out, const Attrs& a) {
  cpu::copy_elements(out[0], in[0]);
  update(out[0], in, a);
}

}  // namespace ops

}  // namespace taeda
