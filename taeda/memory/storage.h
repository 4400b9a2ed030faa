// Storage: counted memory with a version. It lies in one block behind the header of the tensor that
// allocated it, and small data lies in that block too.
#pragma once
#include <atomic>
#include <cstddef>

#include "taeda/memory/allocator.h"

namespace taeda {

// Owns memory that is not ours (a NumPy array, another storage); deleted with the storage.
struct Keeper {
  virtual ~Keeper() = default;
};

struct Storage {
  // Low half: who shares the memory. High half: who of those needs the tensor header in front of
  // it: its handles (together one) and its views. Either both halves of a share are taken, or the
  // low one.
  std::atomic<uint64_t> users{kShare};
  // Counts in-place changes. Tensors that share a Storage share it (views, detach()); `.data` opens
  // a second Storage on the same memory, with a version of its own.
  uint32_t version = 0;
  uint32_t block_bytes = 0;  // of the block this storage lies in
  size_t bytes = 0;
  std::byte* data = nullptr;
  Keeper* keeper = nullptr;

  static constexpr uint64_t kHeader = uint64_t(1) << 32, kMemory = 1, kShare = kHeader | kMemory;
  static constexpr size_t kInline = 1024;  // data up to this size lies in the block

  std::byte* inline_data() { return reinterpret_cast<std::byte*>(this + 1); }
  void take_memory() { users.fetch_add(kMemory, std::memory_order_relaxed); }
  void take_share() { users.fetch_add(kShare, std::memory_order_relaxed); }
  TAEDA_API void free_data();  // leaves data null
  // Data grown or shrunk to `bytes`, contents kept; only for memory of our own.
  TAEDA_API void resize(size_t new_bytes);
};

}  // namespace taeda
