// Padding of the last 1, 2 or 3 axes of (N, C, *) or (C, *). padding: one number for all ends, or
// (left, right) of the last axis, then of the one before.
#pragma once
#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

namespace layer {

// value at the ends.
template <int n> struct TAEDA_API ConstantPad : Module {
  struct Options {
    Sizes padding = {};
    Scalar value = 0.0;
    TAEDA_FIELDS(padding, value)
  };
  static constexpr int required = 2;
  static constexpr const char* op = "constant_pad_nd";
  Options options;
  std::string type_name() const override { return "ConstantPad" + std::to_string(n) + "d"; }
  void setup();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show_options(options); }
};

// What comes at the ends: zeros; the elements mirrored at the edge; the edge's elements repeated;
// the elements of the other end.
enum class TAEDA_API Beyond { zero, reflection, replication, circular };

template <int n, Beyond edge> struct TAEDA_API EdgePad : Module {
  struct Options {
    Sizes padding = {};
    TAEDA_FIELDS(padding)
  };
  static constexpr int required = 1;
  static constexpr const char* op = "pad";
  Options options;
  std::string type_name() const override;
  void setup();
  Tensor forward(const Tensor& input) override;
  std::string extra_repr() const override { return show(options.padding); }
};

using ConstantPad1d = ConstantPad<1>;
using ConstantPad2d = ConstantPad<2>;
using ConstantPad3d = ConstantPad<3>;
using ZeroPad1d = EdgePad<1, Beyond::zero>;
using ZeroPad2d = EdgePad<2, Beyond::zero>;
using ZeroPad3d = EdgePad<3, Beyond::zero>;
using ReflectionPad1d = EdgePad<1, Beyond::reflection>;
using ReflectionPad2d = EdgePad<2, Beyond::reflection>;
using ReflectionPad3d = EdgePad<3, Beyond::reflection>;
using ReplicationPad1d = EdgePad<1, Beyond::replication>;
using ReplicationPad2d = EdgePad<2, Beyond::replication>;
using ReplicationPad3d = EdgePad<3, Beyond::replication>;
using CircularPad1d = EdgePad<1, Beyond::circular>;
using CircularPad2d = EdgePad<2, Beyond::circular>;
using CircularPad3d = EdgePad<3, Beyond::circular>;

extern template struct ConstantPad<1>;
extern template struct ConstantPad<2>;
extern template struct ConstantPad<3>;
extern template struct EdgePad<1, Beyond::zero>;
extern template struct EdgePad<2, Beyond::zero>;
extern template struct EdgePad<3, Beyond::zero>;
extern template struct EdgePad<1, Beyond::reflection>;
extern template struct EdgePad<2, Beyond::reflection>;
extern template struct EdgePad<3, Beyond::reflection>;
extern template struct EdgePad<1, Beyond::replication>;
extern template struct EdgePad<2, Beyond::replication>;
extern template struct EdgePad<3, Beyond::replication>;
extern template struct EdgePad<1, Beyond::circular>;
extern template struct EdgePad<2, Beyond::circular>;
extern template struct EdgePad<3, Beyond::circular>;

}  // namespace layer

using ConstantPad1d = Handle<layer::ConstantPad1d>;
using ConstantPad2d = Handle<layer::ConstantPad2d>;
using ConstantPad3d = Handle<layer::ConstantPad3d>;
using ZeroPad1d = Handle<layer::ZeroPad1d>;
using ZeroPad2d = Handle<layer::ZeroPad2d>;
using ZeroPad3d = Handle<layer::ZeroPad3d>;
using ReflectionPad1d = Handle<layer::ReflectionPad1d>;
using ReflectionPad2d = Handle<layer::ReflectionPad2d>;
using ReflectionPad3d = Handle<layer::ReflectionPad3d>;
using ReplicationPad1d = Handle<layer::ReplicationPad1d>;
using ReplicationPad2d = Handle<layer::ReplicationPad2d>;
using ReplicationPad3d = Handle<layer::ReplicationPad3d>;
using CircularPad1d = Handle<layer::CircularPad1d>;
using CircularPad2d = Handle<layer::CircularPad2d>;
using CircularPad3d = Handle<layer::CircularPad3d>;

}  // namespace taeda::nn
