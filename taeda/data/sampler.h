// Samplers: the order in which a DataLoader asks for samples. One seed gives the order of the
// Python package's samplers, which is PyTorch's.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "taeda/random/generator.h"

namespace taeda::data {

using Indices = std::vector<int64_t>;

// One pass over a sampler: writes the next block of indices, or returns false at the end. Blocks
// may be empty, and are drawn when they are asked for.
using Blocks = std::function<bool(Indices& block)>;

// An order of indices. As a batch sampler each of its blocks is a batch, and size() counts batches.
class TAEDA_API Sampler {
 public:
  virtual ~Sampler();
  virtual int64_t size() const = 0;   // how many indices (or batches) a pass gives
  virtual Blocks blocks() const = 0;  // a new pass; it may outlive the sampler
};

// 0, 1, .., size - 1.
class TAEDA_API SequentialSampler : public Sampler {
 public:
  explicit SequentialSampler(int64_t size) : size_(size) {}
  int64_t size() const override { return size_; }
  Blocks blocks() const override;

 private:
  int64_t size_;
};

// A random order of 0 .. n - 1, drawn anew in every pass: a permutation, continued by further ones
// if num_samples exceeds n, or independent draws with `replacement`. Without a generator each pass
// seeds one of its own from the default generator, which so loses one 64-bit draw a pass.
// ValueError unless num_samples > 0 (so n > 0 where num_samples is left out).
class TAEDA_API RandomSampler : public Sampler {
 public:
  struct Options {
    bool replacement = false;
    int64_t num_samples = -1;  // -1: n
    std::shared_ptr<Generator> generator = nullptr;
  };
  RandomSampler(int64_t n, Options o);
  explicit RandomSampler(int64_t n) : RandomSampler(n, Options()) {}
  int64_t size() const override { return options_.num_samples; }
  Blocks blocks() const override;

 private:
  int64_t n_;
  Options options_;
};

// The given indices in a random order.
class TAEDA_API SubsetRandomSampler : public Sampler {
 public:
  explicit SubsetRandomSampler(Indices indices, std::shared_ptr<Generator> generator = nullptr)
      : indices_(std::move(indices)), generator_(std::move(generator)) {}
  int64_t size() const override { return int64_t(indices_.size()); }
  Blocks blocks() const override;

 private:
  Indices indices_;
  std::shared_ptr<Generator> generator_;
};

// num_samples indices, each drawn with a probability proportional to its weight (>= 0).
// ValueError unless num_samples > 0; the first batch fails if the weights allow no such draw.
class TAEDA_API WeightedRandomSampler : public Sampler {
 public:
  WeightedRandomSampler(std::vector<double> weights, int64_t num_samples, bool replacement = true,
                        std::shared_ptr<Generator> generator = nullptr);
  int64_t size() const override { return num_samples_; }
  Blocks blocks() const override;

 private:
  std::vector<double> weights_;
  int64_t num_samples_;
  bool replacement_;
  std::shared_ptr<Generator> generator_;
};

// For runs of several processes: every `replicas`-th index from `rank` on, of an order seeded with
// seed + epoch (or 0 .. n - 1 without shuffle), padded from its own start to a multiple of
// `replicas`, or cut to one. Call set_epoch before each epoch.
class TAEDA_API DistributedSampler : public Sampler {
 public:
  struct Options {
    bool shuffle = true, drop_last = false;
    uint64_t seed = 0;
  };
  DistributedSampler(int64_t n, int64_t replicas, int64_t rank, Options o);
  DistributedSampler(int64_t n, int64_t replicas, int64_t rank)
      : DistributedSampler(n, replicas, rank, Options()) {}
  int64_t size() const override { return each_; }
  Blocks blocks() const override;
  void set_epoch(uint64_t epoch) { epoch_ = epoch; }

 private:
  int64_t n_, replicas_, rank_, each_;
  Options options_;
  uint64_t epoch_ = 0;
};

// Batches of `batch_size` consecutive indices of a sampler; the last one may be shorter, or is left
// out. ValueError unless batch_size > 0.
class TAEDA_API BatchSampler : public Sampler {
 public:
  BatchSampler(std::shared_ptr<const Sampler> sampler, int64_t batch_size, bool drop_last);
  int64_t size() const override;
  Blocks blocks() const override;

 private:
  std::shared_ptr<const Sampler> sampler_;
  int64_t batch_size_;
  bool drop_last_;
};

// The seed of a pass: 64 bits of the generator (the default one if null), less the sign.
TAEDA_API int64_t draw_seed(const std::shared_ptr<Generator>& generator);
// A random permutation of 0 .. n - 1.
TAEDA_API Indices draw_permutation(int64_t n, const std::shared_ptr<Generator>& generator);

}  // namespace taeda::data
