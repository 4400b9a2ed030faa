#include "taeda/tensor/print.h"

#include <cmath>
#include <cstdio>
#include <mutex>
#include <ostream>

namespace taeda {

namespace {

std::mutex options_mutex;
PrintOptions current_options;

std::string printed(const char* format, int precision, double v) {
  int n = std::snprintf(nullptr, 0, format, precision, v);
  std::string s(size_t(n) + 1, '\0');
  std::snprintf(s.data(), s.size(), format, precision, v);
  s.pop_back();
  return s;
}
std::string padded(std::string s, size_t width) {
  return s.size() < width ? std::string(width - s.size(), ' ') + s : s;
}

// One notation and one width for all shown numbers, decided on the finite ones that are not zero.
class NumberFormat {
 public:
  NumberFormat(std::span<const double> shown, const PrintOptions& o)
      : precision_(int(std::clamp<int64_t>(o.precision, 0, 1000))) {
    auto counts = [](double v) { return std::isfinite(v) && v != 0; };
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (double v : shown) {
      if (!counts(v)) continue;
      low = std::min(low, std::fabs(v)), high = std::max(high, std::fabs(v));
      if (v != std::ceil(v)) whole_ = false;
    }
    if (high == 0) return;
    scientific_ = o.sci_mode.value_or(high / low > 1000 || high > 1e8 || low < 1e-4);
    for (double v : shown)
      if (counts(v)) width_ = std::max(width_, text_of(v).size());
  }
  std::string operator()(double v) const { return padded(text_of(v), width_); }
  size_t width() const { return width_; }

 private:
  std::string text_of(double v) const {
    if (std::isnan(v)) return "nan";
    if (std::isinf(v)) return v < 0 ? "-inf" : "inf";
    if (scientific_) return printed("%.*e", precision_, v);
    if (whole_) return printed("%.*f", 0, v) + ".";
    return printed("%.*f", precision_, v);
  }

  int precision_;
  bool whole_ = true, scientific_ = false;
  size_t width_ = 1;
};

// The shown elements in reading order, and where the text of each comes from.
class Printer {
 public:
  Printer(const Tensor& x, const PrintOptions& o)
      : x_(x),
        options_(o),
        edge_(std::max<int64_t>(o.edgeitems, 0)),
        summary_(x.numel() > o.threshold) {
    collect();
    if (is_complex(x.dtype())) parts_[0].emplace(reals_, o), parts_[1].emplace(imaginaries_, o);
    else if (is_floating(x.dtype())) parts_[0].emplace(reals_, o);
    else
      for (const std::string& w : words_) width_ = std::max(width_, w.size());
  }
  std::string block(size_t axis, size_t indent) {
    if (axis == x_.sizes().size()) return next_element();
    bool row = axis + 1 == x_.sizes().size();
    bool cut = is_cut(axis);
    std::vector<std::string> items;
    for (int64_t i = 0; i < shown(axis); i++) {
      if (cut && i == edge_) items.push_back(row && edge_ ? " ..." : "...");
      items.push_back(row ? next_element() : block(axis + 1, indent + 1));
    }
    if (cut && edge_ == 0) items.push_back("...");
    size_t per_line = 1, newlines = 1;
    std::string margin(indent + 1, ' '), text = "[";
    if (row) {
      auto room = double(options_.linewidth) - double(indent);
      per_line = size_t(std::max(1.0, std::floor(room / double(element_length()))));
    } else {
      newlines = x_.sizes().size() - axis - 1;
    }
    for (size_t i = 0; i < items.size(); i++) {
      if (i) text += i % per_line ? ", " : "," + std::string(newlines, '\n') + margin;
      text += items[i];
    }
    return text + "]";
  }

 private:
  bool is_cut(size_t axis) const { return summary_ && x_.sizes()[axis] - edge_ > edge_; }
  int64_t shown(size_t axis) const { return is_cut(axis) ? 2 * edge_ : x_.sizes()[axis]; }
  size_t element_length() const {
    if (parts_[1]) return parts_[0]->width() + parts_[1]->width() + 1 + 2;
    return (parts_[0] ? parts_[0]->width() : width_) + 2;
  }

