// The operators of C++ on tensors and numbers.
#pragma once
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/unary.h"

namespace taeda {

#define TAEDA_X(sign, Op)                                         \
  inline Tensor operator sign(const Tensor& x, const Tensor& y) { \
    return detail::run<ops::Op>({}, x, y);                        \
  }                                                               \
  inline Tensor operator sign(const Tensor& x, Scalar y) {        \
    return detail::run<ops::Op>({}, x, y);                        \
  }                                                               \
  inline Tensor operator sign(Scalar x, const Tensor& y) { return detail::run<ops::Op>({}, x, y); }
TAEDA_X(+, Add)
TAEDA_X(-, Sub)
TAEDA_X(*, Mul)
TAEDA_X(/, Div)
TAEDA_X(%, Remainder)
TAEDA_X(==, Eq)
TAEDA_X(!=, Ne)
TAEDA_X(<, Lt)
TAEDA_X(<=, Le)
TAEDA_X(>, Gt)
TAEDA_X(>=, Ge)
TAEDA_X(&, BitwiseAnd)
TAEDA_X(|, BitwiseOr)
TAEDA_X(^, BitwiseXor)
#undef TAEDA_X

// Shifts have no number on the left: `std::cout << x` must stay printing.
#define TAEDA_X(sign, Op)                                         \
  inline Tensor operator sign(const Tensor& x, const Tensor& y) { \
    return detail::run<ops::Op>({}, x, y);                        \
  }                                                               \
  inline Tensor operator sign(const Tensor& x, Scalar y) { return detail::run<ops::Op>({}, x, y); }
TAEDA_X(<<, BitwiseLeftShift)
TAEDA_X(>>, BitwiseRightShift)
#undef TAEDA_X

#define TAEDA_X(sign, word)                                                                  \
  inline const Tensor& operator sign(const Tensor& x, const Tensor& y) { return x.word(y); } \
  inline const Tensor& operator sign(const Tensor& x, Scalar y) { return x.word(y); }
TAEDA_X(+=, add_)
TAEDA_X(-=, sub_)
TAEDA_X(*=, mul_)
TAEDA_X(/=, div_)
TAEDA_X(%=, remainder_)
TAEDA_X(&=, bitwise_and_)
TAEDA_X(|=, bitwise_or_)
TAEDA_X(^=, bitwise_xor_)
TAEDA_X(<<=, bitwise_left_shift_)
TAEDA_X(>>=, bitwise_right_shift_)
#undef TAEDA_X

inline Tensor operator-(const Tensor& x) { return detail::run<ops::Neg>({}, x); }
inline Tensor operator+(const Tensor& x) { return x; }
inline Tensor operator!(const Tensor& x) { return detail::run<ops::LogicalNot>({}, x); }
inline Tensor operator~(const Tensor& x) { return detail::run<ops::BitwiseNot>({}, x); }

// x.equal(y) and x.allclose(y) as functions.
inline bool equal(const Tensor& x, const Tensor& y) { return x.equal(y); }
inline bool allclose(const Tensor& x, const Tensor& y, double rtol = 1e-5, double atol = 1e-8,
                     bool equal_nan = false) {
  return x.allclose(y, rtol, atol, equal_nan);
}

}  // namespace taeda
