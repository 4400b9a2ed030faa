#include "taeda/ops/views.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/complex.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"

namespace taeda::ops {

namespace {

// Fills in a -1 and checks the count.
Dims full_size(Dims sizes, int64_t numel) {
  int64_t known = 1, hole = -1;
  bool too_big = false;
  for (size_t i = 0; i < sizes.size(); i++) {
    if (sizes[i] == -1 && hole >= 0) fail("only one dimension can be inferred");
    if (sizes[i] == -1) hole = int64_t(i);
    else if (sizes[i] < 0)
      fail("invalid shape dimension ", sizes[i], " at index ", i, " of shape ", sizes);
    else too_big |= __builtin_mul_overflow(known, sizes[i], &known);
  }
  if (hole >= 0 && known == 0 && numel == 0)
    fail("cannot reshape tensor of 0 elements into shape ", sizes,
         " because the unspecified dimension size -1 can be any value and is ambiguous");
  if (too_big || (hole >= 0 ? known == 0 || numel % known : known != numel))
    fail("shape '", sizes, "' is invalid for input of size ", numel);
  if (hole >= 0) sizes[size_t(hole)] = numel / known;
  return sizes;
}

struct Range {
  int64_t start, count;
};
Range slice_range(const Slice::Attrs& a, int64_t size) {
  if (a.step <= 0) fail<ValueError>("slice step must be positive");
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + size : i, 0, size); };
  int64_t start = clamp(a.start), end = a.end ? clamp(*a.end) : size;
  return {start, end > start ? (end - start - 1) / a.step + 1 : 0};
}

Tensor or_zeros(const Tensor& g, const Dims& sizes, DType dtype) {
  return g.defined() ? g : zeros(sizes, {.dtype = dtype});
}

}  // namespace

std::optional<Dims> view_strides(const Tensor& x, const Dims& sizes) {
  if (x.is_contiguous() && x.numel()) return contiguous_strides(sizes);
  if (x.numel() == 0) return x.sizes() == sizes ? x.strides() : contiguous_strides(sizes);
  // Walk runs of axes that lie evenly in memory; every new axis must fall inside one run.
  Dims out(sizes.size(), 0);
  int64_t view = int64_t(sizes.size()) - 1;
  int64_t run_stride = x.strides().back(), run = 1, taken = 1;
  for (int64_t d = x.dim() - 1; d >= 0; d--) {
    run *= x.sizes()[size_t(d)];
    bool ends =
        d == 0 || (x.sizes()[size_t(d - 1)] != 1 && x.strides()[size_t(d - 1)] != run * run_stride);
    if (!ends) continue;
    while (view >= 0 && (taken < run || sizes[size_t(view)] == 1)) {
      out[size_t(view)] = taken * run_stride;
      taken *= sizes[size_t(view)];
      view--;
    }
    if (taken != run) return std::nullopt;
    if (d > 0) run_stride = x.strides()[size_t(d - 1)], run = taken = 1;
  }
  return view == -1 ? std::optional(out) : std::nullopt;
}

Geometry View::view(const Tensor& x, const Attrs& a) {
  Dims sizes = full_size(a.size, x.numel());
  auto strides = view_strides(x, sizes);
  if (!strides)
    fail(
        "view size is not compatible with input tensor's size and stride (at least one dimension "
        "spans "
        "across two contiguous subspaces). Use .reshape(...) instead.");
  return {sizes, *strides, x->offset};
}
Tensor View::backward(Grad g, Shape<0> s) { return g.reshape({s}); }

