// Products of matrices and vectors, linear layers, einsum.
#pragma once
#include "taeda/op/op.h"

#pragma GCC visibility push(default)  // ops name exported templates

#define TAEDA_FAMILY Products

namespace taeda::ops {
struct Products;

// ---- plain products; the dtypes must be equal ----

struct Mm {
  static constexpr Def def{.inputs = {"input", "mat2"},
                           .doc = "The product of matrices [n, k] and [k, m].",
                           .types = Types::own};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1, 0> y, Layout<1> at, Needs need);
};
TAEDA_OP(mm, Mm)

// The product of matrices either of which may be read transposed: the gradient of mm and linear.
struct TransposedMm {
  static constexpr Def def{.inputs = {"input", "mat2"},
                           .doc = "The product of two matrices, each transposed first if so asked.",
                           .types = Types::own,
                           .scope = 0,
                           .backward_name = "MmBackward0"};
  struct Attrs {
    bool left = false, right = false;  // transposed
    TAEDA_FIELDS(left, right)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need, const Attrs& a);
};
TAEDA_OP(transposed_mm, TransposedMm)

struct Bmm {
  static constexpr Def def{.inputs = {"input", "mat2"},
                           .doc = "The products of the matrices in [b, n, k] and [b, k, m].",
                           .types = Types::own};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need);
};
TAEDA_OP(bmm, Bmm)

struct Mv {
  static constexpr Def def{.inputs = {"input", "vec"},
                           .doc = "The product of a matrix [n, k] and a vector [k].",
                           .types = Types::own};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need);
};
TAEDA_OP(mv, Mv)

struct Dot {
  static constexpr Def def{.inputs = {"input", "tensor"},
                           .doc = "The sum of the products of two vectors' elements.",
                           .types = Types::own};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
  static GradsOf<2> backward(Grad g, In<0, 1> x, In<1, 0> y, Needs need);
};
TAEDA_OP(dot, Dot)

struct Vdot {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "dot, with the first vector conjugated.",
                           .backward_name = "VdotBackward0"};
  static Tensor forward(const Tensor& x, const Tensor& y);
};
TAEDA_OP(vdot, Vdot)

struct Outer {
  static constexpr Def def{.inputs = {"input", "vec2"},
                           .doc = "The matrix input[i] * vec2[j] of two vectors."};
  static Tensor forward(const Tensor& x, const Tensor& y);
};
TAEDA_OP(outer, Outer)

struct Inner {
  static constexpr Def def{.inputs = {"input", "other"},
                           .doc = "Products summed over the last axis of both."};
  static Tensor forward(const Tensor& x, const Tensor& y);
};
TAEDA_OP(inner, Inner)

struct Matmul {
  static constexpr Def def{
      .inputs = {"input", "other"},
      .doc =
          "The product over the last two axes; the axes before them are broadcast. A vector "
          "counts as a row on the left and as a column on the right, and its axis is dropped."};
  static Tensor forward(const Tensor& x, const Tensor& y);
};
TAEDA_OP(matmul, Matmul)

// ---- beta * input + alpha * product; input is broadcast, and not read where beta is 0 ----

struct Blend {
  Scalar beta = 1, alpha = 1;
  TAEDA_FIELDS(beta, alpha)
};

struct Addmm {
  static constexpr Def def{.inputs = {"input", "mat1", "mat2"},
                           .doc = "beta * input + alpha * (mat1 @ mat2).",
                           .types = Types::own,
                           .inplace = true,
                           .keyword_only = 2};
  using Attrs = Blend;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, Shape<0> s, In<1, 2> x, In<2, 1> y, Needs need,
                             const Attrs& a);
};
TAEDA_OP(addmm, Addmm)

struct Baddbmm {
  static constexpr Def def{.inputs = {"input", "batch1", "batch2"},
                           .doc = "beta * input + alpha * bmm(batch1, batch2).",
                           .types = Types::own,
                           .inplace = true,
                           .keyword_only = 2};
  using Attrs = Blend;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, Shape<0> s, In<1, 2> x, In<2, 1> y, Needs need,
                             const Attrs& a);
};
TAEDA_OP(baddbmm, Baddbmm)

struct Addmv {
  static constexpr Def def{.inputs = {"input", "mat", "vec"},
                           .doc = "beta * input + alpha * (mat @ vec).",
                           .types = Types::own,
                           .inplace = true,
                           .keyword_only = 2};
  using Attrs = Blend;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<3> backward(Grad g, Shape<0> s, In<1, 2> x, In<2, 1> y, Needs need,
                             const Attrs& a);
};
TAEDA_OP(addmv, Addmv)

