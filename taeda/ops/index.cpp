#include "taeda/ops/index.h"

#include "taeda/base/hint.h"
#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index_key.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

void check_index_dtype(const char* op, const Tensor& index) {
  if (index.dtype() != DType::int64 && index.dtype() != DType::int32)
    fail(op, "(): Expected dtype int32/int64 for index");
}
void check_index_rank(const Tensor& index, const Tensor& x, const char* name) {
  if (std::max<int64_t>(index.dim(), 1) != std::max<int64_t>(x.dim(), 1))
    fail("Index tensor must have the same number of dimensions as ", name, " tensor");
}
// The index must fit into `in` everywhere but along dim.
void check_index_size(const char* op, const Tensor& index, const Tensor& in, int64_t dim,
                      const char* name) {
  for (int64_t i = 0; i < index.dim(); i++)
    if (i != dim && in.dim() && index.size(i) > in.size(i))
      fail("Size does not match at dimension ", i, " expected index ", index.sizes(),
           " to be no larger than ", name, " ", in.sizes(), " apart from dimension ", dim);
  (void)op;
}

}  // namespace

void hint_dense_gradient(const char* option) {
  hint(option,
       std::string(option) +
           ": there are no sparse gradients; this one will be dense, with the same values.");
}
Meta Gather::infer(Args in, const Attrs& a) {
  if (a.sparse_grad) [[unlikely]]
    hint_dense_gradient("gather(sparse_grad=True)");
  int64_t dim = wrap_dim(a.dim, in[0].dim());
  if (in[1].numel()) check_index_dtype("gather", in[1]);
  if (in[1].numel()) check_index_rank(in[1], in[0], "input");
  if (in[1].numel()) check_index_size("gather", in[1], in[0], dim, "self");
  return {in[1].sizes(), in[0].dtype()};
}
GradsOf<2> Gather::backward(Grad g, In<1> index, Shape<0> s, const Attrs& a) {
  return {zeros(s, {.dtype = g.dtype()}).scatter_add(index, g, {a.dim}), Tensor()};
}

Meta ScatterAdd::infer(Args in, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, in[0].dim());
  if (in[1].numel()) check_index_dtype("scatter", in[1]);
  if (in[2].dtype() != in[0].dtype())
    fail("scatter(): Expected self.dtype to be equal to src.dtype");
  if (in[1].numel()) {
    check_index_rank(in[1], in[0], "self");
    check_index_rank(in[1], in[2], "src");
    check_index_size("scatter", in[1], in[0], dim, "self");
    check_index_size("scatter", in[1], in[2], -1, "src");
  }
  return {in[0].sizes(), in[0].dtype()};
}
GradsOf<3> ScatterAdd::backward(Grad g, In<1> index, Needs need, const Attrs& a) {
  return {g, Tensor(), need[2] ? g.gather(index, {a.dim}) : Tensor()};
}

Meta IndexSelect::infer(Args in, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, in[0].dim());
  if (in[1].dim() > 1) fail<IndexError>("index_select(): Index is supposed to be a vector");
  if (in[1].dtype() != DType::int64 && in[1].dtype() != DType::int32)
    fail("index_select(): Expected dtype int32 or int64 for index");
  Dims sizes = in[0].sizes();
  if (!sizes.empty()) sizes[size_t(dim)] = in[1].numel();
  else if (in[1].numel() != 1)
    fail("index_select(): Index to scalar can have only 1 value, got ", in[1].numel(), " value(s)");
  return {sizes, in[0].dtype()};
}
GradsOf<2> IndexSelect::backward(Grad g, In<1> index, Shape<0> s, const Attrs& a) {
  return {zeros(s, {.dtype = g.dtype()}).index_add(index, g, {.dim = a.dim}), Tensor()};
}

