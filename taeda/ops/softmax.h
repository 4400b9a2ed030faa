// softmax and its logarithm.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Soft
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Soft;

struct SoftmaxAttrs {
  int64_t dim = -1;
  std::optional<DType> dtype = {};
  TAEDA_FIELDS(dim, dtype)
};

struct Softmax {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "exp(input) over its sum along dim; computed in dtype, if there is "
                               "one. Floating point only.",
                           .types = Types::own,
                           .required = 1};
  using Attrs = SoftmaxAttrs;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Out<0> y, Type<0> t, const Attrs& a);
};
TAEDA_OP(softmax, Softmax)

struct LogSoftmax {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The logarithm of softmax: input - log(sum(exp(input))).",
                           .types = Types::own,
                           .required = 1};
  using Attrs = SoftmaxAttrs;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Out<0> y, Type<0> t, const Attrs& a);
};
TAEDA_OP(log_softmax, LogSoftmax)

// The gradients of both, as ops of their own: one pass over memory.
struct SoftmaxBackward {
  static constexpr Def def{.inputs = {"grad", "output"},
                           .doc = "output * (grad - sum(grad * output)) along dim.",
                           .types = Types::own,
                           .scope = 0};
  using Attrs = SoftmaxAttrs;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad h, In<0> g, In<1> y, const Attrs& a);
};
TAEDA_OP(softmax_backward, SoftmaxBackward)

struct LogSoftmaxBackward {
  static constexpr Def def{.inputs = {"grad", "output"},
                           .doc = "grad - exp(output) * sum(grad) along dim.",
                           .types = Types::own,
                           .scope = 0};
  using Attrs = SoftmaxAttrs;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad h, In<0> g, In<1> y, const Attrs& a);
};
TAEDA_OP(log_softmax_backward, LogSoftmaxBackward)

struct Logsumexp {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "log(sum(exp(input))) over the axes in dim, without overflow.",
                           .types = Types::own,
                           .required = 1,
                           .backward_name = "LogsumexpBackward0"};
  struct Attrs {
    Dims dim = {};
    bool keepdim = false;
    TAEDA_FIELDS(dim, keepdim)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(logsumexp, Logsumexp)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
