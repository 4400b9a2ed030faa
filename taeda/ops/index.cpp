#include "taeda/ops/index.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
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

Meta Gather::infer(Args in, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, in[0].dim());
  check_index_dtype("gather", in[1]);
  if (in[1].numel()) check_index_rank(in[1], in[0], "input");
  if (in[1].numel()) check_index_size("gather", in[1], in[0], dim, "self");
  return {in[1].sizes(), in[0].dtype()};
}
GradsOf<2> Gather::backward(Grad g, In<1> index, Shape<0> s, const Attrs& a) {
  return {zeros(s, {.dtype = g.dtype()}).scatter_add(index, g, a), Tensor()};
}

Meta ScatterAdd::infer(Args in, const Attrs& a) {
  int64_t dim = wrap_dim(a.dim, in[0].dim());
  check_index_dtype("scatter", in[1]);
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
  return {g, Tensor(), need[2] ? g.gather(index, a) : Tensor()};
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
  return {g, Tensor(), a.alpha == Scalar(1) ? picked : picked * a.alpha};
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Indexing)
