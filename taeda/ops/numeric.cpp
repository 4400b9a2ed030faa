#include "taeda/ops/numeric.h"

#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/arrange.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/complex.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/index_key.h"
#include "taeda/ops/join.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pick.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/scan.h"
#include "taeda/ops/sort.h"
#include "taeda/ops/statistics.h"
#include "taeda/ops/unary.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

Tensor FloatPower::forward(const Tensor& x, const Tensor& n) {
  bool complex = is_complex(x.dtype()) || is_complex(n.dtype());
  DType d = complex ? DType::complex128 : DType::float64;
  return pow(x.to(d), n.to(d));
}
Tensor Ldexp::forward(const Tensor& x, const Tensor& n) {
  DType d = can_have_gradient(n.dtype())   ? n.dtype()
            : can_have_gradient(x.dtype()) ? real_of(x.dtype())
                                           : default_dtype();
  return x * exp2(n.to(d));
}
Tensor Logaddexp2::forward(const Tensor& x, const Tensor& y) {
  const Tensor* both[] = {&x, &y};
  Def def{.inputs = {"x", "y"}};
  DType d = common_dtype(def, {both, 2});
  if (!is_floating(d))
    fail<NotImplementedError>("\"logaddexp2_cpu\" not implemented for '", word_of(d), "'");
  constexpr double ln2 = 0.69314718055994530942;
  if (d == DType::float16 || d == DType::bfloat16)  // rounded once
    return logaddexp2(x.to(DType::float32), y.to(DType::float32)).to(d);
  return logaddexp(x * ln2, y * ln2) / ln2;
}

std::array<Meta, 2> Frexp::infer(Args in) {
  if (!is_floating(in[0].dtype())) fail("torch.frexp() only supports floating-point dtypes");
  return {Meta{in[0].sizes(), in[0].dtype()}, Meta{in[0].sizes(), DType::int32}};
}
void Frexp::cpu(Args in, Outs out, const NoFields&) {
  Tensor x = in[0].contiguous();
  visit(x.dtype(), [&]<class T>() {
    if constexpr (is_floating(dtype_of<T>)) {
      const T* from = x.data<T>();
      T* mantissa = out[0].data<T>();
      int32_t* exponent = out[1].data<int32_t>();
      for (int64_t i = 0; i < x.numel(); i++) {
        int e = 0;
        auto v = Compute<T>(from[i]);
        mantissa[i] = T(Compute<T>(std::frexp(v, &e)));
        exponent[i] = std::isfinite(v) ? e : 0;
      }
    }
  });
}
Tensor Frexp::backward(Grads g, Out<1> exponent) {
  if (!g[0].defined()) return {};
  return g[0] / pow(full(Dims(), 2, {.dtype = g[0].dtype()}), exponent.to(g[0].dtype()));
}

