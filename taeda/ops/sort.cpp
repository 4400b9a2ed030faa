#include "taeda/ops/sort.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/unary.h"

namespace taeda::ops {

namespace {

void check_real(const Tensor& x, const char* kernel) {
  if (is_complex(x.dtype()))
    fail<NotImplementedError>("\"", kernel, "\" not implemented for '", word_of(x.dtype()), "'");
}
std::array<Meta, 2> pair_of(const Dims& sizes, DType d) {
  return {Meta{sizes, d}, Meta{sizes, DType::int64}};
}
// The gradient of results that lie along dim where index says.
Tensor moved_backward(const Tensor& g, const Tensor& index, const Dims& s, int64_t dim) {
  if (!g.defined() || s.empty()) return s.empty() && g.defined() ? g.reshape({s}) : g;
  return zeros(s, {.dtype = g.dtype()}).scatter_add(index, g, {dim});
}

}  // namespace

std::array<Meta, 2> Sort::infer(Args in, const Attrs& a) {
  wrap_dim(a.dim, in[0].dim());
  if (is_complex(in[0].dtype())) fail("Sort does not support complex dtypes on CPU");
  return pair_of(in[0].sizes(), in[0].dtype());
}
Tensor Sort::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return moved_backward(g[0], index, s, a.dim);
}
Tensor Argsort::forward(const Tensor& x, const Attrs& a) {
  NoGradGuard raw;
  return detail::run<Sort>(a, x).indices;
}

std::array<Meta, 2> Topk::infer(Args in, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, in[0].dim()), n = in[0].dim() ? in[0].sizes()[size_t(dim)] : 1;
  if (a.k < 0 || a.k > n) fail("selected index k out of range");
  check_real(in[0], "topk_cpu");
  if (in[0].dtype() == DType::boolean)
    fail<NotImplementedError>("\"topk_cpu\" not implemented for 'Bool'");
  Dims sizes = in[0].sizes();
  if (!sizes.empty()) sizes[size_t(dim)] = a.k;
  return pair_of(sizes, in[0].dtype());
}
Tensor Topk::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return moved_backward(g[0], index, s, a.dim);
}

std::array<Meta, 2> Kthvalue::infer(Args in, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, in[0].dim()), n = in[0].dim() ? in[0].sizes()[size_t(dim)] : 1;
  if (n == 0)
    fail<IndexError>("kthvalue(): Expected reduction dim ", dim, " to have non-zero size.");
  if (a.k < 1 || a.k > n) fail("kthvalue(): selected number k out of range for dimension ", dim);
  check_real(in[0], "kthvalue_cpu");
  if (in[0].dtype() == DType::boolean)
    fail<NotImplementedError>("\"kthvalue_cpu\" not implemented for 'Bool'");
  return pair_of(reduced_dim(in[0].sizes(), dim, a.keepdim), in[0].dtype());
}
Tensor Kthvalue::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return g[0].defined() ? picked_backward(g[0], index, s, a.dim, a.keepdim) : Tensor();
}

namespace {

void check_median(const Tensor& x) {
  if (x.dtype() == DType::boolean || is_complex(x.dtype()) || is_barebones(x.dtype()))
    fail<NotImplementedError>("\"median_cpu\" not implemented for '", word_of(x.dtype()), "'");
}
std::array<Meta, 2> median_meta(const Tensor& x, const KeptDim& a) {
  int64_t dim = wrap_dim(a.dim, x.dim());
  if (x.dim() && x.sizes()[size_t(dim)] == 0)
    fail<IndexError>("median(): Expected reduction dim ", dim, " to have non-zero size.");
  check_median(x);
  return pair_of(reduced_dim(x.sizes(), dim, a.keepdim), x.dtype());
}
Tensor median_backward(const Tensor& g, const Tensor& x, const Tensor& y) {
  Tensor at = ((x == y) | (isnan(x) & isnan(y))).to(g.dtype());
  return g / at.sum() * at;
}

}  // namespace

Meta Median::infer(Args in) {
  check_median(in[0]);
  return {Dims(), in[0].dtype()};
}
Meta Nanmedian::infer(Args in) {
  check_median(in[0]);
  return {Dims(), in[0].dtype()};
}
Tensor Median::backward(Grad g, In<0> x, Out<0> y) { return median_backward(g, x, y); }
Tensor Nanmedian::backward(Grad g, In<0> x, Out<0> y) { return median_backward(g, x, y); }
std::array<Meta, 2> MedianDim::infer(Args in, const Attrs& a) { return median_meta(in[0], a); }
std::array<Meta, 2> NanmedianDim::infer(Args in, const Attrs& a) { return median_meta(in[0], a); }
Tensor MedianDim::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return g[0].defined() ? picked_backward(g[0], index, s, a.dim, a.keepdim) : Tensor();
}
Tensor NanmedianDim::backward(Grads g, Out<1> index, Shape<0> s, const Attrs& a) {
  return g[0].defined() ? picked_backward(g[0], index, s, a.dim, a.keepdim) : Tensor();
}

// ---- sets ----

