#include "taeda/base/error.h"

#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <set>

namespace taeda {

namespace {
std::atomic<DType> default_floating{DType::float32};
}  // namespace

DType default_dtype() { return default_floating.load(std::memory_order_relaxed); }
void set_default_dtype(DType d) {
  if (!is_floating(d))
    fail<TypeError>("only floating-point types are supported as the default type");
  default_floating.store(d, std::memory_order_relaxed);
}

DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a > b) std::swap(a, b);
  if (is_barebones(a) ? !is_floating(b) : is_barebones(b))  // join only with themselves and floats
    fail("Promotion for uint16, uint32, uint64 types is not supported, attempted to promote ",
         word_of(a), " and ", word_of(b));
  Category low = category_of(a), high = category_of(b);
  if (low == Category::boolean) return b;
  if (high == Category::complex) return a == DType::float64 ? DType::complex128 : b;
  if (low < high) return b;
  if (a == DType::uint8) return b == DType::int8 ? DType::int16 : b;
  if (a == DType::float16 && b == DType::bfloat16) return DType::float32;
  return b;
}

void (*warning_handler)(const std::string&) = nullptr;
void warn(const std::string& message) {
  if (warning_handler) return warning_handler(message);
  // Each text once, as Python's default filter does; not one that numbers make ever new.
  constexpr size_t most = 1000;
  static std::mutex mutex;
  static auto* given = new std::set<std::string>;
  std::scoped_lock lock(mutex);
  if (given->size() >= most || !given->insert(message).second) return;
  std::fprintf(stderr, "warning: %s\n", message.c_str());
}

std::string text(DType d) { return "torch." + std::string(name_of(d)); }
std::string text(const Device& d) {
  static constexpr const char* words[] = {"cpu", "cuda", "meta"};
  std::string s = words[int(d.type)];
  return d.index >= 0 ? s + ":" + std::to_string(d.index) : s;
}

std::string text(double d) {
  if (std::isnan(d)) return "nan";
  if (std::isinf(d)) return d > 0 ? "inf" : "-inf";
  char buffer[40];
  double size = std::abs(d);
  bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  std::string s(buffer, std::to_chars(buffer, buffer + sizeof buffer, d, format).ptr);
  if (plain && s.find('.') == std::string::npos) s += ".0";
  return s;
}
std::string short_text(double d) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%g", d);
  return buffer;
}
std::string text(std::complex<double> z) {
  auto part = [](double v) {
    std::string s = text(v);
    return s.ends_with(".0") ? s.substr(0, s.size() - 2) : s;
  };
  std::string im = part(z.imag());
  if (z.real() == 0 && !std::signbit(z.real())) return im + "j";
  return "(" + part(z.real()) + (im[0] == '-' ? "" : "+") + im + "j)";
}
std::string text(const Dims& d) {
  std::string s = "[";
  for (size_t i = 0; i < d.size(); i++) s += (i ? ", " : "") + std::to_string(d[i]);
  return s + "]";
}
std::string text(const std::vector<double>& v) {
  std::string s = "(";
  for (size_t i = 0; i < v.size(); i++) s += (i ? ", " : "") + text(v[i]);
  return s + ")";
}

void fail_no_axis(int64_t dim) {
  fail<IndexError>("Dimension specified as ", dim, " but tensor has no dimensions");
}
void fail_dim(int64_t dim, int64_t n) {
  fail<IndexError>("Dimension out of range (expected to be in range of [", -n, ", ", n - 1,
                   "], but got ", dim, ")");
}

}  // namespace taeda