Tensor Cross::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  if (x.dim() != y.dim()) fail("linalg.cross: inputs must have the same number of dimensions.");
  if (x.dtype() == DType::boolean && y.dtype() == DType::boolean)
    fail<NotImplementedError>("\"cross\" not implemented for 'Bool'");
  const Tensor* both[] = {&x, &y};
  Dims sizes = broadcast({both, 2});
  int64_t dim = -1;
  if (a.dim) {
    dim = wrap_dim(*a.dim, x.dim());
    if (x.size(dim) != 3 || y.size(dim) != 3)
      fail("linalg.cross: inputs dimension ", dim, " must have length 3. Got ", x.size(dim),
           " and ", y.size(dim));
  } else {
    for (size_t i = 0; i < sizes.size() && dim < 0; i++)
      if (x.sizes()[i] == 3) dim = int64_t(i);
    if (dim < 0) fail("no dimension of size 3 in input");
  }
  Tensor p = x.expand({sizes}), q = y.expand({sizes});
  auto turned = [&](const Tensor& t, int64_t by) { return t.roll({Dims(by), Dims(dim)}); };
  return turned(p, -1) * turned(q, 1) - turned(p, 1) * turned(q, -1);
}
Tensor Kron::forward(const Tensor& x, const Tensor& y) {
  size_t rank = std::max(x.sizes().size(), y.sizes().size());
  Dims xs, ys, sizes;
  for (size_t i = 0; i < rank; i++) {
    auto size = [&](const Tensor& t) {
      size_t lead = rank - t.sizes().size();
      return i < lead ? 1 : t.sizes()[i - lead];
    };
    int64_t product;
    if (__builtin_mul_overflow(size(x), size(y), &product))
      fail("Storage size calculation overflowed with sizes=", x.sizes(), " and ", y.sizes());
    xs.push_back(size(x)), xs.push_back(1);
    ys.push_back(1), ys.push_back(size(y));
    sizes.push_back(product);
  }
  return (x.reshape({xs}) * y.reshape({ys})).reshape({sizes});
}
Tensor Dist::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  return norm(x - y, Norm::Attrs{.p = a.p});
}
Tensor Cdist::forward(const Tensor& x, const Tensor& y, const Attrs& a) {
  if (!is_floating(x.dtype()))
    fail("cdist only supports floating-point dtypes, X1 got: ", name_of(x.dtype()));
  if (!is_floating(y.dtype()))
    fail("cdist only supports floating-point dtypes, X2 got: ", name_of(y.dtype()));
  if (x.dim() < 2) fail("cdist only supports at least 2D tensors, X1 got: ", x.dim(), "D");
  if (y.dim() < 2) fail("cdist only supports at least 2D tensors, X2 got: ", y.dim(), "D");
  if (x.size(-1) != y.size(-1))
    fail("X1 and X2 must have the same number of columns. X1: ", x.size(-1), " X2: ", y.size(-1));
  if (!(a.p >= 0)) fail("cdist only supports non-negative p values");
  // PyTorch's rule: the matrix product where it is worth it, the differences where they are exact.
  const std::string& mode = a.compute_mode;
  bool maybe = mode == "use_mm_for_euclid_dist_if_necessary";
  if (!maybe && mode != "use_mm_for_euclid_dist" && mode != "donot_use_mm_for_euclid_dist")
    fail<ValueError>(mode, " is not a valid value for compute_mode");
  bool product =
      mode == "use_mm_for_euclid_dist" || (maybe && (x.size(-2) > 25 || y.size(-2) > 25));
  if (a.p == 2 && product && x.size(-1) > 0 && x.dtype() == y.dtype()) {
    auto lead = [](const Tensor& t) {
      return Dims(std::span(t.sizes().begin(), t.sizes().end() - 2));
    };
    if (lead(x) == lead(y)) return _euclidean_dist(x, y);
  }
  Tensor difference = x.unsqueeze(-2) - y.unsqueeze(-3);
  if (x.size(-1) == 0) return difference.sum({.dim = Dims(-1)});
  return vector_norm(difference, {.ord = a.p, .dim = Dims(-1)});
}

