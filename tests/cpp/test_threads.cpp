// The thread pool.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tests/cpp/engine_check.h"

using namespace taeda;
using namespace taeda::test;

namespace {

TEST(ThreadPool, EveryChunkOnce) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadCount guard(threads);
    for (int64_t n : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> seen(static_cast<size_t>(n));
      parallel_for(n, [&](int64_t i) {
        parallel_for(2, [&](int64_t) { seen[size_t(i)].fetch_add(1); });  // nested
      });
      for (auto& s : seen) EXPECT_EQ(s, 2);
    }
  }
}

TEST(ThreadPool, RangesCoverAll) {
  ThreadCount guard(3);
  for (int64_t n : {0, 1, 9, 10, 11, 100})
    for (int64_t grain :
         {int64_t{1}, int64_t{3}, int64_t{10}, std::numeric_limits<int64_t>::max()}) {
      std::vector<std::atomic<int>> seen(static_cast<size_t>(n));
      parallel_ranges(n, grain, [&](int64_t b, int64_t e) {
        EXPECT_LT(b, e);
        for (int64_t i = b; i < e; ++i) seen[size_t(i)].fetch_add(1);
      });
      for (auto& s : seen) EXPECT_EQ(s, 1);
    }
}

TEST(ThreadPool, ExceptionReachesTheCaller) {
  for (int threads : {1, 2, 4}) {
    ThreadCount guard(threads);
    for (int round = 0; round < 50; ++round) {
      try {
        parallel_for(64, [&](int64_t i) {
          if (i % 9 == 5) throw std::runtime_error("chunk");
        });
        FAIL() << "nothing was thrown";
      } catch (const std::runtime_error& e) { EXPECT_STREQ(e.what(), "chunk"); }
      std::atomic<int> runs{0};  // and the pool works on
      parallel_for(8, [&](int64_t) { runs.fetch_add(1); });
      EXPECT_EQ(runs, 8);
    }
  }
}

TEST(ThreadPool, TwoCallersAndAFork) {
  ThreadCount guard(3);
  auto work = [](int rounds) {
    bool ok = true;
    for (int r = 0; r < rounds; ++r) {
      std::vector<std::atomic<int>> seen(size_t(1 + r % 40));
      parallel_for(int64_t(seen.size()), [&](int64_t i) { seen[size_t(i)].fetch_add(1); });
      for (auto& s : seen) ok = ok && s == 1;
    }
    return ok;
  };
  std::atomic<bool> other_ok{false};
  std::thread other([&] { other_ok = work(3000); });
  EXPECT_TRUE(work(3000));
  other.join();
  EXPECT_TRUE(other_ok);
  const pid_t child = fork();
  if (child == 0) _exit(work(500) ? 0 : 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(work(500));
}

TEST(ThreadPool, CountIsAtLeastOne) {
  ThreadCount guard(0);
  EXPECT_EQ(num_threads(), 1);
  EXPECT_GE(available_cpus(), 1);
}

}  // namespace