Tensor ViewDtype::forward(const Tensor& x, const Attrs& a) {
  int64_t from = int64_t(size_of(x.dtype())), to = int64_t(size_of(a.dtype));
  Geometry g = x.geometry();
  if (from != to) {
    if (x.dim() == 0)
      fail("self.dim() cannot be 0 to view ", word_of(x.dtype()), " as ", word_of(a.dtype),
           " (different element sizes)");
    if (g.strides.back() != 1)
      fail("self.stride(-1) must be 1 to view ", word_of(x.dtype()), " as ", word_of(a.dtype),
           " (different element sizes), but got ", g.strides.back());
    int64_t& last = g.sizes[g.sizes.size() - 1];
    if (last * from % to)
      fail("self.size(-1) must be divisible by ", to / from, " to view ", word_of(x.dtype()),
           " as ", word_of(a.dtype), " (different element sizes), but got ", last);
    auto rescale = [&](int64_t& n, const char* what) {
      if (n * from % to)
        fail("self.", what, " must be divisible by ", to / from, " to view ", word_of(x.dtype()),
             " as ", word_of(a.dtype), " (different element sizes), but got ", n);
      n = n * from / to;
    };
    rescale(g.offset, "storage_offset()");
    for (size_t i = 0; i + 1 < g.strides.size(); i++) rescale(g.strides[i], "stride");
    last = last * from / to;
  }
  Tensor out = alias(x);
  out->dtype = a.dtype;
  out->set_geometry(g.sizes, g.strides, g.offset);
  return out;
}

Tensor Reshape::forward(const Tensor& x, const Attrs& a) {
  Dims sizes = full_size(a.shape, x.numel());
  if (view_strides(x, sizes)) return x.view({sizes});
  return named(x.clone({.memory_format = {"contiguous"}}).view({sizes}), "UnsafeViewBackward0");
}
Tensor ViewAs::forward(const Tensor& x, const Tensor& other) { return x.view({other.sizes()}); }
Tensor ReshapeAs::forward(const Tensor& x, const Tensor& other) {
  return x.reshape({other.sizes()});
}
Tensor Ravel::forward(const Tensor& x) { return x.reshape({Dims(-1)}); }

Tensor Flatten::forward(const Tensor& x, const Attrs& a) {
  int64_t from = wrap_dim(a.start_dim, x.dim()), to = wrap_dim(a.end_dim, x.dim());
  if (from > to) fail("flatten() has invalid args: start_dim cannot come after end_dim");
  if (x.dim() == 0) return x.reshape({Dims(1)});
  if (from == to) return x;
  Dims sizes;
  int64_t merged = 1;
  for (int64_t i = 0; i < x.dim(); i++) {
    int64_t n = x.sizes()[size_t(i)];
    if (i < from || i > to) sizes.push_back(n);
    else if (merged *= n; i == to) sizes.push_back(merged);
  }
  return x.reshape({sizes});
}
Tensor Unflatten::forward(const Tensor& x, const Attrs& a) {
  size_t d = size_t(wrap_dim(a.dim, x.dim()));
  if (a.sizes.empty()) fail("unflatten: sizes must be non-empty");
  int64_t n = x.sizes()[d], known = 1;
  Dims inner = a.sizes;
  int64_t* hole = nullptr;
  for (int64_t& s : inner) {
    if (s == -1) hole = &s;
    else known *= s;
  }
  if (hole && known) *hole = n / known, known *= *hole;
  if (known != n)
    fail("unflatten: Provided sizes ", a.sizes, " don't multiply up to the size of dim ", d, " (",
         n, ") in the input tensor");
  Dims sizes;
  for (size_t i = 0; i < x.sizes().size(); i++) {
    if (i != d) sizes.push_back(x.sizes()[i]);
    else
      for (int64_t s : inner) sizes.push_back(s);
  }
  return x.view({sizes});
}

Geometry Expand::view(const Tensor& x, const Attrs& a) {
  size_t rank = a.size.size(), old = x.sizes().size();
  if (rank < old)
    fail("expand(torch.", word_of(x.dtype()), "Tensor{", x.sizes(), "}, size=", a.size,
         "): the number of sizes provided (", rank,
         ") must be greater or equal to the number of dimensions in the tensor (", old, ")");
  Dims sizes(rank, 0), strides(rank, 0);
  for (size_t i = 0; i < rank; i++) {
    bool fresh = i < rank - old;
    int64_t have = fresh ? 1 : x.sizes()[i - (rank - old)];
    int64_t want = a.size[i] == -1 && !fresh ? have : a.size[i];
    if (want < 0)
      fail("The expanded size of the tensor (", want,
           ") isn't allowed in a leading, non-existing dimension ", i);
    if (want != have && have != 1)
      fail("The expanded size of the tensor (", want, ") must match the existing size (", have,
           ") at non-singleton dimension ", i, ".  Target sizes: ", a.size,
           ".  Tensor sizes: ", x.sizes());
    sizes[i] = want;
    strides[i] = fresh || (have == 1 && want != 1) ? 0 : x.strides()[i - (rank - old)];
  }
  return {sizes, strides, x->offset};
}
Tensor Expand::backward(Grad g, Shape<0> s) { return sum_to(g, s); }
Tensor ExpandAs::forward(const Tensor& x, const Tensor& other) { return x.expand({other.sizes()}); }
Tensor BroadcastTo::forward(const Tensor& x, const Attrs& a) { return x.expand(a); }