Meta EuclideanDist::infer(Args in) {
  Dims sizes = in[0].sizes();
  sizes[sizes.size() - 1] = in[1].size(-2);
  return {sizes, in[0].dtype()};
}
void EuclideanDist::cpu(Args in, Outs out, const NoFields&) {
  NoGradGuard raw;
  auto squares = [](const Tensor& t) { return (t * t).sum({.dim = Dims(-1), .keepdim = true}); };
  const Tensor &x = in[0], &y = in[1];
  Tensor d = squares(x) + squares(y).transpose(-1, -2) - matmul(x * 2, y.transpose(-1, -2));
  borrowed::copy_(out[0], d.clamp_min(0).sqrt());
}
GradsOf<2> EuclideanDist::backward(Grad g, In<0> x, In<1> y, Out<0> d, Needs need) {
  Tensor share = where(d == 0, zeros_like(d), g / d);
  GradsOf<2> out;
  auto sum = [&](int64_t dim) { return share.sum({.dim = Dims(dim)}).unsqueeze(-1); };
  if (need[0]) out[0] = x * sum(-1) - matmul(share, y);
  if (need[1]) out[1] = y * sum(-2) - matmul(share.transpose(-1, -2), x);
  return out;
}
Tensor Pdist::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() != 2) fail("pdist only supports 2D tensors, got: ", x.dim(), "D");
  if (!is_floating(x.dtype())) fail("pdist only supports floating-point dtypes");
  if (!(a.p >= 0)) fail("pdist only supports non-negative p values");
  int64_t n = x.size(0), pairs = n * (n - 1) / 2;
  Tensor first = empty({pairs}, DType::int64), second = empty({pairs}, DType::int64);
  for (int64_t i = 0, at = 0; i < n; i++)
    for (int64_t j = i + 1; j < n; j++, at++)
      first.data<int64_t>()[at] = i, second.data<int64_t>()[at] = j;
  Tensor difference =
      x.index_select(0, first.to(x.device())) - x.index_select(0, second.to(x.device()));
  if (x.size(1) == 0) return difference.sum({.dim = Dims(-1)});
  return vector_norm(difference, {.ord = a.p, .dim = Dims(-1)});
}

// ---- integrals ----

namespace {
// The means of neighbours times their distance.
Tensor trapezoids(const Tensor& y, int64_t dim, const Tensor& dx) {
  Tensor sum =
      y.slice({.dim = dim, .start = 1}) + y.slice({.dim = dim, .start = 0, .end = y.size(dim) - 1});
  return (dx.defined() ? sum * dx : sum) / 2;
}
Tensor distances(const Tensor& y, const Tensor& x, int64_t dim) {
  if (x.dim() != 1) {
    int64_t axis = dim - (y.dim() - x.dim());
    if (axis < 0 || axis >= x.dim()) fail("trapezoid: x has too few dimensions");
    return x.slice({.dim = axis, .start = 1}) -
           x.slice({.dim = axis, .start = 0, .end = x.size(axis) - 1});
  }
  if (x.size(0) != y.size(dim))
    fail("trapezoid: There must be one `x` value for each sample point");
  Tensor d =
      x.slice({.dim = 0, .start = 1}) - x.slice({.dim = 0, .start = 0, .end = x.size(0) - 1});
  Dims shape(size_t(y.dim() - dim), 1);
  shape[0] = d.numel();
  return d.view({shape});
}
Tensor no_points(const Tensor& y, int64_t dim) {
  Dims sizes = y.sizes();
  sizes.erase(size_t(dim));
  return zeros(sizes, {.dtype = y.dtype()});
}
void check_no_bools(const Tensor& y, const char* op) {
  if (y.dtype() == DType::boolean)
    fail(op, ": received a bool input for `y`, but bool is not supported");
}
}  // namespace
Tensor TrapezoidAt::forward(const Tensor& y, const Tensor& x, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, y.dim());
  if (y.dim() && y.size(dim) == 0) return no_points(y, dim);
  check_no_bools(y, "trapezoid");
  if (x.dtype() == DType::boolean)
    fail("trapezoid: received a bool input for `x`, but bool is not supported");
  return trapezoids(y, dim, distances(y, x, dim)).sum({.dim = Dims(dim)});
}
Tensor Trapezoid::forward(const Tensor& y, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, y.dim());
  if (y.dim() && y.size(dim) == 0) return no_points(y, dim);
  check_no_bools(y, "trapezoid");
  return trapezoids(y, dim, {}).sum({.dim = Dims(dim)}) * a.dx;
}
Tensor CumulativeTrapezoidAt::forward(const Tensor& y, const Tensor& x, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, y.dim());
  check_no_bools(y, "cumulative_trapezoid");
  return trapezoids(y, dim, distances(y, x, dim)).cumsum({.dim = dim});
}
Tensor CumulativeTrapezoid::forward(const Tensor& y, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, y.dim());
  check_no_bools(y, "cumulative_trapezoid");
  return trapezoids(y, dim, {}).cumsum({.dim = dim}) * a.dx;
}