struct Addr {
  static constexpr Def def{.inputs = {"input", "vec1", "vec2"},
                           .doc = "beta * input + alpha * outer(vec1, vec2).",
                           .inplace = true,
                           .keyword_only = 2,
                           .backward_name = "AddrBackward0"};
  using Attrs = Blend;
  static Tensor forward(const Tensor& x, const Tensor& y, const Tensor& z, const Attrs& a);
};
TAEDA_OP(addr, Addr)

struct Addbmm {
  static constexpr Def def{
      .inputs = {"input", "batch1", "batch2"},
      .doc = "beta * input + alpha * the sum of the products of the matrices in batch1 and batch2.",
      .inplace = true,
      .keyword_only = 2,
      .backward_name = "AddbmmBackward0"};
  using Attrs = Blend;
  static Tensor forward(const Tensor& x, const Tensor& y, const Tensor& z, const Attrs& a);
  static void inplace(Args in, const Attrs& a);  // input takes the size of the sum
};
TAEDA_OP(addbmm, Addbmm)

// ---- layers ----

template <int i> struct ShapeIf : Dims {};  // sizes of input i, if there is one

struct Linear {
  static constexpr Def def{.inputs = {"input", "weight", "bias?"},
                           .doc =
                               "input @ weight.T + bias over the last axis: input [..., in], "
                               "weight [out, in], bias [out].",
                           .types = Types::own,
                           .scope = in_functional};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
  static GradsOf<3> backward(Grad g, In<0, 1> x, In<1, 0> w, ShapeIf<2> bias, Needs need);
  // The last step of the same made of matrix products.
  static const char* node_name(const Call& c, const NoFields&) {
    bool bias = c.in.size() > 2 && c.in[2].defined();
    switch (c.in[0].dim()) {
    case 2: return bias ? "AddmmBackward0" : "MmBackward0";
    case 1: return bias ? "ViewBackward0" : "SqueezeBackward4";
    default: return bias ? "ViewBackward0" : "UnsafeViewBackward0";
    }
  }
};
TAEDA_OP(linear, Linear)

struct Bilinear {
  static constexpr Def def{
      .inputs = {"input1", "input2", "weight", "bias?"},
      .doc =
          "The sum of input1[..., i] weight[o, i, j] input2[..., j] over i and "
          "j, plus bias[o].",
      .scope = in_torch | in_functional};
  static Tensor forward(const Tensor& x, const Tensor& y, const Tensor& weight, const Tensor& bias);
};
TAEDA_OP(bilinear, Bilinear)

// ---- sums of products by name ----

struct Einsum {
  static constexpr Def def{
      .inputs = {"operands*"},
      .doc =
          "Sums of products of elements after Einstein: each letter of the equation names an axis; "
          "what the output does not name is summed. ... stands for axes without names.",
      .required = 1,
      .scope = in_torch};
  struct Attrs {
    std::string equation = {};
    TAEDA_FIELDS(equation)
  };
  static Tensor forward(Args in, const Attrs& a);
};
TAEDA_OP(einsum, Einsum)

struct Tensordot {
  static constexpr Def def{
      .inputs = {"a", "b"},
      .doc = "Products summed over the axes dims_self of a and dims_other of b, pair by pair.",
      .required = 2,
      .scope = 0};
  struct Attrs {
    Dims dims_self = {}, dims_other = {};
    TAEDA_FIELDS(dims_self, dims_other)
  };
  static Tensor forward(const Tensor& a, const Tensor& b, const Attrs& at);
};
TAEDA_OP(tensordot, Tensordot)

}  // namespace taeda::ops

namespace taeda {

template <int i> struct Kept<ops::ShapeIf<i>> {
  ops::ShapeIf<i> value;
  void keep(const Call& c, const auto&) {
    if (c.in[i].defined()) value = {c.in[i].sizes()};
  }
  const ops::ShapeIf<i>& get(Node&, std::span<Tensor>) { return value; }
  void reset() {}
};

// einsum("ij,jk->ik", {a, b})
inline Tensor einsum(std::string equation, std::initializer_list<Tensor> operands) {
  return einsum(std::span(operands.begin(), operands.size()), {std::move(equation)});
}
// The last `axes` axes of a against the first ones of b.
TAEDA_API Tensor tensordot(const Tensor& a, const Tensor& b, int64_t axes);

}  // namespace taeda

#undef TAEDA_FAMILY
#pragma GCC visibility pop
