#include "taeda/ops/ctc.h"

#include <limits>

#include "taeda/autograd/grad_mode.h"
#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

constexpr const char* where_checked = " (while checking arguments for ctc_loss_allocate_outputs)";

std::vector<int64_t> whole_numbers(const Tensor& t, const char* name) {
  if (category_of(t.dtype()) != Category::integral)
    fail(name, " must be integral, but got ", word_of(t.dtype()));
  Tensor v = t.detach().to(DType::int64).contiguous();
  const int64_t* p = v.data<int64_t>();
  return {p, p + v.numel()};
}

}  // namespace

CtcBatch::CtcBatch(const Tensor& log_probs, const Tensor& targets, const Tensor& in,
                   const Tensor& out, int64_t blank) {
  time = log_probs.size(0), batch = log_probs.size(1), classes = log_probs.size(2);
  if (blank < 0 || blank >= classes)
    fail("blank must be in label range: it is ", blank, ", the classes are 0 to ", classes - 1);
  input_lengths = whole_numbers(in, "input_lengths");
  target_lengths = whole_numbers(out, "target_lengths");
  if (int64_t(input_lengths.size()) != batch)
    fail("input_lengths must be of size batch_size: ", batch, ", not ", input_lengths.size());
  if (int64_t(target_lengths.size()) != batch)
    fail("target_lengths must be of size batch_size: ", batch, ", not ", target_lengths.size());
  for (int64_t n : input_lengths) {
    if (n < 0)
      fail("Expected input_lengths to have value at least 0, but got value ", n, where_checked);
    if (n > time)
      fail("Expected input_lengths to have value at most ", time, ", but got value ", n,
           where_checked);
  }
  int64_t total = 0;
  longest = 0;
  for (int64_t n : target_lengths) {
    if (n < 0)
      fail("Expected target_lengths to have value at least 0, but got value ", n, where_checked);
    longest = std::max(longest, n), total += n;
  }
  if (targets.dim() < 1 || targets.dim() > 2)
    fail("Expected 1 to 2 dimensions, but got ", targets.dim(),
         "-dimensional tensor for argument #2 'targets'", where_checked);
  if (targets.dim() == 1 && targets.size(0) != total)
    fail("Expected tensor to have size ", total, " at dimension 0, but got size ", targets.size(0),
         " for argument #2 'targets'", where_checked);
  if (targets.dim() == 2 && targets.size(0) != batch)
    fail("Expected tensor to have size ", batch, " at dimension 0, but got size ", targets.size(0),
         " for argument #2 'targets'", where_checked);
  if (targets.dim() == 2 && targets.size(1) < longest)
    fail("Expected tensor to have size at least ", longest, " at dimension 1, but got size ",
         targets.size(1), " for argument #2 'targets'", where_checked);
  labels = whole_numbers(
      targets.is_meta() || is_floating(targets.dtype()) ? targets.to(DType::int64) : targets,
      "targets");
  for (int64_t i = 0, next = 0; i < batch; i++) {
    starts.push_back(targets.dim() == 1 ? next : i * targets.size(1));
    next += target_lengths[size_t(i)];
    for (int64_t k = 0; k < target_lengths[size_t(i)]; k++) {
      int64_t c = labels[size_t(starts.back() + k)];
      if (c < 0 || c >= classes)
        fail("ctc_loss: target ", c, " of sample ", i, " is out of bounds: the classes are 0 to ",
             classes - 1);
    }
  }
}

std::array<Meta, 2> CtcForward::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  if (!is_floating(x.dtype()) || x.dtype() == DType::float16 || x.dtype() == DType::bfloat16)
    fail<NotImplementedError>("\"ctc_loss_cpu\" not implemented for '", word_of(x.dtype()), "'");
  if (x.numel() == 0) fail("log_probs tensor must not be empty");
  CtcBatch b(x, in[1], in[2], in[3], a.blank);
  return {Meta{Dims(b.batch), x.dtype()},
          Meta{Dims{b.batch, b.time, 2 * b.longest + 1}, x.dtype()}};
}
GradsOf<4> CtcForward::backward(Grads g, In<0> x, In<1> targets, In<2> input_lengths,
                                In<3> target_lengths, Out<0> nll, Out<1> log_alpha,
                                const Attrs& a) {
  const Tensor* in[] = {&g[0], &x, &targets, &input_lengths, &target_lengths, &nll, &log_alpha};
  return {call<CtcGrad>({in, 7}, a), Tensor(), Tensor(), Tensor()};
}
Meta CtcGrad::infer(Args in, const Attrs&) { return {in[1].sizes(), in[1].dtype()}; }

Tensor CtcLoss::forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                        const Tensor& target_lengths, const Attrs& a) {
  if (log_probs.dim() != 2 && log_probs.dim() != 3)
    fail("ctc_loss: log_probs must be of size (T, N, C) or (T, C), but is of size ",
         log_probs.sizes());
  DType narrow = log_probs.dtype();
  if (narrow == DType::float16 || narrow == DType::bfloat16)  // sums of many steps
    return forward(log_probs.to(DType::float32), targets, input_lengths, target_lengths, a)
        .to(narrow);
  bool batched = log_probs.dim() == 3;
  Tensor x = batched ? log_probs : log_probs.unsqueeze(1);
  const Tensor* in[] = {&x, &targets, &input_lengths, &target_lengths};
  Tensor each = call<CtcForward>({in, 4}, {a.blank, a.zero_infinity}).neg_log_likelihood;
  if (a.zero_infinity)
    each = where(each == std::numeric_limits<double>::infinity(), zeros_like(each.detach()), each);
  if (a.reduction.is("mean")) {
    Tensor lengths = clamp_min(target_lengths.detach().to(each.dtype()), 1);
    return (each / lengths.reshape({each.sizes()})).mean();
  }
  if (a.reduction.is("sum")) return each.sum();
  return batched ? each : each.squeeze(0);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Ctc)