// ---- counting and sorting ----

std::array<Meta, 2> Mode::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  int64_t dim = wrap_dim(a.dim, x.dim());
  if (is_complex(x.dtype()) || is_barebones(x.dtype()))
    fail<NotImplementedError>("\"mode_cpu\" not implemented for '", word_of(x.dtype()), "'");
  if (x.dim() && x.size(dim) == 0)
    fail<IndexError>("mode(): Expected reduction dim ", dim, " to have non-zero size.");
  Dims sizes = reduced_dim(x.sizes(), dim, a.keepdim);
  return {Meta{sizes, x.dtype()}, Meta{sizes, DType::int64}};
}
void Mode::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  const Tensor& x = in[0];
  if (out[0].numel() == 0) return;
  int64_t dim = x.dim() ? wrap_dim(a.dim, x.dim()) : 0;
  Tensor line = x.dim() ? x.movedim({Dims(dim), Dims(-1)}) : x.reshape({Dims(1)});
  auto sorted = line.sort({.dim = -1, .descending = false, .stable = true});
  int64_t n = line.size(-1), rows = line.numel() / n;
  Tensor values = sorted.values.contiguous(), places = sorted.indices.contiguous();
  Tensor found = empty({rows}, x.dtype()), at = empty({rows}, DType::int64);
  visit(x.dtype(), [&]<class T>() {
    if constexpr (!is_complex_type<T>) {
      const T* v = values.data<T>();
      const int64_t* p = places.data<int64_t>();
      for (int64_t r = 0; r < rows; r++, v += n, p += n) {
        int64_t best = 0, most = 0;
        for (int64_t i = 0, count = 0; i < n; i++) {
          count = i && Compute<T>(v[i]) == Compute<T>(v[i - 1]) ? count + 1 : 1;
          if (count > most) most = count, best = i;
        }
        found.data<T>()[r] = v[best], at.data<int64_t>()[r] = p[best];
      }
    }
  });
  alias(out[0], {out[0].sizes(), contiguous_strides(out[0].sizes()), 0})
      .copy_(found.view({out[0].sizes()}));
  out[1].copy_(at.view({out[1].sizes()}));
}
Tensor Mode::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return g[0].defined() ? picked_backward(g[0], index, s, a.dim, a.keepdim) : Tensor();
}
Tensor Msort::forward(const Tensor& x) {
  return x.sort({.dim = 0, .descending = false, .stable = false}).values;
}

Tensor Isin::forward(const Tensor& x, const Tensor& among, const Attrs& a) {
  const Tensor* both[] = {&x, &among};
  Def def{.inputs = {"x", "y"}};
  DType d = common_dtype(def, {both, 2});
  if (is_complex(d)) fail("Unsupported input type encountered for isin(): ", word_of(d));
  Tensor elements = x.to(d), set = among.to(d).flatten();
  if (set.numel() == 0 || elements.numel() == 0)
    return full(x.sizes(), a.invert, {.dtype = DType::boolean});
  Tensor sorted = set.sort({}).values;
  Tensor at = clamp_max(searchsorted(sorted, elements.contiguous(), Tensor()), sorted.numel() - 1);
  Tensor places[] = {at};
  Tensor found = index(sorted, places) == elements;
  return a.invert ? logical_not(found) : found;
}

