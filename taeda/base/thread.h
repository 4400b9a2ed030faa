// Everything the library keeps per thread, in one block so that a call touches one address.
#pragma once
#include <cstdint>

#include "taeda/base/api.h"

namespace taeda {

struct Node;
struct Tracer;
struct SavedTensorHooks;

struct ThreadState {
  static constexpr int kClasses = 32;  // blocks of 64, 128 .. 2048 bytes
  struct Block {
    Block* next;
  };
  Block* free[kClasses];
  uint16_t held[kClasses];
  bool no_grad;
  bool inference;
  bool freeing;         // the dead list is being worked off further up the stack
  uint8_t anomaly;      // 1: record where nodes were made; 2: and check for NaN
  uint64_t clock;       // Lamport clock of the gradient graph
  int64_t nodes;        // nodes made less nodes freed here
  int64_t small_bytes;  // of blocks up to 2 KiB, taken less given back here
  Node* dead;           // nodes to free
  Tracer* tracer;
  SavedTensorHooks* saved_hooks;
};

// Initial-exec: one fs-relative load also inside a shared object. Keep the struct below 1 KiB:
// static TLS is scarce.
#ifdef __CUDACC__
extern constinit thread_local ThreadState tls;
#else
[[gnu::tls_model("initial-exec"),
  gnu::visibility("default")]] extern constinit thread_local ThreadState tls;
#endif

}  // namespace taeda
