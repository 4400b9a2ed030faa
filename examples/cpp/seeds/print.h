// print(a, b): what Python's print() writes of tensors, sizes, numbers, lists and modules.
#pragma once
#include <taeda/taeda.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <sstream>

namespace seeds {

// Inside of a list strings have quotes.
template <class T> std::string shown(const T& x);
inline std::string element(const std::string& s) { return "'" + s + "'"; }
std::string element(const auto& x) { return shown(x); }
std::string joined(const auto& list) {
  std::string out;
  for (const auto& x : list) out += (out.empty() ? "" : ", ") + element(x);
  return out;
}

template <class T> inline constexpr bool is_list = false;
template <class T> inline constexpr bool is_list<std::vector<T>> = true;
template <class T> inline constexpr bool is_tuple = false;
template <class T, size_t n> inline constexpr bool is_tuple<std::array<T, n>> = true;

template <class T> std::string shown(const T& x) {
  if constexpr (std::same_as<T, taeda::Dims>) return "torch.Size(" + taeda::text(x) + ")";
  else if constexpr (std::floating_point<T>) return taeda::text(double(x));
  else if constexpr (std::same_as<T, bool>) return x ? "True" : "False";
  else if constexpr (is_list<T>) return "[" + joined(x) + "]";
  else if constexpr (is_tuple<T>) return "(" + joined(x) + ")";
  else {
    std::ostringstream out;
    out << x;
    return out.str();
  }
}

template <class... A> void print(const A&... a) {
  std::string line;
  ((line += (line.empty() ? "" : " ") + shown(a)), ...);
  std::puts(line.c_str());
}

// "0.0972": %.4f in Python's f"{x:.4f}".
inline std::string fixed(double x, int digits) {
  char out[64];
  std::snprintf(out, sizeof out, "%.*f", digits, x);
  return out;
}
// The values of a tensor as Python's tolist() gives them.
inline std::vector<double> list(const taeda::Tensor& x) {
  taeda::Tensor all = x.detach().to(taeda::float64).contiguous();
  return {all.data_ptr<double>(), all.data_ptr<double>() + all.numel()};
}
// Prints why f() is refused, as `except RuntimeError as error: print(error)` does.
void refused(auto f, size_t length = std::string::npos) {
  try {
    f();
  } catch (const taeda::Error& error) { print(std::string(error.what()).substr(0, length)); }
}

}  // namespace seeds
