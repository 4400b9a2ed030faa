// The allocator: every byte of tensors, headers and graph nodes comes from here and is counted.
#pragma once
#include <cstddef>
#include <new>

#include "taeda/base/thread.h"

namespace taeda {

TAEDA_API void* allocate_slow(size_t bytes);
TAEDA_API void deallocate_slow(void* p, size_t bytes);

// Blocks up to 2 KiB come from, and return to, the calling thread's lists; every block is 64-byte
// aligned.
inline void* allocate(size_t bytes) {
  size_t c = (bytes - 1) / 64;
  if (c < ThreadState::kClasses) tls.small_bytes += int64_t(bytes);
  if (c < ThreadState::kClasses && tls.free[c]) [[likely]] {
    auto* block = tls.free[c];
    tls.free[c] = block->next;
    tls.held[c]--;
    return block;
  }
  return allocate_slow(bytes);
}
inline void deallocate(void* p, size_t bytes) {
  size_t c = (bytes - 1) / 64;
  if (c < ThreadState::kClasses) tls.small_bytes -= int64_t(bytes);
  if (c < ThreadState::kClasses && tls.held[c] < 256) [[likely]] {
    tls.free[c] = new (p) ThreadState::Block{tls.free[c]};
    tls.held[c]++;
    return;
  }
  deallocate_slow(p, bytes);
}

struct MemoryStats {
  int64_t current = 0;  // bytes of tensor data alive beyond what lies inside headers
  int64_t peak = 0;
  int64_t cached = 0;  // freed blocks kept for reuse
};
TAEDA_API MemoryStats memory_stats();
TAEDA_API void reset_peak_memory();
TAEDA_API void release_memory();  // gives every cached block back to the system

namespace detail {
TAEDA_API void count_bytes(int64_t change);
}

}  // namespace taeda