Meta IndexAdd::infer(Args in, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, in[0].dim());
  if (in[1].dim() > 1) fail<IndexError>("index_add_(): Index is supposed to be a vector");
  if (in[1].dtype() != DType::int64 && in[1].dtype() != DType::int32)
    fail("index_add_(): Expected dtype int32/int64 for index");
  if (in[2].dtype() != in[0].dtype())
    fail("index_add_(): self (", word_of(in[0].dtype()), ") and source (", word_of(in[2].dtype()),
         ") must have the same scalar type");
  int64_t n = in[2].dim() ? in[2].size(dim) : 1;
  if (in[1].numel() != n)
    fail("index_add_(): Number of indices (", in[1].numel(),
         ") should be equal to source.size(dim): (", n, "), for dim: ", dim);
  for (int64_t i = 0; i < in[0].dim(); i++)
    if (i != dim && (in[2].dim() != in[0].dim() || in[2].size(i) != in[0].size(i)))
      fail(
          "source tensor shape must match self tensor shape, excluding the specified dimension. "
          "Got "
          "self.shape = ",
          in[0].sizes(), " source.shape = ", in[2].sizes());
  return {in[0].sizes(), in[0].dtype()};
}
GradsOf<3> IndexAdd::backward(Grad g, In<1> index, Needs need, const Attrs& a) {
  if (!need[2]) return {g, Tensor(), Tensor()};
  Tensor picked = g.index_select(index, {a.dim});
  return {g, Tensor(), a.alpha == Scalar(1) ? picked : picked * a.alpha.conj()};
}

// ---- index tensors ----

namespace {

std::span<const Tensor* const> indices_of(Args in, size_t from) {
  return {in.in + from, in.size() - from};
}
template <class Op>
Tensor call_with(std::initializer_list<const Tensor*> fixed, const TensorList& indices,
                 const AttrsOf<Op>& a) {
  std::vector<const Tensor*> in(fixed);
  for (const Tensor& i : indices) in.push_back(&i);
  return call<Op>({in.data(), in.size()}, a);
}

}  // namespace

Dims indexed_sizes(const Dims& sizes, std::span<const Tensor* const> indices, size_t* place) {
  size_t first = indices.size(), last = 0, count = 0;
  const Dims* shape = nullptr;
  for (size_t i = 0; i < indices.size(); i++)
    if (indices[i]->defined()) {
      if (!shape) shape = &indices[i]->sizes(), first = i;
      last = i, count++;
    }
  bool adjacent = last + 1 - first == count;
  Dims out;
  size_t at = adjacent ? first : 0;
  auto add_shape = [&] {
    for (int64_t n : *shape) out.push_back(n);
  };
  if (at == 0) add_shape();
  for (size_t i = 0; i < sizes.size(); i++) {
    if (i && i == at) add_shape();
    if (i >= indices.size() || !indices[i]->defined()) out.push_back(sizes[i]);
  }
  if (place) *place = at;
  return out;
}

IndexPlan plan_index(const Tensor& x, std::span<const Tensor* const> indices) {
  size_t place;
  indexed_sizes(x.sizes(), indices, &place);
  IndexPlan plan;
  plan.pre = plan.post = {0};
  auto add_axis = [](std::vector<int64_t>& offsets, int64_t n, int64_t stride) {
    std::vector<int64_t> wider;
    wider.reserve(offsets.size() * size_t(n));
    for (int64_t o : offsets)
      for (int64_t i = 0; i < n; i++) wider.push_back(o + i * stride);
    offsets = std::move(wider);
  };
  for (size_t d = 0; d < x.sizes().size(); d++) {
    int64_t n = x.sizes()[d], stride = x.strides()[d];
    if (d < indices.size() && indices[d]->defined()) {
      const int64_t* p = indices[d]->data<int64_t>();
      plan.at.resize(size_t(indices[d]->numel()));
      for (size_t b = 0; b < plan.at.size(); b++) {
        int64_t i = p[b];
        if (i < -n || i >= n)
          fail<IndexError>("index ", i, " is out of bounds for dimension ", d, " with size ", n);
        plan.at[b] += (i < 0 ? i + n : i) * stride;
      }
    } else if (d < place) {
      add_axis(plan.pre, n, stride);
    } else {
      add_axis(plan.post, n, stride);
    }
  }
  for (size_t q = 1; q < plan.post.size(); q++) plan.post_contiguous &= plan.post[q] == int64_t(q);
  return plan;
}

