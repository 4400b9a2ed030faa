// Scans along an axis folded to [outer, n, inner].
#include "taeda/ops/scan.h"

#include <algorithm>
#include <cmath>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/kernels.h"
#include "taeda/cpu/reduce.h"
#include "taeda/op/call.h"
#include "taeda/ops/functor.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

using cpu::Folded;

Folded fold(const Tensor& x, int64_t dim, DType d) {
  Tensor in = x;
  if (x.dtype() != d) {
    in = empty(x.sizes(), d);
    cpu::copy_elements(in, x);
  }
  return cpu::fold_axes(in, x.dim() ? Dims(wrap_dim(dim, x.dim())) : Dims());
}

// to[i] = step(state, x[i]) along each line; the states start as `start`.
template <class T, class State, class Step>
void scan(const Folded& f, T* to, State start, Step step) {
  const T* x = f.x.data<T>();
  int64_t n = f.reduced, inner = f.inner;
  if (n == 0) return;
  if (inner == 1)  // several lines at once: each waits for its own last sum only
    return parallel_ranges(f.outer, 1 + 16384 / n, [&](int64_t b, int64_t e) {
      constexpr int64_t kLines = 4;
      for (; b + kLines <= e; b += kLines) {
        State s[kLines] = {start, start, start, start};
        const T* from = x + b * n;
        T* out = to + b * n;
        for (int64_t i = 0; i < n; i++)
          for (int64_t k = 0; k < kLines; k++) out[k * n + i] = step(s[k], from[k * n + i]);
      }
      for (; b < e; b++) {
        State s = start;
        for (int64_t i = 0; i < n; i++) to[b * n + i] = step(s, x[b * n + i]);
      }
    });
  parallel_ranges(f.outer, 1 + 16384 / (n * inner + 1), [&](int64_t b, int64_t e) {
    std::vector<State> state(static_cast<size_t>(inner));
    for (int64_t o = b; o < e; o++) {
      std::fill(state.begin(), state.end(), start);
      const T* from = x + o * n * inner;
      T* out = to + o * n * inner;
      for (int64_t r = 0; r < n; r++, from += inner, out += inner)
        for (int64_t i = 0; i < inner; i++) out[i] = step(state[size_t(i)], from[i]);
    }
  });
}

// What sums run in: double for float, as its rounding would grow with the length.
template <class T> struct SumStateOf { using type = Compute<T>; };
template <> struct SumStateOf<bool> { using type = int64_t; };  // std::vector<bool> is no vector
template <> struct SumStateOf<float> { using type = double; };
template <> struct SumStateOf<std::complex<float>> { using type = std::complex<double>; };

// One step of a running extreme, which NaN takes for good.
template <class T, class C> void run_on(T v, int64_t i, bool largest, C& top, int64_t& best) {
  const C c = C(v);
  const bool takes = c != c || (top == top && (largest ? c >= top : c <= top));
  top = takes ? c : top, best = takes ? i : best;
}
template <class T> void running(const Folded& f, bool largest, T* values, int64_t* index) {
  using C = Compute<T>;
  const T* x = f.x.data<T>();
  const int64_t n = f.reduced, inner = f.inner;
  if (n == 0 || inner == 0) return;
  if (inner == 1)
    return parallel_ranges(f.outer, 1 + 16384 / n, [&](int64_t b, int64_t e) {
      for (int64_t o = b; o < e; o++) {
        const T* from = x + o * n;
        T* to = values + o * n;
        int64_t* at = index + o * n;
        if constexpr (is_floating(dtype_of<T>)) {
          cpu::row_kernels<T>().running_extreme[largest ? 0 : 1](to, at, from, n);
        } else {
          C top = C(from[0]);
          int64_t best = 0;
          for (int64_t i = 0; i < n; i++) {
            run_on(from[i], i, largest, top, best);
            to[i] = T(top), at[i] = best;
          }
        }
      }
    });
  constexpr int64_t kColumns = 128;  // whose state stays in L1
  const int64_t groups = (inner + kColumns - 1) / kColumns;
  const int64_t grain = 1 + 16384 / (n * std::min(inner, kColumns));
  parallel_ranges(f.outer * groups, grain, [&](int64_t b, int64_t e) {
    C top[kColumns];
    int64_t best[kColumns];
    for (int64_t t = b; t < e; t++) {
      const int64_t j = t % groups * kColumns, cols = std::min(kColumns, inner - j);
      int64_t at = t / groups * n * inner + j;
      for (int64_t i = 0; i < cols; i++) top[i] = C(x[at + i]), best[i] = 0;
      for (int64_t r = 0; r < n; r++, at += inner)
        for (int64_t i = 0; i < cols; i++) {
          run_on(x[at + i], r, largest, top[i], best[i]);
          values[at + i] = T(top[i]), index[at + i] = best[i];
        }
    }
  });
}
void running_into(Args in, Outs out, const ops::Dim& a, bool largest) {
  Folded f = fold(in[0], a.dim, in[0].dtype());
  visit(in[0].dtype(), [&]<class T>() {
    if constexpr (!is_complex_type<T> && !is_barebones(dtype_of<T>))
      running<T>(f, largest, out[0].data<T>(), out[1].data<int64_t>());
  });
}

}  // namespace

namespace ops {

void Cumsum::cpu(Args in, Outs out, const Attrs& a) {
  Folded f = fold(in[0], a.dim, out[0].dtype());
  visit(out[0].dtype(), [&]<class T>() {
    using S = typename SumStateOf<T>::type;
    scan<T>(f, out[0].data<T>(), S(0), [](S& s, T v) {
      s = S(s + S(Compute<T>(v)));
      return T(Compute<T>(s));
    });
  });
}
void Cumprod::cpu(Args in, Outs out, const Attrs& a) {
  Folded f = fold(in[0], a.dim, out[0].dtype());
  visit(out[0].dtype(), [&]<class T>() {
    using S = typename SumStateOf<T>::type;
    scan<T>(f, out[0].data<T>(), S(1), [](S& s, T v) {
      s = S(s * S(Compute<T>(v)));
      return T(Compute<T>(s));
    });
  });
}
void Logcumsumexp::cpu(Args in, Outs out, const Attrs& a) {
  Folded f = fold(in[0], a.dim, out[0].dtype());
  visit(out[0].dtype(), [&]<class T>() {
    if constexpr (is_floating(dtype_of<T>)) {
      using C = Compute<T>;
      scan<T>(f, out[0].data<T>(), C(-HUGE_VAL), [](C& s, T v) {
        C x = C(v), top = x > s ? x : s, low = x > s ? s : x;
        if (x != x || s != s) s = x + s;
        else if (!std::isinf(top)) s = top + std::log1p(std::exp(low - top));
        else s = top;
        return T(s);
      });
    } else if constexpr (is_complex_type<T>) {
      scan<T>(f, out[0].data<T>(), T(-HUGE_VAL),
              [](T& s, T x) { return s = ops::logaddexp(s, x); });
    }
  });
}
void Cummax::cpu(Args in, Outs out, const Attrs& a) { running_into(in, out, a, true); }
void Cummin::cpu(Args in, Outs out, const Attrs& a) { running_into(in, out, a, false); }

}  // namespace ops

}  // namespace taeda
