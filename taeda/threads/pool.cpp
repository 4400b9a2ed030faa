#include "taeda/threads/pool.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace taeda {
namespace {

constexpr auto kSpin = std::chrono::microseconds(40);

void pause_cpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// word = epoch << 32 | next chunk. Publishing a job bumps the epoch; claiming a chunk is one CAS,
// which fails if the epoch moved on, so fields read before a successful CAS belong to the claimed
// job.
struct Pool {
  alignas(64) std::atomic<uint64_t> word{0};
  alignas(64) std::atomic<int64_t> done{0};
  alignas(64) std::atomic<detail::ChunkFn> fn{nullptr};
  std::atomic<void*> context{nullptr};
  std::atomic<int64_t> count{0};
  std::atomic<int> helpers{0};                // workers that may join this job
  alignas(64) std::atomic<uint32_t> bell{0};  // futex word: the low half of the epoch
  std::atomic<int> sleepers{0};
  std::atomic<bool> busy{false};
  std::atomic<int> started{0};
  std::mutex start_lock;
  std::atomic<bool> failed{false};  // the job threw: chunks not yet begun are dropped
  std::exception_ptr error;  // written by the thread that set `failed`, read after the last chunk
};

// Never destroyed: workers may outlive static destructors.
Pool& pool() {
  static Pool* p = new Pool;
  return *p;
}

std::atomic<int> thread_count{0};
thread_local bool inside = false;

void run_chunk(Pool& p, detail::ChunkFn f, void* context, int64_t i) {
  if (p.failed.load(std::memory_order_relaxed)) return;
  try {
    f(context, i);
  } catch (...) {
    if (!p.failed.exchange(true)) p.error = std::current_exception();
  }
}

bool claim_and_run(Pool& p, uint32_t epoch) {
  uint64_t w = p.word.load(std::memory_order_acquire);
  while (uint32_t(w >> 32) == epoch) {
    const int64_t i = uint32_t(w), n = p.count.load(std::memory_order_relaxed);
    const auto f = p.fn.load(std::memory_order_relaxed);
    void* c = p.context.load(std::memory_order_relaxed);
    if (i >= n) return false;
    if (!p.word.compare_exchange_weak(w, w + 1, std::memory_order_acq_rel)) continue;
    run_chunk(p, f, c, i);
    p.done.fetch_add(1, std::memory_order_release);
    return true;
  }
  return false;
}

void worker(int index) {
  Pool& p = pool();
  inside = true;
  uint32_t seen = 0;
  for (;;) {
    auto idle_since = std::chrono::steady_clock::now();
    uint32_t epoch;
    for (int spins = 0; (epoch = p.bell.load(std::memory_order_acquire)) == seen; ++spins) {
      pause_cpu();
      if (spins % 64 || std::chrono::steady_clock::now() - idle_since < kSpin) continue;
      p.sleepers.fetch_add(
          1);  // seq_cst with the store to bell: the publisher sees us or we see the bell
      if (p.bell.load() == seen)
        syscall(SYS_futex, &p.bell, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
      p.sleepers.fetch_sub(1);
    }
    seen = epoch;
    if (index < p.helpers.load(std::memory_order_relaxed))
      while (claim_and_run(p, epoch)) {}
  }
}

void after_fork_in_child() {
  // The workers did not survive. Start afresh; the old block is leaked on purpose.
  Pool& p = pool();
  p.word = 0, p.bell = 0, p.sleepers = 0, p.busy = false, p.started = 0, p.failed = false,
  inside = false;
  new (&p.start_lock) std::mutex;
}

void ensure_workers(Pool& p, int n) {
  if (p.started.load(std::memory_order_acquire) >= n) return;
  std::lock_guard lock(p.start_lock);
  static bool registered = (pthread_atfork(nullptr, nullptr, after_fork_in_child), true);
  (void)registered;
  sigset_t all, old;  // the program's signal handlers run on its own threads
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  for (int i = p.started.load(); i < n; ++i) {
    try {
      std::thread(worker, i).detach();
    } catch (const std::system_error&) {
      break;  // the system gives no more threads: go on with those there are
    }
    p.started.store(i + 1, std::memory_order_release);
  }
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

}  // namespace

int available_cpus() {
  cpu_set_t set;
  int n = 1;
  if (sched_getaffinity(0, sizeof set, &set) == 0) n = CPU_COUNT(&set);
  auto limit = [&](double cpus) {
    if (cpus > 0 && cpus < n) n = cpus < 1 ? 1 : int(cpus + 0.5);
  };
  if (FILE* f = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    double quota, period;
    if (std::fscanf(f, "%lf %lf", &quota, &period) == 2) limit(quota / period);
    std::fclose(f);
  } else if (FILE* q = std::fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "r")) {
    double quota = 0, period = 0;
    FILE* per = std::fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "r");
    if (per && std::fscanf(q, "%lf", &quota) == 1 && std::fscanf(per, "%lf", &period) == 1)
      limit(quota / period);
    if (per) std::fclose(per);
    std::fclose(q);
  }
  return n;
}

int num_threads() {
  int n = thread_count.load(std::memory_order_relaxed);
  if (n > 0) return n;
  for (const char* name : {"TAEDA_NUM_THREADS", "OMP_NUM_THREADS"})
    if (const char* s = std::getenv(name); s && std::atoi(s) > 0) n = n > 0 ? n : std::atoi(s);
  if (n <= 0) n = available_cpus();
  thread_count.store(n, std::memory_order_relaxed);
  return n;
}
void set_num_threads(int n) { thread_count.store(n < 1 ? 1 : n, std::memory_order_relaxed); }

namespace detail {

void run_chunks(int64_t chunks, ChunkFn f, void* context) {
  const int threads = num_threads();
  auto serial = [&] {
    for (int64_t i = 0; i < chunks; ++i) f(context, i);
  };
  if (chunks <= 1 || threads == 1 || inside || chunks > INT_MAX) return serial();
  Pool& p = pool();
  if (p.busy.exchange(true, std::memory_order_acquire))
    return serial();  // another thread owns the pool
  ensure_workers(p, threads - 1);
  inside = true;

  const uint32_t epoch = uint32_t(p.word.load(std::memory_order_relaxed) >> 32) + 1;
  p.done.store(0, std::memory_order_relaxed);
  p.failed.store(false, std::memory_order_relaxed);
  // Close the old epoch before the fields change, open the new one after.
  p.count.store(0, std::memory_order_relaxed);
  p.word.store(uint64_t(epoch) << 32, std::memory_order_release);
  p.fn.store(f, std::memory_order_relaxed);
  p.context.store(context, std::memory_order_relaxed);
  p.helpers.store(threads - 1, std::memory_order_relaxed);
  p.count.store(chunks, std::memory_order_release);
  p.bell.store(epoch);
  if (p.sleepers.load() > 0)
    syscall(SYS_futex, &p.bell, FUTEX_WAKE_PRIVATE, threads - 1, nullptr, nullptr, 0);

  while (claim_and_run(p, epoch)) {}
  while (p.done.load(std::memory_order_acquire) != chunks) pause_cpu();
  inside = false;
  std::exception_ptr error;
  if (p.failed.load(std::memory_order_relaxed)) error = std::exchange(p.error, nullptr);
  p.busy.store(false, std::memory_order_release);
  if (error) std::rethrow_exception(error);
}

}  // namespace detail
}  // namespace taeda
