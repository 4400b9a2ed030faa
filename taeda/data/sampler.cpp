#include "taeda/data/sampler.h"

#include <algorithm>
#include <numeric>

#include "taeda/ops/random.h"
#include "taeda/random/fill.h"

namespace taeda::data {

namespace {

void check_num_samples(int64_t n) {
  if (n <= 0)
    fail<ValueError>("num_samples should be a positive integer value, but got num_samples=", n);
}

// One block, then the end.
template <class F> Blocks once(F make) {
  return [make = std::move(make), done = false](Indices& block) mutable {
    if (done) return false;
    done = true;
    block = make();
    return true;
  };
}

Indices values_of(const Tensor& t) {
  return Indices(t.data<int64_t>(), t.data<int64_t>() + t.numel());
}

}  // namespace

Sampler::~Sampler() = default;

int64_t draw_seed(const std::shared_ptr<Generator>& generator) {
  return int64_t((generator ? generator : default_generator())->random64() & uint64_t(INT64_MAX));
}

Indices draw_permutation(int64_t n, const std::shared_ptr<Generator>& generator) {
  Indices order(static_cast<size_t>(n));
  (generator ? generator : default_generator())->use([&](Stream& s) {
    fills::permutation(s, DType::int64, order.data(), n);
  });
  return order;
}

Blocks SequentialSampler::blocks() const {
  // In pieces: the order of a large set needs no memory of its own.
  return [at = int64_t{0}, end = size_](Indices& block) mutable {
    if (at >= end) return false;
    block.resize(size_t(std::min<int64_t>(end - at, 1024)));
    std::iota(block.begin(), block.end(), at);
    at += int64_t(block.size());
    return true;
  };
}

RandomSampler::RandomSampler(int64_t n, Options o) : n_(n), options_(std::move(o)) {
  if (options_.num_samples == -1) options_.num_samples = n;
  check_num_samples(options_.num_samples);
}

Blocks RandomSampler::blocks() const {
  return
      [n = n_, o = options_, left = options_.num_samples, ended = false](Indices& block) mutable {
        if (ended) return false;
        if (!o.generator) o.generator = std::make_shared<Generator>(uint64_t(draw_seed(nullptr)));
        if (o.replacement) {
          if (left == 0) return false;
          block.resize(size_t(std::min<int64_t>(left, 32)));
          o.generator->use([&](Stream& s) {
            fills::integers(s, DType::int64, block.data(), int64_t(block.size()), uint64_t(n), 0);
          });
        } else {
          // The last permutation is drawn even if nothing of it is used: the generator's stream
          // depends on it.
          block = draw_permutation(n, o.generator);
          ended = left < n;
          if (ended) block.resize(size_t(left));
        }
        left -= int64_t(block.size());
        return true;
      };
}

Blocks SubsetRandomSampler::blocks() const {
  return once([indices = indices_, generator = generator_] {
    Indices order = draw_permutation(int64_t(indices.size()), generator);
    for (auto& i : order) i = indices[size_t(i)];
    return order;
  });
}

WeightedRandomSampler::WeightedRandomSampler(std::vector<double> weights, int64_t num_samples,
                                             bool replacement, std::shared_ptr<Generator> generator)
    : weights_(std::move(weights)),
      num_samples_(num_samples),
      replacement_(replacement),
      generator_(std::move(generator)) {
  check_num_samples(num_samples);
}

Blocks WeightedRandomSampler::blocks() const {
  return once([self = *this] {
    Tensor weights = empty({int64_t(self.weights_.size())}, DType::float64);
    std::copy(self.weights_.begin(), self.weights_.end(), weights.data<double>());
    return values_of(weights.multinomial({.num_samples = self.num_samples_,
                                          .replacement = self.replacement_,
                                          .generator = self.generator_}));
  });
}

DistributedSampler::DistributedSampler(int64_t n, int64_t replicas, int64_t rank, Options o)
    : n_(n), replicas_(replicas), rank_(rank), options_(o) {
  if (rank < 0 || rank >= replicas)
    fail<ValueError>("Invalid rank ", rank, ", rank should be in the interval [0, ", replicas - 1,
                     "]");
  each_ = o.drop_last ? n / replicas : (n + replicas - 1) / replicas;
}

Blocks DistributedSampler::blocks() const {
  return once([self = *this] {
    Indices order(size_t(self.n_)), own(size_t(self.each_));
    std::iota(order.begin(), order.end(), int64_t{0});
    if (self.options_.shuffle)
      order =
          draw_permutation(self.n_, std::make_shared<Generator>(self.options_.seed + self.epoch_));
    for (int64_t i = 0; i < self.each_; i++)
      own[size_t(i)] = order[size_t((self.rank_ + i * self.replicas_) % self.n_)];
    return own;
  });
}

BatchSampler::BatchSampler(std::shared_ptr<const Sampler> sampler, int64_t batch_size,
                           bool drop_last)
    : sampler_(std::move(sampler)), batch_size_(batch_size), drop_last_(drop_last) {
  if (batch_size <= 0)
    fail<ValueError>("batch_size should be a positive integer value, but got batch_size=",
                     batch_size);
}

int64_t BatchSampler::size() const {
  return (sampler_->size() + (drop_last_ ? 0 : batch_size_ - 1)) / batch_size_;
}

Blocks BatchSampler::blocks() const {
  return [blocks = sampler_->blocks(), size = size_t(batch_size_), drop_last = drop_last_,
          source = Indices(), at = size_t{0}, ended = false](Indices& batch) mutable {
    batch.clear();
    while (batch.size() < size) {
      if (at == source.size()) {
        at = 0;
        source.clear();
        ended = ended || !blocks(source);
        if (ended) {
          source.clear();
          break;
        }
      }
      size_t n = std::min(size - batch.size(), source.size() - at);
      batch.insert(batch.end(), source.begin() + ptrdiff_t(at), source.begin() + ptrdiff_t(at + n));
      at += n;
    }
    return !batch.empty() && (batch.size() == size || !drop_last);
  };
}

}  // namespace taeda::data
