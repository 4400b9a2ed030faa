// Eigenvalues and eigenvectors of one symmetric matrix.
#pragma once
#include <cstdint>

namespace taeda::cpu {

// `a` is n x n, row by row; its lower half is read. Fills w with the eigenvalues, ascending, and
// the rows of a with orthonormal eigenvectors: Householder's reduction to three diagonals, then QL
// steps with implicit shifts (Golub and Van Loan, "Matrix Computations", 8.3).
void symmetric_eigen(int64_t n, double* a, double* w);

}  // namespace taeda::cpu
