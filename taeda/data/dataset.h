// Datasets. Any class can be one: with size() and get(i) (map style), or with stream(), which
// starts a pass and returns a callable that gives one sample after the other.
#pragma once
#include <array>
#include <cmath>
#include <concepts>
#include <optional>
#include <vector>

#include "taeda/data/sampler.h"
#include "taeda/tensor/tensor.h"

namespace taeda::data {

// size() samples; get(i) for 0 <= i < size() may be called from several threads at once.
template <class D>
concept MapDataset = requires(const D& d, int64_t i) {
  { d.size() } -> std::convertible_to<int64_t>;
  d.get(i);
};

// `auto next = d.stream(); while (auto sample = next()) ..`: next() returns a std::optional. Each
// worker calls stream() for itself; get_worker_info() in it tells which part of the samples is its
// own.
template <class D>
concept StreamDataset = requires(const D& d) {
  {d.stream()()};
  { d.stream()().has_value() } -> std::convertible_to<bool>;
  *d.stream()();
};

// A map-style dataset that can make a whole batch faster than by collating samples:
// get_batch(indices) returns what default_collate would.
template <class D>
concept BatchDataset = MapDataset<D> && requires(const D& d, const Indices& indices) {
  d.get_batch(indices);
};

// Rows of `n` tensors of one length: the sample is an array of row i of each.
template <size_t n> class TensorDataset {
 public:
  using Sample = std::array<Tensor, n>;

  template <std::same_as<Tensor>... T>
  requires(sizeof...(T) == n) explicit TensorDataset(T... tensors)
      : tensors_{std::move(tensors)...} {
    for (const Tensor& t : tensors_)
      if (t.size(0) != tensors_[0].size(0)) fail("Size mismatch between tensors");
  }
  int64_t size() const { return tensors_[0].size(0); }
  Sample get(int64_t i) const {
    Sample out;
    for (size_t k = 0; k < n; k++) out[k] = tensors_[k][i];
    return out;
  }
  // Copies of the rows: for each tensor a contiguous [B, ..].
  Sample get_batch(const Indices& indices) const;
  const std::array<Tensor, n>& tensors() const { return tensors_; }

 private:
  std::array<Tensor, n> tensors_;
};
template <class... T> TensorDataset(T...) -> TensorDataset<sizeof...(T)>;

// Rows of x as a fresh tensor [indices, ..]; IndexError for an index outside of it.
TAEDA_API Tensor gather_rows(const Tensor& x, const Indices& indices);

template <size_t n> auto TensorDataset<n>::get_batch(const Indices& indices) const -> Sample {
  Sample out;
  for (size_t k = 0; k < n; k++) out[k] = gather_rows(tensors_[k], indices);
  return out;
}

// The samples of a dataset at `indices`, in that order.
template <MapDataset D> class Subset {
 public:
  Subset(D dataset, Indices indices) : dataset_(std::move(dataset)), indices_(std::move(indices)) {}
  int64_t size() const { return int64_t(indices_.size()); }
  auto get(int64_t i) const { return dataset_.get(indices_.at(size_t(i))); }
  auto get_batch(const Indices& of) const requires BatchDataset<D> {
    Indices rows;
    rows.reserve(of.size());
    for (int64_t i : of) rows.push_back(indices_.at(size_t(i)));
    return dataset_.get_batch(rows);
  }
  const Indices& indices() const { return indices_; }

 private:
  D dataset_;
  Indices indices_;
};

// Datasets of one type, one after the other.
template <MapDataset D> class ConcatDataset {
 public:
  explicit ConcatDataset(std::vector<D> datasets) : datasets_(std::move(datasets)) {
    if (datasets_.empty()) fail<ValueError>("datasets should not be an empty iterable");
    for (const D& d : datasets_)
      ends_.push_back((ends_.empty() ? 0 : ends_.back()) + int64_t(d.size()));
  }
  int64_t size() const { return ends_.back(); }
  auto get(int64_t i) const {
    if (i < 0 || i >= size())
      fail<IndexError>("index ", i, " is out of bounds for a dataset of ", size(), " samples");
    auto part = size_t(std::upper_bound(ends_.begin(), ends_.end(), i) - ends_.begin());
    return datasets_[part].get(i - (part ? ends_[part - 1] : 0));
  }

 private:
  std::vector<D> datasets_;
  Indices ends_;
};

// Sizes of a split of `total` by fractions in [0, 1]; what rounding leaves goes round from the
// first.
TAEDA_API Indices split_sizes(int64_t total, const std::vector<double>& fractions);
// One random permutation of 0 .. total - 1, cut into pieces; ValueError unless the lengths sum to
// total.
TAEDA_API std::vector<Indices> random_pieces(int64_t total, const Indices& lengths,
                                             const std::shared_ptr<Generator>& generator);

// Disjoint random subsets: `lengths` samples each, or fractions (floating point) that sum to 1.
template <MapDataset D, class N>
std::vector<Subset<D>> random_split(const D& dataset, const std::vector<N>& lengths,
                                    const std::shared_ptr<Generator>& generator = nullptr) {
  Indices sizes;
  if constexpr (std::floating_point<N>)
    sizes = split_sizes(dataset.size(), {lengths.begin(), lengths.end()});
  else sizes.assign(lengths.begin(), lengths.end());
  std::vector<Subset<D>> out;
  for (auto& piece : random_pieces(dataset.size(), sizes, generator))
    out.emplace_back(dataset, std::move(piece));
  return out;
}
template <MapDataset D, class N>
std::vector<Subset<D>> random_split(const D& dataset, std::initializer_list<N> lengths,
                                    const std::shared_ptr<Generator>& generator = nullptr) {
  return random_split(dataset, std::vector<N>(lengths), generator);
}

}  // namespace taeda::data
