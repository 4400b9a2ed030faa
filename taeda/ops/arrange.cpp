#include "taeda/ops/arrange.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/index.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pick.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/scan.h"
#include "taeda/ops/sort.h"
#include "taeda/ops/statistics.h"

namespace taeda::ops {

// ---- repeats ----

Meta Repeat::infer(Args in, const Attrs& a) {
  const Dims& s = in[0].sizes();
  size_t n = a.repeats.size();
  if (n < s.size())
    fail(
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
        "tensor");
  Dims sizes(n, 1);
  for (size_t i = 0; i < n; i++) {
    if (a.repeats[i] < 0) fail("Repeats cannot be negative");
    int64_t old = i < n - s.size() ? 1 : s[i - (n - s.size())];
    if (__builtin_mul_overflow(a.repeats[i], old, &sizes[i]))
      fail("Storage size calculation overflowed with sizes=", s, " and repeats=", a.repeats);
  }
  return {sizes, in[0].dtype()};
}
Tensor Repeat::backward(Grad g, Shape<0> s, const Attrs& a) {
  Dims apart, copies;
  size_t fresh = a.repeats.size() - s.size();
  for (size_t i = 0; i < a.repeats.size(); i++) {
    copies.push_back(int64_t(apart.size()));
    apart.push_back(a.repeats[i]);
    if (i >= fresh) apart.push_back(s[i - fresh]);
  }
  return copies.empty() ? Tensor(g) : g.reshape({apart}).sum({.dim = copies});
}
Tensor Tile::forward(const Tensor& x, const Attrs& a) {
  Dims repeats = a.dims;
  while (int64_t(repeats.size()) < x.dim()) repeats.insert(0, 1);
  return detail::run<Repeat>({repeats}, x);
}

Tensor RepeatInterleave::forward(const Tensor& x, const Attrs& a) {
  if (a.repeats < 0) fail("Repeats must be non-negative");
  if (!a.dim) return detail::run<RepeatInterleave>({a.repeats, 0, a.output_size}, x.flatten());
  Tensor flat = x.dim() ? x : x.reshape({Dims(1)});
  int64_t d = wrap_dim(*a.dim, flat.dim());
  Dims wide = flat.sizes(), merged = flat.sizes();
  wide.insert(size_t(d) + 1, a.repeats);
  merged[size_t(d)] *= a.repeats;
  return flat.unsqueeze(d + 1)
      .expand({wide})
      .clone({.memory_format = {"contiguous"}})
      .reshape({merged});
}
Tensor RepeatInterleaveEach::forward(const Tensor& x, const Tensor& repeats, const Attrs& a) {
  Tensor flat = a.dim && x.dim() ? x : x.flatten();
  int64_t d = a.dim && x.dim() ? wrap_dim(*a.dim, x.dim()) : 0, n = flat.size(d);
  Tensor counts = repeats;
  if (repeats.dim() > 1) fail("repeats must be 0-dim or 1-dim tensor");
  if (repeats.numel() == 1) counts = repeats.reshape({Dims(1)}).expand({Dims(n)});
  else if (repeats.numel() != n)
    fail("repeats must have the same size as input along dim, but got repeats.size(0) = ",
         repeats.numel(), " and input.size(", d, ") = ", n);
  return flat.index_select(detail::run<RepeatInterleaveIndex>({a.output_size}, counts), {d});
}
Tensor RepeatInterleaveIndex::forward(const Tensor& repeats, const Attrs& a) {
  if (repeats.dim() != 1) fail("repeat_interleave only accept 1D vector as repeat");
  if (repeats.dtype() != DType::int64 && repeats.dtype() != DType::int32)
    fail("repeats has to be Long or Int tensor");
  if (repeats.numel() && repeats.min().item<int64_t>() < 0) fail("repeats can not be negative");
  // Place k belongs to the last i whose first place is at most k.
  Tensor counts = repeats.to(DType::int64);
  int64_t total = repeats.numel() ? counts.sum().item<int64_t>() : 0;
  if (a.output_size && *a.output_size != total) fail("allocated size does not match required size");
  if (total == 0) return zeros(Dims(0), {.dtype = DType::int64});
  Tensor starts = counts.cumsum({.dim = 0}) - counts;
  Tensor used = nonzero(counts).flatten();
  Tensor marks = zeros(Dims(total), {.dtype = DType::int64});
  Tensor steps = used.clone();
  if (used.numel() > 1)
    steps.slice({.dim = 0, .start = 1})
        .sub_(used.slice({.dim = 0, .start = 0, .end = used.numel() - 1}));
  return marks.scatter(starts.index_select(used, {0}), steps, {0}).cumsum({.dim = 0});
}

// ---- order ----

namespace {
Dims checked_axes(const Dims& dims, int64_t rank) {
  Dims out;
  for (int64_t d : dims) {
    int64_t axis = wrap_dim(d, rank);
    if (out.contains(axis)) fail("dim ", axis, " appears multiple times in the list of dims");
    out.push_back(axis);
  }
  return out;
}
}  // namespace

Meta Flip::infer(Args in, const Attrs& a) {
  checked_axes(a.dims, in[0].dim());
  return {in[0].sizes(), in[0].dtype()};
}
Tensor Flip::backward(Grad g, const Attrs& a) { return g.flip(a); }
Tensor Fliplr::forward(const Tensor& x) {
  if (x.dim() < 2) fail("Input must be >= 2-d.");
  return x.flip({Dims(1)});
}
Tensor Flipud::forward(const Tensor& x) {
  if (x.dim() < 1) fail("Input must be >= 1-d.");
  return x.flip({Dims(0)});
}
Tensor Rot90::forward(const Tensor& x, const Attrs& a) {
  if (a.dims.size() != 2) fail("expected total rotation dims == 2, but got dims = ", a.dims.size());
  if (x.dim() < 2) fail("expected total dims >= 2, but got total dims = ", x.dim());
  int64_t first = wrap_dim(a.dims[0], x.dim()), second = wrap_dim(a.dims[1], x.dim());
  if (first == second)
    fail("expected rotation dims to be different, but got dim0 = ", a.dims[0],
         " and dim1 = ", a.dims[1]);
  switch ((a.k % 4 + 4) % 4) {
  case 1: return x.flip({Dims(second)}).transpose({first, second}).clone();
  case 2: return x.flip({Dims{first, second}});
  case 3: return x.flip({Dims(first)}).transpose({first, second}).clone();
  default: return x.clone();
  }
}

Meta Roll::infer(Args in, const Attrs& a) {
  if (a.shifts.empty()) fail("`shifts` required");
  if (a.dims.empty() ? a.shifts.size() != 1 : a.dims.size() != a.shifts.size())
    fail("shifts and dimensions must align. shifts: ", a.shifts.size(), ", dims:", a.dims.size());
  if (in[0].dim() == 0 && !a.dims.empty())
    fail<IndexError>("Dimension specified as ", a.dims[0], " but tensor has no dimensions");
  for (int64_t d : a.dims) wrap_dim(d, in[0].dim());
  return {in[0].sizes(), in[0].dtype()};
}
Tensor Roll::backward(Grad g, const Attrs& a) {
  Dims back = a.shifts;
  for (int64_t& s : back) s = -s;
  return g.roll({back, a.dims});
}

// ---- triangles and diagonals ----

namespace {
Meta triangle_meta(const Tensor& x, const char* word) {
  if (x.dim() < 2) fail(word, ": input tensor must have at least 2 dimensions");
  return {x.sizes(), x.dtype()};
}
Tensor triangle_places(const TrilIndices::Attrs& a, bool lower) {
  if (a.row < 0) fail("row must be non-negative, got", a.row);
  if (a.col < 0) fail("col must be non-negative, got", a.col);
  Tensor all = ones({a.row, a.col}, {.dtype = DType::boolean});
  Tensor places = nonzero(lower ? all.tril({a.offset}) : all.triu({a.offset}));
  Tensor made = places.t().contiguous().to(a.options.dtype.value_or(DType::int64));
  return finish_factory(made, a.options);
}
}  // namespace

Meta Tril::infer(Args in, const Attrs&) { return triangle_meta(in[0], "tril"); }
Meta Triu::infer(Args in, const Attrs&) { return triangle_meta(in[0], "triu"); }
Tensor Tril::backward(Grad g, const Attrs& a) { return g.tril(a); }
Tensor Triu::backward(Grad g, const Attrs& a) { return g.triu(a); }

Tensor Diag::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() == 1) return diag_embed(x, DiagEmbed::Attrs{.offset = a.diagonal});
  if (x.dim() != 2) fail("diag(): Supports 1D or 2D tensors. Got ", x.dim(), "D");
  return named(x.diagonal({.offset = a.diagonal}).clone(), "DiagonalBackward0_copy");
}
Tensor DiagEmbed::forward(const Tensor& x, const Attrs& a) {
  int64_t rank = x.dim() + 1;
  int64_t d1 = wrap_dim(a.dim1, rank), d2 = wrap_dim(a.dim2, rank);
  if (d1 == d2) fail("diagonal dimensions cannot be identical ", a.dim1, ", ", a.dim2);
  if (x.dim() == 0) fail<IndexError>("diag_embed(): input has no dimension");
  int64_t n;
  if (a.offset == INT64_MIN || __builtin_add_overflow(x.size(-1), std::abs(a.offset), &n))
    fail("Storage size calculation overflowed with the offset ", a.offset);
  Dims sizes = x.sizes();
  sizes.erase(sizes.size() - 1);
  sizes.insert(size_t(std::min(d1, d2)), n);
  sizes.insert(size_t(std::max(d1, d2)), n);
  return undiagonal(x, Undiagonal::Attrs{sizes, {a.offset, d1, d2}});
}
Tensor Diagflat::forward(const Tensor& x, const Attrs& a) { return x.flatten().diag({a.offset}); }
Tensor Trace::forward(const Tensor& x) {
  if (x.dim() != 2) fail("trace: expected a matrix");
  return x.diagonal().sum();
}
Tensor TrilIndices::forward(const Attrs& a) { return triangle_places(a, true); }
Tensor TriuIndices::forward(const Attrs& a) {
  return triangle_places({a.row, a.col, a.offset, a.options}, false);
}

