#include "taeda/ops/pick.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index_key.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/sort.h"
#include "taeda/ops/statistics.h"

namespace taeda::ops {

namespace {

void check_mask(const Tensor& mask, const char* word) {
  if (mask.dtype() != DType::boolean) fail(word, ": expected BoolTensor for mask");
}
// Undefined index tensors up to axis dim, then this one.
TensorList at_axis(const Tensor& index, int64_t dim) {
  TensorList out(static_cast<size_t>(dim));
  out.push_back(index.dim() ? index : index.reshape({Dims(1)}));
  return out;
}
void check_vector(const Tensor& index, const char* word) {
  if (index.dim() > 1) fail<IndexError>(word, "(): Index is supposed to be a vector");
  if (index.dtype() != DType::int64) fail<IndexError>(word, "(): Expected dtype int64 for index.");
}

void check_scatter(const char* word, const Tensor& x, const Tensor& index, const Tensor* src,
                   int64_t given) {
  int64_t dim = wrap_dim(given, x.dim());
  if (src && src->dtype() != x.dtype())
    fail(word, "(): Expected self.dtype to be equal to src.dtype");
  if (index.numel() == 0) return;
  if (index.dtype() != DType::int64 && index.dtype() != DType::int32)
    fail(word, "(): Expected dtype int32/int64 for index");
  auto rank = [](const Tensor& t) { return std::max<int64_t>(t.dim(), 1); };
  if (rank(index) != rank(x))
    fail("Index tensor must have the same number of dimensions as self tensor");
  if (src && rank(index) != rank(*src))
    fail("Index tensor must have the same number of dimensions as src tensor");
  auto size = [](const Tensor& t, int64_t d) { return t.dim() ? t.size(d) : 1; };
  for (int64_t d = 0; d < rank(x); d++) {
    bool fits =
        (d == dim || size(index, d) <= size(x, d)) && (!src || size(index, d) <= size(*src, d));
    if (fits) continue;
    if (src)
      fail("Expected index ", index.sizes(), " to be no larger than self ", x.sizes(),
           " apart from dimension ", dim, " and to be no larger size than src ", src->sizes());
    fail("Expected index ", index.sizes(), " to be no larger than self ", x.sizes(),
         " apart from dimension ", dim);
  }
}

}  // namespace

Tensor MaskedSelect::forward(const Tensor& x, const Tensor& mask) {
  check_mask(mask, "masked_select");
  const Tensor* both[] = {&x, &mask};
  Dims sizes = broadcast({both, 2});
  if (sizes.empty()) {
    Tensor at[] = {mask.reshape({Dims(1)})};
    return index(x.reshape({Dims(1)}), at);
  }
  Tensor at[] = {mask.expand({sizes})};
  return index(x.expand({sizes}), at);
}
Tensor MaskedScatter::forward(const Tensor& x, const Tensor& mask, const Tensor& source) {
  if (mask.dtype() != DType::boolean)
    fail("masked_scatter_ only supports boolean masks, but got mask with dtype ",
         c_name_of(mask.dtype()));
  if (x.dtype() != source.dtype())
    fail("masked_scatter: expected self and source to have same dtypes but got ",
         word_of(x.dtype()), " and ", word_of(source.dtype()));
  const Tensor* both[] = {&x, &mask};
  Dims sizes = broadcast({both, 2});
  Tensor wide = x.expand({sizes}), at = mask.expand({sizes});
  if (sizes.empty()) wide = wide.reshape({Dims(1)}), at = at.reshape({Dims(1)});
  if (x.is_meta()) return empty_like(wide);
  int64_t n = at.sum().item<int64_t>();
  if (source.numel() < n) fail("Number of elements of source < number of ones in mask");
  Tensor indices[] = {at};
  Tensor values = source.flatten().slice({.dim = 0, .start = 0, .end = n});
  return index_put(wide, indices, values).reshape({sizes});
}

void ScatterWords::fail(std::string_view word) {
  (void)word;
  taeda::fail("reduce argument must be either add or multiply.");
}
Meta Scatter::infer(Args in, const Attrs& a) {
  check_scatter("scatter", in[0], in[1], &in[2], a.dim);
  return {in[0].sizes(), in[0].dtype()};
}
GradsOf<3> Scatter::backward(Grad g, In<1> index, Needs need, const Attrs& a) {
  if (a.reduce.is("multiply"))
    fail<NotImplementedError>("the derivative for 'scatter' with reduce is not implemented");
  GradsOf<3> out;
  if (need[0])
    out[0] = a.reduce.is("add")
                 ? Tensor(g)
                 : scatter(g, index, ScatterValue::Attrs{.dim = a.dim, .value = 0, .reduce = {}});
  if (need[2]) out[2] = g.gather(index, {a.dim});
  return out;
}
Meta ScatterValue::infer(Args in, const Attrs& a) {
  check_scatter("scatter", in[0], in[1], nullptr, a.dim);
  return {in[0].sizes(), in[0].dtype()};
}
GradsOf<2> ScatterValue::backward(Grad g, In<1> index, const Attrs& a) {
  if (a.reduce.is("multiply"))
    fail<NotImplementedError>("the derivative for 'scatter' with reduce is not implemented");
  if (a.reduce.is("add")) return {g, Tensor()};
  return {scatter(g, index, ScatterValue::Attrs{.dim = a.dim, .value = 0, .reduce = {}}), Tensor()};
}

void ScatterReduceWords::fail(std::string_view word) {
  taeda::fail("reduce argument must be either sum, prod, mean, amax or amin, got ", word, ".");
}
Meta ScatterReduce::infer(Args in, const Attrs& a) {
  check_scatter("scatter", in[0], in[1], &in[2], a.dim);
  return {in[0].sizes(), in[0].dtype()};
}
GradsOf<3> ScatterReduce::backward(Grad g, In<0> x, In<1> index, In<2> src, Out<0> y, Needs need,
                                   const Attrs& a) {
  Tensor gx, gs;
  std::string_view how = a.reduce.word();
  Tensor self_on = a.include_self ? g : scatter(g, index, ScatterValue::Attrs{a.dim, 0, {}});
  if (how == "sum") {
    gx = self_on, gs = g.gather(index, {a.dim});
  } else if (how == "mean") {
    Tensor n = a.include_self ? ones_like(x) : zeros_like(x);
    n = n.scatter_add(index, ones_like(src), {a.dim});
    n = where(n == 0, 1, n);
    gx = self_on / n;
    gs = (g / n).gather(index, {a.dim});
  } else if (how == "prod") {
    // What each factor is multiplied by: all others; without zeros the product over the factor.
    Tensor zero_x = x == 0, zero_src = src == 0;
    Tensor zeros = a.include_self ? zero_x.to(x.dtype()) : zeros_like(x);
    zeros = zeros.scatter_add(index, zero_src.to(x.dtype()), {a.dim});
    Tensor fx = x.masked_fill(zero_x, 1), fs = src.masked_fill(zero_src, 1);
    Tensor product = scatter_reduce(fx, index, fs, a);
    auto others = [&](const Tensor& factor, const Tensor& is_zero, const Tensor& all,
                      const Tensor& count) {
      return (all / factor).masked_fill(count != is_zero.to(count.dtype()), 0);
    };
    gx = a.include_self ? g * others(fx, zero_x, product, zeros) : self_on;
    gs = g.gather(index, {a.dim}) *
         others(fs, zero_src, product.gather(index, {a.dim}), zeros.gather(index, {a.dim}));
  } else {
    Tensor here = (x == y).to(g.dtype());
    if (!a.include_self) here = scatter(here, index, ScatterValue::Attrs{a.dim, 0, {}});
    Tensor there = (src == y.gather(index, {a.dim})).to(g.dtype());
    Tensor count = here.scatter_add(index, there, {a.dim});
    Tensor each = g / where(count == 0, 1, count);
    gx = a.include_self
             ? here * each
             : where(scatter(zeros_like(x), index, ScatterValue::Attrs{a.dim, 1, {}}) == 0, g, 0);
    gs = there * each.gather(index, {a.dim});
  }
  return {need[0] ? gx : Tensor(), Tensor(), need[2] ? gs : Tensor()};
}

Tensor IndexFill::forward(const Tensor& x, const Tensor& index, const Attrs& a) {
  a.value.check_fits(x.dtype());
  return index_fill(x, index, scalar(a.value, x.dtype(), x.device()), {a.dim});
}
Tensor IndexFillTensor::forward(const Tensor& x, const Tensor& index, const Tensor& value,
                                const Attrs& a) {
  if (value.dim() != 0)
    fail("index_fill_ only supports a 0-dimensional value tensor, but got tensor with ",
         value.dim(), " dimension(s).");
  check_vector(index, "index_fill_");
  // A place that is named twice counts once for value's gradient.
  Tensor at = value.requires_grad() ? unique(index).output : index;
  Tensor flat = x.dim() ? x : x.reshape({Dims(1)});
  Tensor out = index_put(flat, at_axis(at, wrap_dim(a.dim, x.dim())), value.to(x.dtype()));
  return x.dim() ? out : out.reshape({Dims()});
}
Tensor IndexCopy::forward(const Tensor& x, const Tensor& index, const Tensor& source,
                          const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, x.dim());
  if (index.dim() > 1)
    fail<IndexError>("index_copy_(): Index should have dimension 1 or 0 (got ", index.dim(), ")");
  if (index.dtype() != DType::int64) fail("index_copy_(): Expected LongTensor for index");
  if (x.dtype() != source.dtype())
    fail("index_copy_(): self and source expected to have the same dtype, but got (self) ",
         word_of(x.dtype()), " and (source) ", word_of(source.dtype()));
  int64_t n = source.dim() ? source.size(dim) : 1;
  if (index.numel() != n)
    fail<IndexError>("index_copy_(): Number of indices (", index.numel(),
                     ") should be equal to source.size(dim) (", n, ")");
  Tensor flat = x.dim() ? x : x.reshape({Dims(1)});
  Tensor from = source.dim() ? source : source.reshape({Dims(1)});
  Tensor out = index_put(flat, at_axis(index, dim), from);
  return x.dim() ? out : out.reshape({Dims()});
}