Tensor sum_to(const Tensor& g, const Dims& sizes) {
  if (g.sizes() == sizes) return g;
  size_t lead = g.sizes().size() - sizes.size();
  Dims axes;
  for (size_t i = 0; i < g.sizes().size(); i++)
    if (i < lead || (sizes[i - lead] == 1 && g.sizes()[i] != 1)) axes.push_back(int64_t(i));
  Tensor sum = axes.empty() ? g : g.sum({.dim = axes, .keepdim = true});
  return lead ? sum.view({sizes}) : sum;
}
Tensor SumToSize::forward(const Tensor& x, const Attrs& a) {
  size_t n = a.size.size(), rank = x.sizes().size();
  bool fits = n <= rank;
  for (size_t i = 0; fits && i < n; i++)
    fits = a.size[i] == 1 || a.size[i] == x.sizes()[rank - n + i];
  if (fits && a.size.empty()) return x.sum();
  if (!fits) fail("size {", a.size, "} is not expandable to size {", x.sizes(), "}.");
  return sum_to(x, a.size);
}

Geometry Permute::view(const Tensor& x, const Attrs& a) {
  if (int64_t(a.dims.size()) != x.dim())
    fail(
        "permute(sparse_coo): number of dimensions in the tensor input does not match the length "
        "of "
        "the desired ordering of dimensions i.e. input.dim() = ",
        x.dim(), " is not equal to len(dims) = ", a.dims.size());
  Geometry g = x.geometry();
  Dims seen;
  for (size_t i = 0; i < a.dims.size(); i++) {
    int64_t d = wrap_dim(a.dims[i], x.dim());
    if (seen.contains(d)) fail("permute(): duplicate dims are not allowed.");
    seen.push_back(d);
    g.sizes[i] = x.sizes()[size_t(d)];
    g.strides[i] = x.strides()[size_t(d)];
  }
  return g;
}
Tensor Permute::backward(Grad g, const Attrs& a) {
  Dims inverse(a.dims.size(), 0);
  for (size_t i = 0; i < a.dims.size(); i++)
    inverse[size_t(wrap_dim(a.dims[i], g.dim()))] = int64_t(i);
  return g.permute({inverse});
}
Tensor Movedim::forward(const Tensor& x, const Attrs& a) {
  if (a.source.size() != a.destination.size())
    fail("movedim: Invalid source or destination dims: source (", a.source,
         " dims) should contain the same number of dims as destination (", a.destination, " dims)");
  size_t rank = x.sizes().size();
  Dims order(rank, -1), moved;
  for (size_t i = 0; i < a.source.size(); i++) {
    int64_t from = wrap_dim(a.source[i], x.dim()), to = wrap_dim(a.destination[i], x.dim());
    if (moved.contains(from)) fail("movedim: repeated dim in `source` (", a.source, ")");
    if (order[size_t(to)] >= 0)
      fail("movedim: repeated dim in `destination` (", a.destination, ")");
    order[size_t(to)] = from;
    moved.push_back(from);
  }
  int64_t next = 0;
  for (int64_t& d : order) {
    if (d >= 0) continue;
    while (moved.contains(next)) next++;
    d = next++;
  }
  return x.permute({order});
}

Geometry Transpose::view(const Tensor& x, const Attrs& a) {
  Geometry g = x.geometry();
  size_t d0 = size_t(wrap_dim(a.dim0, x.dim())), d1 = size_t(wrap_dim(a.dim1, x.dim()));
  if (d0 != d1) std::swap(g.sizes[d0], g.sizes[d1]), std::swap(g.strides[d0], g.strides[d1]);
  return g;
}
Tensor Transpose::backward(Grad g, const Attrs& a) { return g.transpose(a); }