Tensor Histc::forward(const Tensor& x, const Attrs& a) {
  if (a.bins <= 0) fail("torch.histc(): bins must be > 0");
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>("\"histogram_cpu\" not implemented for '", word_of(x.dtype()), "'");
  double low = a.min, high = a.max;
  if (low == high && x.numel()) {
    low = x.min().item<double>(), high = x.max().item<double>();
    if (low == high) low -= 1, high += 1;
  }
  if (!std::isfinite(low) || !std::isfinite(high))
    fail("torch.histc: range of [", short_text(low), ", ", short_text(high), "] is not finite");
  if (low > high) fail("torch.histc: max must be larger than min");
  if (x.numel() == 0 || x.is_meta()) return zeros({a.bins}, {.dtype = x.dtype()});
  return histogram_counts(x.detach().contiguous(), a.bins, low, high);
}

// ---- moments ----

Tensor Cov::forward(const Tensor& given, const Tensor& frequencies, const Tensor& weights,
                    const Attrs& a) {
  if (given.dim() > 2)
    fail("cov(): expected input to have two or fewer dimensions but got an input with ",
         given.dim(), " dimensions");
  if (given.dtype() == DType::boolean) fail("cov(): bool dtype is not supported for input");
  Tensor x = given.dim() < 2 ? given.reshape({Dims{1, -1}}) : given;
  if (!can_have_gradient(x.dtype())) x = x.to(default_dtype());
  int64_t n = x.size(1);
  Tensor w;
  auto check = [&](const Tensor& t, const char* name) {
    if (t.dim() > 1)
      fail("cov(): expected ", name, " to have one or fewer dimensions but got ", name, " with ",
           t.dim(), " dimensions");
    if (t.numel() != n)
      fail("cov(): expected ", name,
           " to have the same numel as there are observations in the "
           "input but got ",
           t.numel(), " != ", n);
    if (t.numel() && t.min().item<double>() < 0) fail("cov(): ", name, " cannot be negative");
  };
  if (frequencies.defined()) {
    if (can_have_gradient(frequencies.dtype()) || frequencies.dtype() == DType::boolean)
      fail("cov(): expected fweights to have integral dtype but got fweights with ",
           word_of(frequencies.dtype()), " dtype");
    check(frequencies, "fweights");
    w = frequencies.reshape({Dims(-1)});
  }
  if (weights.defined()) {
    if (!is_floating(weights.dtype()))
      fail("cov(): expected aweights to have floating point dtype but got aweights with ",
           word_of(weights.dtype()), " dtype");
    check(weights, "aweights");
    Tensor v = weights.reshape({Dims(-1)});
    w = w.defined() ? w * v : v;
  }
  Tensor total = w.defined() ? w.sum() : full(Dims(), n, {.dtype = real_of(x.dtype())});
  Tensor mean = (w.defined() ? x * w : x).sum({.dim = Dims(1), .keepdim = true}) / total;
  Tensor free = w.defined() && weights.defined() && a.correction
                    ? total - double(a.correction) * (w * weights.reshape({Dims(-1)})).sum() / total
                    : total - double(a.correction);
  if (free.item<double>() <= 0) {
    warn(
        "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number "
        "of observations.");
    free = clamp_min(free, 0);
  }
  Tensor centred = x - mean;
  Tensor other = (w.defined() ? centred * w : centred).conj().to(x.dtype());
  Tensor c = mm(centred, other.t()) / free;
  return c.squeeze();
}
Tensor Corrcoef::forward(const Tensor& x) {
  if (x.dim() > 2)
    fail("corrcoef(): expected input to have two or fewer dimensions but got an input with ",
         x.dim(), " dimensions");
  Tensor c = cov(x, Tensor(), Tensor(), {});
  if (c.dim() == 0) return c / c;
  Tensor d = is_complex(c.dtype()) ? real(c.diagonal()) : c.diagonal();
  Tensor s = sqrt(d);
  c = c / s.unsqueeze(1) / s.unsqueeze(0);
  if (is_complex(c.dtype()))
    return complex(clamp(real(c), {.min = -1, .max = 1}), clamp(imag(c), {.min = -1, .max = 1}));
  return clamp(c, {.min = -1, .max = 1});
}

