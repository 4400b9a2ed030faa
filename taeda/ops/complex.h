// Complex numbers and their parts.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY ComplexParts
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct ComplexParts;

struct ViewAsReal {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The real and imaginary parts of a complex tensor as a last axis of size 2, a view.",
      .scope = in_torch};
  static Geometry view(const Tensor& x);
  static DType view_dtype(DType d) { return real_of(d); }
  static Tensor backward(Grad g);
};
TAEDA_OP(view_as_real, ViewAsReal)

struct ViewAsComplex {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The pairs in the last axis of a real tensor as complex numbers, a view.",
      .scope = in_torch};
  static Geometry view(const Tensor& x);
  static DType view_dtype(DType d) { return complex_of(d); }
  static Tensor backward(Grad g);
};
TAEDA_OP(view_as_complex, ViewAsComplex)

struct RealPart {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The real parts, a view; a real tensor is returned itself.",
                           .scope = in_torch};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(real, RealPart)

struct ImagPart {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The imaginary parts of a complex tensor, a view.",
                           .scope = in_torch};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(imag, ImagPart)

struct MakeComplex {
  static constexpr Def def{.inputs = {"real", "imag"},
                           .doc = "The complex numbers real + i * imag.",
                           .types = Types::own,
                           .scope = in_torch,
                           .backward_name = "ComplexBackward0"};
  static Tensor forward(const Tensor& re, const Tensor& im);
};
TAEDA_OP(complex, MakeComplex)

struct Polar {
  static constexpr Def def{.inputs = {"abs", "angle"},
                           .doc = "The complex numbers abs * (cos(angle) + i * sin(angle)).",
                           .types = Types::own,
                           .scope = in_torch,
                           .backward_name = "PolarBackward0"};
  static Tensor forward(const Tensor& size, const Tensor& angle);
};
TAEDA_OP(polar, Polar)

struct Isreal {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Whether an element's imaginary part is zero.",
                           .differentiable = false};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(isreal, Isreal)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