Meta IndexTensors::infer(Args in) {
  return {indexed_sizes(in[0].sizes(), indices_of(in, 1)), in[0].dtype()};
}
TensorList IndexTensors::backward(Grad g, const InputsFrom<1>& at, Shape<0> s) {
  TensorList out(1 + at.size());
  Tensor zero = zeros(s, {.dtype = g.dtype(), .device = g.device()});
  out[0] = call_with<IndexPut>({&zero, &g}, at, {.accumulate = true});
  return out;
}

Meta IndexPut::infer(Args in, const Attrs&) {
  const Tensor &x = in[0], &v = in[1];
  if (x.dtype() != v.dtype())
    fail("Index put requires the source and destination dtypes match, got ", word_of(x.dtype()),
         " for the destination and ", word_of(v.dtype()), " for the source.");
  Dims sizes = indexed_sizes(x.sizes(), indices_of(in, 2));
  bool fits = v.sizes().size() <= sizes.size();
  for (size_t i = 1; fits && i <= v.sizes().size(); i++) {
    int64_t n = v.sizes()[v.sizes().size() - i];
    fits = n == 1 || n == sizes[sizes.size() - i];
  }
  if (!fits)
    fail("shape mismatch: value tensor of shape ", v.sizes(),
         " cannot be broadcast to indexing result of shape ", sizes);
  return {x.sizes(), x.dtype()};
}
TensorList IndexPut::backward(Grad g, const InputsFrom<2>& at, Needs need, Shape<1> s,
                              const Attrs& a) {
  TensorList out(2 + at.size());
  if (need[0]) {
    Tensor zero = zeros(Dims(), {.dtype = g.dtype(), .device = g.device()});
    out[0] = a.accumulate ? Tensor(g) : call_with<IndexPut>({&g, &zero}, at, {});
  }
  if (need[1]) out[1] = sum_to(call_with<IndexTensors>({&g}, at, {}), s);
  return out;
}

Meta Nonzero::infer(Args in) {
  int64_t n = in[0].is_meta() ? 0 : in[0].ne(0).sum().item<int64_t>();
  return {Dims{n, in[0].dim()}, DType::int64};
}

namespace {

// Masks become index tensors; all are int64 and of one shape.
TensorList prepare_indices(const Tensor& x, std::span<const Tensor> given) {
  NoGradGuard raw;
  TensorList out;
  for (const Tensor& i : given) {
    if (!i.defined()) {
      out.push_back(i);
      continue;
    }
    if (i.dtype() == DType::boolean || i.dtype() == DType::uint8) {
      if (i.dtype() == DType::uint8)
        warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool "
            "instead.");
      for (size_t k = 0; k < i.sizes().size(); k++)
        if (out.size() + k >= x.sizes().size() || i.sizes()[k] != x.sizes()[out.size() + k])
          fail<IndexError>("The shape of the mask ", i.sizes(), " at index ", k,
                           " does not match the shape of the indexed tensor ", x.sizes(),
                           " at index ", out.size() + k);
      // A tracer must see that the places follow from the mask.
      for (Tensor& places : tls.tracer ? i.nonzero().unbind({1}) : mask_places(i))
        out.push_back(places);
      continue;
    }
    if (!is_integral(i.dtype()) || is_barebones(i.dtype()))
      fail<IndexError>("tensors used as indices must be long, int, byte or bool tensors");
    out.push_back(i.detach().to(DType::int64));
  }
  if (out.size() > x.sizes().size())
    fail<IndexError>("too many indices for tensor of dimension ", x.dim(), " (got ", out.size(),
                     ")");
  std::vector<const Tensor*> defined;
  for (const Tensor& i : out)
    if (i.defined()) defined.push_back(&i);
  Dims shape;
  try {
    shape = broadcast({defined.data(), defined.size()});
  } catch (const Error&) {
    std::string shapes;
    for (const Tensor* i : defined) shapes += (shapes.empty() ? "" : ", ") + text(i->sizes());
    fail<IndexError>(
        "shape mismatch: indexing tensors could not be broadcast together with shapes ", shapes);
  }
  for (Tensor& i : out)
    if (i.defined()) i = (i.sizes() == shape ? i : i.expand({shape})).contiguous();
  return out;
}

