// Histograms as numpy.histogram counts them; the rules for a number of bins are NumPy's.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "taeda/io/summary.h"

namespace taeda::io {

namespace {

struct Values {
  std::vector<double> v;
  double min, max;
  DType dtype;
  double size() const { return double(v.size()); }
  double mean() const {
    double s = 0;
    for (double x : v) s += x;
    return s / size();
  }
  double deviation() const {
    double m = mean(), s = 0;
    for (double x : v) s += (x - m) * (x - m);
    return std::sqrt(s / size());
  }
};

const std::vector<double>& tensorflow_edges() {
  static const std::vector<double> edges = [] {
    std::vector<double> positive;
    for (double v = 1e-12; v < 1e20; v *= 1.1) positive.push_back(v);
    std::vector<double> all;
    for (size_t i = positive.size(); i-- > 0;) all.push_back(-positive[i]);
    all.push_back(0);
    all.insert(all.end(), positive.begin(), positive.end());
    return all;
  }();
  return edges;
}

// Edges of n equal bins.
std::vector<double> equal_edges(const Values& x, int64_t n) {
  double first = x.min, last = x.max;
  if (!std::isfinite(first) || !std::isfinite(last))
    fail<ValueError>("autodetected range of [", short_text(first), ", ", short_text(last),
                     "] is not finite");
  if (first == last) first -= 0.5, last += 0.5;
  std::vector<double> edges(size_t(n) + 1);
  double step = (last - first) / double(n);
  for (size_t i = 0; i < edges.size(); i++) {
    edges[i] = i == size_t(n) ? last : double(i) * step + first;
  }
  return edges;
}

// Each bin takes its left edge, the last one also its right. Numbers outside, and NaN, count
// nowhere.
std::vector<double> count(const std::vector<double>& v, const std::vector<double>& edges) {
  std::vector<double> counts(edges.size() - 1);
  for (double x : v) {
    if (!(x >= edges.front() && x <= edges.back())) continue;
    size_t i = size_t(std::upper_bound(edges.begin(), edges.end(), x) - edges.begin());
    counts[std::min(i, counts.size()) - 1]++;
  }
  return counts;
}

double percentile(std::vector<double>& v, double q) {
  double at = q * double(v.size() - 1);
  size_t low = size_t(at), high = std::min(low + 1, v.size() - 1);
  std::nth_element(v.begin(), v.begin() + std::ptrdiff_t(low), v.end());
  double a = v[low];
  std::nth_element(v.begin(), v.begin() + std::ptrdiff_t(high), v.end());
  return a + (v[high] - a) * (at - double(low));
}

// The width of a bin by a rule's name; 0 stands for a single bin.
double bin_width(const Values& x, const std::string& rule) {
  double n = x.size(), range = x.max - x.min;
  auto sturges = [&] { return range / (std::log2(n) + 1); };
  auto freedman_diaconis = [&] {
    std::vector<double> v = x.v;
    return 2 * (percentile(v, 0.75) - percentile(v, 0.25)) * std::pow(n, -1.0 / 3);
  };
  if (rule == "sqrt") return range / std::sqrt(n);
  if (rule == "sturges") return sturges();
  if (rule == "rice") return range / (2 * std::pow(n, 1.0 / 3));
  if (rule == "scott") return std::cbrt(24 * std::sqrt(std::numbers::pi) / n) * x.deviation();
  if (rule == "fd") return freedman_diaconis();
  if (rule == "auto")
    return std::min(std::max(freedman_diaconis(), range / std::sqrt(n) / 2), sturges());
  if (rule == "doane") {
    double sigma = x.deviation(), m = x.mean(), g = 0;
    if (n <= 2 || !(sigma > 0)) return 0;
    for (double v : x.v) g += std::pow((v - m) / sigma, 3);
    double spread = std::sqrt(6 * (n - 2) / ((n + 1) * (n + 3)));
    return range / (1 + std::log2(n) + std::log2(1 + std::abs(g / n) / spread));
  }
  if (rule == "stone") {
    if (n <= 1 || range == 0) return 0;
    int64_t most = int64_t(std::max(100.0, std::sqrt(n))), best = 1;
    double least = INFINITY;
    for (int64_t bins = 1; bins <= most; bins++) {
      double squares = 0, width = range / double(bins);
      for (double c : count(x.v, equal_edges(x, bins))) squares += c / n * (c / n);
      double risk = (2 - (n + 1) * squares) / width;
      if (risk < least) least = risk, best = bins;
    }
    return range / double(best);
  }
  fail<ValueError>("'", rule, "' is not a valid estimator for `bins`");
}

std::vector<double> edges_for(const Values& x, const Bins& bins) {
  if (auto* edges = std::get_if<std::vector<double>>(&bins)) {
    if (edges->size() < 2) fail<ValueError>("`bins` needs two edges at least, when an array");
    if (!std::is_sorted(edges->begin(), edges->end()))
      fail<ValueError>("`bins` must increase monotonically, when an array");
    return *edges;
  }
  if (auto* n = std::get_if<int64_t>(&bins)) {
    if (*n < 1) fail<ValueError>("`bins` must be positive, when an integer");
    if (*n > int64_t(1) << 30) fail<ValueError>("`bins` must be below 2 ** 30, got ", *n);
    return equal_edges(x, *n);
  }
  auto& rule = std::get<std::string>(bins);
  if (rule == "tensorflow") return tensorflow_edges();
  equal_edges(x, 1);  // refuses what has no finite range
  double width = bin_width(x, rule), range = x.max - x.min;
  if (width > 0 && !is_floating(x.dtype)) width = std::max(width, 1.0);
  double n = width > 0 ? std::ceil(range / width) : 1;
  return equal_edges(x, int64_t(std::clamp(n, 1.0, 1e7)));
}

// Joins neighbours so that about `most` bins are left.
void join_bins(std::vector<double>& counts, std::vector<double>& edges, int64_t most) {
  if (most < 1) fail<ValueError>("max_bins must be positive, got ", most);
  size_t step = counts.size() / size_t(most);
  if (counts.size() <= size_t(most)) return;
  std::vector<double> joined((counts.size() + step - 1) / step), limits;
  for (size_t i = 0; i < counts.size(); i++) joined[i / step] += counts[i];
  for (size_t i = 0; i < joined.size(); i++) limits.push_back(edges[i * step]);
  limits.push_back(edges.back());
  counts = std::move(joined), edges = std::move(limits);
}

}  // namespace

HistogramSummary make_histogram(const Tensor& values, const Bins& bins,
                                std::optional<int64_t> max_bins) {
  if (!values.numel()) fail<ValueError>("The input has no element.");
  if (is_complex(values.dtype()))
    fail<TypeError>("add_histogram: complex numbers have no order, got ", values.dtype());
  Values x{numbers_of(values), INFINITY, -INFINITY, values.dtype()};
  HistogramSummary h{.num = x.size()};
  bool nan = false;
  for (double v : x.v) {
    nan |= std::isnan(v);
    x.min = std::min(x.min, v), x.max = std::max(x.max, v);
    h.sum += v, h.sum_squares += v * v;
  }
  if (nan) x.min = x.max = NAN;
  h.min = x.min, h.max = x.max;

  std::vector<double> edges = edges_for(x, bins), counts = count(x.v, edges);
  if (max_bins) join_bins(counts, edges, *max_bins);
  // Only the support is kept, with one empty bin in front: its limit is the first left edge.
  size_t begin = 0, end = counts.size();
  while (begin < end && !counts[begin]) begin++;
  while (end > begin && !counts[end - 1]) end--;
  if (begin == end) fail<ValueError>("The histogram is empty, please file a bug report.");
  h.bucket_limits.assign(edges.begin() + std::ptrdiff_t(begin),
                         edges.begin() + std::ptrdiff_t(end) + 1);
  h.bucket_counts.assign(1, 0);
  h.bucket_counts.insert(h.bucket_counts.end(), counts.begin() + std::ptrdiff_t(begin),
                         counts.begin() + std::ptrdiff_t(end));
  return h;
}

}  // namespace taeda::io
