// The one thread pool of the CPU engine. The caller works too, and waits only for chunks that a
// worker has claimed: a worker that sleeps or is not scheduled costs nothing. Nested calls run
// inline. A forked child starts afresh with workers of its own.
#pragma once
#include <cstdint>
#include <type_traits>

#include "taeda/base/api.h"

namespace taeda {

// CPUs this process may use: affinity mask and cgroup quota (v1 and v2), at least 1.
TAEDA_API int available_cpus();

// Threads used by parallel_for, the caller included. Default: TAEDA_NUM_THREADS, OMP_NUM_THREADS,
// available_cpus().
TAEDA_API int num_threads();
TAEDA_API void set_num_threads(int n);  // values below 1 count as 1

namespace detail {
using ChunkFn = void (*)(void* context, int64_t chunk);
TAEDA_API void run_chunks(int64_t chunks, ChunkFn f, void* context);
}  // namespace detail

// f(chunk) for every chunk in [0, chunks), in any order, on any thread. If calls throw, the first
// exception caught is rethrown here once no thread runs f any more; chunks not yet begun are
// dropped.
template <class F> void parallel_for(int64_t chunks, F&& f) {
  using Body = std::remove_reference_t<F>;
  detail::run_chunks(
      chunks, [](void* c, int64_t i) { (*static_cast<Body*>(c))(i); },
      const_cast<void*>(static_cast<const void*>(&f)));
}

// f(begin, end) over ranges of at most `grain` >= 1 items; one call on this thread when n <= grain.
template <class F> void parallel_ranges(int64_t n, int64_t grain, F&& f) {
  if (n <= 0) return;
  const int64_t chunks = (n - 1) / grain + 1;
  if (chunks == 1) return f(int64_t{0}, n);
  auto body = [&](int64_t i) {
    const int64_t begin = i * grain;
    f(begin, n - begin > grain ? begin + grain : n);
  };
  parallel_for(chunks, body);
}

}  // namespace taeda
