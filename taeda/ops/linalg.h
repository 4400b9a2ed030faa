// Linear algebra: factors of matrices, solutions of equations, and what follows from them. Axes
// before the last two are a batch. float32 is computed in float64.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY LinearAlgebra
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct LinearAlgebra;

struct CheckErrors {
  bool check_errors = false;
  TAEDA_FIELDS(check_errors)
};

// ---- equations ----

struct LinalgInvEx {
  static constexpr Def def{.inputs = {"A"},
                           .doc =
                               "The inverses of square matrices, and 0 for each, or where it is "
                               "singular the number of the first pivot that is 0.",
                           .types = Types::own,
                           .keyword_only = 1,
                           .scope = 0};
  using Attrs = CheckErrors;
  struct Result {
    Tensor inverse, info;
    TAEDA_FIELDS(inverse, info)
  };
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<0> y);
};
TAEDA_OP(linalg_inv_ex, LinalgInvEx)

struct LinalgInv {
  static constexpr Def def{
      .inputs = {"A"},
      .doc = "The inverses of square matrices; RuntimeError for singular ones.",
      .scope = 0};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(linalg_inv, LinalgInv)

// x of a x = b for square a [.., n, n] and b [.., n, k] of one batch.
struct SolveSquare {
  static constexpr Def def{.inputs = {"A", "B"},
                           .doc = "x of A x = B, for one B or several in its columns.",
                           .types = Types::own,
                           .scope = 0,
                           .backward_name = "LinalgSolveExBackward0"};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
  static GradsOf<2> backward(Grad g, In<0> a, Out<0> x, Needs need);
};
TAEDA_OP(solve_square, SolveSquare)

struct LinalgSolve {
  static constexpr Def def{
      .inputs = {"A", "B"},
      .doc =
          "x of A x = B, or of x A = B if not left, for square A [.., n, n] and B [.., n, k], or "
          "vectors B [.., n] of A's batch. RuntimeError for singular A.",
      .keyword_only = 1,
      .scope = 0};
  struct Attrs {
    bool left = true;
    TAEDA_FIELDS(left)
  };
  static Tensor forward(const Tensor& a, const Tensor& b, const Attrs& at);
};
TAEDA_OP(linalg_solve, LinalgSolve)

struct TriangleAttrs {
  bool upper = false, unitriangular = false;
  TAEDA_FIELDS(upper, unitriangular)
};
struct SolveTriangle {
  static constexpr Def def{.inputs = {"A", "B"},
                           .doc = "x of A x = B for triangular A, of which only that half is read.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0,
                           .backward_name = "LinalgSolveTriangularBackward0"};
  using Attrs = TriangleAttrs;
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, In<0> a, Out<0> x, Needs need, const Attrs& at);
};
TAEDA_OP(solve_triangle, SolveTriangle)

struct LinalgSolveTriangular {
  static constexpr Def def{.inputs = {"A", "B"},
                           .doc =
                               "x of A x = B, or of x A = B if not left, for triangular A [.., n, "
                               "n], of which only that "
                               "half is read, and B [.., n, k]. Batches are broadcast.",
                           .required = 1,
                           .keyword_only = 3,
                           .scope = 0};
  struct Attrs {
    bool upper = false, left = true, unitriangular = false;
    TAEDA_FIELDS(upper, left, unitriangular)
  };
  static Tensor forward(const Tensor& a, const Tensor& b, const Attrs& at);
};
TAEDA_OP(linalg_solve_triangular, LinalgSolveTriangular)

// ---- determinants ----

struct LinalgDet {
  static constexpr Def def{.inputs = {"A"},
                           .doc = "The determinants of square matrices.",
                           .types = Types::own,
                           .scope = 0};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
  static Tensor backward(Grad g, In<0> x, Out<0> y);
};
TAEDA_OP(linalg_det, LinalgDet)

