#include "taeda/nn/option.h"

namespace taeda::nn {

Dims Sizes::spread(size_t n) const {
  if (values.size() == n) return values;
  if (values.size() == 1) return Dims(n, values[0]);
  fail<ValueError>("expected one int or ", n, " ints, got ", show(*this));
}

std::string show(int64_t v) { return v == Sizes::none ? "None" : std::to_string(v); }
std::string show(double v) { return text(v); }
std::string show(const Scalar& v) { return text(v); }
std::string show(const Dims& v) {
  std::string s = "(";
  for (size_t i = 0; i < v.size(); i++) s += (i ? ", " : "") + show(v[i]);
  return s + (v.size() == 1 ? ",)" : ")");
}
std::string show(const Sizes& v) {
  return v.is_none() ? "None" : v.tuple ? show(v.values) : show(v.values[0]);
}
std::string show(const Factors& v) {
  if (v.is_none()) return "None";
  if (!v.tuple) return show(v.values[0]);
  std::string s = "(";
  for (size_t i = 0; i < v.values.size(); i++) s += (i ? ", " : "") + show(v.values[i]);
  return s + (v.values.size() == 1 ? ",)" : ")");
}
std::string show(const Padding& v) { return v.word.empty() ? show(v.sizes) : show(v.word); }
std::string show(const std::string& v) { return "'" + v + "'"; }

std::string layout_repr(const std::string& name, const std::string& extra,
                        const std::vector<std::pair<std::string, std::string>>& children,
                        bool fold) {
  std::vector<std::string> lines;
  for (size_t at = 0; !extra.empty() && at <= extra.size();) {
    size_t end = std::min(extra.find('\n', at), extra.size());
    lines.push_back(extra.substr(at, end - at));
    at = end + 1;
  }
  if (lines.size() == 1 && children.empty()) return name + "(" + extra + ")";
  for (size_t i = 0; i < children.size();) {
    size_t n = 1;
    while (fold && i + n < children.size() && children[i + n].second == children[i].second) n++;
    std::string line = "(" + children[i].first;
    if (n > 1) line += "-" + children[i + n - 1].first;
    line += n > 1 ? "): " + std::to_string(n) + " x " : "): ";
    for (char c : children[i].second) {
      line += c;
      if (c == '\n') line += "  ";
    }
    lines.push_back(std::move(line));
    i += n;
  }
  std::string out = name + "(";
  for (auto& line : lines) out += "\n  " + line;
  return out + (lines.empty() ? ")" : "\n)");
}

}  // namespace taeda::nn
