// Losses of elements and of classes. Sums are the engine's: their bits do not depend on threads.
#include "taeda/ops/loss.h"

#include <cmath>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/engine.h"
#include "taeda/op/call.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace {

// x broadcast to sizes, contiguous.
Tensor broadcast_copy(const Tensor& x, const Dims& sizes) {
  if (x.sizes() == sizes && x.is_contiguous()) return x;
  Tensor out = empty(sizes, x.dtype());
  cpu::copy_elements(out, x);
  return out;
}

template <class C> void write_loss(const Tensor& out, C total, int64_t n, bool mean) {
  if (mean) total = C(double(total) / double(n));
  visit(out.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) *out.data<S>() = S(Compute<S>(total));
  });
}

template <class C> void finish_loss(const Tensor& out, const C* each, int64_t n, bool mean) {
  write_loss(out, n ? cpu::sum_all(each, n) : C(0), n, mean);
}

// out = the reduced f(x, y) of every element of x and y, broadcast; f computes in C.
template <class F> void elementwise_loss(Args in, const Tensor& out, const ops::Reduction& r, F f) {
  Dims sizes = broadcast({in.in, 2});
  Tensor x = broadcast_copy(in[0], sizes), y = broadcast_copy(in[1], sizes);
  int64_t n = x.numel();
  visit(x.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      using C = Compute<S>;
      const S *xp = x.data<S>(), *yp = y.data<S>();
      auto fill = [&](auto* to) {
        using To = std::remove_pointer_t<decltype(to)>;
        parallel_ranges(n, 16384, [=](int64_t b, int64_t e) {
          for (int64_t i = b; i < e; i++) to[i] = To(f(C(xp[i]), C(yp[i])));
        });
      };
      if (r.is("none")) return fill(out.data<S>());
      // The sum of all as sum_all takes it, without the items between.
      constexpr int64_t block = cpu::kSumBlock;
      std::vector<C> part(size_t((n + block - 1) / block));
      parallel_ranges(int64_t(part.size()), 4, [&](int64_t b, int64_t e) {
        C each[block];
        for (int64_t k = b; k < e; k++) {
          const int64_t from = k * block, count = std::min(block, n - from);
          for (int64_t i = 0; i < count; i++) each[i] = f(C(xp[from + i]), C(yp[from + i]));
          part[size_t(k)] = cpu::row_kernels<C>().block_sum(each, count);
        }
      });
      write_loss(out, cpu::join_sums(part.data(), int64_t(part.size())), n, r.is("mean"));
    }
  });
}

// input seen as (samples, classes, inner), and the target as (samples, inner).
struct Classes {
  int64_t samples = 1, classes = 1, inner = 1;
  explicit Classes(const Dims& s) {
    if (s.size() == 1) {
      classes = s[0];
      return;
    }
    samples = s[0], classes = s[1];
    for (size_t i = 2; i < s.size(); i++) inner *= s[i];
  }
};
std::vector<int64_t> targets_of(const Tensor& target, int64_t classes, int64_t ignore) {
  Tensor t = empty(target.sizes(), DType::int64);
  cpu::copy_elements(t, target);
  const int64_t* p = t.data<int64_t>();
  std::vector<int64_t> out(p, p + t.numel());
  for (int64_t& k : out) {
    if (k == ignore) k = -1;
    else if (k < 0 || k >= classes)
      fail<IndexError>("Target ", k, " is out of bounds.\ninput has ", classes,
                       " classes, numbered 0 to ", classes - 1, ": ",
                       k == classes ? "loss = cross_entropy(input, target - 1) if the target "
                                      "counts them from 1, else a last layer of "
                                    : "the last layer must have ",
                       k < 0 ? classes : k + 1, " outputs",
                       k < 0 ? ", and the target no negative numbers but ignore_index" : "");
  }
  return out;
}
template <class S> std::vector<Compute<S>> weights_of(const Tensor& weight) {
  std::vector<Compute<S>> out;
  if (!weight.defined()) return out;
  const S* p = weight.data<S>();
  for (int64_t i = 0; i < weight.numel(); i++)
    out.push_back(Compute<S>(p[i * weight.strides()[0]]));
  return out;
}
// The weights of all targets; those ignored weigh nothing.
template <class C>
std::vector<C> weight_of_each(const std::vector<int64_t>& target, const std::vector<C>& weight) {
  std::vector<C> out(target.size());
  for (size_t i = 0; i < target.size(); i++)
    out[i] = target[i] < 0 ? C(0) : weight.empty() ? C(1) : weight[size_t(target[i])];
  return out;
}

}  // namespace

namespace ops {

void NllLoss::cpu(Args in, Outs out, const Attrs& a) {
  Tensor x = broadcast_copy(in[0], in[0].sizes());
  Classes c(x.sizes());
  std::vector<int64_t> target = targets_of(in[1], c.classes, a.ignore_index);
  visit(x.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      using C = Compute<S>;
      const S* p = x.data<S>();
      std::vector<C> weight = weight_of_each(target, weights_of<S>(in[2])), each(target.size());
      for (int64_t i = 0; i < int64_t(target.size()); i++) {
        int64_t k = target[size_t(i)];
        if (k < 0) continue;
        int64_t n = i / c.inner, at = i % c.inner;
        each[size_t(i)] = -C(p[(n * c.classes + k) * c.inner + at]) * weight[size_t(i)];
      }
      int64_t count = int64_t(each.size());
      if (a.reduction.is("none")) {
        S* to = out[0].data<S>();
        for (int64_t i = 0; i < count; i++) to[i] = S(each[size_t(i)]);
        return;
      }
      C total = count ? cpu::sum_all(each.data(), count) : C(0);
      if (a.reduction.is("mean")) total /= count ? cpu::sum_all(weight.data(), count) : C(0);
      *out[0].data<S>() = S(total);
    }
  });
}