// ---- lists ----

namespace {
TensorList each(Args in, Tensor (*f)(const Tensor&)) {
  TensorList out;
  for (size_t i = 0; i < in.size(); i++) out.push_back(f(in[i]));
  return out;
}
void check_list(Args in, const char* word) {
  if (in.size() == 0) fail(word, " expects a non-empty TensorList");
}
}  // namespace

Tensor Hstack::forward(Args in, const NoFields&) {
  check_list(in, "hstack");
  return cat(each(in, Atleast1d::forward), {in[0].dim() <= 1 ? 0 : 1});
}
Tensor Vstack::forward(Args in, const NoFields&) {
  check_list(in, "vstack");
  return cat(each(in, Atleast2d::forward), {0});
}
Tensor Dstack::forward(Args in, const NoFields&) {
  check_list(in, "dstack");
  return cat(each(in, Atleast3d::forward), {2});
}
Tensor ColumnStack::forward(Args in, const NoFields&) {
  check_list(in, "column_stack");
  auto column = [](const Tensor& x) { return x.dim() <= 1 ? x.reshape({Dims{-1, 1}}) : x; };
  return cat(each(in, column), {1});
}

void MeshgridWords::fail(std::string_view word) {
  taeda::fail("torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: ", word);
}
TensorList Meshgrid::forward(Args in, const Attrs& a) {
  if (in.size() == 0) fail("meshgrid expects a non-empty TensorList");
  bool swap = a.indexing.is("xy") && in.size() >= 2;
  Dims sizes;
  for (size_t i = 0; i < in.size(); i++) {
    if (in[i].dim() > 1)
      fail("torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ", in[i].dim(),
           "D");
    if (in[i].dtype() != in[0].dtype())
      fail("torch.meshgrid expects all tensors to have the same dtype");
    sizes.push_back(in[i].numel());
  }
  TensorList out;
  for (size_t i = 0; i < in.size(); i++) {
    Dims shape(in.size(), 1);
    shape[i] = in[i].numel();
    Tensor x = in[i].view({shape}).expand({sizes});
    out.push_back(swap ? x.transpose({0, 1}) : x);
  }
  return out;
}
TensorList BroadcastTensors::forward(Args in, const NoFields&) {
  Dims sizes = broadcast(in);
  TensorList out;
  for (size_t i = 0; i < in.size(); i++) out.push_back(in[i].expand({sizes}));
  return out;
}

