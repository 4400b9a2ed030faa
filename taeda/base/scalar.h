// A number without a tensor: a bool, integer, float or complex number. It never widens the dtype
// within its category.
#pragma once
#include "taeda/base/error.h"
#include "taeda/base/host_device.h"

namespace taeda {

class Scalar {  // all forms are kept, so that to() does not branch and leaves the loops it is used
                // in
 public:
  Scalar(bool b = false) : kind_(Category::boolean), int_(b), real_(b) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Scalar(I i)
      : kind_(Category::integral), int_(int64_t(i)), real_(double(i)) {}
  template <std::floating_point F>
  Scalar(F f)
      : kind_(Category::floating),
        int_(f > -0x1p63 && f < 0x1p63 ? int64_t(f)
             : f != f                  ? 0
                                       : INT64_MIN),
        real_(double(f)) {}
  template <std::floating_point F> Scalar(std::complex<F> z) : Scalar(z.real()) {
    kind_ = Category::complex;
    imag_ = double(z.imag());
  }

  TAEDA_HD Category category() const { return kind_; }
  template <class T> TAEDA_HD T to() const {
    if constexpr (is_complex_type<T>) return T(RealOf<T>(real_), RealOf<T>(imag_));
    else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
      return T(float(real_));
    else if constexpr (std::is_floating_point_v<T>) return T(real_);
    else if constexpr (std::is_same_v<T, bool>) return real_ != 0 || imag_ != 0;
    else return T(int_);
  }
  Scalar conj() const {
    Scalar s = *this;
    s.imag_ = -imag_;
    return s;
  }
  bool operator==(const Scalar& o) const {
    return kind_ == o.kind_ && int_ == o.int_ && real_ == o.real_ && imag_ == o.imag_;
  }

  // The dtype this number has alone, and next to a tensor of dtype `like`.
  DType alone() const {
    switch (kind_) {
    case Category::boolean: return DType::boolean;
    case Category::integral: return DType::int64;
    case Category::floating: return default_dtype();
    default: return complex_of(default_dtype());
    }
  }
  DType beside(DType like) const {
    if (kind_ <= category_of(like)) return like;
    return kind_ == Category::complex && is_floating(like) ? complex_of(like) : alone();
  }
  // Fails if a conversion to `d` would lose a category or overflow.
  TAEDA_API void check_fits(DType d) const;

 private:
  Category kind_;
  int64_t int_;
  double real_;
  double imag_ = 0;
};

TAEDA_API std::string text(const Scalar& s);

}  // namespace taeda
