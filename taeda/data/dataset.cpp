#include "taeda/data/dataset.h"

#include "taeda/ops/index.h"

namespace taeda::data {

Tensor gather_rows(const Tensor& x, const Indices& indices) {
  int64_t n = x.size(0);
  Tensor rows = empty({int64_t(indices.size())}, DType::int64);
  int64_t* to = rows.data<int64_t>();
  for (int64_t i : indices) {
    if (i < 0 || i >= n)
      fail<IndexError>("index ", i, " is out of bounds for dimension 0 with size ", n);
    *to++ = i;
  }
  return x.index_select(0, rows);
}

Indices split_sizes(int64_t total, const std::vector<double>& fractions) {
  double sum = 0;
  for (double f : fractions) sum += f;
  if (std::abs(sum - 1) > 1e-9 || sum > 1)
    fail<ValueError>("Sum of input lengths does not equal the length of the input dataset!");
  Indices sizes;
  int64_t left = total;
  for (size_t i = 0; i < fractions.size(); i++) {
    if (fractions[i] < 0 || fractions[i] > 1)
      fail<ValueError>("Fraction at index ", i, " is not between 0 and 1");
    sizes.push_back(int64_t(std::floor(double(total) * fractions[i])));
    left -= sizes.back();
  }
  for (int64_t i = 0; i < left; i++) sizes[size_t(i) % sizes.size()]++;
  for (size_t i = 0; i < sizes.size(); i++)
    if (sizes[i] == 0)
      warn("Length of split at index " + text(i) + " is 0. This might result in an empty dataset.");
  return sizes;
}

std::vector<Indices> random_pieces(int64_t total, const Indices& lengths,
                                   const std::shared_ptr<Generator>& generator) {
  int64_t sum = 0;
  for (int64_t n : lengths) sum += n;
  if (sum != total)
    fail<ValueError>("Sum of input lengths does not equal the length of the input dataset!");
  Indices order = draw_permutation(total, generator);
  std::vector<Indices> pieces;
  auto at = order.begin();
  for (int64_t n : lengths) {
    if (n < 0) fail<ValueError>("a length of random_split is negative: ", n);
    pieces.emplace_back(at, at + n);
    at += n;
  }
  return pieces;
}

}  // namespace taeda::data