namespace {

Distinct distinct(const Tensor& given, std::optional<int64_t> dim, bool inverse, bool counts,
                  bool consecutive) {
  NoGradGuard raw;
  Tensor x = given.detach();
  check_real(x, "unique");
  Tensor none = empty(Dims(0), DType::int64);
  if (!dim) {
    Tensor flat = x.flatten();
    DistinctRows rows =
        distinct_rows(flat.reshape({Dims{flat.numel(), 1}}), consecutive, inverse, counts);
    return {flat.index_select(rows.first, {0}), inverse ? rows.kind.reshape({x.sizes()}) : none,
            counts ? rows.count : none};
  }
  int64_t d = wrap_dim(*dim, x.dim());
  if (x.dim() == 0) return distinct(given, std::nullopt, inverse, counts, consecutive);
  int64_t n = x.size(d), m = n ? x.numel() / n : 0;
  if (n && m == 0)
    fail("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  DistinctRows rows = distinct_rows(x.transpose({0, d}).contiguous().reshape({Dims{n, m}}),
                                    consecutive, inverse, counts);
  return {x.index_select(rows.first, {d}), inverse ? rows.kind : none, counts ? rows.count : none};
}

}  // namespace

Unique::Result Unique::forward(const Tensor& x, const Attrs& a) {
  return distinct(x, a.dim, a.return_inverse, a.return_counts, false);
}
UniqueConsecutive::Result UniqueConsecutive::forward(const Tensor& x, const Attrs& a) {
  return distinct(x, a.dim, a.return_inverse, a.return_counts, true);
}

Tensor Bincount::forward(const Tensor& x, const Tensor& weights, const Attrs& a) {
  NoGradGuard raw;
  if (!is_integral(x.dtype()))
    fail<NotImplementedError>("\"bincount_cpu\" not implemented for '", word_of(x.dtype()), "'");
  if (a.minlength < 0) fail("minlength should be >= 0");
  IntegerRange range{0, -1};
  if (x.dim() == 1 && !x.is_meta())
    range = integer_range(is_barebones(x.dtype()) ? x.to(DType::int64) : x);
  if (x.dim() != 1 || range.low < 0)
    fail("bincount only supports 1-d non-negative integral inputs.");
  if (weights.defined() && !(weights.sizes() == x.sizes()))
    fail("weights should be 1-d and have the same length as input");
  const int64_t n = std::max(a.minlength, range.high + 1);
  DType d = !weights.defined()                  ? DType::int64
            : weights.dtype() == DType::float32 ? DType::float32
                                                : DType::float64;
  if (!weights.defined() && !x.is_meta()) return counts_of(x.to(DType::int64).contiguous(), n);
  Tensor add = weights.defined() ? weights.to(d) : ones(x.sizes(), {.dtype = d});
  return zeros(Dims(n), {.dtype = d}).scatter_add(x.to(DType::int64), add, {0});
}

void Side::fail(std::string_view word) {
  taeda::fail("torch.searchsorted(): side can only be 'left' or 'right' but got ", word);
}
Meta Searchsorted::infer(Args in, const Attrs& a) {
  const Dims &s = in[0].sizes(), &v = in[1].sizes();
  if (s.empty())
    fail(
        "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 "
        "dimension");
  if (a.right && a.side.is("left"))
    fail(
        "torch.searchsorted(): side and right can't be set to opposites, got side of left while "
        "right was True");
  if (s.size() != 1) {
    bool same = s.size() == v.size();
    for (size_t i = 0; same && i + 1 < s.size(); i++) same = s[i] == v[i];
    if (!same)
      fail(
          "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 "
          "dimensions of boundaries tensor and input value tensor must match, but we got "
          "boundaries tensor ",
          s, " and input value tensor ", v);
  }
  if (in[0].dtype() != in[1].dtype() && !(in[1]->marks & TensorImpl::number))
    fail(
        "torch.searchsorted(): boundary tensor and input value tensor should have same dtype, but "
        "got boundary tensor's dtype ",
        word_of(in[0].dtype()), " and input value tensor's dtype ", word_of(in[1].dtype()));
  if (in[2].defined() && !(in[2].sizes() == s))
    fail(
        "torch.searchsorted(): boundary and sorter must have the same size, but got boundary "
        "tensor ",
        s, "and got sorter tensor ", in[2].sizes());
  check_real(in[0], "searchsorted_out_cpu");
  return {v, a.out_int32 ? DType::int32 : DType::int64};
}
Tensor Bucketize::forward(const Tensor& x, const Tensor& boundaries, const Attrs& a) {
  if (boundaries.dim() != 1)
    fail("bucketize(): boundaries tensor must be 1 dimension, but got dim(", boundaries.dim(), ")");
  Tensor in = x, edges = boundaries;
  if (x.dtype() != boundaries.dtype()) {
    DType d = promote(x.dtype(), boundaries.dtype());
    in = x.to(d), edges = boundaries.to(d);
  }
  return detail::run<Searchsorted>({.out_int32 = a.out_int32, .right = a.right, .side = {}}, edges,
                                   in, Tensor());
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Sorting)