Tensor Take::forward(const Tensor& x, const Tensor& at) {
  if (at.dtype() != DType::int64)
    fail("take(): Expected a long tensor for index, but got ", word_of(at.dtype()));
  int64_t n = x.numel();
  if (n == 0 && at.numel()) fail<IndexError>("take(): tried to take from an empty tensor");
  if (x.is_meta() || at.is_meta())
    return empty(at.sizes(), x.dtype(), x.is_meta() ? x.device() : at.device());
  if (const IntegerRange r = integer_range(at); r.low < -n || r.high >= n) {
    Tensor mask[] = {((at < -n) | (at >= n)).flatten()};
    fail<IndexError>("out of range: tried to access index ",
                     index(at.flatten(), mask).select(0, 0).item<int64_t>(), " on a tensor of ", n,
                     " elements.");
  }
  Tensor places[] = {at};
  return index(x.flatten(), places);
}
Tensor TakeAlongDim::forward(const Tensor& x, const Tensor& indices, const Attrs& a) {
  if (!a.dim) return x.flatten().gather(indices.flatten(), {0});
  if (x.dim() != indices.dim())
    fail(
        "torch.take_along_dim(): input and indices should have the same number of dimensions, "
        "but got ",
        x.dim(), " dimensions for input, and ", indices.dim(), " dimensions for indices");
  if (indices.dtype() != DType::int64)
    fail("torch.take_along_dim(): dtype of indices should be Long but got ",
         word_of(indices.dtype()));
  size_t d = size_t(wrap_dim(*a.dim, x.dim()));
  if (x.dim() == 0) return x.gather(indices, {0});
  Dims s = x.sizes(), t = indices.sizes();
  int64_t n = s[d], m = t[d];
  s[d] = t[d] = 1;
  Tensor one =
             empty(s, DType::boolean, DeviceType::meta == x.device().type ? x.device() : Device{}),
         two = empty(t, DType::boolean, one.device());
  const Tensor* both[] = {&one, &two};
  Dims sizes = broadcast({both, 2});
  Dims xs = sizes, is = sizes;
  xs[d] = n, is[d] = m;
  Tensor at = where(indices < 0, indices + n, indices);
  return x.expand({xs}).gather(at.expand({is}), {int64_t(d)});
}
Tensor Argwhere::forward(const Tensor& x) { return nonzero(x); }

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Picking)
