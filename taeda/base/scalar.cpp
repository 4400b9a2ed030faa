#include "taeda/base/scalar.h"

#include <limits>

namespace taeda {

std::string text(const Scalar& s) {
  switch (s.category()) {
  case Category::boolean: return text(s.to<bool>());
  case Category::integral: return text(s.to<int64_t>());
  case Category::floating: return text(s.to<double>());
  default: return text(s.to<std::complex<double>>());
  }
}

void Scalar::check_fits(DType d) const {
  std::string spelled(d == DType::int64 ? "int64_t" : is_integral(d) ? name_of(d) : c_name_of(d));
  if (kind_ == Category::complex && imag_ != 0 && !is_complex(d))
    fail("value cannot be converted to type ", spelled, " without overflow");
  if (!is_integral(d) || kind_ == Category::boolean) return;
  bool fits = visit(d, [&]<class T>() {
    if constexpr (std::is_integral_v<T>) {
      using L = std::numeric_limits<T>;
      if (kind_ != Category::integral)
        return real_ != real_ || (real_ >= double(L::lowest()) && real_ <= double(L::max()));
      if (L::is_signed) return int_ >= int64_t(L::lowest()) && int_ <= int64_t(L::max());
      // Negative numbers wrap, as -1 does for uint8; the magnitude must still fit.
      return sizeof(T) == 8 || (int_ <= int64_t(L::max()) && -int_ <= int64_t(L::max()));
    } else {
      return true;
    }
  });
  if (!fits) fail("value cannot be converted to type ", spelled, " without overflow");
}

}  // namespace taeda