Geometry T::view(const Tensor& x) {
  if (x.dim() > 2) fail("t() expects a tensor with <= 2 dimensions, but self is ", x.dim(), "D");
  Geometry g = x.geometry();
  std::reverse(g.sizes.begin(), g.sizes.end());
  std::reverse(g.strides.begin(), g.strides.end());
  return g;
}
Tensor T::backward(Grad g) { return g.t(); }

Geometry Unsqueeze::view(const Tensor& x, const Attrs& a) {
  size_t d = size_t(wrap_dim(a.dim, x.dim() + 1));
  Geometry g = x.geometry();
  int64_t stride = d < x.sizes().size() ? x.sizes()[d] * x.strides()[d] : 1;
  g.sizes.insert(d, 1);
  g.strides.insert(d, stride);
  return g;
}
Tensor Unsqueeze::backward(Grad g, Shape<0> s) { return g.reshape({s}); }

Geometry Squeeze::view(const Tensor& x, const Attrs& a) {
  Geometry g{{}, {}, x->offset};
  Dims only;
  if (a.dim)
    for (int64_t d : *a.dim) only.push_back(wrap_dim(d, x.dim()));
  for (int64_t i = 0; i < x.dim(); i++)
    if (x.sizes()[size_t(i)] != 1 || (a.dim && !only.contains(i)))
      g.sizes.push_back(x.sizes()[size_t(i)]), g.strides.push_back(x.strides()[size_t(i)]);
  return g;
}
Tensor Squeeze::backward(Grad g, Shape<0> s) { return g.reshape({s}); }

Geometry Select::view(const Tensor& x, const Attrs& a) {
  if (x.dim() == 0) fail<IndexError>("select() cannot be applied to a 0-dim tensor.");
  size_t d = size_t(wrap_dim(a.dim, x.dim()));
  int64_t n = x.sizes()[d];
  if (a.index < -n || a.index >= n)
    fail<IndexError>("select(): index ", a.index, " out of range for tensor of size ", x.sizes(),
                     " at dimension ", d);
  Geometry g = x.geometry();
  g.offset += (a.index < 0 ? a.index + n : a.index) * x.strides()[d];
  g.sizes.erase(d);
  g.strides.erase(d);
  return g;
}
Tensor Select::backward(Grad g, Shape<0> s, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, int64_t(s.size()));
  int64_t i = a.index < 0 ? a.index + s[size_t(dim)] : a.index;
  return unslice(g.unsqueeze(dim), {.size = s, .at = {.dim = dim, .start = i, .end = i + 1}});
}

Geometry Slice::view(const Tensor& x, const Attrs& a) {
  if (x.dim() == 0) fail("slice() cannot be applied to a 0-dim tensor.");
  size_t d = size_t(wrap_dim(a.dim, x.dim()));
  Range r = slice_range(a, x.sizes()[d]);
  Geometry g = x.geometry();
  g.offset += r.start * x.strides()[d];
  g.sizes[d] = r.count;
  if (r.count > 1) g.strides[d] *= a.step;  // else the product might overflow
  return g;
}
Tensor Slice::backward(Grad g, Shape<0> s, const Attrs& a) {
  return unslice(g, {.size = s, .at = a});
}

namespace {
// out: zeros, with x written over the part of it that `part` shows.
void place(const Tensor& out, const Tensor& x, const Geometry& part) {
  NoGradGuard raw;
  out.zero_();
  alias(out, part).copy_(x);
}
}  // namespace
Meta Unslice::infer(Args in, const Attrs& a) { return {a.size, in[0].dtype()}; }
void Unslice::cpu(Args in, Outs out, const Attrs& a) {
  place(out[0], in[0], Slice::view(out[0], a.at));
}
Tensor Unslice::backward(Grad g, const Attrs& a) { return g.slice(a.at); }

