#include "taeda/ops/embedding.h"

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/extreme.h"
#include "taeda/ops/index.h"
#include "taeda/ops/join.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/pick.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {
void check_table(const Tensor& weight, const Tensor& indices, const char* op) {
  if (weight.dim() != 2) fail("'weight' must be 2-D");
  if (indices.dtype() != DType::int64 && indices.dtype() != DType::int32)
    fail(
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
        "Long, Int; but got torch.",
        word_of(indices.dtype()), "Tensor instead (while checking arguments for ", op, ")");
}
}  // namespace

Meta Embedding::infer(Args in, const Attrs& a) {
  check_table(in[0], in[1], "embedding");
  if (a.sparse) [[unlikely]]
    hint_dense_gradient("embedding(sparse=True)");
  Dims sizes = in[1].sizes();
  sizes.push_back(in[0].sizes()[1]);
  return {sizes, in[0].dtype()};
}
GradsOf<2> Embedding::backward(Grad g, In<1> indices, Shape<0> s, const Attrs& a) {
  return {embedding_dense_backward(g, indices, {s[0], a.padding_idx, a.scale_grad_by_freq}),
          Tensor()};
}

Meta EmbeddingDenseBackward::infer(Args in, const Attrs& a) {
  return {Dims{a.num_weights, in[0].sizes().back()}, in[0].dtype()};
}
GradsOf<2> EmbeddingDenseBackward::backward(Grad h, In<1> indices, const Attrs& a) {
  if (a.scale_grad_by_freq) fail("double backward is not supported with scale_grad_by_freq");
  Tensor rows = embedding(h, indices);
  if (a.padding_idx >= 0)
    rows = rows.masked_fill((indices == Scalar(a.padding_idx)).unsqueeze(-1), 0);
  return {rows, Tensor()};
}

Meta EmbeddingRenorm::infer(Args in, const Attrs&) {
  check_table(in[0], in[1], "embedding_renorm_");
  if (!is_floating(in[0].dtype()))
    fail<NotImplementedError>("\"embedding_renorm\" not implemented for '", word_of(in[0].dtype()),
                              "'");
  return {in[0].sizes(), in[0].dtype()};
}

void BagWords::fail(std::string_view) {
  taeda::fail<ValueError>("mode has to be one of sum, mean or max");
}
Tensor EmbeddingBag::forward(const Tensor& weight, const Tensor& indices, const Tensor& given,
                             const Tensor& psw, const Attrs& a) {
  if (psw.defined() && psw.sizes() != indices.sizes())
    fail<ValueError>("embedding_bag: If per_sample_weights (torch.Size(", text(psw.sizes()),
                     ")) is not None, then it must have the same shape as the input (torch.Size(",
                     text(indices.sizes()), "))");
  if (indices.dim() == 2 && given.defined())
    fail<ValueError>(
        "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed "
        "length sequences. However, found offsets of type <class 'torch.Tensor'>");
  if (indices.dim() != 1 && indices.dim() != 2)
    fail<ValueError>("input has to be 1D or 2D Tensor, but got Tensor of dimension ",
                     indices.dim());
  if (indices.dim() == 1 && !given.defined())
    fail<ValueError>("offsets has to be a 1D Tensor but got None");
  if (given.defined() && given.dim() != 1) fail<ValueError>("offsets has to be a 1D Tensor");
  if (psw.defined() && !a.mode.is("sum"))
    fail<NotImplementedError>(
        "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for "
        "mode='sum' (got mode='",
        a.mode.word(), "'). Please open a feature request on GitHub.");
  int64_t n = indices.numel();
  std::vector<int64_t> starts;
  if (indices.dim() == 2) {
    for (int64_t i = 0; i < indices.size(0); i++) starts.push_back(i * indices.size(1));
  } else {
    Tensor offsets = given.to(DType::int64).contiguous();
    starts.assign(offsets.data<int64_t>(), offsets.data<int64_t>() + offsets.numel());
    if (!starts.empty() && starts[0] != 0)
      fail(
          "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
          "position 0. However, got ",
          starts[0]);
    if (!starts.empty() && starts.back() > n)
      fail("offsets[-1] can not be greater than input's length ", n, " but got offsets[-1] of ",
           starts.back());
    if (a.include_last_offset) {
      if (starts.empty()) fail("include_last_offset: number of offset should be at least 1");
      starts.pop_back();
    }
  }
  int64_t bags = int64_t(starts.size());
  Tensor bag = empty({n}, DType::int64);
  for (int64_t i = 0, b = -1; i < n; i++) {
    while (b + 1 < bags && starts[size_t(b + 1)] <= i) b++;
    bag.data<int64_t>()[i] = b;
  }
  Tensor at = indices.flatten().to(DType::int64);
  Tensor rows = embedding(weight, at, {a.padding_idx, a.scale_grad_by_freq, a.sparse});
  Tensor counted;  // 1 where an index counts
  if (a.padding_idx >= 0) counted = (at != Scalar(a.padding_idx)).to(weight.dtype());
  if (psw.defined()) rows = rows * psw.flatten().unsqueeze(1);
  Dims size{bags, weight.size(1)};
  if (a.mode.is("max")) {
    TensorList best;
    for (int64_t b = 0; b < bags; b++) {
      int64_t begin = starts[size_t(b)], end = b + 1 < bags ? starts[size_t(b + 1)] : n;
      Tensor part = rows.narrow(0, begin, std::max<int64_t>(end - begin, 0));
      if (counted.defined()) {
        Tensor keep = nonzero(counted.narrow(0, begin, std::max<int64_t>(end - begin, 0)));
        part = part.index_select(0, keep.flatten());
      }
      best.push_back(part.size(0) ? part.max(0).values
                                  : zeros({weight.size(1)}, {.dtype = weight.dtype()}));
    }
    return best.empty() ? zeros(size, {.dtype = weight.dtype()}) : stack(best, {0});
  }
  if (counted.defined()) rows = rows * counted.unsqueeze(1);
  Tensor sum = zeros(size, {.dtype = weight.dtype(), .device = weight.device()});
  sum = sum.index_add(bag, rows, {.dim = 0});
  if (a.mode.is("sum")) return sum;
  Tensor each = counted.defined() ? counted : ones({n}, {.dtype = weight.dtype()});
  Tensor counts = zeros({bags}, {.dtype = weight.dtype()}).index_add(bag, each, {.dim = 0});
  return sum / clamp_min(counts, 1).unsqueeze(1);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Tables)