// One value where a lone mask holds needs no list of places. Where a graph is recorded, it is of
// index_put.
bool fill_mask(const Tensor& x, std::span<const Tensor> indices, const Tensor& value,
               bool accumulate) {
  if (accumulate || indices.size() != 1 || value.dim() || value.dtype() != x.dtype()) return false;
  Tensor mask = indices[0];
  if (mask.dtype() != DType::boolean || mask.dim() > x.dim() || !mask.dim()) return false;
  for (size_t i = 0; i < mask.sizes().size(); i++)
    if (mask.sizes()[i] != x.sizes()[i]) return false;
  const bool tracked = x.requires_grad() || value.requires_grad();
  if (tls.tracer || x.is_meta() || (grad_enabled() && tracked)) return false;
  NoGradGuard raw;
  Dims sizes = mask.sizes();
  while (int64_t(sizes.size()) < x.dim()) sizes.push_back(1);
  x.masked_fill_(mask.reshape({sizes}), value);
  return true;
}

void put_inplace(const Tensor& self, const TensorList& indices, const Tensor& values,
                 const IndexPut::Attrs& a) {
  std::vector<const Tensor*> list{&self, &values};
  for (const Tensor& i : indices) list.push_back(&i);
  Args in{list.data(), list.size()};
  IndexPut::infer(in, a);
  bool needs = grad_enabled() && any_flag(in) && any_tracked(in);
  check_inplace(self, needs);
  Ref<Node> node;
  if (needs) {
    bump_version(self);  // the node must not see the value as changed
    node = make_node<IndexPut>(in, in, {&self, 1}, a);
    self->storage->version--;
  }
  if (!self.is_meta()) IndexPut::write(self, in, a);
  bump_version(self);
  if (node) rebase_history(self, std::move(node));
  if (tls.tracer) [[unlikely]]
    trace(info_of<IndexPut>(), in, {&self, 1}, &a);
}

}  // namespace

}  // namespace taeda::ops

namespace taeda {

namespace {
bool all_undefined(std::span<const Tensor> indices) {
  for (const Tensor& i : indices)
    if (i.defined()) return false;
  return true;
}
}  // namespace

Tensor index(const Tensor& x, std::span<const Tensor> indices) {
  if (all_undefined(indices)) return x.clone();
  return ops::call_with<ops::IndexTensors>({&x}, ops::prepare_indices(x, indices), {});
}
Tensor index_put(const Tensor& x, std::span<const Tensor> indices, const Tensor& values,
                 bool accumulate) {
  if (all_undefined(indices)) fail("index_put(): at least one index must be a tensor");
  return ops::call_with<ops::IndexPut>({&x, &values}, ops::prepare_indices(x, indices),
                                       {accumulate});
}
void index_put_(const Tensor& x, std::span<const Tensor> indices, const Tensor& values,
                bool accumulate) {
  if (all_undefined(indices)) fail("index_put_(): at least one index must be a tensor");
  if (ops::fill_mask(x, indices, values, accumulate)) return;
  ops::put_inplace(x, ops::prepare_indices(x, indices), values, {accumulate});
}

}  // namespace taeda

TAEDA_FAMILY_IS(Indexing)