void NllLossBackward::cpu(Args in, Outs out, const Attrs& a) {
  Classes c(a.size);
  std::vector<int64_t> target = targets_of(in[1], c.classes, a.loss.ignore_index);
  Tensor g = broadcast_copy(in[0], in[0].sizes());
  std::memset(out[0].raw(), 0, size_t(out[0].numel()) * size_of(out[0].dtype()));
  visit(out[0].dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      using C = Compute<S>;
      const S* gp = g.data<S>();
      S* to = out[0].data<S>();
      std::vector<C> weight = weight_of_each(target, weights_of<S>(in[2]));
      int64_t count = int64_t(target.size());
      bool each = a.loss.reduction.is("none");
      C scale = 1;
      if (a.loss.reduction.is("mean") && count) scale = cpu::sum_all(weight.data(), count);
      for (int64_t i = 0; i < count; i++) {
        int64_t k = target[size_t(i)];
        if (k < 0) continue;
        int64_t n = i / c.inner, at = i % c.inner;
        to[(n * c.classes + k) * c.inner + at] =
            S(-weight[size_t(i)] * C(gp[each ? i : 0]) / scale);
      }
    }
  });
}

void MseLoss::cpu(Args in, Outs out, const Attrs& a) {
  elementwise_loss(in, out[0], a.reduction, [](auto x, auto y) { return (x - y) * (x - y); });
}
void SmoothL1Loss::cpu(Args in, Outs out, const Attrs& a) {
  const double inverse = a.beta > 0 ? 1 / a.beta : 0;
  elementwise_loss(in, out[0], a.reduction, [beta = a.beta, inverse](auto x, auto y) {
    using C = decltype(x);
    C d = std::abs(x - y), m = std::min(d, C(beta));  // without a branch, for vectors
    return C(0.5) * m * m * C(inverse) + (d - m);
  });
}
void HuberLoss::cpu(Args in, Outs out, const Attrs& a) {
  elementwise_loss(in, out[0], a.reduction, [delta = a.delta](auto x, auto y) {
    using C = decltype(x);
    C d = std::abs(x - y), m = std::min(d, C(delta));
    return C(0.5) * m * m + C(delta) * (d - m);
  });
}
void DifferenceGrad::cpu(Args in, Outs out, const Attrs& a) {
  const Tensor g = broadcast_copy(in[0], in[0].sizes());
  const Tensor x = broadcast_copy(in[1], in[1].sizes()), y = broadcast_copy(in[2], in[2].sizes());
  const int64_t n = x.numel();
  int exponent;
  const bool exact = std::frexp(a.divisor, &exponent) == 0.5;  // its inverse is
  visit(x.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      using C = Compute<S>;
      const S *xp = x.data<S>(), *yp = y.data<S>(), *gp = g.data<S>();
      S* to = out[0].data<S>();
      const C divisor = C(a.divisor), factor = C(1 / a.divisor), bound = C(a.bound);
      auto fill = [&](auto slope, auto share) {
        parallel_ranges(n, 16384, [=](int64_t b, int64_t e) {
          for (int64_t i = b; i < e; i++) {
            const C d = slope(C(xp[i]) - C(yp[i])), low = d < -bound ? -bound : d;
            to[i] = S((low > bound ? bound : low) * share(i));
          }
        });
      };
      auto with_slope = [&](auto share) {
        if (exact) fill([factor](C d) { return d * factor; }, share);
        else fill([divisor](C d) { return d / divisor; }, share);
      };
      if (a.reduction.is("none")) return with_slope([gp](int64_t i) { return C(gp[i]); });
      const C part = a.reduction.is("mean") ? C(S(C(gp[0]) / C(n))) : C(gp[0]);
      with_slope([part](int64_t) { return part; });
    }
  });
}

void BinaryCrossEntropy::cpu(Args in, Outs out, const Attrs& a) {
  Dims sizes = broadcast({in.in, 2});
  Tensor x = broadcast_copy(in[0], sizes), y = broadcast_copy(in[1], sizes);
  Tensor w = in[2].defined() ? broadcast_copy(in[2], sizes) : Tensor();
  int64_t n = x.numel();
  visit(x.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      using C = Compute<S>;
      const S *xp = x.data<S>(), *yp = y.data<S>(), *wp = w.defined() ? w.data<S>() : nullptr;
      for (int64_t i = 0; i < n; i++)
        if (!(C(xp[i]) >= 0 && C(xp[i]) <= 1))
          fail("all elements of input should be between 0 and 1");
      bool none = a.reduction.is("none");
      Tensor each = none && out[0].dtype() == dtype_of<C> ? out[0] : empty(sizes, dtype_of<C>);
      C* to = each.data<C>();
      parallel_ranges(n, 4096, [=](int64_t b, int64_t e) {
        for (int64_t i = b; i < e; i++) {
          C p = C(xp[i]), t = C(yp[i]);
          C v = (t - 1) * std::max(std::log1p(-p), C(-100)) - t * std::max(std::log(p), C(-100));
          to[i] = wp ? v * C(wp[i]) : v;
        }
      });
      if (!none) finish_loss<C>(out[0], to, n, a.reduction.is("mean"));
      else if (!each.is(out[0])) cpu::copy_elements(out[0], each);
    }
  });
}

}  // namespace ops

}  // namespace taeda
