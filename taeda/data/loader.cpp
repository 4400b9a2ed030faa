#include "taeda/data/loader.h"

namespace taeda::data::detail {

namespace {

// The batch sampler of a stream: batches of nothing, without end.
class Endless : public Sampler {
 public:
  explicit Endless(int64_t batch_size) : batch_size_(batch_size) {}
  int64_t size() const override { return INT64_MAX; }
  Blocks blocks() const override {
    return [n = size_t(batch_size_)](Indices& block) {
      block.assign(n, 0);
      return true;
    };
  }

 private:
  int64_t batch_size_;
};

}  // namespace

std::shared_ptr<const Sampler> batches_of(const LoaderOptions& o, int64_t size) {
  if (o.num_workers < 0)
    fail<ValueError>(
        "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.");
  if (o.timeout < 0) fail<ValueError>("timeout option should be non-negative");
  if (o.timeout > 0 && o.num_workers == 0)
    fail<ValueError>("a timeout needs workers: set num_workers > 0");
  if (o.prefetch_factor < 1)
    fail<ValueError>("prefetch_factor option should be positive, but got prefetch_factor=",
                     o.prefetch_factor);
  if (size < 0) {
    const char* refused = "DataLoader with a stream: expected unspecified ";
    if (o.shuffle) fail<ValueError>(refused, "shuffle option");
    if (o.sampler) fail<ValueError>(refused, "sampler option");
    if (o.batch_sampler) fail<ValueError>(refused, "batch_sampler option");
  }
  if (o.sampler && o.shuffle) fail<ValueError>("sampler option is mutually exclusive with shuffle");
  if (o.batch_sampler) {
    if (o.batch_size != 1 || o.shuffle || o.sampler || o.drop_last)
      fail<ValueError>(
          "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and "
          "drop_last");
    return o.batch_sampler;
  }
  if (size < 0) {
    if (o.batch_size <= 0) BatchSampler(nullptr, o.batch_size, false);  // throws
    return std::make_shared<Endless>(o.batch_size);
  }
  std::shared_ptr<const Sampler> sampler = o.sampler;
  if (!sampler && o.shuffle)
    sampler =
        std::make_shared<RandomSampler>(size, RandomSampler::Options{.generator = o.generator});
  if (!sampler) sampler = std::make_shared<SequentialSampler>(size);
  return std::make_shared<BatchSampler>(sampler, o.batch_size, o.drop_last);
}

}  // namespace taeda::data::detail