  void collect() {
    visit(x_.dtype(), [&]<class T>() { walk<T>(0, x_.data<T>()); });
  }
  template <class T> void walk(size_t axis, const T* at) {
    if (axis == x_.sizes().size()) return take(*at);
    int64_t n = x_.sizes()[axis], step = x_.strides()[axis];
    bool cut = is_cut(axis);
    for (int64_t i = 0; i < n; i++) {
      if (cut && i == edge_) i = n - edge_;
      if (i < n) walk(axis + 1, at + i * step);
    }
  }
  template <class T> void take(const T& v) {
    if constexpr (std::is_same_v<T, bool>) words_.push_back(v ? "True" : "False");
    else if constexpr (std::is_integral_v<T>) words_.push_back(std::to_string(v));
    else if constexpr (is_complex_type<T>)
      reals_.push_back(v.real()), imaginaries_.push_back(v.imag());
    else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
      reals_.push_back(double(float(v)));
    else reals_.push_back(double(v));
  }
  std::string next_element() {
    size_t i = next_++;
    if (!parts_[0]) return padded(words_[i], width_);
    std::string text = (*parts_[0])(reals_[i]);
    if (!parts_[1]) return text;
    std::string imaginary = (*parts_[1])(imaginaries_[i]) + "j";
    imaginary.erase(0, imaginary.find_first_not_of(' '));
    return text + (imaginary[0] == '-' ? "" : "+") + imaginary;
  }

  const Tensor& x_;
  const PrintOptions& options_;
  int64_t edge_;
  bool summary_;
  std::vector<double> reals_, imaginaries_;
  std::vector<std::string> words_;  // of integers and booleans
  std::optional<NumberFormat> parts_[2];
  size_t width_ = 0, next_ = 0;
};

std::string size_text(const Dims& d) {
  std::string s = "(";
  for (size_t i = 0; i < d.size(); i++) s += (i ? ", " : "") + std::to_string(d[i]);
  return s + (d.size() == 1 ? ",)" : ")");
}

std::vector<std::string> suffixes_of(const Tensor& x, const PrintOptions& o) {
  std::vector<std::string> out;
  if (x.device().type != DeviceType::cpu) out.push_back("device='" + text(x.device()) + "'");
  bool empty = x.numel() == 0, meta = x.is_meta();
  if (meta || (empty ? x.dim() != 1 : o.edgeitems == 0))
    out.push_back("size=" + size_text(x.sizes()));
  DType d = x.dtype(), usual = default_dtype();
  bool implied =
      d == usual ||
      (!empty && !meta &&
       (d == DType::int64 || d == DType::boolean || (is_complex(d) && d == complex_of(usual))));
  if (!implied) out.push_back("dtype=" + text(d));
  if (std::string graph = graph_suffix(x); !graph.empty()) out.push_back(std::move(graph));
  return out;
}

}  // namespace

PrintOptions print_options() {
  std::scoped_lock lock(options_mutex);
  return current_options;
}
void set_print_options(const PrintOptions& o) {
  std::scoped_lock lock(options_mutex);
  current_options = o;
}

std::string to_text(const Tensor& x, const PrintOptions& o, std::string_view prefix) {
  if (!x.defined()) return std::string(prefix) + "(undefined)";
  std::string all = std::string(prefix) + "(";
  size_t indent = all.size();
  all += x.is_meta() ? "..." : x.numel() == 0 ? "[]" : Printer(x, o).block(0, indent);
  size_t newline = all.rfind('\n');
  size_t used = all.size() + 1 - (newline == all.npos ? size_t(-1) : newline);
  for (const std::string& s : suffixes_of(x, o)) {
    if (int64_t(used + s.size() + 2) > o.linewidth) {
      all += ",\n" + std::string(indent, ' ') + s;
      used = indent + s.size();
    } else {
      all += ", " + s;
      used += s.size() + 2;
    }
  }
  return all + ")";
}
std::string to_text(const Tensor& x) { return to_text(x, print_options()); }

std::ostream& operator<<(std::ostream& out, const Tensor& x) { return out << to_text(x); }
std::ostream& operator<<(std::ostream& out, const Dims& d) { return out << text(d); }
std::ostream& operator<<(std::ostream& out, DType d) { return out << text(d); }
std::ostream& operator<<(std::ostream& out, const Device& d) { return out << text(d); }
std::ostream& operator<<(std::ostream& out, const Scalar& s) { return out << text(s); }

}  // namespace taeda