Tensor Vander::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() != 1) fail("x must be a one-dimensional tensor.");
  int64_t n = a.N.value_or(x.numel());
  if (n < 0) fail("N must be non-negative.");
  if (n == 0) return empty({x.numel(), 0}, x.dtype(), x.device());
  DType d = x.dtype() == DType::boolean ? DType::int64
            : is_integral(x.dtype())    ? DType::int64
                                        : x.dtype();
  Tensor wide = x.to(d).unsqueeze(1);
  Tensor out = ones({x.numel(), 1}, {.dtype = d, .device = x.device()});
  if (n > 1) {
    Tensor powers = wide.expand({Dims{x.numel(), n - 1}}).cumprod({.dim = 1});
    out = cat({out, powers}, {1});
  }
  return a.increasing ? out : out.flip({Dims(1)});
}

Tensor Combinations::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() != 1) fail("Expect a 1D vector, but got shape ", x.sizes());
  if (a.r < 0) fail("Expect a non-negative number, but got ", a.r);
  if (a.r == 0) return empty({0}, x.dtype());
  int64_t n = x.numel(), step = a.with_replacement ? 0 : 1;
  std::vector<int64_t> all, at;
  for (int64_t i = 0; i < a.r; i++) at.push_back(i * step);
  int64_t rows = 0, highest = n - 1;
  if (at.back() <= highest) {
    for (;;) {
      all.insert(all.end(), at.begin(), at.end());
      rows++;
      int64_t k = a.r - 1;
      while (k >= 0 && at[size_t(k)] == highest - (a.r - 1 - k) * step) k--;
      if (k < 0) break;
      at[size_t(k)]++;
      for (int64_t i = k + 1; i < a.r; i++) at[size_t(i)] = at[size_t(i - 1)] + step;
    }
  }
  Tensor places = empty({rows, a.r}, DType::int64);
  std::copy(all.begin(), all.end(), places.data<int64_t>());
  Tensor indices[] = {places};
  return index(x, indices);
}

// ---- a part of a copy replaced ----

namespace {
// Written into a copy, which has its gradients from writing through a view.
template <class View> Tensor scattered(const Tensor& x, const Tensor& src, View view) {
  Tensor out = x.clone();
  Tensor part = view(out);
  if (!(part.sizes() == src.sizes()))
    fail("expected src to have a size equal to the slice of self. src size = ", src.sizes(),
         ", slice size = ", part.sizes());
  part.copy_(src);
  return out;
}
}  // namespace
Tensor SelectScatter::forward(const Tensor& x, const Tensor& src, const Attrs& a) {
  return scattered(x, src, [&](const Tensor& t) { return t.select(a.dim, a.index); });
}
Tensor SliceScatter::forward(const Tensor& x, const Tensor& src, const Attrs& a) {
  return scattered(x, src, [&](const Tensor& t) {
    return t.slice({.dim = a.dim, .start = a.start.value_or(0), .end = a.end, .step = a.step});
  });
}
Tensor DiagonalScatter::forward(const Tensor& x, const Tensor& src, const Attrs& a) {
  return scattered(x, src, [&](const Tensor& t) { return t.diagonal({a.offset, a.dim1, a.dim2}); });
}
Tensor AsStridedScatter::forward(const Tensor& x, const Tensor& src, const Attrs& a) {
  // as_strided counts in the memory: all of it up to the last element is copied, strides kept.
  Tensor out;
  if (x.is_contiguous() && x->offset == 0) {
    out = x.clone();
  } else {
    int64_t extent = x->offset + 1;
    for (size_t i = 0; i < x.sizes().size(); i++) extent += (x.sizes()[i] - 1) * x.strides()[i];
    if (x.sizes().contains(0)) extent = x->offset;
    out = x.as_strided({Dims(extent), Dims(1), 0})
              .clone()
              .as_strided({x.sizes(), x.strides(), x->offset});
  }
  Tensor part = out.as_strided({a.size, a.stride, a.storage_offset});
  if (!(part.sizes() == src.sizes()))
    fail("expected src to have a size equal to the slice of self. src size = ", src.sizes(),
         ", slice size = ", part.sizes());
  part.copy_(src);
  return out;
}