Tensor Narrow::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() == 0) fail("narrow() cannot be applied to a 0-dim tensor.");
  if (a.length < 0) fail("narrow(): length must be non-negative.");
  int64_t n = x.size(a.dim);
  if (a.start < -n || a.start > n)
    fail<IndexError>("start out of range (expected to be in range of [", -n, ", ", n, "], but got ",
                     a.start, ")");
  int64_t start = a.start < 0 ? a.start + n : a.start;
  if (a.length > n - start)
    fail("start (", start, ") + length (", a.length, ") exceeds dimension size (", n, ").");
  return x.slice({.dim = a.dim, .start = start, .end = start + a.length});
}

Tensor NarrowTensor::forward(const Tensor& x, const Tensor& start, const Attrs& a) {
  if (start.dim() != 0 || !is_integral(start.dtype()))
    fail("start must be an 0-dim integral Tensor.");
  return x.narrow({a.dim, start.item<int64_t>(), a.length});
}
Tensor Alias::backward(Grad g) { return g; }

Geometry AsStrided::view(const Tensor& x, const Attrs& a) {
  if (a.size.size() != a.stride.size()) fail("mismatch in length of strides and shape");
  int64_t offset = a.storage_offset.value_or(x->offset), last = offset;
  bool too_big = false;
  for (size_t i = 0; i < a.size.size(); i++) {
    if (a.size[i] < 0)
      fail("Trying to create tensor with negative dimension ", a.size[i], ": ", a.size);
    if (a.stride[i] < 0)
      fail("as_strided: Negative strides are not supported at the moment, got strides: ", a.stride);
    int64_t reach;
    too_big |= __builtin_mul_overflow(a.size[i] - 1, a.stride[i], &reach);
    too_big |= __builtin_add_overflow(last, reach, &last);
  }
  int64_t item = int64_t(size_of(x.dtype()));
  if (offset < 0 || too_big || (!a.size.contains(0) && last >= int64_t(x->storage->bytes) / item))
    fail("setStorage: sizes ", a.size, ", strides ", a.stride, ", storage offset ", offset,
         ", and itemsize ", item, " requiring a storage size of ", (last + 1) * item,
         " are out of bounds for storage of size ", x->storage->bytes);
  return {a.size, a.stride, offset};
}

namespace {
int64_t end_of(const Geometry& v) {
  int64_t n = v.offset + 1;
  for (size_t i = 0; i < v.sizes.size(); i++) n += (v.sizes[i] - 1) * v.strides[i];
  return n;
}
// The place in memory of every element of the geometry, as a flat list.
Tensor places_of(const Geometry& v, int64_t n) {
  return arange(n).as_strided({v.sizes, v.strides, v.offset}).reshape({Dims(-1)});
}
// What the memory behind `from` gathers from the gradients of all places of the view `to` that show
// it.
Tensor gather_places(const Tensor& g, const Geometry& from, const Geometry& to) {
  if (from.sizes.contains(0) || to.sizes.contains(0))
    return zeros(from.sizes, {.dtype = g.dtype()});
  int64_t n = std::max(end_of(from), end_of(to));
  Tensor flat =
      zeros({n}, {.dtype = g.dtype()}).scatter_add(0, places_of(to, n), g.reshape({Dims(-1)}));
  Tensor seen = flat.index_select(0, places_of(from, n)).reshape({from.sizes});
  // An element that `from` itself shows several times shares its gradient among them.
  Tensor probe = alias(empty({n}, DType::boolean), from);
  if (!overlaps_itself(probe)) return seen;
  Tensor ones_at = ones({places_of(from, n).numel()}, {.dtype = g.dtype()});
  Tensor count = zeros({n}, {.dtype = g.dtype()}).scatter_add(0, places_of(from, n), ones_at);
  return seen / count.index_select(0, places_of(from, n)).reshape({from.sizes});
}
}  // namespace
Tensor AsStrided::backward(Grad g, Layout<0> x, const Attrs& a) {
  return gather_places(g, x, {a.size, a.stride, a.storage_offset.value_or(x.offset)});
}

