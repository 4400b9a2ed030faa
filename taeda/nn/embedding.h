// Tables of vectors.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// Rows of weight (num_embeddings, embedding_dim) by index: input (*) of int64 or int32 gives
// (*, embedding_dim). The row padding_idx gets no gradient and starts as zeros.
struct TAEDA_API Embedding : Module {
  struct Options {
    int64_t num_embeddings = 0, embedding_dim = 0;
    std::optional<int64_t> padding_idx = {};
    std::optional<Scalar> max_norm = {};
    Scalar norm_type = 2.0;
    bool scale_grad_by_freq = false, sparse = false;
    Tensor _weight = {};
    bool _freeze = false;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(num_embeddings, embedding_dim, padding_idx, max_norm, norm_type,
                 scale_grad_by_freq, sparse, _weight, _freeze, device, dtype)
  };
  static constexpr int required = 2;
  static constexpr const char* op = "embedding";
  static constexpr std::string_view init_only[] = {"_weight", "_freeze"};
  Options options;
  TAEDA_PARAMETER(weight, Tensor());

  void setup();
  void reset_parameters();  // normal numbers, the row padding_idx zero
  bool initialized() const { return from_given_; }
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;

 private:
  bool from_given_ = false;  // the weight is one that was passed
};

// The sum, mean or maximum of the rows in each bag: input (B, L), or (*) with offsets (B), where
// each bag begins; gives (B, embedding_dim). per_sample_weights multiply the rows of a sum.
struct TAEDA_API EmbeddingBag : Module {
  struct Options {
    int64_t num_embeddings = 0, embedding_dim = 0;
    std::optional<Scalar> max_norm = {};
    Scalar norm_type = 2.0;
    bool scale_grad_by_freq = false;
    std::string mode = "mean";
    bool sparse = false;
    Tensor _weight = {};
    bool include_last_offset = false;
    std::optional<int64_t> padding_idx = {};
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(num_embeddings, embedding_dim, max_norm, norm_type, scale_grad_by_freq, mode,
                 sparse, _weight, include_last_offset, padding_idx, device, dtype)
  };
  static constexpr int required = 2;
  static constexpr std::string_view init_only[] = {"_weight"};
  struct Arguments {
    Tensor input, offsets = {}, per_sample_weights = {};
    TAEDA_FIELDS(input, offsets, per_sample_weights)
  };
  static constexpr int required_arguments = 1;
  Options options;
  TAEDA_PARAMETER(weight, Tensor());

  void setup();
  void reset_parameters();  // normal numbers, the row padding_idx zero
  bool initialized() const { return from_given_; }
  Tensor forward(const Tensor& input) override { return forward(Arguments{input}); }
  Tensor forward(const Arguments& a);
  std::string extra_repr() const override;

 private:
  bool from_given_ = false;  // the weight is one that was passed
};

}  // namespace layer

using Embedding = Handle<layer::Embedding>;
using EmbeddingBag = Handle<layer::EmbeddingBag>;

}  // namespace taeda::nn