namespace {
Tensor main_diagonal(const Tensor& x) {
  if (x.dim() < 2) fail("dimensions must larger than 1");
  int64_t height = x.size(0);
  if (x.dim() > 2)
    for (int64_t n : x.sizes())
      if (n != height) fail("all dimensions of input must be of equal length");
  int64_t stride = 0, n = height;
  for (int64_t s : x.strides()) stride += s;
  for (int64_t m : x.sizes()) n = std::min(n, m);
  return x.as_strided({Dims(n), Dims(stride), x->offset});
}
}  // namespace
Tensor FillDiagonal::forward(const Tensor& x, const Attrs& a) {
  Tensor out = x.clone();
  const Tensor* in[] = {&out};
  inplace({in, 1}, a);
  return out;
}
void FillDiagonal::inplace(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  main_diagonal(x).fill_({a.fill_value});
  if (!a.wrap || x.dim() != 2) return;
  int64_t height = x.size(0), width = x.size(1);
  for (int64_t row = width + 1; row < height; row += width + 1)
    x.slice({.dim = 0, .start = row, .end = std::min(height, row + width)})
        .diagonal({})
        .fill_({a.fill_value});
}

Tensor Put::forward(const Tensor& x, const Tensor& at, const Tensor& source, const Attrs& a) {
  if (at.dtype() != DType::int64)
    fail("put_(): Expected a long tensor for index, but got ", word_of(at.dtype()));
  if (source.dtype() != x.dtype())
    fail("put_(): self and source expected to have the same dtype, but got self.dtype = ",
         word_of(x.dtype()), " and source.dtype = ", word_of(source.dtype()));
  if (at.numel() != source.numel())
    fail(
        "put_(): Expected source and index to have the same number of elements, but got "
        "source.numel() = ",
        source.numel(), ", index.numel() = ", at.numel());
  if (x.numel() == 0 && at.numel())
    fail<IndexError>("put_(): Tried to put elements into an empty tensor");
  Tensor places[] = {at.flatten()};
  return index_put(x.flatten(), places, source.flatten(), a.accumulate).reshape({x.sizes()});
}

void IndexReduceWords::fail(std::string_view word) {
  taeda::fail("reduce argument must be either prod, mean, amax or amin, got ", word, ".");
}
Tensor IndexReduce::forward(const Tensor& x, const Tensor& at, const Tensor& source,
                            const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, x.dim());
  if (at.dim() > 1)
    fail<IndexError>("index_reduce_(): Index is supposed to be a vector, but got dim: ", at.dim());
  if (at.dtype() != DType::int64 && at.dtype() != DType::int32)
    fail("index_reduce_(): Expected dtype int32/int64 for index");
  if (x.dtype() != source.dtype())
    fail("index_reduce_(): self and source expected to have the same dtype");
  int64_t n = source.dim() ? source.size(dim) : 1;
  if (at.numel() != n)
    fail("index_reduce_(): Number of indices (", at.numel(),
         ") should be equal to self.size(dim): (", n, ")");
  Tensor flat = x.dim() ? x : x.reshape({Dims(1)});
  Tensor from = source.dim() ? source : source.reshape({Dims(1)});
  Dims shape(flat.sizes().size(), 1);
  shape[size_t(dim)] = n;
  Tensor wide = at.to(DType::int64).reshape({shape}).expand({from.sizes()});
  std::string_view how = a.reduce.word();
  Tensor out = scatter_reduce(
      flat, wide, from,
      {.dim = dim, .reduce = Choice<ScatterReduceWords>(how), .include_self = a.include_self});
  return x.dim() ? out : out.reshape({Dims()});
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Numeric)
