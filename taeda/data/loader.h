// DataLoader: batches of a dataset, in the order of a sampler, fetched in the loop or by workers.
//
//   data::DataLoader loader(data::TensorDataset(x, y), {.batch_size = 64, .shuffle = true});
//   for (auto [inputs, labels] : loader) ...
//
// The same seed gives the same batches as taeda.utils.data.DataLoader, for any number of workers.
#pragma once
#include <deque>
#include <iterator>
#include <optional>

#include "taeda/data/collate.h"
#include "taeda/data/dataset.h"
#include "taeda/data/sampler.h"
#include "taeda/data/worker.h"

namespace taeda::data {

struct LoaderOptions {
  int64_t batch_size = 1;
  bool shuffle = false;     // a new random order in every pass
  bool drop_last = false;   // leaves out a last batch that is not full
  int num_workers = 0;      // threads that fetch ahead; 0 fetches in the loop
  int prefetch_factor = 2;  // batches fetched ahead by each worker
  double timeout = 0;       // seconds to wait for a worker's batch; 0 waits without limit
  std::shared_ptr<Generator> generator = nullptr;    // of seed and order; null: the default one
  std::shared_ptr<const Sampler> sampler = nullptr;  // instead of shuffle
  // Instead of batch_size, shuffle, sampler and drop_last.
  std::shared_ptr<const Sampler> batch_sampler = nullptr;
  std::function<void(int worker)> worker_init = nullptr;  // called in each worker before it fetches
};

namespace detail {

// Checks the options and makes the sampler whose blocks are the batches. size < 0: a stream.
TAEDA_API std::shared_ptr<const Sampler> batches_of(const LoaderOptions& o, int64_t size);

// One worker's way of making batches; `Fetch<D, Collate>` is made on the worker that uses it.
template <class D, class Collate> class Fetch {
 public:
  Fetch(const D& dataset, const Collate& collate, const LoaderOptions&)
      : dataset_(dataset), collate_(collate) {}
  auto operator()(const Indices& indices) {
    if constexpr (BatchDataset<D> && std::same_as<Collate, DefaultCollate>) {
      return std::optional(dataset_.get_batch(indices));
    } else {
      std::vector<std::decay_t<decltype(dataset_.get(0))>> samples;
      samples.reserve(indices.size());
      for (int64_t i : indices) samples.push_back(dataset_.get(i));
      return std::optional(collate_(std::move(samples)));
    }
  }

 private:
  const D& dataset_;
  const Collate& collate_;
};

template <StreamDataset D, class Collate>
requires(!MapDataset<D>) class Fetch<D, Collate> {
 public:
  Fetch(const D& dataset, const Collate& collate, const LoaderOptions& o)
      : next_(dataset.stream()), collate_(collate), drop_last_(o.drop_last) {}
  auto operator()(const Indices& indices) {
    std::vector<std::decay_t<decltype(*next_())>> samples;
    while (!ended_ && samples.size() < indices.size()) {
      if (auto sample = next_()) samples.push_back(std::move(*sample));
      else ended_ = true;
    }
    using Batch = decltype(collate_(std::move(samples)));
    if (samples.empty() || (drop_last_ && samples.size() < indices.size()))
      return std::optional<Batch>();
    return std::optional<Batch>(collate_(std::move(samples)));
  }

 private:
  decltype(std::declval<const D&>().stream()) next_;
  const Collate& collate_;
  bool drop_last_, ended_ = false;
};

}  // namespace detail

template <class D, class Collate = DefaultCollate>
requires MapDataset<D> || StreamDataset<D>
class DataLoader {
  using Fetch = detail::Fetch<D, Collate>;
  static constexpr bool streams = !MapDataset<D>;

 public:
  using Batch = typename decltype(std::declval<Fetch&>()(Indices()))::value_type;

  // Collate: called with the std::vector of a batch's samples, from several threads if there are
  // workers. ValueError for options that are wrong or exclude one another.
  explicit DataLoader(D dataset, LoaderOptions options = {}, Collate collate = {})
      : dataset_(std::move(dataset)), options_(std::move(options)), collate_(std::move(collate)) {
    int64_t size = -1;
    if constexpr (!streams) size = dataset_.size();
    batches_ = detail::batches_of(options_, size);
  }

