// The types of layers' options beyond bool, int64_t, std::string, Scalar and Dims, and their text
// as Python shows it.
#pragma once
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taeda/tensor/tensor.h"

namespace taeda::nn {

// One size, or one a dimension, as it was given: repr() and Python's attribute show that form. An
// element may be None.
struct Sizes {
  static constexpr int64_t none = std::numeric_limits<int64_t>::min();
  Dims values;
  bool tuple = false;

  Sizes() = default;  // None
  Sizes(std::integral auto one) : values{int64_t(one)} {}
  Sizes(std::initializer_list<int64_t> v) : values(v), tuple(true) {}
  Sizes(const Dims& v) : values(v), tuple(true) {}

  bool is_none() const { return values.empty() && !tuple; }
  // One value for each of n dimensions.
  TAEDA_API Dims spread(size_t n) const;
  bool operator==(const Sizes& o) const { return values == o.values && tuple == o.tuple; }
};

// One factor, or one a dimension, as it was given.
struct Factors {
  std::vector<double> values;
  bool tuple = false;

  Factors() = default;  // None
  template <class T>
  requires std::is_arithmetic_v<T> Factors(T one) : values{double(one)} {}
  Factors(std::initializer_list<double> v) : values(v), tuple(true) {}
  Factors(std::vector<double> v) : values(std::move(v)), tuple(true) {}
  bool is_none() const { return values.empty(); }
  bool operator==(const Factors&) const = default;
};

// Padding of a convolution: sizes, or "same" or "valid".
struct Padding {
  Sizes sizes = 0;
  std::string word;

  Padding() = default;
  Padding(std::integral auto one) : sizes(one) {}
  Padding(std::initializer_list<int64_t> v) : sizes(v) {}
  Padding(const Sizes& s) : sizes(s) {}
  Padding(const char* w) : word(w) {}
  Padding(std::string w) : word(std::move(w)) {}
  bool operator==(const Padding&) const = default;
};

// repr() of Python's value: 1e-05, 0.5, (3,), 'none', None, True.
template <std::same_as<bool> B> std::string show(B v) { return v ? "True" : "False"; }
TAEDA_API std::string show(int64_t v);
TAEDA_API std::string show(double v);
TAEDA_API std::string show(const Scalar& v);
TAEDA_API std::string show(const Dims& v);  // a tuple
TAEDA_API std::string show(const Sizes& v);
TAEDA_API std::string show(const Factors& v);
TAEDA_API std::string show(const Padding& v);
TAEDA_API std::string show(const std::string& v);  // in quotes
template <class T> std::string show(const std::optional<T>& v) { return v ? show(*v) : "None"; }
inline std::string show(const Tensor&) { return "Tensor"; }
inline std::string show(DType d) { return text(d); }
inline std::string show(const Device& d) { return text(d); }

// "alpha=1.0, inplace=True": all options, but `inplace` only where it is set.
template <class Options> std::string show_options(const Options& o) {
  std::string out;
  constexpr auto names = field_names<Options>();
  o.fields([&, i = size_t(0)](auto&... f) mutable {
    (
        [&] {
          auto name = names[i++];
          if (name == "inplace" && show(f) == "False") return;
          out += (out.empty() ? "" : ", ") + std::string(name) + "=" + show(f);
        }(),
        ...);
  });
  return out;
}

// Name(extra), with children as indented lines `(key): text`. `fold`: equal neighbours share a
// line.
TAEDA_API std::string layout_repr(const std::string& name, const std::string& extra,
                                  const std::vector<std::pair<std::string, std::string>>& children,
                                  bool fold = false);

}  // namespace taeda::nn