Tensor Atleast1d::forward(const Tensor& x) { return x.dim() ? x : x.reshape({Dims(1)}); }
Tensor Atleast2d::forward(const Tensor& x) {
  return x.dim() == 0 ? x.reshape({Dims{1, 1}}) : x.dim() == 1 ? x.unsqueeze(0) : x;
}
Tensor Atleast3d::forward(const Tensor& x) {
  if (x.dim() == 0) return x.reshape({Dims{1, 1, 1}});
  return x.dim() == 1 ? x.unsqueeze(0).unsqueeze(-1) : x.dim() == 2 ? x.unsqueeze(-1) : x;
}

Tensor OneHot::forward(const Tensor& x, const Attrs& a) {
  if (x.dtype() != DType::int64)
    fail("one_hot is only applicable to index tensor of type LongTensor.");
  Dims sizes = x.sizes();
  if (x.numel() == 0) {
    if (a.num_classes <= 0) fail("Can not infer total number of classes from empty tensor.");
    sizes.push_back(a.num_classes);
    return zeros(sizes, {.dtype = DType::int64});
  }
  if (x.is_meta()) {
    if (a.num_classes < 0) fail("one_hot: the number of classes of a meta tensor must be given");
    sizes.push_back(a.num_classes);
    return empty(sizes, DType::int64, x.device());
  }
  const auto [low, top] = integer_range(x);
  if (low < 0) fail("Class values must be non-negative.");
  if (a.num_classes >= 0 && top >= a.num_classes)
    fail("Class values must be smaller than num_classes.");
  sizes.push_back(a.num_classes < 0 ? top + 1 : a.num_classes);
  Tensor out = zeros(sizes, {.dtype = DType::int64}), from = x.contiguous();
  const int64_t n = from.numel(), classes = sizes.back();
  const int64_t* label = from.data<int64_t>();
  int64_t* row = out.data<int64_t>();
  for (int64_t i = 0; i < n; i++, row += classes) row[label[i]] = 1;
  return out;
}