Geometry Diagonal::view(const Tensor& x, const Attrs& a) {
  size_t d1 = size_t(wrap_dim(a.dim1, x.dim())), d2 = size_t(wrap_dim(a.dim2, x.dim()));
  if (d1 == d2) fail("diagonal dimensions cannot be identical ", a.dim1, ", ", a.dim2);
  Geometry g = x.geometry();
  int64_t n1 = g.sizes[d1], n2 = g.sizes[d2];
  int64_t n = std::max<int64_t>(
      a.offset >= 0 ? std::min(n1, n2 - a.offset) : std::min(n1 + a.offset, n2), 0);
  int64_t stride = g.strides[d1] + g.strides[d2];
  if (n > 0) g.offset += a.offset >= 0 ? a.offset * g.strides[d2] : -a.offset * g.strides[d1];
  for (size_t d : {std::max(d1, d2), std::min(d1, d2)}) g.sizes.erase(d), g.strides.erase(d);
  g.sizes.push_back(n);
  g.strides.push_back(stride);
  return g;
}
Tensor Diagonal::backward(Grad g, Shape<0> s, const Attrs& a) {
  return undiagonal(g, {.size = s, .at = a});
}
Meta Undiagonal::infer(Args in, const Attrs& a) { return {a.size, in[0].dtype()}; }
void Undiagonal::cpu(Args in, Outs out, const Attrs& a) {
  place(out[0], in[0], Diagonal::view(out[0], a.at));
}
Tensor Undiagonal::backward(Grad g, const Attrs& a) { return g.diagonal(a.at); }

Geometry Unfold::view(const Tensor& x, const Attrs& a) {
  size_t d = size_t(wrap_dim(a.dimension, x.dim()));
  int64_t n = x.dim() ? x.sizes()[d] : 1;
  if (a.size > n)
    fail("maximum size for tensor at dimension ", d, " is ", n, " but size is ", a.size);
  if (a.size < 0) fail("size is ", a.size, " but must be >= 0");
  if (a.step <= 0) fail("step is ", a.step, " but must be > 0");
  Geometry g = x.geometry();
  if (x.dim() == 0) return {Dims(a.size), Dims(1), x->offset};
  int64_t stride = g.strides[d];
  g.sizes[d] = (n - a.size) / a.step + 1;
  g.strides[d] = stride * a.step;
  g.sizes.push_back(a.size);
  g.strides.push_back(stride);
  return g;
}
Tensor Unfold::backward(Grad g, Layout<0> x, Shape<0> s, const Attrs& a) {
  Geometry dense{s, contiguous_strides(s), 0};
  (void)x;
  Tensor probe = alias(empty({std::max<int64_t>(s.product(), 1)}, DType::boolean), dense);
  return gather_places(g, dense, Unfold::view(probe, a));
}

Geometry Detach::view(const Tensor& x) { return x.geometry(); }

std::vector<Geometry> Unbind::view(const Tensor& x, const Attrs& a) {
  if (x.dim() == 0)
    fail<IndexError>("Dimension specified as ", a.dim, " but tensor has no dimensions");
  std::vector<Geometry> out;
  for (int64_t i = 0; i < x.size(a.dim); i++) out.push_back(Select::view(x, {a.dim, i}));
  return out;
}
Tensor Unbind::backward(Grads g, Shape<0> s, Type<0> t, const Attrs& a) {
  Dims piece = s;
  piece.erase(size_t(wrap_dim(a.dim, int64_t(s.size()))));
  TensorList all;
  for (const Tensor& x : g) all.push_back(or_zeros(x, piece, t.dtype));
  return stack(all, {.dim = a.dim});
}

std::vector<Geometry> SplitSizes::view(const Tensor& x, const Attrs& a) {
  if (x.dim() == 0) fail("split expects at least a 1-dimensional tensor");
  int64_t n = x.size(a.dim), at = 0;
  for (int64_t size : a.split_size) {
    if (size < 0)
      fail(
          "split_with_sizes expects split_sizes have only non-negative entries, but got "
          "split_sizes=",
          a.split_size);
    at += size;
  }
  if (at != n)
    fail("split_with_sizes expects split_sizes to sum exactly to ", n,
         " (input tensor's size at dimension ", a.dim, "), but got split_sizes=", a.split_size);
  std::vector<Geometry> out;
  at = 0;
  for (int64_t size : a.split_size) {
    out.push_back(Slice::view(x, {.dim = a.dim, .start = at, .end = at + size}));
    at += size;
  }
  return out;
}
Tensor SplitSizes::backward(Grads g, Shape<0> s, Type<0> t, const Attrs& a) {
  size_t dim = size_t(wrap_dim(a.dim, int64_t(s.size())));
  TensorList all;
  for (size_t i = 0; i < g.size(); i++) {
    Dims piece = s;
    piece[dim] = a.split_size[i];
    all.push_back(or_zeros(g[i], piece, t.dtype));
  }
  return cat(all, {.dim = a.dim});
}

