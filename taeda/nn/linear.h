// Layers whose result is a matrix product.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// The input unchanged.
struct TAEDA_API Identity : Module {
  static constexpr bool ignores_arguments = true;  // of the constructor
  Tensor forward(const Tensor& input) override { return input; }
};

// input (*, in_features) times weight (out_features, in_features) transposed, plus bias
// (out_features): (*, out_features).
struct TAEDA_API Linear : Module {
  struct Options {
    int64_t in_features = 0, out_features = 0;
    bool bias = true;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(in_features, out_features, bias, device, dtype)
  };
  static constexpr int required = 2;
  static constexpr const char* op = "linear";
  static constexpr std::string_view init_only[] = {"bias"};
  Options options;
  TAEDA_PARAMETER(weight, Tensor());
  TAEDA_PARAMETER(bias, Tensor());

  void setup();
  void reset_parameters();  // uniform within +-1 / sqrt(in_features)
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override;
};

// Sum over i, j of input1[i] * weight[:, i, j] * input2[j], plus bias; weight (out, in1, in2).
struct TAEDA_API Bilinear : Module {
  struct Options {
    int64_t in1_features = 0, in2_features = 0, out_features = 0;
    bool bias = true;
    std::optional<Device> device = {};
    std::optional<DType> dtype = {};
    TAEDA_FIELDS(in1_features, in2_features, out_features, bias, device, dtype)
  };
  static constexpr int required = 3;
  static constexpr const char* op = "bilinear";
  static constexpr const char* inputs[] = {"input1", "input2"};
  static constexpr std::string_view init_only[] = {"bias"};
  Options options;
  TAEDA_PARAMETER(weight, Tensor());
  TAEDA_PARAMETER(bias, Tensor());

  void setup();
  void reset_parameters();
  using Module::forward;
  Tensor forward(const Tensor& input1, const Tensor& input2);
  std::string extra_repr() const override;
};

}  // namespace layer

using Identity = Handle<layer::Identity>;
using Linear = Handle<layer::Linear>;
using Bilinear = Handle<layer::Bilinear>;

}  // namespace taeda::nn