// ---- between channels and pixels ----

namespace {

// The axes before the last three, then `tail`.
Dims behind_lead(const Tensor& x, std::initializer_list<int64_t> tail) {
  Dims d(std::span(x.sizes().begin(), x.sizes().end() - 3));
  for (int64_t n : tail) d.push_back(n);
  return d;
}
// The axes before the last five as they are, then those five in another order.
Tensor turned(const Tensor& x, std::initializer_list<int64_t> order) {
  Dims d;
  int64_t lead = x.dim() - int64_t(order.size());
  for (int64_t i = 0; i < lead; i++) d.push_back(i);
  for (int64_t i : order) d.push_back(lead + i);
  return x.permute({d});
}
void check_image(const char* op, const char* factor, const Tensor& x, int64_t r) {
  if (x.dim() < 3)
    fail(op, " expects input to have at least 3 dimensions, but got input with ", x.dim(),
         " dimension(s)");
  if (r <= 0) fail(op, " expects a positive ", factor, ", but got ", r);
}

}  // namespace

Tensor PixelShuffle::forward(const Tensor& x, const Attrs& a) {
  int64_t r = a.upscale_factor;
  check_image("pixel_shuffle", "upscale_factor", x, r);
  int64_t c = x.size(-3), h = x.size(-2), w = x.size(-1), each;
  if (__builtin_mul_overflow(r, r, &each))
    fail("upscale factor is too large, (upscale_factor)^2 overflowed: upscale_factor=", r);
  if (c % each)
    fail(
        "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
        "upscale_factor, but input.size(-3)=",
        c, " is not divisible by ", each);
  Tensor y = x.reshape({behind_lead(x, {c / each, r, r, h, w})});
  return turned(y, {0, 3, 1, 4, 2}).reshape({behind_lead(x, {c / each, h * r, w * r})});
}
Tensor PixelUnshuffle::forward(const Tensor& x, const Attrs& a) {
  int64_t r = a.downscale_factor;
  check_image("pixel_unshuffle", "downscale_factor", x, r);
  int64_t c = x.size(-3), h = x.size(-2), w = x.size(-1);
  for (auto [size, name, axis] : {std::tuple{h, "height", -2}, {w, "width", -1}})
    if (size % r)
      fail("pixel_unshuffle expects ", name,
           " to be divisible by downscale_factor, but input.size(", axis, ")=", size,
           " is not divisible by ", r);
  Tensor y = x.reshape({behind_lead(x, {c, h / r, r, w / r, r})});
  return turned(y, {0, 2, 4, 1, 3}).reshape({behind_lead(x, {c * r * r, h / r, w / r})});
}
Tensor ChannelShuffle::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() < 3)
    fail("channel_shuffle expects input with > 2 dims, but got input with sizes ", x.sizes());
  if (a.groups <= 0)
    fail("Number of groups to divide channels in must be positive. Value of groups:", a.groups);
  int64_t c = x.size(1);
  if (c % a.groups)
    fail("Number of channels must be divisible by groups. Got ", c, " channels and ", a.groups,
         " groups.");
  Dims split = x.sizes();
  split[1] = c / a.groups;
  split.insert(1, a.groups);
  return x.reshape({split}).transpose(1, 2).reshape({x.sizes()});
}

}  // namespace taeda::ops

namespace taeda {

Tensor tril_indices(int64_t row, int64_t col, int64_t offset, TensorOptions o) {
  return ops::TrilIndices::forward({row, col, offset, o});
}
Tensor triu_indices(int64_t row, int64_t col, int64_t offset, TensorOptions o) {
  return ops::TriuIndices::forward({row, col, offset, o});
}

}  // namespace taeda

TAEDA_FAMILY_IS(Arranging)
