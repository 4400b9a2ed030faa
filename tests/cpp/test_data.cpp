// Datasets, samplers, collating and the DataLoader. The orders are those of the Python tests:
// PyTorch 2.13.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>

#include "taeda/data/loader.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/views.h"

namespace {

using namespace taeda;
using namespace taeda::data;

std::vector<int64_t> list(const Tensor& t) {
  Tensor c = t.contiguous();
  return {c.data<int64_t>(), c.data<int64_t>() + c.numel()};
}
Tensor numbers(int64_t n) {
  Tensor t = empty({n}, DType::int64);
  std::iota(t.data<int64_t>(), t.data<int64_t>() + n, int64_t{0});
  return t;
}
template <class L> std::vector<Indices> batches(const L& loader) {
  std::vector<Indices> out;
  for (auto& [x] : loader) out.push_back(list(x));
  return out;
}
Indices order(const Sampler& sampler) {
  Indices out, block;
  auto blocks = sampler.blocks();
  while (blocks(block)) out.insert(out.end(), block.begin(), block.end());
  return out;
}
std::shared_ptr<Generator> seeded(uint64_t seed) { return std::make_shared<Generator>(seed); }

// ---- order ----

TEST(Data, ShuffleIsThatOfPyTorch) {
  TensorDataset set(numbers(13));
  DataLoader loader(set, {.batch_size = 4, .shuffle = true});
  manual_seed(0);
  const std::vector<Indices> first{{6, 4, 11, 3}, {1, 10, 8, 0}, {7, 9, 5, 2}, {12}};
  EXPECT_EQ(batches(loader), first);
  EXPECT_EQ(loader.size(), 4);

  DataLoader whole(set, {.batch_size = 4, .shuffle = true, .drop_last = true});
  manual_seed(0);
  batches(whole);
  EXPECT_EQ(batches(whole), (std::vector<Indices>{{1, 7, 3, 8}, {2, 0, 9, 10}, {4, 11, 5, 6}}));
  EXPECT_EQ(whole.size(), 3);

  DataLoader own(set, {.batch_size = 4, .shuffle = true, .generator = seeded(9)});
  EXPECT_EQ(batches(own), (std::vector<Indices>{{8, 6, 11, 2}, {3, 4, 12, 1}, {5, 9, 10, 0}, {7}}));
}

TEST(Data, WorkersKeepTheOrder) {
  for (int workers : {1, 2, 5}) {
    DataLoader loader(TensorDataset(numbers(13)),
                      {.batch_size = 4, .shuffle = true, .num_workers = workers});
    manual_seed(0);
    EXPECT_EQ(batches(loader),
              (std::vector<Indices>{{6, 4, 11, 3}, {1, 10, 8, 0}, {7, 9, 5, 2}, {12}}));
  }
}

TEST(Data, Samplers) {
  manual_seed(0);
  EXPECT_EQ(order(RandomSampler(13)), (Indices{0, 3, 8, 6, 10, 2, 7, 1, 12, 5, 11, 9, 4}));
  manual_seed(0);
  EXPECT_EQ(order(RandomSampler(5, {.num_samples = 12})),
            (Indices{1, 3, 4, 2, 0, 4, 0, 2, 3, 1, 4, 0}));
  manual_seed(0);
  EXPECT_EQ(order(RandomSampler(13, {.replacement = true, .num_samples = 40})),
            (Indices{0, 1, 4, 6, 5, 9, 7, 7,  6, 6, 6, 7, 9,  1, 2,  2,  10, 7, 10, 3,
                     4, 1, 7, 1, 6, 0, 2, 10, 9, 4, 7, 7, 10, 5, 10, 11, 9,  4, 8,  3}));
  manual_seed(0);
  EXPECT_EQ(order(SubsetRandomSampler({3, 1, 4, 1, 5, 9, 2, 6})),
            (Indices{5, 3, 6, 1, 4, 9, 1, 2}));
  manual_seed(0);
  EXPECT_EQ(order(WeightedRandomSampler({0.1, 0.2, 0.7}, 20)),
            (Indices{2, 2, 2, 2, 2, 2, 1, 2, 2, 1, 2, 1, 2, 2, 2, 2, 2, 1, 2, 2}));
  manual_seed(0);
  EXPECT_EQ(order(WeightedRandomSampler({0.1, 0.2, 0.7, 0.5}, 3, false)), (Indices{2, 3, 1}));
  DistributedSampler part(13, 2, 1, {.seed = 7});
  part.set_epoch(3);
  EXPECT_EQ(order(part), (Indices{10, 1, 6, 11, 5, 0, 8}));
  EXPECT_EQ(order(DistributedSampler(2, 5, 4, {.shuffle = false})), (Indices{0}));
  EXPECT_EQ(order(SequentialSampler(3)), (Indices{0, 1, 2}));
  EXPECT_EQ(order(SequentialSampler(3000)).size(), 3000u);
}

TEST(Data, GeneratorsMoveAsInPython) {
  auto words = [](auto&& draw) {
    auto used = seeded(3);
    draw(used);
    uint8_t goal[Generator::state_bytes], at[Generator::state_bytes];
    used->get_state(goal);
    Generator other(3);
    for (int n = 0; n < 200; n++) {
      other.get_state(at);
      if (std::equal(goal, goal + sizeof goal, at)) return n;
      other.random();
    }
    return -1;
  };
  TensorDataset set(numbers(13));
  EXPECT_EQ(words([&](auto g) { order(RandomSampler(13, {.generator = g})); }), 24);
  EXPECT_EQ(words([&](auto g) {
              batches(DataLoader(set, {.batch_size = 4, .shuffle = true, .generator = g}));
            }),
            26);
  EXPECT_EQ(words([&](auto g) { batches(DataLoader(set, {.batch_size = 4, .generator = g})); }), 2);
}

TEST(Data, RandomSplit) {
  manual_seed(0);
  auto parts = random_split(TensorDataset(numbers(13)), {9, 4});
  EXPECT_EQ(parts[0].indices(), (Indices{3, 4, 0, 2, 11, 8, 12, 5, 10}));
  EXPECT_EQ(parts[1].indices(), (Indices{6, 9, 1, 7}));
  EXPECT_EQ(batches(DataLoader(parts[1], {.batch_size = 3})),
            (std::vector<Indices>{{6, 9, 1}, {7}}));
  manual_seed(0);
  auto thirds = random_split(TensorDataset(numbers(13)), {0.5, 0.3, 0.2});
  EXPECT_EQ(thirds[0].size(), 7);
  EXPECT_EQ(thirds[1].size(), 4);
  EXPECT_EQ(thirds[2].indices(), (Indices{1, 7}));
  EXPECT_THROW(random_split(TensorDataset(numbers(10)), {3, 3}), ValueError);
  EXPECT_THROW(random_split(TensorDataset(numbers(10)), {0.5, 0.6}), ValueError);
}

// ---- collating ----

struct Squares {
  int64_t n = 5;
  int64_t size() const { return n; }
  std::pair<int64_t, double> get(int64_t i) const { return {i, double(i * i)}; }
};

TEST(Data, CollateByType) {
  auto [index, square] = *DataLoader(Squares(), {.batch_size = 3}).begin();
  EXPECT_EQ(list(index), (Indices{0, 1, 2}));
  EXPECT_EQ(square.dtype(), DType::float64);
  EXPECT_EQ(square.data<double>()[2], 4);

  EXPECT_EQ(default_collate(std::vector<float>{1, 2}).dtype(), DType::float32);
  EXPECT_EQ(default_collate(std::vector<bool>{true, false}).dtype(), DType::boolean);
  EXPECT_EQ(default_collate(std::vector<int>{1, 2}).dtype(), DType::int64);
  EXPECT_EQ(default_collate(std::vector<std::string>{"a", "b"}),
            (std::vector<std::string>{"a", "b"}));
  auto lists = default_collate(std::vector<std::vector<int>>{{1, 2}, {3, 4}});
  EXPECT_EQ(list(lists[1]), (Indices{2, 4}));
  auto maps =
      default_collate(std::vector<std::map<std::string, int>>{{{"a", 1}}, {{"a", 2}, {"b", 3}}});
  EXPECT_EQ(maps.size(), 1u);
  EXPECT_EQ(list(maps["a"]), (Indices{1, 2}));
  auto tuples = default_collate(std::vector<std::tuple<int, std::string>>{{1, "a"}, {2, "b"}});
  EXPECT_EQ(list(std::get<0>(tuples)), (Indices{1, 2}));
  EXPECT_EQ(std::get<1>(tuples)[1], "b");
  EXPECT_THROW(default_collate(std::vector<std::vector<int>>{{1, 2}, {3}}), Error);
  EXPECT_THROW(default_collate(std::vector<std::map<int, int>>{{{1, 1}}, {{2, 2}}}), IndexError);
  EXPECT_THROW(default_collate(TensorList{numbers(2), numbers(3)}), Error);
}

struct Example {
  Tensor image, label;
  TAEDA_FIELDS(image, label)
};
struct Examples {
  int64_t size() const { return 3; }
  Example get(int64_t i) const { return {numbers(i + 2).narrow(0, 0, 2), numbers(i + 1)[i]}; }
};

TEST(Data, CollateFieldLists) {
  auto batch = *DataLoader(Examples(), {.batch_size = 3}).begin();
  EXPECT_EQ(batch.image.sizes(), Dims({3, 2}));
  EXPECT_EQ(list(batch.label), (Indices{0, 1, 2}));
}

TEST(Data, OwnCollate) {
  auto count = [](std::vector<std::pair<int64_t, double>> samples) { return samples.size(); };
  std::vector<size_t> sizes;
  for (size_t n : DataLoader(Squares(), {.batch_size = 3}, count)) sizes.push_back(n);
  EXPECT_EQ(sizes, (std::vector<size_t>{3, 2}));
}

TEST(Data, BatchesAreCopies) {
  Tensor x = zeros({4, 2});
  for (auto [batch] : DataLoader(TensorDataset(x), {.batch_size = 2})) batch.data<float>()[0] = 1;
  for (int i = 0; i < 8; i++) EXPECT_EQ(x.data<float>()[i], 0);
}

// ---- loader ----

TEST(Data, Refusals) {
  auto text = [](LoaderOptions o) -> std::string {
    try {
      DataLoader loader(Squares(), o);
    } catch (const ValueError& e) { return e.what(); }
    return "";
  };
  EXPECT_EQ(text({.batch_size = 0}),
            "batch_size should be a positive integer value, but got batch_size=0");
  EXPECT_EQ(
      text({.num_workers = -1}),
      "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.");
  EXPECT_EQ(text({.num_workers = 1, .timeout = -1}), "timeout option should be non-negative");
  auto sampler = std::make_shared<SequentialSampler>(5);
  EXPECT_EQ(text({.shuffle = true, .sampler = sampler}),
            "sampler option is mutually exclusive with shuffle");
  EXPECT_EQ(text({.batch_size = 2, .batch_sampler = sampler}),
            "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and "
            "drop_last");
  EXPECT_THROW(DataLoader(Squares{0}, {.shuffle = true}), ValueError);
  EXPECT_TRUE(batches(DataLoader(TensorDataset(numbers(0)), {})).empty());
  EXPECT_THROW(TensorDataset(numbers(2), numbers(3)), Error);
  EXPECT_THROW(RandomSampler(5, {.num_samples = 0}), ValueError);
  EXPECT_THROW(WeightedRandomSampler({1.0}, 0), ValueError);
  EXPECT_THROW(DistributedSampler(5, 2, 2), ValueError);
}

TEST(Data, OwnSamplers) {
  class Backwards : public Sampler {
   public:
    int64_t size() const override { return 5; }
    Blocks blocks() const override {
      return [i = int64_t{5}](Indices& block) mutable {
        block = {--i};
        return i >= 0;
      };
    }
  };
  TensorDataset set(numbers(5));
  EXPECT_EQ(batches(DataLoader(set, {.batch_size = 2, .sampler = std::make_shared<Backwards>()})),
            (std::vector<Indices>{{4, 3}, {2, 1}, {0}}));
  EXPECT_EQ(batches(DataLoader(set, {.batch_sampler = std::make_shared<Backwards>()})).size(), 5u);
  ConcatDataset<Squares> both({Squares{2}, Squares{3}});
  EXPECT_EQ(both.size(), 5);
  EXPECT_EQ(both.get(4).first, 2);
  EXPECT_THROW(both.get(5), IndexError);
  DataLoader beyond(set, {.batch_size = 5, .sampler = std::make_shared<SequentialSampler>(6)});
  EXPECT_THROW(batches(beyond), IndexError);
}

struct Numbers {  // worker w: 10w, 10w + 1, ..: 3 + 2w numbers
  auto stream() const {
    const WorkerInfo* info = get_worker_info();
    int w = info ? info->id : 0;
    return [at = 10 * w, end = 10 * w + 3 + 2 * w]() mutable -> std::optional<int64_t> {
      return at < end ? std::optional<int64_t>(at++) : std::nullopt;
    };
  }
};

TEST(Data, Streams) {
  auto all = [](LoaderOptions o) {
    std::vector<Indices> out;
    for (Tensor& batch : DataLoader(Numbers(), o)) out.push_back(list(batch));
    return out;
  };
  EXPECT_EQ(all({.batch_size = 2}), (std::vector<Indices>{{0, 1}, {2}}));
  EXPECT_EQ(all({.batch_size = 2, .drop_last = true}), (std::vector<Indices>{{0, 1}}));
  EXPECT_EQ(all({.batch_size = 2, .num_workers = 2}),
            (std::vector<Indices>{{0, 1}, {10, 11}, {2}, {12, 13}, {14}}));
  EXPECT_THROW(all({.shuffle = true}), ValueError);
}

// ---- workers ----

struct Draws {
  int64_t size() const { return 6; }
  std::tuple<int64_t, int64_t, double> get(int64_t) const {
    const WorkerInfo* info = get_worker_info();
    Tensor one = empty({1});
    double drawn = float(default_generator()->random() & 0xffffff) * 0x1p-24f;
    EXPECT_EQ(default_generator()->initial_seed(), uint64_t(info->seed));
    return {info->id, info->num_workers, drawn};
  }
};

TEST(Data, EachWorkerHasItsOwnStream) {
  manual_seed(0);
  auto keep = [](auto samples) { return samples; };
  std::vector<double> drawn;
  std::vector<int64_t> ids;
  for (auto& samples : DataLoader(Draws(), {.batch_size = 2, .num_workers = 2}, keep))
    for (auto& [id, count, value] : samples) {
      EXPECT_EQ(count, 2);
      ids.push_back(id);
      drawn.push_back(value);
    }
  EXPECT_EQ(ids, (std::vector<int64_t>{0, 0, 1, 1, 0, 0}));
  EXPECT_EQ(drawn,
            (std::vector<double>{0.7821398973464966, 0.053598999977111816, 0.6938178539276123,
                                 0.29795897006988525, 0.9887869358062744, 0.1948593258857727}));
  EXPECT_EQ(get_worker_info(), nullptr);
}

struct Fails {
  int64_t size() const { return 4; }
  int64_t get(int64_t i) const {
    if (i == 2) throw std::out_of_range("two");
    return i;
  }
};

TEST(Data, ExceptionsOfWorkersReachTheLoop) {
  DataLoader loader(Fails(), {.num_workers = 2});
  auto at = loader.begin();
  EXPECT_EQ(list(*at), (Indices{0}));
  ++at;
  EXPECT_THROW(++at, std::out_of_range);
  ++at;
  EXPECT_EQ(list(*at), (Indices{3}));
  ++at;
  EXPECT_EQ(at, loader.end());
}

TEST(Data, WorkerInitAndTimeout) {
  std::atomic<int> started{0};
  DataLoader loader(Squares(),
                    {.num_workers = 3, .worker_init = [&](int worker) { started += 1 + worker; }});
  int count = 0;
  for (auto& batch : loader) count += int(batch.first.numel());
  EXPECT_EQ(count, 5);
  EXPECT_EQ(started, 6);
  auto broken = [](int) { fail<ValueError>("no start"); };
  EXPECT_THROW(DataLoader(Squares(), {.num_workers = 1, .worker_init = broken}).begin(),
               ValueError);

  struct Slow : Squares {
    std::pair<int64_t, double> get(int64_t) const {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      return {};
    }
  };
  EXPECT_THROW(DataLoader(Slow(), {.num_workers = 1, .timeout = 0.05}).begin(), Error);
}

TEST(Data, LeavingALoopEndsItsWorkers) {
  DataLoader loader(Squares{1000}, {.num_workers = 3});
  for (auto& batch : loader) {
    EXPECT_EQ(batch.first.numel(), 1);
    break;
  }
  EXPECT_EQ(loader.size(), 1000);
}

}  // namespace