struct LinalgSlogdet {
  static constexpr Def def{
      .inputs = {"A"},
      .doc =
          "The signs of the determinants of square matrices, and the logarithms "
          "of their sizes.",
      .types = Types::own,
      .scope = 0};
  struct Result {
    Tensor sign, logabsdet;
    TAEDA_FIELDS(sign, logabsdet)
  };
  static std::array<Meta, 2> infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
  static Tensor backward(Grads g, In<0> x);
};
TAEDA_OP(linalg_slogdet, LinalgSlogdet)

// ---- factors ----

struct LinalgCholeskyEx {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "The lower triangular L of L L^T = input, or U of U^T U = input if upper, for symmetric "
          "positive definite matrices, of which only that half is read; and 0 for each, or the "
          "order of the first minor that is not positive.",
      .types = Types::own,
      .keyword_only = 2,
      .scope = 0};
  struct Attrs {
    bool upper = false, check_errors = false;
    TAEDA_FIELDS(upper, check_errors)
  };
  struct Result {
    Tensor L, info;
    TAEDA_FIELDS(L, info)
  };
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<0> factor, const Attrs& a);
};
TAEDA_OP(linalg_cholesky_ex, LinalgCholeskyEx)

struct LinalgCholesky {
  static constexpr Def def{
      .inputs = {"A"},
      .doc = "linalg_cholesky_ex's factor; RuntimeError where the matrix is not positive definite.",
      .keyword_only = 1,
      .scope = 0};
  struct Attrs {
    bool upper = false;
    TAEDA_FIELDS(upper)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(linalg_cholesky, LinalgCholesky)

struct QrWords {
  static constexpr std::string_view words[] = {"reduced", "complete", "r"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
struct LinalgQr {
  static constexpr Def def{
      .inputs = {"A"},
      .doc =
          "Q with orthonormal columns and upper triangular R, so that Q R = A [.., m, n]: Q [m, k] "
          "and R [k, n] with k the smaller of m and n, or with k = m if mode is \"complete\". Mode "
          "\"r\" gives R only.",
      .types = Types::own,
      .scope = 0};
  struct Attrs {
    Choice<QrWords> mode = {"reduced"};
    TAEDA_FIELDS(mode)
  };
  struct Result {
    Tensor Q, R;
    TAEDA_FIELDS(Q, R)
  };
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<0> q, Out<1> r, const Attrs& a);
};
TAEDA_OP(linalg_qr, LinalgQr)

struct LinalgEigh {
  static constexpr Def def{
      .inputs = {"A"},
      .doc =
          "The eigenvalues of symmetric matrices, ascending, and orthonormal eigenvectors in the "
          "columns, whose signs mean nothing. Only the half that UPLO names is read.",
      .types = Types::own,
      .scope = 0};
  struct Attrs {
    std::string UPLO = "L";
    TAEDA_FIELDS(UPLO)
  };
  struct Result {
    Tensor eigenvalues, eigenvectors;
    TAEDA_FIELDS(eigenvalues, eigenvectors)
  };
  static std::array<Meta, 2> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<0> w, Out<1> v);
};
TAEDA_OP(linalg_eigh, LinalgEigh)

struct LinalgSvd {
  static constexpr Def def{
      .inputs = {"A"},
      .doc =
          "U, S, Vh with U diag(S) Vh = A [.., m, n]: orthonormal columns and rows, whose signs "
          "mean "
          "nothing, and singular values, descending. Without full_matrices there are as many "
          "columns and rows as values.",
      .types = Types::own,
      .scope = 0};
  struct Attrs {
    bool full_matrices = true;
    TAEDA_FIELDS(full_matrices)
  };
  struct Result {
    Tensor U, S, Vh;
    TAEDA_FIELDS(U, S, Vh)
  };
  static std::array<Meta, 3> infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grads g, Out<0> u, Out<1> s, Out<2> vh);
};
TAEDA_OP(linalg_svd, LinalgSvd)

// ---- functions of matrices ----

struct LinalgMatrixExp {
  static constexpr Def def{.inputs = {"A"},
                           .doc = "The exponentials of square matrices: 1 + A + A^2 / 2 + ..",
                           .scope = 0};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(linalg_matrix_exp, LinalgMatrixExp)

}  // namespace taeda::ops

#undef TAEDA_FAMILY
#pragma GCC visibility pop
