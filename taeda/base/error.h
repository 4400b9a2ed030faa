// Typed errors, each with its Python counterpart, and the text they are made of.
#pragma once
#include <concepts>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "taeda/base/dtype.h"
#include "taeda/base/shape.h"

namespace taeda {

struct TAEDA_API Error : std::runtime_error {  // RuntimeError
  using runtime_error::runtime_error;
};
struct TAEDA_API TypeError : Error {
  using Error::Error;
};
struct TAEDA_API ValueError : Error {
  using Error::Error;
};
struct TAEDA_API IndexError : Error {
  using Error::Error;
};
struct TAEDA_API NotImplementedError : Error {
  using Error::Error;
};

// A warning for the user: Python's warnings.warn(UserWarning) when the binding is loaded, else on
// stderr, once per text.
TAEDA_API void warn(const std::string& message);
TAEDA_API extern void (*warning_handler)(const std::string& message);

inline std::string text(std::string_view s) { return std::string(s); }
template <std::same_as<bool> B> std::string text(B b) {  // a template: no pointer becomes a bool
  return b ? "True" : "False";
}
TAEDA_API std::string text(DType d);          // "torch.float32"
TAEDA_API std::string text(const Device& d);  // "cuda:1"
template <std::integral T>
requires(!std::same_as<T, bool>) std::string text(T i) { return std::to_string(i); }
TAEDA_API std::string text(double d);                // as Python's repr: "2.0", "1e-05"
TAEDA_API std::string short_text(double d);          // as a C++ stream: "2", "1e-05"
TAEDA_API std::string text(std::complex<double> z);  // "(1+2j)"
TAEDA_API std::string text(const Dims& d);           // "[2, 3]"
TAEDA_API std::string text(const std::vector<double>& v);
template <class T> std::string text(const std::optional<T>& v) { return v ? text(*v) : "None"; }

template <class E = Error, class... Parts>
[[noreturn, gnu::noinline, gnu::cold]] void fail(const Parts&... parts) {
  throw E((std::string() + ... + text(parts)));
}

[[noreturn]] TAEDA_API void fail_dim(int64_t dim, int64_t rank);
// The axis `dim` names among `rank` axes, negative ones counted from the end; a scalar has axes -1
// and 0.
inline int64_t wrap_dim(int64_t dim, int64_t rank) {
  int64_t n = rank > 1 ? rank : 1;
  if (dim < -n || dim >= n) [[unlikely]]
    fail_dim(dim, n);
  return dim < 0 ? dim + n : dim;
}
// The place of axis dim among rank axes; without an axis there is none, not even 0.
[[noreturn]] TAEDA_API void fail_no_axis(int64_t dim);
inline size_t axis_place(int64_t dim, int64_t rank) {
  if (rank == 0) [[unlikely]]
    fail_no_axis(dim);
  return size_t(wrap_dim(dim, rank));
}

}  // namespace taeda
