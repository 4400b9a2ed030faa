// Tables of vectors.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Tables
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Tables;

struct EmbeddingAttrs {
  int64_t padding_idx = -1;
  bool scale_grad_by_freq = false, sparse = false;
  TAEDA_FIELDS(padding_idx, scale_grad_by_freq, sparse)
};
struct Embedding {
  static constexpr Def def{
      .inputs = {"weight", "indices!"},
      .doc =
          "Rows of weight (n, d) by index: indices (*) of int64 or int32 give (*, d). The row "
          "padding_idx gets no gradient; with scale_grad_by_freq a row's gradient is divided by "
          "the number of its uses. sparse: the gradient is dense, and a warning says so.",
      .types = Types::own,
      .scope = in_torch};
  using Attrs = EmbeddingAttrs;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<1> indices, Shape<0> s, const Attrs& a);
};
TAEDA_OP(embedding, Embedding)

struct EmbeddingDenseBackward {
  static constexpr Def def{.inputs = {"grad_output", "indices!"},
                           .doc = "The gradient of embedding for a table of num_weights rows.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0};
  struct Attrs {
    int64_t num_weights = 0, padding_idx = -1;
    bool scale_grad_by_freq = false;
    TAEDA_FIELDS(num_weights, padding_idx, scale_grad_by_freq)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad h, In<1> indices, const Attrs& a);
};
TAEDA_OP(embedding_dense_backward, EmbeddingDenseBackward)

struct EmbeddingRenorm {
  static constexpr Def def{
      .inputs = {"input", "indices!"},
      .doc = "The rows of input that indices name, scaled so that no norm exceeds max_norm.",
      .types = Types::own,
      .differentiable = false,
      .inplace = true,
      .required = 2,
      .scope = in_torch};
  struct Attrs {
    double max_norm = 0, norm_type = 2;
    TAEDA_FIELDS(max_norm, norm_type)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(embedding_renorm, EmbeddingRenorm)

struct BagWords {
  static constexpr std::string_view words[] = {"sum", "mean", "max"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct EmbeddingBag {
  static constexpr Def def{
      .inputs = {"weight", "indices!", "offsets!?", "per_sample_weights?"},
      .doc =
          "The sum, mean or maximum of the rows of weight (n, d) in each bag of indices: (B, L), "
          "or "
          "(*) with offsets (B), where each bag begins; gives (B, d). The row padding_idx counts "
          "nothing; per_sample_weights, like indices, multiply the rows of a sum.",
      .types = Types::own,
      .scope = 0,
      .backward_name = "EmbeddingBagBackward0"};
  struct Attrs {
    Choice<BagWords> mode = {"mean"};
    bool scale_grad_by_freq = false, sparse = false, include_last_offset = false;
    int64_t padding_idx = -1;
    TAEDA_FIELDS(mode, scale_grad_by_freq, sparse, include_last_offset, padding_idx)
  };
  static Tensor forward(const Tensor& weight, const Tensor& indices, const Tensor& offsets,
                        const Tensor& per_sample_weights, const Attrs& a);
};
TAEDA_OP(bags_of_rows, EmbeddingBag)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
