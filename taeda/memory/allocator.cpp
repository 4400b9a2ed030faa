// Small blocks: thread-local lists by 64 bytes. Big blocks: rounded to eighths of a power of two,
// kept in a shared cache and reused, because a fresh page costs 18 times a used one. The cache
// holds at most the larger of 256 MiB and a quarter of the peak; above 1 MiB blocks are aligned for
// huge pages.
#include "taeda/memory/allocator.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

namespace taeda {

constinit thread_local ThreadState tls{};

namespace {

constexpr size_t kHuge = size_t(2) << 20;
constexpr size_t kSmallLimit = ThreadState::kClasses * 64;

std::atomic<int64_t> live{0}, peak{0}, cached{0};

// Gives a finished thread's blocks back to the system.
struct AtThreadExit {
  bool armed = false;
  ~AtThreadExit() {
    for (int c = 0; c < ThreadState::kClasses; c++) {
      while (auto* block = tls.free[c]) {
        tls.free[c] = block->next;
        std::free(block);
      }
      tls.held[c] = UINT16_MAX;  // whatever is freed from here on goes straight to the system
    }
  }
};
thread_local AtThreadExit at_thread_exit;

size_t round_up(size_t bytes) {
  if (bytes <= kSmallLimit) return (bytes + 63) / 64 * 64;
  size_t step = std::bit_ceil(bytes) / 8;
  step = bytes >= kHuge ? std::max(step / 2, kHuge / 8) : std::max<size_t>(step, 256);
  return (bytes + step - 1) / step * step;
}

void* from_system(size_t bytes) {
  void* p = std::aligned_alloc(bytes >= kHuge ? kHuge : 64,
                               bytes >= kHuge ? (bytes + kHuge - 1) / kHuge * kHuge : bytes);
  if (!p) throw std::bad_alloc();
  if (bytes >= kHuge) madvise(p, bytes, MADV_HUGEPAGE);
  return p;
}

struct Cache {
  std::mutex lock;
  std::unordered_map<size_t, std::vector<void*>> blocks;
};
Cache& cache() {  // never destroyed: tensors may outlive static destructors
  static Cache* c = new Cache;
  return *c;
}
int64_t cache_limit() {
  return std::max<int64_t>(int64_t(256) << 20, peak.load(std::memory_order_relaxed) / 4);
}

}  // namespace

void* allocate_slow(size_t bytes) {
  if (bytes > size_t(1) << 46) throw std::bad_alloc();
  size_t size = round_up(bytes);
  if (bytes <= kSmallLimit) {
    at_thread_exit.armed = true;
    return from_system(size);
  }
  {
    std::lock_guard guard(cache().lock);
    auto it = cache().blocks.find(size);
    if (it != cache().blocks.end() && !it->second.empty()) {
      void* p = it->second.back();
      it->second.pop_back();
      cached.fetch_sub(int64_t(size), std::memory_order_relaxed);
      return p;
    }
  }
  try {
    return from_system(size);
  } catch (const std::bad_alloc&) {
    release_memory();
    return from_system(size);
  }
}

void deallocate_slow(void* p, size_t bytes) {
  size_t size = round_up(bytes);
  if (bytes > kSmallLimit &&
      cached.load(std::memory_order_relaxed) + int64_t(size) <= cache_limit()) {
    std::lock_guard guard(cache().lock);
    cache().blocks[size].push_back(p);
    cached.fetch_add(int64_t(size), std::memory_order_relaxed);
    return;
  }
  std::free(p);
}

void release_memory() {
  std::lock_guard guard(cache().lock);
  for (auto& [size, list] : cache().blocks)
    for (void* p : list) std::free(p);
  cache().blocks.clear();
  cached.store(0, std::memory_order_relaxed);
}

MemoryStats memory_stats() { return {live.load(), peak.load(), cached.load()}; }
void reset_peak_memory() { peak.store(live.load()); }

void detail::count_bytes(int64_t change) {
  int64_t now = live.fetch_add(change, std::memory_order_relaxed) + change;
  int64_t seen = peak.load(std::memory_order_relaxed);
  while (now > seen && !peak.compare_exchange_weak(seen, now, std::memory_order_relaxed)) {}
}

}  // namespace taeda