  int64_t size() const  // batches in a pass
      requires(!streams) {
    return batches_->size();
  }
  const D& dataset() const { return dataset_; }
  const LoaderOptions& options() const { return options_; }

  class Iterator;
  // Starts a pass. Passes are independent; the loader must outlive them.
  Iterator begin() const { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  class Pass;
  D dataset_;
  LoaderOptions options_;
  Collate collate_;
  std::shared_ptr<const Sampler> batches_;
};

// What one pass has under way.
template <class D, class Collate>
requires MapDataset<D> || StreamDataset<D>
class DataLoader<D, Collate>::Pass {
 public:
  explicit Pass(const DataLoader& loader)
      : loader_(loader),
        blocks_(loader.batches_->blocks()),
        base_seed_(draw_seed(loader.options_.generator)) {
    const auto& o = loader.options_;
    fetches_.resize(size_t(std::max(o.num_workers, 1)));
    if (o.num_workers == 0) return;
    active_.assign(size_t(o.num_workers), true);
    workers_ = std::make_unique<Workers>(o.num_workers, base_seed_, o.worker_init);
    for (int i = 0; i < o.num_workers * o.prefetch_factor; i++) assign();
  }

  std::optional<Batch> next() {
    if (!workers_) {
      Indices indices;
      if (!blocks_(indices)) return std::nullopt;
      return fetch(0, indices);
    }
    while (!tasks_.empty()) {
      auto [worker, task] = std::move(tasks_.front());
      tasks_.pop_front();
      std::exception_ptr error;
      try {
        workers_->wait(*task, loader_.options_.timeout);
      } catch (...) { error = std::current_exception(); }
      if (!error && !task->batch) active_[size_t(worker)] = false;
      assign();
      if (error) std::rethrow_exception(error);
      if (task->batch) return std::move(task->batch);
    }
    return std::nullopt;
  }

 private:
  struct FetchTask : Task {
    FetchTask(Pass& p, int w, Indices i) : pass(p), worker(w), indices(std::move(i)) {}
    void run() override { batch = pass.fetch(worker, indices); }
    Pass& pass;
    int worker;
    Indices indices;
    std::optional<Batch> batch;  // none: the worker's stream has ended
  };

  std::optional<Batch> fetch(int worker, const Indices& indices) {
    auto& own = fetches_[size_t(worker)];
    if (!own) own.emplace(loader_.dataset_, loader_.collate_, loader_.options_);
    return (*own)(indices);
  }

  // Gives the next indices to the next worker that still has samples.
  void assign() {
    if (exhausted_ || std::find(active_.begin(), active_.end(), true) == active_.end()) return;
    Indices indices;
    if (!blocks_(indices)) {
      exhausted_ = true;
      return;
    }
    while (!active_[turn_]) turn_ = (turn_ + 1) % active_.size();
    int worker = int(turn_);
    auto task = std::make_shared<FetchTask>(*this, worker, std::move(indices));
    tasks_.emplace_back(worker, task);
    workers_->submit(worker, task);
    turn_ = (turn_ + 1) % active_.size();
  }

  const DataLoader& loader_;
  Blocks blocks_;
  int64_t base_seed_;
  bool exhausted_ = false;
  size_t turn_ = 0;
  std::vector<bool> active_;
  std::vector<std::optional<Fetch>> fetches_;  // by worker; each is touched by its worker alone
  std::deque<std::pair<int, std::shared_ptr<FetchTask>>> tasks_;
  std::unique_ptr<Workers> workers_;  // last: its threads end before what they use
};

template <class D, class Collate>
requires MapDataset<D> || StreamDataset<D>
class DataLoader<D, Collate>::Iterator {
 public:
  using value_type = Batch;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;

  explicit Iterator(const DataLoader& loader) : pass_(std::make_shared<Pass>(loader)) { ++*this; }
  Batch& operator*() { return *batch_; }
  Batch* operator->() { return &*batch_; }
  Iterator& operator++() {
    batch_.reset();  // before the next one is made: a batch's memory is used again
    batch_ = pass_->next();
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const { return !batch_; }

 private:
  std::shared_ptr<Pass> pass_;
  std::optional<Batch> batch_;
};

}  // namespace taeda::data