namespace {
Dims even_pieces(int64_t n, int64_t size) {
  Dims out;
  for (int64_t at = 0; at == 0 || at < n; at += size) {
    out.push_back(std::min(size, n - at));
    if (size == 0) break;
  }
  return out;
}
}  // namespace
std::vector<Geometry> Split::view(const Tensor& x, const Attrs& a) {
  if (x.dim() == 0) fail("split expects at least a 1-dimensional tensor");
  if (a.split_size < 0)
    fail("split expects split_size be non-negative, but got split_size=", a.split_size);
  int64_t n = x.size(a.dim);
  if (a.split_size == 0 && n != 0)
    fail("split_size can only be 0 if dimension size is 0, but got dimension size of ", n);
  return SplitSizes::view(x, {even_pieces(n, a.split_size), a.dim});
}
Tensor Split::backward(Grads g, Shape<0> s, Type<0> t, const Attrs& a) {
  int64_t n = s[size_t(wrap_dim(a.dim, int64_t(s.size())))];
  return SplitSizes::backward(g, s, t, {even_pieces(n, a.split_size), a.dim});
}
TensorList Chunk::forward(const Tensor& x, const Attrs& a) {
  if (x.dim() == 0) fail("chunk expects at least a 1-dimensional tensor");
  if (a.chunks <= 0) fail("chunk expects `chunks` to be greater than 0, got: ", a.chunks);
  int64_t n = x.size(a.dim), size = (n + a.chunks - 1) / a.chunks;
  if (size == 0) return x.split(SplitSizes::Attrs{Dims(size_t(a.chunks), 0), a.dim});
  return x.split(Split::Attrs{size, a.dim});
}

}  // namespace taeda::ops

namespace taeda {

Tensor Tensor::T() const {
  if (dim() != 2)
    warn(
        "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is "
        "deprecated "
        "and it will throw an error in a future release. Consider `x.mT` to transpose batches of "
        "matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a "
        "tensor.");
  Dims order;
  for (int64_t i = dim(); i-- > 0;) order.push_back(i);
  return permute({order});
}
Tensor Tensor::mT() const {
  if (dim() < 2)
    fail("tensor.mT is only supported on matrices or batches of matrices. Got ", dim(),
         "-D tensor.");
  return transpose(-2, -1);
}
Tensor Tensor::operator[](int64_t i) const {
  if (dim() == 0)
    fail<IndexError>(
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
        "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number");
  return select(0, i);
}

namespace borrowed {
Ref<Node> as_strided_node(const Tensor& base, const Tensor& view) {
  Geometry g = view.geometry();
  Tensor from = base;
  bool pairs = is_complex(view.dtype()) && !is_complex(base.dtype());
  if (is_complex(base.dtype()) && !is_complex(view.dtype())) {
    GradMode on(true);
    from = view_as_real(base);
  } else if (pairs) {  // the parts first, then their pairs
    for (int64_t& s : g.strides) s *= 2;
    g.offset *= 2;
    g.sizes.push_back(2), g.strides.push_back(1);
  }
  ops::AsStrided::Attrs a{g.sizes, g.strides, g.offset};
  const Tensor* in[] = {&from};
  Ref<Node> node = make_node<ops::AsStrided>({in, 1}, {in, 1}, {&from, 1}, a);
  if (!pairs) return node;
  Tensor parts = alias(from, g);
  set_history(parts, std::move(node), 0);
  GradMode on(true);
  return view_as_complex(parts)->node;
}
}  // namespace borrowed

}  // namespace taeda

TAEDA_FAMILY_IS(Views)
