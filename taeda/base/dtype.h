// Element types and devices: names, sizes, categories, promotion.
#pragma once
#include <complex>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "taeda/base/api.h"
#include "taeda/base/half.h"

namespace taeda {

// C++ name, element type, the word PyTorch's messages use, the C++ spelling other messages use.
#define TAEDA_DTYPES(X)                                                    \
  X(boolean, bool, "Bool", "bool")                                         \
  X(uint8, uint8_t, "Byte", "unsigned char")                               \
  X(int8, int8_t, "Char", "signed char")                                   \
  X(int16, int16_t, "Short", "short int")                                  \
  X(int32, int32_t, "Int", "int")                                          \
  X(int64, int64_t, "Long", "long int")                                    \
  X(uint16, uint16_t, "UInt16", "short unsigned int")                      \
  X(uint32, uint32_t, "UInt32", "unsigned int")                            \
  X(uint64, uint64_t, "UInt64", "long unsigned int")                       \
  X(float16, Half, "Half", "c10::Half")                                    \
  X(bfloat16, BFloat16, "BFloat16", "c10::BFloat16")                       \
  X(float32, float, "Float", "float")                                      \
  X(float64, double, "Double", "double")                                   \
  X(complex64, std::complex<float>, "ComplexFloat", "c10::complex<float>") \
  X(complex128, std::complex<double>, "ComplexDouble", "c10::complex<double>")

enum class DType : uint8_t {
#define TAEDA_X(name, type, word, c_name) name,
  TAEDA_DTYPES(TAEDA_X)
#undef TAEDA_X
};

// float32, int64 and so on, as in Python.
#define TAEDA_X(name, type, word, c_name) inline constexpr DType name = DType::name;
TAEDA_DTYPES(TAEDA_X)
#undef TAEDA_X

struct DTypeFacts {
  std::string_view name, word, c_name;
  size_t size;
};
inline constexpr DTypeFacts dtype_facts[] = {
#define TAEDA_X(name, type, word, c_name) {#name, word, c_name, sizeof(type)},
    TAEDA_DTYPES(TAEDA_X)
#undef TAEDA_X
};
inline constexpr int dtype_count = sizeof dtype_facts / sizeof *dtype_facts;

constexpr size_t size_of(DType d) { return dtype_facts[int(d)].size; }
constexpr std::string_view name_of(DType d) {  // Python's: "float32"
  return d == DType::boolean ? "bool" : dtype_facts[int(d)].name;
}
constexpr std::string_view word_of(DType d) { return dtype_facts[int(d)].word; }      // "Float"
constexpr std::string_view c_name_of(DType d) { return dtype_facts[int(d)].c_name; }  // "float"

template <class T>
inline constexpr DType dtype_of = [] {
  static_assert(!sizeof(T), "not an element type");
  return DType{};
}();
#define TAEDA_X(name, type, word, c_name) \
  template <> inline constexpr DType dtype_of<type> = DType::name;
TAEDA_DTYPES(TAEDA_X)
#undef TAEDA_X

// In the order in which they give way to each other.
enum class Category : uint8_t { boolean, integral, floating, complex };
constexpr Category category_of(DType d) {
  return d == DType::boolean   ? Category::boolean
         : d <= DType::uint64  ? Category::integral
         : d <= DType::float64 ? Category::floating
                               : Category::complex;
}
constexpr bool is_complex(DType d) { return d >= DType::complex64; }
constexpr bool is_floating(DType d) { return category_of(d) == Category::floating; }
constexpr bool is_integral(DType d) { return category_of(d) == Category::integral; }
constexpr bool can_have_gradient(DType d) { return d >= DType::float16; }
constexpr bool is_barebones(DType d) { return d >= DType::uint16 && d <= DType::uint64; }
constexpr bool is_unsigned(DType d) { return d == DType::uint8 || is_barebones(d); }

// The real type of a complex one, and the complex type of a real one's precision.
constexpr DType real_of(DType d) {
  return d == DType::complex64 ? DType::float32 : d == DType::complex128 ? DType::float64 : d;
}
constexpr DType complex_of(DType d) {
  return d == DType::float64 || d == DType::complex128 ? DType::complex128 : DType::complex64;
}
template <class T> struct RealOfType { using type = T; };
template <class T> struct RealOfType<std::complex<T>> { using type = T; };
template <class T> using RealOf = typename RealOfType<T>::type;
template <class T> inline constexpr bool is_complex_type = false;
template <class T> inline constexpr bool is_complex_type<std::complex<T>> = true;

// The dtype two tensors of equal rank meet in (PyTorch's lattice). Throws where there is none.
TAEDA_API DType promote(DType a, DType b);
// Whether a result of `from` may be written into `to`: the same category or a higher one.
constexpr bool can_cast(DType from, DType to) {
  if (is_unsigned(to) && !is_unsigned(from) && is_integral(from) && is_barebones(to)) return true;
  return category_of(from) <= category_of(to);
}

// The dtype of floating tensors made without one; float32 unless set.
TAEDA_API DType default_dtype();
TAEDA_API void set_default_dtype(DType d);  // TypeError unless floating

// Calls f.template operator()<T>() with the element type of `d`.
template <class F> decltype(auto) visit(DType d, F&& f) {
  switch (d) {
#define TAEDA_X(name, type, word, c_name) \
  case DType::name: return f.template operator()<type>();
    TAEDA_DTYPES(TAEDA_X)
#undef TAEDA_X
  }
  __builtin_unreachable();
}
// Types that move bits need only the size: visits uint8_t, uint16_t, uint32_t, uint64_t or a pair.
template <class F> decltype(auto) visit_size(size_t bytes, F&& f) {
  switch (bytes) {
  case 1: return f.template operator()<uint8_t>();
  case 2: return f.template operator()<uint16_t>();
  case 4: return f.template operator()<uint32_t>();
  case 8: return f.template operator()<uint64_t>();
  default: return f.template operator()<std::complex<double>>();
  }
}

enum class DeviceType : uint8_t { cpu, cuda, meta };
inline constexpr int device_types = 3;
struct Device {
  DeviceType type = DeviceType::cpu;
  int8_t index = -1;  // -1: the current one
  bool operator==(const Device& o) const {
    return type == o.type && (index == o.index || type != DeviceType::cuda);
  }
};

}  // namespace taeda
