// Intrusive counting. T supplies retain(T*) and release(T*), found by argument-dependent lookup.
#pragma once
#include <atomic>
#include <cstdint>
#include <utility>

namespace taeda {

using Count = std::atomic<uint32_t>;
inline void count_up(Count& c) { c.fetch_add(1, std::memory_order_relaxed); }
// True for the last owner. Only an owner can add owners, so a count of one needs no locked
// instruction.
inline bool count_down(Count& c) {
  return c.load(std::memory_order_acquire) == 1 || c.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

template <class T> class Ref {
 public:
  Ref() = default;
  explicit Ref(T* adopted) : p_(adopted) {}
  static Ref share(T* p) {
    if (p) retain(p);
    return Ref(p);
  }
  Ref(const Ref& o) : p_(o.p_) {
    if (p_) retain(p_);
  }
  Ref(Ref&& o) noexcept : p_(std::exchange(o.p_, nullptr)) {}
  Ref& operator=(Ref o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  ~Ref() {
    if (p_) release(p_);
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  T& operator*() const { return *p_; }
  explicit operator bool() const { return p_; }
  T* detach() { return std::exchange(p_, nullptr); }

 private:
  T* p_ = nullptr;
};

}  // namespace taeda
