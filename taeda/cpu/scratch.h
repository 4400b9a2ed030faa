// Thread-local work memory that grows and is kept: a fresh page costs 18 times a reused one.
#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace taeda::cpu {

// One buffer per (thread, Tag), aligned to 64 bytes: valid until the next call with the same Tag on
// this thread. A buffer above 64 MiB that the next caller does not need is given back then.
template <class T, class Tag> T* scratch(size_t count) {
  struct Buffer {
    void* p = nullptr;
    size_t bytes = 0;
    ~Buffer() { std::free(p); }
  };
  static thread_local Buffer b;
  constexpr size_t huge = size_t{2} << 20, keep = size_t{64} << 20;
  const size_t need =
      count * sizeof(T) + 256;  // vector stores may pass the end by less than one vector
  if (b.bytes < need || (b.bytes > keep && need < b.bytes / 4)) {
    std::free(b.p);
    b.p = nullptr, b.bytes = 0;
    const size_t align = need >= huge / 2 ? huge : 64;
    const size_t bytes = (need + align - 1) / align * align;
    b.p = std::aligned_alloc(align, bytes);
    if (!b.p) throw std::bad_alloc();
    b.bytes = bytes;
#if defined(MADV_HUGEPAGE)
    if (align == huge) madvise(b.p, bytes, MADV_HUGEPAGE);
#endif
  }
  return static_cast<T*>(b.p);
}

}  // namespace taeda::cpu
